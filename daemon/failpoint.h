/* daemon/failpoint.h - named places where a test build kills itself: RELEVO_FAIL=name:count.
 *
 * The count-th time the place is passed the process gets SIGKILL, as if the power had gone. Places:
 * intake_taken, looked_up, decided, stored, committed, acked, delivery_claimed, delivery_sent,
 * delivery_marked, worker_asked. Nothing at all in a release build. */
#ifndef RELEVO_DAEMON_FAILPOINT_H
#define RELEVO_DAEMON_FAILPOINT_H

#ifdef RELEVO_FAIL_POINTS
void failpoint_pass(const char *name);
#else
static inline void failpoint_pass(const char *name)
{
    (void)name;
}
#endif

#endif
