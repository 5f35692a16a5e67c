#include "daemon/relevod_rooms.h"

#include <systemd/sd-daemon.h>

#include "daemon/balance.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/deliver.h"
#include "daemon/due.h"
#include "daemon/fetch.h"
#include "daemon/hook.h"
#include "daemon/host.h"
#include "daemon/http.h"
#include "daemon/intake.h"
#include "daemon/lease.h"
#include "daemon/log.h"
#include "daemon/overload.h"
#include "daemon/parse.h"
#include "daemon/planned.h"
#include "daemon/shadow.h"
#include "daemon/store.h"

static bool relevod_is_idle(struct relevod *r)
{
    const struct intake_counts *in = intake_counts(r->intake);
    struct relevod_generation *g;

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

void relevod_on_check(evutil_socket_t fd, short what, void *arg)
{
    struct relevod *r = arg;
    struct relevod_generation *newer = r->now, *g;

    (void)fd;
    (void)what;
    while (newer != NULL && (g = newer->older) != NULL) {
        if (relevod_generation_is_over(r, g)) {
            newer->older = g->older;
            host_follow(newer->host, g->older == NULL ? NULL : g->older->host);
            relevod_generation_free(r, g);
        } else {
            newer = g;
        }
    }
    if (r->draining)
        relevod_end(r);
    else if (r->now != NULL && r->now->older != NULL)
        relevod_arm(r->check, RELEVOD_CHECK_MS);
}

void relevod_on_term(evutil_socket_t fd, short what, void *arg)
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
    parse_stop(r->parse);
    due_stop(r->due);
    planned_stop(r->planned);
    shadow_stop(r->shadow);
    overload_stop(r->overload);
    deliver_stop(r->deliver);
    fetch_stop(r->fetch);
    if (r->loading != NULL && evtimer_pending(r->retry, NULL)) {
        event_del(r->retry);
        relevod_generation_free(r, r->loading);
        r->loading = NULL;
    }
    relevod_on_check(-1, 0, r);
}
