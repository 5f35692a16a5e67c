#include "channels/mail_quote_mark.h"

#include <string.h>

#include "channels/mail_quote_line.h"

enum {
    PROMPT = 2,        /* more signs than that at the least are none of quotation */
    ANGLE_LINES = 200, /* of a quotation between angles, at the most */
    WRAP_FROM = 60,    /* bytes of a line that a program may wrap */
};

/* ">>> NAME 01.06.2026 10:00 >>>", what GroupWise writes above the mail that is answered. */
static bool is_between_marks(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    return s.len > 8 && memcmp(s.ptr, ">>> ", 4) == 0 && span_ends(s, " >>>") &&
           (mail_quote_line_read(s) & (LINE_TIME | LINE_DATE)) != 0;
}

bool mail_quote_mark_is_link(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    while (s.len > 0 && strchr("<[(", s.ptr[0]) != NULL)
        s = (struct span){ s.ptr + 1, s.len - 1 };
    return s.len > 8 && memcmp(s.ptr, "http", 4) == 0;
}

/* A link that wrapping left open: the ">" that begins the next line only closes it. */
static bool leaves_link_open(struct span line)
{
    const char *open = memrchr(line.ptr, '<', line.len);
    struct span s;

    if (open == NULL)
        return false;
    s = (struct span){ open, line.len - (size_t)(open - line.ptr) };
    return mail_quote_mark_is_link(s) && memchr(s.ptr, '>', s.len) == NULL;
}

/* "$ ls", typed at some shell; no "$ 20". */
static bool is_typed(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    return s.len > 2 && s.ptr[0] == '$' && s.ptr[1] == ' ' && !text_is_digit(s.ptr[2]);
}

/* ">" before every line of a quotation. Where three of them are the least there is, they are the
 * prompt of some interpreter, or drawn. */
static void find_quoted(struct mail_lines *l)
{
    unsigned least = 99;
    bool shell = false; /* what is typed there stands above, in the paragraph */
    struct span rest;
    size_t i;

    for (i = 0; i < l->count; i++) {
        unsigned depth = mail_lines_is(l, i, LINE_IS_BLANK)
                             ? 0
                             : mail_quote_line_depth(mail_lines_at(l, i), &rest);

        shell = !mail_lines_is(l, i, LINE_IS_BLANK) && (shell || is_typed(mail_lines_at(l, i)));
        if (shell && depth == 1)
            continue;
        if (depth > PROMPT && is_between_marks(mail_lines_at(l, i))) {
            l->all[i].is |= LINE_IS_INTRO | LINE_IS_STRONG;
            continue;
        }
        if (depth == 1 && i > 0 && !mail_lines_is(l, i - 1, LINE_IS_QUOTED) &&
            leaves_link_open(mail_lines_at(l, i - 1)))
            continue;
        if (depth > 0)
            l->all[i].is |= LINE_IS_QUOTED;
        if (depth > 0 && depth < least)
            least = depth;
    }
    for (i = 0; least > PROMPT && i < l->count; i++)
        l->all[i].is &= ~(uint32_t)LINE_IS_QUOTED;
}

/* The rest of a link that wrapping cut off a quoted line. */
static bool is_link_end(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    return s.len > 3 && memchr(s.ptr, ' ', s.len) == NULL && strchr(")>", s.ptr[s.len - 1]) != NULL;
}

/* The rest of a quoted line that was too long: it goes on in the middle of a sentence. */
static bool is_wrapped(struct span quoted, struct span rest)
{
    struct span q = mail_quote_line_trim(quoted), s = mail_quote_line_trim(rest);

    return q.len >= WRAP_FROM && strchr(".?!:;", q.ptr[q.len - 1]) == NULL && s.ptr[0] >= 'a' &&
           s.ptr[0] <= 'z';
}

/* What wrapping left without a mark, between two quoted lines, is of them. */
static void find_wrapped(struct mail_lines *l)
{
    size_t i;

    for (i = 1; i + 1 < l->count; i++)
        if (mail_lines_is(l, i - 1, LINE_IS_QUOTED) && mail_lines_is(l, i + 1, LINE_IS_QUOTED) &&
            !mail_lines_is(l, i, LINE_IS_QUOTED | LINE_IS_BLANK) &&
            (mail_quote_mark_is_link(mail_lines_at(l, i)) || is_link_end(mail_lines_at(l, i)) ||
             is_wrapped(mail_lines_at(l, i - 1), mail_lines_at(l, i))))
            l->all[i].is |= LINE_IS_QUOTED;
}

/* "eva@example.org writes:" */
static bool is_angles_intro(struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    uint32_t is;

    if (s.len == 0 || s.ptr[s.len - 1] != ':' || mail_lines_is(l, i, LINE_IS_QUOTED))
        return false;
    is = mail_lines_read(l, i);
    return (is & LINE_VERB) && (is & (LINE_ADDRESS | LINE_DATE | LINE_TIME | LINE_YEAR));
}

/* "<< WORDS", over some lines, "WORDS >>": so AOL quotes, below its intro. Others put what they
 * cite from a page, or a program's lines, between the same signs. */
static void find_between_angles(struct mail_lines *l)
{
    size_t i, at, end;

    for (i = 0; i < l->count; i++) {
        if (!is_angles_intro(l, i))
            continue;
        at = mail_lines_next_words(l, i + 1, MAIL_LINES_QUOTE_WITHIN);
        if (at >= l->count || !span_begins(mail_quote_line_trim(mail_lines_at(l, at)), "<< "))
            continue;
        for (end = at; end < l->count && end < at + ANGLE_LINES; end++) {
            struct span s = mail_quote_line_trim(mail_lines_at(l, end));
            if (span_ends(s, ">>"))
                break;
        }
        if (end >= l->count || end == at + ANGLE_LINES)
            continue;
        for (; at <= end; at++)
            l->all[at].is |= mail_lines_is(l, at, LINE_IS_BLANK) ? 0 : LINE_IS_QUOTED;
        i = end;
    }
}

void mail_quote_mark_find(struct mail_lines *l)
{
    find_quoted(l);
    find_between_angles(l);
    find_wrapped(l);
}

/* "| lamp | 17 |": of a table that is history, as some draw their HTML, and no mark. */
static bool is_table_row(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    return s.len > 1 && s.ptr[0] == '|' && s.ptr[s.len - 1] == '|';
}

bool mail_quote_mark_find_below(struct mail_lines *l, size_t i)
{
    size_t j;

    i = mail_lines_next_words(l, i, MAIL_LINES_QUOTE_WITHIN);
    for (j = i; j < l->count; j++) {
        if (!mail_lines_is(l, j, LINE_IS_BLANK) && !mail_quote_line_is_marked(mail_lines_at(l, j)))
            break;
    }
    if (j - i < 2 || (j < l->count && is_table_row(mail_lines_at(l, j))))
        return false;
    for (; i < j; i++)
        l->all[i].is |= mail_lines_is(l, i, LINE_IS_BLANK) ? 0 : LINE_IS_QUOTED;
    return true;
}
