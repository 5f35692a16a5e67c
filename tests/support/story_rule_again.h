/* tests/support/story_rule_again.h - a case that goes on: opened again, merged, or owed an answer.
 *
 * By C-10, C-15 and C-8 (h); other rooms ask it which case is open again. */
#ifndef RELEVO_TESTS_STORY_RULE_AGAIN_H
#define RELEVO_TESTS_STORY_RULE_AGAIN_H

#include "tests/support/story_known.h"

/* Its customer's message has opened a closed ticket again. */
bool story_rule_is_opened_again(const struct story_step *s);
/* Within the time that the policy gives it is open again, later it opens a follow-up; what a
 * program writes changes nothing. Also of what could not happen. */
void story_rule_reopened(struct story_rules *r, const struct story_step *s, struct rule_ticket *t);
/* What the customer said and nobody answered, by what was said alone; noted in `t`, and so the
 * ticket counts it (C-8). */
void story_rule_count_words(struct story_rules *r, const struct story_step *s,
                            struct rule_ticket *t);
/* C-15: who waits for an answer in the one that ends waits for it in the other, and not for less
 * long; that one is not over, then. */
void story_rule_merged(struct story_rules *r, const struct story_step *s,
                       const struct rule_ticket *t);
/* Whoever opens it again: somebody has it or is looked for, and who waits for an answer has a clock
 * that says so (T-91, C-8). */
void story_rule_open_again(struct story_rules *r, const struct story_step *s,
                           const struct rule_ticket *t);

#endif
