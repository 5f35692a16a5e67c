#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glob.h>

#include "channels/mail_prescan.h"

static void test_none_of_the_forty_mails_is_over_a_limit(void **state)
{
    glob_t g;
    size_t i;

    (void)state;
    assert_int_equal(glob(TEST_SOURCE_DIR "/tests/data/mail/*.eml", 0, NULL, &g), 0);
    assert_int_equal(g.gl_pathc, 40);
    for (i = 0; i < g.gl_pathc; i++) {
        gchar *raw;
        gsize len;

        assert_true(g_file_get_contents(g.gl_pathv[i], &raw, &len, NULL));
        assert_null(mail_prescan_over((struct span){ raw, len }));
        g_free(raw);
    }
    globfree(&g);
}

/* S-27: `head`, then `line` n times. */
static const char *over(const char *head, const char *line, int n)
{
    struct text_buffer b = { 0 };
    const char *got;

    text_buffer_puts(&b, head);
    while (n-- > 0)
        text_buffer_puts(&b, line);
    got = mail_prescan_over((struct span){ b.ptr, b.len });
    text_buffer_clear(&b);
    return got != NULL ? got : "";
}

static void test_each_bomb_is_named_and_one_less_is_let_through(void **state)
{
    static const char multi[] = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    static const char nested[] = "content-type: message/rfc822\r\n\r\n";
    static const char folded[] = "--b\r\nContent-Type:\r\n MULTIPART/mixed; boundary=b\r\n\r\n";
    char wide[1001];

    (void)state;
    memset(wide, 'x', 999);
    memcpy(wide + 999, "\n", 2);
    assert_string_equal(over("", nested, 101), "levels");
    assert_string_equal(over("", nested, 100), "");
    assert_string_equal(over("", folded, 101), "levels");
    assert_string_equal(over("", folded, 100), "");
    assert_string_equal(over(multi, "--b\r\n\r\n", 1001), "parts");
    assert_string_equal(over(multi, "--b\r\n\r\n", 1000), "");
    assert_string_equal(over("", "X: 1\r\n", 2001), "fields");
    assert_string_equal(over("", "X: 1\r\n", 2000), "");
    assert_string_equal(over("To: ", "((((((((((", 11000), "field");
    assert_string_equal(over("X: 1\r\n\r\n", "((((((((((", 11000), "");
    assert_string_equal(over("", wide, 1100), "block");
    assert_string_equal(over("", wide, 1000), "");
    assert_string_equal(over("", "", 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none_of_the_forty_mails_is_over_a_limit),
        cmocka_unit_test(test_each_bomb_is_named_and_one_less_is_let_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
