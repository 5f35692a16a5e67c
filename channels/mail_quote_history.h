/* channels/mail_quote_history.h - where history begins that is not marked: below a header block, a
 * title of a mail program, or an intro.
 *
 * Pure. What is quoted and the intros are noted in the lines already. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_HISTORY_H
#define RELEVO_CHANNELS_MAIL_QUOTE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_lines.h"

enum {
    MAIL_QUOTE_BLOCK_LINES = 24,     /* of a header block */
    MAIL_QUOTE_TITLE_LINE_MAX = 200, /* bytes of a line with a title between dashes */
    MAIL_QUOTE_BEGIN_LINE_MAX = 100, /* the same without dashes */
};

/* Does it begin with line i? *skip is set to the line after what introduces marked history, where
 * it is that, else to 0. `said`: the writer's own words stand above. */
bool mail_quote_history_begins(struct mail_lines *l, size_t i, bool said, size_t *skip);
/* "Thanks.-------- Original message --------From: Eva": a title that a program has run into the
 * words above it. Those stay, the line ends with them; true: what follows is old. */
bool mail_quote_history_cut(struct mail_lines *l, size_t i);

#endif
