#include "core/plan.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/classify.h"
#include "core/json_list.h"
#include "core/plan_state.h"
#include "core/text.h"
#include "core/ticket_event.h"

enum {
    PLAN_STEP_EVENTS = 24,     /* what one firing may need at most, with room */
    PLAN_STEP_DELIVERIES = 24, /* likewise */
};

/* --- history
 * ------------------------------------------------------------------------------------------ */

bool plan_is_full(const struct planner *pl)
{
    return pl->p->event_count + PLAN_STEP_EVENTS > PLAN_EVENTS_MAX ||
           pl->p->delivery_count + PLAN_STEP_DELIVERIES + plan_watch_owed(pl) > PLAN_DELIVERIES_MAX;
}

/* The fact itself goes with the first line that it causes. */
static const char *plan_event_fact(struct planner *pl)
{
    const char *kept;
    char *text;

    if (pl->p->event_count > 1)
        return NULL;
    text = fact_to_json(pl->fact);
    kept = arena_strdup(pl->a, text);
    free(text);
    return kept;
}

static const char *plan_event_detail(struct planner *pl, json_t *detail)
{
    const char *kept;
    char *text;

    if (detail == NULL)
        return "{}";
    text = json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(detail);
    kept = arena_strdup(pl->a, text == NULL ? "{}" : text);
    free(text);
    return kept;
}

/* What follows from a fact; each is written down by one of the planner's rooms. */
static const char *const plan_event_kinds[] = {
    "classified",       "clock_breached",    "clock_ended",        "clock_retargeted",
    "clock_started",    "clock_warned",      "clocks_void",        "delivery_dead",
    "delivery_failed",  "delivery_partly",   "level_acknowledged", "level_entered",
    "level_reminded",   "notice_planned",    "notice_suppressed",  "owner_set",
    "priority_changed", "status_changed",    "step_taken",         "tagged",
    "solution_noted",   "promise_late",      "hint_suggested",     "hint_withheld",
    "topic_asked",      "answer_classified", "program_replied",
};

bool plan_event_is_known(const char *kind)
{
    size_t i;

    for (i = 0; i < sizeof(plan_event_kinds) / sizeof(plan_event_kinds[0]); i++)
        if (strcmp(plan_event_kinds[i], kind) == 0)
            return true;
    return fact_kind_find(kind) >= 0;
}

/* Words, and the next link of the chain. */
static void plan_event_tell(struct planner *pl, struct planned_event *e, json_t *detail)
{
    struct ticket *t = &pl->p->ticket;
    struct ticket_event_line line;

    e->detail = plan_event_detail(pl, detail);
    e->fact = plan_event_fact(pl);
    line = (struct ticket_event_line){ .ticket_id = t->ticket_id,
                                       .seq = e->seq,
                                       .at = e->at,
                                       .cause = e->cause,
                                       .policy_version = pl->policy->version,
                                       .kind = e->kind,
                                       .actor_kind = fact_actor_name(e->by),
                                       .actor = e->actor,
                                       .rule = e->rule,
                                       .why = e->why,
                                       .detail = e->detail,
                                       .fact = e->fact };
    ticket_event_hash(t->event_hash, &line, e->hash);
    memcpy(t->event_hash, e->hash, sizeof(t->event_hash));
}

struct planned_event *plan_event(struct planner *pl, const char *kind, const char *rule,
                                 json_t *detail, const char *why, ...)
{
    struct ticket *t = &pl->p->ticket;
    struct planned_event *e = &pl->unkept;
    char words[300];
    va_list ap;

    assert(plan_event_is_known(kind));
    if (pl->p->event_count >= PLAN_EVENTS_MAX) {
        json_decref(detail);
        return e; /* folds stop before: plan_is_full() */
    }
    e = &pl->p->events[pl->p->event_count++];
    *e = (struct planned_event){ .seq = ++t->event_seq,
                                 .at = pl->fact->now,
                                 .kind = kind,
                                 .by = pl->fact->by,
                                 .actor = pl->fact->actor,
                                 .rule = rule,
                                 .why = "",
                                 .detail = "{}",
                                 .clock = -1,
                                 .notice = -1 };
    if (pl->cause == 0)
        pl->cause = e->seq; /* the first line is the fact's own */
    e->cause = pl->cause;
    if (pl->bare)
        return e;
    va_start(ap, why);
    vsnprintf(words, sizeof(words), why, ap);
    va_end(ap);
    e->why = arena_strdup(pl->a, words);
    plan_event_tell(pl, e, detail);
    return e;
}

