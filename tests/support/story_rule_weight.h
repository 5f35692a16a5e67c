/* tests/support/story_rule_weight.h - a new case's points, counted anew, give its priority. */
#ifndef RELEVO_TESTS_STORY_RULE_WEIGHT_H
#define RELEVO_TESTS_STORY_RULE_WEIGHT_H

#include "tests/support/story_known.h"

void story_rule_weight(struct story_rules *r, const struct story_step *s);

#endif
