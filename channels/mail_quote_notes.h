/* channels/mail_quote_notes.h - the header of an old mail as Lotus Notes and Domino write it: a
 * name above a moment and labels, in two columns, within a frame, or below a title of dashes.
 *
 * Pure. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_NOTES_H
#define RELEVO_CHANNELS_MAIL_QUOTE_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_lines.h"

/* Does one begin with this line? */
bool mail_quote_notes_begins(struct mail_lines *l, size_t i);

#endif
