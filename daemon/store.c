#include "daemon/store.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/failpoint.h"
#include "daemon/store_batch.h"

static void store_try(struct store_batch *b);

struct store *store_new(struct db *db, struct desks *desks, int64_t (*now)(void *arg), void *arg)
{
    struct store *s = xcalloc(1, sizeof(*s));

    s->db = db;
    s->desks = desks;
    s->now = now;
    s->arg = arg;
    return s;
}

void store_free(struct store *s)
{
    free(s);
}

static void store_try_clear(struct store_batch *b)
{
    int i, k;

    for (i = 0; i < STORE_TABLE_N; i++)
        for (k = 0; k < STORE_COLUMNS_MAX; k++)
            text_buffer_clear(&b->columns[i].column[k].text);
    memset(b->columns, 0, sizeof(b->columns));
    arena_free(b->a);
    b->a = NULL;
}

static void store_end(struct store_batch *b)
{
    b->done(b->arg, b);
    if (b->a != NULL)
        store_try_clear(b);
    arena_free(b->keep);
    free(b);
}

/* On to the next item alone, or over. */
static void store_next(struct store_batch *b)
{
    b->tries = 0;
    if (b->last == b->count) {
        store_end(b);
        return;
    }
    b->first = b->last;
    b->last = b->first + 1;
    store_try(b);
}

/* What went wrong stays with the one item: a message goes aside with its raw bytes, a fact is
 * answered. */
static void store_give_up(struct store_batch *b, const struct error *err)
{
    struct store_item *item = &b->items[b->first];

    if (item->fact == NULL && item->quarantine == NULL && err->kind == ERROR_PERMANENT) {
        item->quarantine = "its content was refused by the database";
        b->tries = 0;
        store_try(b);
        return;
    }
    item->answer = (struct store_answer){ .err = *err };
    store_next(b);
}

static bool store_is_race(const char *sqlstate)
{
    return strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0 ||
           strcmp(sqlstate, "23505") == 0 || strcmp(sqlstate, "55P03") == 0;
}

static void store_on_done(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    struct error err = b->err.kind != ERROR_NONE ? b->err : answer->err;

    if (err.kind == ERROR_NONE) {
        failpoint_pass("committed");
        if (b->last == b->count && b->first == 0) {
            store_end(b); /* the plans are still there for who asked */
            return;
        }
        store_try_clear(b);
        store_next(b);
        return;
    }
    store_try_clear(b);
    b->tries++;
    if ((store_is_race(answer->sqlstate) || err.kind == ERROR_TRANSIENT) &&
        b->tries < STORE_TRIES) {
        store_try(b);
    } else if (b->last - b->first > 1 && err.kind != ERROR_TRANSIENT) {
        b->one_by_one = true;
        b->last = b->first + 1;
        b->tries = 0;
        store_try(b);
    } else if (b->last - b->first > 1) {
        for (; b->first < b->last; b->first++)
            b->items[b->first].answer = (struct store_answer){ .err = err };
        store_end(b);
    } else {
        store_give_up(b, &err);
    }
}

static void store_found(struct store_batch *b)
{
    failpoint_pass("looked_up");
    if (b->err.kind == ERROR_NONE)
        store_decide(b);
    failpoint_pass("decided");
    if (b->err.kind != ERROR_NONE)
        db_job_rollback(b->job);
    else
        store_write(b);
    failpoint_pass("stored");
}

static void store_on_turn(void *arg, struct db_job *job)
{
    struct store_batch *b = arg;

    b->job = job;
    b->now = b->store->now(b->store->arg);
    store_lookup(b, store_found);
}

static void store_try(struct store_batch *b)
{
    size_t n = b->last - b->first;
    struct store_map *maps[] = { &b->tickets,      &b->contacts, &b->addresses,
                                 &b->keys,         &b->known,    &b->copies,
                                 &b->participants, &b->loads,    &b->cursors };
    size_t i;

    b->a = arena_new();
    b->err.kind = ERROR_NONE;
    b->owes = b->wakes = false;
    b->ticket_list = NULL;
    b->ticket_end = &b->ticket_list;
    b->contact_list = NULL;
    b->contact_end = &b->contact_list;
    for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
        store_map_init(maps[i], b->a, 2 * n);
    db_transaction(b->store->db, store_on_turn, store_on_done, b);
}

struct store_batch *store_batch_new(struct store *s, struct store_item *items, size_t count,
                                    void (*done)(void *arg, struct store_batch *b), void *arg)
{
    struct store_batch *b = xcalloc(1, sizeof(*b));

    b->store = s;
    b->items = items;
    b->count = b->last = count;
    b->done = done;
    b->arg = arg;
    store_try(b);
    return b;
}

struct store_asked {
    void (*done)(void *arg, const struct store_answer *answers, size_t count);
    void *arg;
};

static void store_on_facts(void *arg, struct store_batch *b)
{
    struct store_asked *asked = arg;
    struct store_answer *answers = xcalloc(b->count + 1, sizeof(*answers));
    size_t i;

    for (i = 0; i < b->count; i++) {
        answers[i] = b->items[i].answer;
        if (b->one_by_one)
            answers[i].plan = NULL; /* of tries that are over */
    }
    asked->done(asked->arg, answers, b->count);
    free(answers);
}

void store_facts(struct store *s, struct arena *a, struct store_fact *facts, size_t count,
                 void (*done)(void *arg, const struct store_answer *answers, size_t count),
                 void *arg)
{
    struct store_item *items = arena_array(a, count, sizeof(*items));
    struct store_asked *asked = arena_alloc(a, sizeof(*asked));
    size_t i;

    for (i = 0; i < count; i++)
        items[i].fact = &facts[i];
    *asked = (struct store_asked){ done, arg };
    store_batch_new(s, items, count, store_on_facts, asked)->keep = a;
}
