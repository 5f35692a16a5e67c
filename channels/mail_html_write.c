#include "channels/mail_html_write.h"

#include <string.h>

#include "core/inbound.h"

enum { BREAKS_MAX = 8 };

void mail_html_write_breaks(struct mail_html_writer *w, int n)
{
    if (w->breaks < n)
        w->breaks = n;
    w->space = w->cell = false;
}

void mail_html_write_break(struct mail_html_writer *w)
{
    mail_html_write_breaks(w, w->breaks < 2 ? w->breaks + 1 : 2);
}

static void begin_line(struct mail_html_writer *w)
{
    int i;

    for (i = 0; i < w->marks; i++)
        text_buffer_puts(&w->out, "> ");
    w->line_begun = true;
}

/* Whatever is owed before the next word. */
static void settle(struct mail_html_writer *w)
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

static bool is_full(const struct mail_html_writer *w)
{
    return w->out.len >= INBOUND_TEXT_MAX;
}

void mail_html_write_mark(struct mail_html_writer *w, size_t from)
{
    struct text_buffer tail = { 0 };
    size_t i;

    if (from == 0 || from >= w->out.len)
        return;
    text_buffer_add(&tail, w->out.ptr + from, w->out.len - from);
    w->out.len = from;
    for (i = 0; i < tail.len && !is_full(w); i++) { /* marks within marks are many */
        text_buffer_add(&w->out, tail.ptr + i, 1);
        if (tail.ptr[i] == '\n')
            text_buffer_puts(&w->out, "> ");
    }
    text_buffer_clear(&tail);
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

static void write_space(struct mail_html_writer *w, char c)
{
    if (w->blanks == MAIL_HTML_BLANKS_LINES && c == '\n') {
        mail_html_write_break(w);
    } else if (w->blanks != MAIL_HTML_BLANKS_KEPT) {
        w->space = true;
    } else if (c == '\n') {
        w->breaks += w->breaks < BREAKS_MAX;
    } else if (c != '\r') {
        settle(w);
        text_buffer_add(&w->out, c == '\t' ? "\t" : " ", 1);
    }
}

void mail_html_write_text(struct mail_html_writer *w, const char *s, size_t len)
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
