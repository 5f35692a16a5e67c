/* core/policy_diff.h - what another policy would change, in words, and for whom.
 *
 * Pure. Made of the differences of two checked policy files (core/conf_diff.h). What has no words
 * of its own is told by its key. */
#ifndef RELEVO_CORE_POLICY_DIFF_H
#define RELEVO_CORE_POLICY_DIFF_H

#include <stddef.h>

struct arena;
struct conf_difference;

struct policy_change {
    const char *about; /* a heading: "What is promised" */
    const char *words; /* one sentence */
    const char *path;  /* "targets.first_response.high" */
};
/* One for each difference, in their order. */
void policy_diff(const struct conf_difference *differences, size_t count, struct arena *a,
                 struct policy_change *out);

#endif
