/* channels/mail_bounce_enough.h - is the evidence of a notice of failure enough?
 *
 * Pure. Nothing of it is by itself: sender, subject and words are written by persons, too, who ask
 * of a notice, pass one on, or want to be read. False alarms count as much as what is missed.
 */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_ENOUGH_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_ENOUGH_H

#include <stdbool.h>

#include "channels/mail_bounce_opening.h"
#include "channels/mail_bounce_party.h"
#include "channels/mail_bounce_sender.h"
#include "core/text.h"

struct inbound;
struct mail_part;

struct mail_bounce_notice {
    const struct mail_part *root;
    const struct mail_part *report;   /* its machine-readable part; NULL: there is none */
    bool of_form;                     /* its header calls it a delivery report */
    const struct mail_part *returned; /* the part that came back, or its header */
    struct inbound *in;
    const char *subject; /* folded */
    struct span text;    /* in its own words: what came back is cut off */
    const char *words;   /* that text, folded */
    struct span inline_returned;
    /* The evidence: a server's name, the marks of its envelope, what subject and words claim,
     * facts; of the facts, one that people do not write by chance, and one that names the mail
     * or whom it did not reach. */
    struct mail_bounce_sender sender;
    int subject_claim, word_claim, facts;
    bool hard, named;
    bool reason;    /* it says why */
    bool replied;   /* a code of a server's stands there */
    bool of_server; /* one that stands for the name and the envelope where both are a person's */
    bool judged;    /* behind an address stands that it was not reached */
    bool told;      /* whom it did not reach is said in a sentence, or below one */
    bool automatic; /* it says that a server wrote it by itself */
    bool proven;    /* what came back, or what only reports have */
    bool of_sent;   /* it is about a mail of the reader's, and not about others' */
    bool refused;   /* by a list, to which it was written */
    bool deferred;  /* a report's fields in its words say that it is still being tried */
    bool no_reply;  /* from an address that takes no answers */
    bool own_back;  /* what came back as a part is the reader's own */
    bool complete;  /* a report's fields in its words, and the mail itself: nothing is missing */
    struct mail_bounce_party party; /* whom it names */
    enum mail_bounce_opening opening;
};

bool mail_bounce_is_enough(const struct mail_bounce_notice *n);

#endif
