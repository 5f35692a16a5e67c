/* Incidents: in a list, and one with all that belongs to it. */
#include <stdio.h>

#include "core/arena.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/ticket.h"

static const struct output_column list_columns[] = {
    { "ticket_id", OUTPUT_INT, "incident", false },
    { "desk", OUTPUT_TEXT, NULL, false },
    { "status", OUTPUT_TEXT, "status", false },
    { "incident", OUTPUT_TEXT, NULL, false },
    { "priority", OUTPUT_TEXT, "priority", false },
    { "level", OUTPUT_INT, "level", false },
    { "team", OUTPUT_TEXT, "team", false },
    { "agent", OUTPUT_TEXT, "agent", true },
    { "people", OUTPUT_INT, "people", false },
    { "tickets", OUTPUT_INT, "tickets", false },
    { "created_at", OUTPUT_TIME, "opened", false },
    { "subject", OUTPUT_TEXT, "about", true },
    { .name = NULL },
};
static const struct output_column member_columns[] = {
    { "ticket_id", OUTPUT_INT, "ticket", false },
    { "status", OUTPUT_TEXT, "status", false },
    { "priority", OUTPUT_TEXT, NULL, false },
    { "customer", OUTPUT_TEXT, NULL, false },
    { "address", OUTPUT_TEXT, "customer", true },
    { "channel", OUTPUT_TEXT, "channel", false },
    { "joined_at", OUTPUT_TIME, "joined", false },
    { "percent", OUTPUT_INT, "like", false },
    { "why", OUTPUT_TEXT, "why", true },
    { "subject", OUTPUT_TEXT, NULL, false },
    { .name = NULL },
};

static int list(const struct ctl *ctl, struct session *s, char **argv)
{
    struct db_value v[3];
    struct error err;
    int64_t limit;

    (void)argv;
    if (ctl_limit(ctl, &limit) < 0)
        return CTL_USAGE;
    if (session_desk_name(ctl, s, &v[0], &err) < 0)
        return ctl_fail(&err);
    v[1] = db_bool(ctl_value(ctl, "--all") != NULL);
    v[2] = db_int(s->a, limit);
    return session_list(ctl, s, "incident_list", v, 3, list_columns);
}

static int show(const struct ctl *ctl, struct session *s, char **argv)
{
    const PGresult *ticket, *clocks, *members;
    struct db_value v[3];
    struct error err;
    int64_t limit;
    json_t *o;
    int code;

    if (ctl_limit(ctl, &limit) < 0)
        return CTL_USAGE;
    ticket = ticket_find(s, argv[0], &code);
    if (ticket == NULL)
        return code;
    if (PQgetisnull(ticket, 0, PQfnumber(ticket, "incident"))) {
        error_set(&err, ERROR_PERMANENT, "ticket %s is no incident", argv[0]);
        return ctl_fail(&err);
    }
    v[0] = db_text(PQgetvalue(ticket, 0, PQfnumber(ticket, "desk_id")));
    v[1] = db_text(PQgetvalue(ticket, 0, PQfnumber(ticket, "ticket_id")));
    v[2] = db_int(s->a, limit);
    clocks = session_ask(s, "ticket_clocks", v, 2, &err);
    members = clocks == NULL ? NULL : session_ask(s, "incident_members", v, 3, &err);
    if (members == NULL)
        return ctl_fail(&err);
    if (ctl->json) {
        o = output_row(ticket, 0, ticket_columns);
        json_object_set_new(o, "clocks", output_rows(clocks, ticket_clock_columns));
        json_object_set_new(o, "tickets", output_rows(members, member_columns));
        return output_json(o);
    }
    output_fields(ticket, 0, ticket_columns);
    putchar('\n');
    output_table(clocks, ticket_clock_columns);
    putchar('\n');
    output_table(members, member_columns);
    return CTL_DONE;
}

static const struct ctl_option list_options[] = {
    { "--all", NULL, "Also what is solved, closed and dissolved." },
    { "--desk", "DESK", "Those of this desk." },
    { "--limit", "COUNT", "So many at most, otherwise 50." },
    { .name = NULL },
};
static const struct ctl_option show_options[] = {
    { "--limit", "COUNT", "So many of its tickets at most, otherwise 50." },
    { .name = NULL },
};
const struct ctl_command incident_commands[] = {
    { "incident", "list", NULL, list, "", 0, 0, list_options,
      "List the incidents that are open, the newest first, with how many people and tickets belong "
      "to each." },
    { "incident", "show", NULL, show, "INCIDENT", 1, 1, show_options,
      "Show one incident: its clocks, and what belongs to it, with how like it is in percent and "
      "why." },
    { .group = NULL },
};
