#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/fold_state.h"
#include "core/pool.h"

/* --- who wrote, and by what
 * -------------------------------------------------------------------------------------------- */

static size_t fold_contact_size(const struct fold_origin *from)
{
    return sizeof(struct contact) + fold_length(from->name) + fold_length(from->language) +
           fold_length(from->zone);
}

static struct contact *fold_contact_of(struct fold *f, const struct fold_origin *from)
{
    struct contact *c = NULL;
    char *end;

    if (from->contact_id != 0)
        c = g_hash_table_lookup(f->contacts, &from->contact_id);
    if (c != NULL)
        return c;
    c = pool_take_zeroed(f->pool, fold_contact_size(from));
    end = (char *)(c + 1);
    c->contact_id = from->contact_id;
    c->name = fold_words(&end, from->name);
    c->language = fold_words(&end, from->language);
    c->zone = fold_words(&end, from->zone);
    c->any_hour = from->any_hour;
    if (from->contact_id != 0)
        g_hash_table_insert(f->contacts, &c->contact_id, c);
    return c;
}

static const struct fold_channel *fold_channel_of(struct fold *f, const struct fold_origin *from)
{
    struct fold_channel *ch;
    guint i;

    for (i = 0; i < f->channels->len; i++) {
        ch = g_ptr_array_index(f->channels, i);
        if (g_strcmp0(ch->channel, from->channel) == 0 && g_strcmp0(ch->kind, from->kind) == 0)
            return ch;
    }
    ch = xcalloc(1, sizeof(*ch));
    ch->channel = g_intern_string(from->channel);
    ch->kind = g_intern_string(from->kind);
    target_resolve(f->o.targets, ch->channel, ch->kind, &ch->targets);
    g_ptr_array_add(f->channels, ch);
    return ch;
}

struct fold_ticket *fold_find(const struct fold *f, int64_t ticket_id)
{
    return g_hash_table_lookup(f->tickets, &ticket_id);
}

static const struct fold_origin fold_somebody = { 0 };

/* Not kept before its first fact has been taken. */
struct fold_ticket *fold_open(struct fold *f, int64_t ticket_id, const struct fold_origin *from)
{
    struct fold_ticket *t = pool_take_zeroed(f->pool, sizeof(*t));

    if (from == NULL)
        from = &fold_somebody;
    t->ticket_id = ticket_id;
    t->queue = -1;
    t->contact = fold_contact_of(f, from);
    t->channel = fold_channel_of(f, from);
    return t;
}

/* --- who waits for an owner
 * ---------------------------------------------------------------------------------------- */

static int fold_queue_order(const void *x, const void *y, void *arg)
{
    const struct fold_ticket *a = x, *b = y;

    (void)arg;
    if (a->queue_rank != b->queue_rank)
        return a->queue_rank < b->queue_rank ? -1 : 1;
    return a->ticket_id < b->ticket_id ? -1 : a->ticket_id > b->ticket_id;
}

static void fold_queue(struct fold *f, struct fold_ticket *t, const struct plan *p)
{
    int queue = p->queue_team == NULL ? -1 : policy_find_team(f->o.policy, p->queue_team);

    if (queue == t->queue && p->queue_rank == t->queue_rank)
        return;
    if (t->queue >= 0)
        g_tree_remove(f->queues[t->queue], t);
    t->queue = queue;
    t->queue_rank = p->queue_rank;
    if (t->queue >= 0)
        g_tree_insert(f->queues[t->queue], t, t);
}

/* Who is looked for in a queue: the first of it, or the first after `after`. */
struct fold_search {
    const struct fold_ticket *after; /* NULL: from the first on; its place is `rank` */
    int64_t rank;
    bool others; /* not of its topic */
    int looked;  /* of the first PLAN_OFFER_MAX */
    struct fold_ticket *found;
};

static gboolean fold_queue_search(void *key, void *value, void *arg)
{
    struct fold_search *s = arg;
    struct fold_ticket *t = key;

    (void)value;
    if (s->after == NULL || ((t->queue_rank != s->rank ? t->queue_rank > s->rank
                                                       : t->ticket_id > s->after->ticket_id) &&
                             !(s->others && g_strcmp0(t->kept->topic, s->after->kept->topic) == 0)))
        s->found = t;
    return s->found != NULL || ++s->looked == PLAN_OFFER_MAX; /* and no further */
}

