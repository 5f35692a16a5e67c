#include "core/policy_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/classify.h"
#include "core/inbound.h"
#include "core/policy_articles.h"
#include "core/policy_budgets.h"
#include "core/policy_calendars.h"
#include "core/policy_limits.h"
#include "core/policy_path.h"
#include "core/policy_reader.h"
#include "core/policy_targets.h"
#include "core/policy_texts.h"
#include "core/similar.h"
#include "core/wording.h"

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

        agents[i].name = policy_reader_copy(r, conf_name_at(root, "agents", i));
        agents[i].full_name = policy_reader_copy(r, conf_text(c, "name"));
        if (conf_is_sound(c, "email"))
            agents[i].email = policy_email(r, c);
        agents[i].limit = (int)conf_int(c, "limit");
        agents[i].topic_limits = policy_limits_read(r->root, c, r->a, r->errors);
        agents[i].program = conf_bool(c, "program");
        agents[i].available = conf_bool(c, "available") && !agents[i].program;
        agents[i].calendar = policy_reader_calendar(r, c, "calendar");
        agents[i].language = policy_reader_language(r, c);
        agents[i].shift = policy_reader_calendar(r, c, "shift");
        agents[i].skill_count = policy_reader_words(r, c, "skills", NULL, "", &agents[i].skills);
        agents[i].language_count =
            policy_reader_words(r, c, "languages", NULL, "", &agents[i].languages);
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

        teams[i].name = policy_reader_copy(r, conf_name_at(root, "teams", i));
        teams[i].title = policy_reader_copy(r, conf_text(c, "title"));
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

static void policy_plans(struct policy_reader *r, const struct conf *root)
{
    size_t n = conf_count(root, "plans"), i;
    struct policy_plan *plans = arena_array(r->a, n, sizeof(*plans));

    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "plans", i);

        plans[i] = (struct policy_plan){ policy_reader_copy(r, conf_name_at(root, "plans", i)),
                                         policy_reader_copy(r, conf_text(c, "title")),
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

        topics[i].name = policy_reader_copy(r, conf_name_at(root, "topics", i));
        topics[i].title = policy_reader_copy(r, conf_text(c, "title"));
        topics[i].skill_count = policy_reader_words(r, c, "skills", NULL, "", &topics[i].skills);
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

        rules[i].name = policy_reader_copy(r, conf_text(c, "name"));
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
        rules[i].team = policy_reader_team(r, c, "team");
        rules[i].topic = policy_reader_topic(r, c, "topic");
        rules[i].tag_count =
            policy_reader_words(r, c, "tags", policy_has_tag, "tag", &rules[i].tags);
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

static void policy_waiting(struct policy_reader *r, const struct conf *root)
{
    const struct conf *c = conf_section(root, "waiting");
    struct policy_waiting *w = &r->p->waiting;
    size_t n, i;
    const int64_t *reminders = policy_reader_reminders(r, c, 1, POLICY_REMINDERS_MAX, &n);

    w->calendar = policy_reader_calendar(r, c, "calendar");
    w->solve_s = conf_int(c, "solve");
    for (i = 0; i < n && i < POLICY_REMINDERS_MAX; i++)
        w->reminders[i] = reminders[i];
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
    languages[*count] = policy_reader_copy(r, language);
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
            words[f][at] = policy_reader_copy(r, conf_text_at(c, forms[f], i));
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
    in->topic_count =
        policy_reader_words(r, c, "topics", policy_reader_knows_topic, "topic", &in->topics);
    in->priority_from = (enum ticket_priority)ticket_priority_find(conf_text(c, "priority"));
    in->points = (int)conf_int(c, "points");
    in->team = policy_reader_team(r, c, "team");
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

    p->desk_title = policy_reader_copy(r, conf_text(desk, "title"));
    p->language = policy_reader_language(r, desk);
    policy_reader_check_zone(r, desk);
    p->zone = policy_reader_copy(r, conf_text(desk, "zone"));
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
    policy_calendars_read(&r, root);
    policy_agents(&r, root);
    policy_teams(&r, root);
    r.p->tag_count = policy_reader_words(&r, root, "tags", NULL, "tag", &r.p->tags);
    policy_plans(&r, root);
    policy_topics(&r, root);
    policy_articles_read(root, r.a, errors, r.p);
    policy_rules(&r, root);
    policy_scoring(&r, root);
    policy_waiting(&r, root);
    policy_pauses(&r, root);
    policy_targets_read(&r, root, targets);
    policy_path_read(&r, root);
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
