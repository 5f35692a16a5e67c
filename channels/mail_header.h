/* channels/mail_header.h - a header's fields, and what their unstructured values say.
 *
 * Pure. Reads what comes: lines that are no field are passed over, raw bytes of any charset are
 * text, encoded words (RFC 2047) are decoded wherever they stand. */
#ifndef RELEVO_CHANNELS_MAIL_HEADER_H
#define RELEVO_CHANNELS_MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

struct arena;

enum {
    MAIL_FIELD_MAX = 100 << 10, /* bytes of a field that are read (S-27) */
    MAIL_BLOCK_MAX = 1 << 20,   /* of a header */
    MAIL_FIELDS_MAX = 2000,     /* fields of a header that are read */
};

struct mail_field {
    struct span name, value; /* the value trimmed, folded as it came */
};
struct mail_header {
    struct mail_field *fields;
    size_t count;
    size_t body; /* where it begins in what was read */
    bool over;   /* a limit was met: not all of it was read */
};

/* Borrows `part`: a whole mail or one of its parts. Where there is no field at all, all is body. */
void mail_header_read(struct arena *a, struct span part, struct mail_header *out);
/* Likewise, of the fields of a report up to an empty line: a line among them that is none, of a
 * server's answer that was not folded, begins no body. */
void mail_header_read_group(struct arena *a, struct span fields, struct mail_header *out);
/* The first field of that name, in any case; empty: there is none. */
struct span mail_header_find(const struct mail_header *h, const char *name);
bool mail_header_has(const struct mail_header *h, const char *name);
/* Likewise from field *at on, which is moved behind what was found. False: no further one. */
bool mail_header_next(const struct mail_header *h, const char *name, size_t *at, struct span *out);

/* Adds s unfolded, with its encoded words decoded: UTF-8 that may need text_clean(). `fallback` as
 * in mail_charset.h. */
void mail_header_words(struct text_buffer *out, struct span s, const char *fallback);
/* The same on one line, clean. */
const char *mail_header_text(struct arena *a, struct span s, const char *fallback, size_t max);
/* The length of the encoded word that stands at s, 0: there is none. */
size_t mail_header_word(struct span s);

/* The message-ids in a value, without angle brackets, at most `room`; those that are empty or over
 * INBOUND_ID_MAX are left out. Returns how many. */
size_t mail_header_ids(struct arena *a, struct span s, const char **ids, size_t room);

#endif
