/* One message from outside: known already, aside, or a fact of the ticket it belongs to. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "core/fact_inbound.h"
#include "core/notice.h"
#include "core/token.h"
#include "daemon/store_batch.h"

static struct store_contact *message_contact(struct store_batch *b, struct store_item *item)
{
    const struct inbound_address *s = &item->in->sender;
    int32_t desk_id = item->from->desk->desk_id;
    const char *key = store_key(b->a, desk_id, s->kind, s->value);
    int64_t *id = store_map_get(&b->addresses, key);
    const struct store_organization *of = store_map_get(&b->organizations, key);
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
    if (of != NULL)
        c->of = *of;
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

/* The channel names the server whose Authentication-Results are believed. */
static bool message_has_voucher(const struct channel *ch)
{
    return ch->conf != NULL && message_has_key(ch->ops->keys, "authserv_id") &&
           conf_has(ch->conf, "authserv_id");
}

/* The channel itself, or the server that it names, vouches for the sender. Where a channel names no
 * server there is nobody to ask, and what else is asked for (a token, a thread that the sender
 * takes part in) is all the proof there is: docs/semantics.md, section 4. */
static bool message_proven(const struct store_item *item)
{
    return !message_has_voucher(&item->from->channel) || inbound_is_vouched_for(item->in);
}

/* Which of the desk's agents has this address; -1: none. */
static int message_agent(const struct store_item *item)
{
    return strcmp(item->in->sender.kind, "email") == 0
               ? policy_find_agent_by_email(item->from->desk->policy.policy, item->in->sender.value)
               : -1;
}

/* The ticket that a signal names, by itself or by a key that some ticket holds; 0: none. */
static int64_t message_named(struct store_batch *b, const struct desk *desk,
                             const struct thread_signal *s)
{
    char word[2] = { s->kind, '\0' };
    const int64_t *held;

    if (s->kind == 0)
        return s->ticket_id;
    held = store_map_get(&b->keys, store_key(b->a, desk->desk_id, word, s->key));
    return held == NULL ? 0 : *held;
}

/* A closed ticket that is named again goes on in the follow-up it has. */
static struct store_ticket *message_follow_up(struct store_batch *b, struct store_ticket *t,
                                              int64_t named)
{
    const char *number = arena_printf(b->a, "%" PRId64, named);
    const int64_t *next = store_map_get(&b->keys, store_key(b->a, t->desk->desk_id, "f", number));
    struct store_ticket *later =
        next == NULL ? NULL : store_ticket_find(b, t->desk->desk_id, *next);

    return later == NULL ? t : later;
}

static void message_candidate(struct store_batch *b, struct store_item *item,
                              const struct thread_signal *s, const struct store_contact *who,
                              struct thread_candidate *out)
{
    const struct desk *desk = item->from->desk;
    int64_t named = message_named(b, desk, s);
    struct store_ticket *t = store_ticket_find(b, desk->desk_id, named);

    if (t == NULL)
        return;
    out->participant =
        t->contact == who ||
        store_map_get(&b->participants,
                      store_key(b->a, desk->desk_id, arena_printf(b->a, "%" PRId64, named),
                                item->in->sender.value)) != NULL;
    if (s->way == THREAD_BY_TOKEN)
        out->token_fits = message_agent(item) < 0 && token_fits(desk->token_key, span_of(s->key),
                                                                named, item->in->sender.value);
    if (t->ticket.status == TICKET_CLOSED)
        t = message_follow_up(b, t, named);
    out->ticket_id = t->ticket.ticket_id;
    out->over = !plan_takes_message(desk->policy.policy, &t->ticket,
                                    inbound_received(item->in->received_at, b->now));
    out->subject = t->ticket.subject;
}

/* The ticket whose token was sent to just this sender; NULL: it carries none. */
static struct store_ticket *message_by_own_token(struct store_batch *b,
                                                 const struct store_item *item)
{
    const struct desk *desk = item->from->desk;
    size_t i;

    for (i = 0; i < item->signals->count; i++)
        if (item->signals->at[i].way == THREAD_BY_TOKEN &&
            token_fits(desk->token_key, span_of(item->signals->at[i].key),
                       item->signals->at[i].ticket_id, item->in->sender.value))
            return store_ticket_find(b, desk->desk_id, item->signals->at[i].ticket_id);
    return NULL;
}

