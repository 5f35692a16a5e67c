/* Two looks: by the signals of the messages, then at the tickets and contacts these lead to, locked
 * and read again in statements of their own. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store_batch.h"

struct store_look {
    struct store_batch *b;
    void (*found)(struct store_batch *b);
    struct store_map asked; /* tickets and contacts already in the columns */
    struct store_columns tickets, contacts, agents, deliveries;
};

static void look_ints(struct store_batch *b, struct store_columns *c, int32_t desk_id, int64_t id,
                      struct store_map *asked, const char *kind)
{
    const char *key = store_key(b->a, desk_id, kind, store_key_int(b->a, 0, id));

    if (id == 0 || store_map_get(asked, key) != NULL)
        return;
    store_map_put(asked, key, b);
    db_array_int(&c->column[0], desk_id);
    db_array_int(&c->column[1], id);
    c->rows++;
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

static void look_want_ids(struct store_look *l)
{
    struct store_ids *ids = &l->b->store->ids;
    size_t n = l->b->last - l->b->first, want, have;
    struct db_value v[4];
    bool any = false;
    int i;

    for (i = 0; i < 4; i++) {
        want = (n * (i == 2 ? 6 : 1) << (l->b->tries > 4 ? 4 : l->b->tries)) / STORE_BLOCK + 2;
        have = ids->count[i] - ids->at[i];
        want = have >= want ? 0 : want - have;
        want = want > 200 ? 200 : want;
        any |= want > 0;
        v[i] = db_int(l->b->a, (int64_t)want);
    }
    if (any)
        db_job_add(l->b->job, "ids_take", v, 4, look_take_ids, l);
}

static void look_take_known(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    struct store_look *l = arg;
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
        look_ints(b, &l->tickets, desk_id, known->ticket_id, &l->asked, "t");
    }
}

static void look_take_addresses(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;
    struct store_batch *b = l->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        int64_t *id = arena_alloc(b->a, sizeof(*id));

        *id = db_cell_int(answer->res, i, 3);
        store_map_put(&b->addresses,
                      store_key(b->a, db_cell_int(answer->res, i, 0),
                                db_cell_text(answer->res, i, 1), db_cell_text(answer->res, i, 2)),
                      id);
        look_ints(b, &l->contacts, (int32_t)db_cell_int(answer->res, i, 0), *id, &l->asked, "c");
    }
}

static void look_take_key(struct store_look *l, int32_t desk_id, const char *kind, const char *key,
                          int64_t ticket_id)
{
    int64_t *id = arena_alloc(l->b->a, sizeof(*id));

    *id = ticket_id;
    store_map_put(&l->b->keys, store_key(l->b->a, desk_id, kind, key), id);
    look_ints(l->b, &l->tickets, desk_id, ticket_id, &l->asked, "t");
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
        if (follow_up != 0)
            look_take_key(l, desk_id, "f", arena_printf(l->b->a, "%" PRId64, ticket_id), follow_up);
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
        d->failed = receipt != NULL && strcmp(receipt, "failed") == 0;
        store_map_put(&b->deliveries,
                      store_ledger_key(b->a, desk_id, db_cell_int(answer->res, i, 1),
                                       db_cell_text(answer->res, i, 2)),
                      d);
        look_ints(b, &l->tickets, desk_id, d->ticket_id, &l->asked, "t");
    }
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
    look_ints(l->b, &l->tickets, desk_id, s->ticket_id, &l->asked, "t");
    look_add_key(keys, desk_id, 'f', arena_printf(l->b->a, "%" PRId64, s->ticket_id));
}

/* The ticket hears of what did not arrive; of the rest the delivery's own row tells. */
static void look_receipt(struct store_look *l, const struct store_item *item)
{
    const struct inbound *in = item->in;

    if (in->receipt.state != RECEIPT_FAILED)
        return;
    db_array_int(&l->deliveries.column[0], item->from->desk->desk_id);
    db_array_int(&l->deliveries.column[1], in->channel_id);
    db_array_text(&l->deliveries.column[2], in->receipt.external_id);
    l->deliveries.rows++;
}

static void look_item(struct store_look *l, struct store_item *item, struct store_columns *known,
                      struct store_columns *addresses, struct store_columns *keys)
{
    struct store_batch *b = l->b;
    struct thread_key own[STORE_KEYS_MAX];
    int32_t desk_id;
    size_t i, n;

