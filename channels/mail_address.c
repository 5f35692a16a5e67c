#include "channels/mail_address.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_charset.h"
#include "channels/mail_header.h"
#include "core/arena.h"
#include "core/inbound.h"

enum { WORD_MAX = 2000 };

/* One mailbox while it is being read. */
struct box {
    struct text_buffer phrase;  /* outside of < >, without quotes */
    struct text_buffer bare;    /* the same with its quotes: it may be the address itself */
    struct text_buffer angle;   /* within the first < > */
    struct text_buffer comment; /* the last comment */
    bool has_angle;
    bool has_empty; /* "<>": nobody is in the brackets */
    size_t named;   /* bytes of the phrase before the < > */
};

struct list {
    struct arena *arena;
    const char *fallback;
    struct mail_address *out;
    size_t room, count;
    struct box box;
    struct text_buffer before;   /* words and commas before the next mailbox: a part of its name? */
    bool no_quotes, no_comments; /* one was never closed: the rest are mere characters */
    bool local;                  /* those without a domain are wanted */
};

static void box_clear(struct box *b)
{
    b->phrase.len = b->bare.len = b->angle.len = b->comment.len = 0;
    b->has_angle = b->has_empty = false;
}

static struct span span_in(const struct text_buffer *b)
{
    return span_trim(text_buffer_span(b));
}

static const char *words(struct list *l, struct span s)
{
    return mail_header_text(l->arena, s, l->fallback, INBOUND_NAME_MAX);
}

/* A semicolon ends a group: "<Undisclosed-Recipient:;@mx.example.org>" is nobody's. */
static bool is_address(const char *s)
{
    const char *at = strrchr(s, '@');

    return at != NULL && at > s && at[1] != '\0' && (s[0] == '"' || strchr(s, ';') == NULL);
}

/* Is the blank at `i` one that its sender has in the local part? Around dots and the "@" there may
 * be blanks, and a line may be folded anywhere. */
static bool is_own_blank(struct span s, size_t i)
{
    const char *at;
    size_t end = i + 1;

    if (s.ptr[i] != ' ' || i == 0 || (unsigned char)s.ptr[i - 1] <= ' ' || s.ptr[i - 1] == '.')
        return false;
    at = memrchr(s.ptr, '@', s.len);
    while (end < s.len && s.ptr[end] == ' ')
        end++;
    return at != NULL && s.ptr + end < at && (unsigned char)s.ptr[end] > ' ' && s.ptr[end] != '.';
}

/* What parts two addresses: `more` of them come behind it. A comma with none behind it was meant to
 * be a dot. */
static bool is_parting(struct span s, bool more)
{
    return s.ptr[0] == ',' ? more || s.len == 1 || (unsigned char)s.ptr[1] <= ' '
                           : s.ptr[0] == ';' && more;
}

/* Up to where the first domain ends. Beside its dots and brackets and behind the "@" there may be
 * blanks; any other one ends it, for what stands behind would make another's domain of it. A line
 * may be folded within a name that has no dot yet. */
static struct span without_rest(struct span s)
{
    const char *end = s.ptr + s.len, *last = s.len > 0 ? memrchr(s.ptr, '@', s.len) : NULL;
    const char *p, *next;
    bool dotted = false, quoted = s.len > 0 && s.ptr[0] == '"';

    p = last != NULL && !quoted ? memchr(s.ptr, '@', s.len) : last;
    if (p == NULL || memchr(p, '"', (size_t)(end - p)) != NULL)
        return s;
    for (; p < end; p++) {
        if (is_parting((struct span){ p, (size_t)(end - p) }, p < last))
            return (struct span){ s.ptr, (size_t)(p - s.ptr) };
        dotted = dotted || *p == '.';
        if ((unsigned char)*p > ' ')
            continue;
        for (next = p; next < end && (unsigned char)*next <= ' '; next++)
            ;
        if (next < end && strchr("@.[", p[-1]) == NULL && strchr(".]", *next) == NULL &&
            (dotted || *p == ' '))
            return (struct span){ s.ptr, (size_t)(p - s.ptr) };
        p = next - 1;
    }
    return s;
}

