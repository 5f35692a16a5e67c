/* daemon/admin.h - how this node is: /healthz, /readyz and /metrics, on a listener of their own.
 *
 * Loop thread. /healthz is 200 while the loop turns; /readyz 200 when the database answers and
 * desks are loaded, else 503 with what is missing; /metrics is Prometheus' text format 0.0.4.
 * Numbers only: no address, no words of anybody. */
#ifndef RELEVO_DAEMON_ADMIN_H
#define RELEVO_DAEMON_ADMIN_H

struct admin;
struct balance;
struct db;
struct deliver;
struct desks;
struct hook;
struct host;
struct http;
struct intake;
struct overload;
struct store;
struct worker_pool;

struct admin_rooms { /* all outlive the admin */
    const struct db *db, *store_db;
    const struct balance *balance;
    const struct overload *overload;
    const struct desks *desks; /* empty: not ready */
    struct host *const *host;  /* the newest; *host NULL: none yet */
    const struct intake *intake;
    const struct store *store;
    const struct deliver *deliver;
    const struct hook *hook;
    const struct http *http;
    const struct worker_pool *parse, *smtp;
};

/* Serves its paths of `http`. */
struct admin *admin_new(struct http *http, const struct admin_rooms *rooms);
void admin_free(struct admin *a); /* takes NULL */

#endif
