/* Whose a case becomes, and when it is taken back: policies as one would write them, told in a desk
 * in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/policy_desk.h"
#include "tests/support/story.h"

enum { HOUR = 3600, NINE = 1767258000 /* Thursday, 2026-01-01 09:00:00 UTC */ };

static const char policy_text[] =
    "calendars:\n"
    "  early: {zone: UTC, hours: {mon-sun: '06:00-14:00'}}\n"
    "  late: {zone: UTC, hours: {mon-sun: '14:00-22:00'}}\n"
    "agents:\n"
    "  ana: {name: Ana Ruiz, email: ana@example.org, shift: early, skills: [tax], languages: "
    "[es]}\n"
    "  leo: {name: Leo Marsh, email: leo@example.org, shift: early, languages: [en, es]}\n"
    "  luz: {name: Luz Gil, email: luz@example.org, shift: late, skills: [tax], languages: [es]}\n"
    "  eva: {name: Eva Sanz, email: eva@example.org, available: no}\n"
    "teams:\n"
    "  first: {members: [ana, leo, luz, eva], ack: 30m}\n"
    "topics:\n"
    "  invoices: {skills: [tax]}\n"
    "classification:\n"
    "  - {name: invoice, match: invoice, topic: invoices}\n"
    "escalation:\n"
    "  - {name: one, team: first}\n";

struct desk {
    struct policy_desk on;
    char why[200], others[1000]; /* of the last owner that was set */
};

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;
    size_t i;

    for (i = 0; i < step->plan->event_count; i++)
        if (strcmp(step->plan->events[i].kind, "owner_set") == 0) {
            snprintf(d->why, sizeof(d->why), "%s", step->plan->events[i].why);
            snprintf(d->others, sizeof(d->others), "%s", step->plan->events[i].detail);
        }
}

static int setup(void **state)
{
    *state = policy_desk_make(sizeof(struct desk), policy_text,
                              (struct fold_options){ .decided = decided });
    return 0;
}

static void writes(struct desk *d, int64_t ticket_id, int64_t at, const char *text,
                   const char *language)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);

    f.text = text;
    f.language = language;
    policy_desk_happens(&d->on, ticket_id, at, f);
}

static void does(struct desk *d, int64_t ticket_id, int64_t at, enum fact_kind kind,
                 enum ticket_status status, const char *agent)
{
    struct fact f = policy_desk_fact(kind, FACT_BY_AGENT, agent);

    f.status = status;
    policy_desk_happens(&d->on, ticket_id, at, f);
}

static const char *owner(struct desk *d, int64_t ticket_id)
{
    const char *agent = fold_ticket(d->on.f, ticket_id)->agent;

    return agent == NULL ? "nobody" : agent;
}

static void test_a_case_goes_to_who_can_do_it_is_on_shift_and_writes_the_language(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "hello", "en");
    assert_string_equal(owner(d, 1), "leo"); /* D-28 */
    assert_string_equal(d->why, "the least loaded of the team who has the customer's language");
    assert_non_null(strstr(d->others, "\"eva\":{\"open\":0,\"why\":\"not available\"}"));
    assert_non_null(strstr(d->others, "\"luz\":{\"open\":0,\"why\":\"not on shift\"}"));
    writes(d, 2, NINE, "my invoice", "en");
    assert_string_equal(owner(d, 2), "ana"); /* the skill is asked for, the language preferred */
    writes(d, 3, NINE, "hola", "es");
    assert_string_equal(owner(d, 3), "ana"); /* one each: who waited longer without a new one */
}

static void test_who_waits_gets_an_owner_when_the_next_shift_begins(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE + 14 * HOUR, "hello", "en"); /* at eleven in the night */
    assert_string_equal(owner(d, 1), "nobody");
    fold_until(d->on.f, NINE + 21 * HOUR - 1);
    assert_string_equal(owner(d, 1), "nobody");
    fold_until(d->on.f, NINE + 21 * HOUR); /* T-91: at six, not when somebody looks again */
    assert_string_equal(owner(d, 1), "leo");
}

