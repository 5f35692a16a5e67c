/* Two looks: by the signals of the messages to the tickets and contacts these lead to, then at
 * these, locked. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/token.h"
#include "daemon/log.h"
#include "daemon/store_batch.h"

struct store_look {
    struct store_batch *b;
    void (*found)(struct store_batch *b);
    struct store_map asked; /* tickets, contacts and agents already in the columns */
    struct store_columns tickets, contacts, agents, deliveries;
    struct store_columns unknown; /* tickets of which it is still to be asked whose they are */
    struct store_columns edited;  /* messages, in the ledger */
};

static bool look_once(struct store_look *l, int32_t desk_id, const char *kind, int64_t id)
{
    const char *key = store_key_id(l->b->a, desk_id, kind, id);

    if (id == 0 || store_map_get(&l->asked, key) != NULL)
        return false;
    store_map_put(&l->asked, key, l);
    return true;
}

static void look_add(struct store_columns *c, int32_t desk_id, int64_t id)
{
    db_array_int(&c->column[0], desk_id);
    db_array_int(&c->column[1], id);
    c->rows++;
}

static void look_contact(struct store_look *l, int32_t desk_id, int64_t contact_id)
{
    if (look_once(l, desk_id, "c", contact_id))
        look_add(&l->contacts, desk_id, contact_id);
}

/* It will be locked, and so will be its contact. */
static void look_ticket(struct store_look *l, int32_t desk_id, int64_t ticket_id)
{
    if (!look_once(l, desk_id, "t", ticket_id))
        return;
    look_add(&l->tickets, desk_id, ticket_id);
    look_add(&l->unknown, desk_id, ticket_id);
}

/* Its contact is known already, and what it was merged into. */
static void look_ticket_of(struct store_look *l, int32_t desk_id, int64_t ticket_id,
                           int64_t contact_id, int64_t merged_into)
{
    if (look_once(l, desk_id, "t", ticket_id))
        look_add(&l->tickets, desk_id, ticket_id);
    look_contact(l, desk_id, contact_id);
    look_ticket(l, desk_id, merged_into);
}

static void look_take_ids(void *arg, const struct db_answer *answer)
{
    struct store_ids *ids = &((struct store_look *)arg)->b->store->ids;
    int i, which;

    for (i = 0; i < PQntuples(answer->res); i++) {
        which = (int)db_cell_int(answer->res, i, 0);
        if (ids->at[which] > 0 && ids->count[which] == 256) { /* room from the used ones */
            memmove(ids->blocks[which], ids->blocks[which] + ids->at[which],
                    (ids->count[which] - ids->at[which]) * sizeof(int64_t));
            ids->count[which] -= ids->at[which];
            ids->at[which] = 0;
        }
        if (ids->count[which] < 256)
            ids->blocks[which][ids->count[which]++] = db_cell_int(answer->res, i, 1);
    }
}

/* F59: what was told under a number that a lost future gave leads to nobody else. */
static void look_take_lineage(void *arg, const struct db_answer *answer)
{
    (void)arg;
    if (PQntuples(answer->res) > 0)
        log_event(LOG_LEVEL_WARNING, "database_restored",
                  LOG_NUMBER("tickets_from", db_cell_int(answer->res, 0, 0)),
                  LOG_TEXT("words", "it was restored, or is on another server: numbers go on far "
                                    "above all that may have been given"));
}

/* How many deliveries a fact may come to, as a rule; where it was more the next try takes more. */
static size_t look_deliveries(const struct desks *desks)
{
    size_t n = 6, i, k;

    for (i = 0; i < desks->count; i++)
        for (k = 0; k < desks->desk[i]->channel_count; k++)
            n += desks->desk[i]->channels[k]->channel.ops->takes_events;
    return n;
}

static void look_want_ids(struct store_look *l)
{
    struct store_ids *ids = &l->b->store->ids;
    size_t n = l->b->last - l->b->first, each = look_deliveries(l->b->store->desks), want, have;
    struct db_value v[4];
    bool any = false;
    int i;

    for (i = 0; i < 4; i++) {
        want = (n * (i == 2 ? each : 1) << (l->b->tries > 4 ? 4 : l->b->tries)) / STORE_BLOCK + 2;
        have = ids->count[i] - ids->at[i];
        want = have >= want ? 0 : want - have;
        want = want > 200 ? 200 : want;
        any |= want > 0;
        v[i] = db_int(l->b->a, (int64_t)want);
    }
    if (!any)
        return;
    db_job_add(l->b->job, "lineage_follow", NULL, 0, look_take_lineage, NULL);
    db_job_add(l->b->job, "ids_take", v, 4, look_take_ids, l);
}

