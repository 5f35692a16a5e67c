/* core/policy_times.h - how long a level has for a case, by what it is about and how urgent it is
 * (D-11).
 *
 * Pure. No channel is in it (C-20): the path is the same for all. */
#ifndef RELEVO_CORE_POLICY_TIMES_H
#define RELEVO_CORE_POLICY_TIMES_H

#include "core/conf.h"
#include "core/policy.h"

struct arena;

/* The level's times from its section: `ack`, `resolve`, and, where it tells cases apart, `topics`
 * and those of a priority. The topics of `policy` and the level's calendar have been read. */
void policy_times_read(const struct policy *policy, const struct conf *root,
                       const struct conf *section, struct arena *a, struct conf_errors *errors,
                       struct policy_level *level);
/* Of TARGET_LEVEL_ACK or TARGET_LEVEL_RESOLVE, for a case of that topic (NULL: of none) and
 * priority. */
struct target policy_times_target(const struct policy *policy, const struct policy_level *level,
                                  enum target_kind kind, const char *topic,
                                  enum ticket_priority priority);

#endif
