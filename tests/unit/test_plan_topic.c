/* What follows when somebody sets right what a case is about: a policy as one would write it, told
 * in a desk in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/policy_desk.h"

enum { MINUTE = 60, HOUR = 3600, NINE = 1767258000 /* Thursday, 2026-01-01 09:00:00 UTC */ };

static const char policy_text[] =
    "agents:\n"
    "  ana: {name: Ana Ruiz, email: ana@example.org}\n"
    "  leo: {name: Leo Marsh, email: leo@example.org, skills: [tax]}\n"
    "  luz: {name: Luz Gil, email: luz@example.org, limits: {parcels: 1}}\n"
    "  eva: {name: Eva Sanz, email: eva@example.org}\n"
    "teams:\n"
    "  first: {members: [ana, leo]}\n"
    "  money: {members: [leo]}\n"
    "  road: {members: [luz]}\n"
    "  second: {members: [eva]}\n"
    "topics:\n"
    "  bills: {teams: [money]}\n"
    "  taxes: {skills: [tax]}\n"
    "  parcels: {teams: [road, road]}\n"
    "  letters: {teams: [road], ask: {en: Which one?}}\n"
    "classification:\n"
    "  - {name: a bill, match: bill, topic: bills}\n"
    "  - {name: a parcel, match: parcel, topic: parcels}\n"
    "  - {name: a letter, match: letter, topic: letters}\n"
    "  - {name: their own, match: rent, team: second}\n"
    "targets:\n"
    "  first_response: {low: 8h, normal: 4h, high: 1h, urgent: 30m}\n"
    "escalation:\n"
    "  - name: one\n"
    "    team: first\n"
    "    ack: 2h\n"
    "    topics:\n"
    "      bills: {ack: 1h}\n"
    "      parcels: {ack: 10m}\n"
    "    steps:\n"
    "      - {name: a tax, when: age 1m, if_topic: [taxes], do: [tag tax]}\n"
    "      - {name: wrote twice, when: unanswered 2 messages, if_topic: [taxes], do: [tag twice]}\n"
    "  - name: two\n"
    "    team: second\n";

struct desk {
    struct policy_desk on;
    int events;          /* of the last fact */
    char detail[300];    /* of the last event of the kind asked for */
    const char *watched; /* that kind */
    char rule[40], why[200];
};

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;
    size_t i;

    d->events = (int)step->plan->event_count;
    for (i = 0; i < step->plan->event_count; i++) {
        const struct planned_event *e = &step->plan->events[i];

        if (strcmp(e->kind, d->watched) != 0)
            continue;
        snprintf(d->detail, sizeof(d->detail), "%s", e->detail);
        snprintf(d->rule, sizeof(d->rule), "%s", e->rule == NULL ? "" : e->rule);
        snprintf(d->why, sizeof(d->why), "%s", e->why);
    }
}

static int setup(void **state)
{
    struct desk *d =
        policy_desk_make(sizeof(*d), policy_text, (struct fold_options){ .decided = decided });

    d->watched = "topic_set";
    *state = d;
    return 0;
}

static void writes(struct desk *d, int64_t ticket_id, int64_t at, const char *text)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);

    f.text = text;
    policy_desk_happens(&d->on, ticket_id, at, f);
}

static int tries(struct desk *d, int64_t ticket_id, int64_t at, const char *topic)
{
    struct fact f = policy_desk_fact(FACT_TOPIC_SET, FACT_BY_AGENT, "ana");

    f.topic = topic;
    f.reason = "so I see";
    return policy_desk_try(&d->on, ticket_id, ticket_id, at, f);
}

static void sets(struct desk *d, int64_t ticket_id, int64_t at, const char *topic)
{
    if (tries(d, ticket_id, at, topic) < 0)
        fail_msg("%s", d->on.err.text);
}

static void assigns(struct desk *d, int64_t ticket_id, int64_t at, const char *team,
                    const char *agent)
{
    struct fact f = policy_desk_fact(FACT_ASSIGNED, FACT_BY_OPERATOR, "root");

    f.team = team;
    f.agent = agent;
    policy_desk_happens(&d->on, ticket_id, at, f);
}

