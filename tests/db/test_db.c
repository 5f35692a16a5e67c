#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/embedded.h"
#include "daemon/db.h"
#include "daemon/migrate.h"
#include "tests/support/test_db.h"

struct seen {
    struct event_base *base;
    struct db_job *job;
    int answers, dones;
    enum error_kind kind;
    char sqlstate[6];
    int64_t value;
};

static int db_setup(void **state)
{
    *state = test_db_make("relevo_db", 1);
    return 0;
}

static int db_teardown(void **state)
{
    free(*state);
    return 0;
}

static void on_done(void *arg, const struct db_answer *answer)
{
    struct seen *s = arg;

    s->dones++;
    s->kind = answer->err.kind;
    memcpy(s->sqlstate, answer->sqlstate, 6);
    if (answer->res != NULL && PQntuples(answer->res) > 0)
        s->value = db_cell_int(answer->res, 0, 0);
    event_base_loopbreak(s->base);
}

static void run(struct db *db, struct seen *s, int dones)
{
    (void)db;
    while (s->dones < dones)
        event_base_dispatch(s->base);
}

static void desk_make(struct db_job *job, const char *id, const char *name, db_answer_fn *done,
                      void *arg)
{
    static const char key[32] = "0123456789012345678901234567890";
    struct db_value v[] = { db_text(id), db_text(name), db_bytes((struct span){ key, 32 }) };

    db_job_add(job, "desk_make", v, 3, done, arg);
}

static void on_answer_commit(void *arg, const struct db_answer *answer)
{
    struct seen *s = arg;

    assert_non_null(answer->res);
    s->answers++;
    desk_make(s->job, "8", "eighth", NULL, NULL);
    db_job_commit(s->job);
}

static void on_turn_two_phases(void *arg, struct db_job *job)
{
    struct seen *s = arg;

    s->job = job;
    desk_make(job, "7", "seventh", on_answer_commit, s);
    db_job_flush(job);
}

static void test_a_transaction_reads_answers_before_its_end_and_commits(void **state)
{
    struct event_base *base = event_base_new();
    struct db *db = db_new(base, *state, "test", NULL, NULL, NULL);
    struct seen s = { .base = base };

    db_transaction(db, on_turn_two_phases, on_done, &s);
    run(db, &s, 1);
    assert_int_equal(s.kind, ERROR_NONE);
    assert_int_equal(s.answers, 1);
    db_query(db, "desk_list", NULL, 0, on_done, &s);
    run(db, &s, 2);
    assert_int_equal(s.value, 7);
    db_free(db);
    event_base_free(base);
}

static void on_turn_fails(void *arg, struct db_job *job)
{
    (void)arg;
    desk_make(job, "20", "once", NULL, NULL);
    desk_make(job, "20", "twice", NULL, NULL);
    db_job_commit(job);
}

static void test_a_failed_transaction_stores_nothing_and_the_next_one_goes_on(void **state)
{
    struct event_base *base = event_base_new();
    struct db *db = db_new(base, *state, "test", NULL, NULL, NULL);
    struct seen s = { .base = base }, after = { .base = base };
    PGconn *conn;
    char *n;

    db_transaction(db, on_turn_fails, on_done, &s);
    db_query(db, "desk_list", NULL, 0, on_done, &after);
    run(db, &s, 1);
    run(db, &after, 1);
    assert_int_equal(s.kind, ERROR_PERMANENT);
    assert_string_equal(s.sqlstate, "23505");
    assert_int_equal(after.kind, ERROR_NONE);
    conn = test_db_connect(*state);
    n = test_db_value(conn, "SELECT count(*) FROM desk WHERE desk_id = 20");
    assert_string_equal(n, "0");
    free(n);
    PQfinish(conn);
    db_free(db);
    event_base_free(base);
}

static void on_turn_fails_before_its_last(void *arg, struct db_job *job)
{
    (void)arg;
    desk_make(job, "21", "once", NULL, NULL);
    desk_make(job, "21", "twice", NULL, NULL);
    db_job_add(job, "desk_list", NULL, 0, NULL, NULL); /* its Prepare is passed over */
    db_job_commit(job);
}

