#include "tests/support/story_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/hint.h"
#include "core/ticket_event.h"
#include "tests/support/story_owner.h"
#include "tests/support/story_times.h"
#include "tests/support/story_topic.h"
#include "tests/support/story_wake.h"
#include "tests/support/story_watch.h"

void story_broken_set(struct story_broken *b, char letter, const char *fmt, ...)
{
    va_list ap;

    if (b->letter != 0)
        return;
    b->letter = letter;
    va_start(ap, fmt);
    vsnprintf(b->words, sizeof(b->words), fmt, ap);
    va_end(ap);
}

/* Of a decision: which ticket and fact it was, and what is wrong. */
#define BROKEN(r, step, letter, ...) broken((r), (step), (letter), __VA_ARGS__)
static void broken(struct story_rules *r, const struct story_step *s, char letter, const char *fmt,
                   ...) __attribute__((format(printf, 4, 5)));
static void broken(struct story_rules *r, const struct story_step *s, char letter, const char *fmt,
                   ...)
{
    char words[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof(words), fmt, ap);
    va_end(ap);
    story_broken_set(&r->broken, letter, "ticket %lld, %s at %lld (%+lld s): %s",
                     (long long)s->ticket_id, fact_kind_name(s->fact->kind), (long long)s->now,
                     (long long)(s->now - r->story->begins), words);
}

/* "instance": 2 of a detail; -1: it is not there. */
static int64_t number_of(const char *detail, const char *name)
{
    const char *at = strstr(detail, name);

    return at == NULL ? -1 : strtoll(at + strlen(name), NULL, 10);
}

struct slow_calendar *story_calendar(const struct story_rules *r, int version, int calendar)
{
    return calendar < 0 ? NULL : r->calendars[version - 1][calendar];
}

/* --- history (i), and what it tells of clocks (d) and steps (e)
 * --------------------------------------------------------------------------------------- */

static void check_chain(struct story_rules *r, const struct story_step *s,
                        const struct planned_event *e, struct rule_ticket *t)
{
    const struct ticket_event_line line = { .ticket_id = s->ticket_id,
                                            .seq = e->seq,
                                            .at = e->at,
                                            .cause = e->cause,
                                            .policy_version = s->policy->version,
                                            .kind = e->kind,
                                            .actor_kind = fact_actor_name(e->by),
                                            .actor = e->actor,
                                            .rule = e->rule,
                                            .why = e->why,
                                            .detail = e->detail,
                                            .fact = e->fact };
    unsigned char hash[32];

    ticket_event_hash(t->hash, &line, hash);
    if (memcmp(hash, e->hash, sizeof(hash)) != 0)
        BROKEN(r, s, STORY_HISTORY, "event %lld %s does not continue the chain", (long long)e->seq,
               e->kind);
    memcpy(t->hash, e->hash, sizeof(t->hash));
    if (e->seq != ++t->seq || e->at != s->now || e->cause != s->plan->events[0].seq)
        BROKEN(r, s, STORY_HISTORY, "event %s is number %lld at %lld of %lld, after %lld", e->kind,
               (long long)e->seq, (long long)e->at, (long long)e->cause, (long long)t->seq - 1);
    if ((e->fact != NULL) != (e == s->plan->events))
        BROKEN(r, s, STORY_HISTORY, "the fact does not stand with its own event alone");
}

static void check_clock_event(struct story_rules *r, const struct story_step *s,
                              const struct planned_event *e, struct rule_ticket *t)
{
    int64_t instance = number_of(e->detail, "\"instance\":");
    struct rule_clock *c;

    if (e->clock < 0)
        return;
    if (instance < 1 || instance >= RULE_INSTANCES_MAX) {
        BROKEN(r, s, STORY_MEMORY, "instance %lld of %s", (long long)instance,
               target_kind_name((enum target_kind)e->clock));
        return;
    }
    c = &t->clocks[e->clock][instance];
    if (c->over)
        BROKEN(r, s, STORY_BREACH, "%s of %s %lld, which has ended", e->kind,
               target_kind_name((enum target_kind)e->clock), (long long)instance);
    if (strcmp(e->kind, "clock_breached") == 0 && ++c->breaches > 1)
        BROKEN(r, s, STORY_BREACH, "%s %lld was missed twice",
               target_kind_name((enum target_kind)e->clock), (long long)instance);
    if (strcmp(e->kind, "clock_started") == 0 && strcmp(e->rule, "C-16") == 0)
        *c = (struct rule_clock){ .breaches = c[-1].breaches }; /* the one before goes on */
    if (strcmp(e->kind, "clock_retargeted") == 0)
        c->percent = 0;
    if (strcmp(e->kind, "clock_ended") == 0)
        c->over = true;
    if (strcmp(e->kind, "clock_warned") == 0) {
        bool by_time = strstr(e->detail, "\"left\":") != NULL;
        int percent = by_time ? c->percent + 1 : (int)number_of(e->detail, "\"percent\":");

        if (percent <= c->percent || c->breaches > 0)
            BROKEN(r, s, STORY_BREACH, "%s %lld warned at %d %% after %d %% and %d breaches",
                   target_kind_name((enum target_kind)e->clock), (long long)instance, percent,
                   c->percent, c->breaches);
        if (!by_time)
            c->percent = percent;
    }
}

/* What leads away has stayed its time, but for what a person asked for or said. */
static void check_stay(struct story_rules *r, const struct story_step *s,
                       const struct planned_event *e, const struct policy_level *level,
                       const struct policy_step *step)
{
    const struct ticket_memory *was = &s->before->memory;
    int64_t entered =
        number_of(e->detail, "\"visit\":") == was->level_visit ? was->level_entered_at : s->now;
    int64_t from;

    if (level->stay_s == 0 || !story_step_leads_away(step) || step->trigger == POLICY_ON_REQUEST ||
        step->trigger == POLICY_ON_RULE)
        return;
    from = slow_due(story_calendar(r, s->policy->version, level->calendar), entered, level->stay_s);
    if (from < 0 || from > s->now)
        BROKEN(r, s, STORY_LEVEL, "step %s leads away %lld s too soon", e->rule,
               (long long)(from - s->now));
}

/* Whom the step names, each once; no other line calls anybody. */
static void check_hooks(struct story_rules *r, const struct story_step *s,
                        const struct planned_event *e, const struct policy_step *step)
{
    size_t i, k, times, named = 0;

    for (i = 0; step != NULL && i < step->action_count; i++) {
        if (step->actions[i].action != POLICY_WEBHOOK)
            continue;
        for (k = 0; k < i; k++)
            if (step->actions[k].action == POLICY_WEBHOOK &&
                strcmp(step->actions[k].hook, step->actions[i].hook) == 0)
                break;
        named += k == i;
        for (times = k = 0; k < e->hook_count; k++)
            times += strcmp(e->hooks[k], step->actions[i].hook) == 0;
        if (times != 1)
            BROKEN(r, s, STORY_NOTICE, "%s calls %s %zu times", e->kind, step->actions[i].hook,
                   times);
    }
    if (named != e->hook_count)
        BROKEN(r, s, STORY_NOTICE, "%s calls %zu systems of %zu", e->kind, e->hook_count, named);
}

