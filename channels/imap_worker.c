#include "channels/imap_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/imap_session.h"
#include "channels/imap_talk.h"
#include "channels/imap_worker_step.h"
#include "core/arena.h"

enum {
    WORKER_QUIT = 76,           /* its exit status where the loop told it what cannot be */
    WORKER_BEHIND_MS = 2000,    /* how often it is told how many are still to come */
    WORKER_REFUSED_MS = 300000, /* the longest pause where an operator must change something */
    WORKER_REFUSED_AFTER = 3,
    WORKER_CLOCKS_DIFFER_S = 300, /* between us and a server */
    WORKER_IDLE_TRIES = 3,        /* in vain, one after the other, before it is polled */
    WORKER_IDLE_SOON_MS = 60000,  /* a connection that ends in IDLE before is one of them */
    WORKER_IDLE_AGAIN_MS = 6 * 3600 * 1000,
};
static const size_t NOTHING_SELECTED = (size_t)-1;

/* --- one mailbox
 * ----------------------------------------------------------------------------------------- */

/* The last UID that there is now; 0: none. */
static int worker_last(struct imap_worker *w, const struct imap_box *there, uint32_t *last,
                       struct error *err)
{
    uint32_t *uids;
    size_t count;

    if (there->uidnext > 0) {
        *last = there->uidnext - 1;
        return 0;
    }
    if (imap_session_search(w->session, 0, 0, &uids, &count, err) < 0)
        return -1;
    *last = count == 0 ? 0 : uids[count - 1];
    free(uids);
    return 0;
}

/* All UIDs are new: it was never read before, or they mean other mails now. */
static int worker_begin(struct imap_worker *w, struct imap_worker_box *b,
                        const struct imap_box *there, struct error *err)
{
    bool first = !b->begun;
    struct imap_talk t;
    uint32_t last;

    if (worker_last(w, there, &last, err) < 0)
        return -1;
    b->uidvalidity = there->uidvalidity;
    b->uid = 0;
    b->begun = true;
    imap_worker_finish_nothing(b);
    b->alone_uid = 0;
    b->passed = false;
    b->floor_uid = last + 1;
    if (!first || (!w->setup.from_now && b->floor_at == 0))
        return 0;
    t = imap_worker_talk(w, b, IMAP_PASSED, 0); /* floor_uid stays what it is now */
    if (w->setup.from_now) {
        b->floor_uid = 0;
        b->floor_at = (int64_t)time(NULL) - WORKER_CLOCKS_DIFFER_S;
        t = imap_worker_talk(w, b, IMAP_START, last);
        t.at = b->floor_at;
    }
    imap_worker_tell(w, b, &t, 0, -1);
    return 0;
}

static int worker_select(struct imap_worker *w, size_t i, struct error *err)
{
    struct imap_worker_box *b = &w->box[i];
    struct imap_box there;

    if (w->selected == i && b->begun)
        return 0;
    w->selected = NOTHING_SELECTED;
    if (imap_session_select(w->session, b->setup->name, w->setup.after != IMAP_KEEP, &there, err) <
        0)
        return -1;
    w->selected = i;
    b->uidnext = there.uidnext;
    if (!b->begun || b->uidvalidity != there.uidvalidity)
        return worker_begin(w, b, &there, err);
    return 0;
}

static void worker_tell_behind(struct imap_worker *w, const struct imap_worker_box *b,
                               uint32_t number)
{
    uint32_t there = imap_session_exists(w->session);
    struct imap_talk t = imap_worker_talk(w, b, IMAP_BEHIND, there < number ? 0 : there - number);

    if (mail_stream_now() - w->behind_at < WORKER_BEHIND_MS)
        return;
    w->behind_at = mail_stream_now();
    imap_worker_say(w, &t, -1);
}

