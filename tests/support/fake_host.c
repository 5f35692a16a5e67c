#include "tests/support/fake_host.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/mail.h"
#include "core/arena.h"
#include "core/conf.h"

static void fake_die(const char *words)
{
    fprintf(stderr, "fake_host: %s\n", words);
    abort();
}

static int64_t fake_now(void *ctx)
{
    return ((struct fake_host *)ctx)->now;
}

static void fake_deliver(void *ctx, struct channel *ch, struct inbound *in,
                         void (*done)(void *arg, int rc), void *arg)
{
    struct fake_host *h = ctx;
    size_t i = h->delivered_count;

    (void)ch;
    if (i == FAKE_MAX)
        fake_die("too many deliveries");
    h->delivered[i] = in;
    h->delivered_done[i] = done;
    h->delivered_arg[i] = arg;
    h->delivered_count++;
    if (!h->hold)
        fake_host_stored(h, i, 0);
}

void fake_host_stored(struct fake_host *h, size_t i, int rc)
{
    void (*done)(void *arg, int rc) = h->delivered_done[i];

    h->delivered_done[i] = NULL;
    if (done != NULL)
        done(h->delivered_arg[i], rc);
}

static void fake_http_send(void *ctx, const struct http_call *call)
{
    struct fake_host *h = ctx;
    struct fake_call *c;
    size_t i, n = 0;

    if (h->call_count == FAKE_MAX)
        fake_die("too many calls");
    c = &h->calls[h->call_count++];
    memset(c, 0, sizeof(*c));
    c->method = xstrdup(call->method);
    c->url = xstrdup(call->url);
    c->user = xstrdup(call->user);
    c->password = xstrdup(call->password);
    c->body = xcalloc(1, call->body.len + 1);
    if (call->body.len > 0)
        memcpy(c->body, call->body.ptr, call->body.len);
    for (i = 0; i < call->header_count; i++)
        n += (size_t)snprintf(c->headers + n, sizeof(c->headers) - n, "%s: %s\n",
                              call->headers[i].name, call->headers[i].value);
    c->to_configured = call->to_configured;
    c->done = call->done;
    c->arg = call->arg;
}

static void fake_call_clear(struct fake_call *c)
{
    free(c->method);
    free(c->url);
    free(c->user);
    free(c->password);
    free(c->body);
}

void fake_host_answer(struct fake_host *h, int status, const char *retry_after, const char *body)
{
    fake_host_answer_with(h, status, "Retry-After", retry_after, body);
}

void fake_host_answer_with(struct fake_host *h, int status, const char *name, const char *header,
                           const char *body)
{
    struct fake_call c;
    struct error err = { ERROR_NONE, "" };
    struct http_header one = { name, header };

    if (h->call_count == 0)
        fake_die("nothing was asked");
    c = h->calls[0];
    memmove(h->calls, h->calls + 1, --h->call_count * sizeof(c));
    if (status == 0)
        error_set(&err, ERROR_TRANSIENT, "no answer");
    c.done(c.arg, status, &one, header != NULL, span_of(body), &err);
    fake_call_clear(&c);
}

static void *fake_timer(void *ctx, int64_t ms, void (*fire)(void *arg), void *arg)
{
    struct fake_host *h = ctx;
    struct fake_timer *t;
    size_t i;

    for (i = 0; i < FAKE_MAX && h->timers[i].fire != NULL; i++)
        ;
    if (i == FAKE_MAX)
        fake_die("too many timers");
    t = &h->timers[i];
    *t = (struct fake_timer){ ms, fire, arg };
    h->timer_count++;
    return t;
}

static void fake_timer_cancel(void *ctx, void *timer)
{
    struct fake_host *h = ctx;
    struct fake_timer *t = timer;

    if (t->fire == NULL)
        fake_die("a timer was cancelled twice");
    t->fire = NULL;
    h->timer_count--;
}

void fake_host_fire(struct fake_host *h)
{
    struct fake_timer t;
    size_t i;

    for (i = 0; i < FAKE_MAX && h->timers[i].fire == NULL; i++)
        ;
    if (i == FAKE_MAX)
        fake_die("no timer runs");
    t = h->timers[i];
    h->timers[i].fire = NULL;
    h->timer_count--;
    t.fire(t.arg);
}

static const char *fake_cursor(void *ctx, struct channel *ch, const char *part)
{
    (void)ch;
    (void)part;
    return ((struct fake_host *)ctx)->cursor;
}

static void fake_cursors_read(void *ctx, struct channel *ch, void (*done)(void *arg), void *arg)
{
    (void)ctx;
    (void)ch;
    done(arg); /* the test has set h->cursor already */
}

