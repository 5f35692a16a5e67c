/* tests/support/story_rule_spam.h - what is called spam rests, then goes on as it was (C-16). */
#ifndef RELEVO_TESTS_STORY_RULE_SPAM_H
#define RELEVO_TESTS_STORY_RULE_SPAM_H

#include "tests/support/story_known.h"

/* What ran as it was marked is noted in `t`, and goes on as it is taken back. */
void story_rule_spam(struct story_rules *r, const struct story_step *s, struct rule_ticket *t);

#endif
