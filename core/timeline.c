#include "core/timeline.h"

#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/json_list.h"

struct timeline_kept {
    struct timeline_ticket t;
    GArray *clocks, *states;
};
struct timeline {
    struct arena *a;
    const char *story;
    const struct policy *policy;
    GArray *entries, *misses;
    GPtrArray *kept; /* of struct timeline_kept */
    size_t held;
    int64_t begin, end;
};

static void timeline_kept_free(void *p)
{
    struct timeline_kept *k = p;

    g_array_free(k->clocks, TRUE);
    g_array_free(k->states, TRUE);
    g_free(k);
}

struct timeline *timeline_new(const char *story, const struct policy *policy)
{
    struct timeline *t = xcalloc(1, sizeof(*t));

    t->a = arena_new();
    t->story = arena_strdup(t->a, story);
    t->policy = policy;
    t->entries = g_array_new(FALSE, FALSE, sizeof(struct timeline_entry));
    t->misses = g_array_new(FALSE, FALSE, sizeof(struct timeline_miss));
    t->kept = g_ptr_array_new_with_free_func(timeline_kept_free);
    return t;
}

void timeline_free(struct timeline *t)
{
    if (t == NULL)
        return;
    g_array_free(t->entries, TRUE);
    g_array_free(t->misses, TRUE);
    g_ptr_array_free(t->kept, TRUE);
    arena_free(t->a);
    free(t);
}

/* --- taking down
 * ------------------------------------------------------------------------------------------------
 */

static struct timeline_kept *timeline_kept_of(struct timeline *t, int64_t ticket_id)
{
    struct timeline_kept *k;
    guint i;

    for (i = 0; i < t->kept->len; i++) {
        k = g_ptr_array_index(t->kept, i);
        if (k->t.ticket_id == ticket_id)
            return k;
    }
    k = g_new0(struct timeline_kept, 1);
    k->t.ticket_id = ticket_id;
    k->clocks = g_array_new(FALSE, FALSE, sizeof(struct timeline_clock));
    k->states = g_array_new(FALSE, FALSE, sizeof(struct timeline_state));
    g_ptr_array_add(t->kept, k);
    return k;
}

static void timeline_keep_clock(struct timeline *t, struct timeline_kept *k,
                                const struct target_clock *c)
{
    struct timeline_clock mine = { *c, c->target.calendar < 0
                                           ? NULL
                                           : t->policy->calendar_names[c->target.calendar] };
    struct timeline_clock *old;
    guint i;

    mine.c.edges = arena_array(t->a, c->edge_count, sizeof(*mine.c.edges));
    memcpy(mine.c.edges, c->edges, c->edge_count * sizeof(*mine.c.edges));
    for (i = 0; i < k->clocks->len; i++) {
        old = &g_array_index(k->clocks, struct timeline_clock, i);
        if (old->c.kind == c->kind && old->c.instance == c->instance) {
            *old = mine;
            return;
        }
    }
    g_array_append_val(k->clocks, mine);
}

static void timeline_keep_ticket(struct timeline *t, const struct ticket *now, int64_t at)
{
    struct timeline_kept *k = timeline_kept_of(t, now->ticket_id);
    const struct timeline_state *last =
        k->states->len == 0 ? NULL
                            : &g_array_index(k->states, struct timeline_state, k->states->len - 1);
    struct timeline_state state = { at, now->status, now->priority, now->level };
    size_t i;

    k->t.last = *now;
    k->t.last.subject = arena_strdup(t->a, now->subject);
    k->t.last.language = NULL;
    k->t.last.terms = NULL;
    k->t.last.tags = arena_array(t->a, now->tag_count, sizeof(*k->t.last.tags));
    for (i = 0; i < now->tag_count; i++)
        k->t.last.tags[i] = arena_strdup(t->a, now->tags[i]);
    for (i = 0; i < now->clock_count; i++)
        if (now->clocks[i].changed)
            timeline_keep_clock(t, k, &now->clocks[i]);
    if (last == NULL || last->status != state.status || last->priority != state.priority ||
        last->level != state.level)
        g_array_append_val(k->states, state);
}

