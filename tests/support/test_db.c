#include "tests/support/test_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "daemon/migrate.h"

static _Noreturn void test_db_die(const char *words)
{
    fprintf(stderr, "test database: %s\n", words);
    exit(1);
}

PGconn *test_db_connect(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);

    if (PQstatus(conn) != CONNECTION_OK)
        test_db_die(PQerrorMessage(conn));
    return conn;
}

void test_db_exec(PGconn *conn, const char *sql)
{
    PGresult *res = PQexec(conn, sql);

    if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
        test_db_die(PQerrorMessage(conn));
    PQclear(res);
}

char *test_db_value(PGconn *conn, const char *sql)
{
    PGresult *res = PQexec(conn, sql);
    char *value;

    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        test_db_die(PQerrorMessage(conn));
    value = xstrdup(PQntuples(res) == 0 ? "" : PQgetvalue(res, 0, 0));
    PQclear(res);
    return value;
}

char *test_db_make(const char *name, int migrated)
{
    const char *cluster = getenv("RELEVO_TEST_DB");
    struct migrate_report report;
    struct error err;
    char *conninfo, *sql;
    PGconn *conn;

    if (cluster == NULL)
        test_db_die("RELEVO_TEST_DB is not set; run it by tests/run --only NAME");
    conn = test_db_connect(cluster);
    test_db_exec(conn, "SET client_min_messages = warning");
    sql = xasprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    test_db_exec(conn, sql);
    free(sql);
    sql = xasprintf("CREATE DATABASE %s TEMPLATE %s", name,
                    migrated && getenv("RELEVO_TEST_CLUSTER") != NULL ? "relevo_migrated"
                                                                      : "template0");
    test_db_exec(conn, sql);
    free(sql);
    PQfinish(conn);
    conninfo = xasprintf("%s dbname=%s", cluster, name); /* the later word wins */
    if (migrated && migrate_apply(conninfo, &report, &err) < 0)
        test_db_die(err.text);
    return conninfo;
}
