#include "tests/support/story_rule_notices.h"

#include <string.h>

#include "core/hint.h"
#include "tests/support/story_wake.h"

void story_rule_reminder_event(struct story_rules *r, const struct story_step *s,
                               const struct planned_event *e, struct rule_ticket *t)
{
    int64_t since = s->before->memory.pending_since, at;

    if (strcmp(e->kind, "status_changed") == 0)
        t->reminded = 0;
    if (strcmp(e->kind, "notice_planned") != 0 || e->notice != NOTICE_WAITING)
        return;
    at = t->reminded < POLICY_REMINDERS_MAX
             ? story_wait_instant(r, s, since, s->policy->waiting.reminders[t->reminded])
             : 0;
    if (since == 0 || at == 0 || at > s->now)
        BROKEN(r, s, STORY_NOTICE, "E-08: reminder %d of a wait since %lld, due at %lld",
               t->reminded + 1, (long long)since, (long long)at);
    t->reminded++;
}

void story_rule_new_time_event(struct story_rules *r, const struct story_step *s,
                               const struct planned_event *e, struct rule_ticket *t)
{
    if (strcmp(e->kind, "notice_planned") != 0 || e->notice != NOTICE_EXPECTED)
        return;
    if (t->new_time_at != 0 && s->now < t->new_time_at + 86400)
        BROKEN(r, s, STORY_NOTICE, "E-10: a new time %lld s after the one before",
               (long long)(s->now - t->new_time_at));
    t->new_time_at = s->now;
}

static bool is_received(enum notice n)
{
    return n == NOTICE_RECEIVED || n == NOTICE_RECEIVED_CLOSED;
}

static void check_escalated(struct story_rules *r, const struct story_step *s,
                            struct rule_ticket *t, const struct planned_delivery *d)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;
    size_t i;

    if (d->level <= t->told_level)
        BROKEN(r, s, STORY_NOTICE, "B-17: E-09 of level %d after level %d", d->level,
               t->told_level);
    t->told_level = d->level;
    if (is->last_public_at != 0 && s->now - is->last_public_at < s->policy->after_reply_s)
        BROKEN(r, s, STORY_NOTICE, "E-09: %lld s after an answer",
               (long long)(s->now - is->last_public_at));
    for (i = 0; i < was->waiting_count; i++)
        if (is_received(was->waiting[i].notice) && was->waiting[i].due_at > s->now)
            BROKEN(r, s, STORY_NOTICE, "E-09: before E-01 has left");
    for (i = 0; i < s->plan->delivery_count; i++)
        if (is_received(s->plan->deliveries[i].notice))
            BROKEN(r, s, STORY_NOTICE, "E-09: together with E-01");
}

static void check_to_customer(struct story_rules *r, const struct story_step *s,
                              struct rule_ticket *t, const struct planned_delivery *d)
{
    const struct fact *f = s->fact;

    if (d->notice == NOTICE_REPLY) {
        if (f->kind != FACT_AGENT_REPLIED || d->due_at != s->now)
            BROKEN(r, s, STORY_NOTICE, "E-06: an answer that nobody gave, or that waits");
        return;
    }
    if (!s->policy->notices[d->notice].on)
        BROKEN(r, s, STORY_NOTICE, "%s is off", notice_kinds[d->notice].id);
    if (f->kind == FACT_CUSTOMER_WROTE && (f->automatic || f->spam || f->bounce || f->report))
        BROKEN(r, s, STORY_NOTICE, "B-07: %s answers a machine", notice_kinds[d->notice].id);
    if (f->kind == FACT_CUSTOMER_WROTE && f->declines)
        BROKEN(r, s, STORY_NOTICE, "B-07: %s answers who wants no answer",
               notice_kinds[d->notice].id);
    if (notice_kinds[d->notice].unsolicited && d->due_at < s->now)
        BROKEN(r, s, STORY_NOTICE, "B-01: %s leaves at %lld", notice_kinds[d->notice].id,
               (long long)d->due_at);
    if (is_received(d->notice) && f->kind == FACT_SPLIT_FROM && !f->told)
        BROKEN(r, s, STORY_NOTICE, "C-15: E-01 of a split that nobody was to hear of");
    if (is_received(d->notice) && s->contact->received_at != 0 &&
        s->now - s->contact->received_at < s->policy->received_merge_s)
        BROKEN(r, s, STORY_NOTICE, "E-01: told for another ticket %lld s ago",
               (long long)(s->now - s->contact->received_at));
    if (d->notice == NOTICE_ESCALATED)
        check_escalated(r, s, t, d);
}

/* Whose it is there: the topic's team, where the topic has one. -1: nobody's. */
static int team_of(const struct story_step *s, const struct policy_level *level)
{
    const char *name = s->plan->ticket.topic;
    const struct policy_topic *topic = name == NULL ? NULL : policy_find_topic(s->policy, name);
    int own = topic != NULL && level->level <= (int)topic->team_count
                  ? topic->teams[level->level - 1]
                  : -1;

    return own >= 0 ? own : level->team;
}

/* An agent is told within hours of his own, of an escalation his level's people in the level's
 * (B-19). */
static int64_t told_at(struct story_rules *r, const struct story_step *s,
                       const struct planned_delivery *d)
{
    const struct policy_level *level = policy_level(s->policy, d->level);
    int agent = policy_find_agent(s->policy, d->agent), calendar = -1;
    int team = level == NULL ? -1 : team_of(s, level);
    int64_t at;

    if ((d->notice == NOTICE_AGENT_ESCALATION || d->notice == NOTICE_AGENT_REMINDER) && team >= 0 &&
        policy_has_member(s->policy, (size_t)team, agent))
        calendar = level->calendar;
    else if (agent >= 0)
        calendar = s->policy->agents[agent].calendar;
    at = calendar < 0 ? s->now
                      : slow_due(story_calendar(r, s->policy->version, calendar), s->now, 0);
    return at < 0 ? s->now : at;
}