/* An agent's mail of which nobody here has the words, or not all of them; NULL: it is whole. */
static const char *message_unread(struct arena *a, const struct inbound *in, const char *agent)
{
    if (in->encrypted)
        return arena_printf(a,
                            "the answer by mail of %s is encrypted, and nobody here can read it: "
                            "please send it again as plain mail",
                            agent);
    if (in->body_unparsed)
        return arena_printf(a,
                            "the answer by mail of %s could not be read whole: please send it "
                            "again, shorter or with fewer files",
                            agent);
    return NULL;
}

/* It is no answer, and no clock takes it for one; the ticket's people are told, as of one that did
 * not arrive. */
static void message_hold_answer(struct store_batch *b, struct store_item *item,
                                struct store_ticket *t, const char *why)
{
    struct fact f = store_delivery_ended(inbound_received(item->in->received_at, b->now), 0,
                                         notice_kinds[NOTICE_REPLY].id, "dead", why);
    struct error err;

    if (store_apply(b, t, &f, NULL, b->store->scratch, &err) < 0)
        why = arena_printf(b->a, "%s (%s)", why, err.text);
    store_keep_aside(b, item, why);
}

/* An agent's mail goes to the customer if it carries the token that was sent to just this agent and
 * is proven besides (S-6); else it is mail like any other. What the agent's mail system says of
 * itself to a notice is nothing at all: as a ticket it would cause the next notice. */
static bool message_from_agent(struct store_batch *b, struct store_item *item)
{
    const struct desk *desk = item->from->desk;
    const struct inbound *in = item->in;
    int agent = message_agent(item);
    struct store_ticket *t;
    struct sink_words words = { 0 };
    struct error err;
    struct plan *plan = b->store->scratch;
    const char *unread;
    struct fact f;

    if (agent < 0 || in->bounce || (t = message_by_own_token(b, item)) == NULL)
        return false;
    if (inbound_is_automatic(in)) {
        store_keep_ledger(b, item, STORE_IGNORED, 0, 0, "an agent's mail system, not the agent");
        return true;
    }
    if (!message_proven(item))
        return false;
    unread = message_unread(b->a, in, desk->policy.policy->agents[agent].name);
    if (unread != NULL) {
        message_hold_answer(b, item, t, unread);
        return true;
    }
    words.author_name = desk->policy.policy->agents[agent].full_name;
    words.text = in->reply_text == NULL || *in->reply_text == '\0' ? in->text : in->reply_text;
    f = (struct fact){ .kind = FACT_AGENT_REPLIED,
                       .at = inbound_received(in->received_at, b->now),
                       .by = FACT_BY_AGENT,
                       .actor = desk->policy.policy->agents[agent].name,
                       .message_id = store_id_take(b, 1),
                       .status = TICKET_STATUS_N,
                       .priority = TICKET_PRIORITY_NONE };
    if (store_apply(b, t, &f, &words, plan, &err) < 0)
        message_hold_answer(
            b, item, t,
            arena_printf(b->a, "the answer by mail of %s reaches nobody: %s", f.actor, err.text));
    else
        store_keep_message(b, item, t, f.message_id, NULL, f.actor);
    return true;
}

static void message_path(struct store_ticket *t, const struct inbound *in, struct arena *a)
{
    bool to_other = in->reply_to.value != NULL && !in->reply_to_stranger; /* S-12 */
    const struct inbound_address *to = to_other ? &in->reply_to : &in->sender;

    t->path =
        (struct sink_return_path){ .channel_id = in->channel_id,
                                   .address_kind = to->kind,
                                   .address = to->value,
                                   .conversation = in->conversation,
                                   .external_id = in->noted ? t->path.external_id : in->external_id,
                                   .mail_id = in->noted ? t->path.mail_id : in->message_id,
                                   .mail_references =
                                       in->noted ? t->path.mail_references : thread_chain(in, a) };
}

/* Whether answers go to its writer from now on: he is the ticket's customer, or was written to
 * about it, or the channel says that it is the same talk. Who only stands in Cc may say something
 * in a ticket, and takes nobody's answers (S-7). */
