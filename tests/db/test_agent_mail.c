/* An agent's mail goes to the customer, on the customer's channel, when it is proven to be the
 * agent's: docs/semantics.md, section 4. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/token.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

static struct house h;

/* A customer opens a ticket by the chat; returns its number. */
static int64_t open_by_chat(const char *id)
{
    struct inbound *in = house_mail(&h, id, "pepe@client.example", NULL);

    in->conversation = id;
    house_give(&h, 2, in);
    return house_count(&h, "SELECT max(ticket_id) FROM ticket");
}

/* A mail of `who` that carries the token which `holder` got for that ticket; NULL: none. */
static struct inbound *answer(const char *id, const char *who, int64_t ticket_id,
                              const char *holder)
{
    struct inbound *in = house_mail(&h, id, who, NULL);
    char token[TOKEN_CHARS + 1];

    in->text = "Ya sale hoy\n> No llega";
    in->reply_text = "Ya sale hoy";
    if (holder != NULL) {
        token_make(h.desk.token_key, ticket_id, holder, token);
        in->tokens = arena_array(in->arena, 1, sizeof(*in->tokens));
        in->tokens[0] = arena_strdup(in->arena, token);
        in->token_count = 1;
    }
    return in;
}

static long replies(int64_t ticket_id)
{
    return house_count(&h,
                       "SELECT count(*) FROM delivery WHERE notice = 'E-06' AND ticket_id = "
                       "%" PRId64,
                       ticket_id);
}

/* T-35, T-96: also where it comes twice, it is one answer. */
static void test_a_vouched_for_answer_with_the_agents_token_goes_to_the_customers_channel(void **s)
{
    int64_t ticket_id = open_by_chat("chat1");
    struct inbound *in = answer("agent1@desk", "ana@desk.example", ticket_id, "ana@desk.example");

    (void)s;
    in->authenticated_domain = "desk.example";
    house_give(&h, 1, in);
    assert_int_equal(replies(ticket_id), 1);
    house_says(&h,
               "SELECT concat_ws('|', channel_id, address, conversation, text) FROM delivery "
               "WHERE notice = 'E-06'",
               "2|pepe@client.example|chat1|Ya sale hoy");
    house_says(&h,
               "SELECT concat_ws('|', direction, author, agent, reply_text, channel_id) "
               "FROM message WHERE external_id = 'agent1@desk'",
               "out|agent|ana|Ya sale hoy|1");
    house_says(&h, "SELECT outcome FROM intake WHERE external_id = 'agent1@desk'", "message");
    house_give(&h, 1, answer("agent1@desk", "ana@desk.example", ticket_id, "ana@desk.example"));
    assert_int_equal(replies(ticket_id), 1); /* it came a second time */
}

/* S-1, S-4, S-6, T-100: each lacks one thing, so it is mail of somebody else and opens a ticket. */
static void test_without_its_proof_an_answer_does_not_reach_the_customer(void **state)
{
    static const struct {
        const char *id, *who, *holder, *vouched;
    } cases[] = {
        { "no token", "ana@desk.example", NULL, "desk.example" },
        { "another agent's token", "ana@desk.example", "eva@desk.example", "desk.example" },
        { "the customer's token", "ana@desk.example", "pepe@client.example", "desk.example" },
        { "nobody vouches", "ana@desk.example", "ana@desk.example", NULL },
        { "another domain vouches", "ana@desk.example", "ana@desk.example", "evil.example" },
        { "not an agent", "ana@other.example", "ana@desk.example", "other.example" },
    };
    int64_t ticket_id = open_by_chat("chat2");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct inbound *in = answer(cases[i].id, cases[i].who, ticket_id, cases[i].holder);

        in->authenticated_domain = cases[i].vouched;
        house_give(&h, 1, in);
        assert_int_equal(house_count(&h,
                                     "SELECT count(*) FROM message WHERE external_id = $$%s$$ "
                                     "AND author = 'customer' AND ticket_id <> %" PRId64,
                                     cases[i].id, ticket_id),
                         1);
    }
    assert_int_equal(replies(ticket_id), 0);
}

/* A file of the agent's: where it stands in the mail, and as how it is written. */
static void attach(struct inbound *in, const char *text, const char *encoding, const char *sha256)
{
    struct inbound_attachment *f = &in->attachments[in->attachment_count++];

    *f = (struct inbound_attachment){ .filename = "nota.txt",
                                      .content_type = "text/plain",
                                      .sha256 = sha256,
                                      .encoding = encoding,
                                      .at = (size_t)(strstr(in->raw.ptr, text) - in->raw.ptr),
                                      .length = strlen(text) };
}