/* --- status and priority
 * ------------------------------------------------------------------------------ */

/* Which moves an agent may make; the customer's and the time's own are in their facts. */
static const bool plan_moves[TICKET_STATUS_N][TICKET_STATUS_N] = {
    /*            from          to: new    open  pend. hold  solv. closed */
    [TICKET_NEW] = { false, true, true, true, true, true },
    [TICKET_OPEN] = { false, false, true, true, true, true },
    [TICKET_PENDING] = { false, true, false, true, true, true },
    [TICKET_ON_HOLD] = { false, true, true, false, true, true },
    [TICKET_SOLVED] = { false, true, true, true, false, true },
    [TICKET_CLOSED] = { false, false, false, false, false, false },
};

static void plan_on_solved(struct planner *pl, int64_t at)
{
    struct ticket *t = &pl->p->ticket;
    enum target_end answered = t->memory.unanswered > 0 ? TARGET_WAIVED : TARGET_MET;

    t->solved_at = at;
    plan_clock_end(pl, TARGET_ACK, at, TARGET_MET, "C-1");
    plan_clock_end(pl, TARGET_FIRST_RESPONSE, at, TARGET_WAIVED, "C-8");
    plan_clock_end(pl, TARGET_NEXT_RESPONSE, at, answered, "C-8");
    plan_clock_end(pl, TARGET_UPDATE, at, TARGET_MET, "C-9");
    plan_clock_end(pl, TARGET_LEVEL_ACK, at, TARGET_MET, "C-20");
    t->memory.unanswered_since = 0; /* whoever writes again waits since then (C-8) */
    t->memory.assign_wanted_at = 0;
}

void plan_set_status(struct planner *pl, enum ticket_status to, int64_t at, const char *why)
{
    struct ticket *t = &pl->p->ticket;
    enum ticket_status from = t->status;

    if (from == to)
        return;
    t->status = to;
    plan_event(pl, "status_changed", NULL,
               plan_detail(pl, "{s:s, s:s}", "from", ticket_status_name(from), "to",
                           ticket_status_name(to)),
               "%s", why)
        ->value = ticket_status_name(to);
    if (to == TICKET_SOLVED)
        plan_on_solved(pl, at);
    if (from >= TICKET_SOLVED && to < TICKET_SOLVED)
        t->solved_at = 0;
    if (to == TICKET_CLOSED) {
        t->closed_at = at;
        /* What ran until it was solved was met then (C-10). */
        plan_clock_end_all(pl, t->solved_at != 0 ? t->solved_at : at,
                           t->solved_at != 0 ? TARGET_MET : TARGET_WAIVED, "C-10");
    }
    plan_clock_follow_status(pl, at);
    plan_wait_status(pl, at);
    plan_incident_status(pl);
}

void plan_set_priority(struct planner *pl, enum ticket_priority to, const char *rule,
                       const char *why)
{
    struct ticket *t = &pl->p->ticket;
    enum ticket_priority from = t->priority;

    if (from == to)
        return;
    t->priority = to;
    plan_event(pl, "priority_changed", rule,
               plan_detail(pl, "{s:s, s:s}", "from", ticket_priority_name(from), "to",
                           ticket_priority_name(to)),
               "%s", why)
        ->value = ticket_priority_name(to);
    plan_clock_retarget(pl, "the priority changed");
}

/* --- facts
 * -------------------------------------------------------------------------------------------- */

static void plan_open_classified(struct planner *pl, struct classify_result *found)
{
    const struct fact *f = pl->fact;
    const struct classify_words words = { f->subject, f->text, f->sender, f->organization };
    struct ticket *t = &pl->p->ticket;

    classify_apply(pl->policy, &words, pl->a, found);
    t->tags = found->tags;
    t->tag_count = found->tag_count;
    plan_priority_open(pl, found);
    if (found->team >= 0)
        t->team = pl->policy->teams[found->team].name;
}

