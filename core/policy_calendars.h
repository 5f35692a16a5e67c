/* core/policy_calendars.h - the calendars of a policy file, with the days that several of them
 * share.
 *
 * Pure. */
#ifndef RELEVO_CORE_POLICY_CALENDARS_H
#define RELEVO_CORE_POLICY_CALENDARS_H

struct conf;
struct policy_reader;

/* `holidays` and `calendars`: nothing need be read before. */
void policy_calendars_read(struct policy_reader *r, const struct conf *root);

#endif
