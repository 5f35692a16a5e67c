/* Clocks and their ledgers (C-1 to C-18). The ledger is the truth; due_at is derived from it. */
#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/duration.h"
#include "core/plan_state.h"
#include "core/policy_times.h"

static bool plan_clock_pauses(const struct planner *pl, enum target_kind kind)
{
    return pl->policy->pauses[kind][pl->p->ticket.status];
}

const struct calendar *plan_clock_calendar(const struct policy *policy,
                                           const struct target_clock *c)
{
    return c->target.calendar < 0 || (size_t)c->target.calendar >= policy->calendar_count
               ? NULL
               : policy->calendars[c->target.calendar];
}

static int64_t plan_clock_later(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

static bool plan_clock_runs(const struct target_clock *c)
{
    return c->edge_count > 0 && c->edges[c->edge_count - 1].runs;
}

int64_t plan_clock_elapsed(const struct policy *policy, const struct target_clock *c, int64_t at)
{
    const struct calendar *calendar = plan_clock_calendar(policy, c);
    int64_t sum = c->kept_s, from, to;
    size_t i;

    for (i = 0; i < c->edge_count; i++) {
        from = plan_clock_later(c->edges[i].at, c->kept_at);
        to = i + 1 < c->edge_count && c->edges[i + 1].at < at ? c->edges[i + 1].at : at;
        if (c->edges[i].runs && from < to)
            sum += calendar_counted(calendar, from, to);
    }
    return sum;
}

/* Of one that runs, in whichever of its intervals that was. By a calendar that it has no longer
 * nobody knows: when it was given the other one, then. */
static int64_t plan_clock_in_ledger(const struct calendar *calendar, const struct target_clock *c,
                                    int64_t counted)
{
    int64_t sum = c->kept_s, from, to, run, at = -1;
    size_t i;

    if (sum > 0 && counted <= sum)
        return c->kept_at;
    for (i = 0; i < c->edge_count; i++) {
        bool last = i + 1 == c->edge_count;

        from = plan_clock_later(c->edges[i].at, c->kept_at);
        to = last ? 0 : c->edges[i + 1].at;
        if (!c->edges[i].runs || (!last && to <= from))
            continue;
        run = last ? 0 : calendar_counted(calendar, from, to);
        if (last || sum + run >= counted) {
            at = calendar_due(calendar, from, counted - sum);
            if (last ||
                (at >= 0 && at + (counted == 0) <= to)) /* C-6: it opened before the pause */
                break;
        }
        sum += run;
    }
    return at < 0 ? 0 : at;
}

int64_t plan_clock_reached(const struct policy *policy, const struct target_clock *c,
                           int64_t counted)
{
    if (!plan_clock_runs(c))
        return 0;
    return plan_clock_in_ledger(plan_clock_calendar(policy, c), c, counted);
}

int64_t plan_clock_instant(const struct policy *policy, const struct target_clock *c,
                           int64_t counted)
{
    int64_t from, before, due;

    if (!plan_clock_runs(c))
        return 0;
    from = plan_clock_later(c->edges[c->edge_count - 1].at, c->kept_at);
    before = plan_clock_elapsed(policy, c, from);
    if (counted <= before && c->breached_at != 0)
        return plan_clock_reached(policy, c, counted);
    if (counted <= before && counted > 0)
        return from;
    due = calendar_due(plan_clock_calendar(policy, c), from,
                       counted - before > 0 ? counted - before : 0);
    return due < 0 ? 0 : due;
}

static void plan_clock_derive(struct planner *pl, struct target_clock *c)
{
    c->due_at = c->end == TARGET_RUNS ? plan_clock_instant(pl->policy, c, c->target.seconds) : 0;
    c->policy_version = pl->policy->version;
    c->changed = true;
}

struct target_clock *plan_clock_find(struct planner *pl, enum target_kind kind)
{
    struct ticket *t = &pl->p->ticket;
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == kind && t->clocks[i].end == TARGET_RUNS)
            return &t->clocks[i];
    return NULL;
}

