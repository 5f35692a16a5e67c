#include "channels/mail_html_sheet.h"

#include <string.h>

#include "channels/mail_html_style.h"
#include "channels/mail_html_tag.h"

enum { BLOCK_MAX = 500 }; /* bytes of a rule's declarations; a longer one hides nothing */

static bool is_name(char c)
{
    return text_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_';
}

/* ".name" or "#name" at s; 0: it is none. */
static size_t key_at(struct span s)
{
    size_t n = 1;

    if (s.len < 2 || (s.ptr[0] != '.' && s.ptr[0] != '#'))
        return 0;
    while (n < s.len && is_name(s.ptr[n]))
        n++;
    return n > 1 && n <= MAIL_HTML_SHEET_NAME_MAX ? n : 0;
}

/* Where it is among those that are hidden; their number: it is not. */
static size_t place_of(const struct mail_html_sheet *sheet, struct span key)
{
    size_t i = 0;

    while (i < sheet->count && !span_is(key, sheet->hidden[i]))
        i++;
    return i;
}

static void hide(struct mail_html_sheet *sheet, struct span key)
{
    if (sheet->count == MAIL_HTML_SHEET_NAMES || place_of(sheet, key) < sheet->count)
        return;
    memcpy(sheet->hidden[sheet->count], key.ptr, key.len);
    sheet->hidden[sheet->count++][key.len] = '\0';
}

/* Whatever else the selector asks for. */
static void show(struct mail_html_sheet *sheet, struct span selector)
{
    size_t i, n, place;

    for (i = 0; i<selector.len; i += n> 0 ? n : 1) {
        n = key_at((struct span){ selector.ptr + i, selector.len - i });
        place = n > 0 ? place_of(sheet, (struct span){ selector.ptr + i, n }) : sheet->count;
        if (place < sheet->count)
            memmove(sheet->hidden[place], sheet->hidden[--sheet->count],
                    sizeof(sheet->hidden[place]));
    }
}

static void take_rule(struct mail_html_sheet *sheet, struct span selectors, struct span block,
                      bool always)
{
    char style[BLOCK_MAX + 1];
    struct span display, one;
    size_t n;

    if (block.len > BLOCK_MAX)
        return;
    memcpy(style, block.ptr, block.len);
    style[block.len] = '\0';
    display = mail_html_style_of(style, "display");
    if (display.len > 0 && !span_begins(display, "none"))
        show(sheet, selectors);
    while (always && span_begins(display, "none") && selectors.len > 0) {
        const char *comma = memchr(selectors.ptr, ',', selectors.len);

        n = comma != NULL ? (size_t)(comma - selectors.ptr) : selectors.len;
        one = span_trim((struct span){ selectors.ptr, n });
        if (one.len > 0 && key_at(one) == one.len)
            hide(sheet, one);
        n += comma != NULL;
        selectors = (struct span){ selectors.ptr + n, selectors.len - n };
    }
}

/* How long the comment at s is; 0: there is none. */
static size_t comment_at(struct span s)
{
    const char *end;

    if (s.len < 2 || memcmp(s.ptr, "/*", 2) != 0)
        return 0;
    end = memmem(s.ptr + 2, s.len - 2, "*/", 2);
    return end != NULL ? (size_t)(end - s.ptr) + 2 : s.len;
}

void mail_html_sheet_read(struct mail_html_sheet *sheet, struct span css)
{
    size_t i = 0, begin = 0, n, within = 0; /* `within`: at-rules that are open */

    while (i < css.len) {
        struct span rest = { css.ptr + i, css.len - i }, selector = { css.ptr + begin, i - begin };
        const char *end;

        n = comment_at(rest);
        if (n == 0 && rest.ptr[0] == '{' && !span_begins(span_trim(selector), "@")) {
            end = memchr(rest.ptr, '}', rest.len);
            n = end != NULL ? (size_t)(end - rest.ptr) + 1 : rest.len;
            take_rule(sheet, selector, (struct span){ rest.ptr + 1, n - 1 - (end != NULL) },
                      within == 0);
        } else if (n == 0) {
            n = 1;
            if (rest.ptr[0] == '{')
                within++;
            else if (rest.ptr[0] == '}')
                within -= within > 0;
            else if (rest.ptr[0] != ';') {
                i++;
                continue;
            }
        } else if (span_trim(selector).len > 0) {
            i += n;
            continue;
        }
        i += n;
        begin = i;
    }
}

bool mail_html_sheet_hides(const struct mail_html_sheet *sheet, const unsigned char **attributes)
{
    const char *names = mail_html_tag_value(attributes, "class"),
               *id = mail_html_tag_value(attributes, "id");
    size_t i, n;

    for (i = 0; i < sheet->count; i++) {
        const char *hidden = sheet->hidden[i] + 1, *p = names;

        if (sheet->hidden[i][0] == '#' && strcmp(id, hidden) == 0)
            return true;
        for (; sheet->hidden[i][0] == '.' && *p != '\0'; p += n) {
            p += strspn(p, " \t\r\n");
            n = strcspn(p, " \t\r\n");
            if (n == strlen(hidden) && memcmp(p, hidden, n) == 0)
                return true;
        }
    }
    return false;
}
