/* channels/smtp_session.h - mails by libesmtp, one session for all of them, and what it really
 * means when that says "sent".
 *
 * In a process of its own alone: it blocks, and looks through the descriptors it has. */
#ifndef RELEVO_CHANNELS_SMTP_SESSION_H
#define RELEVO_CHANNELS_SMTP_SESSION_H

#include <stdbool.h>

#include "core/text.h"

struct arena;
struct sockaddr;
struct smtp_answer;
struct smtp_question;

/* One mail of the question at `q`, ready for the wire, and what came of it. */
struct smtp_errand {
    const char *from, *to, *envelope_id;
    struct span mail;
    struct smtp_answer *answer; /* its words are the arena's; NULL: it has none yet */
};
/* Told each time that the answers to some of the errands are there for good. */
struct smtp_listener {
    void (*told)(void *arg);
    void *arg;
};
void smtp_session_send(const struct smtp_question *q, const struct smtp_errand *errands,
                       size_t count, const struct smtp_listener *to, struct arena *a);
void smtp_session_warm(void);

/* What a server's answer to MAIL (to_sender), or to RCPT, DATA or the mail itself, means for this
 * mail. Whoever refuses the sender for ever refuses us, not the recipient; but for a mail that is
 * too large (552). */
void smtp_session_judge(bool to_sender, int code, const char *words, struct smtp_answer *answer);
/* An address of this machine alone: clear text may go there. */
bool smtp_session_is_here(const struct sockaddr *peer);

#endif
