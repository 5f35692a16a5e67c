/* Whose it is: the least loaded member of its team under the limit; else it waits in the queue. */
#include <jansson.h>
#include <limits.h>
#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/plan_state.h"
#include "core/text.h"

/* Whoever waits is offered an agent when one gets free; should that go past it, it is looked at
 * again after as long as it has waited, within these. */
enum { PLAN_ASSIGN_AGAIN_MIN_S = 600, PLAN_ASSIGN_AGAIN_MAX_S = 86400 };
/* Ranks are times; these keep lanes of them apart. */
static const int64_t PLAN_ASSIGN_LANE = 1LL << 40, PLAN_ASSIGN_NO_PROMISE = 1LL << 41,
                     PLAN_ASSIGN_MANY = 1LL << 60;
enum { PLAN_ASSIGN_ROUNDS_MAX = 30 }; /* after which patience grows no more: years */
enum { PLAN_ASSIGN_TOLD_MAX = 20 };   /* of those who were passed over, in the history */

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

    if (t->incident) /* a case of many comes before all of single people, whatever these are (D-15)
                      */
        return slower * PLAN_ASSIGN_LANE + since - PLAN_ASSIGN_MANY;
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

/* Takes `detail`. */
static void plan_assign_give(struct planner *pl, const char *agent, const char *rule,
                             json_t *detail, const char *why)
{
    struct ticket *t = &pl->p->ticket;

    t->agent = agent;
    t->memory.assign_wanted_at = 0;
    t->memory.assign_looked_at = 0;
    t->memory.assigned_at = agent == NULL ? 0 : pl->fact->now;
    t->memory.owner_seen = 0;
    plan_event(pl, "owner_set", rule, detail, "%s", why)->value = agent;
    if (agent == NULL)
        return;
    plan_clock_end(pl, TARGET_ACK, pl->fact->now, TARGET_MET, "C-1");
    plan_notice_agent(pl, NOTICE_AGENT_ASSIGNED, agent, rule, TARGET_FIRST_RESPONSE,
                      plan_notice_promise(pl), NULL);
}

static const struct calendar *plan_assign_shift(const struct planner *pl,
                                                const struct policy_agent *agent)
{
    return agent->shift < 0 ? NULL : pl->policy->calendars[agent->shift];
}

/* When the next shift of somebody of the team begins after `at`; 0: none that is not begun. */
static int64_t plan_assign_next_shift(const struct planner *pl, const struct policy_team *team,
                                      int64_t at)
{
    int64_t first = 0, opens;
    size_t i;

    for (i = 0; i < team->member_count; i++) {
        const struct policy_agent *agent = &pl->policy->agents[team->members[i]];
        const struct calendar *shift = plan_assign_shift(pl, agent);

        if (!agent->available || shift == NULL || calendar_is_open(shift, at))
            continue;
        opens = calendar_next_opening(shift, at);
        if (opens > 0 && (first == 0 || opens < first))
            first = opens;
    }
    return first;
}

static int64_t plan_assign_agent_there(const struct planner *pl, int agent)
{
    const struct policy_agent *who = agent < 0 ? NULL : &pl->policy->agents[agent];
    const struct calendar *shift = who == NULL ? NULL : plan_assign_shift(pl, who);
    int64_t opens;

    if (who == NULL || !who->available)
        return 0;
    opens = shift == NULL ? pl->fact->now : calendar_next_opening(shift, pl->fact->now);
    return opens < 0 ? 0 : opens;
}

int64_t plan_assign_there(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    int team = t->team == NULL ? -1 : policy_find_team(pl->policy, t->team);
    int64_t first = 0, at;
    size_t i;

    if (t->agent != NULL)
        return plan_assign_agent_there(pl, policy_find_agent(pl->policy, t->agent));
    for (i = 0; team >= 0 && i < pl->policy->teams[team].member_count; i++) {
        at = plan_assign_agent_there(pl, pl->policy->teams[team].members[i]);
        if (at != 0 && (first == 0 || at < first))
            first = at;
    }
    return first;
}

int64_t plan_assign_next(const struct planner *pl)
{
    const struct ticket_memory *m = &pl->p->ticket.memory;
    int team = plan_assign_team(pl);
    int64_t waited = m->assign_looked_at - m->assign_wanted_at, shift;

    if (team < 0)
        return 0;
    if (m->assign_looked_at == 0)
        return m->assign_wanted_at;
    if (pl->policy->teams[team].member_count == 0)
        return 0; /* nobody ever gets free there */
    waited = waited < PLAN_ASSIGN_AGAIN_MIN_S   ? PLAN_ASSIGN_AGAIN_MIN_S
             : waited > PLAN_ASSIGN_AGAIN_MAX_S ? PLAN_ASSIGN_AGAIN_MAX_S
                                                : waited;
    shift = plan_assign_next_shift(pl, &pl->policy->teams[team], m->assign_looked_at);
    return shift != 0 && shift < m->assign_looked_at + waited ? shift
                                                              : m->assign_looked_at + waited;
}

