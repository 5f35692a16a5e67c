#include "channels/mail_quote_signature.h"

#include <string.h>

#include "channels/mail_quote_card.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_notice.h"
#include "channels/mail_quote_person.h"
#include "channels/mail_quote_words_footer.h"
#include "channels/mail_quote_words_program.h"

enum {
    NAME_LINE_MAX = 40,
    CARD_LINE_MAX = 100, /* of a name and what its bearer is */
    PARTICLE_MAX = 3,    /* bytes of "of", "and" within that */
    WARNING_ABOVE = 12,  /* lines of a gateway's warning and a rule below it */
    SPOKEN_LINES = 4,    /* of a paragraph that is read for what somebody says */
    SPOKEN_BLANKS = 3,   /* in a line of it, at the least */
    PROGRAM_BLANKS = 6,  /* of a sentence that begins as a program's line does */
    RULE_BEHIND = 20,    /* bytes of one with a rule behind it, at the least */
    DENSE_BYTES = 24,    /* of one without blanks */
    PARAGRAPH_LINES = 30,
    SHORT_MAX = 6,     /* bytes of " inc.", " Corp." */
    SIGNED_WITHIN = 4, /* lines from a name to what delimits a signature */
};

static bool is_capital(char c)
{
    return (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

/* A capital or a digit at the begin of a word, but the first. */
static bool names_something(struct span s)
{
    size_t i;

    for (i = 1; i < s.len; i++)
        if (strchr(" (<[", s.ptr[i - 1]) != NULL &&
            (is_capital(s.ptr[i]) || text_is_digit(s.ptr[i])))
            return true;
    return false;
}

/* Nothing of its paragraph follows but links, rules and the like. */
static bool is_last_of_paragraph(const struct mail_lines *l, size_t i)
{
    return i + 1 >= l->count || mail_lines_is(l, i + 1, LINE_IS_BLANK | LINE_IS_OLD) ||
           strchr("<[(h_-", mail_quote_line_trim(mail_lines_at(l, i + 1)).ptr[0]) != NULL;
}

/* Nothing but these lines up to the next quotation or the end? What is signed is short. */
static bool is_last_paragraph(const struct mail_lines *l, size_t i)
{
    size_t end = l->count - i < PARAGRAPH_LINES ? l->count : i + PARAGRAPH_LINES;

    while (i < end && !mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_OLD))
        i++;
    if (i == end && i < l->count)
        return false;
    while (i < l->count && mail_lines_is(l, i, LINE_IS_BLANK))
        i++;
    return i == l->count || mail_lines_is(l, i, LINE_IS_OLD) || mail_lines_is_rule(l, i, 2);
}

/* Above or below all that the writer says. */
static bool is_at_edge(const struct mail_lines *l, size_t i)
{
    return (i <= WARNING_ABOVE && mail_lines_next_words(l, 0, i + 1) == i) ||
           is_last_paragraph(l, i);
}

/* "Sent from my phone it arrives, from my computer it does not.", among other paragraphs. */
static bool is_program_sentence(const struct mail_lines *l, size_t i, struct span s)
{
    return strchr(".!", s.ptr[s.len - 1]) != NULL && mail_quote_line_blanks(s) >= PROGRAM_BLANKS &&
           !is_at_edge(l, i);
}

/* "Sent from Outlook for Android, please call me": behind what the program says somebody speaks of
 * himself, asks for something, or says that it does not work. That he wants to be excused for what
 * he types is what a telephone is told to write. */
static bool goes_on_spoken(struct span s)
{
    static const char *const joints[] = { ", ",       "; ",        ". ",          " - ", " \u2013 ",
                                          " \u2014 ", " because ", " so please ", NULL };
    char folded[LINE_READ_MAX + 8];
    struct span rest = { s.ptr, 0 };
    size_t i;

    for (i = 0; joints[i] != NULL; i++) {
        const char *at = memmem(s.ptr, s.len, joints[i], strlen(joints[i]));

        if (at != NULL && (rest.len == 0 || at < rest.ptr))
            rest = (struct span){ at, s.len - (size_t)(at - s.ptr) };
    }
    if (rest.len == 0)
        return false;
    if (mail_quote_words_program_excuses(mail_quote_line_fold(s, folded, sizeof(folded))))
        return false;
    if (mail_quote_notice_speaks_of_himself(rest))
        return true;
    rest = mail_quote_line_fold(rest, folded, sizeof(folded));
    return mail_quote_words_program_asks(rest) || mail_quote_words_fails(rest);
}

static bool says_program(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    char folded[LINE_READ_MAX + 8];

    while (s.len > 0 && s.ptr[0] == '-')
        s = mail_quote_line_trim((struct span){ s.ptr + 1, s.len - 1 });
    if (s.len > RULE_BEHIND && span_ends(s, "----"))
        while (s.ptr[s.len - 1] == '-') /* a rule is drawn from it to the margin */
            s.len--;
    if (s.len == 0 || s.len > LINE_READ_MAX)
        return false;
    return mail_quote_words_program(mail_quote_line_fold(s, folded, sizeof(folded)),
                                    names_something(s) && is_at_edge(l, i),
                                    mail_quote_line_begins_upper(s)) &&
           !is_program_sentence(l, i, s) && !goes_on_spoken(s);
}

/* It may say so again in another language. */
bool mail_quote_signature_is_program(const struct mail_lines *l, size_t i)
{
    if (mail_lines_is_announced(l, i))
        return false;
    if (is_last_of_paragraph(l, i))
        return says_program(l, i);
    return is_last_of_paragraph(l, i + 1) && says_program(l, i) && says_program(l, i + 1);
}

static bool has_long_dash(struct span s)
{
    return s.len > 4 && (memcmp(s.ptr, "\u2013", 3) == 0 || memcmp(s.ptr, "\u2014", 3) == 0);
}

/* The last line above that is not blank; empty: there is none. */
static struct span words_above(const struct mail_lines *l, size_t i)
{
    while (i > 0 && mail_lines_is(l, i - 1, LINE_IS_BLANK))
        i--;
    return i > 0 ? mail_quote_line_trim(mail_lines_at(l, i - 1)) : (struct span){ "", 0 };
}

/* The last words above are an item of a list, with a dash too. */
static bool follows_item(const struct mail_lines *l, size_t i)
{
    struct span s = words_above(l, i);

    return s.len > 0 && (s.ptr[0] == '-' || has_long_dash(s));
}

/* The dashes before a name, "-", "--" and a blank, or a long one; 0: there are none. */
static size_t measure_dashes(struct span s)
{
    if (has_long_dash(s))
        return s.ptr[3] == ' ' ? 4 : 3;
    if (s.len < 3 || s.ptr[0] != '-')
        return 0;
    return s.ptr[1] == '-' ? (s.ptr[2] == ' ' ? 3 : 2) : 1;
}

/* A long dash opens items of lists and speech as well: it signs with a whole name, or with a first
 * one that is set close to it below a sentence that is over. */
static bool signs_long(const struct mail_lines *l, size_t i, struct span s, struct span name)
{
    struct span above = words_above(l, i);
    size_t names = mail_quote_line_names(name);

    return names > 1 ||
           (names == 1 && s.ptr[3] != ' ' && above.len > 0 && above.ptr[above.len - 1] == '.');
}

/* Right below one that is over; below other words a rule may underline them. */
static bool follows_sentence(const struct mail_lines *l, size_t i)
{
    struct span s = i > 0 ? mail_quote_line_trim(mail_lines_at(l, i - 1)) : (struct span){ "", 0 };

    return s.len > 0 && strchr(".!?", s.ptr[s.len - 1]) != NULL;
}

/* "Head of Lamps", "Lamps Ltd", "+49 123 4567": beside a name, no word of a sentence. */
static bool is_title_of_name(struct span s)
{
    size_t i;

    if (mail_quote_line_trim(s).len == 0 || strchr(".?!:", s.ptr[s.len - 1]) != NULL ||
        mail_quote_card_names_case(s))
        return false;
    for (i = 0; i < s.len; i++) {
        const char *blank = memchr(s.ptr + i, ' ', s.len - i);
        size_t len = blank != NULL ? (size_t)(blank - s.ptr) - i : s.len - i;

        if (len > PARTICLE_MAX && s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
            return false;
        i += len;
    }
    return true;
}

/* "-- Eva Example, Head of Lamps", alone at the end. */
static bool is_dashed_card(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i)), name;
    size_t end;

    if (s.len <= 3 || s.len > CARD_LINE_MAX || memcmp(s.ptr, "-- ", 3) != 0 || i == 0 ||
        !(mail_lines_begins_alone(l, i) || follows_sentence(l, i)))
        return false;
    name = (struct span){ s.ptr + 3, s.len - 3 };
    for (end = 0; end < name.len && strchr(",|", name.ptr[end]) == NULL; end++)
        ;
    if (end == name.len ||
        !is_title_of_name((struct span){ name.ptr + end + 1, name.len - end - 1 }))
        return false;
    name = mail_quote_line_trim((struct span){ name.ptr, end });
    return mail_quote_line_names(name) > 1 && is_last_paragraph(l, i) && !follows_item(l, i);
}

