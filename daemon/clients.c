#include "daemon/clients.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "daemon/socket_place.h"

enum { CLIENTS_BACKLOG = 128, CLIENTS_ACCEPTS = 16, CLIENTS_OUT_MAX = 64 << 10 };

struct clients_socket {
    struct clients *room;
    struct socket_place place;
    unsigned mode;
    bool heard; /* it has its mode, and who connects is told of */
    int fd;
    struct event *ready, *again; /* again: after there was no descriptor */
    struct channel *owner;       /* NULL: nobody listens any more */
    struct clients_socket *next;
};
struct channel_client {
    struct clients *room;
    int fd;
    struct channel *ch;
    void *state; /* what the channel knows it by */
    struct event *readable, *writable, *more, *late;
    struct evbuffer *in, *out;
    bool telling; /* the channel is being told: it is freed behind that */
    bool ended;
    struct channel_client *next, **self;
};
struct clients {
    struct event_base *base;
    struct event *sweep, *look;
    struct clients_socket *sockets;
    struct channel_client *open;
};

static void clients_arm(struct event *timer, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    event_add(timer, &tv);
}

/* --- one client
 * ------------------------------------------------------------------------------------------ */

static void client_free(struct channel_client *c)
{
    struct event *const events[] = { c->readable, c->writable, c->more, c->late };
    size_t i;

    for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        event_free(events[i]);
    evbuffer_free(c->in);
    evbuffer_free(c->out);
    close(c->fd);
    *c->self = c->next;
    if (c->next != NULL)
        c->next->self = c->self;
    free(c);
}

/* Reads while there is room for what comes and for what is answered to it. */
static void client_watch(struct channel_client *c)
{
    bool reads = !c->ended && evbuffer_get_length(c->in) < CHANNEL_CLIENT_MAX &&
                 evbuffer_get_length(c->out) < CLIENTS_OUT_MAX;

    if (reads)
        event_add(c->readable, NULL);
    else
        event_del(c->readable);
    if (evbuffer_get_length(c->out) > 0)
        event_add(c->writable, NULL);
}

static void client_gone(struct channel_client *c)
{
    if (!c->ended)
        c->ch->ops->on_client_gone(c->state);
    client_free(c);
}

/* It has been told, or has heard, all there is. False: it is no more. */
static bool client_settle(struct channel_client *c)
{
    if (c->ended && evbuffer_get_length(c->out) == 0) {
        client_free(c);
        return false;
    }
    client_watch(c);
    return true;
}

static void client_tell(struct channel_client *c)
{
    size_t len, taken = 1;

    c->telling = true;
    while (!c->ended && taken > 0 && (len = evbuffer_get_length(c->in)) > 0) {
        const char *bytes = (const char *)evbuffer_pullup(c->in, -1);

        taken = c->ch->ops->on_client_said(c->state, (struct span){ bytes, len });
        evbuffer_drain(c->in, taken);
    }
    c->telling = false;
    client_settle(c);
}

static void client_on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct channel_client *c = arg;
    size_t room = CHANNEL_CLIENT_MAX - evbuffer_get_length(c->in);
    int n = evbuffer_read(c->in, fd, (int)room);

    (void)what;
    if (n > 0)
        client_tell(c);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        client_gone(c);
    else
        client_watch(c);
}

static void client_on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct channel_client *c = arg;
    int n = evbuffer_write(c->out, fd);

    (void)what;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        client_gone(c);
    else if (client_settle(c) && !c->ended && evbuffer_get_length(c->in) > 0)
        clients_more(c);
}

static void client_on_more(evutil_socket_t fd, short what, void *arg)
{
    struct channel_client *c = arg;

    (void)fd;
    (void)what;
    if (!c->ended)
        client_tell(c);
}

static void client_on_late(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    client_free(arg);
}

void clients_write(struct channel_client *c, struct span bytes)
{
    evbuffer_add(c->out, bytes.ptr, bytes.len);
    evbuffer_write(c->out, c->fd); /* an error comes again when it is writable */
    client_watch(c);
}

void clients_more(struct channel_client *c)
{
    event_active(c->more, EV_TIMEOUT, 0);
}

void clients_end(struct channel_client *c)
{
    c->ended = true;
    event_del(c->more);
    clients_arm(c->late, CLIENTS_CLOSE_MS);
    if (!c->telling)
        client_settle(c);
}

static void client_begin(struct clients_socket *s, int fd)
{
    struct clients *room = s->room;
    struct channel_client *c = xcalloc(1, sizeof(*c));

    *c = (struct channel_client){ .room = room,
                                  .fd = fd,
                                  .ch = s->owner,
                                  .in = evbuffer_new(),
                                  .out = evbuffer_new(),
                                  .next = room->open,
                                  .self = &room->open };
    c->readable = event_new(room->base, fd, EV_READ | EV_PERSIST, client_on_readable, c);
    c->writable = event_new(room->base, fd, EV_WRITE, client_on_writable, c);
    c->more = event_new(room->base, -1, 0, client_on_more, c);
    c->late = evtimer_new(room->base, client_on_late, c);
    if (c->next != NULL)
        c->next->self = &c->next;
    room->open = c;
    c->telling = true; /* it may be ended by whom it is told to */
    c->state = c->ch->ops->on_client(c->ch, c);
    c->telling = false;
    client_settle(c);
}

