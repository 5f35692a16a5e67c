#include "tests/support/story.h"

#include <stdlib.h>
#include <string.h>

#include "core/calendar.h"
#include "core/classify.h"

static int told_counts[NOTICE_N]; /* of the one story that runs */

#define AGENT(id, whole, mail, most, tongue)                                                       \
    {                                                                                              \
        .name = id, .full_name = whole, .email = mail, .limit = most, .available = true,           \
        .calendar = -1, .shift = -1, .language = tongue                                            \
    }
static struct policy_agent agents[] = {
    AGENT("ana", "Ana Ruiz", "ana@example.org", 2, "es"),
    AGENT("luis", "Luis Vega", "luis@example.org", 2, "es"),
    AGENT("eva", "Eva Sanz", "eva@example.org", 0, "en"),
    AGENT("max", "Max Ott", "max@example.org", 0, "en"),
};
#undef AGENT
static const int first_members[] = { 0, 1 }, second_members[] = { 2, 3 }, third_members[] = { 3 };
static const struct policy_team teams[] = {
    { .name = "first", .title = "First line", .members = first_members, .member_count = 2 },
    { .name = "second", .title = "Specialists", .members = second_members, .member_count = 2 },
    { .name = "third", .title = "Back end", .members = third_members, .member_count = 1 },
};
static const struct policy_do up[] = {
    { .action = POLICY_LEVEL_UP, .agent = -1, .priority = TICKET_PRIORITY_NONE }
};
static const struct policy_step first_steps[] = {
    { .name = "silent",
      .trigger = POLICY_ON_CLOCK,
      .clock = TARGET_LEVEL_ACK,
      .percent = 100,
      .actions = up,
      .action_count = 1 },
    { .name = "insists",
      .trigger = POLICY_ON_UNANSWERED,
      .count = 3,
      .actions = up,
      .action_count = 1 },
};
static const struct policy_step second_steps[] = {
    { .name = "silent",
      .trigger = POLICY_ON_CLOCK,
      .clock = TARGET_LEVEL_ACK,
      .percent = 100,
      .actions = up,
      .action_count = 1 },
};
static const int64_t reminders[] = { 300 };
#define LEVEL(number, what, who, stairs, ...)                                                      \
    {                                                                                              \
        .level = number, .name = what, .team = who, .calendar = -1, .ack = { 900, -1, { 0 } },     \
        .resolve = { 7200, -1, { 0 } }, .steps = stairs, __VA_ARGS__                               \
    }
static const struct policy_level levels[STORY_LEVELS] = {
    LEVEL(1, "first contact", 0, first_steps, .step_count = 2),
    LEVEL(2, "specialists", 1, second_steps, .step_count = 1, .reminders = reminders,
          .reminder_count = 1),
    LEVEL(3, "back end", 2, NULL, .step_count = 0),
};
#undef LEVEL

static void story_policy(struct story *s)
{
    static const int64_t seconds[TARGET_KIND_N] = {
        [TARGET_ACK] = 600,          [TARGET_FIRST_RESPONSE] = 3600, [TARGET_NEXT_RESPONSE] = 1800,
        [TARGET_UPDATE] = -1,        [TARGET_RESOLUTION] = 86400,    [TARGET_LEVEL_ACK] = -1,
        [TARGET_LEVEL_RESOLVE] = -1,
    };
    int p, k;

    memcpy(s->levels, levels, sizeof(levels));
    if (pattern_new("(?i)\\btodo caído\\b", &s->pattern, &s->err) < 0)
        abort();
    s->rule = (struct policy_rule){ .name = "outage",
                                    .pattern = s->pattern,
                                    .in_subject = true,
                                    .in_text = true,
                                    .priority = TICKET_URGENT,
                                    .impact = TICKET_IMPACT_NONE,
                                    .topic = -1,
                                    .team = -1 };
    s->policy = (struct policy){
        .arena = s->a,
        .version = 1,
        .desk_title = "Tienda Sol",
        .language = "es",
        .zone = "Europe/Madrid",
        .agents = agents,
        .agent_count = 4,
        .teams = teams,
        .team_count = 3,
        .rules = &s->rule,
        .rule_count = 1,
        .priority = TICKET_NORMAL,
        .levels = s->levels,
        .level_count = STORY_LEVELS,
        .grace_s = 86400,
        .coalesce_s = 120,
        .received_merge_s = 600,
        .after_reply_s = 1800,
    };
    s->policy.scoring.churn_rule = -1;
    policy_default_pauses(&s->policy);
    for (k = 0; k < NOTICE_N; k++)
        s->policy.notices[k].on = true;
    for (p = 0; p < TICKET_PRIORITY_N; p++)
        for (k = 0; k < TARGET_KIND_N; k++)
            s->targets.at[p][k] = (struct target){ .seconds = seconds[k] < 0       ? -1
                                                              : p == TICKET_URGENT ? seconds[k] / 4
                                                                                   : seconds[k],
                                                   .calendar = -1 };
    for (p = 0; p < TICKET_PRIORITY_N; p++)
        s->targets.at[p][TARGET_FIRST_RESPONSE].warn[0] = 50;
}

