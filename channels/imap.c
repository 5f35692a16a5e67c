/* A mailbox that is read by IMAP: a worker fetches (imap_worker.h), mails are parsed next door and
 * delivered in their order (imap_take.h). Answers leave by a channel of kind smtp. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "channels/channel.h"
#include "channels/imap_audit.h"
#include "channels/imap_name.h"
#include "channels/imap_take.h"
#include "channels/imap_talk.h"
#include "channels/mail_keys.h"
#include "channels/oauth.h"
#include "channels/sign.h"
#include "core/arena.h"
#include "core/conf.h"

enum {
    IMAP_TEXT_MAX = 1000,
    IMAP_PORT = 143,
    IMAPS_PORT = 993,
    IMAP_BEHIND_MIN = 500, /* mails; less is the day's business */
    IMAP_BEHIND_S = 10,
    IMAP_TURN_MS = 10000, /* at least, where there are more channels than may be connected */
};

struct imap {
    char *password;        /* NULL: it logs in by a token */
    struct oauth *oauth;   /* NULL: by a password */
    struct burden *burden; /* what its worker would fetch; NULL: nothing large */
    int64_t heavy;         /* the number of its question */
    char *place;           /* whom it connects to */
    bool has_worker;
    bool waited;      /* before this turn it had to */
    int told_waits;   /* whether that was said; -1: a node that died may have said it */
    int64_t since_at; /* mails before it are left alone; 0: none is */
    bool from_now;
    struct imap_take take[IMAP_BOXES_MAX];
    uint32_t count;
    uint32_t untold[IMAP_BOXES_MAX]; /* mails that the worker knows of and has not told yet */
    struct {
        int64_t told_at,
            stored; /* when it was last told how far behind it is, and what was stored then */
        bool is, said;
    } behind;
};

static int imap_open(struct channel *ch, struct error *err);
static void imap_close(struct channel *ch);
static void imap_start(struct channel *ch);
static void imap_stop(struct channel *ch);
static void imap_on_worker(struct channel *ch, struct span frame, int fd);
static void imap_on_worker_up(struct channel *ch);
static void imap_on_worker_lost(struct channel *ch, const char *words);
static void imap_on_token(struct channel *ch, const char *words);
static const char *imap_place(const struct channel *ch);
static void imap_on_turn(struct channel *ch, enum channel_turn word);
static char *imap_audit(struct channel *ch, size_t *len);
static bool imap_audit_is_nodes(const struct channel *ch);
static bool imap_audit_part(struct channel *ch, size_t i, const char **name, int64_t *floor_at);
static void imap_audited(struct channel *ch, const struct imap_audit *there, const bool *stored);

