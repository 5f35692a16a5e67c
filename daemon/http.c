#include "daemon/http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <glib.h>
#include <jansson.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "daemon/clock.h"

enum {
    HTTP_SWEEP_MS = 250,   /* how late a deadline may be noticed */
    HTTP_REST_MS = 200,    /* a listener without descriptors */
    HTTP_FILES_KEPT = 200, /* descriptors that are not for connections */
    HTTP_BACKLOG = 1024,
    HTTP_LISTENERS_MAX = 32,
};

/* Where a connection is; each phase but HTTP_ANSWERING has its deadline. */
enum http_phase { HTTP_IDLE, HTTP_HEADER, HTTP_BODY, HTTP_ANSWERING };
struct http_connection {
    struct http *http;
    struct bufferevent *bev; /* one reference is ours, so that it is there when we look at it */
    enum http_phase phase;
    int newlines; /* in a row, at the end of what came: two end a header */
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
    struct evconnlistener *listeners[HTTP_LISTENERS_MAX];
    char *unlinks[HTTP_LISTENERS_MAX];
    size_t listener_count;
    struct event *sweep, *rest;
    GHashTable *connections; /* by bufferevent */
    struct http_path *paths;
    struct http_counts counts;
    bool stopping, full;
};

/* --- connections and their time
 * ----------------------------------------------------------------------- */

static void http_enter(struct http_connection *c, enum http_phase phase)
{
    const struct http_limits *limits = &c->http->limits;
    const int64_t time[] = { limits->idle_ms, limits->header_ms, limits->body_ms, 0 };

    c->phase = phase;
    c->newlines = 0;
    c->deadline_ms = time[phase] == 0 ? INT64_MAX : steady_now_ms() + time[phase];
}

/* Watches the bytes go by: evhttp tells of a request when it is whole, and that is too late for its
 * deadlines. A header ends with an empty line; CR does not count. */
static void http_on_input(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *arg)
{
    struct http_connection *c = arg;
    struct evbuffer_iovec parts[16];
    struct evbuffer_ptr from;
    size_t p, k;
    int n;

    if (info->n_added == 0 || c->phase == HTTP_ANSWERING || c->phase == HTTP_BODY)
        return;
    if (c->phase == HTTP_IDLE)
        http_enter(c, HTTP_HEADER);
    if (evbuffer_ptr_set(buffer, &from, info->orig_size, EVBUFFER_PTR_SET) < 0)
        return;
    n = evbuffer_peek(buffer, -1, &from, parts, 16);
    for (p = 0; p < (size_t)(n < 16 ? n : 16) && c->phase == HTTP_HEADER; p++)
        for (k = 0; k < parts[p].iov_len; k++) {
            char byte = ((const char *)parts[p].iov_base)[k];

            c->newlines = byte == '\n' ? c->newlines + 1 : byte == '\r' ? c->newlines : 0;
            if (c->newlines == 2) {
                http_enter(c, HTTP_BODY);
                break;
            }
        }
}

static void http_connection_free(void *value)
{
    struct http_connection *c = value;

    if (c->closed != NULL)
        c->closed(c->closed_arg);
    evbuffer_remove_cb(bufferevent_get_input(c->bev), http_on_input, c);
    bufferevent_decref(c->bev);
    free(c);
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
    evbuffer_add_cb(bufferevent_get_input(c->bev), http_on_input, c);
    http_enter(c, HTTP_IDLE);
    g_hash_table_insert(h->connections, c->bev, c);
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

/* What evhttp has freed has no callback any more. What is late loses its descriptor's both ways:
 * evhttp sees the end of it, and frees it. */
static gboolean http_sweep_one(gpointer key, gpointer value, gpointer arg)
{
    struct http_connection *c = value;
    bufferevent_event_cb on_event = NULL;
    int64_t now = *(int64_t *)arg;
    evutil_socket_t fd;

    (void)key;
    bufferevent_getcb(c->bev, NULL, NULL, &on_event, NULL);
    if (on_event == NULL)
        return TRUE;
    if (now < c->deadline_ms)
        return FALSE;
    if (c->phase != HTTP_IDLE)
        c->http->counts.late++;
    c->deadline_ms = INT64_MAX;
    fd = bufferevent_getfd(c->bev);
    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
    return FALSE;
}

static void http_accept(struct http *h, bool accept)
{
    size_t i;

    for (i = 0; i < h->listener_count; i++)
        if (accept)
            evconnlistener_enable(h->listeners[i]);
        else
            evconnlistener_disable(h->listeners[i]);
}

static void http_look_if_full(struct http *h)
{
    bool full = g_hash_table_size(h->connections) >= (guint)h->limits.connections_max;

    if (full == h->full || h->stopping)
        return;
    h->full = full;
    h->counts.over += full;
    http_accept(h, !full);
}

static void http_on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct http *h = arg;
    int64_t now = steady_now_ms();

    (void)fd;
    (void)what;
    g_hash_table_foreach_remove(h->connections, http_sweep_one, &now);
    http_look_if_full(h);
}

