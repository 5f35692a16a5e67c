#include "daemon/host.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "channels/mail.h"
#include "core/arena.h"
#include "core/conf.h"
#include "daemon/chat_history.h"
#include "daemon/clients.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/failpoint.h"
#include "daemon/hook.h"
#include "daemon/http_client.h"
#include "daemon/intake.h"
#include "daemon/log.h"
#include "daemon/secret.h"
#include "daemon/turns.h"

struct host_cursor {
    char *part, *cursor;
    struct host_cursor *next;
};
struct host_channel {
    struct host *host;
    struct desk_channel *channel;
    bool wanted, started; /* wanted: it starts as soon as its cursors are here */
    struct worker_child *child;
    struct turn *turn;   /* to be connected; NULL: it wants none */
    struct event *retry; /* of the question for its cursors */
    struct host_cursor *cursors;
    enum channel_health health;
    bool health_known;
    int64_t health_noted_ms;
    bool behind;
};
struct host {
    struct host_services on;
    struct channel_host doors;
    struct desks *desks;
    const struct host *older; /* NULL: none has anything under way */
    struct host_channel *channel;
    size_t count;
    size_t open;  /* what is under way and will come back to a channel */
    size_t polls; /* and calls that only wait for something to happen */
};

static struct host_channel *host_channel_of(struct host *h, const struct channel *ch)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        if (&h->channel[i].channel->channel == ch)
            return &h->channel[i];
    abort(); /* a channel speaks to the host that opened it */
}

/* --- messages
 * ----------------------------------------------------------------------------------------- */

struct host_delivery {
    struct host_channel *from;
    struct hook_call *call; /* the webhook call whose answer waits for it; NULL: none */
    char *part, *cursor;
    void (*done)(void *arg, int rc);
    void *arg;
};

static void host_cursor_set(struct host_channel *c, const char *part, const char *cursor)
{
    struct host_cursor *at;

    for (at = c->cursors; at != NULL && strcmp(at->part, part) != 0;)
        at = at->next;
    if (at == NULL) {
        at = xcalloc(1, sizeof(*at));
        at->part = xstrdup(part);
        at->next = c->cursors;
        c->cursors = at;
    }
    free(at->cursor);
    at->cursor = xstrdup(cursor);
}

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

static const char *host_cursor_of(void *ctx, struct channel *ch, const char *part)
{
    const struct host_cursor *at;

    for (at = host_channel_of(ctx, ch)->cursors; at != NULL; at = at->next)
        if (strcmp(at->part, part) == 0)
            return at->cursor;
    return NULL;
}

struct host_cursors {
    struct host_channel *channel;
    void (*done)(void *arg);
    void *arg;
    int64_t until_ms; /* so long it waits for an older host */
};

static void host_take_cursors(struct host_channel *c, const struct db_answer *answer)
{
    int rows = answer->res == NULL ? 0 : PQntuples(answer->res), i;

    for (i = 0; i < rows; i++)
        host_cursor_set(c, db_cell_text(answer->res, i, 0), db_cell_text(answer->res, i, 1));
}

static void host_query_cursors(struct host_channel *c, db_answer_fn *done, void *arg)
{
    struct arena *a = arena_new();
    struct db_value v[] = { db_int(a, c->channel->desk->desk_id),
                            db_int(a, c->channel->channel.channel_id) };

    c->host->open++;
    db_query(c->host->on.db, "cursor_load", v, 2, done, arg);
    arena_free(a);
}

static void host_on_cursors_read(void *arg, const struct db_answer *answer)
{
    struct host_cursors *q = arg;

    q->channel->host->open -= 2; /* the question, and the wait for its turn */
    host_take_cursors(q->channel, answer);
    q->done(q->arg);
    free(q);
}

static void host_cursors_look(void *arg)
{
    struct host_cursors *q = arg;
    struct host *h = q->channel->host;

    if (h->older != NULL && !host_is_idle(h->older) && steady_now_ms() < q->until_ms)
        h->doors.timer(h, HOST_OLDER_LOOK_MS, host_cursors_look, q);
    else
        host_query_cursors(q->channel, host_on_cursors_read, q);
}

