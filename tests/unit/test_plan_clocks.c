/* Clocks: when they start, what they count, when they warn, and when they are missed or end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/calendar.h"
#include "tests/support/story_office.h"

static void test_a_clock_has_an_instance_and_a_ledger_whose_edges_name_their_events(void **state)
{
    struct story *s = *state;
    const struct target_clock *c;

    story_customer(s, "hola"); /* C-1, C-2 */
    c = story_clock(s, TARGET_RESOLUTION);
    assert_int_equal(c->instance, 1);
    assert_int_equal(c->edge_count, 1);
    assert_true(c->edges[0].runs);
    assert_int_equal(c->edges[0].at, NINE);
    assert_string_equal(s->plan.events[c->edges[0].event - 1].kind, "clock_started");
    s->now = NINE + 100;
    story_status(s, TICKET_PENDING);
    c = story_clock(s, TARGET_RESOLUTION);
    assert_int_equal(c->edge_count, 2);
    assert_false(c->edges[1].runs);
    assert_int_equal(c->edges[1].at, NINE + 100);
    assert_true(c->edges[1].event > c->edges[0].event);
    assert_true(c->edges[1].event <= s->ticket.event_seq);
    story_agent(s, "ana");
    story_customer(s, "uno");
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->instance, 1);
    story_agent(s, "ana");
    story_customer(s, "dos");
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->instance, 2);
}

static void test_a_target_counts_the_seconds_of_its_calendar_or_of_the_wall(void **state)
{
    struct story *s = *state;

    story_promise(s, TARGET_FIRST_RESPONSE, HOUR, true);
    story_promise(s, TARGET_ACK, 0, true);
    s->now = NINE + 10 * HOUR;
    story_customer(s, "hola"); /* C-3, C-6: it is closed, and opens on Friday */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, FRIDAY_NINE + HOUR);
    assert_int_equal(story_clock(s, TARGET_ACK)->due_at, FRIDAY_NINE);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, NINE + 34 * HOUR);
}

static void test_update_runs_between_public_answers_and_pauses_for_the_customer(void **state)
{
    struct story *s = *state;

    story_promise(s, TARGET_UPDATE, 1000, false);
    story_customer(s, "hola");
    assert_null(story_clock(s, TARGET_UPDATE));
    s->now = NINE + 60;
    story_agent(s, "ana"); /* C-9 */
    assert_int_equal(story_clock(s, TARGET_UPDATE)->due_at, NINE + 1060);
    s->now = NINE + 500;
    story_agent(s, "ana");
    assert_int_equal(story_clock(s, TARGET_UPDATE)->instance, 2);
    assert_int_equal(story_clock(s, TARGET_UPDATE)->due_at, NINE + 1500);
    story_status(s, TICKET_PENDING);
    assert_int_equal(story_clock(s, TARGET_UPDATE)->due_at, 0);
}

static void test_who_writes_again_after_a_silent_solution_waits_since_then(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    story_status(s, TICKET_SOLVED);
    s->now += 7200;
    story_customer(s, "no va"); /* C-8: the waiting that was waived is over */
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->started_at, s->now);
    assert_int_equal(s->ticket.memory.unanswered, 2); /* he insists all the same */
}

static void test_a_new_policy_is_for_new_clocks_unless_it_is_said_to_be_for_all(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    story_promise(s, TARGET_FIRST_RESPONSE, 7200, false);
    s->policy.version = 2;
    s->now = NINE + 100;
    story_customer(s, "sigo aqui"); /* C-14 */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, NINE + 3600);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->policy_version, 1);
    f = story_fact(s, FACT_POLICY_CHANGED);
    f.by = FACT_BY_POLICY;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, NINE + 7200);
    assert_int_equal(story_events(s, "policy_changed", "C-14"), 1);
}

