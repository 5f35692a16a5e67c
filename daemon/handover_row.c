#include "daemon/handover_row.h"

#include "core/arena.h"
#include "daemon/db.h"

static int64_t row_int(const PGresult *res, int row, const char *column)
{
    return db_cell_int(res, row, PQfnumber(res, column));
}

static const char *row_text(struct arena *a, const PGresult *res, int row, const char *column)
{
    return arena_strdup(a, db_cell_text(res, row, PQfnumber(res, column)));
}

void handover_row_said(struct arena *a, const PGresult *res, int row, struct handover *out)
{
    out->organization = row_text(a, res, row, "organization");
    out->address = row_text(a, res, row, "address");
    out->first = (struct handover_said){ .at = row_int(res, row, "first_at"),
                                         .text = row_text(a, res, row, "first_text") };
    out->last = (struct handover_said){ .at = row_int(res, row, "last_at"),
                                        .text = row_text(a, res, row, "last_text") };
    out->answers = (int)row_int(res, row, "answers");
    out->answer =
        (struct handover_said){ row_int(res, row, "answer_at"), row_text(a, res, row, "answer_who"),
                                row_text(a, res, row, "answer_text") };
    out->notes = (int)row_int(res, row, "notes");
    out->note =
        (struct handover_said){ row_int(res, row, "note_at"), row_text(a, res, row, "note_who"),
                                row_text(a, res, row, "note_text") };
}

void handover_row_step(struct arena *a, const PGresult *res, int row, struct handover *out)
{
    handover_add_step(out, &(struct handover_step){ .at = row_int(res, row, "at"),
                                                    .level = (int)row_int(res, row, "level"),
                                                    .who = row_text(a, res, row, "who"),
                                                    .why = row_text(a, res, row, "why") });
}
