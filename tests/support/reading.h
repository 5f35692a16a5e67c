/* tests/support/reading.h - tables of what comes and what is read of it.
 *
 * For pure readers: each row is read by itself, and one that is read wrongly is shown with its
 * number. What is read lives until the group of tests has ended. */
#ifndef RELEVO_TESTS_SUPPORT_READING_H
#define RELEVO_TESTS_SUPPORT_READING_H

#include <stddef.h>

#include "core/text.h"
#include "tests/support/rows.h"

struct arena;

extern struct arena *reading_arena; /* between the two */
int reading_setup(void **state);
int reading_teardown(void **state);

/* A row of a table that needs no more. */
struct reading {
    const char *in, *out;
};
void reading_expect(size_t row, const char *got, const char *want);
void reading_expect_all(const struct reading *rows, size_t count,
                        const char *(*reads)(const char *in));

/* What was added to b, which is empty again. */
const char *reading_taken(struct text_buffer *b);

#endif
