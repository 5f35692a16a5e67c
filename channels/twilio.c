/* Twilio: SMS and WhatsApp. Signed forms come in, messages leave by the REST API. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/channel.h"
#include "channels/form.h"
#include "channels/link.h"
#include "channels/payload.h"
#include "channels/sign.h"
#include "channels/split.h"
#include "channels/twilio_sign.h"
#include "core/arena.h"
#include "core/conf.h"

enum {
    TWILIO_UNITS_MAX = 1600, /* of one message; above: error 21617 */
    TWILIO_PARTS_MAX = 10,
    TWILIO_MEDIA_MAX = 10,
    TWILIO_ANSWER_MAX = 64 * 1024,
    TWILIO_SEND_MS = 20000,
    TWILIO_WRAPPED_MIN = 160, /* carriers that wrap a text in base64 do it with long ones */
};

struct twilio {
    char *token;
};

static int twilio_open(struct channel *ch, struct error *err);
static void twilio_close(struct channel *ch);
static int twilio_webhook(struct channel *ch, const struct http_request *req,
                          struct http_response *res, struct error *err);
static void twilio_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                        void *arg);
static void twilio_fetch(struct channel *ch, const char *url, size_t max, channel_fetched_fn *done,
                         void *arg);

static const struct conf_key twilio_keys[] = {
    { .name = "account",
      .type = CONF_TEXT,
      .required = true,
      .doc = "The account's SID.",
      .example = "AC00000000000000000000000000000001" },
    { .name = "token",
      .type = CONF_SECRET,
      .required = true,
      .doc = "The account's primary auth token: it signs Twilio's calls and lets us send.",
      .example = "{file: /etc/relevo/twilio-token}" },
    { .name = "number",
      .type = CONF_TEXT,
      .doc = "The number that talks begin from; answers leave from the number that was written to.",
      .example = "'+15005550006'" },
    { .name = "messaging_service",
      .type = CONF_TEXT,
      .doc = "The SID of a messaging service that chooses the number, instead of `number`." },
    { .name = "api_base",
      .type = CONF_TEXT,
      .fallback = "https://api.twilio.com",
      .doc = "Where the REST API is." },
    { .name = NULL },
};

extern const struct channel_ops channel_twilio;
const struct channel_ops channel_twilio = {
    .kind = "twilio",
    .title = "Twilio SMS and WhatsApp",
    .address_kind = "tel",
    .keys = twilio_keys,
    .open = twilio_open,
    .close = twilio_close,
    .webhook = twilio_webhook,
    .send = twilio_send,
    .fetch = twilio_fetch,
};

static int twilio_open(struct channel *ch, struct error *err)
{
    struct twilio *t;
    char *token = NULL;

    if (ch->host->secret(ch->host->ctx, ch, "token", &token, err) < 0)
        return -1;
    if (token == NULL)
        return error_set(err, ERROR_CONFIG, "%s: token is missing: no call could be verified",
                         ch->name);
    t = xcalloc(1, sizeof(*t));
    t->token = token;
    ch->state = t;
    return 0;
}

static void twilio_close(struct channel *ch)
{
    struct twilio *t = ch->state;

    if (t == NULL)
        return;
    sign_secret_free(t->token);
    free(t);
    ch->state = NULL;
}

/* --- in
 * -------------------------------------------------------------------------------------------- */

static const char *twilio_field(struct arena *a, const struct form *f, const char *name, size_t max)
{
    const char *v = form_value(f, name);

    return v == NULL ? NULL : text_clean_line(a, span_of(v), max);
}

/* "whatsapp:+34600111222" is a telephone number too; a sender that is a name ("MyBank") can be
 * told nothing. */
static void twilio_sender(struct inbound *in, const char *from, const char *name)
{
    const char *bare = strncmp(from, "whatsapp:", 9) == 0 ? from + 9 : from;
    const char *tel = inbound_tel(in->arena, span_of(bare));

    in->sender.kind = tel != NULL ? "tel" : "sms-name";
    in->sender.value =
        tel != NULL ? tel : text_clean_line(in->arena, span_of(bare), INBOUND_ADDRESS_MAX);
    in->sender.name = name == NULL || name[0] == '\0' ? NULL : name;
    in->sender_proven = tel != NULL;
    in->automatic = tel == NULL;
}

/* Some carriers hand a long text over as base64. */
static struct span twilio_unwrapped(struct arena *a, struct span body)
{
    struct span plain;

    if (body.len >= TWILIO_WRAPPED_MIN && body.len % 4 == 0 && sign_unbase64(a, body, &plain) &&
        text_is_utf8(plain))
        return plain;
    return body;
}

