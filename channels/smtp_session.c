#include "channels/smtp_session.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <auth-client.h>
#include <libesmtp.h>

#include "channels/smtp_frame.h"
#include "core/arena.h"

enum {
    SMTP_REPLY_MAX = 512,  /* bytes of a reply's line (RFC 5321 4.5.3.1.5) */
    SMTP_TICKETS_MS = 500, /* how long TLS 1.3's tickets are waited for: a way there and back */
    SMTP_FDS = 64,
};

struct smtp_letter {
    const struct smtp_errand *errand;
    smtp_message_t message;
    smtp_recipient_t to;
    bool read;  /* the library has got it */
    bool ended; /* the last answer about it was read */
};

/* One talk with a server, as its bytes tell it. The library keeps some answers to itself and is too
 * trusting in others, so we listen in. */
struct smtp_talk {
    const struct smtp_question *q;
    struct arena *arena;
    struct smtp_letter *letters;
    size_t count, judged;
    const struct smtp_listener *to;
    int fd;                    /* the connection; -1: not known */
    long verify_error;         /* X509_V_…: why its certificate is not believed */
    bool wants_tls, encrypted; /* encrypted: TLS is up */
    bool far;                  /* it is not on this machine */
    bool without_starttls;     /* none was offered */
    bool said_too_much;        /* there was more than one answer to a command, before TLS */
    bool logged_in;            /* 235 */
    bool refused_to_go_on;     /* it took no login: we end before MAIL */
    bool mail_begun;           /* MAIL was sent: from here on it is about the mails */
    bool quit;                 /* QUIT was sent */
    char line[SMTP_REPLY_MAX + 1];
    size_t line_len;
    bool answered; /* nothing was sent since the last answer */
    int code;      /* of the last answer; 0: there was none */
    char words[SMTP_REPLY_MAX + 1];
};

/* --- listening
 * ---------------------------------------------------------------------------------------- */

static void smtp_take_line(struct smtp_talk *t)
{
    char *line = t->line;

    while (t->line_len > 0 && strchr("\r\n", line[t->line_len - 1]) != NULL)
        t->line_len--;
    line[t->line_len] = '\0';
    if (t->line_len >= 4 && line[3] == '-') {
        t->line_len = 0;
        return; /* more of this answer follows */
    }
    t->line_len = 0;
    t->answered = true;
    if (t->quit)
        return; /* what is said to QUIT says nothing any more */
    t->code = atoi(line);
    snprintf(t->words, sizeof(t->words), "%s", line);
    if (t->code == 235 && !t->mail_begun)
        t->logged_in = true;
}

/* The library, which sends a mail's first chunk in the same breath as its recipient (RFC 3030),
 * jumps to nowhere when the connection ends instead of the answer to that. So it never learns that
 * the server takes chunks: the word's last letter is another one before it reads it. It passes over
 * blanks before that word, and asks for no certain number. */
static bool smtp_is_offer_of_chunks(const struct smtp_talk *t)
{
    static const char word[] = "CHUNKING";
    size_t len = strlen(word), before = t->line_len - len;

    return t->line_len > len && strncasecmp(t->line + before, word, len) == 0 &&
           strspn(t->line, "0123456789+- \t\v\f\r") >= before;
}

/* Until TLS is up one command has one answer: what follows in the same breath is kept by the
 * library and believed later, inside TLS (CVE-2011-0411 and its like). So is the rest of a line
 * that is longer than it reads at once. */
static void smtp_on_read(struct smtp_talk *t, char *buf, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (t->answered && !t->encrypted)
            t->said_too_much = true;
        t->line[t->line_len++] = buf[i];
        if (smtp_is_offer_of_chunks(t))
            buf[i] = '-';
        if (buf[i] == '\n') {
            smtp_take_line(t);
        } else if (t->line_len == SMTP_REPLY_MAX) {
            if (!t->encrypted)
                t->said_too_much = true;
            t->line_len = 4; /* of a long line we keep the beginning of its end */
        }
    }
}

static bool smtp_has_line(const char *buf, size_t len, const char *line)
{
    const char *at = memmem(buf, len, line, strlen(line));

    return at != NULL && (at == buf || at[-1] == '\n');
}

/* Runs before the bytes go out; never for a mail's own. A server that offers no login, or took
 * none, would get the mail all the same; so the connection ends here. */
