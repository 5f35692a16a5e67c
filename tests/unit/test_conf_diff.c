#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/conf_diff.h"

static const struct conf_key inner_keys[] = {
    { .name = "name", .type = CONF_TEXT, .required = true, .doc = "d" },
    { .name = "size", .type = CONF_INT, .fallback = "3", .max = 100, .doc = "d" },
    { .name = NULL },
};
static const struct conf_key named_keys[] = {
    { .name = "on", .type = CONF_BOOL, .fallback = "yes", .doc = "d" },
    { .name = NULL },
};
static const struct conf_key section_keys[] = {
    { .name = "time", .type = CONF_DURATION, .doc = "d" },
    { .name = NULL },
};
static const struct conf_key keys[] = {
    { .name = "title", .type = CONF_TEXT, .fallback = "none", .doc = "d" },
    { .name = "words", .type = CONF_TEXTS, .doc = "d" },
    { .name = "list", .type = CONF_LIST, .keys = inner_keys, .doc = "d" },
    { .name = "named", .type = CONF_NAMED, .keys = named_keys, .doc = "d" },
    { .name = "section", .type = CONF_SECTION, .keys = section_keys, .doc = "d" },
    { .name = "values", .type = CONF_VALUES, .doc = "d" },
    { .name = NULL },
};

static struct arena *a;

static const char *differ(const char *before, const char *after)
{
    static const char *const kinds[] = { "changed", "new", "gone", "order" };
    const struct conf_difference *d;
    struct conf_errors errors = { 0 };
    struct conf_file *x, *y;
    const char *text = "";
    size_t count, i, k;

    assert_int_equal(conf_read(keys, "x", span_of(before), NULL, NULL, &x, &errors), 0);
    assert_int_equal(conf_read(keys, "y", span_of(after), NULL, NULL, &y, &errors), 0);
    count = conf_diff(x, y, a, &d);
    for (i = 0; i < count; i++) {
        text = arena_printf(a, "%s%s", text, kinds[d[i].kind]);
        for (k = 0; k < d[i].depth; k++)
            text = arena_printf(a, "%s%s%s", text, k == 0 ? " " : ".", d[i].path[k]);
        text = arena_printf(a, "%s %s -> %s;", text, d[i].before == NULL ? "-" : d[i].before,
                            d[i].after == NULL ? "-" : d[i].after);
    }
    conf_file_free(x);
    conf_file_free(y);
    return text;
}

static void test_how_it_is_written_makes_no_difference(void **state)
{
    (void)state;
    assert_string_equal(differ("title: none\nwords: [a]\nsection: {time: 90m}\n",
                               "section:\n  time: 1h30m\nwords: a\n"),
                        "");
    assert_string_equal(differ("named: {x: {on: yes}}\n", "named: {x: {}}\n"), "");
}

static void test_a_value_that_differs_is_told_with_both(void **state)
{
    (void)state;
    assert_string_equal(differ("title: a\n", "title: b\n"), "changed title a -> b;");
    assert_string_equal(differ("title: a\n", ""), "changed title a -> none;");
    assert_string_equal(differ("section: {time: 90s}\n", "section: {time: 1d1s}\n"),
                        "changed section.time 1m30s -> 1d1s;");
    assert_string_equal(differ("", "section: {time: 0}\n"), "new section.time - -> 0s;");
    assert_string_equal(differ("section: {time: 5s}\n", ""), "gone section.time 5s -> -;");
    assert_string_equal(differ("named: {x: {}}\n", "named: {x: {on: no}}\n"),
                        "changed named.x.on yes -> no;");
    assert_string_equal(differ("values: {es: hola}\n", "values: {es: buenas, en: hi}\n"),
                        "changed values.es hola -> buenas;new values.en - -> hi;");
}

static void test_items_are_known_by_their_names_and_their_order_is_one_difference(void **state)
{
    (void)state;
    assert_string_equal(differ("list: [{name: a}, {name: b}, {name: c}]\n",
                               "list: [{name: c}, {name: a, size: 4}, {name: d}]\n"),
                        "changed list.a.size 3 -> 4;gone list.b - -> -;new list.d - -> -;"
                        "order list a, c -> c, a;");
    assert_string_equal(differ("words: [a, b]\n", "words: [b, c]\n"),
                        "gone words.a a -> -;new words.c - -> c;");
    assert_string_equal(differ("words: [a, b]\n", "words: [b, a]\n"), "order words a, b -> b, a;");
    assert_string_equal(differ("named: {x: {}, y: {}}\n", "named: {y: {}, x: {}}\n"), "");
    assert_string_equal(differ("", "named: {x: {}}\n"), "new named.x - -> -;");
}

static int begin(void **state)
{
    (void)state;
    a = arena_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_how_it_is_written_makes_no_difference, begin, end),
        cmocka_unit_test_setup_teardown(test_a_value_that_differs_is_told_with_both, begin, end),
        cmocka_unit_test_setup_teardown(
            test_items_are_known_by_their_names_and_their_order_is_one_difference, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
