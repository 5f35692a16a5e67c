/* Who watches a ticket hears of it whoever has it (C-20, D-18); policies as one would write them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/policy_when.h"
#include "tests/support/policy_desk.h"
#include "tests/support/story.h"

enum { MINUTE = 60, HOUR = 3600, NINE = 1767258000 /* Thursday, 09:00 UTC */ };

static const char head[] = "calendars:\n"
                           "  late: {zone: UTC, hours: {mon-sun: '20:00-22:00'}}\n"
                           "agents:\n"
                           "  ana: {name: Ana, email: ana@example.org}\n"
                           "  leo: {name: Leo, email: leo@example.org}\n"
                           "  eva: {name: Eva, email: eva@example.org}\n"
                           "  marta: {name: Marta, email: marta@example.org}\n"
                           "  noa: {name: Noa, email: noa@example.org, calendar: late}\n"
                           "teams:\n"
                           "  first: {members: [ana, leo]}\n"
                           "  second: {members: [eva]}\n"
                           "  third: {members: [eva]}\n"
                           "  chiefs: {members: [marta, noa]}\n"
                           "  t0: {}\n  t1: {}\n  t2: {}\n  t3: {}\n  t4: {}\n  t5: {}\n"
                           "  t6: {}\n  t7: {}\n  t8: {}\n  t9: {}\n  t10: {}\n  t11: {}\n"
                           "  t12: {}\n  t13: {}\n  t14: {}\n  t15: {}\n"
                           "targets:\n"
                           "  first_response: {low: 1h, normal: 1h, high: 1h, urgent: 1h}\n"
                           "timing: {grace: 7d, coalesce: 2m}\n";
static const char levels[] = "escalation:\n"
                             "  - {name: one, team: first, steps: [{name: off it goes, when: "
                             "requested, do: [watch team, level up]}]}\n"
                             "  - {name: two, team: second, ack: 5h}\n"
                             "  - {name: three, team: third}\n";

enum { TOLD_MAX = 60 };
struct desk {
    struct policy_desk on;
    struct told {
        enum notice notice;
        const char *agent;
        bool watching; /* not as the owner, or one of a team */
        int64_t due_at;
        int level;
    } told[TOLD_MAX];
    size_t count;
};

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;
    size_t i;

    for (i = 0; i < step->plan->delivery_count && d->count < TOLD_MAX; i++) {
        const struct planned_delivery *p = &step->plan->deliveries[i];

        if (p->to == PLANNED_AGENT)
            d->told[d->count++] = (struct told){ p->notice, p->agent, strcmp(p->rule, "D-18") == 0,
                                                 p->due_at, p->level };
    }
}

static void begin(struct desk *d, const char *path)
{
    char text[4000];

    *d = (struct desk){ 0 };
    snprintf(text, sizeof(text), "%s%s", head, path);
    policy_desk_begin(&d->on, text, (struct fold_options){ .decided = decided, .arg = d });
}

/* How often since it was last forgotten. */
static int told(const struct desk *d, enum notice notice, const char *agent)
{
    int n = 0;
    size_t i;

    for (i = 0; i < d->count; i++)
        n += d->told[i].notice == notice && strcmp(d->told[i].agent, agent) == 0;
    return n;
}

static void writes(struct desk *d, int64_t ticket_id, int64_t at)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);

    f.text = f.subject = "nothing works";
    d->count = 0;
    policy_desk_happens(&d->on, ticket_id, at, f);
}

static void happens(struct desk *d, int64_t at, enum fact_kind kind, enum ticket_status status)
{
    struct fact f = policy_desk_fact(kind, FACT_BY_OPERATOR, "root");

    f.status = status;
    d->count = 0;
    policy_desk_happens(&d->on, 1, at, f);
}

/* `name`, or "-name" for no longer. */
static int try_watch(struct desk *d, int64_t ticket_id, int64_t at, const char *name)
{
    struct fact f = policy_desk_fact(FACT_WATCHED, FACT_BY_OPERATOR, "root");
    const char *word = name + (name[0] == '-');

    f.names = name[0] == '-' ? NULL : &word;
    f.name_count = name[0] != '-';
    f.names_off = name[0] == '-' ? &word : NULL;
    f.name_off_count = name[0] == '-';
    return policy_desk_try(&d->on, ticket_id, ticket_id, at, f);
}

static void watch(struct desk *d, int64_t at, const char *name)
{
    if (try_watch(d, 1, at, name) < 0)
        fail_msg("%s", d->on.err.text);
}

static const struct ticket *ticket(struct desk *d)
{
    return fold_ticket(d->on.f, 1);
}

