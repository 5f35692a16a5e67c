/* daemon/config.h - relevo.yaml: what this node is and which channels it serves.
 *
 * Read at start and at SIGHUP; immutable. The table config_keys prints the sample, relevo.yaml(5)
 * and the JSON Schema. What a channel's section may hold is in the channel's own table
 * (channels/registry.c). */
#ifndef RELEVO_DAEMON_CONFIG_H
#define RELEVO_DAEMON_CONFIG_H

#include "core/conf.h"

extern const struct conf_key config_keys[];

struct config {
    struct conf_file *file;
    const struct conf *root; /* everything, by config_keys */
    const struct conf *limits, *workers, *deliveries,
        *log;         /* sections: never NULL, fallbacks filled in */
    const char *node; /* the configured name, else the host's */
};

/* Includes are looked for beside the file that names them. -1: errors has at least one line. */
int config_load(const char *path, struct config **out, struct conf_errors *errors);
void config_free(struct config *c); /* takes NULL */

/* Reads a whole file of at most 1 MiB for conf_read(); also a conf_include_fn for plain files. */
int config_include(void *arg, const char *from, const char *name, char **bytes, size_t *len,
                   struct error *err);

#endif
