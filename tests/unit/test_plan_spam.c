/* What somebody says is spam (C-16), and takes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/story.h"

static int marks(struct story *s)
{
    struct fact f = story_fact(s, FACT_MARKED_SPAM);

    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    return story_apply(s, &f);
}

static void takes(struct story *s, const char *agent)
{
    struct fact f = story_fact(s, FACT_ASSIGNED);

    f.by = FACT_BY_AGENT;
    f.actor = f.agent = agent;
    assert_int_equal(story_apply(s, &f), 0);
}

static size_t clocks_that_ended(const struct story *s, enum target_end end)
{
    size_t i, n = 0;

    for (i = 0; i < s->ticket.clock_count; i++)
        n += s->ticket.clocks[i].end == end;
    return n;
}

static void test_what_is_spam_ends_void_and_is_nobodys_work_any_more(void **state) /* C-16 */
{
    struct story *s = *state;

    story_customer(s, "win a prize");
    takes(s, "luis");
    assert_string_equal(ticket_carrier(&s->ticket), "luis");
    s->now += 60;
    assert_int_equal(marks(s), 0);
    assert_int_equal(s->ticket.status, TICKET_CLOSED);
    assert_int_equal(clocks_that_ended(s, TARGET_RUNS), 0);
    assert_int_equal(clocks_that_ended(s, TARGET_VOID), story_events(s, "clock_ended", "C-16"));
    assert_true(clocks_that_ended(s, TARGET_VOID) >= 3);
    assert_null(ticket_carrier(&s->ticket));
    assert_int_equal(s->plan.wake_at, 0);
    assert_false(s->plan.wants_queue);
    assert_int_equal(marks(s), -1); /* once is enough */
}

static void test_who_sends_spam_hears_nothing_now_or_later(void **state)
{
    struct story *s = *state;
    const struct plan_leaving received = { .notice = NOTICE_RECEIVED };
    const struct plan_leaving reply = { .notice = NOTICE_REPLY };
    const struct plan_leaving undelivered = { .notice = NOTICE_AGENT_UNDELIVERED, .agent = "ana" };
    int before = story_told(s, NOTICE_RECEIVED);

    story_customer(s, "win a prize");
    assert_int_equal(s->ticket.waiting_count, 1);
    s->now += 10; /* within the window of B-01 */
    assert_int_equal(marks(s), 0);
    assert_int_equal(s->plan.suppression_count, 1);
    assert_int_equal(s->ticket.waiting_count, 0);
    assert_int_equal(story_told(s, NOTICE_RECEIVED), before);
    assert_string_equal(plan_notice_untrue(&s->ticket, &received), "B-15 it is spam");
    assert_null(plan_notice_untrue(&s->ticket, &reply));
    assert_null(plan_notice_untrue(&s->ticket, &undelivered)); /* it is told of that answer */
    story_until(s, STORY_NINE + 30 * 86400);
    assert_int_equal(story_customer(s, "win another"), 0);
    assert_int_equal(s->plan.delivery_count, 0);
    assert_int_equal(s->ticket.status, TICKET_CLOSED);
    assert_int_equal(story_events(s, "customer_wrote", "C-16"), 1);
}

static void test_what_is_written_to_spam_enters_it_and_opens_no_follow_up(void **state)
{
    struct story *s = *state;

    story_customer(s, "win a prize");
    marks(s);
    assert_true(plan_takes_message(&s->policy, &s->ticket, s->now));
    story_next_ticket(s);
    story_customer(s, "hola");
    story_status(s, TICKET_CLOSED);
    assert_false(plan_takes_message(&s->policy, &s->ticket, s->now));
}

