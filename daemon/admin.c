#include "daemon/admin.h"

#include <event2/http.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/classify.h"
#include "core/text.h"
#include "daemon/balance.h"
#include "daemon/db.h"
#include "daemon/deliver.h"
#include "daemon/desk.h"
#include "daemon/hook.h"
#include "daemon/host.h"
#include "daemon/http.h"
#include "daemon/intake.h"
#include "daemon/overload.h"
#include "daemon/store.h"
#include "daemon/worker.h"

struct admin {
    struct admin_rooms rooms;
};

/* Each is one place, and only read. */
static bool admin_refuses(struct evhttp_request *req, const char *rest)
{
    enum evhttp_cmd_type asked = evhttp_request_get_command(req);

    if (*rest != '\0')
        http_answer_error(req, 404, "there is nothing here", 0);
    else if (asked != EVHTTP_REQ_GET && asked != EVHTTP_REQ_HEAD)
        http_answer_error(req, 405, "expected GET", 0);
    else
        return false;
    return true;
}

static void admin_healthz(void *arg, struct evhttp_request *req, const char *rest)
{
    (void)arg;
    if (admin_refuses(req, rest))
        return;
    http_answer(req, 200, "text/plain", span_of("ok\n"), NULL, 0);
}

static void admin_readyz(void *arg, struct evhttp_request *req, const char *rest)
{
    const struct admin_rooms *on = &((struct admin *)arg)->rooms;

    if (admin_refuses(req, rest))
        return;
    if (!db_is_up(on->db) || !db_is_up(on->store_db))
        http_answer_error(req, 503, "the database does not answer", 0);
    else if (on->desks->count == 0)
        http_answer_error(req, 503, "the desks are not loaded yet", 0);
    else
        http_answer(req, 200, "text/plain", span_of("ready\n"), NULL, 0);
}

/* --- metrics
 * ------------------------------------------------------------------------------------------ */

struct admin_number {
    const char *name, *type, *help;
    uint64_t value;
};

static void admin_write(struct text_buffer *out, const struct admin_number *n, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        text_buffer_printf(out, "# HELP relevo_%s %s\n# TYPE relevo_%s %s\nrelevo_%s %llu\n",
                           n[i].name, n[i].help, n[i].name, n[i].type, n[i].name,
                           (unsigned long long)n[i].value);
}

