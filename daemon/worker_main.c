#include "daemon/worker_main.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/imap_audit.h"
#include "channels/imap_worker.h"
#include "channels/smtp_worker.h"
#include "daemon/parse_worker.h"

enum { WORKER_FILES_MAX = 64, WORKER_CANNOT_START = 70, WORKER_OOM_SCORE = 500 };

const struct worker_role worker_roles[] = {
    { "audit", imap_audit_serve, SANDBOX_NETWORK, NULL },
    { "imap", imap_worker_serve, SANDBOX_NETWORK, NULL },
    { "parse", parse_worker_serve, SANDBOX_PURE, parse_worker_warm },
    { "smtp", smtp_worker_serve, SANDBOX_NETWORK, smtp_worker_warm },
    { NULL, NULL, SANDBOX_NONE, NULL },
};

const char *worker_main_role(int argc, char **argv)
{
    static const char option[] = "--worker=";

    if (argc != 2 || strncmp(argv[1], option, sizeof(option) - 1) != 0)
        return NULL;
    return argv[1] + sizeof(option) - 1;
}

/* A service manager's filter may not know the call; the bounds only make a runaway end sooner. */
static void worker_bound(int resource, rlim_t most)
{
    const struct rlimit limit = { most, most };

    if (setrlimit(resource, &limit) < 0 && errno != EPERM)
        fprintf(stderr, "event=worker_bound resource=%d words=\"%s\"\n", resource, strerror(errno));
}

static void worker_bounds(void)
{
    const char *memory = getenv("RELEVO_WORKER_MEMORY");

    worker_bound(RLIMIT_CORE, 0);
    if (sandbox_is_watched()) /* they take terabytes of addresses, and descriptors of high numbers,
                               * and LSan has to look into what is dumpable alone */
        return;
    prctl(PR_SET_DUMPABLE, 0);
    worker_bound(RLIMIT_NOFILE, WORKER_FILES_MAX);
    if (memory != NULL && atoll(memory) > 0)
        worker_bound(RLIMIT_AS, (rlim_t)atoll(memory));
}

/* False: the parent died before the first line, and its signal will not come. */
static bool worker_has_parent(int fd)
{
    struct pollfd socket = { fd, 0, 0 };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return poll(&socket, 1, 0) >= 0 && (socket.revents & (POLLHUP | POLLNVAL)) == 0;
}

/* Where memory is out, the kernel ends one of these rather than the daemon: its question is asked
 * again. Before the process hides itself, which makes the file another's. */
static void worker_goes_first(void)
{
    FILE *f = fopen("/proc/self/oom_score_adj", "we");

    if (f == NULL)
        return;
    fprintf(f, "%d\n", WORKER_OOM_SCORE);
    fclose(f); /* refused where another was set that is higher */
}

static void worker_shut_in(const struct worker_role *role)
{
    static const int left_to_the_parent[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ };
    char name[16];
    size_t i;

    snprintf(name, sizeof(name), "relevod:%s", role->name);
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    umask(0077);
    worker_goes_first();
    for (i = 0; i < sizeof(left_to_the_parent) / sizeof(left_to_the_parent[0]); i++)
        signal(left_to_the_parent[i], SIG_IGN);
    worker_bounds();
    if (role->warm != NULL)
        role->warm();
}

int worker_main_of(const struct worker_role *roles, const char *name, int fd)
{
    const struct worker_role *role = roles;
    struct error err;

    while (role->name != NULL && strcmp(role->name, name) != 0)
        role++;
    if (role->name == NULL) {
        fprintf(stderr, "relevod: no worker of role '%.32s'\n", name);
        return WORKER_CANNOT_START;
    }
    close(fd + 1); /* our own binary, only needed to be started */
    if (!worker_has_parent(fd))
        return 0;
    worker_shut_in(role);
    if (sandbox_enter(role->sandbox, &err) < 0) {
        fprintf(stderr, "event=sandbox_refused role=%s words=\"%s\"\n", role->name, err.text);
        return WORKER_CANNOT_START;
    }
    if (frame_answer(fd, FRAME_READY, (struct span){ "", 0 }, -1, &err) < 0)
        return 0;
    return role->serve(fd);
}

int worker_main(const char *role, int fd)
{
    return worker_main_of(worker_roles, role, fd);
}
