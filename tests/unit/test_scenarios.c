/* Every story of tests/scenarios is told by every way in, through the real adapters. Its sentences
 * are the tables below: WORDS in capitals stand for what the story says. Times are UTC; what a way
 * cannot tell (a machine's message by SMS) is told by the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <glib.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/fact_inbound.h"
#include "core/target.h"
#include "tests/support/clerk.h"
#include "tests/support/customer.h"
#include "tests/support/story.h"

enum {
    NEW_YEAR = 1767225600, /* 2026-01-01 00:00:00 UTC: the first day of a story that says none */
    OTHERS_TICKET = 1000,
    WORDS_MAX = 8,
    HOLIDAYS_MAX = 8,
};

struct telling {
    struct story s;
    struct customer c;
    struct clerk k;
    const char *file;
    int line;
    GString *plans; /* the plan of every fact, those of time too, one a line */
    bool untold;    /* this way has no such message */

    int64_t begins;
    struct calendar_plan hours;
    struct calendar_holiday holidays[HOLIDAYS_MAX];
    char zone[64];
    int64_t opens_at; /* the last that E-02 said */
    char *last_id;    /* of the customer's last message */
    struct plan other;
};

static void fail_at(const struct telling *t, const char *words)
{
    fail_msg("%s:%d by %s: %s (%s; ticket %s level %d)", t->file, t->line, t->c.way->name, words,
             t->s.err.text, ticket_status_name(t->s.ticket.status), t->s.ticket.level);
}

/* --- words
 * --------------------------------------------------------------------------------------------- */

/* "09:15" of the first day, "2/09:15" of the second; seconds may follow. */
static int64_t read_instant(const struct telling *t, const char *word)
{
    int day = 1, hour = 0, minute = 0, second = 0;
    const char *slash = strchr(word, '/');

    if ((slash != NULL && sscanf(word, "%d/", &day) != 1) ||
        sscanf(slash == NULL ? word : slash + 1, "%d:%d:%d", &hour, &minute, &second) < 2)
        fail_at(t, word);
    return t->begins + (int64_t)(day - 1) * 86400 + hour * 3600 + minute * 60 + second;
}

static struct calendar_holiday read_date(const struct telling *t, const char *word)
{
    struct calendar_holiday day = { 0 };

    if (sscanf(word, "%d-%d-%d", &day.year, &day.month, &day.day) != 3)
        fail_at(t, word);
    return day;
}

static struct calendar_span read_span(const struct telling *t, const char *word)
{
    int from_hour, from_minute, to_hour, to_minute;

    if (sscanf(word, "%d:%d-%d:%d", &from_hour, &from_minute, &to_hour, &to_minute) != 4)
        fail_at(t, word);
    return (struct calendar_span){ from_hour * 3600 + from_minute * 60,
                                   to_hour * 3600 + to_minute * 60 };
}

static int read_weekday(const struct telling *t, const char *word)
{
    static const char days[] = "mon tue wed thu fri sat sun";
    const char *at = strlen(word) < 3 ? NULL : strstr(days, arena_strndup(t->s.a, word, 3));

    if (at == NULL)
        fail_at(t, word);
    return (int)(at - days) / 4;
}

/* --- the way in
 * --------------------------------------------------------------------------------------------- */

static void on_plan(struct story *s, void *arg)
{
    struct telling *t = arg;
    char *json = plan_to_json(&s->policy, &s->plan);
    size_t i;

    g_string_append_printf(t->plans, "%d %s\n", t->line, json);
    free(json);
    clerk_post(&t->k);
    for (i = 0; i < s->plan.delivery_count; i++)
        if (s->plan.deliveries[i].opens_at != 0)
            t->opens_at = s->plan.deliveries[i].opens_at;
}

/* How its ticket was found is its channel's own; that it was found, and nothing else, is for the
 * plan. */
static struct fact fact_of(struct telling *t, const struct inbound *in,
                           const struct thread_found *found)
{
    struct fact f;

    fact_from_inbound(in, found, &f);
    f.now = t->s.now;
    f.thread_why = "it was found";
    return f;
}

