/* daemon/fetch.h - what providers keep behind a link is fetched: claims attachments, gets, stores.
 *
 * Loop thread. Apart from intake: a message is stored and answered first, its files come when they
 * come. One that is claimed by a node that dies is given back (daemon/node.h); stored twice is
 * stored once, by its digest. What cannot be had says why in attachment.fetch_error: at once where
 * it never can, else after FETCH_TRIES_MAX (about a day), so that agents know. */
#ifndef RELEVO_DAEMON_FETCH_H
#define RELEVO_DAEMON_FETCH_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct desks;
struct fetch;

enum {
    FETCH_FLIGHT_MAX = 2, /* each may be as large as the bound */
    FETCH_CLAIM_S = 300,  /* longer than any channel's calls for it take */
    FETCH_SWEEP_MS = 3000,
    FETCH_PAUSE_MIN_S = 30,
    FETCH_PAUSE_MAX_S = 4 * 3600,
    FETCH_TRIES_MAX = 15,
};
struct fetch_counts {
    uint64_t fetched, retried, failed;
    size_t in_flight;
};

/* `node`: who claims. `size_max`: bytes of one attachment. `told` says how each ended, for the log:
 * state "fetched", "again", "failed". */
struct fetch *fetch_new(struct db *db, const struct desks *desks, const char *node, size_t size_max,
                        int64_t (*now)(void *arg),
                        void (*told)(void *arg, int64_t ticket_id, const char *state,
                                     const char *words),
                        void *arg);
void fetch_free(struct fetch *f); /* takes NULL; not while something of it is in flight */
void fetch_stop(struct fetch *f); /* claims no more */
const struct fetch_counts *fetch_counts(const struct fetch *f);

#endif
