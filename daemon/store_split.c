/* Messages go on in a ticket of their own (C-15): which they are is looked up under the lock of the
 * ticket that they leave, and they move in the transaction that opens the new one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/thread.h"
#include "daemon/store_batch.h"

struct split_message {
    int64_t ticket_id, message_id, contact_id;
    bool of_customer, opened, answered, noted, moved;
    struct fact words; /* of the ticket that it opens, as far as the message says */
    struct sink_return_path path;
};
/* What a ticket keeps. */
struct split_rest {
    int64_t at;
    bool noted, of_machine; /* of_machine: nothing of a person is left */
    struct sink_return_path path;
};
/* One fact's: in the order in which they came. */
struct split {
    struct store_batch *b;
    struct store_ticket *from;
    struct split_message **of;
    size_t count;
    const struct split_message *first, *last; /* of a person, where one is */
    const struct split_rest *rest;            /* NULL: nothing of a customer is left */
};

/* --- what there is
 * --------------------------------------------------------------------------------------- */

static void split_send(struct store_batch *b, const char *query, db_answer_fn *take, void *arg)
{
    struct store_columns c = { 0 };
    struct db_value v[3];
    size_t i, k;

    for (i = b->first; i < b->last; i++) {
        const struct store_fact *f = b->items[i].fact;

        for (k = 0; f != NULL && k < f->fact.moved_count; k++, c.rows++) {
            db_array_int(&c.column[0], f->desk_id);
            db_array_int(&c.column[1], f->ticket_id);
            db_array_int(&c.column[2], f->fact.moved[k]);
        }
    }
    if (c.rows == 0)
        return;
    for (i = 0; i < 3; i++)
        v[i] = db_array_end(&c.column[i], b->a);
    db_job_add(b->job, query, v, 3, take, arg);
}

void store_split_authors(struct store_batch *b, db_answer_fn *take, void *arg)
{
    split_send(b, "split_find", take, arg);
}

static const char *split_key(struct store_batch *b, int64_t desk_id, int64_t message_id)
{
    return store_key_id(b->a, (int32_t)desk_id, "m", message_id);
}

static const char *split_rest_key(struct store_batch *b, int64_t desk_id, int64_t ticket_id)
{
    return store_key_id(b->a, (int32_t)desk_id, "t", ticket_id);
}

