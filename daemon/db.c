#include "daemon/db.h"

#include <assert.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/embedded.h"

enum db_state { DB_DOWN, DB_CONNECTING, DB_UP };

/* What the server owes us next, in the order it was sent. */
enum db_wait_kind {
    DB_WAIT_OPENING, /* a statement that opens the session */
    DB_WAIT_OPENED,  /* their Sync */
    DB_WAIT_PREPARE,
    DB_WAIT_QUERY,
    DB_WAIT_PAUSE, /* a Sync within a transaction */
    DB_WAIT_SYNC
};
struct db_wait {
    enum db_wait_kind kind;
    size_t query; /* DB_WAIT_PREPARE: its index */
    db_answer_fn *on_answer;
    void *arg;
    struct db_wait *next;
};
/* A piece of work in line: one statement, or a transaction. */
struct db_job {
    struct db *db;
    struct db_job *next;
    bool transaction;
    bool begun;  /* on the wire */
    bool ending; /* its Sync has been sent */
    bool failed;
    bool committed;    /* COMMIT was sent */
    bool rolling_back; /* the transaction failed: ROLLBACK and a second Sync are under way */
    struct db_answer failure;
    struct db_answer kept; /* of a single statement, until its Sync has committed it */
    bool has_kept;
    char *query;
    char **values;
    int *lengths, *formats;
    int count;
    void (*on_turn)(void *arg, struct db_job *job);
    db_answer_fn *done;
    void *arg;
};
struct db_listener {
    char *name;
    void (*heard)(void *arg, const char *payload);
    void *arg;
    struct db_listener *next;
};
struct db {
    struct event_base *base;
    char *conninfo, *application, *settings;
    enum db_state state;
    PGconn *conn;
    struct event *socket_event, *timer, *kick;
    int watched_fd;
    short watched_for;
    int64_t pause_ms, answer_ms;
    struct db_job *first, *last; /* the line; the first may be under way */
    size_t line_length;
    struct db_wait *wait_first, *wait_last;
    bool *prepared; /* by index in embedded_queries */
    size_t query_count;
    struct db_listener *listeners;
    char *held; /* NULL: nothing */
    void (*on_state)(void *arg, bool up, const char *words);
    void *state_arg;
    bool stepping, dropped;
    bool broken; /* sending failed: lost at the next step, for whoever sent stands on the job */
};

static void db_connect(struct db *db);
static void db_lost(struct db *db, const char *what);
static void db_step(struct db *db);

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

/* Takes the first job out and tells its owner. */
static void db_job_end(struct db *db, const struct db_answer *answer)
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

/* What libpq said of sending it: an answer is owed, or the connection is lost at the next step. */
static bool db_sent(struct db *db, int sent, enum db_wait_kind kind, db_answer_fn *on_answer,
                    void *arg)
{
    if (sent)
        db_expect(db, kind, on_answer, arg);
    else
        db->broken = true;
    return sent;
}

/* Puts one statement on the wire, preparing it the first time. */
static void db_send(struct db *db, const char *name, const char *const *values, const int *lengths,
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

static void db_send_plain(struct db *db, const char *sql)
{
    db_sent(db, PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 0), DB_WAIT_QUERY, NULL,
            NULL);
}

static void db_send_opening(struct db *db, const char *sql, const char *value)
{
    db_sent(db, PQsendQueryParams(db->conn, sql, value != NULL, NULL, &value, NULL, NULL, 0),
            DB_WAIT_OPENING, NULL, NULL);
}

/* What a session begins with, in a transaction of its own: work that fails does not undo it. */
static void db_open_session(struct db *db)
{
    static const char hold[] = "SELECT pg_advisory_lock_shared(hashtextextended($1, 0))";
    struct db_listener *l;
    char sql[100];

    if (db->held != NULL)
        db_send_opening(db, hold, db->held);
    for (l = db->listeners; l != NULL; l = l->next) {
        snprintf(sql, sizeof(sql), "LISTEN %s", l->name);
        db_send_opening(db, sql, NULL);
    }
    db_sent(db, PQpipelineSync(db->conn), DB_WAIT_OPENED, NULL, NULL);
}

static void db_send_sync(struct db *db)
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

/* Starts the first job in line, if it is not under way. */
static void db_begin_next(struct db *db)
{
    struct db_job *job = db->first;

    if (db->state != DB_UP || db->broken || job == NULL || job->begun)
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
        db->pause_ms = DB_PAUSE_MIN_MS;
    else if (kind == DB_WAIT_SYNC)
        db_job_synced(db);
}

