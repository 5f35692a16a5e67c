#include "core/policy_calendars.h"

#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/calendar_text.h"
#include "core/policy_reader.h"

/* Days that several calendars have in common. */
struct shared {
    struct {
        const char *name;
        struct calendar_dates days;
    } * list;
    size_t count;
};

/* Adds what is written behind one key of `hours`. */
static int policy_hours(struct calendar_plan *plan, const char *days, const char *text)
{
    struct calendar_span spans[CALENDAR_SPANS_MAX];
    int first, last, count, day, i;

    if (calendar_text_weekdays(days, &first, &last) < 0)
        return -1;
    count = calendar_text_spans(&text, spans);
    if (count < 0 || text[strspn(text, " ")] != '\0')
        return -1;
    for (day = first;; day = (day + 1) % 7) {
        for (i = 0; i < count; i++) {
            if (plan->span_count[day] >= CALENDAR_SPANS_MAX)
                return -1;
            plan->spans[day][plan->span_count[day]++] = spans[i];
        }
        if (day == last)
            return 0;
    }
}

static void policy_days(struct policy_reader *r, const struct conf *c, const char *key,
                        struct calendar_dates *list)
{
    bool openings = strcmp(key, "openings") == 0;
    struct error err;
    size_t i;

    for (i = 0; i < conf_count(c, key); i++)
        if (calendar_text_days(r->a, conf_text_at(c, key, i), openings,
                               openings ? CALENDAR_OPENINGS_MAX : CALENDAR_HOLIDAYS_MAX, list,
                               &err) < 0)
            conf_errors_at_item(r->errors, c, key, i, "%s", err.text);
}

/* Those that several calendars have. */
static void policy_shared_holidays(struct policy_reader *r, const struct conf *c,
                                   const struct shared *shared, struct calendar_dates *list)
{
    const char *name;
    struct error err;
    size_t i, k;

    for (i = 0; i < conf_count(c, "holidays_of"); i++) {
        name = conf_text_at(c, "holidays_of", i);
        for (k = 0; k < shared->count && strcmp(shared->list[k].name, name) != 0; k++)
            ;
        if (k == shared->count && conf_is_sound(r->root, "holidays"))
            conf_errors_at_item(r->errors, c, "holidays_of", i, "there are no holidays '%.64s'",
                                name);
        else if (k < shared->count && calendar_text_join(r->a, &shared->list[k].days,
                                                         CALENDAR_HOLIDAYS_MAX, list, &err) < 0)
            conf_errors_at_item(r->errors, c, "holidays_of", i, "%s", err.text);
    }
}

static struct calendar *policy_calendar(struct policy_reader *r, const struct conf *c,
                                        const struct shared *shared)
{
    struct calendar_plan *plan = arena_alloc(r->a, sizeof(*plan));
    struct calendar_dates holidays = { 0 }, openings = { 0 };
    size_t before = r->errors->count;
    struct calendar *out = NULL;
    struct error err;
    size_t i;

    plan->zone = conf_text(c, "zone");
    policy_reader_check_zone(r, c);
    for (i = 0; i < conf_count(c, "hours"); i++)
        if (policy_hours(plan, conf_name_at(c, "hours", i), conf_text_at(c, "hours", i)) < 0)
            conf_errors_at_item(r->errors, c, "hours", i,
                                "expected a day or 'mon-fri' with spans such as '09:00-14:00, "
                                "15:30-18:30', got '%.20s: %.60s'",
                                conf_name_at(c, "hours", i), conf_text_at(c, "hours", i));
    policy_days(r, c, "holidays", &holidays);
    policy_shared_holidays(r, c, shared, &holidays);
    policy_days(r, c, "openings", &openings);
    plan->holidays = holidays.at;
    plan->holiday_count = holidays.count;
    plan->openings = openings.at;
    plan->opening_count = openings.count;
    if (plan->zone != NULL && r->errors->count == before && calendar_new(plan, &out, &err) < 0)
        conf_errors_at(r->errors, c, NULL, "%s", err.text);
    return out;
}

static void policy_holidays(struct policy_reader *r, const struct conf *root, struct shared *out)
{
    size_t i;

    out->count = conf_count(root, "holidays");
    out->list = arena_array(r->a, out->count, sizeof(*out->list));
    for (i = 0; i < out->count; i++) {
        out->list[i].name = conf_name_at(root, "holidays", i);
        policy_days(r, conf_at(root, "holidays", i), "days", &out->list[i].days);
    }
}

void policy_calendars_read(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "calendars"), i;
    const struct calendar **calendars = arena_array(r->a, n, sizeof(*calendars));
    const char **names = arena_array(r->a, n, sizeof(*names));
    struct shared shared;

    policy_holidays(r, root, &shared);
    for (i = 0; i < n; i++) {
        names[i] = policy_reader_copy(r, conf_name_at(root, "calendars", i));
        calendars[i] = policy_calendar(r, conf_at(root, "calendars", i), &shared);
    }
    r->p->calendars = calendars;
    r->p->calendar_names = names;
    r->p->calendar_count = n;
}
