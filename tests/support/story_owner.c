#include "tests/support/story_owner.h"

#include <string.h>

bool story_owner_wanted(const struct policy *p, const struct ticket *t)
{
    return t->agent == NULL && t->team != NULL && t->memory.assign_wanted_at != 0 &&
           policy_find_team(p, t->team) >= 0;
}

static struct slow_calendar *shift_of(struct story_rules *r, const struct story_step *s, int agent)
{
    return story_calendar(r, s->policy->version, s->policy->agents[agent].shift);
}

bool story_owner_there(struct story_rules *r, const struct story_step *s, int agent)
{
    return s->policy->agents[agent].available &&
           slow_due(shift_of(r, s, agent), s->now, 0) == s->now;
}

static bool has(const char *const *list, size_t count, const char *word)
{
    size_t i;

    for (i = 0; word != NULL && i < count; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

/* Has the agent what the topic asks for? */
static bool is_able(const struct story_step *s, const struct policy_agent *agent)
{
    const struct policy_topic *topic =
        s->before->topic == NULL ? NULL : policy_find_topic(s->policy, s->before->topic);
    size_t i, found = 0;

    for (i = 0; topic != NULL && i < topic->skill_count; i++)
        found += has(agent->skills, agent->skill_count, topic->skills[i]);
    return topic == NULL || found == topic->skill_count;
}

static bool may_have(struct story_rules *r, const struct story_step *s, const struct fact_load *l)
{
    int agent = policy_find_agent(s->policy, l->agent);
    int team = policy_find_team(s->policy, s->before->team);
    const struct policy_agent *a = &s->policy->agents[agent];

    return policy_has_member(s->policy, (size_t)team, agent) && story_owner_there(r, s, agent) &&
           is_able(s, a) && (a->limit == 0 || l->open < a->limit);
}

/* How good a choice: whoever has the least of it, from the first number on. */
struct choice {
    int64_t weight[4];
};

static struct choice weigh(const struct story_step *s, const struct rule_ticket *known,
                           const struct fact_load *l)
{
    const struct policy_agent *a = &s->policy->agents[policy_find_agent(s->policy, l->agent)];
    bool speaks = has(a->languages, a->language_count, s->before->language);
    bool silent = known->silent != NULL && strcmp(known->silent, l->agent) == 0;

    return (struct choice){ { silent, !speaks, l->open, l->assigned_at } };
}

static bool is_better(const struct choice *x, const char *x_name, const struct choice *y,
                      const char *y_name)
{
    size_t i;

    for (i = 0; i < sizeof(x->weight) / sizeof(x->weight[0]); i++)
        if (x->weight[i] != y->weight[i])
            return x->weight[i] < y->weight[i];
    return strcmp(x_name, y_name) < 0;
}

const char *story_owner_best(struct story_rules *r, const struct story_step *s,
                             const struct rule_ticket *known)
{
    struct choice best, one;
    const char *name = NULL;
    size_t i;

    if (!story_owner_wanted(s->policy, s->before) || s->before->status >= TICKET_SOLVED)
        return NULL;
    for (i = 0; i < s->fact->load_count; i++) {
        if (!may_have(r, s, &s->fact->loads[i]))
            continue;
        one = weigh(s, known, &s->fact->loads[i]);
        if (name == NULL || is_better(&one, s->fact->loads[i].agent, &best, name)) {
            best = one;
            name = s->fact->loads[i].agent;
        }
    }
    return name;
}

int64_t story_owner_silent(struct story_rules *r, const struct story_step *s,
                           const struct ticket *t, const struct rule_ticket *known)
{
    int team = t->team == NULL ? -1 : policy_find_team(s->policy, t->team);
    int agent = t->agent == NULL ? -1 : policy_find_agent(s->policy, t->agent);
    int64_t patience, at;
    size_t round;

    if (team < 0 || agent < 0 || s->policy->teams[team].ack_s == 0 || known->seen ||
        (t->status != TICKET_NEW && t->status != TICKET_OPEN))
        return 0;
    patience = s->policy->teams[team].ack_s;
    for (round = s->policy->teams[team].member_count;
         round != 0 && round <= (size_t)known->lost && patience < 400LL * 86400;
         round += s->policy->teams[team].member_count)
        patience *= 2; /* it has gone round the team once more */
    at = slow_due(shift_of(r, s, agent), known->given_at, patience);
    return at < 0 ? 0 : at;
}

int64_t story_owner_next_shift(struct story_rules *r, const struct story_step *s,
                               const struct policy_team *team, int64_t at)
{
    int64_t first = 0, begins;
    size_t i;

    for (i = 0; i < team->member_count; i++) {
        begins = slow_due(shift_of(r, s, team->members[i]), at, 0);
        if (s->policy->agents[team->members[i]].available && begins > at &&
            (first == 0 || begins < first))
            first = begins;
    }
    return first;
}
