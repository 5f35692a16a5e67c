#include "channels/mail_quote_intro.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "channels/mail_quote_line.h"
#include "channels/mail_quote_mark.h"
#include "channels/mail_quote_person.h"

enum {
    INTRO_MAX = 300,    /* bytes of an intro with words after it */
    COLONS_MAX = 4,     /* in it, after its address */
    INTRO_LINES = 4,    /* over which an intro is wrapped */
    WEAK_LINE_MAX = 80, /* of an intro that names neither day nor address */
    NAME_LINE_MAX = 40, /* of a name alone */
    DAY_LINE_MAX = 24,  /* of one that is nothing but its day */
};

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
        if (address && last && colon && alone)
            return STRONG_INTRO;
        return colon || dated || address ? WEAK_INTRO : NO_INTRO;
    }
    if (dated && address && colon && (end & LINE_ANGLE) && started)
        return STRONG_INTRO;
    if (colon && alone && started && (all & LINE_TIME) && (all & (LINE_DATE | LINE_YEAR)) &&
        (end & LINE_SIGNED))
        return STRONG_INTRO; /* its verb is of a language that is not known */
    if (colon && (address || (all & LINE_QUOTING) || dated))
        return WEAK_INTRO;
    return dated && started && address && (end & LINE_ANGLE) ? WEAK_INTRO : NO_INTRO;
}

/* Could the first of several lines of an intro be this one? */
static bool can_begin(const struct mail_lines *l, size_t i)
{
    uint32_t what = l->all[i].is;
    struct span s;

    if (what & (LINE_OPENER | LINE_DAY_FIRST | LINE_VERB | LINE_QUOTING))
        return true;
    if ((what & LINE_ADDRESS) && memchr(l->all[i].ptr, '<', l->all[i].len) != NULL)
        return true;
    s = mail_quote_line_trim(mail_lines_at(l, i));
    return (what & LINE_DATE) && (what & LINE_TIME) && s.ptr[s.len - 1] == ',';
}

/* "<mailto:eva@example.org>> wrote:", whose "Eva <eva@example.org" stands above. */
static bool is_within_brackets(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i)), above;
    const char *open;

    if (i == 0 || s.ptr[0] != '<' ||
        mail_lines_is(l, i - 1, LINE_IS_BLANK | LINE_IS_QUOTED | LINE_IS_INTRO))
        return false;
    above = mail_quote_line_trim(mail_lines_at(l, i - 1));
    open = memrchr(above.ptr, '<', above.len);
    return open != NULL && memchr(open, '@', above.len - (size_t)(open - above.ptr)) != NULL &&
           memchr(open, '>', above.len - (size_t)(open - above.ptr)) == NULL;
}

/* "On DAY, NAME <", where Gmail wraps before the address, in whatever language. */
static bool ends_with_bracket(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    return s.len > 0 && s.ptr[s.len - 1] == '<';
}

/* The rest of a line that was wrapped before it: "wrote:", or "<eva@example.org> wrote:" below what
 * may be a name or names the day. */
static bool is_tail(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));

    if (ends_with_bracket(mail_lines_at(l, i - 1)))
        return true;
    if (s.ptr[0] != '<')
        return s.len <= 16 && mail_lines_is(l, i, LINE_VERB) && !mail_lines_is(l, i, LINE_ADDRESS);
    return mail_lines_is(l, i - 1, LINE_OPENER | LINE_DAY_FIRST | LINE_TIME | LINE_DATE) ||
           (i > 1 && mail_lines_begins_alone(l, i - 1)) || is_within_brackets(l, i) ||
           mail_quote_line_names(mail_lines_at(l, i - 1)) > 1;
}

/* May line i be the begin of an intro that goes on below with "Eva wrote:" or, `addressed`, with
 * "Eva <eva@example.org> wrote:"? It names the day, or begins to, or has an address in brackets. */
static bool leads_to_name(const struct mail_lines *l, size_t i, bool addressed)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    bool opened = mail_lines_is(l, i, LINE_OPENER | LINE_DAY_FIRST);
    bool dated = mail_lines_is(l, i, LINE_TIME | LINE_DATE | LINE_YEAR);

    if (memchr(s.ptr, '<', s.len) != NULL)
        return true;
    if (s.ptr[s.len - 1] == ',')
        return opened || addressed;
    return dated && (opened || (addressed && strchr(".!?", s.ptr[s.len - 1]) == NULL));
}

