#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/classify.h"
#include "core/date.h"
#include "core/policy_read.h"

static char *file_text(const char *path)
{
    struct text_buffer b = { 0 };
    FILE *f = fopen(path, "r");
    char part[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(part, 1, sizeof(part), f)) > 0)
        text_buffer_add(&b, part, n);
    fclose(f);
    return text_buffer_take(&b);
}

static int shipped(void **state)
{
    char *text = file_text(TEST_SOURCE_DIR "/core/policy.yaml");
    struct policy_file *f = calloc(1, sizeof(*f));
    struct conf_errors errors = { 0 };

    if (policy_read("policy.yaml", span_of(text), NULL, NULL, f, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    free(text);
    *state = f;
    return 0;
}

static int shipped_free(void **state)
{
    policy_file_clear(*state);
    free(*state);
    return 0;
}

static void test_the_shipped_policy_has_four_levels_and_works_untouched(void **state)
{
    const struct policy_file *f = *state;

    assert_int_equal(f->policy->level_count, 4);  /* D-46 */
    assert_int_equal(f->policy->coalesce_s, 120); /* B-01 */
    assert_int_equal(f->policy->levels[1].ack.seconds, 3600);
    assert_int_equal(f->policy->levels[0].steps[1].actions[0].action, POLICY_LEVEL_UP);
    assert_string_equal(f->policy->teams[f->policy->levels[3].team].name, "systems");
    assert_true(f->policy->notices[NOTICE_RECEIVED].on);
}

static void test_the_shipped_policy_leads_what_is_new_and_grave_to_the_third_level(void **state)
{
    const struct policy_file *f = *state;
    const struct policy_level *first = &f->policy->levels[0];
    size_t i;

    for (i = 0; i < first->step_count && first->steps[i].trigger != POLICY_ON_AGE; i++)
        ;
    assert_true(i < first->step_count); /* D-52 */
    assert_int_equal(first->steps[i].actions[0].action, POLICY_LEVEL_TO);
    assert_int_equal(first->steps[i].actions[0].level, 3);
}

static void check_budgets(const struct policy_budgets *b) /* B-02, B-03, B-04, B-06 */
{
    assert_int_equal(b->person_hour, 4);
    assert_int_equal(b->person_day, 10);
    assert_int_equal(b->ticket_burst, 3);
    assert_int_equal(b->ticket_day, 10);
    assert_int_equal(b->received_hour, 3);
    assert_int_equal(b->quiet_from_s, 21 * 3600);
    assert_int_equal(b->quiet_to_s, 8 * 3600);
    assert_non_null(b->awake);
}

static void test_budgets_are_there_with_their_section_and_without(void **state)
{
    const struct policy_file *shipped_one = *state;
    static const char lines[] = "escalation: [{name: first}]\n";
    static const char never[] =
        "escalation: [{name: first}]\nbudgets: {person_hour: 0, quiet: never}\n";
    struct conf_errors errors = { 0 };
    struct policy_file f;

    check_budgets(&shipped_one->policy->budgets);
    assert_int_equal(policy_read("p.yaml", span_of(lines), NULL, NULL, &f, &errors), 0);
    check_budgets(&f.policy->budgets);
    policy_file_clear(&f);
    assert_int_equal(policy_read("p.yaml", span_of(never), NULL, NULL, &f, &errors), 0);
    assert_int_equal(f.policy->budgets.person_hour, 0);
    assert_null(f.policy->budgets.awake);
    policy_file_clear(&f);
}

static void test_what_is_no_budget_is_told_at_its_line(void **state) /* B-02, B-06 */
{
    static const char *const nights[] = {
        "25:00-08:00", "21:00", "21:00-21:00", "00:00-24:00", "21:00-08:00, 12:00-13:00",
        "sometimes"
    };
    struct conf_errors errors = { 0 };
    struct policy_file f;
    char text[200];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(nights) / sizeof(nights[0]); i++) {
        snprintf(text, sizeof(text),
                 "escalation: [{name: first}]\nbudgets:\n  person_day: 13\n  quiet: '%s'\n",
                 nights[i]);
        assert_int_equal(policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors), -1);
        assert_int_equal(errors.count, 2);
        assert_memory_equal(errors.lines[0], "p.yaml:3:", 9);
        assert_memory_equal(errors.lines[1], "p.yaml:4:", 9);
        assert_non_null(strstr(errors.lines[1], "expected 'never' or hours such as 21:00-08:00"));
        conf_errors_clear(&errors);
    }
}

