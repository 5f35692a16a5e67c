#include "daemon/http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <glib.h>
#include <jansson.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/http_address.h"
#include "daemon/http_scan.h"
#include "daemon/log.h"
#include "daemon/socket_place.h"

enum {
    HTTP_LINGER_MS = 2000, /* for the peer to read why it was refused */
    HTTP_SWEEP_MS = 250,   /* how late a deadline may be noticed */
    HTTP_SPARE_MS = 1000,  /* who asks for nothing for so long gives way where all are taken */
    HTTP_FILES_KEPT = 200, /* descriptors that are not for connections */
    HTTP_BACKLOG = 1024,
    HTTP_LISTENERS_MAX = 32,
};

/* Where a connection is. */
enum http_phase {
    HTTP_IDLE,
    HTTP_HEADER,
    HTTP_BODY,
    HTTP_ANSWERING, /* has time, as long as what is written is also read */
    HTTP_REFUSED,   /* told why; what still comes is dropped until the peer has read that */
};
struct http_connection {
    struct http *http;
    struct bufferevent *bev;  /* one reference is ours, so that it is there when we look at it */
    struct http_scan scan;    /* has read all that came; evhttp follows */
    uint64_t whole, answered; /* requests */
    size_t held;              /* bytes of those without their answer */
    enum http_phase phase;
    int64_t deadline_ms;
    void (*closed)(void *arg);
    void *closed_arg;
};
struct http_path {
    char *prefix;
    http_handler_fn *handler;
    void *arg;
    struct http_path *next;
};
struct http {
    struct event_base *base;
    struct evhttp *evhttp;
    struct http_limits limits;
    struct http_door {
        struct evconnlistener *listener;
        struct evhttp_bound_socket *socket;
        struct socket_place place; /* path NULL: it is at no path, or none of ours */
        bool lost;                 /* it cannot be made anew, and that is told */
    } doors[HTTP_LISTENERS_MAX];
    size_t door_count;
    int64_t look_ms; /* steady, when it is seen next whether they are there */
    struct event *sweep;
    GHashTable *connections; /* by bufferevent */
    struct http_path *paths;
    struct http_counts counts;
    bool stopping, full;
};

/* --- connections and their time
 * ----------------------------------------------------------------------- */

static bool http_is_busy(enum http_phase phase)
{
    return phase == HTTP_BODY || phase == HTTP_ANSWERING;
}

/* The one place where a phase changes. */
static void http_enter(struct http_connection *c, enum http_phase phase)
{
    const struct http_limits *limits = &c->http->limits;
    const int64_t time[] = { limits->idle_ms, limits->header_ms, limits->body_ms, 0,
                             HTTP_LINGER_MS };

    c->http->counts.busy -= http_is_busy(c->phase);
    c->http->counts.busy += http_is_busy(phase);
    c->phase = phase;
    c->deadline_ms = time[phase] == 0 ? INT64_MAX : steady_now_ms() + time[phase];
}

/* The phase that the bytes and the answers say. */
static void http_look(struct http_connection *c)
{
    enum http_phase phase = c->whole > c->answered        ? HTTP_ANSWERING
                            : http_scan_in_body(&c->scan) ? HTTP_BODY
                            : http_scan_in_head(&c->scan) ? HTTP_HEADER
                                                          : HTTP_IDLE;

    if (phase != c->phase)
        http_enter(c, phase);
}

/* What a connection keeps in memory for requests that have no answer yet. */
static void http_hold(struct http_connection *c, size_t bytes)
{
    c->http->counts.held -= c->held;
    c->http->counts.held += bytes;
    c->held = bytes;
}

static char *http_error_body(int status, const char *words)
{
    json_t *object = json_pack("{s:{s:i,s:s}}", "error", "code", status, "message",
                               text_is_utf8(span_of(words)) ? words : "refused");
    char *body = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    return body;
}

/* Ends a connection whose next request is not to be read. Past evhttp, which has not seen all of
 * that request: it sees the end of what comes, and frees the connection. Only while no answer is
 * under way; so the socket takes these few bytes at once. */
