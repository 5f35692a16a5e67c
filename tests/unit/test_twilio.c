#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/form.h"
#include "channels/sign.h"
#include "channels/split.h"
#include "core/arena.h"
#include "tests/support/caller.h"
#include "tests/support/fake_host.h"
#include "tests/support/vectors.h"

static const char yaml[] = "account: AC00000000000000000000000000000001\n"
                           "token: {file: /x}\nnumber: '+15005550006'\n";
static const char token[] = "aabbccddeeff00112233445566778899";
static const struct fake_secret secrets[] = { { "token", token }, { NULL, NULL } };
static const char url[] = "https://support.example.com/hook/test";

static void open_it(struct fake_host *h)
{
    struct error err;

    assert_int_equal(fake_host_open(h, "twilio", yaml, secrets, &err), 0);
}

static int call_signed(struct fake_host *h, struct span body)
{
    return caller_twilio(h, token, body);
}

static const struct inbound *take_payload(struct fake_host *h, const char *name)
{
    size_t len, before = h->delivered_count;
    char *body = vectors_payload(name, &len);

    assert_int_equal(call_signed(h, (struct span){ body, len }), 200);
    assert_string_equal(h->response.body, "<Response/>");
    free(body);
    return h->delivered_count > before ? h->delivered[before] : NULL;
}

static void test_every_vector_is_decided_as_it_says(void **state)
{
    size_t count;

    (void)state;
    assert_int_equal(vectors_run("twilio-signature-v1", "twilio", yaml, &count), 0);
    assert_int_equal(count, 24);
}

static void test_an_sms_is_a_message_of_its_number_pair(void **state)
{
    struct fake_host h;
    const struct inbound *in;

    (void)state;
    open_it(&h);
    in = take_payload(&h, "twilio-sms-inbound.form");
    assert_non_null(in);
    assert_int_equal(in->kind, INBOUND_MESSAGE);
    assert_string_equal(in->external_id, "SM00000000000000000000000000000001");
    assert_string_equal(in->sender.kind, "tel");
    assert_string_equal(in->sender.value, "+15005550001");
    assert_string_equal(in->conversation, "+15005550006|+15005550001");
    assert_string_equal(in->text, "Hola, mi pedido 1234 no llegó");
    assert_int_equal(in->received_at, h.now);
    assert_int_equal(in->channel_id, 7);
    assert_true(in->sender_proven);
    assert_false(in->automatic);
    in = take_payload(&h, "twilio-whatsapp-inbound-reply.form");
    assert_string_equal(in->sender.value, "+15005550001");
    assert_string_equal(in->sender.name, "Customer");
    assert_string_equal(in->conversation, "whatsapp:+15005550006|whatsapp:+15005550001");
    assert_string_equal(in->reply_to_external_id, "SM00000000000000000000000000000010");
    in = take_payload(&h, "twilio-whatsapp-inbound-location.form");
    assert_string_equal(in->text, "Tienda Calle 1 (40.4168, -3.7038)");
    fake_host_close(&h);
}

static void test_media_become_attachments_that_are_fetched_later(void **state)
{
    struct fake_host h;
    const struct inbound *in;

    (void)state;
    open_it(&h);
    in = take_payload(&h, "twilio-mms-inbound.form");
    assert_int_equal(in->attachment_count, 2);
    assert_string_equal(in->attachments[1].content_type, "application/pdf");
    assert_non_null(strstr(in->attachments[0].url, "/Media/ME"));
    fake_host_close(&h);
}

static void test_receipts_and_opt_outs_open_no_ticket(void **state)
{
    struct fake_host h;
    const struct inbound *in;

    (void)state;
    open_it(&h);
    in = take_payload(&h, "twilio-sms-status-delivered.form");
    assert_int_equal(in->kind, INBOUND_RECEIPT);
    assert_string_equal(in->receipt.external_id, "SM00000000000000000000000000000010");
    assert_int_equal(in->receipt.state, RECEIPT_DELIVERED);
    assert_string_equal(in->external_id, "receipt:SM00000000000000000000000000000010:delivered");
    in = take_payload(&h, "twilio-sms-status-undelivered.form");
    assert_int_equal(in->receipt.state, RECEIPT_FAILED);
    assert_string_equal(in->receipt.detail, "undelivered, error 30003");
    in = take_payload(&h, "twilio-sms-inbound-stop.form");
    assert_int_equal(in->kind, INBOUND_IGNORED);
    assert_null(take_payload(&h, "twilio-voice-incoming.form"));
    fake_host_close(&h);
}

static void test_a_broken_form_is_refused_with_its_place(void **state)
{
    static const char *const headers[] = { "Content-Type", "application/x-www-form-urlencoded",
                                           "X-Twilio-Signature", "x", NULL };
    static const struct {
        const char *body, *words;
    } rows[] = {
        { "a=1&b=%4", "form: byte 7: expected two hex digits after %" },
        { "a=%zz", "form: byte 3: expected two hex digits after %" },
        { "a=1\n", "form: byte 4: a blank or control byte that is not encoded" },
    };
    struct fake_host h;
    size_t i;

    (void)state;
    open_it(&h);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(fake_host_call(&h, "POST", url, "", span_of(rows[i].body), headers), 401);
        assert_string_equal(h.err.text, rows[i].words);
    }
    assert_int_equal(h.delivered_count, 0);
    fake_host_close(&h);
}

