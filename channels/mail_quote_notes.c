#include "channels/mail_quote_notes.h"

#include <string.h>

#include "channels/mail_quote_block.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_person.h"

enum {
    LABEL_MAX = 30,    /* bytes of a key without its colon */
    MOMENT_MAX = 40,   /* of a day and a time */
    NOTES_ABOVE = 4,   /* lines, a sender's name and they among them */
    NOTES_BETWEEN = 8, /* lines from there to "To", and from "To" to "Subject" */
    COLUMN_INDENT = 8, /* blanks before a header in columns */
    FRAME_LEAST = 16,  /* bytes of a frame's upper line */
    FRAME_LINES = 20,  /* from there to its lower one, at the most */
};

/* The key that a line is, with or without its colon. */
static enum mail_quote_key label_of(struct mail_lines *l, size_t i)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    enum mail_quote_key key = mail_quote_block_key(l, i);

    if (key != QUOTE_KEY_NONE || s.len > LABEL_MAX)
        return key;
    return mail_quote_words_key(mail_quote_line_fold(s, folded, sizeof(folded)));
}

/* "01.06.2026 10:00", and maybe "To" behind it, in a column of its own: nothing else. *to: it is.
 */
static bool is_moment(struct span line, bool *to)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = mail_quote_line_trim(line);
    const char *gap = memmem(s.ptr, s.len, "   ", 3);
    unsigned is;

    *to = false;
    if (gap != NULL) {
        struct span last =
            mail_quote_line_trim((struct span){ gap, s.len - (size_t)(gap - s.ptr) });

        last = mail_quote_line_fold(last, folded, sizeof(folded));
        *to = mail_quote_words_key(last) == QUOTE_KEY_TO;
        if (!*to)
            return false;
        s = mail_quote_line_trim((struct span){ s.ptr, (size_t)(gap - s.ptr) });
    }
    is = s.len <= MOMENT_MAX ? mail_quote_line_read(s) : 0;
    return (is & LINE_TIME) != 0 && (is & LINE_DATE) != 0 &&
           (is & (LINE_VERB | LINE_ADDRESS | LINE_COLON)) == 0;
}

/* Is one of the next lines, after `from`, that key? Returns it, else the count of lines. Below
 * "From:" the keys are another header's. */
static size_t find_label(struct mail_lines *l, size_t from, enum mail_quote_key key)
{
    size_t end = l->count - from < NOTES_BETWEEN ? l->count : from + NOTES_BETWEEN, at;

    for (at = from; at < end && mail_quote_block_key(l, at) != QUOTE_KEY_FROM; at++)
        if (!mail_lines_is(l, at, LINE_IS_BLANK) && label_of(l, at) == key)
            return at;
    return l->count;
}

/* "To" and, below it, "Subject", with "cc" between them, each with its value beside or below it. */
static bool has_notes_labels(struct mail_lines *l, size_t from)
{
    size_t at = find_label(l, from, QUOTE_KEY_TO);

    return at < l->count && find_label(l, at + 1, QUOTE_KEY_SUBJECT) < l->count;
}

/* What stands behind the last gap of the line: "From: NAME      01.06.2026 10:00". */
static struct span last_column(struct span line)
{
    struct span s = mail_quote_line_trim(line);
    size_t i = s.len;

    while (i >= 3 && memcmp(s.ptr + i - 3, "   ", 3) != 0)
        i--;
    return i >= 3 ? (struct span){ s.ptr + i, s.len - i } : (struct span){ s.ptr, 0 };
}

/* Each word of it begins as those of a name do, or an address is among them. */
static bool may_be_sender(struct span s)
{
    size_t i;

    if (mail_quote_line_has_at(s))
        return !mail_quote_person_speaks(s);
    for (i = 0; i < s.len; i++)
        if ((i == 0 || s.ptr[i - 1] == ' ') && s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
            return false;
    return s.len > 0;
}

/* Name and moment on one line: "NAME <ADDRESS> on 01/06/2026 10:00:00 AM", "From: NAME 01/06/2026
 * 10:00 AM". Nothing else stands between it and the "To". */
static bool is_notes_line(struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i)), moment = last_column(s);
    const char *on = moment.len == 0 ? memmem(s.ptr, s.len, " on ", 4) : NULL;
    size_t at;
    bool to;

    if (on != NULL)
        moment = (struct span){ on + 4, s.len - (size_t)(on + 4 - s.ptr) };
    if (moment.len == 0 || !is_moment(moment, &to) || to ||
        !(on != NULL ? may_be_sender((struct span){ s.ptr, (size_t)(on - s.ptr) })
                     : mail_quote_block_key(l, i) == QUOTE_KEY_FROM))
        return false;
    at = mail_lines_next_words(l, i + 1, MAIL_QUOTE_BETWEEN_MAX);
    if (at < l->count && span_begins(mail_quote_line_trim(mail_lines_at(l, at)), "sent by:"))
        at = mail_lines_next_words(l, at + 1, MAIL_QUOTE_BETWEEN_MAX);
    return at < l->count && label_of(l, at) == QUOTE_KEY_TO &&
           find_label(l, at + 1, QUOTE_KEY_SUBJECT) < l->count;
}

