#include "core/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "core/arena.h"

char *text_buffer_room(struct text_buffer *b, size_t len)
{
    size_t room = b->room == 0 ? 256 : b->room;

    if (b->room - b->len < len + 1) {
        while (room - b->len < len + 1)
            room *= 2;
        b->ptr = xrealloc(b->ptr, room);
        b->room = room;
    }
    return b->ptr + b->len;
}

void text_buffer_add(struct text_buffer *b, const char *ptr, size_t len)
{
    char *to = text_buffer_room(b, len);

    if (len > 0)
        memcpy(to, ptr, len);
    b->len += len;
    b->ptr[b->len] = '\0';
}

void text_buffer_puts(struct text_buffer *b, const char *s)
{
    text_buffer_add(b, s, strlen(s));
}

void text_buffer_printf(struct text_buffer *b, const char *fmt, ...)
{
    va_list ap, again;
    int len;

    va_start(ap, fmt);
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (len > 0) {
        char *s = xmalloc((size_t)len + 1);

        vsnprintf(s, (size_t)len + 1, fmt, again);
        text_buffer_add(b, s, (size_t)len);
        free(s);
    }
    va_end(again);
}

struct span text_buffer_span(const struct text_buffer *b)
{
    return (struct span){ b->len > 0 ? b->ptr : "", b->len };
}

char *text_buffer_take(struct text_buffer *b)
{
    char *s = b->ptr == NULL ? xstrdup("") : b->ptr;

    *b = (struct text_buffer){ 0 };
    return s;
}

void text_buffer_clear(struct text_buffer *b)
{
    free(b->ptr);
    *b = (struct text_buffer){ 0 };
}

bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool text_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int text_digits(const char **p, int64_t *n)
{
    char *end;

    if (!text_is_digit(**p))
        return -1;
    errno = 0;
    *n = strtoll(*p, &end, 10);
    *p = end;
    return errno == 0 ? 0 : -1;
}

int text_percent(const char *s, int *percent)
{
    int64_t n;

    if (text_digits(&s, &n) < 0 || strcmp(s, "%") != 0 || n < 1 || n > 100)
        return -1;
    *percent = (int)n;
    return 0;
}

char *text_number(char *to, int64_t n)
{
    char digits[TEXT_NUMBER_MAX];
    uint64_t u = n < 0 ? -(uint64_t)n : (uint64_t)n;
    int i = 0;

    if (n < 0)
        *to++ = '-';
    do
        digits[i++] = (char)('0' + u % 10);
    while ((u /= 10) != 0);
    while (i > 0)
        *to++ = digits[--i];
    return to;
}

const char *text_time(char to[TEXT_TIME], int64_t at)
{
    time_t t = (time_t)at;
    struct tm tm;

    strftime(to, TEXT_TIME, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
    return to;
}

bool text_is_among(const char *const *texts, size_t count, const char *s)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(texts[i], s) == 0)
            return true;
    return false;
}

