/* Our own chat: a page, and what it speaks with: sessions, messages in, server-sent events out.
 *
 *   GET  …/           the page; chat.css and chat.js beside it
 *   POST …/session    {"identifier", "identifier_hash"} or {}; a token that still holds
 *                     in Authorization is made new: {"token", "visitor", "expires_at", "title",
 *                     "greeting"}
 *   POST …/messages   {"id", "text", "name", "language"}; 200 once it is stored; the same id again
 *                     is the same message
 *   GET  …/events     webchat_stream.h; Last-Event-ID or ?after= says what is known already
 *
 * The last two want "Authorization: Bearer TOKEN": no cookie, so no other site can use a visitor's
 * session. What we say is told as soon as it is stored, for the page reads it from history. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/channel.h"
#include "channels/form.h"
#include "channels/limit.h"
#include "channels/payload.h"
#include "channels/sign.h"
#include "channels/webchat_stream.h"
#include "channels/webchat_token.h"
#include "core/arena.h"
#include "core/conf.h"
#include "core/embedded.h"

enum {
    WEBCHAT_BODY_MAX = 64 * 1024,
    WEBCHAT_TEXT_MAX = 16 * 1024,
    WEBCHAT_SECRET_MIN = 32,
    WEBCHAT_IDENTITY_SECRET_MIN = 16,
    WEBCHAT_CLIENT_ID_MIN = 8,
    WEBCHAT_CLIENT_ID_MAX = 64,
    WEBCHAT_HEADERS_MAX = 12,
    WEBCHAT_LANGUAGE_MAX = 35,
};

struct webchat {
    char *secret[2]; /* ours, and the former one */
    char *identity_secret;
    struct limit *by_visitor, *by_address;
    struct webchat_streams *streams;
};
/* One call on its way to an answer. */
struct webchat_call {
    struct channel *ch;
    const struct http_request *req;
    struct http_response *res;
    struct http_header *headers; /* res->headers */
    struct error *err;
    struct webchat_visitor visitor; /* where the route wants one */
};

static int webchat_open(struct channel *ch, struct error *err);
static void webchat_close(struct channel *ch);
static int webchat_take(struct channel *ch, const struct http_request *req,
                        struct http_response *res, struct error *err);
static void webchat_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                         void *arg);
static void webchat_heard(struct channel *ch, const char *conversation);

static const struct conf_key webchat_keys[] = {
    { .name = "secret",
      .type = CONF_SECRET,
      .required = true,
      .doc = "Signs visitors' sessions; at least 32 characters, the same on every node. Nobody "
             "outside needs it: `openssl rand -hex 32` makes one.",
      .example = "{file: /etc/relevo/chat-secret}" },
    { .name = "secret_before",
      .type = CONF_SECRET,
      .doc = "The former secret: sessions that it signed go on." },
    { .name = "identity_secret",
      .type = CONF_SECRET,
      .doc = "With it your site can say who a visitor is: it opens the page with ?identifier= (an "
             "e-mail address, or your own id of the customer) and &identifier_hash=, the "
             "lower-case hex HMAC-SHA256 of it under this secret; at least 16 characters. Absent: "
             "nobody is named." },
    { .name = "origins",
      .type = CONF_TEXTS,
      .doc = "Sites whose pages may show the chat in a frame or call it; absent: our own page "
             "alone.",
      .example = "https://shop.example.org" },
    { .name = "title", .type = CONF_TEXT, .doc = "What the page is called; absent: its own word." },
    { .name = "greeting",
      .type = CONF_VALUES,
      .doc = "What the page says first, by language (`es`, `en`).",
      .example = "{en: How can we help?, es: ¿En qué podemos ayudarle?}" },
    { .name = "session_for",
      .type = CONF_DURATION,
      .fallback = "30d",
      .min = 3600,
      .max = 400 * 86400,
      .doc = "How long a visitor can come back to the talk." },
    { .name = "messages_per_minute",
      .type = CONF_INT,
      .fallback = "20",
      .min = 1,
      .max = 1000,
      .doc = "What one visitor may write on one node; more gets 429." },
    { .name = "messages_per_minute_of_address",
      .type = CONF_INT,
      .fallback = "120",
      .min = 1,
      .max = 100000,
      .doc = "What all visitors of one network address may write on one node. Behind a proxy that "
             "trusted_proxies does not name, that is everybody together." },
    { .name = NULL },
};

