#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/wording.h"
#include "core/wording_date.h"
#include "tests/support/story.h"

enum { NEW_YEAR_9 = 1767258000 }; /* 2026-01-01 09:00:00 UTC */

static void render(struct story *s, enum notice n, const char *language, bool letter,
                   const struct wording_facts *f, const char **subject, const char **text)
{
    wording_render(&s->policy, n, language, letter, f, s->a, subject, text);
}

static void test_every_notice_has_words_in_both_languages_and_no_name_is_left_over(void **state)
{
    static const char *const languages[] = { "es", "en" };
    struct wording_facts f = {
        .number = 42, .subject = "Asunto", .zone = "Europe/Madrid", .text = "palabras"
    };
    const char *subject, *text;
    struct story s;
    int n, l, letter;

    (void)state;
    story_begin(&s, NEW_YEAR_9);
    for (n = 0; n < NOTICE_N; n++)
        for (l = 0; l < 2; l++)
            for (letter = 0; letter < 2; letter++) {
                render(&s, (enum notice)n, languages[l], letter, &f, &subject, &text);
                assert_true(text[0] != '\0');
                assert_int_equal(letter, subject[0] != '\0');
                assert_null(strchr(text, '{'));
                assert_null(strchr(text, '['));
            }
    story_end(&s);
}

/* The time may be that of the solution, where the customer has had an answer. */
static void test_whose_case_it_is_hears_of_no_first_answer_that_may_have_been_given(void **state)
{
    struct wording_facts f = {
        .number = 42, .subject = "Asunto", .zone = "Europe/Madrid", .by_at = NEW_YEAR_9
    };
    const char *subject, *text;
    struct story s;

    (void)state; /* */
    story_begin(&s, NEW_YEAR_9);
    render(&s, NOTICE_AGENT_ASSIGNED, "en", true, &f, &subject, &text);
    assert_non_null(strstr(text, "Something is expected before Thursday, 1 January 2026"));
    render(&s, NOTICE_AGENT_ASSIGNED, "es", true, &f, &subject, &text);
    assert_non_null(strstr(text, "Se espera algo antes del jueves, 1 de enero de 2026"));
    story_end(&s);
}

static void test_a_promise_is_told_in_the_customers_zone_and_language_or_left_out(void **state)
{
    struct wording_facts f = {
        .number = 42, .customer = "Eva", .zone = "Europe/Madrid", .by_at = NEW_YEAR_9
    };
    const char *subject, *text;
    struct story s;

    (void)state; /* E-01 */
    story_begin(&s, NEW_YEAR_9);
    render(&s, NOTICE_RECEIVED, "es", true, &f, &subject, &text);
    assert_non_null(strstr(text, "Hola Eva:"));
    assert_non_null(strstr(text, "1 de enero de 2026"));
    assert_non_null(strstr(text, "10:00"));
    assert_string_equal(subject, "Hemos recibido su mensaje [#42]");
    f.by_at = 0;
    f.customer = NULL;
    render(&s, NOTICE_RECEIVED, "en", true, &f, &subject, &text);
    assert_non_null(strstr(text, "Hello,\n"));
    assert_null(strstr(text, "before"));
    story_end(&s);
}

static void test_a_value_with_braces_or_brackets_is_only_text(void **state)
{
    struct wording_facts f = {
        .number = 1, .subject = "{text} [x]\r\nBcc: all", .text = "{customer} [{by}]", .zone = "UTC"
    };
    const char *subject, *text;
    struct story s;

    (void)state; /* S-19, S-22 */
    story_begin(&s, NEW_YEAR_9);
    render(&s, NOTICE_REPLY, "en", true, &f, &subject, &text);
    assert_string_equal(text, "{customer} [{by}]");
    assert_string_equal(subject, "Re: {text} [x] Bcc: all [#1]");
    story_end(&s);
}

/* S-25 */
static void test_nothing_automatic_says_to_a_customer_what_a_customer_wrote(void **state)
{
    static const char *const languages[] = { "es", "en" };
    struct wording_facts f = { .number = 1, .subject = "SECRET", .text = "SECRET", .zone = "UTC" };
    const char *subject, *text;
    struct story s;
    int n, i;

    (void)state;
    story_begin(&s, NEW_YEAR_9);
    for (n = 0; n < NOTICE_N; n++)
        for (i = 0; notice_kinds[n].to_customer && n != NOTICE_REPLY && i < 4; i++) {
            render(&s, (enum notice)n, languages[i % 2], i < 2, &f, &subject, &text);
            assert_null(strstr(subject, "SECRET"));
            assert_null(strstr(text, "SECRET"));
        }
    story_end(&s);
}

