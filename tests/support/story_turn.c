#include "tests/support/story_turn.h"

#include <stdlib.h>
#include <string.h>

/* By another calendar, or by other hours of its own. */
static bool has_clock_that_goes_on(const struct story_step *s, bool by_another)
{
    size_t i;

    for (i = 0; i < s->plan->ticket.clock_count; i++) {
        const struct target_clock *c = &s->plan->ticket.clocks[i], *was = story_clock_before(s, c);

        if (was == NULL || c->end != TARGET_RUNS || was->started_at != c->started_at)
            continue;
        if (by_another && was->target.calendar != c->target.calendar && c->kept_s != 0 &&
            c->kept_at == s->now)
            return true;
        if (!by_another && was->target.calendar == c->target.calendar &&
            was->target.seconds == c->target.seconds && was->due_at != c->due_at &&
            s->fact->kind == FACT_POLICY_CHANGED)
            return true;
    }
    return false;
}

static bool keeps_what_it_counted(const struct story_step *s)
{
    return has_clock_that_goes_on(s, true);
}

static bool has_other_hours(const struct story_step *s)
{
    return has_clock_that_goes_on(s, false);
}

static bool loses_its_calendar(const struct story_step *s)
{
    size_t i;

    for (i = 0; i < s->before->clock_count; i++)
        if (s->before->clocks[i].target.calendar == TARGET_CALENDAR_GONE &&
            s->before->clocks[i].end == TARGET_RUNS)
            return true;
    return false;
}

static bool answers_several(const struct story_step *s)
{
    return s->fact->kind == FACT_AGENT_REPLIED && s->before->memory.unanswered > 1;
}

static bool is_opened_by_hand(const struct story_step *s)
{
    return s->fact->kind == FACT_STATUS_SET && s->before->status == TICKET_SOLVED &&
           s->before->memory.spam_at == 0 && s->plan->ticket.status < TICKET_SOLVED;
}

static bool is_opened_and_waits(const struct story_step *s)
{
    return is_opened_by_hand(s) && s->before->memory.unanswered > 0;
}

static bool is_opened_and_answered(const struct story_step *s)
{
    return is_opened_by_hand(s) && s->before->memory.unanswered == 0;
}

bool story_turn_is(const struct story_step *step, const char *name)
{
    static const struct turn {
        const char *name;
        bool (*is)(const struct story_step *s);
    } turns[] = {
        { "another calendar", keeps_what_it_counted },  { "other hours", has_other_hours },
        { "no calendar", loses_its_calendar },          { "several answered", answers_several },
        { "opened, answered", is_opened_and_answered }, { "opened, waits", is_opened_and_waits },
    };
    size_t i;

    for (i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
        if (strcmp(turns[i].name, name) == 0)
            return turns[i].is(step);
    abort();
}
