/* Mails through real parsers: this program is their binary too, when it is started with
 * --worker=ROLE. */
#include <event2/event.h>
#include <glob.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/frame.h"
#include "channels/mail.h"
#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/parse.h"
#include "daemon/parse_frame.h"
#include "daemon/parse_worker.h"
#include "daemon/worker.h"
#include "daemon/worker_main.h"

enum { LONG_MS = 60000, SHORT_MS = 200, LATE_MS = 700 /* later than a third process comes */ };

#define MAIL "From: Ana <ana@example.org>\r\nSubject: Pedido\r\nMessage-ID: <a@b>\r\n\r\nHola\r\n"

/* --- parsers that are not well
 * ------------------------------------------------------------------------ */

static int hang_serve(int fd)
{
    while (fd >= 0)
        poll(NULL, 0, -1); /* pause() is no call of one that computes */
    return 0;
}

/* One that a stranger has taken over: says what a parser never would. */
static int lie_serve(int fd)
{
    static const char said = PARSE_SAID;
    char *room = xmalloc(FRAME_MAX);
    struct error err;
    size_t len;
    int pass, lie;

    while (frame_receive(fd, room, &len, &pass, &err) == 1) {
        lie = -1;
        if (memmem(room, len, "no json", 7) != NULL)
            frame_seal(span_of("{\"sender\":"), &lie, &err);
        frame_answer(fd, FRAME_LAST, (struct span){ &said, 1 }, lie, &err);
        close(pass);
        if (lie >= 0)
            close(lie);
    }
    free(room);
    return 0;
}

static const struct worker_role roles[] = {
    { "parse", parse_worker_serve, SANDBOX_PURE, parse_worker_warm },
    { "hang", hang_serve, SANDBOX_PURE, NULL },
    { "lie", lie_serve, SANDBOX_PURE, NULL },
    { NULL, NULL, SANDBOX_NONE, NULL },
};

/* --- the loop's side
 * ---------------------------------------------------------------------------------- */

static struct event_base *base;
static struct workers *workers;
static struct worker_pool *pool;
static struct parse *parser;
static int started;
static pid_t last_pid;
static struct inbound *got;

static void on_told(void *arg, const char *role, pid_t pid, const char *words, int64_t pause_ms)
{
    (void)arg;
    (void)role;
    (void)pause_ms;
    if (words != NULL)
        return;
    started++;
    last_pid = pid;
}

static void on_parsed(void *arg, struct inbound *in)
{
    (void)arg;
    inbound_free(got);
    got = in;
}

static void begin_pausing(const char *role, int64_t deadline_ms, int64_t pause_ms)
{
    base = event_base_new();
    workers = workers_new(base, on_told, NULL);
    pool = worker_pool_new(workers, role, 1, 0, 0);
    parser = parse_new(base, pool, deadline_ms, pause_ms);
    started = 0;
    while (started == 0)
        event_base_loop(base, EVLOOP_ONCE);
}

static void begin(const char *role, int64_t deadline_ms)
{
    begin_pausing(role, deadline_ms, SHORT_MS);
}

static void end(void)
{
    parse_stop(parser);
    worker_pool_free(pool);
    parse_free(parser);
    inbound_free(got);
    got = NULL;
    workers_free(workers);
    event_base_free(base);
}

static void begin_asking(struct span raw, const char *authserv_id)
{
    const struct mail_options options = { .authserv_id = authserv_id, .received_at = 1780000000 };
    struct error err;
    int fd;

    inbound_free(got);
    got = NULL;
    assert_int_equal(frame_seal(raw, &fd, &err), 0);
    parse_ask(parser, fd, &options, "INBOX/1/2", on_parsed, NULL);
    close(fd); /* it was duplicated */
    assert_null(got);
}

