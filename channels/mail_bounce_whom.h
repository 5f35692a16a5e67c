/* channels/mail_bounce_whom.h - whom a server's notice in plain words says it did not reach.
 *
 * Pure. A notice names others, too: whom it is written to, whose mail it was, whom to ask. What it
 * lists below the sentence that tells of the failure comes first, then what it lists anywhere, what
 * it says in a sentence, and last what it repeats of the mail's own header. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_WHOM_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_WHOM_H

#include "core/text.h"

struct inbound;
struct mail_header;

/* `text`: the notice without what came back; `in` has its sender and `to`; `returned`: the header
 * of what came back. NULL: it names nobody. The arena's. */
const char *mail_bounce_whom(struct inbound *in, struct span text,
                             const struct mail_header *returned);

#endif
