#include "core/calendar.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"
#include "core/calendar_text.h"
#include "core/text.h"
#include "ctl/command.h"

static int read_time(const char *s, int *out)
{
    return s == NULL || calendar_text_time(&s, out) < 0 || *s != '\0' ? -1 : 0;
}

static int read_spans(const json_t *spans, struct calendar_plan *plan, struct error *err)
{
    static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    const json_t *list, *pair;
    size_t day, i;

    for (day = 0; day < 7; day++) {
        list = json_object_get(spans, days[day]);
        if (json_array_size(list) > CALENDAR_SPANS_MAX)
            return error_set(err, ERROR_PERMANENT, "spans.%s: too many", days[day]);
        json_array_foreach(list, i, pair)
        {
            struct calendar_span *s = &plan->spans[day][i];

            if (read_time(json_string_value(json_array_get(pair, 0)), &s->from_s) < 0 ||
                read_time(json_string_value(json_array_get(pair, 1)), &s->to_s) < 0)
                return error_set(err, ERROR_PERMANENT, "spans.%s: expected [\"HH:MM\", \"HH:MM\"]",
                                 days[day]);
        }
        plan->span_count[day] = json_array_size(list);
    }
    return 0;
}

static int read_days(const json_t *q, const char *key, bool openings, size_t most, struct arena *a,
                     struct calendar_dates *out, struct error *err)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(q, key), i, item)
    {
        const char *s = json_string_value(item);

        if (calendar_text_days(a, s == NULL ? "" : s, openings, most, out, err) < 0)
            return error_wrap(err, "%s", key);
    }
    return 0;
}

/* RFC 3339 with Z or an offset. */
static int read_start(const char *s, int64_t *out)
{
    int oh = 0, om = 0;
    struct tm tm = { 0 };
    const char *rest = s ? strptime(s, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;

    if (rest == NULL)
        return -1;
    if (strcmp(rest, "Z") != 0 &&
        ((*rest != '+' && *rest != '-') || sscanf(rest + 1, "%2d:%2d", &oh, &om) != 2))
        return -1;
    *out = timegm(&tm) - (*rest == '-' ? -1 : 1) * (oh * 3600 + om * 60);
    return 0;
}

static int answer(const json_t *q, struct arena *a, int64_t *due, struct error *err)
{
    struct calendar_plan plan = { .zone = json_string_value(json_object_get(q, "zone")) };
    const json_t *seconds = json_object_get(q, "seconds");
    struct calendar_dates holidays = { 0 }, openings = { 0 };
    struct calendar *c = NULL;
    int64_t start;

    if (plan.zone == NULL || !json_is_integer(seconds) || json_integer_value(seconds) < 0)
        return error_set(err, ERROR_PERMANENT, "expected zone, spans, start and seconds");
    if (read_start(json_string_value(json_object_get(q, "start")), &start) < 0)
        return error_set(err, ERROR_PERMANENT, "start: expected an RFC 3339 time");
    if (read_spans(json_object_get(q, "spans"), &plan, err) < 0 ||
        read_days(q, "holidays", false, CALENDAR_HOLIDAYS_MAX, a, &holidays, err) < 0 ||
        read_days(q, "openings", true, CALENDAR_OPENINGS_MAX, a, &openings, err) < 0)
        return -1;
    plan.holidays = holidays.at;
    plan.holiday_count = holidays.count;
    plan.openings = openings.at;
    plan.opening_count = openings.count;
    if (calendar_new(&plan, &c, err) < 0)
        return -1;
    *due = calendar_due(c, start, json_integer_value(seconds));
    calendar_free(c);
    return *due < 0 ? error_set(err, ERROR_PERMANENT, "never open long enough") : 0;
}

static int answer_line(const char *line)
{
    json_t *q = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    json_t *out = json_object();
    struct arena *a = arena_new();
    struct error err;
    int64_t due = 0;
    int rc = 0;

    if (json_object_get(q, "id") != NULL)
        json_object_set(out, "id", json_object_get(q, "id"));
    if (answer(q, a, &due, &err) < 0) {
        json_object_set_new(out, "error", json_string(err.text));
        rc = -1;
    } else {
        char text[TEXT_TIME];

        json_object_set_new(out, "due", json_string(text_time(text, due)));
    }
    json_dumpf(out, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(out);
    json_decref(q);
    arena_free(a);
    return rc;
}

static int calendar(const struct ctl *ctl, int argc, char **argv)
{
    int code = CTL_DONE;
    char *line = NULL;
    size_t room = 0;

    (void)argc;
    (void)argv;
    if (!ctl->json || ctl_value(ctl, "--batch") == NULL)
        return ctl_slip("--json and --batch are needed: it is a tool for programs");
    while (getline(&line, &room, stdin) > 0)
        if (answer_line(line) < 0)
            code = CTL_REFUSED;
    free(line);
    return code;
}

static const struct ctl_option options[] = {
    { "--batch", NULL, "As it is, with --json, the one way to ask." },
    { .name = NULL },
};
const struct ctl_command calendar_commands[] = {
    { "calendar", NULL, calendar, NULL, "--json --batch", 0, 0, options,
      "Due times by calendar. Reads one JSON question a line, with the keys id, zone, spans, "
      "holidays, openings, start and seconds, and prints one answer a line, with the keys id and "
      "due. A question that cannot be answered has the key error instead of due. Holidays and "
      "openings are written as in relevo-policy(5)." },
    { .group = NULL },
};