void plan_open(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    int64_t last = f->last_at < f->now ? f->last_at : f->now;
    struct classify_result found;

    t->status = TICKET_NEW;
    t->created_at = f->at;
    t->last_customer_at = last > f->at ? last : f->at;
    t->subject = f->title != NULL ? f->title : f->subject == NULL ? "" : f->subject;
    t->language = f->language != NULL ? f->language : pl->p->contact.language;
    t->follow_up_of = f->follow_up_of;
    t->related_to = f->related_to;
    t->policy_version = pl->policy->version;
    plan_event(pl, fact_kind_name(f->kind), NULL, plan_split_link(pl), "a ticket is opened: %s",
               f->thread_why == NULL ? "nothing that is known belongs to it" : f->thread_why);
    plan_open_classified(pl, &found);
    if (fact_is_inert(f)) {
        plan_event(pl, "clocks_void", "C-16", NULL, "%s",
                   f->spam     ? "marked as spam"
                   : f->bounce ? "a notice that a delivery failed"
                               : "a program's answer or report: nobody waits");
        t->level = t->top_level = 1;
        return;
    }
    t->memory.unanswered = f->unanswered > 1 ? f->unanswered : 1;
    t->memory.unanswered_since = f->at;
    plan_clock_start(pl, TARGET_ACK, f->at);
    plan_clock_start(pl, TARGET_FIRST_RESPONSE, f->at);
    plan_clock_start(pl, TARGET_RESOLUTION, f->at);
    plan_level_enter(pl, 1, "C-21", "the first level");
    plan_assign_want(pl);
    if (f->kind != FACT_SPLIT_FROM || f->told)
        plan_notice_received(pl);
    plan_incident_open(pl);
    plan_level_check_events(pl, false);
    plan_hint_open(pl, &found);
}

static void plan_reopen(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    if (t->status == TICKET_CLOSED) {
        plan_reopen_anew(pl);
        return;
    }
    t->memory.reopened++;
    plan_set_status(pl, TICKET_OPEN, pl->fact->at, "the customer wrote again");
    plan_incident_reopened(pl);
    plan_assign_reopened(pl);
    plan_clock_start(pl, TARGET_RESOLUTION,
                     pl->fact->at); /* none if the same instance resumes (C-10) */
    plan_notice_customer(pl, NOTICE_FOLLOW_UP, "E-03", 0, 0, NULL);
}

static int plan_customer_wrote(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    bool was_over = t->status >= TICKET_SOLVED;

    if (pl->p->ticket.version == 0) {
        plan_open(pl);
        return 0;
    }
    if (!plan_takes_message(pl->policy, t, f->at))
        return error_set(pl->err, ERROR_PERMANENT,
                         "ticket %lld is closed: a message opens a follow-up",
                         (long long)t->ticket_id);
    if (f->automatic || fact_is_inert(f)) {
        plan_event(pl, fact_kind_name(f->kind), "B-13", NULL,
                   "an automatic message: no state and no clock changes");
        return 0;
    }
    plan_event(pl, fact_kind_name(f->kind), t->memory.spam_at != 0 ? "C-16" : NULL, NULL, "%s",
               t->memory.spam_at != 0  ? "it was marked as spam: nobody waits"
               : f->thread_why == NULL ? "it belongs here"
                                       : f->thread_why);
    if (f->at > t->last_customer_at)
        t->last_customer_at = f->at;
    t->memory.unanswered++;
    if (t->memory.unanswered_since == 0)
        t->memory.unanswered_since = f->at;
    if (t->memory.spam_at != 0)
        return 0;
    if (was_over)
        plan_reopen(pl);
    else if (t->status == TICKET_PENDING || t->status == TICKET_ON_HOLD)
        plan_set_status(pl, TICKET_OPEN, f->at, "the customer wrote again"); /* C-12 */
    if (plan_clock_find(pl, TARGET_FIRST_RESPONSE) == NULL)
        plan_clock_start(pl, TARGET_NEXT_RESPONSE, t->memory.unanswered_since); /* C-8 */
    if (!was_over && f->threaded_weakly)
        plan_notice_customer(pl, NOTICE_FOLLOW_UP, "E-03", 0, 0, NULL);
    plan_priority_listen(pl);
    plan_hint_answered(pl);
    plan_assign_want(pl);
    plan_notice_owner(pl, NOTICE_AGENT_CUSTOMER, "A-02", TARGET_NEXT_RESPONSE, 0, NULL);
    plan_level_check_events(pl, false);
    return 0;
}