/* Is that what the step of the line was taken on? */
static bool waits_for(const char *detail, const char *when)
{
    json_t *o = json_loads(detail, 0, NULL);
    const char *is = json_string_value(json_object_get(o, "when"));
    bool so = is != NULL && strcmp(is, when) == 0;

    json_decref(o);
    return so;
}

static void check_step_event(struct story_rules *r, const struct story_step *s,
                             const struct planned_event *e)
{
    const struct policy_level *level = NULL;
    const struct policy_step *step;
    char *key;

    if (strcmp(e->kind, "step_taken") != 0) {
        check_hooks(r, s, e, NULL);
        return;
    }
    key =
        g_strdup_printf("%lld/%lld/%d/%s", (long long)s->ticket_id,
                        (long long)number_of(e->detail, "\"visit\":"), s->policy->version, e->rule);
    if (!g_hash_table_add(r->steps, key))
        BROKEN(r, s, STORY_LEVEL, "step %s is taken twice in one visit", e->rule);
    step = story_step_named(s->policy, e->rule, &level);
    check_hooks(r, s, e, step);
    if (step == NULL || !story_step_suits(s, step))
        BROKEN(r, s, STORY_LEVEL, "step %s is not for such a case", e->rule);
    else if (waits_for(e->detail, "requested") != (step->trigger == POLICY_ON_REQUEST) ||
             strstr(e->detail, "(null)") != NULL)
        BROKEN(r, s, STORY_HISTORY, "of step %s it says: %s", e->rule, e->detail);
    else
        check_stay(r, s, e, level, step);
}

/* By a step: to the next level, or to one that the step names. */
static void check_level_event(struct story_rules *r, const struct story_step *s,
                              const struct planned_event *e)
{
    const struct policy_level *level = NULL;
    const struct policy_step *step;
    bool meant = false;
    size_t i;

    if (strcmp(e->kind, "level_entered") != 0 || strncmp(e->rule, "policy ", 7) != 0)
        return;
    step = story_step_named(s->policy, e->rule, &level);
    for (i = 0; step != NULL && i < step->action_count; i++)
        meant |= (step->actions[i].action == POLICY_LEVEL_UP && e->level > level->level) ||
                 (step->actions[i].action == POLICY_LEVEL_TO && step->actions[i].level == e->level);
    if (!meant)
        BROKEN(r, s, STORY_LEVEL, "step %s leads to level %d", e->rule, e->level);
}

/* T-69: whoever had it for so long did nothing with it. `owner` had it until this event. */
static void check_owner_event(struct story_rules *r, const struct story_step *s,
                              const struct planned_event *e, struct rule_ticket *t,
                              const char *owner)
{
    int64_t silent;

    if (strcmp(e->kind, "owner_set") != 0)
        return;
    if (e->rule != NULL && strcmp(e->rule, "T-69") == 0) {
        silent = story_owner_silent(r, s, s->before, t);
        if (silent == 0 || silent > s->now)
            BROKEN(r, s, STORY_OWNER, "T-69: %s loses it, and is silent at %lld",
                   s->before->agent == NULL ? "nobody" : s->before->agent, (long long)silent);
        t->silent = arena_strdup(r->a, s->before->agent);
        t->lost++;
    }
    if (e->value == NULL && e->rule != NULL && strncmp(e->rule, "policy ", 7) == 0) {
        if (owner == NULL)
            BROKEN(r, s, STORY_OWNER, "step %s takes it from nobody", e->rule);
        t->silent = arena_strdup(r->a, owner == NULL ? "" : owner);
    }
    t->given_at = e->value == NULL ? 0 : s->now;
    t->seen = false;
}

/* E-08: in their order, none before its time. */
static void check_reminder_event(struct story_rules *r, const struct story_step *s,
                                 const struct planned_event *e, struct rule_ticket *t)
{
    int64_t since = s->before->memory.pending_since, at;

    if (strcmp(e->kind, "status_changed") == 0)
        t->reminded = 0;
    if (strcmp(e->kind, "notice_planned") != 0 || e->notice != NOTICE_WAITING)
        return;
    at = t->reminded < POLICY_REMINDERS_MAX
             ? story_wait_instant(r, s, since, s->policy->waiting.reminders[t->reminded])
             : 0;
    if (since == 0 || at == 0 || at > s->now)
        BROKEN(r, s, STORY_NOTICE, "E-08: reminder %d of a wait since %lld, due at %lld",
               t->reminded + 1, (long long)since, (long long)at);
    t->reminded++;
}

/* E-10: not twice within a day. */
static void check_new_time(struct story_rules *r, const struct story_step *s,
                           const struct planned_event *e, struct rule_ticket *t)
{
    if (strcmp(e->kind, "notice_planned") != 0 || e->notice != NOTICE_EXPECTED)
        return;
    if (t->new_time_at != 0 && s->now < t->new_time_at + 86400)
        BROKEN(r, s, STORY_NOTICE, "E-10: a new time %lld s after the one before",
               (long long)(s->now - t->new_time_at));
    t->new_time_at = s->now;
}

static void check_events(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const char *owner = s->before->agent;
    size_t i;

    for (i = 0; i < s->plan->event_count; i++) {
        const struct planned_event *e = &s->plan->events[i];

        check_chain(r, s, e, t);
        check_clock_event(r, s, e, t);
        check_step_event(r, s, e);
        check_level_event(r, s, e);
        if (strcmp(e->kind, "level_entered") == 0) {
            t->lost = 0;
            if (number_of(e->detail, "\"from\":") != 0)
                owner = NULL;
        }
        check_owner_event(r, s, e, t, owner);
        if (strcmp(e->kind, "owner_set") == 0)
            owner = e->value;
        check_reminder_event(r, s, e, t);
        check_new_time(r, s, e, t);
        if (t->by_hand && strcmp(e->kind, "priority_changed") == 0 &&
            (strcmp(e->rule, "D-44") == 0 || strcmp(e->rule, "D-51") == 0))
            BROKEN(r, s, STORY_STATE, "D-16: a score moves what somebody corrected");
    }
    if (s->plan->ticket.event_seq != t->seq ||
        memcmp(s->plan->ticket.event_hash, t->hash, sizeof(t->hash)) != 0)
        BROKEN(r, s, STORY_HISTORY, "the ticket is not at the end of its chain");
}

static void check_bare(struct story_rules *r, const struct story_step *s)
{
    struct error err;
    int rc = plan_apply_bare(s->policy, s->targets, s->before, s->contact, s->fact, r->a, &r->bare,
                             &err);

    if ((rc < 0) != (s->plan == NULL) || (rc == 0 && story_plan_number(&r->bare, s->now, false) !=
                                                         story_plan_number(s->plan, s->now, false)))
        BROKEN(r, s, STORY_HISTORY, "without words it is decided otherwise");
}

