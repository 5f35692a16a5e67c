/* Who is told what, and who is not (E, B). A suppression is an event with its rule, always (B-18).
 */
#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/plan_state.h"

static const uint64_t plan_notice_received_bits =
    1ull << NOTICE_RECEIVED | 1ull << NOTICE_RECEIVED_CLOSED;

static void plan_notice_suppressed(struct planner *pl, enum notice notice, const char *rule,
                                   const char *why)
{
    plan_event(pl, "notice_suppressed", rule,
               plan_detail(pl, "{s:s}", "notice", notice_kinds[notice].id), "%s", why)
        ->notice = (int)notice;
}

static struct planned_delivery *plan_notice_add(struct planner *pl, enum notice notice,
                                                const char *rule, int64_t due_at)
{
    struct planned_delivery *d;

    if (pl->p->delivery_count >= PLAN_DELIVERIES_MAX)
        return NULL;
    d = &pl->p->deliveries[pl->p->delivery_count++];
    *d = (struct planned_delivery){ .notice = notice, .rule = rule, .due_at = due_at };
    return d;
}

/* Takes what waits out of the plan and of the ticket; each one is told as suppressed by `rule`. */
static void plan_notice_drop(struct planner *pl, enum notice notice, bool all, const char *rule)
{
    struct ticket *t = &pl->p->ticket;
    size_t i, kept = 0;

    for (i = 0; i < t->waiting_count; i++) {
        struct ticket_waiting w = t->waiting[i];

        if ((!all && w.notice != notice) || w.due_at <= pl->fact->now ||
            pl->p->suppression_count >= TICKET_WAITING_MAX) {
            t->waiting[kept++] = w;
            continue;
        }
        pl->p->suppressions[pl->p->suppression_count++] =
            (struct planned_suppression){ w.delivery_id, w.notice, rule };
        plan_hint_dropped(pl, w.notice);
        plan_budget_forget(pl, w.notice, w.due_at);
        plan_notice_suppressed(
            pl, w.notice, rule,
            t->memory.spam_at != 0 ? "it is spam" : "a newer message says what there is to say");
    }
    t->waiting_count = kept;
}

static bool plan_notice_waits_there(const struct planned_delivery *d)
{
    return d->to == PLANNED_CUSTOMER && notice_kinds[d->notice].unsolicited;
}

/* What this very plan had for the customer so far: nobody has been promised it yet. */
static void plan_notice_drop_planned(struct planner *pl, const char *rule)
{
    struct plan *p = pl->p;
    size_t i, kept = 0;

    for (i = 0; i < p->delivery_count; i++) {
        if (!plan_notice_waits_there(&p->deliveries[i])) {
            p->deliveries[kept++] = p->deliveries[i];
            continue;
        }
        plan_hint_dropped(pl, p->deliveries[i].notice);
        plan_budget_forget(pl, p->deliveries[i].notice, p->deliveries[i].due_at);
        plan_notice_suppressed(pl, p->deliveries[i].notice, rule,
                               "a newer message says what there is to say");
    }
    p->delivery_count = kept;
}

void plan_notice_drop_waiting(struct planner *pl, enum notice notice, const char *rule)
{
    plan_notice_drop(pl, notice, false, rule);
}

void plan_notice_drop_all(struct planner *pl, const char *rule)
{
    plan_notice_drop(pl, NOTICE_N, true, rule);
    plan_notice_drop_planned(pl, rule);
}

/* Why a notice may not go now; NULL: it may. */
static const char *plan_notice_refused(const struct planner *pl, enum notice notice, int level,
                                       const char **why)
{
    const struct ticket *t = &pl->p->ticket;
    const struct contact *c = &pl->p->contact;

    if (!pl->policy->notices[notice].on) {
        *why = "the policy has switched it off";
        return notice_kinds[notice].id;
    }
    if (fact_is_said(pl->fact) && (pl->fact->automatic || pl->fact->spam || pl->fact->bounce)) {
        *why = "nothing automatic answers an automatic message";
        return "B-07";
    }
    if (fact_is_said(pl->fact) && pl->fact->declines) {
        *why = "its writer, or the list it came by, wants no automatic answer";
        return "B-07";
    }
    if (notice_kinds[notice].once && notice != NOTICE_SOLVED && (t->memory.told & 1ull << notice)) {
        *why = "told already";
        return "B-05";
    }
    if ((notice == NOTICE_RECEIVED || notice == NOTICE_RECEIVED_CLOSED) && c->received_at != 0 &&
        pl->fact->now - c->received_at < pl->policy->received_merge_s) {
        *why = "told for another ticket a moment ago";
        return "E-01";
    }
    if (notice == NOTICE_EXPECTED)
        return plan_expected_refused(pl, why);
    if (notice != NOTICE_ESCALATED)
        return NULL;
    if (level <= t->memory.told_level) {
        *why = "this level was told already";
        return "B-17";
    }
    if (!(t->memory.told & plan_notice_received_bits)) {
        *why = "the customer has not been told of the ticket yet";
        return "E-09";
    }
    if (t->last_public_at != 0 && pl->fact->now - t->last_public_at < pl->policy->after_reply_s) {
        *why = "an answer went out a moment ago";
        return "E-09";
    }
    return NULL;
}

