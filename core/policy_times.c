#include "core/policy_times.h"

#include <string.h>

#include "core/arena.h"

/* What a section says of itself, in place of what was said before it. */
static void policy_times_say(const struct conf *c, int64_t *ack_s, int64_t *resolve_s)
{
    if (conf_has(c, "ack"))
        *ack_s = conf_int(c, "ack");
    if (conf_has(c, "resolve"))
        *resolve_s = conf_int(c, "resolve");
}

static bool policy_times_by_priority(const struct conf *c)
{
    int p;

    for (p = 0; p < TICKET_PRIORITY_N; p++)
        if (conf_has(c, ticket_priority_name((enum ticket_priority)p)))
            return true;
    return false;
}

/* One row: what the level or a topic says, and then what it says of a priority. */
static void policy_times_row(const struct conf *c, struct policy_times *row)
{
    int p;

    for (p = 0; p < TICKET_PRIORITY_N; p++) {
        policy_times_say(c, &row->ack_s[p], &row->resolve_s[p]);
        policy_times_say(conf_section(c, ticket_priority_name((enum ticket_priority)p)),
                         &row->ack_s[p], &row->resolve_s[p]);
    }
}

/* -1: the policy has no such topic. */
static int policy_times_topic(const struct policy *policy, const char *name)
{
    return strcmp(name, "none") == 0 ? (int)policy->topic_count : policy_topic_place(policy, name);
}

void policy_times_read(const struct policy *policy, const struct conf *root,
                       const struct conf *section, struct arena *a, struct conf_errors *errors,
                       struct policy_level *level)
{
    size_t n = conf_count(section, "topics"), rows = policy->topic_count + 2, i;
    struct policy_times *times;

    level->ack = level->resolve = (struct target){ .seconds = -1, .calendar = level->calendar };
    policy_times_say(section, &level->ack.seconds, &level->resolve.seconds);
    if (n == 0 && !policy_times_by_priority(section))
        return;
    times = arena_array(a, rows, sizeof(*times));
    memset(&times[0], 0xff, sizeof(times[0])); /* -1: none */
    policy_times_row(section, &times[0]);
    for (i = 1; i < rows; i++)
        times[i] = times[0];
    for (i = 0; i < n; i++) {
        const char *name = conf_name_at(section, "topics", i);
        int place = policy_times_topic(policy, name);

        if (place >= 0)
            policy_times_row(conf_at(section, "topics", i), &times[place + 1]);
        else if (conf_is_sound(root, "topics"))
            conf_errors_at_item(errors, section, "topics", i, "there is no topic '%.64s'", name);
    }
    level->times = times;
}

struct target policy_times_target(const struct policy *policy, const struct policy_level *level,
                                  enum target_kind kind, const char *topic,
                                  enum ticket_priority priority)
{
    struct target t = kind == TARGET_LEVEL_ACK ? level->ack : level->resolve;
    const struct policy_times *row;

    if (level->times == NULL)
        return t;
    row = &level->times[policy_topic_place(policy, topic) + 1];
    t.seconds = (kind == TARGET_LEVEL_ACK ? row->ack_s : row->resolve_s)[priority];
    return t;
}
