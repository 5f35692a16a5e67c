#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { SANDBOX_WRITES = O_ACCMODE | O_CREAT | O_TRUNC };

/* What a process needs that computes. */
static const char *const pure_allowed[] = {
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
    "getrusage",
    "sched_getaffinity",
    "exit",
    "exit_group",
    "set_robust_list",
    "restart_syscall",
    "rseq",
    NULL,
};
/* What libraries look for late and can do without. */
static const char *const pure_fails[] = {
    "openat2",   "stat",       "lstat",      "access", "readlink",  "readlinkat",
    "faccessat", "faccessat2", "getdents64", "ioctl",  "prlimit64", NULL,
};
/* Of it, what no sanitizer or valgrind needs either. */
static const char *const pure_denied[] = {
    "socket", "connect", "bind", "creat", "fork", "vfork", NULL,
};

/* Programs, other processes, the system. */
static const char *const denied[] = {
    "execve",
    "execveat",
    "listen",
    "accept",
    "accept4",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "unshare",
    "setns",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "io_uring_setup",
    "open_by_handle_at",
    "ioperm",
    "iopl",
    NULL,
};
/* Files, and signals to others. */
static const char *const network_fails[] = {
    "creat",    "openat2",   "truncate",  "rename",   "renameat",  "renameat2", "mkdir",
    "mkdirat",  "rmdir",     "link",      "linkat",   "symlink",   "symlinkat", "unlink",
    "unlinkat", "mknod",     "mknodat",   "chmod",    "fchmod",    "fchmodat",  "chown",
    "fchown",   "lchown",    "fchownat",  "setxattr", "lsetxattr", "fsetxattr", "utime",
    "utimes",   "utimensat", "futimesat", "kill",     NULL,
};

bool sandbox_is_emulated(void)
{
    const char *preload = getenv("LD_PRELOAD"); /* valgrind's own way into a process */

    return preload != NULL && strstr(preload, "/vgpreload_") != NULL;
}

bool sandbox_is_watched(void)
{
#ifdef RELEVO_SANITIZED
    return true;
#else
    return sandbox_is_emulated();
#endif
}

static int sandbox_add(scmp_filter_ctx filter, const char *const *calls, uint32_t action)
{
    int rc = 0;

    for (; *calls != NULL && rc == 0; calls++) {
        int call = seccomp_syscall_resolve_name(*calls);

        /* A negative one is a call that this architecture does not have. */
        if (call >= 0)
            rc = seccomp_rule_add(filter, action, call, 0);
    }
    return rc;
}

/* Opening a file in any way but to read it. */
static int sandbox_add_writes(scmp_filter_ctx filter, uint32_t action)
{
    static const int bits[] = { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC };
    size_t i;
    int rc = 0;

    for (i = 0; i < sizeof(bits) / sizeof(bits[0]) && rc == 0; i++) {
        const scmp_datum_t bit = (scmp_datum_t)bits[i];

        rc = seccomp_rule_add(filter, action, SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, bit, bit));
        if (rc == 0)
            rc = seccomp_rule_add(filter, action, SCMP_SYS(open), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, bit, bit));
    }
    return rc;
}

/* Memory that is never run. */
static int sandbox_add_memory(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp not_run = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_run);

    if (rc == 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_run);
    return rc;
}

static int sandbox_allow_pure(scmp_filter_ctx filter)
{
    const uint32_t fails = SCMP_ACT_ERRNO(EACCES);
    int rc = sandbox_add(filter, pure_allowed, SCMP_ACT_ALLOW);

    if (rc == 0)
        rc = sandbox_add(filter, pure_fails, fails);
    if (rc == 0)
        rc = seccomp_rule_add(filter, fails, SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, SANDBOX_WRITES, O_RDONLY));
    if (rc == 0)
        rc = seccomp_rule_add(filter, fails, SCMP_SYS(open), 1,
                              SCMP_A1(SCMP_CMP_MASKED_EQ, SANDBOX_WRITES, O_RDONLY));
    return rc == 0 ? sandbox_add_memory(filter) : rc;
}

static int sandbox_deny(scmp_filter_ctx filter, enum sandbox_kind kind, bool watched)
{
    const bool pure = kind == SANDBOX_PURE;
    const uint32_t kills = SCMP_ACT_KILL_PROCESS, fails = SCMP_ACT_ERRNO(EACCES);
    int rc = sandbox_add(filter, denied, kills);

    if (rc == 0)
        rc = sandbox_add(filter, pure ? pure_denied : network_fails, pure ? kills : fails);
    if (rc == 0)
        rc = sandbox_add_writes(filter, pure ? kills : fails);
    if (rc == 0 && !watched) /* LSan looks at its own threads so */
        rc = seccomp_rule_add(filter, kills, SCMP_SYS(ptrace), 0);
    return rc;
}

int sandbox_enter_as(enum sandbox_kind kind, bool watched, struct error *err)
{
    const bool allows = kind == SANDBOX_PURE && !watched;
    scmp_filter_ctx filter;
    int rc;

    if (kind == SANDBOX_NONE)
        return 0;
    filter = seccomp_init(allows ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ALLOW);
    if (filter == NULL)
        return error_set(err, ERROR_PERMANENT, "seccomp: no filter can be made");
    rc = allows ? sandbox_allow_pure(filter) : sandbox_deny(filter, kind, watched);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc == 0 ? 0 : error_set(err, ERROR_PERMANENT, "seccomp: %s", strerror(-rc));
}

int sandbox_enter(enum sandbox_kind kind, struct error *err)
{
    if (sandbox_is_emulated()) /* valgrind does not know seccomp() */
        return 0;
    return sandbox_enter_as(kind, sandbox_is_watched(), err);
}
