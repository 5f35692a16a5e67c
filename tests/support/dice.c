#include "tests/support/dice.h"

struct dice dice_from(uint64_t seed)
{
    return (struct dice){ seed * 0x2545f4914f6cdd1du + 1 };
}

static uint64_t dice_roll(struct dice *d) /* splitmix64 */
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

int dice_below(struct dice *d, int n)
{
    return (int)(dice_roll(d) % (uint64_t)n);
}

bool dice_one_in(struct dice *d, int n)
{
    return dice_below(d, n) == 0;
}
