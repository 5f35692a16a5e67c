/* tests/support/house.h - one desk with its channels on a database of its own, and the nodes that
 * serve it: the real store and intake; only the channels and the clock are the test's. */
#ifndef RELEVO_TESTS_HOUSE_H
#define RELEVO_TESTS_HOUSE_H

#include <libpq-fe.h>
#include <stdio.h>

#include "core/conf.h"
#include "daemon/desk.h"
#include "daemon/intake.h"
#include "daemon/store.h"

struct db;
struct deliver;
struct event_base;

enum { HOUSE_CHANNELS = 2 };
/* What the channels answer to each thing sent, and where they write it down. */
extern struct house_sending {
    struct sent answer;
    const char *to;   /* who is answered so: all others' letters are taken; NULL: everybody */
    size_t room;      /* what they take in all; SIZE_MAX: there is no end to it */
    char text[400];   /* of the last thing sent */
    FILE *copies;     /* a line each: notice's step key, Message-ID, recipient; NULL: nowhere */
    int64_t leave_by; /* of the last thing sent */
    bool holds;       /* the next one is not answered: `held` is whom to tell */
    channel_sent_fn *held;
    void *held_arg;
} house_sending;
/* One daemon's share: any number of them on one loop. */
struct house_node {
    struct db *db;
    struct store *store;
    struct intake *intake;
};
struct house {
    char *conninfo;
    PGconn *conn; /* the test's own eyes */
    struct event_base *base;
    struct house_node node;
    int64_t now;
    const char *settings; /* further ones of the nodes' sessions; NULL: none */
    /* Channel 1 "mail" and 2 "chat", both of a kind that takes letters and sends nothing. */
    struct desk_channel channel[HOUSE_CHANNELS];
    struct desk_channel *channels[HOUSE_CHANNELS];
    struct conf_file *conf[HOUSE_CHANNELS];
    struct desk desk; /* 1, "shop" */
    struct desk *desk_list[1];
    struct desks desks;
    int open;                   /* calls without an answer yet */
    int taken, refused;         /* answers of intake_take() */
    struct store_answer answer; /* of the last house_happens(); plan_events counts its plan */
    size_t plan_events;
    const char *told; /* the state that was told last of a delivery; static */
};

/* Two agents, ana on level 1 and eva on level 2; an hour to the first response. */
extern const char house_policy[];
/* Database `name` anew; ends the test program where it cannot. `mail_conf`: the mail channel's
 * section, which knows authserv_id and from; NULL: empty. */
void house_begin(struct house *h, const char *name, const char *policy_text, const char *mail_conf);
/* The channel's section anew. */
void house_configure(struct house *h, int channel, const char *text);
void house_end(struct house *h);
/* A further node; conninfo NULL: the house's own. */
void house_node_begin(struct house *h, struct house_node *n, const char *conninfo,
                      const char *application);
void house_node_end(struct house_node *n);

/* A mail as its adapter would hand it over; `answers` NULL: nothing. */
struct inbound *house_mail(const struct house *h, const char *id, const char *who,
                           const char *answers);
/* Counts in open, then taken or refused. */
void house_take(struct house *h, struct intake *intake, int channel, struct inbound *in);
void house_run(struct house *h); /* until nothing is open */
/* house_take() and house_run() at the house's own node; fails the test if it was refused. */
void house_give(struct house *h, int channel, struct inbound *in);
/* One fact of one ticket, at h->now; fills h->answer. */
void house_happens(struct house *h, int64_t ticket_id, struct fact fact,
                   const struct store_message *message);
/* Sends by that connection what is owed by those desks; `_end` waits for what is under way. */
struct deliver *house_deliver(struct house *h, struct db *db, struct desks *desks);
void house_deliver_end(struct house *h, struct db *db, struct deliver *d);
struct fact house_fact(enum fact_kind kind, enum fact_actor by, const char *actor);
long house_count(struct house *h, const char *sql, ...) __attribute__((format(printf, 2, 3)));
/* The first value of the statement is the word; the test fails where it is not. */
void house_says(struct house *h, const char *sql, const char *word);
/* The loop goes on until the statement says `wanted`; looks every 10 ms, fails the test after half
 * a minute. */
void house_wait(struct house *h, const char *sql, long wanted);

#endif
