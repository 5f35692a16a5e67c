/* channels/imap_session.h - one connection to an IMAP server: libetpan's words over our own stream.
 *
 * One thread, which it blocks: worker processes only. Each call has a deadline and a bound for what
 * the server may say to it. A failure that the server told in so many words (NO) leaves the session
 * usable: ERROR_TRANSIENT where it is not about what was asked, but the server has enough of us for
 * now. After any other it is out of step, imap_session_is_alive() is false, and it can only be
 * closed. What a server sends may kill the process: libetpan has such holes. */
#ifndef RELEVO_CHANNELS_IMAP_SESSION_H
#define RELEVO_CHANNELS_IMAP_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channels/mail_stream.h"

struct imap_session;

enum imap_auth { IMAP_LOGIN, IMAP_PLAIN, IMAP_XOAUTH2 };
struct imap_account {
    struct mail_stream_peer peer;
    enum imap_auth auth;
    const char *user, *password; /* IMAP_XOAUTH2: the access token */
    int64_t silence_ms;          /* so long the server may say nothing; 0: half a minute */
    /* Called now and then while something long is under way. */
    void (*beat)(void *arg);
    void *arg;
};
/* ERROR_CONFIG: the certificate, or user and password, are refused. */
int imap_session_open(const struct imap_account *a, struct imap_session **out, struct error *err);
void imap_session_close(struct imap_session *s); /* with a word of farewell; takes NULL */
bool imap_session_is_alive(const struct imap_session *s);
/* How long the server asked to be left alone, by its own words in a failure; 0: it did not. */
int64_t imap_session_asked_ms(const struct error *err);
bool imap_session_was_silent(const struct error *err); /* its deadline passed */
bool imap_session_can_idle(const struct imap_session *s);
/* Asks to be told of new mail in these too, while another is selected (RFC 5465); their names are
 * UTF-8. *does: the server will; false: they are to be looked at. */
int imap_session_notify(struct imap_session *s, const char *const *mailboxes, size_t count,
                        bool *does, struct error *err);

struct imap_box {
    uint32_t uidvalidity;
    uint32_t uidnext; /* 0: the server does not say */
};
/* `mailbox` is UTF-8. Without `writes` nothing in it changes, whatever comes. */
int imap_session_select(struct imap_session *s, const char *mailbox, bool writes,
                        struct imap_box *box, struct error *err);
/* How many mails are in it, as far as the server has said. */
uint32_t imap_session_exists(const struct imap_session *s);
/* The UIDs over `above` up to `last` (0: all), ascending; free() them. */
int imap_session_search(struct imap_session *s, uint32_t above, uint32_t last, uint32_t **uids,
                        size_t *count, struct error *err);
/* The next UIDs over *above, of at most IMAP_WINDOW numbers or as many more as it takes to find
 * one, and *above goes to the end of them: UINT32_MAX when these were the last. `uidnext` as select
 * said it. So a mailbox of any size is walked through in bounded memory. */
enum { IMAP_WINDOW = 50000 };
int imap_session_walk(struct imap_session *s, uint32_t *above, uint32_t uidnext, uint32_t **uids,
                      size_t *count, struct error *err);

struct imap_mail {
    uint32_t uid;
    uint32_t number; /* in the mailbox, from 1 */
    uint32_t size;   /* as the server says */
    int64_t at;      /* INTERNALDATE, UTC seconds; 0: not said */
    bool seen, deleted;
};
enum { IMAP_LOOK_MAX = 250 };
/* Sizes, dates and flags of at most IMAP_LOOK_MAX mails; `mails` has room for count. What is not
 * there any more is missing in it. */
int imap_session_look(struct imap_session *s, const uint32_t *uids, size_t count,
                      struct imap_mail *mails, size_t *found, struct error *err);
/* The bytes of a mail, or of its header alone, in a sealed memfd that is the caller's; -1: it is
 * not there. Sets no flag. *over, and a failure: it has more than `max` bytes. */
int imap_session_fetch(struct imap_session *s, uint32_t uid, bool header, size_t max, int *memfd,
                       bool *over, struct error *err);
/* Several mails with one command: one for each costs a way to the server and back. Each that came
 * whole is on_mail()'s, with its memfd, at once and in whatever order. What did not come so is not
 * told: it is to be fetched by itself, also after a failure, which is not that mail's. */
typedef void imap_mail_fn(void *arg, uint32_t uid, int memfd);
int imap_session_fetch_some(struct imap_session *s, const uint32_t *uids, size_t count, size_t max,
                            imap_mail_fn *on_mail, void *arg, struct error *err);

/* Of the mailbox that is selected for writing; uids ascend. */
int imap_session_mark_seen(struct imap_session *s, const uint32_t *uids, size_t count,
                           struct error *err);
/* The same again does no harm: what is gone, or was copied and marked as deleted, is left alone.
 * Where the server cannot expunge single mails the originals stay, marked as deleted: what another
 * client has marked so is not ours to remove. */
int imap_session_move(struct imap_session *s, const uint32_t *uids, size_t count,
                      const char *mailbox, struct error *err);
int imap_session_delete(struct imap_session *s, const uint32_t *uids, size_t count,
                        struct error *err);

/* Lets the server say what it has not said yet. */
int imap_session_noop(struct imap_session *s, struct error *err);
enum { IMAP_NEWS = 1, IMAP_OTHER = 2, IMAP_MUTE = 4 };
/* Waits for news of the mailbox, or until other_fd is readable, for ms at most; *what: which of
 * them, 0: neither. IMAP_MUTE, and a failure: the server said nothing more within its deadline. */
int imap_session_idle(struct imap_session *s, int other_fd, int64_t ms, int *what,
                      struct error *err);

#endif
