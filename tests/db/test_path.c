/* One story through the real planner, store, due work and deliveries on a real PostgreSQL; only the
 * channel and the clock are the test's. */
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/policy_read.h"
#include "daemon/db.h"
#include "daemon/deliver.h"
#include "daemon/desk.h"
#include "daemon/due.h"
#include "daemon/intake.h"
#include "daemon/store.h"
#include "tests/support/test_db.h"

enum { START = 1800000000, SENT_MAX = 50 };

static const char policy_text[] =
    "desk: {title: Tienda Sol, language: es, zone: Europe/Madrid}\n"
    "agents:\n"
    "  ana: {name: Ana, email: ana@desk.example}\n"
    "  eva: {name: Eva, email: eva@desk.example}\n"
    "teams: {first: {members: [ana]}, second: {members: [eva]}}\n"
    "targets: {first_response: {normal: 1h, low: 1h, high: 1h, urgent: 1h}}\n"
    "escalation:\n"
    "  - name: first contact\n"
    "    text: Answer what is known.\n"
    "    team: first\n"
    "    steps: [{name: no answer, when: first_response missed, do: [level up]}]\n"
    "  - {name: specialists, team: second}\n"
    "timing: {coalesce: 10s, after_reply: 0}\n";

static struct event_base *base;
static struct db *db;
static PGconn *conn;
static struct store *store;
static struct intake *intake;
static struct due *due;
static struct deliver *deliver;
static int64_t now = START;
static int open_calls, bad_calls;
static struct store_answer answer;

/* --- the channel: takes what is sent, or fails as it is told
 * ------------------------------------------ */

static struct {
    char to[64], text[400], step_key[80], mail_id[128];
} sent[SENT_MAX];
static int sent_count;
static enum sent_outcome next_outcome = SENT_OK;

static void channel_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                         void *arg)
{
    struct sent answer_to = { .outcome = next_outcome, .words = "250 taken", .external_id = "x1" };

    (void)ch;
    next_outcome = SENT_OK;
    if (sent_count < SENT_MAX) {
        snprintf(sent[sent_count].to, sizeof(sent[0].to), "%s", out->to);
        snprintf(sent[sent_count].text, sizeof(sent[0].text), "%s", out->text);
        snprintf(sent[sent_count].step_key, sizeof(sent[0].step_key), "%s", out->step_key);
        snprintf(sent[sent_count++].mail_id, sizeof(sent[0].mail_id), "%s",
                 out->message_id == NULL ? "" : out->message_id);
    }
    done(arg, &answer_to);
}

static const struct conf_key no_keys[] = {
    { .name = "from", .type = CONF_TEXT, .fallback = "Sol <help@desk.example>", .doc = "d" },
    { .name = NULL }
};
static const struct channel_ops ops = { .kind = "webhook",
                                        .address_kind = "email",
                                        .keys = no_keys,
                                        .writes_letters = true,
                                        .send = channel_send };
static struct desk_channel from = { .channel = { .ops = &ops, .name = "mail", .channel_id = 1 } };
static struct desk_channel *channels[] = { &from };
static struct desk desk = {
    .desk_id = 1, .name = "shop", .channels = channels, .channel_count = 1, .agent_mail = &from
};
static struct desk *desk_list[] = { &desk };
static struct desks desks = { desk_list, 1 };

static int64_t test_now(void *arg)
{
    (void)arg;
    return now;
}

static void on_failed(void *arg, int64_t ticket_id, const char *words)
{
    (void)arg;
    print_error("ticket %lld: %s\n", (long long)ticket_id, words);
    bad_calls++;
}

static void on_told(void *arg, int64_t ticket_id, const char *notice, const char *state,
                    const char *words)
{
    (void)arg;
    (void)ticket_id;
    (void)notice;
    (void)state;
    (void)words;
}

static void on_taken(void *arg, int rc)
{
    (void)arg;
    open_calls--;
    bad_calls += rc != 0;
}

