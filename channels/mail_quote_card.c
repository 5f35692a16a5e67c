#include "channels/mail_quote_card.h"

#include <string.h>

#include "channels/mail_quote_line.h"
#include "channels/mail_quote_notice.h"
#include "channels/mail_quote_person.h"
#include "channels/mail_quote_phone.h"
#include "channels/mail_quote_signature.h"
#include "channels/mail_quote_web.h"
#include "channels/mail_quote_words_footer.h"

enum {
    CARD_LINES = 8,       /* of a signature that only a rule tells */
    LONG_CARD_LINES = 14, /* the same, below a rule of underscores that is under no title */
    LONG_CARD_CONTACTS = 2,
    CARD_LINE_MAX = 100,
    RULE_LEAST = 3, /* signs of a rule that stands below another */
    NAME_LINES = 3, /* of a smaller one */
    FOOTER_LINES = 25,
    FOOTER_LEAST = 60, /* bytes of one that leads nowhere */
    NAME_LINE_MAX = 40,
    NAMES_MOST = 3,      /* words of who has signed */
    SHORT_MAX = 6,       /* bytes of "Corp.", "dept." */
    PARTICLE_MAX = 4,    /* bytes of "van", "de" within a name */
    SENTENCE_BLANKS = 2, /* at the least */
    SPOKEN_BLANKS = 3,   /* in a line in which somebody speaks, at the least */
    WRAP_FROM = 60,      /* bytes of a line that a program may wrap */
    WRAP_BLANKS = 8,     /* in it, at the least */
    WRAP_LINES = 3,      /* at the begin of a card, that are looked at so */
};

static bool has_digit(struct span s)
{
    size_t i;

    for (i = 0; i < s.len && !text_is_digit(s.ptr[i]); i++)
        ;
    return i < s.len;
}

static bool has_contact(struct span s)
{
    return mail_quote_line_has_link(s) || mail_quote_phone_is_in(s);
}

/* Beyond doubt: no number of digits alone, that may be of anything. */
static bool reaches(struct span s)
{
    return mail_quote_line_has_link(s) ||
           (mail_quote_phone_is_in(s) && strchr("0+(", s.ptr[0]) != NULL);
}

