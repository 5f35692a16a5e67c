/* The topic that somebody sets right (D-16): whose case it is and what is promised follow it, as
 * they do where the classification says it. No message is asked for the topic again, so it stays.
 */
#include <string.h>

#include "core/arena.h"
#include "core/plan_state.h"

enum { PLAN_TOPIC_NAMES_MAX = 120 }; /* bytes of those that an error names */

static const char *plan_topic_word(const char *topic)
{
    return topic == NULL ? "none" : topic;
}

static int plan_topic_unknown(struct planner *pl)
{
    const struct policy *policy = pl->policy;
    const char *names = "";
    size_t i;

    for (i = 0; i < policy->topic_count; i++) {
        if (strlen(names) + strlen(policy->topics[i].name) > PLAN_TOPIC_NAMES_MAX)
            break;
        names = arena_printf(pl->a, "%s%s, ", names, policy->topics[i].name);
    }
    return error_set(pl->err, ERROR_PERMANENT,
                     "there is no topic '%.60s': the policy knows %s%snone", pl->fact->topic, names,
                     i < policy->topic_count ? "…, " : "");
}

/* From the team that its level has for the topic before to the one that it has for this. Where
 * somebody gave it to another team, or a rule of the classification named one, that stands; and
 * what is over was that team's work. */
static bool plan_topic_move(struct planner *pl, const char *to)
{
    struct ticket *t = &pl->p->ticket;
    const struct policy_level *here = policy_level(pl->policy, t->level);
    bool goes_on = plan_level_is_live(pl);
    int was = goes_on ? plan_level_team(pl, here) : -1, is;

    t->topic = to;
    is = goes_on ? plan_level_team(pl, here) : -1;
    if (is < 0 || is == was ||
        (t->team != NULL && (was < 0 || strcmp(t->team, pl->policy->teams[was].name) != 0)))
        return false;
    t->team = pl->policy->teams[is].name;
    return true;
}

int plan_topic_set(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    const char *was = t->topic;
    const struct policy_topic *to;
    bool moved;

    if (f->topic == NULL || f->topic[0] == '\0')
        return error_set(pl->err, ERROR_PERMANENT, "which topic is not said");
    to = policy_find_topic(pl->policy, f->topic);
    if (to == NULL && strcmp(f->topic, "none") != 0)
        return plan_topic_unknown(pl);
    moved = plan_topic_move(pl, to == NULL ? NULL : to->name);
    plan_event(pl, fact_kind_name(f->kind), "D-16",
               plan_detail(pl, "{s:s, s:s, s:s*}", "was", plan_topic_word(was), "to",
                           plan_topic_word(t->topic), "team", moved ? t->team : NULL),
               "%s", f->reason == NULL ? "set by hand" : f->reason);
    if (strcmp(plan_topic_word(was), plan_topic_word(t->topic)) != 0) {
        plan_clock_retarget(pl, "the topic changed");
        plan_assign_topic(pl, moved);
    }
    plan_level_check_events(pl, false);
    return 0;
}
