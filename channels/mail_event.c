#include "channels/mail_event.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* A content line unfolded: "DTSTART;TZID=Europe/Madrid:20260601T100000". */
struct line {
    struct text_buffer text;
    struct span name, value;
};

/* The next line, and those that fold on; false: there is none. */
static bool next_line(struct span s, size_t *at, struct line *l)
{
    const char *colon;
    bool quoted = false;
    size_t i;

    l->text.len = 0;
    if (*at >= s.len)
        return false;
    do {
        const char *end = memchr(s.ptr + *at, '\n', s.len - *at);
        size_t len = end != NULL ? (size_t)(end - s.ptr) - *at : s.len - *at;
        size_t blank = l->text.len > 0; /* that folds it */

        if (len >= blank)
            text_buffer_add(&l->text, s.ptr + *at + blank, len - blank);
        *at += len + 1;
        while (l->text.len > 0 && l->text.ptr[l->text.len - 1] == '\r')
            l->text.len--;
    } while (l->text.len > 0 && *at < s.len && (s.ptr[*at] == ' ' || s.ptr[*at] == '\t'));
    for (i = 0; i < l->text.len && (quoted || l->text.ptr[i] != ':'); i++)
        quoted = quoted != (l->text.ptr[i] == '"');
    colon = i < l->text.len ? l->text.ptr + i : NULL;
    for (i = 0; i < l->text.len && isalnum((unsigned char)l->text.ptr[i]); i++)
        ;
    l->name = (struct span){ l->text.len > 0 ? l->text.ptr : "", i };
    l->value = colon == NULL
                   ? (struct span){ "", 0 }
                   : (struct span){ colon + 1, (size_t)(l->text.ptr + l->text.len - colon) - 1 };
    return true;
}

static bool is_named(const struct line *l, const char *name)
{
    return l->name.len == strlen(name) && strncasecmp(l->name.ptr, name, l->name.len) == 0;
}

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

static void add_text(struct text_buffer *out, struct span s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        bool escaped = s.ptr[i] == '\\' && i + 1 < s.len;

        i += escaped;
        if (escaped && (s.ptr[i] == 'n' || s.ptr[i] == 'N'))
            text_buffer_puts(out, "\n");
        else
            text_buffer_add(out, s.ptr + i, 1);
    }
}

static bool add_line(struct text_buffer *out, const struct line *l)
{
    if (is_named(l, "DTSTART") || is_named(l, "DTEND"))
        add_time(out, l->value);
    else
        add_text(out, l->value);
    return l->value.len > 0;
}

/* The value of the first event's line of that name, not of what is within it (an alarm). */
static void add_first(struct text_buffer *out, struct span calendar, const char *name,
                      struct line *l)
{
    int depth = 0; /* 1: in the event, more: in a part of it */
    size_t at = 0;

    while (next_line(calendar, &at, l)) {
        bool begins = is_named(l, "BEGIN"), ends = is_named(l, "END");

        if (depth == 0 && begins && l->value.len == 6)
            depth = strncasecmp(l->value.ptr, "VEVENT", 6) == 0;
        else if (depth > 0)
            depth += begins ? 1 : ends ? -1 : 0;
        if (depth == 0 && ends && l->value.len == 6 && strncasecmp(l->value.ptr, "VEVENT", 6) == 0)
            return;
        if (depth == 1 && is_named(l, name) && add_line(out, l)) {
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
    struct line l = { 0 };

    for (o = order; *o != NULL; o++)
        add_first(out, calendar, *o, &l);
    text_buffer_clear(&l.text);
}
