/* channels/mail_quote_line.h - one line of a mail's text: does it look like history, and how?
 *
 * Pure. Nothing here looks at more than LINE_READ_MAX bytes of a line, or at another line. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_LINE_H
#define RELEVO_CHANNELS_MAIL_QUOTE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "channels/mail_quote_words_key.h"
#include "core/text.h"

enum { LINE_READ_MAX = 400 };

/* What stands in a line, as far as an intro ("On DAY, NAME wrote:") is told by it. */
enum {
    LINE_VERB = 1 << 0,      /* "wrote" */
    LINE_VERB_LAST = 1 << 1, /* as its last word, or nearly */
    LINE_ADDRESS = 1 << 2,   /* of mail */
    LINE_TIME = 1 << 3,      /* 9:05, or "kl. 9.05" */
    LINE_YEAR = 1 << 4,      /* 2026 */
    LINE_DATE = 1 << 5,      /* 1/6/26 */
    LINE_NUMBER = 1 << 6,    /* any */
    LINE_NUMBERS = 1 << 7,   /* more than one */
    LINE_OPENER = 1 << 8,    /* begins with "On" */
    LINE_DAY_FIRST = 1 << 9, /* begins with a number, or a short word and a number */
    LINE_QUOTING = 1 << 10,  /* "Quoting NAME" */
    LINE_COLON = 1 << 11,    /* ends with one */
    LINE_ANGLE = 1 << 12,    /* ends with a bracket, before the colon */
    LINE_LONG = 1 << 13,     /* more than can be read, or than an intro has */
    LINE_NO_WORD = 1 << 14,  /* no letter and no digit */
    LINE_DASHED = 1 << 15,   /* stands between dashes */
    LINE_LOW = 1 << 17,      /* begins with a small letter */
    LINE_SIGNED = 1 << 16,   /* an address in angle brackets, with at most a verb after it */
};
unsigned mail_quote_line_read(struct span line);

/* Could an intro end here? A cheap question that comes before mail_quote_line_read(). */
bool mail_quote_line_may_end(struct span line);

/* Does it begin with a word like "On"? */
bool mail_quote_line_is_opened(struct span line);

/* In lower case, white space as one blank, without the marks of writing directions and bold.
 * Returns what is written to `to`. */
struct span mail_quote_line_fold(struct span line, char *to, size_t room);

/* As span_trim(), but for every kind of blank, and marks of writing directions. */
struct span mail_quote_line_trim(struct span line);
int32_t mail_quote_line_first(struct span s); /* its first character; not above 0: there is none */
size_t mail_quote_line_blanks(struct span s);
bool mail_quote_line_has_at(struct span s);   /* the sign of an address */
bool mail_quote_line_has_link(struct span s); /* of the web, or an address */
bool mail_quote_line_begins_upper(struct span s);

/* With the sign that ends a sentence in scripts that have their own. */
bool mail_quote_line_ends_wide(struct span s);

/* How many words a name has; 0: some word does not begin as a name's do. */
size_t mail_quote_line_names(struct span s);

/* Depth of ">" before a line; 0: none. *rest is what follows them. */
unsigned mail_quote_line_depth(struct span line, struct span *rest);

/* "AB> text", "| text" or ": text": quotations of some programs, to be believed below an intro. */
bool mail_quote_line_is_marked(struct span line);

/* Nothing but at least `least` of one of "-_=*~#+", or long dashes: which sign, LINE_LONG_DASH for
 * any of the latter; 0: it is no rule. */
enum { LINE_LONG_DASH = 0x2014 };
int mail_quote_line_rule(struct span line, size_t least);

/* Its key when a line is of a header block, and *value what comes after. */
enum mail_quote_key mail_quote_line_key(struct span line, struct span *value);
/* "KEY: VALUE" with a key of a few words of any language, and no number in it. */
bool mail_quote_line_is_field(struct span line, struct span *value);
/* Has a subject the prefix of an answer: "Re: lamp"? */
bool mail_quote_line_is_answer(struct span subject);
/* The keys that stand within a value: "Date: today From: me To: you"; a set of 1 << key. */
unsigned mail_quote_line_keys_within(struct span value);

/* What stands between dashes: "original message". Empty: it is not such a line. */
struct span mail_quote_line_between_dashes(struct span line);

/* Where an intro begins that follows words on the same line: "Yes. On 1 June Eva wrote:". 0: none
 * does. */
size_t mail_quote_line_inner_intro(struct span line);

#endif
