/* The processes that work for channels, and their turns to connect. */
#include <stdlib.h>

#include "core/arena.h"
#include "daemon/desk.h"
#include "daemon/host_rooms.h"
#include "daemon/turns.h"

struct host_ask {
    struct host *host;
    channel_more_fn *more;
    channel_answer_fn *done;
    void *arg;
};

static void host_on_more(void *arg, struct span record)
{
    const struct host_ask *ask = arg;

    ask->more(ask->arg, record);
}

static void host_on_asked(void *arg, struct span record, int fd, const struct error *err)
{
    struct host_ask *ask = arg;

    ask->host->open--;
    ask->done(ask->arg, record, fd, err);
    free(ask);
}

void host_worker_ask(void *ctx, struct channel *ch, struct span frame, int fd, int64_t line_ms,
                     int64_t deadline_ms, channel_more_fn *more, channel_answer_fn *done, void *arg)
{
    struct host *h = ctx;
    struct host_ask *ask = xcalloc(1, sizeof(*ask));

    (void)ch;
    *ask = (struct host_ask){ h, more, done, arg };
    h->open++;
    worker_ask_within(h->on.smtp, frame, fd, line_ms, deadline_ms, host_on_more, host_on_asked,
                      ask);
}

int host_worker_send(void *ctx, struct channel *ch, struct span frame, int fd)
{
    struct host_channel *c = host_channel_of(ctx, ch);

    return c->child == NULL ? -1 : worker_child_send(c->child, frame, fd);
}

void host_worker_end(void *ctx, struct channel *ch, const char *words)
{
    struct host_channel *c = host_channel_of(ctx, ch);

    if (c->child != NULL)
        worker_child_end(c->child, words);
}

static void host_on_frame(void *arg, struct span record, int fd)
{
    struct channel *ch = &((struct host_channel *)arg)->channel->channel;

    ch->ops->on_worker(ch, record, fd);
}

static void host_on_child_up(void *arg)
{
    struct channel *ch = &((struct host_channel *)arg)->channel->channel;

    ch->ops->on_worker_up(ch);
}

static void host_on_turn(void *arg, enum channel_turn word)
{
    struct channel *ch = &((struct host_channel *)arg)->channel->channel;

    ch->ops->on_turn(ch, word);
}

void host_turn_want(void *ctx, struct channel *ch, int64_t least_ms)
{
    struct host *h = ctx;
    struct host_channel *c = host_channel_of(h, ch);

    if (c->turn == NULL)
        c->turn = turns_want(h->on.turns, ch->ops->place(ch), least_ms, host_on_turn, c);
}

static void host_leave(struct host_channel *c)
{
    turn_end(c->turn);
    c->turn = NULL;
}

void host_turn_end(void *ctx, struct channel *ch)
{
    host_leave(host_channel_of(ctx, ch));
}

static void host_on_child_lost(void *arg, const char *words)
{
    struct channel *ch = &((struct host_channel *)arg)->channel->channel;

    host_leave(arg);
    ch->ops->on_worker_lost(ch, words);
}

static const struct worker_child_ops host_child_ops = { .on_frame = host_on_frame,
                                                        .on_up = host_on_child_up,
                                                        .on_lost = host_on_child_lost };

void host_child_start(struct host_channel *c)
{
    const char *child = c->channel->channel.ops->child;

    if (child != NULL)
        c->child =
            worker_child_new(c->host->on.workers, child, HOST_CHILD_SILENCE_MS, &host_child_ops, c);
}

void host_child_stop(struct host_channel *c)
{
    worker_child_free(c->child);
    c->child = NULL;
    host_leave(c);
}