static void timeline_add(struct timeline *t, struct timeline_entry e)
{
    if (t->entries->len == 0)
        t->begin = e.at;
    e.rule = arena_strdup(t->a, e.rule);
    e.actor = arena_strdup(t->a, e.actor);
    e.why = arena_strdup(t->a, e.why);
    e.detail = arena_strdup(t->a, e.detail);
    e.to = arena_strdup(t->a, e.to);
    e.sink = arena_strdup(t->a, e.sink);
    e.dropped = arena_strdup(t->a, e.dropped);
    g_array_append_val(t->entries, e);
    timeline_end(t, e.at);
}

void timeline_add_step(struct timeline *t, const struct fold_step *step)
{
    size_t i;

    for (i = 0; i < step->plan->event_count; i++) {
        const struct planned_event *e = &step->plan->events[i];

        timeline_add(t, (struct timeline_entry){
                            .at = e->at,
                            .ticket_id = step->ticket_id,
                            .kind = e->kind,
                            .by = fact_actor_name(e->by),
                            .actor = e->actor,
                            .rule = e->rule,
                            .why = e->why,
                            .detail = e->detail,
                            .level = strcmp(e->kind, "level_entered") == 0 ? e->level : 0,
                            .notice = -1 });
    }
    timeline_keep_ticket(t, &step->plan->ticket, step->fact->now);
}

void timeline_add_delivery(struct timeline *t, const struct fold_delivery *left, const char *sink)
{
    timeline_add(
        t, (struct timeline_entry){ .at = left->at,
                                    .ticket_id = left->ticket_id,
                                    .kind = left->dropped == NULL ? "sent" : "dropped",
                                    .by = "time",
                                    .why = "",
                                    .detail = "{}",
                                    .notice = (int)left->notice,
                                    .to = left->to == PLANNED_CUSTOMER ? "customer" : left->agent,
                                    .customer = left->to == PLANNED_CUSTOMER,
                                    .sink = left->to == PLANNED_CUSTOMER ? sink : "smtp",
                                    .dropped = left->dropped });
}

void timeline_add_check(struct timeline *t, int line, const char *expected, const char *came)
{
    struct timeline_miss miss = { line, arena_strdup(t->a, expected), arena_strdup(t->a, came) };

    if (came == NULL)
        t->held++;
    else
        g_array_append_val(t->misses, miss);
}

void timeline_end(struct timeline *t, int64_t at)
{
    if (at > t->end)
        t->end = at;
}

/* --- reading
 * ------------------------------------------------------------------------------------------------
 */

void timeline_view(const struct timeline *t, struct timeline_view *out)
{
    struct timeline_ticket *tickets = arena_array(t->a, t->kept->len, sizeof(*tickets));
    guint i;

    for (i = 0; i < t->kept->len; i++) {
        const struct timeline_kept *k = g_ptr_array_index(t->kept, i);

        tickets[i] = k->t;
        tickets[i].clocks = (const void *)k->clocks->data;
        tickets[i].clock_count = k->clocks->len;
        tickets[i].states = (const void *)k->states->data;
        tickets[i].state_count = k->states->len;
    }
    *out = (struct timeline_view){ .story = t->story,
                                   .begin = t->begin,
                                   .end = t->end,
                                   .entries = (const void *)t->entries->data,
                                   .entry_count = t->entries->len,
                                   .misses = (const void *)t->misses->data,
                                   .miss_count = t->misses->len,
                                   .held = t->held,
                                   .tickets = tickets,
                                   .ticket_count = t->kept->len };
}

/* --- for programs
 * ------------------------------------------------------------------------------------------------
 */

static json_t *timeline_word(const char *s)
{
    return s == NULL ? json_null() : json_string(s);
}

static json_t *timeline_when(int64_t at)
{
    GDateTime *when = at == 0 ? NULL : g_date_time_new_from_unix_utc(at);
    char *text = when == NULL ? NULL : g_date_time_format(when, "%Y-%m-%dT%H:%M:%SZ");
    json_t *o = timeline_word(text);

    g_free(text);
    if (when != NULL)
        g_date_time_unref(when);
    return o;
}

