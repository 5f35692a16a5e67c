/* The manual page's section: a list of keys, and a subsection for each table below them. */
#include <string.h>

#include "core/arena.h"
#include "core/conf_doc.h"
#include "core/conf_facts.h"

struct conf_manual {
    struct arena *a;
    struct text_buffer b;
    struct conf_facts_seen seen;
};

/* "limits", "channels.NAME", "escalation[].steps[]"; NULL: nothing lies below this key. */
static const char *conf_manual_below(struct conf_manual *m, const char *path,
                                     const struct conf_key *key)
{
    const char *tail = key->type == CONF_LIST ? "[]" : key->type == CONF_NAMED ? ".NAME" : "";

    if (key->type != CONF_SECTION && key->type != CONF_LIST && key->type != CONF_NAMED)
        return NULL;
    return arena_printf(m->a, "%s%s%s%s", path, path[0] == '\0' ? "" : ".", key->name, tail);
}

static void conf_manual_key(struct conf_manual *m, const char *path, const struct conf_key *key)
{
    const char *below = conf_manual_below(m, path, key), *same;

    text_buffer_printf(&m->b, ".It Ic %s\n", key->name);
    conf_facts_wrap(&m->b, "", conf_facts_doc(m->a, key), CONF_FACTS_ROFF);
    if (below == NULL)
        return;
    same = conf_facts_see(&m->seen, key->keys, below);
    text_buffer_printf(&m->b, "See\n.Sx %s .\n", same == NULL ? below : same);
}

static void conf_manual_list(struct conf_manual *m, const char *path, const struct conf_key *table)
{
    if (table == NULL || table->name == NULL)
        return;
    text_buffer_puts(&m->b, ".Bl -tag -width Ds\n");
    for (; table->name != NULL; table++)
        conf_manual_key(m, path, table);
    if (path[0] == '\0')
        conf_manual_key(m, path, &conf_include_key);
    text_buffer_puts(&m->b, ".El\n");
}

static void conf_manual_deeper(struct conf_manual *m, const char *path,
                               const struct conf_key *table);

static void conf_manual_variants(struct conf_manual *m, const char *path,
                                 const struct conf_key *key)
{
    const struct conf_key *table;
    const char *name;
    size_t i;

    for (i = 0; (name = key->variant_name(i)) != NULL; i++) {
        table = key->variant(name);
        if (table == NULL || table->name == NULL)
            continue;
        text_buffer_printf(&m->b, ".Ss %s with %s %s\n", path, key->variant_key, name);
        conf_manual_list(m, path, table);
        conf_manual_deeper(m, path, table);
    }
}

/* The subsections of a table's own keys, each where conf_facts_see() has put it. */
static void conf_manual_deeper(struct conf_manual *m, const char *path,
                               const struct conf_key *table)
{
    const char *below, *told;

    for (; table != NULL && table->name != NULL; table++) {
        below = conf_manual_below(m, path, table);
        told = below == NULL ? NULL : conf_facts_see(&m->seen, table->keys, below);
        if (below == NULL || (told != NULL && strcmp(told, below) != 0))
            continue;
        text_buffer_printf(&m->b, ".Ss %s\n", below);
        conf_manual_list(m, below, table->keys);
        conf_manual_deeper(m, below, table->keys);
        if (table->variant_name != NULL)
            conf_manual_variants(m, below, table);
    }
}

char *conf_doc_manual(const struct conf_key *table, const char *title)
{
    struct conf_manual m = { .a = arena_new() };

    text_buffer_printf(&m.b, ".Sh %s\n", title);
    conf_manual_list(&m, "", table);
    conf_manual_deeper(&m, "", table);
    arena_free(m.a);
    return text_buffer_take(&m.b);
}
