#include "channels/imap_session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <libetpan/libetpan.h>

#include "channels/frame.h"
#include "channels/imap_name.h"
#include "channels/sign.h"
#include "core/arena.h"

enum {
    SESSION_STEP_MS = 30000,
    SESSION_STEP_BYTES = 1 << 20,
    SESSION_SEARCH_BYTES = 16 << 20, /* over a million UIDs */
    SESSION_FOUND_MAX = 4 << 20,     /* UIDs, where a line of a few bytes can name them all */
    SESSION_BYTES_PER_S = 512,       /* a line slower than this is a dead one: T-06 knows 1 KB/s */
    SESSION_FAREWELL_MS = 1500,
    SESSION_WORDS_MAX = 64 * 1024, /* around a mail's bytes */
    SESSION_BEAT_MS = 20000,
    SESSION_ASKED_MAX_MS = 3600 * 1000,
};

struct imap_session {
    mailimap *etpan;
    struct mail_stream *stream; /* libetpan's to close */
    int64_t silence_ms;
    bool alive, can_idle, can_move, can_expunge_some, can_notify, can_esearch;
    unsigned raw_tag;
    MMAPString *line;
    void (*beat)(void *arg);
    void *arg;
};

/* --- steps and their ends
 * ------------------------------------------------------------------------------- */

static void session_step(struct imap_session *s, size_t bytes)
{
    mail_stream_limit(s->stream, s->silence_ms, bytes, SESSION_BYTES_PER_S);
    s->beat(s->arg);
}

/* Out of step, or gone: nothing is said or heard any more. Always -1. */
static int session_dead(struct imap_session *s, const char *doing, struct error *err)
{
    const struct error *why = mail_stream_error(s->stream);

    if (why->kind != ERROR_NONE)
        *err = *why;
    else
        error_set(err, ERROR_TRANSIENT, "the server's answer is not one");
    s->alive = false;
    mail_stream_limit(s->stream, 0, 0, 0);
    return error_wrap(err, "%s", doing);
}

static bool session_was_refused(int r)
{
    static const int refusals[] = {
        MAILIMAP_ERROR_LOGIN,      MAILIMAP_ERROR_SELECT,    MAILIMAP_ERROR_EXAMINE,
        MAILIMAP_ERROR_UID_SEARCH, MAILIMAP_ERROR_UID_FETCH, MAILIMAP_ERROR_UID_STORE,
        MAILIMAP_ERROR_UID_COPY,   MAILIMAP_ERROR_UID_MOVE,  MAILIMAP_ERROR_NOOP,
        MAILIMAP_ERROR_EXPUNGE,    MAILIMAP_ERROR_STARTTLS,
    };
    size_t i;

    for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        if (r == refusals[i])
            return true;
    return false;
}

bool imap_session_is_alive(const struct imap_session *s)
{
    return s->alive;
}

bool imap_session_can_idle(const struct imap_session *s)
{
    return s->can_idle;
}

/* --- lines that we say and read ourselves, where libetpan's parser would be in danger
 * ------------------- */

static int session_say(struct imap_session *s, const char *line)
{
    mailstream *m = mail_stream_etpan(s->stream);
    size_t len = strlen(line);

    session_step(s, SESSION_STEP_BYTES);
    if (mailstream_write(m, line, len) != (ssize_t)len || mailstream_flush(m) < 0)
        return -1;
    return 0;
}

/* The next line, good until the one after it; NULL: there is none any more. */
static const char *session_hear(struct imap_session *s)
{
    return mailstream_read_line_remove_eol(mail_stream_etpan(s->stream), s->line);
}

static bool session_has_tag(const struct imap_session *s, const char *line)
{
    char tag[16];
    size_t len = (size_t)snprintf(tag, sizeof(tag), "R%u ", s->raw_tag);

    return strncmp(line, tag, len) == 0;
}

static int session_say_command(struct imap_session *s, const char *command)
{
    struct text_buffer line = { 0 };
    int rc;

    s->raw_tag++;
    text_buffer_printf(&line, "R%u %s\r\n", s->raw_tag, command);
    rc = session_say(s, line.ptr);
    text_buffer_clear(&line);
    return rc;
}

/* --- how a command ended
 * --------------------------------------------------------------------------------- */

/* The server would do it, but not now: RFC 5530, and what Gmail and Exchange say. */
static bool session_is_busy(const char *code, const char *words)
{
    static const char *const codes[] = { "UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA",
                                         "THROTTLED" };
    static const char *const signs[] = { "throttled", "simultaneous connections",
                                         "too many connections", "but not connected" };
    size_t i;

    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcasecmp(code, codes[i]) == 0)
            return true;
    for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (strcasestr(words, signs[i]) != NULL)
            return true;
    return false;
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