static void test_an_agents_files_are_kept_each_by_itself_however_they_are_written(void **state)
{
    static const char hola[] = /* sha256("Hola") */
        "e633f4fc79badea1dc5db970cf397c8248bac47cc3acf9915ba60b5d76b0e88f";
    static const char senal[] = /* sha256("Se\xc3\xb1" "al") */
        "01ad99aa5bc5bc54246727819c9c558b5ac7f88f299223989a622632fcec2411";
    int64_t ticket_id = open_by_chat("chat9");
    struct inbound *in = answer("agent9@desk", "ana@desk.example", ticket_id, "ana@desk.example");
    struct inbound *lies;
    long before = house_count(&h, "SELECT count(*) FROM raw");

    (void)state;
    in->authenticated_domain = "desk.example";
    in->raw = span_of("a\r\n\r\nHola\r\n--b\r\n\r\nSe=C3=B1al\r\n--b\r\n\r\nSG9sYQ==");
    in->raw_type = "message/rfc822";
    in->attachments = arena_array(in->arena, 3, sizeof(*in->attachments));
    attach(in, "Hola", "7bit", hola);
    attach(in, "Se=C3=B1al", "quoted-printable", senal);
    attach(in, "SG9sYQ==", "base64", hola);
    house_give(&h, 1, in);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM raw"), before + 3); /* and the mail */
    house_says(&h,
               "SELECT string_agg(convert_from(r.bytes, 'UTF8'), ' ' ORDER BY a.position) FROM "
               "delivery v JOIN attachment a USING (desk_id, ticket_id, message_id) JOIN raw r ON "
               "r.sha256 = decode(a.sha256, 'hex') WHERE v.notice = 'E-06' AND v.conversation = "
               "'chat9'",
               "Hola Se\xc3\xb1"
               "al Hola");

    lies = answer("agent10@desk", "ana@desk.example", ticket_id, "ana@desk.example");
    lies->authenticated_domain = "desk.example"; /* its reader may be hostile */
    lies->raw = span_of("b\r\n\r\nAdi\xc3\xb3s");
    lies->raw_type = "message/rfc822";
    lies->attachments = arena_array(lies->arena, 3, sizeof(*lies->attachments));
    attach(lies, "Adi", "7bit", hola); /* other bytes than it says */
    attach(lies, "b", "7bit", hola);
    lies->attachments[1].at = SIZE_MAX - 1; /* beyond the mail */
    attach(lies, "b", "7bit", hola);
    lies->attachments[2].length = lies->raw.len + 1;
    house_give(&h, 1, lies);
    assert_int_equal(house_count(&h, "SELECT count(*) FROM raw"), before + 4);
}

static void test_an_agents_automatic_mail_answers_nobody(void **state) /* B-07 */
{
    int64_t ticket_id = open_by_chat("chat3");
    struct inbound *in = answer("away@desk", "ana@desk.example", ticket_id, "ana@desk.example");

    (void)state;
    in->authenticated_domain = "desk.example";
    in->automatic = true;
    house_give(&h, 1, in);
    assert_int_equal(replies(ticket_id), 0);
    assert_int_equal(house_count(&h, "SELECT max(ticket_id) FROM ticket"), ticket_id);
}

static void test_an_agent_whose_mail_declines_automatic_answers_answers_all_the_same(void **state)
{
    int64_t ticket_id = open_by_chat("chat-declines");
    struct inbound *in = answer("declines@desk", "ana@desk.example", ticket_id, "ana@desk.example");

    (void)state;
    in->authenticated_domain = "desk.example";
    in->automatic = in->declines = true;
    house_give(&h, 1, in);
    assert_int_equal(replies(ticket_id), 1);
}

static void test_an_answer_to_a_merged_ticket_goes_to_the_one_it_ended_in(void **state)
{
    int64_t into = open_by_chat("chat4");
    struct fact f = house_fact(FACT_MERGED_INTO, FACT_BY_OPERATOR, NULL);
    struct inbound *in = house_mail(&h, "m5@client", "luisa@client.example", NULL);
    int64_t from;

    (void)state;
    house_give(&h, 1, in);
    from = house_count(&h, "SELECT max(ticket_id) FROM ticket");
    f.other = into;
    house_happens(&h, from, f, NULL);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    in = answer("agent5@desk", "ana@desk.example", from, "ana@desk.example");
    in->authenticated_domain = "desk.example";
    house_give(&h, 1, in);
    assert_int_equal(replies(from), 0);
    assert_int_equal(replies(into), 1);
}

