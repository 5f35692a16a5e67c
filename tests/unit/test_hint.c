/* Which articles fit a case (E-21, D-35), and what a policy may say of articles and questions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/conf_diff.h"
#include "core/hint.h"
#include "core/policy_articles.h"
#include "core/policy_diff.h"
#include "core/policy_read.h"
#include "core/policy_texts.h"

#define TOPICS                                                                                     \
    "topics:\n  access: {}\n  bills: {}\n"                                                         \
    "escalation:\n  - {name: one}\n"
#define ENGLISH(title) "title: {en: " title "}, url: {en: 'https://help.example.org/" title "'}"

static struct policy_file file;
static struct arena *a;

static void read_policy(const char *text)
{
    struct conf_errors errors = { 0 };

    if (policy_read("p.yaml", span_of(text), NULL, NULL, &file, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
}

static int setup(void **state)
{
    (void)state;
    a = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    policy_file_clear(&file);
    arena_free(a);
    return 0;
}

/* "reset 100, invoice 57 (nearest: login 50)" */
static const char *found(const char *text, const char *topic, const char *language)
{
    const struct hint_case c = { "", text, topic, language };
    struct hint h[HINT_MAX], nearest;
    size_t n = hint_find(file.policy, &c, a, h, &nearest), i;
    const char *out = "";

    for (i = 0; i < n; i++)
        out = arena_printf(a, "%s%s%s %d", out, i == 0 ? "" : ", ", h[i].article->name, h[i].score);
    return nearest.article == NULL
               ? out
               : arena_printf(a, "%s (nearest: %s %d)", out, nearest.article->name, nearest.score);
}

/* By the best of its words, however they are bent and in whatever order; a topic counts too. */
static void test_an_article_fits_by_its_best_words_and_by_its_topic(void **state)
{
    (void)state; /* E-21 */
    read_policy(
        "articles:\n"
        "  reset: {" ENGLISH("reset") ", words: [forgot password, cannot enter]}\n"
                                      "  pay: {" ENGLISH(
                                          "pay") ", words: [invoice amount], topics: [bills]}\n"
                                                 "  who: {" ENGLISH(
                                                     "who") ", topics: [access, none]}\n" TOPICS);
    assert_string_equal(found("I have forgotten my Password!", "bills", "en"),
                        "reset 100 (nearest: pay 30)");
    assert_string_equal(found("the password is lost", "bills", "en"), " (nearest: reset 50)");
    assert_string_equal(found("the amount of my invoice", "bills", "en"), "pay 100");
    assert_string_equal(found("another amount", "bills", "en"), "pay 80");
    assert_string_equal(found("another amount", "access", "en"), "who 100 (nearest: pay 50)");
    assert_string_equal(found("anything", NULL, "en"), "who 100");
    assert_string_equal(found("", "bills", "en"), " (nearest: pay 30)");
}

static void test_the_best_three_come_in_order_and_of_equals_the_policys_first(void **state)
{
    (void)state;
    read_policy(
        "articles:\n"
        "  a: {" ENGLISH("a") ", words: [printer colour]}\n"
                              "  b: {" ENGLISH(
                                  "b") ", words: [printer], topics: [access]}\n"
                                       "  c: {" ENGLISH(
                                           "c") ", words: [printer colours red]}\n"
                                                "  d: {" ENGLISH(
                                                    "d") ", words: [printer]}\n"
                                                         "  e: {" ENGLISH(
                                                             "e") ", words: [printer]}\n" TOPICS);
    assert_string_equal(found("the printer", NULL, "en"), "b 100, d 100, e 100 (nearest: a 50)");
    assert_string_equal(found("printer, colour", NULL, "en"), "a 100, b 100, d 100");
    assert_string_equal(found("colour red", NULL, "en"), "c 60 (nearest: a 50)");
}

