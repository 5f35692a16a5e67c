/* channels/webhook_sign.h - Standard Webhooks: who may call us, and how our own calls are signed.
 *
 * Pure. v1: HMAC-SHA256 by a shared secret "whsec_…"; v1a: Ed25519 by the caller's public key
 * "whpk_…". What is signed is "id.timestamp.body". */
#ifndef RELEVO_CHANNELS_WEBHOOK_SIGN_H
#define RELEVO_CHANNELS_WEBHOOK_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

struct arena;
struct http_request;

enum { WEBHOOK_TOLERANCE_S = 300, WEBHOOK_KEY_MIN = 16, WEBHOOK_KEY_MAX = 256 };

struct webhook_key {
    bool is_public; /* v1a; false: v1 */
    unsigned char bytes[WEBHOOK_KEY_MAX];
    size_t len;
};

/* "whsec_…", "whpk_…", or the base64 of a shared secret without its prefix. */
int webhook_key_read(struct span text, struct webhook_key *out, struct error *err);
void webhook_key_wipe(struct webhook_key *key);

/* Any signature of the call that fits any of the keys suffices, so both sides can change theirs.
 * -1 with ERROR_PERMANENT: the call must not be believed, and why. */
int webhook_sign_check(struct arena *a, const struct webhook_key *keys, size_t count,
                       const struct http_request *req, int64_t now, struct error *err);

/* The value of webhook-signature for a call of ours. The key is a shared one. */
const char *webhook_sign_make(struct arena *a, const struct webhook_key *key, const char *id,
                              int64_t timestamp, struct span body);

#endif
