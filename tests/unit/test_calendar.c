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
#include "core/calendar_text.h"
#include "core/text.h"

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

static void test_due_times_of_known_days(void **state) /* T-67, C-5, C-6 */
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
        { 2026, 12, 25, { 0, 0 }, NULL },
        { 2026, 12, 24, SPAN(9, 0, 12, 0), NULL },
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

static void test_an_opening_is_open_whatever_the_weekday_or_a_holiday_say(void **state)
{
    static const struct calendar_span day[] = { SPAN(9, 0, 17, 0) };
    static const struct calendar_holiday holidays[] = {
        { 2026, 12, 24, { 0, 0 }, "Eve" },
        { 2026, 12, 25, { 0, 0 }, "Christmas" },
    };
    static const struct calendar_holiday openings[] = {
        { 2026, 12, 19, SPAN(10, 0, 14, 0), "Saturday before" },
        { 2026, 12, 24, SPAN(22, 0, 2, 0), "Night" },
        { 2026, 12, 21, SPAN(17, 0, 20, 0), NULL },
        { 2026, 12, 12, SPAN(22, 0, 2, 0), NULL }, /* a Saturday */
    };
    struct calendar_plan plan = { .zone = "UTC",
                                  .holidays = holidays,
                                  .holiday_count = 2,
                                  .openings = openings,
                                  .opening_count = 4 };
    struct calendar_day d;
    struct calendar *c;
    size_t i;

    (void)state; /* C-4 */
    for (i = 0; i < 5; i++) {
        plan.spans[i][0] = day[0];
        plan.span_count[i] = 1;
    }
    c = make(&plan);
    assert_int_equal(calendar_due(c, utc("2026-12-18 16:00:00"), 2 * 3600),
                     utc("2026-12-19 11:00:00"));
    assert_int_equal(calendar_due(c, utc("2026-12-19 13:00:00"), 3601), utc("2026-12-21 09:00:01"));
    assert_true(calendar_is_open(c, utc("2026-12-21 19:59:59"))); /* longer than usual */
    assert_true(calendar_is_open(c, utc("2026-12-21 09:00:00")));
    assert_false(calendar_is_open(c, utc("2026-12-24 12:00:00")));
    assert_int_equal(calendar_counted(c, utc("2026-12-24 00:00:00"), utc("2026-12-26 00:00:00")),
                     4 * 3600); /* the night goes on in the holiday that follows */
    assert_int_equal(calendar_counted(c, utc("2026-12-12 00:00:00"), utc("2026-12-14 00:00:00")),
                     4 * 3600); /* and in a Sunday like any other */
    calendar_day(c, calendar_day_at(c, utc("2026-12-24 12:00:00")), &d);
    assert_true(d.is_holiday && d.has_opening);
    assert_string_equal(d.name, "Eve, Night");
    assert_int_equal(d.span_count, 1);
    assert_int_equal(d.spans[0].to_s, 26 * 3600);
    assert_true(calendar_next_special(c, d.day + 1, &d));
    assert_string_equal(d.name, "Christmas");
    assert_false(calendar_next_special(c, d.day + 1, &d));
    calendar_free(c);
}

static void test_a_day_that_stands_there_twice_is_open_in_each_of_its_spans(void **state)
{
    static const struct calendar_span day[] = { SPAN(9, 0, 17, 0) };
    static const struct calendar_holiday holidays[] = {
        { 2026, 12, 24, SPAN(13, 0, 14, 0), NULL },
        { 2026, 12, 24, { 0, 0 }, "Eve" },
        { 2026, 12, 24, SPAN(9, 0, 12, 0), "Eve" },
    };
    struct calendar_plan plan = every_day("UTC", day, 1);
    struct calendar_day d;
    struct calendar *c;

    (void)state; /* C-4 */
    plan.holidays = holidays;
    plan.holiday_count = 3;
    c = make(&plan);
    assert_int_equal(calendar_due(c, utc("2026-12-24 11:00:00"), 3601), utc("2026-12-24 13:00:01"));
    assert_true(calendar_next_special(c, 0, &d));
    assert_int_equal(d.span_count, 2);
    assert_string_equal(d.name, "Eve");
    calendar_free(c);
}

/* --- as people write it
 * ------------------------------------------------------------------------------------------------
 */

static void test_days_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        bool opening;
        size_t count; /* 0: refused */
    } rows[] = {
        { "2026-12-25", false, 1 },
        { "2026-12-25 (Christmas (all day))", false, 1 },
        { "2026-12-24..2026-12-26", false, 3 },
        { "2026-12-24 09:00-12:00, 13:00-14:00 (Eve)", false, 2 },
        { "2026-12-24..2026-12-25 9:00-12:00,13:00-14:00", false, 4 },
        { "2027-01-01..2027-12-31", false, 365 },
        { "2026-01-01..2027-01-01", false, 366 },
        { "2026-01-01..2027-01-02", false, 0 },
        { "2026-12-26..2026-12-25", false, 0 },
        { "2026-02-29", false, 0 },
        { "2026-12-25x", false, 0 },
        { "2026-12-25 Christmas", false, 0 },
        { "2026-12-25 (Christmas", false, 0 },
        { "2026-12-25 09:00-25:00", false, 0 },
        { "2026-12-25 24:00-25:00", false, 0 },
        { "2026-12-25 09:00-12:00,", false, 0 },
        { "2026-12-25 09:00 - 12:00", false, 0 },
        { "26-12-25", false, 0 },
        { "", false, 0 },
        { "2026-12-19 10:00-14:00", true, 1 },
        { "2026-12-19 (open)", true, 0 },
        { "2026-12-19", true, 0 },
    };
    struct calendar_dates list = { 0 };
    struct arena *a = arena_new();
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t before = list.count;
        int rc = calendar_text_days(a, rows[i].text, rows[i].opening, 2000, &list, &err);

        if (rc != (rows[i].count == 0 ? -1 : 0) || list.count - before != rows[i].count)
            fail_msg("'%s' gives %zu days", rows[i].text, list.count - before);
    }
    assert_string_equal(list.at[1].name, "Christmas (all day)");
    assert_int_equal(list.at[5].opening.from_s, 9 * 3600);
    arena_free(a);
}

