#include <inttypes.h>
#include <string.h>

#include "daemon/store_batch.h"

static const struct {
    const char *query;
    int columns;
    bool now; /* one parameter more: the time of the try */
} write_queries[STORE_TABLE_N] = {
    [STORE_CONTACT_INSERT] = { "contact_insert", 11 },
    [STORE_CONTACT_TOUCH] = { "contact_touch", 8 },
    [STORE_ADDRESS_INSERT] = { "address_insert", 6 },
    [STORE_TICKET_INSERT] = { "ticket_insert", 40 },
    [STORE_TICKET_TOUCH] = { "ticket_touch", 40 },
    [STORE_CLOCK_INSERT] = { "clock_insert", 18 },
    [STORE_CLOCK_PUT] = { "clock_put", 18 },
    [STORE_DUE_INSERT] = { "due_insert", 7 },
    [STORE_DUE_PUT] = { "due_put", 8, .now = true },
    [STORE_DUE_DROP] = { "due_drop", 2 },
    [STORE_MESSAGE_INSERT] = { "message_insert", 24 },
    [STORE_MESSAGE_EDIT] = { "message_edit", 5 },
    [STORE_MESSAGE_MOVE] = { "message_move", 5 },
    [STORE_ATTACHMENT_INSERT] = { "attachment_insert", 9 },
    [STORE_INTAKE_INSERT] = { "intake_insert", 7 },
    [STORE_SOURCE_PUT] = { "source_put", 5 },
    [STORE_CURSOR_PUT] = { "cursor_put", 4, .now = true },
    [STORE_EVENT_INSERT] = { "event_insert", 14 },
    [STORE_DELIVERY_INSERT] = { "delivery_insert", 30 },
    [STORE_DELIVERY_SUPPRESS] = { "delivery_suppress", 3, .now = true },
    [STORE_DELIVERY_RECEIPT] = { "delivery_receipt", 5 },
    [STORE_DELIVERY_END] = { "delivery_end", 4, .now = true },
    [STORE_THREAD_INSERT] = { "thread_insert", 4 },
    [STORE_THREAD_MOVE] = { "thread_move", 4 },
    [STORE_LOAD_ADD] = { "load_add", 4 },
    [STORE_TOPIC_LOAD_ADD] = { "topic_load_add", 4 },
    [STORE_DEAD_ADDRESS_DROP] = { "dead_address_drop", 2 },
    [STORE_DEAD_ADDRESS_PUT] = { "dead_address_put", 3, .now = true },
    [STORE_QUEUE_WAKE] = { "queue_wake", 7, .now = true },
    [STORE_LOOK_DROP] = { "incident_look_drop", 3 },
    [STORE_LOOK_PUT] = { "incident_look_put", 2 },
    [STORE_SPREAD_PUT] = { "incident_spread_put", 2 },
};

static const char *write_times(struct arena *a, const int64_t *times, int most)
{
    char *text = arena_strdup(a, "");
    int i;

    for (i = 0; i < most && times[i] != 0; i++)
        text = arena_printf(a, "%s%s%" PRId64, text, i == 0 ? "" : ",", times[i]);
    return arena_printf(a, "{%s}", text);
}

static void write_contact(struct store_batch *b, const struct store_contact *w)
{
    struct store_columns *t = &b->columns[w->is_new ? STORE_CONTACT_INSERT : STORE_CONTACT_TOUCH];
    struct db_array *c = t->column;

    db_array_int(c++, w->desk_id);
    db_array_int(c++, w->contact.contact_id);
    if (w->is_new) {
        db_array_text(c++, w->contact.name);
        db_array_text(c++, w->contact.language);
        db_array_int(c++, w->of.organization_id);
    }
    db_array_text(c++, write_times(b->a, w->contact.notices_at, CONTACT_NOTICES_MAX));
    db_array_int(c++, w->contact.received_at);
    db_array_text(c++, write_times(b->a, w->contact.opened_at, CONTACT_TICKETS_MAX));
    db_array_int(c++, w->contact.missed_at);
    db_array_text(c++, write_times(b->a, w->contact.hinted, 2 * CONTACT_HINTS_MAX));
    db_array_text(c++, write_times(b->a, w->contact.receipts_at, CONTACT_RECEIPTS_MAX));
    t->rows++;
}

static const char *write_words(struct arena *a, const char *const *words, size_t count)
{
    struct db_array list = { 0 };
    size_t i;

    for (i = 0; i < count; i++)
        db_array_text(&list, words[i]);
    return db_array_end(&list, a).ptr;
}

