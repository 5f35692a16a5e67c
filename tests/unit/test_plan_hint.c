/* What goes with the first notice: articles that may help (E-21, D-35), and what a topic asks
 * (D-51); and that nothing else hangs on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/hint.h"
#include "core/policy_read.h"
#include "core/ticket.h"
#include "core/wording.h"
#include "tests/support/story.h"

enum { NINE = 1767258000, DAY = 86400 }; /* 2026-01-01 09:00:00 UTC */

#define FRAME                                                                                      \
    "desk: {title: Sol, language: en}\n"                                                           \
    "calendars:\n"                                                                                 \
    "  late: {zone: UTC, hours: {mon-sun: '10:00-12:00'}}\n"                                       \
    "agents:\n"                                                                                    \
    "  ana: {name: Ana Ruiz, email: ana@example.org}\n"                                            \
    "teams:\n"                                                                                     \
    "  first: {members: [ana]}\n"                                                                  \
    "scoring:\n"                                                                                   \
    "  impact: {one: 0, some: 5, many: 10, all: 20}\n"                                             \
    "classification:\n"                                                                            \
    "  - {name: outage, match: 'outage', priority: urgent}\n"                                      \
    "  - {name: now, match: 'today', priority: high, tags: [now]}\n"                               \
    "  - {name: everybody, match: 'everybody', impact: all, tags: [now, all]}\n"                   \
    "  - {name: some, match: 'colleague', impact: some}\n"                                         \
    "  - {name: later, match: 'whenever', priority: low, quick: yes}\n"                            \
    "  - {name: parcel, match: 'parcel', topic: parcels}\n"                                        \
    "targets:\n"                                                                                   \
    "  first_response: {low: 8h, normal: 4h, high: 1h, urgent: 30m, calendar: late}\n"             \
    "escalation:\n"                                                                                \
    "  - name: one\n"                                                                              \
    "    team: first\n"                                                                            \
    "    steps:\n"                                                                                 \
    "      - {name: raised, when: vip, do: [raise to urgent]}\n"
#define PLAIN "topics:\n  parcels: {}\n"
#define ASKS  "topics:\n  parcels: {ask: {en: Which number has it?, es: '¿Qué número tiene?'}}\n"
#define ARTICLES                                                                                     \
    "articles:\n"                                                                                    \
    "  where: {title: {en: Where is my parcel, es: Dónde está}, url: {en: 'https://x.example/en'," \
    " es: 'https://x.example/es'}, words: [parcel lost], topics: [parcels]}\n"                       \
    "  back: {title: {en: Send it back}, url: {en: 'https://x.example/back'}, words: [parcel]}\n"

struct desk {
    struct story s;
    struct policy_file file;
};

