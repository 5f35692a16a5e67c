/* channels/mail_quote_words_footer.h - what stands in footers of mailing lists and free mailers, of
 * lawyers and scanners.
 *
 * Pure tables: a language is added by adding its words. All that is asked is in lower case, as
 * mail_quote_line_fold() makes it. mail_quote_notice.h looks closer, at what stands without a rule
 * above it. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_WORDS_FOOTER_H
#define RELEVO_CHANNELS_MAIL_QUOTE_WORDS_FOOTER_H

#include <stdbool.h>

#include "core/text.h"

/* Of a list, of lawyers or of scanners. */
bool mail_quote_words_footer(struct span line);

/* A free mailbox praises itself, and may speak of the reader and of itself. */
bool mail_quote_words_advert(struct span line);
/* "Click here": a link was there. */
bool mail_quote_words_clicks(struct span line);

/* Somebody says that something does not work, and does not tell what to do if it does not. */
bool mail_quote_words_fails(struct span line);

/* What a customer's number belongs to: an order, a contract. */
bool mail_quote_words_case(struct span line);

/* The title of an address that the writer gives: "Delivery address". */
bool mail_quote_words_address_title(struct span line);

/* Only a list's program begins a line so: it needs no rule above. */
bool mail_quote_words_list_opens(struct span line);

#endif
