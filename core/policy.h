/* core/policy.h - what a desk has decided, ready for use: calendars, teams, rules, path, notices.
 *
 * Pure; a policy is immutable once read and may be shared by any number of readers. Made from a
 * policy file by core/policy_read.h. Everything here is borrowed from the policy's arena. Names are
 * the file's own keys; what refers to something else holds its index, or -1 for nobody.
 *
 * There is no channel in here (C-20): what one may wish to set per channel is the targets alone,
 * and those are resolved by core/target.h before the planner is asked. */
#ifndef RELEVO_CORE_POLICY_H
#define RELEVO_CORE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/notice.h"
#include "core/ticket.h"

struct arena;
struct calendar; /* core/calendar.h */
struct pattern;  /* core/classify.h: a compiled PCRE2 pattern with its limits */

struct policy_agent {
    const char *name, *full_name, *email; /* "ana", "Ana Ruiz", canonical e-mail */
    int limit;                            /* open tickets at most; paused ones do not count */
    const int *topic_limits; /* likewise, of each topic, and behind these of cases without one; 0:
                                none; NULL: of no topic */
    bool available;
    bool program; /* what it says to customers is nobody's answer (C-7); it is not available */
    int calendar; /* when notices may reach the agent; -1: always */
    int shift;    /* when new tickets may; -1: always */
    const char *language;
    const char *const *skills, *const *languages; /* languages: that can be written in */
    size_t skill_count, language_count;
};

/* When a team has more than it can do (D-29); 0: that is not looked at. */
struct policy_backlog {
    int tickets;      /* so many wait for an owner */
    int64_t oldest_s; /* one of them has waited so long, in the hours of the team's level */
    int per_agent;    /* cases for each of those who are there, those that wait among them */
    const int *tell;  /* indexes of agents; none: the team's members */
    size_t tell_count;
};

struct policy_team {
    const char *name, *title;
    const int *members; /* indexes of agents */
    size_t member_count;
    int64_t ack_s; /* an owner who does nothing with a ticket for this long loses it; 0: never */
    struct policy_backlog backlog;
};

/* What an organization may have bought (D-43). */
struct policy_plan {
    const char *name, *title;
    int points; /* see struct policy_scoring */
};

/* A text in several languages: core/policy_texts.h. */
struct policy_texts {
    const char *const *languages, *const *texts;
    size_t count;
};

enum { POLICY_ASK_MAX = 300 /* bytes: a question or two, in a short message too */ };
/* A product area: who has its cases, level by level. */
struct policy_topic {
    const char *name, *title;
    const int *teams; /* indexes, from the first level up; -1: the level's own */
    size_t team_count;
    const char *const *skills; /* that its cases ask for */
    size_t skill_count;
    struct policy_texts ask; /* what its customers are asked with the first notice (D-51) */
};

/* What a customer may be told to read (D-35, E-21); core/hint.h says whose case it fits. */
struct policy_article {
    const char *name;
    struct policy_texts titles, urls; /* in the same languages */
    const char *const *words;         /* by which it is found, as they were written */
    const char *const *terms;         /* likewise, as core/similar.h has them */
    size_t word_count;
    const char *all_terms;
    const char *const *topics; /* "none" among them */
    size_t topic_count;
};
struct policy_hints {
    int from;         /* percent by which an article must fit */
    int64_t repeat_s; /* the same person's case of so long ago is a repeat */
};

/* One row of the classification section; all that match add their tags, the highest priority and
 * impact win. */
struct policy_rule {
    const char *name;
    const struct pattern *pattern; /* NULL: matches always */
    bool in_subject, in_text, in_sender, in_organization;
    enum ticket_priority priority; /* TICKET_PRIORITY_NONE: says nothing */
    enum ticket_impact impact;     /* TICKET_IMPACT_NONE: says nothing */
    int topic;                     /* -1: says nothing; the first that says wins */
    bool quick;                    /* soon done (D-41) */
    const char *const *tags;
    size_t tag_count;
    int team; /* -1: says nothing; the first that says wins */
};

/* What is added to the ten points of a low case, the twenty of a normal one, thirty, forty; the
 * nearest priority is the ticket's. Ten points are one step: as with sounds, adding points is
 * multiplying weights, so impact × urgency is a sum (D-1, D-16). */
struct policy_scoring {
    int impact[TICKET_IMPACT_N];
    int vip;
    /* D-44: a person with `churn_tickets` tickets within `churn_within_s`, to whom a promise was
     * missed within it, or who says what rule `churn_rule` matches, may leave. */
    int churn;
    int churn_tickets; /* 0: not counted */
    int64_t churn_within_s;
    bool churn_missed;
    int churn_rule; /* -1: none */
};
enum { POLICY_SCORE_STEP = 10 };

enum { POLICY_REMINDERS_MAX = 3 /* to the customer: more would be a nuisance */ };

