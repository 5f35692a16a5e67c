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
enum mail_html_form { MAIL_HTML_FORM_INLINE, MAIL_HTML_FORM_TABLE, MAIL_HTML_FORM_BOX };
/* By whatever but its display, nothing of it is shown. */
bool mail_html_style_hides(const unsigned char **attributes, enum mail_html_form form);
/* What it does to the letters within: one that is within may undo it. */
enum mail_html_sight { MAIL_HTML_AS_BEFORE, MAIL_HTML_UNSEEN, MAIL_HTML_SEEN };
/* By their size: nothing or a pixel. */
enum mail_html_sight mail_html_style_size(const char *name, const unsigned char **attributes);
/* By their colour: none, or that of the ground that the same element has. */
enum mail_html_sight mail_html_style_ink(const char *name, const unsigned char **attributes);
/* As it says itself: an element that is within may be visible again. */
enum mail_html_sight mail_html_style_visibility(const unsigned char **attributes);
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
