/* Mail that a server on this machine hands over by LMTP (RFC 2033), at a socket of ours: Postfix,
 * Exim, and `relevoctl deliver`. A mail is answered with 250 when it is committed, and with 451
 * where that is not known in time: then it comes again, and is the same message. Answers leave by a
 * channel of kind smtp. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "channels/channel.h"
#include "channels/frame.h"
#include "channels/lmtp_session.h"
#include "channels/mail_keys.h"
#include "channels/sign.h"
#include "core/arena.h"
#include "core/conf.h"

enum {
    LMTP_SIZE_MAX = INBOUND_RAW_MAX - (1 << 20), /* the lines before it find their room */
    LMTP_RETRY_MS = 5000,
    LMTP_WEIGHED = 1 << 20, /* so often a mail that comes is weighed */
};
static_assert(LMTP_SIZE_MAX + LMTP_TRACE_MAX <= INBOUND_RAW_MAX, "a mail with its trace is kept");

struct lmtp {
    struct channel *ch;
    struct lmtp_client *clients;
    int64_t client_count;
    size_t held;
    void *retry; /* of listening */
};
/* A mail on its way into the database; `client` NULL: nobody waits for it any more. */
struct lmtp_mail {
    struct lmtp *of;
    struct lmtp_client *client;
    int memfd;
    size_t held;
    struct burden *burden; /* NULL: it is small so far */
};
struct lmtp_client {
    struct lmtp *of;
    struct channel_client *client;
    struct lmtp_session session;
    struct lmtp_mail *mail; /* coming in, or on its way; NULL: none */
    void *timer;
    bool ending; /* after the answer that it waits for */
    struct lmtp_client *next, **self;
};

static int lmtp_open(struct channel *ch, struct error *err);
static void lmtp_close(struct channel *ch);
static void lmtp_start(struct channel *ch);
static void lmtp_stop(struct channel *ch);
static void *lmtp_on_client(struct channel *ch, struct channel_client *client);
static size_t lmtp_on_client_said(void *client, struct span bytes);
static void lmtp_on_client_gone(void *client);

static const char *const lmtp_modes[] = { "0600", "0660", "0666", NULL };
static const struct conf_key lmtp_keys[] = {
    { .name = "path",
      .type = CONF_TEXT,
      .required = true,
      .doc =
          "The socket to listen on. Its folder must exist, and be one that relevod may write to.",
      .example = "/run/relevo/lmtp" },
    { .name = "mode",
      .type = CONF_CHOICE,
      .choices = lmtp_modes,
      .fallback = "0660",
      .doc = "Who may deliver: this user, also its group, or everybody on this machine (Postfix's "
             "own client is in no group but Postfix's). Whoever may can write in the name of "
             "anybody, as whoever may send mail here can." },
    { .name = "recipients",
      .type = CONF_TEXTS,
      .doc = "The addresses that are this channel's; `@example.org` is all of that domain. What is "
             "behind a + in the local part does not count, nor does case. Others are refused. "
             "Absent: every address is, and the mail server alone decides what comes here.",
      .example = "support@example.org" },
    { .name = "connections",
      .type = CONF_INT,
      .fallback = "50",
      .min = 1,
      .max = 1000,
      .doc = "How many may be connected at once; more are told to come later." },
    { .name = "size_max",
      .type = CONF_SIZE,
      .fallback = "49MiB",
      .min = 1 << 16,
      .max = LMTP_SIZE_MAX,
      .doc = "The largest mail; a larger one is refused for ever, and its sender hears so from the "
             "mail server." },
    { .name = "command_time",
      .type = CONF_DURATION,
      .fallback = "5m",
      .min = 1,
      .max = 3600,
      .doc = "How long a client may take for a command (RFC 5321 4.5.3.2)." },
    { .name = "data_time",
      .type = CONF_DURATION,
      .fallback = "10m",
      .min = 1,
      .max = 3600,
      .doc = "How long a mail may take to come in." },
    { .name = "answer_time",
      .type = CONF_DURATION,
      .fallback = "1m",
      .min = 1,
      .max = 600,
      .doc = "How long a mail server waits for the database; then it is told to keep the mail. It "
             "should wait longer than this by itself." },
    MAIL_KEYS,
    { .name = NULL },
};