static const char *const imap_tls[] = { "tls", "starttls", "none", NULL };
static const char *const imap_auths[] = { "login", "plain", "xoauth2", NULL };
static const char *const imap_afters[] = { "keep", "seen", "move", "delete", NULL };
static const struct conf_key imap_keys[] = {
    { .name = "host",
      .type = CONF_TEXT,
      .required = true,
      .doc = "The IMAP server. Its certificate must be for this name.",
      .example = "imap.example.org" },
    { .name = "port",
      .type = CONF_INT,
      .min = 1,
      .max = 65535,
      .doc = "Absent: 993 for tls, 143 else.",
      .example = "993" },
    { .name = "tls",
      .type = CONF_CHOICE,
      .choices = imap_tls,
      .fallback = "tls",
      .doc = "tls: from the first byte; starttls: asked for before anything else is said; none: "
             "only on this machine, to a loopback address." },
    { .name = "ca_file",
      .type = CONF_TEXT,
      .doc = "Certificates of the authorities to trust, in PEM; absent: the system's.",
      .example = "/etc/relevo/ca.pem" },
    { .name = "user",
      .type = CONF_TEXT,
      .required = true,
      .doc = "Who logs in.",
      .example = "support@example.org" },
    { .name = "auth",
      .type = CONF_CHOICE,
      .choices = imap_auths,
      .fallback = "login",
      .doc = "How: login and plain with a password; xoauth2 with access tokens, as Gmail and "
             "Exchange Online want it: see token_url." },
    { .name = "password",
      .type = CONF_SECRET,
      .doc = "The password of that user, unless auth is xoauth2; where the provider has them, one "
             "for this program alone.",
      .example = "{file: /etc/relevo/imap-password}" },
    OAUTH_KEYS,
    { .name = "mailboxes",
      .type = CONF_TEXTS,
      .fallback = "INBOX",
      .doc = "The mailboxes to read, as the user sees their names; at most 32. A server with IDLE "
             "tells at once of new mail in the first one, with NOTIFY in all of them; the others "
             "are looked at now and then." },
    { .name = "since",
      .type = CONF_TEXT,
      .fallback = "now",
      .doc = "Which mails count when a mailbox is read for the first time: now, those that come "
             "from then on; all; or a date, those that the server received on that day (UTC) or "
             "later. Later changes have no effect on a mailbox that was already read.",
      .example = "2026-01-31" },
    { .name = "after",
      .type = CONF_CHOICE,
      .choices = imap_afters,
      .fallback = "keep",
      .doc =
          "What happens to a mail in its mailbox once it is stored here. Whether it is marked "
          "as seen has no influence on whether it is read. delete: for good; but a mail of which "
          "only the header was fetched stays. What a kill kept from being done is done after "
          "the next comparison (see reconcile)." },
    { .name = "move_to",
      .type = CONF_TEXT,
      .doc = "The mailbox for `after: move`; it must exist.",
      .example = "Archive" },
    { .name = "poll",
      .type = CONF_DURATION,
      .fallback = "1m",
      .min = 1,
      .max = 3600,
      .doc = "How often to look where the server does not tell by itself." },
    { .name = "silence",
      .type = CONF_DURATION,
      .fallback = "30s",
      .min = 1,
      .max = 600,
      .doc = "How long the server may be silent when it is to answer, or slower than half a "
             "kilobyte a second, before the connection is given up. A mail may take as long as "
             "it takes." },
    { .name = "idle",
      .type = CONF_DURATION,
      .fallback = "9m",
      .min = 1,
      .max = 23 * 60,
      .doc = "How long the server is left to tell by itself (IDLE) before it is asked anew, and up "
             "to a quarter longer, so that not all do it at once. Some servers and firewalls "
             "forget a connection after ten minutes; all may after thirty." },
    { .name = "reconcile",
      .type = CONF_DURATION,
      .fallback = "1d",
      .min = 1,
      .max = 30 * 86400,
      .doc = "How often each mailbox is compared with what is stored, mail by mail: first a minute "
             "after the channel began, then as often as this says. A mail that is in no account "
             "is an alarm. relevoctl reconcile does the same at any time." },
    { .name = "size_max",
      .type = CONF_SIZE,
      .fallback = "50MiB",
      .min = 1 << 16,
      .max = INBOUND_RAW_MAX,
      .doc = "Of a larger mail only the header is fetched; it is a message all the same." },
    MAIL_KEYS,
    { .name = NULL },
};

extern const struct channel_ops channel_imap;
const struct channel_ops channel_imap = {
    .kind = "imap",
    .title = "Mailbox by IMAP",
    .address_kind = "email",
    .keys = imap_keys,
    .pulls = true,
    .child = "imap",
    .open = imap_open,
    .close = imap_close,
    .start = imap_start,
    .stop = imap_stop,
    .on_worker = imap_on_worker,
    .on_worker_up = imap_on_worker_up,
    .on_worker_lost = imap_on_worker_lost,
    .place = imap_place,
    .on_turn = imap_on_turn,
    .auditor = "audit",
    .audit = imap_audit,
    .audit_is_nodes = imap_audit_is_nodes,
    .audit_part = imap_audit_part,
    .audited = imap_audited,
};

/* --- configuration
 * -------------------------------------------------------------------------------------- */

