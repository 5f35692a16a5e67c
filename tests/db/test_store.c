/* Facts of known tickets: several in one transaction, races with other nodes, what others hear. */
#include <event2/event.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/ticket_event.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

enum { FACTS = 4, TALKS = 8, TALK = 6 };

static struct house h;
static struct house_node other;

static int64_t open_ticket(const char *id, const char *who)
{
    house_give(&h, 1, house_mail(&h, id, who, NULL));
    return house_count(&h, "SELECT ticket_id FROM message WHERE external_id = '%s'", id);
}

/* --- several facts at once
 * ---------------------------------------------------------------------------- */

static struct {
    enum error_kind kind[FACTS];
    char why[FACTS][200];
    size_t plan_events[FACTS];
    int64_t message_id[FACTS];
} told;

static void on_stored(void *arg, const struct store_answer *answers, size_t count)
{
    size_t i;

    (void)arg;
    for (i = 0; i < count; i++) {
        told.kind[i] = answers[i].err.kind;
        snprintf(told.why[i], sizeof(told.why[i]), "%s", answers[i].err.text);
        told.plan_events[i] = answers[i].plan == NULL ? 0 : answers[i].plan->event_count;
        told.message_id[i] = answers[i].message_id;
    }
    h.open--;
}

/* Four facts: a note, a second one of the same ticket, one that cannot be, a note elsewhere. */
static void four_facts(int64_t one, int64_t two, const char *poison)
{
    static const struct store_message note = { .text = "seen", .agent = "ana" };
    struct arena *a = arena_new();
    struct store_fact *f = arena_array(a, FACTS, sizeof(*f));
    struct store_message *bad = arena_alloc(a, sizeof(*bad));
    int i;

    for (i = 0; i < FACTS; i++) {
        f[i] = (struct store_fact){ .desk_id = 1,
                                    .ticket_id = i == 3 ? two : one,
                                    .fact = house_fact(FACT_AGENT_NOTED, FACT_BY_AGENT, "ana"),
                                    .message = &note };
        f[i].fact.at = h.now;
    }
    *bad = (struct store_message){ .text = poison, .agent = "ana" };
    f[1].message = bad;
    f[2].ticket_id = 4711;
    memset(&told, 0, sizeof(told));
    h.open++;
    store_facts(h.node.store, a, f, FACTS, on_stored, NULL);
    house_run(&h);
}

static void test_a_fact_that_cannot_be_holds_up_no_other_of_its_batch(void **state)
{
    int64_t one = open_ticket("one@x", "one@client.example");
    int64_t two = open_ticket("two@x", "two@client.example");

    (void)state;
    four_facts(one, two, "seen too");
    assert_int_equal(told.kind[0], ERROR_NONE);
    assert_int_equal(told.kind[1], ERROR_NONE);
    assert_int_equal(told.kind[2], ERROR_PERMANENT);
    assert_string_equal(told.why[2], "there is no ticket 4711");
    assert_int_equal(told.kind[3], ERROR_NONE);
    assert_true(told.plan_events[0] > 0 && told.plan_events[1] > 0 && told.plan_events[3] > 0);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message WHERE direction = 'note'"), 3);
}

static void test_a_batch_split_up_answers_each_fact_with_its_plan(void **state)
{
    int64_t one = house_count(&h, "SELECT min(ticket_id) FROM ticket");
    int64_t two = house_count(&h, "SELECT max(ticket_id) FROM ticket");

    (void)state;
    test_db_exec(h.conn, "ALTER TABLE message ADD CONSTRAINT message_is_no_poison "
                         "CHECK (text <> 'poison')");
    four_facts(one, two, "poison");
    assert_int_equal(told.kind[0], ERROR_NONE);
    assert_int_equal(told.kind[1], ERROR_PERMANENT);
    assert_non_null(strstr(told.why[1], "message_is_no_poison"));
    assert_int_equal(told.kind[2], ERROR_PERMANENT);
    assert_int_equal(told.kind[3], ERROR_NONE);
    assert_true(told.plan_events[0] > 0 && told.plan_events[3] > 0);
    assert_int_equal(told.plan_events[1], 0);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM message WHERE message_id IN (%" PRId64
                                 ", %" PRId64 ")",
                                 told.message_id[0], told.message_id[3]),
                     2);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message WHERE direction = 'note'"), 5);
}