/* Somebody of the team has room: whoever is found in its queue is looked at now. */
static void fold_offer(struct fold *f, int team, struct fold_search s)
{
    g_tree_foreach(f->queues[team], fold_queue_search, &s);
    if (s.found == NULL || (s.found->wake_at != 0 && s.found->wake_at <= f->now))
        return;
    s.found->wake_at = f->now;
    fold_schedule(f, s.found);
}

static void fold_hand_on(struct fold *f, const struct fold_ticket *t, const struct planned_offer *o)
{
    int team = o->team == NULL ? -1 : policy_find_team(f->o.policy, o->team);

    if (team >= 0)
        fold_offer(f, team,
                   (struct fold_search){ .after = t, .rank = o->rank, .others = o->others });
}

static void fold_offer_agent(struct fold *f, int agent)
{
    const struct policy *p = f->o.policy;
    size_t i;

    for (i = 0; i < p->team_count; i++)
        if (policy_has_member(p, i, agent))
            fold_offer(f, (int)i, (struct fold_search){ 0 });
}

/* --- what follows of a decision
 * ---------------------------------------------------------------------------------------- */

static int *fold_topic_load(const struct fold *f, int agent, const char *topic)
{
    int place = policy_topic_place(f->o.policy, topic);

    return agent < 0 || place < 0
               ? NULL
               : &f->by_topic[(size_t)agent * (f->o.policy->topic_count + 1) + (size_t)place];
}

/* What everybody carries, to who is of that topic. */
static void fold_give_loads(struct fold *f, const char *topic, struct fact *fact)
{
    size_t i;

    for (i = 0; i < f->o.policy->agent_count; i++) {
        const int *open = fold_topic_load(f, (int)i, topic);

        f->loads[i].of_topic = open == NULL ? 0 : *open;
    }
    fact->loads = f->loads;
    fact->load_count = f->o.policy->agent_count;
}

static void fold_count_topic(struct fold *f, const char *agent, const char *topic, int by)
{
    int *open =
        agent == NULL ? NULL : fold_topic_load(f, policy_find_agent(f->o.policy, agent), topic);

    if (open != NULL)
        *open += by;
}

static void fold_count_load(struct fold *f, const char *agent, int by)
{
    int i = agent == NULL ? -1 : policy_find_agent(f->o.policy, agent);

    if (i < 0)
        return;
    f->loads[i].open += by;
    if (by > 0)
        f->loads[i].assigned_at = f->now;
    else
        fold_offer_agent(f, i);
}

static void fold_carry(struct fold *f, const char *before, const char *topic,
                       const struct ticket *now)
{
    const char *after = ticket_carrier(now);

    fold_count_topic(f, before, topic, -1);
    fold_count_topic(f, after, now->topic, 1);
    if (g_strcmp0(before, after) == 0) {
        if (g_strcmp0(topic, now->topic) != 0) /* there is room for another of that topic */
            fold_offer_agent(f, after == NULL ? -1 : policy_find_agent(f->o.policy, after));
        return;
    }
    fold_count_load(f, before, -1);
    fold_count_load(f, after, 1);
}

static void fold_leaves(struct fold *f, const struct fold_ticket *t,
                        const struct fold_delivery *left)
{
    struct fold_delivery d = *left;

    d.ticket_id = t->ticket_id;
    d.at = f->now;
    if (f->o.delivered != NULL)
        f->o.delivered(f->o.arg, &d);
}

static void fold_put_off(struct fold *f, struct fold_ticket *t, const struct fold_later *later)
{
    struct fold_later *all = t->later;

    if (t->later_count == t->later_room) {
        t->later_room = t->later_room == 0 ? 2 : 2 * t->later_room;
        t->later = pool_take(f->pool, t->later_room * sizeof(*all));
        if (all != NULL)
            memcpy(t->later, all, t->later_count * sizeof(*all));
        pool_give(f->pool, all, t->later_count * sizeof(*all));
    }
    t->later[t->later_count++] = *later;
}