static bool split_is(const char *flags, const char *flag)
{
    size_t len = strlen(flag);
    const char *at;

    for (at = flags; (at = strstr(at, flag)) != NULL; at += len)
        if ((at == flags || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

static bool split_is_report(const char *flags)
{
    int n;

    for (n = INBOUND_OUT_OF_OFFICE; n < INBOUND_NATURE_N; n++)
        if (split_is(flags, inbound_nature_name((enum inbound_nature)n)))
            return true;
    return false;
}

/* Columns from `at` on: channel, external id, kind of address, address, conversation, mail id. */
static struct sink_return_path split_path(struct store_batch *b, const PGresult *res, int row,
                                          int at)
{
#define SPLIT_TEXT(column) arena_strdup(b->a, db_cell_text(res, row, column))
    return (struct sink_return_path){ .channel_id = db_cell_int(res, row, at),
                                      .external_id = SPLIT_TEXT(at + 1),
                                      .address_kind = SPLIT_TEXT(at + 2),
                                      .address = SPLIT_TEXT(at + 3),
                                      .conversation = SPLIT_TEXT(at + 4),
                                      .mail_id = SPLIT_TEXT(at + 5) };
}

/* What was taken down by hand has an id that nobody can answer. */
static bool split_is_noted(struct sink_return_path *path)
{
    if (path->external_id == NULL || !inbound_is_noted(path->external_id))
        return false;
    path->external_id = NULL;
    return true;
}

static void split_take_messages(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    const PGresult *res = answer->res;
    int row;

    for (row = 0; row < PQntuples(res); row++) {
        struct split_message *m = arena_alloc(b->a, sizeof(*m));
        const char *flags = db_cell_text(res, row, 15);

        m->ticket_id = db_cell_int(res, row, 1);
        m->message_id = db_cell_int(res, row, 2);
        m->contact_id = db_cell_int(res, row, 3);
        m->of_customer = db_cell_bool(res, row, 4);
        m->path = split_path(b, res, row, 5);
        m->noted = split_is_noted(&m->path);
        m->words = (struct fact){ .kind = FACT_SPLIT_FROM,
                                  .at = db_cell_int(res, row, 14),
                                  .message_id = m->message_id,
                                  .subject = SPLIT_TEXT(11),
                                  .text = SPLIT_TEXT(12),
                                  .sender = m->path.address,
                                  .language = SPLIT_TEXT(13),
                                  .automatic = split_is(flags, "automatic"),
                                  .declines = split_is(flags, "declines_answers"),
                                  .spam = split_is(flags, "spam"),
                                  .bounce = split_is(flags, "bounce"),
                                  .report = split_is_report(flags),
                                  .status = TICKET_STATUS_N,
                                  .priority = TICKET_PRIORITY_NONE };
        m->opened = db_cell_bool(res, row, 16);
        m->answered = db_cell_bool(res, row, 17);
        store_map_put(&b->moving, split_key(b, db_cell_int(res, row, 0), m->message_id), m);
    }
#undef SPLIT_TEXT
}

static void split_take_rest(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    const PGresult *res = answer->res;
    int row;

    for (row = 0; row < PQntuples(res); row++) {
        struct split_rest *rest = arena_alloc(b->a, sizeof(*rest));

        rest->path = split_path(b, res, row, 2);
        rest->noted = split_is_noted(&rest->path);
        rest->at = db_cell_int(res, row, 8);
        rest->of_machine = db_cell_bool(res, row, 9);
        store_map_put(&b->moving,
                      split_rest_key(b, db_cell_int(res, row, 0), db_cell_int(res, row, 1)), rest);
    }
}

void store_split_look(struct store_batch *b)
{
    split_send(b, "split_find", split_take_messages, b);
    split_send(b, "split_rest", split_take_rest, b);
}

/* --- what goes
 * ------------------------------------------------------------------------------------------- */

static bool split_waits(const struct split_message *m)
{
    return !m->words.automatic && !fact_is_inert(&m->words);
}

static int split_by_time(const void *x, const void *y)
{
    const struct split_message *a = *(struct split_message *const *)x;
    const struct split_message *b = *(struct split_message *const *)y;

    if (a->words.at != b->words.at)
        return a->words.at < b->words.at ? -1 : 1;
    return a->message_id < b->message_id ? -1 : a->message_id > b->message_id;
}

/* Why this one may not go: -1. */
static int split_refuse(const struct split *s, const struct split_message *m, int64_t message_id,
                        struct error *err)
{
    int64_t ticket_id = s->from->ticket.ticket_id;

    if (m == NULL || m->moved || m->ticket_id != ticket_id)
        return error_set(err, ERROR_PERMANENT, "ticket %" PRId64 " has no message %" PRId64,
                         ticket_id, message_id);
    if (!m->of_customer)
        return error_set(err, ERROR_PERMANENT, "message %" PRId64 " is not the customer's",
                         message_id);
    if (m->opened)
        return error_set(err, ERROR_PERMANENT,
                         "message %" PRId64 " opened ticket %" PRId64 ": it stays there",
                         message_id, ticket_id);
    return 0;
}

static int split_begin(struct split *s, const struct fact *f, struct error *err)
{
    int32_t desk_id = s->from->desk->desk_id;
    size_t i;

    if (f->moved_count == 0)
        return error_set(err, ERROR_PERMANENT, "which messages are to go is not said");
    s->of = arena_array(s->b->a, f->moved_count, sizeof(struct split_message *));
    s->count = f->moved_count;
    for (i = 0; i < s->count; i++) {
        s->of[i] = store_map_get(&s->b->moving, split_key(s->b, desk_id, f->moved[i]));
        if (split_refuse(s, s->of[i], f->moved[i], err) < 0)
            return -1;
    }
    qsort(s->of, s->count, sizeof(struct split_message *), split_by_time);
    for (i = 0; i < s->count; i++)
        if (split_waits(s->of[i])) {
            s->first = s->first == NULL ? s->of[i] : s->first;
            s->last = s->of[i];
        }
    if (s->first == NULL)
        s->first = s->last = s->of[0];
    s->rest =
        store_map_get(&s->b->moving, split_rest_key(s->b, desk_id, s->from->ticket.ticket_id));
    return 0;
}

/* How many of them wait for an answer: in the ticket that they leave, or at all. */
static int split_waiting(const struct split *s, bool here)
{
    int count = 0;
    size_t i;

    for (i = 0; i < s->count; i++)
        count += split_waits(s->of[i]) && !(here && s->of[i]->answered);
    return count;
}

/* --- where it goes
 * --------------------------------------------------------------------------------------- */

/* Who answers the message under its own subject and not under that which its ticket was given here
 * is not led elsewhere for it. */
static const char *split_subject(const struct split *s, const struct split_message *m)
{
    struct inbound in = { .message_id = m->path.mail_id,
                          .subject = m->words.subject,
                          .sender = { .value = m->path.address } };

    return thread_subject_key(s->b->a, &in);
}

static void split_move(const struct split *s, struct store_ticket *to, bool renamed)
{
    struct store_columns *c = &s->b->columns[STORE_MESSAGE_MOVE];
    size_t i;

    for (i = 0; i < s->count; i++, c->rows++) {
        struct split_message *m = s->of[i];

        m->moved = true;
        db_array_int(&c->column[0], s->from->desk->desk_id);
        db_array_int(&c->column[1], m->ticket_id);
        db_array_int(&c->column[2], m->message_id);
        db_array_int(&c->column[3], to->ticket.ticket_id);
        db_array_text(&c->column[4], renamed ? split_subject(s, m) : NULL);
        if (!m->words.automatic)
            store_handover_said(
                s->b, to, "in",
                &(struct handover_said){ .at = m->words.at, .text = m->words.text });
    }
}

static bool split_same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

/* Of what was taken down by hand a path has no id, and is known by whom it leads to. */
static bool split_leads_to(const struct sink_return_path *path, const struct split_message *m)
{
    return path->channel_id == m->path.channel_id &&
           (m->noted ? split_same(path->address, m->path.address)
                     : split_same(path->external_id, m->path.external_id));
}

/* Answers go to whoever wrote last of those that went: where the ticket that they leave would have
 * sent them (a Reply-To), if that was its last message too. */
static void split_lead(const struct split *s, struct store_ticket *to)
{
    bool called_since = s->rest != NULL && s->rest->noted && s->rest->at >= s->last->words.at;

    to->channel_id = s->first->path.channel_id;
    to->path = s->last->path;
    if (called_since || !split_leads_to(&s->from->path, s->last))
        return;
    to->path.address_kind = s->from->path.address_kind;
    to->path.address = s->from->path.address;
}

/* And those of the ticket that they leave to whoever wrote last of those that stay. */
static void split_lead_back(const struct split *s)
{
    struct sink_return_path *path = &s->from->path;
    const struct sink_return_path before = *path;
    bool ours = before.mail_id != NULL, stays = before.external_id != NULL, gone = false;
    size_t i;

    for (i = 0; i < s->count; i++) {
        gone = gone || split_leads_to(path, s->of[i]);
        ours = ours && !split_same(before.mail_id, s->of[i]->path.mail_id);
        stays = stays && !split_same(before.external_id, s->of[i]->path.external_id);
    }
    if (!gone || s->rest == NULL)
        return;
    *path = s->rest->path;
    if (ours) {
        path->mail_id = before.mail_id;
        path->mail_references = before.mail_references;
    }
    if (s->rest->noted && stays)
        path->external_id = before.external_id;
}

static struct store_ticket *split_ticket(const struct split *s, int64_t ticket_id,
                                         struct store_contact *who)
{
    struct store_ticket *t = store_ticket_new(s->b, s->from->desk);

    t->is_new = true;
    t->ticket.ticket_id = ticket_id;
    t->contact = who;
    split_lead(s, t);
    store_map_put(&s->b->tickets, store_key_int(s->b->a, t->desk->desk_id, ticket_id), t);
    return t;
}

/* --- the two facts
 * --------------------------------------------------------------------------------------- */

static struct fact split_from(const struct split *s, const struct fact *into,
                              const struct store_contact *who)
{
    struct fact f = s->first->words;

    f.by = into->by;
    f.actor = into->actor;
    f.reason = into->reason;
    f.other = s->from->ticket.ticket_id;
    f.title = into->title;
    f.told = into->told;
    f.organization = who->of.name;
    f.plan = who->of.plan;
    f.vip = who->of.vip;
    f.unanswered = split_waiting(s, false);
    f.last_at = s->last->words.at;
    f.thread_why = arena_printf(s->b->a, "message %" PRId64 " of ticket %" PRId64 " goes on here",
                                s->first->message_id, f.other);
    return f;
}

/* What is the new ticket's is not the old one's. */
static void split_into(const struct split *s, struct fact *f)
{
    f->title = NULL;
    f->told = false;
    f->message_id = s->first->message_id;
    f->unanswered = split_waiting(s, true);
    f->last_at = s->rest == NULL || s->rest->of_machine ? 0 : s->rest->at;
    f->other = store_id_take(s->b, 0);
}

int store_split(struct store_batch *b, struct store_ticket *t, struct fact *f, struct plan *plan,
                int64_t *opened, struct error *err)
{
    struct split s = { .b = b, .from = t };
    struct plan *other = arena_alloc(b->a, sizeof(*other));
    struct store_contact *who;
    struct store_ticket *to;
    struct sink_words words;
    struct fact from;

    if (split_begin(&s, f, err) < 0)
        return -1;
    who = store_map_get(&b->contacts, store_key_int(b->a, t->desk->desk_id, s.first->contact_id));
    if (who == NULL) /* it became another's between the look-up and the lock: look again */
        return error_set(&b->err, ERROR_TRANSIENT, "message %" PRId64 " changed its owner",
                         s.first->message_id);
    from = split_from(&s, f, who);
    split_into(&s, f);
    if (store_apply(b, t, f, NULL, plan, err) < 0)
        return -1;
    to = split_ticket(&s, f->other, who);
    words = (struct sink_words){ who->contact.name == NULL ? to->path.address : who->contact.name,
                                 from.text, NULL, false };
    *opened = f->other;
    split_move(&s, to, from.title != NULL);
    split_lead_back(&s);
    return store_apply(b, to, &from, &words, other, err);
}
