#include "daemon/sink_event.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/conf.h"
#include "core/json_list.h"
#include "daemon/desk.h"
#include "daemon/sink.h"

bool sink_event_is_wanted(const struct desk_channel *ch, const struct plan *plan)
{
    const struct conf *conf = ch->channel.conf;
    size_t i, k;

    if (!conf_has(conf, "only"))
        return plan->event_count > 0;
    for (i = 0; i < plan->event_count; i++)
        for (k = 0; k < conf_count(conf, "only"); k++)
            if (strcmp(plan->events[i].kind, conf_text_at(conf, "only", k)) == 0)
                return true;
    return false;
}

/* JSON's null for what never was. */
static json_t *event_time(int64_t at)
{
    char text[TEXT_TIME];

    return at == 0 ? json_null() : json_string(text_time(text, at));
}

static json_t *event_customer(const struct contact *c, const struct sink_return_path *path)
{
    return json_pack("{s:I, s:s?, s:s?, s:s?}", "contact_id", (json_int_t)c->contact_id, "name",
                     c->name, "address_kind", path->address_kind, "address", path->address);
}

static json_t *event_ticket(const struct desk *desk, const struct ticket *t,
                            const struct contact *contact, const struct sink_return_path *path)
{
    const struct desk_channel *ch = desk_channel_by_id(desk, path->channel_id);

    return json_pack("{s:I, s:s, s:s, s:s, s:i, s:s?, s:s?, s:o, s:s?, s:s?, s:o, s:o, s:o}",
                     "ticket_id", (json_int_t)t->ticket_id, "subject",
                     t->subject == NULL ? "" : t->subject, "status", ticket_status_name(t->status),
                     "priority", ticket_priority_name(t->priority), "level", t->level, "team",
                     t->team, "agent", t->agent, "tags", json_list_texts(t->tags, t->tag_count),
                     "language", t->language, "channel", ch == NULL ? NULL : ch->channel.name,
                     "created_at", event_time(t->created_at), "solved_at", event_time(t->solved_at),
                     "customer", event_customer(contact, path));
}

static json_t *event_line(const struct planned_event *e)
{
    return json_pack("{s:I, s:o, s:s, s:s, s:s?, s:I, s:s?, s:s, s:o}", "seq", (json_int_t)e->seq,
                     "at", event_time(e->at), "kind", e->kind, "by", fact_actor_name(e->by),
                     "actor", e->actor, "cause", (json_int_t)e->cause, "rule", e->rule, "why",
                     e->why, "detail", json_loads(e->detail, 0, NULL));
}

/* `type`, `ticket` and `events` are taken. */
static const char *event_body(json_t *type, int64_t at, const struct desk *desk, json_t *ticket,
                              json_t *events, struct arena *a)
{
    json_t *body =
        json_pack("{s:o, s:o, s:{s:s, s:o, s:o}}", "type", type, "timestamp", event_time(at),
                  "data", "desk", desk->name, "ticket", ticket, "events", events);
    char *text = json_dumps(body, JSON_COMPACT);
    const char *kept;

    kept = arena_strdup(a, text == NULL ? "{}" : text);
    json_decref(body);
    free(text);
    return kept;
}

const char *sink_event_body(const struct desk *desk, const struct plan *plan,
                            const struct ticket *ticket, const struct sink_return_path *path,
                            struct arena *a)
{
    json_t *events = json_array();
    size_t i;

    for (i = 0; i < plan->event_count; i++)
        json_array_append_new(events, event_line(&plan->events[i]));
    return event_body(json_sprintf("ticket.%s", plan->events[0].kind), plan->events[0].at, desk,
                      event_ticket(desk, ticket, &plan->contact, path), events, a);
}

const char *sink_event_step_body(const struct desk *desk, const struct plan *plan,
                                 const struct planned_event *step, const struct ticket *ticket,
                                 const struct sink_return_path *path, struct arena *a)
{
    return event_body(json_string(SINK_EVENT_STEP_TYPE), step->at, desk,
                      event_ticket(desk, ticket, &plan->contact, path),
                      json_pack("[o]", event_line(step)), a);
}