/* A name, at the begin of a paragraph; below it day and time; below that "To" and "Subject". All of
 * that nobody writes by hand. Where a key or a mark stands at the day, "Date: 01.06.2026 10:00",
 * the header is another program's, and what is above it an answer. */
static bool is_notes_sender(struct mail_lines *l, size_t i)
{
    bool to = false;
    size_t at;

    if (i == 0 || !mail_lines_begins_alone(l, i) || mail_lines_is_announced(l, i) ||
        l->all[i].len > LINE_READ_MAX)
        return false;
    if (is_notes_line(l, i))
        return true;
    if (mail_quote_block_key(l, i) != QUOTE_KEY_NONE)
        return false;
    for (at = i + 1; at < l->count && at < i + NOTES_ABOVE; at++) {
        if (mail_lines_is(l, at, LINE_IS_BLANK | LINE_IS_QUOTED) ||
            mail_quote_block_key(l, at) != QUOTE_KEY_NONE)
            break;
        if (is_moment(mail_lines_at(l, at), &to))
            return to ? find_label(l, at + 1, QUOTE_KEY_SUBJECT) < l->count
                      : has_notes_labels(l, at + 1);
    }
    return false;
}

/* The line's last column begins with that key: "<eva@example.org>      To:   tom@example.org". */
static bool has_column(const struct mail_lines *l, size_t i, enum mail_quote_key key)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i)), value;
    const char *gap = memmem(s.ptr, s.len, "   ", 3);

    if (gap == NULL)
        return false;
    s = mail_quote_line_trim((struct span){ gap, s.len - (size_t)(gap - s.ptr) });
    return mail_quote_line_key(s, &value) == key;
}

/* The same in two columns, far from the margin: the sender's name, address and day in the left one,
 * "To", "cc" and "Subject" in the right one. */
static bool is_in_columns(const struct mail_lines *l, size_t i)
{
    struct span line = mail_lines_at(l, i);
    bool to = false, sender = false; /* by what no form has */
    size_t at;

    if (i == 0 || line.len < COLUMN_INDENT || memcmp(line.ptr, "        ", COLUMN_INDENT) != 0 ||
        !mail_lines_begins_alone(l, i))
        return false;
    for (at = i; at < l->count && at < i + NOTES_BETWEEN; at++) {
        if (mail_lines_is(l, at, LINE_IS_BLANK))
            return false;
        sender = sender || mail_quote_line_has_at(mail_lines_at(l, at)) ||
                 (mail_quote_line_read(mail_lines_at(l, at)) & (LINE_TIME | LINE_DATE)) != 0;
        if (to && has_column(l, at, QUOTE_KEY_SUBJECT))
            return sender;
        to = to || has_column(l, at, QUOTE_KEY_TO);
    }
    return false;
}

/* "|---------+------------>" */
static bool is_frame_edge(struct span s)
{
    return s.len >= FRAME_LEAST && s.len <= LINE_READ_MAX && memcmp(s.ptr, "|---", 4) == 0 &&
           s.ptr[s.len - 1] == '>' && memchr(s.ptr, '+', s.len) != NULL;
}

/* The same columns, within two frames: the lower one of the sender's stands right above the upper
 * one, ">------|", of the other's. */
static bool is_frame(const struct mail_lines *l, size_t i)
{
    size_t at;

    if (!mail_lines_begins_alone(l, i) || !is_frame_edge(mail_quote_line_trim(mail_lines_at(l, i))))
        return false;
    for (at = i + 1; at + 1 < l->count && at < i + FRAME_LINES; at++) {
        struct span s = mail_quote_line_trim(mail_lines_at(l, at));

        if (is_frame_edge(s))
            return span_begins(mail_quote_line_trim(mail_lines_at(l, at + 1)), ">---");
        if (s.len == 0 || s.ptr[0] != '|')
            return false;
    }
    return false;
}

/* "NAME --- SUBJECT ---", above a header block. */
static bool is_domino_title(struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    size_t head;

    if (s.len < 10 || s.len > LINE_READ_MAX || !span_ends(s, " ---") || s.ptr[0] == '-' ||
        memmem(s.ptr, s.len - 4, " --- ", 5) == NULL || !mail_lines_begins_alone(l, i))
        return false;
    head = mail_lines_next_words(l, i + 1, 3);
    return head < l->count && mail_quote_block_end(l, head) > 0;
}

bool mail_quote_notes_begins(struct mail_lines *l, size_t i)
{
    return is_notes_sender(l, i) || is_in_columns(l, i) || is_frame(l, i) || is_domino_title(l, i);
}
