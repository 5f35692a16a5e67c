#include "tests/support/story_rules.h"

#include <string.h>

#include "tests/support/story_owner.h"
#include "tests/support/story_rule_again.h"
#include "tests/support/story_rule_clocks.h"
#include "tests/support/story_rule_history.h"
#include "tests/support/story_rule_levels.h"
#include "tests/support/story_rule_notices.h"
#include "tests/support/story_rule_owner.h"
#include "tests/support/story_rule_spam.h"
#include "tests/support/story_rule_state.h"
#include "tests/support/story_rule_weight.h"
#include "tests/support/story_topic.h"
#include "tests/support/story_wake.h"
#include "tests/support/story_watch.h"

/* When it wants to be woken, and for what (h). */
static void check_wake(struct story_rules *r, const struct story_step *s, struct rule_ticket *known)
{
    const struct ticket *t = &s->plan->ticket;
    int64_t first = story_wake(r, s, known);

    if (!story_same_instant(r, first, s->plan->wake_at))
        BROKEN(r, s, STORY_STATE,
               "it wants to be woken at %lld, and the first thing is due at %lld",
               (long long)s->plan->wake_at, (long long)first);
    if (s->plan->wants_queue != (t->status < TICKET_SOLVED && story_owner_wanted(s->policy, t)))
        BROKEN(r, s, STORY_STATE, "it %s for an owner",
               s->plan->wants_queue ? "waits" : "does not wait");
}

void story_rules_decided(struct story_rules *r, const struct story_step *s)
{
    struct rule_ticket *t = &r->tickets[s->ticket_id];
    const char *unheard, *topic, *over = story_budget_wrong(&r->budget, s);

    if (r->broken.letter != 0)
        return;
    story_rule_wordless(r, s);
    story_rule_reopened(r, s, t);
    if (s->plan == NULL)
        return;
    if (s->plan->event_count > PLAN_EVENTS_MAX || s->plan->delivery_count > PLAN_DELIVERIES_MAX ||
        s->plan->ticket.clock_count > TICKET_CLOCKS_MAX ||
        s->plan->ticket.tag_count > TICKET_TAGS_MAX ||
        s->plan->ticket.watcher_count > TICKET_WATCHERS_MAX ||
        s->plan->ticket.waiting_count > TICKET_WAITING_MAX)
        BROKEN(r, s, STORY_MEMORY, "more than there is room for");
    story_rule_owner(r, s, t);
    topic = story_topic_wrong(s);
    if (topic != NULL)
        BROKEN(r, s, STORY_OWNER, "D-16: %s", topic);
    story_rule_history(r, s, t);
    story_rule_count_words(r, s, t);
    story_rule_merged(r, s, t);
    if (s->before->version != 0)
        story_rule_open_again(r, s, t);
    if (s->fact->by == FACT_BY_AGENT && s->fact->actor != NULL &&
        g_strcmp0(s->fact->actor, s->plan->ticket.agent) == 0) {
        t->seen = true;
        t->lost = 0;
    }
    t->by_hand |= s->fact->kind == FACT_PRIORITY_SET;
    story_rule_weight(r, s);
    story_rule_clocks(r, s, t);
    story_rule_levels(r, s);
    story_rule_state(r, s);
    story_rule_spam(r, s, t);
    story_rule_notices(r, s, t);
    story_rule_help(r, s);
    unheard = story_watch_wrong(s);
    if (unheard != NULL)
        BROKEN(r, s, STORY_NOTICE, "D-18: %s", unheard);
    if (over != NULL)
        BROKEN(r, s, STORY_NOTICE, "%s", over);
    if (r->broken.letter == 0)
        check_wake(r, s, t);
}

void story_rules_left(struct story_rules *r, const struct story_left *left)
{
    story_rule_left(r, left);
}

void story_rules_begin(struct story_rules *r, const struct random_story *story)
{
    size_t i, k;

    memset(r, 0, sizeof(*r));
    r->story = story;
    r->a = arena_new();
    story_budget_begin(&r->budget);
    r->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->steps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->end = story->begins + (int64_t)(SLOW_DAYS - 4) * 86400;
    for (i = 0; i < 2; i++)
        for (k = 0; k < story->policies[i].calendar_count; k++)
            r->calendars[i][k] =
                slow_calendar_new(&story->policies[i].calendars[k], story->begins - 4 * 86400);
}

void story_rules_end(struct story_rules *r)
{
    size_t i, k;

    for (i = 0; i < 2; i++)
        for (k = 0; k < RANDOM_CALENDARS; k++)
            slow_calendar_free(r->calendars[i][k]);
    story_budget_end(&r->budget);
    g_hash_table_unref(r->keys);
    g_hash_table_unref(r->steps);
    arena_free(r->a);
}