/* Cases of many people about one cause (D-15, D-14, E-14, C-16). */
enum {
    POLICY_INCIDENT_PEOPLE_MAX = 100, /* fewer than the likes that are looked at */
    POLICY_INCIDENT_IGNORED_MAX = 48, /* as many as terms */
};
struct policy_incidents {
    int from; /* different people; 0: none is made by itself */
    int64_t window_s;
    int similarity; /* percent, see core/similar.h */
    enum ticket_priority priority_from;
    const char *const *topics; /* that take part, "none" among them; none: all */
    size_t topic_count;
    const char *ignored; /* terms; NULL: none */
    int points;          /* for as many people as make one, and again for each time twice as many */
    int team, level;     /* where it goes (D-14); team -1: the level's own */
    bool voids;          /* C-16: the clocks of what belongs to it end */
    bool solves;         /* what belongs to it is solved with it */
    int64_t news_s;      /* E-14: not again this soon */
};

/* How much a person is told at most; 0: without limit. */
enum { POLICY_BUDGET_MAX = TICKET_NOTICES_MAX };
struct policy_budgets {
    int person_hour, person_day;  /* B-02: over all tickets */
    int ticket_burst, ticket_day; /* B-03: of one ticket, in ten minutes and in a day */
    int received_hour;            /* B-04: receipts */
    /* B-06: nothing unasked-for from then to then, seconds since midnight of the person's zone. */
    int quiet_from_s, quiet_to_s;
    struct calendar *awake; /* the other hours, in the desk's zone; NULL: all are */
};

enum policy_queue {
    POLICY_QUEUE_URGENT,  /* the more urgent first, then by arrival */
    POLICY_QUEUE_ARRIVAL, /* first in, first out */
    POLICY_QUEUE_AGED,    /* a step of priority is worth `queue_step_s` of waiting */
    POLICY_QUEUE_DUE,     /* whose next promise falls due first */
};

enum policy_trigger {
    POLICY_ON_CLOCK,      /* clock `clock` has used `percent` of its target (100: breach), or has
                             `before_s` counted seconds left when that is not 0 (C-17) */
    POLICY_ON_LEVEL_TIME, /* `after_s` seconds of the level's calendar since the level was entered
                           */
    POLICY_ON_REOPENED,   /* the `count`th reopening */
    POLICY_ON_UNANSWERED, /* the `count`th customer message without an answer between */
    POLICY_ON_PRIORITY,   /* priority has reached `priority` */
    POLICY_ON_REQUEST,    /* an agent asked */
    POLICY_ON_VIP,        /* the customer is one */
    POLICY_ON_RULE,       /* the message matches classification rule `rule`: a keyword */
    POLICY_ON_TAG,        /* the ticket has `tag` */
    POLICY_ON_AGE,        /* `after_s` seconds of the level's calendar since it was opened */
};
enum policy_action {
    POLICY_NOTIFY_AGENT,   /* the assignee; the team where there is none */
    POLICY_NOTIFY_TEAM,    /* of the level */
    POLICY_NOTIFY_NAMED,   /* agent `agent` */
    POLICY_RAISE_PRIORITY, /* to `priority` */
    POLICY_LEVEL_UP,       /* to the next level; on the last one: notify its team again */
    POLICY_LEVEL_TO,       /* to `level`, if it is higher (D-52) */
    POLICY_REASSIGN,       /* back to the queue of the level's team */
    POLICY_TAG,            /* `tag` */
    POLICY_WATCH_OWNER,    /* the assignee watches it from now on; the team where there is none */
    POLICY_WATCH_TEAM,     /* of the level */
    POLICY_WATCH_NAMED,    /* `watcher` */
    POLICY_WEBHOOK,        /* another system, called `hook` */
};
struct policy_do {
    enum policy_action action;
    int agent;
    enum ticket_priority priority;
    int level;
    const char *tag;
    const char *watcher; /* an agent's or a team's name */
    const char *hook;    /* a name that is nobody's here: the configuration says whose */
};
/* For which cases a step is; what says nothing stands for all. */
struct policy_condition {
    enum ticket_priority priority_from; /* TICKET_LOW: any */
    bool vip;                           /* of such a customer alone */
    const char *const *plans, *const *topics, *const *tags, *const *tags_off;
    size_t plan_count, topic_count, tag_count, tag_off_count; /* topics: "none" is who has none */
};
struct policy_step {
    const char *name; /* unique within its level; in events, in `why` */
    enum policy_trigger trigger;
    enum target_kind clock;
    int percent, count;
    int64_t before_s, after_s;
    enum ticket_priority priority;
    int rule;
    const char *tag;
    struct policy_condition condition;
    const struct policy_do *actions;
    size_t action_count;
};
/* Seconds that a level has, by priority; -1: no such clock. */
struct policy_times {
    int64_t ack_s[TICKET_PRIORITY_N], resolve_s[TICKET_PRIORITY_N];
};
enum { POLICY_LEVEL_TEXT_MAX = 1000 /* bytes: a paragraph */ };
struct policy_level {
    int level; /* 1 … */
    const char *name;
    const char *text; /* what its people do and may decide (D-37), on one line; NULL: not said */
    int team;
    int calendar;               /* for its level clocks and POLICY_ON_LEVEL_TIME; -1: wall time */
    struct target ack, resolve; /* seconds -1: none */
    /* What stands in place of these seconds, a row at policy_topic_place() + 1: the first is of
     * cases whose topic is none of the policy's any more. NULL: they are the same for all cases.
     * Asked by core/policy_times.h. */
    const struct policy_times *times;
    int64_t stay_s; /* once entered, no step leads away from it before (hysteresis) */
    const struct policy_step *steps;
    size_t step_count;
    const int64_t *reminders; /* B-20: seconds since entry until acknowledged: 0, 900, … */
    size_t reminder_count;
};

