/* ctl/known.h - names that are written on a line: who has one, and which was meant where nobody
 * has.
 */
#ifndef RELEVO_CTL_KNOWN_H
#define RELEVO_CTL_KNOWN_H

#include "core/error.h"

struct near;
struct session;

/* "there is no WHAT 'said'", and what is near it. Always -1. */
int known_not(const char *what, const struct near *n, struct error *err);
/* 0: a policy in force knows it, or nobody can tell, for one cannot be read. -1: err says so.
 * `desk` NULL: of any desk. */
int known_team(struct session *s, const char *desk, const char *name, struct error *err);
int known_agent(struct session *s, const char *desk, const char *name, struct error *err);

#endif
