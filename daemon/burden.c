#include "daemon/burden.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/arena.h"
#include "daemon/clock.h"

enum { BURDEN_LOOK_MS = 1000 /* how often it is seen who is slow, while somebody waits */ };

struct burden {
    struct burdens *all;
    size_t bytes;
    bool has_room, came;
    int64_t since_ms; /* steady, when it had room; before that, when it was wanted */
    void (*told)(void *arg);
    void *arg;
    struct burden *next;
};
struct burdens {
    struct event *timer;
    size_t most;
    int64_t slow_ms;
    struct burden *first; /* in the order in which they were wanted */
};

static void burdens_arm(struct burdens *all, int64_t ms)
{
    const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

    event_add(all->timer, &tv);
}

static size_t burdens_weight(const struct burdens *all, bool asked)
{
    int64_t late = steady_now_ms() - all->slow_ms;
    const struct burden *b;
    size_t sum = 0;

    for (b = all->first; b != NULL; b = b->next)
        if ((b->told != NULL || !asked) && (b->came || (b->has_room && b->since_ms > late)))
            sum += b->bytes;
    return sum;
}

/* One at a time: whoever is told may end some and want others. */
static void burdens_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct burdens *all = arg;
    struct burden *b = all->first;
    size_t weight;

    (void)fd;
    (void)what;
    while (b != NULL && b->has_room)
        b = b->next;
    if (b == NULL)
        return;
    weight = burdens_weight(all, steady_now_ms() - b->since_ms >= all->slow_ms);
    if (weight > 0 && (weight > all->most || b->bytes > all->most - weight)) {
        burdens_arm(all, BURDEN_LOOK_MS);
        return;
    }
    b->has_room = true;
    b->since_ms = steady_now_ms();
    burdens_arm(all, 0);
    b->told(b->arg);
}

struct burden *burden_want(struct burdens *all, size_t bytes, void (*told)(void *arg), void *arg)
{
    struct burden *b = xcalloc(1, sizeof(*b)), **end = &all->first;

    *b = (struct burden){
        .all = all, .bytes = bytes, .since_ms = steady_now_ms(), .told = told, .arg = arg
    };
    while (*end != NULL)
        end = &(*end)->next;
    *end = b;
    burdens_arm(all, 0);
    return b;
}

void burden_came(struct burden *b, size_t bytes)
{
    b->has_room = b->came = true;
    b->bytes = bytes;
    burdens_arm(b->all, 0);
}

void burden_end(struct burden *b)
{
    struct burden **at;

    if (b == NULL)
        return;
    for (at = &b->all->first; *at != b;)
        at = &(*at)->next;
    *at = b->next;
    burdens_arm(b->all, 0);
    free(b);
}

struct burdens *burdens_new(struct event_base *base, size_t most, int64_t slow_ms)
{
    struct burdens *all = xcalloc(1, sizeof(*all));

    all->most = most;
    all->slow_ms = slow_ms;
    all->timer = evtimer_new(base, burdens_on_timer, all);
    return all;
}

void burdens_free(struct burdens *all)
{
    if (all == NULL)
        return;
    event_free(all->timer);
    free(all);
}
