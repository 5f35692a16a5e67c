/* daemon/failpoint.h - named places where a test build kills itself: RELEVO_FAIL=name:count.
 *
 * The count-th time the place is passed the process gets SIGKILL, as if the power had gone; with
 * name:count:stop SIGSTOP, as if its machine had paused. The way of a mail, then of a letter:
 *   mail_told        a worker fetched it, it goes to be parsed
 *   worker_asked     a child of a pool has a question
 *   mail_parsed      its parser has answered
 *   intake_taken     it waits for its batch
 *   looked_up        the batch knows what it needs, and holds its locks
 *   decided          nothing is written yet
 *   stored           all is written and COMMIT on its way
 *   committed        nobody has heard of it yet
 *   cursor_kept      the mailbox is not yet told that its mails are stored
 *   acked            everybody has heard of it
 *   delivery_claimed, delivery_sent (handed over, not marked), delivery_marked
 * Where a policy comes in force:
 *   retargeted       a page of the open tickets is written
 *   policy_enacted   all is, and COMMIT on its way
 *   policy_changed   it is in force, or not; nobody has heard of it yet
 * RELEVO_FAIL=mail:TEXT kills every parser of a mail that holds TEXT. Nothing at all in a release
 * build. */
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
