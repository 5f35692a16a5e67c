/* Cases of many people about one cause, in a fold (D-15): what daemon/store_incident.c asks the
 * database for is looked up here. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/fold_state.h"
#include "core/similar.h"
#include "core/text.h"

static void fold_incident_free(void *p)
{
    struct fold_incident *i = p;

    g_ptr_array_free(i->members, TRUE);
    free(i);
}

void fold_incident_begin(struct fold *f)
{
    f->likes = g_ptr_array_new();
    f->incidents = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, fold_incident_free);
    f->next_incident = f->o.first_incident == 0 ? 1LL << 40 : f->o.first_incident;
}

void fold_incident_end(struct fold *f)
{
    g_ptr_array_free(f->likes, TRUE);
    g_hash_table_destroy(f->incidents);
    g_queue_clear(&f->looks);
}

static struct fold_incident *fold_incident_of(const struct fold *f, int64_t ticket_id)
{
    struct fold_incident *i = g_hash_table_lookup(f->incidents, &ticket_id);

    if (i != NULL)
        return i;
    i = xcalloc(1, sizeof(*i));
    i->ticket_id = ticket_id;
    i->members = g_ptr_array_new();
    g_hash_table_insert(f->incidents, &i->ticket_id, i);
    return i;
}

static bool fold_is_after(const struct fold_ticket *x, const struct fold_ticket *y)
{
    return x->kept->created_at != y->kept->created_at ? x->kept->created_at > y->kept->created_at
                                                      : x->ticket_id > y->ticket_id;
}

/* In its place, as the database's index has it: one that was written earlier comes earlier. */
static void fold_add_like(struct fold *f, struct fold_ticket *t)
{
    guint at = f->likes->len;

    while (at > 0 && fold_is_after(g_ptr_array_index(f->likes, at - 1), t))
        at--;
    g_ptr_array_insert(f->likes, (gint)at, t);
}

/* Of an incident that is solved nobody is like any more: its cause is gone. */
static bool fold_is_like(const struct fold *f, const struct fold_ticket *t,
                         const struct fold_ticket *k)
{
    const struct fold_ticket *i =
        k->kept->incident_of == 0 ? NULL : fold_find(f, k->kept->incident_of);

    return k != t && k->kept->terms != NULL && k->kept->merged_into == 0 &&
           (i == NULL || i->kept->status < TICKET_SOLVED) &&
           similar_shares(t->kept->terms, k->kept->terms);
}

/* As sql/queries/incident_likes.sql finds them. */
static void fold_likes(struct fold *f, const struct fold_ticket *t, struct fact *fact)
{
    int64_t window = f->o.policy->incidents.window_s, at = t->kept->created_at;
    struct fact_like *likes = arena_array(f->scratch, FACT_LIKES_MAX, sizeof(*likes));
    const struct fold_ticket *k;
    guint i = f->likes->len;
    int read = 0;

    for (; i > 0 && read < FACT_LIKES_READ_MAX && fact->like_count < FACT_LIKES_MAX; i--) {
        k = g_ptr_array_index(f->likes, i - 1);
        if (k->kept->created_at < at - window)
            break;
        if (k->kept->created_at > at + window || k->kept->terms == NULL)
            continue;
        read++;
        if (fold_is_like(f, t, k))
            likes[fact->like_count++] =
                (struct fact_like){ k->ticket_id, k->contact->contact_id, k->kept->incident_of,
                                    arena_strdup(f->scratch, k->kept->terms) };
    }
    fact->likes = likes;
}

static int fold_by_contact(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

    return a < b ? -1 : a > b;
}

/* Who was seen this once is somebody of his own. */
static int fold_people(struct fold *f, const GPtrArray *members)
{
    int64_t *contacts = arena_array(f->scratch, members->len, sizeof(*contacts));
    int people = 0;
    guint i;

    for (i = 0; i < members->len; i++)
        contacts[i] =
            ((const struct fold_ticket *)g_ptr_array_index(members, i))->contact->contact_id;
    qsort(contacts, members->len, sizeof(*contacts), fold_by_contact);
    for (i = 0; i < members->len; i++)
        people += i == 0 || contacts[i] == 0 || contacts[i] != contacts[i - 1];
    return people;
}

