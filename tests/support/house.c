#include "tests/support/house.h"

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
#include "tests/support/test_db.h"

enum { HOUSE_ROUNDS = 3000 };

const char house_policy[] =
    "desk: {title: Sol, language: es, zone: Europe/Madrid}\n"
    "agents:\n"
    "  ana: {name: Ana, email: ana@desk.example}\n"
    "  eva: {name: Eva, email: eva@desk.example}\n"
    "teams: {first: {members: [ana]}, second: {members: [eva]}}\n"
    "targets: {first_response: {normal: 1h, low: 1h, high: 1h, urgent: 1h}}\n"
    "escalation:\n"
    "  - name: first contact\n"
    "    team: first\n"
    "    steps: [{name: no answer, when: first_response missed, do: [level up]}]\n"
    "  - {name: specialists, team: second}\n"
    "timing: {coalesce: 10s, after_reply: 0}\n";

static const struct conf_key house_keys[] = {
    { .name = "from", .type = CONF_TEXT, .fallback = "Sol <help@desk.example>", .doc = "d" },
    { .name = "authserv_id", .type = CONF_TEXT, .doc = "d" },
    { .name = NULL }
};
struct house_sending house_sending = { .answer = { .outcome = SENT_OK, .words = "250 taken" },
                                       .room = SIZE_MAX };

static void house_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                       void *arg)
{
    struct sent answer = { .outcome = SENT_OK, .words = "250 taken" };

    (void)ch;
    if (house_sending.to == NULL || strcmp(house_sending.to, out->to) == 0)
        answer = house_sending.answer;
    if (house_sending.room != SIZE_MAX)
        house_sending.room--;
    snprintf(house_sending.text, sizeof(house_sending.text), "%s", out->text);
    if (house_sending.copies != NULL) {
        fprintf(house_sending.copies, "%s %s %s\n", out->step_key,
                out->message_id == NULL ? "-" : out->message_id, out->to);
        fflush(house_sending.copies);
    }
    house_sending.leave_by = out->leave_by;
    if (house_sending.holds) {
        house_sending.holds = false;
        house_sending.held = done;
        house_sending.held_arg = arg;
        return;
    }
    done(arg, &answer);
}
static size_t house_room(struct channel *ch)
{
    (void)ch;
    return house_sending.room;
}

static const struct channel_ops house_ops = { .kind = "webhook",
                                              .address_kind = "email",
                                              .keys = house_keys,
                                              .writes_letters = true,
                                              .send = house_send,
                                              .room = house_room };

static int64_t house_now(void *arg)
{
    return ((struct house *)arg)->now;
}

void house_node_begin(struct house *h, struct house_node *n, const char *conninfo,
                      const char *application)
{
    char *settings = xasprintf("%s %s", store_db_settings, h->settings == NULL ? "" : h->settings);

    n->db = db_new(h->base, conninfo == NULL ? h->conninfo : conninfo, application, settings, NULL,
                   NULL);
    free(settings);
    n->store = store_new(n->db, &h->desks, house_now, h);
    n->intake = intake_new(n->store);
}

void house_node_end(struct house_node *n)
{
    intake_free(n->intake);
    db_free(n->db);
    store_free(n->store);
}

static _Noreturn void house_die(const struct conf_errors *errors)
{
    print_error("%s\n", errors->lines[0]);
    exit(1);
}

void house_configure(struct house *h, int channel, const char *text)
{
    struct conf_errors errors = { 0 };
    struct conf_file **kept = &h->conf[channel - 1];

    conf_file_free(*kept);
    if (conf_read(house_keys, "channel", span_of(text), NULL, NULL, kept, &errors) < 0)
        house_die(&errors);
    h->channel[channel - 1].channel.conf = conf_root(*kept);
}

void house_begin(struct house *h, const char *name, const char *policy_text, const char *mail_conf)
{
    static const char *const names[HOUSE_CHANNELS] = { "mail", "chat" };
    struct conf_errors errors = { 0 };
    int i;

    *h = (struct house){ .now = 1800000000, .desks = { h->desk_list, 1 } };
    h->conninfo = test_db_make(name, 1);
    h->conn = test_db_connect(h->conninfo);
    test_db_exec(h->conn, "INSERT INTO desk VALUES (1, 'shop', decode(repeat('00', 32), 'hex'))");
    test_db_exec(h->conn, "INSERT INTO channel (desk_id, name, kind) "
                          "VALUES (1, 'mail', 'webhook'), (1, 'chat', 'webhook')");
    h->desk = (struct desk){ .desk_id = 1,
                             .name = "shop",
                             .channels = h->channels,
                             .channel_count = HOUSE_CHANNELS,
                             .agent_mail = &h->channel[0] };
    h->desk_list[0] = &h->desk;
    if (policy_read("policy.yaml", span_of(policy_text), NULL, NULL, &h->desk.policy, &errors) < 0)
        house_die(&errors);
    h->desk.policy.policy->version = 1;
    for (i = 0; i < HOUSE_CHANNELS; i++) {
        h->channel[i] = (struct desk_channel){
            .channel = { .ops = &house_ops, .name = names[i], .channel_id = i + 1 },
            .desk = &h->desk
        };
        h->channels[i] = &h->channel[i];
        house_configure(h, i + 1, i == 0 && mail_conf != NULL ? mail_conf : "{}");
    }
    h->base = event_base_new();
    house_node_begin(h, &h->node, NULL, "node one");
}