/* --- clocks (c), (d), (f), (h)
 * -----------------------------------------------------------------------------------------------------
 */

static void check_ledger(struct story_rules *r, const struct story_step *s,
                         const struct target_clock *c)
{
    const char *kind = target_kind_name(c->kind);
    size_t i;

    if (c->edge_count == 0 || c->edge_count > TARGET_EDGES_MAX) {
        BROKEN(r, s, STORY_MEMORY, "%s has %zu edges", kind, c->edge_count);
        return;
    }
    if (c->edges[0].at != c->started_at)
        BROKEN(r, s, STORY_LEDGER, "%s starts at %lld, its ledger at %lld", kind,
               (long long)c->started_at, (long long)c->edges[0].at);
    for (i = 0; i < c->edge_count; i++) {
        if (c->edges[i].runs != (i % 2 == 0))
            BROKEN(r, s, STORY_LEDGER, "edge %zu of %s %s", i, kind,
                   c->edges[i].runs ? "runs" : "pauses");
        if (i > 0 && c->edges[i].at < c->edges[i - 1].at)
            BROKEN(r, s, STORY_LEDGER, "edge %zu of %s goes back", i, kind);
    }
    if (c->edges[i - 1].at > (c->end == TARGET_RUNS ? s->now : c->ended_at))
        BROKEN(r, s, STORY_LEDGER, "the last edge of %s, %lld, lies after %s %lld", kind,
               (long long)c->edges[i - 1].at, c->end == TARGET_RUNS ? "now" : "its end",
               (long long)(c->end == TARGET_RUNS ? s->now : c->ended_at));
    if ((c->end == TARGET_RUNS) != (c->ended_at == 0))
        BROKEN(r, s, STORY_LEDGER, "%s ended '%s' at %lld", kind, target_end_name(c->end),
               (long long)c->ended_at);
}

/* Far ahead we do not look: there only so much is known, that it is far ahead or never. */
static bool same_instant(const struct story_rules *r, int64_t known, int64_t said)
{
    int64_t far = r->end - 60;

    return known <= 0 || known >= far ? said == known || said == 0 || said >= far : said == known;
}

static bool runs(const struct target_clock *c)
{
    return c->end == TARGET_RUNS && c->edges[c->edge_count - 1].runs;
}

static void check_due(struct story_rules *r, const struct story_step *s,
                      const struct target_clock *c)
{
    int64_t wanted = 0;

    if (c->policy_version != s->policy->version)
        return;  /* derived under the policy before, whose calendar had these hours (C-14) */
    if (runs(c)) /* what was missed was missed when its ledger says, whatever paused since */
        wanted = (c->breached_at != 0 ? slow_reached : slow_instant)(
            story_calendar(r, c->policy_version, c->target.calendar), c, c->target.seconds);
    if (wanted == 0 ? c->due_at != 0 : !same_instant(r, wanted, c->due_at))
        BROKEN(r, s, STORY_DUE, "%s %d is due at %lld, and by the minutes at %lld",
               target_kind_name(c->kind), c->instance, (long long)c->due_at, (long long)wanted);
}

static const struct target_clock *as_before(const struct story_step *s,
                                            const struct target_clock *c)
{
    size_t i;

    for (i = 0; i < s->before->clock_count; i++)
        if (s->before->clocks[i].kind == c->kind && s->before->clocks[i].instance == c->instance)
            return &s->before->clocks[i];
    return NULL;
}

/* C-13: by whatever calendar it goes on, what it has counted it has counted. */
static void check_kept(struct story_rules *r, const struct story_step *s,
                       const struct target_clock *c)
{
    const struct target_clock *was = as_before(s, c);
    int64_t counted;

    if (was == NULL || was->target.calendar == c->target.calendar || c->kept_at != s->now ||
        was->policy_version != s->policy->version || was->started_at != c->started_at)
        return;
    counted =
        slow_elapsed(story_calendar(r, was->policy_version, was->target.calendar), was, s->now);
    if (c->kept_s != counted)
        BROKEN(r, s, STORY_DUE, "%s %d kept %lld s of %lld when its calendar changed",
               target_kind_name(c->kind), c->instance, (long long)c->kept_s, (long long)counted);
}

/* C-2, T-73: what a ledger has said it goes on to say, whatever target it serves now. Of a merge
 * the one that began earlier goes on, and at its bound a ledger forgets its oldest pause. */
static void check_continued(struct story_rules *r, const struct story_step *s,
                            const struct target_clock *c)
{
    const struct target_clock *was = as_before(s, c);
    size_t i = 0;

    if (was == NULL || s->fact->kind == FACT_MERGED_FROM || was->edge_count >= TARGET_EDGES_MAX)
        return;
    while (i < was->edge_count && i < c->edge_count && was->edges[i].at == c->edges[i].at &&
           was->edges[i].runs == c->edges[i].runs && was->edges[i].event == c->edges[i].event)
        i++;
    if (i < was->edge_count)
        BROKEN(r, s, STORY_LEDGER, "edge %zu of %zu of %s %d is not what it was", i,
               was->edge_count, target_kind_name(c->kind), c->instance);
}

static void check_clock(struct story_rules *r, const struct story_step *s, struct rule_ticket *t,
                        const struct target_clock *c)
{
    const char *kind = target_kind_name(c->kind), *wrong = story_times_wrong(r, s, c);
    struct rule_clock *known;

    if (c->instance > t->instances[c->kind]) {
        if (c->instance != ++t->instances[c->kind] || c->instance >= RULE_INSTANCES_MAX) {
            BROKEN(r, s, STORY_STATE, "%s begins with instance %d", kind, c->instance);
            return;
        }
    }
    known = &t->clocks[c->kind][c->instance];
    if (known->over != (c->end != TARGET_RUNS))
        BROKEN(r, s, STORY_STATE, "%s %d %s, as its history does not say", kind, c->instance,
               known->over ? "runs" : "has ended");
    if (c->end != TARGET_RUNS && c->due_at != 0)
        BROKEN(r, s, STORY_STATE, "%s has ended and is due", kind);
    if ((known->breaches != 0) != (c->breached_at != 0) || c->breached_at > s->now)
        BROKEN(r, s, STORY_BREACH, "%s %d was missed %d times, says its history; at %lld, it says",
               kind, c->instance, known->breaches, (long long)c->breached_at);
    if (wrong != NULL)
        BROKEN(r, s, STORY_DUE, "D-11: %s", wrong);
    check_ledger(r, s, c);
    check_continued(r, s, c);
    if (r->broken.letter == 0)
        check_due(r, s, c);
    if (r->broken.letter == 0)
        check_kept(r, s, c);
}

