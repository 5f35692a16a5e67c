#include "daemon/db_rooms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/embedded.h"

/* --- sending
 * ------------------------------------------------------------------------------------------ */

static void db_expect(struct db *db, enum db_wait_kind kind, db_answer_fn *on_answer, void *arg)
{
    struct db_wait *w = xcalloc(1, sizeof(*w));

    w->kind = kind;
    w->on_answer = on_answer;
    w->arg = arg;
    if (db->wait_last == NULL)
        db->wait_first = w;
    else
        db->wait_last->next = w;
    db->wait_last = w;
}

static int db_find_query(const struct db *db, const char *name, size_t *index)
{
    size_t len = strlen(name), i;

    for (i = 0; i < db->query_count; i++) {
        const char *file = embedded_queries[i].name;

        if (strncmp(file, name, len) == 0 && strcmp(file + len, ".sql") == 0) {
            *index = i;
            return 0;
        }
    }
    return -1;
}

bool db_sent(struct db *db, int sent, enum db_wait_kind kind, db_answer_fn *on_answer, void *arg)
{
    if (sent)
        db_expect(db, kind, on_answer, arg);
    else
        db->broken = true;
    return sent;
}

void db_send(struct db *db, const char *name, const char *const *values, const int *lengths,
             const int *formats, int count, db_answer_fn *on_answer, void *arg)
{
    size_t index;

    if (db_find_query(db, name, &index) < 0)
        abort(); /* a query that is no file of sql/queries: our own mistake */
    if (!db->prepared[index]) {
        if (!db_sent(db, PQsendPrepare(db->conn, name, embedded_queries[index].bytes, 0, NULL),
                     DB_WAIT_PREPARE, NULL, NULL))
            return;
        db->wait_last->query = index;
        db->prepared[index] = true;
    }
    db_sent(db, PQsendQueryPrepared(db->conn, name, count, values, lengths, formats, 0),
            DB_WAIT_QUERY, on_answer, arg);
}

void db_send_plain(struct db *db, const char *sql)
{
    db_sent(db, PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 0), DB_WAIT_QUERY, NULL,
            NULL);
}

static void db_send_opening(struct db *db, enum db_wait_kind kind, const char *sql,
                            const char *value)
{
    db_sent(db, PQsendQueryParams(db->conn, sql, value != NULL, NULL, &value, NULL, NULL, 0), kind,
            NULL, NULL);
}

void db_open_session(struct db *db)
{
    /* Nothing is told as done that a crash of the server would undo. Which standby must have it too
     * stays its administrator's word. */
    static const char durable[] = "SELECT set_config('synchronous_commit', 'local', false) "
                                  "WHERE current_setting('synchronous_commit') = 'off'";
    static const char hold[] = "SELECT pg_advisory_lock_shared(hashtextextended($1, 0))";
    static const char known[] =
        "SELECT FROM desk WHERE concat(desk_id, '/', encode(sha256(token_key), 'hex')) = $1";
    struct db_listener *l;
    char sql[100];

    db_send_opening(db, DB_WAIT_OPENING, durable, NULL);
    if (db->known != NULL)
        db_send_opening(db, DB_WAIT_KNOWN, known, db->known);
    if (db->held != NULL)
        db_send_opening(db, DB_WAIT_OPENING, hold, db->held);
    for (l = db->listeners; l != NULL; l = l->next) {
        snprintf(sql, sizeof(sql), "LISTEN %s", l->name);
        db_send_opening(db, DB_WAIT_OPENING, sql, NULL);
    }
    db_sent(db, PQpipelineSync(db->conn), DB_WAIT_OPENED, NULL, NULL);
}

void db_send_sync(struct db *db)
{
    db_sent(db, PQpipelineSync(db->conn), DB_WAIT_SYNC, NULL, NULL);
}

/* What it changed is committed with its Sync, so its answer is kept until then. */
static void db_on_single_answer(void *arg, const struct db_answer *answer)
{
    struct db_job *job = arg;

    if (job->has_kept)
        return; /* the statement behind a refused Prepare: passed over */
    job->kept = *answer;
    job->has_kept = true;
}

void db_begin_next(struct db *db)
{
    struct db_job *job = db->first;

    if (!db->up || db->broken || job == NULL || job->begun)
        return;
    job->begun = true;
    if (!job->transaction) {
        job->ending = true;
        db_send(db, job->query, (const char *const *)job->values, job->lengths, job->formats,
                job->count, db_on_single_answer, job);
        db_send_sync(db);
        return;
    }
    db_send_plain(db, "BEGIN");
    if (!db->broken)
        job->on_turn(job->arg, job);
}

/* --- receiving
 * ---------------------------------------------------------------------------------------- */

static void db_answer_from(struct db_answer *answer, PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *constraint = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);

    *answer = (struct db_answer){ 0 };
    switch (PQresultStatus(res)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        answer->res = res;
        return;
    case PGRES_PIPELINE_ABORTED:
        error_set(&answer->err, ERROR_TRANSIENT, "an earlier statement failed");
        return;
    default:
        break;
    }
    if (state != NULL)
        memcpy(answer->sqlstate, state, 5);
    error_set(&answer->err, db_error_kind(answer->sqlstate), "database: %s (%s%s%s)",
              words == NULL ? "no words" : words, answer->sqlstate, constraint == NULL ? "" : ", ",
              constraint == NULL ? "" : constraint);
}

