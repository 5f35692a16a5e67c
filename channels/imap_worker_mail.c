#include "channels/imap_worker_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WORKER_AWAKE_MS = 5 * 60000, /* how often the server hears of us while we wait for the loop */
    WORKER_TRIES_WHOLE = 5,      /* times that a mail is asked for before its header has to do */
    WORKER_TRIES_HEADER = 8,     /* and before it is given up */
    WORKER_TRY_REFUSED = 2,      /* what a NO counts: it will hardly be a YES */
    WORKER_HEADER_MAX = 1 << 20,
    WORKER_SOME_MAX = 16, /* mails that are asked for with one command */
    WORKER_SOME_TRIES =
        3, /* in vain, one after the other, before each is asked for alone for good */
};

/* --- one mail
 * -------------------------------------------------------------------------------------------- */

/* A share of little memory is one of few mails, too: all of them are in the loop until they are
 * stored. */
static size_t worker_flight_max(const struct imap_worker *w)
{
    size_t n = w->setup.light_max / IMAP_LIGHT_MEAN;

    return n < IMAP_FLIGHT_MAX ? n : IMAP_FLIGHT_MAX;
}

static bool worker_has_room(const struct imap_worker *w, uint32_t size)
{
    if (w->asks && !w->has_room)
        return false;
    if (w->flying == 0)
        return true;
    return w->flying < worker_flight_max(w) && w->flying_bytes + size <= IMAP_FLIGHT_BYTES &&
           (size > IMAP_LIGHT_MAX || w->flying_light + size <= w->setup.light_max);
}

/* False: the loop is gone, or wants other mails. */
static bool worker_make_room(struct imap_worker *w, const struct imap_worker_box *b, uint32_t size,
                             struct error *err, int *rc)
{
    uint32_t generation = b->generation;
    int64_t spoken = mail_stream_now();

    imap_worker_hear(w, 0);
    while (!w->over && b->generation == generation && !worker_has_room(w, size)) {
        imap_worker_hear(w, IMAP_WORKER_BEAT_MS);
        if (mail_stream_now() - spoken < WORKER_AWAKE_MS)
            continue;
        spoken = mail_stream_now();
        *rc = imap_session_noop(w->session, err);
        if (*rc < 0)
            return false;
    }
    return !w->over && b->generation == generation;
}

/* 0: not any more. */
static void worker_ask_room(struct imap_worker *w, const struct imap_worker_box *b, uint32_t size)
{
    struct imap_talk t = imap_worker_talk(w, b, IMAP_HEAVY, size);

    if (size == 0 && !w->asks)
        return;
    w->asks = size > 0;
    w->has_room = false;
    t.at = ++w->heavy;
    imap_worker_say(w, &t, -1);
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
static int worker_failed(const struct imap_worker *w, struct imap_worker_box *b, uint32_t uid,
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

static bool worker_header_does(const struct imap_worker *w, const struct imap_mail *mail, int tries)
{
    return mail->size > w->setup.size_max || tries >= WORKER_TRIES_WHOLE;
}

static int worker_fetch(struct imap_worker *w, struct imap_worker_box *b,
                        const struct imap_mail *mail, int tries, struct error *err)
{
    bool header = worker_header_does(w, mail, tries);
    struct imap_talk t = imap_worker_talk(w, b, header ? IMAP_HEADER : IMAP_MAIL, mail->uid);
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
    imap_worker_tell(w, b, &t, fstat(memfd, &st) < 0 ? mail->size : (uint32_t)st.st_size, memfd);
    close(memfd);
    return 0;
}

/* What is fetched is in memory until it is stored, and so is what other mailboxes fetch: for a
 * large one room is asked for. */
static int worker_fetch_when_room(struct imap_worker *w, struct imap_worker_box *b,
                                  const struct imap_mail *mail, int tries, struct error *err)
{
    uint32_t size = worker_header_does(w, mail, tries) ? WORKER_HEADER_MAX : mail->size;
    int rc = 0;

    if (size > IMAP_LIGHT_MAX)
        worker_ask_room(w, b, size);
    if (worker_make_room(w, b, size, err, &rc))
        rc = worker_fetch(w, b, mail, tries, err);
    worker_ask_room(w, b, 0); /* where nothing came of it */
    return rc;
}

/* What was there before the mailbox was first read is left alone. */
static bool worker_is_old(const struct imap_worker_box *b, const struct imap_mail *mail)
{
    return mail->uid < b->floor_uid && mail->at != 0 && mail->at < b->floor_at;
}

int imap_worker_take(struct imap_worker *w, struct imap_worker_box *b, const struct imap_mail *mail,
                     struct error *err)
{
    int tries = b->hard_uid == mail->uid ? b->tries : 0, rc = 0;
    struct imap_talk t;

    if (worker_is_old(b, mail)) {
        b->uid = mail->uid;
        b->passed = true;
        return 0;
    }
    if (!worker_make_room(w, b, mail->size, err, &rc))
        return rc;
    if (tries < WORKER_TRIES_HEADER)
        return worker_fetch_when_room(w, b, mail, tries, err);
    t = imap_worker_talk(w, b, IMAP_REFUSED, mail->uid);
    t.at = mail->at;
    snprintf(t.words, sizeof(t.words), "%s", b->words);
    imap_worker_tell(w, b, &t, 0, -1);
    return 0;
}

int imap_worker_tell_passed(struct imap_worker *w, struct imap_worker_box *b, struct error *err)
{
    struct imap_talk t;
    int rc = 0;

    if (!b->passed || !worker_make_room(w, b, 0, err, &rc))
        return rc;
    t = imap_worker_talk(w, b, IMAP_PASSED, b->uid);
    imap_worker_tell(w, b, &t, 0, -1);
    return 0;
}

/* --- some mails at once
 * -------------------------------------------------------------------------------------- */

struct worker_some {
    struct imap_worker *w;
    struct imap_worker_box *b;
    const struct imap_mail *mails;
    size_t count, told;
};

/* They are told in the order of their UIDs: what comes out of it, or twice, is not. */
static void worker_on_some(void *arg, uint32_t uid, int memfd)
{
    struct worker_some *some = arg;
    const struct imap_mail *mail = &some->mails[some->told];
    struct imap_talk t = imap_worker_talk(some->w, some->b, IMAP_MAIL, uid);
    struct stat st;

    if (some->told < some->count && mail->uid == uid) {
        t.at = mail->at;
        imap_worker_tell(some->w, some->b, &t,
                         fstat(memfd, &st) < 0 ? mail->size : (uint32_t)st.st_size, memfd);
        some->told++;
    }
    close(memfd);
}

/* How many at the beginning of these are small, nothing special, and have room in flight. */
static size_t worker_count_some(const struct imap_worker *w, const struct imap_worker_box *b,
                                const struct imap_mail *mails, size_t count)
{
    size_t most = worker_flight_max(w), room = most > w->flying ? most - w->flying : 0,
           bytes = w->flying_light, n;

    room = room < WORKER_SOME_MAX ? room : WORKER_SOME_MAX;
    for (n = 0; n < count && n < room && w->some_failed < WORKER_SOME_TRIES; n++) {
        bytes += mails[n].size;
        if (mails[n].size > IMAP_LIGHT_MAX || mails[n].size > w->setup.size_max ||
            mails[n].uid <= b->alone_uid || worker_is_old(b, &mails[n]) ||
            bytes > w->setup.light_max)
            break;
    }
    return n;
}

/* Where anything is not as it should be, all of these are asked for alone, so that what failed has
 * its name. */
int imap_worker_take_some(struct imap_worker *w, struct imap_worker_box *b,
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
