/* channels/mail_quote_words.h - the words by which mail programs of the world say that they quote.
 *
 * Pure tables: a language is added by adding its words. All that is asked is in lower case, as
 * mail_quote_line_fold() makes it. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_WORDS_H
#define RELEVO_CHANNELS_MAIL_QUOTE_WORDS_H

#include <stdbool.h>

#include "core/text.h"

enum {
    QUOTE_WORD_VERB = 1,    /* "wrote" */
    QUOTE_WORD_OPENER = 2,  /* before a date: "on" */
    QUOTE_WORD_QUOTING = 4, /* before a name: "quoting" */
};
/* What a key of a header block names. */
enum mail_quote_key {
    QUOTE_KEY_NONE,
    QUOTE_KEY_FROM,
    QUOTE_KEY_SENT,
    QUOTE_KEY_TO,
    QUOTE_KEY_CC,
    QUOTE_KEY_SUBJECT,
    QUOTE_KEY_OTHER,
};

unsigned mail_quote_words_kind(struct span word); /* of QUOTE_WORD_…, 0: any other */
/* The verb, in a script without blanks between words. */
bool mail_quote_words_wrote(struct span line);
enum mail_quote_key mail_quote_words_key(struct span key); /* without its colon */
/* "original message", as it stands between dashes. */
bool mail_quote_words_separate(struct span words);
/* The same, with nothing after it. */
bool mail_quote_words_is_separator(struct span words);
/* "begin forwarded message:", a whole line. */
bool mail_quote_words_begin(struct span line);
/* One of the two above speaks of passing on: "forwarded message", not "original message". */
bool mail_quote_words_forward(struct span words);
/* "please type your reply above this line". */
bool mail_quote_words_mark(struct span line);
/* "sent from my phone"; `proper`: the name that follows "sent from" is written with a capital. */
bool mail_quote_words_program(struct span line, bool proper);
bool mail_quote_words_footer(struct span line); /* of a mailing list */
bool mail_quote_words_notice(struct span line); /* of confidence, of viruses */

/* What a search in the tables rests on; for tests. */
bool mail_quote_words_are_in_order(void);

#endif
