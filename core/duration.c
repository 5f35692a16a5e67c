#include "core/duration.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"

static const struct duration_unit {
    char letter;
    int64_t seconds;
} duration_units[] = { { 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
enum { DURATION_UNITS = sizeof(duration_units) / sizeof(duration_units[0]), DURATION_DAY = 1 };

int duration_read(const char *text, int64_t *seconds)
{
    int64_t sum = 0, n, part;
    size_t next = 0, u;

    if (strcmp(text, "0") == 0) {
        *seconds = 0;
        return 0;
    }
    do {
        if (text_digits(&text, &n) < 0)
            return -1;
        for (u = next; u < DURATION_UNITS && duration_units[u].letter != *text; u++)
            ;
        if (u == DURATION_UNITS || __builtin_mul_overflow(n, duration_units[u].seconds, &part) ||
            __builtin_add_overflow(sum, part, &sum))
            return -1;
        next = u + 1;
        text++;
    } while (*text != '\0');
    *seconds = sum;
    return 0;
}

/* Weeks are seldom meant. */
const char *duration_text(struct arena *a, int64_t seconds)
{
    const struct duration_unit *u;
    const char *text = "";

    for (u = duration_units + DURATION_DAY; u < duration_units + DURATION_UNITS; u++) {
        if (seconds >= u->seconds)
            text = arena_printf(a, "%s%" PRId64 "%c", text, seconds / u->seconds, u->letter);
        seconds %= u->seconds;
    }
    return *text == '\0' ? "0s" : text;
}
