/* channels/mail_inline.h - files that stand within a text, as mails had them before MIME and news
 * have them still: uuencode, its base64 kind, yEnc.
 *
 * Pure. Linear in the text. A line that only looks like the beginning of a file is text. */
#ifndef RELEVO_CHANNELS_MAIL_INLINE_H
#define RELEVO_CHANNELS_MAIL_INLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

struct mail_inline {
    size_t begin, end; /* where its lines stand */
    struct span name;  /* borrowed; as it came */
};

/* The first file at or behind `at`, which is the beginning of a line. `out` is for its bytes; they
 * are added. A file that is cut ends where its lines do. */
bool mail_inline_next(struct span s, size_t at, struct mail_inline *file, struct text_buffer *out);

#endif
