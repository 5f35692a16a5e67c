/* What is owed leaves, once where nothing fails; what does not leave is told in the ticket. */
#include <event2/event.h>
#include <inttypes.h>
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
#include "core/token.h"
#include "daemon/db.h"
#include "daemon/deliver.h"
#include "tests/support/cut.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

static struct house h;
static struct cut *cut;

/* Delivers by that connection until the statement says `wanted`. */
static void deliver_by(const char *conninfo, const char *sql, long wanted)
{
    struct db *db = db_new(h.base, conninfo, "deliver", NULL, NULL, NULL);
    struct deliver *d = house_deliver(&h, db, &h.desks);

    house_wait(&h, sql, wanted);
    house_deliver_end(&h, db, d);
    db_free(db);
}

static void deliver_until(const char *sql, long wanted)
{
    deliver_by(h.conninfo, sql, wanted);
}

static int64_t open_ticket(const char *id)
{
    house_give(&h, 1, house_mail(&h, id, "pepe@client.example", NULL));
    return house_count(&h, "SELECT ticket_id FROM message WHERE external_id = '%s'", id);
}

/* The agent's words are all that is owed. */
static void reply(int64_t ticket_id)
{
    struct store_message words = { .subject = "Re: Pedido", .text = "Ya sale hoy", .agent = "ana" };

    house_happens(&h, ticket_id, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &words);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    test_db_exec(h.conn, "DELETE FROM delivery WHERE state = 'owed' AND notice <> 'E-06'");
}

static void test_what_the_peer_refuses_is_dead_and_its_ticket_says_so(void **state) /* F35 */
{
    int64_t ticket_id = open_ticket("refused@x");

    (void)state;
    reply(ticket_id);
    house_sending.answer = (struct sent){ .outcome = SENT_REFUSED, .words = "550 no such user" };
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'dead'", 1);
    house_sending.answer = (struct sent){ .outcome = SENT_OK, .words = "250 taken" };
    house_says(&h,
               "SELECT concat_ws('|', last_words, attempts, claimed_until) FROM delivery WHERE "
               "notice = 'E-06'",
               "550 no such user|1");
    house_says(&h,
               "SELECT concat_ws('|', kind, actor_kind, why, detail::json ->> 'notice', "
               "(detail::json ->> 'delivery_id')::bigint = (SELECT delivery_id FROM delivery WHERE "
               "notice = 'E-06')) FROM event ORDER BY seq DESC LIMIT 1",
               "delivery_dead|policy|it could not be delivered: 550 no such user|E-06|t");
}

/* Somebody renamed the mailbox: the answer can leave by nothing, and nobody would know. */
static void test_an_answer_that_has_no_way_out_is_told_as_one_that_was_refused(void **state)
{
    uint64_t dead = store_counts(h.node.store)->dead;
    int64_t ticket_id = open_ticket("no-way@x");
    struct fact solved = house_fact(FACT_STATUS_SET, FACT_BY_AGENT, "ana");
    struct store_message words = { .subject = "Re: Pedido", .text = "Ya sale hoy", .agent = "ana" };

    (void)state;
    solved.status = TICKET_SOLVED;
    test_db_exec(h.conn,
                 "WITH old AS (INSERT INTO channel (desk_id, name, kind) VALUES (1, 'before', "
                 "'webhook') RETURNING channel_id) UPDATE ticket SET last_channel_id = "
                 "old.channel_id FROM old, message m WHERE m.external_id = 'no-way@x' AND "
                 "ticket.ticket_id = m.ticket_id");
    house_happens(&h, ticket_id, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &words);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    house_says(
        &h,
        "SELECT concat_ws('|', e.kind, e.actor_kind, e.why, d.state, d.channel_id IS NULL) "
        "FROM event e JOIN delivery d USING (desk_id, ticket_id) JOIN message m USING "
        "(desk_id, ticket_id) WHERE d.notice = 'E-06' AND d.delivery_id = (e.detail::json ->> "
        "'delivery_id')::bigint AND m.external_id = 'no-way@x' AND e.kind = 'delivery_dead'",
        "delivery_dead|policy|it could not be delivered: the channel the customer wrote on is "
        "not configured any more|dead|t");
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM delivery WHERE notice = 'A-07' AND agent = "
                                 "'ana' AND state = 'owed' AND ticket_id = %" PRId64,
                                 ticket_id),
                     1);
    assert_int_equal(store_counts(h.node.store)->dead, dead + 1);
    house_happens(&h, ticket_id, solved, NULL); /* and so is a notice, though nobody hears of it */
    house_says(&h,
               "SELECT concat_ws('|', notice, state) FROM delivery WHERE channel_id IS NULL AND "
               "notice <> 'E-06'",
               "E-15|dead");
    assert_int_equal(store_counts(h.node.store)->dead, dead + 2);
}

/* RFC 5322 3.6.4, also after the ticket was read anew. */
static void test_an_answer_refers_to_the_whole_line_of_the_mail_it_answers(void **state)
{
    static const char *before[] = { "root@x", "ours@desk" };
    struct inbound *in = house_mail(&h, "last@x", "pepe@client.example", "ours@desk");
    int64_t ticket_id;

    (void)state;
    in->references = before;
    in->reference_count = 2;
    house_give(&h, 1, in);
    ticket_id = house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'last@x'");
    reply(ticket_id);
    house_says(&h,
               "SELECT concat_ws('|', mail_in_reply_to, mail_references) FROM delivery WHERE "
               "notice = 'E-06' ORDER BY delivery_id DESC LIMIT 1",
               "last@x|<root@x> <ours@desk> <last@x>");
    test_db_exec(h.conn, "DELETE FROM delivery");
}

