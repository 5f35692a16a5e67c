#include "channels/imap_worker_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

void imap_worker_add_done(struct imap_worker_box *b, uint32_t uid)
{
    b->done = xrealloc(b->done, (b->done_count + 1) * sizeof(*b->done));
    b->done[b->done_count++] = uid;
}

static int worker_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

static int worker_finish_some(struct imap_worker *w, const uint32_t *uids, size_t count,
                              struct error *err)
{
    switch (w->setup.after) {
    case IMAP_KEEP:
        break;
    case IMAP_SEEN:
        return imap_session_mark_seen(w->session, uids, count, err);
    case IMAP_MOVE:
        return imap_session_move(w->session, uids, count, w->setup.move_to, err);
    case IMAP_DELETE:
        return imap_session_delete(w->session, uids, count, err);
    }
    return 0;
}

int64_t imap_worker_pause(int failures)
{
    int64_t pause = (int64_t)IMAP_WORKER_PAUSE_MIN_MS << (failures < 10 ? failures : 10);

    return pause < IMAP_WORKER_PAUSE_MAX_MS ? pause : IMAP_WORKER_PAUSE_MAX_MS;
}

/* The server's words, and what one can do. Nobody has to wait for it: mails are read on. */
static void worker_undone(struct imap_worker *w, struct imap_worker_box *b, const struct error *err)
{
    static const char *const names[] = { "keep", "seen", "move", "delete" };
    struct imap_talk t = { .word = IMAP_TROUBLE };
    const char *advice = w->setup.after == IMAP_MOVE ? "see that move_to is there and takes mails"
                                                     : "see that the user may change mails there";

    if (err->kind == ERROR_TRANSIENT)
        advice = "it is tried again; is there room, and not too much asked?";
    snprintf(b->undone, sizeof(b->undone), "after: %s: %.120s: %s", names[w->setup.after],
             err->text, advice);
    snprintf(t.words, sizeof(t.words), "%s", b->undone);
    imap_worker_say(w, &t, -1);
}

/* A server that is busy is asked again, with growing pauses: the first n are done. */
static void worker_finish_later(struct imap_worker_box *b, size_t n, const struct error *err)
{
    int64_t pause = imap_worker_pause(b->finish_failures++), asked = imap_session_asked_ms(err);

    b->finish_at = mail_stream_now() + (pause > asked ? pause : asked);
    b->done_count -= n;
    memmove(b->done, b->done + n, b->done_count * sizeof(*b->done));
}

/* The balance sheet finds those for which there is no room. Where an operator must change something
 * first, to ask again may do harm. */
static void worker_keep_refused(struct imap_worker_box *b, const uint32_t *uids, size_t n,
                                const struct error *err)
{
    size_t room = IMAP_FINISH_MAX - b->refused_count;

    if (err->kind == ERROR_CONFIG)
        return;
    n = n < room ? n : room;
    memcpy(b->refused + b->refused_count, uids, n * sizeof(*uids));
    b->refused_count += n;
}

/* At most IMAP_LOOK_MAX with one command: a line has its bounds. */
int imap_worker_finish(struct imap_worker *w, struct imap_worker_box *b, struct error *err)
{
    bool refused = false;
    size_t n, i;

    if (b->done_count == 0 || mail_stream_now() < b->finish_at)
        return 0;
    b->counted = 0; /* what is taken out hides what has come in */
    qsort(b->done, b->done_count, sizeof(*b->done), worker_compare);
    for (i = 0; i < b->done_count; i += n) {
        n = b->done_count - i < IMAP_LOOK_MAX ? b->done_count - i : IMAP_LOOK_MAX;
        if (worker_finish_some(w, b->done + i, n, err) == 0)
            continue;
        if (!imap_session_is_alive(w->session))
            return -1; /* all of it again on the next connection: it does no harm */
        refused = true;
        worker_undone(w, b, err);
        if (err->kind == ERROR_TRANSIENT) {
            worker_finish_later(b, i, err);
            return 0;
        }
        worker_keep_refused(b, b->done + i, n, err);
    }
    b->done_count = 0;
    b->finish_failures = 0;
    if (!refused) { /* a mail that alone is refused is the balance sheet's */
        b->undone[0] = '\0';
        b->refused_count = 0;
    }
    return 0;
}

void imap_worker_finish_again(struct imap_worker *w)
{
    struct imap_worker_box *b;
    size_t i, k;

    for (i = 0; i < w->setup.box_count; i++) {
        b = &w->box[i];
        if (b->done_count > 0) /* of whose success more is known then */
            continue;
        for (k = 0; k < b->refused_count; k++)
            imap_worker_add_done(b, b->refused[k]);
        b->refused_count = 0;
    }
}

void imap_worker_finish_nothing(struct imap_worker_box *b)
{
    b->done_count = b->refused_count = 0;
    b->undone[0] = '\0';
}

int64_t imap_worker_until_finish(const struct imap_worker *w, int64_t ms)
{
    int64_t left;
    size_t i;

    for (i = 0; i < w->setup.box_count; i++) {
        left = w->box[i].finish_at - mail_stream_now();
        if (w->box[i].done_count > 0 && left < ms)
            ms = left > IMAP_WORKER_PAUSE_MIN_MS ? left : IMAP_WORKER_PAUSE_MIN_MS;
    }
    return ms;
}

struct imap_talk imap_worker_last_word(const struct imap_worker *w)
{
    struct imap_talk t = { .word = IMAP_WELL };
    uint32_t i;

    for (i = 0; i < w->setup.box_count && t.word == IMAP_WELL; i++)
        if (w->box[i].undone[0] != '\0') {
            t.word = IMAP_UNDONE;
            snprintf(t.words, sizeof(t.words), "%s", w->box[i].undone);
        }
    return t;
}
