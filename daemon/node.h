/* daemon/node.h - this process among those of its database: says that it lives, sees who died
 * (promise 6).
 *
 * Loop thread. Every session of `db` holds a lock that stands for this process (db_hold()), and
 * each NODE_LOOK_MS the process writes that it lives. Who holds no lock and was not heard of for
 * `silent_s` is gone: what it had claimed (deliveries, due tickets, attachments) is anybody's
 * again. So a killed process is followed within NODE_SILENT_S + NODE_LOOK_MS.
 *
 * Who lives keeps what it claimed, for it is in the middle of sending it: a paused process keeps
 * its session, a lost connection comes back before the silence is long enough (DB_PAUSE_MAX_MS),
 * and when the database itself was away nobody is judged until it was there for that long: a
 * session is that old, or somebody was heard of all the time and never late (NODE_LATE_S), which
 * may be one process after the other, each killed soon. Still taken for dead is who was paused
 * while the database ended its session, or could not reach it for longer than others could: then
 * what it was sending may leave once more, with the same id and words, and its late marks are taken
 * but undo no end (delivery_mark). Where the server cannot know that a session is over, because a
 * whole machine vanished, claims run out by themselves. */
#ifndef RELEVO_DAEMON_NODE_H
#define RELEVO_DAEMON_NODE_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct node;

/* LATE: more than passes between the last sign of a process that is killed and the first of the one
 * that is started in its stead. */
enum { NODE_LOOK_MS = 1500, NODE_LATE_S = 4, NODE_SILENT_S = 8 };

/* `holder`: the process's name in all that it claims, of no other process ever. To be called before
 * `db` has any other work: nothing is claimed by whom nobody watches. `gone` tells whose claims
 * were given back, and how many. */
struct node *node_new(struct db *db, const char *holder, int64_t started_at, int silent_s,
                      void (*gone)(void *arg, const char *holder, int64_t claims), void *arg);
/* What it has in its configuration, told with the next sign of life: the trouble of a channel that
 * no living process has is nobody's (sql/migrations/0034). Copies `ids`. */
void node_channels(struct node *n, const int64_t *ids, size_t count);
void node_free(struct node *n); /* takes NULL; after its db is free, or has nothing of it in line */

#endif
