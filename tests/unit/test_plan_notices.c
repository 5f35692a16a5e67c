/* Notices: what the customer is told and what not, and when agents hear of a case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/calendar.h"
#include "tests/support/story_office.h"

enum { KEYS_MAX = 100 };

static void test_who_writes_while_it_is_closed_is_told_when_it_opens(void **state)
{
    struct story *s = *state;

    story_promise(s, TARGET_FIRST_RESPONSE, HOUR, true);
    s->now = NINE + 10 * HOUR;
    story_customer(s, "hola"); /* E-02, D-5 */
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
    assert_int_equal(story_told(s, NOTICE_RECEIVED_CLOSED), 1);
    assert_int_equal(s->plan.deliveries[0].opens_at, FRIDAY_NINE);
    assert_int_equal(s->plan.deliveries[0].by_at, FRIDAY_NINE + HOUR);
}

/* Remembers the step keys of the last plan; fails where one was there before. */
static void note_keys(const struct story *s, const char **keys, size_t *count)
{
    size_t i, k;

    for (i = 0; i < s->plan.delivery_count; i++) {
        for (k = 0; k < *count; k++)
            assert_string_not_equal(keys[k], s->plan.deliveries[i].step_key);
        assert_true(*count < KEYS_MAX);
        keys[(*count)++] = s->plan.deliveries[i].step_key;
    }
}

static void test_each_notice_has_a_key_of_its_own_that_stays_when_it_is_decided_again(void **state)
{
    struct story *s = *state;
    const char *keys[KEYS_MAX];
    struct plan again;
    size_t count = 0, i;
    struct fact f = story_fact(s, FACT_CUSTOMER_WROTE);

    f.by = FACT_BY_CUSTOMER;
    f.text = f.subject = "hola";
    assert_int_equal(
        plan_apply(&s->policy, &s->targets, &s->ticket, &s->contact, &f, s->a, &again, &s->err), 0);
    story_apply(s, &f); /* B-05 */
    assert_int_equal(again.delivery_count, s->plan.delivery_count);
    for (i = 0; i < again.delivery_count; i++)
        assert_string_equal(again.deliveries[i].step_key, s->plan.deliveries[i].step_key);
    note_keys(s, keys, &count);
    for (i = 1; i < 80; i++) {
        if (s->plan.wake_at == 0 || s->plan.wake_at > NINE + 3 * HOUR)
            break;
        s->now = s->plan.wake_at > s->now ? s->plan.wake_at : s->now;
        f = story_fact(s, s->plan.wants_queue ? FACT_QUEUE_LOOKED : FACT_TIME_CAME);
        assert_int_equal(story_apply(s, &f), 0);
        note_keys(s, keys, &count);
    }
    assert_true(count > 6); /* the customer, and every level of the path */
}

static void test_a_follow_up_is_confirmed_only_where_it_could_be_a_surprise(void **state)
{
    struct story *s = *state;
    struct fact f;

    s->policy.level_count = 1;
    story_customer(s, "hola");
    s->now = NINE + 300;
    story_customer(s, "algo mas");
    assert_int_equal(story_told(s, NOTICE_FOLLOW_UP), 0); /* E-03: a normal one is not */
    f = story_fact(s, FACT_CUSTOMER_WROTE);
    f.by = FACT_BY_CUSTOMER;
    f.threaded_weakly = true;
    f.text = f.subject = "caso 42";
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_told(s, NOTICE_FOLLOW_UP), 1);
}

static void test_a_second_message_does_not_take_the_place_of_received_before_it_has_left(
    void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    s->now = NINE + 60;
    f = story_fact(s, FACT_CUSTOMER_WROTE);
    f.by = FACT_BY_CUSTOMER;
    f.threaded_weakly = true;
    f.text = f.subject = "caso 42";
    assert_int_equal(story_apply(s, &f), 0); /* E-03 */
    assert_int_equal(story_told(s, NOTICE_FOLLOW_UP), 0);
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 1);
    f.at = f.now = s->now = NINE + 3600;
    s->policy.level_count = 1;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_told(s, NOTICE_FOLLOW_UP), 1);
}

