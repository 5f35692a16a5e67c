/* What comes in is there once, with all that belongs to it, or aside with its bytes. */
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/original.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

static struct house h;

static struct inbound *mail(const char *id, const char *who, const char *answers)
{
    return house_mail(&h, id, who, answers);
}

static void test_answers_within_one_batch_share_the_ticket_of_their_sender(void **state)
{
    (void)state;
    house_take(&h, h.node.intake, 1, mail("first@x", "eva@example.org", NULL)); /* flies alone */
    house_take(&h, h.node.intake, 1, mail("a@x", "ana@example.org", NULL));     /* these gather */
    house_take(&h, h.node.intake, 1, mail("b@x", "ana@example.org", "a@x"));
    house_take(&h, h.node.intake, 1, mail("a@x", "ana@example.org", NULL));      /* T-29, T-34 */
    house_take(&h, h.node.intake, 1, mail("c@x", "mallory@example.org", "a@x")); /* S-1, T-46 */
    house_run(&h);
    assert_int_equal(h.refused, 0);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message"), 4);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM ticket"), 3);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM contact"), 3);
    assert_int_equal(house_count(&h, "SELECT count(DISTINCT ticket_id) FROM message "
                                     "WHERE address = 'ana@example.org'"),
                     1);
}

static void test_what_comes_again_later_has_no_second_effect(void **state) /* T-26, T-29 */
{
    uint64_t before = intake_counts(h.node.intake)->duplicates;

    (void)state;
    house_give(&h, 1, mail("b@x", "ana@example.org", "a@x"));
    house_give(&h, 1, mail("d@x", "ana@example.org", "b@x"));
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message"), 5);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM ticket"), 3);
    assert_int_equal(intake_counts(h.node.intake)->duplicates, before + 1);
}

static void test_a_copy_that_came_by_another_channel_is_a_line_in_the_ledger_alone(void **state)
{
    (void)state; /* F29 */
    house_give(&h, 2, mail("a@x", "ana@example.org", NULL));
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message"), 5);
    house_says(&h,
               "SELECT outcome || ' ' || (i.ticket_id = m.ticket_id) FROM intake i, message m "
               "WHERE i.channel_id = 2 AND i.external_id = 'a@x' AND m.external_id = 'a@x'",
               "duplicate true");
}

static void test_what_is_for_no_ticket_is_accounted_for_with_its_reason(void **state)
{
    struct inbound *in = mail("ignored@x", "ana@example.org", NULL);

    (void)state;
    in->kind = INBOUND_IGNORED;
    in->reason = "a sticker";
    house_give(&h, 1, in);
    in = mail("echo@x", "help@desk.example", NULL); /* S-16 */
    in->echo = true;
    house_give(&h, 1, in);
    house_says(&h,
               "SELECT string_agg(outcome || ': ' || reason, ', ' ORDER BY external_id DESC) "
               "FROM intake WHERE outcome = 'ignored'",
               "ignored: a sticker, ignored: our own message");
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message"), 5);
}

static struct inbound_address somebody(const char *address)
{
    return (struct inbound_address){ .kind = "email", .value = address, .name = "Lea" };
}

static void test_who_writes_through_a_group_that_is_the_desk_is_the_sender_and_is_answered(
    void **state)
{
    struct inbound *in = mail("via@x", "help@desk.example", NULL);

    (void)state;
    in->author = somebody("lea@client.example");
    in->reply_to = in->author;
    in->reply_to_stranger = true;
    in->authenticated_domain = "client.example"; /* of the letter that the group sent */
    house_give(&h, 1, in);
    house_says(
        &h,
        "SELECT address || ' ' || flags::text || ' ' || last_address FROM message JOIN ticket "
        "USING (desk_id, ticket_id) WHERE external_id = 'via@x'",
        "lea@client.example {} lea@client.example");
    house_says(
        &h,
        "SELECT count(*) FROM address WHERE value = 'lea@client.example' AND verified_at IS NULL",
        "1");
    in = mail("list@x", "list@client.example", NULL); /* another's list: he is who it says */
    in->author = somebody("lea@client.example");
    house_give(&h, 1, in);
    house_says(&h, "SELECT address FROM message WHERE external_id = 'list@x'",
               "list@client.example");
}

