/* daemon/planned.h - planned versions of the policy come in force when their time has come.
 *
 * Loop thread. By the database's clock; any number of nodes look, one does it
 * (daemon/policy_change.h), on a connection of its own, for that may last. Between the instant and
 * its COMMIT all go on by the old policy. A version that cannot be read stays planned, and is tried
 * again. */
#ifndef RELEVO_DAEMON_PLANNED_H
#define RELEVO_DAEMON_PLANNED_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/policy_change.h"

struct planned;

enum {
    PLANNED_LOOK_MS = 60000, /* in case word of a new one was lost */
    PLANNED_AGAIN_MS = 5000, /* after one that failed */
    PLANNED_OTHER_MS = 500,  /* another node has it in hand */
};

/* `db` is for the looks; `told` runs for each that came in force, or could not. */
struct planned *planned_new(struct db *db, const char *conninfo, const struct desks *desks,
                            int64_t (*now)(void *arg), policy_change_fn *told, void *arg);
void planned_look(struct planned *p); /* the plans may have changed */
/* Takes no more; what is under way is finished. */
void planned_stop(struct planned *p);
bool planned_is_busy(const struct planned *p); /* with a desk: it must not go */
void planned_free(struct planned *p);          /* takes NULL; after its db */

#endif
