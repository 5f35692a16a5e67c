#include <stdio.h>
#include <stdlib.h>

#include "channels/frame.h"
#include "core/arena.h"
#include "daemon/worker.h"
#include "daemon/worker_process.h"

struct worker_child {
    struct worker_process *process;
    const struct worker_child_ops *ops;
    void *arg;
    int64_t silence_ms;
};

static void worker_child_on_record(struct worker_process *p, struct span record, int fd)
{
    struct worker_child *c = p->arg;

    worker_process_deadline(p, c->silence_ms);
    c->ops->on_frame(c->arg, record, fd);
}

static void worker_child_on_up(struct worker_process *p)
{
    struct worker_child *c = p->arg;

    worker_process_deadline(p, c->silence_ms);
    c->ops->on_up(c->arg);
}

static void worker_child_on_lost(struct worker_process *p, const char *words)
{
    struct worker_child *c = p->arg;

    c->ops->on_lost(c->arg, words);
}

static const struct worker_owner worker_child_owner = { .on_record = worker_child_on_record,
                                                        .on_up = worker_child_on_up,
                                                        .on_lost = worker_child_on_lost,
                                                        .overdue = "killed: it fell silent" };

struct worker_child *worker_child_new(struct workers *w, const char *role, int64_t silence_ms,
                                      const struct worker_child_ops *ops, void *arg)
{
    struct worker_child *c = xcalloc(1, sizeof(*c));

    c->ops = ops;
    c->arg = arg;
    c->silence_ms = silence_ms;
    c->process = worker_process_new(w, role, 0, &worker_child_owner, c);
    return c;
}

void worker_child_free(struct worker_child *c)
{
    if (c == NULL)
        return;
    worker_process_leave(c->process);
    free(c);
}

int worker_child_send(struct worker_child *c, struct span record, int fd)
{
    struct error err;

    if (c->process->state != WORKER_UP)
        return -1;
    if (frame_send(c->process->fd, record, fd, &err) == 0)
        return 0;
    worker_process_kill(c->process, "killed: it does not read");
    return -1;
}

void worker_child_end(struct worker_child *c, const char *words)
{
    char why[WORKER_WHY_MAX];

    snprintf(why, sizeof(why), "killed: %s", words);
    worker_process_kill(c->process, why);
}
