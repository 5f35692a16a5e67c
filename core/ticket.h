/* core/ticket.h - a ticket and its clocks as the planner sees them.
 *
 * Pure. Times are UTC seconds, 0: never. Strings are borrowed from the arena of the batch. Stored
 * in: ticket, target_clock, delivery (what waits). No channel: the planner cannot know one (C-20).
 */
#ifndef RELEVO_CORE_TICKET_H
#define RELEVO_CORE_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/notice.h"
#include "core/text.h"

struct arena;

enum ticket_status {
    TICKET_NEW,
    TICKET_OPEN,
    TICKET_PENDING, /* on the customer */
    TICKET_ON_HOLD, /* on a third party */
    TICKET_SOLVED,
    TICKET_CLOSED,
    TICKET_STATUS_N
};
enum ticket_priority {
    TICKET_PRIORITY_NONE = -1,
    TICKET_LOW,
    TICKET_NORMAL,
    TICKET_HIGH,
    TICKET_URGENT,
    TICKET_PRIORITY_N
};
/* What a clock measures (C-1). */
enum target_kind {
    TARGET_ACK,
    TARGET_FIRST_RESPONSE,
    TARGET_NEXT_RESPONSE,
    TARGET_UPDATE,
    TARGET_RESOLUTION,
    TARGET_LEVEL_ACK,
    TARGET_LEVEL_RESOLVE,
    TARGET_KIND_N
};
/* How many the cause of a case reaches (D-15). */
enum ticket_impact {
    TICKET_IMPACT_NONE = -1, /* nobody says */
    TICKET_IMPACT_ONE,
    TICKET_IMPACT_SOME,
    TICKET_IMPACT_MANY,
    TICKET_IMPACT_ALL,
    TICKET_IMPACT_N
};
enum target_end {
    TARGET_RUNS,   /* not ended */
    TARGET_MET,    /* what was promised happened, late or not: breached_at tells */
    TARGET_WAIVED, /* C-8: solved without an answer */
    TARGET_VOID,   /* C-16 */
    TARGET_MERGED, /* C-15 */
    TARGET_LEFT,   /* a level clock whose level was left */
    TARGET_END_N
};
const char *ticket_status_name(enum ticket_status s);     /* "on_hold" */
const char *ticket_priority_name(enum ticket_priority p); /* "urgent"; "none" */
const char *ticket_impact_name(enum ticket_impact i);     /* "many"; "none" */
const char *target_kind_name(enum target_kind k);         /* "first_response" */
const char *target_kind_words(enum target_kind k);        /* "the first answer": for people */
const char *target_end_name(enum target_end e);           /* "met"; "" while it runs */
int ticket_status_find(const char *name);                 /* -1: none such */
int ticket_priority_find(const char *name);               /* likewise */
int ticket_impact_find(const char *name);
int target_kind_find(const char *name);
int target_end_find(const char *name);

enum {
    TARGET_WARNINGS_MAX = 4,
    TARGET_CALENDAR_GONE = -2, /* read back, and the policy in force has none of that name */
};
struct target {
    int64_t seconds; /* -1: no such clock; 0: at the next opening (C-6) */
    int calendar;    /* index in the policy; -1: wall time (C-3) */
    /* Percent of it, or, less than 0, so many counted seconds before it is due (C-17); in the order
     * of their coming, 0 ends. */
    int warn[TARGET_WARNINGS_MAX];
};
/* After how many counted seconds the warning `which` (0 ...) comes; 0: there is none such. */
int64_t target_warning(const struct target *t, int which);
/* All targets of one ticket, whatever its priority becomes. Made by core/target.h. */
struct target_table {
    struct target at[TICKET_PRIORITY_N][TARGET_KIND_N];
};

/* C-2: the truth of a clock. From `at` on it runs or pauses, because of event `event`. */
struct target_edge {
    int64_t at;
    bool runs;
    int64_t event; /* event.seq of its ticket */
};
enum {
    TARGET_EDGES_MAX = 1000
}; /* at the bound the oldest run and pause become one run: see plan_clock.c */
struct target_clock {
    enum target_kind kind;
    int instance; /* 1 …, per kind and ticket */
    int level;    /* of a level clock; 0 else */
    struct target target;
    int64_t started_at, ended_at;
    int64_t kept_s;  /* counted until kept_at, by the calendar that it had before (C-13) */
    int64_t kept_at; /* since then the target's calendar counts; 0: from the first edge on */
    enum target_end end;
    int64_t due_at;      /* derived, cached; 0 while it pauses */
    int64_t breached_at; /* C-18: at most once */
    int warned;          /* how many of target.warn have been told */
    int policy_version;
    struct target_edge *edges; /* at least one; the first runs */
    size_t edge_count;
    bool changed; /* by this plan: the store writes it */
};