static int imap_read_since(const struct channel *ch, struct imap *m, struct error *err)
{
    const char *since = conf_text(ch->conf, "since");
    struct tm day = { 0 };
    int used = 0;

    m->from_now = strcmp(since, "now") == 0;
    if (m->from_now || strcmp(since, "all") == 0)
        return 0;
    if (sscanf(since, "%4d-%2d-%2d%n", &day.tm_year, &day.tm_mon, &day.tm_mday, &used) != 3 ||
        since[used] != '\0' || day.tm_year < 1970 || day.tm_mon < 1 || day.tm_mon > 12 ||
        day.tm_mday < 1 || day.tm_mday > 31)
        return error_set(err, ERROR_CONFIG, "%s: since: expected now, all or a date, got '%.40s'",
                         ch->name, since);
    day.tm_year -= 1900;
    day.tm_mon -= 1;
    m->since_at = timegm(&day);
    return 0;
}

static int imap_check_name(const struct channel *ch, const char *key, const char *name,
                           struct error *err)
{
    char *written = imap_name_write(name);
    bool good = written != NULL && name[0] != '\0' && strlen(name) <= IMAP_TEXT_MAX;

    free(written);
    return good ? 0
                : error_set(err, ERROR_CONFIG, "%s: %s: expected a mailbox's name, got '%.60s'",
                            ch->name, key, name);
}

static int imap_read_mailboxes(struct channel *ch, struct imap *m, struct error *err)
{
    size_t n = conf_count(ch->conf, "mailboxes"), i, k;

    if (n == 0 || n > IMAP_BOXES_MAX)
        return error_set(err, ERROR_CONFIG, "%s: mailboxes: expected 1 to %d", ch->name,
                         IMAP_BOXES_MAX);
    for (i = 0; i < n; i++) {
        const char *name = conf_text_at(ch->conf, "mailboxes", i);

        if (imap_check_name(ch, "mailboxes", name, err) < 0)
            return -1;
        for (k = 0; k < i; k++)
            if (strcmp(name, m->take[k].name) == 0)
                return error_set(err, ERROR_CONFIG, "%s: mailboxes: '%.60s' is there twice",
                                 ch->name, name);
        imap_take_init(&m->take[i], ch, name, (uint32_t)i);
        m->count++;
    }
    return 0;
}

/* What goes to the server as it is written. */
static int imap_check_texts(const struct channel *ch, const struct imap *m, struct error *err)
{
    const char *const texts[] = { conf_text(ch->conf, "host"), conf_text(ch->conf, "user"),
                                  conf_text(ch->conf, "ca_file"), m->password };
    static const char *const keys[] = { "host", "user", "ca_file", "password" };
    const unsigned char *c;
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (c = (const unsigned char *)texts[i]; c != NULL && *c >= ' ' && *c != 0x7f;)
            c++;
        if (c != NULL && (*c != '\0' || c - (const unsigned char *)texts[i] > IMAP_TEXT_MAX))
            return error_set(err, ERROR_CONFIG,
                             "%s: %s: expected at most %d bytes, no control characters", ch->name,
                             keys[i], IMAP_TEXT_MAX);
    }
    return 0;
}

static int imap_open_auth(struct channel *ch, struct imap *m, struct error *err)
{
    if (strcmp(conf_text(ch->conf, "auth"), "xoauth2") == 0)
        return oauth_open(ch, imap_on_token, &m->oauth, err);
    return m->password != NULL ? 0
                               : error_set(err, ERROR_CONFIG, "%s: password is missing", ch->name);
}

static int imap_open(struct channel *ch, struct error *err)
{
    struct imap *m = xcalloc(1, sizeof(*m));
    const char *move_to = conf_text(ch->conf, "move_to");

    ch->state = m;
    if (ch->host->secret(ch->host->ctx, ch, "password", &m->password, err) < 0 ||
        imap_read_since(ch, m, err) < 0 || imap_read_mailboxes(ch, m, err) < 0 ||
        imap_check_texts(ch, m, err) < 0 || channel_look_for(ch, "ca_file", err) < 0)
        goto out;
    if (imap_open_auth(ch, m, err) < 0)
        goto out;
    if (strcmp(conf_text(ch->conf, "after"), "move") == 0 && move_to == NULL) {
        error_set(err, ERROR_CONFIG, "%s: after: move needs move_to", ch->name);
        goto out;
    }
    if (move_to != NULL && imap_check_name(ch, "move_to", move_to, err) < 0)
        goto out;
    return 0;
out:
    imap_close(ch);
    return -1;
}

