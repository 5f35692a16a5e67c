/* Letters out: gathers them, and gives them in batches to the workers that speak SMTP. */
#include <openssl/crypto.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/channel.h"
#include "channels/frame.h"
#include "channels/mail_address.h"
#include "channels/mail_write.h"
#include "channels/oauth.h"
#include "channels/sign.h"
#include "channels/smtp_frame.h"
#include "core/arena.h"
#include "core/conf.h"
#include "core/token.h"

enum {
    SMTP_SESSIONS_MAX = 2,
    SMTP_LOCAL_MAX = 64, /* bytes before the @ (RFC 5321 4.5.3.1.1) */
    SMTP_RATE_MAX = 100000,
    SMTP_SESSION_MAX_S = 300, /* well below the time for which a letter is ours alone */
};

static int smtp_open(struct channel *ch, struct error *err);
static void smtp_close(struct channel *ch);
static void smtp_start(struct channel *ch);
static void smtp_stop(struct channel *ch);
static void smtp_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                      void *arg);
static size_t smtp_room(struct channel *ch);
static bool smtp_rate(const struct conf *conf, int64_t *most, int64_t *period_s);
static size_t smtp_files_max(const struct channel *ch);

static const char *const smtp_tls_modes[] = { "starttls", "implicit", "none", NULL };
static const char *const smtp_auths[] = { "password", "xoauth2", NULL };
static const char *const smtp_paths[] = { "empty", "reply", "verp", "from", NULL };
static const char *const smtp_reports[] = { "off", "failure", "all", NULL };
static const struct conf_key smtp_keys[] = {
    { .name = "host",
      .type = CONF_TEXT,
      .required = true,
      .doc = "The relay that takes our mails; its certificate must name it.",
      .example = "smtp.example.org" },
    { .name = "port",
      .type = CONF_INT,
      .min = 1,
      .max = 65535,
      .doc = "Its port; absent: 587, with `tls: implicit` 465, with `tls: none` 25.",
      .example = "587" },
    { .name = "tls",
      .type = CONF_CHOICE,
      .choices = smtp_tls_modes,
      .fallback = "starttls",
      .doc =
          "starttls is never given up; implicit is from the first byte on; none is for a relay on "
          "this very machine." },
    { .name = "ca_file",
      .type = CONF_TEXT,
      .doc = "Certificates that are trusted instead of the system's." },
    { .name = "user", .type = CONF_TEXT, .doc = "Who we are there; absent: no authentication." },
    { .name = "auth",
      .type = CONF_CHOICE,
      .choices = smtp_auths,
      .fallback = "password",
      .doc = "How the user proves who it is: with the password, or by xoauth2 with access tokens, "
             "as Gmail and Exchange Online want it: see token_url." },
    { .name = "password",
      .type = CONF_SECRET,
      .doc = "The user's password, unless auth is xoauth2.",
      .example = "{file: /etc/relevo/smtp-password}" },
    OAUTH_KEYS,
    { .name = "from",
      .type = CONF_TEXT,
      .required = true,
      .doc = "Who our letters are from. Answers come back to it with +TOKEN before the @: the mail "
             "server must deliver those too. Where more than 23 bytes are before the @ there is no "
             "room for that: then they come to itself, and are known by the id that they answer.",
      .example = "'Support <support@example.org>'" },
    { .name = "return_path",
      .type = CONF_CHOICE,
      .choices = smtp_paths,
      .fallback = "empty",
      .doc =
          "Where a failure of our automatic letters is told: empty is nowhere, and no machine "
          "answers; reply is the address with the token, so a bounce finds its ticket; verp is "
          "from with another +TOKEN for each letter, so that whatever a server writes back finds "
          "that letter, also one of an agent; from is for relays that take no other sender." },
    { .name = "dsn",
      .type = CONF_CHOICE,
      .choices = smtp_reports,
      .fallback = "failure",
      .doc =
          "Which reports are asked for where the relay knows how (RFC 3461) and the letter has a "
          "return path, which agents' answers always have: failure is of failures and delays, "
          "all is also of letters that arrived. "
          "With `tls: implicit` or `auth: xoauth2` none can be asked for, and off is all that "
          "may stand here." },
    { .name = "files_max",
      .type = CONF_SIZE,
      .fallback = "10MiB",
      .min = 0,
      .max = SMTP_BYTES_MAX / 2,
      .doc =
          "What an agent's answer may carry in files; as a mail they are a third larger. Of what "
          "is left out customer and agent are told." },
    { .name = "rate",
      .type = CONF_TEXT,
      .doc = "How many letters this node may hand over by it: a number, then per second, minute, "
             "hour or day. The others wait, and people's answers go before what is automatic. "
             "Absent: as many as there are. Where several nodes send, each has its share of what "
             "the provider allows.",
      .example = "30 per minute" },
    { .name = "helo", .type = CONF_TEXT, .doc = "How we greet; absent: the domain of from." },
    { .name = "step_time",
      .type = CONF_DURATION,
      .fallback = "60s",
      .min = 1,
      .max = 600,
      .doc = "How long the relay may take for one step." },
    { .name = "session_time",
      .type = CONF_DURATION,
      .fallback = "2m",
      .min = 1,
      .max = SMTP_SESSION_MAX_S,
      .doc = "How long a whole session may take; then its process is ended." },
    { .name = NULL },
};

