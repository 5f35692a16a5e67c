#include "channels/mail_quote_line.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "channels/mail_quote_words.h"

enum {
    WORD_MAX = 48,
    KEY_MAX = 48,      /* bytes of a header's key */
    KEY_WORDS = 3,     /* of a key that stands within a line */
    DAY_WORD_MAX = 24, /* bytes of a weekday before the day's number */
    KEYS_WITHIN = 16,  /* colons that are looked at */
    INNER_WORDS = 3,   /* between "On" and the number of its date */
    PREFIX_MAX = 8,    /* bytes of "Re:" or "Re[2]:" */
    DASHES_LEAST = 2,
    VERB_MAX = 40, /* bytes of a verb that is not known */
};

/* --- characters
 * --------------------------------------------------------------------------------------- */

static UChar32 next(struct span s, size_t *at)
{
    int32_t i = (int32_t)*at;
    UChar32 c = (unsigned char)s.ptr[i];

    if (c < 0x80) {
        ++*at;
        return c;
    }
    U8_NEXT((const uint8_t *)s.ptr, i, (int32_t)s.len, c);
    *at = (size_t)i;
    return c;
}

int32_t mail_quote_line_first(struct span s)
{
    size_t at = 0;

    return s.len > 0 ? next(s, &at) : 0;
}

size_t mail_quote_line_blanks(struct span s)
{
    size_t i, n = 0;

    for (i = 0; i < s.len; i++)
        n += s.ptr[i] == ' ';
    return n;
}

bool mail_quote_line_has_at(struct span s)
{
    return memchr(s.ptr, '@', s.len) != NULL;
}

bool mail_quote_line_has_link(struct span s)
{
    return mail_quote_line_has_at(s) || memmem(s.ptr, s.len, "www.", 4) != NULL ||
           memmem(s.ptr, s.len, "://", 3) != NULL;
}

bool mail_quote_line_begins_upper(struct span s)
{
    int32_t c = mail_quote_line_first(s);

    return c > 0 && u_isupper(c);
}

bool mail_quote_line_ends_wide(struct span s)
{
    static const char *const signs[] = { "\u3002", "\uff01", "\uff1f", "\u061f", "\u0964", NULL };

    return s.len > 0 && span_ends_any((struct span){ s.ptr + 1, s.len - 1 }, signs);
}

size_t mail_quote_line_names(struct span s)
{
    size_t n = 0;

    while (s.len > 0) {
        const char *blank = memchr(s.ptr, ' ', s.len);

        if (!mail_quote_line_begins_upper(s))
            return 0;
        n++;
        s = mail_quote_line_trim((struct span){
            blank != NULL ? blank : "", blank != NULL ? s.len - (size_t)(blank - s.ptr) : 0 });
    }
    return n;
}

static UChar32 last(struct span s)
{
    int32_t i = (int32_t)s.len;
    UChar32 c = (unsigned char)s.ptr[i - 1];

    if (c < 0x80)
        return c;
    U8_PREV((const uint8_t *)s.ptr, 0, i, c);
    return c;
}

static size_t last_len(struct span s)
{
    int32_t i = (int32_t)s.len;

    U8_BACK_1((const uint8_t *)s.ptr, 0, i);
    return s.len - (size_t)i;
}

/* Not seen: joiners and marks of writing directions. */
static bool is_unseen(UChar32 c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x2069) || c == 0xfeff || c == 0xad || c == 0x61c;
}

static bool is_blank(UChar32 c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    return c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x3000 || c == 0x2028;
}

static bool is_digit(UChar32 c)
{
    return (c >= '0' && c <= '9') || (c > 0x7f && u_isdigit(c));
}

