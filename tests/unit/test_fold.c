#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/calendar.h"
#include "core/fold.h"
#include "core/target.h"
#include "tests/support/story.h"

enum { NINE = 1767258000 }; /* 2026-01-01 09:00:00 UTC */

/* A fold under the story's policy, and a line for all that its listeners hear. */
struct desk {
    struct story s;
    struct target_policy targets;
    struct fold *f;
    GString *heard;
};

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;
    size_t i;

    for (i = 0; i < step->plan->event_count; i++) {
        const struct planned_event *e = &step->plan->events[i];

        g_string_append_printf(d->heard, "%lld %lld %s %s %d %d %d\n", (long long)step->ticket_id,
                               (long long)e->at - NINE, e->kind, e->rule == NULL ? "" : e->rule,
                               e->clock, e->level, e->notice);
    }
}

static void delivered(void *arg, const struct fold_delivery *left)
{
    struct desk *d = arg;

    g_string_append_printf(d->heard, "%lld %lld %s %s to %s\n", (long long)left->ticket_id,
                           (long long)left->at - NINE, left->dropped == NULL ? "sent" : "dropped",
                           notice_kinds[left->notice].id,
                           left->to == PLANNED_CUSTOMER ? "customer" : left->agent);
}

static struct desk *open_desk(bool bare)
{
    struct desk *d = g_new0(struct desk, 1);

    story_begin(&d->s, NINE);
    d->targets.table = d->s.targets;
    d->heard = g_string_new(NULL);
    d->f = fold_new(&(struct fold_options){ .policy = &d->s.policy,
                                            .targets = &d->targets,
                                            .bare = bare,
                                            .decided = decided,
                                            .delivered = delivered,
                                            .arg = d });
    return d;
}

static void close_desk(struct desk *d)
{
    fold_free(d->f);
    g_string_free(d->heard, TRUE);
    story_end(&d->s);
    g_free(d);
}

static bool heard(const struct desk *d, const char *line)
{
    char *whole = g_strdup_printf("%s\n", line);
    const char *at = strstr(d->heard->str, whole);

    g_free(whole);
    return at != NULL && (at == d->heard->str || at[-1] == '\n');
}

static int happens(struct desk *d, int64_t ticket_id, struct fact f, int64_t after)
{
    const struct fold_origin from = { .contact_id = ticket_id / 10, .language = "es" };

    f.at = f.now = NINE + after;
    return fold_apply(d->f, ticket_id, &from, &f, &d->s.err);
}

static struct fact wrote(const struct desk *d, const char *text)
{
    struct fact f = story_fact(&d->s, FACT_CUSTOMER_WROTE);

    f.by = FACT_BY_CUSTOMER;
    f.subject = "La tienda";
    f.text = text;
    f.language = "es";
    return f;
}

static struct fact by_agent(const struct desk *d, enum fact_kind kind)
{
    struct fact f = story_fact(&d->s, kind);

    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.reason = "porque sí";
    f.message_id = 99;
    return f;
}

static void test_what_falls_due_between_two_facts_happens_at_its_own_second(void **state)
{
    struct desk *d = open_desk(false);

    (void)state;
    assert_int_equal(happens(d, 10, wrote(d, "hola"), 0), 0);
    assert_int_equal(fold_next(d->f), NINE);
    assert_int_equal(happens(d, 20, wrote(d, "otra"), 1000), 0);
    assert_true(heard(d, "10 0 owner_set T-90 -1 0 -1"));
    assert_true(heard(d, "10 120 sent E-01 to customer"));
    assert_true(heard(d, "10 900 level_entered policy level 1/silent -1 2 -1"));
    assert_false(heard(d, "20 1000 owner_set T-90 -1 0 -1")); /* due just now, and not yet */
    fold_until(d->f, NINE + 1000);
    assert_true(heard(d, "20 1000 owner_set T-90 -1 0 -1"));
    assert_int_equal(fold_now(d->f), NINE + 1000);
    assert_int_equal(fold_count(d->f), 2);
    close_desk(d);
}

