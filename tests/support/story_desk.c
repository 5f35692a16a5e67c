#include "tests/support/story_desk.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/hint.h"

enum {
    STORY_ROUNDS_MAX = 3000
}; /* five cases that go round a team with ever more patience need over 500 */

/* --- one number of all that is said
 * ----------------------------------------------------------------------------------------- */

static void mix_bytes(uint64_t *h, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;

    for (; len > 0; len--, p++)
        *h = (*h ^ *p) * 1099511628211u;
}

static void mix(uint64_t *h, int64_t n)
{
    *h = (*h ^ (uint64_t)n) * 0x9e3779b97f4a7c15u;
    *h ^= *h >> 29;
}

static void mix_text(uint64_t *h, const char *s)
{
    mix(h, s == NULL ? -1 : (int64_t)strlen(s));
    if (s != NULL)
        mix_bytes(h, s, strlen(s));
}

static uint64_t clock_number(const struct target_clock *c)
{
    uint64_t h = 1;
    size_t i;

    mix(&h, c->kind);
    mix(&h, c->instance);
    mix(&h, c->level);
    mix(&h, c->target.seconds);
    mix(&h, c->target.calendar);
    mix_bytes(&h, c->target.warn, sizeof(c->target.warn));
    mix(&h, c->started_at);
    mix(&h, c->ended_at);
    mix(&h, c->end);
    mix(&h, c->due_at);
    mix(&h, c->breached_at);
    mix(&h, c->warned);
    mix(&h, c->policy_version);
    for (i = 0; i < c->edge_count; i++) {
        mix(&h, c->edges[i].at);
        mix(&h, c->edges[i].runs);
        mix(&h, c->edges[i].event);
    }
    return h;
}

static void mix_memory(uint64_t *h, const struct ticket_memory *m)
{
    struct arena *a = arena_new();

    mix_text(h, ticket_memory_to_text(a, m));
    arena_free(a);
}

uint64_t story_ticket_number(const struct ticket *t, int64_t now, bool words)
{
    uint64_t h = 2, clocks = 0;
    size_t i;

    mix(&h, t->ticket_id);
    mix(&h, t->status);
    mix(&h, t->priority);
    mix(&h, t->level);
    mix(&h, t->top_level);
    mix_text(&h, t->team);
    mix_text(&h, t->agent);
    mix_text(&h, t->subject);
    mix_text(&h, t->language);
    mix_text(&h, t->topic);
    mix_text(&h, t->plan);
    for (i = 0; i < t->tag_count; i++)
        mix_text(&h, t->tags[i]);
    for (i = 0; i < t->watcher_count; i++)
        mix_text(&h, t->watchers[i]);
    mix(&h, t->created_at);
    mix(&h, t->solved_at);
    mix(&h, t->closed_at);
    mix(&h, t->last_customer_at);
    mix(&h, t->last_public_at);
    mix(&h, t->merged_into);
    mix(&h, t->follow_up_of);
    mix(&h, t->related_to);
    mix(&h, t->event_seq);
    if (words)
        mix_bytes(&h, t->event_hash, sizeof(t->event_hash));
    mix(&h, t->policy_version);
    mix_memory(&h, &t->memory);
    for (i = 0; i < t->waiting_count; i++)
        if (t->waiting[i].due_at > now) {
            mix(&h, t->waiting[i].delivery_id);
            mix(&h, t->waiting[i].notice);
            mix(&h, t->waiting[i].due_at);
        }
    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS || t->clocks[i].changed)
            clocks += clock_number(&t->clocks[i]);
    mix(&h, (int64_t)clocks);
    return h;
}

static void mix_event(uint64_t *h, const struct planned_event *e, bool words)
{
    size_t i;

    mix(h, e->seq);
    mix(h, e->at);
    mix_text(h, e->kind);
    mix(h, e->by);
    mix_text(h, e->actor);
    mix(h, e->cause);
    mix_text(h, e->rule);
    mix(h, e->clock);
    mix(h, e->level);
    mix(h, e->notice);
    mix_text(h, e->value);
    for (i = 0; i < e->hook_count; i++)
        mix_text(h, e->hooks[i]);
    if (!words)
        return;
    mix_text(h, e->why);
    mix_text(h, e->detail);
    mix_text(h, e->fact);
    mix_bytes(h, e->hash, sizeof(e->hash));
}