extern const struct channel_ops channel_smtp;
const struct channel_ops channel_smtp = {
    .kind = "smtp",
    .title = "Letters out by SMTP",
    .address_kind = "email",
    .keys = smtp_keys,
    .writes_letters = true,
    .pool = "smtp",
    .open = smtp_open,
    .close = smtp_close,
    .start = smtp_start,
    .stop = smtp_stop,
    .send = smtp_send,
    .room = smtp_room,
    .rate = smtp_rate,
    .files_max = smtp_files_max,
};

/* A letter in line, or of a session under way. */
struct smtp_letter {
    char *from, *to, *envelope_id; /* "": none */
    struct text_buffer bytes;
    channel_sent_fn *done;
    void *arg;
    int64_t leave_by; /* 0: there is no such end */
    bool renewed;     /* it waited for another access token already */
    struct smtp_letter *next;
};
struct smtp {
    struct channel *ch;
    struct arena *arena;
    const char *mailbox, *name, *helo; /* of `from` */
    const char *port;
    char *password;
    struct oauth *oauth; /* NULL: by a password, or without a login */
    char *tokenless; /* why there is no access token; NULL: there is, or it is being asked for */
    bool renewing;   /* the token was refused, another one is being asked for */
    struct smtp_letter *line, **line_end;
    struct smtp_rate {
        int64_t *sent_at; /* when each of the last `most` letters was handed over, in a ring */
        size_t most, at;  /* most 0: there is no limit; at: the oldest of them */
        int64_t period_s;
    } rate;
    int sessions;
    size_t batch_max; /* one after a session that broke: whoever broke it stands alone then; and
                       * what the last one's pace lets through in half a session's time */
};
struct smtp_session {
    struct smtp *smtp;
    struct smtp_letter *letters[SMTP_MAILS_MAX]; /* NULL: it was taken, and that is told */
    size_t count;
    int64_t asked_at;
};

/* What can stand in a command, in host:port, in a URL: a name or an IPv4 address. */
static bool smtp_is_name(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    return n > 0 && n <= 253 && s[n] == '\0' && s[0] != '-';
}

static int smtp_check(const struct channel *ch, const struct smtp *s, struct error *err)
{
    const char *from = conf_text(ch->conf, "from"), *host = conf_text(ch->conf, "host");
    const char *user = conf_text(ch->conf, "user");

    if (s->mailbox == NULL)
        return error_set(err, ERROR_CONFIG,
                         "%s: from: expected \"Name <mailbox@domain>\", got '%.80s'", ch->name,
                         from);
    if (!smtp_is_name(host))
        return error_set(err, ERROR_CONFIG,
                         "%s: host: expected a name or an IPv4 address, got "
                         "'%.80s'",
                         ch->name, host);
    if (!smtp_is_name(s->helo))
        return error_set(err, ERROR_CONFIG, "%s: helo: expected a name, got '%.80s'", ch->name,
                         s->helo);
    if (channel_look_for(ch, "ca_file", err) < 0)
        return -1;
    if (strcmp(conf_text(ch->conf, "return_path"), "verp") == 0 &&
        strcspn(s->mailbox, "@") > SMTP_LOCAL_MAX - TOKEN_CHARS - 1)
        return error_set(err, ERROR_CONFIG,
                         "%s: from: for return_path: verp at most %d bytes before the @", ch->name,
                         SMTP_LOCAL_MAX - TOKEN_CHARS - 1);
    if (strcmp(conf_text(ch->conf, "auth"), "xoauth2") == 0)
        return user != NULL && s->password == NULL
                   ? 0
                   : error_set(err, ERROR_CONFIG, "%s: auth: xoauth2 needs a user, no password",
                               ch->name);
    if ((user == NULL) != (s->password == NULL))
        return error_set(err, ERROR_CONFIG, "%s: user and password belong together", ch->name);
    return 0;
}