static bool ends_sentence(struct span s)
{
    return (s.len > 0 && strchr(".!?", s.ptr[s.len - 1]) != NULL) || mail_quote_line_ends_wide(s);
}

/* It names who sent the mail, or the delimiter of a signature is the next that follows; where
 * nobody is known it may be anybody. Behind more than a hyphen, and below a sentence that is over,
 * whoever writes for another may sign too. */
static bool is_known(const struct mail_lines *l, size_t i, struct span name, bool hyphen)
{
    size_t next = mail_lines_next_words(l, i + 1, SIGNED_WITHIN);

    return !mail_quote_sender_is_known(&l->sender) || mail_quote_sender_is_in(&l->sender, name) ||
           (!hyphen && ends_sentence(words_above(l, i))) ||
           (next < l->count && span_is(mail_quote_line_trim(mail_lines_at(l, next)), "--"));
}

/* "-Eva Example" or "-- Eva", alone at the end. */
static bool is_dashed_name(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i)), name;
    size_t blanks = 0, n = measure_dashes(s);

    if (n == 0 || n >= s.len || s.len > NAME_LINE_MAX || i == 0 ||
        !(mail_lines_begins_alone(l, i) || (s.ptr[1] == '-' && follows_sentence(l, i))))
        return false;
    name = (struct span){ s.ptr + n, s.len - n };
    if (!mail_quote_line_begins_upper(name) || (has_long_dash(s) && !signs_long(l, i, s, name)))
        return false;
    for (; n < s.len; n++) {
        blanks += s.ptr[n] == ' ';
        if (strchr(".,:;!?()[]/=", s.ptr[n]) != NULL)
            return false;
    }
    if (i + 1 < l->count && !mail_lines_is(l, i + 1, LINE_IS_BLANK | LINE_IS_OLD) &&
        s.ptr[1] != '-')
        return false;
    return blanks <= 3 && is_last_paragraph(l, i) && !follows_item(l, i) &&
           is_known(l, i, name, s.ptr[0] == '-' && s.ptr[1] != '-');
}

