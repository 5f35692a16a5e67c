/* core/base64.h - what a character of base64 stands for (RFC 4648, section 4), for whoever reads
 * much of it.
 *
 * Pure. Files are most of what mails carry, so their bytes are looked up. */
#ifndef RELEVO_CORE_BASE64_H
#define RELEVO_CORE_BASE64_H

/* Each digit's value and one; 0: it is none. */
extern const unsigned char base64_digits[256];

#endif
