#include "ctl/why_days.h"

#include <stdio.h>
#include <string.h>

#include "core/calendar.h"
#include "ctl/days.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/why_policy.h"
#include "daemon/clock.h"

static int64_t cell(const PGresult *clocks, int row, const char *name)
{
    return db_cell_int(clocks, row, PQfnumber(clocks, name));
}

/* *c NULL: it counts by the wall, or nobody knows by what. */
static int calendar_of(struct session *s, int64_t desk_id, const PGresult *clocks, int row,
                       struct why_policy *p, const struct calendar **c, struct error *err)
{
    const char *name = db_cell_text(clocks, row, PQfnumber(clocks, "calendar"));

    *c = NULL;
    if (name == NULL)
        return 0;
    if (why_policy_read(s, desk_id, cell(clocks, row, "policy_version"), p, err) < 0)
        return -1;
    if (p->file.policy != NULL)
        *c = policy_find_calendar(p->file.policy, name);
    return 0;
}

static int64_t end_of(const PGresult *clocks, int row)
{
    int64_t ended = cell(clocks, row, "ended_at"), due = cell(clocks, row, "due_at");

    return ended != 0 ? ended : due != 0 ? due : wall_now(); /* it pauses */
}

int why_days_add(struct session *s, int64_t desk_id, const PGresult *clocks, json_t *list,
                 struct error *err)
{
    struct why_policy p = { 0 };
    const struct calendar *c;
    int row, rc = 0;

    for (row = 0; row < PQntuples(clocks) && rc == 0; row++) {
        rc = calendar_of(s, desk_id, clocks, row, &p, &c, err);
        if (rc == 0)
            json_object_set_new(json_array_get(list, (size_t)row), "special_days",
                                c == NULL ? json_array()
                                          : days_special_json(c, cell(clocks, row, "started_at"),
                                                              end_of(clocks, row)));
    }
    why_policy_clear(&p);
    return rc;
}

int why_days_print(struct session *s, int64_t desk_id, const PGresult *clocks, struct error *err)
{
    struct why_policy p = { 0 };
    const struct calendar *c;
    int row, rc = 0;

    for (row = 0; row < PQntuples(clocks) && rc == 0; row++) {
        rc = calendar_of(s, desk_id, clocks, row, &p, &c, err);
        if (rc == 0 && c != NULL &&
            days_has_special(c, cell(clocks, row, "started_at"), end_of(clocks, row))) {
            printf("\nnot as usual for %s %lld, which counts by %s:\n",
                   PQgetvalue(clocks, row, PQfnumber(clocks, "kind")),
                   (long long)cell(clocks, row, "instance"),
                   output_line(s->a, PQgetvalue(clocks, row, PQfnumber(clocks, "calendar"))));
            days_print_special(c, cell(clocks, row, "started_at"), end_of(clocks, row));
        }
    }
    why_policy_clear(&p);
    return rc;
}