/* How it was solved: asked for where the policy says so, unless an answer to the customer says it
 * (D-40, D-53). */
static int plan_solution(struct planner *pl, enum ticket_status to)
{
    const struct fact *f = pl->fact;
    bool solves = to >= TICKET_SOLVED && pl->p->ticket.status < TICKET_SOLVED;
    bool said = f->solution != NULL && f->solution[0] != '\0';

    if (pl->policy->solution_asked && solves && !said && f->kind != FACT_AGENT_REPLIED)
        return error_set(pl->err, ERROR_PERMANENT,
                         "the policy asks how it was solved: say it with --solution");
    if (said && to < TICKET_SOLVED)
        return error_set(pl->err, ERROR_PERMANENT, "a solution is said of what is solved with it");
    return 0;
}

static void plan_solution_noted(struct planner *pl)
{
    if (pl->fact->solution != NULL && pl->fact->solution[0] != '\0')
        plan_event(pl, "solution_noted", "D-40",
                   plan_detail(pl, "{s:s}", "solution", pl->fact->solution), "how it was solved");
}

/* It is told what a program says, and waits for a person as before (C-7). */
static void plan_program_replied(struct planner *pl, enum ticket_status to)
{
    struct ticket *t = &pl->p->ticket;

    plan_event(pl, "program_replied", "C-7", NULL,
               "a program's words go to the customer: nobody has answered yet");
    plan_notice_words(pl);
    if (to != t->status && plan_moves[t->status][to])
        plan_set_status(pl, to, pl->fact->at, "set with a program's words");
    plan_solution_noted(pl);
}

static int plan_agent_replied(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    enum ticket_status to = f->status;
    bool solved;
    int agent = f->actor == NULL ? -1 : policy_find_agent(pl->policy, f->actor);
    bool program = agent >= 0 && pl->policy->agents[agent].program;

    if (to == TICKET_STATUS_N)
        to = program ? t->status : TICKET_OPEN;
    if (t->status == TICKET_CLOSED)
        return error_set(pl->err, ERROR_PERMANENT, "ticket %lld is closed",
                         (long long)t->ticket_id);
    if (plan_solution(pl, to) < 0)
        return -1;
    if (program) {
        plan_program_replied(pl, to);
        return 0;
    }
    plan_event(pl, fact_kind_name(f->kind), "E-06", NULL, "an agent answered the customer");
    if (f->at > t->last_public_at)
        t->last_public_at = f->at;
    t->memory.unanswered = t->memory.unanswered_before = 0;
    t->memory.unanswered_since = 0;
    plan_notice_reply(pl);
    plan_clock_end(pl, TARGET_FIRST_RESPONSE, f->at, TARGET_MET, "C-7");
    plan_clock_end(pl, TARGET_NEXT_RESPONSE, f->at, TARGET_MET, "C-8");
    plan_clock_end(pl, TARGET_UPDATE, f->at, TARGET_MET, "C-9");
    plan_level_acknowledge(pl, f->at);
    if (t->agent == NULL && agent >= 0)
        plan_assign_to(pl, pl->policy->agents[agent].name, NULL, "who answers first has it");
    solved = t->status == TICKET_SOLVED;
    if (to != t->status && plan_moves[t->status][to])
        plan_set_status(pl, to, f->at, "set with the answer");
    if (solved && t->status < TICKET_SOLVED)
        plan_reopen_solved(pl);
    plan_solution_noted(pl);
    if (t->status < TICKET_SOLVED && t->status != TICKET_PENDING) /* C-9 */
        plan_clock_start(pl, TARGET_UPDATE, f->at);
    return 0;
}

