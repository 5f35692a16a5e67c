/* The escalation path (C-20, C-21): levels, their steps, acknowledgement and reminders. */
#include "core/arena.h"
#include "core/calendar.h"
#include "core/plan_state.h"
#include "core/text.h"

enum { PLAN_LEVEL_TOLD_MAX = 20 }; /* of the steps that were passed over, in the history */

static const struct policy_level *plan_level_here(const struct planner *pl)
{
    return policy_level(pl->policy, pl->p->ticket.level);
}

static const struct calendar *plan_level_calendar(const struct planner *pl,
                                                  const struct policy_level *l)
{
    return l->calendar < 0 ? NULL : pl->policy->calendars[l->calendar];
}

bool plan_level_is_live(const struct planner *pl)
{
    return pl->p->ticket.status < TICKET_SOLVED && plan_level_here(pl) != NULL &&
           pl->p->ticket.memory.level_entered_at != 0;
}

int plan_level_team(const struct planner *pl, const struct policy_level *l)
{
    const char *name = pl->p->ticket.topic;
    const struct policy_topic *topic = name == NULL ? NULL : policy_find_topic(pl->policy, name);

    return topic != NULL && (size_t)l->level <= topic->team_count && topic->teams[l->level - 1] >= 0
               ? topic->teams[l->level - 1]
               : l->team;
}

int plan_level_own_team(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    const struct policy_level *here = plan_level_here(pl);
    int team = t->team == NULL ? -1 : policy_find_team(pl->policy, t->team);

    if (team >= 0 || t->team == NULL)
        return team;
    if (here == NULL) /* the path has become shorter */
        here = policy_level(pl->policy, (int)pl->policy->level_count);
    return here == NULL ? -1 : plan_level_team(pl, here);
}

static bool plan_level_state_holds(const struct ticket *t, const struct policy_step *s);

static void plan_level_mark(struct planner *pl, const struct policy_step *s)
{
    struct ticket_memory *m = &pl->p->ticket.memory;

    if (m->step_count < TICKET_STEPS_MAX)
        m->steps[m->step_count++] = ticket_mark(s->name);
}

/* Whoever hands a case back has looked at what led up: a state that still holds does not again. */
static void plan_level_skip(struct planner *pl, const struct policy_level *l)
{
    struct ticket *t = &pl->p->ticket;
    size_t i;

    for (i = 0; i < l->step_count && i < 64; i++)
        if (plan_level_state_holds(t, &l->steps[i]))
            plan_level_mark(pl, &l->steps[i]);
}

void plan_level_enter(struct planner *pl, int level, const char *rule, const char *why)
{
    struct ticket *t = &pl->p->ticket;
    const struct policy_level *to = policy_level(pl->policy, level);
    int from = t->level, team;
    bool higher = level > t->top_level;

    plan_clock_end(pl, TARGET_LEVEL_ACK, pl->fact->now, TARGET_LEFT, "C-21");
    plan_clock_end(pl, TARGET_LEVEL_RESOLVE, pl->fact->now, TARGET_LEFT, "C-21");
    t->level = level;
    if (higher)
        t->top_level = level;
    t->memory.level_visit++;
    t->memory.level_entered_at = pl->fact->now;
    t->memory.level_acked_at = 0;
    t->memory.step_count = 0;
    t->memory.steps_done = 0;
    t->memory.reminders_done = 0;
    t->memory.owners_lost = 0;
    /* After a hand-back counts begin anew (hysteresis). */
    t->memory.reopened_before = level < from ? t->memory.reopened : 0;
    t->memory.unanswered_before = level < from ? t->memory.unanswered : 0;
    if (level < from)
        plan_level_skip(pl, to);
    team = plan_level_team(pl, to);
    if (team >= 0 && (from != 0 || t->team == NULL)) /* the classification's word stands */
        t->team = pl->policy->teams[team].name;
    plan_event(pl, "level_entered", rule,
               plan_detail(pl, "{s:i, s:i, s:i, s:s, s:s?}", "from", from, "to", level, "visit",
                           t->memory.level_visit, "name", to->name, "team", t->team),
               "%s", why)
        ->level = level;
    plan_clock_start(pl, TARGET_LEVEL_ACK, pl->fact->now);
    plan_clock_start(pl, TARGET_LEVEL_RESOLVE, pl->fact->now);
    if (from == 0)
        return; /* it has only just been opened: whose it becomes will be told */
    pl->moved_why = why;
    t->agent = NULL;
    t->memory.assigned_at = 0;
    plan_assign_want(pl);
    plan_notice_team(pl, NOTICE_AGENT_ESCALATION, team, rule, TARGET_LEVEL_ACK,
                     plan_notice_promise(pl), why);
    if (higher)
        plan_notice_customer(pl, NOTICE_ESCALATED, "E-09", plan_notice_promise(pl), level, NULL);
}

