#include "channels/mail_html_style.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_html_tag.h"

bool mail_html_style_is_important(struct span value)
{
    return span_holds(value, "!important");
}

/* The last one that is said, as browsers have it. */
struct span mail_html_style_of(const char *style, const char *property)
{
    const char *end, *colon;
    struct span name, value, found = { "", 0 };

    for (; *style != '\0'; style = *end == '\0' ? end : end + 1) {
        end = style + strcspn(style, ";");
        colon = memchr(style, ':', (size_t)(end - style));
        if (colon == NULL)
            continue;
        name = span_trim((struct span){ style, (size_t)(colon - style) });
        value = span_trim((struct span){ colon + 1, (size_t)(end - colon) - 1 });
        if (span_same(name, property) &&
            (mail_html_style_is_important(value) || !mail_html_style_is_important(found)))
            found = value;
    }
    return found;
}

/* "0", "0px", "0.0", ".0 !important"; not "0.5", "05". */
static bool is_zero(struct span value)
{
    size_t n = 0, digits = 0;

    for (; n < value.len && strchr("0.", value.ptr[n]) != NULL; n++)
        digits += value.ptr[n] == '0';
    return digits > 0 && (n == value.len || value.ptr[n] < '1' || value.ptr[n] > '9');
}

/* Letters of no more than a pixel are not read. */
static bool is_tiny(struct span value)
{
    static const char *const pixels[] = { "1px", "1pt", "1.0px", "0.", ".", NULL };
    size_t n = strspn(value.ptr, "0123456789."); /* the style goes on behind the value */

    if (is_zero(value))
        return true;
    if (!span_begins_any(value, pixels) || n >= value.len)
        return false;
    value = (struct span){ value.ptr + n, value.len - n };
    return span_begins(value, "px") || span_begins(value, "pt");
}

/* "-9999px" */
static bool is_far_out(struct span value)
{
    size_t n = 0;

    while (n + 1 < value.len && text_is_digit(value.ptr[n + 1]))
        n++;
    return value.len > 0 && value.ptr[0] == '-' && n >= 4;
}

/* Out of the lines round it, or out of its own place. */
static bool is_moved(const char *style)
{
    static const char *const positions[] = { "absolute", "fixed", "relative", NULL };

    return span_begins_any(mail_html_style_of(style, "position"), positions);
}

static bool is_outside(const char *style, enum mail_html_form form)
{
    return (form != MAIL_HTML_FORM_INLINE &&
            is_far_out(mail_html_style_of(style, "text-indent"))) ||
           (is_moved(style) && (is_far_out(mail_html_style_of(style, "left")) ||
                                is_far_out(mail_html_style_of(style, "top"))));
}

/* "rect(0 0 0 0)", "rect(1px, 1px, 1px, 1px)"; the style goes on behind it. */
static bool is_empty_rect(struct span value)
{
    static const char rect[] = "rect(";
    const char *p = value.ptr, *end = value.ptr + value.len;
    int i;

    if (!span_begins(value, rect))
        return false;
    p += strlen(rect);
    for (i = 0; i < 4; i++) {
        while (p < end && strchr(" ,", *p) != NULL)
            p++;
        if (p == end || (*p != '0' && *p != '1'))
            return false;
        p++;
        if (end - p > 2 && strncasecmp(p, "px", 2) == 0)
            p += 2;
        if (p == end || strchr(" ,)", *p) == NULL)
            return false;
    }
    return true;
}

/* Words that only programs read aloud. */
static bool is_clipped(const char *style)
{
    static const char *const positions[] = { "absolute", "fixed", NULL };
    static const char *const insets[] = { "inset(50%)", "inset(100%)", NULL };

    return (is_empty_rect(mail_html_style_of(style, "clip")) &&
            span_begins_any(mail_html_style_of(style, "position"), positions)) ||
           span_begins_any(mail_html_style_of(style, "clip-path"), insets);
}