static void check_clocks(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const struct ticket *now = &s->plan->ticket;
    int running[TARGET_KIND_N] = { 0 };
    size_t i;

    for (i = 0; i < now->clock_count && r->broken.letter == 0; i++) {
        const struct target_clock *c = &now->clocks[i];

        check_clock(r, s, t, c);
        if (c->end == TARGET_RUNS && ++running[c->kind] > 1)
            BROKEN(r, s, STORY_STATE, "two clocks of %s", target_kind_name(c->kind));
        if (c->end == TARGET_RUNS && now->status == TICKET_CLOSED)
            BROKEN(r, s, STORY_STATE, "%s goes on, and the ticket is closed",
                   target_kind_name(c->kind));
        if (runs(c) && now->status == TICKET_SOLVED)
            BROKEN(r, s, STORY_STATE, "%s runs, and the ticket is solved",
                   target_kind_name(c->kind));
    }
    for (i = 0; i < TARGET_KIND_N; i++)
        if (now->memory.instances[i] != t->instances[i])
            BROKEN(r, s, STORY_STATE, "%d clocks of %s are remembered, there were %d",
                   now->memory.instances[i], target_kind_name((enum target_kind)i),
                   t->instances[i]);
}

/* --- when it wants to be woken (h)
 * --------------------------------------------------------------------------------------------- */

static void check_wake(struct story_rules *r, const struct story_step *s, struct rule_ticket *known)
{
    const struct ticket *t = &s->plan->ticket;
    int64_t first = story_wake(r, s, known);

    if (!same_instant(r, first, s->plan->wake_at))
        BROKEN(r, s, STORY_STATE,
               "it wants to be woken at %lld, and the first thing is due at %lld",
               (long long)s->plan->wake_at, (long long)first);
    if (s->plan->wants_queue != (t->status < TICKET_SOLVED && story_owner_wanted(s->policy, t)))
        BROKEN(r, s, STORY_STATE, "it %s for an owner",
               s->plan->wants_queue ? "waits" : "does not wait");
}

/* --- opened again (h): C-10
 * ---------------------------------------------------------------------------------------------------
 */

/* Its customer's message is for a ticket that was closed. */
static bool is_to_closed(const struct story_step *s)
{
    const struct ticket *was = s->before;

    return s->fact->kind == FACT_CUSTOMER_WROTE && was->version != 0 && was->merged_into == 0 &&
           was->status == TICKET_CLOSED && was->memory.spam_at == 0;
}

static bool is_opened_again(const struct story_step *s)
{
    return is_to_closed(s) && s->plan != NULL && s->plan->ticket.status != TICKET_CLOSED;
}

/* New clocks from the message on, but none for a first answer. */
static void check_anew(struct story_rules *r, const struct story_step *s,
                       const struct target_clock *c)
{
    const char *kind = target_kind_name(c->kind);
    bool by_message = c->kind == TARGET_RESOLUTION || c->kind == TARGET_NEXT_RESPONSE;

    if (c->end != TARGET_RUNS)
        return;
    if (c->kind == TARGET_FIRST_RESPONSE || c->kind == TARGET_ACK)
        BROKEN(r, s, STORY_STATE, "C-10: %s runs again", kind);
    if (c->instance <= s->before->memory.instances[c->kind])
        BROKEN(r, s, STORY_STATE, "C-10: %s goes on", kind);
    if (c->started_at != (by_message ? s->fact->at : s->now))
        BROKEN(r, s, STORY_STATE, "C-10: %s begins at %lld", kind, (long long)c->started_at);
}

/* A priority that has no target gives no clock, though the same message may raise it. */
static bool has_begun(const struct story_step *s, enum target_kind kind)
{
    return s->targets->at[s->before->priority][kind].seconds < 0 ||
           s->targets->at[s->plan->ticket.priority][kind].seconds < 0 ||
           s->plan->ticket.memory.instances[kind] > s->before->memory.instances[kind];
}

/* Within the time that the policy gives it is open again, later it opens a follow-up; what a
 * program writes changes nothing. */
static void check_reopened(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const struct ticket *was = s->before, *is = s->plan == NULL ? NULL : &s->plan->ticket;
    size_t i;

    if (!is_to_closed(s))
        return;
    if ((s->plan != NULL) !=
        (s->policy->reopen_s != 0 && s->fact->at <= was->closed_at + s->policy->reopen_s)) {
        BROKEN(r, s, STORY_STATE, "C-10: %s %lld s after it was closed",
               s->plan == NULL ? "refused" : "taken", (long long)(s->fact->at - was->closed_at));
        return;
    }
    if (s->plan == NULL)
        return;
    if (is_opened_again(s) == (s->fact->automatic || fact_is_inert(s->fact)))
        BROKEN(r, s, STORY_STATE, "C-10: it is %s", ticket_status_name(is->status));
    if (!is_opened_again(s))
        return;
    for (i = 0; i < is->clock_count; i++)
        check_anew(r, s, &is->clocks[i]);
    if (!has_begun(s, TARGET_RESOLUTION) || !has_begun(s, TARGET_NEXT_RESPONSE))
        BROKEN(r, s, STORY_STATE, "C-10: it is open again without clocks");
    t->given_at = is->agent == NULL ? 0 : s->now;
    t->seen = false;
}

/* What the customer said and nobody answered, by what was said alone. */
static void count_words(const struct story_rules *r, const struct story_step *s,
                        struct rule_ticket *t)
{
    const struct fact *f = s->fact;
    const struct rule_ticket *other = f->kind == FACT_MERGED_FROM ? &r->tickets[f->other] : NULL;

    if (f->kind == FACT_CUSTOMER_WROTE && !fact_is_inert(f) &&
        (!f->automatic || s->before->version == 0)) {
        t->unanswered++;
        if (t->waits_since == 0)
            t->waits_since = f->at;
    }
    if (f->kind == FACT_AGENT_REPLIED)
        t->unanswered = 0;
    if (f->kind == FACT_SPLIT_INTO && f->unanswered > 0 && t->unanswered > 0) {
        /* Went along; of what stays the last may be unanswered. */
        t->unanswered -= f->unanswered;
        if (t->unanswered < 1)
            t->unanswered = f->last_at > s->before->last_public_at;
    }
    if (f->kind == FACT_MERGED_FROM && other->waits_since != 0 && !other->spam) {
        t->unanswered += other->unanswered;
        if (t->waits_since == 0 || other->waits_since < t->waits_since)
            t->waits_since = other->waits_since;
    }
    if (t->unanswered == 0 ||
        (s->plan->ticket.status >= TICKET_SOLVED && s->plan->ticket.memory.spam_at == 0))
        t->waits_since = 0; /* what is no spam after all waits since it was said */
    else if (t->waits_since == 0 && s->plan->ticket.status < TICKET_SOLVED) /* it was waived */
        t->waits_since = f->at;
}

static bool has_clock(const struct ticket *t, enum target_kind kind)
{
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == kind && t->clocks[i].end == TARGET_RUNS)
            return true;
    return false;
}

