#include "core/policy.h"

#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/classify.h"
#include "core/text.h"

int policy_find_agent(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->agent_count; i++)
        if (strcmp(p->agents[i].name, name) == 0)
            return (int)i;
    return -1;
}

int policy_find_agent_by_email(const struct policy *p, const char *canonical)
{
    size_t i;

    for (i = 0; i < p->agent_count; i++)
        if (p->agents[i].email != NULL && strcmp(p->agents[i].email, canonical) == 0)
            return (int)i;
    return -1;
}

const struct calendar *policy_find_calendar(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->calendar_count; i++)
        if (strcmp(p->calendar_names[i], name) == 0)
            return p->calendars[i];
    return NULL;
}

int policy_find_team(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->team_count; i++)
        if (strcmp(p->teams[i].name, name) == 0)
            return (int)i;
    return -1;
}

const struct policy_plan *policy_find_plan(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->plan_count; i++)
        if (strcmp(p->plans[i].name, name) == 0)
            return &p->plans[i];
    return NULL;
}

const struct policy_topic *policy_find_topic(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->topic_count; i++)
        if (strcmp(p->topics[i].name, name) == 0)
            return &p->topics[i];
    return NULL;
}

int policy_topic_place(const struct policy *p, const char *topic)
{
    const struct policy_topic *found = topic == NULL ? NULL : policy_find_topic(p, topic);

    if (topic == NULL)
        return (int)p->topic_count;
    return found == NULL ? -1 : (int)(found - p->topics);
}

const char *policy_find_watcher(const struct policy *p, const char *name)
{
    int agent = policy_find_agent(p, name), team = agent < 0 ? policy_find_team(p, name) : -1;

    if (agent >= 0)
        return p->agents[agent].name;
    return team < 0 ? NULL : p->teams[team].name;
}

int policy_find_rule(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->rule_count; i++)
        if (p->rules[i].name != NULL && strcmp(p->rules[i].name, name) == 0)
            return (int)i;
    return -1;
}

bool policy_has_tag(const struct policy *p, const char *tag)
{
    return p->tag_count == 0 || text_is_among(p->tags, p->tag_count, tag);
}

bool policy_listens(const struct policy *p)
{
    size_t i, k;

    if (p->scoring.churn != 0 && p->scoring.churn_rule >= 0)
        return true;
    for (i = 0; i < p->level_count; i++)
        for (k = 0; k < p->levels[i].step_count; k++)
            if (p->levels[i].steps[k].trigger == POLICY_ON_RULE)
                return true;
    for (i = 0; i < p->topic_count; i++)
        if (p->topics[i].ask.count > 0)
            return true;
    return false;
}

void policy_default_pauses(struct policy *p)
{
    int k;

    memset(p->pauses, 0, sizeof(p->pauses));
    for (k = 0; k < TARGET_KIND_N; k++) /* what a reopening may resume (C-10) */
        p->pauses[k][TICKET_SOLVED] = p->pauses[k][TICKET_CLOSED] = true;
    p->pauses[TARGET_UPDATE][TICKET_PENDING] = true;
    p->pauses[TARGET_RESOLUTION][TICKET_PENDING] = true;
    p->pauses[TARGET_LEVEL_RESOLVE][TICKET_PENDING] = true;
}

bool policy_has_member(const struct policy *p, size_t team, int agent)
{
    const struct policy_team *t = &p->teams[team];
    size_t i;

    for (i = 0; i < t->member_count; i++)
        if (t->members[i] == agent)
            return true;
    return false;
}

const struct policy_level *policy_level(const struct policy *p, int level)
{
    return level < 1 || (size_t)level > p->level_count ? NULL : &p->levels[level - 1];
}

void policy_free(struct policy *p)
{
    size_t i;

    if (p == NULL)
        return;
    for (i = 0; i < p->calendar_count; i++)
        calendar_free((struct calendar *)p->calendars[i]);
    calendar_free(p->budgets.awake);
    for (i = 0; i < p->rule_count; i++)
        pattern_free((struct pattern *)p->rules[i].pattern);
    arena_free(p->arena); /* and p with it */
}
