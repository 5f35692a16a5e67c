/* tests/support/story_times.h - how long a level has for a case, read anew from the policy's own
 * words (D-11). */
#ifndef RELEVO_TESTS_STORY_TIMES_H
#define RELEVO_TESTS_STORY_TIMES_H

#include "tests/support/story_known.h"

/* Seconds that the ticket's level has for it; -1: no such clock. */
int64_t story_times_wanted(const struct story_rules *r, const struct story_step *s,
                           enum target_kind kind);
/* Of a clock that a level has: what is wrong with its target after this decision, as words of the
 * arena of `r`; NULL: nothing is. */
const char *story_times_wrong(struct story_rules *r, const struct story_step *s,
                              const struct target_clock *c);

#endif
