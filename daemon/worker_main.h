/* daemon/worker_main.h - what a program's main does when its argument says --worker=ROLE.
 *
 * Before anything else of the program: no file, thread, signal handler or secret exists yet. A
 * child ends when its socket does or when its parent dies; signals that a terminal or a service
 * manager sends to all are its parent's to answer. */
#ifndef RELEVO_DAEMON_WORKER_MAIN_H
#define RELEVO_DAEMON_WORKER_MAIN_H

#include "daemon/sandbox.h"

enum { WORKER_FD = 3 }; /* where its parent put its end of the socket pair */

struct worker_role {
    const char *name;
    int (*serve)(int fd); /* until the socket ends; the exit status */
    enum sandbox_kind sandbox;
    void (*warm)(void); /* loads what can be loaded no more in its sandbox; NULL: nothing */
};
/* All of relevod's, ended by a NULL name. */
extern const struct worker_role worker_roles[];

/* The role that argv asks for; NULL: this is no worker. */
const char *worker_main_role(int argc, char **argv);
/* A child's whole life: shuts itself in, says that it is ready, and serves its role until its
 * parent is gone. Returns the exit status. */
int worker_main(const char *role, int fd);
/* As that, of other roles: tests. */
int worker_main_of(const struct worker_role *roles, const char *role, int fd);

#endif
