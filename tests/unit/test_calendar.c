#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/calendar.h"

#define SPAN(h1, m1, h2, m2)                                                                       \
    {                                                                                              \
        (h1) * 3600 + (m1)*60, (h2)*3600 + (m2)*60                                                 \
    }

/* "2026-03-29 01:30:00" in UTC. */
static int64_t utc(const char *text)
{
    struct tm tm = { 0 };

    assert_non_null(strptime(text, "%Y-%m-%d %H:%M:%S", &tm));
    return timegm(&tm);
}

static struct calendar *make(const struct calendar_plan *plan)
{
    struct calendar *c = NULL;
    struct error err;

    if (calendar_new(plan, &c, &err) < 0)
        fail_msg("%s", err.text);
    return c;
}

static struct calendar_plan every_day(const char *zone, const struct calendar_span *spans, size_t n)
{
    struct calendar_plan plan = { .zone = zone };
    size_t day;

    for (day = 0; day < 7; day++) {
        memcpy(plan.spans[day], spans, n * sizeof(*spans));
        plan.span_count[day] = n;
    }
    return plan;
}

static void test_due_times_of_known_days(void **state)
{
    static const struct calendar_span split[] = { SPAN(9, 0, 14, 0), SPAN(15, 30, 18, 30) };
    static const struct calendar_span night[] = { SPAN(22, 0, 6, 0) };
    static const struct calendar_span skipped[] = { SPAN(2, 0, 3, 0), SPAN(9, 0, 10, 0) };
    static const struct {
        const char *why, *zone;
        const struct calendar_span *spans;
        size_t count;
        const char *start;
        int64_t seconds;
        const char *due;
    } rows[] = {
        { "several spans a day (T-67)", "Europe/Madrid", split, 2, "2026-06-01 11:00:00", 7200,
          "2026-06-01 14:30:00" },
        { "outside hours counts zero (C-6)", "Europe/Madrid", split, 2, "2026-06-01 20:00:00", 60,
          "2026-06-02 07:01:00" },
        { "target 0 is the next opening (C-6)", "Europe/Madrid", split, 2, "2026-06-01 12:30:00", 0,
          "2026-06-01 13:30:00" },
        { "target 0 while open is now", "Europe/Madrid", split, 2, "2026-06-01 08:00:00", 0,
          "2026-06-01 08:00:00" },
        { "the first instant at which the target is reached", "Europe/Madrid", split, 2,
          "2026-06-01 07:00:00", 5 * 3600, "2026-06-01 12:00:00" },
        { "across midnight", "Europe/Madrid", night, 1, "2026-06-01 21:00:00", 6 * 3600,
          "2026-06-02 03:00:00" },
        { "a span in the skipped hour is not there (C-5)", "Europe/Madrid", skipped, 2,
          "2026-03-29 00:00:00", 1, "2026-03-29 07:00:01" },
        { "a span in the repeated hour is there twice (C-5)", "Europe/Madrid", skipped, 2,
          "2026-10-25 00:00:00", 7200, "2026-10-25 02:00:00" },
        { "Cairo keeps summer time since 2023", "Africa/Cairo", split, 2, "2026-07-01 05:00:00",
          3600, "2026-07-01 07:00:00" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct calendar_plan plan = every_day(rows[i].zone, rows[i].spans, rows[i].count);
        struct calendar *c = make(&plan);
        int64_t due = calendar_due(c, utc(rows[i].start), rows[i].seconds);

        if (due != utc(rows[i].due))
            fail_msg("%s: %lld s off", rows[i].why, (long long)(due - utc(rows[i].due)));
        calendar_free(c);
    }
}

static void test_a_holiday_is_closed_and_a_partial_one_open_only_then(void **state)
{
    static const struct calendar_span day[] = { SPAN(9, 0, 17, 0) };
    static const struct calendar_holiday holidays[] = {
        { 2026, 12, 25, { 0, 0 } },
        { 2026, 12, 24, SPAN(9, 0, 12, 0) },
    };
    struct calendar_plan plan = every_day("UTC", day, 1);
    struct calendar *c;

    (void)state; /* C-4 */
    plan.holidays = holidays;
    plan.holiday_count = 2;
    c = make(&plan);
    assert_int_equal(calendar_due(c, utc("2026-12-24 11:00:00"), 7200), utc("2026-12-26 10:00:00"));
    assert_false(calendar_is_open(c, utc("2026-12-25 10:00:00")));
    assert_false(calendar_is_open(c, utc("2026-12-24 12:00:00")));
    assert_true(calendar_is_open(c, utc("2026-12-24 11:59:59")));
    calendar_free(c);
}

static void test_what_cannot_be_is_refused(void **state)
{
    static const struct calendar_span day[] = { SPAN(9, 0, 17, 0) };
    static const struct calendar_span late[] = { { 86400, 10 } };
    static const struct calendar_holiday wrong[] = { { 2026, 2, 29, { 0, 0 } } };
    struct calendar_plan plan = every_day("Europe/Nowhere", day, 1);
    struct calendar *c = NULL;
    struct error err;

    (void)state;
    assert_int_equal(calendar_new(&plan, &c, &err), -1);
    plan = every_day("UTC", late, 1);
    assert_int_equal(calendar_new(&plan, &c, &err), -1);
    plan = every_day("UTC", day, 1);
    plan.holidays = wrong;
    plan.holiday_count = 1;
    assert_int_equal(calendar_new(&plan, &c, &err), -1);
    assert_null(c);
}

static void test_a_calendar_that_never_opens_is_never_due(void **state)
{
    struct calendar_plan plan = { .zone = "UTC" };
    struct calendar *c = make(&plan);

    (void)state;
    assert_int_equal(calendar_due(c, 0, 1), -1);
    assert_int_equal(calendar_next_opening(c, 0), -1);
    assert_int_equal(calendar_due(NULL, 100, 50), 150); /* wall time */
    calendar_free(c);
}

/* Slow and simple: is the local wall time of `at` within a span that begins today or began
 * yesterday? The C library's own reading of the zone is the other opinion. */
static int slow_is_open(const struct calendar_plan *plan, int64_t at)
{
    time_t t = (time_t)at;
    struct tm tm;
    int second, today, yesterday;
    size_t i;

    localtime_r(&t, &tm);
    second = tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
    today = (tm.tm_wday + 6) % 7;
    yesterday = (today + 6) % 7;
    for (i = 0; i < plan->span_count[today]; i++) {
        const struct calendar_span *s = &plan->spans[today][i];

        if (second >= s->from_s && (s->to_s <= s->from_s || second < s->to_s))
            return 1;
    }
    for (i = 0; i < plan->span_count[yesterday]; i++) {
        const struct calendar_span *s = &plan->spans[yesterday][i];

        if (s->to_s <= s->from_s && second < s->to_s)
            return 1;
    }
    return 0;
}

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 8) % below;
}

