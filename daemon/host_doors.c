/* What a channel may ask of the world. Whatever will come back to it is counted until it did. */
#include <event2/event.h>
#include <stdlib.h>

#include "channels/mail.h"
#include "core/arena.h"
#include "core/conf.h"
#include "daemon/burden.h"
#include "daemon/chat_history.h"
#include "daemon/clients.h"
#include "daemon/clock.h"
#include "daemon/desk.h"
#include "daemon/failpoint.h"
#include "daemon/hook.h"
#include "daemon/host_rooms.h"
#include "daemon/http_client.h"
#include "daemon/intake.h"
#include "daemon/secret.h"

/* --- messages */

struct host_delivery {
    struct host_channel *from;
    struct hook_call *call; /* the webhook call whose answer waits for it; NULL: none */
    char *part, *cursor;
    void (*done)(void *arg, int rc);
    void *arg;
};

static void host_on_taken(void *arg, int rc)
{
    struct host_delivery *d = arg;

    d->from->host->open--;
    if (rc == 0 && d->cursor != NULL) {
        host_cursor_set(d->from, d->part, d->cursor);
        failpoint_pass("cursor_kept");
    }
    if (d->done != NULL)
        d->done(d->arg, rc);
    if (d->call != NULL)
        hook_call_release(d->call, rc);
    free(d->part);
    free(d->cursor);
    free(d);
}

static void host_deliver(void *ctx, struct channel *ch, struct inbound *in,
                         void (*done)(void *arg, int rc), void *arg)
{
    struct host *h = ctx;
    struct host_delivery *d = xcalloc(1, sizeof(*d));

    d->from = host_channel_of(h, ch);
    d->call = hook_current(h->on.hook);
    d->part = xstrdup(in->cursor_part == NULL ? "" : in->cursor_part);
    d->cursor = in->cursor == NULL ? NULL : xstrdup(in->cursor);
    d->done = done;
    d->arg = arg;
    if (d->call != NULL)
        hook_call_hold(d->call);
    h->open++;
    intake_take(h->on.intake, d->from->channel, in, host_on_taken, d);
}

struct host_parse {
    struct host *host;
    void (*done)(void *arg, struct inbound *in);
    void *arg;
};

static void host_on_parsed(void *arg, struct inbound *in)
{
    struct host_parse *p = arg;

    failpoint_pass("mail_parsed");
    p->host->open--;
    p->done(p->arg, in);
    free(p);
}

static void host_parse_mail(void *ctx, struct channel *ch, int memfd, const char *locator,
                            int64_t received_at, void (*done)(void *arg, struct inbound *in),
                            void *arg)
{
    struct host *h = ctx;
    struct host_parse *p = xcalloc(1, sizeof(*p));
    struct arena *a = arena_new();
    const struct mail_options options = {
        .loop_ids = desk_own_addresses(host_channel_of(h, ch)->channel->desk, a),
        .authserv_id = conf_text(ch->conf, "authserv_id"),
        .default_charset = conf_text(ch->conf, "default_charset"),
        .received_at = received_at,
    };

    failpoint_pass("mail_told");
    *p = (struct host_parse){ h, done, arg };
    h->open++;
    parse_ask(h->on.parse, memfd, &options, locator, host_on_parsed, p);
    arena_free(a);
}

/* --- what is in memory */

static struct burden *host_burden_want(void *ctx, size_t bytes, void (*told)(void *arg), void *arg)
{
    return burden_want(((struct host *)ctx)->on.burdens, bytes, told, arg);
}

static void host_burden_came(void *ctx, struct burden *burden, size_t bytes)
{
    (void)ctx;
    burden_came(burden, bytes);
}

static void host_burden_end(void *ctx, struct burden *burden)
{
    (void)ctx;
    burden_end(burden);
}

/* --- time, network, secrets */

struct host_timer {
    struct event *event;
    void (*fire)(void *arg);
    void *arg;
};

static int64_t host_now(void *ctx)
{
    (void)ctx;
    return wall_now();
}

static void host_timer_end(void *ctx, void *timer)
{
    struct host_timer *t = timer;

    (void)ctx;
    event_free(t->event);
    free(t);
}

static void host_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct host_timer *t = arg, fired = *t;

    (void)fd;
    (void)what;
    host_timer_end(NULL, t);
    fired.fire(fired.arg);
}

