/* Who waits for an owner, on the database: the first of the queue is looked at as somebody gets
 * free. */
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/inbound.h"
#include "daemon/overload.h"
#include "tests/support/house.h"

static struct house h;

static int64_t opened(const char *id, const char *subject)
{
    struct inbound *in = house_mail(&h, id, "ana@shop.example", NULL);

    in->subject = arena_strdup(in->arena, subject);
    house_give(&h, 1, in);
    return house_count(&h, "SELECT ticket_id FROM message WHERE external_id = '%s'", id);
}

static void look(int64_t ticket_id)
{
    house_happens(&h, ticket_id, house_fact(FACT_QUEUE_LOOKED, FACT_BY_TIME, NULL), NULL);
}

static long due_now(void)
{
    return house_count(&h,
                       "SELECT coalesce(sum(ticket_id), 0) FROM due WHERE queue_team = 'first' "
                       "AND wake_at <= to_timestamp(%lld)",
                       (long long)h.now);
}

static void test_the_first_in_the_queue_is_looked_at_as_somebody_gets_free(void **state)
{
    static const char policy[] =
        "agents: {ana: {name: Ana, email: ana@desk.example, limit: 1}}\n"
        "teams: {first: {members: [ana]}}\n"
        "classification: [{name: outage, match: caído, priority: urgent}]\n"
        "escalation: [{name: first contact, team: first}]\n";
    struct fact solved = house_fact(FACT_STATUS_SET, FACT_BY_AGENT, "ana");
    int64_t one, two, urgent;

    (void)state;
    house_begin(&h, "relevo_test_queue", policy, NULL);
    one = opened("one", "Hola");
    two = opened("two", "Hola");
    urgent = opened("three", "Todo caído");
    look(one);
    look(two);
    look(urgent); /* T-91 */
    assert_int_equal(house_count(&h, "SELECT count(*) FROM due WHERE queue_team = 'first'"), 2);
    assert_int_equal(due_now(), 0);
    solved.status = TICKET_SOLVED;
    h.now += 60;
    house_happens(&h, one, solved, NULL);
    assert_int_equal(due_now(), urgent);
    look(urgent);
    assert_int_equal(house_count(&h, "SELECT ticket_id FROM ticket WHERE agent = 'ana' AND status "
                                     "<> 'solved'"),
                     urgent);
    assert_int_equal(due_now(), 0); /* there is no room for more */
    solved.status = TICKET_PENDING;
    house_happens(&h, urgent, solved, NULL);
    assert_int_equal(due_now(), two);
    /* What happens to it before it is looked at was decided without who is free. */
    house_happens(&h, two, house_fact(FACT_AGENT_NOTED, FACT_BY_AGENT, "ana"), NULL);
    assert_int_equal(due_now(), two);
    look(two);
    assert_int_equal(due_now(), 0);
    house_end(&h);
}

static void test_where_nobody_works_nothing_is_looked_at_until_the_policy_changes(void **state)
{
    static const char policy[] = "teams: {first: {}}\n"
                                 "escalation: [{name: first contact, team: first}]\n";

    (void)state;
    house_begin(&h, "relevo_test_queue", policy, NULL);
    look(opened("one", "Hola"));
    assert_int_equal(house_count(&h, "SELECT count(*) FROM due WHERE wake_at = 'infinity'"), 1);
    house_end(&h);
}

/* Rows in which what is kept of each agent and topic differs from what the tickets say. */
static long wrong_topic_loads(void)
{
    return house_count(&h, "WITH kept AS (SELECT agent, topic, open::bigint FROM agent_topic_load "
                           "WHERE open <> 0), counted AS (SELECT agent COLLATE \"C\", topic, "
                           "count(*) FROM ticket WHERE status IN ('new', 'open') AND agent IS NOT "
                           "NULL AND topic IS NOT NULL GROUP BY 1, 2) SELECT count(*) FROM ((TABLE "
                           "kept EXCEPT TABLE counted) UNION ALL (TABLE counted EXCEPT TABLE "
                           "kept)) x");
}

static void becomes(int64_t ticket_id, enum fact_kind kind, enum ticket_status status,
                    const char *agent)
{
    struct fact f = house_fact(kind, FACT_BY_OPERATOR, NULL);

    f.status = status;
    f.agent = agent;
    house_happens(&h, ticket_id, f, NULL);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    assert_int_equal(wrong_topic_loads(), 0);
}

