/* tests/support/story_rule_notices.h - nobody is told too much, nor what is not so (g). */
#ifndef RELEVO_TESTS_STORY_RULE_NOTICES_H
#define RELEVO_TESTS_STORY_RULE_NOTICES_H

#include "tests/support/story_known.h"

/* E-08: reminders come in their order, none before its time. */
void story_rule_reminder_event(struct story_rules *r, const struct story_step *s,
                               const struct planned_event *e, struct rule_ticket *t);
/* E-10: a new time is not told twice within a day. */
void story_rule_new_time_event(struct story_rules *r, const struct story_step *s,
                               const struct planned_event *e, struct rule_ticket *t);
/* What the decision sends, and what waits. */
void story_rule_notices(struct story_rules *r, const struct story_step *s, struct rule_ticket *t);
/* E-21, D-51: with the first notice of a new case alone, at most three, and not where it is urgent
 * or goes on with another. */
void story_rule_help(struct story_rules *r, const struct story_step *s);
/* B-15: what waited leaves if it is so still, and only then. */
void story_rule_left(struct story_rules *r, const struct story_left *left);

#endif