static uint64_t admin_resident(void)
{
    unsigned long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (f == NULL)
        return 0;
    if (fscanf(f, "%*s %llu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void admin_write_intake(struct text_buffer *out, const struct intake_counts *c)
{
    const struct admin_number numbers[] = {
        { "messages_total", "counter", "Messages stored.", c->messages },
        { "duplicates_total", "counter", "Messages that came again.", c->duplicates },
        { "ignored_total", "counter", "What came and is nothing for a ticket.", c->ignored },
        { "quarantined_total", "counter", "What could not be understood.", c->quarantined },
        { "receipts_total", "counter", "Reports of what became of a delivery.", c->receipts },
        { "intake_refused_total", "counter", "Messages refused because the queue was full.",
          c->refused },
        { "intake_waiting", "gauge", "Messages that wait for the next batch.", c->waiting },
        { "intake_in_flight", "gauge", "Messages of the batch under way.", c->in_flight },
    };

    admin_write(out, numbers, sizeof(numbers) / sizeof(numbers[0]));
}

/* `dead`: how many more had no way out as they were written. */
static void admin_write_deliver(struct text_buffer *out, const struct deliver_counts *c,
                                uint64_t dead)
{
    const struct admin_number numbers[] = {
        { "deliveries_sent_total", "counter", "Deliveries that their sink took.", c->sent },
        { "deliveries_retried_total", "counter", "Attempts that will be made again.", c->retried },
        { "deliveries_dead_total", "counter", "Deliveries given up.", c->dead + dead },
        { "deliveries_suppressed_total", "counter", "Notices no longer true when their turn came.",
          c->suppressed },
        { "deliveries_in_flight", "gauge", "Deliveries under way.", c->in_flight },
    };

    admin_write(out, numbers, sizeof(numbers) / sizeof(numbers[0]));
}

/* By rule; those of the budgets always, the others as they come. */
static void admin_write_rules(struct text_buffer *out, const char *name, const char *help,
                              const uint64_t counts[STORE_RULES])
{
    int n;

    text_buffer_printf(out, "# HELP relevo_%s %s\n# TYPE relevo_%s counter\n", name, help, name);
    for (n = 0; n < STORE_RULES; n++)
        if (counts[n] > 0 || (n >= 2 && n <= 6 && n != 5))
            text_buffer_printf(out,
                               n == 0 ? "relevo_%s{rule=\"other%.0d\"} %" PRIu64 "\n"
                                      : "relevo_%s{rule=\"B-%02d\"} %" PRIu64 "\n",
                               name, n, counts[n]);
}

static void admin_write_store(struct text_buffer *out, const struct store_counts *n)
{
    const struct admin_number tickets = {
        "tickets_total", "counter",
        "Tickets opened, by messages and as incidents; not by relevoctl.", n->tickets
    };

    admin_write(out, &tickets, 1);
    admin_write_rules(out, "notices_suppressed_total", "Notices that a rule held back.",
                      n->suppressed);
    admin_write_rules(out, "notices_put_off_total", "Notices to a customer that a rule put off.",
                      n->put_off);
}

static void admin_write_http(struct text_buffer *out, const struct http_counts *c,
                             const struct hook_counts *h)
{
    const struct admin_number numbers[] = {
        { "http_requests_total", "counter", "Requests read whole.", c->requests },
        { "http_refused_total", "counter", "Requests that broke a bound.", c->refused },
        { "http_late_total", "counter", "Connections ended for their slowness.", c->late },
        { "http_over_total", "counter", "Connections refused, for there were too many.", c->over },
        { "http_connections", "gauge", "Connections that are open.", c->connections },
        { "http_held_bytes", "gauge", "Memory of requests without their answer.", c->held },
        { "hook_calls_total", "counter", "Calls of channels.", h->calls },
        { "hook_refused_total", "counter", "Calls that a channel refused.", h->refused },
        { "hook_unavailable_total", "counter", "Calls asked to come again.", h->unavailable },
        { "hook_streams", "gauge", "Streams of events that are open.", h->streams },
    };

    admin_write(out, numbers, sizeof(numbers) / sizeof(numbers[0]));
}

static void admin_write_channels(struct text_buffer *out, const struct host *host)
{
    enum channel_health health;
    const char *name;
    bool started;
    size_t i;

    text_buffer_puts(out, "# HELP relevo_channel_up 1: it runs here and is well.\n"
                          "# TYPE relevo_channel_up gauge\n");
    for (i = 0; host != NULL && host_health_at(host, i, &name, &health, &started); i++)
        text_buffer_printf(out, "relevo_channel_up{channel=\"%s\"} %d\n", name,
                           started && health == CHANNEL_OK);
}

static void admin_write_balance(struct text_buffer *out, const struct balance *balance)
{
    const char *name;
    int64_t gaps;
    size_t i;

    text_buffer_puts(out,
                     "# HELP relevo_reconcile_gaps Mails at the source that are in no account; "
                     "none is right.\n"
                     "# TYPE relevo_reconcile_gaps gauge\n");
    for (i = 0; balance_at(balance, i, &name, &gaps); i++)
        if (gaps >= 0)
            text_buffer_printf(out, "relevo_reconcile_gaps{channel=\"%s\"} %lld\n", name,
                               (long long)gaps);
}

/* Names of teams are free words. */
static void admin_label(struct text_buffer *out, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\' || *name == '\n')
            text_buffer_puts(out, "\\");
        text_buffer_add(out, *name == '\n' ? "n" : name, 1);
    }
}

static void admin_write_team(struct text_buffer *out, const char *what,
                             const struct overload_team *t, int64_t value)
{
    text_buffer_printf(out, "relevo_%s{desk=\"", what);
    admin_label(out, t->desk);
    text_buffer_puts(out, "\",team=\"");
    admin_label(out, t->team);
    text_buffer_printf(out, "\"} %lld\n", (long long)value);
}

static void admin_write_overload(struct text_buffer *out, const struct overload *overload)
{
    static const struct {
        const char *name, *help;
    } gauges[] = {
        { "team_waiting", "Cases that wait for an owner in the queue of a team." },
        { "team_oldest_seconds", "How long the first of them has waited, in the team's hours." },
        { "team_overloaded", "1: the team has more than its policy says it can do." },
    };
    struct overload_team t;
    size_t g, i;

    for (g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
        text_buffer_printf(out, "# HELP relevo_%s %s\n# TYPE relevo_%s gauge\n", gauges[g].name,
                           gauges[g].help, gauges[g].name);
        for (i = 0; overload_at(overload, i, &t); i++)
            admin_write_team(out, gauges[g].name, &t,
                             g == 0   ? t.waiting
                             : g == 1 ? t.oldest_s
                                      : t.over);
    }
}

static void admin_metrics(void *arg, struct evhttp_request *req, const char *rest)
{
    const struct admin_rooms *on = &((struct admin *)arg)->rooms;
    const struct admin_number numbers[] = {
        { "database_up", "gauge", "1: the database answers.", db_is_up(on->db) },
        { "database_waiting", "gauge", "Statements in line.", db_line_length(on->db) },
        { "parse_waiting", "gauge", "Mails that wait for a parser.",
          worker_pool_waiting(on->parse) },
        { "smtp_waiting", "gauge", "Mails that wait to be sent.", worker_pool_waiting(on->smtp) },
        { "patterns_cut_off_total", "counter",
          "Times that a rule's pattern backtracked without end.", pattern_cut_off() },
        { "resident_bytes", "gauge", "Memory of this process.", admin_resident() },
    };
    struct text_buffer out = { 0 };

    if (admin_refuses(req, rest))
        return;
    admin_write(&out, numbers, sizeof(numbers) / sizeof(numbers[0]));
    admin_write_intake(&out, intake_counts(on->intake));
    admin_write_deliver(&out, deliver_counts(on->deliver), store_counts(on->store)->dead);
    admin_write_store(&out, store_counts(on->store));
    admin_write_http(&out, http_counts(on->http), hook_counts(on->hook));
    admin_write_channels(&out, *on->host);
    admin_write_balance(&out, on->balance);
    admin_write_overload(&out, on->overload);
    http_answer(req, 200, "text/plain; version=0.0.4", (struct span){ out.ptr, out.len }, NULL, 0);
    text_buffer_clear(&out);
}

struct admin *admin_new(struct http *http, const struct admin_rooms *rooms)
{
    struct admin *a = xcalloc(1, sizeof(*a));

    a->rooms = *rooms;
    http_route(http, "/healthz", admin_healthz, a);
    http_route(http, "/readyz", admin_readyz, a);
    http_route(http, "/metrics", admin_metrics, a);
    return a;
}

void admin_free(struct admin *a)
{
    free(a);
}
