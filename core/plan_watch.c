/* Who watches a ticket hears of it whoever has it by now: one function says what of, and whoever
 * was told anyway is not told again (C-20, D-18). */
#include <string.h>

#include "core/arena.h"
#include "core/json_list.h"
#include "core/plan_state.h"
#include "core/text.h"

/* So many people hear of one ticket at most, in the order in which they came to watch: one event
 * and the step that it leads to have room in one plan, or who is told by both would hear it twice.
 */
enum { PLAN_WATCH_PEOPLE_MAX = 32 };

struct plan_watch_people {
    int agent[PLAN_WATCH_PEOPLE_MAX]; /* indexes in the policy */
    size_t count;
};

/* --- who watches
 * -------------------------------------------------------------------------------------------- */

/* Where there is no room, whom the policy does not know any more keeps no place. */
static void plan_watch_make_room(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    size_t i, kept = 0;

    if (t->watcher_count < TICKET_WATCHERS_MAX)
        return;
    for (i = 0; i < t->watcher_count; i++)
        if (policy_find_watcher(pl->policy, t->watchers[i]) != NULL)
            t->watchers[kept++] = t->watchers[i];
    t->watcher_count = kept;
}

static bool plan_watch_has(const struct ticket *t, const char *name)
{
    return text_is_among(t->watchers, t->watcher_count, name);
}

/* The name is the policy's own. True: it watches from now on, and did not before. */
static bool plan_watch_add(struct planner *pl, const char *name)
{
    struct ticket *t = &pl->p->ticket;

    if (plan_watch_has(t, name))
        return false;
    plan_watch_make_room(pl);
    if (t->watcher_count == TICKET_WATCHERS_MAX)
        return false;
    t->watchers[t->watcher_count++] = name;
    return true;
}

/* How many watch it no longer. */
static size_t plan_watch_drop(struct ticket *t, const char *const *names, size_t count)
{
    size_t before = t->watcher_count, i, kept = 0;

    for (i = 0; i < t->watcher_count; i++)
        if (!text_is_among(names, count, t->watchers[i]))
            t->watchers[kept++] = t->watchers[i];
    t->watcher_count = kept;
    return before - kept;
}

static void plan_watch_event(struct planner *pl, const char *rule, const char *why)
{
    const struct ticket *t = &pl->p->ticket;

    plan_event(pl, fact_kind_name(FACT_WATCHED), rule,
               plan_detail(pl, "{s:o}", "watchers", json_list_texts(t->watchers, t->watcher_count)),
               "%s", why);
}

int plan_watched(struct planner *pl)
{
    const struct fact *f = pl->fact;
    struct ticket *t = &pl->p->ticket;
    const char *name;
    size_t i;

    if (plan_watch_drop(t, f->names_off, f->name_off_count) == 0 && f->name_off_count > 0 &&
        f->name_count == 0)
        return error_set(pl->err, ERROR_PERMANENT, "'%.60s' does not watch it", f->names_off[0]);
    for (i = 0; i < f->name_count; i++) {
        name = policy_find_watcher(pl->policy, f->names[i]);
        if (name == NULL)
            return error_set(pl->err, ERROR_PERMANENT, "the policy knows no agent or team '%.60s'",
                             f->names[i]);
        if (!plan_watch_add(pl, name) && !plan_watch_has(t, name))
            return error_set(pl->err, ERROR_PERMANENT, "over %d watch it", TICKET_WATCHERS_MAX);
    }
    plan_watch_event(pl, NULL, f->reason == NULL ? "set by hand" : f->reason);
    return 0;
}

static const char *plan_watch_who(const struct planner *pl, const struct policy_do *d)
{
    const struct ticket *t = &pl->p->ticket;
    const char *name = t->agent == NULL ? t->team : t->agent;
    int team;

    if (d->action == POLICY_WATCH_NAMED)
        return d->watcher;
    if (d->action == POLICY_WATCH_OWNER)
        return name == NULL ? NULL : policy_find_watcher(pl->policy, name);
    team = plan_level_team(pl, policy_level(pl->policy, t->level));
    return team < 0 ? NULL : pl->policy->teams[team].name;
}

void plan_watch_step(struct planner *pl, const struct policy_do *d, const char *rule)
{
    const char *name = plan_watch_who(pl, d);

    if (name != NULL && plan_watch_add(pl, name))
        plan_watch_event(pl, rule, arena_printf(pl->a, "%s watches it", name));
}

void plan_watch_merged(struct planner *pl)
{
    const struct fact *f = pl->fact;
    bool more = false;
    const char *name;
    size_t i;

    for (i = 0; i < f->name_count; i++) {
        name = policy_find_watcher(pl->policy, f->names[i]);
        more |= name != NULL && plan_watch_add(pl, name);
    }
    if (more)
        plan_watch_event(pl, "C-15", "who watched the other watches it");
}

/* --- what they hear
 * ---------------------------------------------------------------------------------------------- */

