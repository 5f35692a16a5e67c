#include "channels/mail_flowed.h"

#include <string.h>

struct line {
    size_t quotes;
    struct span text;
    bool flows;
};

static struct line read_line(struct span s)
{
    struct line l = { .text = s };

    while (l.quotes < s.len && s.ptr[l.quotes] == '>')
        l.quotes++;
    l.text = (struct span){ s.ptr + l.quotes, s.len - l.quotes };
    if (l.text.len > 0 && l.text.ptr[0] == ' ') { /* stuffed */
        l.text.ptr++;
        l.text.len--;
    }
    l.flows = l.text.len > 0 && l.text.ptr[l.text.len - 1] == ' ' && !span_is(l.text, "-- ");
    return l;
}

static void open_line(struct text_buffer *out, const struct line *l)
{
    size_t i;

    for (i = 0; i < l->quotes; i++)
        text_buffer_add(out, ">", 1);
    if (l->quotes > 0 && l->text.len > 0)
        text_buffer_add(out, " ", 1);
}

void mail_flowed_unfold(struct text_buffer *out, struct span s, bool delsp)
{
    bool open = false; /* the last line goes on */
    size_t at = 0, quotes = 0;

    while (at < s.len) {
        const char *end = memchr(s.ptr + at, '\n', s.len - at);
        size_t len = end != NULL ? (size_t)(end - s.ptr) - at : s.len - at;
        struct line l = read_line((struct span){ s.ptr + at, len });

        at += len + 1;
        if (open && (l.quotes != quotes || span_is(l.text, "-- "))) {
            text_buffer_add(out, "\n", 1);
            open = false;
        }
        if (!open)
            open_line(out, &l);
        text_buffer_add(out, l.text.ptr, l.text.len - (l.flows && delsp));
        open = l.flows;
        quotes = l.quotes;
        if (!open)
            text_buffer_add(out, "\n", 1);
    }
    if (open)
        text_buffer_add(out, "\n", 1);
}

/* The command at s without its brackets; empty: there is none. */
static struct span command(struct span s)
{
    const char *end = memchr(s.ptr, '>', s.len < 80 ? s.len : 80);

    return (struct span){ s.ptr + 1, end != NULL ? (size_t)(end - s.ptr) - 1 : 0 };
}

void mail_flowed_enriched(struct text_buffer *out, struct span s)
{
    size_t i, ends = 0;
    bool hidden = false;

    for (i = 0; i < s.len; i++) {
        struct span c = { "", 0 };

        if (s.ptr[i] == '<' && i + 1 < s.len && s.ptr[i + 1] == '<')
            i++; /* a bracket that is meant */
        else if (s.ptr[i] == '<')
            c = command((struct span){ s.ptr + i, s.len - i });
        if (c.len > 0) {
            hidden = span_same(c, "param");
            i += c.len + 1;
            continue;
        }
        if (hidden)
            continue;
        ends = s.ptr[i] == '\n' ? ends + 1 : 0;
        if (ends == 1) /* one line end is a blank, n are n - 1 */
            text_buffer_add(out, i + 1 < s.len && s.ptr[i + 1] == '\n' ? "\n" : " ", 1);
        else if (ends != 2)
            text_buffer_add(out, s.ptr + i, 1);
    }
    text_buffer_add(out, "\n", 1);
}