static void test_who_watches_hears_of_it_after_it_left_their_level(void **state)
{
    struct desk d;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    happens(&d, NINE + MINUTE, FACT_ESCALATED, TICKET_STATUS_N);
    assert_int_equal(ticket(&d)->level, 2);
    assert_int_equal(ticket(&d)->watcher_count, 1);
    assert_string_equal(ticket(&d)->watchers[0], "first");
    assert_int_equal(told(&d, NOTICE_AGENT_ESCALATION, "ana"), 1);
    assert_int_equal(told(&d, NOTICE_AGENT_ESCALATION, "leo"), 1);
    assert_int_equal(told(&d, NOTICE_AGENT_ESCALATION, "eva"), 1); /* it came to hers */

    writes(&d, 1, NINE + 10 * MINUTE);
    assert_int_equal(told(&d, NOTICE_AGENT_CUSTOMER, "ana"), 1);
    assert_int_equal(told(&d, NOTICE_AGENT_CUSTOMER, "leo"), 1);
    d.count = 0;
    fold_until(d.on.f, NINE + HOUR); /* an answer was promised */
    assert_int_equal(told(&d, NOTICE_AGENT_BREACH, "ana"), 1);
    assert_int_equal(told(&d, NOTICE_AGENT_BREACH, "leo"), 1);

    happens(&d, NINE + 2 * HOUR, FACT_ESCALATED, TICKET_STATUS_N);
    assert_int_equal(told(&d, NOTICE_AGENT_ESCALATION, "leo"), 1);
    happens(&d, NINE + 3 * HOUR, FACT_STATUS_SET, TICKET_SOLVED);
    assert_int_equal(told(&d, NOTICE_AGENT_OVER, "ana"), 1);
    assert_int_equal(told(&d, NOTICE_AGENT_OVER, "eva"), 0); /* whose it is, and does not watch */
    d.count = 0;
    fold_until(d.on.f, NINE + 8 * 24 * HOUR);
    assert_int_equal(ticket(&d)->status, TICKET_CLOSED);
    assert_int_equal(d.count, 0); /* closed by time is no news */
    policy_desk_end(&d.on);
}

static void test_who_watches_and_is_told_anyway_is_not_told_twice(void **state)
{
    struct desk d;
    size_t i;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    watch(&d, NINE, "eva");
    watch(&d, NINE, "second");
    watch(&d, NINE, "marta");
    watch(&d, NINE, "chiefs");
    happens(&d, NINE + MINUTE, FACT_ESCALATED, TICKET_STATUS_N);
    assert_int_equal(told(&d, NOTICE_AGENT_ESCALATION, "eva"), 1);   /* of the level's team */
    assert_int_equal(told(&d, NOTICE_AGENT_ESCALATION, "marta"), 1); /* by name and by team */
    for (i = 0; i < d.count; i++)
        if (strcmp(d.told[i].agent, "eva") == 0)
            assert_false(d.told[i].watching);

    writes(&d, 1, NINE + 5 * MINUTE);
    assert_string_equal(ticket(&d)->agent, "eva");
    assert_int_equal(told(&d, NOTICE_AGENT_CUSTOMER, "eva"), 1);
    assert_int_equal(told(&d, NOTICE_AGENT_CUSTOMER, "marta"), 1);
    d.count = 0;
    fold_until(d.on.f, NINE + HOUR);
    assert_int_equal(told(&d, NOTICE_AGENT_BREACH, "eva"), 1);
    assert_int_equal(told(&d, NOTICE_AGENT_BREACH, "marta"), 1);
    policy_desk_end(&d.on);
}

static void test_who_watches_no_more_hears_nothing_of_it(void **state)
{
    struct desk d;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    watch(&d, NINE, "chiefs");
    writes(&d, 1, NINE + MINUTE);
    assert_int_equal(told(&d, NOTICE_AGENT_CUSTOMER, "marta"), 1);
    watch(&d, NINE + 2 * MINUTE, "-chiefs");
    writes(&d, 1, NINE + 3 * MINUTE);
    assert_int_equal(told(&d, NOTICE_AGENT_CUSTOMER, "marta"), 0);
    assert_int_equal(ticket(&d)->watcher_count, 0);
    policy_desk_end(&d.on);
}

static void test_nobody_is_told_of_what_they_did_themselves(void **state)
{
    struct fact f = policy_desk_fact(FACT_STATUS_SET, FACT_BY_AGENT, "marta");
    struct desk d;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    watch(&d, NINE, "marta");
    watch(&d, NINE, "leo");
    f.status = TICKET_SOLVED;
    d.count = 0;
    policy_desk_happens(&d.on, 1, NINE + MINUTE, f);
    assert_int_equal(told(&d, NOTICE_AGENT_OVER, "marta"), 0);
    assert_int_equal(told(&d, NOTICE_AGENT_OVER, "leo"), 1);
    policy_desk_end(&d.on);
}

