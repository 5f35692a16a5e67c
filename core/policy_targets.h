/* core/policy_targets.h - the targets of a policy file, with the warnings before they are missed.
 *
 * Pure. */
#ifndef RELEVO_CORE_POLICY_TARGETS_H
#define RELEVO_CORE_POLICY_TARGETS_H

struct conf;
struct policy_reader;
struct target_policy;

/* `targets`; the calendars have been read. */
void policy_targets_read(struct policy_reader *r, const struct conf *root,
                         struct target_policy *out);

#endif
