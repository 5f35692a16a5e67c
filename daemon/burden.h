/* daemon/burden.h - how many bytes of large mails are in memory at once, of all channels that fetch
 * them: who would bring more waits.
 *
 * Loop thread. Whoever would fetch one says how large it is, and is told when there is room for it:
 * in the order in which they asked, so each waits for those before it alone. A single one always
 * has room. One that does not come in time is not counted any more until it is there: what a slow
 * server gives for hours keeps nobody from theirs, and takes little meanwhile. What came
 * without asking (`told` NULL, and burden_came() at once) counts too, but nobody waits for it
 * longer than that. */
#ifndef RELEVO_DAEMON_BURDEN_H
#define RELEVO_DAEMON_BURDEN_H

#include <stddef.h>
#include <stdint.h>

struct burden;
struct burdens;
struct event_base;

enum { BURDEN_SLOW_MS = 60000 };

/* `most`: bytes; `slow_ms`: how long one may take to come. */
struct burdens *burdens_new(struct event_base *base, size_t most, int64_t slow_ms);
void burdens_free(struct burdens *all); /* after all of them are ended; takes NULL */

/* `told` runs once, on the loop, never within a call of ours, unless burden_came() or burden_end()
 * is before it. */
struct burden *burden_want(struct burdens *all, size_t bytes, void (*told)(void *arg), void *arg);
/* It is here, and so large, whatever was asked for. */
void burden_came(struct burden *b, size_t bytes);
void burden_end(struct burden *b); /* takes NULL */

#endif