/* libetpan says the same of a BAD and of an answer to another command; ours finds its own. */
static bool session_finds_step(struct imap_session *s)
{
    const char *line = NULL;

    if (session_say_command(s, "NOOP") == 0)
        while ((line = session_hear(s)) != NULL && !session_has_tag(s, line)) {
        }
    return line != NULL;
}

static int session_end(struct imap_session *s, int r, const char *doing, struct error *err)
{
    const struct mailimap_response_info *info = s->etpan->imap_response_info;
    const char *words = s->etpan->imap_response == NULL ? "" : s->etpan->imap_response;
    const char *code = info == NULL || info->rsp_atom == NULL ? "" : info->rsp_atom;

    if (r == MAILIMAP_NO_ERROR)
        return 0;
    if (mail_stream_error(s->stream)->kind != ERROR_NONE ||
        (!session_was_refused(r) && (r != MAILIMAP_ERROR_PROTOCOL || !session_finds_step(s))))
        return session_dead(s, doing, err);
    return error_set(err, session_is_busy(code, words) ? ERROR_TRANSIENT : ERROR_PERMANENT,
                     "%s: the server refuses: %s%s%.160s", doing, code, code[0] == '\0' ? "" : " ",
                     words);
}

/* --- what the server can do
 * ------------------------------------------------------------------------------ */

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

    if (session_say_command(s, "CAPABILITY") < 0)
        return session_dead(s, "CAPABILITY", err);
    while ((line = session_hear(s)) != NULL && !session_has_tag(s, line))
        if (strncasecmp(line, opens, sizeof(opens) - 1) == 0)
            session_note_capability(s, line + sizeof(opens) - 1);
    return line == NULL ? session_dead(s, "CAPABILITY", err) : 0;
}

/* "* 17 EXISTS" is news, and so is "* STATUS Web (…)"; "* BYE …" is the end. */
static int session_note_untagged(struct imap_session *s, const char *line, int *what)
{
    struct mailimap_selection_info *info = s->etpan->imap_selection_info;
    uint32_t number;
    char word[8] = "";

    if (strncasecmp(line, "* BYE", 5) == 0)
        return -1;
    if (strncasecmp(line, "* STATUS ", 9) == 0)
        *what |= IMAP_NEWS;
    if (sscanf(line, "* %" SCNu32 " %7s", &number, word) != 2)
        return 0;
    if (strcasecmp(word, "EXISTS") == 0 || strcasecmp(word, "RECENT") == 0)
        *what |= IMAP_NEWS;
    if (info != NULL && strcasecmp(word, "EXISTS") == 0)
        info->sel_exists = number;
    if (info != NULL && strcasecmp(word, "EXPUNGE") == 0 && info->sel_exists > 0)
        info->sel_exists--;
    return 0;
}

/* --- beginning and end
 * ---------------------------------------------------------------------------------- */

static int session_start_tls(struct imap_session *s, struct error *err)
{
    session_step(s, SESSION_STEP_BYTES);
    if (session_end(s, mailimap_starttls(s->etpan), "STARTTLS", err) < 0)
        return -1;
    session_step(s, SESSION_STEP_BYTES);
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
    rc = session_say_command(s, command);
    while (rc == 0 && (line = session_hear(s)) != NULL && !session_has_tag(s, line)) {
        if (line[0] != '+')
            continue;
        rc = session_say(s, said++ > 0 ? "" : session_proof(a, who));
        if (rc == 0)
            rc = session_say(s, "\r\n");
    }
    arena_free(a);
    if (rc < 0 || line == NULL)
        return session_dead(s, doing, err);
    line = strchr(line, ' ') + 1;
    snprintf(words, sizeof(words), "%.160s", line);
    if (strncasecmp(line, "OK", 2) != 0) {
        sscanf(line, "%*s [%31[A-Za-z0-9-]", code);
        return error_set(err, session_is_busy(code, words) ? ERROR_TRANSIENT : ERROR_CONFIG,
                         "%s: the server refuses: %s", doing, words);
    }
    s->etpan->imap_state = MAILIMAP_STATE_AUTHENTICATED;
    return 0;
}

static int session_log_in(struct imap_session *s, const struct imap_account *who, struct error *err)
{
    if (who->auth != IMAP_LOGIN)
        return session_authenticate(s, who, err);
    session_step(s, SESSION_STEP_BYTES);
    return session_end(s, mailimap_login(s->etpan, who->user, who->password), "LOGIN", err);
}

