#include "channels/mail_html.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/inbound.h"

enum {
    TAG_MAX = 16 << 10, /* a tag of many attributes takes the parser quadratic time */
    TAG_NAME_MAX = 32,
    META_WITHIN = 4096,
    BREAKS_MAX = 8,
    NEST_MAX = 32, /* lists and quotations that are told apart */
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
    { "dd", EFFECT_LINE },       { "div", EFFECT_LINE },         { "dl", EFFECT_PARAGRAPH },
    { "dt", EFFECT_LINE },       { "fieldset", EFFECT_LINE },    { "figcaption", EFFECT_LINE },
    { "figure", EFFECT_LINE },   { "footer", EFFECT_LINE },      { "form", EFFECT_LINE },
    { "h1", EFFECT_PARAGRAPH },  { "h2", EFFECT_PARAGRAPH },     { "h3", EFFECT_PARAGRAPH },
    { "h4", EFFECT_PARAGRAPH },  { "h5", EFFECT_PARAGRAPH },     { "h6", EFFECT_PARAGRAPH },
    { "header", EFFECT_LINE },   { "hr", EFFECT_PARAGRAPH },     { "iframe", EFFECT_SKIP },
    { "legend", EFFECT_LINE },   { "li", EFFECT_ITEM },          { "listing", EFFECT_PRE },
    { "main", EFFECT_LINE },     { "nav", EFFECT_LINE },         { "object", EFFECT_SKIP },
    { "ol", EFFECT_ORDERED },    { "option", EFFECT_LINE },      { "p", EFFECT_PARAGRAPH },
    { "plaintext", EFFECT_PRE }, { "pre", EFFECT_PRE },          { "script", EFFECT_SKIP },
    { "section", EFFECT_LINE },  { "select", EFFECT_LINE },      { "style", EFFECT_SKIP },
    { "table", EFFECT_LINE },    { "tbody", EFFECT_LINE },       { "td", EFFECT_CELL },
    { "template", EFFECT_SKIP }, { "textarea", EFFECT_PRE },     { "tfoot", EFFECT_LINE },
    { "th", EFFECT_CELL },       { "thead", EFFECT_LINE },       { "title", EFFECT_SKIP },
    { "tr", EFFECT_LINE },       { "ul", EFFECT_LIST },          { "xml", EFFECT_SKIP },
    { "xmp", EFFECT_PRE },
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
    int count;
};

struct writer {
    struct text_buffer out;
    int depth;           /* of open elements */
    int skip_at, pre_at; /* the depth at which that began; 0: it is not on */
    int breaks;          /* line ends that are owed before the next word */
    bool space, cell;    /* a blank that is owed */
    bool line_begun;
    const char *marker; /* before the next word: an item's */
    char number[16];
    struct nest lists, quotes;
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

