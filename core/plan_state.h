/* core/plan_state.h - what the planner's rooms share while one fact is being decided.
 *
 * Only core/plan*.c includes this. A `struct planner` lives for one plan_apply(). */
#ifndef RELEVO_CORE_PLAN_STATE_H
#define RELEVO_CORE_PLAN_STATE_H

#include <jansson.h>
#include <stdbool.h>

#include "core/classify.h"
#include "core/plan.h"

struct planner {
    const struct policy *policy;
    const struct target_table *targets;
    const struct fact *fact;
    struct arena *a;
    struct plan *p;              /* p->ticket and p->contact are what is being made */
    int64_t cause;               /* seq of the fact's own event */
    bool bare;                   /* nothing is put into words */
    bool retargeted;             /* it has other targets than it had */
    bool anew;                   /* it was closed, and the message opens it again (C-10) */
    bool looked;                 /* all that was due was done: `next` is known */
    int64_t next;                /* when something is due next, but for the queue; 0: never */
    struct planned_event unkept; /* what there is no room for */
    struct plan_late {           /* what was told to the customer and will not be kept */
        enum target_kind clock;
        int64_t by_at;   /* the new time; 0: nobody can say */
        const char *why; /* NULL: all is kept */
    } late;
    const char *moved_why; /* why it is with another level; NULL: it is where it was */
    struct error *err;
};

/* --- core/plan_event.c: the history */

/* Adds a line to the history, about nothing yet. `detail` is taken; NULL: {}. */
struct planned_event *plan_event(struct planner *pl, const char *kind, const char *rule,
                                 json_t *detail, const char *why, ...)
    __attribute__((format(printf, 5, 6)));
/* A detail, where somebody will read it. */
#define plan_detail(pl, ...) ((pl)->bare ? NULL : json_pack(__VA_ARGS__))

/* --- core/plan_message.c: what customers and agents write */

/* The ticket begins with the customer's message that is being decided. */
void plan_open(struct planner *pl);
int plan_customer_wrote(struct planner *pl); /* the facts of these names */
int plan_agent_replied(struct planner *pl);
int plan_said(struct planner *pl); /* a note, and that somebody has seen it */

/* --- core/plan_status.c */

void plan_set_status(struct planner *pl, enum ticket_status to, int64_t at, const char *why);
/* May an agent move it so? */
bool plan_status_may(enum ticket_status from, enum ticket_status to);
int plan_status_set(struct planner *pl); /* the fact of this name */
/* How it was solved: asked for where the policy says so, unless an answer to the customer says it
 * (D-40, D-53). -1: it may not become `to` so. */
int plan_solution(struct planner *pl, enum ticket_status to);
void plan_solution_noted(struct planner *pl);

/* --- core/plan_time.c: what time alone brings */

int plan_time_came(struct planner *pl); /* the fact of this name, and FACT_QUEUE_LOOKED */
/* No room for what one more step of a fold may need: go on with the next FACT_TIME_CAME. */
bool plan_is_full(const struct planner *pl);
/* Once all else of the fact is decided: when it is due, and in which queue it waits. */
void plan_set_wake(struct planner *pl);

/* --- core/plan_priority.c: what a case weighs */

void plan_set_priority(struct planner *pl, enum ticket_priority to, const char *rule,
                       const char *why);
int plan_priority_set(struct planner *pl); /* the fact of this name */
enum ticket_priority plan_priority_of(int points);
/* A new ticket's score, priority, topic, plan. */
void plan_priority_open(struct planner *pl, const struct classify_result *found);
/* Points more; they raise the priority and never lower it, and leave alone what an agent set. */
void plan_priority_add(struct planner *pl, int points, const char *rule, const char *why);
/* A further message of the customer is listened to for signs of leaving (D-44). */
void plan_priority_listen(struct planner *pl);
/* Does the customer's message that is being decided match that rule of the classification? */
bool plan_says(const struct planner *pl, int rule);

/* --- core/plan_topic.c */

int plan_topic_set(struct planner *pl); /* the fact of this name */

/* --- core/plan_clock.c: clocks and their ledgers */

struct target_clock *plan_clock_find(struct planner *pl,
                                     enum target_kind kind); /* that runs or pauses */
