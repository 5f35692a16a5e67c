#include "channels/imap_session.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libetpan/libetpan.h>

#include "channels/imap_name.h"
#include "channels/imap_session_step.h"
#include "core/text.h"

enum {
    SESSION_BEAT_MS = 20000,
};

int imap_session_noop(struct imap_session *s, struct error *err)
{
    imap_session_step(s, IMAP_STEP_BYTES);
    return imap_session_end(s, mailimap_noop(s->etpan), "NOOP", err);
}

/* Reads lines up to the one that answers the command; or, with `go`, to the one that says go on: 1.
 */
static int session_hear_to_end(struct imap_session *s, bool go, int *what)
{
    const char *line;

    while ((line = imap_session_hear(s)) != NULL) {
        if (go && line[0] == '+')
            return 1;
        if (imap_session_has_tag(s, line))
            return 0;
        if (imap_session_note_untagged(s, line, what) < 0)
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
        imap_session_step(s, IMAP_STEP_BYTES);
        line = imap_session_hear(s);
        if (line == NULL || imap_session_note_untagged(s, line, what) < 0)
            return -1;
    }
    return 0;
}

static int session_idle_dead(struct imap_session *s, int *what, struct error *err)
{
    *what = mail_stream_is_late(s->stream) ? IMAP_MUTE : 0;
    return imap_session_dead(s, "IDLE", err);
}

/* libetpan's own would read "+ [PERMANENTFLAGS (x)]" into a NULL pointer, and take a line before
 * the "+" for the end. */
int imap_session_idle(struct imap_session *s, int other_fd, int64_t ms, int *what,
                      struct error *err)
{
    int go;

    *what = 0;
    if (imap_session_say_command(s, "IDLE") < 0 || (go = session_hear_to_end(s, true, what)) < 0)
        return session_idle_dead(s, what, err);
    if (go == 0) { /* promised, and refused: then it is asked now and then */
        s->can_idle = false;
        return 0;
    }
    if (session_idle_wait(s, other_fd, ms, what) < 0 || imap_session_say(s, "DONE\r\n") < 0 ||
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
    rc = imap_session_say_command(s, command.ptr);
    text_buffer_clear(&command);
    while (rc == 0 && (line = imap_session_hear(s)) != NULL && !imap_session_has_tag(s, line)) {
    }
    if (rc < 0 || line == NULL)
        return imap_session_dead(s, "NOTIFY", err);
    *does = strncasecmp(strchr(line, ' ') + 1, "OK", 2) == 0;
    return 0;
}