static void db_job_fail(struct db_job *job, const struct db_answer *answer)
{
    if (job->failed)
        return;
    job->failed = true;
    job->failure = *answer;
    job->failure.res = NULL;
    if (!job->ending) {
        job->ending = true;
        db_send_sync(job->db);
    }
}

static void db_job_synced(struct db *db)
{
    struct db_job *job = db->first;
    struct db_answer ok = { 0 };

    if (!job->transaction) {
        db_job_end(db, job->has_kept ? &job->kept : &ok);
        return;
    }
    if (job->failed && !job->rolling_back) {
        job->rolling_back = true;
        db_send_plain(db, "ROLLBACK");
        db_send_sync(db);
        return;
    }
    db_job_end(db, job->failed ? &job->failure : &ok);
}

static void db_take_sync(struct db *db)
{
    struct db_wait *w = db->wait_first;
    enum db_wait_kind kind;

    while (w != NULL && w->kind != DB_WAIT_SYNC && w->kind != DB_WAIT_PAUSE &&
           w->kind != DB_WAIT_OPENED) {
        db->wait_first = w->next; /* cannot be; but never lose step */
        free(w);
        w = db->wait_first;
    }
    if (w == NULL) {
        db_lost(db, "protocol");
        return;
    }
    kind = w->kind;
    db->wait_first = w->next;
    if (db->wait_first == NULL)
        db->wait_last = NULL;
    free(w);
    if (kind == DB_WAIT_OPENED)
        db_opened(db);
    else if (kind == DB_WAIT_SYNC)
        db_job_synced(db);
}

static void db_take_opening(struct db *db, enum db_wait_kind kind, const struct db_answer *answer)
{
    if (answer->res == NULL) {
        if (db->last_words[0] == '\0')
            snprintf(db->last_words, sizeof(db->last_words), "%.199s", answer->err.text);
        db_lost(db, "opening");
    } else if (kind == DB_WAIT_KNOWN && PQntuples(answer->res) == 0) {
        db_lost(db, "another database answers under this name; to work with it, restart relevod");
    }
}

void db_take_last_words(struct db *db, const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *words = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

    if (state == NULL || severity == NULL || words == NULL)
        return;
    if (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0 ||
        strncmp(state, "57P", 3) == 0)
        snprintf(db->last_words, sizeof(db->last_words), "%s (%s)", words, state);
}

/* What was prepared is not what the server has now: a migration changed its columns, or something
 * between us gave the session to another. */
static bool db_is_stale(const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *of = PQresultErrorField(res, PG_DIAG_SOURCE_FUNCTION);

    return state != NULL &&
           (strcmp(state, "26000") == 0 || (strcmp(state, "0A000") == 0 && of != NULL &&
                                            strcmp(of, "RevalidateCachedQuery") == 0));
}

void db_take_result(struct db *db, PGresult *res)
{
    struct db_wait *w = db->wait_first;
    struct db_job *job = db->first;
    struct db_answer answer;

    if (PQresultStatus(res) == PGRES_PIPELINE_SYNC) {
        PQclear(res);
        db_take_sync(db);
        return;
    }
    if (w == NULL) {
        PQclear(res);
        return;
    }
    db->wait_first = w->next;
    if (db->wait_first == NULL)
        db->wait_last = NULL;
    db_answer_from(&answer, res);
    if (answer.res == NULL && w->kind == DB_WAIT_PREPARE)
        db->prepared[w->query] = false; /* refused, or passed over after an earlier error */
    if (answer.res == NULL)
        db_take_last_words(db, res);
    if (db_is_stale(res)) { /* `job` ends of it */
        db_lost(db, "a statement has to be prepared anew");
        PQclear(res);
        free(w);
        return;
    }
    if (w->kind == DB_WAIT_OPENING || w->kind == DB_WAIT_KNOWN) {
        db_take_opening(db, w->kind, &answer);
    } else if (job != NULL && job->transaction && job->begun) {
        if (answer.res == NULL)
            db_job_fail(job, &answer);
        else if (w->on_answer != NULL && !job->failed)
            w->on_answer(w->arg, &answer);
    } else if (w->kind == DB_WAIT_PREPARE && answer.res == NULL && job != NULL) {
        db_on_single_answer(job, &answer);
    } else if (w->on_answer != NULL) {
        w->on_answer(w->arg, &answer);
    }
    if (w->on_answer != db_on_single_answer || job == NULL || job->kept.res != res)
        PQclear(res);
    free(w);
}

void db_take_notifies(struct db *db)
{
    PGnotify *note;
    struct db_listener *l;

    while (db->conn != NULL && (note = PQnotifies(db->conn)) != NULL) {
        for (l = db->listeners; l != NULL; l = l->next)
            if (strcmp(l->name, note->relname) == 0)
                l->heard(l->arg, note->extra);
        PQfreemem(note);
    }
}