static int session_greet(struct imap_session *s, const struct imap_account *a, struct error *err)
{
    int r;

    session_step(s, SESSION_WORDS_MAX);
    r = mailimap_connect(s->etpan, mail_stream_etpan(s->stream));
    if (r == MAILIMAP_NO_ERROR_AUTHENTICATED && a->peer.tls == MAIL_STREAM_STARTTLS) {
        session_dead(s, "greeting", err);
        return error_set(err, ERROR_PERMANENT,
                         "the server, or somebody between, says PREAUTH before TLS");
    }
    if (r == MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION) {
        session_dead(s, "greeting", err);
        return error_set(err, ERROR_TRANSIENT, "the server takes no connection now: %.160s",
                         s->etpan->imap_response == NULL ? "" : s->etpan->imap_response);
    }
    if (r != MAILIMAP_NO_ERROR_AUTHENTICATED && r != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return session_dead(s, "greeting", err);
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
    mail_stream_limit(s->stream, s->alive ? SESSION_FAREWELL_MS : 0, SESSION_WORDS_MAX, 0);
    if (s->etpan->imap_stream == NULL)
        mail_stream_close(s->stream);
    mailimap_free(s->etpan); /* says LOGOUT, and closes the stream it has */
    mmap_string_free(s->line);
    free(s);
}

/* --- what is there
 * -------------------------------------------------------------------------------------- */

int imap_session_select(struct imap_session *s, const char *mailbox, bool writes,
                        struct imap_box *box, struct error *err)
{
    char doing[80], *name = imap_name_write(mailbox);
    const struct mailimap_selection_info *info;
    int r;

    snprintf(doing, sizeof(doing), "mailbox %.60s", mailbox);
    if (name == NULL)
        return error_set(err, ERROR_CONFIG, "%s: not a name that one can ask for", doing);
    session_step(s, SESSION_STEP_BYTES);
    r = writes ? mailimap_select(s->etpan, name) : mailimap_examine(s->etpan, name);
    free(name);
    if (session_end(s, r, doing, err) < 0)
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

static int session_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

/* What is over `above` of those that match; takes `key`. */
static int session_find(struct imap_session *s, struct mailimap_search_key *key, uint32_t above,
                        uint32_t **uids, size_t *count, struct error *err)
{
    clist *found = NULL;
    clistiter *at;
    int r;

    *uids = NULL;
    *count = 0;
    session_step(s, SESSION_SEARCH_BYTES);
    r = mailimap_uid_search(s->etpan, NULL, key, &found);
    mailimap_search_key_free(key);
    if (session_end(s, r, "SEARCH", err) < 0)
        return -1;
    *uids = xcalloc((size_t)clist_count(found) + 1, sizeof(**uids));
    for (at = clist_begin(found); at != NULL; at = clist_next(at))
        if (*(uint32_t *)clist_content(at) > above) /* "43:*" finds 42 where there is no 43 */
            (*uids)[(*count)++] = *(uint32_t *)clist_content(at);
    mailimap_search_result_free(found);
    qsort(*uids, *count, sizeof(**uids), session_compare);
    return 0;
}

/* "2,10:11", of which what is over `above` and up to `last` counts. -1: more than a mailbox holds,
 * or none of it can be read. */
static int session_read_ranges(const char *at, uint32_t above, uint32_t last, uint32_t **uids,
                               size_t *count)
{
    unsigned long from, to, swap;
    char *end;

    for (;; at = end + 1) {
        from = to = strtoul(at, &end, 10);
        if (end == at)
            return -1;
        if (*end == ':') {
            at = end + 1;
            to = strtoul(at, &end, 10);
            if (end == at)
                return -1;
        }
        if (from > to)
            swap = from, from = to, to = swap;
        from = from > above ? from : (unsigned long)above + 1;
        to = to < last ? to : last;
        if (from <= to) {
            if (to - from >= SESSION_FOUND_MAX - *count)
                return -1;
            *uids = xrealloc(*uids, (*count + (to - from + 1)) * sizeof(**uids));
            for (; from <= to; from++)
                (*uids)[(*count)++] = (uint32_t)from;
        }
        if (*end != ',')
            return 0;
    }
}

/* By RFC 4731, '* ESEARCH (TAG "R7") UID ALL 2,10:11': a hundred thousand mails in a line, by lines
 * of our own, for libetpan does not know it. 1: the server has them, and will not. */
static int session_find_ranges(struct imap_session *s, uint32_t above, uint32_t last,
                               uint32_t **uids, size_t *count, struct error *err)
{
    static const char opens[] = "* ESEARCH ", all[] = " ALL ";
    const char *line = NULL, *ranges;
    char command[80], to[16] = "*";
    int rc, what = 0;

    if (last != 0)
        snprintf(to, sizeof(to), "%u", last);
    snprintf(command, sizeof(command), "UID SEARCH RETURN (ALL) UID %u:%s", above + 1, to);
    *uids = xcalloc(1, sizeof(**uids)); /* also where none is found there is a list */
    rc = session_say_command(s, command);
    session_step(s, SESSION_SEARCH_BYTES);
    while (rc == 0 && (line = session_hear(s)) != NULL && !session_has_tag(s, line)) {
        ranges = strncasecmp(line, opens, sizeof(opens) - 1) == 0 ? strcasestr(line, all) : NULL;
        rc = ranges != NULL ? session_read_ranges(ranges + sizeof(all) - 1, above,
                                                  last == 0 ? UINT32_MAX : last, uids, count)
                            : session_note_untagged(s, line, &what);
    }
    if (rc < 0 || line == NULL)
        return session_dead(s, "SEARCH", err);
    qsort(*uids, *count, sizeof(**uids), session_compare);
    return strncasecmp(strchr(line, ' ') + 1, "OK", 2) == 0 ? 0 : 1;
}

int imap_session_search(struct imap_session *s, uint32_t above, uint32_t last, uint32_t **uids,
                        size_t *count, struct error *err)
{
    int rc;

    *uids = NULL;
    *count = 0;
    if (above == UINT32_MAX || (last != 0 && last <= above))
        return 0;
    if (s->can_esearch) {
        rc = session_find_ranges(s, above, last, uids, count, err);
        if (rc == 0)
            return 0;
        free(*uids);
        *uids = NULL;
        *count = 0;
        if (rc < 0)
            return -1;
        s->can_esearch = false;
    }
    return session_find(s, mailimap_search_key_new_uid(mailimap_set_new_interval(above + 1, last)),
                        above, uids, count, err);
}

int imap_session_walk(struct imap_session *s, uint32_t *above, uint32_t uidnext, uint32_t **uids,
                      size_t *count, struct error *err)
{
    uint64_t width = IMAP_WINDOW, last;

    for (;; width *= 4) {
        last = *above + width;
        if (last >= uidnext) /* also where it is not told; and mails have come since */
            last = 0;
        if (imap_session_search(s, *above, (uint32_t)last, uids, count, err) < 0)
            return -1;
        *above = last == 0 ? UINT32_MAX : (uint32_t)last;
        if (*count > 0 || last == 0)
            return 0;
        free(*uids);
    }
}

static struct mailimap_set *session_set(const uint32_t *uids, size_t count)
{
    struct mailimap_set *set = mailimap_set_new_empty();
    size_t i, last;

    for (i = 0; i < count; i = last + 1) {
        for (last = i; last + 1 < count && uids[last + 1] == uids[last] + 1;)
            last++;
        mailimap_set_add_interval(set, uids[i], uids[last]);
    }
    return set;
}

static int64_t session_time(const struct mailimap_date_time *t)
{
    struct tm tm = { .tm_year = t->dt_year - 1900,
                     .tm_mon = t->dt_month - 1,
                     .tm_mday = t->dt_day,
                     .tm_hour = t->dt_hour,
                     .tm_min = t->dt_min,
                     .tm_sec = t->dt_sec };
    int zone = t->dt_zone / 100 * 3600 + t->dt_zone % 100 * 60;

    if (t->dt_year < 1970 || t->dt_year > 9999 || t->dt_month < 1 || t->dt_month > 12)
        return 0;
    return (int64_t)timegm(&tm) - zone;
}

static void session_read_flags(const struct mailimap_msg_att_dynamic *flags, struct imap_mail *mail)
{
    clistiter *at;

    if (flags == NULL || flags->att_list == NULL)
        return;
    for (at = clist_begin(flags->att_list); at != NULL; at = clist_next(at)) {
        const struct mailimap_flag_fetch *flag = clist_content(at);

        if (flag->fl_type != MAILIMAP_FLAG_FETCH_OTHER || flag->fl_flag == NULL)
            continue;
        mail->seen |= flag->fl_flag->fl_type == MAILIMAP_FLAG_SEEN;
        mail->deleted |= flag->fl_flag->fl_type == MAILIMAP_FLAG_DELETED;
    }
}

/* What an answer to FETCH says of one mail. */
static void session_read_facts(const struct mailimap_msg_att *att, struct imap_mail *mail)
{
    const struct mailimap_msg_att_static *fact;
    clistiter *at;

    *mail = (struct imap_mail){ 0 };
    for (at = clist_begin(att->att_list); at != NULL; at = clist_next(at)) {
        const struct mailimap_msg_att_item *item = clist_content(at);

        if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
            session_read_flags(item->att_data.att_dyn, mail);
        fact = item->att_data.att_static;
        if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC || fact == NULL)
            continue;
        if (fact->att_type == MAILIMAP_MSG_ATT_UID)
            mail->uid = fact->att_data.att_uid;
        else if (fact->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE)
            mail->size = fact->att_data.att_rfc822_size;
        else if (fact->att_type == MAILIMAP_MSG_ATT_INTERNALDATE &&
                 fact->att_data.att_internal_date != NULL)
            mail->at = session_time(fact->att_data.att_internal_date);
    }
}

int imap_session_look(struct imap_session *s, const uint32_t *uids, size_t count,
                      struct imap_mail *mails, size_t *found, struct error *err)
{
    struct mailimap_fetch_type *what = mailimap_fetch_type_new_fetch_att_list_empty();
    struct mailimap_set *set = session_set(uids, count);
    struct imap_mail mail;
    clist *list = NULL;
    clistiter *at;
    int r;

    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_uid());
    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_rfc822_size());
    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_internaldate());
    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_flags());
    session_step(s, SESSION_STEP_BYTES);
    r = mailimap_uid_fetch(s->etpan, set, what, &list);
    mailimap_set_free(set);
    mailimap_fetch_type_free(what);
    if (session_end(s, r, "FETCH", err) < 0)
        return -1;
    *found = 0;
    for (at = clist_begin(list); at != NULL && *found < count; at = clist_next(at)) {
        session_read_facts(clist_content(at), &mail);
        mail.number = ((const struct mailimap_msg_att *)clist_content(at))->att_number;
        if (bsearch(&mail.uid, uids, count, sizeof(*uids), session_compare) != NULL)
            mails[(*found)++] = mail;
    }
    mailimap_fetch_list_free(list);
    qsort(mails, *found, sizeof(*mails), session_compare); /* a mail opens with its UID */
    return 0;
}

