/* What a message leaves behind: its row, its files, the keys to find its ticket by, the ledger's
 * line. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "channels/mail_transfer.h"
#include "channels/sign.h"
#include "daemon/store_batch.h"
#include "daemon/store_original.h"

void store_keep_key(struct store_batch *b, int32_t desk_id, char kind, const char *key,
                    int64_t ticket_id, int64_t follow_up_of)
{
    char word[2] = { kind, '\0' };
    const char *name = store_key(b->a, desk_id, word, key);
    int64_t *held = store_map_get(&b->keys, name), *id;
    struct store_columns *c = &b->columns[STORE_THREAD_INSERT];

    if (held != NULL && *held == ticket_id)
        return;
    if (held != NULL && kind != 'c' && kind != 'f' && *held != follow_up_of)
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

const char *store_ledger_key(struct arena *a, int32_t desk_id, int64_t channel_id,
                             const char *external_id)
{
    return store_key(a, desk_id, arena_printf(a, "%" PRId64, channel_id), external_id);
}

static void keep_ledger_row(struct store_batch *b, int32_t desk_id, int64_t channel_id,
                            const char *external_id, const char *outcome,
                            const struct store_known *what, const char *reason)
{
    struct store_columns *c = &b->columns[STORE_INTAKE_INSERT];
    struct store_known *known = arena_alloc(b->a, sizeof(*known));

    *known = *what;
    store_map_put(&b->known, store_ledger_key(b->a, desk_id, channel_id, external_id), known);
    db_array_int(&c->column[0], desk_id);
    db_array_int(&c->column[1], channel_id);
    db_array_text(&c->column[2], external_id);
    db_array_text(&c->column[3], outcome);
    db_array_int(&c->column[4], what->ticket_id);
    db_array_int(&c->column[5], what->message_id);
    db_array_text(&c->column[6], reason);
    c->rows++;
}

void store_keep_ledger(struct store_batch *b, struct store_item *item, enum store_outcome outcome,
                       int64_t ticket_id, int64_t message_id, const char *reason)
{
    static const char *const names[STORE_OUTCOME_N] = { "message",     "duplicate", "ignored",
                                                        "quarantined", "receipt",   "edit" };
    const struct inbound *in = item->in;
    struct store_columns *c = &b->columns[STORE_SOURCE_PUT];
    int32_t desk_id = item->from->desk->desk_id;

    item->outcome = outcome;
    item->answer.message_id = message_id;
    if (store_map_get(&b->known,
                      store_ledger_key(b->a, desk_id, in->channel_id, in->external_id)) == NULL)
        keep_ledger_row(b, desk_id, in->channel_id, in->external_id, names[outcome],
                        &(struct store_known){ ticket_id, message_id }, reason);
    if (in->locator == NULL)
        return;
    db_array_int(&c->column[0], desk_id);
    db_array_int(&c->column[1], in->channel_id);
    db_array_text(&c->column[2], in->locator);
    db_array_text(&c->column[3], in->external_id);
    db_array_text(&c->column[4], names[outcome]);
    c->rows++;
}

/* --- mail addresses that are dead
 * ------------------------------------------------------------------------- */

const char *store_dead_key(struct arena *a, int32_t desk_id, const char *address)
{
    return store_key(a, desk_id, "dead", address);
}

void store_keep_dead(struct store_batch *b, int32_t desk_id, const char *address, const char *why)
{
    struct store_columns *c = &b->columns[STORE_DEAD_ADDRESS_PUT];

    db_array_int(&c->column[0], desk_id);
    db_array_text(&c->column[1], address);
    db_array_text(&c->column[2], why);
    c->rows++;
}

void store_keep_alive(struct store_batch *b, int32_t desk_id, const char *address)
{
    struct store_columns *c = &b->columns[STORE_DEAD_ADDRESS_DROP];

    if (store_map_get(&b->dead, store_dead_key(b->a, desk_id, address)) == NULL)
        return;
    db_array_int(&c->column[0], desk_id);
    db_array_text(&c->column[1], address);
    c->rows++;
}

