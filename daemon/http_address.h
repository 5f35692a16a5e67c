/* daemon/http_address.h - where the daemon may listen: ADDRESS:PORT, *:PORT, or the path of a
 * socket.
 */
#ifndef RELEVO_DAEMON_HTTP_ADDRESS_H
#define RELEVO_DAEMON_HTTP_ADDRESS_H

#include <stdbool.h>

#include "core/error.h"

/* Nothing is opened. 0; -1 with ERROR_CONFIG: what was expected. */
int http_address_check(const char *address, struct error *err);
/* Of a good one: only this machine can reach it. */
bool http_address_is_local(const char *address);
/* A socket that listens there; -1: err says why not. A path is made anew with mode 0660, unless
 * somebody answers on it. */
int http_address_listen(const char *address, int backlog, struct error *err);

#endif
