/* The channels there are, and whether one works. */
#include "ctl/channel.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "ctl/session.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/host.h"
#include "daemon/http_client.h"

const struct output_column channel_columns[] = {
    { "desk", OUTPUT_TEXT, "desk", true },
    { "channel", OUTPUT_TEXT, "channel", false },
    { "kind", OUTPUT_TEXT, "kind", false },
    { "configured", OUTPUT_BOOL, "configured", false },
    { "holder", OUTPUT_TEXT, "pulled by", true },
    { "last_ok_at", OUTPUT_TIME, "was well", false },
    { "failing_since", OUTPUT_TIME, "fails since", false },
    { "last_error_at", OUTPUT_TIME, "had trouble", false },
    { "last_error", OUTPUT_TEXT, "last trouble", true },
    { "node", OUTPUT_TEXT, NULL, false },
    { "warning", OUTPUT_TEXT, NULL, false },
    { "behind", OUTPUT_INT, "to come", false },
    { "behind_per_s", OUTPUT_INT, "a second", false },
    { "behind_s", OUTPUT_INT, "seconds left", false },
    { .name = NULL },
};

static int list(const struct ctl *ctl, struct session *s, char **argv)
{
    struct db_value all = db_text(NULL);

    (void)argv;
    return session_list(ctl, s, "channel_list", &all, 1, channel_columns);
}

/* --- test
 * --------------------------------------------------------------------------------------------- */

enum { TEST_DEADLINE_S = 90 };

/* One channel, opened as relevod would open it, in a host of its own. */
struct test {
    const struct ctl *ctl;
    struct session *s;
    struct desk_channel *channel;
    struct desk desk;
    struct desk *desk_list[1];
    struct desks desks;
    struct host *host;
    struct workers *workers;
    struct worker_pool *smtp;
    struct http_client *client;
    bool sent;
    struct sent answer;
};

static const char *const outcomes[] = { [SENT_OK] = "sent",
                                        [SENT_RETRY] = "not now",
                                        [SENT_REFUSED] = "refused",
                                        [SENT_CONFIG] = "wrong configuration" };

static int test_open(struct test *t, struct error *err)
{
    struct event_base *base = db_base(t->s->db);
    struct host_services services = { .base = base, .db = t->s->db };

    t->desk = *t->channel->desk;
    t->desk.channels = &t->channel;
    t->desk.channel_count = 1;
    t->desk_list[0] = &t->desk;
    t->desks = (struct desks){ t->desk_list, 1 };
    if (t->channel->channel.ops->pool != NULL) {
        t->workers = services.workers = workers_new(base, ctl_on_worker, NULL);
        t->smtp = services.smtp =
            worker_pool_new(t->workers, t->channel->channel.ops->pool, 1, 0, 0);
    }
    t->client = services.client = http_client_new(base);
    t->host = host_new(&services, &t->desks, err);
    return t->host == NULL ? -1 : 0;
}

static void test_close(struct test *t)
{
    http_client_free(t->client); /* what is still under way ends here */
    worker_pool_free(t->smtp);
    host_free(t->host);
    workers_free(t->workers);
}

static void on_sent(void *arg, const struct sent *sent)
{
    struct test *t = arg;

    t->sent = true;
    t->answer = *sent;
    t->answer.words = arena_strdup(t->s->a, sent->words == NULL ? "" : sent->words);
    t->answer.external_id = arena_strdup(t->s->a, sent->external_id);
}

