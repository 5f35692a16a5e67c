#include "channels/mail_quote_history.h"

#include <string.h>

#include "channels/mail_quote_bare.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_person.h"
#include "channels/mail_quote_words_separator.h"

enum {
    BLOCK_WRAPPED = 4, /* lines of one long header in it */
    FORM_KEY_MAX = 30,
    SPOKEN_BLANKS = 3, /* in a line of somebody's, at the least */
    TITLE_MAX = 60,    /* between dashes */
    FIELDS_LEAST = 3,  /* of a header in a language that is not known */
    LABEL_MAX = 30,    /* bytes of a key without its colon */
    MOMENT_MAX = 40,   /* of a day and a time */
    NOTES_ABOVE = 4,   /* lines, a sender's name and they among them */
    NOTES_BETWEEN = 8, /* lines from there to "To", and from "To" to "Subject" */
    BETWEEN_MAX = 5,   /* blank lines of it */
    COLUMN_INDENT = 8, /* blanks before a header in columns */
    OUTLOOK_RULE = 32, /* underscores of it */
    FRAME_LEAST = 16,  /* bytes of a frame's upper line */
    FRAME_LINES = 20,  /* from there to its lower one, at the most */
};

/* --- header blocks
 * --------------------------------------------------------------------- */

static bool has_address(struct span s)
{
    return memchr(s.ptr, '@', s.len) != NULL;
}

/* "NAME <ADDRESS>", as forms that somebody fills in do not have it. */
static bool names_mailbox(struct span s)
{
    return has_address(s) && memchr(s.ptr, '<', s.len) != NULL && memchr(s.ptr, '>', s.len) != NULL;
}

struct block {
    unsigned keys; /* 1 << key */
    bool mailbox;  /* some value is "NAME <ADDRESS>" */
    bool address;  /* some value is one */
    bool timed;    /* the day has a time */
    bool moment;   /* or what may be one, in whatever form */
    bool ordered;  /* who sent it comes first, and then when */
    size_t end;    /* the line after it */
};

/* A number behind the year: "1. juni 2026 10.00", "1 juin 2026 14 h 30", as some write the time. It
 * stands behind the month and the day, too, where the year comes first: "2026.06.01 10". */
static bool goes_on_behind_year(struct span value)
{
    size_t i, digits = 0, numbers = 0, least = 0; /* 0: no year yet */

    for (i = 0; i <= value.len; i++) {
        if (i < value.len && text_is_digit(value.ptr[i])) {
            digits++;
            continue;
        }
        if (digits > 0) {
            numbers++;
            if (least == 0 && digits == 4)
                least = numbers == 1 ? 3 : numbers;
        }
        digits = 0;
    }
    return least > 0 && numbers > least;
}

/* Looks at a line as a header, once; returns its key. */
static enum mail_quote_key key_of(struct mail_lines *l, size_t i)
{
    struct mail_line *line = &l->all[i];
    struct span value;
    unsigned set;

    if (mail_lines_is(l, i, LINE_IS_KEYED))
        return line->key;
    line->is |= LINE_IS_KEYED | (has_address(mail_lines_at(l, i)) ? LINE_IS_MAIL : 0);
    line->key = (uint8_t)mail_quote_line_key(mail_lines_at(l, i), &value);
    if (line->key == QUOTE_KEY_NONE)
        return QUOTE_KEY_NONE;
    set = mail_quote_words_key_set(line->key);
    line->keys = (uint8_t)(set | mail_quote_line_keys_within(value));
    if ((set & 1u << QUOTE_KEY_SENT) && (mail_quote_line_read(value) & LINE_TIME))
        line->is |= LINE_IS_TIMED | LINE_IS_MOMENT;
    if ((set & 1u << QUOTE_KEY_SENT) && goes_on_behind_year(value))
        line->is |= LINE_IS_MOMENT;
    return line->key;
}

/* The header that may begin at `from`; nothing of it is read from line `until` on. */
static struct block read_block(struct mail_lines *l, size_t from, size_t until)
{
    struct block b = { .end = from };
    size_t i, wrapped = 0,
              end = until - from < MAIL_QUOTE_BLOCK_LINES ? until : from + MAIL_QUOTE_BLOCK_LINES;

