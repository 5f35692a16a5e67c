#include "channels/webhook_post.h"

#include <inttypes.h>

#include "channels/sign.h"
#include "channels/webhook_sign.h"
#include "core/arena.h"

enum {
    POST_ANSWER_MAX = 64 * 1024,
    POST_MS = 20000,
};

struct webhook_posting {
    struct arena *a;
    const char *id;
    channel_sent_fn *done;
    void *arg;
};

int webhook_post_key(struct channel *ch, const char *name, struct webhook_key *key,
                     struct error *err)
{
    char *text = NULL;
    int rc;

    if (ch->host->secret(ch->host->ctx, ch, name, &text, err) < 0)
        return -1;
    if (text == NULL)
        return 0;
    rc = webhook_key_read(span_of(text), key, err);
    sign_secret_free(text);
    return rc < 0 ? error_wrap(err, "%s: %s", ch->name, name) : 1;
}

const char *webhook_post_id(struct arena *a, const char *step_key)
{
    unsigned char digest[SIGN_SHA256_BYTES];

    sign_sha256(span_of(step_key), digest);
    return arena_printf(a, "msg_%s", sign_hex(a, (struct span){ (const char *)digest, 16 }));
}

static void webhook_posted(void *arg, int status, const struct http_header *headers,
                           size_t header_count, struct span body, const struct error *err)
{
    struct webhook_posting *p = arg;
    struct sent sent = { .outcome = SENT_RETRY };

    (void)body;
    if (status == 0) {
        sent.words = err->text;
    } else {
        sent.outcome = channel_outcome(status);
        sent.words = arena_printf(p->a, "HTTP %d", status);
        sent.retry_after_s = channel_retry_after(headers, header_count);
        sent.external_id = sent.outcome == SENT_OK ? p->id : NULL;
    }
    p->done(p->arg, &sent);
    arena_free(p->a);
}

void webhook_post(struct channel *ch, const char *url, const struct webhook_key *key,
                  const char *step_key, struct span body, channel_sent_fn *done, void *arg)
{
    int64_t now = ch->host->now(ch->host->ctx);
    struct arena *a = arena_new();
    struct webhook_posting *p = arena_alloc(a, sizeof(*p));
    const char *id = webhook_post_id(a, step_key);
    const struct http_header headers[] = {
        { "Content-Type", "application/json" },
        { "webhook-id", id },
        { "webhook-timestamp", arena_printf(a, "%" PRId64, now) },
        { "webhook-signature", webhook_sign_make(a, key, id, now, body) },
    };
    const struct http_call call = {
        .method = "POST",
        .url = url,
        .headers = headers,
        .header_count = sizeof(headers) / sizeof(headers[0]),
        .body = body,
        .answer_max = POST_ANSWER_MAX,
        .timeout_ms = POST_MS,
        .to_configured = true,
        .done = webhook_posted,
        .arg = p,
    };

    *p = (struct webhook_posting){ a, id, done, arg };
    ch->host->http_send(ch->host->ctx, &call);
}