/* --- requests
 * ----------------------------------------------------------------------------------------- */

static void http_on_answered(struct evhttp_request *req, void *arg)
{
    struct http_connection *c = http_connection_of(arg, req);

    if (c == NULL)
        return;
    http_enter(c, evbuffer_get_length(bufferevent_get_input(c->bev)) > 0 ? HTTP_HEADER : HTTP_IDLE);
}

/* What evhttp lets through and two servers might read differently. NULL: good. */
static const char *http_framing(struct evhttp_request *req)
{
    const struct evkeyvalq *headers = evhttp_request_get_input_headers(req);
    const struct evkeyval *h;
    int lengths = 0, codings = 0, hosts = 0;

    for (h = headers->tqh_first; h != NULL; h = h->next.tqe_next) {
        if (strcasecmp(h->key, "Content-Length") == 0) {
            lengths++;
            if (h->value[0] == '\0' || strspn(h->value, "0123456789") != strlen(h->value))
                return "Content-Length: expected digits alone";
        } else if (strcasecmp(h->key, "Transfer-Encoding") == 0) {
            codings++;
            if (strcasecmp(h->value, "chunked") != 0)
                return "Transfer-Encoding: expected chunked";
        } else if (strcasecmp(h->key, "Host") == 0) {
            hosts++;
        }
        if (h->key[0] == '\0' || strpbrk(h->key, " \t") != NULL)
            return "a header's name holds a blank";
    }
    if (lengths > 1 || codings > 1 || (lengths > 0 && codings > 0))
        return "the body's length is said more than once";
    return hosts > 1 ? "Host is said more than once" : NULL;
}

