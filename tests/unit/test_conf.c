#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/conf.h"

static const char *const colours[] = { "red", "green", NULL };
static const struct conf_key sms_keys[] = {
    { .name = "number", .type = CONF_TEXT, .required = true, .doc = "d" }, { .name = NULL }
};
static const struct conf_key mail_keys[] = {
    { .name = "port", .type = CONF_INT, .fallback = "993", .doc = "d", .min = 1, .max = 65535 },
    { .name = "password", .type = CONF_SECRET, .doc = "d" },
    { .name = NULL },
};
static const struct conf_key *variant(const char *kind)
{
    return strcmp(kind, "sms") == 0 ? sms_keys : strcmp(kind, "mail") == 0 ? mail_keys : NULL;
}
static const char *variant_name(size_t i)
{
    static const char *const names[] = { "mail", "sms", NULL };

    return names[i];
}
static const struct conf_key item_keys[] = {
    { .name = "kind", .type = CONF_TEXT, .required = true, .doc = "d" }, { .name = NULL }
};
static const struct conf_key limit_keys[] = {
    { .name = "body", .type = CONF_SIZE, .fallback = "1MiB", .doc = "d", .max = 1 << 25 },
    { .name = "wait",
      .type = CONF_DURATION,
      .fallback = "90s",
      .doc = "d",
      .min = 1,
      .max = 86400 },
    { .name = NULL },
};
static const struct conf_key table[] = {
    { .name = "database", .type = CONF_TEXT, .required = true, .doc = "d" },
    { .name = "colour", .type = CONF_CHOICE, .choices = colours, .fallback = "red", .doc = "d" },
    { .name = "migrate", .type = CONF_BOOL, .fallback = "no", .doc = "d" },
    { .name = "listen", .type = CONF_TEXTS, .fallback = "127.0.0.1:8080", .doc = "d" },
    { .name = "limits", .type = CONF_SECTION, .keys = limit_keys, .doc = "d" },
    { .name = "words", .type = CONF_VALUES, .doc = "d" },
    { .name = "channels",
      .type = CONF_NAMED,
      .keys = item_keys,
      .variant_key = "kind",
      .variant = variant,
      .variant_name = variant_name,
      .doc = "d" },
    { .name = NULL },
};

static struct conf_file *read_good(const char *text)
{
    struct conf_errors errors = { 0 };
    struct conf_file *f = NULL;

    if (conf_read(table, "a.yaml", span_of(text), NULL, NULL, &f, &errors) < 0)
        fail_msg("%s", errors.lines[0]);
    return f;
}

static void test_values_come_as_their_types_and_fallbacks_where_nothing_is_written(void **state)
{
    struct conf_file *f = read_good(
        "database: no\nmigrate: ON\nlisten: [a, b]\nlimits: {wait: 1h30m}\n"
        "words: {es: hola, en: 'no'}\n"
        "channels:\n  m: {kind: mail, password: {file: /x}}\n  s: {kind: sms, number: '+34'}\n");
    const struct conf *c = conf_root(f), *m = conf_find(c, "channels", "m");
    const char *file, *credential;

    (void)state;
    assert_string_equal(conf_text(c, "database"),
                        "no"); /* a text is a text, whatever YAML makes of it */
    assert_true(conf_bool(c, "migrate"));
    assert_string_equal(conf_text(c, "colour"), "red");
    assert_int_equal(conf_count(c, "listen"), 2);
    assert_int_equal(conf_int(conf_section(c, "limits"), "wait"), 5400);
    assert_int_equal(conf_int(conf_section(c, "limits"), "body"), 1 << 20);
    assert_string_equal(conf_text_at(c, "words", 1), "no");
    assert_int_equal(conf_int(m, "port"), 993);
    conf_secret(m, "password", &file, &credential);
    assert_string_equal(file, "/x");
    assert_null(credential);
    assert_string_equal(conf_name_at(c, "channels", 1), "s");
    assert_string_equal(conf_place(c, "listen"), "a.yaml:3:9");
    conf_file_free(f);
}