/* C-15: who waits for an answer in the one that ends waits for it in the other, and not for less
 * long; that one is not over, then. */
static void check_merged(struct story_rules *r, const struct story_step *s,
                         const struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;
    const struct rule_ticket *other;
    size_t i;

    if (s->fact->kind != FACT_MERGED_FROM)
        return;
    other = &r->tickets[s->fact->other];
    if (other->waits_since == 0 || other->spam)
        return;
    if (is->status != TICKET_NEW && is->status != TICKET_OPEN)
        BROKEN(r, s, STORY_STATE, "C-15: who waits for an answer is merged into what is %s",
               ticket_status_name(is->status));
    for (i = 0; i < is->clock_count; i++)
        if (is->clocks[i].kind == TARGET_NEXT_RESPONSE && is->clocks[i].end == TARGET_RUNS &&
            is->clocks[i].started_at > t->waits_since &&
            is->clocks[i].instance > s->before->memory.instances[TARGET_NEXT_RESPONSE])
            BROKEN(r, s, STORY_STATE, "C-15: the answer is owed since %lld, not %lld",
                   (long long)t->waits_since, (long long)is->clocks[i].started_at);
    if (!has_clock(is, TARGET_FIRST_RESPONSE) && !has_clock(is, TARGET_NEXT_RESPONSE) &&
        s->targets->at[is->priority][TARGET_NEXT_RESPONSE].seconds >= 0)
        BROKEN(r, s, STORY_STATE, "C-15: no clock counts the answer that is owed");
}

/* Whoever opens it again: somebody has it or is looked for, and who waits for an answer has a clock
 * that says so (T-91, C-8). */
static void check_open_again(struct story_rules *r, const struct story_step *s,
                             const struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;

    if (s->before->status < TICKET_SOLVED || is->status >= TICKET_SOLVED || t->spam)
        return;
    if (is->agent == NULL && is->team != NULL && policy_find_team(s->policy, is->team) >= 0 &&
        !s->plan->wants_queue)
        BROKEN(r, s, STORY_OWNER, "T-91: it is open again, and nobody is looked for");
    if (t->unanswered > 0 && !has_clock(is, TARGET_FIRST_RESPONSE) &&
        !has_clock(is, TARGET_NEXT_RESPONSE) &&
        s->targets->at[is->priority][TARGET_NEXT_RESPONSE].seconds >= 0 &&
        s->targets->at[s->before->priority][TARGET_NEXT_RESPONSE].seconds >= 0)
        BROKEN(r, s, STORY_STATE, "C-8: it is open again, and no clock counts the answer");
}

/* --- levels (e)
 * -----------------------------------------------------------------------------------------------------
 */

static void check_level(struct story_rules *r, const struct story_step *s)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;
    int entered = 0, level = was->level;
    size_t i;

    if (is->level < was->level && s->fact->kind != FACT_HANDED_BACK)
        BROKEN(r, s, STORY_LEVEL, "level %d became %d", was->level, is->level);
    if (is->top_level != (is->level > was->top_level ? is->level : was->top_level))
        BROKEN(r, s, STORY_LEVEL, "the top level is %d after %d and %d", is->top_level,
               was->top_level, is->level);
    if (is->level < 1 || (is->level != was->level && policy_level(s->policy, is->level) == NULL))
        BROKEN(r, s, STORY_LEVEL, "level %d is none of the policy's", is->level);
    for (i = 0; i < s->plan->event_count; i++)
        if (strcmp(s->plan->events[i].kind, "level_entered") == 0) {
            entered++;
            if (s->plan->events[i].level == level && !is_opened_again(s))
                BROKEN(r, s, STORY_LEVEL, "level %d is entered from itself", level);
            level = s->plan->events[i].level;
        }
    if (is->memory.level_visit != was->memory.level_visit + entered ||
        (entered > 0 && level != is->level) ||
        (entered == 0 && is->level != was->level && was->version != 0))
        BROKEN(r, s, STORY_LEVEL, "%d levels were entered, the last is %d, it is at %d", entered,
               level, is->level);
}

/* --- what it may become (h)
 * ---------------------------------------------------------------------------------------------------
 */

/* D-17: the customer did not answer. */
static bool has_waited(struct story_rules *r, const struct story_step *s)
{
    int64_t end =
        story_wait_instant(r, s, s->before->memory.pending_since, s->policy->waiting.solve_s);

    return s->before->memory.pending_since != 0 && end != 0 && end <= s->now;
}

static bool may_move(struct story_rules *r, const struct story_step *s)
{
    enum ticket_status from = s->before->status, to = s->plan->ticket.status;

    switch (s->fact->kind) {
    case FACT_CUSTOMER_WROTE:
        return to == TICKET_OPEN && from != TICKET_NEW; /* of a closed one: check_reopened() */
    case FACT_AGENT_REPLIED:
    case FACT_STATUS_SET:
        if (from == TICKET_CLOSED)
            return to == TICKET_OPEN && s->before->memory.spam_at != 0;
        return to != TICKET_NEW;
    case FACT_TIME_CAME:
    case FACT_QUEUE_LOOKED:
        if (from == TICKET_PENDING && to >= TICKET_SOLVED)
            return has_waited(r, s);
        return from == TICKET_SOLVED && to == TICKET_CLOSED;
    case FACT_MERGED_INTO:
    case FACT_MARKED_SPAM:
        return to == TICKET_CLOSED;
    case FACT_MERGED_FROM: /* what is not over is not over in it */
        return to < TICKET_SOLVED && to != TICKET_NEW;
    default:
        return false;
    }
}

static void check_state(struct story_rules *r, const struct story_step *s)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;

    if (was->version == 0 ? is->status != TICKET_NEW : is->status != was->status && !may_move(r, s))
        BROKEN(r, s, STORY_STATE, "%s became %s", ticket_status_name(was->status),
               ticket_status_name(is->status));
    if (is->status == TICKET_CLOSED && (s->plan->wake_at != 0 || s->plan->wants_queue))
        BROKEN(r, s, STORY_STATE, "it is closed and wants to be woken");
    if (is->merged_into != 0 && is->status != TICKET_CLOSED)
        BROKEN(r, s, STORY_STATE, "it was merged and is %s", ticket_status_name(is->status));
    if ((is->status == TICKET_SOLVED && is->solved_at == 0) ||
        (is->status < TICKET_SOLVED && is->solved_at != 0) ||
        (is->status == TICKET_CLOSED) != (is->closed_at != 0))
        BROKEN(r, s, STORY_STATE, "%s, solved at %lld, closed at %lld",
               ticket_status_name(is->status), (long long)is->solved_at, (long long)is->closed_at);
    if (was->version != 0 &&
        (is->last_customer_at < was->last_customer_at || is->last_public_at < was->last_public_at))
        BROKEN(r, s, STORY_STATE, "the last word is said to be older than it was");
}

/* --- spam (h, g): C-16
 * ---------------------------------------------------------------------------------------------------
 */

