/* One case out of two (C-15): the other ends in the survivor, which owes what that owed. */
#include "core/plan_state.h"

int plan_merged_into(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    if (t->merged_into != 0 || pl->fact->other == t->ticket_id || pl->fact->other == 0)
        return error_set(pl->err, ERROR_PERMANENT, "it cannot be merged into ticket %lld",
                         (long long)pl->fact->other);
    plan_event(pl, fact_kind_name(pl->fact->kind), "C-15",
               plan_detail(pl, "{s:I}", "other", (json_int_t)pl->fact->other),
               "merged into another");
    t->merged_into = pl->fact->other;
    plan_clock_end_all(pl, pl->fact->now, TARGET_MERGED, "C-15");
    t->status = TICKET_CLOSED;
    t->closed_at = pl->fact->now;
    t->memory.assign_wanted_at = 0;
    return 0;
}

/* Which of the survivor's clocks goes on for that one of the other's. A wait for an answer is one,
 * whichever of the two counts it here and there (C-8). NULL: none. */
static struct target_clock *plan_merged_clock(struct planner *pl, const struct target_clock *other)
{
    struct target_clock *c;

    if (other->end != TARGET_RUNS || other->kind >= TARGET_LEVEL_ACK)
        return NULL;
    if (pl->fact->unanswered == 0 ||
        (other->kind != TARGET_FIRST_RESPONSE && other->kind != TARGET_NEXT_RESPONSE))
        return plan_clock_find(pl, other->kind);
    c = plan_clock_find(pl, TARGET_NEXT_RESPONSE);
    return c != NULL ? c : plan_clock_find(pl, TARGET_FIRST_RESPONSE);
}

/* The survivor keeps the earlier starts: a clock of the same kind begins where the older one began,
 * if that one still ran or paused. */
static void plan_merged_clocks(struct planner *pl)
{
    const struct fact *f = pl->fact;
    size_t i;

    for (i = 0; i < f->other_clock_count; i++) {
        struct target_clock *c = plan_merged_clock(pl, &f->other_clocks[i]);

        if (c != NULL && f->other_clocks[i].started_at < c->started_at)
            plan_clock_take(pl, c, &f->other_clocks[i]);
    }
}

/* Whoever waits for an answer there waits for it here: nobody is waited for, and a solved case is
 * open again, as by the customer's own words (C-12). What else was not over is not over here. */
static void plan_merged_status(struct planner *pl)
{
    const struct fact *f = pl->fact;
    struct ticket *t = &pl->p->ticket;
    bool waits = f->unanswered > 0, solved = t->status == TICKET_SOLVED;

    if (solved && f->status < TICKET_SOLVED)
        plan_set_status(pl, waits || f->status == TICKET_NEW ? TICKET_OPEN : f->status, f->now,
                        "what was merged into it is not solved");
    else if (waits && (t->status == TICKET_PENDING || t->status == TICKET_ON_HOLD))
        plan_set_status(pl, TICKET_OPEN, f->now, "what was merged into it waits for an answer");
    if (solved && t->status < TICKET_SOLVED)
        plan_reopen_solved(pl);
}

static void plan_merged_wait(struct planner *pl)
{
    const struct fact *f = pl->fact;
    struct ticket_memory *m = &pl->p->ticket.memory;

    if (f->unanswered <= 0)
        return;
    m->unanswered += f->unanswered;
    if (m->unanswered_since == 0 || f->unanswered_since < m->unanswered_since)
        m->unanswered_since = f->unanswered_since;
}

int plan_merged_from(struct planner *pl)
{
    const struct fact *f = pl->fact;
    const struct ticket *t = &pl->p->ticket;

    if (t->memory.spam_at != 0) /* nobody would hear of the other any more */
        return error_set(pl->err, ERROR_PERMANENT, "ticket %lld is marked as spam",
                         (long long)t->ticket_id);
    if (t->status == TICKET_CLOSED && f->status < TICKET_SOLVED) /* nor work on it */
        return error_set(pl->err, ERROR_PERMANENT,
                         "ticket %lld is closed: merge it into the one that is not over",
                         (long long)t->ticket_id);
    plan_event(pl, fact_kind_name(f->kind), "C-15",
               plan_detail(pl, "{s:I}", "other", (json_int_t)f->other),
               "another was merged into it");
    plan_merged_wait(pl);
    plan_merged_status(pl);
    if (f->unanswered > 0 && plan_clock_find(pl, TARGET_FIRST_RESPONSE) == NULL)
        plan_clock_start(pl, TARGET_NEXT_RESPONSE, t->memory.unanswered_since);
    plan_merged_clocks(pl);
    plan_clock_follow_status(pl, f->now);
    plan_watch_merged(pl);
    if (f->unanswered > 0) {
        plan_assign_want(pl);
        plan_level_check_events(pl, false);
    }
    return 0;
}