static const struct inbound *hear(struct telling *t, const struct customer_said *said)
{
    struct inbound *in;

    t->c.h.now = t->s.now;
    in = customer_write(&t->c, said);
    if (in == NULL)
        fail_at(t, t->c.h.err.text);
    in->channel_id = t->c.h.channel.channel_id; /* by the intake */
    assert_string_equal(in->reply_text, said->text);
    assert_int_equal(in->automatic, said->by_a_machine);
    return in;
}

static int customer_writes(struct telling *t, const char *text, int64_t at, bool by_a_machine)
{
    const struct customer_said said = {
        .text = text, .at = at, .by_a_machine = by_a_machine, .answers = clerk_last_letter(&t->k)
    };
    struct thread_found found;
    const struct inbound *in;
    struct fact f;

    if (!customer_can(t->c.way, &said) || (at < t->s.now && !t->c.way->keeps)) {
        t->untold = true;
        return 0;
    }
    in = hear(t, &said);
    assert_int_equal(in->kind, INBOUND_MESSAGE);
    clerk_find(&t->k, in, &found);
    if (t->s.ticket.version != 0 &&
        (!(1u << found.way & t->c.way->found_by) ||
         (found.ticket_id != t->s.ticket.ticket_id && found.follow_up_of != t->s.ticket.ticket_id)))
        fail_at(t, "the message lost its ticket");
    f = fact_of(t, in, &found);
    if (found.follow_up_of != 0)
        story_next_ticket(&t->s);
    clerk_keep(&t->k, in);
    g_free(t->last_id);
    t->last_id = g_strdup(in->external_id);
    return story_apply(&t->s, &f);
}

/* --- sentences: the frame
 * --------------------------------------------------------------------------------------- */

static int begins(struct telling *t, char **w)
{
    struct calendar_holiday day = read_date(t, w[0]);
    struct tm tm = { .tm_year = day.year - 1900, .tm_mon = day.month - 1, .tm_mday = day.day };

    t->s.now = t->begins = timegm(&tm);
    return 0;
}

static int hours(struct telling *t, char **w)
{
    const char *dash = strchr(w[1], '-');
    int first = read_weekday(t, w[1]), last = dash == NULL ? first : read_weekday(t, dash + 1), d;

    g_strlcpy(t->zone, w[0], sizeof(t->zone));
    t->hours.zone = t->zone;
    for (d = first; d <= last; d++)
        t->hours.spans[d][t->hours.span_count[d]++] = read_span(t, w[2]);
    story_use_calendar(&t->s, &t->hours);
    return 0;
}

static int holiday(struct telling *t, char **w)
{
    assert_true(t->hours.holiday_count < HOLIDAYS_MAX);
    t->holidays[t->hours.holiday_count++] = read_date(t, w[0]);
    t->hours.holidays = t->holidays;
    story_use_calendar(&t->s, &t->hours);
    return 0;
}

/* --- sentences: the customer
 * ------------------------------------------------------------------------------------ */

static int says(struct telling *t, char **w)
{
    return customer_writes(t, w[0], t->s.now, false);
}

static int said_before(struct telling *t, char **w)
{
    return customer_writes(t, w[0], read_instant(t, w[1]), false);
}

static int autoreplies(struct telling *t, char **w)
{
    return customer_writes(t, w[0], t->s.now, true);
}

/* Where messages cannot be changed nothing comes, and the plans must be the same. */
static int edits(struct telling *t, char **w)
{
    const struct customer_said said = { .text = w[0], .at = t->s.now, .as_edit = true };
    const struct inbound *in;

    if (!customer_can(t->c.way, &said))
        return 0;
    in = hear(t, &said);
    assert_int_equal(in->kind, INBOUND_EDIT); /* of which no fact is made */
    assert_string_equal(in->external_id, t->last_id);
    return 0;
}

static int another_says(struct telling *t, char **w)
{
    static const struct ticket none = { .ticket_id = OTHERS_TICKET };
    static const struct contact somebody = { .contact_id = 8 };
    const struct customer_said said = { .text = w[0], .at = t->s.now, .by_another = true };
    const struct inbound *in = hear(t, &said);
    struct thread_found found;
    struct fact f;
    char *json;

    clerk_find(&t->k, in, &found);
    assert_int_equal(found.ticket_id, 0);
    assert_int_equal(found.follow_up_of, 0);
    f = fact_of(t, in, &found);
    if (plan_apply(&t->s.policy, &t->s.targets, &none, &somebody, &f, t->s.a, &t->other,
                   &t->s.err) < 0)
        return -1;
    json = plan_to_json(&t->s.policy, &t->other);
    g_string_append_printf(t->plans, "%d %s\n", t->line, json);
    free(json);
    return 0;
}

