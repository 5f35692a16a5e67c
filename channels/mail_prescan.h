/* channels/mail_prescan.h - whether a mail may be given to the MIME parser, told in one pass.
 *
 * Pure. The parser's stack and time grow with depth, its memory with fields and parts; a stranger
 * decides all three. Over a limit only the top headers may be read. */
#ifndef RELEVO_CHANNELS_MAIL_PRESCAN_H
#define RELEVO_CHANNELS_MAIL_PRESCAN_H

#include "core/text.h"

enum {
    MAIL_LEVELS_MAX = 100, /* Content-Type fields that say multipart or message */
    MAIL_FIELD_MAX = 100 << 10,
    MAIL_BLOCK_MAX = 1 << 20,
    MAIL_FIELDS_MAX = 2000, /* in one header */
    MAIL_PARTS_MAX = 1000,
};

/* NULL: it may. Else the limit that it is over: "levels", "field", "block", "fields", "parts". */
const char *mail_prescan_over(struct span raw);

#endif