static bool smtp_rate(const struct conf *conf, int64_t *most, int64_t *period_s)
{
    static const struct {
        const char *unit;
        int64_t s;
    } periods[] = { { "second", 1 }, { "minute", 60 }, { "hour", 3600 }, { "day", 86400 } };
    const char *text = conf_text(conf, "rate");
    int used = 0;
    long n = 0;
    size_t i;

    if (text != NULL)
        sscanf(text, "%ld per %n", &n, &used);
    for (i = 0;
         used > 0 && n >= 1 && n <= SMTP_RATE_MAX && i < sizeof(periods) / sizeof(periods[0]); i++)
        if (strcmp(text + used, periods[i].unit) == 0) {
            *most = n;
            *period_s = periods[i].s;
            return true;
        }
    return false;
}

static int smtp_read_rate(const struct channel *ch, struct smtp_rate *rate, struct error *err)
{
    const char *text = conf_text(ch->conf, "rate");
    int64_t most;

    if (text == NULL)
        return 0;
    if (!smtp_rate(ch->conf, &most, &rate->period_s))
        return error_set(err, ERROR_CONFIG,
                         "%s: rate: expected 1 to %d per second, minute, hour or day, got '%.40s'",
                         ch->name, SMTP_RATE_MAX, text);
    rate->most = (size_t)most;
    rate->sent_at = xcalloc(rate->most, sizeof(*rate->sent_at));
    return 0;
}

static int64_t smtp_session_s(const struct smtp *s)
{
    return conf_int(s->ch->conf, "session_time");
}

/* Whole seconds are compared, so one more than the period has passed. */
static size_t smtp_room(struct channel *ch)
{
    const struct smtp_rate *rate = &((const struct smtp *)ch->state)->rate;
    int64_t now = ch->host->now(ch->host->ctx);
    size_t n = 0;

    if (rate->most == 0)
        return SIZE_MAX;
    while (n < rate->most && now - rate->sent_at[(rate->at + n) % rate->most] > rate->period_s)
        n++;
    return n;
}

static void smtp_count(struct smtp *s)
{
    struct smtp_rate *rate = &s->rate;

    if (rate->most == 0)
        return;
    rate->sent_at[rate->at] = s->ch->host->now(s->ch->host->ctx);
    rate->at = (rate->at + 1) % rate->most;
}

static size_t smtp_files_max(const struct channel *ch)
{
    return (size_t)conf_int(ch->conf, "files_max");
}

static const char *smtp_port(const struct conf *c, struct arena *a)
{
    const char *tls = conf_text(c, "tls");

    if (conf_has(c, "port"))
        return arena_printf(a, "%d", (int)conf_int(c, "port"));
    return strcmp(tls, "implicit") == 0 ? "465" : strcmp(tls, "none") == 0 ? "25" : "587";
}

static void smtp_on_token(struct channel *ch, const char *words);

static int smtp_open(struct channel *ch, struct error *err)
{
    struct arena *a = arena_new();
    struct smtp *s = arena_alloc(a, sizeof(*s));
    struct mail_address address;

    s->ch = ch;
    s->arena = a;
    s->line_end = &s->line;
    s->batch_max = SMTP_MAILS_MAX;
    ch->state = s;
    if (mail_address_list(a, span_of(conf_text(ch->conf, "from")), NULL, &address, 1) == 1) {
        s->mailbox = mail_write_address(a, address.address);
        s->name = address.name;
    }
    s->port = smtp_port(ch->conf, a);
    s->helo = conf_text(ch->conf, "helo");
    if (s->helo == NULL && s->mailbox != NULL)
        s->helo = strrchr(s->mailbox, '@') + 1;
    if (ch->host->secret(ch->host->ctx, ch, "password", &s->password, err) < 0 ||
        smtp_check(ch, s, err) < 0 || smtp_read_rate(ch, &s->rate, err) < 0 ||
        (strcmp(conf_text(ch->conf, "auth"), "xoauth2") == 0 &&
         oauth_open(ch, smtp_on_token, &s->oauth, err) < 0)) {
        smtp_close(ch);
        return -1;
    }
    return 0;
}