/* What follows a rule, up to the next quotation or the end. */
struct below {
    struct mail_quote_sender sender;
    size_t most; /* lines of a card */
    size_t lines, blanks;
    size_t closed;   /* lines above the last of other rules */
    size_t contacts; /* lines with a number or an address */
    size_t all;   /* lines with rules and those of programs, of which no more are looked at than a
                   * footer has */
    bool program; /* a program's line is there */
    bool brief;   /* lines of a visiting card: short, without the sign that ends a sentence */
    bool small;   /* shorter still */
    bool named;   /* some line names somebody, or the sender; or says what its number is of */
    bool known;   /* some line names the sender */
    bool self;    /* some line is his name, or nearly */
    bool titled;  /* its first line stands apart and names nobody we know */
    bool reached; /* some line has a number, a mail address, or a house in the web */
    size_t pages; /* in the web, that the lines lead to */
    struct span host;  /* of the last one */
    bool listed;       /* two that follow each other are of one host */
    bool own;          /* some page is of the domain from which he writes */
    bool signed_above; /* with a name, so that the card needs none */
    bool form;         /* its first line has the label of a card: "Tel: 030 1234567" */
    bool wraps;        /* the line above is as long as one of a text, that goes on on the next */
    bool stops;        /* some line ends with a full stop */
    bool low;          /* some line begins with a small letter */
    size_t bytes;      /* of the lines */
    bool footer;       /* of a list, or of lawyers */
    bool list;         /* a line is the name of one */
    bool advert;       /* of a free mailbox */
    bool leads;        /* some line says where to go on */
    bool spoken;       /* somebody speaks of himself below its begin: it was his words */
    bool ruled;        /* another rule stands above the line that is read */
    bool framed;       /* and all since then is of no card and no footer */
    size_t begin;      /* line with which the paragraph begins that is read; 0: with the next one */
    size_t words;      /* in that paragraph, of a sentence: they begin small */
    bool says;         /* its writer speaks in it */
    bool said;         /* in one above it */
    bool formal;       /* a notice's sentences may stand there: the same rule stands last, as round
                        * one, or the sender's name first */
    size_t rule;       /* line of the other rule that stands closest above; 0: there is none */
    bool parted;       /* what he says, or another rule, stands above the footer's paragraph */
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
        if (mail_quote_line_has_link(word))
            behind =
                strchr(",;|:)>", word.ptr[word.len - 1]) == NULL ? rest : (struct span){ "", 0 };
    if (mail_quote_phone_is_in(behind))
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

/* The label before a value. */
static struct span label_of(struct span s, struct span value)
{
    return (struct span){ s.ptr, (size_t)(value.ptr - s.ptr) };
}

/* "Serial: 123", "Duration: 34 s": a label and a value, of which no card has one. */
static bool is_data(struct span s)
{
    struct span value;

    return mail_quote_line_is_field(s, &value) &&
           !mail_quote_phone_is_field(label_of(s, value), value);
}

/* "Telephone", of a form whose values stand below their labels. */
static bool is_label_alone(struct span s)
{
    return !has_digit(s) && !mail_quote_line_has_link(s) && mail_quote_line_blanks(s) == 0 &&
           mail_quote_phone_is_label(s);
}

/* "drs.", "dott.ssa", "mgr", "van den": before a name. */
static bool is_title(struct span word)
{
    static const char *const bare[] = { "mgr", "dr",  "ing", "mr", "mrs", "ms", "van", "von",
                                        "de",  "den", "der", "di", "da",  "do", "dos", NULL };
    size_t i;

    if (!begins_low(word))
        return false;
    for (i = 0; bare[i] != NULL; i++)
        if (span_is(word, bare[i]))
            return true;
    return memchr(word.ptr, '.', word.len) != NULL;
}

/* "Eva Example, head of sales", "Lamps Ltd": no number, and no word of a field or a list. */
static bool names_somebody(struct span s)
{
    struct span value, word;
    size_t end;

    if (mail_quote_line_is_field(s, &value))
        return mail_quote_phone_is_field(label_of(s, value), value);
    for (end = 0; end < s.len && strchr(",|-+", s.ptr[end]) == NULL; end++)
        ;
    s.len = end;
    if (s.len == 0 || has_digit(s) || mail_quote_line_has_link(s))
        return false;
    for (word = take_word(&s); is_title(word); word = take_word(&s))
        ;
    if (word.len == 0 || !(mail_quote_line_begins_upper(word) || (word.ptr[0] & 0x80) != 0))
        return false;
    for (word = take_word(&s); word.len > 0; word = take_word(&s))
        if (begins_low(word) && word.len > PARTICLE_MAX)
            return false;
    return true;
}

/* "It is gone. All is dark.": at the begin of a card, where no slogan stands yet. */
static bool says_two_things(struct span s)
{
    struct span rest = s, word;
    size_t low = 0, ends = 0;

    if (mail_quote_line_ends_wide(s))
        return true;
    for (word = take_word(&rest); word.len > 0; word = take_word(&rest)) {
        bool end = word.ptr[word.len - 1] == '.';

        low += begins_low(word) && !end;
        rest = mail_quote_line_trim(rest);
        ends += end && rest.len > 0 &&
                (mail_quote_line_begins_upper(rest) || text_is_digit(rest.ptr[0]));
    }
    return low >= SENTENCE_BLANKS && ends > 0;
}

/* "Delivery address", and below it the writer's own. */
static bool is_address_title(struct span s)
{
    char room[LINE_READ_MAX + 8];

    return s.len <= NAME_LINE_MAX && !has_digit(s) && !mail_quote_line_has_link(s) &&
           mail_quote_line_blanks(s) < SPOKEN_BLANKS &&
           mail_quote_words_address_title(mail_quote_line_fold(s, room, sizeof(room)));
}

/* "o 020 7946 0018 | m 07700 900123", and no "phone 020 7946 0018, after six". */
static bool is_all_numbers(struct span s)
{
    struct span word = take_word(&s);

    if (!mail_quote_phone_is_label(word))
        return false;
    for (; word.len > 0; word = take_word(&s))
        if (!text_is_digit(word.ptr[0]) && strchr("+(|/-", word.ptr[0]) == NULL &&
            !mail_quote_phone_is_label(word))
            return false;
    return true;
}

bool mail_quote_card_names_case(struct span line)
{
    char room[LINE_READ_MAX + 8];

    return has_digit(line) && mail_quote_words_case(mail_quote_line_fold(line, room, sizeof(room)));
}

bool mail_quote_card_is_told(struct span s)
{
    return is_data(s) || mail_quote_card_names_case(s) || is_address_title(s) ||
           mail_quote_phone_is_timed(s);
}

/* "Links:", and no "Eva:" of the sender. */
static bool heads_list(const struct mail_quote_sender *sender, struct span s)
{
    return s.ptr[s.len - 1] == ':' &&
           (mail_quote_line_blanks(s) > 0 || !mail_quote_sender_is_in(sender, s));
}

/* The first line of a card is a name, or says how to reach him: it is no "Order: 17" or "These are
 * off:", no comment in some code, and does not begin in the middle of a sentence. */
static bool opens_no_card(const struct mail_quote_sender *sender, struct span s)
{
    if (is_sentence(s) || says_two_things(s) || mail_quote_card_is_told(s))
        return true;
    if (s.ptr[0] == '#' || heads_list(sender, s))
        return true;
    return begins_low(s) && mail_quote_line_blanks(s) >= SPOKEN_BLANKS && !names_somebody(s) &&
           !is_all_numbers(s);
}

/* "lamp-users mailing list", as the whole footer of one: such a name is no word of a sentence. */
static bool names_list(struct span folded)
{
    static const char last[] = " mailing list";
    size_t len = folded.len > sizeof(last) - 1 ? folded.len - (sizeof(last) - 1) : 0, i;

    if (len == 0 || memcmp(folded.ptr + len, last, sizeof(last) - 1) != 0 ||
        memchr(folded.ptr, ' ', len) != NULL)
        return false;
    for (i = 0; i < len; i++)
        if (text_is_digit(folded.ptr[i]) || strchr("-_.", folded.ptr[i]) != NULL)
            return true;
    return false;
}

static bool is_end_of_words(const struct below *b, struct span s)
{
    return mail_quote_line_ends_wide(s) ||
           (b->words >= SPOKEN_BLANKS && strchr(".!?", s.ptr[s.len - 1]) != NULL);
}

/* Does the writer speak in the paragraph that is read? He speaks of himself, asks, names a case, or
 * it is a sentence, which may be wrapped, and may not be a lawyer's. */
static void read_said(struct below *b, struct span s)
{
    struct span rest = s, word;

    for (word = take_word(&rest); word.len > 0; word = take_word(&rest))
        b->words += (begins_low(word) || (word.ptr[0] & 0x80) != 0) && !has_contact(word);
    b->says = b->says || mail_quote_notice_speaks(s) || mail_quote_card_names_case(s) ||
              (!b->formal && (is_sentence(s) || is_end_of_words(b, s)));
}

/* The words of a line: is it of a footer, may one begin in it, or does it name an order? */
static void read_words(struct below *b, struct span s)
{
    char room[LINE_READ_MAX + 8];
    struct span folded = mail_quote_line_fold(s, room, sizeof(room));
    bool speaks = mail_quote_notice_speaks(s), person = speaks && mail_quote_person_speaks(s);
    bool fails = mail_quote_words_fails(folded);

    if (mail_quote_card_names_case(s))
        b->brief = b->small = false;
    b->bytes += s.len;
    b->contacts += has_contact(s) && !fails;
    b->framed = b->framed && !has_contact(s) && !mail_quote_words_footer(folded);
    b->leads = b->leads || has_contact(s) || mail_quote_words_clicks(folded);
    if (b->footer || b->advert) {
        b->spoken = b->spoken || mail_quote_notice_speaks_of_himself(s);
        return;
    }
    if (b->lines > b->most)
        return;
    b->footer = !speaks && !fails && mail_quote_words_footer(folded);
    b->list = b->list || (b->footer && names_list(folded));
    b->advert =
        !person && !fails && mail_quote_words_advert(folded); /* it may ask: "Do you Yahoo!?" */
    b->parted = (b->footer || b->advert) && (b->said || b->ruled);
    if (b->parted) { /* what tells it stands from here on */
        b->leads = has_contact(s) || mail_quote_words_clicks(folded);
        b->bytes = s.len;
    }
}

/* A program's footer says more than a few words, or where to go on: who tells that his "Windows
 * Live Mail crashes" does neither. */
static bool is_footer(const struct below *b)
{
    return !b->spoken &&
           (b->leads || (b->list && b->lines == 1) || (b->footer && b->bytes >= FOOTER_LEAST));
}

static void end_paragraph(struct below *b)
{
    if (b->footer || b->advert)
        return;
    b->said = b->said || b->says;
    b->says = false;
    b->begin = b->words = 0;
}

/* Another rule, in line i, below some lines. */
static void read_rule(struct below *b, size_t i)
{
    if (!b->parted)
        b->rule = i;
    b->ruled = b->lines > 0;
    b->closed = b->ruled ? b->lines : 0;
    b->framed = b->ruled;
}

/* "Eva K. Muster, sales" of Eva Muster: half the words before the comma, as names are written, or
 * all of them. */
static bool is_sender(const struct mail_quote_sender *sender, struct span s)
{
    struct span word;
    size_t end, names, words = 0, his = 0;

    for (end = 0; end < s.len && strchr(",|+", s.ptr[end]) == NULL; end++)
        ;
    if (has_digit(s) || has_contact(s))
        return false;
    s.len = end;
    names = mail_quote_line_names(s);
    for (word = take_word(&s); word.len > 0; word = take_word(&s)) {
        his += mail_quote_sender_is_in(sender, word);
        words++;
    }
    return his > 0 && his >= (names > 0 ? words - his : words);
}

/* Whom do the lines lead to, or to which pages? What stands below pages and another rule is of
 * those no longer. */
static void read_ways(struct below *b, struct span s)
{
    struct mail_quote_web web;

    if (s.len > CARD_LINE_MAX || (b->ruled && b->pages > 0))
        return;
    b->titled = b->titled ||
                (b->lines == 2 && (b->blanks > 0 || b->ruled) && b->contacts == 0 && !b->known);
    b->self = b->self || is_sender(&b->sender, s);
    while (mail_quote_web_take(&s, &web)) {
        b->reached = b->reached || !web.is_page || mail_quote_line_has_at(web.before) ||
                     mail_quote_phone_is_in(web.before);
        if (!web.is_page)
            continue;
        b->listed = b->listed || (b->pages > 0 && span_equal(web.host, b->host));
        b->own = b->own || mail_quote_web_is_of(web.host, b->sender.address);
        b->host = web.host;
        b->pages++;
    }
    b->reached = b->reached || mail_quote_line_has_at(s) || mail_quote_phone_is_in(s);
}

static void read_below(struct below *b, struct span s)
{
    char end = s.ptr[s.len - 1];
    struct span value;

    b->lines++;
    read_ways(b, s);
    if (b->lines == 1 && opens_no_card(&b->sender, s))
        b->brief = b->small = false;
    if (b->lines == 1 && is_no_name(s))
        b->small = false;
    if (mail_quote_phone_is_timed(s) || (b->form && is_data(s)))
        b->brief = b->small = false;
    if (is_label_alone(s))
        b->brief = false;
    b->form = b->form || (b->lines == 1 && !b->signed_above && mail_quote_line_is_field(s, &value));
    b->named = b->named || names_somebody(s) || (b->signed_above && reaches(s)) ||
               (mail_quote_phone_is_in(s) && mail_quote_phone_is_label(s));
    b->known = b->known || mail_quote_sender_is_in(&b->sender, s);
    b->formal = b->formal || (b->lines == 1 && b->known && mail_quote_line_names(s) > 0);
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
    read_said(b, s);
    read_words(b, s);
}

/* The last line above *i that is not blank, and *i its number; empty: there is none. */
static struct span take_words_above(const struct mail_lines *l, size_t *i)
{
    while (*i > 0 && mail_lines_is(l, *i - 1, LINE_IS_BLANK))
        (*i)--;
    if (*i == 0 || mail_lines_is(l, *i - 1, LINE_IS_OLD))
        return (struct span){ "", 0 };
    (*i)--;
    return mail_quote_line_trim(mail_lines_at(l, *i));
}

/* Does a name sign above line i? The sender's; or whoever's below "Best regards,". */
static bool is_signed_above(const struct mail_lines *l, size_t i)
{
    struct span name = take_words_above(l, &i), greeting;
    size_t names = name.len <= NAME_LINE_MAX ? mail_quote_line_names(name) : 0;

    if (names == 0 || names > NAMES_MOST)
        return false;
    if (mail_quote_sender_is_in(&l->sender, name))
        return true;
    greeting = take_words_above(l, &i);
    if (names == 1 || greeting.len == 0 || greeting.len > NAME_LINE_MAX ||
        !mail_quote_line_begins_upper(greeting))
        return false;
    return greeting.ptr[greeting.len - 1] == ',' ||
           (strchr(".!?:;", greeting.ptr[greeting.len - 1]) == NULL && is_no_name(greeting));
}

/* "Price list", "http://example.org/prices.html": pages alone reach nobody. They are of a card
 * where the sender is named, or his domain is in them, unless they look like a list. */
static bool lists_pages(const struct below *b)
{
    if (b->pages == 0 || b->reached || b->self)
        return false;
    return b->titled || b->listed ||
           (mail_quote_sender_is_known(&b->sender) && !b->known && !b->own && !b->signed_above);
}

/* Is it a visiting card, or a name? `named`: below such a rule a name will do. */
static bool is_card(const struct below *b, int mark, bool named)
{
    named = named || (mark == '_' && b->program);
    if (named && b->lines > 0 && b->lines <= NAME_LINES && b->blanks == 0 && b->small && !b->low &&
        (mark == '_' || !b->stops) && (b->known || !mail_quote_sender_is_known(&b->sender)))
        return true;
    return b->lines > 0 && b->lines <= b->most && b->brief && (b->named || b->known) &&
           !lists_pages(b) && b->contacts >= (b->lines > CARD_LINES ? LONG_CARD_CONTACTS : 1);
}

/* Is the rule in line i drawn again as the last of what stands below it? */
static bool is_shut(const struct mail_lines *l, size_t i)
{
    struct span rule = mail_quote_line_trim(mail_lines_at(l, i)), last = { "", 0 };
    size_t n = 0;

    for (i++; i < l->count && n <= FOOTER_LINES && !mail_lines_is(l, i, LINE_IS_OLD); i++) {
        if (mail_lines_is(l, i, LINE_IS_BLANK))
            continue;
        last = mail_quote_line_trim(mail_lines_at(l, i));
        n++;
    }
    return last.len == rule.len && memcmp(last.ptr, rule.ptr, rule.len) == 0;
}

/* The line i, which is not blank; *above becomes what is known before its paragraph. */
static void read_line(const struct mail_lines *l, struct below *b, size_t i, struct below *above)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));

    if (mail_quote_signature_is_program(l, i)) {
        b->program = true;
    } else if (mail_lines_is_rule(l, i, RULE_LEAST)) {
        end_paragraph(b);
        read_rule(b, i);
    } else {
        if (b->begin == 0) {
            *above = *b;
            b->begin = i;
        }
        read_below(b, s);
    }
}