static void smtp_on_write(struct smtp_talk *t, const char *buf, size_t len)
{
    t->answered = false;
    if (smtp_has_line(buf, len, "QUIT\r\n"))
        t->quit = true;
    if (t->mail_begun || !smtp_has_line(buf, len, "MAIL FROM:"))
        return;
    t->refused_to_go_on = t->q->user[0] != '\0' && !t->logged_in;
    t->mail_begun = !t->refused_to_go_on;
    if (t->refused_to_go_on)
        shutdown(t->fd, SHUT_RDWR);
}

static void smtp_on_bytes(const char *buf, int len, int writing, void *arg)
{
    struct smtp_talk *t = arg;

    if (len <= 0)
        return;
    if (writing == SMTP_CB_WRITING)
        smtp_on_write(t, buf, (size_t)len);
    else if (writing == SMTP_CB_READING)
        smtp_on_read(t, (char *)(unsigned long)buf, (size_t)len); /* its own buffer, not read yet */
}

/* --- the connection
 * ----------------------------------------------------------------------------------- */

bool smtp_session_is_here(const struct sockaddr *peer)
{
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
    uint32_t four = ((const struct sockaddr_in *)(const void *)peer)->sin_addr.s_addr;

    return peer->sa_family == AF_INET ? (ntohl(four) >> 24) == 127 : IN6_IS_ADDR_LOOPBACK(six);
}

/* The library tells nobody its socket; it is the one connection to the outside that we have.
 * Without TCP_NODELAY each mail takes 44 ms: Nagle's algorithm against delayed acknowledgements. */
static int smtp_find_socket(bool *far)
{
    struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
    socklen_t len;
    int fd, on = 1;

    for (fd = 0; fd < SMTP_FDS; fd++) {
        len = sizeof(peer);
        if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0 ||
            (peer.ss_family != AF_INET && peer.ss_family != AF_INET6))
            continue;
        *far = !smtp_session_is_here((struct sockaddr *)&peer);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        return fd;
    }
    return -1;
}

/* The library reads before it writes when tickets are there already, and then waits for an answer
 * to what it has not sent: so they are taken up now. */
static void smtp_take_tickets(SSL *ssl, int fd)
{
    struct pollfd readable = { .fd = fd, .events = POLLIN };
    char byte;

    if (SSL_version(ssl) == TLS1_3_VERSION && poll(&readable, 1, SMTP_TICKETS_MS) > 0)
        SSL_peek(ssl, &byte, 1);
}

static void smtp_judge_known(struct smtp_talk *t);

static void smtp_note_end(struct smtp_talk *t, smtp_message_t message)
{
    size_t i;

    for (i = 0; i < t->count; i++)
        if (t->letters[i].message == message)
            t->letters[i].ended = true;
    smtp_judge_known(t);
}

static void smtp_on_event(smtp_session_t session, int event, void *arg, ...)
{
    struct smtp_talk *t = arg;
    va_list args;
    SSL *ssl;
    int *ok;

    (void)session;
    va_start(args, arg);
    switch (event) {
    case SMTP_EV_CONNECT:
        /* The name may have several addresses; a server that wants nobody makes it try the next. */
        t->encrypted = t->logged_in = t->said_too_much = t->answered = t->quit = false;
        t->line_len = 0;
        t->fd = smtp_find_socket(&t->far);
        if (!t->wants_tls && (t->far || t->fd < 0))
            shutdown(t->fd, SHUT_RDWR);
        break;
    case SMTP_EV_MESSAGESENT:
        smtp_note_end(t, va_arg(args, smtp_message_t));
        break;
    case SMTP_EV_EXTNA_STARTTLS:
        t->without_starttls = true;
        break;
    case SMTP_EV_WRONG_PEER_CERTIFICATE:
        /* It looks for the canonical name, which the DNS chooses. OpenSSL has looked for the
         * configured one already, and ended the handshake where it was not there. */
        ok = va_arg(args, int *);
        *ok = 1;
        break;
    case SMTP_EV_STARTTLS_OK:
        ssl = va_arg(args, SSL *);
        t->encrypted = true;
        if (t->said_too_much)
            shutdown(SSL_get_fd(ssl), SHUT_RDWR);
        else
            smtp_take_tickets(ssl, SSL_get_fd(ssl));
        break;
    default:
        break;
    }
    va_end(args);
}

