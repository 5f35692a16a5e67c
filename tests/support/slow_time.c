#include "tests/support/slow_time.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"

enum {
    SLOW_FIRST = 1640995200, /* 2022-01-01 */
    SLOW_LAST = 1830297600,  /* 2028-01-01 */
    SLOW_SLOT = 1800,        /* zones of our days change their offset on the half hour */
    SLOW_SLOTS = (SLOW_LAST - SLOW_FIRST) / SLOW_SLOT,
    SLOW_DAY = 86400,
    SLOW_DAY_SLOTS = SLOW_DAY / SLOW_SLOT,
    SLOW_DAY_MINUTES = SLOW_DAY / 60,
    SLOW_ZONES_MAX = 32,
};

/* --- zones, by libc
 * ------------------------------------------------------------------------------------------ */

static struct slow_zone {
    const char *name;
    int32_t offsets[SLOW_SLOTS];
} * slow_zones[SLOW_ZONES_MAX]; /* of the process; read once */

static int32_t slow_ask(int64_t at)
{
    struct tm tm;
    time_t t = (time_t)at;

    localtime_r(&t, &tm);
    return (int32_t)tm.tm_gmtoff;
}

static struct slow_zone *slow_zone_read(const char *name)
{
    struct slow_zone *z = xcalloc(1, sizeof(*z));
    size_t day, i;

    z->name = xstrdup(name);
    setenv("TZ", name, 1);
    tzset();
    for (day = 0; day < SLOW_SLOTS; day += SLOW_DAY_SLOTS) {
        int64_t from = SLOW_FIRST + (int64_t)day * SLOW_SLOT;
        int32_t here = slow_ask(from);
        bool same = here == slow_ask(from + SLOW_DAY);

        for (i = 0; i < SLOW_DAY_SLOTS && day + i < SLOW_SLOTS; i++)
            z->offsets[day + i] = same ? here : slow_ask(from + (int64_t)i * SLOW_SLOT);
    }
    unsetenv("TZ");
    tzset();
    return z;
}

static const struct slow_zone *slow_zone(const char *name)
{
    size_t i;

    for (i = 0; i < SLOW_ZONES_MAX && slow_zones[i] != NULL; i++)
        if (strcmp(slow_zones[i]->name, name) == 0)
            return slow_zones[i];
    if (i == SLOW_ZONES_MAX)
        abort();
    return slow_zones[i] = slow_zone_read(name);
}

static size_t slow_slot(int64_t at)
{
    return at < SLOW_FIRST   ? 0
           : at >= SLOW_LAST ? SLOW_SLOTS - 1
                             : (size_t)((at - SLOW_FIRST) / SLOW_SLOT);
}

int64_t slow_offset(const char *zone, int64_t at)
{
    return slow_zone(zone)->offsets[slow_slot(at)];
}

int64_t slow_transition(const char *zone, int64_t at)
{
    const struct slow_zone *z = slow_zone(zone);
    size_t i = slow_slot(at);

    for (i++; i < SLOW_SLOTS; i++)
        if (z->offsets[i] != z->offsets[i - 1])
            return SLOW_FIRST + (int64_t)i * SLOW_SLOT;
    return 0;
}

/* --- calendars, minute by minute
 * --------------------------------------------------------------------- */

struct slow_calendar {
    const struct calendar_plan *plan;
    const struct slow_zone *zone;
    int64_t *holidays, *openings;                  /* days since 1970 */
    int64_t begin;                                 /* a whole minute */
    int32_t sum[SLOW_DAYS * SLOW_DAY_MINUTES + 1]; /* open minutes before this one */
    int known;                                     /* minutes whose sum is known */
};

static int64_t slow_day(int year, int month, int day)
{
    struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };

    return (int64_t)timegm(&tm) / SLOW_DAY;
}

static int64_t *slow_days(const struct calendar_holiday *list, size_t count)
{
    int64_t *days = xcalloc(count, sizeof(*days));
    size_t i;

    for (i = 0; i < count; i++)
        days[i] = slow_day(list[i].year, list[i].month, list[i].day);
    return days;
}

struct slow_calendar *slow_calendar_new(const struct calendar_plan *plan, int64_t begin)
{
    struct slow_calendar *c = xmalloc(sizeof(*c));

    c->plan = plan;
    c->zone = slow_zone(plan->zone);
    c->begin = begin - begin % 60;
    c->known = 0;
    c->sum[0] = 0;
    c->holidays = slow_days(plan->holidays, plan->holiday_count);
    c->openings = slow_days(plan->openings, plan->opening_count);
    return c;
}

void slow_calendar_free(struct slow_calendar *c)
{
    if (c == NULL)
        return;
    free(c->holidays);
    free(c->openings);
    free(c);
}

int64_t slow_calendar_end(const struct slow_calendar *c)
{
    return c->begin + (int64_t)SLOW_DAYS * SLOW_DAY;
}

