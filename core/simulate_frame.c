#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/simulate_state.h"

/* "mon" or "mon-fri"; -1: neither. */
static int simulate_days(const char *word, int *first, int *last)
{
    static const char days[] = "mon tue wed thu fri sat sun";
    const char *from, *to;
    char **ends = g_strsplit(word, "-", 2);
    int rc = -1;

    from = strlen(ends[0]) == 3 ? strstr(days, ends[0]) : NULL;
    to = ends[1] == NULL ? from : strlen(ends[1]) == 3 ? strstr(days, ends[1]) : NULL;
    if (from != NULL && to != NULL) {
        *first = (int)(from - days) / 4;
        *last = (int)(to - days) / 4;
        rc = 0;
    }
    g_strfreev(ends);
    return rc;
}

static int simulate_span(const char *word, struct calendar_span *out)
{
    int fh, fm, th, tm, used = 0;

    if (sscanf(word, "%2d:%2d-%2d:%2d%n", &fh, &fm, &th, &tm, &used) != 4 || word[used] != '\0')
        return -1;
    *out = (struct calendar_span){ fh * 3600 + fm * 60, th * 3600 + tm * 60 };
    return 0;
}

static int simulate_hours(struct simulation *s, const struct scenario_line *l)
{
    struct calendar_span span;
    int first = 0, last = 0, d;

    if (simulate_days(l->w[1], &first, &last) < 0 || simulate_span(l->w[2], &span) < 0)
        return error_set(s->err, ERROR_PERMANENT, "expected days like mon-fri and 09:00-17:00");
    s->hours.zone = l->w[0];
    for (d = first;; d = (d + 1) % 7) {
        if (s->hours.span_count[d] >= CALENDAR_SPANS_MAX)
            return error_set(s->err, ERROR_PERMANENT, "over %d spans a day", CALENDAR_SPANS_MAX);
        s->hours.spans[d][s->hours.span_count[d]++] = span;
        if (d == last)
            return 0;
    }
}

static int simulate_holiday(struct simulation *s, const struct scenario_line *l)
{
    GDateTime *day = g_date_time_new_from_unix_utc(l->time);

    if (s->hours.holiday_count < SIMULATE_HOLIDAYS_MAX)
        s->holidays[s->hours.holiday_count++] =
            (struct calendar_holiday){ .year = g_date_time_get_year(day),
                                       .month = g_date_time_get_month(day),
                                       .day = g_date_time_get_day_of_month(day) };
    g_date_time_unref(day);
    return s->hours.holiday_count < SIMULATE_HOLIDAYS_MAX
               ? 0
               : error_set(s->err, ERROR_PERMANENT, "over %d holidays", SIMULATE_HOLIDAYS_MAX);
}

static void simulate_all_in(struct target_table *t, int calendar)
{
    int p, k;

    for (p = 0; p < TICKET_PRIORITY_N; p++)
        for (k = 0; k < TARGET_KIND_N; k++)
            t->at[p][k].calendar = calendar;
}

int simulate_use_hours(struct simulation *s)
{
    static const char *const names[] = { "the story's hours" };
    struct policy_level *levels =
        arena_array(s->a, s->o->policy->level_count, sizeof(struct policy_level));
    struct target_channel *channels =
        arena_array(s->a, s->o->targets->channel_count, sizeof(struct target_channel));
    size_t i;

    s->policy = *s->o->policy;
    s->targets = *s->o->targets;
    if (s->hours.zone == NULL)
        return 0;
    s->hours.holidays = s->holidays;
    if (calendar_new(&s->hours, &s->calendar, s->err) < 0)
        return -1;
    s->policy.calendars = (const struct calendar *const *)&s->calendar;
    s->policy.calendar_names = names;
    s->policy.calendar_count = 1;
    memcpy(levels, s->policy.levels, s->policy.level_count * sizeof(*levels));
    for (i = 0; i < s->policy.level_count; i++)
        levels[i].calendar = levels[i].ack.calendar = levels[i].resolve.calendar = 0;
    s->policy.levels = levels;
    simulate_all_in(&s->targets.table, 0);
    for (i = 0; i < s->targets.channel_count; i++) {
        channels[i] = s->targets.channels[i];
        simulate_all_in(&channels[i].table, 0);
    }
    s->targets.channels = channels;
    return 0;
}

int simulate_frame(struct simulation *s, const struct scenario_line *l)
{
    return l->verb == SCENARIO_HOURS     ? simulate_hours(s, l)
           : l->verb == SCENARIO_HOLIDAY ? simulate_holiday(s, l)
                                         : 0;
}