static void read_blank(const struct mail_lines *l, struct below *b, size_t i)
{
    end_paragraph(b);
    b->blanks += b->lines > 0 && i + 1 < l->count &&
                 !mail_lines_is(l, i + 1, LINE_IS_BLANK | LINE_IS_OLD) &&
                 !mail_quote_signature_is_program(l, i + 1);
}

/* Does the writer lead up to it: "I got this:"? */
static bool is_shown(const struct mail_lines *l, const struct below *b)
{
    return mail_lines_is_announced(l, b->begin) || mail_lines_is_announced(l, b->rule);
}

bool mail_quote_card_is_below(struct mail_lines *l, size_t i, int mark, size_t *footer)
{
    bool may_be_long = mark == '_' && mail_lines_begins_alone(l, i);
    struct below b = { .sender = l->sender,
                       .most = may_be_long ? LONG_CARD_LINES : CARD_LINES,
                       .brief = true,
                       .small = true },
                 above;
    bool close = i + 1 < l->count && !mail_lines_is(l, i + 1, LINE_IS_BLANK);
    bool named = mark == LINE_LONG_DASH || (close && (mark == '_' || mark == '-'));

    if (l->guesses == 0)
        return false;
    l->guesses--;
    b.signed_above = mail_lines_begins_alone(l, i) && is_signed_above(l, i);
    b.formal = is_shut(l, i);
    above = b;

    for (i++; i < l->count && !mail_lines_is(l, i, LINE_IS_OLD); i++) {
        if (span_is(mail_quote_line_trim(mail_lines_at(l, i)), "--"))
            break; /* a signature begins, and what stands between is somebody's text */
        b.all += !mail_lines_is(l, i, LINE_IS_BLANK);
        if (b.all > FOOTER_LINES)
            return false;
        if (mail_lines_is(l, i, LINE_IS_BLANK))
            read_blank(l, &b, i);
        else
            read_line(l, &b, i, &above);
    }
    if (b.framed && b.lines > b.closed)
        return false; /* "Thank you", below two rules with an address between them */
    if ((b.footer || b.advert) && !b.parted)
        return is_footer(&b);
    if (b.parted && is_footer(&b) && !is_shown(l, &b))
        *footer = b.begin;
    return is_card(b.parted ? &above : &b, mark, named);
}