/* --- originals
 * -------------------------------------------------------------------------------------------- */

static void keep_bytes(struct store_batch *b, int32_t desk_id, struct span digest, const char *type,
                       struct span bytes)
{
    struct db_value v[4] = { db_int(b->a, desk_id), db_bytes(digest), db_text(type),
                             db_bytes(bytes) };

    db_job_add(b->job, "raw_put", v, 4, NULL, NULL);
}

/* What was taken out goes first: the original refers to it. */
static void keep_cut(struct store_batch *b, int32_t desk_id, const char *type,
                     const struct store_original *o, size_t size)
{
    struct db_array at = { 0 }, digests = { 0 }, lines = { 0 }, crlf = { 0 };
    size_t i;

    for (i = 0; i < o->parts.count; i++) {
        const struct original_cut *cut = &o->parts.cuts[i];

        keep_bytes(b, desk_id, o->digests[i], "application/octet-stream", cut->bytes);
        db_array_int(&at, (int64_t)cut->at);
        db_array_hex(&digests, o->digests[i]);
        db_array_int(&lines, (int64_t)cut->line);
        db_array_bool(&crlf, cut->crlf);
    }
    struct db_value v[9] = {
        db_int(b->a, desk_id),        db_bytes(o->digest),         db_text(type),
        db_bytes(o->parts.rest),      db_int(b->a, (int64_t)size), db_array_end(&at, b->a),
        db_array_end(&digests, b->a), db_array_end(&lines, b->a),  db_array_end(&crlf, b->a)
    };

    db_job_add(b->job, "raw_put_cut", v, 9, NULL, NULL);
}

/* Keeps it once, by its content; intake makes large ones ready before (store_original.h). */
static const struct store_original *keep_original(struct store_batch *b,
                                                  const struct store_item *item, struct span raw,
                                                  const char *type)
{
    const struct store_original *o = item->original;
    int32_t desk_id = item->from->desk->desk_id;

    if (o == NULL)
        o = store_original_make(b->a, raw, type);
    if (o->parts.count > 0)
        keep_cut(b, desk_id, type, o, raw.len);
    else
        keep_bytes(b, desk_id, o->digest, type, raw);
    return o;
}

void store_keep_aside(struct store_batch *b, struct store_item *item, const char *reason)
{
    const struct inbound *in = item->in;
    int32_t desk_id = item->from->desk->desk_id;
    const char *type = in->raw_type == NULL ? "text/plain" : in->raw_type;
    struct span raw = in->raw.len > 0 ? in->raw : span_of(in->text);
    struct db_value v[7] = { db_int(b->a, desk_id),
                             db_int(b->a, in->channel_id),
                             db_text(in->external_id),
                             db_text(in->locator),
                             db_text(reason),
                             db_text(type),
                             db_bytes(keep_original(b, item, raw, type)->digest) };

    db_job_add(b->job, "quarantine_put", v, 7, NULL, NULL);
    store_keep_ledger(b, item, STORE_QUARANTINED, 0, 0, reason);
}

/* --- the row
 * ---------------------------------------------------------------------------------------- */

static json_t *keep_people(const struct inbound_address *at, size_t count)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s*}", "address",
                                              at[i].value == NULL ? "" : at[i].value, "name",
                                              at[i].name));
    return list;
}

/* Who wrote or was written to takes part in the ticket: what they answer belongs there. */
static void keep_participant(struct store_batch *b, const struct store_ticket *t,
                             const char *address)
{
    if (address != NULL)
        store_map_put(&b->participants,
                      store_key(b->a, t->desk->desk_id,
                                arena_printf(b->a, "%" PRId64, t->ticket.ticket_id), address),
                      b);
}

