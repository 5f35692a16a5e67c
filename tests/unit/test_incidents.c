/* Cases of many people about one cause, told in a desk in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/fold.h"
#include "tests/support/policy_desk.h"

enum { MINUTE = 60, HOUR = 3600, NINE = 1767258000 /* Thursday, 2026-01-01 09:00:00 UTC */ };

static const char policy_text[] =
    "agents:\n"
    "  ana: {name: Ana Ruiz, email: ana@example.org, available: no}\n"
    "  max: {name: Max Ott, email: max@example.org, available: no}\n"
    "teams:\n"
    "  first: {members: [ana]}\n"
    "  makers: {members: [max]}\n"
    "plans:\n"
    "  gold: {points: 12}\n"
    "topics:\n"
    "  shop: {title: The shop}\n"
    "classification:\n"
    "  - {name: urgent, match: urgently, priority: urgent}\n"
    "  - {name: shop, match: shop, topic: shop}\n"
    "targets:\n"
    "  first_response: {low: 4h, normal: 4h, high: 4h, urgent: 4h, warn: [50%]}\n"
    "  next_response: {low: 4h, normal: 4h, high: 4h, urgent: 4h}\n"
    "  resolution: {low: 48h, normal: 48h, high: 48h, urgent: 48h}\n"
    "incidents: {from: 3, window: 1h, points: 10, team: makers, level: 2}\n"
    "escalation:\n"
    "  - {name: one, team: first, steps: [{name: old, when: level 5h, do: [level up]}]}\n"
    "  - {name: two, team: first}\n";

/* One line of the history, as it was decided. */
struct line {
    int64_t ticket_id;
    char kind[24], rule[16], why[200], detail[1200];
};
struct desk {
    struct policy_desk on;
    struct line lines[2000];
    size_t line_count;
    int told[64][NOTICE_N]; /* that left, by ticket; of an incident by its number there */
    int64_t incident;       /* the newest */
    int incidents;
    int64_t rank[64];  /* in the queue, likewise */
    int64_t by_at[64]; /* that E-14 named last; likewise */
    bool hears[64];    /* having joined, it is to hear how the incident stands; likewise */
};

static size_t place(int64_t ticket_id)
{
    return ticket_id < 50 ? (size_t)ticket_id : 50 + (size_t)(ticket_id - (1LL << 40));
}

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;
    size_t i;

    if (step->fact->kind == FACT_INCIDENT_OPENED) {
        d->incident = step->ticket_id;
        d->incidents++;
    }
    d->rank[place(step->ticket_id)] = step->plan->queue_rank;
    for (i = 0; i < step->plan->delivery_count; i++)
        if (step->plan->deliveries[i].notice == NOTICE_INCIDENT)
            d->by_at[place(step->ticket_id)] = step->plan->deliveries[i].by_at;
    for (i = 0; step->fact->kind == FACT_INCIDENT_JOINED && i < step->plan->incident.look_count;
         i++)
        d->hears[place(step->ticket_id)] |= step->plan->incident.looks[i] == step->ticket_id;
    for (i = 0; i < step->plan->event_count && d->line_count < 2000; i++) {
        const struct planned_event *e = &step->plan->events[i];
        struct line *l = &d->lines[d->line_count++];

        l->ticket_id = step->ticket_id;
        snprintf(l->kind, sizeof(l->kind), "%s", e->kind);
        snprintf(l->rule, sizeof(l->rule), "%s", e->rule == NULL ? "" : e->rule);
        snprintf(l->why, sizeof(l->why), "%s", e->why);
        snprintf(l->detail, sizeof(l->detail), "%s", e->detail);
    }
}

static void delivered(void *arg, const struct fold_delivery *left)
{
    struct desk *d = arg;

    if (left->to == PLANNED_CUSTOMER && left->dropped == NULL)
        d->told[place(left->ticket_id)][left->notice]++;
}

static void begin(struct desk *d, const char *policy)
{
    policy_desk_begin(
        &d->on, policy,
        (struct fold_options){ .decided = decided, .delivered = delivered, .arg = d });
}

static int setup(void **state)
{
    *state = policy_desk_make(sizeof(struct desk), policy_text,
                              (struct fold_options){ .decided = decided, .delivered = delivered });
    return 0;
}

