/* tests/support/story_budget.h - whether a person is told more than the policy allows (B-02, B-03,
 * B-04, B-06), by counting that person's notices anew: the planner's own list is not asked. */
#ifndef RELEVO_TESTS_STORY_BUDGET_H
#define RELEVO_TESTS_STORY_BUDGET_H

#include <glib.h>

#include "tests/support/story_desk.h"

struct story_budget {
    GArray *notices; /* of struct story_noticed: all that left or will leave */
    int64_t last_delivery;
    char words[200];
};

void story_budget_begin(struct story_budget *b);
void story_budget_end(struct story_budget *b);
/* Each decision, in order. What is wrong, in words; NULL: nothing. */
const char *story_budget_wrong(struct story_budget *b, const struct story_step *s);

#endif