/* A message that is edited may just be going on in another ticket (store_split.c): the one that has
 * it is locked, and asked again then. */
static void look_edits(struct store_look *l)
{
    const struct store_batch *b = l->b;
    size_t i;

    for (i = b->first; i < b->last; i++) {
        const struct inbound *in = b->items[i].in;
        const struct store_known *known;
        int32_t desk_id;

        if (in == NULL || in->kind != INBOUND_EDIT)
            continue;
        desk_id = b->items[i].from->desk->desk_id;
        known = store_map_get(&b->known,
                              store_ledger_key(b->a, desk_id, in->channel_id, in->external_id));
        if (known == NULL)
            continue;
        look_ticket(l, desk_id, known->ticket_id);
        db_array_int(&l->edited.column[0], desk_id);
        db_array_int(&l->edited.column[1], in->channel_id);
        db_array_text(&l->edited.column[2], in->external_id);
        l->edited.rows++;
    }
}

static void look_take_known(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;
    struct store_batch *b = l->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        int32_t desk_id = (int32_t)db_cell_int(answer->res, i, 0);
        struct store_known *known = arena_alloc(b->a, sizeof(*known));

        *known =
            (struct store_known){ db_cell_int(answer->res, i, 3), db_cell_int(answer->res, i, 4) };
        store_map_put(&b->known,
                      store_ledger_key(b->a, desk_id, db_cell_int(answer->res, i, 1),
                                       db_cell_text(answer->res, i, 2)),
                      known);
    }
    look_edits(l);
}

static void look_take_edited(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        const struct store_known *known =
            store_map_get(&b->known, store_ledger_key(b->a, (int32_t)db_cell_int(answer->res, i, 0),
                                                      db_cell_int(answer->res, i, 1),
                                                      db_cell_text(answer->res, i, 2)));

        if (known->ticket_id != db_cell_int(answer->res, i, 3))
            error_set(&b->err, ERROR_TRANSIENT,
                      "message %" PRId64 " went on in another ticket while it was looked up",
                      known->message_id);
    }
}

static void look_take_organization(struct store_batch *b, const struct db_answer *answer, int row)
{
    struct store_organization *o = arena_alloc(b->a, sizeof(*o));

    o->organization_id = db_cell_int(answer->res, row, 5);
    o->name = arena_strdup(b->a, db_cell_text(answer->res, row, 6));
    o->plan = arena_strdup(b->a, db_cell_text(answer->res, row, 7));
    o->vip = db_cell_bool(answer->res, row, 8);
    store_map_put(&b->organizations,
                  store_key(b->a, (int32_t)db_cell_int(answer->res, row, 0),
                            db_cell_text(answer->res, row, 1), db_cell_text(answer->res, row, 2)),
                  o);
}

static void look_take_addresses(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;
    struct store_batch *b = l->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        int32_t desk_id = (int32_t)db_cell_int(answer->res, i, 0);
        const char *value = db_cell_text(answer->res, i, 2);
        int64_t *id = arena_alloc(b->a, sizeof(*id));

        if (db_cell_bool(answer->res, i, 4))
            store_map_put(&b->dead, store_dead_key(b->a, desk_id, value), b);
        *id = db_cell_int(answer->res, i, 3);
        if (db_cell_int(answer->res, i, 5) != 0)
            look_take_organization(b, answer, i);
        if (*id == 0)
            continue;
        store_map_put(&b->addresses,
                      store_key(b->a, desk_id, db_cell_text(answer->res, i, 1), value), id);
        look_contact(l, desk_id, *id);
    }
}

static void look_take_key(struct store_look *l, int32_t desk_id, const char *kind, const char *key,
                          int64_t ticket_id)
{
    int64_t *id = arena_alloc(l->b->a, sizeof(*id));

    *id = ticket_id;
    store_map_put(&l->b->keys, store_key(l->b->a, desk_id, kind, key), id);
}

