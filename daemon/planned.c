#include "daemon/planned.h"

#include <event2/event.h>
#include <stdlib.h>

#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/store.h"

struct planned {
    struct db *db;
    char *conninfo;
    const struct desks *desks;
    int64_t (*now)(void *arg);
    policy_change_fn *told;
    void *arg;
    struct event *timer;
    bool asked, stopped;
    struct db *own; /* of the change under way; NULL: none is */
    struct policy_change *change;
    bool over; /* it is, and waits to be put away: its connection may not be freed from within */
    int64_t next_ms;
};

static void planned_arm(struct planned *p, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    if (!p->stopped || p->over)
        event_add(p->timer, &tv);
}

static void planned_put_away(struct planned *p)
{
    db_free(p->own);
    policy_change_free(p->change);
    p->own = NULL;
    p->change = NULL;
    p->over = false;
}

static void planned_on_change(void *arg, const struct policy_change_answer *answer)
{
    struct planned *p = arg;

    if (answer->desk != NULL || answer->err.kind != ERROR_NONE)
        p->told(p->arg, answer);
    p->next_ms = answer->err.kind == ERROR_CONFIG ? PLANNED_LOOK_MS
                 : answer->err.kind != ERROR_NONE ? PLANNED_AGAIN_MS
                 : answer->desk == NULL           ? PLANNED_OTHER_MS
                                                  : 0;
    p->over = true;
    planned_arm(p, 0);
}

static void planned_begin(struct planned *p)
{
    p->own = db_new(db_base(p->db), p->conninfo, "relevod policy", store_db_settings, NULL, NULL);
    p->change = policy_change_due(p->own, p->desks, p->now, planned_on_change, p);
}

static void planned_on_next(void *arg, const struct db_answer *answer)
{
    struct planned *p = arg;
    int64_t ms = PLANNED_LOOK_MS;

    p->asked = false;
    if (p->stopped || p->own != NULL)
        return;
    if (answer->res != NULL && db_cell_text(answer->res, 0, 0) != NULL)
        ms = db_cell_int(answer->res, 0, 0);
    if (ms <= 0)
        planned_begin(p);
    else
        planned_arm(p, ms < PLANNED_LOOK_MS ? ms : PLANNED_LOOK_MS);
}

void planned_look(struct planned *p)
{
    struct arena *a;
    struct db_value v;

    if (p->asked || p->stopped || p->own != NULL)
        return;
    a = arena_new();
    v = desks_ids(p->desks, a);
    p->asked = true;
    db_query(p->db, "policy_next", &v, 1, planned_on_next, p);
    arena_free(a);
}

static void planned_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct planned *p = arg;

    (void)fd;
    (void)what;
    if (!p->over) {
        planned_look(p);
        return;
    }
    planned_put_away(p);
    if (p->next_ms == 0)
        planned_look(p);
    else
        planned_arm(p, p->next_ms);
}

struct planned *planned_new(struct db *db, const char *conninfo, const struct desks *desks,
                            int64_t (*now)(void *arg), policy_change_fn *told, void *arg)
{
    struct planned *p = xcalloc(1, sizeof(*p));

    p->db = db;
    p->conninfo = xstrdup(conninfo);
    p->desks = desks;
    p->now = now;
    p->told = told;
    p->arg = arg;
    p->timer = evtimer_new(db_base(db), planned_on_timer, p);
    return p;
}

void planned_stop(struct planned *p)
{
    p->stopped = true;
    if (!p->over)
        event_del(p->timer);
}

bool planned_is_busy(const struct planned *p)
{
    return p->own != NULL;
}

void planned_free(struct planned *p)
{
    if (p == NULL)
        return;
    planned_put_away(p);
    event_free(p->timer);
    free(p->conninfo);
    free(p);
}