static void on_stored(void *arg, const struct store_answer *answers, size_t count)
{
    (void)arg;
    assert_int_equal(count, 1);
    answer = answers[0];
    answer.plan = NULL;
    open_calls--;
}

static void run_open(void)
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

/* Goes on until the condition holds; the sweeps of due work and deliveries bring it about. */
static void run_until(const char *sql, long wanted)
{
    int rounds;

    for (rounds = 0; rounds < 300 && count(sql) != wanted; rounds++)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(count(sql), wanted);
    assert_int_equal(bad_calls, 0);
}

static void customer(const char *id, const char *answers, const char *text)
{
    struct inbound *in = inbound_new();

    in->external_id = in->copy_key = in->message_id = arena_strdup(in->arena, id);
    in->sender = (struct inbound_address){ "email", "pepe@client.example", "Pepe" };
    in->subject = "Pedido";
    in->text = in->reply_text = arena_strdup(in->arena, text);
    in->in_reply_to = arena_strdup(in->arena, answers);
    in->received_at = now;
    in->language = "es";
    open_calls++;
    intake_take(intake, &from, in, on_taken, NULL);
    run_open();
}

static int64_t ticket_id(void)
{
    return count("SELECT max(ticket_id) FROM ticket");
}

static void happens(struct fact fact, const struct store_message *message)
{
    struct arena *a = arena_new();
    struct store_fact *f = arena_alloc(a, sizeof(*f));

    fact.at = now;
    fact.now = now;
    *f = (struct store_fact){
        .desk_id = 1, .ticket_id = ticket_id(), .fact = fact, .message = message
    };
    open_calls++;
    store_facts(store, a, f, 1, on_stored, NULL);
    run_open();
}

static bool was_sent(const char *to, const char *word)
{
    int i;

    for (i = 0; i < sent_count; i++)
        if (strcmp(sent[i].to, to) == 0 && strstr(sent[i].text, word) != NULL)
            return true;
    return false;
}

static void test_a_message_is_assigned_escalated_answered_solved_and_reopened(
    void **state) /* D-45 */
{
    struct store_message words = { .subject = "Re: Pedido", .text = "Ya sale hoy", .agent = "eva" };
    struct fact f = { .kind = FACT_AGENT_REPLIED,
                      .by = FACT_BY_AGENT,
                      .actor = "eva",
                      .status = TICKET_STATUS_N,
                      .priority = TICKET_PRIORITY_NONE };

    (void)state;
    customer("m1@client", NULL, "No llega");
    run_until("SELECT count(*) FROM ticket WHERE agent = 'ana'", 1);
    run_until("SELECT count(*) FROM delivery WHERE notice = 'A-01' AND state = 'sent'", 1);
    assert_true(was_sent("ana@desk.example", "Pedido"));
    assert_true(was_sent("ana@desk.example", "puede decidir este nivel: Answer what is known."));
    assert_false(was_sent("pepe@client.example", "recibido")); /* B-01: it waits */
    now = START + 10;
    run_until("SELECT count(*) FROM delivery WHERE notice = 'E-01' AND state = 'sent'", 1);
    assert_true(was_sent("pepe@client.example", "Hola Pepe"));

    now = START + 3600; /* C-18, C-20 */
    run_until("SELECT count(*) FROM ticket WHERE level = 2", 1);
    run_until("SELECT count(*) FROM ticket WHERE agent = 'eva'", 1);
    now += 10;
    run_until("SELECT count(*) FROM delivery WHERE notice = 'E-09' AND state = 'sent'", 1);
    assert_int_equal(count("SELECT count(*) FROM target_clock WHERE kind = 'first_response' AND "
                           "breached_at IS NOT NULL"),
                     1);

    happens(f, &words);
    assert_int_equal(answer.err.kind, ERROR_NONE);
    run_until("SELECT count(*) FROM delivery WHERE notice = 'E-06' AND state = 'sent'", 1);
    assert_true(was_sent("pepe@client.example", "Ya sale hoy"));

    now += 60;
    f.kind = FACT_STATUS_SET;
    f.status = TICKET_SOLVED;
    happens(f, NULL);
    assert_int_equal(count("SELECT count(*) FROM ticket WHERE status = 'solved'"), 1);
    now += 10;
    run_until("SELECT count(*) FROM delivery WHERE notice = 'E-15' AND state = 'sent'", 1);
    now += 60;
    customer("m2@client", sent[sent_count - 1].mail_id,
             "Sigue sin llegar"); /* by our own Message-ID alone */
    assert_int_equal(count("SELECT count(*) FROM ticket WHERE status = 'open'"), 1); /* C-10 */
    assert_int_equal(count("SELECT count(*) FROM message"), 3);
    assert_int_equal(
        count("SELECT count(DISTINCT mail_id) - count(*) FROM delivery WHERE mail_id IS NOT NULL"),
        0);
}