static void keep_participants(struct store_batch *b, const struct store_ticket *t,
                              const struct inbound *in)
{
    size_t i;

    keep_participant(b, t, in->sender.value);
    for (i = 0; i < in->to_count; i++)
        keep_participant(b, t, in->to[i].value);
    for (i = 0; i < in->cc_count; i++)
        keep_participant(b, t, in->cc[i].value);
}

/* NULL: it was written to nobody but the channel. */
static const char *keep_recipients(struct arena *a, const struct inbound *in)
{
    const char *kept;
    json_t *o;
    char *text;

    if (in->to_count + in->cc_count == 0)
        return NULL;
    o = json_pack("{s:o, s:o}", "to", keep_people(in->to, in->to_count), "cc",
                  keep_people(in->cc, in->cc_count));
    text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    kept = arena_strdup(a, text);
    free(text);
    return kept;
}

const char *store_reply_text(const struct inbound *in)
{
    return in->reply_text == NULL || span_is(span_of(in->text), in->reply_text) ? NULL
                                                                                : in->reply_text;
}

static const char *keep_flags(struct arena *a, const struct store_item *item)
{
    const struct inbound *in = item->in;
    const struct {
        bool is;
        const char *word;
    } flags[] = { { store_is_automatic(item), "automatic" },
                  { in->declines, "declines_answers" },
                  { in->bounce, "bounce" },
                  { in->spam, "spam" },
                  { in->forwarded, "forwarded" },
                  { inbound_is_report(in) && in->nature != INBOUND_BOUNCE,
                    inbound_nature_name(in->nature) },
                  { in->sender_lookalike, "sender_lookalike" },
                  { in->sender_claims_another, "sender_claims_another" },
                  { in->reply_to_stranger, "reply_to_stranger" },
                  { in->encrypted, "encrypted" },
                  { in->body_unparsed, "body_unparsed" },
                  { in->kind == INBOUND_EDIT, "edited" } };
    const char *text = "";
    size_t i;

    for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (flags[i].is)
            text = arena_printf(a, "%s%s%s", text, *text == '\0' ? "" : ",", flags[i].word);
    return *text == '\0' ? "{}" : arena_printf(a, "{%s}", text);
}

/* The columns that say whose row it is; the caller goes on with what follows them. */
static struct db_array *keep_row_begin(struct store_batch *b, const struct store_ticket *t,
                                       int64_t message_id, const char *direction,
                                       const char *author, const char *agent)
{
    struct db_array *c = b->columns[STORE_MESSAGE_INSERT].column;

    b->columns[STORE_MESSAGE_INSERT].rows++;
    db_array_int(c++, t->desk->desk_id);
    db_array_int(c++, t->ticket.ticket_id);
    db_array_int(c++, message_id);
    db_array_text(c++, direction);
    db_array_text(c++, author);
    db_array_text(c++, agent);
    return c;
}

static void keep_row(struct store_batch *b, const struct store_ticket *t, int64_t message_id,
                     const struct store_contact *who, const char *agent,
                     const struct store_item *item, struct span digest)
{
    const struct inbound *in = item->in;
    struct db_array *c = keep_row_begin(b, t, message_id, agent == NULL ? "in" : "out",
                                        agent == NULL ? "customer" : "agent", agent);

    db_array_int(c++, who == NULL ? 0 : who->contact.contact_id);
    db_array_int(c++, in->channel_id);
    db_array_text(c++, in->external_id);
    db_array_text(c++, in->sender.kind);
    db_array_text(c++, in->sender.value);
    db_array_text(c++, in->conversation);
    db_array_text(c++, keep_recipients(b->a, in));
    db_array_text(c++, in->subject == NULL ? "" : in->subject);
    db_array_text(c++, in->text == NULL ? "" : in->text);
    db_array_text(c++, store_reply_text(in));
    db_array_text(c++, in->html);
    db_array_text(c++, in->language);
    db_array_time(c++, in->sent_at);
    db_array_time(c++, in->received_at == 0 ? b->now : in->received_at);
    db_array_text(c++, in->message_id);
    db_array_text(c++, in->in_reply_to);
    db_array_text(c++, keep_flags(b->a, item));
    db_array_hex(c++, digest);
}