extern const struct channel_ops channel_webchat;
const struct channel_ops channel_webchat = {
    .kind = "webchat",
    .title = "Web chat",
    .address_kind = "webchat",
    .keys = webchat_keys,
    .open = webchat_open,
    .close = webchat_close,
    .webhook = webchat_take,
    .send = webchat_send,
    .heard = webchat_heard,
};

/* --- opening
 * ------------------------------------------------------------------------------------------------
 */

/* "https://shop.example.org", as browsers write it in Origin. */
static bool webchat_is_origin(const char *text)
{
    const char *host = strstr(text, "://");

    return (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0) &&
           host[3] != '\0' && strpbrk(host + 3, "/?#;,'\" \t\r\n") == NULL;
}

static int webchat_secret_open(struct channel *ch, const char *key, int min, char **out,
                               struct error *err)
{
    if (ch->host->secret(ch->host->ctx, ch, key, out, err) < 0)
        return -1;
    if (*out != NULL && strlen(*out) < (size_t)min)
        return error_set(err, ERROR_CONFIG, "%s: %s: expected at least %d characters", ch->name,
                         key, min);
    return 0;
}

static int webchat_open(struct channel *ch, struct error *err)
{
    struct webchat *w = xcalloc(1, sizeof(*w));
    size_t i;

    ch->state = w;
    w->by_visitor = limit_new((int)conf_int(ch->conf, "messages_per_minute"));
    w->by_address = limit_new((int)conf_int(ch->conf, "messages_per_minute_of_address"));
    w->streams = webchat_streams_new(ch);
    if (webchat_secret_open(ch, "secret", WEBCHAT_SECRET_MIN, &w->secret[0], err) < 0 ||
        webchat_secret_open(ch, "secret_before", WEBCHAT_SECRET_MIN, &w->secret[1], err) < 0 ||
        webchat_secret_open(ch, "identity_secret", WEBCHAT_IDENTITY_SECRET_MIN, &w->identity_secret,
                            err) < 0)
        goto out;
    if (w->secret[0] == NULL) {
        error_set(err, ERROR_CONFIG, "%s: secret is missing: no session could be believed",
                  ch->name);
        goto out;
    }
    for (i = 0; i < conf_count(ch->conf, "origins"); i++)
        if (!webchat_is_origin(conf_text_at(ch->conf, "origins", i))) {
            error_set(err, ERROR_CONFIG,
                      "%s: origins: expected https://host without a path, got '%.100s'", ch->name,
                      conf_text_at(ch->conf, "origins", i));
            goto out;
        }
    return 0;
out:
    webchat_close(ch);
    return -1;
}

static void webchat_close(struct channel *ch)
{
    struct webchat *w = ch->state;

    if (w == NULL)
        return;
    webchat_streams_free(w->streams);
    limit_free(w->by_visitor);
    limit_free(w->by_address);
    sign_secret_free(w->secret[0]);
    sign_secret_free(w->secret[1]);
    sign_secret_free(w->identity_secret);
    free(w);
    ch->state = NULL;
}

/* --- answers
 * ------------------------------------------------------------------------------------------------
 */

static void webchat_header(struct webchat_call *c, const char *name, const char *value)
{
    if (c->res->header_count < WEBCHAT_HEADERS_MAX)
        c->headers[c->res->header_count++] = (struct http_header){ name, value };
}