static void test_what_became_untrue_is_dropped_and_its_ticket_says_why(void **state)
{
    int64_t ticket_id = open_ticket("untrue@x");
    struct fact f = house_fact(FACT_TIME_CAME, FACT_BY_TIME, NULL);
    long escalations;

    (void)state; /* B-15, B-18 */
    h.now += 3600;
    house_happens(&h, ticket_id, f, NULL);
    escalations = house_count(&h,
                              "SELECT count(*) FROM delivery WHERE notice = 'A-04' AND "
                              "ticket_id = %" PRId64,
                              ticket_id);
    assert_true(escalations > 0);
    f = house_fact(FACT_STATUS_SET, FACT_BY_AGENT, "ana");
    f.status = TICKET_SOLVED;
    house_happens(&h, ticket_id, f, NULL);
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'A-04' AND state = 'suppressed'",
                  escalations);
    house_says(&h, "SELECT DISTINCT last_words FROM delivery WHERE notice = 'A-04'",
               "B-15 it is solved");
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM event WHERE kind = 'notice_suppressed' "
                                 "AND rule = 'B-15' AND why = 'it is solved' AND detail LIKE "
                                 "'%%A-04%%' AND ticket_id = %" PRId64,
                                 ticket_id),
                     escalations);
}

static struct inbound *failed(const char *id)
{
    struct inbound *in = inbound_new();

    in->kind = INBOUND_RECEIPT;
    in->external_id = id;
    in->receipt = (struct inbound_receipt){ "SM9", RECEIPT_FAILED, "30003 unreachable" };
    return in;
}

static void test_what_was_sent_and_did_not_arrive_is_told_once(void **state)
{
    int64_t ticket_id = open_ticket("failed@x");

    (void)state;
    reply(ticket_id);
    house_sending.answer.external_id = "SM9";
    deliver_until("SELECT count(*) FROM delivery WHERE external_id = 'SM9'", 1);
    house_sending.answer.external_id = NULL;
    house_take(&h, h.node.intake, 1, failed("SM9/failed"));
    house_take(&h, h.node.intake, 1, failed("SM9/undelivered"));
    house_take(&h, h.node.intake, 1, failed("SM9/failed again"));
    house_run(&h);
    assert_int_equal(h.refused, 0);
    house_says(&h,
               "SELECT concat_ws('|', state, receipt, last_words) FROM delivery WHERE "
               "external_id = 'SM9'",
               "sent|failed|30003 unreachable");
    house_says(&h, "SELECT count(*) || ' ' || max(why) FROM event WHERE kind = 'delivery_failed'",
               "1 it was sent and did not arrive: 30003 unreachable");
}

/* What of a delivery says `sql` of the mail that the notice went out in. */
static char *mail_id_of(const char *which)
{
    char *sql =
        xasprintf("SELECT mail_id FROM delivery WHERE %s ORDER BY delivery_id DESC LIMIT 1", which);
    PGresult *res = PQexec(h.conn, sql);
    char *id = PQntuples(res) == 1 ? xstrdup(PQgetvalue(res, 0, 0)) : NULL;

    PQclear(res);
    free(sql);
    assert_non_null(id);
    return id;
}

static struct inbound *bounce(const char *id, const char *of, enum inbound_nature nature)
{
    struct inbound *in = house_mail(&h, id, "mailer-daemon@elsewhere.example", NULL);

    in->automatic = true;
    in->bounce = nature == INBOUND_BOUNCE;
    in->nature = nature;
    in->failed = (struct inbound_failed){ .recipient = "gone@x.example",
                                          .status = "5.1.1",
                                          .message_id = arena_strdup(in->arena, of) };
    return in;
}

/* T-74, T-75, T-82: the ticket hears of a person's words that did not arrive, and of nothing else.
 */
static void test_a_bounce_of_our_own_mail_goes_to_its_delivery_and_to_no_ticket(void **state)
{
    int64_t ticket_id = open_ticket("bounced@x");
    long tickets = house_count(&h, "SELECT count(*) FROM ticket");
    long events, owed;
    char *notice, *words;
    struct store_message said = { .subject = "Re: Pedido", .text = "Ya sale hoy", .agent = "ana" };

    (void)state;
    house_happens(&h, ticket_id, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &said);
    test_db_exec(h.conn, "UPDATE delivery SET mail_id = 'tok.' || delivery_id || '@desk.example'");
    notice = mail_id_of("notice <> 'E-06'");
    words = mail_id_of("notice = 'E-06'");
    events = house_count(&h, "SELECT count(*) FROM event");
    owed = house_count(&h, "SELECT count(*) FROM delivery");
    house_give(&h, 1, bounce("late@mx", notice, INBOUND_DELAYED));
    house_give(&h, 1, bounce("ndr1@mx", notice, INBOUND_BOUNCE));
    house_give(&h, 1, bounce("ndr2@mx", notice, INBOUND_BOUNCE));
    assert_int_equal(house_count(&h, "SELECT count(*) FROM event"), events);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM delivery WHERE receipt = 'failed' AND "
                                 "last_words = 'bounced: 5.1.1' AND mail_id = '%s'",
                                 notice),
                     1);
    house_give(&h, 1, bounce("ndr3@mx", words, INBOUND_BOUNCE));
    house_give(&h, 1, bounce("ndr4@mx", words, INBOUND_BOUNCE));
    assert_int_equal(house_count(&h, "SELECT count(*) FROM event"), events + 1);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM delivery"), owed + 1); /* A-07, once */
    test_db_exec(h.conn, "DELETE FROM dead_address");
    assert_int_equal(house_count(&h, "SELECT count(*) FROM ticket"), tickets);
    test_db_exec(h.conn, "DELETE FROM delivery WHERE state = 'owed'");
    free(notice);
    free(words);
}

