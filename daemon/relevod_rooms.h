/* daemon/relevod_rooms.h - inside relevod: its rooms, and what has been made of a configuration.
 *
 * For daemon/relevod*.c alone. Loop thread. relevod.c opens the rooms and shuts them,
 * relevod_generation.c reads configurations, relevod_tell.c logs what the rooms tell,
 * relevod_hear.c does what other nodes say, relevod_end.c ends it. */
#ifndef RELEVO_DAEMON_RELEVOD_ROOMS_H
#define RELEVO_DAEMON_RELEVOD_ROOMS_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/desk.h"
#include "daemon/relevod.h"

struct admin;
struct balance;
struct burdens;
struct clients;
struct config;
struct db;
struct deliver;
struct due;
struct event_base;
struct fetch;
struct hook;
struct host;
struct http;
struct http_client;
struct intake;
struct leases;
struct node;
struct overload;
struct parse;
struct planned;
struct policy_change_answer;
struct shadow;
struct store;
struct turns;
struct worker_pool;
struct workers;

/* One configuration and what was made of it. */
struct relevod_generation {
    struct config *config;
    struct desks desks;
    struct host *host;
    bool store_was_idle; /* at some moment since it was replaced: no batch reads its policies */
    struct relevod_generation *older;
};
struct relevod {
    const char *path;
    struct config *first; /* what counts from the next start on is read from it: kept to the end */
    struct event_base *base;
    struct db *store_db, *db;
    struct desks desks; /* the newest generation's, as the rooms see them */
    struct host *host;
    struct relevod_generation *now, *loading;
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
    struct burdens *burdens;
    struct worker_pool *parse_pool, *smtp_pool;
    struct parse *parse;
    struct clients *clients;
    struct leases *leases;
    struct balance *balance;
    struct node *node;
    struct event *on_term, *on_int, *on_hup, *retry, *policy, *clock, *watchdog, *check;
    int64_t started_at, drain_until_ms;
    bool again;         /* SIGHUP came while a configuration was being loaded */
    bool schema_judged; /* at the start alone: what a newer program does to it later, it answers for
                         */
    bool policies_asked, ready, draining, gave_up;
    bool clock_differs;
    int status;
};

void relevod_arm(struct event *timer, int64_t ms);

/* --- relevod_generation.c */
/* The configuration that is being loaded, when the database lets us: tried again as `retry`. */
void relevod_ask_desks(evutil_socket_t fd, short what, void *arg);
void relevod_on_hup(evutil_socket_t fd, short what, void *arg);
void relevod_on_lease(void *arg, struct desk_channel *ch, bool held);
/* A policy and these channels have met: the names that nobody has are told, once. */
void relevod_look_at_names(struct relevod *r);
bool relevod_generation_is_over(struct relevod *r, struct relevod_generation *g);
/* Takes NULL; its configuration lives on where it is the first one. */
void relevod_generation_free(struct relevod *r, struct relevod_generation *g);

/* --- relevod_tell.c */
void relevod_on_delivery(void *arg, int64_t ticket_id, const char *notice, const char *state,
                         const char *words);
void relevod_on_attachment(void *arg, int64_t ticket_id, const char *state, const char *words);
void relevod_on_due_failed(void *arg, int64_t ticket_id, const char *words);
void relevod_on_worker(void *arg, const char *role, pid_t pid, const char *words, int64_t pause_ms);
void relevod_on_db(void *arg, bool up, const char *words);
void relevod_on_store_db(void *arg, bool up, const char *words);
void relevod_on_shadow(void *arg, const char *desk, const struct error *err);
void relevod_on_overload(void *arg, const char *desk, const char *team, const char *sign,
                         int waiting);
void relevod_on_planned(void *arg, const struct policy_change_answer *answer);

/* --- relevod_hear.c */
void relevod_hear(struct relevod *r); /* from now on: what comes by NOTIFY */
void relevod_on_policy_timer(evutil_socket_t fd, short what, void *arg);
void relevod_on_clock_timer(evutil_socket_t fd, short what, void *arg);
void relevod_on_clock(void *arg, int64_t ahead_s);
void relevod_on_node_gone(void *arg, const char *holder, int64_t claims);

/* --- relevod_end.c */
void relevod_on_term(evutil_socket_t fd, short what, void *arg);
/* Also frees old generations that have nothing under way any more. */
void relevod_on_check(evutil_socket_t fd, short what, void *arg);

#endif