/* A refresh token that the older host is exchanging is used up: asked for with it once more, some
 * servers refuse all that came of it. */
static void host_cursors_read(void *ctx, struct channel *ch, void (*done)(void *arg), void *arg)
{
    struct host *h = ctx;
    struct host_cursors *q = xcalloc(1, sizeof(*q));

    *q =
        (struct host_cursors){ host_channel_of(h, ch), done, arg, steady_now_ms() + HOST_OLDER_MS };
    h->open++;
    host_cursors_look(q);
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

/* --- time, network, secrets
 * --------------------------------------------------------------------------- */

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

static void *host_timer(void *ctx, int64_t ms, void (*fire)(void *arg), void *arg)
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

/* --- health
 * -------------------------------------------------------------------------------------------- */

static void host_health(void *ctx, struct channel *ch, enum channel_health health,
                        const char *words)
{
    struct host *h = ctx;
    struct host_channel *c = host_channel_of(h, ch);
    bool news = !c->health_known || c->health != health;
    int64_t now = steady_now_ms();
    struct db_value v[4];
    struct arena *a;

    if (!news && now - c->health_noted_ms < HOST_HEALTH_MS)
        return;
    if (health == CHANNEL_TROUBLE)
        log_event(LOG_LEVEL_WARNING, "channel_trouble", LOG_TEXT("channel", ch->name),
                  LOG_TEXT("words", words));
    else if (news && c->health_known)
        log_event(LOG_LEVEL_INFO, "channel_well", LOG_TEXT("channel", ch->name));
    c->health = health;
    c->health_known = true;
    c->health_noted_ms = now;
    a = arena_new();
    v[0] = db_int(a, c->channel->desk->desk_id);
    v[1] = db_int(a, ch->channel_id);
    v[2] = db_text(NULL);
    v[3] = db_text(health == CHANNEL_OK ? NULL : words);
    db_query(h->on.db, "health_note", v, 4, NULL, NULL);
    arena_free(a);
}

static void host_warn(void *ctx, struct channel *ch, const char *words)
{
    struct host *h = ctx;
    struct arena *a = arena_new();
    struct db_value v[3];

    if (words != NULL)
        log_event(LOG_LEVEL_WARNING, "channel_warning", LOG_TEXT("channel", ch->name),
                  LOG_TEXT("words", words));
    v[0] = db_int(a, host_channel_of(h, ch)->channel->desk->desk_id);
    v[1] = db_int(a, ch->channel_id);
    v[2] = db_text(words);
    db_query(h->on.db, "warning_note", v, 3, NULL, NULL);
    arena_free(a);
}

/* Without a rate yet nothing is said of the time that is left. */
static void host_behind(void *ctx, struct channel *ch, int64_t left, int64_t per_s)
{
    struct host *h = ctx;
    struct host_channel *c = host_channel_of(h, ch);
    struct arena *a = arena_new();
    struct db_value v[5];

    if (left == 0 && c->behind)
        log_event(LOG_LEVEL_INFO, "channel_caught_up", LOG_TEXT("channel", ch->name));
    else if (left > 0 && per_s <= 0)
        log_event(LOG_LEVEL_INFO, "channel_behind", LOG_TEXT("channel", ch->name),
                  LOG_NUMBER("messages", left));
    else if (left > 0)
        log_event(LOG_LEVEL_INFO, "channel_behind", LOG_TEXT("channel", ch->name),
                  LOG_NUMBER("messages", left), LOG_NUMBER("per_s", per_s),
                  LOG_NUMBER("left_s", left / per_s));
    c->behind = left > 0;
    v[0] = db_int(a, c->channel->desk->desk_id);
    v[1] = db_int(a, ch->channel_id);
    v[2] = db_text(NULL);
    v[3] = left == 0 ? db_text(NULL) : db_int(a, left);
    v[4] = left == 0 ? db_text(NULL) : db_int(a, per_s);
    db_query(h->on.db, "behind_note", v, 5, NULL, NULL);
    arena_free(a);
}

/* --- children
 * ----------------------------------------------------------------------------------------- */

struct host_ask {
    struct host *host;
    channel_answer_fn *done;
    void *arg;
};

static void host_on_asked(void *arg, struct span record, int fd, const struct error *err)
{
    struct host_ask *ask = arg;

    ask->host->open--;
    ask->done(ask->arg, record, fd, err);
    free(ask);
}

static void host_worker_ask(void *ctx, struct channel *ch, struct span frame, int fd,
                            int64_t line_ms, int64_t deadline_ms, channel_answer_fn *done,
                            void *arg)
{
    struct host *h = ctx;
    struct host_ask *ask = xcalloc(1, sizeof(*ask));

    (void)ch;
    *ask = (struct host_ask){ h, done, arg };
    h->open++;
    worker_ask_within(h->on.smtp, frame, fd, line_ms, deadline_ms, host_on_asked, ask);
}

static int host_worker_send(void *ctx, struct channel *ch, struct span frame, int fd)
{
    struct host_channel *c = host_channel_of(ctx, ch);

    return c->child == NULL ? -1 : worker_child_send(c->child, frame, fd);
}

static void host_on_frame(void *arg, struct span record, int fd)
{
    struct channel *ch = &((struct host_channel *)arg)->channel->channel;

    ch->ops->on_worker(ch, record, fd);
}

static void host_on_child_up(void *arg)
{
    struct channel *ch = &((struct host_channel *)arg)->channel->channel;

    ch->ops->on_worker_up(ch);
}

static void host_on_turn(void *arg, enum channel_turn word)
{
    struct channel *ch = &((struct host_channel *)arg)->channel->channel;

    ch->ops->on_turn(ch, word);
}

static void host_turn_want(void *ctx, struct channel *ch, int64_t least_ms)
{
    struct host *h = ctx;
    struct host_channel *c = host_channel_of(h, ch);

    if (c->turn == NULL)
        c->turn = turns_want(h->on.turns, ch->ops->place(ch), least_ms, host_on_turn, c);
}

static void host_leave(struct host_channel *c)
{
    turn_end(c->turn);
    c->turn = NULL;
}

static void host_turn_end(void *ctx, struct channel *ch)
{
    host_leave(host_channel_of(ctx, ch));
}

static void host_on_child_lost(void *arg)
{
    struct channel *ch = &((struct host_channel *)arg)->channel->channel;

    host_leave(arg);
    ch->ops->on_worker_lost(ch);
}

static const struct worker_child_ops host_child_ops = { .on_frame = host_on_frame,
                                                        .on_up = host_on_child_up,
                                                        .on_lost = host_on_child_lost };

/* --- streams
 * ------------------------------------------------------------------------ */

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

/* --- who connects
 * ----------------------------------------------------------------------------------------- */

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

/* --- what was said
 * ---------------------------------------------------------------------------------------- */

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

static const struct channel_host host_doors = {
    .now = host_now,
    .deliver = host_deliver,
    .http_send = host_http_send,
    .timer = host_timer,
    .timer_cancel = host_timer_end,
    .cursor = host_cursor_of,
    .cursors_read = host_cursors_read,
    .worker_ask = host_worker_ask,
    .worker_send = host_worker_send,
    .parse_mail = host_parse_mail,
    .health = host_health,
    .warn = host_warn,
    .behind = host_behind,
    .turn_want = host_turn_want,
    .turn_end = host_turn_end,
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

/* --- starting and stopping
 * ---------------------------------------------------------------------------- */

static void host_begin(struct host_channel *c)
{
    struct channel *ch = &c->channel->channel;

    c->started = true;
    log_event(LOG_LEVEL_INFO, "channel_started", LOG_TEXT("channel", ch->name),
              LOG_TEXT("kind", ch->ops->kind));
    if (ch->ops->start != NULL)
        ch->ops->start(ch);
    if (ch->ops->child != NULL)
        c->child = worker_child_new(c->host->on.workers, ch->ops->child, HOST_CHILD_SILENCE_MS,
                                    &host_child_ops, c);
}

static void host_ask_cursors(evutil_socket_t fd, short what, void *arg);

static void host_on_cursors(void *arg, const struct db_answer *answer)
{
    struct host_channel *c = arg;
    struct timeval pause = { HOST_CURSOR_RETRY_MS / 1000, 0 };

    c->host->open--;
    if (!c->wanted || c->started)
        return;
    if (answer->res == NULL) {
        event_add(c->retry, &pause);
        return;
    }
    host_take_cursors(c, answer);
    host_begin(c);
}

static void host_ask_cursors(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    host_query_cursors(arg, host_on_cursors, arg);
}

void host_follow(struct host *h, const struct host *older)
{
    h->older = older;
}

static struct host_channel *host_find(struct host *h, const struct desk_channel *ch)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        if (h->channel[i].channel == ch)
            return &h->channel[i];
    return NULL;
}

void host_start(struct host *h, struct desk_channel *ch)
{
    struct host_channel *c = host_find(h, ch);

    if (c == NULL || c->wanted)
        return;
    c->wanted = true;
    if (ch->channel.ops->pulls)
        host_ask_cursors(-1, 0, c);
    else
        host_begin(c);
}

void host_stop(struct host *h, struct desk_channel *ch)
{
    struct host_channel *c = host_find(h, ch);

    if (c == NULL)
        return;
    c->wanted = false;
    if (c->retry != NULL)
        event_del(c->retry);
    if (!c->started)
        return;
    c->started = false;
    worker_child_free(c->child);
    c->child = NULL;
    host_leave(c);
    if (ch->channel.ops->stop != NULL)
        ch->channel.ops->stop(&ch->channel);
    log_event(LOG_LEVEL_INFO, "channel_stopped", LOG_TEXT("channel", ch->channel.name));
}

void host_start_told(struct host *h)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        if (!h->channel[i].channel->channel.ops->pulls)
            host_start(h, h->channel[i].channel);
}

