#include "core/policy_read.h"

#include <glib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/calendar_text.h"
#include "core/classify.h"
#include "core/duration.h"
#include "core/inbound.h"
#include "core/policy_articles.h"
#include "core/policy_budgets.h"
#include "core/policy_limits.h"
#include "core/policy_texts.h"
#include "core/policy_times.h"
#include "core/policy_when.h"
#include "core/similar.h"
#include "core/wording.h"

struct policy_reader {
    struct arena *a;
    const struct conf *root;
    struct policy *p;
    struct policy_shared { /* days that several calendars have in common */
        const char *name;
        struct calendar_dates days;
    } * shared;
    size_t shared_count;
    struct conf_errors *errors;
};

static const char *policy_copy(struct policy_reader *r, const char *s)
{
    return arena_strdup(r->a, s);
}

/* --- names that refer to something
 * -------------------------------------------------------------------- */

static int policy_ref_calendar(struct policy_reader *r, const struct conf *c, const char *key)
{
    const char *name = conf_text(c, key);
    size_t i;

    if (name == NULL)
        return -1;
    for (i = 0; i < r->p->calendar_count; i++)
        if (strcmp(r->p->calendar_names[i], name) == 0)
            return (int)i;
    if (conf_is_sound(r->root, "calendars"))
        conf_errors_at(r->errors, c, key, "there is no calendar '%.64s'", name);
    return -1;
}

static int policy_ref_team(struct policy_reader *r, const struct conf *c, const char *key)
{
    const char *name = conf_text(c, key);
    int team = name == NULL ? -1 : policy_find_team(r->p, name);

    if (name != NULL && team < 0 && conf_is_sound(r->root, "teams"))
        conf_errors_at(r->errors, c, key, "there is no team '%.64s'", name);
    return team;
}

/* A list of words, each of which `known` must know; *out is the reader's own copy. */
static size_t policy_words_of(struct policy_reader *r, const struct conf *c, const char *key,
                              bool (*known)(const struct policy *p, const char *word),
                              const char *what, const char *const **out)
{
    size_t n = conf_count(c, key), i;
    const char **words = arena_array(r->a, n, sizeof(*words));

    for (i = 0; i < n; i++) {
        words[i] = policy_copy(r, conf_text_at(c, key, i));
        if (known != NULL && !known(r->p, words[i]) &&
            conf_is_sound(r->root, arena_printf(r->a, "%ss", what)))
            conf_errors_at_item(r->errors, c, key, i, "there is no %s '%.64s'", what, words[i]);
    }
    *out = words;
    return n;
}

/* --- zones and languages
 * ------------------------------------------------------------------------------ */

static void policy_check_zone(struct policy_reader *r, const struct conf *c)
{
    const char *zone = conf_text(c, "zone");

    if (zone != NULL && !calendar_is_zone(zone))
        conf_errors_at(r->errors, c, "zone", "no such time zone: %.80s", zone);
}

static const char *policy_read_language(struct policy_reader *r, const struct conf *c)
{
    const char *language = conf_text(c, "language");

    if (language != NULL && !policy_is_language(language))
        conf_errors_at(r->errors, c, "language",
                       "expected a language such as es or pt-BR, got '%.40s'", language);
    return policy_copy(r, language);
}

/* --- calendars
 * ---------------------------------------------------------------------------------------- */

/* Adds what is written behind one key of `hours`. */
static int policy_hours(struct calendar_plan *plan, const char *days, const char *text)
{
    struct calendar_span spans[CALENDAR_SPANS_MAX];
    int first, last, count, day, i;

    if (calendar_text_weekdays(days, &first, &last) < 0)
        return -1;
    count = calendar_text_spans(&text, spans);
    if (count < 0 || text[strspn(text, " ")] != '\0')
        return -1;
    for (day = first;; day = (day + 1) % 7) {
        for (i = 0; i < count; i++) {
            if (plan->span_count[day] >= CALENDAR_SPANS_MAX)
                return -1;
            plan->spans[day][plan->span_count[day]++] = spans[i];
        }
        if (day == last)
            return 0;
    }
}

static void policy_days(struct policy_reader *r, const struct conf *c, const char *key,
                        struct calendar_dates *list)
{
    bool openings = strcmp(key, "openings") == 0;
    struct error err;
    size_t i;

    for (i = 0; i < conf_count(c, key); i++)
        if (calendar_text_days(r->a, conf_text_at(c, key, i), openings,
                               openings ? CALENDAR_OPENINGS_MAX : CALENDAR_HOLIDAYS_MAX, list,
                               &err) < 0)
            conf_errors_at_item(r->errors, c, key, i, "%s", err.text);
}

