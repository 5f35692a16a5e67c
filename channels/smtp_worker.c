#include "channels/smtp_worker.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <auth-client.h>
#include <libesmtp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/smtp_frame.h"
#include "core/arena.h"

enum { SMTP_WORDS_MAX = 400, SMTP_CIPHER_BITS_MIN = 128 };

struct smtp_run {
    const struct smtp_question *q;
    struct span mails;
    SSL_CTX *tls;
    int tls_fd; /* of the session, once it is encrypted */
    bool wants_tls, encrypted, injected, refused_certificate;
    bool wants_auth, authenticated, auth_refused;
    char greeting[SMTP_WORDS_MAX]; /* the last line of the server's that was no success */
};

/* --- guards
 * ------------------------------------------------------------------------------------------- */

/* libesmtp looks at the bytes behind the answer to STARTTLS only after it has gone over to TLS, and
 * takes them for the answer to EHLO; and without AUTH in the server's offer it sends
 * unauthenticated. Both are seen here, and end the session. */
static void run_on_bytes(const char *bytes, int len, int writing, void *arg)
{
    struct smtp_run *run = arg;
    const char *end = len > 0 ? memchr(bytes, '\n', (size_t)len) : NULL;

    if (writing == 0 && len >= 4) {
        if (!run->encrypted && run->wants_tls && memcmp(bytes, "220 ", 4) == 0 && end != NULL &&
            end + 1 < bytes + len)
            run->injected = true;
        if (memcmp(bytes, "235", 3) == 0)
            run->authenticated = true;
        if (memcmp(bytes, "535", 3) == 0 || memcmp(bytes, "534", 3) == 0 ||
            memcmp(bytes, "538", 3) == 0)
            run->auth_refused = true;
        if (bytes[0] == '4' || bytes[0] == '5')
            snprintf(run->greeting, sizeof(run->greeting), "%.*s",
                     (int)(end == NULL ? len : end - bytes), bytes);
    } else if (writing == 1 && len >= 10 && memcmp(bytes, "MAIL FROM:", 10) == 0 &&
               run->wants_auth && !run->authenticated && run->tls_fd >= 0) {
        shutdown(run->tls_fd, SHUT_RDWR);
    }
}

static void run_on_tls(struct smtp_run *run, SSL *ssl)
{
    const int yes = 1;

    run->encrypted = true;
    run->tls_fd = SSL_get_fd(ssl);
    setsockopt(run->tls_fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (run->injected)
        shutdown(run->tls_fd, SHUT_RDWR);
}

static void run_on_event(smtp_session_t session, int event, void *arg, ...)
{
    struct smtp_run *run = arg;
    long number;
    va_list more;
    int *ok;

    (void)session;
    va_start(more, arg);
    switch (event) {
    case SMTP_EV_STARTTLS_OK:
        run_on_tls(run, va_arg(more, SSL *));
        break;
    case SMTP_EV_WEAK_CIPHER:
        number = va_arg(more, long);
        ok = va_arg(more, int *);
        *ok = number >= SMTP_CIPHER_BITS_MIN;
        break;
    case SMTP_EV_INVALID_PEER_CERTIFICATE:
        (void)va_arg(more, long);
        ok = va_arg(more, int *);
        *ok = 0;
        break;
    case SMTP_EV_NO_PEER_CERTIFICATE:
        ok = va_arg(more, int *);
        *ok = 0;
        run->refused_certificate = true;
        snprintf(run->greeting, sizeof(run->greeting), "the server shows no certificate");
        break;
    case SMTP_EV_WRONG_PEER_CERTIFICATE: /* it asks for the canonical name, which DNS chooses;
                                          * OpenSSL has checked the configured one */
    case SMTP_EV_NO_CLIENT_CERTIFICATE:  /* we have none */
    case SMTP_EV_UNUSABLE_CLIENT_CERTIFICATE:
    case SMTP_EV_UNUSABLE_CA_LIST: /* its own; ours is in the context */
        ok = va_arg(more, int *);
        *ok = 1;
        break;
    default:
        break;
    }
    va_end(more);
}

static int run_on_auth(auth_client_request_t request, char **result, int fields, void *arg)
{
    const struct smtp_run *run = arg;
    int i;

    for (i = 0; i < fields; i++)
        result[i] = (char *)(uintptr_t)(request[i].flags & AUTH_PASS   ? run->q->password
                                        : request[i].flags & AUTH_USER ? run->q->user
                                                                       : NULL);
    return 1;
}

/* --- the way there
 * ------------------------------------------------------------------------------------ */

/* OpenSSL asks for each certificate of the chain; libesmtp would only say "client error". */
static int run_on_certificate(int good, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct smtp_run *run = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    if (!good) {
        run->refused_certificate = true;
        snprintf(run->greeting, sizeof(run->greeting), "the server's certificate is refused: %s",
                 X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
    }
    return good;
}

static SSL_CTX *run_tls(struct smtp_run *run, struct error *err)
{
    const struct smtp_question *q = run->q;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    int good = ctx != NULL && SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
               /* With TLS 1.3 the library may read before it has written, and wait for ever. */
               SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION) == 1 &&
               (X509_VERIFY_PARAM_set1_ip_asc(SSL_CTX_get0_param(ctx), q->host) == 1 ||
                X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(ctx), q->host, 0) == 1);

    if (!good) {
        SSL_CTX_free(ctx);
        error_set(err, ERROR_CONFIG, "TLS cannot be set up for %s", q->host);
        return NULL;
    }
    SSL_CTX_set_app_data(ctx, run);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, run_on_certificate);
    good = q->ca_file[0] == '\0' ? SSL_CTX_set_default_verify_paths(ctx)
                                 : SSL_CTX_load_verify_locations(ctx, q->ca_file, NULL);
    if (good != 1) {
        SSL_CTX_free(ctx);
        error_set(err, ERROR_CONFIG, "the certificates in '%s' cannot be read", q->ca_file);
        return NULL;
    }
    return ctx;
}

