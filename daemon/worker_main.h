/* daemon/worker_main.h - what a program's main does when its argument says --worker=ROLE.
 *
 * Before anything else of the program: no file, thread, signal handler or secret exists yet. */
#ifndef RELEVO_DAEMON_WORKER_MAIN_H
#define RELEVO_DAEMON_WORKER_MAIN_H

enum { WORKER_FD = 3 }; /* where its parent put its end of the socket pair */

/* The role that argv asks for; NULL: this is no worker. */
const char *worker_main_role(int argc, char **argv);
/* A child's whole life: shuts itself in and serves its role until its parent is gone. Returns the
 * exit status. */
int worker_main(const char *role, int fd);

#endif
