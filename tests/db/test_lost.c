/* Wherever the connection is lost or the process dies, each message and each fact is there once. */
#include <event2/event.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"
#include "tests/support/cut.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

enum { BATCH = 5 };

static struct house h;
static struct cut *cut;
static struct house_node far; /* behind the proxy */

/* A first message that flies alone, then a batch of a talk of one customer, by the node. */
static void give_batch(struct house *house, struct intake *intake, const char *name)
{
    struct inbound *in;
    int i;

    for (i = 0; i < BATCH; i++) {
        in = inbound_new();
        in->external_id = in->message_id = arena_printf(in->arena, "%s-%d@x", name, i);
        in->sender = (struct inbound_address){
            "email", arena_printf(in->arena, "%s@client.example", i == 0 ? "first" : name), "Pepe"
        };
        in->subject = "Pedido";
        in->text = in->reply_text = "No llega";
        in->in_reply_to = i < 2 ? NULL : arena_printf(in->arena, "%s-1@x", name);
        in->received_at = house->now;
        in->cursor_part = arena_strdup(in->arena, name);
        in->cursor = arena_printf(in->arena, "%d", i);
        in->locator = arena_printf(in->arena, "%s/%d", name, i);
        house_take(house, intake, 1, in);
    }
}

static void assert_there_once(const char *name)
{
    assert_int_equal(
        house_count(&h, "SELECT count(*) FROM message WHERE external_id LIKE '%s-%%'", name),
        BATCH);
    assert_int_equal(
        house_count(&h,
                    "SELECT count(DISTINCT ticket_id) FROM message WHERE external_id LIKE "
                    "'%s-%%'",
                    name),
        2);
    assert_int_equal(
        house_count(&h,
                    "SELECT count(*) FROM intake WHERE outcome = 'message' AND external_id "
                    "LIKE '%s-%%'",
                    name),
        BATCH);
    assert_int_equal(house_count(&h, "SELECT cursor FROM channel_cursor WHERE part = '%s'", name),
                     BATCH - 1);
    assert_int_equal(
        house_count(&h, "SELECT count(*) FROM source WHERE locator LIKE '%s/%%'", name), BATCH);
    assert_int_equal(
        house_count(&h,
                    "SELECT count(*) FROM delivery d JOIN message m USING (desk_id, "
                    "ticket_id) WHERE d.notice IN ('E-01', 'E-02') AND m.external_id = "
                    "'%s-1@x'",
                    name),
        1);
}

/* F07: nothing of the transaction is there, so it is done again. */
static void test_a_batch_survives_a_loss_before_any_of_its_statements(void **state)
{
    static const char *const places[] = { "intake_known",   "ticket_lock",  "clock_read",
                                          "message_insert", "event_insert", "COMMIT" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        cut_at(cut, places[i], CUT_BEFORE);
        give_batch(&h, far.intake, places[i]);
        house_run(&h);
        assert_int_equal(cut_count(cut), i + 1);
        assert_there_once(places[i]);
    }
    assert_int_equal(h.refused, 0);
    assert_true(intake_counts(far.intake)->retries >= 6);
}

/* F08: it is all there, and is not done again. */
static void test_a_batch_whose_commit_nobody_heard_of_is_not_done_again(void **state)
{
    uint64_t duplicates = intake_counts(far.intake)->duplicates;
    int before = cut_count(cut);

    (void)state;
    cut_at(cut, "COMMIT", CUT_COMMITTED);
    give_batch(&h, far.intake, "unheard");
    house_run(&h);
    assert_int_equal(cut_count(cut), before + 1);
    assert_there_once("unheard");
    assert_int_equal(intake_counts(far.intake)->duplicates, duplicates);
    assert_int_equal(h.refused, 0);
}

static void test_an_answer_whose_commit_nobody_heard_of_goes_out_once(void **state)
{
    struct store_message words = { .subject = "Re: Pedido", .text = "Ya sale hoy", .agent = "ana" };
    int64_t ticket_id = house_count(&h, "SELECT max(ticket_id) FROM ticket");
    struct house_node near = h.node;

    (void)state; /* F08 */
    h.node = far;
    cut_at(cut, "COMMIT", CUT_COMMITTED);
    house_happens(&h, ticket_id, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &words);
    h.node = near;
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    assert_true(h.plan_events > 0);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message WHERE direction = 'out'"), 1);
    assert_int_equal(house_count(&h, "SELECT message_id FROM message WHERE direction = 'out'"),
                     h.answer.message_id);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM delivery WHERE notice = 'E-06'"), 1);
}

/* --- kill -9
 * ------------------------------------------------------------------------------------------ */

/* The life of a process that gets the batch and is killed at the place. */
static _Noreturn void die_at(const char *place, const char *name)
{
    struct house mine = h;

    mine.open = 0;
    mine.base = event_base_new();
    setenv("RELEVO_FAIL", place, 1);
    house_node_begin(&mine, &mine.node, NULL, "to be killed");
    give_batch(&mine, mine.node.intake, name);
    house_run(&mine);
    _exit(0); /* the place was never passed */
}

static void test_a_process_killed_anywhere_leaves_all_or_nothing_and_the_next_goes_on(void **state)
{
    /* The second batch is the one with the talk; F01, F03. */
    static const char *const places[] = { "intake_taken:3", "looked_up:1", "looked_up:2",
                                          "decided:2",      "stored:2",    "committed:1",
                                          "committed:2",    "acked:1",     "acked:2" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char name[20] = "killed";
        int status;
        pid_t pid;

        name[6] = (char)('a' + i);
        pid = fork();
        if (pid == 0)
            die_at(places[i], name);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        house_wait(
            &h, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'to be killed'", 0);
        give_batch(&h, h.node.intake, name);
        house_run(&h);
        assert_there_once(name);
    }
    assert_int_equal(h.refused, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_batch_survives_a_loss_before_any_of_its_statements),
        cmocka_unit_test(test_a_batch_whose_commit_nobody_heard_of_is_not_done_again),
        cmocka_unit_test(test_an_answer_whose_commit_nobody_heard_of_goes_out_once),
        cmocka_unit_test(test_a_process_killed_anywhere_leaves_all_or_nothing_and_the_next_goes_on),
    };
    int failed;

    house_begin(&h, "relevo_test_lost", house_policy, NULL);
    cut = cut_new(h.base, h.conninfo);
    house_node_begin(&h, &far, cut_conninfo(cut), "behind the proxy");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    house_node_end(&far);
    cut_free(cut);
    house_end(&h);
    return failed;
}
