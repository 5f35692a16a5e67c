#include "core/replay.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/tally.h"

/* Most facts say who did what when, and no more. */
struct replay_fact {
    int64_t ticket_id, seq, at, now, message_id;
    const char *actor; /* interned */
    const struct fact *whole;
    const struct fold_origin *origin;
    uint8_t kind, by;
    int8_t status, priority;
};
struct replay_turn { /* when whose turn it is: small, for they are sorted */
    int64_t now;
    guint fact;
};
struct replay {
    struct arena *a;
    GArray *facts;     /* of struct replay_fact, as they were added */
    GArray *turns;     /* of struct replay_turn */
    GHashTable *words; /* those that come again and again: names of agents and channels */
    struct fold *fold; /* between replay_begin() and the last replay_step() */
    struct tally *out;
    guint at; /* the next turn */
    int64_t until;
};

static const char *replay_word(struct replay *r, const char *s)
{
    char *kept;

    if (s == NULL)
        return NULL;
    kept = g_hash_table_lookup(r->words, s);
    if (kept == NULL) {
        kept = arena_strdup(r->a, s);
        g_hash_table_add(r->words, kept);
    }
    return kept;
}

struct replay *replay_new(void)
{
    struct replay *r = xcalloc(1, sizeof(*r));

    r->a = arena_new();
    r->facts = g_array_new(FALSE, FALSE, sizeof(struct replay_fact));
    r->turns = g_array_new(FALSE, FALSE, sizeof(struct replay_turn));
    r->words = g_hash_table_new(g_str_hash, g_str_equal);
    return r;
}

void replay_free(struct replay *r)
{
    if (r == NULL)
        return;
    fold_free(r->fold);
    g_hash_table_unref(r->words);
    g_array_free(r->facts, TRUE);
    g_array_free(r->turns, TRUE);
    arena_free(r->a);
    free(r);
}

/* Time, the queue, a change of the policy and incidents come by themselves; the other half of a
 * merge, and a notice that became untrue, are the fold's own. */
static bool replay_is_ours(const struct fact *f)
{
    return f->kind != FACT_TIME_CAME && f->kind != FACT_QUEUE_LOOKED &&
           f->kind != FACT_POLICY_CHANGED && f->kind != FACT_MERGED_FROM &&
           f->kind != FACT_DELIVERY_ENDED && f->kind != FACT_INCIDENT_LOOKED &&
           f->kind != FACT_INCIDENT_OPENED &&
           !(f->kind == FACT_INCIDENT_JOINED && f->by == FACT_BY_POLICY);
}

/* Whether a case may be solved hangs on a solution (D-53): who says one says more. */
static bool replay_says_little(const struct fact *f)
{
    return f->solution == NULL && (f->kind == FACT_AGENT_REPLIED || f->kind == FACT_AGENT_NOTED ||
                                   f->kind == FACT_STATUS_SET || f->kind == FACT_PRIORITY_SET ||
                                   f->kind == FACT_ACKNOWLEDGED);
}

static const struct fold_origin *replay_origin(struct replay *r, const struct fold_origin *from)
{
    struct fold_origin *copy;

    if (from == NULL)
        return NULL;
    copy = arena_alloc(r->a, sizeof(*copy));
    *copy = *from;
    copy->channel = replay_word(r, from->channel);
    copy->kind = replay_word(r, from->kind);
    copy->name = NULL; /* nothing is decided by it */
    copy->language = replay_word(r, from->language);
    copy->zone = replay_word(r, from->zone);
    return copy;
}

bool replay_add(struct replay *r, int64_t ticket_id, int64_t seq, const struct fold_origin *origin,
                const struct fact *fact)
{
    struct replay_fact f = { .ticket_id = ticket_id,
                             .seq = seq,
                             .at = fact->at,
                             .now = fact->now,
                             .message_id = fact->message_id,
                             .actor = replay_word(r, fact->actor),
                             .kind = (uint8_t)fact->kind,
                             .by = (uint8_t)fact->by,
                             .status = (int8_t)fact->status,
                             .priority = (int8_t)fact->priority };

    if (!replay_is_ours(fact))
        return false;
    if (!replay_says_little(fact)) {
        f.whole = fact_copy(r->a, fact);
        f.origin = replay_origin(r, origin);
    }
    g_array_append_val(r->facts, f);
    return true;
}

size_t replay_count(const struct replay *r)
{
    return r->facts->len;
}

static const struct replay_fact *replay_fact_at(const struct replay *r, guint fact)
{
    return &g_array_index(r->facts, struct replay_fact, fact);
}

