/* channels/mail_transfer.h - Content-Transfer-Encoding taken off, as broken as it comes.
 *
 * Pure. Nothing is refused: what does not belong into base64 is passed over, what is no escape in
 * quoted-printable and words that are called base64 stay as they stand. */
#ifndef RELEVO_CHANNELS_MAIL_TRANSFER_H
#define RELEVO_CHANNELS_MAIL_TRANSFER_H

#include <stdbool.h>

#include "core/text.h"

enum mail_transfer {
    MAIL_TRANSFER_NONE, /* 7bit, 8bit, binary, and what nobody knows */
    MAIL_TRANSFER_BASE64,
    MAIL_TRANSFER_QUOTED,
    MAIL_TRANSFER_UUENCODE,
};

enum mail_transfer mail_transfer_of(struct span value);
const char *mail_transfer_name(enum mail_transfer how); /* "quoted-printable" */
/* Adds the bytes of a body; never more than three times s.len of them. */
void mail_transfer_decode(struct text_buffer *out, struct span s, enum mail_transfer how);
/* A line of uuencode, without its end: a length and as many characters; blanks at its end may have
 * been lost, a checksum may follow. */
bool mail_transfer_is_uu(struct span line);
/* The B of encoded words: base64 whatever it looks like. */
void mail_transfer_decode_b(struct text_buffer *out, struct span s);
/* The Q of encoded words: as quoted-printable, but "_" is a blank. */
void mail_transfer_decode_q(struct text_buffer *out, struct span s);

#endif
