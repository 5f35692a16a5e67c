/* daemon/store.h - one batch, one transaction: look up and lock, decide in core/, store all that
 * follows.
 *
 * Loop thread. Everything that changes a ticket comes through here: intake (daemon/intake.h) with
 * messages that first look for their ticket, and store_facts() with what happens to known tickets
 * (due work, relevoctl, agents). The shape is docs/performance's: BEGIN; the policy in force is
 * held, so that every decision that is stored goes by it (daemon/policy_change.h); look-ups find
 * the tickets and contacts; these are locked in id order, contacts first, and read by the same
 * statement, for a locked row gives its newest version; their clocks are read; the core decides;
 * plain unnest inserts in one pipeline with COMMIT, no Sync between. ticket.version is compared as
 * it is stored.
 * 40001, 40P01, 23505, 55P03 and lost connections: the whole batch again from the look-up; after
 * that one by one. */
#ifndef RELEVO_DAEMON_STORE_H
#define RELEVO_DAEMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/plan.h"

struct arena;
struct db;
struct db_job;
struct desks;
struct store;
struct store_batch;

/* For the store's session: its statements are look-ups by key, whatever the statistics say. */
extern const char store_db_settings[];
struct store *store_new(struct db *db, struct desks *desks, int64_t (*now)(void *arg), void *arg);
bool store_is_idle(const struct store *s); /* no batch is under way or in line */
void store_free(struct store *s);

/* What was stored: tickets that were opened, by whatever opens one; answers that there was no way
 * out for; notices that were decided not to be sent, and those that wait, by the number of the rule
 * in B; 0: by another rule (B-18). */
enum { STORE_RULES = 21 };
struct store_counts {
    uint64_t tickets, dead;
    uint64_t suppressed[STORE_RULES], put_off[STORE_RULES];
};
const struct store_counts *store_counts(const struct store *s);
/* Of another store, which is no more, or of a batch. */
void store_counts_add(struct store *s, const struct store_counts *more);

/* What goes with it; borrowed until it is stored. */
struct store_file {
    const char *filename, *content_type;
    struct span bytes;
};
/* A message of ours that is stored with its fact: an agent's reply or note. */
struct store_message {
    const char *subject, *text;
    const char *agent;       /* who wrote it; NULL: the operator */
    const char *mail_id;     /* if it came by mail; NULL: it did not */
    const char *external_id; /* likewise, with channel_id: of intake's ledger */
    int64_t channel_id;
    const struct store_file *files;
    size_t file_count;
};
/* One thing that happens to one known ticket. */
struct store_fact {
    int32_t desk_id;
    int64_t ticket_id;
    struct fact fact; /* `now` and, with a message, message_id are filled in by the store */
    const struct store_message *message; /* NULL: none */
    int64_t look_mark; /* FACT_INCIDENT_LOOKED: of incident_look, which is over then; 0: of none */
    const char
        *nobody_at; /* FACT_DELIVERY_ENDED: this mail address is dead (B-12); NULL: none is */
};
struct store_answer {
    struct error err; /* ERROR_NONE: done */
    const struct plan
        *plan; /* what was decided and stored; NULL on error; good until done() returns */
    const struct ticket *before; /* FACT_POLICY_CHANGED: as it was; NULL for all others */
    int64_t message_id;
    int64_t opened; /* FACT_SPLIT_INTO: the new ticket; 0 for all others */
};
/* Takes `a`, in which facts and all they point to live, and frees it after `done`. `done` runs
 * once, on the loop; answers are in the order of the facts. A fact that cannot be (ERROR_PERMANENT)
 * does not hold up the others. FACT_QUEUE_LOOKED: the store itself fills in the loads (agent_load,
 * locked). FACT_MERGED_INTO: the store makes FACT_MERGED_FROM of the other ticket in the same
 * transaction; thread keys stay, look-ups follow merged_into. FACT_SPLIT_INTO: `moved` says which
 * messages, `title` and `told` are the new ticket's; the store makes FACT_SPLIT_FROM of it in the
 * same transaction and moves the messages with all that is theirs. FACT_INCIDENT_LOOKED, _ASKED and
 * _JOINED: the store fills in what there is of incidents, and stores with them the incident that is
 * opened, and that the ticket joins it: the answer is that of the last fact. FACT_DELIVERY_ENDED:
 * the delivery is marked as it ended in the same transaction. A lost connection does not do a fact
 * twice: whether its COMMIT came through is looked up by its event. */
void store_facts(struct store *s, struct arena *a, struct store_fact *facts, size_t count,
                 void (*done)(void *arg, const struct store_answer *answers, size_t count),
                 void *arg);
/* The same within a transaction of the caller's, which holds the policies itself: nothing is held,
 * committed or rolled back here. Looked up, decided and, unless it is `dry`, stored; `done` runs
 * once with the answers, or with NULL and why they cannot be: then the transaction must be rolled
 * back. Facts live until then. If the transaction fails before, it does not run: store_drop(). */
struct store_batch *store_facts_within(struct store *s, struct db_job *job, bool dry,
                                       struct store_fact *facts, size_t count,
                                       void (*done)(void *arg, const struct store_answer *answers,
                                                    const struct error *err),
                                       void *arg);
void store_drop(struct store_batch *b);

#endif