static bool is_letter(UChar32 c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

static bool is_colon(UChar32 c)
{
    return c == ':' || c == 0xff1a || c == 0xfe55 || c == 0x17d6 || c == 0x2024; /* Armenian */
}

static bool is_dash(UChar32 c)
{
    return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2500 || c == 0x2501 || c == 0xff0d;
}

/* Letters, digits and signs of ASCII: what most lines are of. */
static bool is_plain(char c)
{
    return c > ' ' && c < 0x7f;
}

struct span mail_quote_line_trim(struct span s)
{
    UChar32 c;
    size_t at;

    while (s.len > 0 && !is_plain(s.ptr[0])) {
        at = 0;
        c = next(s, &at);
        if (!is_blank(c) && !is_unseen(c))
            break;
        s = (struct span){ s.ptr + at, s.len - at };
    }
    while (s.len > 0 && !is_plain(s.ptr[s.len - 1])) {
        c = last(s);
        if (!is_blank(c) && !is_unseen(c))
            break;
        s.len -= last_len(s);
    }
    return s;
}

static struct span cut(struct span s, size_t max)
{
    return (struct span){ s.ptr, text_cut(s, max) };
}

struct span mail_quote_line_fold(struct span line, char *to, size_t room)
{
    struct span s = mail_quote_line_trim(cut(line, LINE_READ_MAX));
    size_t at = 0, len = 0;
    bool blank = false;

    while (at < s.len) {
        UChar32 c;
        UBool failed = false;
        int32_t n;

        if (is_plain(s.ptr[at]) && s.ptr[at] != '*' && !blank && len < room) {
            c = (unsigned char)s.ptr[at++];
            to[len++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
            continue;
        }
        c = next(s, &at);
        n = (int32_t)len;
        if (is_blank(c)) {
            blank = len > 0;
            continue;
        }
        if (c == '*' || c < 0 || is_unseen(c))
            continue;
        if (len + U8_MAX_LENGTH + 2 > room)
            break;
        if (blank)
            to[n++] = ' ';
        blank = false;
        c = c >= 0x80 ? u_tolower(c) : c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
        U8_APPEND((uint8_t *)to, n, (int32_t)room, c, failed);
        if (!failed)
            len = (size_t)n;
    }
    return (struct span){ to, len };
}

/* --- marks at the edge
 * -------------------------------------------------------------------------------- */

unsigned mail_quote_line_depth(struct span line, struct span *rest)
{
    struct span s = mail_quote_line_trim(line);
    unsigned depth = 0;

    while (s.len > 0 && s.ptr[0] == '>') {
        depth++;
        s = (struct span){ s.ptr + 1, s.len - 1 };
        while (s.len > 1 && s.ptr[0] == ' ' && s.ptr[1] == '>')
            s = (struct span){ s.ptr + 1, s.len - 1 };
    }
    *rest = s;
    return depth;
}

bool mail_quote_line_is_marked(struct span line)
{
    struct span s = mail_quote_line_trim(line);
    size_t n = 0;

    if (s.len > 0 && s.ptr[0] == '|')
        return s.len == 1 || s.ptr[s.len - 1] != '|';
    if (s.len > 1 && s.ptr[0] == ':' && s.ptr[1] == ' ')
        return true;
    while (n < s.len && n < 4 && is_letter((unsigned char)s.ptr[n]))
        n++;
    return n > 0 && n < s.len && s.ptr[n] == '>';
}

int mail_quote_line_rule(struct span line, size_t least)
{
    struct span s = mail_quote_line_trim(line);
    UChar32 first = 0;
    size_t at = 0, n = 0;

    if (s.len > 2 && s.ptr[0] == '*' && strchr("* ", s.ptr[1]) == NULL && s.ptr[s.len - 1] == '*')
        s = (struct span){ s.ptr + 1, s.len - 2 }; /* in bold */
    while (at < s.len) {
        UChar32 c = next(s, &at);

        if (is_blank(c) && n > 0)
            continue;
        c = is_dash(c) && c != '-' ? LINE_LONG_DASH : c;
        if (n == 0 || (c == LINE_LONG_DASH && first == '-'))
            first = c;
        if (c == '-' && first == LINE_LONG_DASH)
            c = first; /* long and short ones in turn */
        if (c != first ||
            (c != LINE_LONG_DASH && (c >= 0x80 || strchr("-_=*~#+", (char)c) == NULL)))
            return 0;
        n++;
    }
    return n >= least || first == LINE_LONG_DASH ? first : 0;
}

struct span mail_quote_line_between_dashes(struct span line)
{
    struct span s = mail_quote_line_trim(line), none = { "", 0 };
    size_t at = 0, from = 0, n = 0;

    if (s.len > LINE_READ_MAX)
        return none;
    while (at < s.len) {
        UChar32 c = next(s, &at);

        if (!is_dash(c) && !is_blank(c) && (c >= 0x80 || strchr("_=*~#+>[", (char)c) == NULL))
            break;
        n += is_dash(c) || c == '_' || c == '=' ? (is_dash(c) && c != '-' ? 2 : 1) : 0;
        from = at;
    }
    if (n < DASHES_LEAST || from >= s.len)
        return none;
    s = (struct span){ s.ptr + from, s.len - from };
    while (s.len > 0) {
        UChar32 c = last(s);

        if (!is_dash(c) && !is_blank(c) && (c >= 0x80 || strchr("_=*~#+]", (char)c) == NULL))
            break;
        s.len -= last_len(s);
    }
    return s;
}

/* Without what is drawn round an intro: dashes, bold. */
static struct span undecorated(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    while (s.len > 0 && strchr("-*_>=[#", s.ptr[0]) != NULL)
        s = mail_quote_line_trim((struct span){ s.ptr + 1, s.len - 1 });
    while (s.len > 0 && (strchr("-*_=#]", s.ptr[s.len - 1]) != NULL || is_dash(last(s)))) {
        s.len -= last_len(s);
        s = mail_quote_line_trim(s);
    }
    return s;
}

/* --- an intro's words
 * --------------------------------------------------------------------------------- */

static struct span fold_word(struct span word, char to[WORD_MAX])
{
    return mail_quote_line_fold(cut(word, WORD_MAX - 8), to, WORD_MAX);
}

static unsigned kind_of(struct span word)
{
    char to[WORD_MAX];

    return word.len < WORD_MAX - 8 ? mail_quote_words_kind(fold_word(word, to)) : 0;
}

bool mail_quote_line_may_end(struct span line)
{
    struct span s, word;
    UChar32 c;

    if (line.len == 0 || line.len > LINE_READ_MAX * 2)
        return false;
    s = undecorated(line);
    if (s.len == 0 || s.len > LINE_READ_MAX)
        return false;
    c = last(s);
    if (is_colon(c) || c == '>' || c == ')')
        return true;
    for (word = s; word.len > 0 && is_letter(last(word)); word.len -= last_len(word))
        ;
    word = (struct span){ s.ptr + word.len, s.len - word.len };
    if (word.len == 0)
        return false;
    return (kind_of(word) & QUOTE_WORD_VERB) != 0 || (c >= 0x0e00 && mail_quote_words_wrote(word));
}

bool mail_quote_line_is_opened(struct span line)
{
    struct span s = undecorated(cut(line, LINE_READ_MAX));
    size_t at = 0, end = 0;

    while (at < s.len && is_letter(next(s, &at)))
        end = at;
    return (kind_of((struct span){ s.ptr, end }) & QUOTE_WORD_OPENER) != 0;
}

/* A number as it is read, and what stood between it and the one before. */
struct number {
    long value;
    size_t digits;
    UChar32 between; /* 0: more than one character */
    int chain;       /* how many numbers are joined by one of "./-" */
    bool on_clock;   /* it stands behind the word for a time */
    bool has_year;   /* in that chain */
};

/* Of the calendars that are in use: the common one, those of the Hijra, that of Thailand. */
static bool is_year(long n)
{
    return (n >= 1970 && n <= 2099) || (n >= 1400 && n <= 1460) || (n >= 2500 && n <= 2600);
}

static unsigned end_number(struct number *n, const struct number *before)
{
    bool year = n->digits == 4 && is_year(n->value);
    unsigned what = LINE_NUMBER | (before->digits > 0 ? LINE_NUMBERS : 0) | (year ? LINE_YEAR : 0);
    bool joined = n->between != 0 && strchr("./-", (char)n->between) != NULL && n->between < 0x80;

    n->chain = joined ? before->chain + 1 : 1;
    n->has_year = year || (joined && before->has_year);
    if (n->chain == 3 && (n->has_year || n->digits <= 2))
        what |= LINE_DATE;
    if (n->digits == 2 && before->digits > 0 && before->digits <= 2 &&
        (is_colon(n->between) || n->between == 'h' || n->between == 'H' ||
         (before->on_clock && n->between == '.')))
        what |= LINE_TIME;
    return what;
}

struct reader {
    unsigned what;
    size_t words;         /* so far, numbers among them */
    size_t after_verb;    /* words since the last verb */
    bool clock;           /* the last word says that a time follows */
    size_t first_len;     /* bytes of the first word */
    struct number number; /* the last one */
};

static void take_word(struct reader *r, struct span word)
{
    unsigned kind = kind_of(word);

    r->words++;
    r->after_verb++;
    r->clock = (kind & QUOTE_WORD_CLOCK) != 0;
    if (kind & QUOTE_WORD_VERB) {
        r->what |= LINE_VERB;
        r->after_verb = 0;
    }
    if (r->words == 1) {
        r->first_len = word.len;
        r->what |= kind & QUOTE_WORD_OPENER ? LINE_OPENER : 0;
        r->what |= kind & QUOTE_WORD_QUOTING ? LINE_QUOTING : 0;
    }
}

static void take_number(struct reader *r, struct number n, bool is_day)
{
    r->what |= end_number(&n, &r->number);
    n.on_clock = r->clock;
    r->clock = false;
    r->number = n;
    r->words++;
    r->after_verb++;
    if (is_day && (r->words == 1 || (r->words == 2 && r->first_len <= DAY_WORD_MAX)))
        r->what |= LINE_DAY_FIRST;
}

/* Reads the digits that begin at *at. *is_day: a date can begin with them. */
static struct number read_number(struct span s, size_t *at, bool *is_day)
{
    struct number n = { 0 };
    size_t end = *at;

    while (*at < s.len) {
        UChar32 c = next(s, at);

        if (!is_digit(c))
            break;
        n.value = n.value < 100000 ? n.value * 10 + u_charDigitValue(c) : n.value;
        n.digits++;
        end = *at;
    }
    *at = end;
    *is_day = n.digits <= 2 || (n.digits == 4 && end < s.len && s.ptr[end] != ' ');
    return n;
}

static size_t word_end(struct span s, size_t at)
{
    size_t end;

    do {
        while (at < s.len && ((s.ptr[at] | 32) >= 'a' && (s.ptr[at] | 32) <= 'z'))
            at++;
        end = at;
    } while (at < s.len && (s.ptr[at] & 0x80) != 0 && is_letter(next(s, &at)));
    return end;
}

static bool is_address_sign(struct span s, size_t begin, size_t at)
{
    return s.ptr[begin] == '@' && begin > 0 && at < s.len &&
           !is_blank((unsigned char)s.ptr[begin - 1]) && !is_blank((unsigned char)s.ptr[at]);
}

/* Reads the words and numbers of s. An 'h' between two numbers is a sign between them. */
static void read_words(struct reader *r, struct span s)
{
    size_t at = 0, since = 0;
    UChar32 between = 0;

    while (at < s.len) {
        size_t begin = at;
        UChar32 c = next(s, &at);
        bool is_day;

        if (is_digit(c)) {
            struct number n;

            at = begin;
            n = read_number(s, &at, &is_day);
            n.between = since == 1 ? between : 0;
            take_number(r, n, is_day);
            since = 0;
            continue;
        }
        if (is_unseen(c))
            continue;
        since++;
        between = c;
        if (is_letter(c)) {
            at = word_end(s, at);
            since += at - begin > 1;
            if (since > 1 || (c != 'h' && c != 'H'))
                take_word(r, (struct span){ s.ptr + begin, at - begin });
        } else if (is_address_sign(s, begin, at)) {
            r->what |= LINE_ADDRESS;
        }
    }
}

/* Characters of three bytes, but signs: Chinese, Japanese, Korean, Thai. */
static bool has_dense_script(struct span s)
{
    size_t i;

    for (i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0xe0 && (unsigned char)s.ptr[i] != 0xe2)
            return true;
    return false;
}

/* "from=<a@b.org>", "smtp: <a@b.org>": of a server's log. */
static bool is_logged(struct span s)
{
    return memmem(s.ptr, s.len, "=<", 2) != NULL || memmem(s.ptr, s.len, ": <", 3) != NULL;
}

/* "... NAME <a@b.org> VERB:", whatever the verb's language. */
static bool is_signed(struct span s)
{
    const char *open = memrchr(s.ptr, '<', s.len), *end;
    struct span address, rest;
    const char *blank;

    if (open == NULL)
        return false;
    address = (struct span){ open, s.len - (size_t)(open - s.ptr) };
    end = memchr(address.ptr, '>', address.len);
    if (end == NULL || memchr(address.ptr, '@', (size_t)(end - open)) == NULL || is_logged(s))
        return false;
    rest = mail_quote_line_trim((struct span){ end + 1, address.len - (size_t)(end - open) - 1 });
    blank = rest.len > 0 && rest.ptr[0] == '-' ? memchr(rest.ptr, ' ', rest.len) : NULL;
    if (blank != NULL) /* an ending of the name's */
        rest = (struct span){ blank + 1, rest.len - (size_t)(blank + 1 - rest.ptr) };
    return rest.len <= VERB_MAX && mail_quote_line_blanks(rest) <= 1;
}

unsigned mail_quote_line_read(struct span line)
{
    struct reader r = { .after_verb = 99 };
    struct span s;

    if (line.len > LINE_READ_MAX * 2)
        return LINE_LONG;
    s = undecorated(line);
    if (s.len > LINE_READ_MAX)
        return LINE_LONG;
    if (s.len < mail_quote_line_trim(line).len && line.ptr[0] == '-')
        r.what |= LINE_DASHED;
    read_words(&r, s);
    if (r.words == 0)
        r.what |= LINE_NO_WORD;
    if ((r.what & LINE_ADDRESS) && is_signed(s))
        r.what |= LINE_SIGNED;
    if (u_islower(mail_quote_line_first(s)))
        r.what |= LINE_LOW;
    if ((r.what & LINE_VERB) && r.after_verb <= 1)
        r.what |= LINE_VERB_LAST;
    if (has_dense_script(s) && mail_quote_words_wrote(s))
        r.what |= LINE_VERB | LINE_VERB_LAST;
    if (s.len > 0 && is_colon(last(s))) {
        r.what |= LINE_COLON;
        s.len -= last_len(s);
        s = mail_quote_line_trim(s);
    }
    if (s.len > 0 && !is_logged(s) &&
        (s.ptr[s.len - 1] == '>' || s.ptr[s.len - 1] == ')' || s.ptr[s.len - 1] == ']'))
        r.what |= LINE_ANGLE;
    return r.what;
}

/* The "AM" of "10:00 AM +0200", where s up to `begin` ends in a digit. */
static bool is_morning(struct span s, size_t begin)
{
    if (s.len < begin + 2 || memcmp(s.ptr + begin, "AM", 2) != 0)
        return false;
    while (begin > 0 && s.ptr[begin - 1] == ' ')
        begin--;
    return begin > 0 && text_is_digit(s.ptr[begin - 1]);
}

size_t mail_quote_line_inner_intro(struct span line)
{
    struct span s = cut(line, LINE_READ_MAX);
    size_t at = 0, begin, opened = 0, words = 99, found = 0;
    UChar32 c = 0, before;

    while (at < s.len && found == 0) {
        before = c;
        begin = at;
        c = next(s, &at);
        if (is_digit(c) && words <= INNER_WORDS)
            found = opened;
        if (c == '@')
            return 0; /* an address before the day: it is the name that comes first */
        if (!is_letter(c) || is_letter(before))
            continue;
        words++;
        if (begin == 0 || c >= 0x80 || c < 'A' || c > 'Z')
            continue;
        while (at < s.len && is_letter((unsigned char)s.ptr[at]))
            at++;
        if ((kind_of((struct span){ s.ptr + begin, at - begin }) & QUOTE_WORD_OPENER) &&
            !is_morning(s, begin)) {
            opened = begin;
            words = 0;
        }
        c = 'a';
    }
    return found;
}

/* --- a header's keys
 * ---------------------------------------------------------------------------------- */

enum mail_quote_key mail_quote_line_key(struct span line, struct span *value)
{
    struct span s = mail_quote_line_trim(line);
    char folded[KEY_MAX + 8];
    size_t at = 0, begin;

    while (s.len > 0 && strchr("*_>|-[", s.ptr[0]) != NULL)
        s = mail_quote_line_trim((struct span){ s.ptr + 1, s.len - 1 });
    while (at < s.len && at < KEY_MAX) {
        begin = at;
        if (!is_colon(next(s, &at)))
            continue;
        *value = (struct span){ s.ptr + at, s.len - at };
        s = mail_quote_line_fold((struct span){ s.ptr, begin }, folded, sizeof(folded));
        while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '_'))
            s.len--;
        return mail_quote_words_key(s);
    }
    return QUOTE_KEY_NONE;
}

