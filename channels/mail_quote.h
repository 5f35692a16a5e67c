/* channels/mail_quote.h - what a mail's writer added: its text without history and signature.
 *
 * Pure. Linear in the text. History is what is marked as quoted ("> "), the intro above it ("On
 * DAY, NAME wrote:"), and all that stands below an intro, a header block or a separator of a mail
 * program where the quotation is not marked. What is written between marked quotations stays; so do
 * greetings and names, but for what follows "-- ". A program that answers nobody quotes only what
 * it marks below an intro, or what its reader wrote.
 *
 * Where nothing else is left the words that are not marked stay, history though they may be: a mail
 * that is only forwarded still says something. A mail that is nothing but an intro and what it
 * quotes says nothing. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_H

#include "channels/mail_quote_sender.h"
#include "core/text.h"

struct arena;

/* `text` has LF line ends; what comes back is the arena's, trimmed, "" where all is quoted. What
 * reads like a name, "-Eva", may be a word of the answer: where it is known who wrote it is a
 * signature only if it is his. */
const char *mail_quote_reply(struct arena *a, struct span text, struct mail_quote_sender sender);

#endif
