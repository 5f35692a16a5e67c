/* channels/mail_bounce_party.h - whose addresses a notice names: those of whom it is written to, or
 * others'.
 *
 * Pure. A server names whom it did not reach. Who wants a password names its owner, and a customer
 * whose mail was refused names us. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_PARTY_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_PARTY_H

#include <stdbool.h>

#include "core/text.h"

struct inbound;

struct mail_bounce_party {
    bool others;      /* one that is not the reader's */
    bool third;       /* one that is neither the reader's nor the writer's */
    bool from_reader; /* the reader's, as the one who sent it */
    bool only_reader; /* at least one, and each is the reader's own */
    bool writer_ours; /* the writer himself is of the reader's domain */
    bool only_ours; /* at least one besides the writer's own, and each is of the reader's domain */
};

/* `text`: the notice without what came back; `in` has its sender and `to`. */
void mail_bounce_party_read(const struct inbound *in, struct span text,
                            struct mail_bounce_party *out);

/* Is it whom the notice is written to, who is whose mail did not arrive? */
bool mail_bounce_is_reader(const struct inbound *in, struct span address);

#endif
