/* Incidents within a batch: what is looked up for a decision about them, and the facts of other
 * tickets that follow from one. */
#include <inttypes.h>
#include <string.h>

#include "core/fact.h"
#include "daemon/store_batch.h"

/* --- what is looked up
 * ------------------------------------------------------------------------------------------ */

struct incident_likes { /* of one ticket */
    struct fact_like *at;
    struct fact_incident *stands; /* that each of them belongs to */
    size_t count;
};

static const char *incident_key(struct store_batch *b, int64_t desk_id, const char *kind,
                                int64_t ticket_id)
{
    return store_key_id(b->a, desk_id, kind, ticket_id);
}

static bool incident_compares(const struct store_item *item)
{
    return item->fact != NULL && (item->fact->fact.kind == FACT_INCIDENT_LOOKED ||
                                  item->fact->fact.kind == FACT_INCIDENT_ASKED);
}

static enum ticket_status incident_status(const struct db_answer *answer, int row, int column)
{
    int status = db_cell_text(answer->res, row, column) == NULL
                     ? -1
                     : ticket_status_find(db_cell_text(answer->res, row, column));

    return status < 0 ? TICKET_STATUS_N : (enum ticket_status)status;
}

static void incident_take_likes(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        const char *key = incident_key(b, db_cell_int(answer->res, i, 0), "likes",
                                       db_cell_int(answer->res, i, 1));
        struct incident_likes *l = store_map_get(&b->incidents, key);

        if (l == NULL) {
            l = arena_alloc(b->a, sizeof(*l));
            l->at = arena_array(b->a, FACT_LIKES_MAX, sizeof(*l->at));
            l->stands = arena_array(b->a, FACT_LIKES_MAX, sizeof(*l->stands));
            store_map_put(&b->incidents, key, l);
        }
        if (l->count == FACT_LIKES_MAX)
            continue;
        l->at[l->count] =
            (struct fact_like){ db_cell_int(answer->res, i, 2), db_cell_int(answer->res, i, 3),
                                db_cell_int(answer->res, i, 4),
                                arena_strdup(b->a, db_cell_text(answer->res, i, 5)) };
        l->stands[l->count++] =
            (struct fact_incident){ db_cell_int(answer->res, i, 4), incident_status(answer, i, 6),
                                    false, db_cell_int(answer->res, i, 7) };
    }
}

/* "gold\nsilver", each once. */
static void incident_take_plans(struct store_batch *b, char *lines, struct fact_crowd *out)
{
    const char **plans = arena_array(b->a, FACT_CROWD_PLANS_MAX, sizeof(*plans));
    char *save = NULL, *plan;

    for (plan = strtok_r(lines, "\n", &save);
         plan != NULL && out->plan_count < FACT_CROWD_PLANS_MAX; plan = strtok_r(NULL, "\n", &save))
        plans[out->plan_count++] = plan;
    out->plans = plans;
}

static void incident_take_crowds(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct fact_crowd *c = arena_alloc(b->a, sizeof(*c));
        const char *plans = db_cell_text(answer->res, i, 4);

        c->people = (int)db_cell_int(answer->res, i, 2);
        c->priority = (enum ticket_priority)db_cell_int(answer->res, i, 3);
        incident_take_plans(b, arena_strdup(b->a, plans == NULL ? "" : plans), c);
        store_map_put(&b->incidents,
                      incident_key(b, db_cell_int(answer->res, i, 0), "crowd",
                                   db_cell_int(answer->res, i, 1)),
                      c);
    }
}

