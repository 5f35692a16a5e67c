/* A step of the path tells another system, which the planner knows by name alone (C-20); policies
 * as one would write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/policy_when.h"
#include "tests/support/policy_desk.h"

enum { NINE = 1767258000 /* Thursday, 09:00 UTC */ };

static const char path[] =
    "escalation:\n"
    "  - name: one\n"
    "    steps:\n"
    "      - {name: late, when: level 1h, do: [webhook crm, level up, webhook alarm, webhook "
    "crm]}\n"
    "      - {name: asked, when: requested, do: [tag asked]}\n"
    "  - {name: two, steps: [{name: seen, when: level 1h, do: [webhook crm]}]}\n";

struct desk {
    struct policy_desk on;
    char calls[400]; /* "LEVEL STEP NAME;" each, in their order */
};

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;
    size_t i, k, used;

    for (i = 0; i < step->plan->event_count; i++)
        for (k = 0; k < step->plan->events[i].hook_count; k++) {
            assert_string_equal(step->plan->events[i].kind, "step_taken");
            used = strlen(d->calls);
            snprintf(d->calls + used, sizeof(d->calls) - used, "%d %s %s;",
                     step->plan->events[i].level, step->plan->events[i].why,
                     step->plan->events[i].hooks[k]);
        }
}

static void begin(struct desk *d)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);

    *d = (struct desk){ 0 };
    policy_desk_begin(&d->on, path, (struct fold_options){ .decided = decided, .arg = d });
    f.text = f.subject = "nothing works";
    policy_desk_happens(&d->on, 1, NINE, f);
}

static void test_a_step_calls_whom_it_names_once_though_it_names_one_twice(void **state)
{
    struct desk d;

    (void)state;
    begin(&d);
    fold_until(d.on.f, NINE + 3599);
    assert_string_equal(d.calls, "");
    fold_until(d.on.f, NINE + 3600);
    assert_string_equal(d.calls, "1 late crm;1 late alarm;");
    fold_until(d.on.f, NINE + 100 * 3600);
    assert_string_equal(d.calls, "1 late crm;1 late alarm;2 seen crm;");
    policy_desk_end(&d.on);
}

static void test_a_step_that_calls_nobody_is_told_to_nobody(void **state)
{
    struct desk d;

    (void)state;
    begin(&d);
    policy_desk_happens(&d.on, 1, NINE + 60,
                        policy_desk_fact(FACT_ESCALATED, FACT_BY_OPERATOR, "root"));
    assert_string_equal(d.calls, "");
    policy_desk_end(&d.on);
}

static void test_any_one_word_is_a_name_and_nothing_else_is(void **state)
{
    static const struct {
        const char *text, *name;
    } rows[] = {
        { "webhook crm", "crm" }, { "webhook nobody-has-this", "nobody-has-this" },
        { "webhook", NULL },      { "webhook two words", NULL },
        { "webhooks crm", NULL },
    };
    struct arena *a = arena_new();
    struct policy_do out;
    struct error err;
    struct desk d;
    size_t i;

    (void)state;
    begin(&d);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int rc = policy_do_parse(d.on.file.policy, rows[i].text, a, &out, &err);

        assert_int_equal(rc, rows[i].name == NULL ? -1 : 0);
        if (rows[i].name != NULL)
            assert_string_equal(out.hook, rows[i].name);
        else
            assert_non_null(strstr(err.text, "'webhook NAME', got"));
    }
    arena_free(a);
    policy_desk_end(&d.on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_step_calls_whom_it_names_once_though_it_names_one_twice),
        cmocka_unit_test(test_a_step_that_calls_nobody_is_told_to_nobody),
        cmocka_unit_test(test_any_one_word_is_a_name_and_nothing_else_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