static void test_taken_back_it_goes_on_as_if_the_time_between_had_been_a_pause(void **state)
{
    struct story *s = *state;
    const struct target_clock *first;

    story_customer(s, "hola");
    takes(s, "ana");
    s->now += 600;
    marks(s);
    s->now += 86400;
    assert_int_equal(story_status(s, TICKET_PENDING), -1);
    assert_int_equal(story_status(s, TICKET_OPEN), 0);
    first = story_clock(s, TARGET_FIRST_RESPONSE);
    assert_non_null(first);
    assert_int_equal(first->started_at, STORY_NINE);
    assert_int_equal(first->due_at, STORY_NINE + 3600 + 86400);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->started_at, STORY_NINE);
    assert_null(story_clock(s, TARGET_ACK));       /* it has its owner */
    assert_null(story_clock(s, TARGET_LEVEL_ACK)); /* somebody has seen it, and says so */
    assert_int_equal(clocks_that_ended(s, TARGET_MET), 2);
    assert_int_equal(story_clock(s, TARGET_LEVEL_RESOLVE)->instance, 2);
    assert_string_equal(ticket_carrier(&s->ticket), "ana");
    assert_int_equal(s->ticket.closed_at, 0);
    assert_int_equal(s->ticket.memory.reopened, 0); /* nobody reopened it: it never was solved */
    assert_int_equal(story_agent(s, "ana"), 0);
    assert_int_equal(s->ticket.status, TICKET_OPEN);
}

static void test_what_was_written_meanwhile_waits_for_an_answer_once_it_is_taken_back(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    story_agent(s, "ana");
    s->now += 600;
    marks(s);
    s->now += 600;
    story_customer(s, "hello?");
    assert_null(story_clock(s, TARGET_NEXT_RESPONSE));
    s->now += 600;
    story_status(s, TICKET_OPEN);
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->due_at, s->now + 1800);
}

static void test_spam_that_nobody_had_waits_for_an_owner_again(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    assert_true(s->plan.wants_queue);
    marks(s);
    s->now += 600;
    story_status(s, TICKET_OPEN);
    assert_true(s->plan.wants_queue);
    assert_non_null(story_clock(s, TARGET_ACK));
}

/* Even if it did so in the same second. */
static void test_what_had_ended_before_does_not_go_on_when_it_is_taken_back(void **state)
{
    struct story *s = *state;
    struct fact f;

    s->targets.at[TICKET_URGENT][TARGET_ACK].seconds = -1;
    story_customer(s, "hola");
    f = story_fact(s, FACT_PRIORITY_SET);
    f.by = FACT_BY_AGENT;
    f.priority = TICKET_URGENT;
    assert_int_equal(story_apply(s, &f), 0);
    assert_null(story_clock(s, TARGET_ACK));
    assert_int_equal(marks(s), 0);
    f.priority = TICKET_NORMAL;
    assert_int_equal(story_apply(s, &f), 0);
    story_status(s, TICKET_OPEN);
    assert_null(story_clock(s, TARGET_ACK));
    assert_non_null(story_clock(s, TARGET_RESOLUTION));
}

static void test_nothing_is_merged_into_spam_where_nobody_would_hear_of_it(void **state) /* C-15 */
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    marks(s);
    f = story_fact(s, FACT_MERGED_FROM);
    f.other = 43;
    assert_int_equal(story_apply(s, &f), -1);
    assert_non_null(strstr(s->err.text, "spam"));
    story_status(s, TICKET_OPEN);
    assert_int_equal(story_apply(s, &f), 0);
}

static void test_what_is_closed_is_not_made_spam(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    story_status(s, TICKET_CLOSED);
    assert_int_equal(marks(s), -1);
    assert_int_equal(story_status(s, TICKET_OPEN), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, story_setup, story_teardown)
        T(test_what_is_spam_ends_void_and_is_nobodys_work_any_more),
        T(test_who_sends_spam_hears_nothing_now_or_later),
        T(test_what_is_written_to_spam_enters_it_and_opens_no_follow_up),
        T(test_taken_back_it_goes_on_as_if_the_time_between_had_been_a_pause),
        T(test_what_was_written_meanwhile_waits_for_an_answer_once_it_is_taken_back),
        T(test_spam_that_nobody_had_waits_for_an_owner_again),
        T(test_what_had_ended_before_does_not_go_on_when_it_is_taken_back),
        T(test_nothing_is_merged_into_spam_where_nobody_would_hear_of_it),
        T(test_what_is_closed_is_not_made_spam),
#undef T
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
