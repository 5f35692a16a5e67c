#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/replay.h"
#include "core/tally.h"
#include "core/target.h"
#include "tests/support/story.h"

enum { NINE = 1767258000 }; /* 2026-01-01 09:00:00 UTC */

/* What happens to a desk, counted, and every fact of it kept for a replay. */
struct desk {
    struct story s;
    struct target_policy targets;
    struct fold *f;
    struct tally was;
    struct replay *r;
    int64_t seq;
};

static void decided(void *arg, const struct fold_step *step)
{
    struct desk *d = arg;

    tally_add_step(&d->was, step->plan);
}

static void open_desk(struct desk *d)
{
    *d = (struct desk){ 0 };
    story_begin(&d->s, NINE);
    d->targets.table = d->s.targets;
    d->f = fold_new(&(struct fold_options){
        .policy = &d->s.policy, .targets = &d->targets, .decided = decided, .arg = d });
    tally_begin(&d->was, &d->s.policy);
    d->r = replay_new();
}

static void close_desk(struct desk *d)
{
    replay_free(d->r);
    tally_clear(&d->was);
    fold_free(d->f);
    story_end(&d->s);
}

static void happens(struct desk *d, int64_t ticket_id, struct fact f, int64_t after)
{
    const struct fold_origin from = { .contact_id = ticket_id };

    f.at = f.now = NINE + after;
    if (fold_apply(d->f, ticket_id, &from, &f, &d->s.err) < 0)
        return;
    d->was.facts += replay_add(d->r, ticket_id, ++d->seq, &from, &f);
    d->was.tickets = (int64_t)fold_count(d->f);
}

static struct fact wrote(const struct desk *d, const char *text)
{
    struct fact f = story_fact(&d->s, FACT_CUSTOMER_WROTE);

    f.by = FACT_BY_CUSTOMER;
    f.subject = "La tienda";
    f.text = text;
    return f;
}

static struct fact by_ana(const struct desk *d, enum fact_kind kind)
{
    struct fact f = story_fact(&d->s, kind);

    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.reason = "porque sí";
    return f;
}

/* Three tickets on one morning: one answered and solved, one that climbs, one passed on by hand. */
static void a_morning(struct desk *d)
{
    struct fact solved = by_ana(d, FACT_STATUS_SET);

    solved.status = TICKET_SOLVED;
    happens(d, 1, wrote(d, "hola"), 0);
    happens(d, 2, wrote(d, "todo caído"), 60);
    happens(d, 1, by_ana(d, FACT_AGENT_REPLIED), 300);
    happens(d, 3, wrote(d, "no puedo pagar"), 400);
    happens(d, 1, solved, 500);
    happens(d, 3, by_ana(d, FACT_ESCALATED), 700);
    fold_until(d->f, NINE + 20000);
}

static void assert_same(const struct tally *was, const struct tally *would)
{
    char *text = tally_to_text(was, "was", would, "would"), *line;
    char **lines = g_strsplit(text, "\n", -1);
    int i;

    for (i = 1; lines[i] != NULL && !g_str_has_prefix(lines[i], "tickets given"); i++)
        if (lines[i][0] == ' ') {
            line = g_strchomp(lines[i]);
            assert_true(g_str_has_suffix(line, " +0"));
        }
    assert_true(i > 10);
    g_strfreev(lines);
    free(text);
}

static void test_history_under_the_policy_that_it_had_comes_to_what_it_came_to(void **state)
{
    struct tally would;
    struct desk d;

    (void)state;
    open_desk(&d);
    a_morning(&d);
    tally_begin(&would, &d.s.policy);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20000, true, &would);
    assert_int_equal(would.tickets, 3);
    assert_int_equal(would.facts, 6);
    assert_int_equal(would.refused, 0);
    assert_true(would.entered[2] == 2 && would.entered[3] == 2);
    assert_same(&d.was, &would);
    assert_true(would.carries);
    assert_true(would.teams[0].carried[10] >= 240); /* ana's first, until it was answered */
    assert_memory_equal(would.missed, d.was.missed, sizeof(would.missed));
    tally_clear(&would);
    close_desk(&d);
}

static void test_facts_given_in_any_order_are_folded_in_that_of_time(void **state)
{
    struct tally would;
    struct desk d;
    struct fact late = { 0 };

    (void)state;
    open_desk(&d);
    late = by_ana(&d, FACT_AGENT_REPLIED);
    late.at = late.now = NINE + 100;
    replay_add(d.r, 1, 2, NULL, &late);
    late = wrote(&d, "hola");
    replay_add(d.r, 1, 1, NULL, &late);
    tally_begin(&would, &d.s.policy);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 200, true, &would);
    assert_int_equal(would.refused, 0);
    assert_int_equal(would.tickets, 1);
    tally_clear(&would);
    close_desk(&d);
}