void store_incident_look(struct store_batch *b)
{
    struct store_columns c = { 0 };
    struct db_value v[3];
    size_t i;

    for (i = b->first; i < b->last; i++) {
        const struct desk *desk = incident_compares(&b->items[i])
                                      ? desk_by_id(b->store->desks, b->items[i].fact->desk_id)
                                      : NULL;

        if (desk == NULL)
            continue;
        db_array_int(&c.column[0], desk->desk_id);
        db_array_int(&c.column[1], b->items[i].fact->ticket_id);
        db_array_int(&c.column[2], desk->policy.policy->incidents.window_s);
        c.rows++;
    }
    if (c.rows == 0)
        return;
    for (i = 0; i < 3; i++)
        v[i] = db_array_end(&c.column[i], b->a);
    db_job_add(b->job, "incident_hold", v, 1, NULL, NULL);
    db_job_add(b->job, "incident_likes", v, 3, incident_take_likes, b);
    db_job_add(b->job, "incident_crowd", v, 2, incident_take_crowds, b);
}

/* --- what a decision is given
 * -------------------------------------------------------------------------------------- */

/* A ticket of this batch is as it has become meanwhile. */
static struct store_ticket *incident_here(struct store_batch *b, int32_t desk_id, int64_t ticket_id)
{
    return store_map_get(&b->tickets, store_key_int(b->a, desk_id, ticket_id));
}

static struct fact_incident incident_stands(const struct store_ticket *i)
{
    if (i == NULL || !i->ticket.incident)
        return (struct fact_incident){ 0 };
    return (struct fact_incident){ i->ticket.ticket_id, i->ticket.status,
                                   i->ticket.memory.incident_over != 0,
                                   ticket_next_due(&i->ticket) };
}

static struct fact_incident incident_of(struct store_batch *b, const struct store_ticket *t)
{
    const struct store_ticket *i = incident_here(b, t->desk->desk_id, t->ticket.incident_of);

    return i != NULL ? incident_stands(i) : t->stands;
}

static void incident_fill_likes(struct store_batch *b, const struct store_ticket *t, struct fact *f)
{
    const struct incident_likes *l = store_map_get(
        &b->incidents, incident_key(b, t->desk->desk_id, "likes", t->ticket.ticket_id));
    struct fact_like *likes;
    size_t i;

    if (l == NULL)
        return;
    likes = arena_array(b->a, l->count, sizeof(*likes));
    for (i = 0; i < l->count; i++) {
        const struct store_ticket *k = incident_here(b, t->desk->desk_id, l->at[i].ticket_id);

        if (k != NULL && (k->ticket.terms == NULL || k->ticket.merged_into != 0))
            continue;
        likes[f->like_count] = l->at[i];
        if (k != NULL)
            likes[f->like_count].incident_of = k->ticket.incident_of;
        f->like_count++;
    }
    f->likes = likes;
}

void store_incident_fill(struct store_batch *b, const struct store_ticket *t, struct fact *f)
{
    const struct fact_crowd *c;

    if (f->kind == FACT_INCIDENT_JOINED)
        f->incident = incident_stands(incident_here(b, t->desk->desk_id, f->other));
    if ((f->kind == FACT_TIME_CAME || f->kind == FACT_QUEUE_LOOKED) && t->ticket.incident_of != 0)
        f->incident = incident_of(b, t); /* news that were held back say by when as well (E-14) */
    if (f->kind != FACT_INCIDENT_LOOKED && f->kind != FACT_INCIDENT_ASKED)
        return;
    c = store_map_get(&b->incidents,
                      incident_key(b, t->desk->desk_id, "crowd", t->ticket.ticket_id));
    if (t->ticket.incident && c != NULL)
        f->crowd = *c;
    else if (t->ticket.incident_of != 0)
        f->incident = incident_of(b, t);
    else
        incident_fill_likes(b, t, f);
}

/* --- what follows
 * -------------------------------------------------------------------------------------------- */

/* How that incident stands, which a like belongs to, or one of this batch. */
static struct fact_incident incident_found(struct store_batch *b, const struct store_ticket *t,
                                           int64_t incident)
{
    const struct incident_likes *l = store_map_get(
        &b->incidents, incident_key(b, t->desk->desk_id, "likes", t->ticket.ticket_id));
    const struct store_ticket *i = incident_here(b, t->desk->desk_id, incident);
    size_t k;

    if (i != NULL)
        return incident_stands(i);
    for (k = 0; l != NULL && k < l->count; k++)
        if (l->stands[k].ticket_id == incident)
            return l->stands[k];
    return (struct fact_incident){ 0 };
}

