#include "tests/support/story_rule_weight.h"

#include <string.h>

/* What the matching rules say of urgency, reach and signs of leaving; by the event's own list. */
static int points_of_rules(const struct policy *p, const char *detail, bool *says)
{
    enum ticket_priority priority = TICKET_PRIORITY_NONE;
    int impact = TICKET_IMPACT_NONE;
    const char *list = strstr(detail, "\"rules\":"), *end = strchr(list, ']');
    size_t i;

    for (i = 0; i < p->rule_count; i++) {
        const char *at = strstr(list, p->rules[i].name);

        if (at == NULL || at > end)
            continue;
        if (p->rules[i].priority > priority)
            priority = p->rules[i].priority;
        if ((int)p->rules[i].impact > impact)
            impact = p->rules[i].impact;
        *says |= (int)i == p->scoring.churn_rule;
    }
    return 10 * (1 + (int)(priority == TICKET_PRIORITY_NONE ? p->priority : priority)) +
           (impact == TICKET_IMPACT_NONE ? 0 : p->scoring.impact[impact]);
}

/* D-44: writes often, was let wait, or says so. */
static bool may_leave(const struct story_step *s, bool says)
{
    const struct policy_scoring *c = &s->policy->scoring;
    int64_t since = s->now - c->churn_within_s;
    int tickets = !fact_is_inert(s->fact) && s->fact->at >= since, i;

    for (i = 0; i < CONTACT_TICKETS_MAX; i++)
        tickets += s->contact->opened_at[i] != 0 && s->contact->opened_at[i] >= since;
    return says ||
           (c->churn_missed && s->contact->missed_at != 0 && s->contact->missed_at >= since) ||
           (c->churn_tickets > 0 && tickets >= c->churn_tickets);
}

void story_rule_weight(struct story_rules *r, const struct story_step *s)
{
    const struct policy_scoring *c = &s->policy->scoring;
    const struct policy_plan *plan;
    bool says = false;
    int points, step;

    if (s->before->version != 0 || strcmp(s->plan->events[1].kind, "classified") != 0)
        return;
    points = points_of_rules(s->policy, s->plan->events[1].detail, &says);
    plan = s->fact->plan == NULL ? NULL : policy_find_plan(s->policy, s->fact->plan);
    points += plan == NULL ? 0 : plan->points;
    points += s->fact->vip ? c->vip : 0;
    points += may_leave(s, says) ? c->churn : 0;
    step = (points + 5) / 10 - 1;
    if (strcmp(s->plan->events[1].value,
               ticket_priority_name((enum ticket_priority)(step > 3 ? 3 : step))) != 0)
        BROKEN(r, s, STORY_STATE, "%d points, and it is %s", points, s->plan->events[1].value);
}