/* Takes o. */
static int webchat_answer(struct webchat_call *c, int status, json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT);

    c->res->content_type = "application/json";
    c->res->body = arena_strdup(c->res->arena, text == NULL ? "{}" : text);
    free(text);
    json_decref(o);
    return status;
}

/* With a body of its own, so that the headers for another site's page go out with it. */
static int webchat_refuse(struct webchat_call *c, int status, const char *words)
{
    words = arena_strdup(c->res->arena, words); /* they may be err's own */
    error_set(c->err, ERROR_PERMANENT, "%s", words);
    return webchat_answer(c, status,
                          json_pack("{s:{s:i, s:s}}", "error", "code", status, "message", words));
}

/* --- whose page asks
 * ---------------------------------------------------------------------------------------- */

static bool webchat_is_own_origin(const char *origin, const char *url)
{
    const char *a = strstr(origin, "://"), *b = strstr(url, "://");
    size_t len;

    if (a == NULL || b == NULL)
        return false;
    len = strcspn(b + 3, "/?#"); /* a proxy in front speaks https, and we http */
    return strlen(a + 3) == len && strncasecmp(a + 3, b + 3, len) == 0;
}

/* 0, or the status. A page of our own names us; one that is allowed is told so. */
static int webchat_origin(struct webchat_call *c)
{
    const char *origin = http_request_header(c->req, "Origin");
    size_t i;

    if (origin == NULL || webchat_is_own_origin(origin, c->req->url))
        return 0;
    for (i = 0; i < conf_count(c->ch->conf, "origins"); i++)
        if (strcasecmp(conf_text_at(c->ch->conf, "origins", i), origin) == 0) {
            webchat_header(c, "Access-Control-Allow-Origin",
                           conf_text_at(c->ch->conf, "origins", i));
            webchat_header(c, "Vary", "Origin");
            webchat_header(c, "Access-Control-Expose-Headers", "Retry-After");
            return 0;
        }
    return webchat_refuse(c, 403, "this page may not use the chat; see origins");
}

static int webchat_preflight(struct webchat_call *c)
{
    webchat_header(c, "Access-Control-Allow-Methods", "GET, POST");
    webchat_header(c, "Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID");
    webchat_header(c, "Access-Control-Max-Age", "600");
    return 204;
}

/* --- the page
 * --------------------------------------------------------------------------------------------- */

static const struct webchat_file {
    const char *path, *name, *type;
} webchat_files[] = {
    { "/", "chat.html", "text/html; charset=utf-8" },
    { "/chat.css", "chat.css", "text/css; charset=utf-8" },
    { "/chat.js", "chat.js", "text/javascript; charset=utf-8" },
};

