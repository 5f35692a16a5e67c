/* core/policy_budgets.h - how much a person is told at most, and when a person is not woken
 * (B-02, B-03, B-04, B-06).
 *
 * Pure, but for the system's tzdata. The section `budgets` of the policy file. */
#ifndef RELEVO_CORE_POLICY_BUDGETS_H
#define RELEVO_CORE_POLICY_BUDGETS_H

#include "core/conf.h"
#include "core/policy.h"

/* The desk's zone of `policy` has been read. What is wrong is added to `errors`. */
void policy_budgets_read(struct policy *policy, const struct conf *root,
                         struct conf_errors *errors);
/* When people of that zone may be told something; the caller's. NULL: it is the desk's own zone,
 * or none that is known: `awake` of `b` says it. */
struct calendar *policy_budgets_awake(const struct policy_budgets *b, const char *zone);

#endif
