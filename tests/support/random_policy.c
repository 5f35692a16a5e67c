#include "tests/support/random_policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"

static const char *const zones[] = {
    "UTC",          "Europe/Madrid",       "Africa/Cairo",     "America/Mexico_City",
    "Asia/Tehran",  "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham",
    "Asia/Kolkata", "America/New_York",    "America/Santiago",
};
static const char *const durations[] = { "0",   "1s",  "59s", "5m", "10m", "15m", "30m",    "45m",
                                         "1h",  "90m", "2h",  "3h", "4h",  "8h",  "1h1m1s", "9h",
                                         "12h", "1d",  "27h", "2d", "3d",  "5d" };
static const char *const clocks[] = { "ack",        "first_response", "next_response", "update",
                                      "resolution", "level_ack",      "level_resolve" };
const char *const random_agents[RANDOM_AGENTS] = { "ana", "luis", "eva", "max" };
const char *const random_teams[RANDOM_TEAMS] = { "first", "second", "third" };
const char *const random_plans[RANDOM_PLANS] = { "gold", "basic", "lost" };
const char *const random_tags[RANDOM_TAGS] = { "hot", "late", "seen", "vip" };
static const char *const priorities[] = { "low", "normal", "high", "urgent" };
const struct random_channel random_channels[RANDOM_CHANNELS] = {
    { NULL, NULL }, { "support", "imap" }, { "bot", "telegram" }, { "web", "webchat" }
};

