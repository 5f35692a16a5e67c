/* core/plan.h - the heart: (policy, state, fact) -> (new state, effects).
 *
 * Pure: no I/O, no clock, no global, any thread. Intake, due work, relevoctl, the API, agents'
 * mails, simulation and replay all decide here and nowhere else. Nothing that this header includes
 * declares a type with a channel in it; tests/e2e/test_structure.py holds us to it. */
#ifndef RELEVO_CORE_PLAN_H
#define RELEVO_CORE_PLAN_H

#include "core/fact.h"
#include "core/policy.h"
#include "core/ticket.h"

enum { PLAN_EVENTS_MAX = 64, PLAN_DELIVERIES_MAX = 64 };

/* One line of the ticket's history, chained by its hash to the one before. */
struct planned_event {
    int64_t seq; /* event.seq: 1 … per ticket */
    int64_t at;
    const char *kind; /* a fact's kind, or what followed of it: "escalated", "clock_started",
                         "clock_breached", "notice_planned", "notice_suppressed", "assigned", … */
    enum fact_actor by;
    const char *actor;
    int64_t cause;      /* seq of the event of the fact that led to it; its own seq for that one */
    const char *rule;   /* "C-7", "B-07", "policy step 1/warn"; NULL: none */
    const char *why;    /* one sentence */
    const char *detail; /* JSON object, canonical: keys sorted, no blanks; "{}" */
    const char *fact;   /* the fact verbatim on its first event; NULL on the others */
    unsigned char hash[32]; /* SHA-256 over the hash before and this line; see ticket_event.h */
    /* What of the detail is counted: */
    int clock;  /* enum target_kind; -1: it is about no clock */
    int level;  /* that was entered, or whose step or reminder it is; 0: about none */
    int notice; /* enum notice; -1: about none */
    /* How a clock ended, what the status or the priority became, whose it is now, by which rule a
     * notice is put off; NULL: nothing of these. */
    const char *value;
    /* Of a step that was taken: the systems that hear of it, each once. */
    const char *const *hooks;
    size_t hook_count;
};

/* Is it the kind of a fact, or of something that follows from one? */
bool plan_event_is_known(const char *kind);

struct hint;
enum planned_recipient { PLANNED_CUSTOMER, PLANNED_AGENT };
/* One message owed to somebody. Where it goes (sink, address, token, letter or line) is the
 * delivery floor's business; so the same story owes the same by every way. */
struct planned_delivery {
    enum notice notice;
    enum planned_recipient to;
    const char *agent;    /* PLANNED_AGENT */
    const char *step_key; /* unique for ever: "42/E-09/level/2"; a step is told once (B-05) */
    int64_t due_at;       /* now, or the end of the window of B-01 */
    const char *rule;     /* why it is owed */
    int64_t message_id;   /* whose words it carries (E-06, A-02); 0: none */
    /* For its wording. */
    int64_t by_at;    /* what happens next, by when; 0: not said */
    int64_t opens_at; /* E-02 */
    int level;
    enum target_kind target; /* */
    int instance;            /* of that clock; 0: it speaks of none */
    bool as_owner;           /* it goes to whom the case is, or would be of: not to a watcher */
    const char *reason;
    bool hands_over; /* who reads it goes on with what others began: core/handover.h tells of it */
    const char *ask; /* what it asks the customer as well (D-51); NULL: nothing */
    const struct hint *hints; /* what it says may help (E-21): core/hint.h */
    size_t hint_count;
};

/* A waiting notice that a newer one replaces, or that became untrue. */
struct planned_suppression {
    int64_t delivery_id;
    enum notice notice;
    const char *rule;
};

/* What is to happen to other tickets, each by a fact of its own: in the same transaction where a
 * fact is named, else when due work comes to it. */
struct planned_incident {
    int64_t joins;        /* FACT_INCIDENT_JOINED of this ticket, to that one; 0: none */
    bool opens;           /* FACT_INCIDENT_OPENED of a new ticket, and this one joins it */
    int score;            /* of FACT_INCIDENT_JOINED */
    const char *why;      /* of both */
    bool spreads;         /* all that belong to this incident hear how it stands */
    const int64_t *looks; /* tickets that FACT_INCIDENT_LOOKED is to come to */
    size_t look_count;
};

/* A look that leaves room with somebody hands the offer on: whoever comes after this ticket in the
 * queue is looked at now. Of the first PLAN_OFFER_MAX of a queue alone; the others wait for their
 * own look. */
enum { PLAN_OFFER_MAX = 50 };
struct planned_offer {
    const char *team; /* in whose queue it was; NULL: nobody is looked at */
    int64_t rank;     /* where it was */
    bool others; /* those of its own topic are passed over: whom it cannot go to, they cannot */
};

struct plan {
    struct ticket ticket;   /* as it is now */
    struct contact contact; /* likewise */
    struct planned_event events[PLAN_EVENTS_MAX];
    size_t event_count;
    struct planned_delivery deliveries[PLAN_DELIVERIES_MAX];
    size_t delivery_count;
    struct planned_suppression suppressions[TICKET_WAITING_MAX];
    size_t suppression_count;
    int64_t wake_at; /* when FACT_TIME_CAME is wanted next; 0: never. May be <= now: ask again */
    /* The ticket waits for an owner: whenever it is woken it is offered FACT_QUEUE_LOOKED, and so
     * it is when an agent of this team gets free, those of the lowest rank first. */
    bool wants_queue;
    const char *queue_team; /* NULL: of none */
    int64_t queue_rank;
    struct planned_incident incident;
    int64_t queue_since; /* it waits there */
    struct planned_offer offer;
};

/* Decides. Reads `before` and `contact`, leaves them; fills *out (memory from `a`). -1 with
 * ERROR_PERMANENT where that fact cannot happen to such a ticket; nothing is decided then, and *out
 * means nothing (a plan is large: it is made in its place). */
int plan_apply(const struct policy *policy, const struct target_table *targets,
               const struct ticket *before, const struct contact *contact, const struct fact *fact,
               struct arena *a, struct plan *out, struct error *err);

/* The same decision, and nothing put into words: the events have no why, no detail, no fact and no
 * hash, and the chain of the ticket stays where it is. For whoever folds a million facts. */
int plan_apply_bare(const struct policy *policy, const struct target_table *targets,
                    const struct ticket *before, const struct contact *contact,
                    const struct fact *fact, struct arena *a, struct plan *out, struct error *err);

/* Does what its customer wrote, received at `at`, enter it? Else it opens a follow-up. The one
 * place where that is decided (C-10). */
bool plan_takes_message(const struct policy *policy, const struct ticket *t, int64_t at);

/* What a notice that is about to leave says, and to whom; as it was planned. */
struct plan_leaving {
    enum notice notice;
    int level;
    const char *agent; /* NULL: to the customer */
    bool as_owner;
    enum target_kind target; /* with */
    int instance;
};
struct plan_leaving plan_leaving_of(const struct planned_delivery *d);
/* B-15, asked when it is about to leave: is what it says still so? NULL: yes; else the rule that
 * drops it. Of the ticket's clocks it looks at the one that the notice speaks of. */
const char *plan_notice_untrue(const struct ticket *ticket, const struct plan_leaving *leaving);

/* The plan as canonical JSON: clocks, due times, level, events, deliveries without their sink. Two
 * ways of telling one story give the same bytes. free() it. */
char *plan_to_json(const struct policy *policy, const struct plan *p);

#endif
