/* Another policy for a ticket that is open: its clocks, its steps, and what is reported of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/calendar.h"
#include "core/plan_state.h"
#include "core/retarget.h"
#include "tests/support/story.h"

enum { HOUR = 3600 };

static void target(struct story *s, enum target_kind kind, int64_t seconds)
{
    int p;

    for (p = 0; p < TICKET_PRIORITY_N; p++)
        s->targets.at[p][kind].seconds = seconds;
}

static void policy_changes(struct story *s)
{
    struct fact f = story_fact(s, FACT_POLICY_CHANGED);

    f.by = FACT_BY_POLICY;
    s->policy.version++;
    assert_int_equal(story_apply(s, &f), 0);
}

static struct calendar_plan office(int64_t from, int64_t to)
{
    struct calendar_plan plan = { .zone = "UTC" };
    int day;

    for (day = 0; day < 7; day++) {
        plan.spans[day][0] = (struct calendar_span){ (int)from, (int)to };
        plan.span_count[day] = 1;
    }
    return plan;
}

static void test_hours_that_change_move_what_is_due_though_the_target_stays(void **state)
{
    struct calendar_plan long_day = office(9 * HOUR, 18 * HOUR),
                         short_day = office(9 * HOUR, 10 * HOUR);
    struct story *s = *state;

    story_use_calendar(s, &long_day);
    target(s, TARGET_FIRST_RESPONSE, 2 * HOUR);
    story_customer(s, "hola");
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, STORY_NINE + 2 * HOUR);
    story_use_calendar(s, &short_day); /* T-62, T-64 */
    policy_changes(s);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, STORY_NINE + 25 * HOUR);
    assert_int_equal(story_events(s, "clock_retargeted", "C-13") > 0, 1);
}

static int64_t due_of(struct story *s, enum target_kind kind)
{
    return story_clock(s, kind)->due_at;
}

/* High cases count by the wall, all others in the office's hours. */
static void high_by_the_wall(struct story *s, const struct calendar_plan *hours)
{
    story_use_calendar(s, hours);
    target(s, TARGET_FIRST_RESPONSE, 4 * HOUR);
    s->targets.at[TICKET_HIGH][TARGET_FIRST_RESPONSE].calendar = -1;
}

static void becomes(struct story *s, enum ticket_priority priority)
{
    struct fact f = story_fact(s, FACT_PRIORITY_SET);

    f.priority = priority;
    assert_int_equal(story_apply(s, &f), 0);
}

static void test_what_is_counted_stays_counted_when_a_clock_goes_on_by_another_calendar(
    void **state)
{
    struct calendar_plan hours = office(9 * HOUR, 10 * HOUR);
    struct story *s = *state;

    high_by_the_wall(s, &hours);
    s->now = STORY_NINE + HOUR / 2;
    story_customer(s, "hola");
    story_until(s,
                STORY_NINE + 24 * HOUR); /* half an hour of four is counted, and a night went by */
    becomes(s, TICKET_HIGH);             /* C-13 */
    assert_int_equal(due_of(s, TARGET_FIRST_RESPONSE), STORY_NINE + 24 * HOUR + 7 * HOUR / 2);
    assert_int_equal(story_events(s, "clock_breached", NULL), 0);
    s->now += HOUR;
    becomes(s, TICKET_NORMAL); /* an hour and a half are counted, and it is ten */
    assert_int_equal(due_of(s, TARGET_FIRST_RESPONSE), STORY_NINE + (72 + 24) * HOUR + HOUR / 2);
    story_status(s, TICKET_PENDING);
    assert_int_equal(
        plan_clock_elapsed(&s->policy, story_clock(s, TARGET_FIRST_RESPONSE), s->now + 24 * HOUR),
        5 * HOUR / 2);
}

static void test_a_merge_keeps_what_the_older_clock_counted_by_its_own_calendar(void **state)
{
    struct calendar_plan hours = office(9 * HOUR, 10 * HOUR);
    struct story *s = *state;
    struct target_edge edge = { STORY_NINE, true, 1 };
    struct target_clock older = { .kind = TARGET_FIRST_RESPONSE,
                                  .started_at = STORY_NINE,
                                  .target = { .seconds = 4 * HOUR, .calendar = 0 },
                                  .edges = &edge,
                                  .edge_count = 1 };
    struct fact f;

    high_by_the_wall(s, &hours);
    s->now = STORY_NINE + 10 * HOUR;
    story_customer(s, "hola");
    becomes(s, TICKET_HIGH);
    f = story_fact(s, FACT_MERGED_FROM);
    f.other = 41;
    f.other_clocks = &older;
    f.other_clock_count = 1;
    assert_int_equal(story_apply(s, &f), 0); /* C-15: an hour is counted */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->started_at, STORY_NINE);
    assert_int_equal(due_of(s, TARGET_FIRST_RESPONSE), STORY_NINE + 13 * HOUR);
}