static void imap_drop_all(struct channel *ch)
{
    const struct channel_host *host = ch->host;
    struct imap *m = ch->state;
    uint32_t i;

    for (i = 0; i < m->count; i++)
        imap_take_drop(&m->take[i]);
    host->burden_end(host->ctx, m->burden);
    m->burden = NULL;
}

static void imap_close(struct channel *ch)
{
    struct imap *m = ch->state;

    if (m == NULL)
        return;
    imap_drop_all(ch);
    oauth_close(m->oauth);
    sign_secret_free(m->password);
    free(m->place);
    free(m);
    ch->state = NULL;
}

/* Its worker begins by itself: imap_on_worker_up(). */
static void imap_start(struct channel *ch)
{
    struct imap *m = ch->state;

    m->has_worker = m->waited = false;
    m->told_waits = m->oauth != NULL ? 0 : -1; /* a token's warning begins anew by itself */
    if (m->oauth != NULL)
        oauth_start(m->oauth);
}

static void imap_stop(struct channel *ch)
{
    struct imap *m = ch->state;

    m->has_worker = false;
    imap_drop_all(ch);
    if (m->oauth != NULL)
        oauth_stop(m->oauth);
}

/* --- the worker
 * ------------------------------------------------------------------------------------------ */

static uint32_t imap_choice(const struct channel *ch, const char *key, const char *const *choices)
{
    uint32_t i = 0;

    while (strcmp(choices[i], conf_text(ch->conf, key)) != 0) {
        i++;
        assert(choices[i] != NULL);
    }
    return i;
}

static int imap_port(const struct channel *ch)
{
    if (conf_has(ch->conf, "port"))
        return (int)conf_int(ch->conf, "port");
    return strcmp(conf_text(ch->conf, "tls"), "tls") == 0 ? IMAPS_PORT : IMAP_PORT;
}

static void imap_set_up(struct channel *ch, struct imap_setup *s)
{
    static const enum mail_stream_tls tls[] = { MAIL_STREAM_TLS, MAIL_STREAM_STARTTLS,
                                                MAIL_STREAM_PLAIN };
    static const enum imap_after after[] = { IMAP_KEEP, IMAP_SEEN, IMAP_MOVE, IMAP_DELETE };
    struct imap *m = ch->state;
    uint32_t i;

    s->host = conf_text(ch->conf, "host");
    s->ca_file = conf_text(ch->conf, "ca_file");
    s->user = conf_text(ch->conf, "user");
    s->auth = (enum imap_auth)imap_choice(ch, "auth", imap_auths);
    s->password = m->oauth == NULL ? m->password : oauth_token(m->oauth);
    s->tls = tls[imap_choice(ch, "tls", imap_tls)];
    s->port = imap_port(ch);
    s->after = after[imap_choice(ch, "after", imap_afters)];
    s->move_to = conf_text(ch->conf, "move_to");
    s->from_now = m->from_now;
    s->size_max = (uint32_t)conf_int(ch->conf, "size_max");
    s->light_max = (uint32_t)ch->host->light_max;
    s->silence_ms = conf_int(ch->conf, "silence") * 1000;
    s->poll_ms = conf_int(ch->conf, "poll") * 1000;
    s->idle_ms = conf_int(ch->conf, "idle") * 1000;
    s->box_count = m->count;
    for (i = 0; i < m->count; i++)
        s->box[i] = (struct imap_setup_box){ .name = m->take[i].name,
                                             .generation = m->take[i].generation,
                                             .uidvalidity = m->take[i].uidvalidity,
                                             .uid = m->take[i].uid,
                                             .floor_at = m->take[i].floor_at,
                                             .floor_uid = m->take[i].floor_uid };
}

