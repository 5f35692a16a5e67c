/* core/embedded.h - files that were put into the binary at build time (sql/embed.cmake). */
#ifndef RELEVO_CORE_EMBEDDED_H
#define RELEVO_CORE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name;  /* without its folder; NULL ends a table */
    const char *bytes; /* a NUL follows them that is not counted */
    size_t size;
};
extern const struct embedded_file embedded_migrations[]; /* sql/migrations, in their order */
extern const struct embedded_file embedded_queries[];    /* sql/queries */
extern const struct embedded_file embedded_web[];        /* web/ */
extern const struct embedded_file embedded_core[];       /* core/policy.yaml: the shipped policy */

/* NULL: no such file. */
const struct embedded_file *embedded_find(const struct embedded_file *table, const char *name);

#endif
