/* ctl/original.h - an original as it came, to the last byte, from what the database keeps of it. */
#ifndef RELEVO_CTL_ORIGINAL_H
#define RELEVO_CTL_ORIGINAL_H

#include "core/text.h"
#include "ctl/session.h"

/* Adds the bytes with that digest (64 hex digits; core/original.h). ERROR_PERMANENT: there is no
 * such original, or it is not what was stored. */
int original_read(struct session *s, int64_t desk_id, const char *sha256, struct text_buffer *out,
                  struct error *err);
/* A cell of type bytea; the session's. */
struct span original_cell(struct session *s, const PGresult *res, int row, const char *column);
/* Of no bytes but these, as hex. */
const char *original_digest(struct arena *a, struct span bytes);

#endif