static void test_a_promise_of_a_second_and_one_of_a_year_are_missed_at_their_second_and_once(
    void **state)
{
    static const int64_t targets[] = { 1, 366LL * 86400 };
    struct story *s = *state;
    size_t i;

    (void)state; /* T-66 */
    for (i = 0; i < 2; i++) {
        s->now = NINE + (int64_t)i * 86400;
        story_next_ticket(s);
        story_promise(s, TARGET_FIRST_RESPONSE, targets[i], false);
        story_customer(s, "hola");
        assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, s->now + targets[i]);
        story_until(s, s->now + targets[i] - 1);
        assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, 0);
        story_until(s, s->now + 1);
        assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, s->now);
    }
}

/* C-17: counted backwards from when it is due, over the night between. */
static void test_a_warning_comes_with_so_much_of_the_calendars_time_left(void **state)
{
    static const int warnings[TARGET_WARNINGS_MAX] = { -2700, 50, -1 };
    struct story *s = *state;
    const int64_t wrote = NINE + 8 * HOUR + 2400; /* twenty minutes before it closes */
    int p;

    story_promise(s, TARGET_FIRST_RESPONSE, HOUR, true);
    story_promise(s, TARGET_ACK, -1, false);
    for (p = 0; p < TICKET_PRIORITY_N; p++)
        memcpy(s->targets.at[p][TARGET_FIRST_RESPONSE].warn, warnings, sizeof(warnings));
    s->policy.level_count = 1;
    s->now = wrote;
    story_customer(s, "hola");
    story_until(s, wrote + 899);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 0);
    story_until(s, wrote + 900);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 1);
    story_until(s, FRIDAY_NINE + 2398);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 2);
    story_until(s, FRIDAY_NINE + 2399);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 3);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, 0);
    story_until(s, FRIDAY_NINE + 2400);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, FRIDAY_NINE + 2400);
}

static void test_a_warning_comes_at_its_percent_of_the_calendars_seconds(void **state)
{
    struct story *s = *state;

    story_promise(s, TARGET_FIRST_RESPONSE, HOUR, true);
    story_promise(s, TARGET_ACK, -1, false);
    s->policy.level_count = 1;
    s->now = NINE + 8 * HOUR + 2700; /* a quarter of an hour before it closes */
    story_customer(s, "hola");
    story_until(s, FRIDAY_NINE + 899);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 0);
    story_until(s, FRIDAY_NINE + 900); /* C-17: fifty percent of it have been counted */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 1);
    assert_int_equal(story_told(s, NOTICE_AGENT_WARNING), 1);
    story_until(s, FRIDAY_NINE + 2000);
    assert_int_equal(story_told(s, NOTICE_AGENT_WARNING), 1);
}

static void test_a_clock_starts_by_every_way_a_ticket_is_opened(void **state)
{
    static const struct {
        enum fact_kind kind;
        int64_t follow_up_of, related_to, other;
    } ways[] = { { FACT_CUSTOMER_WROTE, 0, 0, 0 },
                 { FACT_CUSTOMER_WROTE, 7, 0, 0 },
                 { FACT_CUSTOMER_WROTE, 0, 7, 0 },
                 { FACT_SPLIT_FROM, 0, 0, 7 } };
    struct story *s = *state;
    struct fact f;
    size_t i;

    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        story_next_ticket(s);
        f = story_fact(s, ways[i].kind);
        f.text = "hola";
        f.follow_up_of = ways[i].follow_up_of;
        f.related_to = ways[i].related_to;
        f.other = ways[i].other;
        assert_int_equal(story_apply(s, &f), 0); /* T-71 */
        assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, NINE + HOUR);
        assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, NINE + 24 * HOUR);
        assert_int_equal(story_clock(s, TARGET_ACK)->due_at, NINE + 600);
    }
}

static void test_each_clock_is_due_by_itself_and_the_earliest_wakes_the_ticket(void **state)
{
    struct story *s = *state;

    story_promise(s, TARGET_UPDATE, 7200, false);
    story_customer(s, "hola");
    assert_null(story_clock(s, TARGET_UPDATE)); /* T-61: nothing was said that news could follow */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, NINE + HOUR);
    story_agent(s, "ana");
    story_customer(s, "¿y?");
    assert_int_equal(story_clock(s, TARGET_UPDATE)->due_at, NINE + 7200);
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->due_at, NINE + 1800);
    assert_int_equal(s->plan.wake_at, NINE + 1800);
}