/* What the customer did not ask for waits in its window, and what an agent hears for his hours;
 * what the same decision made untrue is dropped as it would leave; the rest leaves at once. */
static void fold_owe(struct fold *f, struct fold_ticket *t, struct ticket *now,
                     const struct planned_delivery *d)
{
    struct plan_leaving leaving;

    f->last_delivery++;
    if (d->to == PLANNED_CUSTOMER && notice_kinds[d->notice].unsolicited &&
        now->waiting_count < TICKET_WAITING_MAX) {
        now->waiting[now->waiting_count++] =
            (struct ticket_waiting){ f->last_delivery, d->notice, d->due_at };
        return;
    }
    leaving = plan_leaving_of(d);
    if (d->to == PLANNED_AGENT &&
        (d->due_at > f->now || plan_notice_untrue(now, &leaving) != NULL)) {
        leaving.agent = f->o.policy->agents[policy_find_agent(f->o.policy, d->agent)].name;
        fold_put_off(f, t, &(struct fold_later){ f->last_delivery, d->due_at, leaving });
        return;
    }
    fold_leaves(f, t,
                &(struct fold_delivery){ .notice = d->notice, .to = d->to, .agent = d->agent });
}

static int fold_decide(struct fold *f, struct fold_ticket *t, const struct ticket *before,
                       const struct fact *fact, struct error *err)
{
    struct plan *p = &f->plan;
    int64_t incident_of = before->incident_of;
    struct planned_incident owed;
    struct fold_step step = {
        .ticket_id = t->ticket_id, .before = before, .fact = fact, .plan = p
    };
    const char *carried = ticket_carrier(before), *topic = before->topic;
    int64_t version = before->version;
    size_t i;
    int rc;

    rc = (f->o.bare ? plan_apply_bare : plan_apply)(f->o.policy, &t->channel->targets, before,
                                                    t->contact, fact, f->scratch, p, err);
    if (rc < 0)
        return -1;
    if (f->o.decided != NULL)
        f->o.decided(f->o.arg, &step);
    if (p->contact.changed)
        *t->contact = p->contact;
    p->ticket.version = version + 1;
    for (i = 0; i < p->delivery_count; i++)
        fold_owe(f, t, &p->ticket, &p->deliveries[i]);
    t->wake_at = p->wake_at;
    t->wants_queue = p->wants_queue;
    fold_keep(f, t, &p->ticket);
    fold_queue(f, t, p);
    fold_schedule(f, t);
    fold_carry(f, carried, topic, t->kept);
    fold_hand_on(f, t, &p->offer);
    owed = p->incident; /* the plan is written over by what follows */
    fold_incident_follow(f, t, incident_of, fact, &owed);
    return 0;
}

/* --- time
 * ------------------------------------------------------------------------------------------------
 */

struct fact fold_fact(const struct fold *f, enum fact_kind kind)
{
    return (struct fact){ .kind = kind,
                          .at = f->now,
                          .now = f->now,
                          .by = FACT_BY_TIME,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE };
}

void fold_time_of(struct fold *f, struct fold_ticket *t, const struct ticket *before,
                  const struct fact *fact)
{
    struct error err;
    int rc = fold_decide(f, t, before, fact, &err);

    assert(rc == 0);
    (void)rc;
}

void fold_time(struct fold *f, struct fold_ticket *t, const struct fact *fact)
{
    fold_time_of(f, t, t->kept, fact);
}

/* B-15: is what it says still so? */
static void fold_send(struct fold *f, struct fold_ticket *t, int64_t delivery_id,
                      const struct plan_leaving *leaving)
{
    struct fact gone = fold_fact(f, FACT_DELIVERY_ENDED);
    struct fold_delivery left = { .notice = leaving->notice,
                                  .to = leaving->agent == NULL ? PLANNED_CUSTOMER : PLANNED_AGENT,
                                  .agent = leaving->agent,
                                  .dropped = plan_notice_untrue(t->kept, leaving) };

    fold_leaves(f, t, &left);
    if (left.dropped == NULL) {
        fold_schedule(f, t);
        return;
    }
    gone.delivery_id = delivery_id;
    gone.notice = notice_kinds[left.notice].id;
    gone.ended = "suppressed";
    gone.reason = left.dropped;
    fold_time(f, t, &gone);
}

