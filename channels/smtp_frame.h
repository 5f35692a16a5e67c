/* channels/smtp_frame.h - what an smtp channel asks a worker of role "smtp", and what that answers.
 *
 * Pure. A question is a record of texts ended by NUL: where to and how, then for each mail its
 * sender ("" is the null return path), its recipient, its envelope's id and its length; the mails
 * themselves lie one after the other in a sealed memfd beside it. The answer has an outcome and the
 * peer's words for each mail, in the same order, and comes in pieces, as it becomes known; what is
 * missing at its end was not tried, or nobody knows. */
#ifndef RELEVO_CHANNELS_SMTP_FRAME_H
#define RELEVO_CHANNELS_SMTP_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "channels/channel.h"
#include "core/error.h"
#include "core/text.h"

enum { SMTP_MAILS_MAX = 20, SMTP_BYTES_MAX = 32 << 20 };

struct smtp_mail {
    const char *from, *to;
    const char *envelope_id; /* for reports (RFC 3461); "": none are asked for */
    size_t len;
};
struct smtp_question {
    const char *host, *port, *tls; /* tls: "starttls", "implicit" or "none" */
    const char *auth;              /* "password"; "xoauth2": the token is the password */
    const char *user, *password;   /* "" : no authentication */
    const char *ca_file, *helo;    /* ca_file "": the system's authorities */
    const char *reports;           /* which are asked for: "off", "failure" or "all" */
    int64_t timeout_ms;            /* for each step */
    struct smtp_mail mails[SMTP_MAILS_MAX];
    size_t count;
};
void smtp_question_write(const struct smtp_question *q, struct text_buffer *out);
/* *q points into the record. -1: it is no question. */
int smtp_question_read(struct span record, struct smtp_question *q);

struct smtp_answer {
    enum sent_outcome outcome;
    const char *words; /* the server's, or why there are none; one line */
    bool well;         /* the server is there and speaks with us, whatever it says of this mail */
    bool locked;       /* it refuses our access token */
};
void smtp_answer_add(struct text_buffer *out, const struct smtp_answer *answer);
/* The next one, from *at on; its words point into `record`. False: there is no further one. */
bool smtp_answer_next(struct span record, size_t *at, struct smtp_answer *answer);

#endif