void host_stop_all(struct host *h)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        host_stop(h, h->channel[i].channel);
}

bool host_is_idle(const struct host *h)
{
    return h->open == 0;
}

bool host_is_over(const struct host *h)
{
    return h->open == 0 && h->polls == 0;
}

void host_heard(struct host *h, int64_t channel_id, const char *conversation)
{
    size_t i;

    for (i = 0; i < h->count; i++) {
        struct channel *ch = &h->channel[i].channel->channel;

        if (ch->channel_id == channel_id && ch->ops->heard != NULL)
            ch->ops->heard(ch, conversation);
    }
}

bool host_health_at(const struct host *h, size_t i, const char **name, enum channel_health *health,
                    bool *started)
{
    if (i >= h->count)
        return false;
    *name = h->channel[i].channel->channel.name;
    *health = h->channel[i].health;
    *started = h->channel[i].started;
    return true;
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

static void host_close(struct host_channel *c)
{
    struct host_cursor *at;

    c->channel->channel.ops->close(&c->channel->channel);
    while ((at = c->cursors) != NULL) {
        c->cursors = at->next;
        free(at->part);
        free(at->cursor);
        free(at);
    }
    if (c->retry != NULL)
        event_free(c->retry);
}

static int host_open(struct host *h, struct desk_channel *ch, struct error *err)
{
    struct host_channel *c = &h->channel[h->count];

    *c = (struct host_channel){ .host = h, .channel = ch };
    ch->channel.host = &h->doors;
    if (ch->channel.ops->open(&ch->channel, err) < 0)
        return -1;
    if (h->on.base != NULL)
        c->retry = evtimer_new(h->on.base, host_ask_cursors, c);
    h->count++;
    return 0;
}

struct host *host_new(const struct host_services *services, struct desks *desks, struct error *err)
{
    struct host *h = xcalloc(1, sizeof(*h));
    size_t i, k, n = 0;

    h->on = *services;
    h->doors = host_doors;
    h->doors.ctx = h;
    h->desks = desks;
    for (i = 0; i < desks->count; i++)
        n += desks->desk[i]->channel_count;
    h->channel = xcalloc(n + 1, sizeof(*h->channel));
    for (i = 0; i < desks->count; i++)
        for (k = 0; k < desks->desk[i]->channel_count; k++)
            if (host_open(h, desks->desk[i]->channels[k], err) < 0) {
                host_free(h);
                return NULL;
            }
    return h;
}

void host_free(struct host *h)
{
    if (h == NULL)
        return;
    host_stop_all(h);
    while (h->count > 0)
        host_close(&h->channel[--h->count]);
    free(h->channel);
    free(h);
}
