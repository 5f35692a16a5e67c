/* Rules of the planner that one fact alone does not show, by their numbers. */
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
    HOUR = 3600,
    NINE = 1767258000, /* Thursday, 2026-01-01 09:00:00 UTC */
    FRIDAY_NINE = NINE + 24 * HOUR,
    KEYS_MAX = 100
};

static struct calendar *office; /* Monday to Friday, 09:00 to 18:00 UTC */

static int setup(void **state)
{
    struct calendar_plan plan = { .zone = "UTC" };
    struct story *s = calloc(1, sizeof(*s));
    struct error err;
    int day;

    for (day = 0; day < 5; day++) {
        plan.spans[day][0] = (struct calendar_span){ 9 * HOUR, 18 * HOUR };
        plan.span_count[day] = 1;
    }
    if (calendar_new(&plan, &office, &err) < 0)
        return -1;
    story_begin(s, NINE);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    story_end(*state);
    calendar_free(office);
    free(*state);
    return 0;
}

/* The target of that kind, at every priority; by the office's hours or by the wall. */
static void promise(struct story *s, enum target_kind kind, int64_t seconds, bool by_office)
{
    static const char *const names[] = { "office" };
    const struct calendar **list = arena_array(s->a, 1, sizeof(*list));
    int p;

    list[0] = office;
    s->policy.calendars = list;
    s->policy.calendar_names = names;
    s->policy.calendar_count = 1;
    for (p = 0; p < TICKET_PRIORITY_N; p++) {
        s->targets.at[p][kind].seconds = seconds;
        s->targets.at[p][kind].calendar = by_office ? 0 : -1;
    }
}

static void test_a_clock_has_an_instance_and_a_ledger_whose_edges_name_their_events(void **state)
{
    struct story *s = *state;
    const struct target_clock *c;

    story_customer(s, "hola"); /* C-1, C-2 */
    c = story_clock(s, TARGET_RESOLUTION);
    assert_int_equal(c->instance, 1);
    assert_int_equal(c->edge_count, 1);
    assert_true(c->edges[0].runs);
    assert_int_equal(c->edges[0].at, NINE);
    assert_string_equal(s->plan.events[c->edges[0].event - 1].kind, "clock_started");
    s->now = NINE + 100;
    story_status(s, TICKET_PENDING);
    c = story_clock(s, TARGET_RESOLUTION);
    assert_int_equal(c->edge_count, 2);
    assert_false(c->edges[1].runs);
    assert_int_equal(c->edges[1].at, NINE + 100);
    assert_true(c->edges[1].event > c->edges[0].event);
    assert_true(c->edges[1].event <= s->ticket.event_seq);
    story_agent(s, "ana");
    story_customer(s, "uno");
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->instance, 1);
    story_agent(s, "ana");
    story_customer(s, "dos");
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->instance, 2);
}

static void test_a_target_counts_the_seconds_of_its_calendar_or_of_the_wall(void **state)
{
    struct story *s = *state;

    promise(s, TARGET_FIRST_RESPONSE, HOUR, true);
    promise(s, TARGET_ACK, 0, true);
    s->now = NINE + 10 * HOUR;
    story_customer(s, "hola"); /* C-3, C-6: it is closed, and opens on Friday */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, FRIDAY_NINE + HOUR);
    assert_int_equal(story_clock(s, TARGET_ACK)->due_at, FRIDAY_NINE);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, NINE + 34 * HOUR);
}

static void test_who_writes_while_it_is_closed_is_told_when_it_opens(void **state)
{
    struct story *s = *state;

    promise(s, TARGET_FIRST_RESPONSE, HOUR, true);
    s->now = NINE + 10 * HOUR;
    story_customer(s, "hola"); /* E-02, D-5 */
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
    assert_int_equal(story_told(s, NOTICE_RECEIVED_CLOSED), 1);
    assert_int_equal(s->plan.deliveries[0].opens_at, FRIDAY_NINE);
    assert_int_equal(s->plan.deliveries[0].by_at, FRIDAY_NINE + HOUR);
}

