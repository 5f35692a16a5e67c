/* Messages that go on in a ticket of their own (C-15): what goes along, where answers go, and who
 * may not. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/embedded.h"
#include "core/inbound.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

static struct house h;

static int64_t open_ticket(const char *id, const char *who)
{
    house_give(&h, 1, house_mail(&h, id, who, NULL));
    return house_count(&h, "SELECT ticket_id FROM message WHERE external_id = '%s'", id);
}

static int64_t message_of(const char *id)
{
    return house_count(&h, "SELECT message_id FROM message WHERE external_id = '%s'", id);
}

static void split(int64_t ticket_id, const int64_t *moved, size_t count)
{
    struct fact f = house_fact(FACT_SPLIT_INTO, FACT_BY_AGENT, "ana");

    f.moved = moved;
    f.moved_count = count;
    house_happens(&h, ticket_id, f, NULL);
}

/* A ticket of two people's mails, the second with a file, a minute later. */
static int64_t ticket_of_two(const char *first, const char *second)
{
    static struct inbound_attachment file = { .filename = "a.png", .size = 3, .url = "u" };
    int64_t one = open_ticket(first, "pepe@client.example");
    struct inbound *in;

    h.now += 60;
    in = house_mail(&h, second, "pepe@client.example", first);
    in->attachments = &file;
    in->attachment_count = 1;
    house_give(&h, 1, in);
    h.now += 60;
    return one;
}

