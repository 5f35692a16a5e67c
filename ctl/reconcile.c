/* Is each mail of the mailboxes in exactly one account? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "channels/imap_talk.h"
#include "core/arena.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "daemon/clock.h"
#include "daemon/host.h"
#include "daemon/http_client.h"
#include "daemon/reconcile.h"

/* One channel's comparison, in a host of its own, as relevod would open it. */
struct pass {
    const struct ctl *ctl;
    struct session *s;
    struct desk_channel *channel;
    struct reconcile *reconcile;
    json_t *mailboxes; /* an object each */
    json_t *each;      /* the mails of the mailbox that is being read; NULL: not asked for */
    struct error err;
    bool over;
    bool listens; /* to relevo_reconciled */
};
enum { ASK_AGAIN_MS = 5000 }; /* is a node still at it? */

static const struct output_column mail_columns[] = {
    { "uid", OUTPUT_INT, NULL, false },       { "account", OUTPUT_TEXT, NULL, false },
    { "ticket_id", OUTPUT_INT, NULL, false }, { "message_id", OUTPUT_INT, NULL, false },
    { "reason", OUTPUT_TEXT, NULL, false },   { .name = NULL },
};
static const char *const accounts[RECONCILE_N] = { "messages",    "duplicates", "ignored",
                                                   "quarantined", "others",     "pending",
                                                   "gaps" };

/* --- what is told
 * -------------------------------------------------------------------------------------- */