static void test_what_cannot_be_understood_is_kept_with_its_bytes(void **state)
{
    struct inbound *in = mail("broken@x", "ana@example.org", NULL);

    (void)state;
    in->kind = INBOUND_BROKEN;
    in->reason = "not JSON at byte 3";
    in->raw = (struct span){ "{\"a\0\\", 5 };
    in->raw_type = "application/json";
    in->locator = "INBOX/7/1";
    house_give(&h, 1, in);
    house_says(&h,
               "SELECT concat_ws(' ', reason, raw_type, encode(bytes, 'hex'), locator) "
               "FROM quarantine JOIN raw ON sha256 = raw_sha256 WHERE external_id = 'broken@x'",
               "not JSON at byte 3 application/json 7b2261005c INBOX/7/1");
    house_says(&h,
               "SELECT i.outcome || ' ' || s.outcome FROM intake i JOIN source s USING "
               "(desk_id, channel_id, external_id) WHERE external_id = 'broken@x'",
               "quarantined quarantined");
}

static void test_one_poisonous_message_goes_aside_and_its_neighbours_are_stored(void **state)
{
    static const char *const ids[] = { "p0@x", "p1@x", "p2@x", "p3@x", "p4@x" };
    long before = house_count(&h, "SELECT count(*) FROM message");
    struct inbound *in;
    int i;

    (void)state;
    test_db_exec(h.conn, "ALTER TABLE message ADD CONSTRAINT message_subject_is_no_poison "
                         "CHECK (subject <> 'poison')");
    for (i = 0; i < 5; i++) {
        in = mail(ids[i], "pepe@client.example", i > 2 ? "p2@x" : NULL);
        in->raw = span_of("the raw bytes");
        in->subject = i == 2 ? "poison" : "Pedido";
        in->cursor = arena_printf(in->arena, "%d", i);
        house_take(&h, h.node.intake, 1, in);
    }
    house_run(&h);
    assert_int_equal(h.refused, 0);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message"), before + 4);
    house_says(&h,
               "SELECT concat_ws(' ', external_id, convert_from(bytes, 'UTF8')) FROM quarantine "
               "JOIN raw ON sha256 = raw_sha256 WHERE reason LIKE '%message_subject_is_no_poison%'",
               "p2@x the raw bytes");
    house_says(&h, "SELECT cursor FROM channel_cursor WHERE channel_id = 1 AND part = ''", "4");
    assert_int_equal(house_count(&h, "SELECT count(DISTINCT ticket_id) FROM message WHERE "
                                     "external_id IN ('p3@x', 'p4@x')"),
                     1);
}

static void test_each_part_of_a_channel_is_where_its_last_message_left_it(void **state)
{
    static const char *const parts[] = { "INBOX", "Spam", "INBOX" };
    struct inbound *in;
    int i;

    (void)state;
    for (i = 0; i < 3; i++) {
        in = inbound_new();
        in->kind = INBOUND_IGNORED;
        in->external_id = arena_printf(in->arena, "part%d@x", i);
        in->cursor_part = parts[i];
        in->cursor = arena_printf(in->arena, "17/%d", i);
        house_take(&h, h.node.intake, 2, in);
    }
    house_run(&h);
    house_says(&h,
               "SELECT string_agg(part || ' ' || cursor, ', ' ORDER BY part) FROM channel_cursor "
               "WHERE channel_id = 2",
               "INBOX 17/2, Spam 17/1");
}

/* F17, F20: a full disk, a broken page or index, an object in another state, a damaged
 * configuration: no fault of the message, which comes again. */
