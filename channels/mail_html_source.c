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

static bool opens_tag(struct span s)
{
    return s.len > 1 && (text_is_letter(s.ptr[1]) || s.ptr[1] == '/');
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
    bool named = at < s.len && text_is_letter(s.ptr[at]);

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

/* Elements whose end is sought before what they hold is read. */
enum content {
    CONTENT_MARKUP,   /* like all else */
    CONTENT_NONE,     /* as it stands, and nobody sees it */
    CONTENT_WORDS,    /* as it stands */
    CONTENT_ENTITIES, /* but for its entities */
    CONTENT_STYLE,
};
static const struct holder {
    const char *name;
    enum content content;
    bool hides; /* a forgotten end would hide all that follows: it is left out */
} holders[] = {
    { "applet", CONTENT_MARKUP, true },      { "iframe", CONTENT_NONE, true },
    { "noembed", CONTENT_NONE, true },       { "noframes", CONTENT_NONE, true },
    { "object", CONTENT_MARKUP, true },      { "script", CONTENT_NONE, false },
    { "style", CONTENT_STYLE, false },       { "template", CONTENT_MARKUP, true },
    { "textarea", CONTENT_ENTITIES, false }, { "title", CONTENT_NONE, true },
    { "xml", CONTENT_MARKUP, true },         { "xmp", CONTENT_WORDS, false },
};
enum { HOLDERS = sizeof(holders) / sizeof(holders[0]) };

struct ends {
    bool comment, odd_comment, declaration, tag, script;
    const char *last[HOLDERS]; /* where each is closed for the last time; NULL: nowhere */
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
        for (i = 0; i < HOLDERS; i++)
            if (is_tag_of((struct span){ p, (size_t)(end - p) }, 2, holders[i].name))
                ends->last[i] = p;
        p += 2;
    }
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

/* A style sheet, without the marks of a comment that many have within it, which mean nothing
 * there. */
static void copy_style(struct text_buffer *b, struct span s)
{
    size_t at = 0, i;

    for (i = 0; i < s.len; i++) {
        struct span rest = { s.ptr + i, s.len - i };

        if (rest.ptr[0] != '<' && rest.ptr[0] != '-')
            continue;
        if (!span_begins(rest, "<!--") && !span_begins(rest, "-->"))
            continue;
        text_buffer_add(b, s.ptr + at, i - at);
        at = i + (rest.ptr[0] == '<' ? strlen("<!--") : strlen("-->"));
        i = at - 1;
    }
    text_buffer_add(b, s.ptr + at, s.len - at);
}

/* Words in which no tag is one. The tag before them may be among them: what changes in its
 * attributes means there the same. */
static void copy_words(struct text_buffer *b, struct span s, bool entities)
{
    size_t at = 0, i;

    for (i = 0; i <= s.len; i++) {
        if (i < s.len && s.ptr[i] != '<' && (entities || s.ptr[i] != '&'))
            continue;
        copy_text(b, (struct span){ s.ptr + at, i - at });
        if (i < s.len)
            text_buffer_puts(b, s.ptr[i] == '<' ? "&lt;" : "&amp;");
        at = i + 1;
    }
}

static bool is_too_long(struct span s)
{
    return memchr(s.ptr, '>', s.len < TAG_MAX ? s.len : TAG_MAX) == NULL;
}

/* Up to the tag that closes the element at s, or all. */
static size_t length_to_end(struct span s, const char *name)
{
    size_t at = 1;
    const char *p;

    while ((p = memmem(s.ptr + at, s.len - at, "</", 2)) != NULL) {
        at = (size_t)(p - s.ptr);
        if (is_tag_of((struct span){ p, s.len - at }, 2, name))
            return at;
        at += 2;
    }
    return s.len;
}

/* A script may write scripts: within a comment in it their tags are its own ("script data double
 * escaped", HTML 13.2.5.27). Up to the tag that closes the script at s; 0: none does. */
static size_t script_length(struct span s)
{
    bool comment = false, inner = false;
    size_t at;

    for (at = 1; at < s.len; at++) {
        struct span rest = { s.ptr + at, s.len - at };

        if (span_begins(rest, "-->"))
            comment = inner = false;
        else if (span_begins(rest, "<!--"))
            comment = true;
        else if (rest.ptr[0] == '<' && is_tag_of(rest, 1, "script"))
            inner = comment;
        if (!span_begins(rest, "</") || !is_tag_of(rest, 2, "script"))
            continue;
        if (!inner)
            return at;
        inner = false;
    }
    return 0;
}

static size_t length_held(struct span s, const char *name, struct ends *ends)
{
    size_t n = 0;

    if (ends->script && strcmp(name, "script") == 0) {
        n = script_length(s);
        ends->script = n > 0; /* one that never ends would be sought from each again */
    }
    return n > 0 ? n : length_to_end(s, name);
}

/* A holder's tag, and what it holds if that is no markup; returns how much of s that is. 0: it is
 * to be read like all else. */
static size_t copy_holder(struct text_buffer *b, struct span s, struct ends *ends)
{
    const struct holder *is;
    size_t i = 0, n, end;

    while (i < HOLDERS && !is_tag_of(s, 1, holders[i].name))
        i++;
    if (i == HOLDERS)
        return 0;
    is = &holders[i];
    if (ends->last[i] == NULL || ends->last[i] < s.ptr) {
        n = is->hides ? length_to(s, 2, ">", &ends->tag) : 0;
        return is->hides && n == 0 ? 2 : n;
    }
    if (is->content == CONTENT_MARKUP || (is->content != CONTENT_NONE && is_too_long(s)))
        return 0;
    n = length_held(s, is->name, ends);
    if (is->content == CONTENT_NONE) {
        end = length_to((struct span){ s.ptr + n, s.len - n }, 2, ">", &ends->tag);
        return end > 0 ? n + end : s.len;
    }
    if (is->content == CONTENT_STYLE) {
        copy_style(b, (struct span){ s.ptr, n });
        return n;
    }
    text_buffer_puts(b, "<");
    copy_words(b, (struct span){ s.ptr + 1, n - 1 }, is->content == CONTENT_ENTITIES);
    return n;
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
    n = copy_holder(b, s, ends);
    if (n > 0)
        return n;
    if (opens_tag(s) && is_too_long(s))
        return cut_tag(b, s, &ends->tag);
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
