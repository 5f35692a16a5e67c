#include "channels/imap_session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <libetpan/libetpan.h>

#include "channels/imap_session_step.h"
#include "core/text.h"

enum {
    SESSION_BYTES_PER_S = 512, /* a line slower than this is a dead one: T-06 knows 1 KB/s */
};

/* --- steps and their ends
 * ------------------------------------------------------------------------------- */

void imap_session_step(struct imap_session *s, size_t bytes)
{
    mail_stream_limit(s->stream, s->silence_ms, bytes, SESSION_BYTES_PER_S);
    s->beat(s->arg);
}

int imap_session_dead(struct imap_session *s, const char *doing, struct error *err)
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

/* --- lines that we say and read ourselves, where libetpan's parser would be in danger
 * ------------------------------------------------------------------------------- */

int imap_session_say(struct imap_session *s, const char *line)
{
    mailstream *m = mail_stream_etpan(s->stream);
    size_t len = strlen(line);

    imap_session_step(s, IMAP_STEP_BYTES);
    if (mailstream_write(m, line, len) != (ssize_t)len || mailstream_flush(m) < 0)
        return -1;
    return 0;
}

const char *imap_session_hear(struct imap_session *s)
{
    return mailstream_read_line_remove_eol(mail_stream_etpan(s->stream), s->line);
}

bool imap_session_has_tag(const struct imap_session *s, const char *line)
{
    char tag[16];
    size_t len = (size_t)snprintf(tag, sizeof(tag), "R%u ", s->raw_tag);

    return strncmp(line, tag, len) == 0;
}

int imap_session_say_command(struct imap_session *s, const char *command)
{
    struct text_buffer line = { 0 };
    int rc;

    s->raw_tag++;
    text_buffer_printf(&line, "R%u %s\r\n", s->raw_tag, command);
    rc = imap_session_say(s, line.ptr);
    text_buffer_clear(&line);
    return rc;
}

int imap_session_note_untagged(struct imap_session *s, const char *line, int *what)
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

/* --- how a command ended
 * ------------------------------------------------------------------------------- */

bool imap_session_is_busy(const char *code, const char *words)
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

/* libetpan says the same of a BAD and of an answer to another command; ours finds its own. */
static bool session_finds_step(struct imap_session *s)
{
    const char *line = NULL;

    if (imap_session_say_command(s, "NOOP") == 0)
        while ((line = imap_session_hear(s)) != NULL && !imap_session_has_tag(s, line)) {
        }
    return line != NULL;
}

int imap_session_end(struct imap_session *s, int r, const char *doing, struct error *err)
{
    const struct mailimap_response_info *info = s->etpan->imap_response_info;
    const char *words = s->etpan->imap_response == NULL ? "" : s->etpan->imap_response;
    const char *code = info == NULL || info->rsp_atom == NULL ? "" : info->rsp_atom;

    if (r == MAILIMAP_NO_ERROR)
        return 0;
    if (mail_stream_error(s->stream)->kind != ERROR_NONE ||
        (!session_was_refused(r) && (r != MAILIMAP_ERROR_PROTOCOL || !session_finds_step(s))))
        return imap_session_dead(s, doing, err);
    return error_set(err, imap_session_is_busy(code, words) ? ERROR_TRANSIENT : ERROR_PERMANENT,
                     "%s: the server refuses: %s%s%.160s", doing, code, code[0] == '\0' ? "" : " ",
                     words);
}

/* --- UIDs
 * ------------------------------------------------------------------------------- */

int imap_session_compare_uids(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

struct mailimap_set *imap_session_set(const uint32_t *uids, size_t count)
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