static void smtp_close(struct channel *ch)
{
    struct smtp *s = ch->state;

    if (s == NULL)
        return;
    oauth_close(s->oauth);
    free(s->tokenless);
    free(s->rate.sent_at);
    sign_secret_free(s->password);
    arena_free(s->arena);
    ch->state = NULL;
}

/* --- the end of a letter
 * ------------------------------------------------------------------------------ */

/* "550 5.1.1 no such user" */
static bool smtp_says_nobody(const char *words)
{
    return strlen(words) > 4 && words[3] == ' ' && inbound_says_nobody(words + 4);
}

static void smtp_letter_end(struct smtp_letter *l, enum sent_outcome outcome, const char *words)
{
    const struct sent sent = { .outcome = outcome,
                               .words = words,
                               .nobody = outcome == SENT_REFUSED && smtp_says_nobody(words) };

    l->done(l->arg, &sent);
    text_buffer_clear(&l->bytes);
    free(l->from);
    free(l->to);
    free(l->envelope_id);
    free(l);
}

static void smtp_begin(struct smtp *s);
static void smtp_end_line(struct smtp *s, enum sent_outcome outcome, const char *words);

/* Goes out before all others. */
static void smtp_letter_again(struct smtp *s, struct smtp_letter *l)
{
    l->next = s->line;
    if (s->line == NULL)
        s->line_end = &l->next;
    s->line = l;
}

/* A letter whose session was refused for its access token waits once for another one. */
static bool smtp_waits_for_token(struct smtp *s, struct smtp_letter *l,
                                 const struct smtp_answer *answer)
{
    if (!answer->locked || s->oauth == NULL || l->renewed)
        return false;
    s->renewing = s->renewing || oauth_refused(s->oauth);
    if (s->renewing)
        smtp_letter_again(s, l);
    l->renewed = s->renewing;
    return s->renewing;
}

/* A slow relay is well: it is not to be killed for how much it was given. */
static size_t smtp_next_batch(const struct smtp *s, const struct smtp_session *session)
{
    int64_t took = s->ch->host->now(s->ch->host->ctx) - session->asked_at;
    size_t most = s->batch_max * 2 < SMTP_MAILS_MAX ? s->batch_max * 2 : SMTP_MAILS_MAX, pace;

    if (took < 1)
        return most;
    pace = session->count * (size_t)smtp_session_s(s) / 2 / (size_t)took;
    return pace < 1 ? 1 : pace < most ? pace : most;
}

/* A letter that was taken is over at once: until that is stored, whoever kills us makes it go
 * again. All else may hang on how the session ends. */
static void smtp_on_more(void *arg, struct span record)
{
    struct smtp_session *session = arg;
    struct smtp_answer answer;
    size_t at = 0, i;

    for (i = 0; i < session->count && smtp_answer_next(record, &at, &answer); i++)
        if (session->letters[i] != NULL && answer.outcome == SENT_OK) {
            smtp_letter_end(session->letters[i], answer.outcome, answer.words);
            session->letters[i] = NULL;
        }
}

static void smtp_on_answer(void *arg, struct span record, int fd, const struct error *err)
{
    struct smtp_session *session = arg;
    struct smtp *s = session->smtp;
    const struct channel_host *host = s->ch->host;
    struct smtp_answer answer = { 0 }, heard = { 0 };
    size_t at = 0, i;

    (void)fd;
    s->sessions--;
    s->batch_max = err->kind == ERROR_NONE ? smtp_next_batch(s, session) : 1;
    for (i = 0; i < session->count; i++) {
        if (!smtp_answer_next(record, &at, &answer))
            answer =
                (struct smtp_answer){ .outcome = SENT_RETRY,
                                      .words = err->kind != ERROR_NONE ? err->text : "not tried" };
        if (session->letters[i] != NULL && smtp_waits_for_token(s, session->letters[i], &answer))
            continue;
        if (heard.outcome != SENT_CONFIG) /* whoever refuses us is not well, whom else he serves */
            heard = answer;
        if (session->letters[i] != NULL)
            smtp_letter_end(session->letters[i], answer.outcome, answer.words);
    }
    if (heard.words != NULL)
        host->health(host->ctx, s->ch, heard.well ? CHANNEL_OK : CHANNEL_TROUBLE, heard.words);
    free(session);
    if (err->kind != ERROR_NONE)
        smtp_end_line(s, SENT_RETRY, err->text);
    smtp_begin(s);
}

