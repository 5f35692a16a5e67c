#include "daemon/http_forwarded.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/conf.h"
#include "core/text.h"

enum { FORWARDED_ADDRESS_MAX = 64, FORWARDED_HOPS_MAX = 32 };

/* Addresses of both families as one: IPv4 in ::ffff:0:0/96. */
struct forwarded_net {
    unsigned char bytes[16];
    int bits;
};

static int forwarded_address(const char *text, struct forwarded_net *out)
{
    unsigned char v4[4];

    *out = (struct forwarded_net){ .bits = 128 };
    if (inet_pton(AF_INET, text, v4) == 1) {
        out->bytes[10] = out->bytes[11] = 0xff;
        memcpy(out->bytes + 12, v4, 4);
        return 0;
    }
    return inet_pton(AF_INET6, text, out->bytes) == 1 ? 0 : -1;
}

static int forwarded_net(const char *text, struct forwarded_net *out)
{
    const char *slash = strchr(text, '/');
    size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
    char address[FORWARDED_ADDRESS_MAX], *end;
    bool is_v4;
    long bits;

    if (len >= sizeof(address))
        return -1;
    memcpy(address, text, len);
    address[len] = '\0';
    if (forwarded_address(address, out) < 0)
        return -1;
    if (slash == NULL)
        return 0;
    is_v4 = strchr(address, ':') == NULL;
    bits = strtol(slash + 1, &end, 10);
    if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > (is_v4 ? 32 : 128))
        return -1;
    out->bits = (int)bits + (is_v4 ? 96 : 0);
    return 0;
}

static bool forwarded_is_in(const struct forwarded_net *one, const struct forwarded_net *net)
{
    int whole = net->bits / 8, rest = net->bits % 8;
    unsigned char mask = (unsigned char)(0xff00 >> rest);

    return memcmp(one->bytes, net->bytes, (size_t)whole) == 0 &&
           (rest == 0 || ((one->bytes[whole] ^ net->bytes[whole]) & mask) == 0);
}

static bool forwarded_is_trusted(const struct conf *root, const char *address)
{
    struct forwarded_net one, net;
    size_t i;

    if (*address == '\0')
        return true;
    if (forwarded_address(address, &one) < 0)
        return false;
    for (i = 0; i < conf_count(root, "trusted_proxies"); i++)
        if (forwarded_net(conf_text_at(root, "trusted_proxies", i), &net) == 0 &&
            forwarded_is_in(&one, &net))
            return true;
    return false;
}

int http_forwarded_check(const char *proxy, struct error *err)
{
    struct forwarded_net net;

    return forwarded_net(proxy, &net) == 0
               ? 0
               : error_set(err, ERROR_CONFIG,
                           "expected an address or a network such as 192.0.2.0/24, got '%.60s'",
                           proxy);
}

const char *http_forwarded_caller(const struct conf *root, const char *peer, const char *forwarded,
                                  struct arena *a)
{
    struct span left = span_of(forwarded);
    const char *caller = arena_strdup(a, peer);
    int hops;

    if (root == NULL)
        return caller;
    for (hops = 0; left.len > 0 && hops < FORWARDED_HOPS_MAX && forwarded_is_trusted(root, caller);
         hops++) {
        const char *comma = memrchr(left.ptr, ',', left.len);
        size_t start = comma == NULL ? 0 : (size_t)(comma + 1 - left.ptr);
        struct span last = span_trim((struct span){ left.ptr + start, left.len - start });
        struct forwarded_net one;
        const char *address;

        left.len = comma == NULL ? 0 : (size_t)(comma - left.ptr);
        if (last.len >= FORWARDED_ADDRESS_MAX)
            break;
        address = arena_strndup(a, last.ptr, last.len);
        if (forwarded_address(address, &one) < 0)
            break; /* "unknown", or nonsense: who is before it cannot be told */
        caller = address;
    }
    return caller;
}