static void keep_attachment(struct store_batch *b, const struct store_ticket *t, int64_t message_id,
                            size_t i, const struct inbound_attachment *f)
{
    struct store_columns *a = &b->columns[STORE_ATTACHMENT_INSERT];

    db_array_int(&a->column[0], t->desk->desk_id);
    db_array_int(&a->column[1], t->ticket.ticket_id);
    db_array_int(&a->column[2], message_id);
    db_array_int(&a->column[3], (int64_t)i + 1);
    db_array_text(&a->column[4], f->filename);
    db_array_text(&a->column[5],
                  f->content_type == NULL ? "application/octet-stream" : f->content_type);
    db_array_int(&a->column[6], f->size);
    db_array_text(&a->column[7], f->sha256);
    db_array_text(&a->column[8], f->url);
    a->rows++;
}

/* Each is an original of its own. */
static void keep_files(struct store_batch *b, const struct store_ticket *t, int64_t message_id,
                       const struct store_message *m)
{
    size_t i;

    for (i = 0; i < m->file_count; i++) {
        const struct store_file *f = &m->files[i];
        struct span digest = store_digest(b->a, f->bytes);

        keep_bytes(b, t->desk->desk_id, digest, f->content_type, f->bytes);
        keep_attachment(b, t, message_id, i,
                        &(struct inbound_attachment){ .filename = f->filename,
                                                      .content_type = f->content_type,
                                                      .size = (int64_t)f->bytes.len,
                                                      .sha256 = sign_hex(b->a, digest) });
    }
}

void store_keep_agent(struct store_batch *b, struct store_ticket *t, int64_t message_id,
                      enum fact_kind kind, const struct store_message *m)
{
    struct db_array *c = keep_row_begin(b, t, message_id, kind == FACT_AGENT_NOTED ? "note" : "out",
                                        m->agent == NULL ? "system" : "agent", m->agent);
    int i;

    db_array_int(c++, 0);
    db_array_int(c++, m->external_id == NULL ? 0 : m->channel_id);
    db_array_text(c++, m->external_id);
    for (i = 0; i < 4; i++) /* no address, conversation or recipients: these are the delivery's */
        db_array_text(c++, NULL);
    db_array_text(c++, m->subject == NULL ? "" : m->subject);
    db_array_text(c++, m->text == NULL ? "" : m->text);
    for (i = 0; i < 3; i++) /* reply_text, html, language */
        db_array_text(c++, NULL);
    db_array_time(c++, 0);
    db_array_time(c++, b->now);
    db_array_text(c++, m->mail_id);
    db_array_text(c++, NULL);
    db_array_text(c++, "{}");
    db_array_hex(c++, (struct span){ NULL, 0 });
    store_handover_said(b, t, kind == FACT_AGENT_NOTED ? "note" : "out",
                        &(struct handover_said){ .at = b->now, .who = m->agent, .text = m->text });
    keep_files(b, t, message_id, m);
    if (m->mail_id != NULL)
        store_keep_key(b, t->desk->desk_id, 'm', m->mail_id, t->ticket.ticket_id, 0);
    if (m->external_id != NULL)
        keep_ledger_row(b, t->desk->desk_id, m->channel_id, m->external_id, "message",
                        &(struct store_known){ t->ticket.ticket_id, message_id }, NULL);
}

/* --- what an agent sends along
 * ---------------------------------------------------------------------------------- */

static bool keep_has_cut(const struct store_original *o, struct span digest)
{
    size_t i;

    for (i = 0; i < o->parts.count; i++)
        if (memcmp(o->digests[i].ptr, digest.ptr, digest.len) == 0)
            return true;
    return false;
}

/* The bytes of a file that stands in the mail; false: they are not there, whatever its reader said
 * of them, who may be hostile. */
