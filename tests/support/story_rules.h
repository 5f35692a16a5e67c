/* tests/support/story_rules.h - what must hold after every decision on a desk.
 *
 * The door: it asks every room, tests/support/story_rule_*.h, each of one subject. Each rule is
 * worked out there anew, from what is written in docs/semantics.md and not from how the planner
 * does it; calendars are tests/support/slow_time.h's. The first that does not hold is kept.
 */
#ifndef RELEVO_TESTS_STORY_RULES_H
#define RELEVO_TESTS_STORY_RULES_H

#include "tests/support/story_known.h"

void story_rules_begin(struct story_rules *r, const struct random_story *story);
void story_rules_end(struct story_rules *r);
void story_rules_decided(struct story_rules *r, const struct story_step *step);
void story_rules_left(struct story_rules *r, const struct story_left *left);

#endif
