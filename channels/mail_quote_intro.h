/* channels/mail_quote_intro.h - the lines that introduce what is quoted: "On DAY, NAME wrote:".
 *
 * Pure. Linear in the text. An intro may be wrapped over a few lines, stand behind the writer's
 * words on their line, or before the first words that it quotes. A weak one, which names neither
 * day nor address, is one only where marked quotations follow. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_INTRO_H
#define RELEVO_CHANNELS_MAIL_QUOTE_INTRO_H

#include "channels/mail_lines.h"

/* Notes LINE_IS_INTRO, LINE_IS_STRONG and LINE_IS_CUT; what is marked as quoted is noted already.
 */
void mail_quote_intro_find(struct mail_lines *l);

#endif
