#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/classify.h"
#include "core/notice.h"
#include "daemon/log.h"
#include "daemon/sink_event.h"
#include "daemon/sink_name.h"
#include "daemon/store_batch.h"

int64_t store_id_take(struct store_batch *b, int which)
{
    struct store_ids *ids = &b->store->ids;
    int64_t id;

    if (ids->at[which] == ids->count[which]) {
        error_set(&b->err, ERROR_TRANSIENT, "more ids are needed than were taken");
        return 0;
    }
    id = (ids->blocks[which][ids->at[which]] - 1) * STORE_BLOCK + 1 + ids->used[which];
    if (++ids->used[which] == STORE_BLOCK) {
        ids->used[which] = 0;
        ids->at[which]++;
    }
    return id;
}

struct store_contact *store_contact_new(struct store_batch *b, int32_t desk_id, int64_t contact_id)
{
    struct store_contact *c = arena_alloc(b->a, sizeof(*c));

    c->desk_id = desk_id;
    c->contact.contact_id = contact_id;
    *b->contact_end = c;
    b->contact_end = &c->next;
    store_map_put(&b->contacts, store_key_int(b->a, desk_id, contact_id), c);
    return c;
}

struct store_ticket *store_ticket_new(struct store_batch *b, struct desk *desk)
{
    struct store_ticket *t = arena_alloc(b->a, sizeof(*t));

    t->desk = desk;
    t->said_end = &t->said;
    t->steps_end = &t->steps;
    *b->ticket_end = t;
    b->ticket_end = &t->next;
    return t;
}

struct store_ticket *store_ticket_find(struct store_batch *b, int32_t desk_id, int64_t ticket_id)
{
    struct store_ticket *t = NULL;
    int hops;

    for (hops = 0; ticket_id != 0 && hops < 100; hops++) { /* T-40 */
        t = store_map_get(&b->tickets, store_key_int(b->a, desk_id, ticket_id));
        ticket_id = t == NULL ? 0 : t->ticket.merged_into;
    }
    return t;
}

/* "B-02" is 2; 0: it is none of these. */
static size_t decide_rule(const char *rule)
{
    long n = rule == NULL || strncmp(rule, "B-", 2) != 0 ? 0 : strtol(rule + 2, NULL, 10);

    return n > 0 && n < STORE_RULES ? (size_t)n : 0;
}

static void decide_count_notice(struct store_batch *b, const struct planned_event *e)
{
    if (strcmp(e->kind, "notice_suppressed") == 0)
        b->counts.suppressed[decide_rule(e->rule)]++;
    else if (strcmp(e->kind, "notice_planned") == 0 && e->value != NULL)
        b->counts.put_off[decide_rule(e->value)]++;
}

static void decide_events(struct store_batch *b, const struct store_ticket *t,
                          const struct plan *plan)
{
    struct store_columns *e = &b->columns[STORE_EVENT_INSERT];
    size_t i;

    for (i = 0; i < plan->event_count; i++) {
        const struct planned_event *p = &plan->events[i];
        struct db_array *c = e->column;

        db_array_int(c++, t->desk->desk_id);
        db_array_int(c++, t->ticket.ticket_id);
        db_array_int(c++, p->seq);
        db_array_time(c++, p->at);
        db_array_text(c++, p->kind);
        db_array_text(c++, fact_actor_name(p->by));
        db_array_text(c++, p->actor);
        db_array_int(c++, p->cause);
        db_array_text(c++, p->rule);
        db_array_text(c++, p->why);
        db_array_int(c++, t->desk->policy.policy->version); /* that it was decided by */
        db_array_text(c++, p->detail);
        db_array_text(c++, p->fact);
        db_array_hex(c++, (struct span){ (const char *)p->hash, 32 });
        e->rows++;
        decide_count_notice(b, p);
        b->proof = (struct store_proof){ t->desk->desk_id, t->ticket.ticket_id, p->seq, { 0 } };
        memcpy(b->proof.hash, p->hash, sizeof(p->hash));
    }
}

