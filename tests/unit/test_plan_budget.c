/* How much a person is told, and when (B-02, B-03, B-04, B-06): each bound from both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/calendar.h"
#include "tests/support/story.h"

enum {
    NOON = 1767265200, /* 2026-01-01 12:00 in Madrid */
    HOUR = 3600,
    WINDOW = 120,
    TEN_MINUTES = 600,
    DAY = 86400,
};

static int setup(void **state)
{
    struct story *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return -1;
    story_begin(s, NOON);
    s->policy.received_merge_s = 0;
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct story *s = *state;

    calendar_free(s->policy.budgets.awake);
    story_end(s);
    free(s);
    return 0;
}

/* What the last fact owes the customer; 0: nothing. */
static int64_t leaves_at(const struct story *s, enum notice notice)
{
    size_t i;

    for (i = 0; i < s->plan.delivery_count; i++)
        if (s->plan.deliveries[i].notice == notice)
            return s->plan.deliveries[i].due_at;
    return 0;
}

/* By which rule it waits; NULL: it does not. */
static const char *put_off(const struct story *s)
{
    static const char *const rules[] = { "B-02", "B-03", "B-06" };
    size_t i, k;

    for (i = 0; i < s->plan.event_count; i++)
        for (k = 0; k < 3; k++)
            if (strcmp(s->plan.events[i].kind, "notice_planned") == 0 &&
                strstr(s->plan.events[i].detail, "put_off") != NULL &&
                strstr(s->plan.events[i].detail, rules[k]) != NULL &&
                strstr(s->plan.events[i].why, rules[k]) != NULL)
                return rules[k];
    return NULL;
}

/* One more notice of this ticket, that would leave then. */
static int64_t tells(struct story *s, int64_t at)
{
    s->now = at - WINDOW;
    if (s->ticket.status == TICKET_SOLVED)
        story_status(s, TICKET_OPEN);
    assert_int_equal(story_status(s, TICKET_SOLVED), 0); /* E-15 */
    return leaves_at(s, NOTICE_SOLVED);
}

/* Another ticket of the same person, of which no receipt is told. */
static void another(struct story *s)
{
    s->policy.notices[NOTICE_RECEIVED].on = false;
    story_next_ticket(s);
    story_customer(s, "hola");
    s->policy.notices[NOTICE_RECEIVED].on = true;
}

static void test_a_person_is_told_so_much_and_no_more_over_all_tickets(void **state) /* B-02 */
{
    static const struct {
        int hour, day;
        int64_t within;
    } rows[] = { { 2, 0, HOUR }, { 0, 2, DAY } };
    struct story *s = *state;
    size_t i;

    for (i = 0; i < 2; i++) {
        int64_t first = NOON + (int64_t)i * 10 * DAY;

        s->policy.budgets =
            (struct policy_budgets){ .person_hour = rows[i].hour, .person_day = rows[i].day };
        another(s);
        assert_int_equal(tells(s, first), first);
        another(s);
        assert_int_equal(tells(s, first + 1000), first + 1000);
        another(s);
        assert_int_equal(tells(s, first + rows[i].within - 1), first + rows[i].within);
        assert_string_equal(put_off(s), "B-02");
        another(s);
        assert_int_equal(tells(s, first + 1000 + rows[i].within), first + 1000 + rows[i].within);
        assert_null(put_off(s));
    }
}

static void test_of_one_ticket_a_person_is_told_so_much_and_no_more(void **state) /* B-03 */
{
    static const struct {
        int burst, day;
        int64_t within;
    } rows[] = { { 2, 0, TEN_MINUTES }, { 0, 2, DAY } };
    struct story *s = *state;
    size_t i;

    for (i = 0; i < 2; i++) {
        int64_t first = NOON + (int64_t)i * 10 * DAY;

        s->policy.budgets =
            (struct policy_budgets){ .ticket_burst = rows[i].burst, .ticket_day = rows[i].day };
        another(s);
        assert_int_equal(tells(s, first), first);
        assert_int_equal(tells(s, first + 130), first + 130);
        assert_int_equal(tells(s, first + rows[i].within - 1), first + rows[i].within);
        assert_string_equal(put_off(s), "B-03");
        assert_int_equal(tells(s, first + 130 + rows[i].within), first + 130 + rows[i].within);
        assert_null(put_off(s));
        another(s); /* of another ticket it is told */
        assert_int_equal(tells(s, first + 140 + rows[i].within), first + 140 + rows[i].within);
        assert_null(put_off(s));
    }
}

