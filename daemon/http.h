/* daemon/http.h - listening for HTTP: evhttp with the bounds it does not have by itself.
 *
 * Loop thread. A request reaches its handler whole and checked (daemon/http_scan.h): known method,
 * one plain length or chunks, no folded header, within the bounds. What breaks them gets 400, 405,
 * 408, 413, 431 or 503 with a JSON error and loses its connection. Total times, not idle ones: so
 * many seconds to the end of the header, to the end of the body, and for an answer to be read. TLS
 * and HTTP/2 are a reverse proxy's. */
#ifndef RELEVO_DAEMON_HTTP_H
#define RELEVO_DAEMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

struct event_base;
struct evhttp_request;
struct http;
struct http_header;

enum { HTTP_RETRY_S = 5 }; /* who gets 503 comes again after so long, where nothing else is said */

struct http_limits {
    size_t header_max, body_max; /* bytes */
    size_t held_max;     /* bytes of all requests without their answer; over it those larger than a
                            header may be get 503 */
    int connections_max; /* more wait in the kernel's line, and idle ones are closed */
    int64_t header_ms, body_ms, idle_ms;
};
struct http_counts {
    uint64_t requests, refused, late, over; /* refused: broken a bound; late: a time; over: how
                                               often connections_max was reached */
    size_t connections;
    size_t held; /* bytes of requests without their answer */
    size_t busy; /* of these: have a request whose header is whole, and not all of its answer */
};
/* Takes the request, and answers it once with http_answer(), now or later; a client that is gone by
 * then is no matter. `rest` is what follows the route's prefix in the path, without the query. */
typedef void http_handler_fn(void *arg, struct evhttp_request *req, const char *rest);

struct http *http_new(struct event_base *base, const struct http_limits *limits);
/* As daemon/http_address.h has them. */
int http_listen(struct http *h, const char *address, struct error *err);
/* A listening socket that systemd handed over; it is this room's from now on. */
int http_listen_fd(struct http *h, int fd, struct error *err);
/* The longest prefix that fits wins; it ends at a slash or at the path's end. What fits none gets
 * 404. */
void http_route(struct http *h, const char *prefix, http_handler_fn *handler, void *arg);
/* Answers. body is copied; its type NULL: application/json. headers may be NULL. */
void http_answer(struct evhttp_request *req, int status, const char *type, struct span body,
                 const struct http_header *headers, size_t header_count);
/* {"error":{"code":status,"message":words}}; retry_after_s 0: no such header. */
void http_answer_error(struct evhttp_request *req, int status, const char *words,
                       int64_t retry_after_s);
/* `closed` runs once when the request's connection ends, whoever ends it. */
void http_watch_close(struct http *h, struct evhttp_request *req, void (*closed)(void *arg),
                      void *arg);
/* Closes the listeners and the connections that wait for nothing; the others end with their next
 * answer. Over when `busy` is 0. */
void http_stop(struct http *h);
const struct http_counts *http_counts(const struct http *h);
void http_free(struct http *h); /* cuts what is left; takes NULL */

#endif