/* Without a quote that was never closed, or never opened. */
static struct span without_lone_quote(struct span s)
{
    const char *quote = s.len > 0 ? memchr(s.ptr, '"', s.len) : NULL;

    if (quote == NULL || memrchr(s.ptr, '"', s.len) != quote)
        return s;
    if (quote == s.ptr)
        return span_trim((struct span){ s.ptr + 1, s.len - 1 });
    return quote == s.ptr + s.len - 1 ? span_trim((struct span){ s.ptr, s.len - 1 }) : s;
}

static bool is_between(struct span s, char open, char close)
{
    return s.len > 2 && s.ptr[0] == open &&
           memchr(s.ptr + 1, close, s.len - 1) == s.ptr + s.len - 1;
}

/* NULL: it is none. Blanks between its parts are dropped, and words behind it, a route, "mailto:"
 * and the single quotes, double ones or brackets that some address books write about it. */
static const char *clean_address(struct list *l, struct span s)
{
    struct text_buffer b = { 0 }, utf8 = { 0 };
    const char *at, *out = NULL;
    bool quoted = false;
    size_t i;

    if (s.len > 1 && s.ptr[0] == '@' && (at = memchr(s.ptr, ':', s.len)) != NULL)
        s = (struct span){ at + 1, (size_t)(s.ptr + s.len - at) - 1 };
    if (is_between(s, '\'', '\'') || is_between(s, '"', '"') || is_between(s, '[', ']'))
        s = (struct span){ s.ptr + 1, s.len - 2 };
    if (s.len > 7 && strncasecmp(s.ptr, "mailto:", 7) == 0)
        s = (struct span){ s.ptr + 7, s.len - 7 };
    if (l->no_quotes)
        s = without_lone_quote(s);
    s = without_rest(s);
    for (i = 0; i < s.len && b.len <= INBOUND_ADDRESS_MAX; i++) {
        if (s.ptr[i] == '"')
            quoted = !quoted;
        if ((unsigned char)s.ptr[i] > ' ' || (quoted && s.ptr[i] == ' ') || is_own_blank(s, i))
            text_buffer_add(&b, s.ptr + i, 1);
    }
    if (b.len > 0 && b.len <= INBOUND_ADDRESS_MAX && is_address(b.ptr)) {
        mail_charset_decode(&utf8, (struct span){ b.ptr, b.len }, (struct span){ "", 0 },
                            l->fallback, INBOUND_ADDRESS_MAX);
        out = text_clean_line(l->arena, (struct span){ utf8.ptr, utf8.len }, INBOUND_ADDRESS_MAX);
        if (!is_address(out)) /* its bytes were of a charset in which they say something else */
            out = NULL;
    }
    text_buffer_clear(&b);
    text_buffer_clear(&utf8);
    return out;
}

/* "a@b (Ana", a comment that is never closed: where it opens. NULL: nowhere. */
static const char *open_comment(struct span bare)
{
    const char *at = memchr(bare.ptr, '@', bare.len);

    return at == NULL ? NULL : memmem(at, (size_t)(bare.ptr + bare.len - at), " (", 2);
}

/* "Ana a@b.org or c@d.org": up to the end of the first address. */
static struct span up_to_first(struct span bare)
{
    const char *end = bare.ptr + bare.len, *q;
    const char *at = bare.len > 0 && bare.ptr[0] != '"' ? memchr(bare.ptr, '@', bare.len) : NULL;

    if (at == NULL || at == bare.ptr || (unsigned char)at[-1] <= ' ')
        return bare;
    for (q = at; q < end && (unsigned char)*q > ' '; q++)
        ;
    return memchr(at, '.', (size_t)(q - at)) != NULL && memchr(q, '@', (size_t)(end - q)) != NULL
               ? (struct span){ bare.ptr, (size_t)(q - bare.ptr) }
               : bare;
}

