/* channels/mail_bounce_other.h - what is written in the words of bounces and is none.
 *
 * Pure. Words are folded (mail_words.h). A server's proof (reply codes, a report's fields) is
 * weighed by who asks; these tell only what the words say. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_OTHER_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_OTHER_H

#include <stdbool.h>

#include "core/text.h"

struct arena;
struct mail_header;

/* Tables end with NULL. */
extern const char *const mail_other_own_mailbox[]; /* of the reader's own: full, spam held back */
extern const char *const mail_other_proof[];       /* the writer is to prove himself first */
extern const char *const mail_other_arrived[];     /* the mail arrived, or went on */
extern const char *const mail_other_person[];      /* a person tells or asks something */
extern const char *const mail_other_greeting[];    /* a letter begins so */
extern const char *const mail_other_closing[];     /* a letter ends so */
extern const char *const mail_other_sent[];        /* it is about a mail that the reader sent */
extern const char *const mail_other_recipients[];  /* it is about whom one was for */
extern const char *const mail_other_one[];         /* a mail */
extern const char *const mail_other_many[];        /* mails */

/* Is it about the reader's own mailbox: too full, or mail in it held back? */
bool mail_other_is_own_mailbox(const char *subject, const char *words);

/* Does it hold a mail back until its writer proves himself? */
bool mail_other_asks_proof(const char *words);

/* Does it show its keeper what a client and the server said to each other? */
bool mail_other_is_session(const char *words);

/* Does it tell that the mail arrived, and of nothing that failed? */
bool mail_other_is_arrival(const char *subject, const char *words);

/* Does it count what became of the mails of a while? `text` is the words with their lines. */
bool mail_other_is_statistics(const char *subject, const char *words, struct span text);

/* Did a person write it: by the program that was used, or by what is said? A server that nobody
 * writes from, `nobodys`, says of itself that it tried. */
bool mail_other_is_person(const struct mail_header *h, const char *words, bool nobodys);

/* Does it begin with a question, or ask something above the line that first says what failed?
 * `text`: the words with their lines. */
bool mail_other_asks_first(struct arena *a, struct span text);

/* Does it begin with a greeting, and a paragraph in which nothing is said of a mail? */
bool mail_other_greets_first(struct arena *a, struct span text);

/* Does it have the form of a letter, by its begin or its end? */
bool mail_other_is_letter(const char *words);

/* Does it speak of a mail that the reader sent? */
bool mail_other_is_of_sent(const char *words);

/* Does it speak of all mails of the reader's, or of where they are kept? */
bool mail_other_is_of_readers_own(const char *words);

/* Does it speak of mails, more than one? */
bool mail_other_is_of_many(const char *words);

/* Does it speak of one mail, or of whom that was for? */
bool mail_other_is_of_one(const char *subject, const char *words);

#endif
