/* tests/support/story_rule_owner.h - whose a case becomes, and who loses it (k). */
#ifndef RELEVO_TESTS_STORY_RULE_OWNER_H
#define RELEVO_TESTS_STORY_RULE_OWNER_H

#include "tests/support/story_known.h"

/* T-69: whoever had it for so long did nothing with it. `owner` had it until this event. */
void story_rule_owner_event(struct story_rules *r, const struct story_step *s,
                            const struct planned_event *e, struct rule_ticket *t,
                            const char *owner);
/* Who is chosen (T-90), who has it again (T-91), and that the policy has them (C-14). */
void story_rule_owner(struct story_rules *r, const struct story_step *s,
                      const struct rule_ticket *t);

#endif
