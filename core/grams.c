#include "core/grams.h"

#include <string.h>

enum { GRAM = 3 };

static unsigned bit_of(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (u[0] * 41U + u[1] * 1021U + u[2] * 3U) % (GRAMS_WORDS * 64);
}

void grams_take(struct grams *g, struct span text)
{
    size_t i;

    g->text = text;
    memset(g->bits, 0, sizeof(g->bits));
    for (i = 0; i + GRAM <= text.len; i++) {
        unsigned bit = bit_of(text.ptr + i);

        g->bits[bit / 64] |= (uint64_t)1 << bit % 64;
    }
}

static bool has_bit(const struct grams *g, const char *p)
{
    unsigned bit = bit_of(p);

    return (g->bits[bit / 64] >> bit % 64 & 1) != 0;
}

bool grams_hold(const struct grams *g, const char *phrase)
{
    bool is_long = phrase[0] != '\0' && phrase[1] != '\0' && phrase[2] != '\0';
    size_t len;

    if (is_long && !has_bit(g, phrase))
        return false;
    len = strlen(phrase);
    return (!is_long || has_bit(g, phrase + len - GRAM)) &&
           memmem(g->text.ptr, g->text.len, phrase, len) != NULL;
}

bool grams_hold_any(const struct grams *g, const char *const *phrases)
{
    for (; *phrases != NULL; phrases++)
        if (grams_hold(g, *phrases))
            return true;
    return false;
}

size_t grams_count(const struct grams *g, const char *const *phrases)
{
    size_t n = 0;

    for (; *phrases != NULL; phrases++)
        n += grams_hold(g, *phrases);
    return n;
}