static void mix_delivery(uint64_t *h, const struct planned_delivery *d)
{
    size_t i;

    mix(h, d->notice);
    mix(h, d->to);
    mix_text(h, d->agent);
    mix_text(h, d->step_key);
    mix(h, d->due_at);
    mix_text(h, d->rule);
    mix(h, d->message_id);
    mix(h, d->by_at);
    mix(h, d->opens_at);
    mix(h, d->level);
    mix(h, d->target);
    mix_text(h, d->reason);
    mix_text(h, d->ask);
    mix(h, d->hint_count);
    for (i = 0; i < d->hint_count; i++) {
        mix_text(h, d->hints[i].title);
        mix_text(h, d->hints[i].url);
    }
}

uint64_t story_plan_number(const struct plan *p, int64_t now, bool words)
{
    uint64_t h = story_ticket_number(&p->ticket, now, words);
    size_t i;

    for (i = 0; i < p->event_count; i++)
        mix_event(&h, &p->events[i], words);
    for (i = 0; i < p->delivery_count; i++)
        mix_delivery(&h, &p->deliveries[i]);
    for (i = 0; i < p->suppression_count; i++) {
        mix(&h, p->suppressions[i].delivery_id);
        mix(&h, p->suppressions[i].notice);
        mix_text(&h, p->suppressions[i].rule);
    }
    mix_bytes(&h, p->contact.notices_at, sizeof(p->contact.notices_at));
    mix_bytes(&h, p->contact.receipts_at, sizeof(p->contact.receipts_at));
    mix(&h, p->contact.received_at);
    mix_bytes(&h, p->contact.opened_at, sizeof(p->contact.opened_at));
    mix(&h, p->contact.missed_at);
    mix_bytes(&h, p->contact.hinted, sizeof(p->contact.hinted));
    mix(&h, p->contact.changed);
    mix(&h, p->wake_at);
    mix(&h, p->wants_queue);
    mix_text(&h, p->queue_team);
    mix(&h, p->queue_rank);
    mix_text(&h, p->offer.team);
    mix(&h, p->offer.rank);
    mix(&h, p->offer.others);
    return h;
}

/* --- what the store keeps
 * -------------------------------------------------------------------------------------------------
 */

static int calendar_named(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->calendar_count; i++)
        if (strcmp(p->calendar_names[i], name) == 0)
            return (int)i;
    return TARGET_CALENDAR_GONE;
}

static void clock_by_text(struct target_clock *c, const struct policy *from,
                          const struct policy *to, struct arena *a)
{
    struct error err;

    c->kind = (enum target_kind)target_kind_find(target_kind_name(c->kind));
    c->end = (enum target_end)target_end_find(target_end_name(c->end));
    if (c->target.calendar >= 0) /* the wall's is none, and what is gone stays so */
        c->target.calendar = calendar_named(to, from->calendar_names[c->target.calendar]);
    c->changed = false;
    if (ticket_edges_from_text(a, ticket_edges_to_text(a, c), c, &err) < 0)
        abort();
}

/* As they are read: by their beginnings, then by their names. */
static int in_order(const void *x, const void *y)
{
    const struct target_clock *a = x, *b = y;
    int names = strcmp(target_kind_name(a->kind), target_kind_name(b->kind));

    if (a->started_at != b->started_at)
        return a->started_at < b->started_at ? -1 : 1;
    return names != 0 ? names : a->instance - b->instance;
}

/* What is spam may be none after all (C-16). */
static bool may_go_on(const struct ticket *t, const struct target_clock *c)
{
    return c->end == TARGET_VOID && t->memory.spam_at != 0;
}

