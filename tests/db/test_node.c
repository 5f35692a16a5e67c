/* What a dead process had claimed is done by the others; who lives keeps what he claimed. */
#include <event2/event.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/embedded.h"
#include "daemon/db.h"
#include "daemon/node.h"
#include "tests/support/cut.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

enum { LONG_S = 3600 };
#define LATE_S "600"

/* A daemon, as far as it claims and is watched. */
struct process {
    struct db *db;
    struct node *node;
    const char *holder;
    char gone[20]; /* whose claims it gave back last, and how many */
    int64_t claims;
};

static struct house h;

static void process_on_gone(void *arg, const char *holder, int64_t claims)
{
    struct process *p = arg;

    snprintf(p->gone, sizeof(p->gone), "%s", holder);
    p->claims = claims;
}

static void process_begin(struct process *p, const char *holder, const char *conninfo, int silent_s)
{
    *p = (struct process){ .holder = holder };
    p->db = db_new(h.base, conninfo, holder, NULL, NULL, NULL);
    p->node = node_new(p->db, holder, h.now, silent_s, process_on_gone, p);
}

/* Nothing is given up in order: so ends a process that is killed, too. */
static void process_end(struct process *p)
{
    db_free(p->db);
    node_free(p->node);
}

static void process_run(struct process *p)
{
    while (db_line_length(p->db) > 0)
        event_base_loop(h.base, EVLOOP_ONCE);
}

/* All that is there to be claimed. */
static void process_claim(struct process *p)
{
    struct arena *a = arena_new();
    struct db_value now = db_time(a, h.now), many = db_int(a, 100), long_s = db_int(a, LONG_S);
    struct db_value holder = db_text(p->holder), desks = db_text("{1}"), sink = db_text("{1}");
    struct db_value delivery[] = { now, many,         long_s, holder, desks, sink, db_text("{100}"),
                                   now, db_text("{}") };
    struct db_value other[] = { now, many, long_s, desks, holder };

    db_query(p->db, "delivery_claim", delivery, 9, NULL, NULL);
    db_query(p->db, "due_claim", other, 5, NULL, NULL);
    db_query(p->db, "attachment_claim", other, 5, NULL, NULL);
    arena_free(a);
    process_run(p);
}

/* Of each kind one: a delivery, a due ticket, an attachment. */
static int owe(void **state)
{
    static int customers;
    char *name = xasprintf("%d@client.example", ++customers);
    struct inbound *in = house_mail(&h, name, name, NULL);

    (void)state;
    free(name);
    test_db_exec(h.conn, "DELETE FROM delivery; DELETE FROM due; DELETE FROM attachment; "
                         "DELETE FROM node");
    in->attachments = arena_array(in->arena, 1, sizeof(*in->attachments));
    in->attachments[0] = (struct inbound_attachment){ .content_type = "image/jpeg",
                                                      .size = -1,
                                                      .url = "https://x.example/1" };
    in->attachment_count = 1;
    house_give(&h, 1, in);
    h.now += 60;
    test_db_exec(h.conn, "DELETE FROM delivery WHERE recipient <> 'customer'; "
                         "UPDATE due SET wake_at = to_timestamp(1800000000)");
    return 0;
}

static const char claimed[] =
    "SELECT concat_ws(' ', (SELECT string_agg(claimed_by, ',') FROM delivery), "
    "(SELECT string_agg(claimed_by, ',') FROM due), "
    "(SELECT string_agg(claimed_by, ',') FROM attachment))";
/* Other tests lock in other databases of this cluster. */
static const char locks[] =
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())";

/* Who is gone in the eyes of a node whose silence is so long; "": nobody. */
static void assert_gone(int silent_s, const char *holder)
{
    const struct embedded_file *f = embedded_find(embedded_queries, "node_gone.sql");
    char *seconds = xasprintf("%d", silent_s);
    const char *values[] = { seconds, LATE_S };
    PGresult *res = PQexecParams(h.conn, f->bytes, 2, NULL, values, NULL, NULL, 0);

    assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
    assert_string_equal(PQntuples(res) == 0 ? "" : PQgetvalue(res, 0, 0), holder);
    PQclear(res);
    free(seconds);
}

static void say_seen(const char *holder)
{
    const struct embedded_file *f = embedded_find(embedded_queries, "node_seen.sql");
    const char *values[] = { holder, "1", "-infinity", NULL, LATE_S };
    PGresult *res = PQexecParams(h.conn, f->bytes, 5, NULL, values, NULL, NULL, 0);

    assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
    PQclear(res);
}

/* Waits until the server knows that no session stands for the holder any more. */
static void wait_for_the_end_of(const char *holder)
{
    char *sql = xasprintf("SELECT pg_advisory_lock(hashtextextended('%s', 0)); "
                          "SELECT pg_advisory_unlock_all()",
                          holder);

    test_db_exec(h.conn, sql);
    free(sql);
}

/* --- the tests
 * ------------------------------------------------------------------------------------------ */

