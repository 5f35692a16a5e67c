/* daemon/db.h - one PostgreSQL connection on the loop: asynchronous, pipelined, reconnecting.
 *
 * Loop thread. A `struct db` is one session; the daemon has one for the store and one for all else.
 * Work is done in the order it was given. Statements are files of sql/queries, named without ".sql"
 * and prepared on first use. While the connection is away, waiting work stays in line; what was
 * under way gets ERROR_TRANSIENT (it may have happened: look by key). Nothing here calls
 * PQcancel(): it blocks. */
#ifndef RELEVO_DAEMON_DB_H
#define RELEVO_DAEMON_DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

struct arena;
struct db;
struct db_job;
struct event_base;

enum {
    DB_CONNECT_MS = 5000,  /* one attempt; of several hosts, until the next is asked */
    DB_PAUSE_MIN_MS = 100, /* between attempts, doubling, with jitter */
    DB_PAUSE_MAX_MS = 5000,
    DB_ANSWER_MS = 30000, /* no answer for so long: the connection is given up */
    DB_LINE_MAX = 10000,  /* pieces of work in line; more are refused with ERROR_TRANSIENT */
};

/* One parameter, in text format unless `binary`. ptr NULL: SQL null. */
struct db_value {
    const char *ptr;
    int len; /* of a binary one */
    bool binary;
};
struct db_value db_text(const char *s);
struct db_value db_int(struct arena *a, int64_t n);
struct db_value db_bool(bool b);
struct db_value db_bytes(struct span bytes);             /* a bytea; borrowed */
struct db_value db_time(struct arena *a, int64_t utc_s); /* timestamptz; 0: null */

/* Array parameters, in PostgreSQL's own text form. Elements are added one by one; the value is the
 * arena's. */
struct db_array {
    struct text_buffer text;
    size_t count;
};
void db_array_text(struct db_array *d, const char *s); /* NULL: null */
void db_array_int(struct db_array *d, int64_t n);
void db_array_bool(struct db_array *d, bool b);
void db_array_time(struct db_array *d, int64_t utc_s);    /* 0: null */
void db_array_hex(struct db_array *d, struct span bytes); /* bytea; ptr NULL: null */
void db_array_raw(struct db_array *d,
                  const char *literal); /* as it stands, quoted: an array within text */
struct db_value db_array_end(struct db_array *d, struct arena *a); /* and empties d */

/* An answer: rows, or an error with its SQLSTATE ("" where the server said none). */
struct db_answer {
    PGresult *res; /* NULL on error; the callee's for the time of the call */
    struct error err;
    char sqlstate[6];
};
typedef void db_answer_fn(void *arg, const struct db_answer *answer);

/* Result cells. A null reads as 0, false, NULL or "". */
int64_t db_cell_int(const PGresult *res, int row, int column);
bool db_cell_bool(const PGresult *res, int row, int column);
const char *db_cell_text(const PGresult *res, int row, int column); /* NULL: null */

/* For libpq's options: what statements and values mean, and how long a session lives, whatever an
 * administrator has set for the server, the database or the role. */
extern const char db_meaning_settings[];

/* `settings`: for libpq's options, e.g. "-c enable_seqscan=off"; may be NULL. `on_state` may be
 * NULL. */
struct db *db_new(struct event_base *base, const char *conninfo, const char *application,
                  const char *settings, void (*on_state)(void *arg, bool up, const char *words),
                  void *arg);
/* How long it waits for an answer from now on, before it takes the connection for lost; the
 * server's own statement_timeout is the asker's business. */
void db_set_patience(struct db *db, int64_t ms);
void db_free(struct db *db);        /* takes NULL; `done` of what waits runs with ERROR_TRANSIENT */
bool db_is_up(const struct db *db); /* a session is open */
size_t db_line_length(const struct db *db);
struct event_base *db_base(const struct db *db);

/* One statement in a transaction of its own. Values are copied. `done` may be NULL. */
void db_query(struct db *db, const char *query, const struct db_value *values, int count,
              db_answer_fn *done, void *arg);
/* LISTEN; again after each reconnection. One listener per name. */
void db_listen(struct db *db, const char *name, void (*heard)(void *arg, const char *payload),
               void *arg);
/* A lock in the database, of this name (an advisory one: shared, by its hash), that stands for this
 * process: held from the beginning of each session, before any work in line, until the server sees
 * its end: at once where the process dies, not while it is paused. Once. */
void db_hold(struct db *db, const char *name);
/* Which database it is, by a desk of it and that desk's key: with whatever else answers later, an
 * empty one too, no work is begun. `known` so far is forgotten. */
void db_know(struct db *db, int32_t desk_id, const unsigned char *key, size_t len);

/* One transaction, READ COMMITTED. When its turn comes BEGIN is sent and `on_turn` runs (once; not
 * at all if the connection is refused: then only `done`). It adds statements, whose answers come in
 * order, and more from those answers; db_job_flush() asks the server for the answers so far,
 * without an end of the transaction, whose locks the server takes back when nothing follows for
 * half a minute; db_job_commit() or db_job_rollback() end it. `done` runs once:
 * err NONE only after COMMIT is known to have happened. After any error the rest of the job is
 * dropped, its answers do not come, and `done` says why. */
void db_transaction(struct db *db, void (*on_turn)(void *arg, struct db_job *job),
                    db_answer_fn *done, void *arg);
void db_job_add(struct db_job *job, const char *query, const struct db_value *values, int count,
                db_answer_fn *on_answer, void *arg);
void db_job_flush(struct db_job *job);
void db_job_commit(struct db_job *job);
void db_job_rollback(struct db_job *job);

/* What an SQLSTATE asks for: again later (08, 40, 53, 55P03, 57P0x, 25006, 25P03 …), an operator
 * (a grant, a table that is not there or another one, a broken page: ERROR_CONFIG), or never so. */
enum error_kind db_error_kind(const char *sqlstate);

#endif
