/* channels/mail_html_style.h - what an element's style asks for: to be hidden, to be lines.
 *
 * Pure, over one element's tag (mail_html_tag.h). What a style sheet hides, mail_html_sheet.h
 * tells. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_STYLE_H
#define RELEVO_CHANNELS_MAIL_HTML_STYLE_H

#include <stdbool.h>

#include "core/text.h"

/* What a style says of a property, as it comes: of "display: none" the "none". Borrowed; empty:
 * nothing. */
struct span mail_html_style_of(const char *style, const char *property);
/* "none !important" */
bool mail_html_style_is_important(struct span value);

/* What an element is where its style does not say: only a box keeps the height that it is given;
 * what belongs to a table grows with its words. */
enum mail_html_form {
    MAIL_HTML_FORM_INLINE,
    MAIL_HTML_FORM_TABLE,
    MAIL_HTML_FORM_BOX,
    MAIL_HTML_FORMS
};
/* Where the style says. */
enum mail_html_form mail_html_style_form(const char *style, enum mail_html_form form);

/* The ways in which a style hides words, be it an element's own or that of a sheet's rule. What the
 * first two hide is not seen whatever is within, what the others hide may be shown again there. */
enum mail_html_way {
    MAIL_HTML_BY_DISPLAY,
    MAIL_HTML_BY_PLACE, /* cut off, moved away, without height, transparent */
    MAIL_HTML_BY_VISIBILITY,
    MAIL_HTML_BY_SIZE, /* of letters: nothing or a pixel */
    MAIL_HTML_WAYS
};
enum mail_html_sight { MAIL_HTML_AS_BEFORE, MAIL_HTML_UNSEEN, MAIL_HTML_SEEN };
enum mail_html_sight mail_html_style_sight(const char *style, enum mail_html_way way,
                                           enum mail_html_form form);
struct mail_html_said {
    bool any;       /* of all that matters in this way it says something, be it as before */
    bool important; /* what hides is, or some of what does not */
};
struct mail_html_said mail_html_style_says(const char *style, enum mail_html_way way,
                                           enum mail_html_sight sight);
/* What goes beyond its height is not shown. */
bool mail_html_style_cuts_off(const char *style);
/* What the size of its letters is by all of its tag, where no sheet says it. */
enum mail_html_sight mail_html_style_size(const char *name, const unsigned char **attributes);
/* By their colour: none, or that of the ground that the same element has. */
enum mail_html_sight mail_html_style_ink(const char *name, const unsigned char **attributes);
/* Is what a style says of `display` lines of its own? */
bool mail_html_style_is_lines(struct span display);
/* It stands at the right of its line. */
bool mail_html_style_is_apart(const unsigned char **attributes);
/* A cell of a table. */
bool mail_html_style_is_cell(const unsigned char **attributes);
/* Each element within it stands by itself. */
bool mail_html_style_parts_children(const unsigned char **attributes);
/* A line's end in its text is one: what programs write that put a plain text into HTML. */
bool mail_html_style_keeps_lines(const unsigned char **attributes);

#endif