/* --- sentences: the people of the desk
 * -------------------------------------------------------------------------- */

static struct fact fact_by(const struct telling *t, enum fact_kind kind, const char *agent)
{
    struct fact f = story_fact(&t->s, kind);

    f.by = FACT_BY_AGENT;
    f.actor = arena_strdup(t->s.a, agent);
    f.reason = "the story says so";
    return f;
}

static int replies(struct telling *t, char **w)
{
    struct fact f = fact_by(t, FACT_AGENT_REPLIED, w[0]);

    f.message_id = 99;
    return story_apply(&t->s, &f);
}

static int replies_and_sets(struct telling *t, char **w)
{
    struct fact f = fact_by(t, FACT_AGENT_REPLIED, w[0]);

    f.message_id = 99;
    f.status = (enum ticket_status)ticket_status_find(w[1]);
    return story_apply(&t->s, &f);
}

static int acknowledges(struct telling *t, char **w)
{
    struct fact f = fact_by(t, FACT_ACKNOWLEDGED, w[0]);

    return story_apply(&t->s, &f);
}

static int set_status(struct telling *t, char **w)
{
    struct fact f = fact_by(t, FACT_STATUS_SET, "ana");

    f.status = (enum ticket_status)ticket_status_find(w[0]);
    return story_apply(&t->s, &f);
}

static int set_priority(struct telling *t, char **w)
{
    struct fact f = fact_by(t, FACT_PRIORITY_SET, "ana");

    f.priority = (enum ticket_priority)ticket_priority_find(w[0]);
    return story_apply(&t->s, &f);
}

static int escalate(struct telling *t, char **w)
{
    struct fact f = fact_by(t, FACT_ESCALATED, "ana");

    (void)w;
    return story_apply(&t->s, &f);
}

static int hand_back(struct telling *t, char **w)
{
    struct fact f = fact_by(t, FACT_HANDED_BACK, "ana");

    f.level = atoi(w[0]);
    return story_apply(&t->s, &f);
}

struct sentence {
    const char *pattern;
    int (*tell)(struct telling *t, char **w);
};
static const struct sentence told[] = {
    { "begins DATE", begins },
    { "hours ZONE DAYS SPAN", hours },
    { "holiday DATE", holiday },
    { "customer says TEXT", says },
    { "customer said TEXT at TIME", said_before }, /* its provider has had it since */
    { "customer autoreplies TEXT", autoreplies },
    { "customer edits TEXT", edits },
    { "another customer says TEXT", another_says },
    { "agent NAME replies", replies },
    { "agent NAME replies and sets STATUS", replies_and_sets },
    { "agent NAME acknowledges", acknowledges },
    { "status STATUS", set_status },
    { "priority PRIORITY", set_priority },
    { "escalate", escalate },
    { "hand back LEVEL", hand_back },
    { NULL, NULL },
};

/* --- sentences: what is expected (0: it is so)
 * ------------------------------------------------------------------ */

/* The newest of its kind, ended or not. */
static const struct target_clock *newest(const struct telling *t, const char *kind)
{
    const struct target_clock *c, *found = NULL;
    size_t i;

    for (i = 0; i < t->s.ticket.clock_count; i++) {
        c = &t->s.ticket.clocks[i];
        if ((int)c->kind == target_kind_find(kind) &&
            (found == NULL || c->instance > found->instance))
            found = c;
    }
    if (found == NULL)
        fail_at(t, kind);
    return found;
}

static int is_ticket(struct telling *t, char **w)
{
    return (int)t->s.ticket.status == ticket_status_find(w[0]) && t->s.ticket.level == atoi(w[1])
               ? 0
               : -1;
}

static int is_follow_up(struct telling *t, char **w)
{
    (void)w;
    return t->s.ticket.follow_up_of == t->s.ticket.ticket_id - 1 ? 0 : -1;
}