    for (i = from; i < end; i++) {
        if (mail_lines_is(l, i, LINE_IS_BLANK)) {
            if (i > from && mail_lines_is(l, i - 1, LINE_IS_BLANK))
                break;
            continue;
        }
        if (key_of(l, i) != QUOTE_KEY_NONE) {
            wrapped = 0;
            b.ordered = b.ordered ||
                        (b.keys == 1u << QUOTE_KEY_FROM && (l->all[i].keys & 1u << QUOTE_KEY_SENT));
            b.keys |= l->all[i].keys;
            b.end = i + 1;
        } else if (i == from || mail_lines_is(l, i - 1, LINE_IS_BLANK) ||
                   ++wrapped > BLOCK_WRAPPED) {
            break;
        }
        b.address = b.address || mail_lines_is(l, i, LINE_IS_MAIL);
        b.mailbox =
            b.mailbox || (mail_lines_is(l, i, LINE_IS_MAIL) && names_mailbox(mail_lines_at(l, i)));
        b.timed = b.timed || mail_lines_is(l, i, LINE_IS_TIMED);
        b.moment = b.moment || mail_lines_is(l, i, LINE_IS_MOMENT);
    }
    return b;
}

static bool has_key(const struct block *b, enum mail_quote_key key)
{
    return (b->keys & 1u << key) != 0;
}

/* "My file:", and below it "from: NAME", with a small letter. */
static bool is_of_file(const struct mail_lines *l, size_t from)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, from));

    return s.ptr[0] >= 'a' && s.ptr[0] <= 'z' && mail_lines_is_announced(l, from);
}

/* It goes on from a line "KEY: VALUE" of no mail: it is a form that someone filled in. */
static bool is_of_form(const struct mail_lines *l, size_t from)
{
    const char *colon;

    if (from == 0 || mail_lines_is(l, from - 1, LINE_IS_BLANK) ||
        names_mailbox(mail_lines_at(l, from - 1)))
        return false;
    colon = memchr(l->all[from - 1].ptr, ':', l->all[from - 1].len);
    return colon != NULL && colon - l->all[from - 1].ptr < FORM_KEY_MAX;
}

/* It goes on, without a blank line, with a "KEY: VALUE" of no mail. */
static bool goes_on_as_form(const struct mail_lines *l, size_t end)
{
    struct span value;

    return end < l->count && !mail_lines_is(l, end, LINE_IS_BLANK) &&
           mail_quote_line_is_field(mail_lines_at(l, end), &value);
}

/* Below the rule of underscores that Outlook draws above a header, and that long only it. */
static bool is_below_outlook(const struct mail_lines *l, size_t from)
{
    struct span s;

    if (from == 0)
        return false;
    s = mail_quote_line_trim(mail_lines_at(l, from - 1));
    return s.len == OUTLOOK_RULE && s.ptr[0] == '_' && mail_lines_is_rule(l, from - 1, s.len);
}

/* Its day, though without a time, and a subject with the prefix of an answer: "Re: lamp". */
static bool answers_mail_of_day(const struct mail_lines *l, size_t from, const struct block *b)
{
    bool dated = false, answer = false;
    struct span value;
    size_t i;

    for (i = from; i < b->end; i++) {
        enum mail_quote_key key = mail_quote_line_key(mail_lines_at(l, i), &value);

        if (mail_quote_words_key_set(key) & 1u << QUOTE_KEY_SENT)
            dated = dated || (mail_quote_line_read(value) & (LINE_DATE | LINE_YEAR)) != 0;
        if (key == QUOTE_KEY_SUBJECT)
            answer = answer || mail_quote_line_is_answer(value);
    }
    return dated && answer;
}

/* "From: Sent: To: Subject:" in some language and order. Two keys are enough where their values
 * bear it out, a lone "From: NAME <ADDRESS>" where it stands alone. */
