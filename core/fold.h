/* core/fold.h - a desk in memory: facts happen to its tickets, and time brings what falls due.
 *
 * Pure; one thread. What the store, due work and deliveries do on PostgreSQL is done here on a
 * heap, around the same plan_apply(): so a story can be told, and a month of history folded again,
 * under any policy, in seconds, and nothing is written. Between two facts everything that falls due
 * happens at its own second; of one second first what waits for no owner, in the order of the
 * numbers, then those that do, in the order of the queue. It happens before a fact of that second.
 *
 * What is owed to incidents happens in the second in which it came to be owed, before anything else
 * of that second: a new ticket is compared with its likes, and what belongs to an incident hears of
 * it. Incidents get numbers from `first_incident` on.
 *
 * What a ticket needs of what it is given is copied; a fact may be forgotten once it has been
 * applied. The policy and its targets must outlive the fold. */
#ifndef RELEVO_CORE_FOLD_H
#define RELEVO_CORE_FOLD_H

#include "core/plan.h"

struct fold;
struct target_policy; /* core/target.h */

/* Where a ticket comes from: asked for when it is opened, by FACT_CUSTOMER_WROTE or
 * FACT_SPLIT_FROM, and at no other time. */
struct fold_origin {
    const char *channel, *kind; /* for the targets alone (C-22); may be NULL */
    int64_t contact_id;         /* whose budgets it shares; 0: somebody seen once */
    const char *name, *language, *zone;
    bool any_hour; /* as of struct contact */
};
/* One decision, as it is made. Everything is borrowed until the listener returns. */
struct fold_step {
    int64_t ticket_id;
    const struct ticket *before; /* version 0: it is opened by this */
    const struct fact *fact;     /* time's own among them */
    const struct plan *plan;
};
/* One delivery that leaves, or is dropped as it would (B-15). */
struct fold_delivery {
    int64_t ticket_id, at;
    enum notice notice;
    enum planned_recipient to;
    const char *agent;   /* PLANNED_AGENT */
    const char *dropped; /* NULL: it leaves; else the rule */
};
struct fold_options {
    const struct policy *policy;
    const struct target_policy *targets;
    bool bare;              /* plan_apply_bare(): for a million facts */
    int64_t first_incident; /* above all numbers of tickets; 0: 2^40 */
    void (*decided)(void *arg, const struct fold_step *step);       /* NULL: nobody listens */
    void (*delivered)(void *arg, const struct fold_delivery *left); /* likewise */
    void *arg;
};

/* Deliveries are numbered from 1 as they are planned. */
struct fold *fold_new(const struct fold_options *o);
void fold_free(struct fold *f); /* takes NULL */
/* Time goes on to fact->now, then the fact happens. Facts come in the order of their `now`: an
 * earlier one happens at the fold's own. Loads (FACT_QUEUE_LOOKED), likes, how an incident stands,
 * and the other half of a merge are the fold's own business, as they are the store's. -1: it cannot
 * happen to that ticket, and has not. */
int fold_apply(struct fold *f, int64_t ticket_id, const struct fold_origin *origin,
               const struct fact *fact, struct error *err);
/* Asks memory for what lies there, which is needed in some microseconds' time. Changes nothing. */
void fold_fetch(const void *from, size_t size);
/* A fact will happen to that ticket, in a few facts' time, and then again when it is `soon`: what
 * it is kept in is asked of memory. Changes nothing. */
void fold_foresee(const struct fold *f, int64_t ticket_id, bool soon);
/* Everything that falls due until then, the second itself included. */
void fold_until(struct fold *f, int64_t to);
/* The next second at which something falls due; 0: nothing ever does. */
int64_t fold_next(const struct fold *f);
int64_t fold_now(const struct fold *f);
/* As it is now; NULL: there is none. Good until the next fact. */
const struct ticket *fold_ticket(struct fold *f, int64_t ticket_id);
const struct fact_load *fold_loads(const struct fold *f,
                                   size_t *count); /* of the policy's agents */
size_t fold_count(const struct fold *f);           /* tickets */

#endif