/* A case of 50 and one of 100 percent, by thresholds at both sides of them. */
static void test_what_fits_by_the_threshold_is_told_and_what_fits_by_less_is_not(void **state)
{
    static const struct {
        const char *from, *found;
    } rows[] = { { "1", "a 50" },
                 { "50", "a 50" },
                 { "51", " (nearest: a 50)" },
                 { "100", " (nearest: a 50)" } };
    size_t i;

    (void)state; /* E-21 */
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        read_policy(arena_printf(a,
                                 "hints: {from: %s}\narticles:\n"
                                 "  a: {" ENGLISH("a") ", words: [printer colour]}\n" TOPICS,
                                 rows[i].from));
        assert_string_equal(found("my printer", NULL, "en"), rows[i].found);
        policy_file_clear(&file);
    }
    read_policy(
        "hints: {from: 100}\narticles:\n  a: {" ENGLISH("a") ", words: [printer]}\n" TOPICS);
    assert_string_equal(found("my printer", NULL, "en"), "a 100");
}

static void test_an_article_is_told_in_a_language_of_its_own_or_not_at_all(void **state)
{
    const struct hint_case c = { "", "mi printer", NULL, "es-MX" };
    struct hint h[HINT_MAX], nearest;

    (void)state; /* D-35 */
    read_policy("articles:\n"
                "  a: {title: {en: Ink, es: Tinta, pt-BR: Cor},\n"
                "      url: {en: 'http://x.example/en', es: 'http://x.example/es', pt-BR: "
                "'http://x.example/pt'}, words: [printer]}\n"
                "  b: {" ENGLISH("b") ", words: [printer]}\n" TOPICS);
    assert_int_equal(hint_find(file.policy, &c, a, h, &nearest), 1);
    assert_string_equal(h[0].title, "Tinta");
    assert_string_equal(h[0].url, "http://x.example/es");
    assert_string_equal(found("printer", NULL, "pt"), "a 100");
    assert_string_equal(found("printer", NULL, "en-GB"), "a 100, b 100");
    assert_string_equal(found("printer", NULL, "p"), "");
    assert_string_equal(found("printer", NULL, "fr"), "");
    assert_string_equal(found("printer", NULL, "enx"), "");
}

/* As long as what is read of a case, with what the article asks for at its end. */
static void test_a_long_case_is_looked_at_as_a_whole(void **state)
{
    const char *text = "";
    int n;

    (void)state;
    read_policy("articles:\n  a: {" ENGLISH("a") ", words: [printer colour]}\n" TOPICS);
    for (n = 0; n < 300; n++)
        text = arena_printf(a, "%s%c%cxyz ", text, 'a' + n % 26, 'a' + n / 26);
    assert_string_equal(found(arena_printf(a, "%s printer colour", text), NULL, "en"), "a 100");
}

/* --- what may be said
 * ------------------------------------------------------------------------------------------- */

static const char *place; /* of the first error */

/* What the first error says; "": there is none. */
static const char *wrong(const char *text)
{
    struct conf_errors errors = { 0 };
    struct policy_file f;
    const char *out = "";

    if (policy_read("p.yaml", span_of(text), NULL, NULL, &f, &errors) == 0) {
        policy_file_clear(&f);
        return out;
    }
    out = strstr(errors.lines[0], ": ") + 2;
    place = arena_strndup(a, errors.lines[0], (size_t)(out - errors.lines[0]) - 2);
    out = arena_strdup(a, out);
    conf_errors_clear(&errors);
    return out;
}

static const char *times(const char *s, int n)
{
    const char *out = "";

    while (n-- > 0)
        out = arena_printf(a, "%s%s", out, s);
    return out;
}

