#include "daemon/relevod.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "core/arena.h"
#include "daemon/admin.h"
#include "daemon/balance.h"
#include "daemon/clients.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/db.h"
#include "daemon/db_clock.h"
#include "daemon/deliver.h"
#include "daemon/desk.h"
#include "daemon/due.h"
#include "daemon/fetch.h"
#include "daemon/hook.h"
#include "daemon/host.h"
#include "daemon/http.h"
#include "daemon/http_client.h"
#include "daemon/intake.h"
#include "daemon/lease.h"
#include "daemon/log.h"
#include "daemon/migrate.h"
#include "daemon/node.h"
#include "daemon/overload.h"
#include "daemon/parse.h"
#include "daemon/planned.h"
#include "daemon/shadow.h"
#include "daemon/sink_name.h"
#include "daemon/store.h"
#include "daemon/turns.h"
#include "daemon/worker.h"

/* One configuration and what was made of it. */
struct generation {
    struct config *config;
    struct desks desks;
    struct host *host;
    bool store_was_idle; /* at some moment since it was replaced: no batch reads its policies */
    struct generation *older;
};
struct relevod {
    const char *path;
    struct config *first; /* what counts from the next start on is read from it: kept to the end */
    struct event_base *base;
    struct db *store_db, *db;
    struct desks desks; /* the newest generation's, as the rooms see them */
    struct host *host;
    struct generation *now, *loading;
    struct store *store;
    struct intake *intake;
    struct due *due;
    struct planned *planned;
    struct shadow *shadow;
    struct overload *overload;
    struct deliver *deliver;
    struct fetch *fetch;
    struct http_client *client;
    struct http *http, *admin_http;
    struct hook *hook;
    struct admin *admin;
    struct workers *workers;
    struct turns *turns;
    struct worker_pool *parse_pool, *smtp_pool;
    struct parse *parse;
    struct clients *clients;
    struct leases *leases;
    struct balance *balance;
    struct node *node;
    struct event *on_term, *on_int, *on_hup, *retry, *policy, *clock, *watchdog, *check;
    int64_t started_at, drain_until_ms;
    bool again; /* SIGHUP came while a configuration was being loaded */
    bool policies_asked, ready, draining, gave_up;
    bool clock_differs;
    int status;
};

static int64_t relevod_now(void *arg)
{
    (void)arg;
    return wall_now();
}

static void relevod_arm(struct event *timer, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    event_add(timer, &tv);
}

/* --- what the rooms tell
 * ------------------------------------------------------------------------------ */

static void relevod_on_delivery(void *arg, int64_t ticket_id, const char *notice, const char *state,
                                const char *words)
{
    enum log_level level = strcmp(state, "dead") == 0   ? LOG_LEVEL_WARNING
                           : strcmp(state, "owed") == 0 ? LOG_LEVEL_INFO
                                                        : LOG_LEVEL_DEBUG;

    (void)arg;
    log_event(level, "delivery", LOG_NUMBER("ticket", ticket_id), LOG_TEXT("notice", notice),
              LOG_TEXT("state", state), LOG_TEXT("words", words));
}

static void relevod_on_attachment(void *arg, int64_t ticket_id, const char *state,
                                  const char *words)
{
    (void)arg;
    log_event(strcmp(state, "failed") == 0 ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, "attachment",
              LOG_NUMBER("ticket", ticket_id), LOG_TEXT("state", state), LOG_TEXT("words", words));
}

static void relevod_on_due_failed(void *arg, int64_t ticket_id, const char *words)
{
    (void)arg;
    log_event(LOG_LEVEL_ERROR, "due_failed", LOG_NUMBER("ticket", ticket_id),
              LOG_TEXT("words", words));
}

static void relevod_on_worker(void *arg, const char *role, pid_t pid, const char *words,
                              int64_t pause_ms)
{
    (void)arg;
    if (words == NULL)
        log_event(LOG_LEVEL_INFO, "worker_started", LOG_TEXT("role", role), LOG_NUMBER("pid", pid));
    else
        log_event(LOG_LEVEL_WARNING, "worker_gone", LOG_TEXT("role", role), LOG_NUMBER("pid", pid),
                  LOG_TEXT("words", words), LOG_NUMBER("again_in_ms", pause_ms));
}

