#include "daemon/relevod_rooms.h"

#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "core/arena.h"
#include "daemon/balance.h"
#include "daemon/config.h"
#include "daemon/db.h"
#include "daemon/deliver.h"
#include "daemon/due.h"
#include "daemon/hook.h"
#include "daemon/host.h"
#include "daemon/lease.h"
#include "daemon/log.h"
#include "daemon/migrate.h"
#include "daemon/node.h"
#include "daemon/overload.h"
#include "daemon/planned.h"
#include "daemon/sink_name.h"
#include "daemon/store.h"
#include "daemon/turns.h"

void relevod_generation_free(struct relevod *r, struct relevod_generation *g)
{
    if (g == NULL)
        return;
    host_free(g->host);
    desks_clear(&g->desks);
    if (g->config != r->first)
        config_free(g->config);
    free(g);
}

bool relevod_generation_is_over(struct relevod *r, struct relevod_generation *g)
{
    if (store_is_idle(r->store))
        g->store_was_idle = true;
    return host_is_over(g->host) && g->store_was_idle && !planned_is_busy(r->planned);
}

static void relevod_generation_stop(struct relevod *r, struct relevod_generation *g)
{
    size_t i, k;

    balance_forget_all(r->balance);
    host_stop_all(g->host);
    for (i = 0; i < g->desks.count; i++)
        for (k = 0; k < g->desks.desk[i]->channel_count; k++) {
            leases_forget(r->leases, g->desks.desk[i]->channels[k]);
            hook_end_streams(r->hook, &g->desks.desk[i]->channels[k]->channel);
        }
}

static void relevod_generation_start(struct relevod *r, struct relevod_generation *g)
{
    size_t i, k;

    host_start_told(g->host);
    for (i = 0; i < g->desks.count; i++)
        for (k = 0; k < g->desks.desk[i]->channel_count; k++)
            if (g->desks.desk[i]->channels[k]->channel.ops->pulls)
                leases_want(r->leases, g->desks.desk[i]->channels[k]);
}

void relevod_on_lease(void *arg, struct desk_channel *ch, bool held)
{
    struct relevod *r = arg;

    if (held) {
        host_start(r->now->host, ch);
        balance_want(r->balance, ch);
    } else {
        balance_forget(r->balance, ch);
        host_stop(r->now->host, ch);
    }
}

/* What this program reads once only; told, so that nobody waits for it. */
static void relevod_tell_kept(const struct config *was, const struct config *is)
{
    static const char *const keys[] = { "database", "node", "admin" };
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *a = conf_text(was->root, keys[i]), *b = conf_text(is->root, keys[i]);

        if ((a == NULL) != (b == NULL) || (a != NULL && strcmp(a, b) != 0))
            log_event(LOG_LEVEL_WARNING, "restart_needed", LOG_TEXT("key", keys[i]),
                      LOG_TEXT("words", "it counts from the next start on"));
    }
}

static void relevod_on_unknown_name(void *arg, const char *sentence)
{
    const struct desk *d = arg;

    log_event(LOG_LEVEL_WARNING, "webhook_unknown", LOG_TEXT("desk", d->name),
              LOG_NUMBER("version", d->policy.policy->version), LOG_TEXT("words", sentence));
}

void relevod_look_at_names(struct relevod *r)
{
    struct arena *a = arena_new();
    size_t i;

    for (i = 0; i < r->desks.count; i++) {
        struct desk *d = r->desks.desk[i];

        if (d->policy.policy == NULL || d->names_seen == d->policy.policy->version)
            continue;
        d->names_seen = d->policy.policy->version;
        sink_name_unknown(r->now->config->root, d->name, d->policy.policy, a,
                          relevod_on_unknown_name, d);
    }
    arena_free(a);
}

static void relevod_ready(struct relevod *r)
{
    size_t i, channels = 0;

    for (i = 0; i < r->desks.count; i++)
        channels += r->desks.desk[i]->channel_count;
    r->ready = true;
    log_event(LOG_LEVEL_INFO, "ready", LOG_NUMBER("desks", (int64_t)r->desks.count),
              LOG_NUMBER("channels", (int64_t)channels), LOG_TEXT("version", RELEVO_VERSION));
    sd_notifyf(0, "READY=1\nSTATUS=%zu channels of %zu desks", channels, r->desks.count);
}

static void relevod_tell_channels(struct relevod *r)
{
    struct arena *a = arena_new();
    int64_t *ids;
    size_t i, k, count = 0;

    for (i = 0; i < r->desks.count; i++)
        count += r->desks.desk[i]->channel_count;
    ids = arena_alloc(a, (count + 1) * sizeof(*ids));
    count = 0;
    for (i = 0; i < r->desks.count; i++)
        for (k = 0; k < r->desks.desk[i]->channel_count; k++)
            ids[count++] = r->desks.desk[i]->channels[k]->channel.channel_id;
    node_channels(r->node, ids, count);
    arena_free(a);
}

/* Its numbers of desks and channels mean something else, or nothing, in another one. */
static void relevod_know_database(struct relevod *r)
{
    const struct desk *d = r->desks.count == 0 ? NULL : r->desks.desk[0];

    if (d == NULL)
        return;
    db_know(r->db, d->desk_id, d->token_key, sizeof(d->token_key));
    db_know(r->store_db, d->desk_id, d->token_key, sizeof(d->token_key));
}

