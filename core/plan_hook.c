/* Which other systems hear that a step was taken, by the names that the policy calls them by
 * (C-20). What a name stands for is the delivery floor's business. */
#include "core/arena.h"
#include "core/plan_state.h"
#include "core/text.h"

void plan_hook_step(struct planner *pl, const struct policy_step *s, struct planned_event *e)
{
    const char **names = NULL;
    size_t count = 0, i;

    for (i = 0; i < s->action_count; i++) {
        const struct policy_do *d = &s->actions[i];

        if (d->action != POLICY_WEBHOOK || text_is_among(names, count, d->hook))
            continue;
        if (names == NULL)
            names = arena_array(pl->a, s->action_count, sizeof(*names));
        names[count++] = d->hook;
    }
    e->hooks = names;
    e->hook_count = count;
}