/* An edge more; the ledger is copied, for `before` keeps its own. At the bound the second and third
 * edge go: the oldest pause is then counted as run, which errs on the customer's side. */
static void plan_clock_edge(struct planner *pl, struct target_clock *c, int64_t at, bool runs,
                            int64_t event)
{
    struct target_edge *edges;
    size_t keep = c->edge_count, from = 0;

    if (keep > 0 && c->edges[keep - 1].runs == runs)
        return;
    if (keep > 0 && at < c->edges[keep - 1].at)
        at = c->edges[keep - 1].at; /* a message stamped earlier than what we already know */
    edges = arena_array(pl->a, keep + 1, sizeof(*edges));
    if (keep >= TARGET_EDGES_MAX) {
        edges[0] = c->edges[0];
        from = 3;
        memcpy(edges + 1, c->edges + from, (keep - from) * sizeof(*edges));
        keep -= 2;
    } else if (keep > 0) {
        memcpy(edges, c->edges, keep * sizeof(*edges));
    }
    edges[keep] = (struct target_edge){ at, runs, event };
    c->edges = edges;
    c->edge_count = keep + 1;
    plan_clock_derive(pl, c);
}

static struct target plan_clock_target(const struct planner *pl, enum target_kind kind)
{
    const struct ticket *t = &pl->p->ticket;
    const struct policy_level *level = policy_level(pl->policy, t->level);

    if (kind == TARGET_LEVEL_ACK || kind == TARGET_LEVEL_RESOLVE) {
        if (level == NULL)
            return (struct target){ .seconds = -1, .calendar = -1 };
        return policy_times_target(pl->policy, level, kind, t->topic, t->priority);
    }
    return pl->targets->at[t->priority][kind];
}

static json_t *plan_clock_detail(const struct planner *pl, const struct target_clock *c)
{
    const struct policy_level *level = c->level == 0 ? NULL : policy_level(pl->policy, c->level);
    const char *topic = pl->p->ticket.topic;
    json_t *detail = plan_detail(
        pl, "{s:s, s:i, s:i, s:I, s:I, s:s, s:s}", "clock", target_kind_name(c->kind), "instance",
        c->instance, "level", c->level, "target_s", (json_int_t)c->target.seconds, "due_at",
        (json_int_t)c->due_at, "priority", ticket_priority_name(pl->p->ticket.priority), "calendar",
        c->target.calendar < 0 ? "wall" : pl->policy->calendar_names[c->target.calendar]);

    if (detail != NULL && level != NULL && level->times != NULL) /* its target may hang on it */
        json_object_set_new(detail, "topic", json_string(topic == NULL ? "none" : topic));
    return detail;
}

/* Room for one more: those that have ended need not be carried on, but for the last of each kind,
 * which may yet go on. */
static struct target_clock *plan_clock_room(struct ticket *t)
{
    size_t i;

    if (t->clock_count < TICKET_CLOCKS_MAX)
        return &t->clocks[t->clock_count++];
    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end != TARGET_RUNS && !t->clocks[i].changed &&
            t->clocks[i].instance < t->memory.instances[t->clocks[i].kind])
            return &t->clocks[i];
    return NULL;
}

void plan_clock_start(struct planner *pl, enum target_kind kind, int64_t at)
{
    struct target target = plan_clock_target(pl, kind);
    struct ticket *t = &pl->p->ticket;
    struct target_clock *c;

    if (target.seconds < 0 || plan_clock_find(pl, kind) != NULL)
        return;
    c = plan_clock_room(t);
    if (c == NULL)
        return; /* TICKET_CLOCKS_MAX that all run: more kinds than there are */
    *c = (struct target_clock){ .kind = kind,
                                .instance = ++t->memory.instances[kind],
                                .level = kind >= TARGET_LEVEL_ACK ? t->level : 0,
                                .target = target,
                                .started_at = at };
    t->memory.expected &= ~(1 << kind);
    plan_clock_edge(pl, c, at, true, t->event_seq + 1);
    plan_event(pl, "clock_started", "C-1", plan_clock_detail(pl, c), "%s runs",
               target_kind_name(kind))
        ->clock = (int)c->kind;
    if (plan_clock_pauses(pl, kind))
        plan_clock_edge(pl, c, at, false, t->event_seq);
}

