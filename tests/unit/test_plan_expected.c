/* E-10: what the customer was told and will not be kept; policies as one would write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/policy_desk.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, NINE = 1767258000 /* Thursday, 09:00 UTC */ };

static const char head[] =
    "calendars:\n"
    "  early: {zone: UTC, hours: {mon-sun: '08:00-12:00'}}\n"
    "agents:\n"
    "  ana: {name: Ana, email: ana@example.org, shift: early, limit: 1}\n"
    "teams:\n"
    "  first: {members: [ana]}\n"
    "  second: {title: Nobody is in it}\n"
    "classification: [{name: down, match: down, priority: high}]\n"
    "targets:\n"
    "  first_response: {low: 8h, normal: 4h, high: 1h, urgent: 30m, warn: [50%, 80%]}\n"
    "timing: {grace: 7d, coalesce: 2m, after_reply: 0s}\n";
static const char stays[] = "escalation: [{name: one, team: first}]\n";
static const char climbs[] = "escalation:\n"
                             "  - {name: one, team: first, steps: [{name: late, when: "
                             "first_response missed, do: [level up]}]}\n"
                             "  - {name: two, team: second, ack: 30m}\n";
static const char empty[] = "escalation: [{name: one, team: second}]\n";

struct desk {
    struct policy_desk on;
    int expected, escalated; /* planned */
    int left, refused;       /* E-10 that left; that was not planned */
    int late;                /* times that the history says a promise is late */
    int64_t by_at;           /* of the last E-10 */
    char why[200];           /* why it is late; of a refusal, why it was refused */
};

static void decided(void *arg, const struct fold_step *step)
{
    const struct plan *p = step->plan;
    struct desk *d = arg;
    size_t i;

    for (i = 0; i < p->delivery_count; i++) {
        d->escalated += p->deliveries[i].notice == NOTICE_ESCALATED;
        if (p->deliveries[i].notice != NOTICE_EXPECTED)
            continue;
        d->expected++;
        d->by_at = p->deliveries[i].by_at;
    }
    for (i = 0; i < p->event_count; i++) {
        const struct planned_event *e = &p->events[i];
        bool refused = strcmp(e->kind, "notice_suppressed") == 0 && e->notice == NOTICE_EXPECTED &&
                       strcmp(e->rule, "E-10") == 0;

        d->refused += refused;
        d->late += strcmp(e->kind, "promise_late") == 0;
        if (refused || strcmp(e->kind, "promise_late") == 0)
            snprintf(d->why, sizeof(d->why), "%s", e->why);
    }
}

static void delivered(void *arg, const struct fold_delivery *left)
{
    if (left->notice == NOTICE_EXPECTED && left->dropped == NULL)
        ((struct desk *)arg)->left++;
}

static void begin(struct desk *d, const char *levels)
{
    char text[4000];

    *d = (struct desk){ 0 };
    snprintf(text, sizeof(text), "%s%s", head, levels);
    policy_desk_begin(
        &d->on, text,
        (struct fold_options){ .decided = decided, .delivered = delivered, .arg = d });
}

static void end(struct desk *d)
{
    policy_desk_end(&d->on);
}

static struct fact by_ana(enum fact_kind kind)
{
    return policy_desk_fact(kind, FACT_BY_AGENT, "ana");
}

static void writes(struct desk *d, int64_t ticket_id, int64_t at, const char *text)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);

    f.text = text;
    policy_desk_happens(&d->on, ticket_id, at, f);
}

static void weighs(struct desk *d, int64_t at, enum ticket_priority priority)
{
    struct fact f = by_ana(FACT_PRIORITY_SET);

    f.priority = priority;
    policy_desk_happens(&d->on, 1, at, f);
}

static void test_a_promise_that_was_missed_is_followed_by_a_new_time_and_by_no_second_one(void **s)
{
    struct desk d;

    (void)s; /* E-10 */
    begin(&d, stays);
    writes(&d, 1, NINE, "it is down");
    fold_until(d.on.f, NINE + HOUR - 1);
    assert_int_equal(d.expected, 0);
    fold_until(d.on.f, NINE + HOUR);
    assert_int_equal(d.expected, 1);
    assert_int_equal(d.by_at, NINE + 2 * HOUR);
    assert_string_equal(d.why, "what the customer was told was not kept");
    fold_until(d.on.f, NINE + 9 * DAY);
    assert_int_equal(d.expected, 1);
    assert_int_equal(d.left, 1);
    end(&d);
}

static void test_a_case_that_climbs_as_it_is_missed_is_told_its_time_with_that(void **state)
{
    struct desk d;

    (void)state;
    begin(&d, climbs);
    writes(&d, 1, NINE, "it is down");
    fold_until(d.on.f, NINE + HOUR);
    assert_int_equal(d.escalated, 1);
    assert_int_equal(d.expected, 0);
    assert_int_equal(d.late, 1);
    fold_until(d.on.f, NINE + HOUR + 30 * MINUTE); /* and that promise is one as well */
    assert_int_equal(d.expected, 1);
    assert_int_equal(d.late, 2);
    end(&d);
}

