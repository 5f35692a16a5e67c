#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/frame.h"
#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/failpoint.h"
#include "daemon/worker.h"
#include "daemon/worker_process.h"

struct worker_question {
    char *record;
    size_t len;
    int fd;
    bool starved; /* what was to go with it could not be kept: no descriptor is left */
    int64_t deadline_ms, give_up_ms; /* give_up_ms: 0: never */
    channel_more_fn *more;
    channel_answer_fn *done;
    void *arg;
    struct text_buffer said;
    struct worker_question *next;
};
struct worker_pool {
    struct worker_seat {
        struct worker_pool *pool;
        struct worker_process *process;
        struct worker_question *question; /* NULL: it is idle */
    } * seats;
    int count;
    const char *role;
    int64_t line_ms;
    struct event *kick;
    struct worker_question *first, **last;
    size_t waiting, in_line;
};

/* --- the end of a question
 * ---------------------------------------------------------------------------- */

static void worker_answer(struct worker_pool *pool, struct worker_question *q, int fd,
                          enum error_kind kind, const char *why_not)
{
    struct error err = { .kind = ERROR_NONE };

    if (why_not != NULL)
        error_set(&err, kind, "%s worker: %s", pool->role, why_not);
    pool->waiting--;
    q->done(q->arg, text_buffer_span(&q->said), fd, &err);
    if (q->fd >= 0)
        close(q->fd);
    text_buffer_clear(&q->said);
    free(q->record);
    free(q);
}

static struct worker_question *worker_line_take(struct worker_pool *pool)
{
    struct worker_question *q = pool->first;

    pool->first = q->next;
    if (pool->first == NULL)
        pool->last = &pool->first;
    pool->in_line--;
    return q;
}

static void worker_kick(struct worker_pool *pool, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    event_add(pool->kick, &tv);
}

/* --- who takes it
 * ------------------------------------------------------------------------------------- */

static struct worker_seat *worker_idle(struct worker_pool *pool)
{
    int i;

    for (i = 0; i < pool->count; i++)
        if (pool->seats[i].process->state == WORKER_UP && pool->seats[i].question == NULL)
            return &pool->seats[i];
    return NULL;
}

/* Gives the first in line to that child; one that does not read any more is not asked again. */
static void worker_give(struct worker_pool *pool, struct worker_seat *seat)
{
    struct worker_question *q = pool->first;
    struct span record = { q->record, q->len };
    struct error err;

    if (frame_send(seat->process->fd, record, q->fd, &err) < 0) {
        worker_process_kill(seat->process, "killed: it does not read");
        return;
    }
    worker_line_take(pool);
    seat->question = q;
    worker_process_deadline(seat->process, q->deadline_ms);
    failpoint_pass("worker_asked");
}

static bool worker_is_late(const struct worker_question *q)
{
    return q->give_up_ms > 0 && q->give_up_ms <= steady_now_ms();
}

/* The first in line that may still be asked; the time of those before it is over. */
static struct worker_question *worker_line_first(struct worker_pool *pool)
{
    while (pool->first != NULL) {
        if (pool->first->starved)
            worker_answer(pool, worker_line_take(pool), -1, ERROR_CONFIG, "no descriptor is left");
        else if (worker_is_late(pool->first))
            worker_answer(pool, worker_line_take(pool), -1, ERROR_TRANSIENT,
                          "nobody was free in time");
        else
            break;
    }
    return pool->first;
}

static void worker_dispatch(struct worker_pool *pool)
{
    int64_t now = steady_now_ms();
    struct worker_seat *seat;

    while (pool->in_line > WORKER_LINE_MAX)
        worker_answer(pool, worker_line_take(pool), -1, ERROR_TRANSIENT,
                      "too many questions are in line");
    while (worker_line_first(pool) != NULL && (seat = worker_idle(pool)) != NULL)
        worker_give(pool, seat);
    if (pool->first != NULL && pool->first->give_up_ms > 0)
        worker_kick(pool, pool->first->give_up_ms - now);
}

static void worker_on_kick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    worker_dispatch(arg);
}

/* --- what a child does
 * -------------------------------------------------------------------------------- */

