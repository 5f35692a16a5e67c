/* ctl/why_policy.h - the version of the policy by which something was decided, read again. */
#ifndef RELEVO_CTL_WHY_POLICY_H
#define RELEVO_CTL_WHY_POLICY_H

#include <stdint.h>

#include "core/policy_read.h"

struct error;
struct session;

/* The version that was read last: what belongs to one ticket mostly has the same. */
struct why_policy {
    int64_t version;         /* 0: none yet */
    struct policy_file file; /* policy NULL: this version of relevo cannot read it */
};
int why_policy_read(struct session *s, int64_t desk_id, int64_t version, struct why_policy *p,
                    struct error *err);
void why_policy_clear(struct why_policy *p);

#endif
