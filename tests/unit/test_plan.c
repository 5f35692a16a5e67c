#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/ticket_event.h"
#include "tests/support/story.h"

static void test_a_first_message_opens_a_ticket_with_its_clocks_and_one_notice(void **state)
{
    struct story *s = *state;

    assert_int_equal(story_customer(s, "hola"), 0);
    assert_int_equal(s->ticket.status, TICKET_NEW);
    assert_int_equal(s->ticket.level, 1);
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, STORY_NINE + 3600);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, STORY_NINE + 86400);
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 1);
    assert_int_equal(s->plan.deliveries[0].due_at, STORY_NINE + 120); /* B-01 */
    assert_int_equal(s->plan.deliveries[0].by_at, STORY_NINE + 3600);
    assert_true(s->plan.wants_queue);
}

static void test_the_least_loaded_member_of_the_team_gets_it_and_is_told(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    story_until(s, STORY_NINE); /* T-90 */
    assert_string_equal(s->ticket.agent, "luis");
    assert_int_equal(story_told(s, NOTICE_AGENT_ASSIGNED), 1);
    assert_null(story_clock(s, TARGET_ACK));
}

static void test_a_full_team_leaves_the_ticket_in_the_queue_which_is_looked_at_again(void **state)
{
    static const struct fact_load full[] = { { "ana", 2, 0, 0 }, { "luis", 2, 0, 0 } };
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    f = story_fact(s, FACT_QUEUE_LOOKED);
    f.loads = full;
    f.load_count = 2;
    assert_int_equal(story_apply(s, &f), 0); /* T-91 */
    assert_null(s->ticket.agent);
    assert_true(s->plan.wants_queue);
    assert_string_equal(s->plan.queue_team, "first");
    assert_int_equal(s->plan.wake_at, STORY_NINE + 600); /* should nobody get free until then */
}

static void test_a_message_without_a_language_is_in_that_of_its_person(void **state)
{
    struct story *s = *state;
    struct fact f = story_fact(s, FACT_CUSTOMER_WROTE);

    f.by = FACT_BY_CUSTOMER;
    f.text = "hola";
    s->contact.language = "en"; /* an operator said so: nothing tells it of an SMS */
    assert_int_equal(story_apply(s, &f), 0);
    assert_string_equal(s->ticket.language, "en");
    story_next_ticket(s);
    s->contact.language = "en";
    f.language = "es";
    assert_int_equal(story_apply(s, &f), 0);
    assert_string_equal(s->ticket.language, "es");
}

static void test_who_waits_in_a_queue_keeps_the_place_and_the_urgent_ones_go_first(void **state)
{
    struct story *s = *state;
    int64_t rank;

    story_customer(s, "hola");
    rank = s->plan.queue_rank;
    s->now = STORY_NINE + 300;
    story_customer(s, "¿hola?"); /* T-91 */
    assert_true(s->plan.wants_queue);
    assert_int_equal(s->plan.queue_rank, rank);
    story_next_ticket(s);
    story_customer(s, "todo caído");
    assert_true(s->plan.queue_rank < rank); /* D-27 */
    s->policy.queue = POLICY_QUEUE_ARRIVAL;
    story_next_ticket(s);
    story_customer(s, "todo caído");
    assert_int_equal(s->plan.queue_rank, STORY_NINE + 300);
}

static void test_a_team_that_has_nobody_is_not_looked_at_again(void **state)
{
    struct story *s = *state;
    struct policy_team nobody = { .name = "first", .title = "First line" };

    s->policy.teams = &nobody;
    s->policy.team_count = 1;
    s->levels[0].steps = NULL;
    s->levels[0].step_count = 0;
    story_customer(s, "hola");
    assert_int_equal(s->plan.wake_at, STORY_NINE);
    story_until(s, STORY_NINE);
    assert_true(s->plan.wants_queue); /* until the policy changes */
    story_until(s, STORY_NINE + 600); /* its clock for an owner is missed */
    assert_int_equal(s->plan.wake_at, STORY_NINE + 900);
}

static void test_silence_climbs_the_path_level_by_level_and_never_falls(void **state)
{
    struct story *s = *state;
    int level = 0, now;

    story_customer(s, "hola");
    for (now = 0; now <= 4000; now += 50) {
        story_until(s, STORY_NINE + now);
        assert_true(s->ticket.level >= level); /* C-21 */
        level = s->ticket.level;
    }
    assert_int_equal(level, 3); /* 900 s at level 1, 900 s at level 2 */
    assert_int_equal(story_told(s, NOTICE_ESCALATED), 2);
    assert_int_equal(story_told(s, NOTICE_AGENT_REMINDER),
                     2); /* B-20: both of level 2, once each */
}

