/* core/pool.h - memory for many things of one life that come, grow and go in no order.
 *
 * Pure; one thread. What a piece leaves the next of its size takes; to the system all goes back at
 * the end, but for the largest pieces. It lies in large pages where the system gives them: who goes
 * through hundreds of megabytes without order spends much of the time looking for the pages.
 * Nothing here returns NULL. */
#ifndef RELEVO_CORE_POOL_H
#define RELEVO_CORE_POOL_H

#include <stddef.h>

struct pool;

struct pool *pool_new(void);
void pool_free(struct pool *p);               /* with all that was taken from it; takes NULL */
void *pool_take(struct pool *p, size_t size); /* not zeroed, aligned for any type */
void *pool_take_zeroed(struct pool *p, size_t size);
/* `size`: what it was taken with. Takes NULL. */
void pool_give(struct pool *p, void *piece, size_t size);

#endif
