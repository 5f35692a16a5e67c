/* Real children: this program is their binary too, when it is started with --worker=ROLE. */
#include <dlfcn.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/frame.h"
#include "core/arena.h"
#include "daemon/worker.h"
#include "daemon/worker_main.h"

enum { LONG_MS = 60000, SHORT_MS = 200 };

/* --- the child: does what it is told
 * ------------------------------------------------------------------ */

/* What it has been given: its descriptors, and the environment. */
static void child_tell(int fd)
{
    extern char **environ;
    struct text_buffer out = { 0 };
    struct error err;
    char **at;
    int i;

    for (i = 3; i < 1024; i++)
        if (fcntl(i, F_GETFD) >= 0)
            text_buffer_printf(&out, "%d ", i);
    for (at = environ; *at != NULL; at++)
        text_buffer_printf(&out, "%s ", *at);
    text_buffer_printf(&out, "no_new_privs=%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    frame_answer(fd, FRAME_LAST, (struct span){ out.ptr, out.len }, -1, &err);
    text_buffer_clear(&out);
}

static void child_obey(int fd, struct span said, int pass)
{
    struct error err;
    struct span mapped;
    int i;

    if (span_is(said, "die"))
        _exit(9);
    if (span_is(said, "swallow"))
        arena_array(arena_new(), SIZE_MAX, 2);
    if (span_is(said, "hang"))
        for (;;)
            pause();
    if (span_is(said, "babble"))
        frame_send(fd, span_of("!"), -1, &err);
    if (span_is(said, "half")) {
        frame_answer(fd, FRAME_MORE, span_of("half"), -1, &err);
        _exit(9);
    }
    if (span_is(said, "read") && frame_map(pass, 100, &mapped, &err) == 0)
        frame_answer(fd, FRAME_MORE, mapped, -1, &err);
    if (span_is(said, "tell"))
        child_tell(fd);
    for (i = 0; span_is(said, "often") && i < 100; i++)
        frame_answer(fd, FRAME_MORE, span_of("."), -1, &err);
    if (span_is(said, "silent") || span_is(said, "tell"))
        return;
    frame_answer(fd, FRAME_LAST, said, pass, &err);
    if (span_is(said, "often"))
        raise(SIGSTOP);
}

static int child_main(int fd)
{
    char *room = xmalloc(FRAME_MAX);
    struct error err;
    size_t len;
    int pass;

    while (frame_receive(fd, room, &len, &pass, &err) == 1) {
        child_obey(fd, (struct span){ room, len }, pass);
        if (pass >= 0)
            close(pass);
    }
    free(room);
    return 0;
}

static const struct worker_role roles[] = {
    { "obeys", child_main, SANDBOX_NETWORK, NULL },
    { NULL, NULL, SANDBOX_NONE, NULL },
};

/* --- a system that has no process left
 * ------------------------------------------------------------------ */

static int refused; /* so many times more */

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *files,
                const posix_spawnattr_t *how, char *const argv[], char *const env[])
{
    int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                const posix_spawnattr_t *, char *const[], char *const[]) =
        (int (*)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                 const posix_spawnattr_t *, char *const[], char *const[]))dlsym(RTLD_NEXT,
                                                                                "posix_spawn");

    return refused > 0 && refused-- > 0 ? EAGAIN : real(pid, path, files, how, argv, env);
}

/* --- the loop's side
 * ---------------------------------------------------------------------------------- */

static struct event_base *base;
static struct workers *workers;
static int started, gone;
static pid_t last_pid;
static int64_t last_pause;
static char last_words[300];
static struct {
    int count;
    enum error_kind kind;
    char text[1000], words[300];
    bool with_fd;
} answer;

static void on_told(void *arg, const char *role, pid_t pid, const char *words, int64_t pause_ms)
{
    (void)arg;
    (void)role;
    if (words == NULL) {
        started++;
        last_pid = pid;
    } else {
        gone++;
        last_pause = pause_ms;
        snprintf(last_words, sizeof(last_words), "%s", words);
    }
}

static void on_answer(void *arg, struct span record, int fd, const struct error *err)
{
    (void)arg;
    answer.count++;
    answer.kind = err->kind;
    answer.with_fd = fd >= 0;
    snprintf(answer.text, sizeof(answer.text), "%.*s", (int)record.len, record.ptr);
    snprintf(answer.words, sizeof(answer.words), "%s", err->text);
}

static int setup(void **state)
{
    (void)state;
    base = event_base_new();
    workers = workers_new(base, on_told, NULL);
    started = gone = 0;
    memset(&answer, 0, sizeof(answer));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    workers_free(workers);
    event_base_free(base);
    return 0;
}