/* S-25: whoever writes in another's name chooses what is behind "Hello" */
static void test_a_name_is_said_back_if_it_is_no_more_than_a_name(void **state)
{
    static const char *const names[] = { "Ana",
                                         "Dr. Jos\xc3\xa9 M. Ruiz-Pi\xc3\xb1"
                                         "a",
                                         "O'Brien, J.R.",
                                         "\xe5\xb1\xb1\xe7\x94\xb0 \xe5\xa4\xaa\xe9\x83\x8e" };
    static const char *const others[] = {
        "Win now at http://evil.example/win",
        "evil.example",
        "ana@client.example",
        "4111 1111 1111 1111",
        "\xd9\xa4\xd9\xa1\xd9\xa1\xd9\xa1", /* the figures of Arabic */
        "Ana\\Ruiz",
        "<b>Ana",
        "You have won a great prize which waits for you at our office in the old town",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_ptr_equal(wording_greeted(names[i]), names[i]);
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_null(wording_greeted(others[i]));
    assert_null(wording_greeted(NULL));
}

static void test_the_desks_own_words_come_first_and_strange_languages_get_the_desks(void **state)
{
    static const char *const languages[] = { "fr" };
    static const char *const subjects[] = { NULL },
                             *const letters[] = { "Bonjour, dossier {number}." },
                             *const lines[] = { NULL };
    struct wording_facts f = { .number = 42, .zone = "UTC" };
    const char *subject, *text;
    struct story s;

    (void)state; /* D-32 */
    story_begin(&s, NEW_YEAR_9);
    s.policy.notices[NOTICE_RECEIVED] =
        (struct policy_notice){ true, languages, subjects, letters, lines, 1 };
    render(&s, NOTICE_RECEIVED, "fr", true, &f, &subject, &text);
    assert_string_equal(text, "Bonjour, dossier 42.");
    render(&s, NOTICE_RECEIVED, "pt", false, &f, &subject, &text);
    assert_non_null(strstr(text, "Recibido"));
    story_end(&s);
}

static void test_an_unknown_name_in_a_wording_is_told(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(wording_check("Case {number}, [by {by}]", &err), 0);
    assert_int_equal(wording_check("Case {nubmer}", &err), -1);
    assert_non_null(strstr(err.text, "{nubmer}"));
    assert_int_equal(wording_check("Case {number", &err), -1);
}

static void test_what_is_remembered_of_dates_is_what_would_be_worded_anew(void **state)
{
    static const char *const languages[] = { "es", "en", "en-US", "fr", "de", "pt", "no such one" };
    static const char *const zones[] = { "UTC", "Europe/Madrid", "America/New_York", NULL,
                                         "No/Such_Zone" };
    struct wording_dates *dates = wording_dates_new();
    struct arena *a = arena_new();
    size_t round, l, z;

    (void)state;
    for (round = 0; round < 200; round++) /* the places of earlier ones are taken again and again */
        for (l = 0; l < sizeof(languages) / sizeof(languages[0]); l++)
            for (z = 0; z < sizeof(zones) / sizeof(zones[0]); z++) {
                int64_t at = NEW_YEAR_9 + (int64_t)(round % 70 * 60 + round);

                if (round % 20 == 0)
                    assert_string_equal(wording_date(dates, a, languages[l], zones[z], at),
                                        wording_date(NULL, a, languages[l], zones[z], at));
                else
                    wording_date(dates, a, languages[l], zones[z], at);
            }
    assert_string_equal(wording_date(dates, a, "en", "Europe/Madrid", NEW_YEAR_9),
                        "Thursday, 1 January 2026 at 10:00");
    wording_dates_free(dates);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_notice_has_words_in_both_languages_and_no_name_is_left_over),
        cmocka_unit_test(test_whose_case_it_is_hears_of_no_first_answer_that_may_have_been_given),
        cmocka_unit_test(test_a_promise_is_told_in_the_customers_zone_and_language_or_left_out),
        cmocka_unit_test(test_a_value_with_braces_or_brackets_is_only_text),
        cmocka_unit_test(test_nothing_automatic_says_to_a_customer_what_a_customer_wrote),
        cmocka_unit_test(test_a_name_is_said_back_if_it_is_no_more_than_a_name),
        cmocka_unit_test(test_the_desks_own_words_come_first_and_strange_languages_get_the_desks),
        cmocka_unit_test(test_an_unknown_name_in_a_wording_is_told),
        cmocka_unit_test(test_what_is_remembered_of_dates_is_what_would_be_worded_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
