/* daemon/clients.h - who connects to the sockets of channels: listens, reads, writes, ends.
 *
 * Loop thread. It outlives configurations: a socket that one channel stops to listen on and another
 * begins to within the same turn of the loop stays, and nobody who connects meanwhile is refused.
 * What channels are told of it is in channels/channel.h. */
#ifndef RELEVO_DAEMON_CLIENTS_H
#define RELEVO_DAEMON_CLIENTS_H

#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

struct channel;
struct channel_client;
struct clients;
struct event_base;

enum {
    CLIENTS_PAUSE_MS = 1000,  /* where no descriptor is left */
    CLIENTS_CLOSE_MS = 10000, /* for the last words to one who does not read */
};

/* `look_ms`: how often it is seen whether sockets are there. */
struct clients *clients_new(struct event_base *base, int64_t look_ms);
void clients_free(struct clients *c); /* takes NULL; no channel has a client any more */

/* As channel_host.listen() promises; one socket for each channel. One that is taken away is made
 * anew; while it cannot be, or cannot have its mode, its channel is in trouble. */
int clients_listen(struct clients *c, struct channel *ch, const char *path, unsigned mode,
                   struct error *err);
void clients_listen_stop(struct clients *c, struct channel *ch);

void clients_write(struct channel_client *client, struct span bytes);
void clients_more(struct channel_client *client);
void clients_end(struct channel_client *client);

#endif