void *host_timer(void *ctx, int64_t ms, void (*fire)(void *arg), void *arg)
{
    struct host *h = ctx;
    struct host_timer *t = xcalloc(1, sizeof(*t));
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    t->fire = fire;
    t->arg = arg;
    t->event = evtimer_new(h->on.base, host_on_timer, t);
    event_add(t->event, &tv);
    return t;
}

struct host_call {
    size_t *counted; /* in its host: it is one of these */
    void (*done)(void *arg, int status, const struct http_header *headers, size_t header_count,
                 struct span body, const struct error *err);
    void *arg;
};

static void host_on_answer(void *arg, int status, const struct http_header *headers, size_t count,
                           struct span body, const struct error *err)
{
    struct host_call *c = arg;

    (*c->counted)--;
    c->done(c->arg, status, headers, count, body, err);
    free(c);
}

static void host_http_send(void *ctx, const struct http_call *call)
{
    struct host *h = ctx;
    struct http_call with = *call;
    struct host_call *c = xcalloc(1, sizeof(*c));

    *c = (struct host_call){ call->waits ? &h->polls : &h->open, call->done, call->arg };
    with.done = host_on_answer;
    with.arg = c;
    (*c->counted)++;
    http_client_send(h->on.client, &with);
}

static int host_secret(void *ctx, struct channel *ch, const char *key, char **out,
                       struct error *err)
{
    (void)ctx;
    return secret_read(ch->conf, key, out, err);
}

/* --- streams */

static struct http_stream *host_stream_open(void *ctx, struct channel *ch,
                                            const struct http_request *req,
                                            void (*closed)(void *arg), void *arg)
{
    return hook_stream_open(((struct host *)ctx)->on.hook, ch, req, closed, arg);
}

static void host_stream_write(void *ctx, struct http_stream *stream, struct span bytes)
{
    (void)ctx;
    hook_stream_write(stream, bytes);
}

static void host_stream_end(void *ctx, struct http_stream *stream)
{
    (void)ctx;
    hook_stream_end(stream);
}

/* --- who connects */

static int host_listen(void *ctx, struct channel *ch, const char *path, unsigned mode,
                       struct error *err)
{
    return clients_listen(((struct host *)ctx)->on.clients, ch, path, mode, err);
}

static void host_listen_stop(void *ctx, struct channel *ch)
{
    clients_listen_stop(((struct host *)ctx)->on.clients, ch);
}

static void host_client_write(void *ctx, struct channel_client *client, struct span bytes)
{
    (void)ctx;
    clients_write(client, bytes);
}

static void host_client_more(void *ctx, struct channel_client *client)
{
    (void)ctx;
    clients_more(client);
}

static void host_client_end(void *ctx, struct channel_client *client)
{
    (void)ctx;
    clients_end(client);
}

/* --- what was said */

struct host_history {
    struct host *host;
    chat_history_fn *done;
    void *arg;
};

static void host_on_history(void *arg, const struct chat_line *lines, size_t count,
                            const struct error *err)
{
    struct host_history *q = arg;

    q->host->open--;
    q->done(q->arg, lines, count, err);
    free(q);
}

static void host_chat_history(void *ctx, struct channel *ch, const char *conversation,
                              int64_t after_us, chat_history_fn *done, void *arg)
{
    struct host *h = ctx;
    struct host_history *q = xcalloc(1, sizeof(*q));

    *q = (struct host_history){ h, done, arg };
    h->open++;
    chat_history_ask(h->on.db, host_channel_of(h, ch)->channel, conversation, after_us,
                     host_on_history, q);
}

const struct channel_host host_doors = {
    .now = host_now,
    .deliver = host_deliver,
    .http_send = host_http_send,
    .timer = host_timer,
    .timer_cancel = host_timer_end,
    .cursor = host_cursor_of,
    .cursors_read = host_cursors_read,
    .worker_ask = host_worker_ask,
    .worker_send = host_worker_send,
    .worker_end = host_worker_end,
    .parse_mail = host_parse_mail,
    .health = host_health,
    .warn = host_warn,
    .behind = host_behind,
    .turn_want = host_turn_want,
    .turn_end = host_turn_end,
    .burden_want = host_burden_want,
    .burden_came = host_burden_came,
    .burden_end = host_burden_end,
    .secret = host_secret,
    .stream_open = host_stream_open,
    .stream_write = host_stream_write,
    .stream_end = host_stream_end,
    .listen = host_listen,
    .listen_stop = host_listen_stop,
    .client_write = host_client_write,
    .client_more = host_client_more,
    .client_end = host_client_end,
    .chat_history = host_chat_history,
};
