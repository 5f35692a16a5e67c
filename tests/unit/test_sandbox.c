/* Each case is a process of its own: it shuts itself in, does one thing, and ends by it or not. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/frame.h"
#include "daemon/sandbox.h"

enum { LIVED = 0, FAILED = 1, NOT_SHUT_IN = 2 };
enum { KILLED = 1 << 8 };

/* --- what is tried: 0 where it worked
 * ----------------------------------------------------------------- */

static int try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0;
}

static int try_exec(void)
{
    char *const none[] = { NULL };

    return execve("/bin/true", none, none) < 0;
}

static int try_write_file(void)
{
    return open("/dev/null", O_WRONLY | O_CLOEXEC) < 0;
}

static int try_make_file(void)
{
    return open("/tmp/relevo-sandbox-test", O_RDONLY | O_CREAT | O_CLOEXEC, 0600) < 0;
}

static int try_read_file(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0;
}

static int try_ptrace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0;
}

static int try_fork(void)
{
    pid_t pid = (pid_t)syscall(SYS_fork);

    if (pid == 0)
        _exit(0);
    return pid < 0;
}

static int try_kill_parent(void)
{
    return kill(getppid(), 0) < 0;
}

static int try_listen(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    return listen(fd, 1) < 0;
}

static int try_unlink(void)
{
    return unlink("/tmp/relevo-sandbox-test-of-nothing") < 0 && errno == EACCES;
}

static int try_run_memory(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
           MAP_FAILED;
}

static int try_compute(void)
{
    struct error err;
    struct span seen;
    char *room = malloc(40 << 20);
    int fd;

    memset(room, 'x', 40 << 20);
    if (frame_seal((struct span){ room, 40 << 20 }, &fd, &err) < 0 ||
        frame_map(fd, 40 << 20, &seen, &err) < 0)
        return FAILED;
    frame_unmap(seen);
    free(room);
    return close(fd);
}

/* What it ends with; KILLED where the filter ended it. */
static int end_of(enum sandbox_kind kind, bool watched, int (*what)(void))
{
    struct error err;
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(sandbox_enter_as(kind, watched, &err) < 0 ? NOT_SHUT_IN : what());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGSYS);
        return KILLED;
    }
    return WEXITSTATUS(status);
}

struct sandbox_case {
    const char *what;
    int (*try)(void);
    int end;
};

static void check(enum sandbox_kind kind, bool watched, const struct sandbox_case *c)
{
    int end;

    for (; c->what != NULL; c++)
        if ((end = end_of(kind, watched, c->try)) != c->end)
            fail_msg("%s: %d, expected %d", c->what, end, c->end);
}

/* S-55 */
static void test_a_process_that_computes_can_do_nothing_else(void **state)
{
    static const struct sandbox_case cases[] = {
        { "compute", try_compute, LIVED },
        { "make a socket", try_socket, KILLED },
        { "start a program", try_exec, KILLED },
        { "open a file to write", try_write_file, KILLED },
        { "make a file", try_make_file, KILLED },
        { "read a file", try_read_file, FAILED },
        { "trace", try_ptrace, KILLED },
        { "fork", try_fork, KILLED },
        { "kill", try_kill_parent, KILLED },
        { "run memory", try_run_memory, KILLED },
        { NULL, NULL, 0 },
    };

    (void)state;
    check(SANDBOX_PURE, false, cases);
}

/* S-55 */
static void test_a_process_on_the_network_starts_nothing_and_changes_no_file(void **state)
{
    static const struct sandbox_case cases[] = {
        { "compute", try_compute, LIVED },
        { "make a socket", try_socket, LIVED },
        { "read a file", try_read_file, LIVED },
        { "start a program", try_exec, KILLED },
        { "open a file to write", try_write_file, FAILED },
        { "make a file", try_make_file, FAILED },
        { "remove a file", try_unlink, FAILED },
        { "trace", try_ptrace, KILLED },
        { "kill", try_kill_parent, FAILED },
        { "listen", try_listen, KILLED },
        { NULL, NULL, 0 },
    };

    (void)state;
    check(SANDBOX_NETWORK, false, cases);
}

static void test_a_watched_process_still_cannot_reach_the_world(void **state)
{
    static const struct sandbox_case pure[] = {
        { "compute", try_compute, LIVED },
        { "make a socket", try_socket, KILLED },
        { "start a program", try_exec, KILLED },
        { "open a file to write", try_write_file, KILLED },
        { "fork", try_fork, KILLED },
        { NULL, NULL, 0 },
    };
    static const struct sandbox_case network[] = {
        { "make a socket", try_socket, LIVED },
        { "start a program", try_exec, KILLED },
        { "open a file to write", try_write_file, FAILED },
        { NULL, NULL, 0 },
    };

    (void)state;
    check(SANDBOX_PURE, true, pure);
    check(SANDBOX_NETWORK, true, network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_process_that_computes_can_do_nothing_else),
        cmocka_unit_test(test_a_process_on_the_network_starts_nothing_and_changes_no_file),
        cmocka_unit_test(test_a_watched_process_still_cannot_reach_the_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
