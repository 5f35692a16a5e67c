/* daemon/worker.h - children that do one risky thing each, and may die of it.
 *
 * Loop thread. Children of the same binary, started by fork and exec with a role
 * (daemon/worker_main.h): no database, configuration or listener of ours, one socket to the loop
 * (channels/frame.h). A pool answers questions, one at a time a child; a child of its own speaks to
 * one owner for as long as it lives. Nobody is given to a child before it has said that it is
 * ready: where none can start, questions wait. The loop asks, goes on with its work, and kills
 * whoever passes a deadline. A question that a process died of has ERROR_TRANSIENT; one for which
 * we had no descriptor left, ERROR_CONFIG. Whoever dies is started again after a pause that doubles
 * from WORKER_PAUSE_MIN_MS to WORKER_PAUSE_MAX_MS; an answer, or WORKER_STEADY_MS of life, makes it
 * the shortest again. SIGCHLD belongs to this room. */
#ifndef RELEVO_DAEMON_WORKER_H
#define RELEVO_DAEMON_WORKER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "channels/channel.h"

struct event_base;
struct workers;
struct worker_pool;
struct worker_child;

enum {
    WORKER_PAUSE_MIN_MS = 100,
    WORKER_PAUSE_MAX_MS = 60000,
    WORKER_STEADY_MS = 60000,
    WORKER_READY_MS = 30000,          /* from its start; then it is killed */
    WORKER_GRACE_MS = 3000,           /* from the end of its socket to its own; then it is killed */
    WORKER_GRACE_EMULATED_MS = 60000, /* the same under valgrind, which looks for leaks then */
    WORKER_LINE_MAX = 10000,     /* questions in line; more are answered with ERROR_TRANSIENT */
    WORKER_ANSWER_MAX = 1 << 20, /* bytes of all records of one answer */
};

/* For the log: a child of `role` is ready (words NULL) or is gone (words: why; the pause until the
 * next one; pid 0: it could not even be made). */
typedef void worker_told_fn(void *arg, const char *role, pid_t pid, const char *words,
                            int64_t pause_ms);

struct workers *workers_new(struct event_base *base, worker_told_fn *told, void *arg);
/* After all pools and children are freed: waits until they are gone, the grace at most, and
 * kills the rest. Takes NULL. */
void workers_free(struct workers *w);

/* `memory`: bytes of address space, 0: no bound. `line_ms`: a question that nobody took for so long
 * is answered with ERROR_TRANSIENT; 0: it waits. */
struct worker_pool *worker_pool_new(struct workers *w, const char *role, int count, int64_t memory,
                                    int64_t line_ms);
/* Every question that has no answer yet gets ERROR_TRANSIENT. Takes NULL; not from a `done`. */
void worker_pool_free(struct worker_pool *pool);
/* As channel_host.worker_ask(): `done` runs once, never within this call. */
void worker_ask(struct worker_pool *pool, struct span record, int fd, int64_t deadline_ms,
                channel_answer_fn *done, void *arg);
/* Likewise, with a `line_ms` of its own: after that no process gets it; and with `more` (NULL: only
 * the whole answer counts). */
void worker_ask_within(struct worker_pool *pool, struct span record, int fd, int64_t line_ms,
                       int64_t deadline_ms, channel_more_fn *more, channel_answer_fn *done,
                       void *arg);
size_t worker_pool_waiting(const struct worker_pool *pool); /* in line, and being answered */

struct worker_child_ops {
    void (*on_frame)(void *arg, struct span record, int fd); /* both borrowed */
    void (*on_up)(void *arg);
    void (*on_lost)(void *arg, const char *words); /* why */
};
/* Comes up later, on the loop. One that says nothing for silence_ms is killed; 0: never. */
struct worker_child *worker_child_new(struct workers *w, const char *role, int64_t silence_ms,
                                      const struct worker_child_ops *ops, void *arg);
void worker_child_free(struct worker_child *c); /* takes NULL; calls nothing any more */
/* 0; -1: it is not up, or does not read what it is sent: then it is killed. `fd` stays the
 * caller's. */
int worker_child_send(struct worker_child *c, struct span record, int fd);
/* It said what it never may: it is killed, on_lost() runs within this call, and another one begins
 * after the usual pause. */
void worker_child_end(struct worker_child *c, const char *words);

#endif