static void test_a_cursor_stays_where_it_was_when_its_message_could_not_be_stored(void **state)
{
    static const char *const faults[] = { "53100", "XX001", "XX002", "55000", "F0000" };
    int refused = h.refused;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct inbound *in = mail("stuck@x", "pepe@client.example", NULL);
        char *sql = xasprintf("CREATE OR REPLACE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql "
                              "AS $$BEGIN RAISE 'again later' USING ERRCODE = '%s'; END$$; "
                              "CREATE TRIGGER stuck BEFORE INSERT ON message FOR EACH ROW "
                              "WHEN (NEW.external_id = 'stuck@x') EXECUTE FUNCTION stuck()",
                              faults[i]);

        test_db_exec(h.conn, sql);
        free(sql);
        in->cursor_part = "INBOX";
        in->cursor = "17/9";
        house_take(&h, h.node.intake, 2, in);
        house_run(&h);
        assert_int_equal(h.refused, ++refused);
        house_says(&h, "SELECT cursor FROM channel_cursor WHERE channel_id = 2 AND part = 'INBOX'",
                   "17/2");
        assert_int_equal(
            house_count(&h, "SELECT count(*) FROM quarantine WHERE external_id = 'stuck@x'"), 0);
        assert_int_equal(
            house_count(&h, "SELECT count(*) FROM intake WHERE external_id = 'stuck@x'"), 0);
        test_db_exec(h.conn, "DROP TRIGGER stuck ON message");
    }
}

static void test_a_message_that_waits_for_an_operator_keeps_none_of_its_batch_from_being_stored(
    void **state) /* F17 */
{
    int refused = h.refused;

    (void)state;
    test_db_exec(h.conn, "CREATE OR REPLACE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS "
                         "$$BEGIN RAISE 'broken page' USING ERRCODE = 'XX001'; END$$; "
                         "CREATE TRIGGER stuck BEFORE INSERT ON message FOR EACH ROW "
                         "WHEN (NEW.external_id = 'stuck1@x') EXECUTE FUNCTION stuck()");
    house_take(&h, h.node.intake, 1, mail("alone@x", "pepe@client.example", NULL));
    house_take(&h, h.node.intake, 1, mail("ahead@x", "rosa@client.example", NULL)); /* a batch */
    house_take(&h, h.node.intake, 1, mail("stuck1@x", "pepe@client.example", NULL));
    house_take(&h, h.node.intake, 1, mail("next@x", "luis@client.example", NULL));
    house_run(&h);
    test_db_exec(h.conn, "DROP TRIGGER stuck ON message");
    assert_int_equal(h.refused, refused + 1);
    house_says(&h,
               "SELECT string_agg(external_id, ' ' ORDER BY message_id) FROM message "
               "WHERE external_id IN ('alone@x', 'ahead@x', 'stuck1@x', 'next@x')",
               "alone@x ahead@x next@x");
}

static void test_originals_are_kept_once_and_attachments_in_their_order(void **state)
{
    struct inbound *in;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        in = mail(i == 0 ? "files0@x" : "files1@x", "pepe@client.example", NULL);
        in->raw = span_of("From: Pepe");
        in->raw_type = "message/rfc822";
        in->attachments = arena_array(in->arena, 2, sizeof(*in->attachments));
        in->attachments[0] = (struct inbound_attachment){ .filename = "a \"b\".pdf",
                                                          .content_type = "application/pdf",
                                                          .size = 12,
                                                          .sha256 = "00ff" };
        in->attachments[1] =
            (struct inbound_attachment){ .size = -1, .url = "https://media.example/1" };
        in->attachment_count = 2;
        house_give(&h, 1, in);
    }
    house_says(&h,
               "SELECT string_agg(concat_ws('|', position, filename, content_type, size, sha256, "
               "url), ' ' ORDER BY position) FROM attachment JOIN message USING (desk_id, "
               "ticket_id, message_id) WHERE external_id = 'files0@x'",
               "1|a \"b\".pdf|application/pdf|12|00ff "
               "2|application/octet-stream|-1|https://media.example/1");
    assert_int_equal(house_count(&h, "SELECT count(*) FROM raw WHERE bytes = 'From: Pepe'"), 1);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message m JOIN raw r ON r.desk_id = "
                                     "m.desk_id AND r.sha256 = m.raw_sha256 AND r.sha256 = "
                                     "sha256(r.bytes) AND r.type = 'message/rfc822' "
                                     "WHERE m.external_id LIKE 'files%%'"),
                     2);
}

