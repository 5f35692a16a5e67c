#include "tests/support/story_rule_clocks.h"

#include <string.h>

#include "tests/support/story_times.h"

void story_rule_clock_event(struct story_rules *r, const struct story_step *s,
                            const struct planned_event *e, struct rule_ticket *t)
{
    int64_t instance = story_detail_number(e->detail, "\"instance\":");
    struct rule_clock *c;

    if (e->clock < 0)
        return;
    if (instance < 1 || instance >= RULE_INSTANCES_MAX) {
        BROKEN(r, s, STORY_MEMORY, "instance %lld of %s", (long long)instance,
               target_kind_name((enum target_kind)e->clock));
        return;
    }
    c = &t->clocks[e->clock][instance];
    if (c->over)
        BROKEN(r, s, STORY_BREACH, "%s of %s %lld, which has ended", e->kind,
               target_kind_name((enum target_kind)e->clock), (long long)instance);
    if (strcmp(e->kind, "clock_breached") == 0 && ++c->breaches > 1)
        BROKEN(r, s, STORY_BREACH, "%s %lld was missed twice",
               target_kind_name((enum target_kind)e->clock), (long long)instance);
    if (strcmp(e->kind, "clock_started") == 0 && strcmp(e->rule, "C-16") == 0)
        *c = (struct rule_clock){ .breaches = c[-1].breaches }; /* the one before goes on */
    if (strcmp(e->kind, "clock_retargeted") == 0)
        c->percent = 0;
    if (strcmp(e->kind, "clock_ended") == 0)
        c->over = true;
    if (strcmp(e->kind, "clock_warned") == 0) {
        bool by_time = strstr(e->detail, "\"left\":") != NULL;
        int percent =
            by_time ? c->percent + 1 : (int)story_detail_number(e->detail, "\"percent\":");

        if (percent <= c->percent || c->breaches > 0)
            BROKEN(r, s, STORY_BREACH, "%s %lld warned at %d %% after %d %% and %d breaches",
                   target_kind_name((enum target_kind)e->clock), (long long)instance, percent,
                   c->percent, c->breaches);
        if (!by_time)
            c->percent = percent;
    }
}

static void check_ledger(struct story_rules *r, const struct story_step *s,
                         const struct target_clock *c)
{
    const char *kind = target_kind_name(c->kind);
    size_t i;

    if (c->edge_count == 0 || c->edge_count > TARGET_EDGES_MAX) {
        BROKEN(r, s, STORY_MEMORY, "%s has %zu edges", kind, c->edge_count);
        return;
    }
    if (c->edges[0].at != c->started_at)
        BROKEN(r, s, STORY_LEDGER, "%s starts at %lld, its ledger at %lld", kind,
               (long long)c->started_at, (long long)c->edges[0].at);
    for (i = 0; i < c->edge_count; i++) {
        if (c->edges[i].runs != (i % 2 == 0))
            BROKEN(r, s, STORY_LEDGER, "edge %zu of %s %s", i, kind,
                   c->edges[i].runs ? "runs" : "pauses");
        if (i > 0 && c->edges[i].at < c->edges[i - 1].at)
            BROKEN(r, s, STORY_LEDGER, "edge %zu of %s goes back", i, kind);
    }
    if (c->edges[i - 1].at > (c->end == TARGET_RUNS ? s->now : c->ended_at))
        BROKEN(r, s, STORY_LEDGER, "the last edge of %s, %lld, lies after %s %lld", kind,
               (long long)c->edges[i - 1].at, c->end == TARGET_RUNS ? "now" : "its end",
               (long long)(c->end == TARGET_RUNS ? s->now : c->ended_at));
    if ((c->end == TARGET_RUNS) != (c->ended_at == 0))
        BROKEN(r, s, STORY_LEDGER, "%s ended '%s' at %lld", kind, target_end_name(c->end),
               (long long)c->ended_at);
}

static bool runs(const struct target_clock *c)
{
    return c->end == TARGET_RUNS && c->edges[c->edge_count - 1].runs;
}

static void check_due(struct story_rules *r, const struct story_step *s,
                      const struct target_clock *c)
{
    int64_t wanted = 0;

    if (c->policy_version != s->policy->version && s->fact->kind != FACT_POLICY_CHANGED)
        return;  /* derived under the policy before, whose calendar had these hours (C-14) */
    if (runs(c)) /* what was missed was missed when its ledger says, whatever paused since */
        wanted = (c->breached_at != 0 ? slow_reached : slow_instant)(
            story_calendar(r, s->policy->version, c->target.calendar), c, c->target.seconds);
    if (wanted == 0 ? c->due_at != 0 : !story_same_instant(r, wanted, c->due_at))
        BROKEN(r, s, STORY_DUE, "%s %d is due at %lld, and by the minutes at %lld",
               target_kind_name(c->kind), c->instance, (long long)c->due_at, (long long)wanted);
}

static bool counts_an_answer(const struct target_clock *c)
{
    return c->kind == TARGET_FIRST_RESPONSE || c->kind == TARGET_NEXT_RESPONSE;
}

