/* C-15: messages go on in a ticket of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/story.h"

enum { HOUR = 3600, PARENT = 7, CHILD = 77 };

static struct fact split_from(const struct story *s)
{
    struct fact f = story_fact(s, FACT_SPLIT_FROM);

    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.at = s->now - HOUR / 2;
    f.subject = "Factura";
    f.text = "todo caído";
    f.message_id = 12;
    f.other = PARENT;
    f.unanswered = 2;
    f.last_at = s->now - 60;
    return f;
}

static int split_into(struct story *s, int unanswered)
{
    static const int64_t moved[] = { 12, 13 };
    struct fact f = story_fact(s, FACT_SPLIT_INTO);

    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.other = CHILD;
    f.moved = moved;
    f.moved_count = 2;
    f.message_id = 12;
    f.unanswered = unanswered;
    return story_apply(s, &f);
}

/* --- the new ticket
 * ----------------------------------------------------------------------------------------- */

static void test_the_new_ticket_counts_from_when_its_message_came_and_by_its_words(void **state)
{
    struct story *s = *state;
    struct fact f = split_from(s);

    assert_int_equal(story_apply(s, &f), 0); /* C-15 */
    assert_int_equal(s->ticket.created_at, STORY_NINE - HOUR / 2);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->started_at, STORY_NINE - HOUR / 2);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->started_at, STORY_NINE - HOUR / 2);
    assert_int_equal(s->ticket.priority, TICKET_URGENT);
    assert_int_equal(s->ticket.memory.unanswered, 2);
    assert_int_equal(s->ticket.last_customer_at, STORY_NINE - 60);
    assert_string_equal(s->ticket.subject, "Factura");
}

static void test_it_is_called_as_somebody_says_and_classified_by_its_own_words(void **state)
{
    struct story *s = *state;
    struct fact f = split_from(s);

    f.title = "Otra cosa";
    assert_int_equal(story_apply(s, &f), 0);
    assert_string_equal(s->ticket.subject, "Otra cosa");
    assert_int_equal(s->ticket.priority, TICKET_URGENT);
}

static void test_the_customer_hears_of_it_only_where_somebody_says_so(void **state)
{
    struct story *s = *state;
    struct fact f = split_from(s);

    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
    story_next_ticket(s);
    f.told = true;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 1);
}

static void test_a_machine_is_told_nothing_whatever_somebody_says(void **state)
{
    struct story *s = *state;
    struct fact f = split_from(s);

    f.told = f.automatic = true;
    assert_int_equal(story_apply(s, &f), 0); /* B-07 */
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
}

static void test_nobody_waits_for_an_answer_to_spam_that_was_split_off(void **state)
{
    struct story *s = *state;
    struct fact f = split_from(s);

    f.spam = true;
    assert_int_equal(story_apply(s, &f), 0);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE));
}

static void test_it_says_where_it_was(void **state)
{
    struct story *s = *state;
    struct fact f = split_from(s);

    assert_int_equal(story_apply(s, &f), 0);
    assert_string_equal(s->plan.events[0].kind, "split_from");
    assert_string_equal(s->plan.events[0].detail, "{\"message\":12,\"other\":7}");
}

static void test_a_split_opens_a_ticket_and_says_of_which(void **state)
{
    struct story *s = *state;
    struct fact f = split_from(s);

    f.other = 0;
    assert_int_equal(story_apply(s, &f), -1);
    story_customer(s, "hola");
    f.other = PARENT;
    assert_int_equal(story_apply(s, &f), -1);
}

/* --- the ticket that it leaves
 * ------------------------------------------------------------------------------ */

static void test_nobody_waits_here_once_all_that_waited_is_gone(void **state)
{
    struct story *s = *state;

    story_customer(s, "uno");
    story_agent(s, "ana");
    s->now += 60;
    story_customer(s, "dos");
    story_customer(s, "y otra cosa");
    assert_non_null(story_clock(s, TARGET_NEXT_RESPONSE));
    assert_int_equal(split_into(s, 2), 0); /* C-15 */
    assert_null(story_clock(s, TARGET_NEXT_RESPONSE));
    assert_int_equal(story_events(s, "clock_ended", "C-15"), 1);
    assert_int_equal(s->ticket.memory.unanswered, 0);
    s->now += 60;
    story_customer(s, "hola?");
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->started_at, s->now);
}

static void test_who_wrote_more_than_that_still_waits(void **state)
{
    struct story *s = *state;

    story_customer(s, "uno");
    story_agent(s, "ana");
    story_customer(s, "dos");
    story_customer(s, "y otra cosa");
    assert_int_equal(split_into(s, 1), 0);
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->started_at, STORY_NINE);
    assert_int_equal(s->ticket.memory.unanswered, 1);
}

