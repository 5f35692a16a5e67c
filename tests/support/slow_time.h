/* tests/support/slow_time.h - what a calendar counts, looked at minute by minute.
 *
 * A reference for core/calendar.h and for the due times of clocks, that shares nothing with them:
 * the zones are libc's, a minute is open or it is not, and whole sums are added up one by one. Good
 * from 2022 to 2027, and as far as SLOW_DAYS after a calendar's own beginning. */
#ifndef RELEVO_TESTS_SLOW_TIME_H
#define RELEVO_TESTS_SLOW_TIME_H

#include "core/calendar.h"
#include "core/ticket.h"

enum { SLOW_DAYS = 70 };

/* Seconds east of Greenwich. */
int64_t slow_offset(const char *zone, int64_t at);
/* The next second at which the zone's offset changes; 0: none within the years we know. */
int64_t slow_transition(const char *zone, int64_t at);

struct slow_calendar;
/* Counts from `begin` on; borrows the plan. */
struct slow_calendar *slow_calendar_new(const struct calendar_plan *plan, int64_t begin);
void slow_calendar_free(struct slow_calendar *c); /* takes NULL */
/* The first second that it knows nothing of. */
int64_t slow_calendar_end(const struct slow_calendar *c);

/* As calendar_counted() and calendar_due(); -1: not before its end. c NULL: wall time. */
int64_t slow_counted(struct slow_calendar *c, int64_t from, int64_t to);
int64_t slow_due(struct slow_calendar *c, int64_t from, int64_t seconds);

/* What a clock with that ledger has counted at that time: by c, and what it had kept (C-13). */
int64_t slow_elapsed(struct slow_calendar *c, const struct target_clock *clock, int64_t at);
/* When a clock with that ledger will have counted `seconds`: the first instant that is not before
 * its last edge; 0: it pauses; -1: not before the calendar's end. */
int64_t slow_instant(struct slow_calendar *c, const struct target_clock *clock, int64_t seconds);
/* Likewise, and before the last edge where it had counted them before. */
int64_t slow_reached(struct slow_calendar *c, const struct target_clock *clock, int64_t seconds);

#endif
