/* core/simulate.h - tells a story (core/scenario.h) under a policy, and keeps what becomes of it.
 *
 * Pure. The facts happen to a desk in memory (core/fold.h); what it decides is written down in a
 * timeline. The channel chooses the targets, if the policy has some for it (C-22), and says where
 * deliveries go; nothing else of the timeline can know it. */
#ifndef RELEVO_CORE_SIMULATE_H
#define RELEVO_CORE_SIMULATE_H

#include "core/fold.h"
#include "core/scenario.h"

struct timeline;

/* Numbers of the first tickets: the customer's, anybody else's, incidents. */
enum { SIMULATE_TICKET = 1, SIMULATE_ANOTHER = 1000, SIMULATE_INCIDENT = 1000000 };

enum simulate_wrote {
    SIMULATE_WROTE,
    SIMULATE_SILENT, /* nothing comes of it, and the story goes on */
    SIMULATE_CANNOT, /* there is no such message by this way: the story ends */
};
struct simulate_options {
    const struct policy *policy;
    const struct target_policy *targets;
    const char *channel, *kind; /* the customer's; NULL: none in particular */
    const char *sink;           /* what carries notices to the customer there: "smtp", "telegram" */
    /* Puts what a customer writes into a fact, whose `now` is set: as the channel's own messages
     * would. NULL: as it stands. */
    enum simulate_wrote (*wrote)(void *arg, const struct scenario_line *line,
                                 const struct ticket *ticket, struct fact *fact);
    void (*decided)(void *arg, const struct fold_step *step); /* NULL: nobody listens */
    void *arg;
};
/* Fills *out, which the caller frees (core/timeline.h): what was expected and is not so is in it.
 * 1: it cannot be told by this way (SIMULATE_CANNOT). -1: a sentence cannot be, as "name:line: …".
 */
int simulate(const char *name, const struct scenario *story, const struct simulate_options *o,
             struct timeline **out, struct error *err);

#endif