static int begin(struct desk *d, const char *policy)
{
    struct conf_errors errors = { 0 };

    story_begin(&d->s, NINE);
    if (policy_read("policy.yaml", span_of(policy), NULL, NULL, &d->file, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    d->s.policy = *d->file.policy;
    target_resolve(d->file.targets, "any", "any", &d->s.targets);
    return 0;
}

static int setup(void **state)
{
    *state = test_calloc(1, sizeof(struct desk));
    return begin(*state, FRAME ARTICLES ASKS);
}

static int teardown(void **state)
{
    struct desk *d = *state;

    story_end(&d->s);
    policy_file_clear(&d->file);
    test_free(d);
    return 0;
}

/* The same desk with other words; what happened before is forgotten. */
static void again(struct desk *d, const char *policy)
{
    story_end(&d->s);
    policy_file_clear(&d->file);
    begin(d, policy);
}

static struct fact wrote(const struct desk *d, const char *text)
{
    struct fact f = story_fact(&d->s, FACT_CUSTOMER_WROTE);

    f.by = FACT_BY_CUSTOMER;
    f.subject = "Hello";
    f.text = text;
    return f;
}

/* Another ticket begins, a day after the last. */
static void opens(struct desk *d, struct fact f)
{
    story_next_ticket(&d->s);
    d->s.now += DAY;
    f.at = f.now = d->s.now;
    assert_int_equal(story_apply(&d->s, &f), 0);
}

static const struct planned_event *event_of(const struct desk *d, const char *kind)
{
    size_t i;

    for (i = 0; i < d->s.plan.event_count; i++)
        if (strcmp(d->s.plan.events[i].kind, kind) == 0)
            return &d->s.plan.events[i];
    return NULL;
}

static const struct planned_delivery *first_notice(const struct desk *d)
{
    size_t i;

    for (i = 0; i < d->s.plan.delivery_count; i++)
        if (d->s.plan.deliveries[i].to == PLANNED_CUSTOMER)
            return &d->s.plan.deliveries[i];
    return NULL;
}

/* "where back"; or, in words, why none is told. */
static const char *told(const struct desk *d)
{
    const struct planned_delivery *n = first_notice(d);
    const struct planned_event *none = event_of(d, "hint_withheld");
    const char *out = "";
    size_t i;

    assert_true((none == NULL) == (event_of(d, "hint_suggested") != NULL));
    if (none != NULL) {
        assert_true(n == NULL || n->hint_count == 0);
        assert_string_equal(none->rule, "E-21");
        return none->why;
    }
    for (i = 0; i < n->hint_count; i++)
        out = arena_printf(d->s.a, "%s%s%s", out, i == 0 ? "" : " ", n->hints[i].article->name);
    return out;
}

/* --- articles
 * ------------------------------------------------------------------------------------------- */

static void test_a_new_case_is_told_what_fits_it_and_why_says_so(void **state)
{
    struct desk *d = *state;

    /* E-21, D-35, D-47 */
    opens(d, wrote(d, "my parcel is lost"));
    assert_string_equal(told(d), "where back");
    assert_string_equal(event_of(d, "hint_suggested")->detail,
                        "{\"articles\":[\"where\",\"back\"],\"notice\":\"E-02\",\"scores\":[100,"
                        "100],\"words\":[\"parcel lost\",\"parcel\"]}");
    assert_int_equal(first_notice(d)->notice, NOTICE_RECEIVED_CLOSED);
    again(d, FRAME "hints: {repeat: 0s}\narticles:\n  all: {title: {en: t}, url: {en: 'http://x'}, "
                   "topics: [parcels, none]}\n" PLAIN);
    opens(d, wrote(d, "a parcel"));
    assert_non_null(strstr(event_of(d, "hint_suggested")->detail, "\"words\":[\"topic parcels\"]"));
    opens(d, wrote(d, "anything"));
    assert_non_null(strstr(event_of(d, "hint_suggested")->detail, "\"words\":[\"no topic\"]"));
    again(d, FRAME ARTICLES PLAIN);
    opens(d, wrote(d, "what are your hours"));
    assert_string_equal(told(d), "nothing fits");
    assert_string_equal(event_of(d, "hint_withheld")->detail,
                        "{\"articles\":[],\"scores\":[],\"words\":[]}");
    opens(d, wrote(d, "the lost glove"));
    assert_string_equal(told(d), "nothing fits by 60 %: where, the nearest, by 42 %");
}

static void test_in_open_hours_the_other_first_notice_has_it(void **state)
{
    struct desk *d = *state;

    d->s.now = NINE + 7200; /* E-01 */
    opens(d, wrote(d, "my parcel is lost"));
    assert_int_equal(first_notice(d)->notice, NOTICE_RECEIVED);
    assert_int_equal(first_notice(d)->hint_count, 2);
}

static void test_an_urgent_case_is_told_of_none_whatever_made_it_urgent(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "my parcel is lost");

    opens(d, wrote(d, "outage: my parcel is lost")); /* E-21 */
    assert_string_equal(told(d), "it is urgent");
    f.vip = true; /* a step raises it, after the notice was planned */
    opens(d, f);
    assert_int_equal(d->s.ticket.priority, TICKET_URGENT);
    assert_string_equal(told(d), "it is urgent");
    opens(d, wrote(d, "today: my parcel is lost"));
    assert_int_equal(d->s.ticket.priority, TICKET_HIGH);
    assert_string_equal(told(d), "the same person had a case that where fits");
}

static void test_what_goes_on_with_another_case_is_told_of_none(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "my parcel is lost");

    f.follow_up_of = 17; /* E-21 */
    opens(d, f);
    assert_string_equal(told(d), "it goes on with another ticket");
    f.follow_up_of = 0;
    f.related_to = 17;
    opens(d, f);
    assert_string_equal(told(d), "it goes on with another ticket");
    f = wrote(d, "my parcel is lost");
    f.kind = FACT_SPLIT_FROM;
    f.other = 17;
    f.told = true;
    opens(d, f);
    assert_string_equal(told(d), "it was a part of another ticket");
    assert_int_equal(first_notice(d)->notice, NOTICE_RECEIVED_CLOSED);
}

