#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/intake.h"
#include "daemon/store.h"
#include "tests/support/test_db.h"

static struct event_base *base;
static struct db *db;
static PGconn *conn;
static struct store *store;
static struct intake *intake;
static int open_calls, bad_calls;

static const struct channel_ops ops = { .kind = "webhook", .address_kind = "email" };
static struct desk_channel from = { .channel = { .ops = &ops, .name = "mail", .channel_id = 1 } };
static struct desk_channel *channels[] = { &from };
static struct policy_level level = { .level = 1,
                                     .name = "one",
                                     .team = -1,
                                     .calendar = -1,
                                     .ack = { .seconds = -1 },
                                     .resolve = { .seconds = -1 } };
static struct policy policy = { .version = 1,
                                .desk_title = "Shop",
                                .language = "en",
                                .zone = "UTC",
                                .priority = TICKET_NORMAL,
                                .levels = &level,
                                .level_count = 1,
                                .grace_s = 86400,
                                .coalesce_s = 120 };
static struct target_policy targets;
static struct desk desk = { .desk_id = 1,
                            .name = "shop",
                            .policy = { &policy, &targets },
                            .channels = channels,
                            .channel_count = 1 };
static struct desk *desk_list[] = { &desk };
static struct desks desks = { desk_list, 1 };

static int64_t test_now(void *arg)
{
    (void)arg;
    return 1800000000;
}

static void on_done(void *arg, int rc)
{
    (void)arg;
    open_calls--;
    bad_calls += rc != 0;
}

static struct inbound *mail(const char *id, const char *who, const char *answers)
{
    struct arena *a = arena_new();
    struct inbound *in = arena_alloc(a, sizeof(*in));

    in->arena = a;
    in->external_id = in->copy_key = in->message_id = arena_strdup(a, id);
    in->sender.kind = "email";
    in->sender.value = arena_strdup(a, who);
    in->subject = "Order";
    in->text = in->reply_text = "The shop is \"down\"\\";
    in->in_reply_to = answers;
    in->received_at = 1800000000;
    return in;
}

static void take(struct inbound *in)
{
    open_calls++;
    intake_take(intake, &from, in, on_done, NULL);
}

static void run(void)
{
    while (open_calls > 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(bad_calls, 0);
}

static long count(const char *sql)
{
    char *value = test_db_value(conn, sql);
    long n = strtol(value, NULL, 10);

    free(value);
    return n;
}

static void test_answers_within_one_batch_share_the_ticket_of_their_sender(void **state)
{
    (void)state;
    take(mail("first@x", "eva@example.org", NULL)); /* flies alone; the others gather */
    take(mail("a@x", "ana@example.org", NULL));
    take(mail("b@x", "ana@example.org", "a@x"));
    take(mail("a@x", "ana@example.org", NULL));      /* T-29, T-34 */
    take(mail("c@x", "mallory@example.org", "a@x")); /* S-1, T-46 */
    run();
    assert_int_equal(count("SELECT count(*) FROM message"), 4);
    assert_int_equal(count("SELECT count(*) FROM ticket"), 3);
    assert_int_equal(count("SELECT count(*) FROM contact"), 3);
    assert_int_equal(count("SELECT count(DISTINCT ticket_id) FROM message WHERE address = "
                           "'ana@example.org'"),
                     1);
}

static void test_what_comes_again_later_has_no_second_effect(void **state) /* T-26, T-29 */
{
    (void)state;
    take(mail("b@x", "ana@example.org", "a@x"));
    take(mail("d@x", "ana@example.org", "b@x"));
    run();
    assert_int_equal(count("SELECT count(*) FROM message"), 5);
    assert_int_equal(count("SELECT count(*) FROM ticket"), 3);
    assert_int_equal(intake_counts(intake)->duplicates, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_within_one_batch_share_the_ticket_of_their_sender),
        cmocka_unit_test(test_what_comes_again_later_has_no_second_effect),
    };
    char *conninfo = test_db_make("relevo_test_store", 1);
    int failed, p, k;

    for (p = 0; p < TICKET_PRIORITY_N; p++)
        for (k = 0; k < TARGET_KIND_N; k++)
            targets.table.at[p][k] = (struct target){ .seconds = -1, .calendar = -1 };
    conn = test_db_connect(conninfo);
    test_db_exec(conn, "INSERT INTO desk VALUES (1, 'shop', decode(repeat('00', 32), 'hex'))");
    test_db_exec(conn, "INSERT INTO channel (desk_id, name, kind) VALUES (1, 'mail', 'webhook')");
    from.desk = &desk;
    base = event_base_new();
    db = db_new(base, conninfo, "test", NULL, NULL, NULL);
    store = store_new(db, &desks, test_now, NULL);
    intake = intake_new(store);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    intake_free(intake);
    store_free(store);
    db_free(db);
    event_base_free(base);
    PQfinish(conn);
    free(conninfo);
    return failed;
}
