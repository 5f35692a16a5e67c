/* channels/mail_body.h - what of a mail is to be read, and what hangs on it.
 *
 * Pure. Of multipart/alternative one form is shown; of other multiparts every text that is neither
 * named nor marked as an attachment; all other leaves are attachments. CSV or XML that is all of a
 * mail is shown, and is an attachment, too, where it has a name. Where there is no text at all, the
 * words in the first winmail.dat stand for it, else an invitation's; both stay attachments. Where
 * these are wanting, too, the words above the parts are its text. */
#ifndef RELEVO_CHANNELS_MAIL_BODY_H
#define RELEVO_CHANNELS_MAIL_BODY_H

#include "core/text.h"

struct arena;
struct inbound;
struct mail_part;

/* Fills in text, reply_text, html and attachments. `fallback` as in mail_charset.h; `raw`: the mail
 * as it came, in which files have their places. */
void mail_body_read(struct mail_part *root, struct span raw, const char *fallback,
                    struct inbound *in);

#endif