/* Clear text stays on this machine. */
static int run_is_here(const struct smtp_question *q, struct error *err)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *a;
    int rc = getaddrinfo(q->host, q->port, &hints, &list);
    bool here = true;

    if (rc != 0)
        return error_set(err, ERROR_TRANSIENT, "%s: %s", q->host, gai_strerror(rc));
    for (a = list; a != NULL; a = a->ai_next) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)a->ai_addr;
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)a->ai_addr;

        here = here && (a->ai_family == AF_INET    ? ntohl(v4->sin_addr.s_addr) >> 24 == 127
                        : a->ai_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)
                                                   : false);
    }
    freeaddrinfo(list);
    return here ? 0
                : error_set(err, ERROR_CONFIG,
                            "tls: none is for this machine alone, and %s is another", q->host);
}

static void run_timeouts(smtp_session_t session, int64_t ms)
{
    static const int which[] = { Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA, Timeout_TRANSFER,
                                 Timeout_DATA2 };
    size_t i;

    for (i = 0; i < sizeof(which) / sizeof(which[0]); i++)
        smtp_set_timeout(session, which[i] | Timeout_OVERRIDE_RFC2822_MINIMUM, (long)ms);
}

/* --- what came of it
 * ---------------------------------------------------------------------------------- */

struct run_mail {
    smtp_message_t message;
    smtp_recipient_t recipient;
    char *text;
};

static void run_words(char *room, size_t size, const smtp_status_t *status)
{
    snprintf(room, size, "%d %s", status->code, status->text == NULL ? "" : status->text);
}

/* The server answered a command of the next mail: so it was done with this one. */
static bool run_went_on(const struct run_mail *next)
{
    const smtp_status_t *s = next == NULL ? NULL : smtp_reverse_path_status(next->message);

    return s != NULL && s->code != 0;
}

static enum sent_outcome run_outcome_of(int code)
{
    return code >= 500 ? SENT_REFUSED : SENT_RETRY;
}

static void run_judge(struct smtp_run *run, const struct run_mail *m, const struct run_mail *next,
                      int broken, const char *why, struct text_buffer *out)
{
    const smtp_status_t *from = smtp_reverse_path_status(m->message);
    const smtp_status_t *to = smtp_recipient_status(m->recipient);
    const smtp_status_t *all = smtp_message_transfer_status(m->message);
    char words[SMTP_WORDS_MAX];

    if (run->refused_certificate || run->auth_refused ||
        (run->wants_auth && run->encrypted && !run->authenticated && run->greeting[0] == '\0')) {
        snprintf(words, sizeof(words), "%s",
                 run->greeting[0] != '\0' ? run->greeting
                                          : "the server offers no way to authenticate");
        smtp_answer_add(out, SENT_CONFIG, words);
    } else if (run->injected) {
        smtp_answer_add(out, SENT_RETRY, "the server said more than its answer to STARTTLS");
    } else if (smtp_recipient_check_complete(m->recipient) && to->code / 100 == 2 &&
               all->code / 100 == 2 && (!broken || run_went_on(next))) {
        run_words(words, sizeof(words), all);
        smtp_answer_add(out, SENT_OK, words);
    } else if (to->code >= 400) {
        run_words(words, sizeof(words), to);
        smtp_answer_add(out, run_outcome_of(to->code), words);
    } else if (from->code >= 400) {
        run_words(words, sizeof(words), from);
        smtp_answer_add(out, run_outcome_of(from->code), words);
    } else if (all->code >= 400) {
        run_words(words, sizeof(words), all);
        smtp_answer_add(out, run_outcome_of(all->code), words);
    } else {
        smtp_answer_add(out, SENT_RETRY, run->greeting[0] != '\0' ? run->greeting : why);
    }
}

/* --- one session
 * -------------------------------------------------------------------------------------- */