static char *imap_write_setup(struct channel *ch, size_t *len)
{
    struct imap_setup *setup = xcalloc(1, sizeof(*setup));
    char *bytes;

    imap_set_up(ch, setup);
    bytes = imap_setup_write(setup, len);
    free(setup);
    return bytes;
}

static void imap_on_worker_up(struct channel *ch)
{
    struct imap *m = ch->state;
    struct span record;
    char *bytes;
    uint32_t i;

    for (i = 0; i < m->count; i++) {
        m->take[i].floor_at = m->since_at;
        m->untold[i] = 0;
        imap_take_begin(&m->take[i]);
    }
    m->has_worker = true;
    bytes = imap_write_setup(ch, &record.len);
    record.ptr = bytes;
    ch->host->worker_send(ch->host->ctx, ch, record, -1);
    explicit_bzero(bytes, record.len);
    free(bytes);
}

static void imap_on_token(struct channel *ch, const char *words)
{
    const struct imap_talk talk = { .word = IMAP_TOKEN };
    struct imap *m = ch->state;
    struct span record;
    char *bytes;

    if (words != NULL || !m->has_worker)
        return; /* none came; or it will be in its setup */
    bytes = imap_talk_write_more(&talk, span_of(oauth_token(m->oauth)), &record.len);
    record.ptr = bytes;
    ch->host->worker_send(ch->host->ctx, ch, record, -1);
    explicit_bzero(bytes, record.len);
    free(bytes);
}

/* A mailbox that has much to tell says so now and then, until it has caught up. */
static void imap_tell_behind(struct channel *ch, bool caught_up)
{
    const struct channel_host *host = ch->host;
    struct imap *m = ch->state;
    int64_t now = host->now(host->ctx), left = 0, stored = 0, per_s;
    uint32_t i;

    for (i = 0; i < m->count; i++) {
        left += m->untold[i] + (int64_t)m->take[i].length;
        stored += m->take[i].stored;
    }
    if (caught_up && (m->behind.is || !m->behind.said)) {
        m->behind.is = false;
        m->behind.said = true; /* also of what a node told that died over it */
        host->behind(host->ctx, ch, 0, 0);
    }
    if (caught_up || (!m->behind.is && left < IMAP_BEHIND_MIN) ||
        (m->behind.is && now - m->behind.told_at < IMAP_BEHIND_S))
        return;
    per_s = m->behind.is ? (stored - m->behind.stored) / (now - m->behind.told_at) : 0;
    m->behind.is = true;
    m->behind.told_at = now;
    m->behind.stored = stored;
    host->behind(host->ctx, ch, left, per_s);
}

/* --- turns
 * -----------------------------------------------------------------------------------------------
 */

static const char *imap_place(const struct channel *ch)
{
    struct imap *m = ch->state;
    struct text_buffer place = { 0 };

    if (m->place == NULL) {
        text_buffer_printf(&place, "%s:%d", conf_text(ch->conf, "host"), imap_port(ch));
        m->place = place.ptr;
    }
    return m->place;
}

static void imap_want_turn(struct channel *ch)
{
    int64_t poll_ms = conf_int(ch->conf, "poll") * 1000;

    ch->host->turn_want(ch->host->ctx, ch, poll_ms < IMAP_TURN_MS ? poll_ms : IMAP_TURN_MS);
}

/* That it waits now and then is said once, until it does not any more. */
static void imap_tell_waits(struct channel *ch, bool waits)
{
    struct imap *m = ch->state;

    if (m->told_waits == (int)waits)
        return;
    m->told_waits = waits;
    ch->host->warn(ch->host->ctx, ch,
                   waits ? "it is connected in turns with others: more of them read mailboxes of "
                           "this server than workers: connections allows"
                         : NULL);
}