static void test_tickets_are_shared_out_by_the_loads_that_the_fold_keeps(void **state)
{
    struct desk *d = open_desk(false);
    const struct fact_load *loads;
    struct fact solved = by_agent(d, FACT_STATUS_SET);
    size_t n;

    (void)state;
    happens(d, 10, wrote(d, "uno"), 0);
    happens(d, 20, wrote(d, "dos"), 1);
    happens(d, 30, wrote(d, "tres"), 2);
    fold_until(d->f, NINE + 2);
    loads = fold_loads(d->f, &n);
    assert_int_equal(n, 4);
    assert_string_equal(loads[0].agent, "ana");
    assert_int_equal(loads[0].open, 2);
    assert_int_equal(loads[1].open, 1);
    assert_string_equal(fold_ticket(d->f, 20)->agent, "luis");
    solved.status = TICKET_SOLVED;
    happens(d, 20, solved, 3);
    assert_int_equal(loads[1].open, 0);
    close_desk(d);
}

/* Both of the first team have their two; then three wait, the second of them urgent. */
static void fill(struct desk *d)
{
    int i;

    for (i = 1; i <= 4; i++)
        happens(d, 10 * i, wrote(d, "hola"), i);
    happens(d, 50, wrote(d, "hola"), 10);
    happens(d, 60, wrote(d, "todo caído"), 11);
    happens(d, 70, wrote(d, "hola"), 12);
    fold_until(d->f, NINE + 12);
    assert_null(fold_ticket(d->f, 50)->agent);
    assert_null(fold_ticket(d->f, 60)->agent);
}

static void solves(struct desk *d, int64_t ticket_id, int64_t after)
{
    struct fact f = by_agent(d, FACT_STATUS_SET);

    f.status = TICKET_SOLVED;
    assert_int_equal(happens(d, ticket_id, f, after), 0);
    fold_until(d->f, NINE + after);
}

static void test_the_queue_is_drained_in_its_order_as_people_get_free(void **state)
{
    struct desk *d = open_desk(false);

    (void)state;
    fill(d); /* T-91, D-27 */
    solves(d, 10, 20);
    assert_string_equal(fold_ticket(d->f, 60)->agent, "ana");
    assert_null(fold_ticket(d->f, 50)->agent);
    solves(d, 20, 30);
    assert_string_equal(fold_ticket(d->f, 50)->agent, "luis");
    assert_null(fold_ticket(d->f, 70)->agent);
    solves(d, 40, 40);
    assert_string_equal(fold_ticket(d->f, 70)->agent, "luis");
    close_desk(d);
}

/* Ana is alone, may have `limit`, and of bills and of cases without a topic so many; what says
 * "todo caído" is a bill, and not urgent. */
static struct desk *open_desk_of_bills(int limit, const int limits[2])
{
    static const struct policy_topic bills = { .name = "bills", .title = "Bills" };
    struct desk *d = open_desk(true);
    struct policy_agent *ana = arena_array(d->s.a, d->s.policy.agent_count, sizeof(*ana));

    fold_free(d->f);
    memcpy(ana, d->s.policy.agents, d->s.policy.agent_count * sizeof(*ana));
    ana[0].limit = limit;
    ana[0].topic_limits = limits;
    ana[1].available = false;
    d->s.policy.agents = ana;
    d->s.policy.topics = &bills;
    d->s.policy.topic_count = 1;
    d->s.rule.topic = 0;
    d->s.rule.priority = TICKET_PRIORITY_NONE;
    d->f = fold_new(&(struct fold_options){ .policy = &d->s.policy,
                                            .targets = &d->targets,
                                            .bare = true,
                                            .decided = decided,
                                            .delivered = delivered,
                                            .arg = d });
    return d;
}

static bool has_owner(struct desk *d, int64_t ticket_id)
{
    return fold_ticket(d->f, ticket_id)->agent != NULL;
}

