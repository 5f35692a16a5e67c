/* Feeds of holidays: what is taken, what is left out and why, and what a hostile one cannot do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/date.h"
#include "core/holiday_feed.h"
#include "core/policy_read.h"

static const struct holiday_feed_options years = { .from_year = 2026,
                                                   .to_year = 2028,
                                                   .zone = "Europe/Madrid" };

/* The lines of events, between those of a calendar. */
static int read_events(struct arena *a, const char *events, const struct holiday_feed_options *o,
                       struct holiday_feed *out, struct error *err)
{
    const char *text =
        arena_printf(a, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n%sEND:VCALENDAR\r\n", events);

    return holiday_feed_read(a, span_of(text), o, out, err);
}

/* "2026-12-25 Christmas; 2026-12-26..2026-12-27 Feast; - Broken: why". */
static const char *told(struct arena *a, const struct holiday *list, size_t count)
{
    const char *text = "";
    char first[DATE_TEXT], last[DATE_TEXT];
    size_t i;

    for (i = 0; i < count; i++)
        text =
            arena_printf(a, "%s%s%s%s%s%s%s%s%s", text, i == 0 ? "" : "; ",
                         list[i].last < list[i].first ? "-" : date_text(first, list[i].first),
                         list[i].last > list[i].first ? ".." : "",
                         list[i].last > list[i].first ? date_text(last, list[i].last) : "",
                         list[i].name[0] == '\0' ? "" : " ", list[i].name,
                         list[i].why == NULL ? "" : ": ", list[i].why == NULL ? "" : list[i].why);
    return text;
}

struct row {
    const char *why, *lines, *taken, *left;
};

static void check(const struct row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        struct arena *a = arena_new();
        struct holiday_feed f;
        struct error err;
        const char *taken, *left;

        if (read_events(
                a, arena_printf(a, "BEGIN:VEVENT\r\nSUMMARY:A\r\n%sEND:VEVENT\r\n", rows[i].lines),
                &years, &f, &err) < 0)
            fail_msg("%s: %s", rows[i].why, err.text);
        taken = told(a, f.taken, f.taken_count);
        left = told(a, f.left, f.left_count);
        if (strcmp(taken, rows[i].taken) != 0 || strcmp(left, rows[i].left) != 0)
            fail_msg("%s: taken '%s', left out '%s'", rows[i].why, taken, left);
        arena_free(a);
    }
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_events_of_whole_days_are_taken(void **state)
{
    static const struct row rows[] = {
        { "a date alone is a day", "DTSTART;VALUE=DATE:20261225\r\n", "2026-12-25 A", "" },
        { "DTEND is not included", "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\n",
          "2026-12-25..2026-12-26 A", "" },
        { "an end that is not later",
          "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261225\r\n", "2026-12-25 A", "" },
        { "a duration", "DTSTART;VALUE=DATE:20261225\r\nDURATION:P2D\r\n",
          "2026-12-25..2026-12-26 A", "" },
        { "weeks", "DTSTART;VALUE=DATE:20260803\r\nDURATION:P1W\r\n", "2026-08-03..2026-08-09 A",
          "" },
        { "times from midnight to midnight",
          "DTSTART;TZID=Europe/Madrid:20261225T000000\r\nDTEND;TZID=Europe/Madrid:20261226T000000"
          "\r\n",
          "2026-12-25 A", "" },
        { "until a minute before", "DTSTART:20261225T000000\r\nDTEND:20261225T235900\r\n",
          "2026-12-25 A", "" },
        { "hours that make a day", "DTSTART:20261225T000000\r\nDURATION:PT24H\r\n", "2026-12-25 A",
          "" },
        { "in UTC, brought to the zone", "DTSTART:20261224T230000Z\r\nDTEND:20261225T230000Z\r\n",
          "2026-12-25 A", "" },
        { "a folded line", "DTSTART;VALUE=DA\r\n TE:2026\r\n\t1225\r\n", "2026-12-25 A", "" },
        { "years that were not asked for", "DTSTART;VALUE=DATE:20291225\r\n", "", "" },
        { "what reaches into them is cut",
          "DTSTART;VALUE=DATE:20251230\r\nDTEND;VALUE=DATE:20260103\r\n",
          "2026-01-01..2026-01-02 A", "" },
        { "dates of its own",
          "DTSTART;VALUE=DATE:20260101\r\nRDATE;VALUE=DATE:20270101,20260601\r\n",
          "2026-01-01 A; 2026-06-01 A; 2027-01-01 A", "" },
        { "a period counts from its beginning",
          "DTSTART:20260101T000000\r\nDURATION:P1D\r\nRDATE;VALUE=PERIOD:20270101T000000/P1D\r\n",
          "2026-01-01 A; 2027-01-01 A", "" },
        { "an alarm within it is passed over",
          "BEGIN:VALARM\r\nDTSTART:19990101\r\nEND:VALARM\r\nDTSTART;VALUE=DATE:20261225\r\n",
          "2026-12-25 A", "" },
    };

    (void)state;
    CHECK(rows);
}

static void test_rules_give_the_days_of_their_years(void **state)
{
    static const struct row rows[] = {
        { "the same day each year", "DTSTART;VALUE=DATE:20101225\r\nRRULE:FREQ=YEARLY\r\n",
          "2026-12-25 A; 2027-12-25 A; 2028-12-25 A", "" },
        { "a leap day", "DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY\r\n", "2028-02-29 A",
          "" },
        { "every other year", "DTSTART;VALUE=DATE:20251225\r\nRRULE:FREQ=YEARLY;INTERVAL=2\r\n",
          "2027-12-25 A", "" },
        { "so many times", "DTSTART;VALUE=DATE:20241225\r\nRRULE:FREQ=YEARLY;COUNT=4\r\n",
          "2026-12-25 A; 2027-12-25 A", "" },
        { "until a day, included",
          "DTSTART;VALUE=DATE:20101225\r\nRRULE:FREQ=YEARLY;UNTIL=20271225\r\n",
          "2026-12-25 A; 2027-12-25 A", "" },
        { "until an instant of the zone",
          "DTSTART;TZID=Europe/Madrid:20101225T000000\r\nDURATION:P1D\r\n"
          "RRULE:FREQ=YEARLY;UNTIL=20271224T230000Z\r\n",
          "2026-12-25 A; 2027-12-25 A", "" },
        { "until a second before",
          "DTSTART;TZID=Europe/Madrid:20101225T000000\r\nDURATION:P1D\r\n"
          "RRULE:FREQ=YEARLY;UNTIL=20271224T225959Z\r\n",
          "2026-12-25 A", "" },
        { "the last Monday of May",
          "DTSTART;VALUE=DATE:20200525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO\r\n",
          "2026-05-25 A; 2027-05-31 A; 2028-05-29 A", "" },
        { "the fourth Thursday of November",
          "DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11\r\n",
          "2026-11-26 A; 2027-11-25 A; 2028-11-23 A", "" },
        { "the 20th Monday of the year",
          "DTSTART;VALUE=DATE:20200518\r\nRRULE:FREQ=YEARLY;BYDAY=20MO\r\n",
          "2026-05-18 A; 2027-05-17 A; 2028-05-15 A", "" },
        { "the Tuesday after the first Monday",
          "DTSTART;VALUE=DATE:20201103\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,"
          "5,6,7,8\r\n",
          "2026-11-03 A; 2027-11-02 A; 2028-11-07 A", "" },
        { "the last day of February",
          "DTSTART;VALUE=DATE:20200229\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1\r\n",
          "2026-02-28 A; 2027-02-28 A; 2028-02-29 A", "" },
        { "the hundredth day and the last",
          "DTSTART;VALUE=DATE:20200409\r\nRRULE:FREQ=YEARLY;BYYEARDAY=100,-1;UNTIL=20270101\r\n",
          "2026-04-10 A; 2026-12-31 A", "" },
        { "the last working day of the year",
          "DTSTART;VALUE=DATE:20201231\r\nRRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=MO,TU,WE,TH,FR;"
          "BYSETPOS=-1\r\n",
          "2026-12-31 A; 2027-12-31 A; 2028-12-29 A", "" },
        { "every quarter",
          "DTSTART;VALUE=DATE:20260131\r\nRRULE:FREQ=MONTHLY;INTERVAL=3;UNTIL=20270101\r\n",
          "2026-01-31 A; 2026-07-31 A; 2026-10-31 A", "" },
        { "every other week",
          "DTSTART;VALUE=DATE:20281205\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU\r\n",
          "2028-12-05 A; 2028-12-17 A; 2028-12-19 A; 2028-12-31 A", "" },
        { "every tenth day", "DTSTART;VALUE=DATE:20281205\r\nRRULE:FREQ=DAILY;INTERVAL=10\r\n",
          "2028-12-05 A; 2028-12-15 A; 2028-12-25 A", "" },
        { "but not on that one",
          "DTSTART;VALUE=DATE:20101225\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20271225\r\n",
          "2026-12-25 A; 2028-12-25 A", "" },
        { "a day that never is",
          "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=2;"
          "BYMONTHDAY=30\r\n",
          "", "" },
        { "several days each year",
          "DTSTART;VALUE=DATE:20251231\r\nDTEND;VALUE=DATE:20260102\r\nRRULE:FREQ=YEARLY;COUNT=2"
          "\r\n",
          "2026-01-01 A; 2026-12-31..2027-01-01 A", "" },
    };

    (void)state;
    CHECK(rows);
}

static void test_what_is_left_out_is_named_with_its_reason(void **state)
{
    static const struct row rows[] = {
        { "cancelled", "DTSTART;VALUE=DATE:20261225\r\nSTATUS:CANCELLED\r\n", "",
          "2026-12-25 A: cancelled" },
        { "no time", "DTSTART;VALUE=DATE:20261225\r\nTRANSP:TRANSPARENT\r\n", "",
          "2026-12-25 A: marked as taking up no time" },
        { "and not of other years", "DTSTART;VALUE=DATE:20161225\r\nSTATUS:CANCELLED\r\n", "", "" },
        { "an afternoon", "DTSTART:20261224T140000\r\nDTEND:20261225T000000\r\n", "",
          "2026-12-24 A: it takes a part of the day; write what is open then" },
        { "hours", "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=HOURLY\r\n", "",
          "- A: its rule's part FREQ is broken, or of another kind than is read" },
        { "weeks by number", "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;BYWEEKNO=20\r\n", "",
          "- A: its rule's part BYWEEKNO is not read" },
        { "the moon", "DTSTART;VALUE=DATE:20261225\r\nRRULE:RSCALE=HEBREW;FREQ=YEARLY\r\n", "",
          "- A: its rule's part RSCALE is not read" },
        { "no frequency", "DTSTART;VALUE=DATE:20261225\r\nRRULE:COUNT=3\r\n", "",
          "- A: its rule contradicts itself" },
        { "two rules", "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nRRULE:FREQ=DAILY\r\n",
          "", "- A: it has several rules" },
        { "a rule of exceptions", "DTSTART;VALUE=DATE:20261225\r\nEXRULE:FREQ=YEARLY\r\n", "",
          "- A: it has a rule of exceptions" },
        { "no day", "DTSTART;VALUE=DATE:20261325\r\n", "", "- A: it does not say when" },
        { "a broken date among others",
          "DTSTART;VALUE=DATE:20261225\r\nEXDATE:20261225,tomorrow\r\n", "",
          "- A: one of its dates is none" },
        { "a broken duration", "DTSTART;VALUE=DATE:20261225\r\nDURATION:1D\r\n", "",
          "- A: how long it lasts cannot be read" },
        { "longer than a year", "DTSTART;VALUE=DATE:20260101\r\nDURATION:P367D\r\n", "",
          "2026-01-01 A: it is longer than a year" },
        { "a year", "DTSTART;VALUE=DATE:20260101\r\nDURATION:P366D\r\n", "2026-01-01..2027-01-01 A",
          "" },
    };

    (void)state; /* T-56 */
    CHECK(rows);
}

static void test_an_instance_that_was_moved_stands_where_it_was_moved_to(void **state)
{
    static const char events[] =
        "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20200601\r\n"
        "RRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fair, moved\r\nRECURRENCE-ID;VALUE=DATE:20270601\r\n"
        "DTSTART;VALUE=DATE:20270608\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fair\r\nRECURRENCE-ID;VALUE=DATE:20280601\r\n"
        "DTSTART;VALUE=DATE:20280601\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n";
    struct arena *a = arena_new();
    struct holiday_feed f;
    struct error err;

    (void)state;
    assert_int_equal(read_events(a, events, &years, &f, &err), 0);
    assert_string_equal(told(a, f.taken, f.taken_count), "2026-06-01 Fair; 2027-06-08 Fair, moved");
    assert_string_equal(told(a, f.left, f.left_count), "2028-06-01 Fair: cancelled");
    arena_free(a);
}

static void test_a_feed_that_marks_all_as_no_time_can_be_taken_all_the_same(void **state)
{
    static const char events[] = "BEGIN:VEVENT\r\nSUMMARY:A\r\nDTSTART;VALUE=DATE:20261225\r\n"
                                 "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n";
    struct holiday_feed_options o = years;
    struct arena *a = arena_new();
    struct holiday_feed f;
    struct error err;

    (void)state;
    assert_int_equal(read_events(a, events, &o, &f, &err), 0);
    assert_int_equal(f.transparent, 1);
    o.transparent = true;
    assert_int_equal(read_events(a, events, &o, &f, &err), 0);
    assert_int_equal(f.taken_count, 1);
    assert_int_equal(f.transparent, 0);
    arena_free(a);
}

/* --- the file that comes of it
 * ------------------------------------------------------------------------------------------------
 */

static void test_the_file_is_a_part_of_a_policy_whatever_the_feed_calls_its_days(void **state)
{
    static const char events[] =
        "BEGIN:VEVENT\r\nSUMMARY:New Year's \"Day\"\\, #1 (all)\r\nDTSTART;VALUE=DATE:20260101\r\n"
        "DESCRIPTION:Public holiday\\nIn the whole country\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:\x1b[31mred\xe2\x80\xae\r\nDTSTART;VALUE=DATE:20260102\r\n"
        "END:VEVENT\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:a\\nholidays: {}\r\nDTSTART;VALUE=DATE:20260103\r\n"
        "STATUS:CANCELLED\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:\r\nDTSTART;VALUE=DATE:20260104\r\nEND:VEVENT\r\n";
    struct arena *a = arena_new();
    struct conf_errors errors = { 0 };
    struct policy_file policy;
    struct calendar_day day;
    struct holiday_feed f;
    struct error err;
    char *yaml, *whole;

    (void)state; /* S-33 */
    assert_int_equal(read_events(a, events, &years, &f, &err), 0);
    yaml = holiday_feed_to_yaml(&f, "spain", "es.ics", &years);
    assert_non_null(strstr(yaml, "      - '2026-01-01 (New Year''s \"Day\", #1 (all))' # Public "
                                 "holiday\n"));
    assert_null(strchr(yaml, '\x1b'));
    assert_non_null(strstr(yaml, "#   2026-01-03 a: cancelled\n"));
    whole = arena_printf(a,
                         "%scalendars: {c: {zone: UTC, hours: {mon-sun: '09:00-17:00'}, "
                         "holidays_of: spain}}\nescalation: [{name: one}]\n",
                         yaml);
    if (policy_read("p.yaml", span_of(whole), NULL, NULL, &policy, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    assert_true(calendar_next_special(policy.policy->calendars[0], 0, &day));
    assert_string_equal(day.name, "New Year's \"Day\", #1 (all)");
    assert_true(calendar_next_special(policy.policy->calendars[0], day.day + 3, &day));
    assert_null(day.name);
    policy_file_clear(&policy);
    free(yaml);
    arena_free(a);
}

static void test_a_feed_without_days_is_an_empty_list(void **state)
{
    struct arena *a = arena_new();
    struct conf_errors errors = { 0 };
    struct policy_file policy;
    struct holiday_feed f;
    struct error err;
    char *yaml;

    (void)state;
    assert_int_equal(read_events(a, "", &years, &f, &err), 0);
    yaml = holiday_feed_to_yaml(&f, "none", "-", &years);
    if (policy_read("p.yaml", span_of(arena_printf(a, "%sescalation: [{name: one}]\n", yaml)), NULL,
                    NULL, &policy, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    policy_file_clear(&policy);
    free(yaml);
    arena_free(a);
}

/* --- what a hostile one cannot do
 * ------------------------------------------------------------------------------------------------
 */

static void test_what_is_no_whole_calendar_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "<html>not found</html>",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260101\r\n",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260101\r\nEND:VEVENT\r\n",
        "BEGIN:VEVENT\r\nDTSTART:20260101\r\nEND:VEVENT\r\n",
    };
    struct arena *a = arena_new();
    struct holiday_feed f;
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (holiday_feed_read(a, span_of(texts[i]), &years, &f, &err) == 0)
            fail_msg("%s", texts[i]);
    arena_free(a);
}

static const char *repeated(struct arena *a, const char *lines, size_t times)
{
    size_t len = strlen(lines), i;
    char *text = arena_alloc(a, len * times + 1);

    for (i = 0; i < times; i++)
        memcpy(text + i * len, lines, len);
    return text;
}

static void test_the_bounds_of_a_feed_hold_at_both_sides(void **state)
{
    static const char one[] = "BEGIN:VEVENT\r\nDTSTART:20200101\r\nEND:VEVENT\r\n";
    struct holiday_feed_options o = years;
    struct arena *a = arena_new();
    struct holiday_feed f;
    struct error err;

    (void)state;
    assert_int_equal(read_events(a, repeated(a, one, HOLIDAY_FEED_EVENTS_MAX), &o, &f, &err), 0);
    assert_int_equal(read_events(a, repeated(a, one, HOLIDAY_FEED_EVENTS_MAX + 1), &o, &f, &err),
                     -1);
    assert_int_equal(
        read_events(a,
                    "BEGIN:VEVENT\r\nDTSTART:20260101\r\nRRULE:FREQ=DAILY;COUNT=1000\r\n"
                    "END:VEVENT\r\n",
                    &o, &f, &err),
        0);
    assert_int_equal(f.taken_count, HOLIDAY_FEED_DAYS_MAX);
    assert_int_equal(
        read_events(a,
                    "BEGIN:VEVENT\r\nDTSTART:20260101\r\nRRULE:FREQ=DAILY;COUNT=1001\r\n"
                    "END:VEVENT\r\n",
                    &o, &f, &err),
        -1);
    o.from_year = 2000;
    o.to_year = 2000 + HOLIDAY_FEED_YEARS_MAX - 1;
    assert_int_equal(read_events(a, one, &o, &f, &err), 0);
    o.to_year++;
    assert_int_equal(read_events(a, one, &o, &f, &err), -1);
    o = years;
    o.zone = "Europe/Nowhere";
    assert_int_equal(read_events(a, one, &o, &f, &err), -1);
    assert_int_equal(holiday_feed_read(a,
                                       (struct span){ repeated(a, "\r\n", HOLIDAY_FEED_BYTES_MAX),
                                                      HOLIDAY_FEED_BYTES_MAX + 1 },
                                       &years, &f, &err),
                     -1);
    arena_free(a);
}

static void test_a_feed_of_rules_without_end_is_told_to_be_too_much(void **state)
{
    static const char forever[] = "BEGIN:VEVENT\r\nDTSTART:00010101\r\nSTATUS:CANCELLED\r\n"
                                  "RRULE:FREQ=DAILY;COUNT=999999\r\nEND:VEVENT\r\n";
    struct arena *a = arena_new();
    struct holiday_feed f;
    struct error err;

    (void)state;
    assert_int_equal(read_events(a, forever, &years, &f, &err), 0);
    assert_int_equal(f.left_count, HOLIDAY_FEED_LEFT_MAX);
    assert_int_equal(f.untold, 366 + 365 + 365 - HOLIDAY_FEED_LEFT_MAX);
    assert_int_equal(read_events(a, repeated(a, forever, 100), &years, &f, &err), -1);
    assert_non_null(strstr(err.text, "too often"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_of_whole_days_are_taken),
        cmocka_unit_test(test_rules_give_the_days_of_their_years),
        cmocka_unit_test(test_what_is_left_out_is_named_with_its_reason),
        cmocka_unit_test(test_an_instance_that_was_moved_stands_where_it_was_moved_to),
        cmocka_unit_test(test_a_feed_that_marks_all_as_no_time_can_be_taken_all_the_same),
        cmocka_unit_test(test_the_file_is_a_part_of_a_policy_whatever_the_feed_calls_its_days),
        cmocka_unit_test(test_a_feed_without_days_is_an_empty_list),
        cmocka_unit_test(test_what_is_no_whole_calendar_is_refused),
        cmocka_unit_test(test_the_bounds_of_a_feed_hold_at_both_sides),
        cmocka_unit_test(test_a_feed_of_rules_without_end_is_told_to_be_too_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
