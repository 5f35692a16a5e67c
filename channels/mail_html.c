#include "channels/mail_html.h"

#include <ctype.h>
#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_html_quote.h"
#include "core/arena.h"
#include "core/inbound.h"

enum {
    TAG_MAX = 16 << 10, /* a tag of many attributes takes the parser quadratic time */
    TAG_NAME_MAX = 32,
    META_WITHIN = 4096,
    BREAKS_MAX = 8,
    INTRO_MAX = 300, /* bytes of a line above a quotation */
    NEST_MAX = 32,   /* lists and quotations that are told apart */
};

/* --- what elements do
 * --------------------------------------------------------------------------------- */

enum effect {
    EFFECT_NONE,
    EFFECT_LINE,      /* begins and ends a line */
    EFFECT_PARAGRAPH, /* with a blank line round it */
    EFFECT_SKIP,      /* not shown */
    EFFECT_BREAK,
    EFFECT_CELL,
    EFFECT_LIST,
    EFFECT_ORDERED,
    EFFECT_ITEM,
    EFFECT_QUOTE,
    EFFECT_PRE,
};
static const struct element {
    const char *name;
    enum effect effect;
} elements[] = {
    { "address", EFFECT_LINE },  { "applet", EFFECT_SKIP },      { "article", EFFECT_LINE },
    { "aside", EFFECT_LINE },    { "blockquote", EFFECT_QUOTE }, { "body", EFFECT_LINE },
    { "br", EFFECT_BREAK },      { "caption", EFFECT_LINE },     { "center", EFFECT_LINE },
    { "dd", EFFECT_LINE },       { "details", EFFECT_LINE },     { "dir", EFFECT_LIST },
    { "div", EFFECT_LINE },      { "dl", EFFECT_PARAGRAPH },     { "dt", EFFECT_LINE },
    { "fieldset", EFFECT_LINE }, { "figcaption", EFFECT_LINE },  { "figure", EFFECT_LINE },
    { "footer", EFFECT_LINE },   { "form", EFFECT_LINE },        { "h1", EFFECT_PARAGRAPH },
    { "h2", EFFECT_PARAGRAPH },  { "h3", EFFECT_PARAGRAPH },     { "h4", EFFECT_PARAGRAPH },
    { "h5", EFFECT_PARAGRAPH },  { "h6", EFFECT_PARAGRAPH },     { "header", EFFECT_LINE },
    { "hr", EFFECT_PARAGRAPH },  { "iframe", EFFECT_SKIP },      { "legend", EFFECT_LINE },
    { "li", EFFECT_ITEM },       { "listing", EFFECT_PRE },      { "main", EFFECT_LINE },
    { "menu", EFFECT_LIST },     { "nav", EFFECT_LINE },         { "object", EFFECT_SKIP },
    { "ol", EFFECT_ORDERED },    { "option", EFFECT_LINE },      { "p", EFFECT_PARAGRAPH },
    { "plaintext", EFFECT_PRE }, { "pre", EFFECT_PRE },          { "script", EFFECT_SKIP },
    { "section", EFFECT_LINE },  { "select", EFFECT_LINE },      { "style", EFFECT_SKIP },
    { "summary", EFFECT_LINE },  { "table", EFFECT_LINE },       { "tbody", EFFECT_LINE },
    { "td", EFFECT_CELL },       { "template", EFFECT_SKIP },    { "textarea", EFFECT_PRE },
    { "tfoot", EFFECT_LINE },    { "th", EFFECT_CELL },          { "thead", EFFECT_LINE },
    { "title", EFFECT_SKIP },    { "tr", EFFECT_LINE },          { "ul", EFFECT_LIST },
    { "xml", EFFECT_SKIP },      { "xmp", EFFECT_PRE },
};

static int compare_element(const void *key, const void *at)
{
    return strcasecmp(key, ((const struct element *)at)->name);
}

static enum effect effect_of(const char *name)
{
    const struct element *e = bsearch(name, elements, sizeof(elements) / sizeof(elements[0]),
                                      sizeof(elements[0]), compare_element);

    return e != NULL ? e->effect : EFFECT_NONE;
}

/* --- writing
 * ------------------------------------------------------------------------------------------ */

struct nest {
    int depth[NEST_MAX];
    int number[NEST_MAX]; /* of the next item; 0: not numbered */
    char type[NEST_MAX];  /* of the numbers: '1', 'a', 'A', 'i', 'I' */
    int count;
};

