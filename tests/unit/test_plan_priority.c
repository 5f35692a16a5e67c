/* What a case weighs, and what leads it up: policies as one would write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/policy_read.h"
#include "tests/support/story.h"

enum { NINE = 1767258000 }; /* 2026-01-01 09:00:00 UTC */

static const char policy_text[] =
    "calendars:\n"
    "  late: {zone: UTC, hours: {mon-sun: '10:00-12:00'}}\n"
    "agents:\n"
    "  ana: {name: Ana Ruiz, email: ana@example.org}\n"
    "  luis: {name: Luis Vega, email: luis@example.org, calendar: late}\n"
    "  eva: {name: Eva Sanz, email: eva@example.org}\n"
    "  max: {name: Max Ott, email: max@example.org}\n"
    "teams:\n"
    "  first: {members: [ana]}\n"
    "  money: {members: [luis]}\n"
    "  second: {members: [eva]}\n"
    "  third: {members: [max]}\n"
    "tags: [outage, billing, question, unheard]\n"
    "plans:\n"
    "  basic: {points: 0}\n"
    "  gold: {points: 10}\n"
    "topics:\n"
    "  invoices: {teams: [money, '-', third]}\n"
    "  app: {}\n"
    "scoring:\n"
    "  vip: 5\n"
    "  churn: {points: 10, tickets: 3, within: 30d, missed: yes, says: leaving}\n"
    "classification:\n"
    "  - {name: nothing works, match: 'nothing works', priority: high, tags: [outage]}\n"
    "  - {name: everybody, match: 'everybody', impact: all}\n"
    "  - {name: several, match: 'several', impact: some}\n"
    "  - {name: invoice, match: 'invoice', topic: invoices, tags: [billing]}\n"
    "  - {name: app, match: 'app', topic: app}\n"
    "  - {name: how to, match: 'how to', priority: low, quick: yes, tags: [question]}\n"
    "  - {name: leaving, match: '(?i)cancel my account'}\n"
    "  - {name: our bank, match: '^Bank$', in: [organization], priority: high}\n"
    "  - {name: our owner, match: '^owner@', in: [sender], priority: high}\n"
    "  - {name: lawyer, match: 'lawyer'}\n"
    "  - {name: nested, match: '(a+)+$', priority: urgent}\n"
    "  - {name: nested as well, match: '(a|aa)+$'}\n"
    "targets:\n"
    "  first_response: {low: 8h, normal: 4h, high: 1h, urgent: 30m}\n"
    "  resolution: {low: 8d, normal: 4d, high: 1d, urgent: 12h}\n"
    "escalation:\n"
    "  - name: one\n"
    "    team: first\n"
    "    steps:\n"
    "      - {name: a lawyer, when: says lawyer, do: [level up]}\n"
    "      - {name: an important one, when: vip, if_priority: urgent, do: [level up]}\n"
    "      - {name: unheard, when: tagged unheard, do: [level up]}\n"
    "      - {name: new and unknown, when: age 2h, if_topic: [none], do: [to level 3]}\n"
    "      - {name: the app is old, when: age 6h, if_topic: [app], unless_tagged: [question], do: "
    "[level up]}\n"
    "      - {name: urgent, when: priority urgent, if_plan: [gold], do: [level up]}\n"
    "      - {name: insists, when: unanswered 3 messages, do: [level up]}\n"
    "  - name: two\n"
    "    team: second\n"
    "    stay: 1h\n"
    "    steps:\n"
    "      - {name: insists, when: unanswered 5 messages, do: [level up]}\n"
    "      - {name: asked, when: requested, do: [level up]}\n"
    "  - name: three\n"
    "    team: third\n";

struct desk {
    struct story s;
    struct policy_file file;
};

