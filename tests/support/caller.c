#include "tests/support/caller.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "channels/form.h"
#include "channels/sign.h"
#include "channels/webchat_token.h"
#include "channels/webhook_sign.h"
#include "core/arena.h"

static const char caller_url[] = "https://support.example.com/hook/test";

static int caller_by_name(const void *a, const void *b)
{
    return strcmp(((const struct form_field *)a)->name.ptr,
                  ((const struct form_field *)b)->name.ptr);
}

int caller_twilio(struct fake_host *h, const char *token, struct span body)
{
    const char *headers[] = { "Content-Type", "application/x-www-form-urlencoded",
                              "X-Twilio-Signature", NULL, NULL };
    unsigned char mac[SIGN_SHA1_BYTES];
    struct arena *a = arena_new();
    struct text_buffer b = { 0 };
    struct error err;
    struct form f;
    size_t i;
    int status;

    text_buffer_puts(&b, caller_url);
    if (form_parse(a, body, &f, &err) == 0) {
        qsort(f.fields, f.count, sizeof(*f.fields), caller_by_name); /* no name is there twice */
        for (i = 0; i < f.count; i++) {
            text_buffer_add(&b, f.fields[i].name.ptr, f.fields[i].name.len);
            text_buffer_add(&b, f.fields[i].value.ptr, f.fields[i].value.len);
        }
    }
    sign_hmac_sha1(span_of(token), (struct span){ b.ptr, b.len }, mac);
    headers[3] = sign_base64(a, (struct span){ (const char *)mac, sizeof(mac) });
    status = fake_host_call(h, "POST", caller_url, "", body, headers);
    text_buffer_clear(&b);
    arena_free(a);
    return status;
}

int caller_telegram(struct fake_host *h, const char *secret, struct span body)
{
    const char *const headers[] = { "X-Telegram-Bot-Api-Secret-Token", secret, NULL };

    return fake_host_call(h, "POST", caller_url, "", body, headers);
}

int caller_webhook(struct fake_host *h, const char *secret, struct span body, int64_t at)
{
    const char *headers[] = { "webhook-id", "msg_1", "webhook-timestamp", NULL, "webhook-signature",
                              NULL,         NULL };
    struct arena *a = arena_new();
    struct webhook_key key;
    struct error err;
    int status;

    if (webhook_key_read(span_of(secret), &key, &err) < 0)
        abort();
    headers[3] = arena_printf(a, "%" PRId64, at);
    headers[5] = webhook_sign_make(a, &key, "msg_1", at, body);
    status = fake_host_call(h, "POST", caller_url, "", body, headers);
    webhook_key_wipe(&key);
    arena_free(a);
    return status;
}

int caller_webchat(struct fake_host *h, const char *secret, struct span body)
{
    struct webchat_visitor visitor = { .id = "00112233445566778899aabbccddeeff",
                                       .issued_at = h->now };
    const char *headers[] = { "Authorization", NULL, NULL };
    struct arena *a = arena_new();
    int status;

    headers[1] = arena_printf(a, "Bearer %s",
                              webchat_token_make(a, span_of(secret), h->channel.name, &visitor));
    status = fake_host_call(h, "POST", "https://support.example.com/chat/test/messages",
                            "/messages", body, headers);
    arena_free(a);
    return status;
}