static void writes_as(struct desk *d, int64_t ticket_id, int64_t contact_id, const char *plan,
                      int64_t at, const char *text)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);

    f.text = text;
    f.plan = plan;
    if (policy_desk_try(&d->on, ticket_id, contact_id, at, f) < 0)
        fail_msg("%s", d->on.err.text);
}

static void writes(struct desk *d, int64_t ticket_id, int64_t at, const char *text)
{
    writes_as(d, ticket_id, ticket_id, NULL, at, text);
}

static int does(struct desk *d, int64_t ticket_id, int64_t at, enum fact_kind kind,
                enum ticket_status status, int64_t other)
{
    struct fact f = policy_desk_fact(kind, FACT_BY_OPERATOR, NULL);

    f.status = status;
    f.other = other;
    f.reason = "seen by hand";
    return policy_desk_try(&d->on, ticket_id, ticket_id, at, f);
}

/* Three people within two minutes: the smallest incident. */
static void three_write(struct desk *d)
{
    writes(d, 1, NINE, "I cannot pay with my card");
    writes(d, 2, NINE + MINUTE, "Card declined, cannot pay");
    assert_int_equal(d->incidents, 0);
    writes(d, 3, NINE + 2 * MINUTE, "Card declined when I try to pay");
    assert_int_equal(d->incidents, 1);
}

static const struct line *line_of(const struct desk *d, int64_t ticket_id, const char *kind)
{
    size_t i = d->line_count;

    while (i > 0)
        if (d->lines[--i].ticket_id == ticket_id && strcmp(d->lines[i].kind, kind) == 0)
            return &d->lines[i];
    fail_msg("ticket %lld has no line %s", (long long)ticket_id, kind);
    return NULL;
}

static const struct target_clock *clock_of(struct desk *d, int64_t ticket_id, enum target_kind kind)
{
    const struct ticket *t = fold_ticket(d->on.f, ticket_id);
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == kind && t->clocks[i].end == TARGET_RUNS)
            return &t->clocks[i];
    return NULL;
}

static int64_t incident_of(struct desk *d, int64_t ticket_id)
{
    return fold_ticket(d->on.f, ticket_id)->incident_of;
}

static void test_enough_different_people_make_one_incident_that_all_belong_to(
    void **state) /* D-15, D-14 */
{
    struct desk *d = *state;
    const struct ticket *incident;

    three_write(d);
    writes(d, 4, NINE + 10 * MINUTE, "card declined when paying");
    assert_int_equal(d->incidents, 1);
    assert_int_equal(incident_of(d, 1), d->incident);
    assert_int_equal(incident_of(d, 2), d->incident);
    assert_int_equal(incident_of(d, 3), d->incident);
    assert_int_equal(incident_of(d, 4), d->incident);
    incident = fold_ticket(d->on.f, d->incident);
    assert_true(incident->incident);
    assert_int_equal(incident->memory.incident_people, 4);
    assert_int_equal(incident->level, 2);
    assert_string_equal(incident->team, "makers");
    assert_string_equal(line_of(d, d->incident, "level_entered")->rule, "D-14");
}

/* Reports know of it what its history says. */
static void test_an_incident_says_its_team_and_its_topic_as_it_begins(void **state) /* D-14, C-23 */
{
    struct desk *d = *state;

    three_write(d);
    assert_non_null(
        strstr(line_of(d, d->incident, "level_entered")->detail, "\"team\":\"makers\""));
    assert_null(strstr(line_of(d, d->incident, "classified")->detail, "\"topic\""));
    writes(d, 11, NINE + 5 * HOUR, "The shop shows a blank page");
    writes(d, 12, NINE + 5 * HOUR + MINUTE, "A blank page in the shop");
    writes(d, 13, NINE + 5 * HOUR + 2 * MINUTE, "The shop: blank page");
    assert_int_equal(d->incidents, 2);
    assert_string_equal(fold_ticket(d->on.f, d->incident)->topic, "shop");
    assert_non_null(strstr(line_of(d, d->incident, "classified")->detail, "\"topic\":\"shop\""));
}