static void test_a_promise_that_the_new_policy_has_not_ends_and_misses_nothing_later(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    s->policy.version = 2;
    story_promise(s, TARGET_FIRST_RESPONSE, -1, false);
    story_promise(s, TARGET_RESOLUTION, 26 * HOUR, true); /* a calendar where there was none */
    f = story_fact(s, FACT_POLICY_CHANGED);
    assert_int_equal(story_apply(s, &f), 0);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE)); /* T-62 */
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, NINE + (4 * 24 + 8) * HOUR);
    assert_int_equal(story_apply(s, &f), 0); /* T-65: once more, and nothing is to be said */
    assert_int_equal(s->plan.event_count, 1);
    assert_int_equal(s->plan.delivery_count, 0);
}

static void test_so_long_before_a_deadline_is_counted_backwards_in_its_calendar(void **state)
{
    static const struct policy_do notify = { .action = POLICY_NOTIFY_TEAM, .agent = -1 };
    static const struct policy_step before = { .name = "two hours left",
                                               .trigger = POLICY_ON_CLOCK,
                                               .clock = TARGET_RESOLUTION,
                                               .before_s = 2 * HOUR,
                                               .actions = &notify,
                                               .action_count = 1 };
    struct story *s = *state;

    s->levels[0].steps = &before;
    s->levels[0].step_count = 1;
    story_promise(s, TARGET_RESOLUTION, 10 * HOUR, true);
    s->now = NINE; /* nine hours of Thursday, one of Friday: due on Friday at ten */
    story_customer(s, "hola");
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, FRIDAY_NINE + HOUR);
    story_until(s, NINE + 8 * HOUR - 1);
    assert_int_equal(s->ticket.memory.step_count, 0);
    story_until(s, NINE + 8 * HOUR); /* C-17, T-72: Thursday at five, not Friday at eight */
    assert_int_equal(s->ticket.memory.step_count, 1);
}

static void test_two_clocks_of_one_second_are_missed_in_one_order_however_they_are_kept(
    void **state)
{
    struct story *s = *state;
    struct target_clock c;
    struct fact f;

    story_promise(s, TARGET_ACK, HOUR, false);
    story_promise(s, TARGET_FIRST_RESPONSE, HOUR, false);
    s->policy.level_count = 1;
    s->levels[0].ack.seconds = -1;
    story_customer(s, "hola");
    c = s->ticket.clocks[0];
    s->ticket.clocks[0] = s->ticket.clocks[1];
    s->ticket.clocks[1] = c;
    s->ticket.clocks[0].warned = TARGET_WARNINGS_MAX;
    s->now = NINE + HOUR;
    f = story_fact(s, FACT_TIME_CAME);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->plan.events[0].clock, TARGET_ACK);
    assert_int_equal(s->plan.events[1].clock, TARGET_FIRST_RESPONSE);
}

static void test_a_priority_is_told_to_the_clocks_in_one_order_however_they_are_kept(void **state)
{
    struct story *s = *state;
    struct target_clock c;
    struct fact f;

    story_customer(s, "hola");
    c = s->ticket.clocks[0];
    s->ticket.clocks[0] = s->ticket.clocks[1];
    s->ticket.clocks[1] = c;
    f = story_fact(s, FACT_PRIORITY_SET);
    f.priority = TICKET_URGENT;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_events(s, "clock_retargeted", "C-13"), 3);
    assert_int_equal(s->plan.events[2].clock, TARGET_ACK);
    assert_int_equal(s->plan.events[3].clock, TARGET_FIRST_RESPONSE);
}