static void test_the_four_examples_get_their_four_priorities_in_both_languages(void **state)
{
    static const struct {
        const char *text;
        enum ticket_priority priority;
    } rows[] = {
        /* D-42 */
        { "¿Tengo que hacer doble clic para abrirlo?", TICKET_LOW },
        { "Do I have to double click it?", TICKET_LOW },
        { "Los cambios no se guardan", TICKET_NORMAL },
        { "My changes are not saved", TICKET_NORMAL },
        { "No puedo recuperar mi contraseña", TICKET_HIGH },
        { "I cannot recover my password", TICKET_HIGH },
        { "Desde esta mañana NADA FUNCIONA", TICKET_URGENT },
        { "Help, nothing works!", TICKET_URGENT },
        { "Hola", TICKET_NORMAL },
    };
    const struct policy_file *f = *state;
    struct classify_result found;
    struct arena *a = arena_new();
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        classify_apply(f->policy, &(struct classify_words){ .text = rows[i].text }, a, &found);
        if (found.priority != rows[i].priority)
            fail_msg("\"%s\" is %s", rows[i].text, ticket_priority_name(found.priority));
    }
    arena_free(a);
}

static void test_a_channel_may_have_its_own_targets_and_its_name_wins_over_its_kind(void **state)
{
    const struct policy_file *f = *state;
    struct target_table mail, chat;

    target_resolve(f->targets, "support-mail", "imap", &mail); /* C-22, D-10 */
    target_resolve(f->targets, "web", "webchat", &chat);
    assert_int_equal(mail.at[TICKET_NORMAL][TARGET_FIRST_RESPONSE].seconds, 4 * 3600);
    assert_int_equal(chat.at[TICKET_NORMAL][TARGET_FIRST_RESPONSE].seconds, 600);
    assert_int_equal(chat.at[TICKET_NORMAL][TARGET_RESOLUTION].seconds,
                     mail.at[TICKET_NORMAL][TARGET_RESOLUTION].seconds);
    assert_int_equal(mail.at[TICKET_LOW][TARGET_UPDATE].seconds, -1);
}

/* D-12: most who write on a social channel expect an answer within six hours, and many within one.
 */
static void test_who_writes_by_a_social_channel_is_promised_an_answer_as_most_expect_it(
    void **state)
{
    static const char *const kinds[] = { "webchat", "twilio", "telegram" };
    const struct policy_file *f = *state;
    struct target_table table;
    size_t i, k, p;

    for (i = 0; i < f->targets->channel_count; i++) {
        for (k = 0; k < 3 && strcmp(kinds[k], f->targets->channels[i].channel) != 0;)
            k++;
        if (k == 3)
            fail_msg("nobody said what is expected by %s", f->targets->channels[i].channel);
    }
    for (k = 0; k < 3; k++) {
        target_resolve(f->targets, "of whatever name", kinds[k], &table);
        for (p = 0; p < TICKET_PRIORITY_N; p++) {
            int64_t s = table.at[p][TARGET_FIRST_RESPONSE].seconds;

            if (s <= 0 || s > (p >= TICKET_NORMAL ? 3600 : 6 * 3600))
                fail_msg("%s, %s: %lld s", kinds[k], ticket_priority_name((enum ticket_priority)p),
                         (long long)s);
        }
    }
}

static void test_the_shipped_levels_say_what_their_people_may_decide(void **state)
{
    const struct policy_file *f = *state;
    size_t i;

    for (i = 0; i < f->policy->level_count; i++) /* D-37 */
        if (f->policy->levels[i].text == NULL || strstr(f->policy->levels[i].text, "may") == NULL)
            fail_msg("level %zu says nothing of it", i + 1);
}

