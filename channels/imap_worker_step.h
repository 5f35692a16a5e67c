/* channels/imap_worker_step.h - inside imap_worker: what a worker knows of its mailboxes, and what
 * its rooms do for each other.
 *
 * For channels/imap_worker*.c alone, in their process: imap_worker.c connects, goes from mailbox to
 * mailbox and waits, _loop.c speaks with the loop, _mail.c takes mails, _after.c marks, moves and
 * deletes those that are stored, again where the server would not. */
#ifndef RELEVO_CHANNELS_IMAP_WORKER_STEP_H
#define RELEVO_CHANNELS_IMAP_WORKER_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channels/imap_session.h"
#include "channels/imap_talk.h"

enum {
    IMAP_WORKER_BEAT_MS = 10000, /* so often the loop hears of us at least */
    IMAP_WORKER_PAUSE_MIN_MS = 1000,
    IMAP_WORKER_PAUSE_MAX_MS = 60000,
};

/* A mail that is told and not yet acknowledged. */
struct imap_worker_told {
    uint32_t uidvalidity, uid, size;
    bool light; /* nobody was asked for room for it */
    bool stays; /* as it is, whatever becomes of others */
};
struct imap_worker_box {
    const struct imap_setup_box *setup;
    uint32_t generation, uidvalidity, uid; /* uid: the last that was told or passed over */
    bool passed;                           /* over what is old, since something was told */
    uint32_t uidnext;                      /* when it was selected */
    uint32_t counted;                      /* mails there were as it was looked through last */
    bool begun;
    int64_t floor_at; /* as in struct imap_setup_box, and */
    uint32_t floor_uid;
    struct imap_worker_told told[IMAP_FLIGHT_MAX];
    size_t told_count;
    int64_t answers; /* IMAP_STORED and IMAP_AGAIN that came */
    uint32_t *done;  /* stored, and to be marked or moved */
    size_t done_count;
    int64_t finish_at; /* not before: the server was busy */
    int finish_failures;
    char undone[200];                  /* why what follows the last ones was not done; "": it was */
    uint32_t refused[IMAP_FINISH_MAX]; /* of which: they are asked for on the next connection */
    size_t refused_count;
    uint32_t alone_uid; /* up to this one each is asked for by itself */
    uint32_t hard_uid;  /* the mail that failed last */
    int tries;
    char words[200];
};
struct imap_worker {
    int fd;
    bool over;  /* the parent is gone, or */
    bool quits; /* out of its mind */
    char *record, *room;
    struct imap_setup setup;
    char *token; /* newer than the setup's; NULL: none came */
    bool token_is_new;
    bool may_connect, yields; /* yields: others wait */
    struct imap_worker_box *box;
    struct imap_session *session;
    bool notifies; /* of all mailboxes, also of those that are not selected */
    size_t selected;
    size_t flying, flying_bytes, flying_light; /* mails, and bytes of them */
    int64_t heavy;                             /* questions for room, ever */
    bool asks, has_room;                       /* the last one is still of use, and was answered */
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

/* --- _loop.c */
void imap_worker_say(struct imap_worker *w, const struct imap_talk *t, int memfd);
/* The worker says that it lives, and what it waits for, where it said nothing lately. */
void imap_worker_beat(void *arg);
/* Says of each mailbox for how many answers it waits; false: for none. */
bool imap_worker_say_waits(struct imap_worker *w);
/* The loop says what it never may: the last word, and the worker is over. */
void imap_worker_quit(struct imap_worker *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct imap_talk imap_worker_talk(const struct imap_worker *w, const struct imap_worker_box *b,
                                  enum imap_word word, uint32_t uid);
/* Tells of a mail (memfd -1: only about it); it is in flight from now on. What is not stored whole
 * is never deleted. */
void imap_worker_tell(struct imap_worker *w, struct imap_worker_box *b, const struct imap_talk *t,
                      uint32_t size, int memfd);
/* Takes in what the loop says, waiting for it at most ms. True: it said something. */
bool imap_worker_hear(struct imap_worker *w, int64_t ms);

/* --- _mail.c */
int imap_worker_take(struct imap_worker *w, struct imap_worker_box *b, const struct imap_mail *mail,
                     struct error *err);
/* Takes the first `told` of them; 0: the first is to be taken by itself. */
int imap_worker_take_some(struct imap_worker *w, struct imap_worker_box *b,
                          const struct imap_mail *mails, size_t count, size_t *told,
                          struct error *err);
/* Tells how far it came where what lies there is old: the next worker does not look again. */
int imap_worker_tell_passed(struct imap_worker *w, struct imap_worker_box *b, struct error *err);

/* --- _after.c */
void imap_worker_add_done(struct imap_worker_box *b, uint32_t uid); /* it is stored */
/* What is stored is marked, moved or deleted. Where the server will not, that is told, and not
 * asked again on this connection: the mail is safe. One that is busy is asked again later. */
int imap_worker_finish(struct imap_worker *w, struct imap_worker_box *b, struct error *err);
/* On a new connection: what was refused is asked for once more. Whoever mended the server, or did
 * it by hand, sees the trouble end. */
void imap_worker_finish_again(struct imap_worker *w);
void imap_worker_finish_nothing(struct imap_worker_box *b); /* its UIDs mean other mails now */
/* At most `ms`: until what a busy server left undone is tried again. */
int64_t imap_worker_until_finish(const struct imap_worker *w, int64_t ms);
/* All is told. Where something of it was not marked, moved or deleted, that is the last word. */
struct imap_talk imap_worker_last_word(const struct imap_worker *w);
int64_t imap_worker_pause(int failures); /* ms; it doubles with each */

#endif
