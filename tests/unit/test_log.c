#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/log.h"

static const char *line_of(const char *text)
{
    static char out[LOG_LINE_MAX];

    log_format(out, sizeof(out), "e", (const struct log_field[]){ LOG_TEXT("k", text), { 0 } });
    return out;
}

static void test_an_event_is_one_line_of_keys_and_values(void **state)
{
    const struct log_field fields[] = { LOG_NUMBER("ticket", 42),
                                        LOG_TEXT("level", "1->2"),
                                        LOG_TEXT("why", "nobody answered"),
                                        LOG_TEXT("who", NULL),
                                        { 0 } };
    char out[LOG_LINE_MAX];
    size_t len;

    (void)state;
    len = log_format(out, sizeof(out), "clock_breached", fields);
    assert_int_equal(len, strlen(out));
    assert_string_equal(out,
                        "event=clock_breached ticket=42 level=1->2 why=\"nobody answered\" who=-");
}

/* S-52 */
static void test_a_value_cannot_end_its_line_or_forge_a_key(void **state)
{
    static const struct {
        const char *value, *line;
    } rows[] = {
        { "", "event=e k=\"\"" },
        { "a\nlevel=error", "event=e k=\"a\\nlevel=error\"" },
        { "a\" ticket=1", "event=e k=\"a\\\" ticket=1\"" },
        { "back\\slash", "event=e k=\"back\\\\slash\"" },
        { "\x1b[31m", "event=e k=\"\\u001b[31m\"" },
        { "\xc2\x9b", "event=e k=\"\\u009b\"" },
        { "\xe2\x80\xae", "event=e k=\"\\u202e\"" },
        { "\xe2\x80\xa8", "event=e k=\"\\u2028\"" },
        { "\xff", "event=e k=\"\\xff\"" },
        { "ma\xc3\xb1"
          "ana",
          "event=e k=\"ma\xc3\xb1"
          "ana\"" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(line_of(rows[i].value), rows[i].line);
}

static void test_a_long_value_is_cut_and_still_closed(void **state)
{
    char value[LOG_VALUE_MAX * 3];
    const char *line;

    (void)state;
    memset(value, '\n', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    line = line_of(value);
    assert_true(strlen(line) < LOG_VALUE_MAX + 32);
    assert_string_equal(line + strlen(line) - 6, "\\n...\"");
}

static void test_a_line_that_is_full_drops_whole_fields(void **state)
{
    const struct log_field fields[] = { LOG_NUMBER("a", 1),
                                        LOG_TEXT("b", "0123456789abcdef"),
                                        { 0 } };
    char out[20];

    (void)state;
    log_format(out, sizeof(out), "e", fields);
    assert_string_equal(out, "event=e a=1");
}

static void test_a_flood_of_one_event_is_counted_and_told_later(void **state)
{
    struct log_limit limit = { 0 };
    int64_t suppressed;
    int i;

    (void)state;
    for (i = 0; i < LOG_WINDOW_LINES; i++)
        assert_true(log_limit_take(&limit, 5, &suppressed));
    for (i = 0; i < 7; i++)
        assert_false(log_limit_take(&limit, 5 + LOG_WINDOW_MS - 1, &suppressed));
    assert_true(log_limit_take(&limit, 5 + LOG_WINDOW_MS, &suppressed));
    assert_int_equal(suppressed, 7);
    assert_true(log_limit_take(&limit, 5 + LOG_WINDOW_MS, &suppressed));
    assert_int_equal(suppressed, 0);
}

static void test_levels_are_known_by_the_words_of_the_configuration(void **state)
{
    enum log_level level = LOG_LEVEL_INFO;

    (void)state;
    assert_int_equal(log_level_parse("debug", &level), 0);
    assert_int_equal(level, LOG_LEVEL_DEBUG);
    assert_int_equal(log_level_parse("loud", &level), -1);
    assert_int_equal(level, LOG_LEVEL_DEBUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_event_is_one_line_of_keys_and_values),
        cmocka_unit_test(test_a_value_cannot_end_its_line_or_forge_a_key),
        cmocka_unit_test(test_a_long_value_is_cut_and_still_closed),
        cmocka_unit_test(test_a_line_that_is_full_drops_whole_fields),
        cmocka_unit_test(test_a_flood_of_one_event_is_counted_and_told_later),
        cmocka_unit_test(test_levels_are_known_by_the_words_of_the_configuration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