static void write_ticket(struct store_batch *b, const struct store_ticket *w)
{
    struct store_columns *rows = &b->columns[w->is_new ? STORE_TICKET_INSERT : STORE_TICKET_TOUCH];
    const struct ticket *t = &w->ticket;
    struct db_array *c = rows->column;

    db_array_int(c++, w->desk->desk_id);
    db_array_int(c++, t->ticket_id);
    db_array_int(c++, w->base_version);
    db_array_text(c++, ticket_status_name(t->status));
    db_array_text(c++, ticket_priority_name(t->priority));
    db_array_int(c++, t->level);
    db_array_int(c++, t->top_level);
    db_array_text(c++, t->team);
    db_array_text(c++, t->agent);
    db_array_text(c++, t->subject == NULL ? "" : t->subject);
    db_array_text(c++, t->language);
    db_array_text(c++, write_words(b->a, t->tags, t->tag_count));
    db_array_int(c++, w->contact->contact.contact_id);
    db_array_int(c++, w->channel_id);
    db_array_int(c++, w->path.channel_id);
    db_array_text(c++, w->path.address_kind);
    db_array_text(c++, w->path.address);
    db_array_text(c++, w->path.conversation);
    db_array_text(c++, w->path.external_id);
    db_array_text(c++, w->path.mail_id);
    db_array_time(c++, t->created_at == 0 ? b->now : t->created_at);
    db_array_time(c++, t->solved_at);
    db_array_time(c++, t->closed_at);
    db_array_time(c++, t->last_customer_at);
    db_array_time(c++, t->last_public_at);
    db_array_int(c++, t->merged_into);
    db_array_int(c++, t->follow_up_of);
    db_array_int(c++, t->event_seq);
    db_array_hex(c++, (struct span){ (const char *)t->event_hash, 32 });
    db_array_int(c++, t->policy_version);
    db_array_text(c++, ticket_memory_to_text(b->a, &t->memory));
    db_array_text(c++, ticket_waiting_to_text(b->a, t, b->now));
    db_array_int(c++, t->related_to);
    db_array_text(c++, t->topic);
    db_array_text(c++, t->plan);
    db_array_text(c++, t->terms);
    db_array_text(c++, !t->incident ? NULL : t->memory.incident_over ? "dissolved" : "made");
    db_array_int(c++, t->incident_of);
    db_array_text(c++, write_words(b->a, t->watchers, t->watcher_count));
    db_array_text(c++, w->path.mail_references);
    rows->rows++;
    b->counts.tickets += w->is_new;
}

static void write_clock(struct store_batch *b, const struct store_ticket *w,
                        const struct target_clock *k)
{
    struct store_columns *rows = &b->columns[w->is_new ? STORE_CLOCK_INSERT : STORE_CLOCK_PUT];
    const struct policy *p = w->desk->policy.policy;
    struct db_array *c = rows->column;
    struct db_array warn = { 0 };
    int i;

    for (i = 0; i < TARGET_WARNINGS_MAX && k->target.warn[i] != 0; i++)
        db_array_int(&warn, k->target.warn[i]);
    db_array_int(c++, w->desk->desk_id);
    db_array_int(c++, w->ticket.ticket_id);
    db_array_text(c++, target_kind_name(k->kind));
    db_array_int(c++, k->instance);
    db_array_int(c++, k->level);
    db_array_int(c++, k->target.seconds);
    db_array_text(c++, k->target.calendar < 0 ? NULL : p->calendar_names[k->target.calendar]);
    db_array_text(c++, db_array_end(&warn, b->a).ptr);
    db_array_time(c++, k->started_at);
    db_array_time(c++, k->ended_at);
    db_array_text(c++, target_end_name(k->end));
    db_array_time(c++, k->due_at);
    db_array_time(c++, k->breached_at);
    db_array_int(c++, k->warned);
    db_array_int(c++, k->policy_version);
    db_array_text(c++, ticket_edges_to_text(b->a, k));
    db_array_int(c++, k->kept_s);
    db_array_time(c++, k->kept_at);
    rows->rows++;
}

static void write_due(struct store_batch *b, const struct store_ticket *w)
{
    struct store_columns *d = &b->columns[w->is_new ? STORE_DUE_INSERT : STORE_DUE_PUT];
    bool waits = w->wake_at != 0 || w->queue_team != NULL;

    if (!waits && w->is_new)
        return;
    if (!waits) {
        d = &b->columns[STORE_DUE_DROP];
    } else {
        db_array_time(&d->column[2], w->wake_at); /* none: when somebody gets free */
        db_array_bool(&d->column[3], w->wants_queue);
        db_array_text(&d->column[4], w->queue_team);
        db_array_int(&d->column[5], w->queue_rank);
        db_array_time(&d->column[6], w->queue_since);
        if (!w->is_new && w->looked)
            db_array_int(&d->column[7], w->ticket.ticket_id);
        b->wakes |= w->wake_at != 0 && w->wake_at <= b->now;
    }
    db_array_int(&d->column[0], w->desk->desk_id);
    db_array_int(&d->column[1], w->ticket.ticket_id);
    d->rows++;
}

