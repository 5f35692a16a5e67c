/* One message from outside: known already, aside, or a fact of the ticket it belongs to. */
#include <inttypes.h>
#include <openssl/sha.h>
#include <string.h>

#include "core/fact_inbound.h"
#include "core/token.h"
#include "daemon/store_batch.h"

void store_thread_key(struct store_batch *b, int32_t desk_id, char kind, const char *key,
                      int64_t ticket_id)
{
    char word[2] = { kind, '\0' };
    const char *name = store_key(b->a, desk_id, word, key);
    int64_t *held = store_map_get(&b->keys, name), *id;
    struct store_columns *c = &b->columns[STORE_THREAD_INSERT];

    if (held != NULL && (*held == ticket_id || kind != 'c'))
        return; /* first come, it stands */
    if (held != NULL)
        c = &b->columns[STORE_THREAD_MOVE]; /* the talk goes on in the follow-up */
    id = arena_alloc(b->a, sizeof(*id));
    *id = ticket_id;
    store_map_put(&b->keys, name, id);
    db_array_int(&c->column[0], desk_id);
    db_array_text(&c->column[1], word);
    db_array_text(&c->column[2], key);
    db_array_int(&c->column[3], ticket_id);
    c->rows++;
}

static void message_ledger(struct store_batch *b, struct store_item *item,
                           enum store_outcome outcome, int64_t ticket_id, int64_t message_id,
                           const char *reason)
{
    static const char *const names[] = { "message",     "duplicate", "ignored",
                                         "quarantined", "receipt",   "edit" };
    const struct inbound *in = item->in;
    struct store_columns *c = &b->columns[STORE_INTAKE_INSERT];
    int32_t desk_id = item->from->desk->desk_id;
    const char *key =
        store_key(b->a, desk_id, arena_printf(b->a, "%" PRId64, in->channel_id), in->external_id);
    int64_t *known = store_map_get(&b->known, key);

    item->outcome = outcome;
    item->answer.message_id = message_id;
    if (known == NULL && outcome != STORE_EDIT) {
        known = arena_array(b->a, 2, sizeof(*known));
        known[0] = ticket_id, known[1] = message_id;
        store_map_put(&b->known, key, known);
        db_array_int(&c->column[0], desk_id);
        db_array_int(&c->column[1], in->channel_id);
        db_array_text(&c->column[2], in->external_id);
        db_array_text(&c->column[3], names[outcome]);
        db_array_int(&c->column[4], ticket_id);
        db_array_int(&c->column[5], message_id);
        db_array_text(&c->column[6], reason);
        c->rows++;
    }
    if (in->locator != NULL) {
        c = &b->columns[STORE_SOURCE_PUT];
        db_array_int(&c->column[0], desk_id);
        db_array_int(&c->column[1], in->channel_id);
        db_array_text(&c->column[2], in->locator);
        db_array_text(&c->column[3], in->external_id);
        db_array_text(&c->column[4], names[outcome]);
        c->rows++;
    }
}

static void message_aside(struct store_batch *b, struct store_item *item, const char *reason)
{
    const struct inbound *in = item->in;
    struct db_value v[7] = { db_int(b->a, item->from->desk->desk_id),
                             db_int(b->a, in->channel_id),
                             db_text(in->external_id),
                             db_text(in->locator),
                             db_text(reason),
                             db_text(in->raw_type == NULL ? "text/plain" : in->raw_type),
                             db_bytes(in->raw.len > 0 ? in->raw : span_of(in->text)) };

    db_job_add(b->job, "quarantine_put", v, 7, NULL, NULL);
    message_ledger(b, item, STORE_QUARANTINED, 0, 0, reason);
}

static const char *message_flags(struct arena *a, const struct inbound *in)
{
    return arena_printf(a, "{%s%s%s%s}", in->automatic ? "automatic," : "",
                        in->bounce ? "bounce," : "", in->spam ? "spam," : "",
                        in->body_unparsed ? "body_unparsed," : "");
}