static int setup(void **state)
{
    struct desk *d = test_calloc(1, sizeof(*d));
    struct conf_errors errors = { 0 };

    story_begin(&d->s, NINE);
    if (policy_read("policy.yaml", span_of(policy_text), NULL, NULL, &d->file, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    d->s.policy = *d->file.policy;
    target_resolve(d->file.targets, "any", "any", &d->s.targets);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;

    story_end(&d->s);
    policy_file_clear(&d->file);
    test_free(d);
    return 0;
}

static struct fact wrote(const struct desk *d, const char *text)
{
    struct fact f = story_fact(&d->s, FACT_CUSTOMER_WROTE);

    f.by = FACT_BY_CUSTOMER;
    f.subject = "Hello";
    f.text = text;
    return f;
}

/* Opens another ticket with it. */
static void opens(struct desk *d, const struct fact *f)
{
    story_next_ticket(&d->s);
    assert_int_equal(story_apply(&d->s, f), 0);
}

static const char *detail_of(const struct story *s, const char *kind)
{
    size_t i;

    for (i = 0; i < s->plan.event_count; i++)
        if (strcmp(s->plan.events[i].kind, kind) == 0)
            return s->plan.events[i].detail;
    return "";
}

static void test_points_of_urgency_reach_plan_and_mark_make_the_priority_and_each_is_named(
    void **state)
{
    static const struct {
        const char *text, *plan;
        bool vip;
        int points;
        enum ticket_priority priority;
    } rows[] = {
        { "hello", NULL, false, 20, TICKET_NORMAL },
        { "nothing works", NULL, false, 30, TICKET_HIGH },
        { "nothing works for several of us", NULL, false, 35, TICKET_URGENT }, /* D-1, D-14 */
        { "how to, for several of us", NULL, false, 15, TICKET_NORMAL },
        { "how to", NULL, false, 10, TICKET_LOW },
        { "nothing works, for everybody", "gold", true, 65, TICKET_URGENT },
        { "hello", "gold", false, 30, TICKET_HIGH }, /* D-43 */
        { "hello", "basic", false, 20, TICKET_NORMAL },
        { "hello", "of old", false, 20, TICKET_NORMAL },
        { "hello", NULL, true, 25, TICKET_HIGH },
    };
    struct desk *d = *state;
    struct fact f;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        d->s.contact = (struct contact){ .contact_id = (int64_t)i + 100 };
        f = wrote(d, rows[i].text);
        f.plan = rows[i].plan;
        f.vip = rows[i].vip;
        opens(d, &f); /* D-16 */
        if (d->s.ticket.memory.points != rows[i].points || d->s.ticket.priority != rows[i].priority)
            fail_msg("\"%s\": %d points, %s", rows[i].text, d->s.ticket.memory.points,
                     ticket_priority_name(d->s.ticket.priority));
    }
    f = wrote(d, "nothing works, for everybody");
    f.plan = "gold";
    opens(d, &f);
    assert_non_null(strstr(detail_of(&d->s, "classified"),
                           "\"points\":[{\"for\":\"high nothing works\",\"points\":30},"
                           "{\"for\":\"reaches all: everybody\",\"points\":20},"
                           "{\"for\":\"plan gold\",\"points\":10}]"));
}

static void test_a_rule_that_was_cut_off_matches_nothing_and_the_history_names_it(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "nothing works: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");

    opens(d, &f); /* S-35 */
    assert_int_equal(d->s.ticket.priority, TICKET_HIGH);
    assert_non_null(
        strstr(detail_of(&d->s, "classified"), "\"cut_off\":[\"nested\",\"nested as well\"]"));
    assert_string_equal(d->s.plan.events[1].kind, "classified");
    assert_non_null(strstr(d->s.plan.events[1].why, "'nested' and 1 more"));
    f = wrote(d, "nothing works");
    opens(d, &f);
    assert_null(strstr(detail_of(&d->s, "classified"), "cut_off"));
}

