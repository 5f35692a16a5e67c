#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* What a process needs that computes. */
static const char *const pure_calls[] = {
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "lseek",
    "close",
    "fstat",
    "newfstatat",
    "statx",
    "fcntl",
    "dup",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "recvmsg",
    "sendmsg",
    "recvfrom",
    "sendto",
    "shutdown",
    "memfd_create",
    "ftruncate",
    "munmap",
    "mremap",
    "madvise",
    "brk",
    "futex",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "clock_gettime",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "getrandom",
    "getpid",
    "gettid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "uname",
    "sysinfo",
    "sched_yield",
    "sched_getaffinity",
    "getrusage",
    "prlimit64",
    "rseq",
    "set_robust_list",
    "exit",
    "exit_group",
    "restart_syscall",
    "getcwd",
    "readlink",
    "readlinkat",
    "access",
    "faccessat",
    "faccessat2",
    "getdents64",
    "ioctl",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "eventfd2",
    "pipe2",
    NULL,
};
/* And one that speaks to a server: names are looked up by threads, over sockets. */
static const char *const network_calls[] = {
    "socket",        "connect",      "bind",     "getsockname", "getpeername", "getsockopt",
    "setsockopt",    "sendmmsg",     "recvmmsg", "clone",       "clone3",      "timer_create",
    "timer_settime", "timer_delete", "alarm",    "setitimer",   "getppid",     NULL,
};

static bool sandbox_is_watched(void)
{
#ifdef RELEVO_SANITIZED
    return true;
#else
    const char *preload = getenv("LD_PRELOAD");

    return preload != NULL && strstr(preload, "valgrind") != NULL;
#endif
}

static int sandbox_allow(scmp_filter_ctx filter, const char *const *calls)
{
    int rc = 0;

    for (; *calls != NULL && rc == 0; calls++) {
        int call = seccomp_syscall_resolve_name(*calls);

        if (call != __NR_SCMP_ERROR)
            rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    return rc;
}

/* Files to read alone, and memory that is never both written and run. */
static int sandbox_allow_some(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp reads_at =
        SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
    const struct scmp_arg_cmp reads =
        SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
    const struct scmp_arg_cmp not_run = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, reads_at);

    if (rc == 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, reads);
    if (rc == 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_run);
    if (rc == 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_run);
    return rc;
}

int sandbox_enter(enum sandbox_kind kind, struct error *err)
{
    scmp_filter_ctx filter;
    int rc;

    if (kind == SANDBOX_NONE || sandbox_is_watched())
        return 0;
    filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return error_set(err, ERROR_PERMANENT, "seccomp: no filter can be made");
    rc = sandbox_allow(filter, pure_calls);
    if (rc == 0 && kind == SANDBOX_NETWORK)
        rc = sandbox_allow(filter, network_calls);
    if (rc == 0)
        rc = sandbox_allow_some(filter);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc == 0 ? 0 : error_set(err, ERROR_PERMANENT, "seccomp: %s", strerror(-rc));
}
