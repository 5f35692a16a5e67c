/* daemon/store_batch.h - the inside of the store: one batch from its look-up to its COMMIT.
 *
 * For daemon/store*.c and daemon/intake.c alone. Loop thread. All of a try lives in the batch's
 * arena `a`, made anew for each try. store_lookup.c asks and fills the maps, store_decide.c and
 * store_message.c decide and fill the columns, store_write.c sends them. */
#ifndef RELEVO_DAEMON_STORE_BATCH_H
#define RELEVO_DAEMON_STORE_BATCH_H

#include "core/arena.h"
#include "core/inbound.h"
#include "core/thread.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/sink.h"
#include "daemon/store.h"

enum { STORE_COLUMNS_MAX = 32, STORE_BLOCK = 100, STORE_TRIES = 3, STORE_KEYS_MAX = 64 };

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
const char *store_key_int(struct arena *a, int64_t desk_id, int64_t id);

struct store_contact {
    int32_t desk_id;
    struct contact contact;
    bool is_new, dirty;
    struct store_contact *next; /* in the order they were met */
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
    const char *agent_before; /* who carried it before this batch; NULL: nobody */
    int64_t wake_at;
    bool wants_queue;
    struct store_clock *clocks;
    struct store_ticket *next;
};
struct store_item {
    /* One of the two. */
    struct inbound *in;
    struct desk_channel *from;
    struct store_fact *fact;
    /* Of this try. */
    struct thread_signals *signals;
    const char *quarantine; /* set before a try: why it goes aside */
    /* What became of it. */
    enum store_outcome outcome;
    bool opened;
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
    STORE_CLOCK_PUT,
    STORE_DUE_PUT,
    STORE_DUE_DROP,
    STORE_MESSAGE_INSERT,
    STORE_MESSAGE_EDIT,
    STORE_ATTACHMENT_INSERT,
    STORE_INTAKE_INSERT,
    STORE_SOURCE_PUT,
    STORE_CURSOR_PUT,
    STORE_EVENT_INSERT,
    STORE_DELIVERY_INSERT,
    STORE_DELIVERY_SUPPRESS,
    STORE_DELIVERY_RECEIPT,
    STORE_THREAD_INSERT,
    STORE_THREAD_MOVE,
    STORE_LOAD_ADD,
    STORE_TABLE_N
};
struct store_ids {
    int64_t blocks[4][256]; /* tickets, messages, deliveries, contacts */
    size_t count[4], at[4];
    int used[4]; /* of blocks[at] */
};
struct store_batch {
    struct store *store;
    struct store_batch *next;
    struct store_item *items;
    size_t count;
    size_t first, last; /* the items of this try; all of them, or one */
    bool one_by_one;
    int tries;
    struct arena *keep; /* of store_facts(): the caller's arena */
    void (*done)(void *arg, struct store_batch *b);
    void *arg;

    struct arena *a; /* of this try */
    struct db_job *job;
    int64_t now;
    struct store_map tickets, contacts, addresses, keys, known, copies, participants, loads,
        cursors;
    struct store_ticket *ticket_list, **ticket_end;
    struct store_contact *contact_list, **contact_end;
    struct store_columns columns[STORE_TABLE_N];
    int waiting; /* answers until the next step */
    bool owes, wakes;
    struct error err; /* the try cannot go on */
};
struct store {
    struct db *db;
    struct desks *desks;
    int64_t (*now)(void *arg);
    void *arg;
    struct store_ids ids;
    struct store_batch *under_way;
};

/* Takes the items (their array must live until done). Used by intake; store_facts() is made of it.
 */
struct store_batch *store_batch_new(struct store *s, struct store_item *items, size_t count,
                                    void (*done)(void *arg, struct store_batch *b), void *arg);

void store_lookup(struct store_batch *b, void (*found)(struct store_batch *b));
void store_decide(struct store_batch *b);
void store_write(struct store_batch *b);

int64_t store_id_take(struct store_batch *b, int which); /* 0: none left, b->err is set */
struct store_ticket *store_ticket_find(struct store_batch *b, int32_t desk_id, int64_t ticket_id);
struct store_ticket *store_ticket_new(struct store_batch *b, struct desk *desk);
struct store_contact *store_contact_new(struct store_batch *b, int32_t desk_id, int64_t contact_id);
/* Decides one fact of one ticket and fills the columns with all that follows but the message. */
int store_apply(struct store_batch *b, struct store_ticket *t, struct fact *f,
                const struct sink_words *words, struct plan *plan, struct error *err);
void store_take_message(struct store_batch *b, struct store_item *item);
/* A row of the caller's next table: column by column. */
void store_agent_message(struct store_batch *b, struct store_ticket *t, int64_t message_id,
                         enum fact_kind kind, const struct store_message *m);
/* Carries this ticket weight on its agent's limit? */
const char *store_carrier(const struct ticket *t);
void store_thread_key(struct store_batch *b, int32_t desk_id, char kind, const char *key,
                      int64_t ticket_id);

#endif
