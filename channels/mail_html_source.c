#include "channels/mail_html_source.h"

#include <ctype.h>
#include <libxml/HTMLparser.h>
#include <string.h>
#include <strings.h>

#include "core/inbound.h"

enum {
    TAG_MAX = 16 << 10, /* a tag of many attributes takes the parser quadratic time */
    TAG_NAME_MAX = 32,
};

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool opens_tag(struct span s)
{
    return s.len > 1 && (is_letter(s.ptr[1]) || s.ptr[1] == '/');
}

/* Where what stands between `s` and `end` ends; `closes` remembers that there is no such end any
 * more, so that it is sought but once. 0: it does not end. */
static size_t length_to(struct span s, size_t from, const char *end, bool *closes)
{
    const char *p =
        *closes && s.len > from ? memmem(s.ptr + from, s.len - from, end, strlen(end)) : NULL;

    *closes = p != NULL;
    return p != NULL ? (size_t)(p - s.ptr) + strlen(end) : 0;
}

/* Where the name of the tag at s is; blanks before it belong to "</ p>" alone. */
static size_t name_at(struct span s)
{
    size_t n = 1;

    if (s.len < 2 || s.ptr[1] != '/')
        return 1;
    while (++n < s.len && s.ptr[n] != '\0' && strchr(" \t\r\n\f", s.ptr[n]) != NULL)
        ;
    return n;
}

/* What begins with "</" and is no end tag as it should be. Browsers take it for a comment, but for
 * "</ p>", which is meant for one, and is one here; a heart, "</3", is a person's, and what does
 * not end is text. Its length, 0: it is an end tag. */
static size_t copy_odd_end(struct text_buffer *b, struct span s, bool *closes)
{
    size_t at = name_at(s), n;
    bool named = at < s.len && is_letter(s.ptr[at]);

    if (named && at == 2)
        return 0;
    n = s.len > 2 && text_is_digit(s.ptr[2]) ? 0 : length_to(s, 2, ">", closes);
    if (n == 0) {
        text_buffer_puts(b, "&lt;/");
        return 2;
    }
    return named && n <= TAG_MAX ? 0 : n;
}

/* The name of a tag whose attributes are too long, as a tag without any. */
static size_t cut_tag(struct text_buffer *b, struct span s, bool *closes)
{
    size_t n = 2, whole = length_to(s, 2, ">", closes);

    while (n < s.len && n < TAG_NAME_MAX && strchr(" \t\r\n<", s.ptr[n]) == NULL)
        n++;
    text_buffer_add(b, s.ptr, n);
    text_buffer_add(b, ">", 1);
    return whole > n ? whole : n;
}

/* html, head and body, opened or closed: fragments close what they never opened, and the parser
 * reads nothing after that. `at`: where the name is. */
static bool is_frame(struct span s, size_t at)
{
    static const char *const names[] = { "html", "head", "body", NULL };
    size_t i;

    if (s.len <= at + 4 || strchr(" \t\r\n>", s.ptr[at + 4]) == NULL)
        return false;
    for (i = 0; names[i] != NULL; i++)
        if (strncasecmp(s.ptr + at, names[i], 4) == 0)
            return true;
    return false;
}

/* Elements that hide what they hold, as far as they are closed: else a forgotten end would hide all
 * that follows. */
static const char *const hiding[] = { "applet", "iframe", "object", "template", "title", "xml" };
enum { HIDING = sizeof(hiding) / sizeof(hiding[0]) };

struct ends {
    bool comment, odd_comment, declaration, tag, style;
    const char *last[HIDING]; /* where each is closed for the last time; NULL: nowhere */
};

static bool is_tag_of(struct span s, size_t at, const char *name)
{
    size_t len = strlen(name);

    return s.len > at + len && (s.ptr[at] | 0x20) == name[0] && /* of all tags, asked first */
           strncasecmp(s.ptr + at, name, len) == 0 && strchr(" \t\r\n/>", s.ptr[at + len]) != NULL;
}

static void find_ends(struct span s, struct ends *ends)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    size_t i;

    while (p < end && (p = memmem(p, (size_t)(end - p), "</", 2)) != NULL) {
        for (i = 0; i < HIDING; i++)
            if (is_tag_of((struct span){ p, (size_t)(end - p) }, 2, hiding[i]))
                ends->last[i] = p;
        p += 2;
    }
}

static bool hides_the_rest(struct span s, const struct ends *ends)
{
    size_t i;

    for (i = 0; i < HIDING; i++)
        if (is_tag_of(s, 1, hiding[i]))
            return ends->last[i] == NULL || ends->last[i] < s.ptr;
    return false;
}