struct policy_notice {
    bool on;
    /* The desk's own wording by language; NULL: the shipped one (core/wording.h). */
    const char *const *languages;
    const char *const *subjects, *const *letters, *const *lines;
    size_t wording_count;
};

struct policy {
    struct arena *arena;    /* owns it all */
    int version;            /* policy_version.version; 0: not stored */
    const char *desk_title; /* "Tienda Sol": signs the notices */
    const char *language;   /* what is written to whose language is unknown */
    const char *zone;       /* IANA; for dates in notices to whose zone is unknown */

    const struct calendar *const *calendars;
    const char *const *calendar_names;
    size_t calendar_count;
    const struct policy_agent *agents;
    size_t agent_count;
    const struct policy_team *teams;
    size_t team_count;
    const struct policy_plan *plans;
    size_t plan_count;
    const struct policy_topic *topics;
    size_t topic_count;
    const struct policy_article *articles;
    size_t article_count;
    struct policy_hints hints;
    const char *const *tags; /* the vocabulary (D-30); none: any tag will do */
    size_t tag_count;
    const struct policy_rule *rules;
    size_t rule_count;
    struct policy_scoring scoring;
    enum ticket_priority priority; /* where no rule says one */
    const struct policy_level *levels;
    size_t level_count; /* at least 1 */

    bool pauses[TARGET_KIND_N][TICKET_STATUS_N]; /* C-11: in which statuses a clock waits */
    int64_t grace_s;        /* solved to closed; within it a reply resumes (C-10) */
    bool solution_asked;    /* who solves a case says how (D-53) */
    struct policy_waiting { /* for the customer, who was asked something */
        int calendar;       /* whose hours count; -1: the wall's */
        int64_t reminders[POLICY_REMINDERS_MAX]; /* E-08, since it waits: ascending, 0 ends */
        int64_t solve_s;                         /* then it is solved by itself (D-17); 0: never */
    } waiting;
    struct policy_incidents incidents;
    int64_t coalesce_s;       /* B-01 */
    int64_t received_merge_s; /* E-01: told for another ticket this recently */
    int64_t after_reply_s;    /* E-09: not this soon after an E-06 */
    int64_t reopen_s;         /* C-10: closed this recently, a reply opens it anew; 0: never */
    enum policy_queue queue;  /* D-27 */
    int64_t queue_step_s;     /* POLICY_QUEUE_AGED */
    struct policy_budgets budgets;
    struct policy_notice notices[NOTICE_N];
};

int policy_find_agent(const struct policy *p, const char *name); /* -1: none */
int policy_find_agent_by_email(const struct policy *p, const char *canonical);
const struct calendar *policy_find_calendar(const struct policy *p, const char *name); /* NULL */
int policy_find_team(const struct policy *p, const char *name);
const struct policy_plan *policy_find_plan(const struct policy *p, const char *name); /* or NULL */
const struct policy_topic *policy_find_topic(const struct policy *p,
                                             const char *name); /* or NULL */
/* Its place in what counts by topic: topic_count for cases without one (NULL); -1: it is none of
 * the policy's. */
int policy_topic_place(const struct policy *p, const char *topic);
/* The policy's own word for who may watch; an agent's name stands before a team's. NULL: nobody. */
const char *policy_find_watcher(const struct policy *p, const char *name);
int policy_find_rule(const struct policy *p, const char *name);
/* May the tag be given? Without a vocabulary any may. */
bool policy_has_tag(const struct policy *p, const char *tag);
/* Does it look for words in a customer's later messages, or in the answer to what a topic asks?
 * Else those that open a case are all. */
bool policy_listens(const struct policy *p);
/* What C-11 says where nobody says otherwise: `pending` pauses what the customer is waited for. */
void policy_default_pauses(struct policy *p);
bool policy_has_member(const struct policy *p, size_t team, int agent);     /* by their indexes */
const struct policy_level *policy_level(const struct policy *p, int level); /* NULL: none */
void policy_free(struct policy *p);                                         /* takes NULL */

#endif
