#include "daemon/store.h"

#include <stdlib.h>
#include <string.h>

#include "core/wording_date.h"
#include "daemon/failpoint.h"
#include "daemon/log.h"
#include "daemon/store_batch.h"

static void store_try(struct store_batch *b);

const char store_db_settings[] =
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off "
    "-c jit=off -c plan_cache_mode=force_generic_plan";

struct store *store_new(struct db *db, struct desks *desks, int64_t (*now)(void *arg), void *arg)
{
    struct store *s = xcalloc(1, sizeof(*s));

    s->db = db;
    s->desks = desks;
    s->dates = wording_dates_new();
    s->scratch = xcalloc(1, sizeof(*s->scratch));
    s->now = now;
    s->arg = arg;
    return s;
}

const struct store_counts *store_counts(const struct store *s)
{
    return &s->counts;
}

void store_counts_add(struct store *s, const struct store_counts *more)
{
    size_t i;

    s->counts.tickets += more->tickets;
    s->counts.dead += more->dead;
    for (i = 0; i < STORE_RULES; i++) {
        s->counts.suppressed[i] += more->suppressed[i];
        s->counts.put_off[i] += more->put_off[i];
    }
}

/* As daemon/relevod_tell.c tells what dies later. */
static void store_stored(struct store_batch *b)
{
    const struct store_lost *l;

    store_counts_add(b->store, &b->counts);
    for (l = b->lost; l != NULL; l = l->next)
        log_event(LOG_LEVEL_WARNING, "delivery", LOG_NUMBER("ticket", l->ticket_id),
                  LOG_TEXT("notice", l->notice), LOG_TEXT("state", "dead"),
                  LOG_TEXT("words", l->words));
}

bool store_is_idle(const struct store *s)
{
    return s->batches == 0;
}

void store_free(struct store *s)
{
    if (s == NULL)
        return;
    wording_dates_free(s->dates);
    free(s->scratch);
    free(s);
}

/* `keep`: what was decided in it will still be read. */
static void store_try_clear(struct store_batch *b, bool keep)
{
    struct store_kept *k;
    int i, c;

    for (i = 0; i < STORE_TABLE_N; i++)
        for (c = 0; c < STORE_COLUMNS_MAX; c++)
            text_buffer_clear(&b->columns[i].column[c].text);
    memset(b->columns, 0, sizeof(b->columns));
    store_lookup_clear(b);
    if (keep) {
        k = xcalloc(1, sizeof(*k));
        *k = (struct store_kept){ b->a, b->kept };
        b->kept = k;
    } else {
        arena_free(b->a);
    }
    b->a = NULL;
}

