/* channels/mail_html_write.h - the words of HTML, and what stands between them.
 *
 * Pure. Blanks, line ends and marks are owed until the next word comes: so the most that was asked
 * for counts, and nothing of it is left at the end. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_WRITE_H
#define RELEVO_CHANNELS_MAIL_HTML_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_html_list.h"
#include "core/text.h"

enum mail_html_blanks {
    MAIL_HTML_BLANKS_FOLDED, /* to one, line ends too */
    MAIL_HTML_BLANKS_LINES,  /* but line ends are kept */
    MAIL_HTML_BLANKS_KEPT,
};

/* All zero to begin with. As elements begin and end the caller sets `blanks`, `marks`, `marker`
 * and `cell`; text_buffer_clear() of `out` ends it. */
struct mail_html_writer {
    struct text_buffer out; /* what there is so far */
    enum mail_html_blanks blanks;
    int marks;                          /* "> " before each line that begins */
    char marker[MAIL_HTML_LIST_MARKER]; /* before the next word: an item's; "": none */
    int breaks;                         /* line ends that are owed before the next word */
    bool space, cell;                   /* a blank that is owed; cell: between those of a table */
    bool line_begun;
};

/* `n` line ends are owed, unless more are. */
void mail_html_write_breaks(struct mail_html_writer *w, int n);
/* One more is owed, up to a blank line. */
void mail_html_write_break(struct mail_html_writer *w);
/* Adds UTF-8, as far as there is room up to INBOUND_TEXT_MAX. */
void mail_html_write_text(struct mail_html_writer *w, const char *s, size_t len);
/* The lines from there on, where others stand above them, get the mark of a quotation, as far as
 * there is room. `from`: the length of `out` at some end of a line. */
void mail_html_write_mark(struct mail_html_writer *w, size_t from);

#endif
