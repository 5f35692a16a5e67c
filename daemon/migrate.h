/* daemon/migrate.h - the numbered migrations of sql/migrations, applied forward, once each.
 *
 * Blocks (synchronous libpq): for relevoctl migrate, and for relevod before its loop starts. An
 * advisory lock makes it safe from any number of nodes at once; each migration is one transaction.
 */
#ifndef RELEVO_DAEMON_MIGRATE_H
#define RELEVO_DAEMON_MIGRATE_H

#include "core/error.h"

struct migrate_report {
    int before, after; /* the number of the last migration in the database; 0: empty */
};
/* Is a schema whose newest migration has that number (0: there is none) this program's own? -1: it
 * is not; ERROR_CONFIG, with what to do. */
int migrate_judge(int there, struct error *err);
/* ERROR_CONFIG where the database is newer than this program (F20): nothing is done then. */
int migrate_apply(const char *conninfo, struct migrate_report *out, struct error *err);
/* Only looks; `after` is what migrate_apply() would reach. */
int migrate_look(const char *conninfo, struct migrate_report *out, struct error *err);

#endif