void story_by_text(struct ticket *t, const struct policy *from, const struct policy *to,
                   int64_t now, bool ended_too, struct arena *a)
{
    struct ticket_memory memory;
    size_t i, n = 0;
    const char **tags = arena_array(a, TICKET_TAGS_MAX, sizeof(*tags));
    struct error err;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS || ended_too ||
            t->clocks[i].kind == TARGET_RESOLUTION || may_go_on(t, &t->clocks[i])) {
            t->clocks[n] = t->clocks[i];
            clock_by_text(&t->clocks[n++], from, to, a);
        }
    t->clock_count = n;
    if (n > 1)
        qsort(t->clocks, n, sizeof(t->clocks[0]), in_order);
    t->status = (enum ticket_status)ticket_status_find(ticket_status_name(t->status));
    t->priority = (enum ticket_priority)ticket_priority_find(ticket_priority_name(t->priority));
    t->team = arena_strdup(a, t->team);
    t->agent = arena_strdup(a, t->agent);
    t->subject = arena_strdup(a, t->subject);
    t->language = arena_strdup(a, t->language);
    t->topic = arena_strdup(a, t->topic);
    t->plan = arena_strdup(a, t->plan);
    for (i = 0; i < t->tag_count; i++)
        tags[i] = arena_strdup(a, t->tags[i]);
    t->tags = tags;
    for (i = 0; i < t->watcher_count; i++)
        t->watchers[i] = arena_strdup(a, t->watchers[i]);
    if (ticket_memory_from_text(ticket_memory_to_text(a, &t->memory), &memory, &err) < 0 ||
        ticket_waiting_from_text(ticket_waiting_to_text(a, t, now), t, &err) < 0)
        abort();
    t->memory = memory;
}

/* --- who carries how much
 * --------------------------------------------------------------------------------------------- */

static int agent_named(const char *name)
{
    int i;

    for (i = 0; name != NULL && i < RANDOM_AGENTS; i++)
        if (strcmp(random_agents[i], name) == 0)
            return i;
    return -1;
}

static size_t make_loads(struct story_desk *d)
{
    const struct policy *p = d->policy;
    size_t i, k;

    for (i = 0; i < p->agent_count; i++) {
        d->loads[i] = (struct fact_load){
            .agent = p->agents[i].name,
            .assigned_at = d->assigned_at[agent_named(p->agents[i].name)],
        };
        for (k = 1; k <= RANDOM_TICKETS; k++) {
            const char *carrier =
                d->tickets[k].t.version == 0 ? NULL : ticket_carrier(&d->tickets[k].t);

            d->loads[i].open += carrier != NULL && strcmp(carrier, p->agents[i].name) == 0;
        }
    }
    return p->agent_count;
}

/* Of what each carries, how much is of that ticket's topic. */
static void make_topic_loads(struct story_desk *d, const struct ticket *of)
{
    size_t i, k;

    for (i = 0; i < d->policy->agent_count; i++)
        for (d->loads[i].of_topic = 0, k = 1; k <= RANDOM_TICKETS; k++) {
            const struct ticket *t = &d->tickets[k].t;
            const char *carrier = t->version == 0 ? NULL : ticket_carrier(t);

            d->loads[i].of_topic += carrier != NULL && g_strcmp0(t->topic, of->topic) == 0 &&
                                    strcmp(carrier, d->policy->agents[i].name) == 0;
        }
}

static bool queued_before(const struct story_desk_ticket *x, const struct story_desk_ticket *y)
{
    return x->queue_rank != y->queue_rank ? x->queue_rank < y->queue_rank
                                          : x->t.ticket_id < y->t.ticket_id;
}

/* The first of the team's queue is looked at now, or the first after `after`, which was at that
 * rank; they are too few for the bound to tell. */
