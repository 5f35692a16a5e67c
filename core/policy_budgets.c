#include "core/policy_budgets.h"

#include <string.h>

#include "core/calendar.h"
#include "core/calendar_text.h"
#include "core/date.h"

/* NULL: there is no such zone. */
static struct calendar *policy_budgets_calendar(const struct policy_budgets *b, const char *zone)
{
    struct calendar_plan plan = { .zone = zone };
    struct calendar *out = NULL;
    struct error err;
    int day;

    for (day = 0; day < 7; day++) {
        plan.spans[day][0] = (struct calendar_span){ b->quiet_to_s % DATE_DAY_S, b->quiet_from_s };
        plan.span_count[day] = 1;
    }
    return calendar_new(&plan, &out, &err) < 0 ? NULL : out;
}

/* '21:00-08:00'; -1: it is no such span. */
static int policy_budgets_quiet(const char *text, struct policy_budgets *out)
{
    struct calendar_span spans[CALENDAR_SPANS_MAX];

    if (calendar_text_spans(&text, spans) != 1 || text[strspn(text, " ")] != '\0' ||
        spans[0].from_s % DATE_DAY_S == spans[0].to_s % DATE_DAY_S)
        return -1;
    out->quiet_from_s = spans[0].from_s;
    out->quiet_to_s = spans[0].to_s;
    return 0;
}

void policy_budgets_read(struct policy *policy, const struct conf *root, struct conf_errors *errors)
{
    const struct conf *c = conf_section(root, "budgets");
    struct policy_budgets *b = &policy->budgets;
    const char *quiet = conf_text(c, "quiet");

    b->person_hour = (int)conf_int(c, "person_hour");
    b->person_day = (int)conf_int(c, "person_day");
    b->ticket_burst = (int)conf_int(c, "ticket_burst");
    b->ticket_day = (int)conf_int(c, "ticket_day");
    b->received_hour = (int)conf_int(c, "received_hour");
    if (quiet == NULL || strcmp(quiet, "never") == 0)
        return;
    if (policy_budgets_quiet(quiet, b) < 0)
        conf_errors_at(errors, c, "quiet",
                       "expected 'never' or hours such as 21:00-08:00, got "
                       "'%.40s'",
                       quiet);
    else if (policy->zone != NULL)
        b->awake = policy_budgets_calendar(b, policy->zone);
}

struct calendar *policy_budgets_awake(const struct policy_budgets *b, const char *zone)
{
    if (zone == NULL || strcmp(zone, calendar_zone(b->awake)) == 0)
        return NULL;
    return policy_budgets_calendar(b, zone);
}