static int smtp_on_verify(int good, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct smtp_talk *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    if (!good && t->verify_error == X509_V_OK)
        t->verify_error = X509_STORE_CTX_get_error(store);
    return good;
}

static bool smtp_is_ip(const char *host)
{
    ASN1_OCTET_STRING *ip = a2i_IPADDRESS(host);

    ASN1_OCTET_STRING_free(ip);
    return ip != NULL;
}

/* The library makes the SSL itself and names no server in its hello; this is where we meet it. */
static void smtp_on_tls(const SSL *ssl, int where, int value)
{
    struct smtp_talk *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    (void)value;
    if (where == SSL_CB_HANDSHAKE_START && !smtp_is_ip(t->q->host))
        SSL_set_tlsext_host_name((SSL *)(unsigned long)ssl, t->q->host);
}

/* NULL: *words says why. */
static SSL_CTX *smtp_tls_new(struct smtp_talk *t, const char **words)
{
    const struct smtp_question *q = t->q;
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    X509_VERIFY_PARAM *wanted = SSL_CTX_get0_param(tls);
    bool known = q->ca_file[0] == '\0' ? SSL_CTX_set_default_verify_paths(tls) == 1
                                       : SSL_CTX_load_verify_locations(tls, q->ca_file, NULL) == 1;

    if (!known || (smtp_is_ip(q->host) ? X509_VERIFY_PARAM_set1_ip_asc(wanted, q->host)
                                       : X509_VERIFY_PARAM_set1_host(wanted, q->host, 0)) != 1) {
        *words = arena_printf(t->arena, "whom to trust: '%s' cannot be read", q->ca_file);
        ERR_clear_error();
        SSL_CTX_free(tls);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, smtp_on_verify);
    SSL_CTX_set_app_data(tls, t);
    SSL_CTX_set_info_callback(tls, smtp_on_tls);
    return tls;
}

/* --- login and mail
 * ----------------------------------------------------------------------------------- */

/* User and password are all that we have: a mechanism that wants more is not for us. */
static int smtp_on_login(auth_client_request_t request, char **result, int fields, void *arg)
{
    const struct smtp_talk *t = arg;
    int i;

    for (i = 0; i < fields; i++) {
        if ((request[i].flags & AUTH_REALM) != 0)
            return 0;
        result[i] = (char *)(unsigned long)((request[i].flags & AUTH_PASS) != 0 ? t->q->password
                                                                                : t->q->user);
    }
    return 1;
}

/* len NULL: from the beginning again. */
static const char *smtp_on_mail(void **ctx, int *len, void *arg)
{
    struct smtp_letter *l = arg;

    (void)ctx;
    if (len == NULL) {
        l->read = false;
        return NULL;
    }
    *len = l->read ? 0 : (int)l->errand->mail.len;
    l->read = true;
    return *len == 0 ? NULL : l->errand->mail.ptr;
}

static void smtp_set_steps(smtp_session_t session, int64_t timeout_ms)
{
    static const int steps[] = { Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA, Timeout_TRANSFER,
                                 Timeout_DATA2 };
    size_t i;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        smtp_set_timeout(session, steps[i] | Timeout_OVERRIDE_RFC2822_MINIMUM, (long)timeout_ms);
}

/* --- what came of it
 * ---------------------------------------------------------------------------------- */

/* It wants a login, or another one (RFC 4954 6). */
static bool smtp_is_of_login(int code)
{
    return code == 530 || code == 534 || code == 535 || code == 538;
}

void smtp_session_judge(bool to_sender, int code, const char *words, struct smtp_answer *answer)
{
    answer->words = words;
    if (code >= 200 && code < 300)
        answer->outcome = SENT_OK;
    else if (code < 500 || code >= 600)
        answer->outcome = SENT_RETRY;
    else if (smtp_is_of_login(code) || (to_sender && code != 552))
        answer->outcome = SENT_CONFIG;
    else
        answer->outcome = SENT_REFUSED;
    answer->well = answer->outcome != SENT_CONFIG;
}

static const char *smtp_status_words(struct arena *a, const smtp_status_t *s)
{
    const char *text = text_clean_line(a, span_of(s->text), SMTP_REPLY_MAX);

    return s->enh_class == 0 ? arena_printf(a, "%d %s", s->code, text)
                             : arena_printf(a, "%d %d.%d.%d %s", s->code, s->enh_class,
                                            s->enh_subject, s->enh_detail, text);
}