static void test_who_was_of_an_incident_and_wrote_more_than_that_still_waits(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "uno");
    story_agent(s, "ana");
    s->now += 60;
    story_customer(s, "dos");
    s->now += 60;
    story_customer(s, "y otra cosa");
    s->ticket.memory.unanswered = 1; /* as one that left an incident has it */
    f = story_fact(s, FACT_SPLIT_INTO);
    f.other = CHILD;
    f.unanswered = 1;
    f.last_at = STORY_NINE + 60;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.memory.unanswered, 1);
    assert_non_null(story_clock(s, TARGET_NEXT_RESPONSE));
}

static void test_what_was_answered_already_leaves_whoever_waits_waiting(void **state)
{
    struct story *s = *state;

    story_customer(s, "uno");
    story_agent(s, "ana");
    story_customer(s, "dos");
    assert_int_equal(split_into(s, 0), 0);
    assert_non_null(story_clock(s, TARGET_NEXT_RESPONSE));
}

static void test_what_the_customer_said_last_here_is_what_stays(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "uno");
    s->now += 60;
    story_customer(s, "y otra cosa");
    f = story_fact(s, FACT_SPLIT_INTO);
    f.other = CHILD;
    f.last_at = STORY_NINE;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.last_customer_at, STORY_NINE);
}

static void test_the_first_answer_is_owed_as_before(void **state)
{
    struct story *s = *state;

    story_customer(s, "uno");
    story_customer(s, "y otra cosa");
    assert_int_equal(split_into(s, 1), 0);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, STORY_NINE + HOUR);
}

static void test_the_history_says_what_went_where(void **state)
{
    struct story *s = *state;

    story_customer(s, "uno");
    assert_int_equal(split_into(s, 0), 0);
    assert_string_equal(s->plan.events[0].kind, "split_into");
    assert_string_equal(s->plan.events[0].detail, "{\"messages\":[12,13],\"other\":77}");
    assert_string_equal(s->plan.events[0].actor, "ana");
}

static void test_a_fact_of_a_split_is_read_back_as_it_was_written(void **state)
{
    struct story *s = *state;
    struct fact back;
    struct error err;

    story_customer(s, "uno");
    split_into(s, 1);
    assert_int_equal(fact_from_json(s->a, span_of(s->plan.events[0].fact), &back, &err), 0);
    assert_int_equal(back.moved_count, 2);
    assert_int_equal(back.moved[1], 13);
    assert_int_equal(back.unanswered, 1);
    assert_int_equal(fact_copy(s->a, &back)->moved[0], 12);
}

static void test_nothing_is_split_off_what_is_over_or_into_itself(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "uno");
    f = story_fact(s, FACT_SPLIT_INTO);
    assert_int_equal(story_apply(s, &f), -1);
    f.other = s->ticket.ticket_id;
    assert_int_equal(story_apply(s, &f), -1);
    story_status(s, TICKET_CLOSED);
    assert_int_equal(split_into(s, 1), -1);
    assert_non_null(strstr(s->err.text, "closed"));
}

static void test_nothing_is_split_off_a_merged_ticket(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "uno");
    f = story_fact(s, FACT_MERGED_INTO);
    f.other = 43;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(split_into(s, 1), -1);
    assert_non_null(strstr(s->err.text, "merged"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define SPLIT_TEST(name) cmocka_unit_test_setup_teardown(name, story_setup, story_teardown)
        SPLIT_TEST(test_the_new_ticket_counts_from_when_its_message_came_and_by_its_words),
        SPLIT_TEST(test_it_is_called_as_somebody_says_and_classified_by_its_own_words),
        SPLIT_TEST(test_the_customer_hears_of_it_only_where_somebody_says_so),
        SPLIT_TEST(test_nobody_waits_for_an_answer_to_spam_that_was_split_off),
        SPLIT_TEST(test_a_machine_is_told_nothing_whatever_somebody_says),
        SPLIT_TEST(test_what_the_customer_said_last_here_is_what_stays),
        SPLIT_TEST(test_it_says_where_it_was),
        SPLIT_TEST(test_a_split_opens_a_ticket_and_says_of_which),
        SPLIT_TEST(test_nobody_waits_here_once_all_that_waited_is_gone),
        SPLIT_TEST(test_who_wrote_more_than_that_still_waits),
        SPLIT_TEST(test_who_was_of_an_incident_and_wrote_more_than_that_still_waits),
        SPLIT_TEST(test_what_was_answered_already_leaves_whoever_waits_waiting),
        SPLIT_TEST(test_the_first_answer_is_owed_as_before),
        SPLIT_TEST(test_the_history_says_what_went_where),
        SPLIT_TEST(test_a_fact_of_a_split_is_read_back_as_it_was_written),
        SPLIT_TEST(test_nothing_is_split_off_what_is_over_or_into_itself),
        SPLIT_TEST(test_nothing_is_split_off_a_merged_ticket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