/* --- a mail's bytes
 * ------------------------------------------------------------------------------------- */

struct session_body {
    struct imap_session *session;
    int fd;
    size_t got, max, literals;
    bool over;
    int wrong; /* errno of our own room; 0: none */
};

static bool session_body_add(struct session_body *b, const char *bytes, size_t len)
{
    ssize_t n;

    if (len > b->max - b->got) {
        b->over = true;
        return false;
    }
    b->got += len;
    for (; len > 0; bytes += n, len -= (size_t)n) {
        n = write(b->fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            b->wrong = errno;
            return false;
        }
        n = n < 0 ? 0 : n;
    }
    return true;
}

static bool session_on_body(int type, struct mailimap_msg_att_body_section *section,
                            const char *bytes, size_t len, void *arg)
{
    struct session_body *b = arg;

    (void)section;
    b->session->beat(b->session->arg);
    return type != MAILIMAP_MSG_ATT_BODY_SECTION || session_body_add(b, bytes, len);
}

/* What did not come as a literal, and so not through session_on_body(). */
static void session_take_quoted(struct session_body *b, const struct mailimap_msg_att *att)
{
    const struct mailimap_msg_att_body_section *part;
    clistiter *at;

    for (at = clist_begin(att->att_list); at != NULL; at = clist_next(at)) {
        const struct mailimap_msg_att_item *item = clist_content(at);

        if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC || item->att_data.att_static == NULL ||
            item->att_data.att_static->att_type != MAILIMAP_MSG_ATT_BODY_SECTION)
            continue;
        b->literals++;
        part = item->att_data.att_static->att_data.att_body_section;
        if (part != NULL && part->sec_body_part != NULL && b->got == 0)
            session_body_add(b, part->sec_body_part, part->sec_length);
    }
}

