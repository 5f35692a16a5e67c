#include "daemon/fetch.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "channels/link.h"
#include "channels/sign.h"
#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/desk.h"

enum { COL_DESK, COL_TICKET, COL_MESSAGE, COL_POSITION, COL_URL, COL_TRIES, COL_CHANNEL };
enum { FETCH_TYPE_MAX = 256, FETCH_WORDS_MAX = 200 };

struct fetch {
    struct db *db;
    const struct desks *desks;
    char *node;
    size_t size_max;
    struct event *timer;
    int64_t (*now)(void *arg);
    void (*told)(void *arg, int64_t ticket_id, const char *state, const char *words);
    void *arg;
    bool claiming, stopped;
    struct fetch_counts counts;
};
/* One that is under way. */
struct fetch_flight {
    struct fetch *f;
    int64_t desk_id, ticket_id, message_id, position;
    int tries;
};

static void fetch_arm(struct fetch *f, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    if (!f->stopped)
        event_add(f->timer, &tv);
}

static int64_t fetch_pause_s(int tries)
{
    int64_t pause = FETCH_PAUSE_MIN_S;

    while (--tries > 0 && pause < FETCH_PAUSE_MAX_S)
        pause *= 2;
    return pause < FETCH_PAUSE_MAX_S ? pause : FETCH_PAUSE_MAX_S;
}

/* --- the end of one
 * ----------------------------------------------------------------------------------------- */

static void fetch_flight_end(struct fetch_flight *flight)
{
    struct fetch *f = flight->f;

    f->counts.in_flight--;
    free(flight);
    if (!f->claiming)
        fetch_arm(f, 0); /* there is room again */
}

/* What is not marked is claimed again when its time is over. */
static void fetch_on_marked(void *arg, const struct db_answer *answer)
{
    (void)answer;
    fetch_flight_end(arg);
}

static void fetch_key(const struct fetch_flight *flight, struct arena *a, struct db_value *v)
{
    v[0] = db_int(a, flight->desk_id);
    v[1] = db_int(a, flight->ticket_id);
    v[2] = db_int(a, flight->message_id);
    v[3] = db_int(a, flight->position);
}

static void fetch_keep(struct fetch_flight *flight, struct span bytes, const char *type)
{
    struct fetch *f = flight->f;
    struct arena *a = arena_new();
    unsigned char digest[SIGN_SHA256_BYTES];
    struct db_value v[8];

    type = text_clean_line(a, span_of(type), FETCH_TYPE_MAX);
    sign_sha256(bytes, digest);
    fetch_key(flight, a, v);
    v[4] = db_bytes((struct span){ (const char *)digest, sizeof(digest) });
    v[5] = db_text(type[0] == '\0' ? "application/octet-stream" : type);
    v[6] = db_bytes(bytes);
    v[7] = db_time(a, f->now(f->arg));
    f->counts.fetched++;
    f->told(f->arg, flight->ticket_id, "fetched", "");
    db_query(f->db, "attachment_fetched", v, 8, fetch_on_marked, flight);
    arena_free(a);
}

static void fetch_give_up(struct fetch_flight *flight, const struct error *err)
{
    struct fetch *f = flight->f;
    bool never = err->kind == ERROR_PERMANENT || flight->tries >= FETCH_TRIES_MAX;
    struct arena *a = arena_new();
    const char *words = text_clean_line(a, span_of(err->text), FETCH_WORDS_MAX);
    struct db_value v[6];

    fetch_key(flight, a, v);
    v[4] = db_time(a, f->now(f->arg) + fetch_pause_s(flight->tries));
    v[5] = db_text(never ? words : NULL);
    if (never)
        f->counts.failed++;
    else
        f->counts.retried++;
    f->told(f->arg, flight->ticket_id, never ? "failed" : "again", words);
    db_query(f->db, "attachment_unfetched", v, 6, fetch_on_marked, flight);
    arena_free(a);
}