/* Its text has so many bytes; NULL: it is one. */
static const char *level_text_error(size_t bytes, char text[400])
{
    struct conf_errors errors = { 0 };
    struct policy_file f = { 0 };
    char policy[2 * POLICY_LEVEL_TEXT_MAX];

    snprintf(policy, sizeof(policy), "escalation:\n  - {name: one, text: '%0*d \n\n   '}\n",
             (int)bytes, 0);
    text[0] = '\0';
    if (policy_read("p.yaml", span_of(policy), NULL, NULL, &f, &errors) < 0)
        snprintf(text, 400, "%s", errors.lines[0]);
    else
        assert_int_equal(strlen(f.policy->levels[0].text), bytes);
    policy_file_clear(&f);
    conf_errors_clear(&errors);
    return text[0] == '\0' ? NULL : text;
}

static void test_a_levels_text_is_a_paragraph_of_a_thousand_bytes_at_most(void **state)
{
    static const char blank[] = "escalation:\n  - {name: one, text: ' '}\n";
    static const char lines[] = "escalation:\n"
                                "  - name: one\n"
                                "    text: |\n"
                                "      Do this.\n"
                                "\n"
                                "      Not that.\n";
    struct conf_errors errors = { 0 };
    struct policy_file f;
    char words[400];

    (void)state;
    assert_null(level_text_error(POLICY_LEVEL_TEXT_MAX, words));
    assert_string_equal(level_text_error(POLICY_LEVEL_TEXT_MAX + 1, words),
                        "p.yaml:2:23: text: expected 1 to 1000 bytes, got 1001");
    assert_int_equal(policy_read("p.yaml", span_of(blank), NULL, NULL, &f, &errors), -1);
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.lines[0], "p.yaml:2:23: text: expected 1 to 1000 bytes, got 0");
    conf_errors_clear(&errors);
    assert_int_equal(policy_read("p.yaml", span_of(lines), NULL, NULL, &f, &errors), 0);
    assert_string_equal(f.policy->levels[0].text, "Do this. Not that.");
    policy_file_clear(&f);
}

static void test_every_mistake_of_a_policy_is_told_in_one_run(void **state)
{
    static const char text[] =
        "calendars:\n"
        "  c: {zone: UTC, hours: {mon-fry: 09:00-10:00, tue: 9 to 5}, holidays: [2026-13-40x]}\n"
        "agents:\n"
        "  ana: {name: Ana, email: nowhere, calendar: moon}\n"
        "teams:\n"
        "  t: {members: [bob]}\n"
        "classification:\n"
        "  - {name: r, match: '(', in: [footer], team: u}\n"
        "targets:\n"
        "  ack: {normal: 1h, calendar: moon, warn: [80%, 80%]}\n"
        "escalation:\n"
        "  - name: one\n"
        "    team: nobody\n"
        "    reminders: [soon]\n"
        "    steps:\n"
        "      - {name: s, when: at midnight, do: [dance, notify bob]}\n"
        "      - {name: s, when: ack 120%, do: [level down]}\n"
        "notices:\n"
        "  gossip: {on: no}\n"
        "  E-06: {on: no}\n"
        "  E-01: {line: {en: 'Case {nubmer}'}}\n";
    struct conf_errors errors = { 0 };
    struct policy_file f;
    size_t i;

    (void)state;
    assert_int_equal(policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors), -1);
    for (i = 0; i < errors.count; i++)
        assert_memory_equal(errors.lines[i], "p.yaml:", 7);
    assert_int_equal(errors.count, 22);
    assert_string_equal(errors.lines[5], "p.yaml:6:17: members: there is no agent 'bob'");
    conf_errors_clear(&errors);
}

/* Reads what is wrong, and holds it to exactly these beginnings of lines, in their order. */
static void expect_errors(const char *text, conf_include_fn *include, const char *const *expected)
{
    struct conf_errors errors = { 0 };
    struct policy_file f;
    size_t i;

    assert_int_equal(policy_read("p.yaml", span_of(text), include, NULL, &f, &errors), -1);
    for (i = 0; i < errors.count && expected[i] != NULL; i++)
        if (strncmp(errors.lines[i], expected[i], strlen(expected[i])) != 0)
            fail_msg("expected \"%s\", got \"%s\"", expected[i], errors.lines[i]);
    if (i < errors.count)
        fail_msg("one too many: %s", errors.lines[i]);
    if (expected[i] != NULL)
        fail_msg("nothing is said of \"%s\"", expected[i]);
    conf_errors_clear(&errors);
}

