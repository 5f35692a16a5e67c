#include "core/ticket_event.h"

#include <openssl/sha.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"

static void ticket_event_add_int(struct text_buffer *b, int64_t n)
{
    unsigned char bytes[8];
    int i;

    for (i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
    text_buffer_add(b, (const char *)bytes, sizeof(bytes));
}

static void ticket_event_add_text(struct text_buffer *b, const char *s)
{
    ticket_event_add_int(b, s == NULL ? -1 : (int64_t)strlen(s));
    if (s != NULL)
        text_buffer_puts(b, s);
}

void ticket_event_hash(const unsigned char before[32], const struct ticket_event_line *line,
                       unsigned char out[32])
{
    struct text_buffer b = { 0 };

    text_buffer_add(&b, (const char *)before, 32);
    ticket_event_add_int(&b, line->ticket_id);
    ticket_event_add_int(&b, line->seq);
    ticket_event_add_int(&b, line->at);
    ticket_event_add_int(&b, line->cause);
    ticket_event_add_int(&b, line->policy_version);
    ticket_event_add_text(&b, line->kind);
    ticket_event_add_text(&b, line->actor_kind);
    ticket_event_add_text(&b, line->actor);
    ticket_event_add_text(&b, line->rule);
    ticket_event_add_text(&b, line->why);
    ticket_event_add_text(&b, line->detail);
    ticket_event_add_text(&b, line->fact);
    SHA256((const unsigned char *)b.ptr, b.len, out);
    text_buffer_clear(&b);
}