/* A report that holds no id of ours but the address, or the envelope's id, that it comes back to.
 */
static void report(const char *id, enum inbound_nature nature, const char *recipient,
                   const char *action, const char *status, const char *token)
{
    struct inbound *in = bounce(id, "theirs@mx", nature);

    in->failed.message_id = NULL;
    in->failed.recipient = recipient;
    in->failed.action = action;
    in->failed.status = status;
    inbound_add_token(in, span_of(token));
    assert_int_equal(in->token_count, 1);
    house_give(&h, 1, in);
}

static void test_a_report_finds_its_delivery_by_the_address_that_it_came_back_to(void **state)
{
    static const struct {
        enum inbound_nature nature;
        const char *action, *status, *receipt;
    } told[] = {
        { INBOUND_DELAYED, "delayed", "4.4.1", "sent|delayed: 4.4.1" },
        { INBOUND_DELIVERED, "relayed", "2.0.0", "sent|relayed" },
        { INBOUND_DELIVERED, "delivered", "2.1.5", "delivered|delivered" },
        { INBOUND_BOUNCE, NULL, "5.2.2", "failed|bounced: 5.2.2" },
    };
    int64_t ticket_id = open_ticket("verp@x");
    unsigned char other_key[TOKEN_KEY_BYTES] = { 7 };
    char token[TOKEN_CHARS + 1], forged[TOKEN_CHARS + 1], id[] = "report0@mx";
    long events, tickets;
    int64_t delivery_id;
    size_t i;

    (void)state; /* B-13 */
    reply(ticket_id);
    delivery_id = house_count(&h,
                              "SELECT delivery_id FROM delivery WHERE notice = 'E-06' AND "
                              "ticket_id = %" PRId64,
                              ticket_id);
    token_make_delivery(h.desks.desk[0]->token_key, delivery_id, token);
    token_make_delivery(other_key, delivery_id, forged);
    events = house_count(&h, "SELECT count(*) FROM event WHERE ticket_id = %" PRId64, ticket_id);
    report("forged@mx", INBOUND_BOUNCE, NULL, NULL, "5.1.1", forged);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM delivery WHERE receipt IS NOT NULL AND "
                                 "ticket_id = %" PRId64,
                                 ticket_id),
                     0);
    tickets = house_count(&h, "SELECT count(*) FROM ticket");
    for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        test_db_exec(h.conn, "UPDATE delivery SET receipt = NULL WHERE receipt = 'sent'");
        id[6] = (char)('0' + i);
        report(id, told[i].nature, "gone@x.example", told[i].action, told[i].status, token);
        house_says(&h,
                   "SELECT concat_ws('|', receipt, last_words) FROM delivery WHERE receipt IS NOT "
                   "NULL ORDER BY delivery_id DESC LIMIT 1",
                   told[i].receipt);
        assert_int_equal(
            house_count(&h, "SELECT count(*) FROM event WHERE ticket_id = %" PRId64, ticket_id),
            events + (told[i].nature == INBOUND_BOUNCE));
    }
    assert_int_equal(house_count(&h, "SELECT count(*) FROM ticket"), tickets);
    test_db_exec(h.conn, "DELETE FROM delivery WHERE state = 'owed'");
}

/* --- B-12
 * --------------------------------------------------------------------------------- */

static const struct sent taken = { .outcome = SENT_OK, .words = "250 taken" };
static const struct sent nobody = { .outcome = SENT_REFUSED,
                                    .words = "550 5.1.1 no such user",
                                    .nobody = true };

/* What came of the last answer, and what of the ticket's agents' word of it. */
static void replied(int64_t ticket_id, const char *wanted, long told)
{
    reply(ticket_id);
    deliver_until("SELECT count(*) FROM delivery WHERE state = 'owed' AND notice = 'E-06'", 0);
    house_says(&h,
               "SELECT concat_ws('|', state, last_words) FROM delivery WHERE notice = 'E-06' "
               "ORDER BY delivery_id DESC LIMIT 1",
               wanted);
    assert_int_equal(
        house_count(&h, "SELECT count(*) FROM delivery WHERE notice = 'A-07' AND agent = 'ana'"),
        told);
}

