/* channels/imap_audit.h - the role "audit": what lies in the mailboxes of an account, told mail
 * by mail, for the balance sheet.
 *
 * A child's life, from the moment it is shut in to its parent's end: one walk through the mailboxes
 * of a setup (imap_talk.h), each opened for reading alone. It blocks; it has a session of its own
 * and knows its account and nothing else. First of each mail its UID alone is told: for one that is
 * in an account that is all there is to ask, and a mailbox of any size costs a few lines. The
 * parent says after each window to go on, so that neither holds more than one, or to look closer.
 */
#ifndef RELEVO_CHANNELS_IMAP_AUDIT_H
#define RELEVO_CHANNELS_IMAP_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "channels/imap_session.h"
#include "core/text.h"

enum {
    IMAP_AUDIT_MAX = 2000, /* mails of a window that tells their UIDs alone; else IMAP_LOOK_MAX */
    IMAP_AUDIT_GO_ON = '+',
    IMAP_AUDIT_LOOK = '?', /* to a window of UIDs alone: the same again, with all of it */
};
enum imap_audit_word {
    IMAP_AUDIT_ALIVE,
    IMAP_AUDIT_WINDOW, /* mails of a mailbox; of an empty one too, none */
    IMAP_AUDIT_SHUT,   /* this mailbox cannot be read: words */
    IMAP_AUDIT_FAILED, /* and nothing more can: words */
    IMAP_AUDIT_OVER,   /* all is told */
    IMAP_AUDIT_WORDS,
};
struct imap_audit_mail {
    int64_t at; /* INTERNALDATE, UTC seconds; 0: not said */
    uint32_t uid;
    bool seen, deleted;
};
struct imap_audit {
    enum imap_audit_word word;
    uint32_t box; /* index in the setup */
    uint32_t uidvalidity;
    uint32_t count;
    bool bare; /* their UIDs are all that is told of them */
    char words[200];
    struct imap_audit_mail mail[IMAP_AUDIT_MAX];
};
/* As long as its count. */
struct span imap_audit_write(const struct imap_audit *told);
/* -1: that is none. */
int imap_audit_read(struct span record, struct imap_audit *told);

/* Takes a setup over fd, then tells; a record of one byte answers each window. The exit status. */
int imap_audit_serve(int fd);

#endif
