/* daemon/parse_frame.h - the question that goes beside a mail to a parse worker, and the marks of
 * its answer.
 *
 * Pure. The mail itself is a sealed memfd beside the question. The answer is one record: PARSE_SAID
 * with the message, packed (core/inbound.h), in a sealed memfd, or PARSE_REFUSED and words. */
#ifndef RELEVO_DAEMON_PARSE_FRAME_H
#define RELEVO_DAEMON_PARSE_FRAME_H

#include "core/text.h"

struct mail_options;

enum { PARSE_SAID = 's', PARSE_REFUSED = 'r', PARSE_SAID_MAX = 64 << 20 };

char *parse_frame_write(const struct mail_options *o, size_t *len); /* free() it */
/* *o points into the record. -1: it is none. */
int parse_frame_read(struct span record, struct mail_options *o);

#endif
