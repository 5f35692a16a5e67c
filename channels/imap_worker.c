#include "channels/imap_worker.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/imap_session.h"
#include "channels/imap_talk.h"
#include "core/arena.h"

enum {
    WORKER_BEAT_MS = 10000,
    WORKER_BEHIND_MS = 2000,     /* how often it is told how many are still to come */
    WORKER_AWAKE_MS = 5 * 60000, /* how often the server hears of us while we wait for the loop */
    WORKER_PAUSE_MIN_MS = 1000,
    WORKER_PAUSE_MAX_MS = 60000,
    WORKER_REFUSED_MS = 300000, /* the longest pause where an operator must change something */
    WORKER_REFUSED_AFTER = 3,
    WORKER_TRIES_WHOLE = 5,  /* times that a mail is asked for before its header has to do */
    WORKER_TRIES_HEADER = 8, /* and before it is given up */
    WORKER_TRY_REFUSED = 2,  /* what a NO counts: it will hardly be a YES */
    WORKER_HEADER_MAX = 1 << 20,
    WORKER_SOME_MAX = 16,        /* mails that are asked for with one command */
    WORKER_SOME_SIZE = 64 << 10, /* the largest of them */
    WORKER_SOME_TRIES =
        3, /* in vain, one after the other, before each is asked for alone for good */
    WORKER_CLOCKS_DIFFER_S = 300, /* between us and a server */
    WORKER_IDLE_TRIES = 3,        /* in vain, one after the other, before it is polled */
    WORKER_IDLE_SOON_MS = 60000,  /* a connection that ends in IDLE before is one of them */
    WORKER_IDLE_AGAIN_MS = 6 * 3600 * 1000,
};
static const size_t NOTHING_SELECTED = (size_t)-1;

/* A mail that is told and not yet acknowledged. */
struct worker_told {
    uint32_t uidvalidity, uid, size;
    bool stays; /* as it is, whatever becomes of others */
};
struct worker_box {
    const struct imap_setup_box *setup;
    uint32_t generation, uidvalidity, uid; /* uid: the last that was told or passed over */
    uint32_t uidnext;                      /* when it was selected */
    uint32_t counted;                      /* mails there were as it was looked through last */
    bool begun;
    int64_t floor_at; /* as in struct imap_setup_box, and */
    uint32_t floor_uid;
    struct worker_told told[IMAP_FLIGHT_MAX];
    size_t told_count;
    uint32_t *done; /* stored, and to be marked or moved */
    size_t done_count;
    int64_t finish_at; /* not before: the server was busy */
    int finish_failures;
    char undone[200];   /* why what follows the last ones was not done; "": it was */
    uint32_t alone_uid; /* up to this one each is asked for by itself */
    uint32_t hard_uid;  /* the mail that failed last */
    int tries;
    char words[200];
};
struct imap_worker {
    int fd;
    bool over; /* the parent is gone */
    char *record, *room;
    struct imap_setup setup;
    char *token; /* newer than the setup's; NULL: none came */
    bool token_is_new;
    bool may_connect, yields; /* yields: others wait */
    struct worker_box *box;
    struct imap_session *session;
    bool notifies; /* of all mailboxes, also of those that are not selected */
    size_t selected;
    size_t flying, flying_bytes;
    int64_t said_at, behind_at;
    int failures;
    int some_failed;            /* askings for some mails at once, since one went well */
    int idle_hung, idle_missed; /* since it last ended well; since it last told of something */
    bool was_silent;            /* the last IDLE, to its end */
    bool answers;               /* the server did since it was last left to itself */
    bool warned;
    int64_t polls_until;
    int64_t heard_of; /* mails, ever */
};

/* --- the loop's side
 * ------------------------------------------------------------------------------------- */

static void worker_say(struct imap_worker *w, const struct imap_talk *t, int memfd)
{
    struct error err;

    w->said_at = mail_stream_now();
    if (frame_send(w->fd, imap_talk_write(t), memfd, &err) < 0)
        w->over = true;
}

static void worker_beat(void *arg)
{
    struct imap_worker *w = arg;

    if (mail_stream_now() - w->said_at >= WORKER_BEAT_MS)
        worker_say(w, &(struct imap_talk){ .word = IMAP_ALIVE }, -1);
}