static void test_who_gets_free_has_the_first_in_the_queue_that_can_be_taken(void **state)
{
    static const int limits[] = { 1, 0 };
    struct desk *d = open_desk_of_bills(2, limits);

    (void)state;
    happens(d, 10, wrote(d, "todo caído"), 1);
    happens(d, 20, wrote(d, "hola"), 2);
    happens(d, 30, wrote(d, "todo caído"), 3);
    happens(d, 40, wrote(d, "todo caído"), 4);
    happens(d, 50, wrote(d, "hola"), 5);
    happens(d, 60, wrote(d, "hola"), 6);
    solves(d, 20, 20); /* T-91, D-29 */
    assert_true(has_owner(d, 50));
    assert_false(has_owner(d, 30) || has_owner(d, 40) || has_owner(d, 60));
    solves(d, 10, 30);
    assert_true(has_owner(d, 30));
    assert_false(has_owner(d, 40) || has_owner(d, 60));
    close_desk(d);
}

static bool is_taken_behind(int bills)
{
    static const int limits[] = { 1, 0 };
    struct desk *d = open_desk_of_bills(2, limits);
    int64_t last = 10 * (3 + bills);
    bool taken;
    int i;

    happens(d, 10, wrote(d, "todo caído"), 1);
    happens(d, 20, wrote(d, "hola"), 2);
    for (i = 0; i < bills; i++)
        happens(d, 10 * (3 + i), wrote(d, "todo caído"), 3 + i);
    happens(d, last, wrote(d, "hola"), 100);
    solves(d, 20, 120);
    taken = has_owner(d, last);
    close_desk(d);
    return taken;
}

static void test_an_offer_goes_no_further_than_the_first_fifty_of_the_queue(void **state)
{
    (void)state;
    assert_true(is_taken_behind(PLAN_OFFER_MAX - 1));
    assert_false(is_taken_behind(PLAN_OFFER_MAX));
}

static void test_a_merge_moves_the_earlier_start_and_ends_the_other(void **state)
{
    struct desk *d = open_desk(false);
    struct fact merge = by_agent(d, FACT_MERGED_INTO);
    const struct ticket *t;

    (void)state;
    happens(d, 10, wrote(d, "uno"), 0);
    happens(d, 20, wrote(d, "dos"), 60);
    merge.other = 20;
    assert_int_equal(happens(d, 10, merge, 90), 0); /* C-15 */
    assert_int_equal(fold_ticket(d->f, 10)->merged_into, 20);
    t = fold_ticket(d->f, 20);
    assert_int_equal(t->clocks[0].started_at, NINE);
    assert_int_equal(happens(d, 10, merge, 91), -1);
    merge.other = 77;
    assert_int_equal(happens(d, 20, merge, 92), -1);
    assert_int_equal(fold_ticket(d->f, 20)->merged_into, 0);
    close_desk(d);
}

static void test_a_notice_that_became_untrue_while_it_waited_is_dropped_as_it_would_leave(
    void **state)
{
    struct desk *d = open_desk(false);
    struct fact status = by_agent(d, FACT_STATUS_SET), back = by_agent(d, FACT_HANDED_BACK);

    (void)state;
    happens(d, 10, wrote(d, "uno"), 0);
    status.status = TICKET_SOLVED;
    happens(d, 10, status, 200);
    status.status = TICKET_OPEN;
    happens(d, 10, status, 250);
    fold_until(d->f, NINE + 400);
    assert_false(heard(d, "10 320 sent E-15 to customer"));
    close_desk(d);
    d = open_desk(false);
    happens(d, 10, wrote(d, "uno"), 0);
    happens(d, 10, by_agent(d, FACT_ESCALATED), 200);
    assert_true(heard(d, "10 200 notice_planned E-09 -1 0 4"));
    back.level = 1;
    assert_int_equal(happens(d, 10, back, 210), 0);
    fold_until(d->f, NINE + 400);
    assert_true(heard(d, "10 320 dropped E-09 to customer"));
    assert_true(heard(d, "10 320 notice_suppressed B-15 -1 0 -1"));
    close_desk(d);
}

