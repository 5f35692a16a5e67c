#include "channels/mail_inline.h"

#include <ctype.h>
#include <string.h>

#include "channels/mail_transfer.h"

static bool opens(struct span line, const char *with)
{
    size_t n = strlen(with);

    return line.len > n && memcmp(line.ptr, with, n) == 0;
}

/* "644 name" */
static bool read_mode(struct span s, struct span *name)
{
    size_t n = 0;

    while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '7')
        n++;
    if (n < 3 || n > 4 || n == s.len || s.ptr[n] != ' ')
        return false;
    *name = span_trim((struct span){ s.ptr + n, s.len - n });
    return name->len > 0;
}

/* --- uuencode
 * ----------------------------------------------------------------------------------------- */

static bool read_uu(struct span s, struct mail_inline *file, size_t at, struct text_buffer *out)
{
    size_t next, lines = 0;
    struct span line;
    bool ended = false;

    while (at < s.len && !ended) {
        line = span_line_at(s, at, &next);
        ended = span_is(line, "end");
        if (!ended && !mail_transfer_is_uu(line))
            break;
        lines += !ended;
        at = next;
    }
    if (lines == 0)
        return false;
    file->end = at;
    mail_transfer_decode(out, (struct span){ s.ptr + file->begin, at - file->begin },
                         MAIL_TRANSFER_UUENCODE);
    return true;
}

static bool is_base64_line(struct span line)
{
    size_t i;

    for (i = 0; i < line.len; i++)
        if (!isalnum((unsigned char)line.ptr[i]) && strchr("+/=", line.ptr[i]) == NULL)
            return false;
    return line.len > 0;
}

/* "begin-base64 644 name", and "====" at the end */
static bool read_base64(struct span s, struct mail_inline *file, size_t at, struct text_buffer *out)
{
    size_t begin = at, next;
    struct span line;
    bool ended = false;

    while (at < s.len && !ended) {
        line = span_line_at(s, at, &next);
        if (!is_base64_line(line))
            break;
        ended = span_is(line, "====");
        at = next;
    }
    if (at == begin)
        return false;
    file->end = at;
    mail_transfer_decode(out, (struct span){ s.ptr + begin, at - begin }, MAIL_TRANSFER_BASE64);
    return true;
}

/* --- yEnc
 * --------------------------------------------------------------------------------------------- */

static void add_yenc(struct text_buffer *out, struct span line)
{
    size_t i;

    for (i = 0; i < line.len; i++) {
        char c = line.ptr[i];

        if (c == '=' && i + 1 < line.len)
            c = (char)(line.ptr[++i] - 64);
        c = (char)(c - 42);
        text_buffer_add(out, &c, 1);
    }
}

/* "=ybegin line=128 size=4 name=a b.txt": the name is the rest of its line. */
static bool read_yenc(struct span s, struct mail_inline *file, struct span line, size_t at,
                      struct text_buffer *out)
{
    const char *name = memmem(line.ptr, line.len, " name=", 6);
    size_t next;
    bool ended = false;

    if (name == NULL || memmem(line.ptr, line.len, " size=", 6) == NULL)
        return false;
    name += 6;
    file->name = span_trim((struct span){ name, (size_t)(line.ptr + line.len - name) });
    while (at < s.len && !ended) {
        line = span_line_at(s, at, &next);
        ended = opens(line, "=yend ");
        if (!ended && !opens(line, "=ypart "))
            add_yenc(out, line);
        at = next;
    }
    file->end = at;
    return true;
}

/* --- the door
 * ----------------------------------------------------------------------------------------- */

static bool read_file(struct span s, struct mail_inline *file, struct span line, size_t next,
                      struct text_buffer *out)
{
    static const char uu[] = "begin ", base64[] = "begin-base64 ";

    if (opens(line, "=ybegin "))
        return read_yenc(s, file, line, next, out);
    if (opens(line, uu))
        return read_mode((struct span){ line.ptr + strlen(uu), line.len - strlen(uu) },
                         &file->name) &&
               read_uu(s, file, next, out);
    return opens(line, base64) &&
           read_mode((struct span){ line.ptr + strlen(base64), line.len - strlen(base64) },
                     &file->name) &&
           read_base64(s, file, next, out);
}

bool mail_inline_next(struct span s, size_t at, struct mail_inline *file, struct text_buffer *out)
{
    size_t next;

    for (; at < s.len; at = next) {
        struct span line = span_line_at(s, at, &next);

        file->begin = at;
        if ((line.len > 0 && (line.ptr[0] == 'b' || line.ptr[0] == '=')) &&
            read_file(s, file, line, next, out))
            return true;
    }
    return false;
}
