#include "daemon/sink_name.h"

#include <string.h>

#include "core/arena.h"
#include "core/conf.h"
#include "core/policy.h"
#include "daemon/desk.h"

const struct desk_channel *sink_name_find(const struct desk *desk, const char *name)
{
    const struct desk_channel *ch = desk_channel_by_name(desk, name);

    return ch != NULL && ch->channel.ops->takes_events ? ch : NULL;
}

/* --- before it is called
 * ------------------------------------------------------------------------------ */

struct name_look {
    const struct conf *root;
    const char *desk;
    struct arena *a;
    void (*found)(void *arg, const char *sentence);
    void *arg;
};

static bool name_is_of_desk(const struct name_look *l, const struct conf *channel)
{
    return strcmp(conf_text(channel, "desk"), l->desk) == 0;
}

static bool name_is_served(const struct name_look *l)
{
    size_t i;

    for (i = 0; i < conf_count(l->root, "channels"); i++)
        if (name_is_of_desk(l, conf_at(l->root, "channels", i)))
            return true;
    return false;
}

static bool name_has_channel(const struct name_look *l, const char *name)
{
    const struct conf *c = conf_find(l->root, "channels", name);

    return c != NULL && name_is_of_desk(l, c) && channel_kind(conf_text(c, "kind"))->takes_events;
}

static void name_look_at(const struct name_look *l, const struct policy_level *level,
                         const struct policy_step *step)
{
    size_t i;

    for (i = 0; i < step->action_count; i++) {
        const struct policy_do *d = &step->actions[i];

        if (d->action == POLICY_WEBHOOK && !name_has_channel(l, d->hook))
            l->found(l->arg,
                     arena_printf(l->a,
                                  "level %d, step \"%s\": webhook %s: desk %s has no channel of "
                                  "kind events with this name",
                                  level->level, step->name, d->hook, l->desk));
    }
}

void sink_name_unknown(const struct conf *root, const char *desk, const struct policy *policy,
                       struct arena *a, void (*found)(void *arg, const char *sentence), void *arg)
{
    const struct name_look l = { root, desk, a, found, arg };
    size_t i, k;

    if (!name_is_served(&l))
        return;
    for (i = 0; i < policy->level_count; i++)
        for (k = 0; k < policy->levels[i].step_count; k++)
            name_look_at(&l, &policy->levels[i], &policy->levels[i].steps[k]);
}
