/* tests/support/dice.h - chance that a seed repeats. */
#ifndef RELEVO_TESTS_DICE_H
#define RELEVO_TESTS_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};
struct dice dice_from(uint64_t seed);
int dice_below(struct dice *d, int n); /* 0 … n-1 */
bool dice_one_in(struct dice *d, int n);
#define DICE_ONE_OF(d, list) ((list)[dice_below((d), (int)(sizeof(list) / sizeof((list)[0])))])

#endif
