/* channels/mail_date.h - when a mail says that it was written, and whether it says so to the end.
 *
 * Pure. */
#ifndef RELEVO_CHANNELS_MAIL_DATE_H
#define RELEVO_CHANNELS_MAIL_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/text.h"

/* UTC seconds. False: it is no date that one could read. `whole`: it has a time, too, and nothing
 * of it is cut off or overwritten; false where it is none. NULL: nobody asks. */
bool mail_date_read(struct span s, int64_t *out, bool *whole);

#endif