/* A message that goes on by itself is about something else: it is compared like any other. */
static void test_a_case_that_was_split_off_may_be_one_of_many(void **state) /* C-15, D-15 */
{
    struct desk *d = *state;
    struct fact f = policy_desk_fact(FACT_SPLIT_FROM, FACT_BY_AGENT, "ana");

    writes(d, 1, NINE, "I cannot pay with my card");
    writes(d, 2, NINE + MINUTE, "Card declined, cannot pay");
    f.text = "Card declined when I try to pay";
    f.other = 9;
    assert_int_equal(policy_desk_try(&d->on, 3, 3, NINE + 2 * MINUTE, f), 0);
    assert_int_equal(d->incidents, 1);
    assert_int_equal(incident_of(d, 3), d->incident);
}

static void test_one_person_who_writes_often_makes_none(void **state) /* D-15 */
{
    struct desk *d = *state;
    int64_t i;

    for (i = 1; i <= 6; i++)
        writes_as(d, i, i <= 4 ? 1 : 2, NULL, NINE + i, "card declined, cannot pay");
    assert_int_equal(d->incidents, 0);
    writes_as(d, 7, 3, NULL, NINE + MINUTE, "card declined, cannot pay");
    assert_int_equal(d->incidents, 1);
    assert_int_equal(incident_of(d, 5), d->incident); /* all that they wrote belongs to it */
}

static void test_what_is_not_like_enough_or_not_within_the_window_stays_alone(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "card declined");
    writes(d, 2, NINE + 1, "card declined");
    writes(d, 3, NINE + HOUR + 1, "card declined");
    assert_int_equal(d->incidents, 0); /* the first one is too long ago */
    writes(d, 4, NINE + HOUR + 2, "My card: I lost it and would order another one for a friend");
    assert_int_equal(d->incidents, 0);
    writes(d, 5, NINE + HOUR + 3, "card declined again");
    assert_int_equal(d->incidents, 0);
    writes(d, 6, NINE + HOUR + 4, "declined card");
    assert_int_equal(d->incidents, 1);
    assert_int_equal(incident_of(d, 1), 0);
    assert_int_equal(incident_of(d, 4), 0);
    assert_int_equal(incident_of(d, 6), d->incident);
}

static void test_the_history_says_who_was_compared_how_like_they_are_and_in_which_words(
    void **state) /* D-15 */
{
    struct desk *d = *state;
    const struct line *l;

    writes(d, 1, NINE, "card declined");
    writes(d, 2, NINE + 1, "My card: I lost it and would order another one for a friend");
    l = line_of(d, 2, "incident_looked");
    assert_string_equal(l->rule, "D-15");
    assert_string_equal(l->why, "1 of 3 people write of the same");
    assert_non_null(strstr(l->detail, "\"alike\":[],\"below\":[{\"percent\":"));
    assert_non_null(strstr(l->detail, "\"ticket\":1,\"words\":\"card\"}]"));
    assert_non_null(strstr(l->detail, "\"similarity\":50"));
    writes(d, 3, NINE + 2, "card was declined");
    writes(d, 4, NINE + 3, "declined card");
    assert_string_equal(line_of(d, 4, "incident_looked")->why, "3 of 3 people write of the same");
    assert_non_null(
        strstr(line_of(d, 1, "incident_looked")->why, "100 % like ticket 4 of incident"));
}

static void test_what_belongs_to_an_incident_ends_its_clocks_and_the_incident_has_its_own(
    void **state) /* C-16 */
{
    struct desk *d = *state;
    const struct target_clock *c;

    three_write(d);
    assert_null(clock_of(d, 1, TARGET_FIRST_RESPONSE));
    assert_null(clock_of(d, 1, TARGET_RESOLUTION));
    assert_string_equal(line_of(d, 1, "clock_ended")->rule, "C-16");
    c = clock_of(d, d->incident, TARGET_RESOLUTION);
    assert_non_null(c);
    assert_int_equal(c->started_at, NINE + 2 * MINUTE);
    fold_until(d->on.f, NINE + 10 * HOUR); /* nor does its path go on */
    assert_int_equal(fold_ticket(d->on.f, 1)->level, 1);
}