static int plan_status_set(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    enum ticket_status from = t->status, to = pl->fact->status;

    if (to == TICKET_STATUS_N || !(plan_moves[from][to] || plan_spam_returns(t, to)))
        return error_set(pl->err, ERROR_PERMANENT, "a ticket that is %s cannot become %s",
                         ticket_status_name(from),
                         to == TICKET_STATUS_N ? "nothing" : ticket_status_name(to));
    if (plan_solution(pl, to) < 0)
        return -1;
    plan_event(pl, fact_kind_name(pl->fact->kind), NULL, NULL, "%s",
               pl->fact->reason == NULL ? "set by hand" : pl->fact->reason);
    if (from == TICKET_CLOSED)
        plan_spam_undo(pl);
    plan_level_acknowledge(pl, pl->fact->at);
    plan_set_status(pl, to, pl->fact->at, "set by hand");
    plan_solution_noted(pl);
    if (to == TICKET_SOLVED)
        plan_notice_customer(pl, NOTICE_SOLVED, "E-15", pl->fact->now + pl->policy->grace_s, 0,
                             NULL);
    if (from == TICKET_SOLVED && to != TICKET_CLOSED) {
        t->memory.reopened++;
        plan_reopen_solved(pl);
        plan_level_check_events(pl, false);
    }
    return 0;
}

static int plan_assigned(struct planner *pl)
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

static int plan_escalated(struct planner *pl)
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

static int plan_handed_back(struct planner *pl)
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

static int plan_tagged(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    const char **tags = arena_array(pl->a, t->tag_count + f->tag_count, sizeof(*tags));
    size_t n = 0, i;

    for (i = 0; i < t->tag_count; i++)
        if (!text_is_among(f->tags_off, f->tag_off_count, t->tags[i]))
            tags[n++] = t->tags[i];
    for (i = 0; i < f->tag_count; i++)
        if (!text_is_among(tags, n, f->tags[i]))
            tags[n++] = f->tags[i];
    if (n > TICKET_TAGS_MAX)
        return error_set(pl->err, ERROR_PERMANENT, "over %d tags", TICKET_TAGS_MAX);
    for (i = 0; i < f->tag_count; i++)
        if (!policy_has_tag(pl->policy, f->tags[i]))
            return error_set(pl->err, ERROR_PERMANENT,
                             "the tag '%.60s' is not in the policy's vocabulary", f->tags[i]);
    t->tags = tags;
    t->tag_count = n;
    plan_event(pl, fact_kind_name(f->kind), NULL,
               plan_detail(pl, "{s:o}", "tags", json_list_texts(tags, n)), "set by hand");
    plan_level_check_events(pl, false);
    return 0;
}

static int64_t plan_earlier(int64_t x, int64_t y)
{
    return x == 0 || (y != 0 && y < x) ? y : x;
}

/* Everything due at `now` or before, in the order of its instants. */
static void plan_fold_time(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    struct target_clock *c = NULL;
    int64_t clock, level, silent, wait, news, first;
    int step = -1;

    while (!plan_is_full(pl)) {
        clock = plan_clock_next(pl, &c);
        level = plan_level_next(pl, &step);
        silent = plan_assign_silent(pl);
        wait = plan_wait_next(pl);
        news = plan_incident_next(pl);
        first = plan_earlier(plan_earlier(clock, level), plan_earlier(silent, wait));
        first = plan_earlier(first, news);
        pl->next = first;
        pl->looked = first == 0 || first > pl->fact->now;
        if (pl->looked)
            break;
        if (clock == first)
            plan_clock_fire(pl, c, clock);
        else if (level == first)
            plan_level_fire(pl, step, level);
        else if (silent == first)
            plan_assign_fire(pl);
        else if (wait == first)
            plan_wait_fire(pl);
        else
            plan_incident_fire(pl);
    }
    if (t->status == TICKET_SOLVED && t->solved_at != 0 &&
        t->solved_at + pl->policy->grace_s <= pl->fact->now)
        plan_set_status(pl, TICKET_CLOSED, t->solved_at + pl->policy->grace_s,
                        "the grace period is over");
}

static int plan_time_came(struct planner *pl)
{
    if (pl->fact->kind == FACT_QUEUE_LOOKED)
        plan_assign_look(pl);
    plan_fold_time(pl);
    return 0;
}

static int plan_said(struct planner *pl)
{
    plan_event(pl, fact_kind_name(pl->fact->kind), NULL, NULL, "%s",
               pl->fact->reason == NULL ? "written down" : pl->fact->reason);
    plan_level_acknowledge(pl, pl->fact->at);
    return 0;
}

