#include "channels/mail_bounce_returned.h"

#include <string.h>

#include "channels/mail_bounce_party.h"
#include "channels/mail_bounce_refusal.h"
#include "channels/mail_bounce_report.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "channels/mail_transfer.h"
#include "core/arena.h"
#include "core/inbound.h"

enum { READERS_MAX = 50 }; /* addresses of a notice that are compared with the reader's */

const char *const mail_bounce_returned_types[] = { "message/rfc822",
                                                   "text/rfc822-headers",
                                                   "message/rfc822-headers",
                                                   "message/global",
                                                   "message/global-headers",
                                                   "text/rfc822-header",
                                                   "text/rfc822",
                                                   NULL };

bool mail_bounce_returned_is_carried(struct span line)
{
    static const char *const fields[] = { "Received: ",       "Received:from ", "Return-Path: ",
                                          "Message-ID: ",     "Message-ID:<",   "Delivered-To: ",
                                          "DKIM-Signature: ", "MIME-Version: ", NULL };

    return span_begins_any(line, fields);
}

/* The part's own bytes, from the first line that is not empty. */
static struct span bytes_of(struct arena *a, const struct mail_part *part)
{
    struct text_buffer b = { 0 };
    struct span s = part->body;

    s.len = s.len < MAIL_BOUNCE_PART_MAX ? s.len : MAIL_BOUNCE_PART_MAX;
    mail_transfer_decode(&b, s, part->transfer);
    s = text_buffer_span(&b);
    while (s.len > 0 && strchr(" \t\r\n", s.ptr[0]) != NULL)
        s = (struct span){ s.ptr + 1, s.len - 1 };
    s.ptr = arena_strndup(a, s.ptr, s.len);
    text_buffer_clear(&b);
    return s;
}

void mail_bounce_returned_read(struct arena *a, const struct mail_part *part, struct span text,
                               struct mail_header *out)
{
    struct span s = text, line;
    size_t at = 0, begin = 0;

    if (part != NULL) {
        s = bytes_of(a, part);
    } else {
        while (span_line(s, &at, &line) && !mail_bounce_returned_is_carried(line) &&
               !span_begins(line, "From:"))
            begin = at;
        s = begin < s.len ? (struct span){ s.ptr + begin, s.len - begin } : (struct span){ "", 0 };
        s.ptr = arena_strndup(a, s.ptr, s.len);
    }
    mail_header_read(a, s, out);
}

static bool is_to_reader(const struct inbound *in, const struct mail_header *h)
{
    struct span to = mail_header_find(h, "To"), address;
    size_t i;

    for (i = 0; i < READERS_MAX && (address = mail_bounce_address_in(to)).len > 0; i++) {
        if (mail_bounce_is_reader(in, address))
            return true;
        to.len -= (size_t)(address.ptr + address.len - to.ptr);
        to.ptr = address.ptr + address.len;
    }
    return false;
}

const struct mail_part *mail_bounce_returned_notice(const struct inbound *in,
                                                    const struct mail_part *part)
{
    struct mail_header h;
    const char *likely;
    struct span s;
    bool over;

    if (part == NULL)
        return NULL;
    s = bytes_of(in->arena, part);
    mail_header_read(in->arena, s, &h);
    if (!span_begins(mail_header_find(&h, "Content-Type"), "multipart/report") ||
        !is_to_reader(in, &h))
        return NULL;
    return mail_part_read(in->arena, s, "utf-8", &likely, &over);
}
