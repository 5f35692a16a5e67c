/* daemon/history.h - what happened on a desk, from the database into a replay and a tally.
 *
 * Rows alone: who asks, pages and waits is the caller's business (relevoctl policy replay,
 * daemon/shadow.h). */
#ifndef RELEVO_DAEMON_HISTORY_H
#define RELEVO_DAEMON_HISTORY_H

#include <libpq-fe.h>
#include <stdint.h>

#include "core/error.h"
#include "daemon/db.h"

struct arena;
struct replay;
struct tally;

/* Facts that are taken at once, at most: some 2 GiB where many bring words. */
enum { HISTORY_FACTS_MAX = 5000000 };

/* Where a reading of history_facts has come to; zero: at the beginning. */
struct history_place {
    int64_t ticket_id, seq;
    bool words; /* of all messages, not of those alone that open a ticket: policy_listens() */
};
/* The parameters of history_facts: of the tickets opened since, the next `rows`. */
enum { HISTORY_FACTS_VALUES = 6, HISTORY_TALLY_VALUES = 4 };
void history_ask_facts(struct arena *a, int32_t desk_id, int64_t since,
                       const struct history_place *place, int rows,
                       struct db_value v[HISTORY_FACTS_VALUES]);
/* Its rows; `place` goes on. */
int history_take_facts(struct replay *r, const PGresult *res, struct history_place *place,
                       struct error *err);
/* The parameters of history_tally: what happened to these tickets in [from, before), 0: no bound.
 */
void history_ask_tally(struct arena *a, int32_t desk_id, int64_t since, int64_t from,
                       int64_t before, struct db_value v[HISTORY_TALLY_VALUES]);
void history_take_tally(struct tally *t, const PGresult *res);
/* The rows of history_carried, whose parameters are the first two of those; until then. */
enum { HISTORY_CARRIED_VALUES = 2 };
void history_take_carried(struct tally *t, const PGresult *res, int64_t until);

#endif