void story_rule_notices(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    int waiting = 0, answers = 0, received = 0;
    size_t i;

    for (i = 0; i < s->plan->delivery_count; i++) {
        const struct planned_delivery *d = &s->plan->deliveries[i];

        if (!g_hash_table_add(r->keys, g_strdup(d->step_key)))
            BROKEN(r, s, STORY_NOTICE, "B-05: %s is there twice", d->step_key);
        answers += d->notice == NOTICE_REPLY;
        received += is_received(d->notice);
        waiting += d->to == PLANNED_CUSTOMER && notice_kinds[d->notice].unsolicited;
        if (d->to == PLANNED_CUSTOMER)
            check_to_customer(r, s, t, d);
        else if (d->agent == NULL || !story_same_instant(r, told_at(r, s, d), d->due_at))
            BROKEN(r, s, STORY_NOTICE, "%s to nobody, or at %lld", notice_kinds[d->notice].id,
                   (long long)d->due_at);
    }
    if (received > 0 && s->before->version != 0)
        BROKEN(r, s, STORY_NOTICE, "B-05: E-01 of a ticket that was there");
    if (answers != (s->fact->kind == FACT_AGENT_REPLIED))
        BROKEN(r, s, STORY_NOTICE, "E-06: %d answers", answers);
    for (i = 0; i < s->plan->ticket.waiting_count; i++)
        waiting += s->plan->ticket.waiting[i].due_at > s->now;
    if (waiting > 1)
        BROKEN(r, s, STORY_NOTICE, "B-01: %d notices wait for one window", waiting);
    for (i = 0; i < s->plan->suppression_count; i++)
        if (s->plan->suppressions[i].notice == NOTICE_REPLY)
            BROKEN(r, s, STORY_NOTICE, "E-06: an answer is held back");
}

void story_rule_help(struct story_rules *r, const struct story_step *s)
{
    const struct ticket *t = &s->plan->ticket;
    size_t i;

    for (i = 0; i < s->plan->delivery_count; i++) {
        const struct planned_delivery *d = &s->plan->deliveries[i];
        bool first = (d->notice == NOTICE_RECEIVED || d->notice == NOTICE_RECEIVED_CLOSED) &&
                     s->before->version == 0;

        if (!first && (d->ask != NULL || d->hint_count > 0))
            BROKEN(r, s, STORY_NOTICE, "E-21: %s has what goes with the first notice",
                   notice_kinds[d->notice].id);
        if (d->hint_count > HINT_MAX ||
            (d->hint_count > 0 && (t->priority == TICKET_URGENT || t->follow_up_of != 0 ||
                                   t->related_to != 0 || s->fact->automatic)))
            BROKEN(r, s, STORY_NOTICE, "E-21: %zu articles are told", d->hint_count);
        if (d->ask != NULL && t->memory.asked == 0)
            BROKEN(r, s, STORY_NOTICE, "D-51: what is asked is forgotten at once");
    }
}

/* May the clock that a warning (or a miss) tells of still be helped? */
static bool is_told_in_vain(const struct ticket *t, const struct plan_leaving *l, bool missed)
{
    size_t i;

    if (l->as_owner && t->agent != NULL && strcmp(l->agent, t->agent) != 0)
        return true; /* whose it is was told as it became so */
    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == l->target && t->clocks[i].end == TARGET_RUNS &&
            t->clocks[i].instance == l->instance)
            return !missed && (t->clocks[i].due_at == 0 || t->clocks[i].breached_at != 0);
    return l->instance != 0;
}

/* B-15, of what waited: to the customer, or to an agent for his hours. */
static bool is_untrue(const struct story_left *left)
{
    const struct ticket *t = left->ticket;
    const struct plan_leaving *l = &left->leaving;
    bool over = t->status >= TICKET_SOLVED;

    if (l->notice == NOTICE_REPLY || l->notice == NOTICE_AGENT_UNDELIVERED)
        return false; /* an agent's words, and what became of them */
    if (t->merged_into != 0 || t->memory.spam_at != 0)
        return true;
    switch (l->notice) {
    case NOTICE_SOLVED:
    case NOTICE_AGENT_OVER:
        return !over;
    case NOTICE_ESCALATED:
        return over || t->level < l->level;
    case NOTICE_AGENT_ESCALATION: /* "it is on your level" */
        return over || t->level != l->level;
    case NOTICE_AGENT_REMINDER:
        return over || t->level != l->level || t->memory.level_acked_at != 0;
    case NOTICE_AGENT_ASSIGNED: /* "it is yours" */
        return over || t->agent == NULL || strcmp(t->agent, l->agent) != 0;
    case NOTICE_AGENT_WARNING:
    case NOTICE_AGENT_BREACH:
        return over || is_told_in_vain(t, l, l->notice == NOTICE_AGENT_BREACH);
    case NOTICE_EXPECTED:
        return over;
    case NOTICE_WAITING:
        return t->status != TICKET_PENDING;
    default:
        return false;
    }
}

void story_rule_left(struct story_rules *r, const struct story_left *left)
{
    const struct ticket *t = left->ticket;
    bool untrue = is_untrue(left);

    if (untrue != (left->dropped != NULL))
        story_broken_set(&r->broken, STORY_NOTICE, "B-15: %s of ticket %lld %s",
                         notice_kinds[left->leaving.notice].id, (long long)t->ticket_id,
                         untrue ? "is not so, and leaves" : "is so, and does not leave");
}
