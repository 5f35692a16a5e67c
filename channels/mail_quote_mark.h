/* channels/mail_quote_mark.h - which lines of a text are marked as quoted: "> ", and what wrapping
 * left of such lines.
 *
 * Pure. Linear in the text. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_MARK_H
#define RELEVO_CHANNELS_MAIL_QUOTE_MARK_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_lines.h"
#include "core/text.h"

/* Notes LINE_IS_QUOTED, and LINE_IS_INTRO where a line of GroupWise's introduces history. */
void mail_quote_mark_find(struct mail_lines *l);
/* The same of "| " and "AB> " before the lines from i on, right below an intro. */
bool mail_quote_mark_find_below(struct mail_lines *l, size_t i);

bool mail_quote_mark_is_link(struct span line); /* does it begin with one? */

#endif
