/* The history of a ticket: what a fact brought, line by line, each with its cause and its words. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/plan_state.h"
#include "core/ticket_event.h"

/* The fact itself goes with the first line that it causes. */
static const char *plan_event_fact(struct planner *pl)
{
    const char *kept;
    char *text;

    if (pl->p->event_count > 1)
        return NULL;
    text = fact_to_json(pl->fact);
    kept = arena_strdup(pl->a, text);
    free(text);
    return kept;
}

static const char *plan_event_detail(struct planner *pl, json_t *detail)
{
    const char *kept;
    char *text;

    if (detail == NULL)
        return "{}";
    text = json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(detail);
    kept = arena_strdup(pl->a, text == NULL ? "{}" : text);
    free(text);
    return kept;
}

/* What follows from a fact; each is written down by one of the planner's rooms. */
static const char *const plan_event_kinds[] = {
    "classified",       "clock_breached",    "clock_ended",        "clock_retargeted",
    "clock_started",    "clock_warned",      "clocks_void",        "delivery_dead",
    "delivery_failed",  "delivery_partly",   "level_acknowledged", "level_entered",
    "level_reminded",   "notice_planned",    "notice_suppressed",  "owner_set",
    "priority_changed", "status_changed",    "step_taken",         "tagged",
    "solution_noted",   "promise_late",      "hint_suggested",     "hint_withheld",
    "topic_asked",      "answer_classified", "program_replied",
};

bool plan_event_is_known(const char *kind)
{
    size_t i;

    for (i = 0; i < sizeof(plan_event_kinds) / sizeof(plan_event_kinds[0]); i++)
        if (strcmp(plan_event_kinds[i], kind) == 0)
            return true;
    return fact_kind_find(kind) >= 0;
}

/* Words, and the next link of the chain. */
static void plan_event_tell(struct planner *pl, struct planned_event *e, json_t *detail)
{
    struct ticket *t = &pl->p->ticket;
    struct ticket_event_line line;

    e->detail = plan_event_detail(pl, detail);
    e->fact = plan_event_fact(pl);
    line = (struct ticket_event_line){ .ticket_id = t->ticket_id,
                                       .seq = e->seq,
                                       .at = e->at,
                                       .cause = e->cause,
                                       .policy_version = pl->policy->version,
                                       .kind = e->kind,
                                       .actor_kind = fact_actor_name(e->by),
                                       .actor = e->actor,
                                       .rule = e->rule,
                                       .why = e->why,
                                       .detail = e->detail,
                                       .fact = e->fact };
    ticket_event_hash(t->event_hash, &line, e->hash);
    memcpy(t->event_hash, e->hash, sizeof(t->event_hash));
}

struct planned_event *plan_event(struct planner *pl, const char *kind, const char *rule,
                                 json_t *detail, const char *why, ...)
{
    struct ticket *t = &pl->p->ticket;
    struct planned_event *e = &pl->unkept;
    char words[300];
    va_list ap;

    assert(plan_event_is_known(kind));
    if (pl->p->event_count >= PLAN_EVENTS_MAX) {
        json_decref(detail);
        return e; /* folds stop before: plan_is_full() */
    }
    e = &pl->p->events[pl->p->event_count++];
    *e = (struct planned_event){ .seq = ++t->event_seq,
                                 .at = pl->fact->now,
                                 .kind = kind,
                                 .by = pl->fact->by,
                                 .actor = pl->fact->actor,
                                 .rule = rule,
                                 .why = "",
                                 .detail = "{}",
                                 .clock = -1,
                                 .notice = -1 };
    if (pl->cause == 0)
        pl->cause = e->seq; /* the first line is the fact's own */
    e->cause = pl->cause;
    if (pl->bare)
        return e;
    va_start(ap, why);
    vsnprintf(words, sizeof(words), why, ap);
    va_end(ap);
    e->why = arena_strdup(pl->a, words);
    plan_event_tell(pl, e, detail);
    return e;
}