static int worker_take_all(struct imap_worker *w, struct imap_worker_box *b, const uint32_t *uids,
                           size_t count, struct error *err)
{
    struct imap_mail mails[IMAP_LOOK_MAX];
    uint32_t generation = b->generation;
    size_t i, k, n, found, told;

    for (i = 0; i < count; i += n) {
        n = count - i < IMAP_LOOK_MAX ? count - i : IMAP_LOOK_MAX;
        if (imap_session_look(w->session, uids + i, n, mails, &found, err) < 0)
            return -1;
        for (k = 0; k < found; k += told) {
            if (imap_worker_take_some(w, b, &mails[k], found - k, &told, err) < 0)
                return -1;
            if (w->over || b->generation != generation)
                return 0; /* others are wanted: these are void, and none of them may be told */
            if (told == 0 && imap_worker_take(w, b, &mails[k], err) < 0)
                return -1;
            if (w->over || b->generation != generation)
                return 0;
            told = told == 0 ? 1 : told;
            worker_tell_behind(w, b, mails[k + told - 1].number);
        }
        if (imap_worker_finish(w, b, err) < 0)
            return -1;
        if (w->yields)
            return 0;
    }
    return 0;
}

static int worker_visit(struct imap_worker *w, size_t i, struct error *err)
{
    struct imap_worker_box *b = &w->box[i];
    uint32_t generation, at, *uids;
    size_t count;
    int rc;

    do {
        if (worker_select(w, i, err) < 0)
            return -1;
        w->answers = true;
        if (imap_worker_finish(w, b, err) < 0)
            return -1;
        generation = b->generation;
        at = b->uid;
        do {
            b->counted = imap_session_exists(w->session);
            if (imap_session_walk(w->session, &at, b->uidnext, &uids, &count, err) < 0)
                return -1;
            rc = worker_take_all(w, b, uids, count, err);
            free(uids);
            if (rc == 0)
                rc = imap_worker_tell_passed(w, b, err);
        } while (rc == 0 && !w->over && !w->yields && b->generation == generation &&
                 at != UINT32_MAX);
    } while (rc == 0 && !w->over && !w->yields && b->generation != generation);
    return rc;
}

/* --- round and round
 * ------------------------------------------------------------------------------------- */

/* Only so many of a node may be connected to one server. */
static int worker_wait_turn(struct imap_worker *w, struct error *err)
{
    if (!w->may_connect)
        imap_worker_say(w, &(struct imap_talk){ .word = IMAP_WANT }, -1);
    while (!w->over && !w->may_connect)
        imap_worker_hear(w, IMAP_WORKER_BEAT_MS);
    return w->over ? error_set(err, ERROR_TRANSIENT, "nobody waits for it any more") : 0;
}

static void worker_leave(struct imap_worker *w)
{
    imap_session_close(w->session);
    w->session = NULL;
    if (w->may_connect)
        imap_worker_say(w, &(struct imap_talk){ .word = IMAP_LEFT }, -1);
    w->may_connect = w->yields = false;
}

static int worker_connect(struct imap_worker *w, struct error *err)
{
    const struct imap_account a = imap_setup_account(&w->setup, imap_worker_beat, w);
    const char *names[IMAP_BOXES_MAX];
    uint32_t i;

    if (w->session != NULL)
        return 0;
    w->selected = NOTHING_SELECTED;
    w->token_is_new = w->notifies = false;
    if (a.auth == IMAP_XOAUTH2 && w->setup.password == NULL)
        return error_set(err, ERROR_TRANSIENT, "no access token yet");
    if (worker_wait_turn(w, err) < 0)
        return -1;
    w->answers = true; /* as one that is there now and then may be expected to */
    if (imap_session_open(&a, &w->session, err) < 0)
        return -1;
    imap_worker_finish_again(w);
    for (i = 0; i < w->setup.box_count; i++)
        names[i] = w->setup.box[i].name;
    return w->setup.box_count == 1
               ? 0
               : imap_session_notify(w->session, names, w->setup.box_count, &w->notifies, err);
}

/* Is there something for us to do in a mailbox that the server does not know of? */
static bool worker_is_asked(const struct imap_worker *w, const uint32_t *generations)
{
    size_t i;

    for (i = 0; i < w->setup.box_count; i++)
        if ((w->box[i].done_count > 0 && mail_stream_now() >= w->box[i].finish_at) ||
            w->box[i].generation != generations[i])
            return true;
    return false;
}