static void test_a_machine_that_writes_is_no_news_and_a_case_closed_unsolved_is(void **state)
{
    struct fact f = policy_desk_fact(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, NULL);
    struct desk d;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    watch(&d, NINE, "marta");
    f.text = f.subject = "out of office";
    f.automatic = true;
    d.count = 0;
    policy_desk_happens(&d.on, 1, NINE + MINUTE, f);
    assert_int_equal(d.count, 0);
    happens(&d, NINE + 2 * MINUTE, FACT_STATUS_SET, TICKET_CLOSED);
    assert_int_equal(told(&d, NOTICE_AGENT_OVER, "marta"), 1);
    policy_desk_end(&d.on);
}

static void test_who_watches_is_told_within_their_own_hours(void **state) /* T-57 */
{
    struct desk d;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    watch(&d, NINE, "noa");
    writes(&d, 1, NINE + MINUTE);
    assert_int_equal(told(&d, NOTICE_AGENT_CUSTOMER, "noa"), 1);
    assert_int_equal(d.told[d.count - 1].due_at, NINE + 11 * HOUR);
    policy_desk_end(&d.on);
}

static void test_who_watches_hears_at_which_level_it_ends_up_and_not_of_those_between(void **state)
{
    struct desk d;

    (void)state;
    begin(&d, "escalation:\n"
              "  - {name: one, team: first, steps: [{name: far, when: requested, do: [watch marta, "
              "watch owner, level up, level up]}]}\n"
              "  - {name: two, team: second}\n"
              "  - {name: three, team: third}\n");
    writes(&d, 1, NINE);
    fold_until(d.on.f, NINE + 1);
    assert_non_null(ticket(&d)->agent);
    happens(&d, NINE + MINUTE, FACT_ESCALATED, TICKET_STATUS_N);
    assert_int_equal(ticket(&d)->level, 3);
    assert_int_equal(told(&d, NOTICE_AGENT_ESCALATION, "marta"), 1);
    assert_int_equal(d.told[d.count - 1].level, 3);
    assert_int_equal(ticket(&d)->watcher_count, 2); /* the owner by name, who lost it by then */
    assert_string_equal(ticket(&d)->watchers[1], "ana");
    policy_desk_end(&d.on);
}

static void test_as_many_watch_as_there_is_room_for_and_not_one_more(void **state)
{
    char name[20];
    struct desk d;
    int i;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    for (i = 0; i < TICKET_WATCHERS_MAX; i++) {
        snprintf(name, sizeof(name), "t%d", i);
        watch(&d, NINE, name);
    }
    assert_int_equal(ticket(&d)->watcher_count, TICKET_WATCHERS_MAX);
    assert_int_equal(try_watch(&d, 1, NINE, "marta"), -1);
    watch(&d, NINE, "t3"); /* it does already */
    happens(&d, NINE + MINUTE, FACT_ESCALATED, TICKET_STATUS_N);
    assert_int_equal(ticket(&d)->level, 2); /* the step's other action is done */
    assert_int_equal(ticket(&d)->watcher_count, TICKET_WATCHERS_MAX);
    watch(&d, NINE + MINUTE, "-t0");
    watch(&d, NINE + MINUTE, "marta");
    assert_string_equal(ticket(&d)->watchers[TICKET_WATCHERS_MAX - 1], "marta");
    assert_string_equal(ticket(&d)->watchers[0], "t1");
    policy_desk_end(&d.on);
}

/* Of whom the last but one is still there. */
static void watched_by_many_who_left(struct story *s)
{
    int i;

    story_begin(s, NINE);
    assert_int_equal(story_customer(s, "hola"), 0);
    for (i = 0; i < TICKET_WATCHERS_MAX; i++)
        s->ticket.watchers[i] = arena_printf(s->a, "left%d", i);
    s->ticket.watchers[TICKET_WATCHERS_MAX - 2] = s->policy.agents[1].name;
    s->ticket.watcher_count = TICKET_WATCHERS_MAX;
}

static void test_whom_the_policy_does_not_know_any_more_keeps_no_place_where_it_is_needed(
    void **state)
{
    struct story s;
    struct fact f;

    (void)state;
    watched_by_many_who_left(&s);
    f = story_fact(&s, FACT_WATCHED);
    f.names = &s.policy.agents[1].name;
    f.name_count = 1;
    assert_int_equal(story_apply(&s, &f), 0); /* it does already */
    assert_int_equal(s.ticket.watcher_count, TICKET_WATCHERS_MAX);
    f.names = &s.policy.agents[0].name;
    assert_int_equal(story_apply(&s, &f), 0);
    assert_int_equal(s.ticket.watcher_count, 2);
    assert_string_equal(s.ticket.watchers[0], s.policy.agents[1].name);
    assert_string_equal(s.ticket.watchers[1], s.policy.agents[0].name);
    story_end(&s);
}

