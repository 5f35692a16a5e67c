/* Any plan of opening hours is a calendar, or refused; what it counts and when a clock is due
 * agree.
 */
#include <string.h>

#include "core/calendar.h"
#include "tests/fuzz/fuzz.h"

enum { HOLIDAYS = 4, DAY_S = 86400 };

struct bytes {
    const uint8_t *at;
    size_t left;
};

static unsigned take(struct bytes *b)
{
    if (b->left == 0)
        return 0;
    b->left--;
    return *b->at++;
}

/* Minutes mostly; now and then out of range. */
static struct calendar_span take_span(struct bytes *b)
{
    int from = (int)(take(b) * 256 + take(b)), to = (int)(take(b) * 256 + take(b));

    return (struct calendar_span){ from % 1500 * 60 + from % 2, to % 1500 * 60 };
}

static size_t take_days(struct bytes *b, struct calendar_holiday days[HOLIDAYS])
{
    size_t n = take(b) % (HOLIDAYS + 1), i;

    for (i = 0; i < n; i++) {
        days[i].year = 2023 + (int)(take(b) % 4);
        days[i].month = (int)(take(b) % 14);
        days[i].day = (int)(take(b) % 33);
        if (take(b) % 2 == 0)
            days[i].opening = take_span(b);
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const zones[] = {
        "UTC", "Europe/Madrid", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "no/such"
    };
    struct calendar_holiday holidays[HOLIDAYS] = { { 0 } }, openings[HOLIDAYS] = { { 0 } };
    struct bytes b = { data, size };
    struct calendar_plan plan = { .zone = zones[take(&b) % 6],
                                  .holidays = holidays,
                                  .openings = openings };
    int64_t start = 1700000000 + (int64_t)take(&b) * 3 * DAY_S + take(&b) * 337;
    int64_t seconds = (int64_t)take(&b) * 911, due, opening;
    struct calendar *c;
    struct error err;
    size_t day, i;

    for (day = 0; day < 7; day++) {
        plan.span_count[day] = take(&b) % 4;
        for (i = 0; i < plan.span_count[day]; i++)
            plan.spans[day][i] = take_span(&b);
    }
    plan.holiday_count = take_days(&b, holidays);
    plan.opening_count = take_days(&b, openings);
    if (calendar_new(&plan, &c, &err) < 0)
        return 0;
    due = calendar_due(c, start, seconds);
    opening = calendar_next_opening(c, start);
    FUZZ_HOLDS(due == -1 || due >= start);
    FUZZ_HOLDS(due == -1 || calendar_counted(c, start, due) == seconds);
    FUZZ_HOLDS(opening == -1 || (opening >= start && calendar_is_open(c, opening)));
    FUZZ_HOLDS(opening == -1 || calendar_counted(c, start, opening) == 0);
    calendar_free(c);
    return 0;
}
