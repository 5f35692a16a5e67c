/* The sample file. */
#include "core/conf_doc.h"

#include <string.h>

#include "core/arena.h"
#include "core/conf_facts.h"

/* Where in the sample we are. `live`: what is written here is not commented out. */
struct conf_sample {
    struct arena *a;
    struct text_buffer b;
    struct conf_facts_seen seen;
};
struct conf_sample_place {
    int indent;
    bool live, told; /* told: the same table was explained before */
    const char *variant_key, *variant;
};

static void conf_sample_line(struct conf_sample *s, int indent, bool live, const char *name,
                             const char *value)
{
    text_buffer_printf(&s->b, "%*s%s%s%s%s\n", indent, "", live ? "" : "#", name,
                       value[0] == '\0' ? "" : " ", value);
}

static void conf_sample_keys(struct conf_sample *s, const struct conf_key *table,
                             const struct conf_sample_place *p);

/* The keys of one item or section, those of its variant after those that all have. */
static void conf_sample_item(struct conf_sample *s, const struct conf_key *key, int indent,
                             bool live, const char *variant)
{
    struct conf_sample_place p = { .indent = indent,
                                   .live = live,
                                   .told = conf_facts_see(&s->seen, key->keys, "") != NULL,
                                   .variant_key = key->variant_key,
                                   .variant = variant };

    conf_sample_keys(s, key->keys, &p);
    if (variant == NULL)
        return;
    p.told = false;
    conf_sample_keys(s, key->variant(variant), &p);
}

static void conf_sample_named(struct conf_sample *s, const struct conf_key *key, int indent,
                              bool live)
{
    const char *name = key->example != NULL ? key->example : "NAME";
    size_t i;

    if (key->variant_name == NULL) {
        conf_sample_line(s, indent, live, arena_printf(s->a, "%s:", name), "");
        conf_sample_item(s, key, indent + 2, live, NULL);
        return;
    }
    for (i = 0; (name = key->variant_name(i)) != NULL; i++) {
        conf_sample_line(s, indent, live, arena_printf(s->a, "my-%s:", name), "");
        conf_sample_item(s, key, indent + 2, live, name);
    }
}

static const char *conf_sample_value(struct conf_sample *s, const struct conf_key *key,
                                     const struct conf_sample_place *p)
{
    const char *value = conf_facts_value(s->a, key);

    if (p->variant != NULL && strcmp(key->name, p->variant_key) == 0)
        return p->variant;
    if (key->type == CONF_NAMED && key->variant_name != NULL && key->variant_name(0) == NULL)
        return "{}"; /* nothing can be named yet */
    return value;
}

static void conf_sample_key(struct conf_sample *s, const struct conf_key *key,
                            const struct conf_sample_place *p)
{
    bool live = p->live && key->required;
    const char *value = conf_sample_value(s, key, p);
    int below = p->indent + 2;

    conf_sample_line(s, p->indent, live, arena_printf(s->a, "%s:", key->name),
                     value == NULL ? "" : value);
    if (value != NULL)
        return;
    switch (key->type) {
    case CONF_VALUES:
        conf_sample_line(s, below, live, "NAME:", "TEXT");
        break;
    case CONF_LIST:
        conf_sample_line(s, below, live, "-", "");
        conf_sample_item(s, key, below + 2, live, NULL);
        break;
    case CONF_NAMED:
        conf_sample_named(s, key, below, live);
        break;
    default:
        conf_sample_item(s, key, below, live, NULL);
    }
}

static void conf_sample_keys(struct conf_sample *s, const struct conf_key *table,
                             const struct conf_sample_place *p)
{
    const char *prefix = arena_printf(s->a, "%*s# ", p->indent, "");

    for (; table != NULL && table->name != NULL; table++) {
        if (p->indent == 0 && s->b.len > 0)
            text_buffer_puts(&s->b, "\n");
        if (!p->told)
            conf_facts_wrap(&s->b, prefix, conf_facts_doc(s->a, table), CONF_FACTS_COMMENT);
        conf_sample_key(s, table, p);
    }
}

char *conf_doc_sample(const struct conf_key *table)
{
    struct conf_key last[] = { conf_include_key, { .name = NULL } };
    struct conf_sample_place root = { .live = true };
    struct conf_sample s = { .a = arena_new() };

    conf_sample_keys(&s, table, &root);
    conf_sample_keys(&s, last, &root);
    arena_free(s.a);
    return text_buffer_take(&s.b);
}
