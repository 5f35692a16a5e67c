/* daemon/handover_row.h - what the database knows of a case for its hand-over (core/handover.h).
 *
 * For the store, which adds what its batch knows, and for relevoctl. Rows are found by their
 * columns' names; texts become the arena's. */
#ifndef RELEVO_DAEMON_HANDOVER_ROW_H
#define RELEVO_DAEMON_HANDOVER_ROW_H

#include <libpq-fe.h>

#include "core/handover.h"

/* A row of handover_said.sql. */
void handover_row_said(struct arena *a, const PGresult *res, int row, struct handover *out);
/* A row of handover_steps.sql. */
void handover_row_step(struct arena *a, const PGresult *res, int row, struct handover *out);

#endif
