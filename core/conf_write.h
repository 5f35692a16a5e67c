/* core/conf_write.h - what several files said as one: a checked tree written down again.
 *
 * Pure. The includes are resolved, comments and fallbacks are left out; what comes back reads to
 * the same tree. It is JSON, which is YAML. */
#ifndef RELEVO_CORE_CONF_WRITE_H
#define RELEVO_CORE_CONF_WRITE_H

#include "core/conf.h"

char *conf_write(const struct conf_file *f); /* free() it */

#endif
