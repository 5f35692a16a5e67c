#include "tests/support/random_story.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"
#include "tests/support/slow_time.h"

/* --- chance
 * ------------------------------------------------------------------------------------------------
 */

struct dice {
    uint64_t state;
};

static uint64_t roll(struct dice *d) /* splitmix64 */
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int below(struct dice *d, int n)
{
    return (int)(roll(d) % (uint64_t)n);
}

static bool one_in(struct dice *d, int n)
{
    return below(d, n) == 0;
}

#define ONE_OF(d, list) ((list)[below((d), (int)(sizeof(list) / sizeof((list)[0])))])

/* --- the policy
 * -------------------------------------------------------------------------------------------- */

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
static const char *const teams[] = { "first", "second", "third" };
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
    int from = ONE_OF(d, starts) * 3600 + (one_in(d, 3) ? below(d, 60) * 60 : 0);
    int to = from + ONE_OF(d, lengths) * 3600;

    return (struct calendar_span){ from, to > 86400 ? to - 86400 : to };
}

static void draw_hours(struct dice *d, struct calendar_plan *c)
{
    int first = below(d, 7), days = 1 + below(d, 7), spans = 1 + one_in(d, 3) + one_in(d, 6), i, k;

    if (one_in(d, 40))
        return; /* it never opens */
    for (k = 0; k < spans; k++) {
        struct calendar_span span = draw_span(d);

        for (i = 0; i < days; i++) {
            int day = one_in(d, 4) ? i : (first + i) % 7;

            if (c->span_count[day] < 4)
                c->spans[day][c->span_count[day]++] = span;
        }
    }
}

static void draw_calendar(struct dice *d, struct random_policy *p, int64_t begins)
{
    struct calendar_plan *c = &p->calendars[p->calendar_count];
    struct calendar_holiday *holidays = p->holidays[p->calendar_count];
    int64_t day = begins / 86400 - 2;
    size_t n = (size_t)below(d, 4), i;

    c->zone = ONE_OF(d, zones);
    draw_hours(d, c);
    for (i = 0; i < n; i++) {
        struct tm tm;
        time_t at;

        day += 1 + below(d, 4);
        at = (time_t)(day * 86400);
        gmtime_r(&at, &tm);
        holidays[i] = (struct calendar_holiday){ .year = tm.tm_year + 1900,
                                                 .month = tm.tm_mon + 1,
                                                 .day = tm.tm_mday };
        if (one_in(d, 2))
            holidays[i].opening = draw_span(d);
    }
    c->holidays = holidays;
    c->holiday_count = n;
    p->calendar_count++;
}

/* ", calendar: c1"; "" for the wall. */
static const char *draw_calendar_name(struct dice *d, const struct random_policy *p)
{
    static const char *const names[] = { ", calendar: c0", ", calendar: c1", ", calendar: c2" };

    return p->calendar_count == 0 || one_in(d, 3) ? "" : names[below(d, (int)p->calendar_count)];
}

static void draw_people(struct dice *d, struct random_policy *p)
{
    int agents = 1 + below(d, RANDOM_AGENTS), n = 1 + below(d, 3), i, k;
    char members[100];

    line(p, "agents:");
    for (i = 0; i < agents; i++)
        line(p, "  %s: {name: N, email: %s@example.org, limit: %d, available: %s}",
             random_agents[i], random_agents[i], below(d, 4), one_in(d, 6) ? "no" : "yes");
    line(p, "teams:");
    for (i = 0; i < n; i++) {
        members[0] = '\0';
        for (k = 0; k < agents && !p->quiet; k++)
            if (!one_in(d, 3))
                sprintf(members + strlen(members), "%s%s", members[0] == '\0' ? "" : ", ",
                        random_agents[k]);
        line(p, "  %s: {members: [%s]}", teams[i], members);
    }
    for (; n < 3; n++)
        line(p, "  %s: {}", teams[n]); /* nobody works there yet */
}

