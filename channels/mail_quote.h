/* channels/mail_quote.h - what a mail's writer added: its text without history and signature.
 *
 * Pure. Linear in the text. Where nothing else is left, lines that are not marked as quoted stay:
 * a mail that is only forwarded still says something. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_H

#include "core/text.h"

struct arena;

/* `text` has LF line ends; what comes back is the arena's, trimmed, "" where all is quoted. */
const char *mail_quote_reply(struct arena *a, struct span text);

#endif