/* Within the policy's 30 days, at both sides of them, and whatever came between. */
static void test_a_repeat_is_told_of_none_and_what_is_long_ago_is_no_repeat(void **state)
{
    struct desk *d = *state;

    opens(d, wrote(d, "my parcel is lost")); /* E-21 */
    assert_string_equal(told(d), "where back");
    d->s.now += 30 * DAY - DAY;
    opens(d, wrote(d, "the parcel is still lost"));
    assert_string_equal(told(d), "the same person had a case that where fits");
    d->s.now += 30 * DAY - DAY + 1;
    opens(d, wrote(d, "lost again, the parcel"));
    assert_string_equal(told(d), "where back");
    d->s.now += 2 * DAY;
    d->s.contact.hinted[1] = ticket_mark("another"); /* of other articles nobody is tired */
    opens(d, wrote(d, "lost again, the parcel"));
    assert_string_equal(told(d), "where back");
    d->s.contact.contact_id = 8; /* nor is anybody else */
    memset(d->s.contact.hinted, 0, sizeof(d->s.contact.hinted));
    opens(d, wrote(d, "my parcel is lost"));
    assert_string_equal(told(d), "where back");
    d->s.policy.hints.repeat_s = 0;
    opens(d, wrote(d, "my parcel is lost"));
    assert_string_equal(told(d), "where back");
}

static void test_a_reopened_case_is_told_of_none(void **state)
{
    struct desk *d = *state;

    opens(d, wrote(d, "what are your hours"));
    d->s.now += 3600;
    assert_int_equal(story_status(&d->s, TICKET_SOLVED), 0);
    d->s.now += 3600;
    assert_int_equal(story_customer(&d->s, "my parcel is lost"), 0);
    assert_int_equal(first_notice(d)->notice, NOTICE_FOLLOW_UP);
    assert_int_equal(first_notice(d)->hint_count, 0);
    assert_null(event_of(d, "hint_suggested"));
}

static void test_articles_are_never_told_alone(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "my parcel is lost");

    f.automatic = true; /* E-21, B-07 */
    opens(d, f);
    assert_string_equal(told(d), "the first notice is not sent, and alone they never are");
    assert_null(first_notice(d));
    d->s.policy.notices[NOTICE_RECEIVED_CLOSED].on = false;
    opens(d, wrote(d, "my parcel is lost"));
    assert_string_equal(told(d), "the first notice is not sent, and alone they never are");
    assert_null(first_notice(d));
    f = wrote(d, "my parcel is lost");
    f.spam = true; /* nobody waits for anything */
    opens(d, f);
    assert_null(event_of(d, "hint_withheld"));
}