static void worker_seat_on_up(struct worker_process *p)
{
    struct worker_seat *seat = p->arg;

    worker_kick(seat->pool, 0);
}

static void worker_seat_on_lost(struct worker_process *p, const char *words)
{
    struct worker_seat *seat = p->arg;
    struct worker_question *q = seat->question;

    seat->question = NULL;
    if (q != NULL)
        worker_answer(seat->pool, q, -1, p->starved ? ERROR_CONFIG : ERROR_TRANSIENT, words);
}

static void worker_seat_on_record(struct worker_process *p, struct span record, int fd)
{
    struct worker_seat *seat = p->arg;
    struct worker_question *q = seat->question;

    if (q == NULL || (record.ptr[0] != FRAME_MORE && record.ptr[0] != FRAME_LAST) ||
        q->said.len + record.len > WORKER_ANSWER_MAX) {
        worker_process_kill(p, "killed: it said what nobody asked");
        return;
    }
    text_buffer_add(&q->said, record.ptr + 1, record.len - 1);
    if (record.ptr[0] == FRAME_MORE) {
        if (q->more != NULL)
            q->more(q->arg, text_buffer_span(&q->said));
        return;
    }
    worker_process_deadline(p, 0);
    p->pause_ms = 0;
    seat->question = NULL;
    worker_kick(seat->pool, 0);
    worker_answer(seat->pool, q, fd, ERROR_NONE, NULL);
}

static const struct worker_owner worker_seat_owner = { .on_record = worker_seat_on_record,
                                                       .on_up = worker_seat_on_up,
                                                       .on_lost = worker_seat_on_lost,
                                                       .overdue = "killed at its deadline" };

/* --- the door
 * ----------------------------------------------------------------------------------------- */

struct worker_pool *worker_pool_new(struct workers *w, const char *role, int count, int64_t memory,
                                    int64_t line_ms)
{
    struct worker_pool *pool = xcalloc(1, sizeof(*pool));
    int i;

    pool->role = role;
    pool->count = count;
    pool->line_ms = line_ms;
    pool->last = &pool->first;
    pool->kick = evtimer_new(worker_base(w), worker_on_kick, pool);
    pool->seats = xcalloc((size_t)count, sizeof(*pool->seats));
    for (i = 0; i < count; i++) {
        pool->seats[i].pool = pool;
        pool->seats[i].process =
            worker_process_new(w, role, memory, &worker_seat_owner, &pool->seats[i]);
    }
    return pool;
}

void worker_pool_free(struct worker_pool *pool)
{
    int i;

    if (pool == NULL)
        return;
    for (i = 0; i < pool->count; i++) {
        worker_process_leave(pool->seats[i].process);
        if (pool->seats[i].question != NULL)
            worker_answer(pool, pool->seats[i].question, -1, ERROR_TRANSIENT,
                          "the service is ending");
    }
    while (pool->first != NULL)
        worker_answer(pool, worker_line_take(pool), -1, ERROR_TRANSIENT, "the service is ending");
    event_free(pool->kick);
    free(pool->seats);
    free(pool);
}

void worker_ask_within(struct worker_pool *pool, struct span record, int fd, int64_t line_ms,
                       int64_t deadline_ms, channel_more_fn *more, channel_answer_fn *done,
                       void *arg)
{
    struct worker_question *q = xcalloc(1, sizeof(*q));

    q->record = xmalloc(record.len);
    memcpy(q->record, record.ptr, record.len);
    q->len = record.len;
    q->fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    q->starved = fd >= 0 && q->fd < 0;
    q->deadline_ms = deadline_ms;
    q->give_up_ms = line_ms == 0 ? 0 : steady_now_ms() + line_ms;
    q->more = more;
    q->done = done;
    q->arg = arg;
    *pool->last = q;
    pool->last = &q->next;
    pool->in_line++;
    pool->waiting++;
    worker_kick(pool, 0);
}

void worker_ask(struct worker_pool *pool, struct span record, int fd, int64_t deadline_ms,
                channel_answer_fn *done, void *arg)
{
    worker_ask_within(pool, record, fd, pool->line_ms, deadline_ms, NULL, done, arg);
}

size_t worker_pool_waiting(const struct worker_pool *pool)
{
    return pool->waiting;
}
