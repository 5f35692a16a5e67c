#include "tests/support/story_rule_spam.h"

#include <string.h>

#include "tests/support/story_times.h"

static void check_marked(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    size_t i;

    t->spam = true;
    /* Under another policy than its clocks are of, some may have no target any more. */
    t->spam_version = s->before->policy_version;
    memset(t->voided, 0, sizeof(t->voided));
    for (i = 0; i < s->before->clock_count; i++)
        if (s->before->clocks[i].end == TARGET_RUNS)
            t->voided[s->before->clocks[i].kind] = s->before->clocks[i].started_at;
    for (i = 0; i < s->plan->event_count; i++)
        if (strcmp(s->plan->events[i].kind, "clock_ended") == 0 &&
            strcmp(s->plan->events[i].value, "void") != 0)
            BROKEN(r, s, STORY_STATE, "C-16: it is spam, and a clock ended as %s",
                   s->plan->events[i].value);
}

/* Whoever takes it back finds each clock where it was, with its start. */
static void check_unmarked(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;
    int kind;
    size_t i;

    t->spam = false;
    for (kind = 0; kind < TARGET_KIND_N; kind++) {
        if (t->voided[kind] == 0 || t->spam_version != s->policy->version ||
            (kind < TARGET_LEVEL_ACK ? s->targets->at[is->priority][kind].seconds
                                     : story_times_wanted(r, s, (enum target_kind)kind)) < 0)
            continue;
        for (i = 0; i < s->plan->event_count; i++)
            if (s->plan->events[i].clock == kind &&
                strcmp(s->plan->events[i].kind, "clock_started") == 0)
                break;
        if (i == s->plan->event_count)
            BROKEN(r, s, STORY_STATE, "C-16: %s does not go on",
                   target_kind_name((enum target_kind)kind));
        for (i = 0; i < is->clock_count; i++)
            if ((int)is->clocks[i].kind == kind && is->clocks[i].end == TARGET_RUNS &&
                is->clocks[i].started_at != t->voided[kind])
                BROKEN(r, s, STORY_STATE, "C-16: %s began at %lld, and now at %lld",
                       target_kind_name((enum target_kind)kind), (long long)t->voided[kind],
                       (long long)is->clocks[i].started_at);
    }
}

void story_rule_spam(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;
    size_t i;

    if (s->fact->kind == FACT_MARKED_SPAM)
        check_marked(r, s, t);
    else if (t->spam && is->status != TICKET_CLOSED)
        check_unmarked(r, s, t);
    if (!t->spam)
        return;
    for (i = 0; i < s->plan->delivery_count; i++)
        if (s->plan->deliveries[i].to == PLANNED_CUSTOMER)
            BROKEN(r, s, STORY_NOTICE, "C-16: who sends spam is told %s",
                   notice_kinds[s->plan->deliveries[i].notice].id);
    for (i = 0; i < is->waiting_count; i++)
        if (is->waiting[i].due_at > s->now)
            BROKEN(r, s, STORY_NOTICE, "C-16: %s waits for who sends spam",
                   notice_kinds[is->waiting[i].notice].id);
    if (ticket_carrier(is) != NULL)
        BROKEN(r, s, STORY_OWNER, "C-16: %s carries spam", is->agent);
}