static void test_a_persons_words_are_never_held_back_and_cost_no_budget(void **state)
{
    struct story *s = *state;
    struct contact before;

    story_customer(s, "hola");
    before = s->contact;
    s->policy.notices[NOTICE_REPLY].on = false;
    s->now = NINE + 300; /* E-01 has left */
    story_agent(s, "ana");
    story_agent(s, "ana"); /* E-06 */
    assert_int_equal(story_told(s, NOTICE_REPLY), 2);
    assert_int_equal(s->plan.deliveries[0].due_at, s->now);
    assert_memory_equal(before.notices_at, s->contact.notices_at, sizeof(before.notices_at));
}

static void test_solved_says_until_when_it_can_be_reopened(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    s->now = NINE + 300;
    story_status(s, TICKET_SOLVED); /* E-15 */
    assert_int_equal(s->plan.deliveries[0].notice, NOTICE_SOLVED);
    assert_int_equal(s->plan.deliveries[0].by_at, NINE + 300 + 86400);
    s->now = NINE + 310;
    story_status(s, TICKET_OPEN);
    assert_int_equal(story_told(s, NOTICE_SOLVED), 0); /* B-15: it became untrue while it waited */
}

static void test_whose_time_the_customer_was_told_is_one_clocks_however_they_are_kept(void **state)
{
    struct story *s = *state;
    struct target_clock c;
    struct fact f;

    story_promise(s, TARGET_FIRST_RESPONSE, HOUR, false);
    story_promise(s, TARGET_RESOLUTION, HOUR, false);
    story_promise(s, TARGET_ACK, -1, false);
    s->levels[1].ack.seconds = s->levels[1].resolve.seconds = -1;
    story_customer(s, "hola");
    assert_int_equal(s->ticket.clocks[0].kind, TARGET_FIRST_RESPONSE);
    story_until(s, NINE + 600);
    c = s->ticket.clocks[0];
    s->ticket.clocks[0] = s->ticket.clocks[1];
    s->ticket.clocks[1] = c;
    f = story_fact(s, FACT_ESCALATED);
    f.reason = "too hard";
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_told(s, NOTICE_ESCALATED), 1);
    assert_int_equal(s->ticket.memory.promised_clock, TARGET_FIRST_RESPONSE + 1); /* E-10 */
}

static void test_a_customer_is_told_one_thing_of_what_one_message_led_to(void **state)
{
    struct story *s = *state;
    struct policy_step steps[2];

    memcpy(steps, s->levels[0].steps, sizeof(steps));
    steps[1].trigger = POLICY_ON_REOPENED;
    steps[1].count = 1;
    s->levels[0].steps = steps;
    story_customer(s, "hola");
    s->now = NINE + HOUR;
    story_status(s, TICKET_SOLVED);
    s->now = NINE + 2 * HOUR;
    story_customer(s, "no va"); /* B-01: it is reopened, and goes to the next level */
    assert_int_equal(s->ticket.level, 2);
    assert_int_equal(story_events(s, "notice_planned", "E-03"), 1);
    assert_int_equal(story_events(s, "notice_suppressed", "B-01"), 1);
    assert_int_equal(story_told(s, NOTICE_ESCALATED), 1);
    assert_int_equal(story_told(s, NOTICE_FOLLOW_UP), 0);
}

static void test_who_was_told_of_no_ticket_is_not_told_that_it_climbs(void **state)
{
    struct story *s = *state;
    struct policy_step steps[2];

    memcpy(steps, s->levels[0].steps, sizeof(steps));
    steps[1].count = 1;
    s->levels[0].steps = steps;
    story_customer(s, "hola"); /* E-09: its E-01 is of this very moment */
    assert_int_equal(s->ticket.level, 2);
    assert_int_equal(story_events(s, "notice_suppressed", "E-09"), 1);
    assert_int_equal(s->ticket.waiting_count, 1);
    assert_int_equal(s->ticket.waiting[0].notice, NOTICE_RECEIVED);
}

