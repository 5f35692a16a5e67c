#include "ctl/why_days.h"

#include <stdio.h>
#include <string.h>

#include "core/calendar.h"
#include "core/policy_read.h"
#include "ctl/days.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "daemon/clock.h"

/* The version that was read last: clocks of one ticket mostly have the same. */
struct why_policy {
    int64_t version;
    struct policy_file file; /* policy NULL: it cannot be read */
};

static int read_version(struct session *s, int64_t desk_id, int64_t version, struct why_policy *p,
                        struct error *err)
{
    struct db_value v[] = { db_int(s->a, desk_id), db_int(s->a, version) };
    struct conf_errors errors = { 0 };
    const PGresult *res;

    if (p->version == version)
        return 0;
    res = session_ask(s, "policy_of", v, 2, err);
    if (res == NULL)
        return -1;
    policy_file_clear(&p->file);
    p->version = version;
    if (PQntuples(res) == 1 &&
        policy_read("policy", span_of(PQgetvalue(res, 0, 0)), NULL, NULL, &p->file, &errors) < 0)
        conf_errors_clear(&errors);
    return 0;
}

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
    if (read_version(s, desk_id, cell(clocks, row, "policy_version"), p, err) < 0)
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
    policy_file_clear(&p.file);
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
    policy_file_clear(&p.file);
    return rc;
}
