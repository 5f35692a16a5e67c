#include "channels/mail_transfer.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base64.h"

enum {
    BASE64_LINE_MIN = 40, /* a clean line that is as long is one, whatever its length */
    PROSE_WORD_MAX = 16,  /* words are shorter in the mean */
    LEGIBLE_MIN = 8,      /* bytes that are text, as no words are that were decoded by mistake */
    LEGIBLE_MAX = 16
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "x-base64" and "base64 charset=utf-8" are known, too. */
enum mail_transfer mail_transfer_of(struct span value)
{
    char key[20];
    const char *start;
    size_t i, len = 0, comments = 0;

    for (i = 0; i < value.len && value.ptr[i] != ';'; i++) {
        char c = (char)(value.ptr[i] | 32);

        comments += value.ptr[i] == '(';
        if (comments > 0)
            comments -= value.ptr[i] == ')';
        else if (((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) && len < sizeof(key) - 1)
            key[len++] = c;
    }
    key[len] = '\0';
    start = key[0] == 'x' ? key + 1 : key;
    if (strncmp(start, "base64", 6) == 0)
        return MAIL_TRANSFER_BASE64;
    if (strncmp(start, "quotedprintable", 15) == 0)
        return MAIL_TRANSFER_QUOTED;
    if (strcmp(key, "xuuencode") == 0 || strcmp(key, "uuencode") == 0 || strcmp(key, "xuue") == 0 ||
        strcmp(key, "uue") == 0)
        return MAIL_TRANSFER_UUENCODE;
    return MAIL_TRANSFER_NONE;
}

const char *mail_transfer_name(enum mail_transfer how)
{
    static const char *const names[] = { "7bit", "base64", "quoted-printable", "uuencode" };

    return names[how];
}

/* --- base64
 * ------------------------------------------------------------------------------------------- */

static int base64_value(char c)
{
    return base64_digits[(unsigned char)c] - 1;
}

/* Does OpenPGP's checksum stand at `at`: a line of "=" and four signs more (RFC 4880 6)? */
static bool is_checksum(struct span s, size_t at)
{
    size_t i = at + 1;

    while (i < s.len && i <= at + 4 && base64_value(s.ptr[i]) >= 0)
        i++;
    return (at == 0 || s.ptr[at - 1] == '\n') && i == at + 5 &&
           (i == s.len || s.ptr[i] == '\r' || s.ptr[i] == '\n');
}

/* After padding: does base64 go on (pieces encoded one by one), or is it something else (what a
 * mailing list put below)? The rest of the line, or the line after it, tells. */
static bool base64_goes_on(struct span s)
{
    size_t i = 0, n = 0;

    while (i < s.len && (is_blank(s.ptr[i]) || strchr("\r\n=", s.ptr[i]) != NULL)) {
        if (s.ptr[i] == '=' && i > 0 && is_checksum(s, i))
            return false;
        i++;
    }
    for (; i < s.len && s.ptr[i] != '\n' && s.ptr[i] != '='; i++) {
        if (base64_value(s.ptr[i]) >= 0)
            n++;
        else if (s.ptr[i] != '\r' && !is_blank(s.ptr[i]))
            return false;
    }
    return n > 0 && (n % 4 == 0 || i < s.len);
}

/* What a line is made of; what is counted nowhere is noise. */
struct signs {
    size_t values, padding, blanks;
    size_t points; /* of sentences and mark-up */
    size_t dashes; /* of rules, signatures and quotations */
    size_t high;   /* bytes beyond ASCII */
    bool varied;   /* no drawn line of one sign */
};

static struct signs count_signs(struct span line)
{
    struct signs n = { 0 };
    size_t i;

