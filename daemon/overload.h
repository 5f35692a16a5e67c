/* daemon/overload.h - looks at the start and every OVERLOAD_LOOK_S at the queues of the teams that
 * a policy watches, and tells their people when there is too much, and when it is over
 * (core/backlog.h).
 *
 * Loop thread. Of several nodes one looks at a team; what it decides, the history of it and the
 * letters are one transaction. */
#ifndef RELEVO_DAEMON_OVERLOAD_H
#define RELEVO_DAEMON_OVERLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct desks;
struct overload;

enum { OVERLOAD_LOOK_S = 30 };

/* `told` runs for each sign that is stored, in words of core/backlog.h, and where looking failed
 * (team NULL, sign: why). */
struct overload *overload_new(struct db *db, const struct desks *desks, int64_t (*now)(void *arg),
                              void (*told)(void *arg, const char *desk, const char *team,
                                           const char *sign, int waiting),
                              void *arg);
void overload_look(struct overload *o); /* now, not at the next round */
void overload_stop(struct overload *o);
/* Nobody is asked anything just now. */
bool overload_is_idle(const struct overload *o);
void overload_free(struct overload *o); /* takes NULL; after its db */

/* For metrics: of the i-th team that is watched, as any node saw it last. False: there is none. */
struct overload_team {
    char desk[64], team[64];
    int waiting;
    int64_t oldest_s;
    bool over;
};
bool overload_at(const struct overload *o, size_t i, struct overload_team *out);

#endif
