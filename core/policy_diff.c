#include "core/policy_diff.h"

#include <string.h>

#include "core/arena.h"
#include "core/conf_diff.h"
#include "core/policy.h"
#include "core/policy_diff_times.h"
#include "core/text.h"
#include "core/ticket.h"

/* --- small words
 * ------------------------------------------------------------------------------------------------
 */

static const char *policy_diff_path(const struct conf_difference *d, struct arena *a)
{
    const char *path = "";
    size_t i;

    for (i = 0; i < d->depth; i++)
        path = arena_printf(a, "%s%s%s", path, i == 0 ? "" : ".", d->path[i]);
    return path;
}

static bool policy_diff_is(const struct conf_difference *d, size_t at, const char *key)
{
    return at < d->depth && strcmp(d->path[at], key) == 0;
}

static const char *policy_diff_last(const struct conf_difference *d)
{
    return d->path[d->depth - 1];
}

static const char *policy_diff_warning(struct arena *a, const char *warn, const char *what)
{
    return arena_printf(a,
                        strchr(warn, '%') != NULL ? "at %s of the time for %s"
                                                  : "with %s of the time for %s left",
                        warn, what);
}

/* "WHAT: AFTER instead of BEFORE", "… is new", "… is gone". */
static const char *policy_diff_plain(const struct conf_difference *d, struct arena *a,
                                     const char *what)
{
    switch (d->kind) {
    case CONF_CHANGED:
        return arena_printf(a, "%s: %s instead of %s", what, d->after, d->before);
    case CONF_ORDER:
        return arena_printf(a, "%s stand in another order: %s instead of %s", what, d->after,
                            d->before);
    case CONF_NEW:
        return d->after == NULL || d->item
                   ? arena_printf(a, "%s is new", what)
                   : arena_printf(a, "%s: %s, where it was open", what, d->after);
    default:
        return d->before == NULL || d->item ? arena_printf(a, "%s is gone", what)
                                            : arena_printf(a, "%s: no longer %s", what, d->before);
    }
}

/* --- what is promised
 * ------------------------------------------------------------------------------------------------
 */

static const char *policy_diff_promise(const char *clock)
{
    int kind = target_kind_find(clock);

    return kind < 0 ? clock : target_kind_words((enum target_kind)kind);
}

static const char *policy_diff_time(const struct conf_difference *d, struct arena *a,
                                    const char *who, const char *what)
{
    switch (d->kind) {
    case CONF_NEW:
        return arena_printf(a, "%s: %s is promised within %s; until now nothing was", who, what,
                            d->after);
    case CONF_GONE:
        return arena_printf(a, "%s: %s is promised no longer; until now it was within %s", who,
                            what, d->before);
    default:
        return arena_printf(a, "%s: %s within %s instead of %s", who, what, d->after, d->before);
    }
}

static const char *policy_diff_target(const struct conf_difference *d, struct arena *a)
{
    bool channel = policy_diff_is(d, 1, "channels");
    size_t at = channel ? 3 : 1; /* of the clock */
    const char *by = channel && d->depth > 2 ? arena_printf(a, " that come by %s", d->path[2]) : "";
    const char *key, *what;

    if (d->depth <= at + 1)
        return channel && d->depth == 3
                   ? arena_printf(a, "cases%s %s promises of their own", by,
                                  d->kind == CONF_NEW ? "get" : "no longer have")
                   : policy_diff_plain(d, a, policy_diff_path(d, a));
    what = policy_diff_promise(d->path[at]);
    key = d->path[at + 1];
    if (ticket_priority_find(key) >= 0)
        return policy_diff_time(d, a, arena_printf(a, "%s cases%s", key, by), what);
    if (strcmp(key, "calendar") == 0)
        return arena_printf(a, "cases%s: for %s the hours of %s count instead of those of %s", by,
                            what, d->after == NULL ? "the wall clock" : d->after,
                            d->before == NULL ? "the wall clock" : d->before);
    if (strcmp(key, "warn") == 0 && d->item)
        return arena_printf(a, "cases%s: the warning %s is %s", by,
                            policy_diff_warning(a, policy_diff_last(d), what),
                            d->kind == CONF_NEW ? "new" : "gone");
    return policy_diff_plain(d, a, policy_diff_path(d, a));
}

