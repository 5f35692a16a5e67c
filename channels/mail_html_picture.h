/* channels/mail_html_picture.h - pictures that are written within HTML itself (RFC 2397).
 *
 * Pure. Linear. Editors of the web write the bytes of a picture into its address, in base64, often
 * megabytes of them, and the words behind it would be over every bound on a text. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_PICTURE_H
#define RELEVO_CHANNELS_MAIL_HTML_PICTURE_H

#include "core/text.h"

enum {
    HTML_PICTURE_HEAD_MAX =
        200, /* bytes of "data:image/png;base64,": a type and what belongs to it */
    HTML_PICTURE_LEAST = 4 << 10, /* bytes; a smaller picture stays */
};

/* Takes the base64 of each out of `html`, which is in any charset that holds ASCII as it is; the
 * head of its address stays. */
void mail_html_drop_pictures(struct text_buffer *html);

#endif