static _Noreturn void claim_and_pause(void)
{
    struct process p;

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would go on with it */
    h.base = event_base_new();
    process_begin(&p, "first", h.conninfo, LONG_S);
    process_claim(&p);
    raise(SIGSTOP);
    _exit(0);
}

static void test_a_paused_process_keeps_what_it_claimed_and_a_killed_one_does_not(void **state)
{
    struct process other;
    pid_t pid = fork();
    int status;

    (void)state;
    if (pid == 0)
        claim_and_pause();
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    test_db_exec(h.conn, "UPDATE node SET seen_at = '-infinity'");
    process_begin(&other, "other", h.conninfo, 0);
    process_run(&other);
    process_claim(&other);
    assert_string_equal(other.gone, "");
    house_says(&h, claimed, "first first first");

    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    wait_for_the_end_of("first");
    house_wait(&h, "SELECT count(*) FROM node WHERE watched", 1);
    process_run(&other);
    assert_string_equal(other.gone, "first");
    assert_int_equal(other.claims, 3);
    house_says(&h, claimed, "");
    process_claim(&other);
    house_says(&h, claimed, "other other other");
    process_end(&other);
}

static void test_a_lost_connection_that_comes_back_in_time_costs_no_claim(void **state)
{
    struct cut *cut = cut_new(h.base, h.conninfo);
    struct process p;

    (void)state;
    process_begin(&p, "first", cut_conninfo(cut), LONG_S);
    process_claim(&p);
    cut_at(cut, "node_seen", CUT_BEFORE);
    while (cut_count(cut) == 0)
        event_base_loop(h.base, EVLOOP_ONCE);
    wait_for_the_end_of("first");
    test_db_exec(h.conn, "UPDATE node SET seen_at = 'infinity'"); /* heard of just now */
    assert_gone(0, "");
    house_wait(&h, locks, 1); /* it is back */
    test_db_exec(h.conn, "UPDATE node SET seen_at = '-infinity'");
    assert_gone(0, "");
    house_says(&h, claimed, "first first first");
    process_end(&p);
    cut_free(cut);
}

/* As after the database's own restart, which ends all sessions while everybody lives. */
static void test_whose_own_session_is_young_takes_nobody_for_dead(void **state)
{
    struct process p;

    (void)state;
    process_begin(&p, "first", h.conninfo, LONG_S);
    process_claim(&p);
    process_end(&p);
    wait_for_the_end_of("first");
    test_db_exec(h.conn, "UPDATE node SET seen_at = '-infinity'");
    assert_gone(LONG_S, "");
    house_says(&h, claimed, "first first first");
    assert_gone(0, "first");
    house_says(&h, claimed, "");
    assert_gone(0, ""); /* and it is told once */
}

/* "first" is killed, and so are two after it, before they are old enough to judge: the one from two
 * hours ago to half an hour ago, the other `from` then until just now. */
static void three_short_lives(const char *from)
{
    struct process p;
    char *sql = xasprintf("UPDATE node SET seen_at = '-infinity'; INSERT INTO node (name, version, "
                          "started_at, seen_at, unbroken_since) VALUES "
                          "('second', '1', now(), now() - interval '30 min', "
                          "now() - interval '2 hours'), "
                          "('third', '1', now(), now(), now() - interval '%s')",
                          from);

    process_begin(&p, "first", h.conninfo, LONG_S);
    process_claim(&p);
    process_end(&p);
    wait_for_the_end_of("first");
    test_db_exec(h.conn, sql);
    free(sql);
    say_seen("fourth");
}

static void test_who_is_killed_again_and_again_follows_itself(void **state) /* F03 */
{
    (void)state;
    three_short_lives("30 min");
    test_db_exec(h.conn,
                 "UPDATE node SET seen_at = now() - interval '65 min' WHERE name = 'first'");
    assert_gone(LONG_S, ""); /* the database may have been away until somebody was late */
    test_db_exec(h.conn,
                 "UPDATE node SET seen_at = now() - interval '75 min' WHERE name = 'first'");
    assert_gone(LONG_S, "first");
    house_says(&h, claimed, "");
}

/* A while in which nobody said anything: the database may have been away, and everybody lives. */
static void test_lives_with_a_pause_between_them_take_nobody_for_dead(void **state)
{
    (void)state;
    three_short_lives("19 min");
    assert_gone(LONG_S, "");
    test_db_exec(h.conn,
                 "UPDATE node SET unbroken_since = NULL"); /* as the version before says it */
    assert_gone(LONG_S, "");
    house_says(&h, claimed, "first first first");
}

static void test_all_who_are_gone_are_followed_at_one_look(void **state) /* F03 */
{
    struct process p;

    (void)state;
    test_db_exec(h.conn, "INSERT INTO node (name, version, started_at, seen_at, watched) "
                         "SELECT n, '1', '-infinity', '-infinity', true FROM generate_series(1, 3) "
                         "n; UPDATE due SET claimed_by = '3'");
    process_begin(&p, "fourth", h.conninfo, 0);
    process_run(&p);
    house_says(&h, "SELECT count(*) FROM node WHERE watched AND name <> 'fourth'", "0");
    house_says(&h, claimed, "");
    process_end(&p);
}