static void test_twenty_mistakes_are_twenty_errors_at_their_lines_in_one_run(void **state)
{
    static const char text[] =
        "desk: {title: Tienda Sol, langauge: es, zone: Europe/Madird}\n"
        "calendars:\n"
        "  office:\n"
        "    zone: Mars/Olympus\n"
        "    hours:\n"
        "      mon-fri: 09:00-18:00\n"
        "      sat: ten to two\n"
        "    holidays:\n"
        "      - 2026-12-25\n"
        "      - 2026-02-30\n"
        "  nights: {hours: {mon: 22:00-06:00}}\n"
        "agents:\n"
        "  ana: {name: Ana, email: ana at example, calendar: office}\n"
        "  luis: {name: Luis, email: luis@example.org, limit: many}\n"
        "  luis: {name: Lu, email: lu@example.org}\n"
        "  eva: {name: Eva, email: eva@example.org, language: Spanish}\n"
        "teams:\n"
        "  first:\n"
        "    members:\n"
        "      - ana\n"
        "      - bob\n"
        "priority: normal\n"
        "classification:\n"
        "  - {name: outage, match: 'down(', team: first}\n"
        "targets:\n"
        "  ack: {normal: 4 hours, calendar: nights}\n"
        "  resolution: {normal: 2d, warn: [80%, 120%, 90%], calendar: moon}\n"
        "escalation:\n"
        "  - name: first contact\n"
        "    team: second\n"
        "    calendar: office\n"
        "    steps:\n"
        "      - {name: late, when: after lunch, do: [notify team]}\n"
        "      - {name: late, when: ack missed, do: [notify ana]}\n"
        "      - {name: up, when: ack missed, do: [call the boss]}\n"
        "priority: high\n"
        "notices:\n"
        "  E-01: {line: {en: 'Case {nubmer}'}}\n"
        "timing: [grace, 7d]\n";
    static const char *const expected[] = {
        "p.yaml:1:27: no such key: langauge (did you mean language?)",
        "p.yaml:1:47: zone: no such time zone: Europe/Madird",
        "p.yaml:4:11: zone: no such time zone: Mars/Olympus",
        "p.yaml:7:7: hours: expected a day or",
        "p.yaml:10:9: holidays: expected '2026-12-25'",
        "p.yaml:11:11: zone is missing",
        "p.yaml:13:27: email: expected an e-mail address, got 'ana at example'",
        "p.yaml:14:54: limit: expected a whole number, got \"many\"",
        "p.yaml:15:3: luis is there twice, first at p.yaml:14:3",
        "p.yaml:16:54: language: expected a language such as",
        "p.yaml:21:9: members: there is no agent 'bob'",
        "p.yaml:24:27: match: pattern, at byte 5:",
        "p.yaml:26:17: normal: expected a duration such as",
        "p.yaml:27:40: warn: expected a percent of the time, such as '50%'",
        "p.yaml:27:62: calendar: there is no calendar 'moon'",
        "p.yaml:30:11: team: there is no team 'second'",
        "p.yaml:33:28: when: expected 'CLOCK 50%'",
        "p.yaml:34:16: name: another step of this level has this name",
        "p.yaml:35:43: do: expected 'notify owner'",
        "p.yaml:36:1: priority is there twice, first at p.yaml:22:1",
        "p.yaml:38:17: line: no such name: {nubmer}",
        "p.yaml:39:9: timing: expected a mapping, got a list",
        NULL,
    };

    (void)state;
    expect_errors(text, NULL, expected);
}

static void test_what_refers_to_something_that_is_wrong_itself_is_not_wrong_for_that(void **state)
{
    static const char people[] = "calendars: [office]\n"
                                 "agents: {ana: Ana Ruiz}\n"
                                 "teams: first, second\n"
                                 "classification:\n"
                                 "  - {name: r, team: first}\n"
                                 "targets: {ack: {normal: 1h, calendar: office}}\n"
                                 "escalation:\n"
                                 "  - name: one\n"
                                 "    team: first\n"
                                 "    calendar: office\n"
                                 "    steps: [{name: s, when: requested, do: [notify ana]}]\n"
                                 "notices: {E-06: {on: never}}\n";
    static const char *const wrong[] = {
        "p.yaml:1:12: calendars: expected a mapping of names, got a list",
        "p.yaml:2:15: agents: expected a mapping, got a text",
        "p.yaml:3:8: teams: expected a mapping of names, got a text",
        "p.yaml:12:22: on: expected yes or no",
        NULL,
    };
    static const char agents[] =
        "agents: [ana]\n"
        "teams: {first: {members: [ana]}}\n"
        "escalation:\n"
        "  - {name: one, steps: [{name: s, when: requested, do: [notify ana]}]}\n";
    static const char *const nobody[] = { "p.yaml:1:9: agents: expected a mapping of names", NULL };
    static const char path[] = "escalation: first contact\n";
    static const char *const pathless[] = { "p.yaml:1:13: escalation: expected a list", NULL };

    (void)state;
    expect_errors(people, NULL, wrong);
    expect_errors(agents, NULL, nobody);
    expect_errors(path, NULL, pathless);
}

