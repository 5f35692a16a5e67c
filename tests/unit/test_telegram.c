#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/caller.h"
#include "tests/support/fake_host.h"
#include "tests/support/vectors.h"

static const char hook_yaml[] = "token: {file: /x}\nsecret: {file: /y}\nmode: webhook\n";
static const char poll_yaml[] = "token: {file: /x}\napi_base: http://127.0.0.1:1\n";
static const struct fake_secret secrets[] = { { "token", "123:abc" },
                                              { "secret", "abc_DEF-123" },
                                              { NULL, NULL } };

static void open_it(struct fake_host *h, const char *yaml)
{
    struct error err;

    assert_int_equal(fake_host_open(h, "telegram", yaml, secrets, &err), 0);
}

static int call_with(struct fake_host *h, struct span body)
{
    return caller_telegram(h, "abc_DEF-123", body);
}

static const struct inbound *take_payload(struct fake_host *h, const char *name)
{
    size_t len, before = h->delivered_count;
    char *body = vectors_payload(name, &len);

    assert_int_equal(call_with(h, (struct span){ body, len }), 200);
    assert_int_equal(h->delivered_count, before + 1);
    free(body);
    return h->delivered[before];
}

static void test_every_vector_is_decided_as_it_says(void **state)
{
    size_t count;

    (void)state;
    assert_int_equal(vectors_run("telegram-secret-token", "telegram", hook_yaml, &count), 0);
    assert_int_equal(count, 6);
}

static void test_a_message_belongs_to_its_chat_and_its_topic(void **state)
{
    struct fake_host h;
    const struct inbound *in;

    (void)state;
    open_it(&h, hook_yaml);
    in = take_payload(&h, "telegram-text.json");
    assert_int_equal(in->kind, INBOUND_MESSAGE);
    assert_string_equal(in->external_id, "1111111:1365");
    assert_string_equal(in->conversation, "1111111");
    assert_string_equal(in->sender.kind, "telegram");
    assert_string_equal(in->sender.value, "1111111");
    assert_string_equal(in->sender.name, "Customer");
    assert_string_equal(in->language, "es");
    assert_string_equal(in->text, "Hola, mi pedido no llegó");
    assert_int_equal(in->sent_at, 1768471200);
    in = take_payload(&h, "telegram-group-topic.json");
    assert_string_equal(in->conversation, "-1001234567890:5");
    assert_string_equal(in->external_id, "-1001234567890:77");
    in = take_payload(&h, "telegram-reply.json");
    assert_string_equal(in->reply_to_external_id, "1111111:1360");
    in = take_payload(&h, "telegram-edited.json");
    assert_int_equal(in->kind, INBOUND_EDIT);
    assert_string_equal(in->external_id, "1111111:1365");
    assert_string_equal(in->text, "Hola, mi pedido 1234 no llegó");
    fake_host_close(&h);
}

static void test_what_telegram_kept_for_us_counts_from_when_it_came_there(void **state)
{
    static const struct {
        int64_t now, received_at;
    } rows[] = {
        { 1768471200, 1768471200 },
        { 1768471200 + 3600, 1768471200 }, /* C-7, C-12: as a mailbox does */
        { 1768471200 - 60, 1768471200 - 60 },
        { 1768471200 + 31 * 86400, 1768471200 + 31 * 86400 }, /* that cannot be */
    };
    struct fake_host h;
    size_t i;

    (void)state;
    open_it(&h, hook_yaml);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        h.now = rows[i].now;
        assert_int_equal(take_payload(&h, "telegram-text.json")->received_at, rows[i].received_at);
    }
    h.now = 1768471200 + 3600;
    assert_int_equal(take_payload(&h, "telegram-edited.json")->received_at, 1768471200 + 60);
    fake_host_close(&h);
}

static void test_files_are_kept_as_links_without_the_token(void **state)
{
    struct fake_host h;
    const struct inbound *in;

    (void)state;
    open_it(&h, hook_yaml);
    in = take_payload(&h, "telegram-photo.json");
    assert_int_equal(in->attachment_count, 1);
    assert_string_equal(in->attachments[0].url, "telegram:AgACAgQAAx1x"); /* the largest */
    assert_string_equal(in->text, "mi factura");
    in = take_payload(&h, "telegram-document.json");
    assert_string_equal(in->attachments[0].filename, "factura.pdf");
    assert_int_equal(in->attachments[0].size, 48211);
    fake_host_close(&h);
}

static void test_what_is_no_message_is_ignored_with_its_reason(void **state)
{
    static const char *const names[] = { "telegram-start.json", "telegram-blocked.json",
                                         "telegram-callback-query.json" };
    struct fake_host h;
    const struct inbound *in;
    size_t i;

    (void)state;
    open_it(&h, hook_yaml);
    for (i = 0; i < 3; i++) {
        in = take_payload(&h, names[i]);
        assert_int_equal(in->kind, INBOUND_IGNORED);
        assert_non_null(in->reason);
        assert_non_null(in->external_id);
    }
    fake_host_close(&h);
}

