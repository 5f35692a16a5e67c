/* channels/mail_html_source.h - HTML made such that the parser takes it.
 *
 * Pure, linear. The parser would be slow with some of it, and lose words with more. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_SOURCE_H
#define RELEVO_CHANNELS_MAIL_HTML_SOURCE_H

#include "core/text.h"

/* Adds the document to `b`: without comments, declarations, frames (html, head, body) and what is
 * never seen (script, title, iframe), with no tag that is too long, no element that hides all below
 * it for want of an end, no tag that is but a word (textarea, xmp), and with the entities that the
 * parser does not know as what they mean. It may be five times as long as `html`, which is valid
 * UTF-8; mostly it is shorter. */
void mail_html_source_copy(struct text_buffer *b, struct span html);

#endif
