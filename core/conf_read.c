/* From YAML to the checked tree: libyaml's documents, a table of keys, all mistakes at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/arena.h"
#include "core/conf_facts.h"
#include "core/conf_tree.h"
#include "core/near.h"

enum {
    CONF_BYTES_MAX = 1 << 20,
    CONF_DEPTH_MAX = 64,
    CONF_INCLUDE_DEPTH_MAX = 16,
    CONF_INCLUDES_MAX = 256,
    CONF_ITEMS_MAX = 10000, /* of one list or mapping */
};

struct conf_reader {
    struct arena *a;
    struct conf_errors *errors;
    conf_include_fn *include;
    void *arg;
    int includes;
    bool unread; /* a file could not be: what is missing may be in it */
};
/* One YAML document that is being read. */
struct conf_source {
    struct conf_reader *r;
    yaml_document_t document;
    const char *name;
    int include_depth;
};

static const char *conf_node_place(struct conf_source *s, const yaml_node_t *node)
{
    return arena_printf(s->r->a, "%s:%zu:%zu", s->name, node->start_mark.line + 1,
                        node->start_mark.column + 1);
}

static void conf_wrong(struct conf_source *s, const yaml_node_t *node, const char *key,
                       const char *words)
{
    conf_errors_add(s->r->errors, "%s: %s%s%s", conf_node_place(s, node), key,
                    key[0] == '\0' ? "" : ": ", words);
}

/* libyaml takes 44 s for 200,000 open brackets: the depth is looked at before it is. Quoted
 * brackets count too, which only makes the bound stricter for texts that nobody writes. */
static bool conf_is_too_deep(struct span bytes)
{
    int depth = 0;
    size_t i;

    for (i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == '[' || bytes.ptr[i] == '{')
            depth++;
        else if ((bytes.ptr[i] == ']' || bytes.ptr[i] == '}') && depth > 0)
            depth--;
        else if (bytes.ptr[i] == '\n' && depth > 0 && i + 1 < bytes.len &&
                 bytes.ptr[i + 1] != ' ' && bytes.ptr[i + 1] != '\n')
            depth =
                0; /* a plain line at the margin: brackets in prose do not add up over the file */
        if (depth > CONF_DEPTH_MAX)
            return true;
    }
    return false;
}

static const char *conf_kind(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE     ? "a text"
           : node->type == YAML_SEQUENCE_NODE ? "a list"
                                              : "a mapping";
}

static const char *conf_node_text(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

static void conf_unknown_key(struct conf_source *s, const yaml_node_t *node, const struct conf *c)
{
    struct near near;
    size_t i;

    near_begin(&near, conf_node_text(node));
    for (i = 0; i < c->count; i++)
        near_look(&near, c->entries[i].key->name);
    if (near.best != NULL)
        conf_errors_add(s->r->errors, "%s: no such key: %.64s (did you mean %s?)",
                        conf_node_place(s, node), near.said, near.best);
    else
        conf_errors_add(s->r->errors, "%s: no such key: %.64s", conf_node_place(s, node),
                        near.said);
}

/* What it may be instead stands with it: there are few. */
static void conf_unknown_variant(struct conf_source *s, const struct conf_key *key,
                                 const yaml_node_t *node)
{
    const char *all = NULL, *name;
    size_t i;

    for (i = 0; key->variant_name != NULL && (name = key->variant_name(i)) != NULL; i++)
        all = conf_or(s->r->a, all, name, key->variant_name(i + 1) == NULL);
    conf_errors_add(s->r->errors, "%s: %s: expected %s, got \"%.64s\"", conf_node_place(s, node),
                    key->variant_key, all == NULL ? "nothing" : all, conf_node_text(node));
}

/* --- sections
 * ----------------------------------------------------------------------------------------- */

static size_t conf_table_length(const struct conf_key *table)
{
    size_t n = 0;

    while (table != NULL && table[n].name != NULL)
        n++;
    return n;
}

static struct conf *conf_new(struct arena *a, const struct conf_key *table,
                             const struct conf_key *more, const char *place)
{
    size_t n = conf_table_length(table), m = conf_table_length(more), i;
    struct conf *c = arena_alloc(a, sizeof(*c));

    c->place = place;
    c->count = n + m;
    c->entries = arena_array(a, n + m, sizeof(*c->entries));
    for (i = 0; i < n + m; i++)
        c->entries[i].key = i < n ? &table[i] : &more[i - n];
    return c;
}

static struct conf_entry *conf_slot(struct conf *c, const char *name)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (strcmp(c->entries[i].key->name, name) == 0)
            return &c->entries[i];
    return NULL;
}

