#include "ctl/known.h"

#include <string.h>

#include "core/arena.h"
#include "core/near.h"
#include "core/policy_read.h"
#include "ctl/session.h"

int known_not(const char *what, const struct near *n, struct error *err)
{
    if (n->best != NULL)
        return error_set(err, ERROR_PERMANENT, "there is no %s '%.64s' (did you mean '%s'?)", what,
                         n->said, n->best);
    return error_set(err, ERROR_PERMANENT, "there is no %s '%.64s'", what, n->said);
}

/* Looks at the names that a policy has of one kind; they end with it, what is near does not. */
typedef bool known_in_fn(const struct policy *p, struct near *n, struct arena *a);

static bool known_look(struct near *n, const char *name, struct arena *a)
{
    near_look(n, arena_strdup(a, name));
    return strcmp(n->said, name) == 0;
}

static bool known_has_team(const struct policy *p, struct near *n, struct arena *a)
{
    bool has = false;
    size_t i;

    for (i = 0; i < p->team_count; i++)
        has |= known_look(n, p->teams[i].name, a);
    return has;
}

static bool known_has_agent(const struct policy *p, struct near *n, struct arena *a)
{
    bool has = false;
    size_t i;

    for (i = 0; i < p->agent_count; i++)
        has |= known_look(n, p->agents[i].name, a);
    return has;
}

/* One that cannot be read is the node's to complain of. */
static bool known_may_be_in(const char *source, known_in_fn *in, struct near *n, struct arena *a)
{
    struct conf_errors errors = { 0 };
    struct policy_file policy = { 0 };
    bool may = true;

    if (policy_read("", span_of(source), NULL, NULL, &policy, &errors) == 0)
        may = in(policy.policy, n, a);
    policy_file_clear(&policy);
    conf_errors_clear(&errors);
    return may;
}

static int known_find(struct session *s, const char *desk, const char *what, known_in_fn *in,
                      const char *name, struct error *err)
{
    const PGresult *desks, *policies;
    bool may = false;
    struct near n;
    int i;

    if (session_policies(s, &desks, &policies, err) < 0)
        return -1;
    near_begin(&n, name);
    for (i = 0; i < PQntuples(policies); i++)
        if (desk == NULL || strcmp(session_policy_desk(desks, policies, i), desk) == 0)
            may |= known_may_be_in(PQgetvalue(policies, i, 2), in, &n, s->a);
    return may ? 0 : known_not(what, &n, err);
}

int known_team(struct session *s, const char *desk, const char *name, struct error *err)
{
    return known_find(s, desk, "team", known_has_team, name, err);
}

int known_agent(struct session *s, const char *desk, const char *name, struct error *err)
{
    return known_find(s, desk, "agent", known_has_agent, name, err);
}
