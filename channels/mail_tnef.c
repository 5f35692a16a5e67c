#include "channels/mail_tnef.h"

#include <stdint.h>
#include <string.h>

#include "channels/mail_charset.h"
#include "channels/mail_html.h"
#include "channels/mail_page.h"
#include "channels/mail_rtf.h"
#include "core/inbound.h"

enum {
    SIGNATURE = 0x223e9f78,
    LEVEL_MESSAGE = 1,
    LEVEL_ATTACHMENT = 2,
    ATTRIBUTE_BODY = 0x0002800c,
    ATTRIBUTE_PROPERTIES = 0x00069003,
    ATTRIBUTE_PAGE = 0x00069007,
};

/* Types and names of MAPI properties (MS-OXCDATA 2.11.1, MS-OXPROPS). */
enum {
    TYPE_MANY = 0x1000, /* with another: any number of such */
    TYPE_OBJECT = 0x000d,
    TYPE_NARROW = 0x001e,
    TYPE_WIDE = 0x001f,
    TYPE_BINARY = 0x0102,
    PROPERTY_BODY = 0x1000,
    PROPERTY_RTF = 0x1009,
    PROPERTY_HTML = 0x1013,
    PROPERTY_PAGE = 0x3fde,
    PROPERTY_NAMED = 0x8000, /* and those above it: their names stand before their values */
};

struct words {
    struct span bytes; /* empty: not there */
    bool wide;         /* UTF-16 */
};

struct message {
    struct words body, html;
    struct span old_body; /* from before there were properties */
    struct span rtf;      /* compressed */
    unsigned page;        /* of all that is not wide; 0: unsaid */
    unsigned html_page;
};

/* --- numbers and lengths
 * ------------------------------------------------------------------------------ */

static struct span take_some(struct span *s, size_t len)
{
    struct span some = { s->ptr, len < s->len ? len : s->len };

    s->ptr += some.len;
    s->len -= some.len;
    return some;
}

/* A number of so many bytes, the least first; false: there are not so many. */
static bool take_number(struct span *s, size_t len, uint32_t *number)
{
    struct span bytes;
    size_t i;

    if (s->len < len)
        return false;
    bytes = take_some(s, len);
    *number = 0;
    for (i = 0; i < len; i++)
        *number |= (uint32_t)(unsigned char)bytes.ptr[i] << 8 * i;
    return true;
}

/* What was cut is as long as it is; a value is filled up to a multiple of four. */
static struct span take_padded(struct span *s, size_t len)
{
    struct span value = take_some(s, len);

    take_some(s, (4 - len % 4) % 4);
    return value;
}

/* --- properties
 * --------------------------------------------------------------------------------------- */

/* How long a value is; 0: it says so itself, or nobody knows. */
static uint32_t length_of(unsigned type)
{
    switch (type) {
    case 0x0002: /* a number of 16 bits, filled up */
    case 0x0003:
    case 0x0004:
    case 0x000a:
    case 0x000b:
        return 4;
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040:
        return 8;
    case 0x0048:
        return 16;
    default:
        return 0;
    }
}

static bool says_its_length(unsigned type)
{
    return type == TYPE_OBJECT || type == TYPE_NARROW || type == TYPE_WIDE || type == TYPE_BINARY;
}

static bool pass_name(struct span *s)
{
    uint32_t by_string, number;

    take_some(s, 16); /* whose property it is */
    if (!take_number(s, 4, &by_string) || !take_number(s, 4, &number))
        return false;
    if (by_string != 0)
        take_padded(s, number);
    return true;
}

/* The first of a property's values; false: what follows cannot be read. */
static bool take_values(struct span *s, unsigned type, struct span *first)
{
    uint32_t count = 1, i, len = length_of(type & ~(unsigned)TYPE_MANY);
    bool counts = says_its_length(type & ~(unsigned)TYPE_MANY);

    if (len == 0 && !counts)
        return false;
    if ((counts || (type & TYPE_MANY) != 0) && !take_number(s, 4, &count))
        return false;
    for (i = 0; i < count; i++) {
        struct span value;

        if (counts ? !take_number(s, 4, &len) : s->len < len)
            return false;
        value = take_padded(s, len);
        if (i == 0)
            *first = value;
    }
    return true;
}

