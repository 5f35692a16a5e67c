/* Tickets as they are: in a list, and one whole. */
#include "ctl/ticket.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/ticket.h"
#include "ctl/delivery.h"
#include "ctl/known.h"
#include "ctl/level_text.h"
#include "ctl/output.h"
#include "ctl/session.h"

static const struct output_column list_columns[] = {
    { "ticket_id", OUTPUT_INT, "ticket", false },
    { "desk", OUTPUT_TEXT, NULL, false },
    { "status", OUTPUT_TEXT, "status", false },
    { "priority", OUTPUT_TEXT, "priority", false },
    { "level", OUTPUT_INT, "level", false },
    { "team", OUTPUT_TEXT, NULL, false },
    { "agent", OUTPUT_TEXT, "agent", true },
    { "customer", OUTPUT_TEXT, NULL, false },
    { "address", OUTPUT_TEXT, "customer", true },
    { "channel", OUTPUT_TEXT, "channel", true },
    { "due", OUTPUT_TEXT, "due", true },
    { "due_at", OUTPUT_TIME, "by", false },
    { "created_at", OUTPUT_TIME, NULL, false },
    { "last_customer_at", OUTPUT_TIME, NULL, false },
    { "subject", OUTPUT_TEXT, NULL, false },
    { "about", OUTPUT_TEXT, "about", true },
    { .name = NULL },
};
const struct output_column ticket_columns[] = {
    { "ticket_id", OUTPUT_INT, "ticket", false },
    { "desk", OUTPUT_TEXT, "desk", false },
    { "subject", OUTPUT_TEXT, "subject", false },
    { "status", OUTPUT_TEXT, "status", false },
    { "priority", OUTPUT_TEXT, "priority", false },
    { "level", OUTPUT_INT, "level", false },
    { "top_level", OUTPUT_INT, NULL, false },
    { "team", OUTPUT_TEXT, "team", false },
    { "agent", OUTPUT_TEXT, "agent", false },
    { "contact_id", OUTPUT_INT, NULL, false },
    { "customer", OUTPUT_TEXT, "customer", false },
    { "address_kind", OUTPUT_TEXT, NULL, false },
    { "address", OUTPUT_TEXT, "address", false },
    { "channel", OUTPUT_TEXT, "channel", false },
    { "language", OUTPUT_TEXT, "language", false },
    { "tags", OUTPUT_TEXTS, "tags", false },
    { "watchers", OUTPUT_TEXTS, "watched by", false },
    { "topic", OUTPUT_TEXT, "topic", false },
    { "plan", OUTPUT_TEXT, "plan", false },
    { "created_at", OUTPUT_TIME, "opened", false },
    { "last_customer_at", OUTPUT_TIME, "asked", false },
    { "last_public_at", OUTPUT_TIME, "answered", false },
    { "solved_at", OUTPUT_TIME, "solved", false },
    { "closed_at", OUTPUT_TIME, "closed", false },
    { "merged_into", OUTPUT_INT, "merged into", false },
    { "follow_up_of", OUTPUT_INT, "follows", false },
    { "related_to", OUTPUT_INT, "see also", false },
    { "incident", OUTPUT_TEXT, "an incident", false },
    { "incident_of", OUTPUT_INT, "of incident", false },
    { "policy_version", OUTPUT_INT, NULL, false },
    { .name = NULL },
};
const struct output_column ticket_clock_columns[] = {
    { "kind", OUTPUT_TEXT, "clock", false },       { "instance", OUTPUT_INT, "nr", false },
    { "level", OUTPUT_INT, "level", false },       { "target_s", OUTPUT_INT, NULL, false },
    { "calendar", OUTPUT_TEXT, "calendar", true }, { "started_at", OUTPUT_TIME, "started", false },
    { "due_at", OUTPUT_TIME, "due", false },       { "ended_at", OUTPUT_TIME, "ended at", false },
    { "ended", OUTPUT_TEXT, "ended", false },      { "breached_at", OUTPUT_TIME, "missed", false },
    { "warned", OUTPUT_INT, NULL, false },         { "policy_version", OUTPUT_INT, NULL, false },
    { "edges", OUTPUT_JSON, NULL, false },         { "kept_s", OUTPUT_INT, NULL, false },
    { "kept_at", OUTPUT_TIME, NULL, false },       { .name = NULL },
};
static const struct output_column message_columns[] = {
    { "message_id", OUTPUT_INT, NULL, false },   { "direction", OUTPUT_TEXT, NULL, false },
    { "author", OUTPUT_TEXT, NULL, false },      { "name", OUTPUT_TEXT, NULL, false },
    { "address", OUTPUT_TEXT, NULL, false },     { "channel", OUTPUT_TEXT, NULL, false },
    { "subject", OUTPUT_TEXT, NULL, false },     { "text", OUTPUT_TEXT, NULL, false },
    { "received_at", OUTPUT_TIME, NULL, false }, { "sent_at", OUTPUT_TIME, NULL, false },
    { "mail_id", OUTPUT_TEXT, NULL, false },     { "flags", OUTPUT_TEXTS, NULL, false },
    { "attachments", OUTPUT_JSON, NULL, false }, { .name = NULL },
};

