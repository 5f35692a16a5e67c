#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/webhook_sign.h"
#include "core/arena.h"
#include "tests/support/caller.h"
#include "tests/support/fake_host.h"
#include "tests/support/vectors.h"

static const char yaml[] = "secret: {file: /x}\nsend_url: https://shop.example.org/relevo\n";
static const char in_yaml[] = "secret: {file: /x}\n";
static const char secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const struct fake_secret secrets[] = { { "secret", secret }, { NULL, NULL } };

static void open_it(struct fake_host *h)
{
    struct error err;

    assert_int_equal(fake_host_open(h, "webhook", yaml, secrets, &err), 0);
}

static int call_signed(struct fake_host *h, struct span body, int64_t at)
{
    return caller_webhook(h, secret, body, at);
}

static const struct inbound *take_payload(struct fake_host *h, const char *name)
{
    size_t len, before = h->delivered_count;
    char *body = vectors_payload(name, &len);

    assert_int_equal(call_signed(h, (struct span){ body, len }, h->now), 200);
    assert_int_equal(h->delivered_count, before + 1);
    free(body);
    return h->delivered[before];
}

static void test_every_vector_is_decided_as_it_says(void **state)
{
    size_t count;

    (void)state;
    assert_int_equal(vectors_run("standard-webhooks-v1", "webhook", in_yaml, &count), 0);
    assert_int_equal(count, 14);
    assert_int_equal(vectors_run("standard-webhooks-v1a", "webhook", in_yaml, &count), 0);
    assert_int_equal(count, 7);
}

static void test_a_message_keeps_its_conversation_sender_and_files(void **state)
{
    struct fake_host h;
    const struct inbound *in;

    (void)state;
    open_it(&h);
    in = take_payload(&h, "generic-message-created.json");
    assert_int_equal(in->kind, INBOUND_MESSAGE);
    assert_string_equal(in->external_id, "shop-msg-1");
    assert_string_equal(in->conversation, "order-1234");
    assert_string_equal(in->sender.kind, "webhook");
    assert_string_equal(in->sender.value, "cust-42");
    assert_string_equal(in->text, "Hola, mi pedido no llegó");
    assert_int_equal(in->sent_at, 1768471198);
    assert_int_equal(in->attachment_count, 1);
    assert_string_equal(in->attachments[0].url, "https://shop.example.org/f/1.pdf");
    in = take_payload(&h, "generic-message-updated.json");
    assert_int_equal(in->kind, INBOUND_EDIT);
    in = take_payload(&h, "generic-message-deleted.json");
    assert_int_equal(in->kind, INBOUND_IGNORED);
    assert_string_equal(in->external_id, "event:msg_1");
    fake_host_close(&h);
}

static void test_what_the_other_system_kept_for_us_counts_from_when_it_came_there(void **state)
{
    struct fake_host h;

    (void)state;
    open_it(&h);
    h.now += 3600; /* C-7 */
    assert_int_equal(take_payload(&h, "generic-message-created.json")->received_at, h.now - 3600);
    h.now -= 2 * 3600;
    assert_int_equal(take_payload(&h, "generic-message-created.json")->received_at, h.now);
    fake_host_close(&h);
}

static void test_a_replay_after_five_minutes_is_refused(void **state) /* S-39 */
{
    struct fake_host h;

    (void)state;
    open_it(&h);
    assert_int_equal(call_signed(&h, span_of("{}"), h.now - 301), 401);
    assert_int_equal(call_signed(&h, span_of("{}"), h.now + 301), 401);
    assert_int_equal(h.delivered_count, 0);
    assert_int_equal(call_signed(&h, span_of("{}"), h.now - 300), 200);
    fake_host_close(&h);
}