/* Without < >: "a@b", or "Some Name a@b". */
static const char *bare_address(struct list *l, struct span bare, struct span *name)
{
    const char *comment, *at, *p;

    bare = up_to_first(bare);
    comment = open_comment(bare);
    at = memrchr(bare.ptr, '@', bare.len);
    *name = (struct span){ "", 0 };
    if (comment != NULL) {
        *name =
            span_trim((struct span){ comment + 2, (size_t)(bare.ptr + bare.len - comment) - 2 });
        return clean_address(l, (struct span){ bare.ptr, (size_t)(comment - bare.ptr) });
    }
    if (at == NULL)
        return NULL;
    for (p = at; p > bare.ptr && (unsigned char)p[-1] > ' ' && p[-1] != '"'; p--)
        ;
    if (p > bare.ptr && p[-1] != '"' && p < at)
        *name = span_trim((struct span){ bare.ptr, (size_t)(p - bare.ptr) });
    if (name->len > 1 && name->ptr[0] == '"' &&
        memchr(name->ptr + 1, '"', name->len - 1) == name->ptr + name->len - 1)
        *name = (struct span){ name->ptr + 1, name->len - 2 };
    if (name->len == 0 || memchr(name->ptr, '@', name->len) != NULL)
        p = bare.ptr;
    return clean_address(l, (struct span){ p, (size_t)(bare.ptr + bare.len - p) });
}

/* "Ana (a@b)": it is all in the comment, there too with brackets and words about it; `name`: those
 * words. */
static const char *comment_address(struct list *l, struct span comment, struct span *name)
{
    const char *open = memchr(comment.ptr, '<', comment.len);
    const char *close = memrchr(comment.ptr, '>', comment.len);

    if (open == NULL || close == NULL || close < open)
        return bare_address(l, comment, name);
    *name = span_trim((struct span){ comment.ptr, (size_t)(open - comment.ptr) });
    return clean_address(l, span_trim((struct span){ open + 1, (size_t)(close - open) - 1 }));
}

/* The quotes that were encoded with the name that they are about: =?utf-8?q?=22Ana=22?=. */
static const char *without_quotes(struct list *l, const char *name)
{
    size_t len = strlen(name);
    const char *closing = len > 2 && name[0] == '"' ? strchr(name + 1, '"') : NULL;

    return closing == name + len - 1
               ? text_clean_line(l->arena, (struct span){ name + 1, len - 2 }, INBOUND_NAME_MAX)
               : name;
}

static void add(struct list *l, struct span name, const char *address)
{
    if (l->no_quotes)
        name = without_lone_quote(name);
    if (address != NULL && l->count < l->room)
        l->out[l->count++] = (struct mail_address){ without_quotes(l, words(l, name)), address };
}

static size_t word_length(struct span s)
{
    size_t n = 0;

    while (n < s.len && (unsigned char)s.ptr[n] > ' ')
        n++;
    return n;
}

/* "a@b c@d": the comma was forgotten. False: not all of its words are addresses. */
static bool add_each(struct list *l, struct span bare)
{
    struct span rest, none = { "", 0 };
    size_t n, count = 0;

    for (rest = bare; rest.len > 0; rest = span_trim((struct span){ rest.ptr + n, rest.len - n })) {
        const char *at = memchr(rest.ptr, '@', n = word_length(rest));

        if (at == NULL || at == rest.ptr || at == rest.ptr + n - 1)
            return false;
        count++;
    }
    for (rest = bare; count > 1 && rest.len > 0;
         rest = span_trim((struct span){ rest.ptr + n, rest.len - n })) {
        n = word_length(rest);
        add(l, none, clean_address(l, (struct span){ rest.ptr, n }));
    }
    return count > 1;
}

/* "Gil, Ana <a@b>": the quotes were forgotten. */
static struct span join_name(struct list *l, struct span name)
{
    if (l->before.len == 0 || name.len == 0)
        return name;
    text_buffer_puts(&l->before, ", ");
    text_buffer_add(&l->before, name.ptr, name.len);
    return span_in(&l->before);
}

