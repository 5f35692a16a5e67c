/* channels/mail_quote_place.h - where the history that a mail's HTML tells of begins in its plain
 * text.
 *
 * Pure. Linear in both. A program that writes both forms marks history in the HTML by structure, in
 * the plain text perhaps by nothing but words, of any language. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_PLACE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_PLACE_H

#include "core/text.h"

/* `marked` is the HTML's text with "> " before lines of history (mail_html_reply()). Returns where
 * the line begins in `plain`; its length where the HTML marks none, where words of the writer's own
 * follow below, or where the plain text does not have the same words. */
size_t mail_quote_place(struct span plain, struct span marked);

#endif