/* Those that several calendars have. */
static void policy_shared_holidays(struct policy_reader *r, const struct conf *c,
                                   struct calendar_dates *list)
{
    const char *name;
    struct error err;
    size_t i, k;

    for (i = 0; i < conf_count(c, "holidays_of"); i++) {
        name = conf_text_at(c, "holidays_of", i);
        for (k = 0; k < r->shared_count && strcmp(r->shared[k].name, name) != 0; k++)
            ;
        if (k == r->shared_count && conf_is_sound(r->root, "holidays"))
            conf_errors_at_item(r->errors, c, "holidays_of", i, "there are no holidays '%.64s'",
                                name);
        else if (k < r->shared_count && calendar_text_join(r->a, &r->shared[k].days,
                                                           CALENDAR_HOLIDAYS_MAX, list, &err) < 0)
            conf_errors_at_item(r->errors, c, "holidays_of", i, "%s", err.text);
    }
}

static struct calendar *policy_calendar(struct policy_reader *r, const struct conf *c)
{
    struct calendar_plan *plan = arena_alloc(r->a, sizeof(*plan));
    struct calendar_dates holidays = { 0 }, openings = { 0 };
    size_t before = r->errors->count;
    struct calendar *out = NULL;
    struct error err;
    size_t i;

    plan->zone = conf_text(c, "zone");
    policy_check_zone(r, c);
    for (i = 0; i < conf_count(c, "hours"); i++)
        if (policy_hours(plan, conf_name_at(c, "hours", i), conf_text_at(c, "hours", i)) < 0)
            conf_errors_at_item(r->errors, c, "hours", i,
                                "expected a day or 'mon-fri' with spans such as '09:00-14:00, "
                                "15:30-18:30', got '%.20s: %.60s'",
                                conf_name_at(c, "hours", i), conf_text_at(c, "hours", i));
    policy_days(r, c, "holidays", &holidays);
    policy_shared_holidays(r, c, &holidays);
    policy_days(r, c, "openings", &openings);
    plan->holidays = holidays.at;
    plan->holiday_count = holidays.count;
    plan->openings = openings.at;
    plan->opening_count = openings.count;
    if (plan->zone != NULL && r->errors->count == before && calendar_new(plan, &out, &err) < 0)
        conf_errors_at(r->errors, c, NULL, "%s", err.text);
    return out;
}

static void policy_holidays(struct policy_reader *r, const struct conf *root)
{
    size_t i;

    r->shared_count = conf_count(root, "holidays");
    r->shared = arena_array(r->a, r->shared_count, sizeof(*r->shared));
    for (i = 0; i < r->shared_count; i++) {
        r->shared[i].name = conf_name_at(root, "holidays", i);
        policy_days(r, conf_at(root, "holidays", i), "days", &r->shared[i].days);
    }
}

static void policy_calendars(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "calendars"), i;
    const struct calendar **calendars = arena_array(r->a, n, sizeof(*calendars));
    const char **names = arena_array(r->a, n, sizeof(*names));

    for (i = 0; i < n; i++) {
        names[i] = policy_copy(r, conf_name_at(root, "calendars", i));
        calendars[i] = policy_calendar(r, conf_at(root, "calendars", i));
    }
    r->p->calendars = calendars;
    r->p->calendar_names = names;
    r->p->calendar_count = n;
}

/* --- people
 * ------------------------------------------------------------------------------------------- */

/* Of an agent; those before have theirs already. */
static const char *policy_email(struct policy_reader *r, const struct conf *c)
{
    const char *email = inbound_email(r->a, span_of(conf_text(c, "email")));

    if (email == NULL)
        conf_errors_at(r->errors, c, "email", "expected an e-mail address, got '%.64s'",
                       conf_text(c, "email"));
    else if (policy_find_agent_by_email(r->p, email) >= 0)
        conf_errors_at(r->errors, c, "email", "another agent has this address");
    return email;
}

static void policy_agents(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "agents"), i;
    struct policy_agent *agents = arena_array(r->a, n, sizeof(*agents));

    r->p->agents = agents;
    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "agents", i);

        agents[i].name = policy_copy(r, conf_name_at(root, "agents", i));
        agents[i].full_name = policy_copy(r, conf_text(c, "name"));
        if (conf_is_sound(c, "email"))
            agents[i].email = policy_email(r, c);
        agents[i].limit = (int)conf_int(c, "limit");
        agents[i].topic_limits = policy_limits_read(r->root, c, r->a, r->errors);
        agents[i].available = conf_bool(c, "available");
        agents[i].calendar = policy_ref_calendar(r, c, "calendar");
        agents[i].language = policy_read_language(r, c);
        agents[i].shift = policy_ref_calendar(r, c, "shift");
        agents[i].skill_count = policy_words_of(r, c, "skills", NULL, "", &agents[i].skills);
        agents[i].language_count =
            policy_words_of(r, c, "languages", NULL, "", &agents[i].languages);
        if (strlen(agents[i].name) >= TICKET_NAME_MAX)
            conf_errors_at(r->errors, c, NULL, "a name of over %d bytes", TICKET_NAME_MAX - 1);
        r->p->agent_count = i + 1;
    }
}

