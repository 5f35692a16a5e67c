/* channels/mail_quote_person.h - does somebody speak in a line: "On 1 June your colleague wrote:"?
 *
 * Pure. Programs name a mail's sender, or the address; only people say "you" and "I", or that
 * something "was" written. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_PERSON_H
#define RELEVO_CHANNELS_MAIL_QUOTE_PERSON_H

#include <stdbool.h>

#include "core/text.h"

bool mail_quote_person_speaks(struct span line);

/* What a search in the table rests on; for tests. */
bool mail_quote_person_is_in_order(void);

#endif
