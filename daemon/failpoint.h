/* daemon/failpoint.h - named places where a test build kills itself: RELEVO_FAIL=name:count.
 *
 * The count-th time the place is passed the process gets SIGKILL, as if the power had gone. Places:
 * intake_taken, looked_up, decided, stored, committed, acked, delivery_claimed, delivery_sent,
 * delivery_marked, worker_asked. RELEVO_FAIL=mail:TEXT kills every parser of a mail that holds
 * TEXT. Nothing at all in a release build. */
#ifndef RELEVO_DAEMON_FAILPOINT_H
#define RELEVO_DAEMON_FAILPOINT_H

#include "core/text.h"

#ifdef RELEVO_FAIL_POINTS
void failpoint_pass(const char *name);
void failpoint_mail(struct span raw);
#else
static inline void failpoint_pass(const char *name)
{
    (void)name;
}
static inline void failpoint_mail(struct span raw)
{
    (void)raw;
}
#endif

#endif