static void plan_watch_person(const struct planner *pl, int agent, struct plan_watch_people *out)
{
    const struct fact *f = pl->fact;
    size_t i;

    for (i = 0; i < out->count; i++)
        if (out->agent[i] == agent)
            return;
    if (f->by == FACT_BY_AGENT && f->actor != NULL &&
        strcmp(f->actor, pl->policy->agents[agent].name) == 0)
        return; /* whose own doing it is */
    if (out->count < PLAN_WATCH_PEOPLE_MAX)
        out->agent[out->count++] = agent;
}

/* The people behind the names, by the policy in force: who it does not know any more is nobody. */
static void plan_watch_people(const struct planner *pl, struct plan_watch_people *out)
{
    const struct ticket *t = &pl->p->ticket;
    const struct policy_team *team;
    size_t i, k;
    int index;

    out->count = 0;
    for (i = 0; i < t->watcher_count; i++) {
        index = policy_find_agent(pl->policy, t->watchers[i]);
        if (index >= 0) {
            plan_watch_person(pl, index, out);
            continue;
        }
        index = policy_find_team(pl->policy, t->watchers[i]);
        team = index < 0 ? NULL : &pl->policy->teams[index];
        for (k = 0; team != NULL && k < team->member_count; k++)
            plan_watch_person(pl, team->members[k], out);
    }
}

/* A step may lead through several levels; where it is in the end is told. */
static bool plan_watch_moved(const struct planner *pl, const struct planned_event *e)
{
    const struct planned_event *end = pl->p->events + pl->p->event_count, *later;

    if (pl->moved_why == NULL || strcmp(e->kind, "level_entered") != 0)
        return false;
    for (later = e + 1; later < end; later++)
        if (strcmp(later->kind, "level_entered") == 0)
            return false;
    return true;
}

/* Closed by time after it was solved is no news. */
static bool plan_watch_over(const struct planner *pl, const struct planned_event *e)
{
    const struct ticket *t = &pl->p->ticket;

    return t->status >= TICKET_SOLVED && strcmp(e->kind, "status_changed") == 0 &&
           (strcmp(e->value, "solved") == 0 ||
            (strcmp(e->value, "closed") == 0 && t->solved_at == 0));
}

/* What whoever watches hears of that line of the history; NOTICE_N: nothing. */
static enum notice plan_watch_notice(const struct planner *pl, const struct planned_event *e)
{
    const struct fact *f = pl->fact;

    if (f->kind == FACT_CUSTOMER_WROTE && strcmp(e->kind, "customer_wrote") == 0)
        return f->automatic || fact_is_inert(f) ? NOTICE_N : NOTICE_AGENT_CUSTOMER;
    if (strcmp(e->kind, "clock_breached") == 0)
        return NOTICE_AGENT_BREACH;
    if (plan_watch_over(pl, e))
        return NOTICE_AGENT_OVER;
    return plan_watch_moved(pl, e) ? NOTICE_AGENT_ESCALATION : NOTICE_N;
}

/* As the owner, or one of the team that is told anyway. */
static bool plan_watch_is_told(const struct planner *pl, enum notice notice,
                               const struct planned_event *e, const char *agent)
{
    size_t i;

    for (i = 0; i < pl->p->delivery_count; i++) {
        const struct planned_delivery *d = &pl->p->deliveries[i];

        if (d->to == PLANNED_AGENT && d->notice == notice && strcmp(d->agent, agent) == 0 &&
            (notice != NOTICE_AGENT_BREACH || (int)d->target == e->clock) &&
            (notice != NOTICE_AGENT_ESCALATION || d->level == e->level))
            return true;
    }
    return false;
}

static void plan_watch_tell_one(struct planner *pl, enum notice notice,
                                const struct planned_event *e, const char *agent)
{
    const struct fact *f = pl->fact;
    enum target_kind target = e->clock < 0 ? TARGET_NEXT_RESPONSE : (enum target_kind)e->clock;
    int64_t by_at = notice == NOTICE_AGENT_ESCALATION ? plan_notice_promise(pl) : 0;
    const char *why = notice == NOTICE_AGENT_ESCALATION ? pl->moved_why
                      : notice != NOTICE_AGENT_OVER     ? NULL
                      : f->solution != NULL             ? f->solution
                                                        : f->reason;

    if (!plan_watch_is_told(pl, notice, e, agent))
        plan_notice_watcher(pl, notice, agent, e, target, by_at, why);
}

void plan_watch_tell(struct planner *pl)
{
    size_t n = pl->p->event_count, i, k;
    struct plan_watch_people who;
    enum notice notice;

    if (pl->p->ticket.watcher_count == 0)
        return;
    plan_watch_people(pl, &who);
    for (i = 0; i < n; i++) {
        notice = plan_watch_notice(pl, &pl->p->events[i]);
        for (k = 0; notice != NOTICE_N && k < who.count; k++)
            plan_watch_tell_one(pl, notice, &pl->p->events[i],
                                pl->policy->agents[who.agent[k]].name);
    }
}

size_t plan_watch_owed(const struct planner *pl)
{
    struct plan_watch_people who;
    size_t events = 0, i;

    if (pl->p->ticket.watcher_count == 0)
        return 0;
    plan_watch_people(pl, &who);
    for (i = 0; i < pl->p->event_count; i++)
        events += plan_watch_notice(pl, &pl->p->events[i]) != NOTICE_N;
    return events * who.count;
}
