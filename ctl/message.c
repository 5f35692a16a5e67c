/* Messages as they came, and what came with them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "channels/mail_part.h"
#include "core/arena.h"
#include "ctl/original.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/ticket.h"

static int write_out(struct span bytes)
{
    fwrite(bytes.ptr, 1, bytes.len, stdout);
    return CTL_DONE;
}

/* --- originals
 * -------------------------------------------------------------------------------------------- */

static int read_raw(struct session *s, const PGresult *res, int64_t number, struct text_buffer *out,
                    struct error *err)
{
    const char *sha256;

    if (PQntuples(res) == 0)
        return error_set(err, ERROR_PERMANENT, "there is no message %" PRId64, number);
    sha256 = db_cell_text(res, 0, PQfnumber(res, "raw_sha256"));
    if (sha256 == NULL)
        return error_set(err, ERROR_PERMANENT,
                         "message %" PRId64 " has no original: it did not come from outside",
                         number);
    return original_read(s, db_cell_int(res, 0, PQfnumber(res, "desk_id")), sha256, out, err);
}

static int raw(const struct ctl *ctl, struct session *s, char **argv)
{
    struct text_buffer out = { 0 };
    const PGresult *res;
    struct db_value v;
    struct error err;
    int64_t number;
    int code;

    (void)ctl;
    if (ticket_number(argv[0], &number) < 0)
        return ctl_usage("a message has a number, not", argv[0]);
    v = db_int(s->a, number);
    res = session_ask(s, "message_raw", &v, 1, &err);
    code = res == NULL || read_raw(s, res, number, &out, &err) < 0
               ? ctl_fail(&err)
               : write_out((struct span){ out.ptr, out.len });
    text_buffer_clear(&out);
    return code;
}

/* --- attachments
 * ------------------------------------------------------------------------------------------ */

/* The leaf of the mail that holds just these bytes. */
static bool find_leaf(struct arena *a, const struct mail_part *part, const char *sha256,
                      struct text_buffer *out)
{
    size_t i;

    for (i = 0; i < part->count; i++)
        if (find_leaf(a, part->parts[i], sha256, out))
            return true;
    if (part->is_multipart)
        return false;
    out->len = 0;
    mail_transfer_decode(out, part->body, part->transfer);
    return strcmp(original_digest(a, text_buffer_span(out)), sha256) == 0;
}

/* A small file, or one that is not written in base64, is in the mail alone. */
static int read_within(struct session *s, int64_t desk_id, const char *raw_sha256,
                       const char *sha256, struct text_buffer *out, struct error *err)
{
    struct text_buffer mail = { 0 };
    const struct mail_part *root;
    const char *likely;
    bool over, found;

    if (raw_sha256 == NULL || original_read(s, desk_id, raw_sha256, &mail, err) < 0) {
        text_buffer_clear(&mail);
        return raw_sha256 == NULL ? error_set(err, ERROR_PERMANENT, "its bytes are not kept") : -1;
    }
    root = mail_part_read(s->a, (struct span){ mail.ptr, mail.len }, NULL, &likely, &over);
    found = find_leaf(s->a, root, sha256, out);
    text_buffer_clear(&mail);
    return found ? 0
                 : error_set(err, ERROR_PERMANENT,
                             "it is within another file of that mail: see message raw");
}

static int read_attachment(struct session *s, const PGresult *res, struct text_buffer *out,
                           struct error *err)
{
    int64_t desk_id = db_cell_int(res, 0, PQfnumber(res, "desk_id"));
    const char *sha256 = db_cell_text(res, 0, PQfnumber(res, "sha256"));
    const char *failed = db_cell_text(res, 0, PQfnumber(res, "fetch_error"));
    struct db_value v[2];
    const PGresult *kept;

    if (sha256 == NULL && failed != NULL)
        return error_set(err, ERROR_PERMANENT, "it could not be fetched: %s", failed);
    if (sha256 == NULL)
        return error_set(err, ERROR_TRANSIENT, "it is not fetched yet");
    v[0] = db_int(s->a, desk_id);
    v[1] = db_text(sha256);
    kept = session_ask(s, "raw_read", v, 2, err);
    if (kept == NULL)
        return -1;
    if (PQntuples(kept) > 0)
        return original_read(s, desk_id, sha256, out, err);
    return read_within(s, desk_id, db_cell_text(res, 0, PQfnumber(res, "raw_sha256")), sha256, out,
                       err);
}

static int get(const struct ctl *ctl, struct session *s, char **argv)
{
    struct text_buffer out = { 0 };
    const PGresult *res;
    struct db_value v[2];
    struct error err;
    int64_t number, position;
    int code;

    (void)ctl;
    if (ticket_number(argv[0], &number) < 0)
        return ctl_usage("a message has a number, not", argv[0]);
    if (ticket_number(argv[1], &position) < 0 || position > INT32_MAX)
        return ctl_usage("attachments are counted from 1, not", argv[1]);
    v[0] = db_int(s->a, number);
    v[1] = db_int(s->a, position);
    res = session_ask(s, "attachment_show", v, 2, &err);
    if (res != NULL && PQntuples(res) == 0) {
        error_set(&err, ERROR_PERMANENT, "message %" PRId64 " has no attachment %" PRId64, number,
                  position);
        res = NULL;
    }
    code = res == NULL || read_attachment(s, res, &out, &err) < 0
               ? ctl_fail(&err)
               : write_out((struct span){ out.ptr, out.len });
    text_buffer_clear(&out);
    return code;
}

const struct ctl_command message_commands[] = {
    { "message", "raw", NULL, raw, "MESSAGE", 1, 1, NULL,
      "Print a message's original as it came, to the last byte; of a mail that came by LMTP or "
      "`deliver` with the trace lines that were put before it and CR LF at the ends of its lines; "
      "of one over `size_max` in a mailbox the header. `ticket show --json` tells the numbers of "
      "messages." },
    { "attachment", "get", NULL, get, "MESSAGE POSITION", 2, 2, NULL,
      "Print the bytes of a file that came with a message; the first one has the position 1. What "
      "lies within another file of a mail, or in its text, `message raw` has alone." },
    { .group = NULL },
};
