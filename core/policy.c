#include "core/policy.h"

#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/classify.h"

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

int policy_find_team(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->team_count; i++)
        if (strcmp(p->teams[i].name, name) == 0)
            return (int)i;
    return -1;
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
    for (i = 0; i < p->rule_count; i++)
        pattern_free((struct pattern *)p->rules[i].pattern);
    arena_free(p->arena); /* and p with it */
}
