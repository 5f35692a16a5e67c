/* core/ticket_event.h - the chain of a ticket's history: each line's hash covers the line before.
 *
 * Pure. SHA-256 over the previous hash and every column of event in a fixed order, each with its
 * length in front, so no two histories give the same bytes. relevoctl verify-history computes the
 * same from the rows. */
#ifndef RELEVO_CORE_TICKET_EVENT_H
#define RELEVO_CORE_TICKET_EVENT_H

#include <stdint.h>

struct ticket_event_line {
    int64_t ticket_id, seq, at, cause;
    int policy_version;
    const char *kind, *actor_kind, *actor, *rule, *why, *detail, *fact; /* NULL differs from "" */
};
void ticket_event_hash(const unsigned char before[32], const struct ticket_event_line *line,
                       unsigned char out[32]);

#endif