/* Sent is what all of it says: each answer is 2xx, the recipient is done with, and there was no
 * error. Each alone is also there when the last answer never came. A server that hangs up instead
 * of answering QUIT is an error too, but it has the mail: its last answer had been read. */
static bool smtp_judge_final(struct smtp_talk *t, const struct smtp_letter *l, bool ended)
{
    const smtp_status_t *status[] = { smtp_reverse_path_status(l->message),
                                      smtp_recipient_status(l->to),
                                      smtp_message_transfer_status(l->message) };
    struct smtp_answer *answer = l->errand->answer;
    size_t i;

    for (i = 0; i < sizeof(status) / sizeof(status[0]); i++)
        if (status[i]->code >= 400) {
            smtp_session_judge(i == 0, status[i]->code, smtp_status_words(t->arena, status[i]),
                               answer);
            return true;
        }
    if (status[1]->code / 100 == 2 && status[2]->code / 100 == 2 &&
        smtp_recipient_check_complete(l->to) && ended) {
        *answer = (struct smtp_answer){ .outcome = SENT_OK,
                                        .words = smtp_status_words(t->arena, status[2]),
                                        .well = true };
        return true;
    }
    return false;
}

/* The library has the mails one after the other: whoever stands before one that it has done with is
 * done with, too. */
static void smtp_judge_known(struct smtp_talk *t)
{
    size_t i, ended = 0;

    for (i = t->judged; i < t->count; i++)
        if (t->letters[i].ended)
            ended = i + 1;
    while (t->judged < ended &&
           smtp_judge_final(t, &t->letters[t->judged], t->letters[t->judged].ended))
        t->judged++;
    t->to->told(t->to->arg);
}

static void smtp_judge_letter(struct smtp_talk *t, const struct smtp_letter *l, int error)
{
    const smtp_status_t *begun = smtp_reverse_path_status(l->message);
    struct smtp_answer *answer = l->errand->answer;
    char room[128];

    if (smtp_judge_final(t, l, error == 0 || l->ended))
        return;
    answer->outcome = SENT_RETRY;
    answer->words = arena_printf(t->arena, "%s: %s",
                                 begun->code == 0 ? "not tried" : "the last answer did not come",
                                 error == 0 ? t->words : smtp_strerror(error, room, sizeof(room)));
}

/* Nothing was said about any mail yet: it is about the server and us. */
static void smtp_judge_talk(struct smtp_talk *t, int error, struct smtp_answer *answer)
{
    const char *words = text_clean_line(t->arena, span_of(t->words), SMTP_REPLY_MAX);
    char room[128];

    *answer = (struct smtp_answer){ .outcome = SENT_CONFIG };
    if (t->far && !t->wants_tls) {
        answer->words = "the server is not on this machine: nothing goes there without TLS";
    } else if (t->verify_error != X509_V_OK) {
        answer->words = arena_printf(t->arena, "the server's certificate: %s",
                                     X509_verify_cert_error_string(t->verify_error));
    } else if (t->said_too_much && t->wants_tls) {
        answer->words = "the server said more than was asked before TLS; nothing of it is believed";
    } else if (t->without_starttls) {
        answer->words = "the server offers no STARTTLS";
    } else if (t->refused_to_go_on && t->code < 400) {
        answer->words = "the server offers no login that we know";
    } else if (t->code >= 500) {
        answer->words = words;
    } else {
        answer->outcome = SENT_RETRY;
        answer->words = t->code >= 400 ? words
                        : error != 0
                            ? arena_strdup(t->arena, smtp_strerror(error, room, sizeof(room)))
                            : "the server hung up";
    }
}

/* --- the door
 * ------------------------------------------------------------------------------------------ */

/* RFC 3461, where the server knows it. Nobody is told of what goes out with a null return path. */
static void smtp_want_reports(const struct smtp_question *q, struct smtp_letter *l)
{
    int when = Notify_FAILURE | Notify_DELAY;

    if (strcmp(q->reports, "off") == 0 || l->errand->from[0] == '\0')
        return;
    if (strcmp(q->reports, "all") == 0)
        when |= Notify_SUCCESS;
    smtp_dsn_set_ret(l->message, Ret_HDRS);
    smtp_dsn_set_notify(l->to, (enum notify_flags)when);
    if (l->errand->envelope_id[0] != '\0')
        smtp_dsn_set_envid(l->message, l->errand->envelope_id);
}

