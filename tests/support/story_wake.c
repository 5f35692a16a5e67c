#include "tests/support/story_wake.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/story_owner.h"

static void sooner(int64_t *first, int64_t at)
{
    if (at > 0 && (*first == 0 || at < *first))
        *first = at;
}

static bool runs(const struct target_clock *c)
{
    return c->end == TARGET_RUNS && c->edges[c->edge_count - 1].runs;
}

static int64_t of_percent(int64_t seconds, int percent)
{
    return seconds * percent / 100 + (seconds * percent % 100 != 0);
}

/* --- clocks
 * -----------------------------------------------------------------------------------------------
 */

static int64_t instant_of(struct story_rules *r, const struct story_step *s,
                          const struct target_clock *c, int64_t seconds)
{
    return slow_instant(story_calendar(r, s->policy->version, c->target.calendar), c, seconds);
}

static void wake_for_clock(struct story_rules *r, const struct story_step *s,
                           const struct target_clock *c, int64_t *first)
{
    int warn = c->warned < TARGET_WARNINGS_MAX ? c->target.warn[c->warned] : 0;
    int64_t at;

    if (!runs(c) || c->due_at == 0 || c->breached_at != 0)
        return;
    at = warn == 0 ? c->due_at
                   : instant_of(r, s, c,
                                warn < 0 ? c->target.seconds + warn
                                         : of_percent(c->target.seconds, warn));
    sooner(first, at <= 0 || at > c->due_at ? c->due_at : at);
}

/* --- steps
 * ------------------------------------------------------------------------------------------------
 */

const struct policy_step *story_step_named(const struct policy *p, const char *rule,
                                           const struct policy_level **level)
{
    int number = 0, length = 0;
    size_t i;

    if (rule == NULL || sscanf(rule, "policy level %d/%n", &number, &length) != 1)
        return NULL;
    *level = policy_level(p, number);
    for (i = 0; *level != NULL && i < (*level)->step_count; i++)
        if (strcmp((*level)->steps[i].name, rule + length) == 0)
            return &(*level)->steps[i];
    return NULL;
}

bool story_step_leads_away(const struct policy_step *step)
{
    size_t i;

    for (i = 0; i < step->action_count; i++)
        if (step->actions[i].action == POLICY_LEVEL_UP ||
            step->actions[i].action == POLICY_LEVEL_TO)
            return true;
    return false;
}

static bool has(const char *const *list, size_t count, const char *word)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

static bool any(const char *const *list, size_t count, const char *const *of, size_t of_count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (has(of, of_count, list[i]))
            return true;
    return false;
}

/* Of what no decision changes. */
static bool suits_whose(const struct policy_condition *c, const struct ticket *t)
{
    if (c->vip && !t->memory.vip)
        return false;
    if (c->plan_count > 0 && (t->plan == NULL || !has(c->plans, c->plan_count, t->plan)))
        return false;
    return c->topic_count == 0 ||
           has(c->topics, c->topic_count, t->topic == NULL ? "none" : t->topic);
}

static bool suits_now(const struct policy_condition *c, const struct ticket *t)
{
    const char *const *tags = (const char *const *)t->tags;

    return suits_whose(c, t) && t->priority >= c->priority_from &&
           (c->tag_count == 0 || any(c->tags, c->tag_count, tags, t->tag_count)) &&
           !any(c->tags_off, c->tag_off_count, tags, t->tag_count);
}

/* Steps raise priorities and add tags: what it is afterwards it may have become, and what it was
 * before, but for tags that the fact took away, it was all the time. */
bool story_step_suits(const struct story_step *s, const struct policy_step *step)
{
    const struct policy_condition *c = &step->condition;
    const struct ticket *is = &s->plan->ticket, *was = s->before;
    size_t i;

    if (!suits_whose(c, is) || is->priority < c->priority_from)
        return false;
    if (c->tag_count > 0 &&
        !any(c->tags, c->tag_count, (const char *const *)is->tags, is->tag_count))
        return false;
    for (i = 0; i < was->tag_count; i++)
        if (has(c->tags_off, c->tag_off_count, was->tags[i]) &&
            !has(s->fact->tags_off, s->fact->tag_off_count, was->tags[i]))
            return false;
    return true;
}

/* Does the state hold that it waits for? What a person does at a moment is none. */
static bool state_holds(const struct policy_step *step, const struct ticket *t)
{
    const struct ticket_memory *m = &t->memory;

    switch (step->trigger) {
    case POLICY_ON_REOPENED:
        return m->reopened - m->reopened_before >= step->count;
    case POLICY_ON_UNANSWERED:
        return m->unanswered - m->unanswered_before >= step->count;
    case POLICY_ON_PRIORITY:
        return t->priority >= step->priority;
    case POLICY_ON_VIP:
        return m->vip != 0;
    case POLICY_ON_TAG:
        return has((const char *const *)t->tags, t->tag_count, step->tag);
    default:
        return false;
    }
}

/* Once: a pause later does not make it happen again. What a change of the target made a miss was
 * none before (C-13). */
static int64_t reached(struct story_rules *r, const struct story_step *s,
                       const struct target_clock *c, int64_t counted)
{
    struct slow_calendar *hours = story_calendar(r, s->policy->version, c->target.calendar);
    int64_t at;

    if (counted >= c->target.seconds && c->breached_at == 0)
        return slow_instant(hours, c, counted);
    at = slow_reached(hours, c, counted);
    return counted >= c->target.seconds && at > 0 && at < c->breached_at ? c->breached_at : at;
}

