/* channels/limit.h - how often somebody may do something, in memory that does not grow.
 *
 * Loop thread. A fixed table: whom chance puts in one place share what one of them may do, and
 * nobody can tell or choose who that is. Each node counts for itself. */
#ifndef RELEVO_CHANNELS_LIMIT_H
#define RELEVO_CHANNELS_LIMIT_H

#include <stdint.h>

#include "core/text.h"

struct limit;

/* So many a minute, and as many at once. */
struct limit *limit_new(int per_minute);
void limit_free(struct limit *l); /* takes NULL */
/* 0: go on, and it is counted; else after how many seconds it would be. */
int limit_take(struct limit *l, struct span who, int64_t now);

#endif