static int is_priority(struct telling *t, char **w)
{
    return (int)t->s.ticket.priority == ticket_priority_find(w[0]) ? 0 : -1;
}

static int is_owner(struct telling *t, char **w)
{
    return g_strcmp0(t->s.ticket.agent, w[0]) == 0 ? 0 : -1;
}

static int is_told(struct telling *t, char **w)
{
    return notice_find(w[0]) != NOTICE_N && story_told(&t->s, notice_find(w[0])) == atoi(w[1]) ? 0
                                                                                               : -1;
}

static int is_waiting(struct telling *t, char **w)
{
    size_t i;

    for (i = 0; i < t->s.ticket.waiting_count; i++)
        if (t->s.ticket.waiting[i].notice == notice_find(w[0]) &&
            t->s.ticket.waiting[i].due_at == read_instant(t, w[1]))
            return 0;
    return -1;
}

static int is_opening(struct telling *t, char **w)
{
    return t->opens_at == read_instant(t, w[0]) ? 0 : -1;
}

static int is_due(struct telling *t, char **w)
{
    return newest(t, w[0])->due_at == read_instant(t, w[1]) ? 0 : -1;
}

static int is_paused(struct telling *t, char **w)
{
    return newest(t, w[0])->due_at == 0 && newest(t, w[0])->end == TARGET_RUNS ? 0 : -1;
}

static int is_ended(struct telling *t, char **w)
{
    return (int)newest(t, w[0])->end == target_end_find(w[1]) ? 0 : -1;
}

static int is_missed(struct telling *t, char **w)
{
    return newest(t, w[0])->breached_at == read_instant(t, w[1]) ? 0 : -1;
}

static int is_warned(struct telling *t, char **w)
{
    return newest(t, w[0])->warned == atoi(w[1]) ? 0 : -1;
}

static int is_instance(struct telling *t, char **w)
{
    return newest(t, w[0])->instance == atoi(w[1]) ? 0 : -1;
}

static const struct sentence expected[] = {
    { "ticket STATUS level LEVEL", is_ticket },
    { "follow-up", is_follow_up },
    { "priority PRIORITY", is_priority },
    { "owner NAME", is_owner },
    { "told NOTICE TIMES", is_told },          /* in the whole story */
    { "waits NOTICE until TIME", is_waiting }, /* to be folded into a newer one (B-01) */
    { "opens TIME", is_opening },              /* as E-02 said last */
    { "due CLOCK TIME", is_due },
    { "paused CLOCK", is_paused },
    { "ended CLOCK END", is_ended },
    { "missed CLOCK TIME", is_missed },
    { "warned CLOCK TIMES", is_warned },
    { "instance CLOCK NUMBER", is_instance },
    { NULL, NULL },
};

/* --- telling
 * --------------------------------------------------------------------------------------------- */

static bool fits(const char *pattern, char **words, int count, char **w)
{
    char **parts = g_strsplit(pattern, " ", -1);
    int i, n = 0;
    bool good = (int)g_strv_length(parts) == count;

    for (i = 0; good && i < count; i++)
        if (g_ascii_isupper(parts[i][0]))
            w[n++] = words[i];
        else
            good = strcmp(parts[i], words[i]) == 0;
    g_strfreev(parts);
    return good;
}

static void tell_sentence(struct telling *t, const struct sentence *sentences, const char *text)
{
    char **words = NULL, *w[WORDS_MAX];
    int count = 0;

    if (!g_shell_parse_argv(text, &count, &words, NULL) || count > WORDS_MAX)
        fail_at(t, text);
    while (sentences->pattern != NULL && !fits(sentences->pattern, words, count, w))
        sentences++;
    if (sentences->pattern == NULL || sentences->tell(t, w) < 0)
        fail_at(t, text);
    g_strfreev(words);
}

static void tell_line(struct telling *t, char *line)
{
    char when[32], **parts, **p;
    int used = 0;

    g_strstrip(line);
    if (line[0] == '#' || line[0] == '\0')
        return;
    if (sscanf(line, "at %31s %n", when, &used) == 1 && used > 0) {
        story_until(&t->s, read_instant(t, when));
        line += used;
    }
    if (!g_str_has_prefix(line, "expect ")) {
        tell_sentence(t, told, line);
        return;
    }
    parts = g_strsplit(line + strlen("expect "), ", ", -1);
    for (p = parts; *p != NULL; p++)
        tell_sentence(t, expected, *p);
    g_strfreev(parts);
}