static void test_broken_json_is_refused_with_its_place_and_without_its_words(void **state)
{
    struct fake_host h;

    (void)state;
    open_it(&h, hook_yaml);
    assert_int_equal(call_with(&h, span_of("{\"update_id\": 1, secret words}")), 400);
    assert_non_null(strstr(h.err.text, "json: line 1, column "));
    assert_null(strstr(h.err.text, "secret"));
    assert_int_equal(call_with(&h, span_of("{\"update_id\":1,\"update_id\":2}")), 400); /* S-40 */
    assert_int_equal(call_with(&h, span_of("[]")), 400);
    assert_int_equal(call_with(&h, span_of("{}")), 400);
    assert_int_equal(h.delivered_count, 0);
    fake_host_close(&h);
}

/* The body of the call that waits holds this. */
static void assert_asked(const struct fake_host *h, const char *what)
{
    assert_int_equal(h->call_count, 1);
    if (strstr(h->calls[0].body, what) == NULL)
        fail_msg("%s: not in %s", what, h->calls[0].body);
}

static void test_polling_confirms_only_what_is_committed(void **state)
{
    struct fake_host h;
    size_t len;
    char *body = vectors_payload("telegram-getupdates-response.json", &len);

    (void)state;
    open_it(&h, poll_yaml);
    h.cursor = "10020";
    h.hold = true;
    h.channel.ops->start(&h.channel);
    assert_asked(&h, "\"offset\":10020");
    assert_string_equal(h.calls[0].url, "http://127.0.0.1:1/bot123:abc/getUpdates");
    assert_true(h.calls[0].to_configured);
    fake_host_answer(&h, 200, NULL, body);
    /* All but the last first, and none of them moves the cursor. */
    assert_int_equal(h.delivered_count, 2);
    assert_null(h.delivered[0]->cursor);
    fake_host_stored(&h, 0, 0);
    fake_host_stored(&h, 1, 0);
    assert_int_equal(h.delivered_count, 3);
    assert_string_equal(h.delivered[2]->cursor, "10024");
    assert_int_equal(h.call_count, 0);
    fake_host_stored(&h, 2, 0);
    assert_asked(&h, "\"offset\":10024");
    h.channel.ops->stop(&h.channel);
    fake_host_answer(&h, 200, NULL, "{\"ok\":true,\"result\":[]}"); /* comes too late */
    assert_int_equal(h.call_count, 0);
    free(body);
    fake_host_close(&h);
}

static void test_updates_that_could_not_be_stored_are_asked_for_again(void **state)
{
    struct fake_host h;
    size_t len;
    char *body = vectors_payload("telegram-getupdates-response.json", &len);

    (void)state;
    open_it(&h, poll_yaml);
    h.hold = true;
    h.channel.ops->start(&h.channel);
    assert_asked(&h, "\"offset\":0");
    fake_host_answer(&h, 200, NULL, body);
    fake_host_stored(&h, 0, -1);
    fake_host_stored(&h, 1, 0);
    assert_int_equal(h.delivered_count, 2); /* the last one would carry the cursor past it */
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    fake_host_fire(&h);
    assert_asked(&h, "\"offset\":0");
    fake_host_answer(&h, 409, NULL,
                     "{\"ok\":false,\"error_code\":409,\"description\":\"Conflict\"}");
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    assert_string_equal(h.health_words, "HTTP 409: Conflict");
    assert_int_equal(h.timer_count, 1);
    fake_host_fire(&h);
    fake_host_answer(&h, 0, NULL, "");
    assert_int_equal(h.timer_count, 1);
    free(body);
    fake_host_close(&h); /* with a timer that runs */
    assert_int_equal(h.timer_count, 0);
}

static void test_a_peer_that_does_not_wait_is_not_asked_without_a_pause(void **state)
{
    static const char *const again[] = {
        "{\"ok\":true,\"result\":[]}",
        "{\"ok\":true,\"result\":[{\"update_id\":10019,\"poll\":{}}]}",
        "{\"ok\":true,\"result\":[{\"update_id\":9223372036854775807,\"poll\":{}}]}",
        "{\"ok\":false,\"parameters\":{\"retry_after\":9223372036854775807}}",
    };
    struct fake_host h;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(again) / sizeof(again[0]); i++) {
        open_it(&h, poll_yaml);
        h.cursor = "10020";
        h.channel.ops->start(&h.channel);
        fake_host_answer(&h, 200, NULL, again[i]);
        assert_int_equal(h.call_count, 0);
        assert_int_equal(h.timer_count, 1);
        assert_in_range(h.timers[0].ms, 1000, 24 * 3600 * 1000);
        fake_host_close(&h);
    }
    open_it(&h, poll_yaml); /* who waited has nothing, and is asked at once */
    h.channel.ops->start(&h.channel);
    h.now += 25;
    fake_host_answer(&h, 200, NULL, again[0]);
    assert_int_equal(h.call_count, 1);
    h.channel.ops->stop(&h.channel);
    fake_host_answer(&h, 0, NULL, "");
    fake_host_close(&h);
}