static void http_cut(struct http_connection *c, int status, const char *words)
{
    struct evbuffer *in = bufferevent_get_input(c->bev), *out = bufferevent_get_output(c->bev);
    evutil_socket_t fd = bufferevent_getfd(c->bev);
    char *body = http_error_body(status, words), *all, retry[40];

    snprintf(retry, sizeof(retry), "Retry-After: %d\r\n", HTTP_RETRY_S);
    all = xasprintf("HTTP/1.1 %d Refused\r\n%sContent-Type: application/json\r\n"
                    "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                    status,
                    status == 405   ? "Allow: GET, POST, HEAD, OPTIONS\r\n"
                    : status == 503 ? retry
                                    : "",
                    strlen(body), body);
    http_enter(c, HTTP_REFUSED);
    evbuffer_drain(in, evbuffer_get_length(in));
    http_hold(c, 0);
    if (fd >= 0) {
        if (evbuffer_get_length(out) == 0)
            (void)!send(fd, all, strlen(all), MSG_NOSIGNAL | MSG_DONTWAIT);
        shutdown(fd, SHUT_WR);
    }
    free(all);
    free(body);
}

/* A request that is refused while earlier ones wait for their answers is told after them. */
static void http_refuse_next(struct http_connection *c)
{
    if (c->scan.status == 0 || c->whole > c->answered || c->phase == HTTP_REFUSED)
        return;
    c->http->counts.refused++;
    http_cut(c, c->scan.status, c->scan.words);
}

/* Many bodies at once are more than there is room for; what is small goes on, so that who fills the
 * room keeps nobody out. */
static void http_look_for_room(struct http_connection *c)
{
    const struct http_limits *limits = &c->http->limits;

    if (c->scan.status != 0 || c->http->counts.held <= limits->held_max ||
        c->held <= limits->header_max)
        return;
    c->scan.status = 503;
    c->scan.words = "too much is being read at once; please send it again";
}

/* Watches the bytes go by, before evhttp has them. */
static void http_on_input(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *arg)
{
    struct http_connection *c = arg;
    const struct http_scan_bounds bounds = { c->http->limits.header_max, c->http->limits.body_max };
    struct evbuffer_ptr from;
    struct evbuffer_iovec part;
    bool whole;
    size_t done;

    if (info->n_added == 0)
        return;
    if (c->phase == HTTP_REFUSED) {
        evbuffer_drain(buffer, evbuffer_get_length(buffer));
        return;
    }
    if (evbuffer_ptr_set(buffer, &from, info->orig_size, EVBUFFER_PTR_SET) < 0)
        return;
    http_hold(c, c->held + info->n_added);
    http_look_for_room(c);
    while (c->scan.status == 0 && evbuffer_peek(buffer, -1, &from, &part, 1) > 0) {
        for (done = 0; done < part.iov_len && c->scan.status == 0; c->whole += whole)
            done += http_scan_take(&c->scan, &bounds, (const char *)part.iov_base + done,
                                   part.iov_len - done, &whole);
        if (evbuffer_ptr_set(buffer, &from, part.iov_len, EVBUFFER_PTR_ADD) < 0)
            break;
    }
    http_look(c);
    http_refuse_next(c);
}

static void http_connection_free(void *value)
{
    struct http_connection *c = value;

    if (c->closed != NULL)
        c->closed(c->closed_arg);
    c->http->counts.connections--;
    http_hold(c, 0);
    c->http->counts.busy -= http_is_busy(c->phase);
    evbuffer_remove_cb(bufferevent_get_input(c->bev), http_on_input, c);
    bufferevent_decref(c->bev);
    free(c);
}

static void http_accept(struct http *h, bool accept)
{
    size_t i;

    for (i = 0; i < h->door_count; i++)
        if (accept)
            evconnlistener_enable(h->doors[i].listener);
        else
            evconnlistener_disable(h->doors[i].listener);
}

static void http_look_if_full(struct http *h)
{
    bool full = h->counts.connections >= (size_t)h->limits.connections_max;

    if (full == h->full || h->stopping)
        return;
    h->full = full;
    h->counts.over += full;
    http_accept(h, !full);
}

static struct bufferevent *http_on_connection(struct event_base *base, void *arg)
{
    struct http *h = arg;
    struct http_connection *c = xcalloc(1, sizeof(*c));

