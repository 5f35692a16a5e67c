#include "channels/mail_stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libetpan/mailstream.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/arena.h"

enum { STREAM_BUFFER = 8192, STREAM_GREETING_MAX = 64 * 1024 };

struct mail_stream {
    mailstream *etpan;
    int fd;
    SSL_CTX *ctx;
    SSL *ssl; /* NULL: in clear */
    char *host, *ca_file;
    int64_t began, allowed_ms; /* monotonic; what mail_stream_limit() said */
    size_t bytes_max, bytes, bytes_per_s;
    struct error why;
    bool late; /* a deadline is why */
};

const char mail_stream_late[] = "no whole answer within its deadline";

int64_t mail_stream_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t stream_left(const struct mail_stream *s)
{
    int64_t earned = s->bytes_per_s == 0 ? 0 : (int64_t)(s->bytes * 1000 / s->bytes_per_s);

    return s->began + s->allowed_ms + earned - mail_stream_now();
}

/* Ends the stream; the first reason stands. Always -1. */
static int stream_fail(struct mail_stream *s, enum error_kind kind, const char *words)
{
    if (s->why.kind == ERROR_NONE)
        error_set(&s->why, kind, "%s", words);
    return -1;
}

static int stream_late(struct mail_stream *s)
{
    s->late = s->why.kind == ERROR_NONE;
    return stream_fail(s, ERROR_TRANSIENT, mail_stream_late);
}

/* 0: fd is ready for `events`; -1: the deadline ended the stream. */
static int stream_poll(struct mail_stream *s, short events)
{
    struct pollfd on = { .fd = s->fd, .events = events };
    int64_t left;
    int n;

    do {
        left = stream_left(s);
        if (left <= 0)
            return stream_late(s);
        n = poll(&on, 1, left > INT32_MAX ? INT32_MAX : (int)left);
    } while (n == 0 || (n < 0 && errno == EINTR));
    return n < 0 ? stream_fail(s, ERROR_TRANSIENT, strerror(errno)) : 0;
}

/* After a TLS call that did not succeed: 0 to try it again, -1 when the stream has ended. */
static int stream_tls_again(struct mail_stream *s, int n)
{
    int why = SSL_get_error(s->ssl, n);
    const char *wrong;

    if (why == SSL_ERROR_WANT_READ)
        return stream_poll(s, POLLIN);
    if (why == SSL_ERROR_WANT_WRITE)
        return stream_poll(s, POLLOUT);
    wrong = why == SSL_ERROR_SSL ? ERR_reason_error_string(ERR_peek_last_error()) : NULL;
    ERR_clear_error();
    return stream_fail(s, ERROR_TRANSIENT,
                       wrong == NULL ? "the server closed the connection" : wrong);
}

static ssize_t stream_read_some(struct mail_stream *s, void *room, size_t count)
{
    ssize_t n;

    for (;;) {
        if (s->ssl != NULL) {
            int got = SSL_read(s->ssl, room, (int)(count > INT32_MAX ? INT32_MAX : count));

            if (got > 0)
                return got;
            if (stream_tls_again(s, got) < 0)
                return -1;
            continue;
        }
        n = recv(s->fd, room, count, 0);
        if (n > 0)
            return n;
        /* Never 0: libetpan would take it for "nothing yet" and spin in the middle of a literal. */
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return stream_fail(s, ERROR_TRANSIENT, "the server closed the connection");
        if (stream_poll(s, POLLIN) < 0)
            return -1;
    }
}

static ssize_t stream_read(mailstream_low *low, void *room, size_t count)
{
    struct mail_stream *s = low->data;
    ssize_t n;

    if (s->why.kind != ERROR_NONE)
        return -1;
    if (s->bytes >= s->bytes_max)
        return stream_fail(s, ERROR_PERMANENT, "an answer over its bound");
    if (stream_left(s) <= 0)
        return stream_late(s);
    if (count > s->bytes_max - s->bytes)
        count = s->bytes_max - s->bytes;
    n = stream_read_some(s, room, count);
    if (n > 0)
        s->bytes += (size_t)n;
    return n;
}

static ssize_t stream_write(mailstream_low *low, const void *bytes, size_t count)
{
    struct mail_stream *s = low->data;
    ssize_t n;

    while (s->why.kind == ERROR_NONE) {
        if (s->ssl != NULL) {
            n = SSL_write(s->ssl, bytes, (int)(count > INT32_MAX ? INT32_MAX : count));
            if (n > 0)
                return n;
            stream_tls_again(s, (int)n);
            continue;
        }
        n = send(s->fd, bytes, count, MSG_NOSIGNAL);
        if (n >= 0)
            return n;
        if (errno == EAGAIN)
            stream_poll(s, POLLOUT);
        else if (errno != EINTR)
            stream_fail(s, ERROR_TRANSIENT, "the server closed the connection");
    }
    return -1;
}