static void test_at_the_last_warning_a_case_of_nobody_will_be_late(void **state)
{
    struct desk d;

    (void)state;
    begin(&d, stays);
    writes(&d, 1, NINE, "hello");
    writes(&d, 2, NINE, "it is down"); /* ana has one, and no room for this */
    fold_until(d.on.f, NINE + 47 * MINUTE);
    assert_int_equal(d.expected, 0);
    fold_until(d.on.f, NINE + 48 * MINUTE);
    assert_int_equal(d.expected, 1);
    assert_int_equal(d.by_at, NINE + HOUR + 48 * MINUTE);
    assert_string_equal(d.why, "it is at its last warning, and nobody's");
    fold_until(d.on.f, NINE + HOUR);
    assert_int_equal(d.expected, 1); /* it was missed as was said */
    assert_int_equal(d.late, 1);
    end(&d);
}

static void test_at_the_last_warning_it_matters_who_is_there_until_it_is_due(void **state)
{
    struct desk d;

    (void)state;
    begin(&d, stays);
    writes(&d, 1, NINE, "hello"); /* due at one, and ana goes home at twelve */
    fold_until(d.on.f, NINE + 3 * HOUR + 11 * MINUTE);
    assert_int_equal(d.expected, 0);
    fold_until(d.on.f, NINE + 3 * HOUR + 12 * MINUTE);
    assert_int_equal(d.expected, 1);
    assert_int_equal(d.by_at, NINE + 23 * HOUR + 4 * HOUR);
    end(&d);
    begin(&d, stays);
    writes(&d, 1, NINE, "it is down"); /* due at ten */
    fold_until(d.on.f, NINE + HOUR - 1);
    assert_int_equal(d.expected, 0);
    end(&d);
    begin(&d, empty); /* nobody is ever in it, and somebody may answer all the same */
    writes(&d, 1, NINE, "it is down");
    fold_until(d.on.f, NINE + HOUR - 1);
    assert_int_equal(d.expected, 0);
    end(&d);
}

static void test_a_target_that_becomes_a_later_one_is_told_and_an_earlier_one_is_not(void **state)
{
    struct desk d;

    (void)state; /* C-13 */
    begin(&d, stays);
    writes(&d, 1, NINE, "it is down");
    weighs(&d, NINE + 10 * MINUTE, TICKET_URGENT);
    assert_int_equal(d.expected, 0);
    weighs(&d, NINE + 20 * MINUTE, TICKET_NORMAL);
    assert_int_equal(d.expected, 1);
    assert_int_equal(d.by_at, NINE + 4 * HOUR);
    weighs(&d, NINE + 30 * MINUTE, TICKET_LOW);
    assert_int_equal(d.expected, 1);
    assert_int_equal(d.refused, 1);
    end(&d);
}

static void test_not_twice_within_a_day_also_for_another_promise(void **state)
{
    struct fact up = by_ana(FACT_ESCALATED), answer = by_ana(FACT_AGENT_REPLIED);
    struct desk d;

    (void)state;
    begin(&d, climbs);
    writes(&d, 1, NINE, "it is down");
    weighs(&d, NINE + 10 * MINUTE, TICKET_NORMAL);
    assert_int_equal(d.expected, 1);
    answer.status = TICKET_OPEN;
    policy_desk_happens(&d.on, 1, NINE + 20 * MINUTE, answer); /* so much for that promise */
    policy_desk_happens(&d.on, 1, NINE + 30 * MINUTE, up);
    assert_int_equal(d.escalated, 1);
    fold_until(d.on.f, NINE + HOUR); /* nobody took it there in the time that was told */
    assert_int_equal(d.expected, 1);
    assert_int_equal(d.refused, 1);
    assert_string_equal(d.why, "a new time was told less than a day ago");
    end(&d);
}

static void test_where_no_time_was_told_none_is_taken_back(void **state)
{
    struct fact f = by_ana(FACT_CUSTOMER_WROTE);
    struct desk d;

    (void)state;
    begin(&d, stays);
    f.by = FACT_BY_CUSTOMER;
    f.actor = NULL;
    f.text = "it is down";
    f.automatic = true; /* B-07: nothing was told */
    policy_desk_happens(&d.on, 1, NINE, f);
    fold_until(d.on.f, NINE + 2 * HOUR);
    assert_int_equal(d.late, 0);
    assert_int_equal(d.expected, 0);
    end(&d);
}

static void test_an_answer_within_the_window_takes_it_back(void **state)
{
    struct fact answer = by_ana(FACT_AGENT_REPLIED);
    struct desk d;

    (void)state; /* B-15 */
    begin(&d, stays);
    writes(&d, 1, NINE, "it is down");
    fold_until(d.on.f, NINE + HOUR);
    assert_int_equal(d.expected, 1);
    answer.status = TICKET_OPEN;
    policy_desk_happens(&d.on, 1, NINE + HOUR + MINUTE, answer);
    fold_until(d.on.f, NINE + 2 * HOUR);
    assert_int_equal(d.left, 0);
    end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_a_promise_that_was_missed_is_followed_by_a_new_time_and_by_no_second_one),
        cmocka_unit_test(test_a_case_that_climbs_as_it_is_missed_is_told_its_time_with_that),
        cmocka_unit_test(test_at_the_last_warning_a_case_of_nobody_will_be_late),
        cmocka_unit_test(test_at_the_last_warning_it_matters_who_is_there_until_it_is_due),
        cmocka_unit_test(test_a_target_that_becomes_a_later_one_is_told_and_an_earlier_one_is_not),
        cmocka_unit_test(test_not_twice_within_a_day_also_for_another_promise),
        cmocka_unit_test(test_where_no_time_was_told_none_is_taken_back),
        cmocka_unit_test(test_an_answer_within_the_window_takes_it_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