static struct conf_item *conf_add_item(struct conf_source *s, struct conf_entry *e)
{
    struct conf_item *items;

    if (e->item_count == e->item_room) {
        e->item_room = e->item_room == 0 ? 8 : e->item_room * 2;
        items = arena_array(s->r->a, e->item_room, sizeof(*items));
        if (e->item_count > 0)
            memcpy(items, e->items, e->item_count * sizeof(*items));
        e->items = items;
    }
    return &e->items[e->item_count++];
}

static void conf_take_value(struct conf_source *s, struct conf_entry *e, yaml_node_t *node,
                            int depth);
static void conf_take_mapping(struct conf_source *s, struct conf *c, yaml_node_t *node, int depth);

static bool conf_expect(struct conf_source *s, const struct conf_entry *e, const yaml_node_t *node,
                        yaml_node_type_t type, const char *what)
{
    if (node->type == type)
        return true;
    conf_errors_add(s->r->errors, "%s: %s: expected %s, got %s", conf_node_place(s, node),
                    e->key->name, what, conf_kind(node));
    return false;
}

/* Likewise, of a key's whole value: what follows from it is not known. */
static bool conf_expect_whole(struct conf_source *s, struct conf_entry *e, const yaml_node_t *node,
                              yaml_node_type_t type, const char *what)
{
    if (conf_expect(s, e, node, type, what))
        return true;
    e->unsound = true;
    return false;
}

static void conf_take_texts(struct conf_source *s, struct conf_entry *e, yaml_node_t *node)
{
    yaml_node_item_t *i;

    if (node->type == YAML_SCALAR_NODE) {
        conf_add_item(s, e)->text = arena_strdup(s->r->a, conf_node_text(node));
        return;
    }
    if (!conf_expect_whole(s, e, node, YAML_SEQUENCE_NODE, "a list of texts"))
        return;
    for (i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
        yaml_node_t *item = yaml_document_get_node(&s->document, *i);
        struct conf_item *made;

        if (!conf_expect(s, e, item, YAML_SCALAR_NODE, "a text"))
            continue;
        made = conf_add_item(s, e);
        made->text = arena_strdup(s->r->a, conf_node_text(item));
        made->place = conf_node_place(s, item);
    }
}

static void conf_take_secret(struct conf_source *s, struct conf_entry *e, yaml_node_t *node)
{
    yaml_node_pair_t *p;
    yaml_node_t *name, *value;

    e->unsound = true; /* until it is understood */
    if (node->type == YAML_SCALAR_NODE) {
        conf_wrong(s, node, e->key->name,
                   "a secret is not written here: expected {file: PATH} or {credential: NAME}");
        return;
    }
    p = node->data.mapping.pairs.start;
    if (node->type != YAML_MAPPING_NODE || node->data.mapping.pairs.top - p != 1) {
        conf_wrong(s, node, e->key->name, "expected {file: PATH} or {credential: NAME}");
        return;
    }
    name = yaml_document_get_node(&s->document, p->key);
    value = yaml_document_get_node(&s->document, p->value);
    if (name->type == YAML_SCALAR_NODE && value->type == YAML_SCALAR_NODE &&
        strcmp(conf_node_text(name), "file") == 0)
        e->text = arena_strdup(s->r->a, conf_node_text(value));
    else if (name->type == YAML_SCALAR_NODE && value->type == YAML_SCALAR_NODE &&
             strcmp(conf_node_text(name), "credential") == 0)
        e->credential = arena_strdup(s->r->a, conf_node_text(value));
    else {
        conf_wrong(s, node, e->key->name, "expected {file: PATH} or {credential: NAME}");
        return;
    }
    e->unsound = false;
}

static void conf_take_list(struct conf_source *s, struct conf_entry *e, yaml_node_t *node,
                           int depth)
{
    yaml_node_item_t *i;

    if (!conf_expect_whole(s, e, node, YAML_SEQUENCE_NODE, "a list of mappings"))
        return;
    for (i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
        yaml_node_t *item = yaml_document_get_node(&s->document, *i);
        struct conf_item *made;

        if (e->item_count >= CONF_ITEMS_MAX ||
            !conf_expect(s, e, item, YAML_MAPPING_NODE, "a mapping"))
            continue;
        made = conf_add_item(s, e);
        made->place = conf_node_place(s, item);
        made->section = conf_new(s->r->a, e->key->keys, NULL, made->place);
        conf_take_mapping(s, made->section, item, depth + 1);
    }
}

