/* daemon/db_clock.h - asks the database what time it is, for wall_now().
 *
 * Loop thread. */
#ifndef RELEVO_DAEMON_DB_CLOCK_H
#define RELEVO_DAEMON_DB_CLOCK_H

#include <stdint.h>

struct db;

/* `told` (may be NULL) runs once it is known, with how far this machine's own clock is ahead. */
void db_clock_ask(struct db *db, void (*told)(void *arg, int64_t ahead_s), void *arg);

#endif