void plan_clock_start(struct planner *pl, enum target_kind kind, int64_t at);
void plan_clock_end(struct planner *pl, enum target_kind kind, int64_t at, enum target_end end,
                    const char *rule);
/* C-16: all that runs ends as void now (or nothing does), and it is remembered what. */
void plan_clock_void(struct planner *pl, bool all);
/* C-16 is undone: what ended as void then goes on with the same start and what was counted of it;
 * what lies between was a pause. */
void plan_clock_restore(struct planner *pl, int64_t voided_at);
void plan_clock_end_all(struct planner *pl, int64_t at, enum target_end end, const char *rule);
/* Brings every clock's ledger in line with the status (C-11, C-12). */
void plan_clock_follow_status(struct planner *pl, int64_t at);
/* C-13: the targets of the priority, topic and policy in force; elapsed time stays. */
void plan_clock_retarget(struct planner *pl, const char *why);
/* Where it has other targets: what is owed and had none begins now (C-13). */
void plan_clock_start_owed(struct planner *pl);
/* Clocks whose calendar the policy in force does not know follow its targets. */
void plan_clock_follow_calendars(struct planner *pl);
/* C-15: c begins where a merged ticket's clock began. */
void plan_clock_take(struct planner *pl, struct target_clock *c, const struct target_clock *other);
/* By which it counts; NULL: the wall's time. */
const struct calendar *plan_clock_calendar(const struct policy *policy,
                                           const struct target_clock *c);
/* Seconds counted until `at`. */
int64_t plan_clock_elapsed(const struct policy *policy, const struct target_clock *c, int64_t at);
/* When `counted` seconds will have been counted if it runs on; 0: it pauses or never. Where they
 * have been before its last edge: that edge, or when they were, once its target was missed. */
int64_t plan_clock_instant(const struct policy *policy, const struct target_clock *c,
                           int64_t counted);
/* Likewise, and always when they were: a pause makes nothing new of what lies before it. */
int64_t plan_clock_reached(const struct policy *policy, const struct target_clock *c,
                           int64_t counted);
/* The next warning or breach of any clock: its instant, 0: none. */
int64_t plan_clock_next(const struct planner *pl, struct target_clock **which);
void plan_clock_fire(struct planner *pl, struct target_clock *c, int64_t instant);

/* --- core/plan_level.c: the escalation path */

int plan_escalated(struct planner *pl); /* the facts of these names */
int plan_handed_back(struct planner *pl);
/* It is on a level, and not over. */
bool plan_level_is_live(const struct planner *pl);
void plan_level_enter(struct planner *pl, int level, const char *rule, const char *why);
void plan_level_acknowledge(struct planner *pl, int64_t at);
/* Who has the ticket there: the topic's team of that level, else the level's own. -1: nobody. */
int plan_level_team(const struct planner *pl, const struct policy_level *l);
/* The ticket's; that of its level where the policy has no team of that name any more. -1: nobody.
 */
int plan_level_own_team(const struct planner *pl);
/* The next step or reminder that time alone brings: its instant, 0: none; *step -1: a reminder. */
int64_t plan_level_next(const struct planner *pl, int *step);
void plan_level_fire(struct planner *pl, int step, int64_t instant);
/* Steps whose trigger is an event that has just happened (C-20). */
void plan_level_check_events(struct planner *pl, bool requested);

/* --- core/plan_explain.c: a step in the words of the policy's file, for the history */

const char *plan_explain_when(const struct planner *pl, const struct policy_step *s);
json_t *plan_explain_actions(const struct planner *pl, const struct policy_step *s);

/* --- core/plan_notice.c: who is told what */

void plan_notice_customer(struct planner *pl, enum notice notice, const char *rule, int64_t by_at,
                          int level, const char *reason);
void plan_notice_words(struct planner *pl); /* E-06: what somebody says to the customer */
void plan_notice_reply(
    struct planner *pl); /* that is an answer: what it makes needless is dropped */
void plan_notice_agent(struct planner *pl, enum notice notice, const char *agent, const char *rule,
                       enum target_kind target, int64_t by_at, const char *reason);
