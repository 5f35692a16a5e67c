#include "tests/support/story_office.h"

#include <stdlib.h>

#include "core/calendar.h"

struct calendar *story_office;

int story_office_setup(void **state)
{
    struct calendar_plan plan = { .zone = "UTC" };
    struct story *s = calloc(1, sizeof(*s));
    struct error err;
    int day;

    for (day = 0; day < 5; day++) {
        plan.spans[day][0] = (struct calendar_span){ 9 * HOUR, 18 * HOUR };
        plan.span_count[day] = 1;
    }
    if (calendar_new(&plan, &story_office, &err) < 0)
        return -1;
    story_begin(s, NINE);
    *state = s;
    return 0;
}

int story_office_teardown(void **state)
{
    story_end(*state);
    calendar_free(story_office);
    free(*state);
    return 0;
}

void story_promise(struct story *s, enum target_kind kind, int64_t seconds, bool by_office)
{
    static const char *const names[] = { "office" };
    const struct calendar **list = arena_array(s->a, 1, sizeof(*list));
    int p;

    list[0] = story_office;
    s->policy.calendars = list;
    s->policy.calendar_names = names;
    s->policy.calendar_count = 1;
    for (p = 0; p < TICKET_PRIORITY_N; p++) {
        s->targets.at[p][kind].seconds = seconds;
        s->targets.at[p][kind].calendar = by_office ? 0 : -1;
    }
}