/* The first line is told from noon to one. */
static void give_lunch_hours(struct desk *d, struct calendar **noon)
{
    const struct calendar **list = arena_array(d->s.a, 1, sizeof(*list));
    struct policy_agent *people = arena_array(d->s.a, 4, sizeof(*people));
    struct calendar_plan plan = { .zone = "UTC" };
    size_t i;

    for (i = 0; i < 7; i++) {
        plan.spans[i][0] = (struct calendar_span){ 12 * 3600, 13 * 3600 };
        plan.span_count[i] = 1;
    }
    assert_int_equal(calendar_new(&plan, noon, &d->s.err), 0);
    list[0] = *noon;
    memcpy(people, d->s.policy.agents, 4 * sizeof(*people));
    people[0].calendar = people[1].calendar = 0;
    d->s.policy.agents = people;
    d->s.policy.calendars = list;
    d->s.policy.calendar_count = 1;
    d->s.policy.level_count = 1;
}

static void test_what_waits_for_an_agents_hours_leaves_then_if_it_is_still_so(void **state)
{
    struct desk *d = open_desk(false);
    struct fact solved = by_agent(d, FACT_STATUS_SET);
    struct calendar *noon;

    (void)state; /* T-57, B-15 */
    give_lunch_hours(d, &noon);
    assert_int_equal(happens(d, 10, wrote(d, "hola"), 0), 0);
    solved.status = TICKET_SOLVED;
    assert_int_equal(happens(d, 10, solved, 5000), 0);
    fold_until(d->f, NINE + 10799);
    assert_null(strstr(d->heard->str, "A-01"));
    assert_null(strstr(d->heard->str, "A-03"));
    assert_true(heard(d, "10 900 sent A-04 to ana")); /* B-19: an escalation of his level */
    fold_until(d->f, NINE + 10800);
    assert_true(heard(d, "10 10800 dropped A-01 to ana"));
    assert_true(heard(d, "10 10800 dropped A-03 to ana"));
    assert_true(heard(d, "10 10800 notice_suppressed B-15 -1 0 -1"));
    assert_true(strstr(d->heard->str, "A-01") < strstr(d->heard->str, "A-03"));
    close_desk(d);
    calendar_free(noon);
}

/* What an agent hears at noon of a morning in which that happened; the heard is d->heard. */
static void pass_a_morning(struct desk *d, const struct fact *facts, size_t count, int64_t first)
{
    struct calendar *noon;
    size_t i;

    give_lunch_hours(d, &noon);
    assert_int_equal(happens(d, 10, wrote(d, "hola"), 0), 0);
    for (i = 0; i < count; i++)
        assert_int_equal(happens(d, 10, facts[i], first + (int64_t)i), 0);
    fold_until(d->f, NINE + 10800);
    calendar_free(noon);
}

static void test_an_agent_hears_of_no_case_that_became_another_ones_before_his_hours(void **state)
{
    struct desk *d = open_desk(false);
    struct fact to_luis = by_agent(d, FACT_ASSIGNED);

    (void)state; /* B-15: of whoever had it */
    to_luis.agent = "luis";
    pass_a_morning(d, &to_luis, 1, 9000);
    assert_true(heard(d, "10 10800 dropped A-01 to ana"));
    assert_true(heard(d, "10 10800 sent A-01 to luis"));
    assert_true(heard(d, "10 10800 dropped A-06 to ana"));
    close_desk(d);
}

static void test_an_agent_hears_of_no_clock_that_ended_before_his_hours(void **state)
{
    struct desk *d = open_desk(false);
    struct fact answers[2] = { by_agent(d, FACT_AGENT_REPLIED), wrote(d, "¿y ahora?") };

    (void)state; /* B-15: the miss of the first answer is no more, though another clock runs */
    pass_a_morning(d, answers, 2, 9000);
    assert_true(heard(d, "10 10800 sent A-01 to ana"));
    assert_true(heard(d, "10 10800 dropped A-03 to ana"));
    assert_true(heard(d, "10 10800 dropped A-06 to ana"));
    close_desk(d);
}

