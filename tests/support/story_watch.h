/* tests/support/story_watch.h - whether whoever watches a ticket heard what they should of a
 * decision, by another way than core/plan_watch.c's: agent by agent, from what the ticket was
 * before and is now.
 */
#ifndef RELEVO_TESTS_STORY_WATCH_H
#define RELEVO_TESTS_STORY_WATCH_H

#include "tests/support/story_desk.h"

/* What is wrong, in words; NULL: nothing. */
const char *story_watch_wrong(const struct story_step *s);

#endif
