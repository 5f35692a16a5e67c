#include "ctl/why_target.h"

#include <stdio.h>

#include "core/target.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/why_policy.h"

/* What is asked of each clock, and whose targets it has: NULL, those of all. */
struct why_target {
    const PGresult *ticket, *clocks;
    struct why_policy policy;
    const char *of;
};

static const char *ticket_cell(const struct why_target *t, const char *name)
{
    return db_cell_text(t->ticket, 0, PQfnumber(t->ticket, name));
}

static int64_t clock_cell(const struct why_target *t, int row, const char *name)
{
    return db_cell_int(t->clocks, row, PQfnumber(t->clocks, name));
}

/* The priority may have been another one as it ended: the one counts whose target the clock has. */
static const char *target_of(const struct why_target *t, int row)
{
    const struct target_policy *targets = t->policy.file.targets;
    const char *name = ticket_cell(t, "opened_by"), *kind = ticket_cell(t, "opened_by_kind"), *of;
    int now = ticket_priority_find(ticket_cell(t, "priority")), i;
    int clock = target_kind_find(PQgetvalue(t->clocks, row, PQfnumber(t->clocks, "kind")));
    struct target_table all;

    if (clock < 0 || clock >= TARGET_LEVEL_ACK || now < 0)
        return NULL; /* a level's own */
    target_resolve(targets, name, kind, &all);
    for (i = 0; i < TICKET_PRIORITY_N; i++) {
        enum ticket_priority p = (enum ticket_priority)((now + i) % TICKET_PRIORITY_N);

        of = target_channel_of(targets, name, kind, p, (enum target_kind)clock);
        if (all.at[p][clock].seconds == clock_cell(t, row, "target_s"))
            return of;
    }
    return NULL;
}

static int look(struct session *s, struct why_target *t, int row, struct error *err)
{
    int64_t desk_id = db_cell_int(t->ticket, 0, PQfnumber(t->ticket, "desk_id"));

    t->of = NULL;
    if (ticket_cell(t, "incident") != NULL)
        return 0; /* it came by no channel */
    if (why_policy_read(s, desk_id, clock_cell(t, row, "policy_version"), &t->policy, err) < 0)
        return -1;
    if (t->policy.file.policy != NULL)
        t->of = target_of(t, row);
    return 0;
}

int why_target_add(struct session *s, const PGresult *ticket, const PGresult *clocks, json_t *list,
                   struct error *err)
{
    struct why_target t = { .ticket = ticket, .clocks = clocks };
    int row, rc = 0;

    for (row = 0; row < PQntuples(clocks) && rc == 0; row++) {
        rc = look(s, &t, row, err);
        if (rc == 0)
            json_object_set_new(json_array_get(list, (size_t)row), "targets_of",
                                t.of == NULL ? json_null() : json_string(t.of));
    }
    why_policy_clear(&t.policy);
    return rc;
}

int why_target_print(struct session *s, const PGresult *ticket, const PGresult *clocks,
                     struct error *err)
{
    struct why_target t = { .ticket = ticket, .clocks = clocks };
    int row, rc = 0;

    for (row = 0; row < PQntuples(clocks) && rc == 0; row++) {
        rc = look(s, &t, row, err);
        if (rc == 0 && t.of != NULL)
            printf("%s %s has the targets that the policy gives channel %s\n",
                   PQgetvalue(clocks, row, PQfnumber(clocks, "kind")),
                   PQgetvalue(clocks, row, PQfnumber(clocks, "instance")), output_line(s->a, t.of));
    }
    why_policy_clear(&t.policy);
    return rc;
}
