/* channels/mail_quote_table.h - how a line's words are sought in a table of them.
 *
 * Pure. What is asked is in lower case, as mail_quote_line_fold() makes it, and so are the tables.
 * A sorted table is in the order of its bytes, as strcmp() has it, each entry taken as far as its
 * first '*'; each of its rows begins with its entry, a `const char *`. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_TABLE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

struct mail_quote_table {
    const void *rows;
    size_t count, stride; /* rows; bytes of one */
};
#define MAIL_QUOTE_TABLE(array)                                                                    \
    {                                                                                              \
        .rows = (array), .count = sizeof(array) / sizeof((array)[0]), .stride = sizeof((array)[0]) \
    }

enum { MAIL_QUOTE_NEIGHBOURS_MAX = 16 }; /* entries that begin alike, so many are looked at */

/* The row that s is, whole; NULL: none. */
const void *mail_quote_table_find(const struct mail_quote_table *t, struct span s);
/* How many entries stand before s or at its begin: the row before that index, or one of its
 * neighbours before it, is the one with which s begins, where there is one. */
size_t mail_quote_table_place(const struct mail_quote_table *t, struct span s);

/* Does one of `words`, to NULL, stand anywhere in s? Each is of two bytes at the least. */
bool mail_quote_table_holds_any(struct span s, const char *const *words);

/* What a search rests on, and no entry twice in a row; for tests. */
bool mail_quote_table_is_in_order(const struct mail_quote_table *t);

#endif
