/* A plan as canonical JSON: two ways of telling one story give the same bytes. */
#include <jansson.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/hint.h"
#include "core/json_list.h"
#include "core/plan.h"

static void plan_json_text(json_t *o, const char *key, const char *s)
{
    json_object_set_new(o, key, s == NULL ? json_null() : json_string(s));
}

static json_t *plan_json_clock(const struct policy *policy, const struct target_clock *c)
{
    json_t *edges = json_array(), *o;
    size_t i;

    for (i = 0; i < c->edge_count; i++)
        json_array_append_new(edges,
                              json_pack("[I, b]", (json_int_t)c->edges[i].at, c->edges[i].runs));
    o = json_pack("{s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:i, s:o}", "kind",
                  target_kind_name(c->kind), "instance", c->instance, "level", c->level, "target_s",
                  (json_int_t)c->target.seconds, "started_at", (json_int_t)c->started_at, "kept_s",
                  (json_int_t)c->kept_s, "kept_at", (json_int_t)c->kept_at, "ended_at",
                  (json_int_t)c->ended_at, "end", target_end_name(c->end), "due_at",
                  (json_int_t)c->due_at, "breached_at", (json_int_t)c->breached_at, "warned",
                  c->warned, "ledger", edges);
    plan_json_text(o, "calendar",
                   c->target.calendar < 0 ? NULL : policy->calendar_names[c->target.calendar]);
    return o;
}

static json_t *plan_json_event(const struct planned_event *e)
{
    json_t *o = json_pack("{s:I, s:I, s:I, s:s, s:s, s:s}", "seq", (json_int_t)e->seq, "at",
                          (json_int_t)e->at, "cause", (json_int_t)e->cause, "kind", e->kind, "by",
                          fact_actor_name(e->by), "why", e->why);

    plan_json_text(o, "actor", e->actor);
    plan_json_text(o, "rule", e->rule);
    json_object_set_new(o, "detail", json_loads(e->detail, 0, NULL));
    json_object_set_new(o, "hooks", json_list_texts(e->hooks, e->hook_count));
    return o;
}

static json_t *plan_json_hints(const struct planned_delivery *d)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < d->hint_count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "title", d->hints[i].title, "url", d->hints[i].url));
    return list;
}

static json_t *plan_json_delivery(const struct planned_delivery *d)
{
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:i}", "notice", notice_kinds[d->notice].id, "to",
                  d->to == PLANNED_CUSTOMER ? "customer" : "agent", "step_key", d->step_key,
                  "due_at", (json_int_t)d->due_at, "by_at", (json_int_t)d->by_at, "opens_at",
                  (json_int_t)d->opens_at, "level", d->level);

    plan_json_text(o, "agent", d->agent);
    plan_json_text(o, "rule", d->rule);
    if (d->ask != NULL)
        plan_json_text(o, "ask", d->ask);
    if (d->hint_count > 0)
        json_object_set_new(o, "articles", plan_json_hints(d));
    return o;
}

char *plan_to_json(const struct policy *policy, const struct plan *p)
{
    const struct ticket *t = &p->ticket;
    json_t *o = json_object(), *list;
    char *text;
    size_t i;

    json_object_set_new(o, "status", json_string(ticket_status_name(t->status)));
    json_object_set_new(o, "priority", json_string(ticket_priority_name(t->priority)));
    json_object_set_new(o, "level", json_integer(t->level));
    json_object_set_new(o, "top_level", json_integer(t->top_level));
    plan_json_text(o, "team", t->team);
    plan_json_text(o, "agent", t->agent);
    plan_json_text(o, "language", t->language);
    json_object_set_new(o, "follow_up_of", json_integer(t->follow_up_of));
    json_object_set_new(o, "related_to", json_integer(t->related_to));
    json_object_set_new(o, "wake_at", json_integer(p->wake_at));
    json_object_set_new(o, "wants_queue", json_boolean(p->wants_queue));
    list = json_array();
    for (i = 0; i < t->tag_count; i++)
        json_array_append_new(list, json_string(t->tags[i]));
    json_object_set_new(o, "tags", list);
    list = json_array();
    for (i = 0; i < t->watcher_count; i++)
        json_array_append_new(list, json_string(t->watchers[i]));
    json_object_set_new(o, "watchers", list);
    list = json_array();
    for (i = 0; i < t->clock_count; i++)
        json_array_append_new(list, plan_json_clock(policy, &t->clocks[i]));
    json_object_set_new(o, "clocks", list);
    list = json_array();
    for (i = 0; i < p->event_count; i++)
        json_array_append_new(list, plan_json_event(&p->events[i]));
    json_object_set_new(o, "events", list);
    list = json_array();
    for (i = 0; i < p->delivery_count; i++)
        json_array_append_new(list, plan_json_delivery(&p->deliveries[i]));
    json_object_set_new(o, "deliveries", list);
    list = json_array();
    for (i = 0; i < p->suppression_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "notice",
                                              notice_kinds[p->suppressions[i].notice].id, "rule",
                                              p->suppressions[i].rule));
    json_object_set_new(o, "suppressed", list);
    text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(o);
    return text == NULL ? xstrdup("{}") : text;
}
