/* core/conf_diff.h - in what two checked files by one table differ: values, not how they are
 * written.
 *
 * Pure. A key that is absent differs from one that is written only where its fallback does. Items
 * of lists are known by their `name`, those of texts by themselves, so putting one before another
 * is told as an order, not as many changes. */
#ifndef RELEVO_CORE_CONF_DIFF_H
#define RELEVO_CORE_CONF_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/conf.h"

struct arena;

enum { CONF_DIFF_DEPTH = 16, CONF_DIFF_MAX = 10000 };

enum conf_difference_kind {
    CONF_CHANGED, /* a value */
    CONF_NEW,     /* an item, with all that it holds; or a value where there was none */
    CONF_GONE,
    CONF_ORDER, /* the same items stand in another order */
};
struct conf_difference {
    enum conf_difference_kind kind;
    const char
        *path[CONF_DIFF_DEPTH]; /* keys and names of items from the root: "targets", "high" */
    size_t depth;
    const char *before, *after;  /* as one would write it; of an order, the names; NULL: nothing */
    bool item;                   /* it is an item of a list, not a key */
    const struct conf *was, *is; /* of an item that is a section; NULL: there is none */
};
/* The differences in the order of the table; those beyond CONF_DIFF_MAX are left out. Both files
 * must outlive what is told. */
size_t conf_diff(const struct conf_file *before, const struct conf_file *after, struct arena *a,
                 const struct conf_difference **out);

#endif