/* 1: exactly this mail's bytes came; 0: none did; -1: others came. */
static int session_check_body(struct session_body *b, clist *list, uint32_t uid)
{
    struct imap_mail mail;
    size_t before;
    clistiter *at;

    for (at = clist_begin(list); at != NULL; at = clist_next(at)) {
        before = b->literals;
        session_take_quoted(b, clist_content(at));
        session_read_facts(clist_content(at), &mail);
        if (b->literals > before && mail.uid != uid)
            return -1;
    }
    return b->literals > 1 ? -1 : (int)b->literals;
}

/* Their bodies, or their header alone; takes `set`. What libetpan says. */
static int session_ask_bodies(struct imap_session *s, struct mailimap_set *set, bool header,
                              size_t max, clist **list)
{
    struct mailimap_section *section =
        header ? mailimap_section_new_header() : mailimap_section_new(NULL);
    struct mailimap_fetch_type *what = mailimap_fetch_type_new_fetch_att_list_empty();
    int r;

    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_uid());
    mailimap_fetch_type_new_fetch_att_list_add(what,
                                               mailimap_fetch_att_new_body_peek_section(section));
    session_step(s, max);
    r = mailimap_uid_fetch(s->etpan, set, what, list);
    mailimap_set_msg_body_handler(s->etpan, NULL, NULL);
    mailimap_set_free(set);
    mailimap_fetch_type_free(what);
    return r;
}

