#include "core/policy_path.h"

#include <string.h>

#include "core/arena.h"
#include "core/policy_reader.h"
#include "core/policy_times.h"
#include "core/policy_when.h"

/* Of a step of level `level` of `levels`. */
static void policy_action(struct policy_reader *r, const struct conf *step, size_t i, int level,
                          size_t levels, struct policy_do *out)
{
    struct error err;

    if (policy_do_parse(r->p, conf_text_at(step, "do", i), r->a, out, &err) == 0) {
        if (out->action == POLICY_LEVEL_TO && (out->level <= level || (size_t)out->level > levels))
            conf_errors_at_item(r->errors, step, "do", i, "level %d is not above level %d of %zu",
                                out->level, level, levels);
        return;
    }
    if ((out->action != POLICY_NOTIFY_NAMED || conf_is_sound(r->root, "agents")) &&
        (out->action != POLICY_WATCH_NAMED ||
         (conf_is_sound(r->root, "agents") && conf_is_sound(r->root, "teams"))) &&
        (out->action != POLICY_TAG || conf_is_sound(r->root, "tags")))
        conf_errors_at_item(r->errors, step, "do", i, "%s", err.text);
}

static void policy_condition(struct policy_reader *r, const struct conf *s,
                             struct policy_condition *out)
{
    out->priority_from = (enum ticket_priority)ticket_priority_find(conf_text(s, "if_priority"));
    out->vip = conf_bool(s, "if_vip");
    out->plan_count =
        policy_reader_words(r, s, "if_plan", policy_reader_knows_plan, "plan", &out->plans);
    out->topic_count =
        policy_reader_words(r, s, "if_topic", policy_reader_knows_topic, "topic", &out->topics);
    out->tag_count = policy_reader_words(r, s, "if_tagged", policy_has_tag, "tag", &out->tags);
    out->tag_off_count =
        policy_reader_words(r, s, "unless_tagged", policy_has_tag, "tag", &out->tags_off);
}

/* Of one level of so many. */
static void policy_steps(struct policy_reader *r, const struct conf *c, size_t levels,
                         struct policy_level *level)
{
    size_t n = conf_count(c, "steps"), i, j;
    struct policy_step *steps = arena_array(r->a, n, sizeof(*steps));
    struct error err;

    if (n > 64)
        conf_errors_at(r->errors, c, "steps", "over 64 steps");
    for (i = 0; i < n; i++) {
        const struct conf *s = conf_at(c, "steps", i);
        size_t count = conf_count(s, "do");
        struct policy_do *actions = arena_array(r->a, count, sizeof(*actions));

        steps[i].name = policy_reader_copy(r, conf_text(s, "name"));
        policy_condition(r, s, &steps[i].condition);
        if (conf_is_sound(s, "when") &&
            policy_when_parse(r->p, conf_text(s, "when"), r->a, &steps[i], &err) < 0 &&
            (steps[i].trigger != POLICY_ON_RULE || conf_is_sound(r->root, "classification")) &&
            (steps[i].trigger != POLICY_ON_TAG || conf_is_sound(r->root, "tags")))
            conf_errors_at(r->errors, s, "when", "%s", err.text);
        for (j = 0; j < count; j++)
            policy_action(r, s, j, level->level, levels, &actions[j]);
        for (j = 0; j < i && steps[i].name != NULL; j++)
            if (steps[j].name != NULL && strcmp(steps[j].name, steps[i].name) == 0)
                conf_errors_at(r->errors, s, "name", "another step of this level has this name");
        steps[i].actions = actions;
        steps[i].action_count = count;
    }
    level->steps = steps;
    level->step_count = n;
}

static const char *policy_level_text(struct policy_reader *r, const struct conf *c)
{
    const char *text = conf_text(c, "text");
    struct span paragraph = span_trim(span_of(text));

    if (text == NULL)
        return NULL;
    if (paragraph.len == 0 || paragraph.len > POLICY_LEVEL_TEXT_MAX)
        conf_errors_at(r->errors, c, "text", "expected 1 to %d bytes, got %zu",
                       POLICY_LEVEL_TEXT_MAX, paragraph.len);
    return text_clean_line(r->a, paragraph, POLICY_LEVEL_TEXT_MAX);
}

void policy_path_read(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "escalation"), i;
    struct policy_level *levels = arena_array(r->a, n, sizeof(*levels));

    if (n == 0 && conf_is_sound(root, "escalation"))
        conf_errors_at(r->errors, root, "escalation", "expected at least one level");
    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "escalation", i);

        levels[i].level = (int)i + 1;
        levels[i].name = policy_reader_copy(r, conf_text(c, "name"));
        levels[i].text = policy_level_text(r, c);
        levels[i].team = policy_reader_team(r, c, "team");
        levels[i].calendar = policy_reader_calendar(r, c, "calendar");
        policy_times_read(r->p, root, c, r->a, r->errors, &levels[i]);
        levels[i].stay_s = conf_int(c, "stay");
        levels[i].reminders = policy_reader_reminders(r, c, 0, 8, &levels[i].reminder_count);
        policy_steps(r, c, n, &levels[i]);
    }
    r->p->levels = levels;
    r->p->level_count = n;
}