/* The table that the item itself names, by its text at `variant_key`. */
static const struct conf_key *conf_variant(struct conf_source *s, const struct conf_entry *e,
                                           yaml_node_t *node, bool *known)
{
    yaml_node_pair_t *p;
    const struct conf_key *table;

    *known = true;
    if (e->key->variant_key == NULL)
        return NULL;
    for (p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        yaml_node_t *name = yaml_document_get_node(&s->document, p->key);
        yaml_node_t *value = yaml_document_get_node(&s->document, p->value);

        if (name->type != YAML_SCALAR_NODE || value->type != YAML_SCALAR_NODE ||
            strcmp(conf_node_text(name), e->key->variant_key) != 0)
            continue;
        table = e->key->variant(conf_node_text(value));
        *known = table != NULL;
        if (table == NULL)
            conf_unknown_variant(s, e->key, value);
        return table;
    }
    return NULL;
}

static void conf_take_named_item(struct conf_source *s, struct conf_entry *e, yaml_node_t *name,
                                 yaml_node_t *value, int depth)
{
    const struct conf_key *more;
    struct conf_item *made;
    bool known = true, mapping = true;

    if (e->key->type == CONF_VALUES) {
        if (!conf_expect(s, e, value, YAML_SCALAR_NODE, "a text"))
            return;
        made = conf_add_item(s, e);
        made->text = arena_strdup(s->r->a, conf_node_text(value));
    } else {
        mapping = conf_expect(s, e, value, YAML_MAPPING_NODE, "a mapping");
        more = mapping ? conf_variant(s, e, value, &known) : NULL;
        if (!known)
            return; /* its keys cannot be judged */
        made = conf_add_item(s, e);
        made->section = conf_new(s->r->a, e->key->keys, more, conf_node_place(s, value));
        made->section->unsound = !mapping; /* its name is good: others may refer to it */
    }
    made->name = arena_strdup(s->r->a, conf_node_text(name));
    made->place = conf_node_place(s, name);
    if (made->section != NULL && mapping)
        conf_take_mapping(s, made->section, value, depth + 1);
}

static void conf_take_named(struct conf_source *s, struct conf_entry *e, yaml_node_t *node,
                            int depth)
{
    yaml_node_pair_t *p;
    size_t i;

    if (!conf_expect_whole(s, e, node, YAML_MAPPING_NODE, "a mapping of names"))
        return;
    for (p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        yaml_node_t *name = yaml_document_get_node(&s->document, p->key);

        if (!conf_expect(s, e, name, YAML_SCALAR_NODE, "a name") || e->item_count >= CONF_ITEMS_MAX)
            continue;
        for (i = 0; i < e->item_count && strcmp(e->items[i].name, conf_node_text(name)) != 0; i++)
            ;
        if (i < e->item_count)
            conf_errors_add(s->r->errors, "%s: %.64s is there twice, first at %s",
                            conf_node_place(s, name), conf_node_text(name), e->items[i].place);
        else
            conf_take_named_item(s, e, name, yaml_document_get_node(&s->document, p->value), depth);
    }
}

static void conf_take_scalar(struct conf_source *s, struct conf_entry *e, yaml_node_t *node)
{
    const char *expected = "";

    if (!conf_expect_whole(s, e, node, YAML_SCALAR_NODE, "one value") ||
        conf_scalar(s->r->a, e->key, conf_node_text(node), e, &expected) == 0)
        return;
    e->unsound = true;
    conf_errors_add(s->r->errors, "%s: %s: expected %s, got \"%.64s\"", conf_node_place(s, node),
                    e->key->name, expected, conf_node_text(node));
}

static void conf_take_value(struct conf_source *s, struct conf_entry *e, yaml_node_t *node,
                            int depth)
{
    switch (e->key->type) {
    case CONF_TEXTS:
        conf_take_texts(s, e, node);
        break;
    case CONF_SECRET:
        conf_take_secret(s, e, node);
        break;
    case CONF_LIST:
        conf_take_list(s, e, node, depth);
        break;
    case CONF_NAMED:
    case CONF_VALUES:
        conf_take_named(s, e, node, depth);
        break;
    case CONF_SECTION:
        if (!conf_expect_whole(s, e, node, YAML_MAPPING_NODE, "a mapping"))
            break;
        if (e->item_count == 0)
            conf_add_item(s, e)->section =
                conf_new(s->r->a, e->key->keys, NULL, conf_node_place(s, node));
        conf_take_mapping(s, e->items[0].section, node, depth + 1);
        break;
    default:
        conf_take_scalar(s, e, node);
    }
}