static void relevod_take(struct relevod *r, struct relevod_generation *g)
{
    struct relevod_generation *old = r->now;

    if (old != NULL)
        relevod_generation_stop(r, old);
    r->now = g;
    g->older = old;
    host_follow(g->host, old == NULL ? NULL : old->host);
    r->desks = g->desks;
    r->host = g->host;
    turns_limit(r->turns, (size_t)conf_int(g->config->workers, "connections"));
    hook_trust(r->hook, g->config->root);
    deliver_set_flight(r->deliver, (size_t)conf_int(g->config->deliveries, "flight"));
    relevod_know_database(r);
    relevod_generation_start(r, g);
    due_look(r->due);
    planned_look(r->planned);
    overload_look(r->overload);
    deliver_look(r->deliver);
    if (old != NULL)
        relevod_arm(r->check, RELEVOD_CHECK_MS);
    relevod_look_at_names(r);
    relevod_tell_channels(r);
    relevod_ready(r);
}

static void relevod_services(struct relevod *r, struct host_services *out)
{
    *out = (struct host_services){ .base = r->base,
                                   .db = r->db,
                                   .intake = r->intake,
                                   .client = r->client,
                                   .hook = r->hook,
                                   .workers = r->workers,
                                   .smtp = r->smtp_pool,
                                   .parse = r->parse,
                                   .clients = r->clients,
                                   .turns = r->turns,
                                   .burdens = r->burdens };
}

static void relevod_load(struct relevod *r);

/* At the first start a failure may be the database's absence: it is tried again. Later the old one
 * stays. */
static void relevod_on_desks(void *arg, const struct error *err)
{
    struct relevod *r = arg;
    struct relevod_generation *g = r->loading;
    struct host_services services;
    struct error why = *err;

    if (why.kind == ERROR_NONE && !r->draining) {
        relevod_services(r, &services);
        g->host = host_new(&services, &g->desks, &why);
    }
    if (r->draining) {
        relevod_generation_free(r, g);
        r->loading = NULL;
        return;
    }
    if (why.kind == ERROR_NONE) {
        r->loading = NULL;
        relevod_take(r, g);
    } else if (r->now == NULL && why.kind == ERROR_TRANSIENT) {
        log_event(LOG_LEVEL_WARNING, "desks_wait", LOG_TEXT("words", why.text));
        relevod_arm(r->retry, RELEVOD_RETRY_MS);
        return;
    } else {
        log_event(LOG_LEVEL_ERROR, r->now == NULL ? "start_refused" : "reload_refused",
                  LOG_TEXT("words", why.text));
        r->loading = NULL;
        relevod_generation_free(r, g);
        if (r->now == NULL) {
            r->status = 78; /* EX_CONFIG */
            event_base_loopbreak(r->base);
            return;
        }
        relevod_ready(r);
    }
    if (r->again) {
        r->again = false;
        relevod_load(r);
    }
}

/* An empty database has no table to ask. */
static void relevod_on_schema(void *arg, const struct db_answer *answer)
{
    struct relevod *r = arg;
    struct error err = answer->err;

    if (answer->res != NULL && migrate_judge((int)db_cell_int(answer->res, 0, 0), &err) == 0) {
        r->schema_judged = true;
        relevod_ask_desks(-1, 0, r);
        return;
    }
    if (answer->res == NULL && err.kind == ERROR_CONFIG)
        error_wrap(&err, "run relevoctl migrate, if that has not been done");
    relevod_on_desks(r, &err);
}

void relevod_ask_desks(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;

    (void)fd;
    (void)what;
    if (!r->schema_judged) {
        db_query(r->db, "schema_number", NULL, 0, relevod_on_schema, r);
        return;
    }
    desks_load(r->db, r->loading->config, &r->loading->desks, relevod_on_desks, r);
}

/* SIGHUP: reads the file again. */
static void relevod_load(struct relevod *r)
{
    struct conf_errors errors = { 0 };
    struct config *config = NULL;
    struct timespec mono;
    size_t i;

    clock_gettime(CLOCK_MONOTONIC, &mono);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
               (long long)mono.tv_sec * 1000000 + mono.tv_nsec / 1000);
    if (config_load(r->path, &config, &errors) < 0) {
        for (i = 0; i < errors.count; i++)
            log_event(LOG_LEVEL_ERROR, "reload_refused", LOG_TEXT("words", errors.lines[i]));
        conf_errors_clear(&errors);
        relevod_ready(r);
        return;
    }
    relevod_tell_kept(r->first, config);
    r->loading = xcalloc(1, sizeof(*r->loading));
    r->loading->config = config;
    relevod_ask_desks(-1, 0, r);
}

void relevod_on_hup(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;

    (void)fd;
    (void)what;
    if (r->draining)
        return;
    log_event(LOG_LEVEL_INFO, "reload", LOG_TEXT("file", r->path));
    if (r->loading != NULL)
        r->again = true;
    else
        relevod_load(r);
}
