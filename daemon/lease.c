#include "daemon/lease.h"

#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/desk.h"

struct lease {
    struct leases *all;
    struct desk_channel *channel; /* NULL: forgotten while a question was under way */
    bool held, asking;
    int64_t asked_ms; /* steady time of the question that is under way */
    int64_t sure_ms;  /* steady time of the newest question that was answered yes */
    struct lease *next;
};
struct leases {
    struct db *db;
    char *holder;
    struct event *timer;
    struct lease *first;
    void (*told)(void *arg, struct desk_channel *ch, bool held);
    void *arg;
    bool ended;
    void (*gave_up)(void *arg);
    void *gave_up_arg;
};

static void lease_set(struct lease *l, bool held)
{
    if (l->held == held || l->channel == NULL)
        return;
    l->held = held;
    l->all->told(l->all->arg, l->channel, held);
}

static void lease_drop(struct leases *all, struct lease *gone)
{
    struct lease **at;

    for (at = &all->first; *at != gone;)
        at = &(*at)->next;
    *at = gone->next;
    free(gone);
}

static void lease_on_answer(void *arg, const struct db_answer *answer)
{
    struct lease *l = arg;

    l->asking = false;
    if (l->channel == NULL) {
        lease_drop(l->all, l);
        return;
    }
    if (answer->res == NULL || l->all->ended)
        return; /* nothing is known: what was known holds until it is too old */
    if (PQntuples(answer->res) == 1)
        l->sure_ms = l->asked_ms;
    lease_set(l, PQntuples(answer->res) == 1);
}

static void lease_ask(struct lease *l)
{
    struct leases *all = l->all;
    struct arena *a;
    struct db_value v[4];

    if (l->asking || !db_is_up(all->db))
        return; /* a question that waits in line would be answered for a time that has gone by */
    a = arena_new();
    v[0] = db_int(a, l->channel->desk->desk_id);
    v[1] = db_int(a, l->channel->channel.channel_id);
    v[2] = db_text(all->holder);
    v[3] = db_int(a, LEASE_S);
    l->asking = true;
    l->asked_ms = steady_now_ms();
    db_query(all->db, "lease_take", v, 4, lease_on_answer, l);
    arena_free(a);
}

static void leases_arm(struct leases *all)
{
    /* Twice as often as questions are due: a lease that grows too old is noticed in time. */
    struct timeval tv = { 0, LEASE_RENEW_MS / 2 * 1000 };

    event_add(all->timer, &tv);
}

static void leases_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct leases *all = arg;
    struct lease *l, *next;
    int64_t now = steady_now_ms();

    (void)fd;
    (void)what;
    for (l = all->first; l != NULL; l = next) {
        next = l->next;
        if (l->channel == NULL)
            continue;
        if (l->held && now - l->sure_ms >= LEASE_SAFE_MS)
            lease_set(l, false);
        if (now - l->asked_ms >= LEASE_RENEW_MS)
            lease_ask(l);
    }
    leases_arm(all);
}

struct leases *leases_new(struct db *db, const char *node,
                          void (*told)(void *arg, struct desk_channel *ch, bool held), void *arg)
{
    struct leases *all = xcalloc(1, sizeof(*all));
    unsigned char random[8];

    if (RAND_bytes(random, sizeof(random)) != 1)
        abort();
    all->db = db;
    all->told = told;
    all->arg = arg;
    all->holder =
        xasprintf("%s/%ld/%02x%02x%02x%02x%02x%02x%02x%02x", node, (long)getpid(), random[0],
                  random[1], random[2], random[3], random[4], random[5], random[6], random[7]);
    all->timer = evtimer_new(db_base(db), leases_on_timer, all);
    leases_arm(all);
    return all;
}

const char *leases_holder(const struct leases *all)
{
    return all->holder;
}

void leases_want(struct leases *all, struct desk_channel *ch)
{
    struct lease *l = xcalloc(1, sizeof(*l));

    l->all = all;
    l->channel = ch;
    l->asked_ms = steady_now_ms() - LEASE_RENEW_MS;
    l->next = all->first;
    all->first = l;
    lease_ask(l);
}

void leases_forget(struct leases *all, const struct desk_channel *ch)
{
    struct lease *l;

    for (l = all->first; l != NULL && l->channel != ch;)
        l = l->next;
    if (l == NULL)
        return;
    l->channel = NULL;
    if (!l->asking)
        lease_drop(all, l);
}

static void leases_on_given_up(void *arg, const struct db_answer *answer)
{
    struct leases *all = arg;

    (void)answer; /* failed: they run out by themselves */
    if (all->gave_up != NULL)
        all->gave_up(all->gave_up_arg);
}

void leases_give_up(struct leases *all, void (*done)(void *arg), void *arg)
{
    struct db_value v[] = { db_text(all->holder) };

    all->ended = true;
    all->gave_up = done;
    all->gave_up_arg = arg;
    event_del(all->timer);
    db_query(all->db, "lease_give_up", v, 1, leases_on_given_up, all);
}

void leases_free(struct leases *all)
{
    if (all == NULL)
        return;
    while (all->first != NULL)
        lease_drop(all, all->first);
    event_free(all->timer);
    free(all->holder);
    free(all);
}