static void test_a_fact_that_cannot_be_is_told_and_changes_nothing(void **state)
{
    struct fact f = { .kind = FACT_HANDED_BACK,
                      .by = FACT_BY_OPERATOR,
                      .level = 1,
                      .status = TICKET_STATUS_N,
                      .priority = TICKET_PRIORITY_NONE };
    long before = count("SELECT count(*) FROM event");

    (void)state;
    happens(f, NULL); /* without a reason */
    assert_int_equal(answer.err.kind, ERROR_PERMANENT);
    assert_int_equal(count("SELECT count(*) FROM event"), before);
}

static void test_a_sink_that_does_not_take_it_gets_the_same_again_under_the_same_id(void **state)
{
    struct store_message words = { .subject = "Re: Pedido", .text = "Otra vez", .agent = "eva" };
    struct fact f = { .kind = FACT_AGENT_REPLIED,
                      .by = FACT_BY_AGENT,
                      .actor = "eva",
                      .status = TICKET_STATUS_N,
                      .priority = TICKET_PRIORITY_NONE };
    int first;

    (void)state; /* F34 */
    now += 10;   /* what still waits in its window goes first */
    run_until("SELECT count(*) FROM delivery WHERE state = 'owed'", 0);
    next_outcome = SENT_RETRY;
    first = sent_count;
    happens(f, &words);
    run_until("SELECT count(*) FROM delivery WHERE state = 'owed' AND attempts = 1 AND "
              "claimed_until IS NULL",
              1);
    now += 60;
    run_until(
        "SELECT count(*) FROM delivery WHERE notice = 'E-06' AND attempts = 2 AND state = 'sent'",
        1);
    assert_string_equal(sent[first].step_key, sent[sent_count - 1].step_key);
    assert_string_equal(sent[first].mail_id, sent[sent_count - 1].mail_id);
    assert_string_equal(sent[first].text, sent[sent_count - 1].text);
}

static void test_the_history_is_one_chain_and_every_delivery_has_its_line(void **state)
{
    (void)state;
    assert_int_equal(count("SELECT count(*) FROM (SELECT seq, row_number() OVER (PARTITION BY "
                           "ticket_id ORDER BY seq) AS n FROM event) e WHERE seq <> n"),
                     0);
    assert_int_equal(count("SELECT count(*) FROM event e WHERE cause > seq"), 0);
    assert_int_equal(
        count("SELECT count(*) FROM event WHERE kind = 'notice_planned'"),
        count("SELECT count(*) FROM delivery WHERE recipient = 'customer' AND automatic"));
}

