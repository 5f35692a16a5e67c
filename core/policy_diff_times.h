/* core/policy_diff_times.h - what changes in how long a level has for some of its cases, in words.
 *
 * Pure; a part of core/policy_diff.h. */
#ifndef RELEVO_CORE_POLICY_DIFF_TIMES_H
#define RELEVO_CORE_POLICY_DIFF_TIMES_H

#include "core/conf_diff.h"

struct arena;

/* Of a difference below a level of the escalation: `topics`, or a priority. NULL: it is of
 * something else. */
const char *policy_diff_times(const struct conf_difference *d, struct arena *a);

#endif