bool mail_html_style_cuts_off(const char *style)
{
    static const char *const values[] = { "hidden", "clip", NULL };

    return span_begins_any(mail_html_style_of(style, "overflow"), values) ||
           span_begins_any(mail_html_style_of(style, "overflow-y"), values);
}

/* "0", "0 9px", "0px 0px 9px": is there any above or below? */
static bool is_padded(const char *style)
{
    struct span all = mail_html_style_of(style, "padding"), side;
    int i;

    for (i = 0; i < 3 && all.len > 0; i++) {
        const char *blank = memchr(all.ptr, ' ', all.len);

        side = (struct span){ all.ptr, blank != NULL ? (size_t)(blank - all.ptr) : all.len };
        if (i != 1 && !is_zero(side) && side.ptr[0] != '!')
            return true;
        all = span_trim((struct span){ all.ptr + side.len, all.len - side.len });
    }
    for (i = 0; i < 3; i++) {
        static const char *const others[] = { "padding-top", "padding-bottom", "min-height" };

        side = mail_html_style_of(style, others[i]);
        if (side.len > 0 && !is_zero(side))
            return true;
    }
    return false;
}

/* Has it no height, and nothing goes beyond it, or its letters have none? Without width a cell cuts
 * off what is too long and shows the rest. Of a height in per cent nothing is known. */
static bool is_without_height(const char *style)
{
    struct span most = mail_html_style_of(style, "max-height");
    struct span height = mail_html_style_of(style, "height");

    if (is_zero(most) && is_tiny(mail_html_style_of(style, "line-height")))
        return true;
    return (is_tiny(most) || (is_tiny(height) && !span_holds(height, "%"))) &&
           mail_html_style_cuts_off(style) && !is_padded(style);
}

enum mail_html_form mail_html_style_form(const char *style, enum mail_html_form form)
{
    static const char *const in_line[] = { "inline", "inline !important", "inline!important",
                                           NULL };
    struct span display = mail_html_style_of(style, "display");

    if (span_begins(display, "table"))
        return MAIL_HTML_FORM_TABLE;
    if (mail_html_style_is_lines(display) || span_begins(display, "inline-block") ||
        (form == MAIL_HTML_FORM_INLINE && mail_html_style_of(style, "float").len > 0))
        return MAIL_HTML_FORM_BOX;
    return span_same_any(display, in_line) ? MAIL_HTML_FORM_INLINE : form;
}

/* It lets all through, unless it comes by and by. */
static bool is_faded(const char *style)
{
    return is_zero(mail_html_style_of(style, "opacity")) &&
           mail_html_style_of(style, "animation").len == 0 &&
           mail_html_style_of(style, "animation-name").len == 0;
}

/* Mostly the lines that only a mailbox's list of mails is to show. What only Word is to hide
 * (mso-hide) all others show: buttons of which it draws a picture. */
static bool is_out_of_sight(const char *style, enum mail_html_form said)
{
    enum mail_html_form form = mail_html_style_form(style, said);

    return is_faded(style) || is_outside(style, form) || is_clipped(style) ||
           (form == MAIL_HTML_FORM_BOX && is_without_height(style)) ||
           (form != MAIL_HTML_FORM_INLINE &&
            span_begins(mail_html_style_of(style, "transform"), "scale(0)"));
}

/* The size that is said last, in whichever way. */
static struct span size_of(const char *style)
{
    struct span size = mail_html_style_of(style, "font-size");
    struct span font = mail_html_style_of(style, "font");

    return font.len > 0 && (size.len == 0 || size.ptr < font.ptr) ? font : size;
}

/* "1em", "120%": nothing of nothing is nothing. */
static bool is_of_parent(struct span size)
{
    static const char *const words[] = { "larger", "smaller", "inherit", NULL };
    static const char *const units[] = { "em", "ex", "%", NULL };
    size_t n = strspn(size.ptr, "0123456789."); /* the style goes on behind the value */

    if (n == 0 || n >= size.len)
        return span_begins_any(size, words);
    return span_begins_any((struct span){ size.ptr + n, size.len - n }, units);
}