static void policy_teams(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "teams"), i, j;
    struct policy_team *teams = arena_array(r->a, n, sizeof(*teams));

    r->p->teams = teams;
    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "teams", i);
        size_t count = conf_count(c, "members");
        int *members = arena_array(r->a, count, sizeof(*members));

        teams[i].name = policy_copy(r, conf_name_at(root, "teams", i));
        teams[i].title = policy_copy(r, conf_text(c, "title"));
        teams[i].ack_s = conf_int(c, "ack");
        teams[i].members = members;
        policy_backlog_read(r->p, r->root, c, r->a, r->errors, &teams[i].backlog);
        for (j = 0; j < count; j++) {
            int agent = policy_find_agent(r->p, conf_text_at(c, "members", j));

            if (agent < 0 && conf_is_sound(r->root, "agents"))
                conf_errors_at_item(r->errors, c, "members", j, "there is no agent '%.64s'",
                                    conf_text_at(c, "members", j));
            else if (agent >= 0 && !policy_has_member(r->p, i, agent))
                members[teams[i].member_count++] = agent;
        }
    }
    r->p->team_count = n;
}

/* --- what there is to tell apart: tags, plans, topics
 * ----------------------------------------------------------------------------------- */

static bool policy_knows_plan(const struct policy *p, const char *word)
{
    return policy_find_plan(p, word) != NULL;
}

static bool policy_knows_topic(const struct policy *p, const char *word)
{
    return strcmp(word, "none") == 0 || policy_find_topic(p, word) != NULL;
}

static void policy_plans(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "plans"), i;
    struct policy_plan *plans = arena_array(r->a, n, sizeof(*plans));

    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "plans", i);

        plans[i] = (struct policy_plan){ policy_copy(r, conf_name_at(root, "plans", i)),
                                         policy_copy(r, conf_text(c, "title")),
                                         (int)conf_int(c, "points") };
    }
    r->p->plans = plans;
    r->p->plan_count = n;
}

static void policy_topics(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "topics"), i, j;
    struct policy_topic *topics = arena_array(r->a, n, sizeof(*topics));

    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "topics", i);
        size_t count = conf_count(c, "teams");
        int *teams = arena_array(r->a, count, sizeof(*teams));

        topics[i].name = policy_copy(r, conf_name_at(root, "topics", i));
        topics[i].title = policy_copy(r, conf_text(c, "title"));
        topics[i].skill_count = policy_words_of(r, c, "skills", NULL, "", &topics[i].skills);
        policy_texts_read(c, "ask", POLICY_ASK_MAX, r->a, r->errors, &topics[i].ask);
        if (strcmp(topics[i].name, "none") == 0 || strlen(topics[i].name) >= TICKET_NAME_MAX)
            conf_errors_at(r->errors, c, NULL, "a name of 1 to %d bytes, and not 'none'",
                           TICKET_NAME_MAX - 1);
        for (j = 0; j < count; j++) {
            const char *team = conf_text_at(c, "teams", j);

            teams[j] = strcmp(team, "-") == 0 ? -1 : policy_find_team(r->p, team);
            if (teams[j] < 0 && strcmp(team, "-") != 0 && conf_is_sound(r->root, "teams"))
                conf_errors_at_item(r->errors, c, "teams", j, "there is no team '%.64s'", team);
        }
        topics[i].teams = teams;
        topics[i].team_count = count;
    }
    r->p->topics = topics;
    r->p->topic_count = n;
}

static int policy_ref_topic(struct policy_reader *r, const struct conf *c, const char *key)
{
    const char *name = conf_text(c, key);
    const struct policy_topic *topic = name == NULL ? NULL : policy_find_topic(r->p, name);

    if (name != NULL && topic == NULL && conf_is_sound(r->root, "topics"))
        conf_errors_at(r->errors, c, key, "there is no topic '%.64s'", name);
    return topic == NULL ? -1 : (int)(topic - r->p->topics);
}

/* --- classification
 * ----------------------------------------------------------------------------------- */