    c->http = h;
    c->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (c->bev == NULL)
        abort(); /* out of memory, as xcalloc() would */
    bufferevent_incref(c->bev);
    /* While it writes, evhttp reads on, to learn of the end: without a bound, for ever. */
    bufferevent_setwatermark(c->bev, EV_READ, 0, h->limits.header_max + h->limits.body_max);
    evbuffer_add_cb(bufferevent_get_input(c->bev), http_on_input, c);
    http_enter(c, HTTP_IDLE);
    g_hash_table_insert(h->connections, c->bev, c);
    h->counts.connections++;
    http_look_if_full(h);
    return c->bev;
}

static struct http_connection *http_connection_of(struct http *h, struct evhttp_request *req)
{
    struct evhttp_connection *evcon = evhttp_request_get_connection(req);

    if (evcon == NULL)
        return NULL;
    return g_hash_table_lookup(h->connections, evhttp_connection_get_bufferevent(evcon));
}

static void http_on_closed(struct evhttp_connection *evcon, void *arg)
{
    struct http *h = arg;

    g_hash_table_remove(h->connections, evhttp_connection_get_bufferevent(evcon));
}

static void http_end(struct http_connection *c)
{
    evutil_socket_t fd = bufferevent_getfd(c->bev);

    c->deadline_ms = INT64_MAX;
    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
}

static void http_end_late(struct http_connection *c)
{
    if (c->phase == HTTP_HEADER || c->phase == HTTP_BODY) {
        c->http->counts.late++;
        http_cut(c, 408,
                 c->phase == HTTP_HEADER ? "the header took too long" : "the body took too long");
        return;
    }
    c->http->counts.late += c->phase == HTTP_ANSWERING;
    http_end(c);
}

static bool http_is_spare(const struct http_connection *c, int64_t now)
{
    const struct http *h = c->http;

    return c->phase == HTTP_IDLE &&
           (h->stopping || (h->full && now >= c->deadline_ms - h->limits.idle_ms + HTTP_SPARE_MS));
}

/* What evhttp has freed has no callback any more. An answer's time begins when some of it waits to
 * be read by the peer. */
static gboolean http_sweep_one(gpointer key, gpointer value, gpointer arg)
{
    struct http_connection *c = value;
    bufferevent_event_cb on_event = NULL;
    int64_t now = *(int64_t *)arg;

    (void)key;
    bufferevent_getcb(c->bev, NULL, NULL, &on_event, NULL);
    if (on_event == NULL)
        return TRUE;
    if (c->phase == HTTP_ANSWERING) {
        if (evbuffer_get_length(bufferevent_get_output(c->bev)) == 0)
            c->deadline_ms = INT64_MAX;
        else if (c->deadline_ms == INT64_MAX)
            c->deadline_ms = now + c->http->limits.body_ms;
    }
    if (now >= c->deadline_ms)
        http_end_late(c);
    else if (http_is_spare(c, now))
        http_end(c);
    return FALSE;
}

/* --- requests
 * ----------------------------------------------------------------------------------------- */

static void http_on_answered(struct evhttp_request *req, void *arg)
{
    struct http_connection *c = http_connection_of(arg, req);

    if (c == NULL)
        return;
    c->answered++;
    if (c->answered == c->whole)
        http_hold(c, evbuffer_get_length(bufferevent_get_input(c->bev)));
    http_look(c);
    http_refuse_next(c);
}

static const struct http_path *http_find(const struct http *h, const char *path, const char **rest)
{
    const struct http_path *p, *best = NULL;

    for (p = h->paths; p != NULL; p = p->next) {
        size_t len = strlen(p->prefix);

        if (strncmp(path, p->prefix, len) == 0 && (path[len] == '/' || path[len] == '\0') &&
            (best == NULL || len > strlen(best->prefix)))
            best = p;
    }
    if (best != NULL)
        *rest = path + strlen(best->prefix);
    return best;
}