static bool is_block(struct mail_lines *l, size_t from, const struct block *b)
{
    bool sender = has_key(b, QUOTE_KEY_FROM), sent = has_key(b, QUOTE_KEY_SENT);
    bool subject = has_key(b, QUOTE_KEY_SUBJECT), to = has_key(b, QUOTE_KEY_TO);
    int keys = sender + sent + subject + to + has_key(b, QUOTE_KEY_CC);
    bool apart =
        from > 0 ? mail_lines_is(l, from - 1, LINE_IS_BLANK) || mail_lines_is_rule(l, from - 1, 5)
                 : mail_lines_quotes_from(l, b->end);
    bool form = (is_of_form(l, from) && !(subject && b->mailbox)) ||
                (!subject && !b->mailbox && goes_on_as_form(l, b->end));

    if ((keys >= 3 && form && !(sender && sent && to && subject)) || is_of_file(l, from) ||
        (!b->address && mail_lines_is_greeted(l, from))) /* who fills in a form says no more */
        return false;
    if (sender && !b->address && !form && !goes_on_as_form(l, b->end) &&
        !mail_lines_is_announced(l, from) && mail_quote_bare_is_mail(l, from, b->end))
        return true;
    if (sender && is_below_outlook(l, from) &&
        ((keys >= 3 && subject) || mail_lines_next_words(l, b->end, l->count) == l->count))
        return true;
    if (sender && sent && to && subject && b->ordered && !mail_lines_is_announced(l, from) &&
        answers_mail_of_day(l, from, b))
        return true;
    if (keys >= 3)
        return (sender || sent) && (subject ? (sent && b->moment) || b->address
                                            : b->address || (b->timed && b->ordered &&
                                                             !mail_lines_is_announced(l, from)));
    if (mail_lines_is_announced(l, from) || form)
        return false;
    if (keys == 2 && sender && (sent || to || subject))
        return b->address && apart;
    if (keys == 2 && sent && to)
        return b->address && b->timed;
    return keys == 1 && sender && b->address && apart &&
           (b->end == l->count || mail_lines_is(l, b->end, LINE_IS_BLANK) ||
            (mail_lines_is(l, b->end, LINE_IS_QUOTED) && mail_lines_is(l, from, LINE_IS_MAIL)));
}

/* A header names each of its keys once: where what begins at `from` does so again from a sender's
 * line on, and is no header without what stands there, it is the writer's form above one. */
static bool is_form_above(struct mail_lines *l, size_t from, size_t end)
{
    struct block b;
    size_t at;

    for (at = from + 1; at < end; at++) {
        if (key_of(l, at) != QUOTE_KEY_FROM)
            continue;
        b = read_block(l, at, l->count);
        if ((mail_quote_words_key_set(key_of(l, from)) & b.keys) == 0 || !is_block(l, at, &b))
            continue;
        b = read_block(l, from, at);
        return !is_block(l, from, &b);
    }
    return false;
}

/* Where a header block begins at `from`, the line after it; else 0. */
static size_t block_end(struct mail_lines *l, size_t from)
{
    struct block b;

    if (key_of(l, from) == QUOTE_KEY_NONE)
        return 0;
    b = read_block(l, from, l->count);
    return is_block(l, from, &b) && !is_form_above(l, from, b.end) ? b.end : 0;
}

/* "Please keep out mails like this one:", above a header with no mail below: its writer shows it,
 * and nothing follows. */
static bool is_shown(struct mail_lines *l, size_t from)
{
    struct block b;

    if (!mail_lines_is_announced(l, from) || key_of(l, from) == QUOTE_KEY_NONE)
        return false;
    b = read_block(l, from, l->count);
    return mail_lines_next_words(l, b.end, l->count) == l->count;
}

/* --- the header of Lotus Notes
 * --------------------------------------------------------------------- */

/* The key that a line is, with or without its colon. */
static enum mail_quote_key label_of(struct mail_lines *l, size_t i)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    enum mail_quote_key key = key_of(l, i);

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

    for (at = from; at < end && key_of(l, at) != QUOTE_KEY_FROM; at++)
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

    if (has_address(s))
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
                     : key_of(l, i) == QUOTE_KEY_FROM))
        return false;
    at = mail_lines_next_words(l, i + 1, BETWEEN_MAX);
    if (at < l->count && span_begins(mail_quote_line_trim(mail_lines_at(l, at)), "sent by:"))
        at = mail_lines_next_words(l, at + 1, BETWEEN_MAX);
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
    if (key_of(l, i) != QUOTE_KEY_NONE)
        return false;
    for (at = i + 1; at < l->count && at < i + NOTES_ABOVE; at++) {
        if (mail_lines_is(l, at, LINE_IS_BLANK | LINE_IS_QUOTED) || key_of(l, at) != QUOTE_KEY_NONE)
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
        sender = sender || has_address(mail_lines_at(l, at)) ||
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

    if (s.len < 10 || s.len > LINE_READ_MAX || memcmp(s.ptr + s.len - 4, " ---", 4) != 0 ||
        s.ptr[0] == '-' || memmem(s.ptr, s.len - 4, " --- ", 5) == NULL ||
        !mail_lines_begins_alone(l, i))
        return false;
    head = mail_lines_next_words(l, i + 1, 3);
    return head < l->count && block_end(l, head) > 0;
}