/* Columns 1 to 11 and the rest of a row of `message`. */
static void message_row(struct store_batch *b, const struct store_ticket *t, int64_t message_id,
                        const char *direction, const char *author, const char *agent,
                        const struct inbound *in, const char *text, const char *subject,
                        const char *mail_id, const unsigned char *digest)
{
    struct store_columns *m = &b->columns[STORE_MESSAGE_INSERT];
    struct db_array *c = m->column;
    char *flags = in == NULL ? NULL : arena_strdup(b->a, message_flags(b->a, in)), *comma;

    if (flags != NULL && (comma = strstr(flags, ",}")) != NULL)
        strcpy(comma, "}");
    db_array_int(c++, t->desk->desk_id);
    db_array_int(c++, t->ticket.ticket_id);
    db_array_int(c++, message_id);
    db_array_text(c++, direction);
    db_array_text(c++, author);
    db_array_text(c++, agent);
    db_array_int(c++, in == NULL ? 0 : t->contact->contact.contact_id);
    db_array_int(c++, in == NULL ? 0 : in->channel_id);
    db_array_text(c++, in == NULL ? NULL : in->external_id);
    db_array_text(c++, in == NULL ? NULL : in->sender.kind);
    db_array_text(c++, in == NULL ? NULL : in->sender.value);
    db_array_text(c++, in == NULL ? NULL : in->conversation);
    db_array_text(c++, NULL);
    db_array_text(c++, subject == NULL ? "" : subject);
    db_array_text(c++, text == NULL ? "" : text);
    db_array_text(c++, in == NULL || in->reply_text == NULL || strcmp(in->reply_text, in->text) == 0
                           ? NULL
                           : in->reply_text);
    db_array_text(c++, in == NULL ? NULL : in->html);
    db_array_text(c++, in == NULL ? NULL : in->language);
    db_array_time(c++, in == NULL ? 0 : in->sent_at);
    db_array_time(c++, in == NULL || in->received_at == 0 ? b->now : in->received_at);
    db_array_text(c++, mail_id);
    db_array_text(c++, in == NULL ? NULL : in->in_reply_to);
    db_array_text(c++, flags == NULL ? "{}" : flags);
    db_array_hex(c++, (struct span){ (const char *)digest, digest == NULL ? 0 : 32 });
    m->rows++;
}

void store_agent_message(struct store_batch *b, struct store_ticket *t, int64_t message_id,
                         enum fact_kind kind, const struct store_message *m)
{
    message_row(b, t, message_id, kind == FACT_AGENT_NOTED ? "note" : "out",
                m->agent == NULL ? "system" : "agent", m->agent, NULL, m->text, m->subject,
                m->mail_id, NULL);
}

static void message_attachments(struct store_batch *b, const struct store_ticket *t,
                                int64_t message_id, const struct inbound *in)
{
    struct store_columns *a = &b->columns[STORE_ATTACHMENT_INSERT];
    size_t i;

    for (i = 0; i < in->attachment_count; i++) {
        db_array_int(&a->column[0], t->desk->desk_id);
        db_array_int(&a->column[1], t->ticket.ticket_id);
        db_array_int(&a->column[2], message_id);
        db_array_int(&a->column[3], (int64_t)i + 1);
        db_array_text(&a->column[4], in->attachments[i].filename);
        db_array_text(&a->column[5], in->attachments[i].content_type == NULL
                                         ? "application/octet-stream"
                                         : in->attachments[i].content_type);
        db_array_int(&a->column[6], in->attachments[i].size);
        db_array_text(&a->column[7], in->attachments[i].sha256);
        db_array_text(&a->column[8], in->attachments[i].url);
        a->rows++;
    }
}

