/* channels/mail_words.h - the words by which mail programs' own messages are known, in the
 * languages of the world.
 *
 * Pure. Words are compared folded: lower case by Unicode's rules, one apostrophe, each run of
 * white space one blank. The tables are written so. */
#ifndef RELEVO_CHANNELS_MAIL_WORDS_H
#define RELEVO_CHANNELS_MAIL_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/text.h"

struct arena;

/* Tables end with NULL. */

/* --- mail_words_server.c: who sends a notice, and its subject */
extern const char *const mail_words_daemon[];         /* a mail server's name as a sender */
extern const char *const mail_words_failed_subject[]; /* delivery failed */
extern const char *const mail_words_status_subject[]; /* something of the delivery is told */
extern const char *const mail_words_introduction[];   /* a server says first who it is */
extern const char *const mail_words_automatic[];      /* a program wrote it by itself: stems, */
extern const char *const mail_words_this[];           /* of what it says so, */
extern const char *const mail_words_software[];       /* and what program */

/* --- mail_words_delivery.c: the notice itself */
extern const char *const mail_words_failed[];
extern const char *const mail_words_warning[];  /* nothing is to be done yet, it only tells */
extern const char *const mail_words_delayed[];  /* it is still being tried */
extern const char *const mail_words_reason[];   /* why servers refuse */
extern const char *const mail_words_unknown[];  /* the same in a word that everybody has */
extern const char *const mail_words_returned[]; /* the line before the mail that came back */
extern const char *const mail_words_attached[]; /* it is not below, but beside the notice */

/* --- mail_words_answer.c: programs that answer for persons */
extern const char *const mail_words_reply_prefix[]; /* Re:, Fwd: and their like, with the colon */
extern const char *const mail_words_auto_reply[];   /* an automatic answer's subject begins so */
extern const char *const mail_words_absence[];      /* nobody is there: anywhere in a subject */
extern const char *const mail_words_away[]; /* the same, of what answers by itself: in its text */
extern const char *const mail_words_challenge[]; /* the writer is to prove himself */

/* The letter below the marks of `c`, as typewriters have it, 'e' of "é"; 0: there is none. */
char mail_words_letter_below(int32_t c);

char *mail_words_fold(struct arena *a, struct span s);
/* The first of the words that stands anywhere in `folded`; NULL: none does. */
const char *mail_words_find(const char *folded, const char *const *words);
/* The same where the writer had no accents: in plain ASCII, "nao" is "não" as well. */
const char *mail_words_find_plain(const char *folded, const char *const *words);
/* The first of the words that `folded` begins with; NULL: with none. */
const char *mail_words_begin(const char *folded, const char *const *words);

#endif