bool plan_notice_received_waits(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    size_t i;

    for (i = 0; i < pl->p->delivery_count; i++)
        if (pl->p->deliveries[i].notice == NOTICE_RECEIVED ||
            pl->p->deliveries[i].notice == NOTICE_RECEIVED_CLOSED)
            return true;
    for (i = 0; i < t->waiting_count; i++)
        if ((t->waiting[i].notice == NOTICE_RECEIVED ||
             t->waiting[i].notice == NOTICE_RECEIVED_CLOSED) &&
            t->waiting[i].due_at > pl->fact->now)
            return true;
    return false;
}

/* The end of the window of B-01: that of what waits already, so that a window does not grow for
 * ever. */
static int64_t plan_notice_window(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    int64_t end = pl->fact->now + pl->policy->coalesce_s;
    size_t i;

    for (i = 0; i < t->waiting_count; i++)
        if (t->waiting[i].due_at > pl->fact->now && t->waiting[i].due_at < end)
            end = t->waiting[i].due_at;
    return end;
}

static void plan_notice_remember(struct planner *pl, enum notice notice, int level, int64_t by_at,
                                 int64_t due_at)
{
    struct ticket *t = &pl->p->ticket;

    t->memory.told |= 1ull << notice;
    if (notice == NOTICE_ESCALATED)
        t->memory.told_level = level;
    plan_expected_remember(pl, notice, by_at);
    plan_budget_count(pl, notice, due_at);
    if (notice == NOTICE_RECEIVED || notice == NOTICE_RECEIVED_CLOSED)
        pl->p->contact.received_at = pl->fact->now;
}

/* Of what event `seq` brings. */
static const char *plan_notice_step_key(const struct planner *pl, enum notice notice, int64_t seq,
                                        const char *agent)
{
    return arena_printf(pl->a, "%lld/%s/%lld%s%s", (long long)pl->p->ticket.ticket_id,
                        notice_kinds[notice].id, (long long)seq, agent == NULL ? "" : "/",
                        agent == NULL ? "" : agent);
}

/* What is put off says by which rule. */
static void plan_notice_planned(struct planner *pl, enum notice notice, const char *rule,
                                int64_t by_at, const struct plan_slot *slot)
{
    const char *name = notice_kinds[notice].name;
    json_t *detail =
        plan_detail(pl, "{s:s, s:I, s:I, s:s*}", "notice", notice_kinds[notice].id, "due_at",
                    (json_int_t)slot->at, "by_at", (json_int_t)by_at, "put_off", slot->rule);
    struct planned_event *e;

    if (slot->rule == NULL)
        e = plan_event(pl, "notice_planned", rule, detail, "the customer is told: %s", name);
    else
        e = plan_event(pl, "notice_planned", rule, detail, "the customer is told later: %s; %s, %s",
                       name, slot->rule, slot->why);
    e->notice = (int)notice;
    e->value = slot->rule;
}

