/* channels/mail_quote_intro.h - the lines that introduce what is quoted: "On DAY, NAME wrote:".
 *
 * Pure. Linear in the text. An intro may be wrapped over a few lines, stand behind the writer's
 * words on their line, or before the first words that it quotes. A weak one, which names neither
 * day nor address, is one only where marked quotations follow. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_INTRO_H
#define RELEVO_CHANNELS_MAIL_QUOTE_INTRO_H

#include <stdbool.h>

#include "channels/mail_lines.h"
#include "core/text.h"

/* Notes LINE_IS_INTRO, LINE_IS_STRONG and LINE_IS_CUT; what is marked as quoted is noted already.
 */
void mail_quote_intro_find(struct mail_lines *l);

/* Does this line introduce an indented block below it? More is asked than of one above marked
 * quotations: people indent lists below "please send these by 1 June:". */
bool mail_quote_intro_is_above(struct span line);

#endif
