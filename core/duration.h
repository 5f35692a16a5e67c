/* core/duration.h - times as people write them: "1h30m".
 *
 * Pure. Seconds; the units are w, d, h, m and s. */
#ifndef RELEVO_CORE_DURATION_H
#define RELEVO_CORE_DURATION_H

#include <stdint.h>

struct arena;

/* Each unit once, the larger first; a number without one is refused, but for 0. -1: it is none, and
 * *seconds is as it was. */
int duration_read(const char *text, int64_t *seconds);
/* "1h30m", "0s": as one would write it. */
const char *duration_text(struct arena *a, int64_t seconds);

#endif
