/* channels/mail_write.h - what we say, as a mail: RFC 5322 and MIME, ready for the wire.
 *
 * Pure. The one room that writes header fields (S-19): whatever a name, a subject or an id holds,
 * it makes no field and no line of its own. */
#ifndef RELEVO_CHANNELS_MAIL_WRITE_H
#define RELEVO_CHANNELS_MAIL_WRITE_H

#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

struct arena;
struct outbound;

enum { MAIL_WRITE_REFERENCES_MAX = 20 }; /* of more, the first one and the last ones */

struct mail_write_options {
    const char *from, *from_name; /* where the message names none */
};

/* Adds the mail to *mail: lines end with CRLF and have at most 998 bytes; ASCII unless an address
 * is not (RFC 6532), whatever its text and files are. The same message is the same bytes. A notice
 * says of itself that it is one (B-09). ERROR_PERMANENT: sender, recipient, Reply-To or Message-ID
 * is missing, or is nothing that a header or an envelope can carry. */
int mail_write(const struct outbound *out, const struct mail_write_options *o,
               struct text_buffer *mail, struct error *err);

/* The address as envelope and header carry it, its domain in ASCII (IDNA); the arena's. NULL: it is
 * none (S-20). */
const char *mail_write_address(struct arena *a, const char *address);

#endif