/* --- how cases climb
 * ------------------------------------------------------------------------------------------------
 */

static const char *policy_diff_actions(const struct conf *step, struct arena *a)
{
    const char *text = "";
    size_t i;

    for (i = 0; i < conf_count(step, "do"); i++)
        text = arena_printf(a, "%s%s%s", text, i == 0 ? "" : ", ", conf_text_at(step, "do", i));
    return text;
}

static const char *policy_diff_step(const struct conf_difference *d, struct arena *a)
{
    const char *level = d->path[1], *step = d->depth > 3 ? d->path[3] : "";
    const struct conf *whole = d->is != NULL ? d->is : d->was;

    if (d->kind == CONF_ORDER)
        return policy_diff_plain(d, a, arena_printf(a, "the steps of level \"%s\"", level));
    if (d->depth == 4 && whole != NULL)
        return arena_printf(a, "level \"%s\" %s step \"%s\": when %s, %s", level,
                            d->kind == CONF_NEW ? "gets the" : "loses the", step,
                            conf_text(whole, "when"), policy_diff_actions(whole, a));
    if (policy_diff_is(d, 4, "when"))
        return arena_printf(a, "level \"%s\", step \"%s\" is taken when %s instead of %s", level,
                            step, d->after, d->before);
    if (policy_diff_is(d, 4, "do") && d->item)
        return arena_printf(a, "level \"%s\", step \"%s\" %s: %s", level, step,
                            d->kind == CONF_NEW ? "does this as well" : "no longer does this",
                            policy_diff_last(d));
    if (policy_diff_is(d, 4, "if_priority"))
        return arena_printf(a,
                            "level \"%s\", step \"%s\" is for cases from %s on instead of from %s "
                            "on",
                            level, step, d->after, d->before);
    return policy_diff_plain(d, a, policy_diff_path(d, a));
}

static const char *policy_diff_level_text(const struct conf_difference *d, struct arena *a,
                                          const char *level)
{
    if (d->kind == CONF_GONE)
        return arena_printf(a, "agents of level \"%s\" are told no longer what they may decide",
                            level);
    return arena_printf(a, "agents of level \"%s\" are told %s they may decide: %s", level,
                        d->kind == CONF_NEW ? "what" : "in other words what",
                        text_clean_line(a, span_of(d->after), POLICY_LEVEL_TEXT_MAX));
}

static const char *policy_diff_level(const struct conf_difference *d, struct arena *a)
{
    const char *level = d->depth > 1 ? d->path[1] : "", *who;

    if (d->kind == CONF_ORDER && d->depth == 1)
        return policy_diff_plain(d, a, "the levels");
    if (d->depth == 2)
        return arena_printf(a, "the level \"%s\" is %s", level,
                            d->kind == CONF_NEW ? "new" : "gone");
    if (policy_diff_is(d, 2, "steps"))
        return policy_diff_step(d, a);
    if (policy_diff_times(d, a) != NULL)
        return policy_diff_times(d, a);
    if (policy_diff_is(d, 2, "text"))
        return policy_diff_level_text(d, a, level);
    who = arena_printf(a, "cases on level \"%s\"", level);
    if (policy_diff_is(d, 2, "ack"))
        return policy_diff_time(d, a, who, "that somebody there has seen it");
    if (policy_diff_is(d, 2, "resolve"))
        return policy_diff_time(d, a, who, "that it is solved there");
    if (policy_diff_is(d, 2, "team"))
        return arena_printf(a, "%s are team %s's instead of %s's", who,
                            d->after == NULL ? "nobody" : d->after,
                            d->before == NULL ? "nobody" : d->before);
    if (policy_diff_is(d, 2, "reminders") && d->item)
        return arena_printf(a, "%s: the reminder %s after it got there is %s", who,
                            policy_diff_last(d), d->kind == CONF_NEW ? "new" : "gone");
    return policy_diff_plain(d, a, arena_printf(a, "%s: %s", who, policy_diff_last(d)));
}

