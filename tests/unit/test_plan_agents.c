/* Agents, operators and programs: what they do with a case, what they must say, and who is gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/story_office.h"

static void test_what_a_program_says_is_sent_and_answers_nothing(void **state)
{
    struct story *s = *state;
    struct policy_agent agents[4];
    struct fact f;
    size_t i, words = 0;

    (void)state; /* C-7 */
    memcpy(agents, s->policy.agents, sizeof(agents));
    agents[2].program = true; /* eva */
    s->policy.agents = agents;
    story_promise(s, TARGET_FIRST_RESPONSE, HOUR, false);
    story_customer(s, "hola");
    assert_int_equal(s->ticket.waiting_count, 1);
    s->now += 10;
    f = story_fact(s, FACT_AGENT_REPLIED);
    f.by = FACT_BY_AGENT;
    f.actor = "eva";
    f.message_id = 7;
    assert_int_equal(story_apply(s, &f), 0);
    for (i = 0; i < s->plan.delivery_count; i++)
        words +=
            s->plan.deliveries[i].notice == NOTICE_REPLY && s->plan.deliveries[i].message_id == 7;
    assert_int_equal(words, 1);
    assert_string_equal(s->plan.events[0].kind, "program_replied");
    assert_string_equal(s->plan.events[0].rule, "C-7");
    assert_int_equal(s->ticket.waiting_count, 1); /* that it was received is told all the same */
    assert_int_equal(s->ticket.status, TICKET_NEW);
    assert_null(s->ticket.agent);
    assert_true(s->plan.wants_queue);
    assert_int_equal(s->ticket.memory.unanswered, 1);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->end, TARGET_RUNS);
    f.status = TICKET_PENDING; /* and what it says of the state is done */
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.status, TICKET_PENDING);
    f.status = TICKET_STATUS_N;
    f.actor = "luis";
    assert_int_equal(story_apply(s, &f), 0);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE)); /* it has ended */
}

/* Agents and teams of the story, the first of each under another name. */
static void rename_the_first(struct story *s)
{
    struct policy_agent *agents = arena_array(s->a, s->policy.agent_count, sizeof(*agents));
    struct policy_team *teams = arena_array(s->a, s->policy.team_count, sizeof(*teams));

    memcpy(agents, s->policy.agents, s->policy.agent_count * sizeof(*agents));
    memcpy(teams, s->policy.teams, s->policy.team_count * sizeof(*teams));
    agents[0].name = "zoe";
    teams[0].name = "front";
    s->policy.agents = agents;
    s->policy.teams = teams;
    s->policy.version = 2;
}

static void test_whom_the_policy_has_no_more_keeps_no_case_and_hears_of_none(void **state)
{
    struct story *s = *state;
    struct fact f;
    size_t i;

    (void)state; /* C-14 */
    story_customer(s, "hola");
    f = story_fact(s, FACT_ASSIGNED);
    f.by = FACT_BY_OPERATOR;
    f.agent = "ana";
    assert_int_equal(story_apply(s, &f), 0);
    assert_string_equal(s->ticket.agent, "ana");
    rename_the_first(s);
    s->now += 60;
    story_customer(s, "¿hola?");
    assert_string_equal(s->ticket.team, "front");
    assert_null(s->ticket.agent);
    assert_true(s->plan.wants_queue);
    assert_string_equal(s->plan.queue_team, "front");
    assert_int_equal(s->plan.delivery_count, 2);
    for (i = 0; i < 2; i++) {
        assert_int_equal(s->plan.deliveries[i].notice, NOTICE_AGENT_CUSTOMER);
        assert_string_equal(s->plan.deliveries[i].agent, i == 0 ? "zoe" : "luis");
    }
    assert_int_equal(story_events(s, "owner_set", "C-14"), 1);
    assert_int_equal(story_events(s, "assigned", "C-14"), 1);
}

