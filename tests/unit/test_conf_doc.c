#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/arena.h"
#include "core/conf_doc.h"
#include "core/policy_read.h"
#include "daemon/config.h"

static const char *const colours[] = { "red", "green", NULL };
static const struct conf_key sms_keys[] = {
    { .name = "number", .type = CONF_TEXT, .required = true, .doc = "Whose." }, { .name = NULL }
};
static const struct conf_key mail_keys[] = {
    { .name = "port",
      .type = CONF_INT,
      .fallback = "993",
      .min = 1,
      .max = 65535,
      .doc = "Where it listens." },
    { .name = "password", .type = CONF_SECRET, .doc = "Its secret." },
    { .name = NULL },
};
static const struct conf_key *variant(const char *kind)
{
    return strcmp(kind, "sms") == 0 ? sms_keys : strcmp(kind, "mail") == 0 ? mail_keys : NULL;
}
static const char *variant_name(size_t i)
{
    static const char *const names[] = { "sms", "mail", NULL };

    return names[i];
}
static const struct conf_key channel_keys[] = {
    { .name = "kind", .type = CONF_TEXT, .required = true, .doc = "Which." }, { .name = NULL }
};
static const struct conf_key limit_keys[] = {
    { .name = "body",
      .type = CONF_SIZE,
      .fallback = "1MiB",
      .min = 1024,
      .max = 64 << 20,
      .doc = "The largest. Over it: a \\refusal." },
    { .name = "wait", .type = CONF_DURATION, .min = 90, .max = 86400, .doc = "How long." },
    { .name = NULL },
};
static const struct conf_key step_keys[] = {
    { .name = "name", .type = CONF_TEXT, .required = true, .doc = "Its name." },
    { .name = "bounds", .type = CONF_SECTION, .keys = limit_keys, .doc = "Its own." },
    { .name = NULL },
};
static const struct conf_key table[] = {
    { .name = "database",
      .type = CONF_TEXT,
      .required = true,
      .example = "dbname=x",
      .doc = "Where all is kept. It may be named by several hosts, one behind the other, as the "
             "library of PostgreSQL has it." },
    { .name = "title", .type = CONF_TEXT, .fallback = "", .doc = "A title." },
    { .name = "mark", .type = CONF_TEXT, .fallback = "it's #1", .doc = "'Quoted' words." },
    { .name = "colour", .type = CONF_CHOICE, .choices = colours, .fallback = "red", .doc = "One." },
    { .name = "migrate", .type = CONF_BOOL, .fallback = "no", .doc = "Shall we?" },
    { .name = "limits", .type = CONF_SECTION, .keys = limit_keys, .doc = "Bounds." },
    { .name = "words", .type = CONF_VALUES, .doc = "Of ours." },
    { .name = "listen", .type = CONF_TEXTS, .doc = "Where." },
    { .name = "steps", .type = CONF_LIST, .required = true, .keys = step_keys, .doc = "The path." },
    { .name = "channels",
      .type = CONF_NAMED,
      .keys = channel_keys,
      .variant_key = "kind",
      .variant = variant,
      .variant_name = variant_name,
      .doc = "In and out." },
    { .name = NULL },
};

static void test_a_sample_writes_what_must_be_there_and_comments_out_the_rest(void **state)
{
    static const char expected[] =
        "# Where all is kept. It may be named by several hosts, one behind the other,\n"
        "# as the library of PostgreSQL has it. Required.\n"
        "database: dbname=x\n"
        "\n"
        "# A title.\n"
        "#title: ''\n"
        "\n"
        "# 'Quoted' words. Where absent: it's #1.\n"
        "#mark: 'it''s #1'\n"
        "\n"
        "# One. One of red and green. Where absent: red.\n"
        "#colour: red\n"
        "\n"
        "# Shall we? Yes or no. Where absent: no.\n"
        "#migrate: no\n"
        "\n"
        "# Bounds.\n"
        "#limits:\n"
        "  # The largest. Over it: a \\refusal. A size, 1KiB to 64MiB. Where absent:\n"
        "  # 1MiB.\n"
        "  #body: 1MiB\n"
        "  # How long. A duration, 90s to 1d.\n"
        "  #wait: 1h\n"
        "\n"
        "# Of ours. Texts by name.\n"
        "#words:\n"
        "  #NAME: TEXT\n"
        "\n"
        "# Where. One text or a list.\n"
        "#listen: [LISTEN]\n"
        "\n"
        "# The path. A list. Required.\n"
        "steps:\n"
        "  -\n"
        "    # Its name. Required.\n"
        "    name: NAME\n"
        "    # Its own.\n"
        "    #bounds:\n"
        "      #body: 1MiB\n"
        "      #wait: 1h\n"
        "\n"
        "# In and out. By name.\n"
        "#channels:\n"
        "  #my-sms:\n"
        "    # Which. Required.\n"
        "    #kind: sms\n"
        "    # Whose. Required.\n"
        "    #number: NUMBER\n"
        "  #my-mail:\n"
        "    #kind: mail\n"
        "    # Where it listens. A whole number, 1 to 65535. Where absent: 993.\n"
        "    #port: 993\n"
        "    # Its secret. A secret: {file: PATH} or {credential: NAME}.\n"
        "    #password: {file: /etc/relevo/password}\n"
        "\n"
        "# Further files, looked for beside this one. Their names and list items are\n"
        "# added to these; any other key may be written only once. One text or a list.\n"
        "#include: [more.yaml]\n";
    char *sample = conf_doc_sample(table);

    (void)state;
    assert_string_equal(sample, expected);
    free(sample);
}

