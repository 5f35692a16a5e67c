/* How much a person is told, and when (B-02, B-03, B-04, B-06). What a budget holds back leaves
 * when there is room again, and a newer state takes its place until then (B-01); what would say
 * nothing any more by then is suppressed. Receipts answer what the person just wrote: they count,
 * and are held by B-04 alone. An agent's answer (E-06) is no notice: nothing counts or holds it. */
#include <string.h>

#include "core/calendar.h"
#include "core/plan_state.h"
#include "core/policy_budgets.h"

enum {
    PLAN_BUDGET_HOUR_S = 3600,
    PLAN_BUDGET_BURST_S = 600,
    PLAN_BUDGET_DAY_S = 86400,
    PLAN_BUDGET_LATEST_S = 2 * 86400, /* put off for longer, it is news no more */
};

static bool plan_budget_is_receipt(enum notice n)
{
    return n == NOTICE_RECEIVED || n == NOTICE_RECEIVED_CLOSED || n == NOTICE_FOLLOW_UP;
}

/* --- times, the newest first, 0 behind the last
 * ------------------------------------------------------------------------------------------ */

static void plan_budget_put(int64_t *times, int room, int64_t at, int64_t now)
{
    int i, k;

    for (i = 0; i < room && times[i] > at; i++)
        ;
    if (i == room)
        return;
    memmove(times + i + 1, times + i, (size_t)(room - 1 - i) * sizeof(times[0]));
    times[i] = at;
    for (k = i + 1; k < room; k++)
        if (times[k] <= now - PLAN_BUDGET_DAY_S)
            times[k] = 0; /* no budget looks back further */
}

static void plan_budget_take(int64_t *times, int room, int64_t at)
{
    int i;

    for (i = 0; i < room && times[i] != at; i++)
        ;
    if (i == room)
        return;
    memmove(times + i, times + i + 1, (size_t)(room - 1 - i) * sizeof(times[0]));
    times[room - 1] = 0;
}

/* From `at` on, when one more can be there so that no `within_s` have over `most`. */
static int64_t plan_budget_room(const int64_t *times, int room, int most, int64_t within_s,
                                int64_t at)
{
    int i;

    if (most <= 0) /* no limit */
        return at;
    for (i = room - most; i >= 0; i--) { /* so many in a row, the oldest of them first */
        int64_t newest = times[i], oldest = times[i + most - 1];

        if (oldest != 0 && newest - oldest < within_s && at > newest - within_s &&
            at < oldest + within_s)
            at = oldest + within_s;
    }
    return at;
}

/* --- when a notice leaves
 * ------------------------------------------------------------------------------------------ */

/* What the person has been told, and will be, without what the new notice replaces (B-01). */
struct plan_budget_told {
    int64_t person[CONTACT_NOTICES_MAX], ticket[TICKET_NOTICES_MAX];
};

/* -1: it is none that waits. */
static int64_t plan_budget_planned(const struct planned_delivery *d)
{
    return d->to == PLANNED_CUSTOMER && notice_kinds[d->notice].unsolicited ? d->due_at : -1;
}

static void plan_budget_told(const struct planner *pl, struct plan_budget_told *out)
{
    const struct plan *p = pl->p;
    size_t i;

    memcpy(out->person, p->contact.notices_at, sizeof(out->person));
    memcpy(out->ticket, p->ticket.memory.noticed_at, sizeof(out->ticket));
    for (i = 0; i < p->ticket.waiting_count + p->delivery_count; i++) {
        int64_t at = i < p->ticket.waiting_count
                         ? p->ticket.waiting[i].due_at
                         : plan_budget_planned(&p->deliveries[i - p->ticket.waiting_count]);

        if (i < p->ticket.waiting_count && at <= pl->fact->now)
            continue; /* on its way */
        plan_budget_take(out->person, CONTACT_NOTICES_MAX, at);
        plan_budget_take(out->ticket, TICKET_NOTICES_MAX, at);
    }
}

