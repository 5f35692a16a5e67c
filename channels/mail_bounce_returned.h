/* channels/mail_bounce_returned.h - what came back with a bounce: the mail, its header, or the
 * notice of another server.
 *
 * Pure. At most MAIL_BOUNCE_PART_MAX bytes of it are read. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_RETURNED_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_RETURNED_H

#include <stdbool.h>

#include "core/text.h"

struct arena;
struct inbound;
struct mail_header;
struct mail_part;

extern const char *const mail_bounce_returned_types[]; /* of the parts that are it, to NULL */

/* Is it a field that servers write into the header of any mail? */
bool mail_bounce_returned_is_carried(struct span line);

/* The header of what came back, as a part of its own or, where `part` is NULL, within `text`. */
void mail_bounce_returned_read(struct arena *a, const struct mail_part *part, struct span text,
                               struct mail_header *out);

/* The report to the reader that came back instead of a mail; NULL: it is none. `part` may be NULL.
 */
const struct mail_part *mail_bounce_returned_notice(const struct inbound *in,
                                                    const struct mail_part *part);

#endif