static void test_a_rule_may_look_at_who_wrote(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "hello owner@example.org");

    f.sender = "owner@example.org";
    opens(d, &f);
    assert_int_equal(d->s.ticket.priority, TICKET_HIGH);
    f.sender = "downer@example.org";
    opens(d, &f);
    assert_int_equal(d->s.ticket.priority, TICKET_NORMAL);
}

static void test_a_rule_may_look_at_the_organization(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "hello");

    f.organization = "Bank";
    opens(d, &f);
    assert_int_equal(d->s.ticket.priority, TICKET_HIGH);
    f.organization = "Bankrupt";
    opens(d, &f);
    assert_int_equal(d->s.ticket.priority, TICKET_NORMAL);
}

static void test_who_writes_often_was_let_wait_or_says_so_may_leave_and_counts_more(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "hello");

    opens(d, &f);
    opens(d, &f);
    assert_int_equal(d->s.ticket.memory.points, 20); /* D-44 */
    opens(d, &f);
    assert_int_equal(d->s.ticket.memory.points, 30);
    d->s.contact = (struct contact){ .contact_id = 8 };
    opens(d, &f);
    story_until(&d->s, NINE + 4 * 3600); /* the first answer is missed */
    f = wrote(d, "hello again");
    opens(d, &f);
    assert_int_equal(d->s.ticket.memory.points, 30);
    d->s.now += 31 * 86400;
    f = wrote(d, "a month later");
    opens(d, &f);
    assert_int_equal(d->s.ticket.memory.points, 20);
}

static void test_a_message_that_was_kept_for_long_hides_none_of_the_later_ones(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "hello"); /* normal */

    opens(d, &f);
    f.at = f.now = ++d->s.now;
    opens(d, &f);
    f.at = NINE - 31 * 86400; /* D-44: outside of what is counted */
    opens(d, &f);
    assert_int_equal(d->s.ticket.priority, TICKET_NORMAL);
    f.at = f.now = ++d->s.now;
    opens(d, &f);
    assert_int_equal(d->s.ticket.priority, TICKET_HIGH);
    assert_int_equal(d->s.contact.opened_at[3], NINE - 31 * 86400);
}

static void test_a_later_message_that_speaks_of_leaving_raises_the_priority_once(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "hello");

    opens(d, &f);
    f = wrote(d, "Cancel my account!");
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.priority, TICKET_HIGH); /* D-44 */
    assert_int_equal(story_events(&d->s, "priority_changed", "D-44"), 1);
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.memory.points, 30);
}

static void test_what_an_agent_corrected_stands_whatever_the_score_becomes(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "hello");

    opens(d, &f);
    f = story_fact(&d->s, FACT_PRIORITY_SET);
    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.priority = TICKET_LOW;
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_string_equal(detail_of(&d->s, "priority_set"),
                        "{\"score\":20,\"to\":\"low\",\"was\":\"normal\"}"); /* D-16 */
    f = wrote(d, "cancel my account");
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.priority, TICKET_LOW);
    assert_int_equal(d->s.ticket.memory.points, 30);
}

static void test_a_tag_that_the_vocabulary_does_not_have_is_refused_and_changes_nothing(
    void **state)
{
    static const char *const wrong[] = { "outgae" }, *const right[] = { "unheard" };
    struct desk *d = *state;
    struct fact f = wrote(d, "hello");

    opens(d, &f);
    f = story_fact(&d->s, FACT_TAGGED);
    f.tags = wrong;
    f.tag_count = 1;
    assert_int_equal(story_apply(&d->s, &f), -1); /* D-30 */
    assert_non_null(strstr(d->s.err.text, "'outgae'"));
    assert_int_equal(d->s.ticket.tag_count, 0);
    f.tags = right;
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.level, 2); /* a step waits for it */
}