static void conf_take_include(struct conf_source *s, struct conf *root, yaml_node_t *node);

/* May a second file add to what a first one wrote? Only where names or items are gathered. */
static bool conf_gathers(const struct conf_entry *e)
{
    return e->key->type == CONF_NAMED || e->key->type == CONF_VALUES || e->key->type == CONF_LIST ||
           e->key->type == CONF_SECTION;
}

static void conf_take_pair(struct conf_source *s, struct conf *c, yaml_node_t *name,
                           yaml_node_t *value, int depth, const yaml_node_pair_t *seen,
                           const yaml_node_pair_t *here)
{
    struct conf_entry *e;

    if (name->type != YAML_SCALAR_NODE) {
        conf_wrong(s, name, "", "expected a key");
        return;
    }
    for (; seen < here; seen++) { /* libyaml takes one key twice; we do not */
        const yaml_node_t *other = yaml_document_get_node(&s->document, seen->key);

        if (other->type == YAML_SCALAR_NODE &&
            strcmp(conf_node_text(other), conf_node_text(name)) == 0) {
            conf_errors_add(s->r->errors, "%s: %.64s is there twice, first at %s",
                            conf_node_place(s, name), conf_node_text(name),
                            conf_node_place(s, other));
            return;
        }
    }
    if (depth == 0 && strcmp(conf_node_text(name), "include") == 0) {
        conf_take_include(s, c, value);
        return;
    }
    e = conf_slot(c, conf_node_text(name));
    if (e == NULL) {
        conf_unknown_key(s, name, c);
        return;
    }
    if (e->written && !conf_gathers(e)) {
        conf_errors_add(s->r->errors, "%s: %s is there twice, first at %s",
                        conf_node_place(s, name), e->key->name, e->place);
        return;
    }
    e->written = true;
    e->place = conf_node_place(s, value);
    conf_take_value(s, e, value, depth);
}

static void conf_take_mapping(struct conf_source *s, struct conf *c, yaml_node_t *node, int depth)
{
    yaml_node_pair_t *p;

    if (depth > CONF_DEPTH_MAX) {
        conf_wrong(s, node, "", "too deep");
        return;
    }
    for (p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++)
        conf_take_pair(s, c, yaml_document_get_node(&s->document, p->key),
                       yaml_document_get_node(&s->document, p->value), depth,
                       node->data.mapping.pairs.start, p);
}

/* --- files
 * -------------------------------------------------------------------------------------------- */

static void conf_take_bytes(struct conf_reader *r, struct conf *root, const char *name,
                            struct span bytes, int include_depth);

static void conf_take_include(struct conf_source *s, struct conf *root, yaml_node_t *node)
{
    struct conf_entry e = { .key = &conf_include_key };
    struct error err = { 0 };
    char *bytes;
    size_t len, i;

    conf_take_texts(s, &e, node);
    for (i = 0; i < e.item_count; i++) {
        if (s->r->include == NULL || s->include_depth >= CONF_INCLUDE_DEPTH_MAX ||
            s->r->includes++ >= CONF_INCLUDES_MAX) {
            conf_wrong(s, node, "include",
                       s->r->include == NULL ? "not possible here" : "too many, or too deep");
            s->r->unread = true;
            return;
        }
        if (s->r->include(s->r->arg, s->name, e.items[i].text, &bytes, &len, &err) < 0) {
            s->r->unread = true;
            conf_wrong(s, node, "include", err.text);
            continue;
        }
        conf_take_bytes(s->r, root, arena_strdup(s->r->a, e.items[i].text),
                        (struct span){ bytes, len }, s->include_depth + 1);
        free(bytes);
    }
}

/* Tags would make a text something else; nobody needs them here. */
static void conf_refuse_tags(struct conf_source *s)
{
    yaml_node_t *n;

    for (n = s->document.nodes.start; n < s->document.nodes.top; n++) {
        const char *tag = (const char *)n->tag;

        if (tag != NULL && strncmp(tag, "tag:yaml.org,2002:", 18) != 0)
            conf_wrong(s, n, "", "tags are not used here");
    }
}

static void conf_take_document(struct conf_source *s, yaml_parser_t *parser, struct conf *root)
{
    yaml_node_t *node = yaml_document_get_root_node(&s->document);
    yaml_document_t second;

    if (node == NULL)
        return; /* an empty file says nothing */
    conf_refuse_tags(s);
    if (node->type == YAML_MAPPING_NODE)
        conf_take_mapping(s, root, node, 0);
    else {
        s->r->unread = true;
        conf_wrong(s, node, "", "expected keys with their values");
    }
    if (!yaml_parser_load(parser, &second))
        return;
    node = yaml_document_get_root_node(&second);
    if (node != NULL)
        conf_wrong(s, node, "", "a second document; expected one");
    yaml_document_delete(&second);
}

