/* core/policy_limits.h - how much an agent may carry of each kind of work, and when a team has more
 * than it can do (D-29).
 *
 * Pure. Keys of agents and teams in the policy file; what is wrong in them is added to `errors`. */
#ifndef RELEVO_CORE_POLICY_LIMITS_H
#define RELEVO_CORE_POLICY_LIMITS_H

#include "core/conf.h"
#include "core/policy.h"

struct arena;

/* As policy_agent.topic_limits, in the order of `topics` of `root`; NULL: the agent has none. */
const int *policy_limits_read(const struct conf *root, const struct conf *agent, struct arena *a,
                              struct conf_errors *errors);
/* `team`: its section. The agents of `policy` have been read. */
void policy_backlog_read(const struct policy *policy, const struct conf *root,
                         const struct conf *team, struct arena *a, struct conf_errors *errors,
                         struct policy_backlog *out);

#endif
