/* Is each ticket's history as it was written? Line by line, for every line's hash covers the one
 * before; a whole that fits leaves a digest, which whoever doubts the database keeps elsewhere. */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/ticket_event.h"
#include "ctl/output.h"
#include "ctl/session.h"

enum { PAGE = 5000, BREAKS_MAX = 100 }; /* that are told one by one */

/* A desk's histories, as they are walked. */
struct walk {
    const struct ctl *ctl;
    int64_t tickets, events, breaks;
    json_t *broken;
    GChecksum *digest; /* of the last hashes of all */
    /* The ticket that is being read. */
    int64_t ticket_id, seq, last_seq;
    unsigned char hash[32];
    char hex[65], last_hex[65];
    bool is_broken;
};

static void tell_break(struct walk *w, int64_t ticket_id, int64_t seq, const char *what)
{
    if (w->is_broken)
        return; /* all that follows the first is of no use */
    w->is_broken = true;
    if (++w->breaks > BREAKS_MAX)
        return;
    if (w->ctl->json)
        json_array_append_new(w->broken,
                              json_pack("{s:I, s:I, s:s}", "ticket_id", (json_int_t)ticket_id,
                                        "seq", (json_int_t)seq, "what", what));
    else
        printf("ticket %" PRId64 ", line %" PRId64 ": %s\n", ticket_id, seq, what);
}

static void end_ticket(struct walk *w)
{
    if (w->ticket_id == 0)
        return;
    w->tickets++;
    if (w->last_seq == 0)
        tell_break(w, w->ticket_id, w->seq, "it has lines, and there is no such ticket");
    else if (w->seq != w->last_seq || strcmp(w->hex, w->last_hex) != 0)
        tell_break(w, w->ticket_id, w->seq, "the ticket ends in another line: some are missing");
    g_checksum_update(w->digest, (const guchar *)w->hex, (gssize)strlen(w->hex));
}

static const char *cell(const PGresult *res, int row, int column)
{
    return PQgetisnull(res, row, column) ? NULL : PQgetvalue(res, row, column);
}

static void take_line(struct walk *w, const PGresult *res, int row)
{
    const struct ticket_event_line line = {
        .ticket_id = db_cell_int(res, row, 0),
        .seq = db_cell_int(res, row, 1),
        .at = db_cell_int(res, row, 2),
        .cause = db_cell_int(res, row, 3),
        .policy_version = (int)db_cell_int(res, row, 4),
        .kind = cell(res, row, 5),
        .actor_kind = cell(res, row, 6),
        .actor = cell(res, row, 7),
        .rule = cell(res, row, 8),
        .why = cell(res, row, 9),
        .detail = cell(res, row, 10),
        .fact = cell(res, row, 11),
    };
    int k;

    if (line.ticket_id != w->ticket_id) {
        end_ticket(w);
        w->ticket_id = line.ticket_id;
        w->seq = 0;
        memset(w->hash, 0, sizeof(w->hash));
        w->is_broken = false;
    }
    if (line.seq != w->seq + 1)
        tell_break(w, line.ticket_id, w->seq + 1, "it is missing");
    ticket_event_hash(w->hash, &line, w->hash);
    for (k = 0; k < 32; k++)
        snprintf(w->hex + 2 * k, 3, "%02x", w->hash[k]);
    if (strcmp(w->hex, PQgetvalue(res, row, 12)) != 0)
        tell_break(w, line.ticket_id, line.seq, "it is not as it was written");
    w->seq = line.seq;
    w->last_seq = db_cell_int(res, row, 13);
    snprintf(w->last_hex, sizeof(w->last_hex), "%s", PQgetvalue(res, row, 14));
    w->events++;
}

static int walk_lines(struct session *s, int32_t desk_id, struct walk *w, struct error *err)
{
    const PGresult *res;
    int rows = PAGE, i;

    while (rows == PAGE) {
        struct arena *a = arena_new();
        const struct db_value v[4] = { db_int(a, desk_id), db_int(a, w->ticket_id),
                                       db_int(a, w->seq), db_int(a, PAGE) };

        res = session_ask(s, "history_lines", v, 4, err);
        arena_free(a);
        if (res == NULL)
            return -1;
        rows = PQntuples(res);
        for (i = 0; i < rows; i++)
            take_line(w, res, i);
        session_forget(s, res);
    }
    end_ticket(w);
    return 0;
}

static int walk_missing(struct session *s, int32_t desk_id, struct walk *w, struct error *err)
{
    const struct db_value v = db_int(s->a, desk_id);
    const PGresult *res = session_ask(s, "history_missing", &v, 1, err);
    int i;

    if (res == NULL)
        return -1;
    for (i = 0; i < PQntuples(res); i++) {
        w->is_broken = false;
        tell_break(w, db_cell_int(res, i, 0), 1, "the ticket has no history");
    }
    return 0;
}

static int tell(const struct ctl *ctl, const struct desk *desk, const struct walk *w)
{
    const char *digest = g_checksum_get_string(w->digest);

    if (ctl->json)
        output_json(json_pack("{s:s, s:I, s:I, s:I, s:O, s:s}", "desk", desk->name, "tickets",
                              (json_int_t)w->tickets, "lines", (json_int_t)w->events, "breaks",
                              (json_int_t)w->breaks, "broken", w->broken, "digest", digest));
    else
        printf("desk %s: %" PRId64 " tickets, %" PRId64 " lines, %" PRId64 " broken\n%s\n",
               desk->name, w->tickets, w->events, w->breaks, digest);
    return w->breaks == 0 ? CTL_DONE : CTL_REFUSED;
}

static int verify_history(const struct ctl *ctl, struct session *s, char **argv)
{
    struct walk w = { .ctl = ctl };
    const struct desk *desk;
    struct error err;
    int code;

    (void)argv;
    desk = session_desk(ctl, s, &err);
    if (desk == NULL)
        return ctl_fail(&err);
    w.digest = g_checksum_new(G_CHECKSUM_SHA256);
    w.broken = json_array();
    code =
        walk_lines(s, desk->desk_id, &w, &err) < 0 || walk_missing(s, desk->desk_id, &w, &err) < 0
            ? ctl_fail(&err)
            : tell(ctl, desk, &w);
    json_decref(w.broken);
    g_checksum_free(w.digest);
    return code;
}

static const struct ctl_option options[] = {
    { "--desk", "DESK", "Of this desk; needed where the configuration has several." },
    { .name = NULL },
};
const struct ctl_command verify_history_commands[] = {
    { "verify-history", NULL, NULL, verify_history, "", 0, 0, options,
      "Look whether each ticket's history is as it was written: none of its lines altered, taken "
      "out, put in or cut off at the end. Prints a digest of all of them; the same one at another "
      "time, of the same tickets, means that nothing at all has changed. Ends with 1 where a "
      "history is broken, and names the ticket and the line." },
    { .group = NULL },
};