static void test_counting_agrees_with_a_slow_reference_around_every_kind_of_transition(void **state)
{
    static const struct {
        const char *zone, *day; /* UTC, within a day of a transition where the zone has one then */
    } places[] = {
        { "Europe/Madrid", "2026-03-29 00:00:00" },
        { "Europe/Madrid", "2026-10-25 00:00:00" },
        { "America/New_York", "2027-03-14 06:00:00" },
        { "America/New_York", "2027-11-07 05:00:00" },
        { "Australia/Lord_Howe", "2026-04-04 12:00:00" },
        { "Australia/Lord_Howe", "2026-10-03 12:00:00" },
        { "Africa/Cairo", "2026-04-23 20:00:00" },
        { "Africa/Cairo", "2026-10-29 20:00:00" },
        { "America/Mexico_City", "2026-04-05 08:00:00" },
        { "Asia/Tehran", "2026-03-21 20:00:00" },
        { "Africa/Casablanca", "2026-02-15 00:00:00" },
        { "America/Santiago", "2026-09-06 03:00:00" },
        { "Asia/Kathmandu", "2026-06-01 00:00:00" },
        { "Europe/Dublin", "2035-03-25 00:00:00" },
    };
    unsigned seed = 7;
    size_t p, i;
    int round;

    (void)state; /* C-5 */
    for (p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
        setenv("TZ", places[p].zone, 1);
        tzset();
        for (round = 0; round < 6; round++) {
            struct calendar_plan plan = { .zone = places[p].zone };
            int64_t from = utc(places[p].day) - draw(&seed, 40000), to = from + 130000, at;
            int64_t counted = 0, target, due = -1;
            struct calendar *c;

            for (i = 0; i < 7; i++) {
                size_t n, spans = draw(&seed, 4);

                for (n = 0; n < spans; n++)
                    plan.spans[i][n] =
                        (struct calendar_span){ (int)draw(&seed, 86400), (int)draw(&seed, 86401) };
                plan.span_count[i] = spans;
            }
            c = make(&plan);
            target = 1 + draw(&seed, 60000);
            for (at = from; at < to; at++) {
                counted += slow_is_open(&plan, at);
                if (due < 0 && counted == target)
                    due = at + 1;
            }
            assert_int_equal(calendar_counted(c, from, to), counted);
            if (due >= 0)
                assert_int_equal(calendar_due(c, from, target), due);
            calendar_free(c);
        }
    }
    unsetenv("TZ");
    tzset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due_times_of_known_days),
        cmocka_unit_test(test_a_holiday_is_closed_and_a_partial_one_open_only_then),
        cmocka_unit_test(test_what_cannot_be_is_refused),
        cmocka_unit_test(test_a_calendar_that_never_opens_is_never_due),
        cmocka_unit_test(
            test_counting_agrees_with_a_slow_reference_around_every_kind_of_transition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
