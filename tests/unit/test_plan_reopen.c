/* What its customer writes to a closed case (C-10): within `timing: reopen` it begins anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/story.h"

enum { DAY = 86400, REOPEN = 30 * DAY };

static int setup(void **state)
{
    story_setup(state);
    ((struct story *)*state)->policy.reopen_s = REOPEN;
    return 0;
}

/* Answered by ana at level 1, solved, and closed a day later; `quiet`: neither answered nor solved.
 */
static void closes(struct story *s, bool quiet)
{
    story_customer(s, "hola");
    s->now += 60;
    if (!quiet) {
        assert_int_equal(story_agent(s, "ana"), 0);
        assert_int_equal(story_status(s, TICKET_SOLVED), 0);
        story_until(s, s->now + DAY);
    } else {
        assert_int_equal(story_status(s, TICKET_CLOSED), 0);
    }
    assert_int_equal(s->ticket.status, TICKET_CLOSED);
}

static void runs_from(struct story *s, enum target_kind kind, int instance, int64_t at)
{
    const struct target_clock *c = story_clock(s, kind);

    assert_non_null(c);
    assert_int_equal(c->instance, instance);
    assert_int_equal(c->started_at, at);
    assert_int_equal(c->due_at, at + c->target.seconds);
}

static void test_a_closed_case_is_open_again_with_new_clocks(void **state) /* C-10 */
{
    struct story *s = *state;
    struct fact f;

    closes(s, false);
    s->now += 20 * DAY;
    s->policy.version = 2;
    f = story_fact(s, FACT_CUSTOMER_WROTE);
    f.at = s->now - 300; /* it waited for us in a spool */
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.status, TICKET_OPEN);
    assert_int_equal(s->ticket.closed_at, 0);
    assert_int_equal(s->ticket.policy_version, 2); /* all of its clocks are of this one */
    assert_int_equal(s->ticket.solved_at, 0);
    assert_int_equal(s->ticket.memory.reopened, 1);
    runs_from(s, TARGET_RESOLUTION, 2, s->now - 300);
    runs_from(s, TARGET_NEXT_RESPONSE, 1, s->now - 300);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE));
    assert_null(story_clock(s, TARGET_ACK));
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
    assert_int_equal(story_told(s, NOTICE_FOLLOW_UP), 1);
}

static void test_of_a_case_that_nobody_answered_only_the_new_message_is_waited_for(void **state)
{
    struct story *s = *state;

    closes(s, true);
    s->now += DAY;
    assert_int_equal(story_customer(s, "oigan"), 0);
    runs_from(s, TARGET_NEXT_RESPONSE, 1, s->now);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE));
    assert_true(s->plan.wants_queue);
    assert_int_equal(s->plan.queue_since, s->now);
}

static void test_the_bound_is_the_message_s_time_and_belongs_to_it(void **state)
{
    struct story *s = *state;
    struct fact f;

    closes(s, false);
    s->now = s->ticket.closed_at + REOPEN + 1;
    assert_false(plan_takes_message(&s->policy, &s->ticket, s->now));
    assert_int_equal(story_customer(s, "tarde"), -1);
    assert_int_equal(s->err.kind, ERROR_PERMANENT);
    f = story_fact(s, FACT_CUSTOMER_WROTE);
    f.at = s->now - 1; /* received in time, and decided late */
    assert_true(plan_takes_message(&s->policy, &s->ticket, f.at));
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.status, TICKET_OPEN);
}

static void test_what_is_closed_late_was_closed_when_the_grace_was_over(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    assert_int_equal(story_status(s, TICKET_SOLVED), 0);
    s->now += 20 * DAY; /* nobody looked: we were down */
    f = story_fact(s, FACT_TIME_CAME);
    f.by = FACT_BY_TIME;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.status, TICKET_CLOSED);
    assert_int_equal(s->ticket.closed_at, STORY_NINE + DAY);
    assert_false(plan_takes_message(&s->policy, &s->ticket, STORY_NINE + DAY + REOPEN + 1));
}

static void test_without_the_key_and_after_a_merge_nothing_is_opened_again(void **state)
{
    struct story *s = *state;
    struct fact f;

    closes(s, false);
    s->policy.reopen_s = 0;
    assert_false(plan_takes_message(&s->policy, &s->ticket, s->now));
    assert_false(plan_takes_message(&s->policy, &s->ticket, s->ticket.closed_at));
    s->policy.reopen_s = REOPEN;
    story_next_ticket(s);
    story_customer(s, "hola");
    f = story_fact(s, FACT_MERGED_INTO);
    f.other = s->ticket.ticket_id + 1;
    assert_int_equal(story_apply(s, &f), 0);
    assert_false(plan_takes_message(&s->policy, &s->ticket, s->now));
    assert_int_equal(story_customer(s, "sigo"), -1);
}

