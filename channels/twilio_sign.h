/* channels/twilio_sign.h - is this call Twilio's? twilio-signature-v1.
 *
 * Pure. HMAC-SHA1 over the URL as Twilio called it and the sorted fields of a form; a JSON body is
 * vouched for by bodySHA256 in the URL. Twilio is of two minds about the port and about apostrophes
 * in the URL, so the forms it is known to sign are all tried. */
#ifndef RELEVO_CHANNELS_TWILIO_SIGN_H
#define RELEVO_CHANNELS_TWILIO_SIGN_H

#include <stdbool.h>

#include "core/text.h"

struct arena;
struct form;
struct http_request;

/* `form`: the fields of a form that was posted; NULL: none was. */
bool twilio_sign_is_good(struct arena *a, struct span token, const struct http_request *req,
                         const struct form *form);

#endif