static void fold_send_waiting(struct fold *f, struct fold_ticket *t, size_t which)
{
    struct ticket_waiting w = t->kept->waiting[which];

    t->kept->waiting[which] = t->kept->waiting[--t->kept->waiting_count];
    fold_send(f, t, w.delivery_id,
              &(struct plan_leaving){ .notice = w.notice, .level = t->kept->memory.told_level });
}

static void fold_send_later(struct fold *f, struct fold_ticket *t, size_t which)
{
    struct fold_later l = t->later[which];

    memmove(t->later + which, t->later + which + 1,
            (--t->later_count - which) * sizeof(*t->later)); /* they leave in their order */
    fold_send(f, t, l.delivery_id, &l.leaving);
}

/* One thing that is due of this ticket. */
static void fold_fire(struct fold *f, struct fold_ticket *t)
{
    struct fact time;
    size_t i;

    if (t->wake_at == 0 || t->wake_at > f->now) {
        for (i = 0; i < t->kept->waiting_count && t->kept->waiting[i].due_at > f->now; i++)
            ;
        if (i < t->kept->waiting_count) {
            fold_send_waiting(f, t, i);
            return;
        }
        for (i = 0; t->later[i].due_at > f->now; i++)
            ;
        fold_send_later(f, t, i);
        return;
    }
    time = fold_fact(f, t->wants_queue ? FACT_QUEUE_LOOKED : FACT_TIME_CAME);
    if (t->wants_queue)
        fold_give_loads(f, t->kept->topic, &time);
    if (t->kept->incident_of != 0)
        fold_incident_fill(f, t, &time);
    fold_time(f, t, &time);
}

void fold_until(struct fold *f, int64_t to)
{
    while (fold_next(f) != 0 && fold_next(f) <= to) {
        if (!g_queue_is_empty(&f->looks)) {
            fold_incident_look(f);
            arena_clear(f->scratch);
            continue;
        }
        if (fold_next(f) > f->now)
            f->now = fold_next(f);
        fold_fire(f, fold_earliest(f)->t);
        arena_clear(f->scratch);
    }
    if (to > f->now)
        f->now = to;
}

/* --- facts
 * ------------------------------------------------------------------------------------------------
 */

static int fold_merge(struct fold *f, const struct fold_ticket *ended, const struct fact *into,
                      struct error *err)
{
    struct fold_ticket *other = fold_find(f, into->other);
    struct fact from;

    if (other == NULL || other == ended)
        return error_set(err, ERROR_PERMANENT, "ticket %lld cannot be merged into",
                         (long long)into->other);
    if (ended->kept->incident)
        return error_set(err, ERROR_PERMANENT, "ticket %lld is an incident: it stays one",
                         (long long)ended->ticket_id);
    fact_merged_from(into, ended->kept, f->scratch, &from);
    return fold_decide(f, other, other->kept, &from, err);
}

static int fold_happens(struct fold *f, struct fold_ticket *t, const struct fact *fact,
                        struct error *err)
{
    static const struct ticket none = { 0 };
    struct fact now = *fact;

    now.now = f->now;
    if (now.at == 0 || now.at > f->now)
        now.at = f->now;
    if (now.kind == FACT_QUEUE_LOOKED)
        fold_give_loads(f, t->kept == NULL ? NULL : t->kept->topic, &now);
    if (t->kept != NULL && (now.kind == FACT_INCIDENT_ASKED || now.kind == FACT_INCIDENT_JOINED))
        fold_incident_fill(f, t, &now);
    if (now.kind == FACT_MERGED_INTO && t->kept != NULL && t->kept->merged_into == 0 &&
        fold_merge(f, t, &now, err) < 0)
        return -1;
    if (t->kept != NULL)
        return fold_decide(f, t, t->kept, &now, err);
    f->before = none;
    f->before.ticket_id = t->ticket_id;
    return fold_decide(f, t, &f->before, &now, err);
}

