#include "channels/mail_quote_signature.h"

#include <string.h>

#include "channels/mail_quote_line.h"
#include "channels/mail_quote_notice.h"
#include "channels/mail_quote_person.h"
#include "channels/mail_quote_words_footer.h"
#include "channels/mail_quote_words_program.h"

enum {
    CARD_LINES = 8,       /* of a signature that only a rule tells */
    LONG_CARD_LINES = 14, /* the same, below a rule of underscores that is under no title */
    LONG_CARD_CONTACTS = 2,
    CARD_LINE_MAX = 100,
    RULE_LEAST = 3, /* signs of a rule that stands below another */
    NAME_LINES = 3, /* of a smaller one */
    FOOTER_LINES = 25,
    FOOTER_LEAST = 60, /* bytes of one that leads nowhere */
    PHONE_DIGITS = 7,
    NAME_LINE_MAX = 40,
    SHORT_MAX = 6,       /* bytes of "Corp.", "dept." */
    PARTICLE_MAX = 4,    /* bytes of "van", "de" within a name */
    SENTENCE_BLANKS = 2, /* at the least */
    WARNING_ABOVE = 12,  /* lines of a gateway's warning and a rule below it */
    SPOKEN_LINES = 4,    /* of a paragraph that is read for what somebody says */
    PROGRAM_BLANKS = 6,  /* of a sentence that begins as a program's line does */
    SPOKEN_BLANKS = 3,   /* in a line of it, at the least */
    DENSE_BYTES = 24,    /* of one without blanks */
    PARAGRAPH_LINES = 30,
    WRAP_FROM = 60,  /* bytes of a line that a program may wrap */
    WRAP_BLANKS = 8, /* in it, at the least */
    WRAP_LINES = 3,  /* at the begin of a card, that are looked at so */
};

/* Here the writer's own words end. */
static const uint32_t IS_OLD = LINE_IS_QUOTED | LINE_IS_INTRO | LINE_IS_HEAD;

/* Digits of a telephone number, however they are grouped. */
static bool has_phone(struct span s)
{
    size_t i, digits = 0;

    for (i = 0; i < s.len && digits < PHONE_DIGITS; i++) {
        if (text_is_digit(s.ptr[i]))
            digits++;
        else if (strchr(" -./()+", s.ptr[i]) == NULL)
            digits = 0;
    }
    return digits >= PHONE_DIGITS;
}

static bool has_digit(struct span s)
{
    size_t i;

    for (i = 0; i < s.len && !text_is_digit(s.ptr[i]); i++)
        ;
    return i < s.len;
}

/* Of the web, or an address. */
static bool has_link(struct span s)
{
    return memchr(s.ptr, '@', s.len) != NULL || memmem(s.ptr, s.len, "www.", 4) != NULL ||
           memmem(s.ptr, s.len, "://", 3) != NULL;
}

static bool has_contact(struct span s)
{
    return has_link(s) || has_phone(s);
}

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
    return i + 1 >= l->count || mail_lines_is(l, i + 1, LINE_IS_BLANK | IS_OLD) ||
           strchr("<[(h_-", mail_quote_line_trim(mail_lines_at(l, i + 1)).ptr[0]) != NULL;
}

