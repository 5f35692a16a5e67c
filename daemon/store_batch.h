/* daemon/store_batch.h - the inside of the store: one batch from its look-up to its COMMIT.
 *
 * For daemon/store*.c and daemon/intake.c alone. Loop thread. All of a try lives in the batch's
 * arena `a`, made anew for each try. store_lookup.c asks and fills the maps (store_read.c: with
 * rows), store_decide.c and store_message.c decide and fill the columns (store_keep.c: with what a
 * message leaves behind), store_write.c sends them. */
#ifndef RELEVO_DAEMON_STORE_BATCH_H
#define RELEVO_DAEMON_STORE_BATCH_H

#include "core/arena.h"
#include "core/handover.h"
#include "core/inbound.h"
#include "core/thread.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/sink.h"
#include "daemon/store.h"

enum {
    STORE_COLUMNS_MAX = 40,
    STORE_BLOCK = 100,
    STORE_TRIES = 3,
    STORE_TRIES_UNSURE = 10,
    STORE_KEYS_MAX = 64,
    STORE_SUBJECT_WORDS = 70, /* bytes */
};

/* Instead of the channel whose provider gave a delivery its id: that is ours. */
enum { STORE_BY_MAIL_ID = 0, STORE_BY_NUMBER = -1 };

enum store_outcome {
    STORE_MESSAGE,
    STORE_DUPLICATE,
    STORE_IGNORED,
    STORE_QUARANTINED,
    STORE_RECEIPT,
    STORE_EDIT,
    STORE_OUTCOME_N
};

/* Text to pointer; keys are made by store_key(). The arena's. */
struct store_map {
    struct arena *a;
    struct store_slot **slots;
    size_t room;
};
void store_map_init(struct store_map *m, struct arena *a, size_t expected);
void *store_map_get(const struct store_map *m, const char *key); /* NULL: not there */
void store_map_put(struct store_map *m, const char *key, void *value);
const char *store_key(struct arena *a, int64_t desk_id, const char *kind, const char *key);
const char *store_key_id(struct arena *a, int64_t desk_id, const char *kind,
                         int64_t id); /* kind: some letters */
const char *store_key_int(struct arena *a, int64_t desk_id, int64_t id);