enum mail_html_sight mail_html_style_sight(const char *style, enum mail_html_way way,
                                           enum mail_html_form form)
{
    static const char *const invisible[] = { "hidden", "collapse", NULL };
    struct span said = { "", 0 };
    bool hides = false, shows = false;

    switch (way) {
    case MAIL_HTML_BY_DISPLAY:
        said = mail_html_style_of(style, "display");
        hides = span_begins(said, "none");
        shows = said.len > 0;
        break;
    case MAIL_HTML_BY_PLACE:
        hides = is_out_of_sight(style, form);
        break;
    case MAIL_HTML_BY_VISIBILITY:
        said = mail_html_style_of(style, "visibility");
        hides = span_begins_any(said, invisible);
        shows = span_begins(said, "visible");
        break;
    case MAIL_HTML_BY_SIZE:
        said = size_of(style);
        hides = said.len > 0 && is_tiny(said);
        shows = said.len > 0 && !is_of_parent(said);
        break;
    case MAIL_HTML_WAYS:
        break;
    }
    if (hides)
        return MAIL_HTML_UNSEEN;
    return shows ? MAIL_HTML_SEEN : MAIL_HTML_AS_BEFORE;
}

struct mail_html_said mail_html_style_says(const char *style, enum mail_html_way way,
                                           enum mail_html_sight sight)
{
    enum { PROPERTIES_MAX = 11 };
    static const char *const properties[MAIL_HTML_WAYS][PROPERTIES_MAX] = {
        [MAIL_HTML_BY_DISPLAY] = { "display" },
        [MAIL_HTML_BY_PLACE] = { "opacity", "max-height", "height", "overflow", "clip", "clip-path",
                                 "left", "top", "text-indent", "transform" },
        [MAIL_HTML_BY_VISIBILITY] = { "visibility" },
        [MAIL_HTML_BY_SIZE] = { "font-size", "font" },
    };
    size_t said = 0, important = 0, i;

    for (i = 0; properties[way][i] != NULL; i++) {
        struct span value = mail_html_style_of(style, properties[way][i]);

        said += value.len > 0;
        important += mail_html_style_is_important(value);
    }
    return (struct mail_html_said){
        .any = said > 0,
        .important = sight == MAIL_HTML_UNSEEN ? important == said : important > 0,
    };
}

/* What a style sheet may say of it is not known. */
static bool is_styled_elsewhere(const unsigned char **attributes)
{
    return mail_html_tag_has(attributes, "class") || mail_html_tag_has(attributes, "id");
}

/* Many templates set size 0 for a whole table, and other sizes within. */
enum mail_html_sight mail_html_style_size(const char *name, const unsigned char **attributes)
{
    const char *style = mail_html_tag_value(attributes, "style");
    enum mail_html_sight sight =
        mail_html_style_sight(style, MAIL_HTML_BY_SIZE, MAIL_HTML_FORM_INLINE);

    if (sight != MAIL_HTML_AS_BEFORE || is_of_parent(size_of(style)))
        return sight;
    return is_styled_elsewhere(attributes) || strcasecmp(name, "table") == 0 ||
                   mail_html_tag_has(attributes, "size")
               ? MAIL_HTML_SEEN
               : MAIL_HTML_AS_BEFORE;
}

/* "255, 255, 255"; the style goes on behind it. */
static long rgb_in(const char *p)
{
    long rgb = 0;
    int64_t n;
    int i;

    for (i = 0; i < 3; i++) {
        p += strspn(p, " ,");
        if (text_digits(&p, &n) < 0 || n > 0xff)
            return -1;
        rgb = rgb * 0x100 + (long)n;
    }
    return rgb;
}