static void plan_clock_finish(struct planner *pl, struct target_clock *c, int64_t at,
                              enum target_end end, const char *rule)
{
    int64_t last = c->edges[c->edge_count - 1].at;
    struct planned_event *e;

    c->end = end;
    c->ended_at = at < last ? last : at; /* stamped earlier than what we already know */
    c->due_at = 0;
    c->changed = true;
    e = plan_event(pl, "clock_ended", rule,
                   plan_detail(pl, "{s:s, s:i, s:s}", "clock", target_kind_name(c->kind),
                               "instance", c->instance, "end", target_end_name(end)),
                   "%s ended: %s", target_kind_name(c->kind), target_end_name(end));
    e->clock = (int)c->kind;
    e->value = target_end_name(end);
}

void plan_clock_end(struct planner *pl, enum target_kind kind, int64_t at, enum target_end end,
                    const char *rule)
{
    struct target_clock *c = plan_clock_find(pl, kind);

    if (c != NULL)
        plan_clock_finish(pl, c, at, end, rule);
}

void plan_clock_end_all(struct planner *pl, int64_t at, enum target_end end, const char *rule)
{
    int kind;

    for (kind = 0; kind < TARGET_KIND_N; kind++)
        plan_clock_end(pl, (enum target_kind)kind, at, end, rule);
}

void plan_clock_void(struct planner *pl, bool all)
{
    int kind, *voided = &pl->p->ticket.memory.voided;

    *voided = 1 << TARGET_KIND_N;
    for (kind = 0; all && kind < TARGET_KIND_N; kind++)
        if (plan_clock_find(pl, (enum target_kind)kind) != NULL) {
            *voided |= 1 << kind;
            plan_clock_end(pl, (enum target_kind)kind, pl->fact->now, TARGET_VOID, "C-16");
        }
}

/* The newest of its kind that ended so and then; NULL: none did. */
static const struct target_clock *plan_clock_voided(const struct ticket *t, enum target_kind kind,
                                                    int64_t at)
{
    const struct target_clock *found = NULL;
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == kind && t->clocks[i].end == TARGET_VOID &&
            t->clocks[i].ended_at == at &&
            (found == NULL || t->clocks[i].instance > found->instance))
            found = &t->clocks[i];
    return found;
}

static void plan_clock_restore_one(struct planner *pl, struct target_clock old, int64_t voided_at)
{
    struct target target = plan_clock_target(pl, old.kind);
    struct ticket *t = &pl->p->ticket;
    struct target_clock *c = target.seconds < 0 ? NULL : plan_clock_room(t);

    if (c == NULL)
        return;
    *c = old;
    c->instance = ++t->memory.instances[old.kind];
    c->target = target;
    c->end = TARGET_RUNS;
    c->ended_at = 0;
    plan_clock_edge(pl, c, voided_at, false, t->event_seq + 1);
    if (!plan_clock_pauses(pl, old.kind))
        plan_clock_edge(pl, c, pl->fact->now, true, t->event_seq + 1);
    plan_clock_derive(pl, c);
    plan_event(pl, "clock_started", "C-16", plan_clock_detail(pl, c), "%s goes on",
               target_kind_name(c->kind))
        ->clock = (int)c->kind;
}

static bool plan_clock_was_voided(const struct ticket *t, enum target_kind kind)
{
    if (kind == TARGET_NEXT_RESPONSE && t->memory.unanswered == 0)
        return false; /* answered, or gone elsewhere, meanwhile */
    return t->memory.voided == 0 || (t->memory.voided & 1 << kind) != 0;
}

