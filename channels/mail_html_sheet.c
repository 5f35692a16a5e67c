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

/* Where it is among those that are known; their number: it is not. */
static size_t place_of(const struct mail_html_sheet *sheet, struct span key)
{
    size_t i = 0;

    while (i < sheet->count && !span_is(key, sheet->names[i].key))
        i++;
    return i;
}

/* What a rule says of it is said last, unless one before it is important. */
static void take_name(struct mail_html_sheet *sheet, struct span key, bool hidden, bool important)
{
    struct mail_html_sheet_name name = { .hidden = hidden, .important = important };
    size_t place = place_of(sheet, key);

    if (place < sheet->count) {
        if (hidden && !important && sheet->names[place].important)
            return;
        sheet->count--;
        memmove(&sheet->names[place], &sheet->names[place + 1],
                (sheet->count - place) * sizeof(name));
    } else if (sheet->count == MAIL_HTML_SHEET_NAMES) {
        sheet->full = true;
        return;
    }
    memcpy(name.key, key.ptr, key.len);
    sheet->names[sheet->count++] = name;
}

/* Whatever else the selector asks for. */
static void show(struct mail_html_sheet *sheet, struct span selector, bool important)
{
    size_t i, n;

    for (i = 0; i<selector.len; i += n> 0 ? n : 1) {
        n = key_at((struct span){ selector.ptr + i, selector.len - i });
        if (n > 0)
            take_name(sheet, (struct span){ selector.ptr + i, n }, false, important);
    }
}

static void take_rule(struct mail_html_sheet *sheet, struct span selectors, struct span block,
                      bool always)
{
    char style[BLOCK_MAX + 1];
    struct span display, one;
    bool important;
    size_t n;

    if (block.len > BLOCK_MAX)
        return;
    memcpy(style, block.ptr, block.len);
    style[block.len] = '\0';
    display = mail_html_style_of(style, "display");
    important = mail_html_style_is_important(display);
    if (display.len > 0 && !span_begins(display, "none"))
        show(sheet, selectors, important);
    while (always && span_begins(display, "none") && selectors.len > 0) {
        const char *comma = memchr(selectors.ptr, ',', selectors.len);

        n = comma != NULL ? (size_t)(comma - selectors.ptr) : selectors.len;
        one = span_trim((struct span){ selectors.ptr, n });
        if (one.len > 0 && key_at(one) == one.len)
            take_name(sheet, one, true, important);
        n += comma != NULL;
        selectors = (struct span){ selectors.ptr + n, selectors.len - n };
    }
}

/* How long the comment at s is, or the string; 0: there is none. A string ends with its line. */
static size_t bare_at(struct span s)
{
    const char *end;
    size_t n = 1;

    if (s.len >= 2 && memcmp(s.ptr, "/*", 2) == 0) {
        end = memmem(s.ptr + 2, s.len - 2, "*/", 2);
        return end != NULL ? (size_t)(end - s.ptr) + 2 : s.len;
    }
    if (s.ptr[0] != '"' && s.ptr[0] != '\'')
        return 0;
    while (n < s.len && s.ptr[n] != s.ptr[0] && s.ptr[n] != '\n')
        n += s.ptr[n] == '\\' && n + 1 < s.len ? 2 : 1;
    return n < s.len ? n + 1 : n;
}

/* Without comments and strings, in which braces mean nothing. */
static void copy_rules(struct text_buffer *out, struct span css)
{
    size_t i = 0, begin = 0, n;

    while (i < css.len) {
        n = bare_at((struct span){ css.ptr + i, css.len - i });
        if (n > 0) {
            text_buffer_add(out, css.ptr + begin, i - begin);
            begin = i + n;
        }
        i += n > 0 ? n : 1;
    }
    text_buffer_add(out, css.ptr + begin, css.len - begin);
}

/* "{color:red}" at s; 0: rules are within it, as in that of an at-rule. */
static size_t block_at(struct span s)
{
    size_t n = 1;

    while (n < s.len && s.ptr[n] != '}' && s.ptr[n] != '{')
        n++;
    if (n == s.len)
        return n;
    return s.ptr[n] == '}' ? n + 1 : 0;
}

static void read_rules(struct mail_html_sheet *sheet, struct span css, bool always)
{
    size_t i, begin = 0, n, within = 0; /* `within`: rules that have rules in them, and are open */

    for (i = 0; i < css.len; i += n) {
        struct span rest = { css.ptr + i, css.len - i }, selector = { css.ptr + begin, i - begin };

        n = 1;
        if (strchr("{};", rest.ptr[0]) == NULL || rest.ptr[0] == '\0')
            continue;
        if (rest.ptr[0] == '}')
            within -= within > 0;
        if (rest.ptr[0] == '{') {
            n = span_begins(span_trim(selector), "@") ? 0 : block_at(rest);
            if (n > 0)
                take_rule(sheet, selector,
                          (struct span){ rest.ptr + 1, n - 1 - (rest.ptr[n - 1] == '}') },
                          always && within == 0);
            within += n == 0;
            n += n == 0;
        }
        begin = i + n;
    }
}

void mail_html_sheet_read(struct mail_html_sheet *sheet, struct span css, struct span media)
{
    static const char *const always[] = { "", "all", "screen", "only screen", NULL };
    struct text_buffer rules = { 0 };

    copy_rules(&rules, css);
    read_rules(sheet, text_buffer_span(&rules), span_same_any(span_trim(media), always));
    text_buffer_clear(&rules);
}

/* Is it its id, or one of its classes? */
static bool has_name(const char *key, const char *classes, const char *id)
{
    size_t n;

    if (key[0] == '#')
        return strcmp(id, key + 1) == 0;
    for (; *classes != '\0'; classes += n) {
        classes += strspn(classes, " \t\r\n");
        n = strcspn(classes, " \t\r\n");
        if (n == strlen(key + 1) && memcmp(classes, key + 1, n) == 0)
            return true;
    }
    return false;
}

bool mail_html_sheet_hides(const struct mail_html_sheet *sheet, const unsigned char **attributes)
{
    const char *classes, *id;
    struct span own;
    size_t i;

    if (sheet->full || sheet->count == 0)
        return false;
    classes = mail_html_tag_value(attributes, "class");
    id = mail_html_tag_value(attributes, "id");
    own = mail_html_style_of(mail_html_tag_value(attributes, "style"), "display");
    for (i = sheet->count; i > 0; i--) {
        const struct mail_html_sheet_name *name = &sheet->names[i - 1];

        if (has_name(name->key, classes, id))
            return name->hidden && (own.len == 0 || name->important);
    }
    return false;
}