struct span span_of(const char *s)
{
    return (struct span){ s, s == NULL ? 0 : strlen(s) };
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool span_is(struct span a, const char *s)
{
    return span_equal(a, span_of(s));
}

static bool text_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static int text_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool span_begins(struct span s, const char *word)
{
    size_t i;

    for (i = 0; word[i] != '\0'; i++)
        if (i == s.len || text_lower(s.ptr[i]) != text_lower(word[i]))
            return false;
    return true;
}

bool span_same(struct span s, const char *word)
{
    return s.len == strlen(word) && span_begins(s, word);
}

bool span_same_any(struct span s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (span_same(s, *words))
            return true;
    return false;
}

bool span_holds(struct span s, const char *word)
{
    int first = text_lower(word[0]); /* most places differ in it already */

    for (; s.len > 0; s.ptr++, s.len--)
        if (text_lower(s.ptr[0]) == first && span_begins(s, word))
            return true;
    return false;
}

bool span_ends(struct span s, const char *bytes)
{
    size_t len = strlen(bytes);

    return s.len >= len && memcmp(s.ptr + s.len - len, bytes, len) == 0;
}

bool span_ends_any(struct span s, const char *const *bytes)
{
    for (; *bytes != NULL; bytes++)
        if (span_ends(s, *bytes))
            return true;
    return false;
}

bool span_begins_any(struct span s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (span_begins(s, *words))
            return true;
    return false;
}

bool span_holds_any(struct span s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (span_holds(s, *words))
            return true;
    return false;
}

bool span_line(struct span text, size_t *at, struct span *line)
{
    const char *end;

    if (*at >= text.len)
        return false;
    end = memchr(text.ptr + *at, '\n', text.len - *at);
    *line = (struct span){ text.ptr + *at,
                           end != NULL ? (size_t)(end - text.ptr) - *at : text.len - *at };
    *at += line->len + (end != NULL);
    return true;
}

struct span span_line_at(struct span text, size_t at, size_t *next)
{
    struct span line = { text.ptr + at, 0 };