static void test_a_product_area_has_its_team_on_each_level_or_the_levels_own(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "my invoice is wrong");

    opens(d, &f);
    assert_string_equal(d->s.ticket.topic, "invoices");
    assert_string_equal(d->s.ticket.team, "money"); /* D-28 */
    f = story_fact(&d->s, FACT_ESCALATED);
    f.by = FACT_BY_AGENT;
    f.actor = "luis";
    f.reason = "beyond me";
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_string_equal(d->s.ticket.team, "second");
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_string_equal(d->s.ticket.team, "third");
}

static void test_a_keyword_leads_up_in_the_first_message_and_in_a_later_one(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "my lawyer will write to you");

    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 2); /* C-20 */
    f = wrote(d, "hello");
    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 1);
    f = wrote(d, "my lawyer says so");
    f.automatic = true; /* B-13 */
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.level, 1);
    f.automatic = false;
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.level, 2);
    f.kind = FACT_SPLIT_FROM; /* and in one that goes on by itself */
    f.other = 77;
    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 2);
}

static void test_who_is_marked_leads_up_where_the_condition_of_the_step_holds_too(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "hello");

    f.vip = true;
    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 1);
    f.text = "nothing works"; /* urgent, with the mark */
    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 2);
    f = wrote(d, "nothing works for everybody"); /* urgent, without mark and plan */
    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 1);
    f.plan = "gold";
    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 2);
}

static void test_who_is_marked_after_the_case_began_counts_with_his_next_message_and_once(
    void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "hello");
    int before;

    opens(d, &f);
    before = d->s.ticket.memory.points;
    f.vip = true;
    f.automatic = true;
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.memory.points, before);
    f.automatic = false;
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.memory.points, before + 5);
    assert_int_equal(d->s.ticket.level, 1);
    f = story_fact(&d->s, FACT_PRIORITY_SET); /* and where a step asks for one */
    f.by = FACT_BY_AGENT;
    f.actor = "ana";
    f.reason = "she waits outside";
    f.priority = TICKET_URGENT;
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.level, 2);
    f = wrote(d, "hello?");
    f.vip = true;
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.memory.points, before + 5);
}

static void test_a_new_and_unknown_problem_goes_to_the_third_level_by_its_age(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "something strange");

    opens(d, &f);
    story_until(&d->s, NINE + 2 * 3600 - 1);
    assert_int_equal(d->s.ticket.level, 1);
    story_until(&d->s, NINE + 2 * 3600); /* D-52 */
    assert_int_equal(d->s.ticket.level, 3);
    f = wrote(d, "the app is slow");
    opens(d, &f);
    story_until(&d->s, d->s.now + 6 * 3600);
    assert_int_equal(d->s.ticket.level, 2);
    f = wrote(d, "how to use the app");
    opens(d, &f);
    story_until(&d->s, d->s.now + 6 * 3600);
    assert_int_equal(d->s.ticket.level, 1);
}

/* Hands it back to the first level, whose people hear of it. */
static void hand_back(struct desk *d)
{
    struct fact back = story_fact(&d->s, FACT_HANDED_BACK);

    back.by = FACT_BY_AGENT;
    back.actor = "eva";
    back.level = 1;
    back.reason = "the first level can do that";
    assert_int_equal(story_apply(&d->s, &back), 0);
}

static void test_what_was_handed_back_is_not_led_up_by_what_led_it_up_before(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "nothing works for everybody");
    int i;

    f.plan = "gold";
    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 2);
    hand_back(d);
    f = wrote(d, "any news?");
    for (i = 2; i <= 3; i++) {
        assert_int_equal(story_apply(&d->s, &f), 0);
        assert_int_equal(d->s.ticket.level, 1); /* urgent as before, the count begins anew */
    }
    assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.level, 2); /* three more messages that nobody answered */
}

