#include "core/policy_limits.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

enum { POLICY_LIMIT_MAX = 10000 };

/* How many topics there are for "none"; -1: there is no such topic. */
static int policy_limits_place(const struct conf *root, const char *topic)
{
    size_t n = conf_count(root, "topics"), i;

    for (i = 0; i < n; i++)
        if (strcmp(conf_name_at(root, "topics", i), topic) == 0)
            return (int)i;
    return strcmp(topic, "none") == 0 ? (int)n : -1;
}

/* 0: it is no such number. */
static int policy_limits_number(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);

    return text[0] < '0' || text[0] > '9' || *end != '\0' || n > POLICY_LIMIT_MAX ? 0 : (int)n;
}

const int *policy_limits_read(const struct conf *root, const struct conf *agent, struct arena *a,
                              struct conf_errors *errors)
{
    size_t n = conf_count(agent, "limits"), i;
    int *limits = n == 0 ? NULL : arena_array(a, conf_count(root, "topics") + 1, sizeof(*limits));

    for (i = 0; i < n; i++) {
        const char *topic = conf_name_at(agent, "limits", i);
        const char *text = conf_text_at(agent, "limits", i);
        int place = policy_limits_place(root, topic), limit = policy_limits_number(text);

        if (place < 0 && conf_is_sound(root, "topics"))
            conf_errors_at_item(errors, agent, "limits", i, "there is no topic '%.64s'", topic);
        else if (limit == 0)
            conf_errors_at_item(errors, agent, "limits", i, "expected 1 to %d, got '%.40s'",
                                POLICY_LIMIT_MAX, text);
        else if (place >= 0)
            limits[place] = limit;
    }
    return limits;
}

void policy_backlog_read(const struct policy *policy, const struct conf *root,
                         const struct conf *team, struct arena *a, struct conf_errors *errors,
                         struct policy_backlog *out)
{
    const struct conf *c = conf_section(team, "backlog");
    size_t n = c == NULL ? 0 : conf_count(c, "tell"), i;
    int *tell, agent;

    if (c == NULL)
        return;
    tell = arena_array(a, n, sizeof(*tell));
    *out = (struct policy_backlog){ .tickets = (int)conf_int(c, "tickets"),
                                    .oldest_s = conf_int(c, "oldest"),
                                    .per_agent = (int)conf_int(c, "per_agent"),
                                    .tell = tell };
    for (i = 0; i < n; i++) {
        agent = policy_find_agent(policy, conf_text_at(c, "tell", i));
        if (agent >= 0)
            tell[out->tell_count++] = agent;
        else if (conf_is_sound(root, "agents"))
            conf_errors_at_item(errors, c, "tell", i, "there is no agent '%.64s'",
                                conf_text_at(c, "tell", i));
    }
}