static void look_take_keys(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        int32_t desk_id = (int32_t)db_cell_int(answer->res, i, 0);
        int64_t ticket_id = db_cell_int(answer->res, i, 3);
        int64_t follow_up = db_cell_int(answer->res, i, 4);

        look_take_key(l, desk_id, db_cell_text(answer->res, i, 1), db_cell_text(answer->res, i, 2),
                      ticket_id);
        look_ticket_of(l, desk_id, ticket_id, db_cell_int(answer->res, i, 5),
                       db_cell_int(answer->res, i, 6));
        if (follow_up != 0)
            look_take_key(l, desk_id, "f", arena_printf(l->b->a, "%" PRId64, ticket_id), follow_up);
        look_ticket(l, desk_id, follow_up);
    }
}

static void look_take_deliveries(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;
    struct store_batch *b = l->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        int32_t desk_id = (int32_t)db_cell_int(answer->res, i, 0);
        const char *receipt = db_cell_text(answer->res, i, 6);
        struct store_delivery *d = arena_alloc(b->a, sizeof(*d));

        d->delivery_id = db_cell_int(answer->res, i, 3);
        d->ticket_id = db_cell_int(answer->res, i, 4);
        d->notice = arena_strdup(b->a, db_cell_text(answer->res, i, 5));
        d->address = arena_strdup(b->a, db_cell_text(answer->res, i, 7));
        d->failed = receipt != NULL && strcmp(receipt, "failed") == 0;
        store_map_put(&b->deliveries,
                      store_ledger_key(b->a, desk_id, db_cell_int(answer->res, i, 1),
                                       db_cell_text(answer->res, i, 2)),
                      d);
        look_ticket(l, desk_id, d->ticket_id);
    }
}

/* Who wrote what is to move will be whose the new ticket is. */
static void look_take_authors(void *arg, const struct db_answer *answer)
{
    int i;

    for (i = 0; i < PQntuples(answer->res); i++)
        look_contact(arg, (int32_t)db_cell_int(answer->res, i, 0), db_cell_int(answer->res, i, 3));
}

static void look_send(struct store_look *l, const char *query, struct store_columns *c, int columns,
                      db_answer_fn *take)
{
    struct db_value v[STORE_COLUMNS_MAX];
    int i;

    for (i = 0; i < columns; i++)
        v[i] = db_array_end(&c->column[i], l->b->a);
    if (c->rows > 0)
        db_job_add(l->b->job, query, v, columns, take, l);
}

static void look_add_key(struct store_columns *keys, int32_t desk_id, char kind, const char *key)
{
    char word[2] = { kind, '\0' };

    db_array_int(&keys->column[0], desk_id);
    db_array_text(&keys->column[1], word);
    db_array_text(&keys->column[2], key);
    keys->rows++;
}

static void look_signal(struct store_look *l, const struct thread_signal *s, int32_t desk_id,
                        struct store_columns *keys)
{
    if (s->kind != 0) {
        look_add_key(keys, desk_id, s->kind, s->key);
        return;
    }
    look_ticket(l, desk_id, s->ticket_id);
    look_add_key(keys, desk_id, 'f', arena_printf(l->b->a, "%" PRId64, s->ticket_id));
}

int64_t store_named_delivery(const struct store_item *item)
{
    const struct inbound *in = item->in;
    int64_t id = 0;
    size_t i;

    if (in->nature != INBOUND_BOUNCE && in->nature != INBOUND_DELAYED &&
        in->nature != INBOUND_DELIVERED)
        return 0;
    for (i = 0; id == 0 && i < in->token_count; i++)
        id = token_delivery(item->from->desk->token_key, span_of(in->tokens[i]));
    return id;
}

static void look_delivery(struct store_look *l, const struct store_item *item, int64_t channel_id,
                          const char *id)
{
    db_array_int(&l->deliveries.column[0], item->from->desk->desk_id);
    db_array_int(&l->deliveries.column[1], channel_id);
    db_array_text(&l->deliveries.column[2], id);
    l->deliveries.rows++;
}

/* The ticket hears of what did not arrive; of the rest the delivery's own row tells. */
static void look_receipt(struct store_look *l, const struct store_item *item)
{
    const struct inbound *in = item->in;
    int64_t named;

    if (in->kind == INBOUND_RECEIPT) {
        if (in->receipt.state == RECEIPT_FAILED)
            look_delivery(l, item, in->channel_id, in->receipt.external_id);
        return;
    }
    named = store_named_delivery(item);
    if (named != 0)
        look_delivery(l, item, STORE_BY_NUMBER, arena_printf(l->b->a, "%" PRId64, named));
    if (in->failed.message_id != NULL)
        look_delivery(l, item, STORE_BY_MAIL_ID, in->failed.message_id);
}

