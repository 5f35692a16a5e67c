/* daemon/clock.h - what time it is: the one place where the daemon asks.
 *
 * Tests and the end-to-end story may shift it (RELEVO_FAIL_POINTS builds read RELEVO_CLOCK_OFFSET_S
 * once). */
#ifndef RELEVO_DAEMON_CLOCK_H
#define RELEVO_DAEMON_CLOCK_H

#include <stdint.h>

int64_t wall_now(void);      /* UTC seconds */
int64_t wall_now_us(void);   /* UTC microseconds, for log lines */
int64_t steady_now_ms(void); /* monotonic milliseconds: deadlines and durations */

#endif