/* The plan as JSON without what the articles themselves are told by. */
static json_t *plan_without(struct desk *d, const char *policy)
{
    struct fact f;
    size_t i;
    json_t *plan, *events, *line;
    char *text;

    again(d, policy);
    f = wrote(d, "my parcel is lost");
    opens(d, f);
    text = plan_to_json(&d->s.policy, &d->s.plan);
    plan = json_loads(text, 0, NULL);
    free(text);
    events = json_object_get(plan, "events");
    for (i = json_array_size(events); i-- > 0;)
        if (strncmp(json_string_value(json_object_get(json_array_get(events, i), "kind")), "hint_",
                    5) == 0)
            json_array_remove(events, i);
    json_array_foreach(json_object_get(plan, "deliveries"), i, line)
    {
        json_object_del(line, "articles");
        json_object_del(line, "step_key"); /* it has the number of a line in it */
    }
    return plan;
}

static void test_nothing_else_is_otherwise_where_there_are_articles(void **state)
{
    struct desk *d = *state;
    json_t *with = plan_without(d, FRAME ARTICLES PLAIN), *without = plan_without(d, FRAME PLAIN);

    assert_true(json_equal(with, without)); /* E-21 */
    json_decref(with);
    json_decref(without);
}

/* --- questions
 * ------------------------------------------------------------------------------------------- */

static void test_a_topic_asks_with_the_first_notice_in_the_customers_language(void **state)
{
    struct desk *d = *state;
    struct fact f = wrote(d, "a parcel");

    opens(d, f); /* D-51, D-47 */
    assert_string_equal(first_notice(d)->ask, "Which number has it?");
    assert_non_null(strstr(event_of(d, "topic_asked")->detail,
                           "\"notice\":\"E-02\",\"question\":\"Which number has it?\""));
    f.language = "es-AR";
    opens(d, f);
    assert_string_equal(first_notice(d)->ask, "¿Qué número tiene?");
    opens(d, wrote(d, "something"));
    assert_null(first_notice(d)->ask);
    assert_int_equal(d->s.ticket.memory.asked, 0);
    f.automatic = true;
    opens(d, f);
    assert_int_equal(d->s.ticket.memory.asked, 0);
}

/* Writes again in the ticket, so much later. */
static void answers(struct desk *d, int64_t later, const char *text)
{
    struct fact f;

    d->s.now += later;
    f = wrote(d, text);
    assert_int_equal(story_apply(&d->s, &f), 0);
}

static void test_the_first_answer_is_classified_by_the_same_rules_and_no_other(void **state)
{
    struct desk *d = *state;

    opens(d, wrote(d, "a parcel")); /* D-51 */
    answers(d, 600, "number 17, I need it today, whenever");
    assert_int_equal(d->s.ticket.priority, TICKET_HIGH);
    assert_int_equal(d->s.ticket.memory.quick, 1);
    assert_int_equal(d->s.ticket.tag_count, 1);
    assert_string_equal(event_of(d, "answer_classified")->rule, "D-51");
    assert_string_equal(event_of(d, "answer_classified")->detail,
                        "{\"points\":10,\"rules\":[\"now\",\"later\"],\"tags\":[\"now\"]}");
    assert_string_equal(event_of(d, "tagged")->rule, "D-51"); /* C-23 */
    assert_string_equal(event_of(d, "tagged")->detail, "{\"tag\":\"now\",\"tags\":[\"now\"]}");
    assert_string_equal(event_of(d, "priority_changed")->rule, "D-51");
    answers(d, 600, "everybody, an outage");
    assert_null(event_of(d, "answer_classified"));
    assert_int_equal(d->s.ticket.priority, TICKET_HIGH);
}

/* Reports know of tags what the history says: the whole list, whenever it is another. */
static void test_tags_that_an_answer_adds_are_told_with_those_that_were_there(void **state)
{
    struct desk *d = *state;

    opens(d, wrote(d, "a parcel, today")); /* D-51, C-23 */
    answers(d, 600, "everybody waits, today");
    assert_string_equal(event_of(d, "tagged")->detail,
                        "{\"tag\":\"all\",\"tags\":[\"now\",\"all\"]}");
    assert_int_equal(d->s.ticket.tag_count, 2);
    opens(d, wrote(d, "a parcel, today"));
    answers(d, 600, "today");
    assert_non_null(event_of(d, "answer_classified"));
    assert_null(event_of(d, "tagged"));
}