/* Nothing but these lines up to the next quotation or the end? What is signed is short. */
static bool is_last_paragraph(const struct mail_lines *l, size_t i)
{
    size_t end = l->count - i < PARAGRAPH_LINES ? l->count : i + PARAGRAPH_LINES;

    while (i < end && !mail_lines_is(l, i, LINE_IS_BLANK | IS_OLD))
        i++;
    if (i == end && i < l->count)
        return false;
    while (i < l->count && mail_lines_is(l, i, LINE_IS_BLANK))
        i++;
    return i == l->count || mail_lines_is(l, i, IS_OLD) || mail_lines_is_rule(l, i, 2);
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

static bool says_program(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    char folded[LINE_READ_MAX + 8];

    while (s.len > 0 && s.ptr[0] == '-')
        s = mail_quote_line_trim((struct span){ s.ptr + 1, s.len - 1 });
    if (s.len == 0 || s.len > LINE_READ_MAX)
        return false;
    return mail_quote_words_program(mail_quote_line_fold(s, folded, sizeof(folded)),
                                    names_something(s) && is_at_edge(l, i),
                                    mail_quote_line_begins_upper(s)) &&
           !is_program_sentence(l, i, s);
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

/* What follows a rule, up to the next quotation or the end. */
struct below {
    size_t most; /* lines of a card */
    size_t lines, blanks;
    size_t closed;   /* lines above the last of other rules */
    size_t contacts; /* lines with a number or an address */
    size_t all;   /* lines with rules and those of programs, of which no more are looked at than a
                   * footer has */
    bool program; /* a program's line is there */
    bool brief;   /* lines of a visiting card: short, without the sign that ends a sentence */
    bool small;   /* shorter still */
    bool wraps;   /* the line above is as long as one of a text, that goes on on the next */
    bool stops;   /* some line ends with a full stop */
    bool low;     /* some line begins with a small letter */
    size_t bytes; /* of the lines */
    bool footer;  /* of a list, or of lawyers */
    bool advert;  /* of a free mailbox */
    bool leads;   /* some line says where to go on */
    bool spoken;  /* somebody speaks of himself below its begin: it was his words */
    bool ruled;   /* another rule stands above the line that is read */
    bool framed;  /* and all since then is of no card and no footer */
};

/* The next word of *s, which goes on behind it; empty: there is none. */
static struct span take_word(struct span *s)
{
    const char *blank;
    struct span word;

    *s = mail_quote_line_trim(*s);
    blank = memchr(s->ptr, ' ', s->len);
    word = (struct span){ s->ptr, blank != NULL ? (size_t)(blank - s->ptr) : s->len };
    *s = (struct span){ s->ptr + word.len, s->len - word.len };
    return word;
}

static bool begins_low(struct span word)
{
    return word.len > 0 && word.ptr[0] >= 'a' && word.ptr[0] <= 'z';
}

/* "The basket is empty, see https://example.org": words enough of a sentence, and somebody's. One
 * that begins with a name says what its bearer does. */
static bool is_sentence(struct span s)
{
    struct span rest = s, word;
    size_t low = 0, names = 0, words = 0;

    for (word = take_word(&rest); word.len > 0; word = take_word(&rest)) {
        low += begins_low(word) && !has_contact(word);
        names += words++ < 2 && mail_quote_line_begins_upper(word);
    }
    if (names == 2)
        return low >= SPOKEN_BLANKS && mail_quote_notice_speaks_of_himself(s);
    return low >= SPOKEN_BLANKS && mail_quote_person_speaks(s);
}

/* "www.example.org gives 404": the words go on behind a link or an address. */
static bool speaks_of_link(struct span s)
{
    struct span rest = s, behind = { "", 0 }, word;

    for (word = take_word(&rest); word.len > 0; word = take_word(&rest))
        if (has_link(word))
            behind =
                strchr(",;|:)>", word.ptr[word.len - 1]) == NULL ? rest : (struct span){ "", 0 };
    if (has_phone(behind))
        return false;
    word = take_word(&behind);
    return begins_low(word) && take_word(&behind).len > 0;
}

/* "Windows Live Mail crashes": between a name's words the small ones are short, "van de". */
static bool is_no_name(struct span s)
{
    struct span rest = s, word;

    for (word = take_word(&rest); word.len > 0; word = take_word(&rest))
        if (begins_low(word) && word.len > PARTICLE_MAX && word.ptr != s.ptr)
            return true;
    return false;
}

/* "and help me.", or, in a later paragraph, "The old one is broken." */
static bool is_end_of_sentence(struct span s, bool later)
{
    size_t blanks = mail_quote_line_blanks(s);

    return (begins_low(s) || (later && blanks >= SPOKEN_BLANKS)) && blanks >= SENTENCE_BLANKS &&
           strchr(".!", s.ptr[s.len - 1]) != NULL && mail_quote_person_speaks(s);
}

/* "THE LAMP IS URGENT. IT IS DARK.": a full stop that ends a word which nobody shortens, and then
 * another one. */
static bool holds_sentences(struct span s)
{
    struct span rest = s, word;

    if (strchr(".!", s.ptr[s.len - 1]) == NULL || mail_quote_line_blanks(s) < SPOKEN_BLANKS)
        return false;
    for (word = take_word(&rest); rest.len > 0; word = take_word(&rest))
        if (word.len > SHORT_MAX && strchr(".!", word.ptr[word.len - 1]) != NULL &&
            !has_contact(word) && memchr(word.ptr, '.', word.len - 1) == NULL)
            return true;
    return false;
}

/* The first line of a card is a name, or says how to reach him: it is no "Order: 17" or "These are
 * off:", no comment in some code, and does not begin in the middle of a sentence. */
static bool opens_no_card(struct span s)
{
    struct span value;

    if (is_sentence(s))
        return true;

    if (s.ptr[0] == '#' || (s.ptr[s.len - 1] == ':' && mail_quote_line_blanks(s) > 0))
        return true;
    if (mail_quote_line_is_field(s, &value) && !has_contact(value))
        return true;
    return s.ptr[0] >= 'a' && s.ptr[0] <= 'z' && mail_quote_line_blanks(s) >= SPOKEN_BLANKS;
}

/* The words of a line: is it of a footer, may one begin in it, or does it name an order? */
static void read_words(struct below *b, struct span s)
{
    char room[LINE_READ_MAX + 8];
    struct span folded = mail_quote_line_fold(s, room, sizeof(room));
    bool speaks = mail_quote_notice_speaks(s), person = speaks && mail_quote_person_speaks(s);

    if (has_digit(s) && mail_quote_words_case(folded))
        b->brief = b->small = false;
    b->bytes += s.len;
    b->contacts += has_contact(s);
    b->framed = b->framed && !has_contact(s) && !mail_quote_words_footer(folded);
    b->leads = b->leads || has_contact(s) || mail_quote_words_clicks(folded);
    if (b->footer || b->advert) {
        b->spoken = b->spoken || mail_quote_notice_speaks_of_himself(s);
        return;
    }
    if (b->lines > b->most)
        return;
    b->footer = !speaks && mail_quote_words_footer(folded);
    b->advert = !person && mail_quote_words_advert(folded); /* it may ask: "Do you Yahoo!?" */
}

/* A program's footer says more than a few words, or where to go on: who tells that his "Windows
 * Live Mail crashes" does neither. */
static bool is_footer(const struct below *b)
{
    return !b->spoken && (b->leads || (b->footer && b->bytes >= FOOTER_LEAST));
}

/* Another rule, below some lines. */
static void read_rule(struct below *b)
{
    b->ruled = b->lines > 0;
    b->closed = b->ruled ? b->lines : 0;
    b->framed = b->ruled;
}

static void read_below(struct below *b, struct span s)
{
    char end = s.ptr[s.len - 1];

    b->lines++;
    if (b->lines == 1 && opens_no_card(s))
        b->brief = b->small = false;
    if (b->lines == 1 && is_no_name(s))
        b->small = false;
    if (speaks_of_link(s))
        b->brief = false;
    if (b->wraps && s.ptr[0] >= 'a' && s.ptr[0] <= 'z')
        b->brief = false;
    b->wraps =
        b->lines <= WRAP_LINES && s.len >= WRAP_FROM && mail_quote_line_blanks(s) >= WRAP_BLANKS;
    if (end == '!' && mail_quote_line_blanks(s) >= SPOKEN_BLANKS && mail_quote_person_speaks(s))
        b->brief = false; /* "Thank you very much!" */
    if (is_end_of_sentence(s, b->blanks > 0) || holds_sentences(s))
        b->brief = b->small = false;
    b->brief =
        b->brief && s.len <= CARD_LINE_MAX && end != '?' && (end != '.' || s.len <= NAME_LINE_MAX);
    if (b->ruled && strchr(".!?", end) != NULL && mail_quote_line_blanks(s) >= SENTENCE_BLANKS)
        b->brief = false; /* the rules part what somebody says */
    b->stops = b->stops || end == '.';
    b->low = b->low || (s.ptr[0] >= 'a' && s.ptr[0] <= 'z');
    b->small = b->small && s.len <= NAME_LINE_MAX && strchr("?!:;,", end) == NULL;
    read_words(b, s);
}

/* Does what follows a rule read like a visiting card, a name, or the footer of a list? A rule of
 * underscores says so louder than one of other signs. */
static bool is_card(struct mail_lines *l, size_t i, int mark)
{
    bool may_be_long = mark == '_' && mail_lines_begins_alone(l, i);
    struct below b = { .most = may_be_long ? LONG_CARD_LINES : CARD_LINES,
                       .brief = true,
                       .small = true };
    bool close = i + 1 < l->count && !mail_lines_is(l, i + 1, LINE_IS_BLANK);
    bool named = mark == LINE_LONG_DASH || (close && (mark == '_' || mark == '-'));

    if (l->guesses == 0)
        return false;
    l->guesses--;

    for (i++; i < l->count && !mail_lines_is(l, i, IS_OLD); i++) {
        struct span s = mail_quote_line_trim(mail_lines_at(l, i));

        if (span_is(s, "--"))
            break; /* a signature begins, and what stands between is somebody's text */
        b.all += s.len > 0;
        if (b.all > FOOTER_LINES)
            return false;
        if (s.len > 0 && mail_quote_signature_is_program(l, i))
            b.program = true;
        else if (s.len > 0 && !mail_lines_is_rule(l, i, RULE_LEAST))
            read_below(&b, s);
        else if (s.len > 0)
            read_rule(&b);
        else if (s.len == 0 && b.lines > 0 && i + 1 < l->count &&
                 !mail_lines_is(l, i + 1, LINE_IS_BLANK | IS_OLD) &&
                 !mail_quote_signature_is_program(l, i + 1))
            b.blanks++;
    }
    named = named || (mark == '_' && b.program);
    if (b.framed && b.lines > b.closed)
        return false; /* "Thank you", below two rules with an address between them */
    if (b.footer || b.advert)
        return is_footer(&b);
    if (named && b.lines > 0 && b.lines <= NAME_LINES && b.blanks == 0 && b.small && !b.low &&
        (mark == '_' || !b.stops))
        return true;
    return b.lines > 0 && b.lines <= b.most && b.brief &&
           b.contacts >= (b.lines > CARD_LINES ? LONG_CARD_CONTACTS : 1);
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
    if (i + 1 < l->count && !mail_lines_is(l, i + 1, LINE_IS_BLANK | IS_OLD) && s.ptr[1] != '-')
        return false;
    return blanks <= 3 && is_last_paragraph(l, i) && !follows_item(l, i);
}

/* "__________ Information from ESET ... __________": a scanner's note begins. */
static bool is_scanner_title(struct span s)
{
    return s.len > 20 && s.len <= LINE_READ_MAX && memcmp(s.ptr, "_____", 5) == 0 &&
           memcmp(s.ptr + s.len - 5, "_____", 5) == 0 &&
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

/* Does a card begin below this rule? `ruled`: another one parts what the writer says above, so that
 * this one is no more than that. */
static bool is_signing_rule(struct mail_lines *l, size_t i, int mark, bool ruled)
{
    if (is_below_warning(l, i) || mail_lines_is_announced(l, i))
        return false;
    if (mark == '_' || mail_lines_begins_alone(l, i))
        return is_card(l, i, ruled ? 0 : mark);
    return mark == '-' && follows_sentence(l, i) && is_card(l, i, 0);
}

static bool ends_sentence(struct span s)
{
    static const char *const wide[] = { "\u3002", "\uff01", "\uff1f", "\u061f", "\u0964", NULL };
    size_t i;

    if (s.len > 0 && strchr(".!?", s.ptr[s.len - 1]) != NULL)
        return true;
    for (i = 0; wide[i] != NULL; i++) {
        size_t len = strlen(wide[i]);

        if (s.len > len && memcmp(s.ptr + s.len - len, wide[i], len) == 0)
            return true;
    }
    return false;
}

/* Words enough for a sentence: by its blanks, or its bytes in scripts that have none. */
static bool is_clause(struct span s)
{
    return mail_quote_line_blanks(s) >= SPOKEN_BLANKS ||
           (s.len >= DENSE_BYTES && (s.ptr[0] & 0x80) != 0 && memchr(s.ptr, ' ', s.len) == NULL);
}

/* The paragraph below is what somebody says to somebody: a card does not begin with a sentence. */
static bool speaks_below(const struct mail_lines *l, size_t i)
{
    size_t from = mail_lines_next_words(l, i + 1, SPOKEN_LINES), at;

    for (at = from; at < l->count && at < from + SPOKEN_LINES; at++) {
        struct span s = mail_quote_line_trim(mail_lines_at(l, at));

        if (mail_lines_is(l, at, LINE_IS_BLANK | IS_OLD) ||
            (at == from && (!is_clause(s) || mail_quote_line_names(s) > 0)))
            return false;
        if (is_clause(s) && (at == from ? ends_sentence(s) : s.ptr[s.len - 1] == '?'))
            return true;
        if (is_clause(s) && (mail_quote_person_speaks(s) || mail_quote_notice_speaks(s)))
            return true;
    }
    return false;
}

/* Nothing but the words of greeting stands above: "Hi,". */
static bool is_below_greeting(const struct mail_lines *l, size_t i)
{
    struct span above = words_above(l, i);
    size_t first = mail_lines_next_words(l, 0, i);

    return above.len > 0 && above.len <= NAME_LINE_MAX && above.ptr[above.len - 1] == ',' &&
           first < i && mail_quote_line_trim(mail_lines_at(l, first)).ptr == above.ptr;
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
    return !again && !mail_lines_is_announced(l, i) && !is_below_greeting(l, i) &&
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

    if (is_delimiter(l, i, above->dashes) || is_dashed_name(l, i) || is_scanner_title(s))
        return true;
    mark = s.len <= LINE_READ_MAX ? mail_quote_line_rule(s, 2) : 0;
    if (mark == 0)
        return false;
    if (is_signing_rule(l, i, mark, above->rule))
        return true;
    above->rule = true;
    above->dashes = above->dashes || span_is(s, "--");
    return false;
}
