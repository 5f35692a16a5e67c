/* channels/mail_quote_signature.h - where a signature begins, and which lines a mail program adds
 * of itself.
 *
 * Pure. Told by "-- ", by a rule with what reads like a visiting card or a footer below, by a name
 * behind a dash. What is quoted and the intros are noted in the lines already. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_SIGNATURE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_lines.h"

/* What is drawn above, and began no signature. */
struct mail_quote_drawn {
    bool rule;
    bool dashes;   /* a lone "--" */
    size_t footer; /* line with which one begins, below what is said below a rule; 0: none does */
};

/* Does it begin with line i, which is not blank? Asked line after line, with *above all zero before
 * the first. */
bool mail_quote_signature_begins(struct mail_lines *l, size_t i, struct mail_quote_drawn *above);
/* "PS: ...", below a signature: the writer goes on. */
bool mail_quote_signature_has_postscript(const struct mail_lines *l, size_t i);
/* "Sent from my phone", in a paragraph of its own. */
bool mail_quote_signature_is_program(const struct mail_lines *l, size_t i);

#endif