static void test_update_runs_between_public_answers_and_pauses_for_the_customer(void **state)
{
    struct story *s = *state;

    promise(s, TARGET_UPDATE, 1000, false);
    story_customer(s, "hola");
    assert_null(story_clock(s, TARGET_UPDATE));
    s->now = NINE + 60;
    story_agent(s, "ana"); /* C-9 */
    assert_int_equal(story_clock(s, TARGET_UPDATE)->due_at, NINE + 1060);
    s->now = NINE + 500;
    story_agent(s, "ana");
    assert_int_equal(story_clock(s, TARGET_UPDATE)->instance, 2);
    assert_int_equal(story_clock(s, TARGET_UPDATE)->due_at, NINE + 1500);
    story_status(s, TICKET_PENDING);
    assert_int_equal(story_clock(s, TARGET_UPDATE)->due_at, 0);
}

static void test_who_writes_again_after_a_silent_solution_waits_since_then(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    story_status(s, TICKET_SOLVED);
    s->now += 7200;
    story_customer(s, "no va"); /* C-8: the waiting that was waived is over */
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->started_at, s->now);
    assert_int_equal(s->ticket.memory.unanswered, 2); /* he insists all the same */
}

static void test_a_new_policy_is_for_new_clocks_unless_it_is_said_to_be_for_all(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    promise(s, TARGET_FIRST_RESPONSE, 7200, false);
    s->policy.version = 2;
    s->now = NINE + 100;
    story_customer(s, "sigo aqui"); /* C-14 */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, NINE + 3600);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->policy_version, 1);
    f = story_fact(s, FACT_POLICY_CHANGED);
    f.by = FACT_BY_POLICY;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, NINE + 7200);
    assert_int_equal(story_events(s, "policy_changed", "C-14"), 1);
}

static void test_a_promise_of_a_second_and_one_of_a_year_are_missed_at_their_second_and_once(
    void **state)
{
    static const int64_t targets[] = { 1, 366LL * 86400 };
    struct story *s = *state;
    size_t i;

    (void)state; /* T-66 */
    for (i = 0; i < 2; i++) {
        s->now = NINE + (int64_t)i * 86400;
        story_next_ticket(s);
        promise(s, TARGET_FIRST_RESPONSE, targets[i], false);
        story_customer(s, "hola");
        assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, s->now + targets[i]);
        story_until(s, s->now + targets[i] - 1);
        assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, 0);
        story_until(s, s->now + 1);
        assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, s->now);
    }
}

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
    promise(s, TARGET_FIRST_RESPONSE, HOUR, false);
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

/* C-17: counted backwards from when it is due, over the night between. */
static void test_a_warning_comes_with_so_much_of_the_calendars_time_left(void **state)
{
    static const int warnings[TARGET_WARNINGS_MAX] = { -2700, 50, -1 };
    struct story *s = *state;
    const int64_t wrote = NINE + 8 * HOUR + 2400; /* twenty minutes before it closes */
    int p;

    promise(s, TARGET_FIRST_RESPONSE, HOUR, true);
    promise(s, TARGET_ACK, -1, false);
    for (p = 0; p < TICKET_PRIORITY_N; p++)
        memcpy(s->targets.at[p][TARGET_FIRST_RESPONSE].warn, warnings, sizeof(warnings));
    s->policy.level_count = 1;
    s->now = wrote;
    story_customer(s, "hola");
    story_until(s, wrote + 899);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 0);
    story_until(s, wrote + 900);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 1);
    story_until(s, FRIDAY_NINE + 2398);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 2);
    story_until(s, FRIDAY_NINE + 2399);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 3);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, 0);
    story_until(s, FRIDAY_NINE + 2400);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, FRIDAY_NINE + 2400);
}

static void test_a_warning_comes_at_its_percent_of_the_calendars_seconds(void **state)
{
    struct story *s = *state;

    promise(s, TARGET_FIRST_RESPONSE, HOUR, true);
    promise(s, TARGET_ACK, -1, false);
    s->policy.level_count = 1;
    s->now = NINE + 8 * HOUR + 2700; /* a quarter of an hour before it closes */
    story_customer(s, "hola");
    story_until(s, FRIDAY_NINE + 899);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 0);
    story_until(s, FRIDAY_NINE + 900); /* C-17: fifty percent of it have been counted */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 1);
    assert_int_equal(story_told(s, NOTICE_AGENT_WARNING), 1);
    story_until(s, FRIDAY_NINE + 2000);
    assert_int_equal(story_told(s, NOTICE_AGENT_WARNING), 1);
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

