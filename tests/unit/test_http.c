/* The server's bounds against raw sockets. */
#include <arpa/inet.h>
#include <errno.h>
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "daemon/http.h"
#include "daemon/http_address.h"

enum {
    HEADER_MAX = 2048,
    BODY_MAX = 4096,
    HELD_MAX = 3 * BODY_MAX + HEADER_MAX,
    CONNECTIONS_MAX = 8,
    DEADLINE_MS = 600
};

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

/* More than the kernel keeps for a peer that does not read. */
static void on_large(void *arg, struct evhttp_request *req, const char *rest)
{
    const size_t len = 32 << 20;
    char *large = xcalloc(1, len);

    (void)arg;
    (void)rest;
    http_answer(req, 200, "text/plain", (struct span){ large, len }, NULL, 0);
    free(large);
}

/* An answer without an end. */
static void on_stream(void *arg, struct evhttp_request *req, const char *rest)
{
    (void)arg;
    (void)rest;
    held = req;
    evhttp_send_reply_start(req, 200, "OK");
}

static int setup(void **state)
{
    const struct http_limits limits = { .header_max = HEADER_MAX,
                                        .body_max = BODY_MAX,
                                        .held_max = HELD_MAX,
                                        .connections_max = CONNECTIONS_MAX,
                                        .header_ms = DEADLINE_MS,
                                        .body_ms = DEADLINE_MS,
                                        .idle_ms = 3600000 };
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
    http_route(http, "/large", on_large, NULL);
    http_route(http, "/stream", on_stream, NULL);
    signal(SIGPIPE, SIG_IGN); /* as the daemon does */
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

static int raw_try_connect(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr = { htonl(INADDR_LOOPBACK) },
                              .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
        close(fd);
        return -1;
    }
    evutil_make_socket_nonblocking(fd);
    return fd;
}

