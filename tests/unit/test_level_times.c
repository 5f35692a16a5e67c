/* How long a level has for a case, by what it is about and how urgent it is (D-11): as it is
 * written, what is wrong with it, and how a change of it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/conf_diff.h"
#include "core/policy_diff.h"
#include "core/policy_read.h"
#include "core/policy_times.h"

enum { MINUTE = 60, HOUR = 3600 };

#define BEFORE                                                                                     \
    "calendars: {office: {zone: UTC, hours: {mon-fri: '09:00-17:00'}}}\n"                          \
    "topics: {bills: {}, parcels: {}}\n"                                                           \
    "escalation:\n"                                                                                \
    "  - {name: one, ack: 10m}\n"                                                                  \
    "  - name: two\n"                                                                              \
    "    calendar: office\n"

static const char two[] = BEFORE "    ack: 1h\n"
                                 "    urgent: {ack: 5m, resolve: 2h}\n"
                                 "    topics:\n"
                                 "      bills: {ack: 30m, resolve: 4h, high: {ack: 15m}}\n"
                                 "      none: {high: {resolve: 6h}}\n";

static void read_policy(const char *text, struct policy_file *f)
{
    struct conf_errors errors = { 0 };

    if (policy_read("p.yaml", span_of(text), NULL, NULL, f, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
}

static void test_a_topic_stands_before_a_priority_and_that_before_the_level(void **state)
{
    static const struct {
        int level;
        const char *topic;
        enum ticket_priority priority;
        int64_t ack_s, resolve_s;
    } rows[] = {
        { 1, "bills", TICKET_URGENT, 10 * MINUTE, -1 },
        { 2, "parcels", TICKET_NORMAL, HOUR, -1 },
        { 2, "parcels", TICKET_URGENT, 5 * MINUTE, 2 * HOUR },
        { 2, "bills", TICKET_LOW, 30 * MINUTE, 4 * HOUR },
        { 2, "bills", TICKET_HIGH, 15 * MINUTE, 4 * HOUR },
        { 2, "bills", TICKET_URGENT, 30 * MINUTE, 4 * HOUR },
        { 2, NULL, TICKET_NORMAL, HOUR, -1 },
        { 2, NULL, TICKET_HIGH, HOUR, 6 * HOUR },
        { 2, NULL, TICKET_URGENT, 5 * MINUTE, 2 * HOUR },
        { 2, "a topic of before", TICKET_HIGH, HOUR, -1 },
        { 2, "a topic of before", TICKET_URGENT, 5 * MINUTE, 2 * HOUR },
    };
    struct policy_file f;
    size_t i;

    (void)state;
    read_policy(two, &f);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct policy_level *level = policy_level(f.policy, rows[i].level);
        struct target ack =
            policy_times_target(f.policy, level, TARGET_LEVEL_ACK, rows[i].topic, rows[i].priority);
        struct target resolve = policy_times_target(f.policy, level, TARGET_LEVEL_RESOLVE,
                                                    rows[i].topic, rows[i].priority);

        if (ack.seconds != rows[i].ack_s || resolve.seconds != rows[i].resolve_s)
            fail_msg("row %zu: %lld s and %lld s", i, (long long)ack.seconds,
                     (long long)resolve.seconds);
        assert_int_equal(ack.calendar, rows[i].level == 2 ? 0 : -1);
        assert_int_equal(resolve.calendar, ack.calendar);
    }
    policy_file_clear(&f);
}

static void test_a_topic_that_there_is_not_and_a_channel_are_mistakes_at_their_places(void **state)
{
    static const char text[] = BEFORE "    topics:\n"
                                      "      bills: {ack: soon}\n"
                                      "      taxes: {ack: 1h}\n"
                                      "    channels: {telegram: {ack: 1m}}\n"
                                      "    urgent: {channels: {telegram: {ack: 1m}}}\n";
    static const char *const expected[] = {
        "p.yaml:8:20: ack: expected a duration",
        "p.yaml:9:7: topics: there is no topic 'taxes'",
        "p.yaml:10:5: no such key: channels",
        "p.yaml:11:14: no such key: channels",
    };
    struct conf_errors errors = { 0 };
    struct policy_file f;
    size_t i;

    (void)state;
    assert_int_equal(policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors), -1);
    for (i = 0; i < errors.count && i < sizeof(expected) / sizeof(expected[0]); i++)
        if (strncmp(errors.lines[i], expected[i], strlen(expected[i])) != 0)
            fail_msg("expected \"%s\", got \"%s\"", expected[i], errors.lines[i]);
    assert_int_equal(errors.count, sizeof(expected) / sizeof(expected[0]));
    conf_errors_clear(&errors);
}

/* What is said of the one difference there is. */
static void expect_change(const char *before, const char *after, const char *words)
{
    struct arena *a = arena_new();
    const struct conf_difference *differences;
    struct conf_errors errors = { 0 };
    struct conf_file *x, *y;
    struct policy_change change;

    assert_int_equal(conf_read(policy_keys, "x", span_of(before), NULL, NULL, &x, &errors), 0);
    assert_int_equal(conf_read(policy_keys, "y", span_of(after), NULL, NULL, &y, &errors), 0);
    assert_int_equal(conf_diff(x, y, a, &differences), 1);
    policy_diff(differences, 1, a, &change);
    assert_string_equal(change.about, "How cases climb");
    assert_string_equal(change.words, words);
    conf_file_free(x);
    conf_file_free(y);
    arena_free(a);
}

