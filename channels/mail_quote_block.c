#include "channels/mail_quote_block.h"

#include <string.h>

#include "channels/mail_quote_bare.h"
#include "channels/mail_quote_line.h"

enum {
    BLOCK_WRAPPED = 4, /* lines of one long header in it */
    FORM_KEY_MAX = 30,
    OUTLOOK_RULE = 32, /* underscores of it */
};

/* "NAME <ADDRESS>", as forms that somebody fills in do not have it. */
static bool names_mailbox(struct span s)
{
    return mail_quote_line_has_at(s) && memchr(s.ptr, '<', s.len) != NULL &&
           memchr(s.ptr, '>', s.len) != NULL;
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

enum mail_quote_key mail_quote_block_key(struct mail_lines *l, size_t i)
{
    struct mail_line *line = &l->all[i];
    struct span value;
    unsigned set;

    if (mail_lines_is(l, i, LINE_IS_KEYED))
        return line->key;
    line->is |= LINE_IS_KEYED | (mail_quote_line_has_at(mail_lines_at(l, i)) ? LINE_IS_MAIL : 0);
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
        if (mail_quote_block_key(l, i) != QUOTE_KEY_NONE) {
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
        if (mail_quote_block_key(l, at) != QUOTE_KEY_FROM)
            continue;
        b = read_block(l, at, l->count);
        if ((mail_quote_words_key_set(mail_quote_block_key(l, from)) & b.keys) == 0 ||
            !is_block(l, at, &b))
            continue;
        b = read_block(l, from, at);
        return !is_block(l, from, &b);
    }
    return false;
}

size_t mail_quote_block_end(struct mail_lines *l, size_t from)
{
    struct block b;

    if (mail_quote_block_key(l, from) == QUOTE_KEY_NONE)
        return 0;
    b = read_block(l, from, l->count);
    return is_block(l, from, &b) && !is_form_above(l, from, b.end) ? b.end : 0;
}

bool mail_quote_block_is_shown(struct mail_lines *l, size_t from)
{
    struct block b;

    if (!mail_lines_is_announced(l, from) || mail_quote_block_key(l, from) == QUOTE_KEY_NONE)
        return false;
    b = read_block(l, from, l->count);
    return mail_lines_next_words(l, b.end, l->count) == l->count;
}