static void test_what_each_has_of_each_kind_of_work_is_exact_and_its_limit_is_kept(void **state)
{
    static const char policy[] =
        "topics: {bills: {}, parcels: {}}\n"
        "agents:\n"
        "  ana: {name: Ana, email: ana@desk.example, limit: 5, limits: {bills: 1, none: 1}}\n"
        "  eva: {name: Eva, email: eva@desk.example, available: no}\n"
        "teams: {first: {members: [ana, eva]}}\n"
        "classification: [{name: b, match: bill, topic: bills}, {name: p, match: parcel, topic: "
        "parcels}]\n"
        "escalation: [{name: first contact, team: first}]\n";
    struct fact merged = house_fact(FACT_MERGED_INTO, FACT_BY_OPERATOR, NULL);
    int64_t bill, other, parcel, plain, second;

    (void)state; /* D-29 */
    house_begin(&h, "relevo_test_queue", policy, NULL);
    bill = opened("b1", "bill");
    other = opened("b2", "bill");
    parcel = opened("p1", "parcel");
    plain = opened("n1", "Hola");
    second = opened("n2", "Hola");
    look(bill);
    look(other);
    look(parcel);
    look(plain);
    look(second);
    assert_int_equal(wrong_topic_loads(), 0);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM ticket WHERE agent = 'ana'"), 3);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM event WHERE kind = 'queue_looked' AND "
                                     "detail ~ 'at the limit of 1 of (bills|no topic)'"),
                     2);
    becomes(bill, FACT_STATUS_SET, TICKET_PENDING, NULL);
    look(other);
    assert_int_equal(wrong_topic_loads(), 0);
    assert_int_equal(house_count(&h, "SELECT open FROM agent_topic_load WHERE topic = 'bills'"), 1);
    becomes(bill, FACT_STATUS_SET, TICKET_OPEN, NULL);
    assert_int_equal(house_count(&h, "SELECT open FROM agent_topic_load WHERE topic = 'bills'"), 2);
    becomes(bill, FACT_ASSIGNED, TICKET_STATUS_N, "eva");
    becomes(parcel, FACT_STATUS_SET, TICKET_SOLVED, NULL);
    becomes(parcel, FACT_STATUS_SET, TICKET_OPEN, NULL);
    merged.other = other;
    house_happens(&h, bill, merged, NULL);
    assert_int_equal(wrong_topic_loads(), 0);
    house_end(&h);
}

static void test_what_nobody_can_take_hands_the_offer_on_and_is_not_looked_at_again(void **state)
{
    static const char policy[] =
        "topics: {bills: {}}\n"
        "agents: {ana: {name: Ana, email: ana@desk.example, limit: 2, limits: {bills: 1}}}\n"
        "teams: {first: {members: [ana]}}\n"
        "classification: [{name: b, match: bill, topic: bills}]\n"
        "escalation: [{name: first contact, team: first}]\n";
    int64_t bill, plain, stuck, alike, next, last;

    (void)state; /* T-91, D-29 */
    house_begin(&h, "relevo_test_queue", policy, NULL);
    bill = opened("b1", "bill");
    plain = opened("n1", "Hola");
    stuck = opened("b2", "bill");
    alike = opened("b3", "bill");
    next = opened("n2", "Hola");
    last = opened("n3", "Hola");
    look(bill);
    look(plain);
    look(stuck);
    look(alike);
    look(next);
    look(last);
    assert_int_equal(due_now(), 0);
    h.now += 60;
    becomes(plain, FACT_STATUS_SET, TICKET_SOLVED, NULL);
    assert_int_equal(due_now(), stuck);
    look(stuck);
    assert_int_equal(due_now(), next);
    look(next);
    assert_int_equal(due_now(), 0); /* there is no room for more */
    assert_int_equal(house_count(&h, "SELECT ticket_id FROM ticket WHERE agent = 'ana' AND status "
                                     "<> 'solved' AND topic IS NULL"),
                     next);
    h.now += 60;
    becomes(bill, FACT_STATUS_SET, TICKET_SOLVED, NULL);
    assert_int_equal(due_now(), stuck);
    look(stuck);
    assert_int_equal(due_now(), 0);
    house_end(&h);
}

static void is_about(int64_t ticket_id, const char *topic)
{
    struct fact f = house_fact(FACT_TOPIC_SET, FACT_BY_OPERATOR, NULL);

    f.topic = topic;
    house_happens(&h, ticket_id, f, NULL);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    assert_int_equal(wrong_topic_loads(), 0);
}