    for (i = 0; i < line.len; i++) {
        char c = line.ptr[i];

        if (base64_value(c) >= 0) {
            n.values++;
            n.varied |= c != line.ptr[0];
        } else {
            n.padding += c == '=';
            n.blanks += is_blank(c);
            n.points += c != '\0' && strchr(".,:;()<@!?\"'", c) != NULL;
            n.dashes += c == '-' || c == '_' || c == '>';
            n.high += (unsigned char)c >= 0x80;
        }
    }
    return n;
}

/* Is it a line of base64 from end to end? */
static bool is_base64_line(struct span line, const struct signs *n)
{
    return n->values > 0 && n->values + n->padding == line.len &&
           (line.len % 4 == 0 || line.len >= BASE64_LINE_MIN);
}

/* The line at `at`, trimmed; *next is where the next one begins. */
static struct span line_at(struct span s, size_t at, size_t *next)
{
    const char *lf = memchr(s.ptr + at, '\n', s.len - at);

    *next = lf != NULL ? (size_t)(lf - s.ptr) + 1 : s.len;
    return span_trim((struct span){ s.ptr + at, *next - at });
}

/* Without what a mailing list put below: lines with words in them, after the last clean one. */
static struct span without_footer(struct span s)
{
    size_t at = 0, end = 0, next;
    bool words = false;

