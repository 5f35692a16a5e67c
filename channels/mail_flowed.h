/* channels/mail_flowed.h - format=flowed (RFC 3676) unfolded, and text/enriched (RFC 1896) made
 * plain.
 *
 * Pure. Lines end with LF, before and after. */
#ifndef RELEVO_CHANNELS_MAIL_FLOWED_H
#define RELEVO_CHANNELS_MAIL_FLOWED_H

#include <stdbool.h>

#include "core/text.h"

/* `delsp`: the blank that says "it goes on" is not part of the text. */
void mail_flowed_unfold(struct text_buffer *out, struct span s, bool delsp);
void mail_flowed_enriched(struct text_buffer *out, struct span s);

#endif