static const char *twilio_text(struct arena *a, const struct form *f)
{
    const char *body = form_value(f, "Body"), *latitude = form_value(f, "Latitude");
    const char *label = form_value(f, "Label"), *address = form_value(f, "Address");

    if (body != NULL && body[0] != '\0')
        return text_clean(a, twilio_unwrapped(a, span_of(body)), INBOUND_TEXT_MAX);
    if (latitude == NULL)
        return "";
    return text_clean_line(
        a,
        span_of(arena_printf(a, "%s %s (%s, %s)", label == NULL ? "" : label,
                             address == NULL ? "" : address, latitude,
                             form_value(f, "Longitude") == NULL ? "" : form_value(f, "Longitude"))),
        INBOUND_TEXT_MAX);
}

static void twilio_media(struct inbound *in, const struct form *f)
{
    const char *said = form_value(f, "NumMedia");
    long count = said == NULL ? 0 : strtol(said, NULL, 10), i;
    const char *url, *type;

    count = count > TWILIO_MEDIA_MAX ? TWILIO_MEDIA_MAX : count < 0 ? 0 : count;
    in->attachments = arena_array(in->arena, (size_t)count, sizeof(*in->attachments));
    for (i = 0; i < count; i++) {
        struct inbound_attachment *at = &in->attachments[in->attachment_count];

        url = twilio_field(in->arena, f, arena_printf(in->arena, "MediaUrl%ld", i), 4096);
        type = twilio_field(in->arena, f, arena_printf(in->arena, "MediaContentType%ld", i), 256);
        if (url == NULL)
            continue;
        at->url = url;
        at->content_type = type == NULL ? "application/octet-stream" : type;
        at->size = -1;
        in->attachment_count++;
    }
}

/* Twilio itself answers these words and stops our messages; we keep silent (channels: 22). */
static bool twilio_is_opt_out(const struct form *f, const char *text)
{
    static const char *const words[] = {
        "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"
    };
    size_t i;

    if (form_value(f, "OptOutType") != NULL)
        return true;
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

static struct inbound *twilio_message(struct channel *ch, const struct form *f, struct span raw)
{
    struct inbound *in = channel_inbound(ch, raw, "application/x-www-form-urlencoded");
    struct arena *a = in->arena;
    const char *from = form_value(f, "From"), *to = form_value(f, "To"), *sid;

    in->external_id = twilio_field(a, f, "MessageSid", INBOUND_ID_MAX);
    twilio_sender(in, from, twilio_field(a, f, "ProfileName", INBOUND_NAME_MAX));
    in->to = arena_array(a, 1, sizeof(*in->to));
    in->to_count = 1;
    in->to[0].kind = "tel";
    in->to[0].value = text_clean_line(a, span_of(to), INBOUND_ADDRESS_MAX);
    in->conversation = text_clean_line(a, span_of(arena_printf(a, "%s|%s", to, from)), 700);
    sid = twilio_field(a, f, "OriginalRepliedMessageSid", INBOUND_ID_MAX);
    in->reply_to_external_id = sid == NULL || sid[0] == '\0' ? NULL : sid;
    in->text = in->reply_text = twilio_text(a, f);
    twilio_media(in, f);
    if (twilio_is_opt_out(f, in->text)) {
        in->kind = INBOUND_IGNORED;
        in->reason = "an opt-out word, which Twilio answers itself";
    }
    return in;
}

static const struct twilio_state {
    const char *name;
    enum receipt_state state;
} twilio_states[] = {
    { "sent", RECEIPT_SENT },          { "delivered", RECEIPT_DELIVERED },
    { "read", RECEIPT_READ },          { "failed", RECEIPT_FAILED },
    { "undelivered", RECEIPT_FAILED }, { "canceled", RECEIPT_FAILED },
};

/* NULL: a state that says nothing new, such as "queued". */
static struct inbound *twilio_receipt(struct channel *ch, const struct form *f, struct span raw)
{
    const char *status = form_value(f, "MessageStatus"), *code = form_value(f, "ErrorCode");
    struct inbound *in;
    size_t i;

    for (i = 0; i < sizeof(twilio_states) / sizeof(twilio_states[0]); i++)
        if (strcmp(status, twilio_states[i].name) == 0)
            break;
    if (i == sizeof(twilio_states) / sizeof(twilio_states[0]))
        return NULL;
    in = channel_inbound(ch, raw, "application/x-www-form-urlencoded");
    in->kind = INBOUND_RECEIPT;
    twilio_sender(in, form_value(f, "To"), NULL);
    in->receipt.external_id = twilio_field(in->arena, f, "MessageSid", INBOUND_ID_MAX);
    in->receipt.state = twilio_states[i].state;
    in->receipt.detail = text_clean_line(
        in->arena,
        span_of(arena_printf(in->arena, "%s%s%s", status, code == NULL ? "" : ", error ",
                             code == NULL ? "" : code)),
        200);
    in->external_id =
        arena_printf(in->arena, "receipt:%s:%s", in->receipt.external_id, twilio_states[i].name);
    return in;
}

static void twilio_take(struct channel *ch, const struct form *f, struct span raw)
{
    const char *sid = form_value(f, "MessageSid"), *from = form_value(f, "From");
    const char *to = form_value(f, "To");
    struct inbound *in = NULL;

    if (sid == NULL || sid[0] == '\0' || from == NULL || from[0] == '\0' || to == NULL)
        return; /* a call, or an event of a kind we did not ask for */
    in = form_value(f, "MessageStatus") != NULL ? twilio_receipt(ch, f, raw)
                                                : twilio_message(ch, f, raw);
    if (in != NULL)
        ch->host->deliver(ch->host->ctx, ch, in, NULL, NULL);
}

static bool twilio_is_form(const struct http_request *req)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = http_request_header(req, "Content-Type");

    return strcmp(req->method, "POST") == 0 && type != NULL &&
           strncasecmp(type, form, sizeof(form) - 1) == 0;
}