static void http_on_request(struct evhttp_request *req, void *arg)
{
    struct http *h = arg;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
    const char *raw = uri == NULL ? NULL : evhttp_uri_get_path(uri), *rest = NULL;
    const struct http_path *path;
    char *plain;

    h->counts.requests++;
    evhttp_connection_set_closecb(evhttp_request_get_connection(req), http_on_closed, h);
    evhttp_request_set_on_complete_cb(req, http_on_answered, h);
    if (h->stopping)
        evhttp_add_header(evhttp_request_get_output_headers(req), "Connection", "close");
    if (raw == NULL) {
        http_answer_error(req, 400, "the path cannot be read", 0);
        return;
    }
    plain = xstrdup(raw);
    path = http_find(h, plain, &rest);
    if (path == NULL)
        http_answer_error(req, 404, "there is nothing here", 0);
    else
        path->handler(path->arg, req, rest);
    free(plain);
}

/* --- answers
 * ------------------------------------------------------------------------------------------ */

void http_answer(struct evhttp_request *req, int status, const char *type, struct span body,
                 const struct http_header *headers, size_t header_count)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(req);
    struct evbuffer *buffer = evbuffer_new();
    size_t i;

    evhttp_add_header(out, "Content-Type", type == NULL ? "application/json" : type);
    evhttp_add_header(out, "X-Content-Type-Options", "nosniff");
    for (i = 0; i < header_count; i++)
        evhttp_add_header(out, headers[i].name, headers[i].value);
    if (evhttp_find_header(out, "Cache-Control") == NULL)
        evhttp_add_header(out, "Cache-Control", "no-store");
    evbuffer_add(buffer, body.ptr, body.len);
    evhttp_send_reply(req, status, NULL, buffer);
    evbuffer_free(buffer);
}

void http_answer_error(struct evhttp_request *req, int status, const char *words,
                       int64_t retry_after_s)
{
    char *body = http_error_body(status, words);
    char seconds[24];
    const struct http_header retry = { "Retry-After", seconds };

    snprintf(seconds, sizeof(seconds), "%lld", (long long)retry_after_s);
    http_answer(req, status, NULL, span_of(body), &retry, retry_after_s > 0 ? 1 : 0);
    free(body);
}

void http_watch_close(struct http *h, struct evhttp_request *req, void (*closed)(void *arg),
                      void *arg)
{
    struct http_connection *c = http_connection_of(h, req);

    if (c == NULL)
        return;
    c->closed = closed;
    c->closed_arg = arg;
}

/* --- listening
 * ---------------------------------------------------------------------------------------- */

/* No descriptor is left (EMFILE): the same error would come again at once, for ever. The sweep
 * looks again. `arg` is evhttp's, who takes the listener for its own. */
static void http_on_listen_error(struct evconnlistener *listener, void *arg)
{
    (void)arg;
    evconnlistener_disable(listener);
}

