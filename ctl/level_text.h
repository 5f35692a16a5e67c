/* ctl/level_text.h - what the level of a ticket does and may decide, as commands show it (D-37).
 *
 * Of the policy that is in force for its desk: it is for whoever has the ticket now. */
#ifndef RELEVO_CTL_LEVEL_TEXT_H
#define RELEVO_CTL_LEVEL_TEXT_H

#include <jansson.h>
#include <libpq-fe.h>

struct error;
struct session;

/* `ticket`: a row of ticket_show. The text goes to "level_text" of `to`, null where the policy says
 * nothing or cannot be read; `to` NULL: it is printed on a line, or nothing is. */
int level_text_tell(struct session *s, const PGresult *ticket, json_t *to, struct error *err);

#endif