static int session_fetch_body(struct imap_session *s, uint32_t uid, bool header,
                              struct session_body *b, struct error *err)
{
    clist *list = NULL;
    int r, there = 0;

    mailimap_set_msg_body_handler(s->etpan, session_on_body, b);
    r = session_ask_bodies(s, mailimap_set_new_single(uid), header, b->max + SESSION_WORDS_MAX,
                           &list);
    if (r == MAILIMAP_NO_ERROR) {
        there = session_check_body(b, list, uid);
        mailimap_fetch_list_free(list);
    }
    if (b->over || b->wrong != 0 || there < 0) {
        session_dead(s, "FETCH", err);
        return error_set(err, b->over ? ERROR_PERMANENT : ERROR_TRANSIENT, "FETCH: %s",
                         b->over         ? "a mail over its bound"
                         : b->wrong != 0 ? strerror(b->wrong)
                                         : "the server sent another mail");
    }
    return session_end(s, r, "FETCH", err) < 0 ? -1 : there;
}

int imap_session_fetch(struct imap_session *s, uint32_t uid, bool header, size_t max, int *memfd,
                       bool *over, struct error *err)
{
    struct session_body body = { .session = s, .max = max };
    int there;

    *memfd = -1;
    *over = false;
    if (frame_open_room(&body.fd, err) < 0)
        return -1;
    there = session_fetch_body(s, uid, header, &body, err);
    *over = body.over;
    if (there > 0 && frame_close_room(body.fd, err) < 0)
        there = -1;
    if (there > 0)
        *memfd = body.fd;
    else
        close(body.fd);
    return there < 0 ? -1 : 0;
}

/* Several mails on their way: `body` is the one that comes now; its fd -1: none does. */
struct session_some {
    struct session_body body;
    const uint32_t *uids; /* ascending */
    size_t count;
    imap_mail_fn *on_mail;
    void *arg;
};

static bool session_on_some_body(int type, struct mailimap_msg_att_body_section *section,
                                 const char *bytes, size_t len, void *arg)
{
    struct session_some *some = arg;
    struct error err;

    if (type != MAILIMAP_MSG_ATT_BODY_SECTION)
        return true;
    if (some->body.fd < 0 && frame_open_room(&some->body.fd, &err) < 0)
        return false;
    return session_on_body(type, section, bytes, len, &some->body);
}

/* A mail's answer is whole. */
static void session_on_some_facts(struct mailimap_msg_att *att, void *arg)
{
    struct session_some *some = arg;
    struct session_body *b = &some->body;
    struct imap_mail mail;
    struct error err;

    if (b->fd < 0)
        return;
    session_read_facts(att, &mail);
    session_take_quoted(b, att);
    if (b->literals == 1 && !b->over && b->wrong == 0 &&
        bsearch(&mail.uid, some->uids, some->count, sizeof(*some->uids), session_compare) != NULL &&
        frame_close_room(b->fd, &err) == 0)
        some->on_mail(some->arg, mail.uid, b->fd);
    else
        close(b->fd);
    *b = (struct session_body){ .session = b->session, .fd = -1, .max = b->max };
}

static void session_on_item(size_t current, size_t most, void *arg)
{
    struct imap_session *s = arg;

    (void)current;
    (void)most;
    s->beat(s->arg);
}