static void keep(struct message *m, unsigned name, unsigned type, struct span value)
{
    struct words words = { value, type == TYPE_WIDE };
    bool is_text = type == TYPE_NARROW || type == TYPE_WIDE;

    if (name == PROPERTY_BODY && is_text)
        m->body = words;
    else if (name == PROPERTY_HTML && (is_text || type == TYPE_BINARY))
        m->html = words;
    else if (name == PROPERTY_RTF && type == TYPE_BINARY)
        m->rtf = value;
    else if (name == PROPERTY_PAGE && type == 0x0003)
        take_number(&value, 4, &m->html_page);
}

static void read_properties(struct message *m, struct span s)
{
    uint32_t count, i, type, name;

    if (!take_number(&s, 4, &count))
        return;
    for (i = 0; i < count; i++) {
        struct span value = { "", 0 };

        if (!take_number(&s, 2, &type) || !take_number(&s, 2, &name))
            return;
        if (name >= PROPERTY_NAMED && !pass_name(&s))
            return;
        if (!take_values(&s, type, &value))
            return;
        keep(m, name, type, value);
    }
}

/* --- the message
 * -------------------------------------------------------------------------------------- */

static bool read_attribute(struct message *m, struct span *s)
{
    uint32_t level, name, len;
    struct span data;

    if (!take_number(s, 1, &level) || !take_number(s, 4, &name) || !take_number(s, 4, &len) ||
        (level != LEVEL_MESSAGE && level != LEVEL_ATTACHMENT))
        return false;
    data = take_some(s, len);
    take_some(s, 2); /* a sum of the bytes: wrong ones tell of a bad writer, not of bad words */
    if (level != LEVEL_MESSAGE)
        return true;
    if (name == ATTRIBUTE_BODY)
        m->old_body = data;
    else if (name == ATTRIBUTE_PAGE)
        take_number(&data, 4, &m->page);
    else if (name == ATTRIBUTE_PROPERTIES)
        read_properties(m, data);
    return true;
}

/* A string ends at its NUL. */
static struct span end_at_nul(struct words w)
{
    size_t step = w.wide ? 2 : 1, i;

    for (i = 0; i + step <= w.bytes.len; i += step)
        if (w.bytes.ptr[i] == '\0' && w.bytes.ptr[i + step - 1] == '\0')
            break;
    return (struct span){ w.bytes.ptr, i };
}

/* Adds them, if they are more than blanks. */
static bool add_words(struct text_buffer *out, struct words w, struct span charset,
                      const char *fallback)
{
    struct text_buffer text = { 0 };
    struct span s = end_at_nul(w);
    bool says;

    if (w.wide)
        charset = mail_page_charset(MAIL_PAGE_WIDE);
    mail_charset_decode(&text, s, charset, fallback, INBOUND_TEXT_MAX);
    says = span_trim(text_buffer_span(&text)).len > 0;
    if (says)
        text_buffer_add(out, text.ptr, text.len);
    text_buffer_clear(&text);
    return says;
}

static struct span charset_of_html(const struct message *m)
{
    unsigned page = m->html_page != 0 ? m->html_page : m->page;
    struct span charset = mail_page_charset(page);

    return mail_charset_is_known(charset) ? charset : mail_html_charset(m->html.bytes);
}

static bool add_rtf(struct text_buffer *out, struct span packed)
{
    struct text_buffer rtf = { 0 };
    bool html;

    mail_rtf_expand(&rtf, packed);
    html = mail_rtf_words(out, text_buffer_span(&rtf));
    text_buffer_clear(&rtf);
    return html;
}

bool mail_tnef_words(struct text_buffer *out, struct span tnef, const char *fallback)
{
    struct message m = {
        .body.bytes = { "", 0 }, .html.bytes = { "", 0 }, .rtf = { "", 0 }, .old_body = { "", 0 }
    };
    struct words old;
    uint32_t signature, key;
    struct span charset;

    if (tnef.len > INBOUND_RAW_MAX || !take_number(&tnef, 4, &signature) ||
        signature != SIGNATURE || !take_number(&tnef, 2, &key))
        return false;
    while (read_attribute(&m, &tnef))
        ;
    old = (struct words){ m.old_body, false };
    charset = mail_page_charset(m.page != 0 ? m.page : m.html_page);
    if (add_words(out, m.body, charset, fallback) || add_words(out, old, charset, fallback))
        return false;
    return add_words(out, m.html, charset_of_html(&m), fallback) || add_rtf(out, m.rtf);
}
