/* channels/mail_preamble.h - the words above the parts of a multipart.
 *
 * Pure. They are not part of a mail (RFC 2046 5.1.1), and mostly tell readers of before MIME so;
 * some programs, and people who mend mails by hand, write there all that there is to read. */
#ifndef RELEVO_CHANNELS_MAIL_PREAMBLE_H
#define RELEVO_CHANNELS_MAIL_PREAMBLE_H

#include "core/text.h"

/* Adds the paragraphs of `preamble`, which is UTF-8 with LF, but for those that speak of MIME. */
void mail_preamble_words(struct text_buffer *out, struct span preamble);

#endif
