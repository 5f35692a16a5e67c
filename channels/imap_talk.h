/* channels/imap_talk.h - what an IMAP channel and its worker say to each other, in records of
 * channels/frame.h.
 *
 * Pure. Both ends are the same binary. First comes a setup, to the worker; then only talk. Mails of
 * a mailbox are told in the order of their UIDs, and acknowledged in that order. A generation is
 * what was told between two IMAP_AGAIN: what belongs to an older one is void. Who hears what cannot
 * be ends the worker, and the next one begins at the cursor: what was passed over in silence would
 * be waited for. */
#ifndef RELEVO_CHANNELS_IMAP_TALK_H
#define RELEVO_CHANNELS_IMAP_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "channels/imap_session.h"
#include "core/text.h"

enum {
    IMAP_BOXES_MAX = 32,
    IMAP_FINISH_MAX = 1000,
    IMAP_FLIGHT_MAX = 256,        /* mails of a worker that are told and not yet acknowledged */
    IMAP_FLIGHT_BYTES = 64 << 20, /* and their bytes, but for a single one */
    IMAP_LIGHT_MAX = 64 << 10,    /* the largest mail that is fetched without asking for room */
    IMAP_LIGHT_MEAN = 16 << 10,   /* of its light_max for each mail in flight */
};

enum imap_word {
    /* The worker says: */
    IMAP_ALIVE,
    IMAP_WELL,    /* the server was asked, and all is told */
    IMAP_UNDONE,  /* likewise, but what is to follow (`after`) was refused: words */
    IMAP_TROUBLE, /* words */
    IMAP_WARNING, /* it works, but not as it should: words; "": no more */
    IMAP_LOCKED,  /* the token is refused: words */
    IMAP_BEHIND,  /* so many mails (uid) are still to be told */
    IMAP_START,   /* the mailbox was never read before; what is in it, up to uid, is left alone; at:
                   * since when (see floor_at) */
    IMAP_PASSED,  /* all up to uid is told, or older than floor_at and left alone */
    IMAP_MAIL,    /* uid, at; its bytes are beside it */
    IMAP_HEADER,  /* likewise, but its header alone: the whole is too large, or cannot be had */
    IMAP_REFUSED, /* the server has this mail and does not give it: words */
    IMAP_WANT,    /* it would connect, and waits for IMAP_GO */
    IMAP_LEFT,    /* it is connected no more */
    IMAP_WAITS, /* for answers to so many (uid) of what it told of this mailbox, after so many (at)
                 * IMAP_STORED and IMAP_AGAIN */
    IMAP_HEAVY, /* it would fetch so many bytes (uid) at once and waits for IMAP_ROOM; 0: it does
                 * not any more. at: the number of this question */
    IMAP_QUITS, /* its last word: it was told what no channel says: words */
    /* The channel says: */
    IMAP_GO,
    IMAP_YIELD,  /* others wait: leave soon */
    IMAP_STORED, /* all up to this one is committed */
    IMAP_AGAIN,  /* uidvalidity and uid are the last that is; all that follows once more */
    IMAP_ROOM,   /* there is room for what it asked for (at) */
    IMAP_FINISH, /* these are stored, and nobody did what is to be done then: UIDs follow it */
    IMAP_TOKEN,  /* logs in with this one from now on; it follows */
    IMAP_WORDS,
};
struct imap_talk {
    int64_t at; /* INTERNALDATE, UTC seconds; 0: not known */
    enum imap_word word;
    uint32_t box; /* index in the setup */
    uint32_t generation, uidvalidity, uid;
    uint32_t floor_uid; /* as in struct imap_setup_box, from this mail on */
    char words[200];
};
struct span imap_talk_write(const struct imap_talk *t);
/* -1: that is none. */
int imap_talk_read(struct span record, struct imap_talk *t);
/* What follows it: the UIDs of an IMAP_FINISH, the token of an IMAP_TOKEN; free() it. */
char *imap_talk_write_more(const struct imap_talk *t, struct span more, size_t *len);
struct span imap_talk_more(struct span record); /* of one that was read */
/* The UIDs of an IMAP_FINISH, into uids[IMAP_FINISH_MAX]; how many. */
size_t imap_talk_read_finish(struct span record, uint32_t *uids);

enum imap_after { IMAP_KEEP, IMAP_SEEN, IMAP_MOVE, IMAP_DELETE };
struct imap_setup_box {
    const char *name; /* UTF-8 */
    uint32_t generation;
    uint32_t uidvalidity, uid; /* the stored cursor; 0, 0: there is none */
    /* What the server got before floor_at is left alone, where it lay there when the mailbox was
     * first read or its UIDs began anew: under floor_uid. What is moved there later is new, however
     * old it is (T-10). 0: nothing is left alone. */
    int64_t floor_at;
    uint32_t floor_uid;
};
struct imap_setup {
    const char *host, *ca_file, *user, *password; /* ca_file NULL: the system's */
    int port;
    enum mail_stream_tls tls;
    enum imap_auth auth; /* IMAP_XOAUTH2: the token is the password; NULL: there is none yet */
    enum imap_after after;
    const char *move_to; /* IMAP_MOVE */
    bool from_now;       /* a mailbox without a cursor begins with what is new */
    uint32_t size_max;
    uint32_t light_max; /* bytes of small mails in flight */
    int64_t silence_ms, poll_ms;
    int64_t idle_ms; /* how long an IDLE lasts at least; up to a quarter more */
    uint32_t box_count;
    struct imap_setup_box box[IMAP_BOXES_MAX];
};
/* free() it; it holds the password. */
char *imap_setup_write(const struct imap_setup *s, size_t *len);
/* Its texts are those of the record. -1: that is none. */
int imap_setup_read(struct span record, struct imap_setup *s);
/* Whom to connect to and as whom; its texts are those of the setup. */
struct imap_account imap_setup_account(const struct imap_setup *s, void (*beat)(void *arg),
                                       void *arg);

#endif
