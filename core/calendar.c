#include "core/calendar.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/date.h"

enum { DAY_S = DATE_DAY_S, CALENDAR_AHEAD_MAX_S = 64 * DAY_S };

struct calendar_hours { /* of one day, in seconds of its wall time: ascending, apart */
    const struct calendar_span *spans;
    size_t count;
    int64_t total;
};
struct calendar_special { /* a date with holidays or openings of its own */
    struct calendar_day d;
    struct calendar_hours begins;
};
struct calendar_odd { /* a day that is open otherwise than its weekday: such a date, or the one
                       * after
                       */
    int64_t day;
    struct calendar_hours open;
};
struct calendar {
    struct arena *arena;
    GTimeZone *zone;
    const char *zone_name;
    /* By weekday: the spans that begin then, which may reach into the next day; and what is open
     * between one midnight and the next. */
    struct calendar_hours begins[7], open[7];
    struct calendar_special *specials; /* ascending */
    size_t special_count;
    struct calendar_odd *odd; /* ascending */
    size_t odd_count;
};

/* --- what is possible
 * ------------------------------------------------------------------------------------------------
 */

static bool calendar_is_span(const struct calendar_span *s)
{
    return s->from_s >= 0 && s->from_s < DAY_S && s->to_s >= 0 && s->to_s <= DAY_S;
}

static bool calendar_is_closed(const struct calendar_holiday *h)
{
    return h->opening.from_s == 0 && h->opening.to_s == 0;
}

static int calendar_check_dates(const struct calendar_holiday *list, size_t count, size_t most,
                                const char *what, struct error *err)
{
    size_t i;

    if (count > most)
        return error_set(err, ERROR_PERMANENT, "over %zu %s", most, what);
    for (i = 0; i < count; i++)
        if (list[i].year < 1970 || !calendar_is_span(&list[i].opening) ||
            !date_is((struct date){ list[i].year, list[i].month, list[i].day }))
            return error_set(err, ERROR_PERMANENT, "no such day: %d-%02d-%02d", list[i].year,
                             list[i].month, list[i].day);
    return 0;
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
    for (i = 0; i < plan->opening_count; i++)
        if (calendar_is_closed(&plan->openings[i]))
            return error_set(err, ERROR_PERMANENT, "an opening without hours: %d-%02d-%02d",
                             plan->openings[i].year, plan->openings[i].month,
                             plan->openings[i].day);
    if (calendar_check_dates(plan->holidays, plan->holiday_count, CALENDAR_HOLIDAYS_MAX, "holidays",
                             err) < 0)
        return -1;
    return calendar_check_dates(plan->openings, plan->opening_count, CALENDAR_OPENINGS_MAX,
                                "openings", err);
}

/* --- days made ready
 * ------------------------------------------------------------------------------------------------
 */

static int calendar_by_start(const void *a, const void *b)
{
    const struct calendar_span *x = a, *y = b;

    return x->from_s < y->from_s ? -1 : x->from_s > y->from_s;
}

/* Brings `spans` into order, those that overlap or touch as one; they are kept. */
static struct calendar_hours calendar_merge(struct calendar_span *spans, size_t n)
{
    struct calendar_hours h = { .spans = spans };
    size_t i;

    if (n > 1)
        qsort(spans, n, sizeof(*spans), calendar_by_start);
    for (i = 0; i < n; i++) {
        if (h.count > 0 && spans[i].from_s <= spans[h.count - 1].to_s) {
            if (spans[i].to_s > spans[h.count - 1].to_s)
                spans[h.count - 1].to_s = spans[i].to_s;
        } else {
            spans[h.count++] = spans[i];
        }
    }
    for (i = 0; i < h.count; i++)
        h.total += spans[i].to_s - spans[i].from_s;
    return h;
}

/* As one counts on from the first midnight. */
static struct calendar_span calendar_unrolled(struct calendar_span s)
{
    return (struct calendar_span){ s.from_s, s.to_s > s.from_s ? s.to_s : s.to_s + DAY_S };
}