static void fold_crowd(struct fold *f, const GPtrArray *members, struct fact_crowd *out)
{
    const char **plans = arena_array(f->scratch, FACT_CROWD_PLANS_MAX, sizeof(*plans));
    guint i;

    *out = (struct fact_crowd){ .people = fold_people(f, members), .plans = plans };
    for (i = 0; i < members->len; i++) {
        const struct ticket *t = ((const struct fold_ticket *)g_ptr_array_index(members, i))->kept;

        if (t->priority > out->priority)
            out->priority = t->priority;
        if (t->plan != NULL && out->plan_count < FACT_CROWD_PLANS_MAX &&
            !text_is_among(out->plans, out->plan_count, t->plan))
            plans[out->plan_count++] = t->plan;
    }
}

/* How it stands. */
static struct fact_incident fold_stands(const struct fold *f, int64_t incident)
{
    const struct fold_ticket *i = incident == 0 ? NULL : fold_find(f, incident);

    if (i == NULL || !i->kept->incident)
        return (struct fact_incident){ 0 };
    return (struct fact_incident){ incident, i->kept->status, i->kept->memory.incident_over != 0,
                                   ticket_next_due(i->kept) };
}

void fold_incident_fill(struct fold *f, const struct fold_ticket *t, struct fact *fact)
{
    fact->incident =
        fold_stands(f, fact->kind == FACT_INCIDENT_JOINED ? fact->other : t->kept->incident_of);
    if (fact->kind != FACT_INCIDENT_LOOKED && fact->kind != FACT_INCIDENT_ASKED)
        return;
    if (t->kept->incident)
        fold_crowd(f, fold_incident_of(f, t->ticket_id)->members, &fact->crowd);
    else if (t->kept->incident_of == 0 && t->kept->terms != NULL)
        fold_likes(f, t, fact);
}

void fold_incident_look(struct fold *f)
{
    struct fold_ticket *t = g_queue_pop_head(&f->looks);
    struct fact look = fold_fact(f, FACT_INCIDENT_LOOKED);

    t->looks = false;
    fold_incident_fill(f, t, &look);
    fold_time(f, t, &look);
}

static void fold_want_look(struct fold *f, struct fold_ticket *t)
{
    if (t == NULL || t->looks)
        return;
    t->looks = true;
    g_queue_push_tail(&f->looks, t);
}

static void fold_join(struct fold *f, struct fold_ticket *t, int64_t incident,
                      const struct planned_incident *p)
{
    struct fact join = fold_fact(f, FACT_INCIDENT_JOINED);

    join.by = FACT_BY_POLICY;
    join.other = incident;
    join.score = p->score;
    join.reason = arena_strdup(f->scratch, p->why);
    fold_incident_fill(f, t, &join);
    fold_time(f, t, &join);
}

/* A new incident, of this ticket. */
static int64_t fold_make_incident(struct fold *f, const struct fold_ticket *of,
                                  const struct fact *fact, const struct planned_incident *p)
{
    struct fold_ticket *t = fold_open(f, f->next_incident++, NULL);
    GPtrArray *one = g_ptr_array_new();
    struct ticket none = { .ticket_id = t->ticket_id };
    struct fact opened;

    g_ptr_array_add(one, (gpointer)of);
    fact_incident_opened(fact, of->kept, p->why, &opened);
    fold_crowd(f, one, &opened.crowd);
    g_ptr_array_free(one, TRUE);
    f->before = none;
    fold_time_of(f, t, &f->before, &opened);
    g_hash_table_insert(f->tickets, &t->ticket_id, t);
    return t->ticket_id;
}

static void fold_member(struct fold *f, struct fold_ticket *t, int64_t before)
{
    int64_t after = t->kept->incident_of;

    if (before == after)
        return;
    if (before != 0)
        g_ptr_array_remove(fold_incident_of(f, before)->members, t);
    if (after != 0)
        g_ptr_array_add(fold_incident_of(f, after)->members, t);
}

void fold_incident_follow(struct fold *f, struct fold_ticket *t, int64_t incident_of,
                          const struct fact *fact, const struct planned_incident *p)
{
    const GPtrArray *members;
    guint m;
    size_t i;

    if (fact_is_said(fact) && p->look_count > 0 && t->kept->version == 1)
        fold_add_like(f, t);
    fold_member(f, t, incident_of);
    for (i = 0; i < p->look_count; i++)
        fold_want_look(f, p->looks[i] == t->ticket_id ? t : fold_find(f, p->looks[i]));
    members = p->spreads ? fold_incident_of(f, t->ticket_id)->members : NULL;
    for (m = 0; members != NULL && m < members->len; m++)
        fold_want_look(f, g_ptr_array_index(members, m));
    if (p->opens)
        fold_join(f, t, fold_make_incident(f, t, fact, p), p);
    else if (p->joins != 0)
        fold_join(f, t, p->joins, p);
}