/* --- what a case is
 * ------------------------------------------------------------------------------------------------
 */

static const char *policy_diff_rule(const struct conf_difference *d, struct arena *a)
{
    const char *rule = d->depth > 1 ? d->path[1] : "";
    const struct conf *whole = d->is != NULL ? d->is : d->was;
    const char *priority = whole == NULL ? NULL : conf_text(whole, "priority");

    if (d->kind == CONF_ORDER && d->depth == 1)
        return policy_diff_plain(d, a, "the rules");
    if (d->depth == 2 && whole != NULL)
        return arena_printf(a, "messages that match the rule \"%s\" %s%s%s", rule,
                            d->kind == CONF_NEW ? "are told apart" : "are told apart no longer",
                            priority == NULL      ? ""
                            : d->kind == CONF_NEW ? ", and are "
                                                  : "; they were ",
                            priority == NULL ? "" : priority);
    if (policy_diff_is(d, 2, "match"))
        return arena_printf(a, "the rule \"%s\" matches other messages: %s instead of %s", rule,
                            d->after == NULL ? "all" : d->after,
                            d->before == NULL ? "all" : d->before);
    if (policy_diff_is(d, 2, "priority"))
        return arena_printf(a, "messages that match the rule \"%s\" are %s instead of %s", rule,
                            d->after == NULL ? "of no priority of their own" : d->after,
                            d->before == NULL ? "of no priority of their own" : d->before);
    if (policy_diff_is(d, 2, "team"))
        return arena_printf(a, "messages that match the rule \"%s\" go to %s instead of %s", rule,
                            d->after == NULL ? "the level's team" : d->after,
                            d->before == NULL ? "the level's team" : d->before);
    if (policy_diff_is(d, 2, "tags") && d->item)
        return arena_printf(a, "messages that match the rule \"%s\" %s the tag %s", rule,
                            d->kind == CONF_NEW ? "get" : "no longer get", policy_diff_last(d));
    return policy_diff_plain(d, a,
                             arena_printf(a, "the rule \"%s\": %s", rule, policy_diff_last(d)));
}

/* --- people and hours
 * ------------------------------------------------------------------------------------------------
 */

static const char *policy_diff_agent(const struct conf_difference *d, struct arena *a)
{
    const char *agent = d->path[1];

    if (d->depth == 2)
        return arena_printf(a, "%s %s", agent, d->kind == CONF_NEW ? "comes" : "leaves");
    if (policy_diff_is(d, 2, "available"))
        return arena_printf(a, "%s gets %s", agent,
                            strcmp(d->after, "yes") == 0 ? "new cases" : "no new cases");
    if (policy_diff_is(d, 2, "program"))
        return arena_printf(a, "%s %s", agent,
                            strcmp(d->after, "yes") == 0
                                ? "is a program: what it says is nobody's answer"
                                : "is a person: what is said is an answer");
    if (policy_diff_is(d, 2, "limit"))
        return arena_printf(a, "%s has at most %s open cases instead of %s (0: any number)", agent,
                            d->after, d->before);
    if (d->depth == 4 && strcmp(d->path[2], "limits") == 0)
        return arena_printf(a, "%s has at most %s open cases of %s instead of %s", agent,
                            d->after == NULL ? "any number of" : d->after,
                            strcmp(policy_diff_last(d), "none") == 0 ? "no topic"
                                                                     : policy_diff_last(d),
                            d->before == NULL ? "any number" : d->before);
    if (policy_diff_is(d, 2, "shift"))
        return arena_printf(a, "%s gets new cases in the hours of %s instead of those of %s", agent,
                            d->after == NULL ? "the wall clock" : d->after,
                            d->before == NULL ? "the wall clock" : d->before);
    if ((policy_diff_is(d, 2, "skills") || policy_diff_is(d, 2, "languages")) && d->item)
        return arena_printf(a, "%s %s %s", agent,
                            d->kind == CONF_NEW ? "can now do" : "can no longer do",
                            policy_diff_last(d));
    return policy_diff_plain(d, a, arena_printf(a, "%s's %s", agent, policy_diff_last(d)));
}

