/* ctl/why_days.h - the holidays and openings that lie in the way of a ticket's clocks (T-56).
 *
 * Of the policy's version by which each clock runs, from its beginning to its end, or to when it is
 * due. A clock of the wall has none, nor one whose policy this version cannot read any more. */
#ifndef RELEVO_CTL_WHY_DAYS_H
#define RELEVO_CTL_WHY_DAYS_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdint.h>

struct error;
struct session;

/* `clocks` are rows of ticket_clocks; each object of `list`, made of them, gets "special_days". */
int why_days_add(struct session *s, int64_t desk_id, const PGresult *clocks, json_t *list,
                 struct error *err);
/* Nothing where there are none. */
int why_days_print(struct session *s, int64_t desk_id, const PGresult *clocks, struct error *err);

#endif