static void test_every_bound_of_an_article_holds_at_both_of_its_sides(void **state)
{
#define ARTICLE(title, url, more)                                                                  \
    arena_printf(a, "articles:\n  a: {title: {en: %s}, url: {en: 'https://%s'}, %s}\n" TOPICS,     \
                 title, url, more)
    const struct {
        const char *text, *error;
    } rows[] = {
        { ARTICLE(times("t", 120), "x", "words: [w1]"), "" },
        { ARTICLE(times("t", 121), "x", "words: [w1]"), "title: expected 1 to 120 bytes, got 121" },
        { ARTICLE("' '", "x", "words: [w1]"), "title: expected 1 to 120 bytes, got 0" },
        { ARTICLE("t", times("u", 392), "words: [w1]"), "" },
        { ARTICLE("t", times("u", 393), "words: [w1]"), "url: expected 1 to 400 bytes, got 401" },
        { ARTICLE("t", "x", arena_printf(a, "words: [w1%s]", times(", w2", 15))), "" },
        { ARTICLE("t", "x", arena_printf(a, "words: [w1%s]", times(", w2", 16))),
          "words: over 16 of them" },
        { ARTICLE("t", "x", arena_printf(a, "words: [%s]", times("w", 80))), "" },
        { ARTICLE("t", "x", arena_printf(a, "words: [%s]", times("w", 81))),
          "words: over 80 bytes" },
        { ARTICLE("t", "x", "words: [how do i]"), "words: nothing is found by 'how do i'" },
        { ARTICLE("t", "x", "words: ['12345']"), "words: nothing is found" },
        { ARTICLE("t", "x", "topics: [bills, none]"), "" },
        { ARTICLE("t", "x", "topics: [bills, moon]"), "topics: there is no topic 'moon'" },
        { ARTICLE("t", "x", "words: []"), "nothing says by what it is found: words or topics" },
    };
    size_t i;

    (void)state; /* E-21 */
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *error = wrong(rows[i].text);

        if (strncmp(error, rows[i].error, rows[i].error[0] == '\0' ? 1 : strlen(rows[i].error)) !=
            0)
            fail_msg("row %zu: expected \"%s\", got \"%s\"", i, rows[i].error, error);
        if (error[0] != '\0')
            assert_memory_equal(place, "p.yaml:2:", 9);
    }
}

static void test_an_address_is_one_of_the_web_that_can_stand_in_any_message(void **state)
{
    static const char *const good[] = { "http://x", "HTTPS://help.example.org:8443/a?b=c&d#e",
                                        "https://xn--bcher-kva.example/%C3%A9" };
    static const char *const bad[] = {
        "ftp://x/",      "//x/a",
        "https://",      "https:///a",
        "http://?a",     "javascript:a()",
        "https://a b",   "https://x/\xc3\xa9",
        "https://x/<b>", "https://x/{number}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_string_equal(wrong(arena_printf(a,
                                               "articles:\n  a: {title: {en: t}, url: {en: '%s'}, "
                                               "words: [w1]}\n" TOPICS,
                                               good[i])),
                            "");
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (strstr(wrong(arena_printf(a,
                                      "articles:\n  a: {title: {en: t}, url: {en: '%s'}, words: "
                                      "[w1]}\n" TOPICS,
                                      bad[i])),
                   "url: expected an address that begins with https:// or http://") == NULL)
            fail_msg("%s is no address", bad[i]);
}

static void test_titles_and_addresses_go_in_pairs_and_questions_are_short(void **state)
{
#define ASKS(text)                                                                                 \
    arena_printf(a, "topics:\n  access: {ask: {%s}}\nescalation: [{name: one}]\n", text)
    (void)state; /* D-51 */
    assert_string_equal(
        wrong("articles:\n  a: {title: {en: t, es: t}, url: {en: 'http://x'}, words: "
              "[w1]}\n" TOPICS),
        "title: there is no url in 'es'");
    assert_string_equal(wrong("articles:\n  a: {title: {en: t}, url: {en: 'http://x', es: "
                              "'http://x'}, words: [w1]}\n" TOPICS),
                        "url: there is no title in 'es'");
    assert_non_null(strstr(wrong("articles:\n  a: {title: {en: t}, words: [w1]}\n" TOPICS), "url"));
    assert_non_null(
        strstr(wrong("articles:\n  a: {title: {Klingon: t}, url: {Klingon: 'http://x'}, words: "
                     "[w1]}\n" TOPICS),
               "expected a language such as es or pt-BR, got 'Klingon'"));
    assert_string_equal(wrong(ASKS(arena_printf(a, "en: %s", times("q", 300)))), "");
    assert_string_equal(wrong(ASKS(arena_printf(a, "en: %s", times("q", 301)))),
                        "ask: expected 1 to 300 bytes, got 301");
    assert_non_null(strstr(wrong(ASKS("en: ''")), "expected 1 to 300 bytes, got 0"));
    assert_non_null(strstr(wrong(ASKS("english: why")), "expected a language"));
}

