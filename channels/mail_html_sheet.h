/* channels/mail_html_sheet.h - which classes and ids a style sheet hides, or makes lines of.
 *
 * Pure, linear. Only rules of one class or id hide, which may be of one element only, and only
 * those that hold on a desk's screen whatever its size; what any other rule shows again counts as
 * shown, unless it is for small screens or for paper: most templates hide there what a desk shows,
 * and the other way round. What hides is told where an element's own style is judged, too
 * (mail_html_style.h).
 */
#ifndef RELEVO_CHANNELS_MAIL_HTML_SHEET_H
#define RELEVO_CHANNELS_MAIL_HTML_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_html_style.h"
#include "core/text.h"

enum {
    MAIL_HTML_SHEET_NAMES = 64,
    MAIL_HTML_SHEET_NAME_MAX = 48,
    MAIL_HTML_SHEET_ELEMENT_MAX = 10
};

struct mail_html_sheet_name {
    char element[MAIL_HTML_SHEET_ELEMENT_MAX + 1]; /* of which alone it is said; "": of any */
    char key[MAIL_HTML_SHEET_NAME_MAX + 1];        /* ".class", "#id"; "": of all such elements */
    bool hidden[MAIL_HTML_FORMS];                  /* by what the element is; or a rule shows it */
    bool important;
    bool sure;  /* its rule asks for nothing else */
    bool block; /* shown as lines of its own */
    int weight; /* of two the heavier one has its way, of equal ones the last */
};

/* What is said in one way of hiding. */
struct mail_html_sheet_names {
    struct mail_html_sheet_name names[MAIL_HTML_SHEET_NAMES]; /* what is said last stands last */
    size_t count;
    bool hides; /* some of them are, or were, hidden */
    bool full;  /* of more names nothing is known, so nothing is hidden */
};

struct mail_html_sheet {
    struct mail_html_sheet_names by[MAIL_HTML_WAYS];
};

/* Adds what one style element for `media` says, which may be empty; `sheet` is zero, or has what
 * those before it said. */
void mail_html_sheet_read(struct mail_html_sheet *sheet, struct span css, struct span media);

/* How an element is shown in one way, by its own style and by the sheets that it was preceded by.
 */
struct mail_html_shown {
    enum mail_html_sight sight;
    bool by_sheet; /* the sheets hide it */
    bool again;    /* the sheets undo what its own style says, which hides it */
    bool block;    /* it is lines of its own, as its display says */
};
/* `form`: what such an element is. */
struct mail_html_shown mail_html_sheet_shown(const struct mail_html_sheet *sheet,
                                             enum mail_html_way way, enum mail_html_form form,
                                             const char *element, const unsigned char **attributes);

#endif
