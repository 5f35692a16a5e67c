#include "tests/support/policy_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void policy_desk_begin(struct policy_desk *d, const char *policy, struct fold_options told)
{
    struct conf_errors errors = { 0 };

    if (policy_read("policy.yaml", span_of(policy), NULL, NULL, &d->file, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    told.policy = d->file.policy;
    told.targets = d->file.targets;
    d->f = fold_new(&told);
}

void policy_desk_end(struct policy_desk *d)
{
    fold_free(d->f);
    policy_file_clear(&d->file);
}

void *policy_desk_make(size_t size, const char *policy, struct fold_options told)
{
    struct policy_desk *d = test_calloc(1, size);

    told.arg = d;
    policy_desk_begin(d, policy, told);
    return d;
}

int policy_desk_teardown(void **state)
{
    policy_desk_end(*state);
    test_free(*state);
    return 0;
}

int policy_desk_try(struct policy_desk *d, int64_t ticket_id, int64_t contact_id, int64_t at,
                    struct fact f)
{
    const struct fold_origin from = { .contact_id = contact_id };

    f.at = f.now = at;
    if (fold_apply(d->f, ticket_id, &from, &f, &d->err) < 0)
        return -1;
    fold_until(d->f, at);
    return 0;
}

void policy_desk_happens(struct policy_desk *d, int64_t ticket_id, int64_t at, struct fact f)
{
    if (policy_desk_try(d, ticket_id, ticket_id, at, f) < 0)
        fail_msg("%s", d->err.text);
}

struct fact policy_desk_fact(enum fact_kind kind, enum fact_actor by, const char *actor)
{
    return (struct fact){ .kind = kind,
                          .by = by,
                          .actor = actor,
                          .reason = kind == FACT_ESCALATED ? "asked for by hand" : NULL,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE };
}
