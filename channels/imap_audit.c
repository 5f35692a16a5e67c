#include "channels/imap_audit.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/imap_talk.h"
#include "core/arena.h"

enum { AUDIT_BEAT_MS = 10000 };

struct audit {
    int fd;
    bool over; /* the parent is gone */
    char *record, *room;
    struct imap_setup setup;
    struct imap_session *session;
    struct imap_audit told;
    int64_t said_at;
};

struct span imap_audit_write(const struct imap_audit *told)
{
    return (struct span){ (const char *)told,
                          offsetof(struct imap_audit, mail) + told->count * sizeof(told->mail[0]) };
}

int imap_audit_read(struct span record, struct imap_audit *told)
{
    const size_t head = offsetof(struct imap_audit, mail);

    if (record.len < head || record.len > sizeof(*told))
        return -1;
    memcpy(told, record.ptr, record.len);
    told->words[sizeof(told->words) - 1] = '\0';
    return (unsigned)told->word < IMAP_AUDIT_WORDS && told->box < IMAP_BOXES_MAX &&
                   told->count <= IMAP_AUDIT_MAX &&
                   record.len == head + told->count * sizeof(told->mail[0])
               ? 0
               : -1;
}

static void audit_say(struct audit *w, const struct imap_audit *told)
{
    struct error err;

    w->said_at = mail_stream_now();
    if (frame_send(w->fd, imap_audit_write(told), -1, &err) < 0)
        w->over = true;
}

static void audit_beat(void *arg)
{
    struct audit *w = arg;
    static const struct imap_audit alive = { .word = IMAP_AUDIT_ALIVE };

    if (mail_stream_now() - w->said_at >= AUDIT_BEAT_MS)
        audit_say(w, &alive);
}

static void audit_hear(struct audit *w, size_t *len)
{
    struct error err;
    int pass;

    *len = 0;
    if (w->over || frame_receive(w->fd, w->room, len, &pass, &err) != 1)
        w->over = true;
    else if (pass >= 0)
        close(pass);
}

/* What is in told, and waits for the word to go on. True: to look closer. */
static bool audit_tell(struct audit *w)
{
    size_t len;

    audit_say(w, &w->told);
    audit_hear(w, &len);
    return !w->over && len == 1 && w->room[0] == IMAP_AUDIT_LOOK;
}

static void audit_fail(struct audit *w, enum imap_audit_word word, const struct error *err)
{
    w->told.word = word;
    w->told.count = 0;
    snprintf(w->told.words, sizeof(w->told.words), "%.199s", err->text);
    audit_tell(w);
}

static int audit_look(struct audit *w, const uint32_t *uids, size_t count, struct error *err)
{
    struct imap_mail mails[IMAP_LOOK_MAX];
    size_t found, i;

    if (imap_session_look(w->session, uids, count, mails, &found, err) < 0)
        return -1;
    for (i = 0; i < found; i++)
        w->told.mail[i] = (struct imap_audit_mail){ .at = mails[i].at,
                                                    .uid = mails[i].uid,
                                                    .seen = mails[i].seen,
                                                    .deleted = mails[i].deleted };
    w->told.count = (uint32_t)found;
    w->told.bare = false;
    audit_tell(w);
    return 0;
}

static int audit_name(struct audit *w, const uint32_t *uids, size_t count, struct error *err)
{
    size_t i, n;
    int rc = 0;

    for (i = 0; i < count; i++)
        w->told.mail[i] = (struct imap_audit_mail){ .uid = uids[i] };
    w->told.count = (uint32_t)count;
    w->told.bare = true;
    if (!audit_tell(w))
        return 0;
    for (i = 0; rc == 0 && i < count && !w->over; i += n) {
        n = count - i < IMAP_LOOK_MAX ? count - i : IMAP_LOOK_MAX;
        rc = audit_look(w, uids + i, n, err);
    }
    return rc;
}

static int audit_walk(struct audit *w, const struct imap_box *box, struct error *err)
{
    uint32_t at = 0, *uids;
    size_t count, i, n;
    int rc;

    do {
        rc = imap_session_walk(w->session, &at, box->uidnext, &uids, &count, err);
        for (i = 0; rc == 0 && i < count && !w->over; i += n) {
            n = count - i < IMAP_AUDIT_MAX ? count - i : IMAP_AUDIT_MAX;
            rc = audit_name(w, uids + i, n, err);
        }
        free(uids);
    } while (rc == 0 && at != UINT32_MAX && !w->over);
    return rc;
}

/* -1: the session is of no use any more. */
static int audit_visit(struct audit *w, uint32_t i, struct error *err)
{
    struct imap_box box;
    int rc;

    w->told = (struct imap_audit){ .word = IMAP_AUDIT_WINDOW, .box = i };
    rc = imap_session_select(w->session, w->setup.box[i].name, false, &box, err);
    if (rc == 0) {
        w->told.uidvalidity = box.uidvalidity;
        audit_tell(w); /* it was opened, whatever is in it */
        rc = audit_walk(w, &box, err);
    }
    if (rc < 0 && imap_session_is_alive(w->session)) {
        audit_fail(w, IMAP_AUDIT_SHUT, err);
        return 0;
    }
    return rc;
}

static int audit_all(struct audit *w, struct error *err)
{
    const struct imap_account a = imap_setup_account(&w->setup, audit_beat, w);
    uint32_t i;

    if (imap_session_open(&a, &w->session, err) < 0)
        return -1;
    for (i = 0; i < w->setup.box_count && !w->over; i++)
        if (audit_visit(w, i, err) < 0)
            return -1;
    return 0;
}

int imap_audit_serve(int fd)
{
    struct audit w = { .fd = fd, .room = xmalloc(FRAME_MAX) };
    struct error err;
    size_t len;

    audit_hear(&w, &len);
    w.record = xcalloc(1, len + 1);
    memcpy(w.record, w.room, len);
    if (!w.over && imap_setup_read((struct span){ w.record, len }, &w.setup) == 0) {
        if (audit_all(&w, &err) < 0) {
            audit_fail(&w, IMAP_AUDIT_FAILED, &err);
        } else {
            w.told = (struct imap_audit){ .word = IMAP_AUDIT_OVER };
            audit_tell(&w);
        }
    }
    imap_session_close(w.session);
    free(w.record);
    free(w.room);
    return 0;
}