static void message_store(struct store_batch *b, struct store_item *item, struct store_ticket *t,
                          int64_t message_id, const char *agent)
{
    const struct inbound *in = item->in;
    struct thread_key keys[STORE_KEYS_MAX];
    unsigned char digest[32];
    struct db_value v[4];
    size_t i, n;

    SHA256((const unsigned char *)in->raw.ptr, in->raw.len, digest);
    if (in->raw.len > 0) {
        v[0] = db_int(b->a, t->desk->desk_id);
        v[1] = db_bytes((struct span){ (const char *)digest, 32 });
        v[2] = db_text(in->raw_type == NULL ? "application/octet-stream" : in->raw_type);
        v[3] = db_bytes(in->raw);
        db_job_add(b->job, "raw_put", v, 4, NULL, NULL);
    }
    message_row(b, t, message_id, agent == NULL ? "in" : "out",
                agent == NULL ? "customer" : "agent", agent, in, in->text, in->subject,
                in->message_id, in->raw.len > 0 ? digest : NULL);
    message_attachments(b, t, message_id, in);
    n = thread_keys(in, b->a, keys, STORE_KEYS_MAX);
    for (i = 0; i < n; i++)
        store_thread_key(b, t->desk->desk_id, keys[i].kind, keys[i].key, t->ticket.ticket_id);
    if (in->copy_key != NULL)
        store_thread_key(b, t->desk->desk_id, 'k', in->copy_key, t->ticket.ticket_id);
    message_ledger(b, item, STORE_MESSAGE, t->ticket.ticket_id, message_id, NULL);
}

static struct store_contact *message_contact(struct store_batch *b, struct store_item *item)
{
    const struct inbound_address *s = &item->in->sender;
    int32_t desk_id = item->from->desk->desk_id;
    const char *key = store_key(b->a, desk_id, s->kind, s->value);
    int64_t *id = store_map_get(&b->addresses, key);
    struct store_columns *a = &b->columns[STORE_ADDRESS_INSERT];
    struct store_contact *c;

    if (id != NULL)
        return store_map_get(&b->contacts, store_key_int(b->a, desk_id, *id));
    id = arena_alloc(b->a, sizeof(*id));
    *id = store_id_take(b, 3);
    store_map_put(&b->addresses, key, id);
    c = store_contact_new(b, desk_id, *id);
    c->is_new = true;
    c->contact.name = s->name;
    c->contact.language = item->in->language;
    db_array_int(&a->column[0], desk_id);
    db_array_text(&a->column[1], s->kind);
    db_array_text(&a->column[2], s->value);
    db_array_int(&a->column[3], *id);
    db_array_text(&a->column[4], item->from->channel.name);
    db_array_time(&a->column[5], item->in->sender_proven ? b->now : 0);
    a->rows++;
    return c;
}

static bool message_has_key(const struct conf_key *keys, const char *name)
{
    for (; keys != NULL && keys->name != NULL; keys++)
        if (strcmp(keys->name, name) == 0)
            return true;
    return false;
}

/* Somebody vouches for the sender. */
static bool message_proven(const struct store_item *item)
{
    const struct channel *ch = &item->from->channel;
    const char *at = strrchr(item->in->sender.value, '@');

    if (item->in->sender_proven)
        return true;
    if (ch->conf != NULL && message_has_key(ch->ops->keys, "authserv_id") &&
        conf_has(ch->conf, "authserv_id"))
        return at != NULL && item->in->authenticated_domain != NULL &&
               strcasecmp(at + 1, item->in->authenticated_domain) == 0;
    return true; /* nobody was configured to vouch: participants are believed */
}

static void message_candidate(struct store_batch *b, struct store_item *item,
                              const struct thread_signal *s, const struct store_contact *who,
                              struct thread_candidate *out)
{
    const struct desk *desk = item->from->desk;
    char word[2] = { s->kind, '\0' };
    int64_t *held =
        s->kind == 0 ? NULL : store_map_get(&b->keys, store_key(b->a, desk->desk_id, word, s->key));
    int64_t named = s->kind == 0 ? s->ticket_id : held == NULL ? 0 : *held;
    struct store_ticket *t = store_ticket_find(b, desk->desk_id, named);

