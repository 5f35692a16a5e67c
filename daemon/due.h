/* daemon/due.h - what falls due is done: wakes the planner for each ticket at its time (C-19).
 *
 * Loop thread. Any number of nodes: tickets are claimed with SKIP LOCKED for DUE_CLAIM_S seconds;
 * those of a node that dies are given back sooner (daemon/node.h).
 * What is to hear of incidents is claimed likewise, before the rest; of an incident with thousands
 * of tickets DUE_BATCH_MAX in a transaction.
 * The table `due` holds one row a ticket, so nothing of value lives here; a timer to the next due
 * instant, and a sweep each second for what another node planned. */
#ifndef RELEVO_DAEMON_DUE_H
#define RELEVO_DAEMON_DUE_H

#include <stdint.h>

struct db;
struct desks;
struct due;
struct store;

enum { DUE_BATCH_MAX = 200, DUE_CLAIM_S = 15, DUE_SWEEP_MS = 1000 };

/* `db` is for the claims, not the store's own; `desks` are those whose tickets are claimed, none as
 * long as it is empty; `node` is who claims. `failed` tells of an answer that was an error, for the
 * log. */
struct due *due_new(struct db *db, const struct desks *desks, struct store *store, const char *node,
                    int64_t (*now)(void *arg),
                    void (*failed)(void *arg, int64_t ticket_id, const char *words), void *arg);
void due_look(struct due *d); /* something falls due just now: do not wait for the sweep */
void due_free(struct due *d); /* takes NULL; not while its store still has work of it */
/* Takes no more; what is under way is finished. */
void due_stop(struct due *d);
int due_is_busy(const struct due *d);

#endif
