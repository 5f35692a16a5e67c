#include "channels/mail_html_style.h"

#include <string.h>

#include "channels/mail_html_tag.h"

struct span mail_html_style_of(const char *style, const char *property)
{
    const char *end, *colon;
    struct span name;

    for (; *style != '\0'; style = *end == '\0' ? end : end + 1) {
        end = style + strcspn(style, ";");
        colon = memchr(style, ':', (size_t)(end - style));
        if (colon == NULL)
            continue;
        name = span_trim((struct span){ style, (size_t)(colon - style) });
        if (span_same(name, property))
            return span_trim((struct span){ colon + 1, (size_t)(end - colon) - 1 });
    }
    return (struct span){ "", 0 };
}

/* "0", "0px", "0.0", ".0 !important"; not "0.5", "05". */
static bool is_zero(struct span value)
{
    size_t n = 0, digits = 0;

    for (; n < value.len && strchr("0.", value.ptr[n]) != NULL; n++)
        digits += value.ptr[n] == '0';
    return digits > 0 && (n == value.len || value.ptr[n] < '1' || value.ptr[n] > '9');
}

/* Mostly the lines that only a mailbox's list of mails is to show. Letters of size 0 are no sign:
 * many templates set that for a whole table, and other sizes within. */
bool mail_html_style_hides(const unsigned char **attributes)
{
    const char *style = mail_html_tag_value(attributes, "style");

    return span_begins(mail_html_style_of(style, "display"), "none") ||
           span_begins(mail_html_style_of(style, "visibility"), "hidden") ||
           span_begins(mail_html_style_of(style, "mso-hide"), "all") ||
           is_zero(mail_html_style_of(style, "opacity")) ||
           ((is_zero(mail_html_style_of(style, "max-height")) ||
             is_zero(mail_html_style_of(style, "height"))) &&
            span_begins(mail_html_style_of(style, "overflow"), "hidden")) ||
           mail_html_tag_has(attributes, "hidden");
}

bool mail_html_style_is_block(const unsigned char **attributes)
{
    static const char *const displays[] = { "block", "flex", "grid", "list-item", "table", NULL };
    struct span display = mail_html_style_of(mail_html_tag_value(attributes, "style"), "display");

    return span_begins_any(display, displays) && !span_begins(display, "table-c");
}

bool mail_html_style_keeps_lines(const unsigned char **attributes)
{
    /* "pre", "pre-wrap", "pre-line" */
    static const char *const values[] = { "pre", "break-spaces", NULL };

    return span_begins_any(
        mail_html_style_of(mail_html_tag_value(attributes, "style"), "white-space"), values);
}
