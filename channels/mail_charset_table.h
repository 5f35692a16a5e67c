/* channels/mail_charset_table.h - charsets that IANA registers and ICU lacks: of one byte each.
 *
 * Pure. The letters are those of the registrations (RFC 1456 for VISCII). */
#ifndef RELEVO_CHANNELS_MAIL_CHARSET_TABLE_H
#define RELEVO_CHANNELS_MAIL_CHARSET_TABLE_H

#include <stdbool.h>

#include "core/text.h"

/* "ISO-8859-16", "KOI8-T", "KZ-1048", "PTCP154", "VISCII". */
bool mail_charset_table_has(const char *name);
/* Adds UTF-8; a byte that is no letter becomes U+FFFD. It has this one. */
void mail_charset_table_decode(struct text_buffer *out, struct span bytes, const char *name);

#endif