static int fake_worker_send(void *ctx, struct channel *ch, struct span frame, int fd)
{
    struct fake_host *h = ctx;

    (void)ch;
    (void)fd;
    text_buffer_clear(&h->told);
    text_buffer_add(&h->told, frame.ptr, frame.len);
    return 0;
}

static void fake_worker_end(void *ctx, struct channel *ch, const char *words)
{
    struct fake_host *h = ctx;

    h->ended++;
    snprintf(h->end_words, sizeof(h->end_words), "%s", words);
    ch->ops->on_worker_lost(ch, words);
}

/* It is always its turn. */
static void fake_turn_want(void *ctx, struct channel *ch, int64_t least_ms)
{
    (void)ctx;
    (void)least_ms;
    ch->ops->on_turn(ch, CHANNEL_TURN_NOW);
}

static void fake_turn_end(void *ctx, struct channel *ch)
{
    (void)ctx;
    (void)ch;
}

/* There is always room. */
static struct burden *fake_burden_want(void *ctx, size_t bytes, void (*told)(void *arg), void *arg)
{
    struct fake_host *h = ctx;

    h->burden_bytes = bytes;
    h->burdens++;
    if (told != NULL)
        told(arg);
    return xmalloc(1);
}

static void fake_burden_came(void *ctx, struct burden *burden, size_t bytes)
{
    (void)burden;
    ((struct fake_host *)ctx)->burden_bytes = bytes;
}

static void fake_burden_end(void *ctx, struct burden *burden)
{
    ((struct fake_host *)ctx)->burdens -= burden != NULL;
    free(burden);
}

static void fake_worker_ask(void *ctx, struct channel *ch, struct span frame, int fd,
                            int64_t line_ms, int64_t deadline_ms, channel_more_fn *more,
                            channel_answer_fn *done, void *arg)
{
    struct fake_host *h = ctx;
    struct fake_ask *q;

    (void)ch;
    (void)fd;
    if (h->ask_count == FAKE_MAX)
        fake_die("too many questions");
    q = &h->asks[h->ask_count++];
    *q = (struct fake_ask){
        .line_ms = line_ms, .deadline_ms = deadline_ms, .more = more, .done = done, .arg = arg
    };
    text_buffer_add(&q->frame, frame.ptr, frame.len);
}

static void fake_parse_mail(void *ctx, struct channel *ch, int memfd, const char *locator,
                            int64_t received_at, void (*done)(void *arg, struct inbound *in),
                            void *arg)
{
    struct fake_host *h = ctx;
    struct fake_parse *q;

    (void)ch;
    if (h->parse_count == FAKE_MAX)
        fake_die("too many mails");
    q = &h->parses[h->parse_count++];
    *q = (struct fake_parse){ .memfd = fcntl(memfd, F_DUPFD_CLOEXEC, 0),
                              .received_at = received_at,
                              .done = done,
                              .arg = arg };
    snprintf(q->locator, sizeof(q->locator), "%s", locator == NULL ? "" : locator);
}

/* What comes out has been JSON once, as it is between the worker and the loop. */
static struct inbound *fake_parsed(const struct fake_host *h, const struct fake_parse *q,
                                   struct span raw)
{
    const struct mail_options options = {
        .authserv_id = conf_text(h->channel.conf, "authserv_id"),
        .default_charset = conf_text(h->channel.conf, "default_charset"),
        .received_at = q->received_at,
    };
    struct text_buffer packed = { 0 };
    struct inbound *parsed, *in;
    struct error err;

    if (mail_parse(raw, &options, &parsed, &err) < 0)
        fake_die(err.text);
    inbound_pack(parsed, &packed);
    if (inbound_unpack(text_buffer_span(&packed), &in, &err) < 0)
        fake_die(err.text);
    in->raw = (struct span){ arena_strndup(in->arena, raw.ptr, raw.len), raw.len };
    in->raw_type = "message/rfc822";
    in->locator = arena_strdup(in->arena, q->locator);
    text_buffer_clear(&packed);
    inbound_free(parsed);
    return in;
}

void fake_host_parse(struct fake_host *h)
{
    struct inbound *in;
    struct fake_parse q;
    struct error err;
    struct span raw;

    if (h->parse_count == 0)
        fake_die("no mail waits");
    q = h->parses[0];
    memmove(h->parses, h->parses + 1, --h->parse_count * sizeof(q));
    if (frame_map(q.memfd, INBOUND_RAW_MAX, &raw, &err) < 0)
        fake_die(err.text);
    in = fake_parsed(h, &q, raw);
    frame_unmap(raw);
    close(q.memfd);
    q.done(q.arg, in);
}

static void fake_health(void *ctx, struct channel *ch, enum channel_health health,
                        const char *words)
{
    struct fake_host *h = ctx;

    (void)ch;
    h->health = health;
    snprintf(h->health_words, sizeof(h->health_words), "%s", words == NULL ? "" : words);
}