void house_end(struct house *h)
{
    int i;

    house_node_end(&h->node);
    event_base_free(h->base);
    policy_file_clear(&h->desk.policy);
    for (i = 0; i < HOUSE_CHANNELS; i++)
        conf_file_free(h->conf[i]);
    PQfinish(h->conn);
    free(h->conninfo);
}

struct inbound *house_mail(const struct house *h, const char *id, const char *who,
                           const char *answers)
{
    struct inbound *in = inbound_new();

    in->external_id = in->copy_key = in->message_id = arena_strdup(in->arena, id);
    in->sender = (struct inbound_address){ "email", arena_strdup(in->arena, who), "Pepe" };
    in->subject = "Pedido";
    in->text = in->reply_text = "No llega";
    in->in_reply_to = arena_strdup(in->arena, answers);
    in->received_at = h->now;
    in->language = "es";
    return in;
}

static void house_on_taken(void *arg, int rc)
{
    struct house *h = arg;

    h->open--;
    h->taken += rc == 0;
    h->refused += rc != 0;
}

void house_take(struct house *h, struct intake *intake, int channel, struct inbound *in)
{
    h->open++;
    intake_take(intake, &h->channel[channel - 1], in, house_on_taken, h);
}

void house_run(struct house *h)
{
    while (h->open > 0)
        event_base_loop(h->base, EVLOOP_ONCE);
}

void house_give(struct house *h, int channel, struct inbound *in)
{
    int refused = h->refused;

    house_take(h, h->node.intake, channel, in);
    house_run(h);
    assert_int_equal(h->refused, refused);
}

static void house_on_stored(void *arg, const struct store_answer *answers, size_t count)
{
    struct house *h = arg;

    assert_int_equal(count, 1);
    h->answer = answers[0];
    h->plan_events = answers[0].plan == NULL ? 0 : answers[0].plan->event_count;
    h->answer.plan = NULL;
    h->open--;
}

static void house_on_told(void *arg, int64_t ticket_id, const char *notice, const char *state,
                          const char *words)
{
    (void)ticket_id;
    (void)notice;
    (void)words;
    ((struct house *)arg)->told = state;
}

struct deliver *house_deliver(struct house *h, struct db *db, struct desks *desks)
{
    return deliver_new(db, desks, h->node.store, "node one", house_now, house_on_told, h);
}

void house_deliver_end(struct house *h, struct db *db, struct deliver *d)
{
    deliver_stop(d);
    while (deliver_counts(d)->in_flight > 0 || db_line_length(db) > 0)
        event_base_loop(h->base, EVLOOP_ONCE);
    deliver_free(d);
}

struct fact house_fact(enum fact_kind kind, enum fact_actor by, const char *actor)
{
    return (struct fact){ .kind = kind,
                          .by = by,
                          .actor = actor,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE };
}

void house_happens(struct house *h, int64_t ticket_id, struct fact fact,
                   const struct store_message *message)
{
    struct arena *a = arena_new();
    struct store_fact *f = arena_alloc(a, sizeof(*f));

    fact.at = h->now;
    *f = (struct store_fact){
        .desk_id = 1, .ticket_id = ticket_id, .fact = fact, .message = message
    };
    h->open++;
    store_facts(h->node.store, a, f, 1, house_on_stored, h);
    house_run(h);
}

long house_count(struct house *h, const char *sql, ...)
{
    char *text = NULL, *value;
    va_list ap;
    long n;

    va_start(ap, sql);
    if (vasprintf(&text, sql, ap) < 0)
        abort();
    va_end(ap);
    value = test_db_value(h->conn, text);
    n = strtol(value, NULL, 10);
    free(value);
    free(text);
    return n;
}

void house_says(struct house *h, const char *sql, const char *word)
{
    char *value = test_db_value(h->conn, sql);
    bool same = strcmp(value, word) == 0;

    if (!same)
        print_error("%s\nsays   %s\nand not %s\n", sql, value, word);
    free(value);
    assert_true(same);
}

void house_wait(struct house *h, const char *sql, long wanted)
{
    const struct timeval pause = { 0, 10000 };
    int rounds;

    for (rounds = 0; rounds < HOUSE_ROUNDS && house_count(h, "SELECT (%s)", sql) != wanted;
         rounds++) {
        event_base_loopexit(h->base, &pause);
        event_base_dispatch(h->base);
    }
    assert_int_equal(house_count(h, "SELECT (%s)", sql), wanted);
}