struct writer {
    struct text_buffer out;
    int depth;           /* of open elements */
    int skip_at, pre_at; /* the depth at which that began; 0: it is not on */
    int lines_at;        /* likewise: a line's end is one, as a style asks */
    int breaks;          /* line ends that are owed before the next word */
    bool space, cell;    /* a blank that is owed */
    bool line_begun;
    bool pictures;      /* the words of img elements are text */
    bool reply;         /* signatures are left out, history of any form is marked as quoted */
    bool history;       /* all is from here on */
    const char *marker; /* before the next word: an item's */
    char number[16];
    struct nest lists, quotes, blocks; /* blocks: elements that a style makes lines of */
};

static void owe_breaks(struct writer *w, int n)
{
    if (w->breaks < n)
        w->breaks = n;
    w->space = w->cell = false;
}

static void begin_line(struct writer *w)
{
    int i;

    for (i = 0; i < w->quotes.count || (w->history && i == 0); i++)
        text_buffer_puts(&w->out, "> ");
    w->line_begun = true;
}

/* Whatever is owed before the next word. */
static void settle(struct writer *w)
{
    if (w->out.len == 0)
        w->breaks = 0;
    for (; w->breaks > 0; w->breaks--) {
        if (!w->line_begun)
            begin_line(w); /* a blank line within a quotation is quoted too */
        text_buffer_add(&w->out, "\n", 1);
        w->line_begun = false;
    }
    if (!w->line_begun) {
        begin_line(w);
        w->space = w->cell = false;
    }
    if (w->marker != NULL)
        text_buffer_puts(&w->out, w->marker);
    else if (w->space || w->cell)
        text_buffer_add(&w->out, " ", 1);
    w->marker = NULL;
    w->space = w->cell = false;
}

static bool is_full(const struct writer *w)
{
    return w->out.len >= INBOUND_TEXT_MAX;
}

/* What stands for a character that is not to be written as it is. */
static const struct odd {
    const char *bytes, *written;
} odd[] = {
    { "\u00a0", " " },
    { "\u00ad", "" },
    { "\u200b", "" },
    { "\ufeff", "" },
    /* "&#150;": windows-1252, as browsers read it */
    { "\xc2\x80", "\u20ac" },
    { "\xc2\x82", "\u201a" },
    { "\xc2\x83", "\u0192" },
    { "\xc2\x84", "\u201e" },
    { "\xc2\x85", "\u2026" },
    { "\xc2\x86", "\u2020" },
    { "\xc2\x87", "\u2021" },
    { "\xc2\x88", "\u02c6" },
    { "\xc2\x89", "\u2030" },
    { "\xc2\x8a", "\u0160" },
    { "\xc2\x8b", "\u2039" },
    { "\xc2\x8c", "\u0152" },
    { "\xc2\x8e", "\u017d" },
    { "\xc2\x91", "\u2018" },
    { "\xc2\x92", "\u2019" },
    { "\xc2\x93", "\u201c" },
    { "\xc2\x94", "\u201d" },
    { "\xc2\x95", "\u2022" },
    { "\xc2\x96", "\u2013" },
    { "\xc2\x97", "\u2014" },
    { "\xc2\x98", "\u02dc" },
    { "\xc2\x99", "\u2122" },
    { "\xc2\x9a", "\u0161" },
    { "\xc2\x9b", "\u203a" },
    { "\xc2\x9c", "\u0153" },
    { "\xc2\x9e", "\u017e" },
    { "\xc2\x9f", "\u0178" },
    { NULL, NULL },
};

static const struct odd *find_odd(const char *s, size_t left)
{
    const struct odd *o;

    if (*s != '\xc2' && *s != '\xe2' && *s != '\xef')
        return NULL;
    for (o = odd; o->bytes != NULL; o++)
        if (left >= strlen(o->bytes) && memcmp(s, o->bytes, strlen(o->bytes)) == 0)
            return o;
    return NULL;
}

static void write_space(struct writer *w, char c)
{
    if (w->pre_at == 0 && w->lines_at > 0 && c == '\n') {
        owe_breaks(w, w->breaks < 2 ? w->breaks + 1 : 2);
    } else if (w->pre_at == 0) {
        w->space = true;
    } else if (c == '\n') {
        w->breaks += w->breaks < BREAKS_MAX;
    } else if (c != '\r') {
        settle(w);
        text_buffer_add(&w->out, c == '\t' ? "\t" : " ", 1);
    }
}