static void test_a_clock_whose_calendar_is_no_more_follows_the_policy_in_force_at_the_next_fact(
    void **state)
{
    struct calendar_plan hours = office(9 * HOUR, 10 * HOUR);
    struct story *s = *state;
    size_t i;

    story_use_calendar(s, &hours);
    target(s, TARGET_FIRST_RESPONSE, HOUR / 2);
    s->now = STORY_NINE + HOUR;
    story_customer(s, "hola");
    for (i = 0; i < s->ticket.clock_count; i++) /* as the store reads it then */
        s->ticket.clocks[i].target.calendar = TARGET_CALENDAR_GONE;
    s->now += HOUR;
    story_customer(s, "otra cosa"); /* C-14 */
    assert_int_equal(due_of(s, TARGET_FIRST_RESPONSE), STORY_NINE + 24 * HOUR + HOUR / 2);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->target.calendar, 0);
    assert_true(story_events(s, "clock_retargeted", "C-13") > 0);
    assert_int_equal(story_events(s, "clock_breached", NULL), 0);
}

static void test_what_stays_as_it_was_says_nothing_but_which_policy_it_follows(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    s->now += 60;
    policy_changes(s); /* T-65 */
    assert_int_equal(s->plan.event_count, 1);
    assert_string_equal(s->plan.events[0].kind, "policy_changed");
    assert_int_equal(s->plan.delivery_count, 0);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->policy_version, s->policy.version);
}

static void test_a_clock_of_which_the_policy_speaks_no_more_is_void_and_misses_nothing(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    target(s, TARGET_RESOLUTION, -1); /* T-62 */
    policy_changes(s);
    assert_null(story_clock(s, TARGET_RESOLUTION));
    story_until(s, STORY_NINE + 48 * HOUR);
    assert_int_equal(s->ticket.clocks[s->ticket.clock_count - 1].breached_at != 0 &&
                         s->ticket.clocks[s->ticket.clock_count - 1].kind == TARGET_RESOLUTION,
                     0);
}

static void test_a_target_that_lies_behind_is_missed_once_and_then_not_again(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    s->now += 1000;
    target(s, TARGET_FIRST_RESPONSE, 500);
    policy_changes(s);
    assert_int_equal(story_events(s, "clock_breached", "C-18"), 1);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, s->now);
    target(s, TARGET_FIRST_RESPONSE, 400);
    s->now += 10;
    policy_changes(s); /* T-65 */
    assert_int_equal(story_events(s, "clock_breached", NULL), 0);
}

static void promises_nothing_to_normal_cases(struct story *s, enum target_kind kind)
{
    s->targets.at[TICKET_NORMAL][kind].seconds = -1;
}

/* C-13: nothing was promised before, so nothing is missed by the change. */
static void test_what_is_owed_and_had_no_target_is_timed_from_the_change_that_gives_it_one(
    void **state)
{
    static const enum target_kind kinds[] = { TARGET_ACK, TARGET_FIRST_RESPONSE,
                                              TARGET_RESOLUTION };
    struct story *s = *state;
    size_t i;

    for (i = 0; i < 3; i++)
        promises_nothing_to_normal_cases(s, kinds[i]);
    story_customer(s, "hola");
    s->now += 100 * HOUR;
    becomes(s, TICKET_HIGH);
    assert_int_equal(story_events(s, "clock_started", NULL), 3);
    assert_int_equal(story_events(s, "clock_breached", NULL), 0);
    for (i = 0; i < 3; i++) {
        const struct target_clock *c = story_clock(s, kinds[i]);

        assert_int_equal(c->started_at, s->now);
        assert_int_equal(c->due_at, s->now + c->target.seconds);
    }
    assert_true(s->plan.wake_at != 0 && s->plan.wake_at <= s->now + HOUR);
}

static void test_what_is_owed_no_more_gets_no_clock(void **state)
{
    static const enum target_kind kinds[] = { TARGET_ACK, TARGET_FIRST_RESPONSE,
                                              TARGET_NEXT_RESPONSE, TARGET_RESOLUTION };
    struct story *s = *state;
    size_t i;

    for (i = 0; i < 4; i++)
        promises_nothing_to_normal_cases(s, kinds[i]);
    story_customer(s, "hola");
    story_agent(s, "ana");
    s->now += 100;
    story_customer(s, "otra cosa");
    story_agent(s, "ana");
    story_status(s, TICKET_SOLVED);
    becomes(s, TICKET_HIGH);
    for (i = 0; i < 4; i++)
        assert_int_equal(s->ticket.memory.instances[kinds[i]], 0);
}

