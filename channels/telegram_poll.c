/* Long polling: getUpdates with an offset that moves only when all before it is committed. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "channels/payload.h"
#include "channels/telegram.h"
#include "channels/telegram_update.h"
#include "core/arena.h"

enum {
    POLL_WAIT_S = 25, /* Telegram holds the call for so long when there is nothing */
    POLL_CALL_MS = (POLL_WAIT_S + 15) * 1000,
    POLL_SOON_S = 1,
    POLL_LIMIT = 100,
    POLL_PAUSE_MIN_MS = 1000,
    POLL_PAUSE_MAX_MS = 60000,
};

/* Kept by its calls too, which cannot be called back: `ch` NULL means that it was stopped. */
struct telegram_poll {
    struct channel *ch;
    int64_t offset;   /* of the next update that we have not */
    int64_t asked_at; /* UTC seconds */
    int64_t pause_ms;
    void *timer;
    int references;
    /* The answer that is being taken in: all but the last, then the last with the cursor. */
    json_t *answer;
    size_t waiting;
    bool failed, last;
};

static void poll_ask(struct telegram_poll *p);
static void poll_take_last(struct telegram_poll *p);

static void poll_release(struct telegram_poll *p)
{
    if (--p->references > 0)
        return;
    json_decref(p->answer);
    free(p);
}

static void poll_again(void *arg)
{
    struct telegram_poll *p = arg;

    p->timer = NULL;
    poll_ask(p);
}

/* Something is wrong: the same again after a pause that grows. */
static void poll_rest(struct telegram_poll *p, int64_t retry_after_s, const char *words)
{
    const struct channel_host *host = p->ch->host;
    int64_t pause = retry_after_s > 0 ? retry_after_s * 1000 : p->pause_ms;

    host->health(host->ctx, p->ch, CHANNEL_TROUBLE, words);
    p->pause_ms = p->pause_ms * 2 > POLL_PAUSE_MAX_MS ? POLL_PAUSE_MAX_MS : p->pause_ms * 2;
    p->timer = host->timer(host->ctx, pause, poll_again, p);
}

/* The whole answer is committed, or it must come again. */
static void poll_taken(struct telegram_poll *p)
{
    const json_t *list = payload_at(p->answer, "result");
    const json_t *last = json_array_get(list, json_array_size(list) - 1);

    int64_t next = telegram_update_id(last) + 1, before = p->offset;

    if (next == 0)
        p->failed = true;
    if (!p->failed)
        p->offset = next;
    json_decref(p->answer);
    p->answer = NULL;
    if (p->failed) {
        poll_rest(p, 0, "updates could not be stored");
        return;
    }
    if (next <= before) {
        poll_rest(p, 0, "updates come again that were confirmed");
        return;
    }
    p->pause_ms = POLL_PAUSE_MIN_MS;
    poll_ask(p);
}

static void poll_stored(void *arg, int rc)
{
    struct telegram_poll *p = arg;

    if (rc < 0)
        p->failed = true;
    p->waiting--;
    if (p->ch != NULL && p->waiting == 0) {
        if (p->last || p->failed)
            poll_taken(p);
        else
            poll_take_last(p);
    }
    poll_release(p); /* NOLINT(clang-analyzer-unix.Malloc): our reference is still counted */
}

static void poll_deliver(struct telegram_poll *p, const json_t *update, bool last)
{
    const struct channel_host *host = p->ch->host;
    struct error err;
    struct inbound *in = telegram_update_read(p->ch, update, &err);

    if (in == NULL) { /* not an update at all: Telegram cannot mean that; its siblings go on */
        host->health(host->ctx, p->ch, CHANNEL_TROUBLE, err.text);
        return;
    }
    if (last) {
        in->cursor_part = "";
        in->cursor = arena_printf(in->arena, "%" PRId64, telegram_update_id(update) + 1);
    }
    p->waiting++;
    p->references++;
    host->deliver(host->ctx, p->ch, in, poll_stored, p);
}

/* Alone and last, for it carries the cursor: were one before it refused, the cursor would pass it.
 */
