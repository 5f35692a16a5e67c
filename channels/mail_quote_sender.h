/* channels/mail_quote_sender.h - who sent the mail, and does a line name him?
 *
 * Pure. Who signs writes a part of his name, or of his address; a word of an answer is neither. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_SENDER_H
#define RELEVO_CHANNELS_MAIL_QUOTE_SENDER_H

#include <stdbool.h>

#include "core/text.h"

struct mail_quote_sender {
    struct span name, address; /* both borrowed, and empty where nothing is known */
    bool begins;        /* nothing in the mail's header tells that it answers, or is passed on */
    const char *reader; /* the address to which the mail is; NULL: it is not known */
    bool notifies; /* a program that answers nobody: what it tells below "Eva wrote:" is news, but
                    * for what is marked as quoted, or was written by its reader */
};

extern const struct mail_quote_sender mail_quote_nobody;

bool mail_quote_sender_is_known(const struct mail_quote_sender *sender);

/* Is a word of the line one of the name, or of the address before its "@"? Of a line with a link or
 * an address it is asked whether that is the sender's own. */
bool mail_quote_sender_is_in(const struct mail_quote_sender *sender, struct span line);
/* Is the line nothing but the name of `sender`, or his first or last one? */
bool mail_quote_sender_signs(struct span line, struct span sender);

#endif
