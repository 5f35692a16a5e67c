#include "daemon/hook.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "core/arena.h"
#include "core/text.h"
#include "daemon/desk.h"
#include "daemon/http.h"
#include "daemon/http_forwarded.h"

struct hook_call {
    struct hook *hook;
    struct arena *arena;
    struct evhttp_request *req;
    struct http_response response;
    int status;
    const char *words; /* why not, for a 4xx without a body of its own */
    size_t pending;
    struct event *late; /* when it is answered though nothing is known; NULL: no need */
    bool asked, failed, streams, told; /* asked: webhook() has returned */
};
struct http_stream {
    struct hook *hook;
    struct evhttp_request *req;
    const struct channel *channel;
    void (*closed)(void *arg);
    void *arg;
    bool ended;
    struct http_stream *next;
};
struct hook {
    struct http *http;
    const struct desks *desks;
    const struct conf *root; /* NULL: no proxy is trusted */
    struct hook_call *current;
    struct http_stream *streams;
    struct hook_counts counts;
};

/* --- the answer
 * --------------------------------------------------------------------------------------- */

static void hook_unavailable(struct hook_call *call)
{
    call->hook->counts.unavailable++;
    http_answer_error(call->req, 503, "not stored; please send it again", HTTP_RETRY_S);
}

/* Whoever waits longer hangs up and comes again by himself, and his connection would stay. */
static void hook_on_late(evutil_socket_t fd, short what, void *arg)
{
    struct hook_call *call = arg;

    (void)fd;
    (void)what;
    call->told = true;
    hook_unavailable(call);
}

static void hook_wait(struct hook_call *call)
{
    const struct timeval tv = { HOOK_ANSWER_MS / 1000, 0 };

    call->late = evtimer_new(evhttp_connection_get_base(evhttp_request_get_connection(call->req)),
                             hook_on_late, call);
    event_add(call->late, &tv);
}

static void hook_answer(struct hook_call *call)
{
    struct hook *h = call->hook;
    struct http_response *r = &call->response;
    struct http_header *headers;
    size_t n = r->header_count;

    h->counts.open--;
    if (call->late != NULL)
        event_free(call->late);
    if (call->streams || call->told) {
        arena_free(call->arena);
        return;
    }
    if (call->failed || call->status == 503) {
        hook_unavailable(call);
    } else if (call->status >= 400 && r->body == NULL) {
        h->counts.refused++;
        http_answer_error(call->req, call->status, call->words, r->retry_after_s);
    } else {
        h->counts.refused += call->status >= 400;
        headers = arena_array(call->arena, n + 1, sizeof(*headers));
        memcpy(headers, r->headers == NULL ? headers : r->headers, n * sizeof(*headers));
        if (r->retry_after_s > 0)
            headers[n++] = (struct http_header){ "Retry-After", arena_printf(call->arena, "%d",
                                                                             r->retry_after_s) };
        http_answer(call->req, call->status, r->content_type, span_of(r->body), headers, n);
    }
    arena_free(call->arena); /* the call too */
}

struct hook_call *hook_current(struct hook *h)
{
    return h->current;
}

void hook_call_hold(struct hook_call *call)
{
    call->pending++;
}

void hook_call_release(struct hook_call *call, int rc)
{
    call->pending--;
    call->failed = call->failed || rc < 0;
    if (call->pending == 0 && call->asked)
        hook_answer(call);
}

/* --- the question
 * ------------------------------------------------------------------------------------- */

static struct desk_channel *hook_channel(const struct desks *desks, const char *name)
{
    struct desk_channel *found = NULL;
    size_t i;

    for (i = 0; i < desks->count && found == NULL; i++)
        found = desk_channel_by_name(desks->desk[i], name);
    return found != NULL && found->channel.ops->webhook != NULL ? found : NULL;
}

static const char *hook_method(struct evhttp_request *req)
{
    switch (evhttp_request_get_command(req)) {
    case EVHTTP_REQ_POST:
        return "POST";
    case EVHTTP_REQ_OPTIONS:
        return "OPTIONS";
    case EVHTTP_REQ_HEAD:
        return "HEAD";
    default:
        return "GET";
    }
}