static void wait_for_it(void)
{
    while (got == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(parse_open(parser), 0);
    assert_string_equal(got->locator, "INBOX/1/2");
    assert_string_equal(got->raw_type, "message/rfc822");
}

static void ask(const char *mail)
{
    begin_asking(span_of(mail), NULL);
    wait_for_it();
    assert_int_equal(got->raw.len, strlen(mail));
    assert_memory_equal(got->raw.ptr, mail, got->raw.len);
}

static void test_a_mail_comes_back_as_a_message_with_its_original(void **state)
{
    (void)state;
    begin("parse", LONG_MS);
    ask(MAIL);
    assert_int_equal(got->kind, INBOUND_MESSAGE);
    assert_string_equal(got->sender.value, "ana@example.org");
    assert_string_equal(got->subject, "Pedido");
    assert_string_equal(got->message_id, "a@b");
    assert_int_equal(got->received_at, 1780000000);
    end();
}

static void test_what_the_channel_says_of_its_mails_reaches_the_parser(void **state)
{
    static const char mail[] = "Authentication-Results: mx.example.com; dmarc=pass "
                               "header.from=example.org\r\n" MAIL;

    (void)state;
    begin("parse", LONG_MS);
    begin_asking(span_of(mail), "mx.example.com");
    wait_for_it();
    assert_string_equal(got->authenticated_domain, "example.org");
    begin_asking(span_of(mail), "mx.example.net");
    wait_for_it();
    assert_null(got->authenticated_domain);
    end();
}

static char *file_read(const char *path, size_t *len)
{
    FILE *f = fopen(path, "r");
    char *bytes;

    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *len = (size_t)ftell(f);
    rewind(f);
    bytes = xmalloc(*len);
    assert_int_equal(fread(bytes, 1, *len, f), *len);
    fclose(f);
    return bytes;
}

/* S-55: what a parser needs, its sandbox lets it do. */
static void test_one_parser_reads_every_mail_we_know_as_it_is_read_without_a_sandbox(void **state)
{
    const struct mail_options options = { .received_at = 1780000000 };
    struct inbound *plain;
    struct error err;
    char *raw, *a, *b;
    glob_t found;
    size_t i, len;

    (void)state;
    begin("parse", LONG_MS);
    assert_int_equal(glob(TEST_SOURCE_DIR "/tests/data/mail/*.eml", 0, NULL, &found), 0);
    for (i = 0; i < found.gl_pathc; i++) {
        raw = file_read(found.gl_pathv[i], &len);
        begin_asking((struct span){ raw, len }, NULL);
        wait_for_it();
        assert_int_equal(mail_parse((struct span){ raw, len }, &options, &plain, &err), 0);
        plain->locator = got->locator;
        plain->raw_type = got->raw_type;
        a = inbound_to_json(got);
        b = inbound_to_json(plain);
        if (strcmp(a, b) != 0)
            fail_msg("%s:\n%s\n%s", found.gl_pathv[i], a, b);
        free(a);
        free(b);
        inbound_free(plain);
        free(raw);
    }
    assert_int_equal(started, 1);
    globfree(&found);
    end();
}

static void test_a_parser_that_is_killed_costs_a_second_try_and_nothing_else(void **state)
{
    (void)state; /* F04 */
    begin("parse", LONG_MS);
    kill(last_pid, SIGSTOP); /* so that it cannot have answered */
    begin_asking(span_of(MAIL), NULL);
    event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(started, 1);
    kill(last_pid, SIGKILL);
    wait_for_it();
    assert_int_equal(got->kind, INBOUND_MESSAGE);
    assert_string_equal(got->subject, "Pedido");
    assert_int_equal(started, 2);
    end();
}

/* From now on so many more descriptors can be had. */
static void leave_files(unsigned more, struct rlimit *before)
{
    struct rlimit now;
    int lowest = dup(STDIN_FILENO);

    assert_true(lowest >= 0);
    close(lowest);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, before), 0);
    now = *before;
    now.rlim_cur = (rlim_t)lowest + more;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
}

/* A mail that nobody found fault with is read, or is not there yet: whoever has it gives it again.
 */
static void test_a_mail_for_which_no_descriptor_is_left_is_not_called_broken(void **state)
{
    const struct mail_options options = { .received_at = 1780000000 };
    struct rlimit before;
    unsigned more, read = 0;
    struct error err;
    int fd;

    (void)state; /* F43 */
    begin("parse", LONG_MS);
    for (more = 0; more < 6; more++) {
        inbound_free(got);
        got = NULL;
        assert_int_equal(frame_seal(span_of(MAIL), &fd, &err), 0);
        leave_files(more, &before);
        parse_ask(parser, fd, &options, "INBOX/1/2", on_parsed, NULL);
        wait_for_it();
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        close(fd);
        if (got->kind == INBOUND_MESSAGE && got->raw.len > 0)
            read++;
        else
            assert_int_equal(got->raw.len, 0);
        ask(MAIL); /* and there is a process for the next one */
        assert_int_equal(got->kind, INBOUND_MESSAGE);
    }
    assert_in_range(read, 1, 4);
    end();
}

static void test_a_mail_that_kills_every_parser_is_kept_raw_and_the_next_one_is_read(void **state)
{
    (void)state; /* F55 */
    setenv("RELEVO_FAIL", "mail:poison", 1);
    begin("parse", LONG_MS);
    ask("Subject: poison\r\n" MAIL);
    assert_int_equal(got->kind, INBOUND_BROKEN);
    assert_non_null(strstr(got->reason, "died of it 3 times"));
    assert_int_equal(got->received_at, 1780000000);
    ask(MAIL);
    assert_int_equal(got->kind, INBOUND_MESSAGE);
    assert_int_equal(started, PARSE_TRIES + 1);
    unsetenv("RELEVO_FAIL");
    end();
}

