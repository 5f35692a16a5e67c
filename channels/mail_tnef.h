/* channels/mail_tnef.h - the words in winmail.dat, for a mail that has no other.
 *
 * Pure. Of a TNEF stream (MS-OXTNEF) the body of the message alone, not what hangs on it: plain
 * text, else HTML, else RTF. It is read here, not by libytnef: that one writes its complaints to
 * standard output, where relevoctl's JSON goes, loses the memory of what hangs on a message, gives
 * up at the first wrong checksum or cut, knows no charsets, and has had over-reads in most of its
 * handlers. Here a length reaches no further than what holds it, nothing is kept but spans, and
 * work is linear in the bytes; a stream over INBOUND_RAW_MAX is not read at all. */
#ifndef RELEVO_CHANNELS_MAIL_TNEF_H
#define RELEVO_CHANNELS_MAIL_TNEF_H

#include <stdbool.h>

#include "core/text.h"

/* Adds the words of `tnef` in UTF-8, of which those within INBOUND_TEXT_MAX count and which may
 * need text_clean() still; nothing where there are none. `fallback` as in mail_charset.h. True:
 * they are HTML. */
bool mail_tnef_words(struct text_buffer *out, struct span tnef, const char *fallback);

#endif