static void hook_read_headers(struct evhttp_request *req, struct arena *a, struct http_request *out)
{
    const struct evkeyvalq *in = evhttp_request_get_input_headers(req);
    struct http_header *headers;
    const struct evkeyval *h;
    size_t n = 0;

    for (h = in->tqh_first; h != NULL; h = h->next.tqe_next)
        n++;
    headers = arena_array(a, n + 1, sizeof(*headers));
    n = 0;
    for (h = in->tqh_first; h != NULL; h = h->next.tqe_next)
        headers[n++] = (struct http_header){ h->key, h->value };
    out->headers = headers;
    out->header_count = n;
}

static void hook_read(struct hook_call *call, const struct channel *ch, const char *path,
                      struct http_request *out)
{
    struct evbuffer *body = evhttp_request_get_input_buffer(call->req);
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(call->req);
    const struct evkeyvalq *fields = evhttp_request_get_input_headers(call->req);
    const char *host = evhttp_find_header(fields, "Host");
    size_t len = evbuffer_get_length(body);
    ev_uint16_t port;
    char *remote = NULL;

    evhttp_connection_get_peer(evhttp_request_get_connection(call->req), &remote, &port);
    *out = (struct http_request){
        .method = hook_method(call->req),
        .path = path,
        .query = evhttp_uri_get_query(uri),
        .body = { len == 0 ? "" : (const char *)evbuffer_pullup(body, -1), len },
        .remote = http_forwarded_caller(call->hook->root, remote == NULL ? "" : remote,
                                        evhttp_find_header(fields, "X-Forwarded-For"), call->arena),
    };
    out->url =
        ch->public_url != NULL
            ? arena_printf(call->arena, "%s%s", ch->public_url, evhttp_request_get_uri(call->req))
            : arena_printf(call->arena, "http://%s%s", host == NULL ? "" : host,
                           evhttp_request_get_uri(call->req));
    hook_read_headers(call->req, call->arena, out);
}

static void hook_ask(struct hook *h, struct evhttp_request *req, struct channel *ch,
                     const char *path)
{
    struct arena *a = arena_new();
    struct hook_call *call = arena_alloc(a, sizeof(*call));
    struct http_request in;
    struct error err = { 0 };

    *call = (struct hook_call){ .hook = h, .arena = a, .req = req };
    call->response.arena = a;
    h->counts.calls++;
    h->counts.open++;
    hook_read(call, ch, path, &in);
    h->current = call;
    call->status = ch->ops->webhook(ch, &in, &call->response, &err);
    h->current = NULL;
    call->words = arena_strdup(a, err.text);
    call->asked = true;
    if (call->pending == 0)
        hook_answer(call);
    else
        hook_wait(call);
}

static void hook_on_request(void *arg, struct evhttp_request *req, const char *rest)
{
    struct hook *h = arg;
    struct desk_channel *ch;
    const char *end;
    char name[128];
    size_t len;

    if (h->desks->count == 0) {
        h->counts.unavailable++;
        http_answer_error(req, 503, "not ready yet", HTTP_RETRY_S);
        return;
    }
    rest += *rest == '/';
    end = strchr(rest, '/');
    len = end == NULL ? strlen(rest) : (size_t)(end - rest);
    snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : 0), rest);
    ch = hook_channel(h->desks, name);
    if (ch == NULL)
        http_answer_error(req, 404, "there is no such channel", 0);
    else
        hook_ask(h, req, &ch->channel, rest + len);
}

/* --- streams
 * ------------------------------------------------------------------------------------------ */

static void hook_stream_forget(struct http_stream *s)
{
    struct http_stream **at;

    for (at = &s->hook->streams; *at != s;)
        at = &(*at)->next;
    *at = s->next;
    s->hook->counts.streams--;
    s->closed(s->arg);
    free(s);
}

/* A request whose answer has no end yet is left to us by evhttp when its connection goes. */
static void hook_stream_on_close(void *arg)
{
    struct http_stream *s = arg;

    if (evhttp_request_get_connection(s->req) == NULL)
        evhttp_send_reply_end(s->req); /* nobody hears it: it only frees the request */
    hook_stream_forget(s);
}