static void look_item(struct store_look *l, struct store_item *item, struct store_columns *known,
                      struct store_columns *addresses, struct store_columns *keys)
{
    struct store_batch *b = l->b;
    struct thread_key own[STORE_KEYS_MAX];
    int32_t desk_id;
    size_t i, n;

    if (item->fact != NULL) {
        look_ticket(l, item->fact->desk_id, item->fact->ticket_id);
        look_ticket(l, item->fact->desk_id, item->fact->fact.other);
        return;
    }
    item->signals = NULL; /* those of an earlier try are gone */
    desk_id = item->from->desk->desk_id;
    db_array_int(&known->column[0], desk_id);
    db_array_int(&known->column[1], item->in->channel_id);
    db_array_text(&known->column[2], item->in->external_id);
    known->rows++;
    look_receipt(l, item);
    if (item->quarantine != NULL ||
        (item->in->kind != INBOUND_MESSAGE && item->in->kind != INBOUND_EDIT))
        return;
    db_array_int(&addresses->column[0], desk_id);
    db_array_text(&addresses->column[1], item->in->sender.kind);
    db_array_text(&addresses->column[2], item->in->sender.value);
    addresses->rows++;
    item->signals = arena_alloc(b->a, sizeof(*item->signals));
    thread_signals(item->in, b->a, item->signals);
    for (i = 0; i < item->signals->count; i++)
        look_signal(l, &item->signals->at[i], desk_id, keys);
    n = thread_keys(item->in, b->a, own, STORE_KEYS_MAX);
    for (i = 0; i < n; i++)
        look_add_key(keys, desk_id, own[i].kind, own[i].key);
    if (item->in->copy_key != NULL)
        look_add_key(keys, desk_id, 'k', item->in->copy_key);
}

static void look_take_participants(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++)
        store_map_put(&b->participants,
                      store_key(b->a, db_cell_int(answer->res, i, 0),
                                arena_strdup(b->a, db_cell_text(answer->res, i, 1)),
                                db_cell_text(answer->res, i, 2)),
                      b);
}

static void look_take_loads(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;
    struct store_batch *b = l->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct fact_load *load = arena_alloc(b->a, sizeof(*load));

        load->agent = arena_strdup(b->a, db_cell_text(answer->res, i, 1));
        load->open = (int)db_cell_int(answer->res, i, 2);
        load->assigned_at = db_cell_int(answer->res, i, 3);
        store_map_put(&b->loads, store_key(b->a, db_cell_int(answer->res, i, 0), "a", load->agent),
                      load);
        *store_topic_load(b, (int32_t)db_cell_int(answer->res, i, 0), load->agent, NULL) =
            load->open;
    }
}

int *store_topic_load(struct store_batch *b, int32_t desk_id, const char *agent, const char *topic)
{
    const char *kind = arena_printf(b->a, "%zu of %s", strlen(agent), topic == NULL ? "" : topic);
    const char *key = store_key(b->a, desk_id, kind, agent);
    int *open = store_map_get(&b->loads, key);

    if (open == NULL) {
        open = arena_alloc(b->a, sizeof(*open));
        store_map_put(&b->loads, key, open);
    }
    return open;
}

/* What is of no topic is not counted by itself: it is the rest. */
static void look_take_topic_loads(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        int32_t desk_id = (int32_t)db_cell_int(answer->res, i, 0);
        const char *agent = arena_strdup(b->a, db_cell_text(answer->res, i, 1));
        int open = (int)db_cell_int(answer->res, i, 3);

        *store_topic_load(b, desk_id, agent, arena_strdup(b->a, db_cell_text(answer->res, i, 2))) =
            open;
        *store_topic_load(b, desk_id, agent, NULL) -= open;
    }
}

/* The last answer of the second look: now it can be decided. */
static void look_done(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;

    (void)answer;
    l->found(l->b);
}

/* --- the policies in force: nobody changes them until the batch has ended
 * --------------------------------------------------------------------------- */

bool store_is_held(const struct store_batch *b, const struct desk *desk)
{
    size_t i;

    for (i = 0; i < b->desk_count; i++)
        if (b->desks[i] == desk)
            return true;
    return false;
}