static void test_nobody_is_written_to_at_an_address_where_nobody_is(void **state)
{
    int64_t ticket_id = open_ticket("nobody@x");
    struct fact solved = house_fact(FACT_STATUS_SET, FACT_BY_AGENT, "ana");

    (void)state;
    solved.status = TICKET_SOLVED;
    test_db_exec(h.conn, "DELETE FROM delivery");
    house_sending.answer = nobody;
    reply(ticket_id);
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'A-07' AND (last_words IS NULL OR "
                  "state = 'sent')",
                  1);
    house_sending.answer = taken;
    test_db_exec(h.conn, "DELETE FROM delivery");
    replied(ticket_id, "dead|B-12 nobody is at this address: 550 5.1.1 no such user", 1);
    house_says(&h,
               "SELECT concat_ws('|', kind, rule, why) FROM event WHERE kind = 'delivery_dead' "
               "ORDER BY at DESC, seq DESC LIMIT 1",
               "delivery_dead|B-12|it could not be delivered: nobody is at this address: 550 5.1.1 "
               "no such user");
    house_happens(&h, ticket_id, solved, NULL);
    h.now += 3600;
    deliver_until("SELECT count(*) FROM delivery WHERE state = 'suppressed' AND notice = 'E-15' "
                  "AND last_words LIKE 'B-12 nobody is at this address: 550 5.1.1%'",
                  1);
    house_says(&h,
               "SELECT concat_ws('|', kind, rule) FROM event WHERE kind = 'notice_suppressed' "
               "ORDER BY at DESC, seq DESC LIMIT 1",
               "notice_suppressed|B-12");
    test_db_exec(h.conn, "DELETE FROM delivery");
    house_give(&h, 1, house_mail(&h, "alive@x", "pepe@client.example", "nobody@x"));
    replied(ticket_id, "sent|250 taken", 0);
    test_db_exec(h.conn, "DELETE FROM delivery");
}

static void test_an_address_is_dead_for_sixty_days_after_a_bounce_that_says_so(void **state)
{
    static const struct {
        const char *status, *recipient; /* recipient: another one is behind an alias */
        long dead;
    } told[] = { { "5.2.2", NULL, 0 },
                 { "4.1.1", NULL, 0 },
                 { "5.1.8", NULL, 0 },
                 { NULL, NULL, 0 },
                 { "5.1.1", "bob@client.example", 0 },
                 { "5.1.1", "Pepe@client.example", 1 },
                 { "5.1.10", NULL, 1 } };
    int64_t ticket_id = open_ticket("sixty days@x"), delivery_id;
    char token[TOKEN_CHARS + 1], id[] = "sixty0@mx";
    size_t i;

    (void)state;
    test_db_exec(h.conn, "DELETE FROM delivery");
    for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        reply(ticket_id);
        delivery_id =
            house_count(&h, "SELECT max(delivery_id) FROM delivery WHERE notice = 'E-06'");
        token_make_delivery(h.desks.desk[0]->token_key, delivery_id, token);
        id[5] = (char)('0' + i);
        report(id, INBOUND_BOUNCE, told[i].recipient, "failed", told[i].status, token);
        assert_int_equal(house_count(&h, "SELECT count(*) FROM delivery WHERE receipt = 'failed'"),
                         1);
        assert_int_equal(house_count(&h, "SELECT count(*) FROM dead_address WHERE desk_id = 1 AND "
                                         "address = 'pepe@client.example'"),
                         told[i].dead);
        test_db_exec(h.conn, "DELETE FROM delivery");
    }
    h.now += DELIVER_DEAD_S - 1;
    replied(ticket_id, "dead|B-12 nobody is at this address: bounced: 5.1.10", 1);
    test_db_exec(h.conn, "DELETE FROM delivery");
    h.now += 1;
    replied(ticket_id, "sent|250 taken", 0);
    test_db_exec(h.conn, "DELETE FROM delivery; DELETE FROM dead_address");
}

static void test_what_may_work_later_is_tried_for_five_days_and_no_longer(void **state) /* F34 */
{
    static const struct {
        int attempts, owed_s;
        const char *state;
    } cases[] = {
        { DELIVER_ATTEMPTS_MAX, DELIVER_LIFE_S - 1, "owed" },     /* the peer named short pauses */
        { DELIVER_ATTEMPTS_MAX - 1, DELIVER_LIFE_S * 2, "owed" }, /* the sink rested for long */
        { DELIVER_ATTEMPTS_MAX, DELIVER_LIFE_S, "dead" },
    };
    int64_t ticket_id = open_ticket("five days@x"), pauses = 0;
    size_t i;
    int k;

    (void)state;
    test_db_exec(h.conn, "DELETE FROM delivery");
    house_sending.answer = (struct sent){ .outcome = SENT_RETRY, .words = "450 greylisted" };
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *sql;

        reply(ticket_id);
        sql = xasprintf("UPDATE delivery SET attempts = %d, created_at = to_timestamp(%" PRId64 ")",
                        cases[i].attempts - 1, h.now - cases[i].owed_s);
        test_db_exec(h.conn, sql);
        free(sql);
        deliver_until("SELECT count(*) FROM delivery WHERE last_words = '450 greylisted'", 1);
        house_says(&h, "SELECT state FROM delivery WHERE notice = 'E-06'", cases[i].state);
        test_db_exec(h.conn, "DELETE FROM delivery");
    }
    house_sending.answer = taken;
    for (k = 1; k < DELIVER_ATTEMPTS_MAX; k++)
        pauses += deliver_pause_s(k, 128);
    assert_in_range(pauses, DELIVER_LIFE_S, DELIVER_LIFE_S + 86400);
}

