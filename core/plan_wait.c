/* While the customer is waited for: reminders (E-08), and an end to it (D-17). */
#include "core/calendar.h"
#include "core/plan_state.h"

void plan_wait_status(struct planner *pl, int64_t at)
{
    struct ticket *t = &pl->p->ticket;

    t->memory.pending_since = t->status == TICKET_PENDING ? at : 0;
    t->memory.pending_reminded = 0;
    if (t->status != TICKET_PENDING)
        plan_notice_drop_waiting(pl, NOTICE_WAITING, "B-15");
}

static int64_t plan_wait_instant(const struct planner *pl, int64_t seconds)
{
    const struct policy_waiting *w = &pl->policy->waiting;
    int64_t at;

    if (seconds == 0)
        return 0;
    at = calendar_due(w->calendar < 0 ? NULL : pl->policy->calendars[w->calendar],
                      pl->p->ticket.memory.pending_since, seconds);
    return at < 0 ? 0 : at;
}

/* The next reminder if it comes before the end; 0: there is none. */
static int64_t plan_wait_reminder(const struct planner *pl, int64_t end)
{
    int done = pl->p->ticket.memory.pending_reminded;
    int64_t at = done < POLICY_REMINDERS_MAX
                     ? plan_wait_instant(pl, pl->policy->waiting.reminders[done])
                     : 0;

    return end == 0 || at < end ? at : 0;
}

int64_t plan_wait_next(const struct planner *pl)
{
    int64_t reminder, end;

    if (pl->p->ticket.status != TICKET_PENDING || pl->p->ticket.memory.pending_since == 0)
        return 0;
    end = plan_wait_instant(pl, pl->policy->waiting.solve_s);
    reminder = plan_wait_reminder(pl, end);
    return reminder != 0 ? reminder : end;
}

void plan_wait_fire(struct planner *pl)
{
    int64_t end = plan_wait_instant(pl, pl->policy->waiting.solve_s);

    if (plan_wait_reminder(pl, end) != 0) {
        pl->p->ticket.memory.pending_reminded++;
        plan_notice_customer(pl, NOTICE_WAITING, "E-08", end, 0, NULL);
        return;
    }
    plan_set_status(pl, TICKET_SOLVED, pl->fact->now, "the customer did not answer");
    plan_notice_customer(pl, NOTICE_SOLVED, "E-15", pl->fact->now + pl->policy->grace_s, 0, NULL);
}
