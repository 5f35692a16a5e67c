/* Tags that the policy gives a case: nobody took them away, so they are only added. */
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