static void test_who_is_taken_out_goes_on_with_the_earlier_start_and_joins_no_more(
    void **state) /* C-16, C-2 */
{
    struct desk *d = *state;
    const struct target_clock *c;

    three_write(d);
    assert_int_equal(does(d, 1, NINE + HOUR, FACT_INCIDENT_LEFT, TICKET_STATUS_N, 0), 0);
    assert_int_equal(incident_of(d, 1), 0);
    c = clock_of(d, 1, TARGET_FIRST_RESPONSE);
    assert_non_null(c);
    assert_int_equal(c->instance, 2);
    assert_int_equal(c->started_at, NINE);
    assert_int_equal(c->edge_count, 3);
    assert_true(c->edges[0].runs && !c->edges[1].runs && c->edges[2].runs);
    assert_int_equal(c->edges[1].at, NINE + 2 * MINUTE);
    assert_int_equal(c->edges[2].at, NINE + HOUR);
    assert_int_equal(c->due_at, NINE + HOUR + 4 * HOUR - 2 * MINUTE);
    assert_int_equal(fold_ticket(d->on.f, d->incident)->memory.incident_people, 2);
    writes(d, 4, NINE + HOUR + 1, "card declined, cannot pay");
    assert_int_equal(incident_of(d, 4), d->incident);
    assert_int_equal(incident_of(d, 1), 0);
    assert_int_equal(does(d, 1, NINE + 3 * HOUR, FACT_INCIDENT_LEFT, TICKET_STATUS_N, 0), -1);
}

/* Answered while it belonged to it: what waited then waits no more. */
static void test_who_was_answered_meanwhile_waits_for_no_answer_when_taken_out(void **state)
{
    struct desk *d = *state;

    writes(d, 1, NINE, "I cannot pay with my card");
    assert_int_equal(does(d, 1, NINE + 1, FACT_AGENT_REPLIED, TICKET_STATUS_N, 0), 0);
    writes(d, 1, NINE + 2, "I cannot pay with my card, still");
    assert_non_null(clock_of(d, 1, TARGET_NEXT_RESPONSE));
    writes(d, 2, NINE + MINUTE, "Card declined, cannot pay");
    writes(d, 3, NINE + 2 * MINUTE, "Card declined when I try to pay");
    assert_int_equal(incident_of(d, 1), d->incident);
    assert_null(clock_of(d, 1, TARGET_NEXT_RESPONSE));
    assert_int_equal(does(d, 1, NINE + HOUR, FACT_AGENT_REPLIED, TICKET_STATUS_N, 0), 0);
    assert_int_equal(does(d, 1, NINE + 2 * HOUR, FACT_INCIDENT_LEFT, TICKET_STATUS_N, 0), 0);
    assert_non_null(clock_of(d, 1, TARGET_RESOLUTION));
    assert_null(clock_of(d, 1, TARGET_NEXT_RESPONSE));
}

/* Else one that joins just as the incident is dissolved would belong to it for ever. */
static void test_who_joins_is_to_hear_how_the_incident_stands_once_it_belongs_to_it(void **state)
{
    struct desk *d = *state;
    int64_t i;

    three_write(d);
    for (i = 1; i <= 3; i++) {
        assert_int_equal(incident_of(d, i), d->incident);
        assert_true(d->hears[i]);
    }
}

static void test_a_dissolved_incident_lets_all_go_and_none_is_made_of_them_again(
    void **state) /* D-15 */
{
    struct desk *d = *state;

    three_write(d);
    assert_int_equal(
        does(d, d->incident, NINE + 5 * MINUTE, FACT_INCIDENT_OVER, TICKET_STATUS_N, 0), 0);
    assert_int_equal(incident_of(d, 1), 0);
    assert_int_equal(incident_of(d, 3), 0);
    assert_non_null(clock_of(d, 1, TARGET_FIRST_RESPONSE));
    assert_int_equal(fold_ticket(d->on.f, d->incident)->status, TICKET_CLOSED);
    writes(d, 4, NINE + 6 * MINUTE, "card declined, cannot pay");
    assert_int_equal(d->incidents, 1);
    assert_int_equal(does(d, d->incident, NINE + HOUR, FACT_INCIDENT_OVER, TICKET_STATUS_N, 0), -1);
}