static void test_a_level_that_acknowledges_is_not_left_for_silence(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    story_until(s, STORY_NINE + 800);
    f = story_fact(s, FACT_ACKNOWLEDGED);
    f.by = FACT_BY_AGENT;
    f.actor = "luis";
    assert_int_equal(story_apply(s, &f), 0);
    story_until(s, STORY_NINE + 3000);
    assert_int_equal(s->ticket.level, 1); /* T-69 */
}

/* Of the first event of that kind in the last plan. */
static int64_t late_by(const struct story *s, const char *kind)
{
    static const char name[] = "\"late_by\":";
    const char *at;
    size_t i;

    for (i = 0; i < s->plan.event_count; i++)
        if (strcmp(s->plan.events[i].kind, kind) == 0) {
            at = strstr(s->plan.events[i].detail, name);
            assert_non_null(at);
            return strtoll(at + strlen(name), NULL, 10);
        }
    fail_msg("there is no %s", kind);
    return -1;
}

static void test_a_breach_fires_once_and_late_by_tells_how_late(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    story_agent(s, "luis");
    story_customer(s, "gracias, pero no"); /* next_response: 1800 s */
    s->now = STORY_NINE + 1900;
    f = story_fact(s, FACT_TIME_CAME);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_events(s, "clock_breached", "C-18"), 1); /* C-19 */
    assert_int_equal(late_by(s, "clock_breached"), 100);
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->breached_at, STORY_NINE + 1800);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_events(s, "clock_breached", NULL), 0);
}

static void test_a_step_that_comes_late_is_taken_once_and_tells_how_late(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola"); /* level_ack: 900 s, and up when it is missed */
    s->now = STORY_NINE + 950;
    f = story_fact(s, FACT_TIME_CAME);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_events(s, "step_taken", NULL), 1); /* C-19 */
    assert_int_equal(late_by(s, "step_taken"), 50);
    assert_int_equal(s->ticket.level, 2);
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_events(s, "step_taken", NULL), 0);
}

static void test_waiting_on_the_customer_pauses_resolution_but_not_first_response(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    s->now = STORY_NINE + 1000;
    assert_int_equal(story_status(s, TICKET_PENDING), 0);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, 0); /* C-11 */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->due_at, STORY_NINE + 3600);
    s->now = STORY_NINE + 5000;
    story_customer(s, "aqui esta"); /* C-12 */
    assert_int_equal(s->ticket.status, TICKET_OPEN);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, STORY_NINE + 86400 + 4000);
}

static void test_an_answer_ends_first_response_and_the_next_question_starts_next_response(
    void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    s->now = STORY_NINE + 60;
    assert_int_equal(story_agent(s, "ana"), 0);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE)); /* C-7 */
    assert_string_equal(s->ticket.agent, "ana");
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0); /* E-01: answered inside the window */
    assert_int_equal(story_told(s, NOTICE_REPLY), 1);
    s->now = STORY_NINE + 200;
    story_customer(s, "y esto?");
    s->now = STORY_NINE + 300;
    story_customer(s, "hola?");
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->due_at,
                     STORY_NINE + 200 + 1800); /* C-8: the oldest */
}

static void test_solving_without_an_answer_waives_and_says_so_to_the_customer(void **state)
{
    struct story *s = *state;
    size_t i;
    bool waived = false;

    story_customer(s, "hola");
    s->now = STORY_NINE + 500;
    assert_int_equal(story_status(s, TICKET_SOLVED), 0);
    for (i = 0; i < s->ticket.clock_count; i++)
        waived |= s->ticket.clocks[i].kind == TARGET_FIRST_RESPONSE &&
                  s->ticket.clocks[i].end == TARGET_WAIVED;
    assert_true(waived); /* C-8 */
    assert_int_equal(story_told(s, NOTICE_SOLVED), 1);
    assert_null(story_clock(s, TARGET_NEXT_RESPONSE)); /* T-68 */
}