static void fake_warn(void *ctx, struct channel *ch, const char *words)
{
    struct fake_host *h = ctx;

    (void)ch;
    snprintf(h->warning, sizeof(h->warning), "%s", words == NULL ? "" : words);
}

static void fake_behind(void *ctx, struct channel *ch, int64_t left, int64_t per_s)
{
    struct fake_host *h = ctx;

    (void)ch;
    h->behind = left;
    h->behind_per_s = per_s;
}

static int fake_secret(void *ctx, struct channel *ch, const char *key, char **out,
                       struct error *err)
{
    struct fake_host *h = ctx;
    const struct fake_secret *s;

    (void)ch;
    (void)err;
    *out = NULL;
    for (s = h->secrets; s != NULL && s->value != NULL; s++)
        if (s->key == NULL || strcmp(s->key, key) == 0) {
            *out = xstrdup(s->value);
            break;
        }
    return 0;
}

static struct http_stream *fake_stream_open(void *ctx, struct channel *ch,
                                            const struct http_request *req,
                                            void (*closed)(void *arg), void *arg)
{
    struct fake_host *h = ctx;
    struct fake_stream *s;

    (void)ch;
    (void)req;
    if (h->stream_count == FAKE_MAX)
        return NULL;
    s = &h->streams[h->stream_count++];
    *s = (struct fake_stream){ .open = true, .closed = closed, .arg = arg };
    return (struct http_stream *)s;
}

static void fake_stream_write(void *ctx, struct http_stream *stream, struct span bytes)
{
    struct fake_stream *s = (struct fake_stream *)stream;

    (void)ctx;
    if (!s->open)
        fake_die("written to a stream that has ended");
    text_buffer_add(&s->text, bytes.ptr, bytes.len);
}

static void fake_stream_end(void *ctx, struct http_stream *stream)
{
    struct fake_stream *s = (struct fake_stream *)stream;

    (void)ctx;
    if (!s->open)
        fake_die("a stream was ended twice");
    s->open = false;
    s->closed(s->arg);
}

static void fake_chat_history(void *ctx, struct channel *ch, const char *conversation,
                              int64_t after_us, chat_history_fn *done, void *arg)
{
    struct fake_host *h = ctx;
    struct fake_history *q;

    (void)ch;
    if (h->history_count == FAKE_MAX)
        fake_die("too many histories");
    q = &h->histories[h->history_count++];
    snprintf(q->conversation, sizeof(q->conversation), "%s", conversation);
    q->after_us = after_us;
    q->done = done;
    q->arg = arg;
}

/* --- who connects
 * ---------------------------------------------------------------------------------------------- */

static int fake_listen(void *ctx, struct channel *ch, const char *path, unsigned mode,
                       struct error *err)
{
    struct fake_host *h = ctx;

    (void)ch;
    (void)mode;
    if (h->refuses_listening)
        return error_set(err, ERROR_CONFIG, "%s: it is refused", path);
    snprintf(h->listens, sizeof(h->listens), "%s", path);
    return 0;
}

static void fake_listen_stop(void *ctx, struct channel *ch)
{
    (void)ch;
    ((struct fake_host *)ctx)->listens[0] = '\0';
}

static void fake_client_write(void *ctx, struct channel_client *client, struct span bytes)
{
    struct fake_client *c = (struct fake_client *)client;

    (void)ctx;
    if (!c->open)
        fake_die("written to a client that has gone");
    text_buffer_add(&c->out, bytes.ptr, bytes.len);
}

/* The test says when: by the next words, or none. */
static void fake_client_more(void *ctx, struct channel_client *client)
{
    (void)ctx;
    if (!((struct fake_client *)client)->open)
        fake_die("more is asked of a client that has gone");
}

static void fake_client_end(void *ctx, struct channel_client *client)
{
    struct fake_client *c = (struct fake_client *)client;

    (void)ctx;
    if (!c->open)
        fake_die("a client was ended twice");
    c->open = false;
}

struct fake_client *fake_host_connect(struct fake_host *h)
{
    struct fake_client *c = &h->clients[h->client_count++];

    if (h->client_count == FAKE_MAX || h->listens[0] == '\0')
        fake_die("nobody can connect");
    c->open = true;
    c->state = h->channel.ops->on_client(&h->channel, (struct channel_client *)c);
    return c;
}

void fake_host_say(struct fake_host *h, struct fake_client *c, struct span bytes)
{
    size_t taken = 1;

    text_buffer_add(&c->in, bytes.ptr, bytes.len);
    while (c->open && taken > 0 && c->in.len > 0) {
        /* Just the bytes: reading behind them is an error that a sanitizer sees. */
        char *said = memcpy(xmalloc(c->in.len), c->in.ptr, c->in.len);

        taken = h->channel.ops->on_client_said(c->state, (struct span){ said, c->in.len });
        free(said);
        if (taken > c->in.len)
            fake_die("more was taken than was said");
        memmove(c->in.ptr, c->in.ptr + taken, c->in.len -= taken);
    }
}

