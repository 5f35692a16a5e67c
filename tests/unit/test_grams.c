/* A text that is asked for many phrases says of each what a plain search says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/grams.h"

static void test_each_phrase_is_found_wherever_a_search_finds_it(void **state)
{
    static const char text[] = " this e-mail is for you alone \xe7\xa7\x98\xe5\xaf\x86 ab";
    static const size_t lengths[] = { 0, 1, 2, 3, 4, sizeof(text) - 1 };
    char phrase[sizeof(text)];
    struct grams g;
    size_t i, from, len;

    (void)state;
    for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct span held = { text, lengths[i] };

        grams_take(&g, held);
        for (from = 0; from < sizeof(text); from++)
            for (len = 0; from + len < sizeof(text); len++) {
                memcpy(phrase, text + from, len);
                phrase[len] = '\0';
                assert_int_equal(grams_hold(&g, phrase),
                                 memmem(held.ptr, held.len, phrase, len) != NULL);
            }
    }
}

static void test_what_is_not_there_is_not_found_though_its_ends_are(void **state)
{
    static const char *const none[] = { "this alone", "mail for", "alone.", "THIS", NULL };
    static const char *const some[] = { "this alone", "for you", "alone", "for", NULL };
    struct grams g;

    (void)state;
    grams_take(&g, span_of("this e-mail is for you alone"));
    assert_false(grams_hold_any(&g, none));
    assert_int_equal(grams_count(&g, none), 0);
    assert_true(grams_hold_any(&g, some));
    assert_int_equal(grams_count(&g, some), 3);
}

static void test_a_text_in_pieces_is_denied_what_stands_in_none_of_them_and_over_no_seam(
    void **state)
{
    static const char text[] = "confidential", *const there[] = { text, NULL },
                      *const other[] = { "confident of it", NULL },
                      *const split[] = { "confi dential", NULL };
    struct grams g;
    size_t a, b;

    (void)state;
    for (a = 0; a < sizeof(text); a++)
        for (b = a; b < sizeof(text); b++) {
            grams_start(&g);
            grams_add(&g, (struct span){ text, a });
            assert_false(grams_may_hold_any(&g, there) && a < sizeof(text) - 1);
            grams_add(&g, (struct span){ text + a, b - a });
            grams_add(&g, (struct span){ text + b, sizeof(text) - 1 - b });
            assert_true(grams_may_hold_any(&g, there));
            assert_false(grams_may_hold_any(&g, other));
            assert_false(grams_may_hold_any(&g, split));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_phrase_is_found_wherever_a_search_finds_it),
        cmocka_unit_test(test_what_is_not_there_is_not_found_though_its_ends_are),
        cmocka_unit_test(
            test_a_text_in_pieces_is_denied_what_stands_in_none_of_them_and_over_no_seam),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
