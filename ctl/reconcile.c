/* Is each mail of the mailboxes in exactly one account? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "core/arena.h"
#include "ctl/output.h"
#include "ctl/session.h"
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
};

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

/* --- one channel
 * --------------------------------------------------------------------------------------- */

static void pass_wait(struct pass *p)
{
    while (!p->over)
        if (event_base_loop(db_base(p->s->db), EVLOOP_ONCE) != 0)
            break;
}

static int pass_run(struct pass *p, struct error *err)
{
    struct event_base *base = db_base(p->s->db);
    struct host_services services = { .base = base, .db = p->s->db };
    struct reconcile_events events = { .done = on_done, .arg = p };
    struct desk desk = *p->channel->desk, *desk_list[] = { &desk };
    struct desks desks = { desk_list, 1 };
    struct host *host;

    desk.channels = &p->channel;
    desk.channel_count = 1;
    services.workers = workers_new(base, ctl_on_worker, NULL);
    services.client = http_client_new(base);
    host = host_new(&services, &desks, err);
    if (host != NULL) {
        if (ctl_value(p->ctl, "--each") != NULL) {
            events.each = on_each;
            p->each = json_object();
        }
        p->over = false;
        p->reconcile = reconcile_new(p->s->db, services.workers, NULL, p->channel, false, &events);
        pass_wait(p);
        reconcile_free(p->reconcile);
        json_decref(p->each);
        p->each = NULL;
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

static int run(const struct ctl *ctl, int argc, char **argv)
{
    (void)argc;
    return session_command(ctl, argv, reconcile);
}

static const struct ctl_option options[] = {
    { "--channel", "CHANNEL", "This channel alone." },
    { "--each", NULL, "Also say of each mail in which account it is." },
    { .name = NULL },
};
const struct ctl_command reconcile_commands[] = {
    { "reconcile", NULL, run, "", 0, 0, options,
      "Compare the mailboxes that are read with what is stored, mail by mail: each must be a "
      "message, a duplicate of one, ignored for a reason, in quarantine, or still to come. Ends "
      "with 1 where a mail is in no account, and names its mailbox and UID. Nothing is changed in "
      "a mailbox." },
    { .group = NULL },
};
