/* How many bytes of large mails there are at once, when more would come than there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <string.h>
#include <unistd.h>

#include "daemon/burden.h"

enum { MEMBERS = 6, MOST = 100, SLOW_MS = 3600 * 1000, SOON_MS = 500 };

static struct event_base *base;
static struct burdens *all;
static struct member {
    struct burden *burden;
    int told;
    bool again; /* wants another one as soon as it is told */
} member[MEMBERS];

static void on_told(void *arg)
{
    struct member *m = arg;

    m->told++;
    if (!m->again)
        return;
    burden_end(m->burden);
    m->burden = burden_want(all, 60, on_told, m);
}

static void want(int i, size_t bytes)
{
    member[i].burden = burden_want(all, bytes, on_told, &member[i]);
}

static void leave(int i)
{
    burden_end(member[i].burden);
    member[i].burden = NULL;
}

static void settle(void)
{
    int i;

    for (i = 0; i < 4 * MEMBERS; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Who was told, as digits. */
static void assert_told(const char *expected)
{
    char told[MEMBERS + 1] = "";
    size_t i, n = 0;

    settle();
    for (i = 0; i < MEMBERS; i++)
        if (member[i].told > 0)
            told[n++] = (char)('0' + i);
    assert_string_equal(told, expected);
}

static void begin(int64_t slow_ms)
{
    memset(member, 0, sizeof(member));
    base = event_base_new();
    all = burdens_new(base, MOST, slow_ms);
}

static int set_up(void **state)
{
    (void)state;
    begin(SLOW_MS);
    return 0;
}

static int tear_down(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < MEMBERS; i++)
        burden_end(member[i].burden);
    burdens_free(all);
    event_base_free(base);
    return 0;
}

static void test_who_has_room_is_told_and_the_others_when_somebody_ends(void **state) /* F52 */
{
    (void)state;
    want(0, 60);
    want(1, 40);
    want(2, 1);
    assert_int_equal(member[0].told, 0); /* never within a call of theirs */
    assert_told("01");
    burden_came(member[0].burden, 60); /* it is there, and weighs what it did */
    assert_told("01");
    leave(1);
    assert_told("012");
    assert_int_equal(member[2].told, 1);
}

static void test_a_small_one_does_not_pass_a_large_one_that_waits(void **state)
{
    (void)state;
    want(0, 60);
    want(1, 100);
    want(2, 1);
    assert_told("0");
    leave(0);
    assert_told("01");
    leave(1);
    assert_told("012");
}

static void test_who_goes_away_is_not_waited_for(void **state)
{
    (void)state;
    want(0, 100);
    want(1, 100);
    want(2, 50);
    assert_told("0");
    leave(1);
    leave(0);
    assert_told("02");
}

static void test_a_single_one_has_room_however_large_it_is(void **state)
{
    (void)state;
    want(0, SIZE_MAX);
    assert_told("0");
    want(1, 1);
    assert_told("0");
    leave(0);
    assert_told("01");
    want(2, SIZE_MAX);
    assert_told("01");
}

static void test_what_came_weighs_what_it_is_and_not_what_was_said(void **state)
{
    (void)state;
    want(0, 10);
    assert_told("0");
    burden_came(member[0].burden, 90);
    want(1, 11);
    assert_told("0");
    member[2].burden = burden_want(all, 1000, NULL, NULL); /* nobody asked */
    burden_came(member[2].burden, 1000);
    leave(0);
    assert_told("0");
    leave(2);
    assert_told("01");
}

static void test_what_nobody_asked_for_is_waited_for_but_not_for_ever(void **state)
{
    int i;

    (void)state;
    burdens_free(all);
    event_base_free(base);
    begin(SOON_MS);
    member[0].burden = burden_want(all, 100, NULL, NULL); /* came by itself */
    burden_came(member[0].burden, 100);
    want(1, 60);
    want(2, 60);
    assert_told("");
    for (i = 0; i < 200 && member[1].told == 0; i++) {
        usleep(20000);
        settle();
    }
    assert_told("1");
    burden_came(member[1].burden, 60);
    leave(0);
    assert_told("1"); /* what was asked for counts as before */
    leave(1);
    assert_told("12");
}

static void test_nobody_has_two_while_another_waits(void **state)
{
    int i, round;

    (void)state;
    for (i = 0; i < MEMBERS; i++) {
        member[i].again = true;
        want(i, 60);
    }
    for (round = 0; round < 200; round++) {
        event_base_loop(base, EVLOOP_ONCE);
        for (i = 1; i < MEMBERS; i++)
            assert_in_range(member[i - 1].told, member[i].told, member[i].told + 1);
    }
    assert_true(member[MEMBERS - 1].told >= 2);
}

static void test_one_that_does_not_come_keeps_nobody_waiting_and_counts_when_it_is_there(
    void **state)
{
    int i;

    (void)state;
    burdens_free(all);
    event_base_free(base);
    begin(SOON_MS);
    want(0, 100); /* never comes, or after hours */
    assert_told("0");
    want(1, 100);
    burden_came(member[1].burden, 100); /* it came, and stays */
    want(2, 100);
    assert_told("0");
    leave(1);
    assert_told("0");
    for (i = 0; i < 200 && member[2].told == 0; i++) {
        usleep(20000);
        settle();
    }
    assert_told("02");
    burden_came(member[0].burden, 100);
    burden_came(member[2].burden, 100);
    want(3, 1);
    usleep(2 * SOON_MS * 1000);
    leave(2);
    assert_told("02");
    leave(0);
    assert_told("023");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_who_has_room_is_told_and_the_others_when_somebody_ends),
        TEST(test_a_small_one_does_not_pass_a_large_one_that_waits),
        TEST(test_who_goes_away_is_not_waited_for),
        TEST(test_a_single_one_has_room_however_large_it_is),
        TEST(test_what_came_weighs_what_it_is_and_not_what_was_said),
        TEST(test_what_nobody_asked_for_is_waited_for_but_not_for_ever),
        TEST(test_nobody_has_two_while_another_waits),
        TEST(test_one_that_does_not_come_keeps_nobody_waiting_and_counts_when_it_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
