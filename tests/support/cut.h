/* tests/support/cut.h - a proxy before PostgreSQL that loses the connection at a named place.
 *
 * On the test's own loop. Everything passes until what the client sends holds `words`; then, once:
 * CUT_BEFORE: nothing of it arrives, both sides are closed. CUT_COMMITTED: all of it arrives, and
 * what the server answers is swallowed up to its COMMIT: done, but nobody knows. */
#ifndef RELEVO_TESTS_CUT_H
#define RELEVO_TESTS_CUT_H

struct cut;
struct event_base;

enum cut_when { CUT_BEFORE, CUT_COMMITTED };

/* `conninfo` is the server's, by TCP on loopback. */
struct cut *cut_new(struct event_base *base, const char *conninfo);
const char *cut_conninfo(const struct cut *c);
void cut_at(struct cut *c, const char *words, enum cut_when when);
int cut_count(const struct cut *c); /* connections cut so far */
void cut_free(struct cut *c);

#endif
