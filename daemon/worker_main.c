#include "daemon/worker_main.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/parse_worker.h"
#include "daemon/sandbox.h"

enum { WORKER_FILES_MAX = 64, WORKER_CANNOT_START = 70 };

struct worker_role {
    const char *name;
    int (*serve)(int fd);
    enum sandbox_kind sandbox;
};
static const struct worker_role roles[] = {
    { "parse", parse_worker_serve, SANDBOX_PURE },
    { NULL, NULL, SANDBOX_NONE },
};

const char *worker_main_role(int argc, char **argv)
{
    static const char option[] = "--worker=";

    if (argc != 2 || strncmp(argv[1], option, sizeof(option) - 1) != 0)
        return NULL;
    return argv[1] + sizeof(option) - 1;
}

/* Bounds that a system may refuse to set (its filter may not know the call) are not worth a
 * failure: they only make a runaway end sooner. */
static void worker_bound(int resource, rlim_t most)
{
    const struct rlimit limit = { most, most };

    if (setrlimit(resource, &limit) < 0 && errno != EPERM)
        fprintf(stderr, "event=worker_bound resource=%d words=\"%s\"\n", resource, strerror(errno));
}

static void worker_shut_in(const struct worker_role *role)
{
    const char *memory = getenv("RELEVO_WORKER_MEMORY");
    char name[16];

    snprintf(name, sizeof(name), "relevod:%s", role->name);
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0);
    worker_bound(RLIMIT_CORE, 0);
    worker_bound(RLIMIT_NOFILE, WORKER_FILES_MAX);
#ifndef RELEVO_SANITIZED /* ASan keeps its shadow in terabytes of address space */
    if (memory != NULL && atoll(memory) > 0)
        worker_bound(RLIMIT_AS, (rlim_t)atoll(memory));
#else
    (void)memory;
#endif
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* a terminal's ^C is the parent's to answer */
}

int worker_main(const char *name, int fd)
{
    const struct worker_role *role = roles;
    struct error err = { 0 };

    while (role->name != NULL && strcmp(role->name, name) != 0)
        role++;
    /* The parent may have died before this line: then nobody is told, and its end of the socket is
     * gone. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(fd + 1); /* our own binary, only needed to be started */
    if (role->name == NULL || getppid() == 1) {
        fprintf(stderr, "relevod: no worker of role '%.32s'\n", name);
        return WORKER_CANNOT_START;
    }
    worker_shut_in(role);
    if (sandbox_enter(role->sandbox, &err) < 0) {
        fprintf(stderr, "event=sandbox_refused role=%s words=\"%s\"\n", role->name, err.text);
        return WORKER_CANNOT_START;
    }
    return role->serve(fd);
}