static void test_an_answer_that_came_from_outside_is_in_the_ledger(void **state)
{
    struct store_message words = { .subject = "Re: Pedido",
                                   .text = "Ya sale hoy",
                                   .agent = "ana",
                                   .mail_id = "answer@desk",
                                   .external_id = "api/17",
                                   .channel_id = 2 };
    struct inbound *in;
    int64_t one = house_count(&h, "SELECT min(ticket_id) FROM ticket");

    (void)state;
    house_happens(&h, one, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &words);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    house_says(&h,
               "SELECT concat_ws('|', m.channel_id, m.external_id, m.mail_id, i.outcome, "
               "i.message_id = m.message_id, i.ticket_id = m.ticket_id) FROM message m JOIN intake "
               "i USING (desk_id, channel_id, external_id) WHERE m.direction = 'out'",
               "2|api/17|answer@desk|message|t|t");
    house_happens(&h, one, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &words);
    assert_int_equal(h.answer.err.kind, ERROR_PERMANENT); /* taken before */
    assert_int_equal(house_count(&h, "SELECT count(*) FROM delivery WHERE notice = 'E-06'"), 1);
    in = house_mail(&h, "back@x", "one@client.example", "answer@desk");
    house_give(&h, 1, in);
    assert_int_equal(house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'back@x'"),
                     one);
}

/* --- merges
 * ------------------------------------------------------------------------------------------- */

static void test_a_merge_ends_one_ticket_in_the_other_in_one_transaction(void **state) /* C-15 */
{
    int64_t into = open_ticket("into@x", "pepe@client.example"), from;
    struct fact f = house_fact(FACT_MERGED_INTO, FACT_BY_OPERATOR, "root");

    (void)state;
    h.now -= 60;
    from = open_ticket("from@x", "pepe@client.example"); /* the earlier start is kept */
    h.now += 60;
    f.other = into;
    house_happens(&h, from, f, NULL);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM ticket WHERE status = 'closed' AND "
                                 "ticket_id = %" PRId64 " AND merged_into = %" PRId64,
                                 from, into),
                     1);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM target_clock WHERE ended <> 'merged' "
                                 "AND ticket_id = %" PRId64,
                                 from),
                     0);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM target_clock WHERE kind = "
                                 "'first_response' AND started_at = to_timestamp(%" PRId64
                                 ") AND ticket_id = %" PRId64,
                                 h.now - 60, into),
                     1);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM event WHERE kind = 'merged_from' AND "
                                 "ticket_id = %" PRId64,
                                 into),
                     1);
    house_give(&h, 1, house_mail(&h, "later@x", "pepe@client.example", "from@x")); /* T-40 */
    assert_int_equal(house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'later@x'"),
                     into);
}

static void test_a_merge_that_cannot_be_changes_neither_ticket(void **state)
{
    int64_t one = house_count(&h, "SELECT min(ticket_id) FROM ticket");
    long events = house_count(&h, "SELECT count(*) FROM event");
    struct fact f = house_fact(FACT_MERGED_INTO, FACT_BY_OPERATOR, "root");

    (void)state;
    f.other = one;
    house_happens(&h, one, f, NULL);
    assert_int_equal(h.answer.err.kind, ERROR_PERMANENT);
    f.other = 4711;
    house_happens(&h, one, f, NULL);
    assert_int_equal(h.answer.err.kind, ERROR_PERMANENT);
    f.other = one;
    house_happens(&h, house_count(&h, "SELECT ticket_id FROM ticket WHERE merged_into IS NOT NULL"),
                  f, NULL); /* it was merged already */
    assert_int_equal(h.answer.err.kind, ERROR_PERMANENT);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM event"), events);
}

/* --- who watches
 * ------------------------------------------------------------------------------------------------
 */

static void test_who_watches_is_stored_and_read_back(void **state)
{
    static const char *const names[] = { "ana", "second" };
    struct fact f = house_fact(FACT_WATCHED, FACT_BY_OPERATOR, "root");
    int64_t one = open_ticket("watched@x", "pepe@client.example");

    (void)state;
    f.names = names;
    f.name_count = 2;
    house_happens(&h, one, f, NULL);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    f.name_count = 0;
    f.names_off = names;
    f.name_off_count = 1;
    house_happens(&h, one, f, NULL);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM ticket WHERE watchers = '{second}' AND "
                                 "ticket_id = %" PRId64,
                                 one),
                     1);
    house_give(&h, 1, house_mail(&h, "watched2@x", "pepe@client.example", "watched@x"));
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM delivery WHERE notice = 'A-02' AND rule = "
                                 "'D-18' AND agent = 'eva' AND ticket_id = %" PRId64,
                                 one),
                     1);
}

/* --- others on the same database
 * ---------------------------------------------------------------------- */

