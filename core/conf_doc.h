/* core/conf_doc.h - a table of keys as a sample file, as a section of a manual page, as a schema.
 *
 * Pure. All three are printed from core/conf.h's table alone, so they cannot say what the reader
 * does not do. What comes back is the caller's to free(). */
#ifndef RELEVO_CORE_CONF_DOC_H
#define RELEVO_CORE_CONF_DOC_H

#include "core/conf.h"

/* YAML with each key under its words. What must be there is written, the rest is commented out: a
 * '#' before a blank begins words, before anything else a line to switch on. */
char *conf_doc_sample(const struct conf_key *table);
/* mdoc: the section `title` with a list of the keys, and a subsection for each table below. */
char *conf_doc_manual(const struct conf_key *table, const char *title);
/* JSON Schema, draft 2020-12, indented; closed: it refuses the unknown keys that the reader
 * refuses. */
char *conf_doc_schema(const struct conf_key *table, const char *title);

#endif