static const char *policy_diff_team(const struct conf_difference *d, struct arena *a)
{
    const char *team = d->path[1];

    if (d->depth == 2)
        return arena_printf(a, "the team %s is %s", team, d->kind == CONF_NEW ? "new" : "gone");
    if (policy_diff_is(d, 2, "members") && d->item)
        return arena_printf(a, "%s %s the team %s", policy_diff_last(d),
                            d->kind == CONF_NEW ? "joins" : "leaves", team);
    if (policy_diff_is(d, 2, "ack"))
        return arena_printf(a,
                            "who does nothing with a case of the team %s loses it after %s instead "
                            "of after %s (0s: never)",
                            team, d->after, d->before);
    return policy_diff_plain(d, a, arena_printf(a, "the team %s: %s", team, policy_diff_last(d)));
}

static const char *policy_diff_holiday(const struct conf_difference *d, struct arena *a,
                                       const char *where)
{
    return arena_printf(a, "%s: %s is %s a holiday", where, policy_diff_last(d),
                        d->kind == CONF_NEW ? "now" : "no longer");
}

static const char *policy_diff_shared(const struct conf_difference *d, struct arena *a)
{
    const char *where = arena_printf(a, "the holidays of %s", d->path[1]);

    if (d->depth == 2)
        return arena_printf(a, "%s are %s", where, d->kind == CONF_NEW ? "new" : "gone");
    return d->item ? policy_diff_holiday(d, a, where) : policy_diff_plain(d, a, where);
}

static const char *policy_diff_calendar(const struct conf_difference *d, struct arena *a)
{
    const char *calendar = d->path[1];

    if (d->depth == 2)
        return arena_printf(a, "the calendar %s is %s", calendar,
                            d->kind == CONF_NEW ? "new" : "gone");
    if (policy_diff_is(d, 2, "hours") && d->item)
        return d->kind == CONF_CHANGED
                   ? arena_printf(a, "%s is open %s %s instead of %s", calendar,
                                  policy_diff_last(d), d->after, d->before)
                   : arena_printf(a, "%s is %s open %s %s", calendar,
                                  d->kind == CONF_NEW ? "now" : "no longer", policy_diff_last(d),
                                  d->kind == CONF_NEW ? d->after : d->before);
    if (policy_diff_is(d, 2, "holidays") && d->item)
        return policy_diff_holiday(d, a, calendar);
    if (policy_diff_is(d, 2, "openings") && d->item)
        return arena_printf(a, "%s is %s open %s", calendar,
                            d->kind == CONF_NEW ? "now" : "no longer", policy_diff_last(d));
    if (policy_diff_is(d, 2, "holidays_of") && d->item)
        return arena_printf(a, "%s %s the holidays of %s", calendar,
                            d->kind == CONF_NEW ? "now has" : "no longer has", policy_diff_last(d));
    return policy_diff_plain(d, a, arena_printf(a, "%s's %s", calendar, policy_diff_last(d)));
}

/* --- what is told, and the rest
 * ------------------------------------------------------------------------------------------------
 */

static const char *policy_diff_notice(const struct conf_difference *d, struct arena *a)
{
    const char *notice = d->path[1];
    const struct conf *whole = d->is != NULL ? d->is : d->was;

    if (d->depth == 2 && !conf_bool(whole, "on"))
        return arena_printf(a, "the notice \"%s\" is %s", notice,
                            d->kind == CONF_NEW ? "sent no longer" : "sent again");
    if (policy_diff_is(d, 2, "on"))
        return arena_printf(a, "the notice \"%s\" is %s", notice,
                            strcmp(d->after, "yes") == 0 ? "sent again" : "sent no longer");
    return arena_printf(a, "the notice \"%s\" is told in other words", notice);
}

