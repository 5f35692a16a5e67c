#include "tests/support/story_rule_levels.h"

#include <string.h>

#include <jansson.h>

#include "tests/support/story_rule_again.h"
#include "tests/support/story_wake.h"

/* What leads away has stayed its time, but for what a person asked for or said. */
static void check_stay(struct story_rules *r, const struct story_step *s,
                       const struct planned_event *e, const struct policy_level *level,
                       const struct policy_step *step)
{
    const struct ticket_memory *was = &s->before->memory;
    int64_t entered = story_detail_number(e->detail, "\"visit\":") == was->level_visit
                          ? was->level_entered_at
                          : s->now;
    int64_t from;

    if (level->stay_s == 0 || !story_step_leads_away(step) || step->trigger == POLICY_ON_REQUEST ||
        step->trigger == POLICY_ON_RULE)
        return;
    from = slow_due(story_calendar(r, s->policy->version, level->calendar), entered, level->stay_s);
    if (from < 0 || from > s->now)
        BROKEN(r, s, STORY_LEVEL, "step %s leads away %lld s too soon", e->rule,
               (long long)(from - s->now));
}

/* Whom the step names, each once; no other line calls anybody. */
static void check_hooks(struct story_rules *r, const struct story_step *s,
                        const struct planned_event *e, const struct policy_step *step)
{
    size_t i, k, times, named = 0;

    for (i = 0; step != NULL && i < step->action_count; i++) {
        if (step->actions[i].action != POLICY_WEBHOOK)
            continue;
        for (k = 0; k < i; k++)
            if (step->actions[k].action == POLICY_WEBHOOK &&
                strcmp(step->actions[k].hook, step->actions[i].hook) == 0)
                break;
        named += k == i;
        for (times = k = 0; k < e->hook_count; k++)
            times += strcmp(e->hooks[k], step->actions[i].hook) == 0;
        if (times != 1)
            BROKEN(r, s, STORY_NOTICE, "%s calls %s %zu times", e->kind, step->actions[i].hook,
                   times);
    }
    if (named != e->hook_count)
        BROKEN(r, s, STORY_NOTICE, "%s calls %zu systems of %zu", e->kind, e->hook_count, named);
}

/* Is that what the step of the line was taken on? */
static bool waits_for(const char *detail, const char *when)
{
    json_t *o = json_loads(detail, 0, NULL);
    const char *is = json_string_value(json_object_get(o, "when"));
    bool so = is != NULL && strcmp(is, when) == 0;

    json_decref(o);
    return so;
}

void story_rule_step_event(struct story_rules *r, const struct story_step *s,
                           const struct planned_event *e)
{
    const struct policy_level *level = NULL;
    const struct policy_step *step;
    char *key;

    if (strcmp(e->kind, "step_taken") != 0) {
        check_hooks(r, s, e, NULL);
        return;
    }
    key = g_strdup_printf("%lld/%lld/%d/%s", (long long)s->ticket_id,
                          (long long)story_detail_number(e->detail, "\"visit\":"),
                          s->policy->version, e->rule);
    if (!g_hash_table_add(r->steps, key))
        BROKEN(r, s, STORY_LEVEL, "step %s is taken twice in one visit", e->rule);
    step = story_step_named(s->policy, e->rule, &level);
    check_hooks(r, s, e, step);
    if (step == NULL || !story_step_suits(s, step))
        BROKEN(r, s, STORY_LEVEL, "step %s is not for such a case", e->rule);
    else if (waits_for(e->detail, "requested") != (step->trigger == POLICY_ON_REQUEST) ||
             strstr(e->detail, "(null)") != NULL)
        BROKEN(r, s, STORY_HISTORY, "of step %s it says: %s", e->rule, e->detail);
    else
        check_stay(r, s, e, level, step);
}

void story_rule_level_event(struct story_rules *r, const struct story_step *s,
                            const struct planned_event *e)
{
    const struct policy_level *level = NULL;
    const struct policy_step *step;
    bool meant = false;
    size_t i;

    if (strcmp(e->kind, "level_entered") != 0 || strncmp(e->rule, "policy ", 7) != 0)
        return;
    step = story_step_named(s->policy, e->rule, &level);
    for (i = 0; step != NULL && i < step->action_count; i++)
        meant |= (step->actions[i].action == POLICY_LEVEL_UP && e->level > level->level) ||
                 (step->actions[i].action == POLICY_LEVEL_TO && step->actions[i].level == e->level);
    if (!meant)
        BROKEN(r, s, STORY_LEVEL, "step %s leads to level %d", e->rule, e->level);
}

void story_rule_levels(struct story_rules *r, const struct story_step *s)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;
    int entered = 0, level = was->level;
    size_t i;

    if (is->level < was->level && s->fact->kind != FACT_HANDED_BACK)
        BROKEN(r, s, STORY_LEVEL, "level %d became %d", was->level, is->level);
    if (is->top_level != (is->level > was->top_level ? is->level : was->top_level))
        BROKEN(r, s, STORY_LEVEL, "the top level is %d after %d and %d", is->top_level,
               was->top_level, is->level);
    if (is->level < 1 || (is->level != was->level && policy_level(s->policy, is->level) == NULL))
        BROKEN(r, s, STORY_LEVEL, "level %d is none of the policy's", is->level);
    for (i = 0; i < s->plan->event_count; i++)
        if (strcmp(s->plan->events[i].kind, "level_entered") == 0) {
            entered++;
            if (s->plan->events[i].level == level && !story_rule_is_opened_again(s))
                BROKEN(r, s, STORY_LEVEL, "level %d is entered from itself", level);
            level = s->plan->events[i].level;
        }
    if (is->memory.level_visit != was->memory.level_visit + entered ||
        (entered > 0 && level != is->level) ||
        (entered == 0 && is->level != was->level && was->version != 0))
        BROKEN(r, s, STORY_LEVEL, "%d levels were entered, the last is %d, it is at %d", entered,
               level, is->level);
}
