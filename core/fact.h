/* core/fact.h - whatever happens to a ticket, as one value.
 *
 * Pure. Every way in (a channel, the time, relevoctl, the API, an agent's mail, a simulation) makes
 * a fact and nothing else; core/plan.h says what it means. Facts are stored as they were
 * (event.fact), so history can be folded again under another policy. Borrowed strings. No channel
 * in here (C-20). */
#ifndef RELEVO_CORE_FACT_H
#define RELEVO_CORE_FACT_H

#include "core/ticket.h"

enum fact_kind {
    FACT_CUSTOMER_WROTE, /* opens the ticket when ticket.version is 0 */
    FACT_AGENT_REPLIED,  /* public: goes to the customer (E-06); `status` may set one with it */
    FACT_AGENT_NOTED,    /* internal */
    FACT_STATUS_SET,
    FACT_PRIORITY_SET,
    FACT_TOPIC_SET,      /* to `topic`, a name in the policy; "none": to none */
    FACT_ASSIGNED,       /* to `agent` and, if not NULL, `team`; both NULL: to nobody */
    FACT_QUEUE_LOOKED,   /* due work offers the agents' loads to a ticket that waits for an owner */
    FACT_ESCALATED,      /* an agent asks, with reason; `level` 0: the next */
    FACT_HANDED_BACK,    /* to `level`, with reason (C-21) */
    FACT_ACKNOWLEDGED,   /* the level's or the assignee's: somebody has seen it */
    FACT_TAGGED,         /* `tags` added, `tags_off` removed */
    FACT_WATCHED,        /* `names` watch it from now on, `names_off` no longer */
    FACT_MARKED_SPAM,    /* nobody waits for an answer to it, and nobody ever did (C-16) */
    FACT_MERGED_INTO,    /* this ticket ends in `other` */
    FACT_MERGED_FROM,    /* `other` ended in this one, which keeps the earlier starts (C-15) */
    FACT_SPLIT_INTO,     /* the messages `moved` go on in the new ticket `other` (C-15) */
    FACT_SPLIT_FROM,     /* opens that ticket, from the first of those messages of `other` */
    FACT_TIME_CAME,      /* everything due at `now` or before, in its order */
    FACT_POLICY_CHANGED, /* open clocks are retargeted (C-13, C-14) */
    FACT_DELIVERY_ENDED, /* one of its deliveries did not arrive: `ended` says how, `reason` why */
    FACT_INCIDENT_LOOKED, /* due work brings what there is of incidents: a new ticket's likes, how
                             the incident stands that it belongs to, an incident's people */
    FACT_INCIDENT_ASKED,  /* somebody says that it is a case of many: an incident is made of it */
    FACT_INCIDENT_OPENED, /* opens an incident, of ticket `other` */
    FACT_INCIDENT_JOINED, /* it belongs to incident `other` from now on */
    FACT_INCIDENT_LEFT,   /* and no longer, with reason */
    FACT_INCIDENT_OVER,   /* an incident is dissolved: nothing belongs to it */
    FACT_KIND_N
};
const char *fact_kind_name(enum fact_kind k); /* "customer_wrote": in event.kind, the log, JSON */
int fact_kind_find(const char *name);

enum fact_actor { FACT_BY_CUSTOMER, FACT_BY_AGENT, FACT_BY_TIME, FACT_BY_POLICY, FACT_BY_OPERATOR };
const char *fact_actor_name(
    enum fact_actor a); /* "customer", "agent", "time", "policy", "operator" */
int fact_actor_find(const char *name);

/* How much an agent carries now; made by whoever asks, for the agents of the ticket's team. */
struct fact_load {
    const char *agent;
    int open;            /* tickets that are neither paused, solved nor closed */
    int64_t assigned_at; /* the last time one was given; fairness among equals */
    int of_topic; /* of those that are open: of the ticket's topic, or without one as it is */
};

/* A case that may be like the one that is looked at: opened within the window before or after it,
 * merged into none, and of no incident that is solved. */
struct fact_like {
    int64_t ticket_id, contact_id;
    int64_t incident_of; /* 0: none */
    const char *terms;
};
enum {
    FACT_LIKES_MAX = 200,      /* the newest that share a term */
    FACT_LIKES_READ_MAX = 1000 /* of so many, the newest */
};
/* How the incident stands that a ticket belongs to, or is to belong to. */
struct fact_incident {
    int64_t ticket_id; /* 0: nothing is said of any */
    enum ticket_status status;
    bool over;     /* dissolved */
    int64_t by_at; /* its next promise; 0: none */
};
/* Who belongs to an incident. */
struct fact_crowd {
    int people;                    /* different ones */
    enum ticket_priority priority; /* of the most urgent of their tickets */
    const char *const *plans;      /* that they have, each once */
    size_t plan_count;
};
enum { FACT_CROWD_PLANS_MAX = 64 };