    if (t == NULL)
        return;
    out->ticket_id = t->ticket.ticket_id;
    out->status = t->ticket.status;
    out->participant =
        t->contact == who ||
        store_map_get(&b->participants,
                      store_key(b->a, desk->desk_id, arena_printf(b->a, "%" PRId64, named),
                                item->in->sender.value)) != NULL;
    if (s->way == THREAD_BY_TOKEN)
        out->token_fits =
            token_fits(desk->token_key, span_of(s->key), named, item->in->sender.value);
}

/* An agent's mail with the token that was sent to that agent goes to the customer. */
static bool message_from_agent(struct store_batch *b, struct store_item *item)
{
    const struct policy *p = item->from->desk->policy.policy;
    struct inbound *in = item->in;
    int agent = strcmp(in->sender.kind, "email") == 0
                    ? policy_find_agent_by_email(p, in->sender.value)
                    : -1;
    struct plan *plan;
    struct fact f;
    size_t i;

    for (i = 0; agent >= 0 && message_proven(item) && i < item->signals->count; i++) {
        const struct thread_signal *s = &item->signals->at[i];
        struct store_ticket *t;
        struct sink_words words = { p->agents[agent].full_name, in->reply_text };
        struct error err;

        if (s->way != THREAD_BY_TOKEN || !token_fits(item->from->desk->token_key, span_of(s->key),
                                                     s->ticket_id, in->sender.value))
            continue;
        t = store_ticket_find(b, item->from->desk->desk_id, s->ticket_id);
        if (t == NULL || in->automatic || in->bounce)
            continue;
        plan = arena_alloc(b->a, sizeof(*plan));
        f = (struct fact){ .kind = FACT_AGENT_REPLIED,
                           .at = in->received_at,
                           .by = FACT_BY_AGENT,
                           .actor = p->agents[agent].name,
                           .message_id = store_id_take(b, 1),
                           .status = TICKET_STATUS_N,
                           .priority = TICKET_PRIORITY_NONE };
        if (store_apply(b, t, &f, &words, plan, &err) < 0)
            message_aside(b, item, err.text);
        else
            message_store(b, item, t, f.message_id, p->agents[agent].name);
        return true;
    }
    return false;
}

static void message_path(struct store_ticket *t, const struct inbound *in)
{
    const struct inbound_address *to = in->reply_to.value != NULL ? &in->reply_to : &in->sender;

    t->path = (struct sink_return_path){ .channel_id = in->channel_id,
                                         .address_kind = to->kind,
                                         .address = to->value,
                                         .conversation = in->conversation,
                                         .external_id = in->external_id,
                                         .mail_id = in->message_id };
}

static void message_customer(struct store_batch *b, struct store_item *item)
{
    struct store_contact *who = message_contact(b, item);
    struct thread_candidate candidates[THREAD_SIGNALS_MAX] = { 0 };
    struct plan *plan = arena_alloc(b->a, sizeof(*plan));
    const struct inbound *in = item->in;
    struct thread_found found;
    struct sink_words words = { in->sender.name == NULL ? in->sender.value : in->sender.name,
                                in->reply_text };
    struct store_ticket *t, old;
    struct fact f;
    struct error err;
    size_t i;

    for (i = 0; i < item->signals->count; i++)
        message_candidate(b, item, &item->signals->at[i], who, &candidates[i]);
    thread_find(item->signals, candidates, message_proven(item), &found);
    t = store_ticket_find(b, item->from->desk->desk_id, found.ticket_id);
    if (t == NULL) {
        t = store_ticket_new(b, item->from->desk);
        t->is_new = true;
        t->ticket.ticket_id = store_id_take(b, 0);
        t->contact = who;
        t->channel_id = in->channel_id;
        item->opened = true;
        store_map_put(&b->tickets, store_key_int(b->a, t->desk->desk_id, t->ticket.ticket_id), t);
    }
    fact_from_inbound(in, &found, &f);
    f.message_id = store_id_take(b, 1);
    old = *t;
    if (!in->bounce && !in->automatic)
        message_path(t, in);
    else if (t->is_new)
        message_path(t, in);
    if (b->err.kind != ERROR_NONE)
        return;
    if (store_apply(b, t, &f, &words, plan, &err) < 0) {
        t->path = old.path;
        item->opened = false;
        message_aside(b, item, err.text);
        return;
    }
    message_store(b, item, t, f.message_id, NULL);
}