/* Its first fact was refused. Whoever is known stays known. */
static void fold_never_was(struct fold *f, struct fold_ticket *t, const struct fold_origin *from)
{
    if (t->contact->contact_id == 0)
        pool_give(f->pool, t->contact, fold_contact_size(from == NULL ? &fold_somebody : from));
    pool_give(f->pool, t, sizeof(*t));
}

void fold_fetch(const void *from, size_t size)
{
    enum { LINE = 64 }; /* of the processor's cache */
    size_t i;

    for (i = 0; i < size; i += LINE)
        __builtin_prefetch((const char *)from + i);
}

void fold_foresee(const struct fold *f, int64_t ticket_id, bool soon)
{
    const struct fold_ticket *t = fold_find(f, ticket_id);

    if (t == NULL)
        return;
    if (!soon) {
        fold_fetch(t, sizeof(*t));
        return;
    }
    fold_fetch(t->kept, t->room);
    fold_fetch(t->contact, sizeof(*t->contact));
}

int fold_apply(struct fold *f, int64_t ticket_id, const struct fold_origin *origin,
               const struct fact *fact, struct error *err)
{
    struct fold_ticket *t;
    int rc;

    fold_until(f, fact->now);
    t = fold_find(f, ticket_id);
    if (t != NULL) {
        rc = fold_happens(f, t, fact, err);
        arena_clear(f->scratch);
        return rc;
    }
    t = fold_open(f, ticket_id, origin);
    rc = fold_happens(f, t, fact, err);
    arena_clear(f->scratch);
    if (rc < 0)
        fold_never_was(f, t, origin);
    else
        g_hash_table_insert(f->tickets, &t->ticket_id, t);
    return rc;
}

/* --- whole
 * ------------------------------------------------------------------------------------------------
 */

struct fold *fold_new(const struct fold_options *o)
{
    struct fold *f = xcalloc(1, sizeof(*f));
    size_t i;

    f->o = *o;
    f->pool = pool_new();
    f->tickets = g_hash_table_new(g_int64_hash, g_int64_equal);
    f->contacts = g_hash_table_new(g_int64_hash, g_int64_equal);
    f->channels = g_ptr_array_new_with_free_func(free);
    f->heap = g_array_new(FALSE, FALSE, sizeof(struct fold_due));
    f->loads = xcalloc(o->policy->agent_count, sizeof(*f->loads));
    for (i = 0; i < o->policy->agent_count; i++)
        f->loads[i].agent = o->policy->agents[i].name;
    f->by_topic = xcalloc(o->policy->agent_count * (o->policy->topic_count + 1), sizeof(int));
    f->queues = xcalloc(o->policy->team_count, sizeof(*f->queues));
    for (i = 0; i < o->policy->team_count; i++)
        f->queues[i] = g_tree_new_full(fold_queue_order, NULL, NULL, NULL);
    fold_incident_begin(f);
    f->scratch = arena_new();
    return f;
}

void fold_free(struct fold *f)
{
    size_t i;

    if (f == NULL)
        return;
    for (i = 0; i < f->o.policy->team_count; i++)
        g_tree_destroy(f->queues[i]);
    free(f->queues);
    g_array_free(f->heap, TRUE);
    fold_incident_end(f);
    g_hash_table_destroy(f->tickets);
    g_hash_table_destroy(f->contacts);
    g_ptr_array_free(f->channels, TRUE);
    free(f->loads);
    free(f->by_topic);
    arena_free(f->scratch);
    free(f->packed);
    pool_free(f->pool);
    free(f);
}

int64_t fold_next(const struct fold *f)
{
    const struct fold_due *due;

    if (f->looks.length > 0)
        return f->now;
    due = fold_earliest(f);
    return due == NULL ? 0 : due->at;
}

int64_t fold_now(const struct fold *f)
{
    return f->now;
}

const struct ticket *fold_ticket(struct fold *f, int64_t ticket_id)
{
    const struct fold_ticket *t = fold_find(f, ticket_id);

    return t == NULL ? NULL : fold_whole(f, t);
}

const struct fact_load *fold_loads(const struct fold *f, size_t *count)
{
    *count = f->o.policy->agent_count;
    return f->loads;
}

size_t fold_count(const struct fold *f)
{
    return g_hash_table_size(f->tickets);
}