static void offer(struct story_desk *d, int team, const struct story_desk_ticket *after,
                  const struct planned_offer *o)
{
    struct story_desk_ticket *first = NULL;
    size_t k;

    for (k = 1; k <= RANDOM_TICKETS; k++) {
        struct story_desk_ticket *t = &d->tickets[k];

        if (t->queue_team == NULL || policy_find_team(d->policy, t->queue_team) != team)
            continue;
        if (after != NULL && ((t->queue_rank != o->rank ? t->queue_rank < o->rank
                                                        : t->t.ticket_id <= after->t.ticket_id) ||
                              (o->others && g_strcmp0(after->t.topic, t->t.topic) == 0)))
            continue;
        if (first == NULL || queued_before(t, first))
            first = t;
    }
    if (first != NULL && (first->wake_at == 0 || first->wake_at > d->now))
        first->wake_at = d->now;
}

/* `topic`: it is of another one. Whoever carried it has room for another of the one before. */
static void carried(struct story_desk *d, const char *before, const char *after, bool topic)
{
    int was = agent_named(before), is = agent_named(after), agent;
    size_t team;

    if (was == is && !topic)
        return;
    agent = before == NULL ? -1 : policy_find_agent(d->policy, before);
    for (team = 0; agent >= 0 && team < d->policy->team_count; team++)
        if (policy_has_member(d->policy, team, agent))
            offer(d, (int)team, NULL, NULL);
    if (was != is && is >= 0 && policy_find_agent(d->policy, after) >= 0)
        d->assigned_at[is] = d->now;
}

/* --- deciding
 * -------------------------------------------------------------------------------------------------
 */

static void keep_deliveries(struct story_desk *d, struct story_desk_ticket *whole)
{
    struct ticket *t = &whole->t;
    size_t i;

    for (i = 0; i < d->plan.delivery_count; i++) {
        const struct planned_delivery *p = &d->plan.deliveries[i];

        d->last_delivery++;
        if (p->to == PLANNED_CUSTOMER && notice_kinds[p->notice].unsolicited &&
            t->waiting_count < TICKET_WAITING_MAX)
            t->waiting[t->waiting_count++] =
                (struct ticket_waiting){ d->last_delivery, p->notice, p->due_at };
        if (p->to == PLANNED_AGENT && whole->later_count < STORY_LATER_MAX) {
            struct plan_leaving leaving = plan_leaving_of(p);

            if (p->due_at <= d->now && plan_notice_untrue(t, &leaving) == NULL)
                continue;
            leaving.agent = d->policy->agents[policy_find_agent(d->policy, p->agent)].name;
            whole->later[whole->later_count++] =
                (struct story_later){ d->last_delivery, p->due_at, leaving };
        }
    }
}

static void drop_ended(struct ticket *t)
{
    size_t i, n = 0;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS || may_go_on(t, &t->clocks[i]))
            t->clocks[n++] = t->clocks[i];
    t->clock_count = n;
}

static void tell(struct story_desk *d, const struct story_desk_ticket *t, const struct fact *fact,
                 const struct plan *plan)
{
    const struct story_step step = { d->now,    t->t.ticket_id,
                                     d->policy, &d->targets[t->channel],
                                     &t->t,     &d->contacts[t->contact],
                                     fact,      plan };

    if (d->decided != NULL)
        d->decided(d->arg, &step);
}

/* Stored and read. What leaves this very second waits no more for the planner, and yet it is owed:
 * the store has it among its deliveries. */
static void store_and_read(struct story_desk *d, struct ticket *t, const struct policy *from,
                           bool ended_too)
{
    struct ticket_waiting leaves[TICKET_WAITING_MAX];
    size_t count = 0, i;

    for (i = 0; i < t->waiting_count; i++)
        if (t->waiting[i].due_at <= d->now)
            leaves[count++] = t->waiting[i];
    story_by_text(t, from, d->policy, d->now, ended_too, d->a);
    for (i = 0; i < count; i++)
        t->waiting[t->waiting_count++] = leaves[i];
}