static void test_a_whole_day_and_night_is_not_taken_for_closed(void **state)
{
    struct calendar_plan plan = { .zone = "UTC" };
    struct calendar_dates list = { 0 };
    struct arena *a = arena_new();
    struct calendar *c;
    struct error err;

    (void)state;
    assert_int_equal(calendar_text_days(a, "2026-12-25 00:00-00:00", false, 10, &list, &err), 0);
    plan.holidays = list.at;
    plan.holiday_count = list.count;
    c = make(&plan);
    assert_int_equal(calendar_counted(c, 0, utc("2027-01-01 00:00:00")), 86400);
    calendar_free(c);
    arena_free(a);
}

static void test_the_bounds_of_a_calendar_hold_at_both_sides(void **state)
{
    static const struct calendar_span day[] = { SPAN(9, 0, 17, 0) };
    struct calendar_holiday *many = calloc(CALENDAR_HOLIDAYS_MAX + 1, sizeof(*many));
    struct calendar_plan plan = every_day("UTC", day, 1);
    struct calendar_span spans[CALENDAR_SPANS_MAX];
    struct calendar_dates list = { 0 };
    struct text_buffer b = { 0 };
    struct arena *a = arena_new();
    struct calendar *c = NULL;
    struct error err;
    const char *p;
    size_t i;

    (void)state;
    for (i = 0; i <= CALENDAR_HOLIDAYS_MAX; i++)
        many[i] = (struct calendar_holiday){ 2026, 1, 1 + (int)i % 31, SPAN(9, 0, 10, 0), NULL };
    plan.holidays = plan.openings = many;
    plan.holiday_count = CALENDAR_HOLIDAYS_MAX;
    plan.opening_count = CALENDAR_OPENINGS_MAX;
    calendar_free(make(&plan));
    plan.holiday_count++;
    assert_int_equal(calendar_new(&plan, &c, &err), -1);
    plan.holiday_count--;
    plan.opening_count++;
    assert_int_equal(calendar_new(&plan, &c, &err), -1);
    plan.opening_count = 1;
    many[0].opening = (struct calendar_span){ 0, 0 }; /* an opening is some time */
    assert_int_equal(calendar_new(&plan, &c, &err), -1);
    assert_int_equal(calendar_text_days(a, "2026-01-01..2026-01-03", false, 3, &list, &err), 0);
    assert_int_equal(calendar_text_days(a, "2026-01-04", false, 3, &list, &err), -1);
    assert_int_equal(list.count, 3);
    for (i = 0; i < CALENDAR_SPANS_MAX; i++)
        text_buffer_puts(&b, i == 0 ? "09:00-10:00" : ", 09:00-10:00");
    p = b.ptr;
    assert_int_equal(calendar_text_spans(&p, spans), CALENDAR_SPANS_MAX);
    text_buffer_puts(&b, ", 09:00-10:00");
    p = b.ptr;
    assert_int_equal(calendar_text_spans(&p, spans), -1);
    text_buffer_clear(&b);
    arena_free(a);
    free(many);
}

static void test_a_target_of_a_year_is_found_far_ahead_and_no_further(void **state)
{
    struct calendar_plan plan = { .zone = "Europe/Madrid" };
    struct calendar *c;

    (void)state;
    plan.spans[0][0] = (struct calendar_span){ 9 * 3600, 9 * 3600 + 3600 };
    plan.span_count[0] = 1; /* an hour a week: 5217 weeks are looked at */
    c = make(&plan);
    assert_int_equal(calendar_due(c, utc("2026-01-05 08:00:00"), 366 * 3600),
                     utc("2033-01-03 09:00:00"));
    assert_true(calendar_due(c, utc("2026-01-05 08:00:00"), 5217 * 3600) > 0);
    assert_int_equal(calendar_due(c, utc("2026-01-05 08:00:00"), 5220 * 3600), -1);
    calendar_free(c);
}

static void test_what_cannot_be_is_refused(void **state)
{
    static const struct calendar_span day[] = { SPAN(9, 0, 17, 0) };
    static const struct calendar_span late[] = { { 86400, 10 } };
    static const struct calendar_holiday wrong[] = { { 2026, 2, 29, { 0, 0 }, NULL } };
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
        cmocka_unit_test(test_an_opening_is_open_whatever_the_weekday_or_a_holiday_say),
        cmocka_unit_test(test_a_day_that_stands_there_twice_is_open_in_each_of_its_spans),
        cmocka_unit_test(test_days_are_read_as_people_write_them),
        cmocka_unit_test(test_a_whole_day_and_night_is_not_taken_for_closed),
        cmocka_unit_test(test_the_bounds_of_a_calendar_hold_at_both_sides),
        cmocka_unit_test(test_a_target_of_a_year_is_found_far_ahead_and_no_further),
        cmocka_unit_test(test_what_cannot_be_is_refused),
        cmocka_unit_test(test_a_calendar_that_never_opens_is_never_due),
        cmocka_unit_test(
            test_counting_agrees_with_a_slow_reference_around_every_kind_of_transition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
