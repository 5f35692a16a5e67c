#include "channels/mail_transfer.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base64.h"

enum {
    BASE64_LINE_MIN = 40, /* a clean line that is as long is one, whatever its length */
    PROSE_WORD_MAX = 16   /* words are shorter in the mean */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

enum mail_transfer mail_transfer_of(struct span value)
{
    char key[20];
    size_t i, len = 0;

    for (i = 0; i < value.len && value.ptr[i] != '(' && value.ptr[i] != ';'; i++) {
        char c = (char)(value.ptr[i] | 32);

        if (((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) && len < sizeof(key) - 1)
            key[len++] = c;
    }
    key[len] = '\0';
    if (strcmp(key, "base64") == 0)
        return MAIL_TRANSFER_BASE64;
    if (strcmp(key, "quotedprintable") == 0)
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

/* After padding: does base64 go on (pieces encoded one by one), or is it something else (what a
 * mailing list put below)? The rest of the line, or the line after it, tells. */
static bool base64_goes_on(struct span s)
{
    size_t i = 0, n = 0;

    while (i < s.len && (is_blank(s.ptr[i]) || strchr("\r\n=", s.ptr[i]) != NULL))
        i++;
    for (; i < s.len && s.ptr[i] != '\n' && s.ptr[i] != '='; i++) {
        if (base64_value(s.ptr[i]) >= 0)
            n++;
        else if (s.ptr[i] != '\r' && !is_blank(s.ptr[i]))
            return false;
    }
    return n > 0 && (n % 4 == 0 || i < s.len);
}

/* Is it a line of base64 from end to end? *words: it has what no base64 has. */
static bool is_base64_line(struct span line, bool *words)
{
    size_t i, n = 0;

    line = span_trim(line);
    for (i = 0; i < line.len; i++) {
        if (base64_value(line.ptr[i]) >= 0 || line.ptr[i] == '=')
            n++;
        else
            *words = *words || strchr("-_.,:;()<>@!?\"'", line.ptr[i]) != NULL;
    }
    return n > 0 && n == line.len && (n % 4 == 0 || n >= BASE64_LINE_MIN);
}

/* Without what a mailing list put below: lines with words in them, after the last clean one. */
static struct span without_footer(struct span s)
{
    size_t at = 0, end = 0, next;
    bool words = false;

    for (; at < s.len; at = next) {
        const char *lf = memchr(s.ptr + at, '\n', s.len - at);

        next = lf != NULL ? (size_t)(lf - s.ptr) + 1 : s.len;
        if (is_base64_line((struct span){ s.ptr + at, next - at }, &words)) {
            end = next;
            words = false;
        }
    }
    return end > 0 && words ? (struct span){ s.ptr, end } : s;
}

/* Is it a line of words, with blanks between and what no base64 has, or with many blanks? */
static bool is_prose(struct span line, bool words)
{
    size_t i, blanks = 0;

    for (i = 0; i < line.len; i++)
        blanks += is_blank(line.ptr[i]);
    return blanks > 0 && (words || (blanks > 2 && blanks * PROSE_WORD_MAX > line.len));
}

/* Is it no base64 at all, though its header says so? It begins with words, and no line of a usual
 * length is clean. */
static bool is_mislabelled(struct span s)
{
    size_t at = 0, next;
    bool said = false;

    for (; at < s.len; at = next) {
        const char *lf = memchr(s.ptr + at, '\n', s.len - at);
        struct span line;
        bool words = false;

        next = lf != NULL ? (size_t)(lf - s.ptr) + 1 : s.len;
        line = span_trim((struct span){ s.ptr + at, next - at });
        if (is_base64_line(line, &words) && line.len >= BASE64_LINE_MIN)
            return false;
        said = said || is_prose(line, words);
        if (!said && line.len > 0)
            return false;
    }
    return said;
}

static void decode_base64(struct text_buffer *out, struct span raw)
{
    struct span s = without_footer(raw);
    char *to = text_buffer_room(out, s.len / 4 * 3 + 3);
    uint32_t bits = 0;
    int held = 0;
    size_t i;

    for (i = 0; i < s.len; i++) {
        int v = base64_value(s.ptr[i]);

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

void mail_transfer_decode_q(struct text_buffer *out, struct span s)
{
    size_t i = 0, n;
    char byte;

    while (i < s.len) {
        n = escape(s.ptr + i, s.len - i, &byte);
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

static void decode_uu(struct text_buffer *out, struct span s)
{
    bool begun = false;
    size_t at = 0;

    while (at < s.len) {
        const char *end = memchr(s.ptr + at, '\n', s.len - at);
        struct span line = { s.ptr + at, end != NULL ? (size_t)(end - s.ptr) - at : s.len - at };

        at += line.len + 1;
        while (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len == 3 && memcmp(line.ptr, "end", 3) == 0)
            return;
        if (begun)
            uu_line(out, line);
        begun = begun || (line.len > 6 && memcmp(line.ptr, "begin ", 6) == 0);
    }
}

void mail_transfer_decode(struct text_buffer *out, struct span s, enum mail_transfer how)
{
    switch (how) {
    case MAIL_TRANSFER_BASE64:
        if (is_mislabelled(s))
            text_buffer_add(out, s.ptr, s.len);
        else
            decode_base64(out, s);
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
