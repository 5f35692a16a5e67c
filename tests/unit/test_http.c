/* The server's bounds against raw sockets, and the client against the server. */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <setjmp.h>
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

enum { HEADER_MAX = 2048, BODY_MAX = 4096, DEADLINE_MS = 600 };

static struct event_base *base;
static struct http *http;
static int port;
static struct evhttp_request *held; /* a request that waits for its answer */
static bool hold;

static void on_echo(void *arg, struct evhttp_request *req, const char *rest)
{
    const struct http_header said = { "X-Rest", rest[0] == '\0' ? "none" : rest };

    (void)arg;
    if (hold)
        held = req;
    else
        http_answer(req, 200, "text/plain", span_of("echoed"), &said, 1);
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
    const struct http_limits limits = { HEADER_MAX, BODY_MAX, 50, DEADLINE_MS, DEADLINE_MS, 60000 };
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(at);
    struct error err = { 0 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
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

/* --- raw
 * ---------------------------------------------------------------------------------------------- */

static int raw_connect(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr = { htonl(INADDR_LOOPBACK) },
                              .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    evutil_make_socket_nonblocking(fd);
    return fd;
}

/* All that comes until the server ends the connection, or (`some`) until something has come. */
static char *raw_read(int fd, bool some)
{
    struct text_buffer got = { 0 };
    char room[4096];
    ssize_t n;

    for (;;) {
        n = recv(fd, room, sizeof(room), 0);
        if (n > 0)
            text_buffer_add(&got, room, (size_t)n);
        else if (n == 0 || errno != EAGAIN)
            break;
        else if (some && got.len > 0)
            break;
        else
            event_base_loop(base, EVLOOP_ONCE);
    }
    text_buffer_add(&got, "", 0);
    return text_buffer_take(&got);
}

/* The answer to these bytes, whatever becomes of the connection. */
static char *raw_ask(const char *bytes)
{
    int fd = raw_connect();
    char *got;

    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
    got = raw_read(fd, true);
    close(fd);
    return got;
}

static void assert_status(const char *bytes, const char *status)
{
    char *got = raw_ask(bytes);

    if (got == NULL || strncmp(got, "HTTP/1.1 ", 9) != 0 || strncmp(got + 9, status, 3) != 0)
        fail_msg("expected %s, got '%s'", status, got == NULL ? "" : got);
    free(got);
}

static void test_a_request_reaches_the_route_with_the_longest_prefix(void **state)
{
    char *got = raw_ask("GET /echo/a/b?c=d HTTP/1.1\r\nHost: x\r\n\r\n");

    (void)state;
    assert_non_null(strstr(got, "X-Rest: /a/b\r\n"));
    assert_non_null(strstr(got, "echoed"));
    free(got);
    assert_status("GET /echoes HTTP/1.1\r\nHost: x\r\n\r\n", "404");
    assert_status("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "404");
}

static void test_a_length_that_two_servers_may_read_differently_is_refused(void **state)
{
    (void)state; /* S-41 */
    assert_status("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: "
                  "2\r\n\r\nab",
                  "400");
    assert_status("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\nab", "400");
    assert_status("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                  "Content-Length: 3\r\n\r\n0\r\n\r\n",
                  "400");
    assert_status("GET /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "400");
    assert_status("GET /echo HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400");
}

static void test_a_body_over_the_bound_is_refused_before_it_is_read(void **state)
{
    char bytes[256];

    (void)state;
    snprintf(bytes, sizeof(bytes), "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
             BODY_MAX + 1);
    assert_status(bytes, "413");
    snprintf(bytes, sizeof(bytes),
             "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n",
             BODY_MAX + 1);
    assert_status(bytes, "413");
}

static void test_a_body_at_the_bound_is_taken(void **state)
{
    struct text_buffer bytes = { 0 };
    int i;

    (void)state;
    text_buffer_printf(&bytes, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
                       BODY_MAX);
    for (i = 0; i < BODY_MAX; i++)
        text_buffer_puts(&bytes, "a");
    assert_status(bytes.ptr, "200");
    text_buffer_clear(&bytes);
}

static void test_a_header_over_the_bound_is_refused(void **state)
{
    struct text_buffer bytes = { 0 };
    int i;

    (void)state;
    text_buffer_puts(&bytes, "GET /echo HTTP/1.1\r\nHost: x\r\nX-Long: ");
    for (i = 0; i < HEADER_MAX; i++)
        text_buffer_puts(&bytes, "a");
    text_buffer_puts(&bytes, "\r\n\r\n");
    assert_status(bytes.ptr, "400");
    text_buffer_clear(&bytes);
}

/* Slow senders: the deadline is for the whole of it, however often a byte comes. */
static void assert_is_cut(const char *bytes)
{
    int fd = raw_connect();
    char *got;

    assert_true(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL) > 0);
    got = raw_read(fd, false);
    assert_true(got == NULL || strstr(got, "200 OK") == NULL);
    free(got);
    close(fd);
}

static void test_a_header_that_does_not_end_costs_its_connection(void **state)
{
    (void)state;
    assert_is_cut("GET /echo HTTP/1.1\r\nHost: x\r\n");
    assert_true(http_counts(http)->late > 0);
}

static void test_a_body_that_does_not_end_costs_its_connection(void **state)
{
    (void)state;
    assert_is_cut("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    assert_true(http_counts(http)->late > 0);
}

static void test_an_answer_may_come_after_its_asker_is_gone(void **state)
{
    int fd = raw_connect();

    (void)state;
    hold = true;
    assert_true(send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    while (held == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    close(fd);
    event_base_loop(base, EVLOOP_ONCE);
    http_answer_error(held, 503, "later \"please\"", 5);
    while (http_counts(http)->connections > 0)
        event_base_loop(base, EVLOOP_ONCE);
}

static void test_two_requests_of_one_connection_are_answered_in_turn(void **state)
{
    int fd = raw_connect();
    char *got;

    (void)state;
    assert_true(send(fd,
                     "GET /echo/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /echo/2 HTTP/1.1\r\nHost: "
                     "x\r\nConnection: close\r\n\r\n",
                     86, MSG_NOSIGNAL) > 0);
    got = raw_read(fd, false);
    assert_non_null(strstr(got, "X-Rest: /1"));
    assert_non_null(strstr(strstr(got, "X-Rest: /1"), "X-Rest: /2"));
    free(got);
    close(fd);
}

/* --- the client
 * --------------------------------------------------------------------------------------- */

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
        cmocka_unit_test_setup_teardown(test_a_request_reaches_the_route_with_the_longest_prefix,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_length_that_two_servers_may_read_differently_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_body_over_the_bound_is_refused_before_it_is_read,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_body_at_the_bound_is_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_header_over_the_bound_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_header_that_does_not_end_costs_its_connection, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_body_that_does_not_end_costs_its_connection, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_an_answer_may_come_after_its_asker_is_gone, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_two_requests_of_one_connection_are_answered_in_turn,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_client_has_the_answer_or_says_why_not, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_stranger_cannot_send_the_client_into_our_own_network,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_has_no_answer_is_told_when_the_client_ends, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
