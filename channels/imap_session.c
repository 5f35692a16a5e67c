#include "channels/imap_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libetpan/libetpan.h>

#include "channels/imap_name.h"
#include "channels/imap_session_step.h"
#include "channels/sign.h"
#include "core/arena.h"

enum {
    SESSION_STEP_MS = 30000,
    SESSION_FAREWELL_MS = 1500,
    SESSION_ASKED_MAX_MS = 3600 * 1000,
};

/* --- how it stands
 * ------------------------------------------------------------------------------- */

bool imap_session_is_alive(const struct imap_session *s)
{
    return s->alive;
}

bool imap_session_can_idle(const struct imap_session *s)
{
    return s->can_idle;
}

int64_t imap_session_asked_ms(const struct error *err)
{
    static const char sign[] = "backoff time:";
    const char *at = strcasestr(err->text, sign);
    long long ms = at == NULL ? 0 : strtoll(at + sizeof(sign) - 1, NULL, 10);

    return ms < 0 ? 0 : ms < SESSION_ASKED_MAX_MS ? ms : SESSION_ASKED_MAX_MS;
}

bool imap_session_was_silent(const struct error *err)
{
    return strstr(err->text, mail_stream_late) != NULL;
}

/* --- what the server can do
 * ------------------------------------------------------------------------------- */

static void session_note_capability(struct imap_session *s, const char *line)
{
    static const char blanks[] = " ";
    size_t len;

    for (; *line != '\0'; line += len) {
        line += strspn(line, blanks);
        len = strcspn(line, blanks);
        s->can_idle |= len == 4 && strncasecmp(line, "IDLE", len) == 0;
        s->can_move |= len == 4 && strncasecmp(line, "MOVE", len) == 0;
        s->can_esearch |= len == 7 && strncasecmp(line, "ESEARCH", len) == 0;
        s->can_notify |= len == 6 && strncasecmp(line, "NOTIFY", len) == 0;
        s->can_expunge_some |= len == 7 && strncasecmp(line, "UIDPLUS", len) == 0;
    }
}

static int session_ask_capability(struct imap_session *s, struct error *err)
{
    static const char opens[] = "* CAPABILITY ";
    const char *line;

    if (imap_session_say_command(s, "CAPABILITY") < 0)
        return imap_session_dead(s, "CAPABILITY", err);
    while ((line = imap_session_hear(s)) != NULL && !imap_session_has_tag(s, line))
        if (strncasecmp(line, opens, sizeof(opens) - 1) == 0)
            session_note_capability(s, line + sizeof(opens) - 1);
    return line == NULL ? imap_session_dead(s, "CAPABILITY", err) : 0;
}

/* --- beginning and end
 * ------------------------------------------------------------------------------- */

static int session_start_tls(struct imap_session *s, struct error *err)
{
    imap_session_step(s, IMAP_STEP_BYTES);
    if (imap_session_end(s, mailimap_starttls(s->etpan), "STARTTLS", err) < 0)
        return -1;
    imap_session_step(s, IMAP_STEP_BYTES);
    if (mail_stream_start_tls(s->stream, err) < 0) {
        s->alive = false;
        return -1;
    }
    return 0;
}

/* What is said behind the mechanism's name, in base64; the caller's arena. */
static const char *session_proof(struct arena *a, const struct imap_account *who)
{
    const char *text;
    size_t user = strlen(who->user), password = strlen(who->password);
    char *plain;

    if (who->auth == IMAP_XOAUTH2) {
        text = arena_printf(a, "user=%s\1auth=Bearer %s\1\1", who->user, who->password);
        return sign_base64(a, span_of(text));
    }
    plain = arena_alloc(a, user + password + 2); /* RFC 4616: NUL user NUL password */
    plain[0] = '\0';
    memcpy(plain + 1, who->user, user + 1);
    memcpy(plain + user + 2, who->password, password);
    return sign_base64(a, (struct span){ plain, user + password + 2 });
}

/* By lines of our own: libetpan would ask libsasl, which loads modules. A second "+" is a refusal
 * with details, which an empty line answers. */
static int session_authenticate(struct imap_session *s, const struct imap_account *who,
                                struct error *err)
{
    const char *mechanism = who->auth == IMAP_XOAUTH2 ? "XOAUTH2" : "PLAIN", *line = NULL;
    char command[32], doing[32], code[32] = "", words[170] = "";
    struct arena *a = arena_new();
    int said = 0, rc;

    snprintf(doing, sizeof(doing), "AUTHENTICATE %s", mechanism);
    snprintf(command, sizeof(command), "%s", doing);
    rc = imap_session_say_command(s, command);
    while (rc == 0 && (line = imap_session_hear(s)) != NULL && !imap_session_has_tag(s, line)) {
        if (line[0] != '+')
            continue;
        rc = imap_session_say(s, said++ > 0 ? "" : session_proof(a, who));
        if (rc == 0)
            rc = imap_session_say(s, "\r\n");
    }
    arena_free(a);
    if (rc < 0 || line == NULL)
        return imap_session_dead(s, doing, err);
    line = strchr(line, ' ') + 1;
    snprintf(words, sizeof(words), "%.160s", line);
    if (strncasecmp(line, "OK", 2) != 0) {
        sscanf(line, "%*s [%31[A-Za-z0-9-]", code);
        return error_set(err, imap_session_is_busy(code, words) ? ERROR_TRANSIENT : ERROR_CONFIG,
                         "%s: the server refuses: %s", doing, words);
    }
    s->etpan->imap_state = MAILIMAP_STATE_AUTHENTICATED;
    return 0;
}

