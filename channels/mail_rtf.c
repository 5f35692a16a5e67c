#include "channels/mail_rtf.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "channels/mail_charset.h"
#include "channels/mail_page.h"
#include "core/arena.h"
#include "core/inbound.h"

/* --- compression
 * -------------------------------------------------------------------------------------- */

enum {
    PACKED_HEADER = 16,
    WINDOW = 4096, /* what a reference reaches back into */
    MAGIC_PACKED = 0x75465a4c,
    MAGIC_PLAIN = 0x414c454d,
};

/* What stands in the window before the first byte (MS-OXRTFCP 2.1.2.1). */
static const char window_begin[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct window {
    char bytes[WINDOW];
    size_t at;
    struct text_buffer *out;
    size_t end; /* of *out */
};

static uint32_t u32_at(struct span s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;

    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put(struct window *w, char c)
{
    w->bytes[w->at++ % WINDOW] = c;
    text_buffer_add(w->out, &c, 1);
}

/* What stood at `from` in the window; false: that is where the text ends. */
static bool refer(struct window *w, unsigned char high, unsigned char low)
{
    size_t from = (size_t)high << 4 | low >> 4, len = (low & 15) + 2U, i;

    if (from == w->at % WINDOW)
        return false;
    for (i = 0; i < len && w->out->len < w->end; i++)
        put(w, w->bytes[(from + i) % WINDOW]);
    return true;
}

static void unpack(struct window *w, struct span s)
{
    unsigned flags = 1; /* of the tokens to come, below a one that tells how many are left */
    size_t i = 0;

    while (i < s.len && w->out->len < w->end) {
        if (flags == 1) {
            flags = (unsigned char)s.ptr[i++] | 0x100U;
        } else if ((flags & 1) == 0) {
            put(w, s.ptr[i++]);
            flags >>= 1;
        } else {
            if (s.len - i < 2 || !refer(w, (unsigned char)s.ptr[i], (unsigned char)s.ptr[i + 1]))
                return;
            i += 2;
            flags >>= 1;
        }
    }
}

void mail_rtf_expand(struct text_buffer *out, struct span packed)
{
    struct window w = { .at = sizeof(window_begin) - 1, .out = out };
    struct span rest;
    size_t said;

    if (packed.len < PACKED_HEADER)
        return;
    rest = (struct span){ packed.ptr + PACKED_HEADER, packed.len - PACKED_HEADER };
    said = u32_at(packed, 4);
    said = said < MAIL_RTF_MAX ? said : MAIL_RTF_MAX;
    w.end = out->len + said;
    memcpy(w.bytes, window_begin, sizeof(window_begin) - 1);
    if (u32_at(packed, 8) == MAGIC_PACKED)
        unpack(&w, rest);
    else if (u32_at(packed, 8) == MAGIC_PLAIN)
        text_buffer_add(out, rest.ptr, rest.len < said ? rest.len : said);
}

/* --- words
 * -------------------------------------------------------------------------------------------- */

enum { FONTS = 1 << 15, WORD_MAX = 32, STAND_INS_MAX = 16 };

/* What holds to the end of a group. */
struct level {
    bool silent; /* no words: a table of fonts, a picture */
    bool fonts;  /* the table of fonts */
    bool tag;    /* a piece of the HTML that is in RTF's clothes */
    bool dress;  /* those clothes: to be seen by readers of RTF alone */
    unsigned page;
    unsigned stand_ins; /* characters that follow a \u for those who do not know it */
};

struct rtf {
    struct span s;
    size_t at;
    struct text_buffer *out;
    struct text_buffer bytes; /* in now.page, to be decoded together */
    bool high;                /* some of them are not ASCII */
    struct level now, outer[MAIL_RTF_LEVELS_MAX];
    size_t depth; /* of `outer`; deeper groups are part of the last */
    size_t deeper;
    size_t turns;
    bool html;
    bool starred;  /* \* was read: who does not know the next word is to pass over its group */
    unsigned left; /* of the stand-ins */
    UChar32 lead;  /* a surrogate that waits for its second; 0: none */
    unsigned page; /* of the document */
    unsigned font; /* whose row in the table is being read */
    uint16_t pages[FONTS]; /* 0: the document's */
};

static bool is_heard(const struct rtf *r)
{
    return !r->now.silent && (!r->html || r->now.tag || !r->now.dress);
}

static void flush(struct rtf *r)
{
    struct span s = text_buffer_span(&r->bytes);

    if (r->high) {
        mail_charset_decode(r->out, s, mail_page_charset(r->now.page), "windows-1252",
                            INBOUND_TEXT_MAX);
        r->turns++;
    } else {
        text_buffer_add(r->out, s.ptr, s.len);
    }
    r->bytes.len = 0;
    r->high = false;
}

static void turn(struct rtf *r, unsigned page)
{
    if (page != r->now.page)
        flush(r);
    r->now.page = page;
}

static void add_code(struct rtf *r, UChar32 c)
{
    char utf8[4];
    size_t n = 0;

    if (!is_heard(r))
        return;
    if (U_IS_SURROGATE(c) || c > 0x10ffff || c <= 0)
        c = 0xfffd;
    flush(r);
    U8_APPEND_UNSAFE((uint8_t *)utf8, n, c);
    text_buffer_add(r->out, utf8, n);
}

static void end_lead(struct rtf *r)
{
    if (r->lead != 0)
        add_code(r, r->lead);
    r->lead = 0;
}

static void add_byte(struct rtf *r, char c)
{
    if (r->left > 0) {
        r->left--;
        return;
    }
    end_lead(r);
    if (!is_heard(r) || c == '\0')
        return;
    text_buffer_add(&r->bytes, &c, 1);
    r->high = r->high || (unsigned char)c >= 0x80;
}

/* A character by its number: 16 bits, perhaps with a sign. */
static void add_unicode(struct rtf *r, int number)
{
    UChar32 c = number & 0xffff;

    if (r->lead != 0 && U16_IS_TRAIL(c)) {
        add_code(r, U16_GET_SUPPLEMENTARY(r->lead, c));
        r->lead = 0;
    } else {
        end_lead(r);
        if (U16_IS_LEAD(c))
            r->lead = c;
        else
            add_code(r, c);
    }
    r->left = r->now.stand_ins;
}

static void open_group(struct rtf *r)
{
    r->left = 0;
    r->starred = false;
    if (r->depth == MAIL_RTF_LEVELS_MAX)
        r->deeper++;
    else
        r->outer[r->depth++] = r->now;
}

static void close_group(struct rtf *r)
{
    r->left = 0;
    r->starred = false;
    if (r->deeper > 0) {
        r->deeper--;
    } else if (r->depth > 0) {
        r->depth--;
        turn(r, r->outer[r->depth].page);
        r->now = r->outer[r->depth];
    }
}

enum does {
    DOES_CHARACTER, /* stands for one */
    DOES_SILENCE,   /* its group has no words */
    DOES_TABLE_OF_FONTS,
    DOES_FONT,
    DOES_FONT_CHARSET,
    DOES_PLAIN,
    DOES_PAGE,
    DOES_STAND_INS,
    DOES_UNICODE,
    DOES_BINARY,
    DOES_HTML,
    DOES_TAG,
    DOES_DRESS,
};

static const struct rtf_word {
    const char *name;
    enum does does;
    UChar32 character;
} rtf_words[] = {
    { "ansicpg", DOES_PAGE, 0 },
    { "bin", DOES_BINARY, 0 },
    { "bullet", DOES_CHARACTER, 0x2022 },
    { "cell", DOES_CHARACTER, '\t' },
    { "colortbl", DOES_SILENCE, 0 },
    { "emdash", DOES_CHARACTER, 0x2014 },
    { "endash", DOES_CHARACTER, 0x2013 },
    { "f", DOES_FONT, 0 },
    { "fcharset", DOES_FONT_CHARSET, 0 },
    { "fldinst", DOES_SILENCE, 0 },
    { "fonttbl", DOES_TABLE_OF_FONTS, 0 },
    { "footer", DOES_SILENCE, 0 },
    { "footerf", DOES_SILENCE, 0 },
    { "footerl", DOES_SILENCE, 0 },
    { "footerr", DOES_SILENCE, 0 },
    { "fromhtml", DOES_HTML, 0 },
    { "header", DOES_SILENCE, 0 },
    { "headerf", DOES_SILENCE, 0 },
    { "headerl", DOES_SILENCE, 0 },
    { "headerr", DOES_SILENCE, 0 },
    { "htmlrtf", DOES_DRESS, 0 },
    { "htmltag", DOES_TAG, 0 },
    { "info", DOES_SILENCE, 0 },
    { "ldblquote", DOES_CHARACTER, 0x201c },
    { "line", DOES_CHARACTER, '\n' },
    { "lquote", DOES_CHARACTER, 0x2018 },
    { "nonshppict", DOES_SILENCE, 0 },
    { "page", DOES_CHARACTER, '\n' },
    { "par", DOES_CHARACTER, '\n' },
    { "pict", DOES_SILENCE, 0 },
    { "plain", DOES_PLAIN, 0 },
    { "rdblquote", DOES_CHARACTER, 0x201d },
    { "row", DOES_CHARACTER, '\n' },
    { "rquote", DOES_CHARACTER, 0x2019 },
    { "sect", DOES_CHARACTER, '\n' },
    { "stylesheet", DOES_SILENCE, 0 },
    { "tab", DOES_CHARACTER, '\t' },
    { "u", DOES_UNICODE, 0 },
    { "uc", DOES_STAND_INS, 0 },
};

static void set_page(struct rtf *r, unsigned page)
{
    turn(r, page != 0 ? page : r->page);
}

static void read_font(struct rtf *r, int number)
{
    unsigned font = number >= 0 && number < FONTS ? (unsigned)number : 0;

    if (r->now.fonts)
        r->font = font;
    else
        set_page(r, r->pages[font]);
}

/* A character that is written as a word: it may be a stand-in, too. */
static void add_character(struct rtf *r, UChar32 c)
{
    if (c < 0x80 || r->left > 0) {
        add_byte(r, (char)c);
    } else {
        end_lead(r);
        add_code(r, c);
    }
}

static void obey(struct rtf *r, const struct rtf_word *w, int number, bool has_number)
{
    switch (w->does) {
    case DOES_CHARACTER:
        add_character(r, w->character);
        break;
    case DOES_SILENCE:
        r->now.silent = true;
        break;
    case DOES_TABLE_OF_FONTS:
        r->now.silent = r->now.fonts = true;
        break;
    case DOES_FONT:
        read_font(r, number);
        break;
    case DOES_FONT_CHARSET:
        if (r->now.fonts && number >= 0)
            r->pages[r->font] = (uint16_t)mail_page_of_font((unsigned)number);
        break;
    case DOES_PLAIN:
        set_page(r, 0);
        break;
    case DOES_PAGE:
        r->page = number > 0 ? (unsigned)number : r->page;
        set_page(r, 0);
        break;
    case DOES_STAND_INS:
        r->now.stand_ins = number < 0               ? 0
                           : number > STAND_INS_MAX ? STAND_INS_MAX
                                                    : (unsigned)number;
        break;
    case DOES_UNICODE:
        add_unicode(r, number);
        break;
    case DOES_BINARY:
        if (number > 0)
            r->at += (size_t)number < r->s.len - r->at ? (size_t)number : r->s.len - r->at;
        break;
    case DOES_HTML:
        r->html = number == 1;
        break;
    case DOES_TAG:
        r->now.tag = true;
        break;
    case DOES_DRESS:
        r->now.dress = !has_number || number != 0;
        break;
    }
}

static const struct rtf_word *find_word(const char *name)
{
    size_t low = 0, high = sizeof(rtf_words) / sizeof(rtf_words[0]);

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, rtf_words[middle].name);

        if (order == 0)
            return &rtf_words[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* A number of any length; what is over a million is a million. */
static bool read_number(struct rtf *r, int *number)
{
    enum { NUMBER_MAX = 1000000 };
    bool minus = r->at + 1 < r->s.len && r->s.ptr[r->at] == '-' &&
                 isdigit((unsigned char)r->s.ptr[r->at + 1]);
    size_t begin = r->at += minus;

    *number = 0;
    for (; r->at < r->s.len && isdigit((unsigned char)r->s.ptr[r->at]); r->at++)
        *number = *number >= NUMBER_MAX ? NUMBER_MAX : *number * 10 + (r->s.ptr[r->at] - '0');
    *number = minus ? -*number : *number;
    return r->at > begin;
}

/* A control word, its first letter being next. */
static void read_word(struct rtf *r)
{
    const struct rtf_word *w;
    char name[WORD_MAX + 1];
    bool has_number;
    size_t len = 0;
    int number;

    for (; r->at < r->s.len && isalpha((unsigned char)r->s.ptr[r->at]); r->at++)
        if (len < WORD_MAX)
            name[len++] = r->s.ptr[r->at];
    name[len] = '\0';
    has_number = read_number(r, &number);
    if (r->at < r->s.len && r->s.ptr[r->at] == ' ')
        r->at++;
    w = find_word(name);
    if (r->starred && w == NULL)
        r->now.silent = true;
    r->starred = false;
    if (w != NULL)
        obey(r, w, number, has_number);
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static void read_hex(struct rtf *r)
{
    int high, low;

    if (r->s.len - r->at < 2)
        return;
    high = hex_of(r->s.ptr[r->at]);
    low = hex_of(r->s.ptr[r->at + 1]);
    if (high < 0 || low < 0)
        return;
    r->at += 2;
    add_byte(r, (char)(high * 16 + low));
}

/* What follows a backslash. */
static void read_control(struct rtf *r)
{
    char c;

    if (r->at == r->s.len)
        return;
    c = r->s.ptr[r->at];
    if (isalpha((unsigned char)c)) {
        read_word(r);
        return;
    }
    r->at++;
    if (c == '\'')
        read_hex(r);
    else if (c == '*')
        r->starred = true;
    else if (c == '~')
        add_character(r, 0xa0);
    else if (c == '_')
        add_character(r, 0x2011);
    else if (c == '\r' || c == '\n')
        add_byte(r, '\n');
    else if (c == '\\' || c == '{' || c == '}')
        add_byte(r, c);
}

bool mail_rtf_words(struct text_buffer *out, struct span rtf)
{
    struct rtf *r = xcalloc(1, sizeof(*r));
    size_t begin = out->len;
    bool html;

    r->s = rtf;
    r->out = out;
    r->page = r->now.page = 1252;
    r->now.stand_ins = 1;
    while (r->at < rtf.len && r->turns < MAIL_RTF_TURNS_MAX &&
           out->len - begin + r->bytes.len < INBOUND_TEXT_MAX) {
        char c = rtf.ptr[r->at++];

        if (c == '\\')
            read_control(r);
        else if (c == '{')
            open_group(r);
        else if (c == '}')
            close_group(r);
        else if (c != '\r' && c != '\n')
            add_byte(r, c);
    }
    end_lead(r);
    flush(r);
    html = r->html;
    text_buffer_clear(&r->bytes);
    free(r);
    return html;
}
