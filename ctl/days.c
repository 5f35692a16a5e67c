#include "ctl/days.h"

#include <stdio.h>

#include "core/arena.h"
#include "core/calendar_text.h"
#include "core/date.h"
#include "ctl/output.h"

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

json_t *days_json(const struct calendar_day *day)
{
    struct arena *a = arena_new();
    char date[DATE_TEXT];
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:b, s:b, s:s?}", "day", date_text(date, day->day), "weekday",
                  weekdays[date_weekday(day->day)], "hours", calendar_text_hours(a, day), "holiday",
                  day->is_holiday, "opening", day->has_opening, "name",
                  day->name == NULL ? NULL : output_line(a, day->name));

    arena_free(a);
    return o;
}

const char *days_line(struct arena *a, const struct calendar_day *day)
{
    const char *what = day->is_holiday && day->has_opening ? "holiday, opening"
                       : day->is_holiday                   ? "holiday"
                       : day->has_opening                  ? "opening"
                                                           : NULL;
    char date[DATE_TEXT];

    return arena_printf(
        a, "%s %s  %s%s%s%s%s", weekdays[date_weekday(day->day)], date_text(date, day->day),
        calendar_text_hours(a, day), what == NULL ? "" : "  ", what == NULL ? "" : what,
        day->name == NULL ? "" : ": ", day->name == NULL ? "" : output_line(a, day->name));
}

static bool next_special(const struct calendar *c, int64_t *at, int64_t to,
                         struct calendar_day *out)
{
    if (!calendar_next_special(c, *at, out) || out->day > calendar_day_at(c, to))
        return false;
    *at = out->day + 1;
    return true;
}

json_t *days_special_json(const struct calendar *c, int64_t from, int64_t to)
{
    int64_t at = calendar_day_at(c, from);
    json_t *list = json_array();
    struct calendar_day day;

    while (next_special(c, &at, to, &day))
        json_array_append_new(list, days_json(&day));
    return list;
}

bool days_has_special(const struct calendar *c, int64_t from, int64_t to)
{
    int64_t at = calendar_day_at(c, from);
    struct calendar_day day;

    return next_special(c, &at, to, &day);
}

void days_print_special(const struct calendar *c, int64_t from, int64_t to)
{
    int64_t at = calendar_day_at(c, from);
    struct arena *a = arena_new();
    struct calendar_day day;

    while (next_special(c, &at, to, &day))
        printf("  %s\n", days_line(a, &day));
    arena_free(a);
}