/* A notice planned and not yet sent: may be folded into a newer one, or become untrue. */
struct ticket_waiting {
    int64_t delivery_id;
    enum notice notice;
    int64_t due_at;
};

enum {
    TICKET_CLOCKS_MAX = 24, /* that have not ended */
    TICKET_WAITING_MAX = 16,
    TICKET_TAGS_MAX = 32,
    TICKET_WATCHERS_MAX = 16,
    TICKET_STEPS_MAX = 64, /* of a level */
    TICKET_NAME_MAX = 64,  /* bytes of an agent's or team's name */
    TICKET_NOTICES_MAX = 12,
};
struct ticket {
    int64_t ticket_id; /* ticket.ticket_id, also its number */
    int64_t version;   /* ticket.version as it was read; 0: not stored yet */
    enum ticket_status status;
    enum ticket_priority priority;
    int level, top_level;     /* the highest ever: E-09 speaks of new heights alone */
    const char *team, *agent; /* names in the policy; NULL: nobody */
    const char *subject;
    const char *language; /* of the customer; NULL: the policy's */
    const char *topic;    /* product area, a name in the policy; NULL: not known */
    const char *plan;     /* of the customer's organization, likewise; NULL: none */
    const char **tags;
    size_t tag_count;
    const char
        *watchers[TICKET_WATCHERS_MAX]; /* agents and teams that hear of it, whoever has it */
    size_t watcher_count;
    int64_t created_at, solved_at, closed_at;
    int64_t last_customer_at,
        last_public_at;                /* last message of the customer, last public one of ours */
    int64_t merged_into, follow_up_of; /* ticket ids; 0: none */
    int64_t related_to;                /* named by what opened this one, and not entered; 0: none */
    bool incident;                     /* it is one: those of many people belong to it */
    int64_t incident_of;               /* the one that it belongs to; 0: to none */
    const char *terms; /* what it is about (core/similar.h); NULL: nobody looks for its likes */
    int64_t event_seq; /* of the last event */
    unsigned char event_hash[32]; /* of the last event: the chain goes on from here */
    int policy_version;

    /* The planner's own memory; travels as text, see ticket_memory_to_text(). */
    struct ticket_memory {
        int instances[TARGET_KIND_N]; /* how many clocks of each kind there were */
        int level_visit;              /* how many times a level was entered: an occurrence's id */
        int64_t level_entered_at, level_acked_at;
        /* Steps taken in this visit, by ticket_mark(): another policy may have them in another
         * order, and none is taken twice (T-65). steps_done: by index, of an older version. */
        uint32_t steps[TICKET_STEPS_MAX];
        int step_count;
        uint64_t steps_done;
        int reminders_done;
        int reopened, unanswered; /* counts: reopenings, customer messages since our last answer */
        int64_t unanswered_since; /* the waiting period's; 0: the customer waits for nothing */
        uint64_t told;            /* notices to the customer ever planned, by enum notice */
        int told_level;           /* the highest level E-09 spoke of */
        int64_t promised_at;      /* the time the customer was told; 0: none */
        int promised_clock;       /* 1 + enum target_kind: whose due time that was; 0: none's */
        int promised_instance;    /* of that kind */
        int expected;             /* kinds, by bits, whose running clock E-10 was told of */
        int64_t expected_at;      /* when E-10 was last told */
        int64_t assign_wanted_at; /* in the queue since; 0: not */
        int64_t assign_looked_at; /* when the queue last had nobody for it */
        int64_t assigned_at;
        int points;     /* its score (core/plan_priority.c) */
        int by_hand;    /* 1: an agent corrected the priority, which no score moves again (D-16) */
        int churn;      /* 1: the customer may leave: counted in the score (D-44) */
        int vip, quick; /* 1: it is so (D-41) */
        /* The first notice asks the customer something (D-51): 1 + the priority and 1 + the impact
         * that the rules say without the answer; 0: it does not, or was answered; no impact. */
        int asked, asked_impact;
        int64_t pending_since; /* the customer is waited for; 0: not */
        int pending_reminded;  /* reminders of this wait */
        int64_t spam_at;       /* marked as spam then; 0: it is none */
        int voided; /* kinds, by bits, that C-16 ended and may restore; with bit TARGET_KIND_N, or
                       0: of an older version, which kept no count of them */
        int owner_seen;        /* 1: the owner has done something with it */
        uint64_t owner_silent; /* who lost it to another: ticket_mark(); 0: nobody */
        int owners_lost;       /* how many did so, one after the other, on this level */
        int reopened_before, unanswered_before; /* the counts as it was handed back: not again */
        /* Of what belongs to an incident, and of an incident: core/plan_incident.c. */
        int64_t incident_at;               /* when it came to belong to it */
        int64_t incident_told_at;          /* when E-14 was last planned */
        int incident_told, incident_heard; /* 1 + enum ticket_status of the incident; 0: nothing */
        int incident_solved;               /* 1: it was solved with its incident */
        int incident_people;               /* of an incident: how many it counted */
        int incident_over;                 /* of an incident: 1: it was dissolved */
        /* When the customer's notices leave, newest first, also those to come: for B-03. */
        int64_t noticed_at[TICKET_NOTICES_MAX];
    } memory;

