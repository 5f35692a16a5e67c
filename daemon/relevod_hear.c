#include "daemon/relevod_rooms.h"

#include <stdlib.h>

#include "daemon/balance.h"
#include "daemon/db.h"
#include "daemon/db_clock.h"
#include "daemon/deliver.h"
#include "daemon/due.h"
#include "daemon/host.h"
#include "daemon/log.h"
#include "daemon/planned.h"
#include "daemon/shadow.h"

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

void relevod_on_policy_timer(evutil_socket_t fd, short what, void *arg)
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

void relevod_hear(struct relevod *r)
{
    db_listen(r->db, "relevo_policy", relevod_on_policy_heard, r);
    db_listen(r->db, "relevo_delivery", relevod_on_delivery_heard, r);
    db_listen(r->db, "relevo_due", relevod_on_due_heard, r);
    db_listen(r->db, "relevo_heard", relevod_on_heard, r);
    db_listen(r->db, "relevo_reconcile", relevod_on_reconcile, r);
}

void relevod_on_clock(void *arg, int64_t ahead_s)
{
    struct relevod *r = arg;
    bool differs = llabs(ahead_s) > RELEVOD_CLOCK_S;

    if (differs && !r->clock_differs)
        log_event(LOG_LEVEL_WARNING, "clock_differs", LOG_NUMBER("ahead_s", ahead_s),
                  LOG_TEXT("words", "the database's time is taken; set this machine's clock"));
    r->clock_differs = differs;
}

void relevod_on_clock_timer(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;

    (void)fd;
    (void)what;
    if (db_is_up(r->db))
        db_clock_ask(r->db, relevod_on_clock, r);
}

void relevod_on_node_gone(void *arg, const char *holder, int64_t claims)
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