static int twilio_webhook(struct channel *ch, const struct http_request *req,
                          struct http_response *res, struct error *err)
{
    struct twilio *t = ch->state;
    struct form fields = { 0 };
    bool form = twilio_is_form(req), get = strcmp(req->method, "GET") == 0;
    struct span raw = form ? req->body : span_of(req->query);

    if (!form && !get && strcmp(req->method, "POST") != 0) {
        error_set(err, ERROR_PERMANENT, "expected POST or GET");
        return 405;
    }
    if (http_request_header(req, "X-Twilio-Signature") == NULL) {
        error_set(err, ERROR_PERMANENT, "there is no X-Twilio-Signature");
        return 401;
    }
    if ((form || get) && form_parse(res->arena, raw, &fields, err) < 0)
        return 401; /* what was signed cannot be known */
    if (!twilio_sign_is_good(res->arena, span_of(t->token), req, form ? &fields : NULL)) {
        error_set(err, ERROR_PERMANENT, "the signature does not fit");
        return 401;
    }
    twilio_take(ch, &fields, raw);
    res->content_type = "text/xml";
    res->body = "<Response/>"; /* says nothing: a <Message> in it would be an SMS */
    return 200;
}

/* Media lie behind the account's own password, and from there in a storage that wants none. */
static void twilio_fetch(struct channel *ch, const char *url, size_t max, channel_fetched_fn *done,
                         void *arg)
{
    const struct twilio *t = ch->state;
    const char *base = conf_text(ch->conf, "api_base");
    size_t len = strlen(base);
    bool ours = strncmp(url, base, len) == 0 && url[len] == '/';

    link_fetch(ch,
               &(struct link){ .url = url,
                               .to_configured = ours,
                               .user = ours ? conf_text(ch->conf, "account") : NULL,
                               .password = ours ? t->token : NULL },
               max, done, arg);
}

/* --- out
 * ------------------------------------------------------------------------------------------- */

/* One delivery on its way, part by part. */
struct twilio_sending {
    struct channel *ch;
    struct arena *a;
    const char *from; /* NULL: by the messaging service */
    const char *to;
    struct span rest;
    int parts;
    const char *first_sid;
    channel_sent_fn *done;
    void *arg;
};

static void twilio_send_part(struct twilio_sending *s);

static void twilio_end(struct twilio_sending *s, const struct sent *sent)
{
    s->done(s->arg, sent);
    arena_free(s->a);
}

/* What Twilio's own code says about who must do something; else the HTTP status decides. */
static enum sent_outcome twilio_outcome(int status, int64_t code)
{
    static const struct {
        int64_t code;
        enum sent_outcome outcome;
    } codes[] = {
        { 20003, SENT_CONFIG },  { 21606, SENT_CONFIG },  { 21408, SENT_CONFIG },
        { 30034, SENT_CONFIG },  { 20429, SENT_RETRY },   { 63018, SENT_RETRY },
        { 30001, SENT_RETRY },   { 21610, SENT_REFUSED }, { 21211, SENT_REFUSED },
        { 21614, SENT_REFUSED }, { 21617, SENT_REFUSED }, { 63016, SENT_REFUSED },
        { 63024, SENT_REFUSED },
    };
    size_t i;

    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].code == code)
            return codes[i].outcome;
    return channel_outcome(status);
}

static void twilio_refused(struct twilio_sending *s, int status, const json_t *o,
                           int64_t retry_after_s)
{
    const char *message = payload_line(s->a, o, "message", 160);
    int64_t code = payload_int(o, "code");
    struct sent sent = { .outcome = twilio_outcome(status, code), .retry_after_s = retry_after_s };

    sent.words = arena_printf(s->a, "HTTP %d, error %ld: %s", status, (long)code,
                              message == NULL ? "" : message);
    twilio_end(s, &sent);
}

