/* What a step's line of the history says of the step itself, so that `why` needs no policy of then.
 */
#include "core/arena.h"
#include "core/plan_state.h"

const char *plan_explain_when(const struct planner *pl, const struct policy_step *s)
{
    const char *clock = target_kind_name(s->clock);

    switch (s->trigger) {
    case POLICY_ON_CLOCK:
        if (s->before_s > 0)
            return arena_printf(pl->a, "%s %lld s before", clock, (long long)s->before_s);
        return s->percent >= 100 ? arena_printf(pl->a, "%s missed", clock)
                                 : arena_printf(pl->a, "%s %d%%", clock, s->percent);
    case POLICY_ON_LEVEL_TIME:
        return arena_printf(pl->a, "level %lld s", (long long)s->after_s);
    case POLICY_ON_REOPENED:
        return arena_printf(pl->a, "reopened %d times", s->count);
    case POLICY_ON_UNANSWERED:
        return arena_printf(pl->a, "unanswered %d messages", s->count);
    case POLICY_ON_PRIORITY:
        return arena_printf(pl->a, "priority %s", ticket_priority_name(s->priority));
    case POLICY_ON_REQUEST:
        return "requested";
    case POLICY_ON_VIP:
        return "vip";
    case POLICY_ON_RULE:
        return arena_printf(pl->a, "says %s", pl->policy->rules[s->rule].name);
    case POLICY_ON_TAG:
        return arena_printf(pl->a, "tagged %s", s->tag);
    case POLICY_ON_AGE:
        return arena_printf(pl->a, "age %lld s", (long long)s->after_s);
    }
    return "";
}

static const char *plan_explain_action(const struct planner *pl, const struct policy_do *d)
{
    switch (d->action) {
    case POLICY_NOTIFY_AGENT:
        return "notify owner";
    case POLICY_NOTIFY_TEAM:
        return "notify team";
    case POLICY_NOTIFY_NAMED:
        return arena_printf(pl->a, "notify %s", pl->policy->agents[d->agent].name);
    case POLICY_RAISE_PRIORITY:
        return arena_printf(pl->a, "raise to %s", ticket_priority_name(d->priority));
    case POLICY_LEVEL_UP:
        return "level up";
    case POLICY_LEVEL_TO:
        return arena_printf(pl->a, "to level %d", d->level);
    case POLICY_REASSIGN:
        return "reassign";
    case POLICY_TAG:
        return arena_printf(pl->a, "tag %s", d->tag);
    case POLICY_WATCH_OWNER:
        return "watch owner";
    case POLICY_WATCH_TEAM:
        return "watch team";
    case POLICY_WATCH_NAMED:
        return arena_printf(pl->a, "watch %s", d->watcher);
    case POLICY_WEBHOOK:
        return arena_printf(pl->a, "webhook %s", d->hook);
    }
    return "";
}

json_t *plan_explain_actions(const struct planner *pl, const struct policy_step *s)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < s->action_count; i++)
        json_array_append_new(list, json_string(plan_explain_action(pl, &s->actions[i])));
    return list;
}