static void check_marked(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    size_t i;

    t->spam = true;
    /* Under another policy than its clocks are of, some may have no target any more. */
    t->spam_version = s->before->policy_version;
    memset(t->voided, 0, sizeof(t->voided));
    for (i = 0; i < s->before->clock_count; i++)
        if (s->before->clocks[i].end == TARGET_RUNS)
            t->voided[s->before->clocks[i].kind] = s->before->clocks[i].started_at;
    for (i = 0; i < s->plan->event_count; i++)
        if (strcmp(s->plan->events[i].kind, "clock_ended") == 0 &&
            strcmp(s->plan->events[i].value, "void") != 0)
            BROKEN(r, s, STORY_STATE, "C-16: it is spam, and a clock ended as %s",
                   s->plan->events[i].value);
}

/* Whoever takes it back finds each clock where it was, with its start. */
static void check_unmarked(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;
    int kind;
    size_t i;

    t->spam = false;
    for (kind = 0; kind < TARGET_KIND_N; kind++) {
        if (t->voided[kind] == 0 || t->spam_version != s->policy->version ||
            (kind < TARGET_LEVEL_ACK ? s->targets->at[is->priority][kind].seconds
                                     : story_times_wanted(r, s, (enum target_kind)kind)) < 0)
            continue;
        for (i = 0; i < s->plan->event_count; i++)
            if (s->plan->events[i].clock == kind &&
                strcmp(s->plan->events[i].kind, "clock_started") == 0)
                break;
        if (i == s->plan->event_count)
            BROKEN(r, s, STORY_STATE, "C-16: %s does not go on",
                   target_kind_name((enum target_kind)kind));
        for (i = 0; i < is->clock_count; i++)
            if ((int)is->clocks[i].kind == kind && is->clocks[i].end == TARGET_RUNS &&
                is->clocks[i].started_at != t->voided[kind])
                BROKEN(r, s, STORY_STATE, "C-16: %s began at %lld, and now at %lld",
                       target_kind_name((enum target_kind)kind), (long long)t->voided[kind],
                       (long long)is->clocks[i].started_at);
    }
}

static void check_spam(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;
    size_t i;

    if (s->fact->kind == FACT_MARKED_SPAM)
        check_marked(r, s, t);
    else if (t->spam && is->status != TICKET_CLOSED)
        check_unmarked(r, s, t);
    if (!t->spam)
        return;
    for (i = 0; i < s->plan->delivery_count; i++)
        if (s->plan->deliveries[i].to == PLANNED_CUSTOMER)
            BROKEN(r, s, STORY_NOTICE, "C-16: who sends spam is told %s",
                   notice_kinds[s->plan->deliveries[i].notice].id);
    for (i = 0; i < is->waiting_count; i++)
        if (is->waiting[i].due_at > s->now)
            BROKEN(r, s, STORY_NOTICE, "C-16: %s waits for who sends spam",
                   notice_kinds[is->waiting[i].notice].id);
    if (ticket_carrier(is) != NULL)
        BROKEN(r, s, STORY_OWNER, "C-16: %s carries spam", is->agent);
}

/* --- notices (g)
 * ---------------------------------------------------------------------------------------------------
 */

static bool is_received(enum notice n)
{
    return n == NOTICE_RECEIVED || n == NOTICE_RECEIVED_CLOSED;
}

static void check_escalated(struct story_rules *r, const struct story_step *s,
                            struct rule_ticket *t, const struct planned_delivery *d)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;
    size_t i;

    if (d->level <= t->told_level)
        BROKEN(r, s, STORY_NOTICE, "B-17: E-09 of level %d after level %d", d->level,
               t->told_level);
    t->told_level = d->level;
    if (is->last_public_at != 0 && s->now - is->last_public_at < s->policy->after_reply_s)
        BROKEN(r, s, STORY_NOTICE, "E-09: %lld s after an answer",
               (long long)(s->now - is->last_public_at));
    for (i = 0; i < was->waiting_count; i++)
        if (is_received(was->waiting[i].notice) && was->waiting[i].due_at > s->now)
            BROKEN(r, s, STORY_NOTICE, "E-09: before E-01 has left");
    for (i = 0; i < s->plan->delivery_count; i++)
        if (is_received(s->plan->deliveries[i].notice))
            BROKEN(r, s, STORY_NOTICE, "E-09: together with E-01");
}

static void check_to_customer(struct story_rules *r, const struct story_step *s,
                              struct rule_ticket *t, const struct planned_delivery *d)
{
    const struct fact *f = s->fact;

    if (d->notice == NOTICE_REPLY) {
        if (f->kind != FACT_AGENT_REPLIED || d->due_at != s->now)
            BROKEN(r, s, STORY_NOTICE, "E-06: an answer that nobody gave, or that waits");
        return;
    }
    if (!s->policy->notices[d->notice].on)
        BROKEN(r, s, STORY_NOTICE, "%s is off", notice_kinds[d->notice].id);
    if (f->kind == FACT_CUSTOMER_WROTE && (f->automatic || f->spam || f->bounce || f->report))
        BROKEN(r, s, STORY_NOTICE, "B-07: %s answers a machine", notice_kinds[d->notice].id);
    if (notice_kinds[d->notice].unsolicited && d->due_at < s->now)
        BROKEN(r, s, STORY_NOTICE, "B-01: %s leaves at %lld", notice_kinds[d->notice].id,
               (long long)d->due_at);
    if (is_received(d->notice) && f->kind == FACT_SPLIT_FROM && !f->told)
        BROKEN(r, s, STORY_NOTICE, "C-15: E-01 of a split that nobody was to hear of");
    if (is_received(d->notice) && s->contact->received_at != 0 &&
        s->now - s->contact->received_at < s->policy->received_merge_s)
        BROKEN(r, s, STORY_NOTICE, "E-01: told for another ticket %lld s ago",
               (long long)(s->now - s->contact->received_at));
    if (d->notice == NOTICE_ESCALATED)
        check_escalated(r, s, t, d);
}

/* Whose it is there: the topic's team, where the topic has one. -1: nobody's. */
static int team_of(const struct story_step *s, const struct policy_level *level)
{
    const char *name = s->plan->ticket.topic;
    const struct policy_topic *topic = name == NULL ? NULL : policy_find_topic(s->policy, name);
    int own = topic != NULL && level->level <= (int)topic->team_count
                  ? topic->teams[level->level - 1]
                  : -1;

    return own >= 0 ? own : level->team;
}

/* An agent is told within hours of his own, of an escalation his level's people in the level's
 * (B-19). */