static void test_signs_of_life_are_unbroken_while_none_comes_late(void **state)
{
    static const char since[] = "SELECT unbroken_since <= now() - interval '2 hours' FROM node";

    (void)state;
    test_db_exec(h.conn, "INSERT INTO node (name, version, started_at, seen_at, unbroken_since) "
                         "VALUES ('first', '1', now(), now() - interval '1 min', "
                         "now() - interval '2 hours')");
    say_seen("first");
    house_says(&h, since, "t");
    test_db_exec(h.conn, "UPDATE node SET seen_at = now() - interval '11 min'");
    say_seen("first");
    house_says(&h, since, "f");
    /* The database's clock was put back. */
    test_db_exec(h.conn, "UPDATE node SET seen_at = now() + interval '2 hours', "
                         "unbroken_since = now() + interval '1 hour'");
    say_seen("first");
    house_says(&h, "SELECT unbroken_since = seen_at FROM node", "t");
}

static void test_a_process_that_was_taken_for_dead_is_watched_again(void **state)
{
    struct process p;

    (void)state;
    process_begin(&p, "first", h.conninfo, LONG_S);
    process_run(&p);
    test_db_exec(h.conn, "UPDATE node SET watched = false");
    house_wait(&h, "SELECT count(*) FROM node WHERE watched", 1);
    process_end(&p);
}

static void test_a_daemon_that_holds_no_lock_by_its_age_keeps_what_it_claimed(void **state)
{
    (void)state; /* of the version before, beside ours */
    test_db_exec(h.conn, "INSERT INTO node (name, version, started_at, seen_at) "
                         "VALUES ('old', '0', '-infinity', '-infinity'); "
                         "UPDATE delivery SET claimed_by = 'old', claimed_until = 'infinity'");
    assert_gone(0, "");
    house_says(&h, claimed, "old");
}

/* The lines of its plan that hold `words`. */
static int plan_lines(const char *words, const char *unless)
{
    const struct embedded_file *f = embedded_find(embedded_queries, "node_gone.sql");
    char *sql = xasprintf("DEALLOCATE ALL; PREPARE node_gone AS %s", f->bytes);
    PGresult *res;
    int i, n = 0;

    test_db_exec(h.conn, sql);
    free(sql);
    res = PQexec(h.conn, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE node_gone(0, 0)");
    assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
    for (i = 0; i < PQntuples(res); i++) {
        const char *line = PQgetvalue(res, i, 0);

        n += strstr(line, words) != NULL && strstr(line, unless) == NULL;
    }
    PQclear(res);
    return n;
}

static void test_no_claim_is_looked_at_while_nobody_is_gone_and_then_only_what_is_owed(void **state)
{
    (void)state;
    test_db_exec(h.conn,
                 "INSERT INTO delivery (desk_id, delivery_id, ticket_id, notice, step_key, "
                 "recipient, address, subject, text, automatic, level, state, due_at) "
                 "SELECT 1, 1000000 + n, 1, 'E-01', 'sent/' || n, 'customer', '', '', '', true, "
                 "1, 'sent', now() FROM generate_series(1, 3000) n; ANALYZE delivery");
    assert_int_equal(plan_lines("Scan on delivery", "never executed"), 0);
    assert_int_equal(plan_lines("Scan on due", "never executed"), 0);
    assert_int_equal(plan_lines("Scan on attachment", "never executed"), 0);
    test_db_exec(h.conn, "INSERT INTO node (name, version, started_at, seen_at, watched) "
                         "VALUES ('dead', '0', '-infinity', '-infinity', true)");
    assert_int_equal(plan_lines("delivery_owed_idx", "never executed"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            test_a_paused_process_keeps_what_it_claimed_and_a_killed_one_does_not, owe),
        cmocka_unit_test_setup(test_a_lost_connection_that_comes_back_in_time_costs_no_claim, owe),
        cmocka_unit_test_setup(test_whose_own_session_is_young_takes_nobody_for_dead, owe),
        cmocka_unit_test_setup(test_who_is_killed_again_and_again_follows_itself, owe),
        cmocka_unit_test_setup(test_lives_with_a_pause_between_them_take_nobody_for_dead, owe),
        cmocka_unit_test_setup(test_all_who_are_gone_are_followed_at_one_look, owe),
        cmocka_unit_test_setup(test_signs_of_life_are_unbroken_while_none_comes_late, owe),
        cmocka_unit_test_setup(test_a_process_that_was_taken_for_dead_is_watched_again, owe),
        cmocka_unit_test_setup(test_a_daemon_that_holds_no_lock_by_its_age_keeps_what_it_claimed,
                               owe),
        cmocka_unit_test_setup(
            test_no_claim_is_looked_at_while_nobody_is_gone_and_then_only_what_is_owed, owe),
    };
    int failed;

    house_begin(&h, "relevo_test_node", house_policy, NULL);
    test_db_exec(h.conn, "SET lock_timeout = '1min'");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    house_end(&h);
    return failed;
}
