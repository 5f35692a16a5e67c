#include "channels/mail_quote_bare.h"

#include <string.h>
#include <unicode/uchar.h>

#include "channels/mail_quote_line.h"
#include "channels/mail_quote_notice.h"
#include "channels/mail_quote_person.h"

enum {
    SENDER_MAX = 80,    /* bytes of the name behind "From:" */
    WORDS_WITHIN = 5,   /* lines to the words above, or to those below */
    ANSWER_KEYS = 3,    /* with the subject of one, that need no text below */
    ON_ONE_LINE = 3,    /* keys, at the least: "From: Eva To: Tom Subject: lamp" */
    SPOKEN_LINES = 3,   /* below it, that are read for what somebody says of himself */
    SIGNED_LINES = 12,  /* below it, that are read for the sender's name */
    QUESTION_MAX = 120, /* bytes of what is asked about a block */
};

struct bare {
    unsigned keys;             /* a set of 1 << key */
    enum mail_quote_key first; /* of each line */
    enum mail_quote_key second;
    enum mail_quote_key third;
    bool bold;     /* each key is, "*From:* Eva" */
    bool answer;   /* the subject is that of an answer */
    bool wrapped;  /* other lines are among them than the rest of a list */
    bool listed;   /* a line is an item, "- From: Eva" */
    bool vague;    /* "Sent: every Monday" names no day */
    bool dated;    /* the day is a whole one, with its year: "Date: 2026-06-01" */
    bool one_line; /* all keys are on the first line */
};

