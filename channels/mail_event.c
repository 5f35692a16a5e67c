#include "channels/mail_event.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_html.h"
#include "core/arena.h"
#include "core/ical_line.h"
#include "core/inbound.h"

/* "20260601T100000Z" as "2026-06-01 10:00Z"; what is none as it is. */
static void add_time(struct text_buffer *out, struct span s)
{
    size_t i;

    for (i = 0; i < 8 && i < s.len && isdigit((unsigned char)s.ptr[i]); i++)
        ;
    if (i < 8) {
        text_buffer_add(out, s.ptr, s.len);
        return;
    }
    text_buffer_printf(out, "%.4s-%.2s-%.2s", s.ptr, s.ptr + 4, s.ptr + 6);
    if (s.len >= 13)
        text_buffer_printf(out, " %.2s:%.2s", s.ptr + 9, s.ptr + 11);
    if (s.len > 8 && s.ptr[s.len - 1] == 'Z')
        text_buffer_puts(out, "Z");
}

static bool is_html(struct span s)
{
    static const char *const tags[] = { "<p>", "</p>", "<br>", "<br/>", "<br />", "<html", NULL };

    return span_holds_any(s, tags) || (s.len > 1 && s.ptr[0] == '<' &&
                                       isalpha((unsigned char)s.ptr[1]) && span_holds(s, "</"));
}

/* Calendars put HTML where only text should be (RFC 5545 3.8.1.5). In what is not HTML from end to
 * end lines end as they do in a text. */
static void add_html(struct text_buffer *out, struct span s)
{
    struct arena *a = arena_new();
    struct text_buffer html = { 0 };
    bool whole = s.ptr[0] == '<' && s.ptr[s.len - 1] == '>';
    size_t i;

    for (i = 0; i < s.len; i++)
        if (s.ptr[i] == '\n' && !whole)
            text_buffer_puts(&html, "<br>");
        else
            text_buffer_add(&html, s.ptr + i, 1);
    s = span_of(text_clean(a, text_buffer_span(&html), INBOUND_TEXT_MAX));
    s = span_trim(span_of(mail_html_text(a, s)));
    text_buffer_add(out, s.ptr, s.len);
    text_buffer_clear(&html);
    arena_free(a);
}

static void add_description(struct text_buffer *out, struct span value)
{
    struct text_buffer text = { 0 };
    struct span s;

    ical_line_add_text(&text, value);
    s = text_buffer_span(&text);
    if (is_html(span_trim(s)))
        add_html(out, span_trim(s));
    else
        text_buffer_add(out, s.ptr, s.len);
    text_buffer_clear(&text);
}

/* False: it says nothing. */
static bool add_line(struct text_buffer *out, const struct ical_line *l)
{
    size_t before = out->len;

    if (ical_line_is(l, "DTSTART") || ical_line_is(l, "DTEND"))
        add_time(out, l->value);
    else if (ical_line_is(l, "DESCRIPTION"))
        add_description(out, l->value);
    else
        ical_line_add_text(out, l->value);
    return out->len > before;
}

/* The value of the first event's line of that name, not of what is within it (an alarm). */
static void add_first(struct text_buffer *out, struct span calendar, const char *name,
                      struct ical_line *l)
{
    int depth = 0; /* 1: in the event, more: in a part of it */
    size_t at = 0;

    while (ical_line_next(calendar, &at, l)) {
        bool begins = ical_line_is(l, "BEGIN"), ends = ical_line_is(l, "END");

        if (depth == 0 && begins)
            depth = ical_is(l->value, "VEVENT");
        else if (depth > 0)
            depth += begins ? 1 : ends ? -1 : 0;
        if (depth == 0 && ends && ical_is(l->value, "VEVENT"))
            return;
        if (depth == 1 && ical_line_is(l, name) && add_line(out, l)) {
            text_buffer_puts(out, "\n");
            return;
        }
    }
}

void mail_event_words(struct text_buffer *out, struct span calendar)
{
    static const char *const order[] = { "SUMMARY",  "DTSTART",     "DTEND",
                                         "LOCATION", "DESCRIPTION", NULL };
    const char *const *o;
    struct ical_line l = { 0 };

    for (o = order; *o != NULL; o++)
        add_first(out, calendar, *o, &l);
    ical_line_clear(&l);
}