/* A line with a name that is whole, so that the one above it may be somebody's words. */
static bool is_whole(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));

    if (mail_lines_is(l, i, LINE_ADDRESS))
        return s.ptr[0] != '<' && memchr(s.ptr, '<', s.len) != NULL &&
               !leads_to_name(l, i - 1, true);
    if (s.len > NAME_LINE_MAX || !mail_lines_is(l, i, LINE_VERB) ||
        mail_lines_is(l, i, LINE_NUMBER))
        return false;
    while (s.len > 0 && strchr(": ", s.ptr[s.len - 1]) != NULL)
        s.len--;
    return mail_quote_line_blanks(s) > 0 && !leads_to_name(l, i - 1, false);
}

/* Right above, in line i, stands the day alone, "On 1.6.2026", and the lines below name none. */
static bool is_day_above(struct mail_lines *l, size_t i, uint32_t below)
{
    uint32_t what;

    if ((below & (LINE_DATE | LINE_YEAR)) || l->all[i].len > DAY_LINE_MAX ||
        mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_QUOTED | LINE_IS_INTRO))
        return false;
    what = mail_lines_read(l, i);
    return (what & LINE_OPENER) && (what & (LINE_DATE | LINE_YEAR)) &&
           !(what & (LINE_VERB | LINE_ADDRESS | LINE_COLON));
}

