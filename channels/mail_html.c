#include "channels/mail_html.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_html_quote.h"
#include "channels/mail_html_source.h"
#include "channels/mail_html_style.h"
#include "channels/mail_html_tag.h"
#include "core/arena.h"
#include "core/inbound.h"

enum {
    META_WITHIN = 4096,
    BREAKS_MAX = 8,
    MARKER_MAX = 16, /* bytes of what stands before an item, with a NUL */
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

enum blanks {
    BLANKS_FOLDED, /* to one, line ends too */
    BLANKS_LINES,  /* but line ends are kept */
    BLANKS_KEPT,
};

struct writer {
    struct text_buffer out;
    enum blanks blanks;
    int marks;               /* "> " before each line that begins */
    char marker[MARKER_MAX]; /* before the next word: an item's; "": none */
    int breaks;              /* line ends that are owed before the next word */
    bool space, cell;        /* a blank that is owed */
    bool line_begun;
};

static void owe_breaks(struct writer *w, int n)
{
    if (w->breaks < n)
        w->breaks = n;
    w->space = w->cell = false;
}

static void add_break(struct writer *w)
{
    owe_breaks(w, w->breaks < 2 ? w->breaks + 1 : 2);
}

static void begin_line(struct writer *w)
{
    int i;

    for (i = 0; i < w->marks; i++)
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
    if (w->marker[0] != '\0')
        text_buffer_puts(&w->out, w->marker);
    else if (w->space || w->cell)
        text_buffer_add(&w->out, " ", 1);
    w->marker[0] = '\0';
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
    if (w->blanks == BLANKS_LINES && c == '\n') {
        add_break(w);
    } else if (w->blanks != BLANKS_KEPT) {
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
        if (w->breaks > 0 || w->space || w->cell || !w->line_begun || w->marker[0] != '\0')
            settle(w);
        if (o != NULL)
            text_buffer_puts(&w->out, o->written);
        else
            text_buffer_add(&w->out, s + i, 1);
    }
}

/* --- lists
 * -------------------------------------------------------------------------------------------- */

struct list {
    int next;  /* the number of the item that comes; 0: they have none */
    char type; /* of the numbers: '1', 'a', 'A', 'i', 'I' */
};

/* The number that an attribute gives, or else `number`. */
static int number_in(const xmlChar **attributes, const char *name, int number)
{
    enum { NUMBER_MAX = 99999 };
    long said = strtol(mail_html_tag_value(attributes, name), NULL, 10);

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
    const char *type = mail_html_tag_value(attributes, "type");
    struct span style =
        mail_html_style_of(mail_html_tag_value(attributes, "style"), "list-style-type");
    size_t i;

    for (i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
        if (span_begins(style, styles[i].style))
            return styles[i].type;
    if (type[0] != '\0' && type[1] == '\0' && strchr("aAiI", type[0]) != NULL)
        return type[0];
    return '1';
}

static struct list begin_numbered(const xmlChar **attributes)
{
    return (struct list){ number_in(attributes, "start", 1), number_type(attributes) };
}

static void write_number(char to[MARKER_MAX], int number, char type)
{
    static const char *const roman[][2] = {
        { "i", "I" },   { "ii", "II" }, { "iii", "III" }, { "iv", "IV" },
        { "v", "V" },   { "vi", "VI" }, { "vii", "VII" }, { "viii", "VIII" },
        { "ix", "IX" }, { "x", "X" },   { "xi", "XI" },   { "xii", "XII" },
    };
    enum { ROMAN_MAX = sizeof(roman) / sizeof(roman[0]), LETTERS = 26 };

    if ((type == 'a' || type == 'A') && number <= LETTERS)
        snprintf(to, MARKER_MAX, "%c. ", type + number - 1);
    else if ((type == 'i' || type == 'I') && number <= ROMAN_MAX)
        snprintf(to, MARKER_MAX, "%s. ", roman[number - 1][type == 'I']);
    else
        snprintf(to, MARKER_MAX, "%d. ", number);
}

/* What stands before an item: "- ", "3. ", "c. ", "III. ". `list`: NULL: it is in none. */
static void begin_item(struct list *list, const xmlChar **attributes, char to[MARKER_MAX])
{
    snprintf(to, MARKER_MAX, "- ");
    if (list == NULL || list->next == 0)
        return;
    list->next = number_in(attributes, "value", list->next);
    write_number(to, list->next++, list->type);
}

/* --- elements
 * ----------------------------------------------------------------------------------------- */

/* The depths at which some sort of element was opened. */
struct nest {
    int depth[NEST_MAX];
    int count;
};

/* Returns false where that sort is nested too deeply: it is as if that element were not there. */
static bool nest_push(struct nest *n, int depth)
{
    if (n->count == NEST_MAX)
        return false;
    n->depth[n->count++] = depth;
    return true;
}

static bool nest_ends(const struct nest *n, int depth)
{
    return n->count > 0 && n->depth[n->count - 1] == depth;
}

struct reader {
    struct writer w;
    int depth;           /* of open elements */
    int skip_at, pre_at; /* the depth at which that began; 0: it is not on */
    int lines_at;        /* likewise: a line's end is one, as a style asks */
    bool pictures;       /* the words of img elements are text */
    bool reply;          /* signatures are left out, history of any form is marked as quoted */
    bool history;        /* all is from here on */
    struct nest lists, quotes, blocks; /* blocks: elements that a style makes lines of */
    struct list numbers[NEST_MAX];     /* of `lists` */
};

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

static void begin_list(struct reader *r, struct list list)
{
    owe_breaks(&r->w, r->lists.count > 0 ? 1 : 2);
    if (nest_push(&r->lists, r->depth))
        r->numbers[r->lists.count - 1] = list;
}

static void begin_effect(struct reader *r, enum effect effect, const xmlChar **attributes)
{
    struct writer *w = &r->w;

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
        add_break(w);
        break;
    case EFFECT_CELL:
        w->cell = true;
        break;
    case EFFECT_LIST:
        begin_list(r, (struct list){ 0 });
        break;
    case EFFECT_ORDERED:
        begin_list(r, begin_numbered(attributes));
        break;
    case EFFECT_ITEM:
        owe_breaks(w, 1);
        begin_item(r->lists.count > 0 ? &r->numbers[r->lists.count - 1] : NULL, attributes,
                   w->marker);
        break;
    case EFFECT_QUOTE:
        owe_breaks(w, 2);
        if (mail_html_quote_is_citation(attributes) || (r->reply && is_introduced(w)))
            nest_push(&r->quotes, r->depth);
        break;
    case EFFECT_PRE:
        owe_breaks(w, 1);
        if (r->pre_at == 0)
            r->pre_at = r->depth;
        break;
    }
}

static void begin_quote(struct reader *r, enum mail_html_quote is)
{
    if (is == HTML_SIGNATURE) {
        r->skip_at = r->depth;
        return;
    }
    if (is == HTML_OWN || r->quotes.count > 0)
        return;
    owe_breaks(&r->w, 1);
    if (is == HTML_QUOTED)
        nest_push(&r->quotes, r->depth);
    else
        r->history = true;
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

/* --- the parser's calls
 * ------------------------------------------------------------------------------- */

static void write_words(struct reader *r, const char *s, size_t len)
{
    r->w.marks = r->quotes.count > 0 ? r->quotes.count : r->history;
    r->w.blanks = BLANKS_FOLDED;
    if (r->pre_at > 0)
        r->w.blanks = BLANKS_KEPT;
    else if (r->lines_at > 0)
        r->w.blanks = BLANKS_LINES;
    write_text(&r->w, s, len);
}

static void on_start(void *arg, const xmlChar *name, const xmlChar **attributes)
{
    struct reader *r = arg;
    enum effect effect = effect_of((const char *)name);

    r->depth++;
    if (r->skip_at > 0)
        return;
    if (effect == EFFECT_SKIP || mail_html_style_hides(attributes)) {
        r->skip_at = r->depth;
        return;
    }
    begin_effect(r, effect, attributes);
    if (effect == EFFECT_NONE && mail_html_style_is_block(attributes)) {
        owe_breaks(&r->w, 1);
        nest_push(&r->blocks, r->depth);
    }
    if (r->lines_at == 0 && mail_html_style_keeps_lines(attributes))
        r->lines_at = r->depth;
    if (r->reply)
        begin_quote(r, mail_html_quote_of(attributes));
    if (strcasecmp((const char *)name, "img") == 0 &&
        (r->pictures || is_emoji(mail_html_tag_value(attributes, "alt"))))
        write_words(r, mail_html_tag_value(attributes, "alt"),
                    strlen(mail_html_tag_value(attributes, "alt")));
}

static void end_effect(struct reader *r, enum effect effect)
{
    struct writer *w = &r->w;

    if (effect == EFFECT_ITEM)
        w->marker[0] = '\0';
    if (effect == EFFECT_LINE || effect == EFFECT_ITEM || effect == EFFECT_PRE)
        owe_breaks(w, 1);
    else if (effect == EFFECT_PARAGRAPH || effect == EFFECT_QUOTE)
        owe_breaks(w, 2);
    else if (effect == EFFECT_LIST || effect == EFFECT_ORDERED)
        owe_breaks(w, r->lists.count > 0 ? 1 : 2);
    else if (effect == EFFECT_CELL)
        w->cell = true;
}

static void on_end(void *arg, const xmlChar *name)
{
    struct reader *r = arg;

    if (r->skip_at == r->depth) {
        r->skip_at = 0;
    } else if (r->skip_at == 0) {
        if (nest_ends(&r->lists, r->depth))
            r->lists.count--;
        while (nest_ends(&r->quotes, r->depth)) {
            r->quotes.count--;
            owe_breaks(&r->w, 1);
        }
        if (nest_ends(&r->blocks, r->depth)) {
            r->blocks.count--;
            owe_breaks(&r->w, 1);
        }
        if (r->pre_at == r->depth)
            r->pre_at = 0;
        if (r->lines_at == r->depth)
            r->lines_at = 0;
        end_effect(r, effect_of((const char *)name));
    }
    if (r->depth > 0)
        r->depth--;
}

static void on_text(void *arg, const xmlChar *s, int len)
{
    struct reader *r = arg;

    if (r->skip_at == 0 && len > 0)
        write_words(r, (const char *)s, (size_t)len);
}

static void on_error(void *arg, const char *format, ...)
{
    (void)arg;
    (void)format;
}

/* --- the door
 * ----------------------------------------------------------------------------------------- */

static void parse(struct reader *r, struct span html)
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
    htmlParserCtxtPtr c = htmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);

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
    struct reader r = { .reply = reply };
    const char *out;

    mail_html_source_copy(&copy, s);
    parse(&r, (struct span){ copy.len > 0 ? copy.ptr : "", copy.len });
    if (!reply &&
        span_trim((struct span){ r.w.out.len > 0 ? r.w.out.ptr : "", r.w.out.len }).len == 0) {
        text_buffer_clear(&r.w.out); /* all in pictures: what they say of themselves */
        r = (struct reader){ .pictures = true };
        parse(&r, (struct span){ copy.len > 0 ? copy.ptr : "", copy.len });
    }
    if (r.w.out.len > 0)
        text_buffer_add(&r.w.out, "\n", 1);
    out = text_clean(a, (struct span){ r.w.out.len > 0 ? r.w.out.ptr : "", r.w.out.len },
                     INBOUND_TEXT_MAX);
    text_buffer_clear(&copy);
    text_buffer_clear(&r.w.out);
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
