/* channels/mail_quote_words.h - the words of an intro: "On DAY, NAME wrote:".
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
    QUOTE_WORD_CLOCK = 8,   /* before a time whose numbers a full stop may part: "kl. 9.05" */
};

unsigned mail_quote_words_kind(struct span word); /* of QUOTE_WORD_…, 0: any other */
/* The verb, in a script without blanks between words. */
bool mail_quote_words_wrote(struct span line);

/* What a search in the table rests on; for tests. */
bool mail_quote_words_are_in_order(void);

#endif
