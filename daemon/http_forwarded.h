/* daemon/http_forwarded.h - who really called, where a reverse proxy stands between.
 *
 * Pure. X-Forwarded-For is believed only as far as proxies that the operator trusts wrote it
 * (S-43): it is read from its end, and the first address that is no trusted proxy's is the
 * caller's. */
#ifndef RELEVO_DAEMON_HTTP_FORWARDED_H
#define RELEVO_DAEMON_HTTP_FORWARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct arena;
struct conf;

/* An address or a network, "192.0.2.0/24". 0; -1 with ERROR_CONFIG: what was expected. */
int http_forwarded_check(const char *proxy, struct error *err);
/* `peer` is the connection's other end, "" for a local socket, which is trusted. `forwarded` NULL:
 * there is no such field. `root` names the trusted_proxies; NULL: none. The arena's. */
const char *http_forwarded_caller(const struct conf *root, const char *peer, const char *forwarded,
                                  struct arena *a);

#endif
