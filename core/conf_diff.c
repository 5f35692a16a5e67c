#include "core/conf_diff.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/conf_tree.h"
#include "core/duration.h"

struct conf_differ {
    struct arena *a;
    struct conf_difference *all;
    size_t count;
    const char *path[CONF_DIFF_DEPTH];
    size_t depth;
};

static void conf_diff_section(struct conf_differ *d, const struct conf *x, const struct conf *y);

static struct conf_difference *conf_diff_tell(struct conf_differ *d, enum conf_difference_kind kind,
                                              bool item, const char *before, const char *after)
{
    struct conf_difference *one = &d->all[d->count]; /* the last one is room for what is left out */

    if (d->count < CONF_DIFF_MAX)
        d->count++;
    *one = (struct conf_difference){
        .kind = kind, .depth = d->depth, .before = before, .after = after, .item = item
    };
    memcpy(one->path, d->path, d->depth * sizeof(d->path[0]));
    return one;
}

/* NULL: it is absent, and nothing stands for it. */
static const char *conf_diff_value(struct arena *a, const struct conf_entry *e)
{
    if (!e->written && e->key->fallback == NULL)
        return NULL;
    switch (e->key->type) {
    case CONF_BOOL:
        return e->number != 0 ? "yes" : "no";
    case CONF_INT:
    case CONF_SIZE:
        return arena_printf(a, "%" PRId64, e->number);
    case CONF_DURATION:
        return duration_text(a, e->number);
    case CONF_SECRET:
        return e->text != NULL ? e->text : e->credential;
    default:
        return e->text;
    }
}

static void conf_diff_scalar(struct conf_differ *d, const struct conf_entry *x,
                             const struct conf_entry *y)
{
    const char *before = conf_diff_value(d->a, x), *after = conf_diff_value(d->a, y);

    if (before == NULL && after == NULL)
        return;
    if (before == NULL || after == NULL)
        conf_diff_tell(d, before == NULL ? CONF_NEW : CONF_GONE, false, before, after);
    else if (strcmp(before, after) != 0)
        conf_diff_tell(d, CONF_CHANGED, false, before, after);
}

/* By what an item is known: its name, the text itself, the `name` within it, its place. */
static const char *conf_diff_name(struct arena *a, const struct conf_item *item, size_t place)
{
    size_t i;

    if (item->name != NULL)
        return item->name;
    if (item->section == NULL)
        return item->text;
    for (i = 0; i < item->section->count; i++)
        if (strcmp(item->section->entries[i].key->name, "name") == 0 &&
            item->section->entries[i].text != NULL)
            return item->section->entries[i].text;
    return arena_printf(a, "%zu", place + 1);
}

static const struct conf_item *conf_diff_find(struct arena *a, const struct conf_entry *in,
                                              const char *name)
{
    size_t i;

    for (i = 0; i < in->item_count; i++)
        if (strcmp(conf_diff_name(a, &in->items[i], i), name) == 0)
            return &in->items[i];
    return NULL;
}

static void conf_diff_item(struct conf_differ *d, const char *name, const struct conf_item *x,
                           const struct conf_item *y)
{
    if (d->depth >= CONF_DIFF_DEPTH)
        return;
    d->path[d->depth++] = name;
    if (x == NULL)
        conf_diff_tell(d, CONF_NEW, true, NULL, y->text)->is = y->section;
    else if (y == NULL)
        conf_diff_tell(d, CONF_GONE, true, x->text, NULL)->was = x->section;
    else if (x->section != NULL && y->section != NULL)
        conf_diff_section(d, x->section, y->section);
    else if (x->text != NULL && y->text != NULL && strcmp(x->text, y->text) != 0)
        conf_diff_tell(d, CONF_CHANGED, true, x->text, y->text);
    d->depth--;
}

/* The names that both have, as they stand in `in`. */
static const char *conf_diff_order(struct arena *a, const struct conf_entry *in,
                                   const struct conf_entry *other)
{
    const char *text = "", *name;
    size_t i;

    for (i = 0; i < in->item_count; i++) {
        name = conf_diff_name(a, &in->items[i], i);
        if (conf_diff_find(a, other, name) != NULL)
            text = arena_printf(a, "%s%s%s", text, *text == '\0' ? "" : ", ", name);
    }
    return text;
}

static void conf_diff_items(struct conf_differ *d, const struct conf_entry *x,
                            const struct conf_entry *y)
{
    bool ordered = x->key->type == CONF_LIST || x->key->type == CONF_TEXTS;
    const char *name, *before, *after;
    size_t i;

    for (i = 0; i < x->item_count; i++) {
        name = conf_diff_name(d->a, &x->items[i], i);
        conf_diff_item(d, name, &x->items[i], conf_diff_find(d->a, y, name));
    }
    for (i = 0; i < y->item_count; i++) {
        name = conf_diff_name(d->a, &y->items[i], i);
        if (conf_diff_find(d->a, x, name) == NULL)
            conf_diff_item(d, name, NULL, &y->items[i]);
    }
    if (!ordered)
        return;
    before = conf_diff_order(d->a, x, y);
    after = conf_diff_order(d->a, y, x);
    if (strcmp(before, after) != 0)
        conf_diff_tell(d, CONF_ORDER, false, before, after);
}

/* A section that only one of them has differs from one in which everything is absent. */
static void conf_diff_sections(struct conf_differ *d, const struct conf_entry *x,
                               const struct conf_entry *y)
{
    const struct conf *before = x->item_count == 0 ? NULL : x->items[0].section;
    const struct conf *after = y->item_count == 0 ? NULL : y->items[0].section;

    if (before != NULL && after != NULL)
        conf_diff_section(d, before, after);
    else if (before != after)
        conf_diff_tell(d, before == NULL ? CONF_NEW : CONF_GONE, false, NULL, NULL);
}

static void conf_diff_section(struct conf_differ *d, const struct conf *x, const struct conf *y)
{
    size_t i;

    if (d->depth >= CONF_DIFF_DEPTH)
        return;
    for (i = 0; i < x->count && i < y->count; i++) {
        const struct conf_entry *e = &x->entries[i], *f = &y->entries[i];

        d->path[d->depth++] = e->key->name;
        if (e->key->type == CONF_SECTION)
            conf_diff_sections(d, e, f);
        else if (e->key->type >= CONF_TEXTS)
            conf_diff_items(d, e, f);
        else
            conf_diff_scalar(d, e, f);
        d->depth--;
    }
}

size_t conf_diff(const struct conf_file *before, const struct conf_file *after, struct arena *a,
                 const struct conf_difference **out)
{
    struct conf_differ d = { .a = a, .all = arena_array(a, CONF_DIFF_MAX + 1, sizeof(*d.all)) };

    conf_diff_section(&d, before->root, after->root);
    *out = d.all;
    return d.count;
}
