/* What time alone brings to a case: all that is due, in the order of its instants, and when
 * something is due next. */
#include "core/plan_state.h"

enum {
    PLAN_STEP_EVENTS = 24,     /* what one firing may need at most, with room */
    PLAN_STEP_DELIVERIES = 24, /* likewise */
};

bool plan_is_full(const struct planner *pl)
{
    return pl->p->event_count + PLAN_STEP_EVENTS > PLAN_EVENTS_MAX ||
           pl->p->delivery_count + PLAN_STEP_DELIVERIES + plan_watch_owed(pl) > PLAN_DELIVERIES_MAX;
}

static int64_t plan_earlier(int64_t x, int64_t y)
{
    return x == 0 || (y != 0 && y < x) ? y : x;
}

/* Everything due at `now` or before, in the order of its instants. */
static void plan_fold_time(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    struct target_clock *c = NULL;
    int64_t clock, level, silent, wait, news, first;
    int step = -1;

    while (!plan_is_full(pl)) {
        clock = plan_clock_next(pl, &c);
        level = plan_level_next(pl, &step);
        silent = plan_assign_silent(pl);
        wait = plan_wait_next(pl);
        news = plan_incident_next(pl);
        first = plan_earlier(plan_earlier(clock, level), plan_earlier(silent, wait));
        first = plan_earlier(first, news);
        pl->next = first;
        pl->looked = first == 0 || first > pl->fact->now;
        if (pl->looked)
            break;
        if (clock == first)
            plan_clock_fire(pl, c, clock);
        else if (level == first)
            plan_level_fire(pl, step, level);
        else if (silent == first)
            plan_assign_fire(pl);
        else if (wait == first)
            plan_wait_fire(pl);
        else
            plan_incident_fire(pl);
    }
    if (t->status == TICKET_SOLVED && t->solved_at != 0 &&
        t->solved_at + pl->policy->grace_s <= pl->fact->now)
        plan_set_status(pl, TICKET_CLOSED, t->solved_at + pl->policy->grace_s,
                        "the grace period is over");
}

int plan_time_came(struct planner *pl)
{
    if (pl->fact->kind == FACT_QUEUE_LOOKED)
        plan_assign_look(pl);
    plan_fold_time(pl);
    return 0;
}

void plan_set_wake(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    struct target_clock *c = NULL;
    int64_t wake = 0;
    int step, team;

    if (t->status < TICKET_SOLVED) {
        if (!pl->looked) {
            wake = plan_earlier(plan_clock_next(pl, &c), plan_level_next(pl, &step));
            wake = plan_earlier(wake, plan_assign_silent(pl));
            wake = plan_earlier(wake, plan_wait_next(pl));
            pl->next = plan_earlier(wake, plan_incident_next(pl));
        }
        wake = plan_earlier(pl->next, plan_assign_next(pl));
    } else if (t->status == TICKET_SOLVED && t->solved_at != 0) {
        wake = t->solved_at + pl->policy->grace_s;
    }
    pl->p->wake_at = wake;
    team = plan_assign_team(pl);
    pl->p->queue_team = team < 0 ? NULL : pl->policy->teams[team].name;
    pl->p->queue_rank = team < 0 ? 0 : plan_assign_rank(pl);
    pl->p->queue_since = team < 0 ? 0 : t->memory.assign_wanted_at;
    pl->p->wants_queue = team >= 0;
}
