#include "daemon/host.h"

#include <event2/event.h>
#include <stdlib.h>

#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/host_rooms.h"
#include "daemon/log.h"
#include "daemon/memory.h"

static struct host_channel *host_find(struct host *h, const struct channel *ch)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        if (&h->channel[i].channel->channel == ch)
            return &h->channel[i];
    return NULL;
}

struct host_channel *host_channel_of(struct host *h, const struct channel *ch)
{
    struct host_channel *c = host_find(h, ch);

    if (c == NULL)
        abort();
    return c;
}

static void host_begin(struct host_channel *c)
{
    struct channel *ch = &c->channel->channel;

    c->started = true;
    log_event(LOG_LEVEL_INFO, "channel_started", LOG_TEXT("channel", ch->name),
              LOG_TEXT("kind", ch->ops->kind));
    if (ch->ops->start != NULL)
        ch->ops->start(ch);
    host_child_start(c);
}

static void host_ask_cursors(evutil_socket_t fd, short what, void *arg);

static void host_on_cursors(void *arg, const struct db_answer *answer)
{
    struct host_channel *c = arg;
    struct timeval pause = { HOST_CURSOR_RETRY_MS / 1000, 0 };

    c->host->open--;
    if (!c->wanted || c->started)
        return;
    if (answer->res == NULL) {
        event_add(c->retry, &pause);
        return;
    }
    host_take_cursors(c, answer);
    host_begin(c);
}

static void host_ask_cursors(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    host_query_cursors(arg, host_on_cursors, arg);
}

void host_follow(struct host *h, const struct host *older)
{
    h->older = older;
}

void host_start(struct host *h, struct desk_channel *ch)
{
    struct host_channel *c = host_find(h, &ch->channel);

    if (c == NULL || c->wanted)
        return;
    c->wanted = true;
    if (ch->channel.ops->pulls)
        host_ask_cursors(-1, 0, c);
    else
        host_begin(c);
}

void host_stop(struct host *h, struct desk_channel *ch)
{
    struct host_channel *c = host_find(h, &ch->channel);

    if (c == NULL)
        return;
    c->wanted = false;
    if (c->retry != NULL)
        event_del(c->retry);
    if (!c->started)
        return;
    c->started = false;
    host_child_stop(c);
    if (ch->channel.ops->stop != NULL)
        ch->channel.ops->stop(&ch->channel);
    log_event(LOG_LEVEL_INFO, "channel_stopped", LOG_TEXT("channel", ch->channel.name));
}

void host_start_told(struct host *h)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        if (!h->channel[i].channel->channel.ops->pulls)
            host_start(h, h->channel[i].channel);
}

void host_stop_all(struct host *h)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        host_stop(h, h->channel[i].channel);
}

bool host_is_idle(const struct host *h)
{
    return h->open == 0;
}

bool host_is_over(const struct host *h)
{
    return h->open == 0 && h->polls == 0;
}

void host_heard(struct host *h, int64_t channel_id, const char *conversation)
{
    size_t i;

    for (i = 0; i < h->count; i++) {
        struct channel *ch = &h->channel[i].channel->channel;

        if (ch->channel_id == channel_id && ch->ops->heard != NULL)
            ch->ops->heard(ch, conversation);
    }
}

bool host_health_at(const struct host *h, size_t i, const char **name, enum channel_health *health,
                    bool *started)
{
    if (i >= h->count)
        return false;
    *name = h->channel[i].channel->channel.name;
    *health = h->channel[i].health;
    *started = h->channel[i].started;
    return true;
}

static void host_close(struct host_channel *c)
{
    c->channel->channel.ops->close(&c->channel->channel);
    host_cursors_free(c);
    if (c->retry != NULL)
        event_free(c->retry);
}

static int host_open(struct host *h, struct desk_channel *ch, struct error *err)
{
    struct host_channel *c = &h->channel[h->count];

    *c = (struct host_channel){ .host = h, .channel = ch };
    ch->channel.host = &h->doors;
    if (ch->channel.ops->open(&ch->channel, err) < 0)
        return -1;
    if (h->on.base != NULL)
        c->retry = evtimer_new(h->on.base, host_ask_cursors, c);
    h->count++;
    return 0;
}

struct host *host_new(const struct host_services *services, struct desks *desks, struct error *err)
{
    struct host *h = xcalloc(1, sizeof(*h));
    size_t i, k, n = 0;

    h->on = *services;
    h->doors = host_doors;
    h->doors.ctx = h;
    h->doors.held_max = memory_held_max();
    h->desks = desks;
    for (i = 0; i < desks->count; i++)
        n += desks->desk[i]->channel_count;
    h->doors.light_max = memory_light_max(n);
    h->channel = xcalloc(n + 1, sizeof(*h->channel));
    for (i = 0; i < desks->count; i++)
        for (k = 0; k < desks->desk[i]->channel_count; k++)
            if (host_open(h, desks->desk[i]->channels[k], err) < 0) {
                host_free(h);
                return NULL;
            }
    return h;
}

void host_free(struct host *h)
{
    if (h == NULL)
        return;
    host_stop_all(h);
    while (h->count > 0)
        host_close(&h->channel[--h->count]);
    free(h->channel);
    free(h);
}
