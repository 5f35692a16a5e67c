#include "daemon/http_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/arena.h"

enum { HTTP_CLIENT_HEADERS_MAX = 100, HTTP_CLIENT_CONNECT_MS = 10000 };

/* One call, in line or under way. Everything it points at is the arena's. */
struct client_call {
    struct http_client *client;
    struct arena *arena;
    struct http_call asked;
    CURL *easy;
    struct curl_slist *headers_out;
    struct text_buffer body;
    struct http_header headers[HTTP_CLIENT_HEADERS_MAX];
    size_t header_count;
    bool too_large, forbidden;
    char words[CURL_ERROR_SIZE];
    struct client_call *next;
};
struct http_client {
    struct event_base *base;
    CURLM *multi;
    struct event *timer, *begin; /* curl's own; and ours, so that nothing begins within a call */
    struct client_call *line, **line_end;
    struct client_call *flying;
    size_t in_line, in_flight;
    bool ending;
};

/* --- where a call may go
 * ------------------------------------------------------------------------------ */

struct client_block {
    unsigned char bytes[16];
    int bits;
};
/* Own machine, private, shared, link-local, test, multicast and reserved networks (RFC 6890). */
static const struct client_block blocks4[] = {
    { { 0 }, 8 },         { { 10 }, 8 },       { { 100, 64 }, 10 },      { { 127 }, 8 },
    { { 169, 254 }, 16 }, { { 172, 16 }, 12 }, { { 192, 0, 0 }, 24 },    { { 192, 0, 2 }, 24 },
    { { 192, 168 }, 16 }, { { 198, 18 }, 15 }, { { 198, 51, 100 }, 24 }, { { 203, 0, 113 }, 24 },
    { { 224 }, 4 },       { { 240 }, 4 },
};
static const struct client_block blocks6[] = {
    { { 0 }, 96 },          { { 0, 0x64, 0xff, 0x9b }, 32 }, { { 0xfc }, 7 },
    { { 0xfe, 0x80 }, 10 }, { { 0xfe, 0xc0 }, 10 },          { { 0xff }, 8 },
    { { 0x20, 0x02 }, 16 }, { { 0x20, 0x01, 0, 0 }, 32 },    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
};

static bool client_is_within(const unsigned char *address, const struct client_block *block)
{
    int whole = block->bits / 8, rest = block->bits % 8;

    if (memcmp(address, block->bytes, (size_t)whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ block->bytes[whole]) >> (8 - rest) == 0;
}

static bool client_is_public(const struct sockaddr *sa)
{
    const struct client_block *blocks = blocks4;
    size_t n = sizeof(blocks4) / sizeof(blocks4[0]), i;
    unsigned char address[16] = { 0 };

    if (sa->sa_family == AF_INET) {
        memcpy(address, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
    } else if (sa->sa_family == AF_INET6) {
        const struct in6_addr *a = &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;

        if (IN6_IS_ADDR_V4MAPPED(a)) {
            memcpy(address, &a->s6_addr[12], 4);
        } else {
            memcpy(address, a, 16);
            blocks = blocks6;
            n = sizeof(blocks6) / sizeof(blocks6[0]);
        }
    } else {
        return false;
    }
    for (i = 0; i < n; i++)
        if (client_is_within(address, &blocks[i]))
            return false;
    return true;
}

/* On the very address that is connected to, so a name that changes its mind is caught. */
static curl_socket_t client_open_socket(void *arg, curlsocktype purpose,
                                        struct curl_sockaddr *address)
{
    struct client_call *c = arg;

    (void)purpose;
    if (!c->asked.to_configured && !client_is_public(&address->addr)) {
        c->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* --- the end of one
 * ----------------------------------------------------------------------------------- */

static void client_begin_more(struct http_client *client)
{
    struct timeval now = { 0, 0 };

    if (client->line != NULL && client->in_flight < HTTP_CLIENT_FLIGHT_MAX && !client->ending)
        event_add(client->begin, &now);
}

static void client_call_free(struct client_call *c)
{
    if (c->easy != NULL) {
        curl_multi_remove_handle(c->client->multi, c->easy);
        curl_easy_cleanup(c->easy);
    }
    curl_slist_free_all(c->headers_out);
    text_buffer_clear(&c->body);
    arena_free(c->arena); /* c too */
}

static void client_call_fail(struct client_call *c, enum error_kind kind, const char *words)
{
    struct error err = { 0 };

    error_set(&err, kind, "%s", words);
    c->asked.done(c->asked.arg, 0, NULL, 0, (struct span){ 0 }, &err);
    client_call_free(c);
}

static void client_call_end(struct client_call *c, CURLcode code)
{
    struct http_client *client = c->client;
    struct client_call **at;
    struct error none = { 0 };
    long status = 0;

    for (at = &client->flying; *at != c;)
        at = &(*at)->next;
    *at = c->next;
    client->in_flight--;
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK) {
        c->asked.done(c->asked.arg, (int)status, c->headers, c->header_count,
                      (struct span){ c->body.ptr, c->body.len }, &none);
        client_call_free(c);
    } else if (c->too_large) {
        client_call_fail(c, ERROR_PERMANENT, "the answer is larger than expected");
    } else if (c->forbidden) {
        client_call_fail(c, ERROR_PERMANENT, "its address is none of the public network");
    } else {
        client_call_fail(c, ERROR_TRANSIENT,
                         c->words[0] != '\0' ? c->words : curl_easy_strerror(code));
    }
    client_begin_more(client);
}

static void client_take_ends(struct http_client *client)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        struct client_call *c = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&c);
        client_call_end(c, message->data.result);
    }
}

