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

typedef size_t mail_address_list_fn(struct arena *a, struct span value, const char *fallback,
                                    struct mail_address *out, size_t room);

/* At most `room`; returns how many. */
mail_address_list_fn mail_address_list;
/* Likewise, with those of their writer's own machine: words alone, without a domain ("root"). One
 * can show them, and write to none. */
mail_address_list_fn mail_address_list_local;
/* The one that is spelt out, as archives of lists do: "eva at example.org (Eva)", "Eva <eva at
 * example.org>". Of a field that has an "@", or more words, none: it may be a sentence. */
mail_address_list_fn mail_address_list_spelt;

#endif
