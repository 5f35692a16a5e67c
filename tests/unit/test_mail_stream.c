/* The stream under libetpan, against servers that say what they should not, or nothing at all. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>
#include <libetpan/mailstream.h>
#include <libetpan/mailstream_helper.h>

#include "channels/mail_stream.h"
#include "tests/support/hostile.h"

enum { LONG_MS = 60000, SHORT_MS = 200, ROOM = 1 << 20 };

static struct error err;

static int open_to(int port, enum mail_stream_tls tls, struct mail_stream **s)
{
    const struct mail_stream_peer peer = {
        .host = "localhost", .port = port, .tls = tls, .ca_file = hostile_ca()
    };

    err = (struct error){ 0 };
    return mail_stream_open(&peer, LONG_MS, s, &err);
}

/* Starts the server, and opens a stream to it that must open. */
static struct mail_stream *talk(const struct hostile_step *steps, enum mail_stream_tls tls,
                                struct hostile **h)
{
    struct mail_stream *s = NULL;
    int port;

    *h = hostile_start(steps, &port);
    if (open_to(port, tls, &s) < 0)
        fail_msg("%s", err.text);
    mail_stream_limit(s, LONG_MS, ROOM, 0);
    return s;
}

static const char *hear(struct mail_stream *s)
{
    static MMAPString *line;

    if (line == NULL)
        line = mmap_string_new("");
    return mailstream_read_line_remove_eol(mail_stream_etpan(s), line);
}

static void say(struct mail_stream *s, const char *text)
{
    assert_int_equal(mailstream_write(mail_stream_etpan(s), text, strlen(text)), strlen(text));
    assert_int_equal(mailstream_flush(mail_stream_etpan(s)), 0);
}

static void end(struct mail_stream *s, struct hostile *h)
{
    mail_stream_close(s);
    assert_int_equal(hostile_stop(h), 0);
}

static void test_over_tls_both_sides_are_heard(void **state)
{
    static const struct hostile_step steps[] = { { .act = HOSTILE_TLS, .cert = HOSTILE_GOOD },
                                                 { HOSTILE_SAY, "* OK hello\r\n", 0 },
                                                 { HOSTILE_HEAR, "1 NOOP", 0 },
                                                 { HOSTILE_SAY, "1 OK done\r\n", 0 },
                                                 { HOSTILE_SILENT, NULL, 0 } };
    struct hostile *h;
    struct mail_stream *s = talk(steps, MAIL_STREAM_TLS, &h);

    (void)state;
    assert_true(mail_stream_has_tls(s));
    assert_string_equal(hear(s), "* OK hello");
    say(s, "1 NOOP\r\n");
    assert_string_equal(hear(s), "1 OK done");
    assert_int_equal(mail_stream_error(s)->kind, ERROR_NONE);
    end(s, h);
}

static void test_a_certificate_for_another_name_or_signed_by_nobody_is_refused(void **state)
{
    static const struct hostile_step steps[][2] = {
        { { .act = HOSTILE_TLS, .cert = HOSTILE_OTHER_NAME }, { HOSTILE_END, NULL, 0 } },
        { { .act = HOSTILE_TLS, .cert = HOSTILE_SELF_SIGNED }, { HOSTILE_END, NULL, 0 } },
    };
    static const char *const words[] = { "mismatch", "self-signed" };
    struct mail_stream *s = NULL;
    struct hostile *h;
    int port, i;

    (void)state; /* S-52 */
    for (i = 0; i < 2; i++) {
        h = hostile_start(steps[i], &port);
        assert_int_equal(open_to(port, MAIL_STREAM_TLS, &s), -1);
        assert_null(s);
        assert_int_equal(err.kind, ERROR_CONFIG);
        assert_non_null(strstr(err.text, "the certificate of localhost"));
        assert_non_null(strstr(err.text, words[i]));
        assert_int_equal(hostile_stop(h), 0);
    }
}

static void test_what_speaks_no_tls_is_no_certificate_problem(void **state)
{
    static const struct hostile_step steps[] = { { HOSTILE_SAY, "* OK in clear\r\n", 0 },
                                                 { HOSTILE_SILENT, NULL, 0 } };
    struct mail_stream *s = NULL;
    struct hostile *h;
    int port;

    (void)state;
    h = hostile_start(steps, &port);
    assert_int_equal(open_to(port, MAIL_STREAM_TLS, &s), -1);
    assert_int_equal(err.kind, ERROR_TRANSIENT);
    assert_non_null(strstr(err.text, "TLS with localhost"));
    assert_int_equal(hostile_stop(h), 0);
}

