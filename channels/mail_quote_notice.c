#include "channels/mail_quote_notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unicode/uchar.h>

#include "channels/mail_quote_line.h"
#include "channels/mail_quote_notice_words.h"
#include "channels/mail_quote_person.h"
#include "channels/mail_quote_words_footer.h"
#include "core/grams.h"

enum {
    WARNING_LINES = 6, /* with what is wrapped */
    WARNING_READ = 3,  /* over which its words may be spread */
    PARAGRAPH_LINES = 40,
    NOTICES_MAX = 8, /* one above the other */
    WRAP_FROM = 50,  /* bytes of a line that a program may wrap */
    SENTENCE_BLANKS = 3,
    GREETING_MAX = 40, /* bytes */
    LABEL_MAX = 80,    /* bytes */
};

/* Folded, with a blank at either end, so that words are found by the blanks round them. */
struct folded {
    struct grams grams;
    char text[LINE_READ_MAX + 8];
};

static struct span fold(struct span lines, struct folded *f)
{
    struct span s;

    f->text[0] = ' ';
    s = mail_quote_line_fold(lines, f->text + 1, sizeof(f->text) - 2);
    f->text[s.len + 1] = ' ';
    return (struct span){ f->text, s.len + 2 };
}

/* The same, to be asked for phrases. */
static const struct grams *fold_grams(struct span lines, struct folded *f)
{
    grams_take(&f->grams, fold(lines, f));
    return &f->grams;
}

/* Without the signs that are drawn round a title. */
static struct span bare(struct span s)
{
    static const char sign[] = "\u26a0", variant[] = "\ufe0f";

    while (s.len > 0 && s.ptr[0] == ' ')
        s = (struct span){ s.ptr + 1, s.len - 1 };
    if (span_begins(s, sign))
        s = (struct span){ s.ptr + 3, s.len - 3 };
    if (span_begins(s, variant))
        s = (struct span){ s.ptr + 3, s.len - 3 };
    while (s.len > 0 && strchr(" []()<>*#!=_-~", s.ptr[0]) != NULL)
        s = (struct span){ s.ptr + 1, s.len - 1 };
    while (s.len > 0 && strchr(" []()<>*#!=_-~:.", s.ptr[s.len - 1]) != NULL)
        s.len--;
    return s;
}

/* One word may be a person's whole answer: it has signs round it, or no small letter. */
static bool is_drawn(struct span line)
{
    struct span s = span_trim(line);
    size_t i;

    if (s.len > 0 && strchr("[]()<>*#!=_-~", s.ptr[0]) != NULL)
        return true;
    for (i = 0; i < s.len && (s.ptr[i] < 'a' || s.ptr[i] > 'z'); i++)
        ;
    return i == s.len;
}

/* A title may be of one word. */
static bool is_warning_title(struct span line, struct span folded)
{
    struct span s = bare(folded);

    return span_same_any(s, mail_notice_warning_titles) &&
           (memchr(s.ptr, ' ', s.len) != NULL || is_drawn(line));
}