static struct imap_talk worker_talk(const struct imap_worker *w, const struct worker_box *b,
                                    enum imap_word word, uint32_t uid)
{
    return (struct imap_talk){ .word = word,
                               .box = (uint32_t)(b - w->box),
                               .generation = b->generation,
                               .uidvalidity = b->uidvalidity,
                               .uid = uid,
                               .floor_uid = b->floor_uid };
}

/* Tells of a mail (memfd -1: only about it); it is in flight from now on. What is not stored whole
 * is never deleted. */
static void worker_tell(struct imap_worker *w, struct worker_box *b, const struct imap_talk *t,
                        uint32_t size, int memfd)
{
    b->told[b->told_count++] =
        (struct worker_told){ .uidvalidity = b->uidvalidity,
                              .uid = t->uid,
                              .size = size,
                              .stays = memfd < 0 ||
                                       (t->word == IMAP_HEADER && w->setup.after == IMAP_DELETE) };
    w->flying++;
    w->heard_of++;
    w->flying_bytes += size;
    b->uid = t->uid;
    worker_say(w, t, memfd);
}

/* The first n of what is told are in flight no more. */
static void worker_landed(struct imap_worker *w, struct worker_box *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        w->flying_bytes -= b->told[i].size;
    w->flying -= n;
    b->told_count -= n;
    memmove(b->told, b->told + n, b->told_count * sizeof(*b->told));
}

static void worker_add_done(struct worker_box *b, uint32_t uid)
{
    b->done = xrealloc(b->done, (b->done_count + 1) * sizeof(*b->done));
    b->done[b->done_count++] = uid;
}

/* What the balance sheet found; a mailbox whose UIDs mean other mails now is left alone. */
static void worker_on_finish(struct imap_worker *w, struct worker_box *b, const struct imap_talk *t,
                             struct span record)
{
    uint32_t uids[IMAP_FINISH_MAX];
    size_t n = imap_talk_read_finish(record, uids), i;

    if (w->setup.after == IMAP_KEEP || !b->begun || t->uidvalidity != b->uidvalidity)
        return;
    for (i = 0; i < n; i++)
        worker_add_done(b, uids[i]);
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

static void worker_on_stored(struct imap_worker *w, struct worker_box *b, const struct imap_talk *t)
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
        worker_add_done(b, b->told[i].uid);
    }
    worker_landed(w, b, n + 1);
}

static void worker_on_again(struct imap_worker *w, struct worker_box *b, const struct imap_talk *t)
{
    worker_landed(w, b, b->told_count);
    b->generation = t->generation;
    b->begun = t->uidvalidity != 0;
    b->uid = t->uidvalidity == b->uidvalidity ? t->uid : 0;
}

/* Takes in what the loop says, waiting for it at most ms. True: it said something. */
static bool worker_hear(struct imap_worker *w, int64_t ms)
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
    worker_beat(w);
    return heard;
}

/* --- one mail
 * -------------------------------------------------------------------------------------------- */

/* False: the loop is gone, or wants other mails. */
static bool worker_make_room(struct imap_worker *w, const struct worker_box *b, uint32_t size,
                             struct error *err, int *rc)
{
    uint32_t generation = b->generation;
    int64_t spoken = mail_stream_now();

    worker_hear(w, 0);
    while (!w->over && b->generation == generation && w->flying > 0 &&
           (w->flying >= IMAP_FLIGHT_MAX || w->flying_bytes + size > IMAP_FLIGHT_BYTES)) {
        worker_hear(w, WORKER_BEAT_MS);
        if (mail_stream_now() - spoken < WORKER_AWAKE_MS)
            continue;
        spoken = mail_stream_now();
        *rc = imap_session_noop(w->session, err);
        if (*rc < 0)
            return false;
    }
    return !w->over && b->generation == generation;
}

/* An answer without the mail: has it been removed meanwhile? */
static int worker_ask_gone(struct imap_worker *w, uint32_t uid, bool *gone, struct error *err)
{
    uint32_t *uids;
    size_t count;

    if (imap_session_search(w->session, uid - 1, uid, &uids, &count, err) < 0)
        return -1;
    *gone = count == 0 || uids[0] != uid;
    free(uids);
    return 0;
}

/* What failed is tried again on a new connection; a mail that nothing helps is told of, so that
 * those behind it have their turn. That a server has enough of us is no mail's fault. */
