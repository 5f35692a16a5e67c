#include "daemon/due.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/store.h"

struct due {
    struct db *db;
    const struct desks *desks;
    struct store *store;
    char *node;
    struct event *timer;
    int64_t (*now)(void *arg);
    void (*failed)(void *arg, int64_t ticket_id, const char *words);
    void *arg;
    bool busy, stopped, looked; /* looked: the batch under way may make more of its kind */
    struct store_fact *facts;   /* of the batch under way, in the store's arena */
};

static void due_arm(struct due *d, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    d->busy = false;
    if (!d->stopped)
        event_add(d->timer, &tv);
}

static void due_on_next(void *arg, const struct db_answer *answer)
{
    struct due *d = arg;
    int64_t ms = DUE_SWEEP_MS;

    if (answer->res != NULL && db_cell_text(answer->res, 0, 0) != NULL) {
        int64_t ahead = (db_cell_int(answer->res, 0, 0) - d->now(d->arg)) * 1000;

        ms = ahead < 0 ? DUE_SWEEP_MS : ahead < DUE_SWEEP_MS ? ahead : DUE_SWEEP_MS;
    }
    due_arm(d, ms);
}

static void due_look_ahead(struct due *d)
{
    db_query(d->db, "due_next", NULL, 0, due_on_next, d);
}

static void due_on_stored(void *arg, const struct store_answer *answers, size_t count)
{
    struct due *d = arg;
    size_t i;

    for (i = 0; i < count; i++)
        if (answers[i].err.kind != ERROR_NONE)
            d->failed(d->arg, d->facts[i].ticket_id, answers[i].err.text);
    if (count >= DUE_BATCH_MAX || d->looked)
        due_arm(d, 0); /* there may be more */
    else
        due_look_ahead(d);
}

/* A ticket that waits for an owner is offered the loads first; its clocks come at the next look,
 * for the planner then says that it wants to be woken at once. */
static void due_on_claimed(void *arg, const struct db_answer *answer)
{
    struct due *d = arg;
    struct arena *a;
    int64_t now;
    int rows, i;

    if (answer->res == NULL) {
        due_arm(d, DUE_SWEEP_MS);
        return;
    }
    rows = PQntuples(answer->res);
    if (rows == 0 && d->looked)
        due_arm(d, 0);
    else if (rows == 0)
        due_look_ahead(d);
    if (rows == 0)
        return;
    a = arena_new();
    now = d->now(d->arg);
    d->facts = arena_array(a, (size_t)rows, sizeof(*d->facts));
    for (i = 0; i < rows; i++) {
        enum fact_kind kind = db_cell_text(answer->res, i, 3) != NULL ? FACT_INCIDENT_LOOKED
                              : db_cell_bool(answer->res, i, 2)       ? FACT_QUEUE_LOOKED
                                                                      : FACT_TIME_CAME;

        d->facts[i].desk_id = (int32_t)db_cell_int(answer->res, i, 0);
        d->facts[i].ticket_id = db_cell_int(answer->res, i, 1);
        d->facts[i].fact = (struct fact){ .kind = kind,
                                          .at = now,
                                          .now = now,
                                          .by = FACT_BY_TIME,
                                          .status = TICKET_STATUS_N,
                                          .priority = TICKET_PRIORITY_NONE };
        d->facts[i].look_mark = db_cell_int(answer->res, i, 3);
        d->looked |= kind == FACT_INCIDENT_LOOKED;
    }
    store_facts(d->store, a, d->facts, (size_t)rows, due_on_stored, d);
}

static void due_claim(struct due *d)
{
    struct arena *a = arena_new();
    struct db_value v[5];

    v[0] = db_time(a, d->now(d->arg));
    v[1] = db_int(a, DUE_BATCH_MAX);
    v[2] = db_int(a, DUE_CLAIM_S);
    v[3] = desks_ids(d->desks, a);
    v[4] = db_text(d->node);
    db_query(d->db, "due_claim", v, 5, due_on_claimed, d);
    arena_free(a);
}

/* Of an incident that has news some of its tickets more are on their way to hear it. */
static void due_on_spread(void *arg, const struct db_answer *answer)
{
    struct due *d = arg;

    d->looked = answer->res != NULL && PQntuples(answer->res) > 0;
    due_claim(d);
}

static void due_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct due *d = arg;
    struct db_value v[2];
    struct arena *a;

    (void)fd;
    (void)what;
    if (d->desks->count == 0) {
        due_arm(d, DUE_SWEEP_MS);
        return;
    }
    a = arena_new();
    d->busy = true;
    v[0] = desks_ids(d->desks, a);
    v[1] = db_int(a, DUE_BATCH_MAX);
    db_query(d->db, "incident_spread_next", v, 2, due_on_spread, d);
    arena_free(a);
}

struct due *due_new(struct db *db, const struct desks *desks, struct store *store, const char *node,
                    int64_t (*now)(void *arg),
                    void (*failed)(void *arg, int64_t ticket_id, const char *words), void *arg)
{
    struct due *d = xcalloc(1, sizeof(*d));

    d->db = db;
    d->desks = desks;
    d->store = store;
    d->node = xstrdup(node);
    d->now = now;
    d->failed = failed;
    d->arg = arg;
    d->timer = evtimer_new(db_base(db), due_on_timer, d);
    due_arm(d, 0);
    return d;
}

void due_look(struct due *d)
{
    if (!d->busy)
        due_arm(d, 0);
}

void due_stop(struct due *d)
{
    d->stopped = true;
    event_del(d->timer);
}

int due_is_busy(const struct due *d)
{
    return d->busy;
}

void due_free(struct due *d)
{
    if (d == NULL)
        return;
    event_free(d->timer);
    free(d->node);
    free(d);
}