static void test_an_answer_to_a_closed_ticket_is_kept_aside_and_its_people_are_told(void **state)
{
    int64_t ticket_id = open_by_chat("chat6");
    struct fact f = house_fact(FACT_STATUS_SET, FACT_BY_AGENT, "ana");
    struct inbound *in;

    (void)state;
    f.status = TICKET_CLOSED;
    house_happens(&h, ticket_id, f, NULL);
    in = answer("agent6@desk", "ana@desk.example", ticket_id, "ana@desk.example");
    in->authenticated_domain = "desk.example";
    in->raw = span_of("its bytes");
    house_give(&h, 1, in);
    house_says(&h,
               "SELECT convert_from(bytes, 'UTF8') FROM quarantine JOIN raw ON sha256 = raw_sha256 "
               "WHERE reason LIKE '%is closed'",
               "its bytes");
    assert_int_equal(house_count(&h,
                                 "SELECT count(*) FROM delivery WHERE notice = 'A-07' AND agent = "
                                 "'ana' AND text LIKE '%%of ana%%is closed%%' AND ticket_id = "
                                 "%" PRId64,
                                 ticket_id),
                     1);
}

/* The customer would get a note of ours, or nothing at all, and the clock would stop. */
static void test_an_answer_that_nobody_could_read_is_held_and_its_people_are_told(void **state)
{
    static const struct {
        const char *chat, *id, *text, *word;
        bool unparsed, encrypted;
    } cases[] = {
        { "chat11", "large@desk", "[The text of this mail was not fetched]",
          "could not be read whole", true, false },
        { "chat12", "sealed@desk", "", "is encrypted", false, true },
    };
    int64_t ticket_id;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct inbound *in;
        long clocks;

        ticket_id = open_by_chat(cases[i].chat);
        clocks = house_count(&h,
                             "SELECT count(*) FROM target_clock WHERE ended_at IS NULL AND "
                             "ticket_id = %" PRId64,
                             ticket_id);
        assert_true(clocks > 0);
        in = answer(cases[i].id, "ana@desk.example", ticket_id, "ana@desk.example");
        in->authenticated_domain = "desk.example";
        in->text = in->reply_text = cases[i].text;
        in->body_unparsed = cases[i].unparsed;
        in->encrypted = cases[i].encrypted;
        in->raw = span_of("its bytes, whatever they are");
        house_give(&h, 1, in);
        assert_int_equal(replies(ticket_id), 0);
        assert_int_equal(house_count(&h,
                                     "SELECT count(*) FROM target_clock WHERE ended_at IS NULL AND "
                                     "ticket_id = %" PRId64,
                                     ticket_id),
                         clocks);
        assert_int_equal(house_count(&h,
                                     "SELECT count(*) FROM quarantine WHERE external_id = '%s' "
                                     "AND reason LIKE '%%of ana%%%s%%'",
                                     cases[i].id, cases[i].word),
                         1);
        assert_true(house_count(&h,
                                "SELECT count(*) FROM delivery WHERE notice = 'A-07' AND text LIKE "
                                "'%%%s%%' AND ticket_id = %" PRId64,
                                cases[i].word, ticket_id) > 0);
    }
}

static void test_where_no_server_is_named_the_token_alone_is_the_proof(void **state)
{
    int64_t ticket_id = open_by_chat("chat7");

    (void)state;
    house_configure(&h, 1, "{}");
    house_give(&h, 1, answer("agent7@desk", "ana@desk.example", ticket_id, "ana@desk.example"));
    house_give(&h, 1, answer("agent8@desk", "ana@desk.example", ticket_id, NULL));
    assert_int_equal(replies(ticket_id), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_a_vouched_for_answer_with_the_agents_token_goes_to_the_customers_channel),
        cmocka_unit_test(test_without_its_proof_an_answer_does_not_reach_the_customer),
        cmocka_unit_test(test_an_agents_files_are_kept_each_by_itself_however_they_are_written),
        cmocka_unit_test(test_an_agents_automatic_mail_answers_nobody),
        cmocka_unit_test(test_an_agent_whose_mail_declines_automatic_answers_answers_all_the_same),
        cmocka_unit_test(test_an_answer_to_a_merged_ticket_goes_to_the_one_it_ended_in),
        cmocka_unit_test(test_an_answer_to_a_closed_ticket_is_kept_aside_and_its_people_are_told),
        cmocka_unit_test(test_an_answer_that_nobody_could_read_is_held_and_its_people_are_told),
        cmocka_unit_test(test_where_no_server_is_named_the_token_alone_is_the_proof),
    };
    int failed;

    house_begin(&h, "relevo_test_agent_mail", house_policy, "{authserv_id: mx.desk.example}");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    house_end(&h);
    return failed;
}