static void write_text(struct writer *w, const char *s, size_t len)
{
    const struct odd *o;
    size_t i, n;

    for (i = 0; i < len && !is_full(w); i += n) {
        n = 1;
        if (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r')) {
            write_space(w, s[i]);
            continue;
        }
        o = find_odd(s + i, len - i);
        n = o != NULL ? strlen(o->bytes) : 1;
        if (o != NULL && o->written[0] == '\0')
            continue;
        if (w->breaks > 0 || w->space || w->cell || !w->line_begun || w->marker != NULL)
            settle(w);
        if (o != NULL)
            text_buffer_puts(&w->out, o->written);
        else
            text_buffer_add(&w->out, s + i, 1);
    }
}

/* --- the parser's calls
 * ------------------------------------------------------------------------------- */

static const char *attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes != NULL && attributes[0] != NULL; attributes += 2)
        if (strcasecmp((const char *)attributes[0], name) == 0)
            return attributes[1] != NULL ? (const char *)attributes[1] : "";
    return "";
}

static bool has_attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes != NULL && attributes[0] != NULL; attributes += 2)
        if (strcasecmp((const char *)attributes[0], name) == 0)
            return true;
    return false;
}

/* What a style says of a property, as it comes: of "display: none" the "none". Empty: nothing. */
static struct span style_of(const char *style, const char *property)
{
    const char *end, *colon;
    struct span name;

    for (; *style != '\0'; style = *end == '\0' ? end : end + 1) {
        end = style + strcspn(style, ";");
        colon = memchr(style, ':', (size_t)(end - style));
        if (colon == NULL)
            continue;
        name = span_trim((struct span){ style, (size_t)(colon - style) });
        if (name.len == strlen(property) && span_begins(name, property))
            return span_trim((struct span){ colon + 1, (size_t)(end - colon) - 1 });
    }
    return (struct span){ "", 0 };
}

/* "0", "0px", "0.0", ".0 !important"; not "0.5", "05". */
static bool is_zero(struct span value)
{
    size_t n = 0, digits = 0;

    for (; n < value.len && strchr("0.", value.ptr[n]) != NULL; n++)
        digits += value.ptr[n] == '0';
    return digits > 0 && (n == value.len || value.ptr[n] < '1' || value.ptr[n] > '9');
}

/* Mostly the lines that only a mailbox's list of mails is to show. Letters of size 0 are no sign:
 * many templates set that for a whole table, and other sizes within. */
static bool is_hidden(const xmlChar **attributes)
{
    const char *style = attribute(attributes, "style");

    return span_begins(style_of(style, "display"), "none") ||
           span_begins(style_of(style, "visibility"), "hidden") ||
           span_begins(style_of(style, "mso-hide"), "all") || is_zero(style_of(style, "opacity")) ||
           ((is_zero(style_of(style, "max-height")) || is_zero(style_of(style, "height"))) &&
            span_begins(style_of(style, "overflow"), "hidden")) ||
           has_attribute(attributes, "hidden");
}

/* Does what was written last introduce a quotation: a line that ends with a colon, and names a day
 * or an address? */
static bool is_introduced(const struct writer *w)
{
    size_t end = w->out.len, begin;

    while (end > 0 && strchr(" \n", w->out.ptr[end - 1]) != NULL)
        end--;
    if (end == 0 || w->out.ptr[end - 1] != ':')
        return false;
    for (begin = end; begin > 0 && end - begin < INTRO_MAX && w->out.ptr[begin - 1] != '\n';
         begin--)
        if (w->out.ptr[begin - 1] == '@' ||
            (w->out.ptr[begin - 1] >= '0' && w->out.ptr[begin - 1] <= '9'))
            return true;
    return false;
}

static void nest_push(struct nest *n, int depth, int number)
{
    if (n->count == NEST_MAX)
        return;
    n->depth[n->count] = depth;
    n->type[n->count] = '1';
    n->number[n->count++] = number;
}

static bool nest_ends(const struct nest *n, int depth)
{
    return n->count > 0 && n->depth[n->count - 1] == depth;
}

/* Does its style make an element lines of its own that has none otherwise? */
static bool is_block(const xmlChar **attributes)
{
    static const char *const displays[] = { "block", "flex", "grid", "list-item", "table", NULL };
    struct span display = style_of(attribute(attributes, "style"), "display");

    return span_begins_any(display, displays) && !span_begins(display, "table-c");
}