/* What is open between two midnights, of what began the day before and of what begins then. */
static struct calendar_hours calendar_day_hours(struct arena *a, const struct calendar_hours *eve,
                                                const struct calendar_hours *day)
{
    struct calendar_span *spans = arena_array(a, eve->count + day->count, sizeof(*spans));
    size_t n = 0, i;

    for (i = 0; i < eve->count; i++)
        if (eve->spans[i].to_s > DAY_S)
            spans[n++] = (struct calendar_span){ 0, eve->spans[i].to_s - DAY_S };
    for (i = 0; i < day->count; i++)
        spans[n++] =
            (struct calendar_span){ day->spans[i].from_s,
                                    day->spans[i].to_s < DAY_S ? day->spans[i].to_s : DAY_S };
    return calendar_merge(spans, n);
}

static void calendar_make_week(struct calendar *c, const struct calendar_plan *plan)
{
    struct calendar_span *spans;
    size_t day, i;

    for (day = 0; day < 7; day++) {
        spans = arena_array(c->arena, plan->span_count[day], sizeof(*spans));
        for (i = 0; i < plan->span_count[day]; i++)
            spans[i] = calendar_unrolled(plan->spans[day][i]);
        c->begins[day] = calendar_merge(spans, plan->span_count[day]);
    }
    for (day = 0; day < 7; day++)
        c->open[day] = calendar_day_hours(c->arena, &c->begins[(day + 6) % 7], &c->begins[day]);
}

struct calendar_entry { /* a line of the plan */
    int64_t day;
    bool opening;
    const struct calendar_holiday *what;
};

static int calendar_by_day(const void *a, const void *b)
{
    const struct calendar_entry *x = a, *y = b;

    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->opening != y->opening)
        return x->opening ? 1 : -1;
    return x->what < y->what ? -1 : x->what > y->what; /* of one list: as they stand there */
}

static void calendar_add_name(struct arena *a, const char **names, const char *name)
{
    if (name == NULL || name[0] == '\0')
        return;
    if (*names == NULL)
        *names = arena_strdup(a, name);
    else if (strstr(*names, name) == NULL)
        *names = arena_printf(a, "%s, %s", *names, name);
}

/* `n` entries of one day, its holidays before its openings. */
static void calendar_make_special(struct calendar *c, const struct calendar_entry *e, size_t n,
                                  struct calendar_special *out)
{
    const struct calendar_hours *usual = &c->begins[date_weekday(e[0].day)];
    struct calendar_span *spans = arena_array(c->arena, usual->count + n, sizeof(*spans));
    size_t count = 0, i;

    *out = (struct calendar_special){ .d = { .day = e[0].day, .is_holiday = !e[0].opening } };
    for (i = 0; !out->d.is_holiday && i < usual->count; i++)
        spans[count++] = usual->spans[i];
    for (i = 0; i < n; i++) {
        if (!calendar_is_closed(e[i].what))
            spans[count++] = calendar_unrolled(e[i].what->opening);
        out->d.has_opening = out->d.has_opening || e[i].opening;
        calendar_add_name(c->arena, &out->d.name, e[i].what->name);
    }
    out->begins = calendar_merge(spans, count);
    out->d.spans = out->begins.spans;
    out->d.span_count = out->begins.count;
}

static size_t calendar_entries(const struct calendar_holiday *list, size_t count, bool opening,
                               struct calendar_entry *out)
{
    size_t i;

    for (i = 0; i < count; i++)
        out[i] = (struct calendar_entry){ date_to_day((struct date){ list[i].year, list[i].month,
                                                                     list[i].day }),
                                          opening, &list[i] };
    return count;
}

static void calendar_make_specials(struct calendar *c, const struct calendar_plan *plan)
{
    size_t count = plan->holiday_count + plan->opening_count, i, end;
    struct calendar_entry *e = xcalloc(count + 1, sizeof(*e));

    calendar_entries(plan->openings, plan->opening_count, true,
                     e + calendar_entries(plan->holidays, plan->holiday_count, false, e));
    qsort(e, count, sizeof(*e), calendar_by_day);
    c->specials = arena_array(c->arena, count, sizeof(*c->specials));
    for (i = 0; i < count; i = end) {
        for (end = i; end < count && e[end].day == e[i].day; end++)
            ;
        calendar_make_special(c, e + i, end - i, &c->specials[c->special_count++]);
    }
    free(e);
}