static const char *policy_diff_article(const struct conf_difference *d, struct arena *a)
{
    const char *article = d->path[1], *last = policy_diff_last(d);

    if (d->depth == 2)
        return arena_printf(a, "customers are told %s the article %s",
                            d->kind == CONF_NEW ? "of" : "no longer of", article);
    if (policy_diff_is(d, 2, "words") && d->item)
        return arena_printf(
            a, "the article %s is found %s: %s", article,
            d->kind == CONF_NEW ? "by these words as well" : "no longer by these words", last);
    if (policy_diff_is(d, 2, "topics") && d->item)
        return arena_printf(a, "the article %s is %s the topic %s", article,
                            d->kind == CONF_NEW ? "about" : "no longer about", last);
    if (d->depth == 4)
        return policy_diff_plain(
            d, a, arena_printf(a, "the article %s: its %s in %s", article, d->path[2], last));
    return policy_diff_plain(d, a, arena_printf(a, "the article %s: %s", article, last));
}

static const char *policy_diff_question(const struct conf_difference *d, struct arena *a)
{
    const char *who =
        arena_printf(a, "customers with a case of the topic %s are asked", d->path[1]);
    const char *in = policy_diff_last(d);

    if (d->kind == CONF_GONE)
        return arena_printf(a, "%s no longer, in %s: %s", who, in, d->before);
    return d->kind == CONF_NEW
               ? arena_printf(a, "%s, in %s: %s", who, in, d->after)
               : arena_printf(a, "%s, in %s: %s instead of %s", who, in, d->after, d->before);
}

/* Points, plans and topics. */
static const char *policy_diff_weight(const struct conf_difference *d, struct arena *a)
{
    const char *section = d->path[0], *name = d->path[1];

    if (strcmp(section, "scoring") == 0)
        return policy_diff_plain(
            d, a,
            strcmp(name, "impact") == 0
                ? arena_printf(a, "points of a cause that reaches %s", policy_diff_last(d))
            : strcmp(name, "churn") == 0
                ? arena_printf(a, "customers who may leave: %s", policy_diff_last(d))
                : "points of a customer who is marked VIP (ten are a step of priority)");
    section = strcmp(section, "plans") == 0 ? "plan" : "topic";
    if (d->depth == 4 && policy_diff_is(d, 2, "ask"))
        return policy_diff_question(d, a);
    if (d->depth == 2)
        return arena_printf(a, "the %s %s is %s", section, name,
                            d->kind == CONF_NEW ? "new" : "gone");
    return policy_diff_plain(d, a,
                             arena_printf(a, "the %s %s: %s", section, name, policy_diff_last(d)));
}

