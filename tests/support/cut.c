#include "tests/support/cut.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/arena.h"

struct cut_pair {
    struct cut *c;
    struct bufferevent *client, *server;
    bool deaf; /* the words went through: nothing is told until it is done */
    struct cut_pair *next;
};
struct cut {
    struct event_base *base;
    struct evconnlistener *listener;
    struct sockaddr_in server;
    char conninfo[256];
    const char *words;
    enum cut_when when;
    int count;
    struct cut_pair *pairs;
};

static void cut_pair_free(struct cut_pair *p)
{
    struct cut_pair **at = &p->c->pairs;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    bufferevent_free(p->client);
    bufferevent_free(p->server);
    free(p);
}

static void cut_on_client(struct bufferevent *bev, void *arg)
{
    struct cut_pair *p = arg;
    struct cut *c = p->c;
    struct evbuffer *in = bufferevent_get_input(bev);

    if (c->words != NULL && evbuffer_search(in, c->words, strlen(c->words), NULL).pos >= 0) {
        c->words = NULL;
        c->count++;
        if (c->when == CUT_BEFORE) {
            cut_pair_free(p);
            return;
        }
        p->deaf = true;
    }
    bufferevent_write_buffer(p->server, in);
}

static void cut_on_server(struct bufferevent *bev, void *arg)
{
    struct cut_pair *p = arg;

    if (!p->deaf)
        bufferevent_write_buffer(p->client, bufferevent_get_input(bev));
    else if (evbuffer_search(bufferevent_get_input(bev), "COMMIT", 6, NULL).pos >= 0)
        cut_pair_free(p);
}

static void cut_on_event(struct bufferevent *bev, short what, void *arg)
{
    (void)bev;
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
        cut_pair_free(arg);
}

static void cut_on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from,
                          int len, void *arg)
{
    struct cut *c = arg;
    struct cut_pair *p = xcalloc(1, sizeof(*p));

    (void)l;
    (void)from;
    (void)len;
    p->c = c;
    p->next = c->pairs;
    c->pairs = p;
    p->client = bufferevent_socket_new(c->base, fd, BEV_OPT_CLOSE_ON_FREE);
    p->server = bufferevent_socket_new(c->base, -1, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(p->client, cut_on_client, NULL, cut_on_event, p);
    bufferevent_setcb(p->server, cut_on_server, NULL, cut_on_event, p);
    bufferevent_socket_connect(p->server, (struct sockaddr *)&c->server, sizeof(c->server));
    bufferevent_enable(p->client, EV_READ | EV_WRITE);
    bufferevent_enable(p->server, EV_READ | EV_WRITE);
}

/* Where the server listens, and how else to log in. */
static void cut_read_conninfo(struct cut *c, const char *conninfo, int port)
{
    PGconn *conn = PQconnectdb(conninfo);

    if (PQstatus(conn) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(conn));
        exit(1);
    }
    c->server = (struct sockaddr_in){ .sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                      .sin_port = htons((uint16_t)atoi(PQport(conn))) };
    snprintf(c->conninfo, sizeof(c->conninfo),
             "host=127.0.0.1 port=%d dbname=%s user=%s sslmode=disable gssencmode=disable", port,
             PQdb(conn), PQuser(conn));
    PQfinish(conn);
}

struct cut *cut_new(struct event_base *base, const char *conninfo)
{
    struct cut *c = xcalloc(1, sizeof(*c));
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(here);

    c->base = base;
    c->listener =
        evconnlistener_new_bind(base, cut_on_accept, c, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE,
                                8, (struct sockaddr *)&here, sizeof(here));
    getsockname(evconnlistener_get_fd(c->listener), (struct sockaddr *)&here, &len);
    cut_read_conninfo(c, conninfo, ntohs(here.sin_port));
    return c;
}

const char *cut_conninfo(const struct cut *c)
{
    return c->conninfo;
}

void cut_at(struct cut *c, const char *words, enum cut_when when)
{
    c->words = words;
    c->when = when;
}

int cut_count(const struct cut *c)
{
    return c->count;
}

void cut_free(struct cut *c)
{
    while (c->pairs != NULL)
        cut_pair_free(c->pairs);
    evconnlistener_free(c->listener);
    free(c);
}
