/* channels/mail_quote_name.h - the sender's name alone below a rule: he signs with it.
 *
 * Pure. Any other name below a rule may be what he wants to be read. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_NAME_H
#define RELEVO_CHANNELS_MAIL_QUOTE_NAME_H

#include "core/text.h"

/* `reply` without its last line and the rule above it, where that line is `sender` as a whole, or
 * his first or last name, and nothing else is drawn. Both borrow from `reply`. */
struct span mail_quote_name_strip(struct span reply, struct span sender);

#endif