static const char *policy_diff_rest(const struct conf_difference *d, struct arena *a)
{
    static const struct {
        const char *section, *key, *what;
    } names[] = {
        { "priority", NULL, "cases for which no rule says a priority" },
        { "queue", NULL, "who waits for an owner gets one in this order" },
        { "queue_step", NULL, "so much waiting is worth a step of priority" },
        { "tags", NULL, "the tags there are" },
        { "waiting", "solve", "a case whose customer does not answer is solved after" },
        { "waiting", "reminders", "the customer who is waited for is reminded after" },
        { "waiting", "calendar", "waiting for a customer is counted in the hours of" },
        { "solution", NULL, "who solves a case says how" },
        { "pauses", "ack", "the time for an owner waits in these statuses" },
        { "pauses", "next_response", "the time for a further answer waits in these statuses" },
        { "pauses", "update", "the time for news waits in these statuses" },
        { "pauses", "resolution", "the time for the solution waits in these statuses" },
        { "pauses", "level_resolve", "the time for a level's solution waits in these statuses" },
        { "desk", "title", "how the desk signs" },
        { "desk", "language", "what is written to whose language is not known" },
        { "desk", "zone", "the time zone of dates for whose zone is not known" },
        { "hints", "from", "an article is told that fits a case by so many percent" },
        { "hints", "repeat", "a case is a repeat, and told of no article, for" },
        { "incidents", "from", "so many people with one cause are an incident" },
        { "incidents", "window", "people with one cause have written within" },
        { "incidents", "similarity", "how similar cases of one cause are, in percent" },
        { "incidents", "ignore", "the words that say nothing of a cause" },
        { "incidents", "topics", "incidents are made of cases of these topics" },
        { "incidents", "priority", "incidents are made of cases from this priority on" },
        { "incidents", "points", "what an incident's points rise by with its people" },
        { "incidents", "team", "incidents go to the team" },
        { "incidents", "level", "incidents begin at level" },
        { "incidents", "clocks", "the clocks of what belongs to an incident" },
        { "incidents", "solve", "what belongs to an incident is solved with it" },
        { "incidents", "news", "how long the customers of an incident are not told again" },
        { "budgets", "person_hour", "notices that a person gets at most in an hour" },
        { "budgets", "person_day", "notices that a person gets at most in a day" },
        { "budgets", "ticket_burst", "notices of one ticket at most in ten minutes" },
        { "budgets", "ticket_day", "notices of one ticket at most in a day" },
        { "budgets", "received_hour", "receipts that a person gets at most in an hour" },
        { "budgets", "quiet", "when nobody is told what was not asked for" },
        { "timing", "grace", "from solved to closed" },
        { "timing", "reopen", "how long its customer's word opens a closed case again" },
        { "timing", "coalesce", "how long a notice waits for a newer one" },
        { "timing", "received_merge", "how long a person is not told \"received\" again" },
        { "timing", "after_reply", "how long after an answer an escalation is not told" },
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (policy_diff_is(d, 0, names[i].section) &&
            (names[i].key == NULL || policy_diff_is(d, 1, names[i].key)))
            return policy_diff_plain(d, a, names[i].what);
    return policy_diff_plain(d, a, policy_diff_path(d, a));
}

void policy_diff(const struct conf_difference *differences, size_t count, struct arena *a,
                 struct policy_change *out)
{
    static const struct {
        const char *section, *about;
        const char *(*words)(const struct conf_difference *d, struct arena *a);
        size_t least; /* keys of its path that it asks for */
    } sections[] = {
        { "targets", "What is promised", policy_diff_target, 2 },
        { "escalation", "How cases climb", policy_diff_level, 1 },
        { "classification", "What a case is", policy_diff_rule, 1 },
        { "scoring", "What a case is", policy_diff_weight, 2 },
        { "plans", "What a case is", policy_diff_weight, 2 },
        { "topics", "What a case is", policy_diff_weight, 2 },
        { "agents", "People", policy_diff_agent, 2 },
        { "teams", "People", policy_diff_team, 2 },
        { "calendars", "Hours", policy_diff_calendar, 2 },
        { "holidays", "Hours", policy_diff_shared, 2 },
        { "notices", "What is told", policy_diff_notice, 2 },
        { "articles", "What is told", policy_diff_article, 2 },
    };
    size_t i, k;

    for (i = 0; i < count; i++) {
        const struct conf_difference *d = &differences[i];

        out[i] = (struct policy_change){ "The rest", NULL, policy_diff_path(d, a) };
        for (k = 0; k < sizeof(sections) / sizeof(sections[0]); k++)
            if (policy_diff_is(d, 0, sections[k].section) && d->depth >= sections[k].least) {
                out[i].about = sections[k].about;
                out[i].words = sections[k].words(d, a);
            }
        if (out[i].words == NULL)
            out[i].words = policy_diff_rest(d, a);
    }
}
