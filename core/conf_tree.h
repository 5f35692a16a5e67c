/* core/conf_tree.h - the shape of a checked file; only core/conf*.c includes this.
 *
 * All of it lives in the file's arena. A section has one entry for each key of its table, written
 * or not. */
#ifndef RELEVO_CORE_CONF_TREE_H
#define RELEVO_CORE_CONF_TREE_H

#include "core/conf.h"

struct conf_item {
    const char *name; /* NAMED, VALUES */
    const char *text; /* TEXTS, VALUES */
    const char *place;
    struct conf *section; /* SECTION, LIST, NAMED */
};
struct conf_entry {
    const struct conf_key *key;
    bool written;
    bool unsound; /* what stands there was refused, or nothing does and must: that has been told */
    const char *place; /* of its value; NULL: not written */
    const char *text;  /* TEXT, CHOICE; the file of a SECRET */
    const char *credential;
    int64_t number;
    struct conf_item *items;
    size_t item_count, item_room;
};
struct conf {
    const char *place;
    struct conf_entry *entries;
    size_t count;
    bool unsound; /* no mapping stood there, only its name */
};
struct conf_file {
    struct arena *arena;
    struct conf *root;
};

/* "a, b or c", a name after the other; `list` NULL: none is before it. */
const char *conf_or(struct arena *a, const char *list, const char *name, bool last);
/* One scalar by its type, into `e`; on failure *expected says what was expected. */
int conf_scalar(struct arena *a, const struct conf_key *key, const char *text, struct conf_entry *e,
                const char **expected);

#endif