/* Whose customers write from a mail domain. */
struct store_organization {
    int64_t organization_id;
    const char *name, *plan;
    bool vip;
};
struct store_contact {
    struct store_organization of; /* organization_id 0: not asked, or of none */
    int32_t desk_id;
    struct contact contact;
    bool is_new, dirty;
    struct store_contact *next; /* in the order they were met */
};
/* What a receipt speaks of. */
struct store_delivery {
    int64_t delivery_id, ticket_id;
    const char *notice, *address;
    bool failed; /* that is known already */
};
/* A line of the ledger: the message it tells of, 0 where it was none. */
struct store_known {
    int64_t ticket_id, message_id;
};
/* What a message now says, and what became of a delivery: one row each, the last word. */
struct store_edit {
    const struct store_item *item;
    struct store_known of;
    struct store_edit *next;
};
struct store_receipt {
    const struct store_item *item;
    int64_t channel_id; /* or STORE_BY_NUMBER */
    struct inbound_receipt told;
    struct store_receipt *next;
};
/* What this batch adds to what a hand-over tells, in its order. */
struct store_said {
    const char *direction; /* as in message.direction */
    struct handover_said said;
    struct store_said *next;
};
struct store_step {
    struct handover_step step;
    struct store_step *next;
};
/* Owed, and not worded before it is known what was said and done on the ticket. */
struct store_handover {
    struct store_ticket *t;
    int64_t delivery_id;
    struct planned_delivery planned;
    struct store_handover *next;
};
/* What there is no way out for: to be told once it is stored. */
struct store_lost {
    int64_t ticket_id;
    const char *notice, *words;
    struct store_lost *next;
};
struct store_clock { /* to be written; the latest of its kind and instance */
    struct target_clock clock;
    struct store_clock *next;
};
struct store_ticket {
    struct desk *desk;
    struct ticket ticket;
    struct store_contact *contact;
    struct sink_return_path path;
    int64_t channel_id, base_version;
    bool is_new, dirty;
    const char *agent_before;    /* who carried it before this batch; NULL: nobody */
    const char *topic_before;    /* and of what kind it was */
    struct fact_incident stands; /* the incident that it belonged to as it was read */
    int64_t wake_at;
    bool wants_queue;
    const char *queue_team; /* NULL: it waits in none */
    int64_t queue_rank, queue_since;
    struct planned_offer offer; /* of the last look at it in this batch */
    bool looked;                /* there was one */
    struct store_clock *clocks;
    struct store_said *said, **said_end;
    struct store_step *steps, **steps_end;
    struct handover *handover; /* NULL: nobody is told of it */
    struct store_ticket *next;
};
struct store_item {
    /* One of the two. */
    struct inbound *in;
    struct desk_channel *from;
    const struct store_original *original; /* of in->raw, made ready; NULL: it is not yet */
    struct store_fact *fact;
    /* Of this try. */
    struct thread_signals *signals;
    const char *quarantine; /* set before a try: why it goes aside; the message's own memory */
    bool own;               /* it was written in the desk's own name */
    /* What became of it. */
    enum store_outcome outcome;
    struct store_answer answer;
};
struct store_columns { /* a query with array parameters: one array a column */
    struct db_array column[STORE_COLUMNS_MAX];
    size_t rows;
};
/* What is written, in this order: parents before children. */
enum store_table {
    STORE_CONTACT_INSERT,
    STORE_CONTACT_TOUCH,
    STORE_ADDRESS_INSERT,
    STORE_TICKET_INSERT,
    STORE_TICKET_TOUCH,
    STORE_CLOCK_INSERT,
    STORE_CLOCK_PUT,
    STORE_DUE_INSERT,
    STORE_DUE_PUT,
    STORE_DUE_DROP,
    STORE_MESSAGE_INSERT,
    STORE_MESSAGE_EDIT,
    STORE_MESSAGE_MOVE,
    STORE_ATTACHMENT_INSERT,
    STORE_INTAKE_INSERT,
    STORE_SOURCE_PUT,
    STORE_CURSOR_PUT,
    STORE_EVENT_INSERT,
    STORE_DELIVERY_INSERT,
    STORE_DELIVERY_SUPPRESS,
    STORE_DELIVERY_RECEIPT,
    STORE_DELIVERY_END,
    STORE_THREAD_INSERT,
    STORE_THREAD_MOVE,
    STORE_LOAD_ADD,
    STORE_TOPIC_LOAD_ADD, /* the agent's own row is locked by the one before */
    STORE_DEAD_ADDRESS_DROP,
    STORE_DEAD_ADDRESS_PUT,
    STORE_QUEUE_WAKE,
    STORE_LOOK_DROP,
    STORE_LOOK_PUT,
    STORE_SPREAD_PUT,
    STORE_TABLE_N
};
struct store_ids {
    int64_t blocks[4][256]; /* tickets, messages, deliveries, contacts */
    size_t count[4], at[4];
    int used[4]; /* of blocks[at] */
};
struct store_kept { /* the memory of a try whose plans are still to be told */
    struct arena *a;
    struct store_kept *next;
};
struct store_batch {
    struct store *store;
    struct store_batch *next;
    struct store_item *items;
    size_t count;
    size_t first, last; /* the items of this try; all of them, or one */
    int tries, retries; /* of what is tried now; of all */
    int in_the_way;     /* items in a row, one by one, that only another time can help */
    struct arena *keep; /* of store_facts(): the caller's arena */
    struct store_kept *kept;
    void (*done)(void *arg, struct store_batch *b);
    void *arg;
    bool within, dry; /* the transaction is the caller's; nothing is written */

