/* The schema keeps the rules of the house. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/embedded.h"
#include "daemon/migrate.h"
#include "daemon/store.h"
#include "tests/support/test_db.h"

enum { NODES = 4 };

static char *conninfo;
static PGconn *conn;

/* No row: all is well; else the first is shown. */
static void assert_none(const char *sql)
{
    char *value = test_db_value(conn, sql);

    if (*value != '\0')
        print_error("%s\n", value);
    assert_string_equal(value, "");
    free(value);
}

static void test_nodes_that_migrate_at_once_apply_each_migration_once(void **state)
{
    struct migrate_report r;
    struct error err;
    pid_t pids[NODES];
    int status, first = 0, i;
    char *n;

    (void)state;
    for (i = 0; i < NODES; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(migrate_apply(conninfo, &r, &err) < 0 ? 2 : r.before == 0);
    }
    for (i = 0; i < NODES; i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        first += WEXITSTATUS(status);
    }
    assert_int_equal(first, 1);
    assert_int_equal(migrate_look(conninfo, &r, &err), 0);
    assert_int_equal(r.before, r.after);
    conn = test_db_connect(conninfo);
    n = test_db_value(conn, "SELECT count(*) = max(number) FROM schema_migration");
    assert_string_equal(n, "t");
    free(n);
}

static void test_what_must_hold_is_named_by_what_it_promises(void **state)
{
    (void)state;
    assert_none("SELECT conrelid::regclass || ': ' || conname FROM pg_constraint "
                "WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'x') "
                "AND (conname ~ '_(check|key|excl)[0-9]*$' "
                "OR conname !~ ('^' || conrelid::regclass || '_[a-z]+_[a-z_0-9]+$'))");
}

static void test_the_desk_leads_every_key_so_that_tables_can_be_distributed_by_it(void **state)
{
    (void)state;
    assert_none("SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = "
                "i.indrelid JOIN pg_attribute d ON d.attrelid = c.oid AND d.attname = 'desk_id' "
                "WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique "
                "AND i.indkey[0] <> d.attnum AND i.indexrelid <> 'desk_named_once'::regclass");
    assert_none("SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = "
                "'public'::regnamespace AND c.relname NOT IN ('lineage', 'node', "
                "'schema_migration') AND NOT "
                "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = "
                "'desk_id' AND a.attnotnull)");
}

static void test_names_are_singular_and_times_know_their_zone(void **state)
{
    (void)state;
    assert_none("SELECT attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class c "
                "ON c.oid = attrelid WHERE c.relkind = 'r' AND c.relnamespace = "
                "'public'::regnamespace AND (atttypid = 'timestamp'::regtype OR (attname ~ '_at$' "
                "AND atttypid NOT IN ('timestamptz'::regtype, 'bigint'::regtype, "
                "'bigint[]'::regtype)))");
    assert_none("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
                "'public'::regnamespace AND relname ~ '[^s]s$'");
}

/* The attachments' queue is in the order of fetch_due_at, which a claim moves. */
static void test_a_claim_of_a_delivery_or_a_due_ticket_touches_no_index(void **state)
{
    (void)state;
    assert_none("SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_attribute a ON a.attrelid = "
                "i.indrelid WHERE i.indrelid IN ('delivery'::regclass, 'due'::regclass) AND "
                "a.attname IN ('claimed_until', 'claimed_by', 'attempts') AND "
                "pg_get_indexdef(i.indexrelid) ~ a.attname");
}

/* The plan of a statement in the store's session, all parameters null. */
static PGresult *plan_of(PGconn *store, const char *name, const char *text)
{
    char *sql = xasprintf("PREPARE %s AS %s", name, text);
    char *count, *nulls;
    PGresult *res;
    int i, n;

    test_db_exec(store, sql);
    free(sql);
    sql = xasprintf("SELECT cardinality(parameter_types) FROM pg_prepared_statements "
                    "WHERE name = '%s'",
                    name);
    count = test_db_value(store, sql);
    free(sql);
    n = atoi(count);
    free(count);
    nulls = xcalloc((size_t)n * 6 + 3, 1);
    for (i = 0; i < n; i++)
        strcat(nulls, i == 0 ? "(NULL" : ", NULL");
    sql = xasprintf("EXPLAIN (COSTS OFF) EXECUTE %s%s%s", name, nulls, n > 0 ? ")" : "");
    res = PQexec(store, sql);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(store));
    free(sql);
    free(nulls);
    return res;
}

/* "Index Cond: (desk_id = w.desk_id)" and no more: all of a desk for one row. */
static bool plan_line_is_bad(const char *line)
{
    const char *cond = strstr(line, "Index Cond: ");

    return strstr(line, "Seq Scan") != NULL || (cond != NULL && strstr(cond, " AND ") == NULL);
}

static void test_the_stores_look_ups_go_by_whole_keys_also_without_statistics(void **state)
{
    static const char *const names[] = { "intake_known",  "address_find",      "thread_find",
                                         "ticket_find",   "delivery_find",     "contact_lock",
                                         "ticket_lock",   "clock_read",        "participant_find",
                                         "contact_touch", "ticket_touch",      "message_edit",
                                         "thread_move",   "delivery_suppress", "delivery_receipt",
                                         "delivery_end",  "delivery_mark",     "event_happened",
                                         "due_drop",      "load_lock",         "message_move" };
    char *sql = xasprintf("%s options='%s'", conninfo, store_db_settings);
    PGconn *store = test_db_connect(sql);
    PGresult *res;
    size_t i;
    int k;

    (void)state;
    free(sql);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *file = xasprintf("%s.sql", names[i]);
        const struct embedded_file *f = embedded_find(embedded_queries, file);

        free(file);
        assert_non_null(f);
        res = plan_of(store, names[i], f->bytes);
        for (k = 0; k < PQntuples(res); k++)
            if (plan_line_is_bad(PQgetvalue(res, k, 0)))
                fail_msg("%s: %s", names[i], PQgetvalue(res, k, 0));
        PQclear(res);
    }
    /* As foreign keys ask. */
    res = plan_of(store, "of_a_ticket",
                  "SELECT 1 FROM ONLY ticket x WHERE desk_id = $1 AND ticket_id = $2");
    assert_non_null(strstr(PQgetvalue(res, 0, 0), "ticket_pkey"));
    PQclear(res);
    PQfinish(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes_that_migrate_at_once_apply_each_migration_once),
        cmocka_unit_test(test_what_must_hold_is_named_by_what_it_promises),
        cmocka_unit_test(test_the_desk_leads_every_key_so_that_tables_can_be_distributed_by_it),
        cmocka_unit_test(test_names_are_singular_and_times_know_their_zone),
        cmocka_unit_test(test_a_claim_of_a_delivery_or_a_due_ticket_touches_no_index),
        cmocka_unit_test(test_the_stores_look_ups_go_by_whole_keys_also_without_statistics),
    };
    int failed;

    conninfo = test_db_make("relevo_test_schema", 0);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (conn != NULL)
        PQfinish(conn);
    free(conninfo);
    return failed;
}
