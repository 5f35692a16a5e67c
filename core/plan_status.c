/* The status of a case: which moves there are, and what each ends and begins (C-1, C-8 to C-12). */
#include "core/plan_state.h"

/* Which moves an agent may make; the customer's and the time's own are in their facts. */
static const bool plan_moves[TICKET_STATUS_N][TICKET_STATUS_N] = {
    /*            from          to: new    open  pend. hold  solv. closed */
    [TICKET_NEW] = { false, true, true, true, true, true },
    [TICKET_OPEN] = { false, false, true, true, true, true },
    [TICKET_PENDING] = { false, true, false, true, true, true },
    [TICKET_ON_HOLD] = { false, true, true, false, true, true },
    [TICKET_SOLVED] = { false, true, true, true, false, true },
    [TICKET_CLOSED] = { false, false, false, false, false, false },
};

bool plan_status_may(enum ticket_status from, enum ticket_status to)
{
    return plan_moves[from][to];
}

static void plan_on_solved(struct planner *pl, int64_t at)
{
    struct ticket *t = &pl->p->ticket;
    enum target_end answered = t->memory.unanswered > 0 ? TARGET_WAIVED : TARGET_MET;

    t->solved_at = at;
    plan_clock_end(pl, TARGET_ACK, at, TARGET_MET, "C-1");
    plan_clock_end(pl, TARGET_FIRST_RESPONSE, at, TARGET_WAIVED, "C-8");
    plan_clock_end(pl, TARGET_NEXT_RESPONSE, at, answered, "C-8");
    plan_clock_end(pl, TARGET_UPDATE, at, TARGET_MET, "C-9");
    plan_clock_end(pl, TARGET_LEVEL_ACK, at, TARGET_MET, "C-20");
    t->memory.unanswered_since = 0; /* whoever writes again waits since then (C-8) */
    t->memory.assign_wanted_at = 0;
}

void plan_set_status(struct planner *pl, enum ticket_status to, int64_t at, const char *why)
{
    struct ticket *t = &pl->p->ticket;
    enum ticket_status from = t->status;

    if (from == to)
        return;
    t->status = to;
    plan_event(pl, "status_changed", NULL,
               plan_detail(pl, "{s:s, s:s}", "from", ticket_status_name(from), "to",
                           ticket_status_name(to)),
               "%s", why)
        ->value = ticket_status_name(to);
    if (to == TICKET_SOLVED)
        plan_on_solved(pl, at);
    if (from >= TICKET_SOLVED && to < TICKET_SOLVED)
        t->solved_at = 0;
    if (to == TICKET_CLOSED) {
        t->closed_at = at;
        /* What ran until it was solved was met then (C-10). */
        plan_clock_end_all(pl, t->solved_at != 0 ? t->solved_at : at,
                           t->solved_at != 0 ? TARGET_MET : TARGET_WAIVED, "C-10");
    }
    plan_clock_follow_status(pl, at);
    plan_wait_status(pl, at);
    plan_incident_status(pl);
}

int plan_solution(struct planner *pl, enum ticket_status to)
{
    const struct fact *f = pl->fact;
    bool solves = to >= TICKET_SOLVED && pl->p->ticket.status < TICKET_SOLVED;
    bool said = f->solution != NULL && f->solution[0] != '\0';

    if (pl->policy->solution_asked && solves && !said && f->kind != FACT_AGENT_REPLIED)
        return error_set(pl->err, ERROR_PERMANENT,
                         "the policy asks how it was solved: say it with --solution");
    if (said && to < TICKET_SOLVED)
        return error_set(pl->err, ERROR_PERMANENT, "a solution is said of what is solved with it");
    return 0;
}

void plan_solution_noted(struct planner *pl)
{
    if (pl->fact->solution != NULL && pl->fact->solution[0] != '\0')
        plan_event(pl, "solution_noted", "D-40",
                   plan_detail(pl, "{s:s}", "solution", pl->fact->solution), "how it was solved");
}

int plan_status_set(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    enum ticket_status from = t->status, to = pl->fact->status;

    if (to == TICKET_STATUS_N || !(plan_status_may(from, to) || plan_spam_returns(t, to)))
        return error_set(pl->err, ERROR_PERMANENT, "a ticket that is %s cannot become %s",
                         ticket_status_name(from),
                         to == TICKET_STATUS_N ? "nothing" : ticket_status_name(to));
    if (plan_solution(pl, to) < 0)
        return -1;
    plan_event(pl, fact_kind_name(pl->fact->kind), NULL, NULL, "%s",
               pl->fact->reason == NULL ? "set by hand" : pl->fact->reason);
    if (from == TICKET_CLOSED)
        plan_spam_undo(pl);
    plan_level_acknowledge(pl, pl->fact->at);
    plan_set_status(pl, to, pl->fact->at, "set by hand");
    plan_solution_noted(pl);
    if (to == TICKET_SOLVED)
        plan_notice_customer(pl, NOTICE_SOLVED, "E-15", pl->fact->now + pl->policy->grace_s, 0,
                             NULL);
    if (from == TICKET_SOLVED && to != TICKET_CLOSED) {
        t->memory.reopened++;
        plan_reopen_solved(pl);
        plan_level_check_events(pl, false);
    }
    return 0;
}