static void test_a_statement_behind_a_failed_one_is_prepared_when_it_is_needed_again(void **state)
{
    struct event_base *base = event_base_new();
    struct db *db = db_new(base, *state, "test", NULL, NULL, NULL);
    struct seen s = { .base = base };

    db_transaction(db, on_turn_fails_before_its_last, on_done, &s);
    run(db, &s, 1);
    assert_string_equal(s.sqlstate, "23505");
    db_query(db, "desk_list", NULL, 0, on_done, &s);
    run(db, &s, 2);
    assert_int_equal(s.kind, ERROR_NONE);
    db_free(db);
    event_base_free(base);
}

/* A migration changes what a statement gives, which this session has prepared; F50 */
static void test_what_a_migration_makes_stale_is_prepared_anew(void **state)
{
    struct event_base *base = event_base_new();
    struct db *db = db_new(base, *state, "test", NULL, NULL, NULL);
    PGconn *conn = test_db_connect(*state);
    struct seen s = { .base = base };

    db_query(db, "desk_list", NULL, 0, on_done, &s);
    run(db, &s, 1);
    assert_int_equal(s.kind, ERROR_NONE);
    test_db_exec(conn, "ALTER TABLE desk ALTER COLUMN name TYPE varchar(200)");
    db_query(db, "desk_list", NULL, 0, on_done, &s);
    run(db, &s, 2);
    assert_int_equal(s.kind, ERROR_TRANSIENT);
    db_query(db, "desk_list", NULL, 0, on_done, &s);
    run(db, &s, 3);
    assert_int_equal(s.kind, ERROR_NONE);
    test_db_exec(conn, "ALTER TABLE desk ALTER COLUMN name TYPE text");
    PQfinish(conn);
    db_free(db);
    event_base_free(base);
}

/* A leader whose machine is gone says nothing at all; F14 */
static void test_a_host_that_does_not_answer_keeps_nobody_from_the_next_one(void **state)
{
    struct event_base *base = event_base_new();
    struct sockaddr_in silent = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(silent);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    PGconn *conn = test_db_connect(*state);
    struct seen s = { .base = base };
    struct db *db;
    char *hosts;

    assert_int_equal(bind(fd, (struct sockaddr *)&silent, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&silent, &len), 0);
    hosts = xasprintf("%s host=127.0.0.1,%s port=%d,%s", (char *)*state, PQhost(conn),
                      ntohs(silent.sin_port), PQport(conn));
    db = db_new(base, hosts, "test", NULL, NULL, NULL);
    db_query(db, "desk_list", NULL, 0, on_done, &s);
    run(db, &s, 1);
    assert_int_equal(s.kind, ERROR_NONE);
    db_free(db);
    free(hosts);
    close(fd);
    PQfinish(conn);
    event_base_free(base);
}

static void on_turn_is_cut(void *arg, struct db_job *job)
{
    struct seen *s = arg;
    PGconn *conn = test_db_connect((const char *)s->job);

    desk_make(job, "30", "cut", NULL, NULL);
    db_job_flush(job);
    test_db_exec(conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                       "WHERE application_name = 'cut off'");
    PQfinish(conn);
}

static void test_a_lost_connection_is_transient_and_what_waits_is_done_by_the_next(void **state)
{
    struct event_base *base = event_base_new();
    struct db *db = db_new(base, *state, "cut off", NULL, NULL, NULL);
    struct seen s = { .base = base, .job = *state }, after = { .base = base };

    db_transaction(db, on_turn_is_cut, on_done, &s); /* F08 */
    db_query(db, "desk_list", NULL, 0, on_done, &after);
    run(db, &s, 1);
    assert_int_equal(s.kind, ERROR_TRANSIENT);
    run(db, &after, 1);
    assert_int_equal(after.kind, ERROR_NONE);
    db_free(db);
    event_base_free(base);
}

static void test_an_answer_is_waited_for_as_long_as_was_said_and_no_longer(void **state)
{
    struct event_base *base = event_base_new();
    struct db *db = db_new(base, *state, "test", NULL, NULL, NULL);
    PGconn *conn = test_db_connect(*state);
    struct seen s = { .base = base }, after = { .base = base };

    test_db_exec(conn, "BEGIN");
    test_db_exec(conn, "LOCK TABLE desk");
    db_set_patience(db, 50);
    db_query(db, "desk_list", NULL, 0, on_done, &s);
    run(db, &s, 1);
    assert_int_equal(s.kind, ERROR_TRANSIENT);
    assert_string_equal(s.sqlstate, "08006"); /* given up, before the lock's own end */
    test_db_exec(conn, "COMMIT");
    db_set_patience(db, 600000);
    db_query(db, "desk_list", NULL, 0, on_done, &after);
    run(db, &after, 1);
    assert_int_equal(after.kind, ERROR_NONE);
    PQfinish(conn);
    db_free(db);
    event_base_free(base);
}

