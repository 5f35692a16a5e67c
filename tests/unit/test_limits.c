/* How much of each kind of work somebody has, and when a team has more than it can do: policies as
 * one would write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/backlog.h"
#include "tests/support/policy_desk.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, NINE = 1767258000 /* Thursday, 09:00 UTC */ };

static const char policy_text[] =
    "calendars:\n"
    "  office: {zone: UTC, hours: {mon-sun: '09:00-17:00'}}\n"
    "  early: {zone: UTC, hours: {mon-sun: '09:00-13:00'}}\n"
    "topics: {bills: {}, parcels: {}}\n"
    "agents:\n"
    "  ana: {name: Ana, email: ana@example.org, limit: 4, limits: {bills: 1, none: 2}, shift: "
    "early}\n"
    "  leo: {name: Leo, email: leo@example.org, limit: 4, limits: {bills: 2}, available: no}\n"
    "  eva: {name: Eva, email: eva@example.org, language: es, calendar: office}\n"
    "teams:\n"
    "  first:\n"
    "    title: First contact\n"
    "    members: [ana, leo]\n"
    "    backlog: {tickets: 4, oldest: 2h, per_agent: 6, tell: [eva]}\n"
    "classification:\n"
    "  - {name: bill, match: bill, topic: bills}\n"
    "  - {name: parcel, match: parcel, topic: parcels}\n"
    "escalation: [{name: one, team: first, calendar: office}]\n";

struct desk {
    struct policy_desk on;
    char others[1000]; /* who was passed over, the last time anybody was */
    struct backlog_state state;
    struct backlog_found found;
};

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;
    size_t i;

    for (i = 0; i < step->plan->event_count; i++)
        if (strstr(step->plan->events[i].detail, "passed_over") != NULL)
            snprintf(d->others, sizeof(d->others), "%s", step->plan->events[i].detail);
}

static int setup(void **state)
{
    *state = policy_desk_make(sizeof(struct desk), policy_text,
                              (struct fold_options){ .decided = decided });
    return 0;
}

static void writes(struct desk *d, int64_t ticket_id, const char *text)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);

    f.text = text;
    policy_desk_happens(&d->on, ticket_id, NINE, f);
}

static void becomes(struct desk *d, int64_t ticket_id, enum ticket_status status)
{
    struct fact f = policy_desk_fact(FACT_STATUS_SET, FACT_BY_AGENT, "ana");

    f.status = status;
    policy_desk_happens(&d->on, ticket_id, NINE + ticket_id, f);
}

static const char *owner(struct desk *d, int64_t ticket_id)
{
    const char *agent = fold_ticket(d->on.f, ticket_id)->agent;

    return agent == NULL ? "nobody" : agent;
}

static void test_an_agent_at_the_limit_of_one_kind_of_work_still_gets_others(void **state)
{
    struct desk *d = *state;

    writes(d, 1, "my bill"); /* D-29 */
    assert_string_equal(owner(d, 1), "ana");
    writes(d, 2, "the bill again");
    assert_string_equal(owner(d, 2), "nobody");
    assert_non_null(
        strstr(d->others, "\"ana\":{\"open\":1,\"why\":\"at the limit of 1 of bills\"}"));
    writes(d, 3, "my parcel");
    assert_string_equal(owner(d, 3), "ana");
    writes(d, 4, "another parcel");
    writes(d, 5, "hello");
    assert_string_equal(owner(d, 5), "ana");
    writes(d, 6, "hello");
    assert_string_equal(owner(d, 6), "nobody"); /* four are all she has, whatever they are */
    assert_non_null(strstr(d->others, "\"why\":\"at the limit\""));
}

static void test_cases_of_no_topic_are_a_kind_of_work_of_their_own(void **state)
{
    struct desk *d = *state;

    writes(d, 1, "hello");
    writes(d, 2, "hello");
    writes(d, 3, "hello");
    assert_string_equal(owner(d, 2), "ana");
    assert_string_equal(owner(d, 3), "nobody");
    assert_non_null(strstr(d->others, "at the limit of 2 of no topic"));
    writes(d, 4, "my bill");
    assert_string_equal(owner(d, 4), "ana");
}