static int raw_connect(void)
{
    int fd = raw_try_connect();

    assert_true(fd >= 0);
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
    assert_status("POST /echo HTTP/1.1\r\nHost: x\r\n\r\n", "200");
    assert_status("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200");
    assert_status("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", "200");
    assert_status("GET /echoes HTTP/1.1\r\nHost: x\r\n\r\n", "404");
    assert_status("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "404");
}

static void test_what_two_servers_may_read_differently_is_refused(void **state)
{
    static const char *const asked[] = {
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
        "3\r\n\r\n0\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n"
        "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        "GET /echo HTTP/1.1\nHost: x\n\n",
        "GET /echo HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    };
    size_t i;

    (void)state; /* S-41; the rest of them in test_http_scan.c */
    for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
        assert_status(asked[i], "400");
    assert_int_equal(http_counts(http)->requests, 0);
    assert_int_equal(http_counts(http)->refused, sizeof(asked) / sizeof(asked[0]));
}

static void test_a_refusal_is_json_and_the_last_word(void **state)
{
    int fd = raw_connect();
    char *got;

    (void)state;
    assert_true(send(fd, "PUT /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    got = raw_read(fd, false);
    assert_ptr_equal(strstr(got, "HTTP/1.1 405 "), got);
    assert_non_null(strstr(got, "\r\nAllow: GET, POST, HEAD, OPTIONS\r\n"));
    assert_non_null(strstr(got, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(got, "{\"error\":{\"code\":405,\"message\":\""));
    free(got);
    close(fd);
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
    assert_status(bytes.ptr, "431");
    text_buffer_clear(&bytes);
}

/* Slow senders: the deadline is for the whole of it, however often a byte comes. */
static void assert_is_late(const char *bytes, char drip)
{
    int fd = raw_connect();
    char got[512] = "";
    int drips = 0;
    ssize_t n;

    assert_true(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL) > 0);
    while ((n = recv(fd, got, sizeof(got) - 1, 0)) < 0 && errno == EAGAIN) {
        event_base_loop(base, EVLOOP_ONCE);
        if (drips++ < 100)
            send(fd, &drip, 1, MSG_NOSIGNAL);
    }
    assert_true(n > 0);
    assert_ptr_equal(strstr(got, "HTTP/1.1 408 "), got);
    assert_int_equal(http_counts(http)->late, 1);
    close(fd);
}

static void test_a_header_that_drips_costs_its_connection(void **state)
{
    (void)state; /* F40 */
    assert_is_late("GET /echo HTTP/1.1\r\nHost: x\r\nX: ", 'a');
}

static void test_a_body_that_drips_costs_its_connection(void **state)
{
    (void)state; /* F40 */
    assert_is_late("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\nabc", 'd');
}

static void test_who_does_not_read_his_answer_loses_his_connection(void **state)
{
    int fd = raw_connect();

    (void)state;
    assert_true(send(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 32, MSG_NOSIGNAL) > 0);
    do
        event_base_loop(base, EVLOOP_ONCE);
    while (http_counts(http)->connections > 0);
    assert_int_equal(http_counts(http)->late, 1);
    close(fd);
}

static void test_a_request_may_come_byte_by_byte(void **state)
{
    static const char bytes[] = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                                "\r\n3\r\nabc\r\n0\r\n\r\n";
    int fd = raw_connect();
    char *got;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bytes) - 1; i++) {
        assert_int_equal(send(fd, &bytes[i], 1, MSG_NOSIGNAL), 1);
        event_base_loop(base, EVLOOP_NONBLOCK);
    }
    got = raw_read(fd, true);
    assert_ptr_equal(strstr(got, "HTTP/1.1 200 "), got);
    free(got);
    close(fd);
}

static void test_who_has_said_all_may_close_his_side_and_is_answered(void **state)
{
    int fd = raw_connect();
    char *got;

    (void)state;
    hold = true;
    assert_true(send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    shutdown(fd, SHUT_WR);
    while (held == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    event_base_loop(base, EVLOOP_ONCE);
    http_answer(held, 200, NULL, span_of("{}"), NULL, 0);
    got = raw_read(fd, false);
    assert_ptr_equal(strstr(got, "HTTP/1.1 200 "), got);
    free(got);
    close(fd);
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

static void test_nothing_more_is_read_while_an_answer_is_under_way(void **state)
{
    static const char more[1 << 20];
    int fd = raw_connect(), turns = 0;
    size_t sent = 0;
    ssize_t n;

    (void)state;
    hold = true;
    assert_true(send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    while (held == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    while (turns < 100 && sent < 64 * sizeof(more)) {
        n = send(fd, more, sizeof(more), MSG_NOSIGNAL);
        sent += n > 0 ? (size_t)n : 0;
        turns += n < 0;
        event_base_loop(base, EVLOOP_NONBLOCK);
    }
    assert_true(sent < 64 * sizeof(more));
    http_answer(held, 200, NULL, span_of("{}"), NULL, 0);
    close(fd);
}

static void test_behind_an_answer_without_end_no_more_is_kept_than_one_request_may_be(void **state)
{
    static char more[64 * 1024];
    int fd = raw_connect(), turns = 0;

    (void)state;
    memset(more, 'x', sizeof(more));
    assert_true(send(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", 33, MSG_NOSIGNAL) > 0);
    while (held == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    while (turns < 100) {
        turns += send(fd, more, sizeof(more), MSG_NOSIGNAL) < 0;
        event_base_loop(base, EVLOOP_NONBLOCK);
        assert_true(http_counts(http)->held <= 2 * (HEADER_MAX + BODY_MAX));
    }
    assert_true(http_counts(http)->held > 0);
    evhttp_send_reply_end(held);
    close(fd);
}

static void test_many_large_bodies_at_once_are_told_to_come_again_and_small_ones_go_on(void **state)
{
    static const char head[] = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4096\r\n\r\n";
    static char body[BODY_MAX - 1];
    char *got = NULL;
    int fds[4], i;

    (void)state; /* S-42 */
    memset(body, 'x', sizeof(body));
    for (i = 0; i < 4; i++) {
        fds[i] = raw_connect();
        assert_true(send(fds[i], head, sizeof(head) - 1, MSG_NOSIGNAL) > 0);
        assert_true(send(fds[i], body, sizeof(body), MSG_NOSIGNAL) > 0);
        free(raw_ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    got = raw_read(fds[3], false);
    assert_non_null(strstr(got, "HTTP/1.1 503 "));
    assert_non_null(strstr(got, "Retry-After: "));
    free(got);
    got = raw_ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_non_null(strstr(got, "200 OK"));
    free(got);
    assert_true(send(fds[0], "x", 1, MSG_NOSIGNAL) > 0);
    got = raw_read(fds[0], true);
    assert_non_null(strstr(got, "200 OK"));
    free(got);
    for (i = 0; i < 4; i++)
        close(fds[i]);
    while (http_counts(http)->connections > 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(http_counts(http)->held, 0);
}

static void test_a_broken_request_behind_a_good_one_is_told_after_its_answer(void **state)
{
    static const char bytes[] = "GET /echo/1 HTTP/1.1\r\nHost: x\r\n\r\n"
                                "GET /echo/2 HTTP/1.1\r\nHost : x\r\n\r\n";
    int fd = raw_connect();
    char *got;

    (void)state;
    hold = true;
    assert_true(send(fd, bytes, sizeof(bytes) - 1, MSG_NOSIGNAL) > 0);
    while (held == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    http_answer(held, 200, NULL, span_of("first"), NULL, 0);
    got = raw_read(fd, false);
    assert_ptr_equal(strstr(got, "HTTP/1.1 200 "), got);
    assert_non_null(strstr(strstr(got, "first"), "HTTP/1.1 400 "));
    free(got);
    close(fd);
}

static void test_connections_over_the_bound_wait_for_a_place(void **state)
{
    int fds[CONNECTIONS_MAX + 3], i;
    char *got;

    (void)state;
    for (i = 0; i < CONNECTIONS_MAX + 3; i++) {
        fds[i] = raw_connect();
        assert_true(send(fds[i], "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    }
    for (i = 0; i < CONNECTIONS_MAX + 3; i++) {
        got = raw_read(fds[i], true);
        assert_non_null(strstr(got, "200 OK"));
        assert_true(http_counts(http)->connections <= CONNECTIONS_MAX);
        free(got);
        close(fds[i]);
    }
    assert_true(http_counts(http)->over > 0);
}

/* F42 */
static void test_connections_that_only_lie_there_give_way_to_one_that_asks(void **state)
{
    int fds[CONNECTIONS_MAX], fd, i;
    char *got;

    (void)state;
    for (i = 0; i < CONNECTIONS_MAX; i++)
        fds[i] = raw_connect();
    while (http_counts(http)->connections < CONNECTIONS_MAX)
        event_base_loop(base, EVLOOP_ONCE);
    fd = raw_connect();
    assert_true(send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    got = raw_read(fd, true);
    assert_non_null(strstr(got, "200 OK"));
    free(got);
    close(fd);
    for (i = 0; i < CONNECTIONS_MAX; i++)
        close(fds[i]);
}

static void test_without_descriptors_the_listener_rests_and_comes_back(void **state)
{
    int fd = raw_connect(), events = event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED);
    struct rlimit was, few;
    char *got;

    (void)state; /* F43 */
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
    few = was;
    few.rlim_cur = (rlim_t)fd + 1;
    setrlimit(RLIMIT_NOFILE, &few);
    event_base_loop(base, EVLOOP_ONCE);
    setrlimit(RLIMIT_NOFILE, &was);
    assert_int_equal(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), events - 1);
    assert_true(send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    got = raw_read(fd, true);
    assert_non_null(strstr(got, "200 OK"));
    free(got);
    close(fd);
}

static void test_a_stop_finishes_what_is_under_way_and_takes_nothing_new(void **state)
{
    int waiting, idle = raw_connect();
    char *got;

    (void)state;
    free(raw_ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
    hold = true;
    waiting = raw_connect();
    assert_true(send(waiting, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    while (held == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    http_stop(http);
    assert_int_equal(raw_try_connect(), -1);
    assert_int_equal(http_counts(http)->busy, 1);
    got = raw_read(idle, false);
    assert_string_equal(got, "");
    free(got);
    http_answer(held, 200, NULL, span_of("{}"), NULL, 0);
    got = raw_read(waiting, false);
    assert_non_null(strstr(got, "200 OK"));
    free(got);
    assert_int_equal(http_counts(http)->busy, 0);
    close(idle);
    close(waiting);
}

static void test_words_that_are_no_text_do_not_break_the_error(void **state)
{
    int fd = raw_connect();
    char *got;

    (void)state;
    hold = true;
    assert_true(send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 31, MSG_NOSIGNAL) > 0);
    while (held == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    http_answer_error(held, 400, "cut \xc3", 0);
    got = raw_read(fd, true);
    assert_non_null(strstr(got, "\r\n\r\n{\"error\":{\"code\":400,\"message\":\""));
    free(got);
    close(fd);
}

static void test_a_socket_by_path_is_for_owner_and_group_and_not_taken_from_the_living(void **state)
{
    char dir[] = "/tmp/relevo-http-XXXXXX", path[64];
    struct error err = { 0 };
    struct stat st;

    (void)state; /* S-44 */
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/admin", dir);
    assert_int_equal(http_listen(http, path, &err), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    assert_int_equal(http_listen(http, path, &err), -1);
    assert_non_null(strstr(err.text, "another process"));
    http_stop(http);
    assert_int_equal(stat(path, &st), -1);
    rmdir(dir);
}

static int socket_at(const char *path, bool listens)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
    assert_int_equal((listens ? bind : connect)(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static void test_a_socket_that_is_taken_away_is_made_anew_and_another_ones_is_left_alone(
    void **state)
{
    char dir[] = "/tmp/relevo-http-XXXXXX", path[64], *got;
    struct error err = { 0 };
    struct stat st;
    int fd, another;

    (void)state; /* F58 */
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/admin", dir);
    assert_int_equal(http_listen(http, path, &err), 0);
    assert_int_equal(unlink(path), 0);
    while (stat(path, &st) < 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(st.st_mode & 0777, 0660);
    fd = socket_at(path, false);
    evutil_make_socket_nonblocking(fd);
    assert_true(send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 50,
                     MSG_NOSIGNAL) > 0);
    got = raw_read(fd, true);
    assert_non_null(strstr(got, "HTTP/1.1 200"));
    free(got);
    close(fd);
    assert_int_equal(unlink(path), 0);
    another = socket_at(path, true);
    http_stop(http);
    assert_int_equal(stat(path, &st), 0);
    close(another);
    unlink(path);
    rmdir(dir);
}

static void test_a_socket_that_is_made_anew_while_all_places_are_taken_takes_nobody(void **state)
{
    char dir[] = "/tmp/relevo-http-XXXXXX", path[64];
    struct evhttp_request *streams[CONNECTIONS_MAX];
    int fds[CONNECTIONS_MAX], fd, i;
    struct error err = { 0 };
    struct stat st;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/admin", dir);
    assert_int_equal(http_listen(http, path, &err), 0);
    for (i = 0; i < CONNECTIONS_MAX; i++) {
        fds[i] = raw_connect();
        assert_true(send(fds[i], "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", 33, MSG_NOSIGNAL) > 0);
        for (held = NULL; held == NULL;)
            event_base_loop(base, EVLOOP_ONCE);
        streams[i] = held;
    }
    assert_int_equal(unlink(path), 0);
    while (stat(path, &st) < 0)
        event_base_loop(base, EVLOOP_ONCE);
    fd = socket_at(path, false);
    for (i = 0; i < 4; i++)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(http_counts(http)->connections, CONNECTIONS_MAX);
    for (i = 0; i < CONNECTIONS_MAX; i++) {
        evhttp_send_reply_end(streams[i]);
        close(fds[i]);
    }
    close(fd);
    http_stop(http);
    rmdir(dir);
}

static void test_an_address_is_checked_before_anything_is_opened(void **state)
{
    static const struct {
        const char *address;
        bool good, local;
    } cases[] = {
        { "127.0.0.1:80", true, true },   { "127.9.9.9:80", true, true },
        { "[::1]:80", true, true },       { "/run/x", true, true },
        { "*:80", true, false },          { "0.0.0.0:80", true, false },
        { "192.0.2.1:80", true, false },  { "[::]:80", true, false },
        { "127.0.0.1", false, false },    { "127.0.0.1:0", false, false },
        { "localhost:80", false, false }, { "", false, false },
        { "*:", false, false },           { "*:99999", false, false },
    };
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if ((http_address_check(cases[i].address, &err) == 0) != cases[i].good ||
            http_address_is_local(cases[i].address) != cases[i].local)
            fail_msg("%s", cases[i].address);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_request_reaches_the_route_with_the_longest_prefix,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_two_servers_may_read_differently_is_refused,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_refusal_is_json_and_the_last_word, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_body_over_the_bound_is_refused_before_it_is_read,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_body_at_the_bound_is_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_header_over_the_bound_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_header_that_drips_costs_its_connection, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_body_that_drips_costs_its_connection, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_who_does_not_read_his_answer_loses_his_connection,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_request_may_come_byte_by_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_has_said_all_may_close_his_side_and_is_answered,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_answer_may_come_after_its_asker_is_gone, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_two_requests_of_one_connection_are_answered_in_turn,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_more_is_read_while_an_answer_is_under_way,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_broken_request_behind_a_good_one_is_told_after_its_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_behind_an_answer_without_end_no_more_is_kept_than_one_request_may_be, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_many_large_bodies_at_once_are_told_to_come_again_and_small_ones_go_on, setup,
            teardown),
        cmocka_unit_test_setup_teardown(test_connections_over_the_bound_wait_for_a_place, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_connections_that_only_lie_there_give_way_to_one_that_asks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_descriptors_the_listener_rests_and_comes_back,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_stop_finishes_what_is_under_way_and_takes_nothing_new, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words_that_are_no_text_do_not_break_the_error, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_a_socket_that_is_taken_away_is_made_anew_and_another_ones_is_left_alone, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_socket_that_is_made_anew_while_all_places_are_taken_takes_nobody, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_socket_by_path_is_for_owner_and_group_and_not_taken_from_the_living, setup,
            teardown),
        cmocka_unit_test_setup_teardown(test_an_address_is_checked_before_anything_is_opened, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
