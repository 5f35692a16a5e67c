#include "channels/imap_worker_step.h"

#include <poll.h>
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

void imap_worker_beat(void *arg)
{
    struct imap_worker *w = arg;

    if (mail_stream_now() - w->said_at >= IMAP_WORKER_BEAT_MS)
        imap_worker_say(w, &(struct imap_talk){ .word = IMAP_ALIVE }, -1);
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

void imap_worker_tell(struct imap_worker *w, struct imap_worker_box *b, const struct imap_talk *t,
                      uint32_t size, int memfd)
{
    b->told[b->told_count++] = (struct imap_worker_told){
        .uidvalidity = b->uidvalidity,
        .uid = t->uid,
        .size = size,
        .stays = memfd < 0 || (t->word == IMAP_HEADER && w->setup.after == IMAP_DELETE)
    };
    w->flying++;
    w->heard_of++;
    w->flying_bytes += size;
    b->uid = t->uid;
    b->passed = false;
    imap_worker_say(w, t, memfd);
}

/* The first n of what is told are in flight no more. */
static void worker_landed(struct imap_worker *w, struct imap_worker_box *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        w->flying_bytes -= b->told[i].size;
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
    if (n == b->told_count)
        return; /* of before an IMAP_AGAIN */
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
    worker_landed(w, b, b->told_count);
    b->generation = t->generation;
    b->begun = t->uidvalidity != 0;
    b->passed = false;
    b->uid = t->uidvalidity == b->uidvalidity ? t->uid : 0;
}

bool imap_worker_hear(struct imap_worker *w, int64_t ms)
{
    struct pollfd on = { .fd = w->fd, .events = POLLIN };
    struct imap_talk t;
    struct error err;
    bool heard = false;
    size_t len;
    int pass;

    while (!w->over && poll(&on, 1, heard ? 0 : (int)ms) > 0) {
        heard = true;
        if (frame_receive(w->fd, w->room, &len, &pass, &err) != 1) {
            w->over = true;
            break;
        }
        if (pass >= 0)
            close(pass);
        if (imap_talk_read((struct span){ w->room, len }, &t) < 0 || t.box >= w->setup.box_count)
            continue;
        if (t.word == IMAP_STORED)
            worker_on_stored(w, &w->box[t.box], &t);
        else if (t.word == IMAP_AGAIN)
            worker_on_again(w, &w->box[t.box], &t);
        else if (t.word == IMAP_GO)
            w->may_connect = true;
        else if (t.word == IMAP_YIELD)
            w->yields = true;
        else if (t.word == IMAP_TOKEN)
            worker_on_token(w, imap_talk_more((struct span){ w->room, len }));
        else if (t.word == IMAP_FINISH)
            worker_on_finish(w, &w->box[t.box], &t, (struct span){ w->room, len });
    }
    imap_worker_beat(w);
    return heard;
}
