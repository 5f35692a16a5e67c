/* daemon/host_rooms.h - what the rooms of daemon/host.h share: its channels, and where each stands.
 *
 * Loop thread. Only daemon/host*.c includes this. `ctx` is always a struct host. */
#ifndef RELEVO_DAEMON_HOST_ROOMS_H
#define RELEVO_DAEMON_HOST_ROOMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channels/channel.h"
#include "daemon/db.h"
#include "daemon/host.h"

struct event;
struct host_cursor;
struct turn;

struct host_channel {
    struct host *host;
    struct desk_channel *channel;
    bool wanted, started; /* wanted: it starts as soon as its cursors are here */
    struct worker_child *child;
    struct turn *turn;   /* to be connected; NULL: it wants none */
    struct event *retry; /* of the question for its cursors */
    struct host_cursor *cursors;
    enum channel_health health;
    bool health_known;
    int64_t health_noted_ms;
    bool behind;
};
struct host {
    struct host_services on;
    struct channel_host doors;
    struct desks *desks;
    const struct host *older; /* NULL: none has anything under way */
    struct host_channel *channel;
    size_t count;
    size_t open;  /* what is under way and will come back to a channel */
    size_t polls; /* and calls that only wait for something to happen */
};

/* A channel speaks to the host that opened it. */
struct host_channel *host_channel_of(struct host *h, const struct channel *ch);

/* --- daemon/host_doors.c: all that a channel may ask; the rooms below are named in it */

extern const struct channel_host host_doors;
void *host_timer(void *ctx, int64_t ms, void (*fire)(void *arg), void *arg);

/* --- daemon/host_cursor.c */

void host_cursor_set(struct host_channel *c, const char *part, const char *cursor);
const char *host_cursor_of(void *ctx, struct channel *ch, const char *part);
void host_cursors_read(void *ctx, struct channel *ch, void (*done)(void *arg), void *arg);
/* Asks the database for all of a channel; `done` takes them, and counts the question as over. */
void host_query_cursors(struct host_channel *c, db_answer_fn *done, void *arg);
void host_take_cursors(struct host_channel *c, const struct db_answer *answer);
void host_cursors_free(struct host_channel *c);

/* --- daemon/host_health.c */

void host_health(void *ctx, struct channel *ch, enum channel_health health, const char *words);
void host_warn(void *ctx, struct channel *ch, const char *words); /* NULL: all is well again */
void host_behind(void *ctx, struct channel *ch, int64_t left, int64_t per_s);

/* --- daemon/host_child.c */

void host_child_start(struct host_channel *c); /* where its kind has one */
void host_child_stop(struct host_channel *c);
void host_worker_ask(void *ctx, struct channel *ch, struct span frame, int fd, int64_t line_ms,
                     int64_t deadline_ms, channel_more_fn *more, channel_answer_fn *done,
                     void *arg);
int host_worker_send(void *ctx, struct channel *ch, struct span frame, int fd);
void host_worker_end(void *ctx, struct channel *ch, const char *words);
void host_turn_want(void *ctx, struct channel *ch, int64_t least_ms);
void host_turn_end(void *ctx, struct channel *ch);

#endif
