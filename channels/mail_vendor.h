/* channels/mail_vendor.h - mail that another help desk writes for its people.
 *
 * Such programs keep neither our ids nor our addresses (T-41): what stays the same from mail to
 * mail is the number that they give the case, somewhere in the subject. Which program wrote it is
 * told by header fields of its own, as its documentation or its source has them; the rows are in
 * the .c. */
#ifndef RELEVO_CHANNELS_MAIL_VENDOR_H
#define RELEVO_CHANNELS_MAIL_VENDOR_H

#include "core/inbound.h"

struct mail_header;

/* Fills in foreign_case; sender and subject are there already. */
void mail_vendor_read(const struct mail_header *h, struct inbound *in);

#endif
