/* tests/support/story_rule_history.h - a ticket's history is one chain, whatever its words (i).
 *
 * Each line is also shown to the rooms of what it tells: clocks, steps, levels, owner, notices. */
#ifndef RELEVO_TESTS_STORY_RULE_HISTORY_H
#define RELEVO_TESTS_STORY_RULE_HISTORY_H

#include "tests/support/story_known.h"

/* The lines of the decision, in their order; what they tell is noted in `t`. */
void story_rule_history(struct story_rules *r, const struct story_step *s, struct rule_ticket *t);
/* Decided once more, without words. */
void story_rule_wordless(struct story_rules *r, const struct story_step *s);

#endif