static void test_what_loses_a_race_is_done_again_and_once(void **state) /* F12 */
{
    static const char *const states[] = { "40001", "40P01", "23505", "55P03" };
    uint64_t retries = intake_counts(h.node.intake)->retries;
    size_t i;

    (void)state;
    test_db_exec(h.conn, "CREATE SEQUENCE trip");
    for (i = 0; i < 4; i++) {
        char *sql = xasprintf(
            "CREATE OR REPLACE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            "IF nextval('trip') %% 2 = 1 THEN RAISE 'lost' USING ERRCODE = '%s'; END IF; RETURN "
            "NEW; END$$; CREATE OR REPLACE TRIGGER trip BEFORE INSERT ON event FOR EACH STATEMENT "
            "EXECUTE FUNCTION trip()",
            states[i]);

        test_db_exec(h.conn, sql);
        free(sql);
        house_give(&h, 1, house_mail(&h, states[i], "race@client.example", NULL));
    }
    test_db_exec(h.conn, "DROP TRIGGER trip ON event");
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message WHERE address = "
                                     "'race@client.example'"),
                     4);
    assert_int_equal(intake_counts(h.node.intake)->retries, retries + 4);
}

static void test_a_lock_that_somebody_keeps_ends_in_an_answer_not_in_a_pile(void **state) /* F11 */
{
    int64_t one = house_count(&h, "SELECT min(ticket_id) FROM ticket");
    int refused = h.refused;

    (void)state;
    house_node_end(&other);
    h.settings = "-c lock_timeout=20ms";
    house_node_begin(&h, &other, NULL, "an impatient node");
    test_db_exec(h.conn, "BEGIN; SELECT FROM ticket FOR UPDATE");
    house_take(&h, other.intake, 1, house_mail(&h, "locked@x", "one@client.example", "one@x"));
    house_run(&h);
    test_db_exec(h.conn, "ROLLBACK");
    assert_int_equal(h.refused, refused + 1);
    house_give(&h, 1, house_mail(&h, "locked@x", "one@client.example", "one@x"));
    assert_int_equal(
        house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'locked@x'"), one);
    house_node_end(&other);
    h.settings = NULL;
    house_node_begin(&h, &other, NULL, "node two");
}

static struct inbound *talk(int customer, int n)
{
    char id[40], who[40], before[40];

    snprintf(id, sizeof(id), "talk%d-%d@x", customer, n);
    snprintf(before, sizeof(before), "talk%d-%d@x", customer, n - 1);
    snprintf(who, sizeof(who), "talk%d@client.example", customer);
    return house_mail(&h, id, who, n == 0 ? NULL : before);
}

static void test_two_nodes_that_get_the_same_messages_at_once_store_each_once(void **state)
{
    int c, n;

    (void)state; /* F29, F46 */
    for (n = 0; n < TALK; n++)
        for (c = 0; c < TALKS; c++) {
            house_take(&h, h.node.intake, 1, talk(c, n));
            house_take(&h, other.intake, 1, talk(TALKS - 1 - c, n));
        }
    house_run(&h);
    assert_int_equal(
        house_count(&h, "SELECT count(*) FROM message WHERE external_id LIKE 'talk%%'"),
        TALKS * TALK);
    assert_int_equal(house_count(&h, "SELECT count(DISTINCT ticket_id) FROM message WHERE "
                                     "external_id LIKE 'talk%%'"),
                     TALKS);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM contact JOIN address USING (desk_id, "
                                     "contact_id) WHERE value LIKE 'talk%%'"),
                     TALKS);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM delivery d JOIN message m USING "
                                     "(desk_id, ticket_id) WHERE d.notice IN ('E-01', 'E-02') AND "
                                     "m.external_id LIKE 'talk%%-0@x'"),
                     TALKS);
}

static void test_two_nodes_that_act_on_one_ticket_at_once_leave_one_chain(void **state)
{
    int64_t ticket_id = house_count(&h, "SELECT max(ticket_id) FROM ticket");
    struct house_node *nodes[] = { &h.node, &other };
    int i;

    (void)state;
    for (i = 0; i < 10; i++) {
        struct arena *a = arena_new();
        struct store_fact *f = arena_alloc(a, sizeof(*f));

        *f = (struct store_fact){ .desk_id = 1,
                                  .ticket_id = ticket_id,
                                  .fact = house_fact(FACT_AGENT_NOTED, FACT_BY_AGENT, "ana") };
        h.open++;
        store_facts(nodes[i % 2]->store, a, f, 1, on_stored, NULL);
    }
    house_run(&h);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM event WHERE kind = 'agent_noted' AND "
                                 "ticket_id = %" PRId64,
                                 ticket_id),
                     10);
    assert_int_equal(house_count(&h,
                                 "SELECT max(seq) - count(*) FROM event WHERE ticket_id = "
                                 "%" PRId64,
                                 ticket_id),
                     0);
}