static int session_log_in(struct imap_session *s, const struct imap_account *who, struct error *err)
{
    if (who->auth != IMAP_LOGIN)
        return session_authenticate(s, who, err);
    imap_session_step(s, IMAP_STEP_BYTES);
    return imap_session_end(s, mailimap_login(s->etpan, who->user, who->password), "LOGIN", err);
}

static int session_greet(struct imap_session *s, const struct imap_account *a, struct error *err)
{
    int r;

    imap_session_step(s, IMAP_WORDS_MAX);
    r = mailimap_connect(s->etpan, mail_stream_etpan(s->stream));
    if (r == MAILIMAP_NO_ERROR_AUTHENTICATED && a->peer.tls == MAIL_STREAM_STARTTLS) {
        imap_session_dead(s, "greeting", err);
        return error_set(err, ERROR_PERMANENT,
                         "the server, or somebody between, says PREAUTH before TLS");
    }
    if (r == MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION) {
        imap_session_dead(s, "greeting", err);
        return error_set(err, ERROR_TRANSIENT, "the server takes no connection now: %.160s",
                         s->etpan->imap_response == NULL ? "" : s->etpan->imap_response);
    }
    if (r != MAILIMAP_NO_ERROR_AUTHENTICATED && r != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return imap_session_dead(s, "greeting", err);
    if (a->peer.tls == MAIL_STREAM_STARTTLS && session_start_tls(s, err) < 0)
        return -1;
    if (r == MAILIMAP_NO_ERROR_AUTHENTICATED)
        return 0;
    if (session_log_in(s, a, err) < 0) {
        if (s->alive && err->kind == ERROR_PERMANENT)
            err->kind = ERROR_CONFIG;
        return -1;
    }
    return 0;
}

int imap_session_open(const struct imap_account *a, struct imap_session **out, struct error *err)
{
    struct mail_stream *stream;
    struct imap_session *s;

    int64_t silence_ms = a->silence_ms > 0 ? a->silence_ms : SESSION_STEP_MS;

    if (mail_stream_open(&a->peer, silence_ms, &stream, err) < 0)
        return -1;
    s = xcalloc(1, sizeof(*s));
    s->silence_ms = silence_ms;
    s->stream = stream;
    s->etpan = mailimap_new(0, NULL);
    s->line = mmap_string_new("");
    if (s->etpan == NULL || s->line == NULL)
        abort(); /* as xmalloc() does */
    s->beat = a->beat;
    s->arg = a->arg;
    s->alive = true;
    if (session_greet(s, a, err) < 0 || session_ask_capability(s, err) < 0) {
        imap_session_close(s);
        return -1;
    }
    *out = s;
    return 0;
}

void imap_session_close(struct imap_session *s)
{
    if (s == NULL)
        return;
    mail_stream_limit(s->stream, s->alive ? SESSION_FAREWELL_MS : 0, IMAP_WORDS_MAX, 0);
    if (s->etpan->imap_stream == NULL)
        mail_stream_close(s->stream);
    mailimap_free(s->etpan); /* says LOGOUT, and closes the stream it has */
    mmap_string_free(s->line);
    free(s);
}

/* --- a mailbox
 * ------------------------------------------------------------------------------- */

int imap_session_select(struct imap_session *s, const char *mailbox, bool writes,
                        struct imap_box *box, struct error *err)
{
    char doing[80], *name = imap_name_write(mailbox);
    const struct mailimap_selection_info *info;
    int r;

    snprintf(doing, sizeof(doing), "mailbox %.60s", mailbox);
    if (name == NULL)
        return error_set(err, ERROR_CONFIG, "%s: not a name that one can ask for", doing);
    imap_session_step(s, IMAP_STEP_BYTES);
    r = writes ? mailimap_select(s->etpan, name) : mailimap_examine(s->etpan, name);
    free(name);
    if (imap_session_end(s, r, doing, err) < 0)
        return -1;
    info = s->etpan->imap_selection_info;
    if (info == NULL || info->sel_uidvalidity == 0)
        return error_set(err, ERROR_PERMANENT, "%s: the server tells no UIDVALIDITY", doing);
    *box = (struct imap_box){ info->sel_uidvalidity, info->sel_uidnext };
    return 0;
}

uint32_t imap_session_exists(const struct imap_session *s)
{
    const struct mailimap_selection_info *info = s->etpan->imap_selection_info;

    return info == NULL ? 0 : info->sel_exists;
}