void plan_clock_restore(struct planner *pl, int64_t voided_at)
{
    struct ticket *t = &pl->p->ticket;
    const struct target_clock *old;
    int kind;

    for (kind = 0; kind < TARGET_KIND_N; kind++) {
        if (!plan_clock_was_voided(t, (enum target_kind)kind))
            continue;
        old = plan_clock_voided(t, (enum target_kind)kind, voided_at);
        if (old != NULL && plan_clock_find(pl, (enum target_kind)kind) == NULL &&
            (kind < TARGET_LEVEL_ACK || old->level == t->level))
            plan_clock_restore_one(pl, *old, voided_at);
    }
    t->memory.voided = 0;
}

void plan_clock_follow_status(struct planner *pl, int64_t at)
{
    struct ticket *t = &pl->p->ticket;
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS)
            plan_clock_edge(pl, &t->clocks[i], at, !plan_clock_pauses(pl, t->clocks[i].kind),
                            t->event_seq);
}

static bool plan_clock_same_target(const struct target *x, const struct target *y)
{
    return x->seconds == y->seconds && x->calendar == y->calendar &&
           memcmp(x->warn, y->warn, sizeof(x->warn)) == 0;
}

static void plan_clock_breach(struct planner *pl, struct target_clock *c, int64_t instant,
                              const char *cause)
{
    c->breached_at = instant;
    c->changed = true;
    if (c->policy_version == pl->policy->version) /* what a change made a miss was due before it */
        c->due_at = plan_clock_instant(pl->policy, c, c->target.seconds);
    if (c->kind == TARGET_FIRST_RESPONSE || c->kind == TARGET_NEXT_RESPONSE ||
        c->kind == TARGET_RESOLUTION) { /* what a person was promised */
        pl->p->contact.missed_at = instant;
        pl->p->contact.changed = true;
    }
    plan_event(pl, "clock_breached", "C-18",
               plan_detail(pl, "{s:s, s:i, s:s, s:I, s:I}", "clock", target_kind_name(c->kind),
                           "instance", c->instance, "cause", cause, "due_at", (json_int_t)instant,
                           "late_by", (json_int_t)(pl->fact->now - instant)),
               "%s was missed", target_kind_name(c->kind))
        ->clock = (int)c->kind;
    plan_notice_owner(pl, NOTICE_AGENT_BREACH, "C-18", c->kind, instant, cause);
    plan_expected_missed(pl, c);
}

/* Another policy may count other hours by the same calendar (C-2). */
static bool plan_clock_is_stale(const struct planner *pl, const struct target_clock *c)
{
    return pl->fact->kind == FACT_POLICY_CHANGED &&
           plan_clock_instant(pl->policy, c, c->target.seconds) != c->due_at;
}

/* What it has counted stays so where another calendar goes on (C-13); what the one that is gone has
 * counted nobody knows any more. */
static void plan_clock_keep(const struct planner *pl, struct target_clock *c, int calendar_before,
                            int calendar_after, int64_t elapsed)
{
    if (calendar_before == calendar_after || calendar_before == TARGET_CALENDAR_GONE)
        return;
    c->kept_s = elapsed;
    c->kept_at = pl->fact->now;
}

static bool plan_clock_was_warned(const struct target *old, int count, int warn)
{
    int i;

    for (i = 0; i < count && i < TARGET_WARNINGS_MAX; i++)
        if (old->warn[i] == warn)
            return true;
    return false;
}

/* What lies behind is not told late, and what was told not again, wherever the next list has it. */
static void plan_clock_skip_warnings(struct target_clock *c, const struct target *old,
                                     int64_t elapsed)
{
    int told = c->warned;

    for (c->warned = 0; target_warning(&c->target, c->warned) > 0; c->warned++)
        if (target_warning(&c->target, c->warned) > elapsed &&
            !plan_clock_was_warned(old, told, c->target.warn[c->warned]))
            return;
}