extern const struct channel_ops channel_lmtp;
const struct channel_ops channel_lmtp = {
    .kind = "lmtp",
    .title = "Mail by LMTP",
    .address_kind = "email",
    .keys = lmtp_keys,
    .open = lmtp_open,
    .close = lmtp_close,
    .start = lmtp_start,
    .stop = lmtp_stop,
    .on_client = lmtp_on_client,
    .on_client_said = lmtp_on_client_said,
    .on_client_gone = lmtp_on_client_gone,
};

/* --- whose mail it is
 * ------------------------------------------------------------------------------------- */

/* The same but for case, and but for what stands behind a + in its local part. */
static bool lmtp_fits(const char *ours, struct span local, struct span domain)
{
    const char *at = strrchr(ours, '@'), *plus = memchr(local.ptr, '+', local.len);
    size_t n = (size_t)(at - ours), bare = plus == NULL ? local.len : (size_t)(plus - local.ptr);

    return span_same(domain, at + 1) &&
           (n == 0 || ((n == local.len || n == bare) && strncasecmp(ours, local.ptr, n) == 0));
}

static bool lmtp_takes(void *arg, struct span recipient)
{
    const struct channel *ch = ((struct lmtp_client *)arg)->of->ch;
    const char *at = memrchr(recipient.ptr, '@', recipient.len);
    size_t i, n = conf_count(ch->conf, "recipients");
    struct span local, domain;

    if (at == NULL) /* whoever keeps the mail: the channel itself (RFC 5321 4.5.1) */
        return span_same(recipient, "postmaster");
    local = (struct span){ recipient.ptr, (size_t)(at - recipient.ptr) };
    domain = (struct span){ at + 1, recipient.len - local.len - 1 };
    for (i = 0; i < n; i++)
        if (lmtp_fits(conf_text_at(ch->conf, "recipients", i), local, domain))
            return true;
    return n == 0;
}

/* --- the way of a mail
 * ------------------------------------------------------------------------------------ */

static void lmtp_send(struct lmtp_client *c);

static void lmtp_mail_end(struct lmtp_mail *m)
{
    m->of->held -= m->held;
    m->of->ch->host->burden_end(m->of->ch->host->ctx, m->burden);
    if (m->memfd >= 0)
        close(m->memfd);
    free(m);
}

/* -1: it is to come later; of what is the matter with us the operator hears. */
static int lmtp_cannot_keep(const struct lmtp *l, const char *words)
{
    struct text_buffer why = { 0 };

    text_buffer_printf(&why, "mails cannot be kept until they are stored: %s", words);
    l->ch->host->health(l->ch->host->ctx, l->ch, CHANNEL_TROUBLE, why.ptr);
    text_buffer_clear(&why);
    return -1;
}

static int lmtp_begin(void *arg)
{
    struct lmtp_client *c = arg;
    struct lmtp_mail *m;
    struct error err;
    int memfd;

    if (c->of->held >= c->of->ch->host->held_max)
        return -1;
    if (frame_open_room(&memfd, &err) < 0)
        return lmtp_cannot_keep(c->of, err.text);
    m = xcalloc(1, sizeof(*m));
    *m = (struct lmtp_mail){ .of = c->of, .client = c, .memfd = memfd };
    c->mail = m;
    return 0;
}

/* Those who fetch mails do not fetch more than there is room for beside it. */
static void lmtp_weigh(struct lmtp_mail *m)
{
    const struct channel_host *host = m->of->ch->host;

    if (m->burden == NULL)
        m->burden = host->burden_want(host->ctx, m->held, NULL, NULL);
    host->burden_came(host->ctx, m->burden, m->held);
}

static int lmtp_add(void *arg, struct span bytes)
{
    struct lmtp_mail *m = ((struct lmtp_client *)arg)->mail;
    ssize_t n;

    if (m->of->held + bytes.len > m->of->ch->host->held_max)
        return -1;
    m->held += bytes.len;
    m->of->held += bytes.len;
    if (m->held / LMTP_WEIGHED != (m->held - bytes.len) / LMTP_WEIGHED)
        lmtp_weigh(m);
    while (bytes.len > 0) {
        n = write(m->memfd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR)
            return lmtp_cannot_keep(m->of, strerror(errno));
        bytes.ptr += n < 0 ? 0 : n;
        bytes.len -= n < 0 ? 0 : (size_t)n;
    }
    return 0;
}

static void lmtp_drop(void *arg)
{
    struct lmtp_client *c = arg;

    if (c->mail != NULL)
        lmtp_mail_end(c->mail);
    c->mail = NULL;
}

