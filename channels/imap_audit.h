/* channels/imap_audit.h - the role "audit": what lies in the mailboxes of an account, told mail
 * by mail, for the balance sheet.
 *
 * A child's life, from the moment it is shut in to its parent's end: one walk through the mailboxes
 * of a setup (imap_talk.h), each opened for reading alone. It blocks; it has a session of its own
 * and knows its account and nothing else. The parent says go on after each window, so that neither
 * holds more than one. */
#ifndef RELEVO_CHANNELS_IMAP_AUDIT_H
#define RELEVO_CHANNELS_IMAP_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "channels/imap_session.h"
#include "core/text.h"

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
    char words[200];
    struct imap_audit_mail mail[IMAP_LOOK_MAX];
};
/* As long as its count. */
struct span imap_audit_write(const struct imap_audit *told);
/* -1: that is none. */
int imap_audit_read(struct span record, struct imap_audit *told);

/* Takes a setup over fd, then tells; any record says go on. The exit status. */
int imap_audit_serve(int fd);

#endif
