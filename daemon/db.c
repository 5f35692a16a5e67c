#include "daemon/db_rooms.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sign.h"
#include "core/arena.h"
#include "core/embedded.h"

/* --- the line
 * ----------------------------------------------------------------------------------------- */

static void db_job_free(struct db_job *job)
{
    int i;

    for (i = 0; i < job->count; i++)
        free(job->values[i]);
    free(job->values);
    free(job->lengths);
    free(job->formats);
    free(job->query);
    PQclear(job->kept.res);
    free(job);
}

void db_job_end(struct db *db, const struct db_answer *answer)
{
    struct db_job *job = db->first;

    db->first = job->next;
    if (db->first == NULL)
        db->last = NULL;
    db->line_length--;
    if (job->done != NULL)
        job->done(job->arg, answer);
    db_job_free(job);
}

static void db_line_up(struct db *db, struct db_job *job)
{
    struct db_answer full = { 0 };
    struct timeval now = { 0, 0 };

    if (db->line_length >= DB_LINE_MAX) {
        error_set(&full.err, ERROR_TRANSIENT, "over %d pieces of work wait for the database",
                  (int)DB_LINE_MAX);
        if (job->done != NULL)
            job->done(job->arg, &full);
        db_job_free(job);
        return;
    }
    if (db->last == NULL)
        db->first = job;
    else
        db->last->next = job;
    db->last = job;
    db->line_length++;
    event_add(db->kick, &now); /* never from inside the caller: answers come from the loop */
}

/* --- the door
 * ----------------------------------------------------------------------------------------- */

const char db_meaning_settings[] =
    "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex "
    "-c standard_conforming_strings=on -c array_nulls=on -c transform_null_equals=off "
    "-c default_transaction_isolation=read\\ committed -c default_transaction_deferrable=off "
    "-c idle_session_timeout=0";

struct db *db_new(struct event_base *base, const char *conninfo, const char *application,
                  const char *settings, void (*on_state)(void *arg, bool up, const char *words),
                  void *arg)
{
    struct db *db = xcalloc(1, sizeof(*db));
    struct timeval now = { 0, 0 };

    db->base = base;
    db->conninfo = xstrdup(conninfo);
    db->named = PQconninfoParse(conninfo, NULL);
    db->application = xstrdup(application);
    db->settings = xasprintf("%s -c lock_timeout=5s -c statement_timeout=25s "
                             "-c idle_in_transaction_session_timeout=30s "
                             "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 "
                             "-c tcp_keepalives_count=4 %s",
                             db_meaning_settings, settings == NULL ? "" : settings);
    db->on_state = on_state;
    db->state_arg = arg;
    db->watched_fd = -1;
    db->pause_ms = DB_PAUSE_MIN_MS;
    db->answer_ms = DB_ANSWER_MS;
    while (embedded_queries[db->query_count].name != NULL)
        db->query_count++;
    db->prepared = xcalloc(db->query_count, sizeof(bool));
    db->timer = evtimer_new(base, db_on_timer, db);
    db->kick = evtimer_new(base, db_on_kick, db);
    event_add(db->timer, &now); /* connect from the loop */
    return db;
}

void db_set_patience(struct db *db, int64_t ms)
{
    db->answer_ms = ms;
}

void db_free(struct db *db)
{
    struct db_answer gone = { 0 };
    struct db_listener *l;
    struct db_wait *w;

    if (db == NULL)
        return;
    error_set(&gone.err, ERROR_TRANSIENT, "the database connection is being closed");
    while (db->first != NULL)
        db_job_end(db, &gone);
    while ((w = db->wait_first) != NULL) {
        db->wait_first = w->next;
        free(w);
    }
    while ((l = db->listeners) != NULL) {
        db->listeners = l->next;
        free(l->name);
        free(l);
    }
    db_unwatch(db);
    db_close(db);
    event_free(db->timer);
    event_free(db->kick);
    free(db->prepared);
    free(db->conninfo);
    PQconninfoFree(db->named);
    free(db->application);
    free(db->settings);
    free(db->held);
    free(db->known);
    free(db);
}

bool db_is_up(const struct db *db)
{
    return db->up;
}

size_t db_line_length(const struct db *db)
{
    return db->line_length;
}

struct event_base *db_base(const struct db *db)
{
    return db->base;
}

void db_query(struct db *db, const char *query, const struct db_value *values, int count,
              db_answer_fn *done, void *arg)
{
    struct db_job *job = xcalloc(1, sizeof(*job));
    int i;

    job->db = db;
    job->query = xstrdup(query);
    job->count = count;
    job->values = xcalloc((size_t)count, sizeof(char *));
    job->lengths = xcalloc((size_t)count, sizeof(int));
    job->formats = xcalloc((size_t)count, sizeof(int));
    for (i = 0; i < count; i++) {
        job->formats[i] = values[i].binary;
        job->lengths[i] = values[i].len;
        if (values[i].ptr != NULL && values[i].binary)
            job->values[i] =
                memcpy(xmalloc((size_t)values[i].len + 1), values[i].ptr, (size_t)values[i].len);
        else
            job->values[i] = xstrdup(values[i].ptr);
    }
    job->done = done;
    job->arg = arg;
    db_line_up(db, job);
}