void plan_level_acknowledge(struct planner *pl, int64_t at)
{
    struct ticket *t = &pl->p->ticket;

    if (t->memory.level_entered_at == 0 || t->memory.level_acked_at != 0)
        return;
    t->memory.level_acked_at = at;
    plan_event(pl, "level_acknowledged", "B-20", plan_detail(pl, "{s:i}", "level", t->level),
               "somebody of the level has seen it");
    plan_clock_end(pl, TARGET_LEVEL_ACK, at, TARGET_MET, "C-20");
}

/* A target is missed when that is recorded, which a change of it may do later than the ledger says
 * (C-13). */
static int64_t plan_level_reached(const struct planner *pl, const struct target_clock *c,
                                  int64_t counted)
{
    bool missed = counted >= c->target.seconds;
    int64_t at;

    if (missed && c->breached_at == 0)
        return plan_clock_instant(pl->policy, c, counted);
    at = plan_clock_reached(pl->policy, c, counted);
    return missed && at != 0 && at < c->breached_at ? c->breached_at : at;
}

/* When a step's clock reaches it; 0: not within what is known now. */
static int64_t plan_level_clock_instant(const struct planner *pl, const struct policy_step *s)
{
    const struct ticket *t = &pl->p->ticket;
    int64_t counted, at, first = 0;
    size_t i;

    for (i = 0; i < t->clock_count; i++) {
        const struct target_clock *c = &t->clocks[i];

        if (c->kind != s->clock || c->end != TARGET_RUNS)
            continue;
        counted = s->before_s > 0 ? c->target.seconds - s->before_s
                                  : (c->target.seconds * s->percent + 99) / 100;
        at = plan_level_reached(pl, c, counted < 0 ? 0 : counted);
        /* What lies before this level was entered led here already; it is not counted again. */
        if (at != 0 && (at > t->memory.level_entered_at || t->memory.level_visit <= 1) &&
            (first == 0 || at < first))
            first = at;
    }
    return first;
}

static bool plan_level_tagged(const struct ticket *t, const char *const *tags, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (text_is_among(t->tags, t->tag_count, tags[i]))
            return true;
    return false;
}

/* Why the step is not for such a case; NULL: it is. */
static const char *plan_level_unsuited(const struct planner *pl, const struct policy_step *s)
{
    const struct policy_condition *c = &s->condition;
    const struct ticket *t = &pl->p->ticket;

    if (t->priority < c->priority_from)
        return "the case is not of such a priority";
    if (c->vip && !t->memory.vip)
        return "the customer is not marked VIP";
    if (c->plan_count > 0 && (t->plan == NULL || !text_is_among(c->plans, c->plan_count, t->plan)))
        return "the customer has no such plan";
    if (c->topic_count > 0 &&
        !text_is_among(c->topics, c->topic_count, t->topic == NULL ? "none" : t->topic))
        return "the case is of no such topic";
    if (c->tag_count > 0 && !plan_level_tagged(t, c->tags, c->tag_count))
        return "the case has no such tag";
    if (plan_level_tagged(t, c->tags_off, c->tag_off_count))
        return "a tag of the case keeps it out";
    return NULL;
}

static bool plan_level_suits(const struct planner *pl, const struct policy_step *s)
{
    return plan_level_unsuited(pl, s) == NULL;
}

/* Does a state that the step waits for hold? */
static bool plan_level_state_holds(const struct ticket *t, const struct policy_step *s)
{
    switch (s->trigger) {
    case POLICY_ON_REOPENED:
        return t->memory.reopened - t->memory.reopened_before >= s->count;
    case POLICY_ON_UNANSWERED:
        return t->memory.unanswered - t->memory.unanswered_before >= s->count;
    case POLICY_ON_PRIORITY:
        return t->priority >= s->priority;
    case POLICY_ON_VIP:
        return t->memory.vip != 0;
    case POLICY_ON_TAG:
        return text_is_among(t->tags, t->tag_count, s->tag);
    default:
        return false;
    }
}