static void test_a_message_that_lacks_something_is_refused_with_what(void **state)
{
    static const struct {
        const char *body, *words;
    } rows[] = {
        { "{\"type\":\"message.created\",\"data\":{}}", "data.id: expected a text" },
        { "{\"type\":\"message.created\",\"data\":{\"id\":\"1\"}}",
          "data.sender: expected id, email or phone of who wrote" },
        { "{\"type\":\"message.created\",\"data\":{\"id\":\"1\",\"sender\":{\"id\":\"c\"}}}",
          "data.text: expected a text" },
        { "nothing", "json: line 1, column 7: '[' or '{' expected" },
    };
    struct fake_host h;
    size_t i;

    (void)state;
    open_it(&h);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(call_signed(&h, span_of(rows[i].body), h.now), 400);
        assert_string_equal(h.err.text, rows[i].words);
    }
    fake_host_close(&h);
}

static void test_an_answer_is_signed_and_keeps_its_id_over_retries(void **state)
{
    struct outbound out = {
        .step_key = "42/E-06/1", .to = "cust-42", .conversation = "order-1234", .text = "Hola"
    };
    struct fake_sent sent = { 0 };
    struct fake_host h, other;
    struct error err;
    char *body, id[100], at[100], signature[200];
    const char *headers[] = { "webhook-id", id,  "webhook-timestamp", at, "webhook-signature",
                              signature,    NULL };

    (void)state;
    open_it(&h);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    assert_int_equal(sscanf(h.calls[0].headers,
                            "Content-Type: application/json\nwebhook-id: %99s\nwebhook-timestamp: "
                            "%99s\nwebhook-signature: %199s",
                            id, at, signature),
                     3);
    body = xstrdup(h.calls[0].body);
    fake_host_answer(&h, 503, "30", "");
    assert_int_equal(sent.outcome, SENT_RETRY);
    assert_int_equal(sent.retry_after_s, 30);
    h.now += 60;
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    assert_non_null(strstr(h.calls[0].headers, id));
    fake_host_answer(&h, 204, NULL, "");
    assert_int_equal(sent.outcome, SENT_OK);
    /* Whoever has the secret believes it: another channel of ours does. */
    assert_int_equal(fake_host_open(&other, "webhook", yaml, secrets, &err), 0);
    assert_int_equal(fake_host_call(&other, "POST", "https://x", "", span_of(body), headers), 200);
    assert_true(other.delivered[0]->echo);
    free(body);
    fake_host_close(&other);
    fake_host_close(&h);
}

static void test_a_receiver_that_is_gone_stops_the_channel(void **state)
{
    struct outbound out = { .step_key = "1", .to = "c", .text = "x" };
    struct fake_sent sent = { 0 };
    struct fake_host h;

    (void)state;
    open_it(&h);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    fake_host_answer(&h, 410, NULL, "");
    assert_int_equal(sent.outcome, SENT_CONFIG);
    fake_host_close(&h);
}

static void test_keys_that_are_none_do_not_open(void **state)
{
    static const char *const bad[] = { "", "whsec_", "whsec_!!!!", "whsec_YWJj", "whpk_YWJj" };
    struct fake_host h;
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct fake_secret s[] = { { "secret", bad[i] }, { NULL, NULL } };

        assert_int_equal(fake_host_open(&h, "webhook", yaml, s, &err), -1);
        assert_int_equal(err.kind, ERROR_CONFIG);
        if (strlen(bad[i]) > 6)
            assert_null(strstr(err.text, bad[i]));
        fake_host_close(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_vector_is_decided_as_it_says),
        cmocka_unit_test(test_a_message_keeps_its_conversation_sender_and_files),
        cmocka_unit_test(test_what_the_other_system_kept_for_us_counts_from_when_it_came_there),
        cmocka_unit_test(test_a_replay_after_five_minutes_is_refused),
        cmocka_unit_test(test_a_message_that_lacks_something_is_refused_with_what),
        cmocka_unit_test(test_an_answer_is_signed_and_keeps_its_id_over_retries),
        cmocka_unit_test(test_a_receiver_that_is_gone_stops_the_channel),
        cmocka_unit_test(test_keys_that_are_none_do_not_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