static void test_a_person_gets_so_many_receipts_and_no_more(void **state) /* B-04 */
{
    struct story *s = *state;

    s->policy.budgets = (struct policy_budgets){ .received_hour = 2, .person_hour = 1 };
    story_customer(s, "uno");
    assert_int_equal(leaves_at(s, NOTICE_RECEIVED), NOON + WINDOW);
    s->now = NOON + 1000;
    story_next_ticket(s);
    story_customer(s, "dos"); /* a receipt is held by no other budget */
    assert_int_equal(leaves_at(s, NOTICE_RECEIVED), NOON + 1000 + WINDOW);
    s->now = NOON + HOUR - 1;
    story_next_ticket(s);
    story_customer(s, "tres");
    assert_int_equal(leaves_at(s, NOTICE_RECEIVED), 0);
    assert_int_equal(story_events(s, "notice_suppressed", "B-04"), 1); /* B-18 */
    s->now = NOON + HOUR;
    story_next_ticket(s);
    story_customer(s, "cuatro");
    assert_int_equal(leaves_at(s, NOTICE_RECEIVED), NOON + HOUR + WINDOW);
    s->now += 500;
    assert_int_equal(story_status(s, TICKET_SOLVED), 0); /* and yet they count (B-02) */
    assert_int_equal(leaves_at(s, NOTICE_SOLVED), NOON + 2 * HOUR + WINDOW);
    assert_string_equal(put_off(s), "B-02");
}

static void test_what_does_not_leave_costs_nothing(void **state) /* B-02, B-03, B-04 */
{
    struct story *s = *state;

    s->policy.budgets =
        (struct policy_budgets){ .person_hour = 1, .ticket_burst = 1, .received_hour = 1 };
    story_customer(s, "hola");
    s->now += 60;
    story_agent(s, "ana"); /* E-01 has not left, and does not */
    s->now += 60;
    story_next_ticket(s);
    story_customer(s, "otra cosa");
    assert_int_equal(leaves_at(s, NOTICE_RECEIVED), s->now + WINDOW);
    s->now += 60;
    assert_int_equal(story_status(s, TICKET_SOLVED), 0); /* takes the place of E-01 (B-01) */
    assert_int_equal(leaves_at(s, NOTICE_SOLVED), NOON + 120 + WINDOW);
    assert_null(put_off(s));
}

static void test_an_answer_of_an_agent_is_held_by_no_budget(void **state) /* B-02, B-06 */
{
    struct story *s = *state;
    int i;

    s->policy.budgets = (struct policy_budgets){ .person_hour = 1, .ticket_burst = 1 };
    story_customer(s, "hola");
    for (i = 0; i < 5; i++) {
        s->now += 300;
        story_agent(s, "ana");
        assert_int_equal(leaves_at(s, NOTICE_REPLY), s->now);
    }
}

/* --- the night
 * ------------------------------------------------------------------------------------------ */

static void night(struct story *s)
{
    struct policy_budgets *b = &s->policy.budgets;
    struct calendar_plan plan = { .zone = "Europe/Madrid" };
    int day;

    *b = (struct policy_budgets){ .quiet_from_s = 21 * HOUR, .quiet_to_s = 8 * HOUR };
    for (day = 0; day < 7; day++) {
        plan.spans[day][0] = (struct calendar_span){ 8 * HOUR, 21 * HOUR };
        plan.span_count[day] = 1;
    }
    assert_int_equal(calendar_new(&plan, &b->awake, &s->err), 0);
}

static void test_at_night_nobody_is_told_what_nobody_asked_for(void **state) /* B-06 */
{
    static const struct {
        const char *zone;
        int64_t would, does; /* since noon in Madrid */
    } rows[] = {
        { NULL, 9 * HOUR - 1, 9 * HOUR - 1 },
        { NULL, 9 * HOUR, 20 * HOUR },
        { NULL, 20 * HOUR - 1, 20 * HOUR },
        { NULL, 20 * HOUR, 20 * HOUR },
        { "America/New_York", 2 * HOUR - 1, 2 * HOUR }, /* there it is six hours earlier */
        { "America/New_York", 2 * HOUR, 2 * HOUR },
        { "America/New_York", 9 * HOUR, 9 * HOUR },
        { "America/New_York", 15 * HOUR - 1, 15 * HOUR - 1 },
        { "America/New_York", 15 * HOUR, 26 * HOUR },
        { "Nowhere/Land", 9 * HOUR, 20 * HOUR }, /* the desk's */
    };
    struct story *s = *state;
    size_t i;

    night(s);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t day = NOON + 2 * (int64_t)i * DAY;

        s->contact.zone = rows[i].zone;
        another(s);
        assert_int_equal(tells(s, day + rows[i].would), day + rows[i].does);
        assert_int_equal(put_off(s) != NULL, rows[i].would != rows[i].does);
    }
}

static void test_who_writes_at_night_is_answered_at_night(void **state) /* B-06 */
{
    struct story *s = *state;

    night(s);
    s->now = NOON + 12 * HOUR;
    story_customer(s, "hola");
    assert_int_equal(leaves_at(s, NOTICE_RECEIVED), s->now + WINDOW);
    s->now += HOUR;
    story_agent(s, "ana");
    assert_int_equal(leaves_at(s, NOTICE_REPLY), s->now);
}