static void solves(struct desk *d, int64_t ticket_id, int64_t at)
{
    struct fact f = policy_desk_fact(FACT_STATUS_SET, FACT_BY_OPERATOR, "root");

    f.status = TICKET_SOLVED;
    policy_desk_happens(&d->on, ticket_id, at, f);
}

static const struct ticket *now(struct desk *d, int64_t ticket_id)
{
    return fold_ticket(d->on.f, ticket_id);
}

/* "bills money leo": topic, team, owner. */
static void assert_is(struct desk *d, int64_t ticket_id, const char *wanted)
{
    const struct ticket *t = now(d, ticket_id);
    char is[200];

    snprintf(is, sizeof(is), "%s %s %s", t->topic == NULL ? "none" : t->topic,
             t->team == NULL ? "none" : t->team, t->agent == NULL ? "nobody" : t->agent);
    assert_string_equal(is, wanted);
}

static const struct target_clock *level_clock(struct desk *d, int64_t ticket_id)
{
    const struct ticket *t = now(d, ticket_id);
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == TARGET_LEVEL_ACK && t->clocks[i].end == TARGET_RUNS)
            return &t->clocks[i];
    fail_msg("its level has no clock");
    return NULL;
}

static void test_the_history_says_which_rule_gave_the_topic_and_who_set_it_right(void **state)
{
    struct desk *d = *state;

    d->watched = "classified";
    writes(d, 1, NINE, "the bill of a parcel");
    assert_non_null(strstr(d->detail, "\"topic\":\"bills\",\"topic_rule\":\"a bill\"")); /* D-16 */
    d->watched = "topic_set";
    sets(d, 1, NINE + MINUTE, "parcels");
    assert_string_equal(d->detail, "{\"team\":\"road\",\"to\":\"parcels\",\"was\":\"bills\"}");
    assert_string_equal(d->rule, "D-16");
    assert_string_equal(d->why, "so I see");
    sets(d, 1, NINE + 2 * MINUTE, "none");
    assert_string_equal(d->detail, "{\"team\":\"first\",\"to\":\"none\",\"was\":\"parcels\"}");
}

static void test_the_team_that_its_level_has_for_the_topic_gets_it(void **state)
{
    struct fact f = policy_desk_fact(FACT_ESCALATED, FACT_BY_AGENT, "ana");
    struct desk *d = *state;

    writes(d, 1, NINE, "a bill");
    assert_is(d, 1, "bills money leo");
    sets(d, 1, NINE + MINUTE, "parcels"); /* D-28 */
    assert_is(d, 1, "parcels road luz");
    sets(d, 1, NINE + 2 * MINUTE, "none");
    assert_is(d, 1, "none first ana");
    policy_desk_happens(&d->on, 1, NINE + 3 * MINUTE, f);
    assert_is(d, 1, "none second eva");
    sets(d, 1, NINE + 4 * MINUTE, "bills"); /* on this level they are nobody's own */
    assert_is(d, 1, "bills second eva");
    sets(d, 1, NINE + 5 * MINUTE, "parcels");
    assert_is(d, 1, "parcels road luz");
}

static void test_a_topic_that_the_policy_does_not_know_is_refused_and_those_it_knows_are_named(
    void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "a bill");
    assert_int_equal(tries(d, 1, NINE + MINUTE, "biils"), -1); /* D-16 */
    assert_int_equal(d->on.err.kind, ERROR_PERMANENT);
    assert_string_equal(d->on.err.text, "there is no topic 'biils': the policy knows bills, taxes, "
                                        "parcels, letters, none");
    assert_int_equal(tries(d, 1, NINE + MINUTE, ""), -1);
    assert_string_equal(d->on.err.text, "which topic is not said");
    assert_int_equal(tries(d, 1, NINE + MINUTE, NULL), -1);
    assert_string_equal(d->on.err.text, "which topic is not said");
    assert_is(d, 1, "bills money leo");
}

