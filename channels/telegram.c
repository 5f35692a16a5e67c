/* Telegram bots: updates come by webhook or long polling, replies leave by sendMessage. */
#include "channels/telegram.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "channels/payload.h"
#include "channels/sign.h"
#include "channels/split.h"
#include "channels/telegram_update.h"
#include "core/arena.h"
#include "core/conf.h"

enum {
    TELEGRAM_UNITS_MAX = 4096,
    TELEGRAM_PARTS_MAX = 10,
    TELEGRAM_ANSWER_MAX = 4 << 20,
    TELEGRAM_SEND_MS = 20000,
};

static int telegram_open(struct channel *ch, struct error *err);
static void telegram_close(struct channel *ch);
static void telegram_start(struct channel *ch);
static void telegram_stop(struct channel *ch);
static int telegram_webhook(struct channel *ch, const struct http_request *req,
                            struct http_response *res, struct error *err);
static void telegram_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                          void *arg);

static const char *const telegram_modes[] = { "poll", "webhook", NULL };
static const struct conf_key telegram_keys[] = {
    { .name = "token",
      .type = CONF_SECRET,
      .required = true,
      .doc = "The bot's token, from @BotFather.",
      .example = "{file: /etc/relevo/telegram-token}" },
    { .name = "mode",
      .type = CONF_CHOICE,
      .choices = telegram_modes,
      .fallback = "poll",
      .doc = "How updates come: we ask for them (no public address is needed), or Telegram calls "
             "/hook/CHANNEL, as setWebhook told it to." },
    { .name = "secret",
      .type = CONF_SECRET,
      .doc = "The secret_token that was given to setWebhook; required for mode webhook.",
      .example = "{file: /etc/relevo/telegram-secret}" },
    { .name = "api_base",
      .type = CONF_TEXT,
      .fallback = "https://api.telegram.org",
      .doc = "Where the Bot API is; a server of one's own may be named." },
    { .name = NULL },
};

extern const struct channel_ops channel_telegram;
const struct channel_ops channel_telegram = {
    .kind = "telegram",
    .title = "Telegram bot",
    .address_kind = "telegram",
    .keys = telegram_keys,
    .pulls = true,
    .open = telegram_open,
    .close = telegram_close,
    .start = telegram_start,
    .stop = telegram_stop,
    .webhook = telegram_webhook,
    .send = telegram_send,
    .fetch = telegram_fetch,
};

static bool telegram_polls(const struct channel *ch)
{
    return strcmp(conf_text(ch->conf, "mode"), "poll") == 0;
}

static int telegram_open(struct channel *ch, struct error *err)
{
    struct telegram *t = xcalloc(1, sizeof(*t));

    ch->state = t;
    if (ch->host->secret(ch->host->ctx, ch, "token", &t->token, err) < 0 ||
        ch->host->secret(ch->host->ctx, ch, "secret", &t->secret, err) < 0)
        goto out;
    if (t->token == NULL) {
        error_set(err, ERROR_CONFIG, "%s: token is missing", ch->name);
        goto out;
    }
    if (t->secret == NULL && !telegram_polls(ch)) {
        error_set(err, ERROR_CONFIG, "%s: secret is missing: no call could be verified", ch->name);
        goto out;
    }
    return 0;
out:
    telegram_close(ch);
    return -1;
}

static void telegram_close(struct channel *ch)
{
    struct telegram *t = ch->state;

    if (t == NULL)
        return;
    telegram_poll_stop(ch);
    sign_secret_free(t->token);
    sign_secret_free(t->secret);
    free(t);
    ch->state = NULL;
}

static void telegram_start(struct channel *ch)
{
    if (telegram_polls(ch))
        telegram_poll_start(ch);
}

static void telegram_stop(struct channel *ch)
{
    telegram_poll_stop(ch);
}

static int telegram_webhook(struct channel *ch, const struct http_request *req,
                            struct http_response *res, struct error *err)
{
    const struct telegram *t = ch->state;
    const char *said = http_request_header(req, "X-Telegram-Bot-Api-Secret-Token");
    struct inbound *in;
    json_t *update;

    (void)res;
    if (t->secret == NULL || said == NULL || !sign_is_equal(span_of(t->secret), span_of(said))) {
        error_set(err, ERROR_PERMANENT, "the secret token does not fit");
        return 401;
    }
    if (strcmp(req->method, "POST") != 0) {
        error_set(err, ERROR_PERMANENT, "expected POST");
        return 405;
    }
    update = payload_read(req->body, err);
    if (update == NULL)
        return 400;
    in = telegram_update_read(ch, update, err);
    json_decref(update);
    if (in == NULL)
        return 400;
    ch->host->deliver(ch->host->ctx, ch, in, NULL, NULL);
    return 200;
}

/* --- out
 * ------------------------------------------------------------------------------------------- */

void telegram_call(struct channel *ch, const char *method, struct span json, int64_t timeout_ms,
                   void (*done)(void *arg, int status, const struct http_header *headers,
                                size_t header_count, struct span body, const struct error *err),
                   void *arg)
{
    static const struct http_header headers[] = { { "Content-Type", "application/json" } };
    const struct telegram *t = ch->state;
    char *url = xasprintf("%s/bot%s/%s", conf_text(ch->conf, "api_base"), t->token, method);
    struct http_call call = {
        .method = "POST",
        .url = url,
        .headers = headers,
        .header_count = 1,
        .body = json,
        .answer_max = TELEGRAM_ANSWER_MAX,
        .timeout_ms = timeout_ms,
        .to_configured = true,
        .waits = strcmp(method, "getUpdates") == 0,
        .done = done,
        .arg = arg,
    };

    ch->host->http_send(ch->host->ctx, &call);
    sign_secret_free(url);
}