struct http_stream *hook_stream_open(struct hook *h, struct channel *ch,
                                     const struct http_request *req, void (*closed)(void *arg),
                                     void *arg)
{
    struct hook_call *call = h->current;
    struct evkeyvalq *out;
    struct http_stream *s;
    size_t i;

    (void)req; /* the call that runs is the request */
    if (call == NULL || call->streams || h->counts.streams >= HOOK_STREAMS_MAX)
        return NULL;
    s = xcalloc(1, sizeof(*s));
    *s = (struct http_stream){ h, call->req, ch, closed, arg, false, h->streams };
    h->streams = s;
    h->counts.streams++;
    call->streams = true;
    out = evhttp_request_get_output_headers(call->req);
    evhttp_add_header(out, "Content-Type", "text/event-stream");
    evhttp_add_header(out, "Cache-Control", "no-store");
    evhttp_add_header(out, "X-Accel-Buffering", "no"); /* proxies that gather would hold it back */
    evhttp_add_header(out, "X-Content-Type-Options", "nosniff");
    for (i = 0; i < call->response.header_count; i++)
        evhttp_add_header(out, call->response.headers[i].name, call->response.headers[i].value);
    http_watch_close(h->http, call->req, hook_stream_on_close, s);
    evhttp_send_reply_start(call->req, 200, "OK");
    return s;
}

/* The connection's end is what closes it, on the loop. */
static void hook_stream_cut(struct http_stream *s)
{
    struct evhttp_connection *evcon = evhttp_request_get_connection(s->req);
    evutil_socket_t fd;

    s->ended = true;
    if (evcon == NULL)
        return;
    fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));
    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
}

void hook_stream_write(struct http_stream *s, struct span bytes)
{
    struct evhttp_connection *evcon = evhttp_request_get_connection(s->req);
    struct evbuffer *buffer;
    struct bufferevent *bev;

    if (s->ended || evcon == NULL || bytes.len == 0)
        return;
    bev = evhttp_connection_get_bufferevent(evcon);
    if (evbuffer_get_length(bufferevent_get_output(bev)) + bytes.len > HOOK_STREAM_BYTES_MAX) {
        hook_stream_cut(s);
        return;
    }
    buffer = evbuffer_new();
    evbuffer_add(buffer, bytes.ptr, bytes.len);
    evhttp_send_reply_chunk(s->req, buffer);
    evbuffer_free(buffer);
}

static void hook_stream_on_ended(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    hook_stream_forget(arg);
}

void hook_stream_end(struct http_stream *s)
{
    struct timeval now = { 0, 0 };
    struct evhttp_connection *evcon = evhttp_request_get_connection(s->req);

    if (s->ended)
        return;
    s->ended = true;
    http_watch_close(s->hook->http, s->req, NULL, NULL);
    event_base_once(evhttp_connection_get_base(evcon), -1, EV_TIMEOUT, hook_stream_on_ended, s,
                    &now);
    evhttp_send_reply_end(s->req);
}

void hook_end_streams(struct hook *h, const struct channel *ch)
{
    struct http_stream *s, *next;

    for (s = h->streams; s != NULL; s = next) {
        next = s->next;
        if (ch == NULL || s->channel == ch)
            hook_stream_end(s);
    }
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

struct hook *hook_new(struct http *http, const struct desks *desks)
{
    struct hook *h = xcalloc(1, sizeof(*h));

    h->http = http;
    h->desks = desks;
    http_route(http, "/hook", hook_on_request, h);
    http_route(http, "/chat", hook_on_request, h);
    return h;
}

void hook_trust(struct hook *h, const struct conf *root)
{
    h->root = root;
}

const struct hook_counts *hook_counts(const struct hook *h)
{
    return &h->counts;
}

void hook_free(struct hook *h)
{
    struct http_stream *s;

    if (h == NULL)
        return;
    while ((s = h->streams) !=
           NULL) { /* the loop turns no more: what would be told then is told now */
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): who was forgotten left the list */
        http_watch_close(h->http, s->req, NULL, NULL);
        hook_stream_forget(s);
    }
    free(h);
}
