/* channels/mail_charset.h - bytes of some charset, declared rightly, wrongly or not at all, become
 * UTF-8.
 *
 * Pure. What is declared is doubted where the bytes contradict it; nothing is ever refused: what
 * cannot be read becomes U+FFFD. */
#ifndef RELEVO_CHANNELS_MAIL_CHARSET_H
#define RELEVO_CHANNELS_MAIL_CHARSET_H

#include <stdbool.h>

#include "core/text.h"

struct arena;

/* Adds what `bytes` say. `charset` is as the mail names it; empty: it says nothing. `fallback` is
 * what text that says nothing is likely to be in; NULL: nothing is known, it is guessed. Reads no
 * more than 2 * max bytes; the result may need text_clean() still. */
void mail_charset_decode(struct text_buffer *out, struct span bytes, struct span charset,
                         const char *fallback, size_t max);
/* Does it name a charset that can be read? us-ascii and "unknown" do not count. */
bool mail_charset_is_known(struct span charset);
bool mail_charset_is_utf8(struct span charset);
/* The converter that is meant by it; NULL: UTF-8, which text tells by itself, or none. */
const char *mail_charset_name(struct arena *a, struct span charset);
/* What these bytes are in though that is what they are called; NULL: they may well be. */
const char *mail_charset_instead(struct span bytes, const char *name);
/* Likewise of bytes that do not say it; NULL: they may be anything. */
const char *mail_charset_guess(struct arena *a, struct span bytes);
/* The same in UTF-8, where it has shifts of ISO-2022-JP: between them any byte is half a character,
 * also that of a quote or a bracket. */
struct span mail_charset_unshifted(struct arena *a, struct span bytes);

#endif