/* The row of something owed; of `p` all but whom it is for. */
static void decide_owe(struct store_batch *b, const struct store_ticket *t, int64_t id,
                       const char *notice, const struct planned_delivery *p,
                       const struct sink_delivery *s)
{
    struct store_columns *d = &b->columns[STORE_DELIVERY_INSERT];
    struct db_array *c = d->column;

    db_array_int(c++, t->desk->desk_id);
    db_array_int(c++, id);
    db_array_int(c++, t->ticket.ticket_id);
    db_array_text(c++, notice);
    db_array_text(c++, p->step_key);
    db_array_text(c++, s->recipient);
    db_array_text(c++, s->agent);
    db_array_int(c++, s->contact_id);
    db_array_int(c++, s->channel_id);
    db_array_text(c++, s->address == NULL ? "" : s->address);
    db_array_text(c++, s->address_name);
    db_array_text(c++, s->conversation);
    db_array_text(c++, s->reply_to_external_id);
    db_array_text(c++, s->subject == NULL ? "" : s->subject);
    db_array_text(c++, s->text == NULL ? "" : s->text);
    db_array_bool(c++, s->automatic);
    db_array_int(c++, p->level);
    db_array_text(c++, p->rule);
    db_array_int(c++, p->message_id);
    db_array_text(c++, s->mail_id);
    db_array_text(c++, s->mail_reply_to);
    db_array_text(c++, s->mail_in_reply_to);
    db_array_text(c++, s->mail_references);
    db_array_text(c++, s->state == NULL ? "owed" : s->state);
    db_array_time(c++, p->due_at);
    db_array_text(c++, s->last_words);
    db_array_time(c++, b->now);
    db_array_bool(c++, p->as_owner);
    db_array_text(c++, p->instance == 0 ? NULL : target_kind_name(p->target));
    db_array_int(c++, p->instance);
    d->rows++;
    b->owes |= p->due_at <= b->now;
}

const char *store_owe(struct store_batch *b, struct store_ticket *t, int64_t delivery_id,
                      const struct planned_delivery *p, const struct sink_words *words)
{
    struct sink_delivery s = { 0 };

    sink_make(t->desk, delivery_id, &t->ticket, &t->contact->contact, &t->path, p, words, b->now,
              b->store->dates, b->a, &s);
    decide_owe(b, t, delivery_id, notice_kinds[p->notice].id, p, &s);
    if (s.mail_id != NULL)
        store_keep_key(b, t->desk->desk_id, 'm', s.mail_id, t->ticket.ticket_id, 0);
    return strcmp(s.state, "dead") == 0 ? s.last_words : NULL;
}

struct fact store_delivery_ended(int64_t at, int64_t delivery_id, const char *notice,
                                 const char *ended, const char *why)
{
    return (struct fact){ .kind = FACT_DELIVERY_ENDED,
                          .at = at,
                          .by = FACT_BY_POLICY,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE,
                          .reason = why,
                          .delivery_id = delivery_id,
                          .notice = notice,
                          .ended = ended };
}

/* A person's words. */
struct decide_answer {
    int64_t delivery_id;
    const char *dead; /* why they have no way out; NULL: they have one */
};

/* The ticket hears of them as of those that a sink refused (F35), and its people by A-07. */
static void decide_lost(struct store_batch *b, struct store_ticket *t,
                        const struct decide_answer *answer)
{
    struct plan *plan = arena_alloc(b->a, sizeof(*plan));
    struct fact f = store_delivery_ended(0, answer->delivery_id, notice_kinds[NOTICE_REPLY].id,
                                         "dead", answer->dead);

    store_apply(b, t, &f, NULL, plan, &b->err);
}

/* What has no way out is counted, and told once it is stored: as what a sink refuses. */
static void decide_dead(struct store_batch *b, const struct store_ticket *t, enum notice notice,
                        const char *why)
{
    struct store_lost *lost = arena_alloc(b->a, sizeof(*lost));

    *lost = (struct store_lost){ t->ticket.ticket_id, notice_kinds[notice].id, why, b->lost };
    b->lost = lost;
    b->counts.dead++;
}

static void decide_delivery(struct store_batch *b, struct store_ticket *t,
                            const struct planned_delivery *p, const struct sink_words *words,
                            struct decide_answer *answer)
{
    int64_t id = store_id_take(b, 2);
    const char *dead = NULL;

    if (p->hands_over)
        store_handover_owe(b, t, id, p);
    else
        dead = store_owe(b, t, id, p, p->message_id != 0 ? words : NULL);
    if (dead != NULL)
        decide_dead(b, t, p->notice, dead);
    if (p->notice == NOTICE_REPLY)
        *answer = (struct decide_answer){ id, dead };
    if (p->to == PLANNED_CUSTOMER && notice_kinds[p->notice].unsolicited &&
        t->ticket.waiting_count < TICKET_WAITING_MAX)
        t->ticket.waiting[t->ticket.waiting_count++] =
            (struct ticket_waiting){ id, p->notice, p->due_at };
}