static void test_a_clock_starts_by_every_way_a_ticket_is_opened(void **state)
{
    static const struct {
        enum fact_kind kind;
        int64_t follow_up_of, related_to, other;
    } ways[] = { { FACT_CUSTOMER_WROTE, 0, 0, 0 },
                 { FACT_CUSTOMER_WROTE, 7, 0, 0 },
                 { FACT_CUSTOMER_WROTE, 0, 7, 0 },
                 { FACT_SPLIT_FROM, 0, 0, 7 } };
    struct story *s = *state;
    struct fact f;
    size_t i;

    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        story_next_ticket(s);
        f = story_fact(s, ways[i].kind);
        f.text = "hola";
        f.follow_up_of = ways[i].follow_up_of;
        f.related_to = ways[i].related_to;
        f.other = ways[i].other;
        assert_int_equal(story_apply(s, &f), 0); /* T-71 */
        assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, NINE + HOUR);
        assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, NINE + 24 * HOUR);
        assert_int_equal(story_clock(s, TARGET_ACK)->due_at, NINE + 600);
    }
}

static void test_each_clock_is_due_by_itself_and_the_earliest_wakes_the_ticket(void **state)
{
    struct story *s = *state;

    promise(s, TARGET_UPDATE, 7200, false);
    story_customer(s, "hola");
    assert_null(story_clock(s, TARGET_UPDATE)); /* T-61: nothing was said that news could follow */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, NINE + HOUR);
    story_agent(s, "ana");
    story_customer(s, "¿y?");
    assert_int_equal(story_clock(s, TARGET_UPDATE)->due_at, NINE + 7200);
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->due_at, NINE + 1800);
    assert_int_equal(s->plan.wake_at, NINE + 1800);
}

static void test_a_promise_that_the_new_policy_has_not_ends_and_misses_nothing_later(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    s->policy.version = 2;
    promise(s, TARGET_FIRST_RESPONSE, -1, false);
    promise(s, TARGET_RESOLUTION, 26 * HOUR, true); /* a calendar where there was none */
    f = story_fact(s, FACT_POLICY_CHANGED);
    assert_int_equal(story_apply(s, &f), 0);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE)); /* T-62 */
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, NINE + (4 * 24 + 8) * HOUR);
    assert_int_equal(story_apply(s, &f), 0); /* T-65: once more, and nothing is to be said */
    assert_int_equal(s->plan.event_count, 1);
    assert_int_equal(s->plan.delivery_count, 0);
}

static void test_so_long_before_a_deadline_is_counted_backwards_in_its_calendar(void **state)
{
    static const struct policy_do notify = { .action = POLICY_NOTIFY_TEAM, .agent = -1 };
    static const struct policy_step before = { .name = "two hours left",
                                               .trigger = POLICY_ON_CLOCK,
                                               .clock = TARGET_RESOLUTION,
                                               .before_s = 2 * HOUR,
                                               .actions = &notify,
                                               .action_count = 1 };
    struct story *s = *state;

    s->levels[0].steps = &before;
    s->levels[0].step_count = 1;
    promise(s, TARGET_RESOLUTION, 10 * HOUR, true);
    s->now = NINE; /* nine hours of Thursday, one of Friday: due on Friday at ten */
    story_customer(s, "hola");
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, FRIDAY_NINE + HOUR);
    story_until(s, NINE + 8 * HOUR - 1);
    assert_int_equal(s->ticket.memory.step_count, 0);
    story_until(s, NINE + 8 * HOUR); /* C-17, T-72: Thursday at five, not Friday at eight */
    assert_int_equal(s->ticket.memory.step_count, 1);
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

