#include "channels/mail_bounce_party.h"

#include <string.h>
#include <strings.h>

#include "channels/mail_bounce_refusal.h"
#include "core/inbound.h"

bool mail_bounce_is_reader(const struct inbound *in, struct span address)
{
    size_t i;

    for (i = 0; i < in->to_count; i++)
        if (span_same(address, in->to[i].value))
            return true;
    return false;
}

/* What stands behind the @. */
static bool is_of_readers_domain(const struct inbound *in, struct span address)
{
    const char *at = memchr(address.ptr, '@', address.len), *own;
    size_t i;

    for (i = 0; at != NULL && i < in->to_count; i++) {
        own = strchr(in->to[i].value, '@');
        if (own != NULL &&
            span_same((struct span){ at, (size_t)(address.ptr + address.len - at) }, own))
            return true;
    }
    return false;
}

/* "mail from a@b.org", "Absender: <a@b.org>" */
static bool is_as_sender(struct span line, struct span address)
{
    static const char *const words[] = { "from", "sender", "von", "absender", NULL };
    const char *const *w;
    size_t len = (size_t)(address.ptr - line.ptr), n;

    while (len > 0 && strchr(" <:\"'", line.ptr[len - 1]) != NULL)
        len--;
    for (w = words; *w != NULL; w++) {
        n = strlen(*w);
        if (len >= n && strncasecmp(line.ptr + len - n, *w, n) == 0)
            return true;
    }
    return false;
}

void mail_bounce_party_read(const struct inbound *in, struct span text,
                            struct mail_bounce_party *out)
{
    struct span line, address;
    size_t at = 0, readers = 0, ours = 0, others = 0, writers = 0;

    while (span_line(text, &at, &line))
        while ((address = mail_bounce_address_in(line)).len > 0) {
            if (mail_bounce_is_reader(in, address)) {
                readers++;
                out->from_reader = out->from_reader || is_as_sender(line, address);
            } else if (span_same(address, in->sender.value))
                writers++;
            else if (is_of_readers_domain(in, address))
                ours++;
            else
                others++;
            line.len -= (size_t)(address.ptr + address.len - line.ptr);
            line.ptr = address.ptr + address.len;
        }
    out->others = writers + ours + others > 0;
    out->third = ours + others > 0;
    out->only_reader = readers > 0 && writers + ours + others == 0;
    out->writer_ours = is_of_readers_domain(in, span_of(in->sender.value));
    out->only_ours = readers + ours > 0 && others == 0;
}
