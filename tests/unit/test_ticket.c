#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/fact.h"
#include "core/ticket.h"
#include "core/ticket_event.h"

static void test_memory_survives_its_text_and_words_of_a_newer_daemon_are_skipped(void **state)
{
    struct arena *a = arena_new();
    struct ticket_memory m = { .level_visit = 3,
                               .level_entered_at = 1767225600,
                               .steps_done = 1ull << 63 };
    struct ticket_memory back;
    struct error err;

    (void)state;
    m.instances[TARGET_NEXT_RESPONSE] = 7;
    m.told = 5;
    assert_int_equal(ticket_memory_from_text(ticket_memory_to_text(a, &m), &back, &err), 0);
    assert_memory_equal(&m, &back, sizeof(m));
    assert_int_equal(ticket_memory_from_text("reopened=2 of_tomorrow=9", &back, &err), 0);
    assert_int_equal(back.reopened, 2);
    assert_int_equal(ticket_memory_from_text("", &back, &err), 0);
    assert_int_equal(ticket_memory_from_text("reopened", &back, &err), -1);
    assert_int_equal(ticket_memory_from_text("reopened=2x", &back, &err), -1);
    arena_free(a);
}

static void test_a_ledger_survives_its_text_and_broken_ones_are_refused(void **state)
{
    static const char *const broken[] = {
        "", "{}", "{1,1}", "{1,1,1", "1,1,1}", "{1,x,1}", "{1,,1}"
    };
    struct arena *a = arena_new();
    struct target_edge edges[] = { { 100, true, 1 }, { 160, false, 4 } };
    struct target_clock c = { .edges = edges, .edge_count = 2 }, back;
    struct error err;
    size_t i;

    (void)state;
    assert_string_equal(ticket_edges_to_text(a, &c), "{100,1,1,160,0,4}");
    assert_int_equal(ticket_edges_from_text(a, "{100,1,1,160,0,4}", &back, &err), 0);
    assert_int_equal(back.edge_count, 2);
    assert_false(back.edges[1].runs);
    assert_int_equal(back.edges[1].event, 4);
    for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        assert_int_equal(ticket_edges_from_text(a, broken[i], &back, &err), -1);
    arena_free(a);
}

static void test_a_fact_survives_its_json(void **state)
{
    static const char *const tags[] = { "outage", "vip" };
    static const struct fact_load loads[] = { { "ana", 3, 50, 2 }, { "luis", 0, 0, 0 } };
    struct fact f = { .kind = FACT_QUEUE_LOOKED,
                      .at = 10,
                      .now = 12,
                      .by = FACT_BY_OPERATOR,
                      .actor = "root",
                      .status = TICKET_ON_HOLD,
                      .priority = TICKET_PRIORITY_NONE,
                      .reason = "a \"reason\"",
                      .tags = tags,
                      .tag_count = 2,
                      .loads = loads,
                      .load_count = 2 };
    struct arena *a = arena_new();
    struct fact back;
    struct error err;
    char *first = fact_to_json(&f), *second;

    (void)state;
    assert_int_equal(fact_from_json(a, span_of(first), &back, &err), 0);
    second = fact_to_json(&back);
    assert_string_equal(first, second);
    assert_int_equal(back.priority, TICKET_PRIORITY_NONE);
    assert_string_equal(back.loads[0].agent, "ana");
    assert_int_equal(
        fact_from_json(a, span_of("{\"kind\":\"unheard_of\",\"by\":\"time\"}"), &back, &err), -1);
    assert_int_equal(fact_from_json(a,
                                    span_of("{\"kind\":\"tagged\",\"by\":\"time\",\"at\":\"x\"}"),
                                    &back, &err),
                     -1);
    free(first);
    free(second);
    arena_free(a);
}

static void test_no_change_of_a_line_leaves_its_hash_as_it_was(void **state)
{
    static const unsigned char start[32] = { 0 };
    const struct ticket_event_line line = { .ticket_id = 1,
                                            .seq = 2,
                                            .at = 3,
                                            .cause = 2,
                                            .policy_version = 1,
                                            .kind = "tagged",
                                            .actor_kind = "agent",
                                            .actor = "ana",
                                            .rule = NULL,
                                            .why = "w",
                                            .detail = "{}",
                                            .fact = NULL };
    struct ticket_event_line changed[12];
    unsigned char whole[32], other[32];
    size_t i;

    (void)state;
    ticket_event_hash(start, &line, whole);
    for (i = 0; i < 12; i++)
        changed[i] = line;
    changed[0].ticket_id = 2;
    changed[1].seq = 3;
    changed[2].at = 4;
    changed[3].cause = 1;
    changed[4].policy_version = 2;
    changed[5].kind = "taggedagent"; /* the same letters, cut elsewhere */
    changed[5].actor_kind = "";
    changed[6].actor = NULL;
    changed[7].rule = "";
    changed[8].why = "v";
    changed[9].detail = "{ }";
    changed[10].fact = "";
    changed[11].actor = "an";
    for (i = 0; i < 12; i++) {
        ticket_event_hash(start, &changed[i], other);
        assert_memory_not_equal(whole, other, 32);
    }
    ticket_event_hash(whole, &line, other);
    assert_memory_not_equal(whole, other, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_survives_its_text_and_words_of_a_newer_daemon_are_skipped),
        cmocka_unit_test(test_a_ledger_survives_its_text_and_broken_ones_are_refused),
        cmocka_unit_test(test_a_fact_survives_its_json),
        cmocka_unit_test(test_no_change_of_a_line_leaves_its_hash_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