static void run_add(struct smtp_run *run, smtp_session_t session, struct run_mail *mails)
{
    const char *at = run->mails.ptr;
    size_t i;

    for (i = 0; i < run->q->count; i++) {
        const struct smtp_mail *m = &run->q->mails[i];

        mails[i].text = xmalloc(m->len + 1);
        memcpy(mails[i].text, at, m->len);
        mails[i].text[m->len] = '\0';
        at += m->len;
        mails[i].message = smtp_add_message(session);
        smtp_set_reverse_path(mails[i].message, m->from[0] == '\0' ? NULL : m->from);
        smtp_set_message_str(mails[i].message, mails[i].text);
        mails[i].recipient = smtp_add_recipient(mails[i].message, m->to);
    }
}

static void run_speak(struct smtp_run *run, struct text_buffer *out)
{
    char server[300], why[SMTP_WORDS_MAX] = "";
    struct run_mail mails[SMTP_MAILS_MAX];
    smtp_session_t session = smtp_create_session();
    auth_context_t auth = auth_create_context();
    int broken;
    size_t i;

    snprintf(server, sizeof(server), "%s:%s", run->q->host, run->q->port);
    smtp_set_server(session, server);
    smtp_set_hostname(session, run->q->helo);
    smtp_set_eventcb(session, run_on_event, run);
    smtp_set_monitorcb(session, run_on_bytes, run, 0);
    run_timeouts(session, run->q->timeout_ms);
    smtp_starttls_enable(session, run->wants_tls ? Starttls_REQUIRED : Starttls_DISABLED);
    if (run->wants_tls)
        smtp_starttls_set_ctx(session, run->tls);
    auth_set_mechanism_flags(auth, AUTH_PLUGIN_PLAIN, 0);
    auth_set_interact_cb(auth, run_on_auth, run);
    if (run->wants_auth)
        smtp_auth_set_context(session, auth);
    run_add(run, session, mails);
    broken = !smtp_start_session(session);
    if (smtp_errno() != 0) {
        broken = 1;
        smtp_strerror(smtp_errno(), why, sizeof(why));
    }
    for (i = 0; i < run->q->count; i++)
        run_judge(run, &mails[i], i + 1 < run->q->count ? &mails[i + 1] : NULL, broken,
                  why[0] == '\0' ? "the server's answer is not known" : why, out);
    smtp_destroy_session(session);
    auth_destroy_context(auth);
    for (i = 0; i < run->q->count; i++)
        free(mails[i].text);
}

static void run_all_alike(const struct smtp_question *q, const struct error *err,
                          struct text_buffer *out)
{
    size_t i;

    for (i = 0; i < q->count; i++)
        smtp_answer_add(out, err->kind == ERROR_CONFIG ? SENT_CONFIG : SENT_RETRY, err->text);
}

static void run_question(const struct smtp_question *q, struct span mails, struct text_buffer *out)
{
    struct smtp_run run = { .q = q, .mails = mails, .tls_fd = -1 };
    struct error err = { 0 };

    run.wants_tls = strcmp(q->tls, "none") != 0;
    run.wants_auth = q->user[0] != '\0';
    if (!run.wants_tls && run_is_here(q, &err) < 0) {
        run_all_alike(q, &err, out);
        return;
    }
    if (run.wants_tls && (run.tls = run_tls(&run, &err)) == NULL) {
        run_all_alike(q, &err, out);
        return;
    }
    run_speak(&run, out);
    SSL_CTX_free(run.tls);
}

/* --- the child
 * ---------------------------------------------------------------------------------------- */

static size_t question_bytes(const struct smtp_question *q)
{
    size_t sum = 0, i;

    for (i = 0; i < q->count; i++)
        sum += q->mails[i].len;
    return sum;
}

static int smtp_worker_answer(int fd, struct span record, int memfd)
{
    struct text_buffer out = { 0 };
    struct smtp_question q;
    struct error err = { 0 };
    struct span mails;
    int rc;

    if (smtp_question_read(record, &q) < 0 || frame_map(memfd, SMTP_BYTES_MAX, &mails, &err) < 0)
        return -1;
    if (question_bytes(&q) == mails.len)
        run_question(&q, mails, &out);
    frame_unmap(mails);
    rc = frame_answer(fd, FRAME_LAST, (struct span){ out.ptr == NULL ? "" : out.ptr, out.len }, -1,
                      &err);
    text_buffer_clear(&out);
    return rc;
}

int smtp_worker_serve(int fd)
{
    char *room = xmalloc(FRAME_MAX);
    struct error err;
    size_t len;
    int memfd, rc;

    auth_client_init();
    while ((rc = frame_receive(fd, room, &len, &memfd, &err)) == 1) {
        rc = smtp_worker_answer(fd, (struct span){ room, len }, memfd);
        OPENSSL_cleanse(room, len);
        if (memfd >= 0)
            close(memfd);
        if (rc < 0)
            break;
    }
    free(room);
    auth_client_exit();
    return rc == 0 ? 0 : 1;
}
