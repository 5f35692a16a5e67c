#include "channels/mail_quote_fence.h"

#include <stdbool.h>
#include <string.h>

#include "channels/mail_quote_line.h"

enum {
    FENCE = 3,      /* signs */
    FENCE_MAX = 5,  /* signs; more are a rule */
    TITLE_MAX = 20, /* bytes of the language's name behind them */
};

/* The sign of a fence, '\0' for another line; one that `ends` has nothing behind it. */
static char fence_of(const struct mail_lines *l, size_t i, char ends)
{
    struct span s;
    size_t n = 0;

    if (mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_QUOTED))
        return '\0';
    s = mail_quote_line_trim(mail_lines_at(l, i));
    if (s.len < FENCE || (s.ptr[0] != '`' && s.ptr[0] != '~'))
        return '\0';
    while (n < s.len && s.ptr[n] == s.ptr[0])
        n++;
    if (n < FENCE || n > FENCE_MAX || (ends != '\0' && (s.ptr[0] != ends || n < s.len)))
        return '\0';
    return s.len <= n + TITLE_MAX && memchr(s.ptr + n, s.ptr[0], s.len - n) == NULL ? s.ptr[0]
                                                                                    : '\0';
}

void mail_quote_fence_find(struct mail_lines *l)
{
    size_t i, begin = 0;
    char open = '\0';

    for (i = 0; i < l->count; i++) {
        char fence = fence_of(l, i, open);

        if (fence == '\0')
            continue;
        if (open == '\0')
            begin = i;
        for (; open != '\0' && begin <= i; begin++)
            l->all[begin].is = (l->all[begin].is & ~(uint32_t)LINE_IS_QUOTED) | LINE_IS_FENCED;
        open = open == '\0' ? fence : '\0';
    }
}