    if (item->fact != NULL) {
        look_ints(b, &l->tickets, item->fact->desk_id, item->fact->ticket_id, &l->asked, "t");
        look_ints(b, &l->tickets, item->fact->desk_id, item->fact->fact.other, &l->asked, "t");
        return;
    }
    item->signals = NULL; /* those of an earlier try are gone */
    desk_id = item->from->desk->desk_id;
    db_array_int(&known->column[0], desk_id);
    db_array_int(&known->column[1], item->in->channel_id);
    db_array_text(&known->column[2], item->in->external_id);
    known->rows++;
    if (item->in->kind == INBOUND_RECEIPT)
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

static int64_t cell(const struct db_answer *answer, int row, int column)
{
    return db_cell_int(answer->res, row, column);
}

static const char *cell_text(struct store_batch *b, const struct db_answer *answer, int row,
                             int column)
{
    return arena_strdup(b->a, db_cell_text(answer->res, row, column));
}

static void look_take_contacts(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct store_contact *c =
            store_contact_new(b, (int32_t)cell(answer, i, 0), cell(answer, i, 1));
        char *p = arena_strdup(b->a, db_cell_text(answer->res, i, 5));
        int n = 0;

        c->contact.name = cell_text(b, answer, i, 2);
        c->contact.language = cell_text(b, answer, i, 3);
        c->contact.zone = cell_text(b, answer, i, 4);
        for (; p != NULL && *p != '\0' && n < CONTACT_NOTICES_MAX; p += strspn(p, " "))
            c->contact.notices_at[n++] = strtoll(p, &p, 10);
        c->contact.received_at = cell(answer, i, 6);
    }
}

static void look_tags(struct store_batch *b, struct ticket *t, char *lines)
{
    char *save = NULL, *tag;

    t->tags = arena_array(b->a, TICKET_TAGS_MAX, sizeof(*t->tags));
    for (tag = strtok_r(lines, "\n", &save); tag != NULL && t->tag_count < TICKET_TAGS_MAX;
         tag = strtok_r(NULL, "\n", &save))
        t->tags[t->tag_count++] = tag;
}

static void look_ticket_row(struct store_batch *b, struct store_ticket *w,
                            const struct db_answer *answer, int i)
{
    struct ticket *t = &w->ticket;
    const char *hex = db_cell_text(answer->res, i, 28);
    int k;

    t->ticket_id = cell(answer, i, 1);
    t->version = w->base_version = cell(answer, i, 2);
    t->status = (enum ticket_status)ticket_status_find(db_cell_text(answer->res, i, 3));
    t->priority = (enum ticket_priority)ticket_priority_find(db_cell_text(answer->res, i, 4));
    t->level = (int)cell(answer, i, 5);
    t->top_level = (int)cell(answer, i, 6);
    t->team = cell_text(b, answer, i, 7);
    t->agent = cell_text(b, answer, i, 8);
    t->subject = cell_text(b, answer, i, 9);
    t->language = cell_text(b, answer, i, 10);
    look_tags(b, t, arena_strdup(b->a, db_cell_text(answer->res, i, 11)));
    w->channel_id = cell(answer, i, 13);
    w->path = (struct sink_return_path){ .channel_id = cell(answer, i, 14),
                                         .address_kind = cell_text(b, answer, i, 15),
                                         .address = cell_text(b, answer, i, 16),
                                         .conversation = cell_text(b, answer, i, 17),
                                         .external_id = cell_text(b, answer, i, 18),
                                         .mail_id = cell_text(b, answer, i, 19) };
    t->created_at = cell(answer, i, 20);
    t->solved_at = cell(answer, i, 21);
    t->closed_at = cell(answer, i, 22);
    t->last_customer_at = cell(answer, i, 23);
    t->last_public_at = cell(answer, i, 24);
    t->merged_into = cell(answer, i, 25);
    t->follow_up_of = cell(answer, i, 26);
    t->event_seq = cell(answer, i, 27);
    for (k = 0; k < 32; k++) {
        char pair[3] = { hex[2 * k], hex[2 * k + 1], '\0' };

        t->event_hash[k] = (unsigned char)strtoul(pair, NULL, 16);
    }
    t->policy_version = (int)cell(answer, i, 29);
    if (ticket_memory_from_text(db_cell_text(answer->res, i, 30), &t->memory, &b->err) < 0)
        error_wrap(&b->err, "ticket %" PRId64, t->ticket_id);
    w->agent_before = store_carrier(t);
}

static void look_take_tickets(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct desk *desk = desk_by_id(b->store->desks, (int32_t)cell(answer, i, 0));
        struct store_ticket *w;

        if (desk == NULL)
            continue;
        w = store_ticket_new(b, desk);
        look_ticket_row(b, w, answer, i);
        w->contact =
            store_map_get(&b->contacts, store_key_int(b->a, desk->desk_id, cell(answer, i, 12)));
        store_map_put(&b->tickets, store_key_int(b->a, desk->desk_id, w->ticket.ticket_id), w);
    }
}

