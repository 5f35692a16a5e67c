/* channels/mail_page.h - Windows' numbers of charsets, and what a mail calls the same.
 *
 * Pure. */
#ifndef RELEVO_CHANNELS_MAIL_PAGE_H
#define RELEVO_CHANNELS_MAIL_PAGE_H

#include "core/text.h"

enum { MAIL_PAGE_WIDE = 1200 }; /* UTF-16, least byte first */

/* For mail_charset_decode(). Empty: the number tells nothing. */
struct span mail_page_charset(unsigned page);
/* The code page that an RTF font's \fcharset means; 0: none of its own. */
unsigned mail_page_of_font(unsigned charset);

#endif