static void webchat_policy(struct webchat_call *c)
{
    struct text_buffer b = { 0 };
    size_t i;

    text_buffer_puts(
        &b, "default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
            "'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
    for (i = 0; i < conf_count(c->ch->conf, "origins"); i++)
        text_buffer_printf(&b, " %s", conf_text_at(c->ch->conf, "origins", i));
    webchat_header(c, "Content-Security-Policy", arena_strdup(c->res->arena, b.ptr));
    text_buffer_clear(&b);
}

static int webchat_file(struct webchat_call *c)
{
    const struct embedded_file *file;
    size_t i;

    for (i = 0; strcmp(webchat_files[i].path, c->req->path) != 0;)
        i++; /* it has a route, so it is there */
    file = embedded_find(embedded_web, webchat_files[i].name);
    webchat_policy(c);
    webchat_header(c, "Referrer-Policy", "no-referrer");
    webchat_header(c, "Cache-Control", "no-cache");
    c->res->content_type = webchat_files[i].type;
    c->res->body = file->bytes;
    return 200;
}

/* Without its slash the page's own links would lead elsewhere. */
static int webchat_to_slash(struct webchat_call *c)
{
    webchat_header(c, "Location", arena_printf(c->res->arena, "%s/", c->ch->name));
    c->res->content_type = "text/plain";
    c->res->body = "";
    return 301;
}

/* --- sessions
 * -------------------------------------------------------------------------------------------- */

static struct span webchat_bearer(const struct http_request *req)
{
    const char *value = http_request_header(req, "Authorization");

    if (value == NULL || strncasecmp(value, "Bearer ", 7) != 0)
        return (struct span){ "", 0 };
    return span_trim(span_of(value + 7));
}

static int webchat_visitor_read(struct webchat_call *c, struct error *err)
{
    const struct webchat *w = c->ch->state;
    const struct channel_host *host = c->ch->host;
    struct span token = webchat_bearer(c->req);
    int64_t now = host->now(host->ctx), max = conf_int(c->ch->conf, "session_for");
    size_t i;

    if (token.len == 0)
        return error_set(err, ERROR_PERMANENT, "Authorization: expected Bearer TOKEN, of session");
    for (i = 0; i < 2; i++)
        if (w->secret[i] != NULL &&
            webchat_token_read(c->res->arena, span_of(w->secret[i]), c->ch->name, token, now, max,
                               &c->visitor, err) == 0)
            return 0;
    return -1;
}

/* 1: the site says who it is; 0: it does not; -1: it says so without its signature. */
static int webchat_identity(struct webchat_call *c, const json_t *o)
{
    const struct webchat *w = c->ch->state;
    struct arena *a = c->res->arena;
    const char *identifier = payload_id(a, o, "identifier");
    const char *hash = payload_line(a, o, "identifier_hash", 2 * SIGN_SHA256_BYTES + 1);
    unsigned char digest[SIGN_SHA256_BYTES];

    if (payload_at(o, "identifier") == NULL)
        return 0;
    if (w->identity_secret == NULL || identifier == NULL || hash == NULL)
        return -1;
    sign_hmac_sha256(span_of(w->identity_secret), span_of(identifier), digest);
    if (!sign_is_equal(span_of(hash),
                       span_of(sign_hex(a, (struct span){ (const char *)digest, sizeof(digest) }))))
        return -1;
    webchat_visitor_name(span_of(w->secret[0]), c->ch->name, identifier,
                         c->ch->host->now(c->ch->host->ctx), &c->visitor);
    return 1;
}

static json_t *webchat_greeting(const struct conf *conf)
{
    json_t *o = json_object();
    size_t i;

    for (i = 0; i < conf_count(conf, "greeting"); i++)
        json_object_set_new(o, conf_name_at(conf, "greeting", i),
                            json_string(conf_text_at(conf, "greeting", i)));
    return o;
}

static int webchat_session(struct webchat_call *c)
{
    const struct webchat *w = c->ch->state;
    const struct channel_host *host = c->ch->host;
    struct error none;
    int64_t now = host->now(host->ctx);
    char stamp[TEXT_TIME];
    json_t *o = payload_read(c->req->body.len == 0 ? span_of("{}") : c->req->body, c->err);
    int named;

    if (o == NULL)
        return webchat_refuse(c, 400, c->err->text);
    named = webchat_identity(c, o);
    json_decref(o);
    if (named < 0)
        return webchat_refuse(c, 403, "identifier_hash: it is not that identifier's");
    if (named == 0 && webchat_visitor_read(c, &none) < 0)
        webchat_visitor_make(now, &c->visitor);
    c->visitor.issued_at = now;
    text_time(stamp, now + conf_int(c->ch->conf, "session_for"));
    return webchat_answer(c, 200,
                          json_pack("{s:s, s:s, s:s, s:s?, s:o}", "token",
                                    webchat_token_make(c->res->arena, span_of(w->secret[0]),
                                                       c->ch->name, &c->visitor),
                                    "visitor", c->visitor.id, "expires_at", stamp, "title",
                                    conf_text(c->ch->conf, "title"), "greeting",
                                    webchat_greeting(c->ch->conf)));
}

/* --- messages
 * -------------------------------------------------------------------------------------------- */

struct webchat_delivery {
    struct channel *ch;
    char conversation[2 * WEBCHAT_VISITOR_BYTES + 1];
};

/* The visitor's other windows want it as well. */
static void webchat_on_stored(void *arg, int rc)
{
    struct webchat_delivery *d = arg;

    if (rc == 0)
        webchat_heard(d->ch, d->conversation);
    free(d);
}

static bool webchat_is_client_id(const char *id)
{
    size_t len = id == NULL ? 0 : strlen(id);

    return len >= WEBCHAT_CLIENT_ID_MIN && len <= WEBCHAT_CLIENT_ID_MAX &&
           strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == len;
}

static const char *webchat_language(struct arena *a, const json_t *o)
{
    const char *language = payload_line(a, o, "language", WEBCHAT_LANGUAGE_MAX);

    return language == NULL || strspn(language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU"
                                                "VWXYZ0123456789-") != strlen(language)
               ? NULL
               : language;
}

/* NULL: it reads, `in` is filled in; else what is wrong. */
static const char *webchat_read(const struct webchat_visitor *visitor, const json_t *o,
                                struct inbound *in)
{
    struct arena *a = in->arena;
    const char *id = payload_id(a, o, "id");
    const json_t *text = payload_at(o, "text");

    if (!webchat_is_client_id(id))
        return "id: expected 8 to 64 letters, digits, - or _";
    if (!json_is_string(text) || span_trim(span_of(json_string_value(text))).len == 0)
        return "text: expected words";
    if (json_string_length(text) > WEBCHAT_TEXT_MAX)
        return "text: expected at most 16 KiB";
    in->external_id = arena_printf(a, "%s.%s", visitor->id, id);
    in->conversation = arena_strdup(a, visitor->id);
    in->sender.kind = visitor->email[0] == '\0' ? "webchat" : "email";
    in->sender.value = arena_strdup(a, visitor->email[0] == '\0' ? visitor->id : visitor->email);
    in->sender.name = payload_line(a, o, "name", INBOUND_NAME_MAX);
    in->sender_proven = true;
    in->language = webchat_language(a, o);
    in->text = in->reply_text = payload_text(a, o, "text", WEBCHAT_TEXT_MAX);
    return NULL;
}

static int webchat_limits(struct webchat_call *c)
{
    const struct webchat *w = c->ch->state;
    int64_t now = c->ch->host->now(c->ch->host->ctx);
    int wait = limit_take(w->by_visitor, span_of(c->visitor.id), now);

    if (wait == 0)
        wait = limit_take(w->by_address, span_of(c->req->remote), now);
    if (wait == 0)
        return 0;
    c->res->retry_after_s = wait;
    return webchat_refuse(c, 429, "that is too fast; please wait a moment");
}

static int webchat_message(struct webchat_call *c)
{
    struct webchat_delivery *d;
    struct inbound *in;
    const char *wrong;
    json_t *o;
    int status = webchat_limits(c);

    if (status != 0)
        return status;
    o = payload_read(c->req->body, c->err);
    if (o == NULL)
        return webchat_refuse(c, 400, c->err->text);
    in = channel_inbound(c->ch, c->req->body, "application/json");
    wrong = webchat_read(&c->visitor, o, in);
    json_decref(o);
    if (wrong != NULL) {
        inbound_free(in);
        return webchat_refuse(c, 400, wrong);
    }
    d = xcalloc(1, sizeof(*d));
    d->ch = c->ch;
    memcpy(d->conversation, c->visitor.id, sizeof(d->conversation));
    c->ch->host->deliver(c->ch->host->ctx, c->ch, in, webchat_on_stored, d);
    return webchat_answer(c, 200, json_pack("{s:s}", "status", "stored"));
}

/* --- events
 * ---------------------------------------------------------------------------------------------- */

/* 0: it knows nothing yet. */
static int64_t webchat_after(const struct webchat_call *c)
{
    const char *text = http_request_header(c->req, "Last-Event-ID");
    struct form query = { 0 };
    struct error none;

    if (text == NULL && c->req->query != NULL &&
        form_parse(c->res->arena, span_of(c->req->query), &query, &none) == 0)
        text = form_value(&query, "after");
    if (text == NULL || strlen(text) > 17 || strspn(text, "0123456789") != strlen(text))
        return 0;
    return strtoll(text, NULL, 10);
}

static int webchat_events(struct webchat_call *c)
{
    const struct webchat *w = c->ch->state;

    if (webchat_stream_open(w->streams, c->req, c->visitor.id, webchat_after(c)) == 0)
        return 200;
    c->res->retry_after_s = WEBCHAT_TICK_MS / 1000;
    return webchat_refuse(c, 429, "too many windows are open");
}

/* --- calls
 * -----------------------------------------------------------------------------------------------
 */

static const struct webchat_route {
    const char *method, *path;
    bool of_page,
        of_visitor; /* of_page: for the eyes, whoever shows it; of_visitor: with a token */
    int (*answer)(struct webchat_call *c);
} webchat_routes[] = {
    { "GET", "", true, false, webchat_to_slash },
    { "GET", "/", true, false, webchat_file },
    { "GET", "/chat.css", true, false, webchat_file },
    { "GET", "/chat.js", true, false, webchat_file },
    { "POST", "/session", false, false, webchat_session },
    { "POST", "/messages", false, true, webchat_message },
    { "GET", "/events", false, true, webchat_events },
};

static const struct webchat_route *webchat_route(const char *path)
{
    size_t i;

    for (i = 0; i < sizeof(webchat_routes) / sizeof(webchat_routes[0]); i++)
        if (strcmp(webchat_routes[i].path, path) == 0)
            return &webchat_routes[i];
    return NULL;
}

static int webchat_take(struct channel *ch, const struct http_request *req,
                        struct http_response *res, struct error *err)
{
    const struct webchat_route *route = webchat_route(req->path);
    struct webchat_call c = { .ch = ch, .req = req, .res = res, .err = err };
    struct error why;
    int status;

    c.headers = arena_array(res->arena, WEBCHAT_HEADERS_MAX, sizeof(*c.headers));
    res->headers = c.headers;
    if (route == NULL)
        return webchat_refuse(&c, 404, "there is nothing here");
    if (!route->of_page && (status = webchat_origin(&c)) != 0)
        return status;
    if (!route->of_page && strcmp(req->method, "OPTIONS") == 0)
        return webchat_preflight(&c);
    if (strcmp(req->method, route->method) != 0 &&
        !(route->of_page && strcmp(req->method, "HEAD") == 0))
        return webchat_refuse(&c, 405, route->method[0] == 'G' ? "expected GET" : "expected POST");
    if (req->body.len > WEBCHAT_BODY_MAX)
        return webchat_refuse(&c, 413, "body over 64 KiB");
    if (route->of_visitor && webchat_visitor_read(&c, &why) < 0)
        return webchat_refuse(&c, 401, why.text);
    return route->answer(&c);
}

/* --- out
 * ---------------------------------------------------------------------------------------------------
 */

/* The visitor reads it from history, when he comes; this only says that it is there to be read. */
static void webchat_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                         void *arg)
{
    (void)ch;
    if (out->conversation == NULL)
        done(arg,
             &(struct sent){ .outcome = SENT_REFUSED, .words = "there is no talk to say it in" });
    else
        done(arg, &(struct sent){ .outcome = SENT_OK, .words = "to be read in the chat" });
}

static void webchat_heard(struct channel *ch, const char *conversation)
{
    webchat_streams_heard(((struct webchat *)ch->state)->streams, conversation);
}
