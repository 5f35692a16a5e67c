#include "channels/mail_html.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_html_fill.h"
#include "channels/mail_html_list.h"
#include "channels/mail_html_quote.h"
#include "channels/mail_html_sheet.h"
#include "channels/mail_html_source.h"
#include "channels/mail_html_style.h"
#include "channels/mail_html_tag.h"
#include "channels/mail_html_write.h"
#include "channels/mail_quote_history.h"
#include "channels/mail_quote_intro.h"
#include "core/arena.h"
#include "core/inbound.h"

enum {
    META_WITHIN = 4096,
    INTRO_MAX = 300, /* bytes of a line above a quotation */
    NEST_MAX = 32,   /* lists and quotations that are told apart */
};

/* --- what elements do
 * --------------------------------------------------------------------------------- */

enum effect {
    EFFECT_NONE,
    EFFECT_LINE,      /* begins and ends a line */
    EFFECT_ROWS,      /* likewise, of a table */
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
    { "summary", EFFECT_LINE },  { "table", EFFECT_ROWS },       { "tbody", EFFECT_ROWS },
    { "td", EFFECT_CELL },       { "template", EFFECT_SKIP },    { "textarea", EFFECT_PRE },
    { "tfoot", EFFECT_ROWS },    { "th", EFFECT_CELL },          { "thead", EFFECT_ROWS },
    { "title", EFFECT_SKIP },    { "tr", EFFECT_ROWS },          { "ul", EFFECT_LIST },
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

static enum mail_html_form form_of(enum effect effect)
{
    if (effect == EFFECT_ROWS || effect == EFFECT_CELL)
        return MAIL_HTML_FORM_TABLE;
    return effect == EFFECT_NONE ? MAIL_HTML_FORM_INLINE : MAIL_HTML_FORM_BOX;
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

/* Elements by turns hide the letters within and show them again: an odd number hides. */
static bool is_shown(const struct nest *n)
{
    return n->count % 2 == 0;
}

static void sight_begin(struct nest *n, int depth, enum mail_html_sight sight)
{
    if ((sight == MAIL_HTML_SEEN && !is_shown(n)) ||
        (sight == MAIL_HTML_UNSEEN && is_shown(n) && n->count < NEST_MAX - 1))
        nest_push(n, depth);
}

static void nest_end(struct nest *n, int depth)
{
    n->count -= nest_ends(n, depth);
}

struct reader {
    struct mail_html_writer w;
    int depth;                     /* of open elements */
    int skip_at, pre_at;           /* the depth at which that began; 0: it is not on */
    int lines_at;                  /* likewise: a line's end is one, as a style asks */
    bool in_sheet;                 /* its text is a style sheet's */
    struct text_buffer css, media; /* what it says, and for what */
    struct mail_html_sheet sheet;  /* what it hides */
    bool pictures;                 /* the words of img elements are text */
    bool unseen;                   /* letters are text, whatever their size and colour */
    bool reply;          /* signatures are left out, history of any form is marked as quoted */
    bool history;        /* all is from here on */
    int history_in;      /* the depth of the blockquote with which that ends; 0: the text's end */
    int quoting_at;      /* the depth of what is history unless a blockquote is within; or 0 */
    size_t quoting_from; /* where its text begins */
    int signature_next;  /* the next element of this depth is a signature; or 0 */
    struct nest lists, quotes, indents;      /* indents: blockquotes that are no quotes, so far */
    struct nest blocks;                      /* elements that a style makes lines of */
    struct nest sizes, inks;                 /* of letters, where they hide or show them */
    struct nest visibilities;                /* of all that is within, likewise */
    struct nest cells, parting;              /* elements that a style makes such, or whose */
                                             /* children it sets apart */
    struct mail_html_list numbers[NEST_MAX]; /* of `lists` */
    size_t indent_from[NEST_MAX];            /* of `indents`: where its text begins */
};

/* Does what was written last introduce a quotation? */
static bool is_introduced(const struct mail_html_writer *w)
{
    static const char wide[] = "\xef\xbc\x9a"; /* the colon of Chinese and Japanese */
    size_t end = w->out.len, begin;

    while (end > 0 && strchr(" \n", w->out.ptr[end - 1]) != NULL)
        end--;
    if (!(end > 0 && strchr(":>", w->out.ptr[end - 1]) != NULL) &&
        !(end >= sizeof(wide) - 1 &&
          memcmp(w->out.ptr + end - (sizeof(wide) - 1), wide, sizeof(wide) - 1) == 0))
        return false;
    for (begin = end; begin > 0 && end - begin < INTRO_MAX && w->out.ptr[begin - 1] != '\n';
         begin--)
        ;
    return mail_quote_intro_is_above((struct span){ w->out.ptr + begin, end - begin });
}

static void begin_list(struct reader *r, struct mail_html_list list)
{
    mail_html_write_breaks(&r->w, r->lists.count > 0 ? 1 : 2);
    if (nest_push(&r->lists, r->depth))
        r->numbers[r->lists.count - 1] = list;
}

static void begin_effect(struct reader *r, enum effect effect, const xmlChar **attributes)
{
    struct mail_html_writer *w = &r->w;

    switch (effect) {
    case EFFECT_NONE:
    case EFFECT_SKIP:
        break;
    case EFFECT_LINE:
    case EFFECT_ROWS:
        mail_html_write_breaks(w, 1);
        break;
    case EFFECT_PARAGRAPH:
        mail_html_write_breaks(w, 2);
        break;
    case EFFECT_BREAK:
        mail_html_write_break(w);
        break;
    case EFFECT_CELL:
        w->cell = true;
        break;
    case EFFECT_LIST:
        begin_list(r, (struct mail_html_list){ 0 });
        break;
    case EFFECT_ORDERED:
        begin_list(r, mail_html_list_numbered(attributes));
        break;
    case EFFECT_ITEM:
        mail_html_write_breaks(w, 1);
        mail_html_list_item(r->lists.count > 0 ? &r->numbers[r->lists.count - 1] : NULL, attributes,
                            w->marker);
        break;
    case EFFECT_QUOTE:
        mail_html_write_breaks(w, 2);
        r->quoting_at = 0;
        if (mail_html_quote_is_citation(attributes) || (r->reply && is_introduced(w)))
            nest_push(&r->quotes, r->depth);
        else if (nest_push(&r->indents, r->depth))
            r->indent_from[r->indents.count - 1] = w->out.len;
        break;
    case EFFECT_PRE:
        mail_html_write_breaks(w, 1);
        if (r->pre_at == 0)
            r->pre_at = r->depth;
        break;
    }
}

static void begin_quote(struct reader *r, enum mail_html_quote is)
{
    bool signs = is == HTML_SIGNATURE || (is == HTML_OWN && r->signature_next == r->depth);

    r->signature_next = is == HTML_SIGNATURE_NEXT ? r->depth : 0;
    if (signs) {
        r->skip_at = r->depth;
        return;
    }
    if (is == HTML_OWN || is == HTML_SIGNATURE_NEXT || r->quotes.count > 0)
        return;
    mail_html_write_breaks(&r->w, 1);
    if (is == HTML_QUOTED) {
        nest_push(&r->quotes, r->depth);
    } else if (is == HTML_QUOTED_ON) {
        r->history_in = r->history || r->indents.count == 0
                            ? r->history_in
                            : r->indents.depth[r->indents.count - 1];
        r->history = true;
    } else if (r->quoting_at == 0) {
        r->quoting_at = r->depth;
        r->quoting_from = r->w.out.len;
    }
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
    r->w.blanks = MAIL_HTML_BLANKS_FOLDED;
    if (r->pre_at > 0)
        r->w.blanks = MAIL_HTML_BLANKS_KEPT;
    else if (r->lines_at > 0)
        r->w.blanks = MAIL_HTML_BLANKS_LINES;
    mail_html_write_text(&r->w, s, len);
}

/* An element of a line, unless a style says otherwise. A picture at the side parts no words. */
static void begin_inline(struct reader *r, const char *name, const xmlChar **attributes, bool block)
{
    if (strcasecmp(name, "img") == 0)
        return;
    if (block || mail_html_style_is_apart(attributes) || nest_ends(&r->parting, r->depth - 1)) {
        mail_html_write_breaks(&r->w, 1);
        nest_push(&r->blocks, r->depth);
    } else if (mail_html_style_is_cell(attributes)) {
        r->w.cell = true;
        nest_push(&r->cells, r->depth);
    }
}

/* Letters that a sheet hides are text where something else makes them visible. */
static enum mail_html_sight sight_of(const struct reader *r, struct mail_html_shown shown)
{
    return shown.by_sheet && r->unseen ? MAIL_HTML_AS_BEFORE : shown.sight;
}

/* It is there, but nothing of it is seen, whatever is within. */
static bool is_out_of_sight(const struct reader *r, const char *name, const xmlChar **attributes,
                            enum mail_html_form form, struct mail_html_shown display)
{
    return !display.again &&
           sight_of(r, mail_html_sheet_shown(&r->sheet, MAIL_HTML_BY_PLACE, form, name,
                                             attributes)) == MAIL_HTML_UNSEEN;
}

/* Its place parts lines all the same. */
static void leave_place(struct reader *r, enum effect effect, bool block)
{
    if (effect == EFFECT_BREAK)
        mail_html_write_break(&r->w);
    else if (block || form_of(effect) == MAIL_HTML_FORM_BOX)
        mail_html_write_breaks(&r->w, effect == EFFECT_PARAGRAPH ? 2 : 1);
}

/* What is within may undo it. */
static void begin_sights(struct reader *r, const char *name, const xmlChar **attributes, bool again)
{
    const enum mail_html_form form = MAIL_HTML_FORM_INLINE; /* it does not matter here */
    enum mail_html_sight size = MAIL_HTML_SEEN;

    sight_begin(&r->visibilities, r->depth,
                sight_of(r, mail_html_sheet_shown(&r->sheet, MAIL_HTML_BY_VISIBILITY, form, name,
                                                  attributes)));
    if (!again)
        size = mail_html_sheet_shown(&r->sheet, MAIL_HTML_BY_SIZE, form, name, attributes).sight;
    if (size == MAIL_HTML_AS_BEFORE)
        size = mail_html_style_size(name, attributes);
    sight_begin(&r->sizes, r->depth, size);
    sight_begin(&r->inks, r->depth, mail_html_style_ink(name, attributes));
}

static void on_start(void *arg, const xmlChar *name, const xmlChar **attributes)
{
    struct reader *r = arg;
    enum effect effect = effect_of((const char *)name);
    struct mail_html_shown display;
    bool none;

    r->depth++;
    if (r->skip_at > 0)
        return;
    display = mail_html_sheet_shown(&r->sheet, MAIL_HTML_BY_DISPLAY, form_of(effect),
                                    (const char *)name, attributes);
    none = effect == EFFECT_SKIP || sight_of(r, display) == MAIL_HTML_UNSEEN;
    if (none || is_out_of_sight(r, (const char *)name, attributes, form_of(effect), display)) {
        if (!none)
            leave_place(r, effect, display.block);
        r->skip_at = r->depth;
        r->in_sheet = strcasecmp((const char *)name, "style") == 0;
        if (r->in_sheet)
            text_buffer_puts(&r->media, mail_html_tag_value(attributes, "media"));
        return;
    }
    begin_effect(r, effect, attributes);
    if (r->reply)
        begin_quote(r, mail_html_quote_of((const char *)name, attributes));
    if (r->skip_at > 0)
        return;
    if (effect == EFFECT_NONE)
        begin_inline(r, (const char *)name, attributes, display.block);
    if (mail_html_style_parts_children(attributes))
        nest_push(&r->parting, r->depth);
    begin_sights(r, (const char *)name, attributes, display.again);
    if (r->lines_at == 0 && mail_html_style_keeps_lines(attributes))
        r->lines_at = r->depth;
    if (strcasecmp((const char *)name, "img") == 0 && is_shown(&r->visibilities) &&
        (r->pictures || is_emoji(mail_html_tag_value(attributes, "alt"))))
        write_words(r, mail_html_tag_value(attributes, "alt"),
                    strlen(mail_html_tag_value(attributes, "alt")));
}

static void end_sheet(struct reader *r)
{
    if (r->css.len > 0)
        mail_html_sheet_read(&r->sheet, text_buffer_span(&r->css), text_buffer_span(&r->media));
    text_buffer_clear(&r->css);
    text_buffer_clear(&r->media);
    r->in_sheet = false;
}

static void end_effect(struct reader *r, enum effect effect)
{
    struct mail_html_writer *w = &r->w;

    if (effect == EFFECT_ITEM)
        w->marker[0] = '\0';
    if (effect == EFFECT_LINE || effect == EFFECT_ROWS || effect == EFFECT_ITEM ||
        effect == EFFECT_PRE)
        mail_html_write_breaks(w, 1);
    else if (effect == EFFECT_PARAGRAPH || effect == EFFECT_QUOTE)
        mail_html_write_breaks(w, 2);
    else if (effect == EFFECT_LIST || effect == EFFECT_ORDERED)
        mail_html_write_breaks(w, r->lists.count > 0 ? 1 : 2);
    else if (effect == EFFECT_CELL)
        w->cell = true;
}

/* An old mail whose header stands in a blockquote ends with it, also where words alone tell the
 * header: the writer may go on below. */
static void end_indent(struct reader *r)
{
    size_t from = r->indent_from[--r->indents.count];

    if (r->history_in == r->depth) {
        r->history = false;
        r->history_in = 0;
    } else if (r->reply && !r->history && r->quotes.count == 0 &&
               mail_quote_history_opens(text_buffer_span(&r->w.out), from)) {
        mail_html_write_mark(&r->w, from);
    }
}

static void on_end(void *arg, const xmlChar *name)
{
    struct reader *r = arg;

    if (r->skip_at == r->depth) {
        r->skip_at = 0;
        end_sheet(r);
    } else if (r->skip_at == 0) {
        nest_end(&r->lists, r->depth);
        nest_end(&r->sizes, r->depth);
        nest_end(&r->inks, r->depth);
        nest_end(&r->visibilities, r->depth);
        nest_end(&r->parting, r->depth);
        if (nest_ends(&r->cells, r->depth)) {
            r->cells.count--;
            r->w.cell = true;
        }
        while (nest_ends(&r->quotes, r->depth)) {
            r->quotes.count--;
            mail_html_write_breaks(&r->w, 1);
        }
        if (nest_ends(&r->indents, r->depth))
            end_indent(r);
        if (nest_ends(&r->blocks, r->depth)) {
            r->blocks.count--;
            mail_html_write_breaks(&r->w, 1);
        }
        if (r->quoting_at == r->depth) {
            r->quoting_at = 0;
            mail_html_write_mark(&r->w, r->quoting_from);
            mail_html_write_breaks(&r->w, 1);
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

    bool seen =
        is_shown(&r->visibilities) && (r->unseen || (is_shown(&r->sizes) && is_shown(&r->inks)));

    if (r->in_sheet && len > 0)
        text_buffer_add(&r->css, (const char *)s, (size_t)len);
    if (r->skip_at == 0 && seen && len > 0)
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
    text_buffer_clear(&r->css); /* of a sheet that does not end */
    text_buffer_clear(&r->media);
}

static bool is_blank(const struct mail_html_writer *w)
{
    return span_trim(text_buffer_span(&w->out)).len == 0;
}

static const char *text_of(struct arena *a, struct span html, bool reply)
{
    /* What nobody reads is nothing but pictures, or letters that something else makes visible. */
    enum { AS_SEEN, PICTURES, UNSEEN, TRIES };
    struct span s = { html.ptr, text_cut(html, INBOUND_TEXT_MAX) };
    struct text_buffer copy = { 0 };
    struct reader r = { .reply = reply };
    const char *out;
    int try;

    mail_html_source_copy(&copy, s);
    s = text_buffer_span(&copy);
    parse(&r, s);
    mail_html_fill_strip(&r.w.out);
    for (try = AS_SEEN + 1; !reply && is_blank(&r.w) && try < TRIES; try++) {
        text_buffer_clear(&r.w.out);
        r = (struct reader){ .pictures = try == PICTURES, .unseen = try == UNSEEN };
        parse(&r, s);
    }
    if (r.w.out.len > 0)
        text_buffer_add(&r.w.out, "\n", 1);
    out = text_clean(a, text_buffer_span(&r.w.out), INBOUND_TEXT_MAX);
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