static bool message_leads(const struct store_ticket *t, const struct store_contact *who,
                          const struct thread_found *found)
{
    return who == t->contact || found->way == THREAD_BY_TOKEN ||
           found->way == THREAD_BY_CONVERSATION || found->way == THREAD_BY_OPERATOR;
}

/* The ticket that it belongs to, made if there is none yet. */
static struct store_ticket *message_ticket(struct store_batch *b, struct store_item *item,
                                           const struct thread_found *found,
                                           struct store_contact *who)
{
    struct store_ticket *t = store_ticket_find(b, item->from->desk->desk_id, found->ticket_id);

    if (t != NULL)
        return t;
    t = store_ticket_new(b, item->from->desk);
    t->is_new = true;
    t->ticket.ticket_id = store_id_take(b, 0);
    t->contact = who;
    t->channel_id = item->in->channel_id;
    store_map_put(&b->tickets, store_key_int(b->a, t->desk->desk_id, t->ticket.ticket_id), t);
    return t;
}

/* Whatever named the closed ticket leads to its follow-up from now on. */
static void message_note_follow_up(struct store_batch *b, const struct store_item *item,
                                   const struct thread_candidate *candidates,
                                   const struct thread_found *found, int64_t ticket_id)
{
    int32_t desk_id = item->from->desk->desk_id;
    size_t i;

    if (found->follow_up_of == 0)
        return;
    store_keep_key(b, desk_id, 'f', arena_printf(b->a, "%" PRId64, found->follow_up_of), ticket_id,
                   0);
    for (i = 0; i < item->signals->count; i++)
        if (candidates[i].ticket_id == found->follow_up_of)
            store_keep_key(b, desk_id, 'f',
                           arena_printf(b->a, "%" PRId64,
                                        message_named(b, item->from->desk, &item->signals->at[i])),
                           ticket_id, 0);
}

/* Mail in the desk's own name: a copy of what was sent from the shared mailbox, a form that writes
 * so. Who would be told of it is the desk itself (E-01). */
static bool message_is_own(const struct store_batch *b, const struct store_item *item)
{
    return strcmp(item->in->sender.kind, "email") == 0 &&
           desk_is_own(item->from->desk, item->in->sender.value, b->a);
}

bool store_is_automatic(const struct store_item *item)
{
    return item->own || inbound_is_automatic(item->in);
}

static void message_customer(struct store_batch *b, struct store_item *item)
{
    struct store_contact *who = message_contact(b, item);
    struct thread_candidate candidates[THREAD_SIGNALS_MAX] = { 0 };
    struct plan *plan = b->store->scratch;
    const struct inbound *in = item->in;
    struct sink_words words = { in->sender.name == NULL ? in->sender.value : in->sender.name,
                                in->reply_text, NULL, false };
    struct sink_return_path path;
    struct thread_found found;
    const char *subject;
    bool leads;
    struct store_ticket *t;
    struct fact f;
    struct error err;
    size_t i;

    for (i = 0; i < item->signals->count; i++)
        message_candidate(b, item, &item->signals->at[i], who, &candidates[i]);
    thread_find(in, item->signals, candidates, message_proven(item), &found);
    t = message_ticket(b, item, &found, who);
    fact_from_inbound(in, &found, b->now, &f);
    f.thread_why = thread_why(b->a, &found);
    item->own = message_is_own(b, item);
    f.automatic = store_is_automatic(item);
    f.message_id = store_id_take(b, 1);
    f.organization = who->of.name;
    f.plan = who->of.plan;
    f.vip = who->of.vip;
    if (b->err.kind != ERROR_NONE)
        return;
    path = t->path;
    leads = message_leads(t, who, &found);
    if (t->path.channel_id == 0 || (leads && !f.automatic)) /* 0: nothing came before it */
        message_path(t, in, b->a);
    words.of_another = !leads;
    if (store_apply(b, t, &f, &words, plan, &err) < 0) {
        t->path = path;
        store_keep_aside(b, item, arena_strdup(b->a, err.text));
        return;
    }
    message_note_follow_up(b, item, candidates, &found, t->ticket.ticket_id);
    if (found.changed_subject && t->is_new && (subject = thread_subject_key(b->a, in)) != NULL)
        store_keep_key(b, t->desk->desk_id, 's', subject, t->ticket.ticket_id, 0);
    if (!inbound_is_automatic(in) && strcmp(in->sender.kind, "email") == 0)
        store_keep_alive(b, item->from->desk->desk_id, in->sender.value);
    store_keep_message(b, item, t, f.message_id, who, NULL);
}