/* --- when agents are told
 * ------------------------------------------------------------------------------------------------
 */

enum { MIDNIGHT = NINE + 15 * HOUR };

/* Everybody has the office's hours; level 2 has them where `level` says so. */
static void give_hours(struct story *s, bool agents, bool level)
{
    struct policy_agent *people = arena_array(s->a, s->policy.agent_count, sizeof(*people));
    size_t i;

    story_promise(s, TARGET_UPDATE, -1, false);
    memcpy(people, s->policy.agents, s->policy.agent_count * sizeof(*people));
    for (i = 0; agents && i < s->policy.agent_count; i++)
        people[i].calendar = 0;
    s->policy.agents = people;
    if (level)
        s->levels[1].calendar = 0;
}

struct told { /* agents, of all that was planned */
    struct planned_delivery d[40];
    size_t count;
};

static void note_agents(struct story *s, void *arg)
{
    struct told *t = arg;
    size_t i;

    for (i = 0; i < s->plan.delivery_count; i++)
        if (s->plan.deliveries[i].to == PLANNED_AGENT && t->count < 40)
            t->d[t->count++] = s->plan.deliveries[i];
}

static void listen(struct story *s, struct told *t)
{
    *t = (struct told){ 0 };
    s->on_plan = note_agents;
    s->arg = t;
}

/* How many notices of that kind were planned for that second. */
static int told_at(const struct told *t, enum notice notice, int64_t at)
{
    size_t i;
    int n = 0;

    for (i = 0; i < t->count; i++)
        n += t->d[i].notice == notice && t->d[i].due_at == at;
    return n;
}

static void ask_for_the_next_level(struct story *s)
{
    struct fact f = story_fact(s, FACT_ESCALATED);

    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.level = 2;
    f.reason = "hace falta";
    if (story_apply(s, &f) < 0)
        fail_msg("%s", s->err.text);
}

static void test_an_agent_is_told_within_his_hours_and_not_at_midnight(void **state)
{
    struct story *s = *state;
    struct told told;

    give_hours(s, true, false); /* T-57 */
    listen(s, &told);
    s->now = MIDNIGHT;
    story_customer(s, "hola");
    story_until(s, MIDNIGHT + 1);
    assert_int_equal(told_at(&told, NOTICE_AGENT_ASSIGNED, FRIDAY_NINE), 1);
    story_customer(s, "una cosa mas");
    assert_int_equal(told_at(&told, NOTICE_AGENT_CUSTOMER, FRIDAY_NINE), 1);
    assert_int_equal(told.count, 2);
    s->now = FRIDAY_NINE + HOUR;
    s->policy.level_count = 1; /* nothing else happens */
    story_customer(s, "y otra");
    assert_int_equal(told_at(&told, NOTICE_AGENT_CUSTOMER, FRIDAY_NINE + HOUR), 1);
}

static void test_of_an_escalation_the_people_of_its_level_hear_in_the_levels_hours(void **state)
{
    static const struct {
        bool agents, level;
        int64_t told, reminded;
    } rows[] = {
        /* B-19: at once, whatever their own hours are, where the level has none */
        { true, false, MIDNIGHT, MIDNIGHT + 300 },
        { true, true, FRIDAY_NINE, FRIDAY_NINE + 300 },
        { false, true, FRIDAY_NINE, FRIDAY_NINE + 300 }, /* T-57 */
        { false, false, MIDNIGHT, MIDNIGHT + 300 },
    };
    struct story *s = *state;
    struct told told;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        story_end(s);
        story_begin(s, NINE);
        give_hours(s, rows[i].agents, rows[i].level);
        s->levels[1].ack.seconds = -1; /* nobody passes it on */
        s->now = MIDNIGHT;
        story_customer(s, "hola");
        listen(s, &told);
        ask_for_the_next_level(s);
        assert_int_equal(told_at(&told, NOTICE_AGENT_ESCALATION, rows[i].told), 2);
        assert_int_equal(told.count, 2);
        story_until(s, FRIDAY_NINE + HOUR);
        assert_int_equal(told_at(&told, NOTICE_AGENT_REMINDER, rows[i].reminded), 2); /* B-20 */
    }
}