static void smtp_fill(struct smtp_talk *t, smtp_session_t session)
{
    const struct smtp_question *q = t->q;
    size_t i;

    smtp_set_server(session, arena_printf(t->arena, "%s:%s", q->host, q->port));
    smtp_set_hostname(session, q->helo);
    smtp_set_steps(session, q->timeout_ms);
    smtp_set_monitorcb(session, smtp_on_bytes, t, 0);
    smtp_set_eventcb(session, smtp_on_event, t);
    for (i = 0; i < t->count; i++) {
        struct smtp_letter *l = &t->letters[i];

        l->message = smtp_add_message(session);
        l->to = smtp_add_recipient(l->message, l->errand->to);
        smtp_set_reverse_path(l->message, l->errand->from[0] == '\0' ? NULL : l->errand->from);
        smtp_set_messagecb(l->message, smtp_on_mail, l);
        smtp_size_set_estimate(l->message, l->errand->mail.len);
        smtp_want_reports(q, l);
    }
}

static auth_context_t smtp_login(struct smtp_talk *t, smtp_session_t session)
{
    auth_context_t login = t->q->user[0] == '\0' ? NULL : auth_create_context();

    if (login == NULL)
        return NULL;
    auth_set_mechanism_flags(login, AUTH_PLUGIN_PLAIN, 0);
    auth_set_interact_cb(login, smtp_on_login, t);
    smtp_auth_set_context(session, login);
    return login;
}

static void smtp_talk_through(struct smtp_talk *t, SSL_CTX *tls)
{
    smtp_session_t session = smtp_create_session();
    auth_context_t login = smtp_login(t, session);
    int error;
    size_t i;

    smtp_fill(t, session);
    if (tls != NULL) {
        smtp_starttls_set_ctx(session, tls);
        smtp_starttls_enable(session, Starttls_REQUIRED);
    }
    smtp_set_server(NULL, NULL); /* the last error stays for ever: ours is known from others' */
    smtp_start_session(session); /* 1 says only that there was a server to talk with */
    error = smtp_errno() == SMTP_ERR_INVAL ? 0 : smtp_errno();
    for (i = t->judged; i < t->count; i++)
        if (t->mail_begun)
            smtp_judge_letter(t, &t->letters[i], error);
        else
            smtp_judge_talk(t, error, t->letters[i].errand->answer);
    smtp_destroy_session(session);
    if (login != NULL)
        auth_destroy_context(login);
}

void smtp_session_send(const struct smtp_question *q, const struct smtp_errand *errands,
                       size_t count, const struct smtp_listener *to, struct arena *a)
{
    struct smtp_talk t = { .q = q, .arena = a, .count = count, .to = to, .fd = -1 };
    SSL_CTX *tls = NULL;
    const char *words = "";
    size_t i;

    t.letters = arena_array(a, count, sizeof(*t.letters));
    for (i = 0; i < count; i++)
        t.letters[i].errand = &errands[i];
    t.wants_tls = strcmp(q->tls, "none") != 0;
    if (t.wants_tls && (tls = smtp_tls_new(&t, &words)) == NULL) {
        for (i = 0; i < count; i++)
            *errands[i].answer = (struct smtp_answer){ .outcome = SENT_CONFIG, .words = words };
        return;
    }
    smtp_talk_through(&t, tls);
    SSL_CTX_free(tls);
    ERR_clear_error();
}

/* Plugins that stay loaded; a process that is shut in cannot load them. */
void smtp_session_warm(void)
{
    static const char *const mechanisms[] = { "PLAIN", "LOGIN", "CRAM-MD5" };
    const struct smtp_question nobody = { .user = "", .password = "" };
    struct smtp_talk talk = { .q = &nobody, .fd = -1 };
    auth_context_t login;
    size_t i;

    auth_client_init();
    login = auth_create_context();
    auth_set_mechanism_flags(login, AUTH_PLUGIN_PLAIN, 0);
    auth_set_interact_cb(login, smtp_on_login, &talk);
    for (i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
        auth_set_mechanism(login, mechanisms[i]);
    auth_destroy_context(login);
    OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, NULL);
}