static int decide(struct story_desk *d, struct story_desk_ticket *t, const struct fact *fact)
{
    const char *carrier = t->t.version == 0 ? NULL : ticket_carrier(&t->t), *topic = t->t.topic;
    struct error err;

    if (d->how.by_text && t->t.version != 0)
        store_and_read(d, &t->t, d->policy, false);
    if (fact->kind == FACT_QUEUE_LOOKED)
        make_topic_loads(d, &t->t);
    if (plan_apply(d->policy, &d->targets[t->channel], &t->t, &d->contacts[t->contact], fact, d->a,
                   &d->plan, &err) < 0) {
        tell(d, t, fact, NULL);
        return -1;
    }
    tell(d, t, fact, &d->plan);
    d->contacts[t->contact] = d->plan.contact;
    d->plan.ticket.version = t->t.version + 1;
    t->t = d->plan.ticket;
    keep_deliveries(d, t);
    if (!d->how.one_batch)
        drop_ended(&t->t);
    t->wake_at = d->plan.wake_at;
    t->wants_queue = d->plan.wants_queue;
    t->queue_team = d->plan.queue_team;
    t->queue_rank = d->plan.queue_rank;
    carried(d, carrier, ticket_carrier(&t->t), g_strcmp0(topic, t->t.topic) != 0);
    if (d->plan.offer.team != NULL && policy_find_team(d->policy, d->plan.offer.team) >= 0)
        offer(d, policy_find_team(d->policy, d->plan.offer.team), t, &d->plan.offer);
    return 0;
}

/* --- time
 * -----------------------------------------------------------------------------------------------------
 */

static struct fact time_fact(struct story_desk *d, enum fact_kind kind)
{
    struct fact f = { .kind = kind,
                      .at = d->now,
                      .now = d->now,
                      .by = FACT_BY_TIME,
                      .status = TICKET_STATUS_N,
                      .priority = TICKET_PRIORITY_NONE };

    if (kind == FACT_QUEUE_LOOKED) {
        f.load_count = make_loads(d);
        f.loads = d->loads;
    }
    return f;
}

/* It leaves, or is dropped as untrue. */
static void send(struct story_desk *d, struct story_desk_ticket *t, int64_t delivery_id,
                 const struct plan_leaving *leaving)
{
    struct fact gone = time_fact(d, FACT_DELIVERY_ENDED);
    struct story_left left = { d->policy, &t->t, *leaving, plan_notice_untrue(&t->t, leaving) };

    if (d->left != NULL)
        d->left(d->arg, &left);
    if (left.dropped == NULL)
        return;
    gone.delivery_id = delivery_id;
    gone.notice = notice_kinds[leaving->notice].id;
    gone.ended = "suppressed";
    gone.reason = left.dropped;
    decide(d, t, &gone);
}

/* What the customer waits for goes before what agents do. */
static void leave(struct story_desk *d, struct story_desk_ticket *t)
{
    struct ticket_waiting w;
    struct story_later l;
    size_t i;

    for (i = 0; i < t->t.waiting_count && t->t.waiting[i].due_at > d->now; i++)
        ;
    if (i < t->t.waiting_count) {
        w = t->t.waiting[i];
        t->t.waiting[i] = t->t.waiting[--t->t.waiting_count];
        send(d, t, w.delivery_id,
             &(struct plan_leaving){ .notice = w.notice, .level = t->t.memory.told_level });
        return;
    }
    for (i = 0; t->later[i].due_at > d->now; i++)
        ;
    l = t->later[i];
    memmove(t->later + i, t->later + i + 1, (--t->later_count - i) * sizeof(l));
    send(d, t, l.delivery_id, &l.leaving);
}

/* When it wants to be woken, by itself; time that may come late does not wake it. */
static int64_t wake_of(const struct story_desk *d, const struct story_desk_ticket *t)
{
    return d->how.late && !t->wants_queue ? 0 : t->wake_at;
}

static int64_t due_of(const struct story_desk *d, const struct story_desk_ticket *t)
{
    int64_t due = t->t.version == 0 ? 0 : wake_of(d, t);
    size_t i;

    for (i = 0; i < t->t.waiting_count; i++)
        if (due == 0 || t->t.waiting[i].due_at < due)
            due = t->t.waiting[i].due_at;
    for (i = 0; i < t->later_count; i++)
        if (due == 0 || t->later[i].due_at < due)
            due = t->later[i].due_at;
    return due;
}