void plan_notice_customer(struct planner *pl, enum notice notice, const char *rule, int64_t by_at,
                          int level, const char *reason)
{
    const char *why = NULL, *refused = plan_notice_refused(pl, notice, level, &why);
    struct planned_delivery *d;
    struct plan_slot slot = { 0 };

    if (pl->p->ticket.incident)
        return; /* its customers hear of it in their own tickets (E-14) */
    if (refused == NULL &&
        (notice == NOTICE_ESCALATED || notice == NOTICE_FOLLOW_UP || notice == NOTICE_EXPECTED) &&
        plan_notice_received_waits(pl)) {
        refused = notice_kinds[notice].id;
        why = "the customer has not been told of the ticket yet";
    }
    if (refused == NULL) {
        plan_budget_find(pl, notice, plan_notice_window(pl), by_at, &slot);
        refused = slot.never ? slot.rule : NULL;
        why = slot.why;
    }
    if (refused != NULL) {
        plan_notice_suppressed(pl, notice, refused, why);
        return;
    }
    by_at = slot.past ? 0 : by_at;
    plan_notice_drop(pl, notice, true, "B-01");
    plan_notice_drop_planned(pl, "B-01");
    plan_notice_planned(pl, notice, rule, by_at, &slot);
    d = plan_notice_add(pl, notice, rule, slot.at);
    if (d == NULL)
        return;
    d->to = PLANNED_CUSTOMER;
    d->step_key = plan_notice_step_key(pl, notice, pl->p->ticket.event_seq, NULL);
    d->by_at = by_at;
    d->level = level;
    d->reason = reason;
    plan_notice_remember(pl, notice, level, by_at, slot.at);
}

void plan_notice_received(struct planner *pl)
{
    const struct target *first = &pl->targets->at[pl->p->ticket.priority][TARGET_FIRST_RESPONSE];
    const struct calendar *c = first->calendar < 0 ? NULL : pl->policy->calendars[first->calendar];
    int64_t opens = c == NULL ? pl->fact->now : calendar_next_opening(c, pl->fact->now);
    bool open = opens == pl->fact->now || opens < 0;
    size_t before = pl->p->delivery_count;

    plan_notice_customer(pl, open ? NOTICE_RECEIVED : NOTICE_RECEIVED_CLOSED,
                         open ? "E-01" : "E-02", plan_notice_promise(pl), 0, NULL);
    if (!open && pl->p->delivery_count > before)
        pl->p->deliveries[before].opens_at = opens;
}

/* What would leave so long after an answer that it does not go with it any more. */
static void plan_notice_drop_put_off(struct planner *pl, enum notice notice, const char *rule)
{
    const struct ticket *t = &pl->p->ticket;
    size_t i;

    for (i = 0; i < t->waiting_count; i++)
        if (t->waiting[i].notice == notice &&
            t->waiting[i].due_at > pl->fact->now + pl->policy->coalesce_s)
            break;
    if (i < t->waiting_count)
        plan_notice_drop(pl, notice, false, rule);
}

void plan_notice_words(struct planner *pl)
{
    struct planned_delivery *d = plan_notice_add(pl, NOTICE_REPLY, "E-06", pl->fact->now);

    if (d == NULL)
        return;
    d->to = PLANNED_CUSTOMER;
    d->step_key = plan_notice_step_key(pl, NOTICE_REPLY, pl->p->ticket.event_seq, NULL);
    d->message_id = pl->fact->message_id;
}

void plan_notice_reply(struct planner *pl)
{
    plan_notice_drop(pl, NOTICE_RECEIVED, false, "E-01");
    plan_notice_drop(pl, NOTICE_RECEIVED_CLOSED, false, "E-01");
    plan_notice_drop(pl, NOTICE_FOLLOW_UP, false, "E-03");
    plan_notice_drop(pl, NOTICE_EXPECTED, false, "B-15");
    plan_notice_drop_put_off(pl, NOTICE_ESCALATED, "E-09");
    plan_notice_drop_put_off(pl, NOTICE_WAITING, "B-15");
    plan_notice_words(pl);
}

/* When the agent may be told: within hours of his own (T-57). Of an escalation the people of the
 * acting level hear in the level's hours, whatever their own are (B-19). Who has no hours to come
 * hears at once: nothing is lost. */
static int64_t plan_notice_agent_at(const struct planner *pl, enum notice notice, const char *name)
{
    const struct policy_level *l = policy_level(pl->policy, pl->p->ticket.level);
    int agent = policy_find_agent(pl->policy, name), calendar = -1;
    int team = l == NULL ? -1 : plan_level_team(pl, l);
    int64_t at;

    if ((notice == NOTICE_AGENT_ESCALATION || notice == NOTICE_AGENT_REMINDER) && team >= 0 &&
        policy_has_member(pl->policy, (size_t)team, agent))
        calendar = l->calendar;
    else if (agent >= 0)
        calendar = pl->policy->agents[agent].calendar;
    if (calendar < 0)
        return pl->fact->now;
    at = calendar_next_opening(pl->policy->calendars[calendar], pl->fact->now);
    return at < 0 ? pl->fact->now : at;
}

