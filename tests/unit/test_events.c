#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "core/plan.h"
#include "tests/support/fake_host.h"

static const char secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const struct fake_secret secrets[] = { { "secret", secret }, { NULL, NULL } };
static const char body[] = "{\"type\":\"ticket.customer_wrote\",\"data\":{\"events\":[]}}";

static void test_what_was_written_is_posted_to_the_byte_and_whoever_has_the_secret_believes_it(
    void **state)
{
    const struct outbound out = {
        .step_key = "42/event/1/7", .owed_at = 5, .to = "", .text = body
    };
    struct fake_sent sent = { 0 };
    struct fake_host h, receiver;
    struct error err;
    char id[100], at[100], signature[200];
    const char *headers[] = { "webhook-id", id,  "webhook-timestamp", at, "webhook-signature",
                              signature,    NULL };

    (void)state;
    assert_int_equal(fake_host_open(&h, "events",
                                    "url: https://crm.example.org/relevo\nsecret: {file: /x}\n",
                                    secrets, &err),
                     0);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    assert_string_equal(h.calls[0].url, "https://crm.example.org/relevo");
    assert_string_equal(h.calls[0].body, body);
    assert_int_equal(sscanf(h.calls[0].headers,
                            "Content-Type: application/json\nwebhook-id: %99s\nwebhook-timestamp: "
                            "%99s\nwebhook-signature: %199s",
                            id, at, signature),
                     3);
    fake_host_answer(&h, 204, NULL, "");
    assert_int_equal(sent.outcome, SENT_OK);
    assert_string_equal(sent.external_id, id);
    assert_int_equal(fake_host_open(&receiver, "webhook", "secret: {file: /x}\n", secrets, &err),
                     0);
    receiver.now = h.now;
    assert_int_equal(fake_host_call(&receiver, "POST", "https://x", "", span_of(body), headers),
                     200);
    fake_host_close(&receiver);
    fake_host_close(&h);
}

static void test_what_is_written_wrongly_does_not_open_and_says_what(void **state)
{
    static const struct {
        const char *yaml, *secret, *words;
    } rows[] = {
        { "url: ftp://x/\nsecret: {file: /x}\n", secret, "url: expected https" },
        { "url: https://x/\nsecret: {file: /x}\nonly: [level_entered, everything]\n", secret,
          "only: 'everything' is no kind of event" },
        { "url: https://x/\nsecret: {file: /x}\n",
          "whpk_fEMr/m+l24xyBhEpxKYe2lvKM8ZVjxqzTwpyDgXcIfE=", "a public key signs nothing" },
    };
    struct fake_host h;
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct fake_secret own[] = { { "secret", rows[i].secret }, { NULL, NULL } };

        assert_int_equal(fake_host_open(&h, "events", rows[i].yaml, own, &err), -1);
        assert_int_equal(err.kind, ERROR_CONFIG);
        if (strstr(err.text, rows[i].words) == NULL)
            fail_msg("'%s' does not say '%s'", err.text, rows[i].words);
        fake_host_close(&h);
    }
}

static void test_each_kind_that_the_guide_tells_of_is_one(void **state)
{
    char *page = NULL, *at, *end;
    size_t len;
    int told = 0;

    (void)state;
    assert_true(g_file_get_contents(TEST_SOURCE_DIR "/docs/events.md", &page, &len, NULL));
    for (at = strstr(page, "| kinds of facts"); (at = strchr(at, '`')) != NULL; at = end + 1) {
        end = strchr(++at, '`');
        *end = '\0';
        if (!plan_event_is_known(at))
            fail_msg("docs/events.md: %s", at);
        told++;
    }
    assert_true(told > 20);
    g_free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_what_was_written_is_posted_to_the_byte_and_whoever_has_the_secret_believes_it),
        cmocka_unit_test(test_what_is_written_wrongly_does_not_open_and_says_what),
        cmocka_unit_test(test_each_kind_that_the_guide_tells_of_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