/* --- what is on the line
 * ------------------------------------------------------------------------------ */

int ticket_number(const char *word, int64_t *out)
{
    char *end;

    word += *word == '#';
    errno = 0;
    *out = strtoll(word, &end, 10);
    return *word < '0' || *word > '9' || *end != '\0' || *out < 1 || errno == ERANGE ? -1 : 0;
}

static int number_compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return a < b ? -1 : a > b;
}

struct db_value ticket_numbers(struct arena *a, char *const *words, size_t *count,
                               const char **wrong)
{
    struct db_array numbers = { 0 };
    size_t said = 0, i;
    int64_t *all;

    *count = 0;
    *wrong = NULL;
    while (words[said] != NULL)
        said++;
    all = arena_array(a, said, sizeof(*all));
    for (i = 0; i < said && *wrong == NULL; i++)
        if (ticket_number(words[i], &all[i]) < 0)
            *wrong = words[i];
    if (*wrong != NULL)
        return db_text(NULL);
    qsort(all, said, sizeof(*all), number_compare);
    for (i = 0; i < said; i++) {
        if (i > 0 && all[i] == all[i - 1])
            continue;
        db_array_int(&numbers, all[i]);
        ++*count;
    }
    return db_array_end(&numbers, a);
}

const char *ticket_unheard(const PGresult *rows, char *const *words)
{
    int64_t number;
    int i;

    for (; *words != NULL; words++) {
        if (ticket_number(*words, &number) < 0)
            return *words;
        for (i = 0; i < PQntuples(rows) && db_cell_int(rows, i, 0) != number;)
            i++;
        if (i == PQntuples(rows))
            return *words;
    }
    return NULL;
}

const PGresult *ticket_find(struct session *s, const char *word, int *code)
{
    const PGresult *res;
    struct db_value v;
    struct error err;
    int64_t number;

    if (ticket_number(word, &number) < 0) {
        *code = ctl_usage("a ticket has a number, not", word);
        return NULL;
    }
    v = db_int(s->a, number);
    res = session_ask(s, "ticket_show", &v, 1, &err);
    if (res != NULL && PQntuples(res) == 0) {
        error_set(&err, ERROR_PERMANENT, "there is no ticket %" PRId64, number);
        res = NULL;
    }
    if (res == NULL)
        *code = ctl_fail(&err);
    return res;
}

/* --- list
 * --------------------------------------------------------------------------------------------- */

/* NULL where one of the words is none: it has been said. */
static const char *statuses(struct session *s, const struct ctl *ctl)
{
    const char *said = ctl_value(ctl, "--status"), *one;
    struct db_array list = { 0 };
    size_t n;

    if (said == NULL)
        said = "new,open,pending,on_hold";
    for (; *said != '\0'; said += n + (said[n] == ',')) {
        n = strcspn(said, ",");
        one = arena_strndup(s->a, said, n);
        if (ticket_status_find(one) < 0) {
            ctl_usage("there is no status", one);
            db_array_end(&list, s->a);
            return NULL;
        }
        db_array_text(&list, one);
    }
    return db_array_end(&list, s->a).ptr;
}

