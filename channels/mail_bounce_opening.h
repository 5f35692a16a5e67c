/* channels/mail_bounce_opening.h - the sentences with which mail programs open their notices, whole
 * as only they write them.
 *
 * Pure. Persons paste them, too: who writes, and what stands below, is weighed by who asks. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_OPENING_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_OPENING_H

#include "core/text.h"

struct arena;

enum mail_bounce_opening {
    MAIL_BOUNCE_OPENING_NONE,
    MAIL_BOUNCE_OPENING_BELOW, /* a program says who it is, below other words */
    MAIL_BOUNCE_OPENING_KNOWN, /* a program says who it is, and that it failed */
    MAIL_BOUNCE_OPENING_WHOLE, /* and whom it did not reach, who may be there without an address */
};

/* `text`: all that the mail says. */
enum mail_bounce_opening mail_bounce_opening_read(struct arena *a, struct span text);

#endif