static void policy_rule_in(struct policy_reader *r, const struct conf *c, struct policy_rule *rule)
{
    size_t i;

    rule->in_subject = rule->in_text = conf_count(c, "in") == 0;
    for (i = 0; i < conf_count(c, "in"); i++) {
        const char *where = conf_text_at(c, "in", i);

        if (strcmp(where, "subject") == 0)
            rule->in_subject = true;
        else if (strcmp(where, "text") == 0)
            rule->in_text = true;
        else if (strcmp(where, "sender") == 0)
            rule->in_sender = true;
        else if (strcmp(where, "organization") == 0)
            rule->in_organization = true;
        else
            conf_errors_at_item(r->errors, c, "in", i,
                                "expected subject, text, sender or organization, got '%.40s'",
                                where);
    }
}

static void policy_rules(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "classification"), i;
    struct policy_rule *rules = arena_array(r->a, n, sizeof(*rules));
    struct error err;

    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "classification", i);
        struct pattern *pattern = NULL;

        rules[i].name = policy_copy(r, conf_text(c, "name"));
        if (conf_text(c, "match") != NULL && pattern_new(conf_text(c, "match"), &pattern, &err) < 0)
            conf_errors_at(r->errors, c, "match", "%s", err.text);
        rules[i].pattern = pattern;
        policy_rule_in(r, c, &rules[i]);
        rules[i].priority =
            conf_text(c, "priority") == NULL
                ? TICKET_PRIORITY_NONE
                : (enum ticket_priority)ticket_priority_find(conf_text(c, "priority"));
        rules[i].impact = conf_text(c, "impact") == NULL
                              ? TICKET_IMPACT_NONE
                              : (enum ticket_impact)ticket_impact_find(conf_text(c, "impact"));
        rules[i].quick = conf_bool(c, "quick");
        rules[i].team = policy_ref_team(r, c, "team");
        rules[i].topic = policy_ref_topic(r, c, "topic");
        rules[i].tag_count = policy_words_of(r, c, "tags", policy_has_tag, "tag", &rules[i].tags);
        if (rules[i].tag_count > TICKET_TAGS_MAX)
            conf_errors_at(r->errors, c, "tags", "over %d tags", TICKET_TAGS_MAX);
        r->p->rules = rules;
        r->p->rule_count = i + 1; /* so that policy_free() finds its pattern, whatever comes */
    }
}

static void policy_scoring(struct policy_reader *r, const struct conf *root)
{
    const struct conf *c = conf_section(root, "scoring"), *churn = conf_section(c, "churn");
    const struct conf *impact = conf_section(c, "impact");
    const char *says = conf_text(churn, "says");
    struct policy_scoring *s = &r->p->scoring;
    int i;

    for (i = 0; i < TICKET_IMPACT_N; i++)
        s->impact[i] = (int)conf_int(impact, ticket_impact_name((enum ticket_impact)i));
    s->vip = (int)conf_int(c, "vip");
    s->churn = (int)conf_int(churn, "points");
    s->churn_tickets = (int)conf_int(churn, "tickets");
    s->churn_within_s = conf_int(churn, "within");
    s->churn_missed = conf_bool(churn, "missed");
    s->churn_rule = says == NULL ? -1 : policy_find_rule(r->p, says);
    if (says != NULL && s->churn_rule < 0 && conf_is_sound(r->root, "classification"))
        conf_errors_at(r->errors, churn, "says", "the classification has no rule '%.60s'", says);
}

/* --- targets
 * ------------------------------------------------------------------------------------------ */

/* "50%" or "1h", as struct target has them; 0: it is neither. */
static int policy_warning(const char *text)
{
    int percent;
    int64_t left;

    if (text_percent(text, &percent) == 0)
        return percent < 100 ? percent : 0;
    return duration_read(text, &left) < 0 || left > INT_MAX ? 0 : -(int)left;
}

static int64_t policy_longest(const struct conf *row)
{
    int64_t longest = 0;
    int p;

    for (p = 0; p < TICKET_PRIORITY_N; p++)
        longest = MAX(longest, conf_int(row, ticket_priority_name((enum ticket_priority)p)));
    return longest;
}

/* What a row says of all its priorities. */
static int policy_warnings(struct policy_reader *r, const struct conf *c,
                           int out[TARGET_WARNINGS_MAX])
{
    size_t n = conf_count(c, "warn"), i;
    int64_t longest = policy_longest(c);
    int count = 0, k;

    if (n > TARGET_WARNINGS_MAX)
        conf_errors_at(r->errors, c, "warn", "over %d warnings", TARGET_WARNINGS_MAX);
    for (i = 0; i < n && i < TARGET_WARNINGS_MAX; i++) {
        const char *text = conf_text_at(c, "warn", i);
        int warn = policy_warning(text);

        for (k = 0; k < count && out[k] != warn; k++)
            ;
        if (warn == 0)
            conf_errors_at_item(r->errors, c, "warn", i,
                                "expected a percent of the time, such as '50%%', from 1%% to 99%%, "
                                "or how much of it is left, such as '1h', got '%.40s'",
                                text);
        else if (k < count)
            conf_errors_at_item(r->errors, c, "warn", i, "'%.40s' is there twice", text);
        else if (longest > 0 && -(int64_t)warn >= longest)
            conf_errors_at_item(r->errors, c, "warn", i, "no target here is longer than '%.40s'",
                                text);
        else
            out[count++] = warn;
    }
    return count;
}

