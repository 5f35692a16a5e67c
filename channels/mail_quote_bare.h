/* channels/mail_quote_bare.h - is a header block a mail's, where no address and no time in it bear
 * that out? "From: Bob", "Sent: Monday", "Subject: lamp".
 *
 * Pure. Forms that people fill in, orders of a journey, and letters have such keys too; it goes by
 * which keys they are, in which order, and by what stands above and below. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_BARE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_BARE_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_lines.h"

/* The block is of the lines [from, end), each of which was looked at as a header. Whoever asks has
 * ruled out that the line above announces it, or that it is a part of a form. */
bool mail_quote_bare_is_mail(const struct mail_lines *l, size_t from, size_t end);

#endif