/* A list without a ticket says nothing of a name that was mistyped. One that only tickets still
 * have is no mistake. */
static int check_names(const struct ctl *ctl, struct session *s, struct error *err)
{
    const char *team = ctl_value(ctl, "--team"), *agent = ctl_value(ctl, "--agent");
    const char *desk = ctl_value(ctl, "--desk");

    if (team != NULL && known_team(s, desk, team, err) < 0)
        return -1;
    return agent == NULL ? 0 : known_agent(s, desk, agent, err);
}

static int list(const struct ctl *ctl, struct session *s, char **argv)
{
    const char *priority = ctl_value(ctl, "--priority");
    bool all = ctl_value(ctl, "--all") != NULL;
    const PGresult *res;
    struct db_value v[8];
    struct error err;
    int64_t limit;

    (void)argv;
    if (ctl_limit(ctl, &limit) < 0)
        return CTL_USAGE;
    if (priority != NULL && ticket_priority_find(priority) < 0)
        return ctl_usage("there is no priority", priority);
    if (session_desk_name(ctl, s, &v[0], &err) < 0)
        return ctl_fail(&err);
    v[1] = db_text(all ? NULL : statuses(s, ctl));
    if (!all && v[1].ptr == NULL)
        return CTL_USAGE;
    v[2] = db_text(priority);
    v[3] = db_text(ctl_value(ctl, "--team"));
    v[4] = db_text(ctl_value(ctl, "--agent"));
    v[5] = db_text(ctl_value(ctl, "--customer"));
    v[6] = db_text(ctl_value(ctl, "--about"));
    v[7] = db_int(s->a, limit);
    res = session_ask(s, "ticket_list", v, 8, &err);
    if (res == NULL || (PQntuples(res) == 0 && check_names(ctl, s, &err) < 0))
        return ctl_fail(&err);
    return output_list(ctl, res, list_columns);
}

/* --- show
 * --------------------------------------------------------------------------------------------- */

struct ticket_parts {
    const PGresult *ticket, *clocks, *messages, *deliveries;
    const PGresult *incident; /* the clocks of that which it belongs to; NULL: to none */
};

static int ask_parts(struct session *s, struct ticket_parts *p, struct error *err)
{
    struct db_value v[] = { db_text(PQgetvalue(p->ticket, 0, PQfnumber(p->ticket, "desk_id"))),
                            db_text(PQgetvalue(p->ticket, 0, PQfnumber(p->ticket, "ticket_id"))) };
    struct db_value of_ticket[] = { v[1], db_text(NULL), db_text(NULL), db_int(s->a, 1000) };
    int of = PQfnumber(p->ticket, "incident_of");
    struct db_value of_incident[] = { v[0], db_text(PQgetvalue(p->ticket, 0, of)) };

    if (!PQgetisnull(p->ticket, 0, of)) {
        p->incident = session_ask(s, "ticket_clocks", of_incident, 2, err);
        if (p->incident == NULL)
            return -1;
    }
    p->clocks = session_ask(s, "ticket_clocks", v, 2, err);
    if (p->clocks == NULL)
        return -1;
    p->messages = session_ask(s, "ticket_messages", v, 2, err);
    if (p->messages == NULL)
        return -1;
    p->deliveries = session_ask(s, "delivery_list", of_ticket, 4, err);
    return p->deliveries == NULL ? -1 : 0;
}

static const char *message_cell(const PGresult *res, int row, const char *name)
{
    int at = PQfnumber(res, name);

    return PQgetisnull(res, row, at) ? NULL : PQgetvalue(res, row, at);
}

/* What its reader should know of it: ", automatic, encrypted". */
static void print_flags(const char *flags)
{
    size_t n;

    for (; flags != NULL && *flags != '\0'; flags += n + (flags[n] == '\n')) {
        n = strcspn(flags, "\n");
        printf(", %.*s", (int)n, flags);
    }
}