/* A file in base64, after words that make each mail another one. */
static struct inbound *mail_with_file(const char *id, struct span file)
{
    struct inbound *in = mail(id, "pepe@client.example", NULL);
    struct text_buffer raw = { 0 };

    text_buffer_printf(&raw, "Message-ID: <%s>\r\n\r\n", id);
    original_join(&raw, file, 76, true);
    text_buffer_puts(&raw, "\r\n--b--\r\n");
    in->raw = (struct span){ arena_strndup(in->arena, raw.ptr, raw.len), raw.len };
    in->raw_type = "message/rfc822";
    text_buffer_clear(&raw);
    return in;
}

static void test_a_file_that_many_mails_carry_is_kept_once_and_not_in_base64(void **state)
{
    static char file[4000];
    struct inbound *in;
    long before;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(file); i++)
        file[i] = (char)(i * i / 7);
    before = house_count(&h, "SELECT count(*) FROM raw");
    house_give(&h, 1, mail_with_file("cut0@x", (struct span){ file, sizeof(file) }));
    house_give(&h, 2, mail_with_file("cut1@x", (struct span){ file, sizeof(file) }));
    in = mail_with_file("cut2@x", (struct span){ file, sizeof(file) });
    in->kind = INBOUND_BROKEN; /* what is set aside shares it too */
    house_give(&h, 1, in);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM raw"), before + 4);
    house_says(
        &h,
        "SELECT concat_ws(' ', count(*), count(DISTINCT p.part_sha256), min(p.line), "
        "bool_and(p.crlf), bool_and(f.sha256 = sha256(f.bytes)), min(octet_length(f.bytes)), "
        "max(octet_length(r.bytes)), min(r.size)) FROM raw r "
        "JOIN raw_part p USING (desk_id, sha256) "
        "JOIN raw f ON f.desk_id = p.desk_id AND f.sha256 = p.part_sha256",
        "3 1 76 t t 4000 33 5509");
    assert_int_equal(house_count(&h, "SELECT count(*) FROM raw JOIN message ON sha256 = raw_sha256 "
                                     "WHERE external_id LIKE 'cut%%' AND size IS NOT NULL"),
                     2);
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM raw JOIN quarantine ON sha256 = raw_sha256 "
                                 "WHERE external_id = 'cut2@x' AND size IS NOT NULL"),
                     1);
}

/* F33: a large one is a lot of work, and everybody else waits for the loop. */
static void test_a_large_original_is_made_ready_a_piece_at_a_time_and_keeps_its_place(void **state)
{
    enum { FILE_LEN = 9 * INTAKE_STEP };
    char *file = xcalloc(1, FILE_LEN);
    struct inbound *in = mail_with_file("large0@x", (struct span){ file, FILE_LEN });
    size_t turns = 0;

    (void)state;
    house_take(&h, h.node.intake, 1, in);
    house_take(&h, h.node.intake, 1, mail_with_file("large1@x", (struct span){ file, 40 }));
    while (intake_counts(h.node.intake)->in_flight == 0) {
        event_base_loop(h.base, EVLOOP_ONCE);
        turns++;
    }
    assert_true(turns >= 9 + 12); /* the file, and the text of it */
    assert_int_equal(intake_counts(h.node.intake)->in_flight, 2);
    house_run(&h);
    house_says(&h,
               "SELECT concat_ws(' ', count(*), min(octet_length(f.bytes)), bool_and(f.sha256 = "
               "sha256(f.bytes)), bool_and(r.size IS NOT NULL)) FROM message m JOIN raw r ON "
               "r.sha256 = m.raw_sha256 JOIN raw_part p ON p.sha256 = r.sha256 JOIN raw f ON "
               "f.sha256 = p.part_sha256 WHERE m.external_id = 'large0@x'",
               "1 2359296 t t");
    house_says(&h,
               "SELECT string_agg(external_id, ' ' ORDER BY message_id) FROM message WHERE "
               "external_id LIKE 'large%@x'",
               "large0@x large1@x");
    free(file);
}

