/* daemon/shadow.h - a policy in trial beside the one in force: each day's difference, by mail.
 *
 * Loop thread. Nothing of such a policy is decided, stored or sent while tickets live: once a day
 * of the desk's zone is over, one of the nodes folds what people did under it (core/replay.h), as
 * `relevoctl policy replay` does, and owes a letter to each who wants to know. The tickets are
 * those opened in the SHADOW_SPAN_S before the day's end, with their whole histories; what is
 * counted is what happened, and would have, on that day. In pieces: the loop has other work. */
#ifndef RELEVO_DAEMON_SHADOW_H
#define RELEVO_DAEMON_SHADOW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

struct db;
struct desks;
struct shadow;

enum {
    SHADOW_LOOK_MS = 60000,
    SHADOW_CLAIM_S = 1800,
    SHADOW_SPAN_S = 30 * 86400,
    SHADOW_PAGE = 1000, /* facts that are read at once */
    SHADOW_PIECE = 500, /* facts that are folded at once */
};

/* `db` is for the looks; the count has a connection of its own, for that may last. `told` runs for
 * each day that was told, or could not be. */
struct shadow *shadow_new(struct db *db, const char *conninfo, const struct desks *desks,
                          const char *node,
                          void (*told)(void *arg, const char *desk, const struct error *err),
                          void *arg);
void shadow_look(struct shadow *s); /* somebody wants one */
void shadow_stop(struct shadow *s); /* what is under way is given up: another node tells it */
void shadow_free(struct shadow *s); /* takes NULL; after its db */

#endif
