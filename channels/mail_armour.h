/* channels/mail_armour.h - OpenPGP's armour within plain text (RFC 4880 6.2 and 7).
 *
 * Pure. What is signed in clear is read without its armour; whether the signature is good is not
 * looked at, and proves nothing here. What is encrypted nobody here can read. */
#ifndef RELEVO_CHANNELS_MAIL_ARMOUR_H
#define RELEVO_CHANNELS_MAIL_ARMOUR_H

#include <stdbool.h>

#include "core/text.h"

struct arena;

/* A line of it begins an encrypted message. */
bool mail_armour_is_sealed(struct span text);
/* `text` (LF line ends) without the lines round what is signed in it, and without the dashes that
 * protect its lines; `text` where nothing is. */
struct span mail_armour_open(struct arena *a, struct span text);

#endif