static void test_an_original_that_is_there_whole_stays_so(void **state)
{
    static char file[2000];
    struct inbound *in = mail_with_file("whole0@x", (struct span){ file, sizeof(file) }), *again;

    (void)state; /* a daemon of before left it so */
    again = mail("whole1@x", "pepe@client.example", NULL);
    again->raw =
        (struct span){ arena_strndup(again->arena, in->raw.ptr, in->raw.len), in->raw.len };
    again->raw_type = in->raw_type;
    in->raw_type = "application/octet-stream";
    house_give(&h, 1, in);
    house_give(&h, 1, again);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message m JOIN raw r ON r.sha256 = "
                                     "m.raw_sha256 AND r.sha256 = sha256(r.bytes) WHERE "
                                     "m.external_id LIKE 'whole%%' AND NOT EXISTS (SELECT FROM "
                                     "raw_part p WHERE p.sha256 = r.sha256)"),
                     2);
}

static void test_an_edit_says_what_the_message_now_reads(void **state)
{
    struct inbound *in = mail("d@x", "ana@example.org", NULL);
    long before = house_count(&h, "SELECT count(*) FROM message");

    (void)state;
    in->kind = INBOUND_EDIT;
    in->text = in->reply_text = "Yes";
    house_take(&h, h.node.intake, 1, in);
    in = mail("d@x", "ana@example.org", NULL);
    in->kind = INBOUND_EDIT;
    in->text = "No\n> Yes";
    in->reply_text = "No";
    house_take(&h, h.node.intake, 1, in);
    house_run(&h);
    house_says(&h,
               "SELECT concat_ws('|', text, reply_text, flags) FROM message WHERE external_id = "
               "'d@x'",
               "No\n> Yes|No|{edited}");
    assert_int_equal(house_count(&h, "SELECT count(*) FROM message"), before);
}

static void test_an_edit_of_what_was_never_seen_is_a_message(void **state)
{
    struct inbound *in = mail("unseen@x", "ana@example.org", "d@x");

    (void)state;
    in->kind = INBOUND_EDIT;
    house_give(&h, 1, in);
    house_says(&h,
               "SELECT (m.ticket_id = d.ticket_id) || ' ' || m.flags::text FROM message m, message "
               "d WHERE m.external_id = 'unseen@x' AND d.external_id = 'd@x'",
               "true {edited}");
}

static struct inbound *receipt(const char *id, enum receipt_state state, const char *detail)
{
    struct inbound *in = inbound_new();

    in->kind = INBOUND_RECEIPT;
    in->external_id = id;
    in->receipt = (struct inbound_receipt){ "SM1", state, detail };
    return in;
}

static void test_a_delivery_goes_forward_alone_by_its_receipts(void **state)
{
    static const char sql[] = "SELECT concat_ws(' ', receipt, last_words) FROM delivery WHERE "
                              "channel_id = 1 AND external_id = 'SM1'";

    (void)state;
    test_db_exec(h.conn, "UPDATE delivery SET state = 'sent', external_id = 'SM1' "
                         "WHERE delivery_id = (SELECT min(delivery_id) FROM delivery)");
    house_take(&h, h.node.intake, 1, receipt("SM1/sent", RECEIPT_SENT, NULL));
    house_take(&h, h.node.intake, 1, receipt("SM1/delivered", RECEIPT_DELIVERED, "on the phone"));
    house_take(&h, h.node.intake, 1, receipt("SM1/sent again", RECEIPT_SENT, NULL));
    house_run(&h);
    house_says(&h, sql, "delivered on the phone");
    house_give(&h, 1, receipt("SM1/late", RECEIPT_SENT, "late"));
    house_says(&h, sql, "delivered on the phone");
    house_give(&h, 1, receipt("SM1/read", RECEIPT_READ, NULL));
    house_says(&h, sql, "read on the phone");
    assert_int_equal(house_count(&h, "SELECT count(*) FROM intake WHERE outcome = 'receipt'"), 5);
    assert_int_equal(intake_counts(h.node.intake)->receipts, 5);
}

