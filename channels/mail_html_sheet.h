/* channels/mail_html_sheet.h - which classes and ids a style sheet hides.
 *
 * Pure, linear. Only rules of one class or id alone hide, and only outside of media queries; what
 * any other rule shows again counts as shown. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_SHEET_H
#define RELEVO_CHANNELS_MAIL_HTML_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

enum { MAIL_HTML_SHEET_NAMES = 64, MAIL_HTML_SHEET_NAME_MAX = 48 };

struct mail_html_sheet_name {
    char key[MAIL_HTML_SHEET_NAME_MAX + 1]; /* ".class", "#id" */
    bool hidden;                            /* or a rule shows it */
    bool important;
};

struct mail_html_sheet {
    struct mail_html_sheet_name names[MAIL_HTML_SHEET_NAMES]; /* what is said last stands last */
    size_t count;
    bool full; /* of more names nothing is known, so nothing is hidden */
};

/* Adds what one style element for `media` says, which may be empty; `sheet` is zero, or has what
 * those before it said. */
void mail_html_sheet_read(struct mail_html_sheet *sheet, struct span css, struct span media);
/* Is the element of a class or an id that is hidden? Its own style may show it. */
bool mail_html_sheet_hides(const struct mail_html_sheet *sheet, const unsigned char **attributes);

#endif
