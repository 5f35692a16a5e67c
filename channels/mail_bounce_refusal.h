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
    struct span status;
    bool told;        /* an address stands in a sentence that says that it was not reached */
    bool told_below;  /* an address stands alone below such a sentence, which leads up to it */
    bool told_behind; /* the same, said behind the address: "your mail to a@b.org was rejected" */
    bool reply;       /* a line has the code of a reply near an address */
    bool of_server;   /* and in the form of a session, or an address in that of qmail */
    bool listed;      /* an address stands in a line that says little else */
    bool judged;      /* and behind it stands that it was not reached */
    bool fields;      /* the fields of a delivery report are in the text, */
    bool failed;      /* and one of them says so, */
    bool deferred;    /* or that it is still being tried */
};

void mail_bounce_refusal_read(struct arena *a, struct span text, struct mail_bounce_refusal *out);

/* Does the line say little but the address: "<a@b.org>:", "    a@b.org", "a@b.org [unknown]"? */
bool mail_bounce_is_about(struct span line, struct span address);
/* Do folded words say that it failed, in the sentence that goes on behind them? `ends`: the signs
 * that end it. */
bool mail_bounce_leads_up(const char *folded, const char *ends);
/* Do the words before the address say that it was not reached: "... could not be delivered to"? */
bool mail_bounce_is_told(struct arena *a, struct span line, struct span address);
/* Do they say that a mail was for it: "your message to"? */
bool mail_bounce_is_addressed(struct arena *a, struct span line, struct span address);
/* "250 <a@b.org>... ok", "MAIL FROM:<a@b.org>": of a session, what did not fail. */
bool mail_bounce_is_of_the_sender(struct span line);

/* "<a@b.org>:", "a@b.org 550 5.1.1 unknown": an address and a server's refusal in one line. */
bool mail_bounce_is_refusal(struct span line);

/* The text without what a server is quoted with: behind its code or "said:", and the lines that are
 * set in below. The arena's. */
struct span mail_bounce_without_speech(struct arena *a, struct span text);
/* The text above the first words that a server is quoted with; where that is enough (`listed`),
 * above the first line that is a refusal or says little but an address. */
struct span mail_bounce_above_refusals(struct span text, bool listed);

/* The first address in the line, without the marks around it; empty: there is none. */
struct span mail_bounce_address_in(struct span line);
/* Has somebody crossed it out: "****@****", "t**@b.org", "xxxx@xxxx", "redacted@b.org"? */
bool mail_bounce_is_masked(struct span address);
/* The first enhanced code that refuses; empty: there is none. */
struct span mail_bounce_status_in(struct span line);

#endif
