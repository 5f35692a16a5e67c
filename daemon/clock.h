/* daemon/clock.h - what time it is: the one place where the daemon asks.
 *
 * Nodes claim each other's work and count the same clocks, so they need one time: the database's,
 * carried on between its answers by the steady clock. Until the first answer it is this machine's
 * own, which may be wrong or be set while we run. RELEVO_FAIL_POINTS builds read
 * RELEVO_CLOCK_OFFSET_S once, for how wrong that one is. */
#ifndef RELEVO_DAEMON_CLOCK_H
#define RELEVO_DAEMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* An answer that took longer says too little; a difference that is smaller changes nothing, so that
 * time does not tremble. */
enum { WALL_TRIP_MS = 2000, WALL_SLACK_MS = 250 };

int64_t wall_now(void);      /* UTC seconds */
int64_t wall_now_us(void);   /* UTC microseconds, for log lines */
int64_t steady_now_ms(void); /* monotonic milliseconds: deadlines and durations */
/* The database said `said_us` (UTC microseconds) between two steady times. False: it was no help.
 */
bool wall_follow(int64_t said_us, int64_t asked_ms, int64_t answered_ms);
int64_t wall_own_ahead_s(void); /* how far this machine's own clock is ahead of wall_now() */

#endif