/* C-17: what comes first is first, whatever the priority, and what never comes is not there. */
static void test_warnings_are_in_the_order_of_their_coming_for_each_priority(void **state)
{
    static const char text[] =
        "targets: {ack: {low: 4h, high: 1h, urgent: 30m, warn: [30m, 80%, 50%, 12m]}}\n"
        "escalation: [{name: one}]\n";
    static const int expected[][TARGET_WARNINGS_MAX] = {
        [TICKET_LOW] = { 50, 80, -1800, -720 },
        [TICKET_HIGH] = { -1800, 80 },
        [TICKET_URGENT] = { 50, -720, 80 },
    };
    static const char *const wrong[] = {
        "p.yaml:1:39: warn: no target here is longer than '1h'",
        "p.yaml:1:43: warn: '50%' is there twice",
        "p.yaml:1:48: warn: expected a percent of the time, such as '50%', from 1% to 99%, or how "
        "much of it is left, such as '1h', got '100%'",
        NULL,
    };
    struct conf_errors errors = { 0 };
    struct policy_file f;
    int p, i;

    (void)state;
    assert_int_equal(policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors), 0);
    for (p = TICKET_LOW; p <= TICKET_URGENT; p++)
        for (i = 0; i < TARGET_WARNINGS_MAX; i++)
            assert_int_equal(f.targets->table.at[p][TARGET_ACK].warn[i], expected[p][i]);
    policy_file_clear(&f);
    expect_errors("targets: {ack: {high: 1h, warn: [50%, 1h, 50%, 100%]}}\n"
                  "escalation: [{name: one}]\n",
                  NULL, wrong);
}

static void test_a_level_may_be_reminded_at_once_and_a_customer_not(void **state)
{
    static const char *const wrong[] = {
        "p.yaml:3:23: reminders: expected durations such as 15m, ascending, got '0'", NULL
    };

    (void)state;
    expect_errors("escalation:\n"
                  "  - {name: one, reminders: [0, 15m]}\n"
                  "waiting: {reminders: [0, 24h]}\n",
                  NULL, wrong);
}

/* How many items of two words each are taken, the `extra`th of them of three. */
static const char *incidents_that_ignore(struct text_buffer *b, int items, bool extra)
{
    int i;

    b->len = 0;
    text_buffer_add(b, "incidents: {from: 3, ignore: [", 30);
    for (i = 0; i < items; i++) {
        char item[60];
        int n = snprintf(item, sizeof(item), "%sx%dyy z%dww", i == 0 ? "" : ", ", 10 + i, 10 + i);

        text_buffer_add(b, item, (size_t)n);
    }
    text_buffer_add(b, extra ? " more]}\n" : "]}\n", extra ? 8 : 3);
    text_buffer_add(b, "escalation: [{name: one}]\n", 26);
    return b->ptr;
}