bool mail_quote_line_is_answer(struct span subject)
{
    struct span s = mail_quote_line_trim(subject);
    size_t at = 0, letters = 0;

    while (at < s.len && at < PREFIX_MAX) {
        UChar32 c = next(s, &at);

        if (is_colon(c))
            return letters > 0;
        if (!is_letter(c) && letters < 2)
            return false;
        letters += is_letter(c);
    }
    return false;
}

bool mail_quote_line_is_field(struct span line, struct span *value)
{
    struct span s = mail_quote_line_trim(cut(line, LINE_READ_MAX));
    size_t at = 0, blanks = 0;

    while (s.len > 0 && strchr("*_>|[", s.ptr[0]) != NULL)
        s = mail_quote_line_trim((struct span){ s.ptr + 1, s.len - 1 });
    while (at < s.len && at < KEY_MAX) {
        size_t begin = at;
        UChar32 c = next(s, &at);

        if (is_digit(c) || c == '@' || c == '/')
            return false;
        blanks += is_blank(c);
        if (!is_colon(c))
            continue;
        *value = mail_quote_line_trim((struct span){ s.ptr + at, s.len - at });
        return begin > 0 && blanks <= KEY_WORDS && value->len > 0 && value->ptr[0] != '/';
    }
    return false;
}