/* One row an agent, and one for each topic of it: an upsert refuses the same key twice. */
struct write_load {
    const char *agent, *topic; /* topic NULL: all that the agent carries */
    struct desk *desk;
    int change;
    bool given, freed; /* freed: there may be room, though another came for what went */
    struct write_load *next;
};
struct write_loads {
    struct store_map known;
    struct write_load *agents, *topics;
};

static struct write_load *write_load_of(struct store_batch *b, struct write_loads *w,
                                        struct desk *desk, const char *agent, const char *topic)
{
    const char *kind = topic == NULL ? "a" : arena_printf(b->a, "%zu of %s", strlen(agent), topic);
    const char *key = store_key(b->a, desk->desk_id, kind, agent);
    struct write_load **all = topic == NULL ? &w->agents : &w->topics;
    struct write_load *l = store_map_get(&w->known, key);

    if (l != NULL)
        return l;
    l = arena_alloc(b->a, sizeof(*l));
    *l = (struct write_load){ .agent = agent, .topic = topic, .desk = desk, .next = *all };
    *all = l;
    store_map_put(&w->known, key, l);
    return l;
}

/* `given`: 1, it is the agent's now; -1, no longer; 0: it is still, but of another topic. */
static void write_load_note(struct store_batch *b, struct write_loads *w, struct desk *desk,
                            const char *agent, int given, const char *topic, int of_topic)
{
    struct write_load *l = write_load_of(b, w, desk, agent, NULL);

    l->change += given;
    l->given |= given > 0;
    l->freed |= given < 0 || of_topic < 0;
    if (topic != NULL)
        write_load_of(b, w, desk, agent, topic)->change += of_topic;
}

/* Somebody of that team has room: the first in its queue is looked at now, or the first after a
 * ticket that was looked at (NULL: none was). */
static void write_offer(struct store_batch *b, const struct desk *desk, const char *team,
                        const struct store_ticket *after)
{
    struct store_columns *c = &b->columns[STORE_QUEUE_WAKE];

    db_array_int(&c->column[0], desk->desk_id);
    db_array_text(&c->column[1], team);
    db_array_int(&c->column[2], after == NULL ? 0 : after->offer.rank);
    db_array_int(&c->column[3], after == NULL ? 0 : after->ticket.ticket_id);
    db_array_bool(&c->column[4], after != NULL && after->offer.others);
    db_array_int(&c->column[5], PLAN_OFFER_MAX);
    c->rows++;
    b->wakes = true;
}

/* An agent got free: for whoever waits for one of the agent's teams. */
static void write_offers(struct store_batch *b, const struct desk *desk, const char *name)
{
    const struct policy *p = desk->policy.policy;
    int agent = policy_find_agent(p, name);
    size_t i;

    for (i = 0; i < p->team_count; i++)
        if (policy_has_member(p, i, agent))
            write_offer(b, desk, p->teams[i].name, NULL);
}