static void test_a_split_moves_a_message_with_all_that_is_its(void **state) /* C-15 */
{
    int64_t one = ticket_of_two("whole@x", "part@x"), moved = message_of("part@x"), child;
    uint64_t opened;

    (void)state;
    house_give(&h, 1, house_mail(&h, "more@x", "pepe@client.example", "whole@x"));
    opened = store_counts(h.node.store)->tickets;
    split(one, &moved, 1);
    assert_int_equal(store_counts(h.node.store)->tickets, opened + 1);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    child = h.answer.opened;
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM message JOIN attachment a USING (desk_id, "
                                 "ticket_id, message_id) JOIN intake i USING (desk_id, ticket_id, "
                                 "message_id) JOIN thread_key k USING (desk_id, ticket_id) WHERE "
                                 "ticket_id = %" PRId64 " AND message_id = %" PRId64
                                 " AND k.kind = 'm' AND k.key = 'part@x'",
                                 child, moved),
                     1);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM target_clock WHERE kind = 'first_response' "
                                 "AND started_at = to_timestamp(%" PRId64 ") AND ticket_id = "
                                 "%" PRId64,
                                 h.now - 60, child),
                     1);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM delivery WHERE recipient = 'customer' "
                                 "AND ticket_id = %" PRId64,
                                 child),
                     0);
    assert_int_equal(
        house_count(&h, "SELECT count(*) FROM message WHERE ticket_id = %" PRId64, one), 2);
    assert_int_equal(house_count(&h,
                                 "SELECT (detail::json ->> 'other')::bigint FROM event WHERE kind "
                                 "= 'split_into' AND ticket_id = %" PRId64,
                                 one),
                     child);
    assert_int_equal(house_count(&h,
                                 "SELECT (detail::json ->> 'other')::bigint FROM event WHERE kind "
                                 "= 'split_from' AND ticket_id = %" PRId64,
                                 child),
                     one);
    house_give(&h, 1, house_mail(&h, "to-part@x", "pepe@client.example", "part@x"));
    assert_int_equal(
        house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'to-part@x'"), child);
    house_give(&h, 1, house_mail(&h, "to-whole@x", "pepe@client.example", "whole@x"));
    assert_int_equal(
        house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'to-whole@x'"), one);
}

static void test_what_was_answered_here_was_waited_for_no_longer_and_is_there(void **state)
{
    static const struct store_message answer = { .text = "It is on its way.", .agent = "ana" };
    int64_t one = ticket_of_two("asked@x", "also@x"), moved = message_of("also@x"), child;

    (void)state;
    house_happens(&h, one, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &answer);
    house_give(&h, 1, house_mail(&h, "again@x", "pepe@client.example", "asked@x"));
    split(one, &moved, 1);
    child = h.answer.opened;
    assert_int_equal(house_count(&h,
                                 "SELECT coalesce((fact::json ->> 'unanswered')::int, 0) FROM "
                                 "event WHERE kind = 'split_into' AND ticket_id = %" PRId64,
                                 one),
                     0);
    assert_int_equal(house_count(&h,
                                 "SELECT (fact::json ->> 'unanswered')::int FROM event WHERE kind "
                                 "= 'split_from' AND ticket_id = %" PRId64,
                                 child),
                     1);
    moved = message_of("again@x");
    split(one, &moved, 1);
    assert_int_equal(house_count(&h,
                                 "SELECT (fact::json ->> 'unanswered')::int FROM event WHERE kind "
                                 "= 'split_into' AND ticket_id = %" PRId64 " ORDER BY seq DESC",
                                 one),
                     1);
}

static void test_a_split_that_cannot_be_moves_nothing_and_says_why(void **state)
{
    static const struct store_message answer = { .text = "It is on its way.", .agent = "ana" };
    int64_t one = ticket_of_two("stays@x", "stays-too@x"), elsewhere = message_of("whole@x");
    int64_t opening = message_of("stays@x"), out, both[2] = { message_of("stays-too@x"), opening };
    long events;

    (void)state;
    house_happens(&h, one, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &answer);
    out = h.answer.message_id;
    events = house_count(&h, "SELECT count(*) FROM event");
    split(one, &elsewhere, 1);
    assert_non_null(strstr(h.answer.err.text, "has no message"));
    split(one, &out, 1);
    assert_non_null(strstr(h.answer.err.text, "is not the customer's"));
    split(one, &opening, 1);
    assert_non_null(strstr(h.answer.err.text, "opened ticket"));
    split(one, both, 2);
    assert_non_null(strstr(h.answer.err.text, "opened ticket"));
    split(one, NULL, 0);
    assert_int_equal(h.answer.err.kind, ERROR_PERMANENT);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM event"), events);
    assert_int_equal(
        house_count(&h, "SELECT count(*) FROM message WHERE ticket_id = %" PRId64, one), 3);
}

static void test_a_message_is_edited_where_it_went_while_that_was_looked_up(void **state)
{
    int64_t one = ticket_of_two("stays-here@x", "goes@x"), moved = message_of("goes@x");
    int64_t elsewhere = open_ticket("elsewhere@x", "pepe@client.example");
    struct inbound *in = house_mail(&h, "goes@x", "pepe@client.example", NULL);
    PGconn *side = PQconnectdb(h.conninfo);
    char *sql = xasprintf("UPDATE message SET ticket_id = %" PRId64 " WHERE message_id = %" PRId64
                          "; UPDATE intake SET ticket_id = %" PRId64 " WHERE message_id = %" PRId64
                          "; COMMIT",
                          elsewhere, moved, elsewhere, moved);

    (void)state;
    assert_int_equal(PQstatus(side), CONNECTION_OK);
    test_db_exec(side, "BEGIN; SELECT FROM ticket FOR UPDATE");
    in->kind = INBOUND_EDIT;
    in->text = in->reply_text = "Another thing";
    house_take(&h, h.node.intake, 1, in);
    house_wait(&h,
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "wait_event_type = 'Lock'",
               1);
    test_db_exec(side, sql);
    house_run(&h);
    PQfinish(side);
    free(sql);
    assert_int_equal(house_count(&h,
                                 "SELECT ticket_id FROM message WHERE text = 'Another thing' AND "
                                 "message_id = %" PRId64,
                                 moved),
                     elsewhere);
    assert_int_not_equal(one, elsewhere);
}

static struct inbound *mail_about(const char *id, const char *subject, const char *answers)
{
    struct inbound *in = house_mail(&h, id, "eva@client.example", answers);

    in->subject = arena_strdup(in->arena, subject);
    return in;
}

static int64_t ticket_with(const char *id)
{
    return house_count(&h, "SELECT ticket_id FROM message WHERE external_id = '%s'", id);
}

/* By its old subject, too, and what comes under the new one. */
static void test_who_answers_a_message_that_was_given_another_subject_comes_to_it(void **state)
{
    struct fact f = house_fact(FACT_SPLIT_INTO, FACT_BY_AGENT, "ana");
    int64_t moved[2], child;

    (void)state;
    house_give(&h, 1, mail_about("shop@x", "The shop is closed today", NULL));
    house_give(&h, 1, mail_about("bill@x", "Re: The shop is closed today", "shop@x"));
    h.now += 60;
    house_give(&h, 1, mail_about("bill-too@x", "Re: The shop is closed today", "shop@x"));
    moved[0] = message_of("bill-too@x");
    moved[1] = message_of("bill@x");
    f.moved = moved;
    f.moved_count = 2;
    f.title = "Invoice 4711 wrong";
    house_happens(&h, ticket_with("shop@x"), f, NULL);
    child = h.answer.opened;
    assert_int_equal(
        house_count(&h,
                    "SELECT count(*) FROM ticket WHERE created_at = to_timestamp(%" PRId64
                    ") AND last_customer_at = to_timestamp(%" PRId64 ") AND ticket_id = %" PRId64,
                    h.now - 60, h.now, child),
        1);
    house_give(&h, 1, mail_about("old@x", "Re: The shop is closed today", "bill@x"));
    assert_int_equal(ticket_with("old@x"), child);
    house_give(&h, 1, mail_about("new@x", "Re: Invoice 4711 wrong", "bill@x"));
    assert_int_equal(ticket_with("new@x"), child);
    house_give(&h, 1, mail_about("parent@x", "Re: The shop is closed today", "shop@x"));
    assert_int_equal(ticket_with("parent@x"), ticket_with("shop@x"));
}

static void split_them(int64_t ticket_id, const char *one, const char *two)
{
    int64_t moved[2] = { message_of(one), two == NULL ? 0 : message_of(two) };

    split(ticket_id, moved, two == NULL ? 1 : 2);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
}

static void leads_to(int64_t ticket_id, const char *address, const char *message)
{
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM ticket WHERE last_address = '%s' AND "
                                 "last_external_id = '%s' AND last_message_id = '%s' AND "
                                 "ticket_id = %" PRId64,
                                 address, message, message, ticket_id),
                     1);
}

