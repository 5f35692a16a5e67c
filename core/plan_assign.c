/* Whose it is: the least loaded member of its team under the limit; else it waits in the queue. */
#include <limits.h>
#include <string.h>

#include "core/plan_state.h"

/* Whoever waits is offered an agent when one gets free; should that go past it, it is looked at
 * again after as long as it has waited, within these. */
enum { PLAN_ASSIGN_AGAIN_MIN_S = 600, PLAN_ASSIGN_AGAIN_MAX_S = 86400 };
/* Ranks are times; these keep lanes of them apart. */
static const int64_t PLAN_ASSIGN_LANE = 1ll << 40, PLAN_ASSIGN_NO_PROMISE = 1ll << 41;

void plan_assign_want(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    if (t->agent != NULL || t->team == NULL)
        return;
    if (t->memory.assign_wanted_at == 0)
        t->memory.assign_wanted_at = pl->fact->now; /* who waits already keeps the place */
    t->memory.assign_looked_at = 0;
}

static bool plan_assign_waits(const struct ticket *t)
{
    return t->memory.assign_wanted_at != 0 && t->agent == NULL && t->status < TICKET_SOLVED;
}

int plan_assign_team(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;

    return plan_assign_waits(t) && t->team != NULL ? policy_find_team(pl->policy, t->team) : -1;
}

int64_t plan_assign_rank(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    int64_t slower = TICKET_URGENT - t->priority, since = t->memory.assign_wanted_at, due;

    switch (pl->policy->queue) {
    case POLICY_QUEUE_ARRIVAL:
        return since;
    case POLICY_QUEUE_AGED: /* the order of two never changes as they wait: nothing is ranked anew
                             */
        return since + slower * pl->policy->queue_step_s - (t->memory.quick ? 1 : 0);
    case POLICY_QUEUE_DUE:
        due = plan_notice_promise(pl);
        return due != 0 ? due : PLAN_ASSIGN_NO_PROMISE + since;
    default: /* what is soon done comes first among its like (D-41) */
        return slower * 2 * PLAN_ASSIGN_LANE + (t->memory.quick ? 0 : PLAN_ASSIGN_LANE) + since;
    }
}

int64_t plan_assign_next(const struct planner *pl)
{
    const struct ticket_memory *m = &pl->p->ticket.memory;
    int team = plan_assign_team(pl);
    int64_t waited = m->assign_looked_at - m->assign_wanted_at;

    if (team < 0)
        return 0;
    if (m->assign_looked_at == 0)
        return m->assign_wanted_at;
    if (pl->policy->teams[team].member_count == 0)
        return 0; /* nobody ever gets free there */
    waited = waited < PLAN_ASSIGN_AGAIN_MIN_S   ? PLAN_ASSIGN_AGAIN_MIN_S
             : waited > PLAN_ASSIGN_AGAIN_MAX_S ? PLAN_ASSIGN_AGAIN_MAX_S
                                                : waited;
    return m->assign_looked_at + waited;
}

void plan_assign_to(struct planner *pl, const char *agent, const char *rule, const char *why)
{
    struct ticket *t = &pl->p->ticket;

    t->agent = agent;
    t->memory.assign_wanted_at = 0;
    t->memory.assign_looked_at = 0;
    t->memory.assigned_at = agent == NULL ? 0 : pl->fact->now;
    plan_event(pl, "owner_set", rule,
               agent == NULL ? NULL : plan_detail(pl, "{s:s}", "agent", agent), "%s", why)
        ->value = agent;
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
    int index = policy_find_agent(pl->policy, load->agent);
    const struct policy_agent *agent;

    if (!policy_has_member(pl->policy, (size_t)team, index))
        return false;
    agent = &pl->policy->agents[index];
    return agent->available && (agent->limit == 0 || load->open < agent->limit);
}

void plan_assign_look(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int team = plan_assign_team(pl);
    const struct fact_load *best = NULL;
    size_t i;
    int index;

    if (!plan_assign_waits(t))
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
