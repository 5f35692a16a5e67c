/* daemon/http_client.h - calls to the outside, as channel_host.http_send() promises them.
 *
 * Loop thread; libcurl's multi interface on libevent. At most HTTP_CLIENT_FLIGHT_MAX calls are
 * under way, the rest wait in line (HTTP_CLIENT_LINE_MAX; then `done` says ERROR_TRANSIENT). Where
 * a stranger chose the address (to_configured false) only https to a public address is tried, and
 * the address that was checked is the one that is connected to (S-45: no request of ours reaches
 * into the operator's own network). */
#ifndef RELEVO_DAEMON_HTTP_CLIENT_H
#define RELEVO_DAEMON_HTTP_CLIENT_H

#include <stddef.h>

#include "channels/channel.h"

struct event_base;
struct http_client;

enum { HTTP_CLIENT_FLIGHT_MAX = 64, HTTP_CLIENT_LINE_MAX = 10000 };

struct http_client *http_client_new(struct event_base *base);
/* What has no answer yet gets ERROR_TRANSIENT. Takes NULL. */
void http_client_free(struct http_client *c);
/* Copies all of `call`. `done` runs once, on the loop, never within this call. */
void http_client_send(struct http_client *c, const struct http_call *call);
size_t http_client_open(const struct http_client *c); /* calls without an answer */

#endif
