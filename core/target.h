/* core/target.h - the only room in core/ that hears of a channel: targets that a desk sets per
 * channel (C-22).
 *
 * Pure. The planner is given what comes out: a table of targets without a name on it. */
#ifndef RELEVO_CORE_TARGET_H
#define RELEVO_CORE_TARGET_H

#include "core/policy.h"

/* One row of `targets: channels:` in the policy file. */
struct target_channel {
    const char *channel; /* a channel's name, or a kind of channel: the name wins */
    struct target_table table;
    bool set[TICKET_PRIORITY_N][TARGET_KIND_N]; /* which cells it says */
};
struct target_policy {
    struct target_table table; /* for all */
    const struct target_channel *channels;
    size_t channel_count;
};
/* The targets of a ticket that came in by channel `name` of kind `kind` (both may be NULL). */
void target_resolve(const struct target_policy *t, const char *name, const char *kind,
                    struct target_table *out);
/* The row of `channels:` that says that target of it; NULL: none does, it is that of all. */
const char *target_channel_of(const struct target_policy *t, const char *name, const char *kind,
                              enum ticket_priority p, enum target_kind k);

#endif