static json_t *timeline_json_clock(const struct timeline_clock *clock)
{
    const struct target_clock *c = &clock->c;
    json_t *ledger = json_array();
    size_t i;

    for (i = 0; i < c->edge_count; i++)
        json_array_append_new(ledger,
                              json_pack("{s:o, s:s, s:I}", "at", timeline_when(c->edges[i].at),
                                        "state", c->edges[i].runs ? "run" : "pause", "event",
                                        (json_int_t)c->edges[i].event));
    return json_pack("{s:s, s:i, s:i, s:I, s:o, s:o, s:o, s:s, s:o, s:o, s:i, s:o}", "clock",
                     target_kind_name(c->kind), "instance", c->instance, "level", c->level,
                     "target_s", (json_int_t)c->target.seconds, "calendar",
                     timeline_word(clock->calendar), "started_at", timeline_when(c->started_at),
                     "ended_at", timeline_when(c->ended_at), "end", target_end_name(c->end),
                     "due_at", timeline_when(c->due_at), "breached_at",
                     timeline_when(c->breached_at), "warned", c->warned, "ledger", ledger);
}

static json_t *timeline_json_ticket(const struct timeline_ticket *t)
{
    json_t *clocks = json_array();
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        json_array_append_new(clocks, timeline_json_clock(&t->clocks[i]));
    return json_pack("{s:I, s:s, s:s, s:i, s:o, s:o, s:o, s:I, s:I, s:o}", "ticket",
                     (json_int_t)t->ticket_id, "status", ticket_status_name(t->last.status),
                     "priority", ticket_priority_name(t->last.priority), "level", t->last.level,
                     "team", timeline_word(t->last.team), "agent", timeline_word(t->last.agent),
                     "tags", json_list_texts(t->last.tags, t->last.tag_count), "follow_up_of",
                     (json_int_t)t->last.follow_up_of, "merged_into",
                     (json_int_t)t->last.merged_into, "clocks", clocks);
}

static json_t *timeline_json_event(const struct timeline_entry *e)
{
    return json_pack("{s:o, s:I, s:s, s:s, s:o, s:o, s:s, s:o}", "at", timeline_when(e->at),
                     "ticket", (json_int_t)e->ticket_id, "event", e->kind, "by", e->by, "actor",
                     timeline_word(e->actor), "rule", timeline_word(e->rule), "why", e->why,
                     "detail", json_loads(e->detail, 0, NULL));
}

static json_t *timeline_json_delivery(const struct timeline_entry *e)
{
    return json_pack("{s:o, s:I, s:s, s:o, s:o, s:o}", "at", timeline_when(e->at), "ticket",
                     (json_int_t)e->ticket_id, "notice", notice_kinds[e->notice].id, "to",
                     timeline_word(e->to), "sink", timeline_word(e->sink), "dropped",
                     timeline_word(e->dropped));
}

char *timeline_to_json(const struct timeline *t)
{
    json_t *tickets = json_array(), *events = json_array(), *deliveries = json_array();
    json_t *misses = json_array(), *whole;
    struct timeline_view v;
    char *text;
    size_t i;

    timeline_view(t, &v);
    for (i = 0; i < v.ticket_count; i++)
        json_array_append_new(tickets, timeline_json_ticket(&v.tickets[i]));
    for (i = 0; i < v.entry_count; i++)
        if (v.entries[i].notice < 0)
            json_array_append_new(events, timeline_json_event(&v.entries[i]));
        else
            json_array_append_new(deliveries, timeline_json_delivery(&v.entries[i]));
    for (i = 0; i < v.miss_count; i++)
        json_array_append_new(misses,
                              json_pack("{s:i, s:s, s:s}", "line", v.misses[i].line, "expected",
                                        v.misses[i].expected, "came", v.misses[i].came));
    whole = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "story", v.story, "begin",
                      timeline_when(v.begin), "end", timeline_when(v.end), "tickets", tickets,
                      "events", events, "deliveries", deliveries, "expectations_held",
                      (json_int_t)v.held, "expectations_missed", misses);
    text = json_dumps(whole, JSON_INDENT(2) | JSON_SORT_KEYS);
    json_decref(whole);
    return text;
}
