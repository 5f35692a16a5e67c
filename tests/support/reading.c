#include "tests/support/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"

struct arena *reading_arena;

int reading_setup(void **state)
{
    (void)state;
    reading_arena = arena_new();
    return 0;
}

int reading_teardown(void **state)
{
    (void)state;
    arena_free(reading_arena);
    return 0;
}

void reading_expect(size_t row, const char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        fail_msg("row %zu: \"%s\", expected \"%s\"", row, got, want);
}

void reading_expect_all(const struct reading *rows, size_t count,
                        const char *(*reads)(const char *in))
{
    size_t i;

    for (i = 0; i < count; i++)
        reading_expect(i, reads(rows[i].in), rows[i].out);
}

const char *reading_taken(struct text_buffer *b)
{
    const char *s =
        text_clean(reading_arena, (struct span){ b->len > 0 ? b->ptr : "", b->len }, 10000);

    text_buffer_clear(b);
    return s;
}