    struct ticket_waiting waiting[TICKET_WAITING_MAX];
    size_t waiting_count;
    size_t clock_count;
    struct target_clock clocks[TICKET_CLOCKS_MAX]; /* the last field: a fold cuts it short */
};
/* Whose work it is now: the assignee's, as long as it waits for us; NULL: nobody's. Paused, solved
 * and closed ones do not count against an agent's limit. */
const char *ticket_carrier(const struct ticket *t);
/* Which of its clocks that run falls due next; 0: none. */
int64_t ticket_next_due(const struct ticket *t);
/* What the memory keeps of a name: of a step of a level, of an owner. */
uint32_t ticket_mark(const char *name);
/* Compact text for ticket.memory, and back; unknown words are kept out, so an older daemon can
 * read. */
char *ticket_memory_to_text(struct arena *a, const struct ticket_memory *m);
int ticket_memory_from_text(const char *text, struct ticket_memory *m, struct error *err);
/* "17 E-01 1800000120 …", of what still waits after `now`, and back. */
char *ticket_waiting_to_text(struct arena *a, const struct ticket *t, int64_t now);
int ticket_waiting_from_text(const char *text, struct ticket *t, struct error *err);
/* "{at,runs,event,…}" as PostgreSQL reads a bigint[], and back. */
char *ticket_edges_to_text(struct arena *a, const struct target_clock *c);
int ticket_edges_from_text(struct arena *a, const char *text, struct target_clock *c,
                           struct error *err);

/* What the budgets need to know of the person (B-02 to B-06, B-10, B-14). */
enum {
    CONTACT_NOTICES_MAX = 24,
    CONTACT_RECEIPTS_MAX = 12,
    CONTACT_TICKETS_MAX = 8,
    CONTACT_HINTS_MAX = 4
};
struct contact {
    int64_t contact_id;
    const char *name, *language, *zone; /* NULL: not known */
    /* When automatic notices leave, newest first, also those to come; no budget looks at what is
     * over a day old. */
    int64_t notices_at[CONTACT_NOTICES_MAX];
    int64_t receipts_at[CONTACT_RECEIPTS_MAX]; /* E-01, E-02 and E-03 among them */
    int64_t received_at;                       /* the newest E-01 or E-02 */
    int64_t opened_at[CONTACT_TICKETS_MAX];    /* the newest tickets, newest first (D-44) */
    int64_t missed_at;                         /* when a promise to the person was last missed */
    /* Of the newest tickets that an article fits (E-21), newest first: when, and ticket_mark() of
     * the name of what fits best; 0 ends. */
    int64_t hinted[2 * CONTACT_HINTS_MAX];
    bool any_hour; /* hears of what is urgent at night too (B-06) */
    bool changed;  /* by this plan: the store writes it */
};

#endif
