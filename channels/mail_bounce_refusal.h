/* channels/mail_bounce_refusal.h - what a server's words tell of a refusal: whom it did not reach,
 * and the codes.
 *
 * Pure. Codes are those of RFC 5321 (three digits) and RFC 3463 ("5.1.1"). Spans borrow from what
 * was read. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_REFUSAL_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_REFUSAL_H

#include <stdbool.h>

#include "core/text.h"

struct arena;

struct mail_bounce_refusal {
    struct span address, told, status; /* told: the address within a sentence that says so */
    bool reply;                        /* a line has the code of a reply near an address */
    bool of_server; /* and in the form of a session, or an address in that of qmail */
    bool listed;    /* an address stands in a line that says little else */
    bool fields;    /* the fields of a delivery report are in the text */
};

void mail_bounce_refusal_read(struct arena *a, struct span text, struct mail_bounce_refusal *out);

/* The first address in the line, without the marks around it; empty: there is none. */
struct span mail_bounce_address_in(struct span line);
/* The first enhanced code that refuses; empty: there is none. */
struct span mail_bounce_status_in(struct span line);

#endif