/* --- titles
 * --------------------------------------------------------------------- */

/* "-------- WORDS --------", in whatever language. */
static bool is_drawn_title(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i)), title;

    if (s.len > MAIL_QUOTE_TITLE_LINE_MAX || s.len < 4 || memcmp(s.ptr, "----", 4) != 0)
        return false;
    title = mail_quote_line_between_dashes(s);
    return title.len > 0 && title.len <= TITLE_MAX && title.ptr + title.len + 4 <= s.ptr + s.len &&
           (title.ptr[0] < '0' || title.ptr[0] > '9');
}

/* Below a title that is drawn, lines "KEY: VALUE" with a day and a "NAME <ADDRESS>", as forms that
 * are filled in do not have it, are a mail's header, whatever the keys' language. Returns the line
 * after them; 0: there are none. */
static size_t titled_block_end(struct mail_lines *l, size_t title)
{
    size_t from = mail_lines_next_words(l, title + 1, 2), i;
    bool address = false, timed = false;
    struct span value;

    for (i = from; i < l->count && i < from + MAIL_QUOTE_BLOCK_LINES; i++) {
        if (mail_lines_is(l, i, LINE_IS_BLANK) ||
            !mail_quote_line_is_field(mail_lines_at(l, i), &value))
            break;
        address = address || (has_address(value) && value.ptr[value.len - 1] == '>');
        timed = timed || (mail_quote_line_read(value) & (LINE_TIME | LINE_DATE)) != 0;
    }
    return i >= from + FIELDS_LEAST && address && timed ? i : 0;
}

/* Is it the title of a mail that is quoted, by what stands below? *end is the line after its
 * header, or after itself. */
static bool is_title(struct mail_lines *l, size_t i, size_t *end)
{
    if (!is_drawn_title(l, i))
        return false;
    *end = titled_block_end(l, i);
    if (*end > 0)
        return true;
    *end = i + 1;
    return mail_lines_quotes_from(l, i + 1);
}

static bool is_decorated(struct span s)
{
    return s.len > 1 && strchr("-#=_*~<[", s.ptr[0]) != NULL;
}

/* Without the "<div>" that some telephones leave in what they call plain. */
static struct span without_tags(struct span s)
{
    static const char *const tags[] = { "<div>", "</div>", "<p>", "</p>", "<br>", NULL };
    size_t i = 0;

    s = mail_quote_line_trim(s);
    while (tags[i] != NULL) {
        size_t len = strlen(tags[i]);

        if (!span_begins(s, tags[i++]))
            continue;
        s = mail_quote_line_trim((struct span){ s.ptr + len, s.len - len });
        i = 0;
    }
    return s;
}

/* What follows the title on its line is the first of the old mail's header, or nothing. */
static bool ends_title(struct span rest)
{
    struct span value;

    while (rest.len > 0 && strchr("- ", rest.ptr[0]) != NULL)
        rest = (struct span){ rest.ptr + 1, rest.len - 1 };
    rest = without_tags(rest);
    return mail_quote_line_trim(rest).len == 0 ||
           mail_quote_line_key(rest, &value) != QUOTE_KEY_NONE;
}

/* "on DAY, NAME wrote", which nobody draws dashes round by hand. */
static bool is_intro(struct span words)
{
    unsigned is = mail_quote_line_read(words);

    return (is & LINE_OPENER) != 0 && (is & LINE_VERB_LAST) != 0 && (is & LINE_TIME) != 0;
}

static bool is_title_words(struct span words)
{
    char folded[LINE_READ_MAX + 8];

    return is_intro(words) ||
           mail_quote_words_separator_is_title(mail_quote_line_fold(words, folded, sizeof(folded)));
}

/* Do the dashes there open a title, whose words stand before others? */
static bool opens_title(struct span s, const char *dashes)
{
    struct span words = { dashes, s.len - (size_t)(dashes - s.ptr) };
    const char *end;

    while (words.len > 0 && (words.ptr[0] == '-' || words.ptr[0] == ' '))
        words = (struct span){ words.ptr + 1, words.len - 1 };
    end = memmem(words.ptr, words.len, "----", 4);
    if (end == NULL || !ends_title((struct span){ end, words.len - (size_t)(end - words.ptr) }))
        return false;
    words.len = (size_t)(end - words.ptr);
    return is_title_words(words);
}

