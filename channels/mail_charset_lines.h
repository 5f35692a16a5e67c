/* channels/mail_charset_lines.h - a text of which some lines are UTF-8 and others are not: what one
 * program wrote and another one quoted, or put below it.
 *
 * Pure. */
#ifndef RELEVO_CHANNELS_MAIL_CHARSET_LINES_H
#define RELEVO_CHANNELS_MAIL_CHARSET_LINES_H

#include <stdbool.h>

#include "core/text.h"

struct mail_utf8_count {
    size_t good; /* characters beyond ASCII */
    size_t bad;  /* bytes that are none of one */
    bool cut;    /* the last character may go on behind the end, */
    bool torn;   /* and more than its first byte is there */
};

struct mail_utf8_count mail_utf8_count(struct span s);

/* Are there lines of both sorts? `named`: it is called UTF-8; otherwise what is UTF-8 by its bytes
 * may be somebody's example of letters gone wrong, and more of it is asked for. */
bool mail_charset_lines_differ(struct span s, bool named);
/* Has the line at *at, which is moved behind its '\n', letters of something else than UTF-8? A
 * character that a line's end tears apart is none. *line: with its '\n'. False at the end. */
bool mail_charset_lines_next(struct span s, size_t *at, struct span *line, bool *other);

#endif
