/* channels/mail_quote_forward.h - does a mail pass on another one, by the text that its program
 * wrote?
 *
 * Pure. Linear in the text. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_FORWARD_H
#define RELEVO_CHANNELS_MAIL_QUOTE_FORWARD_H

#include <stdbool.h>

#include "core/text.h"

/* Does it pass on a mail, by what its program wrote into the text: a title ("Forwarded message")
 * with the header of a mail below? Only where no other history comes before: an answer to a mail
 * that was passed on holds all that too (T-39). */
bool mail_quote_forwards(struct span text);

#endif
