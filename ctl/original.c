#include "ctl/original.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/inbound.h"
#include "core/original.h"

const char *original_digest(struct arena *a, struct span bytes)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char *hex = arena_alloc(a, 2 * sizeof(digest) + 1);
    size_t i;

    SHA256((const unsigned char *)bytes.ptr, bytes.len, digest);
    for (i = 0; i < sizeof(digest); i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return hex;
}

struct span original_cell(struct session *s, const PGresult *res, int row, const char *column)
{
    size_t len;
    unsigned char *bytes =
        PQunescapeBytea((const unsigned char *)PQgetvalue(res, row, PQfnumber(res, column)), &len);
    struct span kept;

    if (bytes == NULL)
        abort(); /* out of memory, as xmalloc() */
    kept = (struct span){ arena_strndup(s->a, (const char *)bytes, len), len };
    PQfreemem(bytes);
    return kept;
}

/* Puts back what was taken out; a part may be an original that was taken apart itself. */
static int join(struct session *s, int64_t desk_id, struct span rest, const PGresult *parts,
                struct text_buffer *out, struct error *err)
{
    struct text_buffer part = { 0 };
    size_t done = 0;
    int i, rc = 0;

    for (i = 0; rc == 0 && i < PQntuples(parts); i++) {
        int64_t at = db_cell_int(parts, i, PQfnumber(parts, "at"));
        int64_t line = db_cell_int(parts, i, PQfnumber(parts, "line"));

        if (at < (int64_t)done || at > (int64_t)rest.len || line < 4 || line > INBOUND_RAW_MAX)
            return error_set(err, ERROR_PERMANENT, "the parts of an original do not fit it");
        text_buffer_add(out, rest.ptr + done, (size_t)at - done);
        done = (size_t)at;
        rc = original_read(s, desk_id, db_cell_text(parts, i, PQfnumber(parts, "part_sha256")),
                           &part, err);
        if (rc == 0)
            original_join(out, (struct span){ part.ptr, part.len }, (size_t)line,
                          db_cell_bool(parts, i, PQfnumber(parts, "crlf")));
        text_buffer_clear(&part);
    }
    text_buffer_add(out, rest.ptr + done, rest.len - done);
    return rc;
}

int original_read(struct session *s, int64_t desk_id, const char *sha256, struct text_buffer *out,
                  struct error *err)
{
    const struct db_value v[] = { db_int(s->a, desk_id), db_text(sha256) };
    const PGresult *raw = session_ask(s, "raw_read", v, 2, err), *parts;
    size_t before = out->len;

    if (raw == NULL)
        return -1;
    if (PQntuples(raw) == 0)
        return error_set(err, ERROR_PERMANENT, "there is no original %.64s", sha256);
    parts = session_ask(s, "raw_parts", v, 2, err);
    if (parts == NULL || join(s, desk_id, original_cell(s, raw, 0, "bytes"), parts, out, err) < 0)
        return -1;
    if (strcmp(original_digest(s->a, (struct span){ out->ptr + before, out->len - before }),
               sha256) != 0)
        return error_set(err, ERROR_PERMANENT, "original %.64s is not what was stored", sha256);
    return 0;
}
