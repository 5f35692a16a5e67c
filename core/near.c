#include "core/near.h"

#include <string.h>

/* How many letters must be put in, taken out or changed (Levenshtein). */
static size_t near_distance(const char *x, const char *y)
{
    size_t row[NEAR_LENGTH + 1], lx = strlen(x), ly = strlen(y), i, j, diagonal, above;

    if (lx > NEAR_LENGTH || ly > NEAR_LENGTH)
        return NEAR_LENGTH;
    for (j = 0; j <= ly; j++)
        row[j] = j;
    for (i = 1; i <= lx; i++) {
        diagonal = row[0];
        row[0] = i;
        for (j = 1; j <= ly; j++) {
            above = row[j];
            row[j] = diagonal + (x[i - 1] != y[j - 1]);
            if (above + 1 < row[j])
                row[j] = above + 1;
            if (row[j - 1] + 1 < row[j])
                row[j] = row[j - 1] + 1;
            diagonal = above;
        }
    }
    return row[ly];
}

void near_begin(struct near *n, const char *said)
{
    *n = (struct near){ .said = said, .least = NEAR_MAX + 1 };
}

void near_look(struct near *n, const char *known)
{
    size_t d = near_distance(n->said, known);

    if (d < n->least && 2 * d <= strlen(n->said)) {
        n->least = d;
        n->best = known;
    }
}
