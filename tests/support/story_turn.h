/* tests/support/story_turn.h - turns that chance alone seldom brings, told by what was decided. */
#ifndef RELEVO_TESTS_STORY_TURN_H
#define RELEVO_TESTS_STORY_TURN_H

#include "tests/support/story_desk.h"

/* Was it the turn of that name; of a decision that could happen. */
bool story_turn_is(const struct story_step *step, const char *name);

#endif