static void test_who_was_copied_in_takes_part_and_is_not_answered(void **state) /* S-7 */
{
    static const char answers[] =
        "SELECT t.last_address FROM ticket t JOIN message m USING (desk_id, ticket_id) "
        "WHERE m.external_id = 'cc0@x'";
    struct inbound *in = mail("cc0@x", "pepe@client.example", NULL);

    (void)state;
    in->to = arena_array(in->arena, 1, sizeof(*in->to));
    in->to[0] = (struct inbound_address){ "email", "help@desk.example", NULL };
    in->cc = arena_array(in->arena, 1, sizeof(*in->cc));
    in->cc[0] = (struct inbound_address){ "email", "luisa@client.example", "Luisa" };
    in->to_count = in->cc_count = 1;
    house_take(&h, h.node.intake, 1, mail("before@x", "pepe@client.example", NULL));
    house_take(&h, h.node.intake, 1, in);
    house_take(&h, h.node.intake, 1,
               mail("cc1@x", "luisa@client.example", "cc0@x")); /* one batch */
    house_run(&h);
    house_says(&h, answers, "pepe@client.example");
    house_give(&h, 1, mail("cc2@x", "luisa@client.example", "cc0@x"));
    house_says(&h, answers, "pepe@client.example");
    house_give(&h, 1, mail("cc3@x", "mallory@client.example", "cc0@x"));
    house_says(&h, "SELECT recipients FROM message WHERE external_id = 'cc0@x'",
               "{\"cc\": [{\"name\": \"Luisa\", \"address\": \"luisa@client.example\"}], "
               "\"to\": [{\"address\": \"help@desk.example\"}]}");
    house_says(&h,
               "SELECT string_agg(external_id, ' ' ORDER BY message_id) FROM message WHERE "
               "ticket_id = (SELECT ticket_id FROM message WHERE external_id = 'cc0@x')",
               "cc0@x cc1@x cc2@x");
}

static void test_a_closed_ticket_goes_on_in_one_follow_up_whatever_names_it(void **state)
{
    struct inbound *in;
    long closed;

    (void)state;
    house_give(&h, 1, mail("old0@x", "pepe@client.example", NULL));
    house_give(&h, 1, mail("old1@x", "pepe@client.example", "old0@x"));
    closed = house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'old0@x'");
    test_db_exec(h.conn, "UPDATE ticket SET status = 'closed', closed_at = now() WHERE ticket_id = "
                         "(SELECT ticket_id FROM message WHERE external_id = 'old0@x')");
    house_give(&h, 1, mail("new0@x", "pepe@client.example", "old0@x"));
    house_give(&h, 1, mail("new1@x", "pepe@client.example", "old1@x")); /* a key that stayed */
    in = mail("new2@x", "pepe@client.example", NULL);
    in->subject = arena_printf(in->arena, "Re: [#%ld] Pedido", closed);
    house_give(&h, 1, in);
    house_says(&h,
               "SELECT count(DISTINCT ticket_id) || ' ' || min(external_id) || ' ' || count(*) "
               "FROM message WHERE external_id LIKE 'new%'",
               "1 new0@x 3");
    assert_int_equal(house_count(&h, "SELECT follow_up_of FROM ticket JOIN message USING (desk_id, "
                                     "ticket_id) WHERE external_id = 'new2@x'"),
                     closed);
}

