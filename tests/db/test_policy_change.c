/* Whoever decides goes by the policy in force, whatever it has heard of it. */
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

static struct house h;
static PGconn *operator;

/* As daemon/policy_change.h does it, but for the lock. */
static void put_in_force(int version, const char *source)
{
    char *sql =
        xasprintf("INSERT INTO policy_version (desk_id, version, source, sha256, applied_by, "
                  "in_force_at) VALUES (1, %d, '%s', '', 'test', now());"
                  "UPDATE desk SET policy_version = %d WHERE desk_id = 1",
                  version, source, version);

    test_db_exec(operator, sql);
    free(sql);
}

static void promise(int version, int hours)
{
    const char *end = strstr(house_policy, "targets:"), *rest = strstr(house_policy, "escalation:");
    char *source = xasprintf("%.*stargets: {first_response: {normal: %dh}}\n%s",
                             (int)(end - house_policy), house_policy, hours, rest);

    put_in_force(version, source);
    free(source);
}

static long target_of(const char *external_id)
{
    return house_count(&h,
                       "SELECT c.target_s * 100 + c.policy_version FROM target_clock c "
                       "JOIN message m USING (desk_id, ticket_id) "
                       "WHERE m.external_id = '%s' AND c.kind = 'first_response'",
                       external_id);
}

static void test_a_node_that_has_not_heard_of_a_new_policy_decides_by_it_all_the_same(void **state)
{
    (void)state;
    house_give(&h, 1, house_mail(&h, "m1", "uno@client.example", NULL));
    assert_int_equal(target_of("m1"), 360001);
    promise(2, 2);
    house_give(&h, 1, house_mail(&h, "m2", "dos@client.example", NULL));
    assert_int_equal(target_of("m2"), 720002);
}

static void test_what_comes_in_while_a_policy_comes_in_force_waits_and_is_decided_by_it(
    void **state)
{
    (void)state;
    test_db_exec(operator, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('relevo_policy'), 1)");
    house_take(&h, h.node.intake, 1, house_mail(&h, "m3", "tres@client.example", NULL));
    house_wait(&h, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", 1);
    assert_int_equal(h.open, 1);
    promise(3, 3);
    test_db_exec(operator, "COMMIT");
    house_run(&h);
    assert_int_equal(h.refused, 0);
    assert_int_equal(target_of("m3"), 1080003);
}

static void test_a_policy_that_cannot_be_read_is_looked_at_once_and_the_one_before_goes_on(
    void **state)
{
    const struct policy *before = h.desk.policy.policy;

    (void)state;
    put_in_force(4, "nonsense: 1");
    house_give(&h, 1, house_mail(&h, "m4", "cuatro@client.example", NULL));
    house_give(&h, 1, house_mail(&h, "m5", "cinco@client.example", NULL));
    assert_int_equal(target_of("m5"), 1080003);
    assert_ptr_equal(h.desk.policy.policy, before);
    assert_int_equal(h.desk.policy_seen, 4);
    promise(5, 5);
    house_give(&h, 1, house_mail(&h, "m6", "seis@client.example", NULL));
    assert_int_equal(target_of("m6"), 1800005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_node_that_has_not_heard_of_a_new_policy_decides_by_it_all_the_same),
        cmocka_unit_test(
            test_what_comes_in_while_a_policy_comes_in_force_waits_and_is_decided_by_it),
        cmocka_unit_test(
            test_a_policy_that_cannot_be_read_is_looked_at_once_and_the_one_before_goes_on),
    };
    int failed;

    house_begin(&h, "relevo_test_policy_change", house_policy, NULL);
    operator= test_db_connect(h.conninfo);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    PQfinish(operator);
    house_end(&h);
    return failed;
}