static int worker_failed(const struct imap_worker *w, struct worker_box *b, uint32_t uid,
                         bool header, bool over, const struct error *err)
{
    if (imap_session_is_alive(w->session) && err->kind == ERROR_TRANSIENT)
        return -1;
    if (b->hard_uid != uid)
        b->tries = 0;
    b->hard_uid = uid;
    b->tries += imap_session_is_alive(w->session) ? WORKER_TRY_REFUSED : 1;
    if (over && b->tries < WORKER_TRIES_WHOLE)
        b->tries = WORKER_TRIES_WHOLE; /* the server's word of its size was not true */
    if (over && header)
        b->tries = WORKER_TRIES_HEADER;
    snprintf(b->words, sizeof(b->words), "%.199s", err->text);
    return -1;
}

static int worker_fetch(struct imap_worker *w, struct worker_box *b, const struct imap_mail *mail,
                        int tries, struct error *err)
{
    bool header = mail->size > w->setup.size_max || tries >= WORKER_TRIES_WHOLE;
    struct imap_talk t = worker_talk(w, b, header ? IMAP_HEADER : IMAP_MAIL, mail->uid);
    bool over = false, gone = false;
    int memfd = -1, rc;
    struct stat st;

    rc = imap_session_fetch(w->session, mail->uid, header,
                            header ? WORKER_HEADER_MAX : w->setup.size_max, &memfd, &over, err);
    if (rc == 0 && memfd < 0)
        rc = worker_ask_gone(w, mail->uid, &gone, err);
    if (rc == 0 && memfd < 0 && !gone)
        rc = error_set(err, ERROR_PERMANENT, "FETCH: the server has the mail and gives nothing");
    if (rc < 0)
        return worker_failed(w, b, mail->uid, header, over, err);
    if (gone) {
        b->uid = mail->uid;
        return 0;
    }
    t.at = mail->at;
    worker_tell(w, b, &t, fstat(memfd, &st) < 0 ? mail->size : (uint32_t)st.st_size, memfd);
    close(memfd);
    return 0;
}

/* What was there before the mailbox was first read is left alone. */
static bool worker_is_old(const struct worker_box *b, const struct imap_mail *mail)
{
    return mail->uid < b->floor_uid && mail->at != 0 && mail->at < b->floor_at;
}

static int worker_take(struct imap_worker *w, struct worker_box *b, const struct imap_mail *mail,
                       struct error *err)
{
    int tries = b->hard_uid == mail->uid ? b->tries : 0, rc = 0;
    struct imap_talk t;

    if (worker_is_old(b, mail)) {
        b->uid = mail->uid;
        return 0;
    }
    if (!worker_make_room(w, b, mail->size, err, &rc))
        return rc;
    if (tries < WORKER_TRIES_HEADER)
        return worker_fetch(w, b, mail, tries, err);
    t = worker_talk(w, b, IMAP_REFUSED, mail->uid);
    t.at = mail->at;
    snprintf(t.words, sizeof(t.words), "%s", b->words);
    worker_tell(w, b, &t, 0, -1);
    return 0;
}

/* --- some mails at once
 * -------------------------------------------------------------------------------------- */

struct worker_some {
    struct imap_worker *w;
    struct worker_box *b;
    const struct imap_mail *mails;
    size_t count, told;
};

/* They are told in the order of their UIDs: what comes out of it, or twice, is not. */
static void worker_on_some(void *arg, uint32_t uid, int memfd)
{
    struct worker_some *some = arg;
    const struct imap_mail *mail = &some->mails[some->told];
    struct imap_talk t = worker_talk(some->w, some->b, IMAP_MAIL, uid);
    struct stat st;

    if (some->told < some->count && mail->uid == uid) {
        t.at = mail->at;
        worker_tell(some->w, some->b, &t, fstat(memfd, &st) < 0 ? mail->size : (uint32_t)st.st_size,
                    memfd);
        some->told++;
    }
    close(memfd);
}

/* How many at the beginning of these are small, nothing special, and have room in flight. */
static size_t worker_count_some(const struct imap_worker *w, const struct worker_box *b,
                                const struct imap_mail *mails, size_t count)
{
    size_t room = IMAP_FLIGHT_MAX - w->flying, bytes = w->flying_bytes, n;

    room = room < WORKER_SOME_MAX ? room : WORKER_SOME_MAX;
    for (n = 0; n < count && n < room && w->some_failed < WORKER_SOME_TRIES; n++) {
        bytes += mails[n].size;
        if (mails[n].size > WORKER_SOME_SIZE || mails[n].size > w->setup.size_max ||
            mails[n].uid <= b->alone_uid || worker_is_old(b, &mails[n]) ||
            bytes > IMAP_FLIGHT_BYTES)
            break;
    }
    return n;
}