/* One call to another system. `what` and the event's place make it one for ever. */
static void decide_call(struct store_batch *b, const struct store_ticket *t,
                        const struct desk_channel *ch, const char *what,
                        const struct planned_event *e, const char *rule, const char *text)
{
    struct sink_delivery s = { .recipient = SINK_EVENT_RECIPIENT,
                               .automatic = true,
                               .channel_id = ch->channel.channel_id,
                               .text = text };
    struct planned_delivery p = { .due_at = b->now, .level = t->ticket.level, .rule = rule };

    p.step_key = arena_printf(b->a, "%" PRId64 "/%s/%" PRId64 "/%" PRId64, t->ticket.ticket_id,
                              what, e->seq, s.channel_id);
    decide_owe(b, t, store_id_take(b, 2), SINK_EVENT_NOTICE, &p, &s);
}

/* Other systems are told as well, each by its own row: one that is away keeps no other waiting. */
static void decide_tell(struct store_batch *b, const struct store_ticket *t,
                        const struct plan *plan)
{
    const char *text = NULL;
    size_t i;

    for (i = 0; i < t->desk->channel_count; i++) {
        const struct desk_channel *ch = t->desk->channels[i];

        if (!ch->channel.ops->takes_events || !sink_event_is_wanted(ch, plan))
            continue;
        if (text == NULL)
            text = sink_event_body(t->desk, plan, &t->ticket, &t->path, b->a);
        decide_call(b, t, ch, SINK_EVENT_NOTICE, &plan->events[0], NULL, text);
    }
}

/* C-20: whom a step that was taken calls. A name that is nobody's costs its call alone. */
static void decide_tell_step(struct store_batch *b, const struct store_ticket *t,
                             const struct plan *plan, const struct planned_event *e)
{
    const struct desk_channel *ch;
    size_t i;

    for (i = 0; i < e->hook_count; i++) {
        ch = sink_name_find(t->desk, e->hooks[i]);
        if (ch != NULL)
            decide_call(b, t, ch, "step", e, e->rule,
                        sink_event_step_body(t->desk, plan, e, &t->ticket, &t->path, b->a));
        else
            log_event(LOG_LEVEL_WARNING, "webhook_unknown", LOG_TEXT("desk", t->desk->name),
                      LOG_NUMBER("ticket", t->ticket.ticket_id), LOG_TEXT("rule", e->rule),
                      LOG_TEXT("name", e->hooks[i]),
                      LOG_TEXT("words", "there is no channel of kind events with this name: the "
                                        "step is told to nobody"));
    }
}

static void decide_suppressions(struct store_batch *b, struct store_ticket *t,
                                const struct plan *plan)
{
    struct store_columns *s = &b->columns[STORE_DELIVERY_SUPPRESS];
    size_t i;

    for (i = 0; i < plan->suppression_count; i++) {
        db_array_int(&s->column[0], t->desk->desk_id);
        db_array_int(&s->column[1], plan->suppressions[i].delivery_id);
        db_array_text(&s->column[2], plan->suppressions[i].rule);
        s->rows++;
    }
}

/* The latest state of each clock that changed, also of one that the next plan will not carry. */
static void decide_clocks(struct store_batch *b, struct store_ticket *t)
{
    struct store_clock *k;
    size_t i;

    for (i = 0; i < t->ticket.clock_count; i++) {
        struct target_clock *c = &t->ticket.clocks[i];

        if (!c->changed)
            continue;
        for (k = t->clocks; k != NULL; k = k->next)
            if (k->clock.kind == c->kind && k->clock.instance == c->instance)
                break;
        if (k == NULL) {
            k = arena_alloc(b->a, sizeof(*k));
            k->next = t->clocks;
            t->clocks = k;
        }
        k->clock = *c;
        c->changed = false;
    }
}

static void decide_drop_waiting(struct ticket *t, const struct plan *plan)
{
    size_t i, k;

    for (i = 0; i < plan->suppression_count; i++)
        for (k = 0; k < t->waiting_count; k++)
            if (t->waiting[k].delivery_id == plan->suppressions[i].delivery_id)
                t->waiting[k--] = t->waiting[--t->waiting_count];
}

/* What a ticket is called that came by a channel without subjects: its first words. */
static const char *decide_subject(struct arena *a, const char *text)
{
    size_t whole = strlen(text), cut = text_cut((struct span){ text, whole }, STORE_SUBJECT_WORDS);
    const char *words = text_clean_line(a, (struct span){ text, cut }, INBOUND_SUBJECT_MAX);

    return cut < whole ? arena_printf(a, "%s…", words) : words;
}

/* S-35: which rules' patterns were cut off just now, each told once for as long as it is in force.
 */
