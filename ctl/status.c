/* How it goes: who is there, which channels fail, what waits. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "core/policy_read.h"
#include "ctl/channel.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/sink_name.h"

enum { STATUS_LATE_S = 60 }; /* what should have gone out for so long is trouble */

static const struct output_column node_columns[] = {
    { "node", OUTPUT_TEXT, "node", true },         { "version", OUTPUT_TEXT, "version", false },
    { "started_at", OUTPUT_TIME, "since", false }, { "seen_at", OUTPUT_TIME, "seen", false },
    { "alive", OUTPUT_BOOL, "alive", false },      { .name = NULL },
};
static const struct output_column work_columns[] = {
    { "owed", OUTPUT_INT, "deliveries owed", false },
    { "owed_late", OUTPUT_INT, "of these due now", false },
    { "owed_oldest_at", OUTPUT_TIME, "the oldest is due", false },
    { "dead", OUTPUT_INT, "deliveries dead", false },
    { "due_late", OUTPUT_INT, "tickets to be woken", false },
    { "due_oldest_at", OUTPUT_TIME, "the oldest since", false },
    { "quarantined", OUTPUT_INT, "in quarantine", false },
    { "quarantined_newest_at", OUTPUT_TIME, "the newest since", false },
    { .name = NULL },
};

static const struct output_column mailbox_columns[] = {
    { "desk", OUTPUT_TEXT, NULL, false },
    { "channel", OUTPUT_TEXT, "channel", false },
    { "mailbox", OUTPUT_TEXT, "mailbox", true },
    { "configured", OUTPUT_BOOL, NULL, false },
    { "ended_at", OUTPUT_TIME, "compared", false },
    { "mails", OUTPUT_INT, "mails", false },
    { "messages", OUTPUT_INT, NULL, false },
    { "duplicates", OUTPUT_INT, NULL, false },
    { "ignored", OUTPUT_INT, NULL, false },
    { "quarantined", OUTPUT_INT, NULL, false },
    { "others", OUTPUT_INT, NULL, false },
    { "pending", OUTPUT_INT, "to come", false },
    { "gaps", OUTPUT_INT, "in no account", false },
    { "gap_uids", OUTPUT_JSON, NULL, false },
    { "error", OUTPUT_TEXT, "could not be read", true },
    { .name = NULL },
};

static const struct output_column team_columns[] = {
    { "desk", OUTPUT_TEXT, NULL, false },
    { "team", OUTPUT_TEXT, "team", true },
    { "waiting", OUTPUT_INT, "waiting", false },
    { "oldest_s", OUTPUT_SPAN, "the longest", false },
    { "carried", OUTPUT_INT, "with those they have", false },
    { "there", OUTPUT_INT, "people there", false },
    { "over_since", OUTPUT_TIME, "overloaded since", false },
    { .name = NULL },
};

static const struct output_column held_columns[] = {
    { "desk", OUTPUT_TEXT, NULL, false },
    { "channel", OUTPUT_TEXT, "sender", false },
    { "rate", OUTPUT_TEXT, "rate", false },
    { "letters", OUTPUT_INT, "letters that wait for it", false },
    { "due_at", OUTPUT_TIME, "the oldest is due", false },
    { "last_at", OUTPUT_TIME, "the last goes by", false },
    { .name = NULL },
};

struct status {
    struct session *s;
    const PGresult *nodes, *channels, *work, *mailboxes, *teams, *held;
    const PGresult *desks, *policies;
    json_t *trouble; /* a sentence each */
};

/* Of the senders in this configuration: the rate is each node's own. */
static int ask_held(struct status *st, struct error *err)
{
    const struct conf *root = st->s->config->root, *c;
    struct db_array said[5] = { 0 };
    const struct channel_ops *ops;
    int64_t most, period_s;
    struct db_value v[5];
    size_t i, n = conf_count(root, "channels");

    for (i = 0; i < n; i++) {
        c = conf_at(root, "channels", i);
        ops = channel_kind(conf_text(c, "kind"));
        if (ops->rate == NULL || !ops->rate(c, &most, &period_s))
            continue;
        db_array_text(&said[0], conf_text(c, "desk"));
        db_array_text(&said[1], conf_name_at(root, "channels", i));
        db_array_int(&said[2], most);
        db_array_int(&said[3], period_s);
        db_array_text(&said[4], conf_text(c, "rate"));
    }
    for (i = 0; i < 5; i++)
        v[i] = db_array_end(&said[i], st->s->a);
    st->held = session_ask(st->s, "rate_held", v, 5, err);
    return st->held == NULL ? -1 : 0;
}