/* C-8: solved without an answer that wait is waived; whoever opens it again by hand begins another.
 */
static void test_what_had_its_end_does_not_begin_again_with_the_next_change(void **state)
{
    struct story *s = *state;
    struct fact f = story_fact(s, FACT_ASSIGNED);

    story_customer(s, "hola");
    f.by = FACT_BY_AGENT;
    f.actor = f.agent = "ana";
    assert_int_equal(story_apply(s, &f), 0);
    f.agent = NULL;
    assert_int_equal(story_apply(s, &f), 0);
    story_status(s, TICKET_SOLVED);
    story_status(s, TICKET_OPEN);
    assert_int_equal(s->ticket.memory.instances[TARGET_NEXT_RESPONSE], 1);
    becomes(s, TICKET_HIGH);
    assert_int_equal(s->ticket.memory.instances[TARGET_ACK], 1);
    assert_int_equal(s->ticket.memory.instances[TARGET_FIRST_RESPONSE], 1);
    assert_int_equal(s->ticket.memory.instances[TARGET_NEXT_RESPONSE], 1);
}

static void test_of_one_wait_one_clock_begins(void **state)
{
    struct story *s = *state;

    promises_nothing_to_normal_cases(s, TARGET_FIRST_RESPONSE);
    story_customer(s, "hola");
    s->now += 60;
    story_customer(s, "¿hay alguien?"); /* C-8: counted as a further answer */
    becomes(s, TICKET_HIGH);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE));
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->instance, 1);
}

static void warned_at(struct story *s, enum ticket_priority p, const int warn[TARGET_WARNINGS_MAX])
{
    memcpy(s->targets.at[p][TARGET_FIRST_RESPONSE].warn, warn,
           sizeof(s->targets.at[p][TARGET_FIRST_RESPONSE].warn));
}

/* C-17: the lists of two priorities need not be of one length. */
static void test_of_another_list_of_warnings_what_is_still_to_come_is_told(void **state)
{
    static const int two[TARGET_WARNINGS_MAX] = { -7000, 50 }, one[TARGET_WARNINGS_MAX] = { 50 };
    struct story *s = *state;

    target(s, TARGET_FIRST_RESPONSE, 2 * HOUR);
    s->targets.at[TICKET_HIGH][TARGET_FIRST_RESPONSE].seconds = HOUR;
    warned_at(s, TICKET_NORMAL, two);
    warned_at(s, TICKET_HIGH, one);
    story_customer(s, "hola");
    story_until(s, STORY_NINE + 200);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 1);
    becomes(s, TICKET_HIGH);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 0);
    story_until(s, STORY_NINE + 1800);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 1);
    becomes(s, TICKET_NORMAL); /* half of an hour is a quarter of two, and was told all the same */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 2);
}

static void tell_again(struct story *s, const char *const *names, size_t count)
{
    static struct policy_step steps[4];
    static const struct policy_do tag[] = {
        { .action = POLICY_TAG, .agent = -1, .priority = TICKET_PRIORITY_NONE, .tag = "late" }
    };
    size_t i;

    for (i = 0; i < count; i++)
        steps[i] = (struct policy_step){ .name = names[i],
                                         .trigger = POLICY_ON_LEVEL_TIME,
                                         .after_s = 100,
                                         .actions = tag,
                                         .action_count = 1 };
    s->levels[0].steps = steps;
    s->levels[0].step_count = count;
    s->levels[0].ack.seconds = s->levels[0].resolve.seconds = -1;
}

static int steps_taken(struct story *s, const char *name)
{
    int n = 0;
    size_t i;

    for (i = 0; i < s->plan.event_count; i++)
        n += strcmp(s->plan.events[i].kind, "step_taken") == 0 &&
             strcmp(s->plan.events[i].why, name) == 0;
    return n;
}

