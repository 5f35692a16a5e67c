/* channels/mail_quote_words_separator.h - what stands above a mail that is quoted whole: titles,
 * and the line above which a help desk wants its answer.
 *
 * Pure tables: a language is added by adding its words. All that is asked is in lower case, as
 * mail_quote_line_fold() makes it. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_WORDS_SEPARATOR_H
#define RELEVO_CHANNELS_MAIL_QUOTE_WORDS_SEPARATOR_H

#include <stdbool.h>

#include "core/text.h"

/* "original message", as it stands between dashes; more may follow it. */
bool mail_quote_words_separator_opens(struct span words);
/* The same, with nothing after it. */
bool mail_quote_words_separator_is_title(struct span words);
/* "begin forwarded message:", a whole line. */
bool mail_quote_words_separator_is_beginning(struct span line);
/* One of these speaks of passing on: "forwarded message", not "original message". */
bool mail_quote_words_separator_forwards(struct span words);
/* "please type your reply above this line"; where no signs are drawn round it little follows. */
bool mail_quote_words_separator_is_mark(struct span line, bool drawn);
/* "write under this line", the lower one of two such lines. */
bool mail_quote_words_separator_closes(struct span line);

/* What a search in the tables rests on; for tests. */
bool mail_quote_words_separator_are_in_order(void);

#endif
