/* daemon/parse.h - mails are parsed next door: asks the pool of role "parse", and never loses one.
 *
 * Loop thread. A mail that kills its parser, or is not done in time, is tried PARSE_TRIES times in
 * all, each time by a fresh process, the last time after a pause: where memory is short for a
 * moment, no mail is to blame. Others are read meanwhile. Then it is INBOUND_BROKEN with the
 * reason. So is one that the parser refuses. Where we have no descriptor left for it, or end, it
 * comes without its raw bytes: it has to come again. */
#ifndef RELEVO_DAEMON_PARSE_H
#define RELEVO_DAEMON_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "core/inbound.h"

struct event_base;
struct mail_options;
struct parse;
struct worker_pool;

enum { PARSE_TRIES = 3, PARSE_PAUSE_MS = 10000 };

/* `pool` stays the caller's and is freed before, after parse_stop(). `pause_ms`: before the last
 * try. */
struct parse *parse_new(struct event_base *base, struct worker_pool *pool, int64_t deadline_ms,
                        int64_t pause_ms);
/* The service ends: no mail is tried again any more. One whose parser fails comes without its raw
 * bytes, one that waits for its last try within this call. */
void parse_stop(struct parse *p);
void parse_free(struct parse *p); /* takes NULL */
/* `memfd` is sealed and stays the caller's; options and locator are copied. `done` runs once, on
 * the loop, never within this call, with a message that is the callee's and never NULL: its raw
 * bytes, locator and received_at are in it. */
void parse_ask(struct parse *p, int memfd, const struct mail_options *options, const char *locator,
               void (*done)(void *arg, struct inbound *in), void *arg);
size_t parse_open(const struct parse *p); /* mails without an answer */

#endif