/* --- sessions
 * ----------------------------------------------------------------------------------------- */

/* For how many seconds it may still wait for its session, which must end in time. */
static int64_t smtp_wait_s(const struct smtp *s, const struct smtp_letter *l)
{
    return l->leave_by == 0 ? INT64_MAX
                            : l->leave_by - s->ch->host->now(s->ch->host->ctx) - smtp_session_s(s);
}

/* How long they may wait for a process. */
static int64_t smtp_line_ms(const struct smtp *s, const struct smtp_session *session)
{
    int64_t least = INT64_MAX, wait;
    size_t i;

    for (i = 0; i < session->count; i++)
        if ((wait = smtp_wait_s(s, session->letters[i])) < least)
            least = wait;
    return least == INT64_MAX ? 0 : least < 1 ? 1 : least * 1000;
}

static void smtp_ask(struct smtp *s, struct smtp_session *session)
{
    const struct conf *c = s->ch->conf;
    const char *ca = conf_text(c, "ca_file"), *user = conf_text(c, "user");
    const char *password = s->oauth == NULL ? s->password : oauth_token(s->oauth);
    struct text_buffer bytes = { 0 }, record = { 0 };
    struct error err = { 0 };
    struct smtp_question q;
    int memfd = -1;
    size_t i;

    q = (struct smtp_question){
        .host = conf_text(c, "host"),
        .port = s->port,
        .tls = conf_text(c, "tls"),
        .auth = conf_text(c, "auth"),
        .user = user == NULL ? "" : user,
        .password = password == NULL ? "" : password,
        .ca_file = ca == NULL ? "" : ca,
        .helo = s->helo,
        .reports = conf_text(c, "dsn"),
        .timeout_ms = conf_int(c, "step_time") * 1000,
        .count = session->count,
    };
    for (i = 0; i < session->count; i++) {
        const struct smtp_letter *l = session->letters[i];

        q.mails[i] = (struct smtp_mail){ l->from, l->to, l->envelope_id, l->bytes.len };
        text_buffer_add(&bytes, l->bytes.ptr, l->bytes.len);
    }
    smtp_question_write(&q, &record);
    s->sessions++;
    session->asked_at = s->ch->host->now(s->ch->host->ctx);
    if (frame_seal((struct span){ bytes.ptr, bytes.len }, &memfd, &err) < 0)
        smtp_on_answer(session, (struct span){ "", 0 }, -1, &err);
    else
        s->ch->host->worker_ask(s->ch->host->ctx, s->ch, (struct span){ record.ptr, record.len },
                                memfd, smtp_line_ms(s, session), smtp_session_s(s) * 1000,
                                smtp_on_more, smtp_on_answer, session);
    OPENSSL_cleanse(record.ptr, record.len);
    text_buffer_clear(&record);
    text_buffer_clear(&bytes);
    if (memfd >= 0)
        close(memfd);
}

/* Is there what one logs in with? */
static bool smtp_can_log_in(const struct smtp *s)
{
    return s->oauth == NULL || (!s->renewing && oauth_token(s->oauth) != NULL);
}

static struct smtp_letter *smtp_line_take(struct smtp *s)
{
    struct smtp_letter *l = s->line;

    s->line = l->next;
    if (s->line == NULL)
        s->line_end = &s->line;
    return l;
}

/* The first that may still begin: whoever waited too long could go out twice, for another node may
 * claim it before its session ends. */
static struct smtp_letter *smtp_line_first(struct smtp *s)
{
    while (s->line != NULL && smtp_wait_s(s, s->line) < 1)
        smtp_letter_end(smtp_line_take(s), SENT_RETRY, "it waited too long for a session");
    return s->line;
}