/* C-16 */
static void test_spam_hears_nothing_takes_what_follows_and_goes_on_if_it_was_none(void **state)
{
    struct fact f = { .kind = FACT_MARKED_SPAM,
                      .by = FACT_BY_AGENT,
                      .actor = "ana",
                      .status = TICKET_STATUS_N,
                      .priority = TICKET_PRIORITY_NONE };

    (void)state;
    customer("m8@client", NULL, "Ha ganado un premio");
    happens(f, NULL);
    assert_int_equal(answer.err.kind, ERROR_NONE);
    now += 60;
    customer("m9@client", "m8@client", "¿No lo quiere?");
    now += 60;
    run_until("SELECT count(*) FROM delivery WHERE state = 'owed'", 0);
    assert_int_equal(count("SELECT count(*) FROM ticket"), 2); /* no follow-up */
    assert_int_equal(
        count("SELECT count(*) FROM delivery WHERE notice ~ '^E' AND state <> 'suppressed' AND "
              "ticket_id = (SELECT max(ticket_id) FROM ticket)"),
        0);
    assert_int_equal(count("SELECT count(*) FROM target_clock WHERE ended_at IS NULL AND "
                           "ticket_id = (SELECT max(ticket_id) FROM ticket)"),
                     0);
    assert_int_equal(count("SELECT count(*) FROM report_tickets WHERE automatic"), 1);
    f.kind = FACT_STATUS_SET;
    f.status = TICKET_OPEN;
    happens(f, NULL);
    assert_int_equal(answer.err.kind, ERROR_NONE);
    assert_int_equal(count("SELECT count(*) FROM target_clock WHERE kind = 'first_response' AND "
                           "instance = 2 AND ended_at IS NULL AND due_at IS NOT NULL AND "
                           "ticket_id = (SELECT max(ticket_id) FROM ticket)"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM report_tickets WHERE automatic"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_message_is_assigned_escalated_answered_solved_and_reopened),
        cmocka_unit_test(test_a_fact_that_cannot_be_is_told_and_changes_nothing),
        cmocka_unit_test(test_a_sink_that_does_not_take_it_gets_the_same_again_under_the_same_id),
        cmocka_unit_test(test_spam_hears_nothing_takes_what_follows_and_goes_on_if_it_was_none),
        cmocka_unit_test(test_the_history_is_one_chain_and_every_delivery_has_its_line),
    };
    char *conninfo = test_db_make("relevo_test_path", 1);
    struct conf_errors errors = { 0 };
    struct conf_file *conf = NULL;
    struct db *general;
    int failed;

    if (policy_read("policy.yaml", span_of(policy_text), NULL, NULL, &desk.policy, &errors) < 0 ||
        conf_read(no_keys, "channel", span_of("{}"), NULL, NULL, &conf, &errors) < 0) {
        print_error("%s\n", errors.lines[0]);
        return 1;
    }
    desk.policy.policy->version = 1;
    from.channel.conf = conf_root(conf);
    from.desk = &desk;
    conn = test_db_connect(conninfo);
    test_db_exec(conn, "INSERT INTO desk VALUES (1, 'shop', decode(repeat('00', 32), 'hex'))");
    test_db_exec(conn, "INSERT INTO channel (desk_id, name, kind) VALUES (1, 'mail', 'webhook')");
    base = event_base_new();
    db = db_new(base, conninfo, "store",
                "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c "
                "enable_bitmapscan=off -c jit=off -c plan_cache_mode=force_generic_plan",
                NULL, NULL);
    general = db_new(base, conninfo, "general", NULL, NULL, NULL);
    store = store_new(db, &desks, test_now, NULL);
    intake = intake_new(store);
    due = due_new(general, &desks, store, "test", test_now, on_failed, NULL);
    deliver = deliver_new(general, &desks, store, "test", test_now, on_told, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    due_stop(due);
    deliver_stop(deliver);
    while (due_is_busy(due))
        event_base_loop(base, EVLOOP_ONCE);
    db_free(general);
    deliver_free(deliver);
    due_free(due);
    intake_free(intake);
    store_free(store);
    db_free(db);
    event_base_free(base);
    policy_file_clear(&desk.policy);
    conf_file_free(conf);
    PQfinish(conn);
    free(conninfo);
    return failed;
}
