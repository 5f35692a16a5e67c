/* core/conf_facts.h - what one row of a table of keys says in words; only core/conf*.c includes it.
 */
#ifndef RELEVO_CORE_CONF_FACTS_H
#define RELEVO_CORE_CONF_FACTS_H

#include "core/conf.h"

/* `include`, which every root has and no table names. */
extern const struct conf_key conf_include_key;

/* The row's own words, then its type, bounds and fallback as sentences. */
const char *conf_facts_doc(struct arena *a, const struct conf_key *key);
/* What a sample writes behind the key; NULL: lines of its own below it. */
const char *conf_facts_value(struct arena *a, const struct conf_key *key);
/* What stands for a name that the file's author chooses. */
const char *conf_facts_placeholder(struct arena *a, const char *name);

/* Adds `text` in lines of at most 78 bytes, each begun by `prefix`. As roff each sentence begins a
 * line, and what roff would take for its own is escaped. */
enum conf_facts_form { CONF_FACTS_COMMENT, CONF_FACTS_ROFF };
void conf_facts_wrap(struct text_buffer *b, const char *prefix, const char *text,
                     enum conf_facts_form form);

/* Tables that were described already, and where: the same one may stand at several keys. */
struct conf_facts_seen {
    struct {
        const struct conf_key *table;
        const char *where;
    } rows[64];
    size_t count;
};
/* Where that table was described; NULL: not yet, but now it is, at `where`. */
const char *conf_facts_see(struct conf_facts_seen *seen, const struct conf_key *table,
                           const char *where);

#endif
