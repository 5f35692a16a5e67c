/* core/token.h - reply tokens: who holds one was written to about that ticket (S-1 to S-3). And
 * delivery tokens: where a report of a failure comes back to, and which delivery it tells of.
 *
 * Pure. "t" then base32 (lower case, RFC 4648 alphabet without padding) of 8 bytes ticket id and 16
 * bytes of HMAC-SHA256 over ("relevo reply token 1", ticket id, recipient): 40 characters in all
 * that survive mail servers which change case. The recipient is the address it was sent to, so
 * another's token does not fit. A delivery's token is the same with "d", its id and no recipient,
 * for a delivery has but one. */
#ifndef RELEVO_CORE_TOKEN_H
#define RELEVO_CORE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/text.h"

enum { TOKEN_CHARS = 40, TOKEN_KEY_BYTES = 32 };

/* `recipient` is canonical: an e-mail address or the address value of another kind. */
void token_make(const unsigned char key[TOKEN_KEY_BYTES], int64_t ticket_id, const char *recipient,
                char out[TOKEN_CHARS + 1]);
/* The ticket id it names, unverified; 0: it is no token. Case does not matter. */
int64_t token_ticket(struct span token);
/* Constant time. */
bool token_fits(const unsigned char key[TOKEN_KEY_BYTES], struct span token, int64_t ticket_id,
                const char *recipient);
void token_make_delivery(const unsigned char key[TOKEN_KEY_BYTES], int64_t delivery_id,
                         char out[TOKEN_CHARS + 1]);
/* The delivery that it names; 0: it names none, or was not made with this key. Constant time. */
int64_t token_delivery(const unsigned char key[TOKEN_KEY_BYTES], struct span token);
/* The first token of either sort inside an address or a Message-ID ("support+t…@x", "t….7@x");
 * empty: none. */
struct span token_find(struct span within);

#endif