/* B-06: `at`, or when the person's night is over. */
static int64_t plan_budget_awake(const struct planner *pl, int64_t at)
{
    const struct contact *c = &pl->p->contact;
    const struct calendar *desk = pl->policy->budgets.awake;
    struct calendar *own;
    int64_t opens;

    if (desk == NULL || (pl->p->ticket.priority == TICKET_URGENT && c->any_hour))
        return at;
    own = policy_budgets_awake(&pl->policy->budgets, c->zone);
    opens = calendar_next_opening(own == NULL ? desk : own, at);
    calendar_free(own);
    return opens < 0 ? at : opens;
}

static void plan_budget_move(struct plan_slot *slot, int64_t at, const char *rule, const char *why)
{
    if (at > slot->at)
        *slot = (struct plan_slot){ .at = at, .rule = rule, .why = why };
}

static void plan_budget_step(const struct planner *pl, const struct plan_budget_told *told,
                             struct plan_slot *slot)
{
    const struct policy_budgets *b = &pl->policy->budgets;
    const struct {
        const int64_t *times;
        int room, most;
        int64_t within_s;
        const char *rule, *why;
    } rows[] = {
        { told->person, CONTACT_NOTICES_MAX, b->person_hour, PLAN_BUDGET_HOUR_S, "B-02",
          "the person is told enough for an hour" },
        { told->person, CONTACT_NOTICES_MAX, b->person_day, PLAN_BUDGET_DAY_S, "B-02",
          "the person is told enough for a day" },
        { told->ticket, TICKET_NOTICES_MAX, b->ticket_burst, PLAN_BUDGET_BURST_S, "B-03",
          "the person is told enough of this ticket for ten minutes" },
        { told->ticket, TICKET_NOTICES_MAX, b->ticket_day, PLAN_BUDGET_DAY_S, "B-03",
          "the person is told enough of this ticket for a day" },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        plan_budget_move(
            slot,
            plan_budget_room(rows[i].times, rows[i].room, rows[i].most, rows[i].within_s, slot->at),
            rows[i].rule, rows[i].why);
    plan_budget_move(slot, plan_budget_awake(pl, slot->at), "B-06", "it is the person's night");
}

void plan_budget_find(const struct planner *pl, enum notice notice, int64_t at, int64_t by_at,
                      struct plan_slot *out)
{
    struct plan_budget_told told;
    int64_t from;

    *out = (struct plan_slot){ .at = at };
    if (plan_budget_is_receipt(notice)) {
        plan_budget_move(out,
                         plan_budget_room(pl->p->contact.receipts_at, CONTACT_RECEIPTS_MAX,
                                          pl->policy->budgets.received_hour, PLAN_BUDGET_HOUR_S,
                                          at),
                         "B-04", "the person has had enough receipts for an hour");
        out->never = out->rule != NULL;
        return;
    }
    plan_budget_told(pl, &told);
    do {
        from = out->at;
        plan_budget_step(pl, &told, out);
    } while (out->at != from && out->at - at <= PLAN_BUDGET_LATEST_S);
    if (out->rule == NULL)
        return;
    out->past = by_at != 0 && out->at >= by_at;
    out->never = out->at - at > PLAN_BUDGET_LATEST_S ||
                 (out->past && (notice == NOTICE_EXPECTED || notice == NOTICE_WAITING));
}

/* --- what is known of it
 * ------------------------------------------------------------------------------------------ */

void plan_budget_count(struct planner *pl, enum notice notice, int64_t at)
{
    struct contact *c = &pl->p->contact;

    plan_budget_put(c->notices_at, CONTACT_NOTICES_MAX, at, pl->fact->now);
    plan_budget_put(pl->p->ticket.memory.noticed_at, TICKET_NOTICES_MAX, at, pl->fact->now);
    if (plan_budget_is_receipt(notice))
        plan_budget_put(c->receipts_at, CONTACT_RECEIPTS_MAX, at, pl->fact->now);
    c->changed = true;
}

void plan_budget_forget(struct planner *pl, enum notice notice, int64_t at)
{
    struct contact *c = &pl->p->contact;

    plan_budget_take(c->notices_at, CONTACT_NOTICES_MAX, at);
    plan_budget_take(pl->p->ticket.memory.noticed_at, TICKET_NOTICES_MAX, at);
    if (plan_budget_is_receipt(notice))
        plan_budget_take(c->receipts_at, CONTACT_RECEIPTS_MAX, at);
    c->changed = true;
}