static void decide_cut_off(const struct store_ticket *t)
{
    const struct policy *p = t->desk->policy.policy;
    size_t i;

    for (i = 0; i < p->rule_count; i++)
        if (p->rules[i].pattern != NULL && pattern_is_to_tell(p->rules[i].pattern))
            log_event(LOG_LEVEL_WARNING, "pattern_cut_off", LOG_TEXT("desk", t->desk->name),
                      LOG_NUMBER("ticket", t->ticket.ticket_id), LOG_TEXT("rule", p->rules[i].name),
                      LOG_TEXT("words", "its pattern backtracks without end and counts as no "
                                        "match: write it without nested repetitions"));
}

int store_apply(struct store_batch *b, struct store_ticket *t, struct fact *f,
                const struct sink_words *words, struct plan *plan, struct error *err)
{
    const struct desk_channel *from = desk_channel_by_id(t->desk, t->channel_id);
    struct target_table *targets = arena_alloc(b->a, sizeof(*targets));
    uint64_t cut_off = pattern_cut_off();
    struct decide_answer answer = { 0 };
    size_t i;

    f->now = b->now;
    f->at = f->at == 0 || f->at > b->now ? b->now : f->at;
    if (t->ticket.incident || f->kind == FACT_INCIDENT_OPENED)
        from = NULL; /* it came by no channel, whatever its first case came by */
    target_resolve(t->desk->policy.targets, from == NULL ? NULL : from->channel.name,
                   from == NULL ? NULL : from->channel.ops->kind, targets);
    if (plan_apply(t->desk->policy.policy, targets, &t->ticket, &t->contact->contact, f, b->a, plan,
                   err) < 0)
        return -1;
    t->ticket = plan->ticket;
    if (pattern_cut_off() != cut_off)
        decide_cut_off(t);
    if (t->ticket.subject[0] == '\0' && f->text != NULL)
        t->ticket.subject = decide_subject(b->a, f->text);
    t->ticket.version = t->base_version + 1; /* stored, for the next fact of this batch */
    t->contact->contact = plan->contact;
    t->contact->dirty |= plan->contact.changed;
    t->dirty = true;
    t->wake_at = plan->wake_at;
    t->wants_queue = plan->wants_queue;
    t->queue_team = plan->queue_team;
    t->queue_rank = plan->queue_rank;
    t->queue_since = plan->queue_since;
    if (f->kind == FACT_QUEUE_LOOKED) {
        t->offer = plan->offer;
        t->looked = true;
    }
    decide_clocks(b, t);
    decide_events(b, t, plan);
    store_handover_events(b, t, plan);
    decide_drop_waiting(&t->ticket, plan);
    decide_suppressions(b, t, plan);
    for (i = 0; i < plan->delivery_count; i++)
        decide_delivery(b, t, &plan->deliveries[i], words, &answer);
    decide_tell(b, t, plan);
    for (i = 0; i < plan->event_count; i++)
        decide_tell_step(b, t, plan, &plan->events[i]);
    store_incident_keep(b, t, &plan->incident);
    if (answer.dead != NULL)
        decide_lost(b, t, &answer);
    return 0;
}

static void decide_loads(struct store_batch *b, struct store_ticket *t, struct fact *f)
{
    const struct policy *p = t->desk->policy.policy;
    struct fact_load *loads = arena_array(b->a, p->agent_count, sizeof(*loads)), *known;
    size_t i;

    for (i = 0; i < p->agent_count; i++) {
        known = store_map_get(&b->loads, store_key(b->a, t->desk->desk_id, "a", p->agents[i].name));
        if (known == NULL)
            continue;
        loads[f->load_count] = *known;
        loads[f->load_count++].of_topic =
            *store_topic_load(b, t->desk->desk_id, known->agent, t->ticket.topic);
    }
    f->loads = loads;
}

/* What this fact gave counts for the next one of the batch. */
static void decide_count_load(struct store_batch *b, struct store_ticket *t, const char *before,
                              const char *topic)
{
    const char *after = ticket_carrier(&t->ticket);
    struct fact_load *load;

    if (before != NULL)
        --*store_topic_load(b, t->desk->desk_id, before, topic);
    if (after != NULL)
        ++*store_topic_load(b, t->desk->desk_id, after, t->ticket.topic);
    if (before != NULL && after != NULL && strcmp(before, after) == 0)
        return;
    if (before != NULL &&
        (load = store_map_get(&b->loads, store_key(b->a, t->desk->desk_id, "a", before))) != NULL)
        load->open--;
    if (after != NULL &&
        (load = store_map_get(&b->loads, store_key(b->a, t->desk->desk_id, "a", after))) != NULL) {
        load->open++;
        load->assigned_at = b->now;
    }
}