void plan_notice_team(struct planner *pl, enum notice notice, int team, const char *rule,
                      enum target_kind target, int64_t by_at, const char *reason);
/* Whoever watches hears of that line of the history. */
void plan_notice_watcher(struct planner *pl, enum notice notice, const char *agent,
                         const struct planned_event *of, enum target_kind target, int64_t by_at,
                         const char *reason);
/* The assignee; the members of the ticket's team where there is none. */
void plan_notice_owner(struct planner *pl, enum notice notice, const char *rule,
                       enum target_kind target, int64_t by_at, const char *reason);
/* A new ticket was opened by a person: E-01 or E-02. */
void plan_notice_received(struct planner *pl);
void plan_notice_drop_waiting(struct planner *pl, enum notice notice, const char *rule);
void plan_notice_drop_all(struct planner *pl, const char *rule);
/* The next time by which somebody promises to do something; 0: none. */
int64_t plan_notice_promise(const struct planner *pl);

/* The customer has not been told of the ticket yet, and will be. */
bool plan_notice_received_waits(const struct planner *pl);

/* --- core/plan_hint.c: what goes with the first notice (E-21, D-51) */

/* Once all else of a new ticket is decided. `found`: by what its message says. */
void plan_hint_open(struct planner *pl, const struct classify_result *found);
/* That notice will not be sent: if it was the first one, nothing is asked by it. */
void plan_hint_dropped(struct planner *pl, enum notice notice);
/* The customer wrote: if that answers what was asked it is classified as well. */
void plan_hint_answered(struct planner *pl);

/* --- core/plan_tag.c */

int plan_tagged(struct planner *pl); /* the fact of this name */
/* The policy gives the ticket a tag, if it does not have it yet and there is room for one. */
void plan_tag_add(struct planner *pl, const char *tag, const char *rule);

/* --- core/plan_budget.c: how much one person is told, and when (B-02, B-03, B-04, B-06) */

struct plan_slot {
    int64_t at;       /* when it leaves */
    const char *rule; /* what puts it off, or holds it back; NULL: nothing */
    const char *why;
    bool never; /* it is not sent */
    bool past;  /* it leaves after the time that it was to name */
};
/* A notice that would leave at `at` and names `by_at`: when it may. */
void plan_budget_find(const struct planner *pl, enum notice notice, int64_t at, int64_t by_at,
                      struct plan_slot *out);
/* It will leave then; it will not after all. */
void plan_budget_count(struct planner *pl, enum notice notice, int64_t at);
void plan_budget_forget(struct planner *pl, enum notice notice, int64_t at);

/* --- core/plan_expected.c: what was told and will not be kept (E-10) */

/* A notice told the customer a time. */
void plan_expected_remember(struct planner *pl, enum notice notice, int64_t by_at);
/* That clock was missed, has been warned of, is due at another time. */
void plan_expected_missed(struct planner *pl, const struct target_clock *c);
void plan_expected_warned(struct planner *pl, const struct target_clock *c);
void plan_expected_moved(struct planner *pl, const struct target_clock *c);
/* Why it may not be told now; NULL: it may. */
const char *plan_expected_refused(const struct planner *pl, const char **why);
/* Once all else of the fact is decided: one that climbs is told its new time with that. */
void plan_expected_tell(struct planner *pl);

/* --- core/plan_wait.c: while the customer is waited for */

/* The status is another now. */
void plan_wait_status(struct planner *pl, int64_t at);
/* The next reminder, or the end of waiting; 0: none. */
int64_t plan_wait_next(const struct planner *pl);
void plan_wait_fire(struct planner *pl);

/* --- core/plan_reopen.c */

/* Its customer wrote, and it takes that: what was closed is open again, with new clocks (C-10). */
void plan_reopen_anew(struct planner *pl);
/* It was solved and is open again, and not by its customer's words: by hand, with its incident, by
 * what was merged into it. */
void plan_reopen_solved(struct planner *pl);

/* --- core/plan_spam.c */

int plan_marked_spam(struct planner *pl); /* the fact of this name */
/* Of what was marked and is closed for that: may it become so? */
bool plan_spam_returns(const struct ticket *t, enum ticket_status to);
void plan_spam_undo(struct planner *pl);