/* --- curl on the loop
 * --------------------------------------------------------------------------------- */

static void client_on_socket(evutil_socket_t fd, short what, void *arg)
{
    struct http_client *client = arg;
    int running;
    int action = (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);

    curl_multi_socket_action(client->multi, fd, action, &running);
    client_take_ends(client);
}

static void client_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct http_client *client = arg;
    int running;

    (void)fd;
    (void)what;
    curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    client_take_ends(client);
}

static int client_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *kept)
{
    struct http_client *client = arg;
    struct event *e = kept;
    short events = (short)(EV_PERSIST | (what & CURL_POLL_IN ? EV_READ : 0) |
                           (what & CURL_POLL_OUT ? EV_WRITE : 0));

    (void)easy;
    if (e != NULL)
        event_free(e);
    if (what == CURL_POLL_REMOVE) {
        curl_multi_assign(client->multi, fd, NULL);
        return 0;
    }
    e = event_new(client->base, fd, events, client_on_socket, client);
    event_add(e, NULL);
    curl_multi_assign(client->multi, fd, e);
    return 0;
}

static int client_set_timer(CURLM *multi, long ms, void *arg)
{
    struct http_client *client = arg;
    struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

    (void)multi;
    if (ms < 0)
        event_del(client->timer);
    else
        event_add(client->timer, &tv);
    return 0;
}

/* --- what comes
 * --------------------------------------------------------------------------------------- */

static size_t client_on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct client_call *c = arg;

    if (c->body.len + size * n > c->asked.answer_max) {
        c->too_large = true;
        return 0;
    }
    text_buffer_add(&c->body, bytes, size * n);
    return size * n;
}

/* Only the last answer's headers stay: those of a redirection are dropped with its status line. */
static size_t client_on_header(char *bytes, size_t size, size_t n, void *arg)
{
    struct client_call *c = arg;
    struct span line = { bytes, size * n };
    const char *colon = memchr(line.ptr, ':', line.len);
    struct span name, value;

    if (line.len >= 5 && memcmp(line.ptr, "HTTP/", 5) == 0) {
        c->header_count = 0;
        return line.len;
    }
    if (colon == NULL || c->header_count == HTTP_CLIENT_HEADERS_MAX)
        return line.len;
    name = span_trim((struct span){ line.ptr, (size_t)(colon - line.ptr) });
    value = span_trim((struct span){ colon + 1, line.len - (size_t)(colon + 1 - line.ptr) });
    c->headers[c->header_count++] =
        (struct http_header){ arena_strndup(c->arena, name.ptr, name.len),
                              arena_strndup(c->arena, value.ptr, value.len) };
    return line.len;
}

/* --- the beginning of one
 * ----------------------------------------------------------------------------- */

static void client_set_method(struct client_call *c)
{
    bool has_body = c->asked.body.ptr != NULL;

    if (has_body || strcmp(c->asked.method, "POST") == 0) {
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, has_body ? c->asked.body.ptr : "");
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->asked.body.len);
    }
    if (strcmp(c->asked.method, "GET") != 0)
        curl_easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, c->asked.method);
}

static void client_set_headers(struct client_call *c)
{
    size_t i;

    for (i = 0; i < c->asked.header_count; i++)
        c->headers_out = curl_slist_append(
            c->headers_out,
            arena_printf(c->arena, "%s: %s", c->asked.headers[i].name, c->asked.headers[i].value));
    c->headers_out = curl_slist_append(c->headers_out, "Expect:");
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers_out);
}