static void on_heard(void *arg, const char *payload)
{
    struct seen *s = arg;

    assert_string_equal(payload, "word");
    s->answers++;
    event_base_loopbreak(s->base);
}

static void test_a_first_statement_that_fails_does_not_make_the_session_deaf(void **state)
{
    struct event_base *base = event_base_new();
    struct db *db = db_new(base, *state, "test", NULL, NULL, NULL);
    struct seen s = { .base = base }, heard = { .base = base };
    struct db_value nobody[] = { db_text(""), db_text("word") };
    struct db_value v[] = { db_text("relevo_word"), db_text("word") };
    int i;

    db_listen(db, "relevo_word", on_heard, &heard);
    db_query(db, "notify", nobody, 2, on_done, &s);
    run(db, &s, 1);
    assert_int_equal(s.kind, ERROR_PERMANENT);
    for (i = 0; i < 2; i++) /* its own words come back with the answer, or before the next one */
        db_query(db, "notify", v, 2, on_done, &s);
    run(db, &s, 3);
    assert_true(heard.answers > 0);
    db_free(db);
    event_base_free(base);
}

static void test_two_nodes_may_migrate_and_the_second_finds_nothing_to_do(void **state)
{
    struct migrate_report r;
    struct error err;
    PGconn *conn;

    assert_int_equal(migrate_apply(*state, &r, &err), 0);
    assert_int_equal(r.before, r.after);
    conn = test_db_connect(*state);
    test_db_exec(conn,
                 "INSERT INTO schema_migration (number, name) VALUES (9999, 'from the future')");
    assert_int_equal(migrate_apply(*state, &r, &err), -1); /* F20 */
    assert_int_equal(err.kind, ERROR_CONFIG);
    test_db_exec(conn, "DELETE FROM schema_migration WHERE number = 9999");
    PQfinish(conn);
}

static void test_every_query_can_be_prepared(void **state)
{
    PGconn *conn = test_db_connect(*state);
    size_t i;

    for (i = 0; embedded_queries[i].name != NULL; i++) {
        PGresult *res =
            PQprepare(conn, embedded_queries[i].name, embedded_queries[i].bytes, 0, NULL);

        if (PQresultStatus(res) != PGRES_COMMAND_OK)
            fail_msg("%s: %s", embedded_queries[i].name, PQerrorMessage(conn));
        PQclear(res);
    }
    PQfinish(conn);
}

static void test_array_elements_come_back_as_they_went(void **state)
{
    struct arena *a = arena_new();
    struct db_array d = { 0 };
    PGconn *conn = test_db_connect(*state);
    const char *values[1];
    PGresult *res;

    db_array_text(&d, "a\"b\\c,{}");
    db_array_text(&d, NULL);
    db_array_text(&d, "NULL");
    db_array_text(&d, "");
    values[0] = db_array_end(&d, a).ptr;
    res =
        PQexecParams(conn, "SELECT x FROM unnest($1::text[]) AS x", 1, NULL, values, NULL, NULL, 0);
    assert_int_equal(PQntuples(res), 4);
    assert_string_equal(PQgetvalue(res, 0, 0), "a\"b\\c,{}");
    assert_true(PQgetisnull(res, 1, 0));
    assert_string_equal(PQgetvalue(res, 2, 0), "NULL");
    assert_string_equal(PQgetvalue(res, 3, 0), "");
    PQclear(res);
    PQfinish(conn);
    arena_free(a);
}

struct ending {
    struct seen s;
    const char *conninfo;
};

/* The server's process is gone before the first statement, and nobody has heard of it yet. */
static void send_to_nobody(struct ending *e)
{
    static char name[1 << 20];
    PGconn *conn = test_db_connect(e->conninfo);
    int i;

    free(test_db_value(conn, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE "
                             "application_name = 'without a server'"));
    PQfinish(conn);
    memset(name, 'x', sizeof(name) - 1);
    for (i = 0; i < 64; i++)
        desk_make(e->s.job, "7", name, NULL, NULL);
    db_job_flush(e->s.job);
    db_job_commit(e->s.job);
}

