/* core/ical_line.h - content lines of iCalendar (RFC 5545 3.1), unfolded, one after the other.
 *
 * Pure. "DTSTART;TZID=Europe/Madrid:20260601T100000" has a name, parameters and a value. What is
 * broken comes out as well as it can: a line without a colon has an empty value. */
#ifndef RELEVO_CORE_ICAL_LINE_H
#define RELEVO_CORE_ICAL_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

struct ical_line { /* zeroed before the first; its spans are good until the next */
    struct text_buffer text;
    struct span name, params, value;
};
/* The line at *at, and those that fold on; false: there is none. */
bool ical_line_next(struct span s, size_t *at, struct ical_line *l);
void ical_line_clear(struct ical_line *l);

bool ical_line_is(const struct ical_line *l, const char *name);
/* Without its quotes; empty: it has none of that name. */
struct span ical_line_param(const struct ical_line *l, const char *name);
/* A text without its escapes. */
void ical_line_add_text(struct text_buffer *out, struct span text);
bool ical_is(struct span s, const char *word); /* in any case of ASCII's letters */

#endif