/* "root", "Ana <root>". NULL: it is none, as what stands for nobody is none, or beside "<>". */
static const char *local_address(struct list *l)
{
    static const char *const nobody[] = { "undisclosed", "unlisted", "recipient", NULL };
    struct box *b = &l->box;
    struct span s = b->has_angle ? span_in(&b->angle) : span_in(&b->bare);
    size_t i;

    if (b->has_empty && !b->has_angle)
        return NULL;
    for (i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || strchr("@\"<>[]\\;", s.ptr[i]) != NULL)
            return NULL;
    return s.len > 0 && s.len <= INBOUND_ADDRESS_MAX && l->before.len == 0 &&
                   !span_begins_any(s, nobody)
               ? words(l, s)
               : NULL;
}

static void finish(struct list *l)
{
    struct box *b = &l->box;
    struct span name = span_in(&b->phrase), bare = span_in(&b->bare);
    const char *address = NULL;

    if (b->has_angle && (address = clean_address(l, span_in(&b->angle))) != NULL)
        name = join_name(l, name);
    else if (!add_each(l, bare)) /* "a@b <>" too */
        address = bare_address(l, bare, &name);
    if (address == NULL && !b->has_angle && b->comment.len > 0) {
        address = comment_address(l, span_in(&b->comment), &name);
        if (span_in(&b->phrase).len > 0)
            name = join_name(l, span_in(&b->phrase));
        if (address != NULL) /* it is no name as well */
            b->comment.len = 0;
    }
    if (address == NULL && l->local) {
        address = local_address(l);
        name = b->has_angle ? span_in(&b->phrase) : (struct span){ "", 0 };
    }
    add(l, name.len > 0 ? name : span_in(&b->comment), address);
    l->before.len = 0;
    box_clear(b);
}

/* "nobody", of this machine: no part of a name. */
static bool is_login(struct span s)
{
    return s.len > 0 && s.ptr[0] >= 'a' && s.ptr[0] <= 'z' && word_length(s) == s.len;
}

/* At a comma. */
static void finish_or_keep(struct list *l)
{
    struct box *b = &l->box;
    struct span bare = span_in(&b->bare);

    if (b->has_angle || b->has_empty || bare.len == 0 || is_login(bare) ||
        memchr(bare.ptr, '@', bare.len) != NULL || memchr(bare.ptr, '"', bare.len) != NULL ||
        memchr(span_in(&b->comment).ptr, '@', span_in(&b->comment).len) != NULL) {
        finish(l);
        return;
    }
    if (l->before.len > 0)
        text_buffer_puts(&l->before, ", ");
    text_buffer_add(&l->before, bare.ptr, bare.len);
    box_clear(b);
}

static size_t take_char(struct list *l, struct span s)
{
    text_buffer_add(&l->box.phrase, s.ptr, 1);
    text_buffer_add(&l->box.bare, s.ptr, 1);
    return 1;
}

/* "ali@(the)example.org": what stands beside the "@" is no name. */
static bool parts_address(const struct text_buffer *before, struct span after)
{
    return (before->len > 0 && before->ptr[before->len - 1] == '@') ||
           (after.len > 0 && after.ptr[0] == '@');
}

/* Each takes what opens at s.ptr[0] and returns how long it is. */
static size_t take_comment(struct list *l, struct span s)
{
    struct text_buffer *c = &l->box.comment;
    size_t i, depth = 0;

    if (l->no_comments)
        return take_char(l, s);
    c->len = 0;
    for (i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len) {
            text_buffer_add(c, s.ptr + ++i, 1);
            continue;
        }
        depth += s.ptr[i] == '(';
        depth -= s.ptr[i] == ')';
        if (depth == 0)
            break;
        if (i > 0)
            text_buffer_add(c, s.ptr + i, 1);
    }
    if (i < s.len) {
        if (parts_address(&l->box.bare, (struct span){ s.ptr + i + 1, s.len - i - 1 }))
            c->len = 0;
        return i + 1;
    }
    c->len = 0;
    l->no_comments = true;
    return take_char(l, s);
}

