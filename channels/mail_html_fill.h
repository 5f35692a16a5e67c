/* channels/mail_html_fill.h - characters that are not seen, with which a newsletter fills up the
 * line that a mailbox's list of mails shows of it.
 *
 * Pure, linear. One by itself is a word's: between Persian letters, within an emoji. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_FILL_H
#define RELEVO_CHANNELS_MAIL_HTML_FILL_H

#include "core/text.h"

/* Takes runs of them away, and the lines that hold nothing else. */
void mail_html_fill_strip(struct text_buffer *b);

#endif