static void test_reopening_within_grace_resumes_the_same_resolution_with_the_solved_time_as_pause(
    void **state)
{
    struct story *s = *state;
    const struct target_clock *c;

    story_customer(s, "hola");
    s->now = STORY_NINE + 500;
    story_status(s, TICKET_SOLVED);
    s->now = STORY_NINE + 10500;
    assert_int_equal(story_customer(s, "sigue mal"), 0);
    c = story_clock(s, TARGET_RESOLUTION); /* C-10, T-59 */
    assert_int_equal(c->instance, 1);
    assert_int_equal(c->due_at, STORY_NINE + 86400 + 10000);
    assert_int_equal(s->ticket.status, TICKET_OPEN);
    assert_int_equal(s->ticket.memory.reopened, 1);
    assert_int_equal(story_told(s, NOTICE_FOLLOW_UP), 1);
}

static void test_after_grace_it_closes_and_takes_no_more(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    story_status(s, TICKET_SOLVED);
    story_until(s, STORY_NINE + 86400);
    assert_int_equal(s->ticket.status, TICKET_CLOSED);
    assert_int_equal(s->plan.wake_at, 0);
    assert_int_equal(story_customer(s, "otra vez"), -1);
    assert_int_equal(s->err.kind, ERROR_PERMANENT);
}

static void test_a_priority_change_keeps_elapsed_time_and_breaches_at_the_change(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    s->now = STORY_NINE + 1000;
    f = story_fact(s, FACT_PRIORITY_SET);
    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.priority = TICKET_URGENT;
    assert_int_equal(story_apply(s, &f), 0); /* C-13, T-73: first_response is 900 s now */
    assert_int_equal(story_clock(s, TARGET_FIRST_RESPONSE)->breached_at, STORY_NINE + 1000);
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, STORY_NINE + 21600);
}

static void test_nothing_automatic_answers_an_automatic_message(void **state)
{
    struct story *s = *state;
    struct fact f = story_fact(s, FACT_CUSTOMER_WROTE);

    f.automatic = true;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
    assert_int_equal(story_events(s, "notice_suppressed", "B-07"), 1); /* B-18 */
}

static void test_who_wants_no_automatic_answer_gets_none_and_opens_what_was_solved(void **state)
{
    struct story *s = *state;
    struct fact f = story_fact(s, FACT_CUSTOMER_WROTE);

    f.declines = true;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
    assert_int_equal(story_events(s, "notice_suppressed", "B-07"), 1); /* B-18 */
    assert_true(story_clock(s, TARGET_FIRST_RESPONSE)->due_at != 0);
    story_status(s, TICKET_SOLVED);
    s->now += 60;
    f = story_fact(s, FACT_CUSTOMER_WROTE);
    f.declines = true;
    assert_int_equal(story_apply(s, &f), 0); /* a person's all the same: it is opened again */
    assert_int_equal(s->ticket.status, TICKET_OPEN);
}

static void test_a_bounce_or_a_vacation_changes_no_state_and_no_clock(void **state)
{
    struct story *s = *state;
    struct ticket before;
    struct fact f;

    story_customer(s, "hola");
    story_status(s, TICKET_SOLVED);
    before = s->ticket;
    f = story_fact(s, FACT_CUSTOMER_WROTE);
    f.automatic = true;
    assert_int_equal(story_apply(s, &f), 0); /* B-13, T-75 */
    assert_int_equal(s->ticket.status, TICKET_SOLVED);
    assert_memory_equal(&s->ticket.memory, &before.memory, sizeof(before.memory));
    assert_int_equal(s->plan.delivery_count, 0);
}

static void test_spam_a_bounce_and_a_report_open_a_ticket_without_clocks_notices_or_owner(
    void **state)
{
    struct story *s = *state;
    struct fact f = story_fact(s, FACT_CUSTOMER_WROTE);
    bool *const flags[] = { &f.spam, &f.bounce, &f.report };
    size_t i;

    for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        *flags[i] = true;
        s->ticket.version = 0;
        assert_int_equal(story_apply(s, &f), 0); /* C-16, T-74, T-81 */
        assert_int_equal(s->ticket.clock_count, 0);
        assert_int_equal(s->plan.delivery_count, 0);
        assert_int_equal(s->plan.wake_at, 0);
        *flags[i] = false;
    }
}

