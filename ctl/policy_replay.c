/* What happened, folded again under a policy, side by side with what became of it: nothing is
 * written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/duration.h"
#include "core/policy_read.h"
#include "core/replay.h"
#include "core/tally.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "daemon/clock.h"
#include "daemon/history.h"

enum { PAGE = 5000 };

/* --- what happened
 * ------------------------------------------------------------------------------------------------
 */

/* Page by page, in the order of the tickets; the replay brings them into that of time. `words`: of
 * all messages. */
static int read_facts(struct session *s, int32_t desk_id, int64_t since, bool words,
                      struct replay *r, struct error *err)
{
    struct history_place place = { .words = words };
    const PGresult *res;
    int rows = PAGE, rc = 0;

    while (rows == PAGE && rc == 0) {
        struct arena *a = arena_new();
        struct db_value v[HISTORY_FACTS_VALUES];

        history_ask_facts(a, desk_id, since, &place, PAGE, v);
        res = session_ask(s, "history_facts", v, HISTORY_FACTS_VALUES, err);
        arena_free(a);
        if (res == NULL)
            return -1;
        rows = PQntuples(res);
        rc = history_take_facts(r, res, &place, err);
        session_forget(s, res);
    }
    return rc < 0 && replay_count(r) > HISTORY_FACTS_MAX
               ? error_wrap(err, "a later --since takes fewer")
               : rc;
}

static int read_tally(struct session *s, int32_t desk_id, int64_t since, int64_t until,
                      struct tally *t, struct error *err)
{
    struct db_value v[HISTORY_TALLY_VALUES];
    const PGresult *res;

    history_ask_tally(s->a, desk_id, since, 0, 0, v);
    res = session_ask(s, "history_tally", v, HISTORY_TALLY_VALUES, err);
    if (res == NULL)
        return -1;
    history_take_tally(t, res);
    res = session_ask(s, "history_carried", v, HISTORY_CARRIED_VALUES, err);
    if (res == NULL)
        return -1;
    history_take_carried(t, res, until);
    return 0;
}

/* --- the policy
 * ------------------------------------------------------------------------------------------------
 */

/* --policy, or the one in force, which is the desk's. CTL_DONE, or how to end. */
static int read_policy(const struct ctl *ctl, const struct desk *desk, struct policy_file *own,
                       const struct policy_file **out)
{
    const char *path = ctl_value(ctl, "--policy");

    *out = path == NULL ? &desk->policy : own;
    return path == NULL ? CTL_DONE : ctl_read_policy("", path, own);
}

static int replay_under(const struct ctl *ctl, struct session *s, const struct desk *desk,
                        const struct policy_file *policy, int64_t since)
{
    struct tally was, would;
    struct replay *r = replay_new();
    int64_t now = wall_now();
    struct error err;
    int rc;

    tally_begin(&was, desk->policy.policy);
    tally_begin(&would, policy->policy);
    rc = read_facts(s, desk->desk_id, since, policy_listens(policy->policy), r, &err);
    if (rc == 0)
        rc = read_tally(s, desk->desk_id, since, now, &was, &err);
    if (rc == 0) {
        replay_run(r, policy->policy, policy->targets, now, true, &would);
        was.facts = would.facts;
        was.tickets = would.tickets;
        ctl_print(ctl->json ? tally_to_json(&was, "happened", &would, "would")
                            : tally_to_text(&was, "what happened", &would, "what would"));
    }
    replay_free(r);
    tally_clear(&was);
    tally_clear(&would);
    return rc < 0 ? ctl_fail(&err) : CTL_DONE;
}

static int replay(const struct ctl *ctl, struct session *s, char **argv)
{
    const char *span = ctl_value(ctl, "--since") == NULL ? "30d" : ctl_value(ctl, "--since");
    const struct policy_file *policy;
    struct policy_file own = { 0 };
    const struct desk *desk;
    struct error err;
    int64_t seconds;
    int code;

    (void)argv;
    if (duration_read(span, &seconds) < 0)
        return ctl_usage("expected a time like 30d", span);
    desk = session_desk(ctl, s, &err);
    if (desk == NULL)
        return ctl_fail(&err);
    code = read_policy(ctl, desk, &own, &policy);
    if (code == CTL_DONE)
        code = replay_under(ctl, s, desk, policy, wall_now() - seconds);
    policy_file_clear(&own);
    return code;
}

static const struct ctl_option options[] = {
    { "--since", "TIME", "Of the tickets opened so long ago or later, '30d'; otherwise 30d." },
    { "--policy", "FILE", "Under this policy; otherwise under the one in force." },
    { "--desk", "DESK", "Of this desk; needed where the configuration has several." },
    { .name = NULL },
};
const struct ctl_command policy_replay_commands[] = {
    { "policy", "replay", NULL, replay, "", 0, 0, options,
      "Let what people did happen again under a policy, and count side by side what became of it "
      "and what would: clocks missed, levels entered, notices to customers and to staff, tickets "
      "given and carried by team and hour. "
      "Nothing is written." },
    { .group = NULL },
};
