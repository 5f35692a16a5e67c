/* The JSON Schema. What an editor reads as a number or a switch we read as a text, so a text may be
 * any scalar. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/conf_doc.h"
#include "core/conf_facts.h"

static json_t *conf_schema_table(const struct conf_key *table);

/* From a literal of ours: it is JSON, or we have made a mistake. */
static json_t *conf_schema_of(const char *text)
{
    json_t *schema = json_loads(text, 0, NULL);

    if (schema == NULL)
        abort();
    return schema;
}

static json_t *conf_schema_text(void)
{
    return conf_schema_of("{\"type\": [\"string\", \"number\", \"boolean\", \"null\"]}");
}

static json_t *conf_schema_number(const struct conf_key *key)
{
    json_t *schema = conf_schema_of("{\"type\": \"integer\"}");

    if (key->min != 0 || key->max != 0) {
        json_object_set_new(schema, "minimum", json_integer(key->min));
        json_object_set_new(schema, "maximum", json_integer(key->max));
    }
    return schema;
}

static json_t *conf_schema_size(const struct conf_key *key)
{
    json_t *pattern = conf_schema_of("{\"type\": \"string\", \"pattern\": "
                                     "\"^[0-9]+([Kk][Ii][Bb]|[Mm][Ii][Bb]|[Gg][Ii][Bb])?$\"}");

    return json_pack("{s: [o, o]}", "anyOf", conf_schema_number(key), pattern);
}

static json_t *conf_schema_choice(const struct conf_key *key)
{
    json_t *words = json_array();
    size_t i;

    for (i = 0; key->choices[i] != NULL; i++)
        json_array_append_new(words, json_string(key->choices[i]));
    return json_pack("{s: o}", "enum", words);
}

/* A condition for each variant: with this word, those keys beside the common ones and no others. */
static json_t *conf_schema_variant(const struct conf_key *key, const char *name)
{
    json_t *then = conf_schema_table(key->variant(name)),
           *keys = json_object_get(then, "properties");
    const struct conf_key *common;

    for (common = key->keys; common->name != NULL; common++)
        json_object_set_new(keys, common->name, json_true());
    return json_pack("{s: {s: {s: {s: s}}, s: [s]}, s: o}", "if", "properties", key->variant_key,
                     "const", name, "required", key->variant_key, "then", then);
}

static json_t *conf_schema_item(const struct conf_key *key)
{
    json_t *item = conf_schema_table(key->keys), *words, *conditions, *chosen;
    const char *name;
    size_t i;

    if (key->variant_name == NULL || key->variant_name(0) == NULL)
        return item;
    words = json_array();
    conditions = json_array();
    for (i = 0; (name = key->variant_name(i)) != NULL; i++) {
        json_array_append_new(words, json_string(name));
        json_array_append_new(conditions, conf_schema_variant(key, name));
    }
    chosen = json_object_get(json_object_get(item, "properties"), key->variant_key);
    json_object_del(chosen, "type");
    json_object_set_new(chosen, "enum", words);
    json_object_del(item, "additionalProperties"); /* each condition closes it */
    json_object_set_new(item, "allOf", conditions);
    return item;
}

static json_t *conf_schema_type(const struct conf_key *key)
{
    switch (key->type) {
    case CONF_BOOL:
        return conf_schema_of("{\"enum\": [true, false, \"yes\", \"no\", \"on\", \"off\"]}");
    case CONF_INT:
        return conf_schema_number(key);
    case CONF_DURATION:
        return conf_schema_of(
            "{\"anyOf\": [{\"const\": 0}, {\"type\": \"string\", \"minLength\": 2, "
            "\"pattern\": \"^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$\""
            "}]}");
    case CONF_SIZE:
        return conf_schema_size(key);
    case CONF_CHOICE:
        return conf_schema_choice(key);
    case CONF_SECRET:
        return conf_schema_of(
            "{\"type\": \"object\", \"minProperties\": 1, \"maxProperties\": 1, "
            "\"additionalProperties\": false, \"properties\": {"
            "\"file\": {\"type\": \"string\"}, \"credential\": {\"type\": \"string\"}}}");
    case CONF_TEXTS:
        return json_pack("{s: [o, {s: s, s: o}]}", "anyOf", conf_schema_text(), "type", "array",
                         "items", conf_schema_text());
    case CONF_SECTION:
        return conf_schema_table(key->keys);
    case CONF_LIST:
        return json_pack("{s: s, s: o}", "type", "array", "items", conf_schema_table(key->keys));
    case CONF_NAMED:
        return json_pack("{s: s, s: o}", "type", "object", "additionalProperties",
                         conf_schema_item(key));
    case CONF_VALUES:
        return json_pack("{s: s, s: o}", "type", "object", "additionalProperties",
                         conf_schema_text());
    default:
        return conf_schema_text();
    }
}

static json_t *conf_schema_fallback(const struct conf_key *key)
{
    char *end;
    long long n;

    if (key->type == CONF_BOOL)
        return json_boolean(strcmp(key->fallback, "yes") == 0);
    n = strtoll(key->fallback, &end, 10);
    if ((key->type == CONF_INT || key->type == CONF_SIZE) && *end == '\0')
        return json_integer(n);
    return json_string(key->fallback);
}

static json_t *conf_schema_key(const struct conf_key *key)
{
    json_t *schema = conf_schema_type(key);

    json_object_set_new(schema, "description", json_string(key->doc));
    if (key->fallback != NULL)
        json_object_set_new(schema, "default", conf_schema_fallback(key));
    return schema;
}

static json_t *conf_schema_table(const struct conf_key *table)
{
    json_t *keys = json_object(), *required = json_array(), *schema;

    for (; table != NULL && table->name != NULL; table++) {
        json_object_set_new(keys, table->name, conf_schema_key(table));
        if (table->required)
            json_array_append_new(required, json_string(table->name));
    }
    schema = json_pack("{s: s, s: o, s: b}", "type", "object", "properties", keys,
                       "additionalProperties", 0);
    if (json_array_size(required) > 0)
        json_object_set(schema, "required", required);
    json_decref(required);
    return schema;
}

char *conf_doc_schema(const struct conf_key *table, const char *title)
{
    json_t *schema = conf_schema_table(table), *whole, *required;
    char *text, *ours;

    json_object_set_new(json_object_get(schema, "properties"), conf_include_key.name,
                        conf_schema_key(&conf_include_key));
    required = json_object_get(schema, "required");
    if (required != NULL) { /* what is missing here may be in an included file */
        json_object_set_new(schema, "anyOf",
                            json_pack("[{s: [s]}, {s: O}]", "required", conf_include_key.name,
                                      "required", required));
        json_object_del(schema, "required");
    }
    whole = json_pack("{s: s, s: s}", "$schema", "https://json-schema.org/draft/2020-12/schema",
                      "title", title);
    json_object_update(whole, schema);
    json_decref(schema);
    text = json_dumps(whole, JSON_INDENT(2));
    json_decref(whole);
    ours = xasprintf("%s\n", text);
    free(text);
    return ours;
}