static void test_an_agent_hears_of_a_miss_that_lasts_and_not_that_it_comes_near(void **state)
{
    struct desk *d = open_desk(false);

    (void)state; /* B-15 */
    pass_a_morning(d, NULL, 0, 0);
    assert_true(heard(d, "10 10800 dropped A-03 to ana"));
    assert_true(heard(d, "10 10800 sent A-06 to ana"));
    close_desk(d);
}

static void test_one_person_is_not_told_of_a_second_ticket_a_moment_later(void **state)
{
    struct desk *d = open_desk(false);

    (void)state;
    happens(d, 10, wrote(d, "uno"), 0);
    happens(d, 11, wrote(d, "dos"), 60); /* E-01 */
    happens(d, 20, wrote(d, "otra persona"), 61);
    fold_until(d->f, NINE + 600);
    assert_true(heard(d, "10 120 sent E-01 to customer"));
    assert_true(heard(d, "11 60 notice_suppressed E-01 -1 0 0"));
    assert_true(heard(d, "20 181 sent E-01 to customer"));
    close_desk(d);
}

static void test_a_fact_that_cannot_be_changes_nothing(void **state)
{
    struct desk *d = open_desk(false);

    (void)state;
    assert_int_equal(happens(d, 10, by_agent(d, FACT_AGENT_REPLIED), 0), -1);
    assert_null(fold_ticket(d->f, 10));
    assert_int_equal(fold_count(d->f), 0);
    assert_string_equal(d->heard->str, "");
    close_desk(d);
}

/* What may happen to one of a few tickets, drawn. */
static struct fact drawn(struct desk *d, GRand *r)
{
    static const enum fact_kind kinds[] = { FACT_AGENT_REPLIED, FACT_STATUS_SET,  FACT_PRIORITY_SET,
                                            FACT_ESCALATED,     FACT_HANDED_BACK, FACT_ACKNOWLEDGED,
                                            FACT_AGENT_NOTED,   FACT_MERGED_INTO };
    struct fact f;

    if (g_rand_int_range(r, 0, 3) == 0)
        return wrote(d, g_rand_boolean(r) ? "todo caído" : "hola");
    f = by_agent(d, kinds[g_rand_int_range(r, 0, (int)G_N_ELEMENTS(kinds))]);
    if (f.kind == FACT_STATUS_SET)
        f.status = (enum ticket_status)g_rand_int_range(r, 0, TICKET_STATUS_N);
    if (f.kind == FACT_PRIORITY_SET)
        f.priority = (enum ticket_priority)g_rand_int_range(r, 0, TICKET_PRIORITY_N);
    f.level = f.kind == FACT_HANDED_BACK ? 1 : 0;
    f.other = 10 * g_rand_int_range(r, 1, 9);
    return f;
}

static void draw_story(struct desk *d, guint32 seed)
{
    GRand *r = g_rand_new_with_seed(seed);
    int64_t after = 0;
    int i;

    for (i = 0; i < 60; i++) {
        after += g_rand_int_range(r, 0, 2000);
        happens(d, 10 * g_rand_int_range(r, 1, 9), drawn(d, r), after);
    }
    g_rand_free(r);
}

static void test_a_bare_fold_decides_what_one_with_words_decides(void **state)
{
    guint32 seed;

    (void)state;
    for (seed = 0; seed < 60; seed++) {
        struct desk *told = open_desk(false), *bare = open_desk(true);

        draw_story(told, seed);
        draw_story(bare, seed);
        assert_string_equal(told->heard->str, bare->heard->str);
        close_desk(told);
        close_desk(bare);
    }
}

/* Does time go on, and is each promise missed in the second in which it was due? */
struct watch {
    int64_t now;
    bool went_back;
    int missed, late;
};

static int64_t due_of(const struct ticket *t, int kind)
{
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if ((int)t->clocks[i].kind == kind && t->clocks[i].end == TARGET_RUNS)
            return t->clocks[i].due_at;
    return 0;
}

