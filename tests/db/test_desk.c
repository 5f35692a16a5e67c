#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/token.h"
#include "daemon/config.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/sink.h"
#include "tests/support/test_db.h"

static struct event_base *base;
static struct db *db;
static PGconn *conn;
static struct error seen;
static int dones;

static void on_done(void *arg, const struct error *err)
{
    (void)arg;
    seen = *err;
    dones++;
}

static void run(int wanted)
{
    while (dones < wanted)
        event_base_loop(base, EVLOOP_ONCE);
}

static struct config *configure(const char *text)
{
    char path[] = "/tmp/relevo-desk-XXXXXX";
    struct conf_errors errors = { 0 };
    struct config *c = NULL;
    int fd = mkstemp(path);

    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    if (config_load(path, &c, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    unlink(path);
    return c;
}

static void test_a_configuration_without_channels_serves_no_desk(void **state)
{
    struct config *c = configure("database: x\n");
    struct desks desks = { 0 };

    (void)state;
    dones = 0;
    desks_load(db, c, &desks, on_done, NULL);
    run(1);
    assert_int_equal(seen.kind, ERROR_NONE);
    assert_int_equal(desks.count, 0);
    config_free(c);
}

static void test_a_newer_policy_is_taken_and_one_that_cannot_be_read_leaves_the_old_in_force(
    void **state)
{
    static struct desk desk = { .desk_id = 1, .name = "main" };
    struct desk *list[] = { &desk };
    struct desks desks = { list, 1 };

    (void)state;
    test_db_exec(
        conn,
        "INSERT INTO desk VALUES (1, 'main', decode(repeat('00', 32), 'hex'));"
        "INSERT INTO policy_version VALUES (1, 1, 'escalation: [{name: one}]', '', now(), 'test');"
        "UPDATE desk SET policy_version = 1");
    dones = 0;
    desks_reload_policies(db, &desks, on_done, NULL);
    run(1);
    assert_int_equal(seen.kind, ERROR_NONE);
    assert_int_equal(desk.policy.policy->version, 1);
    test_db_exec(conn, "INSERT INTO policy_version VALUES (1, 2, 'escalation: [{name: one, nmae: "
                       "one}]', '', now(), 'test');"
                       "UPDATE desk SET policy_version = 2");
    desks_reload_policies(db, &desks, on_done, NULL);
    run(2);
    assert_int_equal(seen.kind, ERROR_CONFIG);
    assert_non_null(strstr(seen.text, "policy of desk main, version 2:1:26: no such key: nmae"));
    assert_int_equal(desk.policy.policy->version, 1);
    test_db_exec(conn, "INSERT INTO policy_version VALUES (1, 3, 'escalation: [{name: one}, {name: "
                       "two}]', '', now(), 'test');"
                       "UPDATE desk SET policy_version = 3");
    desks_reload_policies(db, &desks, on_done, NULL);
    run(3);
    assert_int_equal(desk.policy.policy->level_count, 2);
    policy_file_clear(&desk.policy);
}

/* What is in force is there once: what it remembers (whose pattern was told of) stays. */
static void test_a_policy_that_is_asked_for_twice_at_once_is_taken_once(void **state)
{
    static struct desk desk = { .desk_id = 1, .name = "main" };
    struct desk *list[] = { &desk };
    struct desks desks = { list, 1 };
    const struct policy *first;

    (void)state;
    dones = 0;
    desks_reload_policies(db, &desks, on_done, NULL);
    desks_reload_policies(db, &desks, on_done, NULL);
    run(1);
    assert_int_equal(dones, 1);
    first = desk.policy.policy;
    assert_non_null(first);
    run(2);
    assert_ptr_equal(desk.policy.policy, first);
    policy_file_clear(&desk.policy);
}

/* As the letters themselves say it: that is how they come back (S-16). */
static void test_a_desk_knows_its_own_addresses_as_its_letters_say_them(void **state)
{
    struct config *c =
        configure("database: x\n"
                  "agents: {mail: team}\n"
                  "channels:\n"
                  "  hook: {kind: webhook, secret: {file: /x}, smtp: letters}\n"
                  "  letters: {kind: smtp, host: a.b, from: 'Sol <Help@Desk.Example>'}\n"
                  "  team: {kind: smtp, host: a.b, from: equipo@espa\xc3\xb1"
                  "a.example}\n");
    struct arena *a = arena_new();
    struct desks desks = { 0 };

    (void)state;
    dones = 0;
    desks_load(db, c, &desks, on_done, NULL);
    run(1);
    assert_int_equal(seen.kind, ERROR_NONE);
    assert_int_equal(desks.count, 1);
    assert_string_equal(desk_own_addresses(desks.desk[0], a),
                        "Help@desk.example equipo@xn--espaa-rta.example");
    assert_true(desk_is_own(desks.desk[0], "help@DESK.example", a));
    assert_true(desk_is_own(desks.desk[0], "equipo@xn--espaa-rta.example", a)); /* any of them */
    assert_false(desk_is_own(desks.desk[0], "help@desk.example.org", a));
    assert_string_equal(sink_domain(a, desk_channel_by_name(desks.desk[0], "team")),
                        "xn--espaa-rta.example");
    desks_clear(&desks);
    arena_free(a);
    config_free(c);
}

/* RFC 5321 4.5.3.1.1: what is before the @ has 64 bytes. Its answers come to the mailbox itself,
 * and are known by the Message-ID, which has the token too. */
static void test_a_mailbox_with_a_long_name_gets_its_answers_without_a_token(void **state)
{
    static const struct {
        const char *from;
        bool has_token;
    } cases[] = { { "twenty-three-is-enough-@b.example", true },
                  { "twenty-four-letters-long@b.example", false } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct planned_delivery planned = { .to = PLANNED_CUSTOMER, .notice = NOTICE_REPLY };
        struct arena *a = arena_new();
        struct config *c = configure(
            arena_printf(a, "database: x\nchannels: {letters: {kind: smtp, host: a.b, from: %s}}\n",
                         cases[i].from));
        struct ticket *t = arena_alloc(a, sizeof(*t));
        struct contact who = { 0 };
        struct sink_return_path path = { .address_kind = "email", .address = "x@y.example" };
        struct sink_words words = { .author_name = "Ana", .text = "Ya sale" };
        struct desks desks = { 0 };
        struct sink_delivery out;
        char token[TOKEN_CHARS + 1];

        dones = 0;
        desks_load(db, c, &desks, on_done, NULL);
        run(1);
        t->ticket_id = 42;
        t->subject = "";
        path.channel_id = desk_channel_by_name(desks.desk[0], "letters")->channel.channel_id;
        sink_make(desks.desk[0], 7, t, &who, &path, &planned, &words, 1800000000, NULL, a, &out);
        token_make(desks.desk[0]->token_key, 42, "x@y.example", token);
        assert_string_equal(out.state, "owed");
        assert_non_null(strstr(out.mail_id, token));
        assert_int_equal(out.mail_reply_to != NULL, cases[i].has_token);
        desks_clear(&desks);
        config_free(c);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_configuration_without_channels_serves_no_desk),
        cmocka_unit_test(
            test_a_newer_policy_is_taken_and_one_that_cannot_be_read_leaves_the_old_in_force),
        cmocka_unit_test(test_a_policy_that_is_asked_for_twice_at_once_is_taken_once),
        cmocka_unit_test(test_a_desk_knows_its_own_addresses_as_its_letters_say_them),
        cmocka_unit_test(test_a_mailbox_with_a_long_name_gets_its_answers_without_a_token),
    };
    char *conninfo = test_db_make("relevo_test_desk", 1);
    int failed;

    conn = test_db_connect(conninfo);
    base = event_base_new();
    db = db_new(base, conninfo, "test", NULL, NULL, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    db_free(db);
    event_base_free(base);
    PQfinish(conn);
    free(conninfo);
    return failed;
}
