#include "core/calendar.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

enum { DAY_S = 86400, CALENDAR_PIECES_MAX = 3 * CALENDAR_SPANS_MAX };

struct calendar_closed { /* a holiday, by days since 1970-01-01 */
    int64_t day;
    struct calendar_span opening;
};
struct calendar {
    GTimeZone *zone;
    char *zone_name;
    struct calendar_span spans[7][CALENDAR_SPANS_MAX];
    size_t span_count[7];
    struct calendar_closed *closed; /* ascending */
    size_t closed_count;
};
struct calendar_piece { /* [from, to), UTC seconds */
    int64_t from, to;
};

/* Days since 1970-01-01 of a date in the Gregorian calendar; years count from March, so leap days
 * come last. */
static int64_t calendar_day(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static int64_t calendar_floor_day(int64_t local)
{
    return (local >= 0 ? local : local - (DAY_S - 1)) / DAY_S;
}

static size_t calendar_weekday(int64_t day) /* 0: Monday; 1970-01-01 was a Thursday */
{
    return (size_t)(((day + 3) % 7 + 7) % 7);
}

static int calendar_is_span(const struct calendar_span *s)
{
    return s->from_s >= 0 && s->from_s < DAY_S && s->to_s >= 0 && s->to_s <= DAY_S;
}

static int calendar_is_date(const struct calendar_holiday *h)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int leap = (h->year % 4 == 0 && h->year % 100 != 0) || h->year % 400 == 0;

    return h->year >= 1970 && h->year <= 9999 && h->month >= 1 && h->month <= 12 && h->day >= 1 &&
           h->day <= lengths[h->month - 1] + (h->month == 2 && leap);
}

bool calendar_is_holiday(const struct calendar_holiday *h)
{
    return calendar_is_date(h) && calendar_is_span(&h->opening);
}

/* NULL: there is none of that name. */
static GTimeZone *calendar_zone_new(const char *name)
{
    return name[0] == '\0' ? NULL : g_time_zone_new_identifier(name);
}

bool calendar_is_zone(const char *name)
{
    GTimeZone *zone = calendar_zone_new(name);

    if (zone != NULL)
        g_time_zone_unref(zone);
    return zone != NULL;
}

static int calendar_check(const struct calendar_plan *plan, struct error *err)
{
    size_t day, i;

    for (day = 0; day < 7; day++) {
        if (plan->span_count[day] > CALENDAR_SPANS_MAX)
            return error_set(err, ERROR_PERMANENT, "over %d spans in a day", CALENDAR_SPANS_MAX);
        for (i = 0; i < plan->span_count[day]; i++)
            if (!calendar_is_span(&plan->spans[day][i]))
                return error_set(err, ERROR_PERMANENT,
                                 "a span lies outside 00:00 to 24:00 (seconds %d to %d)",
                                 plan->spans[day][i].from_s, plan->spans[day][i].to_s);
    }
    if (plan->holiday_count > CALENDAR_HOLIDAYS_MAX)
        return error_set(err, ERROR_PERMANENT, "over %d holidays", CALENDAR_HOLIDAYS_MAX);
    for (i = 0; i < plan->holiday_count; i++)
        if (!calendar_is_holiday(&plan->holidays[i]))
            return error_set(err, ERROR_PERMANENT, "no such day: %d-%02d-%02d",
                             plan->holidays[i].year, plan->holidays[i].month,
                             plan->holidays[i].day);
    return 0;
}

static int calendar_by_day(const void *a, const void *b)
{
    int64_t x = ((const struct calendar_closed *)a)->day;
    int64_t y = ((const struct calendar_closed *)b)->day;

    return x < y ? -1 : x > y;
}

int calendar_new(const struct calendar_plan *plan, struct calendar **out, struct error *err)
{
    struct calendar *c;
    GTimeZone *zone;
    size_t i;

    if (calendar_check(plan, err) < 0)
        return -1;
    zone = calendar_zone_new(plan->zone);
    if (zone == NULL)
        return error_set(err, ERROR_PERMANENT, "no such time zone: %.80s", plan->zone);
    c = xcalloc(1, sizeof(*c));
    c->zone = zone;
    c->zone_name = xstrdup(plan->zone);
    memcpy(c->spans, plan->spans, sizeof(c->spans));
    memcpy(c->span_count, plan->span_count, sizeof(c->span_count));
    c->closed = xcalloc(plan->holiday_count, sizeof(*c->closed));
    c->closed_count = plan->holiday_count;
    for (i = 0; i < plan->holiday_count; i++) {
        const struct calendar_holiday *h = &plan->holidays[i];

        c->closed[i].day = calendar_day(h->year, h->month, h->day);
        c->closed[i].opening = h->opening;
    }
    if (c->closed_count > 0)
        qsort(c->closed, c->closed_count, sizeof(*c->closed), calendar_by_day);
    *out = c;
    return 0;
}

void calendar_free(struct calendar *c)
{
    if (c == NULL)
        return;
    g_time_zone_unref(c->zone);
    free(c->zone_name);
    free(c->closed);
    free(c);
}

const char *calendar_zone(const struct calendar *c)
{
    return c->zone_name;
}

