/* channels/mail_rtf.h - the words of RTF, as Outlook packs mails into it.
 *
 * Pure. Compression: MS-OXRTFCP; HTML in RTF's clothes: MS-OXRTFEX. What is no RTF gives no words
 * that are not there; groups of any depth, a text cut anywhere, numbers of any size are read as far
 * as they go. Work is linear in what is given, what comes out is bounded. */
#ifndef RELEVO_CHANNELS_MAIL_RTF_H
#define RELEVO_CHANNELS_MAIL_RTF_H

#include <stdbool.h>

#include "core/text.h"

enum {
    MAIL_RTF_MAX = 16 << 20, /* bytes of RTF after compression is taken off */
    MAIL_RTF_LEVELS_MAX = 256,
    /* How often a text may go from charset to charset beyond ASCII; there it ends. */
    MAIL_RTF_TURNS_MAX = 20000,
};

/* Adds the RTF in a PR_RTF_COMPRESSED; nothing where it is none. */
void mail_rtf_expand(struct text_buffer *out, struct span packed);
/* Adds what `rtf` says in UTF-8, at most a little over INBOUND_TEXT_MAX. True: that is HTML. */
bool mail_rtf_words(struct text_buffer *out, struct span rtf);

#endif
