/* What attachments' links name: whom our password is shown to, and what answers mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "channels/link.h"
#include "tests/support/fake_host.h"

static const char twilio_yaml[] = "account: AC1\ntoken: {file: /x}\n";
static const char telegram_yaml[] = "token: {file: /x}\n";
static const char webhook_yaml[] = "secret: {file: /x}\n";
static const struct fake_secret secrets[] = {
    { "token", "123:abc" }, { "secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }, { NULL, NULL }
};
static const char media[] = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1";

static struct {
    int count;
    enum error_kind kind;
    char bytes[100], type[100], words[300];
} got;

static void take(void *arg, struct span bytes, const char *type, const struct error *err)
{
    (void)arg;
    got.count++;
    got.kind = err->kind;
    snprintf(got.bytes, sizeof(got.bytes), "%.*s", (int)bytes.len, bytes.ptr);
    snprintf(got.type, sizeof(got.type), "%s", type == NULL ? "" : type);
    snprintf(got.words, sizeof(got.words), "%s", err->kind == ERROR_NONE ? "" : err->text);
}

static void open_kind(struct fake_host *h, const char *kind, const char *yaml)
{
    struct error err;

    memset(&got, 0, sizeof(got));
    if (fake_host_open(h, kind, yaml, secrets, &err) < 0)
        fail_msg("%s", err.text);
}

static void fetch(struct fake_host *h, const char *url)
{
    h->channel.ops->fetch(&h->channel, url, 1000, take, NULL);
}

static void test_the_account_is_shown_to_its_api_and_not_to_where_that_leads(
    void **state) /* S-45 */
{
    struct fake_host h;

    (void)state;
    open_kind(&h, "twilio", twilio_yaml);
    fetch(&h, media);
    assert_string_equal(h.calls[0].method, "GET");
    assert_string_equal(h.calls[0].url, media);
    assert_string_equal(h.calls[0].user, "AC1");
    assert_string_equal(h.calls[0].password, "123:abc");
    assert_true(h.calls[0].to_configured);
    fake_host_answer_with(&h, 307, "Location", "https://mms.twiliocdn.com/a/b", "");
    assert_int_equal(got.count, 0);
    assert_string_equal(h.calls[0].url, "https://mms.twiliocdn.com/a/b");
    assert_null(h.calls[0].user);
    assert_null(h.calls[0].password);
    assert_false(h.calls[0].to_configured);
    fake_host_answer_with(&h, 200, "Content-Type", "image/jpeg", "JPEG");
    assert_int_equal(got.count, 1);
    assert_int_equal(got.kind, ERROR_NONE);
    assert_string_equal(got.bytes, "JPEG");
    assert_string_equal(got.type, "image/jpeg");
    fake_host_close(&h);
}

static void test_a_link_that_only_looks_like_the_api_gets_no_password(void **state) /* S-45 */
{
    static const char *const urls[] = {
        "https://api.twilio.com.evil.example/2010-04-01/x",
        "https://api.twilio.com@evil.example/x",
        "https://evil.example/https://api.twilio.com/",
    };
    struct fake_host h;
    size_t i;

    (void)state;
    open_kind(&h, "twilio", twilio_yaml);
    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        fetch(&h, urls[i]);
        assert_null(h.calls[0].user);
        assert_false(h.calls[0].to_configured);
        fake_host_answer(&h, 200, NULL, "");
    }
    fetch(&h, "http://169.254.169.254/latest/meta-data");
    assert_int_equal(h.call_count, 0);
    assert_int_equal(got.kind, ERROR_PERMANENT);
    assert_string_equal(got.words, "its link is none of https");
    fetch(&h, media);
    fake_host_answer_with(&h, 302, "Location", "http://127.0.0.1/", "");
    assert_int_equal(h.call_count, 0);
    assert_int_equal(got.kind, ERROR_PERMANENT);
    fake_host_close(&h);
}

