/* channels/mail_quote_phone.h - does a line hold a telephone number, or say how to reach somebody?
 *
 * Pure. Digits are grouped as everybody likes, and so are dates, versions, amounts, addresses of
 * networks, numbers of meters and of orders. A label of telephones tells ("Tel."), in any of its
 * languages; behind another label ("Serial:") stands none; without one the number's own form
 * decides. Where both may be meant it is none: too much shown is better than words lost. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_PHONE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_PHONE_H

#include <stdbool.h>

#include "core/text.h"

bool mail_quote_phone_is_in(struct span line);

/* "Tel", "E-Mail", "Web": does it hold what stands before a colon in a visiting card? */
bool mail_quote_phone_is_label(struct span label);

/* A label and a value of such a card: behind one of those, what reaches somebody, and no "Phone:
 * is broken"; or what a firm tells of itself, "Office hours: 9-12". */
bool mail_quote_phone_is_field(struct span label, struct span value);

/* Begins with a day, or names a time to its seconds: of a list of dates, or a machine's log. */
bool mail_quote_phone_is_timed(struct span line);

#endif
