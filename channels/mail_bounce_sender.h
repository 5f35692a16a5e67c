/* channels/mail_bounce_sender.h - did a mail server write it: by its name, and by the envelope's
 * marks.
 *
 * Pure. Names are forged by those who want to be read, so what this finds is evidence and no
 * verdict. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_SENDER_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_SENDER_H

#include <stdbool.h>

struct inbound;
struct mail_header;

enum mail_bounce_identity {
    MAIL_BOUNCE_BY_ANYBODY,
    MAIL_BOUNCE_BY_NAME,   /* the name that is shown is a server's */
    MAIL_BOUNCE_BY_DAEMON, /* the address is: mailer-daemon, postmaster, none at all */
};

struct mail_bounce_sender {
    enum mail_bounce_identity identity;
    bool nobodys;    /* of a daemon's addresses, one that no person writes from */
    bool postmaster; /* one of a name that could be a person's */
    bool program;    /* one that programs have, and at times whoever writes by one: "mailer@" */
    bool nowhere;    /* no field says who it is, and nothing can come back to him */
    int envelope; /* how much its marks weigh: no return path, sent by itself, to a return path */
    bool to_return_path;
    bool of_bulk; /* it says that many get it */
    bool of_list; /* what a list's members write to each other of bounces */
};

/* The sender of `in` is there. */
void mail_bounce_sender_judge(const struct mail_header *h, const struct inbound *in,
                              struct mail_bounce_sender *out);

#endif