static void plan_clock_retarget_one(struct planner *pl, struct target_clock *c, const char *why)
{
    struct target wanted = plan_clock_target(pl, c->kind), old = c->target;
    int64_t elapsed;

    if (plan_clock_same_target(&c->target, &wanted) && !plan_clock_is_stale(pl, c))
        return;
    if (wanted.seconds < 0) {
        plan_clock_finish(pl, c, pl->fact->now, TARGET_VOID, "C-13");
        return;
    }
    elapsed = plan_clock_elapsed(pl->policy, c, pl->fact->now);
    plan_clock_keep(pl, c, c->target.calendar, wanted.calendar, elapsed);
    c->target = wanted;
    plan_clock_derive(pl, c);
    plan_clock_skip_warnings(c, &old, elapsed);
    plan_event(pl, "clock_retargeted", "C-13", plan_clock_detail(pl, c), "%s: %s",
               target_kind_name(c->kind), why)
        ->clock = (int)c->kind;
    if (c->breached_at == 0 && plan_clock_runs(c) && c->due_at != 0 && c->due_at <= pl->fact->now)
        plan_clock_breach(pl, c, pl->fact->now, "retarget");
    plan_expected_moved(pl, c);
}

/* Without a clock because there was no target for it. Told by how the ticket stands, so that it can
 * be asked of any. */
static bool plan_clock_is_owed(struct planner *pl, enum target_kind kind)
{
    const struct ticket *t = &pl->p->ticket;
    const struct ticket_memory *m = &t->memory;

    if (plan_clock_find(pl, kind) != NULL)
        return false;
    switch (kind) {
    case TARGET_ACK: /* the first assignment alone */
        return t->agent == NULL && m->instances[kind] == 0 && m->reopened == 0 &&
               m->level_visit == 1 && m->assigned_at == 0 && m->owners_lost == 0;
    case TARGET_FIRST_RESPONSE: /* one wait has one clock (C-8) */
        return t->last_public_at == 0 && m->reopened == 0 && m->unanswered_since != 0 &&
               plan_clock_find(pl, TARGET_NEXT_RESPONSE) == NULL;
    case TARGET_NEXT_RESPONSE: /* what was solved without an answer has had its first (C-8) */
        return (t->last_public_at != 0 || m->reopened > 0) && m->unanswered_since != 0 &&
               plan_clock_find(pl, TARGET_FIRST_RESPONSE) == NULL;
    case TARGET_RESOLUTION:
    case TARGET_LEVEL_RESOLVE:
        return true;
    case TARGET_LEVEL_ACK:
        return m->level_acked_at == 0;
    default:
        return false; /* TARGET_UPDATE begins with what is said next (C-9) */
    }
}

/* What begins with the message that brought the change begins when that came: a wait, and what is
 * to be solved anew. */
static int64_t plan_clock_owed_since(const struct planner *pl, enum target_kind kind)
{
    const struct fact *f = pl->fact;
    bool waits = kind == TARGET_FIRST_RESPONSE || kind == TARGET_NEXT_RESPONSE;

    if (kind == TARGET_RESOLUTION && pl->anew)
        return f->at;
    return waits && fact_is_said(f) && pl->p->ticket.memory.unanswered_since == f->at ? f->at
                                                                                      : f->now;
}

/* What nobody promised until now is promised from now on. On no level is what nobody waits for, and
 * what belongs to an incident is counted there (C-16). */
void plan_clock_start_owed(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    int kind;

    if (!pl->retargeted || t->status >= TICKET_SOLVED || t->memory.level_visit == 0 ||
        plan_incident_rests(pl))
        return;
    for (kind = 0; kind < TARGET_KIND_N; kind++)
        if (plan_clock_is_owed(pl, (enum target_kind)kind))
            plan_clock_start(pl, (enum target_kind)kind,
                             plan_clock_owed_since(pl, (enum target_kind)kind));
    pl->looked = false; /* another time may be the next */
}