static int stream_close(mailstream_low *low)
{
    struct mail_stream *s = low->data;

    if (s->ssl != NULL && s->why.kind == ERROR_NONE)
        SSL_shutdown(s->ssl); /* one way, without waiting for theirs */
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    return 0;
}

static int stream_fd(mailstream_low *low)
{
    return ((struct mail_stream *)low->data)->fd;
}

static void stream_free(mailstream_low *low)
{
    struct mail_stream *s = low->data;

    SSL_free(s->ssl);
    SSL_CTX_free(s->ctx);
    ERR_clear_error();
    free(s->host);
    free(s->ca_file);
    free(s);
    free(low);
}

static mailstream_low_driver stream_driver = {
    .mailstream_read = stream_read,
    .mailstream_write = stream_write,
    .mailstream_close = stream_close,
    .mailstream_get_fd = stream_fd,
    .mailstream_free = stream_free,
};

static bool stream_is_own_machine(const struct sockaddr *to)
{
    const struct in6_addr *six;

    if (to->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)to)->sin_addr.s_addr) >> 24 == 127;
    if (to->sa_family != AF_INET6)
        return false;
    six = &((const struct sockaddr_in6 *)to)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
}

/* One address, within `ms`: the next one must have its turn within the deadline too. */
static int stream_connect_to(struct mail_stream *s, const struct addrinfo *to, int64_t ms)
{
    struct pollfd on = { .events = POLLOUT };
    int one = 1, wrong = 0, n;
    socklen_t len = sizeof(wrong);

    s->fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0)
        return errno;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    setsockopt(s->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
    if (connect(s->fd, to->ai_addr, to->ai_addrlen) < 0) {
        wrong = errno;
        on.fd = s->fd;
        n = wrong == EINPROGRESS ? poll(&on, 1, ms < 1 ? 1 : (int)ms) : -1;
        if (n == 0)
            wrong = ETIMEDOUT;
        else if (n > 0)
            getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &wrong, &len);
    }
    if (wrong == 0)
        return 0;
    close(s->fd);
    s->fd = -1;
    return wrong;
}

static int stream_connect(struct mail_stream *s, const struct mail_stream_peer *peer,
                          struct error *err)
{
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *all, *to;
    int wrong = 0, rc, left = 0;
    char port[12];

    snprintf(port, sizeof(port), "%d", peer->port);
    rc = getaddrinfo(peer->host, port, &hint, &all);
    if (rc != 0)
        return error_set(err, ERROR_TRANSIENT, "%s: %s", peer->host, gai_strerror(rc));
    for (to = all; to != NULL; to = to->ai_next)
        left++;
    for (to = all; to != NULL && s->fd < 0; to = to->ai_next, left--) {
        if (peer->tls == MAIL_STREAM_PLAIN && !stream_is_own_machine(to->ai_addr)) {
            wrong = EPERM;
            continue;
        }
        wrong = stream_connect_to(s, to, stream_left(s) / left);
    }
    freeaddrinfo(all);
    if (s->fd >= 0)
        return 0;
    if (wrong == EPERM)
        return error_set(err, ERROR_CONFIG,
                         "%s is not this machine: tls: none is for loopback only", peer->host);
    return error_set(err, ERROR_TRANSIENT, "%s port %d: %s", peer->host, peer->port,
                     strerror(wrong));
}

/* What the certificate must be: signed by an authority we trust, and for this very name. */
static int stream_make_tls(struct mail_stream *s, struct error *err)
{
    unsigned char address[sizeof(struct in6_addr)];
    bool literal =
        inet_pton(AF_INET, s->host, address) == 1 || inet_pton(AF_INET6, s->host, address) == 1;
    int good;

    s->ctx = SSL_CTX_new(TLS_client_method());
    if (s->ctx == NULL)
        return error_set(err, ERROR_TRANSIENT, "TLS: out of memory");
    SSL_CTX_set_verify(s->ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_min_proto_version(s->ctx, TLS1_2_VERSION);
    good = s->ca_file != NULL ? SSL_CTX_load_verify_file(s->ctx, s->ca_file)
                              : SSL_CTX_set_default_verify_paths(s->ctx);
    if (good != 1) {
        ERR_clear_error();
        return error_set(err, ERROR_CONFIG, "%s: no certificates of authorities in it",
                         s->ca_file != NULL ? s->ca_file : "the system's store");
    }
    s->ssl = SSL_new(s->ctx);
    if (s->ssl == NULL || SSL_set_fd(s->ssl, s->fd) != 1)
        return error_set(err, ERROR_TRANSIENT, "TLS: out of memory");
    SSL_set_hostflags(s->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (literal)
        good = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s->ssl), s->host);
    else
        good = SSL_set_tlsext_host_name(s->ssl, s->host) == 1 && SSL_set1_host(s->ssl, s->host);
    if (good != 1)
        return error_set(err, ERROR_CONFIG, "%s: no name that a certificate can have", s->host);
    return 0;
}