static int test_send(struct test *t, const char *to, struct error *err)
{
    struct channel *ch = &t->channel->channel;
    int64_t end = wall_now() + TEST_DEADLINE_S;
    struct outbound out = { .owed_at = wall_now(),
                            .to = to,
                            .subject = "Test",
                            .text = ch->ops->takes_events
                                        ? "{\"type\":\"relevo.test\",\"data\":{}}"
                                        : "A test of relevo: nothing needs to be done.",
                            .automatic = true };

    if (ch->ops->send == NULL)
        return error_set(err, ERROR_PERMANENT, "a channel of kind %s cannot speak", ch->ops->kind);
    out.step_key = arena_printf(t->s->a, "test/%" PRId64 "/%d", wall_now(), (int)getpid());
    out.message_id = arena_printf(t->s->a, "relevo.test.%" PRId64 ".%d@%s", wall_now(),
                                  (int)getpid(), t->s->config->node);
    ch->ops->send(ch, &out, on_sent, t);
    while (!t->sent && wall_now() < end)
        if (event_base_loop(db_base(t->s->db), EVLOOP_ONCE) != 0)
            break;
    return t->sent ? 0 : error_set(err, ERROR_TRANSIENT, "no answer within %d s", TEST_DEADLINE_S);
}

static const char *hook_url(const struct test *t)
{
    const struct channel *ch = &t->channel->channel;

    if (ch->ops->webhook == NULL || ch->public_url == NULL)
        return NULL;
    return arena_printf(t->s->a, "%s/hook/%s", ch->public_url, ch->name);
}

static int test_tell(const struct test *t, const PGresult *known)
{
    const struct channel *ch = &t->channel->channel;
    const char *url = hook_url(t);
    json_t *sent = json_null();

    if (t->sent)
        sent = json_pack("{s:s, s:s, s:s?}", "outcome", outcomes[t->answer.outcome], "words",
                         t->answer.words, "external_id", t->answer.external_id);
    if (t->ctl->json) {
        output_json(json_pack("{s:s, s:s, s:b, s:s?, s:o, s:o}", "channel", ch->name, "kind",
                              ch->ops->kind, "opens", 1, "hook", url, "sent", sent, "known",
                              output_row(known, 0, channel_columns)));
    } else {
        printf("its configuration and its secrets are good\n");
        if (url != NULL)
            printf("its provider calls %s\n", url);
        if (t->sent)
            printf("%s: %s\n", outcomes[t->answer.outcome], output_line(t->s->a, t->answer.words));
        output_fields(known, 0, channel_columns);
        json_decref(sent);
    }
    if (!t->sent || t->answer.outcome == SENT_OK)
        return CTL_DONE;
    return t->answer.outcome == SENT_RETRY    ? CTL_LATER
           : t->answer.outcome == SENT_CONFIG ? CTL_CONFIG
                                              : CTL_REFUSED;
}

static int test(const struct ctl *ctl, struct session *s, char **argv)
{
    const char *to = ctl_value(ctl, "--to");
    struct test t = { .ctl = ctl, .s = s };
    struct db_value name = db_text(argv[0]);
    const PGresult *known;
    struct error err;
    int code;

    if (session_serve(s, &err) < 0)
        return ctl_fail(&err);
    t.channel = session_channel(s, argv[0]);
    known = session_ask(s, "channel_list", &name, 1, &err);
    if (known == NULL)
        return ctl_fail(&err);
    if (t.channel == NULL || PQntuples(known) == 0) {
        error_set(&err, ERROR_CONFIG, "there is no channel '%.64s' in %s", argv[0], ctl->config);
        return ctl_fail(&err);
    }
    if (test_open(&t, &err) < 0 || (to != NULL && test_send(&t, to, &err) < 0))
        code = ctl_fail(&err);
    else
        code = test_tell(&t, known);
    test_close(&t);
    return code;
}

static const struct ctl_option test_options[] = {
    { "--to", "ADDRESS", "Also say a test message to this address, for real." },
    { .name = NULL },
};
const struct ctl_command channel_commands[] = {
    { "channel", "list", NULL, list, "", 0, 0, NULL,
      "List the channels, which node pulls them, and how they are." },
    { "channel", "test", NULL, test, "CHANNEL", 1, 1, test_options,
      "Open a channel with its configuration and its secrets, and tell what the nodes know of "
      "it." },
    { .group = NULL },
};