static void test_who_wants_hears_of_what_is_urgent_at_any_hour(void **state) /* B-06 */
{
    static const struct {
        bool any_hour;
        const char *text;
        bool now;
    } rows[] = { { true, "todo caído", true },
                 { true, "hola", false },
                 { false, "todo caído", false } };
    struct story *s = *state;
    size_t i;

    night(s);
    for (i = 0; i < 3; i++) {
        s->contact.any_hour = rows[i].any_hour;
        s->now = NOON + 12 * HOUR + (int64_t)i * 10 * DAY;
        story_next_ticket(s);
        story_customer(s, rows[i].text);
        s->now += 500;
        assert_int_equal(story_status(s, TICKET_SOLVED), 0);
        assert_int_equal(leaves_at(s, NOTICE_SOLVED) == s->now + WINDOW, rows[i].now);
    }
}

static void test_in_the_morning_the_newest_state_is_told(void **state) /* B-01, B-06 */
{
    struct story *s = *state;

    night(s);
    s->now = NOON + 12 * HOUR;
    story_customer(s, "hola");
    story_until(s, s->now + 3 * HOUR);
    assert_int_equal(s->ticket.level, 3);
    assert_int_equal(s->ticket.waiting[s->ticket.waiting_count - 1].due_at, NOON + 20 * HOUR);
    assert_int_equal(story_status(s, TICKET_SOLVED), 0);
    assert_int_equal(leaves_at(s, NOTICE_SOLVED), NOON + 20 * HOUR);
    assert_int_equal(story_events(s, "notice_suppressed", "B-01"), 1);
    assert_int_equal(s->ticket.waiting_count, 2); /* E-01 has left */
}

static void test_what_would_name_a_time_that_is_past_says_none(void **state) /* B-06 */
{
    struct story *s = *state;

    night(s);
    s->policy.grace_s = HOUR;
    s->now = NOON + 12 * HOUR;
    story_customer(s, "hola");
    s->now += 500;
    assert_int_equal(story_status(s, TICKET_SOLVED), 0);
    assert_int_equal(leaves_at(s, NOTICE_SOLVED), NOON + 20 * HOUR);
    assert_int_equal(s->plan.deliveries[0].by_at, 0);
}

static void test_a_reminder_that_would_come_too_late_is_not_sent(void **state) /* B-06, E-08 */
{
    struct story *s = *state;
    struct fact f;

    night(s);
    s->policy.waiting.calendar = -1;
    s->policy.waiting.reminders[0] = 4 * HOUR;
    s->policy.waiting.solve_s = 8 * HOUR;
    s->now = NOON + 7 * HOUR;
    story_customer(s, "hola");
    f = story_fact(s, FACT_AGENT_REPLIED);
    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.message_id = 99;
    f.status = TICKET_PENDING;
    assert_int_equal(story_apply(s, &f), 0);
    s->now = NOON + 11 * HOUR;
    f = story_fact(s, FACT_TIME_CAME);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(leaves_at(s, NOTICE_WAITING), 0);
    assert_int_equal(story_events(s, "notice_suppressed", "B-06"), 1); /* B-18 */
}

static void test_an_answer_says_more_than_what_was_put_off(void **state) /* E-09, B-06 */
{
    struct story *s = *state;

    night(s);
    s->now = NOON + 12 * HOUR;
    story_customer(s, "hola");
    story_until(s, s->now + HOUR);
    assert_int_equal(story_told(s, NOTICE_ESCALATED), 1);
    story_agent(s, "ana");
    assert_int_equal(story_told(s, NOTICE_ESCALATED), 0);
    assert_int_equal(story_events(s, "notice_suppressed", "E-09"), 1);
}

static void test_what_a_ticket_told_is_kept_with_it(void **state) /* B-03 */
{
    struct story *s = *state;
    struct ticket_memory read;
    char *text;
    int i;

    for (i = 0; i < 20; i++) {
        s->now = NOON + i * 1000;
        if (i == 0)
            story_customer(s, "hola");
        else
            tells(s, s->now);
    }
    assert_int_equal(s->ticket.memory.noticed_at[0], NOON + 19 * 1000);
    text = ticket_memory_to_text(s->a, &s->ticket.memory);
    assert_int_equal(ticket_memory_from_text(text, &read, &s->err), 0);
    assert_memory_equal(read.noticed_at, s->ticket.memory.noticed_at, sizeof(read.noticed_at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(test_a_person_is_told_so_much_and_no_more_over_all_tickets),
        TEST(test_of_one_ticket_a_person_is_told_so_much_and_no_more),
        TEST(test_a_person_gets_so_many_receipts_and_no_more),
        TEST(test_what_does_not_leave_costs_nothing),
        TEST(test_an_answer_of_an_agent_is_held_by_no_budget),
        TEST(test_at_night_nobody_is_told_what_nobody_asked_for),
        TEST(test_who_writes_at_night_is_answered_at_night),
        TEST(test_who_wants_hears_of_what_is_urgent_at_any_hour),
        TEST(test_in_the_morning_the_newest_state_is_told),
        TEST(test_what_would_name_a_time_that_is_past_says_none),
        TEST(test_a_reminder_that_would_come_too_late_is_not_sent),
        TEST(test_an_answer_says_more_than_what_was_put_off),
        TEST(test_what_a_ticket_told_is_kept_with_it),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