/* --- sockets
 * ----------------------------------------------------------------------------------------------
 */

static void socket_on_ready(evutil_socket_t fd, short what, void *arg)
{
    struct clients_socket *s = arg;
    int i, client = 0;

    (void)what;
    for (i = 0; i < CLIENTS_ACCEPTS && client >= 0; i++) {
        client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client >= 0)
            client_begin(s, client);
    }
    if (client < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
        event_del(s->ready); /* the same error would come again at once, for ever */
        clients_arm(s->again, CLIENTS_PAUSE_MS);
    }
}

static void socket_on_again(evutil_socket_t fd, short what, void *arg)
{
    struct clients_socket *s = arg;

    (void)fd;
    (void)what;
    if (s->owner != NULL)
        event_add(s->ready, NULL);
}

/* Makes it, also anew; -1: there is none, or it is the one from before. */
static int socket_make(struct clients_socket *s, struct error *err)
{
    int fd = socket_place_make(&s->place, CLIENTS_BACKLOG, err);

    if (fd < 0)
        return -1;
    s->heard = false;
    if (s->ready != NULL) {
        event_free(s->ready);
        close(s->fd);
    }
    s->fd = fd;
    s->ready = event_new(s->room->base, fd, EV_READ | EV_PERSIST, socket_on_ready, s);
    return 0;
}

static int socket_open_to(struct clients_socket *s, unsigned mode, struct error *err)
{
    struct stat st;

    s->mode = mode;
    if ((lstat(s->place.path, &st) < 0 || (st.st_mode & 0777) != mode) &&
        chmod(s->place.path, mode) < 0)
        return error_set(err, ERROR_CONFIG, "%s: %s", s->place.path, strerror(errno));
    event_add(s->ready, NULL);
    s->heard = true;
    return 0;
}

static void socket_free(struct clients_socket *s)
{
    event_free(s->ready);
    event_free(s->again);
    socket_place_clear(&s->place);
    close(s->fd);
    free(s);
}

static void clients_on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct clients_socket **at = &((struct clients *)arg)->sockets, *s;

    (void)fd;
    (void)what;
    while ((s = *at) != NULL) {
        if (s->owner != NULL) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        socket_free(s);
    }
}

static struct clients_socket *clients_open(struct clients *c, const char *path, struct error *err)
{
    struct clients_socket *s = xcalloc(1, sizeof(*s));

    *s = (struct clients_socket){ .room = c,
                                  .place = { .path = xstrdup(path) },
                                  .next = c->sockets };
    if (socket_make(s, err) < 0) {
        free(s->place.path);
        free(s);
        return NULL;
    }
    s->again = evtimer_new(c->base, socket_on_again, s);
    c->sockets = s;
    return s;
}

int clients_listen(struct clients *c, struct channel *ch, const char *path, unsigned mode,
                   struct error *err)
{
    struct clients_socket *s;

    for (s = c->sockets; s != NULL && strcmp(s->place.path, path) != 0;)
        s = s->next;
    if (s != NULL && s->owner != NULL)
        return error_set(err, ERROR_CONFIG, "%s: channel %s listens there", path, s->owner->name);
    if (s == NULL && (s = clients_open(c, path, err)) == NULL)
        return -1;
    if (!socket_place_is_there(&s->place) && socket_make(s, err) < 0)
        return -1;
    if (socket_open_to(s, mode, err) < 0)
        return -1;
    s->owner = ch;
    return 0;
}

/* What tidies a folder up takes sockets away, too, and nobody would ever connect again. */
static void clients_on_look(evutil_socket_t fd, short what, void *arg)
{
    struct clients_socket *s;
    struct error err;
    bool is_there;
    int rc;

    (void)fd;
    (void)what;
    for (s = ((struct clients *)arg)->sockets; s != NULL; s = s->next) {
        is_there = socket_place_is_there(&s->place);
        if (s->owner == NULL || (is_there && s->heard))
            continue;
        rc = is_there ? 0 : socket_make(s, &err);
        if (rc == 0)
            rc = socket_open_to(s, s->mode, &err);
        s->owner->host->health(s->owner->host->ctx, s->owner, rc < 0 ? CHANNEL_TROUBLE : CHANNEL_OK,
                               rc < 0 ? err.text : "listens again");
    }
}

void clients_listen_stop(struct clients *c, struct channel *ch)
{
    struct clients_socket *s;

    for (s = c->sockets; s != NULL; s = s->next) {
        if (s->owner != ch)
            continue;
        s->owner = NULL;
        event_del(s->ready);
        clients_arm(c->sweep, 0);
    }
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

struct clients *clients_new(struct event_base *base, int64_t look_ms)
{
    struct clients *c = xcalloc(1, sizeof(*c));

    c->base = base;
    c->sweep = evtimer_new(base, clients_on_sweep, c);
    c->look = event_new(base, -1, EV_PERSIST, clients_on_look, c);
    clients_arm(c->look, look_ms);
    return c;
}

void clients_free(struct clients *c)
{
    struct channel_client *client;
    struct clients_socket *s;

    if (c == NULL)
        return;
    while ((client = c->open) != NULL)
        client_free(client);
    while ((s = c->sockets) != NULL) {
        c->sockets = s->next;
        socket_free(s);
    }
    event_free(c->sweep);
    event_free(c->look);
    free(c);
}
