/* channels/mail_quote_words_program.h - what programs write of themselves: "sent from my phone".
 *
 * Pure tables: a language is added by adding its words. All that is asked is in lower case, as
 * mail_quote_line_fold() makes it. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_WORDS_PROGRAM_H
#define RELEVO_CHANNELS_MAIL_QUOTE_WORDS_PROGRAM_H

#include <stdbool.h>

#include "core/text.h"

/* `proper`: the name that follows "sent from" is written with a capital; `capital`: so is the line
 * itself. */
bool mail_quote_words_program(struct span line, bool proper, bool capital);

/* "Please excuse any typos", "think before you print", as people let their telephone say below. */
bool mail_quote_words_program_excuses(struct span line);

/* "Please write", "call me", as only people do. */
bool mail_quote_words_program_asks(struct span line);

/* What a search in the table rests on; for tests. */
bool mail_quote_words_program_are_in_order(void);

#endif