/* "* Eva Example:" or "[Eva Example]", a whole name alone, right above a quotation. */
static bool is_listed_name(const struct mail_lines *l, size_t i)
{
    static const char *const parts[] = { ", ", ": ", "; ", "! ", "? ", NULL };
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    bool star = s.len > 4 && memcmp(s.ptr, "* ", 2) == 0 && s.ptr[s.len - 1] == ':';

    if (s.len > NAME_LINE_MAX || s.len < 5 ||
        !(star || (s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')) || !mail_lines_begins_alone(l, i) ||
        mail_lines_is_announced(l, i))
        return false;
    s = mail_quote_line_trim((struct span){ s.ptr + 1, s.len - 2 });
    return mail_quote_line_names(s) > 1 && !span_holds_any(s, parts);
}

/* Nothing of an intro is above it: the day begins it, and time and address are there. */
static bool is_all_of_intro(uint32_t line)
{
    return (line & (LINE_OPENER | LINE_DAY_FIRST)) && (line & LINE_TIME) &&
           (line & (LINE_DATE | LINE_YEAR)) && (line & LINE_ADDRESS);
}

/* How many lines up to `end` are an intro. */
static size_t measure_intro(struct mail_lines *l, size_t end, bool quotes, enum verdict *out)
{
    uint32_t all = 0, last = mail_lines_read(l, end);
    size_t n, best = 0;

    *out = NO_INTRO;
    for (n = 1; n <= INTRO_LINES && n <= end + 1; n++) {
        size_t i = end + 1 - n;
        enum verdict v;

        if (mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_QUOTED | LINE_IS_INTRO) ||
            (mail_lines_read(l, i) & LINE_LONG) || (n == 2 && is_whole(l, end)))
            break;
        all |= l->all[i].is;
        v = judge(all, l->all[i].is, last, mail_lines_begins_alone(l, i));
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
        if (v == WEAK_INTRO && is_all_of_intro(l->all[i].is))
            break;
        if (v == STRONG_INTRO && (all & (LINE_TIME | LINE_DATE | LINE_YEAR)) &&
            !(i > 0 && is_day_above(l, i - 1, all)) && !is_within_brackets(l, i))
            break;
    }
    return best;
}

/* "+-- lamp@1.2.3", "|   +-- wire@1.2.3", of a tree that some program drew. */
static bool is_branch(struct span line)
{
    struct span s = mail_quote_line_trim(line);

    return s.len > 3 && (s.ptr[0] == '|' || memcmp(s.ptr, "+--", 3) == 0);
}

/* Words that stand before an intro on its line stay. */
static bool cut_inner(struct mail_lines *l, size_t i)
{
    size_t inner;

    if (mail_lines_is(l, i, LINE_OPENER | LINE_DAY_FIRST | LINE_DASHED))
        return false;
    inner = mail_quote_line_inner_intro(mail_lines_at(l, i));
    if (inner == 0)
        return false;
    while (inner > 0 && strchr(" -", l->all[i].ptr[inner - 1]) != NULL)
        inner--;
    if (inner == 0)
        return false; /* it is the intro's alone */
    l->all[i].len = (uint32_t)inner;
    return true;
}

/* "10:30:00": nobody writes the second by hand. */
static bool has_seconds(struct span s)
{
    const char *colon, *end = s.ptr + s.len;

    for (colon = memchr(s.ptr, ':', s.len); colon != NULL;
         colon = memchr(colon + 1, ':', (size_t)(end - colon) - 1))
        if (end - colon > 5 && g_ascii_isdigit(colon[1]) && g_ascii_isdigit(colon[2]) &&
            colon[3] == ':' && g_ascii_isdigit(colon[4]) && g_ascii_isdigit(colon[5]))
            return true;
    return false;
}

/* A sentence of the writer's: "On 1 June your colleague wrote:". Without the marks of a quotation
 * nothing tells where what it quotes ends, so all of it is the writer's. Programs name a mail's
 * sender instead, or the address between angle brackets. */
static bool is_spoken(const struct mail_lines *l, size_t from, size_t end)
{
    size_t i, before = mail_lines_is(l, from, LINE_OPENER | LINE_DAY_FIRST)
                           ? 0
                           : mail_quote_line_inner_intro(mail_lines_at(l, from));
    bool spoken = false;

    if (mail_lines_is(l, from, LINE_DASHED))
        return false; /* drawn by a program */
    if (from > 0 && !mail_lines_is(l, from, LINE_ADDRESS) && mail_lines_is_announced(l, from))
        return true; /* he says where he has it from */
    for (i = from; i <= end; i++) {
        struct span s = mail_lines_at(l, i);
        const char *open = memrchr(s.ptr, '<', s.len), *close = memrchr(s.ptr, '>', s.len);

        if (has_seconds(s))
            return false;
        if (open != NULL || close != NULL) { /* a name stands before the address */
            spoken = false;
            before =
                close != NULL && (open == NULL || close > open) ? (size_t)(close - s.ptr) : s.len;
        }
        spoken =
            spoken || mail_quote_person_speaks((struct span){ s.ptr + before, s.len - before });
        before = 0;
    }
    return spoken;
}

/* A person's sentence, though with an address in it: "On DAY your colleague (ADDRESS) wrote:". */
static bool is_spoken_of(struct span intro)
{
    return memchr(intro.ptr, '<', intro.len) == NULL && mail_quote_person_speaks(intro);
}

/* No blank parts the old words from the colon: "wrote:Hello", as nobody writes by hand. */
static bool is_glued(const char *after, const char *end)
{
    return after < end && strchr(" /", *after) == NULL && !text_is_digit(*after);
}

/* The quotation begins on the intro's own line: "On DAY, NAME <ADDRESS> wrote: Hello". */
static bool has_intro_before(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    size_t within = s.len < INTRO_MAX ? s.len : INTRO_MAX;
    const char *end = s.ptr + within, *at = memchr(s.ptr, '@', within), *colon;
    int tries;

    if (!mail_quote_line_is_opened(s))
        return false;
    colon = at != NULL ? at : s.ptr;
    for (tries = 0; tries < COLONS_MAX; tries++) {
        uint32_t what;

        colon = memchr(colon, ':', (size_t)(end - colon));
        if (colon == NULL)
            return false;
        colon++;
        if (at == NULL && !is_glued(colon, end))
            continue;
        what = mail_quote_line_read((struct span){ s.ptr, (size_t)(colon - s.ptr) });
        if ((what & LINE_VERB_LAST) && judge(what, what, what, true) == STRONG_INTRO)
            return !is_spoken_of((struct span){ s.ptr, (size_t)(colon - s.ptr) });
    }
    return false;
}

/* "Your page says:" tells where the writer has it from. */
static bool is_of_thing(const struct mail_lines *l, size_t i)
{
    static const char *const things[] = { "your ", "the ", "our ", "my ", "this ", NULL };
    char folded[LINE_READ_MAX + 8];

    return !mail_lines_is(l, i, LINE_ADDRESS | LINE_NUMBER | LINE_QUOTING) &&
           span_begins_any(mail_quote_line_fold(mail_lines_at(l, i), folded, sizeof(folded)),
                           things);
}

/* It is the writer who says what the marked lines below are: "Today I saw at 10:00:". */
static bool is_told(const struct mail_lines *l, size_t i)
{
    return is_of_thing(l, i) ||
           (!mail_lines_is(l, i, LINE_VERB) && is_spoken_of(mail_lines_at(l, i)));
}

/* Does a program's notice name there the one to whom it is? It quotes what he wrote himself. */
static bool names_reader(const struct mail_lines *l, size_t end)
{
    const char *reader = l->sender.reader;
    size_t i;

    for (i = end + 1; reader != NULL && i-- > 0 && end - i < INTRO_LINES;) {
        struct span line = mail_lines_at(l, i);

        if (mail_lines_is(l, i, LINE_IS_BLANK))
            break;
        line.len = line.len < LINE_READ_MAX ? line.len : LINE_READ_MAX;
        if (span_holds(line, reader))
            return true;
    }
    return false;
}

void mail_quote_intro_find(struct mail_lines *l)
{
    size_t i, n, end;

    for (end = 0; end < l->count; end++) {
        enum verdict v;
        bool quotes, marked, may, opens; /* opens: history that is not marked, too */

        if (mail_lines_is(l, end, LINE_IS_BLANK | LINE_IS_QUOTED))
            continue;
        quotes = mail_lines_quotes_from(l, end + 1);
        opens = quotes || !l->sender.notifies || names_reader(l, end);
        if (quotes && is_listed_name(l, end)) {
            l->all[end].is |= LINE_IS_INTRO;
            continue;
        }
        may = mail_quote_line_may_end(mail_lines_at(l, end));
        if (!may && opens && has_intro_before(l, end)) {
            l->all[end].is |= LINE_IS_INTRO | LINE_IS_STRONG;
            continue;
        }
        if (!quotes && (!may || is_branch(mail_lines_at(l, end))))
            continue;
        n = measure_intro(l, end, true, &v);
        if (v != STRONG_INTRO && opens && has_intro_before(l, end)) {
            l->all[end].is |= LINE_IS_INTRO | LINE_IS_STRONG;
            continue;
        }
        if (v == NO_INTRO || (v == WEAK_INTRO && n == 1 && is_told(l, end)))
            continue;
        i = end + 1 - n;
        marked = quotes || mail_quote_mark_find_below(l, end + 1);
        if (!marked && (!opens || v == WEAK_INTRO || is_spoken(l, i, end)))
            continue;
        if (v == STRONG_INTRO && cut_inner(l, i))
            l->all[i++].is |= LINE_IS_CUT | (n == 1 ? LINE_IS_STRONG : 0);
        for (; i <= end; i++)
            l->all[i].is |= LINE_IS_INTRO | (v == STRONG_INTRO ? LINE_IS_STRONG : 0);
    }
}

/* "2026/6/1 Eva Example <ADDRESS>", without a colon, as Gmail wrote it in some languages. */
static bool is_day_and_mailbox(struct span line, uint32_t what)
{
    return (what & (LINE_OPENER | LINE_DAY_FIRST)) && (what & (LINE_DATE | LINE_YEAR)) &&
           (what & LINE_ADDRESS) && (what & LINE_ANGLE) && !mail_quote_person_speaks(line);
}

bool mail_quote_intro_is_above(struct span line)
{
    uint32_t what = mail_quote_line_read(line);
    bool dated = (what & (LINE_TIME | LINE_DATE | LINE_YEAR)) != 0;

    if ((what & LINE_LONG) || is_spoken_of(line))
        return false;
    if (!(what & LINE_COLON))
        return is_day_and_mailbox(line, what);
    if ((what & LINE_VERB) && (dated || (what & (LINE_ADDRESS | LINE_NUMBER))))
        return true;
    if (what & LINE_ADDRESS)
        return dated || (what & LINE_ANGLE);
    return (what & (LINE_DAY_FIRST | LINE_OPENER)) && (what & LINE_TIME) &&
           (what & (LINE_DATE | LINE_YEAR));
}
