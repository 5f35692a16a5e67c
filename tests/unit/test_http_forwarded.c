#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/conf.h"
#include "daemon/http_forwarded.h"

static const struct conf_key keys[] = {
    { .name = "trusted_proxies", .type = CONF_TEXTS, .doc = "d" }, { .name = NULL }
};

static void test_the_caller_is_whom_trusted_proxies_name_and_nobody_else(void **state) /* S-43 */
{
    static const struct {
        const char *trusted, *peer, *forwarded, *caller;
    } rows[] = {
        { "{}", "127.0.0.1", "203.0.113.9", "127.0.0.1" }, /* nobody is trusted */
        { "trusted_proxies: 127.0.0.1", "127.0.0.1", "203.0.113.9", "203.0.113.9" },
        { "trusted_proxies: 127.0.0.1", "198.51.100.7", "203.0.113.9", "198.51.100.7" },
        { "trusted_proxies: 127.0.0.1", "127.0.0.1", NULL, "127.0.0.1" },
        { "trusted_proxies: 127.0.0.1", "127.0.0.1", "", "127.0.0.1" },
        /* What the caller himself put in front counts for nothing. */
        { "trusted_proxies: 127.0.0.1", "127.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9" },
        { "trusted_proxies: [127.0.0.1, 192.0.2.0/24]", "127.0.0.1",
          "1.1.1.1, 203.0.113.9,192.0.2.77", "203.0.113.9" },
        { "trusted_proxies: 192.0.2.0/25", "192.0.2.128", "203.0.113.9", "192.0.2.128" },
        { "trusted_proxies: 192.0.2.0/25", "192.0.2.127", "203.0.113.9", "203.0.113.9" },
        { "trusted_proxies: 0.0.0.0/0", "192.0.2.1", "192.0.2.2, 192.0.2.3", "192.0.2.2" },
        { "trusted_proxies: '2001:db8::/33'", "2001:db8:7fff::1", "2001:db8:8000::1",
          "2001:db8:8000::1" },
        { "trusted_proxies: 127.0.0.1", "::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9" },
        { "trusted_proxies: 127.0.0.1", "127.0.0.1", "unknown", "127.0.0.1" },
        { "trusted_proxies: 127.0.0.1", "127.0.0.1", "203.0.113.9, <script>", "127.0.0.1" },
        { "{}", "", "203.0.113.9", "203.0.113.9" }, /* a local socket is the operator's own */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct conf_errors errors = { 0 };
        struct conf_file *file = NULL;
        struct arena *a = arena_new();

        if (conf_read(keys, "t", span_of(rows[i].trusted), NULL, NULL, &file, &errors) < 0)
            fail_msg("%s", errors.lines[0]);
        assert_string_equal(
            http_forwarded_caller(conf_root(file), rows[i].peer, rows[i].forwarded, a),
            rows[i].caller);
        conf_file_free(file);
        arena_free(a);
    }
}

static void test_a_field_without_end_is_read_so_far_and_no_further(void **state)
{
    enum { LONG = 100000 };
    char *text = xcalloc(1, LONG + 1);
    struct conf_errors errors = { 0 };
    struct conf_file *file = NULL;
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    assert_int_equal(
        conf_read(keys, "t", span_of("trusted_proxies: 0.0.0.0/0"), NULL, NULL, &file, &errors), 0);
    for (i = 0; i + 8 <= LONG; i += 8)
        memcpy(text + i, "1.2.3.4,", 8);
    text[LONG - 1] = '\0';
    assert_string_equal(http_forwarded_caller(conf_root(file), "1.1.1.1", text, a), "1.2.3.4");
    memset(text, '9', LONG);
    assert_string_equal(http_forwarded_caller(conf_root(file), "1.1.1.1", text, a), "1.1.1.1");
    conf_file_free(file);
    arena_free(a);
    free(text);
}

static void test_what_is_neither_address_nor_network_is_a_mistake(void **state)
{
    static const char *const bad[] = { "",           "localhost",    "192.0.2.0/33", "192.0.2.0/",
                                       "192.0.2/24", "192.0.2.0/-1", "::/129",       "1.2.3.4/8x" };
    static const char *const good[] = { "127.0.0.1", "192.0.2.0/0", "::1", "fd00::/8" };
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (http_forwarded_check(bad[i], &err) == 0)
            fail_msg("'%s' was taken", bad[i]);
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(http_forwarded_check(good[i], &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_caller_is_whom_trusted_proxies_name_and_nobody_else),
        cmocka_unit_test(test_a_field_without_end_is_read_so_far_and_no_further),
        cmocka_unit_test(test_what_is_neither_address_nor_network_is_a_mistake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