static void draw_classification(struct dice *d, struct random_policy *p)
{
    static const char *const matches[] = { "(?i)fire", "(?i)\\bprinter\\b", "e", "^RE", "nobody" };
    static const char *const wheres[] = { "", "", ", in: [subject, sender]", ", in: text" };
    static const char *const raises[] = { "", "", ", priority: low", ", priority: high",
                                          ", priority: urgent" };
    static const char *const tags[] = { "", ", tags: [seen, hot]", ", tags: late" };
    static const char *const whose[] = { "", "", ", team: second", ", team: third" };
    int n = below(d, 4), i;

    if (n > 0)
        line(p, "classification:");
    for (i = 0; i < n; i++) {
        const char *match = ONE_OF(d, matches), *where = ONE_OF(d, wheres);
        const char *raise = ONE_OF(d, raises), *tag = ONE_OF(d, tags);

        line(p, "  - {name: rule %d, match: '%s'%s%s%s%s}", i, match, where, raise, tag,
             ONE_OF(d, whose));
    }
}

static void draw_warnings(struct dice *d, char *out)
{
    int percent = 0, n = below(d, 5);

    out[0] = '\0';
    if (n == 0)
        return;
    strcpy(out, ", warn: [");
    while (n-- > 0 && percent < 95) {
        percent += 1 + below(d, 99 - percent);
        sprintf(out + strlen(out), "%s%d%%", out[9] == '\0' ? "" : ", ", percent);
    }
    strcat(out, "]");
}

/* "{low: 4h, urgent: 10m, calendar: c0, warn: [50%]}" */
static void draw_target(struct dice *d, const struct random_policy *p, char *out)
{
    char warn[64];
    int k;

    strcpy(out, "{");
    for (k = 0; k < 4; k++)
        if (!one_in(d, 6))
            sprintf(out + strlen(out), "%s%s: %s", out[1] == '\0' ? "" : ", ", priorities[k],
                    ONE_OF(d, durations));
    if (out[1] == '\0')
        strcat(out, "normal: 1h");
    draw_warnings(d, warn);
    sprintf(out + strlen(out), "%s%s}", draw_calendar_name(d, p), warn);
}

static void draw_targets(struct dice *d, struct random_policy *p)
{
    char target[300];
    int k, i;

    line(p, "targets:");
    for (k = 0; k < 5; k++) {
        draw_target(d, p, target);
        if (!one_in(d, 5))
            line(p, "  %s: %s", clocks[k], target);
    }
    line(p, "  channels:");
    for (i = 1; i < RANDOM_CHANNELS; i++) {
        draw_target(d, p, target);
        if (one_in(d, 2))
            line(p, "    %s: {%s: %s}",
                 one_in(d, 2) ? random_channels[i].name : random_channels[i].kind,
                 clocks[below(d, 5)], target);
    }
    line(p, "    sms: {}");
}

static void draw_when(struct dice *d, char *out)
{
    static const int percents[] = { 1, 20, 50, 80, 99, 100 };

    switch (below(d, 10)) {
    case 0:
        sprintf(out, "level %s", ONE_OF(d, durations));
        break;
    case 1:
        sprintf(out, "reopened %d times", 1 + below(d, 2));
        break;
    case 2:
        sprintf(out, "unanswered %d messages", 1 + below(d, 3));
        break;
    case 3:
        sprintf(out, "priority %s", ONE_OF(d, priorities));
        break;
    case 4:
        strcpy(out, "requested");
        break;
    case 5:
        sprintf(out, "%s missed", ONE_OF(d, clocks));
        break;
    case 6:
        sprintf(out, "%s %s before", ONE_OF(d, clocks), durations[1 + below(d, 12)]);
        break;
    default:
        sprintf(out, "%s %d%%", ONE_OF(d, clocks), ONE_OF(d, percents));
    }
}

static void draw_do(struct dice *d, char *out)
{
    static const char *const actions[] = { "notify owner", "notify team",     "notify ana",
                                           "level up",     "level up",        "raise to high",
                                           "reassign",     "raise to urgent", "tag late" };
    int n = 1 + one_in(d, 3) + one_in(d, 5);

    for (out[0] = '\0'; n > 0; n--)
        sprintf(out + strlen(out), "%s%s", out[0] == '\0' ? "" : ", ", ONE_OF(d, actions));
}