static bool slow_holds(const struct calendar_span *span, int64_t second)
{
    int64_t to = span->to_s + (span->to_s <= span->from_s ? SLOW_DAY : 0);

    return second >= span->from_s && second < to;
}

/* Is `second` of the local day within a span that began on day `day`? A holiday has the hours that
 * stand with it alone, and an opening adds its own to any day. */
static bool slow_is_within(const struct slow_calendar *c, int64_t day, int64_t second)
{
    const struct calendar_plan *p = c->plan;
    int weekday = (int)((day + 3) % 7);
    bool holiday = false, open = false;
    size_t i;

    for (i = 0; i < p->holiday_count; i++) {
        const struct calendar_span *hours = &p->holidays[i].opening;

        if (c->holidays[i] != day)
            continue;
        holiday = true;
        open |= (hours->from_s != 0 || hours->to_s != 0) && slow_holds(hours, second);
    }
    for (i = 0; i < p->opening_count; i++)
        open |= c->openings[i] == day && slow_holds(&p->openings[i].opening, second);
    for (i = 0; !holiday && i < p->span_count[weekday]; i++)
        open |= slow_holds(&p->spans[weekday][i], second);
    return open;
}

static bool slow_is_open(const struct slow_calendar *c, int64_t at)
{
    int64_t local = at + c->zone->offsets[slow_slot(at)];
    int64_t day = local / SLOW_DAY, second = local % SLOW_DAY;

    return slow_is_within(c, day, second) || slow_is_within(c, day - 1, second + SLOW_DAY);
}

/* Open seconds from the beginning until `at`. */
static int64_t slow_sum(struct slow_calendar *c, int64_t at)
{
    int64_t minute = (at - c->begin) / 60;

    if (at < c->begin || minute >= SLOW_DAYS * SLOW_DAY_MINUTES)
        abort(); /* a story longer than we look */
    for (; c->known <= minute; c->known++)
        c->sum[c->known + 1] =
            c->sum[c->known] + slow_is_open(c, c->begin + (int64_t)c->known * 60);
    return (int64_t)c->sum[minute] * 60 +
           (c->sum[minute + 1] > c->sum[minute] ? (at - c->begin) % 60 : 0);
}

int64_t slow_counted(struct slow_calendar *c, int64_t from, int64_t to)
{
    if (to <= from)
        return 0;
    return c == NULL ? to - from : slow_sum(c, to) - slow_sum(c, from);
}

int64_t slow_due(struct slow_calendar *c, int64_t from, int64_t seconds)
{
    int64_t wanted, at;

    if (c == NULL)
        return from + seconds;
    wanted = slow_sum(c, from) + seconds;
    for (at = from; at + SLOW_DAY < slow_calendar_end(c) &&
                    slow_sum(c, at + SLOW_DAY) < wanted + (seconds == 0);)
        at += SLOW_DAY; /* it is not on this day */
    for (; at + 60 < slow_calendar_end(c); at += 60 - at % 60) {
        bool open = slow_sum(c, at + 1) > slow_sum(c, at);
        int64_t left = wanted - slow_sum(c, at);

        if (left <= (open ? 60 - at % 60 : seconds == 0 ? -1 : 0))
            return at + left;
    }
    return -1;
}

int64_t slow_elapsed(struct slow_calendar *c, const struct target_clock *clock, int64_t at)
{
    int64_t counted = clock->kept_s, from, to;
    size_t i;

    for (i = 0; i < clock->edge_count; i++) {
        from = clock->edges[i].at > clock->kept_at ? clock->edges[i].at : clock->kept_at;
        to = i + 1 < clock->edge_count && clock->edges[i + 1].at < at ? clock->edges[i + 1].at : at;
        if (clock->edges[i].runs)
            counted += slow_counted(c, from, to);
    }
    return counted;
}

int64_t slow_instant(struct slow_calendar *c, const struct target_clock *clock, int64_t seconds)
{
    const struct target_edge *last = &clock->edges[clock->edge_count - 1];
    int64_t from = last->at > clock->kept_at ? last->at : clock->kept_at;
    int64_t counted = slow_elapsed(c, clock, from);

    if (!last->runs)
        return 0;
    if (seconds > 0 && counted >= seconds)
        return from;
    return slow_due(c, from, seconds > counted ? seconds - counted : 0);
}

int64_t slow_reached(struct slow_calendar *c, const struct target_clock *clock, int64_t seconds)
{
    const struct target_edge *last = &clock->edges[clock->edge_count - 1];
    int64_t low = clock->edges[0].at > clock->kept_at ? clock->edges[0].at : clock->kept_at;
    int64_t high = last->at > low ? last->at : low;
    int64_t wanted = seconds > 0 ? seconds : 1; /* none: when the first begins */

    if (!last->runs)
        return 0;
    if (slow_elapsed(c, clock, high) < wanted)
        return slow_instant(c, clock, seconds);
    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (slow_elapsed(c, clock, middle) >= wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return seconds > 0 || low == clock->kept_at ? low : low - 1;
}