static void test_what_cannot_happen_under_another_policy_is_counted_and_left_out(void **state)
{
    struct policy small;
    struct tally would;
    struct desk d;

    (void)state;
    open_desk(&d);
    a_morning(&d);
    small = d.s.policy;
    small.level_count = 1; /* nobody to pass it on to */
    tally_begin(&would, &small);
    replay_run(d.r, &small, &d.targets, NINE + 20000, true, &would);
    assert_int_equal(would.refused, 1);
    assert_int_equal(would.entered[2], 0);
    tally_clear(&would);
    close_desk(&d);
}

static void test_what_time_did_is_left_out_for_time_does_it_again(void **state)
{
    static const enum fact_kind times[] = { FACT_TIME_CAME, FACT_QUEUE_LOOKED, FACT_POLICY_CHANGED,
                                            FACT_MERGED_FROM, FACT_DELIVERY_ENDED };
    struct desk d;
    size_t i;

    (void)state;
    open_desk(&d);
    for (i = 0; i < G_N_ELEMENTS(times); i++) {
        struct fact f = story_fact(&d.s, times[i]);

        assert_false(replay_add(d.r, 1, 1, NULL, &f));
    }
    assert_int_equal(replay_count(d.r), 0);
    close_desk(&d);
}

static void test_hours_of_the_day_are_those_of_the_desk(void **state)
{
    struct tally t;
    struct desk d;

    (void)state;
    open_desk(&d);
    tally_begin(&t, &d.s.policy); /* Europe/Madrid: an hour ahead in January, two in July */
    tally_add(&t, &(struct tally_event){
                      .kind = "owner_set", .at = NINE, .clock = -1, .value = "ana", .times = 3 });
    tally_add(&t, &(struct tally_event){ .kind = "owner_set",
                                         .at = NINE + 200 * 86400,
                                         .clock = -1,
                                         .value = "eva",
                                         .times = 2 });
    tally_add(&t,
              &(struct tally_event){
                  .kind = "owner_set", .at = NINE, .clock = -1, .value = "who left", .times = 1 });
    assert_int_equal(t.teams[0].given[10], 3);
    assert_int_equal(t.teams[1].given[11], 2);
    assert_int_equal(t.teams[3].given[10], 1); /* of no team */
    assert_int_equal(t.given, 6);
    tally_clear(&t);
    close_desk(&d);
}

static void test_what_is_carried_is_counted_in_the_hours_in_which_it_is(void **state)
{
    struct tally t;
    struct desk d;

    (void)state;
    open_desk(&d);
    tally_begin(&t, &d.s.policy); /* an hour ahead */
    t.from = NINE;
    t.before = NINE + 3 * 3600;
    tally_carry(&t, "ana", NINE - 7200, 2);
    tally_carry(&t, "ana", NINE + 1800, 1);
    tally_carry(&t, "ana", NINE + 3600, -3);
    tally_carry(&t, "eva", NINE + 5400, 1);
    tally_carry_until(&t, NINE + 86400);
    assert_int_equal(t.teams[0].carried[10], 2 * 1800 + 3 * 1800);
    assert_int_equal(t.teams[0].carried[9] + t.teams[0].carried[11], 0);
    assert_int_equal(t.teams[1].carried[11], 1800);
    assert_int_equal(t.teams[1].carried[12], 3600);
    assert_int_equal(t.teams[1].carried[13], 0);
    tally_clear(&t);
    close_desk(&d);
}

static void test_a_replay_in_pieces_comes_to_what_it_comes_to_at_once(void **state)
{
    struct tally whole, pieces;
    struct desk d;
    int steps = 1;

    (void)state;
    open_desk(&d);
    a_morning(&d);
    tally_begin(&whole, &d.s.policy);
    tally_begin(&pieces, &d.s.policy);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20000, true, &whole);
    replay_begin(d.r, &d.s.policy, &d.targets, NINE + 20000, true, &pieces);
    while (!replay_step(d.r, 1))
        steps++;
    assert_true(steps > 6); /* time's own too */
    assert_int_equal(pieces.tickets, 3);
    assert_same(&whole, &pieces);
    tally_clear(&whole);
    tally_clear(&pieces);
    close_desk(&d);
}

static void test_a_day_counts_what_happened_on_it_and_the_days_before_still_lead_there(void **state)
{
    struct tally all, first, rest;
    struct desk d;
    int i;

    (void)state;
    open_desk(&d);
    a_morning(&d);
    tally_begin(&all, &d.s.policy);
    tally_begin(&first, &d.s.policy);
    tally_begin(&rest, &d.s.policy);
    first.before = rest.from = NINE + 1000;
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20000, true, &all);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20000, true, &first);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20000, true, &rest);
    assert_true(first.missed[TARGET_ACK] + first.entered[2] + first.entered[1] > 0);
    assert_true(rest.entered[3] > 0 && rest.entered[1] < all.entered[1]);
    for (i = 0; i <= TALLY_LEVELS_MAX; i++)
        assert_int_equal(first.entered[i] + rest.entered[i], all.entered[i]);
    for (i = 0; i < TARGET_KIND_N; i++)
        assert_int_equal(first.missed[i] + rest.missed[i], all.missed[i]);
    tally_clear(&all);
    tally_clear(&first);
    tally_clear(&rest);
    close_desk(&d);
}

