#include "core/calendar_text.h"

#include <string.h>

#include "core/arena.h"
#include "core/date.h"
#include "core/text.h"

static int calendar_text_number(const char **p, int *out)
{
    const char *at = *p;

    if (*at < '0' || *at > '9')
        return -1;
    *out = *at++ - '0';
    if (*at >= '0' && *at <= '9')
        *out = *out * 10 + (*at++ - '0');
    *p = at;
    return 0;
}

int calendar_text_time(const char **p, int *out)
{
    const char *at = *p;
    int h, m;

    if (calendar_text_number(&at, &h) < 0 || *at++ != ':' || calendar_text_number(&at, &m) < 0 ||
        m > 59 || h * 60 + m > 24 * 60)
        return -1;
    *out = h * 3600 + m * 60;
    *p = at;
    return 0;
}

static int calendar_text_weekday(const char *text, size_t len)
{
    static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    int i;

    for (i = 0; i < 7; i++)
        if (len == 3 && memcmp(days[i], text, 3) == 0)
            return i;
    return -1;
}

int calendar_text_weekdays(const char *text, int *first, int *last)
{
    const char *dash = strchr(text, '-');

    *first = calendar_text_weekday(text, dash == NULL ? strlen(text) : (size_t)(dash - text));
    *last = dash == NULL ? *first : calendar_text_weekday(dash + 1, strlen(dash + 1));
    return *first < 0 || *last < 0 ? -1 : 0;
}

static int calendar_text_span(const char **p, struct calendar_span *out)
{
    const char *at = *p;

    if (calendar_text_time(&at, &out->from_s) < 0 || out->from_s == DATE_DAY_S || *at++ != '-' ||
        calendar_text_time(&at, &out->to_s) < 0)
        return -1;
    *p = at;
    return 0;
}

int calendar_text_spans(const char **p, struct calendar_span out[CALENDAR_SPANS_MAX])
{
    const char *at = *p;
    int n = 0;

    for (;;) {
        at += strspn(at, " ");
        if (n == CALENDAR_SPANS_MAX || calendar_text_span(&at, &out[n++]) < 0)
            return -1;
        *p = at;
        at += strspn(at, " ");
        if (*at++ != ',')
            return n;
    }
}

/* --- days
 * ------------------------------------------------------------------------------------------------
 */

struct calendar_text_line {
    int64_t first, last;
    struct calendar_span spans[CALENDAR_SPANS_MAX];
    int span_count;
    const char *name;
};

static int calendar_text_range(const char **p, struct calendar_text_line *l)
{
    if (date_read(p, &l->first) < 0)
        return -1;
    l->last = l->first;
    if (strncmp(*p, "..", 2) != 0)
        return 0;
    *p += 2;
    return date_read(p, &l->last) < 0 || l->last < l->first ||
                   l->last - l->first >= CALENDAR_TEXT_RANGE_MAX
               ? -1
               : 0;
}

static int calendar_text_name(struct arena *a, const char *text, const char **out)
{
    size_t len = strlen(text);

    if (len < 2 || text[0] != '(' || text[len - 1] != ')' || len - 2 > CALENDAR_TEXT_NAME_MAX)
        return -1;
    *out = arena_strndup(a, text + 1, len - 2);
    return 0;
}

static int calendar_text_line(struct arena *a, const char *text, struct calendar_text_line *l)
{
    *l = (struct calendar_text_line){ 0 };
    if (calendar_text_range(&text, l) < 0 || (*text != '\0' && *text != ' '))
        return -1;
    text += strspn(text, " ");
    if (*text >= '0' && *text <= '9')
        l->span_count = calendar_text_spans(&text, l->spans);
    text += strspn(text, " ");
    return l->span_count < 0 || (*text != '\0' && calendar_text_name(a, text, &l->name) < 0) ? -1
                                                                                             : 0;
}

static int calendar_text_room(struct arena *a, size_t n, size_t most, struct calendar_dates *list,
                              struct error *err)
{
    struct calendar_holiday *more;

    if (n > most - list->count)
        return error_set(err, ERROR_PERMANENT, "over %zu days", most);
    if (list->count + n <= list->room)
        return 0;
    list->room = 2 * list->room > list->count + n ? 2 * list->room : list->count + n;
    more = arena_array(a, list->room, sizeof(*more));
    if (list->count > 0)
        memcpy(more, list->at, list->count * sizeof(*more));
    list->at = more;
    return 0;
}

int calendar_text_join(struct arena *a, const struct calendar_dates *more, size_t most,
                       struct calendar_dates *list, struct error *err)
{
    if (calendar_text_room(a, more->count, most, list, err) < 0)
        return -1;
    if (more->count > 0)
        memcpy(list->at + list->count, more->at, more->count * sizeof(*more->at));
    list->count += more->count;
    return 0;
}

static void calendar_text_add(struct calendar_dates *list, int64_t day, struct calendar_span span,
                              const char *name)
{
    struct date d = date_of_day(day);

    if (span.from_s == 0 && span.to_s == 0)
        span.to_s = DATE_DAY_S; /* a day and a night: not the same as closed */
    list->at[list->count++] = (struct calendar_holiday){ d.year, d.month, d.day, span, name };
}

int calendar_text_days(struct arena *a, const char *text, bool is_opening, size_t most,
                       struct calendar_dates *list, struct error *err)
{
    struct calendar_text_line l;
    int64_t day;
    size_t n;
    int i;

    if (calendar_text_line(a, text, &l) < 0 || (is_opening && l.span_count == 0))
        return error_set(err, ERROR_PERMANENT, "expected %s, got '%.40s'",
                         is_opening ? "'2026-12-19 10:00-14:00'"
                                    : "'2026-12-25', '2026-12-24..2026-12-26' or '2026-12-24 "
                                      "09:00-12:00', and perhaps a '(name)'",
                         text);
    n = (size_t)(l.last - l.first + 1) * (size_t)(l.span_count > 0 ? l.span_count : 1);
    if (calendar_text_room(a, n, most, list, err) < 0)
        return -1;
    for (day = l.first; day <= l.last; day++) {
        struct date d = date_of_day(day);

        if (l.span_count == 0)
            list->at[list->count++] = (struct calendar_holiday){
                .year = d.year, .month = d.month, .day = d.day, .name = l.name
            };
        for (i = 0; i < l.span_count; i++)
            calendar_text_add(list, day, l.spans[i], l.name);
    }
    return 0;
}

/* --- for reading
 * ------------------------------------------------------------------------------------------------
 */

const char *calendar_text_hours(struct arena *a, const struct calendar_day *day)
{
    struct text_buffer b = { 0 };
    const char *out;
    size_t i;

    for (i = 0; i < day->span_count; i++) {
        const struct calendar_span *s = &day->spans[i];
        int to = s->to_s > DATE_DAY_S ? s->to_s - DATE_DAY_S : s->to_s;

        text_buffer_printf(&b, "%s%02d:%02d-%02d:%02d", i == 0 ? "" : ", ", s->from_s / 3600,
                           s->from_s / 60 % 60, to / 3600, to / 60 % 60);
    }
    out = day->span_count == 0 ? "closed" : arena_strndup(a, b.ptr, b.len);
    text_buffer_clear(&b);
    return out;
}
