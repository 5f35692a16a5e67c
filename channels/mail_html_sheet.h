/* channels/mail_html_sheet.h - which classes and ids a style sheet hides, or makes lines of.
 *
 * Pure, linear. Only rules of one class or id hide, which may be of one element only, and only
 * those that hold on a desk's screen whatever its size; what any other rule shows again counts as
 * shown, unless it is for small screens or for paper: most templates hide there what a desk shows,
 * and the other way round.
 */
#ifndef RELEVO_CHANNELS_MAIL_HTML_SHEET_H
#define RELEVO_CHANNELS_MAIL_HTML_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

enum {
    MAIL_HTML_SHEET_NAMES = 64,
    MAIL_HTML_SHEET_NAME_MAX = 48,
    MAIL_HTML_SHEET_ELEMENT_MAX = 10
};

struct mail_html_sheet_name {
    char element[MAIL_HTML_SHEET_ELEMENT_MAX + 1]; /* of which alone it is said; "": of any */
    char key[MAIL_HTML_SHEET_NAME_MAX + 1];        /* ".class", "#id" */
    bool hidden;                                   /* or a rule shows it */
    bool important;
    bool sure;  /* its rule asks for nothing else */
    bool block; /* shown as lines of its own */
    int weight; /* of two the heavier one has its way, of equal ones the last */
};

struct mail_html_sheet {
    struct mail_html_sheet_name names[MAIL_HTML_SHEET_NAMES]; /* what is said last stands last */
    size_t count;
    bool full; /* of more names nothing is known, so nothing is hidden */
};

/* Adds what one style element for `media` says, which may be empty; `sheet` is zero, or has what
 * those before it said. */
void mail_html_sheet_read(struct mail_html_sheet *sheet, struct span css, struct span media);

/* How an element is shown, by its own style and by the sheets that it was preceded by. */
enum mail_html_display {
    MAIL_HTML_DISPLAY_ANY,
    MAIL_HTML_DISPLAY_NONE,          /* its own style says so, or the attribute `hidden` */
    MAIL_HTML_DISPLAY_NONE_BY_SHEET, /* the sheets do */
    MAIL_HTML_DISPLAY_BLOCK,         /* by the sheets too */
    MAIL_HTML_DISPLAY_AGAIN,         /* the sheets undo what its own style says, which hides it */
};
enum mail_html_display mail_html_sheet_display(const struct mail_html_sheet *sheet,
                                               const char *element,
                                               const unsigned char **attributes);

#endif