    struct arena *a; /* of this try */
    struct db_job *job;
    int64_t now;
    struct store_map tickets, contacts, addresses, keys, known, participants, loads, cursors, edits,
        receipts, deliveries, dead, /* dead: mail addresses, by store_dead_key() */
        organizations,              /* of new addresses, by these */
        incidents,                  /* likes and crowds of tickets (store_incident.c) */
        moving;                     /* messages, and what stays (store_split.c) */
    struct store_edit *edit_list;
    struct store_receipt *receipt_list;
    struct store_ticket *ticket_list, **ticket_end;
    struct store_handover *handover_list, **handover_end;
    void (*handed_over)(struct store_batch *b);
    struct store_contact *contact_list, **contact_end;
    struct store_columns columns[STORE_TABLE_N];
    struct store_look *look; /* the look under way; NULL: none yet */
    struct desk **desks;     /* whose policies in force are held, and known */
    size_t desk_count;
    bool owes, wakes;
    struct store_counts counts; /* of what was decided last, and these */
    struct store_lost *lost;
    /* One event of this try: it is there if and only if its COMMIT came through. */
    struct store_proof {
        int32_t desk_id;
        int64_t ticket_id, seq; /* 0: it has none */
        unsigned char hash[32];
    } proof;
    bool committing, unsure, happened; /* sent; lost on the way; and yet it came through */
    struct error err;                  /* the try cannot go on */
};
struct store {
    struct db *db;
    struct desks *desks;
    int64_t (*now)(void *arg);
    void *arg;
    struct store_ids ids;
    struct wording_dates *dates;
    struct plan *scratch; /* of messages, whose plans nobody asks for */
    struct store_counts counts;
    size_t batches; /* under way or in line */
};

/* Takes the items (their array must live until done). Used by intake; store_facts() is made of it.
 */
struct store_batch *store_batch_new(struct store *s, struct store_item *items, size_t count,
                                    void (*done)(void *arg, struct store_batch *b), void *arg);

void store_lookup(struct store_batch *b, void (*found)(struct store_batch *b));
/* The delivery that a mail server's report comes back to, by a token that only we can make; 0:
 * none. */
int64_t store_named_delivery(const struct store_item *item);
/* Of a look that did not come to its end. */
void store_lookup_clear(struct store_batch *b);
/* It holds the policy in force of this desk. */
bool store_is_held(const struct store_batch *b, const struct desk *desk);
void store_decide(struct store_batch *b);
/* Words what was decided and waits for them, then goes on with `done`: at once where nothing does.
 */
void store_handover(struct store_batch *b, void (*done)(struct store_batch *b));
void store_write(struct store_batch *b); /* all but the end of the transaction */

int64_t store_id_take(struct store_batch *b, int which); /* 0: none left, b->err is set */
struct store_ticket *store_ticket_find(struct store_batch *b, int32_t desk_id, int64_t ticket_id);
struct store_ticket *store_ticket_new(struct store_batch *b, struct desk *desk);
struct store_contact *store_contact_new(struct store_batch *b, int32_t desk_id, int64_t contact_id);
/* How many of a topic (NULL: without one) an agent is known to carry. */
int *store_topic_load(struct store_batch *b, int32_t desk_id, const char *agent, const char *topic);
/* What was to reach the customer and did not: of which delivery, and how it ended. `at` 0: now. */
struct fact store_delivery_ended(int64_t at, int64_t delivery_id, const char *notice,
                                 const char *ended, const char *why);
/* Decides one fact of one ticket and fills the columns with all that follows but the message. */
int store_apply(struct store_batch *b, struct store_ticket *t, struct fact *f,
                const struct sink_words *words, struct plan *plan, struct error *err);