/* Those that come while a target of so many seconds is counted, the first first, each second once.
 */
static void policy_warn(struct target *t, const int *warnings, int count)
{
    int n = 0, i, k;

    memset(t->warn, 0, sizeof(t->warn));
    for (i = 0; i < count; i++) {
        const struct target one = { .seconds = t->seconds, .warn = { warnings[i] } };
        int64_t at = target_warning(&one, 0);

        for (k = 0; k < n && target_warning(t, k) < at; k++)
            ;
        if (at <= 0 || at >= t->seconds || (k < n && target_warning(t, k) == at))
            continue;
        memmove(t->warn + k + 1, t->warn + k, (size_t)(n - k) * sizeof(t->warn[0]));
        t->warn[k] = warnings[i];
        n++;
    }
}

static void policy_table(struct policy_reader *r, const struct conf *c, struct target_table *out,
                         bool (*set)[TARGET_KIND_N])
{
    int k, p;

    for (k = 0; k < TARGET_KIND_N; k++) {
        bool of_level = k == TARGET_LEVEL_ACK || k == TARGET_LEVEL_RESOLVE;
        const struct conf *row =
            of_level || c == NULL ? NULL : conf_section(c, target_kind_name((enum target_kind)k));
        struct target t = { .calendar =
                                row == NULL ? -1 : policy_ref_calendar(r, row, "calendar") };

        int warnings[TARGET_WARNINGS_MAX];
        int warning_count = row == NULL ? 0 : policy_warnings(r, row, warnings);

        for (p = 0; p < TICKET_PRIORITY_N; p++) {
            const char *name = ticket_priority_name((enum ticket_priority)p);
            bool says = row != NULL && conf_has(row, name);

            t.seconds = says ? conf_int(row, name) : -1;
            policy_warn(&t, warnings, warning_count);
            out->at[p][k] = t;
            if (set != NULL)
                set[p][k] = says;
        }
    }
}

static void policy_targets(struct policy_reader *r, const struct conf *root,
                           struct target_policy *out)
{
    const struct conf *c = conf_section(root, "targets");
    size_t n = conf_count(c, "channels"), i;
    struct target_channel *channels = arena_array(r->a, n, sizeof(*channels));

    policy_table(r, c, &out->table, NULL);
    for (i = 0; i < n; i++) {
        channels[i].channel = policy_copy(r, conf_name_at(c, "channels", i));
        policy_table(r, conf_at(c, "channels", i), &channels[i].table, channels[i].set);
    }
    out->channels = channels;
    out->channel_count = n;
}

/* --- the path
 * ----------------------------------------------------------------------------------------- */

/* Of a step of level `level` of `levels`. */
static void policy_action(struct policy_reader *r, const struct conf *step, size_t i, int level,
                          size_t levels, struct policy_do *out)
{
    struct error err;

    if (policy_do_parse(r->p, conf_text_at(step, "do", i), r->a, out, &err) == 0) {
        if (out->action == POLICY_LEVEL_TO && (out->level <= level || (size_t)out->level > levels))
            conf_errors_at_item(r->errors, step, "do", i, "level %d is not above level %d of %zu",
                                out->level, level, levels);
        return;
    }
    if ((out->action != POLICY_NOTIFY_NAMED || conf_is_sound(r->root, "agents")) &&
        (out->action != POLICY_WATCH_NAMED ||
         (conf_is_sound(r->root, "agents") && conf_is_sound(r->root, "teams"))) &&
        (out->action != POLICY_TAG || conf_is_sound(r->root, "tags")))
        conf_errors_at_item(r->errors, step, "do", i, "%s", err.text);
}

static void policy_condition(struct policy_reader *r, const struct conf *s,
                             struct policy_condition *out)
{
    out->priority_from = (enum ticket_priority)ticket_priority_find(conf_text(s, "if_priority"));
    out->vip = conf_bool(s, "if_vip");
    out->plan_count = policy_words_of(r, s, "if_plan", policy_knows_plan, "plan", &out->plans);
    out->topic_count = policy_words_of(r, s, "if_topic", policy_knows_topic, "topic", &out->topics);
    out->tag_count = policy_words_of(r, s, "if_tagged", policy_has_tag, "tag", &out->tags);
    out->tag_off_count =
        policy_words_of(r, s, "unless_tagged", policy_has_tag, "tag", &out->tags_off);
}

