/* channels/mail_quote_notice.h - what gateways and lawyers put round what was written.
 *
 * Pure. A gateway puts its warning of mail from outside above, lawyers want their notices below. A
 * language is added by adding its phrases. A sentence kept too much is better than one lost: a
 * warning has to name the mail as one from outside and to forbid something, a notice to speak of
 * this mail; lines in which somebody speaks of themselves, or asks, are the writer's own unless
 * several phrases of lawyers stand together. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_NOTICE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_NOTICE_H

#include <stdbool.h>

#include "core/text.h"

/* What is left of `said` (LF line ends) without both, a part of it; `said` where that were nothing.
 */
struct span mail_quote_notice_strip(struct span said);

/* Is all of it a gateway's warning, and what is drawn round it? */
bool mail_quote_notice_is_warning(struct span text);

/* Does somebody speak in the line, of himself, or ask? */
bool mail_quote_notice_speaks(struct span line);
bool mail_quote_notice_speaks_of_himself(struct span line);

#endif
