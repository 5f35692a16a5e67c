/* What leaves, what could not leave, and once more. */
#include "ctl/delivery.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/ticket.h"

const struct output_column delivery_columns[] = {
    { "delivery_id", OUTPUT_INT, "delivery", false },
    { "ticket_id", OUTPUT_INT, "ticket", false },
    { "desk", OUTPUT_TEXT, NULL, false },
    { "notice", OUTPUT_TEXT, "notice", false },
    { "recipient", OUTPUT_TEXT, NULL, false },
    { "agent", OUTPUT_TEXT, NULL, false },
    { "channel", OUTPUT_TEXT, "channel", true },
    { "address", OUTPUT_TEXT, "to", true },
    { "state", OUTPUT_TEXT, "state", false },
    { "due_at", OUTPUT_TIME, "due", false },
    { "ended_at", OUTPUT_TIME, NULL, false },
    { "attempts", OUTPUT_INT, "tries", false },
    { "receipt", OUTPUT_TEXT, NULL, false },
    { "last_words", OUTPUT_TEXT, "last words", true },
    { "external_id", OUTPUT_TEXT, NULL, false },
    { "mail_id", OUTPUT_TEXT, NULL, false },
    { "step_key", OUTPUT_TEXT, NULL, false },
    { "rule", OUTPUT_TEXT, NULL, false },
    { "subject", OUTPUT_TEXT, NULL, false },
    { "text", OUTPUT_TEXT, NULL, false },
    { "message_id", OUTPUT_INT, NULL, false },
    { "created_at", OUTPUT_TIME, NULL, false },
    { .name = NULL },
};

static const char *const states[] = { "owed", "sent", "dead", "suppressed" };

/* NULL with *code 0: all of them. */
static const char *states_said(struct session *s, const struct ctl *ctl, int *code)
{
    const char *said = ctl_value(ctl, "--state");
    size_t i;

    *code = CTL_DONE;
    if (said == NULL)
        return ctl_value(ctl, "--ticket") == NULL ? "{owed,dead}" : NULL;
    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (strcmp(said, states[i]) == 0)
            return arena_printf(s->a, "{%s}", said);
    *code = ctl_usage("a state is owed, sent, dead or suppressed, not", said);
    return NULL;
}

static int list(const struct ctl *ctl, struct session *s, char **argv)
{
    const char *ticket = ctl_value(ctl, "--ticket");
    struct db_value v[4] = { 0 };
    int64_t limit, number;
    struct error err;
    int code;

    (void)argv;
    if (ctl_limit(ctl, &limit) < 0)
        return CTL_USAGE;
    if (ticket != NULL) {
        if (ticket_number(ticket, &number) < 0)
            return ctl_usage("a ticket has a number, not", ticket);
        v[0] = db_int(s->a, number);
    }
    v[1] = db_text(states_said(s, ctl, &code));
    if (code != CTL_DONE)
        return code;
    if (session_channel_name(ctl, s, &v[2], &err) < 0)
        return ctl_fail(&err);
    v[3] = db_int(s->a, limit);
    return session_list(ctl, s, "delivery_list", v, 4, delivery_columns);
}

/* All that were named, or as many as are dead: was it so? */
static int retry_told(const PGresult *again, const PGresult *stranded, size_t asked, char **numbers)
{
    size_t count = (size_t)PQntuples(again), lost = (size_t)PQntuples(stranded);
    const char *lacking = ticket_unheard(again, numbers);
    struct error err;

    if (lacking == NULL)
        return CTL_DONE;
    if (lost > 0)
        error_set(&err, ERROR_PERMANENT,
                  "%zu of them can leave by no channel; delivery %s, for one: %.120s", lost,
                  PQgetvalue(stranded, 0, 0), PQgetvalue(stranded, 0, 1));
    else
        error_set(&err, ERROR_PERMANENT, "%zu of them are not dead, or not there; %.20s, for one",
                  asked - count, lacking);
    return ctl_fail(&err);
}

static int retry_some(const struct ctl *ctl, struct session *s, char **argv)
{
    struct db_value v[] = { db_text(NULL), db_text(NULL) };
    const PGresult *res, *stranded;
    struct db_value named;
    struct error err;
    const char *wrong;
    size_t asked;

    named = ticket_numbers(s->a, argv, &asked, &wrong);
    if (wrong != NULL)
        return ctl_usage("a delivery has a number, not", wrong);
    if (asked > 0)
        v[0] = named;
    if (session_channel_name(ctl, s, &v[1], &err) < 0)
        return ctl_fail(&err);
    stranded = session_ask(s, "delivery_stranded", v, 1, &err);
    res = stranded == NULL ? NULL : session_ask(s, "delivery_retry", v, 2, &err);
    if (res == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        output_json(
            output_rows(res, (struct output_column[]){ { "delivery_id", OUTPUT_INT, NULL, false },
                                                       { "ticket_id", OUTPUT_INT, NULL, false },
                                                       { .name = NULL } }));
    else
        printf("%d owed again\n", PQntuples(res));
    return retry_told(res, stranded, asked, argv);
}

static int delivery_retry(const struct ctl *ctl, int argc, char **argv)
{
    if ((argc == 0) != (ctl_value(ctl, "--dead") != NULL))
        return ctl_slip("which ones? numbers of deliveries, or --dead");
    return session_command(ctl, argv, retry_some);
}

static const struct ctl_option list_options[] = {
    { "--ticket", "TICKET", "Those of this ticket, in any state." },
    { "--state", "STATE", "Those that are owed, sent, dead or suppressed." },
    { "--channel", "CHANNEL", "Those that leave by this channel." },
    { "--limit", "COUNT", "So many at most, otherwise 50." },
    { .name = NULL },
};
static const struct ctl_option retry_options[] = {
    { "--dead", NULL, "All that are dead and have a channel to leave by." },
    { "--channel", "CHANNEL", "Only those that leave by this channel." },
    { .name = NULL },
};
const struct ctl_command delivery_commands[] = {
    { "delivery", "list", NULL, list, "", 0, 0, list_options,
      "List what is owed and what is dead, the newest first." },
    { "delivery", "retry", delivery_retry, NULL, "[DELIVERY ...]", 0, -1, retry_options,
      "Let dead deliveries be tried again, from their first try. What has become untrue is still "
      "not sent." },
    { .group = NULL },
};