static void test_there_may_be_two_hundred_articles_and_a_threshold_from_1_to_100(void **state)
{
    static const struct {
        const char *hints;
        int good;
    } rows[] = { { "from: 0", 0 },      { "from: 1", 1 },    { "from: 100", 1 },
                 { "from: 101", 0 },    { "repeat: 0s", 1 }, { "repeat: 366d", 1 },
                 { "repeat: 367d", 0 }, { "repeat: -1s", 0 } };
    const char *many = "articles:\n";
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(wrong(arena_printf(a, "hints: {%s}\n" TOPICS, rows[i].hints))[0] == '\0',
                         rows[i].good);
    for (i = 0; i < POLICY_ARTICLES_MAX; i++)
        many = arena_printf(a, "%s  a%zu: {" ENGLISH("a") ", words: [w1]}\n", many, i);
    assert_string_equal(wrong(arena_printf(a, "%s" TOPICS, many)), "");
    assert_non_null(
        strstr(wrong(arena_printf(a, "%s  b: {" ENGLISH("a") ", words: [w1]}\n" TOPICS, many)),
               "articles: over 200 articles"));
    read_policy(TOPICS);
    assert_int_equal(file.policy->hints.from, 60);
    assert_int_equal(file.policy->hints.repeat_s, 30 * 86400);
}

/* --- what a change of it does
 * ------------------------------------------------------------------------------------------- */

static void expect_change(const char *before, const char *after, const char *about,
                          const char *words)
{
    const struct conf_difference *differences;
    struct conf_errors errors = { 0 };
    struct conf_file *x, *y;
    struct policy_change change;

    assert_int_equal(conf_read(policy_keys, "x", span_of(before), NULL, NULL, &x, &errors), 0);
    assert_int_equal(conf_read(policy_keys, "y", span_of(after), NULL, NULL, &y, &errors), 0);
    assert_int_equal(conf_diff(x, y, a, &differences), 1);
    policy_diff(differences, 1, a, &change);
    assert_string_equal(change.about, about);
    assert_string_equal(change.words, words);
    conf_file_free(x);
    conf_file_free(y);
}

static void test_what_customers_are_told_otherwise_is_said_in_words(void **state)
{
#define ONE(more)                                                                                  \
    "articles:\n  reset: {title: {en: t}, url: {en: 'http://x'}, topics: [bills], words: [w1" more \
    "]}\n" TOPICS
#define TOLD "What is told"
    (void)state;
    expect_change(TOPICS, ONE(""), TOLD, "customers are told of the article reset");
    expect_change(ONE(""), TOPICS, TOLD, "customers are told no longer of the article reset");
    expect_change(ONE(""), ONE(", w2"), TOLD,
                  "the article reset is found by these words as well: w2");
    expect_change(ONE(", w2"), ONE(""), TOLD,
                  "the article reset is found no longer by these words: w2");
    expect_change("articles:\n  reset: {title: {en: t}, url: {en: 'http://y'}, topics: [bills], "
                  "words: [w1]}\n" TOPICS,
                  ONE(""), TOLD, "the article reset: its url in en: http://x instead of http://y");
    expect_change("hints: {from: 70}\n" TOPICS, TOPICS, "The rest",
                  "an article is told that fits a case by so many percent: 60 instead of 70");
    expect_change("topics: {access: {}}\nescalation: [{name: one}]\n", ASKS("en: Which one?"),
                  "What a case is",
                  "customers with a case of the topic access are asked, in en: Which one?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_article_fits_by_its_best_words_and_by_its_topic,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_the_best_three_come_in_order_and_of_equals_the_policys_first, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_what_fits_by_the_threshold_is_told_and_what_fits_by_less_is_not, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_an_article_is_told_in_a_language_of_its_own_or_not_at_all, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_long_case_is_looked_at_as_a_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_bound_of_an_article_holds_at_both_of_its_sides,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_an_address_is_one_of_the_web_that_can_stand_in_any_message, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_titles_and_addresses_go_in_pairs_and_questions_are_short, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_there_may_be_two_hundred_articles_and_a_threshold_from_1_to_100, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_customers_are_told_otherwise_is_said_in_words,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