static int include_nothing(void *arg, const char *from, const char *name, char **bytes, size_t *len,
                           struct error *err)
{
    (void)arg;
    (void)from;
    (void)name;
    (void)err;
    *bytes = xstrdup("");
    *len = 0;
    return 0;
}

static void must_read(const struct conf_key *keys, const char *text)
{
    struct conf_errors errors = { 0 };
    struct conf_file *f = NULL;

    if (conf_read(keys, "sample", span_of(text), include_nothing, NULL, &f, &errors) < 0)
        fail_msg("%s\n%s", errors.lines[0], text);
    conf_file_free(f);
}

/* Each '#' that is not followed by a blank goes. */
static char *switched_on(const char *sample)
{
    struct text_buffer b = { 0 };
    const char *p = sample;

    while (*p != '\0') {
        size_t indent = strspn(p, " "), len = strcspn(p, "\n") + 1;

        text_buffer_add(&b, p, indent);
        if (p[indent] == '#' && p[indent + 1] != ' ')
            text_buffer_add(&b, p + indent + 1, len - indent - 1);
        else
            text_buffer_add(&b, p + indent, len - indent);
        p += len;
    }
    return text_buffer_take(&b);
}

static void test_each_sample_can_be_read_as_it_is_and_with_every_line_switched_on(void **state)
{
    const struct conf_key *const tables[] = { table, config_keys, policy_keys };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        char *sample = conf_doc_sample(tables[i]), *on = switched_on(sample);

        must_read(tables[i], sample);
        must_read(tables[i], on);
        free(sample);
        free(on);
    }
}

static void test_a_manual_section_tells_each_table_once_and_escapes_what_roff_would_take(
    void **state)
{
    static const char *const holds[] = {
        ".Sh KEYS\n.Bl -tag -width Ds\n.It Ic database\nWhere all is kept.\nIt may be named by "
        "several hosts, one behind the other, as the library of\nPostgreSQL has it.\nRequired.\n",
        ".It Ic mark\n\\&'Quoted' words.\n",
        ".It Ic limits\nBounds.\nSee\n.Sx limits .\n",
        ".Ss limits\n.Bl -tag -width Ds\n.It Ic body\nThe largest.\nOver it: a \\erefusal.\n",
        ".Ss steps[]\n.Bl -tag -width Ds\n.It Ic name\n",
        ".It Ic bounds\nIts own.\nSee\n.Sx limits .\n",
        ".Ss channels.NAME\n.Bl -tag -width Ds\n.It Ic kind\n",
        ".Ss channels.NAME with kind sms\n.Bl -tag -width Ds\n.It Ic number\n",
        ".Ss channels.NAME with kind mail\n.Bl -tag -width Ds\n.It Ic port\n",
        ".It Ic include\nFurther files",
    };
    char *manual = conf_doc_manual(table, "KEYS");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(holds) / sizeof(holds[0]); i++)
        if (strstr(manual, holds[i]) == NULL)
            fail_msg("not there: %s\nin: %s", holds[i], manual);
    assert_null(strstr(manual, ".Ss steps[].bounds"));
    free(manual);
}

static void test_mandoc_finds_nothing_wrong_with_any_manual_section(void **state)
{
    const struct conf_key *const tables[] = { table, config_keys, policy_keys };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        char *manual = conf_doc_manual(tables[i], "KEYS");
        FILE *lint = popen("mandoc -Tlint -Wwarning", "w");

        assert_non_null(lint);
        fprintf(lint, ".Dd November 24, 2026\n.Dt PAGE 5\n.Os\n.Sh NAME\n.Nm page\n.Nd a page\n%s",
                manual);
        assert_int_equal(pclose(lint), 0);
        free(manual);
    }
}