static void test_notices_in_one_window_become_the_newest_and_the_window_does_not_grow(void **state)
{
    struct story *s = *state;

    story_customer(s, "hola");
    s->now = STORY_NINE + 60;
    story_status(s, TICKET_SOLVED); /* B-01 */
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
    assert_int_equal(story_told(s, NOTICE_SOLVED), 1);
    assert_int_equal(s->plan.deliveries[0].due_at, STORY_NINE + 120);
    assert_int_equal(story_events(s, "notice_suppressed", "B-01"), 1);
}

static void test_a_person_told_a_moment_ago_is_not_told_again_for_another_ticket(void **state)
{
    struct story *s = *state;

    s->contact.received_at = STORY_NINE - 100;
    story_customer(s, "hola");
    assert_int_equal(story_told(s, NOTICE_RECEIVED), 0);
    assert_int_equal(story_events(s, "notice_suppressed", "E-01"), 1);
}

static void test_a_hand_back_needs_a_reason_and_tells_the_customer_nothing(void **state)
{
    struct story *s = *state;
    struct fact f;

    story_customer(s, "hola");
    story_until(s, STORY_NINE + 1000);
    assert_int_equal(s->ticket.level, 2);
    f = story_fact(s, FACT_HANDED_BACK);
    f.by = FACT_BY_AGENT;
    f.actor = "eva";
    f.level = 1;
    assert_int_equal(story_apply(s, &f), -1);
    f.reason = "un problema de primera linea";
    assert_int_equal(story_apply(s, &f), 0); /* C-21 */
    assert_int_equal(s->ticket.level, 1);
    assert_int_equal(s->ticket.top_level, 2);
    story_until(s, STORY_NINE + 2500);
    assert_int_equal(s->ticket.level, 2); /* silence leads up again */
    assert_int_equal(story_told(s, NOTICE_ESCALATED),
                     1); /* B-17: but the customer was told of it */
}

static void test_the_third_unanswered_message_leads_up(void **state)
{
    struct story *s = *state;

    story_customer(s, "uno");
    story_customer(s, "dos");
    assert_int_equal(s->ticket.level, 1);
    story_customer(s, "tres"); /* C-20 */
    assert_int_equal(s->ticket.level, 2);
}

static void test_a_merged_ticket_is_silent_and_the_survivor_keeps_the_earlier_start(void **state)
{
    struct story *s = *state;
    struct target_edge edge = { STORY_NINE - 1000, true, 1 };
    struct target_clock older = {
        .kind = TARGET_RESOLUTION, .started_at = STORY_NINE - 1000, .edges = &edge, .edge_count = 1
    };
    struct fact f;

    story_customer(s, "hola");
    f = story_fact(s, FACT_MERGED_FROM);
    f.other = 41;
    f.other_clocks = &older;
    f.other_clock_count = 1;
    assert_int_equal(story_apply(s, &f), 0); /* C-15 */
    assert_int_equal(story_clock(s, TARGET_RESOLUTION)->due_at, STORY_NINE - 1000 + 86400);
    f = story_fact(s, FACT_MERGED_INTO);
    f.other = 43;
    assert_int_equal(story_apply(s, &f), 0);
    assert_int_equal(s->plan.wake_at, 0); /* T-64 */
    assert_int_equal(story_customer(s, "?"), -1);
}

/* The other half of a merge of the story's ticket into `s`'s next one. */
static int merges_from(struct story *s, const struct ticket *ended)
{
    struct fact into = story_fact(s, FACT_MERGED_INTO), from;

    into.other = s->ticket.ticket_id;
    fact_merged_from(&into, ended, s->a, &from);
    return story_apply(s, &from);
}

static void test_an_answer_that_is_owed_is_owed_by_the_survivor_since_then(void **state) /* C-15 */
{
    struct story *s = *state;
    struct ticket asks;

    story_customer(s, "una");
    asks = s->ticket; /* since STORY_NINE */
    story_next_ticket(s);
    s->now += 300;
    story_customer(s, "otra");
    s->now += 60;
    story_agent(s, "ana");
    story_status(s, TICKET_PENDING);
    s->now += 60;
    assert_int_equal(merges_from(s, &asks), 0);
    assert_int_equal(s->ticket.status, TICKET_OPEN); /* it is us who are waited for */
    assert_int_equal(s->ticket.memory.unanswered, 1);
    assert_non_null(story_clock(s, TARGET_NEXT_RESPONSE));
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->started_at, STORY_NINE);
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->due_at, STORY_NINE + 1800);
    story_agent(s, "ana");
    assert_null(story_clock(s, TARGET_NEXT_RESPONSE));
}