static void relevod_on_db(void *arg, bool up, const char *words)
{
    (void)arg;
    if (up)
        log_event(LOG_LEVEL_INFO, "database_up", LOG_TEXT("words", words));
    else
        log_event(LOG_LEVEL_WARNING, "database_away", LOG_TEXT("words", words));
}

static void relevod_on_lease(void *arg, struct desk_channel *ch, bool held)
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

/* --- generations
 * --------------------------------------------------------------------------------------- */

static void generation_free(struct relevod *r, struct generation *g)
{
    if (g == NULL)
        return;
    host_free(g->host);
    desks_clear(&g->desks);
    if (g->config != r->first)
        config_free(g->config);
    free(g);
}

static bool generation_is_over(struct relevod *r, struct generation *g)
{
    if (store_is_idle(r->store))
        g->store_was_idle = true;
    return host_is_over(g->host) && g->store_was_idle && !planned_is_busy(r->planned);
}

static void generation_stop(struct relevod *r, struct generation *g)
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

static void generation_start(struct relevod *r, struct generation *g)
{
    size_t i, k;

    host_start_told(g->host);
    for (i = 0; i < g->desks.count; i++)
        for (k = 0; k < g->desks.desk[i]->channel_count; k++)
            if (g->desks.desk[i]->channels[k]->channel.ops->pulls)
                leases_want(r->leases, g->desks.desk[i]->channels[k]);
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

/* A policy and these channels have met: the names that nobody has are told, once. */
static void relevod_look_at_names(struct relevod *r)
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

static void relevod_take(struct relevod *r, struct generation *g)
{
    struct generation *old = r->now;

    if (old != NULL)
        generation_stop(r, old);
    r->now = g;
    g->older = old;
    r->desks = g->desks;
    r->host = g->host;
    turns_limit(r->turns, (size_t)conf_int(g->config->workers, "connections"));
    hook_trust(r->hook, g->config->root);
    deliver_set_flight(r->deliver, (size_t)conf_int(g->config->deliveries, "flight"));
    generation_start(r, g);
    due_look(r->due);
    planned_look(r->planned);
    overload_look(r->overload);
    deliver_look(r->deliver);
    if (old != NULL)
        relevod_arm(r->check, RELEVOD_CHECK_MS);
    relevod_look_at_names(r);
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
                                   .turns = r->turns };
}

static void relevod_load(struct relevod *r);

/* At the first start a failure may be the database's absence: it is tried again. Later the old one
 * stays. */
