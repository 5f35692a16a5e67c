/* channels/mail_quote_words_key.h - the keys of a header block: "From:", "Sent:", "To:".
 *
 * A pure table: a language is added by adding its keys. All that is asked is in lower case, as
 * mail_quote_line_fold() makes it. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_WORDS_KEY_H
#define RELEVO_CHANNELS_MAIL_QUOTE_WORDS_KEY_H

#include <stdbool.h>

#include "core/text.h"

/* What a key of a header block names. */
enum mail_quote_key {
    QUOTE_KEY_NONE,
    QUOTE_KEY_FROM,
    QUOTE_KEY_SENT, /* as only mails are: "Sent" */
    QUOTE_KEY_DATE, /* which forms have too: "Date" */
    QUOTE_KEY_TO,
    QUOTE_KEY_CC,
    QUOTE_KEY_SUBJECT,
    QUOTE_KEY_OTHER,
};

enum mail_quote_key mail_quote_words_key(struct span key); /* without its colon */

/* The set of 1 << key that it is of: a date is when the mail was sent, too. */
unsigned mail_quote_words_key_set(enum mail_quote_key key);

/* What a search in the table rests on; for tests. */
bool mail_quote_words_key_are_in_order(void);

#endif