    for (i = 0; i < w->quotes.count; i++)
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

static void write_text(struct writer *w, const char *s, size_t len)
{
    size_t i, n;

    for (i = 0; i < len && !is_full(w); i += n) {
        bool nbsp = len - i >= 2 && memcmp(s + i, "\xc2\xa0", 2) == 0;

        n = nbsp ? 2 : 1;
        if (strchr(" \t\r\n\f", s[i]) == NULL || s[i] == '\0') {
            if (w->breaks > 0 || w->space || w->cell || !w->line_begun || w->marker != NULL)
                settle(w);
            text_buffer_add(&w->out, nbsp ? " " : s + i, 1);
        } else if (w->pre_at == 0) {
            w->space = true;
        } else if (s[i] == '\n') {
            w->breaks += w->breaks < BREAKS_MAX;
        } else if (s[i] != '\r') {
            settle(w);
            text_buffer_add(&w->out, " ", 1);
        }
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

/* "display: none", in a style as it comes. */
static bool is_hidden(const xmlChar **attributes)
{
    const char *p = strcasestr(attribute(attributes, "style"), "display");

    if (p == NULL)
        return false;
    p += strlen("display");
    p += strspn(p, " \t\r\n");
    if (*p++ != ':')
        return false;
    p += strspn(p, " \t\r\n");
    return strncasecmp(p, "none", 4) == 0;
}

/* A blockquote that quotes a mail; others only indent. */
static bool is_citation(const xmlChar **attributes)
{
    const char *class = attribute(attributes, "class"), *style = attribute(attributes, "style");

    return strcasecmp(attribute(attributes, "type"), "cite") == 0 ||
           strcasestr(class, "quote") != NULL || strcasestr(class, "cite") != NULL ||
           strcasestr(style, "border-left") != NULL || attribute(attributes, "cite")[0] != '\0';
}

static void nest_push(struct nest *n, int depth, int number)
{
    if (n->count == NEST_MAX)
        return;
    n->depth[n->count] = depth;
    n->number[n->count++] = number;
}

static void begin_item(struct writer *w)
{
    struct nest *l = &w->lists;
    int *number = l->count > 0 ? &l->number[l->count - 1] : NULL;

    owe_breaks(w, 1);
    w->marker = "- ";
    if (number == NULL || *number == 0)
        return;
    snprintf(w->number, sizeof(w->number), "%d. ", *number);
    w->marker = w->number;
    ++*number;
}

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
    case EFFECT_ORDERED:
        owe_breaks(w, w->lists.count > 0 ? 1 : 2);
        nest_push(&w->lists, w->depth, effect == EFFECT_ORDERED ? 1 : 0);
        break;
    case EFFECT_ITEM:
        begin_item(w);
        break;
    case EFFECT_QUOTE:
        owe_breaks(w, 2);
        if (is_citation(attributes))
            nest_push(&w->quotes, w->depth, 0);
        break;
    case EFFECT_PRE:
        owe_breaks(w, 1);
        if (w->pre_at == 0)
            w->pre_at = w->depth;
        break;
    }
}

static void on_start(void *arg, const xmlChar *name, const xmlChar **attributes)
{
    struct writer *w = arg;
    enum effect effect = effect_of((const char *)name);

    w->depth++;
    if (w->skip_at > 0)
        return;
    if (effect == EFFECT_SKIP || is_hidden(attributes))
        w->skip_at = w->depth;
    else
        begin_effect(w, effect, attributes);
}

static void end_effect(struct writer *w, enum effect effect)
{
    if (effect == EFFECT_ITEM)
        w->marker = NULL;
    if (effect == EFFECT_LINE || effect == EFFECT_ITEM)
        owe_breaks(w, 1);
    else if (effect == EFFECT_PARAGRAPH || effect == EFFECT_QUOTE)
        owe_breaks(w, 2);
    else if (effect == EFFECT_LIST || effect == EFFECT_ORDERED)
        owe_breaks(w, w->lists.count > 0 ? 1 : 2);
    else if (effect == EFFECT_PRE)
        owe_breaks(w, 1);
    else if (effect == EFFECT_CELL)
        w->cell = true;
}

static void on_end(void *arg, const xmlChar *name)
{
    struct writer *w = arg;

    if (w->skip_at == w->depth) {
        w->skip_at = 0;
    } else if (w->skip_at == 0) {
        if (w->lists.count > 0 && w->lists.depth[w->lists.count - 1] == w->depth)
            w->lists.count--;
        if (w->quotes.count > 0 && w->quotes.depth[w->quotes.count - 1] == w->depth)
            w->quotes.count--;
        if (w->pre_at == w->depth)
            w->pre_at = 0;
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

static bool opens_tag(struct span s, size_t at)
{
    char c = at + 1 < s.len ? (char)(s.ptr[at + 1] | 32) : ' ';

    return s.ptr[at] == '<' && ((c >= 'a' && c <= 'z') || s.ptr[at + 1] == '/');
}

/* Copies s without the attributes of tags that are too long. */
static void cut_tags(struct text_buffer *b, struct span s)
{
    bool closes = true; /* there is a '>' further on */
    size_t at = 0, n;

    while (at < s.len) {
        const char *p = memchr(s.ptr + at, '<', s.len - at), *end;

        n = p != NULL ? (size_t)(p - s.ptr) - at : s.len - at;
        text_buffer_add(b, s.ptr + at, n);
        at += n;
        if (p == NULL)
            return;
        n = s.len - at < TAG_MAX ? s.len - at : TAG_MAX;
        if (!opens_tag(s, at) || memchr(p, '>', n) != NULL) {
            text_buffer_add(b, "<", 1);
            at++;
            continue;
        }
        for (n = 2; at + n < s.len && n < TAG_NAME_MAX && strchr(" \t\r\n<", p[n]) == NULL; n++)
            ;
        text_buffer_add(b, p, at + n < s.len ? n : s.len - at);
        text_buffer_add(b, ">", 1);
        end = closes ? memchr(p, '>', s.len - at) : NULL;
        closes = end != NULL;
        at = end != NULL ? (size_t)(end - s.ptr) + 1 : at + n;
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
    htmlParserCtxtPtr c = htmlCreatePushParserCtxt(&sax, w, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);

    if (c == NULL)
        abort(); /* out of memory, as everywhere */
    htmlCtxtUseOptions(c, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                              HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED | HTML_PARSE_IGNORE_ENC);
    htmlParseChunk(c, html.ptr, (int)html.len, 0);
    htmlParseChunk(c, "", 0, 1);
    if (c->myDoc != NULL)
        xmlFreeDoc(c->myDoc);
    htmlFreeParserCtxt(c);
}

const char *mail_html_text(struct arena *a, struct span html)
{
    struct span s = { html.ptr, text_cut(html, INBOUND_TEXT_MAX) };
    struct text_buffer cut = { 0 };
    struct writer w = { 0 };
    const char *out;

    cut_tags(&cut, s);
    if (cut.len > 0)
        parse(&w, (struct span){ cut.ptr, cut.len });
    if (w.out.len > 0)
        text_buffer_add(&w.out, "\n", 1);
    out =
        text_clean(a, (struct span){ w.out.len > 0 ? w.out.ptr : "", w.out.len }, INBOUND_TEXT_MAX);
    text_buffer_clear(&cut);
    text_buffer_clear(&w.out);
    return out;
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