static void store_end(struct store_batch *b)
{
    b->store->batches--;
    struct store_kept *k;

    b->done(b->arg, b);
    while ((k = b->kept) != NULL) {
        b->kept = k->next;
        arena_free(k->a);
        free(k);
    }
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

static void store_answer_rest(struct store_batch *b, const struct error *err)
{
    for (; b->first < b->count; b->first++)
        b->items[b->first].answer = (struct store_answer){ .err = *err };
    store_end(b);
}

/* What went wrong stays with the one item: a message goes aside with its raw bytes, a fact is
 * answered. What only another time can help, or an operator, is answered too; after a few such in a
 * row nothing more is tried. */
static void store_give_up(struct store_batch *b, const struct error *err)
{
    struct store_item *item = &b->items[b->first];

    if (item->fact == NULL && item->quarantine == NULL && err->kind == ERROR_PERMANENT) {
        item->quarantine = arena_printf(item->in->arena, "refused: %s", err->text);
        b->tries = 0;
        store_try(b);
        return;
    }
    item->answer = (struct store_answer){ .err = *err };
    if (err->kind != ERROR_PERMANENT && ++b->in_the_way >= STORE_TRIES)
        store_answer_rest(b, err);
    else
        store_next(b);
}

static bool store_is_race(const char *sqlstate)
{
    return strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0 ||
           strcmp(sqlstate, "23505") == 0 || strcmp(sqlstate, "55P03") == 0;
}

static void store_failed(struct store_batch *b, const struct error *err, const char *sqlstate)
{
    bool race = store_is_race(sqlstate);
    int tries = b->unsure ? STORE_TRIES_UNSURE : STORE_TRIES;

    b->tries++;
    if ((race || err->kind == ERROR_TRANSIENT) && b->tries < tries) {
        b->retries++;
        store_try(b);
    } else if (b->last - b->first > 1 && (race || err->kind != ERROR_TRANSIENT)) {
        b->last = b->first + 1;
        b->tries = 0;
        store_try(b);
    } else if (b->last - b->first > 1) {
        store_answer_rest(b, err);
    } else {
        store_give_up(b, err);
    }
}

static void store_on_done(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    struct error err = b->err.kind != ERROR_NONE ? b->err : answer->err;
    bool lost = err.kind != ERROR_NONE && strncmp(answer->sqlstate, "08", 2) == 0;

    if (err.kind == ERROR_NONE) {
        failpoint_pass("committed");
        store_stored(b);
        b->in_the_way = 0;
        b->unsure = b->happened = false;
        store_try_clear(b, b->items[b->first].fact != NULL);
        store_next(b);
        return;
    }
    b->happened = false;
    /* Its COMMIT may have come through: the next try asks for one of its events first. */
    b->unsure = b->unsure || (lost && b->committing && b->proof.seq != 0);
    store_try_clear(b, b->unsure && b->committing);
    store_failed(b, &err, answer->sqlstate);
}

static void store_worded(struct store_batch *b)
{
    failpoint_pass("decided");
    if (b->err.kind != ERROR_NONE) {
        db_job_rollback(b->job);
        return;
    }
    b->committing = true;
    store_write(b);
    db_job_commit(b->job);
    failpoint_pass("stored");
}

static void store_found(struct store_batch *b)
{
    failpoint_pass("looked_up");
    if (b->happened) { /* it is stored, and its answers are those of that try */
        b->err.kind = ERROR_NONE;
        db_job_add(b->job, "commit_sure", NULL, 0, NULL, NULL);
        db_job_commit(b->job);
        return;
    }
    b->unsure = false;
    b->proof.seq = 0;
    if (b->err.kind == ERROR_NONE)
        store_decide(b);
    store_handover(b, store_worded);
}

static void store_on_turn(void *arg, struct db_job *job)
{
    struct store_batch *b = arg;

    b->job = job;
    b->now = b->store->now(b->store->arg);
    store_lookup(b, store_found);
}

static void store_begin(struct store_batch *b)
{
    size_t n = b->last - b->first;
    struct store_map *maps[] = { &b->tickets,       &b->contacts,     &b->addresses,  &b->keys,
                                 &b->known,         &b->participants, &b->loads,      &b->cursors,
                                 &b->edits,         &b->receipts,     &b->deliveries, &b->dead,
                                 &b->organizations, &b->incidents,    &b->moving };
    size_t i;

    b->a = arena_new();
    b->err.kind = ERROR_NONE;
    b->owes = b->wakes = b->committing = false;
    b->edit_list = NULL;
    b->receipt_list = NULL;
    b->ticket_list = NULL;
    b->ticket_end = &b->ticket_list;
    b->handover_list = NULL;
    b->handover_end = &b->handover_list;
    b->contact_list = NULL;
    b->contact_end = &b->contact_list;
    for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
        store_map_init(maps[i], b->a, 2 * n);
}

static void store_try(struct store_batch *b)
{
    store_begin(b);
    db_transaction(b->store->db, store_on_turn, store_on_done, b);
}

struct store_batch *store_batch_new(struct store *s, struct store_item *items, size_t count,
                                    void (*done)(void *arg, struct store_batch *b), void *arg)
{
    struct store_batch *b = xcalloc(1, sizeof(*b));

    s->batches++;
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

    for (i = 0; i < b->count; i++)
        answers[i] = b->items[i].answer;
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

/* --- within a transaction of the caller's
 * ------------------------------------------------------------------------------------ */

struct store_within {
    void (*done)(void *arg, const struct store_answer *answers, const struct error *err);
    void *arg;
    struct store_answer *answers;
};

static void store_within_try(struct store_batch *b);

void store_drop(struct store_batch *b)
{
    b->store->batches--;
    store_try_clear(b, false);
    arena_free(b->keep);
    free(b);
}

static void store_within_end(struct store_batch *b, const struct error *err)
{
    struct store_within *w = b->arg;
    size_t i;

    for (i = 0; i < b->count; i++)
        w->answers[i] = b->items[i].answer;
    w->done(w->arg, err == NULL ? w->answers : NULL, err);
    store_drop(b);
}

static void store_within_on_written(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;

    (void)answer;
    if (!b->dry)
        store_stored(b);
    store_within_end(b, NULL);
}

static void store_within_worded(struct store_batch *b)
{
    if (b->err.kind != ERROR_NONE) {
        store_within_end(b, &b->err);
        return;
    }
    if (!b->dry)
        store_write(b);
    db_job_add(b->job, "look_end", NULL, 0, store_within_on_written, b);
    db_job_flush(b->job);
}

/* Nothing is written yet when more ids turn out to be needed: it is looked up again. */
static void store_within_found(struct store_batch *b)
{
    if (b->err.kind == ERROR_NONE)
        store_decide(b);
    if (b->err.kind == ERROR_TRANSIENT && ++b->tries < STORE_TRIES) {
        store_try_clear(b, false);
        store_within_try(b);
        return;
    }
    store_handover(b, store_within_worded);
}

static void store_within_try(struct store_batch *b)
{
    store_begin(b);
    b->now = b->store->now(b->store->arg);
    store_lookup(b, store_within_found);
}

struct store_batch *store_facts_within(
    struct store *s, struct db_job *job, bool dry, struct store_fact *facts, size_t count,
    void (*done)(void *arg, const struct store_answer *answers, const struct error *err), void *arg)
{
    struct store_batch *b = xcalloc(1, sizeof(*b));
    struct store_within *w;
    size_t i;

    b->keep = arena_new();
    w = arena_alloc(b->keep, sizeof(*w));
    *w = (struct store_within){ done, arg, arena_array(b->keep, count, sizeof(*w->answers)) };
    b->items = arena_array(b->keep, count, sizeof(*b->items));
    for (i = 0; i < count; i++)
        b->items[i].fact = &facts[i];
    s->batches++;
    b->store = s;
    b->job = job;
    b->count = b->last = count;
    b->within = true;
    b->dry = dry;
    b->arg = w;
    store_within_try(b);
    return b;
}