/* "pre", "pre-wrap", "pre-line": what programs write that put a plain text into HTML. */
static bool keeps_lines(const xmlChar **attributes)
{
    static const char *const values[] = { "pre", "break-spaces", NULL };

    return span_begins_any(style_of(attribute(attributes, "style"), "white-space"), values);
}

/* --- lists
 * -------------------------------------------------------------------------------------------- */

/* The number that an attribute gives, or else `number`. */
static int number_in(const xmlChar **attributes, const char *name, int number)
{
    enum { NUMBER_MAX = 99999 };
    long said = strtol(attribute(attributes, name), NULL, 10);

    return said > 0 && said <= NUMBER_MAX ? (int)said : number;
}

static char number_type(const xmlChar **attributes)
{
    static const struct {
        const char *style;
        char type;
    } styles[] = {
        { "lower-alpha", 'a' }, { "lower-latin", 'a' }, { "upper-alpha", 'A' },
        { "upper-latin", 'A' }, { "lower-roman", 'i' }, { "upper-roman", 'I' },
    };
    const char *type = attribute(attributes, "type");
    struct span style = style_of(attribute(attributes, "style"), "list-style-type");
    size_t i;

    for (i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
        if (span_begins(style, styles[i].style))
            return styles[i].type;
    if (type[0] != '\0' && type[1] == '\0' && strchr("aAiI", type[0]) != NULL)
        return type[0];
    return '1';
}

static void begin_numbers(struct writer *w, const xmlChar **attributes)
{
    nest_push(&w->lists, w->depth, number_in(attributes, "start", 1));
    if (nest_ends(&w->lists, w->depth))
        w->lists.type[w->lists.count - 1] = number_type(attributes);
}

/* "3. ", "c. ", "III. ". */
static void write_number(struct writer *w, int number, char type)
{
    static const char *const roman[][2] = {
        { "i", "I" },   { "ii", "II" }, { "iii", "III" }, { "iv", "IV" },
        { "v", "V" },   { "vi", "VI" }, { "vii", "VII" }, { "viii", "VIII" },
        { "ix", "IX" }, { "x", "X" },   { "xi", "XI" },   { "xii", "XII" },
    };
    enum { ROMAN_MAX = sizeof(roman) / sizeof(roman[0]), LETTERS = 26 };

    if ((type == 'a' || type == 'A') && number <= LETTERS)
        snprintf(w->number, sizeof(w->number), "%c. ", type + number - 1);
    else if ((type == 'i' || type == 'I') && number <= ROMAN_MAX)
        snprintf(w->number, sizeof(w->number), "%s. ", roman[number - 1][type == 'I']);
    else
        snprintf(w->number, sizeof(w->number), "%d. ", number);
    w->marker = w->number;
}

static void begin_item(struct writer *w, const xmlChar **attributes)
{
    struct nest *l = &w->lists;
    int *number = l->count > 0 ? &l->number[l->count - 1] : NULL;

    owe_breaks(w, 1);
    w->marker = "- ";
    if (number == NULL || *number == 0)
        return;
    *number = number_in(attributes, "value", *number);
    write_number(w, *number, l->type[l->count - 1]);
    ++*number;
}

/* --- elements
 * ----------------------------------------------------------------------------------------- */

static void begin_effect(struct writer *w, enum effect effect, const xmlChar **attributes)
{
    switch (effect) {
    case EFFECT_NONE:
    case EFFECT_SKIP:
        break;
    case EFFECT_LINE:
        owe_breaks(w, 1);
        break;
    case EFFECT_PARAGRAPH:
        owe_breaks(w, 2);
        break;
    case EFFECT_BREAK:
        owe_breaks(w, w->breaks < 2 ? w->breaks + 1 : 2);
        break;
    case EFFECT_CELL:
        w->cell = true;
        break;
    case EFFECT_LIST:
        owe_breaks(w, w->lists.count > 0 ? 1 : 2);
        nest_push(&w->lists, w->depth, 0);
        break;
    case EFFECT_ORDERED:
        owe_breaks(w, w->lists.count > 0 ? 1 : 2);
        begin_numbers(w, attributes);
        break;
    case EFFECT_ITEM:
        begin_item(w, attributes);
        break;
    case EFFECT_QUOTE:
        owe_breaks(w, 2);
        if (mail_html_quote_is_citation(attributes) || (w->reply && is_introduced(w)))
            nest_push(&w->quotes, w->depth, 0);
        break;
    case EFFECT_PRE:
        owe_breaks(w, 1);
        if (w->pre_at == 0)
            w->pre_at = w->depth;
        break;
    }
}

static void begin_quote(struct writer *w, enum mail_html_quote is)
{
    if (is == HTML_SIGNATURE) {
        w->skip_at = w->depth;
        return;
    }
    if (is == HTML_OWN || w->quotes.count > 0)
        return;
    owe_breaks(w, 1);
    if (is == HTML_QUOTED)
        nest_push(&w->quotes, w->depth, 0);
    else
        w->history = true;
}

/* A character that some programs send as a picture: U+2600 and further, U+1F000 and further. */
static bool is_emoji(const char *alt)
{
    enum { EMOJI_MAX = 40 }; /* bytes: a family of several is one */
    const unsigned char *p = (const unsigned char *)alt;
    size_t n = 0;

    while (p[n] >= 0x80)
        n++;
    return n > 0 && n <= EMOJI_MAX && p[n] == '\0' &&
           ((p[0] == 0xf0 && p[1] == 0x9f) || (p[0] == 0xe2 && p[1] >= 0x98 && p[1] <= 0x9e));
}

static void on_start(void *arg, const xmlChar *name, const xmlChar **attributes)
{
    struct writer *w = arg;
    enum effect effect = effect_of((const char *)name);

    w->depth++;
    if (w->skip_at > 0)
        return;
    if (effect == EFFECT_SKIP || is_hidden(attributes)) {
        w->skip_at = w->depth;
        return;
    }
    begin_effect(w, effect, attributes);
    if (effect == EFFECT_NONE && is_block(attributes)) {
        owe_breaks(w, 1);
        nest_push(&w->blocks, w->depth, 0);
    }
    if (w->lines_at == 0 && keeps_lines(attributes))
        w->lines_at = w->depth;
    if (w->reply)
        begin_quote(w, mail_html_quote_of(attributes));
    if (strcasecmp((const char *)name, "img") == 0 &&
        (w->pictures || is_emoji(attribute(attributes, "alt"))))
        write_text(w, attribute(attributes, "alt"), strlen(attribute(attributes, "alt")));
}

static void end_effect(struct writer *w, enum effect effect)
{
    if (effect == EFFECT_ITEM)
        w->marker = NULL;
    if (effect == EFFECT_LINE || effect == EFFECT_ITEM || effect == EFFECT_PRE)
        owe_breaks(w, 1);
    else if (effect == EFFECT_PARAGRAPH || effect == EFFECT_QUOTE)
        owe_breaks(w, 2);
    else if (effect == EFFECT_LIST || effect == EFFECT_ORDERED)
        owe_breaks(w, w->lists.count > 0 ? 1 : 2);
    else if (effect == EFFECT_CELL)
        w->cell = true;
}

static void on_end(void *arg, const xmlChar *name)
{
    struct writer *w = arg;

    if (w->skip_at == w->depth) {
        w->skip_at = 0;
    } else if (w->skip_at == 0) {
        if (nest_ends(&w->lists, w->depth))
            w->lists.count--;
        while (nest_ends(&w->quotes, w->depth)) {
            w->quotes.count--;
            owe_breaks(w, 1);
        }
        if (nest_ends(&w->blocks, w->depth)) {
            w->blocks.count--;
            owe_breaks(w, 1);
        }
        if (w->pre_at == w->depth)
            w->pre_at = 0;
        if (w->lines_at == w->depth)
            w->lines_at = 0;
        end_effect(w, effect_of((const char *)name));
    }
    if (w->depth > 0)
        w->depth--;
}

static void on_text(void *arg, const xmlChar *s, int len)
{
    struct writer *w = arg;

    if (w->skip_at == 0 && len > 0)
        write_text(w, (const char *)s, (size_t)len);
}

static void on_error(void *arg, const char *format, ...)
{
    (void)arg;
    (void)format;
}

/* --- the door
 * ----------------------------------------------------------------------------------------- */

static bool opens_tag(struct span s)
{
    char c = (char)(s.len > 1 ? s.ptr[1] | 32 : ' ');

    return s.len > 1 && ((c >= 'a' && c <= 'z') || s.ptr[1] == '/');
}

/* Where what stands between `s` and `end` ends; `closes` remembers that there is no such end any
 * more, so that it is sought but once. 0: it does not end. */
static size_t length_to(struct span s, size_t from, const char *end, bool *closes)
{
    const char *p =
        *closes && s.len > from ? memmem(s.ptr + from, s.len - from, end, strlen(end)) : NULL;

    *closes = p != NULL;
    return p != NULL ? (size_t)(p - s.ptr) + strlen(end) : 0;
}

/* The name of a tag whose attributes are too long, as a tag without any. */
static size_t cut_tag(struct text_buffer *b, struct span s, bool *closes)
{
    size_t n = 2, whole = length_to(s, 2, ">", closes);

    while (n < s.len && n < TAG_NAME_MAX && strchr(" \t\r\n<", s.ptr[n]) == NULL)
        n++;
    text_buffer_add(b, s.ptr, n);
    text_buffer_add(b, ">", 1);
    return whole > n ? whole : n;
}

/* html, head and body, opened or closed: fragments close what they never opened, and the parser
 * reads nothing after that. */
static bool is_frame(struct span s)
{
    static const char *const names[] = { "html", "head", "body", NULL };
    size_t at = s.len > 1 && s.ptr[1] == '/' ? 2 : 1, i;

    for (i = 0; names[i] != NULL; i++)
        if (s.len > at + 4 && strncasecmp(s.ptr + at, names[i], 4) == 0 &&
            strchr(" \t\r\n>", s.ptr[at + 4]) != NULL)
            return true;
    return false;
}

/* Elements that hide what they hold, as far as they are closed: else a forgotten end would hide all
 * that follows. */
static const char *const hiding[] = { "applet", "iframe", "object", "template", "title", "xml" };
enum { HIDING = sizeof(hiding) / sizeof(hiding[0]) };

struct ends {
    bool comment, odd_comment, declaration, tag;
    const char *last[HIDING]; /* where each is closed for the last time; NULL: nowhere */
};

static bool is_tag_of(struct span s, size_t at, const char *name)
{
    size_t len = strlen(name);

    return s.len > at + len && strncasecmp(s.ptr + at, name, len) == 0 &&
           strchr(" \t\r\n/>", s.ptr[at + len]) != NULL;
}

static void find_ends(struct span s, struct ends *ends)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    size_t i;

    while (p < end && (p = memmem(p, (size_t)(end - p), "</", 2)) != NULL) {
        for (i = 0; i < HIDING; i++)
            if (is_tag_of((struct span){ p, (size_t)(end - p) }, 2, hiding[i]))
                ends->last[i] = p;
        p += 2;
    }
}