static int64_t told_at(struct story_rules *r, const struct story_step *s,
                       const struct planned_delivery *d)
{
    const struct policy_level *level = policy_level(s->policy, d->level);
    int agent = policy_find_agent(s->policy, d->agent), calendar = -1;
    int team = level == NULL ? -1 : team_of(s, level);
    int64_t at;

    if ((d->notice == NOTICE_AGENT_ESCALATION || d->notice == NOTICE_AGENT_REMINDER) && team >= 0 &&
        policy_has_member(s->policy, (size_t)team, agent))
        calendar = level->calendar;
    else if (agent >= 0)
        calendar = s->policy->agents[agent].calendar;
    at = calendar < 0 ? s->now
                      : slow_due(story_calendar(r, s->policy->version, calendar), s->now, 0);
    return at < 0 ? s->now : at;
}

static void check_deliveries(struct story_rules *r, const struct story_step *s,
                             struct rule_ticket *t)
{
    int waiting = 0, answers = 0, received = 0;
    size_t i;

    for (i = 0; i < s->plan->delivery_count; i++) {
        const struct planned_delivery *d = &s->plan->deliveries[i];

        if (!g_hash_table_add(r->keys, g_strdup(d->step_key)))
            BROKEN(r, s, STORY_NOTICE, "B-05: %s is there twice", d->step_key);
        answers += d->notice == NOTICE_REPLY;
        received += is_received(d->notice);
        waiting += d->to == PLANNED_CUSTOMER && notice_kinds[d->notice].unsolicited;
        if (d->to == PLANNED_CUSTOMER)
            check_to_customer(r, s, t, d);
        else if (d->agent == NULL || !same_instant(r, told_at(r, s, d), d->due_at))
            BROKEN(r, s, STORY_NOTICE, "%s to nobody, or at %lld", notice_kinds[d->notice].id,
                   (long long)d->due_at);
    }
    if (received > 0 && s->before->version != 0)
        BROKEN(r, s, STORY_NOTICE, "B-05: E-01 of a ticket that was there");
    if (answers != (s->fact->kind == FACT_AGENT_REPLIED))
        BROKEN(r, s, STORY_NOTICE, "E-06: %d answers", answers);
    for (i = 0; i < s->plan->ticket.waiting_count; i++)
        waiting += s->plan->ticket.waiting[i].due_at > s->now;
    if (waiting > 1)
        BROKEN(r, s, STORY_NOTICE, "B-01: %d notices wait for one window", waiting);
    for (i = 0; i < s->plan->suppression_count; i++)
        if (s->plan->suppressions[i].notice == NOTICE_REPLY)
            BROKEN(r, s, STORY_NOTICE, "E-06: an answer is held back");
}

/* May the clock that a warning (or a miss) tells of still be helped? */
static bool is_told_in_vain(const struct ticket *t, const struct plan_leaving *l, bool missed)
{
    size_t i;

    if (l->as_owner && t->agent != NULL && strcmp(l->agent, t->agent) != 0)
        return true; /* whose it is was told as it became so */
    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == l->target && t->clocks[i].end == TARGET_RUNS &&
            t->clocks[i].instance == l->instance)
            return !missed && (t->clocks[i].due_at == 0 || t->clocks[i].breached_at != 0);
    return l->instance != 0;
}

/* B-15, of what waited: to the customer, or to an agent for his hours. */
static bool is_untrue(const struct story_left *left)
{
    const struct ticket *t = left->ticket;
    const struct plan_leaving *l = &left->leaving;
    bool over = t->status >= TICKET_SOLVED;

    if (l->notice == NOTICE_REPLY || l->notice == NOTICE_AGENT_UNDELIVERED)
        return false; /* an agent's words, and what became of them */
    if (t->merged_into != 0 || t->memory.spam_at != 0)
        return true;
    switch (l->notice) {
    case NOTICE_SOLVED:
    case NOTICE_AGENT_OVER:
        return !over;
    case NOTICE_ESCALATED:
        return over || t->level < l->level;
    case NOTICE_AGENT_ESCALATION: /* "it is on your level" */
        return over || t->level != l->level;
    case NOTICE_AGENT_REMINDER:
        return over || t->level != l->level || t->memory.level_acked_at != 0;
    case NOTICE_AGENT_ASSIGNED: /* "it is yours" */
        return over || t->agent == NULL || strcmp(t->agent, l->agent) != 0;
    case NOTICE_AGENT_WARNING:
    case NOTICE_AGENT_BREACH:
        return over || is_told_in_vain(t, l, l->notice == NOTICE_AGENT_BREACH);
    case NOTICE_EXPECTED:
        return over;
    case NOTICE_WAITING:
        return t->status != TICKET_PENDING;
    default:
        return false;
    }
}

void story_rules_left(struct story_rules *r, const struct story_left *left)
{
    const struct ticket *t = left->ticket;
    bool untrue = is_untrue(left);

    if (untrue != (left->dropped != NULL))
        story_broken_set(&r->broken, STORY_NOTICE, "B-15: %s of ticket %lld %s",
                         notice_kinds[left->leaving.notice].id, (long long)t->ticket_id,
                         untrue ? "is not so, and leaves" : "is so, and does not leave");
}

/* --- whose it is (k), and what it weighs (h)
 * ---------------------------------------------------------------------------------------------------
 */

static void check_owner(struct story_rules *r, const struct story_step *s,
                        const struct rule_ticket *t)
{
    const struct ticket *is = &s->plan->ticket;
    const char *best, *taken = NULL;
    size_t i;

    if (is->status < TICKET_SOLVED && is->merged_into == 0 &&
        ((is->agent != NULL && policy_find_agent(s->policy, is->agent) < 0) ||
         (is->team != NULL && policy_find_team(s->policy, is->team) < 0)))
        BROKEN(r, s, STORY_OWNER, "C-14: it is of %s and %s, whom the policy does not have",
               is->team == NULL ? "no team" : is->team, is->agent == NULL ? "nobody" : is->agent);
    if (s->fact->kind == FACT_QUEUE_LOOKED) {
        best = story_owner_best(r, s, t);
        for (i = 0; i < s->plan->event_count && taken == NULL; i++)
            if (strcmp(s->plan->events[i].kind, "owner_set") == 0 &&
                strcmp(s->plan->events[i].rule, "T-90") == 0)
                taken = s->plan->events[i].value;
        if (g_strcmp0(best, taken) != 0)
            BROKEN(r, s, STORY_OWNER, "T-90: %s has it, and %s is the one",
                   taken == NULL ? "nobody" : taken, best == NULL ? "nobody" : best);
    }
    if (s->before->status >= TICKET_SOLVED && s->before->version != 0 &&
        s->plan->ticket.status < TICKET_SOLVED && s->plan->ticket.agent != NULL &&
        !(s->fact->by == FACT_BY_AGENT && g_strcmp0(s->fact->actor, s->plan->ticket.agent) == 0) &&
        (policy_find_agent(s->policy, s->plan->ticket.agent) < 0 ||
         !story_owner_there(r, s, policy_find_agent(s->policy, s->plan->ticket.agent))))
        BROKEN(r, s, STORY_OWNER, "T-91: %s has it again, who is not there", s->plan->ticket.agent);
}

