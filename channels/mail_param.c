#include "channels/mail_param.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_charset.h"
#include "channels/mail_header.h"
#include "core/arena.h"

enum { HEAD_MAX = 200, SECTIONS_MAX = 200 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_token(char c)
{
    return (unsigned char)c > ' ' && (unsigned char)c < 0x7f &&
           strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static size_t skip_space(struct span s, size_t at)
{
    while (at < s.len && is_space(s.ptr[at]))
        at++;
    return at;
}

/* --- reading
 * ------------------------------------------------------------------------------------------ */

/* A backslash before anything but these two is a path's: "C:\Temp". */
static bool is_escape(struct span s, size_t at)
{
    return s.ptr[at] == '\\' && at + 1 < s.len && (s.ptr[at + 1] == '"' || s.ptr[at + 1] == '\\');
}

static size_t read_quoted(struct arena *a, struct span s, size_t at, struct span *out)
{
    size_t begin = ++at, n = 0, i;
    char *p;

    while (at < s.len && s.ptr[at] != '"')
        at += is_escape(s, at) ? 2 : 1;
    p = arena_alloc(a, at - begin + 1);
    for (i = begin; i < at; i++) {
        i += is_escape(s, i);
        if (s.ptr[i] != '\r' && s.ptr[i] != '\n')
            p[n++] = s.ptr[i];
    }
    *out = (struct span){ p, n };
    return at < s.len ? at + 1 : at;
}

/* Does "name=" stand here? Then a semicolon was forgotten before it. */
static bool opens_param(struct span s, size_t at)
{
    size_t begin = at;

    while (at < s.len && is_token(s.ptr[at]))
        at++;
    return at > begin && at < s.len && s.ptr[at] == '=';
}

/* Quotes that were escaped as if they stood within others: \"a.txt\". */
static struct span without_escaped_quotes(struct span s)
{
    if (s.len >= 4 && memcmp(s.ptr, "\\\"", 2) == 0 && memcmp(s.ptr + s.len - 2, "\\\"", 2) == 0)
        s = (struct span){ s.ptr + 2, s.len - 4 };
    return s;
}

/* Up to a semicolon: file names come without the quotes that their blanks need. */
static size_t read_bare(struct span s, size_t at, struct span *out)
{
    size_t begin = at;

    while (at < s.len && s.ptr[at] != ';') {
        if (is_space(s.ptr[at]) && opens_param(s, skip_space(s, at)))
            break;
        at = is_space(s.ptr[at]) ? skip_space(s, at) : at + 1;
    }
    *out = without_escaped_quotes(span_trim((struct span){ s.ptr + begin, at - begin }));
    return at;
}

/* One parameter at `at`, which is no blank and no semicolon. */
static size_t read_param(struct arena *a, struct span s, size_t at, struct mail_value *out)
{
    struct mail_param p = { { s.ptr + at, 0 }, { "", 0 } };

    while (at < s.len && s.ptr[at] != '=' && s.ptr[at] != ';' && !is_space(s.ptr[at]))
        at++;
    p.name.len = (size_t)(s.ptr + at - p.name.ptr);
    at = skip_space(s, at);
    if (at >= s.len || s.ptr[at] != '=')
        return at; /* a word without a value, a comment */
    at = skip_space(s, at + 1);
    at = at < s.len && s.ptr[at] == '"' ? read_quoted(a, s, at, &p.value)
                                        : read_bare(s, at, &p.value);
    if (p.name.len > 0 && out->count < MAIL_PARAMS_MAX)
        out->params[out->count++] = p;
    return at;
}

/* "text / plain": behind the blanks at `at`, where they stand beside the slash, else `at`. */
static size_t skip_beside_slash(struct span s, size_t at)
{
    size_t next = skip_space(s, at);

    return next < s.len && at > 0 && (s.ptr[next] == '/' || s.ptr[at - 1] == '/') ? next : at;
}

static size_t read_head(struct arena *a, struct span s, struct mail_value *out)
{
    char head[HEAD_MAX + 1] = "";
    size_t at = 0, n = 0;

    if (opens_param(s, 0))
        s.len = 0; /* "filename=x" alone */
    for (; at < s.len && s.ptr[at] != ';' && s.ptr[at] != '('; at = skip_beside_slash(s, at + 1)) {
        if (is_space(s.ptr[at]))
            break; /* "text/plain charset=x" */
        if (n < HEAD_MAX)
            head[n++] = (char)(s.ptr[at] >= 'A' && s.ptr[at] <= 'Z' ? s.ptr[at] + 32 : s.ptr[at]);
    }
    while (n > 0 && strchr(",\"'", head[n - 1]) != NULL)
        n--;
    out->head = arena_strndup(a, head, n);
    return at;
}

void mail_param_read(struct arena *a, struct span value, struct mail_value *out)
{
    struct span s = span_trim(mail_charset_unshifted(a, value));
    size_t at, equals = 1, i;

    while (s.len > 0 && strchr("\"'", s.ptr[0]) != NULL) /* "text/plain" in quotes */
        s = (struct span){ s.ptr + 1, s.len - 1 };
    for (i = 0; i < s.len; i++)
        equals += s.ptr[i] == '=';
    *out = (struct mail_value){ 0 };
    out->params =
        arena_array(a, equals < MAIL_PARAMS_MAX ? equals : MAIL_PARAMS_MAX, sizeof(*out->params));
    at = read_head(a, s, out);
    while (at < s.len) {
        if (is_space(s.ptr[at]) || s.ptr[at] == ';')
            at++;
        else
            at = read_param(a, s, at, out);
    }
}

/* --- putting together
 * --------------------------------------------------------------------------------- */

/* What a parameter's name says: "filename*1*" is section 1, extended. */
struct section {
    long number; /* -1: the whole */
    bool extended;
    struct span value;
};

static bool read_section(const struct mail_param *p, const char *name, struct section *out)
{
    size_t len = strlen(name), i = len;

    if (p->name.len < len || strncasecmp(p->name.ptr, name, len) != 0)
        return false;
    *out = (struct section){ .number = -1, .value = p->value };
    if (i < p->name.len && p->name.ptr[i] == '*') {
        i++;
        if (i < p->name.len && p->name.ptr[i] >= '0' && p->name.ptr[i] <= '9') {
            for (out->number = 0; i < p->name.len && p->name.ptr[i] >= '0' && p->name.ptr[i] <= '9';
                 i++)
                out->number = out->number < SECTIONS_MAX ? out->number * 10 + p->name.ptr[i] - '0'
                                                         : SECTIONS_MAX;
            out->extended = i < p->name.len && p->name.ptr[i] == '*';
            i += out->extended;
        } else {
            out->extended = true;
        }
    }
    return i == p->name.len && out->number < SECTIONS_MAX;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_percent(struct text_buffer *b, struct span s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (c == '%' && i + 2 < s.len && hex(s.ptr[i + 1]) >= 0 && hex(s.ptr[i + 2]) >= 0) {
            c = (char)(hex(s.ptr[i + 1]) << 4 | hex(s.ptr[i + 2]));
            i += 2;
        }
        text_buffer_add(b, &c, 1);
    }
}

/* "utf-8'en'rest"; with a quote forgotten, "utf-8'rest" */
static struct span take_charset(struct span s, struct span *charset)
{
    const char *one = memchr(s.ptr, '\'', s.len), *two;

