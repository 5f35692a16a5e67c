/* channels/mail_quote_block.h - the header of an old mail as a block of lines, "From: Sent: To:
 * Subject:", in some language and order.
 *
 * Pure. Forms that people fill in look like one: what a mail's values are, how complete it is and
 * what stands around it tell them apart. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_BLOCK_H
#define RELEVO_CHANNELS_MAIL_QUOTE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_lines.h"
#include "channels/mail_quote_words_key.h"

enum {
    MAIL_QUOTE_BLOCK_LINES = 24, /* of a header block */
    MAIL_QUOTE_BETWEEN_MAX = 5,  /* lines from what introduces a header to its first */
};

/* Looks at a line as a header, once; returns its key. */
enum mail_quote_key mail_quote_block_key(struct mail_lines *l, size_t i);

/* Where a header block begins at `from`, the line after it; else 0. */
size_t mail_quote_block_end(struct mail_lines *l, size_t from);

/* "Please keep out mails like this one:", above a header with no mail below: its writer shows it,
 * and nothing follows. */
bool mail_quote_block_is_shown(struct mail_lines *l, size_t from);

#endif
