/* channels/imap_take.h - the mails of one mailbox on their way into the database, in their order.
 *
 * Loop thread. Mails are parsed side by side and delivered in groups, in the order of their UIDs:
 * all but the last, and when these are committed the last one, which carries the cursor. So the
 * cursor never passes a mail that is not stored. When one is not, it and all behind it come again
 * after a pause. */
#ifndef RELEVO_CHANNELS_IMAP_TAKE_H
#define RELEVO_CHANNELS_IMAP_TAKE_H

#include "channels/channel.h"
#include "channels/imap_talk.h"

struct imap_item;
struct imap_take {
    struct channel *ch;
    const char *name; /* of the mailbox: the cursor's part */
    uint32_t box;     /* its index in the worker's setup */
    uint32_t generation;
    uint32_t asked, heard;     /* the one that its worker was told of last, and spoke of last */
    int64_t answers;           /* IMAP_STORED and IMAP_AGAIN that it was told */
    uint32_t uidvalidity, uid; /* committed up to here; 0, 0: nothing is */
    int64_t floor_at;          /* as in struct imap_setup_box, and */
    uint32_t floor_uid;
    bool keeps_floor; /* it is part of the cursor */
    /* Inside: */
    struct imap_item *first, **end;
    size_t length;         /* of that line */
    int64_t stored;        /* mails, ever */
    size_t group, waiting; /* items in delivery, and answers that are still to come */
    bool last, failed;
    void *timer;
    int64_t pause_ms;
};

/* `name` outlives it. */
void imap_take_init(struct imap_take *t, struct channel *ch, const char *name, uint32_t box);
/* Begins at the stored cursor; what was under way is forgotten, what comes of it comes again. */
void imap_take_begin(struct imap_take *t);
void imap_take_drop(struct imap_take *t);
/* Whether what its worker says is of this generation. 1: it is; 0: it was on its way when another
 * one was asked for, and is void; -1: it can be of no worker that heard us. */
int imap_take_round(struct imap_take *t, const struct imap_talk *talk, struct error *err);
/* IMAP_START, IMAP_PASSED, IMAP_MAIL, IMAP_HEADER or IMAP_REFUSED of this mailbox. Like all here it
 * says -1 where it breaks what is agreed, and err what was expected and what came. `burden`: what
 * its worker had room for; NULL there: for nothing. A mail takes it. */
int imap_take_hear(struct imap_take *t, const struct imap_talk *talk, int fd,
                   struct burden **burden, struct error *err);
/* IMAP_WAITS of this mailbox: does it wait for what is on its way into the database? */
int imap_take_compare(struct imap_take *t, const struct imap_talk *talk, struct error *err);

#endif