/* Told once for all whom it would have gone to. */
static void plan_notice_off(struct planner *pl, enum notice notice)
{
    size_t i;

    for (i = 0; i < pl->p->event_count; i++)
        if (pl->p->events[i].notice == (int)notice)
            return;
    plan_notice_suppressed(pl, notice, notice_kinds[notice].id, "the policy has switched it off");
}

/* Does the notice bring the case to somebody who was not there when it began? (D-6) */
static bool plan_notice_hands_over(const struct planner *pl, enum notice notice)
{
    const struct ticket *t = &pl->p->ticket;

    return notice == NOTICE_AGENT_ESCALATION ||
           (notice == NOTICE_AGENT_ASSIGNED &&
            (t->memory.level_visit > 1 || t->last_public_at != 0 || t->memory.owner_silent != 0 ||
             pl->fact->kind == FACT_ASSIGNED));
}

/* Of the clock that it speaks of. A miss is told of a clock that has not ended yet, whatever ends
 * it in the same moment. */
static int plan_notice_instance(struct planner *pl, enum notice notice, enum target_kind target)
{
    const struct target_clock *c = plan_clock_find(pl, target);

    if (notice != NOTICE_AGENT_WARNING && notice != NOTICE_AGENT_BREACH)
        return 0;
    return c != NULL ? c->instance : pl->p->ticket.memory.instances[target];
}

static void plan_notice_one(struct planner *pl, enum notice notice, const char *agent,
                            const char *key, const char *rule, enum target_kind target,
                            int64_t by_at, const char *reason)
{
    struct planned_delivery *d;
    size_t i;

    if (!pl->policy->notices[notice].on) {
        plan_notice_off(pl, notice);
        return;
    }
    for (i = 0; i < pl->p->delivery_count; i++)
        if (strcmp(pl->p->deliveries[i].step_key, key) == 0)
            return; /* B-05: a member of two teams hears it once */
    d = plan_notice_add(pl, notice, rule, plan_notice_agent_at(pl, notice, agent));
    if (d == NULL)
        return;
    d->to = PLANNED_AGENT;
    d->agent = agent;
    d->step_key = key;
    d->by_at = by_at;
    d->level = pl->p->ticket.level;
    d->target = target;
    d->instance = plan_notice_instance(pl, notice, target);
    d->reason = reason;
    d->hands_over = plan_notice_hands_over(pl, notice);
    if (notice == NOTICE_AGENT_CUSTOMER)
        d->message_id = pl->fact->message_id;
}

void plan_notice_agent(struct planner *pl, enum notice notice, const char *agent, const char *rule,
                       enum target_kind target, int64_t by_at, const char *reason)
{
    plan_notice_one(pl, notice, agent,
                    plan_notice_step_key(pl, notice, pl->p->ticket.event_seq, agent), rule, target,
                    by_at, reason);
}

void plan_notice_watcher(struct planner *pl, enum notice notice, const char *agent,
                         const struct planned_event *of, enum target_kind target, int64_t by_at,
                         const char *reason)
{
    plan_notice_one(pl, notice, agent, plan_notice_step_key(pl, notice, of->seq, agent), "D-18",
                    target, by_at, reason);
}

void plan_notice_team(struct planner *pl, enum notice notice, int team, const char *rule,
                      enum target_kind target, int64_t by_at, const char *reason)
{
    size_t i;

    if (team < 0)
        return;
    for (i = 0; i < pl->policy->teams[team].member_count; i++)
        plan_notice_agent(pl, notice, pl->policy->agents[pl->policy->teams[team].members[i]].name,
                          rule, target, by_at, reason);
}

void plan_notice_owner(struct planner *pl, enum notice notice, const char *rule,
                       enum target_kind target, int64_t by_at, const char *reason)
{
    const struct ticket *t = &pl->p->ticket;
    size_t i = pl->p->delivery_count;

    if (t->agent != NULL && policy_find_agent(pl->policy, t->agent) >= 0)
        plan_notice_agent(pl, notice, t->agent, rule, target, by_at, reason);
    else
        plan_notice_team(pl, notice, plan_level_own_team(pl), rule, target, by_at, reason);
    for (; i < pl->p->delivery_count; i++)
        pl->p->deliveries[i].as_owner = true;
}

