/* core/timeline_words.h - one line of a history as a sentence, for people who never saw the
 * program.
 *
 * Pure. The words of a planner's event are made for `why`, beside its detail; a timeline has room
 * for one line, and says what the detail holds. */
#ifndef RELEVO_CORE_TIMELINE_WORDS_H
#define RELEVO_CORE_TIMELINE_WORDS_H

#include "core/timeline.h"

/* free() it. Times of the same day (UTC) are told without their date. */
char *timeline_words(const struct timeline_entry *e);

#endif
