#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/text.h"

static struct span bytes(const char *ptr, size_t len)
{
    return (struct span){ ptr, len };
}
#define BYTES(literal) bytes(literal, sizeof(literal) - 1)

static void test_cleaned_text_is_utf8_without_nul_in_nfc(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        const char *out;
    } rows[] = {
        { "hola", 4, "hola" },
        { "a\0b", 3,
          "a\xe2\x90\x80"
          "b" },
        { "caf\xe9", 4, "caf\xef\xbf\xbd" },
        { "e\xcc\x81", 3, "\xc3\xa9" }, /* e and an accent become one letter */
        { "\xed\xa0\x80", 3,
          "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },    /* a surrogate is no character */
        { "\xc0\xaf", 2, "\xef\xbf\xbd\xef\xbf\xbd" }, /* an overlong slash is no slash */
        { "\xf4\x90\x80\x80", 4, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "a\xe3\x83", 3, "a\xef\xbf\xbd" }, /* a character cut short is one that is lost */
        { "\xf0\x9f\x98z", 4, "\xef\xbf\xbdz" },
        { "\xe3\xe3\x83", 3, "\xef\xbf\xbd\xef\xbf\xbd" },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(text_clean(a, bytes(rows[i].in, rows[i].len), 100), rows[i].out);
    arena_free(a);
}

static void test_text_is_cut_between_characters(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(text_clean(a, BYTES("ab\xc3\xa9"), 4), "ab\xc3\xa9");
    assert_string_equal(text_clean(a, BYTES("ab\xc3\xa9"), 3), "ab");
    assert_int_equal(text_cut(BYTES("\xf0\x9f\x98\x80"), 3), 0);
    arena_free(a);
}

static void test_a_line_holds_no_line_end_and_no_double_blank(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(text_clean_line(a, BYTES("  Re:\r\n\t the  shop \x01 is down\n"), 100),
                        "Re: the shop is down");
    assert_string_equal(text_clean_line(a, BYTES(" \n "), 100), "");
    arena_free(a);
}

static void test_what_nobody_sees_is_not_visible(void **state)
{
    static const char *const unseen[] = {
        "",
        " \t\r\n",
        "\u200b\u200d\u2060\ufeff",
        "\u00ad",
        "\u00a0\u3000\u2028",
        "\u202e\u2066",
        "\u3164\uffa0\u115f",
        "\u2800",
        "\ufe0f",
        "\x1b\x7f",
    };
    static const char *const seen[] = { "a", "\u200b.", "ñ", "客", "❤\ufe0f", "가", "\xff" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
        if (text_is_visible(span_of(unseen[i])))
            fail_msg("row %zu is seen", i);
    for (i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
        if (!text_is_visible(span_of(seen[i])))
            fail_msg("row %zu is not seen", i);
}

static void test_a_terminal_sees_no_escape_from_a_customer(void **state)
{
    struct arena *a = arena_new();

    (void)state; /* S-33 */
    assert_string_equal(text_printable(a, "a\x1b[2Jb\xe2\x80\xaeg"), "a\\u001b[2Jb\\u202eg");
    assert_string_equal(text_printable(a, "two\nlines\tand \xc3\xa9"), "two\nlines\tand \xc3\xa9");
    arena_free(a);
}

static void test_an_arena_that_was_cleared_hands_out_zeroes_again(void **state)
{
    static const size_t sizes[] = { 1, 100, 3000, 5000, 100000, 16 };
    struct arena *a = arena_new();
    int round;
    size_t i, k;

    (void)state;
    arena_clear(a); /* nothing was taken yet */
    for (round = 0; round < 3; round++) {
        for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            unsigned char *p = arena_alloc(a, sizes[i]);

            for (k = 0; k < sizes[i]; k++)
                assert_int_equal(p[k], 0);
            memset(p, 'x', sizes[i]);
        }
        assert_true(arena_size(a) >= 108117);
        arena_clear(a);
        assert_int_equal(arena_size(a), 0);
    }
    arena_free(a);
}

static void test_what_is_put_together_is_whole_however_long(void **state)
{
    struct arena *a = arena_new();
    int n;

    (void)state;
    for (n = 0; n < 1000; n += n < 190 || n > 210 ? 95 : 1) {
        char *s = arena_printf(a, "%0*d", n, 7);

        assert_int_equal(strlen(s), n == 0 ? 1 : n);
        assert_int_equal(s[strlen(s) - 1], '7');
    }
    arena_free(a);
}

static void test_an_error_is_one_line_and_ends_on_a_whole_character(void **state)
{
    struct error err;
    char longish[400];
    size_t i;

    (void)state;
    for (i = 0; i + 1 < sizeof(longish); i += 2)
        memcpy(longish + i, "\xc3\xa9", 2);
    longish[398] = '\0';
    assert_int_equal(error_set(&err, ERROR_PERMANENT, "x%s", longish), -1);
    assert_true(text_is_utf8(span_of(err.text)));
    error_set(&err, ERROR_TRANSIENT, "went\r\nwrong");
    assert_int_equal(error_wrap(&err, "channel %d", 7), -1);
    assert_string_equal(err.text, "channel 7: went  wrong");
    assert_int_equal(err.kind, ERROR_TRANSIENT);
}

static void test_a_word_is_found_in_any_case_up_to_the_last_byte(void **state)
{
    static const char *const words[] = { "host", "Said:", NULL };

    (void)state;
    assert_true(span_holds(BYTES("the server SAID: no"), "said:"));
    assert_true(span_holds(BYTES("no said:"), "said:"));
    assert_false(span_holds(bytes("no said:", 7), "said:"));
    assert_false(span_holds(BYTES(""), "said:"));
    assert_true(span_holds_any(BYTES("it said: no"), words));
    assert_false(span_holds_any(BYTES("it says no"), words));
    assert_true(span_begins_any(BYTES("SAID: no"), words));
    assert_false(span_begins_any(BYTES("it said: no"), words));
    assert_true(span_same_any(BYTES("sAID:"), words));
    assert_false(span_same_any(BYTES("said: no"), words));
    assert_false(span_same_any(BYTES("said"), words));
}

static void test_an_end_is_met_as_it_is_written_and_the_whole_counts(void **state)
{
    static const char *const ends[] = { "---", "x", NULL };

    (void)state;
    assert_true(span_ends(BYTES("a ---"), " ---"));
    assert_true(span_ends(BYTES("---"), "---"));
    assert_false(span_ends(BYTES("--"), "---"));
    assert_false(span_ends(BYTES("a --- "), "---"));
    assert_false(span_ends(BYTES("aX"), "x"));
    assert_true(span_ends_any(BYTES("ax"), ends));
    assert_false(span_ends_any(BYTES(""), ends));
}

static void test_a_percent_is_a_number_and_its_sign_and_nothing_else(void **state)
{
    static const char *const none[] = { "",     "%",    "0%",   "101%", "50",
                                        "+50%", " 50%", "50 %", "50%x", "99999999999999999999%" };
    int percent = 7;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_int_equal(text_percent(none[i], &percent), -1);
    assert_int_equal(percent, 7);
    assert_int_equal(text_percent("1%", &percent), 0);
    assert_int_equal(percent, 1);
    assert_int_equal(text_percent("100%", &percent), 0);
    assert_int_equal(percent, 100);
}

static void test_lines_are_all_bytes_between_their_ends(void **state)
{
    static const char *const lines[] = { "one", "", "two\r", "three" };
    struct span text = BYTES("one\n\ntwo\r\nthree"), line;
    size_t at = 0, n = 0;

    (void)state;
    for (; span_line(text, &at, &line); n++)
        assert_true(span_is(line, lines[n]));
    assert_int_equal(n, 4);
    at = 0;
    assert_false(span_line(BYTES(""), &at, &line));
    assert_true(span_line(BYTES("end\n"), &at, &line));
    assert_false(span_line(BYTES("end\n"), &at, &line)); /* no empty line behind the last end */
    at = 4;
    assert_true(span_line(BYTES("one\ntwo"), &at, &line));
    assert_int_equal(at, 7); /* what is left of a text is asked for from there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cleaned_text_is_utf8_without_nul_in_nfc),
        cmocka_unit_test(test_text_is_cut_between_characters),
        cmocka_unit_test(test_a_line_holds_no_line_end_and_no_double_blank),
        cmocka_unit_test(test_what_nobody_sees_is_not_visible),
        cmocka_unit_test(test_a_terminal_sees_no_escape_from_a_customer),
        cmocka_unit_test(test_an_arena_that_was_cleared_hands_out_zeroes_again),
        cmocka_unit_test(test_what_is_put_together_is_whole_however_long),
        cmocka_unit_test(test_a_word_is_found_in_any_case_up_to_the_last_byte),
        cmocka_unit_test(test_an_end_is_met_as_it_is_written_and_the_whole_counts),
        cmocka_unit_test(test_a_percent_is_a_number_and_its_sign_and_nothing_else),
        cmocka_unit_test(test_lines_are_all_bytes_between_their_ends),
        cmocka_unit_test(test_an_error_is_one_line_and_ends_on_a_whole_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