static void test_a_clock_is_missed_in_time_though_other_hours_put_its_warning_later(void **state)
{
    struct story *s = *state;
    const struct calendar *old = story_office;
    struct calendar_plan plan = { .zone = "UTC" };

    story_promise(s, TARGET_FIRST_RESPONSE, 2 * HOUR, true);
    story_promise(s, TARGET_ACK, -1, false);
    s->policy.level_count = 1;
    story_customer(s, "hola"); /* its warning is due at 10:00, and it is at 11:00 */
    plan.spans[5][0] = (struct calendar_span){ 9 * HOUR, 18 * HOUR };
    plan.span_count[5] = 1;
    assert_int_equal(calendar_new(&plan, &story_office, &s->err), 0);
    story_promise(s, TARGET_FIRST_RESPONSE, 2 * HOUR,
                  true); /* C-14: it opens on Saturdays alone now */
    story_until(s, NINE + 2 * HOUR);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 1);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, NINE + 2 * HOUR);
    calendar_free((struct calendar *)old);
}

static void test_a_clock_does_not_end_before_the_last_edge_of_its_ledger(void **state)
{
    struct story *s = *state;
    const struct target_clock *c = NULL;
    struct fact f;
    size_t i;

    story_promise(s, TARGET_UPDATE, 1000, false);
    story_customer(s, "hola");
    story_agent(s, "ana");
    s->now = NINE + 500;
    story_status(s, TICKET_PENDING);
    f = story_fact(s, FACT_AGENT_REPLIED);
    f.actor = "ana";
    f.status = TICKET_PENDING;
    f.at = NINE + 100; /* C-2: it was written before the pause */
    assert_int_equal(story_apply(s, &f), 0);
    for (i = 0; i < s->plan.ticket.clock_count; i++)
        if (s->plan.ticket.clocks[i].kind == TARGET_UPDATE)
            c = &s->plan.ticket.clocks[i];
    assert_int_equal(c->end, TARGET_MET);
    assert_int_equal(c->edges[1].at, NINE + 500);
    assert_int_equal(c->ended_at, NINE + 500);
}

static void test_a_merge_takes_nothing_from_a_clock_that_had_ended(void **state)
{
    struct story *s = *state;
    struct target_edge edge = { NINE - 1000, true, 1 };
    struct target_clock other = { .kind = TARGET_FIRST_RESPONSE,
                                  .instance = 1,
                                  .started_at = NINE - 1000,
                                  .ended_at = NINE - 10,
                                  .end = TARGET_MET,
                                  .edges = &edge,
                                  .edge_count = 1 };
    struct fact f;

    story_customer(s, "hola");
    f = story_fact(s, FACT_MERGED_FROM);
    f.other = 41;
    f.other_clocks = &other;
    f.other_clock_count = 1;
    assert_int_equal(story_apply(s, &f), 0); /* C-15 */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->started_at, NINE);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, story_office_setup, story_office_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_clock_has_an_instance_and_a_ledger_whose_edges_name_their_events),
        CASE(test_a_target_counts_the_seconds_of_its_calendar_or_of_the_wall),
        CASE(test_update_runs_between_public_answers_and_pauses_for_the_customer),
        CASE(test_who_writes_again_after_a_silent_solution_waits_since_then),
        CASE(test_a_new_policy_is_for_new_clocks_unless_it_is_said_to_be_for_all),
        CASE(test_a_promise_of_a_second_and_one_of_a_year_are_missed_at_their_second_and_once),
        CASE(test_a_warning_comes_with_so_much_of_the_calendars_time_left),
        CASE(test_a_warning_comes_at_its_percent_of_the_calendars_seconds),
        CASE(test_a_clock_starts_by_every_way_a_ticket_is_opened),
        CASE(test_each_clock_is_due_by_itself_and_the_earliest_wakes_the_ticket),
        CASE(test_a_promise_that_the_new_policy_has_not_ends_and_misses_nothing_later),
        CASE(test_so_long_before_a_deadline_is_counted_backwards_in_its_calendar),
        CASE(test_two_clocks_of_one_second_are_missed_in_one_order_however_they_are_kept),
        CASE(test_a_priority_is_told_to_the_clocks_in_one_order_however_they_are_kept),
        CASE(test_a_clock_is_missed_in_time_though_other_hours_put_its_warning_later),
        CASE(test_a_clock_does_not_end_before_the_last_edge_of_its_ledger),
        CASE(test_a_merge_takes_nothing_from_a_clock_that_had_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