static int decide_merge(struct store_batch *b, struct store_ticket *from, struct fact *f,
                        struct error *err)
{
    struct store_ticket *into = store_ticket_find(b, from->desk->desk_id, f->other);
    struct plan *plan = arena_alloc(b->a, sizeof(*plan));
    struct fact other;

    if (into == NULL || into == from || from->ticket.merged_into != 0)
        return error_set(err, ERROR_PERMANENT,
                         "ticket %" PRId64 " cannot be merged into %" PRId64 ": %s",
                         from->ticket.ticket_id, f->other,
                         into == NULL   ? "its desk has no such ticket"
                         : into == from ? "it is the same one"
                                        : "it has been merged already");
    if (from->ticket.incident) /* before the other hears that it is merged */
        return error_set(err, ERROR_PERMANENT, "ticket %" PRId64 " is an incident: it stays one",
                         from->ticket.ticket_id);
    fact_merged_from(f, &from->ticket, b->a, &other);
    f->other = into->ticket.ticket_id;
    return store_apply(b, into, &other, NULL, plan, err);
}

/* What failed or arrived partly was sent, and is marked so. */
static void decide_mark(struct store_batch *b, const struct store_fact *f)
{
    struct store_columns *m = &b->columns[STORE_DELIVERY_END];

    if (f->fact.kind != FACT_DELIVERY_ENDED || strcmp(f->fact.ended, "failed") == 0 ||
        strcmp(f->fact.ended, "partly") == 0)
        return;
    db_array_int(&m->column[0], f->desk_id);
    db_array_int(&m->column[1], f->fact.delivery_id);
    db_array_text(&m->column[2], f->fact.ended);
    db_array_text(&m->column[3], f->fact.reason);
    m->rows++;
    if (f->nobody_at != NULL)
        store_keep_dead(b, f->desk_id, f->nobody_at, f->fact.reason);
}

static const struct ticket *decide_before(struct arena *a, const struct ticket *t)
{
    size_t size = offsetof(struct ticket, clocks) + t->clock_count * sizeof(t->clocks[0]);

    return memcpy(arena_alloc(a, size), t, size);
}

static void decide_fact(struct store_batch *b, struct store_item *item)
{
    const struct store_message *m = item->fact->message;
    struct store_ticket *t =
        store_map_get(&b->tickets, store_key_int(b->a, item->fact->desk_id, item->fact->ticket_id));
    struct plan *plan = arena_alloc(b->a, sizeof(*plan));
    struct fact f = item->fact->fact;
    struct sink_words words = { 0 };
    const char *before, *topic;

    store_incident_heard(b, item->fact);
    if (t == NULL) {
        error_set(&item->answer.err, ERROR_PERMANENT, "there is no ticket %" PRId64,
                  item->fact->ticket_id);
        return;
    }
    before = ticket_carrier(&t->ticket);
    topic = t->ticket.topic;
    if (f.kind == FACT_POLICY_CHANGED)
        item->answer.before = decide_before(b->a, &t->ticket);
    if (m != NULL) {
        f.message_id = store_id_take(b, 1);
        words = (struct sink_words){ m->agent, m->text, NULL, false };
    }
    if (f.kind == FACT_QUEUE_LOOKED)
        decide_loads(b, t, &f);
    store_incident_fill(b, t, &f);
    if (f.kind == FACT_MERGED_INTO && decide_merge(b, t, &f, &item->answer.err) < 0)
        return;
    if (f.kind == FACT_SPLIT_INTO) {
        if (store_split(b, t, &f, plan, &item->answer.opened, &item->answer.err) < 0)
            return;
    } else if (store_apply(b, t, &f, m == NULL ? NULL : &words, plan, &item->answer.err) < 0) {
        return;
    }
    if (store_incident_follow(b, t, &f, plan, &item->answer.err) < 0)
        return;
    decide_count_load(b, t, before, topic);
    decide_mark(b, item->fact);
    if (m != NULL)
        store_keep_agent(b, t, f.message_id, f.kind, m);
    item->answer.plan = plan;
    item->answer.message_id = f.message_id;
}

void store_decide(struct store_batch *b)
{
    size_t i;

    memset(&b->counts, 0, sizeof(b->counts));
    b->lost = NULL;
    for (i = b->first; i < b->last && b->err.kind == ERROR_NONE; i++) {
        memset(&b->items[i].answer, 0, sizeof(b->items[i].answer));
        if (b->items[i].fact != NULL)
            decide_fact(b, &b->items[i]);
        else
            store_take_message(b, &b->items[i]);
    }
}