static bool hides_the_rest(struct span s, const struct ends *ends)
{
    size_t i;

    for (i = 0; i < HIDING; i++)
        if (is_tag_of(s, 1, hiding[i]))
            return ends->last[i] == NULL || ends->last[i] < s.ptr;
    return false;
}

/* "--!>" ends a comment too. */
static size_t comment_length(struct span s, struct ends *ends)
{
    size_t n = length_to(s, 2, "-->", &ends->comment), other;
    bool within = true; /* an end of its own: others may have one further on */

    other = length_to((struct span){ s.ptr, n > 0 ? n : s.len }, 4, "--!>",
                      n > 0 ? &within : &ends->odd_comment);
    n = other > 0 ? other : n;
    return n > 0 ? n : 4;
}

static void copy_text(struct text_buffer *b, struct span s);

static bool is_address(struct span s)
{
    const char *at = memchr(s.ptr, '@', s.len);
    size_t i;

    for (i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.ptr[i]) && strchr("@._%+~-", s.ptr[i]) == NULL)
            return false;
    return at != NULL && at > s.ptr && at < s.ptr + s.len - 1;
}

/* "<ana@example.org>", "<https://example.org/>": words whose brackets were not written as entities.
 * The length of it, 0: it is none. */
static size_t bracketed_length(struct span s)
{
    static const char *const schemes[] = { "http://", "https://", "mailto:", NULL };
    struct span inner = { s.ptr + 1, s.len - 1 };
    size_t n = 0;

    inner.len = inner.len < INBOUND_ADDRESS_MAX ? inner.len : INBOUND_ADDRESS_MAX;
    while (n < inner.len && inner.ptr[n] != '\0' && strchr(" \t\r\n\f\"'<>", inner.ptr[n]) == NULL)
        n++;
    if (n == inner.len || inner.ptr[n] != '>')
        return 0;
    inner.len = n;
    return is_address(inner) || span_begins_any(inner, schemes) ? n + 2 : 0;
}