static void test_a_topic_set_right_makes_room_for_another_of_the_one_before(void **state)
{
    static const char policy[] = "topics: {bills: {}, parcels: {teams: [road]}}\n"
                                 "agents:\n"
                                 "  ana: {name: Ana, email: ana@desk.example, limits: {bills: 1}}\n"
                                 "  eva: {name: Eva, email: eva@desk.example}\n"
                                 "teams: {first: {members: [ana]}, road: {members: [eva]}}\n"
                                 "classification: [{name: b, match: bill, topic: bills}]\n"
                                 "escalation: [{name: first contact, team: first}]\n";
    int64_t bill, other;

    (void)state; /* D-16, D-29 */
    house_begin(&h, "relevo_test_queue", policy, NULL);
    bill = opened("b1", "bill");
    other = opened("b2", "bill");
    look(bill);
    look(other);
    assert_int_equal(due_now(), 0);
    h.now += 60;
    is_about(bill, "none"); /* and ana keeps it */
    assert_int_equal(due_now(), other);
    look(other);
    h.now += 60;
    is_about(other, "parcels"); /* of which others take care */
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM due WHERE queue_team = 'road' AND "
                                 "wake_at <= to_timestamp(%lld)",
                                 (long long)h.now),
                     1);
    look(other);
    assert_int_equal(house_count(&h, "SELECT ticket_id FROM ticket WHERE agent = 'eva' AND "
                                     "team = 'road' AND topic = 'parcels'"),
                     other);
    assert_int_equal(wrong_topic_loads(), 0);
    assert_int_equal(house_count(&h, "SELECT ticket_id FROM ticket WHERE agent = 'ana' AND "
                                     "topic IS NULL"),
                     bill);
    house_end(&h);
}

static struct {
    int signs;
    char last[16];
} heard;

static void on_overload(void *arg, const char *desk, const char *team, const char *sign,
                        int waiting)
{
    (void)arg;
    (void)desk;
    (void)waiting;
    assert_non_null(team);
    heard.signs++;
    snprintf(heard.last, sizeof(heard.last), "%s", sign);
}

static int64_t house_time(void *arg)
{
    (void)arg;
    return h.now;
}

static void look_at_teams(struct overload *one, struct overload *two)
{
    overload_look(one);
    overload_look(two);
    while (!overload_is_idle(one) || !overload_is_idle(two))
        event_base_loop(h.base, EVLOOP_ONCE);
}

static long letters(void)
{
    return house_count(&h, "SELECT count(*) FROM delivery WHERE notice = 'O-02'");
}

static void test_a_team_with_too_much_is_told_once_by_several_nodes_and_again_later(void **state)
{
    static const char policy[] =
        "agents: {ana: {name: Ana, email: ana@desk.example, available: no}}\n"
        "teams: {first: {members: [ana], backlog: {tickets: 3}}}\n"
        "escalation: [{name: first contact, team: first}]\n";
    struct fact solved = house_fact(FACT_STATUS_SET, FACT_BY_OPERATOR, NULL);
    struct overload *one, *two;
    struct overload_team seen;
    int64_t first;

    (void)state; /* D-29, B-20 */
    house_begin(&h, "relevo_test_queue", policy, NULL);
    one = overload_new(h.node.db, &h.desks, house_time, on_overload, NULL);
    two = overload_new(h.node.db, &h.desks, house_time, on_overload, NULL);
    memset(&heard, 0, sizeof(heard));
    first = opened("one", "Hola");
    opened("two", "Hola");
    look_at_teams(one, two);
    assert_int_equal(heard.signs, 0);
    assert_true(overload_at(two, 0, &seen)); /* whichever of them looked */
    assert_int_equal(seen.waiting, 2);
    opened("three", "Hola");
    h.now += 60;
    look_at_teams(one, two);
    assert_int_equal(heard.signs, 1);
    assert_string_equal(heard.last, "over");
    assert_int_equal(letters(), 1);
    h.now += 60;
    look_at_teams(one, two);
    assert_int_equal(letters(), 1);
    h.now += 900;
    look_at_teams(one, two);
    assert_string_equal(heard.last, "still");
    assert_int_equal(letters(), 2);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM report_overload WHERE ended_at IS NULL"),
                     1);
    solved.status = TICKET_SOLVED;
    house_happens(&h, first, solved, NULL);
    h.now += 60;
    look_at_teams(one, two);
    assert_int_equal(letters(), 3);
    assert_string_equal(heard.last, "calm");
    assert_int_equal(house_count(&h, "SELECT count(*) FROM report_overload WHERE ended_at IS NULL"),
                     0);
    h.now -= 7200; /* the clock is set back */
    look_at_teams(one, two);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM team_backlog WHERE looked_at = "
                                 "to_timestamp(%lld)",
                                 (long long)h.now),
                     1);
    overload_free(one);
    overload_free(two);
    house_end(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_in_the_queue_is_looked_at_as_somebody_gets_free),
        cmocka_unit_test(test_where_nobody_works_nothing_is_looked_at_until_the_policy_changes),
        cmocka_unit_test(test_what_each_has_of_each_kind_of_work_is_exact_and_its_limit_is_kept),
        cmocka_unit_test(test_what_nobody_can_take_hands_the_offer_on_and_is_not_looked_at_again),
        cmocka_unit_test(test_a_topic_set_right_makes_room_for_another_of_the_one_before),
        cmocka_unit_test(test_a_team_with_too_much_is_told_once_by_several_nodes_and_again_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
