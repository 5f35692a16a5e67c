#include "channels/mail_quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#include "channels/mail_armour.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_notice.h"
#include "channels/mail_quote_words_footer.h"
#include "channels/mail_quote_words_program.h"
#include "channels/mail_quote_words_separator.h"
#include "core/arena.h"

enum {
    PROMPT = 2,        /* more signs than that at the least are none of quotation */
    INTRO_MAX = 300,   /* bytes of an intro with words after it */
    COLONS_MAX = 4,    /* in it, after its address */
    INTRO_LINES = 4,   /* over which an intro is wrapped */
    WRAP_FROM = 60,    /* bytes of a line that a program may wrap */
    QUOTE_WITHIN = 5,  /* lines below an intro */
    BLOCK_LINES = 24,  /* of a header block */
    BLOCK_WRAPPED = 4, /* lines of one long header in it */
    CARD_LINES = 8,    /* of a signature that only a rule tells */
    CARD_LINE_MAX = 100,
    NAME_LINES = 3, /* of a smaller one */
    FOOTER_LINES = 25,
    PHONE_DIGITS = 7,
    NAME_LINE_MAX = 40,
    FORM_KEY_MAX = 30,
    BEGIN_LINE_MAX = 100,
    MARK_LINE_MAX = 200,
    WARNING_ABOVE = 12, /* lines of a gateway's warning and a rule below it */
    TITLE_MAX = 60,     /* between dashes */
    FIELDS_LEAST = 3,   /* of a header in a language that is not known */
    WEAK_LINE_MAX = 80, /* of an intro that names neither day nor address */
    GUESSES_MAX = 4096, /* lines that are compared with whole tables */
};

/* What is known of a line, beside LINE_… */
enum {
    IS_READ = 1 << 20,
    IS_BLANK = 1 << 21,
    IS_QUOTED = 1 << 22,
    IS_INTRO = 1 << 23,  /* or a part of one */
    IS_STRONG = 1 << 24, /* such a one that what follows is history without marks too */
    IS_CUT = 1 << 25,    /* its end was an intro, and is gone */
    IS_KEYED = 1 << 26,  /* was looked at as a header */
    IS_TIMED = 1 << 27,  /* is one that names a day and time */
    IS_MAIL = 1 << 28,   /* names an address */
};

struct line {
    const char *ptr;
    uint32_t len;
    uint32_t is;
    uint8_t key;  /* of a header, where IS_KEYED */
    uint8_t keys; /* that one and those within the line: a set of 1 << key */
};

struct lines {
    struct line *all;
    size_t count;
    int guesses; /* that may still be made */
};

static struct span at(const struct lines *l, size_t i)
{
    return (struct span){ l->all[i].ptr, l->all[i].len };
}

static bool is(const struct lines *l, size_t i, uint32_t what)
{
    return (l->all[i].is & what) != 0;
}

static struct lines split(struct span text)
{
    struct lines l = { .count = 1, .guesses = GUESSES_MAX };
    size_t i, begin = 0, n = 0;

    for (i = 0; i < text.len; i++)
        l.count += text.ptr[i] == '\n';
    l.all = xcalloc(l.count, sizeof(*l.all));
    for (i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\n')
            continue;
        l.all[n].ptr = text.ptr + begin;
        l.all[n].len = (uint32_t)(i - begin);
        if (mail_quote_line_trim(at(&l, n)).len == 0)
            l.all[n].is = IS_BLANK;
        n++;
        begin = i + 1;
    }
    return l;
}

static uint32_t read_line(struct lines *l, size_t i)
{
    if (!is(l, i, IS_READ | IS_BLANK))
        l->all[i].is |= mail_quote_line_read(at(l, i)) | IS_READ;
    return l->all[i].is;
}

/* The next line from i on that is not blank, within a few; else the count of lines. */
static size_t next_words(const struct lines *l, size_t i, size_t within)
{
    size_t end = l->count - i < within ? l->count : i + within;

    while (i < end && is(l, i, IS_BLANK))
        i++;
    return i < end ? i : l->count;
}

static bool quotes_from(const struct lines *l, size_t i)
{
    i = next_words(l, i, QUOTE_WITHIN);
    return i < l->count && is(l, i, IS_QUOTED);
}

/* --- quotations
 * --------------------------------------------------------------------------------------- */

/* ">>> NAME 01.06.2026 10:00 >>>", what GroupWise writes above the mail that is answered. */
static bool is_between_marks(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    return s.len > 8 && memcmp(s.ptr, ">>> ", 4) == 0 &&
           memcmp(s.ptr + s.len - 4, " >>>", 4) == 0 &&
           (mail_quote_line_read(s) & (LINE_TIME | LINE_DATE)) != 0;
}

/* ">" before every line of a quotation. Where three of them are the least there is, they are the
 * prompt of some interpreter, or drawn. */