static void ask(struct worker_pool *pool, const char *what, int64_t deadline_ms)
{
    int before = answer.count;

    worker_ask(pool, span_of(what), -1, deadline_ms, on_answer, NULL);
    assert_int_equal(answer.count, before);
    while (answer.count == before)
        event_base_loop(base, EVLOOP_ONCE);
}

static void test_a_question_is_answered_by_a_child(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);

    (void)state;
    ask(pool, "hello", LONG_MS);
    assert_int_equal(answer.kind, ERROR_NONE);
    assert_string_equal(answer.text, "hello");
    assert_int_equal(worker_pool_waiting(pool), 0);
    worker_pool_free(pool);
}

static void test_a_descriptor_goes_with_a_question_and_comes_with_an_answer(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);
    struct error err;
    int fd;

    (void)state;
    assert_int_equal(frame_seal(span_of("sealed "), &fd, &err), 0);
    worker_ask(pool, span_of("read"), fd, LONG_MS, on_answer, NULL);
    close(fd); /* it was duplicated */
    while (answer.count == 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_string_equal(answer.text, "sealed read");
    assert_true(answer.with_fd);
    worker_pool_free(pool);
}

static void test_questions_beyond_the_children_wait_in_line(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 2, 0, 0);
    int i;

    (void)state;
    for (i = 0; i < 20; i++)
        worker_ask(pool, span_of("x"), -1, LONG_MS, on_answer, NULL);
    assert_int_equal(worker_pool_waiting(pool), 20);
    while (answer.count < 20)
        event_base_loop(base, EVLOOP_ONCE);
    assert_in_range(started, 1, 2);
    worker_pool_free(pool);
}

static void test_a_child_that_dies_costs_its_question_alone(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);

    (void)state; /* F04 */
    ask(pool, "die", LONG_MS);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
    ask(pool, "half", LONG_MS);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
    assert_string_equal(answer.text, "half");
    ask(pool, "hello", LONG_MS);
    assert_int_equal(answer.kind, ERROR_NONE);
    assert_int_equal(gone, 2);
    worker_pool_free(pool);
}

/* F43: RLIMIT_NPROC, or a control group's pids.max. */
static void test_where_no_process_can_be_made_that_is_said_and_it_is_tried_again(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);

    (void)state;
    refused = 2;
    worker_ask(pool, span_of("hello"), -1, LONG_MS, on_answer, NULL);
    while (gone < 2)
        event_base_loop(base, EVLOOP_ONCE);
    assert_string_equal(last_words, strerror(EAGAIN));
    assert_int_equal(last_pause, 2 * WORKER_PAUSE_MIN_MS);
    assert_int_equal(answer.count, 0); /* it waits */
    while (answer.count == 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(answer.kind, ERROR_NONE);
    assert_string_equal(answer.text, "hello");
    worker_pool_free(pool);
}

/* F52 */
static void test_of_a_child_without_memory_that_is_said(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);

    (void)state;
    ask(pool, "swallow", LONG_MS);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
    ask(pool, "hello", LONG_MS);
    assert_int_equal(answer.kind, ERROR_NONE);
    assert_string_equal(last_words, "out of memory");
    worker_pool_free(pool);
}

static void test_a_child_that_hangs_is_killed_at_the_deadline_of_its_question(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);

    (void)state; /* F38 */
    ask(pool, "hang", SHORT_MS);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
    assert_non_null(strstr(answer.words, "deadline"));
    ask(pool, "hello", LONG_MS);
    assert_int_equal(answer.kind, ERROR_NONE);
    worker_pool_free(pool);
}

/* The loop was paused meanwhile, or had much to do: it is not the child that was late. */
static void test_what_a_child_said_before_its_deadline_is_heard_after_it(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);
    struct timespec nap = { 0, 2 * SHORT_MS * 1000000L };
    siginfo_t stopped;

    (void)state; /* F47 */
    ask(pool, "hello", LONG_MS);
    worker_ask(pool, span_of("often"), -1, SHORT_MS, on_answer, NULL);
    event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(waitid(P_PID, (id_t)last_pid, &stopped, WSTOPPED | WNOWAIT), 0);
    nanosleep(&nap, NULL);
    while (answer.count == 1)
        event_base_loop(base, EVLOOP_ONCE);
    kill(last_pid, SIGCONT);
    assert_int_equal(answer.kind, ERROR_NONE);
    assert_int_equal(strlen(answer.text), 100 + strlen("often"));
    worker_pool_free(pool);
}

static void test_a_child_that_says_what_nobody_asked_is_killed(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);

    (void)state;
    ask(pool, "babble", LONG_MS);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
    worker_pool_free(pool);
}