/* "[Lamps Official Use Only - General]": a company's label, each of whose words is a name's. */
static bool is_label(struct span line)
{
    struct folded folded;
    const struct grams *g;
    struct span s = span_trim(line);
    size_t i;

    if (s.len < 2 || s.len > LABEL_MAX || s.ptr[0] != '[' || s.ptr[s.len - 1] != ']')
        return false;
    g = fold_grams(s, &folded);
    if (!grams_hold_any(g, mail_notice_labels))
        return false;
    for (i = 1; i < s.len; i++)
        if (strchr(" [", s.ptr[i - 1]) != NULL && s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
            return span_begins_any(bare(g->text), mail_notice_labels);
    return true;
}

/* --- which lines they are
 * ----------------------------------------------------------------------------- */

static bool asks(const struct grams *g)
{
    return grams_hold(g, "? ");
}

/* Does a person speak in these lines, of which *g is? An "i" is "and" in Polish, Catalan and
 * others. */
static bool has_person(struct span lines, const struct grams *g)
{
    size_t n = grams_count(g, mail_notice_persons) + asks(g);

    if (n == 1 && grams_hold(g, " i ") && !grams_hold(g, " the ") &&
        memmem(lines.ptr, lines.len, " I ", 3) == NULL)
        return false;
    return n > 0;
}

static bool warns(struct span lines)
{
    struct folded folded;
    const struct grams *g = fold_grams(lines, &folded);

    if ((grams_hold_any(g, mail_notice_seldom_seen) && !has_person(lines, g)) ||
        is_warning_title(lines, g->text) || is_label(lines))
        return true;
    return (span_begins_any(bare(g->text), mail_notice_warning_openers) ||
            !grams_hold_any(g, mail_notice_failing)) &&
           (grams_hold_any(g, mail_notice_outsider) ||
            (grams_hold_any(g, mail_notice_outside) && grams_hold_any(g, mail_notice_mail))) &&
           grams_hold_any(g, mail_notice_forbidding) && !has_person(lines, g);
}

static bool opens_warning(struct span line)
{
    struct folded folded;

    return span_begins_any(bare(fold(line, &folded)), mail_notice_warning_openers);
}

/* What is left of a warning that was wrapped. */
static bool ends_warning(struct span line)
{
    struct folded folded;
    const struct grams *g = fold_grams(line, &folded);

    return grams_hold_any(g, mail_notice_not_to_do) && !has_person(line, g) &&
           !grams_hold_any(g, mail_notice_groups);
}

/* All that speaks in it is " i " or " je ", and it is Slavic or Catalan: "and", "is". */
static bool is_foreign(const struct grams *g)
{
    size_t n = grams_hold(g, " i ") + grams_hold(g, " je ");

    return n > 0 && grams_count(g, mail_notice_persons) == n &&
           grams_hold_any(g, mail_notice_foreign);
}

static bool speaks(struct span line)
{
    struct folded folded;
    const struct grams *g = fold_grams(line, &folded);

    return (grams_hold_any(g, mail_notice_persons) && !is_foreign(g)) || asks(g) ||
           grams_hold_any(g, mail_notice_groups);
}

bool mail_quote_notice_speaks(struct span line)
{
    struct folded folded;
    const struct grams *g = fold_grams(line, &folded);

    return grams_hold_any(g, mail_notice_persons) || asks(g);
}

bool mail_quote_notice_speaks_of_himself(struct span line)
{
    struct folded folded;

    return grams_hold_any(fold_grams(line, &folded), mail_notice_persons);
}

/* By what a paragraph is told to be a notice. */
struct marks {
    const char *first;
    bool more;   /* there are others */
    bool second; /* one of `seconds` is there */
};

static void mark(struct marks *m, const char *by)
{
    m->more = m->more || (m->first != NULL && m->first != by);
    m->first = m->first != NULL ? m->first : by;
}

/* "Go green - avoid printing"; a lamp may "go green - and off". */
static bool is_for_trees(struct span lines, const struct grams *g)
{
    struct folded folded;

    return grams_hold_any(g, mail_notice_trees) && grams_hold(g, " print") &&
           span_begins_any(bare(fold(lines, &folded)), mail_notice_trees);
}

/* Adds what stands in these lines; false: nothing does. */
static bool read_marks(struct span lines, struct marks *m)
{
    struct folded folded;
    const struct grams *g = fold_grams(lines, &folded);
    bool found = false, weak = false;
    const char *const *row;
    size_t n = grams_count(g, mail_notice_seconds);
    bool mail = grams_hold_any(g, mail_notice_this_mail);

    if (is_for_trees(lines, g)) {
        mark(m, mail_notice_trees[0]);
        found = true;
    }
    for (row = mail_notice_legal; *row != NULL; row++) {
        if (!grams_hold(g, *row))
            continue;
        mark(m, *row);
        found = true;
    }
    m->second = m->second || n > 0;
    if ((mail || m->first == mail_notice_secret[0]) && grams_hold_any(g, mail_notice_received) &&
        grams_hold_any(g, mail_notice_by_mistake)) {
        mark(m, mail_notice_received[0]);
        found = true;
    }
    if (mail && grams_hold_any(g, mail_notice_scanned)) {
        mark(m, mail_notice_scanned[0]);
        found = true;
    }
    weak = grams_hold_any(g, mail_notice_names_itself) &&
           (grams_hold_any(g, mail_notice_secret) || n > 1);
    if (weak)
        mark(m, mail_notice_secret[0]);
    return found || weak;
}

static bool is_legal(struct span lines)
{
    struct marks m = { NULL, false, false };

    return read_marks(lines, &m);
}

/* Does it begin with words that begin a notice's sentence? */
static bool begins_notice(struct span line)
{
    struct folded folded;
    struct span s = bare(fold(line, &folded));

    return span_begins_any(s, mail_notice_names_itself) || span_begins_any(s, mail_notice_legal) ||
           span_begins_any(s, mail_notice_this_mail);
}

static bool is_title(struct span line)
{
    struct folded folded;

    return span_same_any(bare(fold(line, &folded)), mail_notice_legal_titles);
}

static bool is_blank(struct span line)
{
    return mail_quote_line_trim(line).len == 0;
}

static bool is_rule(struct span line)
{
    return mail_quote_line_rule(line, 2) != 0;
}

/* The line of s that begins at `at`. */
static struct span line_at(struct span s, size_t at)
{
    const char *lf = memchr(s.ptr + at, '\n', s.len - at);

    return (struct span){ s.ptr + at, lf != NULL ? (size_t)(lf - s.ptr) - at : s.len - at };
}

/* Where the line begins that ends at `end`. */
static size_t line_before(struct span s, size_t end)
{
    const char *lf = memrchr(s.ptr, '\n', end);

    return lf != NULL ? (size_t)(lf - s.ptr) + 1 : 0;
}

/* The line of s after the one at `at`; empty: that is the last. */
static struct span line_after(struct span s, size_t at)
{
    size_t next = at + line_at(s, at).len;

    return next < s.len ? line_at(s, next + 1) : (struct span){ s.ptr + s.len, 0 };
}

static bool begins_low(struct span t)
{
    int32_t c = mail_quote_line_first(t);

    return c > 0 && (u_islower(c) || c == '<' || c == '(');
}

static bool ends_wide(struct span t)
{
    static const char *const stops[] = { "\u3002", "\uff01", "\uff1f" };
    size_t i;

    for (i = 0; t.len >= 3 && i < sizeof(stops) / sizeof(stops[0]); i++)
        if (memcmp(t.ptr + t.len - 3, stops[i], 3) == 0)
            return true;
    return false;
}

/* Is the next line the rest of this one's sentence? */
static bool goes_on(struct span line, struct span next)
{
    struct span t = mail_quote_line_trim(line);

    return t.len >= WRAP_FROM && strchr(".!?:*])>", t.ptr[t.len - 1]) == NULL && !ends_wide(t) &&
           begins_low(mail_quote_line_trim(next));
}

/* --- above
 * -------------------------------------------------------------------------------------------- */

/* How many bytes of s the lines take that are left of a warning after the line at `at`. */
static size_t measure_rest(struct span s, size_t at, size_t lines)
{
    struct span line = line_at(s, at), next = line_after(s, at);

    while (lines-- > 0 && goes_on(line, next) && ends_warning(next)) {
        at = (size_t)(next.ptr - s.ptr);
        line = next;
        next = line_after(s, at);
    }
    return at + line.len;
}

/* How many bytes of s a warning at its begin takes; 0: there is none. */
static size_t measure_warning(struct span s)
{
    size_t at = 0, begin, n;
    bool opened;

    while (at < s.len && (is_rule(line_at(s, at)) || is_blank(line_at(s, at))))
        at += line_at(s, at).len + (at + line_at(s, at).len < s.len);
    if (at == s.len)
        return 0;
    begin = at;
    opened = opens_warning(line_at(s, at));
    for (n = 1; n <= WARNING_READ; n++) {
        struct span line = line_at(s, at), next = line_after(s, at);

        if (warns((struct span){ s.ptr + begin, at + line.len - begin }))
            return measure_rest(s, at, WARNING_LINES - n);
        if (is_blank(next) || !(opened || goes_on(line, next)))
            break;
        at = (size_t)(next.ptr - s.ptr);
    }
    return 0;
}

static struct span strip_warnings(struct span s)
{
    size_t n, taken;

    for (n = 0; n < NOTICES_MAX && (taken = measure_warning(s)) > 0; n++) {
        struct span rest = mail_quote_line_trim((struct span){ s.ptr + taken, s.len - taken });

        while (rest.len > 0 && is_rule(line_at(rest, 0))) {
            size_t rule = line_at(rest, 0).len;

            rest = mail_quote_line_trim((struct span){ rest.ptr + rule, rest.len - rule });
        }
        if (rest.len == 0)
            break;
        s = rest;
    }
    return s;
}

bool mail_quote_notice_is_warning(struct span text)
{
    struct span s = mail_quote_line_trim(text);
    size_t n, taken;

    for (n = 0; n < NOTICES_MAX && s.len > 0; n++) {
        taken = measure_warning(s);
        if (taken == 0)
            return false;
        s = mail_quote_line_trim((struct span){ s.ptr + taken, s.len - taken });
    }
    return n > 0 && s.len == 0;
}

/* --- below
 * -------------------------------------------------------------------------------------------- */

/* Where the last paragraph of s begins. */
static size_t last_paragraph(struct span s)
{
    size_t begin = s.len, n;

    for (n = 0; n < PARAGRAPH_LINES && begin > 0; n++) {
        size_t before = line_before(s, begin == s.len ? s.len : begin - 1);

        if (is_blank(line_at(s, before)))
            break;
        begin = before;
    }
    return begin;
}

/* Do these words lead on to what stands below: "See here:", "How do I leave?", "This page does not
 * open"? */
static bool announces(struct span above)
{
    struct span last = line_at(above, line_before(above, above.len));
    char end = above.ptr[above.len - 1];

    return end == ':' || end == '?' ||
           (mail_quote_line_blanks(last) >= SENTENCE_BLANKS && strchr(".!", end) == NULL);
}

/* The whole of it is the link to a list, which nobody announces above. */
static bool is_list_link(struct span s, size_t paragraph)
{
    struct span line = line_at(s, paragraph), above = span_trim((struct span){ s.ptr, paragraph });

    return paragraph + line.len == s.len && memchr(line.ptr, ' ', line.len) == NULL &&
           span_begins(line, "http") && span_holds(line, "/mailman/listinfo/") && above.len > 0 &&
           !announces(above);
}

/* Somebody speaks or asks in one of the lines from there on. */
static bool is_spoken_from(struct span s, size_t at)
{
    while (at < s.len) {
        struct span line = line_at(s, at), words = mail_quote_line_trim(line);

        if (mail_quote_notice_speaks(line) ||
            (words.len > 0 && strchr("?!", words.ptr[words.len - 1]) != NULL))
            return true;
        at += line.len + 1;
    }
    return false;
}

/* "Yahoo! Groups Links", and below it "are broken": a sentence goes on from a title. */
static bool is_subject(struct span line, struct span next)
{
    return mail_quote_line_trim(line).len < WRAP_FROM && begins_low(mail_quote_line_trim(next)) &&
           memmem(next.ptr, next.len, "://", 3) == NULL && memchr(next.ptr, '@', next.len) == NULL;
}

/* Where the footer of a list begins in the last paragraph, with a dash above it; s.len: there is
 * none. */
static size_t find_list_footer(struct span s)
{
    size_t at = last_paragraph(s), before = at;
    struct folded folded;

    if (is_list_link(s, at))
        return at;
    while (at < s.len) {
        struct span line = line_at(s, at);

        if (mail_quote_words_list_opens(mail_quote_line_trim(fold(line, &folded)))) {
            if (is_spoken_from(s, at) || is_subject(line, line_after(s, at)))
                return s.len; /* he cites it, or asks of it */
            return before < at && span_is(span_trim(line_at(s, before)), "-") ? before : at;
        }
        before = at;
        at += line.len + (at + line.len < s.len);
    }
    return s.len;
}

/* One sentence that calls itself secret is a notice only where nothing else stands there. */
static bool is_own(struct span s, const struct marks *m)
{
    size_t at = 0;

    if (m->more)
        return false;
    if (m->first == mail_notice_secret[0] && !m->second && memmem(s.ptr, s.len, ". ", 2) != NULL)
        return true;
    while (at < s.len) {
        if (speaks(line_at(s, at)))
            return true;
        at += line_at(s, at).len + 1;
    }
    return false;
}

/* How many bytes the sign takes that begins or ends what is cited; 0: it is none. */
static size_t citing(struct span s)
{
    static const char *const signs[] = { "\u201c", "\u201d", "\u201e", "\u00ab",
                                         "\u00bb", "\u300c", "\u300d", NULL };
    size_t i;

    if (s.ptr[0] == '"')
        return 1;
    for (i = 0; (s.ptr[0] & 0x80) != 0 && signs[i] != NULL; i++)
        if (span_begins(s, signs[i]))
            return strlen(signs[i]);
    return 0;
}

/* The paragraph with blanks for what somebody cites in it, of a few words at the least: "the line
 * '...' is wrong". As it is where all of it is between those signs. */
static struct span without_cited(struct span p, struct text_buffer *copy)
{
    size_t at = 0, open = 0; /* the byte behind the sign; 0: none is open */

    text_buffer_add(copy, p.ptr, p.len);
    while (at < p.len) {
        size_t begin = at, n = citing((struct span){ p.ptr + at, p.len - at });

        at += n > 0 ? n : 1;
        if (n == 0)
            continue;
        if (open > 0 && mail_quote_line_blanks((struct span){ p.ptr + open, begin - open }) >= 2) {
            if (open == citing(p) && at >= p.len)
                return p;
            for (; open < begin; open++)
                copy->ptr[open] = copy->ptr[open] == '\n' ? '\n' : ' ';
            open = 0;
        } else {
            open = open > 0 ? 0 : at;
        }
    }
    return (struct span){ copy->ptr, copy->len };
}

/* What is found in a paragraph. */
struct found {
    struct marks marks;
    size_t begin; /* of the notice; the paragraph's bytes: there is none */
    bool strange; /* other lines stand below that */
};

/* False: none of the phrases stands there of which read_marks() wants one, on one line or over two.
 * So it is of nearly all that persons write. */
static bool may_tell(struct span p)
{
    struct folded folded;
    struct grams all;
    struct span line;
    size_t at = 0;

    grams_start(&all);
    grams_add(&all, (struct span){ " ", 1 });
    while (span_line(p, &at, &line)) {
        struct span s = fold(line, &folded);

        grams_add(&all, (struct span){ s.ptr + 1, s.len - 1 }); /* one blank between two lines */
    }
    return grams_may_hold_any(&all, mail_notice_legal) ||
           grams_may_hold_any(&all, mail_notice_names_itself) ||
           grams_may_hold_any(&all, mail_notice_by_mistake) ||
           grams_may_hold_any(&all, mail_notice_scanned) ||
           grams_may_hold_any(&all, mail_notice_trees);
}

static struct found read_paragraph(struct span p)
{
    struct found f = { .begin = p.len };
    size_t at = 0, sentence = 0;
    bool wrapped = false;

    if (!may_tell(p))
        return f;
    while (at < p.len) {
        struct span line = line_at(p, at), next = line_after(p, at), both = line;
        bool on = goes_on(line, next) && !begins_notice(next), found;

        if (on)
            both.len = (size_t)(next.ptr - line.ptr) + next.len;
        found = read_marks(line, &f.marks) || (on && !is_legal(next) && read_marks(both, &f.marks));
        if (found && f.begin == p.len)
            f.begin = sentence;
        f.strange = f.strange || (f.begin < p.len && !found && !wrapped);
        at += line.len + (at + line.len < p.len);
        wrapped = on;
        if (!on)
            sentence = at;
    }
    return f;
}

/* Somebody says above where he has it from: "Below your letter stands:". */
static bool is_announced(struct span above)
{
    struct span s = mail_quote_line_trim(above);

    while (s.len > 0 && is_rule(line_at(s, line_before(s, s.len))))
        s = mail_quote_line_trim((struct span){ s.ptr, line_before(s, s.len) });
    return s.len > 0 && s.ptr[s.len - 1] == ':' &&
           mail_quote_person_speaks(line_at(s, line_before(s, s.len)));
}

/* Nothing stands above but "Hello,": a mail says more than that. */
static bool is_greeted(struct span above)
{
    struct span s = mail_quote_line_trim(above);

    return s.len > 0 && s.len <= GREETING_MAX && s.ptr[s.len - 1] == ',' &&
           memchr(s.ptr, '\n', s.len) == NULL;
}

/* Where a notice begins in the last paragraph; s.len: there is none. Lines below its own are of it
 * where it is told by more than one phrase. */
static size_t find_notice(struct span s, bool more_below)
{
    size_t begin = last_paragraph(s);
    struct span p = { s.ptr + begin, s.len - begin };
    struct text_buffer copy = { 0 };
    struct found f;

    if (more_below && is_title(p))
        return begin;
    f = read_paragraph(without_cited(p, &copy));
    text_buffer_clear(&copy);
    if (f.begin == p.len || (f.strange && !f.marks.more))
        return s.len;
    begin += f.begin;
    if (is_announced((struct span){ s.ptr, begin }) || is_greeted((struct span){ s.ptr, begin }) ||
        is_own((struct span){ s.ptr + begin, s.len - begin }, &f.marks))
        return s.len;
    return begin;
}

static struct span strip_notices(struct span s)
{
    size_t n, begin;

    for (n = 0; n < NOTICES_MAX; n++) {
        struct span rest = s;

        while (rest.len > 0 && is_rule(line_at(rest, line_before(rest, rest.len))))
            rest = mail_quote_line_trim((struct span){ rest.ptr, line_before(rest, rest.len) });
        begin = rest.len > 0 ? find_list_footer(rest) : 0;
        if (begin == rest.len && begin > 0)
            begin = find_notice(rest, n > 0);
        if (begin == rest.len)
            return n > 0 && rest.len > 0 ? rest : s;
        rest = mail_quote_line_trim((struct span){ rest.ptr, begin });
        if (rest.len == 0)
            break;
        s = rest;
    }
    return s;
}

struct span mail_quote_notice_strip(struct span said)
{
    return strip_notices(strip_warnings(said));
}
