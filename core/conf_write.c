#include "core/conf_write.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/conf_tree.h"

static json_t *conf_write_section(const struct conf *c);

/* Lists of texts and of sections. */
static json_t *conf_write_list(const struct conf_entry *e)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < e->item_count; i++)
        json_array_append_new(list, e->items[i].section == NULL
                                        ? json_string(e->items[i].text)
                                        : conf_write_section(e->items[i].section));
    return list;
}

static json_t *conf_write_named(const struct conf_entry *e)
{
    json_t *o = json_object();
    size_t i;

    for (i = 0; i < e->item_count; i++)
        json_object_set_new(o, e->items[i].name,
                            e->items[i].section == NULL ? json_string(e->items[i].text)
                                                        : conf_write_section(e->items[i].section));
    return o;
}

static json_t *conf_write_duration(int64_t seconds)
{
    char text[32];

    snprintf(text, sizeof(text), "%" PRId64 "s", seconds);
    return json_string(text);
}

static json_t *conf_write_entry(const struct conf_entry *e)
{
    switch (e->key->type) {
    case CONF_BOOL:
        return json_boolean(e->number != 0);
    case CONF_INT:
    case CONF_SIZE:
        return json_integer(e->number);
    case CONF_DURATION:
        return conf_write_duration(e->number);
    case CONF_SECRET:
        return e->text != NULL ? json_pack("{s:s}", "file", e->text)
                               : json_pack("{s:s}", "credential", e->credential);
    case CONF_TEXTS:
    case CONF_LIST:
        return conf_write_list(e);
    case CONF_NAMED:
    case CONF_VALUES:
        return conf_write_named(e);
    case CONF_SECTION:
        return conf_write_section(e->items[0].section);
    default:
        return json_string(e->text);
    }
}

static json_t *conf_write_section(const struct conf *c)
{
    json_t *o = json_object();
    size_t i;

    for (i = 0; i < c->count; i++)
        if (c->entries[i].written)
            json_object_set_new(o, c->entries[i].key->name, conf_write_entry(&c->entries[i]));
    return o;
}

char *conf_write(const struct conf_file *f)
{
    json_t *o = conf_write_section(f->root);
    char *text = json_dumps(o, JSON_INDENT(2)), *ours = xasprintf("%s\n", text);

    free(text);
    json_decref(o);
    return ours;
}
