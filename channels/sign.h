/* channels/sign.h - digests, signatures, base64 and hex, and comparing without telling by time.
 *
 * Pure. The mathematics is OpenSSL's; here are the forms in which providers use it. */
#ifndef RELEVO_CHANNELS_SIGN_H
#define RELEVO_CHANNELS_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

struct arena;

enum { SIGN_SHA1_BYTES = 20, SIGN_SHA256_BYTES = 32, SIGN_ED25519_KEY = 32, SIGN_ED25519 = 64 };

void sign_hmac_sha1(struct span key, struct span data, unsigned char out[SIGN_SHA1_BYTES]);
void sign_hmac_sha256(struct span key, struct span data, unsigned char out[SIGN_SHA256_BYTES]);
void sign_sha256(struct span data, unsigned char out[SIGN_SHA256_BYTES]);
bool sign_ed25519_is_by(struct span public_key, struct span data, struct span signature);

/* Equal in length and bytes; takes as long for any bytes of that length. */
bool sign_is_equal(struct span a, struct span b);

char *sign_base64(struct arena *a, struct span bytes);
/* Strict but for the padding, which may be missing. False: it is none. */
bool sign_unbase64(struct arena *a, struct span text, struct span *out);
char *sign_hex(struct arena *a, struct span bytes); /* lower case */

/* Bytes that nobody can guess; without them the process ends. */
void sign_random(unsigned char *out, size_t len);

/* Wipes and frees; takes NULL. */
void sign_secret_free(char *secret);

#endif