static bool write_is_same(const char *x, const char *y)
{
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

static void write_load_ticket(struct store_batch *b, struct write_loads *w, struct store_ticket *t)
{
    const char *before = t->agent_before, *after = ticket_carrier(&t->ticket);
    bool stays = write_is_same(before, after);

    if (stays && (after == NULL || write_is_same(t->topic_before, t->ticket.topic)))
        return;
    if (before != NULL)
        write_load_note(b, w, t->desk, before, stays ? 0 : -1, t->topic_before, -1);
    if (after != NULL)
        write_load_note(b, w, t->desk, after, stays ? 0 : 1, t->ticket.topic, 1);
}

/* What was looked at hands the offer on itself: it is not looked at again by what stood before it.
 */
static void write_handed_on(struct store_batch *b, const struct store_ticket *t)
{
    if (t->looked)
        db_array_int(&b->columns[STORE_QUEUE_WAKE].column[6], t->ticket.ticket_id);
    if (t->offer.team != NULL)
        write_offer(b, t->desk, t->offer.team, t);
}

static void write_load_topics(struct store_batch *b, const struct write_load *l)
{
    struct store_columns *c = &b->columns[STORE_TOPIC_LOAD_ADD];

    for (; l != NULL; l = l->next) {
        if (l->change == 0)
            continue;
        db_array_int(&c->column[0], l->desk->desk_id);
        db_array_text(&c->column[1], l->agent);
        db_array_text(&c->column[2], l->topic);
        db_array_int(&c->column[3], l->change);
        c->rows++;
    }
}

static void write_loads(struct store_batch *b)
{
    struct store_columns *c = &b->columns[STORE_LOAD_ADD];
    struct write_loads w = { .agents = NULL };
    const struct write_load *l;
    struct store_ticket *t;

    store_map_init(&w.known, b->a, 64);
    for (t = b->ticket_list; t != NULL; t = t->next)
        if (t->dirty)
            write_load_ticket(b, &w, t);
    for (l = w.agents; l != NULL; l = l->next, c->rows++) {
        db_array_int(&c->column[0], l->desk->desk_id);
        db_array_text(&c->column[1], l->agent);
        db_array_int(&c->column[2], l->change);
        db_array_time(&c->column[3], l->given ? b->now : 0);
        if (l->freed)
            write_offers(b, l->desk, l->agent);
    }
    write_load_topics(b, w.topics);
}

static void write_cursors(struct store_batch *b)
{
    struct store_columns *c = &b->columns[STORE_CURSOR_PUT];
    size_t i;

    for (i = b->first; i < b->last; i++) {
        const struct inbound *in = b->items[i].in;
        const char *part, *key;

        if (in == NULL || in->cursor == NULL)
            continue;
        part = in->cursor_part == NULL ? "" : in->cursor_part;
        key = store_ledger_key(b->a, b->items[i].from->desk->desk_id, in->channel_id, part);
        if (store_map_get(&b->cursors, key) != &b->items[i])
            continue; /* a later message of this batch says where the part is now */
        db_array_int(&c->column[0], b->items[i].from->desk->desk_id);
        db_array_int(&c->column[1], in->channel_id);
        db_array_text(&c->column[2], part);
        db_array_text(&c->column[3], in->cursor);
        c->rows++;
    }
}

static void write_edits(struct store_batch *b)
{
    struct store_columns *c = &b->columns[STORE_MESSAGE_EDIT];
    const struct store_edit *e;

    for (e = b->edit_list; e != NULL; e = e->next) {
        const struct inbound *in = e->item->in;

        db_array_int(&c->column[0], e->item->from->desk->desk_id);
        db_array_int(&c->column[1], e->of.ticket_id);
        db_array_int(&c->column[2], e->of.message_id);
        db_array_text(&c->column[3], in->text);
        db_array_text(&c->column[4], store_reply_text(in));
        c->rows++;
    }
}

static void write_receipts(struct store_batch *b)
{
    static const char *const names[] = { "sent", "delivered", "read", "failed" };
    struct store_columns *c = &b->columns[STORE_DELIVERY_RECEIPT];
    const struct store_receipt *r;

    for (r = b->receipt_list; r != NULL; r = r->next) {
        db_array_int(&c->column[0], r->item->from->desk->desk_id);
        db_array_int(&c->column[1], r->channel_id);
        db_array_text(&c->column[2], r->told.external_id);
        db_array_text(&c->column[3], names[r->told.state]);
        db_array_text(&c->column[4], r->told.detail);
        c->rows++;
    }
}

static void write_send(struct store_batch *b, int table)
{
    struct store_columns *c = &b->columns[table];
    struct db_value v[STORE_COLUMNS_MAX + 1];
    int n = write_queries[table].columns, i;

    if (c->rows == 0)
        return;
    for (i = 0; i < n; i++)
        v[i] = db_array_end(&c->column[i], b->a);
    if (write_queries[table].now)
        v[n++] = db_time(b->a, b->now);
    db_job_add(b->job, write_queries[table].query, v, n, NULL, NULL);
}

void store_write(struct store_batch *b)
{
    struct db_value v[2] = { db_text("relevo_due"), db_text("") };
    struct store_contact *c;
    struct store_ticket *t;
    struct store_clock *k;
    int i;

    for (c = b->contact_list; c != NULL; c = c->next)
        if (c->is_new || c->dirty)
            write_contact(b, c);
    for (t = b->ticket_list; t != NULL; t = t->next) {
        if (!t->dirty)
            continue;
        write_ticket(b, t);
        write_due(b, t);
        write_handed_on(b, t);
        for (k = t->clocks; k != NULL; k = k->next)
            write_clock(b, t, &k->clock);
    }
    write_loads(b);
    write_cursors(b);
    write_edits(b);
    write_receipts(b);
    for (i = 0; i < STORE_TABLE_N; i++)
        write_send(b, i);
    if (b->proof.seq == 0) /* it answers for what is there already */
        db_job_add(b->job, "commit_sure", NULL, 0, NULL, NULL);
    if (b->wakes)
        db_job_add(b->job, "notify", v, 2, NULL, NULL);
    v[0] = db_text("relevo_delivery");
    if (b->owes)
        db_job_add(b->job, "notify", v, 2, NULL, NULL);
}
