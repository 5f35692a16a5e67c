/* core/retarget.h - what a new policy does to the clocks of open tickets, counted (C-14).
 *
 * Pure. Told each ticket as it was and as it is; the report that an operator reads before, and
 * after. */
#ifndef RELEVO_CORE_RETARGET_H
#define RELEVO_CORE_RETARGET_H

#include <jansson.h>

#include "core/ticket.h"

/* Of the clocks of one kind, on tickets of one priority, that had not ended before or begin by it.
 */
struct retarget_count {
    int64_t open;
    int64_t earlier, later; /* due */
    int64_t paused;         /* its target is another one, and will count once it runs */
    int64_t ended;          /* there is no such target any more */
    int64_t missed;         /* by the change itself: its new due time lay behind */
    int64_t started;        /* what had no target has one now, and is owed; also counted as open */
};
struct retarget_report {
    int64_t tickets, changed; /* all; those of which a clock is due at another time, or ended */
    struct retarget_count at[TARGET_KIND_N][TICKET_PRIORITY_N]; /* by the priority it has now */
};
void retarget_add(struct retarget_report *r, const struct ticket *before,
                  const struct ticket *after);
/* Rows where nothing is open are left out. free() the text; the value is the caller's. */
char *retarget_to_text(const struct retarget_report *r);
json_t *retarget_to_json(const struct retarget_report *r);

#endif
