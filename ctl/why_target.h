/* ctl/why_target.h - whose targets a ticket's clocks have: those of all, or of the channel by which
 * it came (C-22).
 *
 * Of the policy's version by which each clock runs: the planner is given a table without a name on
 * it, so the history cannot say it. */
#ifndef RELEVO_CTL_WHY_TARGET_H
#define RELEVO_CTL_WHY_TARGET_H

#include <jansson.h>
#include <libpq-fe.h>

struct error;
struct session;

/* `ticket` is a row of ticket_show, `clocks` are rows of ticket_clocks; each object of `list`, made
 * of them, gets "targets_of": the channel, or kind of channel, whose own they are, else null. */
int why_target_add(struct session *s, const PGresult *ticket, const PGresult *clocks, json_t *list,
                   struct error *err);
/* A line for each clock that has a channel's own. */
int why_target_print(struct session *s, const PGresult *ticket, const PGresult *clocks,
                     struct error *err);

#endif