/* B-12, F59: it lay in a backup, or no node had its channel. */
static void test_a_notice_that_was_to_leave_five_days_ago_does_not_and_a_person_s_words_do(void **s)
{
    static const struct {
        const char *from;
        int waited_s;
        const char *says;
    } cases[] = {
        { "late@x.example", DELIVER_LIFE_S - 1, "sent" },
        { "old@x.example", DELIVER_LIFE_S,
          "suppressed: B-12 it was to leave more than five days ago" },
    };
    size_t i;
    char *sql;

    (void)s;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_db_exec(h.conn, "DELETE FROM delivery");
        house_give(&h, 1, house_mail(&h, cases[i].from, cases[i].from, NULL));
        assert_int_equal(house_count(&h, "SELECT count(*) FROM delivery WHERE notice = 'E-01'"), 1);
        sql = xasprintf("UPDATE delivery SET due_at = to_timestamp(%" PRId64 ")",
                        h.now - cases[i].waited_s);
        test_db_exec(h.conn, sql);
        free(sql);
        deliver_until("SELECT count(*) FROM delivery WHERE state = 'owed'", 0);
        house_says(&h,
                   "SELECT state || CASE WHEN state = 'sent' THEN '' ELSE ': ' || last_words END "
                   "FROM delivery WHERE notice = 'E-01'",
                   cases[i].says);
    }
    reply(open_ticket("words of old@x"));
    sql = xasprintf("UPDATE delivery SET due_at = to_timestamp(%" PRId64 ")",
                    h.now - 30 * DELIVER_LIFE_S);
    test_db_exec(h.conn, sql);
    free(sql);
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'sent'", 1);
    test_db_exec(h.conn, "DELETE FROM delivery");
}

static void test_when_a_sender_has_little_room_people_s_words_go_first_and_the_rest_waits(void **s)
{
    int64_t ticket_id;
    char who[] = "tight0@x.example";

    (void)s;
    test_db_exec(h.conn, "DELETE FROM delivery");
    for (; who[5] < '4'; who[5]++)
        house_give(&h, 1, house_mail(&h, who, who, NULL));
    h.now += 3600; /* all that was planned is due by now */
    ticket_id = open_ticket("tight reply@x");
    test_db_exec(h.conn,
                 "UPDATE delivery SET due_at = created_at - interval '1 day', automatic = true");
    house_happens(&h, ticket_id, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"),
                  &(struct store_message){ .subject = "Re", .text = "Ya sale", .agent = "ana" });
    test_db_exec(h.conn, "DELETE FROM delivery WHERE due_at > to_timestamp(1900000000)");
    house_sending.room = 1;
    deliver_until("SELECT count(*) FROM delivery WHERE state = 'sent'", 1);
    house_says(&h, "SELECT notice FROM delivery WHERE state = 'sent'", "E-06");
    house_sending.room = 2;
    deliver_until("SELECT count(*) FROM delivery WHERE state = 'sent'", 3);
    house_says(&h, "SELECT concat(count(*) > 0, max(attempts)) FROM delivery WHERE state = 'owed'",
               "t0");
    house_sending.room = SIZE_MAX;
    deliver_until("SELECT count(*) FROM delivery WHERE state = 'owed' AND due_at < created_at", 0);
    test_db_exec(h.conn, "DELETE FROM delivery");
}

static void test_files_that_a_channel_does_not_carry_are_named_to_customer_and_agents(void **state)
{
    int64_t ticket_id = open_ticket("files@x");

    (void)state;
    test_db_exec(h.conn, "DELETE FROM delivery");
    reply(ticket_id);
    test_db_exec(h.conn,
                 "INSERT INTO attachment (desk_id, ticket_id, message_id, position, filename, "
                 "content_type, size) SELECT desk_id, ticket_id, message_id, 1, 'plano.pdf', "
                 "'application/pdf', 9 FROM delivery WHERE notice = 'E-06'");
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'A-07' AND agent = 'ana'", 1);
    house_says(&h, "SELECT concat_ws('|', state, last_words) FROM delivery WHERE notice = 'E-06'",
               "sent|250 taken");
    house_says(&h, "SELECT why FROM event WHERE kind = 'delivery_partly'",
               "it was sent without all of its files: plano.pdf");
    if (strstr(house_sending.text, "plano.pdf") == NULL)
        fail_msg("%s", house_sending.text);
    test_db_exec(h.conn, "DELETE FROM delivery");
}

/* However many they are: none stays behind unsaid. */
static void test_each_of_many_files_that_stay_behind_is_named(void **state)
{
    int64_t ticket_id = open_ticket("many files@x");

    (void)state;
    test_db_exec(h.conn, "DELETE FROM delivery");
    reply(ticket_id);
    test_db_exec(h.conn,
                 "INSERT INTO attachment (desk_id, ticket_id, message_id, position, filename, "
                 "content_type, size) SELECT desk_id, ticket_id, message_id, n, "
                 "CASE WHEN n = 101 THEN 'plano.pdf' ELSE '' END, "
                 "'application/pdf', 9 FROM delivery, generate_series(1, 101) n "
                 "WHERE notice = 'E-06'");
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'A-07' AND agent = 'ana'", 1);
    if (strstr(house_sending.text, "plano.pdf") == NULL)
        fail_msg("%s", house_sending.text);
    test_db_exec(h.conn, "DELETE FROM delivery");
}

static size_t carries(const struct channel *ch)
{
    (void)ch;
    return DELIVER_FILES_MAX;
}

/* An agent's answer with a file of so many bytes is owed. */
static void owe_file(const char *id, int64_t size)
{
    int64_t ticket_id = open_ticket(id);
    char *sql = xasprintf("INSERT INTO attachment (desk_id, ticket_id, message_id, position, "
                          "filename, content_type, size) SELECT desk_id, ticket_id, message_id, 1, "
                          "'plano.pdf', 'application/pdf', %" PRId64 " FROM delivery WHERE "
                          "ticket_id = %" PRId64 " ORDER BY delivery_id DESC LIMIT 1",
                          size, ticket_id);

    reply(ticket_id);
    test_db_exec(h.conn, sql);
    free(sql);
}