static const struct replay_fact *replay_turn_of(const struct replay *r, guint turn)
{
    return replay_fact_at(r, g_array_index(r->turns, struct replay_turn, turn).fact);
}

static int replay_order(const void *x, const void *y, void *arg)
{
    const struct replay_turn *t = x, *u = y;
    const struct replay_fact *f, *g;

    if (t->now != u->now)
        return t->now < u->now ? -1 : 1;
    f = replay_fact_at(arg, t->fact);
    g = replay_fact_at(arg, u->fact);
    if (f->ticket_id != g->ticket_id)
        return f->ticket_id < g->ticket_id ? -1 : 1;
    return f->seq < g->seq ? -1 : f->seq > g->seq;
}

static void replay_sort(struct replay *r)
{
    guint i;

    g_array_set_size(r->turns, r->facts->len);
    for (i = 0; i < r->facts->len; i++)
        g_array_index(r->turns, struct replay_turn, i) =
            (struct replay_turn){ replay_fact_at(r, i)->now, i };
    g_array_sort_with_data(r->turns, replay_order, r);
}

/* Of one that says little it is put together in `room`. */
static const struct fact *replay_fact(const struct replay_fact *f, struct fact *room)
{
    if (f->whole != NULL)
        return f->whole;
    *room = (struct fact){ .kind = (enum fact_kind)f->kind,
                           .at = f->at,
                           .now = f->now,
                           .by = (enum fact_actor)f->by,
                           .actor = f->actor,
                           .message_id = f->message_id,
                           .status = (enum ticket_status)f->status,
                           .priority = (enum ticket_priority)f->priority };
    return room;
}

static void replay_decided(void *arg, const struct fold_step *step)
{
    const char *was = step->before->version == 0 ? NULL : ticket_carrier(step->before);
    const char *is = ticket_carrier(&step->plan->ticket);
    struct replay *r = arg;
    int64_t at = fold_now(r->fold);

    tally_add_step(r->out, step->plan);
    if (g_strcmp0(was, is) == 0)
        return;
    if (was != NULL)
        tally_carry(r->out, was, at, -1);
    if (is != NULL)
        tally_carry(r->out, is, at, 1);
}

void replay_begin(struct replay *r, const struct policy *policy,
                  const struct target_policy *targets, int64_t until, bool bare, struct tally *out)
{
    const struct fold_options options = {
        .policy = policy, .targets = targets, .bare = bare, .decided = replay_decided, .arg = r
    };

    replay_sort(r);
    r->fold = fold_new(&options);
    r->out = out;
    r->at = 0;
    r->until = until;
}

/* What is far ahead is asked of memory before its turn comes: facts, and the tickets they happen
 * to, lie anywhere in hundreds of megabytes. */
enum { REPLAY_AHEAD = 4 };
static void replay_foresee(const struct replay *r)
{
    const struct replay_fact *f;

    if (r->at + 3 * REPLAY_AHEAD >= r->facts->len)
        return;
    f = replay_turn_of(r, r->at + 3 * REPLAY_AHEAD);
    fold_fetch(f, sizeof(*f));
    f = replay_turn_of(r, r->at + 2 * REPLAY_AHEAD);
    fold_foresee(r->fold, f->ticket_id, false);
    f = replay_turn_of(r, r->at + REPLAY_AHEAD);
    fold_foresee(r->fold, f->ticket_id, true);
    if (f->whole != NULL)
        fold_fetch(f->whole, sizeof(*f->whole));
}

static void replay_one(struct replay *r)
{
    const struct replay_fact *f = replay_turn_of(r, r->at);
    struct fact room;
    struct error err;

    replay_foresee(r);
    r->out->facts++;
    if (fold_apply(r->fold, f->ticket_id, f->origin, replay_fact(f, &room), &err) < 0)
        r->out->refused++;
    r->at++;
}

bool replay_step(struct replay *r, size_t most)
{
    int64_t next;

    for (; most > 0 && r->at < r->facts->len; most--)
        replay_one(r);
    for (; most > 0 && (next = fold_next(r->fold)) != 0 && next <= r->until; most--)
        fold_until(r->fold, next);
    if (most == 0)
        return false;
    tally_carry_until(r->out, r->until);
    r->out->tickets = (int64_t)fold_count(r->fold);
    fold_free(r->fold);
    r->fold = NULL;
    return true;
}

void replay_run(struct replay *r, const struct policy *policy, const struct target_policy *targets,
                int64_t until, bool bare, struct tally *out)
{
    replay_begin(r, policy, targets, until, bare, out);
    replay_step(r, SIZE_MAX);
}