static bool plan_level_leads_away(const struct policy_step *s)
{
    size_t i;

    for (i = 0; i < s->action_count; i++)
        if (s->actions[i].action == POLICY_LEVEL_UP || s->actions[i].action == POLICY_LEVEL_TO)
            return true;
    return false;
}

/* From when on the step may be taken: what leads away waits until the case has stayed its time. */
static int64_t plan_level_from(const struct planner *pl, const struct policy_level *l,
                               const struct policy_step *s)
{
    int64_t entered = pl->p->ticket.memory.level_entered_at, from;

    if (l->stay_s == 0 || !plan_level_leads_away(s))
        return entered;
    from = calendar_due(plan_level_calendar(pl, l), entered, l->stay_s);
    return from < 0 ? INT64_MAX : from;
}

/* When the level's calendar has counted the step's time; 0: never, or before the case came here. */
static int64_t plan_level_time_instant(const struct planner *pl, const struct policy_level *l,
                                       const struct policy_step *s)
{
    const struct ticket *t = &pl->p->ticket;
    bool age = s->trigger == POLICY_ON_AGE;
    int64_t at = calendar_due(plan_level_calendar(pl, l),
                              age ? t->created_at : t->memory.level_entered_at, s->after_s);

    return at < 0 || (age && at <= t->memory.level_entered_at && t->memory.level_visit > 1) ? 0
                                                                                            : at;
}

static int64_t plan_level_step_instant(const struct planner *pl, const struct policy_level *l,
                                       const struct policy_step *s)
{
    int64_t at = 0, from;

    if (!plan_level_suits(pl, s))
        return 0;
    from = plan_level_from(pl, l, s);
    if (s->trigger == POLICY_ON_CLOCK)
        at = plan_level_clock_instant(pl, s);
    else if (s->trigger == POLICY_ON_LEVEL_TIME || s->trigger == POLICY_ON_AGE)
        at = plan_level_time_instant(pl, l, s);
    else if (l->stay_s != 0 && plan_level_state_holds(&pl->p->ticket, s))
        at = from; /* what came while it had to stay */
    return at == 0 || from == INT64_MAX ? 0 : at < from && l->stay_s != 0 ? from : at;
}

/* In the level's hours, as its people are told: or all that a night had would come at once. */
static int64_t plan_level_reminder_instant(const struct planner *pl, const struct policy_level *l)
{
    const struct ticket_memory *m = &pl->p->ticket.memory;
    int64_t at;

    if (m->level_acked_at != 0 || (size_t)m->reminders_done >= l->reminder_count)
        return 0;
    at = calendar_due(plan_level_calendar(pl, l), m->level_entered_at,
                      l->reminders[m->reminders_done]);
    return at < 0 ? 0 : at;
}

static bool plan_level_is_taken(const struct planner *pl, const struct policy_level *l, size_t step)
{
    const struct ticket_memory *m = &pl->p->ticket.memory;
    uint32_t mark = m->step_count == 0 ? 0 : ticket_mark(l->steps[step].name);
    int i;

    for (i = 0; i < m->step_count; i++)
        if (m->steps[i] == mark)
            return true;
    return (m->steps_done & 1ull << step) != 0;
}

int64_t plan_level_next(const struct planner *pl, int *step)
{
    const struct policy_level *l = plan_level_here(pl);
    int64_t first, at;
    size_t i;

    if (!plan_level_is_live(pl))
        return 0;
    first = plan_incident_rests(pl) ? 0 : plan_level_reminder_instant(pl, l);
    *step = -1;
    for (i = 0; i < l->step_count && i < TICKET_STEPS_MAX; i++) {
        if (plan_level_is_taken(pl, l, i) ||
            (plan_incident_rests(pl) && l->steps[i].trigger != POLICY_ON_CLOCK))
            continue;
        at = plan_level_step_instant(pl, l, &l->steps[i]);
        if (at != 0 && (first == 0 || at < first)) {
            first = at;
            *step = (int)i;
        }
    }
    return first;
}

static void plan_level_up(struct planner *pl, const char *rule, const char *why)
{
    struct ticket *t = &pl->p->ticket;
    const struct policy_level *here = plan_level_here(pl);

    if (policy_level(pl->policy, t->level + 1) != NULL)
        plan_level_enter(pl, t->level + 1, rule, why);
    else /* there is no higher one: its people hear it again */
        plan_notice_team(pl, NOTICE_AGENT_ESCALATION, plan_level_team(pl, here), rule,
                         TARGET_LEVEL_ACK, plan_notice_promise(pl), why);
}

