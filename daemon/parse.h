/* daemon/parse.h - mails are parsed next door: asks the pool of role "parse", and never loses one.
 *
 * Loop thread. A mail that kills its parser, or is not done in time, is tried PARSE_TRIES times in
 * all, each time by a fresh process; then it is INBOUND_BROKEN with the reason. So is one that the
 * parser refuses. Where we have no descriptor left for it, it comes without its raw bytes: it has
 * to come again. */
#ifndef RELEVO_DAEMON_PARSE_H
#define RELEVO_DAEMON_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "core/inbound.h"

struct mail_options;
struct parse;
struct worker_pool;

enum { PARSE_TRIES = 3 };

/* `pool` stays the caller's and is freed before. */
struct parse *parse_new(struct worker_pool *pool, int64_t deadline_ms);
void parse_free(struct parse *p); /* takes NULL */
/* `memfd` is sealed and stays the caller's; options and locator are copied. `done` runs once, on
 * the loop, never within this call, with a message that is the callee's and never NULL: its raw
 * bytes, locator and received_at are in it. */
void parse_ask(struct parse *p, int memfd, const struct mail_options *options, const char *locator,
               void (*done)(void *arg, struct inbound *in), void *arg);
size_t parse_open(const struct parse *p); /* mails without an answer */

#endif