/* --- core/plan_incident.c: cases of many people about one cause (D-15) */

/* A person's new ticket takes part, if the policy wants it to. */
void plan_incident_open(struct planner *pl);
int plan_incident_looked(struct planner *pl); /* the facts of these names */
int plan_incident_asked(struct planner *pl);
int plan_incident_opened(struct planner *pl);
int plan_incident_joined(struct planner *pl);
int plan_incident_left(struct planner *pl);
int plan_incident_over(struct planner *pl);
/* What cannot happen to an incident: it has no customer of its own. */
int plan_incident_refuse(struct planner *pl, const struct ticket *before);
/* The status is another now: of an incident all hear that belong to it. */
void plan_incident_status(struct planner *pl);
/* Its customer wrote again after it was solved: with its incident, or by itself. */
void plan_incident_reopened(struct planner *pl);
/* It belongs to none any longer; nothing happens to what belongs to none. */
void plan_incident_part(struct planner *pl, const char *why);
/* The path waits: it is its incident that climbs. */
bool plan_incident_rests(const struct planner *pl);
/* When the customer hears how it stands by now; 0: never. */
int64_t plan_incident_next(const struct planner *pl);
void plan_incident_fire(struct planner *pl);

/* --- core/plan_merge.c: one case out of two (C-15) */

int plan_merged_into(struct planner *pl); /* the facts of these names */
int plan_merged_from(struct planner *pl);

/* --- core/plan_split.c: two cases out of one (C-15) */

int plan_split_into(struct planner *pl);
int plan_split_from(struct planner *pl);
json_t *plan_split_link(struct planner *pl); /* of what opens by it, to where it was; NULL: none */

/* --- core/plan_watch.c: who hears of a ticket whoever has it (C-20) */

int plan_watched(struct planner *pl); /* the fact of this name */
void plan_watch_step(struct planner *pl, const struct policy_do *d, const char *rule);
/* Who watched what was merged into it watches this one. */
void plan_watch_merged(struct planner *pl);
/* Once all else of the fact is decided: whoever watches hears what it brought, and was not told. */
void plan_watch_tell(struct planner *pl);
/* How many notices that will be, at most, by what has been decided so far. */
size_t plan_watch_owed(const struct planner *pl);

/* --- core/plan_hook.c */

/* Whom the step tells that it was taken, on its line of the history. */
void plan_hook_step(struct planner *pl, const struct policy_step *s, struct planned_event *e);

/* --- core/plan_assign.c */

int plan_assigned(struct planner *pl); /* the fact of this name */
void plan_assign_want(struct planner *pl);
void plan_assign_to(struct planner *pl, const char *agent, const char *rule, const char *why);
void plan_assign_look(struct planner *pl); /* FACT_QUEUE_LOOKED */
/* It has no owner any longer and waits for one. */
void plan_assign_drop(struct planner *pl, const char *rule, const char *why);
/* Likewise, and whoever had it gets it again after all others; who waits for one keeps the place.
 */
void plan_assign_another(struct planner *pl, const char *rule, const char *why);
/* It has another topic, and where `moved` another team: whoever had it keeps it as one of that team
 * with the skills that the topic asks for (D-28). */
void plan_assign_topic(struct planner *pl, bool moved);
/* The ticket is open again: whoever had it may not be there now (T-91). */
void plan_assign_reopened(struct planner *pl);
/* Whose it is must be known to the policy in force: another may have come since (C-14). */
void plan_assign_known(struct planner *pl);
/* The owner did something with it. */
void plan_assign_seen(struct planner *pl);
/* When an owner who does nothing loses it; 0: never. */
int64_t plan_assign_silent(const struct planner *pl);
void plan_assign_fire(struct planner *pl);
/* When somebody is there for it, the owner or, where it has none, one of its team: `now`, a later
 * time; 0: nobody will be. */
int64_t plan_assign_there(const struct planner *pl);
/* When the queue is to be looked at without anybody getting free; 0: never. */
int64_t plan_assign_next(const struct planner *pl);
/* In which team's queue it waits, and where: the lowest rank first. -1: it does not. */
int plan_assign_team(const struct planner *pl);
int64_t plan_assign_rank(const struct planner *pl);

#endif
