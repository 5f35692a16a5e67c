/* Tags: the policy only adds them, for nobody took them away; an agent also takes them off. */
#include <string.h>

#include "core/arena.h"
#include "core/json_list.h"
#include "core/plan_state.h"
#include "core/text.h"

void plan_tag_add(struct planner *pl, const char *tag, const char *rule)
{
    struct ticket *t = &pl->p->ticket;
    const char **tags;

    if (t->tag_count >= TICKET_TAGS_MAX || text_is_among(t->tags, t->tag_count, tag))
        return;
    tags = arena_array(pl->a, t->tag_count + 1, sizeof(*tags));
    if (t->tag_count > 0)
        memcpy(tags, t->tags, t->tag_count * sizeof(*tags));
    tags[t->tag_count++] = tag;
    t->tags = tags;
    plan_event(
        pl, "tagged", rule,
        plan_detail(pl, "{s:s, s:o}", "tag", tag, "tags", json_list_texts(tags, t->tag_count)),
        "tagged %s", tag);
}

int plan_tagged(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    const char **tags = arena_array(pl->a, t->tag_count + f->tag_count, sizeof(*tags));
    size_t n = 0, i;

    for (i = 0; i < t->tag_count; i++)
        if (!text_is_among(f->tags_off, f->tag_off_count, t->tags[i]))
            tags[n++] = t->tags[i];
    for (i = 0; i < f->tag_count; i++)
        if (!text_is_among(tags, n, f->tags[i]))
            tags[n++] = f->tags[i];
    if (n > TICKET_TAGS_MAX)
        return error_set(pl->err, ERROR_PERMANENT, "over %d tags", TICKET_TAGS_MAX);
    for (i = 0; i < f->tag_count; i++)
        if (!policy_has_tag(pl->policy, f->tags[i]))
            return error_set(pl->err, ERROR_PERMANENT,
                             "the tag '%.60s' is not in the policy's vocabulary", f->tags[i]);
    t->tags = tags;
    t->tag_count = n;
    plan_event(pl, fact_kind_name(f->kind), NULL,
               plan_detail(pl, "{s:o}", "tags", json_list_texts(tags, n)), "set by hand");
    plan_level_check_events(pl, false);
    return 0;
}