static int look_calendar(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; name != NULL && i < p->calendar_count; i++)
        if (strcmp(p->calendar_names[i], name) == 0)
            return (int)i;
    return -1;
}

static void look_take_clocks(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    int i, n;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct store_ticket *w =
            store_map_get(&b->tickets, store_key_int(b->a, cell(answer, i, 0), cell(answer, i, 1)));
        struct target_clock *c;
        const char *p;
        char *end;

        if (w == NULL || w->ticket.clock_count == TICKET_CLOCKS_MAX)
            continue;
        c = &w->ticket.clocks[w->ticket.clock_count++];
        c->kind = (enum target_kind)target_kind_find(db_cell_text(answer->res, i, 2));
        c->instance = (int)cell(answer, i, 3);
        c->level = (int)cell(answer, i, 4);
        c->target.seconds = cell(answer, i, 5);
        c->target.calendar = look_calendar(w->desk->policy.policy, db_cell_text(answer->res, i, 6));
        for (n = 0, p = db_cell_text(answer->res, i, 7); *p != '\0' && n < TARGET_WARNINGS_MAX;
             p = end + strspn(end, " "))
            c->target.warn_percent[n++] = (int)strtol(p, &end, 10);
        c->started_at = cell(answer, i, 8);
        c->ended_at = cell(answer, i, 9);
        c->end = (enum target_end)target_end_find(db_cell_text(answer->res, i, 10));
        c->due_at = cell(answer, i, 11);
        c->breached_at = cell(answer, i, 12);
        c->warned = (int)cell(answer, i, 13);
        c->policy_version = (int)cell(answer, i, 14);
        ticket_edges_from_text(b->a, db_cell_text(answer->res, i, 15), c, &b->err);
    }
}

static void look_take_waiting(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct store_ticket *w =
            store_map_get(&b->tickets, store_key_int(b->a, cell(answer, i, 0), cell(answer, i, 1)));

        if (w == NULL || w->ticket.waiting_count == TICKET_WAITING_MAX)
            continue;
        w->ticket.waiting[w->ticket.waiting_count++] = (struct ticket_waiting){
            cell(answer, i, 2), notice_find(db_cell_text(answer->res, i, 3)), cell(answer, i, 4)
        };
    }
}

static void look_take_participants(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = ((struct store_look *)arg)->b;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++)
        store_map_put(&b->participants,
                      store_key(b->a, cell(answer, i, 0),
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

        load->agent = cell_text(b, answer, i, 1);
        load->open = (int)cell(answer, i, 2);
        load->assigned_at = cell(answer, i, 3);
        store_map_put(&b->loads, store_key(b->a, cell(answer, i, 0), "a", load->agent), load);
    }
}

/* The last answer of the second look: now it can be decided. */
static void look_done(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;

    (void)answer;
    l->found(l->b);
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

            if (id == NULL || s->way == THREAD_BY_TOKEN || s->way == THREAD_BY_CONVERSATION)
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

/* Contacts, tickets, agents: the order of locks. What is read comes after all locks are held. */
static void look_second(void *arg, const struct db_answer *answer)
{
    struct store_look *l = arg;
    struct store_batch *b = l->b;
    struct db_value v[4];

    (void)answer;
    v[0] = db_array_end(&l->tickets.column[0], b->a);
    v[1] = db_array_end(&l->tickets.column[1], b->a);
    v[2] = db_array_end(&l->contacts.column[0], b->a);
    v[3] = db_array_end(&l->contacts.column[1], b->a);
    db_job_add(b->job, "contact_lock", v, 4, NULL, NULL);
    db_job_add(b->job, "ticket_lock", v, 2, NULL, NULL);
    look_loads(l);
    look_happened(l);
    db_job_add(b->job, "contact_read", v, 4, look_take_contacts, l);
    db_job_add(b->job, "ticket_read", v, 2, look_take_tickets, l);
    look_participants(l);
    db_job_add(b->job, "clock_read", v, 2, look_take_clocks, l);
    db_job_add(b->job, "waiting_read", v, 2, look_take_waiting, l);
    db_job_add(b->job, "look_end", NULL, 0, look_done, l);
    db_job_flush(b->job);
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
    look_want_ids(l);
    for (i = b->first; i < b->last; i++)
        look_item(l, &b->items[i], &known, &addresses, &keys);
    look_send(l, "intake_known", &known, 3, look_take_known);
    look_send(l, "address_find", &addresses, 3, look_take_addresses);
    look_send(l, "thread_find", &keys, 3, look_take_keys);
    look_send(l, "delivery_find", &l->deliveries, 3, look_take_deliveries);
    db_job_add(b->job, "look_end", NULL, 0, look_second, l);
    db_job_flush(b->job);
}
