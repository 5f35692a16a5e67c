/* daemon/deliver_rooms.h - what the rooms of daemon/deliver.h share: who is under way, and where
 * each of them stands.
 *
 * Loop thread. Only daemon/deliver*.c includes this. */
#ifndef RELEVO_DAEMON_DELIVER_ROOMS_H
#define RELEVO_DAEMON_DELIVER_ROOMS_H

#include <event2/util.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "channels/channel.h"
#include "daemon/deliver.h"

struct deliver_breaker;
struct desk_channel;
struct event;

struct deliver {
    struct db *db;
    struct desks *desks;
    struct store *store;
    char *node;
    struct event *timer, *mark_timer;
    int64_t (*now)(void *arg);
    void (*told)(void *arg, int64_t ticket_id, const char *notice, const char *state,
                 const char *words);
    void *arg;
    struct deliver_flight *unmarked; /* they wait to be marked, in that order */
    struct deliver_flight *marking;  /* the statement that is under way marks them */
    struct deliver_flight *flights;  /* all that are under way */
    int64_t claimed_at;              /* what is being claimed, or was last */
    bool claiming, again, stopped;
    size_t flight;      /* under way at most */
    int64_t files_size; /* bytes of files under way */
    struct deliver_breaker *breakers;
    struct deliver_counts counts;
};
/* One that is under way, until its mark is made. */
struct deliver_flight {
    struct deliver *d;
    struct arena *arena;
    int64_t delivery_id, ticket_id, channel_id;
    int64_t owed_at;
    int32_t desk_id;
    int attempts;
    const char *nobody_at; /* the address that the peer said nobody is at; NULL: it did not */
    const char *address;
    struct outbound out;
    int64_t files_size;
    const char *language; /* the customer's; NULL: not known */
    const char *left_out; /* the names of files that stayed behind; NULL: none did */
    bool heard;           /* every node wants to hear that it was handed out */
    bool event; /* it tells another system of its ticket, and is none of the ticket's own events */
    const char *notice;
    const char *ended, *words; /* once it will not be sent any more */
    struct deliver_mark {
        const char *state, *words, *external_id;
        int64_t next_due; /* 0: stays */
    } mark;
    bool apart;                         /* to be marked by a statement of its own */
    struct deliver_flight *next;        /* among those that are to be marked */
    struct deliver_flight *after, **at; /* among all */
};

/* Looks for what is owed in that time, unless it was stopped. */
void deliver_arm(struct deliver *d, int64_t ms);

/* --- daemon/deliver_breaker.c */

void deliver_breaker_note(struct deliver *d, int64_t channel_id, enum sent_outcome outcome);
bool deliver_breaker_rests(const struct deliver *d, int64_t channel_id, int64_t now);
void deliver_breakers_free(struct deliver *d);

/* --- daemon/deliver_letter.c */

/* The row of delivery_claim.sql is under way, until it is marked. */
void deliver_send(struct deliver *d, const PGresult *res, int row);

/* --- daemon/deliver_end.c: each ends what was under way, and frees it */

/* What its channel says: arg is the flight. */
void deliver_on_sent(void *arg, const struct sent *sent);
/* It will not be sent (any more): the ticket's history says so and why, and the row is marked, in
 * one transaction. If that is lost the delivery is claimed again when its time is over. */
void deliver_end(struct deliver_flight *f, const char *ended, const char *words);
/* Again soon, and not for anything that the peer did. */
void deliver_later(struct deliver_flight *f, const char *words);
/* Marks that were lost are made again. */
void deliver_on_mark_timer(evutil_socket_t fd, short what, void *arg);

#endif
