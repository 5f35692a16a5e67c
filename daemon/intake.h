/* daemon/intake.h - messages come in, batches go to the store: nothing lost, nothing twice.
 *
 * Loop thread. Batches by itself: idle, it starts at once; while a batch is in flight the next one
 * gathers, up to INTAKE_BATCH_MAX messages or INTAKE_BYTES_MAX bytes. Beyond INTAKE_QUEUE_MAX
 * waiting it refuses (done with -1): back-pressure, so memory stays bounded. Per channel the order
 * of arrival is kept. An original over INTAKE_STEP is made ready for the store a piece at a time,
 * so that the loop never stops for it; who comes behind it waits. A batch that fails for its
 * content is split until the one bad message stands alone in quarantine with its raw bytes. */
#ifndef RELEVO_DAEMON_INTAKE_H
#define RELEVO_DAEMON_INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "core/inbound.h"

struct desk_channel;
struct intake;
struct store;

enum {
    INTAKE_BATCH_MAX = 500,
    INTAKE_BYTES_MAX = 32 << 20,
    INTAKE_QUEUE_MAX = 4000,
    INTAKE_TELL_MS = 60000,
    INTAKE_STEP = 256 << 10, /* bytes: some 2 ms */
};
struct intake_counts {
    uint64_t messages, duplicates, ignored, quarantined, receipts, retries, refused;
    size_t waiting, in_flight;
};

struct intake *intake_new(struct store *s);
void intake_free(struct intake *i);
/* Takes `in`. `done` (may be NULL) runs once, on the loop: 0 committed (also as duplicate, ignored
 * or quarantined), -1 not stored and must come again. */
void intake_take(struct intake *i, struct desk_channel *from, struct inbound *in,
                 void (*done)(void *arg, int rc), void *arg);
const struct intake_counts *intake_counts(const struct intake *i);

#endif
