#include "channels/twilio_sign.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/channel.h"
#include "channels/form.h"
#include "channels/sign.h"
#include "core/arena.h"

static int span_order(struct span a, struct span b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int field_order(const void *left, const void *right)
{
    const struct form_field *a = left, *b = right;
    int order = span_order(a->name, b->name);

    return order != 0 ? order : span_order(a->value, b->value);
}

/* name + value of each distinct field, by name, then by value. */
static struct span sign_fields(struct arena *a, const struct form *form)
{
    struct form_field *sorted = arena_array(a, form->count, sizeof(*sorted));
    struct text_buffer b = { 0 };
    struct span out;
    size_t i;

    if (form->count > 0) {
        memcpy(sorted, form->fields, form->count * sizeof(*sorted));
        qsort(sorted, form->count, sizeof(*sorted), field_order);
    }
    for (i = 0; i < form->count; i++) {
        if (i > 0 && field_order(&sorted[i - 1], &sorted[i]) == 0)
            continue;
        text_buffer_add(&b, sorted[i].name.ptr, sorted[i].name.len);
        text_buffer_add(&b, sorted[i].value.ptr, sorted[i].value.len);
    }
    out = (struct span){ arena_strndup(a, b.len == 0 ? "" : b.ptr, b.len), b.len };
    text_buffer_clear(&b);
    return out;
}

/* The same URL without its port, or with the port that its scheme has. NULL: it is no URL. */
static const char *sign_other_port(struct arena *a, const char *url)
{
    bool https = strncasecmp(url, "https://", 8) == 0;
    const char *host, *end, *port, *at;

    if (!https && strncasecmp(url, "http://", 7) != 0)
        return NULL;
    host = url + (https ? 8 : 7);
    end = host + strcspn(host, "/?#");
    at = memrchr(host, '@', (size_t)(end - host));
    if (at != NULL)
        host = at + 1;
    port = memrchr(host, ':', (size_t)(end - host));
    if (port != NULL && memchr(port, ']', (size_t)(end - port)) == NULL)
        return arena_printf(a, "%.*s%s", (int)(port - url), url, end);
    return arena_printf(a, "%.*s:%s%s", (int)(end - url), url, https ? "443" : "80", end);
}

static const char *sign_apostrophes(struct arena *a, const char *url)
{
    struct text_buffer b = { 0 };
    char *out;

    if (strchr(url, '\'') == NULL)
        return NULL;
    for (; *url != '\0'; url++)
        text_buffer_add(&b, *url == '\'' ? "%27" : url, *url == '\'' ? 3 : 1);
    out = arena_strndup(a, b.ptr, b.len);
    text_buffer_clear(&b);
    return out;
}

static bool sign_fits(struct arena *a, struct span token, const char *url, struct span fields,
                      struct span said)
{
    unsigned char mac[SIGN_SHA1_BYTES];
    struct text_buffer b = { 0 };
    const char *want;

    text_buffer_puts(&b, url);
    text_buffer_add(&b, fields.ptr, fields.len);
    sign_hmac_sha1(token, (struct span){ b.ptr, b.len }, mac);
    text_buffer_clear(&b);
    want = sign_base64(a, (struct span){ (const char *)mac, sizeof(mac) });
    return sign_is_equal(span_of(want), said);
}

/* The body is the one that bodySHA256 of the URL names; false too where it names none. */
static bool sign_body_is_named(struct arena *a, const struct http_request *req)
{
    static const char key[] = "bodySHA256=";
    const char *query = strchr(req->url, '?'), *p;
    unsigned char digest[SIGN_SHA256_BYTES];

    for (p = query; p != NULL; p = strchr(p, '&'))
        if (strncmp(++p, key, sizeof(key) - 1) == 0) {
            p += sizeof(key) - 1;
            sign_sha256(req->body, digest);
            return sign_is_equal(
                span_of(sign_hex(a, (struct span){ (const char *)digest, sizeof(digest) })),
                (struct span){ p, strcspn(p, "&#") });
        }
    return false;
}

bool twilio_sign_is_good(struct arena *a, struct span token, const struct http_request *req,
                         const struct form *form)
{
    const char *said = http_request_header(req, "X-Twilio-Signature");
    const char *urls[4];
    struct span fields = { "", 0 };
    bool good = false;
    size_t i;

    if (said == NULL)
        return false;
    if (form != NULL)
        fields = sign_fields(a, form);
    else if (strcmp(req->method, "GET") != 0 && !sign_body_is_named(a, req))
        return false;
    urls[0] = arena_printf(a, "%.*s", (int)strcspn(req->url, "#"), req->url);
    urls[1] = sign_other_port(a, urls[0]);
    urls[2] = sign_apostrophes(a, urls[0]);
    urls[3] = urls[1] == NULL ? NULL : sign_apostrophes(a, urls[1]);
    for (i = 0; i < 4; i++)
        if (urls[i] != NULL && sign_fits(a, token, urls[i], fields, span_of(said)))
            good = true;
    return good;
}