static void test_answers_go_to_whoever_wrote_last_of_what_each_of_them_has(void **state)
{
    struct inbound *in;
    int64_t one = open_ticket("of-ana@x", "ana@client.example");

    (void)state;
    in = house_mail(&h, "more-of-ana@x", "ana@client.example", "of-ana@x");
    in->reply_to = (struct inbound_address){ "email", "office@client.example", NULL };
    house_give(&h, 1, in);
    leads_to(one, "office@client.example", "more-of-ana@x");
    split_them(one, "more-of-ana@x", NULL); /* what led the answers goes, with its Reply-To */
    leads_to(h.answer.opened, "office@client.example", "more-of-ana@x");
    leads_to(one, "ana@client.example", "of-ana@x");
    house_give(&h, 1, house_mail(&h, "third-of-ana@x", "ana@client.example", "of-ana@x"));
    h.now += 60;
    in = house_mail(&h, "fourth-of-ana@x", "ana@client.example", "of-ana@x");
    in->reply_to = (struct inbound_address){ "email", "office@client.example", NULL };
    house_give(&h, 1, in);
    split_them(one, "third-of-ana@x", NULL); /* and what did not stays as it is */
    leads_to(h.answer.opened, "ana@client.example", "third-of-ana@x");
    leads_to(one, "office@client.example", "fourth-of-ana@x");
}

/* Somebody answers from the shared mailbox and copies the desk in: what comes back is no customer's
 * (E-01), wherever it goes. */
