/* channels/mail_quote_fence.h - what a writer pastes between two lines of "```" or "~~~".
 *
 * Pure. Linear in the text. All between them is his, whatever it looks like: the prompt of an
 * interpreter, the "-- " of a query, the header of a mail. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_FENCE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_FENCE_H

#include "channels/mail_lines.h"

/* Notes LINE_IS_FENCED; what is marked as quoted is noted already, and is no more within fences. */
void mail_quote_fence_find(struct mail_lines *l);

#endif