static void test_the_pause_before_a_new_child_grows_until_one_answers(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);
    int64_t first;

    (void)state;
    ask(pool, "die", LONG_MS);
    while (gone == 0)
        event_base_loop(base, EVLOOP_ONCE);
    first = last_pause;
    ask(pool, "die", LONG_MS);
    while (gone == 1)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(first, WORKER_PAUSE_MIN_MS);
    assert_int_equal(last_pause, 2 * WORKER_PAUSE_MIN_MS);
    ask(pool, "hello", LONG_MS);
    ask(pool, "die", LONG_MS);
    while (gone == 2)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(last_pause, WORKER_PAUSE_MIN_MS);
    worker_pool_free(pool);
}

static void test_what_has_no_answer_is_told_when_the_pool_ends(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);

    (void)state;
    worker_ask(pool, span_of("hang"), -1, LONG_MS, on_answer, NULL);
    worker_ask(pool, span_of("hello"), -1, LONG_MS, on_answer, NULL);
    worker_pool_free(pool);
    assert_int_equal(answer.count, 2);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
}

static void test_a_child_is_given_its_socket_and_nothing_secret(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "obeys", 1, 0, 0);
    int ours = fcntl(2, F_DUPFD, 20); /* not even close-on-exec */

    (void)state; /* S-51, S-55 */
    setenv("RELEVO_TEST_SECRET", "hunter2", 1);
    ask(pool, "tell", LONG_MS);
    unsetenv("RELEVO_TEST_SECRET");
    close(ours);
    assert_int_equal(strncmp(answer.text, "3 PATH=", 7), 0);
    assert_null(strstr(answer.text, "hunter2"));
    assert_non_null(strstr(answer.text, "no_new_privs=1"));
    worker_pool_free(pool);
}

static void test_a_child_that_cannot_start_is_given_no_question(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "unheard-of", 1, 0, 0);

    (void)state;
    worker_ask(pool, span_of("hello"), -1, SHORT_MS, on_answer, NULL);
    while (gone < 3)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(answer.count, 0);
    assert_int_equal(started, 0);
    assert_int_equal(worker_pool_waiting(pool), 1);
    worker_pool_free(pool);
    assert_int_equal(answer.count, 1);
}

static void test_a_question_that_nobody_takes_in_time_is_told(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "unheard-of", 1, 0, SHORT_MS);

    (void)state;
    ask(pool, "hello", LONG_MS);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
    assert_non_null(strstr(answer.words, "in time"));
    worker_pool_free(pool);
}

static void test_a_question_has_a_time_in_line_of_its_own(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "unheard-of", 1, 0, 0);

    (void)state;
    worker_ask_within(pool, span_of("hello"), -1, SHORT_MS, LONG_MS, NULL, on_answer, NULL);
    while (answer.count == 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
    assert_non_null(strstr(answer.words, "in time"));
    worker_pool_free(pool);
}

static void test_the_line_has_an_end(void **state)
{
    struct worker_pool *pool = worker_pool_new(workers, "unheard-of", 1, 0, 0);
    int i;

    (void)state;
    for (i = 0; i < WORKER_LINE_MAX + 3; i++)
        worker_ask(pool, span_of("x"), -1, LONG_MS, on_answer, NULL);
    while (answer.count < 3)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(answer.kind, ERROR_TRANSIENT);
    assert_int_equal(worker_pool_waiting(pool), WORKER_LINE_MAX);
    worker_pool_free(pool);
    assert_int_equal(answer.count, WORKER_LINE_MAX + 3);
}

/* The process that has the children, until it is killed; it tells the pid of one that hangs. */
static void parent_main(int told)
{
    struct worker_pool *pool;

    base = event_base_new();
    workers = workers_new(base, on_told, NULL);
    pool = worker_pool_new(workers, "obeys", 1, 0, 0);
    started = 0;
    ask(pool, "hello", LONG_MS);
    worker_ask(pool, span_of("hang"), -1, LONG_MS, on_answer, NULL);
    event_base_loop(base, EVLOOP_ONCE);
    if (write(told, &last_pid, sizeof(last_pid)) == sizeof(last_pid))
        event_base_dispatch(base);
    _exit(1);
}

static void test_children_die_with_their_parent(void **state)
{
    int fds[2], status;
    pid_t parent, child;

    (void)state; /* F05 */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    assert_int_equal(pipe(fds), 0);
    parent = fork();
    if (parent == 0)
        parent_main(fds[1]);
    assert_int_equal(read(fds[0], &child, sizeof(child)), sizeof(child));
    kill(parent, SIGKILL);
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    close(fds[0]);
    close(fds[1]);
}

/* --- a child of one's own
 * ----------------------------------------------------------------------------- */

static int ups, losts, frames;
static char lost_words[300];

static struct worker_child *own;
static bool own_ends_it;