static void test_an_owner_who_does_nothing_loses_it_and_another_gets_it(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "hello", "en");
    fold_until(d->on.f, NINE + 1799);
    assert_string_equal(owner(d, 1), "leo");
    fold_until(d->on.f, NINE + 1800);
    assert_string_equal(owner(d, 1), "ana"); /* T-69 */
    does(d, 1, NINE + 1900, FACT_AGENT_NOTED, TICKET_STATUS_N, "ana");
    fold_until(d->on.f, NINE + 4 * HOUR);
    assert_string_equal(owner(d, 1), "ana"); /* she has seen it */
}

static void test_owners_who_all_do_nothing_are_asked_at_growing_intervals(void **state)
{
    static const struct {
        int64_t after_s;
        const char *owner;
    } rows[] = {
        { 0, "leo" },     { 1799, "leo" },  { 1800, "ana" },  { 3600, "leo" }, { 5400, "ana" },
        { 7199, "ana" },  { 7200, "leo" },  { 10799, "leo" }, /* there are four of the team */
        { 10800, "ana" }, { 14399, "ana" }, { 14400, "leo" },
    };
    struct desk *d = *state;
    size_t i;

    writes(d, 1, NINE, "hello", "en");
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fold_until(d->on.f, NINE + rows[i].after_s); /* T-69, and B-20's intervals */
        assert_string_equal(owner(d, 1), rows[i].owner);
    }
    does(d, 1, NINE + 14401, FACT_AGENT_NOTED, TICKET_STATUS_N, "leo");
    assert_int_equal(fold_ticket(d->on.f, 1)->memory.owners_lost, 0);
}

static void test_the_time_of_an_owner_is_counted_in_the_shift(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE + 4 * HOUR + 2400, "hello", "en"); /* twenty minutes before leo goes home */
    assert_string_equal(owner(d, 1), "leo");
    fold_until(d->on.f, NINE + 21 * HOUR + 599);
    assert_string_equal(owner(d, 1), "leo");
    fold_until(d->on.f, NINE + 21 * HOUR + 600);
    assert_string_equal(owner(d, 1), "ana");
}

static void test_a_case_that_is_opened_again_does_not_go_to_who_is_not_there(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "my invoice", "es");
    does(d, 1, NINE + 60, FACT_AGENT_REPLIED, TICKET_SOLVED, "ana");
    writes(d, 1, NINE + 2 * HOUR, "no", "es");
    assert_string_equal(owner(d, 1), "ana"); /* she is there */
    does(d, 1, NINE + 2 * HOUR + 60, FACT_AGENT_REPLIED, TICKET_SOLVED, "ana");
    writes(d, 1, NINE + 6 * HOUR, "no, really", "es");
    assert_string_equal(owner(d, 1), "luz"); /* T-91 */
}

static void test_what_is_opened_again_by_hand_goes_where_its_customer_s_words_would_send_it(
    void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "my invoice", "es");
    does(d, 1, NINE + 60, FACT_STATUS_SET, TICKET_SOLVED, "ana"); /* and nobody said a word */
    does(d, 1, NINE + 6 * HOUR, FACT_STATUS_SET, TICKET_OPEN, "leo");
    assert_string_equal(owner(d, 1), "luz"); /* T-91: ana is not there */
    does(d, 1, NINE + 6 * HOUR + 60, FACT_STATUS_SET, TICKET_SOLVED, "luz");
    does(d, 1, NINE + 20 * HOUR, FACT_STATUS_SET, TICKET_OPEN, "luz");
    assert_string_equal(owner(d, 1), "luz"); /* she is, evidently */
    assert_int_equal(fold_ticket(d->on.f, 1)->memory.unanswered_since, NINE + 20 * HOUR);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, policy_desk_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_case_goes_to_who_can_do_it_is_on_shift_and_writes_the_language),
        CASE(test_who_waits_gets_an_owner_when_the_next_shift_begins),
        CASE(test_an_owner_who_does_nothing_loses_it_and_another_gets_it),
        CASE(test_owners_who_all_do_nothing_are_asked_at_growing_intervals),
        CASE(test_the_time_of_an_owner_is_counted_in_the_shift),
        CASE(test_a_case_that_is_opened_again_does_not_go_to_who_is_not_there),
        CASE(test_what_is_opened_again_by_hand_goes_where_its_customer_s_words_would_send_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