    for (; at < s.len; at = next) {
        struct span line = line_at(s, at, &next);
        struct signs n = count_signs(line);

        words = words || n.points + n.dashes > 0;
        if (is_base64_line(line, &n)) {
            end = next;
            words = false;
        }
    }
    return end > 0 && words ? (struct span){ s.ptr, end } : s;
}

/* Is it a line of words, that is, has it as many breaks as they need? Points and letters beyond
 * ASCII are no base64's; blanks may have come into it, so many are needed, and what they part must
 * be no whole groups of four. */
static bool is_prose(struct span line, const struct signs *n)
{
    size_t signs = n->values + n->padding;

    if (n->points + n->high > 0)
        return (n->points + n->high + n->blanks) * BASE64_LINE_MIN > line.len;
    return n->blanks > 2 && n->blanks * PROSE_WORD_MAX > line.len &&
           (signs % 4 != 0 || signs + n->blanks != line.len);
}

/* Do words come before any line of base64, and is no line of a usual length clean? */
static bool begins_with_words(struct span s)
{
    size_t at = 0, next;
    bool said = false;

    for (; at < s.len; at = next) {
        struct span line = line_at(s, at, &next);
        struct signs n = count_signs(line);

        if (n.varied && is_base64_line(line, &n) && (!said || line.len >= BASE64_LINE_MIN))
            return false;
        said = said || is_prose(line, &n);
    }
    return said;
}

/* A word as it is written: its first letter large, or all of them, or none. */
static bool is_word(struct span s)
{
    size_t i, large = 0;

    for (i = 0; i < s.len; i++) {
        if ((s.ptr[i] | 32) < 'a' || (s.ptr[i] | 32) > 'z')
            return false;
        large += s.ptr[i] < 'a';
    }
    return large == 0 || large == s.len || (large == 1 && s.ptr[0] < 'a');
}

/* Is it a word or a few, that are no whole groups of four? */
static bool is_few_words(struct span s)
{
    size_t i = 0, begin;
    bool odd = false;

    s = span_trim(s);
    if (s.len >= BASE64_LINE_MIN)
        return false;
    while (i < s.len) {
        for (begin = i; i < s.len && strchr(" \t\r\n", s.ptr[i]) == NULL; i++)
            ;
        if (!is_word((struct span){ s.ptr + begin, i - begin }))
            return false;
        odd = odd || (i - begin) % 4 != 0;
        while (i < s.len && strchr(" \t\r\n", s.ptr[i]) != NULL)
            i++;
    }
    return odd;
}

/* Does it begin with text? */
static bool is_clean(struct span s)
{
    struct span begin = { s.ptr, text_cut(s, LEGIBLE_MAX) };
    size_t i;

    for (i = 0; i < begin.len; i++)
        if (((unsigned char)s.ptr[i] < ' ' && strchr("\t\r\n\f\033", s.ptr[i]) == NULL) ||
            s.ptr[i] == '\0' || s.ptr[i] == 0x7f)
            return false;
    return text_is_utf8(begin);
}

/* With so much of it that it cannot be so by chance? */
static bool is_legible(struct span s)
{
    return s.len >= LEGIBLE_MIN && is_clean(s);
}

void mail_transfer_decode_b(struct text_buffer *out, struct span raw)
{
    struct span s = without_footer(raw);
    char *to = text_buffer_room(out, s.len / 4 * 3 + 3);
    uint32_t bits = 0;
    int held = 0;
    size_t i;

    for (i = 0; i < s.len; i++) {
        int v = base64_value(s.ptr[i]);

        if (s.ptr[i] == '=' && is_checksum(s, i))
            break;
        if (s.ptr[i] == '=' && held > 0) {
            if (!base64_goes_on((struct span){ s.ptr + i, s.len - i }))
                break;
            held = 0;
        }
        if (v < 0)
            continue;
        bits = bits << 6 | (uint32_t)v;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        *to++ = (char)(bits >> held & 0xff);
        if (held == 0)
            bits = 0;
    }
    *to = '\0';
    out->len = (size_t)(to - out->ptr);
}

/* Words are called base64, too: those stay. What is text when it is decoded never was words,
 * however dirty it came. */
static void decode_base64_body(struct text_buffer *out, struct span s)
{
    size_t begin = out->len;
    struct span decoded;

    mail_transfer_decode_b(out, s);
    decoded = (struct span){ out->ptr + begin, out->len - begin };
    if ((begins_with_words(s) && !is_legible(decoded)) || (is_few_words(s) && !is_clean(decoded))) {
        out->len = begin;
        text_buffer_add(out, s.ptr, s.len);
    }
}

/* --- quoted-printable
 * --------------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The length of an escape "=XX" at p, 0: it is none. */
static size_t escape(const char *p, size_t left, char *byte)
{
    int high, low;

    if (left < 3 || p[0] != '=')
        return 0;
    high = hex_value(p[1]);
    low = hex_value(p[2]);
    if (high < 0 || low < 0)
        return 0;
    *byte = (char)(high << 4 | low);
    return 3;
}

/* One line without its end. True: it goes on in the next one. */
static bool quoted_line(struct text_buffer *out, struct span line)
{
    size_t i = 0, n;
    char byte;

    while (line.len > 0 && (is_blank(line.ptr[line.len - 1]) || line.ptr[line.len - 1] == '\r'))
        line.len--; /* blanks at the end came on the way (RFC 2045 6.7) */
    while (i < line.len) {
        n = escape(line.ptr + i, line.len - i, &byte);
        if (n == 0 && line.ptr[i] == '=' && i + 1 == line.len)
            return true;
        text_buffer_add(out, n > 0 ? &byte : line.ptr + i, 1);
        i += n > 0 ? n : 1;
    }
    return false;
}

static void decode_quoted(struct text_buffer *out, struct span s)
{
    size_t at = 0;

    while (at < s.len) {
        const char *end = memchr(s.ptr + at, '\n', s.len - at);
        size_t len = end != NULL ? (size_t)(end - s.ptr) - at : s.len - at;
        bool crlf = end != NULL && len > 0 && s.ptr[at + len - 1] == '\r';

        if (!quoted_line(out, (struct span){ s.ptr + at, len }) && end != NULL)
            text_buffer_add(out, crlf ? "\r\n" : "\n", crlf ? 2 : 1);
        at += len + 1;
    }
}

/* An escape whose line was folded within: "=C 3", "= C3". Digits in small letters may be words. */
static size_t folded_escape(struct span s, size_t at, char *byte)
{
    size_t blank = at + 1 < s.len && is_blank(s.ptr[at + 1]) ? 1 : 2, i;
    char whole[3] = "=";

    if (at + 4 > s.len || s.ptr[at] != '=' || !is_blank(s.ptr[at + blank]) ||
        (at > 0 && is_blank(s.ptr[at - 1])))
        return 0;
    whole[1] = s.ptr[at + (blank == 1 ? 2 : 1)];
    whole[2] = s.ptr[at + 3];
    for (i = 1; i < 3; i++)
        if (whole[i] >= 'a')
            return 0;
    return escape(whole, sizeof(whole), byte) > 0 ? 4 : 0;
}

void mail_transfer_decode_q(struct text_buffer *out, struct span s)
{
    size_t i = 0, n;
    char byte;

    while (i < s.len) {
        n = escape(s.ptr + i, s.len - i, &byte);
        if (n == 0)
            n = folded_escape(s, i, &byte);
        if (n == 0)
            byte = (char)(s.ptr[i] == '_' ? ' ' : s.ptr[i]);
        text_buffer_add(out, &byte, 1);
        i += n > 0 ? n : 1;
    }
}

/* --- uuencode
 * ----------------------------------------------------------------------------------------- */

/* Blanks that a line may have lost at its end: they are zeroes. */
enum { UU_LOST_MAX = 8 };

static void uu_line(struct text_buffer *out, struct span line)
{
    size_t want = line.len > 0 ? (size_t)(line.ptr[0] - 32) & 63 : 0, i, n;
    unsigned char c[4];

    for (i = 1; want > 0 && i < line.len + UU_LOST_MAX; i += 4) {
        char bytes[3];

        for (n = 0; n < 4; n++)
            c[n] = i + n < line.len ? (unsigned char)((line.ptr[i + n] - 32) & 63) : 0;
        bytes[0] = (char)(c[0] << 2 | c[1] >> 4);
        bytes[1] = (char)(c[1] << 4 | c[2] >> 2);
        bytes[2] = (char)(c[2] << 6 | c[3]);
        n = want < 3 ? want : 3;
        text_buffer_add(out, bytes, n);
        want -= n;
    }
}

static bool opens_uu(struct span line)
{
    return line.len > 6 && memcmp(line.ptr, "begin ", 6) == 0;
}

bool mail_transfer_is_uu(struct span line)
{
    enum { SUM_MAX = 2 };
    size_t i, want;

    if (line.len == 0 || line.ptr[0] < ' ' || line.ptr[0] > '`')
        return false;
    want = ((size_t)((line.ptr[0] - ' ') & 63) + 2) / 3 * 4;
    for (i = 1; i < line.len; i++)
        if (line.ptr[i] < ' ' || line.ptr[i] > '`')
            return false;
    return line.len - 1 <= want + SUM_MAX && line.len - 1 + UU_LOST_MAX >= want;
}

/* Without a "begin", which a program that gives the encoding in the header may leave out: what is
 * no line of it is passed over, but where that is most, words are called so, which stay. */
static void decode_bare_uu(struct text_buffer *out, struct span s)
{
    size_t at = 0, begin = out->len, lines = 0, others = 0;
    bool ended = false;

    while (at < s.len && !ended) {
        struct span line = span_line_at(s, at, &at);
        bool good = mail_transfer_is_uu(line);

        ended = span_is(line, "end");
        lines += good;
        others += !good && !ended && span_trim(line).len > 0;
        if (good)
            uu_line(out, line);
    }
    if (out->len == begin || others > lines) {
        out->len = begin;
        text_buffer_add(out, s.ptr, s.len);
    }
}

static void decode_uu(struct text_buffer *out, struct span s)
{
    bool begun = false, ended = false;
    size_t at = 0;

    while (at < s.len && !ended) {
        struct span line = span_line_at(s, at, &at);

        ended = begun && span_is(line, "end");
        if (begun && !ended)
            uu_line(out, line);
        begun = begun || opens_uu(line);
    }
    if (!begun)
        decode_bare_uu(out, s);
}

void mail_transfer_decode(struct text_buffer *out, struct span s, enum mail_transfer how)
{
    switch (how) {
    case MAIL_TRANSFER_BASE64:
        decode_base64_body(out, s);
        break;
    case MAIL_TRANSFER_QUOTED:
        decode_quoted(out, s);
        break;
    case MAIL_TRANSFER_UUENCODE:
        decode_uu(out, s);
        break;
    case MAIL_TRANSFER_NONE:
        text_buffer_add(out, s.ptr, s.len);
        break;
    }
}
