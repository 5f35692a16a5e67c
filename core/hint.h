/* core/hint.h - which articles fit a case: what its customer may be told to read (E-21, D-35).
 *
 * Pure. An article fits by the best of its words: by how much of them the case says, in percent,
 * weighed as core/similar.h weighs; one of its topics is worth HINT_TOPIC more, and all where it
 * has no words. */
#ifndef RELEVO_CORE_HINT_H
#define RELEVO_CORE_HINT_H

#include <stddef.h>

#include "core/policy.h"

struct arena;

enum { HINT_MAX = 3, HINT_TOPIC = 30 };

struct hint {
    const struct policy_article *article; /* NULL: none */
    int score;                            /* percent, 1 to 100 */
    const char *words;                    /* the best of its words, as the policy has them; NULL: it
                                             is the topic alone */
    const char *title, *url;              /* in the language that was asked for */
};
/* What is looked at; `topic` NULL: none is known. */
struct hint_case {
    const char *subject, *text, *topic, *language;
};

/* Those that fit by the policy's `hints: from` or more and can be told in that language: at most
 * HINT_MAX, the best first, of equals the policy's first. *nearest is the best of the others. */
size_t hint_find(const struct policy *policy, const struct hint_case *c, struct arena *a,
                 struct hint *out, struct hint *nearest);

#endif
