/* core/policy_read.h - policy.yaml, checked and made ready for use.
 *
 * Pure; bytes in, all errors at once (core/conf.h). The table `policy_keys` prints the sample, the
 * manual page relevo-policy(5) and the JSON Schema. */
#ifndef RELEVO_CORE_POLICY_READ_H
#define RELEVO_CORE_POLICY_READ_H

#include "core/conf.h"
#include "core/policy.h"
#include "core/target.h"

extern const struct conf_key policy_keys[];

/* A whole policy file: what the planner may see, and the targets beside it. */
struct policy_file {
    struct policy *policy;
    struct target_policy *targets; /* in the policy's arena */
};
int policy_read(const char *name, struct span bytes, conf_include_fn *include, void *arg,
                struct policy_file *out, struct conf_errors *errors);
void policy_file_clear(struct policy_file *f);

#endif