static void watched(void *arg, const struct fold_step *step)
{
    struct watch *w = arg;
    size_t i;

    w->went_back |= step->fact->now < w->now;
    w->now = step->fact->now;
    for (i = 0; step->fact->by == FACT_BY_TIME && i < step->plan->event_count; i++) {
        const struct planned_event *e = &step->plan->events[i];

        if (strcmp(e->kind, "clock_breached") != 0 || e->clock != TARGET_RESOLUTION)
            continue;
        w->missed++;
        w->late += due_of(step->before, e->clock) != w->now;
    }
}

static void test_of_many_tickets_each_is_woken_in_its_second(void **state)
{
    enum { TICKETS = 500 };
    struct desk *d = open_desk(true);
    struct watch w = { 0 };
    GRand *r = g_rand_new_with_seed(7);
    int i, after = 0;

    (void)state;
    fold_free(d->f);
    d->f = fold_new(&(struct fold_options){ .policy = &d->s.policy,
                                            .targets = &d->targets,
                                            .bare = true,
                                            .decided = watched,
                                            .arg = &w });
    for (i = 1; i <= TICKETS; i++) {
        after += g_rand_int_range(r, 0, 400);
        assert_int_equal(happens(d, 10 * i, wrote(d, "hola"), after), 0);
        if (i % 3 == 0) /* some are put off, some sooner done, some over */
            happens(d, 10 * g_rand_int_range(r, 1, i + 1), drawn(d, r), after);
    }
    fold_until(d->f, NINE + 30 * 86400);
    assert_false(w.went_back);
    assert_in_range(w.missed, TICKETS / 2, TICKETS);
    assert_int_equal(w.late, 0);
    assert_true(fold_next(d->f) == 0 || fold_next(d->f) > NINE + 30 * 86400);
    g_rand_free(r);
    close_desk(d);
}

static void test_looking_each_second_changes_nothing_of_what_happens(void **state)
{
    guint32 seed;

    (void)state;
    for (seed = 100; seed < 110; seed++) {
        struct desk *jumps = open_desk(true), *looks = open_desk(true);
        int64_t end, at;

        draw_story(jumps, seed);
        draw_story(looks, seed);
        end = fold_now(jumps->f) + 20000;
        fold_until(jumps->f, end);
        for (at = fold_now(looks->f); at <= end; at++)
            fold_until(looks->f, at);
        assert_string_equal(jumps->heard->str, looks->heard->str);
        close_desk(jumps);
        close_desk(looks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_falls_due_between_two_facts_happens_at_its_own_second),
        cmocka_unit_test(test_tickets_are_shared_out_by_the_loads_that_the_fold_keeps),
        cmocka_unit_test(test_the_queue_is_drained_in_its_order_as_people_get_free),
        cmocka_unit_test(test_who_gets_free_has_the_first_in_the_queue_that_can_be_taken),
        cmocka_unit_test(test_an_offer_goes_no_further_than_the_first_fifty_of_the_queue),
        cmocka_unit_test(test_a_merge_moves_the_earlier_start_and_ends_the_other),
        cmocka_unit_test(
            test_a_notice_that_became_untrue_while_it_waited_is_dropped_as_it_would_leave),
        cmocka_unit_test(test_what_waits_for_an_agents_hours_leaves_then_if_it_is_still_so),
        cmocka_unit_test(test_an_agent_hears_of_no_case_that_became_another_ones_before_his_hours),
        cmocka_unit_test(test_an_agent_hears_of_no_clock_that_ended_before_his_hours),
        cmocka_unit_test(test_an_agent_hears_of_a_miss_that_lasts_and_not_that_it_comes_near),
        cmocka_unit_test(test_one_person_is_not_told_of_a_second_ticket_a_moment_later),
        cmocka_unit_test(test_a_fact_that_cannot_be_changes_nothing),
        cmocka_unit_test(test_a_bare_fold_decides_what_one_with_words_decides),
        cmocka_unit_test(test_of_many_tickets_each_is_woken_in_its_second),
        cmocka_unit_test(test_looking_each_second_changes_nothing_of_what_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
