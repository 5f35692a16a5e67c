#include "channels/webchat_token.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sign.h"
#include "core/arena.h"

enum { WEBCHAT_TOKEN_MAX = 1024, WEBCHAT_TOKEN_MAC = 43, WEBCHAT_EARLY_S = 300 };

static void webchat_id(struct arena *a, const unsigned char *bytes, struct webchat_visitor *out)
{
    const char *hex = sign_hex(a, (struct span){ (const char *)bytes, WEBCHAT_VISITOR_BYTES });

    memcpy(out->id, hex, sizeof(out->id));
}

void webchat_visitor_make(int64_t now, struct webchat_visitor *out)
{
    unsigned char bytes[WEBCHAT_VISITOR_BYTES];
    struct arena *a = arena_new();

    *out = (struct webchat_visitor){ .issued_at = now };
    sign_random(bytes, sizeof(bytes));
    webchat_id(a, bytes, out);
    arena_free(a);
}

void webchat_visitor_name(struct span key, const char *channel, const char *identifier, int64_t now,
                          struct webchat_visitor *out)
{
    unsigned char digest[SIGN_SHA256_BYTES];
    struct arena *a = arena_new();
    const char *email = inbound_email(a, span_of(identifier));
    const char *text = arena_printf(a, "relevo chat visitor 1\n%s\n%s", channel,
                                    email == NULL ? identifier : email);

    *out = (struct webchat_visitor){ .issued_at = now };
    sign_hmac_sha256(key, span_of(text), digest);
    webchat_id(a, digest, out);
    snprintf(out->email, sizeof(out->email), "%s", email == NULL ? "" : email);
    arena_free(a);
}

/* RFC 4648 5, without padding: it is put in headers. */
static char *webchat_base64(struct arena *a, struct span bytes)
{
    char *text = sign_base64(a, bytes), *at;

    for (at = text; *at != '\0' && *at != '='; at++)
        *at = (char)(*at == '+' ? '-' : *at == '/' ? '_' : *at);
    *at = '\0';
    return text;
}

static bool webchat_unbase64(struct arena *a, struct span text, struct span *out)
{
    char *plain = arena_strndup(a, text.ptr, text.len), *at;

    for (at = plain; *at != '\0'; at++)
        *at = (char)(*at == '-' ? '+' : *at == '_' ? '/' : *at);
    return sign_unbase64(a, (struct span){ plain, text.len }, out);
}

static char *webchat_mac(struct arena *a, struct span key, const char *channel, const char *body)
{
    unsigned char digest[SIGN_SHA256_BYTES];
    const char *text = arena_printf(a, "relevo chat token 1\n%s\n%s", channel, body);

    sign_hmac_sha256(key, span_of(text), digest);
    return webchat_base64(a, (struct span){ (const char *)digest, sizeof(digest) });
}

char *webchat_token_make(struct arena *a, struct span key, const char *channel,
                         const struct webchat_visitor *visitor)
{
    const char *body = arena_printf(a, "%s.%" PRId64 ".%s", visitor->id, visitor->issued_at,
                                    webchat_base64(a, span_of(visitor->email)));

    return arena_printf(a, "%s.%s", body, webchat_mac(a, key, channel, body));
}

/* What was signed is in the form in which webchat_token_make() writes it. */
static void webchat_token_take(struct arena *a, const char *body, struct webchat_visitor *out)
{
    const char *issued = strchr(body, '.') + 1, *email = strchr(issued, '.') + 1;
    struct span plain = { "", 0 };

    *out = (struct webchat_visitor){ .issued_at = strtoll(issued, NULL, 10) };
    memcpy(out->id, body, sizeof(out->id) - 1);
    webchat_unbase64(a, span_of(email), &plain);
    snprintf(out->email, sizeof(out->email), "%.*s", (int)plain.len, plain.ptr);
}

int webchat_token_read(struct arena *a, struct span key, const char *channel, struct span token,
                       int64_t now, int64_t max_age_s, struct webchat_visitor *out,
                       struct error *err)
{
    struct webchat_visitor found;
    size_t body_len = token.len - WEBCHAT_TOKEN_MAC - 1;
    char *body;

    if (token.len <= WEBCHAT_TOKEN_MAC + 1 || token.len > WEBCHAT_TOKEN_MAX ||
        token.ptr[body_len] != '.')
        return error_set(err, ERROR_PERMANENT, "this is no token of a session");
    body = arena_strndup(a, token.ptr, body_len);
    if (!sign_is_equal(span_of(webchat_mac(a, key, channel, body)),
                       (struct span){ token.ptr + body_len + 1, WEBCHAT_TOKEN_MAC }))
        return error_set(err, ERROR_PERMANENT, "this is no token of a session");
    webchat_token_take(a, body, &found);
    if (found.issued_at > now + WEBCHAT_EARLY_S || now - found.issued_at > max_age_s)
        return error_set(err, ERROR_PERMANENT, "the session has expired");
    *out = found;
    return 0;
}