static void test_a_case_stays_on_a_level_for_its_time_but_for_what_a_person_asks(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "my lawyer"), ask;
    int i;

    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 2);
    d->s.now += 60;
    f = wrote(d, "well?");
    for (i = 0; i < 5; i++)
        assert_int_equal(story_apply(&d->s, &f), 0);
    assert_int_equal(d->s.ticket.level, 2);
    story_until(&d->s, NINE + 3599);
    assert_int_equal(d->s.ticket.level, 2);
    story_until(&d->s, NINE + 3600);
    assert_int_equal(d->s.ticket.level, 3);
    f = wrote(d, "my lawyer");
    opens(d, &f);
    ask = story_fact(&d->s, FACT_ESCALATED);
    ask.by = FACT_BY_AGENT;
    ask.actor = "eva";
    ask.reason = "research";
    assert_int_equal(story_apply(&d->s, &ask), 0);
    assert_int_equal(d->s.ticket.level, 3);
}

static void test_the_people_of_a_product_area_hear_in_the_hours_of_the_level_they_act_in(
    void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "the lawyer has your invoice");
    size_t i, told = 0;

    opens(d, &f);
    assert_int_equal(d->s.ticket.level, 2);
    hand_back(d);
    for (i = 0; i < d->s.plan.delivery_count; i++)
        if (d->s.plan.deliveries[i].notice == NOTICE_AGENT_ESCALATION) {
            assert_string_equal(d->s.plan.deliveries[i].agent, "luis");
            assert_int_equal(d->s.plan.deliveries[i].due_at, NINE); /* B-19 */
            told++;
        }
    assert_int_equal(told, 1);
}

/* What its line of the history says of the last step that was taken. */
static void on_step(struct story *s, void *arg)
{
    const char *detail = detail_of(s, "step_taken");

    if (*detail != '\0')
        *(const char **)arg = detail;
}

static void test_the_history_says_of_a_step_what_the_file_says_of_it(void **state)
{
    static const struct {
        const char *text, *tag;
        bool vip;
        int64_t after_s;
        const char *when;
    } rows[] = {
        { "my lawyer", NULL, false, 0, "\"do\":[\"level up\"]" },
        { "my lawyer", NULL, false, 0, "\"when\":\"says lawyer\"" },
        { "nothing works", NULL, true, 0, "\"when\":\"vip\"" },
        { "hello", "unheard", false, 0, "\"when\":\"tagged unheard\"" },
        { "hello", NULL, false, 7200, "\"when\":\"age 7200 s\"" },
        { "hello", NULL, false, 7200, "\"do\":[\"to level 3\"]" },
    };
    struct desk *d = *state;
    const char *detail = "";
    struct fact f;
    size_t i;

    d->s.on_plan = on_step;
    d->s.arg = &detail;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        d->s.contact = (struct contact){ .contact_id = (int64_t)i + 1 };
        f = wrote(d, rows[i].text);
        f.vip = rows[i].vip;
        f.plan = rows[i].vip ? "gold" : NULL;
        opens(d, &f);
        if (rows[i].tag != NULL) {
            f = story_fact(&d->s, FACT_TAGGED);
            f.tags = &rows[i].tag;
            f.tag_count = 1;
            assert_int_equal(story_apply(&d->s, &f), 0);
        }
        story_until(&d->s, d->s.now + rows[i].after_s);
        if (strstr(detail, rows[i].when) == NULL)
            fail_msg("%s, and not %s", detail, rows[i].when);
    }
    d->s.on_plan = NULL;
    d->s.arg = NULL;
}

static void test_a_step_that_is_taken_says_which_others_were_not_and_why(void **state) /* C-20 */
{
    static const char *const says[] = {
        "\"an important one\":{\"when\":\"vip\",\"why\":\"the case is not of such a priority\"}",
        "\"unheard\":{\"when\":\"tagged unheard\",\"why\":\"it is not so\"}",
        "\"new and unknown\":{\"due_at\":", /* in two hours */
        "\"when\":\"age 7200 s\",\"why\":\"its time has not come\"}",
        "\"why\":\"the case is of no such topic\"}",
        "\"urgent\":{\"when\":\"priority urgent\",\"why\":\"the customer has no such plan\"}",
    };
    struct desk *d = *state;
    const char *detail = "";
    struct fact f = wrote(d, "my lawyer");
    size_t i;

    d->s.on_plan = on_step;
    d->s.arg = &detail;
    opens(d, &f);
    for (i = 0; i < sizeof(says) / sizeof(says[0]); i++)
        if (strstr(detail, says[i]) == NULL)
            fail_msg("%s, and not %s", detail, says[i]);
    assert_null(strstr(detail, "\"a lawyer\":")); /* it is the one */
    d->s.on_plan = NULL;
    d->s.arg = NULL;
}