static void test_a_reply_leaves_from_the_number_that_was_written_to(void **state)
{
    struct outbound out = { .step_key = "1",
                            .to = "+15005550001",
                            .conversation = "whatsapp:+15005550009|whatsapp:+15005550001",
                            .text = "Su ticket #1234 ñ" };
    struct fake_sent sent = { 0 };
    struct fake_host h;

    (void)state;
    open_it(&h);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    assert_int_equal(h.call_count, 1);
    assert_string_equal(h.calls[0].url, "https://api.twilio.com/2010-04-01/Accounts/"
                                        "AC00000000000000000000000000000001/Messages.json");
    assert_string_equal(h.calls[0].user, "AC00000000000000000000000000000001");
    assert_string_equal(h.calls[0].password, token);
    assert_string_equal(
        h.calls[0].body,
        "To=whatsapp%3A%2B15005550001&From=whatsapp%3A%2B15005550009&Body=Su%20ticket%20%231234%20"
        "%C3%B1&StatusCallback=https%3A%2F%2Fsupport.example.com%2Fhook%2Ftest%2Fstatus");
    fake_host_answer(&h, 201, NULL, "{\"sid\":\"SM10\",\"status\":\"queued\"}");
    assert_int_equal(sent.count, 1);
    assert_int_equal(sent.outcome, SENT_OK);
    assert_string_equal(sent.external_id, "SM10");
    fake_host_close(&h);
}

static void test_each_refusal_says_who_must_do_something(void **state)
{
    static const struct {
        int status;
        const char *retry_after, *body;
        enum sent_outcome outcome;
    } rows[] = {
        { 400, NULL, "{\"code\":21610,\"message\":\"unsubscribed\"}", SENT_REFUSED },
        { 429, "7", "{\"code\":20429,\"message\":\"Too Many Requests\"}", SENT_RETRY },
        { 401, NULL, "{\"code\":20003,\"message\":\"Authenticate\"}", SENT_CONFIG },
        { 400, NULL, "{\"code\":21606,\"message\":\"From\"}", SENT_CONFIG },
        { 503, NULL, "<html>", SENT_RETRY },
        { 200, NULL, "<html>", SENT_RETRY },
        { 201, NULL, "{\"status\":\"queued\"}", SENT_RETRY },
        { 0, NULL, "", SENT_RETRY },
    };
    struct outbound out = { .step_key = "1", .to = "+15005550001", .text = "x" };
    struct fake_host h;
    size_t i;

    (void)state;
    open_it(&h);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake_sent sent = { 0 };

        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
        fake_host_answer(&h, rows[i].status, rows[i].retry_after, rows[i].body);
        assert_int_equal(sent.count, 1);
        assert_int_equal(sent.outcome, rows[i].outcome);
        assert_int_equal(sent.retry_after_s, rows[i].retry_after == NULL ? 0 : 7);
    }
    fake_host_close(&h);
}

static void test_a_long_text_leaves_in_parts_and_loses_no_word(void **state)
{
    struct outbound out = { .step_key = "1", .to = "+15005550001" };
    struct fake_sent sent = { 0 };
    struct fake_host h;
    struct text_buffer b = { 0 };
    size_t words = 0, got = 0;
    const char *p;
    int i;

    (void)state;
    open_it(&h);
    for (i = 0; i < 900; i++, words++)
        text_buffer_puts(&b, "palabra ");
    out.text = b.ptr;
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    while (h.call_count > 0) {
        assert_true(strlen(h.calls[0].body) < 1600 * 3);
        for (p = h.calls[0].body; (p = strstr(p, "palabra")) != NULL; p++)
            got++;
        fake_host_answer(&h, 201, NULL, "{\"sid\":\"SM10\"}");
    }
    assert_int_equal(got, words);
    assert_int_equal(sent.count, 1);
    assert_int_equal(sent.outcome, SENT_OK);
    text_buffer_clear(&b);
    fake_host_close(&h);
}

static void test_a_part_is_never_cut_within_a_character(void **state)
{
    static const struct {
        const char *text;
        size_t units, bytes;
    } rows[] = {
        { "abcdef", 6, 6 },
        { "abcdef", 5, 5 },
        { "ab cdef ghi", 9, 8 },
        { "ñañaña", 3, 5 },
        { "\U0001F600\U0001F600", 3, 4 },
        { "a\nb", 2, 2 },
        { "", 5, 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(split_next(span_of(rows[i].text), rows[i].units), rows[i].bytes);
}

static void test_a_channel_without_its_token_does_not_open(void **state) /* S-37 */
{
    static const struct fake_secret none[] = { { NULL, NULL } };
    struct fake_host h;
    struct error err;

    (void)state;
    assert_int_equal(fake_host_open(&h, "twilio", yaml, none, &err), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    fake_host_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_vector_is_decided_as_it_says),
        cmocka_unit_test(test_an_sms_is_a_message_of_its_number_pair),
        cmocka_unit_test(test_media_become_attachments_that_are_fetched_later),
        cmocka_unit_test(test_receipts_and_opt_outs_open_no_ticket),
        cmocka_unit_test(test_a_broken_form_is_refused_with_its_place),
        cmocka_unit_test(test_a_reply_leaves_from_the_number_that_was_written_to),
        cmocka_unit_test(test_each_refusal_says_who_must_do_something),
        cmocka_unit_test(test_a_long_text_leaves_in_parts_and_loses_no_word),
        cmocka_unit_test(test_a_part_is_never_cut_within_a_character),
        cmocka_unit_test(test_a_channel_without_its_token_does_not_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
