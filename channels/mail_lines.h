/* channels/mail_lines.h - a text in lines, and what is known of each of them.
 *
 * Pure. The lines borrow from the text. Each is read once, however often it is asked; who finds
 * something out notes it in the line for the others. */
#ifndef RELEVO_CHANNELS_MAIL_LINES_H
#define RELEVO_CHANNELS_MAIL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channels/mail_quote_sender.h"
#include "core/text.h"

/* What is known of a line, beside LINE_… of mail_quote_line.h. */
enum {
    LINE_IS_FENCED = 1 << 19, /* between two lines of "```", or one of them */
    LINE_IS_READ = 1 << 20,
    LINE_IS_BLANK = 1 << 21,
    LINE_IS_QUOTED = 1 << 22,
    LINE_IS_INTRO = 1 << 23,  /* or a part of one */
    LINE_IS_STRONG = 1 << 24, /* such a one that what follows is history without marks too */
    LINE_IS_CUT = 1 << 25,    /* its end was an intro, and is gone */
    LINE_IS_KEYED = 1 << 26,  /* was looked at as a header */
    LINE_IS_TIMED = 1 << 27,  /* is one that names a day and time */
    LINE_IS_MAIL = 1 << 28,   /* names an address */
    LINE_IS_MOMENT = 1 << 30, /* is one that names a day and more */
    LINE_IS_HEAD = 1 << 29,   /* an old mail's header or title begins */
    /* here the writer's own words end */
    LINE_IS_OLD = LINE_IS_QUOTED | LINE_IS_INTRO | LINE_IS_HEAD,
};

struct mail_line {
    const char *ptr;
    uint32_t len;
    uint32_t is;
    uint8_t key;  /* of a header, where LINE_IS_KEYED */
    uint8_t keys; /* that one and those within the line: a set of 1 << key */
    uint32_t end; /* where LINE_IS_HEAD: the line after the header; 0: it is a title alone */
};

struct mail_lines {
    struct mail_line *all;
    size_t count;                    /* 1 at the least */
    int guesses;                     /* that may still be made: comparisons with whole tables */
    struct mail_quote_sender sender; /* of the mail; mail_lines_split() knows nobody */
};

/* `text` has LF line ends. */
struct mail_lines mail_lines_split(struct span text);
void mail_lines_clear(struct mail_lines *l);

struct span mail_lines_at(const struct mail_lines *l, size_t i);
bool mail_lines_is(const struct mail_lines *l, size_t i, uint32_t what); /* any of them */
uint32_t mail_lines_read(struct mail_lines *l, size_t i); /* LINE_… too, but of a blank one */

/* The next line from i on that is not blank, within so many; else the count of lines. */
size_t mail_lines_next_words(const struct mail_lines *l, size_t i, size_t within);
enum { MAIL_LINES_QUOTE_WITHIN = 5 }; /* lines below an intro */
/* Does the next one, within those, have the mark of a quotation? */
bool mail_lines_quotes_from(const struct mail_lines *l, size_t i);
/* Nothing stands right above but what is quoted. */
bool mail_lines_begins_alone(const struct mail_lines *l, size_t i);
/* The words above it lead up to it: they end with a colon. */
bool mail_lines_is_announced(const struct mail_lines *l, size_t i);
/* Nothing stands above it but a greeting: "Hello,". */
bool mail_lines_is_greeted(const struct mail_lines *l, size_t i);
bool mail_lines_is_rule(const struct mail_lines *l, size_t i, size_t least); /* of so many signs */

#endif