static void test_of_many_topics_the_error_names_as_many_as_there_is_room_for(void **state)
{
    char text[4000] = "topics:\n";
    struct policy_desk d;
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);
    int i;

    (void)state;
    for (i = 0; i < 60; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "  topic-%02d: {}\n", i);
    snprintf(text + strlen(text), sizeof(text) - strlen(text),
             "teams: {first: {}}\nescalation: [{name: one, team: first}]\n");
    policy_desk_begin(&d, text, (struct fold_options){ 0 });
    policy_desk_happens(&d, 1, NINE, f);
    f = policy_desk_fact(FACT_TOPIC_SET, FACT_BY_AGENT, "ana");
    f.topic = "bills";
    assert_int_equal(policy_desk_try(&d, 1, 1, NINE, f), -1);
    assert_non_null(strstr(d.err.text, "topic-00, topic-01"));
    assert_non_null(strstr(d.err.text, "…, none"));
    policy_desk_end(&d);
}

static void test_the_same_topic_again_is_written_down_and_changes_nothing(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "a bill");
    assigns(d, 1, NINE + MINUTE, NULL, "ana"); /* who is not of that team */
    sets(d, 1, NINE + 2 * MINUTE, "bills");    /* D-16, as a priority is */
    assert_int_equal(d->events, 1);
    assert_string_equal(d->detail, "{\"to\":\"bills\",\"was\":\"bills\"}");
    assert_is(d, 1, "bills money ana");
    writes(d, 2, NINE + 3 * MINUTE, "hello");
    sets(d, 2, NINE + 4 * MINUTE, "taxes");
    assigns(d, 2, NINE + 5 * MINUTE, NULL, "ana"); /* without the skills, and somebody knows why */
    sets(d, 2, NINE + 6 * MINUTE, "taxes");
    assert_is(d, 2, "taxes first ana");
}

static void test_whom_somebody_or_a_rule_gave_it_to_has_it_whatever_it_is_about(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "a bill");
    assigns(d, 1, NINE + MINUTE, "second", "eva");
    sets(d, 1, NINE + 2 * MINUTE, "parcels"); /* D-28 */
    assert_is(d, 1, "parcels second eva");
    writes(d, 2, NINE + 3 * MINUTE, "the bill of our rent");
    assert_is(d, 2, "bills second eva");
    sets(d, 2, NINE + 4 * MINUTE, "parcels");
    assert_is(d, 2, "parcels second eva");
    assert_string_equal(d->detail, "{\"to\":\"parcels\",\"was\":\"bills\"}");
}

static void test_whoever_has_it_keeps_it_with_the_skills_and_in_the_team_that_it_asks_for(
    void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "hello");
    assert_is(d, 1, "none first ana");
    d->watched = "owner_set";
    sets(d, 1, NINE + MINUTE, "taxes"); /* D-28: the same team, and she cannot do it */
    assert_is(d, 1, "taxes first leo");
    assert_string_equal(d->rule, "T-90");
    sets(d, 1, NINE + 2 * MINUTE, "bills"); /* he is of that team, too */
    assert_is(d, 1, "bills money leo");
    assert_int_equal(now(d, 1)->memory.assigned_at, NINE + MINUTE);
    sets(d, 1, NINE + 3 * MINUTE, "none");
    assert_is(d, 1, "none first leo");
}

static void test_what_nobody_has_keeps_its_place_and_goes_to_who_can_do_it_now(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "a parcel");
    writes(d, 2, NINE, "a parcel"); /* luz has one, and that is her limit */
    assert_is(d, 2, "parcels road nobody");
    sets(d, 2, NINE + MINUTE, "letters"); /* the same team */
    assert_is(d, 2, "letters road luz");  /* D-28, D-29 */
    writes(d, 3, NINE + 2 * MINUTE, "a parcel");
    assert_int_equal(now(d, 3)->memory.assign_wanted_at, NINE + 2 * MINUTE);
    sets(d, 3, NINE + 3 * MINUTE, "bills");
    assert_is(d, 3, "bills money leo");
}

static void test_who_keeps_it_has_room_for_another_of_the_topic_before(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "a parcel");
    writes(d, 2, NINE, "a parcel");
    assert_is(d, 2, "parcels road nobody");
    sets(d, 1, NINE + MINUTE, "letters");
    assert_is(d, 1, "letters road luz");
    assert_is(d, 2, "parcels road luz"); /* D-29: now, not when somebody looks again */
}