/* Else a replay is not given the words of the answer (C-23). */
static void test_a_policy_whose_topics_ask_listens_to_what_is_answered(void **state)
{
    struct desk *d = *state;

    assert_true(policy_listens(&d->s.policy));
    again(d, FRAME PLAIN);
    assert_false(policy_listens(&d->s.policy));
}

/* What both messages say together is what a single one would have said. */
static void test_of_two_messages_the_highest_counts_and_nothing_is_lowered(void **state)
{
    static const struct {
        const char *first, *answer;
        enum ticket_priority priority;
        int points;
    } rows[] = {
        { "a parcel", "whenever", TICKET_NORMAL, 20 },
        { "a parcel, whenever", "whenever", TICKET_LOW, 10 },
        { "a parcel, whenever", "today", TICKET_HIGH, 30 },
        { "a parcel, today", "today", TICKET_HIGH, 30 },
        { "a parcel", "a colleague", TICKET_HIGH, 25 },
        { "a parcel of a colleague", "a colleague", TICKET_HIGH, 25 },
        { "a parcel of a colleague", "everybody", TICKET_URGENT, 40 },
        { "a parcel for everybody", "a colleague", TICKET_URGENT, 40 },
        { "a parcel", "today, everybody", TICKET_URGENT, 50 },
    };
    struct desk *d = *state;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) { /* D-51, D-16 */
        opens(d, wrote(d, rows[i].first));
        answers(d, 600, rows[i].answer);
        assert_int_equal(d->s.ticket.priority, rows[i].priority);
        assert_int_equal(d->s.ticket.memory.points, rows[i].points);
    }
}

static void test_who_was_not_asked_yet_or_never_does_not_answer(void **state)
{
    struct desk *d = *state;

    opens(d, wrote(d, "a parcel"));
    answers(d, 119, "today"); /* the notice still waits in its window (B-01) */
    assert_null(event_of(d, "answer_classified"));
    answers(d, 1, "today");
    assert_non_null(event_of(d, "answer_classified"));
    opens(d, wrote(d, "a parcel"));
    d->s.now += 60; /* somebody answers at once, and the notice never leaves */
    assert_int_equal(story_agent(&d->s, "ana"), 0);
    answers(d, 600, "today");
    assert_null(event_of(d, "answer_classified"));
    opens(d, wrote(d, "a parcel"));
    d->s.ticket.memory.by_hand = 1;
    answers(d, 600, "today");
    assert_non_null(event_of(d, "answer_classified"));
    assert_int_equal(d->s.ticket.priority, TICKET_NORMAL); /* D-16 */
}

/* --- words
 * ------------------------------------------------------------------------------------------- */

static const char *words(const struct desk *d, const char *language, bool letter, const char *title,
                         size_t count)
{
    const struct hint hints[] = { { .title = title, .url = "https://x.example/1" },
                                  { .title = "Second", .url = "https://x.example/2" } };
    const struct wording_facts f = { .number = 42,
                                     .zone = "UTC",
                                     .question = count == 0 ? NULL : "Which one?",
                                     .hints = hints,
                                     .hint_count = count };
    const char *subject, *text;

    wording_render(&d->s.policy, NOTICE_RECEIVED, language, letter, &f, d->s.a, &subject, &text);
    return text;
}

