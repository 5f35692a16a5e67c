/* daemon/policy_change.h - a version of the policy comes in force, in one transaction; with it, if
 * it says so, the clocks of every open ticket (C-13, C-14).
 *
 * Loop thread. For relevoctl, now, and for a node, when its time has come. Before COMMIT everybody
 * decides by the old policy, after it everybody by the new one: the transaction holds the policies
 * of its desk alone, every batch of the store shares them, before any other lock, and looks at the
 * one in force. So what is decided meanwhile waits, for as long as this lasts. Tickets go through
 * the store, page by page in id order; memory is that of one page. */
#ifndef RELEVO_DAEMON_POLICY_CHANGE_H
#define RELEVO_DAEMON_POLICY_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/retarget.h"
#include "daemon/store.h"

struct db;
struct desk;
struct desks;
struct policy_change;
struct policy_file;

enum { POLICY_CHANGE_PAGE = 250 };

struct policy_change_order {
    const char *source; /* the whole policy, in one file */
    const char *by;     /* who applies it */
    bool open;          /* clocks that run follow it */
    bool dry;           /* count what would change, a page a transaction, and write nothing */
};
struct policy_change_answer {
    struct error err;              /* ERROR_NONE: done */
    const char *desk;              /* NULL: nothing was due */
    int version;                   /* in force now; of a dry run, what it would be */
    int before;                    /* that was in force */
    bool is_new, open;             /* false: it was in force already */
    struct retarget_report report; /* of the clocks, where they follow it */
    struct store_counts counts;    /* of what was stored with it; none of a dry run */
};
typedef void policy_change_fn(void *arg, const struct policy_change_answer *answer);

/* `policy` is what the source says; taken. `done` runs once; then policy_change_free(). */
struct policy_change *policy_change_now(struct db *db, const struct desk *desk,
                                        struct policy_file *policy,
                                        const struct policy_change_order *order,
                                        int64_t (*now)(void *arg), policy_change_fn *done,
                                        void *arg);
/* The planned version of one of these desks whose time has come first, if there is any. Two nodes
 * never do the same one. */
struct policy_change *policy_change_due(struct db *db, const struct desks *desks,
                                        int64_t (*now)(void *arg), policy_change_fn *done,
                                        void *arg);
void policy_change_free(struct policy_change *c); /* takes NULL; not while its db has it in hand */

#endif
