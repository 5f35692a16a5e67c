/* tests/support/story_rule_state.h - what a ticket may become, by what, and since when (h). */
#ifndef RELEVO_TESTS_STORY_RULE_STATE_H
#define RELEVO_TESTS_STORY_RULE_STATE_H

#include "tests/support/story_known.h"

void story_rule_state(struct story_rules *r, const struct story_step *s);

#endif