static void lmtp_answer(struct lmtp_client *c, bool stored)
{
    const struct channel_host *host = c->of->ch->host;

    c->mail = NULL;
    lmtp_session_answer(&c->session, stored);
    if (c->ending)
        lmtp_session_end(&c->session, "it closes");
    host->client_more(host->ctx, c->client);
    lmtp_send(c);
}

/* Tells whoever still waits for it. */
static void lmtp_on_stored(void *arg, int rc)
{
    struct lmtp_mail *m = arg;
    struct lmtp_client *c = m->client;
    const struct channel *ch = m->of->ch;

    ch->host->health(ch->host->ctx, m->of->ch, rc == 0 ? CHANNEL_OK : CHANNEL_TROUBLE,
                     rc == 0 ? "mails come in" : "mails could not be stored");
    lmtp_mail_end(m);
    if (c != NULL)
        lmtp_answer(c, rc == 0);
}

/* Bytes that are no mail are known again by themselves. */
static const char *lmtp_digest(const struct inbound *in)
{
    unsigned char digest[SIGN_SHA256_BYTES];

    sign_sha256(in->raw, digest);
    return arena_printf(in->arena, "sha256:%s",
                        sign_hex(in->arena, (struct span){ (const char *)digest, sizeof(digest) }));
}

static void lmtp_on_parsed(void *arg, struct inbound *in)
{
    struct lmtp_mail *m = arg;
    const struct channel_host *host = m->of->ch->host;

    in->locator = NULL; /* it lies nowhere else */
    /* The stamp that the mail server put on top: it may have kept it while we were away. */
    in->received_at = inbound_received(in->received_at, host->now(host->ctx));
    if (in->raw.len == 0) { /* it could not be had any more: the mail server has it */
        inbound_free(in);
        lmtp_on_stored(m, -1);
        return;
    }
    if (in->external_id == NULL)
        in->external_id = lmtp_digest(in);
    host->deliver(host->ctx, m->of->ch, in, lmtp_on_stored, m);
}

static void lmtp_whole(void *arg)
{
    struct lmtp_client *c = arg;
    struct lmtp_mail *m = c->mail;
    const struct channel_host *host = c->of->ch->host;
    struct error err;

    if (frame_close_room(m->memfd, &err) < 0) {
        lmtp_drop(c);
        lmtp_session_answer(&c->session, false);
        return;
    }
    host->parse_mail(host->ctx, c->of->ch, m->memfd, "", 0, lmtp_on_parsed, m);
    close(m->memfd);
    m->memfd = -1;
}

static const struct lmtp_ops lmtp_session_ops = {
    .takes = lmtp_takes,
    .begin = lmtp_begin,
    .add = lmtp_add,
    .whole = lmtp_whole,
    .drop = lmtp_drop,
};

/* --- clients
 * ---------------------------------------------------------------------------------------------- */

/* Forgets it. A mail of it that is whole goes on without it. */
static void lmtp_client_free(struct lmtp_client *c)
{
    const struct channel_host *host = c->of->ch->host;

    if (c->session.phase == LMTP_WAITS)
        c->mail->client = NULL;
    else
        lmtp_drop(c);
    if (c->timer != NULL)
        host->timer_cancel(host->ctx, c->timer);
    *c->self = c->next;
    if (c->next != NULL)
        c->next->self = c->self;
    c->of->client_count--;
    lmtp_session_clear(&c->session);
    free(c);
}

static void lmtp_client_end(struct lmtp_client *c)
{
    const struct channel_host *host = c->of->ch->host;

    host->client_end(host->ctx, c->client);
    lmtp_client_free(c);
}

static void lmtp_on_timer(void *arg)
{
    struct lmtp_client *c = arg;

    c->timer = NULL;
    if (c->session.phase ==
        LMTP_WAITS) { /* whatever becomes of it, it is known when it comes again */
        c->mail->client = NULL;
        lmtp_answer(c, false);
        return;
    }
    lmtp_session_end(&c->session, "too slow");
    lmtp_send(c);
}

static void lmtp_arm(struct lmtp_client *c)
{
    static const char *const keys[] = {
        [LMTP_COMMANDS] = "command_time", [LMTP_DATA] = "data_time", [LMTP_WAITS] = "answer_time"
    };
    const struct channel *ch = c->of->ch;

    if (c->timer != NULL)
        ch->host->timer_cancel(ch->host->ctx, c->timer);
    c->timer = ch->host->timer(ch->host->ctx, conf_int(ch->conf, keys[c->session.phase]) * 1000,
                               lmtp_on_timer, c);
}