/* Of one second: those that wait for no owner, by number; then the queue. */
static bool is_looked_at_before(const struct story_desk *d, const struct story_desk_ticket *x,
                                const struct story_desk_ticket *y)
{
    int64_t due = due_of(d, x);
    bool waits = x->wants_queue && wake_of(d, x) == due;
    bool other = y->wants_queue && wake_of(d, y) == due;

    return waits != other ? other : waits && queued_before(x, y);
}

static struct story_desk_ticket *next_due(struct story_desk *d, int64_t *at)
{
    struct story_desk_ticket *first = NULL;
    size_t k;

    for (k = 1; k <= RANDOM_TICKETS; k++) {
        int64_t due = due_of(d, &d->tickets[k]);

        if (due != 0 && (first == NULL || due < *at ||
                         (due == *at && is_looked_at_before(d, &d->tickets[k], first)))) {
            first = &d->tickets[k];
            *at = due;
        }
    }
    return first;
}

static void fire(struct story_desk *d, struct story_desk_ticket *t)
{
    int64_t wake = wake_of(d, t);
    struct fact time;

    if (wake == 0 || wake > d->now) {
        leave(d, t);
        return;
    }
    time = time_fact(d, t->wants_queue ? FACT_QUEUE_LOOKED : FACT_TIME_CAME);
    decide(d, t, &time);
}

/* Nothing is due, and yet somebody asks. */
static void ask(struct story_desk *d, int64_t now)
{
    struct fact time;
    size_t k;

    d->now = now;
    time = time_fact(d, FACT_TIME_CAME);
    for (k = 1; k <= RANDOM_TICKETS; k++)
        if (d->tickets[k].t.version != 0 &&
            (d->tickets[k].wake_at == 0 || d->tickets[k].wake_at > now))
            decide(d, &d->tickets[k], &time);
}

static int until(struct story_desk *d, int64_t to)
{
    struct story_desk_ticket *t;
    int64_t at = 0;

    for (d->rounds = 0; (t = next_due(d, &at)) != NULL && at <= to; d->rounds++) {
        if (d->rounds == STORY_ROUNDS_MAX)
            return -1;
        if (d->how.asked_often && at > d->now + 2)
            ask(d, d->now + 1 + (at - d->now - 1) * (d->rounds % 3) / 3);
        if (at > d->now)
            d->now = at;
        fire(d, t);
    }
    if (to > d->now)
        d->now = to;
    return 0;
}

/* --- facts
 * ----------------------------------------------------------------------------------------------------
 */

static void use_policy(struct story_desk *d, const struct policy_file *f)
{
    size_t i;

    d->policy = f->policy;
    for (i = 0; i < RANDOM_CHANNELS; i++)
        target_resolve(f->targets, random_channels[i].name, random_channels[i].kind,
                       &d->targets[i]);
}

/* The daemon has another policy now; what was stored is read under it. */
static void change_policy(struct story_desk *d, const struct random_fact *r, const struct fact *f)
{
    const struct policy *old = d->policy;
    size_t k;

    if (old == d->policies[1].policy)
        return;
    use_policy(d, &d->policies[1]);
    for (k = 1; k <= RANDOM_TICKETS; k++)
        if (d->tickets[k].t.version != 0)
            store_and_read(d, &d->tickets[k].t, old, d->how.one_batch);
    for (k = 1; r->open && k <= RANDOM_TICKETS; k++)
        if (d->tickets[k].t.version != 0)
            decide(d, &d->tickets[k], f);
}

static void merge(struct story_desk *d, struct story_desk_ticket *t, const struct fact *f)
{
    struct story_desk_ticket *other = &d->tickets[f->other];
    struct fact from;

    if (other->t.version == 0 || other == t)
        return; /* the store refuses it */
    if (t->t.version == 0 || t->t.merged_into != 0) {
        decide(d, t, f);
        return;
    }
    fact_merged_from(f, &t->t, d->a, &from);
    if (decide(d, other, &from) == 0)
        decide(d, t, f);
}