static void test_priorities_are_counted_as_they_are_given_by_rule_or_by_hand(void **state)
{
    struct tally would;
    struct fact f;
    struct desk d;

    (void)state;
    open_desk(&d);
    happens(&d, 1, wrote(&d, "todo caído"), 0);
    f = by_ana(&d, FACT_PRIORITY_SET);
    f.priority = TICKET_LOW;
    happens(&d, 1, f, 10);
    tally_begin(&would, &d.s.policy);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20, true, &would);
    assert_int_equal(would.priority[TICKET_URGENT], 1);
    assert_int_equal(would.priority[TICKET_LOW], 1);
    assert_int_equal(would.priority[TICKET_NORMAL], 0);
    assert_same(&d.was, &would);
    tally_clear(&would);
    close_desk(&d);
}

static void test_how_a_case_was_solved_is_still_said_when_it_is_solved_again(
    void **state) /* D-53 */
{
    struct tally would;
    struct fact solved;
    struct desk d;

    (void)state;
    open_desk(&d);
    d.s.policy.solution_asked = true;
    happens(&d, 1, wrote(&d, "hola"), 0);
    solved = by_ana(&d, FACT_STATUS_SET);
    solved.status = TICKET_SOLVED;
    solved.solution = "el cable";
    happens(&d, 1, solved, 500);
    assert_int_equal(d.was.solved, 1);
    tally_begin(&would, &d.s.policy);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20000, true, &would);
    assert_int_equal(would.refused, 0);
    assert_int_equal(would.solved, 1);
    tally_clear(&would);
    close_desk(&d);
}

static void test_a_topic_set_right_is_folded_again_where_the_policy_knows_it(void **state)
{
    static const struct policy_topic topics[] = { { .name = "bills" } };
    char read[] = "bills"; /* from a row that is there no more as it is folded */
    struct tally would;
    struct fact f;
    struct desk d;

    (void)state; /* D-16 */
    open_desk(&d);
    happens(&d, 1, wrote(&d, "hola"), 0);
    f = by_ana(&d, FACT_TOPIC_SET);
    f.topic = read;
    replay_add(d.r, 1, ++d.seq, NULL, &f);
    memset(read, '?', sizeof(read) - 1);
    tally_begin(&would, &d.s.policy);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20, true, &would);
    assert_int_equal(would.refused, 1);
    tally_clear(&would);
    d.s.policy.topics = topics;
    d.s.policy.topic_count = 1;
    tally_begin(&would, &d.s.policy);
    replay_run(d.r, &d.s.policy, &d.targets, NINE + 20, true, &would);
    assert_int_equal(would.refused, 0);
    assert_int_equal(would.facts, 2);
    tally_clear(&would);
    close_desk(&d);
}

/* What became of deliveries is not let happen again, so nothing can stand beside what was told of
 * it. */
static void test_who_was_told_of_words_that_did_not_arrive_is_not_compared(void **state)
{
    struct fact dead;
    struct desk d;
    char *text;

    (void)state;
    open_desk(&d);
    happens(&d, 1, wrote(&d, "hola"), 0);
    happens(&d, 1, by_ana(&d, FACT_AGENT_REPLIED), 300);
    dead = story_fact(&d.s, FACT_DELIVERY_ENDED);
    dead.notice = notice_kinds[NOTICE_REPLY].id;
    dead.ended = "dead";
    dead.reason = "nobody";
    happens(&d, 1, dead, 400);
    happens(&d, 1, wrote(&d, "¿hola?"), 500);
    assert_int_equal(d.was.staff[NOTICE_AGENT_UNDELIVERED], 1);
    text = tally_to_text(&d.was, "was", &d.was, "would");
    assert_null(strstr(text, "A-07"));
    assert_non_null(strstr(text, "A-02"));
    free(text);
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_history_under_the_policy_that_it_had_comes_to_what_it_came_to),
        cmocka_unit_test(test_a_topic_set_right_is_folded_again_where_the_policy_knows_it),
        cmocka_unit_test(test_facts_given_in_any_order_are_folded_in_that_of_time),
        cmocka_unit_test(test_what_cannot_happen_under_another_policy_is_counted_and_left_out),
        cmocka_unit_test(test_what_time_did_is_left_out_for_time_does_it_again),
        cmocka_unit_test(test_hours_of_the_day_are_those_of_the_desk),
        cmocka_unit_test(test_what_is_carried_is_counted_in_the_hours_in_which_it_is),
        cmocka_unit_test(test_a_replay_in_pieces_comes_to_what_it_comes_to_at_once),
        cmocka_unit_test(
            test_a_day_counts_what_happened_on_it_and_the_days_before_still_lead_there),
        cmocka_unit_test(test_priorities_are_counted_as_they_are_given_by_rule_or_by_hand),
        cmocka_unit_test(test_how_a_case_was_solved_is_still_said_when_it_is_solved_again),
        cmocka_unit_test(test_who_was_told_of_words_that_did_not_arrive_is_not_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