/* F33: what a node holds in memory of files that are on their way. */
static void test_letters_whose_files_are_over_the_bound_together_go_one_after_the_other(
    void **state)
{
    static const struct {
        const char *id;
        int64_t second; /* bytes of the second file; the first has half of the bound */
        long sent_at_once;
    } cases[] = { { "bound", DELIVER_FILES_MAX / 2, 2 }, { "over", DELIVER_FILES_MAX / 2 + 1, 1 } };
    static struct channel_ops carrying;
    const struct channel_ops *kept = h.channel[0].channel.ops;
    char id[40];
    size_t i;

    (void)state;
    carrying = *kept;
    carrying.files_max = carries;
    h.channel[0].channel.ops = &carrying;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_db_exec(h.conn, "DELETE FROM delivery");
        snprintf(id, sizeof(id), "%s1@x", cases[i].id);
        owe_file(id, DELIVER_FILES_MAX / 2);
        snprintf(id, sizeof(id), "%s2@x", cases[i].id);
        owe_file(id, cases[i].second);
        deliver_until("SELECT count(*) FROM delivery WHERE notice = 'E-06' AND (state = 'sent' OR "
                      "last_words = 'other letters with files are on their way')",
                      2);
        assert_int_equal(house_count(&h, "SELECT count(*) FROM delivery WHERE state = 'sent' AND "
                                         "notice = 'E-06'"),
                         cases[i].sent_at_once);
        h.now += DELIVER_PAUSE_MIN_S;
        deliver_until("SELECT count(*) FROM delivery WHERE state = 'sent' AND notice = 'E-06'", 2);
    }
    test_db_exec(h.conn, "DELETE FROM delivery");
    h.channel[0].channel.ops = kept;
}

static void test_a_delivery_whose_end_could_not_be_stored_is_owed_still(void **state)
{
    int64_t ticket_id = open_ticket("no end@x");

    (void)state;
    reply(ticket_id);
    test_db_exec(h.conn, "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                         "$$BEGIN RAISE 'full' USING ERRCODE = '53100'; END$$; "
                         "CREATE TRIGGER full_disk BEFORE INSERT ON event FOR EACH ROW "
                         "WHEN (NEW.kind = 'delivery_dead') EXECUTE FUNCTION full_disk()");
    house_sending.answer = (struct sent){ .outcome = SENT_REFUSED, .words = "550 no" };
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'owed' AND "
                  "attempts = 1",
                  1);
    assert_string_equal(h.told, "owed");
    test_db_exec(h.conn, "DROP TRIGGER full_disk ON event");
    h.now += DELIVER_CLAIM_S + 1;
    deliver_until("SELECT count(*) FROM delivery WHERE last_words = '550 no' AND attempts = 2 AND "
                  "state = 'dead'",
                  1);
    house_sending.answer = (struct sent){ .outcome = SENT_OK, .words = "250 taken" };
}

static void test_a_node_leaves_alone_what_is_owed_by_a_desk_that_it_does_not_know(void **state)
{
    struct desk other = { .desk_id = 9, .name = "another" }, *list[] = { &other };
    const struct desks unknown = { 0 }, others = { list, 1 };
    struct db *db = db_new(h.base, h.conninfo, "stranger", NULL, NULL, NULL);
    struct desks desks = others;
    struct deliver *d = house_deliver(&h, db, &desks);

    (void)state;
    reply(open_ticket("stranger@x"));
    while (db_line_length(db) == 0)
        event_base_loop(h.base, EVLOOP_ONCE);
    while (db_line_length(db) > 0)
        event_base_loop(h.base, EVLOOP_ONCE);
    desks = unknown; /* as before its configuration is loaded */
    deliver_look(d);
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'owed'", 0);
    house_says(&h,
               "SELECT concat_ws('|', claimed_by, attempts, state) FROM delivery WHERE notice = "
               "'E-06' ORDER BY delivery_id DESC LIMIT 1",
               "1|sent");
    db_free(db);
    deliver_free(d);
}

static void test_what_fails_together_lets_its_sink_rest_once(void **state)
{
    struct db *db = db_new(h.base, h.conninfo, "together", NULL, NULL, NULL);
    struct deliver *d;
    char id[] = "together0@x";

    (void)state;
    for (; id[8] <= '9'; id[8]++)
        reply(open_ticket(id));
    house_sending.answer = (struct sent){ .outcome = SENT_RETRY, .words = "the session broke" };
    d = house_deliver(&h, db, &h.desks);
    house_wait(&h, "SELECT count(*) FROM delivery WHERE last_words = 'the session broke'", 10);
    house_sending.answer = (struct sent){ .outcome = SENT_OK, .words = "250 taken" };
    h.now += DELIVER_PAUSE_MIN_S * 2;
    house_wait(&h, "SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'owed'", 0);
    house_deliver_end(&h, db, d);
    db_free(db);
}

