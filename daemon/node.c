#include "daemon/node.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "daemon/db.h"

struct node {
    struct db *db;
    char *holder;
    int64_t started_at;
    int silent_s;
    struct event *timer;
    bool asking;
    int64_t *channels; /* NULL: not told yet */
    size_t channel_count;
    void (*gone)(void *arg, const char *holder, int64_t claims);
    void *arg;
};

static struct db_value node_channel_list(const struct node *n, struct arena *a)
{
    struct db_array ids = { 0 };
    size_t i;

    if (n->channels == NULL)
        return db_text(NULL);
    for (i = 0; i < n->channel_count; i++)
        db_array_int(&ids, n->channels[i]);
    return db_array_end(&ids, a);
}

static void node_on_gone(void *arg, const struct db_answer *answer);

/* One at a time, until nobody more is gone. */
static void node_ask(struct node *n)
{
    struct arena *a = arena_new();
    struct db_value silent[] = { db_int(a, n->silent_s), db_int(a, NODE_LATE_S) };

    n->asking = true;
    db_query(n->db, "node_gone", silent, 2, node_on_gone, n);
    arena_free(a);
}

static void node_on_gone(void *arg, const struct db_answer *answer)
{
    struct node *n = arg;

    n->asking = false;
    if (answer->res == NULL || PQntuples(answer->res) == 0)
        return;
    n->gone(n->arg, db_cell_text(answer->res, 0, 0), db_cell_int(answer->res, 0, 1));
    node_ask(n);
}

static void node_look(struct node *n)
{
    struct arena *a = arena_new();
    struct db_value self[] = { db_text(n->holder), db_text(RELEVO_VERSION),
                               db_time(a, n->started_at), node_channel_list(n, a),
                               db_int(a, NODE_LATE_S) };

    db_query(n->db, "node_seen", self, 5, NULL, NULL);
    node_ask(n);
    arena_free(a);
}

static void node_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct node *n = arg;

    (void)fd;
    (void)what;
    if (!n->asking && db_is_up(n->db)) /* what waits in line says nothing about now */
        node_look(n);
}

struct node *node_new(struct db *db, const char *holder, int64_t started_at, int silent_s,
                      void (*gone)(void *arg, const char *holder, int64_t claims), void *arg)
{
    const struct timeval pause = { NODE_LOOK_MS / 1000, NODE_LOOK_MS % 1000 * 1000 };
    struct node *n = xcalloc(1, sizeof(*n));

    n->db = db;
    n->holder = xstrdup(holder);
    n->started_at = started_at;
    n->silent_s = silent_s;
    n->gone = gone;
    n->arg = arg;
    n->timer = event_new(db_base(db), -1, EV_PERSIST, node_on_timer, n);
    event_add(n->timer, &pause);
    db_hold(db, holder);
    node_look(n);
    return n;
}

void node_channels(struct node *n, const int64_t *ids, size_t count)
{
    free(n->channels);
    n->channels = xcalloc(count + 1, sizeof(*n->channels));
    if (count > 0)
        memcpy(n->channels, ids, count * sizeof(*ids));
    n->channel_count = count;
}

void node_free(struct node *n)
{
    if (n == NULL)
        return;
    event_free(n->timer);
    free(n->channels);
    free(n->holder);
    free(n);
}
