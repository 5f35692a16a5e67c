/* daemon/reconcile.h - one comparison of a pulled channel with its source: each mail that lies
 * there is in exactly one account (promise 1).
 *
 * Loop thread. A process of its own (role channel_ops.auditor) tells what lies there, window by
 * window; the database says of each mail, as of one moment, whether it is a message, a duplicate,
 * ignored, quarantined, or above the cursor: still to come. What is none of these is a gap. The
 * outcome is kept (table reconciliation). Nothing is changed at the source by this room. */
#ifndef RELEVO_DAEMON_RECONCILE_H
#define RELEVO_DAEMON_RECONCILE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct db;
struct desk_channel;
struct reconcile;
struct turns;
struct workers;

enum reconcile_account {
    RECONCILE_MESSAGE,
    RECONCILE_DUPLICATE,
    RECONCILE_IGNORED,
    RECONCILE_QUARANTINED,
    RECONCILE_OTHER, /* a receipt or an edit */
    RECONCILE_PENDING,
    RECONCILE_GAP,
    RECONCILE_N,
};
enum { RECONCILE_GAPS_MAX = 20, RECONCILE_SILENCE_MS = 120000 };

struct reconcile_part {
    char *name;
    int64_t floor_at;
    uint32_t uidvalidity; /* 0: it was not read */
    int64_t count[RECONCILE_N];
    uint32_t gap[RECONCILE_GAPS_MAX]; /* UIDs, the first of them */
    char error[200];                  /* "": it was read to its end */
};
struct reconcile_events {
    /* Rows of sql/queries/reconcile_window.sql; may be NULL. */
    void (*each)(void *arg, const struct reconcile_part *part, const PGresult *rows);
    /* Once, on the loop, never within reconcile_new(): all parts are as far as they can be. err not
     * ERROR_NONE: it broke off. */
    void (*done)(void *arg, const struct reconcile_part *parts, size_t count,
                 const struct error *err);
    void *arg;
};

/* NULL: this kind of channel has nothing to compare. `turns`: its process connects when it is its
 * turn; NULL: at once. `lives`: it is started here, and hears what
 * lies there (channel_ops.audited), so that it does what a kill kept it from doing. */
struct reconcile *reconcile_new(struct db *db, struct workers *workers, struct turns *turns,
                                struct desk_channel *ch, bool lives,
                                const struct reconcile_events *events);
/* Takes NULL; before its end nothing is told any more. Not from `each`. */
void reconcile_free(struct reconcile *r);

#endif