static void test_an_incident_weighs_more_the_more_people_and_the_better_their_plan(
    void **state) /* D-15 */
{
    struct desk *d = *state;
    int64_t i;

    three_write(d); /* 20 as they were, and 10 for three people */
    assert_int_equal(fold_ticket(d->on.f, d->incident)->memory.points, 30);
    assert_int_equal(fold_ticket(d->on.f, d->incident)->priority, TICKET_HIGH);
    writes_as(d, 4, 4, "gold", NINE + 3 * MINUTE, "card declined");
    assert_int_equal(fold_ticket(d->on.f, d->incident)->memory.points,
                     52); /* it came as a high one */
    assert_int_equal(fold_ticket(d->on.f, d->incident)->priority, TICKET_URGENT);
    for (i = 5; i <= 6; i++)
        writes(d, i, NINE + 4 * MINUTE, "card declined");
    assert_int_equal(fold_ticket(d->on.f, d->incident)->memory.points, 62); /* twice as many */
    assert_non_null(strstr(line_of(d, d->incident, "incident_looked")->detail,
                           "{\"for\":\"6 people\",\"points\":20},{\"for\":\"plan gold\","));
}

/* The one person has waited an hour longer, and is more urgent. */
static void test_a_case_of_many_waits_before_any_of_one_person_in_whatever_order(
    void **state) /* D-15 */
{
    static const char *const orders[] = { "urgent first", "first come", "aged", "nearest due" };
    struct desk *d = *state;
    char policy[sizeof(policy_text) + 40];
    size_t i;

    for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        snprintf(policy, sizeof(policy), "%squeue: %s\n", policy_text, orders[i]);
        policy_desk_end(&d->on);
        memset(d, 0, sizeof(*d));
        begin(d, policy);
        writes_as(d, 9, 9, "gold", NINE - HOUR, "I need it urgently");
        assert_int_equal(fold_ticket(d->on.f, 9)->priority, TICKET_URGENT);
        three_write(d);
        assert_int_equal(fold_ticket(d->on.f, d->incident)->priority, TICKET_HIGH);
        if (d->rank[place(d->incident)] >= d->rank[9])
            fail_msg("not in the order '%s'", orders[i]);
    }
}

static void test_customers_are_told_on_joining_and_then_of_the_last_state_alone(void **state)
/* E-14, B-01 */
{
    struct desk *d = *state;
    int64_t i;

    three_write(d);
    fold_until(d->on.f, NINE + 10 * MINUTE);
    for (i = 1; i <= 3; i++)
        assert_int_equal(d->told[i][NOTICE_INCIDENT], 1);
    assert_int_equal(d->told[3][NOTICE_RECEIVED], 0); /* the newer one says it */
    assert_int_equal(does(d, d->incident, NINE + 20 * MINUTE, FACT_STATUS_SET, TICKET_OPEN, 0), 0);
    assert_int_equal(does(d, d->incident, NINE + 30 * MINUTE, FACT_STATUS_SET, TICKET_ON_HOLD, 0),
                     0);
    fold_until(d->on.f, NINE + 2 * HOUR);
    assert_int_equal(d->told[1][NOTICE_INCIDENT], 1); /* not twice in two hours */
    d->by_at[1] = 0;
    fold_until(d->on.f, NINE + 2 * HOUR + 10 * MINUTE);
    assert_int_equal(d->told[1][NOTICE_INCIDENT], 2);
    assert_int_equal(d->by_at[1], ticket_next_due(fold_ticket(d->on.f, d->incident)));
    assert_true(d->by_at[1] > NINE + 2 * HOUR);
    assert_string_equal(line_of(d, 1, "notice_planned")->rule, "E-14");
    fold_until(d->on.f, NINE + 24 * HOUR);
    assert_int_equal(d->told[1][NOTICE_INCIDENT], 2);
    assert_int_equal(d->told[place(d->incident)][NOTICE_INCIDENT], 0);
}

static void test_a_state_that_came_back_within_the_time_is_not_told_again(void **state) /* E-14 */
{
    struct desk *d = *state;

    three_write(d);
    does(d, d->incident, NINE + 20 * MINUTE, FACT_STATUS_SET, TICKET_OPEN, 0);
    fold_until(d->on.f, NINE + 3 * HOUR);
    assert_int_equal(d->told[1][NOTICE_INCIDENT], 2);
    does(d, d->incident, NINE + 3 * HOUR, FACT_STATUS_SET, TICKET_PENDING, 0);
    does(d, d->incident, NINE + 3 * HOUR + MINUTE, FACT_STATUS_SET, TICKET_OPEN, 0);
    fold_until(d->on.f, NINE + 24 * HOUR);
    assert_int_equal(d->told[1][NOTICE_INCIDENT], 2);
}

