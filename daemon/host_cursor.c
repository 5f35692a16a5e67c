/* How far each channel has read, and who may say so while an older host still reads. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/host_rooms.h"

struct host_cursor {
    char *part, *cursor;
    struct host_cursor *next;
};

struct host_cursors {
    struct host_channel *channel;
    void (*done)(void *arg);
    void *arg;
    int64_t until_ms; /* so long it waits for an older host */
};

void host_cursor_set(struct host_channel *c, const char *part, const char *cursor)
{
    struct host_cursor *at;

    for (at = c->cursors; at != NULL && strcmp(at->part, part) != 0;)
        at = at->next;
    if (at == NULL) {
        at = xcalloc(1, sizeof(*at));
        at->part = xstrdup(part);
        at->next = c->cursors;
        c->cursors = at;
    }
    free(at->cursor);
    at->cursor = xstrdup(cursor);
}

const char *host_cursor_of(void *ctx, struct channel *ch, const char *part)
{
    const struct host_cursor *at;

    for (at = host_channel_of(ctx, ch)->cursors; at != NULL; at = at->next)
        if (strcmp(at->part, part) == 0)
            return at->cursor;
    return NULL;
}

void host_take_cursors(struct host_channel *c, const struct db_answer *answer)
{
    int rows = answer->res == NULL ? 0 : PQntuples(answer->res), i;

    for (i = 0; i < rows; i++)
        host_cursor_set(c, db_cell_text(answer->res, i, 0), db_cell_text(answer->res, i, 1));
}

void host_query_cursors(struct host_channel *c, db_answer_fn *done, void *arg)
{
    struct arena *a = arena_new();
    struct db_value v[] = { db_int(a, c->channel->desk->desk_id),
                            db_int(a, c->channel->channel.channel_id) };

    c->host->open++;
    db_query(c->host->on.db, "cursor_load", v, 2, done, arg);
    arena_free(a);
}

static void host_on_cursors_read(void *arg, const struct db_answer *answer)
{
    struct host_cursors *q = arg;

    q->channel->host->open -= 2; /* the question, and the wait for its turn */
    host_take_cursors(q->channel, answer);
    q->done(q->arg);
    free(q);
}

static void host_cursors_look(void *arg)
{
    struct host_cursors *q = arg;
    struct host *h = q->channel->host;

    if (h->older != NULL && !host_is_idle(h->older) && steady_now_ms() < q->until_ms)
        host_timer(h, HOST_OLDER_LOOK_MS, host_cursors_look, q);
    else
        host_query_cursors(q->channel, host_on_cursors_read, q);
}

/* A refresh token that the older host is exchanging is used up: asked for with it once more, some
 * servers refuse all that came of it. */
void host_cursors_read(void *ctx, struct channel *ch, void (*done)(void *arg), void *arg)
{
    struct host *h = ctx;
    struct host_cursors *q = xcalloc(1, sizeof(*q));

    *q =
        (struct host_cursors){ host_channel_of(h, ch), done, arg, steady_now_ms() + HOST_OLDER_MS };
    h->open++;
    host_cursors_look(q);
}

void host_cursors_free(struct host_channel *c)
{
    struct host_cursor *at;

    while ((at = c->cursors) != NULL) {
        c->cursors = at->next;
        free(at->part);
        free(at->cursor);
        free(at);
    }
}