/* Takes the first `told` of them; 0: the first is to be taken by itself. Where anything is not as
 * it should be, all of these are asked for alone, so that what failed has its name. */
static int worker_take_some(struct imap_worker *w, struct worker_box *b,
                            const struct imap_mail *mails, size_t count, size_t *told,
                            struct error *err)
{
    struct worker_some some = { .w = w, .b = b, .mails = mails };
    uint32_t uids[WORKER_SOME_MAX];
    size_t i;
    int rc = 0;

    *told = 0;
    if (!worker_make_room(w, b, mails[0].size, err, &rc))
        return rc;
    some.count = worker_count_some(w, b, mails, count);
    if (some.count < 2)
        return 0;
    for (i = 0; i < some.count; i++)
        uids[i] = mails[i].uid;
    rc = imap_session_fetch_some(w->session, uids, some.count, w->setup.size_max, worker_on_some,
                                 &some, err);
    w->some_failed = some.told < some.count ? w->some_failed + 1 : 0;
    if (some.told < some.count)
        b->alone_uid = uids[some.count - 1];
    *told = some.told;
    return rc < 0 && !imap_session_is_alive(w->session) ? -1 : 0;
}

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
static int worker_begin(struct imap_worker *w, struct worker_box *b, const struct imap_box *there,
                        struct error *err)
{
    bool first = !b->begun;
    struct imap_talk t;
    uint32_t last;

    if (worker_last(w, there, &last, err) < 0)
        return -1;
    b->uidvalidity = there->uidvalidity;
    b->uid = 0;
    b->begun = true;
    b->done_count = 0;
    b->alone_uid = 0;
    b->floor_uid = last + 1;
    if (!first || !w->setup.from_now)
        return 0;
    b->floor_uid = 0;
    b->floor_at = (int64_t)time(NULL) - WORKER_CLOCKS_DIFFER_S;
    t = worker_talk(w, b, IMAP_START, last);
    t.at = b->floor_at;
    worker_tell(w, b, &t, 0, -1);
    return 0;
}

static int worker_select(struct imap_worker *w, size_t i, struct error *err)
{
    struct worker_box *b = &w->box[i];
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

static int64_t worker_pause(int failures)
{
    int64_t pause = (int64_t)WORKER_PAUSE_MIN_MS << (failures < 10 ? failures : 10);

    return pause < WORKER_PAUSE_MAX_MS ? pause : WORKER_PAUSE_MAX_MS;
}

/* The server's words, and what one can do. Nobody has to wait for it: mails are read on. */
static void worker_undone(struct imap_worker *w, struct worker_box *b, const struct error *err)
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
    worker_say(w, &t, -1);
}

/* A server that is busy is asked again, with growing pauses: the first n are done. */
static void worker_finish_later(struct worker_box *b, size_t n, const struct error *err)
{
    int64_t pause = worker_pause(b->finish_failures++), asked = imap_session_asked_ms(err);

    b->finish_at = mail_stream_now() + (pause > asked ? pause : asked);
    b->done_count -= n;
    memmove(b->done, b->done + n, b->done_count * sizeof(*b->done));
}

/* What is stored is marked, moved or deleted, at most IMAP_LOOK_MAX with one command: a line has
 * its bounds. Where the server will not, that is told, and not asked again: the mail is safe. */
static int worker_finish(struct imap_worker *w, struct worker_box *b, struct error *err)
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
    }
    b->done_count = 0;
    b->finish_failures = 0;
    if (!refused)
        b->undone[0] = '\0';
    return 0;
}

static void worker_tell_behind(struct imap_worker *w, const struct worker_box *b, uint32_t number)
{
    uint32_t there = imap_session_exists(w->session);
    struct imap_talk t = worker_talk(w, b, IMAP_BEHIND, there < number ? 0 : there - number);

    if (mail_stream_now() - w->behind_at < WORKER_BEHIND_MS)
        return;
    w->behind_at = mail_stream_now();
    worker_say(w, &t, -1);
}

