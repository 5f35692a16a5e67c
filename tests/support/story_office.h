/* tests/support/story_office.h - a story (story.h) with an office that is closed at night.
 *
 * One at a time: the setup and teardown of a cmocka test, whose state is the story. */
#ifndef RELEVO_TESTS_STORY_OFFICE_H
#define RELEVO_TESTS_STORY_OFFICE_H

#include "tests/support/story.h"

enum {
    HOUR = 3600,
    NINE = 1767258000, /* Thursday, 2026-01-01 09:00:00 UTC: the story begins */
    FRIDAY_NINE = NINE + 24 * HOUR
};

extern struct calendar *story_office; /* Monday to Friday, 09:00 to 18:00 UTC */

int story_office_setup(void **state);
int story_office_teardown(void **state);
/* The target of that kind, at every priority; by the office's hours or by the wall. */
void story_promise(struct story *s, enum target_kind kind, int64_t seconds, bool by_office);

#endif