/* "__________ Information from ESET ... __________": a scanner's note begins. */
static bool is_scanner_title(struct span s)
{
    return s.len > 20 && s.len <= LINE_READ_MAX && memcmp(s.ptr, "_____", 5) == 0 &&
           span_ends(s, "_____") &&
           (span_holds(s, " eset ") || span_holds(s, "antivirus") || span_holds(s, "virus "));
}

/* Nothing but what a gateway put above the writer's words stands before line i. */
static bool is_below_warning(const struct mail_lines *l, size_t i)
{
    size_t first = mail_lines_next_words(l, 0, i);
    const char *begin;

    if (first >= i || i > WARNING_ABOVE)
        return false;
    begin = l->all[first].ptr;
    return mail_quote_notice_is_warning((struct span){ begin, (size_t)(l->all[i].ptr - begin) });
}

/* Does a card begin below this rule? Where another one parts what the writer says above, this one
 * is no more than that. */
static bool is_signing_rule(struct mail_lines *l, size_t i, int mark,
                            struct mail_quote_drawn *above)
{
    if (is_below_warning(l, i) || mail_lines_is_announced(l, i))
        return false;
    if (mark == '_' || mail_lines_begins_alone(l, i))
        return mail_quote_card_is_below(l, i, above->rule ? 0 : mark, &above->footer);
    return mark == '-' && follows_sentence(l, i) &&
           mail_quote_card_is_below(l, i, 0, &above->footer);
}

