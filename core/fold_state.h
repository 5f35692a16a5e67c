/* core/fold_state.h - what a fold holds, for the rooms that it is made of.
 *
 * Of core/fold.c and core/fold_*.c alone. */
#ifndef RELEVO_CORE_FOLD_STATE_H
#define RELEVO_CORE_FOLD_STATE_H

#include <glib.h>

#include "core/fold.h"
#include "core/target.h"

/* Targets are the same for all tickets of a channel: resolved once. */
struct fold_channel {
    const char *channel, *kind; /* interned */
    struct target_table targets;
};
struct fold_later { /* to an agent, who is told within his hours */
    int64_t delivery_id, due_at;
    struct plan_leaving leaving; /* agent: the policy's own word */
};
struct fold_ticket {
    int64_t ticket_id;
    struct contact *contact; /* its words lie behind it */
    const struct fold_channel *channel;
    struct ticket *kept; /* cut short after its last clock; ledgers and words behind it */
    size_t room;         /* bytes that there are for it */
    int64_t wake_at;     /* 0: never */
    bool wants_queue;
    int queue; /* the team in whose queue it waits; -1: in none */
    int64_t queue_rank;
    struct fold_later *later;
    size_t later_count, later_room;
    size_t place; /* in the heap: 1 …; 0: not there */
    bool looks;   /* it is in fold.looks */
};
struct fold_incident { /* who belongs to it */
    int64_t ticket_id;
    GPtrArray *members; /* of struct fold_ticket */
};
struct fold_due { /* what the heap holds: nothing else is looked at to order it */
    int64_t at;   /* the earlier of the ticket's wake_at and of what waits to leave */
    int64_t rank; /* in the queue; the lowest of all: it is not to be looked at there */
    int64_t ticket_id;
    struct fold_ticket *t;
};
struct fold {
    struct pool *pool; /* of tickets, what they owe, and who wrote them */
    struct fold_options o;
    int64_t now;
    GHashTable *tickets, *contacts; /* by int64_t */
    GPtrArray *channels;
    GArray *heap; /* of struct fold_due, the earliest first */
    struct fact_load *loads;
    int *by_topic;  /* of each agent: open by the policy's topics, then without one */
    GTree **queues; /* of struct fold_ticket, by team, the lowest rank first */
    int64_t last_delivery;
    GPtrArray *likes;      /* of struct fold_ticket: those with terms, in the order they opened */
    GHashTable *incidents; /* of struct fold_incident, by int64_t */
    int64_t next_incident;
    GQueue looks;          /* of struct fold_ticket: FACT_INCIDENT_LOOKED is owed to these */
    struct arena *scratch; /* of one fact */
    char *packed;          /* a ticket, on its way to where it is kept */
    size_t packed_size;
    struct ticket before;
    struct plan plan;
};

/* --- core/fold.c */

struct fold_ticket *fold_find(const struct fold *f, int64_t ticket_id); /* NULL: there is none */
struct fold_ticket *fold_open(struct fold *f, int64_t ticket_id, const struct fold_origin *origin);
/* One of time's, now. */
struct fact fold_fact(const struct fold *f, enum fact_kind kind);
/* What time and the policy bring can happen to any ticket. `before`: what it is, or the nothing
 * that it is to be made of. */
void fold_time_of(struct fold *f, struct fold_ticket *t, const struct ticket *before,
                  const struct fact *fact);
void fold_time(struct fold *f, struct fold_ticket *t, const struct fact *fact);

/* --- core/fold_keep.c: a ticket is one block of memory, made anew by each decision */

/* `now` may point into what was kept. Clocks that are of no more use are dropped. */
void fold_keep(struct fold *f, struct fold_ticket *t, struct ticket *now);
/* For whoever may look at all of it: what is kept ends after its last clock. Until the next call.
 */
const struct ticket *fold_whole(struct fold *f, const struct fold_ticket *t);
size_t fold_length(const char *s);           /* with its end; NULL: 0 */
char *fold_words(char **end, const char *s); /* a copy at *end, which goes on behind it */

/* --- core/fold_heap.c: what waits for its second, one entry a ticket */

/* As it is kept, it is put to where its second belongs, or taken out. */
void fold_schedule(struct fold *f, struct fold_ticket *t);
const struct fold_due *fold_earliest(const struct fold *f); /* NULL: nothing waits */

/* --- core/fold_incident.c: who is like whom, and who belongs to which */

void fold_incident_begin(struct fold *f);
void fold_incident_end(struct fold *f);
/* What there is of incidents for a ticket, as the fact has it. */
void fold_incident_fill(struct fold *f, const struct fold_ticket *t, struct fact *fact);
/* The next that FACT_INCIDENT_LOOKED is owed to; there is one. */
void fold_incident_look(struct fold *f);
/* What a decision leads to beyond its own ticket, which belonged to `incident_of` before. */
void fold_incident_follow(struct fold *f, struct fold_ticket *t, int64_t incident_of,
                          const struct fact *fact, const struct planned_incident *p);

#endif
