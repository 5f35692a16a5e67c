/* channels/mail_address.h - the mailboxes of From, To, Cc and their like.
 *
 * Pure. Groups are flattened; what has no address in it is left out. */
#ifndef RELEVO_CHANNELS_MAIL_ADDRESS_H
#define RELEVO_CHANNELS_MAIL_ADDRESS_H

#include <stddef.h>

#include "core/text.h"

struct arena;

struct mail_address {
    const char *name;    /* decoded, "" where there is none */
    const char *address; /* as written, with a local part, an @ and a domain */
};

/* At most `room`; returns how many. */
size_t mail_address_list(struct arena *a, struct span value, const char *fallback,
                         struct mail_address *out, size_t room);

#endif
