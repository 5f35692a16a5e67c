/* channels/mail_html_tag.h - the attributes of a tag, as the parser hands them over.
 *
 * Pure. `attributes`: names and values in turn, then NULL; NULL for none. Names are in any case. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_TAG_H
#define RELEVO_CHANNELS_MAIL_HTML_TAG_H

#include <stdbool.h>

/* Borrowed from them; "" where there is none of that name, or it has no value. */
const char *mail_html_tag_value(const unsigned char **attributes, const char *name);
bool mail_html_tag_has(const unsigned char **attributes, const char *name);

#endif