/* Copies what begins with '<' as far as the parser may see it; returns how much of s that was.
 * Comments and declarations go: the parser takes those of Office for text, and what follows an
 * unclosed one for nothing. */
static size_t copy_markup(struct text_buffer *b, struct span s, struct ends *ends)
{
    size_t n;

    if (s.len >= 4 && memcmp(s.ptr, "<!--", 4) == 0)
        return comment_length(s, ends);
    if (s.len > 1 && s.ptr[1] == '/' && is_tag_of(s, 2, "br")) {
        text_buffer_puts(b, "<br");
        return strlen("</br");
    }
    if (s.len >= 2 && (s.ptr[1] == '!' || s.ptr[1] == '?')) {
        n = length_to(s, 2, ">", &ends->declaration);
        return n > 0 ? n : 2;
    }
    n = opens_tag(s) ? bracketed_length(s) : 0;
    if (n > 0) {
        text_buffer_puts(b, "&lt;");
        copy_text(b, (struct span){ s.ptr + 1, n - 2 });
        text_buffer_puts(b, "&gt;");
        return n;
    }
    if (is_frame(s)) {
        n = length_to(s, 2, ">", &ends->tag);
        text_buffer_puts(b, "<hr>");
        return n > 0 ? n : 5;
    }
    if (hides_the_rest(s, ends)) {
        n = length_to(s, 2, ">", &ends->tag);
        return n > 0 ? n : 2;
    }
    if (opens_tag(s) && memchr(s.ptr, '>', s.len < TAG_MAX ? s.len : TAG_MAX) == NULL)
        return cut_tag(b, s, &ends->tag);
    text_buffer_add(b, "<", 1);
    return 1;
}