static void test_a_letter_has_them_all_and_a_line_the_best(void **state)
{
    struct desk *d = *state;

    assert_string_equal(words(d, "en", true, "First", 2), /* E-21, D-35 */
                        "Hello,\n\nWe have your message; it is case 42.\n\nWhich one?\n\n"
                        "Meanwhile, this may help you:\n"
                        "- First\n  https://x.example/1\n- Second\n  https://x.example/2\n\n"
                        "You can answer this message.\nSol");
    assert_non_null(strstr(words(d, "es", true, "First", 1),
                           "Which one?\n\nMientras tanto, quizá le sirva esto:\n- First\n  https"));
    assert_string_equal(words(d, "en", false, "First", 2),
                        "Received, case 42. Which one? This may help: First https://x.example/1 "
                        "Sol");
    assert_string_equal(words(d, "es", false, "First", 0), "Recibido, caso 42. Sol");
    assert_string_equal(words(d, "en", true, "First", 0),
                        "Hello,\n\nWe have your message; it is case 42.\n\nYou can answer this "
                        "message.\nSol");
}

/* In letters, not in bytes. */
static void test_a_line_has_an_article_as_long_as_it_fits(void **state)
{
    struct desk *d = *state;
    size_t rest = strlen(words(d, "en", false, "", 1)), i;
    char title[2 * WORDING_LINE_MAX + 1] = "";

    for (i = rest; i < WORDING_LINE_MAX; i++)
        strcat(title, "é");
    assert_non_null(strstr(words(d, "en", false, title, 1), "https://x.example/1"));
    strcat(title, "é");
    assert_string_equal(words(d, "en", false, title, 1), "Received, case 42. Which one? Sol");
}

static void test_the_desks_own_words_may_say_where_they_stand_and_else_they_come_last(void **state)
{
    struct desk *d = *state;

    again(d, FRAME PLAIN "notices:\n"
                         "  received:\n"
                         "    letter: {en: 'Case {number}.', fr: 'Dossier {number}.[ {question}][ "
                         "Voyez:\\n{articles}]'}\n"
                         "    line: {en: 'Case {number}.'}\n");
    assert_string_equal(words(d, "en", true, "First", 1),
                        "Case 42.\n\nWhich one?\n\n- First\n  https://x.example/1");
    assert_string_equal(words(d, "en", false, "First", 1),
                        "Case 42. Which one? First https://x.example/1");
    assert_string_equal(words(d, "en", true, "First", 0), "Case 42.");
    again(d, FRAME PLAIN "notices:\n  received: {letter: {fr: \"Dossier {number}.[ "
                         "{question}][ Voyez:\\n{articles}]\"}}\n");
    assert_string_equal(words(d, "fr", true, "First", 1),
                        "Dossier 42. Which one? Voyez:\n- First\n  https://x.example/1");
    assert_string_equal(words(d, "fr", true, "First", 0), "Dossier 42.");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_new_case_is_told_what_fits_it_and_why_says_so),
        TEST(test_in_open_hours_the_other_first_notice_has_it),
        TEST(test_an_urgent_case_is_told_of_none_whatever_made_it_urgent),
        TEST(test_what_goes_on_with_another_case_is_told_of_none),
        TEST(test_a_repeat_is_told_of_none_and_what_is_long_ago_is_no_repeat),
        TEST(test_a_reopened_case_is_told_of_none),
        TEST(test_articles_are_never_told_alone),
        TEST(test_nothing_else_is_otherwise_where_there_are_articles),
        TEST(test_a_topic_asks_with_the_first_notice_in_the_customers_language),
        TEST(test_the_first_answer_is_classified_by_the_same_rules_and_no_other),
        TEST(test_a_policy_whose_topics_ask_listens_to_what_is_answered),
        TEST(test_tags_that_an_answer_adds_are_told_with_those_that_were_there),
        TEST(test_of_two_messages_the_highest_counts_and_nothing_is_lowered),
        TEST(test_who_was_not_asked_yet_or_never_does_not_answer),
        TEST(test_a_letter_has_them_all_and_a_line_the_best),
        TEST(test_a_line_has_an_article_as_long_as_it_fits),
        TEST(test_the_desks_own_words_may_say_where_they_stand_and_else_they_come_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
