/* daemon/worker_process.h - the inside of daemon/worker.h: one child from its start to its end.
 *
 * For daemon/worker*.c alone. Loop thread. */
#ifndef RELEVO_DAEMON_WORKER_PROCESS_H
#define RELEVO_DAEMON_WORKER_PROCESS_H

#include <stdbool.h>

#include "daemon/worker.h"

struct event;
struct worker_process;

enum { WORKER_WHY_MAX = 300 };
enum worker_state {
    WORKER_DOWN,     /* no child; the timer is the pause until the next one */
    WORKER_STARTING, /* it has not said yet that it is ready */
    WORKER_UP,
    WORKER_ENDING, /* its socket is closed, its owner told; not yet waited for */
};
/* Whose child it is. A record's `fd` is closed when on_record() returns. */
struct worker_owner {
    void (*on_record)(struct worker_process *p, struct span record, int fd);
    void (*on_up)(struct worker_process *p);
    void (*on_lost)(struct worker_process *p, const char *words);
    const char *overdue; /* what is said of one that is killed at its deadline */
};
struct worker_process {
    struct workers *home;
    const char *role; /* a literal */
    int64_t memory;
    const struct worker_owner *owner;
    void *arg;
    enum worker_state state;
    pid_t pid;
    int fd;
    struct event *readable, *timer, *deadline;
    int64_t started_ms, pause_ms;
    char why[WORKER_WHY_MAX]; /* it is ending: our own reason; "": its exit status says it */
    bool overdue;             /* its deadline has passed, and it has no other yet */
    bool starved;             /* it is killed because we have no descriptor left for its answer */
    bool leaving;             /* its owner is gone: it is not started again */
    struct worker_process *next;
};

struct worker_process *worker_process_new(struct workers *w, const char *role, int64_t memory,
                                          const struct worker_owner *owner, void *arg);
/* No callback comes any more; the child ends by itself, or is killed after its grace. */
void worker_process_leave(struct worker_process *p);
/* Kills it: `why` for the log. on_lost() runs within this call. */
void worker_process_kill(struct worker_process *p, const char *why);
/* Kills it in `ms`, 0: not at all; but hears first what it had said by then. */
void worker_process_deadline(struct worker_process *p, int64_t ms);
struct event_base *worker_base(const struct workers *w);

#endif