static void look_hold(struct store_batch *b, struct desk *desk)
{
    if (desk != NULL && !store_is_held(b, desk))
        b->desks[b->desk_count++] = desk;
}

/* One that cannot be read is known as such: the desk goes on by the one it has (daemon/desk.h). */
static void look_take_policies(void *arg, const struct db_answer *answer)
{
    struct error unread;

    desk_take_policies(((struct store_look *)arg)->b->desks, answer->res, &unread);
}

/* A message came in by the desk of its generation of the configuration, what it belongs to is of
 * the newest one: both decide. */
static void look_policies(struct store_look *l, bool asks)
{
    struct store_batch *b = l->b;
    struct db_value v[2];
    size_t i;

    b->desks = arena_array(b->a, 2 * (b->last - b->first), sizeof(struct desk *));
    b->desk_count = 0;
    for (i = b->first; i < b->last; i++) {
        struct store_item *item = &b->items[i];

        if (item->fact == NULL)
            look_hold(b, item->from->desk);
        look_hold(b, desk_by_id(b->store->desks, item->fact != NULL ? item->fact->desk_id
                                                                    : item->from->desk->desk_id));
    }
    if (b->desk_count == 0 || !asks)
        return;
    desk_ask_policies(b->desks, b->desk_count, b->a, v);
    db_job_add(b->job, "policy_hold", v, 1, NULL, NULL);
    db_job_add(b->job, "policy_in_force", v, 2, look_take_policies, l);
}

static void look_participants(struct store_look *l)
{
    struct store_batch *b = l->b;
    struct store_columns pairs = { 0 };
    size_t i, k;

    for (i = b->first; i < b->last; i++) {
        struct store_item *item = &b->items[i];

        for (k = 0; item->signals != NULL && k < item->signals->count; k++) {
            const struct thread_signal *s = &item->signals->at[k];
            char word[2] = { s->kind, '\0' };
            const int64_t *id =
                s->kind == 0 ? &s->ticket_id
                             : store_map_get(&b->keys, store_key(b->a, item->from->desk->desk_id,
                                                                 word, s->key));

            if (id == NULL || s->way == THREAD_BY_OPERATOR || s->way == THREAD_BY_TOKEN ||
                s->way == THREAD_BY_CONVERSATION)
                continue;
            db_array_int(&pairs.column[0], item->from->desk->desk_id);
            db_array_int(&pairs.column[1], *id);
            db_array_text(&pairs.column[2], item->in->sender.value);
            pairs.rows++;
        }
    }
    look_send(l, "participant_find", &pairs, 3, look_take_participants);
}

static void look_loads(struct store_look *l)
{
    struct store_batch *b = l->b;
    struct db_value v[2];
    size_t i, k;

    for (i = b->first; i < b->last; i++) {
        const struct desk *desk;

        if (b->items[i].fact == NULL || b->items[i].fact->fact.kind != FACT_QUEUE_LOOKED)
            continue;
        desk = desk_by_id(b->store->desks, b->items[i].fact->desk_id);
        for (k = 0; desk != NULL && k < desk->policy.policy->agent_count; k++) {
            const char *name = desk->policy.policy->agents[k].name;
            const char *key = store_key(b->a, desk->desk_id, "a", name);

            if (store_map_get(&l->asked, key) != NULL)
                continue;
            store_map_put(&l->asked, key, l);
            db_array_int(&l->agents.column[0], desk->desk_id);
            db_array_text(&l->agents.column[1], name);
            l->agents.rows++;
        }
    }
    v[0] = db_array_end(&l->agents.column[0], b->a);
    v[1] = db_array_end(&l->agents.column[1], b->a);
    if (l->agents.rows > 0) {
        db_job_add(b->job, "load_make", v, 2, NULL, NULL);
        db_job_add(b->job, "load_lock", v, 2, look_take_loads, l);
        db_job_add(b->job, "topic_load_read", v, 2, look_take_topic_loads, l);
    }
}

static void look_take_happened(void *arg, const struct db_answer *answer)
{
    ((struct store_look *)arg)->b->happened = PQntuples(answer->res) > 0;
}