static void find_quoted(struct lines *l)
{
    unsigned least = 99;
    struct span rest;
    size_t i;

    for (i = 0; i < l->count; i++) {
        unsigned depth = is(l, i, IS_BLANK) ? 0 : mail_quote_line_depth(at(l, i), &rest);

        if (depth > PROMPT && is_between_marks(at(l, i))) {
            l->all[i].is |= IS_INTRO | IS_STRONG;
            continue;
        }
        if (depth > 0)
            l->all[i].is |= IS_QUOTED;
        if (depth > 0 && depth < least)
            least = depth;
    }
    for (i = 0; least > PROMPT && i < l->count; i++)
        l->all[i].is &= ~(uint32_t)IS_QUOTED;
}

static bool is_link(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    while (s.len > 0 && strchr("<[(", s.ptr[0]) != NULL)
        s = (struct span){ s.ptr + 1, s.len - 1 };
    return s.len > 8 && memcmp(s.ptr, "http", 4) == 0;
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
static void find_wrapped(struct lines *l)
{
    size_t i;

    for (i = 1; i + 1 < l->count; i++)
        if (is(l, i - 1, IS_QUOTED) && is(l, i + 1, IS_QUOTED) && !is(l, i, IS_QUOTED | IS_BLANK) &&
            (is_link(at(l, i)) || is_link_end(at(l, i)) || is_wrapped(at(l, i - 1), at(l, i))))
            l->all[i].is |= IS_QUOTED;
}

/* "| " and "AB> " before the lines from i on. */
static bool find_marked(struct lines *l, size_t i)
{
    size_t j;

    i = next_words(l, i, QUOTE_WITHIN);
    for (j = i; j < l->count; j++) {
        if (!is(l, j, IS_BLANK) && !mail_quote_line_is_marked(at(l, j)))
            break;
    }
    if (j - i < 2)
        return false;
    for (; i < j; i++)
        l->all[i].is |= is(l, i, IS_BLANK) ? 0 : IS_QUOTED;
    return true;
}

/* --- intros
 * ------------------------------------------------------------------------------------------- */

enum verdict { NO_INTRO, WEAK_INTRO, STRONG_INTRO };

/* `all` of the lines together; a weak intro is one only where marked quotations follow. */
static enum verdict judge(uint32_t all, uint32_t first, uint32_t end, bool alone)
{
    bool dated = (all & (LINE_TIME | LINE_DATE)) != 0 ||
                 (all & (LINE_YEAR | LINE_NUMBERS)) == (LINE_YEAR | LINE_NUMBERS);
    bool colon = (end & LINE_COLON) != 0, last = (end & LINE_VERB_LAST) != 0;
    bool opened = (first & LINE_OPENER) != 0, started = opened || (first & LINE_DAY_FIRST) != 0;
    bool address = (all & LINE_ADDRESS) != 0;

    if ((all & LINE_VERB) && (colon || last)) {
        if (dated && address)
            return STRONG_INTRO;
        if (dated && started && last && (opened || (all & LINE_TIME)))
            return STRONG_INTRO;
        if (dated && started && last && colon && alone)
            return STRONG_INTRO;
        if (colon && opened && (all & (LINE_TIME | LINE_DATE)))
            return STRONG_INTRO;
        if (colon && alone && (started || address || !(first & LINE_LOW)) &&
            ((all & LINE_DATE) || (dated && (all & LINE_YEAR) && (all & LINE_TIME))))
            return STRONG_INTRO;
        return address && last && colon && alone ? STRONG_INTRO : WEAK_INTRO;
    }
    if (dated && address && colon && (end & LINE_ANGLE) && started)
        return STRONG_INTRO;
    if (colon && alone && started && (all & LINE_TIME) && (all & (LINE_DATE | LINE_YEAR)) &&
        (end & LINE_SIGNED))
        return STRONG_INTRO; /* its verb is of a language that is not known */
    if (colon && (address || (all & LINE_QUOTING) || dated))
        return WEAK_INTRO;
    return dated && started && ((address && (end & LINE_ANGLE)) || (all & LINE_TIME)) ? WEAK_INTRO
                                                                                      : NO_INTRO;
}

static bool begins_alone(const struct lines *l, size_t i)
{
    return i == 0 || is(l, i - 1, IS_BLANK | IS_QUOTED);
}

/* Could the first of several lines of an intro be this one? */
static bool can_begin(const struct lines *l, size_t i)
{
    uint32_t what = l->all[i].is;

    return (what & (LINE_OPENER | LINE_DAY_FIRST | LINE_VERB | LINE_QUOTING)) != 0 ||
           ((what & LINE_ADDRESS) && memchr(l->all[i].ptr, '<', l->all[i].len) != NULL);
}

/* The rest of a line that was wrapped before it: "<eva@example.org> wrote:", or "wrote:". */
static bool is_tail(const struct lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(at(l, i));

    return s.ptr[0] == '<' || (s.len <= 16 && is(l, i, LINE_VERB) && !is(l, i, LINE_ADDRESS));
}

/* How many lines up to `end` are an intro. */
static size_t measure_intro(struct lines *l, size_t end, bool quotes, enum verdict *out)
{
    uint32_t all = 0, last = read_line(l, end);
    size_t n, best = 0;

    *out = NO_INTRO;
    for (n = 1; n <= INTRO_LINES && n <= end + 1; n++) {
        size_t i = end + 1 - n;
        enum verdict v;

        if (is(l, i, IS_BLANK | IS_QUOTED | IS_INTRO) || (read_line(l, i) & LINE_LONG))
            break;
        all |= l->all[i].is;
        v = judge(all, l->all[i].is, last, begins_alone(l, i));
        if (n > 1 && !can_begin(l, i) && !(best == n - 1 && is_tail(l, i + 1)))
            continue;
        if (v == WEAK_INTRO && (!quotes || (n == 1 && !(all & (LINE_ADDRESS | LINE_NUMBER)) &&
                                            l->all[i].len > WEAK_LINE_MAX)))
            continue;
        if (v > *out || (v == *out && v != NO_INTRO && best == n - 1)) {
            if (v == *out && !is_tail(l, i + 1) && !(l->all[i].is & (LINE_OPENER | LINE_DAY_FIRST)))
                continue;
            *out = v;
            best = n;
        }
        if (v == STRONG_INTRO && (all & (LINE_TIME | LINE_DATE | LINE_YEAR)))
            break;
    }
    return best;
}

/* Words that stand before an intro on its line stay. */
static bool cut_inner(struct lines *l, size_t i)
{
    size_t inner;

    if (is(l, i, LINE_OPENER | LINE_DAY_FIRST | LINE_DASHED))
        return false;
    inner = mail_quote_line_inner_intro(at(l, i));
    if (inner == 0)
        return false;
    while (inner > 0 && strchr(" -", l->all[i].ptr[inner - 1]) != NULL)
        inner--;
    l->all[i].len = (uint32_t)inner;
    return inner > 0;
}

/* The quotation begins on the intro's own line: "On DAY, NAME <ADDRESS> wrote: Hello". */
static bool has_intro_before(const struct lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(at(l, i));
    size_t within = s.len < INTRO_MAX ? s.len : INTRO_MAX;
    const char *end = s.ptr + within, *colon = memchr(s.ptr, '@', within);
    int tries;

    if (colon == NULL || !mail_quote_line_is_opened(s))
        return false;
    for (tries = 0; tries < COLONS_MAX; tries++) {
        uint32_t what;

        colon = memchr(colon, ':', (size_t)(end - colon));
        if (colon == NULL)
            return false;
        colon++;
        what = mail_quote_line_read((struct span){ s.ptr, (size_t)(colon - s.ptr) });
        if ((what & LINE_VERB_LAST) && judge(what, what, what, true) == STRONG_INTRO)
            return true;
    }
    return false;
}

static void find_intros(struct lines *l)
{
    size_t i, n, end;

    for (end = 0; end < l->count; end++) {
        enum verdict v;
        bool quotes, may;

        if (is(l, end, IS_BLANK | IS_QUOTED))
            continue;
        quotes = quotes_from(l, end + 1);
        may = mail_quote_line_may_end(at(l, end));
        if (!may && has_intro_before(l, end)) {
            l->all[end].is |= IS_INTRO | IS_STRONG;
            continue;
        }
        if (!quotes && !may)
            continue;
        n = measure_intro(l, end, true, &v);
        if (v == WEAK_INTRO && !quotes && !find_marked(l, end + 1))
            continue;
        if (v == STRONG_INTRO && !quotes)
            find_marked(l, end + 1);
        if (v == NO_INTRO)
            continue;
        i = end + 1 - n;
        if (v == STRONG_INTRO && cut_inner(l, i))
            l->all[i++].is |= IS_CUT | (n == 1 ? IS_STRONG : 0);
        for (; i <= end; i++)
            l->all[i].is |= IS_INTRO | (v == STRONG_INTRO ? IS_STRONG : 0);
    }
}

/* --- header blocks and separators
 * --------------------------------------------------------------------- */

static bool has_address(struct span s)
{
    return memchr(s.ptr, '@', s.len) != NULL;
}

static bool is_rule(const struct lines *l, size_t i, size_t least)
{
    return mail_quote_line_rule(at(l, i), least) != 0;
}

struct block {
    unsigned keys; /* 1 << key */
    bool address;  /* some value is one */
    bool timed;    /* the day has a time */
    size_t end;    /* the line after it */
};

/* Looks at a line as a header, once; returns its key. */
static enum mail_quote_key key_of(struct lines *l, size_t i)
{
    struct line *line = &l->all[i];
    struct span value;

    if (is(l, i, IS_KEYED))
        return line->key;
    line->is |= IS_KEYED | (has_address(at(l, i)) ? IS_MAIL : 0);
    line->key = (uint8_t)mail_quote_line_key(at(l, i), &value);
    if (line->key == QUOTE_KEY_NONE)
        return QUOTE_KEY_NONE;
    line->keys = (uint8_t)(1u << line->key | mail_quote_line_keys_within(value));
    if (line->key == QUOTE_KEY_SENT && (mail_quote_line_read(value) & LINE_TIME))
        line->is |= IS_TIMED;
    return line->key;
}

static struct block read_block(struct lines *l, size_t from)
{
    struct block b = { .end = from };
    size_t i, wrapped = 0, end = l->count - from < BLOCK_LINES ? l->count : from + BLOCK_LINES;

    for (i = from; i < end; i++) {
        if (is(l, i, IS_BLANK)) {
            if (i > from && is(l, i - 1, IS_BLANK))
                break;
            continue;
        }
        if (key_of(l, i) != QUOTE_KEY_NONE) {
            wrapped = 0;
            b.keys |= l->all[i].keys;
            b.end = i + 1;
        } else if (i == from || is(l, i - 1, IS_BLANK) || ++wrapped > BLOCK_WRAPPED) {
            break;
        }
        b.address = b.address || is(l, i, IS_MAIL);
        b.timed = b.timed || is(l, i, IS_TIMED);
    }
    return b;
}

static bool has_key(const struct block *b, enum mail_quote_key key)
{
    return (b->keys & 1u << key) != 0;
}

/* The writer's own words lead up to it: a line that ends with a colon. */
static bool is_announced(const struct lines *l, size_t i)
{
    while (i > 0 && is(l, i - 1, IS_BLANK))
        i--;
    return i > 0 && l->all[i - 1].ptr[l->all[i - 1].len - 1] == ':';
}

/* It goes on from a line "KEY: VALUE" of no mail: it is a form that someone filled in. */
static bool is_of_form(const struct lines *l, size_t from)
{
    const char *colon;

    if (from == 0 || is(l, from - 1, IS_BLANK))
        return false;
    colon = memchr(l->all[from - 1].ptr, ':', l->all[from - 1].len);
    return colon != NULL && colon - l->all[from - 1].ptr < FORM_KEY_MAX;
}

/* "From: Sent: To: Subject:" in some language and order. Two keys are enough where their values
 * bear it out, a lone "From: NAME <ADDRESS>" where it stands alone. */
static bool is_block(struct lines *l, size_t from, const struct block *b)
{
    bool sender = has_key(b, QUOTE_KEY_FROM), sent = has_key(b, QUOTE_KEY_SENT);
    bool subject = has_key(b, QUOTE_KEY_SUBJECT), to = has_key(b, QUOTE_KEY_TO);
    int keys = sender + sent + subject + to + has_key(b, QUOTE_KEY_CC);
    bool apart =
        from > 0 ? is(l, from - 1, IS_BLANK) || is_rule(l, from - 1, 5) : quotes_from(l, b->end);

    if (keys >= 3)
        return (sender || sent) &&
               (subject ||
                ((b->address || (b->timed && !is_announced(l, from))) && !is_of_form(l, from)));
    if (is_announced(l, from))
        return false;
    if (keys == 2 && sender && (sent || to || subject))
        return b->address && apart;
    if (keys == 2 && sent && to)
        return b->address && b->timed;
    return keys == 1 && sender && b->address && apart &&
           (b->end == l->count || is(l, b->end, IS_BLANK));
}

/* Where a header block begins at `from`, the line after it; else 0. */
static size_t block_end(struct lines *l, size_t from, bool *lone)
{
    struct block b;

    if (key_of(l, from) == QUOTE_KEY_NONE)
        return 0;
    b = read_block(l, from);
    *lone = (b.keys & (b.keys - 1)) == 0;
    return is_block(l, from, &b) ? b.end : 0;
}

/* "-------- WORDS --------", in whatever language. */
static bool is_drawn_title(const struct lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(at(l, i)), title;

    if (s.len > MARK_LINE_MAX || s.len < 4 || memcmp(s.ptr, "----", 4) != 0)
        return false;
    title = mail_quote_line_between_dashes(s);
    return title.len > 0 && title.len <= TITLE_MAX && title.ptr + title.len + 4 <= s.ptr + s.len &&
           (title.ptr[0] < '0' || title.ptr[0] > '9');
}

/* Below a title that is drawn, lines "KEY: VALUE" with a day and a "NAME <ADDRESS>", as forms that
 * are filled in do not have it, are a mail's header, whatever the keys' language. Returns the line
 * after them; 0: there are none. */
static size_t titled_block_end(struct lines *l, size_t title)
{
    size_t from = next_words(l, title + 1, 2), i;
    bool address = false, timed = false;
    struct span value;

    for (i = from; i < l->count && i < from + BLOCK_LINES; i++) {
        if (is(l, i, IS_BLANK) || !mail_quote_line_is_field(at(l, i), &value))
            break;
        address = address || (has_address(value) && value.ptr[value.len - 1] == '>');
        timed = timed || (mail_quote_line_read(value) & (LINE_TIME | LINE_DATE)) != 0;
    }
    return i >= from + FIELDS_LEAST && address && timed ? i : 0;
}

/* Is it the title of a mail that is quoted, by what stands below? *end is the line after its
 * header, or after itself. */
static bool is_title(struct lines *l, size_t i, size_t *end)
{
    if (!is_drawn_title(l, i))
        return false;
    *end = titled_block_end(l, i);
    if (*end > 0)
        return true;
    *end = i + 1;
    return quotes_from(l, i + 1);
}

static bool is_decorated(struct span s)
{
    return s.len > 1 && strchr("-#=_*~<[", s.ptr[0]) != NULL;
}

/* "----- Original Message -----", "Begin forwarded message:", "reply above this line". */
static bool is_separator(struct lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(at(l, i)), words = mail_quote_line_between_dashes(s);
    char folded[LINE_READ_MAX + 8];

    if (s.len > MARK_LINE_MAX || s.len < 4)
        return false;
    if (words.len > 0 &&
        mail_quote_words_separator_opens(mail_quote_line_fold(words, folded, sizeof(folded))))
        return true;
    s = mail_quote_line_fold(s, folded, sizeof(folded));
    if (s.len <= BEGIN_LINE_MAX && mail_quote_words_separator_is_beginning(s))
        return true;
    if (l->guesses == 0 || s.len < 12)
        return false;
    if (!is_decorated(s) && memmem(s.ptr, s.len, "line", 4) == NULL && (s.ptr[0] & 0x80) == 0)
        return false;
    l->guesses--;
    return mail_quote_words_separator_is_mark(s);
}

/* What follows the title on its line is the first of the old mail's header, or nothing. */
static bool ends_title(struct span rest)
{
    struct span value;

    while (rest.len > 0 && strchr("- ", rest.ptr[0]) != NULL)
        rest = (struct span){ rest.ptr + 1, rest.len - 1 };
    return mail_quote_line_trim(rest).len == 0 ||
           mail_quote_line_key(rest, &value) != QUOTE_KEY_NONE;
}

/* "Thanks.-------- Original message --------From: Eva": a title that a program has run into the
 * words above it. Those stay; true: what follows is old. */
static bool cut_separator(struct lines *l, size_t i)
{
    struct span s = at(l, i), words;
    char folded[LINE_READ_MAX + 8];
    const char *dashes = memmem(s.ptr, s.len, "----", 4), *end;
    size_t before;

    if (dashes == NULL)
        return false;
    before = (size_t)(dashes - s.ptr);
    if (mail_quote_line_trim((struct span){ s.ptr, before }).len == 0)
        return false;
    words = (struct span){ dashes, s.len - before };
    while (words.len > 0 && (words.ptr[0] == '-' || words.ptr[0] == ' '))
        words = (struct span){ words.ptr + 1, words.len - 1 };
    end = memmem(words.ptr, words.len, "----", 4);
    if (end == NULL || !ends_title((struct span){ end, words.len - (size_t)(end - words.ptr) }))
        return false;
    words.len = (size_t)(end - words.ptr);
    if (!mail_quote_words_separator_is_title(mail_quote_line_fold(words, folded, sizeof(folded))))
        return false;
    while (s.ptr[before - 1] == ' ')
        before--;
    l->all[i].len = (uint32_t)before;
    return !quotes_from(l, i + 1);
}

/* The line after the header of a mail that is passed on with its text marked; `from`: none is. */
static size_t end_of_passed_on(struct lines *l, size_t from)
{
    bool lone = false;
    size_t head = next_words(l, from, 2), end = head < l->count ? block_end(l, head, &lone) : 0;

    return end > 0 && quotes_from(l, end) ? end : from;
}

/* Does history begin here that is not marked? *skip is set to the line after what introduces marked
 * history, where it is that. */
static bool is_history(struct lines *l, size_t i, bool said, size_t *skip)
{
    size_t end;
    bool lone = false;

    *skip = 0;
    if (is(l, i, IS_INTRO)) {
        for (end = i; end < l->count && is(l, end, IS_INTRO); end++)
            ;
        if (!is(l, i, IS_STRONG) || quotes_from(l, end)) {
            *skip = end;
            return false;
        }
        return true;
    }
    end = block_end(l, i, &lone);
    if (end > 0) {
        *skip = (!said || lone) && quotes_from(l, end) ? end : 0;
        return *skip == 0;
    }
    end = i + 1;
    if (!is_title(l, i, &end) && !is_separator(l, i))
        return false;
    if (!said && end == i + 1)
        end = end_of_passed_on(l, end);
    *skip = quotes_from(l, end) ? end : 0;
    return *skip == 0;
}

/* --- signatures
 * --------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits of a telephone number, however they are grouped. */
static bool has_phone(struct span s)
{
    size_t i, digits = 0;

    for (i = 0; i < s.len && digits < PHONE_DIGITS; i++) {
        if (is_digit(s.ptr[i]))
            digits++;
        else if (strchr(" -./()+", s.ptr[i]) == NULL)
            digits = 0;
    }
    return digits >= PHONE_DIGITS;
}

static bool has_contact(struct span s)
{
    return has_address(s) || has_phone(s) || memmem(s.ptr, s.len, "www.", 4) != NULL ||
           memmem(s.ptr, s.len, "://", 3) != NULL;
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
        if (strchr(" (<[", s.ptr[i - 1]) != NULL && (is_capital(s.ptr[i]) || is_digit(s.ptr[i])))
            return true;
    return false;
}

static bool is_program_line(struct lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(at(l, i));
    char folded[LINE_READ_MAX + 8];

    while (s.len > 0 && s.ptr[0] == '-')
        s = mail_quote_line_trim((struct span){ s.ptr + 1, s.len - 1 });
    if (s.len == 0 || s.len > LINE_READ_MAX)
        return false;
    if (i + 1 < l->count && !is(l, i + 1, IS_BLANK | IS_QUOTED | IS_INTRO) &&
        strchr("<[(h_-", mail_quote_line_trim(at(l, i + 1)).ptr[0]) == NULL)
        return false;
    return mail_quote_words_program(mail_quote_line_fold(s, folded, sizeof(folded)),
                                    names_something(s));
}

/* What follows a rule, up to the next quotation or the end. */
struct below {
    size_t lines, blanks;
    size_t all;   /* lines with rules and those of programs, of which no more are looked at than a
                   * footer has */
    bool program; /* a program's line is there */
    bool brief;   /* lines of a visiting card: short, without the sign that ends a sentence */
    bool small;   /* shorter still */
    bool stops;   /* some line ends with a full stop */
    bool low;     /* some line begins with a small letter */
    bool contact; /* a number, an address */
    bool footer;  /* of a list, or of lawyers */
};

static void read_below(struct below *b, struct span s)
{
    char folded[LINE_READ_MAX + 8], end = s.ptr[s.len - 1];

    b->lines++;
    b->brief =
        b->brief && s.len <= CARD_LINE_MAX && end != '?' && (end != '.' || s.len <= NAME_LINE_MAX);
    b->stops = b->stops || end == '.';
    b->low = b->low || (s.ptr[0] >= 'a' && s.ptr[0] <= 'z');
    b->small = b->small && s.len <= NAME_LINE_MAX && strchr("?!:;,", end) == NULL;
    b->contact = b->contact || has_contact(s);
    if (b->footer || b->lines > CARD_LINES)
        return;
    if (mail_quote_notice_speaks(s))
        return;
    s = mail_quote_line_fold(s, folded, sizeof(folded));
    b->footer = mail_quote_words_footer(s);
}

/* Does what follows a rule read like a visiting card, a name, or the footer of a list? A rule of
 * underscores says so louder than one of other signs. */
static bool is_card(struct lines *l, size_t i, int mark)
{
    struct below b = { .brief = true, .small = true };
    bool close = i + 1 < l->count && !is(l, i + 1, IS_BLANK);
    bool named = mark == LINE_LONG_DASH || (close && (mark == '_' || mark == '-'));

    if (l->guesses == 0)
        return false;
    l->guesses--;

    for (i++; i < l->count && !is(l, i, IS_QUOTED | IS_INTRO); i++) {
        struct span s = mail_quote_line_trim(at(l, i));

        if (span_is(s, "--"))
            break; /* a signature begins, and what stands between is somebody's text */
        b.all += s.len > 0;
        if (b.all > FOOTER_LINES)
            return false;
        if (s.len > 0 && is_program_line(l, i))
            b.program = true;
        else if (s.len > 0 && !is_rule(l, i, 5))
            read_below(&b, s);
        else if (s.len == 0 && b.lines > 0 && i + 1 < l->count &&
                 !is(l, i + 1, IS_BLANK | IS_QUOTED | IS_INTRO) && !is_program_line(l, i + 1))
            b.blanks++;
    }
    named = named || (mark == '_' && b.program);
    if (b.footer)
        return true;
    if (named && b.lines > 0 && b.lines <= NAME_LINES && b.blanks == 0 && b.small &&
        (mark == '_' || !(b.stops || b.low)))
        return true;
    return b.lines > 0 && b.lines <= CARD_LINES && b.brief && b.contact;
}

/* Nothing but these lines up to the next quotation or the end? */
static bool is_last_paragraph(const struct lines *l, size_t i)
{
    while (i < l->count && !is(l, i, IS_BLANK | IS_QUOTED | IS_INTRO))
        i++;
    while (i < l->count && is(l, i, IS_BLANK))
        i++;
    return i == l->count || is(l, i, IS_QUOTED | IS_INTRO) || is_rule(l, i, 2);
}

static bool has_long_dash(struct span s)
{
    return s.len > 4 && (memcmp(s.ptr, "\u2013", 3) == 0 || memcmp(s.ptr, "\u2014", 3) == 0);
}

/* The last line above that is not blank; empty: there is none. */
static struct span words_above(const struct lines *l, size_t i)
{
    while (i > 0 && is(l, i - 1, IS_BLANK))
        i--;
    return i > 0 ? mail_quote_line_trim(at(l, i - 1)) : (struct span){ "", 0 };
}

/* The last words above are an item of a list, with a dash too. */
static bool follows_item(const struct lines *l, size_t i)
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

static bool begins_upper(struct span s)
{
    int32_t c = mail_quote_line_first(s);

    return c > 0 && u_isupper(c);
}

/* How many words a name has; 0: some word does not begin as a name's do. */
static size_t count_names(struct span s)
{
    size_t n = 0;

    while (s.len > 0) {
        const char *blank = memchr(s.ptr, ' ', s.len);

        if (!begins_upper(s))
            return 0;
        n++;
        s = mail_quote_line_trim((struct span){
            blank != NULL ? blank : "", blank != NULL ? s.len - (size_t)(blank - s.ptr) : 0 });
    }
    return n;
}

/* A long dash opens items of lists and speech as well: it signs with a whole name, or with a first
 * one that is set close to it below a sentence that is over. */
static bool signs_long(const struct lines *l, size_t i, struct span s, struct span name)
{
    struct span above = words_above(l, i);
    size_t names = count_names(name);

    return names > 1 ||
           (names == 1 && s.ptr[3] != ' ' && above.len > 0 && above.ptr[above.len - 1] == '.');
}

/* Right below one that is over; below other words a rule may underline them. */
static bool follows_sentence(const struct lines *l, size_t i)
{
    struct span s = i > 0 ? mail_quote_line_trim(at(l, i - 1)) : (struct span){ "", 0 };

    return s.len > 0 && strchr(".!?", s.ptr[s.len - 1]) != NULL;
}

/* "-Eva Example" or "-- Eva", alone at the end. */
static bool is_dashed_name(const struct lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(at(l, i)), name;
    size_t blanks = 0, n = measure_dashes(s);

    if (n == 0 || n >= s.len || s.len > NAME_LINE_MAX || i == 0 ||
        !(begins_alone(l, i) || (s.ptr[1] == '-' && follows_sentence(l, i))))
        return false;
    name = (struct span){ s.ptr + n, s.len - n };
    if (!begins_upper(name) || (has_long_dash(s) && !signs_long(l, i, s, name)))
        return false;
    for (; n < s.len; n++) {
        blanks += s.ptr[n] == ' ';
        if (strchr(".,:;!?()[]/=", s.ptr[n]) != NULL)
            return false;
    }
    if (i + 1 < l->count && !is(l, i + 1, IS_BLANK | IS_QUOTED) && s.ptr[1] != '-')
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
static bool is_below_warning(const struct lines *l, size_t i)
{
    size_t first = next_words(l, 0, i);
    const char *begin;

    if (first >= i || i > WARNING_ABOVE)
        return false;
    begin = l->all[first].ptr;
    return mail_quote_notice_is_warning((struct span){ begin, (size_t)(l->all[i].ptr - begin) });
}

/* Does a card begin below this rule? `ruled`: another one parts what the writer says above, so that
 * this one is no more than that. */
static bool is_signing_rule(struct lines *l, size_t i, int mark, bool ruled)
{
    if (is_below_warning(l, i) || is_announced(l, i))
        return false;
    if (mark == '_' || begins_alone(l, i))
        return is_card(l, i, ruled ? 0 : mark);
    return mark == '-' && follows_sentence(l, i) && is_card(l, i, 0);
}

static bool begins_signature(struct lines *l, size_t i, bool *ruled)
{
    struct span s = mail_quote_line_trim(at(l, i));
    int mark;

    if (span_is(s, "--") || is_dashed_name(l, i) || is_scanner_title(s))
        return true;
    mark = s.len <= LINE_READ_MAX ? mail_quote_line_rule(s, 2) : 0;
    if (mark == 0)
        return false;
    if (is_signing_rule(l, i, mark, *ruled))
        return true;
    *ruled = true;
    return false;
}

/* --- the writer's own
 * --------------------------------------------------------------------------------- */

/* Indices of the lines that stay. */
struct kept {
    uint32_t *line;
    size_t count;
};

/* What stands last and is nobody's words: rules, the title above a header block. */
static void drop_tail(struct lines *l, struct kept *k, bool cut)
{
    while (k->count > 0) {
        size_t i = k->line[k->count - 1];
        struct span s = mail_quote_line_trim(at(l, i)), title = mail_quote_line_between_dashes(s);
        bool titled = cut && title.len > 0 && title.ptr + title.len < s.ptr + s.len;

        if (s.len > 0 && !(k->count > 1 && (is_rule(l, i, 2) || titled)))
            return;
        k->count--;
    }
}

static void keep_own(struct lines *l, struct kept *k)
{
    bool signature = false, program = false, cut = false, ruled = false;
    size_t i, skip;

    for (i = 0; i < l->count; i++) {
        if (is(l, i, IS_BLANK)) {
            if (!signature)
                k->line[k->count++] = (uint32_t)i;
            continue;
        }
        if (is(l, i, IS_QUOTED)) {
            signature = program = false;
            continue;
        }
        cut = is_history(l, i, k->count > 0, &skip);
        if (cut)
            break;
        if (skip > 0) {
            i = skip - 1;
            continue;
        }
        cut = cut_separator(l, i);
        signature = signature || begins_signature(l, i, &ruled);
        program = !signature && (is_program_line(l, i) || (program && is_link(at(l, i))));
        if (!signature && !program)
            k->line[k->count++] = (uint32_t)i;
        cut = cut || (is(l, i, IS_CUT) && !quotes_from(l, i + 1) && is(l, i, IS_STRONG));
        if (cut)
            break;
    }
    drop_tail(l, k, cut);
}

/* All but what is marked as quoted, and what introduces that. */
static void keep_unmarked(struct lines *l, struct kept *k)
{
    size_t i, end;

    for (i = 0; i < l->count; i++) {
        if (is(l, i, IS_INTRO)) {
            for (end = i; end < l->count && is(l, end, IS_INTRO); end++)
                ;
            if (quotes_from(l, end)) {
                i = end - 1;
                continue;
            }
        }
        if (!is(l, i, IS_QUOTED))
            k->line[k->count++] = (uint32_t)i;
    }
}

/* `own`: the lines are the writer's own, and not a mail that is passed on as it came. */
static const char *join(struct arena *a, const struct lines *l, const struct kept *k, bool own)
{
    struct text_buffer b = { 0 };
    struct span trimmed;
    const char *out;
    size_t i;

    for (i = 0; i < k->count; i++) {
        struct span s = at(l, k->line[i]);

        text_buffer_add(&b, s.ptr, s.len);
        text_buffer_add(&b, "\n", 1);
    }
    trimmed = span_trim((struct span){ b.ptr, b.len });
    if (own)
        trimmed = span_trim(mail_quote_notice_strip(trimmed));
    out = trimmed.len > 0 ? arena_strndup(a, trimmed.ptr, trimmed.len) : "";
    text_buffer_clear(&b);
    return out;
}

const char *mail_quote_reply(struct arena *a, struct span text)
{
    struct lines l = split(mail_armour_open(a, text));
    struct kept k = { xcalloc(l.count, sizeof(*k.line)), 0 };
    const char *out;
    bool own;

    find_quoted(&l);
    find_wrapped(&l);
    find_intros(&l);
    keep_own(&l, &k);
    own = k.count > 0;
    if (!own)
        keep_unmarked(&l, &k);
    out = join(a, &l, &k, own);
    free(k.line);
    free(l.all);
    return out;
}

/* --- what is passed on
 * -------------------------------------------------------------------------------- */

/* "---------- Forwarded message ---------", "Anfang der weitergeleiteten Nachricht:". */
static bool is_forward_title(const struct lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(at(l, i)), words = mail_quote_line_between_dashes(s);
    char folded[LINE_READ_MAX + 8];
    bool dashed = words.len > 0;

    if (s.len < 4 || s.len > (dashed ? MARK_LINE_MAX : BEGIN_LINE_MAX))
        return false;
    words = mail_quote_line_fold(dashed ? words : s, folded, sizeof(folded));
    return mail_quote_words_separator_forwards(words) &&
           (dashed ? mail_quote_words_separator_opens(words)
                   : mail_quote_words_separator_is_beginning(words));
}

/* Of a mail that is passed on without its header: "10.07.2026, 10:00, Eva <eva@example.org>:". */
static bool tells_who_and_when(struct span line)
{
    unsigned is = mail_quote_line_read(line);

    return (is & LINE_ADDRESS) != 0 && (is & (LINE_TIME | LINE_DATE)) != 0;
}

/* Is there a mail's header below, marked as quoted or not? */
static bool heads_mail(const struct lines *l, size_t from)
{
    size_t end = l->count - from < BLOCK_LINES ? l->count : from + BLOCK_LINES, i;
    bool apart = true;
    unsigned keys = 0;

    for (i = from; i < end; i++) {
        struct span s, value;
        enum mail_quote_key key;

        mail_quote_line_depth(at(l, i), &s);
        key = mail_quote_line_key(s, &value);
        if (i == from && key == QUOTE_KEY_NONE && tells_who_and_when(s))
            return true;
        if (key == QUOTE_KEY_NONE && apart && mail_quote_line_trim(s).len > 0)
            break;
        apart = mail_quote_line_trim(s).len == 0;
        keys |= 1u << key;
    }
    return (keys & 1u << QUOTE_KEY_FROM) != 0 &&
           (keys & (1u << QUOTE_KEY_SENT | 1u << QUOTE_KEY_SUBJECT | 1u << QUOTE_KEY_TO)) != 0;
}

static size_t find_forward(const struct lines *l)
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (!is(l, i, IS_BLANK) && is_forward_title(l, i) &&
            heads_mail(l, next_words(l, i + 1, QUOTE_WITHIN)))
            break;
    return i;
}

/* Nothing but the writer's own words up to `end`? */
static bool is_own_until(struct lines *l, size_t end)
{
    size_t i, skip;

    for (i = 0; i<end; i = skip> i ? skip : i + 1) {
        skip = 0;
        if (is(l, i, IS_QUOTED) || (!is(l, i, IS_BLANK) && is_history(l, i, i > 0, &skip)))
            return false;
    }
    return true;
}

bool mail_quote_forwards(struct span text)
{
    struct lines l = split(text);
    size_t title = find_forward(&l);
    bool forwards = title < l.count;

    if (forwards) {
        find_quoted(&l);
        find_wrapped(&l);
        find_intros(&l);
        forwards = !is(&l, title, IS_QUOTED) && is_own_until(&l, title);
    }
    free(l.all);
    return forwards;
}