static void test_a_step_is_taken_once_wherever_the_next_policy_puts_it(void **state)
{
    static const char *const was[] = { "first", "second" }, *const is[] = { "new", "second",
                                                                            "first" };
    struct story *s = *state;
    struct fact f;

    tell_again(s, was, 2);
    story_customer(s, "hola");
    s->now += 100;
    f = story_fact(s, FACT_TIME_CAME);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(steps_taken(s, "first") + steps_taken(s, "second"), 2);
    tell_again(s, is, 3);
    policy_changes(s);
    f = story_fact(s, FACT_TIME_CAME);
    assert_int_equal(story_apply(s, &f), 0); /* T-65 */
    assert_int_equal(steps_taken(s, "first") + steps_taken(s, "second"), 0);
    assert_int_equal(steps_taken(s, "new"), 1);
}

static struct ticket with(struct target_clock *clocks, size_t count)
{
    struct ticket t = { .priority = TICKET_HIGH, .clock_count = count };

    memcpy(t.clocks, clocks, count * sizeof(*clocks));
    return t;
}

static void test_the_report_counts_each_clock_that_had_not_ended_by_what_became_of_it(void **state)
{
    static struct target_clock was[] = {
        { .kind = TARGET_ACK, .instance = 1, .due_at = 100, .end = TARGET_MET },
        { .kind = TARGET_FIRST_RESPONSE, .instance = 1, .due_at = 200 },
        { .kind = TARGET_NEXT_RESPONSE, .instance = 2, .due_at = 300 },
        { .kind = TARGET_UPDATE, .instance = 1, .due_at = 400 },
        { .kind = TARGET_RESOLUTION, .instance = 1, .target = { .seconds = 10 } },
    };
    struct ticket before = with(was, 5), after = before;
    struct retarget_report r = { 0 };
    json_t *json;
    char *text;

    (void)state;
    after.clocks[1].due_at = 150;
    after.clocks[1].breached_at = 190;
    after.clocks[2].due_at = 301;
    after.clocks[3].end = TARGET_VOID;
    after.clocks[4].target.seconds = 20;
    after.clocks[after.clock_count++] =
        (struct target_clock){ .kind = TARGET_LEVEL_RESOLVE, .instance = 1 };
    retarget_add(&r, &before, &after);
    retarget_add(&r, &before, &before);
    assert_int_equal(r.tickets, 2);
    assert_int_equal(r.changed, 1);
    assert_int_equal(r.at[TARGET_ACK][TICKET_HIGH].open, 0);
    assert_int_equal(r.at[TARGET_FIRST_RESPONSE][TICKET_HIGH].open, 2);
    assert_int_equal(r.at[TARGET_FIRST_RESPONSE][TICKET_HIGH].earlier, 1);
    assert_int_equal(r.at[TARGET_FIRST_RESPONSE][TICKET_HIGH].missed, 1);
    assert_int_equal(r.at[TARGET_NEXT_RESPONSE][TICKET_HIGH].later, 1);
    assert_int_equal(r.at[TARGET_UPDATE][TICKET_HIGH].ended, 1);
    assert_int_equal(r.at[TARGET_RESOLUTION][TICKET_HIGH].paused, 1);
    assert_int_equal(r.at[TARGET_LEVEL_RESOLVE][TICKET_HIGH].started, 1);
    text = retarget_to_text(&r);
    assert_non_null(strstr(text, "2 open tickets, 1 with a clock that changes"));
    assert_null(strstr(text, "low"));
    free(text);
    json = retarget_to_json(&r);
    assert_int_equal(json_array_size(json_object_get(json, "clocks")), 5);
    json_decref(json);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, story_setup, story_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_hours_that_change_move_what_is_due_though_the_target_stays),
        TEST(test_what_is_counted_stays_counted_when_a_clock_goes_on_by_another_calendar),
        TEST(test_a_merge_keeps_what_the_older_clock_counted_by_its_own_calendar),
        TEST(test_a_clock_whose_calendar_is_no_more_follows_the_policy_in_force_at_the_next_fact),
        TEST(test_what_stays_as_it_was_says_nothing_but_which_policy_it_follows),
        TEST(test_a_clock_of_which_the_policy_speaks_no_more_is_void_and_misses_nothing),
        TEST(test_a_target_that_lies_behind_is_missed_once_and_then_not_again),
        TEST(test_what_is_owed_and_had_no_target_is_timed_from_the_change_that_gives_it_one),
        TEST(test_what_is_owed_no_more_gets_no_clock),
        TEST(test_what_had_its_end_does_not_begin_again_with_the_next_change),
        TEST(test_of_one_wait_one_clock_begins),
        TEST(test_of_another_list_of_warnings_what_is_still_to_come_is_told),
        TEST(test_a_step_is_taken_once_wherever_the_next_policy_puts_it),
        TEST(test_the_report_counts_each_clock_that_had_not_ended_by_what_became_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
