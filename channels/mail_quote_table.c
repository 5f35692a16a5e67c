#include "channels/mail_quote_table.h"

#include <stdint.h>
#include <string.h>

enum { PAIRS = 1024 };

/* Which pairs of bytes stand in a text, or others that fall together with them. */
struct pairs {
    uint64_t bits[PAIRS / 64];
};

static unsigned pair_at(const char *p)
{
    return ((unsigned char)p[0] * 37u + (unsigned char)p[1]) % PAIRS;
}

static void pairs_read(struct pairs *pairs, struct span s)
{
    size_t i;

    memset(pairs, 0, sizeof(*pairs));
    for (i = 0; i + 1 < s.len; i++)
        pairs->bits[pair_at(s.ptr + i) / 64] |= (uint64_t)1 << pair_at(s.ptr + i) % 64;
}

static bool pairs_have(const struct pairs *pairs, const char *p)
{
    return (pairs->bits[pair_at(p) / 64] >> pair_at(p) % 64 & 1) != 0;
}

/* Most words are ruled out by the pairs that they begin with, so that the text is looked through
 * once, not once for each. */
bool mail_quote_table_holds_any(struct span s, const char *const *words)
{
    struct pairs pairs;

    pairs_read(&pairs, s);
    for (; *words != NULL; words++)
        if (pairs_have(&pairs, *words) && ((*words)[2] == '\0' || pairs_have(&pairs, *words + 1)) &&
            memmem(s.ptr, s.len, *words, strlen(*words)) != NULL)
            return true;
    return false;
}

/* Does `entry` stand before s, at it (0), or after it, as far as its first '*'? It is at s where s
 * begins with it. */
static int compare(const char *entry, struct span s)
{
    size_t i;

    for (i = 0; entry[i] != '\0' && entry[i] != '*'; i++) {
        if (i == s.len)
            return 1;
        if (entry[i] != s.ptr[i])
            return (unsigned char)entry[i] < (unsigned char)s.ptr[i] ? -1 : 1;
    }
    return 0;
}

static const char *entry_at(const struct mail_quote_table *t, size_t row)
{
    return *(const char *const *)((const char *)t->rows + row * t->stride);
}

size_t mail_quote_table_place(const struct mail_quote_table *t, struct span s)
{
    size_t low = 0, high = t->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(entry_at(t, middle), s) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const void *mail_quote_table_find(const struct mail_quote_table *t, struct span s)
{
    size_t at = mail_quote_table_place(t, s);

    return at > 0 && span_is(s, entry_at(t, at - 1))
               ? (const void *)((const char *)t->rows + (at - 1) * t->stride)
               : NULL;
}

bool mail_quote_table_is_in_order(const struct mail_quote_table *t)
{
    size_t i;

    for (i = 1; i < t->count; i++) {
        const char *a = entry_at(t, i - 1), *b = entry_at(t, i);
        size_t la = strcspn(a, "*"), lb = strcspn(b, "*");
        int order = memcmp(a, b, la < lb ? la : lb);

        if (order > 0 || (order == 0 && la > lb) || strcmp(a, b) == 0)
            return false;
    }
    return true;
}
