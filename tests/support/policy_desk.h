/* tests/support/policy_desk.h - a desk in memory under a policy as one would write it: facts happen
 * to it, and time brings what is due. */
#ifndef RELEVO_TESTS_POLICY_DESK_H
#define RELEVO_TESTS_POLICY_DESK_H

#include "core/fold.h"
#include "core/policy_read.h"

struct policy_desk {
    struct policy_file file;
    struct fold *f;
    struct error err; /* of the last fact that could not be */
};

/* `told` says who hears what, as core/fold.h has it; of it policy and targets are made here. Fails
 * the test where the policy has a mistake. */
void policy_desk_begin(struct policy_desk *d, const char *policy, struct fold_options told);
void policy_desk_end(struct policy_desk *d);
/* What a group of tests begins each with: a struct of `size` whose first member is a policy_desk,
 * otherwise 0; it is `told.arg`. policy_desk_teardown() ends it. */
void *policy_desk_make(size_t size, const char *policy, struct fold_options told);
int policy_desk_teardown(void **state);

/* At `at`, and then all that is due until then. -1 with `err`: it cannot be. */
int policy_desk_try(struct policy_desk *d, int64_t ticket_id, int64_t contact_id, int64_t at,
                    struct fact f);
/* Likewise, to a ticket whose customer has its number; fails the test where it cannot be. */
void policy_desk_happens(struct policy_desk *d, int64_t ticket_id, int64_t at, struct fact f);
/* One that says nothing yet but this. */
struct fact policy_desk_fact(enum fact_kind kind, enum fact_actor by, const char *actor);

#endif