/* "--!>" ends a comment too. */
static size_t comment_length(struct span s, struct ends *ends)
{
    size_t n = length_to(s, 2, "-->", &ends->comment), other;
    bool within = true; /* an end of its own: others may have one further on */

    other = length_to((struct span){ s.ptr, n > 0 ? n : s.len }, 4, "--!>",
                      n > 0 ? &within : &ends->odd_comment);
    n = other > 0 ? other : n;
    return n > 0 ? n : 4;
}

static void copy_text(struct text_buffer *b, struct span s);

static bool is_address(struct span s)
{
    const char *at = memchr(s.ptr, '@', s.len);
    size_t i;

    for (i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.ptr[i]) && strchr("@._%+~-", s.ptr[i]) == NULL)
            return false;
    return at != NULL && at > s.ptr && at < s.ptr + s.len - 1;
}

/* "<ana@example.org>", "<https://example.org/>": words whose brackets were not written as entities.
 * The length of it, 0: it is none. */
static size_t bracketed_length(struct span s)
{
    static const char *const schemes[] = { "http://", "https://", "mailto:", NULL };
    struct span inner = { s.ptr + 1, s.len - 1 };
    size_t n = 0;

    inner.len = inner.len < INBOUND_ADDRESS_MAX ? inner.len : INBOUND_ADDRESS_MAX;
    while (n < inner.len && inner.ptr[n] != '\0' && strchr(" \t\r\n\f\"'<>", inner.ptr[n]) == NULL)
        n++;
    if (n == inner.len || inner.ptr[n] != '>')
        return 0;
    inner.len = n;
    return is_address(inner) || span_begins_any(inner, schemes) ? n + 2 : 0;
}

/* A style sheet, without the marks of a comment that many have within it, which mean nothing there;
 * returns its length up to its end's tag. 0: it has none. */
static size_t copy_style(struct text_buffer *b, struct span s, struct ends *ends)
{
    size_t end = 1, at = 0, i;
    const char *p = NULL;

    while (ends->style && (p = memmem(s.ptr + end, s.len - end, "</", 2)) != NULL &&
           !is_tag_of((struct span){ p, (size_t)(s.ptr + s.len - p) }, 2, "style"))
        end = (size_t)(p - s.ptr) + 2;
    ends->style = ends->style && p != NULL;
    if (!ends->style)
        return 0;
    end = (size_t)(p - s.ptr);
    for (i = 0; i < end; i++) {
        struct span rest = { s.ptr + i, end - i };

        if (rest.ptr[0] != '<' && rest.ptr[0] != '-')
            continue;
        if (!span_begins(rest, "<!--") && !span_begins(rest, "-->"))
            continue;
        text_buffer_add(b, s.ptr + at, i - at);
        at = i + (rest.ptr[0] == '<' ? strlen("<!--") : strlen("-->"));
        i = at - 1;
    }
    text_buffer_add(b, s.ptr + at, end - at);
    return end;
}

/* Copies what begins with '<' as far as the parser may see it; returns how much of s that was.
 * Comments and declarations go: the parser takes those of Office for text, and what follows an
 * unclosed one for nothing. */
static size_t copy_markup(struct text_buffer *b, struct span s, struct ends *ends)
{
    size_t at = name_at(s), n;
    bool ending = s.len > 1 && s.ptr[1] == '/';

    if (s.len >= 4 && memcmp(s.ptr, "<!--", 4) == 0)
        return comment_length(s, ends);
    if (s.len >= 2 && (s.ptr[1] == '!' || s.ptr[1] == '?')) {
        n = length_to(s, 2, ">", &ends->declaration);
        return n > 0 ? n : 2;
    }
    n = ending ? copy_odd_end(b, s, &ends->tag) : 0;
    if (n > 0)
        return n;
    if (ending && is_tag_of(s, at, "br")) {
        text_buffer_puts(b, "<br");
        return at + strlen("br");
    }
    n = opens_tag(s) ? bracketed_length(s) : 0;
    if (n > 0) {
        text_buffer_puts(b, "&lt;");
        copy_text(b, (struct span){ s.ptr + 1, n - 2 });
        text_buffer_puts(b, "&gt;");
        return n;
    }
    if (is_frame(s, at)) {
        n = length_to(s, 2, ">", &ends->tag);
        text_buffer_puts(b, "<hr>");
        return n > 0 ? n : 5;
    }
    if (hides_the_rest(s, ends)) {
        n = length_to(s, 2, ">", &ends->tag);
        return n > 0 ? n : 2;
    }
    if (opens_tag(s) && memchr(s.ptr, '>', s.len < TAG_MAX ? s.len : TAG_MAX) == NULL)
        return cut_tag(b, s, &ends->tag);
    n = is_tag_of(s, 1, "style") ? copy_style(b, s, ends) : 0;
    if (n > 0)
        return n;
    text_buffer_puts(b, ending ? "</" : "<");
    return at;
}

