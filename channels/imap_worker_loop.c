#include "channels/imap_worker_step.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/frame.h"
#include "core/arena.h"

void imap_worker_say(struct imap_worker *w, const struct imap_talk *t, int memfd)
{
    struct error err;

    w->said_at = mail_stream_now();
    if (frame_send(w->fd, imap_talk_write(t), memfd, &err) < 0)
        w->over = true;
}

void imap_worker_quit(struct imap_worker *w, const char *fmt, ...)
{
    struct imap_talk t = { .word = IMAP_QUITS };
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(t.words, sizeof(t.words), fmt, ap);
    va_end(ap);
    imap_worker_say(w, &t, -1);
    w->over = w->quits = true;
}

struct imap_talk imap_worker_talk(const struct imap_worker *w, const struct imap_worker_box *b,
                                  enum imap_word word, uint32_t uid)
{
    return (struct imap_talk){ .word = word,
                               .box = (uint32_t)(b - w->box),
                               .generation = b->generation,
                               .uidvalidity = b->uidvalidity,
                               .uid = uid,
                               .floor_uid = b->floor_uid };
}

bool imap_worker_say_waits(struct imap_worker *w)
{
    bool waits = false;
    struct imap_talk t;
    size_t i;

    for (i = 0; i < w->setup.box_count; i++) {
        if (w->box[i].told_count == 0)
            continue;
        t = imap_worker_talk(w, &w->box[i], IMAP_WAITS, (uint32_t)w->box[i].told_count);
        t.at = w->box[i].answers;
        imap_worker_say(w, &t, -1);
        waits = true;
    }
    return waits;
}

void imap_worker_beat(void *arg)
{
    struct imap_worker *w = arg;

    if (mail_stream_now() - w->said_at >= IMAP_WORKER_BEAT_MS && !imap_worker_say_waits(w))
        imap_worker_say(w, &(struct imap_talk){ .word = IMAP_ALIVE }, -1);
}

void imap_worker_tell(struct imap_worker *w, struct imap_worker_box *b, const struct imap_talk *t,
                      uint32_t size, int memfd)
{
    b->told[b->told_count++] = (struct imap_worker_told){
        .uidvalidity = b->uidvalidity,
        .uid = t->uid,
        .size = size,
        .light = !w->has_room,
        .stays = memfd < 0 || (t->word == IMAP_HEADER && w->setup.after == IMAP_DELETE)
    };
    w->flying++;
    w->heard_of++;
    w->flying_bytes += size;
    w->flying_light += w->has_room ? 0 : size;
    w->asks = w->has_room = false;
    b->uid = t->uid;
    b->passed = false;
    imap_worker_say(w, t, memfd);
}

/* The first n of what is told are in flight no more. */
static void worker_landed(struct imap_worker *w, struct imap_worker_box *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        w->flying_bytes -= b->told[i].size;
        w->flying_light -= b->told[i].light ? b->told[i].size : 0;
    }
    w->flying -= n;
    b->told_count -= n;
    memmove(b->told, b->told + n, b->told_count * sizeof(*b->told));
}

/* What the balance sheet found; a mailbox whose UIDs mean other mails now is left alone. */
static void worker_on_finish(struct imap_worker *w, struct imap_worker_box *b,
                             const struct imap_talk *t, struct span record)
{
    uint32_t uids[IMAP_FINISH_MAX];
    size_t n = imap_talk_read_finish(record, uids), i;

    if (w->setup.after == IMAP_KEEP || !b->begun || t->uidvalidity != b->uidvalidity)
        return;
    for (i = 0; i < n; i++)
        imap_worker_add_done(b, uids[i]);
}

/* Whatever waits because the old one was refused goes on at once. */
static void worker_on_token(struct imap_worker *w, struct span token)
{
    if (w->token != NULL)
        explicit_bzero(w->token, strlen(w->token));
    free(w->token);
    w->token = xcalloc(1, token.len + 1);
    memcpy(w->token, token.ptr, token.len);
    w->setup.password = w->token;
    w->token_is_new = true;
}

static void worker_on_stored(struct imap_worker *w, struct imap_worker_box *b,
                             const struct imap_talk *t)
{
    size_t i, n = 0;

    while (n < b->told_count &&
           (b->told[n].uidvalidity != t->uidvalidity || b->told[n].uid != t->uid))
        n++;
    if (n == b->told_count) {
        imap_worker_quit(w,
                         "%.60s: it was told that UID %" PRIu32 " of %" PRIu32
                         " is stored, which it did not tell of",
                         b->setup->name, t->uid, t->uidvalidity);
        return;
    }
    b->answers++;
    for (i = 0; i <= n && w->setup.after != IMAP_KEEP; i++) {
        if (b->told[i].stays || b->told[i].uidvalidity != b->uidvalidity)
            continue;
        imap_worker_add_done(b, b->told[i].uid);
    }
    worker_landed(w, b, n + 1);
}

static void worker_on_again(struct imap_worker *w, struct imap_worker_box *b,
                            const struct imap_talk *t)
{
    if (t->generation == b->generation) {
        imap_worker_quit(w, "%.60s: it was asked for round %" PRIu32 " once more", b->setup->name,
                         t->generation);
        return;
    }
    worker_landed(w, b, b->told_count);
    b->answers++;
    b->generation = t->generation;
    b->begun = t->uidvalidity != 0;
    b->passed = false;
    b->uid = t->uidvalidity == b->uidvalidity ? t->uid : 0;
}

static void worker_obey(struct imap_worker *w, struct span record)
{
    struct imap_worker_box *b;
    struct imap_talk t;

    if (imap_talk_read(record, &t) < 0 || t.box >= w->setup.box_count) {
        imap_worker_quit(w, "it was told %zu bytes that say nothing", record.len);
        return;
    }
    b = &w->box[t.box];
    if (t.word == IMAP_STORED)
        worker_on_stored(w, b, &t);
    else if (t.word == IMAP_AGAIN)
        worker_on_again(w, b, &t);
    else if (t.word == IMAP_GO)
        w->may_connect = true;
    else if (t.word == IMAP_YIELD)
        w->yields = true;
    else if (t.word == IMAP_ROOM)
        w->has_room = w->has_room || (w->asks && t.at == w->heavy);
    else if (t.word == IMAP_TOKEN)
        worker_on_token(w, imap_talk_more(record));
    else if (t.word == IMAP_FINISH)
        worker_on_finish(w, b, &t, record);
    else
        imap_worker_quit(w, "it was told number %d, a worker's word", (int)t.word);
}

bool imap_worker_hear(struct imap_worker *w, int64_t ms)
{
    struct pollfd on = { .fd = w->fd, .events = POLLIN };
    struct error err;
    bool heard = false;
    size_t len;
    int pass, rc;

    while (!w->over && poll(&on, 1, heard ? 0 : (int)ms) > 0) {
        heard = true;
        rc = frame_receive(w->fd, w->room, &len, &pass, &err);
        if (rc < 0)
            imap_worker_quit(w, "it was told what it cannot read: %s", err.text);
        w->over |= rc != 1;
        if (rc == 1 && pass >= 0)
            close(pass);
        if (rc == 1)
            worker_obey(w, (struct span){ w->room, len });
    }
    if (!w->over)
        imap_worker_beat(w);
    return heard;
}