static void test_who_solves_says_how_where_the_policy_asks_for_it(void **state)
{
    struct story *s = *state;
    struct fact f;
    size_t i, noted = 0;

    s->policy.solution_asked = true;
    story_customer(s, "hola");
    f = story_fact(s, FACT_STATUS_SET);
    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.status = TICKET_SOLVED;
    assert_int_equal(story_apply(s, &f), -1); /* D-53 */
    assert_non_null(strstr(s->err.text, "--solution"));
    f.status = TICKET_PENDING;
    f.solution = "a solution of nothing";
    assert_int_equal(story_apply(s, &f), -1);
    f.status = TICKET_SOLVED;
    f.solution = "Clear the cache of the shop.";
    assert_int_equal(story_apply(s, &f), 0); /* D-40 */
    for (i = 0; i < s->plan.event_count; i++)
        if (strcmp(s->plan.events[i].kind, "solution_noted") == 0) {
            noted++;
            assert_string_equal(s->plan.events[i].detail,
                                "{\"solution\":\"Clear the cache of the shop.\"}");
        }
    assert_int_equal(noted, 1);
    story_next_ticket(s);
    story_customer(s, "hola");
    f = story_fact(s, FACT_AGENT_REPLIED);
    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.status = TICKET_SOLVED;
    assert_int_equal(story_apply(s, &f), 0); /* the answer says it */
}

static void test_who_closes_an_open_case_says_how_it_was_solved_on_whatever_level(void **state)
{
    struct story *s = *state;
    struct fact f;
    int level;

    s->policy.solution_asked = true; /* D-53 */
    for (level = 1; level <= 2; level++) {
        story_next_ticket(s);
        story_customer(s, "hola");
        story_agent(s, "ana");
        if (level == 2) {
            f = story_fact(s, FACT_ESCALATED);
            f.by = FACT_BY_AGENT;
            f.actor = "ana";
            assert_int_equal(story_apply(s, &f), 0);
        }
        assert_int_equal(s->ticket.level, level);
        assert_int_equal(s->ticket.status, TICKET_OPEN);
        assert_int_equal(story_status(s, TICKET_CLOSED), -1);
        assert_non_null(strstr(s->err.text, "--solution"));
        f = story_fact(s, FACT_STATUS_SET);
        f.by = FACT_BY_OPERATOR;
        f.status = TICKET_CLOSED;
        f.solution = "Clear the cache of the shop.";
        assert_int_equal(story_apply(s, &f), 0);
        assert_int_equal(s->ticket.status, TICKET_CLOSED);
        assert_int_equal(story_events(s, "solution_noted", "D-40"), 1);
    }
}

static void test_an_answer_that_comes_late_does_not_make_the_last_one_older(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    s->now = NINE + HOUR;
    story_agent(s, "ana");
    f = story_fact(s, FACT_AGENT_REPLIED);
    f.actor = "ana";
    f.at = NINE + 60;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.last_public_at, NINE + HOUR);
}

static void test_who_passes_a_case_up_or_down_says_why(void **state)
{
    static const enum fact_kind kinds[] = { FACT_ESCALATED, FACT_HANDED_BACK };
    struct story *s = *state;
    struct fact f;
    size_t i;

    story_customer(s, "hola"); /* C-20, C-21 */
    for (i = 0; i < 2; i++) {
        f = story_fact(s, kinds[i]);
        f.level = 2 - (int)i;
        f.reason = NULL;
        assert_int_equal(story_apply(s, &f), -1);
        f.reason = "";
        assert_int_equal(story_apply(s, &f), -1);
        f.reason = "not ours";
        assert_int_equal(story_apply(s, &f), 0);
        assert_int_equal(s->ticket.level, 2 - (int)i);
    }
}

static void test_a_case_is_not_handed_back_to_a_level_that_the_policy_has_no_more(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    f = story_fact(s, FACT_ESCALATED);
    f.level = 3;
    assert_int_equal(story_apply(s, &f), 0);
    s->policy.level_count = 1;
    f = story_fact(s, FACT_HANDED_BACK);
    f.level = 2;
    f.reason = "not ours";
    assert_int_equal(story_apply(s, &f), -1);
    f.level = 1;
    assert_int_equal(story_apply(s, &f), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, story_office_setup, story_office_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_what_a_program_says_is_sent_and_answers_nothing),
        CASE(test_whom_the_policy_has_no_more_keeps_no_case_and_hears_of_none),
        CASE(test_who_solves_says_how_where_the_policy_asks_for_it),
        CASE(test_who_closes_an_open_case_says_how_it_was_solved_on_whatever_level),
        CASE(test_an_answer_that_comes_late_does_not_make_the_last_one_older),
        CASE(test_who_passes_a_case_up_or_down_says_why),
        CASE(test_a_case_is_not_handed_back_to_a_level_that_the_policy_has_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
