/* channels/mail_bounce_list.h - a list's program that does not take what was written to the list.
 *
 * Pure. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_LIST_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_LIST_H

#include <stdbool.h>

struct inbound;
struct mail_header;

/* Does it refuse a mail: by its mark, from its keeper's address, in a sentence that says so? What a
 * member wrote has a number besides, and his own address. The sender and the texts of `in` are
 * there. `list`: the address that the sentence names, the arena's; NULL: none. */
bool mail_bounce_list_refuses(const struct mail_header *h, struct inbound *in, const char **list);

#endif
