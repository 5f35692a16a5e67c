/* channels/mail.h - a mail becomes a message: RFC 5322, MIME, charsets, HTML, as it really comes.
 *
 * Pure: no I/O, no clock. Runs where strangers' bytes may do no harm: in a parse worker, and in
 * `relevoctl mime`. */
#ifndef RELEVO_CHANNELS_MAIL_H
#define RELEVO_CHANNELS_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/inbound.h"

struct mail_options {
    const char *authserv_id; /* whose Authentication-Results count (RFC 8601); NULL: nobody's */
    const char *loop_ids; /* those of our own X-Relevo-Loop headers, with blanks between; NULL: none
                           * is looked for */
    const char *default_charset; /* of text that says nothing; NULL: it is guessed */
    int64_t received_at;         /* UTC seconds; 0: the mail's own headers say it */
    bool as_written; /* addresses keep the case of their domain, and need none to be shown */
};

/* 0: *out is the caller's; it always has an external_id and a sender. ERROR_PERMANENT: these bytes
 * are no mail that one could read; nothing else fails. `raw` is borrowed and does not go into *out.
 */
int mail_parse(struct span raw, const struct mail_options *o, struct inbound **out,
               struct error *err);

#endif
