#include "channels/mail_quote_fence.h"

#include <stdbool.h>
#include <string.h>

#include "channels/mail_quote_line.h"

enum {
    FENCE = 3,      /* signs */
    FENCE_MAX = 5,  /* signs; more are a rule */
    TITLE_MAX = 20, /* bytes of the language's name behind them */
};

/* A fence that ends has nothing behind it. */
static bool is_fence(const struct mail_lines *l, size_t i, char sign, bool ends)
{
    struct span s;
    size_t n = 0;

    if (mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_QUOTED))
        return false;
    s = mail_quote_line_trim(mail_lines_at(l, i));
    while (n < s.len && s.ptr[n] == sign)
        n++;
    if (n < FENCE || n > FENCE_MAX)
        return false;
    if (ends)
        return n == s.len;
    return s.len <= n + TITLE_MAX && memchr(s.ptr + n, sign, s.len - n) == NULL;
}

/* Fences of one sign: one of the other sign that stands open, a mere rule, hides none of them. */
static void find_of(struct mail_lines *l, char sign)
{
    size_t i, begin = 0;
    bool open = false;

    for (i = 0; i < l->count; i++) {
        if (!is_fence(l, i, sign, open))
            continue;
        if (!open)
            begin = i;
        for (; open && begin <= i; begin++)
            l->all[begin].is = (l->all[begin].is & ~(uint32_t)LINE_IS_QUOTED) | LINE_IS_FENCED;
        open = !open;
    }
}

void mail_quote_fence_find(struct mail_lines *l)
{
    find_of(l, '`');
    find_of(l, '~');
}