struct fact {
    enum fact_kind kind;
    int64_t at;  /* when it happened: of a message, its receive time (C-7) */
    int64_t now; /* when it is decided; at <= now */
    enum fact_actor by;
    const char *actor;  /* the agent's name, the operator's login; NULL: the customer, the time */
    int64_t message_id; /* of the message it is about; 0: none */

    /* FACT_CUSTOMER_WROTE and FACT_SPLIT_FROM */
    const char *subject, *text; /* for the classification */
    const char *sender;         /* the address's value, for classification patterns */
    const char *language;
    const char *organization, *plan; /* of the person, as it was known then; NULL: none */
    bool vip;                        /* likewise */
    bool automatic, spam, bounce;
    bool declines;          /* a person's who is to get no automatic answer (B-07) */
    bool report;            /* a program's answer or report: nobody waits for us */
    bool threaded_weakly;   /* E-03: found by less than a token, a reference or a conversation */
    const char *thread_why; /* how the ticket was found, in one line, for `why` */
    int64_t follow_up_of;   /* opens a follow-up to a closed one; 0: not */
    int64_t related_to;     /* opens one that names another, which it did not enter; 0: none */
    const char *title;      /* FACT_SPLIT_FROM: what it is called; NULL: the message's subject */
    bool told;              /* FACT_SPLIT_FROM: the customer hears of it as of any new ticket */
    int64_t last_at;        /* FACT_SPLIT_*: when the last message came that is there now */

    enum ticket_status status;     /* TICKET_STATUS_N: says nothing */
    enum ticket_priority priority; /* TICKET_PRIORITY_NONE: says nothing */
    int level;
    const char *agent, *team;
    const char *reason;
    const char *solution; /* how it was solved, for who meets the like (D-40); NULL: not said */
    const char *const *tags, *const *tags_off;
    size_t tag_count, tag_off_count;
    const char *const *names, *const *names_off; /* of agents and teams; FACT_MERGED_FROM, too */
    size_t name_count, name_off_count;
    int64_t other;
    const int64_t *moved; /* FACT_SPLIT_INTO: messages */
    size_t moved_count;
    int unanswered;           /* FACT_SPLIT_*: of those that moved, how many wait for an answer;
                                 FACT_MERGED_FROM: of the other's */
    int64_t unanswered_since; /* FACT_MERGED_FROM: the oldest of these; `status`: the other's, where
                                 it was not over and somebody waited */
    const struct target_clock *other_clocks; /* FACT_MERGED_FROM */
    size_t other_clock_count;
    const struct fact_load *loads; /* FACT_QUEUE_LOOKED */
    size_t load_count;
    /* FACT_INCIDENT_*; the likes, the newest first, are not part of its JSON. */
    const struct fact_like *likes;
    size_t like_count;
    struct fact_incident incident;
    struct fact_crowd crowd; /* of the incident that is looked at, or opened */
    int score;               /* FACT_INCIDENT_JOINED: how like it is, in percent; 0: by hand */
    const char *topic;       /* FACT_INCIDENT_OPENED, FACT_TOPIC_SET */
    /* FACT_DELIVERY_ENDED */
    int64_t delivery_id;
    const char *notice; /* its id: "E-09" */
    const char *ended;  /* "suppressed" (B-15), "dead", or "failed": sent, and yet not delivered */
};
/* Nobody waits for an answer to it. */
bool fact_is_inert(const struct fact *f);
bool fact_is_said(const struct fact *f); /* it brings words of the customer to the ticket */
/* The other half of FACT_MERGED_INTO `into`, for the ticket that goes on: `ended` is the one that
 * ends in it, with its clocks as they were. */
void fact_merged_from(const struct fact *into, const struct ticket *ended, struct arena *a,
                      struct fact *out);
/* An incident is opened of ticket `of`, because of what was decided of it by `cause`; the crowd is
 * still to be said. */
void fact_incident_opened(const struct fact *cause, const struct ticket *of, const char *why,
                          struct fact *out);
/* A fact that owes nothing to anybody; what a merge, a look at the queue or at likes was given is
 * left out. */
const struct fact *fact_copy(struct arena *a, const struct fact *f);
/* All of it but subject and text, which are the message's. free() the text. */
char *fact_to_json(const struct fact *f);
int fact_from_json(struct arena *a, struct span json, struct fact *f, struct error *err);

#endif
