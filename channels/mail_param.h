/* channels/mail_param.h - values with parameters: Content-Type, Content-Disposition.
 *
 * Pure. Reads continuations and charsets (RFC 2231), encoded words where they should not be,
 * values without the quotes they need, parameters without the semicolon. */
#ifndef RELEVO_CHANNELS_MAIL_PARAM_H
#define RELEVO_CHANNELS_MAIL_PARAM_H

#include <stddef.h>

#include "core/text.h"

struct arena;

enum { MAIL_PARAMS_MAX = 500 };

struct mail_param {
    struct span name, value; /* unquoted */
};
struct mail_value {
    const char *head; /* "text/plain", in lower case; "" where it says nothing */
    struct mail_param *params;
    size_t count;
};

void mail_param_read(struct arena *a, struct span value, struct mail_value *out);
/* The bytes of a parameter, its pieces put together; empty: there is none. *charset is what it says
 * of itself; may be NULL. */
struct span mail_param_bytes(struct arena *a, const struct mail_value *v, const char *name,
                             struct span *charset);
/* Decoded, on one line; NULL: there is none, or it is empty. */
const char *mail_param_text(struct arena *a, const struct mail_value *v, const char *name,
                            const char *fallback, size_t max);

#endif
