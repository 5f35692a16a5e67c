/* tests/support/test_db.h - a database of one's own in the cluster that tests/run started. */
#ifndef RELEVO_TESTS_TEST_DB_H
#define RELEVO_TESTS_TEST_DB_H

#include <libpq-fe.h>

/* Makes database `name` anew (dropping one of an earlier run); migrated if asked. Returns its
 * conninfo, free() it. Ends the test program with clear words where RELEVO_TEST_DB is not set. */
char *test_db_make(const char *name, int migrated);
/* A synchronous connection, and one value ("" for null); each ends the test on error. */
PGconn *test_db_connect(const char *conninfo);
char *test_db_value(PGconn *conn, const char *sql); /* free() it */
void test_db_exec(PGconn *conn, const char *sql);

#endif