/* Whose ledger it goes on with: of a merge that may be one of the other ticket's (C-15). */
static const struct target_clock *goes_on_from(const struct story_step *s,
                                               const struct target_clock *c)
{
    const struct target_clock *was = story_clock_before(s, c), *others = s->fact->other_clocks;
    size_t i;

    if (was == NULL || was->started_at == c->started_at)
        return was;
    for (i = 0; i < s->fact->other_clock_count; i++)
        if (others[i].end == TARGET_RUNS && others[i].started_at == c->started_at &&
            (others[i].kind == c->kind || (counts_an_answer(&others[i]) && counts_an_answer(c))))
            return &others[i];
    return NULL;
}

/* C-13: by whatever calendar it goes on, what it has counted it has counted, under the hours that
 * its calendar has now. What a calendar that is no more had counted nobody knows. */
static void check_kept(struct story_rules *r, const struct story_step *s,
                       const struct target_clock *c)
{
    const struct target_clock *was = goes_on_from(s, c);
    struct target_clock until_now = *c;
    int64_t kept, kept_at;

    if (was == NULL || c->end != TARGET_RUNS)
        return;
    until_now.kept_s = kept = was->kept_s;
    until_now.kept_at = kept_at = was->kept_at;
    if (was->target.calendar != c->target.calendar &&
        was->target.calendar != TARGET_CALENDAR_GONE) {
        kept = slow_elapsed(story_calendar(r, s->policy->version, was->target.calendar), &until_now,
                            s->now);
        kept_at = s->now;
    }
    if (c->kept_s != kept || c->kept_at != kept_at)
        BROKEN(r, s, STORY_DUE, "%s %d kept %lld s at %lld, and %lld s at %lld are to be kept",
               target_kind_name(c->kind), c->instance, (long long)c->kept_s, (long long)c->kept_at,
               (long long)kept, (long long)kept_at);
}

/* C-2, T-73: what a ledger has said it goes on to say, whatever target it serves now. Of a merge
 * the one that began earlier goes on, and at its bound a ledger forgets its oldest pause. */
static void check_continued(struct story_rules *r, const struct story_step *s,
                            const struct target_clock *c)
{
    const struct target_clock *was = story_clock_before(s, c);
    size_t i = 0;

    if (was == NULL || s->fact->kind == FACT_MERGED_FROM || was->edge_count >= TARGET_EDGES_MAX)
        return;
    while (i < was->edge_count && i < c->edge_count && was->edges[i].at == c->edges[i].at &&
           was->edges[i].runs == c->edges[i].runs && was->edges[i].event == c->edges[i].event)
        i++;
    if (i < was->edge_count)
        BROKEN(r, s, STORY_LEDGER, "edge %zu of %zu of %s %d is not what it was", i,
               was->edge_count, target_kind_name(c->kind), c->instance);
}

static void check_clock(struct story_rules *r, const struct story_step *s, struct rule_ticket *t,
                        const struct target_clock *c)
{
    const char *kind = target_kind_name(c->kind), *wrong = story_times_wrong(r, s, c);
    struct rule_clock *known;

    if (c->instance > t->instances[c->kind]) {
        if (c->instance != ++t->instances[c->kind] || c->instance >= RULE_INSTANCES_MAX) {
            BROKEN(r, s, STORY_STATE, "%s begins with instance %d", kind, c->instance);
            return;
        }
    }
    known = &t->clocks[c->kind][c->instance];
    if (known->over != (c->end != TARGET_RUNS))
        BROKEN(r, s, STORY_STATE, "%s %d %s, as its history does not say", kind, c->instance,
               known->over ? "runs" : "has ended");
    if (c->end != TARGET_RUNS && c->due_at != 0)
        BROKEN(r, s, STORY_STATE, "%s has ended and is due", kind);
    if ((known->breaches != 0) != (c->breached_at != 0) || c->breached_at > s->now)
        BROKEN(r, s, STORY_BREACH, "%s %d was missed %d times, says its history; at %lld, it says",
               kind, c->instance, known->breaches, (long long)c->breached_at);
    if (wrong != NULL)
        BROKEN(r, s, STORY_DUE, "D-11: %s", wrong);
    check_ledger(r, s, c);
    check_continued(r, s, c);
    if (r->broken.letter == 0)
        check_due(r, s, c);
    if (r->broken.letter == 0)
        check_kept(r, s, c);
}

void story_rule_clocks(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const struct ticket *now = &s->plan->ticket;
    int running[TARGET_KIND_N] = { 0 };
    size_t i;

    for (i = 0; i < now->clock_count && r->broken.letter == 0; i++) {
        const struct target_clock *c = &now->clocks[i];

        check_clock(r, s, t, c);
        if (c->end == TARGET_RUNS && ++running[c->kind] > 1)
            BROKEN(r, s, STORY_STATE, "two clocks of %s", target_kind_name(c->kind));
        if (c->end == TARGET_RUNS && now->status == TICKET_CLOSED)
            BROKEN(r, s, STORY_STATE, "%s goes on, and the ticket is closed",
                   target_kind_name(c->kind));
        if (runs(c) && now->status == TICKET_SOLVED)
            BROKEN(r, s, STORY_STATE, "%s runs, and the ticket is solved",
                   target_kind_name(c->kind));
    }
    for (i = 0; i < TARGET_KIND_N; i++)
        if (now->memory.instances[i] != t->instances[i])
            BROKEN(r, s, STORY_STATE, "%d clocks of %s are remembered, there were %d",
                   now->memory.instances[i], target_kind_name((enum target_kind)i),
                   t->instances[i]);
}