static void test_a_mail_that_killed_its_parsers_waits_before_its_last_try_and_others_do_not(
    void **state)
{
    (void)state; /* F52, F55 */
    setenv("RELEVO_FAIL", "mail:poison", 1);
    begin_pausing("parse", LONG_MS, LONG_MS);
    begin_asking(span_of("Subject: poison\r\n" MAIL), NULL);
    while (started < PARSE_TRIES) /* the last try would be this one's */
        event_base_loop(base, EVLOOP_ONCE);
    begin_asking(span_of(MAIL), NULL);
    while (got == NULL)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(got->kind, INBOUND_MESSAGE);
    assert_int_equal(parse_open(parser), 1);
    unsetenv("RELEVO_FAIL");
    end();
}

static void test_the_last_try_is_as_late_as_it_is_to_be(void **state)
{
    int64_t began = steady_now_ms();

    (void)state;
    begin_pausing("hang", 1, LATE_MS);
    ask(MAIL);
    assert_int_equal(got->kind, INBOUND_BROKEN);
    assert_true(steady_now_ms() - began >= LATE_MS);
    end();
}

/* Nobody looked at it as often as it is to be looked at: whoever has it gives it again. */
static void test_at_the_end_of_the_service_no_mail_is_called_broken(void **state)
{
    (void)state; /* F48 */
    begin("hang", LONG_MS);
    begin_asking(span_of(MAIL), NULL); /* under way */
    event_base_loop(base, EVLOOP_ONCE);
    parse_stop(parser);
    assert_null(got);
    worker_pool_free(pool);
    wait_for_it();
    assert_int_equal(got->raw.len, 0);
    pool = NULL;
    end();

    setenv("RELEVO_FAIL", "mail:poison", 1);
    begin_pausing("parse", LONG_MS, LONG_MS);
    begin_asking(span_of("Subject: poison\r\n" MAIL), NULL);
    while (started < PARSE_TRIES)
        event_base_loop(base, EVLOOP_ONCE);
    parse_stop(parser); /* while it waits */
    wait_for_it();
    assert_int_equal(got->raw.len, 0);
    begin_asking(span_of("Subject: poison\r\n" MAIL), NULL); /* is read once, and not again */
    wait_for_it();
    assert_int_equal(got->raw.len, 0);
    unsetenv("RELEVO_FAIL");
    end();
}

static void test_a_mail_that_is_never_done_is_kept_raw(void **state)
{
    (void)state; /* F54 */
    begin("hang", SHORT_MS);
    ask(MAIL);
    assert_int_equal(got->kind, INBOUND_BROKEN);
    assert_non_null(strstr(got->reason, "deadline"));
    assert_int_equal(started, PARSE_TRIES);
    end();
}

static void test_a_parser_that_lies_is_not_believed(void **state)
{
    (void)state; /* S-28 */
    begin("lie", LONG_MS);
    ask(MAIL);
    assert_int_equal(got->kind, INBOUND_BROKEN);
    begin_asking(span_of(MAIL), "no json");
    wait_for_it();
    assert_int_equal(got->kind, INBOUND_BROKEN);
    end();
}

static void test_a_mail_over_our_bound_is_refused_with_words(void **state)
{
    char *large = xcalloc(1, INBOUND_RAW_MAX + 1);

    (void)state;
    memset(large, 'x', INBOUND_RAW_MAX + 1);
    begin("parse", LONG_MS);
    begin_asking((struct span){ large, INBOUND_RAW_MAX + 1 }, NULL);
    wait_for_it();
    assert_int_equal(got->kind, INBOUND_BROKEN);
    assert_true(strlen(got->reason) > 0);
    assert_int_equal(started, 1);
    free(large);
    end();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mail_comes_back_as_a_message_with_its_original),
        cmocka_unit_test(test_what_the_channel_says_of_its_mails_reaches_the_parser),
        cmocka_unit_test(test_one_parser_reads_every_mail_we_know_as_it_is_read_without_a_sandbox),
        cmocka_unit_test(test_a_parser_that_is_killed_costs_a_second_try_and_nothing_else),
        cmocka_unit_test(test_a_mail_for_which_no_descriptor_is_left_is_not_called_broken),
        cmocka_unit_test(test_a_mail_that_kills_every_parser_is_kept_raw_and_the_next_one_is_read),
        cmocka_unit_test(
            test_a_mail_that_killed_its_parsers_waits_before_its_last_try_and_others_do_not),
        cmocka_unit_test(test_the_last_try_is_as_late_as_it_is_to_be),
        cmocka_unit_test(test_at_the_end_of_the_service_no_mail_is_called_broken),
        cmocka_unit_test(test_a_mail_that_is_never_done_is_kept_raw),
        cmocka_unit_test(test_a_parser_that_lies_is_not_believed),
        cmocka_unit_test(test_a_mail_over_our_bound_is_refused_with_words),
    };

    if (worker_main_role(argc, argv) != NULL)
        return worker_main_of(roles, worker_main_role(argc, argv), WORKER_FD);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
