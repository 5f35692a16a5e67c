#include "channels/mail_lines.h"

#include <stdlib.h>
#include <string.h>

#include "channels/mail_quote_line.h"
#include "core/arena.h"

enum {
    GUESSES_MAX = 4096, /* lines that are compared with whole tables */
    GREETING_MAX = 40,  /* bytes */
    GREETED_WITHIN = 8, /* lines */
};

struct mail_lines mail_lines_split(struct span text)
{
    struct mail_lines l = { .count = 1, .guesses = GUESSES_MAX, .sender = mail_quote_nobody };
    size_t i, begin = 0, n = 0;

    for (i = 0; i < text.len; i++)
        l.count += text.ptr[i] == '\n';
    l.all = xcalloc(l.count, sizeof(*l.all));
    for (i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\n')
            continue;
        l.all[n].ptr = text.ptr + begin;
        l.all[n].len = (uint32_t)(i - begin);
        if (mail_quote_line_trim(mail_lines_at(&l, n)).len == 0)
            l.all[n].is = LINE_IS_BLANK;
        n++;
        begin = i + 1;
    }
    return l;
}

void mail_lines_clear(struct mail_lines *l)
{
    free(l->all);
    l->all = NULL;
}

struct span mail_lines_at(const struct mail_lines *l, size_t i)
{
    return (struct span){ l->all[i].ptr, l->all[i].len };
}

bool mail_lines_is(const struct mail_lines *l, size_t i, uint32_t what)
{
    return (l->all[i].is & what) != 0;
}

uint32_t mail_lines_read(struct mail_lines *l, size_t i)
{
    if (!mail_lines_is(l, i, LINE_IS_READ | LINE_IS_BLANK))
        l->all[i].is |= mail_quote_line_read(mail_lines_at(l, i)) | LINE_IS_READ;
    return l->all[i].is;
}

size_t mail_lines_next_words(const struct mail_lines *l, size_t i, size_t within)
{
    size_t end = l->count - i < within ? l->count : i + within;

    while (i < end && mail_lines_is(l, i, LINE_IS_BLANK))
        i++;
    return i < end ? i : l->count;
}

bool mail_lines_quotes_from(const struct mail_lines *l, size_t i)
{
    i = mail_lines_next_words(l, i, MAIL_LINES_QUOTE_WITHIN);
    return i < l->count && mail_lines_is(l, i, LINE_IS_QUOTED);
}

bool mail_lines_begins_alone(const struct mail_lines *l, size_t i)
{
    return i == 0 || mail_lines_is(l, i - 1, LINE_IS_BLANK | LINE_IS_QUOTED);
}

bool mail_lines_is_rule(const struct mail_lines *l, size_t i, size_t least)
{
    return mail_quote_line_rule(mail_lines_at(l, i), least) != 0;
}

bool mail_lines_is_announced(const struct mail_lines *l, size_t i)
{
    while (i > 0 && mail_lines_is(l, i - 1, LINE_IS_BLANK))
        i--;
    return i > 0 && l->all[i - 1].ptr[l->all[i - 1].len - 1] == ':';
}

bool mail_lines_is_greeted(const struct mail_lines *l, size_t i)
{
    struct span s;
    size_t first;

    if (i > GREETED_WITHIN)
        return false;
    first = mail_lines_next_words(l, 0, i);
    if (first >= i || mail_lines_next_words(l, first + 1, i - first - 1) < i)
        return false;
    s = mail_quote_line_trim(mail_lines_at(l, first));
    return s.len <= GREETING_MAX && s.ptr[s.len - 1] == ',';
}