/* Words enough for a sentence: by its blanks, or its bytes in scripts that have none. */
static bool is_clause(struct span s)
{
    return mail_quote_line_blanks(s) >= SPOKEN_BLANKS ||
           (s.len >= DENSE_BYTES && (s.ptr[0] & 0x80) != 0 && memchr(s.ptr, ' ', s.len) == NULL);
}

/* "Send a new one.": however short, but no name's and no "Lamps, inc.". */
static bool is_short_sentence(struct span s)
{
    const char *blank = memrchr(s.ptr, ' ', s.len);

    if (mail_quote_line_ends_wide(s))
        return true;
    return blank != NULL && s.ptr + s.len - blank > SHORT_MAX && ends_sentence(s) &&
           mail_quote_line_names(s) == 0;
}

/* The paragraph below is what somebody says to somebody: a card does not begin with a sentence. */
static bool speaks_below(const struct mail_lines *l, size_t i)
{
    size_t from = mail_lines_next_words(l, i + 1, SPOKEN_LINES), at;

    for (at = from; at < l->count && at < from + SPOKEN_LINES; at++) {
        struct span s = mail_quote_line_trim(mail_lines_at(l, at));

        if (at == from && !mail_lines_is(l, at, LINE_IS_OLD) &&
            (is_short_sentence(s) ||
             (mail_quote_card_is_told(s) && !mail_quote_signature_has_postscript(l, at))))
            return true;
        if (mail_lines_is(l, at, LINE_IS_BLANK | LINE_IS_OLD) ||
            (at == from && (!is_clause(s) || mail_quote_line_names(s) > 0)))
            return false;
        if (is_clause(s) && (at == from ? ends_sentence(s) : s.ptr[s.len - 1] == '?'))
            return true;
        if (is_clause(s) && (mail_quote_person_speaks(s) || mail_quote_notice_speaks(s)))
            return true;
    }
    return false;
}

/* "-- ", as programs write it. Without its blank, which is lost on many ways, a person may have
 * drawn it between two things that he says, or round something. */
static bool is_delimiter(const struct mail_lines *l, size_t i, bool again)
{
    struct span line = mail_lines_at(l, i);

    if (!span_is(mail_quote_line_trim(line), "--"))
        return false;
    if (line.ptr[line.len - 1] == ' ')
        return true;
    return !again && !mail_lines_is_announced(l, i) && !mail_lines_is_greeted(l, i) &&
           !speaks_below(l, i);
}

bool mail_quote_signature_has_postscript(const struct mail_lines *l, size_t i)
{
    static const char *const marks[] = { "ps:",  "p.s", "ps.",           "pd:",   "p.d.", "p. s.",
                                         "p.-s", "ps ", "\u043f\u0441:", "p.p.s", NULL };
    char folded[LINE_READ_MAX + 8];
    struct span s;
    size_t m;

    if (!mail_lines_begins_alone(l, i) &&
        !span_is(mail_quote_line_trim(mail_lines_at(l, i - 1)), "--"))
        return false;
    s = mail_quote_line_fold(mail_lines_at(l, i), folded, sizeof(folded));
    for (m = 0; marks[m] != NULL; m++)
        if (s.len > strlen(marks[m]) && span_begins(s, marks[m]))
            return true;
    return false;
}

bool mail_quote_signature_begins(struct mail_lines *l, size_t i, struct mail_quote_drawn *above)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    int mark;

    if (is_delimiter(l, i, above->dashes) || is_dashed_name(l, i) || is_dashed_card(l, i) ||
        is_scanner_title(s) || (i > 0 && i == above->footer))
        return true;
    mark = s.len <= LINE_READ_MAX ? mail_quote_line_rule(s, 2) : 0;
    if (mark == 0)
        return false;
    if (is_signing_rule(l, i, mark, above))
        return true;
    above->rule = true;
    above->dashes = above->dashes || span_is(s, "--");
    return false;
}