/* What the parser does not know: HTML 5 has more. */
static const struct entity {
    const char *name, *text;
} entities[] = {
    { "AMP", "&amp;" },  { "COPY", "©" },      { "GT", "&gt;" },  { "LT", "&lt;" },
    { "NewLine", "\n" }, { "QUOT", "&quot;" }, { "REG", "®" },    { "Tab", " " },
    { "apos", "'" },     { "ast", "*" },       { "bsol", "\\" },  { "check", "✓" },
    { "colon", ":" },    { "comma", "," },     { "commat", "@" }, { "cross", "✗" },
    { "dollar", "$" },   { "equals", "=" },    { "excl", "!" },   { "grave", "`" },
    { "hyphen", "-" },   { "lbrace", "{" },    { "lbrack", "[" }, { "lcub", "{" },
    { "lowbar", "_" },   { "lpar", "(" },      { "lsqb", "[" },   { "num", "#" },
    { "percnt", "%" },   { "period", "." },    { "phone", "☎" },  { "plus", "+" },
    { "quest", "?" },    { "rbrace", "}" },    { "rbrack", "]" }, { "rcub", "}" },
    { "rpar", ")" },     { "rsqb", "]" },      { "semi", ";" },   { "sol", "/" },
    { "star", "☆" },     { "verbar", "|" },    { "vert", "|" },
};

/* HTML 2's: the letters of Latin-1 and what is not written otherwise. */
static bool needs_no_semicolon(const char *name)
{
    const htmlEntityDesc *e = htmlEntityLookup((const xmlChar *)name);

    return e != NULL && (e->value < 0x100 && e->value != '\'');
}

/* The length of the reference at s ("&", a name, perhaps a semicolon) that the parser would not
 * read, after adding what it means; 0: it is none of those. */
static size_t copy_entity(struct text_buffer *b, struct span s)
{
    enum { NAME_MAX_LEN = 10 };
    char name[NAME_MAX_LEN + 1];
    size_t n = 0, i;
    bool closed;

    while (n < NAME_MAX_LEN && n + 1 < s.len && isalnum((unsigned char)s.ptr[n + 1])) {
        name[n] = s.ptr[n + 1];
        n++;
    }
    name[n] = '\0';
    closed = n + 1 < s.len && s.ptr[n + 1] == ';';
    for (i = 0; closed && i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (entities[i].name[0] == name[0] && strcmp(entities[i].name, name) == 0) {
            text_buffer_puts(b, entities[i].text);
            return n + 2;
        }
    }
    if (n == 0 || closed || !needs_no_semicolon(name) ||
        (n + 1 < s.len && (s.ptr[n + 1] == '=' || isalnum((unsigned char)s.ptr[n + 1]))))
        return 0;
    text_buffer_add(b, s.ptr, n + 1);
    text_buffer_puts(b, ";");
    return n + 1;
}

static void copy_text(struct text_buffer *b, struct span s)
{
    size_t at = 0, n;

    while (at < s.len) {
        const char *p = memchr(s.ptr + at, '&', s.len - at);

        n = p != NULL ? (size_t)(p - s.ptr) - at : s.len - at;
        text_buffer_add(b, s.ptr + at, n);
        at += n;
        if (at == s.len)
            return;
        n = copy_entity(b, (struct span){ s.ptr + at, s.len - at });
        if (n == 0)
            text_buffer_add(b, "&", n = 1);
        at += n;
    }
}

void mail_html_source_copy(struct text_buffer *b, struct span s)
{
    struct ends ends = { true, true, true, true, true, { NULL } };
    size_t at = 0, n;

    find_ends(s, &ends);
    while (at < s.len) {
        const char *p = memchr(s.ptr + at, '<', s.len - at);

        n = p != NULL ? (size_t)(p - s.ptr) - at : s.len - at;
        copy_text(b, (struct span){ s.ptr + at, n });
        at += n;
        if (at < s.len)
            at += copy_markup(b, (struct span){ s.ptr + at, s.len - at }, &ends);
    }
}