static void test_for_which_cases_the_times_change_is_told_in_words(void **state)
{
#define WITH(lines) BEFORE lines
    (void)state;
    expect_change(WITH(""), WITH("    topics: {bills: {ack: 30m, urgent: {resolve: 90m}}}\n"),
                  "cases of topic bills on level \"two\" get times of their own: seen within 30m; "
                  "urgent ones solved within 1h30m");
    expect_change(WITH("    topics: {none: {ack: 5m, resolve: 2h}}\n"), WITH(""),
                  "cases of no topic on level \"two\" have the times of other cases; they were: "
                  "seen within 5m, solved within 2h");
    expect_change(WITH("    topics: {bills: {ack: 30m}}\n"),
                  WITH("    topics: {bills: {ack: 30m, high: {ack: 5m}}}\n"),
                  "high cases of topic bills on level \"two\": that somebody there has seen it "
                  "within 5m instead of as of other cases");
    expect_change(WITH("    topics: {none: {ack: 30m}}\n"), WITH("    topics: {none: {ack: 1h}}\n"),
                  "cases of no topic on level \"two\": that somebody there has seen it within 1h "
                  "instead of 30m");
    expect_change(WITH("    urgent: {ack: 30m}\n"), WITH("    urgent: {ack: 30m, resolve: 2h}\n"),
                  "urgent cases on level \"two\": that it is solved there within 2h instead of as "
                  "of other cases");
    expect_change(WITH("    low: {ack: 30m, resolve: 2h}\n"), WITH("    low: {ack: 30m}\n"),
                  "low cases on level \"two\": that it is solved there as of other cases instead "
                  "of 2h");
#undef WITH
}

static void test_what_a_level_may_decide_is_told_in_words_where_it_changes(void **state)
{
#define WITH(lines) BEFORE lines
    (void)state; /* D-37 */
    expect_change(WITH(""), WITH("    text: Decide on refunds.\n"),
                  "agents of level \"two\" are told what they may decide: Decide on refunds.");
    expect_change(WITH("    text: Ask first.\n"), WITH("    text: |\n      Ask\n      nobody.\n"),
                  "agents of level \"two\" are told in other words what they may decide: Ask "
                  "nobody.");
    expect_change(WITH("    text: Ask first.\n"), WITH(""),
                  "agents of level \"two\" are told no longer what they may decide");
#undef WITH
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_topic_stands_before_a_priority_and_that_before_the_level),
        cmocka_unit_test(test_a_topic_that_there_is_not_and_a_channel_are_mistakes_at_their_places),
        cmocka_unit_test(test_for_which_cases_the_times_change_is_told_in_words),
        cmocka_unit_test(test_what_a_level_may_decide_is_told_in_words_where_it_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
