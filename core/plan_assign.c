/* Whose it is: the least loaded member of its team under the limit; else it waits in the queue. */
#include <limits.h>
#include <string.h>

#include "core/plan_state.h"

enum { PLAN_ASSIGN_AGAIN_S = 60 }; /* the queue is looked at again: somebody may be free */

void plan_assign_want(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    if (t->agent != NULL || t->team == NULL)
        return;
    t->memory.assign_wanted_at = pl->fact->now;
    t->memory.assign_looked_at = 0;
}

int64_t plan_assign_next(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;

    if (t->memory.assign_wanted_at == 0 || t->agent != NULL || t->status >= TICKET_SOLVED)
        return 0;
    return t->memory.assign_looked_at == 0 ? t->memory.assign_wanted_at
                                           : t->memory.assign_looked_at + PLAN_ASSIGN_AGAIN_S;
}

void plan_assign_to(struct planner *pl, const char *agent, const char *rule, const char *why)
{
    struct ticket *t = &pl->p->ticket;

    t->agent = agent;
    t->memory.assign_wanted_at = 0;
    t->memory.assign_looked_at = 0;
    t->memory.assigned_at = agent == NULL ? 0 : pl->fact->now;
    plan_event(pl, "owner_set", rule,
               agent == NULL ? NULL : plan_detail(pl, "{s:s}", "agent", agent), "%s", why);
    if (agent == NULL)
        return;
    plan_clock_end(pl, TARGET_ACK, pl->fact->now, TARGET_MET, "C-1");
    plan_notice_agent(pl, NOTICE_AGENT_ASSIGNED, agent, rule, TARGET_FIRST_RESPONSE,
                      plan_notice_promise(pl), NULL);
}

/* The first of two is the better one: fewer tickets, then the longer without a new one, then the
 * name. */
static bool plan_assign_is_better(const struct fact_load *x, const struct fact_load *y)
{
    if (x->open != y->open)
        return x->open < y->open;
    if (x->assigned_at != y->assigned_at)
        return x->assigned_at < y->assigned_at;
    return strcmp(x->agent, y->agent) < 0;
}

static bool plan_assign_can(const struct planner *pl, int team, const struct fact_load *load)
{
    const struct policy_team *members = &pl->policy->teams[team];
    const struct policy_agent *agent;
    size_t i;

    for (i = 0; i < members->member_count; i++) {
        agent = &pl->policy->agents[members->members[i]];
        if (strcmp(agent->name, load->agent) == 0)
            return agent->available && (agent->limit == 0 || load->open < agent->limit);
    }
    return false;
}

void plan_assign_look(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int team = t->team == NULL ? -1 : policy_find_team(pl->policy, t->team);
    const struct fact_load *best = NULL;
    size_t i;
    int index;

    if (plan_assign_next(pl) == 0)
        return;
    for (i = 0; team >= 0 && i < pl->fact->load_count; i++)
        if (plan_assign_can(pl, team, &pl->fact->loads[i]) &&
            (best == NULL || plan_assign_is_better(&pl->fact->loads[i], best)))
            best = &pl->fact->loads[i];
    if (best == NULL) {
        t->memory.assign_looked_at = pl->fact->now;
        return;
    }
    index = policy_find_agent(pl->policy, best->agent);
    plan_assign_to(pl, pl->policy->agents[index].name, "T-90", "the least loaded of the team");
}
