/* Parameters in PostgreSQL's text forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/arena.h"
#include "daemon/db.h"

static void test_a_time_is_the_calendars_on_every_day_of_eight_hundred_years(void **state)
{
    struct arena *a = arena_new();
    int64_t day;

    (void)state;
    for (day = -200 * 366; day < 600 * 366; day++) {
        time_t t = (time_t)(day * 86400 + (day * 7919 % 86400 + 86400) % 86400);
        struct tm tm;
        char wanted[64];

        if (t == 0)
            continue; /* null */
        gmtime_r(&t, &tm);
        strftime(wanted, sizeof(wanted), "%Y-%m-%d %H:%M:%S+00", &tm);
        assert_string_equal(db_time(a, t).ptr, wanted);
        if (day % 1000 == 0) {
            arena_free(a);
            a = arena_new();
        }
    }
    arena_free(a);
}

static void test_an_array_is_written_as_postgresql_reads_it(void **state)
{
    struct arena *a = arena_new();
    struct db_array d = { 0 };

    (void)state;
    assert_string_equal(db_array_end(&d, a).ptr, "{}");
    db_array_int(&d, 0);
    db_array_int(&d, INT64_MIN);
    db_array_int(&d, INT64_MAX);
    assert_string_equal(db_array_end(&d, a).ptr, "{0,-9223372036854775808,9223372036854775807}");
    db_array_text(&d, "a\"b\\");
    db_array_text(&d, NULL);
    db_array_text(&d, "");
    db_array_bool(&d, true);
    db_array_time(&d, 0);
    db_array_time(&d, 86399);
    db_array_hex(&d, (struct span){ "\x00\xff", 2 });
    db_array_hex(&d, (struct span){ NULL, 0 });
    assert_string_equal(db_array_end(&d, a).ptr, "{\"a\\\"b\\\\\",NULL,\"\",t,NULL,"
                                                 "\"1970-01-01 23:59:59+00\",\"\\\\x00ff\",NULL}");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_time_is_the_calendars_on_every_day_of_eight_hundred_years),
        cmocka_unit_test(test_an_array_is_written_as_postgresql_reads_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