void plan_clock_retarget(struct planner *pl, const char *why)
{
    struct target_clock *c;
    int kind;

    for (kind = 0; kind < TARGET_KIND_N; kind++)
        if ((c = plan_clock_find(pl, (enum target_kind)kind)) != NULL)
            plan_clock_retarget_one(pl, c, why);
    pl->retargeted = true;
}

void plan_clock_follow_calendars(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    struct target wanted;
    size_t i;

    for (i = 0; i < t->clock_count; i++) {
        if (t->clocks[i].target.calendar != TARGET_CALENDAR_GONE)
            continue;
        wanted = plan_clock_target(pl, t->clocks[i].kind);
        if (t->clocks[i].end == TARGET_RUNS)
            plan_clock_retarget_one(pl, &t->clocks[i], "its calendar is no more");
        else
            t->clocks[i].target.calendar = wanted.calendar; /* it may be resumed */
    }
}

void plan_clock_take(struct planner *pl, struct target_clock *c, const struct target_clock *other)
{
    int64_t elapsed = plan_clock_elapsed(pl->policy, other, pl->fact->now);

    c->started_at = other->started_at;
    c->edges = other->edges;
    c->edge_count = other->edge_count;
    c->kept_s = other->kept_s;
    c->kept_at = other->kept_at;
    plan_clock_keep(pl, c, other->target.calendar, c->target.calendar, elapsed);
    plan_clock_derive(pl, c);
}

/* Of one clock: the next warning, else its breach. A calendar whose hours are others since the due
 * time was derived (C-14) would put the warning behind it: it is told at the due time, then. */
static int64_t plan_clock_next_of(const struct policy *policy, const struct target_clock *c)
{
    int64_t counted, at;

    if (c->end != TARGET_RUNS || c->breached_at != 0 || c->due_at == 0)
        return 0;
    counted = target_warning(&c->target, c->warned);
    if (counted == 0)
        return c->due_at;
    at = plan_clock_instant(policy, c, counted);
    return at == 0 || at > c->due_at ? c->due_at : at;
}

/* Of two that are due in one second the kind decides: in which order they are kept, the store says.
 */
int64_t plan_clock_next(const struct planner *pl, struct target_clock **which)
{
    struct ticket *t = &pl->p->ticket;
    int64_t first = 0, at;
    size_t i;

    for (i = 0; i < t->clock_count; i++) {
        at = plan_clock_next_of(pl->policy, &t->clocks[i]);
        if (at != 0 &&
            (first == 0 || at < first || (at == first && t->clocks[i].kind < (*which)->kind))) {
            first = at;
            *which = &t->clocks[i];
        }
    }
    return first;
}

static void plan_clock_warn(struct planner *pl, const struct target_clock *c, int warn)
{
    const char *name = target_kind_name(c->kind);
    const char *left = warn < 0 ? duration_text(pl->a, -warn) : NULL;
    struct planned_event *e;

    if (warn > 0)
        e = plan_event(pl, "clock_warned", "C-17",
                       plan_detail(pl, "{s:s, s:i, s:i, s:I}", "clock", name, "instance",
                                   c->instance, "percent", warn, "due_at", (json_int_t)c->due_at),
                       "%s has used %d %% of its target", name, warn);
    else
        e = plan_event(pl, "clock_warned", "C-17",
                       plan_detail(pl, "{s:s, s:i, s:s, s:I}", "clock", name, "instance",
                                   c->instance, "left", left, "due_at", (json_int_t)c->due_at),
                       "%s has %s of its target left", name, left);
    e->clock = (int)c->kind;
}

void plan_clock_fire(struct planner *pl, struct target_clock *c, int64_t instant)
{
    if (target_warning(&c->target, c->warned) == 0) {
        plan_clock_breach(pl, c, instant, "time");
        return;
    }
    plan_clock_warn(pl, c, c->target.warn[c->warned]);
    c->warned++;
    c->changed = true;
    plan_notice_owner(pl, NOTICE_AGENT_WARNING, "C-17", c->kind, c->due_at, NULL);
    plan_expected_warned(pl, c);
}