static void test_what_a_program_writes_is_kept_and_opens_nothing(void **state) /* B-13 */
{
    struct story *s = *state;
    struct fact f;

    closes(s, false);
    f = story_fact(s, FACT_CUSTOMER_WROTE);
    f.automatic = true;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.status, TICKET_CLOSED);
    assert_int_equal(s->plan.delivery_count, 0);
    assert_int_equal(s->plan.wake_at, 0);
}

static void test_its_owner_has_it_again_at_its_level_whose_path_begins_anew(void **state)
{
    struct story *s = *state;
    struct fact f;
    int visit;

    story_customer(s, "hola");
    f = story_fact(s, FACT_ESCALATED);
    f.by = FACT_BY_OPERATOR;
    assert_int_equal(story_apply(s, &f), 0);
    f = story_fact(s, FACT_ASSIGNED);
    f.by = FACT_BY_AGENT;
    f.actor = f.agent = "eva";
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_agent(s, "eva"), 0);
    assert_int_equal(story_status(s, TICKET_SOLVED), 0);
    story_until(s, s->now + DAY);
    visit = s->ticket.memory.level_visit;
    s->now += 10 * DAY;
    assert_int_equal(story_customer(s, "ha vuelto"), 0);
    assert_string_equal(s->ticket.agent, "eva"); /* T-91: she is there */
    assert_int_equal(s->ticket.memory.assigned_at, s->now);
    assert_int_equal(s->ticket.level, 2); /* C-21: nobody handed it back */
    assert_int_equal(s->ticket.memory.level_visit, visit + 1);
    assert_int_equal(story_events(s, "level_entered", "C-10"), 1);
    runs_from(s, TARGET_LEVEL_ACK, 3, s->now);
    runs_from(s, TARGET_LEVEL_RESOLVE, 3, s->now);
    assert_int_equal(story_events(s, "owner_set", NULL), 0);
    assert_int_equal(s->plan.wake_at, s->now + 300); /* the reminder of level 2 */
    story_until(s, s->now + 900);
    assert_int_equal(s->ticket.level, 3); /* level_ack was missed, as at first */
}

static void test_who_had_it_and_is_not_there_loses_it_to_the_queue(void **state) /* T-91 */
{
    struct story *s = *state;

    closes(s, false);
    s->ticket.agent = "nobody of the policy";
    assert_int_equal(story_customer(s, "ha vuelto"), 0);
    assert_null(s->ticket.agent);
    assert_int_equal(story_events(s, "owner_set", "T-91"), 1);
    assert_true(s->plan.wants_queue);
}

static void test_a_level_that_the_policy_has_no_more_is_not_entered(void **state)
{
    struct story *s = *state;

    closes(s, false);
    s->ticket.level = s->ticket.top_level = STORY_LEVELS + 1;
    assert_int_equal(story_customer(s, "ha vuelto"), 0);
    assert_int_equal(s->ticket.level, STORY_LEVELS + 1);
    assert_int_equal(story_events(s, "level_entered", NULL), 0);
    runs_from(s, TARGET_RESOLUTION, 2, s->now);
}

static void test_an_owner_who_did_something_then_has_to_do_something_now(void **state) /* T-69 */
{
    struct story *s = *state;
    struct policy_team teams[3];

    memcpy(teams, s->policy.teams, sizeof(teams));
    teams[0].ack_s = 600;
    s->policy.teams = teams;
    closes(s, false);
    s->now += DAY;
    story_customer(s, "ha vuelto");
    assert_string_equal(s->ticket.agent, "ana");
    assert_int_equal(s->plan.wake_at, s->now + 600);
    story_until(s, s->now + 600);
    assert_string_equal(s->ticket.agent, "luis"); /* of the same team */
}

/* Of incident 99, which is as it is said. */
static struct fact of_incident(const struct story *s, enum fact_kind kind,
                               enum ticket_status status)
{
    struct fact f = story_fact(s, kind);

    f.other = f.incident.ticket_id = 99;
    f.incident.status = status;
    return f;
}

static void test_solved_and_closed_with_its_incident_it_leaves_it_and_begins_anew(void **state)
{
    struct story *s = *state;
    struct fact f;

    s->policy.incidents.voids = s->policy.incidents.solves = true;
    story_customer(s, "hola");
    f = of_incident(s, FACT_INCIDENT_JOINED, TICKET_OPEN);
    assert_int_equal(story_apply(s, &f), 0);
    f = of_incident(s, FACT_INCIDENT_LOOKED, TICKET_SOLVED);
    assert_int_equal(story_apply(s, &f), 0);
    story_until(s, s->now + DAY);
    assert_int_equal(s->ticket.status, TICKET_CLOSED);
    s->now += DAY;
    assert_int_equal(story_customer(s, "sigue mal"), 0);
    assert_int_equal(s->ticket.incident_of, 0);
    runs_from(s, TARGET_RESOLUTION, 2, s->now);
    runs_from(s, TARGET_LEVEL_ACK, 2, s->now);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE));
    assert_null(story_clock(s, TARGET_ACK));
}