static void draw_level(struct dice *d, struct random_policy *p, int level)
{
    static const char *const reminders[] = { "", ", reminders: [15m]", ", reminders: [0, 10m, 2h]",
                                             ", reminders: [1s, 59m, 60m, 1d]" };
    static const char *const whose[] = { "", ", team: first", ", team: second", ", team: third" };
    static const char *const from[] = { "", "", ", if_priority: high", ", if_priority: urgent" };
    int steps = p->quiet ? 0 : below(d, 5), i;
    const char *calendar = draw_calendar_name(d, p), *team = p->quiet ? "" : ONE_OF(d, whose);
    char when[60], what[120], ack[40] = "", resolve[40] = "";

    if (!p->quiet && !one_in(d, 3))
        sprintf(ack, ", ack: %s", ONE_OF(d, durations));
    if (!p->quiet && !one_in(d, 3))
        sprintf(resolve, ", resolve: %s", ONE_OF(d, durations));
    line(p, "  - {name: level %d%s%s%s%s%s, steps: [", level, team, calendar, ack, resolve,
         p->quiet ? "" : ONE_OF(d, reminders));
    for (i = 0; i < steps; i++) {
        const char *priority = ONE_OF(d, from);

        draw_when(d, when);
        draw_do(d, what);
        line(p, "      {name: step %d, when: %s%s, do: [%s]},", i, when, priority, what);
    }
    line(p, "    ]}");
}

static void draw_timing(struct dice *d, struct random_policy *p)
{
    static const char *const graces[] = { "0", "1s", "1h", "1d", "7d" };
    static const char *const windows[] = { "0", "1s", "2m", "2m", "10m", "1h" };
    static const char *const statuses[] = { "pending", "pending, on_hold", "on_hold", "" };
    static const char *const others[] = { "", ", update: [on_hold]", ", next_response: [pending]",
                                          ", ack: [pending, on_hold], level_resolve: []" };
    const char *grace = ONE_OF(d, graces), *coalesce = ONE_OF(d, windows);
    const char *merge = ONE_OF(d, windows), *after = ONE_OF(d, windows);

    line(p, "timing: {grace: %s, coalesce: %s, received_merge: %s, after_reply: %s}", grace,
         coalesce, merge, after);
    line(p, "pauses: {resolution: [%s]%s}", ONE_OF(d, statuses), ONE_OF(d, others));
    if (one_in(d, 4))
        line(p, "queue: first come");
    if (one_in(d, 4))
        line(p, "priority: %s", ONE_OF(d, priorities));
    if (one_in(d, 3)) {
        line(p, "notices:");
        line(p, "  %s: {on: no}", one_in(d, 2) ? "received" : "escalated");
        line(p, "  %s: {on: no}", one_in(d, 2) ? "solved" : "agent_warning");
    }
}

static void draw_policy(struct dice *d, struct random_policy *p, struct arena *a, int64_t begins,
                        bool quiet)
{
    int calendars = below(d, RANDOM_CALENDARS + 1), levels = 1 + below(d, 4), i;

    p->a = a;
    p->quiet = quiet;
    for (i = 0; i < calendars; i++)
        draw_calendar(d, p, begins);
    draw_people(d, p);
    draw_classification(d, p);
    draw_targets(d, p);
    line(p, "escalation:");
    for (i = 0; i < levels; i++)
        draw_level(d, p, i + 1);
    draw_timing(d, p);
}

static void put_span(struct text_buffer *b, const struct calendar_span *s)
{
    text_buffer_printf(b, "%02d:%02d-%02d:%02d", s->from_s / 3600, s->from_s % 3600 / 60,
                       s->to_s / 3600, s->to_s % 3600 / 60);
}

static void put_calendar(struct text_buffer *b, const struct calendar_plan *c, size_t number)
{
    static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
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
    text_buffer_puts(b, comma[0] == '\0' ? "}, holidays: [" : "'}, holidays: [");
    for (i = 0; i < c->holiday_count; i++) {
        const struct calendar_holiday *h = &c->holidays[i];

        text_buffer_printf(b, "%s'%04d-%02d-%02d", i == 0 ? "" : ", ", h->year, h->month, h->day);
        if (h->opening.from_s != 0 || h->opening.to_s != 0) {
            text_buffer_puts(b, " ");
            put_span(b, &h->opening);
        }
        text_buffer_puts(b, "'");
    }
    text_buffer_puts(b, "]}\n");
}

