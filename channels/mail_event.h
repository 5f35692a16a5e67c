/* channels/mail_event.h - an invitation in words, for a mail that has no other.
 *
 * Pure. Of a calendar (RFC 5545) its first event: what, when, where, and what is said of it, a line
 * each and in no language but its own; HTML that programs put there is read as its reader sees it.
 */
#ifndef RELEVO_CHANNELS_MAIL_EVENT_H
#define RELEVO_CHANNELS_MAIL_EVENT_H

#include "core/text.h"

/* Adds the words of `calendar`, which is UTF-8; nothing where there is no event in it. */
void mail_event_words(struct text_buffer *out, struct span calendar);

#endif
