/* channels/mail_bounce.h - a mail server's notice of what became of a mail: failed, delayed,
 * arrived.
 *
 * Pure. Reports of RFC 3464 say it in fields. All others are found by evidence of four sorts, none
 * of which is enough alone: who wrote it, what its subject claims, what its words claim, and facts
 * that only servers know (reply codes, addresses that failed, the mail that came back). What people
 * write of bounces, and bounces that they forward, are none. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_H

struct inbound;
struct mail_part;

enum mail_delivery {
    MAIL_DELIVERY_NONE, /* it is no such notice */
    MAIL_DELIVERY_FAILED,
    MAIL_DELIVERY_DELAYED, /* failed so far: it is still being tried */
    MAIL_DELIVERY_DONE,    /* delivered, relayed or expanded */
};

/* Fills in in->failed, and adds the envelope's id to the tokens where it is one. Sender, subject
 * and texts are there. */
enum mail_delivery mail_bounce_read(const struct mail_part *root, struct inbound *in);

#endif
