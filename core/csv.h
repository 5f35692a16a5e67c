/* core/csv.h - a table as RFC 4180 has it, safe for whoever opens it in a spreadsheet.
 *
 * Pure. Lines end with CR LF. What strangers wrote must not become a formula: a text that begins
 * with = + - @, a tab or a carriage return gets an apostrophe before it. Figures are ours and stay
 * as they are. */
#ifndef RELEVO_CORE_CSV_H
#define RELEVO_CORE_CSV_H

#include <glib.h>
#include <stdbool.h>

/* NULL: an empty cell. The first of a line: `first`. */
void csv_text(GString *out, bool first, const char *text);
void csv_figure(GString *out, bool first, const char *figure);
void csv_end_line(GString *out);

#endif
