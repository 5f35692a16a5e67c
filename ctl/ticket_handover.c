/* What the next one must know to go on with a ticket: as the notice to a level's people tells it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/handover.h"
#include "core/policy_texts.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/ticket.h"
#include "daemon/clock.h"
#include "daemon/handover_row.h"

static int64_t cell(const PGresult *res, int row, const char *column)
{
    return db_cell_int(res, row, PQfnumber(res, column));
}

static const char *text(const PGresult *res, int row, const char *column)
{
    return db_cell_text(res, row, PQfnumber(res, column));
}

/* Of the planner's ticket what a hand-over tells. */
static int read_ticket(const PGresult *res, struct ticket *t, struct error *err)
{
    t->ticket_id = cell(res, 0, "ticket_id");
    t->subject = text(res, 0, "subject");
    t->status = (enum ticket_status)ticket_status_find(text(res, 0, "status"));
    t->priority = (enum ticket_priority)ticket_priority_find(text(res, 0, "priority"));
    t->level = (int)cell(res, 0, "level");
    t->team = text(res, 0, "team");
    t->agent = text(res, 0, "agent");
    t->topic = text(res, 0, "topic");
    t->plan = text(res, 0, "plan");
    return ticket_memory_from_text(text(res, 0, "memory"), &t->memory, err);
}

static void read_clocks(const PGresult *res, struct ticket *t)
{
    int i;

    for (i = 0; i < PQntuples(res) && t->clock_count < TICKET_CLOCKS_MAX; i++)
        if (cell(res, i, "ended_at") == 0)
            t->clocks[t->clock_count++] =
                (struct target_clock){ .kind =
                                           (enum target_kind)target_kind_find(text(res, i, "kind")),
                                       .instance = (int)cell(res, i, "instance"),
                                       .due_at = cell(res, i, "due_at"),
                                       .breached_at = cell(res, i, "breached_at") };
}

/* In the pages of the session: it lives as long. */
static int gather(struct session *s, const PGresult *ticket, struct handover *out,
                  struct error *err)
{
    struct db_value v[] = { db_text(PQgetvalue(ticket, 0, PQfnumber(ticket, "desk_id"))),
                            db_text(PQgetvalue(ticket, 0, PQfnumber(ticket, "ticket_id"))) };
    struct db_value lists[] = { db_text(arena_printf(s->a, "{%s}", v[0].ptr)),
                                db_text(arena_printf(s->a, "{%s}", v[1].ptr)) };
    const PGresult *clocks = session_ask(s, "ticket_clocks", v, 2, err);
    const PGresult *said = clocks == NULL ? NULL : session_ask(s, "handover_said", lists, 2, err);
    const PGresult *steps = said == NULL ? NULL : session_ask(s, "handover_steps", lists, 2, err);
    struct ticket *t = arena_alloc(s->a, sizeof(*t));
    const struct contact c = { .name = text(ticket, 0, "customer") };
    int i;

    if (steps == NULL || read_ticket(ticket, t, err) < 0)
        return -1;
    read_clocks(clocks, t);
    handover_of(t, &c, out);
    for (i = 0; i < PQntuples(said); i++)
        handover_row_said(s->a, said, i, out);
    for (i = 0; i < PQntuples(steps); i++)
        handover_row_step(s->a, steps, i, out);
    return 0;
}

int ticket_handover(const struct ctl *ctl, struct session *s, char **argv)
{
    struct handover *h = arena_alloc(s->a, sizeof(*h));
    const char *language = ctl_value(ctl, "--language");
    const struct policy *policy;
    const PGresult *ticket;
    const struct desk *desk;
    struct error err;
    const char *page;
    int code;

    if (language != NULL && !policy_is_language(language))
        return ctl_usage("expected a language like es or pt-BR, not", language);
    ticket = ticket_find(s, argv[0], &code);
    if (ticket == NULL)
        return code;
    if (session_serve(s, &err) < 0 || gather(s, ticket, h, &err) < 0)
        return ctl_fail(&err);
    desk = desk_by_id(&s->desks, (int32_t)cell(ticket, 0, "desk_id"));
    if (desk == NULL) {
        error_set(&err, ERROR_CONFIG, "its desk '%s' has no channel in %s", text(ticket, 0, "desk"),
                  ctl->config);
        return ctl_fail(&err);
    }
    policy = desk->policy.policy;
    page = handover_render(policy, language, policy->zone, NULL, h, wall_now(), s->a);
    if (ctl->json)
        return output_json(json_pack("{s:I, s:s}", "ticket_id", (json_int_t)h->number, "handover",
                                     text_printable(s->a, page)));
    output_text("", page);
    return CTL_DONE;
}

const struct ctl_option ticket_handover_options[] = {
    { "--language", "LANGUAGE", "In this language, otherwise in the policy's." },
    { .name = NULL },
};
