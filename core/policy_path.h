/* core/policy_path.h - the path of a policy file: its levels, their steps, what each step waits for
 * and does.
 *
 * Pure. */
#ifndef RELEVO_CORE_POLICY_PATH_H
#define RELEVO_CORE_POLICY_PATH_H

struct conf;
struct policy_reader;

/* `escalation`; calendars, people, tags, plans, topics and rules have been read. */
void policy_path_read(struct policy_reader *r, const struct conf *root);

#endif
