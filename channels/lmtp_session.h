/* channels/lmtp_session.h - one talk with a mail server that delivers by LMTP (RFC 2033): what it
 * says, and what it is answered.
 *
 * Pure: no I/O, no clock. Bytes go in as they come, cut anywhere; answers gather in `out`. Only
 * CR LF . CR LF ends a mail, and only CR LF a command: whatever else looks like an end is content
 * in the one and the end of the talk in the other, so no mail can smuggle a second one in. A mail's
 * bytes begin with the lines of its final delivery (RFC 5321 4.4): Return-Path, Delivered-To. */
#ifndef RELEVO_CHANNELS_LMTP_SESSION_H
#define RELEVO_CHANNELS_LMTP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

enum {
    LMTP_LINE_MAX = 4096, /* bytes of a command */
    LMTP_RECIPIENTS_MAX = 100,
    LMTP_WRONG_MAX = 20,   /* refused commands of one talk */
    LMTP_IDLE_MAX = 100,   /* commands in a row that bring no mail nearer */
    LMTP_OVER_MAX = 10000, /* recipients of one talk that are told to come later */
    /* What the lines before a mail may take of its room. */
    LMTP_TRACE_MAX = 64 << 10,
};

/* What the talk asks of its channel. */
struct lmtp_ops {
    bool (*takes)(void *arg, struct span recipient);
    /* A mail begins; then its bytes. -1: there is no room for it now. */
    int (*begin)(void *arg);
    int (*add)(void *arg, struct span bytes);
    /* It is whole. Nothing more is heard until lmtp_session_answer(), which may be called at once.
     */
    void (*whole)(void *arg);
    /* What has begun is not wanted any more. */
    void (*drop)(void *arg);
};

enum lmtp_phase {
    LMTP_COMMANDS,
    LMTP_DATA,
    LMTP_WAITS, /* for the answer to a mail */
    LMTP_OVER,  /* nothing more is heard; `out` is the last word */
};

struct lmtp_session {
    const struct lmtp_ops *ops;
    void *arg;
    const char *name; /* how we greet */
    size_t size_max;  /* bytes of a mail as it comes */
    enum lmtp_phase phase;
    struct text_buffer out; /* to be sent; whoever sends takes it out */
    unsigned steps;         /* grows with each command and each mail: there is progress */
    /* Inside: */
    bool greeted, has_sender;
    char *sender; /* "": none, it is a bounce; NULL: one without a domain, which says nothing */
    char *recipients[LMTP_RECIPIENTS_MAX];
    size_t recipient_count;
    int wrong, idle, over;
    int at;      /* where in a line of the mail */
    size_t size; /* of the mail, so far */
    const char
        *refusal; /* what will be answered to the mail that is coming in; NULL: nothing yet */
    struct text_buffer body;
};

/* `name` outlives it. */
void lmtp_session_init(struct lmtp_session *s, const struct lmtp_ops *ops, void *arg,
                       const char *name, size_t size_max);
void lmtp_session_clear(struct lmtp_session *s);
/* Returns how many of the bytes were taken; the rest must come again, before what follows. */
size_t lmtp_session_hear(struct lmtp_session *s, struct span bytes);
/* What became of the mail: it is committed, or must be sent again. LMTP_WAITS only. */
void lmtp_session_answer(struct lmtp_session *s, bool stored);
/* The last word: 421 and why. */
void lmtp_session_end(struct lmtp_session *s, const char *why);

#endif
