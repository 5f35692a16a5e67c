#include "tests/support/story_rule_again.h"

/* Its customer's message is for a ticket that was closed. */
static bool is_to_closed(const struct story_step *s)
{
    const struct ticket *was = s->before;

    return s->fact->kind == FACT_CUSTOMER_WROTE && was->version != 0 && was->merged_into == 0 &&
           was->status == TICKET_CLOSED && was->memory.spam_at == 0;
}

bool story_rule_is_opened_again(const struct story_step *s)
{
    return is_to_closed(s) && s->plan != NULL && s->plan->ticket.status != TICKET_CLOSED;
}

/* New clocks from the message on, but none for a first answer. */
static void check_anew(struct story_rules *r, const struct story_step *s,
                       const struct target_clock *c)
{
    const char *kind = target_kind_name(c->kind);
    bool by_message = c->kind == TARGET_RESOLUTION || c->kind == TARGET_NEXT_RESPONSE;

    if (c->end != TARGET_RUNS)
        return;
    if (c->kind == TARGET_FIRST_RESPONSE || c->kind == TARGET_ACK)
        BROKEN(r, s, STORY_STATE, "C-10: %s runs again", kind);
    if (c->instance <= s->before->memory.instances[c->kind])
        BROKEN(r, s, STORY_STATE, "C-10: %s goes on", kind);
    if (c->started_at != (by_message ? s->fact->at : s->now))
        BROKEN(r, s, STORY_STATE, "C-10: %s begins at %lld", kind, (long long)c->started_at);
}

/* A priority that has no target gives no clock, though the same message may raise it. */
static bool has_begun(const struct story_step *s, enum target_kind kind)
{
    return s->targets->at[s->before->priority][kind].seconds < 0 ||
           s->targets->at[s->plan->ticket.priority][kind].seconds < 0 ||
           s->plan->ticket.memory.instances[kind] > s->before->memory.instances[kind];
}

void story_rule_reopened(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const struct ticket *was = s->before, *is = s->plan == NULL ? NULL : &s->plan->ticket;
    size_t i;

    if (!is_to_closed(s))
        return;
    if ((s->plan != NULL) !=
        (s->policy->reopen_s != 0 && s->fact->at <= was->closed_at + s->policy->reopen_s)) {
        BROKEN(r, s, STORY_STATE, "C-10: %s %lld s after it was closed",
               s->plan == NULL ? "refused" : "taken", (long long)(s->fact->at - was->closed_at));
        return;
    }
    if (s->plan == NULL)
        return;
    if (story_rule_is_opened_again(s) == (s->fact->automatic || fact_is_inert(s->fact)))
        BROKEN(r, s, STORY_STATE, "C-10: it is %s", ticket_status_name(is->status));
    if (!story_rule_is_opened_again(s))
        return;
    for (i = 0; i < is->clock_count; i++)
        check_anew(r, s, &is->clocks[i]);
    if (!has_begun(s, TARGET_RESOLUTION) || !has_begun(s, TARGET_NEXT_RESPONSE))
        BROKEN(r, s, STORY_STATE, "C-10: it is open again without clocks");
    t->given_at = is->agent == NULL ? 0 : s->now;
    t->seen = false;
}

static bool has_clock(const struct ticket *t, enum target_kind kind)
{
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == kind && t->clocks[i].end == TARGET_RUNS)
            return true;
    return false;
}

/* Does its customer wait for an answer? */
static bool waits(const struct rule_ticket *t)
{
    return t->unanswered > 0;
}

/* C-8: what it counts is what was said, and the next answer is counted only while one is owed. */
static void check_words(struct story_rules *r, const struct story_step *s,
                        const struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;

    if (is->memory.unanswered != t->unanswered)
        BROKEN(r, s, STORY_STATE, "C-8: %d words wait for an answer, and it counts %d",
               t->unanswered, is->memory.unanswered);
    if (!waits(t) && has_clock(is, TARGET_NEXT_RESPONSE))
        BROKEN(r, s, STORY_STATE, "C-8: a clock counts an answer that nobody waits for");
}

