/* Who waits for an owner, on the database: the first of the queue is looked at as somebody gets
 * free. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/inbound.h"
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
    assert_int_equal(due_now(), two); /* whether there is room for it too */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_in_the_queue_is_looked_at_as_somebody_gets_free),
        cmocka_unit_test(test_where_nobody_works_nothing_is_looked_at_until_the_policy_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