/* "Yes ---- Original Message ---- From: Eva", "Yes ---- on DAY Eva wrote ----": is there a title on
 * the line, however long the header is that follows? *before: how many bytes of words stand before
 * it. A line may have lost all but one of the first dashes, "-Reply message ---- From: Eva". */
static bool find_title(struct span s, size_t *before)
{
    const char *dashes = memmem(s.ptr, s.len, "----", 4);
    struct span words;

    *before = 0;
    if (dashes == NULL)
        return false;
    if (!opens_title(s, dashes))
        return s.ptr[0] == '-' && opens_title(s, s.ptr);
    words = (struct span){ s.ptr, (size_t)(dashes - s.ptr) };
    if (without_tags(words).len == 0)
        return true;
    while (words.ptr[words.len - 1] == ' ')
        words.len--;
    *before = words.len;
    return true;
}

/* "----- Original Message -----", whatever follows on its line. */
static bool is_dashed_title(const struct mail_lines *l, size_t i)
{
    struct span s = without_tags(mail_lines_at(l, i)), words;
    char folded[LINE_READ_MAX + 8];

    if (s.len < 4 || s.len > MAIL_QUOTE_TITLE_LINE_MAX)
        return false;
    words = mail_quote_line_between_dashes(s);
    return words.len > 0 &&
           mail_quote_words_separator_opens(mail_quote_line_fold(words, folded, sizeof(folded)));
}

/* "reply above this line" */
static bool is_marker(struct mail_lines *l, struct span s)
{
    char folded[LINE_READ_MAX + 8];

    s = without_tags(s);
    if (l->guesses == 0 || s.len < 12 || s.len > MAIL_QUOTE_TITLE_LINE_MAX)
        return false;
    s = mail_quote_line_fold(s, folded, sizeof(folded));
    if (!is_decorated(s) && memmem(s.ptr, s.len, "line", 4) == NULL && (s.ptr[0] & 0x80) == 0)
        return false;
    l->guesses--;
    return mail_quote_words_separator_is_mark(s, is_decorated(s));
}

/* "=_=_= To answer, write under this line =_=_=" */
static bool is_lower_marker(struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    char folded[LINE_READ_MAX + 8];

    if (s.len < 12 || s.len > MAIL_QUOTE_TITLE_LINE_MAX || !is_decorated(s) || l->guesses == 0)
        return false;
    l->guesses--;
    return mail_quote_words_separator_closes(mail_quote_line_fold(s, folded, sizeof(folded)));
}

/* Where a help desk draws a second line below its own words and there are others below that, the
 * line after it; else 0. */
static size_t end_of_marked(struct mail_lines *l, size_t marker)
{
    size_t i = marker + 1;

    if (!is_decorated(mail_quote_line_trim(mail_lines_at(l, marker))))
        return 0;
    while (i < l->count && !is_lower_marker(l, i))
        i++;
    return i < l->count && mail_lines_next_words(l, i + 1, l->count) < l->count ? i + 1 : 0;
}

/* "Yes##- Please type your reply above this line -##": how many bytes of words stand before it. */
static size_t find_marker(struct mail_lines *l, struct span s)
{
    const char *signs = memmem(s.ptr, s.len, "##-", 3);
    struct span words;

    if (signs == NULL || !is_marker(l, (struct span){ signs, s.len - (size_t)(signs - s.ptr) }))
        return 0;
    words = mail_quote_line_trim((struct span){ s.ptr, (size_t)(signs - s.ptr) });
    return words.len > 0 ? (size_t)(words.ptr + words.len - s.ptr) : 0;
}

/* "----- Original Message -----", "Begin forwarded message:" */
static bool is_separator(struct mail_lines *l, size_t i)
{
    struct span s = without_tags(mail_lines_at(l, i));
    char folded[LINE_READ_MAX + 8];

    if (s.len < 4)
        return false;
    if (mail_lines_is(l, i, LINE_IS_HEAD))
        return true; /* a title */
    if (s.len > MAIL_QUOTE_TITLE_LINE_MAX)
        return false;
    s = mail_quote_line_fold(s, folded, sizeof(folded));
    return s.len <= MAIL_QUOTE_BEGIN_LINE_MAX && mail_quote_words_separator_is_beginning(s);
}

/* "Original message" without anything round it, above a header block. "Original" alone is a title
 * here and nowhere else: QQ Mail draws its dashes as borders, and a form below tells it from a
 * word. */
