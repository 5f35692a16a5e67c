/* core/fact_inbound.h - a message becomes a fact: here it loses the channel it came by.
 *
 * Pure. The one seam between core/inbound.h, which knows the outside world, and core/fact.h, which
 * the planner reads. */
#ifndef RELEVO_CORE_FACT_INBOUND_H
#define RELEVO_CORE_FACT_INBOUND_H

#include <stdint.h>

struct fact;
struct inbound;
struct thread_found;

/* The FACT_CUSTOMER_WROTE, at `now`, of an INBOUND_MESSAGE whose ticket is `found`. Borrows from
 * both. Its own `now` and `message_id` stay 0: who decides and stores it knows them. */
void fact_from_inbound(const struct inbound *in, const struct thread_found *found, int64_t now,
                       struct fact *out);

#endif
