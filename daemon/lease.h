/* daemon/lease.h - which of the pulled channels are this process's own (promise 6).
 *
 * Loop thread. One process at a time pulls a mailbox: it holds the channel's lease for LEASE_S and
 * asks again each LEASE_RENEW_MS; the database's clock alone counts. `told(arg, ch, true)` when a
 * lease was won; `told(arg, ch, false)` at once when another has it, and LEASE_SAFE_MS after the
 * last question that was answered yes, so that nobody pulls on in the belief that he still holds
 * it. Whoever dies is followed within LEASE_S + LEASE_RENEW_MS. The holder's name is made anew for
 * each process: two daemons that call themselves the same are still two. */
#ifndef RELEVO_DAEMON_LEASE_H
#define RELEVO_DAEMON_LEASE_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct desk_channel;
struct leases;

enum { LEASE_S = 6, LEASE_RENEW_MS = 1500, LEASE_SAFE_MS = 5000 };

/* `node` begins the holder's name, for `relevoctl status`. */
struct leases *leases_new(struct db *db, const char *node,
                          void (*told)(void *arg, struct desk_channel *ch, bool held), void *arg);
const char *leases_holder(const struct leases *l);
/* Wants the lease of this channel from now on. */
void leases_want(struct leases *l, struct desk_channel *ch);
/* Wants none any more, tells nobody, and lets another node have them at once; `done` (may be NULL)
 * runs once. */
void leases_give_up(struct leases *l, void (*done)(void *arg), void *arg);
/* Forgets this channel and keeps its lease in the database: the next leases_want() of it wins at
 * once. */
void leases_forget(struct leases *l, const struct desk_channel *ch);
void leases_free(
    struct leases *l); /* takes NULL; after its db is free, or has nothing of it in line */

#endif
