/* daemon/socket_place.h - a socket at a path, and whether it still lies there.
 *
 * What tidies a folder up takes sockets away, too: who listens hears nothing of it, and nobody
 * would ever connect again. Whoever listens looks each SOCKET_PLACE_LOOK_MS, and makes it anew. */
#ifndef RELEVO_DAEMON_SOCKET_PLACE_H
#define RELEVO_DAEMON_SOCKET_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/error.h"

enum { SOCKET_PLACE_LOOK_MS = 5000 };

struct socket_place {
    char *path;   /* owned */
    dev_t device; /* of what lies there, and */
    ino_t inode;  /* both 0: nothing of ours does */
};

/* As http_address_listen(), with a path. -1: what lay there before may lie there still. */
int socket_place_make(struct socket_place *place, int backlog, struct error *err);
/* It may have been taken away, and another one's lie there. */
bool socket_place_is_there(const struct socket_place *place);
/* Removes it, if it is there, and frees the path. */
void socket_place_clear(struct socket_place *place);

#endif
