#include "core/policy_diff_times.h"

#include <string.h>

#include "core/arena.h"
#include "core/duration.h"
#include "core/ticket.h"

enum { POLICY_DIFF_IN_LEVEL = 2 /* "escalation", the level's name */ };

/* Of which cases it is, and what of their times. */
struct policy_diff_place {
    const char *topic, *priority, *time; /* NULL: it is not said; of all */
};

static struct policy_diff_place policy_diff_place(const struct conf_difference *d)
{
    struct policy_diff_place p = { 0 };
    size_t at = POLICY_DIFF_IN_LEVEL;

    if (at + 1 < d->depth && strcmp(d->path[at], "topics") == 0) {
        p.topic = d->path[at + 1];
        at += 2;
    }
    if (at < d->depth && ticket_priority_find(d->path[at]) >= 0)
        p.priority = d->path[at++];
    if (at < d->depth)
        p.time = d->path[at];
    return p;
}

/* "urgent cases of topic bills on level "specialists"" */
static const char *policy_diff_whose(const struct policy_diff_place *p, const char *level,
                                     struct arena *a)
{
    const char *about = p->topic == NULL                ? ""
                        : strcmp(p->topic, "none") == 0 ? " of no topic"
                                                        : arena_printf(a, " of topic %s", p->topic);

    return arena_printf(a, "%s%scases%s on level \"%s\"", p->priority == NULL ? "" : p->priority,
                        p->priority == NULL ? "" : " ", about, level);
}

/* "seen within 30m, solved within 4h"; "" for a section that says nothing. */
static const char *policy_diff_both(const struct conf *c, struct arena *a)
{
    const char *seen = "", *solved = "";

    if (conf_has(c, "ack"))
        seen = arena_printf(a, "seen within %s", duration_text(a, conf_int(c, "ack")));
    if (conf_has(c, "resolve"))
        solved = arena_printf(a, "solved within %s", duration_text(a, conf_int(c, "resolve")));
    return arena_printf(a, "%s%s%s", seen, *seen == '\0' || *solved == '\0' ? "" : ", ", solved);
}

/* Likewise of a topic, "; urgent ones seen within 10m" among it. */
static const char *policy_diff_topic(const struct conf *c, struct arena *a)
{
    const char *text = policy_diff_both(c, a);
    int i;

    for (i = 0; i < TICKET_PRIORITY_N; i++) {
        const char *name = ticket_priority_name((enum ticket_priority)i);

        if (conf_has(c, name))
            text = arena_printf(a, "%s%s%s ones %s", text, *text == '\0' ? "" : "; ", name,
                                policy_diff_both(conf_section(c, name), a));
    }
    return text;
}

/* A topic is told apart now, or no longer. */
static const char *policy_diff_apart(const struct conf_difference *d, const char *who,
                                     struct arena *a)
{
    const char *times = policy_diff_topic(d->is != NULL ? d->is : d->was, a);

    return d->kind == CONF_NEW
               ? arena_printf(a, "%s get times of their own: %s", who, times)
               : arena_printf(a, "%s have the times of other cases; they were: %s", who, times);
}

const char *policy_diff_times(const struct conf_difference *d, struct arena *a)
{
    const struct policy_diff_place p = policy_diff_place(d);
    const char *who;

    if (p.topic == NULL && p.priority == NULL)
        return NULL;
    who = policy_diff_whose(&p, d->path[POLICY_DIFF_IN_LEVEL - 1], a);
    if (p.time == NULL)
        return policy_diff_apart(d, who, a);
    return arena_printf(
        a, "%s: %s %s instead of %s", who,
        strcmp(p.time, "ack") == 0 ? "that somebody there has seen it" : "that it is solved there",
        d->after == NULL ? "as of other cases" : arena_printf(a, "within %s", d->after),
        d->before == NULL ? "as of other cases" : d->before);
}
