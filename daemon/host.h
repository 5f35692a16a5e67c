/* daemon/host.h - the world as the channels of one configuration see it.
 *
 * Loop thread. One host for each configuration that was read; after a reload the old one lives on
 * until nothing of it is under way, beside the new one that already has the work. It opens
 * channels, starts and stops them (a pulled one when its lease is told), keeps their cursors,
 * timers, children, and counts what is open. */
#ifndef RELEVO_DAEMON_HOST_H
#define RELEVO_DAEMON_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/channel.h"
#include "daemon/parse.h"
#include "daemon/worker.h"

struct burdens;
struct clients;
struct db;
struct desk_channel;
struct desks;
struct host;
struct hook;
struct http_client;
struct intake;
struct turns;

enum {
    HOST_CHILD_SILENCE_MS = 120000, /* a child that says nothing for so long is killed */
    HOST_HEALTH_MS = 60000,         /* that all is well is noted no more often than this */
    HOST_CURSOR_RETRY_MS = 2000,
    HOST_OLDER_MS = 35000, /* the longest that cursors_read() waits for what an older one does */
    HOST_OLDER_LOOK_MS = 100,
};

/* What the host stands on; all outlive it. To check a configuration everything may be NULL. */
struct host_services {
    struct event_base *base;
    struct db *db;
    struct intake *intake;
    struct http_client *client;
    struct hook *hook;
    struct workers *workers;
    struct worker_pool *smtp; /* the pool of role "smtp" */
    struct parse *parse;
    struct clients *clients;
    struct turns *turns;
    struct burdens *burdens;
};

/* Opens all channels of `desks`, which stay the caller's and get this host. NULL, and none is open:
 * err names the channel that cannot be as it is configured. */
struct host *host_new(const struct host_services *services, struct desks *desks, struct error *err);
/* `older` was before it and still has something under way; NULL: that is over. What its channels
 * get may be cursors of the same channels here: cursors_read() waits for it. */
void host_follow(struct host *h, const struct host *older);
/* Starts a channel, and stops it; a channel that is not of this host is no matter. */
void host_start(struct host *h, struct desk_channel *ch);
void host_stop(struct host *h, struct desk_channel *ch);
/* Starts each channel that needs no lease. */
void host_start_told(struct host *h);
void host_stop_all(struct host *h);
/* Nothing is under way but calls that only wait for something to happen. */
bool host_is_idle(const struct host *h);
/* Nothing at all is under way that would come back to one of its channels. */
bool host_is_over(const struct host *h);
/* Stops and closes all channels; over only. Takes NULL. */
void host_free(struct host *h);

/* Something was said in a conversation of this channel (NOTIFY relevo_heard). */
void host_heard(struct host *h, int64_t channel_id, const char *conversation);
/* For metrics and status: of the i-th channel; false: there is none. */
bool host_health_at(const struct host *h, size_t i, const char **name, enum channel_health *health,
                    bool *started);

#endif