static bool keep_take_file(struct store_batch *b, struct span raw,
                           const struct inbound_attachment *f, struct span *bytes,
                           struct span *digest)
{
    struct text_buffer out = { 0 };

    mail_transfer_decode(&out, (struct span){ raw.ptr + f->at, f->length },
                         mail_transfer_of(span_of(f->encoding)));
    *bytes = (struct span){ arena_strndup(b->a, out.ptr, out.len), out.len };
    text_buffer_clear(&out);
    *digest = store_digest(b->a, *bytes);
    return f->sha256 != NULL && strcmp(sign_hex(b->a, *digest), f->sha256) == 0;
}

/* They go to the customer, so each is kept by itself: also what was too small to be taken out of
 * the mail, or is written otherwise than in even lines of base64. No byte of a mail is read twice,
 * whatever its reader said of where they lie. */
static void keep_agents_files(struct store_batch *b, int32_t desk_id, const struct inbound *in,
                              const struct store_original *o)
{
    size_t left = in->raw.len, i;

    for (i = 0; i < in->attachment_count; i++) {
        const struct inbound_attachment *f = &in->attachments[i];
        struct span bytes, digest;

        if (f->encoding == NULL || f->length > left || f->at > in->raw.len - f->length)
            continue;
        left -= f->length;
        if (keep_take_file(b, in->raw, f, &bytes, &digest) && !keep_has_cut(o, digest))
            keep_bytes(b, desk_id, digest, f->content_type, bytes);
    }
}

/* --- and all that goes with it
 * ---------------------------------------------------------------------- */

static void keep_attachments(struct store_batch *b, const struct store_ticket *t,
                             int64_t message_id, const struct inbound *in)
{
    size_t i;

    for (i = 0; i < in->attachment_count; i++)
        keep_attachment(b, t, message_id, i, &in->attachments[i]);
}

/* A person's words: a program's are not what a case is about. */
static void keep_said(struct store_batch *b, struct store_ticket *t, const char *agent,
                      const struct store_item *item)
{
    const struct inbound *in = item->in;
    bool some = in->reply_text != NULL && *in->reply_text != '\0';

    if (!store_is_automatic(item))
        store_handover_said(
            b, t, agent == NULL ? "in" : "out",
            &(struct handover_said){ .at = in->received_at == 0 ? b->now : in->received_at,
                                     .who = agent,
                                     .text = some ? in->reply_text : in->text });
}

void store_keep_message(struct store_batch *b, struct store_item *item, struct store_ticket *t,
                        int64_t message_id, const struct store_contact *who, const char *agent)
{
    const struct inbound *in = item->in;
    int64_t over = t->is_new ? t->ticket.follow_up_of : 0;
    struct thread_key keys[STORE_KEYS_MAX];
    const struct store_original *o = NULL;
    size_t i, n;

    if (in->raw.len > 0)
        o = keep_original(b, item, in->raw,
                          in->raw_type == NULL ? "application/octet-stream" : in->raw_type);
    if (o != NULL && agent != NULL)
        keep_agents_files(b, t->desk->desk_id, in, o);
    keep_row(b, t, message_id, who, agent, item, o == NULL ? (struct span){ NULL, 0 } : o->digest);
    keep_said(b, t, agent, item);
    keep_attachments(b, t, message_id, in);
    if (b->last - b->first > 1) /* the rest of the batch may answer it */
        keep_participants(b, t, in);
    n = thread_keys(in, b->a, keys, STORE_KEYS_MAX);
    for (i = 0; i < n; i++)
        store_keep_key(b, t->desk->desk_id, keys[i].kind, keys[i].key, t->ticket.ticket_id, over);
    if (in->copy_key != NULL)
        store_keep_key(b, t->desk->desk_id, 'k', in->copy_key, t->ticket.ticket_id, 0);
    store_keep_ledger(b, item, STORE_MESSAGE, t->ticket.ticket_id, message_id, NULL);
}