/* --- what is no message: edits, receipts, what is set aside
 * ------------------------------------------------------------------------------------------ */

static void message_edit(struct store_batch *b, struct store_item *item,
                         const struct store_known *known)
{
    const char *key = store_key_int(b->a, item->from->desk->desk_id, known->message_id);
    struct store_edit *e = store_map_get(&b->edits, key);

    if (e == NULL) {
        e = arena_alloc(b->a, sizeof(*e));
        e->next = b->edit_list;
        b->edit_list = e;
        store_map_put(&b->edits, key, e);
    }
    e->item = item;
    e->of = *known;
    store_keep_ledger(b, item, STORE_EDIT, known->ticket_id, known->message_id, NULL);
}

/* What was sent and did not arrive is told in the ticket's history, once. */
static void message_failed(struct store_batch *b, const struct store_item *item,
                           struct store_delivery *d, const char *detail)
{
    struct plan *plan = b->store->scratch;
    struct store_ticket *t =
        store_map_get(&b->tickets, store_key_int(b->a, item->from->desk->desk_id, d->ticket_id));
    struct fact f =
        store_delivery_ended(item->in->received_at, d->delivery_id, d->notice, "failed", detail);
    struct error err;

    if (t != NULL && !d->failed)
        d->failed = store_apply(b, t, &f, NULL, plan, &err) == 0;
}

/* One row a delivery: the furthest that was told of it. */
static void message_told(struct store_batch *b, struct store_item *item, const char *key,
                         int64_t channel_id, const struct inbound_receipt *told)
{
    struct store_receipt *r = store_map_get(&b->receipts, key);

    if (r == NULL) {
        r = arena_alloc(b->a, sizeof(*r));
        r->next = b->receipt_list;
        b->receipt_list = r;
        store_map_put(&b->receipts, key, r);
    }
    if (r->item == NULL || r->told.state < told->state)
        *r = (struct store_receipt){ item, channel_id, *told, r->next };
    store_keep_ledger(b, item, STORE_RECEIPT, 0, 0, NULL);
}

static void message_receipt(struct store_batch *b, struct store_item *item)
{
    const struct inbound *in = item->in;
    const char *key =
        store_ledger_key(b->a, item->from->desk->desk_id, in->channel_id, in->receipt.external_id);
    struct store_delivery *of = store_map_get(&b->deliveries, key);

    if (of != NULL)
        message_failed(b, item, of, in->receipt.detail);
    message_told(b, item, key, in->channel_id, &in->receipt);
}

static const char *message_delivery_key(struct store_batch *b, const struct store_item *item,
                                        int64_t delivery_id)
{
    return store_ledger_key(b->a, item->from->desk->desk_id, STORE_BY_NUMBER,
                            arena_printf(b->a, "%" PRId64, delivery_id));
}

/* The delivery that a mail server reports of: by the token that its report came back to, else by
 * the Message-ID that we gave it. NULL: it is none of ours. */
static struct store_delivery *message_own_delivery(struct store_batch *b,
                                                   const struct store_item *item)
{
    const char *id = item->in->failed.message_id;
    int64_t named = store_named_delivery(item);
    struct store_delivery *of = NULL;

    if (named != 0)
        of = store_map_get(&b->deliveries, message_delivery_key(b, item, named));
    if (of == NULL && id != NULL)
        of = store_map_get(&b->deliveries,
                           store_ledger_key(b->a, item->from->desk->desk_id, STORE_BY_MAIL_ID, id));
    return of;
}

/* What the report says of it. A relay that does not report further says no more than that it has
 * it. */
static struct inbound_receipt message_reported(struct arena *a, const struct inbound *in)
{
    const char *status = in->failed.status == NULL ? "no status" : in->failed.status;
    const char *action = in->failed.action == NULL ? "delivered" : in->failed.action;