/* Of one level of so many. */
static void policy_steps(struct policy_reader *r, const struct conf *c, size_t levels,
                         struct policy_level *level)
{
    size_t n = conf_count(c, "steps"), i, j;
    struct policy_step *steps = arena_array(r->a, n, sizeof(*steps));
    struct error err;

    if (n > 64)
        conf_errors_at(r->errors, c, "steps", "over 64 steps");
    for (i = 0; i < n; i++) {
        const struct conf *s = conf_at(c, "steps", i);
        size_t count = conf_count(s, "do");
        struct policy_do *actions = arena_array(r->a, count, sizeof(*actions));

        steps[i].name = policy_copy(r, conf_text(s, "name"));
        policy_condition(r, s, &steps[i].condition);
        if (conf_is_sound(s, "when") &&
            policy_when_parse(r->p, conf_text(s, "when"), r->a, &steps[i], &err) < 0 &&
            (steps[i].trigger != POLICY_ON_RULE || conf_is_sound(r->root, "classification")) &&
            (steps[i].trigger != POLICY_ON_TAG || conf_is_sound(r->root, "tags")))
            conf_errors_at(r->errors, s, "when", "%s", err.text);
        for (j = 0; j < count; j++)
            policy_action(r, s, j, level->level, levels, &actions[j]);
        for (j = 0; j < i && steps[i].name != NULL; j++)
            if (steps[j].name != NULL && strcmp(steps[j].name, steps[i].name) == 0)
                conf_errors_at(r->errors, s, "name", "another step of this level has this name");
        steps[i].actions = actions;
        steps[i].action_count = count;
    }
    level->steps = steps;
    level->step_count = n;
}

/* Ascending durations from `least` on, at most so many. */
static int64_t *policy_reminders(struct policy_reader *r, const struct conf *c, int64_t least,
                                 size_t most, size_t *count)
{
    size_t n = conf_count(c, "reminders"), i;
    int64_t *reminders = arena_array(r->a, n, sizeof(*reminders)), before = least - 1;

    if (n > most)
        conf_errors_at(r->errors, c, "reminders", "over %zu reminders", most);
    for (i = 0; i < n; i++) {
        if (duration_read(conf_text_at(c, "reminders", i), &reminders[i]) < 0 ||
            reminders[i] <= before)
            conf_errors_at_item(r->errors, c, "reminders", i,
                                "expected durations such as 15m, ascending, got '%.40s'",
                                conf_text_at(c, "reminders", i));
        before = reminders[i];
    }
    *count = n;
    return reminders;
}

static void policy_waiting(struct policy_reader *r, const struct conf *root)
{
    const struct conf *c = conf_section(root, "waiting");
    struct policy_waiting *w = &r->p->waiting;
    size_t n, i;
    const int64_t *reminders = policy_reminders(r, c, 1, POLICY_REMINDERS_MAX, &n);

    w->calendar = policy_ref_calendar(r, c, "calendar");
    w->solve_s = conf_int(c, "solve");
    for (i = 0; i < n && i < POLICY_REMINDERS_MAX; i++)
        w->reminders[i] = reminders[i];
}

static const char *policy_level_text(struct policy_reader *r, const struct conf *c)
{
    const char *text = conf_text(c, "text");
    struct span paragraph = span_trim(span_of(text));

    if (text == NULL)
        return NULL;
    if (paragraph.len == 0 || paragraph.len > POLICY_LEVEL_TEXT_MAX)
        conf_errors_at(r->errors, c, "text", "expected 1 to %d bytes, got %zu",
                       POLICY_LEVEL_TEXT_MAX, paragraph.len);
    return text_clean_line(r->a, paragraph, POLICY_LEVEL_TEXT_MAX);
}

static void policy_levels(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "escalation"), i;
    struct policy_level *levels = arena_array(r->a, n, sizeof(*levels));

    if (n == 0 && conf_is_sound(root, "escalation"))
        conf_errors_at(r->errors, root, "escalation", "expected at least one level");
    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "escalation", i);

        levels[i].level = (int)i + 1;
        levels[i].name = policy_copy(r, conf_text(c, "name"));
        levels[i].text = policy_level_text(r, c);
        levels[i].team = policy_ref_team(r, c, "team");
        levels[i].calendar = policy_ref_calendar(r, c, "calendar");
        policy_times_read(r->p, root, c, r->a, r->errors, &levels[i]);
        levels[i].stay_s = conf_int(c, "stay");
        levels[i].reminders = policy_reminders(r, c, 0, 8, &levels[i].reminder_count);
        policy_steps(r, c, n, &levels[i]);
    }
    r->p->levels = levels;
    r->p->level_count = n;
}