/* Where the quote is that ends "Hotel "Sol" Playa", whose inner ones nobody escaped: the last one
 * before the '<'. 0: nothing tells that it is so. */
static size_t end_of_quotes(struct span s)
{
    size_t i, first = 0, last = 0;

    for (i = 1; i < s.len && i < INBOUND_NAME_MAX && strchr("<>@", s.ptr[i]) == NULL; i++) {
        if (s.ptr[i] == '\\')
            i++;
        else if (s.ptr[i] == '"')
            last = i;
        if (first == 0)
            first = last;
    }
    if (last == first || i >= s.len || s.ptr[i] != '<' || strchr(" \t\r\n\",;", s.ptr[first + 1]) ||
        span_trim((struct span){ s.ptr + last + 1, i - last - 1 }).len > 0)
        return 0;
    return last;
}

static size_t take_quoted(struct list *l, struct span s)
{
    struct box *b = &l->box;
    size_t i, before = b->phrase.len, last = l->no_quotes ? 0 : end_of_quotes(s);

    if (last > 0) {
        text_buffer_add(&b->phrase, s.ptr + 1, last - 1);
        text_buffer_add(&b->bare, s.ptr, last + 1);
        return last + 1;
    }
    for (i = 1; !l->no_quotes && i < s.len && s.ptr[i] != '"'; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len)
            i++;
        text_buffer_add(&b->phrase, s.ptr + i, 1);
    }
    if (l->no_quotes || i >= s.len) {
        b->phrase.len = before;
        l->no_quotes = true;
        return take_char(l, s);
    }
    text_buffer_add(&b->bare, s.ptr, i + 1);
    return i + 1;
}

/* How long the comment within < > is that opens at s.ptr[0]; 0: none, it is not closed there. */
static size_t inner_comment(struct span s)
{
    size_t i, depth = 0;

    for (i = 0; i < s.len && s.ptr[i] != '>' && s.ptr[i] != '<'; i++) {
        depth += s.ptr[i] == '(';
        depth -= s.ptr[i] == ')';
        if (depth == 0)
            return i + 1;
    }
    return 0;
}

/* "Ana <a@b> Bob <c@d>", "<a@b> <c@d>": the comma was forgotten before what opens here. */
static void finish_before(struct list *l)
{
    struct box *b = &l->box;
    struct text_buffer name = { 0 };

    if (!b->has_angle)
        return;
    if (b->phrase.len > b->named)
        text_buffer_add(&name, b->phrase.ptr + b->named, b->phrase.len - b->named);
    if (span_in(&name).len > 0 || span_in(&b->phrase).len == 0) {
        b->phrase.len = b->named;
        finish(l);
        text_buffer_add(&b->phrase, name.ptr, name.len);
    }
    text_buffer_clear(&name);
}

/* How far the next '<' is behind the one at s.ptr[0], if nothing but blanks lies between; 0: it
 * is not. */
static size_t next_angle(struct span s)
{
    size_t i = 1;

    while (i < s.len && (unsigned char)s.ptr[i] <= ' ')
        i++;
    return i < s.len && s.ptr[i] == '<' ? i : 0;
}

static size_t take_angle(struct list *l, struct span s)
{
    struct box *b = &l->box;
    size_t i, comment, twice = 0;
    bool quoted = false, comments = true;

    finish_before(l);
    for (; (i = next_angle(s)) > 0; twice += i) /* opened twice */
        s = (struct span){ s.ptr + i, s.len - i };
    for (i = 1; i < s.len && (quoted || (s.ptr[i] != '>' && s.ptr[i] != '<')); i++) {
        if (s.ptr[i] == '(' && comments && !quoted) {
            comment = inner_comment((struct span){ s.ptr + i, s.len - i });
            comments = comment > 0; /* one was never closed: nor are the others */
            i += comments ? comment - 1 : 0;
            if (comments)
                continue;
        }
        quoted = quoted != (s.ptr[i] == '"');
        if (!b->has_angle)
            text_buffer_add(&b->angle, s.ptr + i, 1);
    }
    b->named = b->has_angle ? b->named : b->phrase.len;
    b->has_angle = b->has_angle || i > 1;
    b->has_empty = b->has_empty || i == 1;
    return twice + (i < s.len && s.ptr[i] == '>' ? i + 1 : i);
}