    if (one == NULL)
        return s;
    two = memchr(one + 1, '\'', (size_t)(s.ptr + s.len - one) - 1);
    if (two == NULL && mail_charset_is_known((struct span){ s.ptr, (size_t)(one - s.ptr) }))
        two = one;
    if (two == NULL)
        return s;
    *charset = (struct span){ s.ptr, (size_t)(one - s.ptr) };
    return (struct span){ two + 1, (size_t)(s.ptr + s.len - two) - 1 };
}

static void add_section(struct text_buffer *b, const struct section *s, bool first,
                        struct span *charset)
{
    struct span value = s->value, again = { "", 0 }, rest;

    if (!s->extended) {
        text_buffer_add(b, value.ptr, value.len);
        return;
    }
    rest = take_charset(value, first ? charset : &again);
    if (first || (again.len > 0 && again.len == charset->len &&
                  strncasecmp(again.ptr, charset->ptr, again.len) == 0))
        value = rest; /* some say it in each section */
    add_percent(b, value);
}

/* The first of each number; `whole` extended before plain. */
static void sort_sections(const struct mail_value *v, const char *name, struct section *numbered,
                          struct section *whole, bool *found)
{
    size_t i;

    for (i = 0; i < v->count; i++) {
        struct section s;

        if (!read_section(&v->params[i], name, &s))
            continue;
        *found = true;
        if (s.number >= 0) {
            if (numbered[s.number].value.ptr == NULL)
                numbered[s.number] = s;
        } else if (whole->value.ptr == NULL || (s.extended && !whole->extended)) {
            *whole = s;
        }
    }
}

struct span mail_param_bytes(struct arena *a, const struct mail_value *v, const char *name,
                             struct span *charset)
{
    struct section numbered[SECTIONS_MAX] = { 0 }, whole = { 0 };
    struct text_buffer b = { 0 };
    struct span said = { "", 0 }, out = { "", 0 };
    bool found = false;
    size_t first, i;

    sort_sections(v, name, numbered, &whole, &found);
    if (!found)
        return out;
    for (first = 0; first < SECTIONS_MAX && numbered[first].value.ptr == NULL; first++)
        ; /* some programs count from 1 */
    if (first < SECTIONS_MAX && !(whole.value.ptr != NULL && (first > 0 || whole.extended))) {
        for (i = first; i < SECTIONS_MAX && numbered[i].value.ptr != NULL; i++)
            add_section(&b, &numbered[i], i == first, &said);
    } else if (whole.value.ptr != NULL) {
        add_section(&b, &whole, true, &said);
    }
    if (b.len > 0)
        out = (struct span){ arena_strndup(a, b.ptr, b.len), b.len };
    if (charset != NULL)
        *charset = said;
    text_buffer_clear(&b);
    return out;
}

const char *mail_param_text(struct arena *a, const struct mail_value *v, const char *name,
                            const char *fallback, size_t max)
{
    struct span charset = { "", 0 };
    struct span bytes = mail_param_bytes(a, v, name, &charset);
    struct text_buffer b = { 0 };
    const char *out;

    if (bytes.len == 0)
        return NULL;
    if (charset.len > 0 && mail_header_word(bytes) == 0)
        mail_charset_decode(&b, bytes, charset, fallback, MAIL_FIELD_MAX);
    else /* some encode twice: "utf-8''=?utf-8?B?...?=" */
        mail_header_words(&b, bytes, fallback);
    out = text_clean_line(a, (struct span){ b.ptr, b.len }, max);
    text_buffer_clear(&b);
    return out[0] != '\0' ? out : NULL;
}
