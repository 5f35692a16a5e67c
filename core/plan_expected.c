/* E-10: what the customer was told will not be kept, so a new time is told; once for each running
 * of a clock, and not twice within a day. */
#include <string.h>

#include "core/calendar.h"
#include "core/plan_state.h"

enum { PLAN_EXPECTED_AGAIN_S = 86400 };

/* --- what was told
 * ----------------------------------------------------------------------------------------- */

/* Is it the clock whose due time was told? */
static bool plan_expected_is_promised(const struct planner *pl, const struct target_clock *c)
{
    const struct ticket_memory *m = &pl->p->ticket.memory;

    return m->promised_at != 0 && m->promised_clock == (int)c->kind + 1 &&
           m->promised_instance == c->instance;
}

static void plan_expected_told(struct planner *pl, enum target_kind kind)
{
    pl->p->ticket.memory.expected |= 1 << kind;
}

/* Of two that are due then, the kind decides, as in plan_clock_next(): in which order they are
 * kept, the store says. */
static const struct target_clock *plan_expected_clock(const struct ticket *t, int64_t due_at)
{
    const struct target_clock *found = NULL;
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS && t->clocks[i].breached_at == 0 &&
            t->clocks[i].due_at == due_at && (found == NULL || t->clocks[i].kind < found->kind))
            found = &t->clocks[i];
    return found;
}

void plan_expected_remember(struct planner *pl, enum notice notice, int64_t by_at)
{
    struct ticket *t = &pl->p->ticket;
    const struct target_clock *c;

    if (by_at == 0)
        return;
    if (notice == NOTICE_EXPECTED) {
        t->memory.promised_at = by_at;
        t->memory.expected_at = pl->fact->now;
        plan_expected_told(pl, (enum target_kind)(t->memory.promised_clock - 1));
        return;
    }
    if (notice != NOTICE_RECEIVED && notice != NOTICE_RECEIVED_CLOSED && notice != NOTICE_ESCALATED)
        return;
    c = plan_expected_clock(t, by_at);
    if (c == NULL)
        return;
    t->memory.promised_at = by_at;
    t->memory.promised_clock = (int)c->kind + 1;
    t->memory.promised_instance = c->instance;
}

/* --- what will not be kept
 * ----------------------------------------------------------------------------------------- */

/* Another whole target, from when somebody is there on; 0: nobody can say. */
static int64_t plan_expected_anew(const struct planner *pl, const struct target_clock *c,
                                  int64_t there)
{
    int64_t at = calendar_due(plan_clock_calendar(pl->policy, c),
                              there > pl->fact->now ? there : pl->fact->now, c->target.seconds);

    return at < 0 ? 0 : at;
}

static void plan_expected_note(struct planner *pl, const struct target_clock *c, int64_t by_at,
                               const char *why)
{
    pl->late = (struct plan_late){ c->kind, by_at, why };
}

void plan_expected_missed(struct planner *pl, const struct target_clock *c)
{
    if (plan_expected_is_promised(pl, c) && pl->p->ticket.memory.promised_at <= pl->fact->now)
        plan_expected_note(pl, c, plan_expected_anew(pl, c, plan_assign_there(pl)),
                           "what the customer was told was not kept");
}

/* At its last warning: a team that nobody is in says nothing by having nobody there. */
void plan_expected_warned(struct planner *pl, const struct target_clock *c)
{
    const struct ticket *t = &pl->p->ticket;
    int team = t->team == NULL ? -1 : policy_find_team(pl->policy, t->team);
    int64_t there;

    if (target_warning(&c->target, c->warned) != 0 || team < 0 ||
        pl->policy->teams[team].member_count == 0 || !plan_expected_is_promised(pl, c))
        return;
    there = plan_assign_there(pl);
    if (t->agent == NULL)
        plan_expected_note(pl, c, plan_expected_anew(pl, c, there),
                           "it is at its last warning, and nobody's");
    else if (there == 0 || there >= c->due_at)
        plan_expected_note(pl, c, plan_expected_anew(pl, c, there),
                           "it is at its last warning, and nobody is there until it is due");
}

void plan_expected_moved(struct planner *pl, const struct target_clock *c)
{
    if (plan_expected_is_promised(pl, c) && c->breached_at == 0 &&
        c->due_at > pl->p->ticket.memory.promised_at)
        plan_expected_note(pl, c, c->due_at, "its target is a later one now");
}

/* --- the notice
 * ----------------------------------------------------------------------------------------- */

const char *plan_expected_refused(const struct planner *pl, const char **why)
{
    const struct ticket_memory *m = &pl->p->ticket.memory;

    if (m->expected & 1 << pl->late.clock) {
        *why = "a new time was told for this promise already";
        return notice_kinds[NOTICE_EXPECTED].id;
    }
    if (m->expected_at != 0 && pl->fact->now - m->expected_at < PLAN_EXPECTED_AGAIN_S) {
        *why = "a new time was told less than a day ago";
        return notice_kinds[NOTICE_EXPECTED].id;
    }
    return NULL;
}

static bool plan_expected_climbs(const struct planner *pl)
{
    size_t i;

    for (i = 0; i < pl->p->delivery_count; i++)
        if (pl->p->deliveries[i].notice == NOTICE_ESCALATED)
            return true;
    return false;
}

void plan_expected_tell(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    const struct plan_late *late = &pl->late;

    if (late->why == NULL || late->by_at == 0 || t->status >= TICKET_SOLVED)
        return;
    plan_event(pl, "promise_late", "E-10",
               plan_detail(pl, "{s:s, s:I, s:I}", "clock", target_kind_name(late->clock), "told_at",
                           (json_int_t)t->memory.promised_at, "expected_at",
                           (json_int_t)late->by_at),
               "%s", late->why);
    if (plan_expected_climbs(pl)) /* it is told that others have it, and by when they answer */
        plan_expected_told(pl, late->clock);
    else
        plan_notice_customer(pl, NOTICE_EXPECTED, "E-10", late->by_at, 0, NULL);
}
