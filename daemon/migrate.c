#include "daemon/migrate.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/embedded.h"
#include "daemon/db.h"

/* Any number will do, so long as it is the same everywhere: "relevo" on a telephone's keys. */
#define MIGRATE_LOCK "735386"

static int migrate_number(const struct embedded_file *f)
{
    return (int)strtol(f->name, NULL, 10);
}

static int migrate_newest(void)
{
    int newest = 0;
    size_t i;

    for (i = 0; embedded_migrations[i].name != NULL; i++)
        newest = migrate_number(&embedded_migrations[i]);
    return newest;
}

/* NULL on error. A full disk, a lost connection may be better another time. */
static PGresult *migrate_ask(PGconn *conn, const char *sql, struct error *err)
{
    PGresult *res = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(res);
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    bool later = db_error_kind(state == NULL ? "" : state) == ERROR_TRANSIENT;

    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return res;
    error_set(err, later ? ERROR_TRANSIENT : ERROR_CONFIG, "%s%s%s%s",
              words != NULL ? words : PQerrorMessage(conn), state == NULL ? "" : " (",
              state == NULL ? "" : state, state == NULL ? "" : ")");
    PQclear(res);
    return NULL;
}

static int migrate_exec(PGconn *conn, const char *sql, struct error *err)
{
    PGresult *res = migrate_ask(conn, sql, err);

    PQclear(res);
    return res == NULL ? -1 : 0;
}

static PGconn *migrate_connect(const char *conninfo, struct error *err)
{
    char settings[600]; /* a migration takes the time that it needs */
    const char *keywords[] = { "dbname",          "application_name",
                               "connect_timeout", "target_session_attrs",
                               "options",         NULL };
    const char *values[] = { conninfo, "relevo migrate", "10", "read-write", settings, NULL };
    PGconn *conn;

    snprintf(settings, sizeof(settings), "%s -c statement_timeout=0", db_meaning_settings);
    conn = PQconnectdbParams(keywords, values, 1);

    if (PQstatus(conn) != CONNECTION_OK) {
        error_set(err, ERROR_TRANSIENT, "database: %s", PQerrorMessage(conn));
        PQfinish(conn);
        return NULL;
    }
    PQclear(PQexec(conn, "SET client_min_messages = warning"));
    return conn;
}

int migrate_judge(int there, struct error *err)
{
    if (there == migrate_newest())
        return 0;
    if (there == 0)
        return error_set(err, ERROR_CONFIG,
                         "the database has no schema yet: run relevoctl migrate");
    return error_set(
        err, ERROR_CONFIG, "the schema of the database is number %d, this program's is %d: %s",
        there, migrate_newest(),
        there < migrate_newest() ? "run relevoctl migrate" : "install the newer relevo");
}

static int migrate_reached(PGconn *conn, int *reached, struct error *err)
{
    PGresult *res = migrate_ask(conn, "SELECT to_regclass('schema_migration') IS NOT NULL", err);
    bool there;

    if (res == NULL)
        return -1;
    there = PQgetvalue(res, 0, 0)[0] == 't';
    PQclear(res);
    *reached = 0;
    if (!there)
        return 0;
    res = migrate_ask(conn, "SELECT coalesce(max(number), 0) FROM schema_migration", err);
    if (res == NULL)
        return -1;
    *reached = (int)strtol(PQgetvalue(res, 0, 0), NULL, 10);
    PQclear(res);
    return *reached > migrate_newest() ? migrate_judge(*reached, err) : 0;
}

static int migrate_one(PGconn *conn, const struct embedded_file *f, struct error *err)
{
    char note[200];

    snprintf(note, sizeof(note), "INSERT INTO schema_migration (number, name) VALUES (%d, '%s')",
             migrate_number(f), f->name);
    if (migrate_exec(conn, "BEGIN", err) < 0 || migrate_exec(conn, f->bytes, err) < 0 ||
        migrate_exec(conn, note, err) < 0 || migrate_exec(conn, "COMMIT", err) < 0)
        return error_wrap(err, "migration %s", f->name);
    return 0;
}

static int migrate_all(PGconn *conn, struct migrate_report *out, struct error *err)
{
    size_t i;

    if (migrate_exec(conn, "SELECT pg_advisory_lock(" MIGRATE_LOCK ")", err) < 0 ||
        migrate_reached(conn, &out->before, err) < 0)
        return -1;
    if (out->before == 0 &&
        migrate_exec(conn,
                     "CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY, "
                     "name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
                     err) < 0)
        return -1;
    out->after = out->before;
    for (i = 0; embedded_migrations[i].name != NULL; i++) {
        if (migrate_number(&embedded_migrations[i]) <= out->before)
            continue;
        if (migrate_one(conn, &embedded_migrations[i], err) < 0)
            return -1;
        out->after = migrate_number(&embedded_migrations[i]);
    }
    return 0;
}

int migrate_apply(const char *conninfo, struct migrate_report *out, struct error *err)
{
    struct migrate_report done = { 0, 0 };
    PGconn *conn = migrate_connect(conninfo, err);
    int rc;

    if (conn == NULL)
        return -1;
    rc = migrate_all(conn, &done, err);
    PQfinish(conn); /* and the lock goes with it */
    if (rc == 0)
        *out = done;
    return rc;
}

int migrate_look(const char *conninfo, struct migrate_report *out, struct error *err)
{
    struct migrate_report seen = { 0, 0 };
    PGconn *conn = migrate_connect(conninfo, err);
    int rc;

    if (conn == NULL)
        return -1;
    rc = migrate_reached(conn, &seen.before, err);
    PQfinish(conn);
    seen.after = migrate_newest();
    if (rc == 0)
        *out = seen;
    return rc;
}