static int worker_take_all(struct imap_worker *w, struct worker_box *b, const uint32_t *uids,
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
            if (worker_take_some(w, b, &mails[k], found - k, &told, err) < 0)
                return -1;
            if (told == 0 && worker_take(w, b, &mails[k], err) < 0)
                return -1;
            if (w->over || b->generation != generation)
                return 0;
            told = told == 0 ? 1 : told;
            worker_tell_behind(w, b, mails[k + told - 1].number);
        }
        if (worker_finish(w, b, err) < 0)
            return -1;
        if (w->yields)
            return 0;
    }
    return 0;
}

static int worker_visit(struct imap_worker *w, size_t i, struct error *err)
{
    struct worker_box *b = &w->box[i];
    uint32_t generation, at, *uids;
    size_t count;
    int rc;

    do {
        if (worker_select(w, i, err) < 0)
            return -1;
        w->answers = true;
        if (worker_finish(w, b, err) < 0)
            return -1;
        generation = b->generation;
        at = b->uid;
        do {
            b->counted = imap_session_exists(w->session);
            if (imap_session_walk(w->session, &at, b->uidnext, &uids, &count, err) < 0)
                return -1;
            rc = worker_take_all(w, b, uids, count, err);
            free(uids);
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
        worker_say(w, &(struct imap_talk){ .word = IMAP_WANT }, -1);
    while (!w->over && !w->may_connect)
        worker_hear(w, WORKER_BEAT_MS);
    return w->over ? error_set(err, ERROR_TRANSIENT, "nobody waits for it any more") : 0;
}

static void worker_leave(struct imap_worker *w)
{
    imap_session_close(w->session);
    w->session = NULL;
    if (w->may_connect)
        worker_say(w, &(struct imap_talk){ .word = IMAP_LEFT }, -1);
    w->may_connect = w->yields = false;
}

static int worker_connect(struct imap_worker *w, struct error *err)
{
    const struct imap_account a = imap_setup_account(&w->setup, worker_beat, w);
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

/* At most `ms`: until what a busy server left undone is tried again. */
static int64_t worker_until_finish(const struct imap_worker *w, int64_t ms)
{
    int64_t left;
    size_t i;

    for (i = 0; i < w->setup.box_count; i++) {
        left = w->box[i].finish_at - mail_stream_now();
        if (w->box[i].done_count > 0 && left < ms)
            ms = left > WORKER_PAUSE_MIN_MS ? left : WORKER_PAUSE_MIN_MS;
    }
    return ms;
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
    worker_say(w, &t, -1);
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
        worker_say(w, &(struct imap_talk){ .word = IMAP_WARNING }, -1);
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
        if (worker_idle(w, worker_until_finish(w, ms), &what, err) < 0)
            return -1;
        if ((what & IMAP_OTHER) != 0)
            worker_hear(w, 0);
        if (what == 0)
            w->selected = NOTHING_SELECTED; /* a mailbox may be another one under the same name */
        if (imap_session_can_idle(w->session) || w->over)
            return 0;
    }
    end = mail_stream_now() + w->setup.poll_ms;
    while (!w->over && !w->yields && mail_stream_now() < end && !worker_is_asked(w, generations))
        worker_hear(w, end - mail_stream_now() < WORKER_BEAT_MS ? end - mail_stream_now()
                                                                : WORKER_BEAT_MS);
    w->selected = NOTHING_SELECTED;
    return 0;
}

/* All is told. Where something of it was not marked, moved or deleted, that is the last word. */
static struct imap_talk worker_last_word(const struct imap_worker *w)
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
        t = worker_last_word(w);
    worker_say(w, &t, -1);
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
    int64_t longest = WORKER_PAUSE_MAX_MS, pause, asked, end;
    bool hangs = w->answers && imap_session_was_silent(err);

    worker_leave(w);
    pause = worker_pause(w->failures++);
    if (err->kind == ERROR_CONFIG && w->failures >= WORKER_REFUSED_AFTER) {
        pause = (int64_t)WORKER_PAUSE_MAX_MS << (w->failures < 10 ? w->failures - 3 : 7);
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
        worker_say(w, &t, -1);
    }
    while (!w->over && !w->token_is_new && mail_stream_now() < end)
        worker_hear(w, end - mail_stream_now() < WORKER_BEAT_MS ? end - mail_stream_now()
                                                                : WORKER_BEAT_MS);
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
    if (imap_setup_read((struct span){ w->record, len }, &w->setup) < 0)
        return -1;
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
    return 0;
}