/* The session that is there already opened without it: a new one comes. */
static void db_open_anew(struct db *db, const char *why)
{
    if (db->state == DB_UP)
        db_lost(db, why);
    if (db->dropped && !db->stepping)
        db_close(db);
}

void db_listen(struct db *db, const char *name, void (*heard)(void *arg, const char *payload),
               void *arg)
{
    struct db_listener *l = xcalloc(1, sizeof(*l));

    l->name = xstrdup(name);
    l->heard = heard;
    l->arg = arg;
    l->next = db->listeners;
    db->listeners = l;
    db_open_anew(db, "a new listener");
}

void db_hold(struct db *db, const char *name)
{
    assert(db->held == NULL);
    db->held = xstrdup(name);
    db_open_anew(db, "a lock to hold");
}

void db_know(struct db *db, int32_t desk_id, const unsigned char *key, size_t len)
{
    unsigned char hash[SIGN_SHA256_BYTES]; /* what answers may be anybody's */
    struct arena *a = arena_new();

    sign_sha256((struct span){ (const char *)key, len }, hash);
    free(db->known);
    db->known = xasprintf("%d/%s", (int)desk_id,
                          sign_hex(a, (struct span){ (const char *)hash, sizeof(hash) }));
    arena_free(a);
}

void db_transaction(struct db *db, void (*on_turn)(void *arg, struct db_job *job),
                    db_answer_fn *done, void *arg)
{
    struct db_job *job = xcalloc(1, sizeof(*job));

    job->db = db;
    job->transaction = true;
    job->on_turn = on_turn;
    job->done = done;
    job->arg = arg;
    db_line_up(db, job);
}

static void db_kick(struct db *db)
{
    struct timeval now = { 0, 0 };

    if (!db->stepping)
        event_add(db->kick, &now);
}

void db_job_add(struct db_job *job, const char *query, const struct db_value *values, int count,
                db_answer_fn *on_answer, void *arg)
{
    const char **texts;
    int *lengths, *formats;
    int i;

    if (job->failed || job->ending || job->db->broken || job->db->state != DB_UP)
        return;
    texts = xcalloc((size_t)count, sizeof(char *));
    lengths = xcalloc((size_t)count, sizeof(int));
    formats = xcalloc((size_t)count, sizeof(int));
    for (i = 0; i < count; i++) {
        texts[i] = values[i].ptr;
        lengths[i] = values[i].len;
        formats[i] = values[i].binary;
    }
    db_send(job->db, query, texts, lengths, formats, count, on_answer, arg);
    free(texts);
    free(lengths);
    free(formats);
    db_kick(job->db);
}

void db_job_flush(struct db_job *job)
{
    struct db *db = job->db;

    if (job->failed || job->ending || db->broken || db->state != DB_UP)
        return;
    /* A Flush would bring the answers too. But until a Sync the server takes the session for one at
     * work, which no limit of idle time ends: a node that is paused now would keep its locks. BEGIN
     * keeps the transaction open. */
    db_sent(db, PQpipelineSync(db->conn), DB_WAIT_PAUSE, NULL, NULL);
    db_kick(db);
}

static void db_job_finish(struct db_job *job, const char *word)
{
    struct db *db = job->db;

    if (job->failed || job->ending || db->broken || db->state != DB_UP)
        return;
    job->ending = true;
    db_send_plain(db, word);
    db_send_sync(db);
    db_kick(db);
}

void db_job_commit(struct db_job *job)
{
    job->committed = true;
    db_job_finish(job, "COMMIT");
}

void db_job_rollback(struct db_job *job)
{
    db_job_finish(job, "ROLLBACK");
}

static bool db_is_of(const char *sqlstate, const char *const *classes)
{
    for (; *classes != NULL; classes++)
        if (strncmp(sqlstate, *classes, strlen(*classes)) == 0)
            return true;
    return false;
}

enum error_kind db_error_kind(const char *sqlstate)
{
    static const char *const again[] = { "08",    "40",    "53",    "55P03", "57P",
                                         "57014", "25006", "25P03", "58",    NULL };
    /* Who may do what, what is there that a statement names and in what state, and what is broken
     * on the server's disk: whatever the values are. */
    static const char *const house[] = {
        "28", "3D", "3F", "42", "55", "F0", "XX001", "XX002", NULL
    };

    if (sqlstate[0] == '\0' || db_is_of(sqlstate, again))
        return ERROR_TRANSIENT;
    return db_is_of(sqlstate, house) ? ERROR_CONFIG : ERROR_PERMANENT;
}