static void db_take_result(struct db *db, PGresult *res)
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
    if (w->kind == DB_WAIT_OPENING) {
        if (answer.res == NULL)
            db_lost(db, "opening");
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

static void db_take_notifies(struct db *db)
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

/* --- the socket
 * --------------------------------------------------------------------------------------- */

static void db_on_socket(evutil_socket_t fd, short what, void *arg)
{
    struct db *db = arg;

    (void)fd;
    (void)what;
    db_step(db);
}

static void db_watch(struct db *db, short what)
{
    int fd = PQsocket(db->conn);

    if (db->socket_event != NULL && db->watched_fd == fd && db->watched_for == what)
        return;
    if (db->socket_event != NULL)
        event_free(db->socket_event);
    db->watched_fd = fd;
    db->watched_for = what;
    db->socket_event = event_new(db->base, fd, (short)(what | EV_PERSIST), db_on_socket, db);
    event_add(db->socket_event, NULL);
}

static void db_unwatch(struct db *db)
{
    if (db->socket_event != NULL)
        event_free(db->socket_event);
    db->socket_event = NULL;
    db->watched_fd = -1;
}

static void db_arm(struct db *db, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    event_add(db->timer, &tv);
}

/* The connection is gone: its work under way is told, the rest waits for the next one. */
static void db_lost(struct db *db, const char *what)
{
    struct db_answer answer = { 0 };
    bool was_up = db->state == DB_UP;
    struct db_wait *w;
    char words[200];
    unsigned char jitter;

    if (db->dropped)
        return;
    snprintf(words, sizeof(words), "%s: %s", what,
             db->conn == NULL ? "no connection" : PQerrorMessage(db->conn));
    error_set(&answer.err, ERROR_TRANSIENT, "database connection lost (%s)", words);
    memcpy(answer.sqlstate, "08006", 6);
    db_unwatch(db);
    db->state = DB_DOWN;
    db->broken = false;
    db->dropped = true; /* PQfinish() waits until nobody stands on it */
    while ((w = db->wait_first) != NULL) {
        db->wait_first = w->next;
        free(w);
    }
    db->wait_last = NULL;
    if (db->first != NULL && db->first->begun) {
        bool told = !db->first->transaction && db->first->done == NULL;

        db_job_end(db, told ? NULL : &answer);
    }
    if (db->on_state != NULL && (was_up || db->pause_ms == DB_PAUSE_MIN_MS))
        db->on_state(db->state_arg, false, answer.err.text);
    evutil_secure_rng_get_bytes(&jitter, 1);
    db_arm(db, db->pause_ms + db->pause_ms * jitter / 512);
    db->pause_ms = db->pause_ms * 2 > DB_PAUSE_MAX_MS ? DB_PAUSE_MAX_MS : db->pause_ms * 2;
}

static void db_close(struct db *db)
{
    if (db->conn != NULL)
        PQfinish(db->conn);
    db->conn = NULL;
    db->dropped = false;
}

static void db_connected(struct db *db)
{
    if (PQsetnonblocking(db->conn, 1) != 0 || PQenterPipelineMode(db->conn) != 1) {
        db_lost(db, "pipeline mode");
        return;
    }
    memset(db->prepared, 0, db->query_count * sizeof(bool));
    db->state = DB_UP;
    event_del(db->timer);
    db_open_session(db);
    if (db->broken) {
        db_lost(db, "send");
        return;
    }
    if (db->on_state != NULL)
        db->on_state(db->state_arg, true, "");
}

static void db_step_connect(struct db *db)
{
    switch (PQconnectPoll(db->conn)) {
    case PGRES_POLLING_READING:
        db_watch(db, EV_READ);
        break;
    case PGRES_POLLING_WRITING:
        db_watch(db, EV_WRITE);
        break;
    case PGRES_POLLING_OK:
        db_connected(db);
        break;
    default:
        db_lost(db, "connect");
    }
}

/* The time for an answer begins when one is owed, and anew with each that comes; work that only
 * lines up prolongs nothing. */
static void db_watch_time(struct db *db, bool answered)
{
    if (db->wait_first == NULL)
        event_del(db->timer);
    else if (answered || !evtimer_pending(db->timer, NULL))
        db_arm(db, db->answer_ms);
}

static void db_step_up(struct db *db)
{
    bool answered = false;
    int unsent;

    if (!PQconsumeInput(db->conn)) {
        db_lost(db, "read");
        return;
    }
    db_take_notifies(db);
    /* Of a broken connection libpq has no results and is never busy: there is nothing to wait for.
     */
    while (db->state == DB_UP && !db->broken && db->wait_first != NULL && !PQisBusy(db->conn)) {
        PGresult *res = PQgetResult(db->conn);

        answered = answered || res != NULL;
        if (res != NULL)
            db_take_result(db, res);
        else if (PQisBusy(db->conn) || db->wait_first == NULL)
            break;
        db_begin_next(db);
    }
    if (db->state == DB_UP)
        db_begin_next(db);
    if (db->state == DB_UP && db->broken)
        db_lost(db, "send");
    if (db->state != DB_UP)
        return;
    unsent = PQflush(db->conn); /* last: the lines above may have queued bytes */
    if (unsent < 0) {
        db_lost(db, "write");
        return;
    }
    db_watch(db, unsent ? EV_READ | EV_WRITE : EV_READ);
    db_watch_time(db, answered);
}

static void db_step(struct db *db)
{
    if (db->stepping) /* a callback gave us work: the outer step goes on with it */
        return;
    db->stepping = true;
    if (db->state == DB_CONNECTING)
        db_step_connect(db);
    if (db->state == DB_UP)
        db_step_up(db);
    db->stepping = false;
    if (db->dropped)
        db_close(db);
}

static void db_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct db *db = arg;

    (void)fd;
    (void)what;
    if (db->state == DB_DOWN)
        db_connect(db);
    else
        db_lost(db, db->state == DB_CONNECTING ? "no connection in time" : "no answer in time");
    if (db->dropped)
        db_close(db);
}

