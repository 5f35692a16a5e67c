/* core/policy_when.h - the two little languages of a step: when it is taken, and what it does.
 *
 * Pure. ERROR_PERMANENT says what was expected. */
#ifndef RELEVO_CORE_POLICY_WHEN_H
#define RELEVO_CORE_POLICY_WHEN_H

#include "core/policy.h"

/* "first_response 50%", "level_ack missed", "resolution 30m before", "level 4h", "reopened 2
 * times", "unanswered 3 messages", "priority urgent", "vip", "says nothing works", "tagged outage",
 * "age 2d", "requested". Fills the trigger of *out and what belongs to it. */
int policy_when_parse(const struct policy *p, const char *text, struct arena *a,
                      struct policy_step *out, struct error *err);
/* "notify owner", "notify team", "notify ana", "raise to high", "level up", "to level 3",
 * "reassign", "tag outage". */
int policy_do_parse(const struct policy *p, const char *text, struct arena *a,
                    struct policy_do *out, struct error *err);

#endif