int imap_session_fetch_some(struct imap_session *s, const uint32_t *uids, size_t count, size_t max,
                            imap_mail_fn *on_mail, void *arg, struct error *err)
{
    struct session_some some = { .body = { .session = s, .fd = -1, .max = max },
                                 .uids = uids,
                                 .count = count,
                                 .on_mail = on_mail,
                                 .arg = arg };
    clist *list = NULL;
    int r;

    mailimap_set_msg_body_handler(s->etpan, session_on_some_body, &some);
    mailimap_set_msg_att_handler(s->etpan, session_on_some_facts, &some);
    /* libetpan calls that one only where somebody looks at the progress, too. */
    mailimap_set_progress_callback(s->etpan, NULL, session_on_item, s);
    r = session_ask_bodies(s, session_set(uids, count), false, max + count * SESSION_WORDS_MAX,
                           &list);
    mailimap_set_progress_callback(s->etpan, NULL, NULL, NULL);
    mailimap_set_msg_att_handler(s->etpan, NULL, NULL);
    if (r == MAILIMAP_NO_ERROR && list != NULL)
        mailimap_fetch_list_free(list);
    if (some.body.fd >= 0)
        close(some.body.fd);
    return session_end(s, r, "FETCH", err);
}

/* --- what becomes of it
 * --------------------------------------------------------------------------------- */

/* Adds the flag, or takes it away; takes `flag`. */
static int session_flag(struct imap_session *s, struct mailimap_set *set,
                        struct mailimap_flag *flag, bool add, struct error *err)
{
    struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
    struct mailimap_store_att_flags *how;
    int r;

    mailimap_flag_list_add(flags, flag);
    how = add ? mailimap_store_att_flags_new_add_flags_silent(flags)
              : mailimap_store_att_flags_new_remove_flags_silent(flags);
    session_step(s, SESSION_STEP_BYTES);
    r = mailimap_uid_store(s->etpan, set, how);
    mailimap_store_att_flags_free(how);
    return session_end(s, r, "STORE", err);
}

int imap_session_mark_seen(struct imap_session *s, const uint32_t *uids, size_t count,
                           struct error *err)
{
    struct mailimap_set *set = session_set(uids, count);
    int rc = session_flag(s, set, mailimap_flag_new_seen(), true, err);

    mailimap_set_free(set);
    return rc;
}

static int session_remove(struct imap_session *s, struct mailimap_set *set, struct error *err)
{
    if (session_flag(s, set, mailimap_flag_new_deleted(), true, err) < 0)
        return -1;
    if (!s->can_expunge_some)
        return 0;
    session_step(s, SESSION_STEP_BYTES);
    return session_end(s, mailimap_uid_expunge(s->etpan, set), "EXPUNGE", err);
}

int imap_session_delete(struct imap_session *s, const uint32_t *uids, size_t count,
                        struct error *err)
{
    struct mailimap_set *set = session_set(uids, count);
    int rc = session_remove(s, set, err);

    mailimap_set_free(set);
    return rc;
}

static int session_move_set(struct imap_session *s, struct mailimap_set *set, const char *name,
                            struct error *err)
{
    session_step(s, SESSION_STEP_BYTES);
    return session_end(s, mailimap_uid_move(s->etpan, set, name), "MOVE", err);
}

/* Without MOVE: a copy, and the original goes. A copy must not be made again and again because the
 * original cannot be marked (osTicket filled a disk so): that is tried first, with a mark that is
 * not there; and what is marked already was copied before. */
static int session_move_by_copy(struct imap_session *s, const uint32_t *uids, size_t count,
                                const char *name, struct error *err)
{
    struct mailimap_set *set = session_set(uids, count);
    struct mailimap_search_key *key = mailimap_search_key_new_multiple_empty();
    uint32_t *left;
    size_t n;
    int rc = -1;

    mailimap_search_key_multiple_add(key, mailimap_search_key_new_uid(set));
    mailimap_search_key_multiple_add(
        key, mailimap_search_key_new(MAILIMAP_SEARCH_KEY_UNDELETED, NULL, NULL, NULL, NULL, NULL,
                                     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL,
                                     NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL));
    if (session_find(s, key, 0, &left, &n, err) < 0) /* `set` was the key's */
        return -1;
    set = n == 0 ? NULL : session_set(left, n);
    free(left);
    if (set == NULL)
        return 0;
    if (session_flag(s, set, mailimap_flag_new_deleted(), false, err) < 0)
        goto out;
    session_step(s, SESSION_STEP_BYTES);
    if (session_end(s, mailimap_uid_copy(s->etpan, set, name), "COPY", err) < 0)
        goto out;
    rc = session_remove(s, set, err);
out:
    mailimap_set_free(set);
    return rc;
}

