#include "channels/mail_html_fill.h"

#include <stdbool.h>
#include <string.h>

/* So many that are not seen, or so many blanks at a line's end, are no writer's. */
enum { UNSEEN_LEAST = 3, BLANKS_LEAST = 8 };

/* The length of what is not seen at s, and whether it has no width; 0: it is seen. */
static size_t unseen_at(struct span s, bool *wide)
{
    static const char *const without_width[] = { "\u034f", "\u061c", "\u180e", "\u200b", "\u200c",
                                                 "\u200d", "\u200e", "\u200f", "\u2060", "\u2061",
                                                 "\u2062", "\u2063", "\u2064", "\ufeff", NULL };
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i;

    *wide = true;
    if (s.ptr[0] == ' ' || s.ptr[0] == '\t')
        return 1;
    if (s.len >= 3 && p[0] == 0xe2 &&
        ((p[1] == 0x80 && (p[2] <= 0x8a || p[2] == 0xaf)) || (p[1] == 0x81 && p[2] == 0x9f)))
        return 3; /* U+2000 to U+200A, U+202F, U+205F */
    *wide = false;
    for (i = 0; p[0] >= 0x80 && without_width[i] != NULL; i++) {
        size_t n = strlen(without_width[i]);

        if (s.len >= n && memcmp(s.ptr, without_width[i], n) == 0)
            return n;
    }
    return 0;
}

struct fill {
    size_t len, unseen, blanks;
};

static struct fill fill_at(struct span s)
{
    struct fill f = { 0 };
    size_t n;
    bool wide;

    while (f.len < s.len && (n = unseen_at((struct span){ s.ptr + f.len, s.len - f.len }, &wide))) {
        f.len += n;
        f.unseen += !wide;
        f.blanks += wide;
    }
    return f;
}

/* Writes the line at `to` without what fills it up; how long it became. */
static size_t strip_line(char *to, struct span line)
{
    size_t at = 0, n = 0, len;

    while (at < line.len) {
        struct fill f = fill_at((struct span){ line.ptr + at, line.len - at });
        bool last = at + f.len == line.len;

        len = f.len > 0 ? f.len : 1;
        if (f.unseen < UNSEEN_LEAST && !(last && f.blanks >= BLANKS_LEAST)) {
            memmove(to + n, line.ptr + at, len);
            n += len;
        } else if (n > 0 && !last && f.blanks > 0) {
            to[n++] = ' ';
        }
        at += len;
    }
    return n;
}

void mail_html_fill_strip(struct text_buffer *b)
{
    struct span all = { b->ptr, b->len }, line;
    size_t at = 0, n = 0, len;
    bool gone = false; /* the line above held nothing else: nor is there a blank one below it */

    while (span_line(all, &at, &line)) {
        bool ends = line.ptr + line.len < all.ptr + all.len;

        len = strip_line(b->ptr + n, line);
        if (len == 0 && (line.len > 0 || gone)) {
            gone = true;
            continue;
        }
        gone = false;
        n += len;
        if (ends)
            b->ptr[n++] = '\n';
    }
    b->len = n;
}