    if (!span_line(text, &at, &line))
        at = text.len;
    *next = at < text.len ? at : text.len;
    while (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

struct span span_trim(struct span s)
{
    while (s.len > 0 && text_is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && text_is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* The length of the character that begins at p, or 0 when it is none; *cp is filled on success. */
static size_t text_char(const unsigned char *p, size_t left, uint32_t *cp)
{
    size_t n, i;

    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        n = 2;
    else if ((p[0] & 0xf0) == 0xe0)
        n = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        n = 4;
    else
        return 0;
    if (left < n)
        return 0;
    *cp = p[0] & (0x7fu >> n);
    for (i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *cp = *cp << 6 | (p[i] & 0x3fu);
    }
    if ((n == 3 && (*cp < 0x800 || (*cp >= 0xd800 && *cp <= 0xdfff))) ||
        (n == 4 && (*cp < 0x10000 || *cp > 0x10ffff)))
        return 0;
    return n;
}

bool text_is_utf8(struct span s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    uint64_t eight; /* most of most texts is ASCII */
    size_t i = 0, n;
    uint32_t cp;

    while (i < s.len) {
        while (i + sizeof(eight) <= s.len &&
               (memcpy(&eight, p + i, sizeof(eight)), (eight & 0x8080808080808080U) == 0))
            i += sizeof(eight);
        if (i == s.len)
            break;
        n = text_char(p + i, s.len - i, &cp);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

size_t text_cut(struct span s, size_t max)
{
    size_t n = s.len < max ? s.len : max;

    if (n == s.len)
        return n;
    while (n > 0 && ((unsigned char)s.ptr[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* The bytes at p, where no character is, that one mark stands for: a character that is cut short is
 * one (Unicode 3.9, "maximal subpart"), any other byte is one by itself. */
static size_t text_broken(const unsigned char *p, size_t left)
{
    size_t n = p[0] < 0xf0 ? 3 : 4, i;
    unsigned low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;

    if (p[0] < 0xe0 || p[0] > 0xf4)
        return 1;
    for (i = 1; i < n && i < left && p[i] >= low && p[i] <= high; i++) {
        low = 0x80;
        high = 0xbf;
    }
    return i;
}

/* Valid UTF-8 without NUL, no more than that. */
static void text_mend(struct text_buffer *out, struct span s, size_t max)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0, n;
    uint32_t cp;

    while (i < s.len && out->len < max) {
        n = text_char(p + i, s.len - i, &cp);
        if (n == 0)
            text_buffer_puts(out, "\xef\xbf\xbd");
        else if (cp == 0)
            text_buffer_puts(out, "\xe2\x90\x80");
        else
            text_buffer_add(out, s.ptr + i, n);
        i += n == 0 ? text_broken(p + i, s.len - i) : n;
    }
}

bool text_is_ascii(struct span s)
{
    size_t i;

    for (i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80 || s.ptr[i] == '\0')
            return false;
    return true;
}

/* NFC of valid UTF-8; what ICU cannot do stays as it is, which is still text. */
static void text_compose(struct text_buffer *b)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    int32_t room = (int32_t)b->len + 1, len = 0, wide = 0, out = 0;
    UChar *u16, *done;
    char *utf8;

    if (U_FAILURE(status) || b->len > INT32_MAX / 8)
        return;
    u16 = xmalloc(sizeof(UChar) * (size_t)room);
    u_strFromUTF8(u16, room, &len, b->ptr, (int32_t)b->len, &status);
    if (U_FAILURE(status) || unorm2_isNormalized(nfc, u16, len, &status)) {
        free(u16);
        return;
    }
    done = xmalloc(sizeof(UChar) * ((size_t)len * 3 + 1));
    wide = unorm2_normalize(nfc, u16, len, done, len * 3 + 1, &status);
    utf8 = xmalloc((size_t)wide * 3 + 1);
    u_strToUTF8(utf8, wide * 3 + 1, &out, done, wide, &status);
    if (U_SUCCESS(status)) {
        b->len = 0;
        text_buffer_add(b, utf8, (size_t)out);
    }
    free(utf8);
    free(done);
    free(u16);
}

char *text_clean(struct arena *a, struct span s, size_t max)
{
    struct text_buffer b = { 0 };
    char *out;

    if (text_is_ascii(s))
        return arena_strndup(a, s.ptr, s.len < max ? s.len : max);
    text_mend(&b, s, max);
    text_compose(&b);
    out = arena_strndup(a, b.ptr, text_cut((struct span){ b.ptr, b.len }, max));
    text_buffer_clear(&b);
    return out;
}

char *text_clean_line(struct arena *a, struct span s, size_t max)
{
    struct text_buffer b = { 0 };
    size_t i;
    char *out;

    s = span_trim(s);
    for (i = 0; i < s.len && b.len <= max; i++) {
        if ((unsigned char)s.ptr[i] > 0x20 && s.ptr[i] != 0x7f)
            text_buffer_add(&b, s.ptr + i, 1);
        else if (s.ptr[i] == '\0')
            text_buffer_puts(&b, "\xe2\x90\x80");
        else if (b.len > 0 && b.ptr[b.len - 1] != ' ')
            text_buffer_add(&b, " ", 1);
    }
    out = text_clean(a, (struct span){ b.ptr, b.len }, max);
    text_buffer_clear(&b);
    return out;
}

/* Braille's blank is a symbol by its type. */
static bool text_is_seen(uint32_t cp)
{
    return !u_isUWhiteSpace((UChar32)cp) && !u_iscntrl((UChar32)cp) && cp != 0x2800 &&
           !u_hasBinaryProperty((UChar32)cp, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool text_is_visible(struct span s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0, n;
    uint32_t cp;

    for (; i < s.len; i += n == 0 ? 1 : n) {
        n = text_char(p + i, s.len - i, &cp);
        if (n == 0 || text_is_seen(cp))
            return true;
    }
    return false;
}

static bool text_is_unprintable(uint32_t cp)
{
    return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c ||
           (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

char *text_printable(struct arena *a, const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    struct text_buffer b = { 0 };
    size_t len = strlen(s), i = 0, n;
    uint32_t cp;
    char *out;

    while (i < len) {
        n = text_char(p + i, len - i, &cp);
        if (n == 0)
            text_buffer_printf(&b, "\\x%02x", p[i]);
        else if (text_is_unprintable(cp))
            text_buffer_printf(&b, "\\u%04x", cp);
        else
            text_buffer_add(&b, s + i, n);
        i += n == 0 ? 1 : n;
    }
    out = arena_strndup(a, b.ptr, b.len);
    text_buffer_clear(&b);
    return out;
}