void store_take_message(struct store_batch *b, struct store_item *item);
/* Is it no person's outside the desk? As FACT_CUSTOMER_WROTE has it. */
bool store_is_automatic(const struct store_item *item);
/* The row of something owed to a person, in its words. NULL, or why it is dead as it is written. */
const char *store_owe(struct store_batch *b, struct store_ticket *t, int64_t delivery_id,
                      const struct planned_delivery *p, const struct sink_words *words);

/* --- store_handover.c: what the next one must know (D-6) */

void store_handover_owe(struct store_batch *b, struct store_ticket *t, int64_t delivery_id,
                        const struct planned_delivery *p);
/* Strings stay borrowed until the batch has been decided. */
void store_handover_said(struct store_batch *b, struct store_ticket *t, const char *direction,
                         const struct handover_said *said);
void store_handover_events(struct store_batch *b, struct store_ticket *t, const struct plan *plan);

/* --- store_incident.c: incidents */

void store_incident_look(struct store_batch *b); /* asks for what facts about them need */
/* What there is of them for a fact of this ticket. */
void store_incident_fill(struct store_batch *b, const struct store_ticket *t, struct fact *f);
/* The facts that follow from the decision in *plan, which becomes that of the last one. */
int store_incident_follow(struct store_batch *b, struct store_ticket *t, const struct fact *cause,
                          struct plan *plan, struct error *err);
/* Who is to hear of what was decided. */
void store_incident_keep(struct store_batch *b, const struct store_ticket *t,
                         const struct planned_incident *p);
void store_incident_heard(struct store_batch *b, const struct store_fact *f);

/* --- store_split.c: messages go on in a ticket of their own (C-15) */

/* Asks for the messages that the facts of this try move: before the locks for whose they are
 * (column 3), and under them for all that is decided by. */
void store_split_authors(struct store_batch *b, db_answer_fn *take, void *arg);
void store_split_look(struct store_batch *b);
/* Decides FACT_SPLIT_INTO `f` and what follows from it; *opened is the new ticket. */
int store_split(struct store_batch *b, struct store_ticket *t, struct fact *f, struct plan *plan,
                int64_t *opened, struct error *err);

/* --- store_read.c: rows that were locked or read into what the planner sees */

void store_read_contacts(struct store_batch *b, const struct db_answer *answer);
void store_read_tickets(struct store_batch *b, const struct db_answer *answer);
void store_read_clocks(struct store_batch *b, const struct db_answer *answer);

/* --- store_keep.c: columns of what a message leaves behind */

const char *store_ledger_key(struct arena *a, int32_t desk_id, int64_t channel_id,
                             const char *external_id); /* in `known` */
void store_keep_ledger(struct store_batch *b, struct store_item *item, enum store_outcome outcome,
                       int64_t ticket_id, int64_t message_id, const char *reason);
void store_keep_aside(struct store_batch *b, struct store_item *item, const char *reason);
/* `who` NULL: not a customer; `agent` NULL: not an agent. */
void store_keep_message(struct store_batch *b, struct store_item *item, struct store_ticket *t,
                        int64_t message_id, const struct store_contact *who, const char *agent);
void store_keep_agent(struct store_batch *b, struct store_ticket *t, int64_t message_id,
                      enum fact_kind kind, const struct store_message *m);
/* Nobody is at that mail address (B-12); somebody wrote from it. */
void store_keep_dead(struct store_batch *b, int32_t desk_id, const char *address, const char *why);
void store_keep_alive(struct store_batch *b, int32_t desk_id, const char *address);
const char *store_dead_key(struct arena *a, int32_t desk_id, const char *address);
/* As the column has it: NULL where it says no more than the text. */
const char *store_reply_text(const struct inbound *in);
/* A thread_key; besides core/thread.h's kinds 'k': a copy_key, 'f': the number of a closed ticket,
 * which leads to its follow-up. Keys that `follow_up_of` held (0: nobody) move. */
void store_keep_key(struct store_batch *b, int32_t desk_id, char kind, const char *key,
                    int64_t ticket_id, int64_t follow_up_of);

#endif
