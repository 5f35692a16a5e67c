#include "daemon/deliver.h"

#include <event2/event.h>
#include <stdlib.h>

#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/deliver_rooms.h"
#include "daemon/desk.h"
#include "daemon/failpoint.h"

void deliver_arm(struct deliver *d, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    if (!d->stopped)
        event_add(d->timer, &tv);
}

static void deliver_on_claimed(void *arg, const struct db_answer *answer)
{
    struct deliver *d = arg;
    int rows = answer->res == NULL ? 0 : PQntuples(answer->res);
    int i;

    d->claiming = false;
    d->again = rows > 0;
    if (rows > 0)
        failpoint_pass("delivery_claimed");
    for (i = 0; i < rows; i++)
        deliver_send(d, answer->res, i);
    deliver_arm(d, rows > 0 && d->counts.in_flight < d->flight ? 0 : DELIVER_SWEEP_MS);
}

/* The sinks that may be used now, and for how many each: desks, channels, rooms. */
static void deliver_list_sinks(struct deliver *d, size_t most, struct db_array sinks[3])
{
    int64_t now = d->now(d->arg);
    size_t i, k, room;

    for (i = 0; i < d->desks->count; i++)
        for (k = 0; k < d->desks->desk[i]->channel_count; k++) {
            struct channel *ch = &d->desks->desk[i]->channels[k]->channel;

            if (ch->ops->send == NULL || deliver_breaker_rests(d, ch->channel_id, now))
                continue;
            room = ch->ops->room == NULL ? most : ch->ops->room(ch);
            if (room == 0)
                continue;
            db_array_int(&sinks[0], d->desks->desk[i]->desk_id);
            db_array_int(&sinks[1], ch->channel_id);
            db_array_int(&sinks[2], (int64_t)(room < most ? room : most));
        }
}

/* Were one claimed again its copy could leave beside it, however long it takes. */
static struct db_value deliver_list_flights(const struct deliver *d, struct arena *a)
{
    const struct deliver_flight *f;
    struct db_array ids = { 0 };

    for (f = d->flights; f != NULL; f = f->after)
        db_array_int(&ids, f->delivery_id);
    return db_array_end(&ids, a);
}

static void deliver_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct deliver *d = arg;
    size_t room = d->flight > d->counts.in_flight ? d->flight - d->counts.in_flight : 0;
    int64_t now = d->now(d->arg);
    struct db_array sinks[3] = { 0 };
    struct db_value v[9];
    struct arena *a;
    int i;

    (void)fd;
    (void)what;
    if (d->claiming || room == 0 || d->desks->count == 0) {
        deliver_arm(d, DELIVER_SWEEP_MS);
        return;
    }
    a = arena_new();
    deliver_list_sinks(d, room, sinks);
    v[0] = db_time(a, now);
    v[1] = db_int(a, (int64_t)room);
    v[2] = db_int(a, DELIVER_CLAIM_S);
    v[3] = db_text(d->node);
    for (i = 0; i < 3; i++)
        v[4 + i] = db_array_end(&sinks[i], a);
    v[7] = db_time(a, now - DELIVER_DEAD_S);
    v[8] = deliver_list_flights(d, a);
    d->claiming = true;
    d->claimed_at = now;
    db_query(d->db, "delivery_claim", v, 9, deliver_on_claimed, d);
    arena_free(a);
}

struct deliver *deliver_new(struct db *db, struct desks *desks, struct store *store,
                            const char *node, int64_t (*now)(void *arg),
                            void (*told)(void *arg, int64_t ticket_id, const char *notice,
                                         const char *state, const char *words),
                            void *arg)
{
    struct deliver *d = xcalloc(1, sizeof(*d));

    d->db = db;
    d->desks = desks;
    d->store = store;
    d->node = xstrdup(node);
    d->now = now;
    d->told = told;
    d->arg = arg;
    d->flight = DELIVER_FLIGHT;
    d->timer = evtimer_new(db_base(db), deliver_on_timer, d);
    d->mark_timer = evtimer_new(db_base(db), deliver_on_mark_timer, d);
    deliver_arm(d, 0);
    return d;
}

void deliver_set_flight(struct deliver *d, size_t most)
{
    d->flight = most;
}

void deliver_look(struct deliver *d)
{
    if (!d->claiming)
        deliver_arm(d, 0);
}

void deliver_stop(struct deliver *d)
{
    d->stopped = true;
    event_del(d->timer);
}

const struct deliver_counts *deliver_counts(const struct deliver *d)
{
    return &d->counts;
}

void deliver_free(struct deliver *d)
{
    struct deliver_flight *f;

    if (d == NULL)
        return;
    while ((f = d->unmarked) != NULL) {
        d->unmarked = f->next;
        arena_free(f->arena);
    }
    deliver_breakers_free(d);
    event_free(d->timer);
    event_free(d->mark_timer);
    free(d->node);
    free(d);
}
