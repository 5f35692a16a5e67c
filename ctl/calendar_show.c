/* The days of a calendar: when it is open, and which holidays and openings make it so. */
#include <stdio.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/date.h"
#include "core/policy_read.h"
#include "ctl/days.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "daemon/clock.h"

enum { SHOWN_DAYS = 31, SHOWN_DAYS_MAX = 3660 };

/* --from and --to; today as the calendar's own clocks show it. CTL_DONE, or how to end. */
static int read_range(const struct ctl *ctl, const struct calendar *c, int64_t *from, int64_t *to)
{
    const char *first = ctl_value(ctl, "--from"), *last = ctl_value(ctl, "--to"), *p = first;

    *from = calendar_day_at(c, wall_now());
    if (first != NULL && (date_read(&p, from) < 0 || *p != '\0'))
        return ctl_usage("expected a day like 2026-12-25", first);
    *to = *from + SHOWN_DAYS - 1;
    p = last;
    if (last != NULL && (date_read(&p, to) < 0 || *p != '\0'))
        return ctl_usage("expected a day like 2026-12-25", last);
    if (*to < *from || *to - *from >= SHOWN_DAYS_MAX)
        return ctl_usage("expected a later day, of the ten years that follow",
                         last == NULL ? "" : last);
    return CTL_DONE;
}

static int show_days(const struct ctl *ctl, const char *name, const struct calendar *c)
{
    bool special = ctl_value(ctl, "--special") != NULL;
    json_t *list = json_array();
    struct arena *a = arena_new();
    struct calendar_day day;
    int64_t at, to;
    int code = read_range(ctl, c, &at, &to);

    if (code == CTL_DONE && !ctl->json)
        printf("%s, %s\n", name, calendar_zone(c));
    for (; code == CTL_DONE && at <= to; at++) {
        calendar_day(c, at, &day);
        if (special && !day.is_holiday && !day.has_opening)
            continue;
        if (ctl->json)
            json_array_append_new(list, days_json(&day));
        else
            printf("  %s\n", days_line(a, &day));
    }
    arena_free(a);
    if (code != CTL_DONE || !ctl->json) {
        json_decref(list);
        return code;
    }
    return output_json(
        json_pack("{s:s, s:s, s:o}", "calendar", name, "zone", calendar_zone(c), "days", list));
}

static int show_of(const struct ctl *ctl, const struct policy_file *file, const char *name)
{
    const struct calendar *c = policy_find_calendar(file->policy, name);
    struct error err;

    if (c != NULL)
        return show_days(ctl, name, c);
    error_set(&err, ERROR_PERMANENT, "there is no calendar '%.64s'", name);
    return ctl_fail(&err);
}

static int in_force(const struct ctl *ctl, struct session *s, char **argv)
{
    struct error err;
    const struct desk *desk = session_desk(ctl, s, &err);

    return desk == NULL ? ctl_fail(&err) : show_of(ctl, &desk->policy, argv[0]);
}

static int show(const struct ctl *ctl, int argc, char **argv)
{
    struct policy_file file = { 0 };
    int code;

    (void)argc;
    if (ctl_value(ctl, "--policy") == NULL)
        return session_command(ctl, argv, in_force);
    code = ctl_read_policy("", ctl_value(ctl, "--policy"), &file);
    if (code == CTL_DONE)
        code = show_of(ctl, &file, argv[0]);
    policy_file_clear(&file);
    return code;
}

static const struct ctl_option options[] = {
    { "--policy", "FILE",
      "Of this policy, which needs no database; otherwise of the one in force." },
    { "--from", "DATE", "From that day on; otherwise from today." },
    { "--to", "DATE", "Until that day; otherwise 31 days are shown." },
    { "--special", NULL, "Only days that are not as their weekday." },
    { "--desk", "DESK", "Of this desk; needed where the configuration has several." },
    { .name = NULL },
};
const struct ctl_command calendar_show_commands[] = {
    { "calendar", "show", show, NULL, "CALENDAR", 1, 1, options,
      "List the days of a calendar with their hours, holidays and openings, by name." },
    { .group = NULL },
};