/* It has no customer, and so a contact of its own that has no address. */
static struct store_ticket *incident_new(struct store_batch *b, const struct store_ticket *of)
{
    struct store_ticket *t = store_ticket_new(b, of->desk);

    t->is_new = true;
    t->ticket.ticket_id = store_id_take(b, 0);
    t->contact = store_contact_new(b, of->desk->desk_id, store_id_take(b, 3));
    t->contact->is_new = true;
    t->channel_id = of->channel_id;
    t->path = (struct sink_return_path){ .channel_id = of->channel_id,
                                         .address_kind = "",
                                         .address = "" };
    store_map_put(&b->tickets, store_key_int(b->a, t->desk->desk_id, t->ticket.ticket_id), t);
    return t;
}

static int incident_open(struct store_batch *b, const struct store_ticket *of,
                         const struct fact *cause, const struct planned_incident *p,
                         int64_t *opened, struct error *err)
{
    struct plan *plan = arena_alloc(b->a, sizeof(*plan));
    struct store_ticket *t = incident_new(b, of);
    struct fact f;

    if (b->err.kind != ERROR_NONE) {
        *err = b->err;
        return -1;
    }
    fact_incident_opened(cause, &of->ticket, p->why, &f);
    f.crowd = (struct fact_crowd){ .people = 1,
                                   .priority = of->ticket.priority,
                                   .plans = &of->ticket.plan,
                                   .plan_count = of->ticket.plan != NULL };
    *opened = t->ticket.ticket_id;
    return store_apply(b, t, &f, NULL, plan, err);
}

int store_incident_follow(struct store_batch *b, struct store_ticket *t, const struct fact *cause,
                          struct plan *plan, struct error *err)
{
    const struct planned_incident p = plan->incident;
    struct fact f = { .kind = FACT_INCIDENT_JOINED,
                      .at = cause->now,
                      .by = FACT_BY_POLICY,
                      .status = TICKET_STATUS_N,
                      .priority = TICKET_PRIORITY_NONE,
                      .other = p.joins,
                      .score = p.score,
                      .reason = p.why };

    if (!p.opens && p.joins == 0)
        return 0;
    if (p.opens && incident_open(b, t, cause, &p, &f.other, err) < 0)
        return -1;
    f.incident = incident_found(b, t, f.other);
    return store_apply(b, t, &f, NULL, plan, err);
}

/* --- what is written
 * ------------------------------------------------------------------------------------------ */

void store_incident_keep(struct store_batch *b, const struct store_ticket *t,
                         const struct planned_incident *p)
{
    struct store_columns *looks = &b->columns[STORE_LOOK_PUT];
    struct store_columns *spread = &b->columns[STORE_SPREAD_PUT];
    size_t i;

    for (i = 0; i < p->look_count; i++, looks->rows++) {
        db_array_int(&looks->column[0], t->desk->desk_id);
        db_array_int(&looks->column[1], p->looks[i]);
    }
    if (p->spreads) {
        db_array_int(&spread->column[0], t->desk->desk_id);
        db_array_int(&spread->column[1], t->ticket.ticket_id);
        spread->rows++;
    }
    b->wakes |= p->look_count > 0 || p->spreads;
}

void store_incident_heard(struct store_batch *b, const struct store_fact *f)
{
    struct store_columns *c = &b->columns[STORE_LOOK_DROP];

    if (f->look_mark == 0)
        return;
    db_array_int(&c->column[0], f->desk_id);
    db_array_int(&c->column[1], f->ticket_id);
    db_array_int(&c->column[2], f->look_mark);
    c->rows++;
}
