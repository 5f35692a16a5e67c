/* tests/support/story_rule_levels.h - which steps may be taken, and what level a case is on (e). */
#ifndef RELEVO_TESTS_STORY_RULE_LEVELS_H
#define RELEVO_TESTS_STORY_RULE_LEVELS_H

#include "tests/support/story_known.h"

/* A step is for such a case, and taken once in a visit; what leads away has stayed its time. The
 * line calls those whom the step names (g), any other line nobody. */
void story_rule_step_event(struct story_rules *r, const struct story_step *s,
                           const struct planned_event *e);
/* By a step: to the next level, or to one that the step names. */
void story_rule_level_event(struct story_rules *r, const struct story_step *s,
                            const struct planned_event *e);
/* Its level, as the decision's lines say; it falls by a hand-back alone. */
void story_rule_levels(struct story_rules *r, const struct story_step *s);

#endif