static int64_t rank_of(struct desk *d, const char *text, int64_t at)
{
    struct fact f;

    d->s.now = at;
    d->s.contact = (struct contact){ .contact_id = at };
    f = wrote(d, text);
    opens(d, &f);
    return d->s.plan.queue_rank;
}

static void test_each_order_of_the_queue_puts_first_whom_it_promises(void **state)
{
    struct desk *d = *state;
    int64_t normal, high, quick, low;

    d->s.policy.queue = POLICY_QUEUE_URGENT;
    normal = rank_of(d, "hello", NINE);
    high = rank_of(d, "nothing works", NINE + 7200);
    low = rank_of(d, "how to", NINE);
    assert_true(high < normal && normal < low);
    quick = rank_of(d, "nothing works, how to?", NINE + 9000); /* D-41: among its like the first */
    assert_true(quick < high);
    d->s.policy.queue = POLICY_QUEUE_ARRIVAL; /* D-27 */
    assert_true(rank_of(d, "hello", NINE) < rank_of(d, "nothing works", NINE + 1));
    d->s.policy.queue = POLICY_QUEUE_AGED; /* a step is worth four hours */
    normal = rank_of(d, "hello", NINE);
    assert_true(rank_of(d, "nothing works", NINE + 4 * 3600 - 1) < normal);
    assert_true(normal < rank_of(d, "nothing works", NINE + 4 * 3600 + 1));
    d->s.policy.queue = POLICY_QUEUE_DUE;
    normal = rank_of(d, "hello", NINE); /* due at 13:00 */
    assert_true(rank_of(d, "nothing works", NINE + 3 * 3600 - 1) < normal);
    assert_true(normal < rank_of(d, "nothing works", NINE + 3 * 3600 + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_points_of_urgency_reach_plan_and_mark_make_the_priority_and_each_is_named, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_rule_that_was_cut_off_matches_nothing_and_the_history_names_it, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_rule_may_look_at_who_wrote, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_rule_may_look_at_the_organization, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_who_writes_often_was_let_wait_or_says_so_may_leave_and_counts_more, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_message_that_was_kept_for_long_hides_none_of_the_later_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_later_message_that_speaks_of_leaving_raises_the_priority_once, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_what_an_agent_corrected_stands_whatever_the_score_becomes, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_tag_that_the_vocabulary_does_not_have_is_refused_and_changes_nothing, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_product_area_has_its_team_on_each_level_or_the_levels_own, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_keyword_leads_up_in_the_first_message_and_in_a_later_one, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_who_is_marked_leads_up_where_the_condition_of_the_step_holds_too, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_who_is_marked_after_the_case_began_counts_with_his_next_message_and_once, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_new_and_unknown_problem_goes_to_the_third_level_by_its_age, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_what_was_handed_back_is_not_led_up_by_what_led_it_up_before, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_case_stays_on_a_level_for_its_time_but_for_what_a_person_asks, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_the_people_of_a_product_area_hear_in_the_hours_of_the_level_they_act_in, setup,
            teardown),
        cmocka_unit_test_setup_teardown(test_the_history_says_of_a_step_what_the_file_says_of_it,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_step_that_is_taken_says_which_others_were_not_and_why, setup, teardown),
        cmocka_unit_test_setup_teardown(test_each_order_of_the_queue_puts_first_whom_it_promises,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