static void test_what_belongs_to_a_solved_incident_is_solved_and_told_once(void **state)
/* E-15, C-16 */
{
    struct desk *d = *state;
    int64_t i;

    three_write(d);
    assert_int_equal(does(d, d->incident, NINE + HOUR, FACT_STATUS_SET, TICKET_SOLVED, 0), 0);
    fold_until(d->on.f, NINE + 2 * HOUR);
    for (i = 1; i <= 3; i++) {
        assert_int_equal(fold_ticket(d->on.f, i)->status, TICKET_SOLVED);
        assert_int_equal(d->told[i][NOTICE_SOLVED], 1);
        assert_int_equal(d->told[i][NOTICE_INCIDENT], 1);
    }
    writes(d, 4, NINE + 61 * MINUTE, "card declined, cannot pay");
    assert_int_equal(incident_of(d, 4), 0); /* that cause is gone */
    writes(d, 1, NINE + 3 * HOUR, "I still cannot pay");
    assert_int_equal(fold_ticket(d->on.f, 1)->status, TICKET_OPEN);
    assert_int_equal(incident_of(d, 1), 0);
    assert_int_equal(clock_of(d, 1, TARGET_RESOLUTION)->started_at, NINE);
    assert_int_equal(fold_ticket(d->on.f, 2)->status, TICKET_SOLVED);
}

static void test_an_incident_that_is_open_again_opens_what_it_had_solved(void **state) /* E-14 */
{
    struct desk *d = *state;

    three_write(d);
    does(d, d->incident, NINE + HOUR, FACT_STATUS_SET, TICKET_SOLVED, 0);
    does(d, d->incident, NINE + 4 * HOUR, FACT_STATUS_SET, TICKET_OPEN, 0);
    fold_until(d->on.f, NINE + 5 * HOUR);
    assert_int_equal(fold_ticket(d->on.f, 2)->status, TICKET_OPEN);
    assert_int_equal(incident_of(d, 2), d->incident);
    assert_int_equal(d->told[2][NOTICE_INCIDENT], 2);
}

static void test_what_a_customer_writes_meanwhile_goes_on_in_the_customers_own_case(void **state)
/* C-8, C-16 */
{
    struct desk *d = *state;

    three_write(d);
    writes(d, 2, NINE + HOUR, "And where is my parcel?");
    assert_int_equal(incident_of(d, 2), d->incident);
    assert_int_equal(clock_of(d, 2, TARGET_NEXT_RESPONSE)->started_at, NINE + HOUR);
    assert_null(clock_of(d, 2, TARGET_FIRST_RESPONSE));
}

static void test_what_it_opens_again_is_owed_what_was_said_meanwhile(void **state) /* C-8, T-91 */
{
    struct desk *d = *state;

    three_write(d);
    writes(d, 2, NINE + HOUR, "And where is my parcel?");
    does(d, d->incident, NINE + 2 * HOUR, FACT_STATUS_SET, TICKET_SOLVED, 0);
    assert_null(clock_of(d, 2, TARGET_NEXT_RESPONSE)); /* solved with it, and not answered */
    does(d, d->incident, NINE + 4 * HOUR, FACT_STATUS_SET, TICKET_OPEN, 0);
    assert_non_null(clock_of(d, 2, TARGET_NEXT_RESPONSE));
    assert_int_equal(clock_of(d, 2, TARGET_NEXT_RESPONSE)->started_at, NINE + 4 * HOUR);
    assert_int_not_equal(fold_ticket(d->on.f, 2)->memory.assign_wanted_at, 0);
    assert_null(clock_of(d, 3, TARGET_NEXT_RESPONSE)); /* nothing was said there */
    assert_int_equal(fold_ticket(d->on.f, 3)->memory.assign_wanted_at, 0);
}