static void imap_on_turn(struct channel *ch, enum channel_turn word)
{
    struct imap_talk talk = { .word = word == CHANNEL_TURN_NOW ? IMAP_GO : IMAP_YIELD };
    struct imap *m = ch->state;

    if (word != CHANNEL_TURN_END) {
        if (word == CHANNEL_TURN_WAIT || !m->waited)
            imap_tell_waits(ch, word == CHANNEL_TURN_WAIT);
        m->waited = word == CHANNEL_TURN_WAIT;
    }
    if (word != CHANNEL_TURN_WAIT)
        ch->host->worker_send(ch->host->ctx, ch, imap_talk_write(&talk), -1);
}

/* How it is, and what it wants of others. */
static void imap_hear_state(struct channel *ch, const struct imap_talk *talk)
{
    const struct channel_host *host = ch->host;
    struct imap *m = ch->state;

    switch (talk->word) {
    case IMAP_WELL:
    case IMAP_UNDONE:
        memset(m->untold, 0, sizeof(m->untold));
        imap_tell_behind(ch, true);
        if (talk->word == IMAP_WELL)
            host->health(host->ctx, ch, CHANNEL_OK, "connected");
        else
            host->health(host->ctx, ch, CHANNEL_TROUBLE, talk->words);
        break;
    case IMAP_TROUBLE:
        host->health(host->ctx, ch, CHANNEL_TROUBLE, talk->words);
        break;
    case IMAP_LOCKED:
        host->health(host->ctx, ch, CHANNEL_TROUBLE, talk->words);
        if (m->oauth != NULL)
            oauth_refused(m->oauth);
        break;
    case IMAP_WANT:
        imap_want_turn(ch);
        break;
    case IMAP_LEFT:
        host->turn_end(host->ctx, ch);
        break;
    case IMAP_WARNING:
        host->warn(host->ctx, ch, talk->words[0] == '\0' ? NULL : talk->words);
        break;
    default: /* IMAP_ALIVE; that is all */
        break;
    }
}

static int imap_hear_behind(struct channel *ch, const struct imap_talk *talk, struct error *err)
{
    struct imap *m = ch->state;
    int rc = imap_take_round(&m->take[talk->box], talk, err);

    if (rc <= 0)
        return rc;
    m->untold[talk->box] = talk->uid;
    imap_tell_behind(ch, false);
    return 0;
}

static void imap_on_room(void *arg)
{
    struct channel *ch = arg;
    const struct imap *m = ch->state;
    const struct imap_talk talk = { .word = IMAP_ROOM, .at = m->heavy };

    ch->host->worker_send(ch->host->ctx, ch, imap_talk_write(&talk), -1);
}

/* Its next mail is a large one. */
static void imap_hear_heavy(struct channel *ch, const struct imap_talk *talk)
{
    const struct channel_host *host = ch->host;
    struct imap *m = ch->state;

    host->burden_end(host->ctx, m->burden);
    m->burden = NULL;
    m->heavy = talk->at;
    if (talk->uid > 0)
        m->burden = host->burden_want(host->ctx, talk->uid, imap_on_room, ch);
}

/* -1: what no worker may say. */
static int imap_hear(struct channel *ch, const struct imap_talk *talk, int fd, struct error *err)
{
    struct imap *m = ch->state;

    if (talk->box >= m->count)
        return error_set(err, ERROR_PERMANENT, "expected one of %u mailboxes; number %u came",
                         m->count, talk->box);
    switch (talk->word) {
    case IMAP_ALIVE:
    case IMAP_WELL:
    case IMAP_UNDONE:
    case IMAP_TROUBLE:
    case IMAP_WARNING:
    case IMAP_LOCKED:
    case IMAP_WANT:
    case IMAP_LEFT:
        imap_hear_state(ch, talk);
        return 0;
    case IMAP_BEHIND:
        return imap_hear_behind(ch, talk, err);
    case IMAP_START:
    case IMAP_PASSED:
    case IMAP_MAIL:
    case IMAP_HEADER:
    case IMAP_REFUSED:
        return imap_take_hear(&m->take[talk->box], talk, fd, &m->burden, err);
    case IMAP_HEAVY:
        imap_hear_heavy(ch, talk);
        return 0;
    case IMAP_WAITS:
        return imap_take_compare(&m->take[talk->box], talk, err);
    case IMAP_QUITS:
        return error_set(err, ERROR_PERMANENT, "%s", talk->words);
    case IMAP_GO:
    case IMAP_YIELD:
    case IMAP_STORED:
    case IMAP_AGAIN:
    case IMAP_ROOM:
    case IMAP_FINISH:
    case IMAP_TOKEN:
    case IMAP_WORDS:
        break;
    }
    return error_set(err, ERROR_PERMANENT, "expected a worker's word; number %d, a channel's, came",
                     (int)talk->word);
}

