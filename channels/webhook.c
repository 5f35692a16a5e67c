/* Standard Webhooks: signed JSON from whatever has no adapter, and answers to it the same way. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "channels/channel.h"
#include "channels/payload.h"
#include "channels/webhook_post.h"
#include "channels/webhook_sign.h"
#include "core/arena.h"
#include "core/conf.h"

enum {
    WEBHOOK_FILES_MAX = 100,
};

struct webhook {
    struct webhook_key keys[2]; /* either may have signed a call of theirs */
    size_t key_count;
    struct webhook_key send_key;
    bool can_sign;
};

static int webhook_open(struct channel *ch, struct error *err);
static void webhook_close(struct channel *ch);
static int webhook_call(struct channel *ch, const struct http_request *req,
                        struct http_response *res, struct error *err);
static void webhook_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                         void *arg);

static const struct conf_key webhook_keys[] = {
    { .name = "secret",
      .type = CONF_SECRET,
      .required = true,
      .doc = "The secret whsec_… that calls to /hook/CHANNEL are signed with (v1), or the public "
             "key whpk_… of who signs them (v1a).",
      .example = "{file: /etc/relevo/shop-secret}" },
    { .name = "secret_before",
      .type = CONF_SECRET,
      .doc = "The former secret or key, valid as well while it is being changed." },
    { .name = "send_url",
      .type = CONF_TEXT,
      .doc = "Where answers and notices are posted; absent: this channel is only listened to.",
      .example = "https://shop.example.org/relevo" },
    { .name = "send_secret",
      .type = CONF_SECRET,
      .doc = "The secret whsec_… that our own calls are signed with; absent: `secret`." },
    { .name = NULL },
};

extern const struct channel_ops channel_webhook;
const struct channel_ops channel_webhook = {
    .kind = "webhook",
    .title = "Standard Webhooks",
    .address_kind = "webhook",
    .keys = webhook_keys,
    .open = webhook_open,
    .close = webhook_close,
    .webhook = webhook_call,
    .send = webhook_send,
};

static int webhook_open(struct channel *ch, struct error *err)
{
    struct webhook *w = xcalloc(1, sizeof(*w));
    int first, before, own;

    ch->state = w;
    first = webhook_post_key(ch, "secret", &w->keys[0], err);
    if (first == 0)
        error_set(err, ERROR_CONFIG, "%s: secret is missing: no call could be verified", ch->name);
    if (first <= 0)
        goto out;
    before = webhook_post_key(ch, "secret_before", &w->keys[1], err);
    if (before < 0)
        goto out;
    w->key_count = 1 + (size_t)before;
    own = webhook_post_key(ch, "send_secret", &w->send_key, err);
    if (own < 0)
        goto out;
    if (own == 0)
        w->send_key = w->keys[0];
    w->can_sign = !w->send_key.is_public;
    if (conf_text(ch->conf, "send_url") != NULL && !w->can_sign) {
        error_set(err, ERROR_CONFIG, "%s: send_secret is missing: a public key signs nothing",
                  ch->name);
        goto out;
    }
    return 0;
out:
    webhook_close(ch);
    return -1;
}

static void webhook_close(struct channel *ch)
{
    struct webhook *w = ch->state;

    if (w == NULL)
        return;
    webhook_key_wipe(&w->keys[0]);
    webhook_key_wipe(&w->keys[1]);
    webhook_key_wipe(&w->send_key);
    free(w);
    ch->state = NULL;
}

/* --- in
 * -------------------------------------------------------------------------------------------- */

/* By the other system's own id; else by an e-mail address or a number that it vouches for. */
static bool webhook_sender(struct inbound *in, const json_t *sender)
{
    struct arena *a = in->arena;
    const char *id = payload_id(a, sender, "id");
    const char *email = payload_line(a, sender, "email", INBOUND_ADDRESS_MAX);
    const char *phone = payload_line(a, sender, "phone", 40);

    in->sender.name = payload_line(a, sender, "display_name", INBOUND_NAME_MAX);
    in->sender_proven = true;
    if (id != NULL && strlen(id) <= INBOUND_ADDRESS_MAX) {
        in->sender.kind = "webhook";
        in->sender.value = id;
    } else if (email != NULL) {
        in->sender.kind = "email";
        in->sender.value = inbound_email(a, span_of(email));
    } else if (phone != NULL) {
        in->sender.kind = "tel";
        in->sender.value = inbound_tel(a, span_of(phone));
    }
    return in->sender.value != NULL;
}

static void webhook_attachments(struct inbound *in, const json_t *list)
{
    size_t n = json_array_size(list), i;

    n = n > WEBHOOK_FILES_MAX ? WEBHOOK_FILES_MAX : n;
    in->attachments = arena_array(in->arena, n, sizeof(*in->attachments));
    for (i = 0; i < n; i++) {
        const json_t *o = json_array_get(list, i);
        struct inbound_attachment *at = &in->attachments[in->attachment_count];
        const char *type = payload_line(in->arena, o, "content_type", 256);

        at->url = payload_line(in->arena, o, "url", 4096);
        if (at->url == NULL)
            continue;
        at->filename = payload_line(in->arena, o, "name", INBOUND_NAME_MAX);
        at->content_type = type == NULL ? "application/octet-stream" : type;
        at->size = json_is_integer(payload_at(o, "size")) ? payload_int(o, "size") : -1;
        in->attachment_count++;
    }
}

