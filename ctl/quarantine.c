/* What could not be taken, kept aside with its bytes. */
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "ctl/original.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/ticket.h"

static const struct output_column columns[] = {
    { "quarantine_id", OUTPUT_INT, "number", false },
    { "desk", OUTPUT_TEXT, NULL, false },
    { "channel", OUTPUT_TEXT, "channel", true },
    { "stored_at", OUTPUT_TIME, "since", false },
    { "raw_type", OUTPUT_TEXT, "type", true },
    { "size", OUTPUT_INT, "bytes", false },
    { "reason", OUTPUT_TEXT, "reason", true },
    { "external_id", OUTPUT_TEXT, NULL, false },
    { "locator", OUTPUT_TEXT, NULL, false },
    { "settled_at", OUTPUT_TIME, "settled", false },
    { "settled_by", OUTPUT_TEXT, "by", true },
    { "settled_because", OUTPUT_TEXT, "because", true },
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
    if (session_channel_name(ctl, s, &v[0], &err) < 0)
        return ctl_fail(&err);
    v[1] = db_int(s->a, limit);
    v[2] = db_bool(ctl_value(ctl, "--settled") != NULL);
    return session_list(ctl, s, "quarantine_list", v, 3, columns);
}

/* A daemon before migration 6 keeps the bytes in the row itself. */
static int read_bytes(struct session *s, const PGresult *res, struct text_buffer *out,
                      struct error *err)
{
    const char *sha256 = db_cell_text(res, 0, PQfnumber(res, "raw_sha256"));
    struct span own;

    if (sha256 != NULL)
        return original_read(s, db_cell_int(res, 0, PQfnumber(res, "desk_id")), sha256, out, err);
    own = original_cell(s, res, 0, "raw");
    text_buffer_add(out, own.ptr, own.len);
    return 0;
}

static int show_bytes(const struct ctl *ctl, struct session *s, const PGresult *res,
                      struct span raw)
{
    json_t *o;

    if (ctl_value(ctl, "--raw") != NULL) {
        fwrite(raw.ptr, 1, raw.len, stdout);
        return CTL_DONE;
    }
    if (ctl->json) {
        o = output_row(res, 0, columns);
        json_object_set_new(o, "text", json_string(text_clean(s->a, raw, raw.len * 3 + 1)));
        return output_json(o);
    }
    output_fields(res, 0, columns);
    putchar('\n');
    output_text("  ", text_clean(s->a, raw, raw.len * 3 + 1));
    return CTL_DONE;
}

static int show(const struct ctl *ctl, struct session *s, char **argv)
{
    struct text_buffer raw = { 0 };
    const PGresult *res;
    struct db_value v;
    struct error err;
    int64_t number;
    int code;

    if (ticket_number(argv[0], &number) < 0)
        return ctl_usage("what is in quarantine has a number, not", argv[0]);
    v = db_int(s->a, number);
    res = session_ask(s, "quarantine_show", &v, 1, &err);
    if (res != NULL && PQntuples(res) == 0) {
        error_set(&err, ERROR_PERMANENT, "nothing in quarantine has the number %s", argv[0]);
        res = NULL;
    }
    code = res == NULL || read_bytes(s, res, &raw, &err) < 0
               ? ctl_fail(&err)
               : show_bytes(ctl, s, res, (struct span){ raw.ptr, raw.len });
    text_buffer_clear(&raw);
    return code;
}

/* All that were named: was it so? */
static int settle_told(const PGresult *settled, size_t asked, char **numbers)
{
    const char *lacking = ticket_unheard(settled, numbers);
    struct error err;

    if (lacking == NULL)
        return CTL_DONE;
    error_set(&err, ERROR_PERMANENT,
              "%zu of them are settled already, or not there; %.20s, for one",
              asked - (size_t)PQntuples(settled), lacking);
    return ctl_fail(&err);
}

static int settle(const struct ctl *ctl, struct session *s, char **argv)
{
    struct db_value v[3];
    const PGresult *res;
    struct error err;
    const char *wrong;
    size_t asked;

    v[0] = ticket_numbers(s->a, argv, &asked, &wrong);
    if (wrong != NULL)
        return ctl_usage("what is in quarantine has a number, not", wrong);
    v[1] = db_text(session_login(s));
    v[2] = db_text(ctl_value(ctl, "--because"));
    res = session_ask(s, "quarantine_settle", v, 3, &err);
    if (res == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        output_json(
            output_rows(res, (struct output_column[]){ { "quarantine_id", OUTPUT_INT, NULL, false },
                                                       { .name = NULL } }));
    else
        printf("%d settled\n", PQntuples(res));
    return settle_told(res, asked, argv);
}

static const struct ctl_option list_options[] = {
    { "--channel", "CHANNEL", "Those that came by this channel." },
    { "--settled", NULL, "Those that somebody has seen to as well." },
    { "--limit", "COUNT", "So many at most, otherwise 50." },
    { .name = NULL },
};
static const struct ctl_option show_options[] = {
    { "--raw", NULL, "Its bytes as they came, and nothing else." },
    { .name = NULL },
};
static const struct ctl_option settle_options[] = {
    { "--because", "WORDS", "What became of them; kept with your login." },
    { .name = NULL },
};
const struct ctl_command quarantine_commands[] = {
    { "quarantine", "list", NULL, list, "", 0, 0, list_options,
      "List the messages that could not be taken, the newest first, and why." },
    { "quarantine", "show", NULL, show, "NUMBER", 1, 1, show_options,
      "Show one of them with what it holds." },
    { "quarantine", "settle", NULL, settle, "NUMBER ...", 1, -1, settle_options,
      "Say that these were seen to: they are trouble no more, and nothing of them is deleted. One "
      "that an update can read comes in by quarantine show --raw NUMBER | relevoctl deliver "
      "--channel CHANNEL." },
    { .group = NULL },
};
