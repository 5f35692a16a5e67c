/* What the steps of a level do: a policy as one would write it, told in a desk in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/policy_desk.h"

enum { NINE = 1767258000, HALF = 1800, HOUR = 3600 }; /* Thursday, 2026-01-01 09:00:00 UTC */

static const char policy_text[] =
    "agents:\n"
    "  ana: {name: Ana Ruiz, email: ana@example.org, languages: [es]}\n"
    "  leo: {name: Leo Marsh, email: leo@example.org}\n"
    "  eva: {name: Eva Sanz, email: eva@example.org, available: no}\n"
    "teams:\n"
    "  first: {members: [ana, leo]}\n"
    "  bills: {members: [eva]}\n"
    "classification:\n"
    "  - {name: bill, match: factura, team: bills}\n"
    "targets:\n"
    "  first_response: {low: 1h, normal: 1h, high: 1h, urgent: 1h}\n"
    "escalation:\n"
    "  - name: one\n"
    "    team: first\n"
    "    steps:\n"
    "      - {name: comes near, when: first_response 50%, do: [notify owner]}\n"
    "      - {name: too slow, when: first_response missed, do: [reassign]}\n";

struct desk {
    struct policy_desk on;
    char told[80]; /* what of the ticket, and who, the step's words reached */
    char owners[160];
};

/* One more to a list. */
static void add(char *list, size_t size, const char *one, const char *two)
{
    size_t len = strlen(list);

    snprintf(list + len, size - len, "%s%s %s", len == 0 ? "" : ", ", one, two);
}

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;
    size_t i;

    for (i = 0; i < step->plan->delivery_count; i++) {
        const struct planned_delivery *to = &step->plan->deliveries[i];

        if (to->to == PLANNED_AGENT && strncmp(to->rule, "policy ", 7) == 0)
            add(d->told, sizeof(d->told), notice_kinds[to->notice].id, to->agent);
    }
    for (i = 0; i < step->plan->event_count; i++) {
        const struct planned_event *e = &step->plan->events[i];

        if (strcmp(e->kind, "owner_set") == 0)
            add(d->owners, sizeof(d->owners), e->rule, e->value == NULL ? "nobody" : e->value);
    }
}

static void writes(struct desk *d, const char *text)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);

    f.text = text;
    f.language = "es";
    policy_desk_happens(&d->on, 1, NINE, f);
}

static int setup(void **state)
{
    *state = policy_desk_make(sizeof(struct desk), policy_text,
                              (struct fold_options){ .decided = decided });
    return 0;
}

static void test_a_step_that_notifies_the_owner_tells_nobody_else(void **state) /* C-20 */
{
    struct desk *d = *state;

    writes(d, "hola");
    assert_string_equal(fold_ticket(d->on.f, 1)->agent, "ana");
    fold_until(d->on.f, NINE + HALF - 1);
    assert_string_equal(d->told, "");
    fold_until(d->on.f, NINE + HALF);
    assert_string_equal(d->told, "A-03 ana");
}

/* Not to the one who had it, whose language it is, and who has the fewest now. */
static void test_a_step_that_reassigns_gives_the_case_to_another(void **state) /* C-20, T-69 */
{
    struct desk *d = *state;

    writes(d, "hola");
    fold_until(d->on.f, NINE + HOUR - 1);
    assert_string_equal(d->owners, "T-90 ana");
    fold_until(d->on.f, NINE + HOUR);
    assert_string_equal(d->owners, "T-90 ana, policy level 1/too slow nobody, T-90 leo");
    assert_string_equal(fold_ticket(d->on.f, 1)->agent, "leo");
}

static void test_a_step_that_reassigns_leaves_who_waits_for_an_owner_in_his_place(void **state)
{
    struct desk *d = *state;

    writes(d, "la factura");
    fold_until(d->on.f, NINE + HOUR);
    assert_int_equal(fold_ticket(d->on.f, 1)->memory.step_count, 2);
    assert_string_equal(d->owners, "");
    assert_int_equal(fold_ticket(d->on.f, 1)->memory.assign_wanted_at, NINE);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, policy_desk_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_step_that_notifies_the_owner_tells_nobody_else),
        CASE(test_a_step_that_reassigns_gives_the_case_to_another),
        CASE(test_a_step_that_reassigns_leaves_who_waits_for_an_owner_in_his_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
