#include "tests/support/story_topic.h"

#include <string.h>

static const struct policy_topic *topic_of(const struct story_step *s, const struct ticket *t)
{
    return t->topic == NULL ? NULL : policy_find_topic(s->policy, t->topic);
}

/* The name of the team that the level has for cases of that topic; NULL: of none. */
static const char *team_for(const struct story_step *s, const struct ticket *t)
{
    const struct policy_topic *topic = topic_of(s, t);
    const struct policy_level *level = policy_level(s->policy, s->before->level);
    int team = level == NULL ? -1 : level->team;

    if (topic != NULL && level != NULL && (size_t)level->level <= topic->team_count &&
        topic->teams[level->level - 1] != -1)
        team = topic->teams[level->level - 1];
    return team < 0 ? NULL : s->policy->teams[team].name;
}

static bool is_able(const struct story_step *s, int agent)
{
    const struct policy_topic *topic = topic_of(s, &s->plan->ticket);
    size_t i, k;

    for (i = 0; topic != NULL && agent >= 0 && i < topic->skill_count; i++) {
        for (k = 0; k < s->policy->agents[agent].skill_count; k++)
            if (strcmp(s->policy->agents[agent].skills[k], topic->skills[i]) == 0)
                break;
        if (k == s->policy->agents[agent].skill_count)
            return false;
    }
    return true;
}

/* A step that it has now, or a level it came to, may have given it to others. */
static bool is_led_on(const struct story_step *s)
{
    size_t i;

    for (i = 0; i < s->plan->event_count; i++)
        if (strcmp(s->plan->events[i].kind, "step_taken") == 0)
            return true;
    return false;
}

/* Another policy has come that knows nothing of whoever has it (C-14). */
static bool is_unknown(const struct story_step *s)
{
    const struct ticket *was = s->before;

    return (was->agent != NULL && policy_find_agent(s->policy, was->agent) < 0) ||
           (was->team != NULL && policy_find_team(s->policy, was->team) < 0);
}

/* Whose it is to be once its topic is another. */
static const char *whose_wrong(const struct story_step *s)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;
    const char *had = team_for(s, was), *has = team_for(s, is), *team = was->team;
    int agent = was->agent == NULL ? -1 : policy_find_agent(s->policy, was->agent);
    bool counts = was->status < TICKET_SOLVED && was->memory.level_entered_at != 0 &&
                  policy_level(s->policy, was->level) != NULL;
    bool moved = false, kept;

    if (counts && has != NULL && g_strcmp0(had, has) != 0 &&
        (team == NULL || g_strcmp0(team, had) == 0)) {
        team = has;
        moved = true;
    }
    if (g_strcmp0(is->team, team) != 0)
        return moved ? "it does not go to the team of its topic" : "it goes to another team";
    kept = !counts ||
           (is_able(s, agent) &&
            (!moved ||
             (agent >= 0 &&
              policy_has_member(s->policy, (size_t)policy_find_team(s->policy, team), agent))));
    if (g_strcmp0(is->agent, kept ? was->agent : NULL) != 0)
        return kept ? "whoever had it could keep it" : "whoever has it is not for its topic";
    if (counts && moved && is->agent == NULL && is->memory.assign_wanted_at == 0)
        return "it does not wait for one of the team of its topic";
    if (counts && is->agent == NULL && is->memory.assign_wanted_at != 0 &&
        is->memory.assign_looked_at != 0)
        return "nobody looks whom it may go to now";
    return NULL;
}

const char *story_topic_wrong(const struct story_step *s)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;
    const char *said = s->fact->topic;

    if (was->version == 0)
        return NULL;
    if (s->fact->kind != FACT_TOPIC_SET)
        return g_strcmp0(was->topic, is->topic) == 0 ? NULL : "its topic is another by itself";
    if (strcmp(said, "none") != 0 && policy_find_topic(s->policy, said) == NULL)
        return "it has a topic that the policy does not know";
    if (strcmp(is->topic == NULL ? "none" : is->topic, said) != 0)
        return "its topic is not what was said";
    if (is_led_on(s) || is_unknown(s))
        return NULL;
    if (g_strcmp0(was->topic, is->topic) != 0)
        return whose_wrong(s);
    return g_strcmp0(was->team, is->team) != 0 || g_strcmp0(was->agent, is->agent) != 0
               ? "its topic is what it was, and it is another's"
               : NULL;
}