/* The zone's offset at `at`, and until when it holds, looking no further than `limit`. */
static int64_t calendar_offset(const struct calendar *c, int64_t at, int64_t limit, int64_t *until)
{
    gint here = g_time_zone_find_interval(c->zone, G_TIME_TYPE_UNIVERSAL, at);
    int64_t low = at, high = limit, middle;

    if (g_time_zone_find_interval(c->zone, G_TIME_TYPE_UNIVERSAL, limit - 1) != here) {
        while (high - low >
               1) { /* low lies in the interval of `at`, high does not or is the limit */
            middle = low + (high - low) / 2;
            if (g_time_zone_find_interval(c->zone, G_TIME_TYPE_UNIVERSAL, middle) == here)
                low = middle;
            else
                high = middle;
        }
    }
    *until = high;
    return g_time_zone_get_offset(c->zone, here);
}

/* The spans that begin on that local day. */
static size_t calendar_spans_of(const struct calendar *c, int64_t day,
                                const struct calendar_span **spans)
{
    struct calendar_closed key = { .day = day };
    const struct calendar_closed *hit =
        c->closed_count == 0
            ? NULL
            : bsearch(&key, c->closed, c->closed_count, sizeof(key), calendar_by_day);

    if (hit != NULL) {
        *spans = &hit->opening;
        return hit->opening.from_s == 0 && hit->opening.to_s == 0 ? 0 : 1;
    }
    *spans = c->spans[calendar_weekday(day)];
    return c->span_count[calendar_weekday(day)];
}

static int calendar_by_start(const void *a, const void *b)
{
    int64_t x = ((const struct calendar_piece *)a)->from;
    int64_t y = ((const struct calendar_piece *)b)->from;

    return x < y ? -1 : x > y;
}

/* What is open in [from, to), a stretch of at most a day with one offset: ascending, not
 * overlapping. Local wall times are instants where the clock shows them, so what the clock skips is
 * not there, and what it shows twice is there twice (C-5). */
static size_t calendar_open(const struct calendar *c, int64_t from, int64_t to, int64_t offset,
                            struct calendar_piece out[CALENDAR_PIECES_MAX])
{
    int64_t first =
        calendar_floor_day(from + offset) - 1; /* a span may have begun the day before */
    int64_t last = calendar_floor_day(to - 1 + offset);
    struct calendar_piece all[CALENDAR_PIECES_MAX];
    const struct calendar_span *spans;
    size_t n = 0, merged = 0, count, i;
    int64_t day;

    for (day = first; day <= last; day++) {
        count = calendar_spans_of(c, day, &spans);
        for (i = 0; i < count; i++) {
            int64_t end = spans[i].to_s > spans[i].from_s ? spans[i].to_s : spans[i].to_s + DAY_S;
            struct calendar_piece p = { day * DAY_S + spans[i].from_s - offset,
                                        day * DAY_S + end - offset };

            p.from = p.from < from ? from : p.from;
            p.to = p.to > to ? to : p.to;
            if (p.from < p.to)
                all[n++] = p;
        }
    }
    if (n > 1)
        qsort(all, n, sizeof(all[0]), calendar_by_start);
    for (i = 0; i < n; i++) {
        if (merged > 0 && all[i].from <= out[merged - 1].to) {
            if (all[i].to > out[merged - 1].to)
                out[merged - 1].to = all[i].to;
        } else {
            out[merged++] = all[i];
        }
    }
    return merged;
}

/* Walks what is open from `from` on, stretch by stretch, until `visit` says stop or `limit` is
 * reached. */
static void calendar_walk(const struct calendar *c, int64_t from, int64_t limit,
                          int (*visit)(void *arg, const struct calendar_piece *piece), void *arg)
{
    struct calendar_piece pieces[CALENDAR_PIECES_MAX];
    int64_t to, offset;
    size_t n, i;

    while (from < limit) {
        offset = calendar_offset(c, from, from + DAY_S < limit ? from + DAY_S : limit, &to);
        n = calendar_open(c, from, to, offset, pieces);
        for (i = 0; i < n; i++)
            if (visit(arg, &pieces[i]))
                return;
        from = to;
    }
}

struct calendar_sum {
    int64_t left;  /* seconds still to count */
    int64_t total; /* counted so far */
    int64_t at;    /* where `left` became 0; -1: nowhere yet */
};

static int calendar_visit_due(void *arg, const struct calendar_piece *p)
{
    struct calendar_sum *sum = arg;
    int64_t length = p->to - p->from;

    if (sum->left > length) { /* reached at the end of a piece: that is the first instant */
        sum->left -= length;
        return 0;
    }
    sum->at = p->from + sum->left;
    return 1;
}

int64_t calendar_due(const struct calendar *c, int64_t start, int64_t seconds)
{
    struct calendar_sum sum = { .left = seconds, .at = -1 };

    if (c == NULL)
        return start + seconds;
    calendar_walk(c, start, start + (int64_t)CALENDAR_SEARCH_DAYS * DAY_S, calendar_visit_due,
                  &sum);
    return sum.at;
}

static int calendar_visit_sum(void *arg, const struct calendar_piece *p)
{
    ((struct calendar_sum *)arg)->total += p->to - p->from;
    return 0;
}

int64_t calendar_counted(const struct calendar *c, int64_t from, int64_t to)
{
    struct calendar_sum sum = { 0 };

    if (to <= from)
        return 0;
    if (c == NULL)
        return to - from;
    calendar_walk(c, from, to, calendar_visit_sum, &sum);
    return sum.total;
}

bool calendar_is_open(const struct calendar *c, int64_t at)
{
    return c == NULL || calendar_counted(c, at, at + 1) == 1;
}

int64_t calendar_next_opening(const struct calendar *c, int64_t at)
{
    return calendar_due(c, at, 0);
}