static void test_clear_text_stays_on_this_machine(void **state)
{
    const struct mail_stream_peer peer = { .host = "192.0.2.1",
                                           .port = 143,
                                           .tls = MAIL_STREAM_PLAIN };
    struct mail_stream *s = NULL;

    (void)state;
    err = (struct error){ 0 };
    assert_int_equal(mail_stream_open(&peer, LONG_MS, &s, &err), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_non_null(strstr(err.text, "loopback"));
}

static void test_a_silent_peer_ends_at_the_deadline_and_for_good(void **state)
{
    static const struct hostile_step steps[] = { { HOSTILE_SAY, "* OK", 0 },
                                                 { HOSTILE_SILENT, NULL, 0 } };
    struct hostile *h;
    struct mail_stream *s = talk(steps, MAIL_STREAM_PLAIN, &h);

    (void)state;
    mail_stream_limit(s, SHORT_MS, ROOM, 0);
    assert_null(hear(s));
    assert_int_equal(mail_stream_error(s)->kind, ERROR_TRANSIENT);
    assert_non_null(strstr(mail_stream_error(s)->text, "deadline"));
    mail_stream_limit(s, LONG_MS, ROOM, 0);
    assert_null(hear(s));
    end(s, h);
}

static void test_bytes_that_drip_prolong_nothing_unless_they_come_fast_enough(void **state)
{
    static const struct hostile_step endless[] = { { HOSTILE_DRIP, "x", 0 } };
    static const struct hostile_step lines[] = { { HOSTILE_DRIP, "a line of text\r\n", 0 } };
    struct hostile *h;
    struct mail_stream *s = talk(endless, MAIL_STREAM_PLAIN, &h);

    (void)state; /* F25 */
    mail_stream_limit(s, SHORT_MS, ROOM, 0);
    assert_null(hear(s));
    assert_non_null(strstr(mail_stream_error(s)->text, "deadline"));
    end(s, h);
    s = talk(endless, MAIL_STREAM_PLAIN, &h);
    mail_stream_limit(s, SHORT_MS, ROOM, 100000);
    assert_null(hear(s));
    end(s, h);
    s = talk(lines, MAIL_STREAM_PLAIN, &h); /* 16 bytes: each is worth a second */
    mail_stream_limit(s, SHORT_MS, ROOM, 1);
    assert_string_equal(hear(s), "a line of text");
    end(s, h);
}

static void test_a_line_without_end_stops_at_its_bound(void **state)
{
    static const struct hostile_step steps[] = { { HOSTILE_FLOOD, "* OK no end in sight ", 0 } };
    struct hostile *h;
    struct mail_stream *s = talk(steps, MAIL_STREAM_PLAIN, &h);

    (void)state; /* F33 */
    assert_null(hear(s));
    assert_int_equal(mail_stream_error(s)->kind, ERROR_PERMANENT);
    assert_non_null(strstr(mail_stream_error(s)->text, "bound"));
    end(s, h);
}

static void test_a_lost_connection_is_an_error_and_no_endless_nothing(void **state)
{
    static const struct hostile_step clear[] = { { HOSTILE_SAY, "{10}\r\nhalf", 0 },
                                                 { HOSTILE_END, NULL, 0 } };
    static const struct hostile_step tls[] = { { .act = HOSTILE_TLS, .cert = HOSTILE_GOOD },
                                               { HOSTILE_SAY, "{10}\r\nhalf", 0 },
                                               { HOSTILE_END, NULL, 0 } };
    char room[10];
    struct hostile *h;
    struct mail_stream *s;
    int i;

    (void)state; /* F24 */
    for (i = 0; i < 2; i++) {
        s = talk(i == 0 ? clear : tls, i == 0 ? MAIL_STREAM_PLAIN : MAIL_STREAM_TLS, &h);
        assert_string_equal(hear(s), "{10}");
        assert_int_equal(mailstream_read(mail_stream_etpan(s), room, sizeof(room)), 4);
        assert_int_equal(mailstream_read(mail_stream_etpan(s), room, sizeof(room)), -1);
        assert_int_equal(mail_stream_error(s)->kind, ERROR_TRANSIENT);
        end(s, h);
    }
}

static void test_starttls_upgrades_and_takes_nothing_over_that_came_in_clear(void **state)
{
    static const struct hostile_step good[] = { { HOSTILE_SAY, "1 OK begin\r\n", 0 },
                                                { .act = HOSTILE_TLS, .cert = HOSTILE_GOOD },
                                                { HOSTILE_SAY, "* OK inside\r\n", 0 },
                                                { HOSTILE_SILENT, NULL, 0 } };
    static const struct hostile_step bad[] = { { HOSTILE_SAY, "1 OK begin\r\n2 OK you\r\n", 0 },
                                               { HOSTILE_SILENT, NULL, 0 } };
    struct hostile *h;
    struct mail_stream *s = talk(good, MAIL_STREAM_STARTTLS, &h);

    (void)state; /* CVE-2020-15953 */
    assert_string_equal(hear(s), "1 OK begin");
    assert_false(mail_stream_has_tls(s));
    assert_int_equal(mail_stream_start_tls(s, &err), 0);
    assert_true(mail_stream_has_tls(s));
    assert_string_equal(hear(s), "* OK inside");
    end(s, h);
    s = talk(bad, MAIL_STREAM_STARTTLS, &h);
    assert_string_equal(hear(s), "1 OK begin");
    assert_int_equal(mail_stream_start_tls(s, &err), -1);
    assert_int_equal(err.kind, ERROR_PERMANENT);
    assert_null(hear(s));
    end(s, h);
}

static void test_waiting_sees_what_lies_in_buffers_and_what_another_says(void **state)
{
    static const struct hostile_step steps[] = { { .act = HOSTILE_TLS, .cert = HOSTILE_GOOD },
                                                 { HOSTILE_SAY, "+ idling\r\n* 1 EXISTS\r\n", 0 },
                                                 { HOSTILE_HEAR, "go", 0 },
                                                 { HOSTILE_SAY, "* 2 EXISTS\r\n", 0 },
                                                 { HOSTILE_SILENT, NULL, 0 } };
    struct hostile *h;
    struct mail_stream *s = talk(steps, MAIL_STREAM_TLS, &h);
    int other[2];

    (void)state;
    assert_int_equal(pipe2(other, O_CLOEXEC), 0);
    assert_string_equal(hear(s), "+ idling");
    assert_int_equal(mail_stream_wait(s, -1, LONG_MS), MAIL_STREAM_READABLE);
    assert_string_equal(hear(s), "* 1 EXISTS");
    assert_int_equal(mail_stream_wait(s, other[0], 0), 0);
    assert_int_equal(write(other[1], "!", 1), 1);
    assert_int_equal(mail_stream_wait(s, other[0], LONG_MS), MAIL_STREAM_OTHER);
    say(s, "go\r\n");
    assert_int_equal(mail_stream_wait(s, -1, LONG_MS), MAIL_STREAM_READABLE);
    assert_string_equal(hear(s), "* 2 EXISTS");
    close(other[0]);
    close(other[1]);
    end(s, h);
}

static void test_a_descriptor_over_1023_is_one_like_any_other(void **state)
{
    static const struct hostile_step steps[] = { { HOSTILE_SAY, "* OK hello\r\n", 0 },
                                                 { HOSTILE_SILENT, NULL, 0 } };
    struct rlimit before, more = { 2048, 2048 };
    static int taken[1100];
    struct hostile *h;
    struct mail_stream *s;
    int i;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    if (before.rlim_max < more.rlim_cur)
        skip();
    more.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &more), 0);
    for (i = 0; i < 1100; i++)
        taken[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    s = talk(steps, MAIL_STREAM_PLAIN, &h);
    assert_true(mailstream_low_get_fd(mailstream_get_low(mail_stream_etpan(s))) > 1023);
    assert_string_equal(hear(s), "* OK hello");
    end(s, h);
    for (i = 0; i < 1100; i++)
        close(taken[i]);
    setrlimit(RLIMIT_NOFILE, &before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_over_tls_both_sides_are_heard),
        cmocka_unit_test(test_a_certificate_for_another_name_or_signed_by_nobody_is_refused),
        cmocka_unit_test(test_what_speaks_no_tls_is_no_certificate_problem),
        cmocka_unit_test(test_clear_text_stays_on_this_machine),
        cmocka_unit_test(test_a_silent_peer_ends_at_the_deadline_and_for_good),
        cmocka_unit_test(test_bytes_that_drip_prolong_nothing_unless_they_come_fast_enough),
        cmocka_unit_test(test_a_line_without_end_stops_at_its_bound),
        cmocka_unit_test(test_a_lost_connection_is_an_error_and_no_endless_nothing),
        cmocka_unit_test(test_starttls_upgrades_and_takes_nothing_over_that_came_in_clear),
        cmocka_unit_test(test_waiting_sees_what_lies_in_buffers_and_what_another_says),
        cmocka_unit_test(test_a_descriptor_over_1023_is_one_like_any_other),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
