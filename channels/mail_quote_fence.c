#include "channels/mail_quote_fence.h"

#include <stdbool.h>
#include <string.h>

#include "channels/mail_quote_line.h"

enum {
    FENCE = 3,      /* signs */
    TITLE_MAX = 20, /* bytes of the language's name behind them */
};

/* A fence that ends has nothing behind it. */
static bool is_fence(const struct mail_lines *l, size_t i, bool ends)
{
    struct span s;

    if (mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_QUOTED))
        return false;
    s = mail_quote_line_trim(mail_lines_at(l, i));
    if (s.len < FENCE || memcmp(s.ptr, "```", FENCE) != 0)
        return false;
    if (ends)
        return s.len == FENCE;
    return s.len <= FENCE + TITLE_MAX && memchr(s.ptr + FENCE, '`', s.len - FENCE) == NULL;
}

void mail_quote_fence_find(struct mail_lines *l)
{
    size_t i, begin = 0;
    bool open = false;

    for (i = 0; i < l->count; i++) {
        if (!is_fence(l, i, open))
            continue;
        if (!open)
            begin = i;
        for (; open && begin <= i; begin++)
            l->all[begin].is = (l->all[begin].is & ~(uint32_t)LINE_IS_QUOTED) | LINE_IS_FENCED;
        open = !open;
    }
}