static void test_a_case_that_waits_for_the_customer_makes_room_for_another_of_its_kind(void **state)
{
    struct desk *d = *state;

    writes(d, 1, "my bill");
    writes(d, 2, "my bill");
    assert_string_equal(owner(d, 2), "nobody");
    becomes(d, 1, TICKET_PENDING); /* T-90 */
    fold_until(d->on.f, NINE + MINUTE);
    assert_string_equal(owner(d, 2), "ana");
}

static void test_who_is_named_twice_in_a_team_is_there_once(void **state)
{
    static const char text[] = "agents: {ana: {name: Ana, email: ana@example.org}}\n"
                               "teams: {first: {members: [ana, ana]}}\n"
                               "escalation: [{name: one, team: first}]\n";
    struct conf_errors errors = { 0 };
    struct policy_file file;

    (void)state; /* its work would count twice against the team's threshold */
    assert_int_equal(policy_read("p.yaml", span_of(text), NULL, NULL, &file, &errors), 0);
    assert_int_equal(file.policy->teams[0].member_count, 1);
    policy_file_clear(&file);
}

static void test_wrong_limits_and_whom_to_tell_are_told_with_their_place(void **state)
{
    static const char text[] = "topics: {bills: {}}\n"
                               "agents:\n"
                               "  ana:\n"
                               "    name: Ana\n"
                               "    email: ana@example.org\n"
                               "    limits:\n"
                               "      bils: 1\n"
                               "      bills: 0\n"
                               "      none: many\n"
                               "teams: {first: {backlog: {tell: [eve]}}}\n"
                               "escalation: [{name: one}]\n";
    struct conf_errors errors = { 0 };
    struct policy_file file;

    (void)state;
    assert_int_equal(policy_read("p.yaml", span_of(text), NULL, NULL, &file, &errors), -1);
    assert_int_equal(errors.count, 4);
    assert_non_null(strstr(errors.lines[0], "p.yaml:7:"));
    assert_non_null(strstr(errors.lines[0], "there is no topic 'bils'"));
    assert_non_null(strstr(errors.lines[1], "p.yaml:8:"));
    assert_non_null(strstr(errors.lines[1], "expected 1 to 10000, got '0'"));
    assert_non_null(strstr(errors.lines[2], "expected 1 to 10000, got 'many'"));
    assert_non_null(strstr(errors.lines[3], "there is no agent 'eve'"));
    conf_errors_clear(&errors);
}

/* --- a team with more than it can do
 * ----------------------------------------------------------------------------------------- */

/* `waiting` cases, the first since `since`; ana has `carried`. */
static enum backlog_sign seen(struct desk *d, int64_t now, int waiting, int64_t since, int carried)
{
    const int loads[] = { carried, 100, 0 };
    const struct backlog_seen s = { waiting, since, loads };

    backlog_decide(d->on.file.policy, 0, &d->state, &s, now, &d->found);
    d->state = d->found.state;
    return d->found.sign;
}

static void test_what_is_too_much_is_told_once_and_is_over_well_below_it(void **state)
{
    struct desk *d = *state;

    assert_int_equal(seen(d, NINE, 3, NINE, 0), BACKLOG_SAME); /* D-29 */
    assert_int_equal(seen(d, NINE + 30, 4, NINE, 0), BACKLOG_OVER);
    assert_string_equal(d->found.why, "tickets");
    assert_int_equal(seen(d, NINE + 60, 3, NINE, 0), BACKLOG_SAME); /* it does not flap */
    assert_int_equal(seen(d, NINE + 90, 4, NINE, 0), BACKLOG_SAME);
    assert_int_equal(seen(d, NINE + 120, 2, NINE, 0), BACKLOG_CALM);
    assert_int_equal(seen(d, NINE + 150, 3, NINE, 0), BACKLOG_SAME);
    assert_int_equal(seen(d, NINE + 180, 4, NINE, 0), BACKLOG_OVER);
}