void story_begin(struct story *s, int64_t now)
{
    memset(s, 0, sizeof(*s));
    memset(told_counts, 0, sizeof(told_counts));
    s->a = arena_new();
    s->now = now;
    s->ticket.ticket_id = 42;
    s->contact.contact_id = 7;
    story_policy(s);
}

void story_end(struct story *s)
{
    pattern_free(s->pattern);
    calendar_free(s->calendar);
    arena_free(s->a);
}

int story_setup(void **state)
{
    struct story *s = xcalloc(1, sizeof(*s));

    story_begin(s, STORY_NINE);
    *state = s;
    return 0;
}

int story_teardown(void **state)
{
    story_end(*state);
    free(*state);
    return 0;
}

void story_use_calendar(struct story *s, const struct calendar_plan *plan)
{
    static const char *const names[] = { "hours" };
    int p, k, l;

    calendar_free(s->calendar);
    s->calendar = NULL;
    if (calendar_new(plan, &s->calendar, &s->err) < 0)
        abort();
    s->policy.calendars = (const struct calendar *const *)&s->calendar;
    s->policy.calendar_names = names;
    s->policy.calendar_count = 1;
    for (p = 0; p < TICKET_PRIORITY_N; p++)
        for (k = 0; k < TARGET_KIND_N; k++)
            s->targets.at[p][k].calendar = 0;
    for (l = 0; l < STORY_LEVELS; l++)
        s->levels[l].calendar = s->levels[l].ack.calendar = s->levels[l].resolve.calendar = 0;
}

void story_next_ticket(struct story *s)
{
    s->ticket = (struct ticket){ .ticket_id = s->ticket.ticket_id + 1 };
}

struct fact story_fact(const struct story *s, enum fact_kind kind)
{
    return (struct fact){ .kind = kind,
                          .at = s->now,
                          .now = s->now,
                          .by = FACT_BY_TIME,
                          .reason = kind == FACT_ESCALATED ? "asked for by hand" : NULL,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE };
}

int story_apply(struct story *s, const struct fact *fact)
{
    struct ticket *t = &s->ticket;
    size_t i;

    if (plan_apply(&s->policy, &s->targets, t, &s->contact, fact, s->a, &s->plan, &s->err) < 0)
        return -1;
    *t = s->plan.ticket;
    s->contact = s->plan.contact;
    t->version++;
    for (i = 0; i < s->plan.delivery_count; i++) {
        const struct planned_delivery *d = &s->plan.deliveries[i];

        told_counts[d->notice]++;
        s->last_delivery++;
        if (d->to == PLANNED_CUSTOMER && d->due_at > s->now &&
            t->waiting_count < TICKET_WAITING_MAX)
            t->waiting[t->waiting_count++] =
                (struct ticket_waiting){ s->last_delivery, d->notice, d->due_at };
    }
    for (i = 0; i < s->plan.suppression_count; i++)
        told_counts[s->plan.suppressions[i].notice]--;
    if (s->on_plan != NULL)
        s->on_plan(s, s->arg);
    return 0;
}

int story_customer(struct story *s, const char *text)
{
    struct fact f = story_fact(s, FACT_CUSTOMER_WROTE);

    f.by = FACT_BY_CUSTOMER;
    f.subject = "La tienda";
    f.text = text;
    f.sender = "cliente@example.net";
    return story_apply(s, &f);
}

int story_agent(struct story *s, const char *agent)
{
    struct fact f = story_fact(s, FACT_AGENT_REPLIED);

    f.by = FACT_BY_AGENT;
    f.actor = agent;
    f.message_id = 99;
    return story_apply(s, &f);
}

int story_status(struct story *s, enum ticket_status to)
{
    struct fact f = story_fact(s, FACT_STATUS_SET);

    f.by = FACT_BY_OPERATOR;
    f.status = to;
    return story_apply(s, &f);
}

void story_until(struct story *s, int64_t to)
{
    static const struct fact_load loads[] = {
        { "ana", 1, 10, 0 }, { "luis", 0, 20, 0 }, { "eva", 5, 1, 0 }, { "max", 5, 2, 0 }
    };
    int rounds = 0;

    while (s->plan.wake_at != 0 && s->plan.wake_at <= to && rounds++ < 200) {
        struct fact f;

        if (s->plan.wake_at > s->now)
            s->now = s->plan.wake_at;
        f = story_fact(s, s->plan.wants_queue ? FACT_QUEUE_LOOKED : FACT_TIME_CAME);
        f.loads = loads;
        f.load_count = 4;
        if (story_apply(s, &f) < 0)
            abort();
    }
    s->now = to;
}

const struct target_clock *story_clock(const struct story *s, enum target_kind kind)
{
    size_t i;

    for (i = 0; i < s->ticket.clock_count; i++)
        if (s->ticket.clocks[i].kind == kind && s->ticket.clocks[i].end == TARGET_RUNS)
            return &s->ticket.clocks[i];
    return NULL;
}

int story_told(const struct story *s, enum notice notice)
{
    (void)s;
    return told_counts[notice];
}

int story_events(const struct story *s, const char *kind, const char *rule)
{
    size_t i;
    int n = 0;

    for (i = 0; i < s->plan.event_count; i++)
        n += strcmp(s->plan.events[i].kind, kind) == 0 &&
             (rule == NULL ||
              (s->plan.events[i].rule != NULL && strcmp(s->plan.events[i].rule, rule) == 0));
    return n;
}