/* One that breaks what is agreed has lost its place, or we have: nobody would ever mend it. The
 * next one begins at the cursor. */
static void imap_on_worker(struct channel *ch, struct span frame, int fd)
{
    struct imap_talk talk;
    struct error err;
    int rc = imap_talk_read(frame, &talk);

    if (rc < 0)
        error_set(&err, ERROR_PERMANENT, "a record of %zu bytes came that says nothing", frame.len);
    else
        rc = imap_hear(ch, &talk, fd, &err);
    if (rc == 0)
        return;
    error_wrap(&err, "%s", ch->name);
    ch->host->worker_end(ch->host->ctx, ch, err.text);
}

static void imap_on_worker_lost(struct channel *ch, const char *words)
{
    const struct channel_host *host = ch->host;
    struct imap *m = ch->state;
    struct text_buffer why = { 0 };

    m->has_worker = false;
    imap_drop_all(ch);
    text_buffer_printf(&why, "%s; another one begins", words);
    host->health(host->ctx, ch, CHANNEL_TROUBLE, why.ptr);
    text_buffer_clear(&why);
}

/* --- the balance sheet
 * ----------------------------------------------------------------------------------- */

static char *imap_audit(struct channel *ch, size_t *len)
{
    const struct imap *m = ch->state;

    if (m->oauth != NULL && oauth_token(m->oauth) == NULL)
        return NULL;
    return imap_write_setup(ch, len);
}

/* Whoever refreshes the token may get a new refresh token, and the old one is void then: two that
 * do it lock each other out. */
static bool imap_audit_is_nodes(const struct channel *ch)
{
    return ((const struct imap *)ch->state)->oauth != NULL;
}

static bool imap_audit_part(struct channel *ch, size_t i, const char **name, int64_t *floor_at)
{
    const struct imap *m = ch->state;

    if (i >= m->count)
        return false;
    *name = m->take[i].name;
    *floor_at = m->since_at;
    return true;
}

/* Is to be done, and was not: a kill came between the commit and it. */
static bool imap_is_unfinished(const struct channel *ch, const struct imap_audit_mail *mail)
{
    const char *after = conf_text(ch->conf, "after");

    if (strcmp(after, "seen") == 0)
        return !mail->seen;
    return strcmp(after, "keep") != 0 && !mail->deleted;
}

static void imap_audited(struct channel *ch, const struct imap_audit *there, const bool *stored)
{
    const struct imap *m = ch->state;
    struct imap_talk talk = { .word = IMAP_FINISH,
                              .box = there->box,
                              .uidvalidity = there->uidvalidity };
    uint32_t uids[IMAP_LOOK_MAX];
    struct span record;
    size_t n = 0, i;
    char *bytes;

    if (there->box >= m->count)
        return;
    for (i = 0; i < there->count; i++)
        if (stored[i] && imap_is_unfinished(ch, &there->mail[i]))
            uids[n++] = there->mail[i].uid;
    if (n == 0)
        return;
    bytes = imap_talk_write_more(&talk, (struct span){ (const char *)uids, n * sizeof(*uids) },
                                 &record.len);
    record.ptr = bytes;
    ch->host->worker_send(ch->host->ctx, ch, record, -1);
    free(bytes);
}