/* What an agent is told of a step: a target comes near, was missed, or the case needs eyes. */
static enum notice plan_level_notice(const struct policy_step *s)
{
    if (s->trigger != POLICY_ON_CLOCK)
        return NOTICE_AGENT_ESCALATION;
    return s->before_s > 0 || s->percent < 100 ? NOTICE_AGENT_WARNING : NOTICE_AGENT_BREACH;
}

static void plan_level_do(struct planner *pl, const struct policy_step *s,
                          const struct policy_do *d, const char *rule, const char *why)
{
    struct ticket *t = &pl->p->ticket;
    const struct policy_level *here = plan_level_here(pl);
    const struct target_clock *c = plan_clock_find(pl, s->clock);
    int64_t by = s->trigger == POLICY_ON_CLOCK && c != NULL ? c->due_at : 0;

    switch (d->action) {
    case POLICY_NOTIFY_AGENT:
        plan_notice_owner(pl, plan_level_notice(s), rule, s->clock, by, why);
        break;
    case POLICY_NOTIFY_TEAM:
        plan_notice_team(pl, plan_level_notice(s), plan_level_team(pl, here), rule, s->clock, by,
                         why);
        break;
    case POLICY_NOTIFY_NAMED:
        plan_notice_agent(pl, plan_level_notice(s), pl->policy->agents[d->agent].name, rule,
                          s->clock, by, why);
        break;
    case POLICY_RAISE_PRIORITY:
        if (d->priority > t->priority)
            plan_set_priority(pl, d->priority, rule, why);
        break;
    case POLICY_LEVEL_UP:
        plan_level_up(pl, rule, why);
        break;
    case POLICY_LEVEL_TO:
        if (d->level > t->level)
            plan_level_enter(pl, d->level, rule, why);
        break;
    case POLICY_REASSIGN:
        plan_assign_another(pl, rule, why);
        break;
    case POLICY_TAG:
        plan_tag_add(pl, d->tag, rule);
        break;
    case POLICY_WATCH_OWNER:
    case POLICY_WATCH_TEAM:
    case POLICY_WATCH_NAMED:
        plan_watch_step(pl, d, rule);
        break;
    case POLICY_WEBHOOK:
        break; /* it goes with the step's own line: plan_hook_step() */
    }
}

/* Why a step that has not been taken is not taken now, when another is; `at`: when its time comes;
 * 0: nobody knows. */
static const char *plan_level_refused(const struct planner *pl, const struct policy_level *l,
                                      const struct policy_step *s, int64_t at)
{
    const char *unsuited = plan_level_unsuited(pl, s);

    if (unsuited != NULL)
        return unsuited;
    if (plan_level_leads_away(s) && plan_level_from(pl, l, s) > pl->fact->now)
        return "the case has to stay on the level first";
    if (at > pl->fact->now)
        return "its time has not come";
    if (at != 0 || plan_level_state_holds(&pl->p->ticket, s))
        return "it comes after this one";
    switch (s->trigger) {
    case POLICY_ON_CLOCK:
        return "no such clock runs";
    case POLICY_ON_REQUEST:
        return "nobody asked for it";
    case POLICY_ON_RULE:
        return "nothing such was said";
    default:
        return "it is not so";
    }
}

/* The steps of the level that were looked at and not taken, in their order, and why not. */
static json_t *plan_level_passed_over(const struct planner *pl, const struct policy_level *l)
{
    json_t *others = json_object();
    size_t i;

    for (i = 0; i < l->step_count && json_object_size(others) < PLAN_LEVEL_TOLD_MAX; i++) {
        const struct policy_step *s = &l->steps[i];
        int64_t at;

        if (plan_level_is_taken(pl, l, i))
            continue;
        at = plan_level_step_instant(pl, l, s);
        json_object_set_new(others, s->name,
                            json_pack("{s:s, s:s, s:o*}", "when", plan_explain_when(pl, s), "why",
                                      plan_level_refused(pl, l, s, at), "due_at",
                                      at > pl->fact->now ? json_integer((json_int_t)at) : NULL));
    }
    return others;
}

