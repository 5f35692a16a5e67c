/* channels/mail_quote_history.h - where history begins that is not marked: below a header block, a
 * title of a mail program, or an intro.
 *
 * Pure. What is quoted and the intros are noted in the lines already. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_HISTORY_H
#define RELEVO_CHANNELS_MAIL_QUOTE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_lines.h"
#include "core/text.h"

enum {
    MAIL_QUOTE_TITLE_LINE_MAX = 200, /* bytes of a line with a title between dashes */
    MAIL_QUOTE_BEGIN_LINE_MAX = 100, /* the same without dashes */
};

/* Notes where an old mail begins that is not marked: as an intro a bare "Original message" and the
 * sender's name in Lotus Notes, as LINE_IS_HEAD its header and its title. */
void mail_quote_history_find(struct mail_lines *l);

/* Are the first words of `text` from the byte `at` on, the begin of a line, the header or the title
 * of an old mail whose words stand there, too? Few lines above and below are looked at. */
bool mail_quote_history_opens(struct span text, size_t at);

/* What a line has to do with it; all zero: nothing. */
struct mail_quote_history {
    bool begins;  /* with this line */
    bool marker;  /* the line above which a help desk wants its answer */
    size_t skip;  /* else the line after what introduces marked history, where it is that: the marks
                   * tell where it ends, and the writer may go on below */
    size_t words; /* else how many bytes of it stay before a title that a program has run into them:
                   * "Thanks.-------- Original message --------From: Eva" */
};
/* Of line i, which is not blank; it goes by what mail_quote_history_find() noted. */
struct mail_quote_history mail_quote_history_at(struct mail_lines *l, size_t i);

#endif