/* The key that ends where s ends, of one word or more. */
static enum mail_quote_key key_before(struct span s)
{
    size_t begin = s.len, words = 0;
    char folded[KEY_MAX + 8];

    while (words < KEY_WORDS && begin > 0 && s.len - begin < KEY_MAX) {
        struct span key;
        enum mail_quote_key kind;

        while (begin > 0 && s.ptr[begin - 1] == ' ')
            begin--;
        while (begin > 0 && s.ptr[begin - 1] != ' ' && s.len - begin < KEY_MAX)
            begin--;
        key = mail_quote_line_fold((struct span){ s.ptr + begin, s.len - begin }, folded,
                                   sizeof(folded));
        kind = mail_quote_words_key(key);
        if (kind != QUOTE_KEY_NONE)
            return kind;
        words++;
    }
    return QUOTE_KEY_NONE;
}

unsigned mail_quote_line_keys_within(struct span value)
{
    struct span s = cut(value, LINE_READ_MAX);
    unsigned keys = 0;
    size_t at = 0, begin, colons = 0;

    while (at < s.len && colons < KEYS_WITHIN) {
        begin = at;
        if (!is_colon(next(s, &at)))
            continue;
        keys |= mail_quote_words_key_set(key_before((struct span){ s.ptr, begin }));
        colons++;
    }
    return keys & ~(1u << QUOTE_KEY_NONE);
}