static void fetch_on_fetched(void *arg, struct span bytes, const char *type,
                             const struct error *err)
{
    struct fetch_flight *flight = arg;

    if (err->kind == ERROR_NONE)
        fetch_keep(flight, bytes, type);
    else
        fetch_give_up(flight, err);
}

/* --- the beginning of one
 * ----------------------------------------------------------------------------------- */

static void fetch_one(struct fetch *f, const PGresult *res, int row)
{
    struct fetch_flight *flight = xmalloc(sizeof(*flight));
    struct desk *desk = desk_by_id(f->desks, (int32_t)db_cell_int(res, row, COL_DESK));
    struct desk_channel *from =
        desk == NULL ? NULL : desk_channel_by_id(desk, db_cell_int(res, row, COL_CHANNEL));
    const char *url = db_cell_text(res, row, COL_URL);
    struct error err;

    *flight = (struct fetch_flight){ .f = f,
                                     .desk_id = db_cell_int(res, row, COL_DESK),
                                     .ticket_id = db_cell_int(res, row, COL_TICKET),
                                     .message_id = db_cell_int(res, row, COL_MESSAGE),
                                     .position = db_cell_int(res, row, COL_POSITION),
                                     .tries = (int)db_cell_int(res, row, COL_TRIES) };
    f->counts.in_flight++;
    if (from == NULL) {
        error_set(&err, ERROR_CONFIG, "this node's configuration has no such channel");
        fetch_give_up(flight, &err);
    } else if (from->channel.ops->fetch != NULL) {
        from->channel.ops->fetch(&from->channel, url, f->size_max, fetch_on_fetched, flight);
    } else {
        link_fetch(&from->channel, &(struct link){ .url = url }, f->size_max, fetch_on_fetched,
                   flight);
    }
}

static void fetch_on_claimed(void *arg, const struct db_answer *answer)
{
    struct fetch *f = arg;
    int rows = answer->res == NULL ? 0 : PQntuples(answer->res), i;

    f->claiming = false;
    for (i = 0; i < rows; i++)
        fetch_one(f, answer->res, i);
    fetch_arm(f, FETCH_SWEEP_MS);
}

static void fetch_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct fetch *f = arg;
    struct db_value v[5];
    struct arena *a;

    (void)fd;
    (void)what;
    if (f->claiming || f->desks->count == 0 || f->counts.in_flight >= FETCH_FLIGHT_MAX) {
        fetch_arm(f, FETCH_SWEEP_MS);
        return;
    }
    a = arena_new();
    v[0] = db_time(a, f->now(f->arg));
    v[1] = db_int(a, (int64_t)(FETCH_FLIGHT_MAX - f->counts.in_flight));
    v[2] = db_int(a, FETCH_CLAIM_S);
    v[3] = desks_ids(f->desks, a);
    v[4] = db_text(f->node);
    f->claiming = true;
    db_query(f->db, "attachment_claim", v, 5, fetch_on_claimed, f);
    arena_free(a);
}

/* --- the door
 * -------------------------------------------------------------------------------------------- */

struct fetch *fetch_new(struct db *db, const struct desks *desks, const char *node, size_t size_max,
                        int64_t (*now)(void *arg),
                        void (*told)(void *arg, int64_t ticket_id, const char *state,
                                     const char *words),
                        void *arg)
{
    struct fetch *f = xcalloc(1, sizeof(*f));

    f->db = db;
    f->desks = desks;
    f->node = xstrdup(node);
    f->size_max = size_max;
    f->now = now;
    f->told = told;
    f->arg = arg;
    f->timer = evtimer_new(db_base(db), fetch_on_timer, f);
    fetch_arm(f, 0);
    return f;
}

void fetch_stop(struct fetch *f)
{
    f->stopped = true;
    event_del(f->timer);
}

const struct fetch_counts *fetch_counts(const struct fetch *f)
{
    return &f->counts;
}

void fetch_free(struct fetch *f)
{
    if (f == NULL)
        return;
    event_free(f->timer);
    free(f->node);
    free(f);
}