/* The commas and brackets of an encoded word are its own. */
static size_t take_word(struct list *l, struct span s)
{
    size_t n;

    s.len = s.len < WORD_MAX ? s.len : WORD_MAX;
    n = mail_header_word(s);
    if (n == 0)
        return take_char(l, s);
    text_buffer_add(&l->box.phrase, s.ptr, n);
    text_buffer_add(&l->box.bare, s.ptr, n);
    return n;
}

static bool ends_mailto(struct span s)
{
    return s.len >= 6 && strncasecmp(s.ptr + s.len - 6, "mailto", 6) == 0;
}

/* A group's name ends. Behind an address there is none: it is the next field, whose line end was
 * lost. Before what no mailbox begins with it is a colon of a name: "Ana :)"; or it is that of
 * "Ana [mailto:ana@example.org]". */
static size_t end_group(struct list *l, struct span s)
{
    size_t n = 1;

    if ((n < s.len && (s.ptr[n] == ')' || s.ptr[n] == '/')) || ends_mailto(span_in(&l->box.bare)))
        return take_char(l, s);
    if (l->box.has_angle) {
        l->box.phrase.len = l->box.named;
        while (n < s.len && s.ptr[n] != ',' && s.ptr[n] != ';')
            n++;
        return n;
    }
    l->before.len = 0;
    box_clear(&l->box);
    return n;
}

static void read_list(struct list *l, struct span s)
{
    size_t at = 0;

    while (at < s.len && l->count < l->room) {
        struct span rest = { s.ptr + at, s.len - at };

        switch (s.ptr[at]) {
        case '(':
            at += take_comment(l, rest);
            break;
        case '"':
            at += take_quoted(l, rest);
            break;
        case '<':
            at += take_angle(l, rest);
            break;
        case ',':
            finish_or_keep(l);
            at++;
            break;
        case ';':
            finish(l);
            at++;
            break;
        case ':':
            at += end_group(l, rest);
            break;
        case '>': /* of a bracket that is closed twice, or was never opened */
            at++;
            break;
        case '\\':
            at += rest.len > 1;
            at += take_char(l, (struct span){ s.ptr + at, s.len - at });
            break;
        case '=':
            at += take_word(l, rest);
            break;
        default:
            at += take_char(l, rest);
        }
    }
    finish(l);
}

/* In Shift_JIS, Big5 and GBK a backslash may be half a character. */
static bool has_other_backslash(struct span s)
{
    size_t i;

    for (i = 1; i < s.len; i++)
        if (s.ptr[i] == '\\' && (unsigned char)s.ptr[i - 1] >= 0x80)
            return !text_is_utf8(s);
    return false;
}

/* Where bytes that look like quotes, brackets or backslashes are those. */
static struct span told_apart(const struct list *l, struct span value)
{
    struct span s = mail_charset_unshifted(l->arena, value);
    struct text_buffer b = { 0 };

    if (!has_other_backslash(s))
        return s;
    mail_charset_decode(&b, s, (struct span){ "", 0 }, l->fallback, s.len);
    s = (struct span){ arena_strndup(l->arena, b.ptr, b.len), b.len };
    text_buffer_clear(&b);
    return s;
}

static size_t read_value(struct list l, struct span value)
{
    struct text_buffer whole = { 0 };

    value = told_apart(&l, value);
    read_list(&l, value);
    if (l.count == 0 && memmem(value.ptr, value.len, "=?", 2) != NULL) {
        mail_header_words(&whole, value, l.fallback); /* the address itself is in encoded words */
        read_list(&l, (struct span){ whole.ptr, whole.len });
        text_buffer_clear(&whole);
    }
    text_buffer_clear(&l.box.phrase);
    text_buffer_clear(&l.box.bare);
    text_buffer_clear(&l.box.angle);
    text_buffer_clear(&l.box.comment);
    text_buffer_clear(&l.before);
    return l.count;
}