/* A node that hears nothing of a letter for long must not send it beside itself. */
static void test_what_is_still_under_way_is_not_claimed_again_when_its_claim_is_over(void **state)
{
    struct db *db = db_new(h.base, h.conninfo, "slow", NULL, NULL, NULL);
    const struct sent late = { .outcome = SENT_OK, .words = "250 taken late" };
    FILE *copies = tmpfile();
    struct deliver *d;
    char line[300];
    int n = 0;

    (void)state;
    deliver_until("SELECT count(*) FROM delivery WHERE state = 'owed' AND due_at <= "
                  "to_timestamp(1800000000 + 7300)",
                  0);
    reply(open_ticket("slow@x"));
    house_sending.copies = copies;
    house_sending.holds = true;
    d = house_deliver(&h, db, &h.desks);
    while (house_sending.held == NULL)
        event_base_loop(h.base, EVLOOP_ONCE);
    assert_int_equal(house_sending.leave_by, h.now + DELIVER_LEAVE_S);
    h.now += DELIVER_CLAIM_S + 1;
    reply(open_ticket("behind@x"));
    deliver_look(d);
    house_wait(&h, "SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'owed'", 1);
    house_sending.held(house_sending.held_arg, &late);
    house_sending.held = NULL;
    house_sending.copies = NULL;
    house_wait(&h, "SELECT count(*) FROM delivery WHERE last_words = '250 taken late'", 1);
    house_deliver_end(&h, db, d);
    db_free(db);
    rewind(copies);
    while (fgets(line, sizeof(line), copies) != NULL)
        n++;
    assert_int_equal(n, 2);
    fclose(copies);
}

/* --- kill -9
 * ------------------------------------------------------------------------------------------ */

static _Noreturn void die_at(const char *place, FILE *copies)
{
    struct house parent = h;

    h.base = event_base_new();
    h.conn = test_db_connect(parent.conninfo);
    house_sending.copies = copies;
    setenv("RELEVO_FAIL", place, 1);
    house_node_begin(&h, &h.node, NULL, "to be killed");
    deliver_until("SELECT count(*) FROM delivery WHERE state = 'owed'", 0);
    _exit(0);
}

static void test_a_process_killed_while_it_sends_costs_at_most_one_copy_under_the_same_id(void **s)
{
    static const struct {
        const char *place;
        int copies;
    } places[] = { { "delivery_claimed", 1 }, { "delivery_sent", 2 }, { "delivery_marked", 1 } };
    char line[2][300];
    size_t i;

    (void)s; /* F02 */
    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char id[] = "kill0@x";
        FILE *copies = tmpfile();
        int status, n = 0;
        pid_t pid;

        deliver_until("SELECT count(*) FROM delivery WHERE state = 'owed' AND due_at <= "
                      "to_timestamp(1800000000 + 7300)",
                      0);
        id[4] = (char)('0' + i);
        reply(open_ticket(id));
        pid = fork();
        if (pid == 0)
            die_at(places[i].place, copies);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        house_sending.copies = copies;
        h.now += DELIVER_CLAIM_S + 1;
        deliver_until("SELECT count(*) FROM delivery WHERE state = 'owed'", 0);
        house_sending.copies = NULL;
        rewind(copies);
        while (fgets(line[n & 1], sizeof(line[0]), copies) != NULL)
            n++;
        assert_int_equal(n, places[i].copies);
        if (n == 2)
            assert_string_equal(line[0], line[1]);
        fclose(copies);
    }
}

/* --- the connection is lost
 * ------------------------------------------------------------------------------------ */

static void test_a_letter_whose_mark_was_lost_is_marked_again_and_does_not_go_out_again(void **s)
{
    FILE *copies = tmpfile();
    char line[300];
    int n = 0;

    (void)s;
    reply(open_ticket("unmarked@x"));
    house_sending.copies = copies;
    cut_at(cut, "delivery_mark", CUT_BEFORE);
    deliver_by(cut_conninfo(cut),
               "SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'owed'", 0);
    house_sending.copies = NULL;
    assert_int_equal(cut_count(cut), 1);
    rewind(copies);
    while (fgets(line, sizeof(line), copies) != NULL)
        n++;
    assert_int_equal(n, 1);
    fclose(copies);
}

/* So many answers in one ticket, opened by a message of that id, are all that is owed. */
static void owe_letters(const char *id, int count)
{
    int64_t ticket_id = open_ticket(id);

    test_db_exec(h.conn, "DELETE FROM delivery");
    while (count-- > 0)
        reply(ticket_id);
}

/* What is sent while a mark is being written does not wait for a commit each, and what a process
 * that is killed has sent and not marked is little. */
static void test_letters_that_are_sent_while_one_is_marked_are_marked_together(void **s)
{
    (void)s;
    owe_letters("mark@x", 10);
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'sent'", 10);
    assert_int_equal(house_count(&h, "SELECT count(DISTINCT xmin::text) FROM delivery WHERE "
                                     "notice = 'E-06'"),
                     2);
}

/* The mark of that letter can not be written, until what comes back is carried out. */
static const char *refuse_mark(int64_t delivery_id, const char *code)
{
    char *sql =
        xasprintf("CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS "
                  "$$BEGIN RAISE 'never' USING ERRCODE = '%s'; END$$; "
                  "CREATE TRIGGER never BEFORE UPDATE ON delivery FOR EACH ROW WHEN "
                  "(NEW.state = 'sent' AND NEW.delivery_id = %" PRId64 ") EXECUTE FUNCTION never()",
                  code, delivery_id);

    test_db_exec(h.conn, sql);
    free(sql);
    return "DROP TRIGGER never ON delivery; DELETE FROM delivery";
}

static void test_a_mark_that_can_not_be_written_keeps_no_other_letter_unmarked(void **s)
{
    const char *undo;

    (void)s;
    owe_letters("unwritten@x", 10);
    undo = refuse_mark(house_count(&h, "SELECT max(delivery_id) FROM delivery"), "22000");
    deliver_until("SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'sent'", 9);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM delivery WHERE notice = 'E-06' AND "
                                     "state = 'owed'"),
                     1);
    test_db_exec(h.conn, undo);
}

