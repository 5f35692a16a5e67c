/* tests/support/notice.h - mails that say what they are, or seem to, and what is made of them.
 *
 * Each is read as a worker reads it; what comes of it is freed with inbound_free(). */
#ifndef RELEVO_TESTS_SUPPORT_NOTICE_H
#define RELEVO_TESTS_SUPPORT_NOTICE_H

#include <stdbool.h>

#include "core/inbound.h"
#include "tests/support/rows.h"

#define DAEMON  "From: MAILER-DAEMON@b.org\n"
#define PERSON  "From: Ana <ana@b.org>\n"
#define REFUSED "\nYour mail could not be delivered:\n\n<tom@b.org>: 550 5.1.1 User unknown\n"

struct inbound *notice_parse(const char *raw);
/* The same of a mail into which a row is put. */
struct inbound *notice_parse_made(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* NULL: nothing is known. */
void notice_assert_known(const char *got, const char *want, const char *row);
/* Does it tell of a delivery that failed, for good or so far? */
void notice_assert_bounce(const char *raw, bool bounce);

#endif