    if (in->nature == INBOUND_BOUNCE)
        return (struct inbound_receipt){ .state = RECEIPT_FAILED,
                                         .detail = arena_printf(a, "bounced: %s", status) };
    if (in->nature == INBOUND_DELAYED)
        return (struct inbound_receipt){ .state = RECEIPT_SENT,
                                         .detail = arena_printf(a, "delayed: %s", status) };
    return (struct inbound_receipt){ .state = strcmp(action, "delivered") == 0 ? RECEIPT_DELIVERED
                                                                               : RECEIPT_SENT,
                                     .detail = action };
}

/* Nobody is at the address that it was sent to. Where the report names another, that one is behind
 * it: an alias or a list of which the rest may well live. */
static bool message_says_dead(const struct inbound *in, const struct store_delivery *of)
{
    const char *gone = in->failed.recipient;

    return in->nature == INBOUND_BOUNCE && inbound_says_nobody(in->failed.status) &&
           (gone == NULL || strcasecmp(gone, of->address) == 0);
}

/* A report about what we sent is told of its delivery, wherever it comes from: nobody else knows
 * the id. The ticket hears of a person's words that did not arrive; of a notice it does not, nor of
 * what is well or still being tried (B-13). */
static bool message_of_own_delivery(struct store_batch *b, struct store_item *item)
{
    const struct inbound *in = item->in;
    struct store_delivery *of = message_own_delivery(b, item);
    struct inbound_receipt told;

    if (of == NULL)
        return false;
    told = message_reported(b->a, in);
    told.external_id = arena_printf(b->a, "%" PRId64, of->delivery_id);
    if (message_says_dead(in, of))
        store_keep_dead(b, item->from->desk->desk_id, of->address, told.detail);
    if (told.state == RECEIPT_FAILED && strcmp(of->notice, notice_kinds[NOTICE_REPLY].id) == 0)
        message_failed(b, item, of, told.detail);
    message_told(b, item, message_delivery_key(b, item, of->delivery_id), STORE_BY_NUMBER, &told);
    return true;
}

/* The last one of a part wins: each part is one row. */
static void message_cursor(struct store_batch *b, struct store_item *item)
{
    const struct inbound *in = item->in;

    if (in->cursor != NULL)
        store_map_put(&b->cursors,
                      store_ledger_key(b->a, item->from->desk->desk_id, in->channel_id,
                                       in->cursor_part == NULL ? "" : in->cursor_part),
                      item);
}

static const char *message_broken(const struct store_item *item)
{
    if (item->quarantine != NULL)
        return item->quarantine;
    if (item->in->kind != INBOUND_BROKEN)
        return NULL;
    return item->in->reason != NULL ? item->in->reason : "could not be understood";
}

void store_take_message(struct store_batch *b, struct store_item *item)
{
    const struct inbound *in = item->in;
    int32_t desk_id = item->from->desk->desk_id;
    const struct store_known *known =
        store_map_get(&b->known, store_ledger_key(b->a, desk_id, in->channel_id, in->external_id));
    const int64_t *copy =
        in->copy_key == NULL ? NULL
                             : store_map_get(&b->keys, store_key(b->a, desk_id, "k", in->copy_key));
    const char *broken = message_broken(item);

    message_cursor(b, item);
    if (in->kind == INBOUND_EDIT && known != NULL && known->message_id != 0)
        message_edit(b, item, known);
    else if (known != NULL)
        store_keep_ledger(b, item, STORE_DUPLICATE, known->ticket_id, known->message_id, NULL);
    else if (broken != NULL)
        store_keep_aside(b, item, broken);
    else if (in->kind == INBOUND_RECEIPT)
        message_receipt(b, item);
    else if (in->kind == INBOUND_IGNORED || in->echo)
        store_keep_ledger(b, item, STORE_IGNORED, 0, 0, in->echo ? "our own message" : in->reason);
    else if (copy != NULL)
        store_keep_ledger(b, item, STORE_DUPLICATE, *copy, 0, "a copy of a message of this ticket");
    else if (!message_of_own_delivery(b, item) && !message_from_agent(b, item))
        message_customer(b, item);
}