void story_rule_count_words(struct story_rules *r, const struct story_step *s,
                            struct rule_ticket *t)
{
    const struct fact *f = s->fact;
    const struct rule_ticket *other = f->kind == FACT_MERGED_FROM ? &r->tickets[f->other] : NULL;

    if (f->kind == FACT_CUSTOMER_WROTE && !fact_is_inert(f) &&
        (!f->automatic || s->before->version == 0)) {
        t->unanswered++;
        if (t->waits_since == 0)
            t->waits_since = f->at;
    }
    if (f->kind == FACT_SPLIT_FROM && !fact_is_inert(f))
        t->unanswered = f->unanswered > 1 ? f->unanswered : 1;
    if (f->kind == FACT_AGENT_REPLIED)
        t->unanswered = 0;
    if (f->kind == FACT_SPLIT_INTO && f->unanswered > 0 && t->unanswered > 0) {
        /* Went along; of what stays the last may be unanswered. */
        t->unanswered -= f->unanswered;
        if (t->unanswered < 1)
            t->unanswered = f->last_at > s->before->last_public_at;
    }
    if (f->kind == FACT_MERGED_FROM && other->waits_since != 0 && !other->spam) {
        t->unanswered += other->unanswered;
        if (t->waits_since == 0 || other->waits_since < t->waits_since)
            t->waits_since = other->waits_since;
    }
    if (t->unanswered == 0 ||
        (s->plan->ticket.status >= TICKET_SOLVED && s->plan->ticket.memory.spam_at == 0))
        t->waits_since = 0; /* what is no spam after all waits since it was said */
    else if (t->waits_since == 0 && s->plan->ticket.status < TICKET_SOLVED) /* it was waived */
        t->waits_since = f->at;
    check_words(r, s, t);
}

void story_rule_merged(struct story_rules *r, const struct story_step *s,
                       const struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;
    const struct rule_ticket *other;
    size_t i;

    if (s->fact->kind != FACT_MERGED_FROM)
        return;
    other = &r->tickets[s->fact->other];
    if (other->waits_since == 0 || other->spam)
        return;
    if (is->status != TICKET_NEW && is->status != TICKET_OPEN)
        BROKEN(r, s, STORY_STATE, "C-15: who waits for an answer is merged into what is %s",
               ticket_status_name(is->status));
    for (i = 0; i < is->clock_count; i++)
        if (is->clocks[i].kind == TARGET_NEXT_RESPONSE && is->clocks[i].end == TARGET_RUNS &&
            is->clocks[i].started_at > t->waits_since &&
            is->clocks[i].instance > s->before->memory.instances[TARGET_NEXT_RESPONSE])
            BROKEN(r, s, STORY_STATE, "C-15: the answer is owed since %lld, not %lld",
                   (long long)t->waits_since, (long long)is->clocks[i].started_at);
    if (!has_clock(is, TARGET_FIRST_RESPONSE) && !has_clock(is, TARGET_NEXT_RESPONSE) &&
        s->targets->at[is->priority][TARGET_NEXT_RESPONSE].seconds >= 0)
        BROKEN(r, s, STORY_STATE, "C-15: no clock counts the answer that is owed");
}

void story_rule_open_again(struct story_rules *r, const struct story_step *s,
                           const struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;

    if (s->before->status < TICKET_SOLVED || is->status >= TICKET_SOLVED || t->spam)
        return;
    if (is->agent == NULL && is->team != NULL && policy_find_team(s->policy, is->team) >= 0 &&
        !s->plan->wants_queue)
        BROKEN(r, s, STORY_OWNER, "T-91: it is open again, and nobody is looked for");
    if (waits(t) && !has_clock(is, TARGET_FIRST_RESPONSE) && !has_clock(is, TARGET_NEXT_RESPONSE) &&
        s->targets->at[is->priority][TARGET_NEXT_RESPONSE].seconds >= 0 &&
        s->targets->at[s->before->priority][TARGET_NEXT_RESPONSE].seconds >= 0)
        BROKEN(r, s, STORY_STATE, "C-8: it is open again, and no clock counts the answer");
}