static void poll_take_last(struct telegram_poll *p)
{
    const json_t *list = payload_at(p->answer, "result");

    p->last = true;
    p->waiting++; /* ours, so that an answer from within deliver() ends nothing yet */
    p->references++;
    poll_deliver(p, json_array_get(list, json_array_size(list) - 1), true);
    poll_stored(p, 0);
}

static void poll_take(struct telegram_poll *p)
{
    const json_t *list = payload_at(p->answer, "result");
    size_t i;

    p->failed = p->last = false;
    p->waiting = 1;
    p->references++;
    for (i = 0; i + 1 < json_array_size(list); i++)
        poll_deliver(p, json_array_get(list, i), false);
    poll_stored(p, 0);
}

static void poll_refused(struct telegram_poll *p, int status, struct span body,
                         const struct error *err)
{
    struct arena *a = arena_new();
    struct error wrong;
    json_t *o = status == 0 ? NULL : payload_read(body, &wrong);

    poll_rest(p, channel_retry_bound(payload_int(payload_at(o, "parameters"), "retry_after")),
              telegram_words(a, status, body, err));
    json_decref(o);
    arena_free(a);
}

/* Nothing has come. Who says so before the time is over would be asked without an end. */
static void poll_none(struct telegram_poll *p)
{
    const struct channel_host *host = p->ch->host;

    if (host->now(host->ctx) - p->asked_at > POLL_SOON_S)
        poll_ask(p);
    else
        p->timer = host->timer(host->ctx, POLL_PAUSE_MIN_MS, poll_again, p);
}

static void poll_answered(void *arg, int status, const struct http_header *headers,
                          size_t header_count, struct span body, const struct error *err)
{
    struct telegram_poll *p = arg;
    struct error wrong;

    (void)headers;
    (void)header_count;
    if (p->ch != NULL && status == 200) {
        json_decref(p->answer);
        p->answer = payload_read(body, &wrong);
    }
    if (p->ch == NULL) {
        /* stopped meanwhile: what it brought was not confirmed and comes again */
    } else if (status != 200 || !json_is_array(payload_at(p->answer, "result"))) {
        poll_refused(p, status, body, err);
    } else {
        p->ch->host->health(p->ch->host->ctx, p->ch, CHANNEL_OK, "asked for updates");
        if (json_array_size(payload_at(p->answer, "result")) == 0)
            poll_none(p);
        else
            poll_take(p);
    }
    poll_release(p); /* NOLINT(clang-analyzer-unix.Malloc): likewise */
}

static void poll_ask(struct telegram_poll *p)
{
    json_t *o = json_pack("{s:I, s:i, s:i, s:[s, s, s]}", "offset", (json_int_t)p->offset, "limit",
                          POLL_LIMIT, "timeout", POLL_WAIT_S, "allowed_updates", "message",
                          "edited_message", "my_chat_member");
    char *text = json_dumps(o, JSON_COMPACT);

    json_decref(o);
    p->asked_at = p->ch->host->now(p->ch->host->ctx);
    p->references++;
    telegram_call(p->ch, "getUpdates", span_of(text), POLL_CALL_MS, poll_answered, p);
    free(text);
}

void telegram_poll_start(struct channel *ch)
{
    struct telegram *t = ch->state;
    const char *cursor = ch->host->cursor(ch->host->ctx, ch, "");
    struct telegram_poll *p;

    if (t->poll != NULL)
        return;
    p = xcalloc(1, sizeof(*p));
    p->ch = ch;
    p->offset = cursor == NULL ? 0 : strtoll(cursor, NULL, 10);
    p->pause_ms = POLL_PAUSE_MIN_MS;
    p->references = 1;
    t->poll = p;
    poll_ask(p);
}

void telegram_poll_stop(struct channel *ch)
{
    struct telegram *t = ch->state;
    struct telegram_poll *p = t->poll;

    if (p == NULL)
        return;
    t->poll = NULL;
    if (p->timer != NULL)
        ch->host->timer_cancel(ch->host->ctx, p->timer);
    p->ch = NULL;
    poll_release(p);
}