/* What the matching rules say of urgency, reach and signs of leaving; by the event's own list. */
static int points_of_rules(const struct policy *p, const char *detail, bool *says)
{
    enum ticket_priority priority = TICKET_PRIORITY_NONE;
    int impact = TICKET_IMPACT_NONE;
    const char *list = strstr(detail, "\"rules\":"), *end = strchr(list, ']');
    size_t i;

    for (i = 0; i < p->rule_count; i++) {
        const char *at = strstr(list, p->rules[i].name);

        if (at == NULL || at > end)
            continue;
        if (p->rules[i].priority > priority)
            priority = p->rules[i].priority;
        if ((int)p->rules[i].impact > impact)
            impact = p->rules[i].impact;
        *says |= (int)i == p->scoring.churn_rule;
    }
    return 10 * (1 + (int)(priority == TICKET_PRIORITY_NONE ? p->priority : priority)) +
           (impact == TICKET_IMPACT_NONE ? 0 : p->scoring.impact[impact]);
}

/* D-44: writes often, was let wait, or says so. */
static bool may_leave(const struct story_step *s, bool says)
{
    const struct policy_scoring *c = &s->policy->scoring;
    int64_t since = s->now - c->churn_within_s;
    int tickets = !fact_is_inert(s->fact) && s->fact->at >= since, i;

    for (i = 0; i < CONTACT_TICKETS_MAX; i++)
        tickets += s->contact->opened_at[i] != 0 && s->contact->opened_at[i] >= since;
    return says ||
           (c->churn_missed && s->contact->missed_at != 0 && s->contact->missed_at >= since) ||
           (c->churn_tickets > 0 && tickets >= c->churn_tickets);
}

/* E-21, D-51: with the first notice of a new case alone, at most three, and not where it is urgent
 * or goes on with another. */
static void check_help(struct story_rules *r, const struct story_step *s)
{
    const struct ticket *t = &s->plan->ticket;
    size_t i;

    for (i = 0; i < s->plan->delivery_count; i++) {
        const struct planned_delivery *d = &s->plan->deliveries[i];
        bool first = (d->notice == NOTICE_RECEIVED || d->notice == NOTICE_RECEIVED_CLOSED) &&
                     s->before->version == 0;

        if (!first && (d->ask != NULL || d->hint_count > 0))
            BROKEN(r, s, STORY_NOTICE, "E-21: %s has what goes with the first notice",
                   notice_kinds[d->notice].id);
        if (d->hint_count > HINT_MAX ||
            (d->hint_count > 0 && (t->priority == TICKET_URGENT || t->follow_up_of != 0 ||
                                   t->related_to != 0 || s->fact->automatic)))
            BROKEN(r, s, STORY_NOTICE, "E-21: %zu articles are told", d->hint_count);
        if (d->ask != NULL && t->memory.asked == 0)
            BROKEN(r, s, STORY_NOTICE, "D-51: what is asked is forgotten at once");
    }
}

static void check_weight(struct story_rules *r, const struct story_step *s)
{
    const struct policy_scoring *c = &s->policy->scoring;
    const struct policy_plan *plan;
    bool says = false;
    int points, step;

    if (s->before->version != 0 || strcmp(s->plan->events[1].kind, "classified") != 0)
        return;
    points = points_of_rules(s->policy, s->plan->events[1].detail, &says);
    plan = s->fact->plan == NULL ? NULL : policy_find_plan(s->policy, s->fact->plan);
    points += plan == NULL ? 0 : plan->points;
    points += s->fact->vip ? c->vip : 0;
    points += may_leave(s, says) ? c->churn : 0;
    step = (points + 5) / 10 - 1;
    if (strcmp(s->plan->events[1].value,
               ticket_priority_name((enum ticket_priority)(step > 3 ? 3 : step))) != 0)
        BROKEN(r, s, STORY_STATE, "%d points, and it is %s", points, s->plan->events[1].value);
}

/* --- all
 * ----------------------------------------------------------------------------------------------------------
 */

void story_rules_decided(struct story_rules *r, const struct story_step *s)
{
    struct rule_ticket *t = &r->tickets[s->ticket_id];
    const char *unheard, *topic, *over = story_budget_wrong(&r->budget, s);

    if (r->broken.letter != 0)
        return;
    check_bare(r, s);
    check_reopened(r, s, t);
    if (s->plan == NULL)
        return;
    if (s->plan->event_count > PLAN_EVENTS_MAX || s->plan->delivery_count > PLAN_DELIVERIES_MAX ||
        s->plan->ticket.clock_count > TICKET_CLOCKS_MAX ||
        s->plan->ticket.tag_count > TICKET_TAGS_MAX ||
        s->plan->ticket.watcher_count > TICKET_WATCHERS_MAX ||
        s->plan->ticket.waiting_count > TICKET_WAITING_MAX)
        BROKEN(r, s, STORY_MEMORY, "more than there is room for");
    check_owner(r, s, t);
    topic = story_topic_wrong(s);
    if (topic != NULL)
        BROKEN(r, s, STORY_OWNER, "D-16: %s", topic);
    check_events(r, s, t);
    count_words(r, s, t);
    check_merged(r, s, t);
    if (s->before->version != 0)
        check_open_again(r, s, t);
    if (s->fact->by == FACT_BY_AGENT && s->fact->actor != NULL &&
        g_strcmp0(s->fact->actor, s->plan->ticket.agent) == 0) {
        t->seen = true;
        t->lost = 0;
    }
    t->by_hand |= s->fact->kind == FACT_PRIORITY_SET;
    check_weight(r, s);
    check_clocks(r, s, t);
    check_level(r, s);
    check_state(r, s);
    check_spam(r, s, t);
    check_deliveries(r, s, t);
    check_help(r, s);
    unheard = story_watch_wrong(s);
    if (unheard != NULL)
        BROKEN(r, s, STORY_NOTICE, "D-18: %s", unheard);
    if (over != NULL)
        BROKEN(r, s, STORY_NOTICE, "%s", over);
    if (r->broken.letter == 0)
        check_wake(r, s, t);
}

void story_rules_begin(struct story_rules *r, const struct random_story *story)
{
    size_t i, k;

    memset(r, 0, sizeof(*r));
    r->story = story;
    r->a = arena_new();
    story_budget_begin(&r->budget);
    r->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->steps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->end = story->begins + (int64_t)(SLOW_DAYS - 4) * 86400;
    for (i = 0; i < 2; i++)
        for (k = 0; k < story->policies[i].calendar_count; k++)
            r->calendars[i][k] =
                slow_calendar_new(&story->policies[i].calendars[k], story->begins - 4 * 86400);
}

void story_rules_end(struct story_rules *r)
{
    size_t i, k;

    for (i = 0; i < 2; i++)
        for (k = 0; k < RANDOM_CALENDARS; k++)
            slow_calendar_free(r->calendars[i][k]);
    story_budget_end(&r->budget);
    g_hash_table_unref(r->keys);
    g_hash_table_unref(r->steps);
    arena_free(r->a);
}
