/* What the next one must know (D-6): read for the few tickets that change hands, once all of the
 * batch is decided, for what it decides belongs to it. */
#include <string.h>

#include "daemon/handover_row.h"
#include "daemon/store_batch.h"

void store_handover_owe(struct store_batch *b, struct store_ticket *t, int64_t delivery_id,
                        const struct planned_delivery *p)
{
    struct store_handover *h = arena_alloc(b->a, sizeof(*h));

    *h = (struct store_handover){ .t = t, .delivery_id = delivery_id, .planned = *p };
    *b->handover_end = h;
    b->handover_end = &h->next;
}

void store_handover_said(struct store_batch *b, struct store_ticket *t, const char *direction,
                         const struct handover_said *said)
{
    struct store_said *one = arena_alloc(b->a, sizeof(*one));

    *one = (struct store_said){ .direction = direction, .said = *said };
    *t->said_end = one;
    t->said_end = &one->next;
}

/* As handover_steps.sql has them of what is stored. */
void store_handover_events(struct store_batch *b, struct store_ticket *t, const struct plan *plan)
{
    const char *assigned = fact_kind_name(FACT_ASSIGNED), *asked = fact_kind_name(FACT_ESCALATED);
    size_t i;

    for (i = 0; i < plan->event_count; i++) {
        const struct planned_event *e = &plan->events[i];
        bool entered = strcmp(e->kind, "level_entered") == 0;
        struct store_step *one;

        if (!entered && strcmp(e->kind, assigned) != 0)
            continue;
        one = arena_alloc(b->a, sizeof(*one));
        one->step = (struct handover_step){ .at = e->at,
                                            .level = entered ? e->level : 0,
                                            .who = e->actor,
                                            .why = strcmp(plan->events[0].kind, asked) == 0
                                                       ? plan->events[0].why
                                                       : e->why };
        *t->steps_end = one;
        t->steps_end = &one->next;
    }
}

static struct handover *handover_at(struct store_batch *b, const PGresult *res, int row)
{
    struct store_ticket *t =
        store_map_get(&b->tickets, store_key_int(b->a, (int32_t)db_cell_int(res, row, 0),
                                                 db_cell_int(res, row, 1)));

    return t == NULL ? NULL : t->handover;
}

static void handover_take_said(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct handover *of = handover_at(b, answer->res, i);

        if (of != NULL)
            handover_row_said(b->a, answer->res, i, of);
    }
}

static void handover_take_step(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct handover *of = handover_at(b, answer->res, i);

        if (of != NULL)
            handover_row_step(b->a, answer->res, i, of);
    }
}

/* What is not stored yet is newer than all that is. */
static void handover_add_batch(const struct store_ticket *t)
{
    const struct store_said *said;
    const struct store_step *step;

    for (said = t->said; said != NULL; said = said->next)
        handover_add_said(t->handover, said->direction, &said->said);
    for (step = t->steps; step != NULL; step = step->next)
        handover_add_step(t->handover, &step->step);
    t->handover->address = t->path.address;
    t->handover->organization = t->contact->of.name;
}

static void handover_on_read(void *arg, const struct db_answer *answer)
{
    struct store_batch *b = arg;
    const struct store_handover *h;
    const struct store_ticket *t;

    (void)answer;
    for (t = b->ticket_list; t != NULL; t = t->next)
        if (t->handover != NULL)
            handover_add_batch(t);
    for (h = b->handover_list; h != NULL; h = h->next) {
        const struct sink_words words = { .handover = h->t->handover };

        store_owe(b, h->t, h->delivery_id, &h->planned, &words);
    }
    b->handed_over(b);
}

/* Several are told of one ticket: it is read once. */
static void handover_want(struct store_batch *b, struct store_ticket *t, struct db_array *desks,
                          struct db_array *tickets)
{
    if (t->handover != NULL)
        return;
    t->handover = arena_alloc(b->a, sizeof(*t->handover));
    handover_of(&t->ticket, &t->contact->contact, t->handover);
    db_array_int(desks, t->desk->desk_id);
    db_array_int(tickets, t->ticket.ticket_id);
}

void store_handover(struct store_batch *b, void (*done)(struct store_batch *b))
{
    struct db_array desks = { 0 }, tickets = { 0 };
    const struct store_handover *h;
    struct db_value v[2];

    if (b->handover_list == NULL || b->err.kind != ERROR_NONE || b->dry) {
        done(b);
        return;
    }
    b->handed_over = done;
    for (h = b->handover_list; h != NULL; h = h->next)
        handover_want(b, h->t, &desks, &tickets);
    v[0] = db_array_end(&desks, b->a);
    v[1] = db_array_end(&tickets, b->a);
    db_job_add(b->job, "handover_said", v, 2, handover_take_said, b);
    db_job_add(b->job, "handover_steps", v, 2, handover_take_step, b);
    db_job_add(b->job, "look_end", NULL, 0, handover_on_read, b);
    db_job_flush(b->job);
}
