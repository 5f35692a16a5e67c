/* Messages through intake into PostgreSQL: bench_ingest CONNINFO COUNT. The database is migrated
 * and empty. Prints "messages S CPU": seconds on the wall and of this process's processor. */
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/support/load.h"
#include "core/arena.h"
#include "core/conf.h"
#include "core/embedded.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/intake.h"
#include "daemon/store.h"

enum { AHEAD = 2 * INTAKE_BATCH_MAX }; /* messages that wait or fly at any time */

static const struct conf_key no_keys[] = {
    { .name = "from", .type = CONF_TEXT, .fallback = "Desk <help@desk.example>", .doc = "d" },
    { .name = NULL }
};
static const struct channel_ops kinds[LOAD_CHANNELS] = {
    { .kind = "imap", .address_kind = "email", .keys = no_keys, .writes_letters = true },
    { .kind = "imap", .address_kind = "email", .keys = no_keys, .writes_letters = true },
    { .kind = "twilio", .address_kind = "tel", .keys = no_keys },
    { .kind = "telegram", .address_kind = "telegram", .keys = no_keys },
    { .kind = "webchat", .address_kind = "webchat", .keys = no_keys },
};
static const char *const names[LOAD_CHANNELS] = { "mail", "sales", "sms", "telegram", "chat" };

static struct bench {
    struct event_base *base;
    struct intake *intake;
    struct desk desk;
    struct desk_channel channel[LOAD_CHANNELS], *channels[LOAD_CHANNELS];
    struct load_message *all;
    size_t count, next, open, refused;
    int64_t now;
} bench;

static void bench_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                       void *arg)
{
    struct sent ok = { .outcome = SENT_OK };

    (void)ch;
    (void)out;
    done(arg, &ok);
}

static struct inbound *bench_message(const struct load_message *m)
{
    const struct channel_ops *kind = bench.channel[m->channel].channel.ops;
    struct inbound *in = inbound_new();
    struct arena *a = in->arena;

    in->external_id = arena_printf(a, "%08d.message@client.example", m->id);
    in->sender =
        (struct inbound_address){ kind->address_kind,
                                  arena_printf(a, "%08d@client.example", m->talk), "Pepe Pérez" };
    in->text = in->reply_text = arena_strdup(a, load_text(m->id));
    in->language = "es";
    in->received_at = bench.now;
    in->sender_proven = true;
    if (kind->writes_letters) {
        in->subject = "Pedido que no llega";
        in->copy_key = in->message_id = in->external_id;
        if (m->answers >= 0)
            in->in_reply_to = arena_printf(a, "%08d.message@client.example", m->answers);
    } else {
        in->conversation = in->sender.value;
    }
    return in;
}

static void bench_feed(void);

static void bench_on_taken(void *arg, int rc)
{
    (void)arg;
    bench.open--;
    bench.refused += rc != 0;
    bench_feed();
    if (bench.open == 0)
        event_base_loopbreak(bench.base);
}

static void bench_feed(void)
{
    while (bench.open < AHEAD && bench.next < bench.count) {
        const struct load_message *m = &bench.all[bench.next++];

        bench.open++;
        intake_take(bench.intake, &bench.channel[m->channel], bench_message(m), bench_on_taken,
                    NULL);
    }
}

static int64_t bench_now(void *arg)
{
    (void)arg;
    return bench.now;
}

/* The desk with its five channels, under the shipped policy. */
static void bench_open(const char *conninfo, struct channel_ops *ops, struct conf_file **conf)
{
    PGconn *conn = PQconnectdb(conninfo);
    struct conf_errors errors = { 0 };

    PGresult *res;
    int i;

    bench.desk = (struct desk){ .desk_id = 1, .name = "shop", .channels = bench.channels };
    bench.desk.channel_count = LOAD_CHANNELS;
    if (policy_read("policy.yaml", span_of(embedded_find(embedded_core, "policy.yaml")->bytes),
                    NULL, NULL, &bench.desk.policy, &errors) < 0 ||
        conf_read(no_keys, "channel", span_of("{}"), NULL, NULL, conf, &errors) < 0)
        abort();
    bench.desk.policy.policy->version = 1;
    res = PQexec(conn, "INSERT INTO desk VALUES (1, 'shop', decode(repeat('00', 32), 'hex')); "
                       "INSERT INTO channel (desk_id, name, kind) SELECT 1, 'channel ' || n, 'k' "
                       "FROM generate_series(1, 5) n");
    if (PQresultStatus(res) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s", PQerrorMessage(conn));
        exit(1);
    }
    PQclear(res);
    PQfinish(conn);

    for (i = 0; i < LOAD_CHANNELS; i++) {
        ops[i] = kinds[i];
        ops[i].send = bench_send;
        bench.channel[i] = (struct desk_channel){ .channel = { .ops = &ops[i],
                                                               .name = names[i],
                                                               .conf = conf_root(*conf),
                                                               .channel_id = i + 1 },
                                                  .desk = &bench.desk };
        bench.channels[i] = &bench.channel[i];
    }
}

int main(int argc, char **argv)
{
    struct channel_ops ops[LOAD_CHANNELS];
    struct desk *list[] = { &bench.desk };
    struct desks desks = { list, 1 };
    struct conf_file *conf = NULL;
    double began, cpu;
    struct store *store;
    struct db *db;

    if (argc != 3)
        return 2;
    bench.count = (size_t)strtoul(argv[2], NULL, 10);
    bench.all = load_new(bench.count);
    bench.now = wall_now();
    bench_open(argv[1], ops, &conf);
    bench.base = event_base_new();
    db = db_new(bench.base, argv[1], "bench ingest", store_db_settings, NULL, NULL);
    store = store_new(db, &desks, bench_now, NULL);
    bench.intake = intake_new(store);
    began = load_clock();
    cpu = load_cpu();
    bench_feed();
    event_base_dispatch(bench.base);
    printf("%zu %.4f %.4f\n", bench.count, load_clock() - began, load_cpu() - cpu);
    if (bench.refused > 0)
        fprintf(stderr, "%zu messages were not taken\n", bench.refused);
    intake_free(bench.intake);
    db_free(db);
    store_free(store);
    event_base_free(bench.base);
    policy_file_clear(&bench.desk.policy);
    conf_file_free(conf);
    free(bench.all);
    return bench.refused > 0;
}