static void test_who_does_not_watch_cannot_stop_and_nothing_is_written_of_it(void **state)
{
    struct desk d;
    int64_t lines;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    watch(&d, NINE, "ana");
    lines = ticket(&d)->event_seq;
    assert_int_equal(try_watch(&d, 1, NINE, "-leo"), -1);
    assert_string_equal(d.on.err.text, "'leo' does not watch it");
    assert_int_equal(ticket(&d)->event_seq, lines);
    assert_int_equal(ticket(&d)->watcher_count, 1);
    policy_desk_end(&d.on);
}

static void test_who_watched_what_was_merged_watches_what_it_was_merged_into(void **state)
{
    struct fact f = policy_desk_fact(FACT_MERGED_INTO, FACT_BY_OPERATOR, "root");
    struct desk d;

    (void)state;
    begin(&d, levels);
    writes(&d, 1, NINE);
    writes(&d, 2, NINE);
    watch(&d, NINE, "marta");
    assert_int_equal(try_watch(&d, 2, NINE, "chiefs"), 0);
    f.other = 1;
    policy_desk_happens(&d.on, 2, NINE + MINUTE, f);
    assert_int_equal(ticket(&d)->watcher_count, 2);
    assert_string_equal(ticket(&d)->watchers[1], "chiefs");
    policy_desk_end(&d.on);
}

static void test_a_name_that_the_policy_does_not_know_cannot_watch(void **state)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        { "watch owner", NULL },
        { "watch team", NULL },
        { "watch ana", NULL },
        { "watch chiefs", NULL },
        { "watch anna", "there is no agent or team 'anna'" },
        { "watch", "expected 'notify owner'" },
        { "watch ana leo", "expected 'notify owner'" },
    };
    struct arena *a = arena_new();
    struct policy_do out;
    struct error err;
    struct desk d;
    size_t i;

    (void)state;
    begin(&d, levels);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        err.text[0] = '\0';
        assert_int_equal(policy_do_parse(d.on.file.policy, rows[i].text, a, &out, &err),
                         rows[i].error == NULL ? 0 : -1);
        if (rows[i].error != NULL)
            assert_memory_equal(err.text, rows[i].error, strlen(rows[i].error));
    }
    writes(&d, 1, NINE);
    assert_int_equal(try_watch(&d, 1, NINE, "anna"), -1);
    assert_string_equal(d.on.err.text, "the policy knows no agent or team 'anna'");
    arena_free(a);
    policy_desk_end(&d.on);
}

static void test_the_fact_is_kept_as_it_was(void **state)
{
    static const char *const on[] = { "ana", "chiefs" }, *const off[] = { "leo" };
    struct fact f = policy_desk_fact(FACT_WATCHED, FACT_BY_AGENT, "eva"), back;
    struct arena *a = arena_new();
    struct error err;
    char *json;

    (void)state;
    f.names = on;
    f.name_count = 2;
    f.names_off = off;
    f.name_off_count = 1;
    json = fact_to_json(fact_copy(a, &f));
    assert_int_equal(fact_from_json(a, span_of(json), &back, &err), 0);
    assert_int_equal(back.kind, FACT_WATCHED);
    assert_int_equal(back.name_count, 2);
    assert_string_equal(back.names[1], "chiefs");
    assert_int_equal(back.name_off_count, 1);
    assert_string_equal(back.names_off[0], "leo");
    free(json);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_watches_hears_of_it_after_it_left_their_level),
        cmocka_unit_test(test_who_watches_and_is_told_anyway_is_not_told_twice),
        cmocka_unit_test(test_who_watches_no_more_hears_nothing_of_it),
        cmocka_unit_test(test_nobody_is_told_of_what_they_did_themselves),
        cmocka_unit_test(test_a_machine_that_writes_is_no_news_and_a_case_closed_unsolved_is),
        cmocka_unit_test(test_who_watches_is_told_within_their_own_hours),
        cmocka_unit_test(test_who_watches_hears_at_which_level_it_ends_up_and_not_of_those_between),
        cmocka_unit_test(test_as_many_watch_as_there_is_room_for_and_not_one_more),
        cmocka_unit_test(
            test_whom_the_policy_does_not_know_any_more_keeps_no_place_where_it_is_needed),
        cmocka_unit_test(test_who_does_not_watch_cannot_stop_and_nothing_is_written_of_it),
        cmocka_unit_test(test_who_watched_what_was_merged_watches_what_it_was_merged_into),
        cmocka_unit_test(test_a_name_that_the_policy_does_not_know_cannot_watch),
        cmocka_unit_test(test_the_fact_is_kept_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