static int plan_priority_set(struct planner *pl)
{
    if (pl->fact->priority == TICKET_PRIORITY_NONE)
        return error_set(pl->err, ERROR_PERMANENT, "which priority is not said");
    plan_event(pl, fact_kind_name(pl->fact->kind), "D-16",
               plan_detail(pl, "{s:i, s:s, s:s}", "score", pl->p->ticket.memory.points, "was",
                           ticket_priority_name(pl->p->ticket.priority), "to",
                           ticket_priority_name(pl->fact->priority)),
               "%s", pl->fact->reason == NULL ? "set by hand" : pl->fact->reason);
    pl->p->ticket.memory.by_hand = 1;
    plan_set_priority(pl, pl->fact->priority, "D-16", "set by hand");
    plan_level_check_events(pl, false);
    return 0;
}

static int plan_policy_changed(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    size_t i;

    plan_event(pl, fact_kind_name(pl->fact->kind), "C-14",
               plan_detail(pl, "{s:i, s:i}", "from", t->policy_version, "to", pl->policy->version),
               "open clocks follow the new policy");
    t->policy_version = pl->policy->version;
    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS) { /* also of one that stays as it is (C-2) */
            t->clocks[i].policy_version = pl->policy->version;
            t->clocks[i].changed = true;
        }
    plan_clock_retarget(pl, "the policy changed");
    return 0;
}

/* "B-12 nobody is at this address": the rule, and what follows it; NULL: none stands before it. */
static const char *plan_rule_of(struct arena *a, const char **why)
{
    const char *w = *why;

    if (strncmp(w, "B-", 2) != 0 || strlen(w) < 5 || w[4] != ' ')
        return NULL;
    *why = w + 5;
    return arena_strndup(a, w, 4);
}

/* Nothing changes but the history: what was owed did not arrive, or was rightly not sent (B-18).
 * Of a person's words the ticket's people hear. */
static int plan_delivery_ended(struct planner *pl)
{
    static const struct {
        const char *ended, *event, *why;
    } ends[] = {
        { "suppressed", "notice_suppressed", "" },
        { "dead", "delivery_dead", "it could not be delivered: " },
        { "failed", "delivery_failed", "it was sent and did not arrive: " },
        { "partly", "delivery_partly", "it was sent without all of its files: " },
    };
    const struct fact *f = pl->fact;
    const char *why = f->reason == NULL || *f->reason == '\0' ? "nobody said why" : f->reason;
    const char *rule = plan_rule_of(pl->a, &why);
    size_t i;

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (f->ended != NULL && strcmp(f->ended, ends[i].ended) == 0)
            break;
    if (i == sizeof(ends) / sizeof(ends[0]) || f->notice == NULL)
        return error_set(pl->err, ERROR_PERMANENT, "which delivery ended how is not said");
    plan_event(pl, ends[i].event, rule,
               plan_detail(pl, "{s:s, s:I}", "notice", f->notice, "delivery_id",
                           (json_int_t)f->delivery_id),
               "%s%s", ends[i].why, why);
    if (strcmp(f->notice, notice_kinds[NOTICE_REPLY].id) == 0)
        plan_notice_owner(pl, NOTICE_AGENT_UNDELIVERED, "A-07", TARGET_NEXT_RESPONSE, 0, why);
    return 0;
}

/* What each fact does. A new one is a row here. */
static int (*const plan_facts[FACT_KIND_N])(struct planner *pl) = {
    [FACT_CUSTOMER_WROTE] = plan_customer_wrote,
    [FACT_AGENT_REPLIED] = plan_agent_replied,
    [FACT_AGENT_NOTED] = plan_said,
    [FACT_STATUS_SET] = plan_status_set,
    [FACT_PRIORITY_SET] = plan_priority_set,
    [FACT_TOPIC_SET] = plan_topic_set,
    [FACT_ASSIGNED] = plan_assigned,
    [FACT_QUEUE_LOOKED] = plan_time_came,
    [FACT_ESCALATED] = plan_escalated,
    [FACT_HANDED_BACK] = plan_handed_back,
    [FACT_ACKNOWLEDGED] = plan_said,
    [FACT_TAGGED] = plan_tagged,
    [FACT_WATCHED] = plan_watched,
    [FACT_MARKED_SPAM] = plan_marked_spam,
    [FACT_MERGED_INTO] = plan_merged_into,
    [FACT_MERGED_FROM] = plan_merged_from,
    [FACT_SPLIT_INTO] = plan_split_into,
    [FACT_SPLIT_FROM] = plan_split_from,
    [FACT_TIME_CAME] = plan_time_came,
    [FACT_POLICY_CHANGED] = plan_policy_changed,
    [FACT_DELIVERY_ENDED] = plan_delivery_ended,
    [FACT_INCIDENT_LOOKED] = plan_incident_looked,
    [FACT_INCIDENT_ASKED] = plan_incident_asked,
    [FACT_INCIDENT_OPENED] = plan_incident_opened,
    [FACT_INCIDENT_JOINED] = plan_incident_joined,
    [FACT_INCIDENT_LEFT] = plan_incident_left,
    [FACT_INCIDENT_OVER] = plan_incident_over,
};