static int64_t clock_reaches(struct story_rules *r, const struct story_step *s,
                             const struct policy_step *step)
{
    const struct ticket *t = &s->plan->ticket;
    int64_t first = 0, at;
    size_t i;

    for (i = 0; i < t->clock_count; i++) {
        const struct target_clock *c = &t->clocks[i];
        int64_t counted = step->before_s > 0 ? c->target.seconds - step->before_s
                                             : of_percent(c->target.seconds, step->percent);

        if (c->kind != step->clock || !runs(c))
            continue;
        at = reached(r, s, c, counted < 0 ? 0 : counted);
        if (t->memory.level_visit == 1 || at > t->memory.level_entered_at)
            sooner(&first, at);
    }
    return first;
}

static int64_t step_instant(struct story_rules *r, const struct story_step *s,
                            const struct policy_level *level, const struct policy_step *step)
{
    const struct ticket *t = &s->plan->ticket;
    struct slow_calendar *hours = story_calendar(r, s->policy->version, level->calendar);
    int64_t entered = t->memory.level_entered_at, at = 0, from = entered;

    if (!suits_now(&step->condition, t))
        return 0;
    if (level->stay_s != 0 && story_step_leads_away(step))
        from = slow_due(hours, entered, level->stay_s);
    if (from < 0)
        return 0;
    if (step->trigger == POLICY_ON_LEVEL_TIME)
        at = slow_due(hours, entered, step->after_s);
    else if (step->trigger == POLICY_ON_AGE)
        at = slow_due(hours, t->created_at, step->after_s);
    else if (step->trigger == POLICY_ON_CLOCK)
        at = clock_reaches(r, s, step);
    else if (level->stay_s != 0 && state_holds(step, t))
        at = from;
    if (at <= 0 || (step->trigger == POLICY_ON_AGE && at <= entered && t->memory.level_visit > 1))
        return 0;
    return level->stay_s != 0 && at < from ? from : at;
}

static bool is_taken(const struct ticket_memory *m, const struct policy_step *step)
{
    int i;

    for (i = 0; i < m->step_count; i++)
        if (m->steps[i] == ticket_mark(step->name))
            return true;
    return false;
}

static void wake_for_level(struct story_rules *r, const struct story_step *s, int64_t *first)
{
    const struct ticket *t = &s->plan->ticket;
    const struct ticket_memory *m = &t->memory;
    const struct policy_level *level = policy_level(s->policy, t->level);
    size_t i;

    if (level == NULL || m->level_entered_at == 0)
        return;
    if (m->level_acked_at == 0 && (size_t)m->reminders_done < level->reminder_count)
        sooner(first, slow_due(story_calendar(r, s->policy->version, level->calendar),
                               m->level_entered_at, level->reminders[m->reminders_done]));
    for (i = 0; i < level->step_count; i++)
        if (!is_taken(m, &level->steps[i]))
            sooner(first, step_instant(r, s, level, &level->steps[i]));
}

/* --- the queue, and the customer
 * ------------------------------------------------------------------------------------------- */

/* It is looked at once, and again after as long as it has waited, from ten minutes to a day, or
 * when a shift begins. */
static void wake_for_queue(struct story_rules *r, const struct story_step *s, int64_t *first)
{
    const struct ticket_memory *m = &s->plan->ticket.memory;
    int64_t again = m->assign_looked_at - m->assign_wanted_at;
    const struct policy_team *team;

    if (!story_owner_wanted(s->policy, &s->plan->ticket))
        return;
    team = &s->policy->teams[policy_find_team(s->policy, s->plan->ticket.team)];
    if (m->assign_looked_at == 0) {
        sooner(first, m->assign_wanted_at);
    } else if (team->member_count > 0) {
        sooner(first, m->assign_looked_at + (again < 600 ? 600 : again > 86400 ? 86400 : again));
        sooner(first, story_owner_next_shift(r, s, team, m->assign_looked_at));
    }
}

int64_t story_wait_instant(struct story_rules *r, const struct story_step *s, int64_t since,
                           int64_t seconds)
{
    const struct policy_waiting *w = &s->policy->waiting;
    int64_t at = seconds == 0
                     ? 0
                     : slow_due(story_calendar(r, s->policy->version, w->calendar), since, seconds);

    return at < 0 ? 0 : at;
}

/* E-08, and D-17. */
static void wake_for_customer(struct story_rules *r, const struct story_step *s, int64_t *first)
{
    const struct ticket_memory *m = &s->plan->ticket.memory;
    const struct policy_waiting *w = &s->policy->waiting;
    int64_t end, reminder = 0;

    if (s->plan->ticket.status != TICKET_PENDING || m->pending_since == 0)
        return;
    end = story_wait_instant(r, s, m->pending_since, w->solve_s);
    if (m->pending_reminded < POLICY_REMINDERS_MAX)
        reminder = story_wait_instant(r, s, m->pending_since, w->reminders[m->pending_reminded]);
    sooner(first, reminder);
    sooner(first, end);
}

int64_t story_wake(struct story_rules *r, const struct story_step *s,
                   const struct rule_ticket *known)
{
    const struct ticket *t = &s->plan->ticket;
    int64_t first = 0;
    size_t i;

    if (t->status == TICKET_CLOSED)
        return 0;
    if (t->status == TICKET_SOLVED)
        return t->solved_at + s->policy->grace_s;
    for (i = 0; i < t->clock_count; i++)
        wake_for_clock(r, s, &t->clocks[i], &first);
    wake_for_level(r, s, &first);
    wake_for_queue(r, s, &first);
    wake_for_customer(r, s, &first);
    sooner(&first, story_owner_silent(r, s, t, known));
    return first;
}
