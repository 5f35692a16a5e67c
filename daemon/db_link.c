#include "daemon/db_rooms.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void db_step(struct db *db);

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

void db_unwatch(struct db *db)
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

/* Told where it is news: also why it is still away, if that changed. */
static void db_tell_away(struct db *db, bool was_up, const struct error *why)
{
    bool news = was_up || db->pause_ms == DB_PAUSE_MIN_MS || strcmp(why->text, db->told.text) != 0;

    db->told = *why;
    if (news && db->on_state != NULL)
        db->on_state(db->state_arg, false, why->text);
}

static void db_arm_again(struct db *db)
{
    unsigned char jitter;

    evutil_secure_rng_get_bytes(&jitter, 1);
    db_arm(db, db->pause_ms + db->pause_ms * jitter / 512);
    db->pause_ms = db->pause_ms * 2 > DB_PAUSE_MAX_MS ? DB_PAUSE_MAX_MS : db->pause_ms * 2;
}

static void db_why_lost(const struct db *db, const char *what, struct error *err)
{
    enum { WORDS_MAX = 150 };
    const char *why = db->last_words[0] != '\0' ? db->last_words
                      : db->conn == NULL        ? "no connection"
                                                : PQerrorMessage(db->conn);

    size_t n = strlen(why);

    while (n > 0 && strchr(" \t\n", why[n - 1]) != NULL) /* libpq ends its lines */
        n--;
    error_set(err, ERROR_TRANSIENT, "database connection lost (%s%s%.*s)", what, n == 0 ? "" : ": ",
              n < WORDS_MAX ? (int)n : WORDS_MAX, why);
}

void db_lost(struct db *db, const char *what)
{
    struct db_answer answer = { 0 };
    bool was_up = db->up;
    struct db_wait *w;

    if (db->dropped)
        return;
    db_why_lost(db, what, &answer.err);
    memcpy(answer.sqlstate, "08006", 6);
    db_unwatch(db);
    db->state = DB_DOWN;
    db->up = db->broken = false;
    db->last_words[0] = '\0';
    db->host = 0;
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
    db_tell_away(db, was_up, &answer.err);
    db_arm_again(db);
}

void db_opened(struct db *db)
{
    db->pause_ms = DB_PAUSE_MIN_MS;
    db->up = true;
    db->told.text[0] = '\0';
    if (db->on_state != NULL)
        db->on_state(db->state_arg, true, "");
}

void db_close(struct db *db)
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
    if (db->broken)
        db_lost(db, "send");
}

/* The socket may be another one after each step, of the next host, also under the same number: none
 * is watched across one. */
static void db_step_connect(struct db *db)
{
    db_unwatch(db);
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

/* What a server says beside its answers: that it is being shut down. */
static void db_on_notice(void *arg, const PGresult *res)
{
    db_take_last_words(arg, res);
}

/* What is named of each host, from the one on that this attempt begins with; one word is for all.
 */
static const char *db_named(const struct db *db, const char *keyword)
{
    const PQconninfoOption *o = db->named;
    const char *list, *comma;
    int i;

    while (o != NULL && o->keyword != NULL && strcmp(o->keyword, keyword) != 0)
        o++;
    list = o == NULL || o->keyword == NULL ? NULL : o->val;
    for (i = 0; list != NULL && i < db->host && (comma = strchr(list, ',')) != NULL; i++)
        list = comma + 1;
    return list;
}

static void db_connect(struct db *db)
{
    const char *keywords[] = { "dbname",
                               "host",
                               "hostaddr",
                               "port",
                               "application_name",
                               "client_encoding",
                               "options",
                               "tcp_user_timeout",
                               "keepalives_idle",
                               "target_session_attrs",
                               NULL };
    const char *values[] = { db->conninfo,
                             db_named(db, "host"),
                             db_named(db, "hostaddr"),
                             db_named(db, "port"),
                             db->application,
                             "UTF8",
                             db->settings,
                             "10000",
                             "10",
                             "read-write",
                             NULL };

    db->conn = PQconnectStartParams(keywords, values, 1);
    db->state = DB_CONNECTING;
    if (db->conn == NULL || PQstatus(db->conn) == CONNECTION_BAD) {
        db_lost(db, "connect");
        db_close(db);
        return;
    }
    PQsetNoticeReceiver(db->conn, db_on_notice, db); /* else libpq writes it into our log */
    db_watch(db, EV_WRITE);
    db_arm(db, DB_CONNECT_MS);
}

/* A host that says nothing is no reason not to ask the next one: libpq would wait for it alone. */
static bool db_ask_next_host(struct db *db)
{
    const char *addresses = db_named(db, "hostaddr");
    const char *left = addresses != NULL ? addresses : db_named(db, "host");

    if (left == NULL || strchr(left, ',') == NULL)
        return false;
    db->host++;
    db_unwatch(db);
    db_close(db);
    db_connect(db);
    return true;
}

void db_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct db *db = arg;

    (void)fd;
    (void)what;
    if (db->state == DB_DOWN)
        db_connect(db);
    else if (db->state != DB_CONNECTING || !db_ask_next_host(db))
        db_lost(db, db->state == DB_CONNECTING ? "no connection in time" : "no answer in time");
    if (db->dropped)
        db_close(db);
}

void db_on_kick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    db_step(arg);
}