static void test_mail_in_the_desks_own_name_leads_no_answers_and_is_no_persons(void **state)
{
    static struct inbound_address us = { "email", "help@desk.example", NULL };
    struct inbound *in = house_mail(&h, "asks-us@x", "noa@client.example", NULL);
    int64_t one;

    (void)state;
    in->to = &us;
    in->to_count = 1;
    house_give(&h, 1, in);
    one = house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'asks-us@x'");
    in = house_mail(&h, "by-hand@x", us.value, "asks-us@x");
    in->reply_to = (struct inbound_address){ "email", "somebody@desk.example", NULL };
    house_give(&h, 1, in);
    leads_to(one, "noa@client.example", "asks-us@x");
    house_says(&h, "SELECT flags FROM message WHERE external_id = 'by-hand@x'", "{automatic}");
    house_give(&h, 1, house_mail(&h, "asks-again@x", "noa@client.example", "by-hand@x"));
    leads_to(one, "noa@client.example", "asks-again@x");
    split_them(one, "by-hand@x", NULL);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM target_clock WHERE kind <> "
                                 "'first_response' AND ticket_id = %" PRId64,
                                 h.answer.opened),
                     0);
}

static void test_a_machines_message_that_goes_along_opens_nothing(void **state)
{
    struct inbound *in;
    int64_t one = open_ticket("asks@x", "luz@client.example");

    (void)state;
    in = house_mail(&h, "away@x", "luz@client.example", "asks@x");
    in->nature = INBOUND_OUT_OF_OFFICE;
    house_give(&h, 1, in);
    h.now += 60;
    house_give(&h, 1, house_mail(&h, "asks-more@x", "luz@client.example", "asks@x"));
    split_them(one, "away@x", "asks-more@x");
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM target_clock WHERE kind = 'first_response' "
                                 "AND started_at = to_timestamp(%" PRId64
                                 ") AND ended_at IS NULL AND ticket_id = %" PRId64,
                                 h.now, h.answer.opened),
                     1);
    in = house_mail(&h, "complaint@x", "luz@client.example", "asks@x");
    in->nature = INBOUND_FEEDBACK;
    house_give(&h, 1, in);
    split_them(one, "complaint@x", NULL);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM target_clock WHERE ticket_id = %" PRId64,
                                 h.answer.opened),
                     0);
}

static int64_t waits_for_an_answer(int64_t ticket_id)
{
    return house_count(&h,
                       "SELECT count(*) FROM ticket WHERE memory LIKE '%%unanswered_since=%%' AND "
                       "ticket_id = %" PRId64,
                       ticket_id);
}

/* What a machine opened was answered, and then a person wrote to it, and a machine. */
static void test_where_only_a_machines_message_stays_nobody_waits_for_an_answer(void **state)
{
    static const struct store_message answer = { .text = "It is on its way.", .agent = "ana" };
    struct inbound *in = house_mail(&h, "by-machine@x", "eli@client.example", NULL);
    int64_t one;

    (void)state; /* C-15 */
    in->nature = INBOUND_BY_MACHINE;
    house_give(&h, 1, in);
    one = house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'by-machine@x'");
    house_happens(&h, one, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &answer);
    h.now += 60;
    house_give(&h, 1, house_mail(&h, "by-person@x", "eli@client.example", "by-machine@x"));
    h.now += 60;
    in = house_mail(&h, "eli-is-away@x", "eli@client.example", "by-machine@x");
    in->nature = INBOUND_OUT_OF_OFFICE;
    house_give(&h, 1, in);
    assert_int_equal(waits_for_an_answer(one), 1);
    split_them(one, "by-person@x", NULL);
    assert_int_equal(waits_for_an_answer(one), 0);
}

static void test_a_copy_and_an_answer_find_a_message_that_came_by_a_merge(void **state)
{
    struct fact merge = house_fact(FACT_MERGED_INTO, FACT_BY_AGENT, "ana");
    int64_t survivor = open_ticket("survives@x", "sol@client.example"), child;
    struct inbound *in;

    (void)state;
    /* Its answer came first and holds its key. */
    house_give(&h, 1, house_mail(&h, "answer-first@x", "sol@client.example", "late@x"));
    merge.other = survivor;
    house_happens(&h, ticket_with("answer-first@x"), merge, NULL);
    in = house_mail(&h, "late@x", "sol@client.example", "survives@x");
    house_give(&h, 1, in);
    assert_int_equal(ticket_with("late@x"), survivor);
    split_them(survivor, "late@x", NULL);
    child = h.answer.opened;
    house_give(&h, 1, house_mail(&h, "to-late@x", "sol@client.example", "late@x"));
    assert_int_equal(ticket_with("to-late@x"), child);
    assert_int_equal(house_count(&h, "SELECT ticket_id FROM thread_key WHERE kind = 'k' AND key = "
                                     "'late@x'"),
                     child);
}

