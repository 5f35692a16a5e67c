/* What is written to a ticket that is over (C-10): within `timing: reopen` of its closing it is
 * open again, and all of it begins anew but its owner, its level and what its customer was told. */
#include "core/plan_state.h"

bool plan_takes_message(const struct policy *policy, const struct ticket *t, int64_t at)
{
    if (t->status != TICKET_CLOSED || t->memory.spam_at != 0)
        return true;
    return policy->reopen_s > 0 && t->merged_into == 0 && at - t->closed_at <= policy->reopen_s;
}

/* It left no level and enters none that is lower (C-21): the path of the one where it was closed
 * begins again. It stands still where the incident of the case climbs in its place. */
static void plan_reopen_level(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int level = t->level;

    if (policy_level(pl->policy, level) == NULL || plan_incident_rests(pl))
        return;
    t->level = 0;
    plan_level_enter(pl, level, "C-10", "opened again after it was closed: the level begins anew");
}

/* What was kept of the waiting and of the owner of before would fall due in the past. */
static void plan_reopen_forget(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    t->closed_at = 0;
    t->policy_version = pl->policy->version;
    t->memory.unanswered_since = pl->fact->at;
    t->memory.assign_wanted_at = 0;
    t->memory.owner_seen = 0;
    if (t->agent != NULL)
        t->memory.assigned_at = pl->fact->now;
}

void plan_reopen_anew(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    pl->anew = true;
    t->memory.reopened++;
    plan_incident_reopened(pl); /* while it is over: what it left there does not go on */
    plan_reopen_forget(pl);
    plan_set_status(pl, TICKET_OPEN, pl->fact->at, "the customer wrote again after it was closed");
    plan_assign_reopened(pl);
    plan_clock_start(pl, TARGET_RESOLUTION, pl->fact->at);
    plan_reopen_level(pl);
    plan_notice_customer(pl, NOTICE_FOLLOW_UP, "E-03", 0, 0, NULL);
}

/* What was solved without an answer is owed one again, from now on: its wait before was waived. A
 * case that rests with its incident is nobody's but for that. */
void plan_reopen_solved(struct planner *pl)
{
    struct ticket_memory *m = &pl->p->ticket.memory;
    bool rests = plan_incident_rests(pl);

    plan_notice_drop_waiting(pl, NOTICE_SOLVED, "B-15");
    if (rests && m->unanswered == 0)
        return;
    plan_assign_reopened(pl);
    plan_assign_want(pl);
    if (!rests)
        plan_clock_start(pl, TARGET_RESOLUTION, pl->fact->at);
    if (m->unanswered == 0)
        return;
    if (m->unanswered_since == 0)
        m->unanswered_since = pl->fact->at;
    plan_clock_start(pl, TARGET_NEXT_RESPONSE, m->unanswered_since);
}
