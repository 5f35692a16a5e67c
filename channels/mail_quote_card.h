/* channels/mail_quote_card.h - what stands below a rule: a visiting card, a footer, or words?
 *
 * Pure. A card is short lines that name somebody and how to reach him, a footer what lists, free
 * mailboxes, lawyers and scanners add. What reads like a sentence is its writer's. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_CARD_H
#define RELEVO_CHANNELS_MAIL_QUOTE_CARD_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_lines.h"

/* Does what follows the rule in line i read like a visiting card, a name, or the footer of a list?
 * `mark` is the rule's sign, 0 where it says nothing: one of underscores says so louder than one of
 * other signs. What is quoted, the intros and the heads are noted in the lines already.
 * The footer belongs to the rule that is closest above it. Where another one stands between, or the
 * writer says something before it, this rule cuts nothing for its sake, and *footer becomes the
 * line with which its paragraph begins; else that stays what it is. */
bool mail_quote_card_is_below(struct mail_lines *l, size_t i, int mark, size_t *footer);

/* "Order 12345": what a customer tells, though it stands beside his name. */
bool mail_quote_card_names_case(struct span line);

/* "Serial: 123", "Order 17", "2026-06-01", or "Delivery address" above one: no card begins so. */
bool mail_quote_card_is_told(struct span line);

#endif