/* The first special day from `day` on. */
static size_t calendar_find_special(const struct calendar *c, int64_t day)
{
    size_t low = 0, high = c->special_count, middle;

    while (low < high) {
        middle = low + (high - low) / 2;
        if (c->specials[middle].d.day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct calendar_hours *calendar_begins(const struct calendar *c, int64_t day)
{
    size_t i = calendar_find_special(c, day);

    return i < c->special_count && c->specials[i].d.day == day ? &c->specials[i].begins
                                                               : &c->begins[date_weekday(day)];
}

static void calendar_make_odd(struct calendar *c)
{
    size_t i;
    int64_t day;

    c->odd = arena_array(c->arena, 2 * c->special_count, sizeof(*c->odd));
    for (i = 0; i < c->special_count; i++)
        for (day = c->specials[i].d.day; day <= c->specials[i].d.day + 1; day++)
            if (c->odd_count == 0 || c->odd[c->odd_count - 1].day < day)
                c->odd[c->odd_count++] =
                    (struct calendar_odd){ day,
                                           calendar_day_hours(c->arena, calendar_begins(c, day - 1),
                                                              calendar_begins(c, day)) };
}

int calendar_new(const struct calendar_plan *plan, struct calendar **out, struct error *err)
{
    struct calendar *c;
    struct arena *a;
    GTimeZone *zone;

    if (calendar_check(plan, err) < 0)
        return -1;
    zone = calendar_zone_new(plan->zone);
    if (zone == NULL)
        return error_set(err, ERROR_PERMANENT, "no such time zone: %.80s", plan->zone);
    a = arena_new();
    c = arena_alloc(a, sizeof(*c));
    c->arena = a;
    c->zone = zone;
    c->zone_name = arena_strdup(a, plan->zone);
    calendar_make_week(c, plan);
    if (plan->holiday_count + plan->opening_count > 0) {
        calendar_make_specials(c, plan);
        calendar_make_odd(c);
    }
    *out = c;
    return 0;
}

void calendar_free(struct calendar *c)
{
    if (c == NULL)
        return;
    g_time_zone_unref(c->zone);
    arena_free(c->arena);
}

const char *calendar_zone(const struct calendar *c)
{
    return c->zone_name;
}

/* --- walking through time
 * ------------------------------------------------------------------------------------------------
 */

struct calendar_walk {
    const struct calendar *c;
    int64_t at, limit;
    int64_t offset, until; /* of the zone at `at`; until then, or further */
    int64_t ahead;         /* so far is looked for the offset's end next time */
    size_t odd;            /* the first odd day that is not before `at` */
};
struct calendar_stretch { /* of one local day, with one offset: [from, to) */
    const struct calendar_hours *hours;
    int64_t midnight; /* when the day began, or would have */
    int64_t from, to;
};

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

/* Most clocks are due within hours, and some in a year: so the look ahead grows. */
static void calendar_look_ahead(struct calendar_walk *w)
{
    int64_t limit = w->at + w->ahead < w->limit ? w->at + w->ahead : w->limit;

    w->offset = calendar_offset(w->c, w->at, limit, &w->until);
    if (w->ahead < CALENDAR_AHEAD_MAX_S)
        w->ahead *= 2;
}

/* Where clocks are put back at midnight, the day before comes a second time. */
static const struct calendar_hours *calendar_hours_of(struct calendar_walk *w, int64_t day)
{
    const struct calendar *c = w->c;

    while (w->odd > 0 && c->odd[w->odd - 1].day >= day)
        w->odd--;
    while (w->odd < c->odd_count && c->odd[w->odd].day < day)
        w->odd++;
    return w->odd < c->odd_count && c->odd[w->odd].day == day ? &c->odd[w->odd].open
                                                              : &c->open[date_weekday(day)];
}

static struct calendar_walk calendar_walk(const struct calendar *c, int64_t from, int64_t limit)
{
    return (
        struct calendar_walk){ .c = c, .at = from, .limit = limit, .until = from, .ahead = DAY_S };
}

/* Local wall times are instants where the clock shows them, so what the clock skips is not there,
 * and what it shows twice is there twice (C-5). */
static bool calendar_next_stretch(struct calendar_walk *w, struct calendar_stretch *s)
{
    int64_t day;

    if (w->at >= w->limit)
        return false;
    if (w->at >= w->until)
        calendar_look_ahead(w);
    day = date_day_of(w->at + w->offset);
    s->hours = calendar_hours_of(w, day);
    s->midnight = day * DAY_S - w->offset;
    s->from = w->at;
    s->to = s->midnight + DAY_S < w->until ? s->midnight + DAY_S : w->until;
    w->at = s->to;
    return true;
}

static bool calendar_is_whole(const struct calendar_stretch *s)
{
    return s->to - s->from == DAY_S;
}

/* The i-th span of the stretch, as instants; returns its length, 0 where it lies outside. */
static int64_t calendar_piece(const struct calendar_stretch *s, size_t i, int64_t *from)
{
    int64_t to = s->midnight + s->hours->spans[i].to_s;

    *from = s->midnight + s->hours->spans[i].from_s;
    *from = *from < s->from ? s->from : *from;
    to = to > s->to ? s->to : to;
    return to > *from ? to - *from : 0;
}

int64_t calendar_due(const struct calendar *c, int64_t start, int64_t seconds)
{
    struct calendar_walk w = calendar_walk(c, start, start + (int64_t)CALENDAR_SEARCH_DAYS * DAY_S);
    struct calendar_stretch s;
    int64_t length, from;
    size_t i;

    if (c == NULL)
        return start + seconds;
    while (calendar_next_stretch(&w, &s)) {
        if (calendar_is_whole(&s) && seconds > s.hours->total) {
            seconds -= s.hours->total;
            continue;
        }
        for (i = 0; i < s.hours->count; i++) {
            length = calendar_piece(&s, i, &from);
            if (length > 0 && seconds <= length) /* at the end of a piece: the first instant */
                return from + seconds;
            seconds -= length;
        }
    }
    return -1;
}

int64_t calendar_counted(const struct calendar *c, int64_t from, int64_t to)
{
    struct calendar_walk w = calendar_walk(c, from, to);
    struct calendar_stretch s;
    int64_t sum = 0, at;
    size_t i;

    if (to <= from)
        return 0;
    if (c == NULL)
        return to - from;
    while (calendar_next_stretch(&w, &s)) {
        if (calendar_is_whole(&s))
            sum += s.hours->total;
        else
            for (i = 0; i < s.hours->count; i++)
                sum += calendar_piece(&s, i, &at);
    }
    return sum;
}

bool calendar_is_open(const struct calendar *c, int64_t at)
{
    return c == NULL || calendar_counted(c, at, at + 1) == 1;
}

int64_t calendar_next_opening(const struct calendar *c, int64_t at)
{
    return calendar_due(c, at, 0);
}

/* --- days looked at
 * ------------------------------------------------------------------------------------------------
 */

int64_t calendar_day_at(const struct calendar *c, int64_t at)
{
    int64_t until;

    return date_day_of(at + calendar_offset(c, at, at + 1, &until));
}

void calendar_day(const struct calendar *c, int64_t day, struct calendar_day *out)
{
    const struct calendar_hours *usual = &c->begins[date_weekday(day)];

    if (calendar_next_special(c, day, out) && out->day == day)
        return;
    *out = (struct calendar_day){ .day = day, .spans = usual->spans, .span_count = usual->count };
}

bool calendar_next_special(const struct calendar *c, int64_t day, struct calendar_day *out)
{
    size_t i = calendar_find_special(c, day);

    if (i == c->special_count)
        return false;
    *out = c->specials[i].d;
    return true;
}