char *random_policy_text(const struct random_policy *p)
{
    struct text_buffer b = { 0 };
    size_t i;

    if (p->calendar_count > 0)
        text_buffer_puts(&b, "calendars:\n");
    for (i = 0; i < p->calendar_count; i++)
        put_calendar(&b, &p->calendars[i], i);
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

/* --- what happens
 * ------------------------------------------------------------------------------------------- */

static int64_t draw_pause(struct dice *d)
{
    static const int64_t pauses[] = { 0, 0, 1, 7, 60, 119, 120, 121, 300, 600, 3600, 7200, 28800 };

    switch (below(d, 6)) {
    case 0:
        return RANDOM_AT_WAKE;
    case 1:
        return one_in(d, 2) ? RANDOM_BEFORE_WAKE : RANDOM_AT_WAKE;
    case 2:
        return below(d, 2 * 86400);
    case 3:
        return below(d, 7200);
    default:
        return ONE_OF(d, pauses);
    }
}

static enum fact_kind draw_kind(struct dice *d)
{
    static const enum fact_kind common[] = {
        FACT_CUSTOMER_WROTE, FACT_CUSTOMER_WROTE, FACT_CUSTOMER_WROTE, FACT_CUSTOMER_WROTE,
        FACT_AGENT_REPLIED,  FACT_AGENT_REPLIED,  FACT_AGENT_REPLIED,  FACT_STATUS_SET,
        FACT_STATUS_SET,     FACT_STATUS_SET,     FACT_PRIORITY_SET,   FACT_PRIORITY_SET,
        FACT_ASSIGNED,       FACT_ESCALATED,      FACT_HANDED_BACK,    FACT_ACKNOWLEDGED,
        FACT_MERGED_INTO,    FACT_TIME_CAME,
    };

    return one_in(d, 4) ? (enum fact_kind)below(d, FACT_KIND_N) : ONE_OF(d, common);
}

static void draw_fact(struct dice *d, struct random_fact *f, bool first)
{
    *f = (struct random_fact){ .after_s = first ? 0 : draw_pause(d),
                               .kind = first ? FACT_CUSTOMER_WROTE : draw_kind(d),
                               .ticket = one_in(d, 2) ? 1 : 1 + below(d, RANDOM_TICKETS),
                               .other = 1 + below(d, RANDOM_TICKETS),
                               .contact = below(d, RANDOM_CONTACTS),
                               .channel = below(d, RANDOM_CHANNELS),
                               .agent = below(d, RANDOM_AGENTS + 1) - 1,
                               .team = below(d, 4) - 1,
                               .words = below(d, 6),
                               .status = (enum ticket_status)below(d, TICKET_STATUS_N + 1),
                               .priority = (enum ticket_priority)(below(d, TICKET_PRIORITY_N)),
                               .level = below(d, 5),
                               .automatic = one_in(d, 12),
                               .spam = one_in(d, 30),
                               .bounce = one_in(d, 30),
                               .report = one_in(d, 30),
                               .weakly = one_in(d, 4),
                               .open = one_in(d, 2) };
    if (f->kind == FACT_MERGED_FROM)
        f->kind = FACT_MERGED_INTO; /* the other half is the desk's own business */
    if (!first && one_in(d, 6))
        f->late_s = one_in(d, 3) ? below(d, 86400) : below(d, 900);
}

/* Near a change of the clocks as often as not. */
static int64_t draw_beginning(struct dice *d)
{
    int64_t at = 1647216000 + (int64_t)below(d, 4 * 365) * 86400 + below(d, 86400), change;

    if (one_in(d, 2) && (change = slow_transition(ONE_OF(d, zones), at)) != 0 &&
        change < 1790000000)
        at = change - below(d, 2 * 86400);
    return at;
}

void random_story_draw(struct random_story *s, uint64_t seed)
{
    struct dice d = { seed * 0x2545f4914f6cdd1du + 1 };
    bool quiet = one_in(&d, 4);
    size_t i;

    memset(s, 0, sizeof(*s));
    s->a = arena_new();
    s->seed = seed;
    s->begins = draw_beginning(&d);
    for (i = 0; i < 2; i++)
        draw_policy(&d, &s->policies[i], s->a, s->begins, quiet);
    s->fact_count = 3 + (size_t)below(&d, one_in(&d, 8) ? RANDOM_FACTS_MAX - 2 : 14);
    for (i = 0; i < s->fact_count; i++)
        draw_fact(&d, &s->facts[i], i == 0);
    s->tail_s = one_in(&d, 3) ? 0 : below(&d, 3 * 86400);
}

void random_story_clear(struct random_story *s)
{
    arena_free(s->a);
    memset(s, 0, sizeof(*s));
}

static const char *const subjects[] = { "Hello", "The printer", "FIRE", "RE: order", "", "Nobody" };

struct fact random_fact_make(const struct random_fact *r, int64_t now)
{
    static const char *const tags[] = { "late", "vip", "hot" };
    static const char *const ends[] = { "suppressed", "dead", "failed", "partly" };
    struct fact f = { .kind = r->kind,
                      .at = now - r->late_s,
                      .now = now,
                      .by = FACT_BY_AGENT,
                      .status = TICKET_STATUS_N,
                      .priority = TICKET_PRIORITY_NONE,
                      .reason = r->words == 0 ? NULL : "because",
                      .agent = r->agent < 0 ? NULL : random_agents[r->agent],
                      .actor = r->agent < 0 ? "root" : random_agents[r->agent],
                      .other = r->other };

    switch (r->kind) {
    case FACT_CUSTOMER_WROTE:
    case FACT_SPLIT_FROM:
        f.by = FACT_BY_CUSTOMER;
        f.actor = f.agent = f.reason = NULL;
        f.other = r->kind == FACT_SPLIT_FROM ? r->other : 0;
        f.subject = subjects[r->words];
        f.text = subjects[(r->words + r->level) % 6];
        f.sender = "cust@example.net";
        f.language = r->words % 2 == 0 ? "es" : NULL;
        f.automatic = r->automatic;
        f.spam = r->spam;
        f.bounce = r->bounce;
        f.report = r->report;
        f.threaded_weakly = r->weakly;
        f.message_id = now % 1000 + 1;
        break;
    case FACT_AGENT_REPLIED:
        f.message_id = now % 1000 + 1;
        f.status = r->words < 3 ? TICKET_STATUS_N : r->status;
        break;
    case FACT_STATUS_SET:
        f.status = r->status;
        break;
    case FACT_PRIORITY_SET:
        f.priority = r->priority;
        break;
    case FACT_ASSIGNED:
        f.team = r->team < 0 ? NULL : teams[r->team];
        break;
    case FACT_ESCALATED:
    case FACT_HANDED_BACK:
        f.level = r->level;
        break;
    case FACT_TAGGED:
        f.tags = &tags[r->words % 3];
        f.tag_count = 1;
        f.tags_off = &tags[r->level % 3];
        f.tag_off_count = r->weakly;
        break;
    case FACT_DELIVERY_ENDED:
        f.by = FACT_BY_TIME;
        f.delivery_id = 1 + r->level;
        f.notice = r->open ? "E-06" : "E-01";
        f.ended = ends[r->words % 4];
        f.reason = r->weakly ? "B-12 nobody is there" : f.reason;
        break;
    case FACT_TIME_CAME:
    case FACT_QUEUE_LOOKED:
    case FACT_POLICY_CHANGED:
        f.by = r->kind == FACT_POLICY_CHANGED ? FACT_BY_POLICY : FACT_BY_TIME;
        f.at = now;
        f.actor = f.agent = f.reason = NULL;
        f.other = 0;
        break;
    default:
        break;
    }
    return f;
}

/* --- for a reader
 * -------------------------------------------------------------------------------------------- */

static void put_fact(struct text_buffer *b, const struct random_fact *r)
{
    struct fact f = random_fact_make(r, 1000000000 + r->late_s);
    char *json;

    if (r->after_s == RANDOM_AT_WAKE || r->after_s == RANDOM_BEFORE_WAKE)
        text_buffer_printf(b, "%s",
                           r->after_s == RANDOM_AT_WAKE ? "when something is due"
                                                        : "a second before something is");
    else
        text_buffer_printf(b, "after %lld s", (long long)r->after_s);
    if (r->late_s != 0)
        text_buffer_printf(b, ", told %lld s late", (long long)r->late_s);
    f.at = f.now = 0;
    json = fact_to_json(&f);
    text_buffer_printf(b, ", ticket %d", r->ticket);
    if (r->kind == FACT_CUSTOMER_WROTE || r->kind == FACT_SPLIT_FROM)
        text_buffer_printf(b, " of contact %d by %s: '%s', '%s'", r->contact,
                           r->channel == 0 ? "nothing" : random_channels[r->channel].kind,
                           f.subject, f.text);
    if (r->kind == FACT_POLICY_CHANGED)
        text_buffer_puts(b, r->open ? " and all others follow" : " does not follow");
    text_buffer_printf(b, ": %s\n", json);
    free(json);
}

char *random_story_text(const struct random_story *s)
{
    struct text_buffer b = { 0 };
    char *policy;
    size_t i;

    for (i = 0; i < 2; i++) {
        policy = random_policy_text(&s->policies[i]);
        text_buffer_printf(&b, "--- policy %zu%s\n%s", i + 1, s->policies[i].quiet ? ", quiet" : "",
                           policy);
        free(policy);
    }
    text_buffer_printf(&b, "--- seed %llu, begins %lld\n", (unsigned long long)s->seed,
                       (long long)s->begins);
    for (i = 0; i < s->fact_count; i++)
        put_fact(&b, &s->facts[i]);
    text_buffer_printf(&b, "and then %lld s\n", (long long)s->tail_s);
    return text_buffer_take(&b);
}

/* --- making it smaller
 * ------------------------------------------------------------------------------------------- */

/* What can be left out: facts first, then lines of the policies. */
struct cut_list {
    void *items;
    size_t size, *count;
};

static bool cut(const struct cut_list *l, size_t from, size_t n, bool (*fails)(void *arg),
                void *arg)
{
    char *items = l->items, *old;
    size_t whole = *l->count;

    old = xmalloc(whole * l->size);
    memcpy(old, items, whole * l->size);
    memmove(items + from * l->size, items + (from + n) * l->size, (whole - from - n) * l->size);
    *l->count = whole - n;
    if (fails(arg)) {
        free(old);
        return true;
    }
    memcpy(items, old, whole * l->size);
    *l->count = whole;
    free(old);
    return false;
}

/* Longer stretches first; from the end, for what comes late seldom matters. */
static bool cut_all(const struct cut_list *l, bool (*fails)(void *arg), void *arg)
{
    bool smaller = false;
    size_t n, from;

    for (n = 16; n > 0; n /= 2)
        for (from = *l->count; from-- > 0;)
            if (from + n <= *l->count && cut(l, from, n, fails, arg))
                smaller = true;
    return smaller;
}

static bool plainer(int64_t *number, bool (*fails)(void *arg), void *arg)
{
    int64_t was = *number;

    if (was == 0)
        return false;
    *number = 0;
    if (fails(arg))
        return true;
    *number = was;
    return false;
}

void random_story_shrink(struct random_story *s, bool (*fails)(void *arg), void *arg)
{
    struct cut_list facts = { s->facts, sizeof(s->facts[0]), &s->fact_count };
    bool smaller = true;
    size_t i;

    while (smaller) {
        smaller = cut_all(&facts, fails, arg);
        for (i = 0; i < 2; i++) {
            struct cut_list lines = { s->policies[i].lines, sizeof(char *),
                                      &s->policies[i].line_count };

            smaller |= cut_all(&lines, fails, arg);
        }
        for (i = 0; i < s->fact_count; i++) {
            smaller |= plainer(&s->facts[i].late_s, fails, arg);
            smaller |= plainer(&s->facts[i].after_s, fails, arg);
        }
        smaller |= plainer(&s->tail_s, fails, arg);
    }
}
