/* What somebody says is spam (C-16): it is over, nobody was served, and its sender hears nothing
 * more. Said by mistake it is undone, and goes on as if the time between had been a pause. */
#include "core/plan_state.h"

int plan_marked_spam(struct planner *pl)
{
    const struct fact *f = pl->fact;
    struct ticket *t = &pl->p->ticket;

    if (t->status == TICKET_CLOSED)
        return error_set(pl->err, ERROR_PERMANENT, "ticket %lld is closed already",
                         (long long)t->ticket_id);
    plan_event(pl, fact_kind_name(f->kind), "C-16", NULL, "%s",
               f->reason == NULL ? "marked by hand" : f->reason);
    plan_incident_part(pl, "it is spam");
    plan_clock_void(pl, true);
    t->memory.spam_at = f->now;
    plan_notice_drop_all(pl, "C-16");
    t->memory.assign_wanted_at = 0;
    t->terms = NULL; /* what is written to everybody is no incident */
    plan_set_status(pl, TICKET_CLOSED, f->now, "it is spam");
    plan_event(pl, "clocks_void", "C-16", NULL, "marked as spam");
    return 0;
}

/* What ran then runs on; what somebody has done to it in between is done. */
static void plan_spam_restore(struct planner *pl, int64_t since)
{
    struct ticket *t = &pl->p->ticket;

    plan_clock_restore(pl, since);
    if (t->agent != NULL)
        plan_clock_end(pl, TARGET_ACK, pl->fact->now, TARGET_MET, "C-1");
    if (t->memory.level_acked_at != 0)
        plan_clock_end(pl, TARGET_LEVEL_ACK, pl->fact->now, TARGET_MET, "C-20");
    if (t->memory.unanswered > 0 && t->memory.unanswered_since == 0) /* it was solved before */
        t->memory.unanswered_since = pl->fact->at;
    if (t->memory.unanswered > 0 && plan_clock_find(pl, TARGET_FIRST_RESPONSE) == NULL)
        plan_clock_start(pl, TARGET_NEXT_RESPONSE, pl->fact->now); /* written meanwhile */
}

bool plan_spam_returns(const struct ticket *t, enum ticket_status to)
{
    return t->memory.spam_at != 0 && to == TICKET_OPEN;
}

void plan_spam_undo(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int64_t since = t->memory.spam_at;

    t->memory.spam_at = t->closed_at = 0;
    plan_set_status(pl, TICKET_OPEN, pl->fact->now, "it is no spam");
    plan_spam_restore(pl, since);
    plan_assign_reopened(pl);
    plan_assign_want(pl);
}
