/* A sink that fails rests for a while. */
#include <stdlib.h>

#include "core/arena.h"
#include "daemon/deliver_rooms.h"

struct deliver_breaker {
    int64_t channel_id;
    int failures;       /* in a row */
    int64_t rest_s;     /* of the last rest */
    int64_t open_until; /* 0: closed */
    struct deliver_breaker *next;
};

static struct deliver_breaker *deliver_breaker_of(struct deliver *d, int64_t channel_id)
{
    struct deliver_breaker *b;

    for (b = d->breakers; b != NULL; b = b->next)
        if (b->channel_id == channel_id)
            return b;
    b = xcalloc(1, sizeof(*b));
    b->channel_id = channel_id;
    b->next = d->breakers;
    d->breakers = b;
    return b;
}

void deliver_breaker_note(struct deliver *d, int64_t channel_id, enum sent_outcome outcome)
{
    struct deliver_breaker *b = deliver_breaker_of(d, channel_id);
    int64_t now = d->now(d->arg);

    if (outcome == SENT_OK ||
        outcome == SENT_REFUSED) { /* the sink works, whatever it says of this one */
        b->failures = 0;
        b->rest_s = 0;
        b->open_until = 0;
        return;
    }
    if (b->open_until > now)
        return; /* it left before the rest began, with what began it */
    if (++b->failures < DELIVER_BREAKER_AFTER && outcome != SENT_CONFIG)
        return;
    b->rest_s = b->rest_s == 0 ? DELIVER_BREAKER_MIN_S : b->rest_s * 2;
    if (b->rest_s > DELIVER_BREAKER_MAX_S)
        b->rest_s = DELIVER_BREAKER_MAX_S;
    b->open_until = now + b->rest_s;
    b->failures = DELIVER_BREAKER_AFTER - 1; /* one try after the rest decides */
}

bool deliver_breaker_rests(const struct deliver *d, int64_t channel_id, int64_t now)
{
    const struct deliver_breaker *b;

    for (b = d->breakers; b != NULL; b = b->next)
        if (b->channel_id == channel_id && b->open_until > now)
            return true;
    return false;
}

void deliver_breakers_free(struct deliver *d)
{
    struct deliver_breaker *b;

    while ((b = d->breakers) != NULL) {
        d->breakers = b->next;
        free(b);
    }
}