static void test_of_two_waits_the_longer_one_is_counted(void **state) /* C-8, C-15 */
{
    struct story *s = *state;
    struct ticket asks;

    story_customer(s, "una");
    asks = s->ticket;
    story_next_ticket(s);
    s->now += 300;
    story_customer(s, "otra");
    story_agent(s, "ana");
    story_customer(s, "y otra"); /* counted by next_response here, and there by first_response */
    assert_int_equal(merges_from(s, &asks), 0);
    assert_int_equal(s->ticket.memory.unanswered, 2);
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->started_at, STORY_NINE);
    assert_null(story_clock(s, TARGET_FIRST_RESPONSE));
}

static void test_what_is_not_over_opens_a_solved_survivor_and_goes_into_no_closed_one(void **state)
/* C-15 */
{
    struct story *s = *state;
    struct ticket asks, over;

    story_customer(s, "una");
    asks = s->ticket;
    story_status(s, TICKET_SOLVED);
    over = s->ticket;
    story_next_ticket(s);
    story_customer(s, "otra");
    story_agent(s, "ana");
    story_status(s, TICKET_SOLVED);
    assert_int_equal(merges_from(s, &over), 0);
    assert_int_equal(s->ticket.status, TICKET_SOLVED); /* nothing is owed of either */
    s->now += 60;
    assert_int_equal(merges_from(s, &asks), 0);
    assert_int_equal(s->ticket.status, TICKET_OPEN);
    assert_int_equal(story_clock(s, TARGET_NEXT_RESPONSE)->started_at, STORY_NINE);
    assert_non_null(story_clock(s, TARGET_RESOLUTION));
    story_agent(s, "ana");
    story_status(s, TICKET_CLOSED);
    assert_int_equal(merges_from(s, &over), 0);
    assert_int_equal(merges_from(s, &asks), -1);
    assert_int_equal(s->err.kind, ERROR_PERMANENT);
}

static void test_each_event_carries_on_the_chain_and_the_fact_stands_on_its_first(void **state)
{
    struct story *s = *state;
    unsigned char chain[32] = { 0 };
    size_t i;

    story_customer(s, "hola");
    assert_non_null(s->plan.events[0].fact);
    for (i = 0; i < s->plan.event_count; i++) {
        const struct planned_event *e = &s->plan.events[i];
        struct ticket_event_line line = { .ticket_id = 42,
                                          .seq = (int64_t)i + 1,
                                          .at = e->at,
                                          .cause = 1,
                                          .policy_version = 1,
                                          .kind = e->kind,
                                          .actor_kind = fact_actor_name(e->by),
                                          .actor = e->actor,
                                          .rule = e->rule,
                                          .why = e->why,
                                          .detail = e->detail,
                                          .fact = e->fact };

        ticket_event_hash(chain, &line, chain);
        assert_memory_equal(chain, e->hash, 32);
        assert_true(i == 0 || e->fact == NULL);
    }
}

static void test_a_state_that_went_through_the_store_decides_the_same(void **state)
{
    struct story *s = *state;
    struct ticket_memory memory;
    char *before, *after;
    struct fact f;
    size_t i;

    story_customer(s, "hola");
    story_until(s, STORY_NINE + 950);
    f = story_fact(s, FACT_TIME_CAME);
    f.now = f.at = STORY_NINE + 5000;
    assert_int_equal(
        plan_apply(&s->policy, &s->targets, &s->ticket, &s->contact, &f, s->a, &s->plan, &s->err),
        0);
    before = plan_to_json(&s->policy, &s->plan);
    assert_int_equal(
        ticket_memory_from_text(ticket_memory_to_text(s->a, &s->ticket.memory), &memory, &s->err),
        0);
    s->ticket.memory = memory;
    for (i = 0; i < s->ticket.clock_count; i++)
        assert_int_equal(ticket_edges_from_text(s->a,
                                                ticket_edges_to_text(s->a, &s->ticket.clocks[i]),
                                                &s->ticket.clocks[i], &s->err),
                         0);
    assert_int_equal(
        plan_apply(&s->policy, &s->targets, &s->ticket, &s->contact, &f, s->a, &s->plan, &s->err),
        0);
    after = plan_to_json(&s->policy, &s->plan);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, story_setup, story_teardown)