static void test_it_is_told_again_at_growing_intervals_and_once_for_all_that_nobody_looked(void **s)
{
    static const int64_t again[] = { 15 * MINUTE, HOUR, 4 * HOUR, 4 * HOUR + DAY };
    struct desk *d = *s;
    size_t i;

    assert_int_equal(seen(d, NINE, 9, NINE, 0), BACKLOG_OVER);
    for (i = 0; i < sizeof(again) / sizeof(again[0]); i++) { /* B-20 */
        assert_int_equal(seen(d, NINE + again[i] - 1, 9, NINE, 0), BACKLOG_SAME);
        assert_int_equal(seen(d, NINE + again[i], 9, NINE, 0), BACKLOG_STILL);
    }
    assert_int_equal(seen(d, NINE + 20 * DAY, 9, NINE, 0), BACKLOG_STILL);
    assert_int_equal(seen(d, NINE + 20 * DAY + HOUR, 9, NINE, 0), BACKLOG_SAME);
}

static void test_waiting_is_counted_in_the_hours_of_the_teams_level(void **state)
{
    struct desk *d = *state;
    int64_t four = NINE + 7 * HOUR; /* an hour before the end of the day */

    assert_int_equal(seen(d, NINE + DAY, 1, four, 0), BACKLOG_SAME);
    assert_int_equal(d->found.oldest_s, HOUR);
    assert_int_equal(seen(d, NINE + DAY + HOUR, 1, four, 0), BACKLOG_OVER);
    assert_string_equal(d->found.why, "oldest");
    assert_int_equal(seen(d, NINE + DAY + 2 * HOUR, 0, 0, 0), BACKLOG_CALM);
}

static void test_what_each_has_counts_for_those_who_are_there_and_nobody_decides_at_night(
    void **state)
{
    struct desk *d = *state;

    assert_int_equal(seen(d, NINE, 2, NINE, 3), BACKLOG_SAME); /* leo is away, and so is his work */
    assert_int_equal(d->found.there, 1);
    assert_int_equal(seen(d, NINE, 2, NINE, 4), BACKLOG_OVER);
    assert_string_equal(d->found.why, "per_agent");
    d->state.told = 100;
    assert_int_equal(seen(d, NINE + 5 * HOUR, 0, 0, 4), BACKLOG_SAME); /* ana has gone home */
    assert_int_equal(d->found.there, 0);
    assert_int_equal(seen(d, NINE + DAY, 0, 0, 4), BACKLOG_CALM);
}

static void test_those_whom_the_policy_names_are_told_in_their_language_and_hours(void **state)
{
    struct desk *d = *state;
    const struct policy_team *team = &d->on.file.policy->teams[0];
    struct arena *a = arena_new();
    const char *subject, *text;
    const int *told;
    size_t n;

    told = backlog_told(team, &n);
    assert_int_equal(n, 1);
    assert_string_equal(d->on.file.policy->agents[told[0]].name, "eva");
    assert_int_equal(backlog_tell_at(d->on.file.policy, told[0], NINE + 10 * HOUR),
                     NINE + DAY); /* T-57 */
    seen(d, NINE, 5, NINE - HOUR, 2);
    backlog_word(d->on.file.policy, 0, &d->found, "es", NULL, a, &subject, &text);
    assert_string_equal(subject, "First contact tiene más de lo que puede atender");
    assert_non_null(strstr(text, "Esperan a alguien: 5"));
    seen(d, NINE + 30, 0, 0, 0);
    backlog_word(d->on.file.policy, 0, &d->found, NULL, NULL, a, &subject, &text);
    assert_string_equal(subject, "First contact can do its work again");
    arena_free(a);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, policy_desk_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_an_agent_at_the_limit_of_one_kind_of_work_still_gets_others),
        CASE(test_cases_of_no_topic_are_a_kind_of_work_of_their_own),
        CASE(test_a_case_that_waits_for_the_customer_makes_room_for_another_of_its_kind),
        CASE(test_who_is_named_twice_in_a_team_is_there_once),
        CASE(test_wrong_limits_and_whom_to_tell_are_told_with_their_place),
        CASE(test_what_is_too_much_is_told_once_and_is_over_well_below_it),
        CASE(test_it_is_told_again_at_growing_intervals_and_once_for_all_that_nobody_looked),
        CASE(test_waiting_is_counted_in_the_hours_of_the_teams_level),
        CASE(test_what_each_has_counts_for_those_who_are_there_and_nobody_decides_at_night),
        CASE(test_those_whom_the_policy_names_are_told_in_their_language_and_hours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