int imap_session_move(struct imap_session *s, const uint32_t *uids, size_t count,
                      const char *mailbox, struct error *err)
{
    struct mailimap_set *set;
    char *name = imap_name_write(mailbox);
    int rc;

    if (name == NULL)
        return error_set(err, ERROR_CONFIG, "mailbox %.60s: not a name that one can ask for",
                         mailbox);
    if (s->can_move) {
        set = session_set(uids, count);
        rc = session_move_set(s, set, name, err);
        mailimap_set_free(set);
    } else {
        rc = session_move_by_copy(s, uids, count, name, err);
    }
    free(name);
    return rc;
}

/* --- waiting
 * -------------------------------------------------------------------------------------------- */

int imap_session_noop(struct imap_session *s, struct error *err)
{
    session_step(s, SESSION_STEP_BYTES);
    return session_end(s, mailimap_noop(s->etpan), "NOOP", err);
}

/* Reads lines up to the one that answers the command; or, with `go`, to the one that says go on: 1.
 */
static int session_hear_to_end(struct imap_session *s, bool go, int *what)
{
    const char *line;

    while ((line = session_hear(s)) != NULL) {
        if (go && line[0] == '+')
            return 1;
        if (session_has_tag(s, line))
            return 0;
        if (session_note_untagged(s, line, what) < 0)
            return -1;
    }
    return -1;
}

static int session_idle_wait(struct imap_session *s, int other_fd, int64_t ms, int *what)
{
    int64_t end = mail_stream_now() + ms, left;
    const char *line;
    int ready;

    while (*what == 0 && (left = end - mail_stream_now()) > 0) {
        ready =
            mail_stream_wait(s->stream, other_fd, left < SESSION_BEAT_MS ? left : SESSION_BEAT_MS);
        s->beat(s->arg);
        if ((ready & MAIL_STREAM_OTHER) != 0)
            *what |= IMAP_OTHER;
        if ((ready & MAIL_STREAM_READABLE) == 0)
            continue;
        session_step(s, SESSION_STEP_BYTES);
        line = session_hear(s);
        if (line == NULL || session_note_untagged(s, line, what) < 0)
            return -1;
    }
    return 0;
}

static int session_idle_dead(struct imap_session *s, int *what, struct error *err)
{
    *what = mail_stream_is_late(s->stream) ? IMAP_MUTE : 0;
    return session_dead(s, "IDLE", err);
}

/* libetpan's own would read "+ [PERMANENTFLAGS (x)]" into a NULL pointer, and take a line before
 * the "+" for the end. */
int imap_session_idle(struct imap_session *s, int other_fd, int64_t ms, int *what,
                      struct error *err)
{
    int go;

    *what = 0;
    if (session_say_command(s, "IDLE") < 0 || (go = session_hear_to_end(s, true, what)) < 0)
        return session_idle_dead(s, what, err);
    if (go == 0) { /* promised, and refused: then it is asked now and then */
        s->can_idle = false;
        return 0;
    }
    if (session_idle_wait(s, other_fd, ms, what) < 0 || session_say(s, "DONE\r\n") < 0 ||
        session_hear_to_end(s, false, what) < 0)
        return session_idle_dead(s, what, err);
    return 0;
}

static void session_add_quoted(struct text_buffer *out, const char *name)
{
    text_buffer_puts(out, "\"");
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            text_buffer_puts(out, "\\");
        text_buffer_add(out, name, 1);
    }
    text_buffer_puts(out, "\"");
}

int imap_session_notify(struct imap_session *s, const char *const *mailboxes, size_t count,
                        bool *does, struct error *err)
{
    static const char events[] = "(MessageNew MessageExpunge)";
    struct text_buffer command = { 0 };
    const char *line = NULL;
    size_t i;
    int rc;

    *does = false;
    if (!s->can_notify)
        return 0;
    text_buffer_printf(&command, "NOTIFY SET (selected-delayed %s) (mailboxes (", events);
    for (i = 0; i < count; i++) {
        char *name = imap_name_write(mailboxes[i]);

        text_buffer_puts(&command, i == 0 ? "" : " ");
        session_add_quoted(&command, name == NULL ? "" : name);
        free(name);
    }
    text_buffer_printf(&command, ") %s)", events);
    rc = session_say_command(s, command.ptr);
    text_buffer_clear(&command);
    while (rc == 0 && (line = session_hear(s)) != NULL && !session_has_tag(s, line)) {
    }
    if (rc < 0 || line == NULL)
        return session_dead(s, "NOTIFY", err);
    *does = strncasecmp(strchr(line, ' ') + 1, "OK", 2) == 0;
    return 0;
}
