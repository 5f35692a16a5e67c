#include "tests/support/story_watch.h"

#include <glib.h>
#include <string.h>

static bool watches(const struct story_step *s, int agent)
{
    const struct ticket *t = &s->plan->ticket;
    size_t i;
    int team;

    for (i = 0; i < t->watcher_count; i++) {
        team = policy_find_team(s->policy, t->watchers[i]);
        if (strcmp(t->watchers[i], s->policy->agents[agent].name) == 0 ||
            (team >= 0 && policy_has_member(s->policy, (size_t)team, agent)))
            return true;
    }
    return false;
}

/* How often the agent is told; of a clock: of that one alone; of a level: of the one where it is
 * now.
 */
static int told(const struct story_step *s, int agent, enum notice notice, int clock, int *watching)
{
    int n = 0;
    size_t i;

    for (*watching = 0, i = 0; i < s->plan->delivery_count; i++) {
        const struct planned_delivery *d = &s->plan->deliveries[i];

        if (d->to != PLANNED_AGENT || d->notice != notice ||
            strcmp(d->agent, s->policy->agents[agent].name) != 0 ||
            (clock >= 0 && (int)d->target != clock) ||
            (notice == NOTICE_AGENT_ESCALATION && d->level != s->plan->ticket.level))
            continue;
        n++;
        *watching += strcmp(d->rule, "D-18") == 0;
    }
    return n;
}

static int breaches(const struct story_step *s, int clock)
{
    int n = 0;
    size_t i;

    for (i = 0; i < s->plan->event_count; i++)
        n += strcmp(s->plan->events[i].kind, "clock_breached") == 0 &&
             s->plan->events[i].clock == clock;
    return n;
}

static const char *wrong(const struct story_step *s, int agent, enum notice notice, int clock,
                         bool happened)
{
    int watching, all = told(s, agent, notice, clock, &watching);
    bool own = s->fact->by == FACT_BY_AGENT &&
               g_strcmp0(s->fact->actor, s->policy->agents[agent].name) == 0;

    if (!s->policy->notices[notice].on)
        return NULL;
    if (watching > 0 && (!happened || own || !watches(s, agent)))
        return "who does not watch, or did it, is told";
    if (watching > 1 || (watching == 1 && all > 1))
        return "who watches is told twice";
    return happened && !own && watches(s, agent) && all == 0 ? "who watches is not told" : NULL;
}

/* How often a path began: as it was opened, or anew (C-10). It left no level then. */
static int begun(const struct story_step *s)
{
    int n = 0;
    size_t i;

    for (i = 0; i < s->plan->event_count; i++)
        n += strcmp(s->plan->events[i].kind, "level_entered") == 0 &&
             strstr(s->plan->events[i].detail, "\"from\":0,") != NULL;
    return n;
}

const char *story_watch_wrong(const struct story_step *s)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;
    const struct fact *f = s->fact;
    bool wrote = f->kind == FACT_CUSTOMER_WROTE && !f->automatic && !fact_is_inert(f);
    bool over = is->status >= TICKET_SOLVED && was->status < TICKET_SOLVED &&
                f->kind != FACT_MERGED_INTO && !fact_is_inert(f);
    bool moved = is->memory.level_visit > was->memory.level_visit + begun(s);
    const char *what = NULL;
    int agent, clock;

    if (s->plan->delivery_count >= PLAN_DELIVERIES_MAX - 8)
        return NULL; /* there may not have been room */
    for (agent = 0; what == NULL && agent < (int)s->policy->agent_count; agent++) {
        what = wrong(s, agent, NOTICE_AGENT_CUSTOMER, -1, wrote);
        what = what != NULL ? what : wrong(s, agent, NOTICE_AGENT_OVER, -1, over);
        what = what != NULL ? what : wrong(s, agent, NOTICE_AGENT_ESCALATION, -1, moved);
        for (clock = 0; what == NULL && clock < TARGET_KIND_N; clock++)
            what = wrong(s, agent, NOTICE_AGENT_BREACH, clock, breaches(s, clock) > 0);
    }
    return what;
}