/* An unmarked one goes out again when its claim is over, so none waits for all that come later. */
static void test_letters_beside_one_that_can_not_be_marked_are_marked_before_those_that_come_later(
    void **s)
{
    enum { LETTERS = 40, FLIGHT = 10 };
    struct deliver *d;
    const char *undo;
    struct db *db;

    (void)s;
    owe_letters("behind@x", LETTERS);
    undo = refuse_mark(
        house_count(&h, "SELECT delivery_id FROM delivery ORDER BY delivery_id OFFSET 1 LIMIT 1"),
        "22000");
    test_db_exec(h.conn, "UPDATE delivery SET due_at = due_at - interval '1 hour' + "
                         "make_interval(secs => delivery_id - (SELECT min(delivery_id) FROM "
                         "delivery))");
    db = db_new(h.base, h.conninfo, "deliver", NULL, NULL, NULL);
    d = house_deliver(&h, db, &h.desks);
    deliver_set_flight(d, FLIGHT);
    house_wait(&h, "SELECT count(*) FROM delivery WHERE state = 'sent'", LETTERS - 1);
    house_deliver_end(&h, db, d);
    db_free(db);
    assert_int_equal(
        house_count(&h, "WITH letter AS (SELECT state, xmin::text::bigint AS mark, row_number() "
                        "OVER (ORDER BY delivery_id) AS n FROM delivery) "
                        "SELECT count(*) FROM letter a JOIN letter b ON a.mark > b.mark "
                        "WHERE a.n <= 10 AND a.state = 'sent' AND b.n > 20"),
        0);
    test_db_exec(h.conn, undo);
}

/* F17: a page that is broken holds one row; when it is mended the letter of that row is marked. */
static void test_a_mark_that_waits_for_an_operator_keeps_no_other_letter_unmarked(void **s)
{
    static const char sent[] = "SELECT count(*) FROM delivery WHERE state = 'sent'";
    enum { LETTERS = 10 };
    struct deliver *d;
    struct db *db;

    (void)s;
    owe_letters("broken@x", LETTERS);
    refuse_mark(house_count(&h, "SELECT max(delivery_id) FROM delivery"), "XX001");
    db = db_new(h.base, h.conninfo, "deliver", NULL, NULL, NULL);
    d = house_deliver(&h, db, &h.desks);
    house_wait(&h, sent, LETTERS - 1);
    test_db_exec(h.conn, "DROP TRIGGER never ON delivery");
    house_wait(&h, sent, LETTERS);
    house_deliver_end(&h, db, d);
    db_free(db);
    test_db_exec(h.conn, "DELETE FROM delivery");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_peer_refuses_is_dead_and_its_ticket_says_so),
        cmocka_unit_test(test_an_answer_that_has_no_way_out_is_told_as_one_that_was_refused),
        cmocka_unit_test(test_an_answer_refers_to_the_whole_line_of_the_mail_it_answers),
        cmocka_unit_test(test_what_became_untrue_is_dropped_and_its_ticket_says_why),
        cmocka_unit_test(test_what_was_sent_and_did_not_arrive_is_told_once),
        cmocka_unit_test(test_a_bounce_of_our_own_mail_goes_to_its_delivery_and_to_no_ticket),
        cmocka_unit_test(test_a_report_finds_its_delivery_by_the_address_that_it_came_back_to),
        cmocka_unit_test(test_nobody_is_written_to_at_an_address_where_nobody_is),
        cmocka_unit_test(test_an_address_is_dead_for_sixty_days_after_a_bounce_that_says_so),
        cmocka_unit_test(test_what_may_work_later_is_tried_for_five_days_and_no_longer),
        cmocka_unit_test(
            test_a_notice_that_was_to_leave_five_days_ago_does_not_and_a_person_s_words_do),
        cmocka_unit_test(test_files_that_a_channel_does_not_carry_are_named_to_customer_and_agents),
        cmocka_unit_test(test_each_of_many_files_that_stay_behind_is_named),
        cmocka_unit_test(
            test_letters_whose_files_are_over_the_bound_together_go_one_after_the_other),
        cmocka_unit_test(
            test_when_a_sender_has_little_room_people_s_words_go_first_and_the_rest_waits),
        cmocka_unit_test(test_a_delivery_whose_end_could_not_be_stored_is_owed_still),
        cmocka_unit_test(test_what_fails_together_lets_its_sink_rest_once),
        cmocka_unit_test(test_what_is_still_under_way_is_not_claimed_again_when_its_claim_is_over),
        cmocka_unit_test(test_a_node_leaves_alone_what_is_owed_by_a_desk_that_it_does_not_know),
        cmocka_unit_test(
            test_a_process_killed_while_it_sends_costs_at_most_one_copy_under_the_same_id),
        cmocka_unit_test(
            test_a_letter_whose_mark_was_lost_is_marked_again_and_does_not_go_out_again),
        cmocka_unit_test(test_letters_that_are_sent_while_one_is_marked_are_marked_together),
        cmocka_unit_test(test_a_mark_that_can_not_be_written_keeps_no_other_letter_unmarked),
        cmocka_unit_test(test_a_mark_that_waits_for_an_operator_keeps_no_other_letter_unmarked),
        cmocka_unit_test(
            test_letters_beside_one_that_can_not_be_marked_are_marked_before_those_that_come_later),
    };
    int failed;

    house_begin(&h, "relevo_test_deliver", house_policy, NULL);
    cut = cut_new(h.base, h.conninfo);
    house_sending.to = "pepe@client.example"; /* whatever is refused to him, agents hear of it */
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    cut_free(cut);
    house_end(&h);
    return failed;
}