static int webhook_message(struct inbound *in, const json_t *data, struct error *err)
{
    struct arena *a = in->arena;
    const char *direction = payload_line(a, data, "direction", 20);

    in->external_id = payload_id(a, data, "id");
    if (in->external_id == NULL)
        return error_set(err, ERROR_PERMANENT, "data.id: expected a text");
    in->echo = direction != NULL && strcmp(direction, "outbound") == 0;
    if (in->kind == INBOUND_MESSAGE && !in->echo && !webhook_sender(in, payload_at(data, "sender")))
        return error_set(err, ERROR_PERMANENT,
                         "data.sender: expected id, email or phone of who wrote");
    if (in->sender.value == NULL) {
        in->sender.kind = "webhook";
        in->sender.value = "unknown";
    }
    in->conversation = payload_id(a, data, "conversation_id");
    in->reply_to_external_id = payload_id(a, data, "in_reply_to");
    in->subject = payload_line(a, data, "subject", INBOUND_SUBJECT_MAX);
    if (in->subject == NULL)
        in->subject = "";
    in->text = payload_text(a, data, "text", INBOUND_TEXT_MAX);
    if (in->text == NULL)
        return error_set(err, ERROR_PERMANENT, "data.text: expected a text");
    in->reply_text = in->text;
    in->html = payload_text(a, data, "html", INBOUND_TEXT_MAX);
    in->sent_at =
        payload_plausible(payload_time(payload_line(a, data, "sent_at", 40)), in->received_at);
    webhook_attachments(in, payload_at(data, "attachments"));
    return 0;
}

/* What type says; a type that we do not know is somebody's business, but not ours. */
static int webhook_read(struct inbound *in, const json_t *o, const char *webhook_id,
                        struct error *err)
{
    const char *type = payload_line(in->arena, o, "type", 100);
    const json_t *data = payload_at(o, "data");

    if (type != NULL && strcmp(type, "message.created") == 0)
        return webhook_message(in, data, err);
    if (type != NULL && strcmp(type, "message.updated") == 0) {
        in->kind = INBOUND_EDIT;
        return webhook_message(in, data, err);
    }
    in->kind = INBOUND_IGNORED;
    in->reason = "an event of another type";
    in->external_id = arena_printf(
        in->arena, "event:%s", text_clean_line(in->arena, span_of(webhook_id), INBOUND_ID_MAX / 2));
    in->sender.kind = "webhook";
    in->sender.value = "unknown";
    return 0;
}

static int webhook_call(struct channel *ch, const struct http_request *req,
                        struct http_response *res, struct error *err)
{
    const struct webhook *w = ch->state;
    const char *id = http_request_header(req, "webhook-id");
    struct inbound *in;
    json_t *o;
    int rc;

    if (webhook_sign_check(res->arena, w->keys, w->key_count, req, ch->host->now(ch->host->ctx),
                           err) < 0)
        return 401;
    if (strcmp(req->method, "POST") != 0) {
        error_set(err, ERROR_PERMANENT, "expected POST");
        return 405;
    }
    o = payload_read(req->body, err);
    if (o == NULL)
        return 400;
    in = channel_inbound(ch, req->body, "application/json");
    in->received_at = inbound_received(payload_time(payload_line(in->arena, o, "timestamp", 40)),
                                       in->received_at);
    rc = webhook_read(in, o, id == NULL ? http_request_header(req, "svix-id") : id, err);
    json_decref(o);
    if (rc < 0) {
        inbound_free(in);
        return 400;
    }
    ch->host->deliver(ch->host->ctx, ch, in, NULL, NULL);
    return 200;
}

/* --- out
 * ------------------------------------------------------------------------------------------- */

static char *webhook_body(const struct outbound *out)
{
    struct arena *a = arena_new();
    char stamp[TEXT_TIME];
    json_t *o;
    char *text;

    o = json_pack("{s:s, s:s, s:{s:s, s:s?, s:s, s:b, s:{s:s?, s:s?}, s:s, s:s, s:s?}}", "type",
                  "message.created", "timestamp", text_time(stamp, out->owed_at), "data", "id",
                  webhook_post_id(a, out->step_key), "conversation_id", out->conversation,
                  "direction", "outbound", "automatic", (int)out->automatic, "recipient", "id",
                  out->to, "display_name", out->to_name, "subject",
                  out->subject == NULL ? "" : out->subject, "text", out->text, "in_reply_to",
                  out->reply_to_external_id);
    text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    arena_free(a);
    return text == NULL ? xstrdup("{}") : text;
}

static void webhook_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                         void *arg)
{
    const struct webhook *w = ch->state;
    const char *url = conf_text(ch->conf, "send_url");
    char *body;

    if (url == NULL) {
        done(arg, &(struct sent){ .outcome = SENT_CONFIG, .words = "send_url is not set" });
        return;
    }
    body = webhook_body(out);
    webhook_post(ch, url, &w->send_key, out->step_key, span_of(body), done, arg);
    free(body);
}