/* Only who was given an id knows that Twilio has it: a proxy's page is a 200 too. */
static bool twilio_took_part(struct twilio_sending *s, const json_t *o)
{
    const char *sid = payload_id(s->a, o, "sid");

    if (s->first_sid == NULL)
        s->first_sid = sid;
    return sid != NULL;
}

static void twilio_answered(void *arg, int status, const struct http_header *headers,
                            size_t header_count, struct span body, const struct error *err)
{
    struct twilio_sending *s = arg;
    struct error wrong;
    json_t *o;

    if (status == 0) {
        twilio_end(s, &(struct sent){ .outcome = SENT_RETRY, .words = err->text });
        return;
    }
    o = payload_read(body, &wrong);
    if (status < 200 || status >= 300) {
        twilio_refused(s, status, o, channel_retry_after(headers, header_count));
    } else if (!twilio_took_part(s, o)) {
        twilio_end(s, &(struct sent){ .outcome = SENT_RETRY,
                                      .words = arena_printf(s->a,
                                                            "HTTP %d, but without a sid: "
                                                            "that was not Twilio",
                                                            status) });
    } else if (s->rest.len > 0 && s->parts < TWILIO_PARTS_MAX) {
        twilio_send_part(s);
    } else {
        twilio_end(s, &(struct sent){
                          .outcome = SENT_OK, .external_id = s->first_sid, .words = "accepted" });
    }
    json_decref(o);
}

static char *twilio_form(struct twilio_sending *s, struct span part)
{
    const char *service = conf_text(s->ch->conf, "messaging_service");
    struct text_buffer b = { 0 };

    form_add(&b, "To", s->to);
    if (s->from != NULL)
        form_add(&b, "From", s->from);
    else
        form_add(&b, "MessagingServiceSid", service);
    form_add(&b, "Body", arena_strndup(s->a, part.ptr, part.len));
    if (s->ch->public_url != NULL)
        form_add(&b, "StatusCallback",
                 arena_printf(s->a, "%s/hook/%s/status", s->ch->public_url, s->ch->name));
    return text_buffer_take(&b);
}

static void twilio_send_part(struct twilio_sending *s)
{
    static const struct http_header headers[] = {
        { "Content-Type", "application/x-www-form-urlencoded" },
        { "Accept", "application/json" },
    };
    struct twilio *t = s->ch->state;
    const char *account = conf_text(s->ch->conf, "account");
    struct span part = { s->rest.ptr, split_next(s->rest, TWILIO_UNITS_MAX) };
    char *form = twilio_form(s, span_trim(part));
    struct http_call call = {
        .method = "POST",
        .url = arena_printf(s->a, "%s/2010-04-01/Accounts/%s/Messages.json",
                            conf_text(s->ch->conf, "api_base"), account),
        .headers = headers,
        .header_count = 2,
        .user = account,
        .password = t->token,
        .body = span_of(form),
        .answer_max = TWILIO_ANSWER_MAX,
        .timeout_ms = TWILIO_SEND_MS,
        .to_configured = true,
        .done = twilio_answered,
        .arg = s,
    };

    s->rest = span_trim((struct span){ s->rest.ptr + part.len, s->rest.len - part.len });
    s->parts++;
    s->ch->host->http_send(s->ch->host->ctx, &call);
    free(form);
}

/* The talk knows which of our numbers was written to, and whether it is WhatsApp. */
static void twilio_ends(struct twilio_sending *s, const struct outbound *out)
{
    const char *bar = out->conversation == NULL ? NULL : strchr(out->conversation, '|');

    if (bar != NULL) {
        s->from = arena_strndup(s->a, out->conversation, (size_t)(bar - out->conversation));
        s->to = arena_strdup(s->a, bar + 1);
        return;
    }
    s->from = arena_strdup(s->a, conf_text(s->ch->conf, "number"));
    s->to = arena_strdup(s->a, out->to);
}

static void twilio_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                        void *arg)
{
    struct arena *a = arena_new();
    struct twilio_sending *s = arena_alloc(a, sizeof(*s));

    s->ch = ch;
    s->a = a;
    s->done = done;
    s->arg = arg;
    s->rest = span_trim(span_of(arena_strdup(a, out->text)));
    twilio_ends(s, out);
    if (s->rest.len == 0)
        twilio_end(s, &(struct sent){ .outcome = SENT_REFUSED, .words = "there is no text" });
    else if (s->from == NULL && conf_text(ch->conf, "messaging_service") == NULL)
        twilio_end(s, &(struct sent){ .outcome = SENT_CONFIG,
                                      .words = "neither number nor messaging_service is set" });
    else
        twilio_send_part(s);
}
