/* daemon/turns.h - who of us may be connected to a server now: so many at once, the others in
 * turns.
 *
 * Loop thread. A place is "host:port". Whoever wants to connect there waits for the word, which
 * comes at once unless as many as may are there already. Then those that have been there longest,
 * and for least_ms, are told that others wait: they end their turn when they can, and may want
 * another, behind all that wait. So everybody has a turn, and nobody two while another has none. */
#ifndef RELEVO_DAEMON_TURNS_H
#define RELEVO_DAEMON_TURNS_H

#include <stddef.h>
#include <stdint.h>

#include "channels/channel.h"

struct event_base;
struct turn;
struct turns;

enum { TURNS_SAID_MS = 600000 /* how often the log says that a place is full */ };

struct turns *turns_new(struct event_base *base);
void turns_free(struct turns *all); /* after all turns are ended; takes NULL */
/* How many may be at one place; what is there already stays until others wait for it. */
void turns_limit(struct turns *all, size_t most);

/* `told` runs on the loop, never within a call of ours. */
struct turn *turns_want(struct turns *all, const char *place, int64_t least_ms,
                        void (*told)(void *arg, enum channel_turn word), void *arg);
void turn_end(struct turn *turn); /* also of one that still waits; takes NULL */

#endif
