/* channels/payload.h - JSON that a provider sent: read with bounds, its texts made ours.
 *
 * Pure. Bodies are bounded by whoever received them. */
#ifndef RELEVO_CHANNELS_PAYLOAD_H
#define RELEVO_CHANNELS_PAYLOAD_H

#include <jansson.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

struct arena;

/* An object; json_decref() it. NULL with ERROR_PERMANENT "json: line 1, column 5: …", without what
 * stood there. Duplicate keys are an error (S-40). */
json_t *payload_read(struct span body, struct error *err);

/* o may be NULL or no object, which reads like an absent member. */
const json_t *payload_at(const json_t *o, const char *key);
/* Clean text of at most max bytes; NULL: no such text. Over the bound it is cut. */
const char *payload_text(struct arena *a, const json_t *o, const char *key, size_t max);
/* Likewise on one line. */
const char *payload_line(struct arena *a, const json_t *o, const char *key, size_t max);
/* An id: a text of at most INBOUND_ID_MAX bytes without control bytes, or a whole number as its
 * digits; NULL: there is none. Never cut: half an id is another id. */
const char *payload_id(struct arena *a, const json_t *o, const char *key);
int64_t payload_int(const json_t *o, const char *key); /* absent or no whole number: 0 */

/* RFC 3339 in UTC seconds; 0: it is none. */
int64_t payload_time(const char *text);
/* A time that a stranger said: 0 where it is more than INBOUND_KEPT_MAX_S past or 5 minutes to
 * come. */
int64_t payload_plausible(int64_t said, int64_t now);

#endif