static void test_it_is_its_incident_that_climbs_while_it_lasts(void **state)
{
    struct story *s = *state;
    struct fact f;

    s->policy.incidents.voids = true;
    story_customer(s, "hola");
    f = of_incident(s, FACT_INCIDENT_JOINED, TICKET_OPEN);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_status(s, TICKET_CLOSED), 0);
    assert_int_equal(story_customer(s, "sigue mal"), 0);
    assert_int_equal(s->ticket.incident_of, 99);
    assert_int_equal(s->ticket.status, TICKET_OPEN);
    assert_int_equal(story_events(s, "level_entered", NULL), 0);
    assert_null(story_clock(s, TARGET_LEVEL_ACK));
}

static void test_it_may_be_solved_closed_and_opened_again_any_number_of_times(void **state)
{
    struct story *s = *state;
    int i;

    closes(s, false);
    for (i = 2; i < 40; i++) {
        s->now += DAY;
        assert_int_equal(story_customer(s, "otra vez"), 0);
        runs_from(s, TARGET_RESOLUTION, i, s->now);
        assert_int_equal(story_agent(s, "ana"), 0);
        assert_int_equal(story_status(s, TICKET_SOLVED), 0);
        assert_int_equal(story_customer(s, "aún no"), 0); /* within the grace: the same one */
        assert_int_equal(story_clock(s, TARGET_RESOLUTION)->instance, i);
        assert_int_equal(story_status(s, TICKET_CLOSED), 0);
    }
}

static void test_by_hand_it_waits_for_an_owner_and_an_answer_as_if_its_customer_had_said_so(
    void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    s->now += 60;
    assert_int_equal(story_status(s, TICKET_SOLVED), 0); /* nobody has it, nobody answered */
    s->now += 600;
    assert_int_equal(story_status(s, TICKET_OPEN), 0);
    assert_true(s->plan.wants_queue); /* T-91 */
    assert_int_equal(s->plan.queue_since, s->now);
    runs_from(s, TARGET_NEXT_RESPONSE, 1, s->now); /* C-8 */
    assert_int_equal(story_agent(s, "ana"), 0);
    assert_int_equal(story_status(s, TICKET_SOLVED), 0);
    assert_int_equal(story_status(s, TICKET_OPEN), 0);
    assert_null(story_clock(s, TARGET_NEXT_RESPONSE)); /* that was answered */
    assert_string_equal(s->ticket.agent, "ana");
}

/* Its priority has none, and that to which the message raises it has. */
static void test_a_solution_that_is_owed_with_the_raised_priority_is_owed_from_the_message_on(
    void **state) /* C-10, C-13 */
{
    struct story *s = *state;
    struct fact f;

    s->targets.at[TICKET_NORMAL][TARGET_RESOLUTION].seconds = -1;
    s->policy.scoring.vip = 10;
    closes(s, false);
    assert_int_equal(s->ticket.priority, TICKET_NORMAL);
    s->now += DAY;
    f = story_fact(s, FACT_CUSTOMER_WROTE);
    f.at = s->now - 300;
    f.vip = true;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->ticket.priority, TICKET_HIGH);
    runs_from(s, TARGET_RESOLUTION, 1, f.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, story_teardown)
        T(test_a_closed_case_is_open_again_with_new_clocks),
        T(test_of_a_case_that_nobody_answered_only_the_new_message_is_waited_for),
        T(test_the_bound_is_the_message_s_time_and_belongs_to_it),
        T(test_what_is_closed_late_was_closed_when_the_grace_was_over),
        T(test_without_the_key_and_after_a_merge_nothing_is_opened_again),
        T(test_what_a_program_writes_is_kept_and_opens_nothing),
        T(test_its_owner_has_it_again_at_its_level_whose_path_begins_anew),
        T(test_who_had_it_and_is_not_there_loses_it_to_the_queue),
        T(test_a_level_that_the_policy_has_no_more_is_not_entered),
        T(test_an_owner_who_did_something_then_has_to_do_something_now),
        T(test_solved_and_closed_with_its_incident_it_leaves_it_and_begins_anew),
        T(test_it_is_its_incident_that_climbs_while_it_lasts),
        T(test_it_may_be_solved_closed_and_opened_again_any_number_of_times),
        T(test_by_hand_it_waits_for_an_owner_and_an_answer_as_if_its_customer_had_said_so),
        T(test_a_solution_that_is_owed_with_the_raised_priority_is_owed_from_the_message_on),
#undef T
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