static void test_a_200_that_telegram_did_not_say_is_not_taken_for_sent(void **state)
{
    static const char *const bodies[] = { "<html>", "", "{}", "[]", "{\"ok\":false}" };
    struct outbound out = { .step_key = "1", .to = "1111111", .text = "x" };
    struct fake_sent sent = { 0 };
    struct fake_host h;
    size_t i;

    (void)state;
    open_it(&h, poll_yaml);
    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
        fake_host_answer(&h, 200, NULL, bodies[i]);
        assert_int_equal(sent.count, (int)i + 1);
        assert_int_equal(sent.outcome, SENT_RETRY);
    }
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    fake_host_answer(&h, 429, NULL, "{\"parameters\":{\"retry_after\":9223372036854775807}}");
    assert_int_equal(sent.retry_after_s, 24 * 3600);
    fake_host_close(&h);
}

static void test_a_reply_goes_to_its_chat_and_names_what_it_answers(void **state)
{
    struct outbound out = { .step_key = "1",
                            .to = "1111111",
                            .conversation = "-1001234567890:5",
                            .reply_to_external_id = "-1001234567890:77",
                            .text = "Su ticket #1234" };
    struct fake_sent sent = { 0 };
    struct fake_host h;

    (void)state;
    open_it(&h, poll_yaml);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    assert_string_equal(h.calls[0].url, "http://127.0.0.1:1/bot123:abc/sendMessage");
    assert_string_equal(h.calls[0].body,
                        "{\"chat_id\":-1001234567890,\"message_thread_id\":5,\"text\":\"Su ticket "
                        "#1234\",\"reply_parameters\":{\"message_id\":77,"
                        "\"allow_sending_without_reply\":true}}");
    fake_host_answer(&h, 200, NULL, "{\"ok\":true,\"result\":{\"message_id\":1390}}");
    assert_int_equal(sent.outcome, SENT_OK);
    assert_string_equal(sent.external_id, "-1001234567890:1390");
    fake_host_close(&h);
}

static void test_each_refusal_says_who_must_do_something(void **state)
{
    static const struct {
        const char *payload;
        int status;
        enum sent_outcome outcome;
        int64_t retry_after_s;
    } rows[] = {
        { "telegram-send-response-403.json", 403, SENT_REFUSED, 0 },
        { "telegram-send-response-429.json", 429, SENT_RETRY, 14 },
    };
    struct outbound out = { .step_key = "1", .to = "1111111", .text = "x" };
    struct fake_sent sent = { 0 };
    struct fake_host h;
    size_t i, len;
    char *body;

    (void)state;
    open_it(&h, poll_yaml);
    for (i = 0; i < 2; i++) {
        body = vectors_payload(rows[i].payload, &len);
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
        fake_host_answer(&h, rows[i].status, NULL, body);
        assert_int_equal(sent.outcome, rows[i].outcome);
        assert_int_equal(sent.retry_after_s, rows[i].retry_after_s);
        free(body);
    }
    /* A group that became a supergroup: once again, with its new id. */
    body = vectors_payload("telegram-send-response-migrated.json", &len);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    fake_host_answer(&h, 400, NULL, body);
    assert_int_equal(sent.count, 2);
    assert_asked(&h, "\"chat_id\":-1001234567890");
    fake_host_answer(&h, 400, NULL, body);
    assert_int_equal(sent.count, 3);
    assert_int_equal(sent.outcome, SENT_REFUSED);
    free(body);
    fake_host_close(&h);
}

static void test_a_webhook_without_its_secret_does_not_open(void **state) /* S-37 */
{
    static const struct fake_secret token_only[] = { { "token", "1:a" }, { NULL, NULL } };
    struct fake_host h;
    struct error err;

    (void)state;
    assert_int_equal(fake_host_open(&h, "telegram", hook_yaml, token_only, &err), -1);
    fake_host_close(&h);
    assert_int_equal(fake_host_open(&h, "telegram", poll_yaml, token_only, &err), 0);
    assert_int_equal(call_with(&h, span_of("{}")), 401); /* polling: nobody may call */
    fake_host_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_vector_is_decided_as_it_says),
        cmocka_unit_test(test_a_message_belongs_to_its_chat_and_its_topic),
        cmocka_unit_test(test_what_telegram_kept_for_us_counts_from_when_it_came_there),
        cmocka_unit_test(test_files_are_kept_as_links_without_the_token),
        cmocka_unit_test(test_what_is_no_message_is_ignored_with_its_reason),
        cmocka_unit_test(test_broken_json_is_refused_with_its_place_and_without_its_words),
        cmocka_unit_test(test_polling_confirms_only_what_is_committed),
        cmocka_unit_test(test_updates_that_could_not_be_stored_are_asked_for_again),
        cmocka_unit_test(test_a_peer_that_does_not_wait_is_not_asked_without_a_pause),
        cmocka_unit_test(test_a_200_that_telegram_did_not_say_is_not_taken_for_sent),
        cmocka_unit_test(test_a_reply_goes_to_its_chat_and_names_what_it_answers),
        cmocka_unit_test(test_each_refusal_says_who_must_do_something),
        cmocka_unit_test(test_a_webhook_without_its_secret_does_not_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