static void conf_take_bytes(struct conf_reader *r, struct conf *root, const char *name,
                            struct span bytes, int include_depth)
{
    struct conf_source s = { .r = r, .name = name, .include_depth = include_depth };
    yaml_parser_t parser;

    if (bytes.len > CONF_BYTES_MAX || conf_is_too_deep(bytes)) {
        conf_errors_add(r->errors, "%s:1:1: %s", name,
                        bytes.len > CONF_BYTES_MAX ? "over 1 MiB" : "brackets over 64 deep");
        r->unread = true;
        return;
    }
    if (!yaml_parser_initialize(&parser))
        abort();
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.ptr, bytes.len);
    if (!yaml_parser_load(&parser, &s.document)) {
        r->unread = true;
        conf_errors_add(
            r->errors, "%s:%zu:%zu: %s%s%s", name, parser.problem_mark.line + 1,
            parser.problem_mark.column + 1, parser.problem == NULL ? "not YAML" : parser.problem,
            parser.context == NULL ? "" : ", ", parser.context == NULL ? "" : parser.context);
    } else {
        conf_take_document(&s, &parser, root);
        yaml_document_delete(&s.document);
    }
    yaml_parser_delete(&parser);
}

static bool conf_needs_writing(const struct conf_key *table)
{
    for (; table->name != NULL; table++)
        if (table->required)
            return true;
    return false;
}

/* One key that was not written, or not understood: its fallback. A section has those of its keys,
 * unless one of them must be written. */
static void conf_fall_back(struct conf_reader *r, struct conf *c, struct conf_entry *e)
{
    const char *expected;

    e->number = 0;
    e->text = NULL;
    if (e->key->type == CONF_SECTION && !conf_needs_writing(e->key->keys)) {
        e->items = arena_array(r->a, 1, sizeof(*e->items));
        e->items[0].section = conf_new(r->a, e->key->keys, NULL, c->place);
        e->item_count = 1;
    } else if (e->key->fallback != NULL && e->key->type == CONF_TEXTS) {
        e->items = arena_array(r->a, 1, sizeof(*e->items));
        e->items[0].text = e->key->fallback;
        e->item_count = 1;
    } else if (e->key->fallback != NULL &&
               conf_scalar(r->a, e->key, e->key->fallback, e, &expected) < 0) {
        abort(); /* a fallback that its own type refuses: our own mistake */
    }
}

/* What was not written: fallbacks, and what must be there and is not. */
static void conf_complete(struct conf_reader *r, const struct conf *root, struct conf *c)
{
    size_t i, j;

    for (i = 0; i < c->count; i++) {
        struct conf_entry *e = &c->entries[i];

        e->unsound |= c == root && r->unread;
        if (!e->written && e->key->required) {
            e->unsound = true;
            if (!c->unsound && !(c == root && r->unread))
                conf_errors_add(r->errors, "%s: %s is missing", c->place, e->key->name);
        } else if ((!e->written || e->unsound) && e->item_count == 0) {
            conf_fall_back(r, c, e);
        }
        for (j = 0; j < e->item_count; j++)
            if (e->items[j].section != NULL)
                conf_complete(r, root, e->items[j].section);
    }
}

int conf_read_all(const struct conf_key *table, const char *name, struct span bytes,
                  conf_include_fn *include, void *arg, struct conf_file **out,
                  struct conf_errors *errors)
{
    struct conf_reader r = { .a = arena_new(), .errors = errors, .include = include, .arg = arg };
    size_t before = errors->count;
    struct conf_file *f = arena_alloc(r.a, sizeof(*f));

    f->arena = r.a;
    name = arena_strdup(r.a, name);
    f->root = conf_new(r.a, table, NULL, arena_printf(r.a, "%s:1:1", name));
    conf_take_bytes(&r, f->root, name, bytes, 0);
    conf_complete(&r, f->root, f->root);
    *out = f;
    return errors->count > before ? -1 : 0;
}

int conf_read(const struct conf_key *table, const char *name, struct span bytes,
              conf_include_fn *include, void *arg, struct conf_file **out,
              struct conf_errors *errors)
{
    struct conf_file *f;

    if (conf_read_all(table, name, bytes, include, arg, &f, errors) < 0) {
        conf_file_free(f);
        return -1;
    }
    *out = f;
    return 0;
}