/* --- notices
 * ------------------------------------------------------------------------------------------ */

static size_t policy_language(struct policy_reader *r, const char **languages, size_t *count,
                              const char *language)
{
    size_t i;

    for (i = 0; i < *count; i++)
        if (strcmp(languages[i], language) == 0)
            return i;
    languages[*count] = policy_copy(r, language);
    return (*count)++;
}

static void policy_notice_words(struct policy_reader *r, const struct conf *c,
                                struct policy_notice *out)
{
    static const char *const forms[] = { "subject", "letter", "line" };
    size_t most = conf_count(c, "subject") + conf_count(c, "letter") + conf_count(c, "line"), f, i,
           at;
    const char **languages = arena_array(r->a, most, sizeof(*languages)), **words[3];
    struct error err;

    for (f = 0; f < 3; f++) {
        words[f] = arena_array(r->a, most, sizeof(**words));
        for (i = 0; i < conf_count(c, forms[f]); i++) {
            if (wording_check(conf_text_at(c, forms[f], i), &err) < 0)
                conf_errors_at_item(r->errors, c, forms[f], i, "%s", err.text);
            if (!policy_is_language(conf_name_at(c, forms[f], i)))
                conf_errors_at_item(r->errors, c, forms[f], i,
                                    "expected a language such as es or pt-BR, got '%.40s'",
                                    conf_name_at(c, forms[f], i));
            at = policy_language(r, languages, &out->wording_count, conf_name_at(c, forms[f], i));
            words[f][at] = policy_copy(r, conf_text_at(c, forms[f], i));
        }
    }
    out->languages = languages;
    out->subjects = words[0];
    out->letters = words[1];
    out->lines = words[2];
}

static void policy_notices(struct policy_reader *r, const struct conf *root)
{
    enum notice n;
    size_t i;

    for (i = 0; i < NOTICE_N; i++)
        r->p->notices[i].on = true;
    for (i = 0; i < conf_count(root, "notices"); i++) {
        const struct conf *c = conf_at(root, "notices", i);

        n = notice_find(conf_name_at(root, "notices", i));
        if (n == NOTICE_N) {
            conf_errors_at(r->errors, c, NULL, "there is no notice '%.40s'",
                           conf_name_at(root, "notices", i));
            continue;
        }
        if (!conf_bool(c, "on") && conf_is_sound(c, "on") && n == NOTICE_REPLY)
            conf_errors_at(r->errors, c, "on", "an agent's answer is never switched off");
        r->p->notices[n].on = conf_bool(c, "on");
        policy_notice_words(r, c, &r->p->notices[n]);
    }
}

/* --- incidents
 * ---------------------------------------------------------------------------------------- */

static const char *policy_ignored(struct policy_reader *r, const struct conf *c)
{
    size_t n = conf_count(c, "ignore"), i;
    const char *words = "", *kept, *own;

    for (i = 0; i < n && i < POLICY_INCIDENT_IGNORED_MAX; i++)
        words = arena_printf(r->a, "%s %s", words, conf_text_at(c, "ignore", i));
    kept = similar_terms(r->a, NULL, words, NULL);
    for (i = 0; i < n; i++) {
        own = similar_terms(r->a, NULL, conf_text_at(c, "ignore", i), NULL);
        if (i < POLICY_INCIDENT_IGNORED_MAX && strcmp(similar_common(r->a, own, kept), own) == 0)
            continue;
        conf_errors_at_item(r->errors, c, "ignore", i, "over %d words in all",
                            POLICY_INCIDENT_IGNORED_MAX);
        break;
    }
    return n == 0 ? NULL : kept;
}

