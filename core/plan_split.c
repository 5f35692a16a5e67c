/* Two cases out of one (C-15): messages of the customer go on in a ticket of their own. */
#include <string.h>

#include "core/json_list.h"
#include "core/plan_state.h"

json_t *plan_split_link(struct planner *pl)
{
    const struct fact *f = pl->fact;

    return f->kind != FACT_SPLIT_FROM
               ? NULL
               : plan_detail(pl, "{s:I, s:I}", "message", (json_int_t)f->message_id, "other",
                             (json_int_t)f->other);
}

static int plan_split_refuse(struct planner *pl)
{
    return error_set(pl->err, ERROR_PERMANENT, "which other ticket a split is of is not said");
}

int plan_split_from(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;

    if (t->version != 0)
        return error_set(pl->err, ERROR_PERMANENT, "a split opens a ticket of its own");
    if (pl->fact->other == 0 || pl->fact->other == t->ticket_id)
        return plan_split_refuse(pl);
    plan_open(pl);
    return 0;
}

/* The customer's last words here are those that stay. */
static void plan_split_last(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    if (pl->fact->last_at != 0 && pl->fact->last_at < t->last_customer_at)
        t->last_customer_at = pl->fact->last_at;
}

/* Whoever waits for an answer to what went away waits for it there; what stays may still wait here,
 * though it was not counted (plan_incident_leave() counts the last alone). */
static void plan_split_unanswered(struct planner *pl)
{
    struct ticket_memory *m = &pl->p->ticket.memory;
    int left = m->unanswered - pl->fact->unanswered;

    if (pl->fact->unanswered == 0 || m->unanswered == 0)
        return;
    if (left < 1)
        left = pl->fact->last_at > pl->p->ticket.last_public_at;
    m->unanswered = left;
    if (m->unanswered_before > m->unanswered)
        m->unanswered_before = m->unanswered;
    if (m->unanswered > 0)
        return;
    m->unanswered_since = 0;
    plan_clock_end(pl, TARGET_NEXT_RESPONSE, pl->fact->now, TARGET_VOID, "C-15");
}

int plan_split_into(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;

    if (f->other == 0 || f->other == t->ticket_id)
        return plan_split_refuse(pl);
    if (t->status == TICKET_CLOSED)
        return error_set(pl->err, ERROR_PERMANENT, "ticket %lld is closed",
                         (long long)t->ticket_id);
    plan_event(pl, fact_kind_name(f->kind), "C-15",
               plan_detail(pl, "{s:o, s:I}", "messages",
                           json_list_numbers(f->moved, f->moved_count), "other",
                           (json_int_t)f->other),
               "%s", f->reason == NULL ? "it is about something else" : f->reason);
    plan_level_acknowledge(pl, f->at);
    plan_split_last(pl);
    plan_split_unanswered(pl);
    return 0;
}
