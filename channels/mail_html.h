/* channels/mail_html.h - HTML as its reader sees it, in plain text.
 *
 * Pure. Linear: the parser is fed a bounded document without the tags that would make it slow. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_H
#define RELEVO_CHANNELS_MAIL_HTML_H

#include "core/text.h"

struct arena;

/* `html` is valid UTF-8; what is over INBOUND_TEXT_MAX is not read. Quotations of mails
 * (blockquote) come out with "> " before each line. */
const char *mail_html_text(struct arena *a, struct span html);
/* The same with "> " before all that the structure tells to be history, and without signatures: for
 * mail_quote_reply(). */
const char *mail_html_reply(struct arena *a, struct span html);
/* The charset that a meta element near the top names; empty: none does. */
struct span mail_html_charset(struct span html);

#endif