const char *telegram_words(struct arena *a, int status, struct span body, const struct error *err)
{
    struct error wrong;
    const char *words;
    json_t *o;

    if (status == 0)
        return arena_strdup(a, err->text);
    o = payload_read(body, &wrong);
    words = payload_line(a, o, "description", 160);
    words = arena_printf(a, "HTTP %d: %s", status, words == NULL ? "" : words);
    json_decref(o);
    return words;
}

/* One delivery on its way, part by part. */
struct telegram_sending {
    struct channel *ch;
    struct arena *a;
    const char *chat, *thread, *answers; /* ids; the last two may be NULL */
    struct span rest;
    int parts;
    bool moved; /* the group has become a supergroup: asked again, once */
    const char *first_id;
    channel_sent_fn *done;
    void *arg;
};

static void telegram_send_part(struct telegram_sending *s);

static void telegram_end(struct telegram_sending *s, const struct sent *sent)
{
    s->done(s->arg, sent);
    arena_free(s->a);
}

static enum sent_outcome telegram_outcome(int status)
{
    if (status == 403) /* blocked, kicked, deactivated: this customer, not the bot */
        return SENT_REFUSED;
    if (status == 409 || status < 300) /* 2xx without its "ok": a proxy's page, not Telegram */
        return SENT_RETRY;
    return channel_outcome(status);
}

static void telegram_refused(struct telegram_sending *s, int status, struct span body,
                             const struct error *err, const json_t *o)
{
    const json_t *parameters = payload_at(o, "parameters");
    struct sent sent = { .outcome = telegram_outcome(status),
                         .words = telegram_words(s->a, status, body, err),
                         .retry_after_s =
                             channel_retry_bound(payload_int(parameters, "retry_after")) };

    telegram_end(s, &sent);
}

static void telegram_taken(struct telegram_sending *s, struct span part, const json_t *o)
{
    const char *id = payload_id(s->a, payload_at(o, "result"), "message_id");

    if (s->first_id == NULL && id != NULL)
        s->first_id = arena_printf(s->a, "%s:%s", s->chat, id);
    s->rest = span_trim((struct span){ s->rest.ptr + part.len, s->rest.len - part.len });
    s->answers = NULL;
    s->parts++;
    if (s->rest.len > 0 && s->parts < TELEGRAM_PARTS_MAX)
        telegram_send_part(s);
    else
        telegram_end(s, &(struct sent){
                            .outcome = SENT_OK, .external_id = s->first_id, .words = "accepted" });
}

static struct span telegram_part(const struct telegram_sending *s)
{
    return (struct span){ s->rest.ptr, split_next(s->rest, TELEGRAM_UNITS_MAX) };
}

static void telegram_answered(void *arg, int status, const struct http_header *headers,
                              size_t header_count, struct span body, const struct error *err)
{
    struct telegram_sending *s = arg;
    struct error wrong;
    const char *moved;
    json_t *o;

    (void)headers;
    (void)header_count;
    if (status == 0) {
        telegram_end(s, &(struct sent){ .outcome = SENT_RETRY, .words = err->text });
        return;
    }
    o = payload_read(body, &wrong);
    moved = payload_id(s->a, payload_at(o, "parameters"), "migrate_to_chat_id");
    if (json_is_true(payload_at(o, "ok"))) {
        telegram_taken(s, telegram_part(s), o);
    } else if (moved != NULL && !s->moved) {
        s->moved = true;
        s->chat = moved;
        s->answers = NULL;
        telegram_send_part(s);
    } else {
        telegram_refused(s, status, body, err, o);
    }
    json_decref(o);
}

static void telegram_send_part(struct telegram_sending *s)
{
    struct span part = span_trim(telegram_part(s));
    json_t *o = json_object();
    char *text;

    json_object_set_new(o, "chat_id", json_integer(strtoll(s->chat, NULL, 10)));
    if (s->thread != NULL)
        json_object_set_new(o, "message_thread_id", json_integer(strtoll(s->thread, NULL, 10)));
    json_object_set_new(o, "text", json_stringn(part.ptr, part.len));
    if (s->answers != NULL)
        json_object_set_new(o, "reply_parameters",
                            json_pack("{s:I, s:b}", "message_id",
                                      (json_int_t)strtoll(s->answers, NULL, 10),
                                      "allow_sending_without_reply", 1));
    text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    telegram_call(s->ch, "sendMessage", span_of(text), TELEGRAM_SEND_MS, telegram_answered, s);
    free(text);
}

/* A conversation is "chat" or "chat:thread", an external id "chat:message". */
static void telegram_ends(struct telegram_sending *s, const struct outbound *out)
{
    const char *talk = out->conversation != NULL ? out->conversation : out->to;
    const char *colon = strchr(talk, ':');
    const char *answers =
        out->reply_to_external_id == NULL ? NULL : strchr(out->reply_to_external_id, ':');

    s->chat = arena_strndup(s->a, talk, colon == NULL ? strlen(talk) : (size_t)(colon - talk));
    s->thread = colon == NULL ? NULL : arena_strdup(s->a, colon + 1);
    s->answers = answers == NULL ? NULL : arena_strdup(s->a, answers + 1);
}

static void telegram_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                          void *arg)
{
    struct arena *a = arena_new();
    struct telegram_sending *s = arena_alloc(a, sizeof(*s));

    s->ch = ch;
    s->a = a;
    s->done = done;
    s->arg = arg;
    s->rest = span_trim(span_of(arena_strdup(a, out->text)));
    telegram_ends(s, out);
    if (s->rest.len == 0)
        telegram_end(s, &(struct sent){ .outcome = SENT_REFUSED, .words = "there is no text" });
    else
        telegram_send_part(s);
}