static void test_two_clocks_of_one_second_are_missed_in_one_order_however_they_are_kept(
    void **state)
{
    struct story *s = *state;
    struct target_clock c;
    struct fact f;

    promise(s, TARGET_ACK, HOUR, false);
    promise(s, TARGET_FIRST_RESPONSE, HOUR, false);
    s->policy.level_count = 1;
    s->levels[0].ack.seconds = -1;
    story_customer(s, "hola");
    c = s->ticket.clocks[0];
    s->ticket.clocks[0] = s->ticket.clocks[1];
    s->ticket.clocks[1] = c;
    s->ticket.clocks[0].warned = TARGET_WARNINGS_MAX;
    s->now = NINE + HOUR;
    f = story_fact(s, FACT_TIME_CAME);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->plan.events[0].clock, TARGET_ACK);
    assert_int_equal(s->plan.events[1].clock, TARGET_FIRST_RESPONSE);
}

static void test_whose_time_the_customer_was_told_is_one_clocks_however_they_are_kept(void **state)
{
    struct story *s = *state;
    struct target_clock c;
    struct fact f;

    promise(s, TARGET_FIRST_RESPONSE, HOUR, false);
    promise(s, TARGET_RESOLUTION, HOUR, false);
    promise(s, TARGET_ACK, -1, false);
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

static void test_a_priority_is_told_to_the_clocks_in_one_order_however_they_are_kept(void **state)
{
    struct story *s = *state;
    struct target_clock c;
    struct fact f;

    story_customer(s, "hola");
    c = s->ticket.clocks[0];
    s->ticket.clocks[0] = s->ticket.clocks[1];
    s->ticket.clocks[1] = c;
    f = story_fact(s, FACT_PRIORITY_SET);
    f.priority = TICKET_URGENT;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_events(s, "clock_retargeted", "C-13"), 3);
    assert_int_equal(s->plan.events[2].clock, TARGET_ACK);
    assert_int_equal(s->plan.events[3].clock, TARGET_FIRST_RESPONSE);
}

static void test_a_clock_is_missed_in_time_though_other_hours_put_its_warning_later(void **state)
{
    struct story *s = *state;
    const struct calendar *old = office;
    struct calendar_plan plan = { .zone = "UTC" };

    promise(s, TARGET_FIRST_RESPONSE, 2 * HOUR, true);
    promise(s, TARGET_ACK, -1, false);
    s->policy.level_count = 1;
    story_customer(s, "hola"); /* its warning is due at 10:00, and it is at 11:00 */
    plan.spans[5][0] = (struct calendar_span){ 9 * HOUR, 18 * HOUR };
    plan.span_count[5] = 1;
    assert_int_equal(calendar_new(&plan, &office, &s->err), 0);
    promise(s, TARGET_FIRST_RESPONSE, 2 * HOUR, true); /* C-14: it opens on Saturdays alone now */
    story_until(s, NINE + 2 * HOUR);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->warned, 1);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, NINE + 2 * HOUR);
    calendar_free((struct calendar *)old);
}