static void print_mails(const struct reconcile_part *part, const json_t *mails)
{
    const json_t *m;
    size_t i;

    json_array_foreach(mails, i, m)
    {
        const char *account = json_string_value(json_object_get(m, "account"));
        const char *reason = json_string_value(json_object_get(m, "reason"));
        int64_t ticket = json_integer_value(json_object_get(m, "ticket_id"));

        printf("%s/%" PRIu32 "/%" PRId64 " %s", part->name, part->uidvalidity,
               (int64_t)json_integer_value(json_object_get(m, "uid")), account);
        if (ticket != 0)
            printf(" %sticket %" PRId64, strcmp(account, "duplicate") == 0 ? "of " : "", ticket);
        printf("%s%s\n", reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
    }
}

static void on_each(void *arg, const struct reconcile_part *part, const PGresult *rows)
{
    struct pass *p = arg;
    json_t *mails = output_rows(rows, mail_columns);

    if (!p->ctl->json) {
        print_mails(part, mails);
    } else {
        const char *locator = arena_printf(p->s->a, "%s/%" PRIu32, part->name, part->uidvalidity);
        json_t *list = json_object_get(p->each, locator);

        if (list == NULL) {
            list = json_array();
            json_object_set_new(p->each, locator, list);
        }
        json_array_extend(list, mails);
    }
    json_decref(mails);
}

static json_t *gaps_of(const struct reconcile_part *part)
{
    json_t *list = json_array();
    int64_t i;

    for (i = 0; i < part->count[RECONCILE_GAP] && i < RECONCILE_GAPS_MAX; i++)
        json_array_append_new(list, json_integer(part->gap[i]));
    return list;
}

static json_t *mailbox_of(const struct pass *p, const struct reconcile_part *part)
{
    json_t *o = json_pack("{s:s, s:s, s:I}", "channel", p->channel->channel.name, "mailbox",
                          part->name, "uidvalidity", (json_int_t)part->uidvalidity);
    int64_t mails = 0;
    int i;

    for (i = 0; i < RECONCILE_N; i++) {
        mails += part->count[i];
        json_object_set_new(o, accounts[i], json_integer(part->count[i]));
    }
    json_object_set_new(o, "mails", json_integer(mails));
    json_object_set_new(o, "gap_uids", gaps_of(part));
    json_object_set_new(o, "error",
                        part->error[0] == '\0' ? json_null() : json_string(part->error));
    return o;
}

static void on_done(void *arg, const struct reconcile_part *parts, size_t count,
                    const struct error *err)
{
    struct pass *p = arg;
    size_t i;

    for (i = 0; err->kind == ERROR_NONE && i < count; i++) {
        json_t *o = mailbox_of(p, &parts[i]);
        json_t *each = json_object_get(
            p->each, arena_printf(p->s->a, "%s/%" PRIu32, parts[i].name, parts[i].uidvalidity));

        if (each != NULL)
            json_object_set(o, "each", each);
        json_array_append_new(p->mailboxes, o);
    }
    p->err = *err;
    p->over = true;
}

/* --- a channel that its node alone can compare
 * ----------------------------------------------------------------------------------------- */

/* 'CHANNEL', and words where it broke off. */
static void on_reconciled(void *arg, const char *payload)
{
    struct pass *p = arg;
    char *words;

    if (strtoll(payload, &words, 10) != p->channel->channel.channel_id)
        return;
    p->over = true;
    if (*words != '\0')
        error_set(&p->err, ERROR_TRANSIENT, "%s", words + 1);
}

/* Asks again now and then: the node may have died, and another may read the channel now. */
static int node_wait(struct pass *p, const struct db_value *channel, struct error *err)
{
    const PGresult *rows;
    int64_t again;

    if (!p->listens)
        db_listen(p->s->db, "relevo_reconciled", on_reconciled, p);
    p->listens = true;
    while (!p->over) {
        rows = session_ask(p->s, "reconcile_ask", channel, 2, err);
        if (rows == NULL)
            return -1;
        if (PQntuples(rows) == 0)
            return error_set(err, ERROR_TRANSIENT,
                             "only the node that reads it can log in, and none reads it now");
        for (again = steady_now_ms() + ASK_AGAIN_MS; !p->over && steady_now_ms() < again;)
            if (event_base_loop(db_base(p->s->db), EVLOOP_ONCE) != 0)
                break;
    }
    *err = p->err;
    return err->kind == ERROR_NONE ? 0 : -1;
}

/* A row of reconcile_last; its name is the row's. */
static void node_read_part(const PGresult *rows, int row, struct reconcile_part *part)
{
    enum {
        COL_PART,
        COL_UIDVALIDITY,
        COL_ACCOUNT,
        COL_GAPS = COL_ACCOUNT + RECONCILE_N,
        COL_ERROR
    };
    json_t *uids = json_loads(db_cell_text(rows, row, COL_GAPS), 0, NULL);
    const char *error = db_cell_text(rows, row, COL_ERROR);
    int i;

    part->name = PQgetvalue(rows, row, COL_PART);
    part->uidvalidity = (uint32_t)db_cell_int(rows, row, COL_UIDVALIDITY);
    for (i = 0; i < RECONCILE_N; i++)
        part->count[i] = db_cell_int(rows, row, COL_ACCOUNT + i);
    for (i = 0; i < (int)json_array_size(uids) && i < RECONCILE_GAPS_MAX; i++)
        part->gap[i] = (uint32_t)json_integer_value(json_array_get(uids, (size_t)i));
    snprintf(part->error, sizeof(part->error), "%s", error == NULL ? "" : error);
    json_decref(uids);
}

/* It compares, and what it found is read from the database. */
static void node_run(struct pass *p)
{
    const struct db_value channel[] = { db_int(p->s->a, p->channel->desk->desk_id),
                                        db_int(p->s->a, p->channel->channel.channel_id) };
    struct reconcile_part part[IMAP_BOXES_MAX] = { { 0 } };
    const PGresult *rows = NULL;
    struct error err = { ERROR_NONE, "" };
    int i, count = 0;

    if (ctl_value(p->ctl, "--each") != NULL)
        error_set(&err, ERROR_CONFIG,
                  "--each: only the node that reads it can log in, and it keeps sums alone");
    else if (node_wait(p, channel, &err) == 0)
        rows = session_ask(p->s, "reconcile_last", channel, 2, &err);
    for (i = 0; rows != NULL && i < PQntuples(rows) && i < IMAP_BOXES_MAX; i++)
        node_read_part(rows, count++, &part[i]);
    on_done(p, part, (size_t)count, &err);
}

/* --- one channel
 * --------------------------------------------------------------------------------------- */

static void pass_compare(struct pass *p, struct workers *workers)
{
    struct reconcile_events events = { .done = on_done, .arg = p };

    if (ctl_value(p->ctl, "--each") != NULL) {
        events.each = on_each;
        p->each = json_object();
    }
    p->reconcile = reconcile_new(p->s->db, workers, NULL, p->channel, false, &events);
    while (!p->over)
        if (event_base_loop(db_base(p->s->db), EVLOOP_ONCE) != 0)
            break;
    reconcile_free(p->reconcile);
    json_decref(p->each);
    p->each = NULL;
}

static int pass_run(struct pass *p, struct error *err)
{
    struct event_base *base = db_base(p->s->db);
    struct host_services services = { .base = base, .db = p->s->db };
    const struct channel_ops *ops = p->channel->channel.ops;
    struct desk desk = *p->channel->desk, *desk_list[] = { &desk };
    struct desks desks = { desk_list, 1 };
    struct host *host;

    desk.channels = &p->channel;
    desk.channel_count = 1;
    services.workers = workers_new(base, ctl_on_worker, NULL);
    services.client = http_client_new(base);
    host = host_new(&services, &desks, err);
    if (host != NULL) {
        p->over = false;
        p->err.kind = ERROR_NONE;
        if (ops->audit_is_nodes != NULL && ops->audit_is_nodes(&p->channel->channel))
            node_run(p);
        else
            pass_compare(p, services.workers);
        *err = p->err;
    }
    http_client_free(services.client);
    host_free(host);
    workers_free(services.workers);
    return host == NULL || err->kind != ERROR_NONE
               ? error_wrap(err, "channel %s", p->channel->channel.name)
               : 0;
}

/* --- all of them
 * --------------------------------------------------------------------------------------- */

static void print_mailbox(struct arena *a, const json_t *o)
{
    const char *error = json_string_value(json_object_get(o, "error"));
    const json_t *uids = json_object_get(o, "gap_uids");
    size_t i;

    printf("%s %s: %" PRId64 " mails", json_string_value(json_object_get(o, "channel")),
           output_line(a, json_string_value(json_object_get(o, "mailbox"))),
           (int64_t)json_integer_value(json_object_get(o, "mails")));
    for (i = 0; i < RECONCILE_N; i++)
        if (json_integer_value(json_object_get(o, accounts[i])) > 0)
            printf(", %" PRId64 " %s", (int64_t)json_integer_value(json_object_get(o, accounts[i])),
                   accounts[i]);
    if (json_array_size(uids) > 0)
        printf(": in no account are the UIDs");
    for (i = 0; i < json_array_size(uids); i++)
        printf(" %" PRId64, (int64_t)json_integer_value(json_array_get(uids, i)));
    putchar('\n');
    if (error != NULL)
        printf("  it could not be read: %s\n", output_line(a, error));
}

/* A gap is worse than what could not be read. */
static int tell(const struct pass *p, int code)
{
    const json_t *o;
    size_t i;

    json_array_foreach(p->mailboxes, i, o)
    {
        if (!p->ctl->json)
            print_mailbox(p->s->a, o);
        if (json_integer_value(json_object_get(o, "gaps")) > 0)
            code = CTL_REFUSED;
        else if (code == CTL_DONE && !json_is_null(json_object_get(o, "error")))
            code = CTL_LATER;
    }
    if (p->ctl->json)
        output_json(json_incref(p->mailboxes));
    return code;
}

static int reconcile(const struct ctl *ctl, struct session *s, char **argv)
{
    const char *only = ctl_value(ctl, "--channel");
    struct pass p = { .ctl = ctl, .s = s };
    int code = CTL_DONE, failed;
    bool found = false;
    struct error err;
    size_t i, k;

    (void)argv;
    if (session_serve(s, &err) < 0)
        return ctl_fail(&err);
    p.mailboxes = json_array();
    for (i = 0; i < s->desks.count; i++)
        for (k = 0; k < s->desks.desk[i]->channel_count; k++) {
            p.channel = s->desks.desk[i]->channels[k];
            if (p.channel->channel.ops->auditor == NULL ||
                (only != NULL && strcmp(only, p.channel->channel.name) != 0))
                continue;
            found = true;
            if (pass_run(&p, &err) == 0)
                continue;
            failed = ctl_fail(&err);
            code = code == CTL_DONE ? failed : code;
        }
    if (only != NULL && !found) {
        error_set(&err, ERROR_CONFIG, "there is no channel '%.64s' in %s that can be compared",
                  only, ctl->config);
        code = ctl_fail(&err);
    } else {
        code = tell(&p, code);
    }
    json_decref(p.mailboxes);
    return code;
}

static const struct ctl_option options[] = {
    { "--channel", "CHANNEL", "This channel alone." },
    { "--each", NULL,
      "Also say of each mail in which account it is; not of a channel with "
      "`auth: xoauth2`, which its node compares." },
    { .name = NULL },
};
const struct ctl_command reconcile_commands[] = {
    { "reconcile", NULL, NULL, reconcile, "", 0, 0, options,
      "Compare the mailboxes that are read with what is stored, mail by mail: each must be a "
      "message, a duplicate of one, ignored for a reason, in quarantine, or still to come. Ends "
      "with 1 where a mail is in no account, and names its mailbox and UID. Nothing is changed in "
      "a mailbox." },
    { .group = NULL },
};
