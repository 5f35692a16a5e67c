/* tests/support/story_wake.h - when a ticket next needs to be woken, and what a step waits for.
 *
 * Worked out from what the policy's file means, with the calendars of tests/support/slow_time.h. */
#ifndef RELEVO_TESTS_STORY_WAKE_H
#define RELEVO_TESTS_STORY_WAKE_H

#include "tests/support/story_known.h"

/* After the decision; 0: never. */
int64_t story_wake(struct story_rules *r, const struct story_step *s,
                   const struct rule_ticket *known);
/* Is there a step of that name; "policy level 2/step 1". NULL: none. */
const struct policy_step *story_step_named(const struct policy *p, const char *rule,
                                           const struct policy_level **level);
bool story_step_leads_away(const struct policy_step *step);
/* Could the step be for that case, at some moment of the decision? */
bool story_step_suits(const struct story_step *s, const struct policy_step *step);
/* The first instant at which the reminder or the end of waiting is due; 0: not known, or never. */
int64_t story_wait_instant(struct story_rules *r, const struct story_step *s, int64_t since,
                           int64_t seconds);

#endif