void fake_host_hang_up(struct fake_host *h, struct fake_client *c)
{
    c->open = false;
    h->channel.ops->on_client_gone(c->state);
}

int fake_host_open(struct fake_host *h, const char *kind, const char *yaml,
                   const struct fake_secret *secrets, struct error *err)
{
    struct conf_errors errors = { 0 };

    memset(h, 0, sizeof(*h));
    h->now = 1768471200; /* 2026-01-15T10:00:00Z, when the samples were made */
    h->secrets = secrets;
    h->host = (struct channel_host){
        .now = fake_now,
        .deliver = fake_deliver,
        .http_send = fake_http_send,
        .timer = fake_timer,
        .timer_cancel = fake_timer_cancel,
        .cursor = fake_cursor,
        .cursors_read = fake_cursors_read,
        .worker_ask = fake_worker_ask,
        .worker_send = fake_worker_send,
        .worker_end = fake_worker_end,
        .parse_mail = fake_parse_mail,
        .health = fake_health,
        .warn = fake_warn,
        .behind = fake_behind,
        .turn_want = fake_turn_want,
        .turn_end = fake_turn_end,
        .burden_want = fake_burden_want,
        .burden_came = fake_burden_came,
        .burden_end = fake_burden_end,
        .secret = fake_secret,
        .stream_open = fake_stream_open,
        .stream_write = fake_stream_write,
        .stream_end = fake_stream_end,
        .chat_history = fake_chat_history,
        .listen = fake_listen,
        .listen_stop = fake_listen_stop,
        .client_write = fake_client_write,
        .client_more = fake_client_more,
        .client_end = fake_client_end,
        .held_max = SIZE_MAX,
        .light_max = 1 << 20,
        .ctx = h,
    };
    h->channel.ops = channel_kind(kind);
    if (h->channel.ops == NULL)
        fake_die("no such kind");
    if (conf_read(h->channel.ops->keys, "test.yaml", span_of(yaml), NULL, NULL, &h->conf, &errors) <
        0)
        fake_die(errors.lines[0]);
    h->channel.host = &h->host;
    h->channel.conf = conf_root(h->conf);
    h->channel.name = "test";
    h->channel.public_url = "https://support.example.com";
    h->channel.channel_id = 7;
    return h->channel.ops->open(&h->channel, err);
}

void fake_host_close(struct fake_host *h)
{
    size_t i;

    h->channel.ops->close(&h->channel);
    for (i = 0; i < h->delivered_count; i++)
        inbound_free(h->delivered[i]);
    for (i = 0; i < h->call_count; i++)
        fake_call_clear(&h->calls[i]);
    for (i = 0; i < h->stream_count; i++)
        text_buffer_clear(&h->streams[i].text);
    for (i = 0; i < h->ask_count; i++)
        text_buffer_clear(&h->asks[i].frame);
    for (i = 0; i < h->parse_count; i++)
        if (h->parses[i].memfd >= 0)
            close(h->parses[i].memfd);
    for (i = 0; i < h->client_count; i++) {
        text_buffer_clear(&h->clients[i].in);
        text_buffer_clear(&h->clients[i].out);
    }
    text_buffer_clear(&h->told);
    arena_free(h->arena);
    conf_file_free(h->conf);
}

int fake_host_call(struct fake_host *h, const char *method, const char *url, const char *path,
                   struct span body, const char *const *headers)
{
    struct http_header list[32];
    const char *query = strchr(url, '?');
    struct http_request req = { .method = method,
                                .url = url,
                                .path = path,
                                .query = query == NULL ? NULL : query + 1,
                                .headers = list,
                                .body = body,
                                .remote = "192.0.2.1" };

    for (; headers != NULL && headers[0] != NULL && req.header_count < 32; headers += 2)
        list[req.header_count++] = (struct http_header){ headers[0], headers[1] };
    arena_free(h->arena);
    h->arena = arena_new();
    h->response = (struct http_response){ .arena = h->arena };
    h->err = (struct error){ ERROR_NONE, "" };
    return h->channel.ops->webhook(&h->channel, &req, &h->response, &h->err);
}

void fake_sent_take(void *arg, const struct sent *sent)
{
    struct fake_sent *s = arg;

    s->count++;
    s->outcome = sent->outcome;
    s->retry_after_s = sent->retry_after_s;
    snprintf(s->external_id, sizeof(s->external_id), "%s",
             sent->external_id == NULL ? "" : sent->external_id);
    snprintf(s->words, sizeof(s->words), "%s", sent->words == NULL ? "" : sent->words);
}