static int ask(struct status *st, struct error *err)
{
    struct db_value all = db_text(NULL);

    st->nodes = session_ask(st->s, "node_list", NULL, 0, err);
    if (st->nodes == NULL)
        return -1;
    st->channels = session_ask(st->s, "channel_list", &all, 1, err);
    if (st->channels == NULL)
        return -1;
    st->mailboxes = session_ask(st->s, "reconcile_list", NULL, 0, err);
    if (st->mailboxes == NULL)
        return -1;
    st->teams = session_ask(st->s, "backlog_list", &all, 1, err);
    if (st->teams == NULL)
        return -1;
    if (session_policies(st->s, &st->desks, &st->policies, err) < 0 || ask_held(st, err) < 0)
        return -1;
    st->work = session_ask(st->s, "work_count", NULL, 0, err);
    return st->work == NULL ? -1 : 0;
}

static void add(struct status *st, const char *sentence)
{
    json_array_append_new(st->trouble, json_string(sentence));
}

static int64_t work(const struct status *st, const char *name)
{
    return db_cell_int(st->work, 0, PQfnumber(st->work, name));
}

/* The trouble of a channel that no living node has is history: it stays in its row. */
static bool is_ours(const PGresult *res, int row)
{
    return db_cell_bool(res, row, PQfnumber(res, "configured"));
}

/* T-18: the server's count and ours differ. */
static void find_gaps(struct status *st)
{
    const PGresult *m = st->mailboxes;
    int i;

    for (i = 0; i < PQntuples(m); i++)
        if (is_ours(m, i) && db_cell_int(m, i, PQfnumber(m, "gaps")) > 0)
            add(st, arena_printf(st->s->a,
                                 "%" PRId64 " mails in %s of channel %s are in no account: "
                                 "relevoctl reconcile",
                                 db_cell_int(m, i, PQfnumber(m, "gaps")),
                                 db_cell_text(m, i, PQfnumber(m, "mailbox")),
                                 db_cell_text(m, i, PQfnumber(m, "channel"))));
}

/* D-29 */
static void find_overload(struct status *st)
{
    const PGresult *t = st->teams;
    int i;

    for (i = 0; i < PQntuples(t); i++)
        if (!PQgetisnull(t, i, PQfnumber(t, "over_since")))
            add(st, arena_printf(st->s->a, "team %s has more than it can do: %s wait for an owner",
                                 PQgetvalue(t, i, PQfnumber(t, "team")),
                                 PQgetvalue(t, i, PQfnumber(t, "waiting"))));
}

static void find_warnings(struct status *st)
{
    const PGresult *c = st->channels;
    int i, warning = PQfnumber(c, "warning");

    for (i = 0; i < PQntuples(c); i++)
        if (is_ours(c, i) && !PQgetisnull(c, i, warning))
            add(st,
                arena_printf(st->s->a, "channel %s: %s", PQgetvalue(c, i, PQfnumber(c, "channel")),
                             PQgetvalue(c, i, warning)));
}

static void on_unknown_name(void *arg, const char *sentence)
{
    add(arg, sentence);
}

/* C-20: the policies in force call systems that nobody configured. One that cannot be read is the
 * node's to complain of. */
static void find_unknown_names(struct status *st)
{
    struct policy_file policy = { 0 };
    struct conf_errors errors = { 0 };
    const char *desk;
    int i;

    for (i = 0; i < PQntuples(st->policies); i++) {
        desk = session_policy_desk(st->desks, st->policies, i);
        if (policy_read("", span_of(PQgetvalue(st->policies, i, 2)), NULL, NULL, &policy,
                        &errors) == 0)
            sink_name_unknown(st->s->config->root, desk, policy.policy, st->s->a, on_unknown_name,
                              st);
        policy_file_clear(&policy);
        conf_errors_clear(&errors);
    }
}

