/* channels/mail_html_sheet.h - which classes and ids a style sheet hides.
 *
 * Pure, linear. Only rules of one class or id alone are known, and only outside of media queries;
 * what any other rule shows again counts as shown. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_SHEET_H
#define RELEVO_CHANNELS_MAIL_HTML_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

enum { MAIL_HTML_SHEET_NAMES = 32, MAIL_HTML_SHEET_NAME_MAX = 48 };

struct mail_html_sheet {
    char hidden[MAIL_HTML_SHEET_NAMES][MAIL_HTML_SHEET_NAME_MAX + 1]; /* ".class", "#id" */
    size_t count;
};

/* Adds what one style element says; `sheet` is zero, or has what those before it said. */
void mail_html_sheet_read(struct mail_html_sheet *sheet, struct span css);
/* Is the element of a class or an id that is hidden? */
bool mail_html_sheet_hides(const struct mail_html_sheet *sheet, const unsigned char **attributes);

#endif
