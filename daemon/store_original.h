/* daemon/store_original.h - an original ready to be kept: taken apart, each piece with its digest.
 *
 * Pure. For a large one that is a quarter of a second of work, so it can be done in steps, between
 * which the loop turns. */
#ifndef RELEVO_DAEMON_STORE_ORIGINAL_H
#define RELEVO_DAEMON_STORE_ORIGINAL_H

#include "core/original.h"

struct store_original {
    struct span digest; /* of the whole */
    struct original parts;
    struct span *digests; /* of parts.cuts, in their order */
};
struct store_making;

/* Borrows `raw`; only mails are taken apart. What comes of it is the arena's. */
struct store_making *store_original_begin(struct arena *a, struct span raw, const char *type);
/* Does about `bytes` bytes more; NULL: there is more to do. */
const struct store_original *store_original_go_on(struct store_making *m, size_t bytes);
/* Takes NULL; what came of it stays. */
void store_original_end(struct store_making *m);

/* All at once. */
const struct store_original *store_original_make(struct arena *a, struct span raw,
                                                 const char *type);

/* SHA-256; the arena's. */
struct span store_digest(struct arena *a, struct span bytes);

#endif