static void find_trouble(struct status *st)
{
    int failing = PQfnumber(st->channels, "failing_since");
    int name = PQfnumber(st->channels, "channel"), words = PQfnumber(st->channels, "last_error");
    int64_t now = wall_now(), oldest = work(st, "owed_oldest_at"), due = work(st, "due_oldest_at");
    struct arena *a = st->s->a;
    int i;

    if (PQntuples(st->nodes) == 0 || !db_cell_bool(st->nodes, 0, PQfnumber(st->nodes, "alive")))
        add(st, "no node is alive");
    for (i = 0; i < PQntuples(st->channels); i++)
        if (is_ours(st->channels, i) && !PQgetisnull(st->channels, i, failing))
            add(st, arena_printf(a, "channel %s fails: %s", PQgetvalue(st->channels, i, name),
                                 PQgetvalue(st->channels, i, words)));
    if (oldest != 0 && now - oldest > STATUS_LATE_S)
        add(st, arena_printf(a, "a delivery is owed for %" PRId64 " s", now - oldest));
    if (due != 0 && now - due > STATUS_LATE_S)
        add(st, arena_printf(a, "a ticket is due to be woken for %" PRId64 " s", now - due));
    if (work(st, "dead") > 0)
        add(st, arena_printf(a, "%" PRId64 " deliveries are dead: relevoctl delivery list",
                             work(st, "dead")));
    if (work(st, "quarantined") > 0)
        add(st, arena_printf(a, "%" PRId64 " messages are in quarantine: relevoctl quarantine list",
                             work(st, "quarantined")));
    find_warnings(st);
    find_gaps(st);
    find_overload(st);
    find_unknown_names(st);
}

static void print(const struct status *st)
{
    size_t i;

    output_table(st->nodes, node_columns);
    putchar('\n');
    output_table(st->channels, channel_columns);
    putchar('\n');
    if (PQntuples(st->mailboxes) > 0) {
        output_table(st->mailboxes, mailbox_columns);
        putchar('\n');
    }
    if (PQntuples(st->teams) > 0) {
        output_table(st->teams, team_columns);
        putchar('\n');
    }
    output_fields(st->work, 0, work_columns);
    putchar('\n');
    if (PQntuples(st->held) > 0) {
        output_table(st->held, held_columns);
        putchar('\n');
    }
    if (json_array_size(st->trouble) == 0)
        puts("all is well");
    for (i = 0; i < json_array_size(st->trouble); i++)
        puts(output_line(st->s->a, json_string_value(json_array_get(st->trouble, i))));
}

static int status(const struct ctl *ctl, struct session *s, char **argv)
{
    struct status st = { .s = s };
    struct error err;
    bool troubled;

    (void)argv;
    if (ask(&st, &err) < 0)
        return ctl_fail(&err);
    st.trouble = json_array();
    find_trouble(&st);
    troubled = json_array_size(st.trouble) > 0;
    if (ctl->json)
        output_json(json_pack(
            "{s:o, s:o, s:o, s:o, s:o, s:o, s:O}", "nodes", output_rows(st.nodes, node_columns),
            "channels", output_rows(st.channels, channel_columns), "mailboxes",
            output_rows(st.mailboxes, mailbox_columns), "teams",
            output_rows(st.teams, team_columns), "work", output_row(st.work, 0, work_columns),
            "held", output_rows(st.held, held_columns), "trouble", st.trouble));
    else
        print(&st);
    json_decref(st.trouble);
    return troubled && ctl_value(ctl, "--check") != NULL ? CTL_REFUSED : CTL_DONE;
}

static const struct ctl_option options[] = {
    { "--check", NULL, "End with 1 where there is trouble: for monitoring." },
    { .name = NULL },
};
const struct ctl_command status_commands[] = {
    { "status", NULL, NULL, status, "", 0, 0, options,
      "Show the nodes, who pulls which channel, which channels fail and how far one is behind, "
      "what "
      "the last comparison of each mailbox said, what waits in the queues of the teams that the "
      "policy watches, what is owed and for how long, how many letters wait for the `rate` of "
      "their sender and by when the last of them goes, what lies in quarantine, and which names "
      "of other systems in the policies nobody has." },
    { .group = NULL },
};
