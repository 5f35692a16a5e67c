/* Who may be connected to a server now, when more want to than may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <event2/event.h>
#include <string.h>

#include "daemon/turns.h"

enum { MEMBERS = 7, MOST = 3, LONG_MS = 3600 * 1000 };

static struct event_base *base;
static struct turns *turns;
static struct member {
    struct turn *turn;
    int began, waited, asked;
    bool held, leaves; /* leaves: when it is asked to, and wants another turn at once */
} member[MEMBERS];

static void on_told(void *arg, enum channel_turn word);

static void want(struct member *m, const char *place, int64_t least_ms)
{
    m->turn = turns_want(turns, place, least_ms, on_told, m);
}

static void leave(struct member *m)
{
    turn_end(m->turn);
    m->turn = NULL;
    m->held = false;
}

static void on_told(void *arg, enum channel_turn word)
{
    struct member *m = arg;

    if (word == CHANNEL_TURN_NOW) {
        m->began++;
        m->held = true;
    } else if (word == CHANNEL_TURN_WAIT) {
        m->waited++;
    } else {
        m->asked++;
        if (!m->leaves)
            return;
        leave(m);
        want(m, "a:993", 0);
    }
}

static void settle(void)
{
    int i;

    for (i = 0; i < 4 * MEMBERS; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
}

static size_t held(void)
{
    size_t i, n = 0;

    for (i = 0; i < MEMBERS; i++)
        n += member[i].held;
    return n;
}

static int set_up(void **state)
{
    (void)state;
    memset(member, 0, sizeof(member));
    base = event_base_new();
    turns = turns_new(base);
    turns_limit(turns, MOST);
    return 0;
}

static int tear_down(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < MEMBERS; i++)
        turn_end(member[i].turn);
    turns_free(turns);
    event_base_free(base);
    return 0;
}

static void test_as_many_as_may_begin_and_the_others_are_told_once_that_they_wait(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        want(&member[i], "a:993", LONG_MS);
    assert_int_equal(held(), 0); /* never within a call of theirs */
    settle();
    settle();
    for (i = 0; i < 5; i++) {
        assert_int_equal(member[i].began, i < MOST);
        assert_int_equal(member[i].waited, i >= MOST);
        assert_int_equal(member[i].asked, 0); /* their time is not over */
    }
}

static void test_who_leaves_is_followed_by_whoever_waits_longest(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        want(&member[i], "a:993", LONG_MS);
    settle();
    leave(&member[1]);
    want(&member[1], "a:993", LONG_MS);
    settle();
    assert_true(member[3].held);
    assert_false(member[1].held || member[4].held);
    leave(&member[4]); /* it does not want to wait any more */
    leave(&member[0]);
    settle();
    assert_true(member[1].held);
}

static void test_servers_do_not_count_for_one_another(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < MEMBERS; i++)
        want(&member[i], i % 2 == 0 ? "a:993" : "a:143", LONG_MS);
    settle();
    assert_int_equal(held(), 2 * MOST);
}

static void test_as_many_are_asked_to_go_as_wait_and_nobody_where_nobody_waits(void **state)
{
    size_t i, asked = 0;

    (void)state;
    for (i = 0; i < MOST; i++)
        want(&member[i], "a:993", 0);
    settle();
    for (i = 0; i < MOST; i++)
        assert_int_equal(member[i].asked, 0);
    want(&member[MOST], "a:993", 0);
    settle();
    settle();
    for (i = 0; i < MEMBERS; i++)
        asked += (size_t)member[i].asked;
    assert_int_equal(asked, 1);
    assert_int_equal(member[0].asked, 1); /* it has been there longest */
}

static void test_nobody_has_two_turns_while_another_has_none(void **state)
{
    size_t i, round;
    int least, most;

    (void)state;
    for (i = 0; i < MEMBERS; i++) {
        member[i].leaves = true;
        want(&member[i], "a:993", 0);
    }
    for (round = 0; round < 200; round++) {
        event_base_loop(base, EVLOOP_ONCE);
        assert_true(held() <= MOST);
        least = most = member[0].began;
        for (i = 1; i < MEMBERS; i++) {
            least = member[i].began < least ? member[i].began : least;
            most = member[i].began > most ? member[i].began : most;
        }
        assert_true(most - least <= 1);
    }
    assert_true(least >= 2);
}

static void test_a_greater_number_lets_those_in_who_wait(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < MEMBERS; i++)
        want(&member[i], "a:993", LONG_MS);
    settle();
    turns_limit(turns, MEMBERS);
    settle();
    assert_int_equal(held(), MEMBERS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_as_many_as_may_begin_and_the_others_are_told_once_that_they_wait),
        TEST(test_who_leaves_is_followed_by_whoever_waits_longest),
        TEST(test_servers_do_not_count_for_one_another),
        TEST(test_as_many_are_asked_to_go_as_wait_and_nobody_where_nobody_waits),
        TEST(test_nobody_has_two_turns_while_another_has_none),
        TEST(test_a_greater_number_lets_those_in_who_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