/* No two workers begin anew at the same moment, however many began together. */
static int64_t worker_idle_ms(const struct imap_worker *w)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return w->setup.idle_ms + (now.tv_nsec ^ (int64_t)getpid() * 7919) % (w->setup.idle_ms / 4 + 1);
}

/* One more that was of no use: after some, the mailbox is looked at now and then. */
static void worker_idled_in_vain(struct imap_worker *w, int *times, const char *words)
{
    struct imap_talk t = { .word = IMAP_WARNING };

    if (++*times < WORKER_IDLE_TRIES)
        return;
    *times = 0;
    w->polls_until = mail_stream_now() + WORKER_IDLE_AGAIN_MS;
    w->warned = true;
    snprintf(t.words, sizeof(t.words), "the server %s: it is polled for some hours", words);
    imap_worker_say(w, &t, -1);
}

/* IDLE, and what is to be thought of it. */
static int worker_idle(struct imap_worker *w, int64_t ms, int *what, struct error *err)
{
    int64_t began = mail_stream_now();

    if (imap_session_idle(w->session, w->fd, ms, what, err) < 0) {
        if (*what == IMAP_MUTE || mail_stream_now() - began < WORKER_IDLE_SOON_MS)
            worker_idled_in_vain(w, &w->idle_hung, "hangs in IDLE or ends it");
        return -1;
    }
    w->idle_hung = 0;
    w->was_silent = *what == 0 && (w->setup.box_count == 1 || w->notifies);
    if ((*what & IMAP_NEWS) == 0)
        return 0;
    w->idle_missed = 0;
    if (w->warned)
        imap_worker_say(w, &(struct imap_talk){ .word = IMAP_WARNING }, -1);
    w->warned = false;
    return 0;
}

static bool worker_may_idle(const struct imap_worker *w)
{
    return imap_session_can_idle(w->session) && mail_stream_now() >= w->polls_until;
}

/* Until there may be something new, or the loop wants something. `idles`: the server may be left to
 * tell. */
static int worker_wait(struct imap_worker *w, bool idles, struct error *err)
{
    int64_t ms = w->setup.poll_ms, end;
    uint32_t generations[IMAP_BOXES_MAX] = { 0 };
    int what = 0;
    size_t i;

    w->answers = false;
    for (i = 0; i < w->setup.box_count; i++)
        generations[i] = w->box[i].generation;
    if (w->setup.box_count == 1 || w->notifies)
        ms = worker_idle_ms(w);
    while (idles && worker_may_idle(w)) {
        if (worker_select(w, 0, err) < 0)
            return -1;
        if (imap_session_exists(w->session) > w->box[0].counted)
            return 0; /* told within the answer to something else, and not told again */
        if (worker_idle(w, imap_worker_until_finish(w, ms), &what, err) < 0)
            return -1;
        if ((what & IMAP_OTHER) != 0)
            imap_worker_hear(w, 0);
        if (what == 0)
            w->selected = NOTHING_SELECTED; /* a mailbox may be another one under the same name */
        if (imap_session_can_idle(w->session) || w->over)
            return 0;
    }
    end = mail_stream_now() + w->setup.poll_ms;
    while (!w->over && !w->yields && mail_stream_now() < end && !worker_is_asked(w, generations))
        imap_worker_hear(w, end - mail_stream_now() < IMAP_WORKER_BEAT_MS ? end - mail_stream_now()
                                                                          : IMAP_WORKER_BEAT_MS);
    w->selected = NOTHING_SELECTED;
    return 0;
}

/* A mailbox that the server refuses does not keep those behind it waiting. */
static int worker_round(struct imap_worker *w, struct error *err)
{
    struct imap_talk t = { .word = IMAP_TROUBLE };
    int64_t heard_of = w->heard_of;
    uint32_t i, refused = 0;

    if (worker_connect(w, err) < 0)
        return -1;
    for (i = 0; i < w->setup.box_count && !w->over; i++) {
        if (worker_visit(w, i, err) == 0)
            continue;
        refused++;
        if (refused == w->setup.box_count || !imap_session_is_alive(w->session) ||
            err->kind == ERROR_TRANSIENT)
            return -1;
        snprintf(t.words, sizeof(t.words), "%.199s", err->text);
    }
    w->failures = 0;
    if (w->yields)
        return 0; /* there may be more: all is told in some other turn */
    if (refused == 0)
        t = imap_worker_last_word(w);
    imap_worker_say_waits(w);
    imap_worker_say(w, &t, -1);
    if (w->was_silent && w->heard_of > heard_of)
        worker_idled_in_vain(w, &w->idle_missed, "does not tell of new mail in IDLE");
    w->was_silent = false;
    return w->over ? 0 : worker_wait(w, refused == 0, err);
}