static void plan_set_wake(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    struct target_clock *c = NULL;
    int64_t wake = 0;
    int step, team;

    if (t->status < TICKET_SOLVED) {
        if (!pl->looked) {
            wake = plan_earlier(plan_clock_next(pl, &c), plan_level_next(pl, &step));
            wake = plan_earlier(wake, plan_assign_silent(pl));
            wake = plan_earlier(wake, plan_wait_next(pl));
            pl->next = plan_earlier(wake, plan_incident_next(pl));
        }
        wake = plan_earlier(pl->next, plan_assign_next(pl));
    } else if (t->status == TICKET_SOLVED && t->solved_at != 0) {
        wake = t->solved_at + pl->policy->grace_s;
    }
    pl->p->wake_at = wake;
    team = plan_assign_team(pl);
    pl->p->queue_team = team < 0 ? NULL : pl->policy->teams[team].name;
    pl->p->queue_rank = team < 0 ? 0 : plan_assign_rank(pl);
    pl->p->queue_since = team < 0 ? 0 : t->memory.assign_wanted_at;
    pl->p->wants_queue = team >= 0;
}

static int plan_decide(struct planner *pl, const struct ticket *before,
                       const struct contact *contact)
{
    const struct fact *fact = pl->fact;
    struct plan *out = pl->p;
    size_t i;

    if (before->version == 0 && !fact_is_said(fact) && fact->kind != FACT_INCIDENT_OPENED)
        return error_set(pl->err, ERROR_PERMANENT, "there is no such ticket");
    if (before->merged_into != 0 && fact->kind != FACT_TIME_CAME &&
        fact->kind != FACT_DELIVERY_ENDED && fact->kind != FACT_INCIDENT_LOOKED)
        return error_set(pl->err, ERROR_PERMANENT, "ticket %lld was merged into ticket %lld",
                         (long long)before->ticket_id, (long long)before->merged_into);
    if (plan_incident_refuse(pl, before) < 0)
        return -1;
    out->event_count = out->delivery_count = out->suppression_count = 0;
    out->incident = (struct planned_incident){ 0 };
    out->offer = (struct planned_offer){ 0 };
    memcpy(&out->ticket, before,
           offsetof(struct ticket, clocks) + before->clock_count * sizeof(before->clocks[0]));
    out->contact = *contact;
    out->contact.changed = false;
    for (i = 0; i < out->ticket.clock_count; i++)
        out->ticket.clocks[i].changed = false;
    plan_clock_follow_calendars(pl);
    if (plan_facts[fact->kind](pl) < 0)
        return -1;
    plan_assign_known(pl);
    plan_clock_start_owed(pl);
    plan_assign_seen(pl);
    plan_expected_tell(pl);
    plan_watch_tell(pl);
    plan_set_wake(pl);
    return 0;
}

int plan_apply(const struct policy *policy, const struct target_table *targets,
               const struct ticket *before, const struct contact *contact, const struct fact *fact,
               struct arena *a, struct plan *out, struct error *err)
{
    struct planner pl = {
        .policy = policy, .targets = targets, .fact = fact, .a = a, .p = out, .err = err
    };

    return plan_decide(&pl, before, contact);
}

int plan_apply_bare(const struct policy *policy, const struct target_table *targets,
                    const struct ticket *before, const struct contact *contact,
                    const struct fact *fact, struct arena *a, struct plan *out, struct error *err)
{
    struct planner pl = { .policy = policy,
                          .targets = targets,
                          .fact = fact,
                          .a = a,
                          .p = out,
                          .bare = true,
                          .err = err };

    return plan_decide(&pl, before, contact);
}