static void test_every_mistake_is_told_at_once_with_its_place_and_what_was_expected(void **state)
{
    static const char text[] = "databse: x\n"
                               "colour: blue\n"
                               "migrate: perhaps\n"
                               "listen: {a: b}\n"
                               "colour: red\n"
                               "limits: {wait: 5, body: 1GiB}\n"
                               "channels:\n"
                               "  m: {kind: mail, port: 99999, password: hunter2}\n"
                               "  x: {kind: pigeon, port: 1}\n"
                               "  s: {kind: sms}\n";
    static const char *const expected[] = {
        "a.yaml:1:1: no such key: databse (did you mean database?)",
        "a.yaml:2:9: colour: expected red or green, got \"blue\"",
        "a.yaml:3:10: migrate: expected yes or no, got \"perhaps\"",
        "a.yaml:4:9: listen: expected a list of texts, got a mapping",
        "a.yaml:5:1: colour is there twice, first at a.yaml:2:1",
        "a.yaml:6:16: wait: expected a duration such as 90s, 15m, 4h, 2d or 1h30m, got \"5\"",
        "a.yaml:6:25: body: expected 0 to 33554432 bytes, got \"1GiB\"",
        "a.yaml:8:25: port: expected 1 to 65535, got \"99999\"",
        "a.yaml:8:42: password: a secret is not written here: expected {file: PATH} or "
        "{credential: NAME}",
        "a.yaml:9:13: kind: expected mail or sms, got \"pigeon\"",
        "a.yaml:1:1: database is missing",
        "a.yaml:10:6: number is missing",
    };
    struct conf_errors errors = { 0 };
    struct conf_file *f = NULL;
    size_t i;

    (void)state;
    assert_int_equal(conf_read(table, "a.yaml", span_of(text), NULL, NULL, &f, &errors), -1);
    for (i = 0; i < errors.count && i < 12; i++)
        assert_string_equal(errors.lines[i], expected[i]);
    assert_int_equal(errors.count, 12);
    conf_errors_clear(&errors);
}

static void test_what_yaml_itself_or_a_bomb_offers_is_refused(void **state)
{
    static const char *const bad[] = {
        "database: [",         "- a",           "database: !!binary x\n---\ndatabase: y",
        "database: !secret x", "? {a: b}\n: c", "\xff\xfe\xff"
    };
    struct conf_errors errors = { 0 };
    struct conf_file *f = NULL;
    char *deep = malloc(200001);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(conf_read(table, "a.yaml", span_of(bad[i]), NULL, NULL, &f, &errors), -1);
        conf_errors_clear(&errors);
    }
    memset(deep, '[', 200000);
    deep[200000] = '\0';
    assert_int_equal(conf_read(table, "a.yaml", span_of(deep), NULL, NULL, &f, &errors), -1);
    assert_string_equal(errors.lines[0], "a.yaml:1:1: brackets over 64 deep");
    conf_errors_clear(&errors);
    free(deep);
}

static int include(void *arg, const char *from, const char *name, char **bytes, size_t *len,
                   struct error *err)
{
    (void)arg;
    if (strcmp(name, "self.yaml") == 0)
        *bytes = strdup("include: self.yaml\n");
    else if (strcmp(name, "more.yaml") == 0)
        *bytes = strdup("channels: {s: {kind: sms, number: '1'}}\ncolour: green\n");
    else
        return error_set(err, ERROR_CONFIG, "%s asks for %s, which is not there", from, name);
    *len = strlen(*bytes);
    return 0;
}

static void test_includes_add_channels_and_a_key_in_two_files_names_both_places(void **state)
{
    struct conf_errors errors = { 0 };
    struct conf_file *f = NULL;

    (void)state;
    assert_int_equal(
        conf_read(table, "a.yaml",
                  span_of("database: x\ninclude: more.yaml\nchannels: {m: {kind: mail}}\n"),
                  include, NULL, &f, &errors),
        0);
    assert_int_equal(conf_count(conf_root(f), "channels"), 2);
    conf_file_free(f);
    assert_int_equal(
        conf_read(table, "a.yaml",
                  span_of("database: x\ncolour: red\ninclude: [more.yaml, none.yaml]\n"), include,
                  NULL, &f, &errors),
        -1);
    assert_int_equal(errors.count, 2);
    assert_string_equal(errors.lines[0],
                        "more.yaml:2:1: colour is there twice, first at a.yaml:2:9");
    conf_errors_clear(&errors);
    assert_int_equal(conf_read(table, "a.yaml", span_of("database: x\ninclude: self.yaml\n"),
                               include, NULL, &f, &errors),
                     -1);
    conf_errors_clear(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_come_as_their_types_and_fallbacks_where_nothing_is_written),
        cmocka_unit_test(test_every_mistake_is_told_at_once_with_its_place_and_what_was_expected),
        cmocka_unit_test(test_what_yaml_itself_or_a_bomb_offers_is_refused),
        cmocka_unit_test(test_includes_add_channels_and_a_key_in_two_files_names_both_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