static void client_set_bounds(struct client_call *c)
{
    const char *schemes = c->asked.to_configured ? "http,https" : "https";

    curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c->easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(c->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS_STR, schemes);
    curl_easy_setopt(c->easy, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
    curl_easy_setopt(c->easy, CURLOPT_FOLLOWLOCATION, c->asked.redirects_max > 0 ? 1L : 0L);
    curl_easy_setopt(c->easy, CURLOPT_MAXREDIRS, (long)c->asked.redirects_max);
    curl_easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CLIENT_CONNECT_MS);
    curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, (long)c->asked.timeout_ms);
    curl_easy_setopt(c->easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c->easy, CURLOPT_SSL_VERIFYHOST, 2L);
    /* A kept connection was opened for a call that might go anywhere: not for one that may not. */
    if (!c->asked.to_configured)
        curl_easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETFUNCTION, client_open_socket);
    curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETDATA, c);
}

static void client_start(struct client_call *c)
{
    struct http_client *client = c->client;

    c->easy = curl_easy_init();
    if (c->easy == NULL)
        abort(); /* out of memory, as xmalloc() would */
    curl_easy_setopt(c->easy, CURLOPT_URL, c->asked.url);
    curl_easy_setopt(c->easy, CURLOPT_PRIVATE, (char *)c);
    curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->words);
    curl_easy_setopt(c->easy, CURLOPT_USERAGENT, "relevo/" RELEVO_VERSION);
    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, client_on_body);
    curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, client_on_header);
    curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
    if (c->asked.user != NULL) {
        curl_easy_setopt(c->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(c->easy, CURLOPT_USERNAME, c->asked.user);
        curl_easy_setopt(c->easy, CURLOPT_PASSWORD, c->asked.password);
    }
    client_set_bounds(c);
    client_set_method(c);
    client_set_headers(c);
    c->next = client->flying;
    client->flying = c;
    client->in_flight++;
    curl_multi_add_handle(client->multi, c->easy);
}

static void client_on_begin(evutil_socket_t fd, short what, void *arg)
{
    struct http_client *client = arg;
    struct client_call *c;

    (void)fd;
    (void)what;
    while ((c = client->line) != NULL &&
           (client->in_line > HTTP_CLIENT_LINE_MAX || client->in_flight < HTTP_CLIENT_FLIGHT_MAX)) {
        bool over = client->in_line > HTTP_CLIENT_LINE_MAX;

        client->line = c->next;
        if (client->line == NULL)
            client->line_end = &client->line;
        client->in_line--;
        if (over)
            client_call_fail(c, ERROR_TRANSIENT, "too many calls wait");
        else
            client_start(c);
    }
}

void http_client_send(struct http_client *client, const struct http_call *call)
{
    struct arena *a = arena_new();
    struct client_call *c = arena_alloc(a, sizeof(*c));
    struct http_header *headers = arena_array(a, call->header_count + 1, sizeof(*headers));
    struct timeval now = { 0, 0 };
    size_t i;

    c->client = client;
    c->arena = a;
    c->asked = *call;
    c->asked.method = arena_strdup(a, call->method);
    c->asked.url = arena_strdup(a, call->url);
    c->asked.user = arena_strdup(a, call->user);
    c->asked.password = arena_strdup(a, call->password);
    if (call->body.ptr != NULL)
        c->asked.body.ptr = arena_strndup(a, call->body.ptr, call->body.len);
    for (i = 0; i < call->header_count; i++)
        headers[i] = (struct http_header){ arena_strdup(a, call->headers[i].name),
                                           arena_strdup(a, call->headers[i].value) };
    c->asked.headers = headers;
    *client->line_end = c;
    client->line_end = &c->next;
    client->in_line++;
    event_add(client->begin, &now);
}

size_t http_client_open(const struct http_client *client)
{
    return client->in_line + client->in_flight;
}

struct http_client *http_client_new(struct event_base *base)
{
    struct http_client *client = xcalloc(1, sizeof(*client));

    curl_global_init(CURL_GLOBAL_DEFAULT);
    client->base = base;
    client->line_end = &client->line;
    client->timer = evtimer_new(base, client_on_timer, client);
    client->begin = evtimer_new(base, client_on_begin, client);
    client->multi = curl_multi_init();
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, client_watch);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, client_set_timer);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)HTTP_CLIENT_FLIGHT_MAX);
    return client;
}

void http_client_free(struct http_client *client)
{
    struct client_call *c;

    if (client == NULL)
        return;
    client->ending = true;
    while ((c = client->flying) != NULL) {
        client->flying = c->next;
        client_call_fail(c, ERROR_TRANSIENT, "the daemon is stopping");
    }
    while ((c = client->line) != NULL) {
        client->line = c->next;
        client_call_fail(c, ERROR_TRANSIENT, "the daemon is stopping");
    }
    curl_multi_cleanup(client->multi);
    event_free(client->timer);
    event_free(client->begin);
    free(client);
    curl_global_cleanup();
}
