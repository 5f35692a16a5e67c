/* core/near.h - which of the names that are known was meant by one that is nearly right.
 *
 * Pure. Nearly right is what two letters more, fewer or other make of it, and not
 * more than half of its own. */
#ifndef RELEVO_CORE_NEAR_H
#define RELEVO_CORE_NEAR_H

#include <stddef.h>

enum { NEAR_MAX = 2, NEAR_LENGTH = 64 }; /* letters that may be wrong; bytes of a name at most */

struct near {
    const char *said;
    const char *best; /* the nearest so far, borrowed, of equals the first; NULL: none is near */
    size_t least;     /* how far it is, more than NEAR_MAX without one */
};
void near_begin(struct near *n, const char *said);
void near_look(struct near *n, const char *known);

#endif