void plan_assign_to(struct planner *pl, const char *agent, const char *rule, const char *why)
{
    plan_assign_give(pl, agent, rule,
                     agent == NULL ? NULL : plan_detail(pl, "{s:s}", "agent", agent), why);
}

void plan_assign_drop(struct planner *pl, const char *rule, const char *why)
{
    plan_assign_to(pl, NULL, rule, why);
    plan_assign_want(pl);
}

void plan_assign_another(struct planner *pl, const char *rule, const char *why)
{
    struct ticket *t = &pl->p->ticket;

    if (t->agent == NULL) {
        plan_assign_want(pl);
        return;
    }
    t->memory.owner_silent = ticket_mark(t->agent);
    plan_assign_drop(pl, rule, why);
}

void plan_assign_known(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int team;

    if (t->status >= TICKET_SOLVED || t->merged_into != 0)
        return;
    if (t->team != NULL && policy_find_team(pl->policy, t->team) < 0) {
        team = plan_level_own_team(pl);
        t->team = team < 0 ? NULL : pl->policy->teams[team].name;
        plan_event(pl, fact_kind_name(FACT_ASSIGNED), "C-14",
                   plan_detail(pl, "{s:s?}", "team", t->team),
                   "the policy has no team of that name any more");
    }
    if (t->agent != NULL && policy_find_agent(pl->policy, t->agent) < 0)
        plan_assign_drop(pl, "C-14", "the policy has nobody of that name any more");
}

static bool plan_assign_is_by_owner(const struct planner *pl)
{
    const struct fact *f = pl->fact;
    const char *owner = pl->p->ticket.agent;

    return f->by == FACT_BY_AGENT && f->actor != NULL && owner != NULL &&
           strcmp(f->actor, owner) == 0;
}

void plan_assign_seen(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    if (plan_assign_is_by_owner(pl)) {
        t->memory.owner_seen = 1;
        t->memory.owners_lost = 0;
    }
}

/* What an owner has: more each time that it has gone round the team, or on a day on which nobody is
 * there it would go round all day long, and a mail with it. */
static int64_t plan_assign_patience(const struct policy_team *team, int lost)
{
    int rounds = team->member_count == 0 ? 0 : lost / (int)team->member_count;

    return team->ack_s << (rounds < PLAN_ASSIGN_ROUNDS_MAX ? rounds : PLAN_ASSIGN_ROUNDS_MAX);
}

int64_t plan_assign_silent(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    int team, agent;
    int64_t at;

    if (t->agent == NULL || t->team == NULL || t->memory.owner_seen || t->memory.assigned_at == 0 ||
        ticket_carrier(t) == NULL)
        return 0; /* of most: nobody need be looked for */
    team = policy_find_team(pl->policy, t->team);
    if (team < 0 || pl->policy->teams[team].ack_s == 0)
        return 0;
    agent = policy_find_agent(pl->policy, t->agent);
    if (agent < 0)
        return 0;
    at = calendar_due(plan_assign_shift(pl, &pl->policy->agents[agent]), t->memory.assigned_at,
                      plan_assign_patience(&pl->policy->teams[team], t->memory.owners_lost));
    return at < 0 ? 0 : at;
}

void plan_assign_fire(struct planner *pl)
{
    pl->p->ticket.memory.owners_lost++;
    plan_assign_another(pl, "T-69", "whoever had it did nothing with it for too long");
}

void plan_assign_reopened(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    int index = t->agent == NULL ? -1 : policy_find_agent(pl->policy, t->agent);
    const struct policy_agent *agent = index < 0 ? NULL : &pl->policy->agents[index];

    if (plan_assign_is_by_owner(pl))
        return; /* whoever opens it again is there */
    if (t->agent == NULL || (agent != NULL && agent->available &&
                             calendar_is_open(plan_assign_shift(pl, agent), pl->fact->now)))
        return;
    plan_assign_drop(pl, "T-91", "whoever had it is not there now");
}

/* --- who may have it, and who should
 * ------------------------------------------------------------------------------------------------
 */

