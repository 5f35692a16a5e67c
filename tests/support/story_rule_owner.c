#include "tests/support/story_rule_owner.h"

#include <string.h>

#include "tests/support/story_owner.h"

void story_rule_owner_event(struct story_rules *r, const struct story_step *s,
                            const struct planned_event *e, struct rule_ticket *t, const char *owner)
{
    int64_t silent;

    if (strcmp(e->kind, "owner_set") != 0)
        return;
    if (e->rule != NULL && strcmp(e->rule, "T-69") == 0) {
        silent = story_owner_silent(r, s, s->before, t);
        if (silent == 0 || silent > s->now)
            BROKEN(r, s, STORY_OWNER, "T-69: %s loses it, and is silent at %lld",
                   s->before->agent == NULL ? "nobody" : s->before->agent, (long long)silent);
        t->silent = arena_strdup(r->a, s->before->agent);
        t->lost++;
    }
    if (e->value == NULL && e->rule != NULL && strncmp(e->rule, "policy ", 7) == 0) {
        if (owner == NULL)
            BROKEN(r, s, STORY_OWNER, "step %s takes it from nobody", e->rule);
        t->silent = arena_strdup(r->a, owner == NULL ? "" : owner);
    }
    t->given_at = e->value == NULL ? 0 : s->now;
    t->seen = false;
}

void story_rule_owner(struct story_rules *r, const struct story_step *s,
                      const struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;
    const char *best, *taken = NULL;
    size_t i;

    if (is->status < TICKET_SOLVED && is->merged_into == 0 &&
        ((is->agent != NULL && policy_find_agent(s->policy, is->agent) < 0) ||
         (is->team != NULL && policy_find_team(s->policy, is->team) < 0)))
        BROKEN(r, s, STORY_OWNER, "C-14: it is of %s and %s, whom the policy does not have",
               is->team == NULL ? "no team" : is->team, is->agent == NULL ? "nobody" : is->agent);
    if (s->fact->kind == FACT_QUEUE_LOOKED) {
        best = story_owner_best(r, s, t);
        for (i = 0; i < s->plan->event_count && taken == NULL; i++)
            if (strcmp(s->plan->events[i].kind, "owner_set") == 0 &&
                strcmp(s->plan->events[i].rule, "T-90") == 0)
                taken = s->plan->events[i].value;
        if (g_strcmp0(best, taken) != 0)
            BROKEN(r, s, STORY_OWNER, "T-90: %s has it, and %s is the one",
                   taken == NULL ? "nobody" : taken, best == NULL ? "nobody" : best);
    }
    if (s->before->status >= TICKET_SOLVED && s->before->version != 0 &&
        s->plan->ticket.status < TICKET_SOLVED && s->plan->ticket.agent != NULL &&
        !(s->fact->by == FACT_BY_AGENT && g_strcmp0(s->fact->actor, s->plan->ticket.agent) == 0) &&
        (policy_find_agent(s->policy, s->plan->ticket.agent) < 0 ||
         !story_owner_there(r, s, policy_find_agent(s->policy, s->plan->ticket.agent))))
        BROKEN(r, s, STORY_OWNER, "T-91: %s has it again, who is not there", s->plan->ticket.agent);
}