static void smtp_begin(struct smtp *s)
{
    while (smtp_can_log_in(s) && s->line != NULL && s->sessions < SMTP_SESSIONS_MAX) {
        struct smtp_session *session = xcalloc(1, sizeof(*session));
        size_t bytes = 0;

        session->smtp = s;
        while (smtp_line_first(s) != NULL && session->count < s->batch_max &&
               (session->count == 0 || bytes + s->line->bytes.len <= SMTP_BYTES_MAX)) {
            struct smtp_letter *l = smtp_line_take(s);

            bytes += l->bytes.len;
            session->letters[session->count++] = l;
        }
        if (session->count > 0)
            smtp_ask(s, session);
        else
            free(session);
    }
}

/* --- the access token
 * --------------------------------------------------------------------------------- */

/* Nobody else gets a letter while it waits here, so none waits for what may never come: a token,
 * or a relay that hangs. */
static void smtp_end_line(struct smtp *s, enum sent_outcome outcome, const char *words)
{
    struct smtp_letter *l = s->line, *next;

    s->line = NULL;
    s->line_end = &s->line;
    for (; l != NULL; l = next) {
        next = l->next;
        smtp_letter_end(l, outcome, words);
    }
}

static void smtp_on_token(struct channel *ch, const char *words)
{
    struct smtp *s = ch->state;

    s->renewing = false;
    free(s->tokenless);
    s->tokenless = words == NULL ? NULL : xstrdup(words);
    if (words != NULL)
        smtp_end_line(s, SENT_CONFIG, words);
    else
        smtp_begin(s);
}

static void smtp_start(struct channel *ch)
{
    struct smtp *s = ch->state;

    if (s->oauth != NULL)
        oauth_start(s->oauth);
}

static void smtp_stop(struct channel *ch)
{
    struct smtp *s = ch->state;

    if (s->oauth == NULL)
        return;
    oauth_stop(s->oauth);
    s->renewing = false;
    smtp_end_line(s, SENT_RETRY, "its sender stopped");
}

/* --- a letter
 * ----------------------------------------------------------------------------------------- */

/* Which letter it was stands in the address that a failure is told to. */
static const char *smtp_verp(const struct smtp *s, const struct outbound *out, struct arena *a)
{
    const char *at = strrchr(s->mailbox, '@');

    return arena_printf(a, "%.*s+%s%s", (int)(at - s->mailbox), s->mailbox, out->token, at);
}

/* B-09: where a failure is told. A person's letter may be answered by machines, a notice not. */
static const char *smtp_return_path(const struct smtp *s, const struct outbound *out,
                                    struct arena *a)
{
    const char *choice = conf_text(s->ch->conf, "return_path");
    const char *reply;

    if (strcmp(choice, "verp") == 0 && out->token != NULL)
        return smtp_verp(s, out, a);
    if (!out->automatic || strcmp(choice, "from") == 0)
        return s->mailbox;
    reply = strcmp(choice, "reply") == 0 ? mail_write_address(a, out->reply_to) : NULL;
    return reply == NULL ? "" : reply;
}

static void smtp_send(struct channel *ch, const struct outbound *out, channel_sent_fn *done,
                      void *arg)
{
    struct smtp *s = ch->state;
    const struct mail_write_options options = { .from = s->mailbox, .from_name = s->name };
    struct smtp_letter *l = xcalloc(1, sizeof(*l));
    struct arena *a = arena_new();
    struct error err = { 0 };

    l->to = xstrdup(mail_write_address(a, out->to));
    l->from = xstrdup(smtp_return_path(s, out, a));
    l->envelope_id = xstrdup(out->token == NULL ? "" : out->token);
    l->done = done;
    l->arg = arg;
    l->leave_by = out->leave_by;
    arena_free(a);
    if (mail_write(out, &options, &l->bytes, &err) < 0) {
        smtp_letter_end(l, SENT_REFUSED, err.text);
        return;
    }
    if (s->tokenless != NULL && oauth_token(s->oauth) == NULL) {
        smtp_letter_end(l, SENT_CONFIG, s->tokenless);
        return;
    }
    smtp_count(s);
    *s->line_end = l;
    s->line_end = &l->next;
    smtp_begin(s);
}