static bool plan_assign_skilled(const struct planner *pl, const struct policy_agent *agent)
{
    const char *name = pl->p->ticket.topic;
    const struct policy_topic *topic = name == NULL ? NULL : policy_find_topic(pl->policy, name);
    size_t i;

    for (i = 0; topic != NULL && i < topic->skill_count; i++)
        if (!text_is_among(agent->skills, agent->skill_count, topic->skills[i]))
            return false;
    return true;
}

void plan_assign_topic(struct planner *pl, bool moved)
{
    struct ticket *t = &pl->p->ticket;
    int team, agent;

    if (!plan_level_is_live(pl))
        return;
    team = t->team == NULL ? -1 : policy_find_team(pl->policy, t->team);
    agent = t->agent == NULL ? -1 : policy_find_agent(pl->policy, t->agent);
    if (t->agent == NULL && moved)
        plan_assign_want(pl);
    else if (t->agent == NULL)
        t->memory.assign_looked_at = 0; /* whom it may go to now may be there */
    else if (moved && !(agent >= 0 && policy_has_member(pl->policy, (size_t)team, agent)))
        plan_assign_drop(pl, "D-28", "whoever had it is not of the team of its topic");
    else if (agent >= 0 && !plan_assign_skilled(pl, &pl->policy->agents[agent]))
        plan_assign_drop(pl, "D-28",
                         "whoever had it is without the skills that its topic asks for");
}

/* D-29: a limit of this kind of work alone, and which; NULL: there is room. */
static const char *plan_assign_topic_full(const struct planner *pl,
                                          const struct policy_agent *agent,
                                          const struct fact_load *load)
{
    const char *topic = pl->p->ticket.topic;
    int place = policy_topic_place(pl->policy, topic);
    int limit = agent->topic_limits == NULL || place < 0 ? 0 : agent->topic_limits[place];

    if (limit == 0 || load->of_topic < limit)
        return NULL;
    return pl->bare ? "at the limit of its topic"
                    : arena_printf(pl->a, "at the limit of %d of %s", limit,
                                   topic == NULL ? "no topic" : topic);
}

static bool plan_assign_is_full(const struct policy_agent *agent, int open)
{
    return agent->limit != 0 && open >= agent->limit;
}

/* Why it is not for that agent now; NULL: it may be. Of the ticket the topic alone counts here: the
 * others of its team and topic have the same answer (struct planned_offer). */
static const char *plan_assign_refused(const struct planner *pl, int team,
                                       const struct fact_load *load)
{
    int index = policy_find_agent(pl->policy, load->agent);
    const struct policy_agent *agent = index < 0 ? NULL : &pl->policy->agents[index];

    if (agent == NULL || !policy_has_member(pl->policy, (size_t)team, index))
        return "not of the team";
    if (!agent->available)
        return "not available";
    if (!calendar_is_open(plan_assign_shift(pl, agent), pl->fact->now))
        return "not on shift";
    if (!plan_assign_skilled(pl, agent))
        return "without the skills that the topic asks for";
    if (plan_assign_is_full(agent, load->open))
        return "at the limit";
    return plan_assign_topic_full(pl, agent, load);
}

/* Does the agent write in the customer's language? 0: no, or nobody knows it. */
static int plan_assign_speaks(const struct planner *pl, const struct fact_load *load)
{
    const char *language = pl->p->ticket.language;
    const struct policy_agent *agent =
        &pl->policy->agents[policy_find_agent(pl->policy, load->agent)];

    return language != NULL && text_is_among(agent->languages, agent->language_count, language);
}

static int plan_assign_was_silent(const struct planner *pl, const struct fact_load *load)
{
    return pl->p->ticket.memory.owner_silent != 0 &&
           pl->p->ticket.memory.owner_silent == ticket_mark(load->agent);
}

/* The first of two is the better one: who has not just lost it, who speaks the language, fewer
 * tickets, then the longer without a new one, then the name. */
static bool plan_assign_is_better(const struct planner *pl, const struct fact_load *x,
                                  const struct fact_load *y)
{
    int silent = plan_assign_was_silent(pl, y) - plan_assign_was_silent(pl, x);
    int speaks = plan_assign_speaks(pl, x) - plan_assign_speaks(pl, y);

    if (silent != 0)
        return silent > 0;
    if (speaks != 0)
        return speaks > 0;
    if (x->open != y->open)
        return x->open < y->open;
    if (x->assigned_at != y->assigned_at)
        return x->assigned_at < y->assigned_at;
    return strcmp(x->agent, y->agent) < 0;
}

