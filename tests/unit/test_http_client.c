/* The client against a server of ours on loopback. */
#include <arpa/inet.h>
#include <event2/event.h>
#include <event2/http.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"
#include "daemon/http.h"
#include "daemon/http_client.h"

enum { DEADLINE_MS = 600 };

static struct event_base *base;
static struct http *http;
static int port;
static struct evhttp_request *held; /* a request that waits for its answer */
static bool hold;

static void on_echo(void *arg, struct evhttp_request *req, const char *rest)
{
    (void)arg;
    (void)rest;
    if (hold)
        held = req;
    else
        http_answer(req, 200, "text/plain", span_of("echoed"), NULL, 0);
}

static void on_redirect(void *arg, struct evhttp_request *req, const char *rest)
{
    const struct http_header to = { "Location", "/echo/moved" };

    (void)arg;
    (void)rest;
    http_answer(req, 302, "text/plain", span_of("elsewhere"), &to, 1);
}

static int setup(void **state)
{
    const struct http_limits limits = { .header_max = 16384,
                                        .body_max = 65536,
                                        .held_max = 1 << 30,
                                        .connections_max = 200,
                                        .header_ms = 60000,
                                        .body_ms = 60000,
                                        .idle_ms = 60000 };
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(at);
    struct error err = { 0 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as the daemon does */
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, 16), 0);
    getsockname(fd, (struct sockaddr *)&at, &len);
    port = ntohs(at.sin_port);
    base = event_base_new();
    http = http_new(base, &limits);
    if (http_listen_fd(http, fd, &err) < 0)
        fail_msg("%s", err.text);
    http_route(http, "/echo", on_echo, NULL);
    http_route(http, "/redirect", on_redirect, NULL);
    hold = false;
    held = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    http_free(http);
    event_base_free(base);
    return 0;
}

static struct {
    int calls, status;
    char body[64], location[64], words[300];
} answer;

static void on_answer(void *arg, int status, const struct http_header *headers, size_t count,
                      struct span body, const struct error *err)
{
    size_t i;

    (void)arg;
    answer.calls++;
    answer.status = status;
    snprintf(answer.body, sizeof(answer.body), "%.*s", (int)body.len, body.len ? body.ptr : "");
    snprintf(answer.words, sizeof(answer.words), "%s", err->text);
    for (i = 0; i < count; i++)
        if (strcmp(headers[i].name, "Location") == 0)
            snprintf(answer.location, sizeof(answer.location), "%s", headers[i].value);
}

static void client_ask(struct http_client *c, const char *path, bool to_configured, size_t max,
                       int redirects)
{
    char url[100];
    struct http_call call = { .method = "POST",
                              .url = url,
                              .body = span_of("question"),
                              .answer_max = max,
                              .timeout_ms = DEADLINE_MS,
                              .to_configured = to_configured,
                              .redirects_max = redirects,
                              .done = on_answer };

    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", port, path);
    memset(&answer, 0, sizeof(answer));
    http_client_send(c, &call);
    assert_int_equal(answer.calls, 0);
    while (answer.calls == 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(answer.calls, 1);
}

static void test_the_client_has_the_answer_or_says_why_not(void **state)
{
    struct http_client *c = http_client_new(base);

    (void)state;
    client_ask(c, "/echo", true, 100, 0);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "echoed");
    client_ask(c, "/echo", true, 5, 0);
    assert_int_equal(answer.status, 0);
    assert_non_null(strstr(answer.words, "larger"));
    client_ask(c, "/redirect", true, 100, 0);
    assert_int_equal(answer.status, 302);
    assert_string_equal(answer.location, "/echo/moved");
    client_ask(c, "/redirect", true, 100, 1);
    assert_int_equal(answer.status, 200);
    hold = true;
    client_ask(c, "/echo", true, 100, 0);
    assert_int_equal(answer.status, 0);
    assert_true(answer.words[0] != '\0');
    if (held != NULL)
        http_answer_error(held, 503, "late", 0);
    http_client_free(c);
}

static void test_a_stranger_cannot_send_the_client_into_our_own_network(void **state)
{
    static const char *const urls[] = {
        "https://127.0.0.1/x",
        "https://0.0.0.0/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest",
        "https://[fe80::1]/x",
        "https://192.168.0.1/x",
        "https://0x7f.1/x",
        "https://100.64.0.1/x",
        "http://192.0.2.1/x",
        "file:///etc/passwd",
    };
    struct http_client *c = http_client_new(base);
    size_t i;

    (void)state; /* S-45, F57 */
    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct http_call call = { .method = "GET",
                                  .url = urls[i],
                                  .answer_max = 100,
                                  .timeout_ms = 5000,
                                  .done = on_answer };

        memset(&answer, 0, sizeof(answer));
        http_client_send(c, &call);
        while (answer.calls == 0)
            event_base_loop(base, EVLOOP_ONCE);
        assert_int_equal(answer.status, 0);
        if (strncmp(urls[i], "https", 5) == 0 && strstr(answer.words, "public") == NULL)
            fail_msg("%s: %s", urls[i], answer.words);
    }
    http_client_free(c);
}

static void test_what_has_no_answer_is_told_when_the_client_ends(void **state)
{
    struct http_client *c = http_client_new(base);
    struct http_call call = { .method = "GET",
                              .url = "https://example.test/",
                              .answer_max = 100,
                              .timeout_ms = 5000,
                              .done = on_answer };

    (void)state;
    memset(&answer, 0, sizeof(answer));
    http_client_send(c, &call);
    http_client_send(c, &call);
    http_client_free(c);
    assert_int_equal(answer.calls, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_client_has_the_answer_or_says_why_not, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_stranger_cannot_send_the_client_into_our_own_network,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_has_no_answer_is_told_when_the_client_ends, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