/* Each line's hash covers the line before it, of all tickets that these tests made. */
static void test_every_history_is_one_unbroken_chain(void **state)
{
    PGresult *res = PQexec(h.conn, "SELECT ticket_id, seq, extract(epoch FROM at)::bigint, cause, "
                                   "policy_version, kind, actor_kind, actor, rule, why, detail, "
                                   "fact, encode(hash, 'hex') FROM event ORDER BY ticket_id, seq");
    unsigned char hash[32] = { 0 };
    char hex[65];
    int i, k;

    (void)state;
    assert_true(PQntuples(res) > 100);
    for (i = 0; i < PQntuples(res); i++) {
        const char *text[7];
        struct ticket_event_line line;

        for (k = 0; k < 7; k++)
            text[k] = PQgetisnull(res, i, 5 + k) ? NULL : PQgetvalue(res, i, 5 + k);
        line = (struct ticket_event_line){ .ticket_id = atoll(PQgetvalue(res, i, 0)),
                                           .seq = atoll(PQgetvalue(res, i, 1)),
                                           .at = atoll(PQgetvalue(res, i, 2)),
                                           .cause = atoll(PQgetvalue(res, i, 3)),
                                           .policy_version = atoi(PQgetvalue(res, i, 4)),
                                           .kind = text[0],
                                           .actor_kind = text[1],
                                           .actor = text[2],
                                           .rule = text[3],
                                           .why = text[4],
                                           .detail = text[5],
                                           .fact = text[6] };
        if (line.seq == 1)
            memset(hash, 0, sizeof(hash));
        ticket_event_hash(hash, &line, hash);
        for (k = 0; k < 32; k++)
            snprintf(hex + 2 * k, 3, "%02x", hash[k]);
        assert_string_equal(hex, PQgetvalue(res, i, 12));
    }
    PQclear(res);
}

/* --- what others hear
 * --------------------------------------------------------------------------------- */

static int heard(const char *name)
{
    PGnotify *note;
    int n = 0;

    PQconsumeInput(h.conn);
    while ((note = PQnotifies(h.conn)) != NULL) {
        n += strcmp(note->relname, name) == 0;
        PQfreemem(note);
    }
    return n;
}

static void test_the_other_nodes_hear_of_due_work_and_of_deliveries(void **state)
{
    struct store_message words = { .subject = "Re: Pedido", .text = "Ya sale", .agent = "ana" };
    int64_t ticket_id = open_ticket("before the listening@x", "pepe@client.example");

    (void)state;
    test_db_exec(h.conn, "LISTEN relevo_delivery; LISTEN relevo_due");
    house_happens(&h, ticket_id, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &words);
    house_count(&h, "SELECT 1"); /* what was sent before its answer is here now */
    assert_int_equal(heard("relevo_delivery"), 1);
    open_ticket("heard@x", "pepe@client.example"); /* it waits for an owner at once */
    house_count(&h, "SELECT 1");
    assert_int_equal(heard("relevo_due"), 1);
    house_happens(&h, ticket_id, house_fact(FACT_AGENT_NOTED, FACT_BY_AGENT, "ana"), NULL);
    house_count(&h, "SELECT 1");
    assert_int_equal(heard("relevo_delivery"), 0);
    test_db_exec(h.conn, "UNLISTEN *");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fact_that_cannot_be_holds_up_no_other_of_its_batch),
        cmocka_unit_test(test_a_batch_split_up_answers_each_fact_with_its_plan),
        cmocka_unit_test(test_an_answer_that_came_from_outside_is_in_the_ledger),
        cmocka_unit_test(test_a_merge_ends_one_ticket_in_the_other_in_one_transaction),
        cmocka_unit_test(test_a_merge_that_cannot_be_changes_neither_ticket),
        cmocka_unit_test(test_who_watches_is_stored_and_read_back),
        cmocka_unit_test(test_what_loses_a_race_is_done_again_and_once),
        cmocka_unit_test(test_a_lock_that_somebody_keeps_ends_in_an_answer_not_in_a_pile),
        cmocka_unit_test(test_two_nodes_that_get_the_same_messages_at_once_store_each_once),
        cmocka_unit_test(test_two_nodes_that_act_on_one_ticket_at_once_leave_one_chain),
        cmocka_unit_test(test_every_history_is_one_unbroken_chain),
        cmocka_unit_test(test_the_other_nodes_hear_of_due_work_and_of_deliveries),
    };
    int failed;

    house_begin(&h, "relevo_test_store", house_policy, NULL);
    house_node_begin(&h, &other, NULL, "node two");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    house_node_end(&other);
    house_end(&h);
    return failed;
}
