/* Events: another system hears what happens to tickets, by calls signed as Standard Webhooks. */
#include <stdlib.h>
#include <string.h>

#include "channels/channel.h"
#include "channels/webhook_post.h"
#include "channels/webhook_sign.h"
#include "core/arena.h"
#include "core/conf.h"
#include "core/plan.h"

struct events {
    struct webhook_key key;
};

static int events_open(struct channel *ch, struct error *err);
static void events_close(struct channel *ch);
static void events_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                        void *arg);

static const struct conf_key events_keys[] = {
    { .name = "url",
      .type = CONF_TEXT,
      .required = true,
      .doc = "Where what happens is posted, once a fact, as JSON.",
      .example = "https://crm.example.org/relevo" },
    { .name = "secret",
      .type = CONF_SECRET,
      .required = true,
      .doc = "The secret whsec_… that the calls are signed with: Standard Webhooks, v1.",
      .example = "{file: /etc/relevo/crm-secret}" },
    { .name = "only",
      .type = CONF_TEXTS,
      .doc = "Kinds of events; a fact is posted if it or what followed from it is one of them. "
             "Absent: every fact. '[]': none. A step of the policy that says 'webhook NAME' is "
             "posted to the channel of this name in any case.",
      .example = "[customer_wrote, level_entered, clock_breached]" },
    { .name = NULL },
};

extern const struct channel_ops channel_events;
const struct channel_ops channel_events = {
    .kind = "events",
    .title = "Events of tickets, for other systems",
    .address_kind = "events",
    .keys = events_keys,
    .takes_events = true,
    .open = events_open,
    .close = events_close,
    .send = events_send,
};

static int events_check(const struct channel *ch, struct error *err)
{
    const char *url = conf_text(ch->conf, "url");
    size_t i;

    if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
        return error_set(err, ERROR_CONFIG, "%s: url: expected https://…, got '%.60s'", ch->name,
                         url);
    for (i = 0; i < conf_count(ch->conf, "only"); i++)
        if (!plan_event_is_known(conf_text_at(ch->conf, "only", i)))
            return error_set(err, ERROR_CONFIG, "%s: only: '%.40s' is no kind of event", ch->name,
                             conf_text_at(ch->conf, "only", i));
    return 0;
}

static int events_open(struct channel *ch, struct error *err)
{
    struct events *e = xcalloc(1, sizeof(*e));
    int rc;

    ch->state = e;
    rc = events_check(ch, err) < 0 ? -1 : webhook_post_key(ch, "secret", &e->key, err);
    if (rc == 0)
        rc = error_set(err, ERROR_CONFIG, "%s: secret is missing: nobody could believe our calls",
                       ch->name);
    if (rc == 1 && e->key.is_public)
        rc = error_set(err, ERROR_CONFIG,
                       "%s: secret: expected whsec_…: a public key signs nothing", ch->name);
    if (rc == 1)
        return 0;
    events_close(ch);
    return -1;
}

static void events_close(struct channel *ch)
{
    struct events *e = ch->state;

    if (e == NULL)
        return;
    webhook_key_wipe(&e->key);
    free(e);
    ch->state = NULL;
}

/* The body was written with its fact: daemon/sink_event.h. */
static void events_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                        void *arg)
{
    const struct events *e = ch->state;

    webhook_post(ch, conf_text(ch->conf, "url"), &e->key, out->step_key, span_of(out->text), done,
                 arg);
}