/* -1: fd, which is closed then, is no listening socket, and the door stays what it was. */
static int http_door_open(struct http *h, struct http_door *door, int fd, struct error *err)
{
    struct evconnlistener *listener;
    int on = 1;

    evutil_make_socket_nonblocking(fd);
    evutil_make_socket_closeonexec(fd);
    listener =
        evconnlistener_new(h->base, NULL, h, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    if (listener == NULL) {
        close(fd);
        return error_set(err, ERROR_CONFIG, "descriptor %d is no listening socket", fd);
    }
    /* Linux hands it on to each connection; a path has no such option. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    door->listener = listener;
    door->socket = evhttp_bind_listener(h->evhttp, listener);
    evconnlistener_set_error_cb(listener, http_on_listen_error);
    if (h->full)
        evconnlistener_disable(listener);
    return 0;
}

static int http_full(struct error *err)
{
    return error_set(err, ERROR_CONFIG, "expected at most %d addresses", HTTP_LISTENERS_MAX);
}

int http_listen_fd(struct http *h, int fd, struct error *err)
{
    if (h->door_count == HTTP_LISTENERS_MAX) {
        close(fd);
        return http_full(err);
    }
    if (http_door_open(h, &h->doors[h->door_count], fd, err) < 0)
        return -1;
    h->door_count++;
    return 0;
}

int http_listen(struct http *h, const char *address, struct error *err)
{
    struct http_door *door = &h->doors[h->door_count];
    int fd;

    if (h->door_count == HTTP_LISTENERS_MAX)
        return http_full(err);
    if (address[0] != '/') {
        fd = http_address_listen(address, HTTP_BACKLOG, err);
        return fd < 0 ? -1 : http_listen_fd(h, fd, err);
    }
    door->place.path = xstrdup(address);
    fd = socket_place_make(&door->place, HTTP_BACKLOG, err);
    if (fd >= 0 && http_listen_fd(h, fd, err) == 0)
        return 0;
    free(door->place.path);
    door->place.path = NULL;
    return -1;
}

static void http_door_anew(struct http *h, struct http_door *door)
{
    struct evhttp_bound_socket *before = door->socket;
    struct error err;
    int fd = socket_place_make(&door->place, HTTP_BACKLOG, &err);

    if (fd >= 0 && http_door_open(h, door, fd, &err) == 0) {
        evhttp_del_accept_socket(h->evhttp, before);
        log_event(LOG_LEVEL_INFO, "socket_back", LOG_TEXT("path", door->place.path));
        door->lost = false;
    } else if (!door->lost) {
        log_event(LOG_LEVEL_ERROR, "socket_gone", LOG_TEXT("words", err.text));
        door->lost = true;
    }
}

/* Once in a while: a look at each. */
static void http_look_at_doors(struct http *h)
{
    size_t i;

    if (steady_now_ms() < h->look_ms)
        return;
    h->look_ms = steady_now_ms() + SOCKET_PLACE_LOOK_MS;
    for (i = 0; i < h->door_count; i++)
        if (h->doors[i].place.path != NULL &&
            (h->doors[i].lost || !socket_place_is_there(&h->doors[i].place)))
            http_door_anew(h, &h->doors[i]);
}

static void http_on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct http *h = arg;
    int64_t now = steady_now_ms();

    (void)fd;
    (void)what;
    g_hash_table_foreach_remove(h->connections, http_sweep_one, &now);
    http_look_at_doors(h);
    http_look_if_full(h);
    if (!h->full)
        http_accept(h, true);
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

void http_route(struct http *h, const char *prefix, http_handler_fn *handler, void *arg)
{
    struct http_path *p = xcalloc(1, sizeof(*p));

    *p = (struct http_path){ xstrdup(prefix), handler, arg, h->paths };
    h->paths = p;
}

struct http *http_new(struct event_base *base, const struct http_limits *limits)
{
    struct http *h = xcalloc(1, sizeof(*h));
    struct timeval often = { 0, HTTP_SWEEP_MS * 1000 };
    struct rlimit files;

    h->base = base;
    h->limits = *limits;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 2 * HTTP_FILES_KEPT &&
        files.rlim_cur - HTTP_FILES_KEPT < (rlim_t)limits->connections_max)
        h->limits.connections_max = (int)(files.rlim_cur - HTTP_FILES_KEPT);
    h->connections = g_hash_table_new_full(NULL, NULL, NULL, http_connection_free);
    h->evhttp = evhttp_new(base);
    evhttp_set_max_headers_size(h->evhttp, (ssize_t)limits->header_max);
    evhttp_set_max_body_size(h->evhttp, (ssize_t)limits->body_max);
    evhttp_set_allowed_methods(h->evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
                                              EVHTTP_REQ_OPTIONS);
    evhttp_set_default_content_type(h->evhttp, NULL);
    evhttp_set_bevcb(h->evhttp, http_on_connection, h);
    evhttp_set_gencb(h->evhttp, http_on_request, h);
    h->sweep = event_new(base, -1, EV_PERSIST, http_on_sweep, h);
    event_add(h->sweep, &often);
    return h;
}

static void http_unlisten(struct http *h)
{
    for (; h->door_count > 0; h->door_count--) {
        struct http_door *last = &h->doors[h->door_count - 1];

        evhttp_del_accept_socket(h->evhttp, last->socket); /* closes it */
        if (last->place.path != NULL)
            socket_place_clear(&last->place);
    }
}

void http_stop(struct http *h)
{
    h->stopping = true;
    http_unlisten(h);
}

const struct http_counts *http_counts(const struct http *h)
{
    return &h->counts;
}

void http_free(struct http *h)
{
    struct http_path *p;

    if (h == NULL)
        return;
    http_unlisten(h);
    event_free(h->sweep);
    evhttp_free(h->evhttp);
    g_hash_table_destroy(h->connections);
    while ((p = h->paths) != NULL) {
        h->paths = p->next;
        free(p->prefix);
        free(p);
    }
    free(h);
}