static void test_a_closed_ticket_is_opened_again_within_the_policy_s_time_and_not_after(
    void **state) /* C-10 */
{
    struct policy *policy = h.desk.policy.policy;
    struct fact close = house_fact(FACT_STATUS_SET, FACT_BY_AGENT, "ana");
    struct inbound *late;
    long one;

    (void)state;
    policy->reopen_s = 86400;
    close.status = TICKET_CLOSED;
    house_give(&h, 1, mail("again0@x", "rosa@client.example", NULL));
    one = house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'again0@x'");
    house_happens(&h, one, close, NULL);
    h.now += 86400;
    house_give(&h, 1, mail("again1@x", "rosa@client.example", "again0@x"));
    house_says(&h,
               "SELECT concat_ws('|', t.status, t.closed_at IS NULL, count(c)) FROM ticket t JOIN "
               "message m USING (desk_id, ticket_id) LEFT JOIN target_clock c USING (desk_id, "
               "ticket_id) WHERE m.external_id = 'again1@x' GROUP BY t.status, t.closed_at",
               "open|t|1"); /* no first response again */
    assert_int_equal(
        house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'again1@x'"), one);
    house_happens(&h, one, close, NULL);
    h.now += 86401;
    late = mail("again2@x", "rosa@client.example", "again1@x");
    late->received_at = h.now - 1; /* in time: it waited for us */
    house_give(&h, 1, late);
    house_happens(&h, one, close, NULL);
    h.now += 86401;
    house_give(&h, 1, mail("again3@x", "rosa@client.example", "again2@x"));
    house_says(&h,
               "SELECT string_agg(external_id, ' ' ORDER BY message_id) FROM message WHERE "
               "ticket_id = (SELECT ticket_id FROM message WHERE external_id = 'again0@x')",
               "again0@x again1@x again2@x");
    assert_int_equal(
        house_count(&h, "SELECT reopened FROM report_tickets WHERE ticket_id = %ld", one), 2);
    assert_int_equal(house_count(&h, "SELECT follow_up_of FROM ticket JOIN message USING (desk_id, "
                                     "ticket_id) WHERE external_id = 'again3@x'"),
                     one);
    policy->reopen_s = 31536000; /* what has a follow-up goes on there, whatever is allowed now */
    house_give(&h, 1, mail("again4@x", "rosa@client.example", "again2@x"));
    assert_int_equal(
        house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'again4@x'"),
        house_count(&h, "SELECT ticket_id FROM message WHERE external_id = 'again3@x'"));
    policy->reopen_s = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_within_one_batch_share_the_ticket_of_their_sender),
        cmocka_unit_test(test_what_comes_again_later_has_no_second_effect),
        cmocka_unit_test(test_a_copy_that_came_by_another_channel_is_a_line_in_the_ledger_alone),
        cmocka_unit_test(test_what_is_for_no_ticket_is_accounted_for_with_its_reason),
        cmocka_unit_test(test_what_cannot_be_understood_is_kept_with_its_bytes),
        cmocka_unit_test(test_one_poisonous_message_goes_aside_and_its_neighbours_are_stored),
        cmocka_unit_test(test_each_part_of_a_channel_is_where_its_last_message_left_it),
        cmocka_unit_test(test_a_cursor_stays_where_it_was_when_its_message_could_not_be_stored),
        cmocka_unit_test(
            test_a_message_that_waits_for_an_operator_keeps_none_of_its_batch_from_being_stored),
        cmocka_unit_test(test_originals_are_kept_once_and_attachments_in_their_order),
        cmocka_unit_test(test_a_file_that_many_mails_carry_is_kept_once_and_not_in_base64),
        cmocka_unit_test(test_a_large_original_is_made_ready_a_piece_at_a_time_and_keeps_its_place),
        cmocka_unit_test(test_an_original_that_is_there_whole_stays_so),
        cmocka_unit_test(test_an_edit_says_what_the_message_now_reads),
        cmocka_unit_test(test_an_edit_of_what_was_never_seen_is_a_message),
        cmocka_unit_test(test_a_delivery_goes_forward_alone_by_its_receipts),
        cmocka_unit_test(test_who_was_copied_in_takes_part_and_is_not_answered),
        cmocka_unit_test(test_a_closed_ticket_goes_on_in_one_follow_up_whatever_names_it),
        cmocka_unit_test(
            test_a_closed_ticket_is_opened_again_within_the_policy_s_time_and_not_after),
        cmocka_unit_test(
            test_who_writes_through_a_group_that_is_the_desk_is_the_sender_and_is_answered),
    };
    int failed;

    house_begin(&h, "relevo_test_intake", house_policy, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    house_end(&h);
    return failed;
}