static void http_refuse(struct http *h, struct evhttp_request *req, int status, const char *words)
{
    h->counts.refused++;
    evhttp_add_header(evhttp_request_get_output_headers(req), "Connection", "close");
    http_answer_error(req, status, words, 0);
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
    struct http_connection *c = http_connection_of(h, req);
    const struct http_path *path;
    const char *raw, *rest, *wrong = http_framing(req);
    char *plain;

    h->counts.requests++;
    evhttp_connection_set_closecb(evhttp_request_get_connection(req), http_on_closed, h);
    evhttp_request_set_on_complete_cb(req, http_on_answered, h);
    if (c != NULL)
        http_enter(c, HTTP_ANSWERING);
    if (wrong != NULL) {
        http_refuse(h, req, 400, wrong);
        return;
    }
    if (h->stopping)
        evhttp_add_header(evhttp_request_get_output_headers(req), "Connection", "close");
    raw = evhttp_request_get_evhttp_uri(req) == NULL
              ? NULL
              : evhttp_uri_get_path(evhttp_request_get_evhttp_uri(req));
    if (raw == NULL || strlen(raw) > 2048) {
        http_refuse(h, req, 400, "the path cannot be read");
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
    json_t *object = json_pack("{s:{s:i,s:s}}", "error", "code", status, "message", words);
    char *body = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    char seconds[24];
    const struct http_header retry = { "Retry-After", seconds };

    snprintf(seconds, sizeof(seconds), "%lld", (long long)retry_after_s);
    http_answer(req, status, NULL, span_of(body), &retry, retry_after_s > 0 ? 1 : 0);
    free(body);
    json_decref(object);
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

static void http_on_rest(evutil_socket_t fd, short what, void *arg)
{
    struct http *h = arg;

    (void)fd;
    (void)what;
    if (!h->stopping && !h->full)
        http_accept(h, true);
}

/* No descriptor is left (EMFILE): the same error would come again at once, for ever. */
static void http_on_listen_error(struct evconnlistener *listener, void *arg)
{
    struct http *h = arg;
    struct timeval tv = { 0, HTTP_REST_MS * 1000 };

    (void)listener;
    h->counts.over++;
    http_accept(h, false);
    event_add(h->rest, &tv);
}

static int http_take(struct http *h, struct evconnlistener *listener, const char *unlink_path,
                     struct error *err)
{
    if (listener == NULL || h->listener_count == HTTP_LISTENERS_MAX) {
        if (listener != NULL)
            evconnlistener_free(listener);
        return error_set(err, ERROR_CONFIG, "expected at most %d addresses", HTTP_LISTENERS_MAX);
    }
    evhttp_bind_listener(h->evhttp, listener);
    evconnlistener_set_error_cb(listener, http_on_listen_error);
    h->unlinks[h->listener_count] = xstrdup(unlink_path);
    h->listeners[h->listener_count++] = listener;
    return 0;
}

int http_listen_fd(struct http *h, int fd, struct error *err)
{
    evutil_make_socket_nonblocking(fd);
    evutil_make_socket_closeonexec(fd);
    return http_take(
        h,
        evconnlistener_new(h->base, NULL, h, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd),
        NULL, err);
}

static int http_listen_path(struct http *h, const char *path, struct error *err)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct evconnlistener *listener;
    struct stat st;

    if (strlen(path) >= sizeof(at.sun_path))
        return error_set(err, ERROR_CONFIG, "%s: the path is too long for a socket", path);
    strcpy(at.sun_path, path);
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        unlink(path);
    listener =
        evconnlistener_new_bind(h->base, NULL, h, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
                                HTTP_BACKLOG, (struct sockaddr *)&at, sizeof(at));
    if (listener == NULL)
        return error_set(err, ERROR_CONFIG, "%s: %s", path, strerror(errno));
    chmod(path, 0660);
    return http_take(h, listener, path, err);
}

int http_listen(struct http *h, const char *address, struct error *err)
{
    struct sockaddr_storage at = { 0 };
    struct evconnlistener *listener;
    int len = sizeof(at);
    char any[32];

    if (address[0] == '/')
        return http_listen_path(h, address, err);
    if (address[0] == '*' && address[1] == ':') {
        snprintf(any, sizeof(any), "[::]:%.10s", address + 2);
        address = any;
    }
    if (evutil_parse_sockaddr_port(address, (struct sockaddr *)&at, &len) < 0 ||
        ((struct sockaddr_in *)(void *)&at)->sin_port == 0)
        return error_set(err, ERROR_CONFIG, "listen: '%s': expected ADDRESS:PORT, *:PORT or a path",
                         address);
    listener = evconnlistener_new_bind(
        h->base, NULL, h, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
        HTTP_BACKLOG, (struct sockaddr *)&at, len);
    if (listener == NULL)
        return error_set(err, ERROR_CONFIG, "listen: %s: %s", address, strerror(errno));
    return http_take(h, listener, NULL, err);
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
    h->rest = evtimer_new(base, http_on_rest, h);
    return h;
}

void http_stop(struct http *h)
{
    h->stopping = true;
    http_accept(h, false);
}

const struct http_counts *http_counts(const struct http *h)
{
    struct http_counts *counts = (struct http_counts *)(uintptr_t)&h->counts;

    counts->connections = g_hash_table_size(h->connections);
    return counts;
}

void http_free(struct http *h)
{
    struct http_path *p;
    size_t i;

    if (h == NULL)
        return;
    event_free(h->sweep);
    event_free(h->rest);
    evhttp_free(h->evhttp); /* its listeners too */
    g_hash_table_destroy(h->connections);
    for (i = 0; i < h->listener_count; i++) {
        if (h->unlinks[i] != NULL)
            unlink(h->unlinks[i]);
        free(h->unlinks[i]);
    }
    while ((p = h->paths) != NULL) {
        h->paths = p->next;
        free(p->prefix);
        free(p);
    }
    free(h);
}