/* Where a message goes: merges are followed. */
static struct story_desk_ticket *followed(struct story_desk *d, int number)
{
    while (d->tickets[number].t.merged_into != 0)
        number = (int)d->tickets[number].t.merged_into;
    return &d->tickets[number];
}

/* Time that did not come by itself comes now. */
static void catch_up(struct story_desk *d, struct story_desk_ticket *t)
{
    struct fact time = time_fact(d, FACT_TIME_CAME);
    int rounds;

    for (rounds = 0; d->how.late && t->t.version != 0 && !t->wants_queue && t->wake_at != 0 &&
                     t->wake_at <= d->now && rounds < STORY_ROUNDS_MAX;
         rounds++)
        decide(d, t, &time);
}

static void happen(struct story_desk *d, const struct random_fact *r)
{
    struct fact f = random_fact_make(r, d->now);
    struct story_desk_ticket *t = &d->tickets[r->ticket];
    struct fact time;

    if (f.kind == FACT_CUSTOMER_WROTE)
        t = followed(d, r->ticket);
    if (t->t.version == 0) {
        t->t.ticket_id = r->ticket;
        t->contact = r->contact;
        t->channel = r->channel;
    }
    catch_up(d, t);
    if (f.kind == FACT_MERGED_INTO)
        catch_up(d, &d->tickets[r->other]);
    if (f.kind == FACT_POLICY_CHANGED)
        change_policy(d, r, &f);
    else if (f.kind == FACT_MERGED_INTO)
        merge(d, t, &f);
    else if (f.kind == FACT_QUEUE_LOOKED || f.kind == FACT_TIME_CAME) {
        time = time_fact(d, f.kind);
        decide(d, t, &time);
    } else
        decide(d, t, &f);
}

static int64_t moment(struct story_desk *d, const struct random_fact *r)
{
    int64_t at;

    if (r->after_s >= 0)
        return d->now + r->after_s;
    if (next_due(d, &at) == NULL || at > d->now + 2 * 86400)
        return d->now + 60;
    at -= r->after_s == RANDOM_BEFORE_WAKE;
    return at < d->now ? d->now : at;
}

struct contact story_contact(int i)
{
    static const char *const zones[] = { NULL, "Asia/Kolkata", "America/New_York" };

    return (struct contact){ .contact_id = i + 1, .zone = zones[i % 3], .any_hour = i == 1 };
}

int story_desk_tell(struct story_desk *d, const struct random_story *story,
                    const struct policy_file policies[2], const struct story_how *how)
{
    size_t i;

    d->how = *how;
    d->policies = policies;
    d->a = arena_new();
    d->now = story->begins;
    for (i = 0; i < RANDOM_CONTACTS; i++)
        d->contacts[i] = story_contact((int)i);
    use_policy(d, &policies[0]);
    for (i = 0; i < story->fact_count; i++) {
        d->moments[i] = how->moments != NULL ? how->moments[i] : moment(d, &story->facts[i]);
        if (until(d, d->moments[i]) < 0)
            return -1;
        happen(d, &story->facts[i]);
    }
    if (until(d, d->now + story->tail_s) < 0)
        return -1;
    for (i = 1; i <= RANDOM_TICKETS; i++)
        catch_up(d, &d->tickets[i]);
    return 0;
}

const struct target_clock *story_clock_before(const struct story_step *s,
                                              const struct target_clock *c)
{
    size_t i;

    for (i = 0; i < s->before->clock_count; i++)
        if (s->before->clocks[i].kind == c->kind && s->before->clocks[i].instance == c->instance)
            return &s->before->clocks[i];
    return NULL;
}

void story_desk_clear(struct story_desk *d)
{
    arena_free(d->a);
    memset(d, 0, sizeof(*d));
}