static void test_the_words_of_what_went_twice_are_still_those_of_the_history(void **state)
{
    const struct embedded_file *f = embedded_find(embedded_queries, "history_facts.sql");
    int64_t one = ticket_of_two("first-home@x", "goes-once@x");
    char *before = xasprintf("%" PRId64, one - 1);
    const char *values[] = { "1", "-infinity", before, "0", "6", "t" };
    PGresult *res;
    int row, found = 0;

    (void)state;
    house_give(&h, 1, house_mail(&h, "goes-twice@x", "pepe@client.example", "first-home@x"));
    split_them(one, "goes-once@x", "goes-twice@x");
    split_them(h.answer.opened, "goes-twice@x", NULL);
    test_db_exec(h.conn, "UPDATE message SET text = 'I wander', reply_text = NULL WHERE "
                         "external_id = 'goes-twice@x'");
    res = PQexecParams(h.conn, f->bytes, 6, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        fail_msg("%s", PQresultErrorMessage(res));
    for (row = 0; row < PQntuples(res); row++)
        found += atoll(PQgetvalue(res, row, 0)) == one &&
                 strcmp(PQgetvalue(res, row, 9), "I wander") == 0;
    assert_int_equal(found, 1);
    PQclear(res);
    free(before);
}

static void test_a_report_counts_no_wait_for_what_went_before_it_was_answered(void **state)
{
    static const struct store_message answer = { .text = "It is on its way.", .agent = "ana" };
    int64_t one = open_ticket("waits@x", "mar@client.example");

    (void)state;
    house_happens(&h, one, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &answer);
    h.now += 60;
    house_give(&h, 1, house_mail(&h, "waits-elsewhere@x", "mar@client.example", "waits@x"));
    h.now += 86400;
    split_them(one, "waits-elsewhere@x", NULL);
    house_give(&h, 1, house_mail(&h, "waits-here@x", "mar@client.example", "waits@x"));
    h.now += 300;
    house_happens(&h, one, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &answer);
    assert_int_equal(house_count(&h,
                                 "SELECT waited_s FROM report_answers WHERE NOT first AND "
                                 "ticket_id = %" PRId64,
                                 one),
                     300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_split_moves_a_message_with_all_that_is_its),
        cmocka_unit_test(test_what_was_answered_here_was_waited_for_no_longer_and_is_there),
        cmocka_unit_test(test_a_split_that_cannot_be_moves_nothing_and_says_why),
        cmocka_unit_test(test_a_report_counts_no_wait_for_what_went_before_it_was_answered),
        cmocka_unit_test(test_a_message_is_edited_where_it_went_while_that_was_looked_up),
        cmocka_unit_test(test_who_answers_a_message_that_was_given_another_subject_comes_to_it),
        cmocka_unit_test(test_answers_go_to_whoever_wrote_last_of_what_each_of_them_has),
        cmocka_unit_test(test_mail_in_the_desks_own_name_leads_no_answers_and_is_no_persons),
        cmocka_unit_test(test_a_machines_message_that_goes_along_opens_nothing),
        cmocka_unit_test(test_where_only_a_machines_message_stays_nobody_waits_for_an_answer),
        cmocka_unit_test(test_a_copy_and_an_answer_find_a_message_that_came_by_a_merge),
        cmocka_unit_test(test_the_words_of_what_went_twice_are_still_those_of_the_history),
    };
    int failed;

    house_begin(&h, "relevo_test_split", house_policy, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    house_end(&h);
    return failed;
}
