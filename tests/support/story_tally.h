/* tests/support/story_tally.h - what drawn stories had in them, counted: a rule that nothing ever
 * put to the test was not tested. */
#ifndef RELEVO_TESTS_STORY_TALLY_H
#define RELEVO_TESTS_STORY_TALLY_H

#include <stdio.h>

#include "tests/support/story_desk.h"

enum { STORY_TALLY_ROWS_MAX = 160 };
struct story_tally {
    uint64_t counts[STORY_TALLY_ROWS_MAX];
};
/* What its policies say; each line counts. */
void story_tally_policies(struct story_tally *t, const struct random_story *story);
/* What a decision was about, and what followed from it. */
void story_tally_step(struct story_tally *t, const struct story_step *step);
void story_tally_print(const struct story_tally *t, FILE *to);
/* The first that did not happen, or not as often as it should; NULL: all did. */
const char *story_tally_missing(const struct story_tally *t);

#endif