static const json_t *at(const json_t *schema, const char *path)
{
    char part[64];
    size_t len;

    for (; *path != '\0'; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        snprintf(part, sizeof(part), "%.*s", (int)len, path);
        schema = json_is_array(schema) ? json_array_get(schema, (size_t)atoi(part))
                                       : json_object_get(schema, part);
        if (schema == NULL)
            fail_msg("no %s", part);
    }
    return schema;
}

static json_t *schema_of(const struct conf_key *keys)
{
    char *text = conf_doc_schema(keys, "a file");
    json_error_t error;
    json_t *schema = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    if (schema == NULL)
        fail_msg("%s: %s", error.text, text);
    free(text);
    return schema;
}

static void must_name_all(const json_t *schema, const struct conf_key *keys)
{
    const json_t *properties = at(schema, "properties");
    const char *name;
    size_t i;

    for (; keys->name != NULL; keys++) {
        const json_t *one = at(properties, keys->name);

        assert_non_null(json_object_get(one, "description"));
        if (keys->type == CONF_SECTION)
            must_name_all(one, keys->keys);
        if (keys->type == CONF_LIST)
            must_name_all(at(one, "items"), keys->keys);
        if (keys->type == CONF_NAMED)
            must_name_all(at(one, "additionalProperties"), keys->keys);
        if (keys->type != CONF_NAMED || keys->variant_name == NULL)
            continue;
        for (i = 0; (name = keys->variant_name(i)) != NULL; i++) {
            const json_t *row = json_array_get(at(one, "additionalProperties/allOf"), i);

            assert_string_equal(json_string_value(json_object_get(
                                    at(at(row, "if/properties"), keys->variant_key), "const")),
                                name);
            if (keys->variant(name)->name != NULL)
                must_name_all(at(row, "then"), keys->variant(name));
        }
    }
}

static void test_each_schema_is_json_and_names_every_key_and_every_variant(void **state)
{
    const struct conf_key *const tables[] = { table, config_keys, policy_keys };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        json_t *schema = schema_of(tables[i]);

        assert_string_equal(json_string_value(at(schema, "$schema")),
                            "https://json-schema.org/draft/2020-12/schema");
        must_name_all(schema, tables[i]);
        json_decref(schema);
    }
}

static void test_a_schema_is_closed_bounded_and_lets_an_included_file_bring_what_is_missing(
    void **state)
{
    static const struct {
        const char *path, *is;
    } rows[] = {
        { "additionalProperties", "false" },
        { "properties/limits/additionalProperties", "false" },
        { "anyOf", "[{\"required\":[\"include\"]},{\"required\":[\"database\",\"steps\"]}]" },
        { "properties/include/anyOf/1/type", "\"array\"" },
        { "properties/colour/enum", "[\"red\",\"green\"]" },
        { "properties/colour/default", "\"red\"" },
        { "properties/migrate/default", "false" },
        { "properties/limits/properties/body/anyOf/0",
          "{\"type\":\"integer\",\"minimum\":1024,\"maximum\":67108864}" },
        { "properties/steps/items/required", "[\"name\"]" },
        { "properties/channels/additionalProperties/properties/kind/enum", "[\"sms\",\"mail\"]" },
        { "properties/channels/additionalProperties/allOf/1/then/properties/port/default", "993" },
        { "properties/channels/additionalProperties/allOf/1/then/properties/kind", "true" },
        { "properties/channels/additionalProperties/allOf/0/then/required", "[\"number\"]" },
        { "properties/channels/additionalProperties/allOf/0/then/additionalProperties", "false" },
    };
    json_t *schema = schema_of(table);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *is = json_dumps(at(schema, rows[i].path), JSON_COMPACT | JSON_ENCODE_ANY);

        if (strcmp(is, rows[i].is) != 0)
            fail_msg("%s is %s, not %s", rows[i].path, is, rows[i].is);
        free(is);
    }
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sample_writes_what_must_be_there_and_comments_out_the_rest),
        cmocka_unit_test(test_each_sample_can_be_read_as_it_is_and_with_every_line_switched_on),
        cmocka_unit_test(
            test_a_manual_section_tells_each_table_once_and_escapes_what_roff_would_take),
        cmocka_unit_test(test_mandoc_finds_nothing_wrong_with_any_manual_section),
        cmocka_unit_test(test_each_schema_is_json_and_names_every_key_and_every_variant),
        cmocka_unit_test(
            test_a_schema_is_closed_bounded_and_lets_an_included_file_bring_what_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
