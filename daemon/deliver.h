/* daemon/deliver.h - what is owed leaves: claims deliveries, asks whether they are still true,
 * sends, marks.
 *
 * Loop thread. At least once, under one id (step_key, Message-ID). A delivery is claimed for a
 * while that is longer than any sink's deadline, and whoever lets letters wait gives them back
 * before DELIVER_LEAVE_S of it are over; a node claims nothing that it still has under way; the
 * claims of a node that dies are given back sooner (daemon/node.h), which costs at most one more
 * copy with the same id. What is sent while marks are being made is marked by the next statement,
 * together. A mark that is lost with the database is made again until it stands: until then its
 * delivery is in flight. Each sink has a breaker: after DELIVER_BREAKER_AFTER failures in
 * a row it rests, 5 s doubling to 5 minutes, and its deliveries are not claimed. Nor are more than
 * it has room for, and what people wrote goes before what is automatic. Files that an agent left
 * with an answer go with it where the channel takes them; what stays behind is named in the text,
 * and the ticket's agents hear of it. A node claims what is for the channels that it knows. What
 * was under way when a rest began does not make it longer. 4xx and lost connections: again after a
 * pause that doubles, with jitter. Dead, with the peer's words: after DELIVER_ATTEMPTS_MAX of them,
 * which take about five days, and never in less than DELIVER_LIFE_S, whatever pauses the peer asked
 * for; and when the peer refuses it. Where it says that nobody is at that mail address no letter
 * goes there for DELIVER_DEAD_S, unless somebody writes from it (B-12): notices are suppressed, a
 * person's words are dead at once. A notice that was to leave DELIVER_LIFE_S ago is suppressed: it
 * comes out of a backup, or nobody could send it since (F59). What ends otherwise than sent is told
 * to its ticket (FACT_DELIVERY_ENDED), in the transaction that marks it. */
#ifndef RELEVO_DAEMON_DELIVER_H
#define RELEVO_DAEMON_DELIVER_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct deliver;
struct desks;
struct store;

enum {
    DELIVER_FLIGHT = 64, /* under way at most, until deliver_set_flight() */
    DELIVER_CLAIM_S = 600,
    DELIVER_LEAVE_S = 540, /* of a claim; what has not left then is not sent, but claimed again */
    DELIVER_SWEEP_MS = 1000,
    DELIVER_PAUSE_MIN_S = 15,
    DELIVER_PAUSE_MAX_S = 4 * 3600,
    DELIVER_ATTEMPTS_MAX = 40,
    DELIVER_LIFE_S = 5 * 86400,
    DELIVER_DEAD_S = 60 * 86400,
    DELIVER_FILES_MAX = 32 << 20, /* bytes of files under way, but for a single letter's */
    DELIVER_BREAKER_AFTER = 5,
    DELIVER_BREAKER_MIN_S = 5,
    DELIVER_BREAKER_MAX_S = 300,
};
struct deliver_counts {
    uint64_t sent, retried, dead, suppressed;
    size_t in_flight;
};

/* The pause before attempt number `attempts` + 1; `random` in 0 … 255 moves it by up to a fifth. */
int64_t deliver_pause_s(int attempts, unsigned char random);

/* `told` is called for each that ended, for the log: state "sent", "dead", "suppressed", "owed"
 * (again later). */
struct deliver *deliver_new(struct db *db, struct desks *desks, struct store *store,
                            const char *node, int64_t (*now)(void *arg),
                            void (*told)(void *arg, int64_t ticket_id, const char *notice,
                                         const char *state, const char *words),
                            void *arg);
void deliver_free(struct deliver *d); /* takes NULL; not while something of it is in flight */
void deliver_set_flight(struct deliver *d, size_t most);
void deliver_look(struct deliver *d); /* something was owed just now: do not wait for the sweep */
void deliver_stop(struct deliver *d); /* claims no more */
const struct deliver_counts *deliver_counts(const struct deliver *d);

#endif
