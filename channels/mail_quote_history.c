#include "channels/mail_quote_history.h"

#include <string.h>

#include "channels/mail_quote_block.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_mark.h"
#include "channels/mail_quote_notes.h"
#include "channels/mail_quote_words_separator.h"

enum {
    SPOKEN_BLANKS = 3,    /* in a line of somebody's, at the least */
    TITLE_MAX = 60,       /* between dashes */
    ORIGINAL_DASHES = 16, /* bytes at each side of QQ Mail's title, which has 18; who draws one by
                           * hand stops before */
    FIELDS_LEAST = 3,     /* of a header in a language that is not known */
    OPENING_ABOVE = 200,  /* bytes above what may open with a header */
    OPENING_BELOW = 4000, /* and from there on */
};

/* QQ Mail's title in English; alone it is a word as well. */
static const char original[] = "original";

/* --- titles
 * ------------------------------------------------------------------------------------------- */

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
        address = address || (mail_quote_line_has_at(value) && value.ptr[value.len - 1] == '>');
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

/* "------------------ Original ------------------", with a sender right below. */
static bool is_original_of_sender(struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i)),
                title = mail_quote_line_between_dashes(s);
    size_t head = mail_lines_next_words(l, i + 1, 2);
    char folded[LINE_READ_MAX + 8];

    return title.len > 0 && title.len <= TITLE_MAX && title.ptr - s.ptr >= ORIGINAL_DASHES &&
           s.ptr + s.len - (title.ptr + title.len) >= ORIGINAL_DASHES &&
           span_is(mail_quote_line_fold(title, folded, sizeof(folded)), original) &&
           head < l->count && mail_quote_block_key(l, head) == QUOTE_KEY_FROM;
}

/* "Original message" without anything round it, above a header block. A form below tells "Original"
 * from a word, where QQ Mail draws its dashes as borders. */
static bool is_bare_title(struct mail_lines *l, size_t i)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = mail_quote_line_trim(mail_lines_at(l, i));
    size_t head = mail_lines_next_words(l, i + 1, MAIL_QUOTE_BETWEEN_MAX), end;

    if (s.len > TITLE_MAX || head >= l->count || mail_quote_block_key(l, head) == QUOTE_KEY_NONE)
        return false;
    s = mail_quote_line_fold(s, folded, sizeof(folded));
    while (s.len > 0 && strchr(": ", s.ptr[s.len - 1]) != NULL)
        s.len--;
    if (!mail_quote_words_separator_is_title(s) && !span_is(s, original))
        return false;
    end = mail_quote_block_end(l, head);
    return end > 0 && !mail_lines_quotes_from(l, end);
}

void mail_quote_history_find(struct mail_lines *l)
{
    size_t i, words;

    for (i = 0; i < l->count; i++) {
        struct mail_line *line = &l->all[i];

        if (mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_QUOTED | LINE_IS_INTRO))
            continue;
        if (mail_quote_block_is_shown(l, i))
            return;
        if (is_bare_title(l, i) || mail_quote_notes_begins(l, i)) {
            line->is |= LINE_IS_INTRO | LINE_IS_STRONG;
            continue;
        }
        line->end = (uint32_t)mail_quote_block_end(l, i);
        if (line->end > 0 || is_dashed_title(l, i) || is_original_of_sender(l, i) ||
            (find_title(mail_lines_at(l, i), &words) && words == 0))
            line->is |= LINE_IS_HEAD;
    }
}

/* What may be the first line of a header, or of what stands above one. */
static bool may_head(struct span line)
{
    struct span value;

    return mail_quote_line_key(line, &value) != QUOTE_KEY_NONE ||
           mail_quote_line_between_dashes(line).len > 0 || mail_quote_line_rule(line, 5) != 0;
}

/* Do words stand below the title in line i, or the header, and below that one's header? */
static bool has_words_below(struct mail_lines *l, size_t i)
{
    do
        i = l->all[i].end > 0 ? l->all[i].end : i + 1;
    while (i < l->count &&
           (mail_lines_is(l, i, LINE_IS_BLANK) || mail_quote_block_key(l, i) != QUOTE_KEY_NONE));
    return i < l->count;
}

bool mail_quote_history_opens(struct span text, size_t at)
{
    size_t from = at > OPENING_ABOVE ? at - OPENING_ABOVE : 0, i = 0, next = 0;
    struct span near = { text.ptr + from, text.len - from }, first;
    struct mail_lines l;
    bool opens;

    first = mail_quote_line_trim((struct span){ text.ptr + at, text.len - at });
    if (!span_line(first, &next, &first) || !may_head(first))
        return false;
    near.len = text_cut(near, at - from + OPENING_BELOW);
    l = mail_lines_split(near);
    while (i < l.count && (l.all[i].ptr < text.ptr + at || mail_lines_is(&l, i, LINE_IS_BLANK) ||
                           mail_lines_is_rule(&l, i, 5)))
        i++;
    mail_quote_mark_find(&l);
    mail_quote_history_find(&l);
    opens =
        i < l.count && mail_lines_is(&l, i, LINE_IS_HEAD | LINE_IS_INTRO) && has_words_below(&l, i);
    mail_lines_clear(&l);
    return opens;
}

/* --- what a line has to do with it
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
    size_t at = mail_lines_next_words(l, title + 1, MAIL_QUOTE_BETWEEN_MAX);
    struct span s = mail_quote_line_trim(mail_lines_at(l, title));

    if (title == 0 || at >= l->count || mail_quote_block_key(l, at) != QUOTE_KEY_NONE ||
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
