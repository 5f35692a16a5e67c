/* core/policy_reader.h - inside policy_read: a policy file on its way, and the names in it that
 * refer to something.
 *
 * Pure. For core/policy_read.c and the rooms that it calls for a part of the file. What is wrong is
 * added to `errors`, with its place, and reading goes on. Where the part that a name refers to is
 * broken itself the name is not blamed. */
#ifndef RELEVO_CORE_POLICY_READER_H
#define RELEVO_CORE_POLICY_READER_H

#include "core/conf.h"
#include "core/policy.h"

struct arena;

struct policy_reader {
    struct arena *a; /* the policy's */
    const struct conf *root;
    struct policy *p; /* as far as it has been read */
    struct conf_errors *errors;
};

const char *policy_reader_copy(struct policy_reader *r, const char *s); /* NULL: NULL */

/* Its index in what has been read; -1: there is none of that name, or the key is not there. */
int policy_reader_calendar(struct policy_reader *r, const struct conf *c, const char *key);
int policy_reader_team(struct policy_reader *r, const struct conf *c, const char *key);
int policy_reader_topic(struct policy_reader *r, const struct conf *c, const char *key);

/* A list of words, each of which `known` (NULL: nobody asks) must know as a `what`; *out is the
 * policy's own copy. Returns how many. */
size_t policy_reader_words(struct policy_reader *r, const struct conf *c, const char *key,
                           bool (*known)(const struct policy *p, const char *word),
                           const char *what, const char *const **out);
bool policy_reader_knows_plan(const struct policy *p, const char *word);
bool policy_reader_knows_topic(const struct policy *p, const char *word); /* "none" too */

void policy_reader_check_zone(struct policy_reader *r, const struct conf *c);      /* its `zone` */
const char *policy_reader_language(struct policy_reader *r, const struct conf *c); /* `language` */
/* `reminders`: ascending durations in seconds, of `least` at the least, at most so many. */
int64_t *policy_reader_reminders(struct policy_reader *r, const struct conf *c, int64_t least,
                                 size_t most, size_t *count);

#endif