static int count_keys(unsigned keys)
{
    static const enum mail_quote_key counted[] = { QUOTE_KEY_FROM, QUOTE_KEY_SENT, QUOTE_KEY_TO,
                                                   QUOTE_KEY_SUBJECT };
    size_t i;
    int n = 0;

    for (i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
        n += (keys & 1u << counted[i]) != 0;
    return n;
}

static bool has_key(const struct bare *b, enum mail_quote_key key)
{
    return (b->keys & 1u << key) != 0;
}

static void take_key(struct bare *b, enum mail_quote_key key)
{
    if (b->first == QUOTE_KEY_NONE)
        b->first = key;
    else if (b->second == QUOTE_KEY_NONE)
        b->second = key;
    else if (b->third == QUOTE_KEY_NONE)
        b->third = key;
}

/* No number, and no name of a day with a capital. */
static bool is_vague(struct span value)
{
    struct span s = mail_quote_line_trim(value);
    size_t i;

    for (i = 0; i < s.len; i++)
        if (text_is_digit(s.ptr[i]))
            return false;
    return u_islower(mail_quote_line_first(s));
}

static bool is_whole_day(struct span value)
{
    unsigned what = mail_quote_line_read(value);

    return (what & LINE_DATE) || (what & (LINE_YEAR | LINE_NUMBERS)) == (LINE_YEAR | LINE_NUMBERS);
}

static bool is_item(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    return s.ptr[0] == '-' || (s.ptr[0] == '*' && s.len > 1 && s.ptr[1] == ' ');
}

/* The rest of those to whom a mail is, below "To: Support; Tom;". */
static bool goes_on_list(const struct mail_lines *l, size_t i)
{
    struct span above =
        i > 0 ? mail_quote_line_trim(mail_lines_at(l, i - 1)) : (struct span){ "", 0 };

    return above.len > 0 && strchr(";,", above.ptr[above.len - 1]) != NULL;
}

static struct bare read_bare(const struct mail_lines *l, size_t from, size_t end)
{
    struct bare b = { .bold = true };
    struct span value;
    size_t i;

    for (i = from; i < end; i++) {
        enum mail_quote_key key;

        if (mail_lines_is(l, i, LINE_IS_BLANK))
            continue;
        key = (enum mail_quote_key)l->all[i].key;
        b.wrapped = b.wrapped || (key == QUOTE_KEY_NONE && !goes_on_list(l, i));
        if (key == QUOTE_KEY_NONE)
            continue;
        take_key(&b, key);
        b.keys |= l->all[i].keys;
        b.listed = b.listed || is_item(mail_lines_at(l, i));
        b.bold = b.bold && mail_quote_line_trim(mail_lines_at(l, i)).ptr[0] == '*';
        b.one_line = b.one_line || count_keys(l->all[i].keys) >= ON_ONE_LINE;
        mail_quote_line_key(mail_lines_at(l, i), &value);
        if (key == QUOTE_KEY_SUBJECT)
            b.answer = b.answer || mail_quote_line_is_answer(value);
        if (key == QUOTE_KEY_SENT || key == QUOTE_KEY_DATE) {
            b.vague = b.vague || is_vague(value);
            b.dated = b.dated || is_whole_day(value);
        }
    }
    return b;
}

/* Each word begins as those of a name do, and no number is among them, as in "From: 1 June". */
static bool names_sender(struct span line)
{
    struct span s;
    size_t i;

    if (mail_quote_line_key(line, &s) == QUOTE_KEY_NONE)
        return false;
    s = mail_quote_line_trim(s);
    while (s.len > 0 && s.ptr[0] == '*')
        s = mail_quote_line_trim((struct span){ s.ptr + 1, s.len - 1 });
    for (i = 0; i < s.len; i++)
        if (text_is_digit(s.ptr[i]) ||
            ((i == 0 || s.ptr[i - 1] == ' ') && s.ptr[i] >= 'a' && s.ptr[i] <= 'z'))
            return false;
    return s.len > 0 && s.len <= SENDER_MAX && !mail_quote_person_speaks(s);
}

/* The words above the block; the count of lines: there are none near it. */
static size_t words_above(const struct mail_lines *l, size_t from)
{
    size_t i = from;

    while (i > 0 && from - i < WORDS_WITHIN) {
        i--;
        if (!mail_lines_is(l, i, LINE_IS_BLANK) && !mail_lines_is_rule(l, i, 2))
            return i;
    }
    return l->count;
}

/* Is it the end of a form, or the begin of one? "Name: Eva" */
static bool is_field(const struct mail_lines *l, size_t i)
{
    struct span value;

    return mail_quote_line_is_field(mail_lines_at(l, i), &value);
}

/* "never came.": the rest of a sentence that began above, but for a word alone. */
static bool goes_on_sentence(struct span s)
{
    return u_islower(mail_quote_line_first(s)) &&
           (mail_quote_line_blanks(s) > 0 || strchr(".!?", s.ptr[s.len - 1]) != NULL);
}

/* Below it stands a text, and not what somebody says about a block that he shows: the rest of his
 * sentence, the next key of his form, a question. */
static bool has_text_below(const struct mail_lines *l, size_t end)
{
    size_t at = mail_lines_next_words(l, end, WORDS_WITHIN);
    struct span s;

    if (at == l->count || is_field(l, at))
        return false;
    s = mail_quote_line_trim(mail_lines_at(l, at));
    if (goes_on_sentence(s))
        return false;
    return s.ptr[s.len - 1] != '?' || s.len > QUESTION_MAX;
}

/* Somebody speaks of himself right below: "I did not write that." He shows the block, and goes on.
 */
static bool speaks_below(const struct mail_lines *l, size_t end)
{
    size_t from = mail_lines_next_words(l, end, WORDS_WITHIN), at;

    for (at = from; at < l->count && at < from + SPOKEN_LINES; at++) {
        if (mail_lines_is(l, at, LINE_IS_BLANK))
            return false;
        if (mail_quote_notice_speaks(mail_lines_at(l, at)))
            return true;
    }
    return false;
}

/* The one who sent the mail signs below what stands there, above the next block: the form is his.
 * With the first words somebody may greet him. */
static bool signs_below(const struct mail_lines *l, size_t end)
{
    size_t from = mail_lines_next_words(l, end, WORDS_WITHIN), at;
    struct span value;

    for (at = from + 1; at < l->count && at < from + SIGNED_LINES; at++) {
        if (mail_lines_is(l, at, LINE_IS_OLD) ||
            mail_quote_line_key(mail_lines_at(l, at), &value) != QUOTE_KEY_NONE)
            return false;
        if (mail_quote_sender_signs(mail_lines_at(l, at), l->sender.name))
            return true;
    }
    return false;
}

/* So much apart from it as programs set a header, without a form above. */
static bool stands_apart(const struct mail_lines *l, size_t from, size_t above)
{
    return above + 1 < from && !is_field(l, above);
}

static bool has_all(const struct bare *b)
{
    return has_key(b, QUOTE_KEY_FROM) && has_key(b, QUOTE_KEY_SENT) && has_key(b, QUOTE_KEY_TO) &&
           has_key(b, QUOTE_KEY_SUBJECT);
}

/* Who, and when it was sent, with the word that only mails have for it. */
static bool begins_sent(const struct bare *b)
{
    return (b->first == QUOTE_KEY_FROM && b->second == QUOTE_KEY_SENT) ||
           (b->first == QUOTE_KEY_SENT && b->second == QUOTE_KEY_FROM);
}

/* No form has all these keys in that order, nor the subject of an answer among them. */
static bool is_sure(const struct bare *b)
{
    return has_all(b) && (begins_sent(b) || b->answer);
}

/* A form may have them that is not of this order; that a text stands below tells them apart. */
static bool is_likely(const struct bare *b)
{
    return b->answer || (b->first == QUOTE_KEY_FROM && b->second == QUOTE_KEY_SENT &&
                         (has_key(b, QUOTE_KEY_TO) || has_key(b, QUOTE_KEY_SUBJECT)));
}

/* Who, a whole day right behind it, and what about: forms have these keys too, but seldom so. */
static bool is_dated(const struct bare *b)
{
    return b->second == QUOTE_KEY_DATE && b->dated && has_key(b, QUOTE_KEY_SUBJECT);
}

/* A subject behind the sender, or between them the day or whom it is to, but not the way and the
 * day of a journey; the day alone where it is drawn as mail programs do. */
static bool may_be_mail(const struct bare *b, bool drawn)
{
    if (has_key(b, QUOTE_KEY_SUBJECT) && !(b->second == QUOTE_KEY_TO && b->third == QUOTE_KEY_DATE))
        return true;
    return b->second == QUOTE_KEY_SENT || (b->second == QUOTE_KEY_DATE && drawn);
}

bool mail_quote_bare_is_mail(const struct mail_lines *l, size_t from, size_t end)
{
    size_t above = words_above(l, from);
    struct bare b;
    bool drawn; /* as mail programs do */

    if (above == l->count)
        return false;
    b = read_bare(l, from, end);
    if (b.listed)
        return false;
    if (b.one_line)
        return has_key(&b, QUOTE_KEY_FROM) && has_key(&b, QUOTE_KEY_SUBJECT) &&
               stands_apart(l, from, above) && has_text_below(l, end) && !speaks_below(l, end);
    if (b.wrapped)
        return false;
    if (is_sure(&b))
        return true;
    if (b.first != QUOTE_KEY_FROM || !names_sender(mail_lines_at(l, from)))
        return false;
    if (b.answer && count_keys(b.keys) >= ANSWER_KEYS)
        return true;
    if (b.vague || !has_text_below(l, end))
        return false;
    drawn = b.bold || mail_lines_is_rule(l, from - 1, 5);
    if (is_likely(&b) ||
        (is_dated(&b) && !l->sender.begins && !speaks_below(l, end) && !signs_below(l, end)))
        return true;
    return may_be_mail(&b, drawn) && stands_apart(l, from, above) &&
           (drawn || !speaks_below(l, end));
}