static int stream_shake_hands(struct mail_stream *s, struct error *err)
{
    long verdict = X509_V_OK;
    int n;

    if (stream_make_tls(s, err) < 0)
        return stream_fail(s, err->kind, err->text);
    while ((n = SSL_connect(s->ssl)) != 1) {
        verdict = SSL_get_verify_result(s->ssl);
        if (verdict != X509_V_OK)
            stream_fail(s, ERROR_CONFIG, X509_verify_cert_error_string(verdict));
        if (verdict == X509_V_OK && stream_tls_again(s, n) == 0)
            continue;
        ERR_clear_error();
        *err = s->why;
        return error_wrap(err, verdict == X509_V_OK ? "TLS with %s" : "the certificate of %s",
                          s->host);
    }
    return 0;
}

int mail_stream_open(const struct mail_stream_peer *peer, int64_t timeout_ms,
                     struct mail_stream **out, struct error *err)
{
    struct mail_stream *s = xcalloc(1, sizeof(*s));
    mailstream_low *low;

    s->fd = -1;
    s->host = xstrdup(peer->host);
    s->ca_file = xstrdup(peer->ca_file);
    low = mailstream_low_new(s, &stream_driver);
    s->etpan = low == NULL ? NULL : mailstream_new(low, STREAM_BUFFER);
    if (s->etpan == NULL)
        abort(); /* as xmalloc() does */
    mail_stream_limit(s, timeout_ms, STREAM_GREETING_MAX, 0);
    if (peer->given > 0)
        s->fd = peer->given;
    if ((s->fd < 0 && stream_connect(s, peer, err) < 0) ||
        (peer->tls == MAIL_STREAM_TLS && stream_shake_hands(s, err) < 0)) {
        mail_stream_close(s);
        return -1;
    }
    *out = s;
    return 0;
}

void mail_stream_close(struct mail_stream *s)
{
    mailstream_close(s->etpan);
}

struct _mailstream *mail_stream_etpan(struct mail_stream *s)
{
    return s->etpan;
}

void mail_stream_limit(struct mail_stream *s, int64_t ms, size_t bytes, size_t bytes_per_s)
{
    s->began = mail_stream_now();
    s->allowed_ms = ms;
    s->bytes_max = bytes;
    s->bytes = 0;
    s->bytes_per_s = bytes_per_s;
}

int mail_stream_start_tls(struct mail_stream *s, struct error *err)
{
    if (s->etpan->read_buffer_len > 0) {
        stream_fail(s, ERROR_PERMANENT,
                    "the server, or somebody between, sent more than the "
                    "answer to STARTTLS in clear");
        s->etpan->read_buffer_len = 0;
        *err = s->why;
        return -1;
    }
    return stream_shake_hands(s, err);
}

/* With TLS a readable socket may hold no more than a session ticket. A failure counts as readable:
 * the read that follows says what it is. */
static bool stream_has_data(struct mail_stream *s)
{
    char byte;
    int n;

    if (s->ssl == NULL)
        return true;
    n = SSL_peek(s->ssl, &byte, 1);
    if (n > 0)
        return true;
    n = SSL_get_error(s->ssl, n);
    return n != SSL_ERROR_WANT_READ && n != SSL_ERROR_WANT_WRITE;
}

int mail_stream_wait(struct mail_stream *s, int other_fd, int64_t ms)
{
    struct pollfd on[2] = { { .fd = s->fd, .events = POLLIN },
                            { .fd = other_fd, .events = POLLIN } };
    int64_t end = mail_stream_now() + ms, left;
    int ready = 0, n;

    if (s->why.kind != ERROR_NONE || s->etpan->read_buffer_len > 0 ||
        (s->ssl != NULL && SSL_pending(s->ssl) > 0))
        return MAIL_STREAM_READABLE;
    do {
        left = end - mail_stream_now();
        n = poll(on, 2, left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left);
        if (n <= 0)
            continue;
        if (on[0].revents != 0 && stream_has_data(s))
            ready |= MAIL_STREAM_READABLE;
        if (on[1].revents != 0)
            ready |= MAIL_STREAM_OTHER;
    } while (ready == 0 && mail_stream_now() < end);
    return ready;
}

const struct error *mail_stream_error(const struct mail_stream *s)
{
    return &s->why;
}

bool mail_stream_is_late(const struct mail_stream *s)
{
    return s->late;
}

bool mail_stream_has_tls(const struct mail_stream *s)
{
    return s->ssl != NULL && SSL_is_init_finished(s->ssl);
}
