#include "core/grams.h"

#include <string.h>

enum { GRAM = 3 };

static uint32_t next(uint32_t gram, char c)
{
    return (gram << 8 | (unsigned char)c) & 0xffffff;
}

static unsigned bit_of(uint32_t gram)
{
    return ((gram >> 16) * 41U + (gram >> 8 & 0xff) * 1021U + (gram & 0xff) * 3U) %
           (GRAMS_WORDS * 64);
}

void grams_start(struct grams *g)
{
    memset(g, 0, sizeof(*g));
}

void grams_add(struct grams *g, struct span piece)
{
    size_t i;

    for (i = 0; i < piece.len; i++) {
        unsigned bit = bit_of(g->last = next(g->last, piece.ptr[i]));

        if (g->added + i + 1 >= GRAM)
            g->bits[bit / 64] |= (uint64_t)1 << bit % 64;
    }
    g->added += piece.len;
}

void grams_take(struct grams *g, struct span text)
{
    grams_start(g);
    grams_add(g, text);
    g->text = text;
}

static bool may_hold(const struct grams *g, const char *phrase)
{
    uint32_t gram = 0;
    size_t i;

    for (i = 0; phrase[i] != '\0'; i++) {
        unsigned bit = bit_of(gram = next(gram, phrase[i]));

        if (i + 1 >= GRAM && (g->bits[bit / 64] >> bit % 64 & 1) == 0)
            return false;
    }
    return true;
}

bool grams_may_hold_any(const struct grams *g, const char *const *phrases)
{
    for (; *phrases != NULL; phrases++)
        if (may_hold(g, *phrases))
            return true;
    return false;
}

bool grams_hold(const struct grams *g, const char *phrase)
{
    return may_hold(g, phrase) && memmem(g->text.ptr, g->text.len, phrase, strlen(phrase)) != NULL;
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