/* After the locks: a COMMIT that is still under way holds them. */
static void look_happened(struct store_look *l)
{
    struct store_batch *b = l->b;
    struct db_value v[4] = { db_int(b->a, b->proof.desk_id), db_int(b->a, b->proof.ticket_id),
                             db_int(b->a, b->proof.seq),
                             db_bytes((struct span){ (const char *)b->proof.hash, 32 }) };

    if (b->unsure)
        db_job_add(b->job, "event_happened", v, 4, look_take_happened, l);
}

static void look_take_contacts(void *arg, const struct db_answer *answer)
{
    store_read_contacts(((struct store_look *)arg)->b, answer);
}

static void look_take_tickets(void *arg, const struct db_answer *answer)
{
    store_read_tickets(((struct store_look *)arg)->b, answer);
}

static void look_take_clocks(void *arg, const struct db_answer *answer)
{
    store_read_clocks(((struct store_look *)arg)->b, answer);
}

/* Contacts, tickets, comparing (store_incident.c), agents: the order of locks. What goes with them
 * is read once all are held. */
static void look_lock(struct store_look *l)
{
    struct store_batch *b = l->b;
    struct db_value v[2] = { db_array_end(&l->contacts.column[0], b->a),
                             db_array_end(&l->contacts.column[1], b->a) };

    if (l->contacts.rows > 0)
        db_job_add(b->job, "contact_lock", v, 2, look_take_contacts, l);
    v[0] = db_array_end(&l->tickets.column[0], b->a);
    v[1] = db_array_end(&l->tickets.column[1], b->a);
    if (l->tickets.rows > 0)
        db_job_add(b->job, "ticket_lock", v, 2, look_take_tickets, l);
    store_incident_look(b);
    store_split_look(b);
    look_send(l, "intake_known", &l->edited, 3, look_take_edited);
    look_loads(l);
    look_happened(l);
    look_participants(l);
    if (l->tickets.rows > 0)
        db_job_add(b->job, "clock_read", v, 2, look_take_clocks, l);
    db_job_add(b->job, "look_end", NULL, 0, look_done, l);
    db_job_flush(b->job);
}

static void look_take_owners(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++)
        look_ticket_of(l, (int32_t)db_cell_int(answer->res, i, 0), db_cell_int(answer->res, i, 1),
                       db_cell_int(answer->res, i, 2), db_cell_int(answer->res, i, 3));
}

static void look_owners(struct store_look *l)
{
    look_send(l, "ticket_find", &l->unknown, 2, look_take_owners);
    l->unknown.rows = 0;
}

/* Whose the tickets are that were found so far; what they were merged into may be new again. */
static void look_on_found(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;

    (void)answer;
    if (l->unknown.rows == 0) {
        look_lock(l);
        return;
    }
    look_owners(l);
    db_job_add(l->b->job, "look_end", NULL, 0, look_on_found, l);
    db_job_flush(l->b->job);
}

void store_lookup_clear(struct store_batch *b)
{
    struct store_look *l = b->look;
    size_t k;

    for (k = 0; l != NULL && k < STORE_COLUMNS_MAX; k++) {
        text_buffer_clear(&l->tickets.column[k].text);
        text_buffer_clear(&l->contacts.column[k].text);
        text_buffer_clear(&l->agents.column[k].text);
        text_buffer_clear(&l->deliveries.column[k].text);
        text_buffer_clear(&l->unknown.column[k].text);
        text_buffer_clear(&l->edited.column[k].text);
    }
    b->look = NULL;
}

void store_lookup(struct store_batch *b, void (*found)(struct store_batch *b))
{
    struct store_look *l = arena_alloc(b->a, sizeof(*l));
    struct store_columns known = { 0 }, addresses = { 0 }, keys = { 0 };
    size_t i;

    b->look = l;
    l->b = b;
    l->found = found;
    store_map_init(&l->asked, b->a, 4 * (b->last - b->first));
    look_policies(l, !b->within);
    look_want_ids(l);
    for (i = b->first; i < b->last; i++)
        look_item(l, &b->items[i], &known, &addresses, &keys);
    look_send(l, "intake_known", &known, 3, look_take_known);
    look_send(l, "address_find", &addresses, 3, look_take_addresses);
    look_send(l, "thread_find", &keys, 3, look_take_keys);
    look_send(l, "delivery_find", &l->deliveries, 3, look_take_deliveries);
    store_split_authors(b, look_take_authors, l);
    look_owners(l);
    db_job_add(b->job, "look_end", NULL, 0, look_on_found, l);
    db_job_flush(b->job);
}