static void test_as_many_words_are_ignored_as_fit_and_the_first_too_many_is_named(void **state)
{
    static const char *const wrong[] = { "p.yaml:1:", NULL };
    struct text_buffer b = { 0 };
    struct conf_errors errors = { 0 };
    struct policy_file f = { 0 };
    const char *text = incidents_that_ignore(&b, 24, false);

    (void)state;
    if (policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    policy_file_clear(&f);
    expect_errors(incidents_that_ignore(&b, 24, true), NULL, wrong);
    assert_non_null(strstr(b.ptr, "z33ww more"));
    text_buffer_clear(&b);
}

static int include_nothing(void *arg, const char *from, const char *name, char **bytes, size_t *len,
                           struct error *err)
{
    (void)arg;
    (void)from;
    (void)bytes;
    (void)len;
    return error_set(err, ERROR_PERMANENT, "%s: no such file", name);
}

static void test_a_file_that_cannot_be_read_is_one_mistake_and_not_all_that_is_not_in_it(
    void **state)
{
    static const char *const broken[] = { "p.yaml:2:", NULL };
    static const char *const absent[] = { "p.yaml:1:10: include: people.yaml: no such file",
                                          "p.yaml:3:21: limit: expected a whole number", NULL };
    static const char *const list[] = { "p.yaml:1:1: expected keys with their values", NULL };

    (void)state;
    expect_errors("desk: {title: [\nagents: }\n", NULL, broken);
    expect_errors("include: people.yaml\n"
                  "teams: {first: {members: [bob]}}\n"
                  "agents: {a: {limit: x, name: A, email: a@example.org}}\n",
                  include_nothing, absent);
    expect_errors("- escalation\n", NULL, list);
}

static void test_a_pattern_that_backtracks_without_end_is_cut_off_and_counted(void **state)
{
    struct pattern *p = NULL;
    struct error err;
    uint64_t before = pattern_cut_off();
    char text[60];

    (void)state; /* S-35 */
    memset(text, 'a', sizeof(text));
    text[59] = '!';
    assert_int_equal(pattern_new("(a+)+$", &p, &err), 0);
    assert_false(pattern_matches(p, (struct span){ text, sizeof(text) }));
    assert_int_equal(pattern_cut_off(), before + 1);
    assert_true(pattern_is_to_tell(p));
    assert_false(pattern_is_to_tell(p));
    assert_false(pattern_matches(p, (struct span){ text, sizeof(text) }));
    assert_false(pattern_is_to_tell(p)); /* once */
    assert_false(pattern_matches(p, span_of("\xff")));
    assert_int_equal(pattern_cut_off(), before + 2); /* that was no limit */
    pattern_free(p);
}

static bool policy_takes_a_target_of(const char *target)
{
    char text[200];
    struct policy_file f = { 0 };
    struct conf_errors errors = { 0 };
    int rc;

    snprintf(text, sizeof(text),
             "targets: {resolution: {normal: %s}}\nescalation: [{name: first}]\n", target);
    rc = policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors);
    if (rc == 0)
        policy_file_clear(&f);
    conf_errors_clear(&errors);
    return rc == 0;
}

static void test_a_target_is_a_second_or_a_year_and_what_lies_between(void **state)
{
    (void)state;
    assert_true(policy_takes_a_target_of("1s")); /* T-66 */
    assert_true(policy_takes_a_target_of("100h"));
    assert_true(policy_takes_a_target_of("366d"));
    assert_false(policy_takes_a_target_of("31622401s"));
    assert_true(policy_takes_a_target_of("0s")); /* C-6 */
    assert_false(policy_takes_a_target_of("-1s"));
}

static int64_t opening_after(const struct policy_file *f, int calendar, const char *day)
{
    int64_t at;

    assert_int_equal(date_read(&day, &at), 0);
    return calendar_next_opening(f->policy->calendars[calendar], at * 86400);
}