/* A connection that ended is told of when the next one fails too, a server that hangs at once,
 * unless it was left to itself before: what lies between may have forgotten a connection that was
 * still.
 *
 * Pauses double; a refusal that only an operator can end makes them long, for some servers lock out
 * who comes too often. */
static void worker_rest(struct imap_worker *w, const struct error *err)
{
    struct imap_talk t = { .word = IMAP_TROUBLE };
    int64_t longest = IMAP_WORKER_PAUSE_MAX_MS, pause, asked, end;
    bool hangs = w->answers && imap_session_was_silent(err);

    worker_leave(w);
    pause = imap_worker_pause(w->failures++);
    if (err->kind == ERROR_CONFIG && w->failures >= WORKER_REFUSED_AFTER) {
        pause = (int64_t)IMAP_WORKER_PAUSE_MAX_MS << (w->failures < 10 ? w->failures - 3 : 7);
        longest = WORKER_REFUSED_MS;
    }
    pause = pause < longest ? pause : longest;
    asked = imap_session_asked_ms(err);
    end = mail_stream_now() + (pause > asked ? pause : asked);
    if (w->setup.auth == IMAP_XOAUTH2 && w->setup.password == NULL)
        end = INT64_MAX; /* who has none to give says why */
    else if (w->failures > 1 || hangs || err->kind == ERROR_CONFIG) { /* they do end now and then */
        if (err->kind == ERROR_CONFIG && w->setup.auth == IMAP_XOAUTH2)
            t.word = IMAP_LOCKED;
        snprintf(t.words, sizeof(t.words), "%.199s", err->text);
        imap_worker_say(w, &t, -1);
    }
    while (!w->over && !w->token_is_new && mail_stream_now() < end)
        imap_worker_hear(w, end - mail_stream_now() < IMAP_WORKER_BEAT_MS ? end - mail_stream_now()
                                                                          : IMAP_WORKER_BEAT_MS);
}

static int worker_set_up(struct imap_worker *w)
{
    struct error err;
    size_t len, i;
    int pass;

    if (frame_receive(w->fd, w->room, &len, &pass, &err) != 1)
        return -1;
    if (pass >= 0)
        close(pass);
    w->record = xcalloc(1, len + 1);
    memcpy(w->record, w->room, len);
    if (imap_setup_read((struct span){ w->record, len }, &w->setup) < 0) {
        imap_worker_quit(w, "its first record of %zu bytes is no setup", len);
        return -1;
    }
    w->box = xcalloc(w->setup.box_count + 1, sizeof(*w->box));
    for (i = 0; i < w->setup.box_count; i++) {
        const struct imap_setup_box *from = &w->setup.box[i];

        w->box[i].setup = from;
        w->box[i].generation = from->generation;
        w->box[i].uidvalidity = from->uidvalidity;
        w->box[i].uid = from->uid;
        w->box[i].begun = from->uidvalidity != 0;
        w->box[i].floor_at = from->floor_at;
        w->box[i].floor_uid = from->floor_uid;
    }
    return 0;
}

int imap_worker_serve(int fd)
{
    struct imap_worker w = { .fd = fd, .room = xmalloc(FRAME_MAX) };
    struct error err;
    size_t i;

    w.over = worker_set_up(&w) < 0;
    while (!w.over)
        if (worker_round(&w, &err) < 0 && !w.over)
            worker_rest(&w, &err);
        else if (w.yields)
            worker_leave(&w);
    imap_session_close(w.session);
    for (i = 0; w.box != NULL && i < w.setup.box_count; i++)
        free(w.box[i].done);
    free(w.box);
    free(w.token);
    free(w.record);
    free(w.room);
    return w.quits ? WORKER_QUIT : 0;
}