static void plan_level_take_step(struct planner *pl, int index, int64_t instant)
{
    const struct policy_level *l = plan_level_here(pl);
    const struct policy_step *s = &l->steps[index];
    char *rule = arena_printf(pl->a, "policy level %d/%s", l->level, s->name);
    int visit = pl->p->ticket.memory.level_visit;
    struct planned_event *e;
    size_t i;

    plan_level_mark(pl, s);
    e = plan_event(pl, "step_taken", rule,
                   plan_detail(pl, "{s:i, s:s, s:i, s:I, s:s, s:o, s:o}", "level", l->level, "step",
                               s->name, "visit", visit, "late_by",
                               (json_int_t)(pl->fact->now - instant), "when",
                               plan_explain_when(pl, s), "do", plan_explain_actions(pl, s),
                               "passed_over", plan_level_passed_over(pl, l)),
                   "%s", s->name);
    e->level = l->level;
    plan_hook_step(pl, s, e);
    for (i = 0; i < s->action_count; i++)
        plan_level_do(pl, s, &s->actions[i], rule, s->name);
}

void plan_level_fire(struct planner *pl, int step, int64_t instant)
{
    const struct policy_level *l = plan_level_here(pl);

    if (step >= 0) {
        plan_level_take_step(pl, step, instant);
        return;
    }
    pl->p->ticket.memory.reminders_done++;
    plan_event(pl, "level_reminded", "B-20",
               plan_detail(pl, "{s:i, s:i}", "level", l->level, "reminder",
                           pl->p->ticket.memory.reminders_done),
               "nobody of the level has acknowledged it")
        ->level = l->level;
    plan_notice_team(pl, NOTICE_AGENT_REMINDER, plan_level_team(pl, l), "B-20", TARGET_LEVEL_ACK, 0,
                     NULL);
}

/* Has the step's event just happened? What a person asks for or says is not made to wait. */
static bool plan_level_event_holds(const struct planner *pl, const struct policy_level *l,
                                   const struct policy_step *s, bool requested)
{
    if (!plan_level_suits(pl, s))
        return false;
    switch (s->trigger) {
    case POLICY_ON_REQUEST:
        return requested;
    case POLICY_ON_RULE:
        return plan_says(pl, s->rule);
    default:
        return plan_level_state_holds(&pl->p->ticket, s) &&
               (l->stay_s == 0 || plan_level_from(pl, l, s) <= pl->fact->now);
    }
}

void plan_level_check_events(struct planner *pl, bool requested)
{
    const struct policy_level *l = plan_level_here(pl);
    int visit = pl->p->ticket.memory.level_visit;
    size_t i;

    if (!plan_level_is_live(pl))
        return;
    for (i = 0; i < l->step_count && i < TICKET_STEPS_MAX; i++) {
        if (pl->p->ticket.memory.level_visit !=
            visit) /* a step led up: the new level starts afresh */
            return;
        if (!plan_level_is_taken(pl, l, i) &&
            plan_level_event_holds(pl, l, &l->steps[i], requested))
            plan_level_take_step(pl, (int)i, pl->fact->now);
    }
}

int plan_escalated(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int level = pl->fact->level == 0 ? t->level + 1 : pl->fact->level;
    int visit = t->memory.level_visit;

    if (pl->fact->reason == NULL || pl->fact->reason[0] == '\0')
        return error_set(pl->err, ERROR_PERMANENT, "who passes a case on says why");
    if (t->status >= TICKET_SOLVED)
        return error_set(pl->err, ERROR_PERMANENT, "a ticket that is %s does not escalate",
                         ticket_status_name(t->status));
    if (level <= t->level || policy_level(pl->policy, level) == NULL)
        return error_set(pl->err, ERROR_PERMANENT, "level %d is not above level %d of %zu", level,
                         t->level, pl->policy->level_count);
    plan_event(pl, fact_kind_name(pl->fact->kind), "C-20", NULL, "%s", pl->fact->reason);
    plan_level_check_events(pl, true);
    if (t->memory.level_visit == visit) /* a step of the policy may have done it already */
        plan_level_enter(pl, level, "C-20", pl->fact->reason);
    return 0;
}

int plan_handed_back(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    if (pl->fact->reason == NULL || pl->fact->reason[0] == '\0')
        return error_set(pl->err, ERROR_PERMANENT, "a hand-back needs a reason");
    if (t->status >= TICKET_SOLVED || pl->fact->level >= t->level ||
        policy_level(pl->policy, pl->fact->level) == NULL)
        return error_set(pl->err, ERROR_PERMANENT,
                         "level %d is no level below level %d, or the ticket is over",
                         pl->fact->level, t->level);
    plan_event(pl, fact_kind_name(pl->fact->kind), "C-21", NULL, "%s", pl->fact->reason);
    plan_level_enter(pl, pl->fact->level, "C-21", pl->fact->reason);
    return 0;
}
