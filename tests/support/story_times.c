#include "tests/support/story_times.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/duration.h"

/* What stands behind `key` in a mapping's own items, "{ack: 10m, urgent: {ack: 5m}}"; its length is
 * 0 where it is not there. Of a line that is not closed the rest is looked at. */
static struct span behind(struct span in, const char *key)
{
    const char *p = in.ptr, *end = in.ptr + in.len;
    size_t len = strlen(key);
    struct span found = { 0 };
    int depth = 0;

    for (; p < end; p++) {
        bool begins = depth == 1 && (p[-1] == '{' || strncmp(p - 2, ", ", 2) == 0);

        if (found.ptr == NULL && begins && strncmp(p, key, len) == 0 && p[len] == ':')
            found.ptr = p + len + 2;
        else if (found.ptr != NULL && p >= found.ptr && depth == 1 && (*p == ',' || *p == '}'))
            return (struct span){ found.ptr, (size_t)(p - found.ptr) };
        depth += *p == '{' || *p == '[';
        depth -= *p == '}' || *p == ']';
    }
    return (struct span){ NULL, 0 };
}

static bool says(struct span in, const char *key, int64_t *out)
{
    struct span value = behind(in, key);
    char text[20];

    if (value.len == 0 || value.len >= sizeof(text))
        return false;
    memcpy(text, value.ptr, value.len);
    text[value.len] = '\0';
    if (duration_read(text, out) < 0)
        abort();
    return true;
}

/* The line on which a level begins, from its brace on. */
static struct span level_line(const struct random_policy *p, int level)
{
    size_t i;

    for (i = 0; i < p->line_count; i++)
        if (strncmp(p->lines[i], "  - {name: level", 16) == 0 && --level == 0)
            return span_of(p->lines[i] + 4);
    return (struct span){ NULL, 0 };
}

/* What a topic says of the priority, what it says, what the level says of the priority, what it
 * says. -1: nothing does. */
int64_t story_times_wanted(const struct story_rules *r, const struct story_step *s,
                           enum target_kind kind)
{
    const struct random_policy *p = &r->story->policies[s->policy->version - 1];
    const struct ticket *t = &s->plan->ticket;
    const char *key = kind == TARGET_LEVEL_ACK ? "ack" : "resolve";
    const char *priority = ticket_priority_name(t->priority);
    struct span level = level_line(p, t->level);
    struct span topic = behind(behind(level, "topics"), t->topic == NULL ? "none" : t->topic);
    int64_t found = -1;

    if (!says(behind(topic, priority), key, &found) && !says(topic, key, &found) &&
        !says(behind(level, priority), key, &found))
        says(level, key, &found);
    return found;
}

/* Under a policy that came later a clock keeps what it has until something moves it (C-14). */
static bool is_of_this_policy(const struct story_step *s, enum target_kind kind)
{
    size_t i;

    for (i = 0; i < s->plan->event_count; i++)
        if (s->plan->events[i].clock == (int)kind &&
            (strcmp(s->plan->events[i].kind, "clock_started") == 0 ||
             strcmp(s->plan->events[i].kind, "clock_retargeted") == 0))
            return true;
    return s->policy->version == 1;
}

const char *story_times_wrong(struct story_rules *r, const struct story_step *s,
                              const struct target_clock *c)
{
    int64_t is = c->target.seconds, to_be;

    if (c->kind < TARGET_LEVEL_ACK || c->end != TARGET_RUNS || !is_of_this_policy(s, c->kind))
        return NULL;
    to_be = story_times_wanted(r, s, c->kind);
    return is == to_be ? NULL
                       : arena_printf(r->a, "%s has %lld s, and by what the policy says %lld",
                                      target_kind_name(c->kind), (long long)is, (long long)to_be);
}