size_t mail_address_list(struct arena *a, struct span value, const char *fallback,
                         struct mail_address *out, size_t room)
{
    struct list l = { .arena = a, .fallback = fallback, .out = out, .room = room };

    return read_value(l, value);
}

size_t mail_address_list_local(struct arena *a, struct span value, const char *fallback,
                               struct mail_address *out, size_t room)
{
    struct list l = { .arena = a, .fallback = fallback, .out = out, .room = room, .local = true };

    return read_value(l, value);
}

/* --- spelt out
 * ------------------------------------------------------------------------------------------ */

/* "mail.example.org": labels between dots, the last of letters. */
static bool is_domain(struct span s)
{
    size_t i, begin = 0, dots = 0;

    for (i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (c == '.' && (i == begin || i + 1 == s.len))
            return false;
        if (c == '.') {
            begin = i + 1;
            dots++;
        } else if (!text_is_letter(c) && !text_is_digit(c) && c != '-') {
            return false;
        }
    }
    for (i = begin; i < s.len && text_is_letter(s.ptr[i]); i++)
        ;
    return dots > 0 && i == s.len && i > begin + 1;
}

/* Where the "at" is, if s is "eva at example.org" and no more; 0: it is not. */
static size_t find_at(struct span s)
{
    size_t word = word_length(s), at = word, i;

    for (i = 0; i < word; i++)
        if (strchr("()<>,;:\\\"[]", s.ptr[i]) != NULL)
            return 0;
    while (at < s.len && (unsigned char)s.ptr[at] <= ' ')
        at++;
    if (word == 0 || s.len - at < 4 || strncasecmp(s.ptr + at, "at", 2) != 0 ||
        (unsigned char)s.ptr[at + 2] > ' ')
        return 0;
    return is_domain(span_trim((struct span){ s.ptr + at + 2, s.len - at - 2 })) ? at : 0;
}

/* What stands within brackets at the end, or before a comment there; all of it where there is
 * neither, and it begins as a login does: a name begins otherwise. Empty: none of these. */
static struct span spelt_part(struct span s)
{
    const char *open = s.len > 0 ? memchr(s.ptr, s.ptr[s.len - 1] == '>' ? '<' : '(', s.len) : NULL;
    size_t before = open != NULL ? (size_t)(open - s.ptr) : s.len, i, depth = 0;

    if (s.len > 0 && s.ptr[s.len - 1] == '>' && open != NULL)
        return span_trim((struct span){ open + 1, s.len - before - 2 });
    for (i = before; i < s.len; i++) {
        depth += s.ptr[i] == '(';
        depth -= s.ptr[i] == ')';
        if (depth == 0 && i + 1 < s.len)
            return (struct span){ "", 0 };
    }
    if (depth > 0 || (open == NULL && !(s.len > 0 && s.ptr[0] >= 'a' && s.ptr[0] <= 'z')))
        return (struct span){ "", 0 };
    return span_trim((struct span){ s.ptr, before });
}

size_t mail_address_list_spelt(struct arena *a, struct span value, const char *fallback,
                               struct mail_address *out, size_t room)
{
    struct span s = span_trim(value), part = spelt_part(s), domain;
    size_t at = find_at(part), word = word_length(part);
    struct text_buffer b = { 0 };
    size_t n;

    if (at == 0 || memchr(s.ptr, '@', s.len) != NULL)
        return 0;
    domain = span_trim((struct span){ part.ptr + at + 2, part.len - at - 2 });
    text_buffer_add(&b, s.ptr, (size_t)(part.ptr - s.ptr) + word);
    text_buffer_add(&b, "@", 1);
    text_buffer_add(&b, domain.ptr, (size_t)(s.ptr + s.len - domain.ptr));
    n = mail_address_list(a, text_buffer_span(&b), fallback, out, room);
    text_buffer_clear(&b);
    return n;
}