/* "#fff", "#FFFFFF", "rgb(255, 255, 255)", "white"; -1: another one. */
static long rgb_of(struct span s)
{
    char hex[7] = "", *end;
    long rgb;

    if (span_begins(s, "white"))
        return 0xffffff;
    if (span_begins(s, "black"))
        return 0;
    if (span_begins(s, "rgb("))
        return rgb_in(s.ptr + 4);
    if (s.len < 4 || s.ptr[0] != '#')
        return -1;
    memcpy(hex, s.ptr + 1, s.len < 7 ? 3 : 6);
    rgb = strtol(hex, &end, 16);
    if (*end != '\0')
        return -1;
    if (end - hex == 3)
        rgb = (rgb & 0xf00) * 0x1100 + (rgb & 0xf0) * 0x110 + (rgb & 0xf) * 0x11;
    return rgb;
}

/* "transparent", "rgba(0,0,0,0)" */
static bool is_transparent(struct span color)
{
    const char *comma = memrchr(color.ptr, ',', color.len);

    if (!span_begins(color, "rgba(") || comma == NULL)
        return span_begins(color, "transparent");
    return is_zero(
        span_trim((struct span){ comma + 1, (size_t)(color.ptr + color.len - comma) - 1 }));
}

/* One colour and nothing else; empty: none, or a picture. */
static struct span background_of(const char *style, const unsigned char **attributes)
{
    struct span said = mail_html_style_of(style, "background-color");
    struct span whole = mail_html_style_of(style, "background");

    if (span_holds(whole, "url") || span_holds(whole, "gradient") ||
        mail_html_style_of(style, "background-image").len > 0 ||
        mail_html_tag_has(attributes, "background"))
        return (struct span){ "", 0 };
    if (said.len > 0)
        return said;
    return whole.len > 0 ? whole : span_of(mail_html_tag_value(attributes, "bgcolor"));
}

/* Letters may be cut out of a picture, or have a shadow. */
static bool has_other_ink(const char *style)
{
    return strstr(style, "background-clip") != NULL || strstr(style, "text-shadow") != NULL ||
           strstr(style, "-fill-color") != NULL || strstr(style, "-stroke") != NULL;
}

enum mail_html_sight mail_html_style_ink(const char *name, const unsigned char **attributes)
{
    const char *style = mail_html_tag_value(attributes, "style");
    struct span ink = mail_html_style_of(style, "color");
    struct span ground = background_of(style, attributes);

    if (ink.len == 0)
        ink = span_of(mail_html_tag_value(attributes, "color"));
    if (ink.len > 0 && !has_other_ink(style) &&
        (is_transparent(ink) || (rgb_of(ink) >= 0 && rgb_of(ink) == rgb_of(ground))))
        return MAIL_HTML_UNSEEN;
    return ink.len > 0 || ground.len > 0 || is_styled_elsewhere(attributes) ||
                   strcasecmp(name, "a") == 0
               ? MAIL_HTML_SEEN
               : MAIL_HTML_AS_BEFORE;
}

bool mail_html_style_is_lines(struct span display)
{
    static const char *const displays[] = { "block", "flex", "grid", "list-item", "table", NULL };

    return span_begins_any(display, displays) && !span_begins(display, "table-c");
}

bool mail_html_style_is_apart(const unsigned char **attributes)
{
    return span_begins(mail_html_style_of(mail_html_tag_value(attributes, "style"), "float"),
                       "right");
}

bool mail_html_style_is_cell(const unsigned char **attributes)
{
    return span_begins(mail_html_style_of(mail_html_tag_value(attributes, "style"), "display"),
                       "table-cell");
}

bool mail_html_style_parts_children(const unsigned char **attributes)
{
    static const char *const displays[] = { "flex", "grid", "inline-flex", "inline-grid", NULL };

    return span_begins_any(mail_html_style_of(mail_html_tag_value(attributes, "style"), "display"),
                           displays);
}

bool mail_html_style_keeps_lines(const unsigned char **attributes)
{
    /* "pre", "pre-wrap", "pre-line" */
    static const char *const values[] = { "pre", "break-spaces", NULL };

    return span_begins_any(
        mail_html_style_of(mail_html_tag_value(attributes, "style"), "white-space"), values);
}