static void test_an_incident_is_declared_and_joined_by_hand(void **state) /* D-14 */
{
    struct desk *d = *state;

    writes(d, 1, NINE, "card declined");
    writes(d, 2, NINE + 1, "card declined");
    writes(d, 3, NINE + 2, "The shop looks odd");
    assert_int_equal(does(d, 2, NINE + MINUTE, FACT_INCIDENT_ASKED, TICKET_STATUS_N, 0), 0);
    assert_int_equal(d->incidents, 1);
    assert_int_equal(incident_of(d, 1), d->incident); /* like it, though there are but two */
    assert_int_equal(incident_of(d, 2), d->incident);
    assert_int_equal(incident_of(d, 3), 0);
    assert_int_equal(does(d, 3, NINE + HOUR, FACT_INCIDENT_JOINED, TICKET_STATUS_N, d->incident),
                     0);
    assert_int_equal(incident_of(d, 3), d->incident);
    assert_int_equal(fold_ticket(d->on.f, d->incident)->memory.incident_people, 3);
    assert_int_equal(does(d, 3, NINE + HOUR, FACT_INCIDENT_JOINED, TICKET_STATUS_N, d->incident),
                     -1);
    assert_int_equal(does(d, 3, NINE + HOUR, FACT_INCIDENT_ASKED, TICKET_STATUS_N, 0), -1);
    writes(d, 4, NINE + HOUR, "an invoice, please");
    assert_int_equal(does(d, 4, NINE + HOUR, FACT_INCIDENT_JOINED, TICKET_STATUS_N, 2), -1);
    assert_int_equal(does(d, 4, NINE + HOUR, FACT_INCIDENT_JOINED, TICKET_STATUS_N, 77), -1);
}

static void test_nobody_answers_merges_splits_or_nests_an_incident(void **state)
{
    static const enum fact_kind kinds[] = { FACT_AGENT_REPLIED,   FACT_MERGED_INTO,
                                            FACT_SPLIT_INTO,      FACT_INCIDENT_ASKED,
                                            FACT_INCIDENT_JOINED, FACT_INCIDENT_LEFT,
                                            FACT_CUSTOMER_WROTE };
    struct desk *d = *state;
    size_t i;

    three_write(d);
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        assert_int_equal(does(d, d->incident, NINE + HOUR, kinds[i], TICKET_STATUS_N, 1), -1);
        assert_non_null(strstr(d->on.err.text, "is an incident"));
    }
    assert_int_equal(does(d, 1, NINE + HOUR, FACT_MERGED_INTO, TICKET_STATUS_N, d->incident), -1);
    for (i = 0; i < d->line_count; i++) /* and the other never heard of it */
        assert_string_not_equal(d->lines[i].kind, "merged_from");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, policy_desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_enough_different_people_make_one_incident_that_all_belong_to),
        TEST(test_an_incident_says_its_team_and_its_topic_as_it_begins),
        TEST(test_a_case_that_was_split_off_may_be_one_of_many),
        TEST(test_one_person_who_writes_often_makes_none),
        TEST(test_what_is_not_like_enough_or_not_within_the_window_stays_alone),
        TEST(test_the_history_says_who_was_compared_how_like_they_are_and_in_which_words),
        TEST(test_what_belongs_to_an_incident_ends_its_clocks_and_the_incident_has_its_own),
        TEST(test_who_is_taken_out_goes_on_with_the_earlier_start_and_joins_no_more),
        TEST(test_who_was_answered_meanwhile_waits_for_no_answer_when_taken_out),
        TEST(test_who_joins_is_to_hear_how_the_incident_stands_once_it_belongs_to_it),
        TEST(test_a_dissolved_incident_lets_all_go_and_none_is_made_of_them_again),
        TEST(test_an_incident_weighs_more_the_more_people_and_the_better_their_plan),
        TEST(test_a_case_of_many_waits_before_any_of_one_person_in_whatever_order),
        TEST(test_customers_are_told_on_joining_and_then_of_the_last_state_alone),
        TEST(test_a_state_that_came_back_within_the_time_is_not_told_again),
        TEST(test_what_belongs_to_a_solved_incident_is_solved_and_told_once),
        TEST(test_what_it_opens_again_is_owed_what_was_said_meanwhile),
        TEST(test_an_incident_that_is_open_again_opens_what_it_had_solved),
        TEST(test_what_a_customer_writes_meanwhile_goes_on_in_the_customers_own_case),
        TEST(test_an_incident_is_declared_and_joined_by_hand),
        TEST(test_nobody_answers_merges_splits_or_nests_an_incident),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
