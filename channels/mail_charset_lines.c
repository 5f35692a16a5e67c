#include "channels/mail_charset_lines.h"

#include <string.h>

/* What is not named UTF-8 has so many lines of it and, unless it is half of what there is, so many
 * characters. */
enum { LINES_LEAST = 2, LINES_SURE = 3, GOOD_SURE = 8 };

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

struct mail_utf8_count mail_utf8_count(struct span s)
{
    struct mail_utf8_count n = { 0 };
    size_t i, len;

    for (i = 0; i < s.len; i += len) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t want = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

        len = 1;
        if (c < 0x80)
            continue;
        if (i + want <= s.len && text_is_utf8((struct span){ s.ptr + i, want })) {
            n.good++;
            len = want;
        } else {
            n.bad++;
            n.cut = c >= 0xc0 && i + want > s.len;
            n.torn = n.cut && s.len - i > 1 && is_continuation(s.ptr[i + 1]) &&
                     is_continuation(s.ptr[s.len - 1]);
            len = n.cut ? s.len - i : 1;
        }
    }
    return n;
}

/* Begins within a character, or ends so: the other half is in the line beside it, or was cut off.
 */
static bool is_torn(struct span s, struct span line)
{
    const char *end = line.ptr + line.len, *all = s.ptr + s.len, *p;

    if (is_continuation(line.ptr[0]) && line.ptr > s.ptr)
        return true;
    for (p = end; p > line.ptr && strchr("\r\n", p[-1]) != NULL; p--)
        ;
    return p > line.ptr && (unsigned char)p[-1] >= 0xc2 &&
           (end == all ? p == end : is_continuation(*end));
}

bool mail_charset_lines_next(struct span s, size_t *at, struct span *line, bool *other)
{
    size_t begin = *at;
    struct mail_utf8_count n;

    if (!span_line(s, at, line))
        return false;
    *line = (struct span){ s.ptr + begin, (*at < s.len ? *at : s.len) - begin };
    n = mail_utf8_count(*line);
    *other = n.good == 0 && n.bad > 0 && !is_torn(s, *line);
    return true;
}

bool mail_charset_lines_differ(struct span s, bool named)
{
    size_t at = 0, lines = 0, others = 0, good = 0, bad = 0;
    struct span line;
    bool other;

    while (mail_charset_lines_next(s, &at, &line, &other)) {
        struct mail_utf8_count n = mail_utf8_count(line);

        others += other;
        bad += n.bad;
        if (n.bad == 0 && n.good > 0) {
            lines++;
            good += n.good;
        }
    }
    if (others == 0 || lines == 0)
        return false;
    return named || bad * 4 <= good || (lines >= LINES_LEAST && good >= bad) ||
           (lines >= LINES_SURE && good >= GOOD_SURE);
}