static void test_an_answer_says_whether_to_come_again(void **state)
{
    static const struct {
        int status;
        enum error_kind kind;
    } rows[] = { { 200, ERROR_NONE },      { 0, ERROR_TRANSIENT },   { 429, ERROR_TRANSIENT },
                 { 503, ERROR_TRANSIENT }, { 404, ERROR_PERMANENT }, { 410, ERROR_PERMANENT },
                 { 401, ERROR_CONFIG },    { 403, ERROR_CONFIG },    { 304, ERROR_PERMANENT } };
    struct fake_host h;
    size_t i;

    (void)state;
    open_kind(&h, "twilio", twilio_yaml);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fetch(&h, media);
        fake_host_answer(&h, rows[i].status, NULL, "");
        assert_int_equal(got.count, i + 1);
        assert_int_equal(got.kind, rows[i].kind);
    }
    fake_host_close(&h);
    open_kind(&h, "webhook", webhook_yaml);
    assert_null(h.channel.ops->fetch);
    link_fetch(&h.channel, &(struct link){ .url = "https://shop.example.org/1.pdf" }, 10, take,
               NULL);
    fake_host_answer(&h, 403, NULL, "");
    assert_int_equal(got.kind, ERROR_PERMANENT); /* there is nothing of ours to set right */
    fake_host_close(&h);
}

static void test_a_file_of_telegram_is_asked_for_and_then_fetched(void **state)
{
    struct fake_host h;

    (void)state;
    open_kind(&h, "telegram", telegram_yaml);
    fetch(&h, "telegram:AgAC-1");
    assert_string_equal(h.calls[0].url, "https://api.telegram.org/bot123:abc/getFile");
    assert_string_equal(h.calls[0].body, "{\"file_id\":\"AgAC-1\"}");
    fake_host_answer(&h, 200, NULL,
                     "{\"ok\":true,\"result\":{\"file_path\":\"photos/file_1.jpg\"}}");
    assert_string_equal(h.calls[0].url,
                        "https://api.telegram.org/file/bot123:abc/photos/file_1.jpg");
    fake_host_answer_with(&h, 200, "Content-Type", "image/jpeg", "JPEG");
    assert_int_equal(got.kind, ERROR_NONE);
    assert_string_equal(got.bytes, "JPEG");
    fetch(&h, "telegram:AgAC-2");
    fake_host_answer(&h, 400, NULL,
                     "{\"ok\":false,\"description\":\"Bad Request: file is too big\"}");
    assert_int_equal(got.kind, ERROR_PERMANENT);
    assert_string_equal(got.words, "HTTP 400: Bad Request: file is too big");
    fetch(&h, "telegram:AgAC-3");
    fake_host_answer(&h, 0, NULL, "");
    assert_int_equal(got.kind, ERROR_TRANSIENT);
    fetch(&h, "https://evil.example/");
    assert_int_equal(got.kind, ERROR_PERMANENT);
    assert_int_equal(h.call_count, 0);
    fake_host_close(&h);
}

static void test_a_file_of_telegram_lies_where_files_lie(void **state)
{
    static const char *const paths[] = { "../../bot1/getMe", "/etc/passwd", "a b", "a?b=c", "a#b",
                                         "a%2e%2e/b" };
    struct fake_host h;
    char answer[200];
    size_t i;

    (void)state;
    open_kind(&h, "telegram", telegram_yaml);
    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        snprintf(answer, sizeof(answer), "{\"ok\":true,\"result\":{\"file_path\":\"%s\"}}",
                 paths[i]);
        fetch(&h, "telegram:AgAC-1");
        fake_host_answer(&h, 200, NULL, answer);
        assert_int_equal(h.call_count, 0);
        assert_int_equal(got.kind, ERROR_PERMANENT);
    }
    fake_host_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_account_is_shown_to_its_api_and_not_to_where_that_leads),
        cmocka_unit_test(test_a_link_that_only_looks_like_the_api_gets_no_password),
        cmocka_unit_test(test_an_answer_says_whether_to_come_again),
        cmocka_unit_test(test_a_file_of_telegram_is_asked_for_and_then_fetched),
        cmocka_unit_test(test_a_file_of_telegram_lies_where_files_lie),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
