#include "channels/webhook_sign.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "channels/channel.h"
#include "channels/sign.h"
#include "core/arena.h"

enum { SIGNATURES_MAX = 32 };

int webhook_key_read(struct span text, struct webhook_key *out, struct error *err)
{
    struct arena *a = arena_new();
    struct span bytes = { NULL, 0 };
    struct webhook_key key = { 0 };
    int rc = -1;

    key.is_public = text.len > 5 && memcmp(text.ptr, "whpk_", 5) == 0;
    if (key.is_public)
        text = (struct span){ text.ptr + 5, text.len - 5 };
    else if (text.len > 6 && memcmp(text.ptr, "whsec_", 6) == 0)
        text = (struct span){ text.ptr + 6, text.len - 6 };
    if (!sign_unbase64(a, text, &bytes))
        error_set(err, ERROR_CONFIG, "expected whsec_ or whpk_ and base64");
    else if (key.is_public && bytes.len != SIGN_ED25519_KEY)
        error_set(err, ERROR_CONFIG, "expected a public key of %d bytes", SIGN_ED25519_KEY);
    else if (bytes.len < WEBHOOK_KEY_MIN || bytes.len > WEBHOOK_KEY_MAX)
        error_set(err, ERROR_CONFIG, "expected a secret of %d to %d bytes", WEBHOOK_KEY_MIN,
                  WEBHOOK_KEY_MAX);
    else
        rc = 0;
    if (rc == 0) {
        memcpy(key.bytes, bytes.ptr, bytes.len);
        key.len = bytes.len;
        *out = key;
    }
    webhook_key_wipe(&key);
    if (bytes.len > 0)
        OPENSSL_cleanse((void *)(uintptr_t)bytes.ptr, bytes.len);
    arena_free(a);
    return rc;
}

void webhook_key_wipe(struct webhook_key *key)
{
    OPENSSL_cleanse(key, sizeof(*key));
}

static struct span sign_content(struct arena *a, const char *id, const char *timestamp,
                                struct span body)
{
    size_t head = strlen(id) + strlen(timestamp) + 2;
    char *content = arena_alloc(a, head + body.len + 1);

    memcpy(content, id, strlen(id));
    content[strlen(id)] = '.';
    memcpy(content + strlen(id) + 1, timestamp, strlen(timestamp));
    content[head - 1] = '.';
    if (body.len > 0)
        memcpy(content + head, body.ptr, body.len);
    return (struct span){ content, head + body.len };
}

static bool sign_fits(struct arena *a, const struct webhook_key *key, struct span content,
                      struct span said)
{
    const char *comma = memchr(said.ptr, ',', said.len);
    struct span version, text, bytes;
    unsigned char mac[SIGN_SHA256_BYTES];

    if (comma == NULL)
        return false;
    version = (struct span){ said.ptr, (size_t)(comma - said.ptr) };
    text = (struct span){ comma + 1, said.len - version.len - 1 };
    if (!span_is(version, key->is_public ? "v1a" : "v1") || !sign_unbase64(a, text, &bytes))
        return false;
    if (key->is_public)
        return sign_ed25519_is_by((struct span){ (const char *)key->bytes, key->len }, content,
                                  bytes);
    sign_hmac_sha256((struct span){ (const char *)key->bytes, key->len }, content, mac);
    return sign_is_equal((struct span){ (const char *)mac, sizeof(mac) }, bytes);
}

/* Svix, where the scheme comes from, says svix-id and so on. */
static const char *sign_header(const struct http_request *req, const char *name)
{
    char other[40] = "svix-";
    const char *v;

    strncat(other, name, sizeof(other) - 6);
    v = http_request_header(req, other);
    if (v == NULL) {
        memcpy(other, "webhook-", 9);
        strncat(other, name, sizeof(other) - 9);
        v = http_request_header(req, other);
    }
    return v;
}

int webhook_sign_check(struct arena *a, const struct webhook_key *keys, size_t count,
                       const struct http_request *req, int64_t now, struct error *err)
{
    const char *id = sign_header(req, "id"), *at = sign_header(req, "timestamp");
    const char *said = sign_header(req, "signature"), *p;
    struct span content;
    char *end;
    int64_t then;
    int tried = 0;
    size_t i, len;

    if (id == NULL || id[0] == '\0' || at == NULL || said == NULL)
        return error_set(err, ERROR_PERMANENT,
                         "webhook-id, webhook-timestamp or webhook-signature is missing");
    then = strtoll(at, &end, 10);
    if (end == at || *end != '\0' || at[0] < '0' || at[0] > '9')
        return error_set(err, ERROR_PERMANENT, "webhook-timestamp is no number");
    if (then > now + WEBHOOK_TOLERANCE_S || then < now - WEBHOOK_TOLERANCE_S)
        return error_set(err, ERROR_PERMANENT, "webhook-timestamp is over %d s off",
                         WEBHOOK_TOLERANCE_S);
    content = sign_content(a, id, at, req->body);
    for (p = said; *p != '\0' && tried < SIGNATURES_MAX; p += len + (p[len] == ' ')) {
        len = strcspn(p, " ");
        for (i = 0; len > 0 && i < count; i++)
            if (sign_fits(a, &keys[i], content, (struct span){ p, len }))
                return 0;
        tried++;
    }
    return error_set(err, ERROR_PERMANENT, "no signature fits");
}

const char *webhook_sign_make(struct arena *a, const struct webhook_key *key, const char *id,
                              int64_t timestamp, struct span body)
{
    const char *at = arena_printf(a, "%" PRId64, timestamp);
    struct span content = sign_content(a, id, at, body);
    unsigned char mac[SIGN_SHA256_BYTES];

    sign_hmac_sha256((struct span){ (const char *)key->bytes, key->len }, content, mac);
    return arena_printf(a, "v1,%s",
                        sign_base64(a, (struct span){ (const char *)mac, sizeof(mac) }));
}