/* Which of the team were looked at and not taken, and why not. */
static json_t *plan_assign_passed_over(const struct planner *pl, int team, const char *taken)
{
    json_t *others = json_object();
    size_t i;

    for (i = 0; team >= 0 && i < pl->fact->load_count; i++) {
        const struct fact_load *load = &pl->fact->loads[i];
        const char *refusal = plan_assign_refused(pl, team, load);

        if (!policy_has_member(pl->policy, (size_t)team,
                               policy_find_agent(pl->policy, load->agent)) ||
            (taken != NULL && strcmp(load->agent, taken) == 0) ||
            json_object_size(others) >= PLAN_ASSIGN_TOLD_MAX)
            continue;
        json_object_set_new(others, load->agent,
                            json_pack("{s:i, s:s}", "open", load->open, "why",
                                      refusal == NULL ? "another comes first" : refusal));
    }
    return others;
}

/* Is there somebody who could do with work, of whatever kind, once `taken` has one more? */
static bool plan_assign_has_room(const struct planner *pl, int team, const struct fact_load *taken)
{
    size_t i;

    for (i = 0; i < pl->fact->load_count; i++) {
        const struct fact_load *load = &pl->fact->loads[i];
        int index = policy_find_agent(pl->policy, load->agent);
        const struct policy_agent *agent = index < 0 ? NULL : &pl->policy->agents[index];

        if (agent != NULL && policy_has_member(pl->policy, (size_t)team, index) &&
            agent->available && !plan_assign_is_full(agent, load->open + (load == taken)) &&
            calendar_is_open(plan_assign_shift(pl, agent), pl->fact->now))
            return true;
    }
    return false;
}

/* Before it is given to `taken` (NULL: to nobody), for then it keeps its place no longer. */
static void plan_assign_hand_on(struct planner *pl, int team, const struct fact_load *taken)
{
    if (team >= 0 && plan_assign_has_room(pl, team, taken))
        pl->p->offer = (struct planned_offer){ .team = pl->policy->teams[team].name,
                                               .rank = plan_assign_rank(pl),
                                               .others = taken == NULL };
}

void plan_assign_look(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int team = plan_assign_team(pl);
    const struct fact_load *best = NULL;
    const char *agent;
    size_t i;

    if (!plan_assign_waits(t))
        return;
    for (i = 0; team >= 0 && i < pl->fact->load_count; i++)
        if (plan_assign_refused(pl, team, &pl->fact->loads[i]) == NULL &&
            (best == NULL || plan_assign_is_better(pl, &pl->fact->loads[i], best)))
            best = &pl->fact->loads[i];
    plan_assign_hand_on(pl, team, best);
    if (best == NULL) {
        if (t->memory.assign_looked_at == 0) /* it says so once, not at each look */
            plan_event(pl, fact_kind_name(FACT_QUEUE_LOOKED), "T-90",
                       pl->bare ? NULL
                                : json_pack("{s:s?, s:o}", "team", t->team, "passed_over",
                                            plan_assign_passed_over(pl, team, NULL)),
                       "nobody of the team can take it now: it waits in the queue");
        t->memory.assign_looked_at = pl->fact->now;
        return;
    }
    agent = pl->policy->agents[policy_find_agent(pl->policy, best->agent)].name;
    plan_assign_give(pl, agent, "T-90",
                     plan_detail(pl, "{s:s, s:i, s:o}", "agent", agent, "open", best->open,
                                 "passed_over", plan_assign_passed_over(pl, team, agent)),
                     plan_assign_speaks(pl, best) ? "the least loaded of the team who has the "
                                                    "customer's language"
                                                  : "the least loaded of the team");
}

int plan_assigned(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    int team = f->team == NULL ? -1 : policy_find_team(pl->policy, f->team);
    int agent = f->agent == NULL ? -1 : policy_find_agent(pl->policy, f->agent);

    if ((f->team != NULL && team < 0) || (f->agent != NULL && agent < 0))
        return error_set(pl->err, ERROR_PERMANENT, "the policy knows no such %s",
                         team < 0 && f->team != NULL ? "team" : "agent");
    if (team >= 0)
        t->team = pl->policy->teams[team].name;
    plan_event(pl, fact_kind_name(f->kind), NULL, plan_detail(pl, "{s:s?}", "team", t->team), "%s",
               f->reason == NULL ? "set by hand" : f->reason);
    plan_assign_to(pl, agent < 0 ? NULL : pl->policy->agents[agent].name, NULL, "set by hand");
    if (agent < 0 && team >= 0)
        plan_assign_want(pl);
    return 0;
}