static void test_a_clock_does_not_end_before_the_last_edge_of_its_ledger(void **state)
{
    struct story *s = *state;
    const struct target_clock *c = NULL;
    struct fact f;
    size_t i;

    promise(s, TARGET_UPDATE, 1000, false);
    story_customer(s, "hola");
    story_agent(s, "ana");
    s->now = NINE + 500;
    story_status(s, TICKET_PENDING);
    f = story_fact(s, FACT_AGENT_REPLIED);
    f.actor = "ana";
    f.status = TICKET_PENDING;
    f.at = NINE + 100; /* C-2: it was written before the pause */
    assert_int_equal(story_apply(s, &f), 0);
    for (i = 0; i < s->plan.ticket.clock_count; i++)
        if (s->plan.ticket.clocks[i].kind == TARGET_UPDATE)
            c = &s->plan.ticket.clocks[i];
    assert_int_equal(c->end, TARGET_MET);
    assert_int_equal(c->edges[1].at, NINE + 500);
    assert_int_equal(c->ended_at, NINE + 500);
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

static void test_a_merge_takes_nothing_from_a_clock_that_had_ended(void **state)
{
    struct story *s = *state;
    struct target_edge edge = { NINE - 1000, true, 1 };
    struct target_clock other = { .kind = TARGET_FIRST_RESPONSE,
                                  .instance = 1,
                                  .started_at = NINE - 1000,
                                  .ended_at = NINE - 10,
                                  .end = TARGET_MET,
                                  .edges = &edge,
                                  .edge_count = 1 };
    struct fact f;

    story_customer(s, "hola");
    f = story_fact(s, FACT_MERGED_FROM);
    f.other = 41;
    f.other_clocks = &other;
    f.other_clock_count = 1;
    assert_int_equal(story_apply(s, &f), 0); /* C-15 */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->started_at, NINE);
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

    promise(s, TARGET_UPDATE, -1, false);
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

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_clock_has_an_instance_and_a_ledger_whose_edges_name_their_events),
        CASE(test_a_target_counts_the_seconds_of_its_calendar_or_of_the_wall),
        CASE(test_who_writes_while_it_is_closed_is_told_when_it_opens),
        CASE(test_update_runs_between_public_answers_and_pauses_for_the_customer),
        CASE(test_who_writes_again_after_a_silent_solution_waits_since_then),
        CASE(test_a_new_policy_is_for_new_clocks_unless_it_is_said_to_be_for_all),
        CASE(test_a_warning_comes_with_so_much_of_the_calendars_time_left),
        CASE(test_a_warning_comes_at_its_percent_of_the_calendars_seconds),
        CASE(test_each_notice_has_a_key_of_its_own_that_stays_when_it_is_decided_again),
        CASE(test_a_follow_up_is_confirmed_only_where_it_could_be_a_surprise),
        CASE(test_a_persons_words_are_never_held_back_and_cost_no_budget),
        CASE(test_solved_says_until_when_it_can_be_reopened),
        CASE(test_a_clock_starts_by_every_way_a_ticket_is_opened),
        CASE(test_each_clock_is_due_by_itself_and_the_earliest_wakes_the_ticket),
        CASE(test_a_promise_that_the_new_policy_has_not_ends_and_misses_nothing_later),
        CASE(test_who_solves_says_how_where_the_policy_asks_for_it),
        CASE(test_who_closes_an_open_case_says_how_it_was_solved_on_whatever_level),
        CASE(test_a_promise_of_a_second_and_one_of_a_year_are_missed_at_their_second_and_once),
        CASE(test_what_a_program_says_is_sent_and_answers_nothing),
        CASE(test_whom_the_policy_has_no_more_keeps_no_case_and_hears_of_none),
        CASE(test_so_long_before_a_deadline_is_counted_backwards_in_its_calendar),
        CASE(test_two_clocks_of_one_second_are_missed_in_one_order_however_they_are_kept),
        CASE(test_whose_time_the_customer_was_told_is_one_clocks_however_they_are_kept),
        CASE(test_a_priority_is_told_to_the_clocks_in_one_order_however_they_are_kept),
        CASE(test_a_clock_is_missed_in_time_though_other_hours_put_its_warning_later),
        CASE(test_a_clock_does_not_end_before_the_last_edge_of_its_ledger),
        CASE(test_an_answer_that_comes_late_does_not_make_the_last_one_older),
        CASE(test_who_passes_a_case_up_or_down_says_why),
        CASE(test_a_case_is_not_handed_back_to_a_level_that_the_policy_has_no_more),
        CASE(test_a_merge_takes_nothing_from_a_clock_that_had_ended),
        CASE(test_a_customer_is_told_one_thing_of_what_one_message_led_to),
        CASE(test_who_was_told_of_no_ticket_is_not_told_that_it_climbs),
        CASE(test_an_agent_is_told_within_his_hours_and_not_at_midnight),
        CASE(test_of_an_escalation_the_people_of_its_level_hear_in_the_levels_hours),
        CASE(test_an_escalation_told_to_somebody_of_elsewhere_waits_for_his_own_hours),
        CASE(test_who_has_no_hours_to_come_is_told_at_once),
        CASE(test_a_second_message_does_not_take_the_place_of_received_before_it_has_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