static void test_an_escalation_told_to_somebody_of_elsewhere_waits_for_his_own_hours(void **state)
{
    static const struct policy_do eva[] = {
        { .action = POLICY_NOTIFY_NAMED, .agent = 2, .priority = TICKET_PRIORITY_NONE },
        { .action = POLICY_NOTIFY_TEAM, .agent = -1, .priority = TICKET_PRIORITY_NONE }
    };
    static const struct policy_step steps[] = {
        { .name = "insists",
          .trigger = POLICY_ON_UNANSWERED,
          .count = 2,
          .actions = eva,
          .action_count = 2 },
    };
    struct story *s = *state;
    struct told told;
    size_t i;

    give_hours(s, true, false);
    s->levels[0].steps = steps;
    s->levels[0].step_count = 1;
    s->now = MIDNIGHT;
    story_customer(s, "hola");
    listen(s, &told);
    story_customer(s, "hola?"); /* B-19: for the acting level only */
    assert_int_equal(told_at(&told, NOTICE_AGENT_ESCALATION, MIDNIGHT), 2);
    for (i = 0; i < told.count; i++)
        if (strcmp(told.d[i].agent, "eva") == 0)
            assert_int_equal(told.d[i].due_at, FRIDAY_NINE);
    assert_int_equal(told_at(&told, NOTICE_AGENT_ESCALATION, FRIDAY_NINE), 1);
}

static void test_who_has_no_hours_to_come_is_told_at_once(void **state)
{
    struct calendar_plan never = { .zone = "UTC" };
    struct story *s = *state;
    struct calendar *closed;
    struct told told;

    if (calendar_new(&never, &closed, &s->err) < 0)
        fail_msg("%s", s->err.text);
    give_hours(s, true, false);
    ((const struct calendar **)(uintptr_t)s->policy.calendars)[0] = closed;
    listen(s, &told);
    s->now = MIDNIGHT;
    story_customer(s, "hola");
    story_until(s, MIDNIGHT + 1);
    assert_int_equal(told_at(&told, NOTICE_AGENT_ASSIGNED, MIDNIGHT), 1);
    calendar_free(closed);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, story_office_setup, story_office_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_who_writes_while_it_is_closed_is_told_when_it_opens),
        CASE(test_each_notice_has_a_key_of_its_own_that_stays_when_it_is_decided_again),
        CASE(test_a_follow_up_is_confirmed_only_where_it_could_be_a_surprise),
        CASE(test_a_second_message_does_not_take_the_place_of_received_before_it_has_left),
        CASE(test_a_persons_words_are_never_held_back_and_cost_no_budget),
        CASE(test_solved_says_until_when_it_can_be_reopened),
        CASE(test_whose_time_the_customer_was_told_is_one_clocks_however_they_are_kept),
        CASE(test_a_customer_is_told_one_thing_of_what_one_message_led_to),
        CASE(test_who_was_told_of_no_ticket_is_not_told_that_it_climbs),
        CASE(test_an_agent_is_told_within_his_hours_and_not_at_midnight),
        CASE(test_of_an_escalation_the_people_of_its_level_hear_in_the_levels_hours),
        CASE(test_an_escalation_told_to_somebody_of_elsewhere_waits_for_his_own_hours),
        CASE(test_who_has_no_hours_to_come_is_told_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