static bool is_bare_title(struct mail_lines *l, size_t i)
{
    static const char alone[] = "original";
    char folded[LINE_READ_MAX + 8];
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    size_t head = mail_lines_next_words(l, i + 1, BETWEEN_MAX), end;

    if (s.len > TITLE_MAX || head >= l->count || key_of(l, head) == QUOTE_KEY_NONE)
        return false;
    s = mail_quote_line_fold(s, folded, sizeof(folded));
    while (s.len > 0 && strchr(": ", s.ptr[s.len - 1]) != NULL)
        s.len--;
    if (!mail_quote_words_separator_is_title(s) &&
        !(s.len == sizeof(alone) - 1 && memcmp(s.ptr, alone, s.len) == 0))
        return false;
    end = block_end(l, head);
    return end > 0 && !mail_lines_quotes_from(l, end);
}

void mail_quote_history_find(struct mail_lines *l)
{
    size_t i, words;

    for (i = 0; i < l->count; i++) {
        struct mail_line *line = &l->all[i];

        if (mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_QUOTED | LINE_IS_INTRO))
            continue;
        if (is_shown(l, i))
            return;
        if (is_bare_title(l, i) || is_notes_sender(l, i) || is_in_columns(l, i) || is_frame(l, i) ||
            is_domino_title(l, i)) {
            line->is |= LINE_IS_INTRO | LINE_IS_STRONG;
            continue;
        }
        line->end = (uint32_t)block_end(l, i);
        if (line->end > 0 || is_dashed_title(l, i) ||
            (find_title(mail_lines_at(l, i), &words) && words == 0))
            line->is |= LINE_IS_HEAD;
    }
}

/* --- both
 * --------------------------------------------------------------------- */

/* The line after the header of a mail that is passed on with its text marked; `from`: none is. */
static size_t end_of_passed_on(struct mail_lines *l, size_t from)
{
    size_t head = mail_lines_next_words(l, from, 2), end = head < l->count ? l->all[head].end : 0;

    return end > 0 && mail_lines_quotes_from(l, end) ? end : from;
}

/* "Begin forwarded message:", and below it "is all that I see when I open it.": a sentence goes on
 * that began above, and no old mail has its header there. */
static bool is_spoken_of(struct mail_lines *l, size_t title)
{
    size_t at = mail_lines_next_words(l, title + 1, BETWEEN_MAX);
    struct span s = mail_quote_line_trim(mail_lines_at(l, title));

    if (title == 0 || at >= l->count || key_of(l, at) != QUOTE_KEY_NONE ||
        !(mail_lines_is(l, title, LINE_IS_HEAD) || s.ptr[s.len - 1] == ':'))
        return false;
    s = mail_quote_line_trim(mail_lines_at(l, at));
    return s.ptr[0] >= 'a' && s.ptr[0] <= 'z' && mail_quote_line_blanks(s) >= SPOKEN_BLANKS &&
           strchr(".!?", s.ptr[s.len - 1]) != NULL;
}

struct mail_quote_history mail_quote_history_at(struct mail_lines *l, size_t i)
{
    struct mail_quote_history h = { 0 };
    size_t end, words;
    bool titled;

    if (mail_lines_is(l, i, LINE_IS_INTRO)) {
        for (end = i; end < l->count && mail_lines_is(l, end, LINE_IS_INTRO); end++)
            ;
        h.skip = !mail_lines_is(l, i, LINE_IS_STRONG) || mail_lines_quotes_from(l, end) ? end : 0;
        h.begins = h.skip == 0;
        return h;
    }
    end = l->all[i].end;
    if (end > 0) {
        h.skip = mail_lines_quotes_from(l, end) ? end : 0;
        h.begins = h.skip == 0;
        return h;
    }
    end = i + 1;
    titled = find_title(mail_lines_at(l, i), &words);
    if (!is_title(l, i, &end) && !(titled && words == 0) && !is_separator(l, i)) {
        h.words = words > 0 ? words : find_marker(l, mail_lines_at(l, i));
        h.marker = h.words == 0 && is_marker(l, mail_lines_at(l, i));
        if (!h.marker)
            return h;
        h.skip = end_of_marked(l, i);
        h.marker = h.skip == 0;
        if (h.skip > 0)
            return h;
    }
    if (end == i + 1 && is_spoken_of(l, i))
        return h;
    if (end == i + 1)
        end = end_of_passed_on(l, end);
    h.skip = mail_lines_quotes_from(l, end) ? end : 0;
    h.begins = h.skip == 0;
    return h;
}
