/* Both ends of bench/webhook. "bench_webhook serve" is the yardstick, an evhttp that answers 200 to
 * all; it says its port and ends with its standard input. "bench_webhook load PORT SECRET COUNT"
 * posts that many signed messages of 2 KiB over 64 connections that are kept, the next one as soon
 * as the last is answered, and prints: seconds, own CPU seconds, median and 99th percentile in
 * microseconds. */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/support/load.h"
#include "channels/webhook_sign.h"
#include "core/arena.h"
#include "daemon/clock.h"

enum { CONNECTIONS = 64 };

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "bench_webhook: %s\n", why);
    exit(1);
}

/* --- the yardstick
 * -------------------------------------------------------------------------------- */

static void serve_request(struct evhttp_request *req, void *arg)
{
    (void)arg;
    evhttp_send_reply(req, 200, "OK", NULL);
}

static void serve_end(evutil_socket_t fd, short what, void *arg)
{
    char byte;

    (void)what;
    if (read(fd, &byte, 1) <= 0)
        event_base_loopbreak(arg);
}

static int serve(void)
{
    struct event_base *base = event_base_new();
    struct evhttp *http = evhttp_new(base);
    struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
    struct event *end = event_new(base, 0, EV_READ | EV_PERSIST, serve_end, base);
    struct sockaddr_in at;
    socklen_t len = sizeof(at);

    if (bound == NULL ||
        getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &len) < 0)
        die("no port");
    evhttp_set_gencb(http, serve_request, NULL);
    event_add(end, NULL);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    event_base_dispatch(base);
    event_free(end);
    evhttp_free(http);
    event_base_free(base);
    return 0;
}

/* --- the load
 * ------------------------------------------------------------------------------------- */

static struct {
    struct event_base *base;
    struct webhook_key key;
    const struct load_message *messages;
    size_t count, sent, answered;
    int64_t *took_us;
} load;
struct connection {
    struct bufferevent *bev;
    int64_t since_us;
};

static void load_send(struct connection *c)
{
    const struct load_message *m = &load.messages[load.sent];
    struct evbuffer *out = bufferevent_get_output(c->bev);
    struct arena *a = arena_new();
    const char *id = arena_printf(a, "msg_%zu", load.sent), *body;
    int64_t now = wall_now();

    body = arena_printf(
        a,
        "{\"type\":\"message.created\",\"data\":{\"id\":\"m%d\",\"conversation_id\":\"c%d\","
        "\"sender\":{\"id\":\"u%d\",\"display_name\":\"Ana\"},\"text\":\"%s\"}}",
        m->id, m->talk, m->talk, load_text(m->id));
    evbuffer_add_printf(
        out,
        "POST /hook/shop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: %zu\r\nwebhook-id: %s\r\nwebhook-timestamp: %" PRId64
        "\r\nwebhook-signature: %s\r\n\r\n%s",
        strlen(body), id, now, webhook_sign_make(a, &load.key, id, now, span_of(body)), body);
    arena_free(a);
    load.sent++;
    c->since_us = wall_now_us();
}

/* Bytes of the answer at the buffer's begin; 0: it is not whole yet. */
static size_t load_answer(struct evbuffer *in)
{
    struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
    size_t len, whole;
    const char *head, *said;

    if (end.pos < 0)
        return 0;
    len = (size_t)end.pos + 4;
    head = (const char *)evbuffer_pullup(in, -1);
    if (strncmp(head, "HTTP/1.1 2", 10) != 0) {
        fprintf(stderr, "%.*s\n", (int)evbuffer_get_length(in), head);
        die("an answer was not 2xx");
    }
    said = memmem(head, len, "Content-Length: ", 16);
    whole = len + (said == NULL ? 0 : strtoul(said + 16, NULL, 10));
    return evbuffer_get_length(in) >= whole ? whole : 0;
}

static void load_on_read(struct bufferevent *bev, void *arg)
{
    struct connection *c = arg;
    struct evbuffer *in = bufferevent_get_input(bev);
    size_t len = load_answer(in);

    if (len == 0)
        return;
    evbuffer_drain(in, len);
    load.took_us[load.answered++] = wall_now_us() - c->since_us;
    if (load.sent < load.count)
        load_send(c);
    else if (load.answered == load.count)
        event_base_loopbreak(load.base);
}

static void load_on_event(struct bufferevent *bev, short what, void *arg)
{
    int on = 1;

    (void)arg;
    if ((what & BEV_EVENT_CONNECTED) == 0)
        die("a connection was lost");
    setsockopt(bufferevent_getfd(bev), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int load_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int run_load(const char *port, const char *secret, const char *count)
{
    struct connection connections[CONNECTIONS];
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)atoi(port)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct error err;
    double begun, cpu;
    int i;

    load.base = event_base_new();
    load.count = strtoul(count, NULL, 10);
    load.messages = load_new(load.count);
    load.took_us = xcalloc(load.count, sizeof(*load.took_us));
    if (load.count < CONNECTIONS || webhook_key_read(span_of(secret), &load.key, &err) < 0)
        die("expected a secret and a count of 64 or more");
    begun = load_clock();
    cpu = load_cpu();
    for (i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &connections[i];

        c->bev = bufferevent_socket_new(load.base, -1, BEV_OPT_CLOSE_ON_FREE);
        bufferevent_setcb(c->bev, load_on_read, NULL, load_on_event, c);
        bufferevent_enable(c->bev, EV_READ | EV_WRITE);
        if (bufferevent_socket_connect(c->bev, (struct sockaddr *)&to, sizeof(to)) < 0)
            die("cannot connect");
        load_send(c);
    }
    event_base_dispatch(load.base);
    begun = load_clock() - begun;
    cpu = load_cpu() - cpu;
    qsort(load.took_us, load.count, sizeof(*load.took_us), load_order);
    printf("%.3f %.3f %" PRId64 " %" PRId64 "\n", begun, cpu, load.took_us[load.count / 2],
           load.took_us[load.count * 99 / 100]);
    for (i = 0; i < CONNECTIONS; i++)
        bufferevent_free(connections[i].bev);
    event_base_free(load.base);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "serve") == 0)
        return serve();
    if (argc == 5 && strcmp(argv[1], "load") == 0)
        return run_load(argv[2], argv[3], argv[4]);
    die("usage: bench_webhook serve | load PORT SECRET COUNT");
}