static void test_what_is_promised_follows_and_what_was_counted_stays_counted(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "a bill");
    assert_int_equal(level_clock(d, 1)->due_at, NINE + HOUR);
    d->watched = "clock_retargeted";
    sets(d, 1, NINE + 5 * MINUTE, "parcels"); /* C-13 */
    assert_int_equal(level_clock(d, 1)->due_at, NINE + 10 * MINUTE);
    assert_string_equal(d->rule, "C-13");
    assert_string_equal(d->why, "level_ack: the topic changed");
    sets(d, 1, NINE + 6 * MINUTE, "none");
    assert_int_equal(level_clock(d, 1)->due_at, NINE + 2 * HOUR);
    d->watched = "clock_breached";
    sets(d, 1, NINE + HOUR + MINUTE, "bills"); /* missed by the change, and at that time */
    assert_non_null(strstr(d->detail, "\"cause\":\"retarget\""));
    assert_int_equal(level_clock(d, 1)->breached_at, NINE + HOUR + MINUTE);
}

static void test_a_step_for_cases_of_the_topic_is_taken_from_then_on(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "hello");
    fold_until(d->on.f, NINE + HOUR);
    assert_int_equal(now(d, 1)->tag_count, 0);
    sets(d, 1, NINE + HOUR, "taxes"); /* C-20 */
    assert_int_equal(now(d, 1)->tag_count, 1);
    assert_string_equal(now(d, 1)->tags[0], "tax");
    writes(d, 2, NINE + HOUR, "hello");
    writes(d, 2, NINE + HOUR, "hello?");
    sets(d, 2, NINE + HOUR, "taxes"); /* what it waits for is so already */
    assert_int_equal(now(d, 2)->tag_count, 1);
    assert_string_equal(now(d, 2)->tags[0], "twice");
}

static void test_no_later_word_of_the_customer_moves_it_again(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "a letter");
    assert_true(now(d, 1)->memory.asked > 0);
    sets(d, 1, NINE + MINUTE, "parcels");
    d->watched = "answer_classified";
    writes(d, 1, NINE + HOUR, "it is the one with the bill");
    assert_string_equal(d->rule, "D-51");
    assert_is(d, 1, "parcels road luz"); /* D-16 */
}

static void test_of_what_is_over_or_nobody_waits_for_the_topic_alone_changes(void **state)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);
    struct desk *d = *state;

    writes(d, 1, NINE, "a bill");
    solves(d, 1, NINE + MINUTE);
    sets(d, 1, NINE + 2 * MINUTE, "parcels");
    assert_is(d, 1, "parcels money leo"); /* D-16: whose work it was */
    f.text = "a bill";
    f.report = true;
    policy_desk_happens(&d->on, 2, NINE + 3 * MINUTE, f);
    assert_is(d, 2, "bills none nobody");
    sets(d, 2, NINE + 4 * MINUTE, "parcels");
    assert_is(d, 2, "parcels none nobody");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, policy_desk_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_the_history_says_which_rule_gave_the_topic_and_who_set_it_right),
        CASE(test_the_team_that_its_level_has_for_the_topic_gets_it),
        CASE(test_a_topic_that_the_policy_does_not_know_is_refused_and_those_it_knows_are_named),
        cmocka_unit_test(test_of_many_topics_the_error_names_as_many_as_there_is_room_for),
        CASE(test_the_same_topic_again_is_written_down_and_changes_nothing),
        CASE(test_whom_somebody_or_a_rule_gave_it_to_has_it_whatever_it_is_about),
        CASE(test_whoever_has_it_keeps_it_with_the_skills_and_in_the_team_that_it_asks_for),
        CASE(test_what_nobody_has_keeps_its_place_and_goes_to_who_can_do_it_now),
        CASE(test_who_keeps_it_has_room_for_another_of_the_topic_before),
        CASE(test_what_is_promised_follows_and_what_was_counted_stays_counted),
        CASE(test_a_step_for_cases_of_the_topic_is_taken_from_then_on),
        CASE(test_no_later_word_of_the_customer_moves_it_again),
        CASE(test_of_what_is_over_or_nobody_waits_for_the_topic_alone_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