/* What the parser does not know: HTML 5 has more. */
static const struct entity {
    const char *name, *text;
} entities[] = {
    { "AMP", "&amp;" },  { "COPY", "©" },      { "GT", "&gt;" },  { "LT", "&lt;" },
    { "NewLine", "\n" }, { "QUOT", "&quot;" }, { "REG", "®" },    { "Tab", " " },
    { "apos", "'" },     { "ast", "*" },       { "bsol", "\\" },  { "check", "✓" },
    { "colon", ":" },    { "comma", "," },     { "commat", "@" }, { "cross", "✗" },
    { "dollar", "$" },   { "equals", "=" },    { "excl", "!" },   { "grave", "`" },
    { "hyphen", "-" },   { "lbrace", "{" },    { "lbrack", "[" }, { "lcub", "{" },
    { "lowbar", "_" },   { "lpar", "(" },      { "lsqb", "[" },   { "num", "#" },
    { "percnt", "%" },   { "period", "." },    { "phone", "☎" },  { "plus", "+" },
    { "quest", "?" },    { "rbrace", "}" },    { "rbrack", "]" }, { "rcub", "}" },
    { "rpar", ")" },     { "rsqb", "]" },      { "semi", ";" },   { "sol", "/" },
    { "star", "☆" },     { "verbar", "|" },    { "vert", "|" },
};

/* HTML 2's: the letters of Latin-1 and what is not written otherwise. */
static bool needs_no_semicolon(const char *name)
{
    const htmlEntityDesc *e = htmlEntityLookup((const xmlChar *)name);

    return e != NULL && (e->value < 0x100 && e->value != '\'');
}

/* The length of the reference at s ("&", a name, perhaps a semicolon) that the parser would not
 * read, after adding what it means; 0: it is none of those. */
static size_t copy_entity(struct text_buffer *b, struct span s)
{
    enum { NAME_MAX_LEN = 10 };
    char name[NAME_MAX_LEN + 1];
    size_t n = 0, i;
    bool closed;

    while (n < NAME_MAX_LEN && n + 1 < s.len && isalnum((unsigned char)s.ptr[n + 1])) {
        name[n] = s.ptr[n + 1];
        n++;
    }
    name[n] = '\0';
    closed = n + 1 < s.len && s.ptr[n + 1] == ';';
    for (i = 0; closed && i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (entities[i].name[0] == name[0] && strcmp(entities[i].name, name) == 0) {
            text_buffer_puts(b, entities[i].text);
            return n + 2;
        }
    }
    if (n == 0 || closed || !needs_no_semicolon(name) ||
        (n + 1 < s.len && (s.ptr[n + 1] == '=' || isalnum((unsigned char)s.ptr[n + 1]))))
        return 0;
    text_buffer_add(b, s.ptr, n + 1);
    text_buffer_puts(b, ";");
    return n + 1;
}

