/* ctl/policy.h - what the commands about policies share. */
#ifndef RELEVO_CTL_POLICY_H
#define RELEVO_CTL_POLICY_H

/* The file as it is, or, if it has includes, all of them in one; checked. free() it. NULL: what is
 * wrong has been said, and *code is how to end. */
char *ctl_policy_source(const char *path, int *code);

#endif
