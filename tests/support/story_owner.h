/* tests/support/story_owner.h - whose a ticket is to be, worked out anew. */
#ifndef RELEVO_TESTS_STORY_OWNER_H
#define RELEVO_TESTS_STORY_OWNER_H

#include "tests/support/story_known.h"

/* Does it wait for one of its team? */
bool story_owner_wanted(const struct policy *p, const struct ticket *t);
/* Is the agent at work: available, and on shift? */
bool story_owner_there(struct story_rules *r, const struct story_step *s, int agent);
/* Who of those whom the fact offers is to have it; NULL: nobody can. */
const char *story_owner_best(struct story_rules *r, const struct story_step *s,
                             const struct rule_ticket *known);
/* When the owner loses it for doing nothing; 0: never. */
int64_t story_owner_silent(struct story_rules *r, const struct story_step *s,
                           const struct ticket *t, const struct rule_ticket *known);
/* When the next shift of the team begins; 0: none that has not begun. */
int64_t story_owner_next_shift(struct story_rules *r, const struct story_step *s,
                               const struct policy_team *team, int64_t at);

#endif
