/* core/similar.h - are two cases about the same? By the words that they have in common.
 *
 * Pure. What a case is about is kept as its terms: at most SIMILAR_TERMS_MAX words in ascending
 * order, one blank between them, so that no text of the past is ever read again. Words are found as
 * ICU finds them in any script, without case and accents, cut after SIMILAR_LETTERS letters, so
 * that "caída" and "caído", "pago" and "pagos" are one; courtesies, the small words of the
 * languages that the product speaks, and numbers as long as those of orders and telephones are
 * none. Of a case with more words those are kept that any other such case would keep of them too.
 *
 * A longer word says more: it weighs as many points as it has letters beyond the first. The score
 * is twice the weight in common over the weight of both, in percent. */
#ifndef RELEVO_CORE_SIMILAR_H
#define RELEVO_CORE_SIMILAR_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum {
    SIMILAR_TEXT_MAX = 4096, /* bytes of a subject and a text that are looked at */
    SIMILAR_TERMS_MAX = 48,
    SIMILAR_LETTERS = 5,
    SIMILAR_TERMS_BYTES = SIMILAR_TERMS_MAX * (4 * SIMILAR_LETTERS + 1),
};

/* Never NULL; "": it says nothing. Either may be NULL. `ignored`: terms that are left out; NULL:
 * none. */
const char *similar_terms(struct arena *a, const char *subject, const char *text,
                          const char *ignored);
/* Likewise, and none of them is left out, however many there are. */
const char *similar_all_terms(struct arena *a, const char *subject, const char *text);
bool similar_shares(const char *x, const char *y); /* any term at all */
int similar_percent(const char *x, const char *y); /* 0 to 100 */
/* How much of the weight of `part` is in `whole`, too: 0 to 100. */
int similar_held(const char *part, const char *whole);
/* The terms in common, as terms are kept. */
const char *similar_common(struct arena *a, const char *x, const char *y);

#endif
