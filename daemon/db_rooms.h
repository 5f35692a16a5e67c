/* daemon/db_rooms.h - inside a connection: what is in line, what is on the wire, and the link
 * itself.
 *
 * For daemon/db*.c alone. Loop thread. db.c is the door and keeps the line, db_wire.c sends what is
 * first in it and takes the answers in their order, db_link.c connects, watches the socket and
 * loses the connection. */
#ifndef RELEVO_DAEMON_DB_ROOMS_H
#define RELEVO_DAEMON_DB_ROOMS_H

#include <event2/util.h>

#include "daemon/db.h"

struct event;

enum db_state { DB_DOWN, DB_CONNECTING, DB_UP };

/* What the server owes us next, in the order it was sent. */
enum db_wait_kind {
    DB_WAIT_OPENING, /* a statement that opens the session */
    DB_WAIT_KNOWN,   /* one of them, which must find a row */
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
    PQconninfoOption *named; /* what `conninfo` says; NULL: no more than a database's name */
    int host;                /* the first of the named hosts that this attempt asks */
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
    char *held;           /* NULL: nothing */
    char *known;          /* which desk the database must have; NULL: nobody has said it yet */
    bool up;              /* the session is open: work may begin */
    char last_words[200]; /* the server's own, before it ended the session; "": none */
    struct error told;    /* why it is away, as on_state() heard it last */
    void (*on_state)(void *arg, bool up, const char *words);
    void *state_arg;
    bool stepping, dropped;
    bool broken; /* sending failed: lost at the next step, for whoever sent stands on the job */
};

/* --- db.c */
/* Takes the first job out of the line and tells its owner. */
void db_job_end(struct db *db, const struct db_answer *answer);

/* --- db_wire.c */
/* What libpq said of sending it: an answer is owed, or the connection is lost at the next step. */
bool db_sent(struct db *db, int sent, enum db_wait_kind kind, db_answer_fn *on_answer, void *arg);
/* Puts one statement on the wire, preparing it the first time. */
void db_send(struct db *db, const char *name, const char *const *values, const int *lengths,
             const int *formats, int count, db_answer_fn *on_answer, void *arg);
void db_send_plain(struct db *db, const char *sql);
void db_send_sync(struct db *db);
/* What a session begins with, in a transaction of its own: work that fails does not undo it. */
void db_open_session(struct db *db);
/* Starts the first job in line, if it is not under way and the session is open. */
void db_begin_next(struct db *db);
void db_take_result(struct db *db, PGresult *res); /* clears it */
void db_take_notifies(struct db *db);
/* Keeps what a server says with which it ends a session. */
void db_take_last_words(struct db *db, const PGresult *res);

/* --- db_link.c */
/* The connection is gone: its work under way is told, the rest waits for the next one. What libpq
 * holds of it stays until db_close(), for who calls may stand on it. */
void db_lost(struct db *db, const char *what);
/* The session is open. */
void db_opened(struct db *db);
void db_close(struct db *db);
void db_unwatch(struct db *db);
void db_on_timer(evutil_socket_t fd, short what, void *arg);
void db_on_kick(evutil_socket_t fd, short what, void *arg);

#endif