/* Whoever is paused here (a process stopped, a machine frozen) sends no more. */
static void on_turn_is_paused(void *arg, struct db_job *job)
{
    struct seen *s = arg;

    s->job = job;
    desk_make(job, "30", "thirtieth", NULL, NULL);
    db_job_flush(job);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    fail_msg("the server still waits for what follows");
}

static void on_turn_takes_the_same(void *arg, struct db_job *job)
{
    (void)arg;
    desk_make(job, "30", "thirtieth", NULL, NULL);
    db_job_commit(job);
}

static void test_the_locks_of_a_transaction_that_stands_still_are_given_back(void **state)
{
    struct event_base *base = event_base_new();
    struct db *paused =
        db_new(base, *state, "paused", "-c idle_in_transaction_session_timeout=100ms", NULL, NULL);
    struct db *other = db_new(base, *state, "other", NULL, NULL, NULL);
    struct event *late = evtimer_new(base, on_late, NULL);
    struct seen s = { .base = base }, next = { .base = base };
    struct timeval limit = { 20, 0 };

    event_add(late, &limit);
    db_transaction(paused, on_turn_is_paused, on_done, &s);
    run(paused, &s, 1);
    assert_int_equal(s.kind, ERROR_TRANSIENT);
    db_transaction(other, on_turn_takes_the_same, on_done, &next);
    run(other, &next, 1);
    assert_int_equal(next.kind, ERROR_NONE);
    event_free(late);
    db_free(paused);
    db_free(other);
    event_base_free(base);
}

static void on_turn_without_a_server(void *arg, struct db_job *job)
{
    struct ending *e = arg;

    e->s.job = job;
    send_to_nobody(e);
}

static void on_answer_without_a_server(void *arg, const struct db_answer *answer)
{
    (void)answer;
    send_to_nobody(arg);
}

static void on_turn_asks_first(void *arg, struct db_job *job)
{
    struct ending *e = arg;

    e->s.job = job;
    db_job_add(job, "desk_list", NULL, 0, on_answer_without_a_server, e);
    db_job_flush(job);
}

static void test_a_connection_that_breaks_while_much_is_sent_ends_the_transaction_once(void **state)
{
    void (*const ways[])(void *arg, struct db_job *job) = { on_turn_without_a_server,
                                                            on_turn_asks_first };
    size_t i;

    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) { /* F07 */
        struct event_base *base = event_base_new();
        struct ending e = { .s = { .base = base }, .conninfo = *state };
        struct db *db = db_new(base, *state, "without a server", NULL, NULL, NULL);

        db_transaction(db, ways[i], on_done, &e);
        run(db, &e.s, 1);
        assert_int_equal(e.s.kind, ERROR_TRANSIENT);
        assert_int_equal(e.s.dones, 1);
        db_free(db);
        event_base_free(base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_query_can_be_prepared),
        cmocka_unit_test(test_a_transaction_reads_answers_before_its_end_and_commits),
        cmocka_unit_test(test_a_failed_transaction_stores_nothing_and_the_next_one_goes_on),
        cmocka_unit_test(test_a_statement_behind_a_failed_one_is_prepared_when_it_is_needed_again),
        cmocka_unit_test(test_what_a_migration_makes_stale_is_prepared_anew),
        cmocka_unit_test(test_a_host_that_does_not_answer_keeps_nobody_from_the_next_one),
        cmocka_unit_test(test_a_lost_connection_is_transient_and_what_waits_is_done_by_the_next),
        cmocka_unit_test(test_the_locks_of_a_transaction_that_stands_still_are_given_back),
        cmocka_unit_test(test_an_answer_is_waited_for_as_long_as_was_said_and_no_longer),
        cmocka_unit_test(test_a_first_statement_that_fails_does_not_make_the_session_deaf),
        cmocka_unit_test(test_two_nodes_may_migrate_and_the_second_finds_nothing_to_do),
        cmocka_unit_test(test_array_elements_come_back_as_they_went),
        cmocka_unit_test(
            test_a_connection_that_breaks_while_much_is_sent_ends_the_transaction_once),
    };

    return cmocka_run_group_tests(tests, db_setup, db_teardown);
}