static void relevod_on_desks(void *arg, const struct error *err)
{
    struct relevod *r = arg;
    struct generation *g = r->loading;
    struct host_services services;
    struct error why = *err;

    if (why.kind == ERROR_NONE && !r->draining) {
        relevod_services(r, &services);
        g->host = host_new(&services, &g->desks, &why);
    }
    if (r->draining) {
        generation_free(r, g);
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
        generation_free(r, g);
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

static void relevod_ask_desks(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;

    (void)fd;
    (void)what;
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

static void relevod_on_hup(evutil_socket_t fd, short what, void *arg)
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

/* --- what other nodes say, and what we say to them
 * ---------------------------------------------------- */

static void relevod_on_policies(void *arg, const struct error *err)
{
    struct relevod *r = arg;

    r->policies_asked = false;
    if (err->kind == ERROR_CONFIG)
        log_event(LOG_LEVEL_ERROR, "policy_refused", LOG_TEXT("words", err->text));
    if (r->now != NULL)
        relevod_look_at_names(r);
}

static void relevod_look_for_policies(struct relevod *r)
{
    if (r->now == NULL || r->policies_asked || r->draining)
        return;
    r->policies_asked = true;
    desks_reload_policies(r->store_db, &r->now->desks, relevod_on_policies, r);
}

static void relevod_on_policy_timer(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;

    (void)fd;
    (void)what;
    relevod_look_for_policies(r);
}

static void relevod_on_policy_heard(void *arg, const char *payload)
{
    struct relevod *r = arg;

    (void)payload;
    relevod_look_for_policies(r);
    if (r->now == NULL)
        return;
    planned_look(r->planned);
    shadow_look(r->shadow);
}

static void relevod_on_shadow(void *arg, const char *desk, const struct error *err)
{
    (void)arg;
    if (err->kind == ERROR_NONE)
        log_event(LOG_LEVEL_INFO, "shadow_told", LOG_TEXT("desk", desk));
    else
        log_event(LOG_LEVEL_ERROR, "shadow_failed", LOG_TEXT("desk", desk),
                  LOG_TEXT("words", err->text));
}

static void relevod_on_overload(void *arg, const char *desk, const char *team, const char *sign,
                                int waiting)
{
    (void)arg;
    if (team == NULL)
        log_event(LOG_LEVEL_WARNING, "overload_failed", LOG_TEXT("desk", desk),
                  LOG_TEXT("words", sign));
    else
        log_event(LOG_LEVEL_WARNING, "overload", LOG_TEXT("desk", desk), LOG_TEXT("team", team),
                  LOG_TEXT("sign", sign), LOG_NUMBER("waiting", waiting));
}

static void relevod_on_planned(void *arg, const struct policy_change_answer *answer)
{
    (void)arg;
    if (answer->err.kind == ERROR_NONE)
        log_event(LOG_LEVEL_INFO, "policy_in_force", LOG_TEXT("desk", answer->desk),
                  LOG_NUMBER("version", answer->version),
                  LOG_NUMBER("tickets", answer->report.tickets),
                  LOG_NUMBER("changed", answer->report.changed),
                  LOG_TEXT("words", answer->open ? "as planned, with the clocks that run"
                                                 : "as planned, for new clocks"));
    else
        log_event(LOG_LEVEL_ERROR, "policy_failed",
                  LOG_TEXT("desk", answer->desk == NULL ? "" : answer->desk),
                  LOG_NUMBER("version", answer->version), LOG_TEXT("words", answer->err.text));
}

static void relevod_on_delivery_heard(void *arg, const char *payload)
{
    struct relevod *r = arg;

    (void)payload;
    if (!r->draining)
        deliver_look(r->deliver);
}

static void relevod_on_due_heard(void *arg, const char *payload)
{
    struct relevod *r = arg;

    (void)payload;
    if (!r->draining)
        due_look(r->due);
}

static void relevod_on_heard(void *arg, const char *payload)
{
    struct relevod *r = arg;
    char *conversation;
    int64_t channel_id = strtoll(payload, &conversation, 10);

    if (*conversation == ' ' && r->now != NULL)
        host_heard(r->now->host, channel_id, conversation + 1);
}

static void relevod_on_reconcile(void *arg, const char *payload)
{
    balance_now(((struct relevod *)arg)->balance, strtoll(payload, NULL, 10));
}

static void relevod_on_clock(void *arg, int64_t ahead_s)
{
    struct relevod *r = arg;
    bool differs = llabs(ahead_s) > RELEVOD_CLOCK_S;

    if (differs && !r->clock_differs)
        log_event(LOG_LEVEL_WARNING, "clock_differs", LOG_NUMBER("ahead_s", ahead_s),
                  LOG_TEXT("words", "the database's time is taken; set this machine's clock"));
    r->clock_differs = differs;
}

static void relevod_on_clock_timer(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;

    (void)fd;
    (void)what;
    if (db_is_up(r->db))
        db_clock_ask(r->db, relevod_on_clock, r);
}

static void relevod_on_node_gone(void *arg, const char *holder, int64_t claims)
{
    struct relevod *r = arg;

    log_event(claims > 0 ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "node_gone",
              LOG_TEXT("node", holder), LOG_NUMBER("claims", claims),
              LOG_TEXT("words", "what it had in hand is done by the others"));
    if (claims == 0)
        return;
    due_look(r->due);
    deliver_look(r->deliver);
}

static void relevod_on_watchdog(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    sd_notify(0, "WATCHDOG=1");
}

/* --- the end
 * ------------------------------------------------------------------------------------------- */

static bool relevod_is_idle(struct relevod *r)
{
    const struct intake_counts *in = intake_counts(r->intake);
    struct generation *g;

    for (g = r->now; g != NULL; g = g->older)
        if (!host_is_idle(g->host))
            return false;
    return in->waiting == 0 && in->in_flight == 0 && !due_is_busy(r->due) &&
           store_is_idle(r->store) && deliver_counts(r->deliver)->in_flight == 0 &&
           fetch_counts(r->fetch)->in_flight == 0 && hook_counts(r->hook)->open == 0 &&
           http_counts(r->http)->busy == 0 && r->loading == NULL && !r->policies_asked &&
           !planned_is_busy(r->planned);
}

static void relevod_on_given_up(void *arg)
{
    struct relevod *r = arg;

    event_base_loopbreak(r->base);
}

static void relevod_end(struct relevod *r)
{
    bool late = steady_now_ms() >= r->drain_until_ms;

    if (!r->gave_up && (late || relevod_is_idle(r))) {
        r->gave_up = true;
        if (late)
            log_event(LOG_LEVEL_WARNING, "drain_cut",
                      LOG_TEXT("words", "what was under way comes again at the next start"));
        if (!db_is_up(r->db)) {
            event_base_loopbreak(r->base);
            return;
        }
        r->drain_until_ms = steady_now_ms() + RELEVOD_RETRY_MS;
        leases_give_up(r->leases, relevod_on_given_up, r);
    } else if (r->gave_up && late) {
        event_base_loopbreak(r->base);
    }
    relevod_arm(r->check, RELEVOD_CHECK_MS);
}

/* Also frees old generations that have nothing under way any more. */
static void relevod_on_check(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;
    struct generation **at = r->now == NULL ? NULL : &r->now->older;

    (void)fd;
    (void)what;
    while (at != NULL && *at != NULL) {
        struct generation *g = *at;

        if (generation_is_over(r, g)) {
            *at = g->older;
            generation_free(r, g);
        } else {
            at = &g->older;
        }
    }
    if (r->draining)
        relevod_end(r);
    else if (r->now != NULL && r->now->older != NULL)
        relevod_arm(r->check, RELEVOD_CHECK_MS);
}

static void relevod_on_term(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;

    (void)what;
    if (r->draining) {
        event_base_loopbreak(r->base); /* asked twice */
        return;
    }
    log_event(LOG_LEVEL_INFO, "stopping", LOG_NUMBER("signal", fd));
    sd_notify(0, "STOPPING=1");
    r->draining = true;
    r->drain_until_ms = steady_now_ms() + RELEVOD_DRAIN_MS;
    http_stop(r->http);
    balance_forget_all(r->balance);
    if (r->now != NULL) {
        host_stop_all(r->now->host);
        hook_end_streams(r->hook, NULL);
    }
    due_stop(r->due);
    planned_stop(r->planned);
    shadow_stop(r->shadow);
    overload_stop(r->overload);
    deliver_stop(r->deliver);
    fetch_stop(r->fetch);
    if (r->loading != NULL && evtimer_pending(r->retry, NULL)) {
        event_del(r->retry);
        generation_free(r, r->loading);
        r->loading = NULL;
    }
    relevod_on_check(-1, 0, r);
}

/* --- the beginning
 * ------------------------------------------------------------------------------------- */

static int relevod_migrate(const struct config *c)
{
    struct migrate_report report;
    struct error err = { 0 };

    if (!conf_bool(c->root, "migrate"))
        return 0;
    if (migrate_apply(conf_text(c->root, "database"), &report, &err) == 0) {
        if (report.after > report.before)
            log_event(LOG_LEVEL_INFO, "migrated", LOG_NUMBER("from", report.before),
                      LOG_NUMBER("to", report.after));
        return 0;
    }
    log_event(LOG_LEVEL_ERROR, "migrate_failed", LOG_TEXT("words", err.text));
    return err.kind == ERROR_CONFIG ? 78 : 75; /* EX_CONFIG, EX_TEMPFAIL */
}

static int relevod_listen(struct relevod *r, struct error *err)
{
    const struct conf *limits = r->first->limits;
    struct http_limits bounds = { .header_max = (size_t)conf_int(limits, "header"),
                                  .body_max = (size_t)conf_int(limits, "body"),
                                  .held_max = (size_t)conf_int(limits, "held"),
                                  .connections_max = (int)conf_int(limits, "connections"),
                                  .header_ms = conf_int(limits, "header_time") * 1000,
                                  .body_ms = conf_int(limits, "body_time") * 1000,
                                  .idle_ms = conf_int(limits, "idle_time") * 1000 };
    int given = sd_listen_fds(1), i;
    size_t k;

    r->http = http_new(r->base, &bounds);
    for (i = 0; i < given; i++)
        if (http_listen_fd(r->http, SD_LISTEN_FDS_START + i, err) < 0)
            return -1;
    for (k = 0; given <= 0 && k < conf_count(r->first->root, "listen"); k++)
        if (http_listen(r->http, conf_text_at(r->first->root, "listen", k), err) < 0)
            return -1;
    r->admin_http = http_new(r->base, &bounds);
    return http_listen(r->admin_http, conf_text(r->first->root, "admin"), err);
}

static struct event *relevod_signal(struct relevod *r, int sig, event_callback_fn fn)
{
    struct event *e = evsignal_new(r->base, sig, fn, r);

    event_add(e, NULL);
    return e;
}

static struct event *relevod_every(struct relevod *r, int64_t ms, event_callback_fn fn)
{
    struct event *e = event_new(r->base, -1, EV_PERSIST, fn, r);

    relevod_arm(e, ms);
    return e;
}

static void relevod_timers(struct relevod *r)
{
    uint64_t watchdog_us = 0;

    r->on_term = relevod_signal(r, SIGTERM, relevod_on_term);
    r->on_int = relevod_signal(r, SIGINT, relevod_on_term);
    r->on_hup = relevod_signal(r, SIGHUP, relevod_on_hup);
    r->retry = evtimer_new(r->base, relevod_ask_desks, r);
    r->check = evtimer_new(r->base, relevod_on_check, r);
    r->policy = relevod_every(r, RELEVOD_POLICY_MS, relevod_on_policy_timer);
    r->clock = relevod_every(r, RELEVOD_CLOCK_MS, relevod_on_clock_timer);
    if (sd_watchdog_enabled(1, &watchdog_us) > 0)
        r->watchdog = relevod_every(r, (int64_t)(watchdog_us / 3000), relevod_on_watchdog);
}

static void relevod_open(struct relevod *r)
{
    const struct config *c = r->first;
    const struct conf *attachments = conf_section(c->root, "attachments");
    const char *database = conf_text(c->root, "database");
    struct admin_rooms rooms;
    const char *holder;

    r->workers = workers_new(r->base, relevod_on_worker, r);
    r->parse_pool = worker_pool_new(r->workers, "parse", (int)conf_int(c->workers, "parse"),
                                    conf_int(c->workers, "memory"), 0);
    r->smtp_pool = worker_pool_new(r->workers, "smtp", (int)conf_int(c->workers, "smtp"), 0, 0);
    r->parse = parse_new(r->parse_pool, conf_int(c->workers, "parse_time") * 1000);
    r->store_db = db_new(r->base, database, "relevod store", store_db_settings, NULL, NULL);
    r->db = db_new(r->base, database, "relevod", NULL, relevod_on_db, r);
    r->store = store_new(r->store_db, &r->desks, relevod_now, NULL);
    r->intake = intake_new(r->store);
    r->leases = leases_new(r->db, c->node, relevod_on_lease, r);
    r->turns = turns_new(r->base);
    r->balance = balance_new(r->db, r->workers, r->turns);
    holder = leases_holder(r->leases);
    r->node = node_new(r->db, holder, r->started_at, NODE_SILENT_S, relevod_on_node_gone, r);
    r->due = due_new(r->db, &r->desks, r->store, holder, relevod_now, relevod_on_due_failed, r);
    r->planned = planned_new(r->db, database, &r->desks, relevod_now, relevod_on_planned, r);
    r->shadow = shadow_new(r->db, database, &r->desks, holder, relevod_on_shadow, r);
    r->overload = overload_new(r->db, &r->desks, relevod_now, relevod_on_overload, r);
    r->deliver =
        deliver_new(r->db, &r->desks, r->store, holder, relevod_now, relevod_on_delivery, r);
    r->fetch = fetch_new(r->db, &r->desks, holder, (size_t)conf_int(attachments, "size_max"),
                         relevod_now, relevod_on_attachment, r);
    if (!conf_bool(attachments, "fetch"))
        fetch_stop(r->fetch);
    r->client = http_client_new(r->base);
    r->clients = clients_new(r->base);
    r->hook = hook_new(r->http, &r->desks);
    rooms = (struct admin_rooms){ .db = r->db,
                                  .balance = r->balance,
                                  .overload = r->overload,
                                  .intake = r->intake,
                                  .store = r->store,
                                  .deliver = r->deliver,
                                  .desks = &r->desks,
                                  .host = &r->host,
                                  .hook = r->hook,
                                  .http = r->http,
                                  .parse = r->parse_pool,
                                  .smtp = r->smtp_pool };
    r->admin = admin_new(r->admin_http, &rooms);
    db_listen(r->db, "relevo_policy", relevod_on_policy_heard, r);
    db_listen(r->db, "relevo_delivery", relevod_on_delivery_heard, r);
    db_listen(r->db, "relevo_due", relevod_on_due_heard, r);
    db_listen(r->db, "relevo_heard", relevod_on_heard, r);
    db_listen(r->db, "relevo_reconcile", relevod_on_reconcile, r);
}

/* Each room before what it stands on; what it still waits for is answered while its askers stand.
 */
static void relevod_close(struct relevod *r)
{
    struct event *const events[] = { r->on_term, r->on_int, r->on_hup,   r->retry,
                                     r->policy,  r->clock,  r->watchdog, r->check };
    struct generation *g;
    size_t i;

    for (g = r->now; g != NULL; g = g->older)
        host_stop_all(g->host);
    hook_end_streams(r->hook, NULL);
    balance_free(r->balance);
    http_client_free(r->client);
    worker_pool_free(r->smtp_pool);
    worker_pool_free(r->parse_pool);
    db_free(r->store_db);
    db_free(r->db);
    hook_free(r->hook);
    admin_free(r->admin);
    http_free(r->http);
    http_free(r->admin_http);
    parse_free(r->parse);
    deliver_free(r->deliver);
    fetch_free(r->fetch);
    due_free(r->due);
    planned_free(r->planned);
    shadow_free(r->shadow);
    overload_free(r->overload);
    intake_free(r->intake);
    store_free(r->store);
    node_free(r->node);
    leases_free(r->leases);
    while ((g = r->now) != NULL) {
        r->now = g->older;
        generation_free(r, g);
    }
    generation_free(r, r->loading);
    clients_free(r->clients);
    turns_free(r->turns);
    workers_free(r->workers);
    for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (events[i] != NULL)
            event_free(events[i]);
    event_base_free(r->base);
    config_free(r->first);
}

int relevod_run(struct config *config, const char *path)
{
    struct relevod r = { .path = path, .first = config, .started_at = wall_now() };
    enum log_level most;
    struct error err = { 0 };
    int rc;

    if (log_level_parse(conf_text(config->log, "level"), &most) == 0)
        log_set_level(most);
    signal(SIGPIPE, SIG_IGN);
    rc = relevod_migrate(config);
    if (rc != 0) {
        config_free(config);
        return rc;
    }
    r.base = event_base_new();
    if (relevod_listen(&r, &err) < 0) {
        log_event(LOG_LEVEL_ERROR, "start_refused", LOG_TEXT("words", err.text));
        http_free(r.http);
        http_free(r.admin_http);
        event_base_free(r.base);
        config_free(config);
        return 78;
    }
    relevod_timers(&r);
    relevod_open(&r);
    r.loading = xcalloc(1, sizeof(*r.loading));
    r.loading->config = config;
    db_clock_ask(r.db, relevod_on_clock, &r); /* first: nothing is judged by a wrong clock */
    relevod_ask_desks(-1, 0, &r);
    event_base_dispatch(r.base);
    relevod_close(&r);
    log_event(LOG_LEVEL_INFO, "stopped", LOG_NUMBER("status", r.status));
    return r.status;
}

/* --- only looking
 * ------------------------------------------------------------------------------------- */

int relevod_check(const struct config *config)
{
    const struct conf *root = config->root;
    struct desk_channel *channels = xcalloc(conf_count(root, "channels") + 1, sizeof(*channels));
    struct desk_channel *one[1];
    struct desk desk = { .name = "", .channels = one, .channel_count = 1 };
    struct desk *desk_list[] = { &desk };
    struct desks desks = { desk_list, 1 };
    struct host_services none = { 0 };
    int rc = 0;
    size_t i;

    for (i = 0; i < conf_count(root, "channels"); i++) {
        const struct conf *c = conf_at(root, "channels", i);
        struct error err = { 0 };
        struct host *host;

        channels[i].channel.ops = channel_kind(conf_text(c, "kind"));
        channels[i].channel.conf = c;
        channels[i].channel.name = conf_name_at(root, "channels", i);
        channels[i].channel.public_url = conf_text(root, "public_url");
        one[0] = &channels[i];
        host = host_new(&none, &desks, &err);
        if (host == NULL) {
            fprintf(stderr, "%s: channel %s: %s\n", conf_place(c, NULL), channels[i].channel.name,
                    err.text);
            rc = -1;
        }
        host_free(host);
    }
    free(channels);
    return rc;
}
