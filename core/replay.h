/* core/replay.h - history folded again under a policy, and counted.
 *
 * Pure. What people did is given as it was stored; what time did is left out, for time does it
 * again. Nothing is written. Memory: some 80 bytes a fact that says little, some 500 one that
 * brings words. core/tally.h says what is counted. */
#ifndef RELEVO_CORE_REPLAY_H
#define RELEVO_CORE_REPLAY_H

#include "core/fold.h"

struct replay;
struct tally; /* core/tally.h */

struct replay *replay_new(void);
void replay_free(struct replay *r); /* takes NULL */
/* In any order; `seq` orders what happened to one ticket in one second. `origin` and the words
 * count for the fact that opens the ticket. Copies all. False: it is time's own, and left out. */
bool replay_add(struct replay *r, int64_t ticket_id, int64_t seq, const struct fold_origin *origin,
                const struct fact *fact);
size_t replay_count(const struct replay *r); /* facts */
/* Folds them all, and then time until `until`, into a tally that was begun for that policy. `bare`:
 * without words, which nobody counts. */
void replay_run(struct replay *r, const struct policy *policy, const struct target_policy *targets,
                int64_t until, bool bare, struct tally *out);
/* The same piece by piece, for a loop that has other work: replay_begin(), then replay_step() until
 * it says true. A piece is about so many facts, or things that time does. */
void replay_begin(struct replay *r, const struct policy *policy,
                  const struct target_policy *targets, int64_t until, bool bare, struct tally *out);
bool replay_step(struct replay *r, size_t most);

#endif