static void test_a_calendar_has_its_own_holidays_and_those_of_the_lists_it_names(void **state)
{
    static const char text[] =
        "holidays:\n"
        "  all: {days: ['2026-12-25 (Christmas)', '2026-01-01']}\n"
        "  north: {days: 2026-12-26..2026-12-27}\n"
        "calendars:\n"
        "  hill: {zone: UTC, hours: {mon-sun: '09:00-17:00'}, holidays_of: [all, north],\n"
        "         holidays: '2026-12-28', openings: '2026-12-26 20:00-21:00'}\n"
        "  shore: {zone: UTC, hours: {mon-sun: '09:00-17:00'}, holidays_of: all}\n"
        "escalation: [{name: one}]\n";
    struct conf_errors errors = { 0 };
    struct calendar_day d;
    struct policy_file f;

    (void)state; /* C-4 */
    if (policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    assert_int_equal(opening_after(&f, 1, "2026-12-25") % 86400, 9 * 3600);
    assert_int_equal(opening_after(&f, 0, "2026-12-25") % 86400, 20 * 3600);
    assert_int_equal(opening_after(&f, 0, "2026-12-27") - opening_after(&f, 1, "2026-12-29"), 0);
    assert_true(calendar_next_special(f.policy->calendars[1], 20600, &d));
    assert_string_equal(d.name, "Christmas");
    policy_file_clear(&f);
}

static void test_what_is_wrong_in_a_shared_list_is_told_once(void **state)
{
    static const char text[] =
        "holidays:\n"
        "  all: {days: [2026-12-25, Christmas]}\n"
        "  long: {days: [2026-01-01..2026-12-31, 2027-01-01..2027-12-31]}\n"
        "calendars:\n"
        "  a: {zone: UTC, hours: {mon: '09:00-17:00'}, holidays_of: [all]}\n"
        "  b: {zone: UTC, hours: {mon: '09:00-17:00'}, holidays_of: [all, some], openings: "
        "2026-12-19}\n"
        "  c: {zone: UTC, hours: {mon: '09:00-17:00'}, holidays_of: [long, long]}\n"
        "escalation: [{name: one}]\n";
    static const char *const said[] = {
        "p.yaml:2:28: days: expected '2026-12-25', ",
        "p.yaml:6:66: holidays_of: there are no holidays 'some'",
        "p.yaml:6:83: openings: expected '2026-12-19 10:00-14:00', got '2026-12-19'",
        "p.yaml:7:67: holidays_of: over 1000 days",
    };
    struct conf_errors errors = { 0 };
    struct policy_file f;
    size_t i;

    (void)state;
    assert_int_equal(policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors), -1);
    assert_int_equal(errors.count, sizeof(said) / sizeof(said[0]));
    for (i = 0; i < errors.count; i++)
        if (strncmp(errors.lines[i], said[i], strlen(said[i])) != 0)
            fail_msg("%s", errors.lines[i]);
    conf_errors_clear(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_the_shipped_policy_leads_what_is_new_and_grave_to_the_third_level, shipped,
            shipped_free),
        cmocka_unit_test_setup_teardown(test_the_shipped_policy_has_four_levels_and_works_untouched,
                                        shipped, shipped_free),
        cmocka_unit_test_setup_teardown(test_budgets_are_there_with_their_section_and_without,
                                        shipped, shipped_free),
        cmocka_unit_test(test_what_is_no_budget_is_told_at_its_line),
        cmocka_unit_test_setup_teardown(
            test_the_four_examples_get_their_four_priorities_in_both_languages, shipped,
            shipped_free),
        cmocka_unit_test_setup_teardown(
            test_a_channel_may_have_its_own_targets_and_its_name_wins_over_its_kind, shipped,
            shipped_free),
        cmocka_unit_test_setup_teardown(
            test_who_writes_by_a_social_channel_is_promised_an_answer_as_most_expect_it, shipped,
            shipped_free),
        cmocka_unit_test_setup_teardown(test_the_shipped_levels_say_what_their_people_may_decide,
                                        shipped, shipped_free),
        cmocka_unit_test(test_a_levels_text_is_a_paragraph_of_a_thousand_bytes_at_most),
        cmocka_unit_test(test_every_mistake_of_a_policy_is_told_in_one_run),
        cmocka_unit_test(test_twenty_mistakes_are_twenty_errors_at_their_lines_in_one_run),
        cmocka_unit_test(test_as_many_words_are_ignored_as_fit_and_the_first_too_many_is_named),
        cmocka_unit_test(test_warnings_are_in_the_order_of_their_coming_for_each_priority),
        cmocka_unit_test(test_a_level_may_be_reminded_at_once_and_a_customer_not),
        cmocka_unit_test(test_what_refers_to_something_that_is_wrong_itself_is_not_wrong_for_that),
        cmocka_unit_test(
            test_a_file_that_cannot_be_read_is_one_mistake_and_not_all_that_is_not_in_it),
        cmocka_unit_test(test_a_pattern_that_backtracks_without_end_is_cut_off_and_counted),
        cmocka_unit_test(test_a_target_is_a_second_or_a_year_and_what_lies_between),
        cmocka_unit_test(test_a_calendar_has_its_own_holidays_and_those_of_the_lists_it_names),
        cmocka_unit_test(test_what_is_wrong_in_a_shared_list_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