static void message_edit(struct store_batch *b, struct store_item *item, const int64_t *known)
{
    struct store_columns *e = &b->columns[STORE_MESSAGE_EDIT];

    if (known == NULL || known[1] == 0) {
        message_ledger(b, item, STORE_EDIT, 0, 0, NULL);
        return;
    }
    db_array_int(&e->column[0], item->from->desk->desk_id);
    db_array_int(&e->column[1], known[0]);
    db_array_int(&e->column[2], known[1]);
    db_array_text(&e->column[3], item->in->text);
    db_array_text(&e->column[4], item->in->reply_text);
    e->rows++;
    message_ledger(b, item, STORE_EDIT, known[0], known[1], NULL);
}

static void message_receipt(struct store_batch *b, struct store_item *item)
{
    static const char *const names[] = { "sent", "delivered", "read", "failed" };
    struct store_columns *r = &b->columns[STORE_DELIVERY_RECEIPT];

    db_array_int(&r->column[0], item->from->desk->desk_id);
    db_array_int(&r->column[1], item->in->channel_id);
    db_array_text(&r->column[2], item->in->receipt.external_id);
    db_array_text(&r->column[3], names[item->in->receipt.state]);
    db_array_text(&r->column[4], item->in->receipt.detail);
    r->rows++;
    message_ledger(b, item, STORE_RECEIPT, 0, 0, NULL);
}

/* The last one of a part wins: each part is one row. */
static void message_cursor(struct store_batch *b, struct store_item *item)
{
    const struct inbound *in = item->in;

    if (in->cursor != NULL)
        store_map_put(&b->cursors,
                      store_key(b->a, item->from->desk->desk_id,
                                arena_printf(b->a, "%" PRId64, in->channel_id),
                                in->cursor_part == NULL ? "" : in->cursor_part),
                      item);
}

void store_take_message(struct store_batch *b, struct store_item *item)
{
    const struct inbound *in = item->in;
    const int64_t *known = store_map_get(
        &b->known, store_key(b->a, item->from->desk->desk_id,
                             arena_printf(b->a, "%" PRId64, in->channel_id), in->external_id));
    const int64_t *copy = in->copy_key == NULL
                              ? NULL
                              : store_map_get(&b->keys, store_key(b->a, item->from->desk->desk_id,
                                                                  "k", in->copy_key));

    item->opened = false;
    message_cursor(b, item);
    if (in->kind == INBOUND_EDIT)
        message_edit(b, item, known);
    else if (known != NULL)
        message_ledger(b, item, STORE_DUPLICATE, known[0], known[1], NULL);
    else if (item->quarantine != NULL || in->kind == INBOUND_BROKEN)
        message_aside(b, item,
                      item->quarantine != NULL ? item->quarantine
                      : in->reason != NULL     ? in->reason
                                               : "could not be understood");
    else if (in->kind == INBOUND_RECEIPT)
        message_receipt(b, item);
    else if (in->kind == INBOUND_IGNORED || in->echo)
        message_ledger(b, item, STORE_IGNORED, 0, 0, in->echo ? "our own message" : in->reason);
    else if (copy != NULL)
        message_ledger(b, item, STORE_DUPLICATE, *copy, 0, "a copy of a message of this ticket");
    else if (!message_from_agent(b, item))
        message_customer(b, item);
}
