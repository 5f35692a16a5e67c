/* channels/mail_header_line.h - lines of a header that lost what shows where they belong.
 *
 * Pure. A value's line may have lost the blanks at its beginning, a body the empty line above it.
 */
#ifndef RELEVO_CHANNELS_MAIL_HEADER_LINE_H
#define RELEVO_CHANNELS_MAIL_HEADER_LINE_H

#include <stdbool.h>

#include "channels/mail_header.h"
#include "core/text.h"

/* How long the name is that a field's line opens with; 0: it is no field's. */
size_t mail_header_line_name(struct span line);

/* Does the line, which lost the blanks at its beginning, go on with the field above? `no_field`: it
 * has no field's form itself. */
bool mail_header_line_goes_on(const struct mail_field *above, struct span line, bool no_field);

/* Do the first lines of `rest`, which is right below that field, end what a program left open in
 * it: a bracket, a quote or a list? What follows them is a field, or an empty line and a body;
 * before the latter they do not end as a sentence does, for that may be the body's first. */
bool mail_header_line_is_of_open(const struct mail_field *above, struct span rest);

/* A bit for each field that a mail has once; 0: it may have more of that name. */
unsigned mail_header_line_once(struct span name);

/* The author or the subject. */
bool mail_header_line_is_of_who_or_what(struct span name);

/* "Date: 12 May", "To: the boss": people write so, and headers do not. */
bool mail_header_line_is_said(struct span name, struct span value);

#endif
