/* tests/support/story_rule_clocks.h - a clock is due by the minutes and missed once, without gaps.
 *
 * Its dues (c) by the slow calendars, its breaches (d) by the history, its ledger (f) by itself. */
#ifndef RELEVO_TESTS_STORY_RULE_CLOCKS_H
#define RELEVO_TESTS_STORY_RULE_CLOCKS_H

#include "tests/support/story_known.h"

/* What a line of history tells of a clock, noted in `t`. */
void story_rule_clock_event(struct story_rules *r, const struct story_step *s,
                            const struct planned_event *e, struct rule_ticket *t);
/* The clocks as they are after the decision and all its lines. */
void story_rule_clocks(struct story_rules *r, const struct story_step *s, struct rule_ticket *t);

#endif
