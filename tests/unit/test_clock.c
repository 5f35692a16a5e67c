/* One time for all nodes: the database's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/clock.h"

/* The database's clock is ahead of this machine's by so many seconds. */
static bool follow(int64_t own_us, int64_t ahead_s, int64_t trip_ms)
{
    int64_t now = steady_now_ms();

    return wall_follow(own_us + ahead_s * 1000000 - trip_ms * 500, now - trip_ms, now);
}

static void test_the_databases_time_counts_as_soon_as_it_is_known(void **state)
{
    int64_t own = wall_now_us();

    (void)state; /* the first test: until now it was this machine's own */
    assert_true(labs((long)wall_own_ahead_s()) <= 1);
    assert_true(follow(own, 3600, 10));
    assert_in_range(wall_own_ahead_s() + 3700, 99, 101);
    assert_true(follow(own, -3600, 10)); /* another database, after a fail-over */
    assert_in_range(wall_own_ahead_s(), 3599, 3601);
}

static void test_an_answer_that_took_too_long_changes_nothing(void **state)
{
    int64_t own = wall_now_us() + wall_own_ahead_s() * 1000000, before;

    (void)state;
    assert_true(follow(own, 0, 10));
    before = wall_own_ahead_s();
    assert_false(follow(own, 500, WALL_TRIP_MS + 1));
    assert_int_equal(wall_own_ahead_s(), before);
}

static void test_a_small_difference_does_not_set_time_back(void **state)
{
    int64_t at = wall_now_us(), now = steady_now_ms();

    (void)state;
    assert_true(wall_follow(at - 100 * 1000, now, now));
    assert_true(wall_now_us() >= at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_databases_time_counts_as_soon_as_it_is_known),
        cmocka_unit_test(test_an_answer_that_took_too_long_changes_nothing),
        cmocka_unit_test(test_a_small_difference_does_not_set_time_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
