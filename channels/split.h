/* channels/split.h - long texts in parts that a provider takes.
 *
 * Pure. */
#ifndef RELEVO_CHANNELS_SPLIT_H
#define RELEVO_CHANNELS_SPLIT_H

#include <stddef.h>

#include "core/text.h"

/* How many bytes of `text` (UTF-8) make the next part: at most `units_max` UTF-16 units, which is
 * how providers count; cut after a line end or a blank in its last third where there is one, never
 * in a character. */
size_t split_next(struct span text, size_t units_max);

#endif
