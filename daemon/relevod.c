#include "daemon/relevod.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "core/arena.h"
#include "daemon/admin.h"
#include "daemon/balance.h"
#include "daemon/burden.h"
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
#include "daemon/memory.h"
#include "daemon/migrate.h"
#include "daemon/node.h"
#include "daemon/overload.h"
#include "daemon/parse.h"
#include "daemon/planned.h"
#include "daemon/relevod_rooms.h"
#include "daemon/shadow.h"
#include "daemon/socket_place.h"
#include "daemon/store.h"
#include "daemon/turns.h"
#include "daemon/worker.h"

static int64_t relevod_now(void *arg)
{
    (void)arg;
    return wall_now();
}

void relevod_arm(struct event *timer, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    event_add(timer, &tv);
}

static void relevod_on_watchdog(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    sd_notify(0, "WATCHDOG=1");
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

/* Whoever writes a number means it. */
static size_t relevod_held_max(const struct conf *limits)
{
    return conf_has(limits, "held") ? (size_t)conf_int(limits, "held") : memory_held_max();
}

static int relevod_listen(struct relevod *r, struct error *err)
{
    const struct conf *limits = r->first->limits;
    struct http_limits bounds = { .header_max = (size_t)conf_int(limits, "header"),
                                  .body_max = (size_t)conf_int(limits, "body"),
                                  .held_max = relevod_held_max(limits),
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
            return error_wrap(err, "%s: listen", conf_place(r->first->root, "listen"));
    r->admin_http = http_new(r->base, &bounds);
    return http_listen(r->admin_http, conf_text(r->first->root, "admin"), err) < 0
               ? error_wrap(err, "%s: admin", conf_place(r->first->root, "admin"))
               : 0;
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
    r->parse = parse_new(r->base, r->parse_pool, conf_int(c->workers, "parse_time") * 1000,
                         PARSE_PAUSE_MS);
    r->store_db =
        db_new(r->base, database, "relevod store", store_db_settings, relevod_on_store_db, r);
    r->db = db_new(r->base, database, "relevod", NULL, relevod_on_db, r);
    r->store = store_new(r->store_db, &r->desks, relevod_now, NULL);
    r->intake = intake_new(r->store);
    r->leases = leases_new(r->db, c->node, relevod_on_lease, r);
    r->turns = turns_new(r->base);
    r->burdens = burdens_new(r->base, memory_fetched_max(), BURDEN_SLOW_MS);
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
    r->clients = clients_new(r->base, SOCKET_PLACE_LOOK_MS);
    r->hook = hook_new(r->http, &r->desks);
    rooms = (struct admin_rooms){ .db = r->db,
                                  .store_db = r->store_db,
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
    relevod_hear(r);
}

/* Each room before what it stands on; what it still waits for is answered while its askers stand.
 */
static void relevod_close(struct relevod *r)
{
    struct event *const events[] = { r->on_term, r->on_int, r->on_hup,   r->retry,
                                     r->policy,  r->clock,  r->watchdog, r->check };
    struct relevod_generation *g;
    size_t i;

    for (g = r->now; g != NULL; g = g->older)
        host_stop_all(g->host);
    hook_end_streams(r->hook, NULL);
    balance_free(r->balance);
    http_client_free(r->client);
    worker_pool_free(r->smtp_pool);
    parse_stop(r->parse);
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
        relevod_generation_free(r, g);
    }
    relevod_generation_free(r, r->loading);
    clients_free(r->clients);
    turns_free(r->turns);
    burdens_free(r->burdens);
    workers_free(r->workers);
    for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (events[i] != NULL)
            event_free(events[i]);
    event_base_free(r->base);
    config_free(r->first);
}

/* A shell leaves a process few descriptors, or small files, and says how many more, and how large,
 * they may be; where mails are kept counts as files. A service manager's filter may not know the
 * call; its own number is enough. */
static void relevod_take_limit(int resource)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
}

/* Whoever began us may have blocked what we wait for. What ends others tells us that it failed. */
static void relevod_take_signals(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int relevod_run(struct config *config, const char *path)
{
    struct relevod r = { .path = path, .first = config, .started_at = wall_now() };
    enum log_level most;
    struct error err = { 0 };
    int rc;

    if (log_level_parse(conf_text(config->log, "level"), &most) == 0)
        log_set_level(most);
    relevod_take_signals();
    relevod_take_limit(RLIMIT_NOFILE);
    relevod_take_limit(RLIMIT_FSIZE);
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

/* Who refuses puts the channel's name before it, or a place of its own: a secret's. */
static void relevod_tell_mistake(const struct conf *c, const char *name, const struct error *err)
{
    const char *place = conf_place(c, NULL);
    size_t file = strlen(place), n = strlen(name);
    int colons = 2; /* "relevo.yaml:12:5" */

    while (file > 0 && colons > 0)
        colons -= place[--file] == ':';
    if (strncmp(err->text, place, file + 1) == 0)
        fprintf(stderr, "%s\n", err->text);
    else if (strncmp(err->text, name, n) == 0 && err->text[n] == ':')
        fprintf(stderr, "%s: %s\n", place, err->text);
    else
        fprintf(stderr, "%s: %s: %s\n", place, name, err->text);
}

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
            relevod_tell_mistake(c, channels[i].channel.name, &err);
            rc = -1;
        }
        host_free(host);
    }
    free(channels);
    return rc;
}