static void own_on_frame(void *arg, struct span record, int fd)
{
    (void)arg;
    (void)record;
    (void)fd;
    frames++;
    if (own_ends_it)
        worker_child_end(own, "hello was not agreed");
}

static void own_on_up(void *arg)
{
    (void)arg;
    ups++;
}

static void own_on_lost(void *arg, const char *words)
{
    (void)arg;
    losts++;
    snprintf(lost_words, sizeof(lost_words), "%s", words);
}

static const struct worker_child_ops own_ops = { own_on_frame, own_on_up, own_on_lost };

static void test_a_child_of_ones_own_comes_again_and_one_that_is_silent_is_killed(void **state)
{
    struct worker_child *c;

    (void)state; /* F38 */
    ups = losts = frames = 0;
    c = worker_child_new(workers, "obeys", 500, &own_ops, NULL);
    assert_int_equal(worker_child_send(c, span_of("hello"), -1), -1);
    while (ups == 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(worker_child_send(c, span_of("hello"), -1), 0);
    while (frames == 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(worker_child_send(c, span_of("silent"), -1), 0);
    while (losts == 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_string_equal(lost_words, "killed: it fell silent");
    while (ups == 1)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(worker_child_send(c, span_of("die"), -1), 0);
    while (losts == 1)
        event_base_loop(base, EVLOOP_ONCE);
    assert_string_equal(lost_words, "its process ended");
    worker_child_free(c);
}

static void own_begin(int64_t silence_ms)
{
    own = worker_child_new(workers, "obeys", silence_ms, &own_ops, NULL);
    ups = losts = frames = 0;
    while (ups == 0)
        event_base_loop(base, EVLOOP_ONCE);
}

/* Each word is a new beginning of the time that it may be silent, also where it says nothing else
 * for long; one that is stopped says none. */
static void test_a_child_lives_as_long_as_it_says_something_and_no_longer(void **state)
{
    struct timespec nap = { 0, SHORT_MS * 1000000L };
    int i;

    (void)state; /* F38 */
    own_begin(4L * SHORT_MS);
    for (i = 0; i < 8; i++) {
        assert_int_equal(worker_child_send(own, span_of("hello"), -1), 0);
        nanosleep(&nap, NULL);
        while (frames <= i)
            event_base_loop(base, EVLOOP_ONCE);
    }
    assert_int_equal(losts, 0);
    kill(last_pid, SIGSTOP);
    while (losts == 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_string_equal(lost_words, "killed: it fell silent");
    while (ups == 1)
        event_base_loop(base, EVLOOP_ONCE);
    worker_child_free(own);
}

static void test_a_child_that_says_what_it_never_may_is_ended_and_comes_again(void **state)
{
    (void)state;
    own_begin(LONG_MS);
    own_ends_it = true;
    assert_int_equal(worker_child_send(own, span_of("hello"), -1), 0);
    assert_int_equal(worker_child_send(own, span_of("hello"), -1), 0);
    while (losts == 0)
        event_base_loop(base, EVLOOP_ONCE);
    own_ends_it = false;
    assert_string_equal(lost_words, "killed: hello was not agreed");
    assert_int_equal(worker_child_send(own, span_of("hello"), -1), -1);
    while (ups == 1)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(frames, 1); /* whatever else it said */
    assert_string_equal(last_words, "killed: hello was not agreed");
    assert_true(last_pause >= WORKER_PAUSE_MIN_MS);
    worker_child_free(own);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_question_is_answered_by_a_child, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_descriptor_goes_with_a_question_and_comes_with_an_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_questions_beyond_the_children_wait_in_line, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_child_that_dies_costs_its_question_alone, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_where_no_process_can_be_made_that_is_said_and_it_is_tried_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_of_a_child_without_memory_that_is_said, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_what_a_child_said_before_its_deadline_is_heard_after_it, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_child_that_hangs_is_killed_at_the_deadline_of_its_question, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_child_that_says_what_nobody_asked_is_killed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_the_pause_before_a_new_child_grows_until_one_answers,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_has_no_answer_is_told_when_the_pool_ends, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_child_is_given_its_socket_and_nothing_secret, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_child_that_cannot_start_is_given_no_question, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_question_that_nobody_takes_in_time_is_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_question_has_a_time_in_line_of_its_own, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_the_line_has_an_end, setup, teardown),
        cmocka_unit_test(test_children_die_with_their_parent),
        cmocka_unit_test_setup_teardown(
            test_a_child_of_ones_own_comes_again_and_one_that_is_silent_is_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_child_lives_as_long_as_it_says_something_and_no_longer, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_child_that_says_what_it_never_may_is_ended_and_comes_again, setup, teardown),
    };

    if (worker_main_role(argc, argv) != NULL)
        return worker_main_of(roles, worker_main_role(argc, argv), WORKER_FD);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
