/* daemon/parse_worker.h - the role "parse": reads strangers' mails, and nothing else.
 *
 * A child's life, from the moment it is shut in (daemon/worker_main.h) to its parent's end. */
#ifndef RELEVO_DAEMON_PARSE_WORKER_H
#define RELEVO_DAEMON_PARSE_WORKER_H

/* Reads a mail of our own, so that libraries load now what they load at their first use. */
void parse_worker_warm(void);
/* Serves questions (daemon/parse_frame.h) that come by fd until its other end is gone; the exit
 * status. */
int parse_worker_serve(int fd);

#endif