/* "2026-11-24 04:06  <-  Ana (support-mail), message 12, automatic", and below it what was said. */
static void print_message(struct arena *a, const PGresult *res, int row)
{
    const char *direction = message_cell(res, row, "direction");
    const char *name = message_cell(res, row, "name");
    const char *channel = message_cell(res, row, "channel");
    const char *arrow = strcmp(direction, "in") == 0    ? "<-"
                        : strcmp(direction, "out") == 0 ? "->"
                                                        : "note";

    if (name == NULL)
        name = message_cell(res, row, "address");
    printf("\n%s  %s  %s", output_time(a, message_cell(res, row, "received_at")), arrow,
           name == NULL ? "the desk" : output_line(a, name));
    if (channel != NULL)
        printf(" (%s)", channel);
    printf(", message %s", message_cell(res, row, "message_id"));
    print_flags(message_cell(res, row, "flags"));
    putchar('\n');
    output_text("  ", message_cell(res, row, "text"));
}

static int show(const struct ctl *ctl, struct session *s, char **argv)
{
    struct ticket_parts p = { 0 };
    struct error err;
    json_t *o;
    int code, i;

    p.ticket = ticket_find(s, argv[0], &code);
    if (p.ticket == NULL)
        return code;
    if (ask_parts(s, &p, &err) < 0)
        return ctl_fail(&err);
    if (ctl->json) {
        o = output_row(p.ticket, 0, ticket_columns);
        if (level_text_tell(s, p.ticket, o, &err) < 0) {
            json_decref(o);
            return ctl_fail(&err);
        }
        json_object_set_new(o, "clocks", output_rows(p.clocks, ticket_clock_columns));
        if (p.incident != NULL)
            json_object_set_new(o, "incident_clocks",
                                output_rows(p.incident, ticket_clock_columns));
        json_object_set_new(o, "messages", output_rows(p.messages, message_columns));
        json_object_set_new(o, "deliveries", output_rows(p.deliveries, delivery_columns));
        return output_json(o);
    }
    output_fields(p.ticket, 0, ticket_columns);
    if (level_text_tell(s, p.ticket, NULL, &err) < 0)
        return ctl_fail(&err);
    putchar('\n');
    output_table(p.clocks, ticket_clock_columns);
    if (p.incident != NULL) { /* C-16 */
        printf("\nof its incident:\n");
        output_table(p.incident, ticket_clock_columns);
    }
    if (PQntuples(p.deliveries) > 0) {
        putchar('\n');
        output_table(p.deliveries, delivery_columns);
    }
    for (i = 0; i < PQntuples(p.messages); i++)
        print_message(s->a, p.messages, i);
    return CTL_DONE;
}

static const struct ctl_option list_options[] = {
    { "--all", NULL, "Also what is solved and closed." },
    { "--status", "STATUS", "Those of this status; several with commas between." },
    { "--priority", "PRIORITY", "Those of this priority." },
    { "--team", "TEAM", "Those of this team; a name that is none is refused." },
    { "--agent", "AGENT", "Those of this agent; likewise." },
    { "--customer", "ADDRESS", "Those of whoever has this address." },
    { "--about", "WORDS",
      "Those of which the subject and one message have all these words: \"so\" in this order, -not "
      "this one, this OR that." },
    { "--desk", "DESK", "Those of this desk." },
    { "--limit", "COUNT", "So many at most, otherwise 50." },
    { .name = NULL },
};
const struct ctl_command ticket_commands[] = {
    { "ticket", "list", NULL, list, "", 0, 0, list_options,
      "List tickets, the newest first, with the clock that is due next." },
    { "ticket", "show", NULL, show, "TICKET", 1, 1, NULL,
      "Show one ticket: what its level may decide, its clocks, and those of the incident that it "
      "belongs to, its deliveries and what was said." },
    { "ticket", "handover", NULL, ticket_handover, "TICKET", 1, 1, ticket_handover_options,
      "Tell what whoever goes on with it must know, as the mail to the people of its level does: "
      "who asks, and what; what was promised, and is left of it; what was done, and is to be done "
      "now." },
    { .group = NULL },
};