static void line(struct random_policy *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void line(struct random_policy *p, const char *fmt, ...)
{
    char text[500];
    va_list ap;

    if (p->line_count == RANDOM_LINES_MAX)
        abort();
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    p->lines[p->line_count++] = arena_strdup(p->a, text);
}

static struct calendar_span draw_span(struct dice *d)
{
    static const int starts[] = { 0, 1, 2, 3, 8, 9, 9, 15, 18, 22, 23 };
    static const int lengths[] = { 1, 1, 2, 5, 8, 8, 9, 10, 24 };
    int from = DICE_ONE_OF(d, starts) * 3600 + (dice_one_in(d, 3) ? dice_below(d, 60) * 60 : 0);
    int to = from + DICE_ONE_OF(d, lengths) * 3600;

    return (struct calendar_span){ from, to > 86400 ? to - 86400 : to };
}

static void draw_hours(struct dice *d, struct calendar_plan *c)
{
    int first = dice_below(d, 7), days = 1 + dice_below(d, 7),
        spans = 1 + dice_one_in(d, 3) + dice_one_in(d, 6), i, k;

    if (dice_one_in(d, 40))
        return; /* it never opens */
    for (k = 0; k < spans; k++) {
        struct calendar_span span = draw_span(d);

        for (i = 0; i < days; i++) {
            int day = dice_one_in(d, 4) ? i : (first + i) % 7;

            if (c->span_count[day] < 4)
                c->spans[day][c->span_count[day]++] = span;
        }
    }
}

/* Some day in the week or so around the beginning. */
static struct calendar_holiday draw_day(struct dice *d, int64_t begins, bool open)
{
    time_t at = (time_t)((begins / 86400 - 2 + dice_below(d, 12)) * 86400);
    struct calendar_holiday day = { 0 };
    struct tm tm;

    gmtime_r(&at, &tm);
    day.year = tm.tm_year + 1900;
    day.month = tm.tm_mon + 1;
    day.day = tm.tm_mday;
    if (open)
        day.opening = draw_span(d);
    return day;
}

static void draw_calendar(struct dice *d, struct random_policy *p, int64_t begins)
{
    struct calendar_plan *c = &p->calendars[p->calendar_count];
    struct calendar_holiday *holidays = p->holidays[p->calendar_count];
    struct calendar_holiday *openings = p->openings[p->calendar_count];
    size_t i;

    c->zone = random_zone(d);
    draw_hours(d, c);
    c->holiday_count = (size_t)dice_below(d, 4);
    for (i = 0; i < c->holiday_count; i++)
        holidays[i] = draw_day(d, begins, dice_one_in(d, 2));
    c->holidays = holidays;
    c->opening_count = dice_one_in(d, 3) ? 1 + (size_t)dice_one_in(d, 3) : 0;
    for (i = 0; i < c->opening_count; i++)
        openings[i] = draw_day(d, begins, true);
    c->openings = openings;
    p->shares[p->calendar_count++] = dice_one_in(d, 3);
}

/* What is drawn so far, for what is drawn of it. */
struct sketch {
    struct dice *d;
    struct random_policy *p;
    int levels, rules, agents;
    bool names; /* are there plans and topics */
};

/* ", calendar: c1"; "" for the wall. */
static const char *draw_calendar_as(const struct sketch *s, const char *key)
{
    if (s->p->calendar_count == 0 || dice_one_in(s->d, 3))
        return "";
    return arena_printf(s->p->a, ", %s: c%d", key, dice_below(s->d, (int)s->p->calendar_count));
}

static const char *draw_calendar_name(const struct sketch *s)
{
    return draw_calendar_as(s, "calendar");
}

static void draw_agent(const struct sketch *s, const char *name)
{
    static const char *const skills[] = { "", "", ", skills: [net]", ", skills: [net, mail]" };
    static const char *const languages[] = { "", "", ", languages: [es]", ", languages: [fr, es]" };
    const char *calendar = dice_one_in(s->d, 3) ? draw_calendar_name(s) : "";
    const char *shift = dice_one_in(s->d, 2) ? draw_calendar_as(s, "shift") : "";
    const char *skill = DICE_ONE_OF(s->d, skills), *language = DICE_ONE_OF(s->d, languages);
    int limit = dice_below(s->d, 4);

    line(s->p, "  %s: {name: N, email: %s@example.org, limit: %d, available: %s%s%s%s%s}", name,
         name, limit, dice_one_in(s->d, 6) ? "no" : "yes", calendar, shift, skill, language);
}

static void draw_team(const struct sketch *s, const char *name)
{
    static const char *const acks[] = {
        "", "", ", ack: 1s", ", ack: 20m", ", ack: 2h", ", ack: 1d"
    };
    char members[100] = "";
    int k;

    for (k = 0; k < s->agents && !s->p->quiet; k++)
        if (!dice_one_in(s->d, 3))
            sprintf(members + strlen(members), "%s%s", members[0] == '\0' ? "" : ", ",
                    random_agents[k]);
    line(s->p, "  %s: {members: [%s]%s}", name, members,
         s->p->quiet ? "" : DICE_ONE_OF(s->d, acks));
}

static void draw_people(struct sketch *s)
{
    int teams = 1 + dice_below(s->d, RANDOM_TEAMS), i;

    s->agents = 1 + dice_below(s->d, RANDOM_AGENTS);
    line(s->p, "agents:");
    for (i = 0; i < s->agents; i++)
        draw_agent(s, random_agents[i]);
    line(s->p, "teams:");
    for (i = 0; i < teams && i < RANDOM_TEAMS; i++)
        draw_team(s, random_teams[i]);
    for (; i < RANDOM_TEAMS; i++)
        line(s->p, "  %s: {}", random_teams[i]); /* nobody works there yet */
}

static void draw_names(struct sketch *s)
{
    static const char *const topics[] = { "teams: [second, third]", "skills: [net]",
                                          "teams: ['-', first, first], skills: [mail]" };

    if (dice_one_in(s->d, 3))
        line(s->p, "tags: [hot, late, seen]");
    s->names = !dice_one_in(s->d, 3);
    if (!s->names)
        return;
    line(s->p, "plans:");
    line(s->p, "  gold: {points: %d}", 5 * dice_below(s->d, 4));
    line(s->p, "  basic: {}");
    line(s->p, "topics:");
    line(s->p, "  net: {%s%s}", DICE_ONE_OF(s->d, topics),
         dice_one_in(s->d, 4) ? "" : ", ask: {en: Which one?, es: Cual?}");
    line(s->p, "  bill: {%s%s}", DICE_ONE_OF(s->d, topics),
         dice_one_in(s->d, 4) ? "" : ", ask: {en: How much?}");
}

static void draw_articles(const struct sketch *s)
{
    static const char *const words[] = { "printer", "nobody", "printer colour", "fire, printer" };
    static const char *const topics[] = { "", ", topics: [net]", ", topics: [bill, none]" };
    static const char *const repeats[] = { "0s", "1h", "30d", "30d" };
    int n = dice_one_in(s->d, 4) ? 0 : 1 + dice_below(s->d, 5), from = 1 + dice_below(s->d, 100), i;

    if (n == 0)
        return;
    line(s->p, "hints: {from: %d, repeat: %s}", from, DICE_ONE_OF(s->d, repeats));
    line(s->p, "articles:");
    for (i = 0; i < n; i++) {
        const char *word = DICE_ONE_OF(s->d, words);

        line(s->p, "  a%d: {title: {en: T%d}, url: {en: 'https://x.example/%d'}, words: [%s]%s}", i,
             i, i, word, s->names ? DICE_ONE_OF(s->d, topics) : "");
    }
}

static void draw_scoring(const struct sketch *s)
{
    static const char *const withins[] = { "1h", "1d", "30d" };
    const char *within = DICE_ONE_OF(s->d, withins);
    bool missed = !s->p->quiet && dice_one_in(s->d, 2), says;
    int vip, some, points;

    if (dice_one_in(s->d, 3))
        return;
    vip = 5 * dice_below(s->d, 4);
    some = 5 * dice_below(s->d, 3);
    points = 5 + 5 * dice_below(s->d, 3);
    says = s->rules > 0 && !dice_one_in(s->d, 3);
    line(s->p, "scoring:");
    line(s->p, "  vip: %d", vip);
    line(s->p, "  impact: {some: %d, all: 20}", some);
    line(s->p, "  churn: {points: %d, tickets: %d, within: %s, missed: %s%s}", points, points % 4,
         within, missed ? "yes" : "no", says ? ", says: rule 0" : "");
}

static void draw_rule(const struct sketch *s, int number)
{
    static const char *const matches[] = { "(?i)fire", "(?i)\\bprinter\\b", "e", "^RE", "nobody" };
    static const char *const wheres[] = { "", "", ", in: [subject, sender]", ", in: text",
                                          ", in: [organization]" };
    static const char *const raises[] = { "", "", ", priority: low", ", priority: high",
                                          ", priority: urgent" };
    static const char *const tags[] = { "", ", tags: [seen, hot]", ", tags: late" };
    static const char *const whose[] = { "", "", ", team: second", ", team: third" };
    static const char *const more[] = { "", "", ", impact: some", ", impact: all", ", quick: yes" };
    static const char *const topics[] = { "", ", topic: net", ", topic: bill" };
    const char *match = DICE_ONE_OF(s->d, matches), *where = DICE_ONE_OF(s->d, wheres);
    const char *raise = DICE_ONE_OF(s->d, raises), *tag = DICE_ONE_OF(s->d, tags);
    const char *topic = s->names ? DICE_ONE_OF(s->d, topics) : "";
    const char *much = DICE_ONE_OF(s->d, more);

    line(s->p, "  - {name: rule %d, match: '%s'%s%s%s%s%s%s}", number, match, where, raise, tag,
         topic, much, DICE_ONE_OF(s->d, whose));
}

static void draw_classification(struct sketch *s)
{
    int i;

    s->rules = dice_below(s->d, 4);
    if (s->rules > 0)
        line(s->p, "classification:");
    for (i = 0; i < s->rules; i++)
        draw_rule(s, i);
}

/* `lasts`: the longest of the targets has minutes, and so much may be left of it. */
static void draw_warnings(struct dice *d, char *out, bool lasts)
{
    int percent = 0, n = dice_below(d, 5);
    bool by_time = n > 0 && lasts && dice_one_in(d, 3);

    out[0] = '\0';
    if (n == 0)
        return;
    strcpy(out, ", warn: [");
    if (by_time)
        sprintf(out + strlen(out), "%dm", 1 + dice_below(d, 4));
    for (n -= by_time; n > 0 && percent < 95; n--) {
        percent += 1 + dice_below(d, 99 - percent);
        sprintf(out + strlen(out), "%s%d%%", out[9] == '\0' ? "" : ", ", percent);
    }
    strcat(out, "]");
}

/* "{low: 4h, urgent: 10m, calendar: c0, warn: [50%]}" */
static void draw_target(const struct sketch *s, char *out)
{
    char warn[64];
    bool lasts = false;
    int k;

    strcpy(out, "{");
    for (k = 0; k < 4; k++)
        if (!dice_one_in(s->d, 6)) {
            const char *time = DICE_ONE_OF(s->d, durations);

            sprintf(out + strlen(out), "%s%s: %s", out[1] == '\0' ? "" : ", ", priorities[k], time);
            lasts |= strpbrk(time, "mhd") != NULL;
        }
    if (out[1] == '\0')
        strcat(out, "normal: 1h");
    draw_warnings(s->d, warn, lasts);
    sprintf(out + strlen(out), "%s%s}", draw_calendar_name(s), warn);
}

static void draw_targets(const struct sketch *s)
{
    char target[300];
    int k, i;

    line(s->p, "targets:");
    for (k = 0; k < 5; k++) {
        draw_target(s, target);
        if (!dice_one_in(s->d, 5))
            line(s->p, "  %s: %s", clocks[k], target);
    }
    line(s->p, "  channels:");
    for (i = 1; i < RANDOM_CHANNELS; i++) {
        draw_target(s, target);
        if (dice_one_in(s->d, 2))
            line(s->p, "    %s: {%s: %s}",
                 dice_one_in(s->d, 2) ? random_channels[i].name : random_channels[i].kind,
                 clocks[dice_below(s->d, 5)], target);
    }
    line(s->p, "    sms: {}");
}

static const char *draw_duration(const struct sketch *s)
{
    return DICE_ONE_OF(s->d, durations);
}

static const char *draw_clock(const struct sketch *s)
{
    return DICE_ONE_OF(s->d, clocks);
}

static const char *draw_when(const struct sketch *s)
{
    static const int percents[] = { 1, 20, 50, 80, 99, 100 };
    struct arena *a = s->p->a;
    const char *clock;

    switch (dice_below(s->d, 16)) {
    case 0:
    case 1:
        return arena_printf(a, "level %s", draw_duration(s));
    case 2:
        return arena_printf(a, "reopened %d times", 1 + dice_below(s->d, 2));
    case 3:
        return arena_printf(a, "unanswered %d messages", 1 + dice_below(s->d, 3));
    case 4:
        return arena_printf(a, "priority %s", DICE_ONE_OF(s->d, priorities));
    case 5:
    case 12:
        return "requested";
    case 6:
        return arena_printf(a, "%s missed", draw_clock(s));
    case 7:
        clock = draw_clock(s);
        return arena_printf(a, "%s %s before", clock, durations[1 + dice_below(s->d, 12)]);
    case 8:
        return "vip";
    case 9:
        return s->rules == 0 ? "vip" : arena_printf(a, "says rule %d", dice_below(s->d, s->rules));
    case 10:
        return arena_printf(a, "tagged %s", random_tags[dice_below(s->d, RANDOM_TAGS - 1)]);
    case 11:
        return arena_printf(a, "age %s", draw_duration(s));
    default:
        clock = draw_clock(s);
        return arena_printf(a, "%s %d%%", clock, DICE_ONE_OF(s->d, percents));
    }
}

/* For which cases; "" as often as not. */
static const char *draw_if(const struct sketch *s)
{
    static const char *const plain[] = {
        ", if_priority: high",          ", if_priority: urgent",     ", if_vip: yes",
        ", if_tagged: [hot]",           ", if_tagged: [late, seen]", ", unless_tagged: [hot]",
        ", unless_tagged: [late, seen]"
    };
    static const char *const named[] = { ", if_plan: [gold]", ", if_plan: [basic, gold]",
                                         ", if_topic: [net]", ", if_topic: [none]",
                                         ", if_topic: [bill, none]" };

    if (dice_one_in(s->d, 2))
        return "";
    if (s->names && dice_one_in(s->d, 2))
        return DICE_ONE_OF(s->d, named);
    return DICE_ONE_OF(s->d, plain);
}

static void draw_do(const struct sketch *s, int level, char *out)
{
    static const char *const actions[] = { "notify owner", "notify team",     "notify ana",
                                           "level up",     "level up",        "raise to high",
                                           "reassign",     "raise to urgent", "tag late",
                                           "tag hot",      "to level",        "watch owner",
                                           "watch team",   "watch ana",       "watch second",
                                           "webhook crm",  "webhook alarm" };
    int n = 1 + dice_one_in(s->d, 3) + dice_one_in(s->d, 5);

    for (out[0] = '\0'; n > 0; n--) {
        const char *action = DICE_ONE_OF(s->d, actions), *comma = out[0] == '\0' ? "" : ", ";

        if (strcmp(action, "to level") != 0)
            sprintf(out + strlen(out), "%s%s", comma, action);
        else if (level < s->levels)
            sprintf(out + strlen(out), "%s%s %d", comma, action,
                    level + 1 + dice_below(s->d, s->levels - level));
        else
            sprintf(out + strlen(out), "%slevel up", comma);
    }
}

/* ", ack: 10m" */
static const char *draw_time_of(const struct sketch *s, const char *key, int seldom)
{
    return s->p->quiet || dice_one_in(s->d, seldom)
               ? ""
               : arena_printf(s->p->a, ", %s: %s", key, draw_duration(s));
}

/* "{ack: 1h}" */
static const char *draw_times(const struct sketch *s)
{
    static const char *const keys[] = { "ack", "resolve" };
    const char *first = DICE_ONE_OF(s->d, keys);

    return arena_printf(s->p->a, "{%s: %s}", first, draw_duration(s));
}

/* ", urgent: {ack: 5m}, topics: {net: {ack: 1h, high: {resolve: 2h}}, none: {}}": other times for
 * some. */
static const char *draw_times_of_some(const struct sketch *s)
{
    static const char *const topics[] = { "net", "bill" };
    const char *text = "", *topic = s->names ? DICE_ONE_OF(s->d, topics) : "none";

    if (s->p->quiet || dice_one_in(s->d, 2))
        return "";
    if (dice_one_in(s->d, 2))
        text = arena_printf(s->p->a, ", %s: %s", DICE_ONE_OF(s->d, priorities), draw_times(s));
    if (dice_one_in(s->d, 3))
        return text;
    text = arena_printf(s->p->a, "%s, topics: {%s: {ack: %s, %s: %s}", text, topic,
                        draw_duration(s), DICE_ONE_OF(s->d, priorities), draw_times(s));
    if (s->names && dice_one_in(s->d, 2))
        text = arena_printf(s->p->a, "%s, none: %s", text, draw_times(s));
    return arena_printf(s->p->a, "%s}", text);
}

static void draw_level(const struct sketch *s, int level)
{
    static const char *const reminders[] = { "", ", reminders: [15m]", ", reminders: [0, 10m, 2h]",
                                             ", reminders: [1s, 59m, 60m, 1d]" };
    static const char *const whose[] = { "", ", team: first", ", team: second", ", team: third" };
    static const char *const stays[] = { "", "", "", ", stay: 1s", ", stay: 30m", ", stay: 1d" };
    int steps = s->p->quiet ? 0 : dice_below(s->d, 6), i;
    const char *calendar = draw_calendar_name(s),
               *team = s->p->quiet ? "" : DICE_ONE_OF(s->d, whose);
    const char *ack = draw_time_of(s, "ack", 3), *resolve = draw_time_of(s, "resolve", 3);
    const char *stay = s->p->quiet ? "" : DICE_ONE_OF(s->d, stays);
    const char *times = draw_times_of_some(s);
    char what[120];

    line(s->p, "  - {name: level %d%s%s%s%s%s%s%s, steps: [", level, team, calendar, ack, resolve,
         times, stay, s->p->quiet ? "" : DICE_ONE_OF(s->d, reminders));
    for (i = 0; i < steps; i++) {
        const char *when = draw_when(s), *one = draw_if(s), *other = draw_if(s);

        draw_do(s, level, what);
        /* A key stands once. */
        if (strncmp(one, other, strcspn(one, ":")) == 0)
            other = "";
        line(s->p, "      {name: step %d, when: %s%s%s, do: [%s]},", i, when, one, other, what);
    }
    line(s->p, "    ]}");
}

static void draw_waiting(const struct sketch *s)
{
    static const char *const reminders[] = { "[1h]", "[10m, 1h]", "[1s, 1m, 1d]", "[24h, 72h]" };
    static const char *const solves[] = { "0s", "0s", "30m", "90m", "1d", "3d" };
    const char *list = DICE_ONE_OF(s->d, reminders), *solve = DICE_ONE_OF(s->d, solves);

    if (!s->p->quiet && !dice_one_in(s->d, 3))
        line(s->p, "waiting: {reminders: %s, solve: %s%s}", list, solve, draw_calendar_name(s));
}

static void draw_timing(const struct sketch *s)
{
    static const char *const graces[] = { "0", "1s", "1h", "1d", "7d" };
    static const char *const reopens[] = { "0s", "0s", "1m", "2h", "30d" };
    static const char *const windows[] = { "0", "1s", "2m", "2m", "10m", "1h" };
    static const char *const statuses[] = { "pending", "pending, on_hold", "on_hold", "" };
    static const char *const others[] = { "", ", update: [on_hold]", ", next_response: [pending]",
                                          ", ack: [pending, on_hold], level_resolve: []" };
    const char *grace = DICE_ONE_OF(s->d, graces), *coalesce = DICE_ONE_OF(s->d, windows);
    const char *merge = DICE_ONE_OF(s->d, windows), *after = DICE_ONE_OF(s->d, windows);
    const char *reopen = DICE_ONE_OF(s->d, reopens);

    line(s->p, "timing: {grace: %s, reopen: %s, coalesce: %s, received_merge: %s, after_reply: %s}",
         grace, reopen, coalesce, merge, after);
    line(s->p, "pauses: {resolution: [%s]%s}", DICE_ONE_OF(s->d, statuses),
         DICE_ONE_OF(s->d, others));
}

/* All the edges of the night lie where no zone's clocks jump. */
static void draw_budgets(const struct sketch *s)
{
    static const char *const numbers[] = { "0", "1", "2", "3", "4", "10", "12" };
    static const char *const nights[] = { "never", "21:00-08:00", "22:00-06:30", "12:00-13:00" };
    const char *hour = DICE_ONE_OF(s->d, numbers), *day = DICE_ONE_OF(s->d, numbers);
    const char *burst = DICE_ONE_OF(s->d, numbers), *of_day = DICE_ONE_OF(s->d, numbers);
    const char *first = DICE_ONE_OF(s->d, numbers), *night = DICE_ONE_OF(s->d, nights);

    if (!dice_one_in(s->d, 4))
        line(s->p,
             "budgets: {person_hour: %s, person_day: %s, ticket_burst: %s, ticket_day: %s, "
             "received_hour: %s, quiet: '%s'}",
             hour, day, burst, of_day, first, night);
}

static void draw_plain(const struct sketch *s)
{
    static const char *const queues[] = { "first come", "aged", "nearest due" };
    static const char *const steps[] = { "1s", "30m", "4h" };
    static const char *const off[] = { "received",  "escalated",     "waiting",       "solved",
                                       "follow_up", "agent_warning", "agent_reminder" };
    bool some;

    if (dice_one_in(s->d, 2))
        line(s->p, "queue: %s", DICE_ONE_OF(s->d, queues));
    if (dice_one_in(s->d, 3))
        line(s->p, "queue_step: %s", DICE_ONE_OF(s->d, steps));
    if (dice_one_in(s->d, 4))
        line(s->p, "priority: %s", DICE_ONE_OF(s->d, priorities));
    if (dice_one_in(s->d, 5))
        line(s->p, "solution: asked");
    some = dice_one_in(s->d, 3);
    if (some || s->p->quiet)
        line(s->p, "notices:");
    if (s->p->quiet)
        line(s->p, "  expected: {on: no}"); /* all that a missed clock alone tells a customer */
    if (some)
        line(s->p, "  %s: {on: no}", DICE_ONE_OF(s->d, off));
}

void random_policy_draw(struct dice *d, struct random_policy *p, struct arena *a, int64_t begins,
                        bool quiet)
{
    struct sketch s = { .d = d, .p = p, .levels = 1 + dice_below(d, 4) };
    int calendars = dice_below(d, RANDOM_CALENDARS + 1), i;

    p->a = a;
    p->quiet = quiet;
    for (i = 0; i < calendars; i++)
        draw_calendar(d, p, begins);
    draw_people(&s);
    draw_names(&s);
    draw_articles(&s);
    draw_classification(&s);
    draw_scoring(&s);
    draw_targets(&s);
    line(p, "escalation:");
    for (i = 0; i < s.levels; i++)
        draw_level(&s, i + 1);
    draw_waiting(&s);
    draw_timing(&s);
    draw_budgets(&s);
    draw_plain(&s);
}

/* A target, or a level with its clocks. */
static bool counts_by_calendar(const char *text)
{
    const char *name = text + strspn(text, " ");
    size_t i;

    if (strncmp(name, "- {name: level ", 15) == 0)
        return true;
    for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
        if (strncmp(name, clocks[i], strlen(clocks[i])) == 0)
            return strncmp(name + strlen(clocks[i]), ": {", 3) == 0;
    return false;
}

/* The same line by the calendar after the one that it had; after the last comes the wall. */
static char *by_the_next(const struct random_policy *p, const char *text)
{
    static const char key[] = ", calendar: c";
    const char *had = strstr(text, key), *steps = strstr(text, ", steps: [");
    const char *at = had != NULL ? had : steps != NULL ? steps : strrchr(text, '}');
    const char *rest = had != NULL ? had + sizeof(key) : at;
    int next = had == NULL ? 0 : rest[-1] - '0' + 1;

    return arena_printf(p->a, "%.*s%s%s", (int)(at - text), text,
                        next < (int)p->calendar_count ? arena_printf(p->a, "%s%d", key, next) : "",
                        rest);
}

void random_policy_edit(struct dice *d, struct random_policy *p, const struct random_policy *from)
{
    bool hours = !dice_one_in(d, 3), others = !hours || dice_one_in(d, 3);
    size_t i;

    *p = *from;
    for (i = 0; i < p->calendar_count; i++) {
        struct calendar_plan *c = &p->calendars[i];

        c->holidays = p->holidays[i];
        c->openings = p->openings[i];
        if (!hours)
            continue;
        memset(c->span_count, 0, sizeof(c->span_count));
        draw_hours(d, c);
    }
    for (i = 0; others && i < p->line_count; i++)
        if (counts_by_calendar(p->lines[i]) && !dice_one_in(d, 4))
            p->lines[i] = by_the_next(p, p->lines[i]);
}

const char *random_zone(struct dice *d)
{
    return DICE_ONE_OF(d, zones);
}

/* --- as a file
 * ------------------------------------------------------------------------------------------------
 */

static void put_span(struct text_buffer *b, const struct calendar_span *s)
{
    text_buffer_printf(b, "%02d:%02d-%02d:%02d", s->from_s / 3600, s->from_s % 3600 / 60,
                       s->to_s / 3600, s->to_s % 3600 / 60);
}

/* "['2022-03-14', '2022-03-15 09:00-10:00']" */
static void put_days(struct text_buffer *b, const struct calendar_holiday *days, size_t count)
{
    size_t i;

    text_buffer_puts(b, "[");
    for (i = 0; i < count; i++) {
        const struct calendar_holiday *h = &days[i];

        text_buffer_printf(b, "%s'%04d-%02d-%02d", i == 0 ? "" : ", ", h->year, h->month, h->day);
        if (h->opening.from_s != 0 || h->opening.to_s != 0) {
            text_buffer_puts(b, " ");
            put_span(b, &h->opening);
        }
        text_buffer_puts(b, "'");
    }
    text_buffer_puts(b, "]");
}

static void put_calendar(struct text_buffer *b, const struct random_policy *p, size_t number)
{
    static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    const struct calendar_plan *c = &p->calendars[number];
    const char *comma = "";
    size_t day, i;

    text_buffer_printf(b, "  c%zu: {zone: %s, hours: {", number, c->zone);
    for (day = 0; day < 7; day++) {
        for (i = 0; i < c->span_count[day]; i++) {
            if (i == 0)
                text_buffer_printf(b, "%s%s: '", comma, days[day]);
            else
                text_buffer_puts(b, ", ");
            put_span(b, &c->spans[day][i]);
            comma = "', ";
        }
    }
    text_buffer_puts(b, comma[0] == '\0' ? "}" : "'}");
    if (p->shares[number]) {
        text_buffer_printf(b, ", holidays_of: [h%zu]", number);
    } else {
        text_buffer_puts(b, ", holidays: ");
        put_days(b, c->holidays, c->holiday_count);
    }
    text_buffer_puts(b, ", openings: ");
    put_days(b, c->openings, c->opening_count);
    text_buffer_puts(b, "}\n");
}

static void put_shared_holidays(struct text_buffer *b, const struct random_policy *p)
{
    size_t i;

    text_buffer_puts(b, "holidays:\n");
    for (i = 0; i < p->calendar_count; i++) {
        text_buffer_printf(b, "  h%zu: {days: ", i);
        put_days(b, p->calendars[i].holidays, p->calendars[i].holiday_count);
        text_buffer_puts(b, "}\n");
    }
}

char *random_policy_text(const struct random_policy *p)
{
    struct text_buffer b = { 0 };
    size_t i;

    if (p->calendar_count > 0) {
        put_shared_holidays(&b, p);
        text_buffer_puts(&b, "calendars:\n");
    }
    for (i = 0; i < p->calendar_count; i++)
        put_calendar(&b, p, i);
    for (i = 0; i < p->line_count; i++)
        text_buffer_printf(&b, "%s\n", p->lines[i]);
    return text_buffer_take(&b);
}

int random_policy_read(const struct random_policy *p, int version, struct policy_file *out,
                       struct error *err)
{
    struct conf_errors errors = { 0 };
    char *text = random_policy_text(p);
    int rc = policy_read("drawn.yaml", span_of(text), NULL, NULL, out, &errors);

    if (rc < 0)
        error_set(err, ERROR_PERMANENT, "%s", errors.lines[0]);
    else
        out->policy->version = version;
    conf_errors_clear(&errors);
    free(text);
    return rc;
}