static void telling_begin(struct telling *t, const char *file, const struct customer_way *way)
{
    struct target_policy targets = { 0 };

    t->file = file;
    t->plans = g_string_new(NULL);
    t->begins = NEW_YEAR;
    story_begin(&t->s, NEW_YEAR);
    t->s.on_plan = on_plan;
    t->s.arg = t;
    customer_begin(&t->c, way, NEW_YEAR);
    clerk_begin(&t->k, &t->s, &t->c.h.channel);
    targets.table = t->s.targets; /* and nothing that a desk sets for one channel (C-22) */
    target_resolve(&targets, t->c.h.channel.name, way->kind, &t->s.targets);
}

static void telling_end(struct telling *t)
{
    clerk_end(&t->k);
    story_end(&t->s);
    customer_end(&t->c);
    g_free(t->last_id);
    g_free(t);
}

/* Tells one story by one way: all its plans, to g_free(). NULL: this way cannot tell it. */
static char *tell(const char *file, const char *text, const struct customer_way *way)
{
    struct telling *t = g_new0(struct telling, 1);
    char **lines = g_strsplit(text, "\n", -1), *plans;

    telling_begin(t, file, way);
    for (t->line = 1; lines[t->line - 1] != NULL && !t->untold; t->line++)
        tell_line(t, lines[t->line - 1]);
    plans = g_string_free(t->plans, t->untold);
    g_strfreev(lines);
    telling_end(t);
    return plans;
}

/* By the first way as by every other that can tell it; returns by how many. */
static int tell_by_all(const char *file, const char *text)
{
    const struct customer_way *way;
    char *first = NULL, *other;
    int ways = 0;

    for (way = customer_ways; way->name != NULL; way++) {
        other = tell(file, text, way);
        if (other == NULL)
            continue;
        ways++;
        if (first != NULL && strcmp(first, other) != 0)
            fail_msg("%s goes otherwise by %s:\n%s\n%s", file, way->name, first, other);
        if (first == NULL)
            first = other;
        else
            g_free(other);
    }
    g_free(first);
    return ways;
}

/* Not every provider marks what a machine wrote, or keeps what we do not take. */
static int ways_for(const char *text)
{
    bool machine = strstr(text, "customer autoreplies ") != NULL;
    bool kept = strstr(text, "customer said ") != NULL;
    const struct customer_way *way;
    int n = 0;

    for (way = customer_ways; way->name != NULL; way++)
        n += (!machine || way->machines) && (!kept || way->keeps);
    return n;
}

static void test_every_story_goes_the_same_by_every_way_in(void **state) /* C-20 */
{
    GDir *dir = g_dir_open(TEST_SOURCE_DIR "/tests/scenarios", 0, NULL);
    const char *name;
    int stories = 0;

    (void)state;
    assert_non_null(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        char *path = g_build_filename(TEST_SOURCE_DIR "/tests/scenarios", name, NULL);
        char *text = NULL;
        int ways;

        assert_true(g_str_has_suffix(name, ".scn"));
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        ways = ways_for(text);
        assert_true(ways > 1);
        assert_int_equal(tell_by_all(name, text), ways);
        stories++;
        g_free(text);
        g_free(path);
    }
    g_dir_close(dir);
    assert_true(stories >= 30);
}

static void test_every_kind_that_customers_write_by_tells_the_stories(void **state)
{
    const struct customer_way *way;
    size_t i;

    (void)state;
    for (i = 0; channel_kinds[i] != NULL; i++) {
        if (channel_kinds[i]->webhook == NULL && channel_kinds[i]->start == NULL)
            continue; /* it takes no messages */
        for (way = customer_ways; way->name != NULL && strcmp(way->kind, channel_kinds[i]->kind);)
            way++;
        if (way->name == NULL)
            fail_msg("nobody tells a story by %s", channel_kinds[i]->kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_story_goes_the_same_by_every_way_in),
        cmocka_unit_test(test_every_kind_that_customers_write_by_tells_the_stories),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