static void test_a_delivery_that_did_not_arrive_is_a_line_of_the_history_and_no_more(void **state)
{
    static const struct {
        const char *ended, *reason, *event, *rule, *why;
    } cases[] = {
        { "suppressed", "B-15 it is solved", "notice_suppressed", "B-15", "it is solved" },
        { "dead", "550 no such user", "delivery_dead", NULL,
          "it could not be delivered: 550 no such user" },
        { "failed", NULL, "delivery_failed", NULL,
          "it was sent and did not arrive: nobody said why" },
    };
    struct story *s = *state;
    struct fact f;
    size_t i;

    story_customer(s, "hola");
    f = story_fact(s, FACT_DELIVERY_ENDED);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ticket before = s->ticket;

        f.notice = "E-09";
        f.delivery_id = 7;
        f.ended = cases[i].ended;
        f.reason = cases[i].reason;
        assert_int_equal(story_apply(s, &f), 0); /* B-18, F35 */
        assert_int_equal(s->plan.event_count, 1);
        assert_string_equal(s->plan.events[0].kind, cases[i].event);
        assert_string_equal(s->plan.events[0].why, cases[i].why);
        assert_string_equal(s->plan.events[0].detail, "{\"delivery_id\":7,\"notice\":\"E-09\"}");
        if (cases[i].rule == NULL)
            assert_null(s->plan.events[0].rule);
        else
            assert_string_equal(s->plan.events[0].rule, cases[i].rule);
        assert_int_equal(s->plan.delivery_count, 0);
        assert_int_equal(s->ticket.status, before.status);
        assert_memory_equal(&s->ticket.memory, &before.memory, sizeof(before.memory));
    }
    f.ended = "lost";
    assert_int_equal(story_apply(s, &f), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_first_message_opens_a_ticket_with_its_clocks_and_one_notice),
        CASE(test_the_least_loaded_member_of_the_team_gets_it_and_is_told),
        CASE(test_a_full_team_leaves_the_ticket_in_the_queue_which_is_looked_at_again),
        CASE(test_a_message_without_a_language_is_in_that_of_its_person),
        CASE(test_who_waits_in_a_queue_keeps_the_place_and_the_urgent_ones_go_first),
        CASE(test_a_team_that_has_nobody_is_not_looked_at_again),
        CASE(test_silence_climbs_the_path_level_by_level_and_never_falls),
        CASE(test_a_level_that_acknowledges_is_not_left_for_silence),
        CASE(test_a_breach_fires_once_and_late_by_tells_how_late),
        CASE(test_a_step_that_comes_late_is_taken_once_and_tells_how_late),
        CASE(test_waiting_on_the_customer_pauses_resolution_but_not_first_response),
        CASE(test_an_answer_ends_first_response_and_the_next_question_starts_next_response),
        CASE(test_solving_without_an_answer_waives_and_says_so_to_the_customer),
        CASE(test_reopening_within_grace_resumes_the_same_resolution_with_the_solved_time_as_pause),
        CASE(test_after_grace_it_closes_and_takes_no_more),
        CASE(test_a_priority_change_keeps_elapsed_time_and_breaches_at_the_change),
        CASE(test_nothing_automatic_answers_an_automatic_message),
        CASE(test_who_wants_no_automatic_answer_gets_none_and_opens_what_was_solved),
        CASE(test_a_bounce_or_a_vacation_changes_no_state_and_no_clock),
        CASE(test_spam_a_bounce_and_a_report_open_a_ticket_without_clocks_notices_or_owner),
        CASE(test_notices_in_one_window_become_the_newest_and_the_window_does_not_grow),
        CASE(test_a_person_told_a_moment_ago_is_not_told_again_for_another_ticket),
        CASE(test_a_hand_back_needs_a_reason_and_tells_the_customer_nothing),
        CASE(test_the_third_unanswered_message_leads_up),
        CASE(test_a_merged_ticket_is_silent_and_the_survivor_keeps_the_earlier_start),
        CASE(test_an_answer_that_is_owed_is_owed_by_the_survivor_since_then),
        CASE(test_of_two_waits_the_longer_one_is_counted),
        CASE(test_what_is_not_over_opens_a_solved_survivor_and_goes_into_no_closed_one),
        CASE(test_each_event_carries_on_the_chain_and_the_fact_stands_on_its_first),
        CASE(test_a_state_that_went_through_the_store_decides_the_same),
        CASE(test_a_delivery_that_did_not_arrive_is_a_line_of_the_history_and_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
