/* tests/support/story_topic.h - what a case is about, and what follows of it, worked out anew. */
#ifndef RELEVO_TESTS_STORY_TOPIC_H
#define RELEVO_TESTS_STORY_TOPIC_H

#include "tests/support/story_known.h"

/* What of topic, team or owner is not as the fact and the policy say (D-16, D-28); NULL: nothing.
 */
const char *story_topic_wrong(const struct story_step *s);

#endif