int64_t plan_notice_promise(const struct planner *pl)
{
    static const enum target_kind order[] = { TARGET_FIRST_RESPONSE, TARGET_NEXT_RESPONSE,
                                              TARGET_LEVEL_ACK, TARGET_LEVEL_RESOLVE,
                                              TARGET_RESOLUTION };
    const struct ticket *t = &pl->p->ticket;
    size_t i, j;

    for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        for (j = 0; j < t->clock_count; j++)
            if (t->clocks[j].kind == order[i] && t->clocks[j].end == TARGET_RUNS &&
                t->clocks[j].breached_at == 0 && t->clocks[j].due_at > pl->fact->now)
                return t->clocks[j].due_at;
    return 0;
}

struct plan_leaving plan_leaving_of(const struct planned_delivery *d)
{
    return (struct plan_leaving){ d->notice,   d->level,  d->to == PLANNED_AGENT ? d->agent : NULL,
                                  d->as_owner, d->target, d->instance };
}

static bool plan_notice_is(const char *reader, const char *agent)
{
    return reader != NULL && agent != NULL && strcmp(reader, agent) == 0;
}

/* they ask whose case it is to do something about a clock that runs. */
static const char *plan_notice_clock_untrue(const struct ticket *t, const struct plan_leaving *l)
{
    const struct target_clock *c = NULL;
    size_t i;

    if (l->as_owner && t->agent != NULL && !plan_notice_is(l->agent, t->agent))
        return "B-15 it is another agent's now";
    if (l->instance == 0)
        return NULL;
    for (i = 0; i < t->clock_count && c == NULL; i++)
        if (t->clocks[i].kind == l->target && t->clocks[i].instance == l->instance &&
            t->clocks[i].end == TARGET_RUNS)
            c = &t->clocks[i];
    if (c == NULL)
        return "B-15 its clock has ended";
    if (l->notice == NOTICE_AGENT_BREACH)
        return NULL;
    if (c->breached_at != 0)
        return "B-15 it was missed meanwhile";
    return c->due_at == 0 ? "B-15 its clock pauses" : NULL;
}

/* where the case is, and whose. */
static const char *plan_notice_place_untrue(const struct ticket *t, const struct plan_leaving *l)
{
    if (l->notice == NOTICE_AGENT_ASSIGNED)
        return plan_notice_is(l->agent, t->agent) ? NULL
               : t->agent == NULL                 ? "B-15 nobody has it any more"
                                                  : "B-15 it is another agent's now";
    if (t->level < l->level)
        return "B-15 it was handed back";
    if (t->level > l->level)
        return "B-15 it went to a higher level";
    if (l->notice == NOTICE_AGENT_REMINDER && t->memory.level_acked_at != 0)
        return "B-15 it was acknowledged";
    return NULL;
}

const char *plan_notice_untrue(const struct ticket *ticket, const struct plan_leaving *leaving)
{
    bool over = ticket->status == TICKET_SOLVED || ticket->status == TICKET_CLOSED;

    if (leaving->notice == NOTICE_REPLY || leaving->notice == NOTICE_AGENT_UNDELIVERED)
        return NULL; /* what an agent said, and what became of that */
    if (ticket->merged_into != 0)
        return "B-15 the ticket was merged into another";
    if (ticket->memory.spam_at != 0)
        return "B-15 it is spam";
    switch (leaving->notice) {
    case NOTICE_ESCALATED:
        if (over)
            return "B-15 it is solved";
        return ticket->level < leaving->level ? "B-15 it was handed back" : NULL;
    case NOTICE_AGENT_ESCALATION:
    case NOTICE_AGENT_ASSIGNED:
    case NOTICE_AGENT_REMINDER:
        return over ? "B-15 it is solved" : plan_notice_place_untrue(ticket, leaving);
    case NOTICE_AGENT_WARNING:
    case NOTICE_AGENT_BREACH:
        return over ? "B-15 it is solved" : plan_notice_clock_untrue(ticket, leaving);
    case NOTICE_WAITING:
        return ticket->status == TICKET_PENDING ? NULL : "B-15 nobody is waited for";
    case NOTICE_INCIDENT:
        if (ticket->incident_of == 0)
            return "B-15 it belongs to no incident any more";
        return over ? "B-15 it is solved" : NULL;
    case NOTICE_EXPECTED:
        return over ? "B-15 it is solved" : NULL;
    case NOTICE_AGENT_OVER:
    case NOTICE_SOLVED:
        return over ? NULL : "B-15 it is open again";
    default:
        return NULL;
    }
}