static void db_on_kick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    db_step(arg);
}

/* What a server says beside its answers (that it is being shut down) is in the answers too. */
static void db_on_notice(void *arg, const PGresult *res)
{
    (void)arg;
    (void)res;
}

static void db_connect(struct db *db)
{
    const char *keywords[] = {
        "dbname",           "application_name", "client_encoding",      "options",
        "tcp_user_timeout", "keepalives_idle",  "target_session_attrs", NULL
    };
    const char *values[] = { db->conninfo, db->application, "UTF8", db->settings, "10000",
                             "10",         "read-write",    NULL };

    db->conn = PQconnectStartParams(keywords, values, 1);
    db->state = DB_CONNECTING;
    if (db->conn == NULL || PQstatus(db->conn) == CONNECTION_BAD) {
        db_lost(db, "connect");
        db_close(db);
        return;
    }
    PQsetNoticeReceiver(db->conn, db_on_notice, NULL); /* else libpq writes it into our log */
    db_watch(db, EV_WRITE);
    db_arm(db, DB_CONNECT_MS);
}

/* --- the door
 * ----------------------------------------------------------------------------------------- */

struct db *db_new(struct event_base *base, const char *conninfo, const char *application,
                  const char *settings, void (*on_state)(void *arg, bool up, const char *words),
                  void *arg)
{
    struct db *db = xcalloc(1, sizeof(*db));
    struct timeval now = { 0, 0 };

    db->base = base;
    db->conninfo = xstrdup(conninfo);
    db->application = xstrdup(application);
    db->settings = xasprintf("-c timezone=UTC -c lock_timeout=5s -c statement_timeout=25s "
                             "-c idle_in_transaction_session_timeout=30s "
                             "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 "
                             "-c tcp_keepalives_count=4 %s",
                             settings == NULL ? "" : settings);
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
    free(db->application);
    free(db->settings);
    free(db->held);
    free(db);
}

bool db_is_up(const struct db *db)
{
    return db->state == DB_UP;
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

enum error_kind db_error_kind(const char *sqlstate)
{
    static const char *const again[] = { "08",    "40",    "53",    "55P03", "57P",
                                         "57014", "25006", "25P03", "58" };
    size_t i;

    if (sqlstate[0] == '\0')
        return ERROR_TRANSIENT;
    for (i = 0; i < sizeof(again) / sizeof(again[0]); i++)
        if (strncmp(sqlstate, again[i], strlen(again[i])) == 0)
            return ERROR_TRANSIENT;
    return ERROR_PERMANENT;
}