static void copy_text(struct text_buffer *b, struct span s)
{
    size_t at = 0, n;

    while (at < s.len) {
        const char *p = memchr(s.ptr + at, '&', s.len - at);

        n = p != NULL ? (size_t)(p - s.ptr) - at : s.len - at;
        text_buffer_add(b, s.ptr + at, n);
        at += n;
        if (at == s.len)
            return;
        n = copy_entity(b, (struct span){ s.ptr + at, s.len - at });
        if (n == 0)
            text_buffer_add(b, "&", n = 1);
        at += n;
    }
}

static void copy_html(struct text_buffer *b, struct span s)
{
    struct ends ends = { .comment = true, .odd_comment = true, .declaration = true, .tag = true };
    size_t at = 0, n;

    find_ends(s, &ends);
    while (at < s.len) {
        const char *p = memchr(s.ptr + at, '<', s.len - at);

        n = p != NULL ? (size_t)(p - s.ptr) - at : s.len - at;
        copy_text(b, (struct span){ s.ptr + at, n });
        at += n;
        if (at < s.len)
            at += copy_markup(b, (struct span){ s.ptr + at, s.len - at }, &ends);
    }
}

static void parse(struct writer *w, struct span html)
{
    xmlSAXHandler sax = {
        .startElement = on_start,
        .endElement = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .warning = on_error,
        .error = on_error,
    };
    static const char body[] = "<html><body>";
    htmlParserCtxtPtr c = htmlCreatePushParserCtxt(&sax, w, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);

    if (c == NULL)
        abort(); /* out of memory, as everywhere */
    htmlCtxtUseOptions(c, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                              HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED | HTML_PARSE_IGNORE_ENC);
    /* Within a body of ours, for the parser stops where the first element ends */
    htmlParseChunk(c, body, (int)strlen(body), 0);
    htmlParseChunk(c, html.ptr, (int)html.len, 0);
    htmlParseChunk(c, "", 0, 1);
    if (c->myDoc != NULL)
        xmlFreeDoc(c->myDoc);
    htmlFreeParserCtxt(c);
}

static const char *text_of(struct arena *a, struct span html, bool reply)
{
    struct span s = { html.ptr, text_cut(html, INBOUND_TEXT_MAX) };
    struct text_buffer copy = { 0 };
    struct writer w = { .reply = reply };
    const char *out;

    copy_html(&copy, s);
    parse(&w, (struct span){ copy.len > 0 ? copy.ptr : "", copy.len });
    if (!reply && span_trim((struct span){ w.out.len > 0 ? w.out.ptr : "", w.out.len }).len == 0) {
        text_buffer_clear(&w.out); /* all in pictures: what they say of themselves */
        w = (struct writer){ .pictures = true };
        parse(&w, (struct span){ copy.len > 0 ? copy.ptr : "", copy.len });
    }
    if (w.out.len > 0)
        text_buffer_add(&w.out, "\n", 1);
    out =
        text_clean(a, (struct span){ w.out.len > 0 ? w.out.ptr : "", w.out.len }, INBOUND_TEXT_MAX);
    text_buffer_clear(&copy);
    text_buffer_clear(&w.out);
    return out;
}

const char *mail_html_text(struct arena *a, struct span html)
{
    return text_of(a, html, false);
}

const char *mail_html_reply(struct arena *a, struct span html)
{
    return text_of(a, html, true);
}

struct span mail_html_charset(struct span html)
{
    struct span s = { html.ptr, html.len < META_WITHIN ? html.len : META_WITHIN };
    struct span none = { "", 0 };
    const char *p = s.ptr, *end = s.ptr + s.len, *meta;
    size_t n = 0;

    for (; p < end; p = meta + 5) {
        meta = memchr(p, '<', (size_t)(end - p));
        while (meta != NULL && (end - meta < 5 || strncasecmp(meta, "<meta", 5) != 0))
            meta = memchr(meta + 1, '<', (size_t)(end - meta) - 1);
        if (meta == NULL)
            return none;
        for (p = meta; p + 8 < end && *p != '>' && strncasecmp(p, "charset", 7) != 0; p++)
            ;
        if (p + 8 >= end || *p == '>')
            continue;
        for (p += 7; p < end && strchr(" \t\r\n='\"", *p) != NULL; p++)
            ;
        while (p + n < end && strchr(" \t\r\n'\";/>", p[n]) == NULL)
            n++;
        return (struct span){ p, n };
    }
    return none;
}