/* What is to be said goes out; after the last word it is forgotten. */
static void lmtp_send(struct lmtp_client *c)
{
    const struct channel_host *host = c->of->ch->host;

    if (c->session.out.len > 0)
        host->client_write(host->ctx, c->client,
                           (struct span){ c->session.out.ptr, c->session.out.len });
    c->session.out.len = 0;
    if (c->session.phase == LMTP_OVER) {
        lmtp_client_end(c);
        return;
    }
    lmtp_arm(c);
}

static void *lmtp_on_client(struct channel *ch, struct channel_client *client)
{
    const struct channel_host *host = ch->host;
    struct lmtp *l = ch->state;
    struct lmtp_client *c;

    if (l->client_count >= conf_int(ch->conf, "connections")) {
        host->client_write(host->ctx, client, span_of("421 4.3.2 too many are connected\r\n"));
        host->client_end(host->ctx, client);
        return NULL;
    }
    c = xcalloc(1, sizeof(*c));
    *c = (struct lmtp_client){ .of = l, .client = client, .next = l->clients, .self = &l->clients };
    if (c->next != NULL)
        c->next->self = &c->next;
    l->clients = c;
    l->client_count++;
    lmtp_session_init(&c->session, &lmtp_session_ops, c, ch->name,
                      (size_t)conf_int(ch->conf, "size_max"));
    lmtp_send(c);
    return c;
}

static size_t lmtp_on_client_said(void *client, struct span bytes)
{
    struct lmtp_client *c = client;
    unsigned steps = c->session.steps;
    enum lmtp_phase phase = c->session.phase;
    size_t taken = lmtp_session_hear(&c->session, bytes);

    if (c->session.out.len > 0 || c->session.phase != phase || c->session.steps != steps)
        lmtp_send(c);
    return taken;
}

static void lmtp_on_client_gone(void *client)
{
    lmtp_client_free(client);
}

/* --- the socket
 * ------------------------------------------------------------------------------------------- */

static void lmtp_listen(void *arg)
{
    struct lmtp *l = arg;
    const struct channel *ch = l->ch;
    struct error err;

    l->retry = NULL;
    if (ch->host->listen(ch->host->ctx, l->ch, conf_text(ch->conf, "path"),
                         (unsigned)strtoul(conf_text(ch->conf, "mode"), NULL, 8), &err) == 0) {
        ch->host->health(ch->host->ctx, l->ch, CHANNEL_OK, "listens");
        return;
    }
    ch->host->health(ch->host->ctx, l->ch, CHANNEL_TROUBLE, err.text);
    l->retry = ch->host->timer(ch->host->ctx, LMTP_RETRY_MS, lmtp_listen, l);
}

static void lmtp_start(struct channel *ch)
{
    lmtp_listen(ch->state);
}

/* Who waits for an answer gets it first. */
static void lmtp_stop(struct channel *ch)
{
    struct lmtp *l = ch->state;
    struct lmtp_client *c, *next;

    if (l->retry != NULL)
        ch->host->timer_cancel(ch->host->ctx, l->retry);
    l->retry = NULL;
    ch->host->listen_stop(ch->host->ctx, ch);
    for (c = l->clients; c != NULL; c = next) {
        next = c->next;
        c->ending = true;
        if (c->session.phase == LMTP_WAITS)
            continue;
        lmtp_session_end(&c->session, "it closes");
        lmtp_send(c);
    }
}

static int lmtp_open(struct channel *ch, struct error *err)
{
    size_t i, n = conf_count(ch->conf, "recipients");
    const char *path = conf_text(ch->conf, "path"), *at;
    struct lmtp *l;

    if (path[0] != '/')
        return error_set(err, ERROR_CONFIG, "%s: path: expected an absolute one, got '%.60s'",
                         ch->name, path);
    for (i = 0; i < n; i++) {
        at = strrchr(conf_text_at(ch->conf, "recipients", i), '@');
        if (at == NULL || at[1] == '\0')
            return error_set(err, ERROR_CONFIG,
                             "%s: recipients: expected an address or @domain, got '%.60s'",
                             ch->name, conf_text_at(ch->conf, "recipients", i));
    }
    l = xcalloc(1, sizeof(*l));
    l->ch = ch;
    ch->state = l;
    return 0;
}

static void lmtp_close(struct channel *ch)
{
    struct lmtp *l = ch->state;

    if (l == NULL)
        return;
    while (l->clients != NULL)
        lmtp_client_end(l->clients);
    free(l);
    ch->state = NULL;
}