static void policy_incidents(struct policy_reader *r, const struct conf *root)
{
    const struct conf *c = conf_section(root, "incidents");
    struct policy_incidents *in = &r->p->incidents;

    in->from = (int)conf_int(c, "from");
    in->window_s = conf_int(c, "window");
    in->similarity = (int)conf_int(c, "similarity");
    in->ignored = policy_ignored(r, c);
    in->topic_count = policy_words_of(r, c, "topics", policy_knows_topic, "topic", &in->topics);
    in->priority_from = (enum ticket_priority)ticket_priority_find(conf_text(c, "priority"));
    in->points = (int)conf_int(c, "points");
    in->team = policy_ref_team(r, c, "team");
    in->level = (int)conf_int(c, "level");
    in->voids = strcmp(conf_text(c, "clocks"), "end") == 0;
    in->solves = conf_bool(c, "solve");
    in->news_s = conf_int(c, "news");
    if (in->from == 1)
        conf_errors_at(r->errors, c, "from", "expected 0 or at least 2 people");
    if ((size_t)in->level > r->p->level_count && conf_is_sound(root, "escalation"))
        conf_errors_at(r->errors, c, "level", "the path has %zu levels", r->p->level_count);
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

static int policy_queue_find(const char *order)
{
    static const char *const orders[] = { [POLICY_QUEUE_URGENT] = "urgent first",
                                          [POLICY_QUEUE_ARRIVAL] = "first come",
                                          [POLICY_QUEUE_AGED] = "aged",
                                          [POLICY_QUEUE_DUE] = "nearest due" };
    int i;

    for (i = 0; i < POLICY_QUEUE_DUE; i++)
        if (strcmp(orders[i], order) == 0)
            break;
    return i;
}

static void policy_plain(struct policy_reader *r, const struct conf *root)
{
    const struct conf *desk = conf_section(root, "desk"), *timing = conf_section(root, "timing");
    struct policy *p = r->p;

    p->desk_title = policy_copy(r, conf_text(desk, "title"));
    p->language = policy_read_language(r, desk);
    policy_check_zone(r, desk);
    p->zone = policy_copy(r, conf_text(desk, "zone"));
    p->priority = (enum ticket_priority)ticket_priority_find(conf_text(root, "priority"));
    p->queue = (enum policy_queue)policy_queue_find(conf_text(root, "queue"));
    p->queue_step_s = conf_int(root, "queue_step");
    p->grace_s = conf_int(timing, "grace");
    p->reopen_s = conf_int(timing, "reopen");
    p->solution_asked = strcmp(conf_text(root, "solution"), "asked") == 0;
    p->coalesce_s = conf_int(timing, "coalesce");
    p->received_merge_s = conf_int(timing, "received_merge");
    p->after_reply_s = conf_int(timing, "after_reply");
}

/* C-11: what a key says stands in place of what is usual. */
static void policy_pauses(struct policy_reader *r, const struct conf *root)
{
    const struct conf *c = conf_section(root, "pauses");
    int k, status;
    size_t i;

    policy_default_pauses(r->p);
    for (k = 0; k < TARGET_KIND_N; k++) {
        const char *key = target_kind_name((enum target_kind)k);

        if (c == NULL || k == TARGET_FIRST_RESPONSE || k == TARGET_LEVEL_ACK || !conf_has(c, key))
            continue;
        r->p->pauses[k][TICKET_PENDING] = r->p->pauses[k][TICKET_ON_HOLD] = false;
        for (i = 0; i < conf_count(c, key); i++) {
            status = ticket_status_find(conf_text_at(c, key, i));
            if (status != TICKET_PENDING && status != TICKET_ON_HOLD)
                conf_errors_at_item(r->errors, c, key, i,
                                    "expected pending or on_hold, got '%.40s'",
                                    conf_text_at(c, key, i));
            else
                r->p->pauses[k][status] = true;
        }
    }
}

int policy_read(const char *name, struct span bytes, conf_include_fn *include, void *arg,
                struct policy_file *out, struct conf_errors *errors)
{
    struct policy_reader r = { .errors = errors };
    struct target_policy *targets;
    struct conf_file *file;
    const struct conf *root;
    size_t before = errors->count;

    conf_read_all(policy_keys, name, bytes, include, arg, &file, errors);
    r.root = root = conf_root(file);
    r.a = arena_new();
    r.p = arena_alloc(r.a, sizeof(*r.p));
    r.p->arena = r.a;
    targets = arena_alloc(r.a, sizeof(*targets));
    policy_plain(&r, root);
    policy_holidays(&r, root);
    policy_calendars(&r, root);
    policy_agents(&r, root);
    policy_teams(&r, root);
    r.p->tag_count = policy_words_of(&r, root, "tags", NULL, "tag", &r.p->tags);
    policy_plans(&r, root);
    policy_topics(&r, root);
    policy_articles_read(root, r.a, errors, r.p);
    policy_rules(&r, root);
    policy_scoring(&r, root);
    policy_waiting(&r, root);
    policy_pauses(&r, root);
    policy_targets(&r, root, targets);
    policy_levels(&r, root);
    policy_incidents(&r, root);
    policy_notices(&r, root);
    policy_budgets_read(r.p, root, errors);
    conf_file_free(file);
    if (errors->count > before) {
        conf_errors_sort(errors, before);
        policy_free(r.p);
        return -1;
    }
    *out = (struct policy_file){ r.p, targets };
    return 0;
}

void policy_file_clear(struct policy_file *f)
{
    policy_free(f->policy); /* the targets live in its arena */
    *f = (struct policy_file){ 0 };
}
