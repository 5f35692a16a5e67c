/* core/grams.h - a text that is asked for many phrases.
 *
 * Pure. Each three bytes in a row leave a bit, so nearly every phrase that is not there is denied
 * without a search: some hundred questions of a line cost less than ten searches of it. */
#ifndef RELEVO_CORE_GRAMS_H
#define RELEVO_CORE_GRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

enum { GRAMS_WORDS = 64 };

struct grams {
    struct span text;
    uint64_t bits[GRAMS_WORDS];
    uint32_t last; /* the three bytes that were added last */
    size_t added;  /* bytes */
};

/* A text that nobody keeps, piece by piece, is only denied phrases. */
void grams_start(struct grams *g);
void grams_add(struct grams *g, struct span piece);
/* False: that is surely not there. */
bool grams_may_hold_any(const struct grams *g, const char *const *phrases);

void grams_take(struct grams *g, struct span text); /* which it borrows */
/* To the byte: whoever wants any case folds both. */
bool grams_hold(const struct grams *g, const char *phrase);
/* Tables end with NULL. */
bool grams_hold_any(const struct grams *g, const char *const *phrases);
size_t grams_count(const struct grams *g, const char *const *phrases); /* how many of them */

#endif
